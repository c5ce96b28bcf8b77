"""A whole journal from one database into another, of whichever kind each is."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cache
from itertools import zip_longest
from types import MappingProxyType

from batch.journal.database import Database
from batch.journal.migration import create

#: In an order in which each table refers only to those before it.
TABLES = ("account", "batch", "row", "attempt", "sighting", "learned", "operation", "gone")


@cache
def columns() -> Mapping[str, tuple[str, ...]]:
    """The columns of each table, as today's journal has them."""
    with closing(sqlite3.connect(":memory:")) as empty:
        create(empty, "", 0)
        found = empty.execute(
            "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
        ).fetchall()
    return {table: tuple(column for of, column in found if of == table) for table in TABLES}


def copy_records(source: Database, target: Database) -> None:
    """Put all records of one journal in the place of another's, all or none.

    Nothing is to be written to the source meanwhile, or it is read as of one moment.
    """
    with target.all_or_nothing():
        for table in reversed(TABLES):
            target.run(f"DELETE FROM {table}")
        for table in TABLES:
            _copy(source, target, table)


def copy_some(
    source: Database, target: Database, chosen: Mapping[str, str], values: Mapping[str, object], *, into: str
) -> None:
    """Put some records of one journal into another, but for those that are there. Inside a transaction.

    Args:
        source: read as of one moment.
        target: has the other; one of SQLite.
        chosen: by which condition, for each table.
        values: what the conditions name.
        into: under which name the other is attached to it.
    """
    for table in TABLES:
        if condition := chosen.get(table):
            named = {name: value for name, value in values.items() if f":{name}" in condition}
            _copy(source, target, table, condition, named, f"OR IGNORE INTO {into}.")


def _copy(
    source: Database,
    target: Database,
    table: str,
    condition: str = "TRUE",
    values: Mapping[str, object] = MappingProxyType({}),
    into: str = "INTO ",
) -> None:
    names = columns()[table]
    insert = f"INSERT {into}{table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
    found = source.each(f"SELECT {', '.join(names)} FROM {table} WHERE {condition}", **values)
    target.run_many(insert, (dict(zip(names, record, strict=True)) for record in found))


def is_same(one: Database, other: Database) -> bool:
    """Whether two journals know the very same: every record but the account's own, which counts commits."""
    return all(
        ours == theirs
        for table in TABLES[1:]
        for ours, theirs in zip_longest(_in_order(one, table), _in_order(other, table))
    )


def counts(database: Database) -> dict[str, int]:
    """How many records each table has."""
    return {table: int(database.value(f"SELECT count(*) FROM {table}")) for table in TABLES[1:]}


def _in_order(database: Database, table: str) -> Iterator[tuple[object, ...]]:
    """The records of a table by its key, which is its first column, or its first two."""
    names = ", ".join(columns()[table])
    return (tuple(record) for record in database.each(f"SELECT {names} FROM {table} ORDER BY 1, 2"))
