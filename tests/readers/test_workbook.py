"""Workbooks: the row that Excel shows, the cell as typed, the one sheet that is meant; or one sentence."""

import io
import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.core.rows.row import RawRow, Unreadable
from batch.readers import LoadOptions, open_timetable
from batch.readers.cell import text, whole_seconds
from batch.report.wording.messages import both_of, hint_of, message_of
from tests.support.words import stops
from tests.support.workbooks import (
    HEADER,
    ROW,
    SHEET_1,
    START,
    one_sheet,
    saved,
    with_cells,
    with_part,
    workbook,
)


def read(data: bytes, **options: Any) -> tuple[list[RawRow], tuple[str, ...]]:
    with open_timetable(
        io.BytesIO(data),
        options=LoadOptions(**options),
        account=AccountKind.TEACHER,
        name="term.xlsx",
        isolated=False,
    ) as timetable:
        assert timetable.kind == "xlsx"
        rows = list(timetable)
        return rows, tuple(map(both_of, timetable.notes))


def cells_of(data: bytes) -> list[tuple[Any, ...]]:
    return [row.cells for row in read(data)[0]]


def test_cells_come_as_typed_with_their_types() -> None:
    row = ("00123", START, "NA", True)
    assert cells_of(one_sheet(HEADER, row, ROW)) == [row, ROW]
    assert [type(cell) for cell in cells_of(one_sheet(HEADER, row))[0]] == [str, datetime, str, bool]


def test_rows_have_the_number_that_excel_shows() -> None:
    made = workbook(("Autumn", []))
    sheet = made["Autumn"]
    for number, row in {
        3: ("Autumn term",),
        5: HEADER,
        6: ROW,
        9: (" ", None, " "),
        12: ROW,
        400: ROW,
    }.items():
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    sheet.cell(900, 2).font = Font(bold=True)  # formatted, not filled
    rows, notes = read(saved(made))
    assert [(row.sheet, row.number) for row in rows] == [("Autumn", 6), ("Autumn", 12), ("Autumn", 400)]
    assert "392 blank rows skipped." in notes
    assert "The header is row 5; 4 lines stand above it, not read." in notes


def test_a_false_dimension_loses_no_row() -> None:
    data = one_sheet(HEADER, ROW, ROW)
    for false in (b'ref="A1"', b'ref="A1:D2"', b'ref="A1:XFD1048576"'):
        lying = with_part(data, SHEET_1, lambda xml, false=false: re.sub(rb'ref="A1:D3"', false, xml))  # type: ignore[misc] # lambda
        assert cells_of(lying) == [ROW, ROW]


def test_rows_without_numbers_are_counted() -> None:
    data = with_part(one_sheet(HEADER, ROW), SHEET_1, lambda xml: re.sub(rb' r="[A-Z]?\d+"', b"", xml))
    assert [(row.number, row.cells) for row in read(data)[0]] == [(2, ROW)]


def test_dates_since_1904_are_the_same_dates() -> None:
    made = workbook(("Autumn", [HEADER, ROW]))
    made.epoch = CALENDAR_MAC_1904
    assert cells_of(saved(made)) == [ROW]


def test_a_date_that_no_calendar_has_is_an_error_cell() -> None:
    made = workbook(("Autumn", [HEADER, ("Algebra", START, "a@b.example", 60)]))
    data = with_part(
        saved(made), SHEET_1, lambda xml: re.sub(rb"<v>4\d{4}\.\d+</v>", b"<v>99999999</v>", xml)
    )
    assert cells_of(data)[0][1] == Unreadable("#VALUE!", Problem.ERROR_CELL)


def test_error_cells_are_problems_and_not_blank() -> None:
    data = with_cells(
        one_sheet(HEADER, ROW),
        b'<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2" t="str"><f>NA()</f><v>#N/A</v></c></row>',
    )
    assert cells_of(data)[0][:2] == (Unreadable("#REF!", Problem.ERROR_CELL), "#N/A")


def test_a_formula_that_nobody_calculated_is_a_problem_and_not_blank() -> None:
    rows = [HEADER, ROW, ("=A2", None, None, "=30*2"), (None, None, "=C2", None), ROW]
    uncalculated = Problem.NOT_CALCULATED
    assert cells_of(one_sheet(*rows)) == [
        ROW,
        (Unreadable("=A2", uncalculated), None, None, Unreadable("=30*2", uncalculated)),
        (None, None, Unreadable("=C2", uncalculated), None),
        ROW,
    ]


def test_a_formula_that_gives_nothing_is_blank() -> None:
    row = (
        b'<row r="2"><c r="A2" t="str"><f>IF(1,"","")</f><v></v></c><c r="B2" t="str"><f>""</f><v/></c></row>'
    )
    assert cells_of(with_cells(one_sheet(HEADER, ROW), row)) == []


