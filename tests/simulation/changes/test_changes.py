"""Whatever happens between them, syncs and undos leave the account as file and hands ask for, and touch nothing else.

Each history is drawn from a seed and played in made-up time: lost answers, commits that
come late, crashes, full disks, people at work in WizIQ, a list that lags, a second run, a
second journal.
"""

import logging
from collections.abc import Iterator
from pprint import pformat

import pytest

from batch.core.outcome import Outcome
from tests.simulation.changes.checks import violations
from tests.simulation.changes.history import Command, History, Kind, extended, history_of, kinds_of
from tests.simulation.changes.service import Kept
from tests.simulation.changes.world import ChangingWorld, play
from tests.simulation.scenario import keys_of
from tests.support.effort import SEEDS

pytestmark = pytest.mark.thorough

STEP = 40
OF_EACH_KIND = SEEDS // 6


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Histories of faults have much to log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def keeps_its_promises(history: History) -> ChangingWorld:
    world = play(history)
    found = violations(world)
    assert not found, "\n".join([*found, pformat(history, width=140)])
    return world


@pytest.mark.parametrize("first", range(0, SEEDS, STEP))
def test_no_history_of_changes_breaks_a_promise(first: int) -> None:
    for seed in range(first, min(first + STEP, SEEDS)):
        keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
def test_a_kind_of_trouble_breaks_no_promise_about_changes(kind: Kind) -> None:
    for seed in range(OF_EACH_KIND):
        keeps_its_promises(extended(history_of(seed), [kind]))


@pytest.mark.parametrize("seed", [3118, 3124])
def test_pages_that_shift_hide_no_edit(seed: int) -> None:
    keeps_its_promises(extended(history_of(seed), [Kind.PAGES]))


@pytest.mark.parametrize("seed", [41173, 42434, 202011, 202080])
def test_a_class_whose_cancel_is_in_doubt_is_not_called_there_already(seed: int) -> None:
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [42131, 42838])
def test_what_a_change_without_an_answer_has_made_of_a_class_is_not_cancelled_later(seed: int) -> None:
    """The list shows it done: the class stands for its new row, which the file asks for, or says nothing about."""
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [42116])
def test_a_class_that_another_computer_moved_to_where_a_new_row_is_to_be_is_not_made_twice(seed: int) -> None:
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [40015, 40819])
def test_a_row_whose_class_proves_to_be_cancelled_after_a_change_was_lost_is_sent_anew(seed: int) -> None:
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [70312])
def test_a_class_that_may_have_been_moved_beyond_the_file_is_not_cancelled(seed: int) -> None:
    """In an account that lists nothing, where the answer of the move was lost."""
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [70945, 201578])
def test_a_class_that_is_called_cancelled_or_was_found_gone_keeps_no_row_from_being_sent(seed: int) -> None:
    """Nor does an older change of it that was never answered."""
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [203711])
def test_a_row_that_another_computers_class_is_listed_for_and_a_lost_change_may_have_made_stops_no_run(
    seed: int,
) -> None:
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


def test_a_row_whose_class_a_hand_cancelled_after_a_lost_change_waits_for_a_word() -> None:
    """A list had shown it cancelled by then, and the row was made anew without that word."""
    last = keeps_its_promises(extended(history_of(201578), kinds_of(201578))).told[-1]
    rows = dict(zip(keys_of(last.step.file), last.rows, strict=True))
    assert rows["ann@school.example 176 90 Lesson 1 #1"].outcome is Outcome.HELD


@pytest.mark.parametrize("seed", [202597, 100036, 203194])
def test_a_class_that_is_cancelled_while_a_list_is_read_keeps_no_row_in_doubt(seed: int) -> None:
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [80470])
def test_a_class_that_pages_hide_twice_is_not_called_cancelled(seed: int) -> None:
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [70279, 62539, 41991, 80296, 71343, 83265, 200270, 203771, 203928])
def test_what_somebody_or_a_row_that_is_left_keeps_in_its_place_is_told(seed: int) -> None:
    """Rows and classes that cannot be where they belong for that are held, and no more is asked of them."""
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [200094])
def test_a_row_in_doubt_takes_no_class_that_is_another_rows_next_version(seed: int) -> None:
    """That row was made once more beside it, as its class had gone to the one in doubt."""
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [200717])
def test_a_row_whose_class_proves_to_be_cancelled_is_compared_with_the_list_before_it_is_sent(
    seed: int,
) -> None:
    """Another computer had made it by then."""
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


@pytest.mark.parametrize("seed", [81189, 82109])
def test_a_lost_class_is_not_held_up_by_another_lost_one_of_another_length(seed: int) -> None:
    """Of two lessons at one time, under one title: the list tells no presenters, and how long each lasts."""
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


def test_histories_change_cancel_and_take_back() -> None:
    """What is played is worth its time: operations, hands that are left alone, parked classes, undos."""
    worlds = [play(history_of(seed)) for seed in range(60)]
    classes = [each for world in worlds for each in world.account.classes if isinstance(each, Kept)]
    assert sum(world.account.operations for world in worlds) > 150
    assert sum(each.hand is not None for each in classes) > 10
    assert any(told.step.command is Command.UNDO and told.operations for w in worlds for told in w.told)
    assert any(each.status == "cancelled" and each.last_batch for each in classes)


def test_the_same_seed_is_the_same_history() -> None:
    one, other = play(history_of(3)), play(history_of(3))
    assert one.looks() == other.looks()
    assert [told.rows for told in one.told] == [told.rows for told in other.told]
