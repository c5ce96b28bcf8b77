"""Hands out the rows of a batch whose turn has come, each once, with their room in the account taken.

A row that has to wait for another's answer stands aside, and those behind it go on.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Container

from batch.core.plan.admission import Claim, ConcurrencyBudget, Counting
from batch.core.plan.capacity import Interval
from batch.journal.recorder import Recorder
from batch.journal.records import BLOCK, RowToSend
from batch.sending.gate import Closing, Gate


class SendQueue:
    """The rows of a batch that wait for their turn, read from the journal in blocks."""

    def __init__(
        self,
        batch: str,
        *,
        recorder: Recorder,
        gate: Gate,
        room: ConcurrencyBudget,
        counting: Counting,
        held: Callable[[RowToSend], Awaitable[None]],
        last: Container[int] = (),
        not_yet: Container[int] = (),
    ) -> None:
        """`held` is told of the rows that there is no room for.

        Args:
            last: positions of rows that go behind all others.
            not_yet: positions of rows whose turn is not to come at all.
        """
        self._batch = batch
        self._recorder = recorder
        self._gate = gate
        self._room = room
        self._counting = counting
        self._held = held
        self._after = -1
        self._unread = True
        self._block: deque[RowToSend] = deque()
        self._last = last
        self._not_yet = not_yet
        self._to_go_last: deque[RowToSend] = deque()
        self._aside: deque[RowToSend] = deque()
        self._looked_at = room.changes
        self._changed = asyncio.Event()
        self._lock = asyncio.Lock()

    async def next(self) -> RowToSend | None:
        """The next row, its room taken; None where there is none left, or nothing more may begin."""
        async with self._lock:
            while self._gate.closed_because is None:
                self._changed.clear()
                row = await self._from_aside() or await self._from_journal()
                if row is not None or not self._aside:
                    return row
                if self._looked_at == self._room.changes:
                    await self._changed.wait()
        return None

    def changed(self) -> None:
        """Rows may have become free to go: another row has ended, or nothing more may begin."""
        self._changed.set()

    def _span(self, row: RowToSend) -> Interval:
        """From when until when the row's class counts against the limit."""
        if row.starts is None or row.ends is None or row.room_until is None:
            raise ValueError(f"row {row.number} is invalid and has no class")
        return self._counting.span(row.starts, row.ends, row.room_until)

    async def _from_aside(self) -> RowToSend | None:
        """The first row that stood aside and need not any more; looked for only when that may be."""
        if self._looked_at == self._room.changes:
            return None
        looked_at = self._room.changes
        for unseen in reversed(range(len(self._aside))):
            row = self._aside.popleft()
            if await self._may_go(row):
                self._aside.rotate(len(self._aside) - unseen)  # those that still wait come first again
                return row
        self._looked_at = looked_at
        return None

    async def _from_journal(self) -> RowToSend | None:
        while len(self._aside) < BLOCK:
            if not self._block and self._unread:
                if not self._recorder.journal.holds_lock():
                    self._gate.close(Closing.LOCK_LOST)
                    return None
                self._block.extend(
                    await self._recorder.call(
                        self._recorder.journal.sending.undecided, self._batch, self._after
                    )
                )
                self._unread = bool(self._block)
            if not self._block and self._to_go_last:
                self._block, self._to_go_last, self._last = self._to_go_last, deque(), ()
            if not self._block:
                return None
            row = self._block.popleft()
            self._after = max(self._after, row.position)
            if row.position in self._not_yet:
                continue
            if row.position in self._last:
                self._to_go_last.append(row)
            elif await self._may_go(row):
                return row
        return None

    async def _may_go(self, row: RowToSend) -> bool:
        match self._room.claim(row.position, self._span(row)):
            case Claim.ADMITTED:
                return True
            case Claim.WAIT:
                self._aside.append(row)
            case Claim.HELD:
                await self._held(row)
        return False
