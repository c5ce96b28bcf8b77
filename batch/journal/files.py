"""The journal's folder: one per account, opened only when it can be trusted.

    <state>/<account>/journal.sqlite3   mode 0600
    <state>/<account>/watermark         how many commits the journal has seen
    <state>/<account>/lock              held for the length of a run

A journal that has fewer commits than its watermark was truncated, emptied or put
back from a copy: it does not know of classes that exist, and nothing is sent by it
until it was started over (docs/reliability.md).
"""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.journal.watermark import Watermark
from batch.problem import CannotRun, Unfinished

APPLICATION_ID = 0x434C4254  # "CLBT", so that `file` and we know whose it is
VERSION = 1
#: Below this much free space a batch is not begun: it would stop half-way.
LEAST_FREE_BYTES = 16 * 2**20

RECOVER = (
    "Nothing was sent. Leave the folder {folder} as it is, and run: classbatch doctor --start-over "
    "(with --backup FILE, if there is a copy of journal.sqlite3 from an earlier day). Every class is then looked up "
    "before it is sent; see docs/reliability.md."
)


class Untrusted(CannotRun):
    """The journal does not know all that was sent, or cannot tell it any more."""


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
        CannotRun: the folder cannot be made or written.
    """
    with _disk_faults_told(folder):
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
        Untrusted: it is damaged, emptied or behind its watermark; it is left as it was found.
        CannotRun: it is of another version or another account, or cannot be written.
    """
    path = folder / "journal.sqlite3"
    _check_disk(folder)
    watermark = Watermark(folder / "watermark")
    if not check_journal(folder, account):
        with _disk_faults_told(path), _sqlite_faults_told(path):
            _put_in_place(_prepared(path, account, now), path)
    with _disk_faults_told(path), _sqlite_faults_told(path):
        watermark.open(watermark.read())
        connection = _connect(path)
    try:
        with _sqlite_faults_told(path):
            _check_writable(connection)
            yield Journal(connection, committed=watermark.write)
    finally:
        connection.close()
        watermark.close()


def check_journal(folder: Path, account: str) -> bool:
    """Whether the account has a journal, and it may be sent by. Nothing is written.

    Raises:
        Untrusted, CannotRun: what `open_journal` would raise.
    """
    path = folder / "journal.sqlite3"
    with _disk_faults_told(path), _sqlite_faults_told(path):
        try:
            seen = Watermark(folder / "watermark").read()
        except ValueError:
            raise _untrusted(path, "has a watermark beside it that is no number") from None
        if path.exists():
            _check(path, account, seen)
            return True
    if seen:
        raise _untrusted(path, "is gone, although classes were scheduled by it")
    return False


def start_over(folder: Path, account: str, now: float, backup: Path | None = None) -> Path:
    """Put a journal in place that may send again: by it each class is looked up before it is first sent.

    It has the history of the old one, as far as that is sound, else none. A kill at any
    moment leaves a journal that still refuses to send.

    Args:
        folder: of the account.
        account: whose journal it is.
        now: UTC seconds.
        backup: a `journal.sqlite3` from an earlier day; its history is taken instead.

    Returns:
        Where the old journal stands now.

    Raises:
        Untrusted: the backup is no better.
        Unfinished: a run is at work on the account.
        CannotRun: it is of another version or another account, or cannot be written.
    """
    path = folder / "journal.sqlite3"
    watermark = Watermark(folder / "watermark")
    with locked(folder, now), _disk_faults_told(path), _sqlite_faults_told(path):
        history = backup or path
        try:
            _check(history, account, 0)
            new = _prepared(path, account, now, history=history)
        except Untrusted:
            if backup is not None:
                raise
            new = _prepared(path, account, now, started_over=True)
        # While there is a watermark, a journal that is gone, or has fewer commits, is not trusted.
        with suppress(ValueError):
            watermark.reset(max(watermark.read(), 1))
        aside = _moved_aside(folder, now)
        _put_in_place(new, path)
        watermark.reset(0)
    return aside


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
    with _sqlite_faults_told(path), closing(_reader(path)) as connection:
        yield Journal(connection, committed=lambda _: None)


