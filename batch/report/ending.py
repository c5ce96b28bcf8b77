"""How a run ended, read off the journal: facts, counts, exit code, and what is wrong with which rows."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, TypeAlias

from batch.core.message import Message, NightNote, RunNote, SyncNote, TimetableNote
from batch.core.outcome import Outcome
from batch.core.plan.admission import LIMIT
from batch.core.plan.load import Load
from batch.core.quick_dataclass import dataclass
from batch.core.tally import Exit, Tally
from batch.core.text import one_line
from batch.journal.records import SANDBOX_IN_PROCESS, STANDARD_INPUT, Batch
from batch.journal.store import Journal
from batch.report.facts import BatchFacts, GoneClass, ResultRow
from batch.report.json_report import JsonRows, write_json
from batch.report.output_files import NotWritten
from batch.report.projection import gone_classes, result_rows, result_rows_to_look_at
from batch.report.summary import ProblemList
from batch.report.wording.messages import both_of
from batch.report.wording.phrases import Reader, tr
from batch.version import __version__

#: Why nothing of a file is sent, where the same command would be stopped again: each says what helps, or a note beside it.
_SAY_WHAT_HELPS = frozenset(
    {
        *(SyncNote.TOO_MUCH_CHANGED, SyncNote.ANOTHER_VERSION, RunNote.SHIFTED, RunNote.NOT_LISTED),
        NightNote.GUARD,
    }
)


@dataclass(frozen=True, slots=True)
class Written:
    """A workbook that was made of a batch's rows."""

    note: Message  #: where it is
    results: Path | None = None  #: it is the results workbook


