"""What was done to classes that exist: intents before the first byte, endings before anyone is told, like those of `create`.

Writing is a compare-and-set: an intent is written only while the class stands for the
row that the plan took it for, no other operation on it is open that the plan did not
know, and nothing else stands for the row that it is to become.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from batch.core.changes.operation import DELETED, Operation
from batch.journal.columns import gone_of, operation_of
from batch.journal.database import Database
from batch.journal.records import Gone

_NOT_ANSWERED = "(ending IS NULL OR ending = 'no_answer')"
#: The service has called the class cancelled.
_IS_CALLED_CANCELLED = (
    "EXISTS (SELECT 1 FROM operation AS told WHERE told.class_id = operation.class_id"
    f" AND told.code = '{DELETED}')"
)
#: Nobody knows whether it is done, and nothing makes it of no account: nothing that was done since, and no cancelling
#: that only showed later to have been done before it, as no class comes back from that.
IN_DOUBT = (
    f"({_NOT_ANSWERED} AND NOT EXISTS (SELECT 1 FROM operation AS done WHERE done.class_id = operation.class_id"
    " AND (done.number > operation.number OR done.kind = 'cancel') AND done.ending IN ('done', 'found'))"
    f" AND NOT {_IS_CALLED_CANCELLED})"
)
_IS_NEWEST = (
    "number = (SELECT max(number) FROM operation AS later WHERE later.class_id = operation.class_id"
    " AND (later.ending IN ('done', 'found') OR later.ending IS NULL OR later.ending = 'no_answer'))"
)
#: A class is parked by the newest operation that came to anything.
_IS_PARKED = (
    f"(kind = 'park' AND ending IN ('done', 'found') AND {_IS_NEWEST} AND NOT {_IS_CALLED_CANCELLED})"
)
#: A class is about to become the row: it was asked to, and may have, or it is parked on its way there.
#: One that was found gone becomes nothing.
IS_UNDER_WAY = (
    f"(({IN_DOUBT} OR {_IS_PARKED}) AND NOT EXISTS (SELECT 1 FROM sighting"
    " WHERE sighting.class_id = operation.class_id AND gone_at IS NOT NULL))"
)

INTEND = (
    "INSERT INTO operation (class_id, number, kind, batch, was_batch, was_position, was_fingerprint, meant_batch,"
    " meant_position, meant_fingerprint, parameters, starts, room_until, sent_at, deadline)"
    " SELECT :class_id, :number, :kind, :batch, :was_batch, :was_position, :was_fingerprint, :meant_batch,"
    # Of a NULL no database knows which type it is of.
    " CAST(:meant_position AS INTEGER), :meant_fingerprint, :parameters, CAST(:starts AS INTEGER),"
    " CAST(:room_until AS INTEGER), :sent_at, :deadline"
    " WHERE EXISTS (SELECT 1 FROM attempt WHERE class_id = :class_id AND fingerprint = :was_fingerprint)"
    " AND NOT EXISTS (SELECT 1 FROM operation WHERE class_id = :class_id AND number >= :number)"
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE fingerprint = :meant_fingerprint AND class_id IS NOT :class_id"
    "  AND (ending IS NULL OR ending IN ('created', 'found', 'no_answer')))"
    " AND NOT EXISTS (SELECT 1 FROM operation WHERE meant_fingerprint = :meant_fingerprint AND class_id <> :class_id"
    f"  AND {IS_UNDER_WAY})"
)
#: An ending is final: whoever comes later looks again.
END = (
    "UPDATE operation SET ending = :ending, ended_at = :ended_at, code = :code, message = :message"
    f" WHERE class_id = :class_id AND number = :number AND {_NOT_ANSWERED}"
)
NOTE_GONE = (
    "INSERT INTO gone (batch, class_id, title, presenter, starts, ends, zone, row_then, outcome, code, message)"
    " VALUES (:batch, :class_id, :title, :presenter, :starts, :ends, :zone, :row_then, :outcome, :code, :message)"
    " ON CONFLICT (batch, class_id) DO UPDATE SET title = excluded.title, presenter = excluded.presenter,"
    " starts = excluded.starts, ends = excluded.ends, zone = excluded.zone, row_then = excluded.row_then,"
    " outcome = excluded.outcome, code = excluded.code, message = excluded.message"
)

#: Of the attempts for one class that may have made it, only the last speaks.
IS_NEWEST_STANDING = (
    "NOT EXISTS (SELECT 1 FROM attempt AS later WHERE later.fingerprint = attempt.fingerprint"
    " AND later.number > attempt.number AND (later.ending IS NULL OR later.ending IN ('created', 'found', 'no_answer')))"
)
#: What takes up room or a presenter: every class that is there, or may be, where its row says.
_STANDING = (
    "SELECT attempt.class_id, attempt.fingerprint, row.presenter, row.starts, row.ends, row.room_until FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.room_until > :now AND (attempt.ending IS NULL OR attempt.ending IN ('created', 'found', 'no_answer'))"
    " AND NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.class_id = attempt.class_id AND gone_at IS NOT NULL)"
    f" AND {IS_NEWEST_STANDING}"
)
_OF_CLASSES = "SELECT * FROM operation WHERE class_id IN (SELECT value FROM json_each(:class_ids)) ORDER BY class_id, number"
_OF_CLASS = "SELECT * FROM operation WHERE class_id = :class_id ORDER BY number"
_ALL_IN_DOUBT = f"SELECT * FROM operation WHERE {IN_DOUBT} ORDER BY class_id, number"
_PARKED = f"SELECT * FROM operation WHERE {_IS_PARKED} ORDER BY class_id"
_SINCE = "SELECT * FROM operation WHERE ended_at > :since AND ending IN ('done', 'found') ORDER BY class_id, number"
_HOLDER = (
    "SELECT class_id FROM attempt WHERE fingerprint = :fingerprint AND class_id <> :class_id"
    " AND (ending IS NULL OR ending IN ('created', 'found', 'no_answer'))"
    " UNION ALL SELECT class_id FROM operation WHERE meant_fingerprint = :fingerprint AND class_id <> :class_id"
    f" AND {IS_UNDER_WAY} LIMIT 1"
)
_NUMBER = "SELECT coalesce(max(number), 0) FROM operation WHERE class_id = :class_id"
_TIMES_DONE = "SELECT class_id, count(*) AS times FROM operation WHERE ending IN ('done', 'found') AND kind <> 'park' GROUP BY class_id"
_DONE = "SELECT count(*) FROM operation WHERE ending IN ('done', 'found')"
_GONE = "SELECT * FROM gone WHERE batch = :batch ORDER BY starts, title, class_id"
_TAKEN_OVER = (
    "SELECT EXISTS (SELECT 1 FROM attempt WHERE kind = 'taken_over'"
    " AND (class_id = :class_id OR former_class_id = :class_id))"
)


class Standing(NamedTuple):
    """A class that is in the account, or may be. Times are UTC seconds."""

    class_id: str | None
    fingerprint: str
    presenter: str
    starts: int
    ends: int
    room_until: int


class OperationStore:
    """Changes and cancellings; and the classes that a file no longer asks for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_class(self, class_id: str) -> list[Operation]:
        """Everything that was done to a class, in order."""
        return [operation_of(each) for each in self._database.each(_OF_CLASS, class_id=class_id)]

    def of_classes(self, class_ids: Iterable[str]) -> dict[str, list[Operation]]:
        """The same for each of several that anything was done to."""
        found: dict[str, list[Operation]] = {}
        for record in self._database.each(_OF_CLASSES, class_ids=json.dumps(list(class_ids))):
            found.setdefault(record["class_id"], []).append(operation_of(record))
        return found

    def standing(self, now: float) -> list[Standing]:
        """Every class that takes up room or a presenter from now on, for all that the journal knows."""
        return [Standing(*record) for record in self._database.each(_STANDING, now=now)]

    def in_doubt(self) -> list[Operation]:
        """Operations of which nobody knows whether they are done: cut short, or never answered."""
        return [operation_of(each) for each in self._database.each(_ALL_IN_DOUBT)]

    def parked(self) -> list[Operation]:
        """The parkings after which a class was not moved on."""
        return [operation_of(each) for each in self._database.each(_PARKED)]

    def confirmed_since(self, since: float) -> list[Operation]:
        """What was done lately: a list may still show what stood there before."""
        return [operation_of(each) for each in self._database.each(_SINCE, since=since)]

    def holder(self, fingerprint: str, class_id: str) -> str | None:
        """Which other class is what this one was to become, or is on its way there."""
        found = self._database.first(_HOLDER, fingerprint=fingerprint, class_id=class_id)
        return found["class_id"] if found else None

    def next_number(self, class_id: str) -> int:
        return int(self._database.value(_NUMBER, class_id=class_id)) + 1

    def was_taken_over(self, class_id: str) -> bool:
        """Whether the account had the class before this journal ever sent it, whatever it stands for since."""
        return bool(self._database.value(_TAKEN_OVER, class_id=class_id))

    def times_done(self) -> dict[str, int]:
        """How many times each class was changed or cancelled, those aside to which nothing was ever done."""
        return {record["class_id"]: record["times"] for record in self._database.each(_TIMES_DONE)}

    def done(self) -> int:
        """How many came to anything: while that stands still, no class has become another."""
        return int(self._database.value(_DONE))

    def gone(self, batch: str) -> list[Gone]:
        """The classes of earlier versions that a batch's file no longer asks for, by time."""
        return [gone_of(each) for each in self._database.each(_GONE, batch=batch)]
