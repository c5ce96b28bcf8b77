"""What is asked of a journal between runs: is it sound, forget what is over."""

from batch.journal.database import Database

#: The rows of classes that were over by then. Rows in doubt stay.
_OVER = (
    "(SELECT batch, position FROM row WHERE coalesce(ends, 0) < :before"
    " AND batch IN (SELECT id FROM batch WHERE started_at < :before)"
    " AND coalesce(fingerprint, '') NOT IN"
    "  (SELECT fingerprint FROM attempt WHERE ending IS NULL OR ending = 'no_answer')"
    " AND (batch, position) NOT IN (SELECT was_batch, was_position FROM operation"
    "  WHERE ending IS NULL OR ending = 'no_answer'))"
)
_FORGET_WORDS = f"UPDATE attempt SET message = NULL, presenter_url = NULL WHERE (batch, position) IN {_OVER}"
_FORGET_ROWS = f"DELETE FROM row WHERE (batch, position) IN {_OVER}"
#: Of what was done to classes that are over, nothing is asked any more.
_FORGET_OPERATIONS = (
    "DELETE FROM operation WHERE coalesce(room_until, starts, 0) < :before AND sent_at < :before"
    " AND ending IS NOT NULL AND ending <> 'no_answer'"
)
_FORGET_GONE = (
    "DELETE FROM gone WHERE ends < :before AND batch IN (SELECT id FROM batch WHERE started_at < :before)"
)
_FORGET_SIGHTINGS = "DELETE FROM sighting WHERE starts < :before"
_FORGET_NOTES = "UPDATE batch SET notes = '[]' WHERE started_at < :before"  # they quote lines of the file
_FORGET_BATCHES = "DELETE FROM batch WHERE started_at < :before AND id NOT IN (SELECT batch FROM row)"

#: Classes that more than one row ended with, before version 2: the rows, as people find them again.
_SHARED = (
    "SELECT attempt.class_id, coalesce('row ' || row.number || ' of ' || batch.file, 'a row that is forgotten') AS name"
    " FROM attempt"
    " LEFT JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " LEFT JOIN batch ON batch.id = attempt.batch"
    " WHERE attempt.class_id IN (SELECT class_id FROM attempt WHERE class_id IS NOT NULL"
    "  GROUP BY class_id HAVING count(DISTINCT fingerprint) > 1)"
    " ORDER BY attempt.class_id, attempt.sent_at, row.number"
)


class MaintenanceStore:
    """The journal as something that is kept for years."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget(self, before: float) -> int:
        """Delete the rows of classes that were over by then; return how many.

        What is needed so that no class is scheduled twice stays: hashes and ids of
        attempts, without names, titles, addresses or links. Rows in doubt stay.
        """
        self._database.overwrite_deleted()
        with self._database.transaction():
            self._database.run(_FORGET_WORDS, before=before)
            forgotten = self._database.run(_FORGET_ROWS, before=before)
            self._database.run(_FORGET_OPERATIONS, before=before)
            self._database.run(_FORGET_GONE, before=before)
            self._database.run(_FORGET_SIGHTINGS, before=before)
            self._database.run(_FORGET_NOTES, before=before)
            self._database.run(_FORGET_BATCHES, before=before)
        self._database.compact()
        return forgotten

    def shared_classes(self) -> dict[str, list[str]]:
        """Classes that several rows ended with, from before that was ruled out: each with its rows."""
        shared: dict[str, list[str]] = {}
        for class_id, name in self._database.each(_SHARED):
            shared.setdefault(class_id, []).append(name)
        return shared

    def damage(self) -> str | None:
        """What a quick look finds broken."""
        return self._database.damage()
