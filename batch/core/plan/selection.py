"""Which rows to send when not all can fit: the most rows, or the most weight, under the limit.

Both answers are optimal, and the same input always gives the same one. They favour
short classes, so whoever asks for them shows which rows lose. Presenters play no part
here: settle their clashes first (optimal for both together is another, harder problem;
settling them first costs less than 1 % of the rows of a timetable).
"""

from bisect import bisect_left, insort_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import accumulate, pairwise
from typing import NamedTuple

from batch.core.plan.capacity import Interval, OccupancyCalendar


class Selection(NamedTuple):
    """Positions in the intervals that were handed in, ascending."""

    kept: list[int]
    dropped: list[int]


def largest_selection(
    intervals: Sequence[Interval],
    limit: int,
    fixed: Sequence[Interval] = (),
    weights: Sequence[int] | None = None,
) -> Selection:
    """The rows to keep so that at most `limit` classes run at any moment.

    Args:
        intervals: the rows to choose from.
        limit: how many classes may run at once, 1 or more.
        fixed: classes that are there already and cannot be dropped. Where these
            alone reach the limit or pass it, no row is kept.
        weights: what each row is worth, 0 or more; without them every row is worth
            the same. With them the most weight is kept and, among equals, the most rows.
            Exact as well, and slower: each stretch of time costs its rows times the
            rows it loses. A term of 10,000 rows takes 0.1 s, of 100,000 2 to 4 s; 10,000
            rows on one day 9 s.

    Without weights greedy by latest end is optimal; with them the rows are a flow whose
    matrix is totally unimodular, so that whole rows are optimal.
    """
    dropped = (
        _dropped_by_end(intervals, limit, fixed)
        if weights is None
        else _dropped_by_weight(intervals, limit, fixed, weights)
    )
    lost = set(dropped)
    return Selection([row for row in range(len(intervals)) if row not in lost], sorted(lost))


def _dropped_by_end(intervals: Sequence[Interval], limit: int, fixed: Sequence[Interval]) -> list[int]:
    """Sweep by start; whenever too many run, the row with the latest end goes: it is in the way longest."""
    rows = len(intervals)
    classes = [*intervals, *fixed]
    running: list[int] = []  # kept rows that run now, as end * rows + row: of equal ends the later row goes
    running_fixed: list[int] = []  # ends
    dropped: list[int] = []
    for number in sorted(range(len(classes)), key=lambda number: classes[number][0]):
        start, end = classes[number]
        del running[: bisect_left(running, (start + 1) * rows)]
        del running_fixed[: bisect_left(running_fixed, start + 1)]
        if number < rows:
            insort_right(running, end * rows + number)
        else:
            insort_right(running_fixed, end)
        while running and len(running) + len(running_fixed) > limit:
            dropped.append(running.pop() % rows)
    return dropped


def _dropped_by_weight(
    intervals: Sequence[Interval], limit: int, fixed: Sequence[Interval], weights: Sequence[int]
) -> list[int]:
    """The cheapest rows to drop, one stretch of time after the other."""
    overfull = list(OccupancyCalendar([*intervals, *fixed]).windows(limit + 1))
    ends = [window.end for window in overfull]
    contested: list[int] = []
    staying = list(fixed)
    for row, (start, end) in enumerate(intervals):
        window = bisect_left(ends, start + 1)
        if window < len(ends) and overfull[window].start < end:
            contested.append(row)
        else:  # never worth dropping: it makes room where there is enough
            staying.append((start, end))
    calendar = OccupancyCalendar(staying)
    dropped: list[int] = []
    for rows in _stretches(contested, intervals):
        nodes = sorted({time for row in rows for time in intervals[row]})
        room = [max(0, limit - calendar.peak(start, end)) for start, end in pairwise(nodes)]
        node_at = {time: node for node, time in enumerate(nodes)}
        arcs = (
            # One more for each row kept decides between equal weights, and never outweighs one.
            (row, _Arc(node_at[start], node_at[end], weights[row] * (len(rows) + 1) + 1))
            for row, (start, end) in ((row, intervals[row]) for row in rows)
        )
        dropped += _Flow(room, arcs).cheapest_to_drop()
    return dropped


