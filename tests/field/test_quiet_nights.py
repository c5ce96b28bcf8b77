"""What a night may not leave out, however quiet it was asked to be: whatever was taken for granted or left unsent."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from tests.support.command import Command

HEADER = ("Class", "Start", "Minutes", "Teacher e-mail", "Time zone", "Attendees")
LESSONS = tuple(
    (f"Lesson {day}", f"2031-09-1{day} 09:00", 50, "ana@riverside.example", "Europe/London", 25)
    for day in (5, 6, 7)
)


def _csv(folder: Path, *columns: str) -> Path:
    """The lessons with these of the columns alone."""
    places = [HEADER.index(column) for column in columns]
    lines = (",".join(str(row[place]) for place in places) for row in (HEADER, *LESSONS))
    (folder / "term.csv").write_text("\n".join(lines) + "\n")
    return folder / "term.csv"


def _filtered(folder: Path) -> Path:
    """A workbook in which a filter hides a lesson, as whoever looked for one day has left it."""
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    for row in (HEADER, *LESSONS):
        sheet.append(list(row))
    sheet.auto_filter.ref = "A1:F4"
    sheet.row_dimensions[3].hidden = True
    book.save(folder / "term.xlsx")
    return folder / "term.xlsx"


def _with_a_late_class(folder: Path) -> Path:
    file = _csv(folder, *HEADER)
    file.write_text(file.read_text().replace("2031-09-16 09:00", "2031-09-16 23:15"))
    return file


SITUATIONS: Mapping[str, tuple[Callable[[Path], Path], str]] = {
    "the zone that was taken": (
        lambda folder: _csv(folder, *(column for column in HEADER if column != "Time zone")),
        "There is no column for time_zone: every start is read as GMT",
    ),
    "a row that a filter hides": (_filtered, "row 3 The row is hidden in the spreadsheet."),
    "a start late in the evening": (_with_a_late_class, "Row 3 begins at 23:15, outside the usual hours"),
}


@pytest.mark.parametrize(("made", "told"), SITUATIONS.values(), ids=SITUATIONS)
def test_a_quiet_night_says_it_all_the_same(
    made: Callable[[Path], Path], told: str, classbatch: Command
) -> None:
    file = made(classbatch.folder)
    ran = classbatch("nightly", file, "--sandbox", "--quiet", "--state", "state", "--json", "night.json")
    assert (ran.code, ran.out) == (0, ""), ran
    assert told in ran.err, ran
    assert json.loads((classbatch.folder / "night.json").read_text())["counts"]["scheduled"] == len(LESSONS)


def test_and_of_a_file_with_nothing_to_say_it_says_nothing(classbatch: Command) -> None:
    file = _csv(classbatch.folder, *HEADER)
    ran = classbatch("nightly", file, "--sandbox", "--quiet", "--state", "state")
    assert (ran.code, ran.out, ran.err) == (0, "", ""), ran


def test_a_table_of_rooms_and_a_summary_beside_the_timetable_stop_nothing(classbatch: Command) -> None:
    """As a spreadsheet program exports its tables: each on a sheet of its own, the table's name above it."""
    book = openpyxl.Workbook()
    (summary,) = book.worksheets
    summary.title = "Export Summary"
    summary.append(["This document was exported. Each table was converted to a worksheet."])
    summary.append(["Sheet Name", "Table Name", "Worksheet Name"])
    for name, rows in (
        ("Autumn - Classes", (HEADER, *LESSONS)),
        ("Autumn - Rooms", (("Room", "Seats"), ("R1", 30))),
    ):
        sheet = book.create_sheet(name)
        sheet.append([name.partition(" - ")[2]])
        for row in rows:
            sheet.append(row)
    book.save(classbatch.folder / "term.xlsx")
    ran = classbatch("check", "term.xlsx", "--sandbox")
    assert (ran.code, "3 ready" in ran.out) == (0, True), ran
    assert "Sheets not read: 'Export Summary' and 'Autumn - Rooms'." in ran.err
    assert "The header is row 2; 1 line stands above it, not read." in ran.err
