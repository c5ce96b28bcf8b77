"""What a spreadsheet shows beside its cells: merged ranges, hidden rows, other formats of the same."""

import io
import re
import zipfile
from typing import Any

import pytest

from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.core.rows.row import RawRow, Unreadable
from batch.readers import LoadOptions, open_timetable
from batch.readers.repair import repaired
from tests.support.workbooks import (
    HEADER,
    ROW,
    SHEET_1,
    merged,
    one_sheet,
    saved,
    strict,
    with_part,
    workbook,
)


def read(data: bytes) -> list[RawRow]:
    with open_timetable(
        io.BytesIO(data), options=LoadOptions(), account=AccountKind.TEACHER, name="term.xlsx", isolated=False
    ) as timetable:
        return list(timetable)


def part_of(where: str) -> Unreadable:
    return Unreadable("", Problem.MERGED, where=where)


def test_a_merged_cell_is_its_first_rows_alone_and_never_filled_down() -> None:
    rows = read(merged("C2:C4", rows=[HEADER, ROW, ROW, ROW, ROW]))
    assert [row.cells[2] for row in rows] == [ROW[2], part_of("C2:C4"), part_of("C2:C4"), ROW[2]]


def test_cells_merged_across_leave_the_second_column_without_a_value() -> None:
    (row,) = read(merged("C2:D2", rows=[HEADER, ROW]))
    assert row.cells == (*ROW[:3], part_of("C2:D2"))


HARMLESS = {
    "a banner above the header": (["A1:D1"], [("Autumn term",), HEADER, ROW], [ROW]),
    "a heading between classes": (["A2:D2"], [HEADER, ("Week 1",), ROW], [ROW]),
    "a class over two lines": (["A2:A3", "B2:B3", "C2:C3", "D2:D3"], [HEADER, ROW, (), ROW], [ROW, ROW]),
    "a column of one's own": (
        ["E2:E3"],
        [(*HEADER, "Room"), (*ROW, "M1"), (*ROW, "M1")],
        [(*ROW, "M1"), (*ROW, None)],
    ),
}


@pytest.mark.parametrize(("ranges", "lines", "cells"), HARMLESS.values(), ids=HARMLESS)
def test_merging_that_takes_nothing_from_a_class_is_nobodys_business(
    ranges: list[str], lines: list[tuple[Any, ...]], cells: list[tuple[Any, ...]]
) -> None:
    assert [row.cells for row in read(merged(*ranges, rows=lines))] == cells


def test_a_hidden_row_is_read_and_told() -> None:
    made = workbook(("Autumn", [HEADER, ROW, ROW, ROW]))
    made["Autumn"].row_dimensions[3].hidden = True
    rows = read(saved(made))
    assert {row.number: [issue.code for issue in row.issues] for row in rows} == {2: [], 3: ["W040"], 4: []}
    assert rows[1].issues[0].is_warning


def test_merged_cells_and_hidden_rows_are_known_by_any_prefix() -> None:
    data = with_part(
        merged("C2:C3", rows=[HEADER, ROW, ROW]),
        SHEET_1,
        lambda xml: re.sub(
            rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml.replace(b'<row r="3"', b'<row r="3" hidden="true"')
        ).replace(b"xmlns=", b"xmlns:x="),
    )
    (_, row) = read(data)
    assert (row.cells[2], [issue.code for issue in row.issues]) == (part_of("C2:C3"), ["W040"])


def test_a_strict_workbook_is_the_same_timetable() -> None:
    data = strict(one_sheet(HEADER, ROW, ROW))
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(data)).read(SHEET_1)
    assert b"2031-09-01T10:00:00" in zipfile.ZipFile(io.BytesIO(data)).read(SHEET_1)
    assert [(row.number, row.cells) for row in read(data)] == [(2, ROW), (3, ROW)]


def test_a_sheet_formatted_to_its_bottom_is_read_as_the_few_rows_it_has() -> None:
    blank = "".join(f'<row r="{row}" s="1" ht="15"><c r="A{row}" s="1"/></row>' for row in range(3, 300_000))
    last = '<row r="300000"><c r="A300000" t="inlineStr"><is><t>Sets</t></is></c><c r="D300000"><v>60</v></c></row>'
    data = with_part(
        one_sheet(HEADER, ROW),
        SHEET_1,
        lambda xml: xml.replace(b"</sheetData>", (blank + last + "</sheetData>").encode()),
    )
    assert [(row.number, row.cells[0]) for row in read(data)] == [(2, "Algebra"), (300_000, "Sets")]
    with zipfile.ZipFile(repaired(io.BytesIO(data))) as container:
        assert len(container.read(SHEET_1)) < 2_000


def test_rows_without_numbers_are_never_taken_out() -> None:
    blank = b"<row ></row>" * 260_000
    data = with_part(
        one_sheet(HEADER, ROW), SHEET_1, lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>")
    )
    stream = io.BytesIO(data)
    assert repaired(stream) is stream


def test_what_needs_no_mending_is_left_as_it_is() -> None:
    stream = io.BytesIO(one_sheet(HEADER, ROW))
    assert repaired(stream) is stream
