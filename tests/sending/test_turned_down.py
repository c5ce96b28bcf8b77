"""A row that the service turns down although nothing of it was sent before: is its class there already?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.journal.store import Journal
from batch.report.projection import result_rows
from batch.wiziq.errors import PresenterBusy, SlotFull, WiziqError
from batch.wiziq.replies import ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import Run, Scripted, listed, memory_journal, submit, timetable

BUSY = PresenterBusy("You have already scheduled a class.", code="1032")
FULL = SlotFull("Only 1 simultaneous classes are allowed.", code="1012", limit=1)

S, A, H, R = Outcome.SCHEDULED, Outcome.ALREADY, Outcome.HELD, Outcome.REFUSED


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """What the list before the batch left out, and what becomes of the second row."""

    says: WiziqError  #: of the second row
    shows: Sequence[ListedClass]  #: besides the classes that were made
    outcome: Outcome
    class_id: str | None = None


OWN = listed("77", "Class 2")
UNTOLD = replace(OWN, presenter_email=None)
OTHERS = replace(
    listed("77", "Class 9"), start_text=OWN.start_text, start=OWN.start, local_start=OWN.local_start
)
CASES = {
    "1032, and its own class is listed by now": TurnedDown(BUSY, [OWN], A, "77"),
    "1012, and its own class is listed by now": TurnedDown(FULL, [OWN], A, "77"),
    "1032, and the list does not say whose the class is": TurnedDown(BUSY, [UNTOLD], H),
    "1032, for another lesson of the presenter": TurnedDown(BUSY, [OTHERS], R),
    "1032, and nothing is listed": TurnedDown(BUSY, [], R),
    "1012, and nothing is listed": TurnedDown(FULL, [], H),
}


def _run(
    journal: Journal, case: TurnedDown, *titles: str, batch: str = "b", is_cut_short: bool = False
) -> tuple[Run, Scripted]:
    is_first = batch == "b"
    api = Scripted(
        lambda title, _: case.says if title in titles else None,
        lists=lambda: [
            *(listed(number, f"Class {number}") for number in ("1",) if api.calls or not is_first),
            *(case.shows if {title for _, title in api.calls} & {*titles} or not is_first else []),
        ],
    )
    rows = timetable(1 + len(titles))
    sent = submit(journal, api, rows, batch=batch, in_flight=1, foreign=True, audit=not is_cut_short)
    return play_out(sent), api


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_its_own_class_is_looked_for_before_anything_is_said(case: TurnedDown, journal: Journal) -> None:
    run, api = _run(journal, case, "Class 2")
    assert run.outcomes == [S, case.outcome], run.messages
    assert [title for _, title in api.calls].count("Class 2") >= 1
    assert run.exit_code == (Exit.DONE if case.class_id else Exit.NEEDS_A_PERSON)
    _, row = result_rows(journal, "b")
    assert row.class_id == case.class_id


@pytest.mark.parametrize("case", [CASES[name] for name in CASES if "own class" in name], ids=["1032", "1012"])
def test_what_a_run_was_cut_short_of_is_looked_for_by_the_next(case: TurnedDown, journal: Journal) -> None:
    _run(journal, case, "Class 2", is_cut_short=True)
    run, api = _run(journal, case, "Class 2", batch="again")
    assert run.outcomes == [A, A], run.messages
    assert api.calls == []


def test_one_look_up_answers_for_all_of_them(journal: Journal) -> None:
    titles = [f"Class {number}" for number in range(2, 12)]
    case = TurnedDown(BUSY, [listed(f"7{number}", title) for number, title in enumerate(titles)], A)
    run, api = _run(journal, case, *titles)
    assert run.outcomes == [S, *[A] * 10], run.messages
    assert len(api.calls) == 11, "each was asked for once"
    assert len(api.listings) <= 4, "before the batch, after the row that goes alone, and for all ten"
