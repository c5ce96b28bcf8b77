"""In which order changes are sent, so that each finds its place free when its turn comes.

At every moment the account holds no more classes at once than it may and no presenter
twice, as far as the calendar knows; and a run that dies half-way leaves a lesson too
many rather than too few. So: what needs no place first, then moves, with cancels that
make room just before what needs it, then new classes, then the other cancels. A circle
(two lessons swap) is opened by parking one of them for a moment where nobody wants to be.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from batch.core.changes.account import STEP_S, Account, Slot, Why
from batch.core.changes.operation import Kind
from batch.core.quick_dataclass import dataclass

_DAY_S = 86_400
#: Where nothing is free later, a class is parked earlier, but never so soon that somebody might come.
_LEAST_AHEAD_S = 2 * _DAY_S
_HORIZON_S = 28 * _DAY_S
#: With more operations than this, no other choice is looked for by which more would be done.
_MOST_WEIGHED = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A class that exists, and where it is to be. Both slots are equal where only other settings differ."""

    tag: int
    before: Slot
    after: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be done; each class by its tag."""

    changes: Sequence[Change] = ()
    creates: Mapping[int, Slot] = field(default_factory=dict)
    cancels: Mapping[int, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One request, in its turn."""

    kind: Kind
    tag: int
    slot: Slot  #: where the class is afterwards; of a cancel, where it was


@dataclass(frozen=True, slots=True)
class Order:
    """The steps in their order, and what cannot be done."""

    steps: tuple[Step, ...]
    held: Mapping[int, Why]


def order(wanted: Wanted, others: Iterable[Slot], *, limit: int | None, now: int) -> Order:
    """Put operations in an order in which none is refused.

    Args:
        wanted: the operations; no two for one tag.
        others: every other class that the account holds, unchanged ones among them.
        limit: how many classes may run at once; None while nobody knows.
        now: UTC seconds; nothing is parked in the next two days.
    """
    fixed = list(others)
    best = _order(wanted, fixed, limit, now, {})
    while better := next(_with_more_done(wanted, fixed, limit, now, best), None):
        best = better
    return best


def _order(
    wanted: Wanted, fixed: Sequence[Slot], limit: int | None, now: int, held: Mapping[int, Why]
) -> Order:
    """The same, with some operations left out from the start."""
    held = dict(held)
    while True:
        attempt = _Attempt(wanted, fixed, held.keys(), limit, now)
        attempt.run()
        stranded = {tag: why for tag, why in attempt.held.items() if tag in attempt.parked}
        if not stranded:
            return Order(tuple(attempt.steps), {**held, **attempt.held})
        # A class must not stay parked: those that would are left where they are, and all is tried again.
        held.update(stranded)


def _with_more_done(
    wanted: Wanted, fixed: Sequence[Slot], limit: int | None, now: int, found: Order
) -> Iterator[Order]:
    """Other choices by which more is done: one operation that several others wait for is held in their place."""
    if len(found.held) < 2 or len(found.steps) > _MOST_WEIGHED:  # one for one is no gain
        return
    places = {change.tag: change.after for change in wanted.changes} | dict(wanted.creates)
    waiting = [places[tag] for tag in found.held]
    for step in found.steps:
        slot = step.slot
        if step.kind in {Kind.CHANGE, Kind.CREATE} and any(_meet(slot, other) for other in waiting):
            other = _order(wanted, fixed, limit, now, {step.tag: Why.NO_ROOM})
            if len(other.held) < len(found.held):
                yield other


