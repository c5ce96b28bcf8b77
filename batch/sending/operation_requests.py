"""One request to change or cancel a class: the journal's word before it, the request, and the word that is to be written."""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from batch.core.changes.operation import Kind, Operation, OperationEnding
from batch.core.changes.order import Step
from batch.core.message import Message, ServiceFault
from batch.journal.recorder import Recorder
from batch.journal.records import OperationEnded, OperationIntent
from batch.sending.class_work import Work, time_at, time_of
from batch.sending.gate import Gate
from batch.sending.submitter import LONGEST_DELAY_S
from batch.wiziq.errors import LockedOut, NoAnswer, Unavailable, WiziqError

log = logging.getLogger(__name__)


class ChangesClasses(Protocol):
    """What is needed of the service here; see `batch.wiziq.client`."""

    async def modify(self, class_id: str, changes: Mapping[str, str]) -> str | None: ...

    async def cancel(self, class_id: str) -> str | None: ...


class OperationRequests:
    """What a batch asks of classes that exist."""

    def __init__(
        self,
        batch: str,
        *,
        api: ChangesClasses,
        recorder: Recorder,
        clock: Callable[[], float],
        timeout_s: float,
    ) -> None:
        """`clock` gives UTC seconds; an answer is waited for until `timeout_s` after it."""
        self._batch = batch
        self._api = api
        self._recorder = recorder
        self._clock = clock
        self._timeout_s = timeout_s

    async def request(
        self, work: Work, step: Step, gate: Gate, *, is_parked: bool
    ) -> tuple[WiziqError | None, OperationEnded]:
        """Intent, request, and the ending that is still to be written.

        Raises:
            Closed: nothing was sent.
            Overtaken: the class is not what the plan took it for.
        """
        async with gate.slot():
            operation = await self._operation(work, step, is_parked=is_parked)
            # On disk before the first byte leaves: nothing else can tell after a crash.
            await self._recorder.write(OperationIntent(operation=operation, room_until=step.slot.room_until))
            error = await self._send(operation)
        ended = OperationEnded(
            class_id=work.class_id,
            number=operation.number,
            ending=_ending_of(error),
            ended_at=self._clock(),
            code=error.code if error else None,
            message=error.text if error else None,
        )
        log.info(
            "class.operation",
            extra={"kind": step.kind.value, "ending": ended.ending.value, "code": ended.code},
        )
        return error, ended

    async def _operation(self, work: Work, step: Step, *, is_parked: bool) -> Operation:
        number = await self._recorder.call(self._recorder.journal.operations.next_number, work.class_id)
        sent_at = self._clock()
        return Operation(
            class_id=work.class_id,
            number=number,
            kind=step.kind,
            batch=self._batch,
            was=work.was,
            meant=work.meant,
            parameters=self._parameters(work, step, is_parked=is_parked),
            starts=None if step.kind is Kind.CANCEL else step.slot.starts,
            sent_at=sent_at,
            deadline=sent_at + self._timeout_s,
        )

    def _parameters(self, work: Work, step: Step, *, is_parked: bool) -> Mapping[str, str]:
        if step.kind is Kind.CANCEL:
            return {}
        if step.kind is Kind.PARK:
            return time_at(step.slot.starts, work.old, work.zone)
        # A class that was parked is told its time, whatever else is changed.
        return {**work.parameters, **(time_of(work.whole) if is_parked else {})}

    async def _send(self, operation: Operation) -> WiziqError | None:
        if self._clock() - operation.sent_at > LONGEST_DELAY_S:
            return Unavailable(Message(ServiceFault.HELD_UP), code="held up")
        try:
            if operation.kind is Kind.CANCEL:
                await self._api.cancel(operation.class_id)
            else:
                await self._api.modify(operation.class_id, operation.parameters)
        except WiziqError as error:
            return error
        return None


def _ending_of(error: WiziqError | None) -> OperationEnding:
    if error is None:
        return OperationEnding.DONE
    if isinstance(error, NoAnswer):
        return OperationEnding.NO_ANSWER
    return OperationEnding.NOT_SENT if isinstance(error, Unavailable | LockedOut) else OperationEnding.REFUSED
