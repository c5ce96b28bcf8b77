"""A class's start as its own clock shows it, with the mark that tells summer time from winter time.

A timetable is written by the wall; the service and other zones live by UTC. Both
stand side by side in the results, so that an hour lost to a change of clocks is seen.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from batch.core.rows.reading import clock_in

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@lru_cache(maxsize=4096)  # a term has far more classes than moments at which they begin
def start_utc(starts: datetime) -> str:
    """Such as '2031-09-01 13:00'."""
    return _minute(starts)


@lru_cache(maxsize=4096)
def start_local(starts: datetime, zone: str) -> str:
    """Such as '2031-09-01 14:00 Mon, UTC+1, summer time'; sorts by time within a zone.

    >>> start_local(datetime(2031, 10, 26, 0, 30, tzinfo=UTC), "Europe/London")
    '2031-10-26 01:30 Sun, UTC+1, summer time, the first of two'
    """
    clock = clock_in(zone)
    local = starts.astimezone(clock)
    offset = local.utcoffset() or timedelta(0)
    marks = [_WEEKDAYS[local.weekday()], _offset(offset)]
    if offset > _winter(zone, local.year):
        marks.append("summer time")
    other = local.replace(fold=1 - local.fold).utcoffset()
    if other != offset:
        marks.append("the first of two" if local.fold == 0 else "the second of two")
    return f"{_minute(local)} {', '.join(marks)}"


@lru_cache(maxsize=4096)
def local_day(starts: datetime, zone: str) -> date:
    """The day that stands in the timetable."""
    return starts.astimezone(clock_in(zone)).date()


def _minute(moment: datetime) -> str:
    return moment.isoformat(" ", "minutes")[:16]  # strftime takes five times as long


@lru_cache(maxsize=4096)
def _winter(zone: str, year: int) -> timedelta:
    # Not `dst()`: where winter time is the odd one out, as in Dublin, it is negative there.
    clock = clock_in(zone)
    ends = (datetime(year, month, 1, tzinfo=UTC).astimezone(clock).utcoffset() for month in (1, 7))
    return min(offset or timedelta(0) for offset in ends)


def _offset(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else "UTC"
