"""A database for the benchmarks: the one that is named, emptied of what stands in classbatch's schemas, or a server of our own."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.support.postgres import running

_SCHEMAS = ("classbatch", "classbatch_data", "classbatch_queue")


@contextmanager
def database_at(url: str | None) -> Iterator[str]:
    """The address of a database; None: of a server that is started for it (Debian's programs), and stopped."""
    if url is not None:
        yield url
        return
    with running() as server:
        yield server.url


def empty(url: str) -> None:
    """As if classbatch had never been there."""
    with psycopg.connect(url, autocommit=True) as connection:
        for schema in _SCHEMAS:
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
