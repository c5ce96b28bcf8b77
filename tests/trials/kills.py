"""kill -9: at each point of a run, at any moment, and again and again during recovery."""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from batch.sandbox import Call, Fault, FaultPlan, fault, no_faults
from tests.trials.case import ACCOUNT, Case, Expected, Scene
from tests.trials.edges import POINTS
from tests.trials.invariants import Verdict, cells, judge, leaks, ledger
from tests.trials.running import environment_of, play, run_apart, run_here, scene_of

HEADERS_SENT = "headers sent"
#: Where a run can be hit once, and where its recovery can.
RUN = (
    "before intent",
    "after intent",
    HEADERS_SENT,
    "after response",
    "after outcome",
    "before workbook",
    "mid-write",
    "before rename",
    "after rename",
)
RECOVERY = ("in the look-up", "before what it found", "after what it found", "after intent", "after response")
#: Where one that changes or cancels classes can be.
OPERATIONS = (
    "before an operation's intent",
    "after an operation's intent",
    "after an operation's answer",
    "after an operation's ending",
)
assert {*RUN, *RECOVERY, *OPERATIONS} == {*POINTS, HEADERS_SENT}

#: Met more than once in a run; the others once.
_MANY = {"before intent", "after intent", HEADERS_SENT, "after response", "after outcome", "mid-write"}

_CASE = Case(number=33, name="kill -9", account=replace(ACCOUNT, latency_s=(0.0, 0.01)))


async def killed_at(point: str, seed: int, *, rows: int = 10) -> Verdict:
    """One kill at that point of a run in which some answers are lost; then the same command again."""
    async with scene_of(_CASE, f"{point} {seed}", rows) as scene:
        nth = scene.chance.randint(1, 5) if point in _MANY else 1
        lost = scene.chance.sample(range(1, rows + 1), 2)
        play(scene, _loses(lost, kill=nth if point == HEADERS_SENT else None, scene=scene))
        await _killed(scene, None if point == HEADERS_SENT else {"point": point, "nth": nth})
        return await _finished(scene)


async def killed_in_recovery(seed: int, *, times: int = 3, rows: int = 10) -> Verdict:
    """A kill in the sending, then so many in the recovery from it."""
    async with scene_of(_CASE, f"recovery {seed}", rows) as scene:
        play(scene, _loses([1, 2, 3, 4], kill=scene.chance.randint(3, 6), scene=scene))
        await _killed(scene, None)
        for _ in range(times):
            point = scene.chance.choice(RECOVERY)
            play(scene, _loses([2], kill=None, scene=scene))
            await _killed(scene, {"point": point, "nth": scene.chance.randint(1, 2)}, may_end=True)
        return await _finished(scene)


async def killed_any_time(seed: int, *, rows: int = 200) -> Verdict:
    """A kill at a random moment of a longer run."""
    async with scene_of(_CASE, f"any time {seed}", rows) as scene:
        if seed % 2:
            play(scene, _loses([], kill=scene.chance.randint(1, rows), scene=scene))
            await _killed(scene, None)
        else:
            await _killed(scene, None, after_s=scene.chance.uniform(0.3, 2.5), may_end=True)
        return await _finished(scene)


def _loses(answers: Sequence[int], *, kill: int | None, scene: Scene) -> FaultPlan:
    """Loses the answers of these creates, and kills the client while it waits for that one's.

    Counted from now on. Whether the class of the last one is made is up to chance.
    """
    creates = 0

    def plan(call: Call) -> Fault | None:
        nonlocal creates
        creates += call.method == "create"
        if call.method != "create":
            return None
        if creates == kill:
            with suppress(ProcessLookupError):
                os.kill(scene.processes[-1], signal.SIGKILL)
            return fault(scene.chance.choice(("reset-before-create", "reset-after-create")))
        return fault("reset-after-create") if creates in answers else None

    return plan


async def _killed(
    scene: Scene, edges: dict[str, object] | None, *, after_s: float | None = None, may_end: bool = False
) -> None:
    """A run that does not live to its end. What it leaves behind is whole, and nothing is there twice."""
    signals = [(after_s, signal.SIGKILL)] if after_s is not None else []
    environment = environment_of(scene, scene.sandbox.url)
    began = time.time()
    ran = await run_apart(scene, environment, "term", edges=edges, signals=signals)
    assert ran.exit_code == -signal.SIGKILL or may_end, ran.said.decode()
    assert all(len(made) == 1 for made in ledger(scene).values())
    assert not [*leaks(scene, ran.said, began=began, ended=time.time())]
    if ran.results.exists():
        assert len(cells(ran.results)) == len(scene.lessons) + 1


async def _finished(scene: Scene) -> Verdict:
    """The same command again, in peace: everything is there, once, and said rightly."""
    play(scene, no_faults)
    ran = await run_here(scene, environment_of(scene, scene.sandbox.url), "term")
    verdict = judge(_CASE, scene, ran, Expected(creates=lambda rows: 5 * rows))
    if len(ledger(scene)) != len(scene.lessons):
        verdict.broken.append(f"{len(ledger(scene))} classes of {len(scene.lessons)}")
    parts = [path.name for path in scene.folder.iterdir() if path.name.endswith(".part")]
    if len(parts) > len(scene.processes):
        verdict.broken.append(f"left behind: {parts}")
    return verdict
