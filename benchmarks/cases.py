"""The work that is measured, each beside its floor in the same rounds. A case yields a ratio, or a figure with its goal."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measure import (
    COMMAND,
    HOUSE,
    Cost,
    cost_of,
    environment,
    sandbox,
    scratch,
    write_csv,
    write_xlsx,
)

_CHECK, _CHECK_QUICKLY = (f"check .xlsx{how} / openpyxl read alone" for how in ("", " with the extra fast"))
_FLOOR = (sys.executable, "-m", "benchmarks.floors")


@dataclass(frozen=True, slots=True)
class Figure:
    """One round of one case."""

    work: str
    value: float  #: what is held against the goal: a ratio to the floor, seconds, rows a second or a share
    detail: str  #: the two numbers behind it


@dataclass(frozen=True, slots=True)
class Case:
    run: Callable[[int], Iterator[Figure]]  #: takes a scale in rows
    rows: int
    must: dict[str, str]  #: work -> goal, as docs/speed.md has it
    by_name_only: bool = False


def end_to_end(rows: int) -> Iterator[Figure]:
    """A CSV term from file to results, and the share of it that is sending, beside a bare loop."""
    with scratch() as folder, sandbox(folder) as url:
        _send_the_first(folder, url)
        write_csv(folder / "term.csv", rows)
        whole = _submit(folder, "term.csv", url)
        checked = cost_of((*COMMAND, "check", "term.csv", "--quiet"), folder)
        results = cost_of((*COMMAND, "results", "--out", "again.xlsx", "--quiet"), folder)
        with scratch() as other, sandbox(other) as bare:
            loop = _loop(other, bare, rows)
    send = whole.cpu_s - checked.cpu_s - results.cpu_s
    yield _ratio("csv end to end / bare loop", whole.cpu_s, loop)
    yield _ratio("send stage / bare loop (whole less check less results)", send, loop)


def beside_script(rows: int) -> Iterator[Figure]:
    """An .xlsx submitted, beside pandas and requests."""
    with scratch() as folder, sandbox(folder) as url:
        write_xlsx(folder / "term.xlsx", rows)
        ours = _submit(folder, "term.xlsx", url)
        with scratch() as other, sandbox(other) as bare:
            script = cost_of((*_FLOOR, "script", bare, str(folder / "term.xlsx")), HOUSE)
    yield _ratio(".xlsx submitted / pandas + requests", ours.cpu_s, script.cpu_s)


def small_batch(rows: int) -> Iterator[Figure]:
    """A whole command of 200 rows at 50 ms, 10 in flight: rows a second by the clock."""
    with scratch() as folder, sandbox(folder, "--latency-s", "0.05") as url:
        _send_the_first(folder, url)
        write_csv(folder / "term.csv", rows)
        ours = _submit(folder, "term.csv", url, CLASSBATCH_IN_FLIGHT="10")
    yield Figure("200 rows, 50 ms, 10 in flight, rows/s", rows / ours.wall_s, f"{ours.wall_s:.2f} s")


def slots(rows: int) -> Iterator[Figure]:
    """How busy 32 slots are kept: what they would take at least, beside the time between first and last create."""
    for latency_s in (0.05, 0.2):
        with scratch() as folder, sandbox(folder, "--latency-s", str(latency_s)) as url:
            _send_the_first(folder, url)
            write_csv(folder / "term.csv", rows)
            _submit(folder, "term.csv", url, CLASSBATCH_IN_FLIGHT="32")
            span = _sending_span_s(folder)
        yield Figure(
            f"slot use, 32 in flight, {latency_s * 1000:.0f} ms",
            rows * latency_s / 32 / span,
            f"{rows} rows in {span:.2f} s",
        )


def check_xlsx(rows: int) -> Iterator[Figure]:
    with scratch() as folder:
        write_xlsx(folder / "term.xlsx", rows)
        ours = cost_of((*COMMAND, "check", "term.xlsx", "--quiet"), folder)
        floor = cost_of((*_FLOOR, "openpyxl", str(folder / "term.xlsx")), HOUSE)
    yield _ratio(_CHECK_QUICKLY if find_spec("python_calamine_plus") else _CHECK, ours.cpu_s, floor.cpu_s)


def results_workbook(rows: int) -> Iterator[Figure]:
    with scratch() as folder:
        ours = _printed((sys.executable, "-m", "benchmarks.results", "--cpu", str(rows)), folder)
        floor = _printed((*_FLOOR, "xlsxwriter", str(folder / "floor.xlsx"), str(rows)), folder)
    yield _ratio("results x 20 / XlsxWriter constant_memory", ours, floor)


def planning(rows: int) -> Iterator[Figure]:
    words = (sys.executable, "-m", "benchmarks.plan", str(rows), "--json")
    found = json.loads(subprocess.run(words, cwd=HOUSE, check=True, capture_output=True).stdout)
    for fit in ("first", "most"):
        yield Figure(f"plan with clashes, {fit}, s", found[fit], f"{rows} rows")
        held = f"{found[f'{fit}_held']} rows held"
        yield Figure(f"saying why not and when else, {fit}, s", found[f"{fit}_explained"], held)


def start_up(_rows: int) -> Iterator[Figure]:
    with scratch() as folder:
        write_csv(folder / "term.csv", 10)
        small = cost_of((*COMMAND, "check", "term.csv", "--quiet"), folder)
        yield Figure("check of 10 rows, CPU s", small.cpu_s, f"{small.peak_mib:.0f} MiB")
        helped = min((cost_of((*COMMAND, "--help"), folder) for _ in range(5)), key=lambda cost: cost.wall_s)
        nothing = min(
            (cost_of((sys.executable, "-c", "pass"), folder) for _ in range(5)), key=lambda cost: cost.wall_s
        )
        yield _ratio("--help wall / python -c pass", helped.wall_s, nothing.wall_s)


def beside_the_past(past: int) -> Iterator[Figure]:
    """100 rows beside a million classes that are over, and beside none."""
    costs = []
    for count in (0, past):
        with scratch() as folder, sandbox(folder) as url:
            words = (sys.executable, "-m", "benchmarks.past", str(folder), str(count))
            subprocess.run(words, cwd=HOUSE, check=True, env=environment(folder))
            write_csv(folder / "term.csv", 100)
            costs.append(_submit(folder, "term.csv", url))
    yield _ratio(f"100 rows with {past:,} past classes / with none", costs[1].cpu_s, costs[0].cpu_s)


def memory(rows: int) -> Iterator[Figure]:
    """A million rows beside a hundred thousand."""
    peaks: dict[str, list[float]] = {"check": [], "submit": []}
    for count in (rows // 10, rows):
        with scratch() as folder, sandbox(folder) as url:
            write_csv(folder / "term.csv", count)
            more = {"CLASSBATCH_MAX_ROWS": str(rows)}
            peaks["check"].append(cost_of((*COMMAND, "check", "term.csv", "--quiet"), folder, more).peak_mib)
            peaks["submit"].append(_submit(folder, "term.csv", url, **more).peak_mib)
    for command, (few, many) in peaks.items():
        yield _ratio(f"memory of {command}, {rows:,} rows / {rows // 10:,}", many, few, unit="MiB")


CASES = {
    "end-to-end": Case(
        end_to_end,
        20_000,
        {
            "csv end to end / bare loop": "<= 3.5",
            "send stage / bare loop (whole less check less results)": "<= 2.2",
        },
    ),
    "script": Case(beside_script, 5_000, {".xlsx submitted / pandas + requests": "<= 0.5"}),
    "small-batch": Case(small_batch, 200, {"200 rows, 50 ms, 10 in flight, rows/s": ">= 120"}),
    "slots": Case(
        slots,
        2_000,
        {"slot use, 32 in flight, 50 ms": ">= 0.88", "slot use, 32 in flight, 200 ms": ">= 0.93"},
    ),
    "check": Case(check_xlsx, 10_000, {_CHECK: "<= 1.5", _CHECK_QUICKLY: "<= 1.0"}),
    "results": Case(results_workbook, 20_000, {"results x 20 / XlsxWriter constant_memory": "<= 0.6"}),
    "plan": Case(
        planning, 100_000, {"plan with clashes, first, s": "<= 1", "plan with clashes, most, s": "<= 2"}
    ),
    "start-up": Case(
        start_up, 10, {"check of 10 rows, CPU s": "<= 0.25", "--help wall / python -c pass": "<= 5"}
    ),
    "past": Case(
        beside_the_past,
        1_000_000,
        {"100 rows with 1,000,000 past classes / with none": "<= 1.5"},
        by_name_only=True,
    ),
    "memory": Case(
        memory,
        1_000_000,
        {
            "memory of check, 1,000,000 rows / 100,000": "<= 1.3",
            "memory of submit, 1,000,000 rows / 100,000": "<= 1.3",
        },
        by_name_only=True,
    ),
}


def _submit(folder: Path, file: str, url: str, **variables: str) -> Cost:
    more = {"CLASSBATCH_BASE_URL": url, "CLASSBATCH_SETTLE_S": "0", **variables}
    return cost_of((*COMMAND, "submit", file, "--quiet"), folder, more)


def _send_the_first(folder: Path, url: str) -> None:
    """Once in an account's life a row goes alone, and few until it is known how the account's list is written."""
    write_csv(folder / "first.csv", 10, presenter="first")
    _submit(folder, "first.csv", url)


def _loop(folder: Path, url: str, rows: int) -> float:
    return _printed((*_FLOOR, "loop", url, str(rows)), folder)


def _printed(words: tuple[str, ...], folder: Path) -> float:
    """The seconds that a process says it took."""
    done = subprocess.run(words, cwd=HOUSE, env=environment(folder), check=True, capture_output=True)
    return float(done.stdout)


def _sending_span_s(folder: Path) -> float:
    """From the first intent to the last ending, by the journal."""
    import sqlite3  # noqa: PLC0415 - for this alone

    (journal,) = folder.glob("**/journal.sqlite3")
    with sqlite3.connect(journal) as connection:
        newest = "SELECT id FROM batch ORDER BY started_at DESC LIMIT 1"
        (span,) = connection.execute(
            f"SELECT max(ended_at) - min(sent_at) FROM attempt WHERE batch = ({newest})"  # noqa: S608 - constants
        ).fetchone()
    return float(span)


def _ratio(work: str, ours: float, floor: float, *, unit: str = "s") -> Figure:
    return Figure(work, ours / floor, f"{ours:.3g} {unit} / {floor:.3g} {unit}")
