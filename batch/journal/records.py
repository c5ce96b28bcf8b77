"""What stands in the journal: files taken in, their rows, and what was done for them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum, unique
from functools import lru_cache

from batch.core.changes.operation import Operation, OperationEnding
from batch.core.message import ChangeNote, Message, RowNote
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import Issue
from batch.core.service.attempt import (
    Attempt,
    AttemptEnding,
    ClassState,
    class_state,
)
from batch.core.service.listed import Wanted

#: Rows that are read or written together: large enough to cost little each, small
#: enough that memory does not grow with the file.
BLOCK = 256

#: `Batch.sent_to` where nothing left the process.
SANDBOX_IN_PROCESS = "a sandbox in this process"
#: What `Batch.file` is for CSV that came that way.
STANDARD_INPUT = "standard input"


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
    timetable: str = ""  #: as the setting calls it; "": the file's own name does
    notes: tuple[Message, ...] = ()  #: how the file was read, and what was taken for granted
    undoes: str | None = None  #: the batch that it takes back; None: it is a file


@dataclass(frozen=True, slots=True, kw_only=True)
class RowToSend:
    """What sending needs of a row of a batch, with every attempt that was ever made for its class."""

    batch: str
    position: int
    number: int
    parameters: Mapping[str, str] | None
    presenter: str | None
    starts: int | None
    ends: int | None
    room_until: int | None
    fingerprint: str | None
    message: Message | None
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow(RowToSend):
    """All of a row."""

    sheet: str
    cells: tuple[str, ...]
    issues: tuple[Issue, ...]
    title: str | None
    outcome: Outcome | None
    code: str | None
    presenter_url: str | None
    class_id: str | None = None  #: of a row that is undone; else its attempts have it


@dataclass(frozen=True)
class Intent:
    """An attempt is about to be made."""

    fingerprint: str
    number: int
    batch: str
    position: int
    sent_at: float
    deadline: float


@dataclass(frozen=True, kw_only=True)
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


@unique
class TakenBy(StrEnum):
    """By what a class was taken for a row's own. They stand in journals: a released value is never renamed."""

    PRESENTER = "presenter"  #: all of it is listed so, and whose it is
    RECOGNISED = "recognised"  #: most of the file is listed so, and not whose
    PERSON = "said"  #: somebody has said so


@dataclass(frozen=True)
class TakenOver:
    """The account has a class already that is the row's own; nothing was sent for it. An attempt of that kind."""

    fingerprint: str
    number: int
    batch: str
    position: int
    at: float
    class_id: str
    taken_by: TakenBy


@dataclass(frozen=True)
class LetGo:
    """A class that was taken over for a row is another one, somebody has said: nothing stands for the row any more."""

    fingerprint: str


@dataclass(frozen=True)
class RowOutcome:
    """What became of a row in its batch; None: it waits for its turn again."""

    batch: str
    position: int
    outcome: Outcome | None
    code: str | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOtherwise:
    """A row whose class an earlier batch scheduled with other parameters."""

    position: int
    issues: tuple[Issue, ...]
    cells: tuple[str, ...]
    sent: Mapping[str, str]  #: what `create` was sent
    now: Mapping[str, str]  #: what the row says


@dataclass(frozen=True)
class RowIssues:
    """What is known to be wrong with a row, or worth knowing, in place of what was known before."""

    batch: str
    position: int
    issues: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True)
class OperationIntent:
    """An operation is about to be sent."""

    operation: Operation  #: with no ending yet
    room_until: int | None  #: until when the class takes up room afterwards


