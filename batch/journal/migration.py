"""An older journal is brought up to date: a copy is put beside it, then every step is one transaction with the rest.

A journal of a newer version is left alone: only who wrote it knows what it means.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from batch.atomic_file import put_in_place
from batch.journal.trust import APPLICATION_ID, VERSION, reader, version_of

#: What leads from a version to the next. Steps are history: they are never changed, and name no constants of today.
STEPS: Mapping[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE account ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE account ADD COLUMN stamp TEXT NOT NULL DEFAULT ''",
        "UPDATE account SET stamp = lower(hex(randomblob(8)))",
        "ALTER TABLE batch ADD COLUMN timetable TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE batch ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE attempt ADD COLUMN kind TEXT NOT NULL DEFAULT 'sent'",
        # It stood where the service's own code belongs.
        "UPDATE attempt SET kind = 'presumed', code = NULL WHERE code = 'presumed'",
        "ALTER TABLE attempt ADD COLUMN room_until INTEGER",
        (
            "UPDATE attempt SET room_until = (SELECT row.room_until FROM row"
            " WHERE row.batch = attempt.batch AND row.position = attempt.position)"
        ),
        "CREATE INDEX attempt_ahead ON attempt (room_until)",
        "CREATE INDEX attempt_of_class ON attempt (class_id) WHERE class_id IS NOT NULL",
        (
            "CREATE TRIGGER one_row_for_a_class BEFORE UPDATE OF class_id ON attempt"
            " WHEN EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)"
            " BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END"
        ),
        (
            "CREATE TRIGGER one_row_for_a_class_taken_over BEFORE INSERT ON attempt"
            " WHEN NEW.kind = 'taken_over'"
            " AND EXISTS (SELECT 1 FROM attempt WHERE class_id = NEW.class_id AND fingerprint <> NEW.fingerprint)"
            " BEGIN SELECT RAISE(ABORT, 'another row stands for this class'); END"
        ),
        (
            "CREATE TABLE sighting (class_id TEXT NOT NULL PRIMARY KEY, starts INTEGER NOT NULL, first_at REAL NOT NULL,"
            " last_at REAL NOT NULL, missed_at REAL, gone_at REAL, listed TEXT NOT NULL) STRICT, WITHOUT ROWID"
        ),
        "CREATE INDEX sighting_ahead ON sighting (starts)",
    ),
    2: (
        "ALTER TABLE batch ADD COLUMN undoes TEXT",
        "ALTER TABLE row ADD COLUMN class_id TEXT",
        "ALTER TABLE attempt ADD COLUMN former_class_id TEXT",
        "CREATE INDEX attempt_of_former_class ON attempt (former_class_id) WHERE former_class_id IS NOT NULL",
        (
            "CREATE TABLE operation (class_id TEXT NOT NULL, number INTEGER NOT NULL, kind "
            "TEXT NOT NULL, batch TEXT NOT NULL, was_batch TEXT NOT NULL, was_position "
            "INTEGER NOT NULL, was_fingerprint TEXT NOT NULL, meant_batch TEXT, meant_position INTEGER, "
            "meant_fingerprint TEXT, parameters TEXT NOT NULL, starts INTEGER, room_until "
            "INTEGER, sent_at REAL NOT NULL, deadline REAL NOT NULL, ending TEXT, "
            "ended_at REAL, code TEXT, message TEXT, PRIMARY KEY (class_id, number)) "
            "STRICT, WITHOUT ROWID"
        ),
        "CREATE INDEX operation_in_doubt ON operation (class_id) WHERE ending IS NULL OR ending = 'no_answer'",
        "CREATE INDEX operation_of_batch ON operation (batch)",
        "CREATE INDEX operation_meant ON operation (meant_fingerprint) WHERE meant_fingerprint IS NOT NULL",
        (
            "CREATE TRIGGER class_changed AFTER UPDATE OF ending ON operation WHEN NEW.ending IN ('done', "
            "'found') AND NEW.kind = 'change' BEGIN INSERT INTO attempt (fingerprint, number, batch, position, "
            "sent_at, deadline, ending, ended_at, call_id, presenter_url, kind, room_until, class_id) SELECT "
            "NEW.meant_fingerprint, (SELECT coalesce(max(number), 0) + 1 FROM attempt WHERE fingerprint = "
            "NEW.meant_fingerprint), NEW.meant_batch, NEW.meant_position, sent_at, deadline, ending, ended_at, "
            "call_id, presenter_url, 'changed', NEW.room_until, class_id FROM attempt WHERE class_id = "
            "NEW.class_id AND fingerprint = NEW.was_fingerprint ORDER BY ending = 'created' DESC, number LIMIT 1; "
            "UPDATE attempt SET former_class_id = class_id, class_id = NULL, ending = 'changed' WHERE class_id = "
            "NEW.class_id AND NOT (fingerprint = NEW.meant_fingerprint AND number = (SELECT max(number) FROM "
            "attempt WHERE fingerprint = NEW.meant_fingerprint)); UPDATE sighting SET starts = NEW.starts WHERE "
            "class_id = NEW.class_id; END"
        ),
        (
            "CREATE TRIGGER class_parked AFTER UPDATE OF ending ON operation WHEN NEW.ending IN ('done', 'found') "
            "AND NEW.kind = 'park' BEGIN UPDATE attempt SET room_until = max(room_until, NEW.room_until) WHERE "
            "class_id = NEW.class_id; UPDATE sighting SET starts = NEW.starts WHERE class_id = NEW.class_id; END"
        ),
        (
            "CREATE TRIGGER class_cancelled AFTER UPDATE OF ending ON operation WHEN NEW.ending IN ('done', "
            "'found') AND NEW.kind = 'cancel' BEGIN UPDATE attempt SET former_class_id = class_id, class_id = "
            "NULL, ending = 'cancelled' WHERE class_id = NEW.class_id; UPDATE sighting SET gone_at = NEW.ended_at "
            "WHERE class_id = NEW.class_id; END"
        ),
        (
            "CREATE TABLE gone (batch TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE, class_id TEXT "
            "NOT NULL, title TEXT NOT NULL, presenter TEXT NOT NULL, starts INTEGER NOT NULL, ends "
            "INTEGER NOT NULL, zone TEXT NOT NULL, row_then INTEGER NOT NULL, outcome TEXT, code "
            "TEXT, message TEXT, PRIMARY KEY (batch, class_id)) STRICT, WITHOUT ROWID"
        ),
    ),
    3: ("ALTER TABLE row ADD COLUMN lesson_id TEXT",),
}


def create(connection: sqlite3.Connection, account: str, now: float) -> None:
    """Make an empty journal of today's version."""
    connection.executescript(Path(__file__).with_name("schema.sql").read_text("utf-8"))
    connection.execute(
        "INSERT INTO account (id, created_at, stamp) VALUES (?, ?, lower(hex(randomblob(8))))", (account, now)
    )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Take every step from its version to today's; a kill leaves the journal as it was."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(found, VERSION):
            for statement in STEPS[version]:
                connection.execute(statement)
        connection.execute("UPDATE account SET commits = commits + 1")  # so that its loss would be noticed
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def put_copy_beside(path: Path) -> Path | None:
    """Keep an older journal as it is under another name, on disk; None where it is of today's version."""
    with closing(reader(path)) as source:
        version = version_of(source, path)
        if version == VERSION:
            return None
        copy = path.with_name(f"{path.stem}-version-{version}{path.suffix}")
        part = copy.with_suffix(".part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with closing(sqlite3.connect(part, isolation_level=None)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # nothing of it may stand in a second file
        put_in_place(part, copy)
    return copy


@contextmanager
def up_to_date(path: Path) -> Iterator[Path]:
    """A journal as today's version has it, for reading: itself, or a copy that is thrown away.

    Raises:
        Untrusted, CannotRun: it is no journal, or a newer one.
    """
    with closing(reader(path)) as source:
        if version_of(source, path) == VERSION:
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="classbatch-") as folder:
            copy = Path(folder) / path.name
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
                bring_up_to_date(target)
            yield copy
