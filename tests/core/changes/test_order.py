"""The order of changes: no step is refused, nothing stays parked, and what can be done is done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from random import Random

import pytest

from batch.core.changes.account import Slot, Why
from batch.core.changes.operation import Kind
from batch.core.changes.order import Change, Order, Step, Wanted, order

HOUR = 3600
#: A midnight, well ahead of `NOW`.
DAY = 20_703 * 24 * HOUR
NOW = DAY - 30 * 24 * HOUR


def at(hour: float, presenter: str | None = "ann", hours: float = 1, day: int = 0) -> Slot:
    starts = DAY + day * 24 * HOUR + int(hour * HOUR)
    ends = starts + int(hours * HOUR)
    return Slot(presenter, starts, ends, ends)


@dataclass
class Model:
    """An account that refuses as the service does."""

    limit: int | None
    classes: dict[int, Slot] = field(default_factory=dict)

    def put(self, tag: int, slot: Slot) -> None:
        others = [other for name, other in self.classes.items() if name != tag]
        assert not any(slot.shares_presenter(other) for other in others), f"1032 for {tag}"
        moments = [slot.starts, *(o.starts for o in others if slot.starts <= o.starts < slot.room_until)]
        if self.limit is not None:
            at_once = max(1 + sum(o.starts <= m < o.room_until for o in others) for m in moments)
            assert at_once <= self.limit, f"1012 for {tag}"
        self.classes[tag] = slot


def replayed(wanted: Wanted, others: Sequence[Slot], found: Order, limit: int | None) -> Model:
    """The account after all steps; each is refused where the service would refuse it."""
    standing = {change.tag: change.before for change in wanted.changes} | dict(wanted.cancels)
    model = Model(limit, {**dict(enumerate(others, start=-len(others))), **standing})
    done: set[int] = set()
    for step in found.steps:
        if step.kind is Kind.CANCEL:
            assert model.classes.pop(step.tag) == step.slot
        else:
            assert (step.tag in model.classes) == (step.kind is not Kind.CREATE)
            model.put(step.tag, step.slot)
        if step.kind is Kind.PARK:
            assert step.slot.starts >= NOW + 48 * HOUR
        else:
            assert step.tag not in done
            done.add(step.tag)
    asked = {change.tag for change in wanted.changes} | wanted.creates.keys() | wanted.cancels.keys()
    assert done | found.held.keys() == asked
    assert not done & found.held.keys()
    for change in wanted.changes:
        assert model.classes[change.tag] == (change.after if change.tag in done else change.before)
    return model


def words(found: Order) -> list[str]:
    return [f"{step.kind.value} {step.tag}" for step in found.steps]


CASES: Mapping[str, tuple[Wanted, list[Slot], int | None, list[str], Mapping[int, Why]]] = {
    "what needs no place comes first": (
        Wanted(changes=[Change(1, at(9), at(10)), Change(2, at(12), at(12))]),
        [],
        None,
        ["change 2", "change 1"],
        {},
    ),
    "a chain of moves goes from its free end": (
        Wanted(changes=[Change(1, at(9), at(10)), Change(2, at(10), at(11)), Change(3, at(11), at(12))]),
        [],
        None,
        ["change 3", "change 2", "change 1"],
        {},
    ),
    "two lessons swap: one waits elsewhere for a moment": (
        Wanted(changes=[Change(1, at(9), at(10)), Change(2, at(10), at(9))]),
        [],
        None,
        ["park 1", "change 2", "change 1"],
        {},
    ),
    "a cancel that makes room comes just before, the others last": (
        Wanted(changes=[Change(1, at(9), at(10))], creates={2: at(15)}, cancels={3: at(10), 4: at(16)}),
        [],
        None,
        ["cancel 3", "change 1", "create 2", "cancel 4"],
        {},
    ),
    "a full hour takes a new class once another has left": (
        Wanted(creates={1: at(9, "bob")}, cancels={2: at(9, "cy")}),
        [at(9, "ann")],
        2,
        ["cancel 2", "create 1"],
        {},
    ),
    "back to back is free": (
        Wanted(creates={1: at(10)}),
        [at(9), at(11)],
        1,
        ["create 1"],
        {},
    ),
    "somebody else's class stays in the way": (
        Wanted(changes=[Change(1, at(9), at(10))], creates={2: at(12, "bob")}),
        [at(10), at(12, "cy")],
        1,
        [],
        {1: Why.PRESENTER, 2: Why.NO_ROOM},
    ),
    "a class that could not reach its place is not parked either": (
        Wanted(changes=[Change(1, at(9), at(10)), Change(2, at(10), at(13))]),
        [at(13, "ann")],
        None,
        [],
        {1: Why.PRESENTER, 2: Why.PRESENTER},
    ),
    "a swap of two in an account of one class at a time": (
        Wanted(changes=[Change(1, at(9, "ann"), at(10, "ann")), Change(2, at(10, "bob"), at(9, "bob"))]),
        [],
        1,
        ["park 1", "change 2", "change 1"],
        {},
    ),
}


@pytest.mark.parametrize(("wanted", "others", "limit", "steps", "held"), CASES.values(), ids=CASES)
def test_in_which_order(
    wanted: Wanted, others: list[Slot], limit: int | None, steps: list[str], held: Mapping[int, Why]
) -> None:
    found = order(wanted, others, limit=limit, now=NOW)
    assert (words(found), dict(found.held)) == (steps, held)
    replayed(wanted, others, found, limit)


def test_a_class_is_parked_after_both_its_starts_and_off_every_place_that_is_wanted() -> None:
    wanted = Wanted(changes=[Change(1, at(9), at(10)), Change(2, at(10), at(9))], creates={3: at(11)})
    found = order(wanted, [], limit=None, now=NOW)
    (parked,) = [step for step in found.steps if step.kind is Kind.PARK]
    assert parked == Step(Kind.PARK, 1, at(12))


def test_where_nothing_is_free_later_it_is_parked_earlier() -> None:
    busy = [at(11, hours=24 * 40)]
    wanted = Wanted(changes=[Change(1, at(9), at(10)), Change(2, at(10), at(9))])
    found = order(wanted, busy, limit=None, now=NOW)
    (parked,) = [step.slot for step in found.steps if step.kind is Kind.PARK]
    assert NOW + 48 * HOUR <= parked.starts < at(9).starts
    replayed(wanted, busy, found, None)


def test_where_nothing_is_free_at_all_both_stay_and_are_held() -> None:
    soon = NOW + 24 * HOUR
    busy = [at(11, hours=24 * 40), Slot("ann", soon, at(9).starts, at(9).starts)]
    wanted = Wanted(changes=[Change(1, at(9), at(10)), Change(2, at(10), at(9))])
    found = order(wanted, busy, limit=None, now=NOW)
    assert (found.steps, dict(found.held)) == ((), {1: Why.PRESENTER, 2: Why.PRESENTER})


# 5,000 random pairs of timetables, both of which the account could hold.


def timetable(random: Random, size: int, limit: int) -> list[Slot]:
    """Lessons in a small world: three presenters, a dozen half hours, so that nearly everything meets."""
    model = Model(limit)
    for tag in range(size * 3):
        if len(model.classes) == size:
            break
        hours = random.choice((0.5, 1, 1.5))
        slot = at(8 + random.randrange(12) / 2, random.choice("abc"), hours)
        try:
            model.put(tag, slot)
        except AssertionError:
            continue
    return list(model.classes.values())


def pair(random: Random) -> tuple[Wanted, list[Slot], int]:
    """Two timetables of one account: some lessons change, some go, some are new."""
    limit = random.randint(1, 3)
    size = random.randint(1, 6)
    old, new = timetable(random, size, limit), timetable(random, size, limit)
    random.shuffle(new)
    both = min(len(old), len(new), random.randint(0, size))
    changes = [Change(tag, old[tag], new[tag]) for tag in range(both)]
    cancels = {100 + tag: slot for tag, slot in enumerate(old[both:])}
    creates = {200 + tag: slot for tag, slot in enumerate(new[both:])}
    return Wanted(changes=changes, creates=creates, cancels=cancels), [], limit


def feasible(wanted: Wanted, others: Sequence[Slot], chosen: set[int], limit: int | None) -> bool:
    """Whether the account could hold what it would be after these changes and creates, and all cancels."""
    model = Model(limit)
    slots = [
        *others,
        *(change.after if change.tag in chosen else change.before for change in wanted.changes),
        *(slot for tag, slot in wanted.creates.items() if tag in chosen),
    ]
    try:
        for tag, slot in enumerate(slots):
            model.put(tag, slot)
    except AssertionError:
        return False
    return True


def most(wanted: Wanted, others: Sequence[Slot], limit: int | None) -> int:
    """The brute force: with a free place to park at, any end that the account could hold can be reached."""
    tags = [*(change.tag for change in wanted.changes), *wanted.creates]
    subsets = chain.from_iterable(combinations(tags, size) for size in range(len(tags), -1, -1))
    best = next(set(chosen) for chosen in subsets if feasible(wanted, others, set(chosen), limit))
    return len(best) + len(wanted.cancels)


def seeds(count: int) -> Iterator[Random]:
    return (Random(seed) for seed in range(count))


def test_no_step_of_5000_random_pairs_is_refused_and_all_is_done() -> None:
    for random in seeds(5_000):
        wanted, others, limit = pair(random)
        found = order(wanted, others, limit=limit, now=NOW)
        replayed(wanted, others, found, limit)
        asked = len(wanted.changes) + len(wanted.creates) + len(wanted.cancels)
        assert len(found.held) == 0 == asked - most(wanted, others, limit)


def test_beside_classes_that_stay_as_much_is_done_as_brute_force_can() -> None:
    fewer = 0
    for random in seeds(1_500):
        wanted, _, limit = pair(random)
        others: list[Slot] = []
        for _ in range(2):
            slot = at(8 + random.randrange(12) / 2, random.choice("abc"))
            standing = [change.before for change in wanted.changes] + [*wanted.cancels.values(), *others]
            try:
                model = Model(limit)
                for tag, each in enumerate([*standing, slot]):
                    model.put(tag, each)
            except AssertionError:
                continue
            others.append(slot)
        found = order(wanted, others, limit=limit, now=NOW)
        replayed(wanted, others, found, limit)
        asked = len(wanted.changes) + len(wanted.creates) + len(wanted.cancels)
        fewer += asked - len(found.held) < most(wanted, others, limit)
    assert fewer == 0
