"""Terms and their next versions: what trials of `sync` and `undo` go between.

Titles are nobody else's, so that it can be told which class became what.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from batch.sandbox.classes import ScheduledClass

_FIRST = datetime(2031, 9, 1, 9, tzinfo=UTC)
_TEACHERS = ("ana", "ben", "chloe")
#: Classes that the account holds at once.
LIMIT = 2
_HOURS = 6
_SLOTS = 60  #: on ten days

#: Title, start, presenter and places of a class.
Facts = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A row."""

    title: str
    teacher: str
    slot: int
    places: int

    @property
    def start(self) -> datetime:
        day, hour = divmod(self.slot, _HOURS)
        return _FIRST + timedelta(days=day, hours=hour)

    @property
    def row(self) -> dict[str, str]:
        return {
            "title": self.title,
            "start_time": f"{self.start:%Y-%m-%d %H:%M}",
            "time_zone": "GMT",
            "presenter_email": f"{self.teacher}@school.example",
            "duration": "60",
            "attendee_limit": str(self.places),
        }

    @property
    def facts(self) -> Facts:
        row = self.row
        return row["title"], row["start_time"], row["presenter_email"], row["attendee_limit"]

    def meets(self, other: "Lesson") -> bool:
        return self.slot == other.slot and self.teacher == other.teacher


def facts_of(scheduled: ScheduledClass) -> Facts:
    """What a class is, as rows have it."""
    places = scheduled.parameters.get("attendee_limit", "")
    return scheduled.title, f"{scheduled.start:%Y-%m-%d %H:%M}", scheduled.booking.presenter, places


# -- one kind of change at a time ------------------------------------------------------------


def term(rows: int = 8) -> list[Lesson]:
    """Lessons that are in nobody's way; the first two and the next two can swap. The ends stand still."""
    inner = [Lesson(f"Lesson {number}", _TEACHERS[number // 2 % 3], 2 * number, 10) for number in range(rows)]
    return [Lesson("First", "dan", -1, 9), *inner, Lesson("Last", "dan", _SLOTS, 9)]


def with_new(lessons: Sequence[Lesson]) -> list[Lesson]:
    new = [Lesson(f"New {number}", "eve", 2 * number + 1, 12) for number in range(3)]
    return [*lessons[:-1], *new, lessons[-1]]


def with_changes(lessons: Sequence[Lesson]) -> list[Lesson]:
    """One moved, one with another teacher, one with another title, one with more places."""
    first, moved, teacher, title, places, *rest = lessons
    return [
        first,
        replace(moved, slot=41),
        replace(teacher, teacher="fay"),
        replace(title, title=f"{title.title} in English"),
        replace(places, places=30),
        *rest,
    ]


def with_less(lessons: Sequence[Lesson]) -> list[Lesson]:
    return [*lessons[:3], *lessons[6:]]


def with_swaps(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Two pairs change places, each of one teacher: neither can go first."""
    first, one, other, third, fourth, *rest = lessons
    pairs = ((one, other), (third, fourth))
    swapped = [replace(each, slot=to.slot) for pair in pairs for each, to in (pair, pair[::-1])]
    assert all(pair[0].teacher == pair[1].teacher for pair in pairs)
    return [first, *swapped, *rest]


def with_ring(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Three that one teacher has by then go round."""
    first, one, other, third, *rest = lessons
    ring = [replace(each, teacher=one.teacher) for each in (one, other, third)]
    slots = (other.slot, third.slot, one.slot)
    return [first, *(replace(each, slot=slot) for each, slot in zip(ring, slots, strict=True)), *rest]


# -- everything at once, by lot ----------------------------------------------------------------


def drawn(lot: random.Random) -> list[Lesson]:
    """A term that the account can hold. The ends stand still: what lies between them can be gone."""
    lessons: list[Lesson] = []
    for _ in range(14):
        _place(lot, lessons)
    return [*lessons, Lesson("First", "dan", -1, 9), Lesson("Last", "dan", _SLOTS, 9)]


def next_version(lot: random.Random, before: Sequence[Lesson]) -> list[Lesson]:
    """Lessons move, swap, get other teachers and places, drop out and come."""
    after = list(before)
    inner = [at for at, each in enumerate(before) if each.teacher in _TEACHERS]
    changes: list[Callable[[random.Random, list[Lesson], int], None]] = [
        _move,
        _move,
        partial(_swap, before),
        _teacher,
        _places,
    ]
    for at in lot.sample(inner, 8):
        if after[at] == before[at]:
            lot.choice(changes)(lot, after, at)
    gone = lot.sample(inner, 2)
    after = [each for at, each in enumerate(after) if at not in gone]
    for _ in range(2):
        _place(lot, after, before)
    lot.shuffle(after)
    return after


def _place(lot: random.Random, lessons: list[Lesson], before: Sequence[Lesson] = ()) -> None:
    """A new lesson; at the start of one of its teacher's that is gone it would be that one under another title."""
    while True:
        title = f"Lesson {lot.randrange(10**6)}"
        new = Lesson(title, lot.choice(_TEACHERS), lot.randrange(_SLOTS), lot.randint(5, 20))
        if _fits(new, lessons) and not any(new.meets(each) for each in before):
            lessons.append(new)
            return


def _fits(new: Lesson, lessons: Sequence[Lesson]) -> bool:
    there = [each for each in lessons if each.slot == new.slot]
    return len(there) < LIMIT and not any(each.meets(new) for each in there)


def _put(lessons: list[Lesson], at: int, new: Lesson) -> None:
    """In its place, where it fits there."""
    if _fits(new, [each for place, each in enumerate(lessons) if place != at]):
        lessons[at] = new


def _move(lot: random.Random, lessons: list[Lesson], at: int) -> None:
    _put(lessons, at, replace(lessons[at], slot=lot.randrange(_SLOTS)))


def _teacher(lot: random.Random, lessons: list[Lesson], at: int) -> None:
    _put(lessons, at, replace(lessons[at], teacher=lot.choice(_TEACHERS)))


def _places(lot: random.Random, lessons: list[Lesson], at: int) -> None:
    lessons[at] = replace(lessons[at], places=lot.randint(21, 50))


def _swap(before: Sequence[Lesson], _: random.Random, lessons: list[Lesson], at: int) -> None:
    one = lessons[at]
    for place, other in enumerate(lessons):
        if place != at and other.teacher == one.teacher and other == before[place]:
            lessons[at], lessons[place] = replace(one, slot=other.slot), replace(other, slot=one.slot)
            return
