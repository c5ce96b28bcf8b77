"""Why a row is held, and when else it would fit.

Told at the end of a run, when all that is in the way is known. What is proposed to
one row is not proposed to another: who follows all the proposals has no clash.
"""

from collections.abc import Callable
from datetime import time, tzinfo
from zoneinfo import ZoneInfo

from batch.core.message import Message, RowNote
from batch.core.plan.admission import Counting, LimitPolicy
from batch.core.plan.agenda import OtherClass, PlacedClasses
from batch.core.plan.capacity import Booking, Window
from batch.core.plan.free_slots import FullSpans, Opening, nearest_free_slot
from batch.core.quick_dataclass import dataclass

#: So many classes are named in one sentence; the rest is a number.
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A row that is held, by what code. Times are UTC seconds."""

    position: int
    code: str  #: "1032" or "1012", as the service would say
    presenter: str
    starts: int
    ends: int
    room_until: int
    zone: str  #: the row's own clock, on which people read the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When classes may be proposed, on each row's own clock."""

    days: frozenset[int]  #: 0 is Monday
    opens: time
    closes: time

    def on_clock(self, zone: tzinfo) -> Opening:
        return Opening(days=self.days, opens=self.opens, closes=self.closes, zone=zone)


class Explainer:
    """Knows every class that stands; then explains held rows one by one."""

    def __init__(
        self,
        counting: Counting,
        *,
        limit: int | None,
        hours: Hours,
        earliest: int,
        name_of: Callable[[int], Message],
        title_of: Callable[[int], str] | None = None,
    ) -> None:
        """Explains under the limit, as far as it is known.

        Args:
            earliest: UTC seconds; nothing is proposed before.
            name_of: what names the row of a position in the file, such as "row 8 (Geometry)".
            title_of: its title; without it no row is known to be another one's copy.
        """
        self._counting = counting
        self._limit = None if counting.policy is LimitPolicy.INFLIGHT else limit
        self._hours = hours
        self._earliest = earliest
        self._name_of = name_of
        self._title_of = title_of
        self._agenda = PlacedClasses(counting, with_names=True)
        self._with_proposals = PlacedClasses(counting)
        self._full: FullSpans = set()
        self._openings: dict[str, Opening] = {}

    def book(self, position: int, presenter: str, starts: int, ends: int, room_until: int) -> None:
        """A row of the file that stands: it is scheduled, may be, or is to be sent."""
        for agenda in (self._agenda, self._with_proposals):
            agenda.book(position, presenter, starts, ends, room_until)

    def book_other(self, other: OtherClass) -> None:
        for agenda in (self._agenda, self._with_proposals):
            agenda.book_other(other)

    def explain(self, row: HeldRow) -> Message:
        """What is in the way of a row, and the nearest time at which nothing is."""
        reason = self._clash(row) if row.code == "1032" else self._no_room(row)
        if reason is None:
            return Message(RowNote.FREE_AGAIN)
        if reason.what is RowNote.ONCE_MORE:
            return reason  # no other time is right for a row that was pasted twice
        if row.code == "1012" and self._limit is None:
            proposal = Message(RowNote.LOOK_AT_THAT_TIME)
        else:
            proposal = self._proposal(row)
        return Message(RowNote.HELD, {"reason": reason, "proposal": proposal})

    def _clash(self, row: HeldRow) -> Message | None:
        booking = self._agenda.bookings.in_the_way(row.presenter, row.starts, row.ends)
        if booking is None:
            return None
        clashing = self._name(booking.tag)
        if self._is_copy(row, booking):
            return Message(RowNote.ONCE_MORE, {"other": clashing})
        when = (booking.start, booking.end, row.zone)
        return Message(
            RowNote.PRESENTER_BUSY, {"when": when, "presenter": row.presenter, "clashing": clashing}
        )

    def _is_copy(self, row: HeldRow, booking: Booking) -> bool:
        """Whether the class in the way is that of an equal row: same presenter, start, length and title."""
        if (
            self._title_of is None
            or booking.tag < 0
            or (booking.start, booking.end) != (row.starts, row.ends)
        ):
            return False
        title, other = (
            " ".join(self._title_of(each).split()).casefold() for each in (row.position, booking.tag)
        )
        return title == other

    def _no_room(self, row: HeldRow) -> Message:
        span = self._counting.span(row.starts, row.ends, row.room_until)
        if self._limit is None:
            return Message(RowNote.LIMIT_UNKNOWN)
        full = next(self._agenda.calendar.windows(self._limit, span), None)
        if full is None:
            return self._unseen(row)
        facts = {"taken": full.peak, "limit": self._limit, "names": self._names(full)}
        if self._counting.policy is LimitPolicy.OUTSTANDING:
            return Message(RowNote.OUTSTANDING, {**facts, "when": (full.end, None, row.zone)})
        return Message(RowNote.FULL, {**facts, "when": (full.start, full.end, row.zone)})

    def _unseen(self, row: HeldRow) -> Message:
        span = self._counting.span(row.starts, row.ends, row.room_until)
        known = sum(1 for _ in self._agenda.during(*span))
        for _ in range(self._limit or 0):  # nothing is proposed there
            self._with_proposals.calendar.add(*span)
        when = (row.starts, row.ends, row.zone)
        return Message(RowNote.FULL_OF_OTHERS, {"when": when, "limit": self._limit, "known": known})

    def _names(self, full: Window) -> list[Message]:
        tags = dict.fromkeys(booking.tag for booking in self._agenda.during(full.start, full.end))
        named = [self._name(tag) for tag in list(tags)[:_MOST_NAMED]]
        more = len(tags) - len(named)
        return [*named, Message(RowNote.AND_MORE, {"number": more})] if more > 0 else named

    def _name(self, tag: int) -> Message:
        return self._name_of(tag) if tag >= 0 else self._agenda.name_of_other(tag)

    def _proposal(self, row: HeldRow) -> Message:
        if self._counting.policy is LimitPolicy.OUTSTANDING and row.code == "1012":
            return Message(RowNote.TRIED_AGAIN)
        start = nearest_free_slot(
            row.starts,
            (row.ends - row.starts) // 60,
            extend_minutes=(row.room_until - row.ends) // 60 if self._counting.extend_counts else 0,
            calendar=self._with_proposals.calendar,
            limit=self._limit if self._counting.policy is LimitPolicy.OVERLAP else None,
            bookings=self._with_proposals.bookings,
            presenter=row.presenter,
            opening=self._opening_in(row.zone),
            earliest=self._earliest,
            full=self._full,
        )
        if start is None:
            return Message(RowNote.NOTHING_FREE)
        later = start - row.starts
        self._with_proposals.book(
            row.position, row.presenter, start, row.ends + later, row.room_until + later
        )
        return Message(RowNote.FREE_AT, {"when": (start, row.ends + later, row.zone, row.starts)})

    def _opening_in(self, zone: str) -> Opening:
        """The school's hours on a zone's clock, the same each time: it remembers the days."""
        if zone not in self._openings:
            self._openings[zone] = self._hours.on_clock(ZoneInfo(zone))
        return self._openings[zone]
