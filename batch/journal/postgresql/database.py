"""One account's records in PostgreSQL, over one connection."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import TransactionStatus

from batch.journal.database import Database, Record, TriggerRefused, Values
from batch.journal.postgresql.dialect import in_postgresql
from batch.journal.postgresql.many import Many
from batch.journal.postgresql.schema import REFUSED

_PART = 1000


class PostgresDatabase(Database):
    """The records of the account that the session names.

    Raises:
        psycopg.Error: from every method.
    """

    def __init__(self, connection: "psycopg.Connection[Any]", committed: Callable[[int], None]) -> None:
        """`connection` commits by itself what stands in no transaction."""
        super().__init__(committed)
        connection.row_factory = _records
        connection.adapters.register_dumper(bool, _YesOrNo)
        self._connection = connection
        self._many: dict[str, Many] = {}  #: by statement; what was rolled back since is not among them

    def each(self, statement: str, **values: object) -> Iterator[Record]:
        return iter(self._connection.execute(in_postgresql(statement).encode(), values))

    def run(self, statement: str, **values: object) -> int:
        return self._connection.execute(in_postgresql(statement).encode(), values).rowcount

    def run_many(self, statement: str, values: Iterable[Values]) -> int:
        touched, todo = 0, iter(values)
        try:
            # In parts: a whole file would be held in memory before the first of it is sent.
            while part := list(islice(todo, _PART)):
                if statement not in self._many:
                    self._many[statement] = Many.made(self._connection, statement, len(self._many))
                touched += self._many[statement].run(self._connection, part)
        except psycopg.Error as error:
            if error.sqlstate == REFUSED:
                raise TriggerRefused from error
            raise
        return touched

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        connection = self._connection
        connection.autocommit = False  # the transaction begins in one trip with its first statement
        try:
            yield
            connection.commit()
        except BaseException:
            self._many.clear()
            if self._in_transaction:
                connection.rollback()
            raise
        finally:
            if not connection.closed:
                connection.autocommit = True

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        try:
            with super().savepoint():
                yield
        except BaseException:
            self._many.clear()
            raise

    def make_temporary(self, table: str, columns: str) -> None:
        self.run(f"DROP TABLE IF EXISTS pg_temp.{table}")
        self.run(f"CREATE TEMPORARY TABLE {table} ({columns})")

    def overwrite_deleted(self) -> None:
        """Whoever can read the disk of a database server can read more than what was deleted."""

    def compact(self) -> None:
        """PostgreSQL does that by itself (autovacuum)."""

    def damage(self) -> str | None:
        return None  # its checksums are looked at whenever a page is read

    @property
    def _in_transaction(self) -> bool:
        return self._connection.info.transaction_status in {
            TransactionStatus.INTRANS,
            TransactionStatus.INERROR,
        }

    def close(self) -> None:
        self._connection.close()


class _YesOrNo(Dumper):
    """Columns that are true or false are whole numbers, as in SQLite."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


class _Record(tuple[Any, ...]):
    """A line of a result, by the names of its columns or by their places."""

    __slots__ = ()
    places: dict[str, int]

    def __getitem__(self, column: Any) -> Any:
        return tuple.__getitem__(self, self.places[column] if isinstance(column, str) else column)


def _records(cursor: "psycopg.Cursor[Any]") -> type[_Record]:
    """Makes them, with the columns of a result."""
    return _with_columns(tuple(column.name for column in cursor.description or ()))


@lru_cache(maxsize=256)
def _with_columns(names: tuple[str, ...]) -> type[_Record]:
    # A class for each kind of result: each record is a plain tuple.
    places = {name: place for place, name in enumerate(names)}
    return type("Named", (_Record,), {"__slots__": (), "places": places})