class _Attempt:
    """One walk through all operations.

    Each move waits in one of three lines: `_fresh` is to be tried, `_waiting` found its
    place taken, `_blocked` would find it taken even after every cancel that is wanted.
    Whoever wants a place beside one that becomes free goes back to the first line.
    """

    def __init__(
        self, wanted: Wanted, fixed: Iterable[Slot], left_out: Collection[int], limit: int | None, now: int
    ) -> None:
        self.steps: list[Step] = []
        self.held: dict[int, Why] = {}
        self.parked: set[int] = set()
        self._now = now
        self._creates = {tag: slot for tag, slot in wanted.creates.items() if tag not in left_out}
        self._cancels = dict(wanted.cancels)
        changes = [change for change in wanted.changes if change.tag not in left_out]
        stay = [change.before for change in wanted.changes if change.tag in left_out]
        self._still = [change for change in changes if change.before == change.after]
        moves = [change for change in changes if change.before != change.after]
        moves.sort(key=lambda change: (change.after.starts, change.tag))
        self._moves = {change.tag: change.after for change in moves}
        self._fresh = dict.fromkeys(self._moves)
        self._waiting: dict[int, None] = {}
        self._blocked: dict[int, None] = {}
        self._stands = {change.tag: change.before for change in changes} | self._cancels
        self._account = Account([*fixed, *stay], limit)
        for tag, slot in self._stands.items():
            self._account.add(tag, slot)
        #: The places that are wanted and not taken yet.
        self._targets = Account((), limit)
        for tag, slot in (*self._moves.items(), *self._creates.items()):
            self._targets.add(tag, slot)

    def run(self) -> None:
        for change in self._still:
            self.steps.append(Step(Kind.CHANGE, change.tag, change.after))
        while self._fresh or self._waiting or self._blocked:
            self._next_move()
        for tag, slot in self._moves.items():
            self.held[tag] = self._obstacle_of(tag, slot) or Why.NOWHERE_TO_PARK
        for tag, slot in sorted(self._creates.items(), key=lambda each: (each[1].starts, each[0])):
            if self._makes_room(slot):
                self._account.add(tag, slot)
                self.steps.append(Step(Kind.CREATE, tag, slot))
            else:
                self.held[tag] = self._account.obstacle(slot) or Why.NO_ROOM
        for tag in list(self._cancels):
            self._cancel(tag)

    def _next_move(self) -> None:
        """Try one: where its place is free, else after cancels, else after parking what is in its way."""
        if self._fresh:
            tag = _first(self._fresh)
            if self._obstacle_of(tag, self._moves[tag]) is None:
                self._move(tag, self._moves[tag], Kind.CHANGE)
            else:
                self._waiting[tag] = None
        elif self._waiting:
            tag = _first(self._waiting)
            if self._makes_room(self._moves[tag], tag):
                self._move(tag, self._moves[tag], Kind.CHANGE)
            else:
                self._blocked[tag] = None
        else:
            self._park_for(_first(self._blocked))

    def _park_for(self, tag: int) -> None:
        """Park a class that stands in the way of this one, where nobody is and nobody wants to be."""
        in_the_way = self._account.in_the_way(self._moves[tag]) & self._moves.keys()
        for other in sorted(in_the_way - self.parked - {tag}):
            place = self._parking_for(other)
            if place is not None:
                self.parked.add(other)
                self._blocked[tag] = None
                self._move(other, place, Kind.PARK)
                return

    def _parking_for(self, tag: int) -> Slot | None:
        before, after = self._stands[tag], self._moves[tag]
        starts = max(before.starts, after.starts)
        found = self._first_free(before, starts, starts + _HORIZON_S)
        if found is None:
            found = self._first_free(before, self._now + _LEAST_AHEAD_S, starts)
        return None if found is None else before.at(found)

    def _first_free(self, slot: Slot, starts: int, until: int) -> int | None:
        """The first start at which it would stand in nobody's way, now and later."""
        found: int | None = -(-starts // STEP_S) * STEP_S
        while found is not None and found <= until:
            here = self._account.first_free(slot, found, until)
            found = None if here is None else self._targets.first_free(slot, here, until)
            if found == here:
                return found
        return None

    def _makes_room(self, slot: Slot, tag: int | None = None) -> bool:
        """Whether the place is free, once classes are cancelled that are to be cancelled anyway; they are, then."""
        if tag is not None:
            self._account.remove(tag, self._stands[tag])
        chosen: list[int] = []
        while self._account.obstacle(slot) is not None:
            cancellable = self._account.in_the_way(slot) & self._cancels.keys()
            if not cancellable:
                break
            # The one that frees the most of it: few classes go before their time.
            best = max(cancellable, key=lambda each: (_overlap(slot, self._cancels[each]), -each))
            chosen.append(best)
            self._account.remove(best, self._cancels[best])
        done = self._account.obstacle(slot) is None
        for each in chosen:
            self._account.add(each, self._cancels[each])
        if tag is not None:
            self._account.add(tag, self._stands[tag])
        if done:
            for each in chosen:
                self._cancel(each)
        return done

    def _obstacle_of(self, tag: int, slot: Slot) -> Why | None:
        """What is in the way of a class at another place, itself left out."""
        self._account.remove(tag, self._stands[tag])
        try:
            return self._account.obstacle(slot)
        finally:
            self._account.add(tag, self._stands[tag])

    def _move(self, tag: int, to: Slot, kind: Kind) -> None:
        left = self._stands[tag]
        self._account.remove(tag, left)
        self._account.add(tag, to)
        self._stands[tag] = to
        self.steps.append(Step(kind, tag, to))
        if kind is Kind.CHANGE:
            self._targets.remove(tag, self._moves.pop(tag))
            for line in (self._fresh, self._waiting, self._blocked):
                line.pop(tag, None)
        self._freed(left)

    def _cancel(self, tag: int) -> None:
        slot = self._cancels.pop(tag)
        self._account.remove(tag, slot)
        self.steps.append(Step(Kind.CANCEL, tag, slot))
        self._freed(slot)

    def _freed(self, slot: Slot) -> None:
        """A place is free: those that want one beside it are tried again."""
        for tag in sorted(self._targets.beside(slot) & self._moves.keys()):
            self._waiting.pop(tag, None)
            self._blocked.pop(tag, None)
            self._fresh[tag] = None


def _first(line: dict[int, None]) -> int:
    """Take the first of a line."""
    tag = next(iter(line))
    del line[tag]
    return tag


def _meet(one: Slot, other: Slot) -> bool:
    return one.shares_room(other) or one.shares_presenter(other)


def _overlap(one: Slot, other: Slot) -> int:
    return min(one.room_until, other.room_until) - max(one.starts, other.starts)
