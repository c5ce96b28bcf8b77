"""What a database is made of: the tables of a file, brought up to date with it, for the very same statements."""

import ast
import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import batch.journal
from batch.journal.database import Database
from batch.journal.journals import Journals
from batch.journal.migration import create
from batch.journal.trust import VERSION
from tests.support.journals import ACCOUNT, NOW, load, row
from tests.support.postgres import Postgres

#: What PostgreSQL cannot tell by itself: values that are only handed on, or reckoned with each other.
_NUMBERS = {
    **dict.fromkeys(("number", "position", "was_position"), "bigint"),
    **dict.fromkeys(("at", "begun_at", "deadline", "listed_at", "now", "sent_at", "settle_s"), "float8"),
}
_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
#: Of a file alone, beside which another is attached; and a part of a statement that looks like one.
_OF_FILES = ("past.", "CAST(row.fingerprint AS BLOB)")
_PARTS = {"planning._CONFIRMED_BEFORE"}


def statements() -> Iterator[tuple[str, str]]:
    """Every whole statement that stands in the journal's modules, with its name."""
    for module in pkgutil.iter_modules(batch.journal.__path__):
        for name, value in vars(importlib.import_module(f"batch.journal.{module.name}")).items():
            each = (
                value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
            )
            for text in each:
                if not isinstance(text, str) or not text.strip().startswith(_VERBS):
                    continue
                if "{" in text.replace("'{}'", "") or any(part in text for part in _OF_FILES):
                    continue
                if f"{module.name}.{name}" not in _PARTS:
                    yield f"{module.name}.{name}", text


def refused(database: Database) -> list[str]:
    """The statements that it does not understand, each with why."""
    from batch.journal.postgresql.database import PostgresDatabase  # noqa: PLC0415 - of the extra
    from batch.journal.postgresql.dialect import in_postgresql  # noqa: PLC0415 - of the extra

    assert isinstance(database, PostgresDatabase)
    found, connection = [], database._connection
    for name, statement in statements():
        names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", in_postgresql(statement))))
        text = in_postgresql(statement).replace("%%", "%")
        for at, value in enumerate(names, 1):
            text = text.replace(f"%({value})s", f"${at}")
        types = ", ".join(_NUMBERS.get(each, "unknown") for each in names)
        try:
            connection.execute(f"PREPARE tried{f' ({types})' if types else ''} AS {text}".encode())
            connection.execute("DEALLOCATE tried")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            found.append(f"{name}: {error}")
    return found


def in_file() -> list[tuple[str, str]]:
    """The columns of the journal, by table."""
    with closing(sqlite3.connect(":memory:")) as file:
        create(file, ACCOUNT, NOW)
        return file.execute(
            "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
            " WHERE t.type = 'table' ORDER BY t.name, c.cid"
        ).fetchall()


def in_database(connection: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = connection.execute(
        "SELECT table_name::text, column_name::text FROM information_schema.columns"
        " WHERE table_schema = 'classbatch' AND column_name <> 'owner' ORDER BY table_name, ordinal_position"
    ).fetchall()
    return found


@pytest.fixture
def others(another: Postgres, tmp_path: Path) -> Journals:
    """The journals in it."""
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    return PostgresJournals(tmp_path, another.url)


def test_a_table_has_the_columns_of_the_file_in_their_order(postgres: Postgres, journals: Journals) -> None:
    with journals.open(ACCOUNT, NOW), postgres.connect() as connection:
        assert in_database(connection) == in_file()


def test_every_statement_is_one_for_both_databases(journals: Journals) -> None:
    with journals.open(ACCOUNT, NOW) as journal:
        journal.listed.begin(is_first=True)
        assert refused(journal._database) == []
    assert len([*statements()]) > 80


def test_no_statement_stands_twice() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted(Path(batch.__path__[0]).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        # What stands in an f-string is a part of a statement.
        parts = {
            id(each) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for each in node.values
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                text = re.sub(r"%\((\w+)\)s", r":\1", " ".join(node.value.split()))
                if re.match(rf"({'|'.join(_VERBS)}) [\w*(]", text):
                    places.setdefault(text, []).append(f"{path}:{node.lineno}")
    assert {text: where for text, where in places.items() if len(where) > 1} == {}
    assert len(places) > 80


def test_a_column_that_was_forgotten_in_one_of_the_two_is_found(another: Postgres, others: Journals) -> None:
    with others.open(ACCOUNT, NOW) as journal:
        journal.listed.begin(is_first=True)
        with another.connect() as connection:
            connection.execute("ALTER TABLE classbatch_data.row DROP COLUMN lesson_id CASCADE")
            connection.execute("CREATE VIEW classbatch.row AS SELECT * FROM classbatch_data.row")
            assert {*in_file()} - {*in_database(connection)} == {("row", "lesson_id")}
        without = refused(journal._database)
    assert without
    assert all("lesson_id" in each for each in without)


#: As the next version would have it.
_NEXT = (
    "ALTER TABLE row ADD COLUMN seats INTEGER NOT NULL DEFAULT 0",
    "UPDATE row SET seats = length(title)",
    "CREATE TABLE room (name TEXT NOT NULL PRIMARY KEY, seats INTEGER) STRICT, WITHOUT ROWID",
    "CREATE INDEX row_of_seats ON row (seats) WHERE seats > 0",
    (
        "CREATE TRIGGER never_fewer BEFORE UPDATE OF seats ON row WHEN NEW.seats < OLD.seats"
        " BEGIN SELECT RAISE(ABORT, 'fewer seats'); END"
    ),
)


def plan_next(patch: pytest.MonkeyPatch, *steps: str) -> None:
    from batch.journal.postgresql import schema  # noqa: PLC0415 - of the extra

    patch.setattr(schema, "VERSION", VERSION + 1)
    patch.setattr(schema, "STEPS", {VERSION: steps})


def seats(another: Postgres) -> list[tuple[str, int]]:
    with another.connect() as connection:
        found: list[tuple[str, int]] = connection.execute(
            "SELECT owner, seats FROM classbatch_data.row ORDER BY owner"
        ).fetchall()
    return found


def version(another: Postgres) -> int:
    with another.connect() as connection:
        ((found,),) = connection.execute("SELECT version FROM classbatch_data.version").fetchall()
    return int(found)


def test_the_next_version_brings_every_account_s_records_up_to_date(
    another: Postgres, others: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account, title in (("one", "Art"), ("two", "Biology")):
        with others.open(account, NOW) as journal:
            load(journal, "b", [row(title)])
    plan_next(monkeypatch, *_NEXT)
    with others.open("one", NOW) as journal:
        assert [each["seats"] for each in journal._database.each("SELECT * FROM row")] == [3]
        assert journal._database.all("SELECT name, seats FROM room") == []
        load(journal, "later", [row("Chemistry", hour=1)])
    assert (version(another), seats(another)) == (VERSION + 1, [("one", 3), ("one", 0), ("two", 7)])


def test_a_step_that_fails_leaves_everything_as_it_was(
    another: Postgres, others: Journals, monkeypatch: pytest.MonkeyPatch
) -> None:
    with others.open(ACCOUNT, NOW) as journal:
        load(journal, "b", [row("Art")])
    with monkeypatch.context() as patch:
        plan_next(patch, *_NEXT, "UPDATE row SET no_such_column = 1")
        with pytest.raises(Exception, match="no_such_column"), others.open(ACCOUNT, NOW):
            pass
    assert version(another) == VERSION
    with another.connect() as connection:
        assert in_database(connection) == in_file()
    with others.open(ACCOUNT, NOW) as journal:
        assert len(list(journal.reports.rows("b"))) == 1
