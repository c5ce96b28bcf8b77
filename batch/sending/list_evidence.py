"""What the account's list in hand proves: of what it does not show, that it is not there; or that it cannot tell."""

from enum import Enum, auto

from batch.core.service.witnesses import (
    KnownThere,
    Lag,
    Missing,
    NoWitness,
    Proved,
    Testimony,
    TooEarly,
    hear,
    shows_more_at,
    shows_until,
)
from batch.journal.recorder import Recorder
from batch.sending.gate import Gate
from batch.sending.listed_classes import CANCELLED
from batch.sending.listing import MOST_ASKED, AccountList, Again

#: So often a list is taken before it is said that it cannot tell.
_MOST_LISTS = 6


class Denial(Enum):
    """Whether what a list does not show is not there."""

    PROVED = auto()
    NO_WITNESS = auto()  #: nothing is known to be there: nobody knows what this list shows
    UNPROVED = auto()


class ListEvidence:
    """Asks the witnesses: classes that are known to be there."""

    def __init__(self, account_list: AccountList, recorder: Recorder) -> None:
        self._list = account_list
        self._recorder = recorder
        self._settle_s = account_list.settle_s
        self._clock = account_list.clock

    async def leaves_out(self) -> bool:
        """Whether the list in hand lacks a class that no list has shown yet and this one should, or all that are known."""
        testimony = await self._hear(0.0, 0, await self._list.lag.known())
        is_unseen = isinstance(testimony, Missing) and any(not each.was_seen for each in testimony.classes)
        return is_unseen or await self._lacks_all_known()

    async def _lacks_all_known(self) -> bool:
        """Whether the service has confirmed classes to come, and the list in hand shows none of them."""
        if await self._list.shows_known(1):
            return False
        witnesses = await self._recorder.call(self._recorder.journal.sightings.witnesses, self._list.began_at)
        return any(each.is_confirmed for each in witnesses)

    async def may_deny(self, gate: Gate, settled_at: float, *, starts: int, give_up_at: float) -> Denial:
        """Whether what the list in hand does not show is not there; waits and lists again, within bounds.

        Args:
            gate: the waiting ends when it is closed.
            settled_at: until when the last of the requests that are asked about may have been committed.
            starts: when the last of the classes that are asked about begins.
            give_up_at: until when it waits at most; UTC seconds.

        Raises:
            ListingFailed: a list could not be had.
        """
        unseen: set[str] = set()
        at_most_s: float | None = None
        was_fewer = False
        for number in range(_MOST_LISTS):
            if gate.closed_because is not None:
                break
            testimony = await self._hear(settled_at, starts, (await self._list.lag.known()).within(at_most_s))
            if isinstance(testimony, Proved):
                again = await self._list.read_again(self._list.filters)
                if again is Again.SAME:
                    await self._list.keep()
                    return Denial.PROVED
                if (
                    again is Again.FEWER and was_fewer
                ):  # no page that has shifted: a class was cancelled meanwhile
                    await self._list.take(self._list.filters)
                was_fewer = again is Again.FEWER
                continue
            if self._list.filters and not isinstance(testimony, TooEarly):
                await self._list.take({})  # by another word for their state they may be there
                continue
            if isinstance(testimony, NoWitness):
                return Denial.NO_WITNESS
            until: float | None
            if isinstance(testimony, TooEarly):
                until, at_most_s = testimony.until, testimony.lag_s
            else:
                until = await self._account_for(testimony, unseen, self._settle_s * 2**number)
            if until is None or until > give_up_at:
                break
            await self._list.keep()
            await gate.pause(max(0.0, until - self._clock()))
            await self._list.take(self._list.filters)
        return Denial.UNPROVED

    async def bears_out(self) -> bool:
        """Whether the list in hand, too, shows what is known to be there: what an earlier one did not show is not there.

        Not one that lacks a class which it should show if it is no later than it seems, nor one that shows none.
        """
        return isinstance(await self._hear(0.0, 0, await self._list.lag.known()), Proved)

    async def shows_more_at(self) -> float | None:
        """When a class is listed by that was confirmed only just, and shows how the list is written; None: there is none."""
        return shows_more_at(
            await self._known_there(),
            await self._recorder.call(self._recorder.journal.listed.class_ids),
            began_at=self._list.began_at,
            must_be_listed_s=(await self._list.lag.known()).must_be_listed_s(self._settle_s),
        )

    async def vouched_until(self) -> int:
        """Until when classes may begin that the list in hand would show, for all that is known; UTC seconds."""
        listed = await self._recorder.call(self._recorder.journal.listed.class_ids)
        return shows_until(await self._known_there(), listed)

    async def _hear(self, settled_at: float, starts: int, lag: Lag) -> Testimony:
        return hear(
            await self._known_there(),
            await self._recorder.call(self._recorder.journal.listed.class_ids),
            began_at=self._list.began_at,
            settled_at=settled_at,
            starts=starts,
            settle_s=self._settle_s,
            lag=lag,
        )

    async def _known_there(self) -> list[KnownThere]:
        journal = self._recorder.journal
        witnesses = await self._recorder.call(journal.sightings.witnesses, self._list.began_at)
        if self._list.cancelled:
            gone = [each.class_id for each in witnesses if each.class_id in self._list.cancelled]
            await self._recorder.call(journal.sightings.note_gone, gone, self._list.began_at)
            witnesses = [each for each in witnesses if each.class_id not in self._list.cancelled]
        anothers = await self._list.anothers()
        witnesses = [each for each in witnesses if each.class_id not in anothers]
        return [
            KnownThere(
                class_id=each.class_id,
                starts=each.starts,
                sent_at=each.sent_at,
                confirmed_at=each.confirmed_at,
                is_confirmed=each.is_confirmed,
                was_seen=each.first_seen_at is not None
                or not each.is_confirmed
                or each.class_id in self._list.class_ids,
            )
            for each in witnesses
        ]

    async def _account_for(self, testimony: Missing, unseen: set[str], wait_s: float) -> float | None:
        """What became of classes that are missing; returns when to list again, None where that is of no use.

        A class that a list has shown before, and that two lists lack, lag and settle time apart, is gone;
        one that was never seen is late, as long as it is young enough for that.
        """
        if len(testimony.classes) > MOST_ASKED and any(each.was_seen for each in testimony.classes):
            return None
        note_gone = self._recorder.journal.sightings.note_gone
        late_s = (await self._list.lag.known()).late_s
        for each in testimony.classes[:MOST_ASKED]:
            state = await self._list.state_of(each.class_id)
            may_be_late = (
                not each.was_seen
                and each.confirmed_at > self._list.began_at - self._list.longest_wait_s - late_s
            )
            if state in CANCELLED:
                await self._recorder.call(note_gone, [each.class_id], self._clock())
            elif state is None and each.was_seen and each.class_id in unseen:
                await self._list.presume_gone(each.class_id)
            elif not may_be_late and (state is not None or each.class_id in unseen):
                return None  # it is there, and the list leaves it out
            unseen.add(each.class_id)
        return self._clock() + wait_s + late_s
