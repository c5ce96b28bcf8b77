"""Times of day and spans as people write them; text is as `spelling.plain` has it.

What no clock shows is no time. An hour that a half of the day belongs to has it
stated, or shares the other one's: 9:00 - 9:50 AM is in the morning.
"""

import re
from datetime import datetime, time, timedelta, timezone

from batch.core.quick_dataclass import dataclass
from batch.core.rows.calendar_words import AT, HALVES, HOURS, MIDNIGHT, MINUTES, NOON, TO, Half
from batch.core.rows.problems import Fault, Problem

#: The end of a day, 24:00: no `time` can be it.
END_OF_DAY = timedelta(days=1)

#: Up to this hour a start is at night, or one of the afternoon by a clock that counts to 12.
FIRST_HOUR_OF_DAY = 7

#: A time of day; `timedelta` only for END_OF_DAY. It may carry an offset.
Clock = time | timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """A start and an end written in one cell, such as 09:00-09:55; with a day or without."""

    begins: datetime | Clock
    ends: Clock


@dataclass(frozen=True, slots=True)
class ClockText:
    """What a text says of the clock."""

    meant: Clock | Span | Fault
    halved: bool = False  #: it says AM or PM, in whatever words
    lacks_half: bool = (
        False  #: its hour is one that both halves of the day have, and nothing says which is meant
    )


def _verbose(words: str) -> str:
    return words.replace(" ", r"\ ")


_HALF = _verbose("|".join(HALVES.values()))
_END = r"(?:(?![^\W_]|[:.][0-9])|(?=z(?![^\W_])|[至到]))"
_FACE = rf"""
    (?:({_HALF}|{NOON})\ ?)?
    (?:
        ([0-9]{{1,2}})
        (?:
            (?:[:.]|\ ?(?:{HOURS}|h)\ ?) ([0-9]{{2}}) (?:[:.]([0-9]{{2}}) (?:[.,]0+)?)?
            (?:\ ?(?:{MINUTES}))?
        )?
        | ([0-9]{{4}}|[0-9]{{6}})(?![0-9])
    )
    (?:\ ?({HOURS}|h))?
    (?:\ ?({_HALF}|{NOON}|{_verbose(MIDNIGHT)}))?
    {_END}
"""
_CLOCK = re.compile(_FACE, re.VERBOSE)
_WORD = re.compile(rf"({NOON})|({MIDNIGHT})")
_LEAD = re.compile(rf"(?:[-,@] ?|(?:{AT})\.? (?=[^-]))?")
_TO = re.compile(rf" ?[-~至到] ?| (?:{TO}) ")
_OFFSET = re.compile(
    r" ?\(?(?:(z|utc|gmt)(?![a-z]) ?)?(?:([+-])([0-9]{1,2})(?::?([0-9]{2}))?)?\)?", re.IGNORECASE
)
_ZONE_NAME = re.compile(r" \(?[a-z]{2,5}\)?| \(?[a-z]+/[a-z_/]+\)?")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_HALF_OF = [(half, re.compile(words)) for half, words in HALVES.items()]
_NOON = re.compile(NOON)
_MIDNIGHT = re.compile(MIDNIGHT)
_LENGTHS = frozenset({"hour", "hours"})
_NOT = Fault(Problem.NOT_A_TIME)
_MOST_OFFSET = timedelta(hours=14)
_NOON_HOUR = 12


@dataclass(frozen=True, slots=True)
class _Face:
    """What one clock shows, before anything else of the text is known."""

    hour: int
    minute: int
    second: int
    half: Half | None
    alone: bool  #: an hour without minutes, unit or half: 9
    worded: bool  #: AM, PM or a word for them stands beside it
    two_digits: bool  #: its hour has them, as 09 has
    wrong: Fault | None = None  #: "12 midnight" may be either end of the day

    @property
    def lacks_half(self) -> bool:
        """Whether it can be in either; 09:00, 10:30 and 12:30 are by a clock to 24, which has two digits, and by day."""
        is_by_day = self.two_digits and self.hour >= FIRST_HOUR_OF_DAY
        return not self.worded and self.hour > 0 and not is_by_day

    def clock(self, half: Half | None) -> Clock | Fault:
        hour = _hour(self.hour, half)
        if (hour, self.minute, self.second) == (24, 0, 0):
            return END_OF_DAY
        try:
            return time(hour, self.minute, self.second)
        except ValueError:
            return _NOT


def read_clock(text: str, *, after_day: bool = False, iso: bool = False) -> ClockText:
    """What a whole text says of the clock.

    Args:
        after_day: a date stands before it, so that 9.30 can be no number.
        iso: a T stands before it: -05:00 behind the minutes is an offset, no end.
    """
    if not after_day and _NUMBER.fullmatch(text):
        return ClockText(_NOT)
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    word = _WORD.fullmatch(text, start)
    if word:
        return ClockText(time(_NOON_HOUR) if word[1] else Fault(Problem.MIDNIGHT), halved=True)
    match = _CLOCK.match(text, start)
    return _from(match, text[match.end() :], iso=iso) if match else ClockText(_NOT)