def _stretches(rows: list[int], intervals: Sequence[Interval]) -> Iterator[list[int]]:
    """The rows parted wherever none of them runs on: what is dropped before has no part in what is after."""
    together: list[int] = []
    last_end = 0
    for row in sorted(rows, key=intervals.__getitem__):
        start, end = intervals[row]
        if together and start >= last_end:
            yield together
            together = []
        last_end = max(last_end, end) if together else end
        together.append(row)
    if together:
        yield together


class _Arc(NamedTuple):
    start: int  #: node
    end: int  #: node
    price: int


class _Flow:
    """Minimum-cost flow along the time axis, from "all rows kept" to what there is room for.

    Nodes are moments. Room flows from each to the next, either through rows (one unit
    each, worth its price) or unused. With all rows kept the flow costs least but is too
    large where the time is over-full, so a surplus stands at the moment where an excess
    ends and a want where it began. Each step sends one unit from a surplus back to the nearest
    want on the cheapest path: back through a kept row drops it, forth through a dropped
    one takes it back. Costs never go negative under the potentials (successive shortest
    paths), so the last flow is the cheapest of all that fit.
    """

    def __init__(self, room: list[int], rows: Iterable[tuple[int, _Arc]]) -> None:
        size = len(room) + 1
        change = [0] * size
        # node -> the other node -> heap of the rows between them: back the kept ones, as
        # (price, -row), forth the dropped ones, as (-price, row). So only the best row of
        # many alike is ever looked at, and of equals the later row goes first.
        self._choices: list[dict[int, list[tuple[int, int]]]] = [{} for _ in range(size)]
        for row, (start, end, price) in rows:
            change[start] += 1
            change[end] -= 1
            heappush(self._choices[end].setdefault(start, []), (price, -row))
        depth = list(accumulate(change))
        self._unused = [max(0, places - running) for places, running in zip(room, depth, strict=False)]
        over = [max(0, running - places) for places, running in zip(room, depth, strict=False)]
        self._surplus = [before - after for before, after in pairwise([0, *over, 0])]
        self._potential = [0] * size

    def cheapest_to_drop(self) -> list[int]:
        for node in range(len(self._surplus)):
            while self._surplus[node] > 0:
                want = self._send(node)
                self._surplus[node] -= 1
                self._surplus[want] += 1
        return [
            row
            for node, choices in enumerate(self._choices)
            for other, heap in choices.items()
            if other > node
            for _, row in heap
        ]

    def _send(self, source: int) -> int:
        """One unit from `source` to the nearest want (Dijkstra); returns that node."""
        potential = self._potential
        best = {source: 0}
        came: dict[int, tuple[int, bool]] = {}  # node -> the node before it, and whether by a row
        settled: dict[int, int] = {}
        heap = [(0, source)]
        while True:
            so_far, node = heappop(heap)
            if node in settled:
                continue
            settled[node] = so_far
            if self._surplus[node] < 0:
                break
            so_far += potential[node]
            for neighbour, cost, by_row in self._ways(node):
                length = so_far + cost - potential[neighbour]
                if neighbour not in best or length < best[neighbour]:
                    best[neighbour] = length
                    came[neighbour] = node, by_row
                    heappush(heap, (length, neighbour))
        for seen, length in settled.items():
            potential[seen] += length - settled[node]
        self._turn(came, source, node)
        return node

    def _ways(self, node: int) -> Iterator[tuple[int, int, bool]]:
        """Where one unit can go from here, at what cost, and whether by a row."""
        if node < len(self._unused):
            yield node + 1, 0, False
        if node and self._unused[node - 1]:
            yield node - 1, 0, False
        for neighbour, heap in self._choices[node].items():
            if heap:
                yield neighbour, heap[0][0], True

    def _turn(self, came: Mapping[int, tuple[int, bool]], source: int, node: int) -> None:
        """Change what lies on the path found: rows dropped or taken back, room used or left."""
        while node != source:
            before, by_row = came[node]
            if by_row:
                cost, mark = heappop(self._choices[before][node])
                heappush(self._choices[node].setdefault(before, []), (-cost, -mark))
            elif node > before:
                self._unused[before] += 1
            else:
                self._unused[node] -= 1
            node = before
