"""What the upload page costs: memory after many uploads in a row, and how quickly it answers while a batch runs.

Uploads the same timetable again and again to `classbatch serve`, waits for each check, and notes the server's
resident memory; then sends one, and asks for pages until it has ended.

    python -m benchmarks.page [--uploads 20] [--rows 10000]
"""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import aiohttp

from benchmarks.measure import environment, sandbox, write_csv

_COMMAND = (sys.executable, "-m", "batch")
_SETTLED = "What would be scheduled"
_PAGES_BETWEEN_S = 0.05


@contextmanager
def serving_page(folder: Path, service: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`classbatch serve` in a process of its own, and the address that lets a browser in."""
    here = {
        **environment(folder),
        "CLASSBATCH_BASE_URL": service,
        "CLASSBATCH_STATE": str(folder / "state"),
    }
    words = (*_COMMAND, "serve", "--port", "0")
    with subprocess.Popen(words, env=here, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield server, line.partition(": ")[2].strip()
        finally:
            server.terminate()


def resident_mib(process: subprocess.Popen[str]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


class Visitor:
    """A browser, as far as this needs one."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self.answers_s: list[float] = []

    async def get(self, path: str) -> tuple[str, str]:
        """The address it leads to, and the page."""
        began = time.perf_counter()
        async with self._session.get(f"{self._url}{path}") as answer:
            text = await answer.text()
        self.answers_s.append(time.perf_counter() - began)
        return answer.url.path, text

    async def post(self, path: str, data: object) -> str:
        async with self._session.post(
            f"{self._url}{path}", data=data, headers={"Origin": self._url}
        ) as answer:
            answer.raise_for_status()
            return answer.url.path

    async def upload(self, file: Path, csrf: str) -> str:
        form = aiohttp.FormData()
        form.add_field("csrf", csrf)
        form.add_field("file", await asyncio.to_thread(file.read_bytes), filename=file.name)
        path = await self.post("/uploads", form)
        while True:
            _, page = await self.get(path)
            if _SETTLED in page:
                return path
            await asyncio.sleep(0.1)

    async def run(self, path: str, csrf: str) -> None:
        """Confirm it, and look at pages until it has ended."""
        _, asked = await self.get(f"{path}/confirm")
        nonce = re.search(r'name="nonce" value="([^"]+)"', asked)
        await self.post(f"{path}/confirm", {"csrf": csrf, "nonce": nonce[1] if nonce else ""})
        self.answers_s.clear()
        while True:
            leads_to, _ = await self.get(path)
            if leads_to != path:
                return
            await self.get("/")
            await self.get("/static/app.css")
            await asyncio.sleep(_PAGES_BETWEEN_S)


async def measure(url: str, server: subprocess.Popen[str], file: Path, uploads: int) -> None:
    base = url.partition("/enter")[0]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        visitor = Visitor(session, base)
        _, start = await visitor.get(url.removeprefix(base))
        found = re.search(r'name="csrf" value="(\w+)"', start)
        csrf = found[1] if found else ""
        print(f"server at its start: {resident_mib(server):.0f} MiB")
        path = ""
        for number in range(1, uploads + 1):
            began = time.perf_counter()
            path = await visitor.upload(file, csrf)
            took = time.perf_counter() - began
            print(f"upload {number:>3}: {resident_mib(server):6.1f} MiB, checked in {took:.1f} s", flush=True)
        worst = max(visitor.answers_s) * 1000
        print(f"pages while files were checked: {len(visitor.answers_s)}, the slowest {worst:.0f} ms")
        for what, query in {"check": "", "check, another week": "?week=2031-11-03"}.items():
            began = time.perf_counter()
            _, page = await visitor.get(path + query)
            took = (time.perf_counter() - began) * 1000
            print(f"the page of the {what}: {took:.0f} ms, {len(page.encode()) / 1000:.0f} KB")
        began = time.perf_counter()
        await visitor.run(path, csrf)
        times = visitor.answers_s[:-1]  # the last one waits for nothing of the run
        last = visitor.answers_s[-1] * 1000
        p95 = quantiles(times, n=20)[-1]
        print(
            f"pages while the batch ran ({time.perf_counter() - began:.0f} s): {len(times)}, median "
            f"{median(times) * 1000:.0f} ms, 95 % below {p95 * 1000:.0f} ms, slowest {max(times) * 1000:.0f} ms"
        )
        print(f"the result page: {last:.0f} ms; server at its end: {resident_mib(server):.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=20)
    parser.add_argument("--rows", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_csv(folder / "term.csv", asked.rows)
        with sandbox(folder) as service, serving_page(folder, service) as (server, url):
            asyncio.run(measure(url, server, folder / "term.csv", asked.uploads))


if __name__ == "__main__":
    main()
