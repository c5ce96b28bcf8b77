"""A school's term: from when until when, its holidays, and which week of it a day lies in."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import field
from datetime import date, timedelta

from batch.core.quick_dataclass import dataclass

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DaysOff:
    """A day, or a stretch of them, on which no lesson takes place."""

    first: date
    last: date
    name: str = ""

    def days(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            day += _DAY


@dataclass(frozen=True, kw_only=True)
class Term:
    """What the settings, or the sheet of the workbook, say of the term; each of it may be missing."""

    starts: date | None = None
    ends: date | None = None
    holidays: tuple[DaysOff, ...] = ()
    week_a: date | None = None  #: in a week A, any day of it
    day_order: tuple[int, ...] = (0, 1, 2, 3, 4)  #: the school's days of the week; Monday is 0
    count_holidays: bool = (
        True  #: whether a week without a school day has its number and its letter all the same
    )
    _off: dict[date, str] = field(init=False, repr=False, compare=False)
    _lost: tuple[date, ...] = field(
        init=False, repr=False, compare=False
    )  #: Mondays of the weeks that do not count, in order

    def __post_init__(self) -> None:
        off: dict[date, str] = {}
        for each in self.holidays:
            for day in each.days():
                off.setdefault(day, each.name)
        lost = (
            monday
            for monday in sorted({monday_of(day) for day in off})
            if all(monday + place * _DAY in off for place in self.day_order)
        )
        object.__setattr__(self, "_off", off)
        object.__setattr__(self, "_lost", () if self.count_holidays else tuple(lost))

    def covers(self, day: date) -> bool:
        """Whether a day lies in the term, as far as its ends are known."""
        return (self.starts is None or day >= self.starts) and (self.ends is None or day <= self.ends)

    def holiday_on(self, day: date) -> str | None:
        """The name of the holiday that a day is one of, "" where it has none; None for a day that is no holiday."""
        return self._off.get(day)

    def number_of_week(self, day: date) -> int | None:
        """1 for the week, Monday to Sunday, that the term begins in; None outside it, and for a week that does not count."""
        if self.starts is None or monday_of(day) in self._lost:
            return None
        number = self._weeks(monday_of(self.starts), monday_of(day)) + 1
        return number if number > 0 else None

    def is_week_a(self, day: date) -> bool | None:
        """Whether a week is an A week, or a B week; None where nothing says so."""
        if self.week_a is None or monday_of(day) in self._lost:
            return None
        return self._weeks(monday_of(self.week_a), monday_of(day)) % 2 == 0

    def _weeks(self, first: date, monday: date) -> int:
        """So many weeks that count lie from one Monday to another; negative where that is before."""
        lost = bisect_left(self._lost, monday) - bisect_left(self._lost, first)
        return (monday - first) // _WEEK - lost


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * _DAY
