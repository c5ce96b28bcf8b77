"""Thirty nights in mode `sync`: after each, the account is what the file and people's hands in WizIQ ask for.

An oracle keeps its own account of every class: which lesson it is, under which number,
and whether somebody has edited or cancelled it.
"""

import asyncio
import os
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batch.core.tally import Exit
from batch.sandbox.classes import ScheduledClass
from batch.sandbox.faults import plan_of
from tests.support.command import KEYS, PATIENCE_S, ROOT
from tests.support.nights import REAL_NIGHT, Nights, nights

pytestmark = pytest.mark.thorough

SEED = 20311001
_PRESENTERS = ("ana", "ben", "chloe", "dan")
_LIMIT = 3
_FIRST = datetime(2031, 9, 1, tzinfo=UTC)  # a Monday
_CRASHES = frozenset({6, 17, 26})
_LOSSES = {4: "reset-after", 9: "http-500-after", 13: "reset-before", 21: "1000", 28: "truncated-xml"}


@dataclass
class Lesson:
    """A row of the file; its title is nobody else's, so that it can be told which became what."""

    title: str
    presenter: str
    slot: int  #: hours are 9 to 14, on twenty days
    places: int
    class_id: int | None = None  #: of the class that was last seen to be its own
    is_edited: bool = False  #: somebody has moved the class in WizIQ: it is left as it is
    is_cancelled: bool = False  #: somebody has cancelled it there
    is_in_file: bool = True

    @property
    def start(self) -> datetime:
        day, hour = divmod(self.slot, 6)
        return _FIRST + timedelta(days=7 * (day // 5) + day % 5, hours=9 + hour)

    @property
    def row(self) -> dict[str, str]:
        return {
            "title": self.title,
            "start_time": f"{self.start:%Y-%m-%d %H:%M}",
            "time_zone": "GMT",
            "presenter_email": f"{self.presenter}@school.example",
            "duration": "60",
            "attendee_limit": str(self.places),
        }


class School:
    """The term, what changes in it, and what the account should hold."""

    def __init__(self, school: Nights) -> None:
        self.school = school
        self.lot = random.Random(SEED)
        self.lessons: list[Lesson] = []
        self.count = 0
        self.touched_tonight: set[str] = set()
        for _ in range(40):
            self.grow()

    # -- the file --------------------------------------------------------------------

    def free(self, presenter: str) -> list[int]:
        """Hours at which one more lesson fits, for the presenter and the licence, whatever is on its way."""
        taken = [self.slots_of(each) for each in self.lessons]
        return [
            slot
            for slot in range(120)
            if sum(slot in slots for slots in taken) < _LIMIT
            and not any(
                slot in slots and each.presenter == presenter
                for each, slots in zip(self.lessons, taken, strict=True)
            )
        ]

    def slots_of(self, lesson: Lesson) -> set[int]:
        if lesson.is_edited:  # it begins a quarter of an hour later
            return {lesson.slot, lesson.slot + 1}
        return {lesson.slot} if lesson.is_in_file else set()

    def grow(self) -> None:
        presenter = self.lot.choice(_PRESENTERS)
        self.count += 1
        slot = self.lot.choice(self.free(presenter))
        self.lessons.append(Lesson(f"Lesson {self.count}", presenter, slot, self.lot.randint(5, 30)))

    def untouched(self) -> list[Lesson]:
        """Lessons that stand in the file, and that nobody has touched in WizIQ, nor in the file tonight."""
        return [
            each
            for each in self.lessons
            if each.is_in_file
            and not (each.is_edited or each.is_cancelled or each.title in self.touched_tonight)
        ]

    def one_of(self, lessons: Sequence[Lesson]) -> Lesson:
        lesson = self.lot.choice(lessons)
        self.touched_tonight.add(lesson.title)
        return lesson

    def moves(self) -> None:
        lesson = self.one_of(self.untouched())
        lesson.slot = self.lot.choice(self.near(lesson))

    def near(self, lesson: Lesson) -> list[int]:
        """Where it may move to, and still be known by its title and presenter: two weeks away at most."""
        there = [replace(lesson, slot=slot) for slot in self.free(lesson.presenter)]
        return [each.slot for each in there if abs((each.start - lesson.start).days) <= 13]

    def swap(self) -> None:
        one = self.one_of(self.untouched())
        others = [
            each
            for each in self.untouched()
            if each.presenter == one.presenter and abs((each.start - one.start).days) <= 13
        ]
        if others:
            other = self.one_of(others)
            one.slot, other.slot = other.slot, one.slot

    def changes_places(self) -> None:
        self.one_of(self.untouched()).places = self.lot.randint(31, 50)

    def changes_what_was_edited(self) -> None:
        """Nobody's edit is overwritten by it."""
        edited = [each for each in self.lessons if each.is_edited and each.is_in_file]
        if edited:
            self.lot.choice(edited).places += 1

    def changes_teacher(self) -> None:
        lesson = self.one_of(self.untouched())
        others = [each for each in _PRESENTERS if lesson.slot in self.free(each)]
        if others:
            lesson.presenter = self.lot.choice(others)

    def vanishes(self) -> None:
        inside = sorted(self.untouched(), key=lambda each: each.slot)[1:-1]
        self.one_of(inside).is_in_file = False

    def comes_back(self) -> None:
        gone = [each for each in self.lessons if not each.is_in_file and each.class_id is None]
        if gone:
            lesson = self.one_of(gone)
            lesson.slot = self.lot.choice(self.free(lesson.presenter))
            lesson.is_in_file = True

    # -- people's hands in WizIQ --------------------------------------------------------

    def settled(self) -> list[Lesson]:
        return [each for each in self.untouched() if each.class_id is not None]

    def is_edited(self) -> None:
        free = [each for each in self.settled() if each.slot + 1 in self.free(each.presenter)]
        if not free:
            return
        lesson = self.one_of(free)
        assert self.school.sandbox is not None
        assert lesson.class_id is not None
        self.school.sandbox.account.edit_by_hand(str(lesson.class_id))
        lesson.is_edited = True

    def is_cancelled(self) -> None:
        lesson = self.one_of(self.settled())
        assert self.school.sandbox is not None
        assert lesson.class_id is not None
        self.school.sandbox.account.cancel_by_hand(str(lesson.class_id))
        lesson.is_cancelled = True

    # -- the nights -----------------------------------------------------------------------

    def export(self, night: int) -> None:
        self.touched_tonight.clear()
        rows = [each.row for each in self.lessons if each.is_in_file]
        self.lot.shuffle(rows)
        self.school.arrive(f"term-2026-09-{night:02}.csv", rows)

    def classes(self) -> list[ScheduledClass]:
        assert self.school.sandbox is not None
        return [each for each in self.school.sandbox.classes if not each.cancelled]

    def faults(self) -> list[str]:
        """Where the account differs from what file and hands ask for; takes up the numbers of new classes."""
        left = {each.class_id: each for each in self.classes()}
        faults = [fault for lesson in self.lessons if (fault := self._fault(lesson, left))]
        return faults + [f"class {each.class_id} ({each.title}) is nobody's" for each in left.values()]

    def _fault(self, lesson: Lesson, left: dict[int, ScheduledClass]) -> str | None:
        known = left.pop(lesson.class_id or 0, None)
        if lesson.is_edited:  # left as it is, by whatever row
            return None if known is not None else f"{lesson.title}: a class that somebody edited is gone"
        if lesson.is_cancelled:
            return None if known is None else f"{lesson.title} was cancelled, and is there"
        if not lesson.is_in_file:
            lesson.class_id = None
            return None if known is None else f"{lesson.title} is gone from the file, and its class is there"
        if lesson.class_id is not None and known is None:
            return f"{lesson.title}: class {lesson.class_id} is not there any more"
        if known is None:
            found = [each for each in left.values() if each.title == lesson.title]
            if len(found) != 1:
                return f"{lesson.title} has {len(found)} classes"
            known = left.pop(found[0].class_id)
            lesson.class_id = known.class_id
        told = (known.title, known.start, known.booking.presenter, known.parameters["attendee_limit"])
        wanted = (lesson.title, lesson.start, f"{lesson.presenter}@school.example", str(lesson.places))
        return None if told == wanted else f"{lesson.title}: {told} for {wanted}"


async def crash(school: Nights, calls: int) -> None:
    """The real command, killed after it has changed something."""
    sandbox = school.sandbox
    assert sandbox is not None
    sandbox.settings = replace(sandbox.settings, latency_s=0.05)
    before = len(sandbox.calls)

    def changed() -> int:
        return sum(each.method in {"modify", "cancel", "create"} for each in list(sandbox.calls)[before:])

    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "batch",
            "nightly",
            str(school.inbox),
            "--settled-s",
            "0",
            "--in-flight",
            "1",
        ),
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(school.folder),
            "CLASSBATCH_BASE_URL": sandbox.url,
            "CLASSBATCH_STATE": str(school.folder / "state"),
            "CLASSBATCH_TIMEOUT_S": "2",
            "CLASSBATCH_MODE": "sync",
            "CLASSBATCH_MAX_CONCURRENT_CLASSES": str(_LIMIT),
            **KEYS,
        },
        stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(PATIENCE_S):
        while changed() < calls:
            if process.returncode is not None:
                break
            await asyncio.sleep(0.001)
        if process.returncode is None:
            process.kill()
        await process.wait()
    sandbox.settings = replace(sandbox.settings, latency_s=0)


