"""What may stand between client and service: ports that refuse, full backlogs, TLS that does not hold."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress

from yarl import URL

from tests.trials.case import Door, Scene
from tests.wiziq.test_transport import GOOD, KEY

Spoil = Callable[[bytes], bytes]
_Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def localhost(scene: Scene) -> AsyncIterator[str]:
    """The service by its name: there is a look-up that can fail."""
    yield str(URL(scene.sandbox.url).with_host("localhost"))


def refused(*, until_s: float | None = None) -> Door:
    """A port that nobody listens on; after `until_s` the service does."""

    @asynccontextmanager
    async def door(scene: Scene) -> AsyncIterator[str]:
        with closing(socket.socket()) as held:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(("127.0.0.1", 0))
            port = held.getsockname()[1]
            async with _later(scene, until_s, host="127.0.0.1", port=port):
                yield f"http://127.0.0.1:{port}/"

    return door


def backlog_full(*, until_s: float | None = None) -> Door:
    """A queue of new connections that is full: nobody is refused, nobody is let in."""

    @asynccontextmanager
    async def door(scene: Scene) -> AsyncIterator[str]:
        with _full_queue() as listening:
            async with _later(scene, until_s, sock=listening):
                yield f"http://127.0.0.1:{listening.getsockname()[1]}/"

    return door


def certificate(pem: str | None, *, trusted: bool = True) -> Door:
    """A service whose certificate is `pem`; None: it speaks no TLS."""

    @asynccontextmanager
    async def door(scene: Scene) -> AsyncIterator[str]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if pem is None:
                writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                writer.close()
                return
            with suppress(OSError):
                scene.given_away += await reader.read(1 << 16)  # behind a handshake: plain text
            writer.close()

        if trusted:
            scene.environment["CLASSBATCH_CA_FILE"] = _trusted(scene, pem or GOOD)
        async with _listening(serve, tls=_tls(scene, pem) if pem else None) as port:
            yield f"https://127.0.0.1:{port}/"

    return door


def tls_hangs(connections: int) -> Door:
    """So many TLS handshakes are never answered; then the service is there."""

    @asynccontextmanager
    async def door(scene: Scene) -> AsyncIterator[str]:
        waiting = connections
        tls = _tls(scene, GOOD)
        scene.environment["CLASSBATCH_CA_FILE"] = _trusted(scene, GOOD)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal waiting
            with suppress(OSError):
                if waiting:
                    waiting -= 1
                    await reader.read()  # until the client has had enough
                else:
                    await writer.start_tls(tls)
                    await _pass_on(scene, reader, writer)
            writer.close()

        async with _listening(serve) as port:
            yield f"https://127.0.0.1:{port}/"

    return door


def drops_kept(*, pem: str | None = None) -> Door:
    """Connections are kept, and at random closed when they are used again: before the request got through, or after."""

    @asynccontextmanager
    async def door(scene: Scene) -> AsyncIterator[str]:
        if pem is not None:
            scene.environment["CLASSBATCH_CA_FILE"] = _trusted(scene, pem)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            used = False
            with suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    request = await _message(reader)
                    if used and _is_met(scene, request) and scene.chance.random() < 0.5:
                        if scene.chance.random() < 0.5:
                            await _answer(scene, request)
                        break
                    writer.write(_kept(await _answer(scene, request)))
                    await writer.drain()
                    used = True
            writer.close()

        async with _listening(serve, tls=_tls(scene, pem) if pem else None) as port:
            yield f"{'https' if pem else 'http'}://127.0.0.1:{port}/"

    return door


def spoils_first(spoil: Spoil) -> Door:
    """The first answer to each row's request goes through `spoil`, head and all."""

    @asynccontextmanager
    async def door(scene: Scene) -> AsyncIterator[str]:
        seen: set[bytes] = set()

        def change(request: bytes, answer: bytes) -> bytes:
            row = request.rpartition(b"\r\n\r\n")[2].partition(b"&access_key=")[0]
            if not _is_met(scene, request) or row in seen:
                return answer
            seen.add(row)
            return spoil(answer)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _pass_on(scene, reader, writer, change)

        async with _listening(serve) as port:
            yield f"http://127.0.0.1:{port}/"

    return door


