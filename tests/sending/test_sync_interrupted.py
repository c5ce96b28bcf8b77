"""Whatever ends a sync half-way, the next one finishes it: the account is as the file says, and no class is lost or doubled.

Each trial draws two versions of a term by lot: lessons move, swap, get other teachers and
places, drop out and come. The run from one to the other loses answers and is ended in the
middle of requests, again and again; then it is left in peace.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batch.journal.files import reading
from batch.sandbox.faults import Call, Fault, fault, no_faults
from batch.sandbox.server import Sandbox
from tests.support.command import timetable
from tests.support.effort import KILLS
from tests.support.sending import Sent, sandbox, send, sync

_FIRST = datetime(2031, 9, 1, 9, tzinfo=UTC)
_TEACHERS = ("ana", "ben", "chloe")
_LIMIT = 2
_HOURS = 6
_SLOTS = 60  #: on ten days
_CHANGING = frozenset({"modify", "cancel", "create"})
_LOSSES = (
    *("reset-before", "reset-after", "http-500-before", "http-500-after"),
    *("1000", "truncated-xml", "empty-body", "http-404-after"),
)


@dataclass(frozen=True)
class Lesson:
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

    def meets(self, other: "Lesson") -> bool:
        return self.slot == other.slot and self.teacher == other.teacher


@dataclass
class Draw:
    """Two versions of a term."""

    lot: random.Random
    before: list[Lesson] = field(default_factory=list)
    after: list[Lesson] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number in range(1, 15):
            self._place(self.before, f"Lesson {number}")
        # The ends stand still: what lies between them can be gone.
        self.before += [Lesson("First", "dan", -1, 9), Lesson("Last", "dan", _SLOTS, 9)]
        self.after = list(self.before)
        changes: list[Callable[[int], None]] = [
            self._move,
            self._move,
            self._swap,
            self._teacher,
            self._places,
        ]
        for at in self.lot.sample(range(14), 8):
            if self.after[at] == self.before[at]:
                self.lot.choice(changes)(at)
        gone = self.lot.sample(range(14), 2)
        self.after = [each for at, each in enumerate(self.after) if at not in gone]
        for number in range(20, 22):
            self._place(self.after, f"Lesson {number}")
        self.lot.shuffle(self.after)

    def _place(self, lessons: list[Lesson], title: str) -> None:
        while True:
            new = Lesson(
                title, self.lot.choice(_TEACHERS), self.lot.randrange(_SLOTS), self.lot.randint(5, 20)
            )
            if self._fits(new, lessons):
                lessons.append(new)
                return

    def _fits(self, new: Lesson, lessons: list[Lesson]) -> bool:
        there = [each for each in lessons if each.slot == new.slot]
        return len(there) < _LIMIT and not any(each.meets(new) for each in there)

    def _others(self, at: int) -> list[Lesson]:
        return [each for place, each in enumerate(self.after) if place != at]

    def _move(self, at: int) -> None:
        moved = replace(self.after[at], slot=self.lot.randrange(_SLOTS))
        if self._fits(moved, self._others(at)):
            self.after[at] = moved

    def _teacher(self, at: int) -> None:
        changed = replace(self.after[at], teacher=self.lot.choice(_TEACHERS))
        if self._fits(changed, self._others(at)):
            self.after[at] = changed

    def _places(self, at: int) -> None:
        self.after[at] = replace(self.after[at], places=30)

    def _swap(self, at: int) -> None:
        one = self.after[at]
        for place, other in enumerate(self.after[:14]):
            if place != at and other.teacher == one.teacher and other == self.before[place]:
                self.after[at], self.after[place] = (
                    replace(one, slot=other.slot),
                    replace(other, slot=one.slot),
                )
                return


def account(service: Sandbox) -> dict[str, tuple[int, str, str, str]]:
    """The classes that are there, by title: number, start, teacher, places."""
    there = [each for each in service.classes if not each.cancelled]
    assert len({each.title for each in there}) == len(there), "a class is there twice"
    return {
        each.title: (
            each.class_id,
            f"{each.start:%Y-%m-%d %H:%M}",
            each.booking.presenter,
            each.parameters["attendee_limit"],
        )
        for each in there
    }


def asked(lessons: list[Lesson]) -> dict[str, tuple[str, str, str]]:
    return {
        each.title: (each.row["start_time"], each.row["presenter_email"], each.row["attendee_limit"])
        for each in lessons
    }


class Trouble:
    """Loses answers to requests that change something, and ends the run in the middle of one of them."""

    def __init__(self, lot: random.Random, *, loses: int, ends_at: int | None) -> None:
        self._lot = lot
        self._lost = set(lot.sample(range(1, 12), loses))
        self._ends_at = ends_at
        self._seen = 0
        self.task: asyncio.Task[Sent] | None = None

    def __call__(self, call: Call) -> Fault | None:
        if call.method not in _CHANGING:
            return None
        self._seen += 1
        if self._seen == self._ends_at and self.task is not None:
            self.task.cancel()
            return fault(self._lot.choice(("reset-before", "reset-after")))
        return fault(self._lot.choice(_LOSSES)) if self._seen in self._lost else None


async def attempt(file: Path, service: Sandbox, trouble: Trouble | None) -> Sent | None:
    """One run; None where it did not live to its end."""
    settings = {"timeout_s": 0.3, "settle_s": 0.05, "max_concurrent_classes": _LIMIT, "in_flight": 4}
    service.settings = replace(service.settings, faults=trouble or no_faults)
    task = asyncio.create_task(sync(file, service.url, replaces=True, settings=settings))
    if trouble is not None:
        trouble.task = task
    with suppress(asyncio.CancelledError):
        return await task
    return None


@pytest.mark.parametrize("seed", range(6 * KILLS))
async def test_an_interrupted_sync_is_finished_by_the_next_one(seed: int, tmp_path: Path) -> None:
    await interrupted(seed, tmp_path)


async def interrupted(seed: int, folder: Path) -> None:
    """One trial: from one version to the next, with whatever goes wrong on the way."""
    lot = random.Random(seed)
    draw = Draw(lot)
    file = timetable(folder / "term.csv", [each.row for each in draw.before])
    async with sandbox(max_concurrent_classes=_LIMIT) as service:
        await send(file, service.url, max_concurrent_classes=_LIMIT)
        before = account(service)
        assert {title: rest for title, (_, *rest) in before.items()}.keys() == asked(draw.before).keys()
        timetable(file, [each.row for each in draw.after])
        for _ in range(lot.randint(1, 3)):
            ends_at = lot.choice([None, *range(1, 10)])
            await attempt(file, service, Trouble(lot, loses=lot.randint(0, 3), ends_at=ends_at))
        sent = await attempt(file, service, None)
        assert sent is not None
        if sent.json["exit_code"]:  # a place that was taken until a moment ago: the next run has it
            sent = await attempt(file, service, None)
        assert sent is not None
        found = account(service)
        assert {title: tuple(rest) for title, (_, *rest) in found.items()} == asked(draw.after), sent.json
        assert sent.json["exit_code"] == 0
        kept = {title: ident for title, (ident, *_) in found.items() if title in before}
        assert kept == {title: before[title][0] for title in kept}, "a lesson got another class"
        refused = [
            each for each in service.calls if each.code in {"1012", "1032"} and each.method != "create"
        ]
        assert refused == []
    (path,) = (folder / "state").glob("*/journal.sqlite3")
    with reading(path) as journal:
        assert journal.operations.parked() == []
        assert journal.operations.in_doubt() == []
