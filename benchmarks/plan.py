"""How long planning takes: a term of 100,000 rows against the limit and the presenters.

Prints seconds of CPU for each step, and MiB; making up the rows is not counted. The aim is
under a second of pure Python for the two modes together: `--fit first` and `--fit most`.

    python benchmarks/plan.py [ROWS]
"""

import random
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from batch.core.capacity import Bookings, Calendar, Diary, Interval
from batch.core.selection import largest_selection

_DAY = 86_400
_MONDAY = 20_703 * _DAY  # 2026-09-07
_WEEKS = 16


def term(rows: int, chance: random.Random) -> list[tuple[str, Interval]]:
    """Presenters and classes: weekdays from 07:00 to 19:00, five-minute starts, 30 to 120 minutes."""
    classes = []
    for _ in range(rows):
        day = 7 * chance.randrange(_WEEKS) + chance.randrange(5)
        start = _MONDAY + day * _DAY + 7 * 3600 + 300 * chance.randrange(144)
        length = 60 * chance.choice((30, 45, 60, 75, 90, 120))
        classes.append((f"teacher{chance.randrange(rows // 20 + 1)}@school.example", (start, start + length)))
    return classes


@contextmanager
def timed(step: str, seconds: dict[str, float]) -> Iterator[None]:
    begun = process_time()
    yield
    seconds[step] = process_time() - begun


def in_file_order(classes: list[tuple[str, Interval]], limit: int) -> tuple[Calendar, Bookings, int]:
    """What `--fit first` asks of each row; returns how many were placed, too."""
    calendar, bookings, placed = Calendar(), Bookings(), 0
    for row, (presenter, (start, end)) in enumerate(classes):
        if bookings.clash(presenter, start, end) is None and calendar.fits(start, end, limit):
            calendar.add(start, end)
            bookings.add(presenter, start, end, row)
            placed += 1
    return calendar, bookings, placed


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    classes = term(rows, random.Random(1))
    intervals = [interval for _, interval in classes]
    limit = max(1, max(window.peak for window in Calendar(intervals).windows(1)) * 6 // 10)
    seconds: dict[str, float] = {}
    with timed("over-full windows", seconds):
        overfull = list(Calendar(intervals).windows(limit + 1))
    with timed("fit first: clashes and room, in file order", seconds):
        placed = in_file_order(classes, limit)[2]
    with timed("fit most: the largest selection", seconds):
        kept = len(largest_selection(intervals, limit).kept)
    both = sum(seconds.values())
    with timed("who is in each over-full window", seconds):
        diary = Diary((*interval, row) for row, interval in enumerate(intervals))
        named = sum(1 for window in overfull for _ in diary.during(window.start, window.end))
    weights = [1 + row % 5 for row in range(rows)]
    with timed("fit most with priorities: the heaviest selection", seconds):
        largest_selection(intervals, limit, weights=weights)

    tracemalloc.start()
    kept_alive = in_file_order(classes, limit)
    mebibytes = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    del kept_alive

    print(f"{rows} rows, limit {limit}: {len(overfull)} over-full windows with {named} rows in them")
    print(f"placed in file order {placed}; largest selection, presenters aside, {kept}")
    for step, taken in seconds.items():
        print(f"{taken:8.3f} s  {step}")
    print(f"{both:8.3f} s  the first three together ({1e6 * both / rows:.1f} us a row)")
    print(f"{mebibytes:8.1f} MiB  calendar and bookings")


if __name__ == "__main__":
    main()
