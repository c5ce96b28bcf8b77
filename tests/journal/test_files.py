"""The journal's folder: made whole, held by one run at a time, and opened only when it can be trusted."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from batch.core.errors import CannotRun
from batch.journal.files import check_journal, open_journal, start_over
from batch.journal.lock import locked
from batch.journal.trust import Untrusted
from tests.support.journals import ACCOUNT, NOW, load, opened, row, sent
from tests.support.words import stops

PAGE = 4096


def rows_in(folder: Path) -> int:
    with opened(folder) as journal:
        return sum(1 for batch in journal.batches.all() for _ in journal.reports.rows(batch.id))


def filled(folder: Path) -> Path:
    """A journal of several pages, and a copy of its files as a kill would have left them."""
    with opened(folder) as journal:
        for batch in range(4):
            load(journal, f"b{batch}", [row(f"Class {each}", hour=each) for each in range(40)])
        shutil.copytree(folder, folder.with_name("killed"))
    return folder.with_name("killed")


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "account"
    with locked(folder, NOW), opened(folder):
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600}, modes


def test_a_commit_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    """NORMAL would lose the last commits to a power cut; two connections would meet the WAL-reset bug."""
    with opened(tmp_path) as journal:
        pragmas = [
            journal.maintenance._database.value(f"PRAGMA {name}")
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_no_page_may_be_spoiled(tmp_path: Path) -> None:
    folder = tmp_path / "account"
    filled(folder)
    path = folder / "journal.sqlite3"
    sound = path.read_bytes()
    pages = len(sound) // PAGE
    assert pages > 10
    for page in range(pages):
        spoiled = bytearray(sound)
        spoiled[page * PAGE : (page + 1) * PAGE] = bytes(255 - byte for byte in sound[page * PAGE :][:PAGE])
        path.write_bytes(spoiled)
        with stops(Untrusted, match=r"is damaged|not a journal"), opened(folder):
            pytest.fail(f"page {page} was believed")
        assert path.read_bytes() == spoiled


def test_a_power_cut_leaves_whole_commits_from_any_prefix_of_the_wal(tmp_path: Path) -> None:
    """And with its watermark, whose number outlived it, such a journal is not believed."""
    killed = filled(tmp_path / "account")
    wal = (killed / "journal.sqlite3-wal").read_bytes()
    seen = set()
    for length in range(0, len(wal), len(wal) // 40):
        (killed / "journal.sqlite3-wal").write_bytes(wal[:length])
        (killed / "journal.sqlite3-shm").unlink(missing_ok=True)
        with stops(Untrusted, match="has lost its newest entries"):
            check_journal(killed, ACCOUNT)
        with sqlite3.connect(f"{(killed / 'journal.sqlite3').as_uri()}?mode=ro", uri=True) as connection:
            assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            (commits,) = connection.execute("SELECT commits FROM account").fetchone()
            (rows,) = connection.execute("SELECT count(*) FROM row").fetchone()
        connection.close()
        assert rows == 40 * (commits - 1)  # the first is the run's own
        seen.add(commits)
    assert seen == {1, 2, 3, 4}


def test_a_power_cut_before_the_watermark_was_written_back_is_no_damage(tmp_path: Path) -> None:
    folder = tmp_path / "account"
    filled(folder)
    for left in (b"", b"\0" * 20, b"%020d" % 2):
        (folder / "watermark").write_bytes(left)
        assert rows_in(folder) == 160


def test_a_folder_that_was_never_used_has_no_journal_and_one_that_was_emptied_is_not_believed(
    tmp_path: Path,
) -> None:
    assert not check_journal(tmp_path, ACCOUNT)
    with opened(tmp_path) as journal:
        load(journal, "b", [row("Algebra")])
    assert check_journal(tmp_path, ACCOUNT)
    (tmp_path / "journal.sqlite3").unlink()
    with stops(Untrusted, match="is gone"):
        check_journal(tmp_path, ACCOUNT)


def test_a_failed_commit_that_many_rows_hear_of_is_told_once(tmp_path: Path) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    with stops(CannotRun, match="database or disk is full"), opened(tmp_path):
        raise BaseExceptionGroup("rows", [full, ExceptionGroup("more", [full])])


def test_a_bug_among_failed_commits_is_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    faults = [sqlite3.OperationalError("database or disk is full"), KeyError("a bug")]
    with pytest.raises(ExceptionGroup), opened(tmp_path):
        raise ExceptionGroup("rows", faults)


def test_starting_over_keeps_the_history_that_is_sound(tmp_path: Path) -> None:
    killed = filled(tmp_path / "account")
    (killed / "journal.sqlite3-wal").write_bytes(b"")
    with pytest.raises(Untrusted):
        check_journal(killed, ACCOUNT)
    backup = tmp_path / "backup.sqlite3"
    shutil.copy(tmp_path / "account" / "journal.sqlite3", backup)
    aside = start_over(killed, ACCOUNT, NOW, backup, timeout_s=60)
    assert rows_in(killed) == 160
    assert {path.name for path in aside.iterdir()} >= {"journal.sqlite3", "journal.sqlite3-wal"}


def test_starting_over_without_anything_sound_keeps_the_old_files(tmp_path: Path) -> None:
    filled(tmp_path / "account")
    path = tmp_path / "account" / "journal.sqlite3"
    path.write_bytes(b"spoiled")
    aside = start_over(tmp_path / "account", ACCOUNT, NOW, timeout_s=60)
    assert (aside / "journal.sqlite3").read_bytes() == b"spoiled"
    assert rows_in(tmp_path / "account") == 0


def test_a_journal_that_was_started_over_is_missed_when_it_is_gone(tmp_path: Path) -> None:
    """Also before anything was scheduled by it: without it nothing would be looked up any more."""
    filled(tmp_path / "account")
    path = tmp_path / "account" / "journal.sqlite3"
    for content in (b"spoiled", path.read_bytes()):
        path.write_bytes(content)
        start_over(tmp_path / "account", ACCOUNT, NOW, timeout_s=60)
        path.unlink()
        with stops(Untrusted, match="is gone"):
            check_journal(tmp_path / "account", ACCOUNT)


def test_what_a_start_over_puts_aside_stays_there_when_another_follows_at_once(tmp_path: Path) -> None:
    filled(tmp_path / "account")
    (tmp_path / "account" / "journal.sqlite3").write_bytes(b"spoiled")
    first = start_over(tmp_path / "account", ACCOUNT, NOW, timeout_s=60)
    second = start_over(tmp_path / "account", ACCOUNT, NOW, timeout_s=60)
    assert first != second
    assert (first / "journal.sqlite3").read_bytes() == b"spoiled"


def test_a_wal_whose_journal_is_gone_is_not_played_back_into_a_new_one(tmp_path: Path) -> None:
    killed = filled(tmp_path / "account")
    (killed / "watermark").unlink()
    (killed / "journal.sqlite3").unlink()
    with stops(Untrusted, match="is gone"):
        check_journal(killed, ACCOUNT)
    start_over(killed, ACCOUNT, NOW, timeout_s=60)
    assert rows_in(killed) == 0


def _not_text(path: Path) -> None:
    content = path.read_bytes()
    at = content.index(b"Class 7")
    path.write_bytes(content[:at] + b"\xff" + content[at + 1 :])


def _schema_not_text(path: Path) -> None:
    content = path.read_bytes()
    at = content.index(b"CREATE TABLE account")
    path.write_bytes(content[: at + 22] + b"\xff" + content[at + 23 :])


def _not_our_format(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[47] = 255  # the schema format in SQLite's header
    path.write_bytes(content)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


#: Whether it is noticed before each run, or by the start-over alone.
UNREADABLE: dict[str, tuple[Callable[[Path], None], bool]] = {
    "a text that is none": (_not_text, False),
    "a schema that is no text": (_schema_not_text, True),
    "a format that SQLite does not know": (_not_our_format, True),
    "a folder in its place": (_a_folder, True),
}


@pytest.mark.parametrize(("spoil", "is_noticed"), UNREADABLE.values(), ids=UNREADABLE)
def test_no_history_is_taken_from_what_cannot_be_read(
    spoil: Callable[[Path], None], is_noticed: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "account"
    filled(folder)
    spoil(folder / "journal.sqlite3")
    assert is_untrusted(folder) is is_noticed
    start_over(folder, ACCOUNT, NOW, timeout_s=60)
    assert rows_in(folder) == 0


@pytest.mark.parametrize("is_text", [True, False], ids=["as text", "in bits"])
def test_a_fingerprint_that_was_spoiled_is_noticed_before_anything_is_sent(
    is_text: bool, tmp_path: Path
) -> None:
    """By it alone a class is known to have been sent; SQLite's own check does not look so closely."""
    with opened(tmp_path) as journal:
        (mark,) = load(journal, "b", [row("Algebra")])
        journal.sending.apply([sent(mark)])
    path = tmp_path / "journal.sqlite3"
    content = path.read_bytes()
    places = [each.start() for each in re.finditer(mark.encode(), content)]
    assert len(places) > 2  # of the row, of the attempt, and in indexes
    noticed = 0
    for at in places:
        spoiled = (b"0" if content[at : at + 1] != b"0" else b"1") if is_text else bytes([content[at] ^ 0x80])
        path.write_bytes(content[:at] + spoiled + content[at + 1 :])
        if is_untrusted(tmp_path):
            noticed += 1
        else:
            with opened(tmp_path) as journal:
                assert [len(each.attempts) for each in journal.reports.rows("b")] == [1]
    assert noticed >= 2


