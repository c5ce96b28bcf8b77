"""How long to wait, how many at once, and when to give up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.service.backoff import (
    LONGEST_ASKED_WAIT_S,
    LONGEST_BACKOFF_S,
    MOST_IN_FLIGHT,
    RetryBudget,
    Window,
    asks_too_much,
    wait_s,
)

WAITS = {
    "the first failure, all of the jitter": ((1, 1.0, None), 1.0),
    "half of it": ((1, 0.5, None), 0.5),
    "doubles": ((4, 1.0, None), 8.0),
    "but not for ever": ((50, 1.0, None), LONGEST_BACKOFF_S),
    "none of it: full jitter begins at nothing": ((3, 0.0, None), 0.0),
    "Retry-After is a minimum": ((1, 1.0, 20.0), 20.0),
    "and no maximum": ((6, 1.0, 20.0), 30.0),
    "Retry-After: 0": ((2, 0.5, 0.0), 1.0),
}


@pytest.mark.parametrize(("given_", "seconds"), WAITS.values(), ids=WAITS)
def test_wait(given_: tuple[int, float, float | None], seconds: float) -> None:
    assert wait_s(*given_) == seconds


@given(
    failures=st.integers(1, 1000),
    chance=st.floats(0, 1, exclude_max=True),
    asked_s=st.none() | st.floats(0, LONGEST_ASKED_WAIT_S),
)
def test_nobody_is_asked_earlier_than_he_wants_nor_waited_for_without_end(
    failures: int, chance: float, asked_s: float | None
) -> None:
    assert (asked_s or 0) <= wait_s(failures, chance, asked_s) <= max(LONGEST_BACKOFF_S, asked_s or 0)


ASKED = {"nothing": (None, False), "five minutes": (300.0, False), "more": (301.0, True), "days": (1e9, True)}


@pytest.mark.parametrize(("asked_s", "too_much"), ASKED.values(), ids=ASKED)
def test_what_a_run_has_patience_for(asked_s: float | None, too_much: bool) -> None:
    assert asks_too_much(asked_s) is too_much


@given(st.lists(st.booleans()))
def test_the_budget_never_lets_more_retries_through_than_it_holds_and_earned(events: list[bool]) -> None:
    budget, spent, earned = RetryBudget(capacity=3, earned=0.1), 0, 0
    for is_success in events:
        if is_success:
            budget.earn()
            earned += 1
        else:
            spent += budget.spend()
    assert spent <= 3 + 0.1 * earned + 1e-6


def test_one_hiccup_of_all_that_is_under_way_is_within_the_budget() -> None:
    budget = RetryBudget()
    assert all(budget.spend() for _ in range(MOST_IN_FLIGHT))
    assert not budget.spend()


def test_ten_successes_earn_a_retry() -> None:
    budget = RetryBudget(capacity=1)
    assert budget.spend()
    for _ in range(11):  # ten tenths are not quite one
        budget.earn()
    assert budget.spend()


def sizes_after(window: Window, successes: int) -> list[int]:
    sizes = []
    for _ in range(successes):
        window.succeeded()
        sizes.append(window.size)
    return sizes


def test_the_window_doubles_with_each_round_of_successes_before_the_first_overload() -> None:
    sizes = sizes_after(Window(20, 4), 4 + 8 + 16)
    assert [sizes[4 - 1], sizes[4 + 8 - 1], sizes[-1]] == [8, 16, 20]


def test_after_an_overload_it_grows_by_one_with_each_round() -> None:
    window = Window(6, 4)
    window.overloaded()
    assert window.size == 2
    assert sizes_after(window, 2 + 3 + 4 + 5 + 6) == [2] + [3] * 3 + [4] * 4 + [5] * 5 + [6] * 7


def test_overload_halves_it_once_for_all_that_were_under_way_together() -> None:
    window = Window(32, 16)
    for _ in range(16):
        window.overloaded()
    assert window.size == 8
    window.overloaded()
    assert window.size == 4


@given(st.integers(1, 64), st.integers(1, 64), st.lists(st.booleans()))
def test_the_window_is_never_shut_nor_wider_than_allowed(most: int, first: int, events: list[bool]) -> None:
    window = Window(most, first)
    for is_success in events:
        (window.succeeded if is_success else window.overloaded)()
        assert 1 <= window.size <= most
