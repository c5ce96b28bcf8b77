"""The limit on classes at once while a batch runs: which row may be sent now, and what a 1012 teaches.

A row takes its room when it is sent and gives it back only when it is certain that
no class came of it. So the service is never asked for more than is known to fit,
and what is not known is found out by one row at a time.
"""

from collections.abc import Iterable, Mapping
from enum import Enum, StrEnum, auto, unique

from batch.core.plan.capacity import Interval, IntervalIndex, OccupancyCalendar
from batch.core.quick_dataclass import dataclass


@unique
class LimitPolicy(StrEnum):
    """What the account's limit counts. Stored in journals: a released value is never renamed."""

    OVERLAP = "overlap"  #: classes that overlap in time
    OUTSTANDING = "outstanding"  #: classes that are not over yet
    INFLIGHT = "inflight"  #: calls that are open


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How a class takes up room: the one thing in which the policies differ."""

    policy: LimitPolicy
    now: int  #: UTC seconds
    extend_counts: bool = (
        True  #: whether extend_duration takes up room too; unknown of the service, true is safe
    )

    def span(self, starts: int, ends: int, room_until: int) -> Interval:
        """From when until when a class counts. A class that is not over counts from now on."""
        until = room_until if self.extend_counts else ends
        if self.policy is LimitPolicy.OUTSTANDING:
            return min(self.now, until - 1), until
        return starts, until


class Claim(Enum):
    """What a row is told that wants to be sent."""

    ADMITTED = auto()  #: its room is taken
    WAIT = auto()  #: for the answer of a row under way
    HELD = auto()  #: there is no room, and none will be freed in this run


class After1012(Enum):
    """What becomes of a row that was refused with 1012."""

    AGAIN = auto()  #: it may be the calls that are counted: try it again among fewer of them
    REPLANNED = auto()  #: the limit is known now; the row is planned again with the rest
    HELD = auto()


@dataclass(frozen=True, slots=True)
class Learned:
    """Something about the account that holds for the next run, too."""

    name: str
    value: str
    source: str


#: Under this name the journal keeps the limit, and under that the policy.
LIMIT, POLICY = "max_concurrent_classes", "limit_policy"

#: One row at a time finds out whether a depth is allowed that no row has reached yet, up to
#: this depth; beyond it more of them, or a large licence would be found out for ever.
_DEPTHS_PER_PROBE = 64


class ConcurrencyBudget:
    """The account's room, and all that is known of its limit. Rows are known by a key of the caller's choosing.

    While the limit is unknown, a row that would make more classes overlap than the
    service has yet accepted is a probe, and waits for the probe before it: so the
    limit costs one refusal, not one for each worker.
    """

    def __init__(self, policy: LimitPolicy, limit: int | None = None) -> None:
        self.policy = policy
        self.limit = limit
        self.most_calls: int | None = (
            None  #: so many calls may be open at once; None: as many as the gate lets
        )
        self.replan = False  #: what is known has changed: the rows that were not sent are planned again
        self.changes = 0  #: counts what may let a waiting row go
        self.news: list[Learned] = []
        self.nogoods: list[
            Interval
        ] = []  #: refused though the calendar had room: what contains one is refused too
        self._proven = 1  #: so many classes at once the service has accepted
        self._calendar = OccupancyCalendar()
        self._refused = IntervalIndex()  # the nogoods again, by time
        self._pending: dict[int, Interval] = {}  # taken by rows under way
        self._doubtful: dict[int, Interval] = {}  # taken by rows whose answer was lost
        self._probes: set[int] = set()
        self._suspects: set[int] = set()  # refused, perhaps for the calls that were open
        self._calls_count = policy is LimitPolicy.INFLIGHT
        self._calls_do_not_count = False
        if self._calls_count:
            self.most_calls = limit

    def begin(self, taken: OccupancyCalendar, doubtful: Mapping[int, Interval] | None = None) -> None:
        """Start from what takes up room now. No row is under way, and the plan is as good as what is known.

        Args:
            taken: by all classes that exist, or may.
            doubtful: which rows those are that may: sent again, they need no more room than they have.
        """
        self._calendar = taken
        self._pending.clear()
        self._doubtful = dict(doubtful or {})
        self._probes.clear()
        self._suspects.clear()
        self.replan = False

    # -- what rows ask and tell ---------------------------------------------------

    def claim(self, key: int, span: Interval) -> Claim:
        """Whether a row may be sent now; if so, its room is taken until it is told how the row ended."""
        doubtful = self._doubtful.pop(key, None)
        if doubtful is not None:  # sent again: its first sending is known to have come to nothing
            self._calendar.remove(*doubtful)
        if not self._calls_count:
            refusal = self._objection(key, span)
            if refusal is not None:
                return refusal
        self._calendar.add(*span)
        self._pending[key] = span
        return Claim.ADMITTED

    def _objection(self, key: int, span: Interval) -> Claim | None:
        if is_nogood(span, self._refused):
            return Claim.HELD
        depth = self._calendar.peak(*span) + 1
        if self.limit is not None:
            if depth <= self.limit:
                return None
            return (
                Claim.WAIT if any(_overlap(span, other) for other in self._pending.values()) else Claim.HELD
            )
        if depth > self._proven:
            if len(self._probes) > self._proven // _DEPTHS_PER_PROBE:
                return Claim.WAIT
            self._probes.add(key)
        return None

    def accepted(self, key: int) -> None:
        """The class is there."""
        span, proven = self._pending.pop(key), self._proven
        if self._calendar.peak(*span) > proven:
            self._proven = max(proven, self._certain_peak(span))
        self._ended(key, frees=self._proven > proven)
        if key in self._suspects:
            self._calls_are_counted()

    def freed(self, key: int) -> None:
        """Certainly no class came of the row."""
        span = self._pending.pop(key, None)
        if span is None:
            return
        self._calendar.remove(*span)
        self._ended(key, frees=True)
        # There is room now where there may have been none: an answer there proves nothing any more.
        self._suspects -= {
            suspect for suspect in self._suspects if _overlap(self._pending.get(suspect, span), span)
        }
        if not self._suspects and not self._calls_count:
            self.most_calls = None
        if next(self._refused.during(*span), None):
            self.nogoods = [nogood for nogood in self.nogoods if not _overlap(nogood, span)]
            self._refused = index_of(self.nogoods)

    def lost(self, key: int) -> None:
        """There was no answer: the class may exist, and keeps its room."""
        self._doubtful[key] = self._pending.pop(key)
        self._ended(key)

    def refused(self, key: int, *, stated: int | None, calls: int) -> After1012:
        """The service answered 1012.

        Args:
            stated: the number in its text, if there was one.
            calls: so many calls were open when this one was made, itself among them.
        """
        span = self._pending[key]
        if self._calls_count:
            self._narrow(stated or max(1, calls - 1))
            return After1012.AGAIN
        others = self._calendar.peak(*span) - 1
        explained = stated is not None and others >= stated >= self._proven
        if not explained and not self._calls_do_not_count:
            if calls > (stated or 1):
                self._suspects.add(key)
                self._narrow(stated or calls - 1)
                return After1012.AGAIN
            if key in self._suspects:  # refused again, though so few were open: it is not the calls
                self._calls_do_not_count = True
                self.most_calls = None
                self._suspects.clear()
        return self._no_room(key, span, stated, others)

    # -- what follows ---------------------------------------------------------------

    def _no_room(self, key: int, span: Interval, stated: int | None, others: int) -> After1012:
        if stated is not None:
            self._learn_limit(stated, "the text of a 1012")
        elif self.limit is None and others >= self._proven:
            self._learn_limit(others, "our own count at a 1012 without a number")
        self._pending.pop(key)
        self._calendar.remove(*span)
        self._ended(key, frees=True)
        if self.limit is not None and others >= self.limit:
            self.replan = True
            return After1012.REPLANNED
        # Classes that we do not know of are in the way.
        start, end = span
        nogood = (start, start + 1) if self.policy is LimitPolicy.OUTSTANDING else (start, end)
        self.nogoods.append(nogood)
        self._refused.add(*nogood, 0)
        return After1012.HELD

    def _learn_limit(self, limit: int, source: str) -> None:
        if self.limit is not None and limit >= self.limit:
            return
        self.limit = limit
        self.replan = True
        self.news.append(Learned(LIMIT, str(limit), source))

    def _calls_are_counted(self) -> None:
        """A row was refused among many calls and accepted among few, and nothing else had changed."""
        if self._calls_count:
            return
        self._calls_count = True
        self.policy = LimitPolicy.INFLIGHT
        self._suspects.clear()
        self.news.append(Learned(POLICY, self.policy.value, "refused among many calls, accepted among few"))
        self.news.append(Learned(LIMIT, str(self.most_calls), "a 1012"))
        if self.limit is not None:
            self.replan = True  # rows were held for a limit that does not count them

    def _narrow(self, calls: int) -> None:
        self.most_calls = min(calls, self.most_calls or calls)

    def _ended(self, key: int, *, frees: bool = False) -> None:
        # While the limit is unknown, rows wait for a probe, or for room that is free again, and for nothing else.
        self.changes += frees or self.limit is not None or key in self._probes
        self._probes.discard(key)

    def _certain_peak(self, span: Interval) -> int:
        """The most classes at once in the span that are certainly there."""
        uncertain = [*self._pending.values(), *self._doubtful.values()]
        for other in uncertain:
            self._calendar.remove(*other)
        peak = self._calendar.peak(*span)
        for other in uncertain:
            self._calendar.add(*other)
        return peak


@dataclass(frozen=True, slots=True)
class Refusal:
    """One 1012 as the journal has it, and the classes that it knew of when the row was sent."""

    stated: int | None  #: the number in the text
    overlapping: int  #: those that overlap the row
    outstanding: int  #: those that were not over yet


def suggested_policy(refusals: Iterable[Refusal]) -> LimitPolicy | None:
    """What the limit seems to count, where the refusals all say the same and overlapping classes do not explain it."""
    known = [refusal for refusal in refusals if refusal.stated is not None]
    if known and all(each.overlapping < each.stated == each.outstanding for each in known if each.stated):
        return LimitPolicy.OUTSTANDING
    return None


def index_of(nogoods: Iterable[Interval]) -> IntervalIndex:
    return IntervalIndex((start, end, 0) for start, end in nogoods)


def is_nogood(span: Interval, refused: IntervalIndex) -> bool:
    """Whether a class of this span contains one that was refused, and so would be refused itself."""
    start, end = span
    return len(refused) > 0 and any(
        start <= other.start and other.end <= end for other in refused.during(start, end)
    )


def _overlap(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] and other[0] < one[1]
