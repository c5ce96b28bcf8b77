"""Each fault of the matrix, over real sockets: nothing lost, nothing twice, nothing said wrongly."""

import pytest

from tests.support.effort import TRIALS
from tests.trials.matrix import CASES
from tests.trials.trial import trials

pytestmark = pytest.mark.thorough

#: Of the table in docs/how-tested.md. Together, because most of a trial is waiting.
ROWS = {
    "no connection": range(1, 7),
    "lost answers": range(7, 14),
    "spoiled answers": range(14, 22),
    "errors": range(22, 25),
    "lock-outs": range(25, 27),
    "limits and clashes": range(27, 30),
    "the account's list": range(30, 31),
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
async def test_a_fault_loses_nothing_doubles_nothing_and_is_told_rightly(rows: range) -> None:
    cases = [case for case in CASES if case.number in rows and not (TRIALS == 1 and case.long_runs_only)]
    assert {case.number for case in cases} == {*rows}
    # In a long run the first trial of each fault is a process of its own, in a quick one that of one fault.
    alone = cases[-1:] if TRIALS == 1 else None
    table = await trials(cases, TRIALS, alone=alone, here=10)
    assert [fault for line in table.values() for fault in line.broken] == []
