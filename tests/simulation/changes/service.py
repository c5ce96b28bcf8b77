"""The service of a history of changes: what it carries out, and what it must never have been asked for.

A change or a cancelling is laid down the moment it is asked for, like a class. The
parameter `row` (see nature.py) tells the ledger what each class is meant to be.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from random import Random
from typing import cast

from batch.core.service.stamps import PARAMETER
from batch.wiziq.errors import PresenterBusy, Refused, SlotFull
from batch.wiziq.replies import ListedClass
from tests.simulation import answers
from tests.simulation.changes.history import BY_HAND, HAND_S, Command, Deed, Hand, Lesson
from tests.simulation.clock import pause
from tests.simulation.disks import Disk
from tests.simulation.listing import shown
from tests.simulation.nature import KEY, Booking, Fault
from tests.simulation.scenario import FIRST_CLASS
from tests.simulation.service import TURNED_AWAY, Connection, Service, lost, moment_of, turned_away

#: What a list shows of a class: title, start, minutes.
Look = tuple[str, int, int]


@dataclass(slots=True, kw_only=True)
class Kept(Booking):
    """A class, and everything that was done to it."""

    places: str = ""
    batch: str = ""  #: that made it
    last_batch: str = ""  #: that did the last to it
    hand: Look | None = None  #: as somebody left it, if somebody did
    is_raced: bool = (
        False  #: a change of ours was on its way when somebody edited it, so that nobody could know
    )
    was_raced: bool = False
    is_helped: bool = False  #: somebody has done what the file says, too
    helped_to: Look | None = None  #: as they left it
    is_parked: bool = False
    #: When it was asked to be this lesson, by which journal, and what that run's lists had shown by then; None: it had
    #: taken none.
    asked_at: float = 0.0
    asked_by: object = field(default=None, compare=False, repr=False)
    knew: frozenset[tuple[str, Look]] | None = None
    #: every journal that did something to it
    done_by: list[object] = field(default_factory=list, compare=False, repr=False)
    last_by: object = field(default=None, compare=False, repr=False)  #: the journal that did the last to it
    last_wish: "Wish | None" = None  #: the last that was done to it
    looks: list[tuple[float, Look, str]] = field(default_factory=list)  #: since when, what, and its status

    @property
    def look(self) -> Look:
        return self.title, self.starts, self.minutes

    @property
    def is_edited(self) -> bool:
        """Whether it is there as somebody left it."""
        return self.hand is not None and self.status == "upcoming"

    @property
    def is_in_doubt(self) -> bool:
        """Whether nobody was told what was done to it last."""
        return self.last_wish is not None and not self.last_wish.answered

    def touched_by(self, journal: object) -> None:
        self.last_by = journal
        self.done_by.append(journal)

    def is_of_others(self, journal: object) -> bool:
        """Whether another journal than that one did something to it."""
        return any(each is not journal for each in self.done_by)

    def note(self, at: float) -> None:
        self.looks.append((at, self.look, self.status))

    def as_of(self, moment: float) -> "Kept | None":
        """As a list shows it that is so late; None where it shows nothing yet."""
        seen = next(((look, status) for at, look, status in reversed(self.looks) if at <= moment), None)
        if seen is None:
            return None
        look, status = seen
        if look == self.look and status == self.status:
            return self
        title, starts, minutes = look
        return replace(self, title=title, starts=starts, minutes=minutes, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run may do."""

    command: Command
    batch: str
    file: frozenset[str] = frozenset()  #: the keys of its rows
    first: int = 0  #: their first start and their last, UTC seconds
    last: int = 0
    undone: str = ""
    undos: frozenset[str] = frozenset()  #: the batches that undo the same
    overwrites: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One request to change or cancel a class."""

    class_id: str
    changes: Mapping[str, str] | None  #: None: it is to be cancelled
    batch: str
    sent_at: float
    by: object  #: the journal
    knows_until: float  #: when the run has asked for its last list
    knows: frozenset[tuple[str, Look]] | None  #: what it had been shown
    result: list[str]  #: the code of its refusal, or nothing
    answered: list[bool] = field(default_factory=list)  #: whether anybody was told


@dataclass(slots=True)
class ChangingService(Service):
    """The account of a history of changes."""

    operations: int = 0
    own: object = None  #: the journal of the first computer

    def connect(
        self, journal: object, confirmed: Callable[[], frozenset[str]], known: Callable[[], frozenset[str]]
    ) -> "ChangingConnection":
        return ChangingConnection(self, journal, confirmed, known)

    def kept(self, class_id: str) -> Kept | None:
        found = next((each for each in self.classes if each.class_id == class_id), None)
        return found if isinstance(found, Kept) else None

    def listed(self, filters: Mapping[str, str], now: float) -> list[ListedClass]:
        """The list is as late with what was changed as with what is new."""
        seen = self.as_of(now)
        there = shown(
            [each for each in seen if each.status == "upcoming"], self.nature, self.traits, filters, now
        )
        if filters.get("status", "cancelled") != "cancelled":
            return there
        rest = {key: value for key, value in filters.items() if key != "status"}
        gone = shown(
            [each for each in seen if each.status != "upcoming"], self.nature, self.traits, rest, now
        )
        return [*there, *(replace(each, status="cancelled") for each in gone)]

    def as_of(self, now: float) -> list[Kept]:
        kept = [each for each in self.classes if isinstance(each, Kept)]
        return [late for each in kept if (late := each.as_of(now - self.lag_of(each)))]

    def lag_of(self, kept: Kept) -> float:
        """Each class is listed late by about as much each time."""
        return self.nature.lag_s * _lateness_of(kept.class_id)

    def _commit(self, booking: Booking) -> None:
        Service._commit(self, booking)
        if booking.class_id is not None and isinstance(booking, Kept):
            booking.listed_at = booking.commit_at
            booking.note(booking.commit_at)

    # -- hands -----------------------------------------------------------------------

    def touch(self, hand: Hand) -> None:
        """Somebody does something to a class, where it is there."""
        now = self.clock()
        self.advance(now)
        there = [
            each
            for each in self.classes
            if isinstance(each, Kept) and each.key == hand.lesson.key and each.status == "upcoming"
        ]
        for kept in there:
            if kept.is_parked or kept.hand is not None or kept.look != look_of(hand.lesson):
                continue
            match hand.deed:
                case Deed.MOVE:
                    kept.starts += HAND_S
                case Deed.RETITLE:
                    kept.title += BY_HAND
                case Deed.CANCEL:
                    kept.status = "cancelled"
                case Deed.AS_ROW if hand.to is not None:
                    moved = replace(kept, starts=int(hand.to.start.timestamp()), minutes=hand.to.minutes)
                    if self.refusal(moved) is None and replace(hand.to, hour=0, minutes=0) == replace(
                        hand.lesson, hour=0, minutes=0
                    ):
                        kept.starts, kept.minutes, kept.key = moved.starts, moved.minutes, hand.to.key
                        kept.is_helped, kept.helped_to = True, kept.look
            if hand.deed is not Deed.AS_ROW:
                kept.hand = kept.look
            kept.note(now)

    # -- changes ---------------------------------------------------------------------

    def lay_down_wish(self, wish: Wish, delay_s: float) -> None:
        self.at(wish.sent_at + delay_s, partial(self.carry_out, wish, wish.sent_at + delay_s))

    def carry_out(self, wish: Wish, at: float) -> None:
        kept = self.kept(wish.class_id)
        if kept is None:
            wish.result.append("1009")
        elif wish.changes is None:
            if kept.status == "upcoming":
                kept.status, kept.last_batch, kept.last_wish = "cancelled", wish.batch, wish
                kept.touched_by(wish.by)
                kept.note(at)
        elif kept.status != "upcoming":
            wish.result.append("1018")
        elif refusal := self.refusal(changed := _changed(kept, wish.changes)):
            wish.result.append(refusal)
        else:
            self._change(kept, changed, wish, at)

    def _change(self, kept: Kept, changed: Kept, wish: Wish, at: float) -> None:
        assert wish.changes is not None
        is_hidden = self._is_hidden(kept, wish)
        if changed.key != kept.key:
            kept.asked_at, kept.asked_by, kept.knew = wish.sent_at, wish.by, wish.knows
        for name in ("title", "presenter", "starts", "minutes", "places", "key"):
            setattr(kept, name, getattr(changed, name))
        kept.last_batch, kept.last_wish = wish.batch, wish
        kept.touched_by(wish.by)
        is_as_row = _key_of(kept) == kept.key
        if is_hidden and not is_as_row:
            kept.is_raced = kept.was_raced = True
        if kept.hand is not None:
            # Only where nobody could know: what was sent before the edit, or by a list from before it.
            kept.is_raced = kept.was_raced = True
            kept.hand = None
        elif is_as_row:
            kept.is_parked = kept.is_raced = False
        elif wish.changes.keys() <= {"start_time", "time_zone", "duration"}:
            kept.is_parked = True
        elif kept.is_raced:  # as its row, but for what another computer did to it at the same time
            kept.is_parked = False
        else:
            self.violations.append(f"class {kept.class_id} became {_key_of(kept)} for {kept.key}")
        kept.note(at)

    def _is_hidden(self, kept: Kept, wish: Wish) -> bool:
        """Whether another journal did something to a class that no list has shown by then to whoever asks."""
        return kept.last_by is not wish.by and kept.looks[-1][0] + self.lag_of(kept) > wish.knows_until


@cache
def _lateness_of(class_id: str | None) -> float:
    return 0.8 + 0.2 * Random(class_id).random()


class ChangingConnection(Connection):
    """What one run sees of it."""

    run: Run

    _service: ChangingService

    def __init__(
        self,
        service: ChangingService,
        journal: object,
        confirmed: Callable[[], frozenset[str]],
        known: Callable[[], frozenset[str]],
    ) -> None:
        super().__init__(service, journal, confirmed, known)
        self._changing: set[str] = set()
        # By the list that the run has planned by, and by the last one since: what was never answered is looked up there.
        self._planned_by: dict[str, Look] | None = None
        self.by = journal
        self.planned_at: float | None = None  #: when that was asked for
        self._shown: dict[str, Look] | None = None
        self._asked: set[str] = set()
        self._knows: set[tuple[str, Look]] | None = None
        self._knows_until = 0.0

    def _book(self, parameters: Mapping[str, str], delay_s: float) -> Booking:
        booking = super()._book(parameters, delay_s)
        values = {name: getattr(booking, name) for name in Booking.__dataclass_fields__}
        return Kept(
            **values,
            places=parameters.get("attendee_limit", ""),
            batch=self.run.batch,
            last_batch=self.run.batch,
            last_by=self._journal,
            done_by=[self._journal],
            asked_at=booking.sent_at,
            asked_by=self._journal,
            knew=self._known_now(),
        )

    def _known_now(self) -> frozenset[tuple[str, Look]] | None:
        return None if self._knows is None else frozenset(self._knows)

    async def list_classes(
        self, filters: Mapping[str, str], *, page_size: int = 3
    ) -> AsyncIterator[ListedClass]:
        service = self._service
        service.advance(service.clock())
        began_at, listed = service.clock(), set[str]()
        looks = {each.class_id or "": each.look for each in service.as_of(began_at)}
        async for each in super().list_classes(filters, page_size=page_size):
            listed.add(each.class_id)
            yield each
        if "class_id" in filters or PARAMETER in filters:
            return
        self._knows_until = began_at
        self._knows = (self._knows or set()) | {each for each in looks.items() if each[0] in listed}
        if self._planned_by is None:
            self._planned_by, self.planned_at = looks, began_at
        elif self._asked:  # pages that shift leave classes out
            self._shown = {number: look for number, look in looks.items() if number in listed}

    async def modify(self, class_id: str, changes: Mapping[str, str]) -> str | None:
        return await self._operate(class_id, dict(changes))

    async def cancel(self, class_id: str) -> str | None:
        return await self._operate(class_id, None)

    async def _operate(self, class_id: str, changes: Mapping[str, str] | None) -> str | None:
        if self.dead:
            raise asyncio.CancelledError
        service = self._service
        service.advance(service.clock())
        service.operations += 1
        if class_id in self._changing:
            service.violations.append(f"two requests at once for class {class_id}")
        service.violations += self._faults_of(class_id, changes)
        wish = Wish(
            class_id=class_id,
            changes=changes,
            batch=self.run.batch,
            sent_at=service.clock(),
            by=self._journal,
            knows_until=self._knows_until,
            knows=self._known_now(),
            result=[],
        )
        self._changing.add(class_id)
        try:
            return await self._carried_out(wish)
        finally:
            self._changing.discard(class_id)

    async def _carried_out(self, wish: Wish) -> str | None:
        service, random = self._service, self._service.random
        if service.has(service.traits.statuses):
            error = answers.by_status(service.trait_random)
            await self._lose_wish(wish)
            raise error
        fault = service.draw()
        if fault in TURNED_AWAY:
            await pause(random.random() * 2)
            raise turned_away(fault, random)
        if fault is not None:
            await self._lose_wish(wish, fault)
            raise lost(fault)
        delay_s = random.random() * 2
        service.lay_down_wish(wish, delay_s)
        await pause(delay_s)
        service.advance(max(service.clock(), wish.sent_at + delay_s))
        await pause(random.random() * 2)
        wish.answered.append(True)
        match wish.result:
            case ["1032"]:
                raise PresenterBusy("You have already scheduled a class.", code="1032", call_id="call")
            case ["1012"]:
                raise SlotFull("Only a few.", limit=service.nature.limit, call_id="call")
            case [code]:
                raise Refused("No.", code=code, call_id="call")
        return "call"

    async def _lose_wish(self, wish: Wish, fault: Fault | None = None) -> None:
        """Carried out or not, now or later, and nobody is told."""
        service = self._service
        if service.random.random() < 0.6:
            is_late = service.random.random() < 0.4
            latest = service.timeout_s + service.nature.late_s if is_late else 2.0
            service.lay_down_wish(wish, service.random.random() * latest)
        await pause(service.timeout_s if fault is Fault.TIMEOUT else service.random.random() * 3)

    # -- what must never be asked for ------------------------------------------------------

    def _faults_of(self, class_id: str, changes: Mapping[str, str] | None) -> list[str]:
        run, kept = self.run, self._service.kept(class_id)
        what = f"{run.command.value}: {'cancel' if changes is None else 'modify'} of class {class_id}"
        if kept is None:
            return [f"{what}, which is nobody's"]
        what += f" ({kept.key}, {kept.batch})"
        found = []
        if kept.key == "foreign" or kept.batch == "other":
            found.append(f"{what}, which is another's")
        is_own = kept.journal is self._journal or self._has_found(class_id)
        if changes is None and not (is_own or run.overwrites):
            found.append(f"{what}, which another journal made")
        known = self._shown if self._shown and class_id in self._asked else self._planned_by
        self._asked.add(class_id)
        if known is None and not run.overwrites:
            found.append(f"{what}, and nobody knows whether it was edited")
        if known and kept.is_edited and known.get(class_id) == kept.hand and not run.overwrites:
            found.append(f"{what}, which somebody has edited")
        if run.command is Command.SUBMIT:
            found.append(f"{what}, and nobody asked for changes")
        elif run.command is Command.SYNC:
            found += self._faults_of_sync(what, kept, changes)
        else:
            found += self._faults_of_undo(what, kept, changes)
        return found

    def _has_found(self, class_id: str | None) -> bool:
        """Whether it was found for a row that this journal had sent: it may be that one's, for all that anybody can know."""
        query = (
            "SELECT 1 FROM attempt WHERE kind = 'sent' AND ending IN ('found', 'changed', 'cancelled')"
            " AND (class_id = :class_id OR former_class_id = :class_id)"
        )
        return cast("Disk", self._journal).asked.first(query, class_id=class_id) is not None

    def _faults_of_sync(self, what: str, kept: Kept, changes: Mapping[str, str] | None) -> list[str]:
        run = self.run
        if changes is None:
            is_plain = kept.hand is None and not kept.is_raced
            is_asked_for = kept.key in run.file and kept.status == "upcoming"
            if is_asked_for and is_plain and not self._is_unseen(kept):
                return [f"{what}, which the file asks for"]
            is_where_it_was = kept.starts == (self._planned_by or {}).get(kept.class_id or "", kept.look)[1]
            is_plain = is_plain and not kept.is_parked and (is_where_it_was or len(kept.looks) == 1)
            if is_plain and not run.first <= kept.starts <= run.last:
                return [f"{what}, of which the file says nothing"]
            return []
        if KEY in changes and changes[KEY] not in run.file:
            return [f"{what} to {changes[KEY]}, which is not in the file"]
        return []

    def _faults_of_undo(self, what: str, kept: Kept, changes: Mapping[str, str] | None) -> list[str]:
        run = self.run
        if changes is None and kept.batch != run.undone and not self._has_found(kept.class_id):
            return [f"{what}, which the batch did not make"]
        is_same = changes is not None and _changed(kept, changes).key == kept.key
        # Another undo may have brought it back to what the batch has made of it.
        is_as_row = not kept.is_raced or _key_of(kept) == kept.key
        is_as_left = kept.key in run.file and not kept.is_parked and is_as_row
        # What somebody did to it a moment ago a list that is late does not show.
        is_shown = (self._planned_by or {}).get(kept.class_id or "", kept.look) == kept.look
        is_known = is_shown and not (is_same or is_as_left or self._is_unseen(kept))
        if kept.last_batch not in {run.undone, *run.undos} and is_known:
            return [f"{what}, which {kept.last_batch} has changed since {run.undone}"]
        return []

    def _is_unseen(self, kept: Kept) -> bool:
        """Whether no list shows yet what another computer did to it a moment ago."""
        shown = (self._shown or self._planned_by or {}).get(kept.class_id or "")
        return kept.last_by is not self._journal and shown != kept.look


def look_of(lesson: Lesson) -> Look:
    return lesson.title, int(lesson.start.timestamp()), lesson.minutes


def _changed(kept: Kept, changes: Mapping[str, str]) -> Kept:
    """The class as it is once that is done."""
    starts = kept.starts
    if "start_time" in changes:
        starts = moment_of(changes["start_time"], changes.get("time_zone", kept.time_zone))
    return replace(
        kept,
        title=changes.get("title", kept.title),
        presenter=changes.get("presenter_email", kept.presenter),
        starts=starts,
        minutes=int(changes.get("duration", kept.minutes)),
        places=changes.get("attendee_limit", kept.places),
        key=changes.get(KEY, kept.key),
    )


def _key_of(kept: Kept) -> str:
    """The row that the class is as."""
    hours = (kept.starts - int(FIRST_CLASS.timestamp())) / 3600
    return f"{kept.presenter} {hours:g} {kept.minutes} {kept.title} #1"
