"""kill -9 in the middle of a `sync` or an `undo`, as often as it takes; then the same command again.

Each trial draws two versions of a term by lot. Answers are lost on the way, and what had
to make room for it may be parked when the process is gone.
"""

import os
import signal
import time
from contextlib import suppress
from dataclasses import replace

from batch.sandbox import Call, Fault, FaultPlan, fault, no_faults
from tests.support.command import timetable
from tests.trials.aims import Aim, account, judge, of_sync, of_undo
from tests.trials.case import ACCOUNT, Case, Scene
from tests.trials.invariants import Verdict, leaks
from tests.trials.kills import HEADERS_SENT, OPERATIONS
from tests.trials.operations import LENIENT, finished, sent, synced
from tests.trials.running import environment_of, play, run_apart, scene_of
from tests.trials.versions import LIMIT, Lesson, drawn, next_version

ANY_TIME = "any time"
#: Where a run that changes classes can be hit: at a commit of its own, in the middle of a request, or anywhere.
AT = (*OPERATIONS, HEADERS_SENT, ANY_TIME)
_CHANGING = frozenset({"create", "modify", "cancel"})
_CASE = Case(
    number=33,
    name="kill -9",
    account=replace(ACCOUNT, conflict="presenter", max_concurrent_classes=LIMIT, latency_s=(0.0, 0.02)),
)
_MOST_KILLS = 3


async def killed_while(command: str, point: str, seed: int) -> Verdict:
    """A kill at that point of a `sync` or an `undo`, or two or three in a row; then the same command again."""
    async with scene_of(_CASE, f"{command} {point} {seed}", 1) as scene:
        scene.environment["CLASSBATCH_MAX_CONCURRENT_CLASSES"] = str(LIMIT)
        environment = environment_of(scene, scene.sandbox.url, **LENIENT)
        before = drawn(scene.chance)
        after = next_version(scene.chance, before)
        await sent(scene, environment, before)
        aim = of_sync(account(scene), before, after)
        timetable(scene.folder / "term.csv", [each.row for each in after])
        file: list[Lesson] | None = after
        if command == "undo":
            ran = await synced(scene, environment, "before")
            assert ran.exit_code == 0, ran.said.decode()
            aim, file = of_undo(account(scene), aim), None
        found = Verdict(rows=0)
        for number in range(1 + seed % _MOST_KILLS):
            found.broken += await _killed(scene, command, point, aim, file, number)
        play(scene, no_faults)
        found.add(await finished(scene, environment, command, aim, file))
        return found


async def _killed(
    scene: Scene, command: str, point: str, aim: Aim, file: list[Lesson] | None, number: int
) -> list[str]:
    """One run that does not live to its end, or does; what it leaves behind is whole, and nothing is there twice."""
    nth = scene.chance.randint(1, 8)
    play(scene, _loses(scene, kill=nth if point == HEADERS_SENT else None))
    signals = [(scene.chance.uniform(0.1, 1.2), signal.SIGKILL)] if point == ANY_TIME else []
    edges = {"point": point, "nth": nth} if point in OPERATIONS else None
    words = ("sync", scene.folder / "term.csv", "--yes") if command == "sync" else ("undo", "--yes")
    environment = environment_of(scene, scene.sandbox.url, **LENIENT)
    began = time.time()
    ran = await run_apart(scene, environment, f"killed-{number}", words=words, edges=edges, signals=signals)
    ran = ran if ran.exit_code >= 0 else replace(ran, answer={})
    verdict = judge(scene, ran, aim, file=file, at_rest=False)
    return [*verdict.broken, *leaks(scene, ran.said, began=began, ended=time.time())]


def _loses(scene: Scene, *, kill: int | None) -> FaultPlan:
    """Loses the answers of some requests that change the account, and kills the client while it waits for that one's."""
    lost = scene.chance.sample(range(1, 12), 2)
    seen = 0

    def plan(call: Call) -> Fault | None:
        nonlocal seen
        if call.method not in _CHANGING:
            return None
        seen += 1
        if seen == kill:
            with suppress(ProcessLookupError):
                os.kill(scene.processes[-1], signal.SIGKILL)
            return fault(scene.chance.choice(("reset-before", "reset-after")))
        return fault(scene.chance.choice(("reset-before", "reset-after"))) if seen in lost else None

    return plan
