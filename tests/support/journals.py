"""A journal to write to, and rows to write: for tests of the store and of its files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import CheckedRow, ClassRow, RawRow
from batch.core.service.attempt import AttemptEnding
from batch.journal.files import open_journal, start_over
from batch.journal.records import Batch, Ended, Intent
from batch.journal.store import Journal

ACCOUNT = "0123456789abcdef"
NOW = 1_900_000_000.0


#: The database that `opened` takes; None: a file in the folder. Set by the fixture `each_store` alone.
_database: ContextVar[str | None] = ContextVar("database", default=None)


@contextmanager
def opened(folder: Path, account: str = ACCOUNT) -> Iterator[Journal]:
    folder.mkdir(parents=True, exist_ok=True)
    database = _database.get()
    if database is None:
        with open_journal(folder, account, NOW) as journal:
            yield journal
        return
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    with PostgresJournals(folder, database).open(_account_in_database(folder), NOW) as journal:
        yield journal


def started_over(folder: Path) -> None:
    """Put a journal in the place of one that `opened` had opened, that looks every class up."""
    database = _database.get()
    if database is None:
        start_over(folder, ACCOUNT, NOW, timeout_s=60)
        return
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    PostgresJournals(folder, database).start_over(_account_in_database(folder), NOW, None, timeout_s=60)


def _account_in_database(folder: Path) -> str:
    """In a database each folder is an account of its own, as it is with files."""
    return sha256(str(folder).encode()).hexdigest()[:16]


@contextmanager
def kept_in(database: str | None) -> Iterator[None]:
    """Meanwhile `opened` opens journals in this database."""
    token = _database.set(database)
    try:
        yield
    finally:
        _database.reset(token)


def batch_named(name: str) -> Batch:
    return Batch(
        id=name,
        file="term.csv",
        sha256="",
        sheet="",
        header=("Class", "Start"),
        account="teacher",
        sent_to="http://127.0.0.1/",
        sandbox=False,
        started_at=NOW,
    )


def row(title: str, *, hour: int = 0, number: int = 2) -> CheckedRow:
    start = datetime(2031, 9, 1, tzinfo=UTC) + timedelta(hours=hour)
    parameters = {"title": title, "start_time": f"{start:%m/%d/%Y %H:%M:%S}"}
    meant = ClassRow(
        parameters=parameters, title=title, presenter="ana@school.example", start=start, minutes=60
    )
    return CheckedRow(RawRow("", number, (title, start)), meant)


def invalid(number: int = 2) -> CheckedRow:
    issue = Issue(
        column="start_time",
        header="Start",
        value="soon",
        problem=Problem.NOT_A_TIME,
        expected_api_code="1022",
        facts={"example": "2026-09-01 14:00"},
    )
    return CheckedRow(RawRow("", number, ("", "soon")), None, (issue,))


def fingerprints(journal: Journal, batch: str) -> list[str]:
    return [each.fingerprint or "" for each in journal.reports.rows(batch)]


def load(journal: Journal, batch: str, rows: Sequence[CheckedRow]) -> list[str]:
    """Take rows in; their fingerprints in file order."""
    journal.batches.load(ACCOUNT, batch_named(batch), rows)
    return fingerprints(journal, batch)


def sent(
    fingerprint: str, number: int = 1, *, batch: str = "b", position: int = 0, at: float = NOW
) -> Intent:
    return Intent(fingerprint, number, batch, position, at, at + 60)


def ended(
    fingerprint: str,
    ending: AttemptEnding,
    number: int = 1,
    *,
    code: str | None = None,
    class_id: str | None = None,
) -> Ended:
    return Ended(
        fingerprint=fingerprint, number=number, ending=ending, ended_at=NOW, code=code, class_id=class_id
    )
