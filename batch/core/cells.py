"""One cell -> its value, or the problem with it.

Nothing is guessed at: a cell that could mean two things, or that Python would
read more generously than a person (6_0, 13/06/2030, 24:00), is a problem.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from urllib.parse import urlsplit

from batch.core.columns import Column, Kind
from batch.core.problems import Problem
from batch.core.row import CellValue, Unreadable, shown

#: What a cell can mean: text, number, yes or no, a wall-clock time, a list.
Value = str | int | bool | datetime | tuple[str, ...]

#: A cell with something in it that can be read.
Filled = str | int | float | bool | datetime | date | time | timedelta


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell; `facts` fill the braces of the problem's sentences."""

    problem: Problem
    facts: Mapping[str, object] = field(default_factory=dict)


#: Taken off both ends of a text: every Unicode white space, and the marks without
#: width that web pages and chat programs leave behind. Not U+200D: it joins emoji.
EDGES = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
    "\u200b\u200e\u200f\u2060\ufeff"
)

#: Control characters, line separators, and what neither UTF-8 nor XML can carry.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_CONTROL_NAMES = {"\n": "a line break", "\r": "a line break", "\t": "a tab"}

#: The ways in which a start may be written, each with an example of the same moment.
START_FORMS: tuple[tuple[str, str], ...] = (
    ("a date-and-time cell of the spreadsheet", ""),
    ("YYYY-MM-DD HH:MM", "2031-09-01 14:00"),
    ("YYYY-MM-DD HH:MM:SS", "2031-09-01 14:00:00"),
    ("YYYY-MM-DDTHH:MM[:SS]", "2031-09-01T14:00:00"),
    ("YYYY/MM/DD HH:MM[:SS]", "2031/09/01 14:00"),
    ("MM/DD/YYYY HH:MM", "09/01/2031 14:00"),
    ("MM/DD/YYYY HH:MM:SS", "09/01/2031 14:00:00"),
    ("M/D/YYYY H:MM[:SS]", "9/1/2031 14:00"),
    ("any of these dates with h:MM[:SS] AM or PM", "9/1/2031 2:00 PM"),
    ("a comma after the date", "9/1/2031, 2:00:00 PM"),
)

_DATE = r"(?:([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}))"
# Databases write whole seconds as 00.000; any other fraction is not a class's start.
_HALF = r"(?:\s*([AaPp])\.?[Mm]\.?)?"
_TIME = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?" + _HALF
_BETWEEN = r"(?:\s*,\s*|\s+|T)"
_START = re.compile(_DATE + _BETWEEN + _TIME)
_TO = r"\s*[-\u2013\u2014]\s*"
_OFFSET = r"\s*(?:Z|(?:UTC|GMT)(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?|[+-][0-9]{1,2}(?::?[0-9]{2})?)"
_DAY_FIRST = r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})"
_DAY_FIRST_START = re.compile(f"{_DAY_FIRST}{_BETWEEN}(.+)")
_NEARLY_STARTS = (
    (re.compile(r"[0-9]+(?:[.,][0-9]+)?"), Problem.BARE_NUMBER),
    (re.compile(f"{_DATE}|{_DAY_FIRST}"), Problem.DATE_ONLY),
    (re.compile(f"{_TIME}(?:{_TO}{_TIME})?"), Problem.TIME_ONLY),
    # Before the offset: 14:00-15:00 is a span in every timetable, 14:00:00-05:00 in none.
    (re.compile(_DATE + _BETWEEN + "[0-9]{1,2}:[0-9]{2}" + _HALF + _TO + _TIME), Problem.SPAN),
    (re.compile(_DATE + _BETWEEN + _TIME + _OFFSET, re.IGNORECASE), Problem.WITH_OFFSET),
)

# "60.0" is how a data frame with gaps exports 60; "60.000" is 60,000 in much of Europe.
_WHOLE = re.compile(r"(-?[0-9]{1,18})(?:\.0)?")

_YES_NO = {
    "true": True,
    "yes": True,
    "y": True,
    "1": True,
    "false": False,
    "no": False,
    "n": False,
    "0": False,
}

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?-([A-Za-z]{2})")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The look-ahead holds the part before the @ to its 64 characters (RFC 5321, 4.5.3.1.1).
_LAST_LABEL = r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LAST_LABEL}")
_EMAIL_MOST = 254  # RFC 5321 with erratum 1690

#: Names that the zone database holds, and that say nothing about a place.
_NO_PLACE = frozenset({"localtime", "posixrules", "Factory"})


