"""Connections are kept for the next request, and no longer than they can be trusted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from batch.wiziq import transport
from batch.wiziq.client import Credentials, WiziqClient, open_session
from batch.wiziq.errors import NoAnswer

KEYS = Credentials("q+/Zk3x1Lw8=", "7v+/u8P0+sdf/x9Kz2Yb+Q==")
ANSWER = (
    b'<rsp status="ok"><method>create</method><create status="true"><class_details>'
    b"<class_id>%d</class_id></class_details></create></rsp>"
)


@dataclass
class Server:
    """Answers each create, and remembers how many requests came on each connection."""

    url: str = ""
    requests: list[int] = field(default_factory=list)
    drops: Callable[[int, int], bool] = lambda _connection, _request: False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = len(self.requests)
        self.requests.append(0)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                self.requests[connection] += 1
                if self.drops(connection, self.requests[connection]):
                    return
                body = ANSWER % (1000 + sum(self.requests))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[WiziqClient]:
    running = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with running, open_session(connections=8) as connections:
        port = running.sockets[0].getsockname()[1]
        yield WiziqClient(connections, base_url=f"http://127.0.0.1:{port}/", credentials=KEYS)


async def test_requests_one_after_the_other_share_a_connection() -> None:
    server = Server()
    async with client_of(server) as client:
        for _ in range(5):
            await client.create({"title": "A"})
    assert server.requests == [5]


async def test_one_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LONGEST_IDLE_S", 0.05)
    server = Server()
    async with client_of(server) as client:
        await client.create({"title": "A"})
        await asyncio.sleep(0.2)
        await client.create({"title": "B"})
    assert server.requests == [1, 1]


async def test_after_a_kept_one_broke_each_request_opens_its_own() -> None:
    server = Server(drops=lambda _connection, request: request == 3)
    async with client_of(server) as client:
        for _ in range(2):
            await client.create({"title": "A"})
        with pytest.raises(NoAnswer):
            await client.create({"title": "lost"})
        for _ in range(3):
            await client.create({"title": "B"})
    assert server.requests == [3, 1, 1, 1]


async def test_a_new_one_that_breaks_costs_the_others_nothing() -> None:
    server = Server(drops=lambda connection, request: (connection, request) == (0, 1))
    async with client_of(server) as client:
        with pytest.raises(NoAnswer):
            await client.create({"title": "lost"})
        for _ in range(3):
            await client.create({"title": "B"})
    assert server.requests == [1, 3]
