"""The account's own classes, as the service lists them, beside the journal: what planning, look-ups and the audit ask."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from functools import partial

from batch.core.service.attempt import AttemptEnding
from batch.core.service.audit import not_as_sent
from batch.core.service.calibration import (
    CALIBRATION,
    LEAST,
    Calibration,
    Pair,
    calibrate,
    from_json,
    may_be_anothers,
)
from batch.core.service.listed import Seen
from batch.core.service.witnesses import (
    VARIES,
)
from batch.journal.recorder import Recorder
from batch.sending.list_lag import ListLag
from batch.sending.listed_classes import CANCELLED, UPCOMING, ListsAccount, classes_seen, seen_of
from batch.sending.stamped import StampedClasses
from batch.wiziq.errors import WiziqError
from batch.wiziq.replies import ListedClass

log = logging.getLogger(__name__)

#: The largest that the service takes, and one that shares no border with it; where it gives
#: shorter pages than it is asked for, one class less than those.
_PAGE_SIZE, _OTHER_PAGE_SIZE = 100, 71
#: Listed classes are put into the journal's list so many at a time.
_BLOCK = 500
#: So many known classes show how the list is written.
_PAIRS = 300
#: So often a list is read again until it shows nothing else.
_MOST_READINGS = 3
#: More than so many that are missing are no handwork: the list leaves them out.
MOST_ASKED = 10
#: So many settle times are waited at most before it is said that the list cannot tell.
_LONGEST_WAIT = 10


class Again(Enum):
    """What a list shows that is asked for once more."""

    SAME = auto()
    MORE = auto()  #: a class that it did not show before, or one otherwise
    FEWER = auto()  #: one is missing: a page has shifted, or it was cancelled meanwhile


class AccountList:
    """The list of one account. What is in it stands in the journal until the next one is taken."""

    def __init__(
        self,
        *,
        api: ListsAccount,
        recorder: Recorder,
        settle_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._api = api
        self._recorder = recorder
        self._stamped = StampedClasses(partial(classes_seen, api), recorder=recorder)
        self.settle_s = settle_s
        #: So long is waited at most to know what a list leaves out; it takes a moment where nothing settles late, too.
        self.longest_wait_s = _LONGEST_WAIT * max(settle_s, 1.0)
        self.clock = clock
        self.began_at = 0.0  #: when the list that is in hand was asked for
        self.cancelled: frozenset[str] = frozenset()  #: classes that it shows as such
        self.otherwise: dict[
            str, list[Seen]
        ] = {}  #: what it shows of a class besides: pages shift while it is read
        self._newest: dict[str, Seen] = {}  # of those: as the last reading has it
        self.alone: dict[str, Seen] = {}  #: classes that it does not show, and that are there when asked for
        self.class_ids: set[str] = set()  #: that any list has shown
        self._presumed_gone: set[str] = set()  # of these: what neither list nor number showed after that
        self.filters: Mapping[str, str] = {}  #: by which the list in hand was asked for
        self.lag = ListLag(recorder)
        self._longest_page = 0  # of the list in hand
        self._calibrated: tuple[object, Calibration] = (None, Calibration())  # by what, and what that shows
        self._teachers: Mapping[str, str] | None = None  # their addresses by their numbers, once asked for

    async def take(self, filters: Mapping[str, str] = UPCOMING) -> None:
        """Ask for the whole list, in place of the one in hand.

        Raises:
            ListingFailed: the list is not complete; the journal's is then not to be used.
        """
        begin = partial(self._recorder.journal.listed.begin, is_first=not self.began_at)
        self.began_at = self.clock()
        self.filters = filters
        self.cancelled = frozenset()
        self.otherwise, self._newest, self.alone = {}, {}, {}
        self._longest_page = 0
        await self._recorder.call(begin)
        await self._note(filters, page_size=_PAGE_SIZE)
        await self._take_back_gone()
        await self._measure()

    async def presume_gone(self, class_id: str) -> None:
        """Neither lists nor its number show the class any more; one that a later list shows is there all the same."""
        self._presumed_gone.add(class_id)
        await self._recorder.call(self._recorder.journal.sightings.note_gone, [class_id], self.clock())

    async def _take_back_gone(self) -> None:
        journal = self._recorder.journal
        if self._presumed_gone and (
            shown := self._presumed_gone & await self._recorder.call(journal.listed.class_ids)
        ):
            self._presumed_gone -= shown
            await self._recorder.call(journal.sightings.note_there, shown)

    async def read_again(self, filters: Mapping[str, str]) -> Again:
        """Ask for it once more in pages of another size. What that shows besides counts, too."""
        before = len(await self._recorder.call(self._recorder.journal.listed.class_ids))
        is_whole = self._longest_page in {0, _PAGE_SIZE}
        page_size = _OTHER_PAGE_SIZE if is_whole else max(1, self._longest_page - 1)
        new, shown = await self._note(filters, page_size=page_size)
        return Again.MORE if new else Again.SAME if shown == before else Again.FEWER

    async def is_steady(self, filters: Mapping[str, str]) -> bool:
        """Whether the list in hand shows the same however it is asked for; all that is shown counts."""
        for _ in range(_MOST_READINGS):
            if await self.read_again(filters) is Again.SAME:
                return True
        return False

    async def shows_any(self) -> bool:
        """Whether there is any class in the list in hand."""
        return bool(await self._recorder.call(self._recorder.journal.listed.class_ids))

    async def _note(self, filters: Mapping[str, str], *, page_size: int) -> tuple[int, int]:
        """Put what is listed beside the journal; returns how many of the classes are new there, and how many there are."""
        new = shown = 0
        block: list[Seen] = []
        cancelled: set[str] = set()
        pages: Counter[int] = Counter()
        async for listed in self._api.list_classes(filters, page_size=page_size):
            pages[listed.page] += 1
            self.class_ids.add(listed.class_id)
            if listed.status.casefold() in CANCELLED:
                cancelled.add(listed.class_id)
                continue
            shown += 1
            block.append(seen_of(listed))
            if len(block) >= _BLOCK:
                new += await self._note_block(block)
                block = []
        self.cancelled |= cancelled
        self._longest_page = self._longest_page or max(pages.values(), default=0)
        return new + await self._note_block(block), shown

    async def _note_block(self, block: Sequence[Seen]) -> int:
        """The same for some of them; one that is there already, and is shown otherwise now, is new, too."""
        journal = self._recorder.journal
        new = await self._recorder.call(journal.listed.note, block)
        if new == len(block):
            return new
        first = await self._recorder.call(journal.listed.seen, [each.class_id for each in block])
        for each in block:
            before = (first[each.class_id], *self.otherwise.get(each.class_id, ()))
            if each.look not in {other.look for other in before}:
                self.otherwise.setdefault(each.class_id, []).append(each)
                new += 1
            if each.class_id in self.otherwise:
                self._newest[each.class_id] = each
        return new

    async def unexplained(self, *, ever: bool = False) -> list[Seen]:
        """Classes of the list that no row stands for, with their presenters' addresses as far as they can be had.

        As the last reading shows them: somebody may have moved one to where a row is to be since the first.

        Args:
            ever: those that an earlier list of this run has shown, too: a list leaves out what pages that shift hide.
        """
        first = await self._recorder.call(partial(self._recorder.journal.listed.unexplained, ever=ever))
        found = [self._newest.get(each.class_id, each) for each in first]
        if not any((each.presenter or "").isdecimal() for each in found):
            return found
        teachers = await self._teachers_by_number()
        return [replace(each, presenter=teachers.get(each.presenter or "", each.presenter)) for each in found]

    async def _teachers_by_number(self) -> Mapping[str, str]:
        if self._teachers is None:
            self._teachers = {}
            try:
                self._teachers = await self._api.teachers()
            except WiziqError as error:  # then the list says nothing of presenters
                log.warning("plan.no_teachers", extra={"code": error.code})
        return self._teachers

    async def calibration(self, *, least: int = LEAST) -> Calibration:
        """How this account's list is written, for all that is known; what is new is kept.

        Args:
            least: so many classes show it; fewer than usual where nobody can have edited them.
        """
        journal = self._recorder.journal
        _, before, found = await self._shown_by_known(least)
        if found.kept() != (before.kept() if before else []):
            await self._recorder.call(
                journal.account.learn, CALIBRATION, found.as_json(), "the account's list", self.began_at
            )
        return found

    async def _shown_by_known(self, least: int = LEAST) -> tuple[list[Pair], Calibration | None, Calibration]:
        """The newest classes that are known to be listed, how the list was written before, and how it is by these."""
        journal = self._recorder.journal
        kept = await self._recorder.call(journal.account.learned, CALIBRATION)
        before = from_json(kept.value) if kept else None
        pairs = await self._recorder.call(journal.listed.pairs, self.began_at, _PAIRS)
        shown = (pairs, before, least)
        if self._calibrated[0] != shown:
            self._calibrated = shown, calibrate(pairs, before, least=least)
        return pairs, before, self._calibrated[1]

    async def anothers(self) -> set[str]:
        """Numbers that rows have, and that may be those of other classes: they say nothing of what the list shows."""
        pairs, _, calibration = await self._shown_by_known()
        return {seen.class_id for wanted, seen in pairs if may_be_anothers(wanted, seen, calibration)}

    async def carrying(self, fingerprints: Sequence[str]) -> Mapping[str, str]:
        """By fingerprint: classes that are known by what they carry, where this account finds them so."""
        return await self._stamped.find(fingerprints, self.began_at)

    async def changed(self, calibration: Calibration) -> list[Pair]:
        """Classes that rows stand for, and that are listed otherwise than they were sent."""
        unlike = self._recorder.journal.listed.unlike
        pairs = await self._recorder.call(lambda: list(unlike(self.began_at)))
        return [(ours.wanted, seen) for ours, seen in not_as_sent(pairs, calibration)]

    async def may_be_there(self, class_ids: AbstractSet[str]) -> set[str]:
        """Which of these classes may be there though the list in hand does not show them: none that is cancelled."""
        listed = await self._recorder.call(self._recorder.journal.listed.class_ids)
        left_out = {each for each in class_ids if each not in listed and each not in self.cancelled}
        for class_id in sorted(left_out)[:MOST_ASKED]:
            with suppress(WiziqError):  # then nobody knows
                if await self.state_of(class_id) in CANCELLED:
                    left_out.discard(class_id)
        return left_out

    async def look_for(self, class_ids: AbstractSet[str]) -> bool:
        """Look for classes that the list in hand does not show, by themselves and in pages of another size.

        Returns:
            Whether those that it does not show now, either, are not there, for all that a list can say.
        """
        is_asked_for = len(class_ids) <= MOST_ASKED
        try:
            for class_id in sorted(class_ids) if is_asked_for else ():
                if (listed := await self._asked_for(class_id)) is None:
                    continue
                if listed.status.casefold() in CANCELLED:
                    self.cancelled |= {class_id}
                else:
                    self.alone[class_id] = seen_of(listed)
            left = class_ids - self.cancelled - self.alone.keys()
            return not left or (await self._may_lack(left) and await self.is_steady(self.filters))
        except WiziqError as error:
            log.warning("plan.cannot_list", extra={"code": error.code})
            return False

    async def _may_lack(self, class_ids: AbstractSet[str]) -> bool:
        """Whether a list speaks of these classes: one that shows nothing that it has shown before speaks of none."""
        journal = self._recorder.journal
        shown = await self._recorder.call(journal.listed.class_ids)
        witnesses = await self._recorder.call(journal.sightings.witnesses, self.clock())
        seen_before = {each.class_id for each in witnesses if each.first_seen_at is not None}
        return not seen_before & class_ids or bool(seen_before & shown)

    async def shows_known(self, count: int) -> bool:
        """Whether the list in hand shows so many classes that the service has confirmed."""
        pairs = self._recorder.journal.listed.pairs
        return len(await self._recorder.call(pairs, self.began_at, count)) >= count

    async def found(self) -> list[Pair]:
        """Classes that look-ups have found before, each as it is listed."""
        pairs = partial(self._recorder.journal.listed.pairs, ending=AttemptEnding.FOUND)
        return await self._recorder.call(pairs, self.began_at, _PAIRS)

    async def keep(self) -> None:
        """Remember what a complete list of upcoming classes has shown, and how late it was."""
        keep = self._recorder.journal.sightings.keep
        first_seen = await self._recorder.call(keep, self.began_at, await self.anothers())
        await self.lag.note_first_seen(first_seen, self.began_at, is_by_state=bool(self.filters))

    async def _measure(self) -> None:
        """How late this list is at most: each one that is taken tells, whatever it was taken for.

        Only one by the usual word: what is listed at once by no word for its state may be late by that word.
        """
        if self.filters:
            newest_sent_at = self._recorder.journal.sightings.newest_sent_at
            newest = await self._recorder.call(newest_sent_at, self.began_at, await self.anothers())
            await self.lag.note_newest(newest, self.began_at)

    async def is_cancelled(self, class_id: str) -> bool:
        """Whether a class is shown as cancelled when it is asked for by its id, or not at all though it was listed before.

        Not where a list shows it, however often it takes to know: one empty answer may be a page that has shifted.

        Raises:
            ListingFailed: it could not be asked for.
        """
        state = await self.state_of(class_id)
        if state is not None:
            return state in CANCELLED
        listed = self._recorder.journal.listed
        if not await self._recorder.call(self._recorder.journal.sightings.was_shown, class_id):
            return False  # one that no list ever showed may be listed late
        is_proved = class_id not in await self._recorder.call(listed.class_ids) and await self.look_for(
            {class_id}
        )
        is_shown = class_id in self.alone or class_id in await self._recorder.call(listed.class_ids)
        return class_id in self.cancelled or (is_proved and not is_shown)

    async def shows_all_until(self) -> float:
        """Whatever was done to a class by then the list in hand shows, for all that is known; UTC seconds."""
        return self.began_at - self.settle_s - await self.lag_s()

    async def lag_s(self) -> float:
        """How late a class may be listed, for all that is known."""
        longest_s = (await self.lag.known()).longest_s
        return VARIES * (
            self.longest_wait_s if longest_s is None else longest_s
        )  # None: it was never measured

    async def cancelled_unseen(self, settle_s: float) -> set[str]:
        """Which of the confirmed classes that no list has ever shown, and this one should, are cancelled, by their number."""
        unseen_witnesses = self._recorder.journal.sightings.unseen_witnesses
        overdue_at = self.began_at - (await self.lag.known()).must_be_listed_s(settle_s)
        unseen = await self._recorder.call(unseen_witnesses, self.began_at, overdue_at)
        cancelled = set()
        for class_id in unseen[:MOST_ASKED]:
            with suppress(WiziqError):  # then nobody knows
                if await self.state_of(class_id) in CANCELLED:
                    cancelled.add(class_id)
        return cancelled

    async def state_of(self, class_id: str) -> str | None:
        """How a class stands that is asked for by its id; None where it is not shown."""
        listed = await self._asked_for(class_id)
        return None if listed is None else listed.status.casefold()

    async def _asked_for(self, class_id: str) -> ListedClass | None:
        async for listed in self._api.list_classes({"class_id": class_id}):
            if listed.class_id == class_id:
                return listed
        return None
