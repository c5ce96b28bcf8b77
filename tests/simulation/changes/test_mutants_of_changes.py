"""Would the histories of changes see it? Each fault planted here must be caught within a hundred of them."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import pytest

from batch.core.changes.decide import Hand, Verdict
from batch.core.changes.matching import Matching, match
from batch.core.changes.undo import Cancel, Leaves, by_the_journal
from batch.journal.recorder import Recorder
from batch.journal.records import Entry, OperationIntent, RowOutcome
from batch.sending.operating import Operator
from batch.sending.operation_requests import OperationRequests
from batch.wiziq.errors import NoAnswer, WiziqError
from tests.simulation.changes.checks import violations
from tests.simulation.changes.history import Command, History, Kind, Lesson, Step, extended, history_of
from tests.simulation.changes.world import play
from tests.simulation.nature import Fault
from tests.simulation.test_mutants import NO_EPOCH, Plant, both, planted

pytestmark = pytest.mark.thorough

SEEDS = range(100)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Histories of faults have much to log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _cancels_all_it_does_not_know(*versions: Any, **facts: Any) -> Matching:
    """What the file says nothing about has gone, too."""
    found = match(*versions, **facts)
    return replace(found, gone=(*found.gone, *found.outside, *found.kept), outside=(), kept=())


def _takes_lost_for_done(error: WiziqError | None) -> WiziqError | None:
    return None if isinstance(error, NoAnswer) else error


class BelievesThatItIsDone(OperationRequests):
    """A lost answer is a yes."""

    async def _send(self, operation: Any) -> WiziqError | None:
        return _takes_lost_for_done(await super()._send(operation))


class AsksAgainAtOnce(OperationRequests):
    """A lost answer is a request that never left."""

    async def _send(self, operation: Any) -> WiziqError | None:
        error = await super()._send(operation)
        if isinstance(error, NoAnswer):
            return await super()._send(operation)
        return error


class SendsAllThatTheRowSays(OperationRequests):
    """`modify` with what the class was sent before, too."""

    def _parameters(self, work: Any, step: Any, *, is_parked: bool) -> Any:
        own = super()._parameters(work, step, is_parked=is_parked)
        return {**work.old, **own} if work.meant is not None else {}


class ChangesWithoutIntent(Recorder):
    async def write(self, *entries: Entry) -> None:
        if kept := [entry for entry in entries if not isinstance(entry, OperationIntent)]:
            await super().write(*kept)


class TellsBeforeItIsOnDisk(Operator):
    async def _write(self, work: Any, outcome: Any, code: Any, note: Any, *entries: Entry) -> None:
        if work.position is not None:
            self._on_outcome(RowOutcome(self._batch, work.position, outcome, code, note))
        await super()._write(work, outcome, code, note, *entries)


async def _nothing_is_waited_for(*_: object, **__: object) -> None:
    """Earlier operations are forgotten."""


def _nobody_edits(*_: object) -> Hand:
    return Hand.AS_LEFT


def _is_cancelled_in_any_case(*_: object) -> Verdict:
    return Verdict.CANCEL


def _undoes_whatever_came_since(*facts: Any) -> object:
    wish = by_the_journal(*facts)
    return Cancel() if wish is Leaves.CHANGED_SINCE else wish


def _is_not_there(*_: object) -> None:
    """There is none."""


def _requests(mutant: type[OperationRequests]) -> Plant:
    return planted("batch.sending.operating", "OperationRequests", mutant)


def _operator(mutant: type[Operator]) -> Plant:
    return both(
        planted("batch.sending.changes", "Operator", mutant),
        planted("batch.sending.undoing", "Operator", mutant),
    )


_FORGETS_WHAT_IS_PARKED = both(
    *(
        planted(f"batch.sending.{module}", "parking_of", _is_not_there)
        for module in ("as_left", "change_notes", "change_plan", "undo_plan")
    )
)
_FORGETS_WHAT_IS_LOST = both(
    *(
        planted(f"batch.sending.{module}", "open_among", lambda _: lambda _: False)
        for module in ("as_left", "change_plan", "undo_plan")
    )
)


def _as_it_is(history: History) -> History:
    return history


def _loses_answers(history: History) -> History:
    nature = replace(history.nature, lists=True, trouble=0.35, only=Fault.RESET)
    return replace(history, nature=nature)


def _to_and_fro(history: History) -> History:
    """Answers are lost, and each run wants back what the one before has changed."""
    first = tuple(each for each in history.lives[0].file if isinstance(each, Lesson))
    other = tuple(replace(each, places=each.places + 1) for each in first)
    steps = (Step(file=first, command=Command.SUBMIT), *(Step(file=each) for each in (other, first, other)))
    return replace(_loses_answers(history), lives=steps, last=replace(history.last, file=first), undoes=False)


def _takes_back_an_earlier_run(history: History) -> History:
    """In peace, and nobody is at work in WizIQ: the run before the last is taken back."""
    steps = [Step(file=each.file) for each in history.lives]
    steps.append(replace(steps[-1], command=Command.UNDO, back=1))
    nature = replace(history.nature, lists=True, trouble=0.0, listing_trouble=0.0)
    return replace(history, nature=nature, lives=tuple(steps), undoes=False)


def _swaps_and_crashes(history: History) -> History:
    """Pairs of lessons change places, the machine crashes on the way, and then all is to be as it was."""
    random = Random(history.seed)
    first = list(history.lives[0].file)
    swapped = list(first)
    for one, other in combinations(range(len(first)), 2):
        is_free = swapped[one] is first[one] and swapped[other] is first[other]
        if is_free and first[one].presenter == first[other].presenter:
            swapped[one] = replace(first[one], hour=first[other].hour)
            swapped[other] = replace(first[other], hour=first[one].hour)
    nature = replace(history.nature, lists=True, trouble=0.0, listing_trouble=0.0)
    steps = (
        Step(file=tuple(first), command=Command.SUBMIT),
        Step(file=tuple(swapped), crash_s=2 + random.random() * 10),
    )
    return replace(
        history, nature=nature, lives=steps, last=replace(history.last, file=tuple(first)), undoes=False
    )


def _with(*kinds: Kind) -> Callable[[History], History]:
    return lambda history: extended(history, kinds)


MUTANTS: dict[str, tuple[Callable[[History], History], Plant]] = {
    "a blind cancel: what the file says nothing about has gone": (
        _as_it_is,
        planted("batch.core.changes.comparison", "match", _cancels_all_it_does_not_know),
    ),
    "a blind cancel: whatever somebody did to the class": (
        _as_it_is,
        planted("batch.core.changes.decide", "_gone_beside_hand_edits", _is_cancelled_in_any_case),
    ),
    "a blind modify: a lost answer is taken for a yes": (_loses_answers, _requests(BelievesThatItIsDone)),
    "a blind modify: a lost answer is asked for again at once": (_to_and_fro, _requests(AsksAgainAtOnce)),
    "a blind modify: what is sent is not what the row says": (_as_it_is, _requests(SendsAllThatTheRowSays)),
    "nothing is waited for before the next change": (
        _loses_answers,
        both(
            planted("batch.sending.changes", "wait_for_operations", _nothing_is_waited_for),
            planted("batch.sending.undoing", "wait_for_operations", _nothing_is_waited_for),
        ),
    ),
    "hand edits are not looked for": (
        _as_it_is,
        planted("batch.sending.as_left", "ClassesAsLeft.hand", _nobody_edits),
    ),
    "a parked class is forgotten": (_swaps_and_crashes, _FORGETS_WHAT_IS_PARKED),
    "a lost answer is forgotten": (_loses_answers, _FORGETS_WHAT_IS_LOST),
    "no intent before a change": (
        _as_it_is,
        planted("batch.journal.recorder", "Recorder", ChangesWithoutIntent),
    ),
    "an outcome is told before it is on disk": (_as_it_is, _operator(TellsBeforeItIsOnDisk)),
    "an undo takes back what others did since": (
        _takes_back_an_earlier_run,
        planted("batch.core.changes.undo", "by_the_journal", _undoes_whatever_came_since),
    ),
    "of two runs at once both change classes": (_with(Kind.LOST_LOCK), NO_EPOCH),
}


@pytest.mark.parametrize(("of_its_kind", "plant"), MUTANTS.values(), ids=MUTANTS)
def test_a_planted_fault_is_caught_and_without_it_the_same_history_is_clean(
    of_its_kind: Callable[[History], History], plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    histories = map(of_its_kind, map(history_of, SEEDS))
    with monkeypatch.context() as patch:
        plant(patch)
        caught = next((each for each in histories if violations(play(each))), None)
    assert caught is not None, "not within a hundred histories"
    assert violations(play(caught)) == []
