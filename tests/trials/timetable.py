"""Timetables for trials, and how a class in the ledger is told to be a row's."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batch.sandbox.classes import ScheduledClass

#: Title and start of a class, UTC: one row of a trial's timetable, and no other.
Key = tuple[str, datetime]

_FIRST = datetime(2031, 9, 1, 9, 0, tzinfo=UTC)
_HEADER = ("Class", "Start", "Time zone", "Teacher e-mail", "Minutes", "Room")
_TITLES = ("Algebra", "Algebra", "Français", "=1+1 Maths", "Deutsch für alle & <alle>", "Physics")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One row."""

    title: str
    start: datetime
    teacher: str
    minutes: int = 45

    @property
    def key(self) -> Key:
        return self.title, self.start


def apart(rows: int) -> list[Lesson]:
    """Rows that are in nobody's way. Titles repeat, as they do in a term; a formula is among them."""
    return [
        Lesson(_TITLES[each % len(_TITLES)], _FIRST + timedelta(hours=each), f"t{each % 4}@school.example")
        for each in range(rows)
    ]


def at_once(rows: int) -> list[Lesson]:
    """Rows that all begin together, each with a teacher of its own."""
    return [Lesson(f"Class {each}", _FIRST, f"t{each}@school.example") for each in range(rows)]


def write(path: Path, lessons: list[Lesson]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(_HEADER)
        for number, lesson in enumerate(lessons):
            start = f"{lesson.start:%Y-%m-%d %H:%M}"
            table.writerow([lesson.title, start, "Etc/UTC", lesson.teacher, lesson.minutes, f"R{number}"])


def key_of(scheduled: ScheduledClass) -> Key:
    return scheduled.title, scheduled.start
