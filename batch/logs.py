"""Log lines on standard error: for people, or one JSON object each for programs.

An event is a fixed name and fields; keys and signatures are never among them, nor are cells, but where
`stopped` quotes what should have been a header.
"""

import json
import logging
from datetime import UTC, datetime

from batch.core.quick_dataclass import dataclass
from batch.core.text import visible

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """One event that programs may wait for; a released name or field is never renamed."""

    name: str
    means: str
    fields: tuple[str, ...]


EVENTS: tuple[Event, ...] = (
    Event(
        "row.attempt",
        "A request for a class ended without one.",
        ("row", "attempt", "ending", "code"),
    ),
    Event("cluster.file", "A worker has imported a file, or left it for later.", ("file", "exit_code")),
    Event(
        "cluster.given_back", "A worker was not heard of: what it had in hand is given to others.", ("job",)
    ),
    Event(
        "cluster.put_back",
        "Journals are not as far as they were: the database was put back from a copy, and nothing is sent by them.",
        ("accounts",),
    ),
    Event(
        "cluster.struck_off", "Others gave this worker up, as it stood still; it goes on as a new one.", ()
    ),
    Event("cluster.failed", "A file's job crashed, or was cancelled: the file counts as failed.", ("file",)),
    Event(
        "cluster.broke_off", "The database broke off beside an import, which is tried again.", ("deposit",)
    ),
    Event("cluster.no_look", "A worker could not look after the others this time.", ("error",)),
    Event("lease.lost", "Another run has taken the account over.", ("account",)),
    Event(
        "lease.no_answer", "The database did not take a heartbeat: the account may be taken over.", ("why",)
    ),
    Event("reconcile", "Lost answers were looked up.", ("looked_up", "resend", "listed")),
    Event("reconcile.cannot_list", "The account's classes could not be listed.", ("code", "attempt")),
    Event(
        "reconcile.absent",
        "Rows whose answer was lost have no class in the account, as far as can be told.",
        ("rows", "denial"),
    ),
    Event(
        "audit",
        "The account's classes were compared with the journal.",
        ("missing", "doubled", "mistaken", "foreign"),
    ),
    Event("audit.cannot_list", "They could not be listed for it.", ("code",)),
    Event("plan.cannot_list", "Other people's classes could not be listed before sending.", ("code",)),
    Event(
        "plan.not_listed", "The class of the row that went alone is not listed: the rest was not sent.", ()
    ),
    Event("plan.compared", "The account's classes were compared with the rows before sending.", ("rows",)),
    Event(
        "plan.no_teachers",
        "The list has numbers for presenters, and whose they are could not be had.",
        ("code",),
    ),
    Event("turned_down.cannot_list", "They could not be listed for rows that were turned down.", ("code",)),
    Event("account.cannot_list", "They could not be listed to recognise the account by.", ("code",)),
    Event("plan.undo", "What an undo takes back.", ("cancelled", "changed", "left")),
    Event("plan.changes", "What a file changes of its earlier versions.", ("changed", "cancelled", "new")),
    Event(
        "class.operation",
        "A request to change or to cancel a class has ended.",
        ("kind", "ending", "code"),
    ),
    Event(
        "operations.cannot_list",
        "Classes to be changed or cancelled could not be looked up.",
        ("code",),
    ),
    Event("workbook.refused", "A workbook cannot be read.", ("file", "detail")),
    Event("workbook.crash", "The process that reads a workbook crashed.", ("file", "code", "detail")),
    Event("workbook.bug", "Reading a workbook failed by a fault of ours.", ("file", "detail")),
    Event(
        "nightly.file",
        "The nightly import has dealt with a file.",
        ("file", "exit_code", "reason", "batch", "counts", "moved_to"),
    ),
    Event("nightly.bug", "A file could not be imported by a fault of ours; the night went on.", ("file",)),
    Event("nightly", "A night has ended.", ("files", "waiting", "exit_code", "counts")),
    Event("nightly.notify_failed", "A notification could not be delivered.", ("kind",)),
    Event("nightly.not_kept", "How the night ended could not be kept for `status`.", ("detail",)),
    Event("nightly.metrics_failed", "The file of metrics could not be written.", ("detail",)),
    Event(
        "note",
        "Something worth knowing of a run; a warning where somebody has to look at it. "
        "Of its facts the numbers and the rows; the words stand in the reports.",
        ("reason", "facts"),
    ),
    Event("talk", "What a person is told besides.", ("says",)),
    Event("run", "A run has ended.", ("file", "batch", "exit_code", "counts")),
    Event("stopped", "A command could not run, or not to its end.", ("reason", "exit_code", "says", "fix")),
    Event("output.lost", "Not all could be written to standard output.", ("detail",)),
    Event("bug", "A command ended by a fault of ours.", ()),
    Event("page.child_ended", "A process of the upload page crashed.", ("task", "code")),
    Event("page.bug", "A request to the upload page failed by a fault of ours.", ("route",)),
)

#: People are told of these in sentences.
_IN_SENTENCES = frozenset({"nightly.file"})
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))  # a traceback may quote a file's name, or a cell


def writes_json() -> bool:
    """Whether standard error is for programs: then nothing else is written there."""
    return any(isinstance(each.formatter, _Json) for each in logging.getLogger("batch").handlers)


def log_to_stderr(*, as_json: bool) -> None:
    """Begin logging: every event as JSON, or for people only what is out of the ordinary."""
    handler = logging.StreamHandler()
    if as_json:
        handler.setFormatter(_Json())
    else:
        handler.addFilter(lambda record: record.getMessage() not in _IN_SENTENCES)
        handler.setFormatter(_Text("%(levelname)s %(message)s"))
    ours = logging.getLogger("batch")
    ours.handlers = [handler]
    ours.propagate = False
    ours.setLevel(logging.INFO if as_json else logging.ERROR)
