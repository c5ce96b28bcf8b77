"""The lines of a calendar as they stand in the file: where each property of an event is, and which are too long to be read."""

from collections.abc import Iterator, Mapping
from dataclasses import field

from batch.core.quick_dataclass import dataclass

#: What says when an event takes place, and so whether it is read rightly.
WHEN = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "SEQUENCE"}
)
_DATES = frozenset({"RDATE", "EXDATE"})
#: Some 900 dates; longer lists take minutes to read, and no row stands for so many lessons.
_LONGEST = 16_384


@dataclass(slots=True)
class EventLines:
    """Where the properties of one event stand."""

    begins: int  #: the number of its first line
    lines: dict[str, int] = field(
        default_factory=dict
    )  #: property -> the number of its last line of that name
    too_long: list[str] = field(default_factory=list)  #: properties that were left out

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.begins)


@dataclass(frozen=True, slots=True)
class CalendarLines:
    """A calendar's text, without the lines that are too long, and its events in their order."""

    text: str
    events: tuple[EventLines, ...]


def lines_of(text: str) -> CalendarLines:
    """Look through a calendar."""
    kept: list[str] = []
    events: list[EventLines] = []
    inside: EventLines | None = None
    for number, line in _unfolded(text):
        name = _name(line)
        upper = line.strip().upper()
        if upper == "BEGIN:VEVENT":
            inside = EventLines(number)
            events.append(inside)
        elif upper == "END:VEVENT":
            inside = None
        elif inside is not None and name in WHEN:
            inside.lines[name] = number
            if name in _DATES and len(line) > _LONGEST:
                inside.too_long.append(name)
                continue
        kept.append(line)
    return CalendarLines("\r\n".join(kept) + "\r\n", tuple(events))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each line with the number of its first part: a line that begins with a space goes on from the one above."""
    parts: list[str] = []
    first = 0
    for number, line in enumerate(text.split("\n"), start=1):
        plain = line.removesuffix("\r")
        if plain[:1] in {" ", "\t"} and parts:
            parts.append(plain[1:])
            continue
        if parts:
            yield first, "".join(parts)
        parts, first = [plain], number
    if parts and any(parts):
        yield first, "".join(parts)


def _name(line: str) -> str:
    """The property that a line is; one that lacks its colon is by its first word."""
    end = min((at for sign in ":; " if (at := line.find(sign)) >= 0), default=len(line))
    return line[:end].strip().upper()


def unread_in(
    errors: Mapping[str | None, str] | list[tuple[str | None, str]], lines: EventLines
) -> list[str]:
    """The properties of an event, of those that say when it is, that could not be read."""
    pairs = list(errors.items()) if isinstance(errors, Mapping) else errors
    found = [name.upper() for name, _ in pairs if name and name.upper() in WHEN]
    for name, message in pairs:
        if name is None:  # a line that is none at all: the words of it stand in the message
            quoted = message.partition(": ")[2].lstrip("'\"").upper()
            found += [each for each in sorted(WHEN) if quoted.startswith(each) and each not in found]
    return [*dict.fromkeys([*found, *lines.too_long])]
