"""Rows -> Plan: which rows to send, in file order, and why the others are not.

The file's earlier row wins. Nobody is dropped silently: a held row names what is
in its way. Rows come one at a time, because 100,000 of them need not be held.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from batch.core.attempt import Fate
from batch.core.capacity import Bookings, Calendar
from batch.core.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A valid row, as planning sees it. Times are UTC seconds."""

    position: int
    number: int  #: the row number that Excel shows
    presenter: str
    starts: int
    ends: int
    room_until: int  #: with extend_duration: until when the class takes up room in the account
    fate: Fate  #: what earlier runs left behind for this very row
    code: str | None = None  #: of the last refusal
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a row. `outcome` None: it is sent."""

    position: int
    outcome: Outcome | None
    code: str | None = None
    message: str | None = None


class Planner:
    """Decides row by row; remembers only who is busy when, and how many run at once."""

    def __init__(self, *, limit: int | None = None, retry_refused: bool = False) -> None:
        self._limit = limit
        self._retry_refused = retry_refused
        self._bookings = Bookings()
        self._calendar = Calendar()

    def take_room(self, rows: Iterable[Candidate]) -> None:
        """First, over the whole file: rows whose class exists, or may, keep their place."""
        for row in rows:
            if row.fate in {Fate.THERE, Fate.IN_DOUBT}:
                self._book(row)

    def take_room_elsewhere(self, classes: Iterable[tuple[int, int]]) -> None:
        """Classes of the account that no row of the file stands for: from when, until when."""
        for starts, room_until in classes:
            self._calendar.add(starts, room_until)

    def decide(self, rows: Iterable[Candidate]) -> Iterator[Decision]:
        """Then, in file order: what becomes of each row."""
        for row in rows:
            yield self._decide(row)

    def _decide(self, row: Candidate) -> Decision:
        if row.fate is Fate.THERE:
            return Decision(row.position, Outcome.ALREADY)
        if row.fate is Fate.IN_DOUBT:
            return Decision(
                row.position,
                Outcome.UNKNOWN,
                row.code,
                "An earlier run sent this class and got no answer; it is looked up before it is sent again.",
            )
        if row.fate is Fate.REFUSED and not self._retry_refused:
            return Decision(row.position, Outcome.REFUSED, row.code, row.message)
        other = self._bookings.clash(row.presenter, row.starts, row.ends)
        if other is not None:
            return Decision(
                row.position,
                Outcome.HELD,
                "1032",
                f"{row.presenter} already has the class of row {other} at that time. "
                "Move one of the two, or give one another presenter.",
            )
        if self._limit is not None and not self._calendar.fits(row.starts, row.room_until, self._limit):
            return Decision(
                row.position,
                Outcome.HELD,
                "1012",
                f"At that time {self._limit} of the {self._limit} classes that the account may hold at once are "
                "taken. Move the class to another time, or ask WizIQ for a bigger licence.",
            )
        self._book(row)
        return Decision(row.position, None)

    def _book(self, row: Candidate) -> None:
        self._bookings.add(row.presenter, row.starts, row.ends, row.number)
        self._calendar.add(row.starts, row.room_until)
