"""One trial: a fault, a run, and the same command again once the fault is over."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace

from batch.sandbox import no_faults
from tests.trials.case import Case, Scene
from tests.trials.invariants import Verdict, judge, leaks
from tests.trials.running import Ran, environment_of, play, run_apart, run_here, scene_of, straight


@dataclass(slots=True)
class Line:
    """A fault's line in the table."""

    trials: int = 0
    seconds: float = 0.0
    first: Verdict = field(default_factory=Verdict)  #: while the fault lasts
    again: Verdict = field(default_factory=Verdict)  #: the same command, once it is over

    @property
    def broken(self) -> list[str]:
        return self.first.broken + self.again.broken

    async def add(self, name: str, trial: Awaitable[tuple[Verdict, Verdict]]) -> None:
        """Play one more trial; what it finds broken is called by its name."""
        began = time.monotonic()
        try:
            first, again = await trial
        except Exception:  # noqa: BLE001 - a bug in one of thousands of trials is told like the others
            first, again = Verdict(broken=[traceback.format_exc()]), Verdict()
        self.trials += 1
        self.seconds += time.monotonic() - began
        for verdict in (first, again):
            verdict.broken = [f"{name}: {each}" for each in verdict.broken]
        self.first.add(first)
        self.again.add(again)


async def trial(case: Case, seed: int, *, rows: int, apart: bool) -> tuple[Verdict, Verdict]:
    """One trial of one fault.

    Args:
        seed: of everything that chance decides.
        apart: as a process of its own.
    """
    began = time.time()
    async with scene_of(case, f"{case.name} {seed}", rows) as scene:
        case.prepare(scene)
        play(scene, case.faults(scene))
        async with (case.door or straight)(scene) as base_url:
            ran = await _run(case, scene, base_url, apart=apart)
        first = judge(case, scene, ran, case.first)
        first.broken += leaks(scene, ran.said, began=began, ended=time.time())
        sandbox = scene.sandbox
        sandbox.settings = replace(
            sandbox.settings, faults=no_faults, failing_listings=0, missing_page=None, list_without_id=True
        )
        ran = await run_here(scene, environment_of(scene, sandbox.url, **case.environment), "again")
        again = judge(case, scene, ran, case.again)
        again.broken += leaks(scene, ran.said, began=began, ended=time.time())
        return first, again


async def _run(case: Case, scene: Scene, base_url: str, *, apart: bool) -> Ran:
    environment = environment_of(scene, base_url, **case.environment, **case.environment_first)
    if not apart:
        return await run_here(scene, environment, "first")
    edges = {"names": case.failing_names} if case.failing_names else None
    return await run_apart(scene, environment, "first", edges=edges)


async def trials(
    cases: Sequence[Case],
    count: int,
    *,
    alone: Sequence[Case] | None = None,
    rows: int = 10,
    here: int = 6,
    apart: int = 3,
) -> dict[str, Line]:
    """So many trials of every case.

    Args:
        alone: cases whose first trial is a process of its own; None: all of them.
        here: so many at once in this process.
        apart: so many processes at once.
    """
    table = {case.name: Line() for case in cases}
    room_here, room_apart = asyncio.Semaphore(here), asyncio.Semaphore(apart)

    async def one(case: Case, seed: int) -> None:
        is_first = seed == 0 and (alone is None or case in alone)
        is_apart = is_first or case.always_apart
        async with room_apart if is_apart else room_here:
            await table[case.name].add(
                f"{case.name}, seed {seed}", trial(case, seed, rows=rows, apart=is_apart)
            )

    async with asyncio.TaskGroup() as group:
        for seed in range(count):
            for case in cases:
                group.create_task(one(case, seed))
    return table
