"""An undo from its look at the account to its last ending: settle what is in doubt, list, decide, ask, take back.

Nothing is written of it before somebody has said yes; from then on it can be cut short at
any moment, and goes on as the same batch.
"""

import logging
from collections.abc import Callable, Collection
from itertools import islice
from typing import Protocol

from batch.core.message import Message, RunNote, UndoNote
from batch.core.quick_dataclass import dataclass
from batch.core.service.backoff import FIRST_IN_FLIGHT, Window
from batch.core.service.first_send import AlikeClasses
from batch.journal.recorder import Recorder
from batch.journal.records import BLOCK, Batch
from batch.sending.as_left import ClassesAsLeft
from batch.sending.control import Control
from batch.sending.earlier_operations import (
    adopt,
    limit_known,
    planned,
    settle_operations,
    wait_for_operations,
)
from batch.sending.first_list import TellsAccount
from batch.sending.first_look import FirstLook
from batch.sending.first_row import FirstRow
from batch.sending.gate import Closing
from batch.sending.listed_classes import ListsAccount
from batch.sending.listener import Listener
from batch.sending.listing import AccountList
from batch.sending.operating import Operator
from batch.sending.operation_requests import ChangesClasses
from batch.sending.reconcile import Reconciler
from batch.sending.terms import Terms
from batch.sending.undo_plan import UndoPlan, UndoPlanner

log = logging.getLogger(__name__)


class Service(ChangesClasses, ListsAccount, TellsAccount, Protocol):
    """What is needed of the service; see `batch.wiziq.client`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoTerms:
    """What the person wants taken back."""

    numbers: Collection[int] | None = None  #: of the rows; None: all
    overwrite_edits: bool = False
    confirm: Callable[[Batch, UndoPlan], Message | None] | None = (
        None  #: asks somebody; returns why nothing is sent
    )


class UndoRun(Control):
    """One undo."""

    def __init__(
        self,
        undone: Batch,
        undo: Batch,
        terms: Terms,
        wanted: UndoTerms,
        *,
        api: Service,
        recorder: Recorder,
        listener: Listener,
        clock: Callable[[], float],
        chance: Callable[[], float],
        name_of: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._undone = undone
        self._undo = undo
        self._terms = terms
        self._wanted = wanted
        self._recorder = recorder
        self._listener = listener
        self._clock = clock
        self._name_of = name_of
        self._list = account_list = AccountList(
            api=api, recorder=recorder, settle_s=terms.settle_s, clock=clock
        )
        self._reconciler = Reconciler.by(terms, account_list, recorder, clock, chance, as_new=False)
        self._first_look = FirstLook(
            api=api,
            account_list=account_list,
            recorder=recorder,
            clock=clock,
            chance=chance,
            lists=terms.foreign,
            alike=AlikeClasses.HOLD,
            is_first_time=True,  # nothing is created
            first_row=FirstRow(
                account_list=account_list,
                recorder=recorder,
                settle_s=terms.settle_s,
                clock=clock,
                says=listener.says,
            ),
        )
        self._operator = Operator(
            undo.id,
            terms,
            api=api,
            account_list=account_list,
            recorder=recorder,
            clock=clock,
            chance=chance,
            on_outcome=listener.ended,
            again="undo",
            edited=UndoNote.EDITED_SINCE,
            overwrites=wanted.overwrite_edits,
        )
        self._is_listed = False

    async def prepare(self) -> UndoPlan:
        """Look at the account, and decide; nothing of it is written down yet.

        Raises:
            CannotRun, Unfinished: the account's classes cannot be listed now.
        """
        journal = self._recorder.journal
        if any(row.is_in_doubt for row in await self._recorder.call(journal.undo.touched, self._undone.id)):
            await self._reconciler.settle(self._open_gate(Window()), self._undone.id, self._listener.says)
        await wait_for_operations(
            self._recorder, self._list, self._terms, self._open_gate(Window()), self._clock, self._listener
        )
        if fault := await self._first_look.look(self._undo.id, self._open_gate(Window())):
            self._listener.says(fault)
        self._is_listed = self._first_look.listed_at is not None
        if self._is_listed:
            await settle_operations(
                self._recorder, self._list, self._terms, self._clock, self._undone, is_undo=True
            )
        plan = await self._plan()
        log.info(
            "plan.undo", extra={"cancelled": plan.cancelled, "changed": plan.changed, "left": len(plan.left)}
        )
        return plan

    async def carry_out(self, plan: UndoPlan) -> Message | None:
        """Take back what can be; return why nothing more was sent."""
        self._listener.begin(len(plan.works))
        gate = self._open_gate(Window(self._terms.in_flight, FIRST_IN_FLIGHT))
        await self._operator.carry_out(plan, gate, plan.steps, lists=self._is_listed)
        if self._operator.locked_out is not None:
            return Message(RunNote.LOCKED_OUT, {"why": self._operator.locked_out.message})
        if gate.closed_because is Closing.UNAVAILABLE:
            self._listener.says(Message(RunNote.STOPPED_ANSWERS_LOST))
        return None

    async def _plan(self) -> UndoPlan:
        now = self._clock()
        limit = await limit_known(self._recorder, self._terms)

        def make(known: ClassesAsLeft) -> UndoPlan:
            planner = UndoPlanner(
                self._recorder.journal,
                self._undone,
                self._undo,
                known=known,
                numbers=self._wanted.numbers,
                overwrite_edits=self._wanted.overwrite_edits,
                limit=limit,
                now=now,
                name_of=self._name_of,
            )
            return planner.make()

        return await planned(
            make, self._recorder, self._list, self._terms, now, is_listed=self._is_listed, touches=True
        )

    async def begin(self, plan: UndoPlan) -> None:
        """Write down what is to be undone, and what is known of it by now."""
        begin = self._recorder.journal.undo.begin
        await self._recorder.call(begin, self._undo, plan.rows, plan.targets)
        entries = iter(plan.entries)
        while block := list(islice(entries, BLOCK)):
            await self._recorder.write(*block)
        for work in plan.adopted:
            await adopt(self._recorder, self._undo.id, work, self._clock())
