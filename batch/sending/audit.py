"""After a batch: the account's own list of classes against the journal."""

import logging
from collections.abc import Callable

from batch.core.service.audit import Findings, compare
from batch.journal.recorder import Recorder
from batch.journal.records import class_in_doubt
from batch.sending.gate import Gate
from batch.sending.listing import ListsClasses, note_classes
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)


class Auditor:
    """Compares, and looks a second time before it calls a class missing: lists may lag behind."""

    def __init__(
        self, *, api: ListsClasses, recorder: Recorder, settle_s: float, clock: Callable[[], float]
    ) -> None:
        self._api = api
        self._recorder = recorder
        self._settle_s = settle_s
        self._clock = clock

    async def audit(self, batch: str, gate: Gate) -> Findings | None:
        """What neither the list nor the journal explains, for classes in the batch's span that lie ahead.

        Returns:
            None where the account cannot list its classes, or has none there to compare.
        """
        span = await self._recorder.call(
            self._recorder.journal.listed.span, batch, self._clock() + self._settle_s
        )
        if span is None:
            return None
        try:
            findings = await self._compare(span)
            if findings.missing and gate.closed_because is None:
                await gate.pause(self._settle_s)
                findings = await self._compare(span)
        except WiziqError as error:
            log.warning("audit.cannot_list", extra={"code": error.code})
            return None
        log.info(
            "audit",
            extra={
                "missing": len(findings.missing),
                "doubled": len(findings.doubled),
                "foreign": findings.foreign,
            },
        )
        return findings

    async def _compare(self, span: tuple[int, int]) -> Findings:
        await note_classes(self._api, self._recorder)
        return compare(
            await self._recorder.call(self._recorder.journal.listed.missing, span),
            await self._recorder.call(self._recorder.journal.listed.unexplained, span),
            [
                class_in_doubt(row)
                for row in await self._recorder.call(self._recorder.journal.sending.in_doubt, None)
            ],
        )
