"""A lesson: what a row stands for from one version of a timetable to the next, and the stretch a version speaks of."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from batch.core.quick_dataclass import dataclass

_DAYS_A_WEEK = 7
_DAY_OF_KEY = re.compile(r" \d{4}-\d\d-\d\d\Z")
#: A lesson that starts further from an old one than this is another lesson.
MOST_DAYS_MOVED = 14
#: A lesson that a rolling export has passed by can only have moved while it still lies well ahead.
_WELL_AHEAD_S = 48 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson of a version: a class that exists, or a row of the new file."""

    tag: int  #: the caller's number for it
    key: str = ""  #: what the column `lesson_id` calls it, with the day of a repeating row; "" for none
    fingerprint: str
    title: str  #: as compared: folded
    presenter: str  #: case-folded
    starts: int  #: UTC seconds
    day: int  #: the ordinal of its date on its own clock; `date.toordinal()`

    @property
    def week(self) -> int:
        """Weeks go from Monday to Sunday."""
        return (self.day - 1) // _DAYS_A_WEEK

    @property
    def key_without_day(self) -> str:
        """What the row calls it, where it repeats and the key has the day besides."""
        return _DAY_OF_KEY.sub("", self.key)

    def may_be(self, other: "Lesson") -> bool:
        """Whether no key speaks against both being one lesson; the day of one that repeats may have changed."""
        return not (self.key and other.key) or self.key_without_day == other.key_without_day


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What can be read of a row that is invalid today: its lesson has not gone."""

    key: str = ""
    title: str = ""
    presenter: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last start of a version. Only inside it can a lesson have gone."""

    first: int  #: UTC seconds
    last: int
    first_day: int
    last_day: int

    @classmethod
    def of(cls, lessons: Iterable[Lesson]) -> Self | None:
        """None where there is no lesson."""
        found = list(lessons)
        if not found:
            return None
        starts, days = [lesson.starts for lesson in found], [lesson.day for lesson in found]
        return cls(min(starts), max(starts), min(days), max(days))

    def with_end_of(self, other: "Span") -> "Span":
        """The same, to the end of another one where that is later."""
        return replace(self, last=max(self.last, other.last), last_day=max(self.last_day, other.last_day))

    def holds(self, lesson: Lesson) -> bool:
        return self.first <= lesson.starts <= self.last

    def covers(self, day: int) -> bool:
        return self.first_day <= day <= self.last_day

    def holds_week_of(self, lesson: Lesson) -> bool:
        """The same, widened to whole weeks: a lesson pushed out of the last day's hours is still found."""
        return _week(self.first_day) <= lesson.week <= _week(self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The version before and the new one: what can have moved from one to the other."""

    before: Span | None  #: None where there was no version before, or nobody knows it
    now: Span
    now_s: int  #: the clock, UTC seconds
    repeats: bool = False  #: whether the file has repeating rows: such a file never rolls on

    @property
    def has_rolled(self) -> bool:
        """An export of the coming 14 days begins and ends a day later each night."""
        if self.before is None or self.repeats:
            return False
        return self.now.first_day > self.before.first_day and self.now.last_day > self.before.last_day

    def may_share_key(self, old: Lesson, new: Lesson) -> bool:
        """Whether the key that both have tells that they are one lesson.

        Keys that are places in the week (`Fri-P1`) come again in the next week's file: where both ends of the
        stretch have gone the same way, and neither version speaks of where the other has it, it tells nothing.
        """
        before, now = self.before, self.now
        if before is None or self.repeats:
            return True
        ends = (now.first_day - before.first_day, now.last_day - before.last_day)
        has_shifted = ends[0] * ends[1] > 0
        return not has_shifted or self._is_one_week(before) or before.covers(new.day) or now.covers(old.day)

    def may_have_moved(self, old: Lesson, new: Lesson) -> bool:
        """Whether `new` can be where `old` went to, as far as the stretches of both versions tell."""
        if abs(old.day - new.day) > MOST_DAYS_MOVED or not self.now.holds_week_of(old):
            return False
        if self.before is None or not self.has_rolled:
            return True
        if self._is_one_week(self.before) and old.starts - self.now_s > _WELL_AHEAD_S:
            return True
        return new.day <= self.before.last_day and old.day >= self.now.first_day

    def _is_one_week(self, before: Span) -> bool:
        days = (before.first_day, before.last_day, self.now.first_day, self.now.last_day)
        return len({_week(day) for day in days}) == 1


def _week(day: int) -> int:
    return (day - 1) // _DAYS_A_WEEK
