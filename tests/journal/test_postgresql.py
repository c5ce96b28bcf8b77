"""Journals in PostgreSQL: what is theirs alone. What every journal promises is tried on both, see `each_store`."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batch.core.errors import CannotRun
from batch.core.message import JournalFault, Message, RowNote
from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding
from batch.core.service.listed import Seen
from batch.journal.copying import copy_records
from batch.journal.database import Superseded
from batch.journal.files import scratch_database
from batch.journal.journals import FileJournals, Journals, find_batch, journals_of
from batch.journal.lock import HeldLock, Locked
from batch.journal.records import RowOutcome
from batch.journal.store import Journal
from batch.journal.trust import Untrusted
from batch.settings.resolve import load_settings
from tests.support.command import (
    KEYS,
    Command,
    Service,
    lesson,
    lessons,
    rows_of,
    timetable,
    until,
)
from tests.support.journals import ACCOUNT, NOW, batch_named, ended, load, row, sent
from tests.support.postgres import Postgres

if TYPE_CHECKING:
    from batch.journal.postgresql.journals import PostgresJournals

E = AttemptEnding


def test_one_account_s_records_are_never_another_s(journals: Journals) -> None:
    for account in ("one", "two"):
        with journals.open(account, NOW) as journal:
            (algebra,) = load(journal, "b", [row("Algebra")])
            journal.sending.apply([sent(algebra)])
            journal.sending.apply([ended(algebra, E.CREATED, class_id=account)])
    for account in ("one", "two"):
        with journals.reading(account) as journal:
            assert [each.class_id for each in next(journal.reports.rows("b")).attempts] == [account]
            assert len(journal.batches.all()) == 1
    with journals.open("one", NOW) as journal:
        journal.maintenance.forget(NOW + 2e9)
    with journals.reading("two") as journal:
        assert len(journal.batches.all()) == 1
    assert journals.accounts() == ["one", "two"]


def test_who_has_a_batch_is_asked_of_the_database_and_not_of_each_account(journals: Journals) -> None:
    for account in ("one", "two", "three"):
        with journals.open(account, NOW) as journal:
            journal.batches.load(
                account, replace(batch_named(f"b-{account}"), started_at=NOW + len(account)), []
            )
    assert journals.accounts_with("b-two", 1) == ["two"]
    assert journals.accounts_with(None, 1) == ["three"]
    assert len(journals.accounts_with(None, 9)) == 3
    assert journals.accounts_with("of nobody", 1) == []
    with find_batch(journals, "b-one") as (_, found):
        assert found.id == "b-one"
    with find_batch(journals, None) as (_, found):
        assert found.id == "b-three"


# One run at a time


@pytest.fixture
def impatient(postgres: Postgres, tmp_path: Path) -> Journals:
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    return PostgresJournals(tmp_path, postgres.url, takeover_s=1.0)


def test_a_second_run_is_turned_away_and_told_who_holds_the_account(journals: Journals) -> None:
    with journals.locked(ACCOUNT, NOW) as lock, journals.locked("another account", NOW):
        assert lock.holds()
        with pytest.raises(Locked) as caught, journals.locked(ACCOUNT, NOW):
            pass
        assert caught.value.holder == journals.holder(ACCOUNT)
        assert caught.value.holder is not None
        assert caught.value.holder.started == NOW
        assert caught.value.holder.host
    assert journals.holder(ACCOUNT) is None
    with journals.locked(ACCOUNT, NOW):
        pass


def test_a_run_that_lost_its_connection_has_lost_its_account_at_once(
    postgres: Postgres, journals: Journals, impatient: Journals
) -> None:
    with impatient.locked(ACCOUNT, NOW) as lost:
        with postgres.connect() as connection:
            connection.execute("SELECT pg_terminate_backend(backend) FROM classbatch_data.lease")
        until(lambda: journals.holder(ACCOUNT) is None)
        with journals.locked(ACCOUNT, NOW):
            until(lambda: not lost.holds())


def stand_still(lease: HeldLock, postgres: Postgres) -> None:
    """As if the process had been stopped an hour ago."""
    from batch.journal.postgresql.lease import Lease  # noqa: PLC0415 - of the extra

    assert isinstance(lease, Lease)
    lease._over.set()
    lease._thread.join()
    lease._beat_at -= 3600
    postgres.let_an_hour_pass()


def test_a_run_that_stands_still_is_taken_over_and_can_commit_nothing_any_more(
    postgres: Postgres, journals: Journals
) -> None:
    with journals.locked(ACCOUNT, NOW) as still, journals.open(ACCOUNT, NOW, still) as older:
        (algebra,) = load(older, "b", [row("Algebra")])
        stand_still(still, postgres)
        assert journals.holder(ACCOUNT) is None
        assert not older.holds_lock()
        with journals.locked(ACCOUNT, NOW) as lock, journals.open(ACCOUNT, NOW, lock) as younger:
            with pytest.raises(Superseded):
                older.sending.apply([sent(algebra)])
            assert lock.holds()
            younger.sending.apply([sent(algebra)])


def begin_a_commit(journal: Journal) -> None:
    journal._database.run("BEGIN")
    journal._database.run("UPDATE account SET commits = commits")  # the record that every commit counts in


def ends_a_commit_that_another_run_did_not_wait_for(journals: Journals) -> None:
    with journals.open(ACCOUNT, NOW) as older:
        begin_a_commit(older)
        with journals.open(ACCOUNT, NOW) as younger:  # waits, and is let in
            younger.account.learn("limit", "5", "a refusal", NOW)
        older._database.run("COMMIT")


def test_a_run_that_stands_still_in_the_middle_of_a_commit_holds_nobody_up(impatient: Journals) -> None:
    with pytest.raises(CannotRun) as caught:
        ends_a_commit_that_another_run_did_not_wait_for(impatient)
    assert caught.value.messages[0].what is JournalFault.DATABASE_FAILED


def ends_a_commit_after_it_was_given_up(journals: Journals, postgres: Postgres) -> None:
    with journals.locked(ACCOUNT, NOW) as still, journals.open(ACCOUNT, NOW, still) as older:
        begin_a_commit(older)
        stand_still(still, postgres)
        with journals.locked(ACCOUNT, NOW) as lock, journals.open(ACCOUNT, NOW, lock) as younger:
            younger.account.learn("limit", "5", "a refusal", NOW)
        older._database.run("COMMIT")


def test_a_commit_that_a_run_stands_still_in_ends_as_soon_as_the_run_is_given_up(
    postgres: Postgres, journals: Journals
) -> None:
    with pytest.raises(CannotRun) as caught:
        ends_a_commit_after_it_was_given_up(journals, postgres)
    assert caught.value.messages[0].what is JournalFault.DATABASE_FAILED
    with journals.reading(ACCOUNT) as journal:
        assert journal.account.learned("limit") is not None


# Trust


def test_a_database_put_back_from_a_copy_is_noticed_and_nothing_is_sent_by_it(
    postgres: Postgres, journals: Journals
) -> None:
    with journals.open(ACCOUNT, NOW) as journal:
        (algebra,) = load(journal, "b", [row("Algebra")])
        journal.sending.apply([sent(algebra)])
    with postgres.connect() as connection:
        connection.execute("UPDATE classbatch_data.account SET commits = commits - 1")
    with pytest.raises(Untrusted) as caught, journals.open(ACCOUNT, NOW):
        pass
    assert caught.value.messages[0].what is JournalFault.NEWEST_LOST
    journals.start_over(ACCOUNT, NOW, None, timeout_s=60)
    with journals.open(ACCOUNT, NOW) as journal:
        load(journal, "again", [row("Algebra"), row("Biology", hour=1)])
        assert [len(each.attempts) for each in journal.reports.rows("again")] == [2, 1]


def put_back(postgres: Postgres) -> None:
    """As if the database were that of some commits ago."""
    with postgres.connect() as connection:
        connection.execute("UPDATE classbatch_data.account SET commits = commits - 1")


def computer(name: str, postgres: Postgres, tmp_path: Path) -> "PostgresJournals":
    """With a state folder of its own."""
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    return PostgresJournals(tmp_path / name, postgres.url)


def test_a_computer_that_never_worked_on_an_account_notices_too_that_its_database_was_put_back(
    postgres: Postgres, tmp_path: Path
) -> None:
    here, there = (computer(each, postgres, tmp_path) for each in ("here", "there"))
    with here.open(ACCOUNT, NOW) as journal:
        load(journal, "b", [row("Algebra")])
    assert there.look_at_commits() == []
    put_back(postgres)
    assert there.look_at_commits() == [ACCOUNT]
    assert there.look_at_commits() == [ACCOUNT], "the most that was ever seen is remembered"
    with pytest.raises(Untrusted) as caught, there.open(ACCOUNT, NOW):
        pass
    assert caught.value.messages[0].what is JournalFault.NEWEST_LOST


def test_what_was_started_over_on_one_computer_was_started_over_for_all(
    postgres: Postgres, tmp_path: Path
) -> None:
    here, there = (computer(each, postgres, tmp_path) for each in ("here", "there"))
    with here.open(ACCOUNT, NOW) as journal:
        for batch in ("b", "c", "d"):
            load(journal, batch, [row("Algebra")])
    there.look_at_commits()
    put_back(postgres)
    for begun in range(2):  # and it is put back once more, to before that
        there.start_over(ACCOUNT, NOW, None, timeout_s=60)
        with here.open(ACCOUNT, NOW) as journal:
            load(journal, f"again {begun}", [row("Algebra")])
        assert here.look_at_commits() == there.look_at_commits() == []
        with postgres.connect() as connection:
            connection.execute("UPDATE classbatch_data.account SET commits = commits - 1000000000 - 5")


def test_numbers_of_commits_that_cannot_be_read_stop_the_account_until_it_is_started_over(
    postgres: Postgres, tmp_path: Path
) -> None:
    here = computer("here", postgres, tmp_path)
    here.look_at_commits()
    (tmp_path / "here").mkdir(exist_ok=True)
    (tmp_path / "here" / "commits_seen").write_text("{spoilt")
    for use in (lambda: here.open(ACCOUNT, NOW).__enter__(), here.look_at_commits):
        with pytest.raises(Untrusted) as caught:
            use()
        assert caught.value.messages[0].what is JournalFault.BAD_WATERMARK
    here.start_over(ACCOUNT, NOW, None, timeout_s=60)
    with here.open(ACCOUNT, NOW):
        pass


def test_a_database_of_a_newer_version_is_left_alone(postgres: Postgres, journals: Journals) -> None:
    with journals.open(ACCOUNT, NOW):
        pass
    with postgres.connect() as connection:
        connection.execute("UPDATE classbatch_data.version SET version = version + 1")
        try:
            for use in (journals.open(ACCOUNT, NOW), journals.reading(ACCOUNT)):
                with pytest.raises(CannotRun) as caught, use:
                    pass
                assert caught.value.messages[0].what is JournalFault.NEWER
        finally:
            connection.execute("UPDATE classbatch_data.version SET version = version - 1")


def test_an_alias_of_an_alias_is_one_of_the_first_account(journals: Journals) -> None:
    with journals.open(ACCOUNT, NOW) as journal:
        (algebra,) = load(journal, "b", [row("Algebra")])
        journal.sending.apply([sent(algebra)])
    assert journals.make_alias("second", ACCOUNT, NOW)
    assert journals.make_alias("third", "second", NOW)
    assert {journals.first_name_of(each) for each in ("second", "third", ACCOUNT)} == {ACCOUNT}
    assert not journals.make_alias(ACCOUNT, "second", NOW), "classes were sent under it"


# A check


def past_of_many_days(journal: Journal) -> None:
    """Lessons that are over long since, some that are to come, one in doubt, and two timetables."""
    for day, name in enumerate(("old", "before", "another")):
        lessons_of_day = [row(f"{name} {each}", hour=24 * 700 * (day - 1) + each) for each in range(6)]
        for position, mark in enumerate(load(journal, name, lessons_of_day)):
            journal.sending.apply([sent(mark, batch=name, position=position)])
            if (name, position) != ("old", 5):
                class_id = f"{day}{position}"
                journal.sending.apply([ended(mark, E.CREATED, class_id=class_id)])


@contextmanager
def wholly(journals: Journals, folder: Path) -> Iterator[Journal]:
    """All of a journal, in a file."""
    with scratch_database(folder) as scratch, journals.whole(ACCOUNT) as records:
        copy_records(records, scratch)
        journal = Journal(scratch)
        journal.begin_run()
        yield journal


def taken_in(journal: Journal) -> list[tuple[object, object, Sequence[object]]]:
    """What a file of some of these lessons, and a new one, comes to."""
    load(journal, "now", [row("before 1", hour=1), row("another 2", hour=24 * 700 + 2), row("new", hour=99)])
    return [(each.outcome, each.fingerprint, each.attempts) for each in journal.reports.rows("now")]


def test_a_check_fetches_what_belongs_to_its_file_and_comes_to_what_the_whole_journal_says(
    journals: Journals, tmp_path: Path
) -> None:
    with journals.open(ACCOUNT, NOW) as journal:
        past_of_many_days(journal)
    whole, part, later = (tmp_path / each for each in ("whole", "part", "later"))
    for folder in (whole, part, later):
        folder.mkdir()
    with wholly(journals, whole) as journal:
        expected = taken_in(journal)
    with journals.scratch(part, ACCOUNT) as journal:
        assert taken_in(journal) == expected
        assert [len(attempts) for _, _, attempts in expected] == [1, 1, 0]
        known = {each[0] for each in journal._database.each("SELECT class_id FROM past.attempt")}
        assert known == {None, *(f"1{each}" for each in range(6)), *(f"2{each}" for each in range(6))}
    with journals.scratch(later, ACCOUNT) as journal:
        assert list(journal.reports.rows("now")) == [], "it leaves no trace"


def looked_at(journal: Journal) -> tuple[object, ...]:
    """What a list shows of it, beside a file: a class that is over long since, one to come, and nobody's."""
    found = taken_in(journal)
    journal.listed.begin()
    listed = (
        Seen(class_id=each, title="", presenter=None, starts=None, local_starts=None, minutes=None)
        for each in ("00", "13", "999")
    )
    journal.listed.note(listed)
    return (
        found,
        [each.class_id for each in journal.listed.unexplained()],
        journal.sightings.witnesses(NOW),
        journal.listed.is_ours("00"),
        journal.sending.held_before("now"),
        journal.sending.has_history(),
        journal.account.stamp(),
        [each.file for each in journal.batches.all()],
    )


