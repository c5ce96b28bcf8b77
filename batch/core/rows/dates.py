"""Dates and times of day as people write them in a cell.

05/06/2031 means two days. It is read day first only where the file shows that it
has to be (another date with a day over 12) or the person said so. A file that
shows both is believed in neither.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique

from batch.core.rows.problems import Fault, Problem


@unique
class DateOrder(StrEnum):
    """Which comes first in 05/06/2031."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True, slots=True)
class Dates:
    """How dates of numbers are read in one file."""

    order: DateOrder | None = None  #: None: nobody said, and no date has shown it yet
    said: bool = False  #: the person said so; no date of the file changes it
    shown_by: tuple[str, ...] = ()  #: the dates that show the order; two of them show both
    #: Part of another file, which may have shown it: what could be two days is then a problem.
    partial: bool = False

    @property
    def mixed(self) -> bool:
        return len(self.shown_by) > 1

    def after(self, text: str, where: str) -> "Dates":
        """What is known when another cell was seen, which stands at `where`."""
        if self.said or self.mixed:
            return self
        order = _order_shown_by(text)
        if order is None or order is self.order:
            return self
        proof = f"{text!r} in {where}"
        return Dates(order, shown_by=(*self.shown_by, proof))


@dataclass(frozen=True, slots=True)
class Span:
    """A start and an end written in one cell, such as 09:00-09:55; with a day or without."""

    begins: datetime | time
    ends: time


#: What the text of a start, a date or an end can mean.
Meant = datetime | date | time | Span

#: The ways in which a date may be written, each with an example of the same day.
DATE_FORMS: tuple[tuple[str, str], ...] = (
    ("YYYY-MM-DD", "2031-09-01"),
    ("YYYY/MM/DD or YYYY.MM.DD", "2031/09/01"),
    ("MM/DD/YYYY, leading zeros or not", "9/1/2031"),
    ("D Mon YYYY or D-Mon-YYYY, in English", "1 Sep 2031"),
    ("Month D, YYYY, in English", "September 1, 2031"),
)
#: Only where the file shows or `--dates dmy` says that the day comes first.
DAY_FIRST_FORMS: tuple[tuple[str, str], ...] = (
    ("DD/MM/YYYY", "01/09/2031"),
    ("DD.MM.YYYY", "01.09.2031"),
    ("DD-MM-YYYY", "01-09-2031"),
)
#: The ways in which a time of day may be written, each with an example of the same time.
TIME_FORMS: tuple[tuple[str, str], ...] = (
    ("HH:MM", "14:00"),
    ("HH:MM:SS", "14:00:00"),
    ("h:MM AM or PM", "2:00 PM"),
    ("h AM or PM", "2 pm"),
    ("HHhMM", "14h00"),
)
#: The ways in which a start may be written, each with an example of the same moment.
START_FORMS: tuple[tuple[str, str], ...] = (
    ("a date-and-time cell of the spreadsheet", ""),
    ("YYYY-MM-DD HH:MM", "2031-09-01 14:00"),
    ("YYYY-MM-DDTHH:MM:SS", "2031-09-01T14:00:00"),
    ("MM/DD/YYYY HH:MM", "09/01/2031 14:00"),
    ("any date and any time of day of these lists", "1 Sep 2031 2:00 PM"),
    ("a comma after the date", "9/1/2031, 2:00:00 PM"),
)

_YMD = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_NUMERIC = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_NTH = r"([0-9]{1,2})(?:\.|st|nd|rd|th)?"
_DAY_MONTH = re.compile(_NTH + r"[ -]+([A-Za-z]{3,9})\.?,?[ -]+([0-9]{4})(?![0-9])")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? +" + _NTH + r",? +([0-9]{4})(?![0-9])")
_MONTHS: Mapping[str, int] = {
    written: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june", "july"),
            *("august", "september", "october", "november", "december"),
        ),
        start=1,
    )
    for written in {name, name[:3], name[:4] if name == "september" else name}
}

