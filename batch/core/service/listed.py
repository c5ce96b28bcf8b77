"""The two things that are compared: a class as it was sent, or would be, and a class as the account lists it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, tzinfo
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from batch.core.quick_dataclass import dataclass

HOUR_S = 3600
DAY_S = 24 * HOUR_S
#: No two clocks on earth differ by more.
WIDEST_OFFSET_S = 26 * HOUR_S
#: Every zone is a multiple of it off the others.
ZONE_STEP_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A class as it was sent, or would be."""

    fingerprint: str
    title: str
    presenter: str  #: case-folded, as in `ClassRow`
    starts: int  #: UTC seconds
    local_starts: int  #: the local time that is sent, as if it were UTC
    minutes: int
    extend_minutes: int = 0
    #: what else is sent and a list may tell: two rows that differ in it are two classes
    others: Mapping[str, str] = field(default_factory=dict)

    def at(self, starts: int) -> "Wanted":
        """The same, at another time on the same clock."""
        return replace(self, starts=starts, local_starts=self.local_starts + starts - self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A class that the account lists. None or "" is what the service does not tell."""

    class_id: str
    title: str
    presenter: str | None
    starts: int | None  #: UTC seconds, as the list means it where it is written as the live service's is
    local_starts: int | None  #: the local time that was listed, as if it were UTC
    minutes: int | None
    start_text: str = ""  #: as it came
    zone: tzinfo | None = None  #: the one that is told, where this computer knows it
    length_text: str = ""  #: as it came
    status: str = "upcoming"  #: "" where it is not told
    others: Mapping[str, str] = field(
        default_factory=dict
    )  #: what else is told, by the name it is sent under

    def starts_as(self, sent: Wanted) -> int | None:
        """When it begins, UTC seconds; where the list tells no zone, on the clock of what was sent for it."""
        if self.starts is not None or self.local_starts is None:
            return self.starts
        return sent.starts + self.local_starts - sent.local_starts

    @property
    def look(self) -> tuple[object, ...]:
        """As what it is shown; the same for two that are shown as the same class, at one time, of one presenter."""
        return (self.class_id, self.title, self.presenter, self.starts, self.local_starts, self.minutes)

    @property
    def begins(self) -> datetime | str:
        """By the clock that it is listed by; as it is written where that cannot be read."""
        return (
            self.start_text if self.local_starts is None else datetime.fromtimestamp(self.local_starts, UTC)
        )


class Agreement(Enum):
    """What one column of a listed class says of a class that was sent."""

    SAME = "same"
    LIKE = "like"  #: the same but for how it is written, by no rule that is known
    MAYBE = "maybe"  #: the same, if this account's list is bent in a way that nothing has disproved
    UNPROVED = "unproved"  #: different, if this account's list shows this column as it was sent
    SILENT = "silent"  #: not told, or known to say nothing on this account
    DIFFERENT = "different"

    @property
    def is_open(self) -> bool:
        """Whether it speaks against nothing."""
        return self is not Agreement.DIFFERENT


class Reading(NamedTuple):
    """One way to read a start as it is written."""

    order: str  #: of day and month: mdy, dmy; ymd where the year comes first
    clock: str  #: 24; 12 where the hour is one of the morning or of the afternoon, and nobody says of which
    local: int  #: the local time, as if it were UTC


_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(?:([AaPp])\.?[Mm]\.?)?")
_HALF_DAY_H = 12


@lru_cache(4096)
def readings(text: str) -> tuple[Reading, ...]:
    """Every way to read a listed start; none where no date and time stands there."""
    return tuple(_readings(text))


def _readings(text: str) -> Iterator[Reading]:
    date, time = _DATE.search(text[:64]), _TIME.search(text[:64])
    if date is None or time is None:
        return
    first, second, year, iso_year, month, day = date.groups()
    dates = (
        [("ymd", int(iso_year), int(month), int(day))]
        if iso_year
        else [("mdy", int(year), int(first), int(second)), ("dmy", int(year), int(second), int(first))]
    )
    for order, in_year, in_month, on_day in dates:
        for clock, hour in _hours(int(time[1]), time[4]):
            try:
                local = datetime(in_year, in_month, on_day, hour, int(time[2]), int(time[3] or 0), tzinfo=UTC)
            except ValueError:
                continue
            yield Reading(order, clock, int(local.timestamp()))


def _hours(hour: int, half: str | None) -> Iterator[tuple[str, int]]:
    if half:
        if hour <= _HALF_DAY_H:
            yield "24", hour % _HALF_DAY_H + (_HALF_DAY_H if half in "pP" else 0)
        else:
            yield "24", hour  # 13:30 PM is half past one
        return
    yield "24", hour
    if 1 <= hour <= _HALF_DAY_H:
        yield "12", hour % _HALF_DAY_H
        yield "12", hour % _HALF_DAY_H + _HALF_DAY_H
