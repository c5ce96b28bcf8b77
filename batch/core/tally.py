"""Outcomes -> counts and the exit code. Every count that anybody sees comes from here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import IntEnum

from batch.core.outcome import ENDINGS, HeldReason, Outcome


class Exit(IntEnum):
    """What the command's exit code means (docs/exit-codes.md)."""

    DONE = 0  #: every row is scheduled, already there or (check) ready
    NEEDS_A_PERSON = 1  #: some row is invalid, held or refused
    CANNOT_RUN = 2  #: file, settings or credentials; or the service locked us out
    UNKNOWN = 3  #: some row was sent and never answered
    UNFINISHED = 75  #: run again (EX_TEMPFAIL)
    LEFT_AT_ONCE = 130  #: a second Ctrl-C


_TO_MEND = (Outcome.INVALID, Outcome.HELD, Outcome.REFUSED)


class Tally:
    """How many rows ended how.

    `counts` names every outcome that is possible, zeros too: `ready` only where
    the tally is a check's.
    """

    def __init__(self, outcomes: Iterable[Outcome] = (), *, of_check: bool = False) -> None:
        self._counter = Counter(outcomes)
        self._gone: Counter[Outcome] = Counter()
        self._held: Counter[HeldReason] = Counter()
        self.file_rows = self._counter.total()  #: of the file, each of which may stand for several classes
        self.rows_to_mend = sum(
            self._counter[outcome] for outcome in _TO_MEND
        )  #: of these, those with a class to mend
        self._is_to_mend = False  #: the row that was counted last
        self._names = (*ENDINGS, Outcome.READY) if of_check else ENDINGS

    def add(
        self,
        outcome: Outcome,
        rows: int = 1,
        *,
        of_same_row: bool = False,
        reason: HeldReason | None = None,
    ) -> None:
        """Count.

        Args:
            of_same_row: it is a further class of the row that was counted last.
            reason: why it is held, where that is known.
        """
        self._counter[outcome] += rows
        if reason is not None:
            self._held[reason] += rows
        if not of_same_row:
            self.file_rows += rows
            self._is_to_mend = False
        if outcome in _TO_MEND and not self._is_to_mend:
            self.rows_to_mend += rows
            self._is_to_mend = True

    def add_gone(self, outcome: Outcome | None) -> None:
        """A class that the file no longer asks for: no row, but one that was cancelled is counted as that."""
        if outcome is not None:
            self._gone[outcome] += 1

    def __getitem__(self, outcome: Outcome) -> int:
        return self._counter[outcome] + (self._gone[outcome] if outcome is Outcome.CANCELLED else 0)

    def held_for(self) -> Mapping[HeldReason, int]:
        """The rows that are held by why they are; empty where it is not known of all of them."""
        return dict(self._held) if self._held.total() == self._counter[Outcome.HELD] else {}

    @property
    def rows(self) -> int:
        return self._counter.total()

    @property
    def rows_cancelled(self) -> int:
        """Without the classes that the file no longer asks for."""
        return self._counter[Outcome.CANCELLED]

    def counts(self) -> Mapping[str, int]:
        return {outcome.value: self[outcome] for outcome in self._names}

    def exit_code(self, *, stopped: bool = False, doubled: bool = False, needs_a_look: bool = False) -> Exit:
        """The one number a cron job reads. Where several apply: 2, 75, 3, then 1.

        Args:
            stopped: the service let nobody in, or the guard held everything back.
            doubled: the audit found a class that looks like one of ours a second time, or is another row's.
            needs_a_look: somebody should know of the run, whatever became of its rows.
        """
        if stopped:
            return Exit.CANNOT_RUN
        ended = self._counter + self._gone
        if ended[Outcome.NOT_SENT]:
            return Exit.UNFINISHED
        if ended[Outcome.UNKNOWN] or doubled:
            return Exit.UNKNOWN
        if any(ended[outcome] for outcome in _TO_MEND):
            return Exit.NEEDS_A_PERSON
        return Exit.NEEDS_A_PERSON if needs_a_look else Exit.DONE
