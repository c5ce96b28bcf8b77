"""The gate: how many requests are under way at once, and whether any more may begin.

A request takes a place, in which it is made ready, then room among those that are under way. Where
nothing is made ready ahead, there are as many places as there is room.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Self

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


#: An answer's share in how long answers take by the last of them.
_SHARE = 0.125


class Gate:
    """Lets requests begin while the window has room; once closed, no more."""

    def __init__(self, window: Window, *, sleep: Sleep = asyncio.sleep) -> None:
        self.window = window
        self.in_flight = 0
        #: Besides those in flight, so many are made ready at most that all of them are sent within so many seconds.
        self.ahead_s = 0.0
        self.most: int | None = None  #: so many at once at most, where the account counts open calls
        self.closed_because: Closing | None = None
        self._sleep = sleep
        self._closed = asyncio.Event()
        self._held_by = 0
        self._paused = False
        self._took_s = 0.0  # an answer, of late
        self._placed = 0
        self._to_be_placed: deque[asyncio.Future[None]] = deque()
        self._ready: deque[asyncio.Future[None]] = deque()

    def close(self, why: Closing) -> None:
        """Let nothing more begin. What is under way goes on to its end."""
        if self.closed_because is None:
            self.closed_because = why
            self._closed.set()
            self._wake_all()

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
        self._wake()

    def took(self, seconds: float) -> None:
        """An answer took so long: what is made ready goes by it."""
        self._took_s += (seconds - self._took_s) * (_SHARE if self._took_s else 1.0)

    def place(self) -> "Place":
        """`async with`: wait for a place, and keep it until the request is done; it begins by `Place.begin`.

        Raises:
            Closed: the run is being ended.
        """
        return Place(self)

    def slot(self) -> "Slot":
        """`async with`: wait for room, and keep it for the length of one request.

        Raises:
            Closed: the run is being ended.
        """
        return Slot(self)

    async def enter(self) -> None:
        """Wait for a place and take it; see `place`."""
        await self._turn(self._to_be_placed, lambda: self._placed < self._places)
        self._placed += 1

    async def begin(self) -> None:
        """Wait for room and take it; who does has a place."""
        await self._turn(self._ready, lambda: self.in_flight < self._size)
        self.in_flight += 1

    def leave(self, *, begun: bool) -> None:
        """Give the place back, and the room with it."""
        self._placed -= 1
        self.in_flight -= begun
        self._wake()

    async def _turn(self, waiting: "deque[asyncio.Future[None]]", has_room: Callable[[], bool]) -> None:
        while not self._closed.is_set() and (self._paused or self._held_by or not has_room()):
            turn = asyncio.get_running_loop().create_future()
            waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # it was woken just before: the turn is the next one's
                    _wake(waiting, 1)
                raise
        if self._closed.is_set():
            raise Closed

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
            self._wake()

    @property
    def _size(self) -> int:
        return self.window.size if self.most is None else min(self.window.size, self.most)

    @property
    def _places(self) -> int:
        size = self._size
        if not self._took_s:
            return size
        return max(size, min(2 * size, int(size * self.ahead_s / self._took_s)))

    def _wake(self) -> None:
        _wake(self._ready, self._size - self.in_flight)
        _wake(self._to_be_placed, self._places - self._placed)

    def _wake_all(self) -> None:
        for waiting in (self._ready, self._to_be_placed):
            _wake(waiting, len(waiting))


def _wake(waiting: "deque[asyncio.Future[None]]", count: int) -> None:
    while count > 0 and waiting:
        turn = waiting.popleft()
        if not turn.done():  # else its task was cancelled
            turn.set_result(None)
            count -= 1


class Place:
    """A place for one request. A class, as it is taken for each: a generator's context manager costs three times that."""

    __slots__ = ("_begun", "_gate")

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._begun = False

    async def __aenter__(self) -> Self:
        await self._gate.enter()
        return self

    async def begin(self) -> None:
        """Wait for room, and keep it as long as the place.

        Raises:
            Closed: the run is being ended.
        """
        await self._gate.begin()
        self._begun = True

    async def __aexit__(self, *_: object) -> None:
        self._gate.leave(begun=self._begun)


class Slot(Place):
    """Room for one request from the start."""

    __slots__ = ()

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        try:
            await self.begin()
        except BaseException:
            self._gate.leave(begun=False)
            raise
        return self
