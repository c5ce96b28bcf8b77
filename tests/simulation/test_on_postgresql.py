"""The same histories with the journals in PostgreSQL: its statements and transactions, and a connection for each run.

Clock, chance and service are the same, so a history is the very same one on both, to the last
row and class.
"""

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from pprint import pformat

import pytest

from tests.simulation.changes import checks as checks_of_changes
from tests.simulation.changes import history as of_changes
from tests.simulation.changes.world import ChangingWorld
from tests.simulation.changes.world import play as play_changes
from tests.simulation.checks import violations
from tests.simulation.disks import PostgresDisk
from tests.simulation.scenario import scenario_of
from tests.simulation.traits import extended, kinds_of
from tests.simulation.world import World, play, played
from tests.support.effort import POSTGRES_SEEDS
from tests.support.postgres import Postgres

pytestmark = pytest.mark.thorough

STEP = 40
FIRSTS = range(0, POSTGRES_SEEDS, STEP)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Histories of faults have much to log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def seeds(first: int) -> range:
    return range(first, min(first + STEP, POSTGRES_SEEDS))


@pytest.mark.parametrize("first", FIRSTS)
def test_no_history_breaks_a_promise_and_each_is_that_of_a_file(
    first: int, postgres: Postgres, tmp_path: Path
) -> None:
    for seed in seeds(first):
        scenario = extended(scenario_of(seed), kinds_of(seed))
        world = played(partial(World, scenario, disk_of=partial(PostgresDisk, postgres.url, tmp_path)))
        found = violations(world)
        assert not found, "\n".join([*found, pformat(scenario, width=140)])
        in_file = play(scenario)
        assert [each.rows for each in world.reports] == [each.rows for each in in_file.reports], seed
        assert world.service.classes == in_file.service.classes, seed


@pytest.mark.parametrize("first", FIRSTS)
def test_no_history_of_changes_breaks_a_promise_and_each_is_that_of_a_file(
    first: int, postgres: Postgres, tmp_path: Path
) -> None:
    for seed in seeds(first):
        history = of_changes.extended(of_changes.history_of(seed), of_changes.kinds_of(seed))
        world = played(partial(ChangingWorld, history, disk_of=partial(PostgresDisk, postgres.url, tmp_path)))
        found = checks_of_changes.violations(world)
        assert not found, "\n".join([*found, pformat(history, width=140)])
        in_file = play_changes(history)
        assert [told.rows for told in world.told] == [told.rows for told in in_file.told], seed
        assert world.looks() == in_file.looks(), seed
