"""Another timetable under the same name, a corrected zone, a wrong upload: seen before anything is sent."""

from collections.abc import Sequence

import pytest

from batch.core.changes.kinship import ChangeLimits, Kinship, compare, is_too_much, without_inference
from batch.core.changes.lesson import Lesson
from batch.core.changes.matching import By, match
from tests.core.changes.test_matching import lesson, versions


def week(shift: float = 0, titles: str = "abcdefgh", presenter: str = "ann") -> list[Lesson]:
    """Eight lessons, two a day."""
    return [
        lesson(title, place // 2, 9 + place % 2 * 4 + shift, presenter) for place, title in enumerate(titles)
    ]


CASES: dict[str, tuple[Sequence[Lesson], Sequence[Lesson], Kinship, int | None]] = {
    "the same again": (week(), week(), Kinship.VERSION, None),
    "a few have moved": (week(), [*week()[:5], *week(1)[5:]], Kinship.VERSION, None),
    "a quarter is left, the rest is new": (
        week(),
        [*week()[:2], *week(titles="ijklmnop")[2:]],
        Kinship.VERSION,
        None,
    ),
    "another timetable under the same name": (
        week(),
        week(titles="ijklmnop", presenter="bob"),
        Kinship.ANOTHER,
        None,
    ),
    "every lesson an hour later": (week(), week(1), Kinship.SHIFTED, 3600),
    "another teacher everywhere": (week(), week(presenter="bob"), Kinship.SHIFTED, 0),
    "three lessons say nothing": (week()[:3], week(1)[:3], Kinship.VERSION, None),
}


@pytest.mark.parametrize(("old", "new", "kinship", "shift_s"), CASES.values(), ids=CASES)
def test_a_version_or_another_timetable(
    old: Sequence[Lesson], new: Sequence[Lesson], kinship: Kinship, shift_s: int | None
) -> None:
    found = compare(old, new, match(old, new, versions(old, new)))
    assert (found.kinship, found.shift_s) == (kinship, shift_s)


def test_of_another_timetable_nothing_is_inferred_and_nothing_has_gone() -> None:
    old, new = week(), [week()[0], *week(1)[1:]]
    matching = without_inference(match(old, new, versions(old, new)))
    assert [each.by for each in matching.matches] == [By.FINGERPRINT]
    assert (len(matching.new), len(matching.outside), matching.gone, matching.unsure) == (7, 7, (), ())


LIMITS = ChangeLimits(most_changed_percent=30, most_cancelled_percent=20)
GUARD: dict[str, tuple[dict[str, int], bool]] = {
    "nothing is touched": ({"classes": 0, "changed": 0, "cancelled": 0}, False),
    "three of four: a small timetable may change wholly": (
        {"classes": 4, "changed": 2, "cancelled": 1},
        False,
    ),
    "thirty of a hundred": ({"classes": 100, "changed": 30, "cancelled": 0}, False),
    "thirty-one of a hundred": ({"classes": 100, "changed": 31, "cancelled": 0}, True),
    "changed and cancelled count together": ({"classes": 100, "changed": 16, "cancelled": 15}, True),
    "twenty cancelled of a hundred": ({"classes": 100, "changed": 0, "cancelled": 20}, False),
    "twenty-one cancelled of a hundred": ({"classes": 100, "changed": 0, "cancelled": 21}, True),
}


@pytest.mark.parametrize(("counts", "stops"), GUARD.values(), ids=GUARD)
def test_what_stops_a_sync(counts: dict[str, int], stops: bool) -> None:
    assert is_too_much(LIMITS, **counts) is stops


def test_a_hundred_percent_never_stops() -> None:
    never = ChangeLimits(most_changed_percent=100, most_cancelled_percent=100)
    assert not is_too_much(never, classes=9, changed=4, cancelled=5)
