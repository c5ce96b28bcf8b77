"""Dates, and dates with their time of day, as people write them in a cell.

05/06/2031 means two days. It is read only where something proves which one: the
evidence of the file (`date_order.py`) says in which orders its dates can be read.
What can only be one day is that day, in whatever spelling.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from batch.core.quick_dataclass import dataclass
from batch.core.rows.calendar_words import AT, EVERY, MONTHS, PLURAL_WEEKDAYS, WEEKDAYS, alternatives
from batch.core.rows.clock_times import Clock, ClockText, Span, leading_clock, read_clock
from batch.core.rows.date_order import DateOrder, Dates, Readings
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.spelling import plain

#: What the text of a start, a date or an end can mean.
Meant = datetime | date | Clock | Span

#: The ways in which a date may be written, each with an example of the same day.
DATE_FORMS: tuple[tuple[str, str], ...] = (
    ("YYYY-MM-DD", "2031-09-01"),
    ("YYYY/MM/DD or YYYY.MM.DD", "2031/09/01"),
    ("DD.MM.YYYY", "01.09.2031"),
    ("D Mon YYYY or D-Mon-YYYY", "1 Sep 2031"),
    ("Month D, YYYY", "September 1, 2031"),
    ("a date with its day of the week", "Monday, 1 September 2031"),
)
#: Only where the file proves, or `--dates` says, that the day or the month comes first.
ORDERED_FORMS: tuple[tuple[str, str, DateOrder], ...] = (
    ("DD/MM/YYYY", "01/09/2031", DateOrder.DAY_FIRST),
    ("DD-MM-YYYY", "01-09-2031", DateOrder.DAY_FIRST),
    ("DD/MM/YY", "01/09/31", DateOrder.DAY_FIRST),
    ("MM/DD/YYYY, leading zeros or not", "9/1/2031", DateOrder.MONTH_FIRST),
)
#: The ways in which a time of day may be written, each with an example of the same time.
TIME_FORMS: tuple[tuple[str, str], ...] = (
    ("HH:MM", "14:00"),
    ("HH:MM:SS", "14:00:00"),
    ("h:MM AM or PM", "2:00 PM"),
    ("h AM or PM", "2 pm"),
    ("HHhMM, HH.MM Uhr and their like", "14h00"),
)
#: The ways in which a start may be written, each with an example of the same moment.
START_FORMS: tuple[tuple[str, str], ...] = (
    ("a date-and-time cell of the spreadsheet", ""),
    ("YYYY-MM-DD HH:MM", "2031-09-01 14:00"),
    ("YYYY-MM-DDTHH:MM:SS, with Z or an offset where one is meant", "2031-09-01T14:00:00"),
    ("any date and any time of day of these lists", "1 Sep 2031 2:00 PM"),
    ("a comma after the date", "Sep 1, 2031, 2:00:00 PM"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a text says, before it is known in which order its file writes dates."""

    day: date | Readings | Fault | None = None
    weekdays: frozenset[int] = frozenset()  #: those that a day of the week in the text can be; Monday is 0
    clock: ClockText | None = None
    fault: Fault | None = None  #: of the whole text


_YMD = re.compile(
    r"(?P<year>[0-9]{4}) ?(?P<sign>[-/.]) ?(?P<month>[0-9]{1,2}) ?(?P=sign) ?(?P<day>[0-9]{1,2})(?![0-9])"
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?=t[0-9])")
_HAN = re.compile(r"(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?[日号號]?")
_TWO_DIGITS = re.compile(r"[0-9]{2}")
_NUMERIC = re.compile(r"([0-9]{1,2}) ?([/.-]) ?([0-9]{1,2}) ?\2 ?'?([0-9]{4}|[0-9]{2})(?![0-9:])")

_NTH = r"(?P<day>[0-9]{1,2})(?:[.]|o|er|st|nd|rd|th)?"
_OF = r"(?:de |del |do |of |den )?"
_LONG_WORD = re.compile(r"[a-z]{3}|[^\x00-\x7f]")

