"""kill -9 at each point, at any moment and during recovery; then the same command again."""

import pytest

from tests.support.effort import KILLS
from tests.trials.kills import RUN, killed_any_time, killed_at, killed_in_recovery

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("point", RUN)
async def test_a_run_killed_there_is_finished_by_the_same_command(point: str) -> None:
    for seed in range(KILLS):
        assert (await killed_at(point, seed)).broken == []


@pytest.mark.parametrize("seed", range(2 * KILLS))
async def test_a_run_of_200_rows_killed_at_any_moment_ends_with_200_classes(seed: int) -> None:
    assert (await killed_any_time(seed)).broken == []


@pytest.mark.parametrize("seed", range(KILLS))
async def test_a_recovery_killed_three_times_over_is_still_finished(seed: int) -> None:
    assert (await killed_in_recovery(seed)).broken == []
