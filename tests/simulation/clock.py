"""An event loop whose time is made up: where a real one would wait, this one jumps ahead.

Nothing outside it may wake it, so a loop with nothing to do is a run that hangs,
and says so.
"""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


class Hangs(Exception):  # noqa: N818 - what the run does
    """Every task waits, and nothing will ever wake one."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Time stands still while tasks run, and jumps to the next timer when none can."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector = _Jump(self)
        self.complaints: list[str] = []
        self.set_exception_handler(lambda _, context: self.complaints.append(str(context)))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds

    def _process_events(self, event_list: list[object]) -> None:
        """No sockets, no events."""

    def _write_to_self(self) -> None:
        """No other thread, nobody to wake."""


class _Jump:
    """Stands where the base loop keeps its selector: asked to wait, it moves the time."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise Hangs
        if timeout:
            self._loop.jump(timeout)
        return []


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
