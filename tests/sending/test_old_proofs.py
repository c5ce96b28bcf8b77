"""That a class is absent is believed only as long as the list that said so is: a row that waits is looked up again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding
from batch.core.service.on_unknown import OnUnknown
from batch.core.service.witnesses import LAG_AT_MOST
from batch.journal.records import Ended, Intent
from batch.journal.store import Journal
from batch.wiziq.errors import ListingFailed, NoAnswer, Refused
from batch.wiziq.replies import ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import BEGINS, Scripted, listed, memory_journal, submit, timetable
from tests.support.journals import batch_named

A = AttemptEnding
S, U, T = Outcome.SCHEDULED, Outcome.UNKNOWN, Outcome.ALREADY
DAY_S = 86_400
FIRST, SECOND = listed("1", "Class 1"), listed("2", "Class 2")


@pytest.fixture
def journal() -> Iterator[Journal]:
    """Of yesterday: two classes were confirmed, and a list has proved that the third is not there."""
    with memory_journal() as opened:
        opened.batches.load("school", batch_named("yesterday"), timetable(3))
        for row, ending in zip(
            opened.reports.rows("yesterday"), (A.CREATED, A.CREATED, A.ABSENT), strict=True
        ):
            fingerprint, at = row.fingerprint or "", BEGINS - DAY_S + row.position
            ended = Ended(
                fingerprint=fingerprint,
                number=1,
                ending=ending,
                ended_at=at + 1,
                class_id=str(row.position + 1) if ending is A.CREATED else None,
            )
            opened.sending.apply([Intent(fingerprint, 1, "yesterday", row.position, at, at + 60)])
            opened.sending.apply([ended])
        opened.account.learn(LAG_AT_MOST, "2", "the account's list", BEGINS - DAY_S + 60)
        yield opened


def endings(journal: Journal, batch: str, row: int) -> list[A | None]:
    return [attempt.ending for attempt in journal.sending.row(batch, row).attempts]


#: What today's list shows, and what is found by a class_id; whether the third class is sent again.
TODAY: dict[str, tuple[Sequence[ListedClass], Sequence[ListedClass], bool]] = {
    "all that is known to be there": ([FIRST, SECOND], [], True),
    "the class itself": ([FIRST, SECOND, listed("3", "Class 3")], [], False),
    "not the second, which is there": ([FIRST], [SECOND], False),
    "nothing, though both are there": ([], [FIRST, SECOND], False),
}


@pytest.mark.parametrize(("shown", "by_id", "is_sent"), TODAY.values(), ids=TODAY)
def test_what_was_proved_by_an_earlier_run_is_proved_again_before_it_is_sent_again(
    journal: Journal, shown: Sequence[ListedClass], by_id: Sequence[ListedClass], *, is_sent: bool
) -> None:
    api = Scripted(lists=lambda: shown, by_id=lambda: by_id, first_id=50)
    run = play_out(submit(journal, api, timetable(3), foreign=True))
    assert [title for _, title in api.calls] == (["Class 3"] if is_sent else [])
    is_found = len(shown) == 3
    assert run.outcomes == [T, T, S if is_sent else T if is_found else U]


#: What the list before the batch lacks.
LACKS: dict[str, set[str]] = {
    "a class of yesterday": {"2"},
    "one that was confirmed some seconds ago, and should be listed by now": {"4"},
    "all of them": {"1", "2", "4"},
}


@pytest.mark.parametrize("lacks", LACKS.values(), ids=LACKS)
def test_the_list_before_a_batch_that_lacks_a_class_takes_the_proof_of_the_one_before_it_back(
    journal: Journal, lacks: set[str]
) -> None:
    """Two readings agree and deny the third class; the list that is taken then lacks another: pages shift."""
    journal.batches.load("school", batch_named("just now"), timetable(4)[3:])
    (row,) = journal.reports.rows("just now")
    fingerprint, at = row.fingerprint or "", BEGINS - 10
    journal.sending.apply([Intent(fingerprint, 1, "just now", row.position, at, at + 60)])
    confirmed = Ended(fingerprint=fingerprint, number=1, ending=A.CREATED, ended_at=at + 1, class_id="4")
    journal.sending.apply([confirmed])
    known = [FIRST, SECOND, listed("4", "Class 4")]
    left = [each for each in known if each.class_id not in lacks]
    lists = iter([known, known, left])
    api = Scripted(lists=lambda: next(lists, left), by_id=lambda: known, first_id=50)
    run = play_out(submit(journal, api, timetable(3), foreign=True))
    assert (run.outcomes, api.calls) == ([T, T, U], [])


def test_where_the_account_lists_no_more_what_it_said_before_is_not_believed_for_ever(
    journal: Journal,
) -> None:
    def refuses() -> Sequence[ListedClass]:
        raise ListingFailed("class_id is missing.", code="1020") from Refused("class_id", code="1020")

    api = Scripted(lists=refuses, first_id=50)
    run = play_out(submit(journal, api, timetable(3), policy=OnUnknown.AUTO))
    assert (run.outcomes, api.calls) == ([T, T, U], [])


def test_a_row_of_another_file_is_left_alone(journal: Journal) -> None:
    api = Scripted(lists=lambda: [FIRST], by_id=lambda: [SECOND], first_id=50)
    run = play_out(submit(journal, api, timetable(2)))
    assert (run.outcomes, api.calls) == ([T, T], [])
    assert endings(journal, "yesterday", 2) == [A.ABSENT]


def test_a_class_that_is_there_by_now_is_not_looked_up_for_an_attempt_before(journal: Journal) -> None:
    shown = [FIRST, SECOND]
    api = Scripted(lists=lambda: [*shown, listed("50", "Class 3")] if api.calls else shown, first_id=50)
    play_out(submit(journal, api, timetable(3)))
    assert endings(journal, "b", 2) == [A.ABSENT, A.CREATED]
    again = Scripted(lists=lambda: [FIRST])
    assert play_out(submit(journal, again, timetable(3), batch="again")).outcomes == [T, T, T]
    assert endings(journal, "again", 2) == [A.ABSENT, A.CREATED]


def test_within_a_run_a_list_that_is_shown_to_leave_classes_out_has_proved_nothing(journal: Journal) -> None:
    """Eight answers are lost, and a list that ends after two classes denies them all.

    Two of them are made then, and not listed. Once more answers are lost: rows whose turn has not come are not sent.
    """
    sent: Counter[str] = Counter()

    def answer(title: str, _before: int) -> NoAnswer | None:
        sent[title] += 1
        made = {"Class 3", "Class 4"} if sent[title] > 1 else set()
        return None if title in made else NoAnswer("Reset.", code="reset")

    def made() -> list[ListedClass]:
        ids = {"Class 3": "50", "Class 4": "51"}
        return [FIRST, SECOND, *[listed(ids[title], title) for title in ids if sent[title] > 1]]

    api = Scripted(answer, lists=lambda: [FIRST, SECOND], by_id=made, first_id=50)
    run = play_out(submit(journal, api, timetable(12), in_flight=8, foreign=True))
    waiting = [title for title, times in sent.items() if times == 1]
    assert waiting, "rows were proved absent, and their turn had not come when answers were lost again"
    assert run.outcomes[:4] == [T, T, S, S]
    assert {run.outcomes[int(title.removeprefix("Class ")) - 1] for title in waiting} == {U}
    again = play_out(submit(journal, api, timetable(12), batch="again", foreign=True))
    assert {again.outcomes[int(title.removeprefix("Class ")) - 1] for title in waiting} == {U}
    assert all(sent[title] == 1 for title in waiting)


#: What today's list shows besides, though the third row had been called absent, and has left the file.
LISTED_LATE: dict[str, ListedClass] = {
    "what was sent for it": listed("3", "Class 3"),
    "the same, of a presenter that nobody tells": replace(listed("3", "Class 3"), presenter_email=None),
}


@pytest.mark.parametrize("late", LISTED_LATE.values(), ids=LISTED_LATE)
def test_what_was_called_absent_claims_no_class_that_is_listed_later(
    journal: Journal, late: ListedClass
) -> None:
    """Somebody else may have made it since: a sync would cancel it, or move it, as if it were ours."""
    api = Scripted(lists=lambda: [FIRST, SECOND, late], first_id=50)
    run = play_out(submit(journal, api, [*timetable(2), *timetable(9)[8:]], foreign=True))
    assert run.outcomes == [T, T, S]
    assert endings(journal, "yesterday", 2) == [A.ABSENT]
    assert not journal.listed.is_ours("3")


@pytest.mark.parametrize("moves_at", [1, 2], ids=["before the first reading", "before the second"])
def test_a_class_that_is_moved_while_the_list_is_read_is_as_the_last_reading_has_it(
    journal: Journal, moves_at: int
) -> None:
    """Another computer moves its class to where a new row is to be, between two readings of one list."""
    readings = 0

    def shown() -> Sequence[ListedClass]:
        nonlocal readings
        readings += 1
        where = "Class 9" if readings >= moves_at else "Class 7"
        return [FIRST, SECOND, replace(listed("70", where), title="Class 9")]

    api = Scripted(lists=shown, first_id=50)
    run = play_out(submit(journal, api, [*timetable(2), *timetable(9)[8:]], foreign=True))
    assert readings >= moves_at
    assert api.calls == []
    assert run.outcomes == [T, T, T]
