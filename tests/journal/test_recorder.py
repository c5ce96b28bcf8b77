"""The recorder: on disk when `write` returns, many to one commit, and everyone told when it fails."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from batch.core.outcome import Outcome
from batch.journal.recorder import Recorder
from batch.journal.records import RowOutcome
from batch.journal.store import Journal
from tests.simulation.clock import play_out
from tests.simulation.scripted import memory_journal
from tests.support.journals import load, row

FULL = sqlite3.OperationalError("database or disk is full")


@dataclass(slots=True)
class Disk:
    """Takes a second for each commit, until it is full."""

    full_after: int = 1000
    commits: int = 0
    done: list[str] = field(default_factory=list)

    async def run(self, function: Callable[[], Any], /) -> Any:
        await asyncio.sleep(1)
        if self.commits >= self.full_after:
            raise FULL
        self.commits += 1
        return function()


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        load(opened, "b", [row(f"Class {number}", hour=number) for number in range(8)])
        yield opened


def ending(position: int) -> RowOutcome:
    return RowOutcome("b", position, Outcome.REFUSED)


def on_disk(journal: Journal) -> int:
    return sum(row.outcome is not None for row in journal.reports.rows("b"))


def test_an_entry_is_on_disk_when_write_returns(journal: Journal) -> None:
    async def run() -> None:
        async with Recorder(journal, Disk().run) as recorder:
            await recorder.write(ending(0))
            assert on_disk(journal) == 1

    play_out(run())


def test_what_gathers_during_a_commit_goes_with_the_next(journal: Journal) -> None:
    disk = Disk()

    async def run() -> None:
        async with Recorder(journal, disk.run) as recorder:
            async with asyncio.TaskGroup() as group:
                for position in range(8):
                    group.create_task(recorder.write(ending(position)))
                    await asyncio.sleep(0.1)
            assert on_disk(journal) == 8

    play_out(run())
    assert disk.commits == 2


def test_who_has_waited_for_a_commit_writes_with_the_next(journal: Journal) -> None:
    disk = Disk()

    async def write(recorder: Recorder, positions: range) -> None:
        for position in positions:
            await recorder.write(ending(position))

    async def run() -> None:
        async with Recorder(journal, disk.run) as recorder, asyncio.TaskGroup() as group:
            group.create_task(write(recorder, range(4)))
            await asyncio.sleep(0.1)
            group.create_task(write(recorder, range(4, 8)))

    play_out(run())
    assert disk.commits == 5  # not 8, one writer after the other


def test_a_waiter_that_is_cancelled_takes_neither_the_entry_nor_the_others_along(journal: Journal) -> None:
    async def run() -> None:
        async with Recorder(journal, Disk().run) as recorder:
            left = asyncio.ensure_future(recorder.write(ending(0)))
            stays = asyncio.ensure_future(recorder.write(ending(1)))
            await asyncio.sleep(0.5)
            left.cancel()
            await stays
        assert on_disk(journal) == 2

    play_out(run())


def test_leaving_commits_what_is_still_gathered(journal: Journal) -> None:
    async def run() -> None:
        async with Recorder(journal, Disk().run) as recorder:
            waiting = [asyncio.ensure_future(recorder.write(ending(position))) for position in range(4)]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

    play_out(run())
    assert on_disk(journal) == 4


def test_a_full_disk_is_told_to_those_who_wait_for_it_and_to_those_who_come_later(journal: Journal) -> None:
    told: list[object] = []

    async def run() -> None:
        async with Recorder(journal, Disk(full_after=0).run) as recorder:
            committed_with = asyncio.ensure_future(recorder.write(ending(0)))
            await asyncio.sleep(0.5)
            came_meanwhile = asyncio.ensure_future(recorder.write(ending(1)))
            told.extend(await asyncio.gather(committed_with, came_meanwhile, return_exceptions=True))
            told.extend(await asyncio.gather(recorder.write(ending(2)), return_exceptions=True))

    with pytest.raises(sqlite3.OperationalError):
        play_out(run())
    assert told == [FULL] * 3
    assert on_disk(journal) == 0


def test_an_error_of_the_block_is_not_hidden_by_the_disk_s(journal: Journal) -> None:
    async def run() -> None:
        async with Recorder(journal, Disk(full_after=0).run) as recorder:
            task = asyncio.ensure_future(recorder.write(ending(0)))
            await asyncio.wait([task])
            assert task.exception() is FULL
            raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        play_out(run())
