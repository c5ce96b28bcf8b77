"""The promise under seeded faults: nothing twice, nothing lost, nothing told wrongly, whatever befalls the run.

Each history has one or more of the kinds of trouble in traits.py, or none. A history that once broke a promise is played for ever.
"""

import logging
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pprint import pformat
from subprocess import run

import pytest

from batch.core.outcome import Outcome
from batch.core.service.on_unknown import OnUnknown
from batch.core.tally import Exit
from tests.simulation.checks import violations
from tests.simulation.clock import Hangs, VirtualLoop
from tests.simulation.nature import Fault
from tests.simulation.scenario import Life, Scenario, keys_of, scenario_of
from tests.simulation.traits import Kind, extended, kinds_of
from tests.simulation.world import World, play
from tests.support.effort import SEEDS

STEP = 40
OF_EACH_KIND = SEEDS // 12

#: Seeds that once failed, and why.
REGRESSIONS = {
    17: "a full disk ended the run with an ExceptionGroup, which nobody catches",
    40: "an entry written during a commit that failed was never told of it",
    41: "resend-trust-1032 took the class of a row for that of the row it was edited into",
    61: "with all other rows done, the one in doubt was never sent again under resend-trust-1032",
    103: "a refusal after a lost answer was told as refused, though the class was there",
    217: "a row that earlier runs had proved absent was not sent again by this one",
    282: "the row of another file, in doubt under resend-trust-1032, kept the passes going for ever",
}


