"""The command against an account whose list is bent, in the situations where a list is believed.

Nothing may be scheduled twice, nothing be called refused or not sent that is there, and no
row may end with a class that is not its own. A row in doubt or held is well: nobody knows.
So is a run that stops and says that this list cannot be gone by.
"""

import asyncio
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from batch import maintenance
from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.sandbox import fault, no_faults
from batch.sandbox.classes import ScheduledClass
from batch.settings.resolve import load_settings
from tests.trials.bent_lists import BentList
from tests.trials.case import THERE, Case, Scene
from tests.trials.matrix import some
from tests.trials.running import Ran, environment_of, play, run_here, scene_of
from tests.trials.timetable import Lesson, bendable, write

#: Rows that were confirmed before answers are lost, and rows in all.
WITNESSES, ROWS = 6, 10

#: What may be said of a class that is there: whoever reads it looks before sending again.
_CAREFUL = THERE | {Outcome.UNKNOWN, Outcome.HELD}


@dataclass(slots=True)
class Tried:
    """What came of one situation under one list, or under several."""

    rows: int = 0
    duplicated: int = 0
    wrong: int = 0  #: refused or not sent, and there; or another row's class
    there: int = 0  #: said to be there, rightly
    open: int = 0  #: unknown or held
    stopped: int = 0  #: not sent by a run that said why it stopped
    let_through: int = 0  #: classes too many that no list could have shown to be there
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Tried") -> None:
        self.rows += other.rows
        self.duplicated += other.duplicated
        self.wrong += other.wrong
        self.there += other.there
        self.open += other.open
        self.stopped += other.stopped
        self.let_through += other.let_through
        self.broken += other.broken


async def lost_answer(scene: Scene) -> Ran:
    """Classes are known to be there; then the answers to three further ones are lost."""
    lessons = scene.lessons
    scene.lessons = lessons[:WITNESSES]
    await _submitted(scene)
    await asyncio.sleep(0.5)  # so that those are older than the settle time
    scene.lessons = lessons
    play(scene, some("reset-after-create", WITNESSES + 1, WITNESSES + 2, WITNESSES + 4)(scene))
    await _submitted(scene)
    return await _once_more(scene)


async def first_batch(scene: Scene) -> Ran:
    """Answers of the first batch that was ever sent are lost: three of them, after the class was made."""
    play(scene, some("reset-after-create", 2, 5, 9)(scene))
    await _submitted(scene)
    return await _once_more(scene)


async def all_lost(scene: Scene) -> Ran:
    """Every first answer is lost: nothing is known to be there."""
    lost = fault("reset-after-create")
    play(scene, lambda call: lost if call.method == "create" and call.attempt == 1 else None)
    await _submitted(scene)
    return await _once_more(scene)


async def start_over(scene: Scene) -> Ran:
    """The whole file was sent; then the journal is lost and started over."""
    await _submitted(scene)
    for path in scene.state.iterdir():
        if path.is_dir():
            for each in path.iterdir():
                each.unlink()
    environment = environment_of(scene, scene.sandbox.url, CLASSBATCH_TIMEOUT_S="0.01")
    settings = load_settings({}, environ=environment, cwd=scene.folder)
    maintenance.start_over(settings, None, time.time(), sandbox=False)
    await _submitted(scene)
    return await _once_more(scene)


async def second_journal(scene: Scene) -> Ran:
    """The whole file was sent from another computer."""
    await _submitted(scene)
    shutil.rmtree(scene.state)
    await _submitted(scene)
    return await _once_more(scene)


SITUATIONS: Mapping[str, Callable[[Scene], Awaitable[Ran]]] = {
    "lost answer": lost_answer,
    "first batch": first_batch,
    "all answers lost": all_lost,
    "start over": start_over,
    "second journal": second_journal,
}


async def tried(situation: str, name: str, bent: BentList) -> Tried:
    """One situation under one list, and the same command again once nothing goes wrong any more."""
    case = Case(number=45, name=f"{situation}: {name}", account=bent.account, lessons=bendable)
    async with scene_of(case, case.name, ROWS) as scene:
        ran = await SITUATIONS[situation](scene)
        is_unseen = bent.is_as_of_a_new_account or bent.is_late
        most = int(is_unseen and situation == "second journal")
        return _judged(scene, ran, f"{situation}, {name}", most_let_through=most)


async def every(situation: str, lists: Mapping[str, BentList], *, at_once: int) -> dict[str, Tried]:
    """One situation under each of the lists."""
    room = asyncio.Semaphore(at_once)

    async def one(name: str) -> Tried:
        async with room:
            try:
                return await tried(situation, name, lists[name])
            except TimeoutError:
                return Tried(broken=[f"{situation}, {name}: it came to no end"])

    results = await asyncio.gather(*map(one, lists))
    return dict(zip(lists, results, strict=True))


async def _submitted(scene: Scene) -> Ran:
    write(scene.folder / "term.csv", list(scene.lessons))
    return await run_here(scene, environment_of(scene, scene.sandbox.url), "term")


async def _once_more(scene: Scene) -> Ran:
    play(scene, no_faults)
    return await _submitted(scene)


def _judged(scene: Scene, ran: Ran, name: str, *, most_let_through: int) -> Tried:
    made: defaultdict[tuple[object, ...], list[ScheduledClass]] = defaultdict(list)
    for each in scene.sandbox.classes:
        made[each.title, each.start, each.booking.presenter].append(each)
    wanted = Counter(map(_key, scene.lessons))
    result = Tried(rows=len(scene.lessons))
    too_many = sum(max(len(made[key]) - count, 0) for key, count in wanted.items())
    result.let_through = min(too_many, most_let_through)
    result.duplicated = too_many - result.let_through
    is_stopped = ran.exit_code == Exit.CANNOT_RUN
    said = {row["row"]: row for row in ran.rows}
    for number, lesson in enumerate(scene.lessons, start=2):
        classes, row = made[_key(lesson)], said.get(number)
        outcome = Outcome(row["outcome"]) if row else Outcome.NOT_SENT
        is_mine = row is not None and any(str(each.class_id) == row["class_id"] for each in classes)
        result.there += outcome in THERE and is_mine
        result.open += outcome in {Outcome.UNKNOWN, Outcome.HELD}
        if is_stopped and outcome is Outcome.NOT_SENT:
            result.stopped += 1
        elif (classes and outcome not in _CAREFUL) or (outcome in THERE and not is_mine):
            result.wrong += 1
            result.broken.append(f"{name}, row {number}: {outcome}, and there are {len(classes)}: {row}")
    if ran.rows and result.open and ran.exit_code == 0:
        result.broken.append(f"{name}: exit 0 with {result.open} rows open")
    if result.duplicated:
        result.broken.append(f"{name}: {result.duplicated} classes too many")
    return result


def _key(lesson: Lesson) -> tuple[object, ...]:
    return lesson.title, lesson.start, lesson.teacher


def summed(results: Mapping[str, Tried]) -> Tried:
    whole = Tried()
    for each in results.values():
        whole.add(each)
    return whole


def broken(results: Sequence[Mapping[str, Tried]]) -> list[str]:
    return list(chain.from_iterable(each.broken for table in results for each in table.values()))
