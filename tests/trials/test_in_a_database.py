"""A share of all trials once more, with the journals in PostgreSQL; `python -m tests.trials --postgres` plays the rest."""

import pytest

from tests.support.effort import TRIALS
from tests.support.postgres import Postgres
from tests.trials.kills import OPERATIONS, RUN, killed_at, killed_in_recovery
from tests.trials.kills_of_operations import killed_while
from tests.trials.matrix import CASES
from tests.trials.operations import ACTIONS, COMMANDS, FAULTS, tried
from tests.trials.running import journals_in
from tests.trials.trial import trials

pytestmark = pytest.mark.thorough

#: In a quick run every so manieth fault is tried once, and each action meets one.
_SHARE = 1 if TRIALS > 1 else 12


async def test_a_fault_loses_nothing_doubles_nothing_and_is_told_rightly(postgres: Postgres) -> None:
    cases = CASES[::_SHARE]
    with journals_in(postgres):
        table = await trials(cases, TRIALS, alone=cases[:1], here=6)
    assert [fault for line in table.values() for fault in line.broken] == []


async def test_a_fault_takes_nothing_from_what_is_done_to_classes(postgres: Postgres) -> None:
    share = len(FAULTS) if _SHARE > 1 else 1
    with journals_in(postgres):
        lines = [
            await tried(action, FAULTS[_SHARE * number :: share], TRIALS, at_once=6)
            for number, action in enumerate(ACTIONS)
        ]
    assert all(line.trials for line in lines)
    assert [fault for line in lines for fault in line.broken] == []


@pytest.mark.parametrize("point", RUN[:: 1 if TRIALS > 1 else 4])
async def test_a_run_killed_there_is_finished_by_the_same_command(point: str, postgres: Postgres) -> None:
    with journals_in(postgres):
        assert (await killed_at(point, 0)).broken == []


async def test_a_recovery_killed_three_times_over_is_still_finished(postgres: Postgres) -> None:
    with journals_in(postgres):
        assert (await killed_in_recovery(0)).broken == []


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_change_killed_between_answer_and_commit_is_finished_by_the_same_command(
    command: str, postgres: Postgres
) -> None:
    with journals_in(postgres):
        assert (await killed_while(command, OPERATIONS[2], 0)).broken == []
