"""A column that is not read and changes what its row means is named: never one class without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.columns import COLUMNS, AccountKind
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.row import CellValue, Header, RawRow
from batch.core.rows.rules import check_row
from batch.core.rows.unread_columns import unread_columns
from tests.support.rows import TERMS

P = Problem
OURS = ("title", "start_time", "presenter_email", "time_zone", "duration")


def row_of(*cells: CellValue) -> RawRow:
    return RawRow("", 2, cells)


def problem(column: str, cell: CellValue) -> Problem | None:
    """What a row of one good class has wrong with it, with one column more."""
    cells = {
        "title": "Maths",
        "start_time": "2031-09-15 14:00",  # a Monday
        "presenter_email": "ana@school.example",
        "time_zone": "Europe/London",
        "duration": "50",
    }
    header = Header(1, (*OURS, column), {name: position for position, name in enumerate(OURS)})
    checked = check_row(row_of(*cells.values(), cell), header, TERMS)
    issues = checked.parsed.warnings if checked.parsed else checked.issues
    assert len(issues) <= 1, issues
    assert all(issue.header == column for issue in issues)
    return issues[0].problem if issues else None


REPEATS = {
    "Repeats": (
        "Weekly",
        "weekly until 12 Dec",
        "every Monday",
        "Every 2 weeks",
        "yes",
        "TRUE",
        True,
        10,
        "RRULE:FREQ=WEEKLY",
    ),
    "Recurrence": ("FREQ=WEEKLY;BYDAY=MO", "daily", "Mon, Wed, Fri", "MWF"),
    "Repeat until": ("2031-12-12", "12 Dec"),
    "Frecuencia": ("semanal", "cada lunes", "todos los lunes"),
    "Récurrence": ("hebdomadaire", "chaque semaine", "tous les lundis", "oui"),
    "Wiederholung": ("wöchentlich", "jeden Montag", "montags", "ja"),
    "Repetição": ("semanal", "todas as segundas", "sim"),
    "التكرار": ("أسبوعي", "نعم"),
    "दोहराव": ("साप्ताहिक", "हर सोमवार"),
    "重复": ("每周", "每周一", "是"),
    "Days": (
        "MWF",
        "TTh",
        "Mon/Wed",
        "Mon, Wed and Fri",
        "mon-fri",
        "Monday & Wednesday",
        "daily",
        "Mondays",
    ),
    "Wochentage": ("Mo, Mi, Fr", "Mo-Fr"),
    "Días": ("lunes y miércoles", "lun/mié"),
    "Jours": ("lundi et mercredi",),
}
ONCE = {
    "Repeats": ("no", "never", "None", "Does not repeat", "once", "", None, "-", False, "FALSE", "0"),
    "Wiederholung": ("nein", "einmalig", "nie"),
    "重复": ("不重复", "否"),
    "Days": ("Mon", "Monday", "mon.", "", None, "R", "Room 4"),
    "Tag": ("Mo", "Montag"),
}


@pytest.mark.parametrize(("column", "cells"), REPEATS.items(), ids=REPEATS)
def test_a_row_that_repeats_is_never_one_class(column: str, cells: tuple[CellValue, ...]) -> None:
    assert {cell: problem(column, cell) for cell in cells} == dict.fromkeys(cells, P.REPEATS)


@pytest.mark.parametrize(("column", "cells"), ONCE.items(), ids=ONCE)
def test_a_row_that_does_not_repeat_is_one(column: str, cells: tuple[CellValue, ...]) -> None:
    assert {str(cell): problem(column, cell) for cell in cells} == dict.fromkeys(map(str, cells))


def test_a_repeat_in_words_that_nobody_knows_is_told() -> None:
    assert problem("Recurrence", "Spring pattern A") is P.MAY_REPEAT
    assert P.MAY_REPEAT.is_warning


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("Note", word) for word in ("every Monday", "Weekly", "mondays 16:30", "jeden Montag", "每周一")),
        ("Info", "weekly until 12 Dec"),
    ],
)
def test_a_remark_that_says_so_is_told(column: str, cell: str) -> None:
    assert problem(column, cell) is P.MAY_REPEAT


@pytest.mark.parametrize(
    "cell",
    ["weekly quiz", "Each student needs a laptop", "every student", "Monday", "MWF", "Room 4", "daily bread"],
)
def test_a_remark_about_anything_else_is_nobodys_business(cell: str) -> None:
    assert problem("Note", cell) is None


def test_another_day_of_the_week_than_the_dates_is_a_problem() -> None:
    assert problem("Day", "Tuesday") is P.OTHER_WEEKDAY
    assert problem("Wochentag", "Dienstag") is P.OTHER_WEEKDAY
    assert problem("Day", "Monday") is None


SECOND = (
    *("Start 2", "Start time 2", "Date 2", "Time 2", "Session 2", "2nd session", "Second date", "Lesson 3"),
    *("Fecha 2", "Datum 2", "zweiter Termin", "日期2", "Session II"),
)


@pytest.mark.parametrize("column", SECOND)
def test_a_second_session_of_a_row_is_named(column: str) -> None:
    assert problem(column, "2031-09-16 14:00") is P.SECOND_CLASS
    assert problem(column, "") is None
    assert problem(column, "n/a") is None


@pytest.mark.parametrize(
    "column", ["Room 2", "Teacher 2", "Phone 2", "Notes 2", "Year 8", "2nd floor", "Level 3"]
)
def test_a_number_behind_anything_else_is_no_session(column: str) -> None:
    assert problem(column, "Ben") is None


@given(st.sampled_from([column.name for column in COLUMNS]), st.text(max_size=100))
def test_a_column_that_is_read_is_not_looked_at_and_no_text_fails(name: str, text: str) -> None:
    header = Header(1, (name, "Repeats", "Days", "Note"), {name: 0})
    columns = list(unread_columns(header, AccountKind.TEACHER))
    assert [column.header for column in columns] == ["Repeats", "Days", "Note"]
    for column in columns:
        assert isinstance(found := column.judge(text), Fault | frozenset | None)
        assert column.judge(text) == found == column.seen[text]