def test_a_formula_in_a_column_of_ones_own_is_no_row() -> None:
    assert cells_of(one_sheet((*HEADER, "Sum"), (*ROW, "=B2+1"), (None, None, None, None, "=B3+1"))) == [
        (*ROW, None)
    ]


def test_what_stands_right_of_the_last_header_is_told() -> None:
    _, notes = read(one_sheet(HEADER, (*ROW, None, "cancelled?"), ROW, (*ROW, "x")))
    assert "Rows 2 and 4: what stands right of the last header is not read." in notes


TEXTS = {
    "a carriage return": ("two_x000D_\nlines", "two\nlines"),
    "an escape that was typed": ("_x005F_x0041_", "_x0041_"),
    "a character beyond the first plane": ("_xD83D__xDE00_", "\N{GRINNING FACE}"),
    "half a character": ("_xD83D_", "\N{REPLACEMENT CHARACTER}"),
    "no escape": ("_x12_ _xyz", "_x12_ _xyz"),
}


@pytest.mark.parametrize(("stored", "typed"), TEXTS.values(), ids=TEXTS)
def test_text_is_what_was_typed(stored: str, typed: str) -> None:
    assert text(stored) == typed


SECONDS = {
    "a moment before two": (
        datetime(2031, 9, 1, 13, 59, 59, 999000, UTC),
        datetime(2031, 9, 1, 14, tzinfo=UTC),
    ),
    "a moment after two": (time(14, 0, 0, 1000), time(14)),
    "a moment before midnight": (time(23, 59, 59, 999000), time(23, 59, 59)),
    "nearly an hour": (timedelta(seconds=3599.9996), timedelta(hours=1)),
    "the end of time": (datetime.max.replace(tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
}


@pytest.mark.parametrize(("stored", "meant"), SECONDS.values(), ids=SECONDS)
def test_times_are_whole_seconds(stored: datetime, meant: datetime) -> None:
    assert whole_seconds(stored) == meant


CHOICES = {
    "the one that has the header": ({"Notes": [("hello",)], "Autumn": [HEADER, ROW]}, None, "Autumn"),
    "the one that was named": ({"Mon": [HEADER, ROW], "Tue": [HEADER, ROW]}, "Tue", "Tue"),
    "the one that was named, in other letters": ({"Mon": [HEADER, ROW], "Tue": [HEADER]}, " mon", "Mon"),
    "a list of rooms is no timetable": (
        {"Autumn": [HEADER, ROW], "Rooms": [("room", "students")]},
        None,
        "Autumn",
    ),
    "results and their summary": ({"Results": [HEADER, ROW], "Summary": [("scheduled", 1)]}, None, "Results"),
}


@pytest.mark.parametrize(("sheets", "wanted", "chosen"), CHOICES.values(), ids=CHOICES)
def test_the_sheet_that_is_meant_is_read(
    sheets: dict[str, list[tuple[Any, ...]]], wanted: str | None, chosen: str
) -> None:
    rows, _ = read(saved(workbook(*sheets.items())), sheet=wanted)
    assert [row.sheet for row in rows] == [chosen]


def test_a_hidden_sheet_is_left_aside_and_told_until_it_is_named() -> None:
    made = workbook(("Old", [HEADER, ROW, ROW]), ("Autumn", [HEADER, ROW]), ("Remarks", [("none",)]))
    made["Old"].sheet_state = "hidden"
    rows, notes = read(saved(made))
    assert [row.sheet for row in rows] == ["Autumn"]
    assert notes == ("Sheets not read: 'Old' (hidden) and 'Remarks'.",)
    assert len(read(saved(made), sheet="Old")[0]) == 2


NO_CHOICE = {
    "several sheets fit": (
        {"Mon": [HEADER], "Tue": [HEADER]},
        None,
        "several sheets that look like a timetable: 'Mon' and 'Tue'",
    ),
    "one fits and another has a slip in its header": (
        {"Mon": [HEADER], "Tue": [("title", "strat time", "teacher")]},
        None,
        "several sheets that look like a timetable: 'Mon' and 'Tue'",
    ),
    "none of several fits": ({"A": [("x",)], "B": [("y",)]}, None, "its sheets are 'A' and 'B'"),
    "no sheet of that name": ({"Mon": [HEADER]}, "Monday", "no sheet 'Monday'; its sheets are 'Mon'"),
    "a single sheet without the header": ({"Mon": [("x",)]}, None, "sheet 'Mon', has no header"),
    "a slip in the only header": ({"Mon": [("title", "teacher")]}, None, "no column for start_time"),
    "nothing in it": ({"Mon": []}, None, "nothing in it"),
}


@pytest.mark.parametrize(("sheets", "wanted", "says"), NO_CHOICE.values(), ids=NO_CHOICE)
def test_no_sheet_is_chosen_in_doubt(
    sheets: dict[str, list[tuple[Any, ...]]], wanted: str | None, says: str
) -> None:
    with pytest.raises(FileProblem) as caught:
        read(saved(workbook(*sheets.items())), sheet=wanted)
    assert says in message_of(caught.value)


GOOD = one_sheet(HEADER, ROW)
BOMB = b"<worksheet>" + b" " * 6_000_000

REFUSED = {
    "cut short": (GOOD[:-200], "damaged"),
    "cut in the middle": (GOOD[: len(GOOD) // 2], "damaged"),
    "a sheet that is no XML": (with_part(GOOD, SHEET_1, lambda _: b"<worksheet><sheetData><row"), "damaged"),
    "a sheet cut in its rows": (
        with_part(GOOD, SHEET_1, lambda xml: xml[: xml.index(b'<row r="2"') + 30]),
        "damaged",
    ),
    "a shared string that is not there": (
        with_cells(GOOD, b'<row r="2"><c r="A2" t="s"><v>99</v></c></row>'),
        "damaged",
    ),
    "a number that is none": (with_cells(GOOD, b'<row r="2"><c r="A2"><v>1x</v></c></row>'), "damaged"),
    "a row behind a later one": (
        with_cells(GOOD, b'<row r="5"><c r="A5"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row>'),
        "damaged",
    ),
    "two rows of one number": (
        with_cells(GOOD, b'<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'),
        "damaged",
    ),
    "two cells in one place": (
        with_cells(GOOD, b'<row r="2"><c r="C2"><v>1</v></c><c r="C2"><v>2</v></c></row>'),
        "damaged",
    ),
    "a part that packs too well": (with_part(GOOD, "xl/extra.xml", lambda _: BOMB), "unpacks to"),
    "an entity bomb": (
        with_part(GOOD, SHEET_1, lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml),
        "entities",
    ),
    "an entity in UTF-16": (
        with_part(GOOD, SHEET_1, lambda _: '<?xml version="1.0"?><!DOCTYPE x>'.encode("utf-16")),
        "entities",
    ),
    "two parts of one name": (with_part(GOOD, "XL/WORKBOOK.XML", lambda _: b"<x/>"), "no workbook that"),
    "a row past the last": (
        with_cells(GOOD, b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
        "past 1,048,576",
    ),
    "OpenDocument": (with_part(GOOD, "mimetype", lambda _: b"application/vnd.oasis.opendocument"), ".ods"),
    "binary": (with_part(GOOD, "xl/workbook.bin", lambda _: b"x"), ".xlsb"),
    "a text document": (with_part(GOOD, "word/document.xml", lambda _: b"<x/>"), "not a workbook"),
}


@pytest.mark.parametrize(("data", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_honest_workbook_gets_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(FileProblem) as caught:
        read(data)
    assert message_of(caught.value).startswith("term.xlsx")
    assert says in message_of(caught.value)
    assert "\n" not in message_of(caught.value) + hint_of(caught.value)


def test_a_far_cell_and_a_gap_of_a_million_rows_are_nothing() -> None:
    data = with_cells(
        one_sheet(HEADER, ROW, ROW),
        b'<row r="7"><c r="A7" t="inlineStr"><is><t>Sets</t></is></c><c r="D7"><v>60</v></c><c r="XFD7"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    )
    assert [(row.number, row.cells[0]) for row in read(data)[0]] == [(2, "Algebra"), (7, "Sets")]


def test_more_rows_than_the_bound_are_refused() -> None:
    data = one_sheet(HEADER, ROW, ROW, (None,), ROW)
    assert len(read(data, most_rows=3)[0]) == 3
    with stops(FileProblem, match="sheet 'Autumn', has more than 2 rows"):
        read(data, most_rows=2)


def test_a_container_larger_than_the_bound_is_refused() -> None:
    with stops(FileProblem, match="larger than 0 MiB"):
        read(GOOD, most_container_bytes=100)


@given(cut=st.integers(1, len(GOOD) - 1), flips=st.lists(st.integers(0, len(GOOD) - 1), max_size=3))
def test_no_damage_ends_in_anything_but_one_sentence(cut: int, flips: list[int]) -> None:
    data = bytearray(GOOD)
    for position in flips:
        data[position] ^= 0xFF
    for damaged in (bytes(data), bytes(data[:cut])):
        with suppress(FileProblem):
            read_any(damaged)


def read_any(data: bytes) -> list[RawRow]:
    with open_timetable(
        io.BytesIO(data), options=LoadOptions(), account=AccountKind.TEACHER, isolated=False
    ) as timetable:
        return list(timetable)


def test_a_cell_that_shows_a_date_alone_is_no_midnight() -> None:
    at_midnight = START.replace(hour=0)
    (cells,) = cells_of(one_sheet(HEADER, ("Algebra", at_midnight.date(), time(10), timedelta(hours=30))))
    assert [type(cell) for cell in cells] == [str, date, time, timedelta]
    assert cells_of(one_sheet(HEADER, ("Algebra", at_midnight)))[0][1] == at_midnight
