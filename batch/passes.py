"""Between the file and the report: look up, plan, send, look up again, as often as it takes.

One pass sends what waits for its turn. Answers that were lost are looked up after
it, all together; what is proved absent waits for its turn in the next pass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from batch.audit import Auditor
from batch.core.audit import Findings
from batch.core.backoff import FIRST_IN_FLIGHT, RetryBudget, Window
from batch.core.outcome import Outcome
from batch.core.plan import Planner
from batch.gate import Gate
from batch.journal.recorder import Recorder
from batch.journal.records import RowOutcome
from batch.journal.store import BLOCK, Journal
from batch.reconcile import Reconciler, Settled
from batch.submit import MOST_IN_DOUBT, CreatesClasses, Submitter
from batch.wiziq.errors import LockedOut


class Listener(Protocol):
    """Who watches a run: the terminal, or nobody."""

    def begin(self, rows: int) -> None:
        """So many rows are to be sent."""

    def ended(self, outcome: RowOutcome) -> None:
        """What became of a row; it is on disk by now."""

    def says(self, sentence: str) -> None:
        """Something the person should know while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the person wants of the sending."""

    max_concurrent_classes: int | None = None  #: if known
    most_rows: int | None = None  #: so many rows are sent at most
    only_if_all_valid: bool = False
    retry_refused: bool = False
    in_flight: int
    attempts: int
    timeout_s: float


class Passes:
    """The passes over one batch."""

    def __init__(
        self,
        batch: str,
        terms: Terms,
        *,
        api: CreatesClasses,
        recorder: Recorder,
        reconciler: Reconciler,
        auditor: Auditor | None,
        listener: Listener,
        clock: Callable[[], float],
        chance: Callable[[], float],
        gate: Callable[[Window], Gate] = Gate,
    ) -> None:
        self._batch = batch
        self._terms = terms
        self._api = api
        self._recorder = recorder
        self._reconciler = reconciler
        self._auditor = auditor
        self._listener = listener
        self._clock = clock
        self._chance = chance
        self._budget = RetryBudget()
        self._new_gate = gate
        self._gate = gate(Window())
        self._draining = ""

    def drain(self, why: str) -> None:
        """Let nothing more begin; what is under way goes on to its end."""
        self._draining = why
        self._gate.close(why)

    async def run(self) -> LockedOut | None:
        """Send what is to be sent; return why the service lets nobody in, if it does not."""
        await self._settle(None)
        waiting = await self._recorder.call(plan, self._batch, self._terms)
        self._listener.begin(waiting)
        first = FIRST_IN_FLIGHT
        while waiting and not self._draining:
            submitter, gate = await self._send(first)
            if submitter.locked_out is not None:
                return submitter.locked_out
            settled = await self._settle(self._batch)
            if gate.closed_because is not None and submitter.in_doubt < MOST_IN_DOUBT:
                self._listener.says(f"Stopped: {gate.closed_because}.")
                return None
            if settled.unsettled >= MOST_IN_DOUBT:
                self._listener.says(f"Stopped: {settled.unsettled} classes were sent and never answered.")
                return None
            if gate.closed_because is None and not settled.resend:
                return None
            first = 1  # one row shows whether answers come again
        return None

    async def audit(self) -> Findings | None:
        """Compare the account with the journal; None where that was not asked for or could not be done."""
        if self._auditor is None or self._draining:
            return None
        return await self._auditor.audit(self._batch, self._open_gate(Window()))

    async def _send(self, first: int) -> tuple[Submitter, Gate]:
        gate = self._open_gate(Window(self._terms.in_flight, first))
        submitter = Submitter(
            api=self._api,
            gate=gate,
            recorder=self._recorder,
            budget=self._budget,
            attempts=self._terms.attempts,
            timeout_s=self._terms.timeout_s,
            clock=self._clock,
            chance=self._chance,
            told=self._listener.ended,
        )
        await submitter.submit(self._batch, workers=self._terms.in_flight)
        return submitter, gate

    async def _settle(self, batch: str | None) -> Settled:
        return await self._reconciler.settle(self._open_gate(Window()), batch, self._listener.says)

    def _open_gate(self, window: Window) -> Gate:
        self._gate = self._new_gate(window)
        if self._draining:
            self._gate.close(self._draining)
        return self._gate


def plan(journal: Journal, batch: str, terms: Terms) -> int:
    """Decide on every valid row of a batch; return how many wait to be sent."""
    planner = Planner(limit=terms.max_concurrent_classes, retry_refused=terms.retry_refused)
    planner.take_room(journal.candidates(batch, with_attempts=True))
    planner.take_room_elsewhere(journal.booked_elsewhere(batch))
    most, because = terms.most_rows, f"Not sent: --limit {terms.most_rows} was reached."
    if terms.only_if_all_valid and journal.has_invalid(batch):
        most, because = 0, "Not sent: other rows of the file are invalid, and --only-if-all-valid was given."
    waiting = 0
    decisions = planner.decide(journal.candidates(batch))
    while block := list(islice(decisions, BLOCK)):
        outcomes = []
        for decision in block:
            outcome, message = decision.outcome, decision.message
            if outcome is None and waiting == most:
                outcome, message = Outcome.NOT_SENT, because
            waiting += outcome is None
            if outcome is not None:
                outcomes.append(RowOutcome(batch, decision.position, outcome, decision.code, message))
        journal.apply(outcomes)
    return waiting
