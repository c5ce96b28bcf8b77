"""What the reports read of the journal: every row as it stands, and the counts. Only reads."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from batch.core.changes.operation import Kind
from batch.core.message import ChangeNote, recalled
from batch.core.outcome import Outcome
from batch.journal.database import Database
from batch.journal.operations import OperationStore
from batch.journal.records import ClassNow, JournalRow, class_of_note
from batch.journal.rows import Rows

#: The class of a row that ended well may have been changed or cancelled since. Nothing in it may be NULL.
_MAY_HAVE_CHANGED = (
    "(coalesce(outcome, '') IN ('scheduled', 'already', 'changed')"
    " AND EXISTS (SELECT 1 FROM operation WHERE ending IN ('done', 'found'))"
    " AND (fingerprint IS NULL OR EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint"
    "  AND attempt.former_class_id IS NOT NULL)))"
)
_WAS_SENT = "EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint)"
_SETTLED = (
    "SELECT outcome, count(*) AS rows FROM row WHERE batch = :batch AND (outcome IS NOT NULL AND outcome <> 'unknown'"
    f" AND NOT {_MAY_HAVE_CHANGED} OR outcome IS NULL AND NOT {_WAS_SENT}) GROUP BY outcome"
)
_UNSETTLED = f"(outcome = 'unknown' OR {_MAY_HAVE_CHANGED} OR outcome IS NULL AND {_WAS_SENT})"
#: Rows that nobody has to look at: their ending says it all, or nothing became of them.
#: Its negation is asked for, too, so that nothing in it may be NULL.
_WELL = (
    f"(issues = '[]' AND NOT {_MAY_HAVE_CHANGED} AND (coalesce(outcome, '') IN ('scheduled', 'already', 'changed', 'cancelled') OR outcome IS NULL"
    f" AND NOT {_WAS_SENT}))"
)
_WELL_OUTCOMES = (
    f"SELECT outcome, count(*) AS rows FROM row WHERE batch = :batch AND {_WELL} GROUP BY outcome"
)
#: The classes of one row stand together, though an undo may have left out some between them.
_HAS_SERIES = (
    "SELECT EXISTS (SELECT 1 FROM (SELECT sheet, number, lag(sheet) OVER (ORDER BY position) AS sheet_before,"
    " lag(number) OVER (ORDER BY position) AS number_before FROM row WHERE batch = :batch) AS beside"
    " WHERE sheet = sheet_before AND number = number_before)"
)
#: As the trigger `class_changed` chooses, where several attempts have come to one class.
_STANDS_FOR = (
    "SELECT row.title, row.presenter, row.starts, row.ends, json_extract(row.parameters, '$.time_zone') AS zone,"
    " attempt.presenter_url FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.class_id = :class_id AND row.starts IS NOT NULL"
    " ORDER BY attempt.ending = 'created' DESC, attempt.number LIMIT 1"
)
_IS_UNDO = "SELECT EXISTS (SELECT 1 FROM batch WHERE id = :batch AND undoes IS NOT NULL)"
_TO_BE_CHANGED = "SELECT message FROM row WHERE batch = :batch AND message IS NOT NULL AND outcome IN ('ready', 'not_sent', 'held')"
_TO_BE_CANCELLED = "SELECT class_id FROM gone WHERE batch = :batch AND outcome IN ('ready', 'not_sent')"
_CALLS = (
    "SELECT count(*) AS requests, count(DISTINCT attempt.fingerprint) AS classes FROM row"
    " CROSS JOIN attempt ON attempt.fingerprint = row.fingerprint"
    "  AND attempt.batch = row.batch AND attempt.position = row.position"
    " WHERE row.batch = :batch AND attempt.kind = 'sent'"
)


_NUMBERS = (
    "SELECT fingerprint, position, number, outcome, message IS NULL AS is_silent FROM row"
    " WHERE batch = :batch AND fingerprint IN (SELECT value FROM json_each(:fingerprints))"
)


class RowOfClass(NamedTuple):
    """The row of a batch that stands for a class."""

    fingerprint: str
    position: int
    number: int
    outcome: str | None
    is_silent: bool  #: nothing is said of it yet


class ReportStore:
    """A batch as it stands now."""

    def __init__(self, database: Database, rows: Rows, operations: OperationStore) -> None:
        self._database = database
        self._rows = rows
        self._operations = operations

    def rows(self, batch: str) -> Iterator[JournalRow]:
        """Every row of a batch in file order."""
        return self._rows.blocks(batch, "true")

    def of_classes(self, batch: str, fingerprints: Iterable[str]) -> list[RowOfClass]:
        """Which rows of a batch stand for these classes."""
        found = self._database.each(_NUMBERS, batch=batch, fingerprints=json.dumps([*fingerprints]))
        return [RowOfClass(*record) for record in found]

    def has_series(self, batch: str) -> bool:
        """Whether some row of a file stands for several classes, or may."""
        return bool(self._database.value(_HAS_SERIES, batch=batch))

    def well_outcomes(self, batch: str) -> list[tuple[Outcome | None, int]]:
        """How many rows of a batch nobody has to look at, by how they ended; None: nothing became of them."""
        found = self._database.each(_WELL_OUTCOMES, batch=batch)
        return [(Outcome(outcome) if outcome else None, rows) for outcome, rows in found]

    def not_well(self, batch: str) -> Iterator[JournalRow]:
        """The other rows of a batch, in file order."""
        return self._rows.blocks(batch, f"NOT {_WELL}")

    def settled_outcomes(self, batch: str) -> list[tuple[Outcome | None, int]]:
        """How many rows of a batch ended how, those aside that `unsettled` gives; None: nothing became of them."""
        found = self._database.each(_SETTLED, batch=batch)
        return [(Outcome(outcome) if outcome else None, rows) for outcome, rows in found]

    def unsettled(self, batch: str) -> Iterator[JournalRow]:
        """The rows of a batch whose attempts may have overtaken their ending."""
        return self._rows.blocks(batch, _UNSETTLED)

    def class_now(self, class_id: str) -> ClassNow | None:
        """What became of a class since it was made; None: nothing is known of it, or no longer."""
        done = [each for each in self._operations.of_class(class_id) if each.is_done]
        by = done[-1].batch if done else None
        is_undo = by is not None and bool(self._database.value(_IS_UNDO, batch=by))
        if done and done[-1].kind is Kind.CANCEL:
            return ClassNow(class_id=class_id, is_there=False, changed_by=by, is_undo=is_undo)
        record = self._database.first(_STANDS_FOR, class_id=class_id)
        if record is None:
            return None
        starts = record["starts"]
        if done and done[-1].kind is Kind.PARK and done[-1].starts is not None:
            starts = done[-1].starts
        return ClassNow(
            class_id=class_id,
            is_there=True,
            changed_by=by,
            is_undo=is_undo,
            title=record["title"],
            presenter=record["presenter"],
            starts=starts,
            ends=starts + record["ends"] - record["starts"],
            zone=record["zone"] or "GMT",
            presenter_url=record["presenter_url"],
        )

    def to_be_changed(self, batch: str) -> frozenset[str]:
        """The classes that rows of a batch are to become, or stand for, and those that it is to cancel."""
        notes = (recalled(message) for (message,) in self._database.each(_TO_BE_CHANGED, batch=batch))
        own = {class_of_note(note) for note in notes if note and note.what is not ChangeNote.EARLIER_CLASS}
        gone = {class_id for (class_id,) in self._database.each(_TO_BE_CANCELLED, batch=batch)}
        return frozenset({each for each in own if each} | gone)

    def calls(self, batch: str) -> tuple[int, int]:
        """How many requests for a class a batch has made, and for how many classes."""
        requests, classes = self._database.all(_CALLS, batch=batch)[0]
        return requests, classes
