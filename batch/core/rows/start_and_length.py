"""When a class begins and how long it lasts, from the columns that tell it.

A start stands in one cell, or its day and its time of day in two; the length is
written as such, or follows from an end. Where two cells tell the same thing they
have to agree, and a row is one class: an end a day or more after the start is the
last day of many.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time, timedelta

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cells import Value
from batch.core.rows.clock_times import Clock, Span
from batch.core.rows.dates import at
from batch.core.rows.problems import ColumnName, Fault, Problem

#: A fault, and the column whose cell has it.
FaultAt = tuple[str, Fault]

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_START = ColumnName("start_time")


@dataclass(frozen=True, slots=True)
class When:
    """What the cells of a row tell together."""

    start: datetime | None  #: by the clock of the row's zone; with the offset that was written, where one was
    minutes: int | None  #: from start to end, where an end was given
    faults: tuple[FaultAt, ...] = ()


def when(
    values: Mapping[str, Value],
    header: Collection[str],
    faulty: Collection[str],
    offset: Callable[[datetime], timedelta],
) -> When:
    """Put start_time, date, end_time, end_date and duration together.

    Args:
        values: what could be read of a row's cells.
        header: the columns that the file has.
        faulty: the columns whose cell is complained about already.
        offset: how far the local clock is ahead of UTC.
    """
    start = None if {"start_time", "date"} & set(faulty) else _start(values, header)
    if not isinstance(start, datetime):
        return When(None, None, start or ())
    if "end_date" in faulty:
        return When(start, None)
    ends = _ends(values, start)
    lengths = {column: _length(start, end, offset) for column, end in ends.items()}
    faults = [
        ("end_date" if length.problem is Problem.SERIES and "end_date" in values else column, length)
        for column, length in lengths.items()
        if isinstance(length, Fault)
    ]
    duration = values.get("duration")
    if not faults and (fault := _last_day(values, start, duration)):
        faults.append(fault)
    if faults or not ends:
        return When(start, None, tuple(faults))
    minutes, *others = [length for length in lengths.values() if isinstance(length, int)]
    if others and others != [minutes]:
        faults.append(("end_time", Fault(Problem.CONTRADICTS, {"other": _START, "part": "end"})))
    if isinstance(duration, int) and duration != minutes:
        faults.append(("duration", Fault(Problem.CONTRADICTS, {"minutes": minutes})))
    return When(start, minutes, tuple(faults))


def _start(values: Mapping[str, Value], header: Collection[str]) -> datetime | tuple[FaultAt, ...]:
    begins, day = values.get("start_time"), values.get("date")
    if isinstance(begins, Span):
        begins = begins.begins
    if isinstance(begins, datetime):
        same = begins.replace(tzinfo=None)
        agrees = not isinstance(day, date) or day in {same, same.date(), _midnight(same)}
        return begins if agrees else (("date", Fault(Problem.CONTRADICTS, {"other": _START})),)
    if isinstance(begins, date):
        return (("start_time", Fault(Problem.DATE_ONLY, {"day": begins})),)
    if isinstance(begins, time | timedelta):
        return _at(begins, day, header)
    return _without_time(day, header)


def _at(begins: Clock, day: Value | None, header: Collection[str]) -> datetime | tuple[FaultAt, ...]:
    """The moment of a time of day, whose day stands in a cell of its own."""
    if not isinstance(day, date):
        return (
            ("date", Fault(Problem.BLANK)) if "date" in header else ("start_time", Fault(Problem.TIME_ONLY)),
        )
    if isinstance(day, datetime):
        if day.time() not in {time(), begins}:
            other = {"other": ColumnName("date"), "part": "time"}
            return (("start_time", Fault(Problem.CONTRADICTS, other)),)
        day = day.date()
    moment = at(day, begins)
    if not isinstance(moment, datetime):
        raise TypeError("a time of day on a day is a moment")
    return moment


def _without_time(day: Value | None, header: Collection[str]) -> datetime | tuple[FaultAt, ...]:
    if not isinstance(day, date):
        blank = [column for column in ("start_time", "date") if column in header] or ["start_time"]
        return tuple((column, Fault(Problem.BLANK)) for column in blank)
    # Exports write a day as 2031-09-01 00:00:00; where times have a column, that is no midnight.
    if isinstance(day, datetime) and ("start_time" not in header or day.time() != time()):
        return day
    in_its_column = ("start_time", Fault(Problem.BLANK))
    return (in_its_column if "start_time" in header else ("date", Fault(Problem.DATE_ONLY, {"day": day})),)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time())


def _ends(values: Mapping[str, Value], start: datetime) -> dict[str, datetime | date]:
    """The ends that a row gives, each with its column: moments, or the day alone where an end is none."""
    begins, end, day = values.get("start_time"), values.get("end_time"), values.get("end_date")
    ends: dict[str, datetime | date] = {}
    if isinstance(begins, Span):
        ends["start_time"] = _end(begins.ends, day, start)
    if isinstance(end, time | timedelta):
        ends["end_time"] = _end(end, day, start)
    elif isinstance(end, date):  # a datetime is one too
        ends["end_time"] = end
    if isinstance(day, datetime) and day.time() != time() and not ends:
        ends["end_date"] = day
    return ends


def _end(clock: Clock, day: Value | None, start: datetime) -> datetime:
    on = day if isinstance(day, date) else start
    moment = at(on.date() if isinstance(on, datetime) else on, clock)
    if not isinstance(moment, datetime):
        raise TypeError("a time of day on a day is a moment")
    # A class that ends at 00:00 ends with its day; none begins before it.
    return moment + _DAY if clock == time() and day is None else moment


def _last_day(values: Mapping[str, Value], start: datetime, duration: Value | None) -> FaultAt | None:
    """An end date that no end of this class falls on: it is the last of a series, or wrong."""
    day = values.get("end_date")
    if not isinstance(day, date):
        return None
    day = day.date() if isinstance(day, datetime) else day
    if day < start.date():
        return "end_date", Fault(Problem.ENDS_FIRST, {"begins": f"{start:%Y-%m-%d %H:%M}", "later": ""})
    if day == start.date() or isinstance(values.get("end_time"), time | timedelta):
        return None
    minutes = duration if isinstance(duration, int) else 0
    reaches = (start + timedelta(minutes=minutes)).date() == day
    spans = isinstance(values.get("start_time"), Span)
    return None if reaches or spans else ("end_date", _series(start, day))


def _series(start: datetime, day: date) -> Fault:
    return Fault(Problem.SERIES, {"last": str(day), "days": (day - start.date()).days})


def _length(start: datetime, end: datetime | date, offset: Callable[[datetime], timedelta]) -> int | Fault:
    if not isinstance(end, datetime):
        return _series(start, end) if end > start.date() else Fault(Problem.NOT_AN_END)
    begins, ends = _alike(start, end)
    # By UTC: a class over a change of clocks is an hour longer or shorter than its clock says.
    change = timedelta(0) if begins.tzinfo else offset(ends) - offset(begins)
    minutes, rest = divmod((ends - begins) - change, _MINUTE)
    if minutes < 1:
        return Fault(Problem.ENDS_FIRST, {"begins": f"{start:%H:%M}", "later": _later(begins, ends)})
    if minutes >= _DAY // _MINUTE:
        return _series(start, end.date())
    return Fault(Problem.NOT_AN_END) if rest else minutes


def _alike(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Both with their offsets, or both by the same clock."""
    if start.tzinfo and end.tzinfo:
        return start, end
    return start.replace(tzinfo=None), end.replace(tzinfo=None)


def _later(begins: datetime, ends: datetime) -> str:
    """The end by a clock that counts to 12, where that makes it one: 12:20 to 1:05."""
    later = ends + timedelta(hours=12)
    return f"{later:%H:%M}" if later.date() == begins.date() and later > begins else ""
