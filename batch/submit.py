"""Sends the rows of a batch, many at once, each with the journal's word before and after.

A row that fails is an outcome, not an exception. What is raised stops the batch: a
bug, a journal that cannot be written, a cancellation.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Protocol

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from batch.core.api_errors import explain
from batch.core.attempt import AttemptEnding
from batch.core.backoff import RetryBudget, wait_s
from batch.core.outcome import Outcome
from batch.gate import Closed, Gate
from batch.journal.recorder import Recorder
from batch.journal.records import Ended, Entry, Intent, JournalRow, RowOutcome, class_of
from batch.journal.store import Journal
from batch.wiziq.errors import (
    LockedOut,
    NoAnswer,
    PresenterBusy,
    SlotFull,
    Throttled,
    Unavailable,
    WiziqError,
)
from batch.wiziq.replies import Created

log = logging.getLogger(__name__)

#: So many classes newly in doubt mean that answers are being lost: look before going on.
MOST_IN_DOUBT = 5


class CreatesClasses(Protocol):
    """What is needed of the service here; see `batch.wiziq.client`."""

    async def create(self, parameters: Mapping[str, str]) -> Created: ...


class Submitter:
    """One pass over the rows of a batch that wait for their turn.

    `in_doubt` counts the rows this pass sent without getting an answer, `locked_out`
    is why the service lets nobody in, if it does not; see `Gate.closed_because` for
    why a pass ended early.
    """

    def __init__(
        self,
        *,
        api: CreatesClasses,
        gate: Gate,
        recorder: Recorder,
        budget: RetryBudget,
        attempts: int,
        timeout_s: float,
        clock: Callable[[], float],
        chance: Callable[[], float],
        told: Callable[[RowOutcome], None],
    ) -> None:
        """`told` hears of each outcome once it is on disk; `clock` gives UTC seconds."""
        self._api = api
        self._gate = gate
        self._recorder = recorder
        self._budget = budget
        self._attempts = attempts
        self._timeout_s = timeout_s
        self._clock = clock
        self._chance = chance
        self._told = told
        self._successes = 0
        self.in_doubt = 0
        self.locked_out: LockedOut | None = None

    async def submit(self, batch: str, *, workers: int) -> None:
        """Send every row that waits for its turn; return when the last outcome is on disk.

        Args:
            workers: so many rows at most are under way: 100,000 rows are not 100,000 tasks.
        """
        waiting = _Waiting(self._recorder, batch)
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(self._work(waiting))

    async def _work(self, waiting: "_Waiting") -> None:
        while self._gate.closed_because is None and (row := await waiting.next()):
            try:
                await self._submit_one(row)
            except Closed:
                return  # its turn did not come

    async def _submit_one(self, row: JournalRow) -> None:
        attempt = partial(self._attempt, row, count(len(row.attempts) + 1))
        successes = self._successes
        try:
            try:
                await attempt()
            except Unavailable as error:
                await self._retry(attempt, error)
        except Unavailable as error:
            await self._tell(RowOutcome(row.batch, row.position, Outcome.NOT_SENT, error.code, error.says))
            if self._successes == successes:  # and nobody else fared better meanwhile
                self._gate.close(error.says)

    async def _retry(self, attempt: Callable[[], Awaitable[None]], error: Unavailable) -> None:
        """Go on after a first failure: tenacity costs nothing while all is well.

        Made anew for each row and called, not iterated: what one instance remembers
        of the attempt under way must not be another row's.
        """
        last = error

        async def again() -> None:
            nonlocal last
            if retrying.statistics["attempt_number"] == 1:
                raise last  # the failure that is in hand
            try:
                await attempt()
            except Unavailable as failure:
                last = failure
                raise

        def is_over(state: RetryCallState) -> bool:
            closed = self._gate.closed_because is not None
            return closed or state.attempt_number >= self._attempts or not self._budget.spend()

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(Unavailable),
            stop=is_over,
            wait=lambda state: wait_s(state.attempt_number, self._chance(), last.retry_after_s),
            sleep=lambda seconds: self._gate.pause(seconds, everyone=isinstance(last, Throttled)),
            reraise=True,
        )
        await retrying(again)

    async def _attempt(self, row: JournalRow, numbers: Iterator[int]) -> None:
        """One request, and its ending on disk.

        Raises:
            Unavailable: nothing was created; another attempt may be made.
            Closed: nothing was sent.
        """
        result: Created | WiziqError
        async with self._gate.slot():
            number, sent_at = next(numbers), self._clock()
            intent = Intent(
                class_of(row), number, row.batch, row.position, sent_at, sent_at + self._timeout_s
            )
            # On disk before the first byte leaves: nothing else can tell after a crash.
            await self._recorder.write(intent)
            try:
                result = await self._api.create(row.parameters or {})
            except WiziqError as error:
                result = error
        ended = partial(Ended, fingerprint=class_of(row), number=number, ended_at=self._clock())
        if isinstance(result, Created):
            self._successes += 1
            self._gate.window.succeeded()
            self._budget.earn()
            await self._tell(
                RowOutcome(row.batch, row.position, Outcome.SCHEDULED, message=row.message),
                ended(
                    ending=AttemptEnding.CREATED,
                    class_id=result.class_id,
                    call_id=result.call_id,
                    presenter_url=result.presenter_url,
                ),
            )
            return
        ending, outcome = self._judge(row, result)
        attempt = ended(ending=ending, code=result.code, call_id=result.call_id, message=result.says)
        log.info(
            "row.attempt", extra={"row": row.number, "attempt": number, "ending": ending, "code": result.code}
        )
        if outcome is None:
            await self._recorder.write(attempt)
            raise result
        says = explain(result.code, result.says)
        await self._tell(RowOutcome(row.batch, row.position, outcome, result.code, says), attempt)

    def _judge(self, row: JournalRow, error: WiziqError) -> tuple[AttemptEnding, Outcome | None]:
        """What a failed attempt was, and what becomes of its row; None: it may be tried again.

        The one place where this is decided; what the service's codes and statuses
        leave behind is in `core/api_errors.py` and `wiziq/errors.py`.
        """
        match error:
            case LockedOut():
                self.locked_out = error
                self._gate.close(error.says)
                return AttemptEnding.NOT_SENT, Outcome.NOT_SENT
            case Unavailable():
                if isinstance(error, Throttled):
                    self._gate.window.overloaded()
                return AttemptEnding.NOT_SENT, None
            case NoAnswer():
                if error.is_overload:
                    self._gate.window.overloaded()
                return self._in_doubt()
            case PresenterBusy() if any(
                a.is_in_doubt or a.ending is AttemptEnding.ABSENT for a in row.attempts
            ):
                # An answer was lost before, and what is in the way now is most likely our own class.
                return self._in_doubt()
            case SlotFull():
                self._gate.window.succeeded()
                return AttemptEnding.REFUSED, Outcome.HELD
            case _:
                self._gate.window.succeeded()
                return AttemptEnding.REFUSED, Outcome.REFUSED

    def _in_doubt(self) -> tuple[AttemptEnding, Outcome]:
        self.in_doubt += 1
        if self.in_doubt >= MOST_IN_DOUBT:
            self._gate.close("too many answers were lost")
        return AttemptEnding.NO_ANSWER, Outcome.UNKNOWN

    async def _tell(self, outcome: RowOutcome, *entries: Entry) -> None:
        await self._recorder.write(outcome, *entries)
        self._told(outcome)


class _Waiting:
    """Hands out the rows that wait for their turn, each once, read from the journal in blocks."""

    def __init__(self, recorder: Recorder, batch: str) -> None:
        self._recorder = recorder
        self._batch = batch
        self._after = -1
        self._block: deque[JournalRow] = deque()
        self._lock = asyncio.Lock()

    async def next(self) -> JournalRow | None:
        async with self._lock:
            if not self._block:
                self._block.extend(await self._recorder.call(Journal.undecided, self._batch, self._after))
            if not self._block:
                return None
            row = self._block.popleft()
            self._after = row.position
            return row