def turns_away(code: str) -> Door:
    """No request to change the account gets through: each is answered with a refusal of that code."""

    @asynccontextmanager
    async def door(scene: Scene) -> AsyncIterator[str]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, asyncio.IncompleteReadError):
                request = await _message(reader)
                if _is_met(scene, request):
                    writer.write(refusal(code)(b""))
                else:
                    writer.write(await _answer(scene, request))
                await writer.drain()
            writer.close()

        async with _listening(serve) as port:
            yield f"http://127.0.0.1:{port}/"

    return door


def refusal(code: str) -> Spoil:
    """Another answer than the service's own: it failed, with that code."""
    body = f'<rsp status="fail" call_id="spoilt"><error code="{code}" msg="Something went wrong." /></rsp>'.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    return lambda _: head % len(body) + body


def cut_off(answer: bytes) -> bytes:
    """Half of the body that the head promises."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    return head + blank + body[: len(body) // 2]


def short_length(answer: bytes) -> bytes:
    """A head that promises half of the body."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    whole, half = (b"Content-Length: %d" % length for length in (len(body), len(body) // 2))
    assert whole in head
    return head.replace(whole, half) + blank + body


def _is_met(scene: Scene, request: bytes) -> bool:
    """Whether it is a request of the kind that the trial is about."""
    return f"method={scene.method}".encode() in request


async def _pass_on(
    scene: Scene,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    change: Callable[[bytes, bytes], bytes] = lambda _, answer: answer,
) -> None:
    """One request to the sandbox, and its answer back through `change`."""
    with suppress(OSError, asyncio.IncompleteReadError):
        request = await _message(reader)
        writer.write(change(request, await _answer(scene, request)))
        await writer.drain()
    writer.close()


async def _answer(scene: Scene, request: bytes) -> bytes:
    """What the sandbox answers, as it came."""
    url = URL(scene.sandbox.url)
    inward, outward = await asyncio.open_connection(url.host, url.port)
    with closing(outward):
        outward.write(request)
        return await _message(inward)


def _kept(answer: bytes) -> bytes:
    """The answer without a word about closing the connection."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join(lines) + blank + body


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A whole HTTP request or answer, as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    return head + await reader.readexactly(int(lengths[0]) if lengths else 0)


@asynccontextmanager
async def _listening(serve: _Serve, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def _later(
    scene: Scene,
    after_s: float | None,
    *,
    host: str | None = None,
    port: int | None = None,
    sock: socket.socket | None = None,
) -> AsyncIterator[None]:
    """After a while, a way through to the sandbox at that address; None: never."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _pass_on(scene, reader, writer)

    async def begin(after_s: float) -> None:
        await asyncio.sleep(after_s)
        async with await asyncio.start_server(serve, host=host, port=port, sock=sock):
            await asyncio.Event().wait()

    task = asyncio.create_task(begin(after_s)) if after_s is not None else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            await asyncio.wait([task])


@contextmanager
def _full_queue() -> Iterator[socket.socket]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    held = [listening]
    for _ in range(4):
        held.append(socket.socket())
        held[-1].settimeout(0)
        with suppress(BlockingIOError):
            held[-1].connect(listening.getsockname())
    try:
        yield listening
    finally:
        for each in held:
            each.close()


def _tls(scene: Scene, pem: str) -> ssl.SSLContext:
    path = scene.folder / "server.pem"
    path.write_text(KEY + pem)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    return tls


def _trusted(scene: Scene, pem: str) -> str:
    path = scene.folder / "trusted.pem"
    path.write_text(pem)
    return str(path)