@contextmanager
def scratch_journal(folder: Path) -> Iterator[Journal]:
    """A journal that is thrown away: what `check` works on, so that it leaves no trace."""
    connection = sqlite3.connect((folder / "scratch.sqlite3").as_uri(), uri=True, isolation_level=None)
    try:
        connection.execute(
            "PRAGMA synchronous = OFF"
        )  # and the journal mode stays SQLite's own: in memory it grows
        connection.executescript(_schema())
        connection.execute("INSERT INTO account (id, created_at) VALUES ('', 0)")
        yield Journal(connection, committed=lambda _: None)
    finally:
        connection.close()


def _prepared(
    path: Path, account: str, now: float, *, started_over: bool = False, history: Path | None = None
) -> Path:
    """A new journal on disk, not yet under its name; with `history`, a copy that was started over."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        if history is not None:
            with closing(_reader(history)) as source:
                source.backup(connection)
            connection.execute("PRAGMA journal_mode = DELETE")  # nothing of it may stand in a second file
            connection.execute("UPDATE account SET started_over_at = ?", (now,))
        else:
            connection.executescript(_schema())
            connection.execute(
                "INSERT INTO account (id, created_at, started_over_at) VALUES (?, ?, ?)",
                (account, now, now if started_over else None),
            )
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
    return new


def _put_in_place(new: Path, path: Path) -> None:
    """Give a journal its name; from that moment on it is whole."""
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _moved_aside(folder: Path, now: float) -> Path:
    """Move the journal and what SQLite keeps beside it into a folder of their own."""
    aside = folder / f"untrusted-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700, exist_ok=True)
    # The journal last: without its WAL it is behind its watermark, and not trusted either.
    for name in ("journal.sqlite3-wal", "journal.sqlite3-shm", "journal.sqlite3"):
        with suppress(FileNotFoundError):
            (folder / name).replace(aside / name)
    return aside


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


def _check(path: Path, account: str, watermark: int) -> None:
    """Look before anything is written: the last writer to close a journal rewrites it from its WAL."""
    if not path.exists():
        raise _untrusted(path, "is gone")
    with _sqlite_faults_told(path), closing(_reader(path)) as connection:
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


def _check_writable(connection: sqlite3.Connection) -> None:
    """A read-only file says so here, not after the first class."""
    connection.execute("BEGIN IMMEDIATE")
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


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


@contextmanager
def _disk_faults_told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotRun(
            f"{path} cannot be opened: {error.strerror}",
            "Let the user who runs classbatch read and write this folder, or name another with --state. "
            "Nothing was sent.",
        ) from error


@contextmanager
def _sqlite_faults_told(path: Path) -> Iterator[None]:
    """Turn what SQLite cannot do into a sentence; what is on disk by then stays."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(path, error) from error
    except BaseExceptionGroup as group:
        # Every row under way hears of the commit that failed; it is told once.
        faults, others = group.split(sqlite3.Error)
        if faults is None or others is not None:
            raise
        raise _told(path, _first(faults)) from group


def _first(group: BaseExceptionGroup[sqlite3.Error]) -> sqlite3.Error:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _told(path: Path, error: sqlite3.Error) -> Exception:
    if isinstance(error, sqlite3.OperationalError):
        return CannotRun(
            f"the journal {path} cannot be written: {error}",
            "Free space on its disk and see that the folder can be written, then run the same command again: "
            "what was already sent is in the journal.",
        )
    if type(error) is not sqlite3.DatabaseError:
        return error  # a broken constraint is our bug, not the disk's
    return _untrusted(path, f"is damaged ({error})")


def _untrusted(path: Path, fault: str) -> Untrusted:
    return Untrusted(f"the journal {path} {fault}", RECOVER.format(folder=path.parent))
