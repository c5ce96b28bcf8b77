"""A journal moves between a file and a database: nothing of it is lost, and only one of the two is ever sent by."""

from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.core.service.attempt import AttemptEnding, ClassState, class_state
from batch.core.service.listed import Seen
from batch.journal.journals import FileJournals, Journals
from batch.journal.moving import move
from batch.journal.store import Journal
from tests.support.command import Command, Service, lessons, timetable
from tests.support.journals import ACCOUNT, NOW, ended, load, row, sent
from tests.support.postgres import Postgres

E = AttemptEnding
STARTS = 1_945_987_200


def fates(journal: Journal) -> list[tuple[str | None, ClassState, object]]:
    return [
        (each.fingerprint, class_state(each.attempts), each.message and each.message.what)
        for batch in journal.batches.all()
        for each in journal.reports.rows(batch.id)
    ]


@pytest.fixture
def in_files(tmp_path: Path) -> FileJournals:
    """Of an account whose classes have come to everything that may become of one."""
    journals = FileJournals(tmp_path)
    with journals.locked(ACCOUNT, NOW), journals.open(ACCOUNT, NOW) as journal:
        marks = load(journal, "b", [row(f"Class {each}", hour=each) for each in range(len(E) + 2)])
        for position, ending in enumerate([*E, None]):
            journal.sending.apply([sent(marks[position], position=position)])
            if ending is not None:
                class_id = f"10{position}" if ending in {E.CREATED, E.FOUND} else None
                journal.sending.apply([ended(marks[position], ending, class_id=class_id)])
        journal.account.learn("limit", "5", "a refusal", NOW + 0.1)
        journal.listed.begin()
        journal.listed.note(
            [
                Seen(
                    class_id="100",
                    title="Class 0",
                    presenter=None,
                    starts=STARTS,
                    local_starts=None,
                    minutes=60,
                )
            ]
        )
        journal.sightings.keep(NOW + 1)
    return journals


def test_a_journal_moves_into_the_database_and_back_and_knows_the_very_same(
    in_files: FileJournals, journals: Journals
) -> None:
    with in_files.reading(ACCOUNT) as journal:
        before, stamp = fates(journal), journal.account.stamp()
    moved = move(in_files, journals, ACCOUNT, NOW)
    assert (moved["row"], moved["attempt"]) == (len(E) + 2, len(E) + 1)
    with pytest.raises(CannotRun) as caught, in_files.open(ACCOUNT, NOW):
        pass
    assert caught.value.messages[0].what is JournalFault.MOVED
    with journals.open(ACCOUNT, NOW) as journal:
        assert (fates(journal), journal.account.stamp()) == (before, stamp)
        load(journal, "later", [row("Algebra")])
    back = move(journals, in_files, ACCOUNT, NOW)
    assert back["batch"] == moved["batch"] + 1
    with pytest.raises(CannotRun) as caught, journals.open(ACCOUNT, NOW):
        pass
    assert caught.value.messages[0].what is JournalFault.MOVED
    with in_files.open(ACCOUNT, NOW) as journal:
        assert [each for each in fates(journal) if each in before] == before
    assert move(in_files, journals, ACCOUNT, NOW) == back, "into what was sealed, it may come again"
    with journals.open(ACCOUNT, NOW) as journal:
        assert len(fates(journal)) == len(before) + 1


def test_a_move_that_was_cut_short_before_the_old_one_was_sealed_goes_on(
    in_files: FileJournals, journals: Journals
) -> None:
    with in_files.whole(ACCOUNT) as records:
        journals.take(ACCOUNT, records)
    move(in_files, journals, ACCOUNT, NOW)
    with journals.open(ACCOUNT, NOW):
        pass


def test_two_journals_of_one_account_never_become_one(
    in_files: FileJournals, journals: Journals, postgres: Postgres, tmp_path: Path
) -> None:
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    with PostgresJournals(tmp_path / "another computer", postgres.url).open(ACCOUNT, NOW) as journal:
        load(journal, "another", [row("Algebra")])
    with pytest.raises(CannotRun) as caught:
        move(in_files, journals, ACCOUNT, NOW)
    assert caught.value.messages[0].what is JournalFault.IN_USE
    with in_files.open(ACCOUNT, NOW):
        pass


def test_nothing_is_sent_by_an_empty_database_while_the_journal_is_still_a_file(
    in_files: FileJournals, journals: Journals
) -> None:
    assert in_files.has(ACCOUNT)
    with pytest.raises(CannotRun) as caught, journals.open(ACCOUNT, NOW):
        pass
    assert caught.value.messages[0].what is JournalFault.STILL_A_FILE


@pytest.mark.thorough
def test_the_doctor_moves_a_journal_and_the_next_run_goes_on_with_it(
    at_service: Command, service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    file, at_database = (
        timetable(tmp_path / "term.csv", lessons(2)),
        at_service.at(CLASSBATCH_JOURNAL=postgres.url),
    )
    assert at_service("submit", file).code == 0
    waits = at_database("submit", file)
    assert (waits.code, "--move-journal database" in waits.err) == (2, True)
    assert at_database("doctor", "--move-journal", "database").code == 0
    assert at_database("submit", file, "--json", "-").json["counts"]["already"] == 2
    sealed = at_service("submit", file)
    assert (sealed.code, "was moved" in sealed.err) == (2, True)
    assert at_database("doctor", "--move-journal", "files").code == 0
    assert at_service("submit", file, "--json", "-").json["counts"]["already"] == 2
    assert service.calls("create") == 2