async def test_thirty_nights_of_sync(tmp_path: Path) -> None:
    async with nights(tmp_path, max_concurrent_classes=_LIMIT) as school:
        sandbox = school.sandbox
        assert sandbox is not None
        school.nth = REAL_NIGHT  # a process that is killed lives by this machine's clock
        school.flags = {
            "mode": "sync",
            "max_concurrent_classes": _LIMIT,
            "most_changed_percent": 60,
            "most_cancelled_percent": 60,
        }
        term = School(school)
        stranger = sandbox.account.create(
            {**Lesson("Choir", "eve", 7, 10).row, "start_time": "09/02/2031 20:00:00"}, call_id="by hand"
        )
        changes: list[tuple[Callable[[], None], int]] = [
            (term.moves, 3),
            (term.swap, 2),
            (term.changes_places, 2),
            (term.changes_teacher, 1),
            (term.vanishes, 2),
            (term.comes_back, 1),
            (term.grow, 2),
            (term.is_edited, 1),
            (term.changes_what_was_edited, 1),
            (term.is_cancelled, 1),
        ]
        for night in range(1, 31):
            if night > 1:
                for change in term.lot.choices(*zip(*changes, strict=True), k=3):
                    change()
            term.export(night)
            if night in _LOSSES:
                method = term.lot.choice(["modify", "cancel"])
                sandbox.settings = replace(
                    sandbox.settings, faults=plan_of([f"{_LOSSES[night]}@{method} first 2"])
                )
            is_real_night = night in _CRASHES
            if is_real_night:
                await crash(school, term.lot.randint(1, 2))
            told = await school.night()
            sandbox.settings = replace(sandbox.settings, faults=plan_of([]))
            found = [each for each in term.faults() if f"class {stranger.class_id} " not in each]
            assert found == [], f"night {night}: {told.sentences()}"
            assert any(each.class_id == stranger.class_id for each in term.classes())
            assert told.exit_code in {Exit.DONE, Exit.NEEDS_A_PERSON}
        refused = [each for each in sandbox.calls if each.code in {"1012", "1032"}]
        assert refused == []
        assert sum(each.method == "modify" and each.code == "ok" for each in sandbox.calls) > 40
        assert sum(each.method == "cancel" and each.code == "ok" for each in sandbox.calls) > 8


