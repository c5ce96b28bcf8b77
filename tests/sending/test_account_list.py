"""What becomes of a class that is asked for by its number."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, repeat

import pytest

from batch.journal.recorder import Recorder
from batch.journal.store import Journal
from batch.sending.listing import AccountList
from batch.wiziq.replies import ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import BEGINS, Scripted, at_once, listed, memory_journal, submit, timetable


@pytest.fixture
def journal() -> Iterator[Journal]:
    """Two classes were confirmed, as numbers 1 and 2."""
    with memory_journal() as opened:
        play_out(submit(opened, Scripted(), timetable(2)))
        yield opened


SHOWN, OTHER = listed("1", "Class 1"), listed("2", "Class 2")
BOTH, WITHOUT, NONE = [SHOWN, OTHER], [OTHER], list[ListedClass]()
#: What lists show one after the other (the last one from then on), what is shown by the number, and whether it is cancelled.
ASKED: dict[str, tuple[list[list[ListedClass]], str | None, bool]] = {
    "it is called cancelled": ([BOTH, BOTH], "cancelled", True),
    "it is to come": ([BOTH, WITHOUT], "upcoming", False),
    "it is shown no more, and a list had shown it": ([BOTH, WITHOUT], None, True),
    "it is shown no more, by a list that shows nothing else, either": ([BOTH, NONE], None, False),
    "it is not shown, and the next page of the same list shows it": ([BOTH, WITHOUT, BOTH], None, False),
    "it is not shown, and the list in hand shows it": ([BOTH, BOTH], None, False),
    "it is not shown, and no list has ever shown it": ([WITHOUT, WITHOUT], None, False),
}


@pytest.mark.parametrize(("lists", "state", "is_cancelled"), ASKED.values(), ids=ASKED)
def test_whether_a_class_is_cancelled(
    journal: Journal, lists: list[list[ListedClass]], state: str | None, is_cancelled: bool
) -> None:
    shown = chain(lists, repeat(lists[-1]))
    api = Scripted(
        lists=lambda: next(shown),
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
