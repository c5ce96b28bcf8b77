"""The journal's rows and attempts, in SQLite. Every method is one transaction.

Used by one thread at a time and over one connection: the SQLite that Python 3.11
links can damage a WAL file that two connections write (sqlite.org/wal.html#walresetbug).
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from batch.core.identity import fingerprint
from batch.core.outcome import Outcome
from batch.core.rows.row import CheckedRow
from batch.core.service.attempt import PRESUMED, Attempt, ClassState, class_state
from batch.core.service.audit import KnownClass
from batch.core.service.lookup import Seen
from batch.journal.loading import WHEN_ALL_ARE_IN
from batch.journal.records import (
    BLOCK,
    ROW_COLUMNS,
    Batch,
    Ended,
    Entry,
    Intent,
    JournalRow,
    RowOutcome,
    attempt_of,
    batch_of,
    new_row,
    row_of,
    values_of,
)
from batch.journal.series import Series
from batch.journal.timetable import ClassHistory

#: A class that a row stands for, as `KnownClass` has it: one line for each, however often its row was submitted.
_HELD = (
    "attempt.class_id, row.title, row.presenter, row.starts, (row.ends - row.starts) / 60, row.number"
    " FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " AND attempt.class_id IS NOT NULL"
)

_IN_THE_WAY = (
    "SELECT attempt.class_id, other.title FROM row AS other"
    " JOIN attempt ON attempt.fingerprint = other.fingerprint AND attempt.class_id IS NOT NULL"
    " WHERE other.presenter = ? AND other.starts < ? AND other.ends > ? AND other.fingerprint <> ? LIMIT 1"
)

_STATEMENTS: Mapping[type[Entry], str] = {
    Intent: "INSERT INTO attempt (fingerprint, number, batch, position, sent_at, deadline) VALUES (?, ?, ?, ?, ?, ?)",
    Ended: (
        "UPDATE attempt SET ending = ?3, ended_at = ?4, code = ?5, message = ?6, class_id = ?7, call_id = ?8,"
        " presenter_url = ?9 WHERE fingerprint = ?1 AND number = ?2"
    ),
    RowOutcome: "UPDATE row SET outcome = ?3, code = ?4, message = ?5 WHERE batch = ?1 AND position = ?2",
}


class Journal:
    """One account's journal, open for writing.

    Raises:
        sqlite3.Error: from every method; nothing of that call is then on disk.
    """

    def __init__(self, connection: sqlite3.Connection, committed: Callable[[int], None]) -> None:
        """`committed` is told after each commit how many there have been (the watermark)."""
        self._connection = connection
        self._committed = committed
        self.timetable = ClassHistory(connection, self._attempts)  #: the classes as planning sees them
        connection.create_function("fingerprint_of", 2, fingerprint, deterministic=True)

    # -- writing ----------------------------------------------------------------

    def load(self, account: str, batch: Batch, rows: Iterable[CheckedRow]) -> None:
        """Take in a whole file, or, when reading it fails half-way, nothing of it."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO batch (id, file, sha256, sheet, header, account, sent_to, sandbox, started_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    batch.id,
                    batch.file,
                    batch.sha256,
                    batch.sheet,
                    json.dumps(batch.header),
                    batch.account,
                    batch.sent_to,
                    batch.sandbox,
                    batch.started_at,
                ),
            )
            insert = (
                f"INSERT INTO row ({ROW_COLUMNS.replace('fingerprint', 'identity')})"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            connection.executemany(
                insert, (new_row(account, batch.id, position, row) for position, row in enumerate(rows))
            )
            for statement in WHEN_ALL_ARE_IN:
                connection.execute(statement, (batch.id,))

    def apply(self, entries: Sequence[Entry]) -> None:
        """Write all the entries, or none of them. Intents come after endings.

        An ending is written for an intent that an earlier call has put on disk,
        so the order within one call does not matter.
        """
        by_kind: dict[type[Entry], list[tuple[object, ...]]] = {}
        for entry in entries:
            by_kind.setdefault(type(entry), []).append(values_of(entry))
        with self._transaction() as connection:
            for kind, values in by_kind.items():
                connection.executemany(_STATEMENTS[kind], values)

    def finish(self, batch: Batch) -> None:
        """Note how a batch ended."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE batch SET finished_at = ?, exit_code = ?, sandbox = ? WHERE id = ?",
                (batch.finished_at, batch.exit_code, batch.sandbox, batch.id),
            )

    def copy_history(self, path: Path) -> None:
        """Copy every class that another journal knows of; none where there is no such journal."""
        if not path.exists():
            return
        self._connection.execute("ATTACH ? AS past", (f"{path.absolute().as_uri()}?mode=ro",))
        try:
            with self._transaction() as connection:
                connection.execute("INSERT INTO batch SELECT * FROM past.batch")
                connection.execute(
                    "INSERT INTO row SELECT * FROM past.row"
                    " WHERE (batch, position) IN (SELECT batch, position FROM past.attempt)"
                )
                connection.execute("INSERT INTO attempt SELECT * FROM past.attempt")
                connection.execute("INSERT INTO learned SELECT * FROM past.learned")
        finally:
            self._connection.execute("DETACH past")

    # -- reading ----------------------------------------------------------------

    def batch(self, batch: str) -> Batch | None:
        record = self._connection.execute("SELECT * FROM batch WHERE id = ?", (batch,)).fetchone()
        return batch_of(record) if record else None

    def batches(self) -> list[Batch]:
        """Every batch, the newest first."""
        records = self._connection.execute("SELECT * FROM batch ORDER BY started_at DESC, id DESC")
        return [batch_of(record) for record in records]

    def series(self, batch: Batch) -> Series:
        """A batch beside those before it of the same series."""
        return Series(self._connection, self.batches(), batch)

    def rows(self, batch: str) -> Iterator[JournalRow]:
        """Every row of a batch in file order."""
        yield from self._in_blocks(batch, "")

    def undecided(self, batch: str, after: int) -> list[JournalRow]:
        """The next block of rows that wait for their turn, from behind position `after`."""
        return self._block(batch, "outcome IS NULL AND position > ?", after)

    def has_invalid(self, batch: str) -> bool:
        query = "SELECT EXISTS (SELECT 1 FROM row WHERE batch = ? AND outcome = 'invalid')"
        return bool(self._connection.execute(query, (batch,)).fetchone()[0])

    def settled_outcomes(self, batch: str) -> list[tuple[Outcome, int]]:
        """How many rows of a batch ended how, those aside that `unsettled` gives."""
        counted = self._connection.execute(
            "SELECT outcome, count(*) FROM row WHERE batch = ? AND outcome IS NOT NULL AND outcome <> 'unknown'"
            " GROUP BY outcome",
            (batch,),
        )
        return [(Outcome(outcome), rows) for outcome, rows in counted]

    def unsettled(self, batch: str) -> Iterator[JournalRow]:
        """The rows of a batch whose attempts may have overtaken their ending."""
        yield from self._in_blocks(batch, "(outcome IS NULL OR outcome = 'unknown') AND")

    def clashing_class(self, row: JournalRow) -> str:
        """In words: a class of the row's presenter that overlaps it; nothing where the journal knows none."""
        found = self._connection.execute(_IN_THE_WAY, (row.presenter, row.ends, row.starts, row.fingerprint))
        for class_id, title in found:
            return (
                f"{row.presenter} already has class {class_id} ({title}) at that time. "
                "Cancel that class in WizIQ, move one of the two, or give one another presenter."
            )
        return ""

    def another_in_the_way(self, row: JournalRow) -> bool:
        """Whether another class of the row's presenter overlaps it, or may: one in doubt does, and one without an id."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM row AS other JOIN attempt ON attempt.fingerprint = other.fingerprint"
            " WHERE other.presenter = ? AND other.starts < ? AND other.ends > ? AND other.fingerprint <> ?"
            " AND (attempt.ending IS NULL OR attempt.ending IN ('created', 'found', 'no_answer')))"
        )
        values = (row.presenter, row.ends, row.starts, row.fingerprint)
        return bool(self._connection.execute(query, values).fetchone()[0])

    def known_class_ids(self) -> set[str]:
        """Every class of the account that a row already stands for."""
        return {
            class_id
            for (class_id,) in self._connection.execute(
                "SELECT class_id FROM attempt WHERE class_id IS NOT NULL"
            )
        }

    def has_upcoming(self, now: float) -> bool:
        """Whether a class is known to exist that has not begun."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM attempt JOIN row"
            " ON row.batch = attempt.batch AND row.position = attempt.position"
            " WHERE attempt.class_id IS NOT NULL AND row.starts > ?)"
        )
        return bool(self._connection.execute(query, (now,)).fetchone()[0])

    def in_doubt(self, batch: str | None) -> list[JournalRow]:
        """A row for every class whose attempts do not say whether it exists: the one in `batch`, else the sent one."""
        found = self._connection.execute(
            "SELECT coalesce(ours.batch, attempt.batch), coalesce(ours.position, attempt.position) FROM attempt"
            " LEFT JOIN row AS ours ON ours.fingerprint = attempt.fingerprint AND ours.batch = ?"
            " WHERE attempt.ending IS NULL OR attempt.ending = 'no_answer'"
            " GROUP BY attempt.fingerprint ORDER BY min(attempt.sent_at)",
            (batch,),
        ).fetchall()
        rows = [row for batch, position in found for row in self._block(batch, "position = ?", position)]
        return [row for row in rows if class_state(row.attempts) is ClassState.IN_DOUBT]

    def span(self, batch: str, after: float) -> tuple[int, int] | None:
        """From when until when the classes of a batch begin that lie ahead; None: there are none."""
        first, last = self._connection.execute(
            "SELECT min(starts), max(starts) FROM row WHERE batch = ? AND starts > ?", (batch, after)
        ).fetchone()
        return None if first is None else (first, last)

    def begin_listing(self) -> None:
        """Make room for a list of the account's classes, kept until the journal is closed."""
        self._connection.execute("DROP TABLE IF EXISTS temp.listed")
        self._connection.execute(
            "CREATE TEMP TABLE listed (class_id TEXT PRIMARY KEY, title TEXT, presenter TEXT, starts INTEGER,"
            " minutes INTEGER) WITHOUT ROWID"
        )

    def note_listed(self, classes: Iterable[Seen]) -> None:
        self._connection.executemany(
            "INSERT OR IGNORE INTO temp.listed VALUES (?, ?, ?, ?, ?)",
            ((each.class_id, each.title, each.presenter, each.starts, each.minutes) for each in classes),
        )

    def missing_from_list(self, span: tuple[int, int]) -> list[KnownClass]:
        """Classes that a row stands for, begin in the span, and are not listed."""
        records = self._connection.execute(
            f"SELECT {_HELD} WHERE row.starts BETWEEN ? AND ?"
            " AND attempt.class_id NOT IN (SELECT class_id FROM temp.listed) ORDER BY row.starts",
            span,
        )
        return [KnownClass(*record) for record in records]

    def unexplained(self, span: tuple[int, int]) -> list[tuple[Seen, list[KnownClass]]]:
        """Listed classes that begin in the span and that no row stands for, each with our classes of that moment."""
        strangers = self._connection.execute(
            "SELECT class_id, title, presenter, starts, minutes FROM temp.listed WHERE starts BETWEEN ? AND ?"
            " AND class_id NOT IN (SELECT class_id FROM attempt WHERE class_id IS NOT NULL) ORDER BY starts, class_id",
            span,
        ).fetchall()
        found = []
        for class_id, title, presenter, starts, minutes in strangers:
            seen = Seen(
                class_id=class_id,
                title=title,
                presenter=presenter,
                starts=starts,
                local_starts=None,
                minutes=minutes,
            )
            ours = self._connection.execute(f"SELECT {_HELD} WHERE row.starts = ?", (starts,))
            found.append((seen, [KnownClass(*record) for record in ours]))
        return found

    def calls(self, batch: str) -> tuple[int, int]:
        """How many requests for a class a batch has made, and for how many classes."""
        query = "SELECT count(*), count(DISTINCT fingerprint) FROM attempt WHERE batch = ? AND code IS NOT ?"
        requests, classes = self._connection.execute(query, (batch, PRESUMED)).fetchone()
        return requests, classes

    def forget(self, before: float) -> int:
        """Delete the rows of classes that were over by then; return how many.

        What is needed so that no class is scheduled twice stays: hashes and ids of
        attempts, without names, titles, addresses or links. Rows in doubt stay.
        """
        over = (
            "(SELECT batch, position FROM row WHERE coalesce(ends, 0) < ?1"
            " AND batch IN (SELECT id FROM batch WHERE started_at < ?1)"
            " AND coalesce(fingerprint, '') NOT IN"
            "  (SELECT fingerprint FROM attempt WHERE ending IS NULL OR ending = 'no_answer'))"
        )
        self._connection.execute("PRAGMA secure_delete = ON")
        with self._transaction() as connection:
            connection.execute(
                f"UPDATE attempt SET message = NULL, presenter_url = NULL WHERE (batch, position) IN {over}",
                (before,),
            )
            forgotten = connection.execute(
                f"DELETE FROM row WHERE (batch, position) IN {over}", (before,)
            ).rowcount
            connection.execute(
                "DELETE FROM batch WHERE started_at < ? AND id NOT IN (SELECT batch FROM row)", (before,)
            )
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return forgotten

    def learned(self, name: str) -> tuple[str, str, float] | None:
        """A fact about the account: value, source and time (UTC seconds)."""
        record: tuple[str, str, float] | None = self._connection.execute(
            "SELECT value, source, at FROM learned WHERE name = ?", (name,)
        ).fetchone()
        return record

    def learn(self, name: str, value: str, source: str, at: float) -> None:
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO learned VALUES (?, ?, ?, ?)", (name, value, source, at)
            )

    def damage(self) -> str | None:
        """What SQLite's quick check finds wrong with the file."""
        (found,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        return None if found == "ok" else str(found)

    def close(self) -> None:
        self._connection.close()

    # -- inside -----------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            (commits,) = self._connection.execute(
                "UPDATE account SET commits = commits + 1 RETURNING commits"
            ).fetchone()
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have rolled it back already
                self._connection.execute("ROLLBACK")
            raise
        self._committed(commits)

    def _in_blocks(self, batch: str, condition: str) -> Iterator[JournalRow]:
        after = -1
        while block := self._block(batch, f"{condition} position > ?", after):
            yield from block
            after = block[-1].position

    def _block(self, batch: str, condition: str, position: int) -> list[JournalRow]:
        chosen = f"FROM row WHERE batch = ? AND {condition} ORDER BY position LIMIT {BLOCK}"
        records = self._connection.execute(f"SELECT {ROW_COLUMNS} {chosen}", (batch, position)).fetchall()
        attempts = self._attempts(chosen, (batch, position))
        return [row_of(record, attempts.get(record[12], [])) for record in records]

    def _attempts(
        self, chosen: str, values: tuple[object, ...]
    ) -> dict[str, list[tuple[Attempt, str | None]]]:
        """The attempts for the classes of the chosen rows, each with its presenter_url, by fingerprint."""
        attempts: dict[str, list[tuple[Attempt, str | None]]] = {}
        for record in self._connection.execute(
            # A process that was held up may have waited for an answer beyond its deadline.
            "SELECT fingerprint, number, ending, sent_at, max(deadline, ifnull(ended_at, deadline)), code, message,"
            f" class_id, call_id, presenter_url FROM attempt WHERE fingerprint IN (SELECT fingerprint {chosen}) ORDER BY fingerprint, number",
            values,
        ):
            attempts.setdefault(record[0], []).append((attempt_of(record[1:9]), record[9]))
        return attempts
