"""One night: every file that has settled goes through the flow, oldest first, and then where it belongs.

A file that cannot be read, or that the guard stops, fails alone. Whatever stops an account
(its keys, its lock, a service that is down) leaves its files in the inbox, in their order,
for the next night; other accounts go on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from batch import run
from batch.core.changes.decide import ChangeTerms, ImportMode
from batch.core.changes.guard import Limits
from batch.core.errors import CannotRun, FileProblem, Unfinished
from batch.core.message import Message, NightFault, NightNote, RunNote
from batch.core.tally import Exit
from batch.intake import Source, shown_name
from batch.nightly.filing import Destination, Moved
from batch.nightly.guard import FileGuard
from batch.nightly.inbox import Arrival, Arrived, Stamp, folder_of, inbox_of, look, stamp_of, stands_as
from batch.nightly.inbox_lock import claimed, give_back, inbox_locked
from batch.nightly.night import MOST_LISTED, Night, Order, Taken
from batch.nightly.stopping import Stopping
from batch.report.ending import Ending
from batch.report.json_report import write_json_error
from batch.sending.environment import Environment
from batch.sending.listener import Listener
from batch.settings.table import Settings

log = logging.getLogger(__name__)


class Nightly:
    """Does what was ordered."""

    def __init__(
        self,
        order: Order,
        listener: Listener,
        *,
        on_taken: Callable[[Taken], None],
        world: Environment,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`on_taken` hears of each file as soon as it is dealt with."""
        self._order = order
        self._listener = listener
        self._on_taken = on_taken
        self._world = world
        self._sleep = sleep
        self._stopping = Stopping()
        self._token = ""  #: by what files are claimed, where the inbox cannot be locked
        self.night = Night()
        self._settings: dict[str | None, Settings] = {None: order.settings}
        self._stuck: set[str | None] = set()  #: accounts that nothing more is sent to tonight
        minutes = order.settings.deadline_minutes
        self._deadline = None if minutes is None else world.clock() + 60 * minutes

    async def import_all(self) -> Night:
        """Take what there is.

        Raises:
            CannotRun: the inbox cannot be used.
            Unfinished: another import is at work on it.
        """
        with self._stopping.by_signals(self._listener.says):
            inbox, failed = self._order.inbox, self._order.failed
            if failed is not None:
                with self._alone(inbox_of(failed)) as self._token:
                    self._note(await self._guarded(failed, partial(self._take_as_ordered, failed)))
                return self.night
            if inbox is None:
                self._note(await self._guarded(None, self._single))
                return self.night
            with self._alone(inbox) as self._token:
                arrived = await look(
                    inbox,
                    self._order.accounts,
                    settled_s=self._order.settings.settled_s,
                    clock=self._world.clock,
                    sleep=self._let_settle,
                )
                self._leave_alone(arrived)
                for arrival in arrived.files:
                    await self._take_or_wait(arrival)
        return self.night

    async def import_single(self) -> Taken:
        """The one file of the order; signals, and who hears of it, are somebody else's business."""
        return await self._guarded(None, self._single)

    def stop(self, why: Message) -> None:
        """Nothing more begins; what is under way comes to its next safe place."""
        self._stopping.stop(why)

    def _alone(self, inbox: Path) -> AbstractContextManager[str]:
        return inbox_locked(inbox, self._order.settings.state, self._world.clock(), self._listener.says)

    async def _let_settle(self, seconds: float) -> None:
        self._listener.says(Message(NightNote.SETTLING, {"seconds": seconds}))
        await self._sleep(seconds)

    def _leave_alone(self, arrived: Arrived) -> None:
        notes = [
            *_some(NightNote.STILL_WRITTEN, arrived.growing),
            *_some(NightNote.LEFT_ALONE, arrived.others),
        ]
        for note in notes:
            self._listener.says(note)
        self.night.notes += notes
        for folder in arrived.strangers[:MOST_LISTED]:
            trouble = CannotRun(NightFault.STRANGER, name=folder.name, folder=folder)
            self._note(Taken(name=str(folder), exit_code=Exit.CANNOT_RUN, trouble=trouble))
        more = len(arrived.strangers) - MOST_LISTED
        if more > 0:
            self.night.notes.append(Message(NightNote.MORE_STRANGERS, {"number": more}))
            self._listener.says(self.night.notes[-1])

    async def _take_or_wait(self, arrival: Arrival) -> None:
        if self._deadline is not None and self._world.clock() >= self._deadline:
            self._stopping.stop(Message(NightNote.TIME_WAS_OVER))
        if self._stopping.why or arrival.account in self._stuck:
            self.night.why_stopped = self._stopping.why
            self.night.waiting.append(str(arrival.path))
            return

        taken = await self._guarded(arrival, partial(self._take_as_ordered, arrival))
        if taken.exit_code is Exit.UNFINISHED or (taken.moved is None and taken.exit_code is Exit.CANNOT_RUN):
            self._stuck.add(arrival.account)
        self._note(taken)

    async def _take_as_ordered(self, arrival: Arrival) -> Taken:
        path = arrival.path
        lies_at = claimed(path, self._token, self._listener.says) if self._token else path
        if lies_at is None:
            raise Unfinished(NightFault.CHANGED, path=path)
        try:
            return await self._take(arrival, self._settings_of(arrival.account), lies_at)
        finally:
            give_back(lies_at, path)

    def _settings_of(self, account: str | None) -> Settings:
        if account not in self._settings:
            self._settings[account] = self._order.accounts[account or ""]()
        return self._settings[account]

    async def _guarded(self, arrival: Arrival | None, take: Callable[[], Awaitable[Taken]]) -> Taken:
        return await guarded(str(arrival.path) if arrival else shown_name(self._order.source), take)

    async def _single(self) -> Taken:
        """A file that somebody named, or a command's output: it stays where it is."""
        order = self._order
        if order.is_nowhere:
            raise CannotRun(NightFault.NOTHING_THERE, place=order.source)
        guard = _guard(order.settings, order)
        job = run.Job(
            file=order.source,
            settings=_let_through(order.settings, order),
            sandbox=order.sandbox,
            results=order.results,
            workbook=order.workbook,
            json=order.json,
            guard=guard,
            alike=order.alike,
            changes=ChangeTerms(sync=order.settings.mode is ImportMode.SYNC),
            replaces=order.is_accepted,
            confirm=guard.look_at,
            options=order.options,
        )
        try:
            ending = await self._submit(job)
        except CannotRun as problem:
            if order.json is not None:
                with suppress(CannotRun):  # its own place may be what cannot be written
                    write_json_error(order.json, problem)
            raise
        notes = [*guard.notes(), *ending.notes]
        if guard.stopped:
            notes.append(Message(NightNote.TO_GO_ON, {"file": order.source, "options": order.again}))
        return Taken(
            name=shown_name(order.source),
            exit_code=ending.exit_code,
            ending=replace(ending, notes=tuple(notes)),
            is_known=guard.is_known,
        )

    async def _take(self, arrival: Arrival, settings: Settings, lies_at: Path) -> Taken:
        """A file of the inbox; afterwards it lies in `done` or `failed`, or waits for the next night."""
        path = arrival.path
        shelf = Destination(path, self._world.clock(), folder_of(path), lies_at)
        guard = _guard(settings, self._order)
        job = run.Job(
            file=str(path) if lies_at == path else Source(str(path), lies_at, str(path.resolve().parent)),
            settings=_let_through(settings, self._order),
            sandbox=self._order.sandbox,
            results=shelf.results,
            json=shelf.json,
            guard=guard,
            alike=self._order.alike,
            changes=ChangeTerms(sync=settings.mode is ImportMode.SYNC),
            replaces=self._order.is_accepted,
            confirm=guard.look_at,
            options=self._order.options_for(arrival.account),
        )
        before = _stamp(lies_at)
        try:
            ending = await self._submit(job)
        except FileProblem as problem:
            return self._failed(arrival, shelf, lies_at, before, problem)
        except (CannotRun, Unfinished):  # the account's trouble
            raise
        except Exception as error:
            log.exception("nightly.bug", extra={"file": str(path)})
            return self._failed(arrival, shelf, lies_at, before, fault_of_ours(error))
        notes = guard.notes()
        if ending.exit_code is Exit.UNFINISHED or (ending.exit_code is Exit.CANNOT_RUN and not guard.stopped):
            waits = NightNote.ACCEPT_AGAIN if self._order.is_accepted else NightNote.FILE_WAITS
            notes.append(Message(waits, {"path": path, "options": self._order.again}))
            ending = replace(ending, notes=(*notes, *ending.notes))
            return Taken(name=str(path), exit_code=ending.exit_code, ending=ending)
        _check_same(lies_at, before)
        moved = shelf.move("failed" if guard.stopped else "done", ending.results)
        notes += [_moved(each, moved) for each in ending.notes]
        if guard.stopped:
            notes.append(Message(NightNote.TO_GO_ON, {"file": moved.file, "options": self._order.again}))
        facts = replace(ending.facts, path=str(moved.file))  # where the next command finds it
        return Taken(
            name=str(path),
            exit_code=ending.exit_code,
            ending=replace(ending, facts=facts, notes=tuple(notes), results=moved.results),
            moved=moved,
            is_known=guard.is_known,
        )

    def _failed(
        self, arrival: Arrival, shelf: Destination, lies_at: Path, before: Stamp | None, trouble: CannotRun
    ) -> Taken:
        """This file alone: it goes to `failed`, with what was wrong."""
        _check_same(lies_at, before)
        write_json_error(shelf.json, trouble)
        moved = shelf.move("failed", None)
        return Taken(name=str(arrival.path), exit_code=Exit.CANNOT_RUN, trouble=trouble, moved=moved)

    async def _submit(self, job: run.Job) -> Ending:
        left = None if self._deadline is None else max(0.0, self._deadline - self._world.clock())
        with self._stopping.steering(self._listener) as listener:
            return await run.submit(
                replace(job, handle_signals=False, deadline_s=left), listener, self._world
            )

    def _note(self, taken: Taken) -> None:
        self.night.taken.append(taken)
        self._on_taken(taken)
        log.log(
            _level_of(taken.exit_code),
            "nightly.file",
            extra={
                "file": taken.name,
                "exit_code": int(taken.exit_code),
                "reason": _reason_of(taken),
                "batch": taken.ending.facts.batch if taken.ending else None,
                "counts": dict(taken.ending.tally.counts()) if taken.ending else {},
                "moved_to": str(taken.moved.file) if taken.moved else None,
            },
        )