def test_a_backup_that_is_no_better_changes_nothing(tmp_path: Path) -> None:
    filled(tmp_path / "account")
    backup = tmp_path / "backup.sqlite3"
    backup.write_bytes(b"spoiled")
    before = {path: path.read_bytes() for path in (tmp_path / "account").iterdir() if path.name != "lock"}
    with pytest.raises(Untrusted):
        start_over(tmp_path / "account", ACCOUNT, NOW, backup, timeout_s=60)
    assert {path: path.read_bytes() for path in before} == before


def is_untrusted(folder: Path) -> bool:
    try:
        check_journal(folder, ACCOUNT)
    except Untrusted:
        return True
    return False


def is_started_over(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as connection:
        return bool(connection.execute("SELECT started_over_at IS NOT NULL FROM account").fetchone()[0])


class Killed(BaseException):
    """As far as the files go, the process ends here."""


@pytest.mark.parametrize("sound", [True, False], ids=["behind its watermark", "spoiled"])
@pytest.mark.parametrize("step", range(1, 8))
def test_a_start_over_that_is_killed_leaves_a_journal_that_refuses_to_send_or_the_new_one(
    step: int, sound: bool, tmp_path: Path
) -> None:
    killed = filled(tmp_path / "account")
    (killed / "journal.sqlite3-wal").write_bytes(b"")
    if not sound:
        (killed / "journal.sqlite3").write_bytes(b"spoiled")
        (killed / "watermark").unlink()
    rename, steps = Path.replace, 0

    def one_too_many(path: Path, target: Path) -> Path:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Killed
        return rename(path, target)

    with mock.patch.object(Path, "replace", one_too_many):
        try:
            start_over(killed, ACCOUNT, NOW, timeout_s=60)
        except Killed:
            assert is_untrusted(killed) or is_started_over(killed)
    start_over(killed, ACCOUNT, NOW + 1, timeout_s=60)
    with open_journal(killed, ACCOUNT, NOW + 2) as journal:
        (mark,) = load(journal, "after", [row("Algebra")])
        assert [each.fingerprint for each in journal.sending.in_doubt("after")] == [mark]
        journal.sending.apply([sent(mark, 2, batch="after")])
