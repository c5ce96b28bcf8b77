"""A journal in a file of its own.

Over one connection: the SQLite that Python 3.11 links can damage a WAL file that two
connections write (sqlite.org/wal.html#walresetbug).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from batch.journal.database import Database, Record, TriggerRefused, Values


class SqliteDatabase(Database):
    """The database of one account.

    Raises:
        sqlite3.Error: from every method.
    """

    _BEGIN = "BEGIN IMMEDIATE"

    def __init__(self, connection: sqlite3.Connection, committed: Callable[[int], None]) -> None:
        super().__init__(committed)
        connection.row_factory = sqlite3.Row
        self._connection = connection

    def each(self, statement: str, **values: object) -> Iterator[Record]:
        return self._connection.execute(statement, values)

    def all(self, statement: str, **values: object) -> list[Record]:
        return self._connection.execute(statement, values).fetchall()

    def first(self, statement: str, **values: object) -> Record | None:
        record: Record | None = self._connection.execute(statement, values).fetchone()
        return record

    def value(self, statement: str, **values: object) -> Any:
        return self._connection.execute(statement, values).fetchone()[0]

    def run(self, statement: str, **values: object) -> int:
        return self._connection.execute(statement, values).rowcount

    def run_many(self, statement: str, values: Iterable[Values]) -> int:
        try:
            return self._connection.executemany(statement, values).rowcount
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
                raise TriggerRefused from error
            raise

    def make_temporary(self, table: str, columns: str) -> None:
        # Emptied, not dropped: after a change of schema every statement is compiled anew.
        self.run(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({columns}) WITHOUT ROWID")
        self.run(f"DELETE FROM temp.{table}")  # noqa: S608 - a name of ours

    def overwrite_deleted(self) -> None:
        self.run("PRAGMA secure_delete = ON")

    def compact(self) -> None:
        self.run("VACUUM")
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def damage(self) -> str | None:
        found = self.value("PRAGMA quick_check(1)")
        return None if found == "ok" else str(found)

    @property
    def _in_transaction(self) -> bool:
        return self._connection.in_transaction

    def attach(self, path: Path, name: str, *, for_writing: bool = False) -> None:
        """Another journal, for reading as a rule, under a name of its own, until this one is closed."""
        mode = "rw" if for_writing else "ro"
        file = f"{path.absolute().as_uri()}?mode={mode}"
        self._connection.execute(f"ATTACH :file AS {name}", {"file": file})

    def close(self) -> None:
        self._connection.close()