async def guarded(name: str, take: Callable[[], Awaitable[Taken]]) -> Taken:
    """What stops one file, or its account, is told of it; the night goes on. So it does after a fault of ours."""
    try:
        return await take()
    except CannotRun as trouble:
        return Taken(name=name, exit_code=Exit.CANNOT_RUN, trouble=trouble)
    except Unfinished as trouble:
        return Taken(name=name, exit_code=Exit.UNFINISHED, trouble=trouble)
    except Exception as error:
        log.exception("nightly.bug", extra={"file": name})
        return Taken(name=name, exit_code=Exit.CANNOT_RUN, trouble=fault_of_ours(error))


def _level_of(code: Exit) -> int:
    if code is Exit.DONE:
        return logging.INFO
    return logging.ERROR if code is Exit.CANNOT_RUN else logging.WARNING


def _reason_of(taken: Taken) -> str | None:
    """Why the file could not be imported, as a code."""
    if taken.trouble is not None:
        return taken.trouble.messages[0].what.value
    notes = taken.ending.notes if taken.ending else ()
    return next(
        (each.what.value for each in notes if each.what in {NightNote.GUARD, RunNote.LOCKED_OUT}), None
    )


def _guard(settings: Settings, order: Order) -> FileGuard:
    syncs = settings.mode is ImportMode.SYNC
    if order.is_accepted:
        return FileGuard(None, syncs=syncs)
    return FileGuard(
        Limits(
            invalid_percent=settings.guard_invalid_percent,
            vanished_percent=settings.guard_vanished_percent,
            smaller_percent=settings.guard_smaller_percent,
        ),
        syncs=syncs,
    )


