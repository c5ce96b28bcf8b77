"""How a run ended, read off the journal: facts, counts, exit code, and what is wrong with which rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from batch.core.outcome import Outcome
from batch.core.plan.load import Load
from batch.core.tally import Exit, Tally
from batch.journal.records import SANDBOX_IN_PROCESS, Batch
from batch.journal.store import Journal
from batch.report.facts import BatchFacts, ResultRow
from batch.report.json_report import write_json
from batch.report.projection import result_rows
from batch.report.summary import ProblemList
from batch.version import __version__

#: Under this name the journal keeps what was learned of the licence's limit.
LIMIT = "max_concurrent_classes"

#: On the screen at the end of a run, whose workbook has every row.
_MOST_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended."""

    facts: BatchFacts
    header: tuple[str, ...]  #: every input column as typed
    tally: Tally
    exit_code: Exit
    sentences: tuple[str, ...] = ()  #: where the results are, and what else to tell
    problems: ProblemList  #: what is wrong with which rows
    results: Path | None = None  #: the results workbook, where one was written
    load: Load | None = None  #: how busy the timetable is; only a check shows it


def ending_of(
    journal: Journal,
    batch: Batch,
    *,
    json: Path | TextIO | None = None,
    each_row: Callable[[ResultRow], None] | None = None,
    results: Path | None = None,
    is_check: bool = False,
    limit: int | None = None,
    stopped: bool = False,
    doubled: bool = False,
) -> Ending:
    """How a batch stands now; its machine's view goes to `json`.

    Args:
        journal: has the batch.
        batch: which one.
        json: where the machine's view goes, if anywhere.
        each_row: hears of every row, in file order.
        results: where the workbook will stand, if there will be one.
        is_check: nothing was sent, and the batch will be forgotten.
        limit: how many classes may run at once, as the settings have it.
        stopped: the service let nobody in, or the guard held everything back.
        doubled: the account holds a class twice.
    """
    waiting = Outcome.READY if is_check else Outcome.NOT_SENT
    facts = facts_of(journal, batch, is_check=is_check, limit=limit)
    tally = Tally(of_check=is_check)
    problems = ProblemList()
    if results is not None:
        problems = ProblemList(most=_MOST_LISTED, where_else=f"All are in {results.name}.")
    for row in result_rows(journal, batch.id, waiting=waiting):
        tally.add(row.outcome)
        problems.add(row)
        if each_row is not None:
            each_row(row)
    exit_code = tally.exit_code(stopped=stopped, doubled=doubled)
    if json is not None:
        rows = result_rows(journal, batch.id, waiting=waiting)
        write_json(json, facts=facts, tally=tally, exit_code=exit_code, rows=rows)
    return Ending(facts=facts, header=batch.header, tally=tally, exit_code=exit_code, problems=problems)


def facts_of(
    journal: Journal, batch: Batch, *, is_check: bool = False, limit: int | None = None
) -> BatchFacts:
    """What every report says of the batch as a whole."""
    calls, classes = journal.reports.calls(batch.id)
    return BatchFacts(
        batch=None if is_check else batch.id,
        file=batch.file,
        sheet=batch.sheet,
        account=f"{batch.account} account",
        sent_to=batch.sent_to,
        sandbox=batch.sandbox,
        in_process=batch.sent_to == SANDBOX_IN_PROCESS,
        started=datetime.fromtimestamp(batch.started_at, UTC),
        finished=datetime.fromtimestamp(batch.finished_at, UTC) if batch.finished_at else None,
        sha256=batch.sha256,
        calls=calls,
        retries=calls - classes,
        limit=_limit(journal, limit),
        version=__version__,
    )


def _limit(journal: Journal, told: int | None) -> str:
    if told is not None:
        return f"{told}, from the settings"
    learned = journal.account.learned(LIMIT)
    if learned is None:
        return "not known yet"
    value, source, at = learned
    return f"{value}, from {source} on {datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