def test_a_check_that_asks_the_account_fetches_what_the_list_names_besides(
    journals: Journals, tmp_path: Path
) -> None:
    with journals.open(ACCOUNT, NOW) as journal:
        past_of_many_days(journal)
        load(journal, "held", [row("before 1", hour=1), row("new", hour=99)])
        note = Message(RowNote.ALIKE, {"class_id": "999", "why": "differs"})
        journal.sending.apply([RowOutcome("held", 1, Outcome.HELD, message=note)])
    for name in ("whole", "part"):
        (tmp_path / name).mkdir()
    with wholly(journals, tmp_path / "whole") as journal:
        expected = looked_at(journal)
    assert [("999", "differs")] in [list(each.values()) for each in expected if isinstance(each, dict)]
    with journals.scratch_for_look(tmp_path / "part", ACCOUNT) as journal:
        assert looked_at(journal) == expected
        known = {each[0] for each in journal._database.each("SELECT class_id FROM attempt")}
        assert {each for each in known if each and each.startswith("0")} == {"00"}, "the others are over"


def test_a_check_that_asks_the_account_knows_that_something_was_ever_sent(
    journals: Journals, tmp_path: Path
) -> None:
    with journals.open(ACCOUNT, NOW) as journal:
        (over,) = load(journal, "old", [row("old", hour=-24 * 700)])
        journal.sending.apply([sent(over, batch="old")])
        journal.sending.apply([ended(over, E.CREATED, class_id="7")])
    with journals.scratch_for_look(tmp_path, ACCOUNT) as journal:
        load(journal, "now", [row("new", hour=99)])
        assert journal.sending.has_history()


