"""Which listed class is the one whose answer was lost: found and absent are said only where both are certain."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.service.lookup import Seen, Sought, Unplaced, Verdict, look_up

NINE = 1_930_900_000 // 3600 * 3600
HOUR = 3600


def sought(fingerprint: str = "ours", **changes: object) -> Sought:
    facts: dict[str, object] = {
        "title": "Algebra",
        "presenter": "ann@s.example",
        "starts": NINE,
        "local_starts": NINE + 2 * HOUR,  # it was sent on a clock two hours ahead
        "minutes": 60,
    }
    return Sought(fingerprint=fingerprint, **{**facts, **changes})  # type: ignore[arg-type] # as the cases have it


def seen(class_id: str = "1", **changes: object) -> Seen:
    facts: dict[str, object] = {
        "title": "Algebra",
        "presenter": "ann@s.example",
        "starts": NINE,
        "local_starts": NINE + 2 * HOUR,
        "minutes": 60,
    }
    return Seen(class_id=class_id, **{**facts, **changes})  # type: ignore[arg-type] # as the cases have it


FOUND, ABSENT, CANNOT_TELL = "1", Unplaced.ABSENT, Unplaced.CANNOT_TELL
NO_ZONE: dict[str, Any] = {"starts": None}

ONE: dict[str, tuple[list[Seen], Verdict]] = {
    "nothing is listed": ([], ABSENT),
    "the very class": ([seen()], FOUND),
    "written with other spaces": ([seen(title=" Algebra  ")], FOUND),
    "its presenter in capitals": ([seen(presenter="Ann@S.example")], FOUND),
    "its presenter is not told": ([seen(presenter=None)], FOUND),
    "its presenter is told by a number, which says nothing": ([seen(presenter="4711")], FOUND),
    "its length is not told": ([seen(minutes=None)], FOUND),
    "another title": ([seen(title="Biology")], ABSENT),
    "another presenter": ([seen(presenter="bob@s.example")], ABSENT),
    "another length": ([seen(minutes=90)], ABSENT),
    "an hour later": ([seen(starts=NINE + HOUR, local_starts=NINE + 3 * HOUR)], ABSENT),
    "two that could be it": ([seen(), seen("2")], CANNOT_TELL),
    "two, of which one has another presenter": ([seen(), seen("2", presenter="bob@s.example")], FOUND),
    "no zone is told: the clock it was sent by": ([seen(**NO_ZONE)], FOUND),
    "no zone, and another hour: on another clock it might be": (
        [seen(**NO_ZONE, local_starts=NINE + 3 * HOUR)],
        CANNOT_TELL,
    ),
    "no zone, and two days later: on no clock": ([seen(**NO_ZONE, local_starts=NINE + 48 * HOUR)], ABSENT),
    "no time at all": ([seen(starts=None, local_starts=None)], CANNOT_TELL),
}


@pytest.mark.parametrize(("listed", "verdict"), ONE.values(), ids=ONE)
def test_one_class_is_sought(listed: list[Seen], verdict: Verdict) -> None:
    assert look_up([sought()], listed, frozenset()) == {"ours": verdict}


LATER = {"starts": NINE + HOUR, "local_starts": NINE + 3 * HOUR}

TWO: dict[str, tuple[list[Sought], list[Seen], dict[str, Verdict]]] = {
    "each has its own": (
        [sought(), sought("other", **LATER)],
        [seen(), seen("2", **LATER)],
        {"ours": "1", "other": "2"},
    ),
    "alike but for the presenter, and one class without": (
        [sought(), sought("other", presenter="bob@s.example")],
        [seen(presenter=None)],
        {"ours": CANNOT_TELL, "other": CANNOT_TELL},
    ),
    "alike but for the presenter, and two classes without": (
        [sought(), sought("other", presenter="bob@s.example")],
        [seen(presenter=None), seen("2", presenter=None)],
        {"ours": CANNOT_TELL, "other": CANNOT_TELL},
    ),
    "without zones, one at its time shows that the other is absent": (
        [sought(), sought("other", **LATER)],
        [seen(**NO_ZONE)],
        {"ours": "1", "other": ABSENT},
    ),
}


@pytest.mark.parametrize(("wanted", "listed", "verdicts"), TWO.values(), ids=TWO)
def test_two_classes_are_sought(
    wanted: list[Sought], listed: list[Seen], verdicts: dict[str, Verdict]
) -> None:
    assert look_up(wanted, listed, frozenset()) == verdicts


def test_a_class_that_another_row_stands_for_is_not_up_for_grabs() -> None:
    assert look_up([sought()], [seen()], frozenset({"1"})) == {"ours": ABSENT}


TITLES = st.sampled_from(["Algebra", "Biology"])
PRESENTERS = st.sampled_from(["ann@s.example", "bob@s.example"])
HOURS = st.integers(0, 3).map(lambda hour: NINE + hour * HOUR)
MADE = st.lists(
    st.tuples(TITLES, PRESENTERS, HOURS, st.booleans()), max_size=6, unique_by=lambda made: made[:3]
)


@given(MADE, st.booleans(), st.booleans())
def test_no_class_is_called_absent_that_is_there_nor_found_that_is_not(
    made: Sequence[tuple[str, str, int, bool]], tells_presenter: bool, tells_zone: bool
) -> None:
    """Each row was sent; those with True became a class, and the account lists it, more or less."""
    wanted, listed = [], []
    for number, (title, presenter, starts, is_there) in enumerate(made):
        row = {"title": title, "starts": starts, "local_starts": starts + 2 * HOUR}
        wanted.append(sought(str(number), presenter=presenter, **row))
        if is_there:
            told = {"presenter": presenter if tells_presenter else None} | ({} if tells_zone else NO_ZONE)
            listed.append(seen(str(number), **{**row, **told}))
    for fingerprint, verdict in look_up(wanted, listed, frozenset()).items():
        is_there = made[int(fingerprint)][3]
        if is_there:
            assert verdict in {fingerprint, CANNOT_TELL}
        elif tells_presenter:
            assert verdict in {ABSENT, CANNOT_TELL}
