"""The first row that a journal sends goes alone: until its class is listed, nobody knows whether this list shows anything.

A list that is empty, or that shows other people's classes only, says the same of an
account to which nothing was sent as of one whose list leaves out what was.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress

from batch.core.message import Message, RunNote
from batch.journal.recorder import Recorder
from batch.journal.sightings import Witness
from batch.sending.gate import Gate
from batch.sending.listed_classes import UPCOMING
from batch.sending.listing import AccountList
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)

#: Under this name the journal keeps that the list has not shown a class of its own yet, and has to.
UNPROVED = "list_unproved"
#: What stands there, and what does where a run has waited for it in vain.
_UNPROVED, _LATE = "1", "late"

#: So often the list is taken, and so long is waited after the first time: half a minute where
#: answers settle within one, twice as long each time.
_MOST_LISTS = 6
_FIRST_WAIT, _SHORTEST_WAIT_S = 0.125, 0.2
#: So many settle times, once, where the list is known to be that late: what another computer sent meanwhile is listed then.
_FOR_OTHERS = 10


class FirstRow:
    """Whether the list shows what was sent; kept in the journal, as a run may end before it is known."""

    def __init__(
        self,
        *,
        account_list: AccountList,
        recorder: Recorder,
        settle_s: float,
        clock: Callable[[], float],
        says: Callable[[Message], None],
    ) -> None:
        self._says = says
        self._list = account_list
        self._recorder = recorder
        self._settle_s = settle_s
        self._clock = clock
        self.goes_alone = False  #: one row is sent, and no other before its class is listed

    async def has_to_go_alone(self, *, is_first_time: bool) -> bool:
        """Whether the list has never shown what this journal sent, and nobody says that there is nothing else."""
        if is_first_time:
            return False
        if not await self._recorder.call(self._recorder.journal.sending.has_history):
            return True
        return await self._recorder.call(self._recorder.journal.account.learned, UNPROVED) is not None

    async def begin(self, *, is_first_time: bool) -> None:
        """Before anything is sent: decide whether the first row has to go alone."""
        self.goes_alone = await self.has_to_go_alone(is_first_time=is_first_time)
        account = self._recorder.journal.account
        if self.goes_alone and await self._recorder.call(account.learned, UNPROVED) is None:
            # On disk before the row is sent: after a crash it is no longer the first.
            await self._learn(_UNPROVED)
        elif is_first_time:
            await self._recorder.call(account.unlearn, UNPROVED)

    async def is_listed(self, gate: Gate) -> bool:
        """Whether a class that was sent, and confirmed, is listed; waits and lists again, within bounds.

        The list in hand is then one that shows it, and what another computer had sent when this run began.
        """
        learned = await self._recorder.call(self._recorder.journal.account.learned, UNPROVED)
        is_late = learned is not None and learned.value == _LATE
        wait_s = max(_FIRST_WAIT * self._settle_s, _SHORTEST_WAIT_S)
        for number in range(_MOST_LISTS):
            if number:
                await gate.pause(wait_s)
                wait_s *= 2
            if gate.closed_because is not None:
                return False
            with suppress(WiziqError):
                # By another word for their state they may be there.
                if await self._shows_one(UPCOMING) or await self._shows_one({}):
                    if is_late:
                        is_late = False
                        await self._wait_for_others(gate)
                        continue
                    await self._recorder.call(self._recorder.journal.account.unlearn, UNPROVED)
                    self.goes_alone = False
                    return True
        log.warning("plan.not_listed")
        await self._learn(_LATE)
        return False

    async def _wait_for_others(self, gate: Gate) -> None:
        """A class that was sent long ago is listed: what another computer sent since then need not be."""
        wait_s = _FOR_OTHERS * self._settle_s
        self._says(Message(RunNote.LIST_IS_LATE, {"seconds": wait_s}))
        await gate.pause(wait_s)

    async def _learn(self, value: str) -> None:
        learn = self._recorder.journal.account.learn
        await self._recorder.call(learn, UNPROVED, value, "no list has shown what was sent", self._clock())

    async def _shows_one(self, filters: Mapping[str, str]) -> bool:
        await self._list.take(filters)
        await self._list.keep()  # how late this list is shows nowhere better
        listed = await self._recorder.call(self._recorder.journal.listed.class_ids)
        return any(each.class_id in listed for each in await self._confirmed())

    async def _confirmed(self) -> list[Witness]:
        """The classes that the service has confirmed to this journal."""
        found = await self._recorder.call(self._recorder.journal.sightings.witnesses, self._clock())
        return [each for each in found if each.is_confirmed]

    async def why_stopped(self) -> Message | None:
        """What keeps the rest from being sent; None: no class is confirmed yet, and the next row may show it."""
        confirmed = await self._confirmed()
        if not confirmed:
            return None
        class_id = confirmed[-1].class_id
        row = await self._recorder.call(self._recorder.journal.sending.row_of_class, class_id)
        return Message(RunNote.NOT_LISTED, {"class_id": class_id, "title": row.title if row else ""})
