"""The command as a person or a cron job runs it: a process of its own, with an environment of its own."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import openpyxl

from tests.support.warm import warm

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
#: Of the real shape, and nobody's.
KEYS = {"CLASSBATCH_ACCESS_KEY": "q+/Zk3x1Lw8=", "CLASSBATCH_SECRET_KEY": "7v+/u8P0+sdf/x9Kz2Yb+Q=="}
#: No test waits so long for a process.
PATIENCE_S = 60

Table = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Command:
    """`classbatch` in a folder; nothing of the person who runs the tests gets into it."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, stdin: bytes = b"", **variables: str) -> Ran:
        environment = self.at(**variables)._environment()
        if stdin:
            return self._cold(arguments, stdin, environment)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            words = list(map(str, arguments))
            forked = warm(ROOT).begin(words, environment, self.folder, out=out.fileno(), err=err.fileno())
            return Ran(forked.wait(PATIENCE_S), _all_of(out), _all_of(err))

    def _cold(self, arguments: Sequence[str | Path], stdin: bytes, environment: dict[str, str]) -> Ran:
        ended = subprocess.run(
            self._words(arguments),
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    @contextmanager
    def running(self, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
        """The same, while it runs; it is gone when the block is left."""
        process = subprocess.Popen(
            self._words(arguments),
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()

    def at(self, **variables: str) -> "Command":
        """The same command with more variables set."""
        return Command(self.folder, {**self.variables, **variables})

    def _words(self, arguments: Sequence[str | Path]) -> list[str]:
        return [sys.executable, "-m", "batch", *map(str, arguments)]

    def _environment(self) -> dict[str, str]:
        clean = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
        }
        return {**clean, **self.variables}


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@dataclass(frozen=True, slots=True)
class Service:
    """`classbatch sandbox` in another process."""

    url: str

    def ledger(self) -> Any:
        with urllib.request.urlopen(f"{self.url}ledger", timeout=PATIENCE_S) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def calls(self, kind: str = "create") -> int:
        """How many calls were answered, such as `create` or `create 1012`."""
        counts: dict[str, int] = self.ledger()["calls"]
        return sum(calls for name, calls in counts.items() if f"{name} ".startswith(f"{kind} "))

    def titles(self) -> list[str]:
        return sorted(each["title"] for each in self.ledger()["classes"])


@contextmanager
def serving(command: Command, *switches: str | Path) -> Iterator[Service]:
    """`classbatch sandbox` for as long as the block lasts."""
    words = ["sandbox", "--port", "0", *map(str, switches)]
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as told:  # noqa: PTH123 - a pipe
        environment = command.at(**KEYS)._environment()
        forked = warm(ROOT).begin(words, environment, command.folder, out=writing, err=writing)
        os.close(writing)
        try:
            said = ""
            while not (found := re.search(r"^Base URL: (http://\S+)$", said, re.MULTILINE)):
                line = told.readline()
                assert line, f"the sandbox did not begin: {said}"
                said += line
            yield Service(found[1])
        finally:
            forked.kill()
            forked.wait(PATIENCE_S)


def until(it_is_so: Callable[[], bool]) -> None:
    """Look again and again until it is so; fail when it never is."""
    patience = time.monotonic() + PATIENCE_S
    while not it_is_so():
        assert time.monotonic() < patience, "it never came to that"
        time.sleep(0.01)


def rows_of(results: Path) -> Table:
    """The Results sheet: a dict for each row, by header; every cell as it stands."""
    book = openpyxl.load_workbook(results)
    header, *rows = book["Results"].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def timetable(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """A CSV timetable of these rows; the first names the columns."""
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lesson(number: int, **changes: str) -> dict[str, str]:
    """A row that is well: each number has an hour and a presenter of its own; lesson 1 begins at 13:00."""
    start = datetime(2031, 9, 1, 12, tzinfo=UTC) + timedelta(hours=number)
    return {
        "title": f"Lesson {number}",
        "start_time": f"{start:%Y-%m-%d %H:%M}",
        "time_zone": "GMT",
        "presenter_email": f"teacher{number}@school.example",
        "duration": "60",
        **changes,
    }


def lessons(count: int) -> list[dict[str, str]]:
    return [lesson(number) for number in range(1, count + 1)]
