"""The journal's tables in PostgreSQL, made of the very `schema.sql` that SQLite has.

    classbatch_data    the tables, each with the account in front of every key: to be partitioned by it
    classbatch         the views, each of one account's records: that which the session names

The session's account is a setting of PostgreSQL's, `classbatch.account`. Without one
nothing is seen, and nothing can be written.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from psycopg import Connection as AnyConnection
from psycopg import sql

from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.journal.migration import STEPS
from batch.journal.trust import VERSION

Connection = AnyConnection[Any]

#: So a trigger says that a row of another class stands in the way.
REFUSED = "CB001"
#: Whoever makes or changes the tables is alone with them.
ALONE = f"SELECT pg_advisory_xact_lock({0x434C4254})".encode()

_COMMENT = re.compile(r"--[^\n]*")
_STATEMENT = re.compile(r"\s*(?:CREATE TRIGGER.*?\bEND|[^;]*?)\s*;", re.DOTALL)
_TABLE = re.compile(r"CREATE TABLE (\w+) \((.*)\) STRICT(?:, WITHOUT ROWID)?$", re.DOTALL)
_COLUMN_APART = re.compile(r",(?![^(]*\))")
_REFERS = re.compile(r"REFERENCES (\w+) \((\w+)\) ON DELETE CASCADE")
_INDEX = re.compile(r"CREATE INDEX (\w+) ON (\w+) \(([^)]*)\)(.*)$", re.DOTALL)
_NEW_COLUMN = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (.*)$", re.DOTALL)
_TRIGGER = re.compile(
    r"CREATE TRIGGER (\w+) (BEFORE|AFTER) (INSERT|UPDATE OF \w+) ON (\w+)\s+WHEN (.*?)\s+BEGIN\s+(.*?)\s*END$",
    re.DOTALL,
)
_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "TEXT": 'TEXT COLLATE "C"'}
#: Whose a record is: the session's account, where nobody names another. (`batch.account` is an account's kind.)
_OWNER = "owner TEXT COLLATE \"C\" NOT NULL DEFAULT current_setting('classbatch.account')"

_OWN_TABLES = f"""
CREATE TABLE classbatch_data.version (version BIGINT NOT NULL);
CREATE TABLE classbatch_data.alias (account TEXT NOT NULL PRIMARY KEY, of_account TEXT NOT NULL);
CREATE TABLE classbatch_data.moved (account TEXT NOT NULL PRIMARY KEY, moved_to TEXT NOT NULL);
CREATE TABLE classbatch_data.deposit (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, profile TEXT, folder TEXT, name TEXT NOT NULL, accepted TEXT,
  sha256 TEXT NOT NULL, content BYTEA, arrived_at DOUBLE PRECISION NOT NULL, ended_at DOUBLE PRECISION, exit_code INTEGER,
  batch TEXT, said TEXT
);
CREATE INDEX deposit_waiting ON classbatch_data.deposit (arrived_at) WHERE ended_at IS NULL;
CREATE INDEX deposit_due ON classbatch_data.deposit (ended_at) WHERE content IS NOT NULL;
CREATE INDEX deposit_of ON classbatch_data.deposit (sha256);
CREATE TABLE classbatch_data.lease (
  account TEXT NOT NULL PRIMARY KEY, host TEXT NOT NULL, pid BIGINT NOT NULL, started_at DOUBLE PRECISION NOT NULL,
  backend INTEGER NOT NULL, backend_start TIMESTAMPTZ NOT NULL, heartbeat_at TIMESTAMPTZ NOT NULL
);
INSERT INTO classbatch_data.version VALUES ({VERSION});
"""
#: For what is asked of all accounts at once.
_OWN_INDEXES = (
    b"CREATE INDEX batch_newest ON classbatch_data.batch (started_at);"
    b" CREATE INDEX batch_named ON classbatch_data.batch (id)"
)
_HAS_TABLE = (
    "SELECT 1 FROM pg_class WHERE relname = %(table)s"
    " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)"
)
_VIEWS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'classbatch_data'::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname NOT IN ('version', 'alias', 'lease', 'moved', 'deposit', 'page_run')
GROUP BY c.relname
"""


def prepare(connection: Connection, where: str) -> None:
    """Make the tables where there are none, and bring older ones up to date: all of it, or nothing.

    Raises:
        CannotRun: they are of a newer version.
    """
    if version_of(connection, where) == VERSION:
        return
    with connection.transaction():
        connection.execute(ALONE)
        found = version_of(connection, where)  # another may have been first
        if found is None:
            _create(connection)
        elif found < VERSION:
            _bring_up_to_date(connection, found)


def has_table(connection: Connection, schema: str, table: str) -> bool:
    """Whether it is there by now. `to_regclass` may not know yet, in a transaction, what another has just committed."""
    return connection.execute(_HAS_TABLE, {"schema": schema, "table": table}).fetchone() is not None


