"""Whether a file is the next version of its timetable, or another one under the same name; and how much it would touch.

Names lie: `upload.csv` comes twice, and a corrected zone moves every lesson. Both are
seen before anything is sent, and are asked.
"""

from collections import Counter
from collections.abc import Iterable
from enum import Enum, unique

from batch.core.changes.lesson import Lesson, Span
from batch.core.changes.matching import By, Matching
from batch.core.quick_dataclass import dataclass

#: So few lessons say nothing about a file, whatever their share.
_TOO_FEW = 3


@unique
class Kinship(Enum):
    """What a file is to the version before it."""

    VERSION = "version"
    ANOTHER = "another timetable"  #: nothing is inferred and nothing has gone
    SHIFTED = "shifted"  #: most lessons would be changed in the same way: a corrected zone or column


@dataclass(frozen=True, slots=True)
class Compared:
    """The file beside the version before it, counted over the old lessons in the file's stretch."""

    kinship: Kinship
    lessons: int  #: old lessons in the stretch
    found: int  #: of these, in the new file by their key or unchanged
    inferred: int  #: of these, matched by what they have in common
    shift_s: int | None = None  #: by how much most of the inferred would move; None where by no one amount


def compare(old: Iterable[Lesson], new: Iterable[Lesson], matching: Matching) -> Compared:
    """Compare a file with the version before it, by how `match` paired them."""
    rows = {lesson.tag: lesson for lesson in new}
    span = Span.of(rows.values())
    inside = {lesson.tag: lesson for lesson in old if span is not None and span.holds(lesson)}
    pairs = [each for each in matching.matches if each.old in inside]
    inferred = [each for each in pairs if each.by.is_inferred]
    counts = len(inside), len(pairs) - len(inferred), len(inferred)
    if counts[0] <= _TOO_FEW or 4 * counts[1] >= counts[0]:
        return Compared(Kinship.VERSION, *counts)
    if 2 * counts[2] <= counts[0]:
        return Compared(Kinship.ANOTHER, *counts)
    shifts = Counter(rows[each.new].starts - inside[each.old].starts for each in inferred)
    (shift_s, often), *_ = shifts.most_common(1)
    return Compared(Kinship.SHIFTED, *counts, shift_s if 2 * often > counts[2] else None)


def without_inference(matching: Matching) -> Matching:
    """What stands of a matching where the file turns out to be another timetable."""
    sure = tuple(each for each in matching.matches if each.by in {By.KEY, By.FINGERPRINT})
    guessed = [each for each in matching.matches if each.by.is_inferred]
    return Matching(
        matches=sure,
        new=(*matching.new, *matching.unsure, *(each.new for each in guessed)),
        kept=matching.kept,
        outside=(*matching.outside, *matching.gone, *(each.old for each in guessed)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLimits:
    """More than so many percent of a timetable's classes to come stop a run; 100 never does."""

    most_changed_percent: int = 30  #: changed and cancelled together, each class once
    most_cancelled_percent: int = 20


def is_too_much(limits: ChangeLimits, *, classes: int, changed: int, cancelled: int) -> bool:
    """Whether so much would be touched that somebody should look first; a few classes never are.

    Args:
        limits: what is allowed without a question.
        classes: of the timetable, still to come.
        changed: of these, to be changed.
        cancelled: of these, to be cancelled.
    """
    touched = changed + cancelled
    return touched > _TOO_FEW and (
        100 * touched > limits.most_changed_percent * classes
        or (cancelled > _TOO_FEW and 100 * cancelled > limits.most_cancelled_percent * classes)
    )
