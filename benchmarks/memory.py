"""How much memory a run takes: a short and a long CSV, submitted to `classbatch sandbox` in another process.

Prints the peak resident memory of the command for both, and the ratio: rows flow through the
journal in blocks, so ten times the rows should take less than 1.5 times the memory.

    python benchmarks/memory.py [FEWER_ROWS MORE_ROWS]
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
KEYS = {"CLASSBATCH_ACCESS_KEY": "q+/Zk3x1Lw8=", "CLASSBATCH_SECRET_KEY": "7v+/u8P0+sdf/x9Kz2Yb+Q=="}
#: Every presenter has so many classes, back to back.
_CLASSES_EACH = 200
_FIRST = datetime(2031, 9, 1, 8, tzinfo=UTC)
_HEADER = ("title", "start_time", "time_zone", "presenter_email", "duration", "attendee_limit", "year group")
_COMMAND = (sys.executable, "-m", "batch")


@dataclass(frozen=True, slots=True)
class Measured:
    rows: int
    peak_mib: float
    seconds: float
    exit_code: int


def write_term(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        term = csv.writer(file)
        term.writerow(_HEADER)
        for number in range(rows):
            presenter, turn = divmod(number, _CLASSES_EACH)
            start = _FIRST + timedelta(hours=turn)
            email = f"teacher{presenter}@school.example"
            term.writerow((f"Lesson {number}", f"{start:%Y-%m-%d %H:%M}", "GMT", email, 60, 25, "Year 9"))


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(HOUSE), **KEYS}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`classbatch sandbox` in a process of its own; yields its address."""
    words = (*_COMMAND, "sandbox", "--port", "0")
    with subprocess.Popen(words, env=environment(folder), stdout=subprocess.PIPE, text=True) as service:
        try:
            lines = iter(service.stdout or ())
            yield next(line.split()[-1] for line in lines if line.startswith("Base URL: "))
        finally:
            service.kill()


def measure(rows: int) -> Measured:
    """Submit a term of so many rows, and see what its process took."""
    with tempfile.TemporaryDirectory(prefix="classbatch-") as name, serving(Path(name)) as url:
        folder = Path(name)
        write_term(folder / "term.csv", rows)
        begun = time.perf_counter()
        # No subprocess.run: of a child that it has waited for, the memory is no longer known by itself.
        process = subprocess.Popen(
            (*_COMMAND, "submit", "term.csv", "--quiet", "--base-url", url, "--settle-s", "0"),
            cwd=folder,
            env=environment(folder),
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begun
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return Measured(rows, used.ru_maxrss * unit / 2**20, seconds, process.returncode)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    asked.add_argument("fewer", nargs="?", type=int, default=10_000)
    asked.add_argument("more", nargs="?", type=int, default=100_000)
    arguments = asked.parse_args()
    peaks = []
    for rows in (arguments.fewer, arguments.more):
        found = measure(rows)
        if found.exit_code:
            print(f"{rows} rows: the command left with exit code {found.exit_code}", file=sys.stderr)
            return found.exit_code
        peaks.append(found.peak_mib)
        pace = found.rows / found.seconds
        print(
            f"{rows:>7} rows: {found.peak_mib:6.1f} MiB at most, {found.seconds:6.1f} s, {pace:,.0f} rows/s"
        )
    print(f"ratio: {peaks[1] / peaks[0]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