def version_of(connection: Connection, where: str) -> int | None:
    """The version of the tables; None: there are none yet.

    Raises:
        CannotRun: it is a newer one.
    """
    if not has_table(connection, "classbatch_data", "version"):
        return None
    ((version,),) = connection.execute("SELECT version FROM classbatch_data.version").fetchall()
    if version > VERSION:
        raise CannotRun(JournalFault.NEWER, path=where, version=version, known=VERSION)
    return int(version)


def _create(connection: Connection) -> None:
    connection.execute("CREATE SCHEMA classbatch_data; CREATE SCHEMA classbatch")
    connection.execute(files("batch.journal.postgresql").joinpath("functions.sql").read_bytes())
    connection.execute(_OWN_TABLES.encode())
    for statement in statements(files("batch.journal").joinpath("schema.sql").read_text("utf-8")):
        connection.execute(translated(statement).encode())
    connection.execute(_OWN_INDEXES)
    _make_views(connection)


def _bring_up_to_date(connection: Connection, found: int) -> None:
    accounts = [account for (account,) in connection.execute("SELECT owner FROM classbatch_data.account")]
    for version in range(found, VERSION):
        for statement in STEPS[version]:
            if statement.startswith(("CREATE", "ALTER")):
                connection.execute(translated(statement).encode())
                _make_views(connection)
                continue
            for account in accounts:  # a change of records sees one account's alone
                connection.execute("SELECT set_config('classbatch.account', %s, true)", (account,))
                connection.execute(statement.encode())
    connection.execute(f"UPDATE classbatch_data.version SET version = {VERSION}".encode())


def _make_views(connection: Connection) -> None:
    for table, columns in connection.execute(_VIEWS).fetchall():
        # The owner last: without it a record is what it is in SQLite, column by column.
        names = sql.SQL(", ").join(
            map(sql.Identifier, [*(each for each in columns if each != "owner"), "owner"])
        )
        view = sql.SQL(
            "DROP VIEW IF EXISTS classbatch.{table}; CREATE VIEW classbatch.{table} AS SELECT {names}"
            " FROM classbatch_data.{table} WHERE owner = current_setting('classbatch.account')"
        )
        connection.execute(view.format(table=sql.Identifier(table), names=names))


def statements(script: str) -> Iterator[str]:
    """The statements of a schema of SQLite's, without comments and the semicolon."""
    for found in _STATEMENT.finditer(_COMMENT.sub("", script)):
        if statement := found[0].strip().removesuffix(";").strip():
            yield statement


def translated(statement: str) -> str:
    """A statement that makes or extends a table, an index or a trigger.

    Raises:
        ValueError: it is of a kind that was never needed.
    """
    if found := _TABLE.match(statement):
        return _table(found[1], found[2])
    if found := _INDEX.match(statement):
        name, table, columns, condition = found.groups()
        return f"CREATE INDEX {name} ON classbatch_data.{table} (owner, {columns}){condition}"
    if found := _NEW_COLUMN.match(statement):
        return f"ALTER TABLE classbatch_data.{found[1]} ADD COLUMN {_typed(found[2])}"
    if found := _TRIGGER.match(statement):
        return _trigger(*found.groups())
    raise ValueError(statement)


def _table(table: str, body: str) -> str:
    parts, key, others = [_OWNER], "", []
    for column in filter(None, (" ".join(each.split()) for each in _COLUMN_APART.split(body))):
        if column.startswith("PRIMARY KEY"):
            key = column.removeprefix("PRIMARY KEY (").removesuffix(")")
            continue
        if "PRIMARY KEY" in column:
            key = column.split()[0]
        if refers := _REFERS.search(column):
            others.append(
                f"FOREIGN KEY (owner, {column.split()[0]}) REFERENCES classbatch_data.{refers[1]}"
                f" (owner, {refers[2]}) ON DELETE CASCADE"
            )
        parts.append(_typed(_REFERS.sub("", column.replace("PRIMARY KEY", ""))))
    parts += [f"PRIMARY KEY (owner, {key})", *others]
    return f"CREATE TABLE classbatch_data.{table} ({', '.join(parts)})"


def _typed(column: str) -> str:
    return re.sub(r"\b(INTEGER|REAL|TEXT)\b", lambda found: _TYPES[found[0]], column)


def _trigger(name: str, when: str, event: str, table: str, condition: str, body: str) -> str:
    body = re.sub(r"\bmax\((\w+), (NEW\.\w+)\)", r"greatest(\1, \2)", body)
    body = re.sub(
        r"SELECT RAISE\(ABORT, ('[^']*')\)",
        rf"RAISE EXCEPTION USING MESSAGE = \1, ERRCODE = '{REFUSED}'",
        body,
    )
    return (
        f"CREATE FUNCTION classbatch.{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN {body} END IF; RETURN NEW; END $$;"
        f" CREATE TRIGGER {name} {when} {event} ON classbatch_data.{table}"
        f" FOR EACH ROW EXECUTE FUNCTION classbatch.{name}()"
    )
