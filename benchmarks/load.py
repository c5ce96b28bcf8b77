"""How long a workbook takes to be checked, and how much memory: of 10,000 and of 100,000 rows.

Prints, for each, how long `classbatch check` takes, by the clock and of the processor, and the
most memory that its process, the one that parses the workbook, and both together had.

    python benchmarks/load.py [ROWS ...]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

HOUSE = Path(__file__).resolve().parent.parent
#: Every presenter has so many classes, back to back.
_CLASSES_EACH = 200
_FIRST = datetime(2031, 9, 1, 8)  # noqa: DTZ001 - a cell has no zone
_LOOK_S = 0.02
_HEADER = (
    "title",
    "start_time",
    "time_zone",
    "presenter_email",
    "duration",
    "extend_duration",
    "attendee_limit",
    "language_culture_name",
    "create_recording",
    "attendee_default_controls",
    "return_url",
    "year",
    "room",
)


@dataclass(frozen=True, slots=True)
class Measured:
    rows: int
    seconds: float
    cpu_s: float  #: of both processes
    own_kib: int
    reader_kib: int
    together_kib: int
    exit_code: int


def write_term(path: Path, rows: int) -> None:
    """Thirteen columns, real dates; every title is another one, as no shared string helps."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Term")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, name in enumerate(_HEADER):
            sheet.write_string(0, column, name)
        for number in range(rows):
            presenter, turn = divmod(number, _CLASSES_EACH)
            rest = ("GMT", f"teacher{presenter}@school.example", 45, 5, 25, "en-GB", "yes", "audio")
            own = ("https://school.example/after", f"Year {number % 7 + 7}", f"M{number % 40}")
            sheet.write_string(number + 1, 0, f"Lesson {number}")
            sheet.write_datetime(number + 1, 1, _FIRST + timedelta(hours=turn), moment)
            for column, cell in enumerate((*rest, *own), start=2):
                if isinstance(cell, int):
                    sheet.write_number(number + 1, column, cell)
                else:
                    sheet.write_string(number + 1, column, cell)


def measure(rows: int) -> Measured:
    """Check a term of so many rows, and see what its two processes took."""
    with tempfile.TemporaryDirectory(prefix="classbatch-") as name:
        folder = Path(name)
        write_term(folder / "term.xlsx", rows)
        begun, used_before = time.perf_counter(), _cpu_s()
        own = reader = together = 0
        with subprocess.Popen(
            [sys.executable, "-m", "batch", "check", "term.xlsx", "--quiet"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": name, "PYTHONPATH": str(HOUSE)},
            stdout=subprocess.DEVNULL,
        ) as process:
            while process.poll() is None:
                mine, theirs = _kib(process.pid), sum(map(_kib, _children(process.pid)))
                own, reader, together = max(own, mine), max(reader, theirs), max(together, mine + theirs)
                time.sleep(_LOOK_S)
            seconds = time.perf_counter() - begun
        return Measured(rows, seconds, _cpu_s() - used_before, own, reader, together, process.returncode)


def _kib(pid: int) -> int:
    """What a process has in memory now; nothing when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    asked.add_argument("rows", nargs="*", type=int, default=[10_000, 100_000])
    for rows in asked.parse_args().rows:
        found = measure(rows)
        if found.exit_code:
            print(f"{rows} rows: the command left with exit code {found.exit_code}", file=sys.stderr)
            return found.exit_code
        mib = [kib / 1024 for kib in (found.own_kib, found.reader_kib, found.together_kib)]
        print(
            f"{rows:>7} rows: {found.seconds:5.1f} s ({found.cpu_s:.1f} s of CPU); at most {mib[0]:.0f} MiB, {mib[1]:.0f} MiB in the reader,"
            f" {mib[2]:.0f} MiB together"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
