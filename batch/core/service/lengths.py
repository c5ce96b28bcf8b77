"""In which unit a list tells how long a class lasts."""

import re
from collections.abc import Iterator
from functools import lru_cache

from batch.core.service.listed import Wanted

_NUMBER = re.compile(r"(\d{1,7}(?:\.\d{1,6})?)(?:\s*(?:min|minutes|mins))?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")

USUAL = "minutes"


def rules_between(wanted: Wanted, text: str) -> frozenset[str]:
    """Every rule by which the listed length is the one that was sent."""
    return _rules_between(wanted.minutes, wanted.extend_minutes, text)


@lru_cache(4096)
def _rules_between(sent: int, extended_by: int, text: str) -> frozenset[str]:
    lasts = {"": sent, " extended": sent + extended_by}
    return frozenset(
        unit + extended
        for unit, minutes in _minutes(text.strip()[:32])
        for extended, meant in lasts.items()
        if abs(minutes - meant) < 1e-6  # hours are told with decimals
    )


def _minutes(text: str) -> Iterator[tuple[str, float]]:
    if clock := _CLOCK.fullmatch(text):
        yield "clock", 60 * int(clock[1]) + int(clock[2])
    elif number := _NUMBER.fullmatch(text):
        value = float(number[1])
        yield USUAL, value
        yield "hours", 60 * value
        yield "seconds", value / 60
