"""When else: the nearest time at which both the presenter and the account are free.

What is found is a proposal for a person, so it keeps to the hours and days in which
the school teaches, on the school's own clock. Times are UTC seconds, as in capacity.py.
"""

import re
from collections.abc import Iterable
from dataclasses import field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from batch.core.plan.capacity import Interval, OccupancyCalendar, PresenterBookings
from batch.core.quick_dataclass import dataclass

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]\d|2[0-3]):[0-5]\d)")
_DAY = 86_400
_STEP = 5 * 60  #: classes are proposed on the five minutes, as timetables have them


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When classes may be proposed. A closing time not after the opening is the next day's."""

    days: frozenset[int]  #: 0 is Monday, as in `date.weekday()`
    opens: time
    closes: time  #: a class may end then
    zone: tzinfo  #: whose clock `opens` and `closes` are read on
    #: Days that were asked for before: of 10,000 held rows each asks for the same month.
    _known: dict[date, Interval | None] = field(default_factory=dict, repr=False, compare=False)

    def on(self, day: date) -> Interval | None:
        """From when to when the school is open on this day; None where it is closed."""
        if day not in self._known:
            self._known[day] = self._hours_on(day)
        return self._known[day]

    def _hours_on(self, day: date) -> Interval | None:
        if day.weekday() not in self.days:
            return None
        overnight = timedelta(days=self.closes <= self.opens)
        opens = datetime.combine(day, self.opens, self.zone)
        closes = datetime.combine(day + overnight, self.closes, self.zone)
        return int(opens.timestamp()), int(closes.timestamp())


def days_of(text: str) -> frozenset[int]:
    """The days of "mon-fri" or "sun,mon,wed", 0 for Monday; a range may go on over the end of the week.

    Raises:
        ValueError: some word of it is no day.
    """
    days: set[int] = set()
    for part in text.casefold().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        begin, end = _WEEK.index(first), _WEEK.index(last if dash else first)
        days.update(day % 7 for day in range(begin, end + 1 + 7 * (end < begin)))
    return frozenset(days)


def hours_of(text: str) -> tuple[time, time]:
    """From when until when "08:00-20:00" says.

    Raises:
        ValueError: it is no such range.
    """
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no range of hours")
    return time.fromisoformat(found[1]), time.fromisoformat(found[2])


class _Blocked(NamedTuple):
    """A start that will not do, and the nearest starts either way that what is in its way allows."""

    before: int
    after: int
    by_presenter: bool


#: Opening hours that have no room left for a class so long: opens, closes, seconds.
FullSpans = set[tuple[int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    length: int  #: seconds the presenter is taken
    room: int  #: seconds the account's room is taken
    presenter: str
    calendar: OccupancyCalendar
    limit: int | None
    bookings: PresenterBookings
    full: FullSpans

    def first(self, spans: Iterable[Interval | None], low: int, high: int) -> int | None:
        """The first free start of [low, high], in spans that come in order."""
        for opens, closes in filter(None, spans):
            if opens > high:
                break
            if (opens, closes, self.room) in self.full:
                continue
            start = -(-max(opens, low) // _STEP) * _STEP
            last = min(closes - self.length, high)
            is_full = low <= opens and last == closes - self.length
            while start <= last:
                blocked = self._blocked(start)
                if blocked is None:
                    return start
                is_full &= not blocked.by_presenter
                start = -(-blocked.after // _STEP) * _STEP
            if is_full:
                self.full.add((opens, closes, self.room))
        return None

    def last(self, spans: Iterable[Interval | None], low: int, high: int) -> int | None:
        """The last free start of [low, high], in spans that come latest first."""
        for opens, closes in filter(None, spans):
            if closes < low:
                break
            if (opens, closes, self.room) in self.full:
                continue
            start = min(closes - self.length, high) // _STEP * _STEP
            while start >= max(opens, low):
                blocked = self._blocked(start)
                if blocked is None:
                    return start
                start = blocked.before // _STEP * _STEP
        return None

    def _blocked(self, start: int) -> _Blocked | None:
        if self.limit is not None:
            full = next(self.calendar.windows(self.limit, (start, start + self.room)), None)
            if full is not None:
                return _Blocked(full.start - self.room, full.end, by_presenter=False)
        booking = self.bookings.in_the_way(self.presenter, start, start + self.length)
        if booking is not None:
            return _Blocked(booking.start - self.length, booking.end, by_presenter=True)
        return None


def nearest_free_slot(
    start: int,
    minutes: int,
    *,
    extend_minutes: int = 0,
    calendar: OccupancyCalendar,
    limit: int | None,
    bookings: PresenterBookings,
    presenter: str,
    opening: Opening,
    earliest: int,
    horizon_days: int = 14,
    full: FullSpans | None = None,
) -> int | None:
    """The start nearest to the one wanted at which presenter and account are free.

    Args:
        start: the start that was wanted.
        minutes: how long the class lasts; it ends by closing time.
        extend_minutes: how long it may run on: that takes room, but not the presenter.
        calendar: all that counts against the limit, the row itself not among it.
        limit: how many classes may run at once; None while it is not known, then
            only the presenter counts.
        bookings: what the presenter gives already, the row itself not among it.
        presenter: who gives the class, as named in `bookings`.
        opening: the hours and days to keep to.
        earliest: nothing before this: now, or later where people need notice.
        horizon_days: how far to look, either way.
        full: what was found to be full, remembered from search to search. Only to be
            handed in again while the limit stays and classes only join the calendar.

    Returns:
        A start on the five minutes, of two equally near ones the later;
        None if there is none within the horizon.
    """
    length = 60 * minutes
    search = _Search(
        length=length,
        room=length + 60 * extend_minutes,
        presenter=presenter,
        calendar=calendar,
        limit=limit,
        bookings=bookings,
        full=set() if full is None else full,
    )
    today = datetime.fromtimestamp(start, opening.zone).date()
    horizon = horizon_days * _DAY
    # One day more on either side: the clock's day is not the horizon's, and a night's
    # opening belongs to the day before.
    days = [today + timedelta(days=day) for day in range(-horizon_days - 1, horizon_days + 2)]
    later = search.first(map(opening.on, days[horizon_days:]), max(start, earliest), start + horizon)
    # Earlier is only worth having where it is nearer.
    nearer = start - horizon if later is None else 2 * start - later + 1
    earlier = search.last(map(opening.on, days[horizon_days + 1 :: -1]), max(earliest, nearer), start)
    return later if earlier is None else earlier
