"""Lines that are no class, in either format: left out, and told by their row numbers."""

import csv
import io
from collections.abc import Sequence
from datetime import date

import pytest

from batch.core.rows.columns import AccountKind
from batch.core.rows.non_class_lines import NonClassLine, NonClassLines
from batch.core.rows.row import CellValue, Header
from batch.readers import FileProblem, LoadOptions, open_timetable
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
    "Rows 2 and 6 are headings (the first: 'Week 1'), no classes: left out.",
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
        return [row.number for row in rows], timetable.notes


def test_what_stands_between_the_classes_is_left_out_and_told() -> None:
    assert numbers_and_notes(one_sheet(*LINES)) == ([3, 7, 8], NOTES)
    assert numbers_and_notes(as_csv(LINES)) == ([3, 7, 8], NOTES)


def test_many_headings_are_one_note() -> None:
    lines = [HEADER, *[line for week in range(7) for line in ((f"Week {week + 1}",), ROW)]]
    _, notes = numbers_and_notes(as_csv(lines))
    assert notes == (
        "Rows 2, 4, 6, 8, 10 and 2 more are headings (the first: 'Week 1'), no classes: left out.",
    )


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
