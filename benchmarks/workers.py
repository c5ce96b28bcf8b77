"""How many accounts a minute one worker imports, two and four, each account at a service of its own that takes its time.

    python -m benchmarks.workers [--accounts 8] [--rows 100] [--workers 1 2 4] [--rounds 1] [--nights]
                                 [--database postgresql://classbatch@127.0.0.1/benchmark]

Workers are processes with one import at a time, and each account sends one row at a time: what is measured is whether
accounts hold each other up. Beside it, the processor time of each part: where two processors have no more to
give, further workers wait for them and not for each other. Without a database a server is started (Debian's
programs); one that is named is emptied of what stands in classbatch's schemas.

`--nights`: what an account's first night costs of the processor, 4 rows in flight, and the next one, when its file is the
same: handed over, imported, filed with its results.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import psycopg

from batch.sandbox import SandboxSettings
from batch.sandbox.server import running_sandbox
from benchmarks.database import database_at, empty

LATENCY_S = 0.05
_FIGURES = """
SELECT (SELECT min(started_at) FROM classbatch_data.batch), (SELECT max(ended_at) FROM classbatch_data.deposit),
  (SELECT count(*) FROM classbatch_data.attempt WHERE ending = 'created')
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run."""

    accounts_a_minute: float  #: from the first that was begun to the last that was done
    worker_s: float  #: of the processor for an account, of the workers, their start included
    service_s: float  #: the same of the services

    def __str__(self) -> str:
        return (
            f"{self.accounts_a_minute:.1f} accounts a minute; processor for an account: "
            f"{self.worker_s:.2f} s of the workers, {self.service_s:.2f} s of the services"
        )


@dataclass(frozen=True, slots=True)
class Site:
    """A folder with accounts, each with a service and a file, and what runs there."""

    folder: Path
    url: str
    names: list[str]
    rows: int
    in_flight: int

    def arrive(self) -> None:
        """The file of each account."""
        for name in self.names:
            _timetable(self.folder / "inbox" / name / "term.csv", self.rows)

    async def enqueue(self) -> None:
        await self._run(["nightly", "--enqueue", "inbox", "--quiet"], "inbox-state")

    async def work(self, workers: int) -> None:
        """So many workers, until nothing waits any more."""
        words = ["worker", "--concurrency", "1", "--until-empty"]
        await asyncio.gather(*(self._run(words, f"state-{each}") for each in range(workers)))

    async def _run(self, words: list[str], state: str) -> None:
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path.cwd()),
            "HOME": str(self.folder),
            "CLASSBATCH_JOURNAL": self.url,
            "CLASSBATCH_SETTLED_S": "0",
            "CLASSBATCH_IN_FLIGHT": f"{self.in_flight}",
            "CLASSBATCH_STATE": str(self.folder / state),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "batch", *words),
            cwd=self.folder,
            env=variables,
            stdout=subprocess.DEVNULL,
        )
        if code := await process.wait():
            raise SystemExit(f"classbatch {' '.join(words)} ended with {code}")


@asynccontextmanager
async def site(url: str, accounts: int, rows: int, *, in_flight: int = 1) -> AsyncIterator[Site]:
    """Accounts with services that take their time, in an empty database."""
    empty(url)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lines = []
        for number in range(accounts):
            service = await stack.enter_async_context(running_sandbox(SandboxSettings(latency_s=LATENCY_S)))
            name, pair = f"school{number}", service.credentials
            (folder / f"{name}.key").write_text(pair.secret_key)
            (folder / f"{name}.key").chmod(0o600)
            lines += [
                f"[accounts.{name}]",
                f'access_key = "{pair.access_key}"',
                f'secret_key_file = "{folder}/{name}.key"',
                f'base_url = "{service.url}"',
            ]
        (folder / "classbatch.toml").write_text("\n".join(lines))
        (folder / "classbatch.toml").chmod(0o600)
        here = Site(folder, url, [f"school{each}" for each in range(accounts)], rows, in_flight)
        here.arrive()
        yield here


async def measure(url: str, accounts: int, rows: int, workers: int) -> Figures:
    """So many accounts with a file each, by so many workers."""
    async with site(url, accounts, rows) as here:
        await here.enqueue()
        spent = _processor_s()
        await here.work(workers)
        worker_s, service_s = (
            (now - then) / accounts for now, then in zip(_processor_s(), spent, strict=True)
        )
    with psycopg.connect(url, autocommit=True) as connection:
        ((began, ended, classes),) = connection.execute(_FIGURES).fetchall()
    if classes != accounts * rows:
        raise SystemExit(f"{classes} classes were made of {accounts * rows}")
    return Figures(60 * accounts / float(ended - began), worker_s, service_s)


async def nights(url: str, accounts: int, rows: int) -> None:
    """Two nights with the same files: the processor time of each, for an account, printed."""
    async with site(url, accounts, rows, in_flight=4) as here:
        for name in ("the first night", "a night with nothing new"):
            here.arrive()
            parts = {}
            for part, doing in (
                ("handing over and filing", here.enqueue),
                ("importing", partial(here.work, 1)),
            ):
                before, _ = _processor_s()
                await doing()
                parts[part] = (_processor_s()[0] - before) / accounts
            said = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts.items())
            print(f"{name}, {rows} rows: {said} of the processor for an account", flush=True)
        before, _ = _processor_s()
        await here.enqueue()
        print(f"filing: {(_processor_s()[0] - before) / accounts:.2f} s", flush=True)


def _processor_s() -> tuple[float, float]:
    """Of all processes that have ended, and of this one, which is the services."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime, time.process_time()


def _timetable(path: Path, rows: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    first = datetime.now(UTC).replace(hour=0, minute=0, second=0) + timedelta(days=30)
    starts = (first + timedelta(hours=each) for each in range(rows))
    body = "".join(
        f"Lesson {each},{start:%Y-%m-%d %H:%M},GMT,teacher{each}@school.example,50\n"
        for each, start in enumerate(starts)
    )
    path.write_text(f"title,start_time,time_zone,presenter_email,duration\n{body}")
    os.utime(path, (time.time() - 3600,) * 2)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--accounts", type=int, default=8)
    asked.add_argument("--rows", type=int, default=100)
    asked.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--database")
    asked.add_argument("--nights", action="store_true")
    arguments = asked.parse_args()
    if arguments.nights:
        with database_at(arguments.database) as url:
            asyncio.run(nights(url, arguments.accounts, arguments.rows))
        return
    found: dict[int, list[float]] = {}
    with database_at(arguments.database) as url:
        for _ in range(arguments.rounds):  # in turns: what else the machine does falls on all of them
            for workers in arguments.workers:
                figures = asyncio.run(measure(url, arguments.accounts, arguments.rows, workers))
                print(f"{workers} workers: {figures}", flush=True)
                found.setdefault(workers, []).append(figures.accounts_a_minute)
    first, *others = arguments.workers
    for workers in others:
        times = median(found[workers]) / median(found[first])
        print(f"{workers} workers: {times:.2f} times what {first} do (medians of {arguments.rounds})")


if __name__ == "__main__":
    main()
