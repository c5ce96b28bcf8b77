"""How many calls the limit on classes at once costs, and how many rows are scheduled under it.

Each case sends a timetable to a sandbox in this process that enforces its limit, and
counts at the sandbox. Prints the table that stands in docs/limits.md.

    python -m benchmarks.limits [ROWS]
"""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from batch.core.outcome import Outcome
from batch.core.plan.capacity import Interval
from batch.core.plan.plan import Fit
from batch.core.plan.selection import largest_selection
from tests.support.crowd import Crowd, rows_of, school, term

PEAK, LIMIT = 40, 24

CASES: Mapping[str, dict[str, Any]] = {
    "limit known, `--fit first`": {"max_concurrent_classes": LIMIT},
    "limit known, `--fit most`": {"max_concurrent_classes": LIMIT, "fit": Fit.MOST},
    "limit unknown, `--fit first`": {},
    "limit unknown, `--fit most`": {"fit": Fit.MOST},
}


def told(name: str, ran: Crowd, best: int | None) -> None:
    held = ran.outcomes[Outcome.HELD]
    lost = len(ran.rows) - ran.outcomes[Outcome.SCHEDULED] - held
    cells = (
        name,
        ran.creates,
        ran.full,
        ran.outcomes[Outcome.SCHEDULED],
        best or "",
        held,
        lost,
        ran.peak,
        f"{ran.seconds:.1f} s",
    )
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


async def crowded(name: str, intervals: list[Interval], terms: dict[str, Any]) -> None:
    best = len(largest_selection(intervals, LIMIT).kept)
    async with school(max_concurrent_classes=LIMIT) as one:
        told(name, await one.submit(rows_of(intervals), **terms), best)


async def among_foreign(name: str, intervals: list[Interval], terms: dict[str, Any]) -> None:
    foreign = term(300, LIMIT // 2, seed=2)
    best = len(largest_selection(intervals, LIMIT, foreign).kept)
    async with school(max_concurrent_classes=LIMIT) as one:
        await one.elsewhere(foreign)
        told(name, await one.submit(rows_of(intervals), **terms), best)


async def counting_calls(rows: int) -> None:
    intervals = term(rows, PEAK, seed=3)
    async with school(max_concurrent_classes=5, limit_policy="inflight", latency_s=0.3) as one:
        ran = await one.submit(rows_of(intervals), workers=10)
        rate = ran.outcomes[Outcome.SCHEDULED] / ran.seconds
        told(
            f"calls are counted, 5 at once at 300 ms, 10 workers: {100 * rate * 0.3 / 5:.0f} % of the rate",
            ran,
            rows,
        )


async def naive(intervals: list[Interval]) -> None:
    """What a loop meets that tries each row five times and knows of nothing else."""
    async with school(max_concurrent_classes=LIMIT) as one:
        tried = await one.naively(rows_of(intervals), tries=5)
        cells = ("a retrying loop, five tries a row", *tried, "", len(intervals) - tried[2], "", "", "")
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


async def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    intervals = term(rows, PEAK)
    print(f"{rows} rows, {PEAK} at once at the peak, limit {LIMIT}, 32 workers\n")
    print("| case | creates | 1012 | scheduled | optimum | held | lost | most at once | time |")
    print("| --- |" + " ---: |" * 8)
    await naive(intervals)
    for name, terms in CASES.items():
        await crowded(name, intervals, terms)
    foreign = {"max_concurrent_classes": LIMIT, "fit": Fit.MOST}
    await among_foreign("300 foreign classes, listed, `--fit most`", intervals, foreign)
    await among_foreign(
        "300 foreign classes, `--no-foreign`, `--fit most`", intervals, {**foreign, "foreign": False}
    )
    await among_foreign("300 foreign classes, `--no-foreign`, limit unknown", intervals, {"foreign": False})
    await counting_calls(rows // 10)


if __name__ == "__main__":
    asyncio.run(main())
