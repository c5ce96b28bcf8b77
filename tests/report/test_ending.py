"""The end of a run: one pass over the rows, and all that is made of them agrees; what fails alone fails alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from batch.core.message import OutputFault
from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.rows.problems import Problem
from batch.core.rows.row import CheckedRow
from batch.core.service.attempt import AttemptEnding
from batch.core.tally import Exit, Tally
from batch.journal.records import RowOutcome
from batch.journal.sqlite import SqliteDatabase
from batch.journal.store import Journal
from batch.report.ending import Ending, Maker, Written, ending_of
from batch.report.facts import BatchFacts, ResultRow
from batch.report.output_files import NotWritten
from batch.report.projection import result_rows, result_rows_to_look_at
from batch.report.styled import plain
from batch.report.workbook.results import write_results
from tests.support.journals import batch_named, ended, invalid, load, opened, row, sent


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


# Rows that nobody has to look at

ATTEMPTS = (None, "under way", AttemptEnding.CREATED, AttemptEnding.REFUSED, AttemptEnding.NO_ANSWER)
STORED = (None, *(outcome for outcome in Outcome if outcome is not Outcome.READY))
#: Whether row after row stands for one class, or for three.
CLASSES_OF_A_ROW = (1, 3)


def _warned(checked: CheckedRow, *, warns: bool) -> CheckedRow:
    warning = Problem.VERY_SHORT.at("duration", "1", header="Minutes", example="1h")
    parsed = checked.parsed
    return replace(checked, parsed=replace(parsed, warnings=(warning,))) if warns and parsed else checked


@pytest.fixture(params=CLASSES_OF_A_ROW, ids=("one class a row", "several classes a row"))
def every_kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """A row of every outcome, with every attempt, with and without a warning; and one that is invalid."""
    kinds = [*product(STORED, ATTEMPTS, (False, True))]
    rows = [
        _warned(row(f"Class {at}", hour=at, number=2 + at // request.param), warns=warns)
        for at, (_, _, warns) in enumerate(kinds)
    ]
    with opened(tmp_path / "kinds") as journal:
        fingerprints = load(journal, "b", [*rows, invalid(len(kinds) + 2)])
        for at, (outcome, attempt, _) in enumerate(kinds):
            if attempt:
                journal.sending.apply([sent(fingerprints[at], position=at)])
            if isinstance(attempt, AttemptEnding):
                class_id = f"c{at}" if attempt is AttemptEnding.CREATED else None
                journal.sending.apply([ended(fingerprints[at], attempt, code="1012", class_id=class_id)])
            journal.sending.apply([RowOutcome("b", at, outcome, "1012" if outcome is Outcome.HELD else None)])
        yield journal


@pytest.mark.parametrize("is_check", [True, False])
def test_what_is_said_at_the_end_is_the_same_whether_or_not_every_row_is_read(
    is_check: bool, every_kind: Journal
) -> None:
    heard: list[ResultRow] = []
    all_read = ending_of(every_kind, batch_named("b"), each_row=heard.append, is_check=is_check)
    some_read = ending_of(every_kind, batch_named("b"), is_check=is_check)
    assert len(heard) == len(STORED) * len(ATTEMPTS) * 2 + 1
    assert vars(some_read.tally) == vars(all_read.tally) | {"_is_to_mend": some_read.tally._is_to_mend}
    assert some_read.exit_code == all_read.exit_code
    assert plain(some_read.problems.lines()) == plain(all_read.problems.lines())


def test_only_rows_that_are_well_are_left_to_the_database(every_kind: Journal) -> None:
    tally = Tally()
    read = {row.number: row for row in result_rows_to_look_at(every_kind, "b", tally)}
    for each in result_rows(every_kind, "b"):
        assert each.number in read or (each.outcome not in NEEDS_A_PERSON and not each.problems)
    assert tally.rows == 0 or all(
        each.problems or each.outcome in NEEDS_A_PERSON | {Outcome.NOT_SENT, Outcome.SCHEDULED}
        for each in read.values()
    )


def test_a_check_of_rows_that_are_all_well_reads_none_of_them(tmp_path: Path) -> None:
    statements: list[str] = []
    with opened(tmp_path / "well") as journal:
        load(journal, "b", [row(f"Class {at}", hour=at, number=at + 2) for at in range(600)])
        database = journal.reports._rows._database
        assert isinstance(database, SqliteDatabase)
        database._connection.set_trace_callback(statements.append)
        ending = ending_of(journal, batch_named("b"), is_check=True)
    assert (ending.tally[Outcome.READY], ending.tally.file_rows) == (600, 600)
    assert not ending.problems.lines()
    assert len([each for each in statements if " cells," in each]) == 1, "to learn that there is none"


def test_classes_of_one_row_are_told_even_where_an_undo_left_out_some_between_them(tmp_path: Path) -> None:
    with opened(tmp_path / "undone") as journal:
        load(journal, "b", [row("Art", hour=at, number=7) for at in (0, 2)])
        load(journal, "one each", [row("Art", number=7), row("Art", hour=2, number=8)])
        with journal._database.transaction():
            journal._database.run("UPDATE row SET position = 5 WHERE batch = 'b' AND position = 1")
        assert journal.reports.has_series("b")
        assert not journal.reports.has_series("one each")
