"""The calendar of classes: how many run at once, who is in a window, which presenter is booked twice.

Times are UTC seconds since the epoch and every class is half-open, [start, end):
back to back is no overlap. Classes are kept in arrays, not as objects, because
100,000 of them stand here for a whole run; a class itself is known by its tag,
an int of the caller's choosing (a row number, say, and negative for a foreign class).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

Interval = tuple[int, int]  #: [start, end), never empty

_DAY = 86_400


class Window(NamedTuple):
    """A stretch of time, and the most classes that run at once in it."""

    start: int
    end: int
    peak: int


class Booking(NamedTuple):
    """One class, by its tag."""

    start: int
    end: int
    tag: int


class OccupancyCalendar:
    """How many classes run at once, as a step function that classes join and leave.

    Steps are kept day by day (seconds into the day, and the depth from there to
    the next step), so a change moves a day's steps at most, however long the term.
    """

    __slots__ = ("_days",)

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        """Same as adding each interval, but 100,000 at once cost a fifth of the time."""
        self._days: dict[int, tuple[array[int], array[int]]] = {}
        changes: dict[int, int] = {}
        for start, end in intervals:
            _refuse_empty(start, end)
            changes[start] = changes.get(start, 0) + 1
            changes[end] = changes.get(end, 0) - 1
        times = sorted(changes)
        depth = 0
        for start, end in pairwise(times):
            depth += changes[start]
            if depth:
                self._append(start, end, depth)

    def copy(self) -> "OccupancyCalendar":
        """The same steps, to go on with apart."""
        twin = OccupancyCalendar()
        twin._days = {day: (times[:], depths[:]) for day, (times, depths) in self._days.items()}
        return twin

    def add(self, start: int, end: int) -> None:
        _refuse_empty(start, end)
        for day, low, high in _pieces(start, end):
            self._change(day, low, high, 1)

    def remove(self, start: int, end: int) -> None:
        """Take out a class that was added.

        Raises:
            ValueError: at some moment of [start, end) no class runs. Nothing is changed.
        """
        _refuse_empty(start, end)
        pieces = list(_pieces(start, end))
        if not all(min(self._depths(*piece), default=0) for piece in pieces):
            raise ValueError(f"no class runs all through {start} to {end}: there is nothing to remove")
        for day, low, high in pieces:
            self._change(day, low, high, -1)

    def peak(self, start: int, end: int) -> int:
        """The most classes that run at one moment of [start, end)."""
        day, low = divmod(start, _DAY)
        high = low + end - start
        if high <= _DAY:  # nearly every class
            return max(self._depths(day, low, high), default=0)
        return max(max(self._depths(*piece), default=0) for piece in _pieces(start, end))

    def fits(self, start: int, end: int, limit: int) -> bool:
        """Whether one more class may run all through [start, end)."""
        return self.peak(start, end) < limit

    def windows(self, at_least: int, within: Interval | None = None) -> Iterator[Window]:
        """The longest stretches in which `at_least` (1 or more) classes run all the time, in order.

        `windows(limit + 1)` is over-full, `windows(limit)` has no room. Given
        `within`, what lies outside it is cut off.
        """
        found: Window | None = None
        for step in self._steps(at_least, within):
            if found and found.end == step.start:
                found = Window(found.start, step.end, max(found.peak, step.peak))
                continue
            if found:
                yield found
            found = step
        if found:
            yield found

    def _steps(self, at_least: int, within: Interval | None) -> Iterator[Window]:
        pieces = _pieces(*within) if within else [(day, 0, _DAY) for day in sorted(self._days)]
        for day, low, high in pieces:
            depths = self._depths(day, low, high)
            if max(depths, default=0) < at_least:
                continue
            times = self._days[day][0]
            first = bisect_right(times, low) - 1
            edges = [low, *times[first + 1 : first + len(depths)], high]
            for i, depth in enumerate(depths):
                if depth >= at_least:
                    yield Window(day * _DAY + edges[i], day * _DAY + edges[i + 1], depth)

    def _depths(self, day: int, low: int, high: int) -> "array[int]":
        """The depths of the steps that [low, high) of this day touches; none where no class ever was."""
        steps = self._days.get(day)
        if steps is None:
            return array("i")
        times, depths = steps
        return depths[bisect_right(times, low) - 1 : bisect_left(times, high)]

    def _change(self, day: int, low: int, high: int, by: int) -> None:
        steps = self._days.get(day)
        if steps is None:
            steps = self._days[day] = array("i", (0,)), array("i", (0,))
        times, depths = steps
        first = bisect_left(times, low)
        if first == len(times) or times[first] != low:
            times.insert(first, low)
            depths.insert(first, depths[first - 1])
        last = bisect_left(times, high, first)
        if high < _DAY and (last == len(times) or times[last] != high):
            times.insert(last, high)
            depths.insert(last, depths[last - 1])
        for step in range(first, last):
            depths[step] += by

    def _append(self, start: int, end: int, depth: int) -> None:
        """A step after all others."""
        for day, low, high in _pieces(start, end):
            if day not in self._days:
                self._days[day] = array("i", (0,)), array("i", (0,))
            times, depths = self._days[day]
            if times[-1] == low:
                depths[-1] = depth
            else:
                times.append(low)
                depths.append(depth)
            if high < _DAY:
                times.append(high)
                depths.append(0)


class IntervalIndex:
    """Classes by their start, with tags: who is in a window."""

    __slots__ = ("_ends", "_longest", "_starts", "_tags")

    def __init__(self, classes: Iterable[tuple[int, int, int]] = ()) -> None:
        """Hand in what is known at once: `add` out of order moves all later classes."""
        ordered = sorted(classes)
        self._starts = array("q", (start for start, _, _ in ordered))
        self._ends = array("q", (end for _, end, _ in ordered))
        self._tags = array("q", (tag for _, _, tag in ordered))
        self._longest = max((end - start for start, end, _ in ordered), default=0)

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, start: int, end: int, tag: int) -> None:
        length = end - start
        if length > self._longest:
            self._longest = length
        elif length <= 0:
            _refuse_empty(start, end)
        position = bisect_right(self._starts, start)
        self._starts.insert(position, start)
        self._ends.insert(position, end)
        self._tags.insert(position, tag)

    def during(self, start: int, end: int) -> Iterator[Booking]:
        """Every class that overlaps [start, end), by its start."""
        first = bisect_right(self._starts, start - self._longest)
        for i in range(first, bisect_left(self._starts, end, first)):
            if self._ends[i] > start:
                yield Booking(self._starts[i], self._ends[i], self._tags[i])


class IntervalsByDay:
    """Who is in a window, whoever presents: a diary for each day, so that a class moves a day's classes at most."""

    __slots__ = ("_days",)

    def __init__(self, classes: Iterable[tuple[int, int, int]] = ()) -> None:
        self._days: dict[int, IntervalIndex] = {}
        for start, end, tag in classes:
            self.add(start, end, tag)

    def add(self, start: int, end: int, tag: int) -> None:
        _refuse_empty(start, end)
        for day in _days(start, end):
            diary = self._days.get(day)
            if diary is None:
                diary = self._days[day] = IntervalIndex()
            diary.add(start, end, tag)

    def during(self, start: int, end: int) -> Iterator[Booking]:
        """Every class that overlaps [start, end), once, by its start."""
        for day in _days(start, end):
            diary = self._days.get(day)
            for booking in diary.during(start, end) if diary else ():
                # What began on an earlier day was met on that day, or on the window's first.
                if booking.start // _DAY == day or (day == start // _DAY and booking.start < start):
                    yield booking


