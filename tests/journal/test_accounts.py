"""A renewed key is another key of the same account: recognised by its classes, never by less."""

from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.core.service.attempt import AttemptEnding
from batch.core.service.listed import Seen
from batch.journal.accounts import account_id, first_name_of, make_alias
from batch.journal.files import check_journal
from batch.journal.journals import FileJournals, recognise
from batch.sending.renewed_key import is_new
from tests.support.journals import ACCOUNT, NOW, batch_named, ended, fingerprints, opened, row, sent
from tests.support.words import stops

NEW = account_id("the new key", "wiziq")
HERE = "http://127.0.0.1/"
FIRST = 1_945_987_200
TITLES = ("Algebra", "Biology", "Chemistry", "Drama")


def seen(position: int, **other: object) -> Seen:
    usual = Seen(
        class_id=f"{101 + position}",
        title=TITLES[position],
        presenter=None,
        starts=FIRST + 3600 * position,
        local_starts=None,
        minutes=60,
    )
    return replace(usual, **other)  # type: ignore[arg-type] # fields by name


LISTED = [seen(each) for each in range(4)]


def confirm(
    folder: Path, account: str = ACCOUNT, *, sandbox: bool = False, classes: int = 4, finished: bool = True
) -> None:
    with opened(folder, account) as journal:
        rows = [row(TITLES[each], hour=each) for each in range(classes)]
        journal.batches.load(account, replace(batch_named("b"), sandbox=sandbox), rows)
        for position, mark in enumerate(fingerprints(journal, "b")):
            journal.sending.apply([sent(mark, position=position)])
            journal.sending.apply([ended(mark, AttemptEnding.CREATED, class_id=f"{101 + position}")])
        if finished:
            journal.batches.finish(replace(batch_named("b"), sandbox=sandbox, finished_at=NOW, exit_code=0))


#: What the account lists under its new key, and whether it is recognised by that.
LISTS = {
    "all its classes": (LISTED, True),
    "three of them, and others": ([*LISTED[:3], seen(3, class_id="900")], True),
    "in another case of white space": ([replace(each, title=f" {each.title} ") for each in LISTED], True),
    "two of them": (LISTED[:2], False),
    "nothing": ([], False),
    "other titles": ([replace(each, title="Art") for each in LISTED], False),
    "other times": ([replace(each, starts=FIRST - 60) for each in LISTED], False),
    "other ids": ([replace(each, class_id=f"9{each.class_id}") for each in LISTED], False),
    "no times": ([replace(each, starts=None) for each in LISTED], False),
}


@pytest.mark.parametrize(("listed", "is_known"), LISTS.values(), ids=LISTS)
def test_an_account_is_recognised_by_three_classes_that_agree_in_everything(
    listed: list[Seen], is_known: bool, tmp_path: Path
) -> None:
    confirm(tmp_path / ACCOUNT)
    assert recognise(FileJournals(tmp_path), NEW, listed, sent_to=HERE, sandbox=False) == (
        ACCOUNT if is_known else None
    )


def test_a_sandbox_is_no_account_and_an_account_no_sandbox(tmp_path: Path) -> None:
    confirm(tmp_path / ACCOUNT, sandbox=True)
    assert recognise(FileJournals(tmp_path), NEW, LISTED, sent_to=HERE, sandbox=False) is None
    assert recognise(FileJournals(tmp_path), NEW, LISTED, sent_to=HERE, sandbox=True) == ACCOUNT


def test_a_batch_that_was_cut_short_counts_for_its_own_address(tmp_path: Path) -> None:
    """Whether a sandbox has answered it is not noted yet."""
    confirm(tmp_path / ACCOUNT, finished=False)
    for sandbox in (False, True):
        assert recognise(FileJournals(tmp_path), NEW, LISTED, sent_to=HERE, sandbox=sandbox) == ACCOUNT
        assert (
            recognise(
                FileJournals(tmp_path), NEW, LISTED, sent_to="https://elsewhere.example/", sandbox=sandbox
            )
            is None
        )


@pytest.mark.parametrize("content", [b"", b"Dear diary", b"SQLite format 3\0"])
def test_a_journal_beside_it_that_cannot_be_read_keeps_nobody_from_sending(
    content: bytes, tmp_path: Path
) -> None:
    confirm(tmp_path / ACCOUNT)
    broken = tmp_path / account_id("another key", "wiziq")
    broken.mkdir()
    (broken / "journal.sqlite3").write_bytes(content)
    assert recognise(FileJournals(tmp_path), NEW, LISTED, sent_to=HERE, sandbox=False) == ACCOUNT
    assert is_new(FileJournals(tmp_path), NEW)
    assert not is_new(FileJournals(tmp_path), broken.name)  # its own: open_journal says what is wrong


def test_an_account_s_own_journal_is_not_another_s(tmp_path: Path) -> None:
    confirm(tmp_path / ACCOUNT)
    assert recognise(FileJournals(tmp_path), ACCOUNT, LISTED, sent_to=HERE, sandbox=False) is None


def test_of_two_the_one_with_more_of_the_classes_is_it(tmp_path: Path) -> None:
    confirm(tmp_path / ACCOUNT)
    confirm(tmp_path / NEW, NEW, classes=3)
    assert (
        recognise(
            FileJournals(tmp_path), account_id("a third key", "wiziq"), LISTED, sent_to=HERE, sandbox=False
        )
        == ACCOUNT
    )


def test_under_the_new_key_everything_stands_where_it_stood(tmp_path: Path) -> None:
    confirm(tmp_path / ACCOUNT)
    with opened(tmp_path / NEW, NEW) as journal:  # what a run under the new key has read by then
        journal.batches.load(NEW, batch_named("b"), [row("Algebra")])
    assert first_name_of(tmp_path, NEW) == NEW
    assert make_alias(tmp_path, NEW, ACCOUNT, NOW)
    assert first_name_of(tmp_path, NEW) == ACCOUNT
    assert first_name_of(tmp_path, ACCOUNT) == ACCOUNT
    assert not (tmp_path / NEW / "journal.sqlite3").exists()
    assert not check_journal(tmp_path / NEW, NEW)
    third = account_id("a third key", "wiziq")
    (tmp_path / third).mkdir()
    assert make_alias(tmp_path, third, NEW, NOW)
    assert first_name_of(tmp_path, third) == ACCOUNT


def test_a_key_that_classes_were_sent_under_keeps_its_journal(tmp_path: Path) -> None:
    confirm(tmp_path / ACCOUNT)
    confirm(tmp_path / NEW, NEW, classes=1)
    assert not make_alias(tmp_path, NEW, ACCOUNT, NOW)
    assert first_name_of(tmp_path, NEW) == NEW


@pytest.mark.parametrize("content", [b"", b"../../etc", b"\xff" * 16, NEW.encode()])
def test_an_alias_that_leads_nowhere_stops_the_run(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NEW).mkdir()
    (tmp_path / NEW / "alias").write_bytes(content)  # the last one names itself
    with stops(CannotRun, match="does not name an account"):
        first_name_of(tmp_path, NEW)
