"""The journal's folder: one per account, opened only when it can be trusted.

    <state>/<account>/journal.sqlite3   mode 0600
    <state>/<account>/watermark         how many commits the journal has seen
    <state>/<account>/lock              held for the length of a run

A journal that has fewer commits than its watermark was truncated, emptied or put
back from a copy: it does not know of classes that exist, and nothing is sent by it.
"""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.problem import CannotRun, Unfinished

APPLICATION_ID = 0x434C4254  # "CLBT", so that `file` and we know whose it is
VERSION = 1
#: Below this much free space a batch is not begun: it would stop half-way.
LEAST_FREE_BYTES = 16 * 2**20

RECOVER = (
    "Nothing was sent. Keep the folder {folder} as it is and put back its newest backup; "
    "without one, read in docs/reliability.md how to start a new journal safely."
)


def account_id(access_key: str, service: str) -> str:
    """A name for an account that gives nothing away: a hash of its access key and service.

    `service` keeps a sandbox apart from the real thing under the same key. It is not
    the base URL: a school that changes from one of WizIQ's hosts to another has the
    same classes there.
    """
    return sha256(f"{service}\n{access_key}".encode()).hexdigest()[:16]


@contextmanager
def locked(folder: Path, now: float) -> Iterator[None]:
    """Hold the account for the length of a run; the kernel lets go when we die.

    Raises:
        Unfinished: another run holds it; says which.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unfinished(f"another run is at work on this account{_holder(lock.read())}") from None
        lock.truncate(0)
        json.dump({"pid": os.getpid(), "started": now}, lock)
        lock.flush()
        yield


def _holder(written: str) -> str:
    try:
        holder = json.loads(written)
        started = datetime.fromtimestamp(holder["started"], UTC)
        return f": started {started:%Y-%m-%d %H:%M:%S} UTC, pid {holder['pid']}"
    except (ValueError, KeyError, TypeError):
        return ""  # it has only just begun


@contextmanager
def open_journal(folder: Path, account: str, now: float) -> Iterator[Journal]:
    """Open the account's journal for writing, or make it where there never was one.

    Raises:
        CannotRun: it is damaged, emptied, behind its watermark, of another version or
            of another account, or cannot be written. Says how to recover.
    """
    path = folder / "journal.sqlite3"
    _check_disk(folder)
    watermark = Watermark(folder / "watermark")
    try:
        with _sqlite_faults_told(path):
            if not path.exists():
                if watermark.read():
                    raise _untrusted(path, "is gone, although classes were scheduled by it")
                _create(path, account, now)
            connection = _connect(path)
    except OSError as error:
        raise CannotRun(
            f"the journal {path} cannot be opened: {error.strerror}",
            "Let the user who runs classbatch read and write this folder.",
        ) from error
    with watermark.opened():
        try:
            with _sqlite_faults_told(path):
                _check(connection, path, account, watermark.read())
                journal = Journal(connection, committed=watermark.write)
            with _sqlite_faults_told(path):
                yield journal
        finally:
            connection.close()


@contextmanager
def find_batch(state: Path, batch: str | None) -> Iterator[tuple[Journal, Batch]]:
    """The journal that has a batch, opened for reading, and the batch.

    Args:
        state: the directory of all accounts' journals.
        batch: None: the newest of all.

    Raises:
        CannotRun: no journal here has it.
    """
    newest: tuple[float, Path, Batch] | None = None
    for path in sorted(state.glob("*/journal.sqlite3")):
        with reading(path) as journal:
            for known in journal.batches():
                if batch in {None, known.id} and (newest is None or known.started_at > newest[0]):
                    newest = known.started_at, path, known
    if newest is None:
        what = f"no batch {batch}" if batch else "no batch yet"
        raise CannotRun(
            f"The journals in {state} know of {what}.",
            "See: classbatch status. Or name another directory with --state.",
        )
    _, path, found = newest
    with reading(path) as journal:
        yield journal, found


@contextmanager
def reading(path: Path) -> Iterator[Journal]:
    """A journal that somebody else may be writing at this moment, for reading."""
    with _sqlite_faults_told(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            yield Journal(connection, committed=lambda _: None)
        finally:
            connection.close()


@contextmanager
def scratch_journal(folder: Path) -> Iterator[Journal]:
    """A journal that is thrown away: what `check` works on, so that it leaves no trace."""
    connection = sqlite3.connect((folder / "scratch.sqlite3").as_uri(), uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.executescript(_schema())
        connection.execute("INSERT INTO account (id, created_at) VALUES ('', 0)")
        yield Journal(connection, committed=lambda _: None)
    finally:
        connection.close()


class Watermark:
    """How many commits the journal has seen, written beside it after each of them.

    Not flushed to disk: after a power cut it may be behind the journal, never ahead.
    After anything else the two are equal, or the journal has lost something.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def read(self) -> int:
        try:
            return int(self._path.read_bytes() or b"0")
        except FileNotFoundError:
            return 0

    @contextmanager
    def opened(self) -> Iterator[None]:
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            yield
        finally:
            os.close(self._descriptor)

    def write(self, commits: int) -> None:
        os.pwrite(self._descriptor, b"%020d" % commits, 0)


def _create(path: Path, account: str, now: float) -> None:
    """Make a journal that is whole from the first moment it has its name."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.executescript(_schema())
        connection.execute("INSERT INTO account (id, created_at) VALUES (?, ?)", (account, now))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    finally:
        connection.close()
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _schema() -> str:
    return files("batch.journal").joinpath("schema.sql").read_text("utf-8")


def _connect(path: Path) -> sqlite3.Connection:
    # One thread at a time, though not always the same one: the recorder's writer and,
    # before and after the sending, the main thread.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL may lose the last commits to a power cut, and with them the record of a class.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _check(connection: sqlite3.Connection, path: Path, account: str, watermark: int) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise _untrusted(path, "is empty or not a journal of classbatch")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        raise CannotRun(
            f"the journal {path} is of version {version}, and this classbatch reads version {VERSION}",
            "Run the classbatch that wrote it, or a newer one. Nothing was sent.",
        )
    found = [text for (text,) in connection.execute("PRAGMA quick_check")]
    if found != ["ok"]:
        raise _untrusted(path, f"is damaged ({found[0]})")
    owner, commits = connection.execute("SELECT id, commits FROM account").fetchone()
    if owner != account:
        raise CannotRun(
            f"the journal {path} belongs to another account ({owner})",
            "Use the access key it was made with, or another --state folder. Nothing was sent.",
        )
    if commits < watermark:
        raise _untrusted(path, f"has lost its newest entries ({watermark - commits} of {watermark} commits)")
    connection.execute("BEGIN IMMEDIATE")  # a read-only file says so here, not after the first class
    connection.execute("UPDATE account SET commits = commits")
    connection.execute("ROLLBACK")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise CannotRun(
            f"the disk that holds {folder} has only {free // 2**20} MiB free",
            f"Free at least {LEAST_FREE_BYTES // 2**20} MiB, or name another folder with --state. Nothing was sent.",
        )


@contextmanager
def _sqlite_faults_told(path: Path) -> Iterator[None]:
    """Turn what SQLite cannot do into a sentence; what is on disk by then stays."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CannotRun(
            f"the journal {path} cannot be written: {error}",
            "Free space on its disk and see that the folder can be written, then run the same command again: "
            "what was already sent is in the journal.",
        ) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise  # a broken constraint is our bug, not the disk's
        raise _untrusted(path, f"is damaged ({error})") from error


def _untrusted(path: Path, fault: str) -> CannotRun:
    return CannotRun(f"the journal {path} {fault}", RECOVER.format(folder=path.parent))
