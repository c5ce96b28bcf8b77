"""The journal's folder: one per account, opened only when it can be trusted.

    <state>/<account>/journal.sqlite3   mode 0600
    <state>/<account>/watermark         how many commits the journal has seen
    <state>/<account>/lock              held for the length of a run
    <state>/<account>/moved             where it is now, when it was moved into a database
    <state>/<account>/as_left           of a large one: how the last run left it

A journal that has fewer commits than its watermark was truncated, emptied or put
back from a copy: it does not know of classes that exist, and nothing is sent by it
until it was started over (docs/doubt.md).
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from batch.atomic_file import put_in_place
from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.journal import as_left
from batch.journal.copying import copy_records
from batch.journal.database import Database
from batch.journal.lock import HeldLock, locked
from batch.journal.migration import bring_up_to_date, create, put_copy_beside, up_to_date
from batch.journal.sqlite import SqliteDatabase
from batch.journal.store import Journal
from batch.journal.trust import (
    Untrusted,
    check,
    check_whole,
    reader,
    translate_disk_errors,
    translate_sqlite_errors,
    untrusted,
    wal_of,
)
from batch.journal.watermark import COMMITS, Watermark

#: Where the journal of a folder is now, when it was moved: nothing is sent from here any more.
_MOVED = "moved"
#: Below this much free space a batch is not begun: it would stop half-way.
LEAST_FREE_BYTES = 16 * 2**20


@contextmanager
def open_journal(folder: Path, account: str, now: float, lock: HeldLock | None = None) -> Iterator[Journal]:
    """Open the account's journal for writing, or make it where there never was one.

    From then on no older run can commit: it has lost its lock, or its disk locks nothing.

    Args:
        folder: of the account.
        account: whose journal it is.
        now: UTC seconds.
        lock: of the folder; asked again before each block of rows. None: nobody else is about.

    Raises:
        Untrusted: it is damaged, emptied or behind its watermark; it is left as it was found.
        CannotRun: it is of another version or another account, or cannot be written.
    """
    path = folder / "journal.sqlite3"
    _check_disk(folder)
    watermark = Watermark(folder / "watermark")
    read_whole_at = as_left.read_whole_at(path, now)
    if not check_journal(folder, account, whole=read_whole_at is None):
        with translate_disk_errors(path), translate_sqlite_errors(path):
            put_in_place(_prepared(path, account, now), path)
    with translate_disk_errors(path), translate_sqlite_errors(path):
        is_older = put_copy_beside(path) is not None
        watermark.open(watermark.read())
        connection = _connect(path)
    try:
        with translate_sqlite_errors(path):
            if is_older:
                bring_up_to_date(connection)
            database = SqliteDatabase(connection, watermark.write)
            journal = Journal(database, lock.holds if lock else lambda: True)
            journal.begin_run()  # a read-only file says so here, not after the first class
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with translate_sqlite_errors(path, sent=True):
            yield journal
    finally:
        connection.close()
        watermark.close()
    as_left.note(path, now if read_whole_at is None else read_whole_at)


def check_journal(folder: Path, account: str, *, whole: bool = True) -> bool:
    """Whether the account has a journal, and it may be sent by. Nothing is written.

    Args:
        folder: of the account.
        account: whose journal it is.
        whole: as `trust.check` has it.

    Raises:
        Untrusted, CannotRun: what `open_journal` would raise.
    """
    path = folder / "journal.sqlite3"
    with translate_disk_errors(path), translate_sqlite_errors(path):
        if (folder / _MOVED).exists():
            raise CannotRun(JournalFault.MOVED, path=path, to=(folder / _MOVED).read_text("utf-8").strip())
        try:
            seen = Watermark(folder / "watermark").read()
        except ValueError:
            raise untrusted(path, JournalFault.BAD_WATERMARK) from None
        if path.exists():
            check(path, account, seen, whole=whole)
            return True
        # A WAL that outlived its journal: SQLite would play it back into the next one of that name.
        if seen or wal_of(path).exists():
            raise untrusted(path, JournalFault.GONE_AFTER_USE)
    return False


def start_over(
    folder: Path, account: str, now: float, backup: Path | None = None, *, timeout_s: float
) -> Path:
    """Put a journal in place that may send again: by it each class is looked up before it is first sent.

    It has the history of the old one, as far as that is sound, else none. A kill at any
    moment leaves a journal that still refuses to send.

    Args:
        folder: of the account.
        account: whose journal it is.
        now: UTC seconds.
        backup: a `journal.sqlite3` from an earlier day; its history is taken instead.
        timeout_s: the deadline of a request: what a killed run sent may be answered so long from now.

    Returns:
        Where the old journal stands now.

    Raises:
        Untrusted: the backup is no better.
        Unfinished: a run is at work on the account.
        CannotRun: it is of another version or another account, or cannot be written.
    """
    path = folder / "journal.sqlite3"
    watermark = Watermark(folder / "watermark")
    with locked(folder, now), translate_disk_errors(path), translate_sqlite_errors(path):
        history = backup or path
        until = now + timeout_s
        try:
            check(history, account, 0)
            check_whole(history)
            new = _prepared(path, account, now, started_over_at=until, history=history)
        except Untrusted:
            if backup is not None:
                raise
            new = _prepared(path, account, now, started_over_at=until)
        # While there is a watermark, a journal that is gone, or has fewer commits, is not trusted.
        with suppress(ValueError):
            watermark.reset(max(watermark.read(), 1))
        aside = move_aside(folder, now)
        put_in_place(new, path)
        # Of what it knows nothing may get lost again, from its first day on.
        with closing(reader(path)) as connection:
            (commits,) = connection.execute(COMMITS).fetchone()
        watermark.reset(commits)
    return aside


@contextmanager
def reading(path: Path) -> Iterator[Journal]:
    """A journal that somebody else may be writing at this moment, for reading."""
    with translate_sqlite_errors(path), up_to_date(path) as current, closing(reader(current)) as connection:
        yield Journal(SqliteDatabase(connection, committed=lambda _: None))


@contextmanager
def scratch_journal(folder: Path, beside: Path | None = None) -> Iterator[Journal]:
    """A journal that is thrown away: what `check` works on, so that it leaves no trace.

    Args:
        folder: where it is.
        beside: the account's own journal; a file is taken in as that would take it in, and nothing is written to it.
    """
    with scratch_database(folder) as database:
        journal = Journal(database)
        if beside is None or not beside.exists():
            yield journal
            return
        with translate_sqlite_errors(beside), up_to_date(beside) as past:
            database.attach(past, "past")
            journal.batches.stand_beside()
            yield journal


@contextmanager
def scratch_database(folder: Path, name: str = "scratch") -> Iterator[SqliteDatabase]:
    """An empty journal that is thrown away, of no account."""
    path = (folder / f"{name}.sqlite3").as_uri()
    # One thread at a time uses it, and not always the same one.
    with closing(
        sqlite3.connect(path, uri=True, isolation_level=None, check_same_thread=False)
    ) as connection:
        # The journal mode stays SQLite's own: in memory it grows.
        connection.execute("PRAGMA synchronous = OFF")
        create(connection, "", 0)
        yield SqliteDatabase(connection, committed=lambda _: None)


@contextmanager
def scratch_copy(folder: Path, of: Path | None) -> Iterator[Journal]:
    """The whole journal `of` an account once more, to be thrown away: what a check works on that asks the account."""
    path = folder / "scratch.sqlite3"
    # One thread at a time uses it, and not always the same one.
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        if of is None or not of.exists():
            create(connection, "", 0)
        else:
            with translate_sqlite_errors(of), closing(reader(of)) as source:
                source.backup(connection)
            bring_up_to_date(connection)
        journal = Journal(SqliteDatabase(connection, committed=lambda _: None))
        journal.begin_run()
        yield journal


@contextmanager
def whole(path: Path) -> Iterator[SqliteDatabase]:
    """All records of a journal that is locked, for reading."""
    with translate_sqlite_errors(path), up_to_date(path) as current, closing(reader(current)) as connection:
        yield SqliteDatabase(connection, committed=lambda _: None)


def take(folder: Path, records: Database) -> None:
    """Put these records in the place of a folder's journal, or of none; from then on it is no longer sealed."""
    path = folder / "journal.sqlite3"
    with translate_disk_errors(path), translate_sqlite_errors(path):
        new = _prepared(path, "", 0)
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            database = SqliteDatabase(connection, committed=lambda _: None)
            copy_records(records, database)
            commits: int = database.value(COMMITS)
        put_in_place(new, path)
        Watermark(folder / "watermark").reset(commits)
        (folder / _MOVED).unlink(missing_ok=True)


