"""The journal of one computer, or of several: in SQLite as a rule, in PostgreSQL where a history is played there."""

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack, closing
from functools import cache
from itertools import count
from pathlib import Path
from typing import Protocol

from batch.journal.database import Database
from batch.journal.migration import create
from batch.journal.sqlite import SqliteDatabase

#: What a run puts beside its journal; see `batch/journal/listed.py`.
_TEMPORARY = ("listed", "listed_earlier")
#: How many statements stay compiled: more than the journal has.
_STATEMENTS = 2000
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
    """In memory; two runs at once share its connection.

    What another history has left is emptied and used once more: most of what a journal this small
    costs is that its statements are compiled.
    """

    def __init__(self) -> None:
        self.connection = _spares().pop() if _spares() else _connected()
        _fill(self.connection)
        self.asked: Database = SqliteDatabase(self.connection, committed=lambda _: None)
        self._in_place: int | None = None  # the run whose temporary tables are there
        self._kept: dict[int | None, list[list[sqlite3.Row]]] = {}  # what those of the others have in them

    def database(self, run: int) -> Database:  # noqa: ARG002 - it is the same for all
        return SqliteDatabase(self.connection, committed=lambda _: None)

    def switch_to(self, run: int) -> None:
        """Let a run find in its temporary tables what it has put there."""
        if run == self._in_place:
            return
        # By their lines, not by their names: after a change of schema every statement is compiled anew.
        tables = _temporary_tables(self.connection)
        self._kept[self._in_place] = [
            self.connection.execute(f"SELECT * FROM temp.{each}").fetchall()  # noqa: S608 - a name of ours
            for each in tables
        ]
        _empty(self.connection, tables)
        for table, lines in zip(tables, self._kept.pop(run, ()), strict=False):
            if lines:
                places = ", ".join("?" * len(lines[0]))
                self.connection.executemany(f"INSERT INTO temp.{table} VALUES ({places})", lines)  # noqa: S608 - a name of ours
        self._in_place = run

    def close(self) -> None:
        _spares().append(self.connection)


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
def _spares() -> list[sqlite3.Connection]:
    """Connections that no history uses, each to a journal of today's version."""
    return []


def _connected() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=_STATEMENTS)
    create(connection, "school", 0)
    return connection


def _fill(connection: sqlite3.Connection) -> None:
    """Make it the journal that every computer of every history begins with."""
    _empty(connection, (*_tables(), *_temporary_tables(connection)))
    connection.execute("INSERT INTO account (id, created_at) VALUES ('school', 0)")


def _empty(connection: sqlite3.Connection, tables: Iterable[str]) -> None:
    for table in tables:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of the schema


def _temporary_tables(connection: sqlite3.Connection) -> list[str]:
    names = {name for (name,) in connection.execute("SELECT name FROM temp.sqlite_master")}
    return [each for each in _TEMPORARY if each in names]


@cache
def _tables() -> tuple[str, ...]:
    with closing(_connected()) as journal:
        found = journal.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return tuple(name for (name,) in found)
