"""A batch beside the one before it of the same series: only reads, for the guard of the nightly import.

The one before is the newest that was finished and not stopped: a file that was held
back must not become what the next one is measured by.
"""

from collections.abc import Sequence

from batch.core.guard import Figures, Lesson, series_of
from batch.core.rows.problems import Problem
from batch.core.tally import Exit
from batch.journal.database import Database
from batch.journal.records import Batch

_HAS_CLASS = "attempt.class_id IS NOT NULL"

#: The rows of one batch that lie ahead, whose class exists and that another batch has not.
_VANISHED = f"""
SELECT row.title, row.presenter, row.starts, max(attempt.class_id)
FROM row JOIN attempt ON attempt.fingerprint = row.fingerprint AND {_HAS_CLASS}
WHERE row.batch = :before AND row.starts > :now
  AND row.fingerprint NOT IN (SELECT fingerprint FROM row WHERE batch = :batch AND fingerprint IS NOT NULL)
GROUP BY row.position ORDER BY row.starts, row.position
"""

_NEW = f"""
SELECT title, presenter, starts, number FROM row WHERE batch = :batch AND fingerprint IS NOT NULL
  AND fingerprint NOT IN (SELECT fingerprint FROM row WHERE batch = :before AND fingerprint IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint AND {_HAS_CLASS})
ORDER BY position
"""

#: Rows, and those of them that are invalid for more than their class being over.
_COUNTS = """
SELECT count(*), coalesce(sum(outcome = 'invalid'), 0) FROM row WHERE batch = :batch AND NOT EXISTS
  (SELECT 1 FROM json_each(row.issues) WHERE json_extract(value, '$.code') = :past)
"""
_ROWS_AHEAD = "SELECT count(*) FROM row WHERE batch = :batch AND starts > :now"
_CLASSES_AHEAD = f"{_ROWS_AHEAD} AND EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint AND {_HAS_CLASS})"


class Series:
    """What the journal knows of the files that came before one."""

    def __init__(self, database: Database, batches: Sequence[Batch], batch: Batch) -> None:
        """`batches`: all, the newest first; `batch`: the file that was just taken in."""
        self._database = database
        self._batch = batch
        name = series_of(batch.file)
        done = [
            each
            for each in batches
            if each.id != batch.id and each.finished_at is not None and each.exit_code != Exit.CANNOT_RUN
        ]
        self.before = next((each for each in done if series_of(each.file) == name), None)
        self.same_content = next((each for each in done if each.sha256 == batch.sha256), None)

    def figures(self, *, vanished: int) -> Figures:
        """What the guard looks at; `vanished`: how many classes `vanished` gave."""
        rows, invalid = self._database.all(_COUNTS, batch=self._batch.id, past=Problem.IN_THE_PAST.code)[0]
        if self.before is None:
            return Figures(rows=rows, invalid=invalid)
        before, now = self.before.id, self._batch.started_at
        return Figures(
            rows=rows,
            invalid=invalid,
            rows_before=self._database.value(_ROWS_AHEAD, batch=before, now=now),
            scheduled_before=self._database.value(_CLASSES_AHEAD, batch=before, now=now),
            vanished=vanished,
        )

    def vanished(self) -> list[Lesson]:
        """The classes to come that the file before asked for, and that this one does not."""
        if self.before is None:
            return []
        records = self._database.each(
            _VANISHED, before=self.before.id, batch=self._batch.id, now=self._batch.started_at
        )
        return [
            Lesson(title=title, presenter=presenter, starts=starts, class_id=class_id)
            for title, presenter, starts, class_id in records
        ]

    def new(self) -> list[Lesson]:
        """The rows that the file before had not, and whose class is not known to exist."""
        before = self.before.id if self.before else ""
        return [
            Lesson(title=title, presenter=presenter, starts=starts, number=number)
            for title, presenter, starts, number in self._database.each(
                _NEW, batch=self._batch.id, before=before
            )
        ]