def seal(folder: Path, moved_to: str) -> None:
    """Nothing is sent by a folder's journal any more; it stays, under another name."""
    path = folder / "journal.sqlite3"
    with translate_disk_errors(path):
        new = folder / f"{_MOVED}.new"
        new.write_text(f"{moved_to}\n", "utf-8")
        put_in_place(new, folder / _MOVED)
        path.replace(path.with_name("journal-moved.sqlite3"))
        (folder / "as_left").unlink(missing_ok=True)


def _prepared(
    path: Path,
    account: str,
    now: float,
    *,
    started_over_at: float | None = None,
    history: Path | None = None,
) -> Path:
    """A new journal on disk, not yet under its name; with `history`, a copy of that one."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        if history is not None:
            with closing(reader(history)) as source:
                source.backup(connection)
            connection.execute("PRAGMA journal_mode = DELETE")  # nothing of it may stand in a second file
            bring_up_to_date(connection)
        else:
            create(connection, account, now)
        if started_over_at is not None:  # a commit like others, so that its loss is noticed
            connection.execute(
                "UPDATE account SET started_over_at = ?, commits = commits + 1", (started_over_at,)
            )
    return new


def move_aside(folder: Path, now: float, why: str = "untrusted") -> Path:
    """Move the journal and what SQLite keeps beside it into a folder of their own."""
    began = f"{why}-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-"
    aside = Path(tempfile.mkdtemp(prefix=began, dir=folder))  # never into what an earlier one has put aside
    # The journal last: without its WAL it is behind its watermark, and not trusted either.
    for name in ("journal.sqlite3-wal", "journal.sqlite3-shm", "journal.sqlite3"):
        with suppress(FileNotFoundError):
            (folder / name).replace(aside / name)
    return aside


def _connect(path: Path) -> sqlite3.Connection:
    # One thread at a time, though not always the same one: the recorder's writer and,
    # before and after the sending, the main thread.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL may lose the last commits to a power cut, and with them the record of a class.
    connection.execute("PRAGMA synchronous = FULL")
    # 16 MB, not 4: pages that many commits touch are copied into the journal's own file less often.
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        mib = 2**20
        raise CannotRun(
            JournalFault.DISK_FULL, folder=folder, free=free // mib, least=LEAST_FREE_BYTES // mib
        )
