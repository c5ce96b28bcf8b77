"""The fault matrix once more, for whatever is done to classes that exist: what meets `create` there meets `modify` and `cancel` here."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from batch import maintenance, run
from batch.core.changes.decide import ChangeTerms
from batch.core.message import JournalFault
from batch.core.outcome import Outcome
from batch.report.ending import Ending
from batch.sandbox import Call, Fault, FaultPlan, no_faults
from batch.sending.environment import Environment
from batch.sending.listener import Listener
from batch.sending.undoing import UndoTerms
from tests.support.command import timetable
from tests.trials.aims import Aim, account, judge, of_sync, of_undo
from tests.trials.case import THERE, Case, Scene
from tests.trials.invariants import Verdict, leaks
from tests.trials.matrix import CASES
from tests.trials.running import Ran, environment_of, play, run_here, scene_of, straight
from tests.trials.trial import Line
from tests.trials.versions import Lesson, term, with_changes, with_less, with_new, with_ring, with_swaps

#: Nothing stands in the way of a trial that touches most of its classes.
LENIENT = {"CLASSBATCH_MOST_CHANGED_PERCENT": "100", "CLASSBATCH_MOST_CANCELLED_PERCENT": "100"}
#: A list that lags, or a place that was taken until a moment ago, is waited for by the run after.
_MOST_RUNS = 4
#: Row 14 is the network's own doing, and only a class can be there twice by it. Rows 27 to 29 are about places and
#: presenters' hours; tests/core/changes and tests/sending have them for changes.
_NOT_HERE = frozenset({14, 27, 28, 29})

Version = Callable[[Sequence[Lesson]], list[Lesson]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What is done to the classes of a term, and which requests for it meet the fault."""

    name: str
    command: Literal["sync", "undo"] = "sync"
    version: Version
    method: str = "modify"
    skips: int = 0  #: so many requests of each class go well first


ACTIONS = (
    Action(name="a new row", version=with_new, method="create"),
    Action(name="a change", version=with_changes),
    Action(name="a cancel", version=with_less, method="cancel"),
    Action(name="parking", version=with_swaps),
    Action(name="moving on", version=with_swaps, skips=1),
    Action(name="a change taken back", command="undo", version=with_changes),
    Action(name="a new row taken back", command="undo", version=with_new, method="cancel"),
    Action(name="a swap taken back", command="undo", version=with_swaps),
    Action(name="a ring taken back", command="undo", version=with_ring),
)


#: The faults that may befall any of them.
FAULTS = tuple(case for case in CASES if case.number not in _NOT_HERE)


def met_by(action: Action, plan: FaultPlan) -> FaultPlan:
    """A plan for creates, for the requests of an action; counted from now on."""
    requests, seen = 0, Counter[str]()

    def met(call: Call) -> Fault | None:
        nonlocal requests
        if call.method == action.method:
            seen[call.title] += 1
            if seen[call.title] <= action.skips:
                return None
            requests += 1
            attempt = seen[call.title] - action.skips
            return plan(replace(call, method="create", attempt=attempt, sequence=requests))
        return None if call.method == "create" else plan(call)

    return met


async def trial(action: Action, case: Case, seed: int) -> tuple[Verdict, Verdict]:
    """One fault in one action, and the same command again once it is over."""
    # A second class is made where a row is sent twice; elsewhere no step of an order may be refused.
    conflict: Literal["off", "presenter"] = "off" if action.method == "create" else "presenter"
    here = replace(case, account=replace(case.account, conflict=conflict))
    usual = replace(
        here, account=replace(here.account, listing_lag_s=0, failing_listings=0, list_without_id=True)
    )
    async with scene_of(usual, f"{action.name} {case.name} {seed}", 1) as scene:
        aim, file = await _prepared(scene, action)
        began = time.time()
        scene.method = action.method
        scene.sandbox.settings = here.account
        case.prepare(scene)
        play(scene, met_by(action, case.faults(scene)))
        async with (case.door or straight)(scene) as base_url:
            environment = environment_of(
                scene, base_url, **LENIENT, **case.environment, **case.environment_first
            )
            ran = await COMMANDS[action.command](scene, environment, "first")
        is_refused = Outcome.REFUSED in case.first.outcomes
        first = judge(scene, ran, aim, file=file, at_rest=False, refused=is_refused)
        if case.first.outcomes <= THERE and ran.exit_code:
            first.broken.append(
                f"not done by the first run: exit {ran.exit_code}, {ran.said.decode()[-600:]}"
            )
        scene.sandbox.settings = replace(usual.account, faults=no_faults)
        environment = environment_of(scene, scene.sandbox.url, **LENIENT, **case.environment)
        again = await finished(scene, environment, action.command, aim, file)
        again.broken += leaks(scene, ran.said, began=began, ended=time.time())
        return first, again


