"""An event loop whose time is made up: where a real one would wait, this one jumps ahead.

Nothing outside it may wake it, so a loop with nothing to do is a run that hangs,
and says so.
"""

import asyncio
from collections.abc import Coroutine
from heapq import heappop
from typing import TypeVar

T = TypeVar("T")

_RESOLUTION_S = 1e-9


class Hangs(Exception):  # noqa: N818 - what the run does
    """Every task waits, and nothing will ever wake one."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Time stands still while tasks run, and jumps to the next timer when none can."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self.complaints: list[str] = []
        self.set_exception_handler(lambda _, context: self.complaints.append(str(context)))

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        """As the base loop has it, without what there is for sockets and threads."""
        ready, timers = self._ready, self._scheduled  # type: ignore[attr-defined]  # the base loop's own
        while timers and timers[0].cancelled():
            heappop(timers)
        if not ready and not self._stopping:  # type: ignore[attr-defined]  # the base loop's own
            if not timers:
                raise Hangs
            self._now += max(0.0, timers[0].when() - self._now)
        while timers and timers[0].when() < self._now + _RESOLUTION_S:
            ready.append(heappop(timers))
        for _ in range(len(ready)):  # what these put there has its turn the next time
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()

    def passes(self, seconds: float) -> bool:
        """Let that time pass, if nobody but whoever asks has anything to do by then."""
        ready, timers = self._ready, self._scheduled  # type: ignore[attr-defined]  # the base loop's own
        while timers and timers[0].cancelled():
            heappop(timers)
        until = self._now + seconds
        if ready or (timers and timers[0].when() < until + _RESOLUTION_S):
            return False
        self._now += until - self._now
        return True

    def _write_to_self(self) -> None:
        """No other thread, nobody to wake."""


async def pause(seconds: float) -> None:
    """As `asyncio.sleep`; most of the time nothing else happens meanwhile, and nobody has to be woken."""
    loop = asyncio.get_running_loop()
    if not (seconds > 0 and isinstance(loop, VirtualLoop) and loop.passes(seconds)):
        await asyncio.sleep(seconds)


def play_out(coroutine: Coroutine[object, object, T]) -> T:
    """Run a coroutine in made-up time; nothing may be left behind, no task and no complaint."""
    loop = VirtualLoop()
    try:
        result = loop.run_until_complete(coroutine)
        loop.run_until_complete(asyncio.sleep(0))
        left = asyncio.all_tasks(loop)
    finally:
        loop.close()
    assert not left, f"tasks that nobody waits for: {left}"
    assert not loop.complaints, loop.complaints
    return result
