"""What the account holds at a moment of a sync: who is in the way of whom, and where there is room."""

from collections.abc import Iterable, Iterator
from enum import Enum, unique

from batch.core.plan.capacity import BusyPresenters, OccupancyCalendar, Window
from batch.core.quick_dataclass import dataclass

_DAY_S = 86_400
STEP_S = 300  #: classes are parked on the five minutes, as timetables have them


@unique
class Why(Enum):
    """Why an operation cannot be done."""

    NO_ROOM = "no room"  #: the account would hold too many classes at once (1012)
    PRESENTER = "presenter"  #: its presenter has another class then (1032)
    NOWHERE_TO_PARK = "nowhere to park"


@dataclass(frozen=True, slots=True)
class Slot:
    """What a class takes up. Times are UTC seconds, half-open."""

    presenter: str | None  #: case-folded; None where nobody knows: such a class only takes room
    starts: int
    ends: int
    room_until: int

    def at(self, starts: int) -> "Slot":
        """The same, at another time."""
        by = starts - self.starts
        return Slot(self.presenter, starts, self.ends + by, self.room_until + by)

    def shares_presenter(self, other: "Slot") -> bool:
        return (
            self.presenter is not None
            and self.presenter == other.presenter
            and self.starts < other.ends
            and other.starts < self.ends
        )

    def shares_room(self, other: "Slot") -> bool:
        return self.starts < other.room_until and other.starts < self.room_until


class Account:
    """What the account holds at a moment, and what else might fit."""

    def __init__(self, slots: Iterable[Slot], limit: int | None) -> None:
        fixed = list(slots)
        self._limit = limit
        self._calendar = OccupancyCalendar((slot.starts, slot.room_until) for slot in fixed)
        #: By day, and by day and presenter.
        self._index: dict[int | tuple[int, str], dict[int, Slot]] = {}
        for number, slot in enumerate(fixed, start=1):
            self._enter(-number, slot)

    def add(self, tag: int, slot: Slot) -> None:
        self._calendar.add(slot.starts, slot.room_until)
        self._enter(tag, slot)

    def remove(self, tag: int, slot: Slot) -> None:
        self._calendar.remove(slot.starts, slot.room_until)
        for place in _places(slot):
            del self._index[place][tag]

    def obstacle(self, slot: Slot) -> Why | None:
        """Why one more class cannot be there."""
        if next(self._clashing(slot), None) is not None:
            return Why.PRESENTER
        if self._limit is not None and not self._calendar.fits(slot.starts, slot.room_until, self._limit):
            return Why.NO_ROOM
        return None

    def in_the_way(self, slot: Slot) -> set[int]:
        """The tags of all classes that share the presenter's time, or room at a moment that is full."""
        found = {tag for tag, _ in self._clashing(slot)}
        for full in self._full(slot):
            window = Slot(None, full.start, full.end, full.end)
            found |= {tag for tag, other in self._during(slot) if other.shares_room(window)}
        return found

    def beside(self, slot: Slot) -> set[int]:
        """The tags of all that may do better without it: those of its presenter, and of its hours where room is short."""
        found = {tag for tag, _ in self._clashing(slot)}
        if self._limit is not None:
            found |= {tag for tag, _ in self._during(slot)}
        return found

    def first_free(self, slot: Slot, starts: int, until: int) -> int | None:
        """The first start from `starts` to `until` at which the class could be."""
        while starts <= until:
            there = slot.at(starts)
            ends = [other.ends for _, other in self._clashing(there)]
            ends += [full.end for full in self._full(there)]
            if not ends:
                return starts
            starts = -(-max(ends) // STEP_S) * STEP_S
        return None

    def _enter(self, tag: int, slot: Slot) -> None:
        for place in _places(slot):
            self._index.setdefault(place, {})[tag] = slot

    def _clashing(self, slot: Slot) -> Iterator[tuple[int, Slot]]:
        for day in _days(slot) if slot.presenter is not None else ():
            for tag, other in self._index.get((day, slot.presenter or ""), {}).items():
                if slot.shares_presenter(other):
                    yield tag, other

    def _during(self, slot: Slot) -> Iterator[tuple[int, Slot]]:
        for day in _days(slot):
            for tag, other in self._index.get(day, {}).items():
                if slot.shares_room(other):
                    yield tag, other

    def _full(self, slot: Slot) -> Iterator[Window]:
        """The stretches of its time in which there is no room."""
        if self._limit is not None:
            yield from self._calendar.windows(self._limit, (slot.starts, slot.room_until))


def finding_room(there: Iterable[Slot], new: Iterable[Slot], *, limit: int | None) -> int:
    """How many of these classes, one after another, find their presenter free, and room beside those that are there."""
    busy, taken, found = BusyPresenters(), OccupancyCalendar(), 0

    def take(slot: Slot) -> None:
        taken.add(slot.starts, slot.room_until)
        if slot.presenter is not None:
            busy.add(slot.presenter, slot.starts, slot.ends)

    for slot in there:
        take(slot)
    for slot in new:
        is_busy = slot.presenter is not None and busy.clash(slot.presenter, slot.starts, slot.ends)
        if not is_busy and (limit is None or taken.fits(slot.starts, slot.room_until, limit)):
            take(slot)
            found += 1
    return found


def _places(slot: Slot) -> Iterator[int | tuple[int, str]]:
    for day in _days(slot):
        yield day
        if slot.presenter is not None:
            yield day, slot.presenter


def _days(slot: Slot) -> range:
    return range(slot.starts // _DAY_S, (max(slot.ends, slot.room_until) - 1) // _DAY_S + 1)
