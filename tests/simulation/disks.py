"""The journal of one computer, or of several: in SQLite as a rule, in PostgreSQL where a history is played there."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Protocol

from batch.journal.database import Database
from batch.journal.migration import create
from batch.journal.sqlite import SqliteDatabase

#: What a run puts beside its journal; see `batch/journal/listed.py`.
_TEMPORARY = ("listed", "listed_earlier")
_NUMBERS = count()


class Disk(Protocol):
    """Outlives every run."""

    def database(self, run: int) -> Database:
        """The journal as a run has it open."""

    def switch_to(self, run: int) -> None:
        """From now on it is this run that works on it."""

    @property
    def asked(self) -> Database:
        """It, for whoever looks at it from outside."""

    def close(self) -> None: ...


class SqliteDisk:
    """In memory; two runs at once share its connection."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.deserialize(_as_bytes())
        self.asked: Database = SqliteDatabase(self.connection, committed=lambda _: None)
        self._in_place: int | None = None  # the run whose temporary tables have their own names

    def database(self, run: int) -> Database:  # noqa: ARG002 - it is the same for all
        return SqliteDatabase(self.connection, committed=lambda _: None)

    def switch_to(self, run: int) -> None:
        """Let a run find the temporary tables that it made."""
        if run == self._in_place:
            return
        names = {name for (name,) in self.connection.execute("SELECT name FROM temp.sqlite_master")}
        for table in _TEMPORARY:
            if table in names:
                self.connection.execute(f"ALTER TABLE temp.{table} RENAME TO {table}_of_run_{self._in_place}")
            if f"{table}_of_run_{run}" in names:
                self.connection.execute(f"ALTER TABLE temp.{table}_of_run_{run} RENAME TO {table}")
        self._in_place = run

    def close(self) -> None:
        self.connection.close()


class PostgresDisk:
    """An account of a database; each run has a connection of its own."""

    def __init__(self, url: str, state: Path) -> None:
        from batch.journal.postgresql.database import PostgresDatabase  # noqa: PLC0415 - of the extra
        from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

        self._open = ExitStack()
        self._journals = PostgresJournals(state, url)
        self._account = f"computer{next(_NUMBERS)}"
        with self._journals.open(self._account, 0):
            pass
        self._of = PostgresDatabase
        self.asked = self.database(-1)

    def database(self, run: int) -> Database:  # noqa: ARG002 - a connection for each
        connection = self._open.enter_context(self._journals.connected(self._account, for_writing=True))
        return self._of(connection, lambda _: None)

    def switch_to(self, run: int) -> None:
        """Each has what is its own anyway."""

    def close(self) -> None:
        self._open.close()


@cache
def _as_bytes() -> bytes:
    with _closing_memory() as database:
        create(database, "school", 0)
        return database.serialize()


@contextmanager
def _closing_memory() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        yield database
    finally:
        database.close()
