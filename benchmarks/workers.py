"""How many accounts a minute one worker imports, two and four, each account at a service of its own that takes its time.

    python -m benchmarks.workers postgresql://classbatch@127.0.0.1/benchmark [ACCOUNTS [ROWS]]

The database is emptied of what stands in classbatch's schemas. Workers are processes with one import at a
time, and each account sends one row at a time: what is measured is whether accounts hold each other up.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from batch.sandbox import SandboxSettings
from batch.sandbox.server import running_sandbox

LATENCY_S = 0.05
SCHEMAS = ("classbatch", "classbatch_data", "classbatch_queue")
_FIGURES = """
SELECT (SELECT min(started_at) FROM classbatch_data.batch), (SELECT max(ended_at) FROM classbatch_data.deposit),
  (SELECT count(*) FROM classbatch_data.attempt WHERE ending = 'created')
"""


async def measure(url: str, accounts: int, rows: int, workers: int) -> float:
    """Accounts a minute, from the first that was begun to the last that was done."""
    with psycopg.connect(url, autocommit=True) as connection:
        for schema in SCHEMAS:
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lines = []
        for number in range(accounts):
            service = await stack.enter_async_context(running_sandbox(SandboxSettings(latency_s=LATENCY_S)))
            name = f"school{number}"
            pair = service.credentials
            (folder / f"{name}.key").write_text(pair.secret_key)
            (folder / f"{name}.key").chmod(0o600)
            lines += [
                f"[accounts.{name}]",
                f'access_key = "{pair.access_key}"',
                f'secret_key_file = "{folder}/{name}.key"',
                f'base_url = "{service.url}"',
            ]
            _timetable(folder / "inbox" / name / "term.csv", rows)
        (folder / "classbatch.toml").write_text("\n".join(lines))
        (folder / "classbatch.toml").chmod(0o600)
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path.cwd()),
            "HOME": str(folder),
            "CLASSBATCH_JOURNAL": url,
            "CLASSBATCH_SETTLED_S": "0",
            "CLASSBATCH_IN_FLIGHT": "1",
        }
        await _run(["nightly", "--enqueue", "inbox"], folder, variables)
        running = [
            _run(
                ["worker", "--concurrency", "1", "--until-empty"],
                folder,
                {**variables, "CLASSBATCH_STATE": str(folder / f"{each}")},
            )
            for each in range(workers)
        ]
        await asyncio.gather(*running)
    with psycopg.connect(url, autocommit=True) as connection:
        ((began, ended, classes),) = connection.execute(_FIGURES).fetchall()
    if classes != accounts * rows:
        raise SystemExit(f"{classes} classes were made of {accounts * rows}")
    return 60 * accounts / float(ended - began)


def _timetable(path: Path, rows: int) -> None:
    path.parent.mkdir(parents=True)
    first = datetime.now(UTC).replace(minute=0, second=0) + timedelta(days=30)
    starts = (first + timedelta(hours=each) for each in range(rows))
    body = "".join(
        f"Lesson {each},{start:%Y-%m-%d %H:%M},GMT,teacher{each}@school.example,50\n"
        for each, start in enumerate(starts)
    )
    path.write_text(f"title,start_time,time_zone,presenter_email,duration\n{body}")
    os.utime(path, (time.time() - 3600,) * 2)


async def _run(arguments: list[str], folder: Path, variables: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "batch", *arguments, cwd=folder, env=variables, stdout=subprocess.DEVNULL
    )
    if code := await process.wait():
        raise SystemExit(f"classbatch {' '.join(arguments)} ended with {code}")


def main() -> None:
    url, *numbers = sys.argv[1:]
    accounts, rows = (int(each) for each in (*numbers, "8", "60")[:2])
    for workers in (1, 2, 4):
        print(
            f"{workers} workers: {asyncio.run(measure(url, accounts, rows, workers)):.1f} accounts a minute"
        )


if __name__ == "__main__":
    main()
