"""Connections that say nothing, or too many from one place: dropped before they are requests.

aiohttp puts no end to the wait for a first request, so anybody could hold every
descriptor of this process open by saying nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

#: At once from one address; a browser opens six, a reverse proxy some dozens.
MOST_PER_PEER = 200
_HEAD_ENDS = b"\r\n\r\n"


class Watched(asyncio.Protocol):
    """Hands a connection on to what answers it, which hears nothing of one that is dropped at once."""

    def __init__(self, answers: asyncio.Protocol, peers: Counter[str], *, head_s: float) -> None:
        """`peers`: the open connections of each address. `head_s`: how long the first request's head may take."""
        self._answers = answers
        self._peers = peers
        self._head_s = head_s
        self._peer = ""
        self._tail = b""  #: what came last, where the end of a head may have begun
        self._deadline: asyncio.TimerHandle | None = None
        self._is_answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._peer = str((transport.get_extra_info("peername") or ("",))[0])
        self._peers[self._peer] += 1
        if self._peers[self._peer] > MOST_PER_PEER:
            transport.close()
            return
        self._is_answered = True
        self._deadline = asyncio.get_running_loop().call_later(self._head_s, transport.close)
        self._answers.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_answered:
            return
        if self._deadline is not None:
            self._tail = (self._tail + data)[-len(data) - len(_HEAD_ENDS) :]
            if _HEAD_ENDS in self._tail:
                self._deadline.cancel()
                self._deadline = None
            self._tail = self._tail[-len(_HEAD_ENDS) :]
        self._answers.data_received(data)

    def eof_received(self) -> bool | None:
        return self._answers.eof_received() if self._is_answered else None

    def connection_lost(self, error: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._peers[self._peer] -= 1
        if not self._peers[self._peer]:
            del self._peers[self._peer]
        if self._is_answered:
            self._answers.connection_lost(error)

    def pause_writing(self) -> None:
        self._answers.pause_writing()

    def resume_writing(self) -> None:
        self._answers.resume_writing()


def watched(answers: Callable[[], asyncio.Protocol], *, head_s: float) -> Callable[[], Watched]:
    """Makes the protocol of each connection."""
    peers: Counter[str] = Counter()
    return lambda: Watched(answers(), peers, head_s=head_s)
