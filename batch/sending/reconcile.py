"""Did the unanswered create succeed? Looks the classes up, and never guesses.

A class is called absent only by a list that shows what is known to be there, and that
began after the class's settle time: a service may commit late what it never answered.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Self

from batch.core.message import Message, RowNote, RunNote
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.service.attempt import AttemptEnding, is_only_presumed
from batch.core.service.backoff import MOST_ATTEMPTS, wait_s
from batch.core.service.matching import Unplaced, Verdict, look_up, with_carried
from batch.core.service.on_unknown import OnUnknown
from batch.core.service.witnesses import LISTED_WITHIN
from batch.journal.recorder import Recorder
from batch.journal.records import Ended, Entry, JournalRow, RowOutcome, class_of, wanted_of
from batch.sending.gate import Gate
from batch.sending.list_evidence import Denial, ListEvidence
from batch.sending.listed_classes import UPCOMING
from batch.sending.listing import AccountList
from batch.sending.terms import Terms
from batch.wiziq.errors import LockedOut, Refused, WiziqError

log = logging.getLogger(__name__)

#: Classes that begin within this time are looked for among all, not among upcoming ones only.
_SOON_S = 3600.0
#: What is listed does not tell which class is whose.
_UNCLEAR = frozenset({Unplaced.CANNOT_TELL, Unplaced.OTHER_TITLES})


@dataclass(frozen=True, slots=True)
class Settled:
    """What a look-up settled, in rows."""

    resend: int = 0  #: proved absent, or to be sent again all the same
    unsettled: int = 0  #: still in doubt
    unwitnessed: int = 0  #: of these, rows that could be settled if anything were known to be in the account


class Reconciler:
    """Settles the rows in doubt, all together."""

    def __init__(
        self,
        *,
        account_list: AccountList,
        recorder: Recorder,
        policy: OnUnknown,
        settle_s: float,
        timeout_s: float,
        clock: Callable[[], float],
        chance: Callable[[], float],
        as_new: bool = False,
    ) -> None:
        """`as_new`: somebody has looked: of rows that only a lost journal may have sent, those not found are new."""
        self._as_new = as_new
        self._list = account_list
        self._evidence = ListEvidence(account_list, recorder)
        self._recorder = recorder
        self._policy = policy
        self._settle_s = settle_s
        self._timeout_s = timeout_s
        self._clock = clock
        self._chance = chance
        # Classes that this run lets be sent again, each once, with the attempts that there were.
        self._let_go: dict[str, int] = {}

    @classmethod
    def by(
        cls,
        terms: Terms,
        account_list: AccountList,
        recorder: Recorder,
        clock: Callable[[], float],
        chance: Callable[[], float],
        *,
        as_new: bool,
    ) -> Self:
        """As the terms of a run have it."""
        return cls(
            account_list=account_list,
            recorder=recorder,
            policy=terms.on_unknown,
            settle_s=terms.settle_s,
            timeout_s=terms.timeout_s if terms.late_s is None else terms.late_s,
            clock=clock,
            chance=chance,
            as_new=as_new,
        )

    async def settle(
        self,
        gate: Gate,
        batch: str | None,
        says: Callable[[Message], None],
        *,
        cut_short: bool = False,
    ) -> Settled:
        """Look up every class of the account that is in doubt.

        Args:
            gate: the waiting ends when it is closed, and nothing is settled.
            batch: its rows get their new outcome. Of all others only the attempts are
                settled; their workbooks say so when they are made again.
            says: is told what is being waited for.
            cut_short: the turn of rows that may be sent again may not have come since.
        """
        journal = self._recorder.journal.sending
        rows = await self._recorder.call(journal.in_doubt, batch)
        if batch is None:  # what is over cannot be sent again, and must not be looked up for ever
            rows = [row for row in rows if (row.ends or 0) > self._clock()]
        if not rows:
            return Settled()
        settled_at = max(attempt.deadline for row in rows for attempt in row.attempts if attempt.is_in_doubt)
        # The clock may have been put back since: never longer than a whole request and its settle time.
        settle_s = self._settle_s * (1 + LISTED_WITHIN)
        wait = max(0.0, min(settled_at + settle_s - self._clock(), self._timeout_s + settle_s))
        for note in _announced(rows, wait):
            says(note)
        await gate.pause(wait)
        verdicts = await self._verdicts(gate, rows)
        if verdicts is None and gate.closed_because is not None:
            return Settled(unsettled=len(rows))
        entries: list[Entry] = []
        resend = unsettled = unwitnessed = 0
        for row in rows:
            alone = _tells_by_1032(row) and not await self._recorder.call(journal.another_in_the_way, row)
            if cut_short and not self._was_resent(row):
                self._let_go.pop(class_of(row), None)
            ending, outcome = self._judge(row, verdicts, alone=alone)
            entries += self._ended(row, ending, verdicts)
            unsettled += ending is None and outcome.outcome is not None
            unwitnessed += verdicts is not None and verdicts[class_of(row)] is Unplaced.NO_WITNESS
            resend += outcome.outcome is None and batch in {None, row.batch}
            if row.batch == batch:
                entries.append(outcome)
                if outcome.outcome is None:
                    self._let_go[class_of(row)] = len(row.attempts)
        await self._recorder.write(*entries)
        log.info(
            "reconcile", extra={"looked_up": len(rows), "resend": resend, "listed": verdicts is not None}
        )
        return Settled(resend, unsettled, unwitnessed)

    async def _verdicts(self, gate: Gate, rows: Sequence[JournalRow]) -> Mapping[str, Verdict] | None:
        """What the account's list says of each row, by fingerprint; None: it cannot be listed."""
        # Once over, a class would be missed by the filter.
        soon = any((row.starts or 0) < self._clock() + _SOON_S for row in rows)
        # However often it is begun anew.
        give_up_at = self._clock() + self._list.longest_wait_s
        for failures in range(1, MOST_ATTEMPTS + 1):
            if gate.closed_because is not None:
                break
            try:
                return await self._look(gate, rows, {} if soon else UPCOMING, give_up_at)
            except WiziqError as error:
                log.warning("reconcile.cannot_list", extra={"code": error.code, "attempt": failures})
                if isinstance(error.__cause__, Refused | LockedOut):
                    break  # it would say the same again: this account cannot list
                if failures < MOST_ATTEMPTS:
                    await gate.pause(wait_s(failures, self._chance()))
        return None

    async def _look(
        self, gate: Gate, rows: Sequence[JournalRow], filters: Mapping[str, str], give_up_at: float
    ) -> Mapping[str, Verdict]:
        """The same by one list, or as many as it takes, until then, to know what it leaves out.

        Raises:
            ListingFailed: one of them could not be had.
        """
        await self._list.take(filters)
        verdicts = await self._compare(rows)
        soon = await self._evidence.shows_more_at() if _UNCLEAR & {*verdicts.values()} else None
        if soon is not None and soon <= give_up_at:
            await self._list.keep()
            await gate.pause(max(0.0, soon - self._clock()))
            await self._list.take(filters)
            verdicts = await self._compare(rows)
        absent = [row for row in rows if verdicts[class_of(row)] is Unplaced.ABSENT]
        if not absent:
            return verdicts
        denial, denied = await self._denied(gate, absent, give_up_at)
        log.info("reconcile.absent", extra={"rows": len(absent), "denial": denial.name})
        verdicts = await self._compare(rows)  # more may have been listed since
        unproved = Unplaced.NO_WITNESS if denial is Denial.NO_WITNESS else Unplaced.UNPROVED
        return {
            fingerprint: unproved if verdict is Unplaced.ABSENT and fingerprint not in denied else verdict
            for fingerprint, verdict in verdicts.items()
        }

    async def _denied(
        self, gate: Gate, rows: Sequence[JournalRow], give_up_at: float
    ) -> tuple[Denial, Collection[str]]:
        """What may be said of rows that are not listed, and the classes of those that are not there for certain."""
        denial = await self._may_deny(gate, rows, give_up_at)
        if denial is Denial.NO_WITNESS:
            # Where nothing is known to be there so late, it is of no consequence to the rows before that.
            vouched_until = await self._evidence.vouched_until()
            earlier = [row for row in rows if (row.starts or 0) <= vouched_until]
            if (
                0 < len(earlier) < len(rows)
                and await self._may_deny(gate, earlier, give_up_at) is Denial.PROVED
            ):
                return denial, {class_of(row) for row in earlier}
        return denial, {class_of(row) for row in rows} if denial is Denial.PROVED else ()

    async def _may_deny(self, gate: Gate, rows: Sequence[JournalRow], give_up_at: float) -> Denial:
        deadline = max(attempt.deadline for row in rows for attempt in row.attempts if attempt.is_in_doubt)
        starts = max(row.starts or 0 for row in rows)
        return await self._evidence.may_deny(
            gate, deadline + self._settle_s, starts=starts, give_up_at=give_up_at
        )

    async def _compare(self, rows: Sequence[JournalRow]) -> Mapping[str, Verdict]:
        calibration = await self._list.calibration()
        verdicts = look_up(
            [wanted_of(row) for row in rows],
            await self._list.unexplained(ever=True),
            calibration,
            found=await self._list.found(),
            elsewhere=await self._list.changed(calibration),
        )
        unclear = [each for each, verdict in verdicts.items() if verdict in _UNCLEAR]
        return with_carried(verdicts, await self._list.carrying(unclear)) if unclear else verdicts

    def _judge(
        self, row: JournalRow, verdicts: Mapping[str, Verdict] | None, *, alone: bool
    ) -> tuple[AttemptEnding | None, RowOutcome]:
        """What its attempts in doubt were (None: still in doubt), and what becomes of the row.

        Args:
            alone: it met 1032, and no other class of ours can be what is in the way.
        """

        def becomes(outcome: Outcome | None, note: RowNote | None = None) -> RowOutcome:
            code = row.code if outcome is Outcome.UNKNOWN else None
            return RowOutcome(row.batch, row.position, outcome, code, None if note is None else Message(note))

        verdict = None if verdicts is None else verdicts[class_of(row)]
        is_untold = verdict in {Unplaced.NO_WITNESS, Unplaced.UNPROVED}
        if verdict is None or (is_untold and self._policy is OnUnknown.RESEND_TRUST_1032):
            return self._unlisted(row, becomes, alone=alone)
        is_presumed = is_only_presumed(row.attempts)
        if isinstance(verdict, str):
            found = (
                becomes(Outcome.ALREADY) if is_presumed else becomes(Outcome.SCHEDULED, RowNote.FOUND_LATER)
            )
            return AttemptEnding.FOUND, found
        doubt = self._doubt(row, verdict, is_presumed=is_presumed)
        # One that may be listed is not sent by a word that was said of the whole file.
        is_new = is_presumed and self._as_new and verdict is not Unplaced.CANNOT_TELL
        if doubt is not None and not is_new:
            return None, becomes(Outcome.UNKNOWN, doubt)
        if self._was_lost_again(row):
            return AttemptEnding.ABSENT, becomes(Outcome.NOT_SENT, RowNote.GIVEN_UP)
        return AttemptEnding.ABSENT, becomes(None)

    def _doubt(self, row: JournalRow, verdict: Unplaced, *, is_presumed: bool) -> RowNote | None:
        """Why a row that was not found may not be sent again; None: it may."""
        if verdict in {Unplaced.CANNOT_TELL, Unplaced.OTHER_TITLES}:
            return RowNote.PRESUMED_ALIKE if is_presumed else RowNote.CANNOT_TELL
        if _met_1032(row):
            return RowNote.MET_1032
        if verdict is not Unplaced.ABSENT:
            unsaid = RowNote.UNWITNESSED if verdict is Unplaced.NO_WITNESS else RowNote.UNPROVED
            return RowNote.PRESUMED if is_presumed else unsaid
        if self._policy is OnUnknown.ASK:
            return RowNote.PRESUMED_ASK if is_presumed else RowNote.ASK
        return None

    def _unlisted(
        self, row: JournalRow, becomes: Callable[[Outcome | None, RowNote | None], RowOutcome], *, alone: bool
    ) -> tuple[AttemptEnding | None, RowOutcome]:
        """The same for an account that cannot list its classes: the person decides, or 1032 does."""
        cannot_list = RowNote.PRESUMED if is_only_presumed(row.attempts) else RowNote.CANNOT_LIST
        if self._policy is not OnUnknown.RESEND_TRUST_1032:
            return None, becomes(Outcome.UNKNOWN, cannot_list)
        if alone:
            return AttemptEnding.FOUND, becomes(Outcome.SCHEDULED, RowNote.TRUSTED_1032)
        is_first = sum(attempt.is_in_doubt for attempt in row.attempts) == 1
        if is_first and class_of(row) not in self._let_go:
            return None, becomes(None, None)
        return None, becomes(Outcome.UNKNOWN, RowNote.MET_1032 if _met_1032(row) else cannot_list)

    def _was_resent(self, row: JournalRow) -> bool:
        return self._let_go.get(class_of(row), len(row.attempts)) < len(row.attempts)

    def _was_lost_again(self, row: JournalRow) -> bool:
        """Whether this run let it be sent again, and that answer was lost, too."""
        since = row.attempts[self._let_go.get(class_of(row), len(row.attempts)) :]
        return any(attempt.is_in_doubt for attempt in since)

    def _ended(
        self, row: JournalRow, ending: AttemptEnding | None, verdicts: Mapping[str, Verdict] | None
    ) -> list[Entry]:
        if ending is None:
            return []
        found = verdicts[class_of(row)] if verdicts is not None and ending is AttemptEnding.FOUND else None
        return [
            Ended(
                fingerprint=class_of(row),
                number=attempt.number,
                ending=ending,
                ended_at=self._clock(),
                code=attempt.code,
                message=attempt.message,
                class_id=found if isinstance(found, str) else None,
            )
            for attempt in row.attempts
            if attempt.is_in_doubt
        ]


def _met_1032(row: JournalRow) -> bool:
    return any(attempt.is_in_doubt and attempt.code == "1032" for attempt in row.attempts)


def _tells_by_1032(row: JournalRow) -> bool:
    """Whether it met 1032 and was sent before: of a class that is only presumed to be there, 1032 proves nothing."""
    sent = (each for each in row.attempts if each.code != "1032" and not each.is_presumed)
    return _met_1032(row) and any(attempt.may_clash for attempt in sent)


def _announced(rows: Sequence[JournalRow], wait: float) -> Iterator[Message]:
    """What is being waited for."""
    presumed = sum(is_only_presumed(row.attempts) for row in rows)
    for what, number in (
        (RunNote.JOURNAL_STARTED_OVER, presumed),
        (RunNote.ANSWERS_LOOKED_UP, len(rows) - presumed),
    ):
        if number:
            yield Message(what, {"number": number, "seconds": wait})
