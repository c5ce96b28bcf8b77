"""The batches of a journal: a file is taken in whole or not at all, and how it ended is noted."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from batch.core.changes.timetable_name import timetable_of
from batch.core.identity import fingerprint
from batch.core.message import Message, stored
from batch.core.rows.row import CheckedRow
from batch.journal.columns import batch_of, new_row
from batch.journal.database import Database
from batch.journal.loading import (
    BESIDE,
    LATER_ALIKE,
    SET_FINGERPRINT,
    WHEN_ALL_ARE_IN,
    WHEN_ALL_ARE_IN_BESIDE,
)
from batch.journal.records import BLOCK, Batch
from batch.journal.versions import TimetableVersions, newest_versions

_INSERT_BATCH = (
    "INSERT INTO batch (id, file, sha256, sheet, header, account, sent_to, sandbox, started_at, timetable)"
    " VALUES (:id, :file, :sha256, :sheet, :header, :account, :sent_to, :sandbox, :started_at, :timetable)"
)
_INSERT_ROW = (
    "INSERT INTO row (batch, position, sheet, number, cells, issues, parameters, title, presenter, starts, ends,"
    " room_until, identity, fingerprint, outcome, code, priority, lesson_id)"
    " VALUES (:batch, :position, :sheet, :number, :cells, :issues, :parameters, :title, :presenter, :starts, :ends,"
    " :room_until, :identity, :fingerprint, :outcome, :code, :priority, :lesson_id)"
)
_NOTE = "UPDATE batch SET notes = :notes WHERE id = :id"
_FINISH = (
    "UPDATE batch SET finished_at = :finished_at, exit_code = :exit_code, sandbox = :sandbox WHERE id = :id"
)
_ONE = "SELECT * FROM batch WHERE id = :id"
_ALL = "SELECT * FROM batch ORDER BY started_at DESC, id DESC"


class Batches:
    """What was handed in, and when."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._when_all_are_in: Sequence[str] = WHEN_ALL_ARE_IN
        self._choose: Callable[[Mapping[str, object]], None] = lambda _: None

    def load(
        self,
        account: str,
        batch: Batch,
        rows: Iterable[CheckedRow],
        notes: Callable[[], Iterable[Message]] = tuple,
    ) -> Batch:
        """Take in a whole file, or, when reading it fails half-way, nothing of it.

        Args:
            account: part of each row's fingerprint.
            batch: the file.
            rows: each of them, in file order.
            notes: what is worth telling about the file, asked for when every row was read.

        Returns:
            The batch with its notes.
        """
        with self._database.transaction():
            self._database.run(
                _INSERT_BATCH,
                id=batch.id,
                file=batch.file,
                sha256=batch.sha256,
                sheet=batch.sheet,
                header=json.dumps(batch.header),
                account=batch.account,
                sent_to=batch.sent_to,
                sandbox=batch.sandbox,
                started_at=batch.started_at,
                timetable=batch.timetable,
            )
            numbered = enumerate(rows)
            # In blocks: reading, judging and writing row by row, in turns, each begins cold.
            while block := list(islice(numbered, BLOCK)):
                values = [new_row(account, batch.id, position, row) for position, row in block]
                self._database.run_many(_INSERT_ROW, values)
            later_alike = self._tell_alike_apart(batch.id)
            newest = newest_versions(self.all())
            same = newest.pop(timetable_of(batch.file, batch.timetable), None)
            facts: dict[str, object] = {
                "batch": batch.id,
                "later_alike": json.dumps(later_alike),
                "newest": same,
                "newest_others": json.dumps([*newest.values()]),
            }
            self._choose(facts)
            for statement in self._when_all_are_in:
                self._database.run(statement, **facts)
            loaded = replace(batch, notes=tuple(notes()))
            self._database.run(_NOTE, id=batch.id, notes=json.dumps([stored(each) for each in loaded.notes]))
        return loaded

    def _tell_alike_apart(self, batch: str) -> list[int]:
        """Give the rows of a file that are alike fingerprints of their own; the positions of all but the first of each."""
        alike = [tuple(each) for each in self._database.all(LATER_ALIKE, batch=batch)]
        self._database.run_many(
            SET_FINGERPRINT,
            (
                {"batch": batch, "position": position, "fingerprint": fingerprint(known_by, ordinal)}
                for position, known_by, ordinal in alike
            ),
        )
        return [position for position, _, _ in alike]

    def fetch_by(self, choose: Callable[[Mapping[str, object]], None]) -> None:
        """From now on `choose` fetches what is known of a file that is taken in, and stands elsewhere."""
        self._choose = choose

    def stand_beside(self, choose: Callable[[Mapping[str, object]], None] = lambda _: None) -> None:
        """From now on a file is taken in as the journal attached as `past` would take it in, which is only read.

        `choose` fetches what of it belongs to the file, where it is not all there.
        """
        self._choose = choose
        with self._database.transaction():
            for statement in BESIDE:
                self._database.run(statement)
        self._when_all_are_in = WHEN_ALL_ARE_IN_BESIDE

    def finish(self, batch: Batch) -> None:
        """Note how a batch ended."""
        with self._database.transaction():
            self._database.run(
                _FINISH,
                id=batch.id,
                finished_at=batch.finished_at,
                exit_code=batch.exit_code,
                sandbox=batch.sandbox,
            )

    def find(self, batch: str) -> Batch | None:
        record = self._database.first(_ONE, id=batch)
        return batch_of(record) if record else None

    def all(self) -> list[Batch]:
        """Every batch, the newest first."""
        return [batch_of(record) for record in self._database.each(_ALL)]

    def versions(self, batch: Batch) -> TimetableVersions:
        """A batch beside those before it of the same timetable."""
        return TimetableVersions(self._database, self.all(), batch)
