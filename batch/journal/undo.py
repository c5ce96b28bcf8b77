"""What an undo needs of the journal: what a batch did to classes, and a batch of its own for taking it back.

The rows of an undo are those of the batch that it undoes, under their numbers. They have
no fingerprint, for they stand for no class: so nothing else in the journal takes them
for lessons that somebody asks for.
"""

import json
from collections.abc import Collection, Iterator, Mapping

from batch.core.changes.operation import Kind, Place
from batch.core.changes.undo import Leaves, TouchedRow, by_the_journal
from batch.core.tally import Exit
from batch.journal.columns import batch_of
from batch.journal.database import Database
from batch.journal.operations import OperationStore
from batch.journal.records import Batch

#: The rows of a batch that a class was made for, or changed to, and the class where its number is known. One whose
#: answer was lost may have been made.
_TOUCHED = """
SELECT row.position, row.number, row.starts, done.class_id, done.is_in_doubt FROM (
  SELECT position, max(class_id) AS class_id, max(is_in_doubt) AS is_in_doubt FROM (
    SELECT position, coalesce(class_id, former_class_id) AS class_id,
      CASE WHEN ending IS NULL OR ending = 'no_answer' THEN 1 ELSE 0 END AS is_in_doubt
    FROM attempt WHERE batch = :batch AND kind = 'sent'
      AND (ending IS NULL OR ending IN ('created', 'found', 'no_answer', 'changed', 'cancelled'))
    UNION ALL
    SELECT meant_position, class_id, 0 FROM operation WHERE batch = :batch AND meant_batch = :batch
      AND (ending IS NULL OR ending IN ('done', 'found', 'no_answer'))
  ) AS each_of_them GROUP BY position) AS done
JOIN row ON row.batch = :batch AND row.position = done.position ORDER BY row.position
"""
#: Whether a batch made, changed or cancelled a class, or may have.
_DID_SOMETHING = (
    "SELECT EXISTS (SELECT 1 FROM row CROSS JOIN attempt ON attempt.fingerprint = row.fingerprint"
    "  AND attempt.batch = row.batch AND attempt.position = row.position WHERE row.batch = :batch AND attempt.kind = 'sent'"
    "  AND (ending IS NULL OR ending IN ('created', 'found', 'no_answer', 'changed', 'cancelled')))"
    " OR EXISTS (SELECT 1 FROM operation WHERE batch = :batch AND (ending IS NULL OR ending IN ('done', 'found', 'no_answer')))"
)
#: The first that was sent is the one that made the class; one that another journal sent was made by none of ours.
_CREATED_BY = (
    "SELECT batch FROM attempt WHERE (class_id = :class_id OR former_class_id = :class_id) AND kind = 'sent'"
    " AND NOT EXISTS (SELECT 1 FROM attempt AS other WHERE other.kind IN ('taken_over', 'presumed')"
    "  AND (other.class_id = :class_id OR other.former_class_id = :class_id))"
    " ORDER BY sent_at LIMIT 1"
)
#: As the trigger `class_changed` chooses, where several attempts have come to one class.
_STANDS_FOR = (
    "SELECT row.batch, row.position, row.fingerprint, row.starts FROM attempt"
    " JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.class_id = :class_id ORDER BY attempt.ending = 'created' DESC, attempt.number LIMIT 1"
)
_HOLDERS = (
    "SELECT fingerprint, class_id FROM attempt WHERE class_id IS NOT NULL"
    " AND fingerprint IN (SELECT value FROM json_each(:fingerprints))"
)
#: An undo that ended so has something left to do.
_TO_GO_ON = ", ".join(f"{code:d}" for code in (Exit.CANNOT_RUN, Exit.UNKNOWN, Exit.UNFINISHED))
_UNDER_WAY = (
    "SELECT * FROM batch WHERE undoes = :undone AND (finished_at IS NULL"
    f"  OR exit_code IN ({_TO_GO_ON})) ORDER BY started_at DESC LIMIT 1"
)
_BEGIN = (
    "INSERT INTO batch (id, file, sha256, sheet, header, account, sent_to, sandbox, started_at, timetable, undoes)"
    " SELECT :id, file, '', sheet, header, account, :sent_to, :sandbox, :now, timetable, id FROM batch WHERE id = :undone"
    " ON CONFLICT DO NOTHING"
)
_BEGIN_ROWS = (
    "INSERT INTO row (batch, position, sheet, number, cells, issues, parameters, title, presenter, starts, ends,"
    " room_until, class_id)"
    " SELECT :id, position, sheet, number, cells, '[]', parameters, title, presenter, starts, ends, room_until,"
    " wanted.value FROM row JOIN json_each(:class_ids) AS wanted ON row.position = CAST(wanted.key AS INTEGER)"
    " WHERE batch = :undone ON CONFLICT DO NOTHING"
)

