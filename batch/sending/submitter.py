"""Sends the rows of a batch, many at once, each with the journal's word before and after.

A row that fails is an outcome, not an exception. What is raised stops the batch: a
bug, a journal that cannot be written, a cancellation.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Protocol

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from batch.core.message import Message, RowNote, ServiceFault, answered
from batch.core.outcome import Outcome
from batch.core.plan.admission import After1012
from batch.core.service.attempt import AttemptEnding, ClassState, class_state
from batch.core.service.backoff import RetryBudget, asks_too_much, wait_s
from batch.core.service.class_limits import limit_taught
from batch.core.service.stamps import PARAMETER, stamp_of
from batch.journal.recorder import Recorder
from batch.journal.records import Ended, Entry, Intent, RowOutcome, RowToSend, class_of
from batch.journal.sending import Overtaken
from batch.sending.gate import Closed, Closing, Gate, Place
from batch.sending.planning import Planning
from batch.sending.queue import SendQueue
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
#: An intent that took longer to reach the disk is too old to be sent by: whoever looks
#: the class up after a crash counts from the intent's deadline.
LONGEST_DELAY_S = 2.0
_HELD_UP = "held up"


class CreatesClasses(Protocol):
    """What is needed of the service here; see `batch.wiziq.client`."""

    async def create(self, parameters: Mapping[str, str]) -> Created: ...


class Submitter:
    """One pass over the rows of a batch that wait for their turn.

    `sent` counts the requests of this pass, `answers` those that were answered, `in_doubt` the rows that were not, `locked_out`
    and `unavailable` are why the service rejects our credentials or cannot be reached,
    if that is so; see `Gate.closed_because` for why a pass ended early.
    """

    def __init__(
        self,
        *,
        api: CreatesClasses,
        gate: Gate,
        recorder: Recorder,
        planning: Planning,
        budget: RetryBudget,
        attempts: int,
        timeout_s: float,
        clock: Callable[[], float],
        chance: Callable[[], float],
        on_outcome: Callable[[RowOutcome], None],
        listed: Container[str] = (),
        probing: bool = False,
        last: Container[int] = (),
        not_yet: Container[int] = (),
    ) -> None:
        """`clock` gives UTC seconds, `on_outcome` hears of each outcome once it is on disk.

        Args:
            listed: the class_id of every class that a list has shown before this pass: none of them is a new one's.
            probing: answers were lost before this pass: until one comes, the next that is lost ends it.
            last: positions of the rows that go behind all others.
            not_yet: those of rows that are not sent in this pass.
        """
        self._api = api
        self._gate = gate
        self._recorder = recorder
        self._room = planning.room
        self._counting = planning.counting()
        self._journal = planning.journal
        self._budget = budget
        self._attempts = attempts
        self._timeout_s = timeout_s
        self._clock = clock
        self._chance = chance
        self._on_outcome = on_outcome
        self._listed = listed
        self._probing = probing
        self._last = last
        self._not_yet = not_yet
        self.answers = 0
        self.sent = 0
        self.in_doubt = 0
        self.locked_out: LockedOut | None = None
        self.unavailable: Unavailable | NoAnswer | None = None
        self.quiet_until = 0.0  #: UTC seconds: the service wants to be left alone until then

    async def submit(self, batch: str, *, workers: int) -> None:
        """Send every row that waits for its turn; return when the last outcome is on disk.

        Args:
            workers: so many rows at most are under way: 100,000 rows are not 100,000 tasks.
        """
        self._gate.most = self._room.most_calls
        turns = SendQueue(
            batch,
            recorder=self._recorder,
            gate=self._gate,
            room=self._room,
            counting=self._counting,
            held=self._hold,
            last=self._last,
            not_yet=self._not_yet,
        )
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(workers):
                    group.create_task(self._work(turns))
        except ExceptionGroup as several:
            # What stops one row stops them all, mostly with one and the same error.
            raise several.exceptions[0] from several

    async def _work(self, turns: SendQueue) -> None:
        while row := await turns.next():
            try:
                await self._submit_one(row)
            except Closed:
                self._room.freed(row.position)
                return  # its turn did not come
            finally:
                turns.changed()

    async def _hold(self, row: RowToSend) -> None:
        await self._tell(row, Outcome.HELD, "1012", Message(RowNote.NO_ROOM))

    async def _submit_one(self, row: RowToSend) -> None:
        attempt = partial(self._attempt, row, count(len(row.attempts) + 1))
        answers = self.answers
        try:
            try:
                await attempt()
            except (Unavailable, SlotFull) as error:
                await self._retry(attempt, error)
        except SlotFull:
            self._room.freed(row.position)
            if self._gate.closed_because is None:
                await self._hold(row)
        except Unavailable as error:
            self._room.freed(row.position)
            await self._tell(row, Outcome.NOT_SENT, error.code, _note_on(error))
            if self.answers == answers:  # nobody fared better
                self.unavailable = error
                self._gate.close(Closing.UNAVAILABLE)
        except Overtaken:
            await self._look_again(
                await self._recorder.call(self._recorder.journal.sending.row, row.batch, row.position)
            )

    async def _look_again(self, row: RowToSend) -> None:
        """Nothing was sent: somebody else has been at this class since the plan was made."""
        match class_state(row.attempts):
            case ClassState.THERE:
                self._room.accepted(row.position)
                result = RowOutcome(row.batch, row.position, Outcome.ALREADY)
            case ClassState.IN_DOUBT:
                self._room.lost(row.position)
                result = RowOutcome(
                    row.batch, row.position, Outcome.UNKNOWN, None, Message(RowNote.UNANSWERED)
                )
            case _:
                self._room.freed(row.position)
                result = RowOutcome(row.batch, row.position, Outcome.NOT_SENT)
        await self._recorder.write(result)
        self._on_outcome(result)

    async def _retry(self, attempt: Callable[[], Awaitable[None]], error: Unavailable | SlotFull) -> None:
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
            except (Unavailable, SlotFull) as failure:
                last = failure
                raise

        def asked_s() -> float | None:
            return last.retry_after_s if isinstance(last, Unavailable) else None

        def is_over(state: RetryCallState) -> bool:
            given_up = self._gate.closed_because is not None or asks_too_much(asked_s())
            return given_up or state.attempt_number >= self._attempts or not self._budget.spend()

        retrying = AsyncRetrying(
            retry=retry_if_exception_type((Unavailable, SlotFull)),
            stop=is_over,
            wait=lambda state: wait_s(state.attempt_number, self._chance(), asked_s()),
            sleep=lambda seconds: self._gate.pause(seconds, everyone=isinstance(last, Throttled)),
            reraise=True,
        )
        await retrying(again)

    async def _attempt(self, row: RowToSend, numbers: Iterator[int]) -> None:
        """One request, and its ending on disk.

        Raises:
            Unavailable, SlotFull: nothing was created; another attempt may be made.
            Closed: nothing was sent.
        """
        async with self._gate.place() as place:
            intent = self._intent(row, numbers)
            # On disk before the first byte leaves: nothing else can tell after a crash.
            await self._recorder.write(intent)
            intent = await self._begin(place, row, intent, numbers)
            calls = self._gate.in_flight
            self.sent += 1
            began = self._clock()
            result = await self._create(row, intent.sent_at)
        ended_at = self._clock()
        ended = partial(Ended, fingerprint=class_of(row), number=intent.number, ended_at=ended_at)
        if not isinstance(result, NoAnswer | Unavailable):
            self._gate.took(ended_at - began)
            self.answers += 1
            self._gate.window.succeeded()
        if isinstance(result, Created):
            attempt = ended(
                ending=AttemptEnding.CREATED,
                class_id=result.class_id,
                call_id=result.call_id,
                presenter_url=result.presenter_url,
            )
            try:
                await self._tell(row, Outcome.SCHEDULED, None, row.message, attempt)
            except Overtaken:  # whichever class was made, it is not told which
                result = NoAnswer(
                    Message(ServiceFault.ANOTHER_ROWS_CLASS, {"class_id": result.class_id}),
                    code="class_id taken",
                )
            else:
                self._budget.earn()
                self._room.accepted(row.position)
                self._heed_room()
                return
        ending, outcome = self._judge(row, result, calls)
        self._heed_room()
        attempt = ended(ending=ending, code=result.code, call_id=result.call_id, message=result.text)
        log.info(
            "row.attempt",
            extra={"row": row.number, "attempt": intent.number, "ending": ending, "code": result.code},
        )
        if outcome is None:
            await self._recorder.write(attempt)
            raise result
        if taught := limit_taught(result.code, result.text, row.parameters or {}):
            name, limit = taught
            learn = self._recorder.journal.account.learn
            await self._recorder.call(learn, name, str(limit), f"the service's {result.code}", self._clock())
        note = _note_on(result)
        if isinstance(result, PresenterBusy) and outcome is Outcome.REFUSED:
            clashing = await self._recorder.call(self._recorder.journal.sending.clashing_class, row)
            note = clashing or note
        await self._tell(row, outcome, result.code, note, attempt)
        if isinstance(result, NoAnswer) and result.retry_after_s:
            await self._gate.pause(result.retry_after_s, everyone=True)

    def _intent(self, row: RowToSend, numbers: Iterator[int]) -> Intent:
        now = self._clock()
        return Intent(class_of(row), next(numbers), row.batch, row.position, now, now + self._timeout_s)

    async def _begin(self, place: Place, row: RowToSend, intent: Intent, numbers: Iterator[int]) -> Intent:
        """Wait for room; an intent that has grown too old until then, in a pause, is replaced by a new one.

        Raises:
            Closed: nothing may be sent any more, and the journal knows that this was not.
        """
        unsent = partial(
            Ended, fingerprint=intent.fingerprint, number=intent.number, ending=AttemptEnding.NOT_SENT
        )

        try:
            await place.begin()
        except Closed:
            await self._recorder.write(unsent(ended_at=self._clock()))
            raise
        if self._clock() - intent.sent_at <= LONGEST_DELAY_S:
            return intent
        renewed = self._intent(row, numbers)
        await self._recorder.write(unsent(ended_at=self._clock(), code=_HELD_UP), renewed)
        return renewed

    def _heed_room(self) -> None:
        """What an answer has taught about the account's limit."""
        self._gate.most = self._room.most_calls
        if self._room.replan:
            self._gate.close(Closing.REPLANNED)

    async def _create(self, row: RowToSend, sent_at: float) -> Created | WiziqError:
        if self._clock() - sent_at > LONGEST_DELAY_S:
            return Unavailable(Message(ServiceFault.HELD_UP), code=_HELD_UP)
        try:
            created = await self._api.create(
                {PARAMETER: stamp_of(self._journal, class_of(row)), **(row.parameters or {})}
            )
        except WiziqError as error:
            return error
        if created.class_id in self._listed:  # it was there before it was asked for
            return NoAnswer(
                Message(ServiceFault.OLDER_CLASS, {"class_id": created.class_id}), code="class_id taken"
            )
        return created

    def _judge(self, row: RowToSend, error: WiziqError, calls: int) -> tuple[AttemptEnding, Outcome | None]:
        """What a failed attempt was, and what becomes of its row; None: it may be tried again.

        The one place where this is decided; what the service's codes and statuses
        leave behind is in `core/service/api_codes.py` and `wiziq/errors.py`.
        """
        match error:
            case LockedOut():
                self.locked_out = error
                self._gate.close(Closing.LOCKED_OUT)
                self._room.freed(row.position)
                return AttemptEnding.NOT_SENT, Outcome.NOT_SENT
            case Unavailable():
                if isinstance(error, Throttled):
                    self._gate.window.overloaded()
                if asks_too_much(error.retry_after_s):  # at once: whoever waits for this slot is not to begin
                    self.unavailable = error
                    self._gate.close(Closing.UNAVAILABLE)
                return AttemptEnding.NOT_SENT, None
            case NoAnswer():
                self._heed(error)
                return self._in_doubt(row)
            case PresenterBusy() if any(attempt.may_clash for attempt in row.attempts):
                # An answer was lost before, and what is in the way now is most likely our own class.
                return self._in_doubt(row)
            case SlotFull():
                after = self._room.refused(row.position, stated=error.limit, calls=calls)
                # A row that is planned again has no outcome until then.
                return AttemptEnding.REFUSED, Outcome.HELD if after is After1012.HELD else None
            case _:
                self._room.freed(row.position)
                return AttemptEnding.REFUSED, Outcome.REFUSED

    def _heed(self, error: NoAnswer) -> None:
        """What a lost answer means for the other rows."""
        if error.is_overload:
            self._gate.window.overloaded()
        if error.locks_out:
            self.locked_out = LockedOut(error.message, code=error.code)
            self._gate.close(Closing.LOCKED_OUT)
        if asks_too_much(error.retry_after_s):
            self.unavailable = error
            self._gate.close(Closing.UNAVAILABLE)
        self.quiet_until = max(self.quiet_until, self._clock() + (error.retry_after_s or 0.0))

    def _in_doubt(self, row: RowToSend) -> tuple[AttemptEnding, Outcome]:
        self._room.lost(row.position)
        self.in_doubt += 1
        if self.in_doubt >= (1 if self._probing and not self.answers else MOST_IN_DOUBT):
            self._gate.close(Closing.ANSWERS_LOST)
        return AttemptEnding.NO_ANSWER, Outcome.UNKNOWN

    async def _tell(
        self, row: RowToSend, outcome: Outcome, code: str | None, note: Message | None, *entries: Entry
    ) -> None:
        """Say what became of a row, once it is on disk."""
        if outcome is not Outcome.SCHEDULED and any(attempt.is_in_doubt for attempt in row.attempts):
            # Whatever was answered now says nothing of the attempt before.
            outcome, note = Outcome.UNKNOWN, Message(RowNote.IN_DOUBT_SINCE, {"since": note})
        result = RowOutcome(row.batch, row.position, outcome, code, note)
        await self._recorder.write(result, *entries)
        self._on_outcome(result)


def _note_on(error: WiziqError) -> Message:
    """For the row: what the service answered, by its code, or what went wrong on the way."""
    its_own = error.message.what is ServiceFault.ITS_WORDS
    return answered(error.code, error.text) if its_own else error.message