# Where it is, and whether it is there


def test_without_the_setting_journals_are_files_and_nothing_of_the_extra_is_imported(tmp_path: Path) -> None:
    settings = load_settings({}, environ={"CLASSBATCH_STATE": str(tmp_path)}, cwd=tmp_path)
    assert isinstance(journals_of(settings), FileJournals)
    named = {"CLASSBATCH_STATE": str(tmp_path), "CLASSBATCH_JOURNAL": "postgresql://nobody@127.0.0.1:9/none"}
    settings = load_settings({}, environ=named, cwd=tmp_path)
    assert isinstance(journals_of(settings, sandbox=True), FileJournals), "a sandbox's are thrown away"
    assert not isinstance(journals_of(settings), FileJournals)


def test_no_password_is_ever_shown(tmp_path: Path) -> None:
    url = "postgresql://school:s3cret-w0rd@127.0.0.1:9/none"
    settings = load_settings({}, environ={"CLASSBATCH_JOURNAL": url}, cwd=tmp_path, default_state=tmp_path)
    assert "s3cret" not in repr(settings)
    with pytest.raises(CannotRun) as caught:
        journals_of(settings).accounts()
    assert caught.value.messages[0].what is JournalFault.NOT_REACHED
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(caught.value.messages)


SECRET = "s3cret"
ADDRESSES_THAT_ARE_NONE = {
    "a percent sign that stands for itself": f"postgresql://cb:{SECRET}%Pass@localhost/db",
    "a nought": f"postgresql://cb:{SECRET}%00@localhost/db",
    "a space": f"postgresql://cb:a {SECRET}@localhost/db",
    "a slash, after which all would be the database": f"postgresql://cb:ge/{SECRET}@localhost/db",
    "an at sign, after which all would be the host": f"postgresql://cb:ge@{SECRET}@localhost/db",
    "a question mark": f"postgresql://cb:ge?{SECRET}@localhost/db",
    "no database": f"postgresql://cb:{SECRET}@localhost/",
    "another kind of database": f"mysql://cb:{SECRET}@localhost/db",
}
ADDRESSES = [
    "postgresql://classbatch@db.school.example/classbatch",
    "postgres://cb:gehe%25im@127.0.0.1:5433/db?sslmode=verify-full",
    "postgresql:///db?host=/var/run/postgresql",
    "postgresql://cb@a.example:5432,b.example:5432/db?target_session_attrs=read-write",
    "postgresql://cb@[::1]/db",
]


