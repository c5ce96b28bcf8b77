"""How long planning takes: a term of 100,000 rows against the limit and the presenters.

Prints seconds of CPU for each step, and MiB; making up the rows is not counted. The aim is
under a second of pure Python for each of the two plans, `--fit first` and `--fit most`.

    python -m benchmarks.plan [ROWS] [--json]
"""

import json
import random
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import time
from time import process_time

from batch.core.message import Message, RowNote
from batch.core.outcome import Outcome
from batch.core.plan.admission import Claim, ConcurrencyBudget, Counting, LimitPolicy
from batch.core.plan.capacity import OccupancyCalendar
from batch.core.plan.explain_held import Explainer, HeldRow, Hours
from batch.core.plan.load import Lesson, busiest
from batch.core.plan.plan import Candidate, Decision, Fit, Planner
from batch.core.service.attempt import ClassState

_DAY = 86_400
_MONDAY = 20_703 * _DAY  # 2026-09-07
_WEEKS = 16
_OVERLAP = Counting(policy=LimitPolicy.OVERLAP, now=_MONDAY)


def term(rows: int, chance: random.Random) -> list[Candidate]:
    """Weekdays from 07:00 to 19:00, five-minute starts, 30 to 120 minutes."""
    classes = []
    for position in range(rows):
        day = 7 * chance.randrange(_WEEKS) + chance.randrange(5)
        start = _MONDAY + day * _DAY + 7 * 3600 + 300 * chance.randrange(144)
        end = start + 60 * chance.choice((30, 45, 60, 75, 90, 120))
        classes.append(
            Candidate(
                position=position,
                presenter=f"teacher{chance.randrange(rows // 20 + 1)}@school.example",
                starts=start,
                ends=end,
                room_until=end,
                priority=1,
                class_state=ClassState.NEW,
            )
        )
    return classes


@contextmanager
def timed(step: str, seconds: dict[str, float]) -> Iterator[None]:
    begun = process_time()
    yield
    seconds[step] = process_time() - begun


def planned(rows: Sequence[Candidate], limit: int, fit: Fit) -> list[Decision]:
    planner = Planner(_OVERLAP, limit=limit, fit=fit)
    planner.take_room(rows)
    if planner.chooses:
        planner.choose(rows)
        planner.take_chosen(rows)
    return list(planner.decide(rows))


def admitted(rows: Sequence[Candidate], decisions: Sequence[Decision], limit: int | None) -> int:
    """What the room costs while the rows are sent, one after the other."""
    room = ConcurrencyBudget(LimitPolicy.OVERLAP, limit)
    room.begin(OccupancyCalendar())
    sent = 0
    for row, decision in zip(rows, decisions, strict=True):
        if (
            decision.outcome is None
            and room.claim(row.position, (row.starts, row.room_until)) is Claim.ADMITTED
        ):
            room.accepted(row.position)
            sent += 1
    return sent


def explained(rows: Sequence[Candidate], decisions: Sequence[Decision], limit: int) -> int:
    explainer = Explainer(
        _OVERLAP,
        limit=limit,
        hours=Hours(days=frozenset(range(5)), opens=time(8), closes=time(20)),
        earliest=_MONDAY,
        name_of=lambda position: Message(RowNote.ROW_CALLED, {"number": position, "title": "a title"}),
    )
    held = 0
    for row, decision in zip(rows, decisions, strict=True):
        if decision.outcome is None:
            explainer.book(row.position, row.presenter, row.starts, row.ends, row.room_until)
    for row, decision in zip(rows, decisions, strict=True):
        if decision.outcome is Outcome.HELD:
            explainer.explain(
                HeldRow(
                    position=row.position,
                    code=decision.code or "",
                    presenter=row.presenter,
                    starts=row.starts,
                    ends=row.ends,
                    room_until=row.room_until,
                    zone="Europe/London",
                )
            )
            held += 1
    return held


def clashing(rows: int) -> list[Candidate]:
    """Twelve at once in every half hour, and one presenter of the twelve booked twice."""
    return [
        Candidate(
            position=position,
            presenter=f"teacher{min(position % 12, 10) + 12 * (position // 12 % 50)}@school.example",
            starts=(start := _MONDAY + 1800 * (position // 12)),
            ends=start + 1800,
            room_until=start + 1800,
            priority=1,
            class_state=ClassState.NEW,
        )
        for position in range(rows)
    ]


def print_json(count: int) -> None:
    """Seconds of CPU for planning a term with clashes, a limit of 10 where 12 run at once, and for saying why not."""
    found: dict[str, float] = {}
    rows = clashing(count)
    for fit in Fit:
        begun = process_time()
        decisions = planned(rows, 10, fit)
        found[fit.value] = process_time() - begun
        begun = process_time()
        explained(rows, decisions, 10)
        found[f"{fit.value}_explained"] = process_time() - begun
        found[f"{fit.value}_held"] = sum(decision.outcome is Outcome.HELD for decision in decisions)
    print(json.dumps(found))


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--json"]
    count = int(words[0]) if words else 100_000
    if "--json" in sys.argv:
        print_json(count)
        return
    rows = term(count, random.Random(1))
    peak = max(window.peak for window in OccupancyCalendar((row.starts, row.ends) for row in rows).windows(1))
    limit = max(1, peak * 6 // 10)
    seconds: dict[str, float] = {}
    with timed("--fit first: clashes and room, in file order", seconds):
        first = planned(rows, limit, Fit.FIRST)
    with timed("--fit most: clashes, the largest selection, and room", seconds):
        most = planned(rows, limit, Fit.MOST)
    with timed("asking for room before each row is sent", seconds):
        sent = admitted(rows, first, limit)
    with timed("the load by hours and days", seconds):
        busiest((Lesson(row.starts, row.ends, row.ends, "Europe/London") for row in rows), limit=limit)
    with timed("telling each held row who is in the way, and when else", seconds):
        held = explained(rows, first, limit)

    tracemalloc.start()
    planned(rows, limit, Fit.FIRST)
    mebibytes = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()

    print(f"{count} rows, {peak} at once at the peak, limit {limit}")
    for name, decisions in (("first", first), ("most", most)):
        codes = Counter(decision.code or "sent" for decision in decisions)
        print(f"--fit {name}: " + ", ".join(f"{number} {code}" for code, number in sorted(codes.items())))
    print(f"{sent} rows were let go, {held} were told why not")
    for step, taken in seconds.items():
        print(f"{taken:8.3f} s  {step}")
    print(f"{mebibytes:8.1f} MiB  at most, while --fit first is planned, decisions included")


if __name__ == "__main__":
    main()
