"""What python-calamine-plus reads is what openpyxl reads, cell by cell; and it may fail as it likes."""

import io
import os
import signal
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batch.core.errors import FileProblem
from batch.core.rows.columns import AccountKind
from batch.readers import LoadOptions, open_timetable, subprocess_parent
from batch.readers.quick_rows import quick_rows
from tests.readers.test_subprocess import children, many, opened
from tests.support.command import ROOT
from tests.support.quirks_of_files import QUIRKS_OF_FILES
from tests.support.warm import STARTED_ANEW
from tests.support.workbooks import HEADER, ROW, SHEET_1, one_sheet, with_part

FILES = {
    **{path.name: path.read_bytes for path in sorted((ROOT / "samples").glob("*.xlsx"))},
    **{
        f"{section}: {quirk.has}": quirk.made
        for section, quirks in QUIRKS_OF_FILES.items()
        for quirk in quirks
        if quirk.file.endswith(".xlsx")
    },
}


def told(data: bytes, *, quick: bool) -> list[object]:
    """All that a reader says of a workbook: also the type of each cell."""
    try:
        with open_timetable(
            io.BytesIO(data),
            options=LoadOptions(quick=quick),
            account=AccountKind.TEACHER,
            name="term.xlsx",
            isolated=False,
        ) as timetable:
            rows = [(row, tuple(map(type, row.cells))) for row in timetable]
            return [rows, timetable.notes, timetable.header]
    except FileProblem as problem:
        return [problem.messages]


#: What may stand in a sheet below its header, whoever wrote it.
XML = {
    "rows without numbers": "<row><c><v>1</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>",
    "cells without names": '<row r="3"><c><v>1</v></c><c t="b"><v>1</v></c><c/></row>',
    "rows in another order": '<row r="9"><c r="A9"><v>1</v></c></row><row r="4"><c r="A4"><v>2</v></c></row>',
    "a row twice": '<row r="4"><c r="A4"><v>1</v></c></row><row r="4"><c r="B4"><v>2</v></c></row>',
    "cells in another order": '<row r="4"><c r="C4"><v>1</v></c><c r="A4"><v>2</v></c></row>',
    "a cell twice": '<row r="4"><c r="A4"><v>1</v></c><c r="A4"><v>2</v></c></row>',
    "a cell of another row": '<row r="4"><c r="A7"><v>1</v></c></row>',
    "a cell that is called nothing": '<row r="4"><c r="4A"><v>1</v></c></row>',
    "a date as text": '<row r="4"><c r="B4" t="d"><v>2031-09-01T09:00:00</v></c></row>',
    "a formula that gives nothing": '<row r="4"><c r="A4" t="str"><f>B9</f><v></v></c></row>',
    "a formula that nobody calculated": '<row r="4"><c r="A4"><f>B9</f></c></row>',
    "a formula of a whole column": (
        '<row r="4"><c r="A4"><f t="shared" ref="A4:A5" si="0">B4</f></c></row>'
        '<row r="5"><c r="A5"><f t="shared" si="0"/></c></row>'
    ),
    "an array": '<row r="4"><c r="A4"><f t="array" ref="A4:A5">B4:B5</f><v>7</v></c></row>',
    "a number in scientific notation": '<row r="4"><c r="D4"><v>4.5E1</v></c></row>',
    "a number with spaces": '<row r="4"><c r="D4"><v> 45 </v></c></row>',
    "a number that is none": '<row r="4"><c r="D4"><v>abc</v></c></row>',
    "an endless number": '<row r="4"><c r="D4"><v>INF</v></c><c r="A4"><v>NaN</v></c></row>',
    "a number of many digits": '<row r="4"><c r="D4"><v>12345678901234567890123</v></c></row>',
    "a text that is not in the table": '<row r="4"><c r="A4" t="s"><v>7</v></c></row>',
    "a type of cell that is none": '<row r="4"><c r="A4" t="zzz"><v>7</v></c></row>',
    "a style that is none": '<row r="4"><c r="A4" s="99"><v>7</v></c></row>',
    "two texts in a cell": '<row r="4"><c r="A4" t="inlineStr"><is><t>a</t></is><v>b</v></c></row>',
    "marks of another language": '<row r="4"><c r="A4" t="inlineStr"><is><t>A\u202eB\u200b</t></is></c></row>',
    "it breaks off": '<row r="4"><c r="A4"><v>1</v></c></row><row r="5"><c r="A5"><v>2',
    "an end of another element": '<row r="4"><c r="A4"><v>1</v></x></row>',
}


