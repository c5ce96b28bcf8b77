"""The journal keeps what it was told, all of a call or nothing, and reads a class off its attempts alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.message import Message, RowNote
from batch.core.outcome import Outcome
from batch.core.rows.row import CheckedRow
from batch.core.service.attempt import AttemptEnding, ClassState, class_state
from batch.journal.records import BLOCK, RowOutcome, reported
from batch.journal.sending import Overtaken
from batch.journal.store import Journal
from tests.support.journals import (
    ACCOUNT,
    NOW,
    batch_named,
    ended,
    fingerprints,
    invalid,
    load,
    opened,
    row,
    sent,
    started_over,
)
from tests.support.words import issue_message

E = AttemptEnding


pytestmark = pytest.mark.usefixtures("each_store")


@pytest.fixture
def journal(tmp_path: Path, each_store: str) -> Iterator[Journal]:  # noqa: ARG001 - chosen before it is opened
    with opened(tmp_path) as journal:
        yield journal


def test_a_file_that_cannot_be_read_to_its_end_leaves_no_trace(journal: Journal) -> None:
    def rows() -> Iterator[CheckedRow]:
        yield row("Algebra")
        raise RuntimeError("the reader broke down")

    with pytest.raises(RuntimeError, match="broke down"):
        journal.batches.load(ACCOUNT, batch_named("b"), rows())
    assert journal.batches.all() == []
    assert load(journal, "b", [row("Algebra")])


def test_a_commit_that_fails_half_way_writes_nothing_of_it(journal: Journal) -> None:
    first, second = load(journal, "b", [row("Algebra"), row("Biology", hour=1)])
    journal.sending.apply([sent(first)])
    with pytest.raises(Overtaken):
        journal.sending.apply([sent(second, position=1), sent(first)])  # the first intent is there already
    assert [len(each.attempts) for each in journal.reports.rows("b")] == [1, 0]
    journal.sending.apply([sent(second, position=1)])


def test_equal_rows_are_different_classes_and_the_same_ones_in_the_next_file(journal: Journal) -> None:
    twice = [row("Algebra"), row("Biology"), row("Algebra", number=4)]
    first = load(journal, "monday", twice)
    assert len(set(first)) == 3
    moved = load(journal, "tuesday", [row("Biology", number=9), *twice[::2]])
    assert moved == [first[1], first[0], first[2]]


def test_an_invalid_row_is_kept_with_what_is_wrong_and_has_no_class(journal: Journal) -> None:
    load(journal, "b", [invalid(), row("Algebra", number=3)])
    spoiled, good = journal.reports.rows("b")
    assert (spoiled.outcome, spoiled.code, spoiled.fingerprint) == (Outcome.INVALID, "1022", None)
    assert [issue_message(issue) for issue in spoiled.issues] == ["is not a date and time"]
    assert good.outcome is None
    assert journal.planning.has_invalid("b")


def test_rows_come_in_file_order_however_many_blocks_they_fill(journal: Journal) -> None:
    rows = [row(f"Class {each}", hour=each, number=each + 2) for each in range(2 * BLOCK + 3)]
    load(journal, "b", rows)
    assert [each.number for each in journal.reports.rows("b")] == [each.raw.number for each in rows]
    after, seen = -1, []
    while block := journal.sending.undecided("b", after):
        seen += [each.position for each in block]
        after = block[-1].position
    assert seen == list(range(len(rows)))


#: The attempts for one class, in order, and what is then in doubt and what is said of the row.
HISTORIES = {
    "never sent": ([], False, Outcome.NOT_SENT),
    "sent, and the process was killed": ([None], True, Outcome.UNKNOWN),
    "no answer": ([E.NO_ANSWER], True, Outcome.UNKNOWN),
    "created": ([E.CREATED], False, Outcome.SCHEDULED),
    "no answer, then found": ([E.FOUND], False, Outcome.SCHEDULED),
    "proved absent": ([E.ABSENT], False, Outcome.NOT_SENT),
    "refused after a lost answer": ([E.NO_ANSWER, E.REFUSED], True, Outcome.UNKNOWN),
    "created after one that was proved absent": ([E.ABSENT, E.CREATED], False, Outcome.SCHEDULED),
    "never left, then killed": ([E.NOT_SENT, None], True, Outcome.UNKNOWN),
}


@pytest.mark.parametrize(("endings", "in_doubt", "says"), HISTORIES.values(), ids=HISTORIES)
def test_what_became_of_a_class_is_read_off_its_attempts(
    endings: list[AttemptEnding | None], in_doubt: bool, says: Outcome, journal: Journal
) -> None:
    (algebra,) = load(journal, "b", [row("Algebra")])
    for number, ending in enumerate(endings, 1):
        journal.sending.apply([sent(algebra, number)])
        if ending is not None:
            journal.sending.apply([ended(algebra, ending, number)])
    assert [each.fingerprint for each in journal.sending.in_doubt("b")] == [algebra] * in_doubt
    assert reported(next(journal.reports.rows("b"))).outcome is says


#: How the attempts for a class ended, whether its row waits, how long before now it is over, and how they are read then.
DOUBTED = {
    "it was proved absent": ([E.ABSENT], True, -1, [E.NO_ANSWER]),
    "proved absent twice, and refused since": (
        [E.ABSENT, E.ABSENT, E.REFUSED],
        True,
        -1,
        [E.ABSENT, E.ABSENT, E.REFUSED],
    ),
    "it was made since": ([E.ABSENT, E.CREATED], True, -1, [E.ABSENT, E.CREATED]),
    "it was found since": ([E.ABSENT, E.FOUND], True, -1, [E.ABSENT, E.FOUND]),
    "its row does not wait": ([E.ABSENT], False, -1, [E.ABSENT]),
    "it is over": ([E.ABSENT], True, 1, [E.ABSENT]),
    "nobody ever looked for it": ([E.REFUSED], True, -1, [E.REFUSED]),
}


@pytest.mark.parametrize(("endings", "waits", "over_s", "then"), DOUBTED.values(), ids=DOUBTED)
def test_of_a_row_that_waits_to_be_sent_again_a_class_that_was_absent_is_in_doubt_again(
    endings: list[AttemptEnding], waits: bool, over_s: int, then: list[AttemptEnding], journal: Journal
) -> None:
    (algebra,) = load(journal, "b", [row("Algebra")])
    for number, ending in enumerate(endings, 1):
        class_id = str(number) if ending in {E.CREATED, E.FOUND} else None
        journal.sending.apply([sent(algebra, number)])
        journal.sending.apply([ended(algebra, ending, number, class_id=class_id)])
    journal.sending.apply([RowOutcome("b", 0, None if waits else Outcome.NOT_SENT)])
    before = next(journal.reports.rows("b"))
    journal.sending.doubt_absent("another", NOW)
    assert next(journal.reports.rows("b")) == before
    journal.sending.doubt_absent("b", (before.room_until or 0) + over_s)
    after = next(journal.reports.rows("b"))
    assert [each.ending for each in after.attempts] == then
    assert [each.deadline for each in after.attempts] == [NOW + 60] * len(then)
    if E.REFUSED in endings:  # somebody says that it is to be sent again
        journal.sending.doubt_absent("b", NOW, retry_refused=True)
        tried = next(journal.reports.rows("b")).attempts
        assert [each.ending for each in tried] == [
            E.NO_ANSWER if each is E.ABSENT else each for each in endings
        ]


#: The attempts for one class, each with the number that was told, how long before now it is over, and whether it lacks one.
NUMBERS: dict[str, tuple[list[tuple[AttemptEnding, str | None]], int, bool]] = {
    "a 1032 spoke for it": ([(E.FOUND, None)], -1, True),
    "for all that were in doubt": ([(E.FOUND, None), (E.REFUSED, None), (E.FOUND, None)], -1, True),
    "it was listed": ([(E.FOUND, "7")], -1, False),
    "it was listed for one of two that were in doubt": ([(E.FOUND, None), (E.FOUND, "7")], -1, False),
    "it is over": ([(E.FOUND, None)], 1, False),
    "nobody knows whether it is there": ([(E.NO_ANSWER, None)], -1, False),
    "it is not there": ([(E.REFUSED, None)], -1, False),
}


@pytest.mark.parametrize(("attempts", "over_s", "lacks"), NUMBERS.values(), ids=NUMBERS)
def test_a_class_that_is_there_without_a_number_is_known(
    attempts: list[tuple[AttemptEnding, str | None]], over_s: int, lacks: bool, journal: Journal
) -> None:
    (algebra,) = load(journal, "b", [row("Algebra")])
    for number, (ending, _) in enumerate(attempts, 1):
        journal.sending.apply([sent(algebra, number)])
        journal.sending.apply([ended(algebra, E.NO_ANSWER if ending is E.FOUND else ending, number)])
    for number, (ending, class_id) in enumerate(attempts, 1):
        journal.sending.apply([ended(algebra, ending, number, class_id=class_id)])
    now = (next(journal.reports.rows("b")).room_until or 0) + over_s
    assert [each.fingerprint for each in journal.sending.without_number(now)] == [algebra] * lacks


def test_a_class_in_doubt_is_the_row_of_the_batch_at_hand_else_the_one_that_was_sent(
    journal: Journal,
) -> None:
    (algebra,) = load(journal, "monday", [row("Algebra")])
    journal.sending.apply([sent(algebra, batch="monday")])
    load(journal, "tuesday", [row("Biology"), row("Algebra", number=3)])
    assert [(each.batch, each.position) for each in journal.sending.in_doubt("tuesday")] == [("tuesday", 1)]
    assert [(each.batch, each.position) for each in journal.sending.in_doubt(None)] == [("monday", 0)]


def test_a_row_that_waits_again_is_handed_out_again(journal: Journal) -> None:
    load(journal, "b", [row("Algebra")])
    journal.sending.apply([RowOutcome("b", 0, Outcome.UNKNOWN, "timeout", Message(RowNote.UNANSWERED))])
    assert journal.sending.undecided("b", -1) == []
    journal.sending.apply([RowOutcome("b", 0, None)])
    assert len(journal.sending.undecided("b", -1)) == 1


def _up_to_its_class(endings: list[AttemptEnding | None]) -> list[AttemptEnding | None]:
    """Once a class is there, no intent for it is written any more."""
    last = next((at for at, ending in enumerate(endings, 1) if ending in {E.CREATED, E.FOUND}), len(endings))
    return endings[:last]


_NUMBERED = st.lists(st.sampled_from([None, *AttemptEnding]), max_size=6).map(_up_to_its_class)


@given(classes=st.lists(_NUMBERED, min_size=1, max_size=4))
def test_nothing_that_was_sent_is_ever_forgotten(
    classes: list[list[AttemptEnding | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In doubt is exactly what its attempts leave in doubt, whatever the others say."""
    with opened(tmp_path_factory.mktemp("journal")) as journal:
        marks = load(journal, "b", [row(f"Class {each}", hour=each) for each in range(len(classes))])
        for position, (mark, endings) in enumerate(zip(marks, classes, strict=True)):
            for number, ending in enumerate(endings, 1):
                journal.sending.apply([sent(mark, number, position=position)])
                journal.sending.apply([ended(mark, ending, number)] if ending else [])
        rows = list(journal.reports.rows("b"))
        assert [[attempt.ending for attempt in each.attempts] for each in rows] == classes
        doubted = {
            mark
            for mark, each in zip(marks, rows, strict=True)
            if class_state(each.attempts) is ClassState.IN_DOUBT
        }
        assert {each.fingerprint for each in journal.sending.in_doubt("b")} == doubted


