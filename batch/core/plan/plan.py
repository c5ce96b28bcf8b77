"""Rows -> Plan: which rows to send, and why the others are not.

The file's earlier row wins, unless the most rows are asked for; of two classes of
one presenter that overlap it always wins. Nobody is dropped silently: a held row
is told what is in its way (`explain_held.py`). Rows come one at a time, because 100,000
of them need not be held.
"""

from array import array
from collections.abc import Iterable, Iterator
from enum import StrEnum, unique

from batch.core.message import ChangeNote, Message, RowNote
from batch.core.outcome import Outcome
from batch.core.plan.admission import Counting, LimitPolicy, index_of, is_nogood
from batch.core.plan.agenda import OtherClass
from batch.core.plan.capacity import BusyPresenters, Interval, IntervalsByDay, OccupancyCalendar
from batch.core.plan.selection import largest_selection
from batch.core.quick_dataclass import dataclass
from batch.core.service.attempt import ClassState

#: Until the end of the run, when all that is in the way is known.
_CLASH, _NO_ROOM = Message(RowNote.CLASH), Message(RowNote.NO_ROOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A valid row, as planning sees it. Times are UTC seconds."""

    position: int
    presenter: str
    starts: int
    ends: int
    room_until: int  #: with extend_duration: until when the class may take up room in the account
    class_state: ClassState  #: what earlier runs left behind for this very row
    priority: int = 1  #: what the row is worth when not all can be sent
    is_gone: bool = False  #: it was scheduled, and the account no longer lists it: somebody cancelled it
    is_presumed: bool = False  #: it is in doubt for nothing but a journal that was lost
    #: Its class, where nobody knows whether a change or cancel of it is done; or one that may have become the row.
    unanswered: str | None = None
    code: str | None = None  #: of the last refusal
    refusal: Message | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a row. `outcome` None: it is sent."""

    position: int
    outcome: Outcome | None
    code: str | None = None
    message: Message | None = None


@unique
class Fit(StrEnum):
    """Which rows are sent when not all fit."""

    FIRST = "first"  #: the file's earlier ones
    MOST = "most"  #: as many as can be, or as much priority


class Planner:
    """Decides row by row; remembers only who is busy when, and how many run at once."""

    def __init__(
        self,
        counting: Counting,
        *,
        limit: int | None = None,
        fit: Fit = Fit.FIRST,
        nogoods: Iterable[Interval] = (),
        retry_refused: bool = False,
    ) -> None:
        """`nogoods`: times that the service has refused with 1012, whatever our calendar says."""
        self._counting = counting
        self._limit = None if counting.policy is LimitPolicy.INFLIGHT else limit
        self._retry_refused = retry_refused
        self._refused = index_of(nogoods)
        self._chooses = fit is Fit.MOST and self._limit is not None
        self._busy = BusyPresenters()
        self._calendar = OccupancyCalendar()
        self._placed = IntervalsByDay() if self._chooses else None  #: what was placed before the choice
        self.doubtful: dict[int, Interval] = {}  #: rows of the file whose class may exist, and its place
        self._chosen = bytearray()  # by position: 1 where the row has its place before the others are decided

    def take_room(self, rows: Iterable[Candidate]) -> None:
        """First, over the whole file: rows whose class exists, or may, keep their place."""
        for row in rows:
            if row.class_state in {ClassState.THERE, ClassState.IN_DOUBT} and not row.is_gone:
                self._book(row)
                if row.class_state is ClassState.IN_DOUBT:
                    self.doubtful[row.position] = self._span(row)

    def take_room_elsewhere(self, classes: Iterable[OtherClass]) -> None:
        """Classes of the account that no row of the file stands for."""
        for other in classes:
            self._take(other.presenter, other.starts, other.ends, other.room_until)

    def taken(self) -> OccupancyCalendar:
        """What takes up room before anything is decided."""
        return self._calendar.copy()

    @property
    def chooses(self) -> bool:
        """Whether `choose` and `take_chosen` come before `decide`; while no limit is known, all fit."""
        return self._chooses

    def choose(self, rows: Iterable[Candidate]) -> None:
        """Find the largest selection that fits. Clashes of presenters are settled first, by file order."""
        if self._limit is None or self._placed is None:
            return
        pool, booked = _Pool(), BusyPresenters()
        for row in rows:
            span = self._span(row)
            if self._settled(row) or self._clashes(row) or is_nogood(span, self._refused):
                continue
            if not booked.clash(row.presenter, row.starts, row.ends):
                booked.add(row.presenter, row.starts, row.ends)
                pool.add(row, span)
        self._chosen = pool.largest(self._limit, self._placed)
        self._placed = None  # nobody asks again

    def take_chosen(self, rows: Iterable[Candidate]) -> None:
        """Then give the chosen rows their places. What lost to a row that was not chosen may still find one."""
        for row in rows:
            if self._is_chosen(row):
                self._book(row)

    def decide(self, rows: Iterable[Candidate]) -> Iterator[Decision]:
        """At last, in file order: what becomes of each row."""
        for row in rows:
            yield self._decide(row)

    def _decide(self, row: Candidate) -> Decision:
        settled = self._settled(row)
        if settled is not None:
            return settled
        if self._is_chosen(row):
            return Decision(row.position, None)
        if self._clashes(row):
            return Decision(row.position, Outcome.HELD, "1032", _CLASH)
        span = self._span(row)
        full = self._limit is not None and not self._calendar.fits(*span, self._limit)
        if full or is_nogood(span, self._refused):
            return Decision(row.position, Outcome.HELD, "1012", _NO_ROOM)
        self._book(row)
        return Decision(row.position, None)

    def _settled(self, row: Candidate) -> Decision | None:
        """What earlier runs have left nothing to decide about."""
        if row.unanswered is not None and row.class_state is not ClassState.IN_DOUBT:
            facts = {"class_id": row.unanswered}
            return Decision(row.position, Outcome.UNKNOWN, None, Message(ChangeNote.UNANSWERED_CHANGE, facts))
        if row.class_state is ClassState.THERE:
            return Decision(row.position, Outcome.ALREADY)
        if row.class_state is ClassState.IN_DOUBT:
            note = RowNote.PRESUMED if row.is_presumed else RowNote.UNANSWERED
            return Decision(row.position, Outcome.UNKNOWN, row.code, Message(note))
        if row.class_state is ClassState.REFUSED and not self._retry_refused:
            return Decision(row.position, Outcome.REFUSED, row.code, row.refusal)
        return None

    def _clashes(self, row: Candidate) -> bool:
        return self._busy.clash(row.presenter, row.starts, row.ends)

    def _is_chosen(self, row: Candidate) -> bool:
        return row.position < len(self._chosen) and bool(self._chosen[row.position])

    def _span(self, row: Candidate) -> Interval:
        return self._counting.span(row.starts, row.ends, row.room_until)

    def _book(self, row: Candidate) -> None:
        self._take(row.presenter, row.starts, row.ends, row.room_until)

    def _take(self, presenter: str | None, starts: int, ends: int, room_until: int) -> None:
        if presenter is not None:
            self._busy.add(presenter, starts, ends)
        span = self._counting.span(starts, ends, room_until)
        self._calendar.add(*span)
        if self._placed is not None:
            self._placed.add(*span, 0)


class _Pool:
    """The rows to choose from, as numbers: a large file has a large pool."""

    def __init__(self) -> None:
        self._positions = array("q")
        self._starts = array("q")
        self._ends = array("q")
        self._priorities = array("q")

    def add(self, row: Candidate, span: Interval) -> None:
        self._positions.append(row.position)
        self._starts.append(span[0])
        self._ends.append(span[1])
        self._priorities.append(row.priority)

    def largest(self, limit: int, taken: IntervalsByDay) -> bytearray:
        """1 at the position of each row to be sent: the most rows, or the most priority where rows differ in it."""
        chosen = bytearray(max(self._positions, default=-1) + 1)
        is_weighted = len(set(self._priorities)) > 1
        for stretch in self._stretches():
            intervals = [(self._starts[i], self._ends[i]) for i in stretch]
            window = intervals[0][0], max(end for _, end in intervals)
            kept = largest_selection(
                intervals,
                limit,
                [(other.start, other.end) for other in taken.during(*window)],
                [self._priorities[i] for i in stretch] if is_weighted else None,
            ).kept
            for each in kept:
                chosen[self._positions[stretch[each]]] = 1
        return chosen

    def _stretches(self) -> Iterator[list[int]]:
        """The rows by start, parted wherever none of them runs on: one night has no part in another day's room."""
        together: list[int] = []
        last_end = 0
        for i in sorted(range(len(self._starts)), key=self._starts.__getitem__):
            if together and self._starts[i] >= last_end:
                yield together
                together = []
            last_end = max(last_end, self._ends[i]) if together else self._ends[i]
            together.append(i)
        if together:
            yield together