@pytest.mark.parametrize("xml", XML.values(), ids=XML)
def test_a_sheet_is_read_as_openpyxl_reads_it(xml: str) -> None:
    is_whole = xml.endswith("</row>")
    data = with_part(
        one_sheet(HEADER, ROW),
        SHEET_1,
        lambda old: (
            old.partition(b"</sheetData>")[0]
            + xml.encode()
            + (b"</sheetData>" + old.partition(b"</sheetData>")[2] if is_whole else b"")
        ),
    )
    assert told(data, quick=True) == told(data, quick=False)


@pytest.mark.parametrize("made", FILES.values(), ids=FILES)
def test_a_file_is_read_as_openpyxl_reads_it(made: Callable[[], bytes]) -> None:
    data = made()
    assert told(data, quick=True) == told(data, quick=False)


FORMATS = (
    *("General", "0", "0.00", "0%", "@", "yyyy-mm-dd hh:mm", "dd/mm/yyyy", "m/d/yy", "hh:mm", "[h]:mm"),
    *("d mmm yyyy", "h:mm AM/PM", '"day" d', "[$-409]d/m/yy;@", "mm:ss.0"),
)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31))  # noqa: DTZ001 - as Excel has them
CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "_x0041_",
            "_x005F_x0041_",
            "x005F_",
            "_x0000_x0000_",
            "a\r\nb",
            "#N/A",
            "=1+1",
            "007",
            "\x07",
            "12:00",
        ]
    ),
    st.integers(-10, 60_000),
    st.floats(-10.0, 60_000.0),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    MOMENTS,
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.tuples(st.sampled_from(["=A1", '=""', "=NA()"]), st.sampled_from(["", 5, "text", "#N/A", True])),
)


def workbook(lines: list[list[tuple[object, str]]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Term")
        sheet.write_row(0, 0, ("title", "start_time", "time_zone", "presenter_email", "duration", "Notes"))
        for number, line in enumerate(lines, start=1):
            for column, (value, shown_as) in enumerate(line):
                look = book.add_format({"num_format": shown_as})
                match value:
                    case None:
                        sheet.write_blank(number, column, None, look)
                    case bool():
                        sheet.write_boolean(number, column, value, look)
                    case str():
                        sheet.write_string(number, column, value, look)
                    case datetime() | time() | timedelta():
                        sheet.write_datetime(number, column, value, look)
                    case (formula, found):
                        sheet.write_formula(number, column, formula, look, found)
                    case _:
                        sheet.write_number(number, column, value, look)
    return made.getvalue()


@given(st.lists(st.lists(st.tuples(CELLS, st.sampled_from(FORMATS)), max_size=6), max_size=8))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_cell_is_read_otherwise(lines: list[list[tuple[object, str]]]) -> None:
    data = workbook(lines)
    assert told(data, quick=True) == told(data, quick=False)


def test_it_reads_what_there_is() -> None:
    lines = [[(f"Lesson {number}", "@"), (datetime(2031, 9, 1, 9), "d/m/yy")] for number in range(3)]  # noqa: DTZ001 - as Excel has them
    read = [
        (number, row[0].value)
        for number, row in quick_rows(io.BytesIO(workbook(lines)), SHEET_1, "Term", 2, 9)
    ]
    assert read == [(2, "Lesson 0"), (3, "Lesson 1"), (4, "Lesson 2")]


def test_a_process_that_it_takes_down_costs_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess_parent, "start", STARTED_ANEW)
    with opened(many(6_000)) as timetable:
        rows = iter(timetable)
        numbers = [next(rows).number]
        os.kill(children()[0], signal.SIGABRT)
        numbers += [row.number for row in rows]
    assert numbers == list(range(2, 6_002))
    assert children() == []
