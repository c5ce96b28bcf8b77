"""What a list that lags behind still shows: each class as it was some time ago."""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence

from batch.sandbox.classes import FIRST_CLASS_ID, ScheduledClass


class EarlierStates:
    """The states of classes that were changed, for as long as a list may still show them."""

    def __init__(self) -> None:
        self._replaced: deque[tuple[float, ScheduledClass]] = (
            deque()
        )  #: when, and what stood there until then

    def keep(self, old: ScheduledClass, *, until: float, since: float) -> None:
        """Keep a state that was replaced at `until`; those replaced before `since` are forgotten."""
        while self._replaced and self._replaced[0][0] <= since:
            self._replaced.popleft()
        self._replaced.append((until, old))

    def as_of(self, moment: float, classes: Sequence[ScheduledClass]) -> Sequence[ScheduledClass]:
        """The classes that were there at a moment, as they were then.

        Args:
            moment: seconds since the epoch.
            classes: as they are, by rising class_id.
        """
        there = list(classes[: bisect_right(classes, moment, key=lambda each: each.created_at)])
        # The oldest state that is later replaced is the one of that moment, so it is put in last.
        later = [(until, old) for until, old in self._replaced if until > moment]
        for _, old in reversed(later):
            position = old.class_id - FIRST_CLASS_ID
            if position < len(there):
                there[position] = old
        return there
