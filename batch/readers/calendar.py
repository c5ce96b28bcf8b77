"""Reads a calendar (.ics): an event is a row, and one that repeats is several classes of that row.

Which days an event falls on says recurring-ical-events. Bounded as any file is: what a
rule can cost is looked at before it is followed, and all of it happens in the guarded process.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]  # ships no py.typed
from icalendar import Calendar, Component

from batch.core.errors import FileProblem
from batch.core.message import FileFault, FileNote, Message
from batch.core.rows.calendar_presenter import CalendarPresenter
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import HeaderFault, find_header
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import CellValue, Unreadable
from batch.readers.calendar_days import DaysOut, original, with_whole_changes
from batch.readers.calendar_events import (
    END,
    ZONE,
    Event,
    changed_twice,
    events_of,
    is_cancelled,
    text_of,
)
from batch.readers.calendar_lines import lines_of, unread_in
from batch.readers.kind import FileKind
from batch.readers.options import LoadOptions
from batch.readers.table import Line, Opened, Table

#: What its rows are called by: the columns' own names, so that nothing has to be said about them.
_HEADER = ("title", "start_time", "time_zone", "duration", "UID")
_PRESENTER = {
    AccountKind.TEACHER: ("presenter_email",),
    AccountKind.ROOM: ("presenter_id", "presenter_name"),
}
#: Of a rule with an end of its own; no timetable reaches further.
_HORIZON = timedelta(days=3660)
_BY_THE_CLOCK = {"SECONDLY", "MINUTELY", "HOURLY"}
_PARTS_OF_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DATED = ("RRULE", "RDATE")
_REPEAT = "repeat"
_YEAR = timedelta(days=366)
_MOMENT = timedelta(seconds=1)
#: Where the day ends last: by a clock that nobody knows, what is over there is over.
_LAST_CLOCK = timezone(timedelta(hours=-12))


@contextmanager
def open_calendar(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator[Opened]:
    """The events of a calendar.

    Raises:
        FileProblem: it is none, or has too many events.
    """
    file.seek(0)
    try:
        read = lines_of(file.read().decode("utf-8-sig"))
        calendar = Calendar.from_ical(read.text)
        found = events_of(calendar, read.events, name)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise FileProblem(FileFault.DAMAGED_CALENDAR, name=name) from error
    zones = list(calendar.walk("VTIMEZONE"))
    lines: list[Line] = []
    past = 0
    for event in found.events:
        of_event = _lines(event, zones, options, account)
        past += not of_event
        lines += of_event
    names: tuple[str, ...] = (*_HEADER, *_PRESENTER[account])
    if any(len(line.cells) > len(names) for line in lines):
        names = (*names, _REPEAT)
        lines = [line._replace(cells=(*line.cells, None)[: len(names)]) for line in lines]
    header = find_header([(0, names)], account, defaulted=options.defaulted, naming=options.naming)
    if isinstance(header, HeaderFault):
        raise FileProblem.of(header.messages(name))
    notes = [*found.notes, *([Message(FileNote.PAST_EVENTS, {"events": past})] if past else [])]
    table = Table(
        kind=FileKind.CALENDAR, place=name, header=header.header, headers={"": 0}, notes=tuple(notes)
    )
    yield Opened(table, iter(lines))


def _lines(
    event: Event, zones: Sequence[Component], options: LoadOptions, account: AccountKind
) -> list[Line]:
    """One for each day that lies ahead; none where all of it is over."""
    main = event.main
    begins = main.decoded("DTSTART", None)
    if is_cancelled(main):
        return [_left_out(event, NonClassLine.CANCELLED, account)]
    if isinstance(begins, datetime) and (faults := list(_faults(event))):
        return [_line(event, main, options, account, *faults)]
    if not isinstance(begins, datetime):
        is_all_day = isinstance(begins, date)
        return [_left_out(event, NonClassLine.ALL_DAY, account) if is_all_day else _unread(event, account)]
    if len(event.parts) == 1 and not any(name in main for name in _DATED):
        return [] if _is_past(main, options) else [_line(event, main, options, account)]
    issue = _unbounded(main, options)
    if issue is not None:
        return [_line(event, main, options, account, issue)]
    return _repeated(event, zones, begins, options, account)


def _repeated(
    event: Event, zones: Sequence[Component], begins: datetime, options: LoadOptions, account: AccountKind
) -> list[Line]:
    clock = begins.tzinfo or _clock(event.main, options)
    if faults := list(with_whole_changes(event, begins, clock, options.now)):
        return [_line(event, event.main, options, account, *faults)]
    out = DaysOut.of(event.main, clock)
    calendar = Calendar()
    for part in (*zones, *(part.component for part in event.parts)):
        calendar.add_component(part)
    _with_whole_last_days(event.main, begins)
    # A day may be moved to before the first one.
    first = min(_wall(part.component) for part in event.parts if _starts(part.component))
    if options.now:
        first = max(first, _naive(options.now) - timedelta(days=1))
    last = first + _HORIZON
    if options.term_ends is not None and _is_endless(event.main):
        last = datetime.combine(options.term_ends, time.max)
    try:
        taking_place = _taking_place(calendar, first, last, options, out)
    except Exception:  # noqa: BLE001 - whatever a rule makes the library do is trouble of this event, not of the file
        return [_line(event, event.main, options, account, Problem.NOT_A_REPEAT.of_row())]
    if len(taking_place) > options.most_lessons:
        issue = Problem.TOO_MANY_LESSONS.of_row(most=options.most_lessons)
        return [_line(event, event.main, options, account, issue)]
    if faults := list(out.faults(event, taking_place)):
        return [_line(event, event.main, options, account, *faults)]
    return [_line(event, part, options, account) for part in taking_place]


def _taking_place(
    calendar: Component, first: datetime, last: datetime, options: LoadOptions, out: DaysOut
) -> list[Component]:
    """What takes place from one moment to another, in order; year by year, and no further than a row may go."""
    query = recurring_ical_events.of(calendar)
    found: list[Component] = []
    begins = first
    while begins <= last and len(found) <= options.most_lessons:
        ends = min(begins + _YEAR, last + _MOMENT)
        of_year = (part for part in query.between(begins, ends) if _starts(part) and not out.has(part))
        # One that goes on over the turn of a year is that of the year it begins in.
        inside = [part for part in of_year if begins == first or _wall(part) >= begins]
        ahead = [part for part in inside if _wall(part) < ends and not _is_past(part, options)]
        taking_place = (part for part in ahead if not is_cancelled(part))
        found += sorted(taking_place, key=lambda part: _utc(_start_of(part), UTC))
        begins = ends
    return found


def _wall(part: Component) -> datetime:
    return _start_of(part).replace(tzinfo=None)


def _faults(event: Event) -> Iterator[Issue]:
    """What of an event that says when it takes place cannot be read, each with its line in the file."""
    yield from event.issues
    yield from changed_twice(event)
    for each in event.parts:
        part, lines = each.component, each.lines
        for name in unread_in(part.errors, lines):
            yield Problem.UNREAD_EVENT.at(
                "", text_of(part.get(name)), header=name, line=lines.line_of(name), event=event.title
            )
        if "EXRULE" in part and not any(name == "EXRULE" for name, _ in part.errors):
            line = lines.line_of("EXRULE")
            yield Problem.DAYS_OUT_BY_RULE.at(
                "", text_of(part["EXRULE"]), header="EXRULE", line=line, event=event.title
            )


def _repeat_text(event: Event) -> str | None:
    """How an event repeats, for a row that stands for all of it: handed in again it is no single class."""
    rules = [f"{name}:{text_of(event.main[name])}" for name in ("RRULE", "EXRULE") if name in event.main]
    if rules:
        return "; ".join(rules).removeprefix("RRULE:")
    return "every RDATE" if "RDATE" in event.main or len(event.parts) > 1 else None


def _with_whole_last_days(main: Component, begins: datetime) -> None:
    """UNTIL as a date alone: that whole day, by the clock of the event."""
    rules = main.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        until = [day if isinstance(day, datetime) else _end_of(day, begins) for day in rule.get("UNTIL", [])]
        if until:
            rule["UNTIL"] = until


def _end_of(day: date, begins: datetime) -> datetime:
    last = datetime.combine(day, time(23, 59, 59), begins.tzinfo)
    return last.astimezone(UTC) if begins.tzinfo else last


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


def _line(event: Event, part: Component, options: LoadOptions, account: AccountKind, *issues: Issue) -> Line:
    start = _start_of(part)
    cells: list[CellValue] = [
        str(part.get("SUMMARY", "")) or None,
        start.replace(tzinfo=None),
        _zone(part, start),
        _length(part, start, options),
        _key(event, part, options),
    ]
    presenter = _presenter(part, options)
    cells += [presenter[0]] if account is AccountKind.TEACHER else presenter
    if issues and (repeats := _repeat_text(event)):
        cells.append(repeats)
    return Line("", event.number, tuple(cells), issues=issues)


def _key(event: Event, part: Component, options: LoadOptions) -> str | None:
    """What a class is known by in the next export: its UID, and of a day of a rule that day, before anybody moved it."""
    uid = str(part.get("UID", ""))
    if not uid or "RECURRENCE-ID" not in part:
        return uid or None
    begins = _start_of(event.main)
    moment = original(part, begins.tzinfo or _clock(event.main, options))
    return f"{uid} {moment:{'%Y-%m-%d' if moment.time() == begins.time() else '%Y-%m-%d %H:%M'}}"


def _left_out(event: Event, why: NonClassLine, account: AccountKind) -> Line:
    title = str(event.main.get("SUMMARY", "")) or "an event"
    width = len(_HEADER) + len(_PRESENTER[account])
    return Line("", event.number, (title, *([None] * (width - 1))), aside=why)


def _unread(event: Event, account: AccountKind) -> Line:
    """An event of which nobody can tell when it begins: a row with what stands there, so that it is asked about."""
    title, begins = (str(event.main.get(name, "")) or None for name in ("SUMMARY", "DTSTART"))
    width = len(_HEADER) + len(_PRESENTER[account])
    return Line("", event.number, (title, begins, *([None] * (width - 2))))


def _zone(part: Component, start: datetime) -> str | None:
    """The name of the clock that a start is told by; None for a start by whatever clock there is.

    What the calendar names and nobody knows is no zone: it stays, and is asked about.
    """
    if start.tzinfo is None:
        return str(part[ZONE]) if ZONE in part else None
    if (key := getattr(start.tzinfo, "key", None)) is not None:
        return str(key)
    if start.utcoffset() == timedelta(0) and "TZID" not in part["DTSTART"].params:
        return "UTC"
    return str(part["DTSTART"].params.get("TZID", "UTC"))


def _length(part: Component, start: datetime, options: LoadOptions) -> CellValue:
    """So many minutes; nothing where the settings say how long an event without an end lasts."""
    if END in part:
        return Unreadable(str(part[END]), Problem.NO_END)
    if "DTEND" in part:
        end = part.decoded("DTEND")
        if isinstance(end, datetime):
            # By UTC: an event over a change of clocks is an hour longer or shorter than its clock says.
            clock = _clock(part, options)
            length = _utc(end, clock) - _utc(start, clock)
            return _whole(length / timedelta(minutes=1))
        return Unreadable(text_of(part["DTEND"]), Problem.NO_END)
    if "DURATION" in part:
        lasts = part.decoded("DURATION")
        is_length = isinstance(lasts, timedelta)
        return (
            _whole(lasts / timedelta(minutes=1))
            if is_length
            else Unreadable(text_of(part["DURATION"]), Problem.NO_END)
        )
    return None if "duration" in options.defaulted else Unreadable("no end", Problem.NO_END)


def _whole(minutes: float) -> int | float:
    return int(minutes) if minutes == int(minutes) else minutes


def _presenter(part: Component, options: LoadOptions) -> list[CellValue]:
    """The address and the name of who gives the class; several addresses are for the person to choose from."""
    attendees = _people(part.get("ATTENDEE"))
    organizer = _people(part.get("ORGANIZER"))
    by_attendee = options.calendar_presenter is CalendarPresenter.ATTENDEE
    people = attendees or organizer if by_attendee else organizer
    if not people and options.defaulted.isdisjoint({"presenter_email", "presenter_id"}):
        return [Unreadable("", Problem.NOBODY_NAMED), None]
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


def _is_past(part: Component, options: LoadOptions) -> bool:
    return options.now is not None and _utc(_start_of(part), _clock(part, options)) <= options.now


def _clock(part: Component, options: LoadOptions) -> tzinfo:
    """By what a start without an offset is read."""
    name = str(part[ZONE]) if ZONE in part else options.zone
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such name; no name at all; a path
        return _LAST_CLOCK


def _starts(part: Component) -> bool:
    return isinstance(part.decoded("DTSTART", None), datetime)


def _start_of(part: Component) -> datetime:
    start = part.decoded("DTSTART")
    if not isinstance(start, datetime):
        raise TypeError("an event with an hour starts at a moment")
    return start


def _utc(moment: datetime, clock: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=clock)).astimezone(UTC)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
