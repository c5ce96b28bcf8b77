"""The command as a person or a cron job runs it: a process of its own, with an environment of its own."""

import json
import os
import re
import signal
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, TextIO

import openpyxl

from tests.support.warm import Forked, warm

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
#: Of the real shape, and nobody's.
KEYS = {"CLASSBATCH_ACCESS_KEY": "q+/Zk3x1Lw8=", "CLASSBATCH_SECRET_KEY": "7v+/u8P0+sdf/x9Kz2Yb+Q=="}
#: Which certificates of the computer are trusted: none.
NO_CERTIFICATES = {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
#: No test waits so long for a process.
PATIENCE_S = 180

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
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            command = self.at(**variables)
            with _pipe_of(stdin) if stdin else nullcontext() as piped:
                forked = command._begin(arguments, stdin=piped, out=out.fileno(), err=err.fileno())
                return Ran(forked.wait(PATIENCE_S), _all_of(out), _all_of(err))

    @contextmanager
    def running(self, *arguments: str | Path) -> Iterator["Running"]:
        """The same, while it runs; it is gone when the block is left."""
        reading, writing = os.pipe()
        with open(reading, encoding="utf-8") as said:  # noqa: PTH123 - a pipe
            try:
                forked = self._begin(arguments, out=writing, err=writing)
            finally:
                os.close(writing)
            try:
                yield Running(forked, said)
            finally:
                forked.kill()
                forked.wait(PATIENCE_S)

    def _begin(
        self, arguments: Sequence[str | Path], *, stdin: int | None = None, out: int, err: int
    ) -> Forked:
        words = [*map(str, arguments)]
        return warm(ROOT).begin(words, self._environment(), self.folder, stdin=stdin, out=out, err=err)

    def at(self, **variables: str) -> "Command":
        """The same command with more variables set."""
        return Command(self.folder, {**self.variables, **variables})

    def _environment(self) -> dict[str, str]:
        clean = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            "TMPDIR": tempfile.gettempdir(),
            **NO_CERTIFICATES,
        }
        return {**clean, **self.variables}


@dataclass(frozen=True, slots=True)
class Running:
    """A command that has not ended yet."""

    forked: Forked
    said: TextIO  #: what it prints, on both streams

    @property
    def pid(self) -> int:
        return self.forked.pid

    def send_signal(self, number: signal.Signals) -> None:
        self.forked.send_signal(number)

    def wait(self) -> int:
        return self.forked.wait(PATIENCE_S)


@contextmanager
def _pipe_of(content: bytes) -> Iterator[int]:
    """The end of a pipe from which it can be read."""
    reading, writing = os.pipe()

    def write() -> None:
        with suppress(BrokenPipeError), open(writing, "wb") as pipe:  # noqa: PTH123 - a pipe
            pipe.write(content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield reading
    finally:
        os.close(reading)
        writer.join()


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
    with command.at(**KEYS).running("sandbox", "--port", "0", *switches) as running:
        said = ""
        while not (found := re.search(r"^Base URL: (http://\S+)$", said, re.MULTILINE)):
            line = running.said.readline()
            assert line, f"the sandbox did not begin: {said}"
            said += line
        yield Service(found[1])


def until(it_is_so: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Look again and again until it is so; fail when it never is."""
    patience = time.monotonic() + patience_s
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