_WEEKDAY = re.compile(
    rf"(?:(?:يوم|am|le|el|on) )?({alternatives(WEEKDAYS)})(?![^\W\d_])[.]?,? ?(?:(?:den|the|le|el) )?"
)
_WEEKDAY_BEHIND = re.compile(rf" ?[,(]? ?({alternatives(WEEKDAYS)})(?![^\W\d_])[.]?\)?")
_REPEATED = re.compile(rf"(?:{EVERY})(?![^\W\d_])|(?:{alternatives(PLURAL_WEEKDAYS)})(?![^\W\d_])")
_BETWEEN = re.compile(r" ?, ?| |t(?=[0-9])|(?<=[日号號)])")
_BEFORE_DAY = re.compile(rf" ?,? ?(?:(?:{AT}|le|el|den|am) )?")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_NOT = Fault(Problem.NOT_A_TIME)
_YEARS_TRIED = 8  #: each day of the year falls on most days of the week within them


def read_moment(text: str, dates: Dates) -> Meant | Fault:
    """What a text says: a day, a time of day, both, or a span of time; whatever of it is there."""
    written = as_written(text)
    if written.fault:
        return written.fault
    clock = written.clock.meant if written.clock else None
    if written.day is None:
        return clock or _NOT
    day = _resolved(written.day, dates)
    if not isinstance(day, Fault) and written.weekdays and day.weekday() not in written.weekdays:
        return Fault(Problem.OTHER_WEEKDAY, {"day": str(day)})
    if isinstance(day, Fault) and written.weekdays:
        day = _on_weekdays(day, written.weekdays)
    if clock is None:
        return day
    return _with_clock(day, clock) if isinstance(day, Fault) else at(day, clock)


def at(day: date, clock: Clock | Span | Fault) -> datetime | Span | Fault:
    """A time of day on a day."""
    if isinstance(clock, time):
        return datetime.combine(day, clock)
    if isinstance(clock, timedelta):
        return datetime.combine(day, time()) + clock
    if isinstance(clock, Span):
        begins = clock.begins
        if isinstance(begins, timedelta):
            return Fault(Problem.NOT_A_TIME)
        return Span(datetime.combine(day, begins) if isinstance(begins, time) else begins, clock.ends)
    if clock.problem is Problem.MIDNIGHT:
        return Fault(clock.problem, {"day": str(day)})
    likely = clock.facts.get("likely")
    return Fault(clock.problem, {"example": f"{day} {likely}"}) if likely else clock


@lru_cache(maxsize=8192)
def as_written(text: str) -> Written:
    """What a text says in every order in which dates are written; the same text is read once."""
    spelt = plain(text)
    if _NUMBER.fullmatch(spelt):
        return Written(fault=bare_number(float(spelt.replace(",", "."))))
    found = _day_at(spelt, 0)
    if found is None:
        return _without_day_first(spelt)
    day, weekdays, end = found
    if end == len(spelt):
        return Written(day, weekdays)
    between = _BETWEEN.match(spelt, end)
    clock = ClockText(_NOT)
    if between:
        clock = read_clock(spelt[between.end() :], after_day=True, iso=between.group() == "t")
        if clock.lacks_half and _YMD.match(spelt) and _TWO_DIGITS.match(spelt, between.end()):
            clock = replace(clock, lacks_half=False)  # 2031-09-01 04:00 is of ISO 8601 without its T, too
    if isinstance(clock.meant, Fault) and clock.meant.problem is Problem.NOT_A_TIME:
        fault = _no_year(spelt)
        if fault and "clock" in fault.facts:  # the 10 of "1 Sept 10.30" is its hour
            return Written(fault=fault)
    return Written(day, weekdays, clock)


