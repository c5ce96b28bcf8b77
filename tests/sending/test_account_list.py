"""What becomes of a class that is asked for by its number."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from batch.journal.recorder import Recorder
from batch.journal.store import Journal
from batch.sending.listing import AccountList
from tests.simulation.clock import play_out
from tests.simulation.scripted import BEGINS, Scripted, at_once, listed, memory_journal, submit, timetable


@pytest.fixture
def journal() -> Iterator[Journal]:
    """One class was confirmed, as number 1."""
    with memory_journal() as opened:
        play_out(submit(opened, Scripted(), timetable(1)))
        yield opened


SHOWN = listed("1", "Class 1")
#: What two lists show one after the other, what is shown by the number then, and whether it is cancelled.
ASKED: dict[str, tuple[bool, bool, str | None, bool]] = {
    "it is called cancelled": (True, True, "cancelled", True),
    "it is to come": (True, False, "upcoming", False),
    "it is shown no more, and a list had shown it": (True, False, None, True),
    "it is not shown, and the list in hand shows it": (True, True, None, False),
    "it is not shown, and no list has ever shown it": (False, False, None, False),
}


@pytest.mark.parametrize(("before", "now", "state", "is_cancelled"), ASKED.values(), ids=ASKED)
def test_whether_a_class_is_cancelled(
    journal: Journal, before: bool, now: bool, state: str | None, is_cancelled: bool
) -> None:
    lists = iter([before, now])
    api = Scripted(
        lists=lambda: [SHOWN] if next(lists) else [],
        by_id=lambda: [replace(SHOWN, status=state)] if state else [],
    )

    async def asked() -> bool:
        clock = asyncio.get_running_loop().time
        async with Recorder(journal, at_once) as recorder:
            account = AccountList(
                api=api, recorder=recorder, settle_s=60, clock=lambda: BEGINS + 100 + clock()
            )
            for _ in range(2):
                await account.take()
                await account.keep()
                await asyncio.sleep(1)
            return await account.is_cancelled("1")

    assert play_out(asked()) is is_cancelled