def reader(column: Column, zones: frozenset[str]) -> Callable[[CellValue], Value | Fault | None]:
    """What reads the cells under `column`: value, fault, or None for an empty cell."""
    read: Callable[[Filled], Value | Fault]
    if column.kind is Kind.ZONE:
        read = partial(read_zone, zones=zones)
    elif column.kind is Kind.CONTROLS:
        read = partial(read_controls, choices=column.choices)
    else:
        read = _READERS[column.kind]

    def read_cell(cell: CellValue) -> Value | Fault | None:
        if isinstance(cell, str):
            text = cell.strip(EDGES)
            return read(text) if text else None
        if cell is None:
            return None
        return Fault(cell.problem) if isinstance(cell, Unreadable) else read(cell)

    return read_cell


def encode(value: Value) -> str:
    """A value as `create` is sent it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        # Not strftime: three times slower, and %Y drops leading zeros on some platforms.
        return f"{value.month:02}/{value.day:02}/{value.year:04} {value.hour:02}:{value.minute:02}:{value.second:02}"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def read_text(cell: Filled) -> str | Fault:
    """Text as typed; a number as the spreadsheet shows it, so that id 7.0 is "7"."""
    if isinstance(cell, str):
        control = _CONTROL.search(cell)
        if control is None:
            return cell
        character = control.group()
        named = _CONTROL_NAMES.get(character, f"U+{ord(character):04X}")
        return Fault(Problem.CONTROL_CHARACTER, {"character": named})
    # From 1e15 on, the spreadsheet has already lost digits of an id.
    if isinstance(cell, int | float) and abs(cell) < 1e15:
        return shown(cell)
    found = "a number with lost digits" if isinstance(cell, int | float) else "a date or time"
    return Fault(Problem.NOT_TEXT, {"found": found})


def read_whole(cell: Filled) -> int | Fault:
    """A whole number in ASCII digits. `int()` would take 6_0, fullwidth digits and True."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | str):
        return Fault(Problem.NOT_A_NUMBER)
    match = _WHOLE.fullmatch(str(cell))
    return int(match[1]) if match else Fault(Problem.NOT_A_NUMBER)


def read_yes_no(cell: Filled) -> bool | Fault:
    value = _YES_NO.get(shown(cell).casefold())
    return Fault(Problem.NOT_YES_OR_NO) if value is None else value


def read_start(cell: Filled) -> datetime | Fault:
    """A wall-clock time, to the second, in one of `START_FORMS`."""
    if isinstance(cell, str):
        match = _START.fullmatch(cell)
        start = _wall_clock(match) if match else None
        return start or _not_a_start(cell)
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            return Fault(Problem.WITH_OFFSET)
        # A spreadsheet keeps 14:00 as a fraction of a day, often as 13:59:59.999995.
        late = timedelta(seconds=cell.microsecond >= 500_000)
        on_the_clock = 1 < cell.year < 9999
        return cell.replace(microsecond=0, fold=0) + late if on_the_clock else Fault(Problem.NOT_A_TIME)
    if isinstance(cell, bool):
        return Fault(Problem.NOT_A_TIME)
    if isinstance(cell, int | float):
        return Fault(Problem.BARE_NUMBER)
    return Fault(Problem.DATE_ONLY if isinstance(cell, date) else Problem.TIME_ONLY)


def _wall_clock(match: re.Match[str]) -> datetime | Fault | None:
    """What the parts of a start say; None when no calendar or clock shows it."""
    year, _, month, day, us_month, us_day, us_year, hour, minute, second, half = match.groups()
    day_of = (int(year), int(month), int(day)) if year else (int(us_year), int(us_month), int(us_day))
    time_of = (_hour(int(hour), half), int(minute), int(second or 0))
    if not 1 < day_of[0] < 9999:  # the way to UTC and back must not leave the calendar
        return None
    try:
        if time_of == (24, 0, 0):
            next_day = datetime(*day_of) + timedelta(days=1)  # noqa: DTZ001 - a wall clock, its zone is another cell
            return Fault(Problem.HOUR_24, {"example": shown(next_day)})
        return datetime(*day_of, *time_of)  # noqa: DTZ001 - as above
    except ValueError:
        return None


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    # An hour that no 12-hour clock shows stays one that no clock shows.
    return hour % 12 + (12 if half in "Pp" else 0) if 1 <= hour <= 12 else 99


