"""Counts and the exit code: every outcome is counted, and the most urgent one decides."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.outcome import HeldReason, Outcome
from batch.core.tally import Exit, Tally

O = Outcome  # noqa: E741 - short for the table below

CODES: dict[str, tuple[list[Outcome], Exit]] = {
    "no rows": ([], Exit.DONE),
    "all scheduled": ([O.SCHEDULED, O.SCHEDULED], Exit.DONE),
    "scheduled and already there": ([O.SCHEDULED, O.ALREADY], Exit.DONE),
    "all already there": ([O.ALREADY], Exit.DONE),
    "a check that finds nothing": ([O.READY, O.ALREADY], Exit.DONE),
    "a check that finds something": ([O.READY, O.INVALID], Exit.NEEDS_A_PERSON),
    "a check with a row held": ([O.READY, O.HELD], Exit.NEEDS_A_PERSON),
    "one invalid": ([O.SCHEDULED, O.INVALID], Exit.NEEDS_A_PERSON),
    "one held": ([O.SCHEDULED, O.HELD], Exit.NEEDS_A_PERSON),
    "one refused": ([O.SCHEDULED, O.REFUSED], Exit.NEEDS_A_PERSON),
    "one unknown": ([O.SCHEDULED, O.UNKNOWN], Exit.UNKNOWN),
    "unknown before refused": ([O.REFUSED, O.UNKNOWN, O.INVALID, O.HELD], Exit.UNKNOWN),
    "one not sent": ([O.SCHEDULED, O.NOT_SENT], Exit.UNFINISHED),
    "not sent before unknown": ([O.UNKNOWN, O.NOT_SENT], Exit.UNFINISHED),
    "everything at once": (list(O), Exit.UNFINISHED),
}


@pytest.mark.parametrize(("outcomes", "code"), CODES.values(), ids=CODES)
def test_exit_code(outcomes: list[Outcome], code: Exit) -> None:
    assert Tally(outcomes).exit_code() == code


@pytest.mark.parametrize("outcomes", [outcomes for outcomes, _ in CODES.values()], ids=CODES)
def test_a_lock_out_comes_before_everything(outcomes: list[Outcome]) -> None:
    assert Tally(outcomes).exit_code(stopped=True) == Exit.CANNOT_RUN


def test_exit_codes_are_what_scripts_compare_with() -> None:
    assert {code.name: code.value for code in Exit} == {
        "DONE": 0,
        "NEEDS_A_PERSON": 1,
        "CANNOT_RUN": 2,
        "UNKNOWN": 3,
        "UNFINISHED": 75,
        "LEFT_AT_ONCE": 130,
    }


def test_counts_name_every_ending_zeros_too() -> None:
    counts = Tally([O.SCHEDULED, O.SCHEDULED, O.HELD]).counts()
    assert counts == {
        "scheduled": 2,
        "already": 0,
        "changed": 0,
        "cancelled": 0,
        "invalid": 0,
        "held": 1,
        "refused": 0,
        "unknown": 0,
        "not_sent": 0,
    }


def test_a_check_counts_what_is_ready() -> None:
    counts = Tally([O.READY, O.INVALID], of_check=True).counts()
    assert (counts["ready"], counts["invalid"], counts["scheduled"]) == (1, 1, 0)


def test_classes_that_are_gone_are_no_rows_and_count_where_they_were_cancelled() -> None:
    tally = Tally([O.SCHEDULED, O.CHANGED])
    for outcome in (O.CANCELLED, O.CANCELLED, None):
        tally.add_gone(outcome)
    assert (tally.rows, tally.counts()["cancelled"], tally.exit_code()) == (2, 2, Exit.DONE)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(O.HELD, Exit.NEEDS_A_PERSON), (O.REFUSED, Exit.NEEDS_A_PERSON), (O.UNKNOWN, Exit.UNKNOWN)],
)
def test_a_class_that_is_gone_and_was_not_cancelled_decides_like_a_row(outcome: Outcome, code: Exit) -> None:
    tally = Tally([O.SCHEDULED])
    tally.add_gone(outcome)
    assert (tally.exit_code(), tally.counts()[outcome.value]) == (code, 0)


@given(st.lists(st.sampled_from(Outcome)))
def test_every_row_is_counted_once(outcomes: list[Outcome]) -> None:
    tally = Tally(of_check=True)
    for outcome in outcomes:
        tally.add(outcome)
    assert tally.rows == len(outcomes) == sum(tally.counts().values())
    assert all(tally[outcome] == outcomes.count(outcome) for outcome in Outcome)
    assert set(tally.counts()) == set(Outcome)


@given(st.lists(st.sampled_from(Outcome)), st.randoms())
def test_the_order_of_rows_does_not_matter(outcomes: list[Outcome], random: Random) -> None:
    shuffled = random.sample(outcomes, len(outcomes))
    assert Tally(shuffled).exit_code() == Tally(outcomes).exit_code()


def test_rows_that_are_held_are_counted_by_why_where_that_is_known_of_all() -> None:
    tally = Tally()
    tally.add(O.HELD, reason=HeldReason.FULL)
    tally.add(O.HELD, 2, reason=HeldReason.CLASH)
    tally.add(O.SCHEDULED)
    assert tally.held_for() == {HeldReason.FULL: 1, HeldReason.CLASH: 2}
    tally.add(O.HELD)
    assert tally.held_for() == {}
