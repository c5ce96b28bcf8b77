"""Files that wait in the database for whoever imports them. A file's content goes when it was imported: the journal has its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import psycopg

from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.journal.postgresql.journals import PostgresJournals

_PUT = """
INSERT INTO classbatch_data.deposit (profile, folder, name, sha256, content, arrived_at)
VALUES (%(profile)s, %(folder)s, %(name)s, %(sha256)s, %(content)s, %(now)s) RETURNING id
"""
_GET = """
SELECT profile, folder, name, content FROM classbatch_data.deposit WHERE id = %(id)s AND ended_at IS NULL
"""
_END = """
UPDATE classbatch_data.deposit SET content = NULL, ended_at = %(now)s, exit_code = %(exit_code)s, batch = %(batch)s
WHERE id = %(id)s
"""
_WAITING = "SELECT count(*), min(arrived_at) FROM classbatch_data.deposit WHERE ended_at IS NULL"

_SILENCE = (
    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - heartbeat_at)), 0) FROM classbatch_data.lease"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A file, and by which settings it is read; where the keys are is the workers' business."""

    name: str
    content: bytes = field(repr=False)
    profile: str | None = None  #: the account of [accounts.NAME]
    folder: str | None = None  #: of [folders.NAME]

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


class Deposits:
    """Of one database."""

    def __init__(self, journals: PostgresJournals) -> None:
        self._journals = journals

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Say what breaks off beside the journals in the same words: Procrastinate keeps the database's error as the cause of its own."""
        try:
            yield
        except Exception as error:
            why = error if isinstance(error, psycopg.OperationalError) else error.__cause__
            if not isinstance(why, psycopg.OperationalError):
                raise
            path, text = self._journals.where(""), str(why).partition("\n")[0]
            raise CannotRun(JournalFault.DATABASE_FAILED, path=path, why=text) from error

    def make_queue(self, schema: str) -> bool:
        """Make a schema; False: it is there already."""
        with self._journals.connected() as connection:
            known = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
            if known is None:
                connection.execute(f"CREATE SCHEMA {schema}".encode())
        return known is None

    def put(self, deposit: Deposit, now: float) -> int:
        values = {
            "profile": deposit.profile,
            "folder": deposit.folder,
            "name": deposit.name,
            "sha256": deposit.sha256,
            "content": deposit.content,
            "now": now,
        }
        return int(self._first(_PUT, values)[0])

    def get(self, number: int) -> Deposit | None:
        """One that waits; None: it was imported already."""
        found = self._first(_GET, {"id": number})
        if not found:
            return None
        profile, folder, name, content = found
        return Deposit(profile=profile, folder=folder, name=name, content=bytes(content))

    def end(self, number: int, *, exit_code: int, batch: str | None, now: float) -> None:
        """Note what became of it."""
        self._run(_END, {"id": number, "exit_code": exit_code, "batch": batch, "now": now})

    def drop(self, number: int) -> None:
        self._run("DELETE FROM classbatch_data.deposit WHERE id = %(id)s", {"id": number})

    def waiting(self) -> tuple[int, float | None]:
        """How many wait or are at work, and since when the oldest has (UTC seconds)."""
        count, oldest = self._first(_WAITING, {})
        return int(count), oldest

    def longest_silence_s(self) -> float:
        """How long the quietest of the runs that hold an account was not heard of."""
        return float(self._first(_SILENCE, {})[0])

    def _first(self, statement: str, values: dict[str, Any]) -> Any:
        with self._journals.connected() as connection:
            return connection.execute(statement.encode(), values).fetchone()

    def _run(self, statement: str, values: dict[str, Any]) -> None:
        with self._journals.connected() as connection:
            connection.execute(statement.encode(), values)
