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


#: What went wrong once, and the histories that showed it.
REGRESSIONS: dict[str, tuple[int, ...]] = {
    "a class whose cancel is in doubt is not called there already": (41173, 42434, 202011, 202080),
    # The list shows it done: the class stands for its new row, which the file asks for, or says nothing about.
    "what a change without an answer has made of a class is not cancelled later": (42131, 42838),
    "a class that another computer moved to where a new row is to be is not made twice": (42116,),
    "an undo cannot know what somebody did to a class while the list is late": (1413809,),
    "a class that the last run has moved vouches for nothing in it": (1404499,),
    "a class that two lists left out, of a lesson that moved, is nobody's, and left alone": (901740,),
    "a class that two journals change looks like another's while the list is late": (1401260,),
    "a class that another computer moves while the list is read is as the last reading has it": (1420539,),
    "a change that was never made is not made where another computer's class is the row's by now": (1301706,),
    "a row whose class proves to be cancelled after a change was lost is sent anew": (40015, 40819),
    # In an account that lists nothing, where the answer of the move was lost.
    "a class that may have been moved beyond the file is not cancelled": (70312,),
    # Nor does an older change of it that was never answered.
    "a class that is called cancelled or was found gone keeps no row from being sent": (70945, 201578),
    "a row that another computer's class is listed for and a lost change may have made stops no run": (
        203711,
    ),
    "a row that a lost change may have made of another lesson's class is unknown": (455872,),
    "a class that is cancelled while a list is read keeps no row in doubt": (202597, 100036, 203194),
    "a class that pages hide twice is not called cancelled": (80470,),
    # Rows and classes that cannot be where they belong for that are held, and no more is asked of them.
    "what somebody or a row that is left keeps in its place is told": (
        70279,
        62539,
        41991,
        80296,
        71343,
        83265,
        200270,
        203771,
        203928,
        300665,
        802776,
        *(452984, 400839, 401919, 455764, 451464, 459260, 457009, 461056, 408401),
    ),
    # That row was made once more beside it, as its class had gone to the one in doubt.
    "a row in doubt takes no class that is another row's next version": (200094,),
    # Another computer had made it by then.
    "a row whose class proves to be cancelled is compared with the list before it is sent": (200717,),
    "a class that a list shows edited, taken for another's lost answer, is left alone": (500189,),
    "what six classes have shown of a list, two that were moved alike do not unsay": (
        *(513098, 600557),
        1152238,  # each of the few that are left was edited before any list showed it
    ),
    # It was held for ever, or in doubt, and that class parked.
    "a change that is shown not to be done keeps no other class from becoming its row": (524831, 525758),
    "a row is not kept in doubt by an older one with a title like its own": (500799,),
    "who has a class that was lost, and somebody has edited since, is for a person to say": (
        *(409339, 412866, 454656, 458346, 202099, 604702),
    ),
    "an undo takes back what a hand edit, an earlier undo and another computer have left as it was": (
        *(501807, 510196, 510271, 523860, 615534),
    ),
    # By a list that may be late, but shows what nothing else of the class would look like.
    "what a late list shows of a lost change is done": (751464,),
    "a row whose class somebody has cancelled takes no other lesson's class": (702153,),
    # It was held for ever, as by the version before that one stands there.
    "a new row may be where a class stood that somebody has moved away": (632102,),
    # Pages that shift had hidden it in lists and by its number; its lesson, which had moved, was sent as a new one.
    "a class that was taken for gone, and that the next list shows, is there": (630767,),
    # Its row is held for a class that another computer has made, and no run had said anything of its own.
    "a class that an unanswered request may have parked is named while its row waits for another": (1005623,),
    # By a list that lags by a minute, eight seconds after it had become that.
    # Or how many places that has asked for.
    "what another computer has made of a class no list shows yet": (1002501, 1051298),
    # Pages that shift had hidden the class of a lost answer, and two lessons change places since.
    "a row waits for a word where a class that was not listed may be its own": (1000005,),
    # Before the last night, where a row in doubt may have been its next version.
    "a class that the file no longer has is cancelled once no row in doubt may become it": (640509,),
    # In an account that lists nothing.
    "a row whose class an undo has cancelled without an answer is sent anew once the service has said so": (
        652118,
    ),
    # Of a change without an answer, before the run that was taken back: no list tells how many places that left.
    "an undo sets places back to the last that are known": (802030,),
    # The account lists nothing, and the last request of an undo was refused: what came before it may have parked the class.
    "what an undo was refused may be done by an earlier request": (751966,),
    # Of two lessons at one time, under one title: the list tells no presenters, and how long each lasts.
    "a lost class is not held up by another lost one of another length": (81189, 82109),
}


@pytest.mark.parametrize(
    "seed",
    [pytest.param(seed, id=f"{words} ({seed})") for words, seeds in REGRESSIONS.items() for seed in seeds],
)
def test_what_went_wrong_once_does_not_again(seed: int) -> None:
    keeps_its_promises(extended(history_of(seed), kinds_of(seed)))


def test_a_row_whose_class_a_hand_cancelled_after_a_lost_change_waits_for_a_word() -> None:
    """A list had shown it cancelled by then, and the row was made anew without that word."""
    last = keeps_its_promises(extended(history_of(201578), kinds_of(201578))).told[-1]
    rows = dict(zip(keys_of(last.step.file), last.rows, strict=True))
    assert rows["ann@school.example 176 90 Lesson 1 #1"].outcome is Outcome.HELD


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
