"""What the journal's records mean: the values that go into its tables and come out of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from batch.core.identity import identity
from batch.core.outcome import Outcome
from batch.core.plan.plan import Candidate
from batch.core.rows.problems import Issue
from batch.core.rows.row import CheckedRow, shown
from batch.core.service.attempt import Attempt, AttemptEnding, ClassState, class_state, is_only_presumed
from batch.core.service.audit import KnownClass

#: Rows that are read or written together: large enough to cost little each, small
#: enough that memory does not grow with the file (performance.md, C and G).
BLOCK = 256

#: The columns of the table `row`, in the order of `new_row` and `row_of`.
ROW_COLUMNS = (
    "batch, position, sheet, number, cells, issues, parameters, title, presenter,"
    " starts, ends, room_until, fingerprint, outcome, code, message, priority"
)


#: `Batch.sent_to` where nothing left the process.
SANDBOX_IN_PROCESS = "a sandbox in this process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One input file, processed once."""

    id: str
    file: str
    sha256: str
    sheet: str
    header: tuple[str, ...]
    account: str  #: its kind
    sent_to: str  #: base URL
    sandbox: bool  #: nothing real was scheduled
    started_at: float
    finished_at: float | None = None
    exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """A row of a batch, with every attempt that was ever made for its class."""

    batch: str
    position: int
    sheet: str
    number: int
    cells: tuple[str, ...]
    issues: tuple[Issue, ...]
    parameters: Mapping[str, str] | None
    title: str | None
    presenter: str | None
    starts: int | None
    ends: int | None
    room_until: int | None
    fingerprint: str | None
    outcome: Outcome | None
    code: str | None
    message: str | None
    attempts: tuple[Attempt, ...]
    presenter_url: str | None


@dataclass(frozen=True, slots=True)
class Intent:
    """An attempt is about to be made."""

    fingerprint: str
    number: int
    batch: str
    position: int
    sent_at: float
    deadline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an attempt ended."""

    fingerprint: str
    number: int
    ending: AttemptEnding
    ended_at: float
    code: str | None = None
    message: str | None = None
    class_id: str | None = None
    call_id: str | None = None
    presenter_url: str | None = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row in its batch; None: it waits for its turn again."""

    batch: str
    position: int
    outcome: Outcome | None
    code: str | None = None
    message: str | None = None


Entry = Intent | Ended | RowOutcome


def class_of(row: JournalRow) -> str:
    """The fingerprint of a row that passed validation: every row that is sent has one."""
    if row.fingerprint is None:
        raise ValueError(f"row {row.number} is invalid and has no class")
    return row.fingerprint


def class_in_doubt(row: JournalRow) -> KnownClass:
    """A row in doubt as the audit sees it."""
    starts, ends = row.starts or 0, row.ends or 0
    return KnownClass(None, row.title or "", row.presenter or "", starts, (ends - starts) // 60, row.number)


def reported(row: JournalRow, waiting: Outcome = Outcome.NOT_SENT) -> RowOutcome:
    """What to say of a row: its ending, as far as its attempts have not overtaken it.

    Args:
        waiting: what a row is called that nothing became of.
    """
    known = class_state(row.attempts)
    if row.outcome in {None, Outcome.UNKNOWN} and known is ClassState.THERE:
        return RowOutcome(row.batch, row.position, Outcome.SCHEDULED, message=row.message)
    if row.outcome is None:
        outcome = Outcome.UNKNOWN if known is ClassState.IN_DOUBT else waiting
        return RowOutcome(row.batch, row.position, outcome, message=row.message)
    return RowOutcome(row.batch, row.position, row.outcome, row.code, row.message)


def values_of(entry: Entry) -> tuple[object, ...]:
    return tuple(getattr(entry, name) for name in _FIELDS[type(entry)])


_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in (Intent, Ended, RowOutcome)}


def new_row(account: str, batch: str, position: int, row: CheckedRow) -> tuple[object, ...]:
    raw, parsed = row.raw, row.parsed
    found = parsed.warnings if parsed else row.issues
    issues = json.dumps([asdict(issue) for issue in found]) if found else "[]"  # most rows
    common = (batch, position, raw.sheet, raw.number, json.dumps([shown(cell) for cell in raw.cells]), issues)
    ending: tuple[str | None, ...] = (None, None)
    if parsed is None:
        first = next((issue for issue in row.issues if issue.foretells), None)
        ending = (Outcome.INVALID, first.foretells if first else None)
        parsed = row.past_class
    if parsed is None:
        return (*common, *(None,) * 7, *ending, None, None)
    start = int(parsed.start.timestamp())
    return (
        *common,
        json.dumps(parsed.parameters),
        parsed.title,
        parsed.presenter,
        start,
        start + 60 * parsed.minutes,
        start + 60 * (parsed.minutes + parsed.extend_minutes),
        identity(account, parsed),
        *ending,
        None,
        parsed.priority,
    )


def candidate_of(
    facts: Sequence[Any], attempts: Sequence[Attempt], gone: frozenset[str] = frozenset()
) -> Candidate:
    position, presenter, starts, ends, room_until, priority = facts
    refusal = next(
        (attempt for attempt in reversed(attempts) if attempt.ending is AttemptEnding.REFUSED), None
    )
    return Candidate(
        position=position,
        presenter=presenter,
        starts=starts,
        ends=ends,
        room_until=room_until,
        priority=priority,
        class_state=class_state(attempts),
        is_gone=any(attempt.class_id in gone for attempt in attempts),
        is_presumed=is_only_presumed(attempts),
        code=refusal.code if refusal else None,
        message=refusal.message if refusal else None,
    )


def row_of(record: tuple[Any, ...], attempts: Sequence[tuple[Attempt, str | None]]) -> JournalRow:
    issues = tuple(Issue(**issue) for issue in json.loads(record[5]))
    return JournalRow(
        batch=record[0],
        position=record[1],
        sheet=record[2],
        number=record[3],
        cells=tuple(json.loads(record[4])),
        issues=issues,
        parameters=json.loads(record[6]) if record[6] else None,
        title=record[7],
        presenter=record[8],
        starts=record[9],
        ends=record[10],
        room_until=record[11],
        fingerprint=record[12],
        outcome=Outcome(record[13]) if record[13] else None,
        code=record[14],
        message=record[15],
        attempts=tuple(attempt for attempt, _ in attempts),
        presenter_url=next((url for attempt, url in attempts if attempt.has_class), None),
    )


def attempt_of(record: tuple[Any, ...]) -> Attempt:
    number, ending, *rest = record
    return Attempt(number, AttemptEnding(ending) if ending else None, *rest)


def batch_of(record: tuple[Any, ...]) -> Batch:
    return Batch(
        id=record[0],
        file=record[1],
        sha256=record[2],
        sheet=record[3],
        header=tuple(json.loads(record[4])),
        account=record[5],
        sent_to=record[6],
        sandbox=bool(record[7]),
        started_at=record[8],
        finished_at=record[9],
        exit_code=record[10],
    )
