"""What became of a class, read off its attempts: one in doubt is settled by nothing but itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.service.attempt import Attempt, AttemptEnding, ClassState, class_state

A = AttemptEnding
CUT_SHORT = None

FATES: dict[str, tuple[list[tuple[AttemptEnding | None, str | None]], ClassState]] = {
    "never sent": ([], ClassState.NEW),
    "never left": ([(A.NOT_SENT, None)], ClassState.NEW),
    "created": ([(A.CREATED, None)], ClassState.THERE),
    "found": ([(A.FOUND, None)], ClassState.THERE),
    "cut short by a crash": ([(CUT_SHORT, None)], ClassState.IN_DOUBT),
    "never answered": ([(A.NO_ANSWER, None)], ClassState.IN_DOUBT),
    "proved absent": ([(A.ABSENT, None)], ClassState.NEW),
    "refused": ([(A.REFUSED, "1003")], ClassState.REFUSED),
    "no room; there may be tomorrow": ([(A.REFUSED, "1012")], ClassState.NEW),
    "refused, then no connection": ([(A.REFUSED, "1003"), (A.NOT_SENT, None)], ClassState.REFUSED),
    "a refusal does not settle a doubt": ([(A.NO_ANSWER, None), (A.REFUSED, "1003")], ClassState.IN_DOUBT),
    "nor does giving up": ([(CUT_SHORT, None), (A.NOT_SENT, None)], ClassState.IN_DOUBT),
    "a class settles it": ([(A.NO_ANSWER, None), (A.CREATED, None)], ClassState.THERE),
    "once there, it stays there": ([(A.CREATED, None), (A.NO_ANSWER, None)], ClassState.THERE),
    "absent, then in doubt again": ([(A.ABSENT, None), (A.NO_ANSWER, "1032")], ClassState.IN_DOUBT),
    "absent, then refused": ([(A.ABSENT, None), (A.REFUSED, "1003")], ClassState.REFUSED),
    "refused, sent again, no room": ([(A.REFUSED, "1003"), (A.REFUSED, "1012")], ClassState.NEW),
}


def attempts(endings: list[tuple[AttemptEnding | None, str | None]]) -> list[Attempt]:
    return [Attempt(number, ending, 0, 60, code) for number, (ending, code) in enumerate(endings, 1)]


@pytest.mark.parametrize(("endings", "expected"), FATES.values(), ids=FATES)
def test_fate(endings: list[tuple[AttemptEnding | None, str | None]], expected: ClassState) -> None:
    assert class_state(attempts(endings)) is expected


ENDINGS = st.tuples(st.none() | st.sampled_from(A), st.sampled_from([None, "1003", "1012", "1032"]))


@given(st.lists(ENDINGS, max_size=6))
def test_a_class_that_may_exist_is_never_called_new_or_refused(
    endings: list[tuple[AttemptEnding | None, str | None]],
) -> None:
    tried = attempts(endings)
    if any(attempt.has_class for attempt in tried):
        assert class_state(tried) is ClassState.THERE
    elif any(attempt.is_in_doubt for attempt in tried):
        assert class_state(tried) is ClassState.IN_DOUBT
    else:
        assert class_state(tried) in {ClassState.NEW, ClassState.REFUSED}