@dataclass(frozen=True, kw_only=True)
class OperationEnded:
    """How an operation ended. What the class stands as follows from it: see the triggers of the schema."""

    class_id: str
    number: int
    ending: OperationEnding
    ended_at: float
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A class of an earlier version that a file no longer asks for."""

    batch: str
    class_id: str
    title: str
    presenter: str
    starts: int  #: UTC seconds
    ends: int
    zone: str
    row_then: int  #: as Excel showed it
    outcome: Outcome | None = None  #: None: nothing was to be done about it
    code: str | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassNow:
    """What became of a class, whichever file last spoke of it. From `title` on: the row that it stands for."""

    class_id: str
    is_there: bool  #: False: it was cancelled
    changed_by: str | None  #: the batch that last changed or cancelled it; None: none has
    is_undo: bool  #: that one took another back
    title: str = ""
    presenter: str = ""
    starts: int = 0  #: UTC seconds
    ends: int = 0
    zone: str = "GMT"
    presenter_url: str | None = None


@dataclass(frozen=True)
class GoneOutcome:
    """What became of such a class."""

    batch: str
    class_id: str
    outcome: Outcome | None
    code: str | None = None
    message: Message | None = None


Entry = (
    Intent
    | Ended
    | TakenOver
    | LetGo
    | RowOutcome
    | RowIssues
    | OperationIntent
    | OperationEnded
    | Gone
    | GoneOutcome
)


def class_of(row: RowToSend) -> str:
    """The fingerprint of a row that passed validation: every row that is sent has one."""
    if row.fingerprint is None:
        raise ValueError(f"row {row.number} is invalid and has no class")
    return row.fingerprint


def wanted_of(row: JournalRow) -> Wanted:
    """What was sent for a row, or would be, as it is compared with what the account lists."""
    starts = row.starts or 0
    return wanted_class(
        fingerprint=class_of(row),
        title=row.title or "",
        presenter=row.presenter or "",
        starts=starts,
        ends=row.ends or starts,
        room_until=row.room_until or row.ends or starts,
        parameters=row.parameters or {},
    )


def wanted_class(
    *,
    fingerprint: str,
    title: str,
    presenter: str,
    starts: int,
    ends: int,
    room_until: int,
    parameters: Mapping[str, str],
) -> Wanted:
    """The same from the columns of the table `row`."""
    return Wanted(
        fingerprint=fingerprint,
        title=title,
        presenter=presenter,
        starts=starts,
        local_starts=_local_starts(parameters["start_time"]),
        minutes=(ends - starts) // 60,
        extend_minutes=(room_until - ends) // 60,
        others={name: value for name, value in parameters.items() if name not in _COMPARED},
    )


@lru_cache(4096)
def _local_starts(text: str) -> int:
    """A start as it is sent, as if it were UTC; many classes begin at one hour."""
    return int(datetime.strptime(text, "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC).timestamp())


#: What has a column of its own in a comparison.
_COMPARED = frozenset(
    {
        "title",
        "start_time",
        "duration",
        "extend_duration",
        "presenter_email",
        "presenter_id",
        "presenter_name",
    }
)


def class_of_note(note: Message) -> str | None:
    """The class that a note on a row tells of as the row's own, whatever it stands as; None where it tells of none."""
    is_of_class = note.what in ChangeNote or note.what in {RowNote.MOST_ROWS, RowNote.OTHERS_INVALID}
    class_id = note.facts.get("class_id") if is_of_class else None
    return str(class_id) if class_id else None


def reported(row: JournalRow, waiting: Outcome = Outcome.NOT_SENT) -> RowOutcome:
    """What to say of a row: its ending, as far as its attempts have not overtaken it.

    Args:
        waiting: what a row is called that nothing became of.
    """
    if row.message is not None and row.message.what is ChangeNote.UNANSWERED_CHANGE:
        # That the class is there says nothing of what it is.
        return RowOutcome(row.batch, row.position, row.outcome, row.code, row.message)
    known = class_state(row.attempts)
    # Changed or cancelled since. Of a class that was so before, a run that was cut short says nothing.
    was_there = any(each.former_class_id for each in row.attempts if each.batch == row.batch)
    if row.outcome in {None, Outcome.UNKNOWN} and (known is ClassState.THERE or was_there):
        return RowOutcome(row.batch, row.position, Outcome.SCHEDULED, message=row.message)
    if row.outcome is None:
        outcome = Outcome.UNKNOWN if known is ClassState.IN_DOUBT else waiting
        return RowOutcome(row.batch, row.position, outcome, message=row.message)
    return RowOutcome(row.batch, row.position, row.outcome, row.code, row.message)
