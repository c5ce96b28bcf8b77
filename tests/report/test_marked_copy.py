"""The marked copy is the person's own file: kept as it was, with the problems in it."""

import csv
import json
import posixpath
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed
from lxml import etree
from openpyxl.styles import Font, PatternFill

from batch.core.rows.own_sheets import PROBLEMS
from tests.support.command import Command, lesson, timetable
from tests.support.office_workbook import as_an_office_has_it
from tests.support.workbooks import strict, with_part


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    sheet.title = "Autumn"
    for row in rows:
        sheet.append(list(row))
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
    assert sheet["E1"].value == PROBLEMS
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
    assert "Marked copy (1 row marked)" in ran.out
    sheet = openpyxl.load_workbook(classbatch.folder / "again.xlsx")["Autumn"]
    assert (sheet["E3"].value, sheet["F1"].value) == (None, None), "what was mended is no longer said"


def test_what_was_said_in_a_copy_is_no_part_of_later_results(classbatch: Command, term: Path) -> None:
    classbatch("check", term, "--sandbox", "--marked", "copy.xlsx")
    book = openpyxl.load_workbook(classbatch.folder / "copy.xlsx")
    with (classbatch.folder / "copy.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(book["Autumn"].values)
    for copy in ("copy.xlsx", "copy.csv"):
        ran = classbatch("submit", copy, "--sandbox", "--results", "results.xlsx")
        assert PROBLEMS not in ran.out + ran.err, "it is no column that is not read"
        header = next(openpyxl.load_workbook(classbatch.folder / "results.xlsx")["Results"].values)
        assert list(header[6:11]) == ["title", "start_time", "presenter_email", "room", "sheet"], copy


def test_a_column_of_problems_of_the_person_s_own_is_kept(classbatch: Command, tmp_path: Path) -> None:
    rows = [["title", "start_time", "presenter_email", "Problems"], ["", "soon", "ana@school.example", "3-9"]]
    workbook(tmp_path / "maths.xlsx", [*rows, ["Algebra", "2031-09-01 09:00", "ana@school.example", "1-2"]])
    classbatch("check", "maths.xlsx", "--sandbox", "--marked", "copy.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "copy.xlsx")["Autumn"]
    assert [sheet["D2"].value, sheet["D3"].value, sheet["E1"].value] == ["3-9", "1-2", PROBLEMS]


def test_a_csv_becomes_a_workbook_of_texts(classbatch: Command, tmp_path: Path) -> None:
    rows = [lesson(1, title="=1+1"), lesson(2, duration="soon")]
    classbatch("check", timetable(tmp_path / "term.csv", rows), "--sandbox", "--marked", "copy.xlsx")
    (sheet,) = openpyxl.load_workbook(tmp_path / "copy.xlsx").worksheets
    assert [cell.value for cell in sheet[1]] == [*rows[0], PROBLEMS]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert "duration 'soon'" in str(sheet["F3"].value)


def test_the_timetable_itself_is_never_written_over(classbatch: Command, term: Path) -> None:
    before = term.read_bytes()
    ran = classbatch("check", term, "--sandbox", "--marked", term)
    assert ran.code == 2, ran
    assert "is the file that is read" in ran.err
    assert term.read_bytes() == before


@pytest.mark.thorough
def test_a_sheet_formatted_far_below_its_classes_is_marked_like_any_other(
    classbatch: Command, tmp_path: Path
) -> None:
    """Half a million formatted cells took a minute and 850 MB: what is empty is left out of the copy."""
    with xlsxwriter.Workbook(str(tmp_path / "term.xlsx"), {"constant_memory": True}) as book:
        sheet, border = book.add_worksheet("Autumn"), book.add_format({"border": 1})
        rows = [list(lesson(1)), *(list(lesson(hour).values()) for hour in (1, 2)), ["Art", "soon"]]
        for number in range(60_000):
            filled = rows[number] if number < len(rows) else []
            for column in range(8):
                text = filled[column] if column < len(filled) else ""
                (sheet.write_string if text else sheet.write_blank)(number, column, text, border)
    ran = classbatch("check", "term.xlsx", "--sandbox", "--marked", "copy.xlsx")
    assert "Marked copy (1 row marked)" in ran.out, ran
    copy = openpyxl.load_workbook(tmp_path / "copy.xlsx")["Autumn"]
    assert copy.max_row == len(rows)
    assert copy["A2"].border.left.style == "thin"
    assert "'soon'" in str(copy.cell(4, len(lesson(1)) + 1).value)


def test_blank_lines_between_the_classes_keep_their_look(classbatch: Command, term: Path) -> None:
    book = openpyxl.load_workbook(term)
    book["Autumn"]["A4"].fill = PatternFill("solid", start_color="FF000000")
    book.save(term)
    classbatch("check", term, "--sandbox", "--marked", "copy.xlsx")
    assert openpyxl.load_workbook(classbatch.folder / "copy.xlsx")["Autumn"]["A4"].fill.fill_type == "solid"


def test_the_copy_can_be_read_without_touching_it(classbatch: Command, term: Path) -> None:
    """The title stays in sight beside the problems, and each row is as high as what is said about it."""
    classbatch("check", term, "--sandbox", "--marked", "copy.xlsx")
    sheet = openpyxl.load_workbook(classbatch.folder / "copy.xlsx")["Autumn"]
    assert sheet.freeze_panes == "B2"
    lines = sum(len(line) // 70 + 1 for line in str(sheet["E3"].value).split("\n"))
    assert lines > 1
    assert sheet.row_dimensions[3].height >= 15 * lines
    assert sheet.row_dimensions[2].height is None, "a row that is well stays as it is"


def test_panes_that_the_person_froze_stay_frozen(classbatch: Command, term: Path) -> None:
    book = openpyxl.load_workbook(term)
    book["Autumn"].freeze_panes = "C2"
    book.save(term)
    classbatch("check", term, "--sandbox", "--marked", "copy.xlsx")
    assert openpyxl.load_workbook(classbatch.folder / "copy.xlsx")["Autumn"].freeze_panes == "C2"


def test_a_row_that_is_held_is_marked_at_its_start(classbatch: Command, tmp_path: Path) -> None:
    rows = [list(lesson(1)), list(lesson(1).values()), list(lesson(1, title="Another").values())]
    workbook(tmp_path / "term.xlsx", rows)
    ran = classbatch("check", "term.xlsx", "--sandbox", "--marked", "copy.xlsx")
    assert "Marked copy (1 row marked)" in ran.out, ran
    sheet = openpyxl.load_workbook(tmp_path / "copy.xlsx")["Autumn"]
    start, beside = rows[0].index("start_time") + 1, len(rows[0]) + 1
    assert sheet.cell(3, beside).value
    for column in (start, beside):
        assert sheet.cell(3, column).fill.start_color.rgb == "FFFFF3CC"
        assert sheet.cell(2, column).fill.start_color.rgb != "FFFFF3CC"


def test_the_copy_of_a_workbook_with_macros_holds_none(
    classbatch: Command, term: Path, tmp_path: Path
) -> None:
    macros = with_part(
        term.read_bytes(),
        "[Content_Types].xml",
        lambda xml: xml.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    )
    (tmp_path / "macros.xlsm").write_bytes(
        with_part(macros, "xl/vbaProject.bin", lambda _: b"\xd0\xcf\x11\xe0")
    )
    ran = classbatch("check", "macros.xlsm", "--sandbox", "--marked", "copy.xlsx")
    assert "Marked copy (2 rows marked)" in ran.out, ran
    with zipfile.ZipFile(tmp_path / "copy.xlsx") as copy:
        assert "xl/vbaProject.bin" not in copy.namelist()
        assert b"macroEnabled" not in copy.read("[Content_Types].xml")


def test_strict_open_xml_is_marked_too(classbatch: Command, term: Path, tmp_path: Path) -> None:
    (tmp_path / "strict.xlsx").write_bytes(strict(term.read_bytes()))
    ran = classbatch("check", "strict.xlsx", "--sandbox", "--marked", "copy.xlsx")
    assert "Marked copy (2 rows marked)" in ran.out, ran


def test_links_a_pivot_table_and_a_label_stop_nothing_and_the_copy_is_whole(
    classbatch: Command, tmp_path: Path
) -> None:
    (tmp_path / "office.xlsx").write_bytes(as_an_office_has_it(tmp_path / "plain.xlsx"))
    ran = classbatch("check", "office.xlsx", "--sandbox", "--marked", "copy.xlsx", "--json", "j")
    assert "Marked copy (1 row marked)" in ran.out, ran
    rows = json.loads((tmp_path / "j").read_text())["rows"]
    assert [row["outcome"] for row in rows] == ["ready", "invalid"]
    assert [problem["code"] for row in rows for problem in row["problems"]] == ["R007"]
    book = openpyxl.load_workbook(tmp_path / "copy.xlsx")
    assert book["Term"]["A2"].value == "=[1]Staff!A1"
    assert book["Term"]["B2"].hyperlink.target == "mailto:ana.diaz@riverside.example"
    with zipfile.ZipFile(tmp_path / "copy.xlsx") as copy:
        assert _without_their_parts(copy) == []


def _without_their_parts(container: zipfile.ZipFile) -> list[str]:
    """Relations of a workbook to parts that it does not hold: Excel offers to repair such a file."""
    lacking = []
    for name in container.namelist():
        if name.endswith(".rels"):
            of = posixpath.dirname(posixpath.dirname(name))
            for relation in etree.fromstring(container.read(name)):
                target = posixpath.normpath(posixpath.join("/", of, str(relation.attrib["Target"]))).lstrip(
                    "/"
                )
                if relation.get("TargetMode") != "External" and target not in container.namelist():
                    lacking.append(f"{name}: {target}")
    return lacking
