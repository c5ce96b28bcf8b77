"""One run of the command as its computer has it: a disk that takes time and may be full, and an end at any moment."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TypeVar

from batch.journal.database import Database
from batch.sending.control import Control
from tests.simulation.clock import Hangs, VirtualLoop, pause
from tests.simulation.disks import Disk
from tests.simulation.service import Connection

T = TypeVar("T")

LONGEST_STALL_S = 200.0

_NUMBERS = count()


class Crashed(Exception):  # noqa: N818 - it befalls the code, and is no error of it
    """The process is gone."""


@dataclass(slots=True)
class Process:
    """One run of the command, as far as the machine can take it away."""

    disk: Disk  #: of its computer
    disk_s: float
    stalls: bool
    connection: Connection
    random: Random
    control: Control | None = None
    dead: bool = False
    disk_full: bool = False
    stalled_s: float = 0.0  #: so long its machine has stood still
    number: int = field(default_factory=lambda: next(_NUMBERS))

    async def run(self, function: Callable[[], T], /) -> T:
        """The journal's thread: a crash may come before the commit, or after it and before anyone knows."""
        await self._disk()
        self.disk.switch_to(self.number)
        result = function()
        await self._disk()
        return result

    async def _disk(self) -> None:
        stalls = self.stalls and self.random.random() < 0.05
        takes_s = self.random.random() * (LONGEST_STALL_S if stalls else self.disk_s)
        self.stalled_s += takes_s if stalls else 0.0
        await pause(takes_s)
        if self.dead:
            raise Crashed
        if self.disk_full:
            raise sqlite3.OperationalError("database or disk is full")

    def database(self) -> Database:
        return self.disk.database(self.number)

    def crash(self) -> None:
        self.dead = self.connection.dead = True

    def fill_disk(self) -> None:
        self.disk_full = True

    def drain(self) -> None:
        if self.control is not None:
            self.control.drain()


def end(loop: VirtualLoop) -> None:
    """Close the loop; a run that hangs is ended first, while its journal is open still."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    with suppress(Hangs):
        if left:
            loop.run_until_complete(asyncio.wait(left))
    loop.close()