def _not_a_start(text: str) -> Fault:
    """Why a text is not a start: the nearest thing that it is."""
    for pattern, problem in _NEARLY_STARTS:
        if pattern.fullmatch(text):
            return Fault(problem)
    match = _DAY_FIRST_START.fullmatch(text)
    if match is None or int(match[1]) <= 12:  # 05.06.2031 may be either: not ours to say
        return Fault(Problem.NOT_A_TIME)
    day, month, year, clock = match.groups()
    meant = _START.fullmatch(f"{month}/{day}/{year} {clock}")
    start = _wall_clock(meant) if meant else None
    if not isinstance(start, datetime):
        return Fault(Problem.NOT_A_TIME)
    return Fault(Problem.NOT_A_TIME, {"example": shown(start)})


# The readers below are remembered by text: a file has few presenters, zones and lists.


@lru_cache(maxsize=4096)
def _email(text: str) -> str | Fault:
    good = len(text) <= _EMAIL_MOST and _EMAIL.fullmatch(text)
    return text if good else Fault(Problem.NOT_AN_EMAIL)


def read_email(cell: Filled) -> str | Fault:
    """An address by its syntax, ASCII on both sides of the @. Only the service knows its teachers."""
    return _email(shown(cell))


def read_zone(cell: Filled, zones: frozenset[str]) -> str | Fault:
    """A name out of `zones` in its own capitals, which the service may insist on."""
    return _zone(shown(cell), zones)


@lru_cache(maxsize=1024)
def _zone(text: str, zones: frozenset[str]) -> str | Fault:
    if text in zones and text not in _NO_PLACE:
        return text
    names, cities = _folded(zones)
    folded = text.casefold()
    if name := names.get(folded):
        return name
    folded = folded.replace(" ", "_")
    near = names.get(folded) or cities.get(folded)
    return Fault(Problem.NOT_A_ZONE, {"example": near} if near else {})


@lru_cache(maxsize=4)
def _folded(zones: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Case-folded name -> name and case-folded city -> name, without those that mean two zones."""
    names: dict[str, str] = {}
    cities: dict[str, str] = {}
    for table, keys in ((names, str.casefold), (cities, lambda name: name.rpartition("/")[2].casefold())):
        seen: set[str] = set()
        for name in zones - _NO_PLACE:
            key = keys(name)
            if key in seen:
                table.pop(key, None)
            else:
                table[key] = name
            seen.add(key)
    return names, cities


def read_language(cell: Filled) -> str | Fault:
    """`ll-CC` or `ll-Scrp-CC` in the usual capitals. Which ones are offered, only the service knows."""
    return _language(shown(cell))


@lru_cache(maxsize=1024)
def _language(text: str) -> str | Fault:
    match = _LANGUAGE.fullmatch(text)
    if match is None:
        return Fault(Problem.NOT_A_LANGUAGE)
    language, script, country = match.groups()
    parts = (language.lower(), script.capitalize() if script else "", country.upper())
    return "-".join(filter(None, parts))


def read_controls(cell: Filled, choices: tuple[str, ...]) -> tuple[str, ...] | Fault:
    """A comma-separated list out of `choices`, each once. The service would drop a misspelt one silently."""
    return _controls(shown(cell), choices)


@lru_cache(maxsize=1024)
def _controls(text: str, choices: tuple[str, ...]) -> tuple[str, ...] | Fault:
    wanted = tuple(dict.fromkeys(part.strip(EDGES).casefold() for part in text.split(",")))
    if set(wanted) <= set(choices):
        return wanted
    return Fault(Problem.NOT_A_CONTROL, {"choices": " or ".join(choices)})


def read_url(cell: Filled) -> str | Fault:
    """An absolute http(s) address with a host."""
    return _url(shown(cell))


@lru_cache(maxsize=1024)
def _url(text: str) -> str | Fault:
    # Before urlsplit, which drops tabs and line breaks without a word.
    if _CONTROL.search(text) or any(character.isspace() for character in text):
        return Fault(Problem.NOT_A_URL)
    try:
        parts = urlsplit(text)
        port = parts.port  # raises on a port that is not a number up to 65535
    except ValueError:
        return Fault(Problem.NOT_A_URL)
    host = parts.hostname or ""
    good = parts.scheme in {"http", "https"} and any(map(str.isalnum, host)) and port != 0
    return text if good else Fault(Problem.NOT_A_URL)


_READERS: Mapping[Kind, Callable[[Filled], Value | Fault]] = {
    Kind.TEXT: read_text,
    Kind.EMAIL: read_email,
    Kind.START: read_start,
    Kind.MINUTES: read_whole,
    Kind.COUNT: read_whole,
    Kind.YES_NO: read_yes_no,
    Kind.LANGUAGE: read_language,
    Kind.URL: read_url,
}
