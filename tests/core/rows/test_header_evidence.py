"""A header that will not do: what the cells below it show, and what the file is instead."""

from collections.abc import Sequence
from datetime import date, time

import pytest

from batch.core.errors import FileProblem
from batch.core.message import FileFault
from batch.core.rows.column_names import Naming
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import Found, HeaderFault, find_header
from batch.core.rows.row import CellValue
from batch.report.wording.messages import both_of

Cells = Sequence[CellValue]
GOOD = ("title", "start_time", "presenter_email")
CLASS = ("Maths", "2031-09-15 09:00", "ana@school.example")


def find(*lines: Cells) -> Found | HeaderFault:
    return find_header(list(enumerate(lines, start=1)), AccountKind.TEACHER)


def told(*lines: Cells) -> str:
    fault = find(*lines)
    assert isinstance(fault, HeaderFault)
    return both_of(FileProblem.of(fault.messages("term.csv")))


PERIODS: tuple[Cells, ...] = (
    ("08:30-09:20", "Maths", "Art", "Music"),
    ("09:25-10:15", "Art", "Maths", "Art"),
)
GRIDS: dict[str, tuple[Cells, ...]] = {
    "weekdays across": (("Time", "Monday", "Tuesday", "Wednesday"), *PERIODS),
    "a banner above": (("Year 8B",), ("Time", "Mon", "Tue", "Wed"), *PERIODS),
    "short days, with points": (("", "Mo.", "Di.", "Mi."), *PERIODS),
    "Spanish": (("Hora", "Lunes", "Martes", "Miércoles"), *PERIODS),
    "French": (("Heure", "lundi", "mardi", "mercredi"), *PERIODS),
    "Portuguese": (("Horário", "segunda-feira", "terça-feira", "quarta-feira"), *PERIODS),
    "Arabic": (("الوقت", "الأحد", "الاثنين", "الثلاثاء"), *PERIODS),
    "Chinese": (("时间", "星期一", "星期二", "星期三"), *PERIODS),
    "Hindi": (("समय", "सोमवार", "मंगलवार", "बुधवार"), *PERIODS),
    "dates across": (("Time", date(2031, 9, 15), date(2031, 9, 16), date(2031, 9, 17)), *PERIODS),
    "days down, periods across": (
        ("Day", "Period 1", "Period 2", "Period 3"),
        ("Monday", "Maths", "Art", "Music"),
        ("Tuesday", "Art", "Maths", "Art"),
        ("Wednesday", "Art", "Maths", "Art"),
    ),
    "days down, below a banner": (
        ("Timetable of 8B", None, None, None),
        ("Day", "Period 1", "Period 2", "Period 3"),
        ("Monday", "Maths", "Art", "Music"),
        ("Tuesday", "Art", "Maths", "Art"),
        ("Wednesday", "Art", "Maths", "Art"),
    ),
    "days down, times across": (
        ("", "08:30", time(9, 25), "10:20"),
        ("Mon", "Maths", "Art", "Music"),
        ("Tue", "Art", "Maths", "Art"),
        ("Wed", "Art", "Maths", "Art"),
    ),
}


@pytest.mark.parametrize("lines", GRIDS.values(), ids=GRIDS)
def test_the_chart_on_the_wall_is_called_a_grid(lines: tuple[Cells, ...]) -> None:
    fault = find(*lines)
    assert isinstance(fault, HeaderFault)
    assert [what for what, _ in fault.faults] == [FileFault.A_GRID]
    assert "looks like a weekly grid" in told(*lines)


def test_a_timetable_with_weekdays_in_it_is_none() -> None:
    assert isinstance(find((*GOOD, "Mon", "Tue", "Wed"), (*CLASS, "x", "", "")), Found)
    lines: list[Cells] = [
        ("Day", "Class", "Period"),
        *((day, "8B", 1) for day in ("Monday", "Tuesday", "Friday")),
    ]
    assert "grid" not in told(*lines)


def test_a_first_row_of_data_is_said_to_be_one() -> None:
    message = told((12, "8B", "DIA", "MA", 1, 3), (14, "9A", "OKA", "BI", 2, 1))
    assert "Row 1 is data, no header: '12', '8B' and 'DIA'." in message
    assert "No column holds dates or times of day: below it stand '12', '8B' and 'DIA'." in message


def test_a_word_of_ours_in_a_row_of_data_makes_no_header_of_it() -> None:
    message = told(("sourcedId", "role", "user"), ("e1", "teacher", "u1"), ("e2", "student", "u2"))
    assert "has no header in its first 3 rows" in message