#: Makes a workbook of every row, taken one at a time, of the batch's facts, and of the counts: complete after the last row.
Maker: TypeAlias = Callable[[Iterator[ResultRow], BatchFacts, Tally], Written]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended."""

    facts: BatchFacts
    header: tuple[str, ...]  #: every input column as typed
    tally: Tally
    exit_code: Exit
    notes: tuple[Message, ...] = ()  #: where the results are, and what else to tell
    problems: ProblemList  #: what is wrong with which rows
    results: Path | None = None  #: the results workbook, where one was written
    unwritten: NotWritten | None = None  #: why the workbook that was asked for is not there
    gone: tuple[GoneClass, ...] = ()  #: classes that the file no longer asks for
    load: Load | None = None  #: how busy the timetable is; only a check shows it
    operations: int = 0  #: so many had come to anything in the account when it was read

    @property
    def is_answered(self) -> bool:
        """Whether a note says what helps: the same command would be stopped again."""
        return any(note.what in _SAY_WHAT_HELPS for note in self.notes)

    @property
    def written(self) -> Iterator[str]:
        """The notes in words, but for what is a next step."""
        return (both_of(note) for note in self.notes if note.what is not NightNote.TO_GO_ON)

    @property
    def goes_on(self) -> Iterator[str]:
        """The notes that are one, with its command."""
        return (both_of(note) for note in self.notes if note.what is NightNote.TO_GO_ON)


def ending_of(
    journal: Journal,
    batch: Batch,
    *,
    json: Path | TextIO | None = None,
    each_row: Callable[[ResultRow], None] | None = None,
    reader: Reader = Reader.TERMINAL,
    workbook: Maker | None = None,
    where_else: str = "",
    is_check: bool = False,
    limit: int | None = None,
    notes: Sequence[Message] = (),
    stopped: bool = False,
    doubled: bool = False,
    needs_a_look: bool = False,
    options: str = "",
    of_file: str = "",
    command: str = "submit",
) -> Ending:
    """How a batch stands now: one pass over its rows, for everything that is made of them.

    Args:
        journal: has the batch.
        batch: which one.
        json: where the machine's view goes, if anywhere.
        each_row: hears of every row, in file order.
        workbook: makes a workbook of them, if one is wanted. Where it cannot be written, the rest is done all the same.
        where_else: a sentence: where each row stands, for when they are too many for the screen.
        is_check: nothing was sent, and the batch will be forgotten.
        limit: how many classes may run at once, as the settings have it.
        notes: what else is to be told of the run.
        stopped: the service let nobody in, or the guard held everything back.
        doubled: the account holds a class twice, or a row has another one's number.
        needs_a_look: somebody should know of the run, whatever became of its rows.
        options: what the command was given besides the file.
        of_file: what of it holds for the file alone, and not for its results.
        command: by which the file is sent.
    """
    waiting = Outcome.READY if is_check else Outcome.NOT_SENT
    facts = facts_of(journal, batch, is_check=is_check, limit=limit, reader=reader, options=options)
    facts = replace(facts, command=command, of_file=of_file)
    tally = Tally(of_check=is_check)
    problems = ProblemList(where_else=where_else)
    written, unwritten = None, None
    operations = journal.operations.done()
    gone = tuple(gone_classes(journal, batch.id, reader=reader))
    for each in gone:
        tally.add_gone(each.outcome)
    with JsonRows() as lines:
        takers = [problems.add, *([each_row] if each_row else []), *([lines.add] if json else [])]
        wants_all = workbook is not None or each_row is not None or json is not None
        found = (
            result_rows(journal, batch.id, waiting=waiting, reader=reader)
            if wants_all
            else result_rows_to_look_at(journal, batch.id, tally, waiting=waiting, reader=reader)
        )
        rows = _shown_to(takers, tally, found)
        try:
            written = workbook(rows, facts, tally) if workbook else None
        except NotWritten as error:
            unwritten = error
        deque(rows, maxlen=0)  # the rest, where no workbook has taken them
        exit_code = tally.exit_code(stopped=stopped, doubled=doubled, needs_a_look=needs_a_look)
        if json is not None:
            notices = (*facts.notes, *_in_words(notes, reader))
            write_json(
                json, facts=facts, tally=tally, exit_code=exit_code, rows=lines, removed=gone, notices=notices
            )
    return Ending(
        facts=facts,
        header=batch.header,
        tally=tally,
        exit_code=exit_code,
        problems=problems,
        # A workbook that could not be written changes nothing of what became of the rows, and no exit code.
        notes=(*notes, *([written.note] if written else unwritten.messages if unwritten else [])),
        results=written.results if written else None,
        unwritten=unwritten,
        gone=gone,
        operations=operations,
    )


def _shown_to(
    takers: Sequence[Callable[[ResultRow], None]], tally: Tally, rows: Iterator[ResultRow]
) -> Iterator[ResultRow]:
    last: tuple[str, int, str] | None = None
    for row in rows:
        of_same_row = bool(row.lessons) and row.of_file == last
        tally.add(row.outcome, of_same_row=of_same_row, reason=row.reason)
        last = row.of_file
        for take in takers:
            take(row)
        yield row


def facts_of(
    journal: Journal,
    batch: Batch,
    *,
    is_check: bool = False,
    limit: int | None = None,
    reader: Reader = Reader.TERMINAL,
    options: str = "",
) -> BatchFacts:
    """What every report says of the batch as a whole."""
    calls, classes = journal.reports.calls(batch.id)
    in_process = batch.sent_to == SANDBOX_IN_PROCESS
    return BatchFacts(
        batch=None if is_check else batch.id,
        file=batch.file,
        sheet=batch.sheet,
        account=f"{batch.account} account",
        sent_to=batch.sent_to,
        sandbox=batch.sandbox,
        in_process=in_process,
        started=datetime.fromtimestamp(batch.started_at, UTC),
        finished=datetime.fromtimestamp(batch.finished_at, UTC) if batch.finished_at else None,
        sha256=batch.sha256,
        calls=calls,
        retries=calls - classes,
        limit=_limit(journal, limit),
        version=__version__,
        path="" if batch.file == STANDARD_INPUT else batch.file,
        undoes=batch.undoes or "",
        options=f"--sandbox {options}".strip() if in_process and "--sandbox" not in options else options,
        term_sheet=_term_sheet(batch.notes),
        notes=_in_words(batch.notes, reader),
    )


def _term_sheet(notes: Iterable[Message]) -> tuple[tuple[str, ...], ...]:
    lines = next((note.facts["lines"] for note in notes if note.what is TimetableNote.TERM_OF_SHEET), ())
    return tuple(tuple(map(str, line)) for line in lines) if isinstance(lines, list) else ()


def _in_words(notes: Iterable[Message], reader: Reader) -> tuple[str, ...]:
    return tuple(one_line(both_of(note, reader)) for note in notes)


def _limit(journal: Journal, known: int | None) -> str:
    if known is not None:
        return tr("{limit}, from the settings", limit=known)
    learned = journal.account.learned(LIMIT)
    if learned is None:
        return tr("not known yet")
    value, source, at = learned
    day = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    return tr("{limit}, from {source} on {day}", limit=value, source=source, day=day)
