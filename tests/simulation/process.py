"""One run of the command as its computer has it: a disk that takes time and may be full, and an end at any moment."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from random import Random
from typing import TypeVar

from batch.journal.migration import create
from batch.sending.control import Control
from tests.simulation.clock import Hangs, VirtualLoop
from tests.simulation.service import Connection

T = TypeVar("T")

LONGEST_STALL_S = 200.0

#: What a run puts beside its journal (`batch/journal/listed.py`), and whose those are that are in place.
_TEMPORARY = ("listed", "listed_earlier")
_MARK = "of_run_"
_NUMBERS = count()


class Crashed(Exception):  # noqa: N818 - it befalls the code, and is no error of it
    """The process is gone."""


@dataclass(slots=True)
class Process:
    """One run of the command, as far as the machine can take it away."""

    database: sqlite3.Connection  #: of its computer
    disk_s: float
    stalls: bool
    connection: Connection
    random: Random
    control: Control | None = None
    dead: bool = False
    disk_full: bool = False
    number: int = field(default_factory=lambda: next(_NUMBERS))

    async def run(self, function: Callable[[], T], /) -> T:
        """The journal's thread: a crash may come before the commit, or after it and before anyone knows."""
        await self._disk()
        _put_beside(self.database, self.number)
        result = function()
        await self._disk()
        return result

    async def _disk(self) -> None:
        stalls = self.stalls and self.random.random() < 0.05
        await asyncio.sleep(self.random.random() * (LONGEST_STALL_S if stalls else self.disk_s))
        if self.dead:
            raise Crashed
        if self.disk_full:
            raise sqlite3.OperationalError("database or disk is full")

    def crash(self) -> None:
        self.dead = self.connection.dead = True

    def fill_disk(self) -> None:
        self.disk_full = True

    def drain(self) -> None:
        if self.control is not None:
            self.control.drain()


def _put_beside(database: sqlite3.Connection, number: int) -> None:
    """Let a run find the temporary tables that it made, though two at once share a connection here."""
    names = {name for (name,) in database.execute("SELECT name FROM temp.sqlite_master")}
    marks = [name for name in names if name.startswith(_MARK)]
    if marks == [f"{_MARK}{number}"]:
        return
    for mark in marks:
        database.execute(f"DROP TABLE temp.{mark}")
        for table in _TEMPORARY:
            if table in names:
                database.execute(f"ALTER TABLE temp.{table} RENAME TO {table}_{mark}")
    for table in _TEMPORARY:
        if f"{table}_{_MARK}{number}" in names:
            database.execute(f"ALTER TABLE temp.{table}_{_MARK}{number} RENAME TO {table}")
    database.execute(f"CREATE TEMP TABLE {_MARK}{number} (run)")


def end(loop: VirtualLoop) -> None:
    """Close the loop; a run that hangs is ended first, while its journal is open still."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    with suppress(Hangs):
        if left:
            loop.run_until_complete(asyncio.wait(left))
    loop.close()


def empty_journal() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.deserialize(_as_bytes())
    return database


@cache
def _as_bytes() -> bytes:
    with _closing_memory() as database:
        create(database, "school", 0)
        return database.serialize()


@contextmanager
def _closing_memory() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        yield database
    finally:
        database.close()
