"""Which days a lesson takes place on, found by walking the calendar day by day."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class School:
    """A term, as somebody would write it on the wall."""

    starts: date
    ends: date
    off: frozenset[date] = frozenset()
    a_week: date | None = None  #: a Monday
    school_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    count_holidays: bool = True

    def monday(self, day: date) -> date:
        while day.weekday() != 0:
            day -= DAY
        return day

    def counts(self, monday: date) -> bool:
        """Whether a week has a number and a letter."""
        return self.count_holidays or any(monday + place * DAY not in self.off for place in self.school_days)

    def number(self, day: date) -> int | None:
        """Counted with a finger, week by week."""
        this, week, number = self.monday(day), self.monday(self.starts), 0
        while week <= this:
            number += self.counts(week)
            if week == this:
                return number if self.counts(week) else None
            week += 7 * DAY
        return None

    def letter(self, day: date) -> str | None:
        assert self.a_week is not None
        this, week = self.monday(day), self.monday(self.a_week)
        if not self.counts(this):
            return None
        letter, step = 0, 7 * DAY if this >= week else -7 * DAY
        while week != this:
            if step > timedelta(0):
                letter += self.counts(week)
                week += step
            else:
                week += step
                letter += self.counts(week)
        return "AB"[letter % 2]


@dataclass(frozen=True, kw_only=True)
class Lesson:
    days: frozenset[int]
    first: date
    last: date
    every: int = 1
    times: int | None = None
    letter: str | None = None
    numbers: frozenset[int] | None = None
    left_out: frozenset[date] = frozenset()


def days_of(lesson: Lesson, school: School) -> list[date]:
    """Its days."""
    return list(_walk(lesson, school))


def _walk(lesson: Lesson, school: School) -> Iterator[date]:
    day, taught = lesson.first, 0
    begins = school.monday(lesson.first)
    while day <= lesson.last and taught != lesson.times:
        weeks = (school.monday(day) - begins).days // 7
        if (
            day.weekday() in lesson.days
            and weeks % lesson.every == 0
            and _is_its_week(day, lesson, school)
            and day not in school.off
            and day not in lesson.left_out
        ):
            taught += 1
            yield day
        day += DAY


def _is_its_week(day: date, lesson: Lesson, school: School) -> bool:
    if lesson.letter is not None:
        return school.letter(day) == lesson.letter
    return lesson.numbers is None or school.number(day) in lesson.numbers


def stretches(days: Collection[date]) -> list[tuple[date, date]]:
    """Days as stretches of days."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] + DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
