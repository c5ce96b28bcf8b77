"""A sandbox in the test's process, and a plain client for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from lxml import etree

from batch.core.service.protocol import sign
from batch.sandbox import KeyPair, SandboxSettings
from batch.sandbox.server import Sandbox, running_sandbox

NOW = 1_893_484_800  # 2030-01-01 08:00 UTC
GOOD = {
    "title": "English",
    "start_time": "09/01/2030 10:00:00",
    "presenter_email": "ann@example.com",
    "duration": "60",
    "time_zone": "Europe/Paris",
}
ROOM = {"presenter_email": "", "presenter_id": "7", "presenter_name": "Ann"}


@dataclass
class Answer:
    """What came back, read without the client's own parser."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def rsp(self) -> etree._Element:
        return etree.fromstring(self.body.strip())

    @property
    def code(self) -> str:
        error = self.rsp.find("error")
        return "ok" if error is None else error.get("code", "")

    def all(self, tag: str) -> list[str]:
        return [each.text or "" for each in self.rsp.iter(tag)]


@dataclass
class Api:
    sandbox: Sandbox
    session: aiohttp.ClientSession

    async def __call__(self, method: str = "create", path: str = "", **spoilt: str) -> Answer:
        """Call a method; `create` with a good row, of which `spoilt` replaces something."""
        parameters = {**(GOOD if method == "create" else {}), **spoilt}
        return await self.post({**parameters, **self.signed(method)}, path=f"{path}?method={method}")

    def signed(self, method: str, timestamp: int = NOW) -> dict[str, str]:
        pair = self.sandbox.credentials
        signature = sign(pair.secret_key, pair.access_key, timestamp, method)
        return {"access_key": pair.access_key, "timestamp": str(timestamp), "signature": signature}

    async def post(self, data: Any, path: str = "") -> Answer:
        url = self.sandbox.url + path
        async with self.session.post(url, data=data, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.time: float = NOW
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    """Let the other tasks run until it is so."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the sandbox has no events for what tests wait for
            await asyncio.sleep(0)


@asynccontextmanager
async def running(clock: Clock | None = None, **settings: Any) -> AsyncIterator[Api]:
    clock = clock or Clock()
    chosen = SandboxSettings(**{"seed": 1, **settings})
    async with running_sandbox(chosen, clock=clock, sleep=clock.sleep) as sandbox:
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Api(sandbox, session)


PAIR = KeyPair("q+/Zk3x1Lw8=", "7v+/u8P0+sdf/x9Kz2Yb+Q==")


async def seen(api: Api, method: str = "create", **parameters: str) -> str:
    try:
        answer = await api(method, **parameters)
    except aiohttp.ClientPayloadError:
        return "payload cut"
    except aiohttp.ClientError:
        return "disconnected"
    return look_of(answer) if answer.status == 200 else f"HTTP {answer.status}"


def look_of(answer: Answer) -> str:
    if len(answer.body) > 12_000_000:
        return "huge"
    if answer.body.startswith(b"<!DOCTYPE rsp"):
        return "DOCTYPE"
    try:
        return answer.code if answer.rsp.tag == "rsp" else "no rsp"
    except etree.XMLSyntaxError:
        return "no rsp" if b"<html>" in answer.body else "no XML"
