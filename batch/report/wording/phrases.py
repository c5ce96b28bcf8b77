"""What the catalogue is written in: templates, filled with facts for one kind of reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum, unique
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from batch.core.rows.columns import BY_NAME
from batch.core.text import one_line

#: What only they can do, as it is said to somebody on the page.
KEEPER = "That is for whoever looks after classbatch on this computer."

_LONGEST_TITLE = 60


@unique
class Reader(Enum):
    """Who reads it, and so where a thing is mended: by a command and its flags, or on the upload page."""

    TERMINAL = "terminal"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong and what to do; on the page in other words where it is done in another place there."""

    message: str
    hint: str = ""
    page: str | None = None  #: the message there
    page_hint: str | None = None

    def for_keeper(self) -> "Words":
        """Whoever is on the page cannot mend it, unless it is said how."""
        there = f"{self.hint} {KEEPER}" if self.hint else None
        return self if self.page_hint is not None else replace(self, page_hint=there)

    def message_for(self, reader: Reader) -> str:
        return self.page if self.page is not None and reader is Reader.PAGE else self.message

    def hint_for(self, reader: Reader) -> str:
        return self.page_hint if self.page_hint is not None and reader is Reader.PAGE else self.hint


def own_name(column: str, facts: Mapping[str, object]) -> str:
    """A column by the header of the file where that is among the facts; an earlier version kept none."""
    return f"{{{column}}}" if column in facts else column


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(1200, "class", "classes")
    ('1 row', '1,200 classes')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: list[str], last: str = "and") -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    """
    *first, end = names or ["none"]
    return f"{', '.join(first)} {last} {end}" if first else end


def rows_in_words(row: str, count: int, stretches: Sequence[tuple[int, int]], beyond: int) -> str:
    """Rows by number, such as "row 3", "rows 3, 5 and 9", "rows 6-45"; of very many the first.

    >>> rows_in_words("row", 4, [(2, 2), (6, 8)], 0)
    'rows 2 and 6-8'
    """
    if count == 1:
        return f"{row} {stretches[0][0]}"
    names: list[str] = []
    for first, last in stretches:
        names += [f"{first}-{last}"] if last - first > 1 else map(str, range(first, last + 1))
    return f"{row}s {listed([*names, f'{beyond:,} more'] if beyond else names)}"


def period_in_words(start: float, end: float | None, zone: str, than: float | None = None) -> str:
    """A time as people say it, by the clock of its zone: with its day, unless that is the day of `than`.

    >>> period_in_words(1946026800, 1946030400, "Europe/London")
    'Mon 1 Sep 2031 10:00-11:00 (Europe/London)'
    """
    clock = ZoneInfo(zone)
    begins = datetime.fromtimestamp(start, clock)
    hours = f"{begins:%H:%M}" if end is None else f"{begins:%H:%M}-{datetime.fromtimestamp(end, clock):%H:%M}"
    if than is not None and datetime.fromtimestamp(than, clock).date() == begins.date():
        return f"{hours} that day"
    return f"{begins:%a} {begins.day} {begins:%b %Y} {hours} ({zone})"


def shift_in_words(seconds: object) -> str:
    """By how much most classes would move.

    >>> shift_in_words(3600), shift_in_words(-5400), shift_in_words(0)
    ('an hour later', '1 h 30 min earlier', 'with another title or presenter')
    """
    if not isinstance(seconds, int):
        return "at other times"
    if seconds == 0:
        return "with another title or presenter"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    how_much = " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n)
    return f"{'an hour' if how_much == '1 h' else how_much} {'later' if seconds > 0 else 'earlier'}"


def day_in_words(day: object) -> str:
    """A date with its day of the week, which shows at once whether it is the one that was meant.

    >>> day_in_words("2031-10-06")
    'Monday 6 October 2031'
    """
    found = day if isinstance(day, date) else date.fromisoformat(str(day))
    return f"{found:%A} {found.day} {found:%B %Y}"


def called(column: str) -> str:
    """What people call a column.

    >>> called("attendee_limit"), called("Room")
    ("'Attendee limit'", 'Room')
    """
    known = BY_NAME.get(column)
    return repr(known.called) if known else column


class _Filler(Formatter):
    """Knows more ways to write a fact, such as `{rows:count row}`, `{names:list or}` and `{when:period}`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        way, _, rest = format_spec.partition(" ")
        if way == "count":
            return counted(value, *rest.split("|"))
        if way in {"rows", "Rows"}:
            return rows_in_words(way[:-1], *value)
        if way == "start":  # of a sentence
            return f"{value[:1].upper()}{value[1:]}"
        if way == "utc":
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M} UTC"
        if way == "moment" and isinstance(value, datetime):
            return f"{value:%a} {value.day} {value:%b %Y %H:%M}"
        if way == "moment":  # as somebody else wrote it
            return str(value)
        if way == "quoted":
            return ", ".join(map(repr, value))
        if way == "title":
            title = one_line(value)
            return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 3]}..."
        if way == "date":
            return f"{datetime.fromtimestamp(value, UTC):%d %b %Y}"
        if way == "period":
            return period_in_words(*value)
        if way == "cells":  # each text with how often it stands there
            return ", ".join(f"{text!r} ({times})" if times > 1 else repr(text) for text, times in value)
        if way == "called":  # a column, or several, in people's words
            return (
                called(value)
                if isinstance(value, str)
                else listed([called(str(each)) for each in value], rest)
            )
        if way == "list":
            return listed([str(each) for each in value], rest)
        if way == "sentences":
            return " ".join(map(str, value))
        if way == "day":
            return day_in_words(value)
        return str(super().format_field(value, format_spec))


_FILLER = _Filler()


def filled(template: str, facts: Mapping[str, object]) -> str:
    """A template with its facts.

    >>> filled("{name} has {rows:count row}.", {"name": "t.csv", "rows": 2})
    't.csv has 2 rows.'
    """
    return _FILLER.vformat(template, (), facts)
