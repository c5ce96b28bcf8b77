"""Lines that are no class, in either format: left out, and told by their row numbers."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime

import pytest

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind
from batch.core.rows.non_class_lines import NonClassLine, NonClassLines
from batch.core.rows.problems import Problem
from batch.core.rows.row import CellValue, Header, Unreadable
from batch.core.rows.row_numbers import RowNumbers
from batch.readers import LoadOptions, open_timetable
from batch.report.wording.messages import both_of
from batch.report.wording.phrases import rows_in_words
from tests.support.words import stops
from tests.support.workbooks import HEADER, ROW, START, one_sheet

Cells = tuple[CellValue, ...]

OTHERS = ("", "")
CASES: dict[str, tuple[Cells, NonClassLine | None]] = {
    "a class": (("Algebra", START, "ana@school.example", 60), None),
    "a class whose start is text": (("Algebra", "2031-09-01 10:00", "ana@school.example", "60"), None),
    "a class without a start": (("Algebra", None, "ana@school.example", 60), None),
    "a class whose start nobody knows yet": (("Algebra", "TBA", "ana@school.example", 60), None),
    "a class without a presenter": (("Algebra", START, None, 60), None),
    "a class called Total": (("Total", START, "ana@school.example", 60), None),
    "a class called Total, without a start": (("Total war", None, "ana@school.example", 60), None),
    "a class called Course": (("Course", START, "ana@school.example", 60), None),
    "a start that somebody only began with": ((None, START, None, None), None),
    "a start as text that somebody only began with": ((None, "2031-09-01 10:00", None, None), None),
    "a presenter alone": ((None, None, "ana@school.example", None), None),
    "a title and a length": (("Algebra", None, None, 60), None),
    "one word of a header in several columns": ((None, "email", "email", "email"), None),
    "a week": (("Week 2", None, None, None), NonClassLine.HEADING),
    "a weekday in the second column": ((" ", "Monday", "", None), NonClassLine.HEADING),
    "a day as its heading": ((date(2031, 9, 1), None, None, None), NonClassLine.HEADING),
    "a day in words": (("Monday 1 September", None, None, None), NonClassLine.HEADING),
    "a total": (("Total", None, None, 2460), NonClassLine.TOTAL),
    "a total with words": (("Total classes: 41", None, None, "2460 min"), NonClassLine.TOTAL),
    "a total of presenters": (("Grand total", None, None, 2460), NonClassLine.TOTAL),
    "a total in German": (("Summe", None, None, 2460), NonClassLine.TOTAL),
    "a total in Chinese": (("合计", None, None, 2460), NonClassLine.TOTAL),
    "a sum without a word": ((None, None, None, 2460), NonClassLine.TOTAL),
    "a total in Arabic": (("المجموع", None, None, 2460), NonClassLine.TOTAL),
    "a total in Hindi": (("कुल योग", None, None, 2460), NonClassLine.TOTAL),
    "a total in French": (("Sous-total", None, None, "50 min"), NonClassLine.TOTAL),
    "a total in Spanish": (("Suma total:", None, None, 2460), NonClassLine.TOTAL),
    "a count of classes": (("2 classes", None, None, "100 min"), NonClassLine.TOTAL),
    "a count of classes by itself": (("Anzahl: 12", None, None, None), NonClassLine.TOTAL),
    "a count in Chinese": (("12节课", None, None, 600), NonClassLine.TOTAL),
    "a total that runs into its number": (("总计12", None, None, 600), NonClassLine.TOTAL),
    "who printed it": (
        ("Printed on 20/08/2031 10:33 by office@school.example", None, None, None),
        NonClassLine.NOTE,
    ),
    "who printed it, under the starts": (
        (None, "Printed on 20/08/2031 10:33 by office@school.example", None, None),
        NonClassLine.NOTE,
    ),
    "who printed it, in two cells": (
        ("Gedruckt am 20.08.2031", None, "office@school.example", None),
        NonClassLine.NOTE,
    ),
    "whom to ask": (("Questions? office@school.example", None, None, None), NonClassLine.HEADING),
    "a class that begins like a note": (("Page 12 of Faust", None, "ana@school.example", 60), None),
    "a class that begins like a note, begun": (("Report writing", "2031-09-01 10:00", None, 60), None),
    "an address alone under the titles": (("ana@school.example", None, None, None), None),
    "a class of two classes": (("2 classes", START, "ana@school.example", 60), None),
    "dashes": (("-", "-", "-", "-"), NonClassLine.PREFILLED),
    "the header again": (HEADER, NonClassLine.HEADER),
    "the header again in other words": (("Subject", "Start", "Teacher", "Minutes"), NonClassLine.HEADER),
    "the header again with a gap": (("title", "start_time", None, "duration"), NonClassLine.HEADER),
    "a header in another order": (
        ("start_time", "title", "presenter_email", "duration"),
        NonClassLine.OTHER_HEADER,
    ),
}


@pytest.mark.parametrize(("cells", "aside"), CASES.values(), ids=CASES)
def test_a_line_is_what_it_is(cells: Cells, aside: NonClassLine | None) -> None:
    header = Header(1, HEADER, {name: position for position, name in enumerate(HEADER)})
    assert NonClassLines(header).kind(cells) is aside


#: Columns of somebody's own beside those of a class, and a zone.
WIDE = ("No", *HEADER, "time_zone", "Done", "Term")
CLASS: Cells = (1, "Algebra", START, "ana@school.example", 60, "Europe/London", True, "Autumn")
PREFILLED: dict[str, tuple[Cells, NonClassLine | None]] = {
    "a zone and a length": (
        (None, None, None, None, 60, "Europe/London", None, None),
        NonClassLine.PREFILLED,
    ),
    "another length than the last class's": (
        (None, None, None, None, 45, "Europe/London", None, None),
        NonClassLine.PREFILLED,
    ),
    "a zone alone": ((None, None, None, None, None, "Europe/London", None, None), NonClassLine.PREFILLED),
    "a tick-box": ((None, None, None, None, None, None, False, None), NonClassLine.PREFILLED),
    "a tick-box and the term": (
        (None, None, None, None, None, None, False, "Autumn"),
        NonClassLine.PREFILLED,
    ),
    "a running number": ((2, None, None, None, None, None, None, None), NonClassLine.PREFILLED),
    "all of it": ((2, None, None, None, 60, "Europe/London", False, "Autumn"), NonClassLine.PREFILLED),
    "as a program cuts it": (
        (2, "", " ", "NULL", 60, "Europe/London", False, "Autumn"),
        NonClassLine.PREFILLED,
    ),
    "the sum of the lengths": ((None, None, None, None, 2460, None, None, None), NonClassLine.TOTAL),
    "a title": ((2, "Biology", None, None, 60, "Europe/London", False, "Autumn"), None),
    "a start": ((2, None, START, None, 60, "Europe/London", False, "Autumn"), None),
    "a presenter": ((2, None, None, "ben@school.example", 60, "Europe/London", False, "Autumn"), None),
    "a word that no class before it has": ((2, None, None, None, 60, "Europe/London", False, "Spring"), None),
    "a title that is no formula's value yet": (
        (2, Unreadable("=A2", Problem.NOT_CALCULATED), None, None, 60, "Europe/London", False, "Autumn"),
        None,
    ),
}


@pytest.mark.parametrize(("cells", "aside"), PREFILLED.values(), ids=PREFILLED)
def test_a_line_with_nothing_of_its_own_is_no_class(cells: Cells, aside: NonClassLine | None) -> None:
    lines = NonClassLines(Header(1, WIDE, {name: WIDE.index(name) for name in (*HEADER, "time_zone")}))
    assert lines.kind(CLASS) is None
    assert lines.kind(cells) is aside


CANCELLED = {
    "Status": (
        *(
            "Cancelled",
            "CANCELLED",
            "canceled ",
            "Class cancelled",
            "tobedeleted",
            "Cancelada",
            "Annulé",
            "abgesagt",
        ),
        *("fällt aus", "suspenso", "ملغاة", "रद्द", "已取消"),
    ),
    "Estado": ("Cancelado",),
    "Class status": ("Deleted",),
    "Cancelled": ("yes", "TRUE", True, "x", "Cancelled", "ja"),
    "Abgesagt": ("ja", "\u2713"),
}
TAKES_PLACE = {
    "Status": ("Confirmed", "Tentative", "active", "", None, "not cancelled", "uncancelled", "scheduled", 1),
    "Cancelled": ("no", "FALSE", False, "", None, "0"),
    "Note": ("Cancelled", "yes"),
    "Cancelled by": ("x", "Ana"),
}


ALL_DAY: dict[str, tuple[str, CellValue, CellValue]] = {
    "Google, without an hour": ("All Day Event", "True", None),
    "Outlook, at midnight": ("All day event", "True", "9/15/2031 12:00:00 AM"),
    "with the day alone": ("All day", "yes", "15/09/2031"),
    "with a day that can be two": ("All day", "yes", "06/09/2031"),
    "a real date": ("All day", True, datetime(2031, 9, 15)),  # noqa: DTZ001 - a cell has no zone
    "in German": ("Ganztägig", "ja", "15.09.2031"),
    "in French": ("Journée entière", "oui", None),
    "in Spanish": ("Todo el día", "sí", None),
    "in Chinese": ("全天", "是", None),
}
WITH_AN_HOUR: dict[str, tuple[str, CellValue, CellValue]] = {
    "an event with its hour": ("All Day Event", "True", "9/15/2031 9:00:00 AM"),
    "no event of a day": ("All Day Event", "False", "9/15/2031 12:00:00 AM"),
    "an hour that cannot be read": ("All Day Event", "True", "soon"),
    "a column of another name": ("Whole class", "True", "9/15/2031"),
    "a real hour": ("All day", True, datetime(2031, 9, 15, 9)),  # noqa: DTZ001 - a cell has no zone
}


def all_day(column: str, said: CellValue, start: CellValue) -> NonClassLine | None:
    header = Header(1, (*HEADER, column), {name: position for position, name in enumerate(HEADER)})
    cells: list[CellValue] = [*ROW]
    cells[HEADER.index("start_time")] = start
    return NonClassLines(header).kind((*cells, said))


@pytest.mark.parametrize(("column", "said", "start"), ALL_DAY.values(), ids=ALL_DAY)
def test_an_event_of_a_whole_day_is_no_class(column: str, said: CellValue, start: CellValue) -> None:
    assert all_day(column, said, start) is NonClassLine.ALL_DAY


@pytest.mark.parametrize(("column", "said", "start"), WITH_AN_HOUR.values(), ids=WITH_AN_HOUR)
def test_what_has_an_hour_of_its_own_is_one(column: str, said: CellValue, start: CellValue) -> None:
    assert all_day(column, said, start) is None


def rows_with(column: str, cell: CellValue) -> NonClassLine | None:
    header = Header(1, (*HEADER, column), {name: position for position, name in enumerate(HEADER)})
    return NonClassLines(header).kind((*ROW, cell))


@pytest.mark.parametrize(("column", "cells"), CANCELLED.items(), ids=CANCELLED)
def test_a_class_that_the_file_calls_cancelled_is_left_out(column: str, cells: Cells) -> None:
    assert {rows_with(column, cell) for cell in cells} == {NonClassLine.CANCELLED}


@pytest.mark.parametrize(("column", "cells"), TAKES_PLACE.items(), ids=TAKES_PLACE)
def test_any_other_word_cancels_nothing(column: str, cells: Cells) -> None:
    assert {rows_with(column, cell) for cell in cells} == {None}


LINES: list[Cells] = [
    HEADER,  # row 1
    ("Week 1",),
    ROW,
    (),
    HEADER,
    ("Week 2",),
    ROW,  # 7
    ROW,
    ("Total", None, None, 180),
]
NOTES = (
    "Rows 2 and 6 are headings or notes (the first: 'Week 1'), no classes: left out.",
    "Row 5 is the header again: left out.",
    "Row 9 is a total ('Total'), no class: left out.",
    "1 blank row skipped.",
)


def as_csv(lines: Sequence[Cells]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    return stream.getvalue().encode()


def numbers_and_notes(data: bytes) -> tuple[list[int], tuple[str, ...]]:
    with open_timetable(
        io.BytesIO(data), options=LoadOptions(), account=AccountKind.TEACHER, name="term", isolated=False
    ) as timetable:
        rows = list(timetable)
        assert [row.issues for row in rows] == [()] * len(rows)
        return [row.number for row in rows], tuple(map(both_of, timetable.notes))


def test_what_stands_between_the_classes_is_left_out_and_told() -> None:
    assert numbers_and_notes(one_sheet(*LINES)) == ([3, 7, 8], NOTES)
    assert numbers_and_notes(as_csv(LINES)) == ([3, 7, 8], NOTES)


def test_many_headings_are_one_note() -> None:
    lines = [HEADER, *[line for week in range(7) for line in ((f"Week {week + 1}",), ROW)]]
    _, notes = numbers_and_notes(as_csv(lines))
    assert notes == (
        "Rows 2, 4, 6, 8, 10, 12 and 14 are headings or notes (the first: 'Week 1'), no classes: left out.",
    )


def test_every_row_that_is_left_out_is_named_or_counted() -> None:
    rows = RowNumbers()
    for number in (3, 4, *range(6, 46), *range(50, 100, 2)):
        rows.add(number)
    shown = "3, 4, 6-45, " + ", ".join(map(str, range(50, 86, 2)))
    assert rows_in_words(*rows.facts) == f"rows {shown} and 7 more"


ZONED = (*HEADER, "time_zone", "Done")


@pytest.mark.parametrize("make", [as_csv, lambda lines: one_sheet(*lines)], ids=["CSV", "workbook"])
def test_defaults_filled_down_and_what_a_program_writes_below_cost_nothing(make: object) -> None:
    assert callable(make)
    filled = [(None, None, None, 60, "Europe/London", False)] * 40
    lines = [
        ZONED,
        (*ROW, "Europe/London", True),
        *filled,
        ("2 classes", None, None, "100 min"),
        ("Page 1 of 1",),
    ]
    numbers, notes = numbers_and_notes(make(lines))
    assert numbers == [2]
    assert notes == (
        "Rows 3-42 have no title, start or presenter: left out.",
        "Row 43 is a total ('2 classes'), no class: left out.",
        "Row 44 is a note ('Page 1 of 1'), no class: left out.",
    )


def test_cancelled_classes_are_left_out_and_told() -> None:
    lines: list[Cells] = [
        (*HEADER, "Status"),
        (*ROW, "Confirmed"),
        ("Art", *ROW[1:], "Cancelled"),
        (*ROW, "CANCELLED"),
    ]
    numbers, notes = numbers_and_notes(as_csv(lines))
    assert numbers == [2]
    assert notes == ("Rows 3 and 4 are cancelled, as the file says (the first: 'Art'): left out.",)


@pytest.mark.parametrize("make", [as_csv, lambda lines: one_sheet(*lines)], ids=["CSV", "workbook"])
def test_a_second_table_with_other_columns_is_refused(make: object) -> None:
    lines = [HEADER, ROW, ("start_time", "title", "presenter_email", "duration"), (START, *ROW[:1], *ROW[2:])]
    assert callable(make)
    with stops(FileProblem, match="row 3 is a header again, with other columns than the one in row 1"):
        numbers_and_notes(make(lines))


def test_a_field_too_many_makes_no_heading_of_a_class() -> None:
    data = b"title,start_time,presenter_email\n,,,Algebra\nAlgebra,,,x\n"
    with open_timetable(io.BytesIO(data), options=LoadOptions(), account=AccountKind.TEACHER) as timetable:
        assert [[issue.code for issue in row.issues] for row in timetable] == [["R019"], ["R019"]]