#: The same of histories with further kinds of trouble.
REGRESSIONS_OF_KINDS: dict[str, tuple[int, list[Kind]]] = {
    "a commit that came late, listed late, was called absent by a witness that was listed before": (
        73,
        [Kind.LATE],
    ),
    "a row with a class of another's among those found before was never settled": (19, [Kind.STATUSES]),
    "of rows whose turn did not come it was said that they were sent twice": (24, [Kind.START_OVER]),
    "a row that may be sent again in doubt was let go for ever": (10, [Kind.START_OVER]),
    "a row that was held in doubt counted as the one that goes alone, for ever": (
        4861,
        [Kind.START_OVER, Kind.SWAPPED],
    ),
    "a row whose second sending met the limit was given up": (733, [Kind.START_OVER]),
    "a row that was refused here, and made elsewhere since, was sent again": (
        2987,
        [Kind.PAGES, Kind.SECOND_JOURNAL],
    ),
    "a run that was drained told of a clash before it looked whose class it was": (
        406,
        [Kind.SECOND_JOURNAL, Kind.BENT, Kind.ODD_ANSWERS],
    ),
    "the class that a row was held for was called the second of another row's": (1461, [Kind.PAGES]),
    "a class of another journal was sent once more, with statuses that prove nothing": (
        745,
        [Kind.SECOND_JOURNAL, Kind.STATUSES],
    ),
    "a foreign class hid a row's own": (631, [Kind.STATUSES]),
    "a class that a list had shown was made again, as two later ones hid it": (22739, kinds_of(22739)),
    "a class that was proved absent, and shown before it was sent again, was sent again": (
        101301,
        kinds_of(101301),
    ),
    "the class of a row in doubt, on another clock, was taken for another row's": (22307, kinds_of(22307)),
    "the lag of a list was never measured, as one by another word was the first to show a class": (
        103902,
        kinds_of(103902),
    ),
    "two classes on another clock were called exchanged": (104456, kinds_of(104456)),
    "a class on another clock was found for a lesson hours before, when its row was gone": (
        112212,
        kinds_of(112212),
    ),
    "of two lessons an hour apart that were lost neither was ever settled": (26827, kinds_of(26827)),
    "the lag of a list was not measured, as it showed all that was looked for": (114030, kinds_of(114030)),
    "the class of a row in doubt, listed with another length, was called the second of another row's": (
        126005,
        kinds_of(126005),
    ),
    "rows were sent again by a proof of a list that was known by then to leave classes out": (
        124068,
        kinds_of(124068),
    ),
    "a class of another computer was made again, as words stood before its title": (124149, kinds_of(124149)),
    "the class of a row that was told another's number, which no list shows, was called the second of its twin's": (
        420335,
        kinds_of(420335),
    ),
    "rows were sent by a proof of a list, though the next one left out a class that is there": (
        650790,
        kinds_of(650790),
    ),
    "of a row with the number of another file's class it was said that the class was edited": (
        653117,
        kinds_of(653117),
    ),
    "the first class that was known bore another's number, and how the list is written was learned from it": (
        656311,
        kinds_of(656311),
    ),
    "a title that was written by two rules was called absent: the classes that were known showed one of them": (
        614458,
        kinds_of(614458),
    ),
    "rows that went one by one were sent for hours by a service that never answered": (
        618145,
        kinds_of(618145),
    ),
    "a row that was refused was sent again, as it had been proved absent before": (775894, kinds_of(775894)),
    "a class of another computer with its presenter and start keeps a row in doubt": (
        768540,
        kinds_of(768540),
    ),
    "rows that were all sent were looked up again and again by lists that failed": (300621, kinds_of(300621)),
    "rows were sent by a proof of a list, though the next one lacked a class that it should have shown": (
        734470,
        kinds_of(734470),
    ),
    "the class of a row in doubt, by a list that cuts titles, went to its equal that was never sent": (
        723565,
        kinds_of(723565),
    ),
    "by a list without presenters the class of a row that had got another's number was that of the other": (
        784232,
        kinds_of(784232),
    ),
    "a class of another computer, whose answers changed places, was looked for under the number of another": (
        784547,
        kinds_of(784547),
    ),
    "a class with the title and start of a row in doubt, which no row stands for, keeps it in doubt": (
        722616,
        kinds_of(722616),
    ),
    "of two lessons that only their teachers tell apart a list without teachers shows the very same": (
        802933,
        kinds_of(802933),
    ),
    "a class that is there by 1032, under a number that nobody knows, was taken over for an equal row": (
        958677,
        kinds_of(958677),
    ),
    "two equal rows showed, by one class, how a list writes starts; it was another row's, on another clock": (
        915990,
        kinds_of(915990),
    ),
    "another computer's class was called one of ours once more, by a list without teachers": (
        928907,
        kinds_of(928907),
    ),
    "an answer that came to a second row was found out by the list, and the check did not think of that": (
        975767,
        kinds_of(975767),
    ),
    "by a list of cut titles on another clock another computer's class was taken over for the row two hours before": (
        942898,
        kinds_of(942898),
    ),
    "pages that shift hid a class until it was proved absent; by a list without teachers it was another row's then": (
        995393,
        kinds_of(995393),
    ),
    "a row was refused as a clash with its own class, which another computer had made and a row in doubt might have": (
        1115800,
        kinds_of(1115800),
    ),
    "by a list without teachers another computer's class was that of a row in doubt of another teacher": (
        8108,
        kinds_of(8108),
    ),
    "a class that one list had shown and the next left out was taken for late, and others were proved absent by it": (
        1209550,
        kinds_of(1209550),
    ),
    "a class that was made once more, as the list hid the first, was called an equal row's": (
        116049,
        kinds_of(116049),
    ),
    "another's class, whose number a row was told, bore witness for a list that was late": (
        1350838,
        kinds_of(1350838),
    ),
    "a row was sent that had been held for its own class, as the run between was killed; and by a list that showed"
    " nothing of what was sent": (1325747, kinds_of(1325747)),
    "two classes of two rows were both put down to the one of them that was in doubt": (
        1376216,
        kinds_of(1376216),
    ),
    "a row was unknown a moment later, by a list whose lag nothing had shown": (2142950, kinds_of(2142950)),
    "a row was unknown until the third night, as nobody waited for the class that was confirmed last to be listed": (
        2307787,
        kinds_of(2307787),
    ),
    "a row was unknown until the third night, as nobody waited for the first class that shows how the list is written": (
        2560973,
        kinds_of(2560973),
    ),
    "the same, beside another computer's classes": (2508605, kinds_of(2508605)),
    "another computer's class stands where a lost one would by the usual clock, in a list that writes its own": (
        2623815,
        kinds_of(2623815),
    ),
    "of two equal rows that were lost one has a class, and nobody can say which": (
        2657191,
        kinds_of(2657191),
    ),
    "the same, by a repeated answer": (2610941, kinds_of(2610941)),
    "a class is told twice whose row has another's number": (2604356, kinds_of(2604356)),
    "a row that was held for one in its way was sent beside its own class, as that one was held for it": (
        2451810,
        kinds_of(2451810),
    ),
    "nobody said that a row has another's number, as an equal one was held for its class": (
        0,
        [Kind.SWAPPED],
    ),
    "a row's own class, of which it was told the number of one that no list shows, counts as one too many": (
        1334358,
        kinds_of(1334358),
    ),
    "a machine that stood still made a run too long, one row at a time before a service that never answered": (
        1512170,
        kinds_of(1512170),
    ),
    "what another run asked for at the same time was put down to this one": (
        2000072,
        [Kind.HIDDEN, Kind.SECOND_JOURNAL, Kind.LOST_LOCK],
    ),
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A thousand histories of faults have much to log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def keeps_its_promises(scenario: Scenario) -> World:
    world = play(scenario)
    found = violations(world)
    assert not found, "\n".join([*found, pformat(scenario, width=140)])
    return world


@pytest.mark.parametrize(
    "first",
    [pytest.param(first, marks=pytest.mark.thorough if first else ()) for first in range(0, SEEDS, STEP)],
)
def test_no_history_breaks_a_promise(first: int) -> None:
    for seed in range(first, min(first + STEP, SEEDS)):
        keeps_its_promises(extended(scenario_of(seed), kinds_of(seed)))


@pytest.mark.thorough
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
def test_a_kind_of_trouble_breaks_no_promise(kind: Kind) -> None:
    for seed in range(OF_EACH_KIND):
        keeps_its_promises(extended(scenario_of(seed), [kind]))


@pytest.mark.parametrize("seed", REGRESSIONS, ids=REGRESSIONS.values())
def test_what_went_wrong_once_does_not_again(seed: int) -> None:
    keeps_its_promises(scenario_of(seed))


@pytest.mark.thorough
@pytest.mark.parametrize(("seed", "kinds"), REGRESSIONS_OF_KINDS.values(), ids=REGRESSIONS_OF_KINDS)
def test_what_went_wrong_once_with_further_trouble_does_not_again(seed: int, kinds: list[Kind]) -> None:
    keeps_its_promises(extended(scenario_of(seed), kinds))


def test_of_a_row_whose_class_was_made_once_more_no_run_may_say_that_it_was_not_sent() -> None:
    """Nor may it of an equal row with a class of its own: the class once more excuses neither."""
    scenario = extended(scenario_of(116049), kinds_of(116049))
    before, killed, last = scenario.lives
    # Half a second later than the seed has it: the class once more is under way.
    world = play(replace(scenario, lives=(before, replace(killed, crash_s=4.5), last)))
    report = world.reports[2]
    keys = keys_of(report.life.file)
    (key,) = {each.key for each in world.service.classes if each.class_id == "11"}
    own, equal = keys.index(key), keys.index(key.replace(" #1", " #2"))
    assert (report.rows[own].outcome, report.rows[equal].outcome) == (Outcome.UNKNOWN, Outcome.NOT_SENT)
    assert violations(world) == []
    report.rows[own] = replace(report.rows[own], outcome=Outcome.NOT_SENT)
    assert [each for each in violations(world) if f"I3: {key}" in each]
    report.rows[own] = replace(report.rows[own], outcome=Outcome.UNKNOWN)
    for each in world.service.classes:
        if each.class_id == "11":
            each.key = keys[equal]
    assert [each for each in violations(world) if f"I3: {keys[equal]}" in each]


_PLAYED = (
    "from tests.simulation.scenario import scenario_of\nfrom tests.simulation.traits import extended, kinds_of\n"
    "from tests.simulation.world import play\n"
    "print([each.rows for each in play(extended(scenario_of(60041), kinds_of(60041))).reports])"
)


@pytest.mark.thorough
def test_a_history_is_the_same_in_whatever_order_sets_have_their_members() -> None:
    """Of two rules that explain a list as well, a run chooses the same one each time."""
    played = [
        run(
            [sys.executable, "-c", _PLAYED],
            env=os.environ | {"PYTHONHASHSEED": order},
            check=True,
            capture_output=True,
        )
        for order in "12"
    ]
    one, other = (each.stdout for each in played)
    assert one == other


@pytest.mark.thorough
def test_intents_ahead_of_their_room_break_no_promise() -> None:
    for seed in range(3 * OF_EACH_KIND):
        scenario = extended(scenario_of(seed), kinds_of(seed))
        traits = replace(scenario.traits, ahead=True)
        keeps_its_promises(replace(scenario, traits=traits, in_flight=random.Random(seed).choice((4, 8, 32))))


@pytest.mark.thorough
def test_classes_that_are_known_by_what_they_carry_break_no_promise_and_leave_fewer_rows_unknown() -> None:
    unknown = {False: 0, True: 0}
    for seed in range(6 * OF_EACH_KIND):
        scenario = extended(scenario_of(seed), kinds_of(seed))
        for stamps in unknown:
            world = keeps_its_promises(replace(scenario, traits=replace(scenario.traits, stamps=stamps)))
            unknown[stamps] += sum(row.outcome is Outcome.UNKNOWN for row in world.reports[-1].rows)
    assert unknown[True] < unknown[False]


POLICIES = (OnUnknown.ASK, OnUnknown.RESEND_AFTER_SETTLE, OnUnknown.RESEND_TRUST_1032)


@pytest.mark.thorough
@pytest.mark.parametrize("policy", POLICIES)
def test_commits_a_minute_late_and_a_list_that_lags_make_no_duplicates(policy: OnUnknown) -> None:
    trusts = policy is OnUnknown.RESEND_TRUST_1032
    for seed in range(SEEDS // 20):
        scenario = scenario_of(seed)
        nature = replace(
            scenario.nature,
            trouble=0.7,
            only=None,
            late_s=60.0,
            lag_s=3.0,
            rule_1032=trusts,
            lists=not trusts,
        )
        keeps_its_promises(replace(scenario, policy=policy, nature=nature))


@pytest.mark.thorough
def test_where_the_account_lists_and_tells_who_presents_hardly_a_row_stays_unknown() -> None:
    rows = unknown = 0
    for seed in range(80):
        scenario = scenario_of(seed)
        nature = replace(scenario.nature, lists=True, tells_presenter=True, tells_zone=True, rule_1032=False)
        world = keeps_its_promises(replace(scenario, policy=OnUnknown.AUTO, nature=nature))
        if not world.service.lists[-1].confirmed:
            continue  # all answers were lost: nothing shows what this list is worth
        rows += len(world.reports[-1].rows)
        unknown += sum(row.outcome is Outcome.UNKNOWN for row in world.reports[-1].rows)
    assert unknown <= 0.005 * rows


@pytest.mark.thorough
def test_a_service_that_is_never_there_is_not_asked_for_ever() -> None:
    for seed in range(30):
        scenario = scenario_of(seed)
        nature = replace(scenario.nature, trouble=1.0, only=Fault.UNREACHABLE)
        world = keeps_its_promises(replace(scenario, nature=nature, lives=(Life(file=scenario.last.file),)))
        report = world.reports[0]
        assert {row.outcome for row in report.rows} <= {Outcome.NOT_SENT, Outcome.HELD}
        assert report.exit_code == Exit.UNFINISHED
        assert report.creates <= len(report.rows) + 32  # each once, and the budget of retries


def test_the_same_seed_is_the_same_history() -> None:
    one, other = play(scenario_of(3)), play(scenario_of(3))
    assert one.service.classes == other.service.classes
    assert [report.rows for report in one.reports] == [report.rows for report in other.reports]


def test_a_loop_with_nothing_to_wait_for_hangs_and_says_so() -> None:
    loop = VirtualLoop()
    with pytest.raises(Hangs):
        loop.run_until_complete(loop.create_future())
    loop.close()
