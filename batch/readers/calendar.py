"""Reads a calendar (.ics): an event is a row, and one that repeats is several classes of that row.

Which days an event falls on says recurring-ical-events. Bounded as any file is: what a
rule can cost is looked at before it is followed, and all of it happens in the guarded process.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, BinaryIO

import recurring_ical_events  # type: ignore[import-untyped]  # ships no py.typed
from icalendar import Calendar, Component

from batch.core.message import FileFault, FileNote, Message
from batch.core.rows.calendar_presenter import CalendarPresenter
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import HeaderFault, find_header
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import CellValue
from batch.readers.kind import FileKind
from batch.readers.options import LoadOptions
from batch.readers.problem import FileProblem
from batch.readers.table import Line, Opened, Table

#: What its rows are called by: the columns' own names, so that nothing has to be said about them.
_HEADER = ("title", "start_time", "time_zone", "duration", "UID")
_PRESENTER = {
    AccountKind.TEACHER: ("presenter_email",),
    AccountKind.ROOM: ("presenter_id", "presenter_name"),
}
_MOST_EVENTS = 20_000
#: Of a rule with an end of its own; no timetable reaches further.
_HORIZON = timedelta(days=3660)
_BY_THE_CLOCK = {"SECONDLY", "MINUTELY", "HOURLY"}
_PARTS_OF_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DATED = ("RRULE", "RDATE")


@dataclass(slots=True)
class _Event:
    """What stands under one UID: an event, and what was changed of single days of it."""

    number: int
    parts: list[Component] = field(default_factory=list)

    @property
    def main(self) -> Component:
        return next((part for part in self.parts if "RECURRENCE-ID" not in part), self.parts[0])


@contextmanager
def open_calendar(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator[Opened]:
    """The events of a calendar.

    Raises:
        FileProblem: it is none, or has too many events.
    """
    file.seek(0)
    try:
        calendar = Calendar.from_ical(file.read().decode("utf-8-sig"))
        events = _events(calendar, name)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise FileProblem(FileFault.DAMAGED_CALENDAR, name=name) from error
    names = (*_HEADER, *_PRESENTER[account])
    found = find_header([(0, names)], account, defaulted=options.defaulted, naming=options.naming)
    if isinstance(found, HeaderFault):
        raise FileProblem.of(found.messages(name))
    zones = list(calendar.walk("VTIMEZONE"))
    lines: list[Line] = []
    past = 0
    for event in events:
        of_event = _lines(event, zones, options, account)
        past += not of_event
        lines += of_event
    notes = (Message(FileNote.PAST_EVENTS, {"events": past}),) if past else ()
    table = Table(kind=FileKind.CALENDAR, place=name, header=found.header, headers={"": 0}, notes=notes)
    yield Opened(table, iter(lines))


def _events(calendar: Component, name: str) -> list[_Event]:
    """The events by UID, each with the place of its first part in the file."""
    found: dict[str, _Event] = {}
    for number, part in enumerate(calendar.walk("VEVENT"), start=1):
        if number > _MOST_EVENTS:
            raise FileProblem(FileFault.TOO_MANY_EVENTS, name=name, events=_MOST_EVENTS)
        uid = str(part.get("UID", "")) or f"without one, {number}"
        found.setdefault(uid, _Event(number)).parts.append(part)
    return list(found.values())


def _lines(
    event: _Event, zones: Sequence[Component], options: LoadOptions, account: AccountKind
) -> list[Line]:
    """One for each day that lies ahead; none where all of it is over."""
    main = event.main
    begins = main.decoded("DTSTART", None)
    if _is_cancelled(main):
        return [_left_out(event, NonClassLine.CANCELLED, account)]
    if not isinstance(begins, datetime):
        is_all_day = isinstance(begins, date)
        return [_left_out(event, NonClassLine.ALL_DAY, account) if is_all_day else _unread(event, account)]
    if len(event.parts) == 1 and not any(name in main for name in _DATED):
        return [] if _is_past(begins, options) else [_line(event, main, options, account)]
    issue = _unbounded(main, options)
    if issue is not None:
        return [_line(event, main, options, account, issue)]
    return _repeated(event, zones, begins, options, account)


def _repeated(
    event: _Event, zones: Sequence[Component], begins: datetime, options: LoadOptions, account: AccountKind
) -> list[Line]:
    calendar = Calendar()
    for part in (*zones, *event.parts):
        calendar.add_component(part)
    first = (
        max(begins.replace(tzinfo=None), _naive(options.now) - timedelta(days=1)) if options.now else begins
    )
    last = first.replace(tzinfo=None) + _HORIZON
    if options.term_ends is not None and _is_endless(event.main):
        last = datetime.combine(options.term_ends, time.max)
    try:
        found = recurring_ical_events.of(calendar).between(first.replace(tzinfo=None), last)
    except (ValueError, TypeError, KeyError, OverflowError):
        return [_line(event, event.main, options, account, Problem.NOT_A_REPEAT.of_row())]
    parts = sorted((part for part in found if _starts(part)), key=_moment)
    ahead = [part for part in parts if not _is_past(_start_of(part), options)]
    taking_place = [part for part in ahead if not _is_cancelled(part)]
    if len(taking_place) > options.most_lessons:
        issue = Problem.TOO_MANY_LESSONS.of_row(most=options.most_lessons)
        return [_line(event, event.main, options, account, issue)]
    return [_line(event, part, options, account) for part in taking_place]


def _unbounded(main: Component, options: LoadOptions) -> Issue | None:
    """What is wrong with a rule before anybody follows it."""
    rules = main.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        frequency = {str(each).upper() for each in rule.get("FREQ", [])}
        interval = rule.get("INTERVAL", [1])
        by_the_clock = frequency & _BY_THE_CLOCK or any(name in rule for name in _PARTS_OF_A_DAY)
        if not frequency or by_the_clock or not all(isinstance(each, int) and each > 0 for each in interval):
            return Problem.NOT_A_REPEAT.of_row()
    if _is_endless(main) and options.term_ends is None:
        return Problem.NO_BOUNDS.of_row(lacks="last")
    return None


def _is_endless(main: Component) -> bool:
    rules = main.get("RRULE", [])
    return any(
        "UNTIL" not in rule and "COUNT" not in rule
        for rule in (rules if isinstance(rules, list) else [rules])
    )


def _line(event: _Event, part: Component, options: LoadOptions, account: AccountKind, *issues: Issue) -> Line:
    start = _start_of(part)
    cells: list[CellValue] = [
        str(part.get("SUMMARY", "")) or None,
        start.replace(tzinfo=None),
        _zone(part, start),
        _minutes(part, start),
        str(part.get("UID", "")) or None,
    ]
    presenter = _presenter(part, options.calendar_presenter)
    cells += [presenter[0]] if account is AccountKind.TEACHER else presenter
    return Line("", event.number, tuple(cells), issues=issues)


def _left_out(event: _Event, why: NonClassLine, account: AccountKind) -> Line:
    title = str(event.main.get("SUMMARY", "")) or "an event"
    width = len(_HEADER) + len(_PRESENTER[account])
    return Line("", event.number, (title, *([None] * (width - 1))), aside=why)


def _unread(event: _Event, account: AccountKind) -> Line:
    """An event of which nobody can tell when it begins: a row with what stands there, so that it is asked about."""
    title, begins = (str(event.main.get(name, "")) or None for name in ("SUMMARY", "DTSTART"))
    width = len(_HEADER) + len(_PRESENTER[account])
    return Line("", event.number, (title, begins, *([None] * (width - 2))))


def _zone(part: Component, start: datetime) -> str | None:
    """The name of the clock that a start is told by; None for a start by whatever clock there is."""
    if start.tzinfo is None:
        return None
    if (key := getattr(start.tzinfo, "key", None)) is not None:
        return str(key)
    if start.utcoffset() == timedelta(0) and "TZID" not in part["DTSTART"].params:
        return "UTC"
    return str(part["DTSTART"].params.get("TZID", "UTC"))


def _minutes(part: Component, start: datetime) -> int | float | None:
    if "DTEND" in part:
        end = part.decoded("DTEND")
        if isinstance(end, datetime):
            # By UTC: an event over a change of clocks is an hour longer or shorter than its clock says.
            length = _utc(end) - _utc(start)
            return _whole(length / timedelta(minutes=1))
        return None
    if "DURATION" in part:
        return _whole(part.decoded("DURATION") / timedelta(minutes=1))
    return None


def _whole(minutes: float) -> int | float:
    return int(minutes) if minutes == int(minutes) else minutes


def _presenter(part: Component, who: CalendarPresenter) -> list[CellValue]:
    """The address and the name of who gives the class; several addresses are for the person to choose from."""
    attendees = _people(part.get("ATTENDEE"))
    organizer = _people(part.get("ORGANIZER"))
    people = attendees or organizer if who is CalendarPresenter.ATTENDEE else organizer
    addresses = ", ".join(address for address, _ in people)
    names = ", ".join(name for _, name in people if name)
    return [addresses or None, names or addresses or None]


def _people(value: Any) -> list[tuple[str, str]]:
    found = value if isinstance(value, list) else [value] if value is not None else []
    people = []
    for each in found:
        address = str(each)
        address = address[len("mailto:") :] if address.casefold().startswith("mailto:") else address
        if str(each.params.get("CUTYPE", "INDIVIDUAL")).upper() in {"ROOM", "RESOURCE"}:
            continue  # the room that was booked gives no class
        people.append((address, str(each.params.get("CN", ""))))
    return people


def _is_cancelled(part: Component) -> bool:
    return str(part.get("STATUS", "")).upper() == "CANCELLED"


def _is_past(start: datetime, options: LoadOptions) -> bool:
    return options.now is not None and _utc(start) <= options.now


def _starts(part: Component) -> bool:
    return isinstance(part.decoded("DTSTART", None), datetime)


def _start_of(part: Component) -> datetime:
    start = part.decoded("DTSTART")
    if not isinstance(start, datetime):
        raise TypeError("an event with an hour starts at a moment")
    return start


def _moment(part: Component) -> datetime:
    return _utc(_start_of(part))


def _utc(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), UTC)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
