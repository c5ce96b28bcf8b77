"""What the journal knows of what a batch did, and the batch of its own that takes it back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.changes.operation import Kind, Operation, OperationEnding, Place
from batch.core.changes.undo import TouchedRow
from batch.core.message import ChangeNote, Message, RowNote
from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding
from batch.core.tally import Exit
from batch.journal.records import Ended, OperationEnded, OperationIntent, RowOutcome, TakenBy, TakenOver
from batch.journal.store import Journal
from batch.report.projection import result_rows, tally_of
from tests.support.journals import NOW, batch_named, ended, load, opened, row, sent

HOUR = 3600
MONDAY = 1945987200  #: when the class at hour 0 begins


pytestmark = pytest.mark.usefixtures("each_store")


@pytest.fixture
def journal(tmp_path: Path, each_store: str) -> Iterator[Journal]:  # noqa: ARG001 - chosen before it is opened
    with opened(tmp_path) as journal:
        yield journal


def made(journal: Journal, fingerprint: str, class_id: str, *, batch: str, position: int = 0) -> Place:
    journal.sending.apply([sent(fingerprint, batch=batch, position=position)])
    journal.sending.apply([ended(fingerprint, AttemptEnding.CREATED, class_id=class_id)])
    return Place(batch=batch, position=position, fingerprint=fingerprint)


def done(
    journal: Journal,
    class_id: str,
    was: Place,
    meant: Place | None,
    *,
    batch: str,
    kind: Kind = Kind.CHANGE,
    starts: int | None = None,
    ending: OperationEnding | None = OperationEnding.DONE,
) -> None:
    """An operation, from its intent to its ending."""
    number = journal.operations.next_number(class_id)
    operation = Operation(
        class_id=class_id,
        number=number,
        kind=kind if meant else Kind.CANCEL,
        batch=batch,
        was=was,
        meant=meant,
        parameters={},
        starts=starts,
        sent_at=NOW,
        deadline=NOW + 60,
    )
    journal.sending.apply([OperationIntent(operation=operation, room_until=MONDAY + 9 * HOUR)])
    if ending is not None:
        journal.sending.apply(
            [OperationEnded(class_id=class_id, number=number, ending=ending, ended_at=NOW + number)]
        )


@pytest.fixture
def term(journal: Journal) -> dict[str, Place]:
    """Monday's file made Algebra (101) and Biology (102); Tuesday's moved Algebra and made Chemistry (103)."""
    algebra, biology = load(journal, "monday", [row("Algebra"), row("Biology", hour=1, number=3)])
    first = made(journal, algebra, "101", batch="monday")
    second = made(journal, biology, "102", batch="monday", position=1)
    names = [row("Biology", hour=1), row("Algebra", hour=5, number=3), row("Chemistry", hour=2, number=4)]
    _, moved, chemistry = load(journal, "tuesday", names)
    third = made(journal, chemistry, "103", batch="tuesday", position=2)
    after = Place(batch="tuesday", position=1, fingerprint=moved)
    done(journal, "101", first, after, batch="tuesday", starts=MONDAY + 5 * HOUR)
    return {"algebra": first, "biology": second, "chemistry": third, "moved": after}


def known(journal: Journal, batch: str) -> dict[int, TouchedRow]:
    return {each.number: each for each in journal.undo.touched(batch)}


def test_a_batch_touched_what_it_made_and_what_it_changed_and_nothing_else(
    journal: Journal, term: dict[str, Place]
) -> None:
    rows = known(journal, "tuesday")
    assert {number: each.class_id for number, each in rows.items()} == {3: "101", 4: "103"}
    moved, new = rows[3], rows[4]
    assert (moved.created_by, moved.place, moved.starts) == ("monday", term["moved"], MONDAY + 5 * HOUR)
    assert [each.was for each in moved.operations] == [term["algebra"]]
    assert (new.created_by, new.place, new.starts) == ("tuesday", term["chemistry"], MONDAY + 2 * HOUR)
    before = known(journal, "monday")
    assert {number: (each.class_id, each.place) for number, each in before.items()} == {
        2: ("101", term["moved"]),
        3: ("102", term["biology"]),
    }


def test_a_class_that_was_cancelled_since_stands_for_nothing(
    journal: Journal, term: dict[str, Place]
) -> None:
    done(journal, "103", term["chemistry"], None, batch="wednesday")
    each = known(journal, "tuesday")[4]
    assert (each.class_id, each.place, each.created_by) == ("103", None, "tuesday")


def test_a_parked_class_is_where_it_was_parked(journal: Journal, term: dict[str, Place]) -> None:
    load(journal, "wednesday", [row("Chemistry", hour=3)])
    (meant,) = [each.fingerprint or "" for each in journal.reports.rows("wednesday")]
    there = Place(batch="wednesday", position=0, fingerprint=meant)
    done(
        journal,
        "103",
        term["chemistry"],
        there,
        batch="wednesday",
        kind=Kind.PARK,
        starts=MONDAY + 8 * HOUR,
    )
    each = known(journal, "tuesday")[4]
    assert (each.place, each.starts) == (term["chemistry"], MONDAY + 8 * HOUR)
    assert known(journal, "wednesday")[2].class_id == "103"


def test_what_became_of_a_class_since_is_told_with_who_did_it(
    journal: Journal, term: dict[str, Place]
) -> None:
    journal.sending.apply(
        [
            RowOutcome(name, at, Outcome.SCHEDULED)
            for name, at in (("monday", 0), ("monday", 1), ("tuesday", 2))
        ]
    )
    journal.sending.apply(
        [RowOutcome("tuesday", 1, Outcome.CHANGED), RowOutcome("tuesday", 0, Outcome.ALREADY)]
    )
    now = {class_id: journal.reports.class_now(class_id) for class_id in ("101", "102", "999")}
    assert now["101"] is not None
    assert now["102"] is not None
    assert now["999"] is None
    assert (now["101"].starts, now["101"].changed_by, now["101"].is_there) == (
        MONDAY + 5 * HOUR,
        "tuesday",
        True,
    )
    assert (now["102"].starts, now["102"].changed_by) == (MONDAY + HOUR, None)
    assert journal.operations.done() == 1
    done(journal, "103", term["chemistry"], None, batch="wednesday")
    gone = journal.reports.class_now("103")
    assert gone is not None
    assert (gone.is_there, gone.changed_by) == (False, "wednesday")
    assert journal.operations.done() == 2
    outcomes = {name: tally_of(journal, name).counts() for name in ("monday", "tuesday")}
    assert {name: each["cancelled"] for name, each in outcomes.items()} == {"monday": 0, "tuesday": 1}
    for name in ("monday", "tuesday"):
        rows = [each.outcome for each in result_rows(journal, name)]
        assert {outcome: rows.count(Outcome(outcome)) for outcome in outcomes[name]} == outcomes[name]


def test_the_last_run_that_did_something_is_known_from_those_that_did_not(
    journal: Journal, term: dict[str, Place]
) -> None:
    (idle,) = load(journal, "wednesday", [row("Drama", hour=7)])
    assert [journal.undo.did_something(name) for name in ("monday", "tuesday", "wednesday")] == [
        True,
        True,
        False,
    ]
    journal.sending.apply([sent(idle, batch="wednesday")])
    assert journal.undo.did_something("wednesday"), "its answer may be lost"
    journal.sending.apply([ended(idle, AttemptEnding.REFUSED, code="1031")])
    assert not journal.undo.did_something("wednesday")
    done(journal, "102", term["biology"], None, batch="wednesday")
    assert journal.undo.did_something("wednesday"), "it cancelled a class"


@pytest.mark.usefixtures("term")
def test_the_classes_that_a_batch_is_to_change_or_cancel_are_known(journal: Journal) -> None:
    load(journal, "wednesday", [row("Biology", hour=3), row("Chemistry", hour=4, number=3)])
    waits = Message(ChangeNote.NOT_CHANGED_YET, {"class_id": "102"})
    other = Message(RowNote.CLASHING_CLASS, {"class_id": "777", "title": "x", "presenter": "y"})
    journal.sending.apply(
        [
            RowOutcome("wednesday", 0, Outcome.NOT_SENT, None, waits),
            RowOutcome("wednesday", 1, Outcome.HELD, None, other),
        ]
    )
    assert journal.reports.to_be_changed("wednesday") == {"102"}
    assert journal.reports.to_be_changed("tuesday") == frozenset()


@pytest.mark.parametrize("ending", [AttemptEnding.REFUSED, AttemptEnding.NOT_SENT, AttemptEnding.ABSENT])
def test_what_came_to_nothing_is_not_to_be_taken_back(ending: AttemptEnding, journal: Journal) -> None:
    (algebra,) = load(journal, "monday", [row("Algebra")])
    journal.sending.apply([sent(algebra, batch="monday")])
    journal.sending.apply([ended(algebra, ending)])
    assert known(journal, "monday") == {}


@pytest.mark.parametrize("ending", [None, AttemptEnding.NO_ANSWER])
def test_a_lost_answer_leaves_it_in_doubt(ending: AttemptEnding | None, journal: Journal) -> None:
    (algebra,) = load(journal, "monday", [row("Algebra")])
    journal.sending.apply([sent(algebra, batch="monday")])
    if ending is not None:
        journal.sending.apply([ended(algebra, ending)])
    each = known(journal, "monday")[2]
    assert (each.class_id, each.is_in_doubt) == (None, True)
    found = Ended(
        fingerprint=algebra, number=1, ending=AttemptEnding.FOUND, ended_at=NOW + 90, class_id="104"
    )
    journal.sending.apply([found])
    each = known(journal, "monday")[2]
    assert (each.class_id, each.is_in_doubt, each.created_by) == ("104", False, "monday")


def test_an_operation_whose_answer_was_lost_was_touched_too(journal: Journal, term: dict[str, Place]) -> None:
    load(journal, "wednesday", [row("Chemistry", hour=3)])
    (meant,) = [each.fingerprint or "" for each in journal.reports.rows("wednesday")]
    there = Place(batch="wednesday", position=0, fingerprint=meant)
    done(journal, "103", term["chemistry"], there, batch="wednesday", ending=None)
    each = known(journal, "wednesday")[2]
    assert (each.class_id, [op.is_in_doubt for op in each.operations]) == ("103", [True])


def test_a_class_of_another_journal_was_made_by_none_of_ours(journal: Journal) -> None:
    (algebra,) = load(journal, "monday", [row("Algebra")])
    journal.sending.apply([TakenOver(algebra, 1, "monday", 0, NOW, "101", TakenBy.PRESENTER)])
    assert known(journal, "monday") == {}  # nothing was done
    (later,) = load(journal, "tuesday", [row("Algebra", hour=5)])
    was = Place(batch="monday", position=0, fingerprint=algebra)
    done(journal, "101", was, Place(batch="tuesday", position=0, fingerprint=later), batch="tuesday")
    each = known(journal, "tuesday")[2]
    assert (each.class_id, each.created_by) == ("101", None)


def test_who_stands_for_a_row_is_known(journal: Journal, term: dict[str, Place]) -> None:
    assert journal.undo.holders([place.fingerprint for place in term.values()]) == {
        term["biology"].fingerprint: "102",
        term["chemistry"].fingerprint: "103",
        term["moved"].fingerprint: "101",
    }


def begun(journal: Journal) -> None:
    undo = replace(batch_named("undo"), undoes="tuesday", started_at=NOW + 100)
    before = Place(batch="monday", position=0, fingerprint="")
    journal.undo.begin(undo, {1: "101", 2: "103"}, {1: before})


@pytest.mark.usefixtures("term")
def test_an_undo_has_the_rows_of_its_batch_under_their_numbers(journal: Journal) -> None:
    assert journal.undo.under_way("tuesday") is None
    begun(journal)
    undo = journal.undo.under_way("tuesday")
    assert undo is not None
    assert (undo.id, undo.undoes, undo.file, undo.header) == (
        "undo",
        "tuesday",
        "term.csv",
        ("Class", "Start"),
    )
    shown = list(result_rows(journal, "undo"))
    # Each as its class is afterwards: what is changed back, at the time that it had before.
    assert [(each.number, each.class_id, each.title, each.starts and each.starts.hour) for each in shown] == [
        (3, "101", "Algebra", 0),
        (4, "103", "Chemistry", 2),
    ]
    # Killed before anything was done: nothing of the classes' own standing is taken for its ending.
    assert {each.outcome for each in shown} == {Outcome.NOT_SENT}
    assert tally_of(journal, "undo")[Outcome.NOT_SENT] == 2
    journal.batches.finish(replace(undo, finished_at=NOW + 200, exit_code=Exit.DONE))
    assert journal.undo.under_way("tuesday") is None


@pytest.mark.usefixtures("term")
def test_an_undo_is_no_version_of_its_timetable(journal: Journal) -> None:
    for batch in ("monday", "tuesday"):
        finished = journal.batches.find(batch)
        assert finished is not None
        journal.batches.finish(replace(finished, finished_at=NOW, exit_code=Exit.DONE))
    begun(journal)
    undo = journal.batches.find("undo")
    assert undo is not None
    journal.batches.finish(replace(undo, finished_at=NOW + 200, exit_code=Exit.DONE))
    load(journal, "wednesday", [row("Biology", hour=1)])
    wednesday = journal.batches.find("wednesday")
    assert wednesday is not None
    versions = journal.batches.versions(wednesday)
    assert versions.before is not None
    assert versions.before.id == "tuesday"
    assert {each.class_id for each in versions.classes()} == {"101", "102", "103"}
    assert known(journal, "undo") == {}
