"""The days that an event's rule has and the calendar takes out or moves: each by the clock of the event.

Compared here and not by recurring-ical-events, which takes a wall clock of one zone for one of
Greenwich: on a summer's day 10:00 in London took out the lesson at 9:00.
"""

from collections.abc import Iterator
from dataclasses import field
from datetime import date, datetime, time, tzinfo
from typing import Any

from icalendar import Component
from icalendar.prop import vDDDTypes

from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import Issue, Problem
from batch.readers.calendar_events import Event, Part


@dataclass(slots=True)
class DaysOut:
    """What EXDATE names."""

    clock: tzinfo
    moments: set[datetime] = field(default_factory=set)  #: on the wall
    days: set[date] = field(default_factory=set)
    _found: set[datetime] = field(default_factory=set)  #: of the moments, those that are of a lesson

    @classmethod
    def of(cls, main: Component, clock: tzinfo) -> "DaysOut":
        """Take EXDATE out of an event, and keep what it names."""
        out = cls(clock)
        for moment in _listed(main.pop("EXDATE", None)):
            if isinstance(moment, datetime):
                out.moments.add(wall(moment, clock))
            elif isinstance(moment, date):
                out.days.add(moment)
        return out

    def has(self, lesson: Component) -> bool:
        """Whether a lesson of the rule is taken out."""
        moment = original(lesson, self.clock)
        if moment in self.moments:
            self._found.add(moment)
            return True
        return moment.date() in self.days

    def faults(self, event: Event, taking_place: list[Component]) -> Iterator[Issue]:
        """What takes out no lesson, though one is on that day at another hour."""
        lessons = {moment.date(): moment for moment in (original(part, self.clock) for part in taking_place)}
        part = event.parts[0]
        for moment in sorted(self.moments - self._found):
            if (lesson := lessons.get(moment.date())) is not None:
                yield _other_hour(event, part, "EXDATE", moment, lesson)


def with_whole_changes(
    event: Event, begins: datetime, clock: tzinfo, now: datetime | None
) -> Iterator[Issue]:
    """A change of a day that is named by its date alone is of that day's lesson; one of another hour is of none."""
    further = {wall(each, clock) for each in _listed(event.main.get("RDATE")) if isinstance(each, datetime)}
    for part in event.parts:
        if "RECURRENCE-ID" not in part.component:
            continue
        named = part.component.decoded("RECURRENCE-ID")
        if isinstance(named, datetime):
            moment = wall(named, clock)
            is_over = now is not None and max(moment, _starts(part, clock)) <= wall(now, clock)
            if moment.time() != begins.time() and moment not in further and not is_over:
                usual = datetime.combine(moment.date(), begins.time())
                yield _other_hour(event, part, "RECURRENCE-ID", moment, usual)
        elif isinstance(named, date):
            params = {**part.component["RECURRENCE-ID"].params}
            params.pop("VALUE", None)
            whole = vDDDTypes(datetime.combine(named, begins.time(), begins.tzinfo))
            whole.params.update(params)
            part.component["RECURRENCE-ID"] = whole


def wall(moment: datetime, clock: tzinfo) -> datetime:
    return (moment.astimezone(clock) if moment.tzinfo else moment).replace(tzinfo=None)


def original(lesson: Component, clock: tzinfo) -> datetime:
    """When a lesson would be, had nobody moved it."""
    named = lesson.decoded("RECURRENCE-ID", None)
    if isinstance(named, datetime):
        return wall(named, clock)
    moment = wall(lesson.decoded("DTSTART"), clock)
    return moment if named is None else datetime.combine(named, moment.time())


def _starts(part: Part, clock: tzinfo) -> datetime:
    """When a changed day begins by now; one without an hour is over with its day."""
    start = part.component.decoded("DTSTART")
    return wall(start, clock) if isinstance(start, datetime) else datetime.combine(start, time.max)


def _listed(value: Any) -> Iterator[Any]:
    for each in value if isinstance(value, list) else [value] if value is not None else []:
        yield from (found.dt for found in getattr(each, "dts", ()))


def _other_hour(event: Event, part: Part, name: str, moment: datetime, lesson: datetime) -> Issue:
    return Problem.OTHER_HOUR.at(
        "",
        f"{moment:%Y-%m-%d %H:%M}",
        header=name,
        line=part.lines.line_of(name),
        event=event.title,
        lesson=f"{lesson:%H:%M}",
    )
