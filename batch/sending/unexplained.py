"""What the account lists and the rows do not explain: classes that may be those of rows to be sent, or of rows in doubt."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from batch.core.service.audit import not_as_sent
from batch.core.service.calibration import Calibration
from batch.core.service.listed import Seen, Wanted
from batch.core.service.matching import classes_of
from batch.journal.recorder import Recorder
from batch.journal.records import wanted_of
from batch.sending.listing import AccountList

#: Words for a class that cannot be taken for one that is still to come; numbers as the service's own pages have them.
_OVER = frozenset({"completed", "expired", "2", "3"})


class Unexplained:
    """Asked for beside the list in hand."""

    def __init__(self, account_list: AccountList, recorder: Recorder, clock: Callable[[], float]) -> None:
        self._list = account_list
        self._recorder = recorder
        self._clock = clock

    async def of_nobody(self) -> list[Seen]:
        """Classes still to come that no row stands for, and that cannot be those of rows in doubt."""
        to_come = await self.to_come()
        theirs = await self.of_rows_in_doubt(to_come)
        return [seen for seen in to_come if seen.class_id not in theirs]

    async def to_come(self) -> list[Seen]:
        """Classes still to come that no row stands for."""
        return [
            seen
            for seen in await self._list.unexplained(ever=True)
            if seen.status.casefold() not in _OVER and seen.class_id not in self._list.cancelled
        ]

    async def of_rows_in_doubt(self, to_come: Sequence[Seen]) -> AbstractSet[str]:
        """Which of these can all be those of rows in doubt."""
        in_doubt = await self._in_doubt() if to_come else []
        if not in_doubt:
            return frozenset()
        return classes_of(in_doubt, to_come, await self._list.calibration())

    async def _in_doubt(self) -> list[Wanted]:
        """What was sent for rows of any file that were never answered, or whose class has a number that nobody knows."""
        sending, now = self._recorder.journal.sending, self._clock()
        rows = await self._recorder.call(lambda: [*sending.in_doubt(None), *sending.without_number(now)])
        return [wanted_of(row) for row in rows]

    async def may_have_another(self, calibration: Calibration) -> list[Wanted]:
        """What was sent for rows in doubt, and for rows whose number is listed as another class."""
        unlike, at = self._recorder.journal.listed.unlike, self._list.began_at
        pairs = await self._recorder.call(lambda: list(unlike(at)))
        return [*await self._in_doubt(), *(ours.wanted for ours, _ in not_as_sent(pairs, calibration))]

    async def edited(self, calibration: Calibration) -> list[Seen]:
        """Classes of rows that somebody has changed in WizIQ, and not we: what we did only just may be listed as before."""
        journal, at = self._recorder.journal, self._list.began_at
        operations, since = journal.operations, await self._list.shows_all_until()
        pairs, done = await self._recorder.call(
            lambda: (
                list(journal.listed.unlike(at)),
                [*operations.confirmed_since(since), *operations.in_doubt(), *operations.parked()],
            )
        )
        ours = {each.class_id for each in done}
        return [seen for known, seen in not_as_sent(pairs, calibration) if known.class_id not in ours]
