"""Who may say that a class is absent: what must never be said, and what must still be."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.service.witnesses import (
    KnownThere,
    Lag,
    Missing,
    NoWitness,
    Proved,
    Testimony,
    TooEarly,
    hear,
    lag_after,
)

SETTLE_S = TIMEOUT_S = 60.0
DAY_S = 86_400
STARTS = 30 * DAY_S


def known(
    class_id: str,
    sent_at: float,
    *,
    answer_s: float = 1.0,
    starts: int = STARTS,
    is_confirmed: bool = True,
    was_seen: bool = False,
) -> KnownThere:
    return KnownThere(
        class_id=class_id,
        starts=starts,
        sent_at=sent_at,
        confirmed_at=sent_at + answer_s,
        is_confirmed=is_confirmed,
        was_seen=was_seen,
    )


def says(
    classes: Sequence[KnownThere],
    listed: set[str],
    *,
    began_at: float,
    lost_at: float = 0.0,
    starts: int = STARTS,
    lag: Lag = Lag(),  # noqa: B008 - frozen
) -> Testimony:
    return hear(
        classes,
        listed,
        began_at=began_at,
        settled_at=lost_at + TIMEOUT_S + SETTLE_S,
        starts=starts,
        settle_s=SETTLE_S,
        lag=lag,
    )


def test_without_a_witness_nobody_knows() -> None:
    assert says([], set(), began_at=1000) == NoWitness()
    found = known("1", 0, is_confirmed=False)  # a list has shown it: of course it is in a list
    assert says([found], {"1"}, began_at=1000) == NoWitness()


@pytest.mark.parametrize("was_seen", [False, True], ids=["none has shown yet", "an earlier list has shown"])
def test_a_young_class_is_late_in_a_late_list_but_missed_in_one_after_it_was_shown(was_seen: bool) -> None:
    """Lists were up to 700 s late here."""
    old, young = known("1", 0), known("2", 900, was_seen=was_seen)
    says_so = says([old, young], {"1"}, began_at=1000, lag=Lag(late_s=700))
    assert isinstance(says_so, Missing if was_seen else TooEarly)


def test_one_that_begins_long_before_what_is_sought_says_nothing_of_later_weeks() -> None:
    early = known("1", 0, starts=STARTS - 2 * DAY_S)
    assert says([early], {"1"}, began_at=1000) == NoWitness()


def test_one_that_was_confirmed_only_just_is_waited_for_where_it_would_be_the_first_witness() -> None:
    just = known("1", 900)
    assert says([just], set(), began_at=902) == TooEarly(901 + SETTLE_S, None)
    assert says([just], set(), began_at=961) == Missing((just,))
    assert says([just], {"1"}, began_at=961) == Proved()


def test_one_that_begins_long_before_what_is_sought_is_not_waited_for() -> None:
    early = known("1", 900, starts=STARTS - 2 * DAY_S)
    assert says([early], set(), began_at=902) == NoWitness()


def test_one_witness_missing_is_enough_to_doubt_a_list() -> None:
    one, other = known("1", 0), known("2", 0)
    assert says([one, other], {"1"}, began_at=1000, lag=Lag(0, 1)) == Missing((other,))


def test_one_that_was_confirmed_a_moment_ago_may_not_be_listed_yet() -> None:
    old, new = known("1", 0), known("2", 995)
    assert says([old, new], {"1"}, began_at=1000, lag=Lag(0, 1)) == Proved()


def test_one_that_should_be_listed_by_now_is_waited_for_before_anything_is_called_absent() -> None:
    old, new = known("1", 0), known("2", 950)
    assert says([old, new], {"1"}, began_at=1000, lag=Lag(0, 1)) == TooEarly(951 + SETTLE_S, 1)
    assert says([old, new], {"1"}, began_at=1012, lag=Lag(0, 1)) == Missing((new,))


def test_where_classes_were_listed_late_before_one_that_is_not_listed_yet_is_not_missed() -> None:
    old, new = known("1", 0), known("2", 500)
    assert says([old, new], {"1"}, began_at=1000, lag=Lag(900, 1)) == TooEarly(120 + 1.25 * 900, 900)
    assert says([old, new], {"1"}, began_at=2000, lag=Lag(900, 1)) == Missing((new,))


def test_a_list_that_shows_new_classes_at_once_is_believed_once_the_request_has_settled() -> None:
    witness = known("1", 5)
    assert says([witness], {"1"}, began_at=119, lag=Lag(0, 1)) == TooEarly(126, 1)
    assert says([witness], {"1"}, began_at=126, lag=Lag(0, 1)) == Proved()


def test_a_witness_that_was_confirmed_after_the_lost_request_is_not_enough() -> None:
    """That request may be committed later still, and be listed as late as the witness was."""
    witness = known("1", 5)
    assert says([witness], {"1"}, began_at=126) == TooEarly(120 + 1.25 * 121, 121)


def test_one_that_was_sent_once_the_lost_request_had_settled_is_enough() -> None:
    assert says([known("1", 500)], {"1"}, began_at=510) == Proved()


def test_an_answer_that_came_late_does_not_make_the_list_look_prompt() -> None:
    """Committed at 0, answered at 59, listed at 60: that may be a minute late."""
    assert says([known("1", 0, answer_s=59)], {"1"}, began_at=130) == TooEarly(120 + 1.25 * 130, 130)


#: Sent by a clock that was put back since, by an hour.
AHEAD = known("2", 4600)
LISTED_AHEAD: dict[str, tuple[set[str], Lag, Testimony]] = {
    "nothing else is known: nobody knows when anything was": ({"2"}, Lag(), NoWitness()),
    "how late lists are was known before": ({"2"}, Lag(0, 2), Proved()),
    "it is not listed: it may have been made a moment ago, or be left out": (
        {"1"},
        Lag(0, 2),
        TooEarly(4601 + SETTLE_S, 2),
    ),
}


@pytest.mark.parametrize(("listed", "lag", "testimony"), LISTED_AHEAD.values(), ids=LISTED_AHEAD)
def test_a_class_that_was_sent_by_a_clock_ahead_says_nothing_of_how_late_lists_are(
    listed: set[str], lag: Lag, testimony: Testimony
) -> None:
    assert (
        says([known("1", 0), AHEAD] if "1" in listed else [AHEAD], listed, began_at=1000, lag=lag)
        == testimony
    )
    assert lag_after(lag, [(AHEAD.sent_at, AHEAD.confirmed_at)], began_at=1000, listed_before_at=900) == lag


moments = st.floats(0, 2000)
#: A class that is answered: when it is sent, how long until it is committed and answered, how late it is listed.
answered = st.tuples(moments, st.floats(0, 30), st.floats(0, 30), st.floats(0.8, 1))


@given(
    classes=st.lists(answered, min_size=1, max_size=6),
    lost_at=moments,
    commit_s=st.floats(0, TIMEOUT_S + SETTLE_S),
    lag_s=st.sampled_from([0.0, 3.0, 30.0, 180.0, 900.0]),
    share=st.floats(0.8, 1),
    lists_at=st.lists(st.floats(0, 6000), min_size=1, max_size=4),
)
def test_nothing_is_called_absent_that_will_be_listed_later(
    classes: list[tuple[float, float, float, float]],
    lost_at: float,
    commit_s: float,
    lag_s: float,
    share: float,
    lists_at: list[float],
) -> None:
    """Whatever lists were taken before: one service, listing each class between 0.8 and 1 times its lag late."""
    listed_at = {str(n): sent + before + lag_s * part for n, (sent, before, _, part) in enumerate(classes)}
    there = {str(n): known(str(n), sent, answer_s=a + b) for n, (sent, a, b, _) in enumerate(classes)}
    lost_listed_at = lost_at + commit_s + lag_s * share
    lag, before_at, seen = Lag(), 0.0, set[str]()
    for at in sorted(lists_at):
        confirmed = [each for each in there.values() if each.confirmed_at <= at]
        shown = {each.class_id for each in confirmed if listed_at[each.class_id] <= at}
        if at >= lost_at and at < lost_listed_at:
            assert says(confirmed, shown, began_at=at, lost_at=lost_at, lag=lag) != Proved()
        new = [(there[each].sent_at, there[each].confirmed_at) for each in shown - seen]
        lag, before_at = lag_after(lag, new, began_at=at, listed_before_at=before_at), at
        seen |= shown


def test_how_late_a_list_is_is_known_the_better_the_sooner_it_shows_a_class() -> None:
    lag = lag_after(Lag(), [(0, 1)], began_at=500, listed_before_at=0)
    assert lag == Lag(0, 500)
    assert lag_after(lag, [(600, 601)], began_at=602, listed_before_at=500) == Lag(0, 2)


def test_a_class_that_an_earlier_list_could_have_shown_was_late_and_that_is_kept() -> None:
    lag = lag_after(Lag(0, 2), [(0, 1)], began_at=180, listed_before_at=60)
    assert lag == Lag(180, 2)
    assert lag.longest_s == 180
    assert lag_after(lag, [(600, 601)], began_at=602, listed_before_at=500).longest_s == 180
