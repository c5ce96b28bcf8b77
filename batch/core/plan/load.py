"""When a timetable is busiest: the most classes at once in each hour of each day.

The terminal's bars and the workbook's Load sheet are both made from `busiest`, so
they cannot disagree. Counted is what is wanted, held rows too: a timetable that
asks for 7 at once shows 7, whatever the licence allows. A row that stands there
twice asks for one class.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from batch.core.plan.capacity import Interval, OccupancyCalendar
from batch.core.quick_dataclass import dataclass

_HOUR = 3600


class Lesson(NamedTuple):
    """A class that the file asks for. Times are UTC seconds."""

    starts: int
    ends: int
    room_until: int
    zone: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day on the load's clock."""

    date: date
    peaks: Mapping[int, int]  #: hour of the day -> the most classes at once; hours without any are left out

    @property
    def peak(self) -> int:
        return max(self.peaks.values())

    @property
    def busiest_hour(self) -> int:
        """The first one, where several are as busy."""
        return max(self.peaks, key=lambda hour: (self.peaks[hour], -hour))


@dataclass(frozen=True, slots=True)
class Load:
    """How many classes run at once, by day and hour."""

    zone: str  #: the clock of most rows
    limit: int | None  #: how many may; None: nobody knows yet
    days: tuple[Day, ...]  #: in order; days without classes are left out

    @property
    def hours(self) -> range:
        """From the earliest hour with a class to the latest."""
        used = {hour for day in self.days for hour in day.peaks}
        return range(min(used, default=0), max(used, default=-1) + 1)

    @property
    def over_full(self) -> list[tuple[Day, int]]:
        """The hours that ask for more than is allowed, in order."""
        if self.limit is None:
            return []
        return [(day, hour) for day in self.days for hour, peak in day.peaks.items() if peak > self.limit]

    def busiest_days(self, most: int) -> list[Day]:
        """So many days at most, the busiest, in the order of the calendar."""
        busiest = sorted(self.days, key=lambda day: (-day.peak, day.date))[:most]
        return sorted(busiest, key=lambda day: day.date)


def busiest(
    lessons: Iterable[Lesson],
    others: Iterable[Interval] = (),
    *,
    limit: int | None,
    extend_counts: bool = True,
) -> Load:
    """The load of a timetable.

    Args:
        lessons: what the file asks for; taken one at a time.
        others: other classes of the account, from when until when. They count on the days of the file only.
        limit: how many classes may run at once.
        extend_counts: whether the time a class may run on counts.
    """
    calendar = OccupancyCalendar()
    zones: Counter[str] = Counter()
    first, last = None, 0
    for lesson in lessons:
        end = lesson.room_until if extend_counts else lesson.ends
        calendar.add(lesson.starts, end)
        zones[lesson.zone] += 1
        first, last = min(first or lesson.starts, lesson.starts), max(last, end)
    if first is None:
        return Load("UTC", limit, ())
    for start, end in others:
        if end > first and start < last:
            calendar.add(start, end)
    zone = zones.most_common(1)[0][0]
    return Load(zone, limit, tuple(_days(calendar, ZoneInfo(zone))))


def _days(calendar: OccupancyCalendar, clock: ZoneInfo) -> Iterable[Day]:
    found: dict[date, dict[int, int]] = {}
    for window in calendar.windows(1):
        local = datetime.fromtimestamp(window.start, clock)
        hour = local.replace(minute=0, second=0).astimezone(UTC)
        while hour.timestamp() < window.end:
            start = int(hour.timestamp())
            # Cut to the window: the hour's other classes have their own.
            peak = calendar.peak(max(start, window.start), min(start + _HOUR, window.end))
            local = hour.astimezone(clock)
            peaks = found.setdefault(local.date(), {})
            peaks[local.hour] = max(peaks.get(local.hour, 0), peak)
            hour += timedelta(seconds=_HOUR)
    return (Day(day, peaks) for day, peaks in sorted(found.items()))