#: The attempts that the history of a started-over journal has, and whether the class is looked up first.
PRESUMED = {
    "a class it never heard of": ([], True),
    "a class it knows": ([E.CREATED], False),
    "a class that was found": ([E.FOUND], False),
    "a class in doubt, which may have been sent again since": ([E.NO_ANSWER], True),
    "a class that was refused": ([E.REFUSED], True),
    "a class that was proved absent": ([E.ABSENT], True),
}


@pytest.mark.parametrize(("endings", "presumed"), PRESUMED.values(), ids=PRESUMED)
def test_a_journal_that_was_started_over_takes_each_class_for_sent_until_it_was_looked_up(
    endings: list[AttemptEnding], presumed: bool, tmp_path: Path
) -> None:
    with opened(tmp_path) as journal:
        (algebra,) = load(journal, "before", [row("Algebra")])
        for number, ending in enumerate(endings, 1):
            journal.sending.apply([sent(algebra, number, batch="before", at=NOW - 100)])
            journal.sending.apply([ended(algebra, ending, number)])
    started_over(tmp_path)
    with opened(tmp_path) as journal:
        load(journal, "after", [row("Algebra")])
        (found,) = journal.reports.rows("after")
        assert (len(found.attempts) - len(endings), class_state(found.attempts) is ClassState.IN_DOUBT) == (
            presumed,
            presumed,
        )
        if presumed:  # once; what the look-up says then holds
            last = found.attempts[-1]
            journal.sending.apply([ended(algebra, E.ABSENT, last.number, code=last.code)])
        load(journal, "later", [row("Algebra")])
        assert len(next(journal.reports.rows("later")).attempts) == len(found.attempts)


def test_rows_that_are_well_are_counted_and_the_others_read(journal: Journal) -> None:
    well, doubted, *_ = load(
        journal,
        "b",
        [row("Well"), row("Doubted", hour=1, number=3), invalid(4), row("New", hour=2, number=5)],
    )
    assert journal.reports.well_outcomes("b") == [(None, 3)]
    journal.sending.apply([sent(well), sent(doubted, position=1)])
    journal.sending.apply([ended(well, E.CREATED, class_id="c1"), RowOutcome("b", 0, Outcome.SCHEDULED)])
    assert dict(journal.reports.well_outcomes("b")) == {None: 1, Outcome.SCHEDULED: 1}
    assert [each.number for each in journal.reports.not_well("b")] == [3, 4]
    assert not journal.reports.has_series("b")
    load(journal, "series", [row("Art"), row("Art", hour=24)])
    assert journal.reports.has_series("series")


def test_a_journal_that_was_never_started_over_presumes_nothing(journal: Journal) -> None:
    assert fingerprints(journal, "b") == []
    load(journal, "b", [row("Algebra")])
    assert next(journal.reports.rows("b")).attempts == ()