async def _prepared(scene: Scene, action: Action) -> tuple[Aim, Sequence[Lesson] | None]:
    """A term that was sent, and its next version in the file; where that is to be taken back, synced, too."""
    before = term()
    after = action.version(before)
    environment = environment_of(scene, scene.sandbox.url, **LENIENT)
    await sent(scene, environment, before)
    aim = of_sync(account(scene), before, after)
    timetable(scene.folder / "term.csv", [each.row for each in after])
    if action.command == "sync":
        return aim, after
    ran = await synced(scene, environment, "before")
    assert ran.exit_code == 0, ran.said.decode()
    return of_undo(account(scene), aim), None


async def sent(scene: Scene, environment: dict[str, str], lessons: Sequence[Lesson]) -> None:
    """A first version, submitted in peace."""
    timetable(scene.folder / "term.csv", [each.row for each in lessons])
    ran = await run_here(scene, environment, "submitted", workbook=False)
    assert ran.exit_code == 0, ran.said.decode()


async def finished(
    scene: Scene, environment: dict[str, str], command: str, aim: Aim, file: Sequence[Lesson] | None
) -> Verdict:
    """The same command again, in peace: all is done, and once more it finds nothing to do."""
    ran = Ran(exit_code=1, results=scene.folder)
    for number in range(_MOST_RUNS):
        ran = await COMMANDS[command](scene, environment, f"again-{number}")
        if not ran.exit_code:
            break
    verdict = judge(scene, ran, aim, file=file, at_rest=True)
    before = Counter(each.method for each in scene.sandbox.calls)
    await COMMANDS[command](scene, environment, "once more")
    asked = Counter(each.method for each in scene.sandbox.calls) - before
    if set(asked) & {"create", "modify", "cancel"}:
        verdict.broken.append(f"once more, and it asked for {dict(asked)}")
    return verdict


async def synced(scene: Scene, environment: dict[str, str], name: str) -> Ran:
    changes = ChangeTerms(sync=True, retry_refused=True)
    return await run_here(
        scene, environment, name, workbook=False, changes=changes, replaces=True, retry_refused=True
    )


async def undone(scene: Scene, environment: dict[str, str], name: str) -> Ran:
    ran = await run_here(scene, environment, name, begin=_take_back, workbook=False)
    # Where the run before has done all of it, this one says so.
    return replace(ran, exit_code=0) if ran.stopped is JournalFault.TAKEN_BACK_ALREADY else ran


async def _take_back(job: run.Job, listener: Listener, world: Environment) -> Ending:
    return await maintenance.undo(maintenance.UndoJob(job=job, terms=UndoTerms()), listener, world)


COMMANDS = {"sync": synced, "undo": undone}


async def tried(action: Action, cases: Sequence[Case], count: int, *, at_once: int = 10) -> Line:
    """So many trials of each of these faults in one action."""
    line = Line()
    room = asyncio.Semaphore(at_once)

    async def one(case: Case, seed: int) -> None:
        async with room:
            await line.add(f"{action.name}, {case.name}, seed {seed}", trial(action, case, seed))

    async with asyncio.TaskGroup() as group:
        for seed in range(count):
            for case in cases:
                group.create_task(one(case, seed))
    return line