@pytest.mark.parametrize("url", ADDRESSES_THAT_ARE_NONE.values(), ids=ADDRESSES_THAT_ARE_NONE)
def test_a_password_that_spoils_the_address_is_shown_nowhere(classbatch: Command, url: str) -> None:
    ran = classbatch.at(CLASSBATCH_JOURNAL=url)("status")
    assert ran.code == 2
    assert "CLASSBATCH_JOURNAL" in ran.err
    assert SECRET not in ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_as_libpq_reads_it_is_taken(url: str, tmp_path: Path) -> None:
    settings = load_settings({}, environ={"CLASSBATCH_JOURNAL": url}, cwd=tmp_path, default_state=tmp_path)
    assert not isinstance(journals_of(settings), FileJournals)


def test_a_role_that_may_not_make_tables_is_told_so(postgres: Postgres, tmp_path: Path) -> None:
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    with postgres.connect(database="postgres") as connection:
        connection.execute("CREATE DATABASE another")
    with pytest.raises(CannotRun) as caught:
        PostgresJournals(tmp_path, postgres.address("classbatch", "another")).accounts()
    assert caught.value.messages[0].what is JournalFault.NOT_REACHED
    assert "permission denied" in str(caught.value.messages[0].facts["why"])


def test_a_database_that_cannot_be_reached_sends_nothing(classbatch: Command, tmp_path: Path) -> None:
    file = timetable(tmp_path / "term.csv", lessons(2))
    at = classbatch.at(**KEYS, CLASSBATCH_BASE_URL="http://127.0.0.1:9/")
    ran = at("submit", file, CLASSBATCH_JOURNAL="postgresql://nobody@127.0.0.1:9/none")
    assert ran.code == 2
    assert "cannot be reached" in ran.err
    assert "Nothing was sent" in ran.err


