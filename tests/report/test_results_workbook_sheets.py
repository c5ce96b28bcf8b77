"""The sheets beside the rows: what is left to do, and the summary, whose every number is the tally's."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.rows.own_sheets import RESULTS_FIRST, SUMMARY_SHEET, TO_DO_LAST, TO_DO_SHEET
from batch.core.rows.problems import Problem
from batch.core.tally import Tally
from batch.report.facts import BatchFacts, ResultRow
from batch.report.local_time import start_local
from batch.report.wording.outcomes import WORDS
from batch.report.wording.problems import worded
from batch.report.workbook.results import RESULTS_SHEET, write_results
from batch.report.workbook.styles import AT_FAULT
from batch.report.workbook.todo_sheet import NOTHING_TO_DO

FACTS = BatchFacts(
    batch="b-17",
    file="term.xlsx",
    sheet="Autumn",
    account="teacher account",
    sent_to="https://classes.example/api",
    started=datetime(2031, 8, 1, 7, 30, tzinfo=UTC),
    finished=datetime(2031, 8, 1, 7, 31, 5, tzinfo=UTC),
    sha256="9f" * 32,
    calls=9,
    retries=2,
    limit="5, from the settings",
    version="1.2.3",
)
HEADER = ("Class", "Start", "Teacher")
MONDAY = datetime(2031, 9, 1, 8, tzinfo=UTC)


def row(number: int, outcome: Outcome, **facts: Any) -> ResultRow:
    meant: dict[str, Any] = {
        "title": f"Lesson {number}",
        "presenter": "ana@school.example",
        "starts": MONDAY,
        "minutes": 60,
        "zone": "Europe/London",
        "cells": (f"Lesson {number}", "2031-09-01 09:00", "ana@school.example"),
    }
    return ResultRow(number=number, sheet="Autumn", outcome=outcome, **{**meant, **facts})


def invalid(number: int, *problems: Problem) -> ResultRow:
    issues = tuple(
        problem.at("start_time", "soon", header="Start", expected_api_code="1022", example="2031-09-01 14:00")
        for problem in problems
    )
    nothing: dict[str, Any] = dict.fromkeys(("title", "presenter", "starts", "minutes", "zone"))
    cells = (f"Lesson {number}", "soon", "")
    return row(number, Outcome.INVALID, error_code="1022", problems=worded(issues), cells=cells, **nothing)


ROWS = (
    row(2, Outcome.SCHEDULED, class_id="1", call_id="a", attempts=1),
    row(3, Outcome.HELD, error_code="1032", message="Ana already has row 2."),
    invalid(4, Problem.NOT_A_TIME),
    row(5, Outcome.ALREADY, class_id="2", starts=MONDAY + timedelta(days=1)),
    invalid(6, Problem.NOT_A_TIME, Problem.BLANK),
    row(
        7,
        Outcome.REFUSED,
        error_code="1999",
        message="No classes on Sundays.",
        presenter="ben@school.example",
    ),
    row(8, Outcome.UNKNOWN, error_code="1000", message="Sent, but never answered."),
    row(9, Outcome.NOT_SENT),
    invalid(10, Problem.NEGATIVE),
)


@pytest.fixture
def book(tmp_path: Path) -> Any:
    return written(tmp_path, *ROWS)


def written(folder: Path, *rows: ResultRow) -> Any:
    path = folder / "term-results.xlsx"
    tally = Tally(each.outcome for each in rows)
    write_results(path, header_names=HEADER, rows=iter(rows), facts=FACTS, tally=tally)
    return openpyxl.load_workbook(path)


def texts(book: Any, name: str = SUMMARY_SHEET) -> list[list[Any]]:
    lines = book[name].iter_rows(values_only=True)
    return [[cell for cell in line if cell is not None] for line in lines]


def table(book: Any, head: str) -> dict[Any, list[Any]]:
    """The lines under a heading of the summary, up to the next blank one, by their first cell."""
    lines = texts(book)
    first = next(number for number, line in enumerate(lines) if line and str(line[0]).startswith(head))
    found: dict[Any, list[Any]] = {}
    for line in lines[first + 1 :]:
        if not line and found:
            break
        if line:
            found[line[0]] = line[1:]
    return found


def test_what_is_left_to_do_stands_by_what_mends_it_in_the_columns_of_the_input(book: Any) -> None:
    header, *lines = book[TO_DO_SHEET].iter_rows(values_only=True)
    assert header == (*RESULTS_FIRST, *HEADER, *TO_DO_LAST)
    hidden = [book[TO_DO_SHEET].column_dimensions[letter].hidden for letter in "IJK"]
    assert hidden == [False, True, True]
    # The largest group first, then as they were met; scheduled, already and not_sent need nobody.
    assert [line[0] for line in lines] == [4, 6, 3, 7, 8, 10]
    assert {line[1] for line in lines} == {outcome.value for outcome in NEEDS_A_PERSON}
    assert lines[0][6:9] == ("Lesson 4", "soon", None)


def test_a_line_parts_one_group_from_the_next(book: Any) -> None:
    sheet = book[TO_DO_SHEET]
    parted = [
        sheet.cell(line, 1).value for line in range(2, 8) if sheet.cell(line, 1).border.top.style == "medium"
    ]
    assert parted == [4, 3, 7, 8, 10]


@pytest.mark.parametrize("name", [RESULTS_SHEET, TO_DO_SHEET])
def test_the_cell_that_has_to_be_mended_is_marked(book: Any, name: str) -> None:
    sheet = book[name]
    marked = {
        (sheet.cell(cell.row, 1).value, cell.value)
        for line in sheet.iter_rows(min_row=2, min_col=7, max_col=9)
        for cell in line
        if cell.fill.fgColor.rgb == f"FF{AT_FAULT[1:]}"
    }
    assert marked == {(4, "soon"), (6, "soon"), (10, "soon")}


def test_where_nothing_is_left_to_do_the_sheet_says_so(tmp_path: Path) -> None:
    book = written(tmp_path, ROWS[0])
    assert [line[0] for line in texts(book, TO_DO_SHEET)] == [NOTHING_TO_DO]


def test_the_summary_counts_as_everything_else_does(book: Any) -> None:
    tally = Tally(each.outcome for each in ROWS)
    lines = texts(book)
    counted = {line[0]: line[1] for line in lines if line and line[0] in tally.counts()}
    assert counted == {name: rows for name, rows in tally.counts().items() if rows}
    assert ["rows in all", 9] in lines
    assert ["held", 1, WORDS[Outcome.HELD].explained] in lines


def test_the_summary_says_what_to_do_in_words_that_can_be_typed(book: Any) -> None:
    steps = list(table(book, "What to do next"))
    assert "classbatch submit term-results.xlsx" in steps[0]
    assert [step[:2] for step in steps] == ["1.", "2.", "3."]


def test_the_summary_explains_each_kind_of_fault(book: Any) -> None:
    assert table(book, "What is wrong") == {
        "R003": [
            2,
            "The cell is not a date and time. Rows 4 and 6 under Start. Write it as 2031-09-01 14:00.",
        ],
        "held 1032": [
            1,
            (
                "The presenter already has a class that overlaps this one. Row 3. "
                "Move one of the two classes, or give this one another presenter."
            ),
        ],
        "R001": [1, "The cell is empty. Row 6 Start. Fill in the cell."],
        "refused 1999": [1, "No classes on Sundays. Row 7."],
        "unknown 1000": [
            1,
            "The row was sent, but never answered; the class may exist. Row 8. "
            + WORDS[Outcome.UNKNOWN].next_step,
        ],
        "R027": [
            1,
            "The cell is less than 0. Row 10 Start. Write how many minutes the class may run on, or leave the cell empty.",
        ],
    }


def test_the_summary_counts_each_error_code_as_the_rows_have_it(book: Any) -> None:
    codes = table(book, "Rows by error code")
    assert {code: line[0] for code, line in codes.items()} == Counter(
        # Of an invalid row the code is only foretold.
        each.error_code
        for each in ROWS
        if each.error_code and each.outcome is not Outcome.INVALID
    )
    assert codes["1999"][1] == "No classes on Sundays."  # an unlisted code, as it came


def test_the_tables_by_day_and_by_presenter_add_up(book: Any) -> None:
    head = ["rows", "scheduled", "already", "to do", "not sent"]
    by_day = table(book, "Classes by day")
    assert by_day.pop("day") == head
    assert by_day == {"2031-09-01 Mon": [5, 1, 3, 1], "2031-09-02 Tue": [1, 1], "no day (invalid)": [3, 3]}
    by_presenter = table(book, "Classes by presenter")
    assert by_presenter.pop("presenter") == head
    assert {name: line[0] for name, line in by_presenter.items()} == {
        "ana@school.example": 5,
        "ben@school.example": 1,
        "no presenter (invalid)": 3,
    }


def test_the_chart_shows_the_days_of_the_table(book: Any) -> None:
    (chart,) = book[SUMMARY_SHEET]._charts
    assert [series.tx.v for series in chart.series] == ["scheduled", "already", "to do", "not sent"]
    values = chart.series[0].val.numRef.f
    assert values.startswith(f"{SUMMARY_SHEET}!$C$")
    first, last = (int(part.rpartition("$")[2]) for part in values.split(":"))
    days = [book[SUMMARY_SHEET].cell(line, 1).value for line in range(first, last + 1)]
    assert days == ["2031-09-01 Mon", "2031-09-02 Tue"]


def test_the_summary_names_the_run(book: Any) -> None:
    facts = table(book, "This run")
    assert {label: line[0] for label, line in facts.items() if not label.startswith("Column")} == {
        "File": "term.xlsx",
        "Sheet": "Autumn",
        "SHA-256 of the file": "9f" * 32,
        "Batch": "b-17",
        "Account": "teacher account",
        "Sent to": "https://classes.example/api",
        "Started": "2031-08-01 07:30:00 UTC",
        "Finished": "2031-08-01 07:31:05 UTC",
        "Took": "65 s",
        "Requests to schedule": "9",
        "of these, repeated": "2",
        "Classes at once": "5, from the settings",
        "classbatch": "1.2.3",
    }


LINKS = {
    "left as text": (False, "https://classes.example/launch?key=1", False),
    "clickable when asked for": (True, "https://classes.example/launch?key=1", True),
    "never a file": (True, "file:///C:/Windows/calc.exe", False),
    "never a part of the workbook": (True, "internal:Summary!A1", False),
}


@pytest.mark.parametrize(("asked", "url", "linked"), LINKS.values(), ids=LINKS)
def test_a_log_in_link(asked: bool, url: str, linked: bool, tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    rows = [row(2, Outcome.SCHEDULED, presenter_url=url)]
    write_results(
        path,
        header_names=HEADER,
        rows=rows,
        facts=FACTS,
        tally=Tally([Outcome.SCHEDULED]),
        presenter_links=asked,
    )
    cells: Any = list(openpyxl.load_workbook(path)[RESULTS_SHEET])[1]
    (cell,) = [each for each in cells if each.value == url]
    assert (cell.hyperlink is not None) == linked


CLOCKS = {
    "winter": (datetime(2031, 12, 1, 9, tzinfo=UTC), "Europe/London", "2031-12-01 09:00 Mon, UTC"),
    "summer": (MONDAY, "Europe/London", "2031-09-01 09:00 Mon, UTC+1, summer time"),
    "no summer time at all": (MONDAY, "Asia/Kolkata", "2031-09-01 13:30 Mon, UTC+5:30"),
    "summer in the south": (
        datetime(2031, 12, 1, tzinfo=UTC),
        "Australia/Sydney",
        "2031-12-01 11:00 Mon, UTC+11, summer time",
    ),
    "summer in Dublin, whose law has it the other way round": (
        MONDAY,
        "Europe/Dublin",
        "2031-09-01 09:00 Mon, UTC+1, summer time",
    ),
    "west of Greenwich": (MONDAY, "America/St_Johns", "2031-09-01 05:30 Mon, UTC-2:30, summer time"),
    "an hour that comes twice": (
        datetime(2031, 10, 26, 1, 30, tzinfo=UTC),
        "Europe/London",
        "2031-10-26 01:30 Sun, UTC, the second of two",
    ),
}


@pytest.mark.parametrize(("starts", "zone", "shown"), CLOCKS.values(), ids=CLOCKS)
def test_a_start_by_its_own_clock(starts: datetime, zone: str, shown: str) -> None:
    assert start_local(starts, zone) == shown
