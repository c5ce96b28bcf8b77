"""What the account's lists have shown of our classes is remembered; who must be listed is known."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding, AttemptKind, ClassState, class_state
from batch.core.service.listed import Seen
from batch.journal.records import RowOutcome, TakenBy, TakenOver
from batch.journal.sending import Overtaken
from batch.journal.store import Journal
from tests.support.journals import NOW, ended, load, opened, row, sent

#: The rows of `row` begin on 1 September 2031 at midnight.
FIRST = 1_945_987_200
TITLES = ("Algebra", "Biology", "Chemistry", "Drama")


pytestmark = pytest.mark.usefixtures("each_store")


@pytest.fixture
def journal(tmp_path: Path, each_store: str) -> Iterator[Journal]:  # noqa: ARG001 - chosen before it is opened
    with opened(tmp_path) as journal:
        yield journal


def seen(class_id: str, title: str = "Algebra", hour: int = 0) -> Seen:
    return Seen(
        class_id=class_id,
        title=title,
        presenter="ana@school.example",
        starts=FIRST + 3600 * hour,
        local_starts=None,
        minutes=60,
    )


def confirmed(journal: Journal, classes: int = 3) -> list[str]:
    """That many classes, 101, 102, ..., confirmed at NOW."""
    marks = load(journal, "b", [row(TITLES[each], hour=each) for each in range(classes)])
    for position, mark in enumerate(marks):
        journal.sending.apply([sent(mark, position=position)])
        journal.sending.apply([ended(mark, AttemptEnding.CREATED, class_id=f"{101 + position}")])
    return marks


def listing(journal: Journal, at: float, *class_ids: str) -> list[tuple[float, float]]:
    journal.listed.begin()
    journal.listed.note([seen(each, TITLES[int(each) % 4], int(each) % 4) for each in class_ids])
    return journal.sightings.keep(at)


def sightings(journal: Journal) -> dict[str, tuple[float | None, float | None, float | None]]:
    return {
        each.class_id: (each.first_seen_at, each.last_seen_at, each.missed_at)
        for each in journal.sightings.witnesses(NOW)
    }


def test_who_must_be_listed_is_what_was_confirmed_and_lies_ahead(journal: Journal) -> None:
    marks = load(journal, "b", [row(TITLES[each], hour=each) for each in range(4)])
    endings = [(AttemptEnding.CREATED, "101"), (AttemptEnding.NO_ANSWER, None), (AttemptEnding.FOUND, "103")]
    for position, (ending, class_id) in enumerate(endings):
        journal.sending.apply([sent(marks[position], position=position)])
        journal.sending.apply([ended(marks[position], ending, class_id=class_id)])
    witnesses = journal.sightings.witnesses(NOW)
    assert [(each.class_id, each.kind, each.confirmed_at) for each in witnesses] == [
        ("101", AttemptKind.SENT, NOW),
        ("103", AttemptKind.SENT, NOW),
    ]
    assert [each.class_id for each in journal.sightings.witnesses(FIRST + 1)] == [
        "103"
    ]  # the first has begun
    assert sightings(journal) == {"101": (None, None, None), "103": (None, None, None)}


def test_a_class_that_is_handed_in_again_is_one_witness(journal: Journal) -> None:
    confirmed(journal, 1)
    load(journal, "again", [row("Algebra")])
    assert len(journal.sightings.witnesses(NOW)) == 1


def test_lists_leave_when_a_class_was_first_and_last_seen_and_since_when_it_is_missed(
    journal: Journal,
) -> None:
    confirmed(journal)
    assert listing(journal, NOW + 10, "101") == [(NOW, NOW)]
    assert listing(journal, NOW + 20, "101", "102") == [(NOW, NOW)]
    assert listing(journal, NOW + 30, "102") == []
    assert listing(journal, NOW + 40, "102") == []
    assert sightings(journal) == {
        "101": (NOW + 10, NOW + 20, NOW + 30),
        "102": (NOW + 20, NOW + 40, None),
        "103": (None, None, None),  # never yet seen: late, not gone
    }
    listing(journal, NOW + 50, "101", "102", "103")
    assert {missed for _, _, missed in sightings(journal).values()} == {None}


def test_who_is_missed_and_who_was_never_seen_is_told_without_the_others(journal: Journal) -> None:
    confirmed(journal, 4)
    listing(journal, NOW + 10, "101", "102")
    assert journal.sightings.missed_witnesses(NOW) == frozenset()
    assert journal.sightings.unseen_witnesses(NOW, NOW) == ["103", "104"]
    assert journal.sightings.unseen_witnesses(NOW, NOW - 1) == []  # confirmed later
    assert journal.sightings.unseen_witnesses(FIRST + 3 * 3600, NOW) == []  # the last has begun
    listing(journal, NOW + 20, "102")
    assert journal.sightings.missed_witnesses(NOW) == {"101"}
    assert journal.sightings.missed_witnesses(FIRST) == frozenset()  # it has begun
    journal.listed.begin()
    journal.listed.note([seen("103", TITLES[3], 3)])  # a list in hand shows it, which is not kept yet
    assert journal.sightings.unseen_witnesses(NOW, NOW) == ["104"]
    journal.sightings.note_gone(["101", "104"], NOW + 30)
    assert journal.sightings.missed_witnesses(NOW) == frozenset()
    assert journal.sightings.unseen_witnesses(NOW, NOW) == []


def test_classes_of_other_people_are_not_remembered(journal: Journal) -> None:
    confirmed(journal, 1)
    assert listing(journal, NOW + 10, "900", "901") == []
    assert sightings(journal) == {"101": (None, None, None)}


def test_one_that_was_found_gone_need_not_be_listed_until_it_is(journal: Journal) -> None:
    confirmed(journal)
    listing(journal, NOW + 10, "101", "102")
    journal.sightings.note_gone(["101", "103"], NOW + 20)
    assert list(sightings(journal)) == ["102"]
    listing(journal, NOW + 30, "101", "102")
    assert list(sightings(journal)) == ["101", "102"]


def test_one_that_was_taken_for_gone_and_is_there_is_missed_again(journal: Journal) -> None:
    confirmed(journal)
    listing(journal, NOW + 10, "101", "102", "103")
    journal.sightings.note_gone(["101", "102"], NOW + 20)
    journal.sightings.note_there(["101"])
    assert list(sightings(journal)) == ["101", "103"]


def test_what_lists_have_shown_outlives_the_run_and_goes_with_the_class(
    tmp_path: Path, each_store: str
) -> None:
    with opened(tmp_path) as journal:
        confirmed(journal)
        listing(journal, NOW + 10, "101", "102")
    with opened(tmp_path) as journal:
        assert sightings(journal)["101"] == (NOW + 10, NOW + 10, None)
        journal.maintenance.forget(FIRST + 3 * 3600)
    if each_store == "sqlite":
        assert b"Biology" not in (tmp_path / "journal.sqlite3").read_bytes()


def test_a_class_that_is_taken_over_is_there_though_nothing_was_sent(journal: Journal) -> None:
    (algebra,) = load(journal, "b", [row("Algebra")])
    assert not journal.sending.has_history()
    assert [each.fingerprint for each in journal.sending.never_sent("b")] == [algebra]
    journal.sending.apply(
        [
            TakenOver(algebra, 1, "b", 0, NOW, "101", TakenBy.PRESENTER),
            RowOutcome("b", 0, Outcome.ALREADY, None, None),
        ]
    )
    (found,) = journal.reports.rows("b")
    assert class_state(found.attempts) is ClassState.THERE
    assert [(each.kind, each.class_id) for each in found.attempts] == [(AttemptKind.TAKEN_OVER, "101")]
    assert journal.reports.calls("b") == (0, 0)
    assert journal.planning.sent("b") == 0
    assert journal.sending.has_history()
    assert list(journal.sending.never_sent("b")) == []
    assert journal.sending.row_of_class("101") == found
    assert [each.kind for each in journal.sightings.witnesses(NOW)] == [AttemptKind.TAKEN_OVER]
    assert listing(journal, NOW + 10, "101") == []  # it says nothing of how long lists lag behind


def test_a_class_is_taken_over_for_one_row_and_only_for_one_that_was_not_sent_since(journal: Journal) -> None:
    algebra, biology = load(journal, "b", [row("Algebra"), row("Biology", hour=1)])
    journal.sending.apply([TakenOver(algebra, 1, "b", 0, NOW, "101", TakenBy.PRESENTER)])
    with pytest.raises(Overtaken):
        journal.sending.apply([TakenOver(biology, 1, "b", 1, NOW, "101", TakenBy.PRESENTER)])
    journal.sending.apply([sent(biology, position=1)])
    with pytest.raises(Overtaken):
        journal.sending.apply([TakenOver(biology, 1, "b", 1, NOW, "102", TakenBy.PRESENTER)])


def test_what_proved_wrong_is_forgotten(journal: Journal) -> None:
    journal.account.learn("list_lag_s", "12", "a list", NOW)
    learned = journal.account.learned("list_lag_s")
    assert learned is not None
    assert learned.value == "12"
    journal.account.unlearn("list_lag_s")
    assert journal.account.learned("list_lag_s") is None


def test_each_journal_has_a_name_of_its_own(tmp_path: Path) -> None:
    with opened(tmp_path / "one") as one, opened(tmp_path / "other") as other:
        assert len({one.account.stamp(), other.account.stamp(), ""}) == 3


def test_pairs_are_as_list_and_journal_have_them_by_now_however_often_they_are_asked_for(
    journal: Journal,
) -> None:
    def paired() -> list[str]:
        return sorted(shown.class_id for _, shown in journal.listed.pairs(NOW, 300))

    confirmed(journal)
    listing(journal, NOW + 10, "101", "102")
    assert paired() == paired() == ["101", "102"]
    journal.listed.pairs(NOW, 300).clear()  # of one who asked, and nobody else's
    journal.listed.note([seen("103", "Chemistry", 2)])
    assert paired() == ["101", "102", "103"]
    assert len(journal.listed.pairs(NOW, 1)) == 1
    assert len(journal.listed.pairs(FIRST + 1, 300)) == 2  # the first has begun
    assert journal.listed.pairs(NOW, 300, ending=AttemptEnding.FOUND) == []
    (mark,) = load(journal, "later", [row("Drama", hour=3)])
    journal.sending.apply([sent(mark, batch="later")])
    journal.sending.apply([ended(mark, AttemptEnding.CREATED, class_id="104")])
    assert paired() == ["101", "102", "103"]
    journal.listed.note([seen("104", "Drama", 3)])
    assert paired() == ["101", "102", "103", "104"]
    (mark,) = load(journal, "last", [row("Geography", hour=5)])
    journal.listed.note([seen("105", "Geography", 5)])
    assert paired() == ["101", "102", "103", "104"]
    journal.sending.apply([sent(mark, batch="last")])
    journal.sending.apply([ended(mark, AttemptEnding.CREATED, class_id="105")])
    assert paired() == ["101", "102", "103", "104", "105"]
    journal.listed.begin()
    assert paired() == []
