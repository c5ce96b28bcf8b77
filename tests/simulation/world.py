"""Plays a history: the real code, on a virtual clock, against a service that keeps its own ledger."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import TypeVar

from batch.core.errors import CannotRun, Unfinished
from batch.core.message import Message
from batch.journal import recorder, store
from batch.journal.lock import locked
from batch.journal.records import Batch, RowOutcome
from batch.report.facts import ResultRow
from batch.report.projection import result_rows, tally_of
from batch.sending import passes
from batch.sending.gate import Gate
from batch.sending.listener import Listener
from batch.sending.terms import Terms
from tests.simulation.clock import Hangs, VirtualLoop
from tests.simulation.disks import Disk, SqliteDisk
from tests.simulation.nature import Booking
from tests.simulation.process import Process, end
from tests.simulation.scenario import FIRST_CLASS, Life, Line, Scenario, rows_of
from tests.simulation.service import Service

BEGINS = (FIRST_CLASS - timedelta(days=7)).timestamp()
TIMEOUT_S = SETTLE_S = 60.0
ATTEMPTS = 5
#: Until tomorrow's cron job: what a list that was never measured keeps in doubt is settled by then.
NIGHT_S = 12 * 3600.0
#: The longest that any run may take while its machine works: five rows that go alone and are lost, each with five
#: attempts, a Retry-After each, and a look-up of ten settle times, the last list of which is asked for five times.
LONGEST_RUN_S = 2 * 3600.0


_OUTCOME = "SELECT outcome FROM row WHERE batch = :batch AND position = :position"
_KNOWN = "SELECT class_id FROM attempt WHERE class_id IS NOT NULL"
_CONFIRMED = "SELECT class_id FROM attempt WHERE ending = 'created'"

#: How a run ended that did not come to its end.
CUT_SHORT = "was cut short"


@dataclass(slots=True)
class Report:
    """What one run said of its rows, or what `classbatch results` says of them after a crash."""

    life: Life
    how: str
    ended_at: float
    rows: list[ResultRow]
    exit_code: int
    stopped: bool
    creates: int
    listings: int
    beside: frozenset[object]  #: other runs that are at work, as the lock locks nothing


@dataclass(slots=True)
class Checking(Listener):
    """Whoever is told of an outcome may act on it: it must be on disk."""

    world: "World"
    process: Process

    def ended(self, outcome: RowOutcome) -> None:
        on_disk = self.process.disk.asked.value(_OUTCOME, batch=outcome.batch, position=outcome.position)
        if not self.process.dead and on_disk != outcome.outcome:
            self.world.violations.append(f"told {outcome.outcome} before it was on disk")


@dataclass(slots=True)
class World:
    """What outlives every run: the service, the disk, the clock."""

    scenario: Scenario
    loop: VirtualLoop
    disk_of: Callable[[], Disk] | None = None  #: an empty journal; None: in SQLite
    service: Service = field(init=False)
    here: Disk = field(init=False)
    elsewhere: Disk = field(init=False)  #: the journal of another computer
    random: Random = field(init=False)
    reports: list[Report] = field(default_factory=list)
    violations: list[str] = field(init=False)
    folder: Path = field(init=False)
    is_first_time: bool = field(
        init=False
    )  #: whether somebody says that nothing was sent to this account before
    lives: int = 0
    journals: int = 0  #: so many began empty
    at_work: set[object] = field(default_factory=set)  #: runs, by their connections
    doubled: set[tuple[str, str]] = field(default_factory=set)  #: what audits said is there twice
    mistaken: set[str] = field(
        default_factory=set
    )  #: numbers of which the last audit said that they are other rows'

    def __post_init__(self) -> None:
        self.random = Random(f"{self.scenario.seed} machine")
        self.service = self._serve()
        self.violations = self.service.violations
        others = self.scenario.foreign
        if self.scenario.traits.foreign:
            others = (*others, Line("Somebody else's", "guest@school.example", hour=500, minutes=60))
        for line in others:
            self.service.add_foreign(
                Booking(
                    key="foreign",
                    title=line.title,
                    presenter=line.presenter,
                    starts=int(line.start.timestamp()),
                    minutes=line.minutes,
                    sent_at=0,
                    commit_at=0,
                )
            )
        # Where an account cannot list, nothing is sent before somebody has said so; elsewhere they say so rightly.
        is_so = not self.scenario.traits.elsewhere
        says_so = is_so and Random(f"{self.scenario.seed} person").random() < 0.3
        self.is_first_time = says_so or not self.scenario.nature.lists
        self.here, self.elsewhere = (self._empty(), self._empty())
        self.folder = _lock_folder()

    def _empty(self) -> Disk:
        """A journal with a name of its own, which its classes carry; the same one whenever the history is played."""
        disk = (self.disk_of or SqliteDisk)()
        self.journals += 1
        disk.asked.run("UPDATE account SET stamp = :stamp", stamp=f"journal-{self.journals}")
        return disk

    def _serve(self) -> Service:
        return Service(
            self.scenario.nature,
            self.scenario.traits,
            Random(f"{self.scenario.seed} service"),
            Random(f"{self.scenario.seed} traits"),
            self.clock,
            TIMEOUT_S,
        )

    def clock(self) -> float:
        return BEGINS + self.loop.time()

    async def play(self) -> None:
        traits = self.scenario.traits
        for number, life in enumerate(self.scenario.lives):
            if number in traits.lost_before:
                self._start_over()
            await self._live(life, self.elsewhere if number in traits.elsewhere else self.here)
            await asyncio.sleep(life.rest_s)
        if len(self.scenario.lives) in traits.lost_before:
            self._start_over()
        self.service.calm = True
        await self._live(self.scenario.last, self.here)
        await asyncio.sleep(NIGHT_S)
        await self._live(self.scenario.last, self.here)  # tomorrow's cron job
        await asyncio.sleep(TIMEOUT_S + self.scenario.nature.late_s)
        self.service.advance(self.clock())

    def _start_over(self) -> None:
        """The journal of this computer is lost; what `classbatch doctor --start-over` puts there instead."""
        self.here.close()
        self.here = self._empty()
        self.here.asked.run("UPDATE account SET started_over_at = :until", until=self.clock() + TIMEOUT_S)

    async def _live(self, life: Life, disk: Disk) -> None:
        process = self._process(life, disk)
        processes = [process]
        self.lives += 1
        batch = f"{self.lives}"
        task = asyncio.ensure_future(self._run(batch, life, process))
        timers = []
        if life.crash_s is not None:
            timers += [self.loop.call_later(life.crash_s, act) for act in (process.crash, task.cancel)]
        if life.drain_s is not None:
            timers.append(self.loop.call_later(life.drain_s, process.drain))
        if life.leave_s is not None:
            timers.append(self.loop.call_later(life.leave_s, task.cancel))
        if life.disk_full_s is not None:
            timers.append(self.loop.call_later(life.disk_full_s, process.fill_disk))
        tasks = [task]
        if life.second_run_s is not None:
            tasks.append(self._second_run(batch, life, disk, processes))
        done, late = await _ended(tasks, processes)
        for each in late:
            self.violations.append(f"a run had not ended after {LONGEST_RUN_S:.0f} s")
            each.cancel()
        for timer in timers:
            timer.cancel()
        for each in done:
            self._judge(each, life, process)
        await asyncio.sleep(0)  # what was cancelled on the way out has its last word
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            self.violations.append(f"tasks that nobody waits for: {left}")

    def _process(self, life: Life, disk: Disk) -> Process:
        def ids(query: str) -> frozenset[str]:
            return frozenset(class_id for (class_id,) in disk.asked.each(query))

        connection = self.service.connect(disk, partial(ids, _CONFIRMED), partial(ids, _KNOWN))
        return Process(disk, life.disk_s, life.stalls, connection, self.random)

    def _second_run(
        self, batch: str, life: Life, disk: Disk, processes: list[Process]
    ) -> "asyncio.Task[None]":
        async def run() -> None:
            await asyncio.sleep(life.second_run_s or 0)
            process = self._process(life, disk)
            processes.append(process)
            await self._run(f"{batch}-second", life, process)

        return asyncio.ensure_future(run())

    def _judge(self, task: "asyncio.Task[None]", life: Life, process: Process) -> None:
        """How a run ended, where it did not end by itself."""
        if task.cancelled() or task.exception() is None:
            return
        error = task.exception()
        is_full = isinstance(error, sqlite3.OperationalError) and life.disk_full_s is not None
        # Lists that contradict themselves are told before a first batch, and nothing is sent; so are those that change
        # because another run is sending.
        traits = self.scenario.traits
        is_told = isinstance(error, CannotRun) and (traits.shifts > 0 or traits.no_lock)
        if not (process.dead or is_full or is_told or isinstance(error, Unfinished)):
            self.violations.append(f"a run ended with {error!r}")

    async def _run(self, batch: str, life: Life, process: Process) -> None:
        stopped: Message | None = None
        # Writing the lock file takes longer than all the rest of a history.
        is_alone = life.second_run_s is None or self.scenario.traits.no_lock
        lock = nullcontext() if is_alone else locked(self.folder, self.clock())
        with lock:
            journal = store.Journal(process.database())
            journal.begin_run()
            journal.batches.load("school", batch_of(batch, self.clock()), rows_of(life.file))
            how = CUT_SHORT
            self.at_work.add(process.connection)
            try:
                async with recorder.Recorder(journal, process.run) as writer:
                    process.control = run = self._passes(batch, life, process, writer)
                    stopped = await run.run()
                    await self._audit(run, stopped=stopped is not None)
                    how = "ended"
            finally:
                self.at_work.discard(process.connection)
                # A workbook can be made again at any time, after a crash as well.
                tally = tally_of(journal, batch)
                self.reports.append(
                    Report(
                        life,
                        how,
                        self.clock(),
                        list(result_rows(journal, batch)),
                        tally.exit_code(stopped=stopped is not None),
                        stopped is not None,
                        process.connection.creates,
                        process.connection.listings,
                        frozenset(self.at_work),
                    )
                )

    async def _audit(self, run: passes.BatchRun, *, stopped: bool) -> None:
        findings = await run.look_back(stopped=stopped)
        if findings is None:
            return
        # Of a row with another class's number its own class looks like a second one.
        self.doubled |= {
            (seen.class_id, known.class_id)
            for seen, known in findings.doubled
            if known.class_id not in self.service.exchanged
        }
        # So it is where an answer came to a second row, and was as believable as any: the list shows it later.
        others = self.service.exchanged.keys() | {class_id for _, class_id in self.service.unknowable}
        mistaken = [
            known
            for _, known in findings.mistaken
            if known.class_id not in others and not self.may_seem_another(known.class_id)
        ]
        if mistaken:
            self.violations.append(f"the audit found exchanged classes: {mistaken}")
        self.mistaken = {known.class_id for _, known in findings.mistaken}

    def may_seem_another(self, class_id: str) -> bool:  # noqa: ARG002 - where nobody edits classes
        """Whether a class is not what was sent for it, and another one may be."""
        return False

    def _passes(self, batch: str, life: Life, process: Process, writer: recorder.Recorder) -> passes.BatchRun:
        chance = self.random.random
        return passes.BatchRun(
            batch,
            Terms(
                in_flight=self.scenario.in_flight,
                attempts=ATTEMPTS,
                timeout_s=TIMEOUT_S,
                settle_s=SETTLE_S,
                on_unknown=self.scenario.policy,
                is_first_time=self.is_first_time,
                retry_refused=life.retry_refused,
            ),
            api=process.connection,
            recorder=writer,
            listener=Checking(self, process),
            clock=self.clock,
            chance=chance,
            gate=_GateAhead if self.scenario.traits.ahead else Gate,
        )


async def _ended(
    tasks: Sequence["asyncio.Task[None]"], processes: Sequence[Process]
) -> tuple[set["asyncio.Task[None]"], set["asyncio.Task[None]"]]:
    """Runs that have ended, and those that take too long: that its machine stood still is no time of a run's."""
    done, late = await asyncio.wait(tasks, timeout=LONGEST_RUN_S)
    granted_s = 0.0
    while late and (stalled_s := max(each.stalled_s for each in processes)) > granted_s:
        more_s, granted_s = stalled_s - granted_s, stalled_s
        done, late = await asyncio.wait(tasks, timeout=more_s)
    return done, late


class _GateAhead(Gate):
    """As where answers are quick: twice as many places as there is room."""

    @property
    def _places(self) -> int:
        return 2 * self._size


AnyWorld = TypeVar("AnyWorld", bound=World)


def play(scenario: Scenario) -> World:
    """Play a history, whatever comes of it."""
    return played(partial(World, scenario))


def played(world_on: Callable[[VirtualLoop], AnyWorld]) -> AnyWorld:
    """Play what happens in a world, to its end."""
    loop = VirtualLoop()
    world = world_on(loop)
    try:
        loop.run_until_complete(world.play())
    except Hangs:
        world.violations.append("every task waits for another")
    finally:
        end(loop)
        world.here.close()
        world.elsewhere.close()
    world.violations += loop.complaints
    return world


@cache
def _lock_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="classbatch-simulation-"))


def batch_of(batch: str, now: float) -> Batch:
    """A file that is taken in."""
    return Batch(
        id=batch,
        file="term.csv",
        sha256="",
        sheet="",
        header=("title",),
        account="teacher",
        sent_to="a simulated service",
        sandbox=True,
        started_at=now,
    )