@pytest.mark.parametrize("words", [("worker",), ("nightly", "--enqueue", "inbox")])
def test_who_works_with_others_is_told_what_is_missing(
    classbatch: Command, words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    words = tuple(str(tmp_path / "inbox") if word == "inbox" else word for word in words)
    without = classbatch(*words)
    assert (without.code, "Traceback" in without.err) == (2, False)
    assert "in which database the files wait" in without.err
    gone = classbatch.at(CLASSBATCH_JOURNAL="postgresql://nobody@127.0.0.1:9/none")(*words)
    assert (gone.code, "Traceback" in gone.err) == (2, False)
    assert "cannot be reached" in gone.err


def test_an_account_whose_journal_is_a_file_here_sends_nothing_by_a_database_that_knows_it(
    at_database: Command, classbatch: Command, service: Service, tmp_path: Path
) -> None:
    file = timetable(tmp_path / "term.csv", lessons(2))
    elsewhere = at_database.at(CLASSBATCH_STATE=str(tmp_path / "elsewhere"))
    assert elsewhere("submit", file).code == 0
    another = timetable(tmp_path / "another.csv", lessons(4)[2:])
    here = {**KEYS, "CLASSBATCH_BASE_URL": service.url}
    assert classbatch.at(**here)("submit", another).code == 0
    ran = at_database("submit", timetable(tmp_path / "third.csv", lessons(6)[4:]))
    assert ran.code == 2
    assert "--move-journal" in ran.err
    assert service.calls("create") == 4


# The command


@pytest.mark.thorough
def test_every_command_works_on_a_database_as_on_files(
    at_database: Command, service: Service, tmp_path: Path
) -> None:
    file = timetable(tmp_path / "term.csv", lessons(6))
    assert at_database("check", file, "--json", "-").json["counts"]["ready"] == 6
    assert service.calls("create") == 0
    first = at_database("submit", file, "--json", "-")
    assert (first.code, first.json["counts"]["scheduled"]) == (0, 6)
    # Another computer: nothing of the first one's state folder.
    other = at_database.at(CLASSBATCH_STATE=str(tmp_path / "another computer"))
    again = other("submit", file, "--json", "-")
    assert (again.code, again.json["counts"]["already"]) == (0, 6)
    assert "2 batches" in other("doctor").out
    assert "can be reached and has 1 journal." in other("doctor", "--sandbox").out
    assert other("status").out.count("term.csv") == 2
    assert other("results", "--out", tmp_path / "again.xlsx").code == 0
    assert [each["outcome"] for each in rows_of(tmp_path / "again.xlsx")] == [Outcome.ALREADY] * 6
    moved = timetable(tmp_path / "term.csv", [{**lessons(6)[0], "title": "Lesson 1 moved"}, *lessons(6)[1:]])
    assert other("check", "--look", moved).code in {0, 1}
    synced = other("sync", "--yes", moved, "--json", "-")
    assert synced.json["counts"]["changed"] == 1, synced.err + synced.out
    assert other("undo", "--yes", "--json", "-").json["counts"]["changed"] == 1
    assert service.titles() == [f"Lesson {each}" for each in range(1, 7)]
    assert at_database("purge", "--before", "2020-01-01").code == 0
    assert not [*tmp_path.rglob("journal.sqlite3")]


@pytest.mark.thorough
def test_a_check_that_asks_the_account_says_the_same_by_a_database_and_by_a_file(
    at_database: Command, service: Service, tmp_path: Path
) -> None:
    for name, numbers in (("term", range(1, 7)), ("another", range(7, 10))):
        file = timetable(tmp_path / f"{name}.csv", [lesson(each) for each in numbers])
        assert at_database("submit", file).code == 0
    moved = [lesson(1, title="Lesson 1 anew"), lesson(2), lesson(8), lesson(20)]
    assert service.calls("create") == 9
    file = timetable(tmp_path / "term.csv", moved)

    def found(command: Command, *how: str) -> object:
        ran = command("check", "--look", *how, file, "--json", "-")
        return {**ran.json, "batch": None}, re.sub(r"\d{8}-\d{6}-\w+", "BATCH", ran.err)

    by_database = [found(at_database, *how) for how in ((), ("--sync",))]
    assert at_database("doctor", "--move-journal", "files").code == 0
    in_file = Command(at_database.folder, {**at_database.variables, "CLASSBATCH_JOURNAL": ""})
    assert [found(in_file, *how) for how in ((), ("--sync",))] == by_database
