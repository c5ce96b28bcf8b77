"""The results workbook: whole or not at all, every row in it, nothing in it alive."""

import gc
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from batch.core.errors import CannotRun
from batch.core.message import Message, RunNote
from batch.core.outcome import Outcome
from batch.core.rows.cell_text import wording
from batch.core.rows.cells import read_text
from batch.core.rows.columns import AccountKind
from batch.core.rows.own_sheets import RESULTS_FIRST, RESULTS_LAST, SUMMARY_SHEET, TO_DO_SHEET
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.row import shown
from batch.core.tally import Tally
from batch.readers import LoadOptions, open_timetable
from batch.report.ending import Written
from batch.report.facts import BatchFacts, ResultRow
from batch.report.output_files import find_writable
from batch.report.text import CELL_LIMIT, CUT, cell_text
from batch.report.wording.messages import hint_of, message_of
from batch.report.wording.outcomes import SANDBOX
from batch.report.wording.problems import worded
from batch.report.workbook.results import RESULTS_SHEET, write_results
from tests.support.words import stops

ROOT = Path(__file__).parents[2]

FACTS = BatchFacts(
    batch="b-17",
    file="term.xlsx",
    sheet="Autumn",
    account="riverside.example",
    sent_to="https://classes.example/api",
    started=datetime(2031, 8, 1, 7, 30, tzinfo=UTC),
    finished=datetime(2031, 8, 1, 7, 31, 5, tzinfo=UTC),
)
SANDBOX_FACTS = BatchFacts(
    batch="b-18",
    file="term.csv",
    sheet="",
    account="sandbox",
    sent_to="http://127.0.0.1:8080",
    sandbox=True,
)
HEADER = ("Class", "Start")
GOOD = ResultRow(
    number=2,
    sheet="Autumn",
    outcome=Outcome.SCHEDULED,
    call_id="1b8ad9e6fa71",
    class_id="0002492040",
    attempts=1,
    title="Algebra I",
    presenter="ana.diaz@riverside.example",
    starts=datetime(2031, 9, 1, 8, tzinfo=UTC),
    minutes=60,
    zone="Europe/London",
    presenter_url="https://classes.example/launch?key=1",
    fingerprint="ab" * 32,
    cells=("Algebra I", "2031-09-01 09:00"),
)
BAD = ResultRow(
    number=5,
    sheet="Autumn",
    outcome=Outcome.INVALID,
    error_code="1022",
    cells=("", "soon"),
    problems=worded(
        [
            Problem.BLANK.at("title", "", header="Class", expected_api_code="1014"),
            Problem.NOT_A_TIME.at("start_time", "soon", header="Start", example="2031-09-01 14:00"),
        ]
    ),
)


def written(path: Path, *rows: ResultRow, facts: BatchFacts = FACTS) -> Written:
    tally = Tally(row.outcome for row in rows)
    return write_results(path, header_names=HEADER, rows=iter(rows), facts=facts, tally=tally)


def sheet_of(path: Path, name: str = RESULTS_SHEET) -> Worksheet:
    sheet = openpyxl.load_workbook(path)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def lines_of(path: Path, name: str = RESULTS_SHEET) -> list[tuple[object, ...]]:
    return [tuple(cell.value for cell in line) for line in sheet_of(path, name).iter_rows()]


def with_title(title: str) -> ResultRow:
    return ResultRow(number=2, sheet="", outcome=Outcome.REFUSED, message=title, cells=(title, ""))


def test_a_row_is_its_number_its_ending_every_input_column_and_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "term-results.xlsx"
    assert written(path, GOOD, BAD) == Written(Message(RunNote.RESULTS, {"path": path}), path)
    header, good, bad = lines_of(path)
    assert header == (*RESULTS_FIRST, *HEADER, *RESULTS_LAST)
    assert good == (
        *(2, "scheduled", "1b8ad9e6fa71", "0002492040", None, None),
        *("Algebra I", "2031-09-01 09:00"),
        *("Autumn", "2031-09-01 09:00 Mon, UTC+1, summer time", "2031-09-01 08:00"),
        *(1, "https://classes.example/launch?key=1", "ab" * 32),
    )
    assert bad[:6] == (
        *(5, "invalid", None, None, "1022"),
        "\n".join(  # noqa: FLY002 - one sentence a line, as in the cell
            [
                "Class is empty. Fill in the cell. [R001]",
                "Start 'soon' is not a date and time. Write it as 2031-09-01 14:00. [R003]",
            ]
        ),
    )
    assert bad[6:] == (None, "soon", "Autumn", None, None, 0, None, None)


