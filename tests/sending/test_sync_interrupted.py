"""Whatever ends a sync half-way, the next one finishes it: the account is as the file says, and no class is lost or doubled.

Each trial draws two versions of a term by lot: lessons move, swap, get other teachers and
places, drop out and come. The run from one to the other loses answers and is ended in the
middle of requests, again and again; then it is left in peace.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from batch.journal.files import reading
from batch.sandbox.classes import ScheduledClass
from batch.sandbox.faults import Call, Fault, fault, no_faults
from batch.sandbox.server import Sandbox
from tests.support.command import lessons, timetable
from tests.support.effort import KILLS
from tests.support.sending import Sent, sandbox, send, sync
from tests.trials.versions import LIMIT, Facts, drawn, facts_of, next_version

_CHANGING = frozenset({"modify", "cancel", "create"})
_LOSSES = (
    *("reset-before", "reset-after", "http-500-before", "http-500-after"),
    *("1000", "truncated-xml", "empty-body", "http-404-after"),
)


def account(service: Sandbox) -> dict[str, tuple[int, Facts]]:
    """The classes that are there, by title: number, and what they are."""
    there = [each for each in service.classes if not each.cancelled]
    assert len({each.title for each in there}) == len(there), "a class is there twice"
    return {each.title: (each.class_id, facts_of(each)) for each in there}


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
    settings = {"timeout_s": 0.3, "settle_s": 0.05, "max_concurrent_classes": LIMIT, "in_flight": 4}
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
    first = drawn(lot)
    second = next_version(lot, first)
    file = timetable(folder / "term.csv", [each.row for each in first])
    async with sandbox(max_concurrent_classes=LIMIT) as service:
        await send(file, service.url, max_concurrent_classes=LIMIT)
        before = account(service)
        assert sorted(facts for _, facts in before.values()) == sorted(each.facts for each in first)
        timetable(file, [each.row for each in second])
        for _ in range(lot.randint(1, 3)):
            ends_at = lot.choice([None, *range(1, 10)])
            await attempt(file, service, Trouble(lot, loses=lot.randint(0, 3), ends_at=ends_at))
        sent = await attempt(file, service, None)
        assert sent is not None
        if sent.json["exit_code"]:  # a place that was taken until a moment ago: the next run has it
            sent = await attempt(file, service, None)
        assert sent is not None
        found = account(service)
        asked = sorted(each.facts for each in second)
        assert sorted(facts for _, facts in found.values()) == asked, sent.json
        assert sent.json["exit_code"] == 0
        kept = {title: ident for title, (ident, _) in found.items() if title in before}
        assert kept == {title: before[title][0] for title in kept}, "a lesson got another class"
        refused = [
            each for each in service.calls if each.code in {"1012", "1032"} and each.method != "create"
        ]
        assert refused == []
    (path,) = (folder / "state").glob("*/journal.sqlite3")
    with reading(path) as journal:
        assert journal.operations.parked() == []
        assert journal.operations.in_doubt() == []


def _called_like_a_later_lesson(rows: list[dict[str, str]]) -> tuple[list[dict[str, str]], ...]:
    """A lesson gets the title of one that lies beyond the file, and that the file after asks for no more."""
    changed = [rows[0], {**rows[1], "title": "Finale"}, rows[2]]
    last = {**rows[1], "title": "Finale", "start_time": "2031-09-10 10:00"}
    return [*rows[:3], last], changed, [*changed, {**rows[3], "start_time": "2031-09-12 10:00"}]


def _moved_out_of_the_next_file(rows: list[dict[str, str]]) -> tuple[list[dict[str, str]], ...]:
    """A lesson moves behind all others, and the file after ends before that."""
    moved = {**rows[1], "start_time": "2031-09-10 10:00"}
    return rows, [rows[0], moved, *rows[2:]], [rows[0], *rows[2:]]


@pytest.mark.parametrize("versions", [_called_like_a_later_lesson, _moved_out_of_the_next_file])
async def test_what_a_run_that_was_cut_short_has_changed_stands_for_its_new_row_and_is_not_cancelled(
    versions: Callable[[list[dict[str, str]]], tuple[list[dict[str, str]], ...]], tmp_path: Path
) -> None:
    before, changed, after = versions(lessons(4))
    file = timetable(tmp_path / "term.csv", before)
    async with sandbox() as service:
        await send(file, service.url)
        number = next(each.class_id for each in service.classes if each.title == "Lesson 2")
        timetable(file, changed)

        def class_of(number: int) -> ScheduledClass:
            return next(each for each in service.classes if each.class_id == number)

        def cut_short(call: Call) -> Fault | None:
            if call.method != "modify":
                return None
            task.cancel()
            return fault("reset-after")

        service.settings = replace(service.settings, faults=cut_short)
        settings = {"timeout_s": 0.3, "settle_s": 0.05}
        task = asyncio.create_task(sync(file, service.url, replaces=True, settings=settings))
        with suppress(asyncio.CancelledError):
            await task
        as_changed = facts_of(class_of(number))
        service.settings = replace(service.settings, faults=no_faults)
        timetable(file, after)
        await sync(file, service.url, replaces=True, settings=settings)
        assert not class_of(number).cancelled
        assert facts_of(class_of(number)) == as_changed
        assert [each.method for each in service.calls].count("modify") == 1
