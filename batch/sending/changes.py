"""What a file changes of its earlier versions, in one run: decided before anything is sent, and done around the new rows.

Changes and the cancels that they need come first, then new rows, then the other
cancels: a run that dies half-way leaves a lesson too many rather than too few.
"""

import logging
from collections.abc import Callable, Sequence
from itertools import islice

from batch.core.changes.operation import Kind, Operation, OperationEnding
from batch.core.changes.order import Step
from batch.core.message import ChangeNote, Message, RunNote, SyncNote
from batch.core.outcome import Outcome
from batch.core.plan.admission import LIMIT, POLICY, LimitPolicy
from batch.core.rows.row import Header
from batch.journal.recorder import Recorder
from batch.journal.records import BLOCK, Batch, OperationEnded, OperationIntent, RowOutcome
from batch.sending.change_plan import ChangePlan, ChangePlanner, Work
from batch.sending.gate import Closing, Gate
from batch.sending.listener import Listener
from batch.sending.listing import AccountList
from batch.sending.operating import ChangesClasses, Operator
from batch.sending.terms import Terms
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)

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

    async def begin(self, gate: Gate, *, is_listed: bool) -> Message | None:
        """Decide, and write down what is known of rows by now; return why nothing may be sent.

        Args:
            gate: closed, it does not wait for what was never answered.
            is_listed: the account's list stands beside the journal.
        """
        self._is_listed = is_listed
        if self._terms.changes.sync:
            await self._settle_before(gate)
        self._plan = plan = await self._planned(is_check=False)
        log.info(
            "plan.changes", extra={"changed": plan.changed, "cancelled": plan.cancelled, "new": plan.new}
        )
        asks = self._confirm is not None and self._terms.changes.sync
        stopped = self._confirm(plan) if self._confirm and asks else plan.stopped
        if stopped:
            return stopped
        await self._note(plan)
        await self._adopt()
        await self._make_anew()
        return None

    async def note(self, *, is_listed: bool) -> Message | None:
        """Note what would be done, for a check; returns why nothing may be."""
        self._is_listed = is_listed
        plan = await self._planned(is_check=True)
        await self._note(plan)
        return plan.stopped or plan.another

    async def _note(self, plan: ChangePlan) -> None:
        entries = iter(plan.entries)
        while block := list(islice(entries, BLOCK)):
            await self._recorder.write(*block)

    async def _planned(self, *, is_check: bool) -> ChangePlan:
        calibration = await self._list.calibration() if self._is_listed else None
        account = self._recorder.journal.account
        limit, policy = await self._recorder.call(lambda: (account.learned(LIMIT), account.learned(POLICY)))
        counts_classes = (policy.value if policy else self._terms.limit_policy) != LimitPolicy.INFLIGHT
        known = self._terms.max_concurrent_classes or (int(limit.value) if limit else None)
        planner = ChangePlanner(
            self._recorder.journal,
            self._batch,
            self._header,
            self._terms,
            calibration=calibration,
            cancelled=self._list.cancelled,
            now=self._clock(),
            recent_s=await self._list.lag_s() + self._terms.settle_s,
            limit=known if counts_classes else None,
            is_check=is_check,
        )
        return await self._recorder.call(planner.make)

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

    async def _settle_before(self, gate: Gate) -> None:
        """What earlier runs sent and nobody answered: wait until nothing of it can come late.

        The class is then set wholly to what its row says. Only of one that was to be
        cancelled it has to be known whether it is there.
        """
        lost = await self._recorder.call(self._recorder.journal.operations.in_doubt)
        if not lost:
            return
        settled_at = max(each.deadline for each in lost) + self._terms.settle_s
        longest_s = self._terms.timeout_s + self._terms.settle_s  # the clock may have been put back since
        wait_s = max(0.0, min(settled_at - self._clock(), longest_s))
        self._listener.says(Message(RunNote.ANSWERS_LOOKED_UP, {"number": len(lost), "seconds": wait_s}))
        await gate.pause(wait_s)
        for each in lost:
            if each.kind is Kind.CANCEL and self._is_listed and await self._is_cancelled(each.class_id):
                await self._recorder.write(_found(each, self._clock()))

    async def _is_cancelled(self, class_id: str) -> bool:
        try:
            return await self._list.is_cancelled(class_id)
        except WiziqError as error:
            log.warning("operations.cannot_list", extra={"code": error.code})
            return False

    async def _adopt(self) -> None:
        """Classes that are as their row says by somebody's hand stand for that row from now on."""
        for work in self._plan.adopted:
            await self._write_done(work, Kind.CHANGE)

    async def _make_anew(self) -> None:
        """Classes that were cancelled by hand stand for nothing any more; their rows are sent like any new ones."""
        for work in self._plan.anew:
            if await self._is_cancelled(work.class_id):
                await self._write_done(work, Kind.CANCEL)
            elif work.meant is not None:
                note = Message(ChangeNote.EDITS_NOT_KNOWN, {"class_id": work.class_id})
                await self._recorder.write(
                    RowOutcome(self._batch.id, work.meant.position, Outcome.HELD, None, note)
                )

    async def _write_done(self, work: Work, kind: Kind) -> None:
        """An operation that somebody else has done: nothing is sent."""
        now = self._clock()
        numbers = self._recorder.journal.operations
        operation = Operation(
            class_id=work.class_id,
            number=await self._recorder.call(numbers.next_number, work.class_id),
            kind=kind,
            batch=self._batch.id,
            was=work.was,
            meant=work.meant if kind is Kind.CHANGE else None,
            parameters={},
            starts=work.after.starts if kind is Kind.CHANGE else None,
            sent_at=now,
            deadline=now,
        )
        await self._recorder.write(
            OperationIntent(operation=operation, room_until=work.after.room_until), _found(operation, now)
        )


def _found(operation: Operation, now: float) -> OperationEnded:
    return OperationEnded(
        class_id=operation.class_id,
        number=operation.number,
        ending=OperationEnding.FOUND,
        ended_at=now,
        code=operation.code,
        message=operation.message,
    )
