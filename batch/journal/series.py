"""A batch beside the one before it of the same series: only reads, for the guard of the nightly import.

The one before is the newest that was finished and not stopped: a file that was held
back must not become what the next one is measured by.
"""

import sqlite3
from collections.abc import Sequence

from batch.core.guard import Figures, Lesson, series_of
from batch.core.rows.problems import Problem
from batch.core.tally import Exit
from batch.journal.records import Batch

_HAS_CLASS = "attempt.class_id IS NOT NULL"

#: The rows of one batch that lie ahead, whose class exists and that another batch has not.
_VANISHED = f"""
SELECT row.title, row.presenter, row.starts, max(attempt.class_id)
FROM row JOIN attempt ON attempt.fingerprint = row.fingerprint AND {_HAS_CLASS}
WHERE row.batch = ?1 AND row.starts > ?3
  AND row.fingerprint NOT IN (SELECT fingerprint FROM row WHERE batch = ?2 AND fingerprint IS NOT NULL)
GROUP BY row.position ORDER BY row.starts, row.position
"""

_NEW = f"""
SELECT title, presenter, starts, number FROM row WHERE batch = ?1 AND fingerprint IS NOT NULL
  AND fingerprint NOT IN (SELECT fingerprint FROM row WHERE batch = ?2 AND fingerprint IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint AND {_HAS_CLASS})
ORDER BY position
"""


class Series:
    """What the journal knows of the files that came before one."""

    def __init__(self, connection: sqlite3.Connection, batches: Sequence[Batch], batch: Batch) -> None:
        """`batches`: all, the newest first; `batch`: the file that was just taken in."""
        self._connection = connection
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
        rows, invalid = self._connection.execute(
            "SELECT count(*), coalesce(sum(outcome = 'invalid'), 0) FROM row WHERE batch = ? AND NOT EXISTS"
            " (SELECT 1 FROM json_each(row.issues) WHERE json_extract(value, '$.code') = ?)",
            (self._batch.id, Problem.IN_THE_PAST.code),
        ).fetchone()
        if self.before is None:
            return Figures(rows=rows, invalid=invalid)
        ahead = (self.before.id, self._batch.started_at)
        (rows_before,) = self._connection.execute(
            "SELECT count(*) FROM row WHERE batch = ? AND starts > ?", ahead
        ).fetchone()
        (scheduled_before,) = self._connection.execute(
            "SELECT count(*) FROM row WHERE batch = ? AND starts > ? AND EXISTS"
            f" (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint AND {_HAS_CLASS})",
            ahead,
        ).fetchone()
        return Figures(
            rows=rows,
            invalid=invalid,
            rows_before=rows_before,
            scheduled_before=scheduled_before,
            vanished=vanished,
        )

    def vanished(self) -> list[Lesson]:
        """The classes to come that the file before asked for, and that this one does not."""
        if self.before is None:
            return []
        values = (self.before.id, self._batch.id, self._batch.started_at)
        return [
            Lesson(title=title, presenter=presenter, starts=starts, class_id=class_id)
            for title, presenter, starts, class_id in self._connection.execute(_VANISHED, values)
        ]

    def new(self) -> list[Lesson]:
        """The rows that the file before had not, and whose class is not known to exist."""
        before = self.before.id if self.before else ""
        return [
            Lesson(title=title, presenter=presenter, starts=starts, number=number)
            for title, presenter, starts, number in self._connection.execute(_NEW, (self._batch.id, before))
        ]