#: A row whose class is changed back shows what that class becomes: its own cells are what it was.
_SHOW_TARGET = (
    "UPDATE row SET parameters = target.parameters, title = target.title, presenter = target.presenter,"
    " starts = target.starts, ends = target.ends, room_until = target.room_until FROM row AS target"
    " WHERE row.batch = :id AND row.position = :position"
    " AND target.batch = :target_batch AND target.position = :target_position"
)

_NOTHING_LEFT = frozenset({Leaves.DONE_BEFORE, Leaves.CANCELLED})


class UndoStore:
    """What a batch did, as it stands now."""

    def __init__(self, database: Database, operations: OperationStore) -> None:
        self._database = database
        self._operations = operations

    def touched(self, batch: str) -> list[TouchedRow]:
        """The rows of a batch whose class it made or changed, or may have, in file order."""
        return [self._touched(*each) for each in self._database.all(_TOUCHED, batch=batch)]

    def left_of(self, batch: str) -> Iterator[TouchedRow]:
        """Those of them whose class is not cancelled, nor as it was before, by all that we did ourselves."""
        undos = self.undos(batch)
        for each in self._database.all(_TOUCHED, batch=batch):
            row = self._touched(*each)
            if by_the_journal(row, batch, undos) not in _NOTHING_LEFT:
                yield row

    def _touched(
        self, position: int, number: int, starts: int, class_id: str | None, is_in_doubt: int
    ) -> TouchedRow:
        operations = self._operations.of_class(class_id) if class_id else []
        stands = self._database.first(_STANDS_FOR, class_id=class_id)
        creator = self._database.first(_CREATED_BY, class_id=class_id)
        done = [each for each in operations if each.is_done]
        is_parked = bool(done) and done[-1].kind is Kind.PARK
        if is_parked and done[-1].starts is not None:
            starts = done[-1].starts
        elif stands is not None:
            starts = stands["starts"]
        return TouchedRow(
            position=position,
            number=number,
            class_id=class_id,
            is_in_doubt=bool(is_in_doubt) and class_id is None,
            created_by=creator["batch"] if creator else None,
            operations=tuple(operations),
            place=Place(batch=stands["batch"], position=stands["position"], fingerprint=stands["fingerprint"])
            if stands
            else None,
            starts=starts,
        )

    def did_something(self, batch: str) -> bool:
        """Whether a batch made, changed or cancelled a class, or may have."""
        return bool(self._database.value(_DID_SOMETHING, batch=batch))

    def holders(self, fingerprints: Collection[str]) -> dict[str, str]:
        """Which class stands for each of these."""
        asked = json.dumps(sorted(fingerprints))
        return dict(tuple(each) for each in self._database.each(_HOLDERS, fingerprints=asked))

    def undos(self, undone: str) -> frozenset[str]:
        """The batches that have undone a batch, or began to."""
        found = self._database.each("SELECT id FROM batch WHERE undoes = :undone", undone=undone)
        return frozenset(each["id"] for each in found)

    def under_way(self, undone: str) -> Batch | None:
        """The undo of a batch that was cut short, or left something in doubt, if there is one: it goes on."""
        record = self._database.first(_UNDER_WAY, undone=undone)
        return batch_of(record) if record else None

    def begin(self, batch: Batch, class_ids: Mapping[int, str | None], targets: Mapping[int, Place]) -> None:
        """Note that an undo begins, or goes on with more rows.

        Args:
            batch: its own; `undoes` says what it takes back, and the rest of the file's facts come from there.
            class_ids: the positions of the rows that are to be undone, each with its class.
            targets: the rows that classes are to stand for again, by position.
        """
        with self._database.transaction():
            self._database.run(
                _BEGIN,
                id=batch.id,
                undone=batch.undoes,
                sent_to=batch.sent_to,
                sandbox=batch.sandbox,
                now=batch.started_at,
            )
            self._database.run(_BEGIN_ROWS, id=batch.id, undone=batch.undoes, class_ids=json.dumps(class_ids))
            shown = (
                {
                    "id": batch.id,
                    "position": position,
                    "target_batch": place.batch,
                    "target_position": place.position,
                }
                for position, place in targets.items()
            )
            self._database.run_many(_SHOW_TARGET, shown)