def test_periods_and_weekdays_are_no_dates_and_all_is_told_at_once() -> None:
    message = told(
        ("TeacherName", "Day", "Period", "Class", "Subject"), ("Ana Diaz", "Monday", 3, "8B", "Mathematics")
    )
    assert "no column for presenter_email" in message
    assert "No column holds dates or times of day: below it stand 'Ana Diaz', 'Monday' and '3'." in message
    assert "2 columns for title: 'Class' in D1 and 'Subject' in E1" in message
    assert "All may stay" in message


NEAR: dict[str, tuple[Cells, Cells, str]] = {
    "a column of addresses": (("Class", "Start", "Contact"), CLASS, "Is 'Contact' (C) the presenter_email?"),
    "names and addresses": (
        ("Class", "Start", "Run by"),
        (*CLASS[:2], "Ana Diaz <ana@school.example>"),
        "Is 'Run by' (C) the presenter_email?",
    ),
    "a slip of the pen over times": (
        ("Class", "Strat time", "Teacher email"),
        CLASS,
        "Is 'Strat time' (B) the start_time?",
    ),
}


@pytest.mark.parametrize(("header", "cells", "hint"), NEAR.values(), ids=NEAR)
def test_what_the_cells_show_is_offered(header: Cells, cells: Cells, hint: str) -> None:
    assert hint in told(header, cells)


FAR: dict[str, tuple[Cells, Cells]] = {
    "a status that looks like a start": (
        ("sourcedId", "status", "title", "email"),
        ("u1", "active", "Ms", "a@b.example"),
    ),
    "a status without a word": (("sourcedId", "status", "title", "email"), ("u1", "", "Ms", "a@b.example")),
    "periods": (("title", "periods", "email"), ("Algebra", "1,3", "a@b.example")),
    "two columns of addresses": (
        ("Class", "Start", "Contact", "Parent"),
        (*CLASS, "b@home.example"),
    ),
    "addresses that are none": (("Class", "Start", "Contact"), (*CLASS[:2], "room 4 @ noon")),
}


@pytest.mark.parametrize(("header", "cells"), FAR.values(), ids=FAR)
def test_what_the_cells_contradict_is_not_offered(header: Cells, cells: Cells) -> None:
    assert "Is '" not in told(header, cells)


DAY = ("Class", "Day", "Start", "Teacher email")
DAYS: dict[str, tuple[tuple[CellValue, ...], str]] = {
    "names of days": (("Monday", "Tue", "Wed"), "weekday"),
    "dates": (("08/09/2031", "09/09/2031", "10/09/2031"), "date"),
    "real dates": ((date(2031, 9, 8), None, date(2031, 9, 9)), "date"),
    "dates, one of which is none": (("31/09/2031", "09/09/2031"), "date"),
    "dates with their days": (("Mon 8 Sep 2031", "Tue 9 Sep 2031"), "date"),
    "numbers of days": (("1", "2", 3), "weekday"),
    "hours": (("09:00", time(10, 0)), "weekday"),
    "a day and a date": (("Monday", "09/09/2031"), "weekday"),
    "nothing": ((None, "", None), "weekday"),
}


@pytest.mark.parametrize(("cells", "column"), DAYS.values(), ids=DAYS)
def test_a_column_called_day_is_what_stands_in_it(cells: tuple[CellValue, ...], column: str) -> None:
    header = find(DAY, *(("Maths", cell, "09:00", "ana@school.example") for cell in cells))
    assert isinstance(header, Found)
    assert header.header.columns == {"title": 0, column: 1, "start_time": 2, "presenter_email": 3}


NOT_ITS_DATE = {
    "a date of its own": ("Date", "2031-09-08"),
    "from when on a lesson repeats": ("First lesson", "2031-09-08"),
}


@pytest.mark.parametrize(("header", "cell"), NOT_ITS_DATE.values(), ids=NOT_ITS_DATE)
def test_beside_a_date_of_the_class_a_day_stays_one_of_the_week(header: str, cell: str) -> None:
    found = find((*DAY, header), ("Maths", "08/09/2031", "09:00", "ana@school.example", cell))
    assert isinstance(found, Found)
    assert found.header.columns["weekday"] == 1


def test_what_somebody_said_of_a_day_goes_before_its_cells() -> None:
    lines: list[Cells] = [DAY, ("Maths", "08/09/2031", "09:00", "ana@school.example")]
    said = Naming(columns={"Day": "weekday"})
    found = find_header(list(enumerate(lines, start=1)), AccountKind.TEACHER, naming=said)
    assert isinstance(found, Found)
    assert found.header.columns["weekday"] == 1
