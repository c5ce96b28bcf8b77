"""What became of a class, read off its attempts: one in doubt is settled by nothing but itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.attempt import Attempt, AttemptEnding, Fate, fate

A = AttemptEnding
CUT_SHORT = None

FATES: dict[str, tuple[list[tuple[AttemptEnding | None, str | None]], Fate]] = {
    "never sent": ([], Fate.NEW),
    "never left": ([(A.NOT_SENT, None)], Fate.NEW),
    "created": ([(A.CREATED, None)], Fate.THERE),
    "found": ([(A.FOUND, None)], Fate.THERE),
    "cut short by a crash": ([(CUT_SHORT, None)], Fate.IN_DOUBT),
    "never answered": ([(A.NO_ANSWER, None)], Fate.IN_DOUBT),
    "proved absent": ([(A.ABSENT, None)], Fate.NEW),
    "refused": ([(A.REFUSED, "1003")], Fate.REFUSED),
    "no room; there may be tomorrow": ([(A.REFUSED, "1012")], Fate.NEW),
    "refused, then no connection": ([(A.REFUSED, "1003"), (A.NOT_SENT, None)], Fate.REFUSED),
    "a refusal does not settle a doubt": ([(A.NO_ANSWER, None), (A.REFUSED, "1003")], Fate.IN_DOUBT),
    "nor does giving up": ([(CUT_SHORT, None), (A.NOT_SENT, None)], Fate.IN_DOUBT),
    "a class settles it": ([(A.NO_ANSWER, None), (A.CREATED, None)], Fate.THERE),
    "once there, it stays there": ([(A.CREATED, None), (A.NO_ANSWER, None)], Fate.THERE),
    "absent, then in doubt again": ([(A.ABSENT, None), (A.NO_ANSWER, "1032")], Fate.IN_DOUBT),
    "absent, then refused": ([(A.ABSENT, None), (A.REFUSED, "1003")], Fate.REFUSED),
    "refused, sent again, no room": ([(A.REFUSED, "1003"), (A.REFUSED, "1012")], Fate.NEW),
}


def attempts(endings: list[tuple[AttemptEnding | None, str | None]]) -> list[Attempt]:
    return [Attempt(number, ending, 0, 60, code) for number, (ending, code) in enumerate(endings, 1)]


@pytest.mark.parametrize(("endings", "expected"), FATES.values(), ids=FATES)
def test_fate(endings: list[tuple[AttemptEnding | None, str | None]], expected: Fate) -> None:
    assert fate(attempts(endings)) is expected


ENDINGS = st.tuples(st.none() | st.sampled_from(A), st.sampled_from([None, "1003", "1012", "1032"]))


@given(st.lists(ENDINGS, max_size=6))
def test_a_class_that_may_exist_is_never_called_new_or_refused(
    endings: list[tuple[AttemptEnding | None, str | None]],
) -> None:
    tried = attempts(endings)
    if any(attempt.has_class for attempt in tried):
        assert fate(tried) is Fate.THERE
    elif any(attempt.is_in_doubt for attempt in tried):
        assert fate(tried) is Fate.IN_DOUBT
    else:
        assert fate(tried) in {Fate.NEW, Fate.REFUSED}
