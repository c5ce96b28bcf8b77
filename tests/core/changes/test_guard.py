"""The guard of the nightly import: what stops a file, and what never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.changes.guard import Figures, Limits, why_stopped
from batch.core.changes.kinship import Compared, Kinship
from batch.report.wording.messages import both_of

LIMITS = Limits(invalid_percent=30, vanished_percent=30, smaller_percent=50)

STOPS = {
    "a file as usual": (Figures(rows=100, invalid=5, rows_before=98, scheduled_before=90, vanished=2), ""),
    "the first of its timetable": (Figures(rows=100, invalid=0), ""),
    "the first of its timetable, misread": (
        Figures(rows=100, invalid=31),
        "31 of its 100 rows are invalid (guard_invalid_percent is 30)",
    ),
    "just as much as is allowed": (
        Figures(rows=50, invalid=15, rows_before=100, scheduled_before=100, vanished=30),
        "",
    ),
    "an hour's shift of all classes": (
        Figures(rows=100, invalid=0, rows_before=100, scheduled_before=100, vanished=100),
        "100 of 100 scheduled classes to come are no longer in it (guard_vanished_percent is 30)",
    ),
    "half a file": (
        Figures(rows=40, invalid=0, rows_before=100),
        "it has 40 rows to come where the file before had 100 (guard_smaller_percent is 50)",
    ),
    "one row of one is wrong": (Figures(rows=1, invalid=1), ""),
    "two rows of two vanished": (
        Figures(rows=1, invalid=0, rows_before=2, scheduled_before=2, vanished=2),
        "",
    ),
    "three rows of three": (Figures(rows=3, invalid=3), "3 of its 3 rows"),
    "a file that grew": (Figures(rows=300, invalid=0, rows_before=100, scheduled_before=100), ""),
}


@pytest.mark.parametrize(("figures", "says"), STOPS.values(), ids=STOPS)
def test_what_stops_a_file(figures: Figures, says: str) -> None:
    said = why_stopped(figures, LIMITS)
    assert (said is None) == (not says)
    assert says in (both_of(said) if said else "")


def test_all_that_looks_wrong_is_told_at_once() -> None:
    figures = Figures(rows=10, invalid=9, rows_before=100, scheduled_before=50, vanished=50)
    found = why_stopped(figures, LIMITS)
    assert found is not None
    said = both_of(found)
    assert [name in said for name in ("invalid", "vanished", "smaller")] == [True] * 3


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_hundred_percent_never_stops(rows: int, invalid: int, before: int, vanished: int) -> None:
    figures = Figures(
        rows=max(rows, invalid),
        invalid=invalid,
        rows_before=before,
        scheduled_before=before,
        vanished=min(before, vanished),
    )
    off = Limits(invalid_percent=100, vanished_percent=100, smaller_percent=100)
    assert why_stopped(figures, off) is None


KINDS = {
    "the next version": (Compared(Kinship.VERSION, 120, 110, 10), ""),
    "another timetable": (Compared(Kinship.ANOTHER, 120, 0, 0), ""),
    "a corrected zone": (
        Compared(Kinship.SHIFTED, 120, 0, 118, 3600),
        "118 of 120 classes that exist would be an hour later",
    ),
    "the other way": (Compared(Kinship.SHIFTED, 120, 0, 118, -5400), "would be 1 h 30 min earlier"),
    "another teacher everywhere": (
        Compared(Kinship.SHIFTED, 120, 0, 118, 0),
        "would be with another title or presenter",
    ),
    "all over the place": (Compared(Kinship.SHIFTED, 120, 0, 118, None), "would be at other times"),
}


@pytest.mark.parametrize(("compared", "says"), KINDS.values(), ids=KINDS)
def test_a_shift_of_all_lessons_stops_a_file_and_is_named(compared: Compared, says: str) -> None:
    said = why_stopped(Figures(rows=120, invalid=0), LIMITS, compared)
    assert (said is None) == (not says)
    assert says in (both_of(said) if said else "")
