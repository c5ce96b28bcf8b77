"""Timetables for trials, and how a class in the ledger is told to be a row's."""

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from batch.sandbox.classes import ScheduledClass

#: Title and start of a class, UTC: one row of a trial's timetable, and no other.
Key = tuple[str, datetime]

_FIRST = datetime(2031, 9, 1, 9, 0, tzinfo=UTC)
_HEADER = ("Class", "Start", "Time zone", "Teacher e-mail", "Minutes", "Room", "extend_duration")
_TITLES = ("Algebra", "Algebra", "Français", "=1+1 Maths", "Deutsch für alle & <alle>", "Physics")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One row."""

    title: str
    start: datetime
    teacher: str
    minutes: int = 45
    zone: str = "Etc/UTC"
    extension: int = 0  #: minutes that it may run on

    @property
    def key(self) -> Key:
        return self.title, self.start


def apart(rows: int) -> list[Lesson]:
    """Rows that are in nobody's way. Titles repeat, as they do in a term; a formula is among them."""
    return [
        Lesson(_TITLES[each % len(_TITLES)], _FIRST + timedelta(hours=each), f"t{each % 4}@school.example")
        for each in range(rows)
    ]


def told_apart(rows: int) -> list[Lesson]:
    """The same with titles of their own: those that repeat every few hours can be listed in several ways."""
    return [replace(each, title=f"{each.title} {number}") for number, each in enumerate(apart(rows))]


def at_once(rows: int) -> list[Lesson]:
    """Rows that all begin together, each with a teacher of its own."""
    return [Lesson(f"Class {each}", _FIRST, f"t{each}@school.example") for each in range(rows)]


#: Whatever is done to titles shows on one of these; two begin alike for more than 100 characters.
_LONG = "Introduction to the comparative history of European literature from the early Middle Ages to the present day"
_BENDABLE = (
    f"{_LONG}: première année",
    f"{_LONG}: seconde année",
    "Cat\u00e9chisme & \u00ab \u00e9thique \u00bb <niveau 2>",
    "\uff21\uff22\uff23 \ufb01rst aid \u2014 it's \u201cpractice\u201d",
    "\u0627\u0644\u062c\u0628\u0631 2 \u4ee3\u6570",
    "Algebra  II, group A/B",
)


def bendable(rows: int) -> list[Lesson]:
    """Rows that no bent list leaves as they are: on a clock that is not UTC, before noon and after, with an extension.

    The last two begin together and share title and length; only their teachers tell them apart.
    """
    lessons = [
        Lesson(
            _BENDABLE[each % len(_BENDABLE)],
            _FIRST + timedelta(hours=5 * each),
            f"t{each % 4}@school.example",
            zone="Europe/Paris",
            extension=15,
        )
        for each in range(rows)
    ]
    twin = lessons[-2]
    return [
        *lessons[:-1],
        Lesson(twin.title, twin.start, "twin@school.example", zone=twin.zone, extension=15),
    ]


def write(path: Path, lessons: list[Lesson]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(_HEADER)
        for number, lesson in enumerate(lessons):
            start = f"{lesson.start.astimezone(ZoneInfo(lesson.zone)):%Y-%m-%d %H:%M}"
            cells = [lesson.title, start, lesson.zone, lesson.teacher, lesson.minutes, f"R{number}"]
            table.writerow([*cells, lesson.extension or ""])


def key_of(scheduled: ScheduledClass) -> Key:
    return scheduled.title, scheduled.start
