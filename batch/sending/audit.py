"""After a batch: the account's own list of classes against the journal, by the comparison that look-ups use."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from batch.core.changes.operation import Kind, Operation
from batch.core.message import Message, RowNote, RunNote
from batch.core.outcome import Outcome
from batch.core.service.audit import Findings, KnownClass, compare, stands_as_sent
from batch.core.service.calibration import Calibration
from batch.core.service.listed import WIDEST_OFFSET_S, Seen, Wanted, readings
from batch.journal.recorder import Recorder
from batch.journal.records import RowOutcome, wanted_of
from batch.journal.reports import RowOfClass
from batch.journal.store import Journal
from batch.sending.gate import Gate
from batch.sending.listing import AccountList
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)


class Auditor:
    """Compares, and looks a second time before it calls a class missing: lists may lag behind."""

    def __init__(
        self,
        *,
        account_list: AccountList,
        recorder: Recorder,
        settle_s: float,
        clock: Callable[[], float],
        says: Callable[[Message], None],
    ) -> None:
        self._list = account_list
        self._recorder = recorder
        self._settle_s = settle_s
        self._clock = clock
        self._says = says

    async def audit(self, batch: str, gate: Gate, *, is_listed: bool = False) -> Findings | None:
        """What neither the list nor the journal explains, for classes in the batch's span that lie ahead.

        Args:
            batch: the one that was sent.
            gate: closed, it does not wait and look a second time.
            is_listed: the list in hand was taken after the last class was sent.

        Returns:
            None where the account cannot list its classes, or has none there to compare.
        """
        listed = self._recorder.journal.listed
        span = await self._recorder.call(listed.span, batch, self._clock() + self._settle_s)
        if span is None:
            return None
        try:
            if not is_listed:
                await self._list.take()
            await self._list.keep()
            findings = await self._compare(batch, span)
            if (fresh := await self._missed_just_now(findings)) and gate.closed_because is None:
                facts = {"number": fresh, "seconds": self._settle_s}
                self._says(Message(RunNote.LISTED_AGAIN, facts))
                await gate.pause(self._settle_s)
                await self._list.take()
                await self._list.keep()
                findings = await self._compare(batch, span)
        except WiziqError as error:
            log.warning("audit.cannot_list", extra={"code": error.code})
            return None
        rows = await self._rows_of(batch, findings)
        await self._say_in_rows(batch, findings, rows)
        log.info(
            "audit",
            extra={
                "missing": len(findings.missing),
                "doubled": len(findings.doubled),
                "mistaken": len(findings.mistaken),
                "edited": len(findings.edited),
                "foreign": findings.foreign,
            },
        )
        return findings.numbered({row.fingerprint: row.number for row in rows})

    async def _rows_of(self, batch: str, findings: Findings) -> Sequence[RowOfClass]:
        """The rows of the batch that the findings tell of: the classes may have been sent by other files."""
        known = [
            *(each for _, each in (*findings.doubled, *findings.mistaken)),
            *findings.missing,
            *findings.edited,
        ]
        fingerprints = [each.wanted.fingerprint for each in known]
        if not fingerprints:
            return []
        return await self._recorder.call(self._recorder.journal.reports.of_classes, batch, fingerprints)

    async def _say_in_rows(self, batch: str, findings: Findings, rows: Iterable[RowOfClass]) -> None:
        """A row that is said to be there already says what somebody has done to its class since."""
        notes = {
            each.wanted.fingerprint: (RowNote.STANDS_OTHERWISE, each.class_id) for each in findings.edited
        }
        notes |= {each.wanted.fingerprint: (RowNote.NOT_THERE, each.class_id) for each in findings.missing}
        entries = [
            RowOutcome(batch, row.position, Outcome.ALREADY, None, Message(note, {"class_id": class_id}))
            for row in rows
            if row.outcome == Outcome.ALREADY and row.is_silent and row.fingerprint in notes
            for note, class_id in [notes[row.fingerprint]]
        ]
        if entries:
            await self._recorder.write(*entries)

    async def _missed_just_now(self, findings: Findings) -> int:
        """How many of the missing classes no list before this one, long enough ago, has left out, too."""
        missed_before = self._list.began_at - self._settle_s
        missed_witnesses = self._recorder.journal.sightings.missed_witnesses
        known = await self._recorder.call(missed_witnesses, self._clock(), missed_before)
        return sum(each.class_id not in known | self._list.cancelled for each in findings.missing)

    async def _compare(self, batch: str, span: tuple[int, int]) -> Findings:
        journal = self._recorder.journal
        calibration = await self._list.calibration()
        unexplained = [seen for seen in await self._list.unexplained() if _is_in(span, seen)]
        known, shown = (
            await self._recorder.call(lambda: (journal.listed.standing(span), journal.listed.class_ids()))
            if unexplained
            else ([], frozenset())
        )
        now = self._clock()
        rows = await self._recorder.call(
            lambda: [
                *journal.sending.in_doubt(None),
                *journal.sending.without_number(now),
                *journal.sending.held_for_a_class(batch),
            ]
        )
        in_doubt = [wanted_of(row) for row in rows]
        # Of all of them: a row of the span may have the number of a class of another file.
        unlike = await self._recorder.call(lambda: list(journal.listed.unlike(self._clock())))
        # What was changed only just may be listed as it was before.
        since = await self._list.shows_all_until()
        lately = await self._recorder.call(journal.operations.confirmed_since, since)
        changed = {each.class_id for each in lately}
        unlike = [pair for pair in unlike if pair[0].class_id not in changed]
        # What a request of ours, never answered, may have done is nobody else's doing.
        asked = await self._recorder.call(journal.operations.in_doubt)
        meant = await self._recorder.call(lambda: list(_meant(journal, asked)))
        unlike = [pair for pair in unlike if not any(_is_as(*pair, *each, calibration) for each in meant)]
        cancelling = {each.class_id for each in asked if each.kind is Kind.CANCEL}
        findings = compare(known, unexplained, in_doubt, unlike, calibration, shown)
        # Of a class that no list ever showed, a list cannot say that it is no longer there.
        seen_before = await self._recorder.call(journal.sightings.missed_witnesses, self._clock())
        cancelled = self._list.cancelled | await self._list.cancelled_unseen(self._settle_s)
        gone = await self._recorder.call(journal.listed.those, span, seen_before | cancelled)
        return replace(
            findings,
            missing=tuple(each for each in gone if each.class_id not in cancelling),
            mistaken=tuple(pair for pair in findings.mistaken if _is_sent_for(span, pair[1])),
            edited=tuple(each for each in findings.edited if _is_sent_for(span, each)),
        )


def _meant(journal: Journal, asked: Iterable[Operation]) -> Iterator[tuple[Operation, Wanted]]:
    """The rows that classes were to become, as far as they are remembered."""
    for each in asked:
        if each.meant is not None:
            with suppress(KeyError):
                yield each, wanted_of(journal.sending.row(each.meant.batch, each.meant.position))


def _is_as(known: KnownClass, seen: Seen, asked: Operation, meant: Wanted, calibration: Calibration) -> bool:
    """Whether a class is listed as a request has asked for: on its way, it stands as it was, at another time."""
    if asked.class_id != known.class_id:
        return False
    if asked.kind is Kind.PARK:
        meant = known.wanted.at(meant.starts if asked.starts is None else asked.starts)
    return stands_as_sent(meant, seen, calibration)


def _is_sent_for(span: tuple[int, int], known: KnownClass) -> bool:
    first, last = span
    return first <= known.wanted.starts <= last


def _is_in(span: tuple[int, int], seen: Seen) -> bool:
    """Whether a listed class may begin in the span, on whatever clock."""
    first, last = span
    locals_ = [each.local for each in readings(seen.start_text)]
    return not locals_ or any(first - WIDEST_OFFSET_S <= local <= last + WIDEST_OFFSET_S for local in locals_)
