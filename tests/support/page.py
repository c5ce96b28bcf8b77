"""The upload page as a browser without JavaScript uses it: links, forms, cookies, over real HTTP."""

import asyncio
import html
import queue
import re
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from batch.sandbox import KeyPair, SandboxSettings, plan_of
from batch.sandbox.server import running_sandbox
from batch.settings.resolve import load_settings
from batch.web.server.app import RunningPage, running_page
from batch.web.server.receive import Patience
from batch.web.worker.processes import Children
from tests.support.command import KEYS, PATIENCE_S, ROOT, Command, Running, Service
from tests.support.warm import warm


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer."""

    status: int
    url: URL
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.DOTALL)
        return html.unescape(found[1]) if found else ""

    @property
    def counts(self) -> dict[str, int]:
        """The cards with numbers."""
        found = re.findall(
            r'data-outcome="(\w+)"><strong class="number">([\d,]+)</strong>', self.text, re.DOTALL
        )
        return {outcome: int(number.replace(",", "")) for outcome, number in found}

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no {name} on {self.title!r}: {self.text[:2000]}"
        return html.unescape(found[1])

    def action(self, ending: str) -> str:
        """The address of the form whose path ends so."""
        found = re.search(rf'action="([^"]*{ending}[^"]*)"', self.text)
        assert found, f"no form for {ending} on {self.title!r}"
        return html.unescape(found[1])


class Browser:
    """One browser: it keeps its cookie, and tells where its forms stand."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def get(self, path: str, **more: Any) -> Seen:
        async with self._session.get(f"{self.url}{path}", **more) as answer:
            return Seen(answer.status, answer.url, answer.headers, await answer.read())

    async def post(self, path: str, data: Any, *, headers: dict[str, str] | None = None) -> Seen:
        told = {"Origin": self.url} if headers is None else headers
        async with self._session.post(f"{self.url}{path}", data=data, headers=told) as answer:
            return Seen(answer.status, answer.url, answer.headers, await answer.read())

    async def csrf(self) -> str:
        return (await self.get("/")).hidden("csrf")

    async def upload(
        self, content: bytes | Path, name: str = "", *, to: str = "/uploads", csrf: str | None = None
    ) -> Seen:
        """Send a file by its form; where it leads to."""
        form = aiohttp.FormData()
        form.add_field("csrf", await self.csrf() if csrf is None else csrf)
        if isinstance(content, Path):
            name, content = name or content.name, await asyncio.to_thread(content.read_bytes)
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        return await self.post(to, form)

    async def checked(self, content: bytes | Path, name: str = "term.csv", *, to: str = "/uploads") -> Seen:
        """The same, and wait for what the check has found."""
        sent = await self.upload(content, name, to=to)
        assert sent.status == 200, sent.text
        return await self.settled(sent.url.path)

    async def confirm(self, checked: Seen) -> Seen:
        """Press the button of the confirmation page; where it leads to."""
        path = f"{checked.url.path}/confirm"
        asked = await self.get(path)
        assert asked.url.path == path, f"{asked.title}: {asked.text}"
        return await self.post(path, {"csrf": asked.hidden("csrf"), "nonce": asked.hidden("nonce")})

    async def until(self, path: str, shown: Callable[[Seen], bool]) -> Seen:
        """Look at a page again and again until it shows that."""
        patience = time.monotonic() + PATIENCE_S
        while not shown(seen := await self.get(path)):
            assert time.monotonic() < patience, seen.text
            await asyncio.sleep(0.12)
        return seen

    async def settled(self, path: str) -> Seen:
        """Look again until the file was read, or the run has ended."""
        waiting = {"Reading the file", "Scheduling the classes"}
        return await self.until(path, lambda seen: seen.title not in waiting)

    async def sent(self, checked: Seen) -> Seen:
        """The same, and wait for the result page."""
        await self.confirm(checked)
        return await self.settled(checked.url.path)

    async def press(self, seen: Seen, action: str, **more: str) -> Seen:
        """Press the button of the form whose path ends so."""
        return await self.post(seen.action(action), {"csrf": seen.hidden("csrf"), **more})


