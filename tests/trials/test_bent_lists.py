"""Accounts whose list differs from what was sent: nothing twice, nothing called lost that is there.

CLASSBATCH_TRIALS above 1 tries every list of the table in every situation; else a few of each kind.
"""

import pytest

from tests.trials.bent import SITUATIONS, broken, every, summed
from tests.trials.bent_lists import BENT_LISTS
from tests.trials.test_matrix import TRIALS

#: One of each kind of difference: always tried.
_FEW = (
    "title-escaped",
    "title-cut:70",
    "start-utc",
    "start-no-half",
    "duration-extended",
    "presenter-alias",
    "status-new",
    "empty",
    "page-size:3",
    "pages of 3 that shift",
)

#: What is left to do.
NOT_YET = {
    "second journal": "under a list that shows nothing, the one row that goes alone is a class too many",
}


def test_there_are_lists_enough() -> None:
    assert len(BENT_LISTS) >= 36
    assert {*_FEW} <= {*BENT_LISTS}


@pytest.mark.parametrize(
    "situation",
    [
        pytest.param(each, marks=[pytest.mark.xfail(reason=NOT_YET[each])] if each in NOT_YET else [])
        for each in SITUATIONS
    ],
)
async def test_no_bent_list_doubles_a_class(situation: str) -> None:
    lists = {name: BENT_LISTS[name] for name in (_FEW if TRIALS == 1 else BENT_LISTS)}
    results = await every(situation, lists)
    assert broken([results]) == []


@pytest.mark.xfail(reason="title-cut:70 and start-no-half leave two rows of ten unknown")
async def test_lists_that_differ_by_a_rule_still_settle_lost_answers() -> None:
    lists = {name: BENT_LISTS[name] for name in _FEW if BENT_LISTS[name].by_rule}
    whole = summed(await every("lost answer", lists))
    assert whole.broken == []
    assert whole.open == 0
