"""Days of the week, repeats, weeks and days off, in the words of those who write timetables."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.calendar_words import WEEKDAYS
from batch.core.rows.date_order import UNTOLD
from batch.core.rows.problems import Fault, Problem
from batch.core.term.cells import date_in
from batch.core.term.days_off import read_days_off
from batch.core.term.repeats import Every, Repeat, is_never, read_repeat
from batch.core.term.term import DaysOff
from batch.core.term.weekdays import read_weekdays
from batch.core.term.weeks import Kind, Weeks, read_weeks

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)

DAYS = [
    (("Monday", "Mon", "mon.", "M", "Mondays", "lunes", "lundi", "Montag", "Mo", "montags"), {MON}),
    (("segunda-feira", "segundas", "الاثنين", "सोमवार", "星期一", "周一", " Monday\n"), {MON}),
    (("MWF", "mwf", "M/W/F", "Mon, Wed, Fri", "Mon, Wed and Fri", "Mo, Mi, Fr"), {MON, WED, FRI}),
    (("lunes, miércoles y viernes", "lun/mié/vie", "lundi, mercredi et vendredi"), {MON, WED, FRI}),
    (("周一、周三、周五", "周一周三周五", "सोमवार, बुधवार और शुक्रवार"), {MON, WED, FRI}),
    (("TTh", "TR", "TuTh", "T/Th", "T Th", "Tue & Thu", "Tuesdays and Thursdays"), {TUE, THU}),
    (("Di, Do", "Di/Do", "الثلاثاء والخميس"), {TUE, THU}),
    (("Thu", "Th", "R", "TH", "Donnerstag", "jeudi"), {THU}),
    (("mon-fri", "Mon - Fri", "Monday to Friday", "M-F", "MTWRF", "Mo-Fr"), {0, 1, 2, 3, 4}),
    (("lunes a viernes", "Montag bis Freitag", "segunda a sexta", "周一至周五"), {0, 1, 2, 3, 4}),
    (("sun-thu",), {SUN, MON, TUE, WED, THU}),
    (("S",), {SAT}),
    (("U",), {SUN}),
    (("Di-Fr",), {TUE, WED, THU, FRI}),
]
NO_DAYS = (
    "Room 4",
    "Day 3",
    "weekly",
    "must",
    "us",
    "A",
    "8B",
    "MM",
    "Monday 9:00",
    "1-5",
    "",
    "mon,tue,",
    "x" * 500,
)


@pytest.mark.parametrize(("texts", "days"), DAYS)
def test_days_of_the_week_in_whatever_words(texts: tuple[str, ...], days: set[int]) -> None:
    assert {text: read_weekdays(text) for text in texts} == dict.fromkeys(texts, frozenset(days))


@pytest.mark.parametrize("text", NO_DAYS)
def test_anything_else_names_no_days(text: str) -> None:
    assert read_weekdays(text) is None


def test_a_word_of_two_languages_is_a_question_unless_the_header_is_of_one() -> None:
    found = read_weekdays("Di")
    assert isinstance(found, Fault)
    assert (found.problem, found.facts) == (Problem.NOT_WEEKDAYS, {"several": [TUE, SUN]})
    assert read_weekdays("Di", "Wochentag") == frozenset({TUE})
    assert read_weekdays("di", "Jour") == frozenset({SUN})


def test_numbers_are_days_only_where_the_header_says_so() -> None:
    assert read_weekdays("1-5", "Day number") == frozenset({0, 1, 2, 3, 4})
    assert read_weekdays("1, 3", "Day number") == frozenset({MON, WED})
    assert read_weekdays("7", "Day number") == frozenset({SUN})
    assert read_weekdays("0", "Day number") is None
    assert read_weekdays("1", "Day") is None


@given(
    st.lists(
        st.sampled_from(sorted(word for word, days in WEEKDAYS.items() if len(days) == 1)),
        min_size=1,
        max_size=4,
    )
)
def test_a_list_of_days_is_the_days_of_its_words(words: list[str]) -> None:
    assert read_weekdays(", ".join(words)) == frozenset().union(*(WEEKDAYS[word] for word in words))


@given(st.text(max_size=40))
def test_no_text_fails(text: str) -> None:
    read_weekdays(text)
    read_repeat(text)
    read_weeks(text)
    read_days_off(text, lambda each: date_in(each, UNTOLD), date(2031, 9, 1))


WEEKLY = Repeat(Every.WEEK)
REPEATS = {
    **dict.fromkeys(
        ("Weekly", "every week", "wöchentlich", "semanal", "hebdomadaire", "chaque semaine"), WEEKLY
    ),
    **dict.fromkeys(("jede Woche", "todas as semanas", "أسبوعي", "साप्ताहिक", "每周"), WEEKLY),
    **dict.fromkeys(
        ("every 2 weeks", "biweekly", "fortnightly", "every other week", "alle 2 Wochen"),
        Repeat(Every.WEEK, 2),
    ),
    **dict.fromkeys(
        ("14-tägig", "cada 2 semanas", "toutes les deux semaines", "隔周"), Repeat(Every.WEEK, 2)
    ),
    **dict.fromkeys(
        ("daily", "every day", "täglich", "tous les jours", "todos los días", "每天"),
        Repeat(Every.SCHOOL_DAY),
    ),
    **dict.fromkeys(
        ("every Monday", "Mondays", "jeden Montag", "cada lunes", "tous les lundis"),
        Repeat(Every.WEEK, 1, frozenset({MON})),
    ),
    **dict.fromkeys(
        ("हर सोमवार", "每周一", "weekly on Monday", "weekly, Mon", "Weekly (Mon)"),
        Repeat(Every.WEEK, 1, frozenset({MON})),
    ),
    "every other Friday": Repeat(Every.WEEK, 2, frozenset({FRI})),
    "MWF": Repeat(Every.WEEK, 1, frozenset({MON, WED, FRI})),
    "weekly until 12 Dec": Repeat(Every.WEEK, until="12 dec"),
    "every Monday until 12 Dec": Repeat(Every.WEEK, 1, frozenset({MON}), "12 dec"),
    "wöchentlich bis 12.12.2031": Repeat(Every.WEEK, until="12.12.2031"),
    "until 2031-12-12": Repeat(Every.UNSAID, until="2031-12-12"),
    **dict.fromkeys(("yes", "TRUE", "ja", "是"), Repeat(Every.UNSAID)),
    "RRULE:FREQ=WEEKLY;BYDAY=MO,WE": Repeat(Every.RULE, rule="FREQ=WEEKLY;BYDAY=MO,WE"),
    "FREQ=DAILY;COUNT=5;": Repeat(Every.RULE, rule="FREQ=DAILY;COUNT=5"),
}


@pytest.mark.parametrize(("text", "repeat"), REPEATS.items())
def test_a_repeat_in_whatever_words(text: str, repeat: Repeat) -> None:
    assert read_repeat(text) == repeat


@pytest.mark.parametrize(
    "text", ["monthly", "10", "every blue moon", "every 0 weeks", "every 99 weeks", "FREQ=WEEKLY;x"]
)
def test_a_repeat_that_cannot_be_read_is_said_to_be_one(text: str) -> None:
    found = read_repeat(text)
    assert isinstance(found, Fault)
    assert found.problem is Problem.NOT_A_REPEAT


def test_words_that_do_not_even_say_so_may_be_anything() -> None:
    assert read_repeat("Spring pattern A") == Fault(Problem.MAY_REPEAT)


@pytest.mark.parametrize(
    "text", ["never", "No", "once", "Does not repeat", "einmalig", "nunca", "不重复", "لا"]
)
def test_a_lesson_that_does_not_repeat(text: str) -> None:
    assert is_never(text)


WEEKS = {
    **dict.fromkeys(("A", "a", "week A", "Woche A", "A周"), Weeks(Kind.A)),
    **dict.fromkeys(("B", "Week B", "semaine B"), Weeks(Kind.B)),
    **dict.fromkeys(("odd", "ungerade", "impar", "impair", "ODD", "单周"), Weeks(Kind.ODD)),
    **dict.fromkeys(("even", "gerade", "par", "pair", "双周"), Weeks(Kind.EVEN)),
    **dict.fromkeys(
        ("1-3, 8", "1-3,8", "weeks 1-3, 8", "1, 2, 3 and 8", "1 2 3 8"),
        Weeks(numbers=frozenset({1, 2, 3, 8})),
    ),
    **dict.fromkeys(("all", "ALL", "A+B", "A/B", "both", "every", "alle"), None),
}


@pytest.mark.parametrize(("text", "weeks"), WEEKS.items())
def test_weeks_in_whatever_words(text: str, weeks: Weeks | None) -> None:
    assert read_weeks(text) == weeks


@pytest.mark.parametrize("text", ["C", "3-1", "0", "1-", "week of mourning", "2031-12-10"])
def test_what_names_no_weeks(text: str) -> None:
    assert read_weeks(text) == Fault(Problem.NOT_WEEKS)


def off(*days: str) -> tuple[DaysOff, ...]:
    ends = [[date.fromisoformat(day) for day in each.split("..")] for each in days]
    return tuple(DaysOff(each[0], each[-1]) for each in ends)


OFF = {
    "2031-10-13": off("2031-10-13"),
    "2031-10-13, 2031-11-03": off("2031-10-13", "2031-11-03"),
    "2031-10-27..2031-10-31": off("2031-10-27..2031-10-31"),
    "27 Oct 2031 - 31 Oct 2031; 11 Nov 2031": off("2031-10-27..2031-10-31", "2031-11-11"),
    "27 Oct to 31 Oct": off("2031-10-27..2031-10-31"),
    "13 Oct, 3 Nov and 5 Jan": off("2031-10-13", "2031-11-03", "2032-01-05"),
    "October 27, 2031, November 3, 2031": off("2031-10-27", "2031-11-03"),
    "13.10.2031-17.10.2031": off("2031-10-13..2031-10-17"),
    "13. Oktober und 3. November": off("2031-10-13", "2031-11-03"),
}


@pytest.mark.parametrize(("text", "expected"), OFF.items())
def test_days_off_in_one_cell(text: str, expected: tuple[DaysOff, ...]) -> None:
    found = read_days_off(text, lambda each: date_in(each, UNTOLD), date(2031, 9, 1))
    assert found == expected


@pytest.mark.parametrize(
    ("text", "part"),
    {
        "half-term": "half-term",
        "2031-10-13, soon": "soon",
        "2031-10-31..2031-10-27": "2031-10-31..2031-10-27",
        "05/06/2031": "05/06/2031",
    }.items(),
)
def test_what_is_no_day_off_is_named(text: str, part: str) -> None:
    found = read_days_off(text, lambda each: date_in(each, UNTOLD), date(2031, 9, 1))
    assert found == Fault(Problem.NOT_DAYS_OFF, {"part": part})
