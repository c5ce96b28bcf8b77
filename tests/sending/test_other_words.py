"""An account that lists its newest classes by no word for their state: by the usual word the list leaves them out."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest

from batch.core.outcome import Outcome
from batch.journal.store import Journal
from batch.wiziq.replies import Created, ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import (
    SETTLE_S,
    Run,
    Scripted,
    listed,
    memory_journal,
    submit,
    timetable,
)

OLD = 5


@dataclass(kw_only=True)
class Account(Scripted):
    """Lists what is there: the newest only where it is asked for by no word, or for them."""

    first_new: int  #: its number; those before it are listed as upcoming
    there: list[ListedClass] = field(default_factory=list)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)

    async def create(self, parameters: Mapping[str, str]) -> Created:
        created = await Scripted.create(self, parameters)
        self.there.append(listed(created.class_id, parameters["title"]))
        return created

    async def list_classes(
        self,
        filters: Mapping[str, str],
        *,
        page_size: int = 100,  # noqa: ARG002 - one page holds all
    ) -> AsyncIterator[ListedClass]:
        self.asked.append(filters)
        for each in self.there:
            is_asked_for = filters.get("class_id") in {None, each.class_id}
            is_upcoming = int(each.class_id) < self.first_new and each.class_id not in self.cancelled
            if is_asked_for and (is_upcoming or "status" not in filters):
                status = "cancelled" if each.class_id in self.cancelled else each.status
                yield replace(each, status=status)


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


async def run(journal: Journal, account: Account, rows: int) -> Run:
    """Send a file that has grown, some time after it was last sent."""
    await asyncio.sleep(10 * SETTLE_S)
    account.asked.clear()
    batch = f"at {asyncio.get_running_loop().time():.0f}"
    return await submit(journal, account, timetable(rows), batch=batch, foreign=True, audit=True)


def test_a_new_row_is_in_the_account_already_though_the_usual_list_leaves_out_what_is_new(
    journal: Journal,
) -> None:
    """The older classes are shown; one that was sent from here is not, nor is that of another computer."""
    account = Account(first_new=OLD + 1)

    async def play() -> Run:
        await run(journal, account, OLD)
        await run(journal, account, OLD + 1)
        account.there.append(listed(f"{OLD + 2}", f"Class {OLD + 2}"))  # from another computer
        return await run(journal, account, OLD + 2)

    assert play_out(play()).outcomes == [Outcome.ALREADY] * (OLD + 2)
    assert len(account.calls) == OLD + 1


@pytest.mark.parametrize("is_deleted", [False, True], ids=["cancelled", "deleted"])
def test_a_class_that_somebody_has_cancelled_costs_no_other_list(journal: Journal, is_deleted: bool) -> None:
    account = Account(first_new=99)

    async def play() -> None:
        await run(journal, account, OLD)
        if is_deleted:
            account.there[2] = replace(account.there[2], class_id="0")
        account.cancelled.add("3")
        for rows in (OLD + 1, OLD + 2):
            await run(journal, account, rows)
            assert {} not in account.asked

    play_out(play())
