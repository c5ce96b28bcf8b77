"""A clock that is wrong is told, and one that is far off sends nothing."""

from dataclasses import replace
from unittest import mock

import pytest

from batch.core.message import Message, RunNote
from batch.core.service.clock_skew import Skew, skew_of
from batch.core.tally import Exit
from batch.report.wording.messages import message_of
from batch.sending.environment import real_environment
from tests.trials.case import ACCOUNT, Case
from tests.trials.running import Ran, environment_of, run_here, scene_of

OFFSETS = {
    "right": (0.0, Skew.FINE),
    "half a minute ahead": (30.0, Skew.FINE),
    "more than that": (30.5, Skew.NOTABLE),
    "behind": (-31.0, Skew.NOTABLE),
    "five minutes": (300.0, Skew.NOTABLE),
    "more than five minutes": (301.0, Skew.TOO_FAR),
    "an hour behind": (-3600.0, Skew.TOO_FAR),
}


@pytest.mark.parametrize(("offset_s", "skew"), OFFSETS.values(), ids=OFFSETS)
def test_how_far_apart_clocks_may_be(offset_s: float, skew: Skew) -> None:
    assert skew_of(offset_s) is skew


def test_the_offset_in_words() -> None:
    assert (
        message_of(Message(RunNote.CLOCKS_APART, {"offset_s": 90.4}))
        == "The service's clock is 90 s ahead of this computer's."
    )
    assert (
        message_of(Message(RunNote.CLOCKS_APART, {"offset_s": -3600}))
        == "The service's clock is 3600 s behind this computer's."
    )


async def _run(offset_s: float, **account: bool) -> tuple[Ran, int]:
    """A run against a service whose clock is off, and how many classes came of it."""
    case = Case(number=31, name="clock", account=replace(ACCOUNT, clock_offset_s=offset_s, **account))  # type: ignore[arg-type]  # switches
    async with scene_of(case, "clock", 3) as scene:
        ran = await run_here(scene, environment_of(scene, scene.sandbox.url), "term")
        return ran, sum(count for name, count in scene.sandbox.call_counts.items() if "create" in name)


RUNS = {
    "10 minutes ahead": (
        600.0,
        Exit.CANNOT_RUN,
        0,
        b"ahead of this computer's. Set this computer's clock right",
    ),
    "10 minutes behind": (
        -600.0,
        Exit.CANNOT_RUN,
        0,
        b"behind this computer's. Set this computer's clock right",
    ),
    "40 s": (40.0, Exit.DONE, 3, b"ahead of this computer's. Set this computer's clock right"),
    "20 s": (20.0, Exit.DONE, 3, b""),
}


@pytest.mark.parametrize(("offset_s", "exit_code", "creates", "says"), RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("lists", [True, False], ids=["", "where the account does not list"])
async def test_a_run_is_told_of_the_clock_before_it_sends(
    lists: bool, offset_s: float, exit_code: Exit, creates: int, says: bytes
) -> None:
    ran, made = await _run(offset_s, list_without_id=lists)
    assert (ran.exit_code, made) == (exit_code, creates)
    assert says in ran.said
    assert (b"clock" in ran.said) is bool(says)


def test_a_clock_that_is_set_back_while_a_run_goes_on_moves_no_deadline() -> None:
    world = real_environment()
    before = world.clock()
    with mock.patch("time.time", return_value=before - 3600):
        assert 0 <= world.clock() - before < 60