@asynccontextmanager
async def browsing(url: str, token: str = "") -> AsyncIterator[Browser]:
    """A browser of its own, let in by the token."""
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address without a name are kept
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        browser = Browser(session, url)
        if token:
            entered = await browser.get(f"/enter?token={token}")
            assert entered.status == 200, entered.text
        yield browser


class Served:
    """A page in this process, and the tokens it has told."""

    def __init__(self, running: RunningPage, tokens: list[str]) -> None:
        self.url = running.url
        self.site = running.site
        self.tokens = tokens

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        async with browsing(self.url, self.tokens[-1]) as browser:
            yield browser


@asynccontextmanager
async def serving_page(
    folder: Path, *, sandbox: bool = False, patience: Patience | None = None, **flags: Any
) -> AsyncIterator[Served]:
    """The page in this process; its children read the environment of the test."""
    told: dict[str, Any] = {"state": str(folder / "state"), "port": 0, **flags}
    variables = {} if sandbox else KEYS
    settings = load_settings(told, environ={**variables, "HOME": str(folder)}, cwd=folder)
    tokens: list[str] = []
    worker = str(warm(ROOT).program("batch.web.worker.main:main"))
    of_server = {
        "contact",
        "port",
        "bind",
        "public_url",
        "user_header",
        "trusted_proxy",
        "upload_mib",
        "upload_days",
    }
    for_children = {name: value for name, value in told.items() if name not in of_server}
    async with running_page(
        settings,
        for_children,
        sandbox=sandbox,
        announce=tokens.append,
        patience=patience,
        children=Children(command=lambda: [worker]),
    ) as running:
        yield Served(running, tokens)


@dataclass(frozen=True, slots=True)
class NearService(Service):
    """A sandbox in a thread of this process: it begins at once."""

    def seen_by(self, monkeypatch: pytest.MonkeyPatch, folder: Path, **more: str) -> None:
        """What the page's children see: the keys, and where the service is."""
        here = {**KEYS, "CLASSBATCH_BASE_URL": self.url, "CLASSBATCH_SETTLE_S": "0", "HOME": str(folder)}
        for name, value in {**here, **more}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)


@contextmanager
def serving_here(*, fault: str = "", **settings: Any) -> Iterator[NearService]:
    """`classbatch sandbox` without its process, for as long as the block lasts."""
    keys = KeyPair(KEYS["CLASSBATCH_ACCESS_KEY"], KEYS["CLASSBATCH_SECRET_KEY"])
    played = SandboxSettings(credentials=keys, faults=plan_of([fault] if fault else []), **settings)
    told: queue.Queue[str] = queue.Queue()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        with suppress(asyncio.CancelledError):
            async with running_sandbox(played) as sandbox:
                told.put(sandbox.url)
                await asyncio.Event().wait()

    task = loop.create_task(serve())
    thread = threading.Thread(target=loop.run_until_complete, args=(task,))
    thread.start()
    try:
        yield NearService(told.get(timeout=PATIENCE_S))
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


@contextmanager
def served_by(command: Command, port: int = 0) -> Iterator[tuple[Running, str, str]]:
    """`classbatch serve` in a process of its own, its address and its token; "" where a proxy says who it is."""
    with command.running("serve", "--port", str(port)) as process:
        while "Service: " in (line := process.said.readline()):
            pass  # which settings and which service, before the address; in JSON where the log is
        found = re.fullmatch(r"The upload page: (http://\S+?)(?:/enter\?token=(\S+))?\n", line)
        assert found, line
        yield process, found[1], found[2] or ""


def journal_counts(state: Path) -> dict[str, int]:
    """The outcomes of all rows of all batches, read past our own code."""
    counts: dict[str, int] = {}
    for path in state.glob("*/journal.sqlite3"):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            for outcome, rows in connection.execute("SELECT outcome, count(*) FROM row GROUP BY outcome"):
                counts[str(outcome)] = counts.get(str(outcome), 0) + rows
    return counts


def csv_of(lessons: list[dict[str, str]]) -> bytes:
    lines = [",".join(lessons[0]), *(",".join(row.values()) for row in lessons)]
    return ("\n".join(lines) + "\n").encode()
