"""Answers that reach the wrong request: the one before repeated, or two that change places."""

import asyncio
from collections.abc import Awaitable, Callable

#: So long an answer waits for another to change places with; then it goes its own way.
_LONGEST_S = 1.0


class Exchange:
    """Where answers to `create` wait for another's."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.latest = b""  #: the last answer to a create that met no fault
        self._sleep = sleep
        self._waiting: tuple[bytes, asyncio.Future[bytes]] | None = None

    async def answer(self, kind: str, own: bytes) -> bytes:
        """What is answered instead of `own`; that itself, where there is nothing else."""
        if kind == "repeated":
            self.latest, before = own, self.latest
            return before or own
        if self._waiting is not None:
            others, gives_back = self._waiting
            self._waiting = None
            gives_back.set_result(own)
            return others
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting = own, future
        given_up = asyncio.ensure_future(self._sleep(_LONGEST_S))
        try:
            await asyncio.wait({future, given_up}, return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]  # of two results
        finally:
            given_up.cancel()
            if not future.done():
                self._waiting = None
        return future.result() if future.done() else own