class PresenterBookings:
    """Each presenter's diary. Classes that overlap may be added: the service may hold such already."""

    __slots__ = ("_diaries",)

    def __init__(self) -> None:
        self._diaries: dict[str, IntervalIndex] = {}

    def add(self, presenter: str, start: int, end: int, tag: int) -> None:
        diary = self._diaries.get(presenter)
        if diary is None:
            diary = self._diaries[presenter] = IntervalIndex()
        diary.add(start, end, tag)

    def in_the_way(self, presenter: str, start: int, end: int) -> Booking | None:
        """The presenter's first class that overlaps [start, end)."""
        diary = self._diaries.get(presenter)
        return None if diary is None else next(diary.during(start, end), None)


class BusyTimes:
    """When somebody is busy, whatever with: what overlaps or touches is one stretch.

    Seconds stand in four bytes while they fit: a million classes are here at once.
    """

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts = array("I")
        self._ends = array("I")

    def add(self, start: int, end: int) -> None:
        _refuse_empty(start, end)
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        try:
            starts, ends = array(self._starts.typecode, (start,)), array(self._ends.typecode, (end,))
        except OverflowError:  # before 1970 or after 2106
            self._starts, self._ends = array("q", self._starts), array("q", self._ends)
            starts, ends = array("q", (start,)), array("q", (end,))
        self._starts[first:last] = starts
        self._ends[first:last] = ends

    def overlap(self, start: int, end: int) -> bool:
        """Whether some moment of [start, end) is taken; back to back is fine."""
        first = bisect_right(self._ends, start)
        return first < len(self._starts) and self._starts[first] < end


class BusyPresenters:
    """When each presenter is busy. What a plan asks; who is in the way, `PresenterBookings` tells."""

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: dict[str, BusyTimes] = {}

    def add(self, presenter: str, start: int, end: int) -> None:
        times = self._times.get(presenter)
        if times is None:
            times = self._times[presenter] = BusyTimes()
        times.add(start, end)

    def clash(self, presenter: str, start: int, end: int) -> bool:
        """Whether the presenter has a class that overlaps [start, end)."""
        times = self._times.get(presenter)
        return times is not None and times.overlap(start, end)


def _days(start: int, end: int) -> range:
    return range(start // _DAY, (end - 1) // _DAY + 1)


def _pieces(start: int, end: int) -> Iterable[tuple[int, int, int]]:
    """[start, end) cut at midnight: the day's number, from second, to second."""
    day, low = divmod(start, _DAY)
    high = low + end - start
    if high <= _DAY:  # nearly every class: no generator for it
        return ((day, low, high),)
    return _cut_at_midnight(day, low, high)


def _cut_at_midnight(day: int, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    while high > _DAY:
        yield day, low, _DAY
        day, low, high = day + 1, 0, high - _DAY
    yield day, low, high


def _refuse_empty(start: int, end: int) -> None:
    if start >= end:
        raise ValueError(f"a class from {start} to {end} takes no time")
