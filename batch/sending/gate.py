"""The gate: how many requests are under way at once, and whether any more may begin."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from enum import Enum, auto

from batch.core.message import Message, RunNote
from batch.core.service.backoff import Window
from batch.sending.listener import Pace

Sleep = Callable[[float], Awaitable[object]]


class Closed(Exception):  # noqa: N818 - not an error: the run is being ended
    """No more requests may begin."""


class Closing(Enum):
    """Why nothing more may begin."""

    ASKED = auto()  #: by the person, or because the run's time is over
    REPLANNED = auto()  #: the account's limit became known: what is left is planned by it
    ANSWERS_LOST = auto()  #: too many of them: look before going on
    UNAVAILABLE = auto()  #: no row gets through, or the service wants to be left alone for long
    ONE_SENT = auto()  #: the row that was to go alone has gone
    LOCKED_OUT = auto()
    LOCK_LOST = auto()  #: its file was deleted, and locks nobody else out any more


class Gate:
    """Lets requests begin while the window has room; once closed, no more."""

    def __init__(self, window: Window, *, sleep: Sleep = asyncio.sleep) -> None:
        self.window = window
        self.in_flight = 0
        self.most: int | None = None  #: so many at once at most, where the account counts open calls
        self.closed_because: Closing | None = None
        self._sleep = sleep
        self._closed = asyncio.Event()
        self._held_by = 0
        self._paused = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    def close(self, why: Closing) -> None:
        """Let nothing more begin. What is under way goes on to its end."""
        if self.closed_because is None:
            self.closed_because = why
            self._closed.set()
            self._wake(len(self._waiting))

    @property
    def pace(self) -> Pace:
        why = RunNote.PAUSED if self._paused else RunNote.PAUSE_ASKED_FOR if self._held_by else None
        return Pace(self.in_flight, self._size, None if why is None else Message(why))

    def hold(self) -> None:
        """Let nothing more begin until `release`: the person asked for a pause."""
        self._paused = True

    def release(self) -> None:
        """Go on after `hold`."""
        self._paused = False
        self._wake(self._size - self.in_flight)

    def slot(self) -> "Slot":
        """`async with`: wait for room, and keep it for the length of one request.

        Raises:
            Closed: the run is being ended.
        """
        return Slot(self)

    async def enter(self) -> None:
        """Wait for room and take it; see `slot`."""
        while not self._closed.is_set() and (self._paused or self._held_by or self.in_flight >= self._size):
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # it was woken just before: the turn is the next one's
                    self._wake(1)
                raise
        if self._closed.is_set():
            raise Closed
        self.in_flight += 1

    def leave(self) -> None:
        """Give the room back."""
        self.in_flight -= 1
        self._wake(self._size - self.in_flight)

    async def pause(self, seconds: float, *, everyone: bool = False) -> None:
        """Wait, but no longer than the gate stays open.

        Args:
            everyone: nobody else may begin meanwhile: the service asked for quiet.
        """
        self._held_by += everyone
        waits = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._closed.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            self._held_by -= everyone
            self._wake(self._size - self.in_flight)

    @property
    def _size(self) -> int:
        return self.window.size if self.most is None else min(self.window.size, self.most)

    def _wake(self, count: int) -> None:
        while count > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # else its task was cancelled
                turn.set_result(None)
                count -= 1


class Slot:
    """Room for one request. A class, as it is entered for each: a generator's context manager costs three times that."""

    __slots__ = ("_gate",)

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __aenter__(self) -> None:
        await self._gate.enter()

    async def __aexit__(self, *_: object) -> None:
        self._gate.leave()