def _without_day_first(spelt: str) -> Written:
    """A time of day alone, or with its day behind it; or what only a weekday tells."""
    end = leading_clock(spelt)
    before_day = _BEFORE_DAY.match(spelt, end) if end else None
    found = _day_at(spelt, before_day.end()) if before_day else None
    if found and found[2] == len(spelt):
        return Written(found[0], found[1], read_clock(spelt[:end], after_day=True))
    if _REPEATED.match(spelt):
        return Written(fault=Fault(Problem.ONLY_A_WEEKDAY, {"repeats": True}))
    if fault := _no_year(spelt):
        return Written(fault=fault)
    if _WEEKDAY.match(spelt):
        return Written(fault=Fault(Problem.ONLY_A_WEEKDAY))
    return Written(clock=read_clock(spelt))


def _no_year(spelt: str) -> Fault | None:
    """That the text is a day without its year, where it begins with one."""
    weekday = _WEEKDAY.match(spelt)
    named = _without_year(spelt, weekday.end() if weekday else 0)
    if named is None:
        return None
    month, day, end = named
    weekdays = WEEKDAYS[weekday[1]] if weekday else frozenset()
    between = _BETWEEN.match(spelt, end)
    clock = read_clock(spelt[between.end() :], after_day=True) if between else None
    facts: dict[str, object] = {"month": month, "day_of_month": day, "weekdays": sorted(weekdays)}
    if clock and isinstance(clock.meant, time):
        facts["clock"] = f"{clock.meant:%H:%M}"
    return Fault(Problem.NO_YEAR, facts)


def _without_year(spelt: str, start: int) -> tuple[int, int, int] | None:
    """The month and the day that stand at a place without a year, and where they end."""
    if not _LONG_WORD.search(spelt, start):
        return None  # "09:00" and "2 pm" alone
    for pattern in _with_month_alone():
        match = pattern.match(spelt, start)
        if match and _day("2000", str(month := MONTHS[match["month"]]), match["day"]):
            return month, int(match["day"]), match.end()
    return None


@cache
def _with_month_alone() -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(rf"{_NTH}[ /.-]*{_OF}{_month()}[.]?(?![^\W_])"),
        re.compile(rf"{_month()}[.]? ?{_NTH}(?![^\W_]|:)"),
    )


def next_such_day(month: int, day: int, weekdays: Collection[int], after: date) -> date | None:
    """The next day of that month that lies ahead, and is one of these days of the week where any are named."""
    found = (_day(str(year), str(month), str(day)) for year in range(after.year, after.year + _YEARS_TRIED))
    fits = (each for each in found if each and each > after and (not weekdays or each.weekday() in weekdays))
    return next(fits, None)


def names_a_day(text: str) -> bool:
    """Whether a date stands anywhere in a text, such as "Week commencing 15 September 2031"."""
    spelt = plain(text)
    return any(_day_at(spelt, word.start()) for word in _WORD.finditer(spelt))


_WORD = re.compile(r"[^ ]+")

Day = date | Readings | Fault


def _day_at(spelt: str, start: int) -> tuple[Day, frozenset[int], int] | None:
    """The date that stands at a place, the weekdays beside it, and where both end."""
    weekdays: frozenset[int] = frozenset()
    found = _date_at(spelt, start)
    if found is None:
        before = _WEEKDAY.match(spelt, start)
        found = _date_at(spelt, before.end()) if before else None
        if before is None or found is None:
            return None
        weekdays = WEEKDAYS[before[1]]
    day, end = found
    behind = _WEEKDAY_BEHIND.match(spelt, end)
    if behind:
        both = WEEKDAYS[behind[1]]
        return day, both & weekdays if weekdays else both, behind.end()
    return day, weekdays, end


def _date_at(spelt: str, start: int) -> tuple[Day, int] | None:
    for pattern in (_YMD, _HAN, _COMPACT):
        if match := pattern.match(spelt, start):
            return _day(match["year"], match["month"], match["day"]) or _NOT, match.end()
    if match := _NUMERIC.match(spelt, start):
        return _numeric(match), match.end()
    for pattern in _with_month_in_words():
        if match := pattern.match(spelt, start):
            return _named(match["year"], match["month"], match["day"]), match.end()
    return None


