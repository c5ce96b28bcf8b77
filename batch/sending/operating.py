"""Changes and cancels classes that exist, each with the journal's word before and after.

In the order of the plan; what does not wait for each other goes at once. An answer that
was lost is waited for until nothing can come late any more, looked up, and sent again:
both requests may be repeated.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from batch.core.changes.account import Account, Slot
from batch.core.changes.operation import DELETED, Kind
from batch.core.changes.order import Step
from batch.core.message import ChangeNote, Message, UndoNote
from batch.core.outcome import Outcome
from batch.core.service.backoff import asks_too_much, wait_s
from batch.core.service.listed import Seen
from batch.journal.recorder import Recorder
from batch.journal.records import Entry, GoneOutcome, OperationEnded, RowOutcome
from batch.journal.sending import Overtaken
from batch.sending.class_work import ChangePlan, Work, in_order, time_of
from batch.sending.earlier_operations import found
from batch.sending.gate import Closed, Closing, Gate
from batch.sending.listing import AccountList
from batch.sending.lost_operations import edited_meanwhile, edited_since, look_up
from batch.sending.operation_requests import ChangesClasses, OperationRequests
from batch.sending.terms import Terms
from batch.wiziq.errors import LockedOut, NoAnswer, PresenterBusy, SlotFull, Unavailable, WiziqError

log = logging.getLogger(__name__)

#: An operation whose answer is lost so often is left for the next run.
MOST_SENDINGS = 5
#: What was committed at the last moment is listed a little later.
_LAG = 1.1
_NO_SUCH_CLASS = "1009"


class Operator:
    """Carries out what a plan says of classes that exist."""

    def __init__(
        self,
        batch: str,
        terms: Terms,
        *,
        api: ChangesClasses,
        account_list: AccountList,
        recorder: Recorder,
        clock: Callable[[], float],
        chance: Callable[[], float],
        on_outcome: Callable[[RowOutcome], None],
        again: str = "sync",
        edited: ChangeNote | UndoNote = ChangeNote.EDITED_BY_HAND,
        overwrites: bool | None = None,
    ) -> None:
        """Nothing is done yet.

        Args:
            batch: that asks for it all.
            terms: what is wanted.
            api: the service.
            account_list: its list.
            recorder: writes the journal.
            clock: UTC seconds.
            chance: from 0 to 1.
            on_outcome: hears of each row.
            again: the command that looks at what was never answered.
            edited: what is said of a class that somebody edited meanwhile.
            overwrites: such a class is changed all the same; None: as the terms say.
        """
        self._batch = batch
        self._terms = terms
        self._requests = OperationRequests(
            batch, api=api, recorder=recorder, clock=clock, timeout_s=terms.timeout_s
        )
        self._list = account_list
        self._recorder = recorder
        self._clock = clock
        self._chance = chance
        self._on_outcome = on_outcome
        self._again = again
        self._edited = edited
        self._overwrites = terms.changes.overwrite_edits if overwrites is None else overwrites
        self._left: dict[int, Work] = {}  # what is still to be done
        self._lost: dict[int, tuple[Work, Step]] = {}  # what was never answered
        self._parked: dict[int, Work] = {}
        self._others: list[Slot] = []
        self._planned_by: float | None = None  # when the list was asked for by which all was planned
        self.locked_out: LockedOut | None = None

    async def carry_out(self, plan: ChangePlan, gate: Gate, steps: Sequence[Step], *, lists: bool) -> None:
        """Do these steps of a plan; return when the last ending is on disk.

        Args:
            plan: has the work of each step.
            gate: closed, nothing more begins.
            steps: creates among them are others' work.
            lists: whether the account's list can be asked about lost answers.
        """
        todo: Sequence[Step] = [step for step in steps if step.kind is not Kind.CREATE]
        self._left = {step.tag: plan.works[step.tag] for step in todo if step.tag in plan.works}
        # What is cancelled at the end stands where it is until then.
        later = (work.before for tag, work in plan.works.items() if tag not in self._left)
        self._others = [*plan.others, *later]
        if self._planned_by is None:
            self._planned_by = self._list.began_at
        if lists and await self._spare_edited():
            todo = self._anew(plan.limit)
        while self._left and gate.closed_because is None:
            left, parked = len(self._left), len(self._parked)
            await self._in_waves(todo, gate)
            await self._settle_lost(gate, lists=lists)
            # One that is parked is still to be done, but others may have their turn now.
            has_come_on = len(self._left) < left or len(self._parked) > parked
            if not has_come_on or gate.closed_because is not None:
                break
            todo = self._anew(plan.limit)
        if gate.closed_because is None:
            for work in list(self._left.values()):
                if work.tag not in self._parked:
                    self._others.append(work.before)
                await self._give_up(work, _in_the_way(work))
            for work in list(self._parked.values()):
                await self._send_back(work, gate, plan.limit)

    def _anew(self, limit: int | None) -> Sequence[Step]:
        """What is left, in the order that is possible by now."""
        return in_order(self._left.values(), self._others, {}, limit=limit, now=self._clock()).steps

    async def _in_waves(self, steps: Sequence[Step], gate: Gate) -> None:
        """Send them in order; those that wait for nothing in each other's way go together."""
        pending = list(steps)
        while pending and gate.closed_because is None:
            wave = self._wave(pending)
            pending = pending[len(wave) :]
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(self._do(step, gate)) for step in wave]
            except ExceptionGroup as several:
                # What stops one stops them all, mostly with one and the same error.
                raise several.exceptions[0] from several
            if not all(task.result() for task in tasks):
                return  # what is left is put in order anew: a place may not be free

    def _wave(self, steps: Sequence[Step]) -> Sequence[Step]:
        freed: list[Slot] = []
        tags: set[int] = set()
        for number, step in enumerate(steps):
            is_after = any(step.slot.shares_presenter(slot) or step.slot.shares_room(slot) for slot in freed)
            if step.tag in tags or (step.kind is not Kind.CANCEL and is_after):
                return steps[:number]
            tags.add(step.tag)
            before = self._left[step.tag].before
            if before != step.slot or step.kind is Kind.CANCEL:
                freed.append(before)
        return steps

    async def _do(self, step: Step, gate: Gate) -> bool:
        """One step with its retries; whether it is done."""
        work = self._left[step.tag]
        try:
            for failures in range(1, self._terms.attempts + 1):
                result = await self._attempt(work, step, gate)
                if not isinstance(result, Unavailable):
                    return result is None
                if failures < self._terms.attempts and not asks_too_much(result.retry_after_s):
                    await gate.pause(wait_s(failures, self._chance(), result.retry_after_s))
            gate.close(Closing.UNAVAILABLE)
        except Closed:
            pass
        except Overtaken:
            await self._look_again(work)
        return False

    async def _attempt(self, work: Work, step: Step, gate: Gate) -> WiziqError | None:
        """One request, and its ending on disk; None: it is done.

        Raises:
            Closed: nothing was sent.
            Overtaken: the class is not what the plan took it for.
        """
        error, ended = await self._requests.request(work, step, gate, is_parked=work.tag in self._parked)
        if error is None:
            gate.window.succeeded()
            await self._done(work, step, ended)
        elif isinstance(error, NoAnswer):
            facts = {"class_id": work.class_id, "kind": work.kind, "again": self._again}
            note = Message(ChangeNote.UNANSWERED_CHANGE, facts)
            await self._write(work, Outcome.UNKNOWN, None, note, ended)
            self._lost[work.tag] = (self._left.pop(work.tag), step)
            if error.is_overload:
                gate.window.overloaded()
        elif isinstance(error, Unavailable | LockedOut):
            await self._recorder.write(ended)
        else:
            await self._turned_down(work, error, ended)
        self._heed(error, gate)
        return error

    def _heed(self, error: WiziqError | None, gate: Gate) -> None:
        """What an answer means for all others."""
        if isinstance(error, LockedOut) or (isinstance(error, NoAnswer) and error.locks_out):
            self.locked_out = LockedOut(error.message, code=error.code)
            gate.close(Closing.LOCKED_OUT)
        if isinstance(error, NoAnswer) and asks_too_much(error.retry_after_s):
            gate.close(Closing.UNAVAILABLE)

    # -- endings --------------------------------------------------------------------

    async def _done(self, work: Work, step: Step, *entries: Entry) -> None:
        if step.kind is Kind.PARK:
            await self._recorder.write(*entries)
            self._parked[work.tag] = work
            self._left[work.tag] = replace(work, before=step.slot)
            return
        outcome = Outcome.CANCELLED if work.meant is None else Outcome.CHANGED
        await self._write(work, outcome, None, work.note, *entries)
        self._left.pop(work.tag, None)
        self._parked.pop(work.tag, None)
        if step.kind is Kind.CHANGE:
            self._others.append(step.slot)

    async def _turned_down(self, work: Work, error: WiziqError, ended: OperationEnded) -> None:
        facts = {"class_id": work.class_id, "kind": work.kind, "code": error.code, "text": error.text}
        if isinstance(error, SlotFull | PresenterBusy):
            # Without a code: a row that is held for its code is planned anew, as one that has no class.
            await self._write(work, Outcome.HELD, None, Message(ChangeNote.TURNED_DOWN, facts), ended)
        else:
            settled, is_unsure = await self._lost_before(error, ended)
            note = Message(ChangeNote.CHANGE_REFUSED, {**facts, "is_unsure": True} if is_unsure else facts)
            await self._write(work, Outcome.REFUSED, error.code, note, ended, *settled)
            if error.code == _NO_SUCH_CLASS:
                await self._recorder.call(
                    self._recorder.journal.sightings.note_gone, [work.class_id], self._clock()
                )
        self._others.append(self._left.pop(work.tag).before)

    async def _lost_before(self, error: WiziqError, ended: OperationEnded) -> tuple[list[Entry], bool]:
        """What a refusal answers for of earlier requests without an answer, and whether another of them may be done.

        That a class is called cancelled answers for cancellings of ours.
        """
        sent = await self._recorder.call(self._recorder.journal.operations.of_class, ended.class_id)
        lost = [each for each in sent if each.is_in_doubt and each.number < ended.number]
        if error.code == DELETED:
            return [found(each, self._clock()) for each in lost if each.kind is Kind.CANCEL], False
        done = max((each.number for each in sent if each.is_done), default=-1)
        return [], any(each.number > done for each in lost)

    async def _look_again(self, work: Work) -> None:
        """Nothing was sent: another class has the place, or somebody has been at this one since the plan was made."""
        self._others.append(work.before)
        facts = {"class_id": work.class_id, "again": self._again}
        other = None
        if work.meant is not None:
            holder = self._recorder.journal.operations.holder
            other = await self._recorder.call(holder, work.meant.fingerprint, work.class_id)
        await self._give_up(
            work,
            Message(ChangeNote.PLACE_IS_TAKEN, {**facts, "other": other})
            if other
            else Message(ChangeNote.NOT_AS_PLANNED, facts),
        )

    async def _give_up(self, work: Work, note: Message) -> None:
        self._left.pop(work.tag, None)
        await self._write(work, Outcome.HELD, None, note)

    async def _write(
        self, work: Work, outcome: Outcome, code: str | None, note: Message, *entries: Entry
    ) -> None:
        """Say what became of a row, or of a class without one, once it is on disk."""
        if work.position is None:
            await self._recorder.write(*entries, GoneOutcome(self._batch, work.class_id, outcome, code, note))
            return
        result = RowOutcome(self._batch, work.position, outcome, code, note)
        await self._recorder.write(*entries, result)
        self._on_outcome(result)

    # -- lost answers ---------------------------------------------------------------

    async def _settle_lost(self, gate: Gate, *, lists: bool) -> None:
        """Wait until nothing can come late, look the classes up, and send again what is not done."""
        while self._lost and gate.closed_because is None:
            ids = [work.class_id for work, _ in self._lost.values()]
            operations = await self._recorder.call(self._recorder.journal.operations.of_classes, ids)
            settled_at = max(each[-1].deadline for each in operations.values()) + self._terms.settle_s * _LAG
            await gate.pause(max(0.0, settled_at - self._clock()))
            if _is_closed(gate):
                return
            lost, self._lost = self._lost, {}
            done, edited = (
                await look_up(list(lost.values()), self._list, self._recorder) if lists else (frozenset(), {})
            )
            if lists:
                await self._spare_edited()
            for tag, (work, step) in lost.items():
                self._left[tag] = work
                sent = operations[work.class_id]
                if tag in done:
                    await self._done(work, step, found(sent[-1], self._clock()))
                elif tag in edited and not self._overwrites:
                    await self._spare(work, edited[tag])
                elif sum(each.batch == self._batch for each in sent) >= MOST_SENDINGS:
                    del self._left[tag]  # unknown, as its row says already
                    self._others += [work.before, step.slot]
                else:
                    await self._do(step, gate)

    async def _spare_edited(self) -> bool:
        """Leave alone what a list shows edited that was taken since all was planned; whether there is any."""
        if self._overwrites or self._list.began_at == self._planned_by:
            return False
        edited = await edited_meanwhile(self._left.values(), self._list, self._recorder)
        for tag, listed in edited.items():
            await self._spare(self._left[tag], listed)
        return bool(edited)

    async def _spare(self, work: Work, listed: Seen) -> None:
        self._others.append(work.before)
        self._parked.pop(work.tag, None)  # it is not where it was parked any more, and stays there
        await self._give_up(work, edited_since(work, listed, self._edited))

    # -- a class that cannot move on ----------------------------------------------------

    async def _send_back(self, work: Work, gate: Gate, limit: int | None) -> None:
        """A class must not stay parked: where it cannot go on it goes back, if its place is still free."""
        if work.tag in self._lost or Account(self._others, limit).obstacle(work.before) is not None:
            return  # it is named as parked, and the next run moves it on
        back = replace(
            work,
            meant=work.was,
            parameters=time_of(work.old),
            whole=work.old,
            note=_in_the_way(work),
        )
        try:
            error, ended = await self._requests.request(
                back, Step(Kind.CHANGE, work.tag, work.before), gate, is_parked=True
            )
        except Overtaken:
            return  # it is named as parked, and the next run moves it on
        await self._recorder.write(ended)
        if error is None:
            del self._parked[work.tag]
            self._others.append(work.before)


def _in_the_way(work: Work) -> Message:
    return Message(ChangeNote.NO_ORDER, {"class_id": work.class_id, "why": "another"})


def _is_closed(gate: Gate) -> bool:
    return gate.closed_because is not None
