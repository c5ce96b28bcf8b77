"""Two runs at once, although there is a lock: its file was deleted, or the disk locks nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from batch.core.tally import Exit
from tests.support.effort import LOCK_ROWS
from tests.trials.case import ACCOUNT, Case, Expected, Scene
from tests.trials.invariants import judge, ledger
from tests.trials.running import environment_of, run_apart, scene_of

pytestmark = pytest.mark.thorough

CASE = Case(number=45, name="two runs at once", account=replace(ACCOUNT, latency_s=(0.03, 0.07)))


def _lock_is_deleted(scene: Scene) -> None:
    for lock in scene.state.glob("*/lock"):
        lock.unlink()


def _nothing(_: Scene) -> None:
    """The disk locks nothing: nobody has to do anything."""


#: What befalls the lock while the first run is at work, and what its disk is like.
WAYS: dict[str, tuple[Callable[[Scene], None], dict[str, Any] | None]] = {
    "the lock file is deleted": (_lock_is_deleted, None),
    "the disk locks nothing": (_nothing, {"locks": "nothing"}),
}


async def _so_many_classes(scene: Scene, classes: int) -> None:
    while len(ledger(scene)) < classes:  # noqa: ASYNC110 - the sandbox has no event for it
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(("befalls", "edges"), WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("share", [0.1, 0.6])
async def test_two_runs_at_once_schedule_nothing_twice(
    befalls: Callable[[Scene], None], edges: dict[str, Any] | None, share: float
) -> None:
    async with scene_of(CASE, "lock", LOCK_ROWS) as scene:
        # So slow that the first has not ended before the second begins.
        environment = environment_of(
            scene, scene.sandbox.url, CLASSBATCH_IN_FLIGHT=f"{max(2, LOCK_ROWS // 150)}"
        )
        first = asyncio.create_task(run_apart(scene, environment, "first", edges=edges))
        await _so_many_classes(scene, int(share * LOCK_ROWS))
        befalls(scene)
        second = await run_apart(scene, environment, "second", edges=edges)
        overtaken = await first
        assert overtaken.exit_code == Exit.UNFINISHED, overtaken.said
        assert second.exit_code == Exit.DONE, second.said
        verdict = judge(CASE, scene, second, Expected())
        assert (verdict.lost, verdict.duplicated, verdict.wrong, verdict.unknown) == (0, 0, 0, 0)
        assert max(map(len, ledger(scene).values())) == 1


async def test_a_run_whose_lock_was_deleted_begins_nothing_more() -> None:
    """Even if nobody else comes: what is under way is finished, and the same command goes on later."""
    rows = 2 * 256 + 100  # rows are read from the journal in blocks, and the lock is looked at before each
    async with scene_of(CASE, "alone", rows) as scene:
        environment = environment_of(scene, scene.sandbox.url)
        first = asyncio.create_task(run_apart(scene, environment, "first"))
        await _so_many_classes(scene, 10)
        _lock_is_deleted(scene)
        ended = await first
        assert ended.exit_code == Exit.UNFINISHED, ended.said
        assert 10 <= len(ledger(scene)) < rows
        assert ended.answer["counts"]["unknown"] == 0
        again = await run_apart(scene, environment, "again")
        assert again.exit_code == Exit.DONE, again.said
        assert max(map(len, ledger(scene).values())) == 1
        assert len(ledger(scene)) == rows
