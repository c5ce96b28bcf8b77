"""Between the file and the report: look up, plan, send, look up again, as often as it takes.

One pass sends what waits for its turn. Answers that were lost are looked up after
it, all together; what is proved absent waits for its turn in the next pass.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from batch.core.errors import CannotRun
from batch.core.message import Message, RunNote
from batch.core.outcome import Outcome
from batch.core.service.audit import Findings
from batch.core.service.backoff import FIRST_IN_FLIGHT, RetryBudget, Window, asks_too_much
from batch.core.service.clock_skew import Skew, skew_of
from batch.core.service.first_send import AlikeClasses
from batch.core.service.listed import Seen
from batch.journal.recorder import Recorder
from batch.journal.records import RowOutcome
from batch.sending.audit import Auditor
from batch.sending.changes import FileChanges
from batch.sending.control import Control
from batch.sending.first_list import TellsAccount
from batch.sending.first_look import FirstLook
from batch.sending.first_row import FirstRow
from batch.sending.gate import Closing, Gate
from batch.sending.list_evidence import ListEvidence
from batch.sending.listed_classes import ListsAccount
from batch.sending.listener import Listener
from batch.sending.listing import AccountList
from batch.sending.planning import Planning
from batch.sending.reconcile import Reconciler, Settled
from batch.sending.submitter import MOST_IN_DOUBT, CreatesClasses, Submitter
from batch.sending.terms import Terms
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)

#: While one worker waits for its row's ending to be on disk, another has its slot. Who wants one request at
#: a time gets one: nothing begins before its ending is on disk.
_WORKERS_PER_SLOT = 2
#: Where a lost answer can be looked up, intents of what is sent within so long are on disk ahead of their room.
_AHEAD_S = 0.25
#: So many confirmed classes, as they are listed, leave few ways to read the account's list.
_KNOWN_ENOUGH = 8


class Service(CreatesClasses, ListsAccount, TellsAccount, Protocol):
    """What is needed of the service; see `batch.wiziq.client`."""

    clock_offset_s: float | None


class BatchRun(Control):
    """The passes over one batch."""

    def __init__(
        self,
        batch: str,
        terms: Terms,
        *,
        api: Service,
        recorder: Recorder,
        listener: Listener,
        clock: Callable[[], float],
        chance: Callable[[], float],
        gate: Callable[[Window], Gate] = Gate,
        changes: Callable[[AccountList], FileChanges] | None = None,
    ) -> None:
        """`changes`: what the file changes of its earlier versions, by the list that the run takes."""
        super().__init__(gate)
        self._batch = batch
        self._terms = terms
        self._api = api
        self._recorder = recorder
        self._list = account_list = AccountList(
            api=api, recorder=recorder, settle_s=terms.settle_s, clock=clock
        )
        self._evidence = ListEvidence(account_list, recorder)
        as_new = terms.alike is AlikeClasses.AS_NEW
        self._reconciler = Reconciler.by(terms, account_list, recorder, clock, chance, as_new=as_new)
        self._auditor = Auditor(
            account_list=account_list,
            recorder=recorder,
            settle_s=terms.settle_s,
            clock=clock,
            says=listener.says,
        )
        self._first_row = FirstRow(
            account_list=account_list,
            recorder=recorder,
            settle_s=terms.settle_s,
            clock=clock,
            says=listener.says,
        )
        self._changes = changes(account_list) if changes else None
        self._first_look = FirstLook(
            api=api,
            account_list=account_list,
            recorder=recorder,
            clock=clock,
            chance=chance,
            lists=terms.foreign,
            alike=terms.alike,
            is_first_time=terms.is_first_time,
            first_row=self._first_row,
            lessons=self._changes.lessons if self._changes else None,
        )
        self._listener = listener
        self._clock = clock
        self._chance = chance
        self._planning = Planning(batch, terms, clock)
        self._budget = RetryBudget()
        self._quiet_until = 0.0  # UTC seconds: the service wants to be left alone until then

    async def run(self) -> Message | None:
        """Send what is to be sent; return why nothing more may be, before a person has mended it."""
        before = await self._settle(None)
        may_send = await self._recorder.call(
            self._planning.may_send, self._recorder.journal
        ) or await self._first_look.is_to_let_go(self._batch)
        needs_list = may_send or (self._changes is not None and self._terms.changes.sync)
        if needs_list and not self._is_draining:
            await self._look_first(before)
        if needs_list:
            self._heed_clock(self._api.clock_offset_s)
        if self._changes is not None and not self._is_draining:
            stopped = await self._change(self._changes)
            if stopped:
                await self._plan()  # what is there already is known by that, too
                return stopped
        elif self._changes is not None:
            await self._changes.note_loose()
        await self._first_look.hold_for_edited(self._batch)
        waiting = await self._plan()
        self._listener.begin(waiting)
        # A run before this one may have sent the row that goes alone.
        stopped = await self._prove_listing() if self._first_row.goes_alone else None
        stopped = stopped or await self._send_all(waiting, before)
        if stopped is None and not self._drains():
            await self._first_look.hold_waiting(self._batch)
        if self._changes is not None and stopped is None and not self._drains():
            stopped = await self._changes.after_creates(self._open_gate(self._window()))
        for note in await self._recorder.call(self._planning.finish, self._recorder.journal):
            self._listener.says(note)
        return stopped

    async def _change(self, changes: FileChanges) -> Message | None:
        """What the file changes, and the cancels that this needs; returns why nothing more may be sent."""
        if await changes.settle(is_listed=self._first_look.listed_at is not None):
            await self._first_look.compare_again(self._batch)  # a row's class may be there already
        stopped = await changes.begin()
        self._planning.moved = changes.moved
        if changes.may_have_freed_rows:
            await self._first_look.compare_again(self._batch)
        return stopped or await changes.before_creates(self._open_gate(self._window()))

    async def _look_first(self, before: Settled) -> None:
        if self._changes is not None:  # what is listed before that may change still
            await self._changes.wait(self._open_gate(Window()))
        if fault := await self._first_look.look(self._batch, self._open_gate(Window())):
            self._listener.says(fault)
        self._planning.listed_at = self._first_look.listed_at
        if before.resend and not await self._evidence.bears_out():
            await self._doubt_absent()  # the one before may have left out what is to be sent

    async def look(self) -> Message | None:
        """Take the account's list and plan by it; nothing is sent. Returns why nothing may be."""
        is_sync = self._changes is not None and self._terms.changes.sync
        if is_sync or await self._recorder.call(self._planning.may_send, self._recorder.journal):
            if fault := await self._first_look.look(self._batch, self._open_gate(Window())):
                self._listener.says(fault)
            else:
                self._listener.says(Message(RunNote.LOOKED, {"classes": len(self._list.class_ids)}))
            self._planning.listed_at = self._first_look.listed_at
        stopped = None
        if self._changes is not None:
            stopped = await self._changes.note(is_listed=self._first_look.listed_at is not None)
            self._planning.moved = self._changes.moved
        await self._first_look.hold_for_edited(self._batch)
        await self._plan()
        await self._recorder.call(self._planning.finish, self._recorder.journal)
        return stopped

    async def _plan(self) -> int:
        """Decide on what was not sent yet, by all that is known of the account by now."""
        plan = await self._recorder.call(self._planning.plan, self._recorder.journal)
        for note in plan.news:
            self._listener.says(note)
        return plan.waiting

    def _heed_clock(self, offset_s: float | None) -> None:
        """Before anything is sent: how far the clocks are apart, if the service told its time by now."""
        if offset_s is None or skew_of(offset_s) is Skew.FINE:
            return
        if skew_of(offset_s) is Skew.TOO_FAR:
            raise CannotRun(RunNote.CLOCKS_APART, offset_s=offset_s)
        self._listener.says(Message(RunNote.CLOCKS_APART, {"offset_s": offset_s}))

    async def _send_all(self, waiting: int, before: Settled) -> Message | None:
        # Without a row that waits there may be one that an earlier run left in doubt, and that may be sent again.
        work = waiting or (before.resend and not self._terms.only_if_all_valid)
        first, probing = FIRST_IN_FLIGHT, False
        settled: Settled | None = None
        lost = 0  # answers, since the last one that came
        while work and not self._drains():
            submitter, gate = await self._send(first, probing=probing)
            if submitter.locked_out is not None:
                await self._settle(self._batch)  # what a mere status turned away may be there all the same
                return Message(RunNote.LOCKED_OUT, {"why": submitter.locked_out.message})
            if gate.closed_because is Closing.REPLANNED and await self._plan():
                continue
            ended = gate.closed_because in {None, Closing.REPLANNED}
            is_idle = ended and not submitter.sent
            settled = await self._settle_and_look(settled if is_idle else None, cut_short=not ended)
            if self._drains():
                return None
            is_one = gate.closed_because is Closing.ONE_SENT
            lost = 0 if submitter.answers else lost + submitter.in_doubt
            if is_one and (stopped := await self._prove_listing()):
                return stopped
            never_answered = settled.unsettled - before.unsettled
            # Where nothing is known to be in the account, a row that was never sent may become the first that is.
            is_worth_a_row = settled.unwitnessed and not (ended or is_one or probing)
            given_up: Message | None = None
            if not ended and (
                self._is_to_be_left_alone()
                or (lost >= MOST_IN_DOUBT if is_one else submitter.in_doubt < MOST_IN_DOUBT)
            ):
                given_up = _why(submitter, gate)
            elif never_answered >= MOST_IN_DOUBT and not is_worth_a_row:
                given_up = Message(RunNote.STOPPED_NEVER_ANSWERED, {"classes": never_answered})
            if given_up is not None:
                self._listener.says(given_up)
            if given_up is not None or (ended and not settled.resend):
                return None
            probing = not (ended or is_one)
            first = 1 if probing else FIRST_IN_FLIGHT  # one row shows whether answers come again
        return None

    async def _settle_and_look(self, before: Settled | None, *, cut_short: bool) -> Settled:
        """Look up what was lost; what the lists for it show besides may be the classes of rows that wait.

        Args:
            before: what the last look-up settled, where nothing has happened since: then there is no other.
            cut_short: the turn of rows that may be sent again may not have come since.
        """
        if before is not None:
            return replace(before, resend=0)
        settled = await self._settle(self._batch, cut_short=cut_short)
        if not self._drains() and await self._first_look.look_at_news(self._batch):
            await self._plan()
        return settled

    async def _prove_listing(self) -> Message | None:
        """After a row that went alone: wait until its class is listed; return why nothing more may be sent, if it is not."""
        if not await self._recorder.call(self._recorder.journal.sending.undecided, self._batch, -1):
            return None
        if stopped := await self._first_row.why_stopped():
            if not await self._first_row.is_listed(self._open_gate(Window())):
                return None if self._drains() else stopped
            await self._first_look.look_again(self._batch)
            await self._plan()
        return None

    async def look_back(self, *, stopped: bool = False) -> Findings | None:
        """Look for the own classes of rows that were turned down, and compare the account with the journal.

        Args:
            stopped: nothing more may be sent: there is nothing to compare yet. That a row was turned down is told all
                the same, and not before this look.

        Returns:
            None where the comparison was not asked for, or could not be done.
        """
        try:
            is_listed = await self._first_look.look_for_turned_down(self._batch)
        except WiziqError as error:
            log.warning("turned_down.cannot_list", extra={"code": error.code})
            is_listed = False
        if stopped or self._is_draining or not self._terms.audit:
            return None
        return await self._auditor.audit(self._batch, self._open_gate(Window()), is_listed=is_listed)

    @property
    def recognised(self) -> Sequence[Seen]:
        """Classes by which the file was recognised as sent before, from elsewhere."""
        return self._first_look.recognised

    async def _send(self, first: int, *, probing: bool) -> tuple[Submitter, Gate]:
        finds_again = await self._finds_again()
        gate = self._open_gate(Window(self._terms.in_flight, first, doubles=finds_again))
        gate.ahead_s = _AHEAD_S if finds_again else 0.0
        alone = self._first_row.goes_alone

        def ended(outcome: RowOutcome) -> None:
            self._listener.ended(outcome)
            if alone and submitter.sent and outcome.outcome in {Outcome.SCHEDULED, Outcome.UNKNOWN}:
                gate.close(Closing.ONE_SENT)

        submitter = Submitter(
            api=self._api,
            gate=gate,
            recorder=self._recorder,
            planning=self._planning,
            budget=self._budget,
            attempts=self._terms.attempts,
            timeout_s=self._terms.timeout_s,
            clock=self._clock,
            chance=self._chance,
            on_outcome=ended,
            listed=self._list.class_ids | self._first_look.held_for,
            probing=probing,
            last=self._first_look.unsure if alone else (),
            not_yet=self._first_look.waits if alone else (),
        )
        one_by_one = alone or self._terms.in_flight == 1
        workers = 1 if one_by_one else self._terms.in_flight * (_WORKERS_PER_SLOT if finds_again else 1)
        await submitter.submit(self._batch, workers=workers)
        self._quiet_until = submitter.quiet_until
        return submitter, gate

    async def _finds_again(self) -> bool:
        """Whether enough classes are known to tell how this account's list is written.

        Until then a class whose answer is lost may not be found again for certain: few of them are under way.
        """
        if self._first_look.listed_at is None:
            return False
        return await self._list.shows_known(_KNOWN_ENOUGH)

    def _is_to_be_left_alone(self) -> bool:
        """Whether the service asked for a longer pause than a run waits."""
        return asks_too_much(self._quiet_until - self._clock())

    async def _settle(self, batch: str | None, *, cut_short: bool = False) -> Settled:
        if self._is_to_be_left_alone():
            return Settled()
        if self._quiet_until > self._clock():
            await self._open_gate(Window()).pause(self._quiet_until - self._clock())
        gate, says = self._open_gate(Window()), self._listener.says
        await self._doubt_absent()
        return await self._reconciler.settle(gate, batch, says, cut_short=cut_short)

    async def _doubt_absent(self) -> None:
        """Of rows that wait to be sent again, what was called absent is looked up once more: lists leave classes out."""
        doubt_absent = partial(
            self._recorder.journal.sending.doubt_absent,
            self._batch,
            self._clock(),
            retry_refused=self._terms.retry_refused,
        )
        await self._recorder.call(doubt_absent)

    def _window(self) -> Window:
        return Window(self._terms.in_flight, FIRST_IN_FLIGHT)


def _why(submitter: Submitter, gate: Gate) -> Message:
    """Why a pass ended before its rows did."""
    if gate.closed_because is Closing.LOCK_LOST:
        return Message(RunNote.STOPPED_LOCK_LOST)
    if submitter.unavailable is None:
        return Message(RunNote.STOPPED_ANSWERS_LOST)
    return Message(RunNote.STOPPED_UNAVAILABLE, {"why": submitter.unavailable.message})
