"""What a file changes of its earlier versions, in one run: decided before anything is sent, and done around the new rows.

Changes and the cancels that they need come first, then new rows, then the other
cancels: a run that dies half-way leaves a lesson too many rather than too few.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from batch.core.changes.operation import Kind
from batch.core.changes.order import Step
from batch.core.message import ChangeNote, Message, RunNote, SyncNote
from batch.core.outcome import Outcome
from batch.core.rows.row import Header
from batch.journal.recorder import Recorder
from batch.journal.records import BLOCK, Batch, Entry, Gone, RowOutcome
from batch.sending.as_left import ClassesAsLeft, is_called_cancelled
from batch.sending.change_plan import ChangePlanner
from batch.sending.class_work import ChangePlan
from batch.sending.earlier_operations import (
    adopt,
    is_cancelled,
    limit_known,
    planned,
    settle_operations,
    wait_for_operations,
)
from batch.sending.earlier_versions import beside_earlier
from batch.sending.gate import Closing, Gate
from batch.sending.listener import Listener
from batch.sending.listing import AccountList
from batch.sending.operating import Operator
from batch.sending.operation_requests import ChangesClasses
from batch.sending.terms import Terms

log = logging.getLogger(__name__)

#: What is said of a class whose turn has not come.
_WAITING = frozenset({ChangeNote.NOT_CHANGED_YET, ChangeNote.NOT_CANCELLED_YET})
#: What is said of a class that may not be as its row says.
_LOOSE = frozenset({ChangeNote.UNANSWERED_CHANGE, ChangeNote.IS_PARKED})

#: Hears of a plan, and may ask a person; returns why nothing is to be sent. One that is stopped stays stopped.
Confirm = Callable[[ChangePlan], Message | None]


class FileChanges:
    """The changes of one batch."""

    def __init__(
        self,
        account_list: AccountList,
        *,
        batch: Batch,
        header: Header,
        terms: Terms,
        api: ChangesClasses,
        recorder: Recorder,
        clock: Callable[[], float],
        chance: Callable[[], float],
        listener: Listener,
        confirm: Confirm | None,
    ) -> None:
        self._batch = batch
        self._header = header
        self._terms = terms
        self._list = account_list
        self._recorder = recorder
        self._clock = clock
        self._listener = listener
        self._confirm = confirm
        self._is_listed = False
        self.may_have_freed_rows = False  #: classes of rows that are to be sent anew proved to be gone
        self._plan = ChangePlan()
        self._operator = Operator(
            batch.id,
            terms,
            api=api,
            account_list=account_list,
            recorder=recorder,
            clock=clock,
            chance=chance,
            on_outcome=listener.ended,
        )

    async def wait(self, gate: Gate) -> None:
        """Before the list is taken: wait until what was never answered cannot come late any more, or the gate is closed."""
        if self._terms.changes.sync:
            await wait_for_operations(
                self._recorder, self._list, self._terms, gate, self._clock, self._listener
            )

    @property
    def moved(self) -> Mapping[str, int]:
        """When classes begin that somebody has edited, as they are listed; UTC seconds, by class_id."""
        return self._plan.moved

    async def settle(self, *, is_listed: bool) -> bool:
        """Before `begin`: what earlier runs did and nobody answered; returns whether rows may be free of it now.

        Args:
            is_listed: the account's list stands beside the journal.
        """
        self._is_listed = is_listed
        return (
            self._terms.changes.sync
            and is_listed
            and await settle_operations(self._recorder, self._list, self._terms, self._clock, self._batch)
        )

    async def begin(self) -> Message | None:
        """Decide, and write down what is known of rows by now; return why nothing may be sent."""
        self._plan = plan = await self._planned(self._terms, is_check=False)
        log.info(
            "plan.changes", extra={"changed": plan.changed, "cancelled": plan.cancelled, "new": plan.new}
        )
        asks = self._confirm is not None and self._terms.changes.sync
        stopped = self._confirm(plan) if self._confirm and asks else plan.stopped
        # Of a run that is stopped, too: else a row would seem to clash with the class that it would have changed.
        await self._note(plan if stopped is None else _as_stopped(plan, stopped))
        if stopped:
            return stopped
        await self._adopt()
        await self._make_anew()
        self.may_have_freed_rows = bool(plan.adopted or plan.anew)
        return None

    async def note(self, *, is_listed: bool) -> Message | None:
        """Note what would be done, for a check; returns why nothing may be."""
        self._is_listed = is_listed
        self._plan = plan = await self._planned(self._terms, is_check=True)
        await self._note(plan)
        if self._confirm and self._terms.changes.sync:
            self._confirm(plan)  # it is shown, and nothing comes of the answer
        return plan.stopped or plan.another

    async def note_loose(self) -> None:
        """Note which classes may not be as their row says, in a run that ends before anything is decided."""
        terms = replace(self._terms, changes=replace(self._terms.changes, sync=False))
        plan = await self._planned(terms, is_check=False)
        entries = (each for each in plan.entries if isinstance(each, RowOutcome))
        loose = [each for each in entries if each.message is not None and each.message.what in _LOOSE]
        await self._note(ChangePlan(entries=[*loose]))

    async def lessons(self) -> frozenset[str]:
        """The rows, by fingerprint, that are lessons of an earlier version of the file: their classes are known."""
        return await self._recorder.call(self._matched)

    def _matched(self) -> frozenset[str]:
        beside = beside_earlier(
            self._recorder.journal, self._batch, self._header, replaces=self._terms.replaces
        )
        return frozenset(
            beside.new[each.new].lesson.fingerprint for each in beside.comparison.matching.matches
        )

    async def _note(self, plan: ChangePlan) -> None:
        entries = iter(plan.entries)
        while block := list(islice(entries, BLOCK)):
            await self._recorder.write(*block)

    async def _planned(self, terms: Terms, *, is_check: bool) -> ChangePlan:
        now = self._clock()
        limit = await limit_known(self._recorder, terms)

        def make(known: ClassesAsLeft) -> ChangePlan:
            journal, batch, header = self._recorder.journal, self._batch, self._header
            planner = ChangePlanner(
                journal, batch, header, terms, known=known, now=now, limit=limit, is_check=is_check
            )
            return planner.make()

        return await planned(
            make,
            self._recorder,
            self._list,
            terms,
            now,
            is_listed=self._is_listed,
            touches=terms.changes.sync,
            is_check=is_check,
        )

    async def before_creates(self, gate: Gate) -> Message | None:
        """Changes, and the cancels that make room; returns why nothing more may be sent."""
        return await self._carry_out(self._halves()[0], gate)

    async def after_creates(self, gate: Gate) -> Message | None:
        """The other cancels."""
        stopped = await self._carry_out(self._halves()[1], gate)
        parked = await self._recorder.call(self._recorder.journal.operations.parked)
        if parked:
            classes = [(each.class_id, each.batch) for each in parked]
            self._listener.says(Message(SyncNote.STILL_PARKED, {"classes": classes}))
        return stopped

    def _halves(self) -> tuple[Sequence[Step], Sequence[Step]]:
        steps = self._plan.steps
        needed = max((at for at, step in enumerate(steps) if step.kind is not Kind.CANCEL), default=-1) + 1
        return steps[:needed], steps[needed:]

    async def _carry_out(self, steps: Sequence[Step], gate: Gate) -> Message | None:
        await self._operator.carry_out(self._plan, gate, steps, lists=self._is_listed)
        if self._operator.locked_out is not None:
            return Message(RunNote.LOCKED_OUT, {"why": self._operator.locked_out.message})
        if gate.closed_because is Closing.UNAVAILABLE:
            self._listener.says(Message(RunNote.STOPPED_ANSWERS_LOST))
        return None

    # -- what needs no request ---------------------------------------------------------

    async def _adopt(self) -> None:
        """Classes that are as their row says by somebody's hand stand for that row from now on.

        Those without a row, and that somebody has cancelled, stand for nothing any more.
        """
        gone = {work.class_id for work in self._plan.adopted if work.meant is None}
        left = await self._list.may_be_there(gone) if gone else set()
        for work in self._plan.adopted:
            if work.class_id not in left:
                await adopt(self._recorder, self._batch.id, work, self._clock())

    async def _make_anew(self) -> None:
        """Classes that were cancelled by hand stand for nothing any more; their rows are sent like any new ones."""
        for work in self._plan.anew:
            sent = await self._recorder.call(self._recorder.journal.operations.of_class, work.class_id)
            if is_called_cancelled(sent) or await is_cancelled(self._list, work.class_id):
                await adopt(self._recorder, self._batch.id, replace(work, meant=None), self._clock())
            elif work.meant is not None:
                note = Message(ChangeNote.EDITS_NOT_KNOWN, {"class_id": work.class_id})
                await self._recorder.write(
                    RowOutcome(self._batch.id, work.meant.position, Outcome.HELD, None, note)
                )


def _as_stopped(plan: ChangePlan, stopped: Message) -> ChangePlan:
    """The same, with why nothing of the file is sent in what is said of each class that waits."""

    def noted(entry: Entry) -> Entry:
        if not isinstance(entry, RowOutcome | Gone) or stopped.what not in SyncNote:
            return entry
        note = entry.message
        if note is None or note.what not in _WAITING:
            return entry
        return replace(entry, message=Message(note.what, {**note.facts, "stopped_by": stopped.what.value}))

    return replace(plan, entries=[noted(each) for each in plan.entries])