def _let_through(settings: Settings, order: Order) -> Settings:
    """Of a file that somebody has looked at, however much may be changed and cancelled."""
    if not order.is_accepted:
        return settings
    return replace(settings, most_changed_percent=100, most_cancelled_percent=100)


def fault_of_ours(error: Exception) -> CannotRun:
    """What nobody foresaw. The error's own words are left out: they may quote a cell."""
    return CannotRun(NightFault.BUG, error=type(error).__name__)


def _some(what: NightNote, paths: Sequence[Path]) -> list[Message]:
    """One for each of them, or for the first and the number of the others."""
    notes = [Message(what, {"path": path}) for path in paths[:MOST_LISTED]]
    more = len(paths) - MOST_LISTED
    return [*notes, Message(what, {"path": f"and {more:,} more"})] if more > 0 else notes


def _stamp(path: Path) -> Stamp | None:
    try:
        return stamp_of(path)
    except OSError:
        return None


def _check_same(path: Path, before: Stamp | None) -> None:
    """What was written over while it was read must not be moved away as if it had been."""
    if not stands_as(path, before):
        raise Unfinished(NightFault.CHANGED, path=path)


def _moved(note: Message, moved: Moved) -> Message:
    """The results are named where they are to stay, not where they were written first."""
    if note.what in {RunNote.RESULTS, RunNote.RESULTS_ELSEWHERE}:
        return Message(RunNote.RESULTS, {"path": moved.results})
    return note
