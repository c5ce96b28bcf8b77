"""Why a row is held, in words, and when else it would fit.

Told at the end of a run, when all that is in the way is known. What is proposed to
one row is not proposed to another: who follows all the proposals has no clash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from zoneinfo import ZoneInfo

from batch.core.plan.admission import Counting, LimitPolicy
from batch.core.plan.agenda import OtherClass, PlacedClasses
from batch.core.plan.capacity import Booking, Window
from batch.core.plan.free_slots import FullSpans, Opening, nearest_free_slot

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
        name_of: Callable[[int], str],
    ) -> None:
        """Explains under the limit, as far as it is known.

        Args:
            earliest: UTC seconds; nothing is proposed before.
            name_of: "row 8 (Geometry)" for a position in the file.
        """
        self._counting = counting
        self._limit = None if counting.policy is LimitPolicy.INFLIGHT else limit
        self._hours = hours
        self._earliest = earliest
        self._name_of = name_of
        self._agenda = PlacedClasses(counting, with_names=True)
        self._with_proposals = PlacedClasses(counting)
        self._full: FullSpans = set()

    def book(self, position: int, presenter: str, starts: int, ends: int, room_until: int) -> None:
        """A row of the file that stands: it is scheduled, may be, or is to be sent."""
        for agenda in (self._agenda, self._with_proposals):
            agenda.book(position, presenter, starts, ends, room_until)

    def book_other(self, other: OtherClass) -> None:
        for agenda in (self._agenda, self._with_proposals):
            agenda.book_other(other)

    def says(self, row: HeldRow) -> str:
        """What is in the way of a row, and the nearest time at which nothing is."""
        zone = ZoneInfo(row.zone)
        if row.code == "1032":
            booking = self._agenda.bookings.in_the_way(row.presenter, row.starts, row.ends)
            reason = self._clash(row, booking, zone) if booking else ""
        else:
            reason = self._no_room(row, zone)
        if not reason:
            return "What was in its way is not there any more. Submit the file again: the row is tried again."
        if row.code == "1012" and self._limit is None:
            return f"{reason} Look in WizIQ at what runs at that time."
        return f"{reason} {self._proposal(row, zone)}"

    def _clash(self, row: HeldRow, booking: Booking, zone: tzinfo) -> str:
        when = _when(booking.start, booking.end, zone)
        return f"{when}: {row.presenter} has {self._name(booking.tag)}."

    def _no_room(self, row: HeldRow, zone: tzinfo) -> str:
        span = self._counting.span(row.starts, row.ends, row.room_until)
        if self._limit is None:
            return "The service says that it lets no more classes be scheduled at once (1012)."
        full = next(self._agenda.calendar.windows(self._limit, span), None)
        if full is None:
            return self._unseen(row, zone)
        taken = f"{full.peak} of {self._limit} taken, by {self._names(full)}."
        if self._counting.policy is LimitPolicy.OUTSTANDING:
            return f"Classes that are not over yet: {taken} There is room again at {_when(full.end, None, zone)}."
        return f"{_when(full.start, full.end, zone)}: {taken}"

    def _unseen(self, row: HeldRow, zone: tzinfo) -> str:
        span = self._counting.span(row.starts, row.ends, row.room_until)
        known = sum(1 for _ in self._agenda.during(*span))
        for _ in range(self._limit or 0):  # nothing is proposed there
            self._with_proposals.calendar.add(*span)
        return (
            f"{_when(row.starts, row.ends, zone)}: the service says that all {self._limit} are taken (1012), and "
            f"{known} {'is' if known == 1 else 'are'} known here. The others were made elsewhere: look in WizIQ."
        )

    def _names(self, full: Window) -> str:
        tags = dict.fromkeys(booking.tag for booking in self._agenda.during(full.start, full.end))
        named = [self._name(tag) for tag in list(tags)[:_MOST_NAMED]]
        more = len(tags) - len(named)
        if more > 0:
            return f"{', '.join(named)} and {more} more"
        return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))

    def _name(self, tag: int) -> str:
        return self._name_of(tag) if tag >= 0 else self._agenda.name_of_other(tag)

    def _proposal(self, row: HeldRow, zone: tzinfo) -> str:
        if self._counting.policy is LimitPolicy.OUTSTANDING and row.code == "1012":
            return "The row is tried again when the file is submitted then."
        start = nearest_free_slot(
            row.starts,
            (row.ends - row.starts) // 60,
            extend_minutes=(row.room_until - row.ends) // 60 if self._counting.extend_counts else 0,
            calendar=self._with_proposals.calendar,
            limit=self._limit if self._counting.policy is LimitPolicy.OVERLAP else None,
            bookings=self._with_proposals.bookings,
            presenter=row.presenter,
            opening=self._hours.on_clock(zone),
            earliest=self._earliest,
            full=self._full,
        )
        if start is None:
            return "No time within two weeks is free for presenter and account."
        later = start - row.starts
        self._with_proposals.book(
            row.position, row.presenter, start, row.ends + later, row.room_until + later
        )
        return f"Nearest free time: {_when(start, row.ends + later, zone, than=row.starts)}."


def _when(start: int, end: int | None, zone: tzinfo, *, than: int | None = None) -> str:
    """A time as people say it: with its day, unless that is the day of `than`."""
    begins = datetime.fromtimestamp(start, zone)
    clock = f"{begins:%H:%M}" if end is None else f"{begins:%H:%M}-{datetime.fromtimestamp(end, zone):%H:%M}"
    if than is not None and datetime.fromtimestamp(than, zone).date() == begins.date():
        return f"{clock} that day"
    return f"{begins:%a} {begins.day} {begins:%b %Y} {clock} ({zone})"
