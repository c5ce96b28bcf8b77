"""The end of a run: one pass over the rows, and all that is made of them agrees; what fails alone fails alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from batch.atomic_file import NotWritten
from batch.core.message import OutputFault
from batch.core.tally import Exit, Tally
from batch.journal.sqlite import SqliteDatabase
from batch.journal.store import Journal
from batch.report.ending import Ending, Maker, Written, ending_of
from batch.report.facts import BatchFacts, ResultRow
from batch.report.styled import plain
from batch.report.workbook.results import write_results
from tests.support.journals import batch_named, invalid, load, opened, row


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with opened(tmp_path / "state") as journal:
        load(journal, "b", [row("Algebra"), invalid(3), row("Drama", hour=2, number=4)])
        yield journal


def end(journal: Journal, folder: Path, workbook: Maker | None) -> tuple[Ending, list[ResultRow]]:
    heard: list[ResultRow] = []
    ending = ending_of(
        journal,
        batch_named("b"),
        json=folder / "term.json",
        each_row=heard.append,
        workbook=workbook,
    )
    return ending, heard


def test_everything_is_made_of_one_pass_over_the_rows(journal: Journal, tmp_path: Path) -> None:
    statements: list[str] = []
    database = journal.reports._rows._database
    assert isinstance(database, SqliteDatabase)
    database._connection.set_trace_callback(statements.append)

    def workbook(rows: Iterator[ResultRow], facts: BatchFacts, tally: Tally) -> Written:
        return write_results(
            tmp_path / "term.xlsx", header_names=("Class", "Start"), rows=rows, facts=facts, tally=tally
        )

    ending, heard = end(journal, tmp_path, workbook)
    assert [row.number for row in heard] == [2, 3, 4]
    assert [row["row"] for row in json.loads((tmp_path / "term.json").read_text())["rows"]] == [2, 3, 4]
    assert ending.results == tmp_path / "term.xlsx"
    assert (ending.tally.rows, ending.exit_code) == (3, Exit.UNFINISHED)
    assert "row 3" in plain(ending.problems.lines())
    reads = [each for each in statements if each.startswith("SELECT") and " cells," in each]
    assert len(reads) == 2, "a block of rows, and that no more come"


FAILS_AFTER = {"at once": 0, "midway": 1, "at the end": 3}


@pytest.mark.parametrize("rows_taken", FAILS_AFTER.values(), ids=FAILS_AFTER)
def test_a_workbook_that_cannot_be_written_costs_nothing_else(
    rows_taken: int, journal: Journal, tmp_path: Path
) -> None:
    def workbook(rows: Iterator[ResultRow], _facts: BatchFacts, _tally: Tally) -> Written:
        for _ in range(rows_taken):
            next(rows)
        raise NotWritten(OutputFault.NOT_WRITTEN, path="r.xlsx", why="No space left on device")

    ending, heard = end(journal, tmp_path, workbook)
    assert isinstance(ending.unwritten, NotWritten)
    assert ending.results is None
    assert [row.number for row in heard] == [2, 3, 4]
    assert len(json.loads((tmp_path / "term.json").read_text())["rows"]) == 3
    assert ending.tally.rows == 3
