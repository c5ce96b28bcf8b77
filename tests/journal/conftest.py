"""Every promise of a journal is tried on each database that may hold one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from batch.journal.journals import Journals
from tests.support.command import Command
from tests.support.journals import kept_in
from tests.support.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def each_store(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which database `tests.support.journals.opened` takes."""
    if request.param == "sqlite":
        with kept_in(None):
            yield request.param
        return
    server: Postgres = request.getfixturevalue("postgres")
    with kept_in(server.url):
        yield request.param


@pytest.fixture
def journals(postgres: Postgres, tmp_path: Path) -> Journals:
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    return PostgresJournals(tmp_path, postgres.url)


@pytest.fixture
def at_database(at_service: Command, postgres: Postgres) -> Command:
    return at_service.at(CLASSBATCH_JOURNAL=postgres.url)


@pytest.fixture
def another(postgres: Postgres) -> Iterator[Postgres]:
    """A database of its own, to be changed."""
    with postgres.another("to_be_changed") as server:
        yield server
