"""Which days a repeating lesson takes place on: the rule's days, without holidays and the days that it leaves out."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import Fault, Problem
from batch.core.term.term import DaysOff, Term
from batch.core.term.weekdays import Weekdays
from batch.core.term.weeks import Weeks

if TYPE_CHECKING:
    from dateutil.rrule import rrule

#: Of a rule with no end of its own that is known; no timetable reaches further.
_HORIZON = timedelta(days=3660)
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What is known of a repeating lesson's days."""

    first: date
    last: date | None  #: None: `times` ends it, or a count of its rule
    days: Weekdays = frozenset()  #: of a weekly one
    every: int = 1  #: so many weeks
    rule: str = ""  #: an RRULE in place of `days`
    times: int | None = None  #: lessons that take place
    weeks: Weeks | None = None
    left_out: tuple[DaysOff, ...] = ()


@dataclass(frozen=True, slots=True)
class Off:
    """A day on which the lesson would take place, but for a holiday, or because the row says so."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """The days of a series."""

    days: tuple[date, ...]
    off: tuple[Off, ...] = ()
    is_cut: bool = False  #: the term ends before all lessons that were asked for


def expand(series: Series, term: Term, *, most: int) -> Expansion | Fault:
    """The days on which a lesson takes place, at most `most`.

    `times` counts lessons that take place; the count of a rule those that it names, as its standard says.
    """
    rule = _read_rule(series)
    if isinstance(rule, Fault):
        return rule
    ends = [day for day in (series.last or term.ends, rule.until) if day]
    if not ends and series.times is None and rule.count is None:
        return Fault(Problem.NO_BOUNDS, {"lacks": "last"})
    last = min([*ends, series.first + _HORIZON])
    days: list[date] = []
    off: list[Off] = []
    named = 0
    for day in islice(rule.until_day(last), rule.count):
        named += 1
        if series.weeks is not None and not series.weeks.hold(day, term):
            continue
        name = _off_on(day, series, term)
        if name is not None:
            off.append(Off(day, name))
            continue
        days.append(day)
        if len(days) > most:
            return Fault(Problem.TOO_MANY_LESSONS, {"most": most})
        if len(days) == series.times:
            break
    is_cut = (
        len(days) < (series.times or 0)
        or named < (rule.count or 0)
        or (not series.last and rule.goes_on(last))
    )
    return Expansion(tuple(days), tuple(off), is_cut=is_cut)


def _off_on(day: date, series: Series, term: Term) -> str | None:
    """The name of what keeps a lesson from taking place on a day; None where nothing does."""
    if any(each.first <= day <= each.last for each in series.left_out):
        return ""
    return term.holiday_on(day)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule without an end, and the end it has."""

    rule: "rrule"
    count: int | None = None
    until: date | None = None

    def goes_on(self, last: date) -> bool:
        """Whether it names a day of its own behind one that it was followed to."""
        if self.until is None or self.until <= last:
            return False
        following = self.rule.after(datetime.combine(last, time.max))
        return following is not None and following.date() <= self.until

    def until_day(self, last: date) -> Iterator[date]:
        until = datetime.combine(last, time())
        return (moment.date() for moment in self.rule.replace(until=until))


def _read_rule(series: Series) -> _Rule | Fault:
    """The rule of a series; one of hours or less is none, and a count beside an end is forbidden by its standard."""
    from dateutil.rrule import WEEKLY, rrule, rrulestr  # noqa: PLC0415 - few files have rows that repeat

    start = datetime.combine(series.first, time())
    if not series.rule:
        # By the weeks of the calendar: in every second week a lesson that begins on a Wednesday
        # has its Monday, too, in the weeks of that Wednesday.
        days = sorted(series.days)
        return _Rule(rrule(WEEKLY, dtstart=start, interval=series.every, byweekday=days, wkst=0))
    parts = dict(part.partition("=")[::2] for part in series.rule.split(";"))
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    by_the_clock = parts.keys() & {"BYHOUR", "BYMINUTE", "BYSECOND"} or parts.get("FREQ") not in _FREQUENCIES
    if by_the_clock or (count and until) or not parts.get("INTERVAL", "1").strip("0"):
        return Fault(Problem.NOT_A_REPEAT)
    try:
        rule = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start)
        if not isinstance(rule, rrule):
            return Fault(Problem.NOT_A_REPEAT)
        return _Rule(
            rule,
            _counted(count) if count else None,
            # The day alone: a moment of UTC would need the zone of the row.
            date.fromisoformat(until[:8]) if until else None,
        )
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        return Fault(Problem.NOT_A_REPEAT)


def _counted(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)
