"""Keys and signatures stay out of everything that a run leaves behind, even where the service says them back."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.trials.case import ACCOUNT, KEYS, Case, Scene
from tests.trials.running import environment_of, run_apart, scene_of

CASE = Case(number=0, name="canaries", account=ACCOUNT)

#: What the service makes of a request that it says back; `sent` is the whole form.
Echo = Callable[[dict[str, str]], bytes]


def _fails(code: str) -> Echo:
    def answer(sent: dict[str, str]) -> bytes:
        said = f"{sent['access_key']} {sent['signature']} {KEYS.secret_key}"
        body = f"<rsp status='fail' call_id='c1'><error code='{code}' msg='No: {said}' /></rsp>".encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%b" % (
            len(body),
            body,
        )

    return answer


def _status(status: str) -> Echo:
    def answer(sent: dict[str, str]) -> bytes:
        body = f"<html>{sent}</html>".encode()
        return b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (
            status.encode(),
            len(body),
            body,
        )

    return answer


def _redirects(sent: dict[str, str]) -> bytes:
    place = f"http://127.0.0.1:9/?access_key={sent['access_key']}&signature={sent['signature']}"
    return f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()


ECHOES: dict[str, Echo] = {
    "in a refusal": _fails("1999"),
    "in a lock-out": _fails("403"),
    "in an error that leaves the class in doubt": _fails("1000"),
    "in a clash": _fails("1032"),
    "in a full slot": _fails("1012"),
    "in a page with 500": _status("500 Oops"),
    "in a page with 403": _status("403 No"),
    "in a page with 200": _status("200 OK"),
    "in a redirect": _redirects,
}


@asynccontextmanager
async def echoing(echo: Echo, signatures: list[str]) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            form = parse_qs((await reader.readexactly(length)).decode())
            sent = {name: values[0] for name, values in form.items()}
            signatures.append(sent["signature"])
            answer = echo if sent["method"] == "create" else _fails("1013")  # no class is listed
            writer.write(answer(sent))
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.thorough
@pytest.mark.parametrize("log", ["text", "json"])
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
async def test_what_the_service_says_back_is_told_to_nobody(echo: Echo, log: str) -> None:
    signatures: list[str] = []
    async with scene_of(CASE, "echo", 3) as scene, echoing(echo, signatures) as base_url:
        environment = environment_of(
            scene, base_url, CLASSBATCH_ATTEMPTS="2", CLASSBATCH_TIMEOUT_S="0.7", CLASSBATCH_SETTLE_S="0"
        )
        ran = await run_apart(scene, environment, "term", flags=("--log", log))
        assert signatures, ran.said.decode()
        secrets = [KEYS.access_key, KEYS.secret_key, *signatures]
        found = [
            f"{secret} in {place}"
            for place, text in told(scene, ran.said)
            for secret in secrets
            if secret.encode() in text
        ]
        assert found == []


SPOILED = {
    "a setting beside it": {"CLASSBATCH_TIMEOUT_S": "soon"},
    "a base URL that holds it": {"CLASSBATCH_BASE_URL": f"https://x:{KEYS.secret_key}@127.0.0.1/"},
    "both places at once": {"CLASSBATCH_SECRET_KEY_FILE": "/dev/null"},
    "nobody there": {"CLASSBATCH_BASE_URL": "http://127.0.0.1:9/", "CLASSBATCH_ATTEMPTS": "1"},
    "a folder that is a file": {"CLASSBATCH_STATE": "/dev/null/state"},
}


@pytest.mark.thorough
@pytest.mark.parametrize("variables", SPOILED.values(), ids=SPOILED)
async def test_no_complaint_quotes_a_secret(variables: dict[str, str]) -> None:
    async with scene_of(CASE, "spoiled", 2) as scene:
        ran = await run_apart(scene, environment_of(scene, scene.sandbox.url) | variables, "term")
        assert ran.exit_code in {2, 75}
        for _, text in told(scene, ran.said):
            assert KEYS.secret_key.encode() not in text
            assert KEYS.access_key.encode() not in text


def told(scene: Scene, said: bytes) -> list[tuple[str, bytes]]:
    """Everything that the run said and wrote, workbooks unpacked."""
    return [
        ("its output", said),
        *((str(path), _content(path)) for path in scene.folder.rglob("*") if path.is_file()),
    ]


def _content(path: Path) -> bytes:
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return b"".join(map(book.read, book.namelist()))