def test_the_results_sheet_comes_first_with_a_frozen_filtered_header(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, GOOD, BAD)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [RESULTS_SHEET, TO_DO_SHEET, SUMMARY_SHEET]
    sheet = sheet_of(path)
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:N3"
    assert sheet.print_area == "'Results'!$A$1:$H$3"  # log-in links stay off paper


def test_each_outcome_has_a_colour_of_its_own_beside_its_word(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, *(ResultRow(number=n, sheet="", outcome=o) for n, o in enumerate(Outcome, start=2)))
    sheet = sheet_of(path)
    fills = {
        sheet.cell(line, 2).value: sheet.cell(line, 2).fill.fgColor.rgb for line in range(2, 2 + len(Outcome))
    }
    assert set(fills) == {outcome.value for outcome in Outcome}
    assert len(set(fills.values())) == len(Outcome) - 1  # scheduled and ready are never in one workbook


def test_a_sandbox_cannot_be_taken_for_the_service(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, GOOD, BAD, facts=SANDBOX_FACTS)
    header, *rows = lines_of(path)
    assert header[:6] == RESULTS_FIRST
    book: Any = openpyxl.load_workbook(path)
    assert {sheet.sheet_properties.tabColor.rgb for sheet in book} == {"FFB3261E"}
    assert book.active.title == SUMMARY_SHEET, "people see first what it says first"
    assert lines_of(path, SUMMARY_SHEET)[1][0] == SANDBOX
    for sheet in (RESULTS_SHEET, TO_DO_SHEET):
        assert book[sheet].oddHeader.center.text == f"&B{SANDBOX}"
    assert not any(SANDBOX in str(cell) for row in rows for cell in row), "once is enough"


def test_what_only_programs_read_is_hidden(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, GOOD, BAD)
    sheet = openpyxl.load_workbook(path)[RESULTS_SHEET]
    hidden = {
        sheet[f"{letter}1"].value for letter, column in sheet.column_dimensions.items() if column.hidden
    }
    assert hidden == {"attempts", "fingerprint"}


NUMBERS = {
    "minutes": ("Minutes", "60", 60),
    "places": ("Attendee limit", "25", 25),
    "minutes in words": ("Minutes", "1h 15m", "1h 15m"),
    "a number that is a name": ("Minutes", "060", "060"),
    "a number of many digits": ("Minutes", "1234567890123456", "1234567890123456"),
    "a title of digits": ("Class", "101", "101"),
    "a column that is not read": ("Room", "101", "101"),
}


@pytest.mark.parametrize(("header", "text", "value"), NUMBERS.values(), ids=NUMBERS)
def test_minutes_and_places_are_numbers_that_can_be_reckoned_with(
    tmp_path: Path, header: str, text: str, value: object
) -> None:
    path = tmp_path / "r.xlsx"
    rows = [replace(GOOD, cells=(text,))]
    write_results(path, header_names=(header,), rows=rows, facts=FACTS, tally=Tally([Outcome.SCHEDULED]))
    assert lines_of(path)[1][len(RESULTS_FIRST)] == value


