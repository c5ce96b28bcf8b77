"""How late the account's list is: learned from each list that is taken, and kept in the journal."""

from collections.abc import Sequence
from contextlib import suppress

from batch.core.service.witnesses import LAG, LAG_AT_MOST, Lag, lag_after
from batch.journal.account import Learned
from batch.journal.recorder import Recorder


class ListLag:
    """What the lists of an account, of this run and of those before it, have shown of that."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._kept_at = 0.0  # when the list before was asked for

    async def known(self) -> Lag:
        """All that is known by now."""
        learned = self._recorder.journal.account.learned
        late_s, at_most_s = [
            _seconds(await self._recorder.call(learned, name)) for name in (LAG, LAG_AT_MOST)
        ]
        return Lag(late_s or 0.0, at_most_s or None)  # no list shows a class the moment it is made

    async def note_newest(self, sent_at: float | None, began_at: float) -> None:
        """That a list shows a class; None: it shows none that was confirmed.

        Args:
            sent_at: when the newest that it shows was sent; UTC seconds.
            began_at: when the list was asked for.
        """
        if sent_at is not None:
            before = await self.known()
            now = before.within(began_at - sent_at)
            await self._learn(LAG_AT_MOST, before.at_most_s, now.at_most_s, began_at)

    async def note_first_seen(
        self, first_seen: Sequence[tuple[float, float]], began_at: float, *, is_by_state: bool
    ) -> None:
        """That a list is the first to show some classes.

        Args:
            first_seen: of each of them, when it was sent and when confirmed.
            began_at: when the list was asked for.
            is_by_state: it was asked for by a word for the state of classes.
        """
        before = await self.known()
        now = lag_after(before, first_seen, began_at=began_at, listed_before_at=self._kept_at)
        self._kept_at = began_at
        await self._learn(LAG, before.late_s, now.late_s, began_at)
        if is_by_state:
            await self._learn(LAG_AT_MOST, before.at_most_s, now.at_most_s, began_at)

    async def _learn(self, name: str, before: float | None, now: float | None, at: float) -> None:
        if now != before:
            learn = self._recorder.journal.account.learn
            await self._recorder.call(learn, name, str(now), "the account's list", at)


def _seconds(fact: Learned | None) -> float | None:
    with suppress(ValueError):
        return float(fact.value) if fact is not None else None
    return None
