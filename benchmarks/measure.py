"""Commands and their cost: CPU, wall time and peak memory of a finished process; terms to send; a service to send to."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # it has no types

HOUSE = Path(__file__).resolve().parent.parent
KEYS = {"CLASSBATCH_ACCESS_KEY": "q+/Zk3x1Lw8=", "CLASSBATCH_SECRET_KEY": "7v+/u8P0+sdf/x9Kz2Yb+Q=="}
COMMAND = (sys.executable, "-m", "batch")
HEADER = (
    *("title", "start_time", "time_zone", "presenter_email", "duration", "extend_duration"),
    *("attendee_limit", "language_culture_name", "create_recording", "attendee_default_controls"),
    *("return_url", "year", "room"),
)
#: Every presenter has so many classes, back to back.
_CLASSES_EACH = 200
_FIRST = datetime(2031, 9, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took, its own waited-for children with it."""

    cpu_s: float
    wall_s: float
    peak_mib: float  #: of its largest process


def cost_of(
    words: Sequence[str],
    folder: Path,
    variables: Mapping[str, str] | None = None,
    *,
    allowed: tuple[int, ...] = (0,),
) -> Cost:
    """Run a command to its end.

    Raises:
        RuntimeError: it ended with an exit code that is not allowed.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=environment(folder, variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    errors = b""
    if process.stderr:
        with process.stderr:
            errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise RuntimeError(f"{' '.join(words)}: exit code {process.returncode}\n{errors.decode()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss * unit / 2**20)


def environment(folder: Path, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    here = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(HOUSE)}
    return {**here, **KEYS, **(variables or {})}


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="classbatch-") as name:
        yield Path(name)


@contextmanager
def sandbox(folder: Path, *switches: str) -> Iterator[str]:
    """`classbatch sandbox` in a process of its own; yields its address."""
    words = (*COMMAND, "sandbox", "--port", "0", *switches)
    with subprocess.Popen(words, env=environment(folder), stdout=subprocess.PIPE, text=True) as service:
        try:
            lines = iter(service.stdout or ())
            yield next(line.split()[-1] for line in lines if line.startswith("Base URL: "))
        finally:
            service.kill()


def lessons(
    count: int, *, first: datetime = _FIRST, whose: str = "teacher"
) -> Iterator[tuple[str, datetime, str]]:
    """Title, start and presenter of so many classes that never clash."""
    for number in range(count):
        presenter, turn = divmod(number, _CLASSES_EACH)
        yield f"Lesson {number}", first + timedelta(hours=turn), f"{whose}{presenter}@school.example"


def write_csv(path: Path, count: int, *, presenter: str = "teacher") -> Path:
    """Thirteen columns; every title is another one."""
    with path.open("w", encoding="utf-8", newline="") as file:
        term = csv.writer(file)
        term.writerow(HEADER)
        for number, (title, start, whose) in enumerate(lessons(count, whose=presenter)):
            term.writerow((title, f"{start:%Y-%m-%d %H:%M}", "GMT", whose, *_rest(number)))
    return path


def write_xlsx(path: Path, count: int) -> Path:
    """The same with real dates."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Term")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, name in enumerate(HEADER):
            sheet.write_string(0, column, name)
        for number, (title, start, presenter) in enumerate(lessons(count)):
            sheet.write_string(number + 1, 0, title)
            sheet.write_datetime(number + 1, 1, start.replace(tzinfo=None), moment)
            for column, cell in enumerate(("GMT", presenter, *_rest(number)), start=2):
                if isinstance(cell, int):
                    sheet.write_number(number + 1, column, cell)
                else:
                    sheet.write_string(number + 1, column, cell)
    return path


def _rest(number: int) -> tuple[int | str, ...]:
    controls = (45, 5, 25, "en-GB", "yes", "audio", "https://school.example/after")
    return (*controls, f"Year {number % 7 + 7}", f"M{number % 40}")
