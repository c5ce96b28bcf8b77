"""One connection to the journal, and what every transaction does besides its own work.

Used by one thread at a time and over one connection: the SQLite that Python 3.11
links can damage a WAL file that two connections write (sqlite.org/wal.html#walresetbug).
Statements have names and named parameters; records are read by the names of their columns.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from batch.core.errors import Unfinished
from batch.core.message import JournalFault

Values = Mapping[str, object]

_RAISE_EPOCH = "UPDATE account SET epoch = epoch + 1 RETURNING epoch"
_COUNT_COMMIT = "UPDATE account SET commits = commits + 1 WHERE epoch = :epoch RETURNING commits"


class Superseded(Unfinished):
    """A younger run has taken the journal over: nothing of this one may be written any more."""

    def __init__(self) -> None:
        super().__init__(JournalFault.SUPERSEDED)


class Database:
    """What the parts of the journal ask and tell.

    Raises:
        sqlite3.Error: from every method; nothing of its transaction is then on disk.
    """

    def __init__(self, connection: sqlite3.Connection, committed: Callable[[int], None]) -> None:
        """`committed` hears after each commit how many there have been (the watermark)."""
        connection.row_factory = sqlite3.Row
        self._connection = connection
        self._committed = committed
        self._epoch = 0

    def create_function(self, name: str, arguments: int, function: Callable[..., Any]) -> None:
        """Let statements call a pure function of ours."""
        self._connection.create_function(name, arguments, function, deterministic=True)

    def each(self, statement: str, **values: object) -> Iterator[sqlite3.Row]:
        """The records one by one; nothing may be written meanwhile."""
        return self._connection.execute(statement, values)

    def all(self, statement: str, **values: object) -> list[sqlite3.Row]:
        return self._connection.execute(statement, values).fetchall()

    def first(self, statement: str, **values: object) -> sqlite3.Row | None:
        record: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return record

    def value(self, statement: str, **values: object) -> Any:
        """The one value that the statement asks for."""
        return self._connection.execute(statement, values).fetchone()[0]

    def run(self, statement: str, **values: object) -> int:
        """Do it; return how many records it touched. Inside `transaction`, except for what is not on disk."""
        return self._connection.execute(statement, values).rowcount

    def run_many(self, statement: str, values: Iterable[Values]) -> int:
        """The same for each of the values."""
        return self._connection.executemany(statement, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done inside is on disk after it, or none of it.

        Raises:
            Superseded: a younger run has raised the epoch.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            commits = self._counted()
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have rolled it back already
                self._connection.execute("ROLLBACK")
            raise
        self._committed(commits)

    def _counted(self) -> int:
        commits = self._connection.execute(_COUNT_COMMIT, {"epoch": self._epoch}).fetchone()
        if commits is None:
            raise Superseded
        return int(commits[0])

    def raise_epoch(self) -> None:
        """Begin a run: from now on no older one can commit, whatever became of its lock."""
        before = self._epoch
        try:
            with self.transaction():
                self._epoch = self.value(_RAISE_EPOCH)
        except BaseException:
            self._epoch = before
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Part of a transaction that can be taken back alone."""
        self._connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO part")
            raise
        finally:
            self._connection.execute("RELEASE part")

    def attach(self, path: Path, name: str) -> None:
        """Another journal, for reading, under a name of its own, until this one is closed."""
        self._connection.execute(f"ATTACH :file AS {name}", {"file": f"{path.absolute().as_uri()}?mode=ro"})

    def close(self) -> None:
        self._connection.close()