def test_a_results_workbook_can_be_handed_in_again(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    rows = [replace(row, cells=(*row.cells, "ana.diaz@riverside.example")) for row in (GOOD, BAD)]
    header = (*HEADER, "Teacher e-mail")
    write_results(path, header_names=header, rows=rows, facts=SANDBOX_FACTS, tally=Tally())
    sheets = {None: rows, TO_DO_SHEET: rows[1:]}
    for sheet, expected in sheets.items():
        options = LoadOptions(sheet=sheet)
        with open_timetable(path, options=options, account=AccountKind.TEACHER) as timetable:
            assert timetable.header.names == header
            assert [tuple(map(shown, raw.cells)) for raw in timetable] == [row.cells for row in expected]


def test_its_rows_are_read_once_when_all_sheets_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    rows = [replace(row, cells=(*row.cells, "ana.diaz@riverside.example")) for row in (GOOD, BAD)]
    header = (*HEADER, "Teacher e-mail")
    write_results(path, header_names=header, rows=rows, facts=FACTS, tally=Tally())
    options = LoadOptions(all_sheets=True)
    with open_timetable(path, options=options, account=AccountKind.TEACHER) as timetable:
        assert len(list(timetable)) == len(rows)


HOSTILE = {
    "a formula": "=1+1",
    "a hyperlink": '=HYPERLINK("http://evil.example","click")',
    "a command": "=cmd|' /C calc'!A0",
    "a sum with a plus": "+1+1",
    "a sum with a minus": "-2+3",
    "an at sign": "@SUM(A1)",
    "an array formula": "{=1+1}",
    "a web address": "https://evil.example/" + "a" * 3000,
    "an inner link": "internal:Summary!A1",
    "a number": "00123",
    "an error": "#REF!",
    "mark-up": "<b>&amp;</b> ]]>",
    "an escape of the format": "_x000B_ and _x005F_",
    "spaces at the ends": "  two  ",
    "lines": "one\ntwo",
    "a tab": "\tone",
    "other scripts": "العربية 日本語 👩‍🏫",
}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_text_comes_back_as_text_and_as_typed(title: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, with_title(title))
    sheet = sheet_of(path)
    for cell in (sheet["F2"], sheet["G2"]):
        assert isinstance(cell, Cell)
        assert (unescape(str(cell.value)), cell.data_type, cell.hyperlink) == (title, "s", None)
    with zipfile.ZipFile(path) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search("<(f|hyperlink)[ >]", xml)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_editing_a_cell_does_not_bring_a_formula_to_life(start: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, with_title(f"{start}A1"))
    cell = sheet_of(path)["G2"]
    assert isinstance(cell, Cell)
    assert cell.quotePrefix


CLEANED = {
    "a control character": ("a\x07b", "a\u2407b"),
    "a vertical tab, which is a line break": ("a\x0bb", "a\nb"),
    "a terminal escape": ("\x1b[31m", "\u241b[31m"),
    "a NUL": ("\x00", "\u2400"),
    "a delete": ("\x7f", "\u2421"),
    "a lone surrogate": ("a\ud800b", "a\ufffdb"),
    "no character at all": ("\uffff", "\ufffd"),
    "a Windows line end": ("one\r\ntwo", "one\ntwo"),
}


@pytest.mark.parametrize(("title", "visible"), CLEANED.values(), ids=CLEANED)
def test_what_cannot_be_shown_is_made_visible(title: str, visible: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, with_title(title))
    assert lines_of(path)[1][6] == visible


@pytest.mark.parametrize("character", ["a", "\U0001f600"])
def test_a_text_longer_than_a_cell_is_cut_visibly(character: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, with_title(character * 40_000))
    cut = str(lines_of(path)[1][6])
    assert cut.endswith(CUT)
    assert len(cut.encode("utf-16-le")) // 2 in {CELL_LIMIT - 1, CELL_LIMIT}


#: Those of Latin-1, but for its line break, have one stand-in, the mark of a letter that was lost.
HANDED_IN_AGAIN = (*range(0x80), 0x85, *range(0xA0, 0x3100))


def test_a_title_of_the_workbook_is_read_as_the_files_own_or_refused_as_that_is() -> None:
    for number in HANDED_IN_AGAIN:
        typed = f"a{chr(number)}b"
        once, again = read_text(wording(typed)), read_text(wording(cell_text(typed)))
        assert again == once or (isinstance(again, Fault) and isinstance(once, Fault)), hex(number)


def test_a_text_as_long_as_a_cell_is_not_cut() -> None:
    assert cell_text("a" * CELL_LIMIT) == "a" * CELL_LIMIT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(st.characters(), max_size=40), header=st.text(st.characters(), max_size=10))