@pytest.mark.parametrize("mode", ["add", "sync"])
async def test_a_feed_that_rolls_on_changes_nothing_that_only_entered_or_left_it(
    mode: str, tmp_path: Path
) -> None:
    async with nights(tmp_path) as school:
        sandbox = school.sandbox
        assert sandbox is not None
        term = [
            Lesson(f"{subject} {'A' if day % 2 else 'B'}", presenter, 0, 10).row
            | {"start_time": f"{_FIRST + timedelta(days=day, hours=9 + hour):%Y-%m-%d %H:%M}"}
            for day in range(60)
            if (_FIRST + timedelta(days=day)).weekday() < 5
            for hour, (subject, presenter) in enumerate([("Maths", "ana"), ("Art", "ben"), ("PE", "ana")])
        ]
        for night in range(30):
            first = _FIRST + timedelta(days=night)
            window = [f"{first:%Y-%m-%d}", f"{first + timedelta(days=14):%Y-%m-%d}"]
            rows = [row for row in term if window[0] <= row["start_time"] < window[1]]
            school.arrive("next-14-days.csv", rows)
            told = await school.night(mode=mode)
            assert told.exit_code is Exit.DONE, told.sentences()
            school.nth += 1
        last = f"{_FIRST + timedelta(days=29 + 14):%Y-%m-%d}"
        assert len(sandbox.classes) == sum(row["start_time"] < last for row in term)
        assert not [each for each in sandbox.calls if each.method in {"modify", "cancel"}]
