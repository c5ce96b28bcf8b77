"""Every promise of a journal is tried on each database that may hold one."""

from collections.abc import Iterator

import pytest

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
