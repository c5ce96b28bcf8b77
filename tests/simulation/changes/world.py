"""Plays a history of changes: imports, syncs and undos of the real code, and hands in WizIQ between their requests."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import cast

from batch.core.changes.decide import ChangeTerms
from batch.core.changes.kinship import ChangeLimits
from batch.core.errors import CannotRun
from batch.core.message import Message, RunNote
from batch.core.rows.row import Header
from batch.core.tally import Exit
from batch.journal import recorder, store
from batch.journal.lock import locked
from batch.journal.records import Batch, Gone
from batch.report.projection import result_rows, tally_of
from batch.sending import passes
from batch.sending.changes import FileChanges
from batch.sending.terms import Terms
from batch.sending.undoing import UndoRun, UndoTerms
from tests.simulation.changes.history import Command, History, Step, rows_of
from tests.simulation.changes.service import ChangingConnection, ChangingService, Kept, Look, Run
from tests.simulation.disks import Disk
from tests.simulation.process import Process
from tests.simulation.scenario import FIRST_CLASS, Life, keys_of
from tests.simulation.service import Service
from tests.simulation.world import (
    ATTEMPTS,
    CUT_SHORT,
    NIGHT_S,
    SETTLE_S,
    TIMEOUT_S,
    Checking,
    Report,
    World,
    batch_of,
    played,
)

_HEADER = Header(1, ("title",), {"title": 0})
_FILE = "term.csv"


@dataclass(slots=True, kw_only=True)
class Told(Report):
    """What one run said, and asked for."""

    step: Step
    batch: str
    operations: int
    gone: list[Gone]
    by: object  #: its journal
    planned_at: float | None  #: when the list was asked for that it planned by


@dataclass(slots=True)
class ChangingWorld(World):
    """What outlives every run of a history of changes."""

    told: list[Told] = field(default_factory=list)
    #: Before the last run, which is taken back: class, look and status of each.
    before_last: dict[str, tuple[Look, str, str]] = field(default_factory=dict)
    in_doubt_before: set[str] = field(
        default_factory=set
    )  #: classes of which nobody was told what was done to them last
    undone: str = ""
    _name: str = ""  #: of the batch, where it has one

    @property
    def history(self) -> History:
        assert isinstance(self.scenario, History)
        return self.scenario

    @property
    def account(self) -> ChangingService:
        assert isinstance(self.service, ChangingService)
        return self.service

    def _serve(self) -> Service:
        return ChangingService(
            self.scenario.nature,
            self.scenario.traits,
            Random(f"{self.scenario.seed} service of changes"),
            Random(f"{self.scenario.seed} traits of changes"),
            self.clock,
            TIMEOUT_S,
        )

    async def play(self) -> None:
        history = self.history
        self.account.calm = True
        self._strangers()
        await self._step(Step(file=history.other, command=Command.SUBMIT), self.here, "other")
        steps = [each for each in history.lives if isinstance(each, Step)]
        assert isinstance(history.last, Step)
        last = history.last
        for number, step in enumerate(steps):
            if history.undoes and number == len(steps) - 1:
                self.account.calm = True
                await self._step(replace(last, file=steps[number - 1].file), self.here)
                await self._settled()
                self.before_last = self.looks()
                self.in_doubt_before = {each.class_id or "" for each in self._kept() if each.is_in_doubt}
            self.account.calm = False
            is_here = number not in history.traits.elsewhere
            await self._step(step, self.here if is_here else self.elsewhere)
            await asyncio.sleep(step.rest_s)
        if history.undoes:
            undo = replace(last, command=Command.UNDO)
            killed = replace(steps[-1], command=Command.UNDO, hands=(), overwrites=last.overwrites, back=0)
            await self._step(killed, self.here)
            last = undo
        self.account.calm = True
        # What a list that is late has not shown yet is left for the run after.
        for number in range(2 if history.nature.lag_s < TIMEOUT_S else 3):
            if number:
                await asyncio.sleep(NIGHT_S)
            await self._step(last, self.here)
        await self._settled()

    def _strangers(self) -> None:
        """Classes that somebody else has made."""
        for hour in (2, 50):
            starts = int((FIRST_CLASS + timedelta(hours=hour)).timestamp())
            kept = Kept(
                key="foreign",
                title="Somebody else's",
                presenter="guest@school.example",
                starts=starts,
                minutes=60,
                sent_at=0,
                commit_at=0,
            )
            self.service.add_foreign(kept)
            kept.note(0)

    async def _settled(self) -> None:
        """Nothing can come late any more, and the list shows all."""
        nature = self.history.nature
        await asyncio.sleep(TIMEOUT_S + nature.late_s + nature.lag_s + SETTLE_S)
        self.service.advance(self.clock())

    def looks(self) -> dict[str, tuple[Look, str, str]]:
        return {each.class_id or "": (each.look, each.places, each.status) for each in self._kept()}

    def _kept(self) -> list[Kept]:
        return [each for each in self.account.classes if isinstance(each, Kept)]

    async def _step(self, step: Step, disk: Disk, name: str = "") -> None:
        self._name = name
        timers = [self.loop.call_later(each.at_s, self.account.touch, each) for each in step.hands]
        await asyncio.sleep(0)  # what was done before the run
        await self._live(step, disk)
        for each in timers:
            each.cancel()

    def may_seem_another(self, class_id: str) -> bool:
        """Somebody edited it, or another journal changed it, and that one made one as it was, or as it is to be."""
        made = {each.class_id: each for each in self.account.classes if isinstance(each, Kept)}
        own = made[class_id]
        return (own.is_edited or own.is_of_others(own.journal)) and any(
            each.key == own.key and each.journal is not own.journal for each in made.values()
        )

    def _judge(self, task: "asyncio.Task[None]", life: Life, process: Process) -> None:
        error = None if task.cancelled() else task.exception()
        is_no_list = isinstance(error, CannotRun) and error.messages[0].what is RunNote.NO_LIST
        may_lack_it = self.scenario.nature.listing_trouble or self.scenario.traits.elsewhere
        if not (is_no_list and may_lack_it):  # nothing is sent then
            World._judge(self, task, life, process)

    async def _run(self, batch: str, life: Life, process: Process) -> None:
        assert isinstance(life, Step)
        is_alone = life.second_run_s is None or self.scenario.traits.no_lock
        with nullcontext() if is_alone else locked(self.folder, self.clock()):
            journal = store.Journal(process.database())
            journal.begin_run()
            if life.command is Command.UNDO:
                await self._undo(batch, life, process, journal)
            else:
                await self._import(self._name or batch, life, process, journal)

    # -- imports -----------------------------------------------------------------------

    async def _import(self, batch: str, step: Step, process: Process, journal: store.Journal) -> None:
        taken = replace(batch_of(batch, self.clock()), file="other.csv" if self._name else _FILE)
        journal.batches.load("school", taken, rows_of(step.file))
        connection = _connection(process)
        starts = [int(each.start.timestamp()) for each in step.file]
        connection.run = Run(
            command=step.command,
            batch=batch,
            file=frozenset(keys_of(step.file)),
            first=min(starts),
            last=max(starts),
            overwrites=step.overwrites,
        )
        before = self._so_far()
        how, stopped = CUT_SHORT, None
        try:
            async with recorder.Recorder(journal, process.run) as writer:
                changes = partial(
                    FileChanges,
                    batch=taken,
                    header=_HEADER,
                    terms=self._terms(step),
                    api=connection,
                    recorder=writer,
                    clock=self.clock,
                    chance=self.random.random,
                    listener=Checking(self, process),
                    confirm=None,
                )
                process.control = run = passes.BatchRun(
                    batch,
                    self._terms(step),
                    api=connection,
                    recorder=writer,
                    listener=Checking(self, process),
                    clock=self.clock,
                    chance=self.random.random,
                    changes=changes,
                )
                stopped = await run.run()
                await self._audit(run, stopped=stopped is not None)
                how = "ended"
        finally:
            self._report(journal, taken, step, how, stopped, before, connection)

    def _terms(self, step: Step) -> Terms:
        return Terms(
            in_flight=self.scenario.in_flight,
            attempts=ATTEMPTS,
            timeout_s=TIMEOUT_S,
            settle_s=SETTLE_S,
            on_unknown=self.scenario.policy,
            is_first_time=self.is_first_time,
            retry_refused=step.retry_refused,
            max_concurrent_classes=self.scenario.nature.limit,
            replaces=True,
            most=ChangeLimits(most_changed_percent=100, most_cancelled_percent=100),
            changes=ChangeTerms(
                sync=step.command is Command.SYNC,
                overwrite_edits=step.overwrites,
                recreate=step.recreates,
                retry_refused=step.retry_refused,
            ),
        )

    # -- undos -------------------------------------------------------------------------

    async def _undo(self, name: str, step: Step, process: Process, journal: store.Journal) -> None:
        """As `maintenance.undo` has it."""
        imports = [each for each in journal.batches.all() if each.undoes is None and each.id != "other"]
        if not imports:
            return
        undone = imports[min(step.back, len(imports) - 1)]
        begun = journal.undo.under_way(undone.id)
        batch = begun or replace(batch_of(name, self.clock()), file=undone.file, sha256="", undoes=undone.id)
        connection = _connection(process)
        connection.run = Run(
            command=Command.UNDO,
            batch=batch.id,
            file=frozenset(
                key for told in self.told if told.batch == undone.id for key in keys_of(told.step.file)
            ),
            undone=undone.id,
            undos=journal.undo.undos(undone.id) | {batch.id},
            overwrites=step.overwrites,
        )
        self.undone = undone.id
        before = self._so_far()
        how, stopped, has_begun = CUT_SHORT, None, begun is not None
        try:
            async with recorder.Recorder(journal, process.run) as writer:
                process.control = run = UndoRun(
                    undone,
                    batch,
                    self._terms(step),
                    UndoTerms(overwrite_edits=step.overwrites),
                    api=connection,
                    recorder=writer,
                    listener=Checking(self, process),
                    clock=self.clock,
                    chance=self.random.random,
                    name_of=str,
                )
                plan = await run.prepare()
                has_begun = True
                await run.begin(plan)
                stopped = await run.carry_out(plan)
                how = "ended"
        finally:
            if has_begun:
                self._report(journal, batch, step, how, stopped, before, connection)

    # -- reports -----------------------------------------------------------------------

    def _so_far(self) -> tuple[int, int, int]:
        return self.service.creates.total(), self.service.listings, self.account.operations

    def _report(
        self,
        journal: store.Journal,
        batch: Batch,
        step: Step,
        how: str,
        stopped: Message | None,
        before: tuple[int, int, int],
        connection: ChangingConnection,
    ) -> None:
        tally = tally_of(journal, batch.id)
        code = tally.exit_code(stopped=stopped is not None)
        creates, listings, operations = before
        now = self._so_far()
        self.told.append(
            Told(
                life=step,
                step=step,
                how=how,
                ended_at=self.clock(),
                rows=list(result_rows(journal, batch.id)),
                exit_code=code,
                stopped=stopped is not None,
                beside=frozenset(),
                creates=now[0] - creates,
                listings=now[1] - listings,
                batch=batch.id,
                operations=now[2] - operations,
                gone=journal.operations.gone(batch.id),
                by=connection.by,
                planned_at=connection.planned_at,
            )
        )
        if how != CUT_SHORT:
            journal.batches.finish(replace(batch, finished_at=self.clock(), exit_code=Exit(code)))


def _connection(process: Process) -> ChangingConnection:
    return cast("ChangingConnection", process.connection)


def play(history: History) -> ChangingWorld:
    """Play a history, whatever comes of it."""
    return played(partial(ChangingWorld, history))
