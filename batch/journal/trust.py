"""May classes be sent by this journal? Looks, and writes nothing; what cannot be done is told.

SQLite's own check does not look at what stands in a row. So a fingerprint that is not
that of its row is looked for as well: by fingerprints alone a class is known to have
been sent.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from batch.core.errors import CannotRun
from batch.core.message import JournalFault

APPLICATION_ID = 0x434C4254  # "CLBT", so that `file` and we know whose it is
VERSION = 4

#: SQLite checks no content; by a fingerprint alone a class is known to have been sent.
_STRAY_ATTEMPT = (
    "SELECT 1 FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE CAST(row.fingerprint AS BLOB) <> CAST(attempt.fingerprint AS BLOB) LIMIT 1"
)


class Untrusted(CannotRun):
    """The journal does not know all that was sent, or cannot tell it any more."""


def check(path: Path, account: str, watermark: int, *, whole: bool = True) -> None:
    """Look before anything is written: the last writer to close a journal rewrites it from its WAL.

    Args:
        path: of the journal.
        account: whose journal it is to be.
        watermark: so many commits it has had at least.
        whole: read all of it; else only whose it is and how far it got.
    """
    if not path.is_file():
        raise untrusted(path, JournalFault.NOT_A_FILE if path.exists() else JournalFault.GONE)
    with _opened(path) as connection:
        version_of(connection, path)
        if whole:
            _check_content(connection, path)
        owner, commits = connection.execute("SELECT id, commits FROM account").fetchone()
    if owner != account:
        raise CannotRun(JournalFault.OF_ANOTHER_ACCOUNT, path=path, owner=owner)
    if commits < watermark:
        raise untrusted(path, JournalFault.NEWEST_LOST, lost=watermark - commits, commits=watermark)


def _check_content(connection: sqlite3.Connection, path: Path) -> None:
    found = [text for (text,) in connection.execute("PRAGMA quick_check")]
    if found != ["ok"]:
        raise untrusted(path, JournalFault.DAMAGED, why=found[0])
    if connection.execute(_STRAY_ATTEMPT).fetchone() is not None:
        raise untrusted(path, JournalFault.DAMAGED, why="an attempt is not that of its row")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a journal, one that this classbatch knows.

    Raises:
        Untrusted: it is no journal.
        CannotRun: it is of a newer version.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise untrusted(path, JournalFault.NOT_OURS)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise CannotRun(JournalFault.NEWER, path=path, version=version, known=VERSION)
    if version < 1:
        raise untrusted(path, JournalFault.NO_VERSION, version=version)
    return int(version)


def check_whole(path: Path) -> None:
    """What `check` has no time for before each run: every index, and every text."""
    with _opened(path) as connection:
        found = [text for (text,) in connection.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise untrusted(path, JournalFault.DAMAGED, why=found[0])
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for _ in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a table's own name
                pass


def wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with translate_sqlite_errors(path), closing(reader(path)) as connection:
            yield connection
    except UnicodeDecodeError as error:  # so sqlite3 tells of a schema that is no text
        raise untrusted(path, JournalFault.DAMAGED, why=str(error)) from error


@contextmanager
def translate_disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotRun(JournalFault.CANNOT_OPEN, path=path, why=error.strerror) from error


@contextmanager
def translate_sqlite_errors(path: Path, *, sent: bool = False) -> Iterator[None]:
    """Turn what SQLite cannot do into a message; what is on disk by then stays."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error, sent=sent) from error
    except BaseExceptionGroup as group:
        # Every row under way hears of the commit that failed; it is told once.
        faults, others = group.split(sqlite3.Error)
        if faults is None or others is not None:
            raise
        raise _translated(path, _first(faults), sent=sent) from group


def _first(group: BaseExceptionGroup[sqlite3.Error]) -> sqlite3.Error:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _translated(path: Path, error: sqlite3.Error, *, sent: bool) -> Exception:
    if isinstance(error, sqlite3.OperationalError) and not _is_content(error):
        return CannotRun(JournalFault.CANNOT_WRITE, path=path, why=str(error))
    if type(error) not in {sqlite3.DatabaseError, sqlite3.OperationalError}:
        return error  # a broken constraint is our bug, not the disk's
    return untrusted(path, JournalFault.DAMAGED, sent=sent, why=str(error))


def _is_content(error: sqlite3.OperationalError) -> bool:
    """Whether it is what stands in the file, not the disk: a schema that is not ours, a text that is none."""
    is_decoding = "decode" in str(error)  # Python's own, and without a code
    return is_decoding or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def untrusted(path: Path, fault: JournalFault, *, sent: bool = False, **facts: object) -> Untrusted:
    return Untrusted(fault, path=path, folder=path.parent, sent=sent, **facts)
