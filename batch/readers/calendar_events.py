"""The events of a calendar: what stands under one UID, which of it holds, and by whose clock.

RFC 5545, 3.8.4.7 and 3.8.7.4: of parts with one UID the highest SEQUENCE holds, and one with a
RECURRENCE-ID changes a single day. Programs give one UID to several events all the same; none is dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from icalendar import Component, vText

from batch.core.errors import FileProblem
from batch.core.message import FileFault, FileNote, Message
from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import Issue, Problem
from batch.readers.calendar_lines import EventLines

#: Properties that parts are given here; unlike the parameters of DTSTART, a day of a rule has them, too.
ZONE = "X-CLASSBATCH-ZONE"  #: by which clock a start without an offset is meant, as far as the calendar says
END = "X-CLASSBATCH-END"  #: an end by another clock than the start's, which therefore is no end
_MOST_EVENTS = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """One VEVENT."""

    number: int  #: which of the file
    component: Component
    lines: EventLines

    @property
    def sequence(self) -> int:
        value = self.component.get("SEQUENCE", 0)
        return int(value) if isinstance(value, int) else 0


@dataclass(slots=True)
class Event:
    """An event, and what was changed of single days of it."""

    main: Component
    parts: list[Part]
    issues: list[Issue] = field(default_factory=list)  #: of its UID

    @property
    def number(self) -> int:
        return min(part.number for part in self.parts)

    @property
    def title(self) -> str:
        return title_of(self.main)


@dataclass(frozen=True, slots=True)
class Events:
    """All of a calendar."""

    events: list[Event]
    notes: list[Message]


def events_of(calendar: Component, lines: Sequence[EventLines], name: str) -> Events:
    """Find the events, in the order of the file.

    Raises:
        FileProblem: there are too many.
    """
    by_uid: dict[str, list[Part]] = {}
    zone_of_file = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    floating = 0
    for number, component in enumerate(calendar.walk("VEVENT"), start=1):
        if number > _MOST_EVENTS:
            raise FileProblem(FileFault.TOO_MANY_EVENTS, name=name, events=_MOST_EVENTS)
        floating += _with_clock(component, zone_of_file)
        of_part = lines[number - 1] if number <= len(lines) else EventLines(0)
        uid = str(component.get("UID", "")) or f"without one, {number}"
        by_uid.setdefault(uid, []).append(Part(number, component, of_part))
    events: list[Event] = []
    older: list[str] = []
    for parts in by_uid.values():
        of_uid, replaced = _of_one_uid(parts)
        events += of_uid
        older += [title_of(part.component) for part in replaced]
    notes = []
    if floating and zone_of_file:
        notes.append(Message(FileNote.ZONE_OF_CALENDAR, {"events": floating, "zone": zone_of_file}))
    if older:
        notes.append(Message(FileNote.OLDER_EVENTS, {"events": len(older), "first": older[0]}))
    return Events(sorted(events, key=lambda event: event.number), notes)


def title_of(component: Component) -> str:
    return str(component.get("SUMMARY", "")) or str(component.get("UID", ""))


def is_cancelled(component: Component) -> bool:
    return str(component.get("STATUS", "")).upper() == "CANCELLED"


def text_of(value: Any) -> str:
    """What stands in the file, as far as it was read."""
    if value is None:
        return ""
    written = value.to_ical() if hasattr(value, "to_ical") else str(value)
    return written.decode("utf-8", "replace") if isinstance(written, bytes) else str(written)


def _of_one_uid(parts: list[Part]) -> tuple[list[Event], list[Part]]:
    """Its events, and the parts that a newer one replaces."""
    whole = [part for part in parts if "RECURRENCE-ID" not in part.component]
    changes = [part for part in parts if "RECURRENCE-ID" in part.component]
    if not whole:  # days of an event that is not in the file: each stands for itself
        return [Event(part.component, [part]) for part in changes], []
    newest = max(part.sequence for part in whole)
    holds = [part for part in whole if part.sequence == newest]
    older = [part for part in whole if part.sequence != newest]
    if len(holds) == 1:
        return [Event(holds[0].component, [holds[0], *changes])], older
    events = [Event(part.component, [part]) for part in holds]
    if changes or len({is_cancelled(part.component) for part in holds}) > 1:
        for event in events:
            event.issues += _shared(event.parts[0], [*holds, *changes])
    return events, older


def changed_twice(event: Event) -> Iterator[Issue]:
    """Days of an event of which two changes are there, neither of them newer."""
    seen: dict[tuple[str, int], Part] = {}
    for part in event.parts:
        if "RECURRENCE-ID" not in part.component:
            continue
        other = seen.setdefault((text_of(part.component["RECURRENCE-ID"]), part.sequence), part)
        if other is not part:
            yield from _shared(part, [other, part])


def _shared(part: Part, parts: Sequence[Part]) -> Iterator[Issue]:
    others = [str(other.lines.begins) for other in parts if other is not part]
    yield Problem.SHARED_UID.at(
        "",
        str(part.component.get("UID", "")),
        header="UID",
        line=part.lines.begins,
        others=others,
        event=title_of(part.component),
    )


def _with_clock(component: Component, zone_of_file: str) -> bool:
    """Note by whose clock its start is and whether its end is by the same; whether the calendar's own zone is taken."""
    component.pop(ZONE, None)
    component.pop(END, None)
    start, end = _moment(component, "DTSTART"), _moment(component, "DTEND")
    if start is None:
        return False
    if end is not None and _clock(component, start, "DTSTART") != _clock(component, end, "DTEND"):
        component[END] = vText(text_of(component.pop("DTEND")))
    if start.tzinfo is not None:
        return False
    named = str(component["DTSTART"].params.get("TZID", ""))
    if named or zone_of_file:
        component[ZONE] = vText(named or zone_of_file)
    return not named


def _moment(component: Component, name: str) -> datetime | None:
    value = component.get(name)
    if value is None or isinstance(value, list):
        return None
    moment = component.decoded(name, None)
    return moment if isinstance(moment, datetime) else None


def _clock(component: Component, moment: datetime, name: str) -> str | None:
    """None for a moment that is one by itself; else what its clock is called, with "" for whatever clock there is."""
    return None if moment.tzinfo is not None else str(component[name].params.get("TZID", ""))
