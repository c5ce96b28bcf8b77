"""Whether a file looks so unlike the one before it that nothing of it should be sent unseen.

It compares only what can be compared: rows whose start has passed drop out of any
timetable by themselves, and are neither invalid nor missing here.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from batch.core.message import Message, NightNote

#: So few rows stop no file, whatever their share: one typing error in a file of two rows is no sign of anything.
LEAST_ROWS = 3

_WEEK_S = 7 * 24 * 3600


def series_of(file: str) -> str:
    """What the files of one series have in common: the letters of their name, whatever day or number is in it."""
    name = file.replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isalpha, name.rpartition(".")[0] or name)).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A file beside the one before it; of the first file of a series, the figures of the one before are 0."""

    rows: int  #: that have not passed
    invalid: int  #: of these
    rows_before: int = 0  #: of the file before, that have not passed
    scheduled_before: int = 0  #: of these, those whose class exists
    vanished: int = 0  #: of these, those that are not in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """More than so many percent stop the file; 100 never does."""

    invalid_percent: int
    vanished_percent: int
    smaller_percent: int


def why_stopped(figures: Figures, limits: Limits) -> Message | None:
    """Why nothing of the file is sent; None: it looks as usual."""
    reasons = [
        Message(what, {"setting": percent, "number": number, "total": total, "rows": figures.rows})
        for what, percent, number, total in (
            (NightNote.INVALID_SHARE, limits.invalid_percent, figures.invalid, figures.rows),
            (NightNote.VANISHED_SHARE, limits.vanished_percent, figures.vanished, figures.scheduled_before),
            (
                NightNote.SMALLER,
                limits.smaller_percent,
                figures.rows_before - figures.rows,
                figures.rows_before,
            ),
        )
        if number >= LEAST_ROWS and 100 * number > percent * total
    ]
    return Message(NightNote.GUARD, {"reasons": reasons}) if reasons else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A row as people know it: of a class that vanished, with its id; of a row that is new, with its number."""

    title: str
    presenter: str
    starts: int  #: UTC seconds
    class_id: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Vanished:
    """A scheduled class that the file no longer asks for, and the row that seems to have taken its place."""

    lesson: Lesson
    replaced_by: Lesson | None = None


def with_replacements(vanished: Sequence[Lesson], new: Iterable[Lesson]) -> list[Vanished]:
    """Find for each class that vanished the new row that differs from it in one thing alone.

    That is another title, then another presenter, then another time within a week, the
    nearest; each row takes the place of one class at most.
    """
    rows = list(new)
    free = set(range(len(rows)))
    found: dict[int, int] = {}
    for same, nearest in _LIKENESS:
        places: dict[Hashable, list[int]] = defaultdict(list)
        for i in sorted(free):
            places[same(rows[i])].append(i)
        for j, lesson in enumerate(vanished):
            candidates = [(abs(rows[i].starts - lesson.starts), i) for i in places[same(lesson)] if i in free]
            apart, i = min(candidates, default=(_WEEK_S + 1, 0))
            if j not in found and apart <= nearest:
                found[j] = i
                free.discard(i)
    return [Vanished(lesson, rows[found[j]] if j in found else None) for j, lesson in enumerate(vanished)]


def _title(lesson: Lesson) -> str:
    return " ".join(lesson.title.split()).casefold()


#: In what a row and a class must be alike, and how far apart they may begin.
_LIKENESS: tuple[tuple[Callable[[Lesson], Hashable], int], ...] = (
    (lambda lesson: (lesson.presenter, lesson.starts), 0),
    (lambda lesson: (_title(lesson), lesson.starts), 0),
    (lambda lesson: (_title(lesson), lesson.presenter), _WEEK_S),
)
