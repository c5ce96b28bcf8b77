"""Days off as people list them in one cell or line: dates and stretches of dates, the year often left out."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from batch.core.rows.problems import Fault, Problem
from batch.core.term.term import DaysOff

#: Reads a date, whatever its spelling.
ReadDate = Callable[[str], date | Fault]

_BETWEEN = re.compile(r"\s*(?:[;\n\r]|,|\band\b|\bund\b|\by\b|\bet\b|\be\b)\s*")
_TO = re.compile(r"\s*(?:\.\.|\u2013|\u2014|\bto\b|\bbis\b|\bau\b|\bal\b|\buntil\b|\s-\s)\s*")
_HAS_YEAR = re.compile(r"[0-9]{4}|[/.-][0-9]{2}\s*$|'[0-9]{2}")
#: Longer stretches are a slip of the pen.
LONGEST = timedelta(days=400)


def with_year(text: str, read: ReadDate, not_before: date | None) -> date | Fault:
    """A date; one without its year is the first such day that is not before another one."""
    found = read(text)
    if isinstance(found, datetime):
        return found.date()
    if not isinstance(found, Fault) or not_before is None or _HAS_YEAR.search(text):
        return found
    for year in (not_before.year, not_before.year + 1):
        again = read(f"{text.rstrip('. ')} {year}")
        if isinstance(again, date) and again >= not_before:
            return again
    return found


def read_days_off(text: str, read: ReadDate, not_before: date | None) -> tuple[DaysOff, ...] | Fault:
    """What a text lists.

    Args:
        text: dates and stretches of them, with commas, semicolons or lines between.
        read: reads one date.
        not_before: where a date has no year, the first such day that is not before this one is meant.
    """
    found: list[DaysOff] = []
    words = [word for word in _BETWEEN.split(text) if word.strip()]
    while words:
        # "October 27, 2031" has a comma of its own.
        taken, part = next(
            (
                (many, part)
                for many in (2, 1)
                if (part := _part(", ".join(words[:many]), read, not_before, many))
            ),
            (0, None),
        )
        if part is None:
            return Fault(Problem.NOT_DAYS_OFF, {"part": words[0].strip()})
        found.append(part)
        words = words[taken:]
    return tuple(found)


def _part(text: str, read: ReadDate, not_before: date | None, words: int) -> DaysOff | None:
    if words > 1 and text.count(",") == 0:
        return None
    ends = _TO.split(text.strip())
    if len(ends) == 1 and (match := _HYPHEN.fullmatch(text.strip())):
        ends = [match[1], match[2]]
    days = [with_year(end, read, not_before) for end in ends]
    if not 1 <= len(days) <= 2 or any(isinstance(day, Fault) for day in days):
        return None
    first, last = (day for day in (days[0], days[-1]) if isinstance(day, date))
    return DaysOff(first, last) if first <= last <= first + LONGEST else None


#: 27/10/2031-31/10/2031: a hyphen between two whole dates with slashes or dots.
_HYPHEN = re.compile(r"([0-9/.]{6,10})-([0-9/.]{6,10})")
