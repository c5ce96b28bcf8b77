"""When a class begins and how long it lasts, from the columns that tell it.

A start stands in one cell, or its day and its time of day in two; the length is
written as such, or follows from an end. Where two cells tell the same thing they
have to agree.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from batch.core.rows.cells import Value
from batch.core.rows.dates import Span
from batch.core.rows.problems import ColumnName, Fault, Problem

#: A fault, and the column whose cell has it.
Told = tuple[str, Fault]

_MINUTE = timedelta(minutes=1)
_START = ColumnName("start_time")


@dataclass(frozen=True, slots=True)
class When:
    """What the cells of a row tell together."""

    start: datetime | None  #: by the clock on the wall
    minutes: int | None  #: from start to end, where an end was given
    faults: tuple[Told, ...] = ()


def when(
    values: Mapping[str, Value],
    header: Collection[str],
    faulty: Collection[str],
    offset: Callable[[datetime], timedelta],
) -> When:
    """Put start_time, date, end_time and duration together.

    Args:
        values: what could be read of a row's cells.
        header: the columns that the file has.
        faulty: the columns whose cell is complained about already.
        offset: how far the wall's clock is ahead of UTC.
    """
    start = None if {"start_time", "date"} & set(faulty) else _start(values, header)
    if not isinstance(start, datetime):
        return When(None, None, start or ())
    ends = _ends(values)
    if not ends:
        return When(start, None)
    lengths = {column: _length(start, end, offset) for column, end in ends.items()}
    faults = [(column, length) for column, length in lengths.items() if isinstance(length, Fault)]
    if faults:
        return When(start, None, tuple(faults))
    minutes, *others = [length for length in lengths.values() if isinstance(length, int)]
    if others and others != [minutes]:
        faults.append(("end_time", Fault(Problem.CONTRADICTS, {"other": _START, "part": "end"})))
    duration = values.get("duration")
    if isinstance(duration, int) and duration != minutes:
        faults.append(("duration", Fault(Problem.CONTRADICTS, {"minutes": minutes})))
    return When(start, minutes, tuple(faults))


def _start(values: Mapping[str, Value], header: Collection[str]) -> datetime | tuple[Told, ...]:
    begins, day = values.get("start_time"), values.get("date")
    if isinstance(begins, Span):
        begins = begins.begins
    if isinstance(begins, datetime):
        agrees = not isinstance(day, date) or day in {begins, begins.date(), _midnight(begins)}
        return begins if agrees else (("date", Fault(Problem.CONTRADICTS, {"other": _START})),)
    if isinstance(begins, date):
        return (("start_time", Fault(Problem.DATE_ONLY)),)
    if isinstance(begins, time):
        return _at(begins, day, header)
    return _without_time(day, header)


def _at(begins: time, day: Value | None, header: Collection[str]) -> datetime | tuple[Told, ...]:
    """The moment of a time of day, whose day stands in a cell of its own."""
    if not isinstance(day, date):
        return (
            ("date", Fault(Problem.BLANK)) if "date" in header else ("start_time", Fault(Problem.TIME_ONLY)),
        )
    if isinstance(day, datetime):
        if day.time() not in {time(), begins}:
            return (
                ("start_time", Fault(Problem.CONTRADICTS, {"other": ColumnName("date"), "part": "time"})),
            )
        day = day.date()
    return datetime.combine(day, begins)


def _without_time(day: Value | None, header: Collection[str]) -> datetime | tuple[Told, ...]:
    if not isinstance(day, date):
        blank = [column for column in ("start_time", "date") if column in header] or ["start_time"]
        return tuple((column, Fault(Problem.BLANK)) for column in blank)
    # Exports write a day as 2031-09-01 00:00:00; where times have a column, that is no midnight.
    if isinstance(day, datetime) and ("start_time" not in header or day.time() != time()):
        return day
    in_its_column = ("start_time", Fault(Problem.BLANK))
    return (in_its_column if "start_time" in header else ("date", Fault(Problem.DATE_ONLY)),)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time())


def _ends(values: Mapping[str, Value]) -> dict[str, time | datetime]:
    begins, end = values.get("start_time"), values.get("end_time")
    ends: dict[str, time | datetime] = {}
    if isinstance(begins, Span):
        ends["start_time"] = begins.ends
    if isinstance(end, time | datetime):
        ends["end_time"] = end
    return ends


def _length(start: datetime, end: time | datetime, offset: Callable[[datetime], timedelta]) -> int | Fault:
    ends = datetime.combine(start.date(), end) if isinstance(end, time) else end
    # By UTC: a class over a change of clocks is an hour longer or shorter than its wall says.
    minutes, rest = divmod((ends - start) - (offset(ends) - offset(start)), _MINUTE)
    if minutes < 1:
        return Fault(Problem.ENDS_FIRST, {"begins": f"{start:%H:%M}"})
    return Fault(Problem.NOT_AN_END) if rest else minutes
