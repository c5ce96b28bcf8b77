"""What was done to a class decides as what it stands: intents, endings, and nothing over what the writer did not know of."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.changes.operation import Kind, Operation, OperationEnding, Place
from batch.core.message import Message, RowNote
from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding, AttemptKind, ClassState, class_state
from batch.core.service.listed import Seen
from batch.journal.records import Gone, GoneOutcome, OperationEnded, OperationIntent, RowOutcome, TakenBy
from batch.journal.records import TakenOver as TakenOverEntry
from batch.journal.sending import Overtaken
from batch.journal.store import Journal
from tests.support.journals import NOW, ended, load, opened, row, sent

D = OperationEnding
MONDAY = 1945987200  #: when the class at hour 0 begins


pytestmark = pytest.mark.usefixtures("each_store")


@pytest.fixture
def journal(tmp_path: Path, each_store: str) -> Iterator[Journal]:  # noqa: ARG001 - chosen before it is opened
    with opened(tmp_path) as journal:
        yield journal


def versions(journal: Journal) -> tuple[str, str]:
    """Algebra at 00:00 is there as class 101; the next version has it at 05:00."""
    (old,) = load(journal, "monday", [row("Algebra")])
    journal.sending.apply([sent(old, batch="monday")])
    journal.sending.apply([ended(old, AttemptEnding.CREATED, class_id="101")])
    (new,) = load(journal, "tuesday", [row("Algebra", hour=5, number=4)])
    return old, new


def operation(old: str, new: str | None, kind: Kind = Kind.CHANGE, number: int = 1) -> Operation:
    return Operation(
        class_id="101",
        number=number,
        kind=kind,
        batch="tuesday",
        was=Place(batch="monday", position=0, fingerprint=old),
        meant=Place(batch="tuesday", position=0, fingerprint=new) if new else None,
        parameters={"start_time": "09/01/2031 05:00:00"} if new else {},
        starts=MONDAY + 5 * 3600 if new else None,
        sent_at=NOW,
        deadline=NOW + 60,
    )


def begun(journal: Journal, what: Operation) -> None:
    journal.sending.apply([OperationIntent(operation=what, room_until=MONDAY + 6 * 3600)])


def done(journal: Journal, ending: OperationEnding, number: int = 1) -> None:
    journal.sending.apply(
        [OperationEnded(class_id="101", number=number, ending=ending, ended_at=NOW + number)]
    )


def state(journal: Journal, batch: str) -> tuple[ClassState, str | None]:
    (only,) = journal.reports.rows(batch)
    return class_state(only.attempts), next((a.class_id for a in only.attempts if a.class_id), None)


@pytest.mark.parametrize("ending", [D.DONE, D.FOUND])
def test_after_a_change_the_class_stands_for_the_new_row_alone(
    ending: OperationEnding, journal: Journal
) -> None:
    old, new = versions(journal)
    begun(journal, operation(old, new))
    assert state(journal, "monday") == (ClassState.THERE, "101")
    assert state(journal, "tuesday") == (ClassState.NEW, None)
    done(journal, ending)
    assert state(journal, "monday") == (ClassState.NEW, None)
    assert state(journal, "tuesday") == (ClassState.THERE, "101")
    # What a list may be late with is the making of the class, not its change.
    (witness,) = journal.sightings.witnesses(NOW)
    assert (witness.class_id, witness.starts, witness.confirmed_at) == ("101", MONDAY + 5 * 3600, NOW)
    # Of the old row it is still known which class was made for it.
    (then,) = journal.reports.rows("monday")
    assert [attempt.former_class_id for attempt in then.attempts] == ["101"]


@pytest.mark.parametrize("kind", [AttemptKind.SENT, AttemptKind.TAKEN_OVER])
@pytest.mark.parametrize("ending", [D.DONE, D.FOUND, D.NO_ANSWER, D.ABSENT])
def test_a_change_of_a_class_that_a_list_told_of_says_nothing_of_how_late_lists_are(
    ending: OperationEnding, kind: AttemptKind, journal: Journal
) -> None:
    """It may have been made long before this journal knew of it: by that, a list that is late would seem to be prompt."""
    (old,) = load(journal, "monday", [row("Algebra")])
    if kind is AttemptKind.SENT:
        journal.sending.apply([sent(old, batch="monday")])
        journal.sending.apply([ended(old, AttemptEnding.FOUND, class_id="101")])
    else:
        journal.sending.apply([TakenOverEntry(old, 1, "monday", 0, NOW, "101", TakenBy.PRESENTER)])
    (new,) = load(journal, "tuesday", [row("Algebra", hour=5, number=4)])
    begun(journal, operation(old, new))
    done(journal, ending)
    assert [(each.class_id, each.is_confirmed) for each in journal.sightings.witnesses(NOW)] == [
        ("101", False)
    ]


def test_a_row_whose_class_was_changed_away_can_be_sent_anew(journal: Journal) -> None:
    old, new = versions(journal)
    begun(journal, operation(old, new))
    done(journal, D.DONE)
    load(journal, "wednesday", [row("Algebra"), row("Algebra", hour=5, number=3)])
    journal.sending.apply([sent(old, 2, batch="wednesday")])
    journal.sending.apply([ended(old, AttemptEnding.CREATED, 2, class_id="102")])
    first, second = journal.reports.rows("wednesday")
    assert [a.class_id for a in first.attempts] == [None, "102"]
    assert [a.class_id for a in second.attempts] == ["101"]


def test_a_change_outside_the_fingerprint_is_known_by_the_row_that_asked_for_it(journal: Journal) -> None:
    (same,) = load(journal, "monday", [row("Algebra")])
    journal.sending.apply([sent(same, batch="monday")])
    journal.sending.apply([ended(same, AttemptEnding.CREATED, class_id="101")])
    load(journal, "tuesday", [row("Algebra")])
    begun(journal, operation(same, same))
    done(journal, D.DONE)
    assert state(journal, "tuesday") == (ClassState.THERE, "101")
    assert journal.listed.is_ours("101")
    found = journal.sending.row_of_class("101")
    assert found is not None
    assert found.batch == "tuesday"


def test_a_cancelled_class_stands_for_nothing_and_is_nobody_elses(journal: Journal) -> None:
    old, _ = versions(journal)
    begun(journal, operation(old, None, Kind.CANCEL))
    done(journal, D.DONE)
    assert state(journal, "monday") == (ClassState.NEW, None)
    assert journal.sightings.witnesses(NOW) == []
    journal.listed.begin()
    late = Seen(class_id="101", title="Algebra", presenter=None, starts=MONDAY, local_starts=None, minutes=60)
    journal.listed.note([late])
    assert journal.listed.unexplained() == []
    assert (journal.listed.is_ours("101"), journal.listed.is_ours("102")) == (True, False)


@pytest.mark.parametrize("ending", [D.REFUSED, D.NOT_SENT, D.ABSENT])
@pytest.mark.parametrize("kind", [Kind.CHANGE, Kind.PARK, Kind.CANCEL])
def test_what_came_to_nothing_leaves_the_class_as_it_was(
    ending: OperationEnding, kind: Kind, journal: Journal
) -> None:
    old, new = versions(journal)
    begun(journal, operation(old, None if kind is Kind.CANCEL else new, kind))
    done(journal, ending)
    assert state(journal, "monday") == (ClassState.THERE, "101")
    assert state(journal, "tuesday") == (ClassState.NEW, None)
    assert (journal.operations.in_doubt(), journal.operations.parked()) == ([], [])
    journal.sending.apply([sent(new, batch="tuesday")])  # the row may be sent as a new one


@pytest.mark.parametrize("ending", [None, D.NO_ANSWER])
def test_while_a_change_is_in_doubt_no_class_is_made_for_its_row(
    ending: OperationEnding | None, journal: Journal
) -> None:
    old, new = versions(journal)
    begun(journal, operation(old, new))
    if ending:
        done(journal, ending)
    assert [each.class_id for each in journal.operations.in_doubt()] == ["101"]
    assert journal.operations.holder(new, "another") == "101"
    with pytest.raises(Overtaken):
        journal.sending.apply([sent(new, batch="tuesday")])


@pytest.mark.parametrize("kind", [Kind.CHANGE, Kind.PARK])
@pytest.mark.parametrize("ending", [None, D.NO_ANSWER])
def test_a_class_that_was_cancelled_after_all_is_on_its_way_to_no_row(
    ending: OperationEnding | None, kind: Kind, journal: Journal
) -> None:
    """The cancelling that nobody answered shows to be done when the class can be changed no more."""
    old, new = versions(journal)
    begun(journal, operation(old, None, Kind.CANCEL))
    done(journal, D.NO_ANSWER)
    begun(journal, operation(old, new, kind, 2))
    if ending:
        done(journal, ending, 2)
    assert [each.number for each in journal.operations.in_doubt()] == [1, 2]
    done(journal, D.FOUND)
    assert journal.operations.in_doubt() == []
    assert journal.operations.holder(new, "another") is None
    journal.sending.apply([sent(new, batch="tuesday")])  # the row may be sent as a new one


def test_a_parked_class_stands_for_its_old_row_until_it_has_moved_on(journal: Journal) -> None:
    old, new = versions(journal)
    begun(journal, replace(operation(old, new, Kind.PARK), starts=MONDAY + 9 * 3600))
    done(journal, D.DONE)
    assert [(each.class_id, each.starts) for each in journal.operations.parked()] == [
        ("101", MONDAY + 9 * 3600)
    ]
    assert state(journal, "monday") == (ClassState.THERE, "101")
    with pytest.raises(Overtaken):
        journal.sending.apply([sent(new, batch="tuesday")])
    # An attempt to move on that was refused leaves it parked.
    begun(journal, operation(old, new, number=2))
    done(journal, D.REFUSED, 2)
    assert len(journal.operations.parked()) == 1
    begun(journal, operation(old, new, number=3))
    done(journal, D.DONE, 3)
    assert journal.operations.parked() == []
    assert state(journal, "tuesday") == (ClassState.THERE, "101")


def _gone_over(journal: Journal, old: str, new: str) -> None:
    begun(journal, operation(old, new))
    done(journal, D.DONE)


def _made(journal: Journal, _old: str, new: str) -> None:
    journal.sending.apply([sent(new, batch="tuesday")])
    journal.sending.apply([ended(new, AttemptEnding.CREATED, class_id="102")])


OVERTAKEN = {
    "the class stands for another row by now": _gone_over,
    "the row has a class of its own by now": _made,
    "the row was sent by now": lambda journal, _old, new: journal.sending.apply([sent(new, batch="tuesday")]),
    "somebody else is at the class": lambda journal, old, new: begun(journal, operation(old, new)),
}


@pytest.mark.parametrize("meanwhile", OVERTAKEN.values(), ids=OVERTAKEN)
def test_an_intent_is_written_only_for_what_the_plan_saw(meanwhile: object, journal: Journal) -> None:
    old, new = versions(journal)
    assert callable(meanwhile)
    meanwhile(journal, old, new)
    before = journal.operations.of_class("101")
    with pytest.raises(Overtaken):
        begun(journal, operation(old, new))
    assert journal.operations.of_class("101") == before


HOLDERS: dict[str, tuple[Callable[[Journal, str, str], object], str | None]] = {
    "nobody": (lambda *_: None, None),
    "a class that was made": (_made, "102"),
    "the class itself": (_gone_over, None),
    "the class itself, which may be on its way there": (
        lambda journal, old, new: begun(journal, operation(old, new)),
        None,
    ),
}


@pytest.mark.parametrize(("meanwhile", "holder"), HOLDERS.values(), ids=HOLDERS)
def test_which_other_class_has_a_place(
    meanwhile: Callable[[Journal, str, str], object], holder: str | None, journal: Journal
) -> None:
    old, new = versions(journal)
    meanwhile(journal, old, new)
    assert journal.operations.holder(new, "101") == holder


def test_a_class_on_its_way_to_a_place_has_it(journal: Journal) -> None:
    old, new = versions(journal)
    begun(journal, operation(old, new))
    assert journal.operations.holder(new, "999") == "101"


def test_an_ending_is_final(journal: Journal) -> None:
    old, new = versions(journal)
    begun(journal, operation(old, new))
    done(journal, D.REFUSED)
    with pytest.raises(Overtaken):
        done(journal, D.DONE)
    assert state(journal, "monday") == (ClassState.THERE, "101")


def test_a_class_that_was_taken_over_stays_known_as_one(journal: Journal) -> None:
    (old,) = load(journal, "monday", [row("Algebra")])
    journal.sending.apply([TakenOverEntry(old, 1, "monday", 0, NOW, "101", TakenBy.PRESENTER)])
    (new,) = load(journal, "tuesday", [row("Algebra", hour=5)])
    _gone_over(journal, old, new)
    assert journal.operations.was_taken_over("101")


def test_a_row_that_was_refused_and_then_became_a_class_is_new_again_once_that_is_gone(
    journal: Journal,
) -> None:
    old, new = versions(journal)
    journal.sending.apply([sent(new, batch="tuesday")])
    journal.sending.apply([ended(new, AttemptEnding.REFUSED, code="1032")])
    assert state(journal, "tuesday")[0] is ClassState.REFUSED
    _gone_over(journal, old, new)
    assert state(journal, "tuesday") == (ClassState.THERE, "101")
    what = replace(
        operation(new, None, Kind.CANCEL, 2), was=Place(batch="tuesday", position=0, fingerprint=new)
    )
    begun(journal, what)
    done(journal, D.DONE, 2)
    assert state(journal, "tuesday")[0] is ClassState.NEW


def test_a_report_made_later_still_says_that_a_class_was_scheduled(journal: Journal) -> None:
    old, _ = versions(journal)
    journal.sending.apply([RowOutcome("monday", 0, Outcome.SCHEDULED)])
    begun(journal, operation(old, None, Kind.CANCEL))
    done(journal, D.DONE)
    (then,) = journal.reports.rows("monday")
    assert then.outcome is Outcome.SCHEDULED


def test_classes_that_a_file_no_longer_asks_for_are_kept_with_what_became_of_them(journal: Journal) -> None:
    load(journal, "monday", [row("Algebra")])
    gone = Gone(
        batch="monday",
        class_id="101",
        title="Algebra",
        presenter="ana@school.example",
        starts=MONDAY,
        ends=MONDAY + 3600,
        zone="GMT",
        row_then=7,
    )
    journal.sending.apply([gone])
    assert journal.operations.gone("monday") == [gone]
    note = Message(RowNote.NOT_YET)
    journal.sending.apply([GoneOutcome("monday", "101", Outcome.HELD, "1034", note)])
    assert journal.operations.gone("monday") == [
        replace(gone, outcome=Outcome.HELD, code="1034", message=note)
    ]


def test_what_was_done_is_forgotten_with_its_rows_and_never_while_it_is_in_doubt(journal: Journal) -> None:
    old, new = versions(journal)
    begun(journal, operation(old, new))
    journal.maintenance.forget(NOW + 2e9)
    assert len(journal.operations.in_doubt()) == 1
    assert [each.number for each in journal.reports.rows("monday")] == [2]
    done(journal, D.DONE)
    journal.maintenance.forget(NOW + 2e9)
    assert journal.operations.of_class("101") == []
