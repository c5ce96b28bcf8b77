"""The guard of the nightly import: what stops a file, what never does, and which row took the place of which class."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.guard import (
    Figures,
    Lesson,
    Limits,
    series_of,
    why_stopped,
    with_replacements,
)
from batch.report.wording.messages import both_of

LIMITS = Limits(invalid_percent=30, vanished_percent=30, smaller_percent=50)
DAY_S = 24 * 3600

STOPS = {
    "a file as usual": (Figures(rows=100, invalid=5, rows_before=98, scheduled_before=90, vanished=2), ""),
    "the first of its series": (Figures(rows=100, invalid=0), ""),
    "the first of its series, misread": (
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


SERIES = {
    "a date": ("/inbox/export-2026-09-01.csv", "/inbox/export-2026-09-02.csv", True),
    "a number in brackets": ("term.xlsx", "term (2).xlsx", True),
    "what the import puts in front": ("in/term.csv", "in/done/20260901-021500-term.csv", True),
    "another format": ("term.csv", "term.xlsx", True),
    "a folder of another name": ("a1/term.csv", "b/term.csv", True),
    "another name": ("term-north.csv", "term-south.csv", False),
    "its results": ("term.csv", "term-results.xlsx", False),
    "numbers alone": ("2026.csv", "2027.csv", True),
    "a path of Windows": (r"C:\in\term1.csv", "term2.csv", True),
    "no ending": ("term", "term", True),
}


@pytest.mark.parametrize(("one", "other", "same"), SERIES.values(), ids=SERIES)
def test_which_files_are_of_one_series(one: str, other: str, same: bool) -> None:
    assert (series_of(one) == series_of(other)) is same


def lesson(
    title: str = "Algebra", presenter: str = "ana@x.example", starts: int = 0, number: int = 2
) -> Lesson:
    return Lesson(title=title, presenter=presenter, starts=starts, number=number)


REPLACEMENTS = {
    "another title": ([lesson()], [lesson("Algebra I")], [2]),
    "another presenter": ([lesson()], [lesson(presenter="bo@x.example")], [2]),
    "another time": ([lesson()], [lesson(starts=DAY_S)], [2]),
    "two things at once": ([lesson()], [lesson("Art", starts=DAY_S)], [None]),
    "a time too far away": ([lesson()], [lesson(starts=8 * DAY_S)], [None]),
    "the nearest": ([lesson()], [lesson(starts=3 * DAY_S), lesson(starts=-DAY_S, number=3)], [3]),
    "one row for one class": ([lesson(), lesson(starts=60)], [lesson(starts=DAY_S)], [2, None]),
    "a new title goes before a new time": (
        [lesson()],
        [lesson(starts=DAY_S), lesson("Algebra I", number=3)],
        [3],
    ),
    "spaces and capitals in a title": ([lesson()], [lesson("ALGEBRA ", presenter="bo@x.example")], [2]),
    "nothing new": ([lesson()], [], [None]),
}


@pytest.mark.parametrize(("vanished", "new", "rows"), REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_which_row_took_the_place(vanished: list[Lesson], new: list[Lesson], rows: list[int | None]) -> None:
    found = with_replacements(vanished, new)
    assert [each.lesson for each in found] == vanished
    assert [each.replaced_by.number if each.replaced_by else None for each in found] == rows


LESSONS = st.builds(
    Lesson,
    title=st.sampled_from("abc"),
    presenter=st.sampled_from("xyz"),
    starts=st.integers(0, 3).map(lambda day: day * DAY_S),
)


@given(st.lists(LESSONS, max_size=12), st.lists(LESSONS, max_size=12))
def test_no_row_takes_the_place_of_two(vanished: list[Lesson], new: list[Lesson]) -> None:
    numbered = [
        Lesson(title=each.title, presenter=each.presenter, starts=each.starts, number=number)
        for number, each in enumerate(new)
    ]
    taken = [each.replaced_by.number for each in with_replacements(vanished, numbered) if each.replaced_by]
    assert len(taken) == len(set(taken))
