"""Two workers, of which one is killed and one stopped: nothing lost or doubled, and what it had in hand goes on when it is due to."""

import pytest

from tests.support.postgres import Postgres
from tests.trials.workers import TAKEOVER_S, shared

pytestmark = pytest.mark.thorough


async def test_what_a_dead_worker_had_in_hand_is_given_back_by_the_first_look_when_it_is_due(
    postgres: Postgres,
) -> None:
    """How long that takes is counted in looks of the other, by the server's stamps: however slow the machine is."""
    with postgres.another("workers") as database:
        result = await shared(database, accounts=3, files=1, rows=6, kills=1, zombies=1)
    assert result.broken == []
    assert len(result.blows) == 2
    given_back = [each for each in result.recovered if each.unheard_s is not None]
    assert given_back, result
    assert all((each.unheard_s or 0) >= TAKEOVER_S for each in given_back), "never before it is due"