def test_no_text_can_keep_the_workbook_from_being_read(title: str, header: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    rows = iter([with_title(title)])
    write_results(path, header_names=(header, "x"), rows=rows, facts=FACTS, tally=Tally([Outcome.REFUSED]))
    head, row = lines_of(path)
    assert unescape(str(head[6] or "")) == cell_text(header)
    assert unescape(str(row[6] or "")) == cell_text(title)


def test_rows_are_written_as_they_come_and_not_held(tmp_path: Path) -> None:
    most = 0

    def many() -> Iterator[ResultRow]:
        nonlocal most
        for number in range(2, 2002):
            yield ResultRow(number=number, sheet="", outcome=Outcome.HELD, message="a\nb", cells=("x", "y"))
            if number % 500 == 0:
                most = max(most, sum(type(thing) is ResultRow for thing in gc.get_objects()))

    before = sum(type(thing) is ResultRow for thing in gc.get_objects())
    path = tmp_path / "results.xlsx"
    write_results(path, header_names=HEADER, rows=many(), facts=FACTS, tally=Tally())
    assert most <= before + 2
    sheet = sheet_of(path)
    assert sheet.max_row == 2001
    heights = {sheet.row_dimensions[line].height for line in range(2, 2002)}
    assert heights == {30}  # two lines of message


def test_a_title_over_several_lines_has_the_room_for_them(tmp_path: Path) -> None:
    written(
        path := tmp_path / "results.xlsx",
        replace(GOOD, cells=("Maths\nYear 10\nSet 2", *GOOD.cells[1:])),
        GOOD,
    )
    sheet = openpyxl.load_workbook(path)["Results"]
    assert [sheet.row_dimensions[line].height for line in (2, 3)] == [45, None]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    written(path, GOOD)
    written(path, GOOD)
    assert lines_of(path)[1][0] == 2
    assert [file.name for file in tmp_path.iterdir()] == ["results.xlsx"]


def test_a_link_to_a_file_elsewhere_stays_a_link(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    link = tmp_path / "results.xlsx"
    link.symlink_to(share / "results.xlsx")
    written(link, GOOD)
    assert link.is_symlink()
    assert lines_of(share / "results.xlsx")[1][0] == 2


def test_when_a_row_cannot_be_had_the_old_file_stays_and_nothing_else(tmp_path: Path) -> None:
    def broken() -> Iterator[ResultRow]:
        yield GOOD
        raise ZeroDivisionError

    path = tmp_path / "results.xlsx"
    path.write_text("last term's")
    with pytest.raises(ZeroDivisionError):
        write_results(path, header_names=HEADER, rows=broken(), facts=FACTS, tally=Tally())
    assert path.read_text() == "last term's"
    assert [file.name for file in tmp_path.iterdir()] == ["results.xlsx"]


# In a process of its own: XlsxWriter leaves files that it could not finish to the collector.
FILLS_THE_DISK = """
import resource, sys
from pathlib import Path
from batch.core.outcome import Outcome
from batch.core.rows.row import shown
from batch.core.tally import Tally
from batch.readers import LoadOptions, open_timetable
from batch.report.facts import BatchFacts, ResultRow
from batch.report.output_files import NotWritten
from batch.report.wording.messages import hint_of, message_of
from batch.report.workbook.results import write_results

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
facts = BatchFacts(batch="b", file="f", sheet="", account="a", sent_to="s")
rows = (ResultRow(number=n, sheet="", outcome=Outcome.HELD, message=f"{n:0500}") for n in range(100))
try:
    write_results(Path(sys.argv[1]), header_names=(), rows=rows, facts=facts, tally=Tally())
except NotWritten as error:
    print(message_of(error), hint_of(error))
"""


@pytest.mark.parametrize("room", [0, 1000, 5000])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(room: int, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    path.write_text("last term's")
    command = [sys.executable, "-c", FILLS_THE_DISK, str(path), str(room)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert said.startswith(f"{path} could not be written: ")
    assert "The journal keeps every row." in said
    assert path.read_text() == "last term's"
    assert [file.name for file in tmp_path.iterdir()] == ["results.xlsx"]


def test_a_target_that_became_locked_gets_another_name(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    path.mkdir()  # nothing can be renamed onto it, whoever we are
    answer = written(path, GOOD)
    other = tmp_path / "results-b-17.xlsx"
    assert answer == Written(
        Message(RunNote.RESULTS_ELSEWHERE, {"wanted": path, "path": other, "kept": True}), other
    )
    assert lines_of(other)[1][0] == 2


UNWRITABLE = {
    "a folder": (".", "is a folder"),
    "a folder that is missing": ("missing/results.xlsx", "does not exist"),
    "a file for a folder": ("file/results.xlsx", "does not exist"),
    "too long a name": ("x" * 300, "cannot be written"),
}


@pytest.mark.parametrize(("name", "says"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_target_that_cannot_be_written_is_told_before_anything_is_sent(
    name: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotRun) as caught:
        find_writable(tmp_path / name)
    assert says in message_of(caught.value)
    assert hint_of(caught.value)


def test_a_full_disk_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # to a writer the same as a full disk
    try:
        with stops(CannotRun, match="cannot be written"):
            find_writable(tmp_path / "results.xlsx")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_looking_whether_a_target_can_be_written_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    find_writable(path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("last term's")
    find_writable(path, or_beside=True)
    assert path.read_text() == "last term's"
