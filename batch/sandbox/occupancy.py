"""How many classes run at each moment.

Intervals are half-open: a class that begins when another ends does not
overlap it. Cost depends on the changes within an interval, not on how many
classes there are, so that 100,000 classes can be tried.
"""

from bisect import bisect_left


class Occupancy:
    """A step function over time: `_counts[i]` holds from `_times[i]` up to the next time."""

    __slots__ = ("_counts", "_times")

    def __init__(self) -> None:
        self._times: list[int] = []
        self._counts: list[int] = []

    def peak(self, start: int, end: int) -> int:
        """The most classes at any moment of [start, end)."""
        first = bisect_left(self._times, start)
        if first == len(self._times) or self._times[first] > start:
            first -= 1  # the step that began before `start` reaches into it
        steps = self._counts[max(first, 0) : bisect_left(self._times, end)]
        return max(steps, default=0)

    def add(self, start: int, end: int) -> int:
        """One class more in [start, end); the peak there from now on."""
        self._change(start, end, 1)
        return self.peak(start, end)

    def remove(self, start: int, end: int) -> None:
        self._change(start, end, -1)

    def _change(self, start: int, end: int, by: int) -> None:
        for step in range(self._step_at(start), self._step_at(end)):
            self._counts[step] += by

    def _step_at(self, time: int) -> int:
        step = bisect_left(self._times, time)
        if step == len(self._times) or self._times[step] != time:
            self._times.insert(step, time)
            self._counts.insert(step, self._counts[step - 1] if step else 0)
        return step