@cache
def _with_month_in_words() -> tuple[re.Pattern[str], ...]:
    """Compiled when a text asks for them: most files write months as numbers, and this takes milliseconds."""
    month, year = _month(), r"'?(?P<year>[0-9]{4}|[0-9]{2})(?![0-9:])"
    return (
        re.compile(rf"{_NTH}[ /.-]*{_OF}{month}[.]?,?[ /.-]*{_OF}{year}"),
        re.compile(rf"{month}[.]? ?{_NTH},?[ ]+{year}"),
        re.compile(rf"(?P<year>[0-9]{{4}})[ /.-]+{month}[ /.-]+(?P<day>[0-9]{{1,2}})(?![0-9:])"),
    )


def _month() -> str:
    return rf"(?P<month>{alternatives(MONTHS)})"


def _numeric(match: re.Match[str]) -> Readings | Fault:
    one, sign, other, last = match.groups()
    days = {
        DateOrder.DAY_FIRST: _day(last, other, one),
        DateOrder.MONTH_FIRST: _day(last, one, other),
        DateOrder.YEAR_FIRST: None if len(last) > 2 else _day(f"{one:0>2}", other, last),
    }
    readings = {order: day for order, day in days.items() if day}
    return Readings(readings, dotted=sign == ".", short=len(last) == 2) if readings else _NOT


def _named(year: str, month: str, day: str) -> date | Fault:
    return _day(year, str(MONTHS[month]), day) or _NOT


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year) if len(year) > 2 else 2000 + int(year)
    if not 1 < number < 9999:  # the way to UTC and back must not leave the calendar
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _resolved(day: Day, dates: Dates) -> date | Fault:
    return dates.resolve(day) if isinstance(day, Readings) else day


def _on_weekdays(fault: Fault, weekdays: Collection[int]) -> Fault:
    """A question about a date with a day of the week: that proves no order, and rules out what is not offered."""
    readings = fault.facts.get("readings")
    if not isinstance(readings, Mapping):
        return fault
    fit = {order: day for order, day in readings.items() if date.fromisoformat(day).weekday() in weekdays}
    if not fit:
        return Fault(Problem.OTHER_WEEKDAY, {"readings": readings})
    return Fault(fault.problem, {**fault.facts, "readings": fit})


def _with_clock(fault: Fault, clock: Clock | Span | Fault) -> Fault:
    """The fault of a date, its suggestion with the time that follows it."""
    if "example" not in fault.facts or not isinstance(clock, time):
        return Fault(fault.problem, {name: fact for name, fact in fault.facts.items() if name != "example"})
    seconds = "seconds" if clock.second else "minutes"
    return Fault(
        fault.problem, {**fault.facts, "example": f"{fault.facts['example']} {clock.isoformat(seconds)}"}
    )


def likely_meaning(number: float) -> str:
    """What a bare number probably was meant to be, where something suggests itself: "" if not."""
    if not 0 < number < 100_000_000:  # not a number among them, which no int() takes
        return ""
    whole = int(number)
    if number == whole and whole >= 20_000_000:
        written = str(whole)
        day = _day(written[:4], written[4:6], written[6:])
        return str(day or "")
    if number >= 73_416:
        return ""
    if number >= 32_874:  # 1990 to 2100, as days since the spreadsheet's day 0
        moment = datetime(1899, 12, 30) + timedelta(minutes=round(number * 1440))  # noqa: DTZ001 - a wall clock
        return str(moment.date()) if number == whole else moment.isoformat(" ", "minutes")
    return _likely_clock(number)


def _likely_clock(number: float) -> str:
    whole = int(number)
    if number < 1:
        hour, minute = divmod(round(number * 1440), 60)
    elif number == whole and 100 <= whole < 2400:
        hour, minute = divmod(whole, 100)
    elif number < 24:
        hour, minute = whole, round((number - whole) * 100)  # 11.3 was typed 11.30
    else:
        return ""
    return f"{hour % 24:02}:{minute:02}" if minute < 60 else ""


def bare_number(number: float) -> Fault:
    """A number where a date or time should stand, with what it may have been."""
    return Fault(Problem.BARE_NUMBER, {"likely": likely_meaning(number)})
