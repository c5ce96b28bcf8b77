"""The marked copy is the person's own file: kept as it was, with the problems in it."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill

from tests.support.command import Command, lesson, timetable


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    sheet.title = "Autumn"
    for row in rows:
        sheet.append(row)
    sheet["A1"].font = Font(bold=True, color="FF0000FF")
    sheet["B3"].fill = PatternFill("solid", start_color="FF00FF00")
    sheet.column_dimensions["A"].width = 33
    book.create_sheet("Notes")["A1"] = "=1+1"
    book.save(path)
    return path


@pytest.fixture
def term(tmp_path: Path) -> Path:
    return workbook(
        tmp_path / "term.xlsx",
        [
            ["title", "start_time", "presenter_email", "room"],
            ["Algebra", "2031-09-01 09:00", "ana@school.example", "1"],
            ["", "soon", "ben@school.example", "=SUM(1,2)"],
            [],
            ["Drama", "2031-09-01 11:00", "nobody", "4"],
        ],
    )


def test_the_problems_stand_beside_their_rows_and_faulty_cells_are_coloured(
    classbatch: Command, term: Path
) -> None:
    ran = classbatch("check", term, "--sandbox", "--marked", "copy.xlsx")
    assert ran.code == 1, ran
    assert "Marked copy (2 rows marked): copy.xlsx" in ran.out
    sheet = openpyxl.load_workbook(classbatch.folder / "copy.xlsx")["Autumn"]
    assert sheet["E1"].value == "Problems"
    assert sheet["E2"].value is None
    said = str(sheet["E3"].value)
    assert "title is empty" in said
    assert "start_time 'soon'" in said
    assert sheet["E3"].data_type == "s"
    assert sheet["B3"].fill.start_color.rgb == sheet["A3"].fill.start_color.rgb == "FFF2B8B5"
    assert sheet["C3"].fill.fill_type is None, "only what is wrong is coloured"
    assert "presenter_email 'nobody'" in str(sheet["E5"].value)


def test_everything_else_stays_as_it_was(classbatch: Command, term: Path) -> None:
    before = term.read_bytes()
    classbatch("check", term, "--sandbox", "--marked", "copy.xlsx")
    book = openpyxl.load_workbook(classbatch.folder / "copy.xlsx")
    assert term.read_bytes() == before
    assert book["Notes"]["A1"].value == "=1+1"
    assert book["Autumn"]["D3"].value == "=SUM(1,2)"
    assert book["Autumn"]["A1"].font.color.rgb == "FF0000FF"
    assert book["Autumn"].column_dimensions["A"].width == 33


def test_a_mended_copy_can_be_handed_in_and_marked_again(classbatch: Command, term: Path) -> None:
    classbatch("check", term, "--sandbox", "--marked", "copy.xlsx")
    copy = classbatch.folder / "copy.xlsx"
    book = openpyxl.load_workbook(copy)
    book["Autumn"]["A3"], book["Autumn"]["B3"] = "Biology", "2031-09-01 10:00"
    book.save(copy)
    ran = classbatch("check", copy, "--sandbox", "--marked", "again.xlsx")
    assert "Marked copy (1 rows marked)" in ran.out
    sheet = openpyxl.load_workbook(classbatch.folder / "again.xlsx")["Autumn"]
    assert (sheet["E3"].value, sheet["F1"].value) == (None, None), "what was mended is no longer said"


def test_a_csv_becomes_a_workbook_of_texts(classbatch: Command, tmp_path: Path) -> None:
    rows = [lesson(1, title="=1+1"), lesson(2, duration="soon")]
    classbatch("check", timetable(tmp_path / "term.csv", rows), "--sandbox", "--marked", "copy.xlsx")
    (sheet,) = openpyxl.load_workbook(tmp_path / "copy.xlsx").worksheets
    assert [cell.value for cell in sheet[1]] == [*rows[0], "Problems"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert "duration 'soon'" in str(sheet["F3"].value)


def test_the_timetable_itself_is_never_written_over(classbatch: Command, term: Path) -> None:
    before = term.read_bytes()
    ran = classbatch("check", term, "--sandbox", "--marked", term)
    assert ran.code == 2, ran
    assert "is the timetable itself" in ran.err
    assert term.read_bytes() == before
