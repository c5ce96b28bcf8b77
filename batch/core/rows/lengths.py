"""Lengths of time as people write them: minutes, hours and minutes, clocks that count from 0.

A number without a unit counts in the unit of its column: minutes, unless the header
says hours. What could be either is a fault with what was probably meant.
"""

import re
from collections.abc import Mapping
from datetime import time, timedelta

from batch.core.rows.problems import Fault, Problem
from batch.core.rows.spelling import plain

#: The ways in which a length of time may be written, each with an example of the same length.
LENGTH_FORMS: tuple[tuple[str, str], ...] = (
    ("minutes", "75"),
    ("minutes with their unit", "75 min"),
    ("hours and minutes", "1h 15m"),
    ("hours and minutes in words", "1 hour 15 minutes"),
    ("hours with a fraction and their unit", "1.25 hours"),
    ("H:MM, or H:MM:SS", "1:15"),
)

_UNITS_OF_HOURS = (
    "h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|hora|horas|hs|ساعة|ساعات|घंटा|घंटे|घण्टे|小时|小時|时|時"
)
_UNITS_OF_MINUTES = (
    "m|mn|min|mins|minute|minutes|minuten|minuto|minutos|'|\u2032|دقيقة|دقائق|दقيقة|मिनट|मिनिट|分|分钟|分鐘"
)
_HOURS = "|".join(sorted(map(plain, _UNITS_OF_HOURS.split("|")), key=len, reverse=True))
_MINUTES = "|".join(sorted(map(plain, _UNITS_OF_MINUTES.split("|")), key=len, reverse=True))
_AND = r"(?:,? ?(?:and|und|et|y|e|و|और)? ?)"
_CLOCK = re.compile(rf"([0-9]{{1,2}}):([0-5][0-9])(?::00(?:[.]0+)?)?(?: ?(?:{_HOURS}|{_MINUTES})[.]?)?")
_HOURS_AND_MINUTES = re.compile(
    rf"([0-9]{{1,2}}) ?(?:{_HOURS})[.]?{_AND}([0-5]?[0-9])(?: ?(?:{_MINUTES})[.]?)?"
)
_OF_HOURS = re.compile(
    rf"([0-9]{{0,2}}(?:[.,][0-9]{{1,2}})?) ?({'|'.join('½¼¾')}|1/2|1/4|3/4)? ?(?:{_HOURS})[.]?"
)
_OF_MINUTES = re.compile(rf"([0-9]{{1,4}})(?:[.,]0+)? ?(?:{_MINUTES})[.]?")
_ISO = re.compile(r"pt(?=[0-9])(?:([0-9]{1,2})h)?(?:([0-9]{1,4})m)?(?:0+s)?")
_TIMES = re.compile(rf"([2-9]) ?[x*\u00d7] ?([0-9]{{1,3}})(?: ?(?:{_MINUTES})[.]?)?")
_NUMBER = re.compile(r"(-?[0-9]{1,18})(?:[.,]0)?")
_FRACTION = re.compile(r"[0-9]{1,2}[.,][0-9]{1,3}")
_PARTS: Mapping[str | None, int] = {None: 0, "½": 30, "1/2": 30, "¼": 15, "1/4": 15, "¾": 45, "3/4": 45}
#: `spelling.plain` takes a sign for a fraction apart; it is kept as one here.
_FRACTIONS = str.maketrans({"½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 "})
_MOST_HOURS = 24


def minutes_of(length: time | timedelta) -> int | Fault:
    """Minutes of a native stretch of time."""
    if isinstance(length, time):
        length = timedelta(hours=length.hour, minutes=length.minute, seconds=length.second)
    minutes, rest = divmod(length, timedelta(minutes=1))
    return _not_a_length(0) if rest else minutes


def read_length(text: str, *, of_hours: bool = False) -> int | Fault:
    """Minutes, of a text in any of `LENGTH_FORMS` and of what people and programs write besides.

    Args:
        of_hours: a number without a unit counts hours.
    """
    spelt = plain(text.translate(_FRACTIONS))
    if match := _NUMBER.fullmatch(spelt):
        return int(match[1]) * (60 if of_hours else 1)
    if match := _CLOCK.fullmatch(spelt) or _HOURS_AND_MINUTES.fullmatch(spelt) or _ISO.fullmatch(spelt):
        return 60 * int(match[1] or 0) + int(match[2] or 0)
    if match := _OF_MINUTES.fullmatch(spelt):
        return int(match[1])
    if match := _OF_HOURS.fullmatch(f"{spelt} h" if of_hours and not _UNIT.search(spelt) else spelt):
        return _hours(match[1], match[2])
    if match := _TIMES.fullmatch(spelt):
        return int(match[1]) * int(match[2])
    return _not_a_length(float(spelt.replace(",", ".")) if _FRACTION.fullmatch(spelt) else 0)


_UNIT = re.compile(r"[^0-9., /]")


def number_of_minutes(number: float, *, of_hours: bool = False) -> int | Fault:
    """Minutes of a native number."""
    minutes = number * 60 if of_hours else number
    return int(minutes) if minutes.is_integer() and abs(minutes) < 1e15 else _not_a_length(number)


def _hours(whole: str, part: str | None) -> int | Fault:
    if not whole and part is None:
        return _not_a_length(0)
    minutes = float(whole.replace(",", ".") or 0) * 60 + _PARTS[part]
    exact = round(minutes)
    return exact if abs(minutes - exact) < 0.01 else _not_a_length(0)


def _not_a_length(number: float) -> Fault:
    """1.5 under a column of minutes is one and a half hours, most likely; not ours to say."""
    minutes = number * 60 if 0 < number < _MOST_HOURS else 0.5
    hours, rest = divmod(int(minutes), 60)
    likely = "" if not minutes.is_integer() else f"{hours}h {rest}m" if hours else f"{rest}"
    return Fault(Problem.NOT_A_LENGTH, {"likely": likely})