_BETWEEN = re.compile(r"\s*,\s*|\s+|T(?=[0-9])")
# Databases write whole seconds as 00.000; any other fraction is not a class's start.
_CLOCK = re.compile(
    r"([0-9]{1,2})(?:[:h]([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?|(?=\s*[AaPp]\.?[Mm])|\s?h)"
    r"(?:\s*([AaPp])\.?[Mm]\.?)?"
)
_TO = re.compile(r"\s*[-\u2013\u2014]\s*|\s+(?:to|until)\s+")
_SECONDS = re.compile(r":[0-9]{2}:[0-9]{2}")
_OFFSET = re.compile(
    r"\s*(?:Z|(?:UTC|GMT)(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?|[+-][0-9]{1,2}(?::?[0-9]{2})?)", re.IGNORECASE
)
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


def read_moment(text: str, dates: Dates) -> Meant | Fault:
    """What a text says: a day, a time of day, both, or a span of time; whatever of it is there."""
    found = _leading_day(text, dates)
    if found is None:
        return _without_day(text)
    day, end = found
    rest = text[end:]
    if not rest:
        return day
    between = _BETWEEN.match(rest)
    clock = _clock_or_span(rest[between.end() :]) if between else Fault(Problem.NOT_A_TIME)
    return _with_clock(day, clock) if isinstance(day, Fault) else _at(day, clock)


def _at(day: date, clock: time | Span | Fault) -> datetime | Span | Fault:
    """A time of day on a day."""
    if isinstance(clock, time):
        return datetime.combine(day, clock)
    if isinstance(clock, Span):
        begins = clock.begins
        return Span(datetime.combine(day, begins) if isinstance(begins, time) else begins, clock.ends)
    if clock.problem is Problem.HOUR_24:
        return Fault(Problem.HOUR_24, {"example": f"{day + timedelta(days=1)} 00:00"})
    return clock


def could_be_another_day(text: str) -> tuple[date, date] | None:
    """The day that a text means month first, and the other one it means day first."""
    match = _NUMERIC.match(text)
    if match is None:
        return None
    month_first, day_first = _both_ways(match)
    if month_first is None or day_first is None or month_first == day_first:
        return None
    return month_first, day_first


def likely_meaning(number: float) -> str:
    """What a bare number probably was meant to be, where something suggests itself: "" if not."""
    if not 0 < number < 73_416:  # not a number among them, which no int() takes
        return ""
    whole = int(number)
    if number >= 32_874:  # 1990 to 2100, as days since the spreadsheet's day 0
        moment = datetime(1899, 12, 30) + timedelta(minutes=round(number * 1440))  # noqa: DTZ001 - a wall clock
        return str(moment.date()) if number == whole else moment.isoformat(" ", "minutes")
    if number < 1:
        minutes = round(number * 1440)
        return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
    if number == whole and 100 <= whole < 2400:
        hour, minute = divmod(whole, 100)
    elif number < 24:
        hour, minute = whole, round((number - whole) * 100)  # 11.3 was typed 11.30
    else:
        return ""
    return f"{hour:02}:{minute:02}" if minute < 60 else ""


def _order_shown_by(text: str) -> DateOrder | None:
    match = _NUMERIC.match(text)
    if match is None:
        return None
    month_first, day_first = _both_ways(match)
    if (month_first is None) == (day_first is None):
        return None
    return DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST


def _both_ways(match: re.Match[str]) -> tuple[date | None, date | None]:
    one, _, other, year = match.groups()
    return _day(year, one, other), _day(year, other, one)


def _leading_day(text: str, dates: Dates) -> tuple[date | Fault, int] | None:
    """The date that a text begins with, or what is wrong with it, and where it ends."""
    if match := _YMD.match(text):
        return _day(match[1], match[3], match[4]) or Fault(Problem.NOT_A_TIME), match.end()
    if match := _NUMERIC.match(text):
        return _numeric_day(match, dates), match.end()
    if match := _DAY_MONTH.match(text):
        return _named_day(match[3], match[2], match[1]), match.end()
    if match := _MONTH_DAY.match(text):
        return _named_day(match[3], match[1], match[2]), match.end()
    return None


