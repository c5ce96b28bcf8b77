"""Two computers, each with a journal of its own, sync every version of one file: no lesson is there twice.

Each version comes to both, in whatever order, and the first that has it loses answers. In
peace the account is then as the file says, and each class is the one that it was all along.
"""

from dataclasses import replace
from random import Random

from batch.sandbox import Call, Fault, FaultPlan, bends, fault, no_faults
from tests.support.command import timetable
from tests.trials.aims import account, judge, of_sync
from tests.trials.case import ACCOUNT, Case, Scene
from tests.trials.invariants import Verdict
from tests.trials.operations import LENIENT, sent, synced
from tests.trials.running import environment_of, play, scene_of
from tests.trials.versions import drawn, next_version

VERSIONS = 3
#: The list tells whose classes are: else one that another computer made is held until somebody says so.
_CASE = Case(number=45, name="two computers", account=replace(ACCOUNT, bends=bends(["presenter-told"])))
_CHANGING = frozenset({"create", "modify", "cancel"})
_LOSSES = (
    *("reset-before", "reset-after", "http-500-before", "http-500-after"),
    *("1000-before", "1000-after", "truncated-xml", "empty-body", "http-409-after", "http-403-after"),
)


async def in_turn(seed: int) -> Verdict:
    """Each version by both, one after the other."""
    async with scene_of(_CASE, f"two computers {seed}", 1) as scene:
        computers = [_environment(scene, name) for name in ("one", "another")]
        lessons = drawn(scene.chance)
        found = Verdict()
        for computer in computers:
            await sent(scene, computer, lessons)
        for _ in range(VERSIONS):
            after = next_version(scene.chance, lessons)
            timetable(scene.folder / "term.csv", [each.row for each in after])
            aim = of_sync(account(scene), lessons, after)
            scene.chance.shuffle(computers)
            play(scene, _loses(scene.chance))
            ran = await synced(scene, computers[0], "first")
            found.add(judge(scene, ran, aim, file=after, at_rest=False))
            play(scene, no_faults)
            for computer in (*computers[::-1], *computers):
                ran = await synced(scene, computer, "in peace")
            found.add(judge(scene, ran, aim, file=after, at_rest=True))
            lessons = after
        return found


def _environment(scene: Scene, name: str) -> dict[str, str]:
    return environment_of(scene, scene.sandbox.url, **LENIENT) | {
        "CLASSBATCH_STATE": str(scene.folder / name)
    }


def _loses(lot: Random) -> FaultPlan:
    """Loses the answers of some requests that change the account."""
    lost = {number: fault(lot.choice(_LOSSES)) for number in lot.sample(range(1, 12), lot.randint(1, 4))}
    seen = 0

    def plan(call: Call) -> Fault | None:
        nonlocal seen
        seen += call.method in _CHANGING
        return lost.get(seen) if call.method in _CHANGING else None

    return plan
