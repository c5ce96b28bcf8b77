"""How long the results workbook takes, and how much memory.

    python -m benchmarks.results [ROWS ...]

Each size is written in a process of its own. Goal: 10,000 rows in under 3 s and 60 MB
above what the program needs anyway.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batch.core.outcome import Outcome
from batch.core.rows.problems import Problem
from batch.core.tally import Tally
from batch.report.facts import BatchFacts, ResultRow
from batch.report.wording.problems import worded
from batch.report.workbook.results import write_results

HEADER = (
    *(
        "title",
        "start_time",
        "time_zone",
        "presenter_email",
        "duration",
        "attendee_limit",
        "create_recording",
    ),
    *("language_culture_name", "return_url", "Room", "House", "Year", "Notes"),
)
FIRST = datetime(2031, 9, 1, 8, tzinfo=UTC)


def rows(count: int) -> Iterator[ResultRow]:
    """Nine scheduled, then one that needs a person."""
    for number in range(2, count + 2):
        start = FIRST + timedelta(minutes=7 * number % 100_000)
        presenter = f"teacher{number % 60}@school.example"
        cells = (
            *(f"Lesson {number}", f"{start:%Y-%m-%d %H:%M}", "Europe/London", presenter, "60", "25", "yes"),
            *("en-US", "https://school.example/after", "B12", "Blue", "9", ""),
        )
        if number % 10 == 0:
            issue = Problem.NOT_A_TIME.at(
                "start_time", cells[1], header="start_time", example="2031-09-01 14:00"
            )
            yield ResultRow(
                number=number, sheet="", outcome=Outcome.INVALID, cells=cells, problems=worded([issue])
            )
            continue
        yield ResultRow(
            number=number,
            sheet="",
            outcome=Outcome.SCHEDULED,
            call_id="1b8ad9e6fa71",
            class_id=str(2_492_040 + number),
            attempts=1,
            title=cells[0],
            presenter=presenter,
            starts=start,
            minutes=60,
            zone="Europe/London",
            presenter_url=f"https://class.example/launch?key={number:032}",
            fingerprint=f"{number:064x}",
            cells=cells,
        )


def measure(count: int) -> None:
    facts = BatchFacts(batch="b", file="term.xlsx", sheet="", account="a", sent_to="s")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.xlsx"
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, cpu = time.perf_counter(), time.process_time()
        tally = Tally(row.outcome for row in rows(count))
        write_results(path, header_names=HEADER, rows=rows(count), facts=facts, tally=tally)
        took, used = time.perf_counter() - began, time.process_time() - cpu
        above = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024
        size = path.stat().st_size / 2**20
        print(
            f"{count:>8,} rows  {took:6.2f} s  {used:6.2f} s CPU  {above:6.1f} MB above {base / 1024:.0f}  {size:.1f} MiB"
        )


def cpu_s(count: int) -> float:
    """CPU of writing alone: the rows are there before."""
    facts = BatchFacts(batch="b", file="term.xlsx", sheet="", account="a", sent_to="s")
    made = list(rows(count))
    tally = Tally(row.outcome for row in made)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        path = Path(folder) / "results.xlsx"
        write_results(path, header_names=HEADER, rows=made, facts=facts, tally=tally)
        return time.process_time() - begun


if __name__ == "__main__":
    if sys.argv[1:2] == ["--cpu"]:
        print(cpu_s(int(sys.argv[2])))
    elif len(sys.argv) == 2:
        measure(int(sys.argv[1]))
    else:
        for count in sys.argv[1:] or ("10000", "100000"):
            subprocess.run([sys.executable, "-m", "benchmarks.results", count], check=True)