def _from(match: re.Match[str], rest: str, *, iso: bool) -> ClockText:
    """What a first clock says together with the rest of its text: a time, one with an offset, or a span."""
    face = _face(match)
    if not rest:
        # A T is of ISO 8601, whose clock counts to 24.
        return _one(face, lacks_half=face.lacks_half and not iso)
    # 14:00-15:00 is a span in every timetable, 14:00:00-05:00 in none.
    offset = (iso or match[4] is not None) and _OFFSET.fullmatch(rest) is not None
    to = None if offset else _TO.match(rest)
    if to and (second := _CLOCK.fullmatch(rest, to.end())):
        return _span(face, _face(second))
    if to and (word := _WORD.fullmatch(rest, to.end())):
        end = time(_NOON_HOUR) if word[1] else END_OF_DAY
        return ClockText(_spanned(face.wrong or face.clock(face.half), end), halved=True)
    return _with_offset(face, rest)


def leading_clock(text: str) -> int:
    """Where the clock ends that a text begins with; 0 where it begins with none, or with a number."""
    match = _CLOCK.match(text)
    return match.end() if match and (match[3] or match[6] or match[7]) else 0


def _face(match: re.Match[str]) -> _Face:
    before, hour, minute, second, digits, unit, behind = match.groups()
    if digits:
        hour, minute, second = digits[:2], digits[2:4], digits[4:] or None
    word = behind or before or ""
    half = _half(word)
    wrong = None
    if word and half is None and _MIDNIGHT.fullmatch(word):
        wrong = Fault(Problem.MIDNIGHT)
    elif (word and half is None and int(hour) != _NOON_HOUR) or (unit in _LENGTHS and not digits):
        wrong = _NOT  # "9 noon"; "2 hours", which is a length where "0900 hours" is a time
    return _Face(
        int(hour),
        int(minute or 0),
        int(second or 0),
        half,
        alone=not (minute or unit or word),
        worded=bool(word),
        two_digits=len(hour) > 1,
        wrong=wrong,
    )


def _half(word: str) -> Half | None:
    if word in {"a", "p"}:  # a letter right behind the minutes
        return Half.AM if word == "a" else Half.PM
    return next((half for half, pattern in _HALF_OF if word and pattern.fullmatch(word)), None)


def _one(face: _Face, *, lacks_half: bool = False) -> ClockText:
    clock = face.wrong or face.clock(face.half)
    if face.alone and isinstance(clock, time):
        clock = Fault(Problem.NOT_A_TIME, {"likely": f"{clock:%H:%M}"})
    return ClockText(clock, halved=face.worded, lacks_half=lacks_half)


def _with_offset(face: _Face, rest: str) -> ClockText:
    match = _OFFSET.fullmatch(rest)
    clock = _one(face)
    if match is None or not isinstance(clock.meant, time):
        named = not face.alone and (match is not None or _ZONE_NAME.fullmatch(rest))
        return ClockText(Fault(Problem.WITH_OFFSET) if named else _NOT)
    sign, hours, minutes = match[2], int(match[3] or 0), int(match[4] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if offset > _MOST_OFFSET:
        return ClockText(Fault(Problem.WITH_OFFSET))
    zone = timezone(-offset if sign == "-" else offset)
    return ClockText(clock.meant.replace(tzinfo=zone), clock.halved)


def _span(first: _Face, second: _Face) -> ClockText:
    if first.wrong or second.wrong or (first.alone and second.alone):
        return ClockText(first.wrong or second.wrong or _NOT)
    halved = first.worded or second.worded
    if first.half is None and second.half is not None:
        found = _before(first, second)
    elif second.half is None and first.half is not None and second.hour <= _NOON_HOUR:
        found = _after(first, second)
    else:
        found = _spanned(first.clock(first.half), second.clock(second.half))
    return ClockText(found, halved, lacks_half=first.lacks_half and second.lacks_half)


def _before(first: _Face, second: _Face) -> Span | Fault:
    """9:00-9:50 PM: the begin has the half that puts it less than 12 hours before the end."""
    ends = second.clock(second.half)
    if first.hour > _NOON_HOUR or first.hour == 0:
        return _spanned(first.clock(None), ends)
    return _near([(first.clock(half), ends) for half in (Half.AM, Half.PM)])


def _after(first: _Face, second: _Face) -> Span | Fault:
    begins = first.clock(first.half)
    return _near([(begins, second.clock(half)) for half in (Half.AM, Half.PM)])


def _near(pairs: list[tuple[Clock | Fault, Clock | Fault]]) -> Span | Fault:
    spans = [
        Span(begins, ends)
        for begins, ends in pairs
        if isinstance(begins, time) and isinstance(ends, time) and 0 < _minutes(begins, ends) < 12 * 60
    ]
    return spans[0] if len(spans) == 1 else Fault(Problem.SPAN)


def _minutes(begins: time, ends: time) -> int:
    return 60 * (ends.hour - begins.hour) + ends.minute - begins.minute


def _spanned(begins: Clock | Fault, ends: Clock | Fault) -> Span | Fault:
    if isinstance(begins, Fault):
        return begins
    return ends if isinstance(ends, Fault) else Span(begins, ends)


def _hour(hour: int, half: Half | None) -> int:
    """The hour by a 24-hour clock; 99 for one that no clock shows."""
    match half:
        case None:
            return hour
        case Half.AM:
            return hour % 12 if hour <= 12 else 99
        case Half.PM:
            return hour % 12 + 12 if 1 <= hour <= 12 else hour or 99  # 13:00 PM is 13:00
        case Half.MORNING:
            return hour if 1 <= hour < 12 else 99
        case Half.AFTERNOON:
            return _later(hour, first=12, last=7)
        case Half.EVENING:
            return _later(hour, first=5, last=11)


def _later(hour: int, *, first: int, last: int) -> int:
    if hour > 12:
        return hour
    within = first <= hour <= last if first <= last else hour >= first or 1 <= hour <= last
    return hour % 12 + 12 if within else 99