def _numeric_day(match: re.Match[str], dates: Dates) -> date | Fault:
    month_first, day_first = _both_ways(match)
    if month_first == day_first:
        return month_first or Fault(Problem.NOT_A_TIME)
    if dates.mixed:
        one, other = dates.shown_by
        return Fault(Problem.MIXED_DATES, {"one": one, "other": other})
    order = dates.order
    if order is None and match[2] == "/" and not dates.partial:
        order = DateOrder.MONTH_FIRST  # the service's own form
    if order is None and month_first and day_first:
        return Fault(Problem.AMBIGUOUS_DATE, {"one": month_first, "other": day_first})
    chosen, other_way = (day_first, month_first) if order is DateOrder.DAY_FIRST else (month_first, day_first)
    if chosen is None or order is None:
        return Fault(Problem.NOT_A_TIME, {"example": str(chosen or other_way)})
    return chosen


def _named_day(year: str, month: str, day: str) -> date | Fault:
    number = _MONTHS.get(month.casefold(), 0)
    return _day(year, str(number), day) or Fault(Problem.NOT_A_TIME)


def _day(year: str, month: str, day: str) -> date | None:
    if not 1 < int(year) < 9999:  # the way to UTC and back must not leave the calendar
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _with_clock(fault: Fault, clock: time | Span | Fault) -> Fault:
    """The fault of a date, its suggestion with the time that follows it."""
    if "example" not in fault.facts:
        return fault
    if not isinstance(clock, time):
        return Fault(fault.problem)
    seconds = "seconds" if clock.second else "minutes"
    return Fault(fault.problem, {"example": f"{fault.facts['example']} {clock.isoformat(seconds)}"})


def _without_day(text: str) -> time | Span | Fault:
    if _NUMBER.fullmatch(text):
        return bare_number(float(text.replace(",", ".")))
    return _clock_or_span(text)


def bare_number(number: float) -> Fault:
    """A number where a date or time should stand, with what it may have been."""
    return Fault(Problem.BARE_NUMBER, {"likely": likely_meaning(number)})


def _clock_or_span(text: str) -> time | Span | Fault:
    match = _CLOCK.match(text)
    if match is None:
        return Fault(Problem.NOT_A_TIME)
    if match.end() == len(text):
        return _clock(match)
    rest = text[match.end() :]
    to = _TO.match(rest)
    # 14:00-15:00 is a span in every timetable, 14:00:00-05:00 in none.
    if to and not _SECONDS.search(match.group()):
        ends = _CLOCK.fullmatch(rest, to.end())
        if ends:
            return _span(match, ends)
    return Fault(Problem.WITH_OFFSET if _OFFSET.fullmatch(rest) else Problem.NOT_A_TIME)


def _span(first: re.Match[str], second: re.Match[str]) -> Span | Fault:
    if (first[4] is None) != (second[4] is None):
        return Fault(Problem.SPAN)  # 9:00-9:55 PM: in the morning or the evening?
    begins, ends = _clock(first), _clock(second)
    if isinstance(begins, Fault):
        return begins
    return ends if isinstance(ends, Fault) else Span(begins, ends)


def _clock(match: re.Match[str]) -> time | Fault:
    hour, minute, second, half = match.groups()
    parts = (_hour(int(hour), half), int(minute or 0), int(second or 0))
    if parts == (24, 0, 0):
        return Fault(Problem.HOUR_24)
    try:
        return time(*parts)
    except ValueError:
        return Fault(Problem.NOT_A_TIME)


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    # An hour that no 12-hour clock shows stays one that no clock shows.
    return hour % 12 + (12 if half in "Pp" else 0) if 1 <= hour <= 12 else 99
