"""What says that a lesson repeats is never sent as one class, and what does not, is: by the headers and words of all eight languages."""

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.calendar_words import PLURAL_WEEKDAYS, WEEKDAYS
from batch.core.rows.columns import BY_NAME
from batch.core.rows.row import CellValue
from tests.core.term.test_rows import NO_TERM, TERM, checked

MONDAY = date(2031, 9, 15)
#: Words of one language, for two of its days; those that stand for one day alone, whatever is beside them.
OF_ONE_DAY = {word: min(days) for word, days in WEEKDAYS.items() if len(days) == 1 and len(word) > 2}
LANGUAGES = (
    ("monday", "wednesday", " and "),
    ("lunes", "miércoles", " y "),
    ("lundi", "mercredi", " et "),
    ("Montag", "Mittwoch", " und "),
    ("segunda-feira", "quarta-feira", " e "),
    ("الاثنين", "الأربعاء", " و"),
    ("सोमवार", "बुधवार", " और "),
    ("星期一", "星期三", "和"),
)
BETWEEN = (", ", "/", " & ", "; ", " + ", "->", ": 14:00 ", " or ", ". ")
REPEATS = (
    *(
        "weekly",
        "every week",
        "fortnightly",
        "every 2 weeks",
        "daily",
        "every Monday",
        "Mon and Wed",
        "FREQ=WEEKLY",
    ),
    *("semanal", "cada semana", "cada lunes", "todos los lunes", "cada dos semanas", "diario"),
    *("hebdomadaire", "chaque semaine", "tous les lundis", "toutes les deux semaines", "quotidien"),
    *("wöchentlich", "jede Woche", "jeden Montag", "alle 2 Wochen", "14-tägig", "täglich", "montags"),
    *("toda semana", "todas as segundas", "a cada duas semanas", "diário"),
    *("أسبوعي", "كل أسبوع", "كل أسبوعين", "يومي"),
    *("साप्ताहिक", "हर सप्ताह", "हर सोमवार", "दैनिक"),
    *("每周", "每週", "每星期", "隔周", "每天", "每周一"),
    *PLURAL_WEEKDAYS,
)


def words(column: str) -> st.SearchStrategy[str]:
    return st.sampled_from((column, *BY_NAME[column].words))


@st.composite
def two_days(draw: st.DrawFn) -> Mapping[str, CellValue]:
    first, last, own = draw(st.sampled_from(LANGUAGES))
    return {draw(words("weekday")): f"{first}{draw(st.sampled_from((*BETWEEN, own)))}{last}"}


@st.composite
def a_repeat(draw: st.DrawFn) -> Mapping[str, CellValue]:
    return {draw(words("repeat")): draw(st.sampled_from(REPEATS))}


@st.composite
def a_last_day(draw: st.DrawFn) -> Mapping[str, CellValue]:
    last = MONDAY + timedelta(days=draw(st.integers(7, 80)))
    header = draw(st.one_of(words("last_date"), words("end_date")))
    cell: CellValue = str(last) if draw(st.booleans()) else last
    return {header: cell}


DATED = st.sampled_from(["2031-09-15 14:00", "14:00"])


@given(st.one_of(two_days(), a_repeat()), DATED, st.sampled_from([TERM, NO_TERM]))
def test_a_row_with_several_days_or_a_repeat(
    cells: Mapping[str, CellValue], start: str, term: object
) -> None:
    is_not_one_class({**cells, "start_time": start}, term)


@given(words("weekday"), st.sampled_from([*OF_ONE_DAY, *PLURAL_WEEKDAYS]), st.sampled_from([TERM, NO_TERM]))
def test_a_weekday_without_a_date(header: str, day: str, term: object) -> None:
    is_not_one_class({header: day, "start_time": "14:00"}, term)


@given(a_last_day(), st.sampled_from([{}, {"weekday": "Mon"}]), st.sampled_from([TERM, NO_TERM]))
def test_a_date_with_a_later_last_day(
    cells: Mapping[str, CellValue], more: Mapping[str, CellValue], term: object
) -> None:
    is_not_one_class({**cells, **more, "start_time": "2031-09-15 14:00"}, term)


def is_not_one_class(cells: Mapping[str, CellValue], term: object) -> None:
    found = checked(term, **cells)  # type: ignore[arg-type]  # as its parameters are
    sent = [row for row in found.rows if row.parsed is not None]
    assert len(sent) != 1, cells
    assert sent or found.rows[0].issues


@given(words("weekday"), st.sampled_from([word for word, days in WEEKDAYS.items() if len(days) == 1]))
def test_a_date_with_its_own_weekday_is_one_class(header: str, word: str) -> None:
    day = MONDAY + timedelta(days=min(WEEKDAYS[word]))
    is_one_class({header: word, "start_time": f"{day} 14:00"})


@given(words("end_time"), st.sampled_from(["14:50", "2:50 pm", "2031-09-15 14:50", "2031-09-16 00:30"]))
def test_a_date_with_an_end_less_than_a_day_later_is_one_class(header: str, end: str) -> None:
    late = end.endswith("00:30")
    is_one_class({header: end, "duration": None, "start_time": f"2031-09-15 {'23:40' if late else '14:00'}"})


@given(words("end_date"), st.booleans())
def test_a_date_with_an_end_after_midnight_is_one_class(header: str, overnight: bool) -> None:
    day, start, end = (
        (MONDAY + timedelta(days=1), "23:40", "00:30") if overnight else (MONDAY, "14:00", "14:50")
    )
    is_one_class({header: str(day), "end_time": end, "duration": None, "start_time": f"2031-09-15 {start}"})


def is_one_class(cells: Mapping[str, CellValue]) -> None:
    found = checked(NO_TERM, **cells)
    assert len(found.rows) == 1
    assert found.rows[0].parsed is not None, (cells, found.rows[0].issues)
