"""May classes be sent by this journal? Looks, and writes nothing; what cannot be done is a sentence.

SQLite's own check does not look at what stands in a row. So a fingerprint that is not
that of its row is looked for as well: by fingerprints alone a class is known to have
been sent.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from batch.errors import CannotRun

APPLICATION_ID = 0x434C4254  # "CLBT", so that `file` and we know whose it is
VERSION = 2

#: SQLite checks no content; by a fingerprint alone a class is known to have been sent.
_STRAY_ATTEMPT = (
    "SELECT 1 FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE CAST(row.fingerprint AS BLOB) <> CAST(attempt.fingerprint AS BLOB) LIMIT 1"
)

RECOVER = (
    "{sent}. Leave the folder {folder} as it is, and run: classbatch doctor --start-over "
    "(with --backup FILE, if there is a copy of journal.sqlite3 from an earlier day). Every class is then looked up "
    "before it is sent; see docs/reliability.md."
)


class Untrusted(CannotRun):
    """The journal does not know all that was sent, or cannot tell it any more."""


def check(path: Path, account: str, watermark: int) -> None:
    """Look before anything is written: the last writer to close a journal rewrites it from its WAL."""
    if not path.is_file():
        raise untrusted(path, "is gone" if not path.exists() else "is not a file")
    with _opened(path) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID:
            raise untrusted(path, "is empty or not a journal of classbatch")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise CannotRun(
                f"the journal {path} is of version {version}, and this classbatch knows versions up to {VERSION}",
                "Run the classbatch that wrote it, or a newer one. Nothing was sent.",
            )
        if version < 1:
            raise untrusted(path, f"is of a version that never was ({version})")
        found = [text for (text,) in connection.execute("PRAGMA quick_check")]
        if found != ["ok"]:
            raise untrusted(path, f"is damaged ({found[0]})")
        if connection.execute(_STRAY_ATTEMPT).fetchone() is not None:
            raise untrusted(path, "is damaged (an attempt is not that of its row)")
        owner, commits = connection.execute("SELECT id, commits FROM account").fetchone()
    if owner != account:
        raise CannotRun(
            f"the journal {path} belongs to another account ({owner})",
            "Use the access key it was made with, or put the folder back where it was. Nothing was sent.",
        )
    if commits < watermark:
        raise untrusted(path, f"has lost its newest entries ({watermark - commits} of {watermark} commits)")


def check_whole(path: Path) -> None:
    """What `check` has no time for before each run: every index, and every text."""
    with _opened(path) as connection:
        found = [text for (text,) in connection.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise untrusted(path, f"is damaged ({found[0]})")
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
        raise untrusted(path, f"is damaged ({error})") from error


@contextmanager
def translate_disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotRun(
            f"{path} cannot be opened: {error.strerror}",
            "Let the user who runs classbatch read and write this folder. Nothing was sent.",
        ) from error


@contextmanager
def translate_sqlite_errors(path: Path, *, sent: str = "Nothing was sent") -> Iterator[None]:
    """Turn what SQLite cannot do into a sentence; what is on disk by then stays."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error, sent) from error
    except BaseExceptionGroup as group:
        # Every row under way hears of the commit that failed; it is told once.
        faults, others = group.split(sqlite3.Error)
        if faults is None or others is not None:
            raise
        raise _translated(path, _first(faults), sent) from group


def _first(group: BaseExceptionGroup[sqlite3.Error]) -> sqlite3.Error:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _translated(path: Path, error: sqlite3.Error, sent: str) -> Exception:
    if isinstance(error, sqlite3.OperationalError) and not _is_content(error):
        return CannotRun(
            f"the journal {path} cannot be written: {error}",
            "Free space on its disk and see that the folder can be written, then run the same command again: "
            "what was already sent is in the journal.",
        )
    if type(error) not in {sqlite3.DatabaseError, sqlite3.OperationalError}:
        return error  # a broken constraint is our bug, not the disk's
    return untrusted(path, f"is damaged ({error})", sent)


def _is_content(error: sqlite3.OperationalError) -> bool:
    """Whether it is what stands in the file, not the disk: a schema that is not ours, a text that is none."""
    is_decoding = "decode" in str(error)  # Python's own, and without a code
    return is_decoding or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def untrusted(path: Path, fault: str, sent: str = "Nothing was sent") -> Untrusted:
    return Untrusted(f"the journal {path} {fault}", RECOVER.format(folder=path.parent, sent=sent))
