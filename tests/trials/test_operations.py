"""Whatever befalls a change, a cancel, a swap or their undo: nothing lost, nothing twice, nothing said wrongly."""

import pytest

from tests.support.effort import KILLS, TRIALS
from tests.trials.kills_of_operations import AT, killed_while
from tests.trials.operations import ACTIONS, COMMANDS, FAULTS, Action, tried
from tests.trials.two_computers import in_turn

pytestmark = pytest.mark.thorough

#: A quick run tries a few of the faults, each in one of the actions, and half of the points at which a run is killed.
_SHARE = 1 if TRIALS > 1 else 3 * len(ACTIONS)
_KILLED = [
    (command, point)
    for at, point in enumerate(AT)
    for number, command in enumerate(COMMANDS)
    if KILLS > 1 or at % 2 == number
]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
async def test_a_fault_takes_nothing_from_what_is_done_to_classes(action: Action) -> None:
    faults = [case for case in FAULTS if TRIALS > 1 or not case.long_runs_only]
    line = await tried(action, faults[ACTIONS.index(action) :: _SHARE], TRIALS)
    assert line.trials
    assert line.broken == []


@pytest.mark.parametrize(("command", "point"), _KILLED)
async def test_what_is_killed_there_is_finished_by_the_same_command(command: str, point: str) -> None:
    for seed in range(KILLS):
        assert (await killed_while(command, point, seed)).broken == []


@pytest.mark.parametrize("seed", range(TRIALS))
async def test_two_computers_that_sync_every_version_make_no_lesson_twice(seed: int) -> None:
    assert (await in_turn(seed)).broken == []
