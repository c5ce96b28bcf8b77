"""A journal of an older version is brought up to date with nothing lost, and stays beside as it was."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from batch.core.errors import CannotRun
from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding, AttemptKind
from batch.doctor import Health, look_here
from batch.journal.files import check_journal, open_journal, reading, scratch_journal, start_over
from batch.journal.journals import FileJournals, find_batch
from batch.journal.migration import bring_up_to_date, create
from batch.journal.store import Journal
from batch.journal.trust import VERSION, Untrusted, version_of
from batch.report.wording.messages import message_of
from batch.settings.resolve import load_settings
from tests.support.journals import ACCOUNT, NOW, load, row
from tests.support.words import stops

#: Each written by its version itself, as SQL.
VERSION_1 = Path(__file__).with_name("version_1.sql").read_text("utf-8")
VERSION_2 = Path(__file__).with_name("version_2.sql").read_text("utf-8")
VERSION_3 = Path(__file__).with_name("version_3.sql").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An account's folder as version 1 left it."""
    return folder_with(VERSION_1, tmp_path)


def folder_with(journal: str, tmp_path: Path) -> Path:
    folder = tmp_path / "state" / ACCOUNT
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as connection:
        connection.executescript(journal)
        (commits,) = connection.execute("SELECT commits FROM account").fetchone()
    (folder / "watermark").write_bytes(b"%020d" % commits)
    return folder


def test_all_that_version_2_knew_is_known_after_it(tmp_path: Path) -> None:
    folder = folder_with(VERSION_2, tmp_path)
    before = content_of(folder / "journal.sqlite3")
    with open_journal(folder, ACCOUNT, NOW + 200) as journal:
        assert outcomes(journal, "monday") == [
            (Outcome.SCHEDULED, [E.CREATED]),
            (Outcome.HELD, [E.REFUSED]),
            (Outcome.UNKNOWN, [E.NO_ANSWER]),
            (Outcome.ALREADY, [E.FOUND]),
        ]
        assert [each.class_id for each in journal.sightings.witnesses(NOW)] == ["101", "102"]
        assert (journal.operations.in_doubt(), journal.operations.parked()) == ([], [])
        assert [journal.operations.was_taken_over(each) for each in ("101", "102")] == [False, True]
    assert content_of(folder / "journal-version-2.sqlite3") == before


def test_all_that_version_3_knew_is_known_after_it(tmp_path: Path) -> None:
    folder = folder_with(VERSION_3, tmp_path)
    before = content_of(folder / "journal.sqlite3")
    with open_journal(folder, ACCOUNT, NOW) as journal:
        assert outcomes(journal, "tuesday") == [
            (Outcome.ALREADY, [E.CREATED]),
            (Outcome.CHANGED, [E.CREATED]),
            (Outcome.ALREADY, [E.CREATED]),
        ]
        (changed,) = [each.meant for each in journal.operations.of_class("2492041") if each.meant]
        assert changed.position == 1
        assert [each.outcome for each in journal.operations.gone("tuesday")] == [Outcome.CANCELLED]
        load(journal, "wednesday", [row("Algebra")])
        batch = journal.batches.find("wednesday")
        assert batch is not None
        assert journal.batches.versions(batch).standing(["2492041"])["2492041"].lesson.key == ""
    assert content_of(folder / "journal-version-3.sqlite3") == before


def content_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for (name,) in tables}  # noqa: S608 - a name of ours


def shape_of(connection: sqlite3.Connection) -> Mapping[str, object]:
    """Tables, columns, indexes and triggers, however the statements that made them were laid out."""
    schema = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {
        f"{kind} {name}": connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
        if kind == "table"
        else " ".join(sql.replace("\n", " ").split())
        for kind, name, sql in schema
    }


def outcomes(journal: Journal, batch: str) -> list[tuple[Outcome | None, list[AttemptEnding | None]]]:
    return [
        (each.outcome, [attempt.ending for attempt in each.attempts]) for each in journal.reports.rows(batch)
    ]


E = AttemptEnding
MONDAY = [
    (Outcome.SCHEDULED, [E.CREATED]),
    (Outcome.REFUSED, [E.REFUSED]),
    (Outcome.UNKNOWN, [E.NO_ANSWER, None]),
    (Outcome.SCHEDULED, [E.CREATED]),
    (Outcome.INVALID, []),
    (None, [None]),
]


def test_all_that_version_1_knew_is_known_after_it(folder: Path) -> None:
    with open_journal(folder, ACCOUNT, NOW) as journal:
        assert [batch.id for batch in journal.batches.all()] == ["tuesday", "monday"]
        assert outcomes(journal, "monday") == MONDAY
        (limit,) = [journal.account.learned("max_concurrent_classes")]
        assert limit is not None
        assert (limit.value, limit.source, limit.at) == ("5", "a refusal", NOW)
        load(journal, "wednesday", [row("Algebra"), row("German", hour=6, number=3)])
        algebra, german = journal.reports.rows("wednesday")
        assert algebra.attempts[0].class_id == "101"
        assert [attempt.kind for attempt in german.attempts] == [
            AttemptKind.PRESUMED
        ]  # the start-over still holds


def test_what_was_presumed_stands_in_a_column_of_its_own(folder: Path) -> None:
    with open_journal(folder, ACCOUNT, NOW) as journal:
        rows = [*journal.reports.rows("monday"), *journal.reports.rows("tuesday")]
        kinds = {(attempt.kind, attempt.code) for each in rows for attempt in each.attempts}
        assert kinds == {
            (AttemptKind.SENT, None),
            (AttemptKind.SENT, "1032"),
            (AttemptKind.SENT, "timeout"),
            (AttemptKind.PRESUMED, None),
        }
        assert journal.reports.calls("monday") == (5, 5)
        assert journal.reports.calls("tuesday") == (0, 0)


def test_two_rows_with_one_class_are_kept_and_told(folder: Path) -> None:
    pair = {"101": ["row 2 of term.csv", "row 5 of term.csv"]}
    with open_journal(folder, ACCOUNT, NOW) as journal:
        assert journal.maintenance.shared_classes() == pair
    settings = load_settings({}, environ={}, cwd=folder)
    told = [
        each
        for each in look_here(settings, FileJournals(folder.parent), folder.name)
        if each.what == "classes"
    ]
    assert [each.health for each in told] == [Health.LOOK]
    assert "Class 101 stands for row 2 of term.csv and row 5 of term.csv" in message_of(told[0].message)


def test_the_old_journal_stands_beside_as_it_was(folder: Path) -> None:
    before = content_of(folder / "journal.sqlite3")
    with open_journal(folder, ACCOUNT, NOW):
        pass
    copy = folder / "journal-version-1.sqlite3"
    assert content_of(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert version_of(connection, copy) == 1
    # Once: the next run finds it up to date, and makes no second copy.
    copy.unlink()
    with open_journal(folder, ACCOUNT, NOW):
        assert not copy.exists()


@pytest.mark.parametrize(
    "journal", [VERSION_1, VERSION_2, VERSION_3], ids=["version 1", "version 2", "version 3"]
)
def test_an_old_journal_gets_the_shape_of_a_new_one(journal: str) -> None:
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as new,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as old,
    ):
        old.executescript(journal)
        create(new, ACCOUNT, NOW)
        bring_up_to_date(old)
        assert shape_of(old) == shape_of(new)


def test_reading_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert check_journal(folder, ACCOUNT)
    with reading(folder / "journal.sqlite3") as journal:
        assert outcomes(journal, "monday") == MONDAY
    with find_batch(FileJournals(folder.parent), None) as (_, batch):
        assert batch.id == "tuesday"
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_check_knows_what_an_old_journal_knows(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with scratch_journal(tmp_path_factory.mktemp("scratch"), folder / "journal.sqlite3") as journal:
        load(journal, "today", [row("Algebra")])
        assert outcomes(journal, "monday")[:4] == MONDAY[:4]


def _spoiled(folder: Path) -> None:
    path = folder / "journal.sqlite3"
    path.write_bytes(path.read_bytes()[:4096])


def _put_back(folder: Path) -> None:
    (folder / "watermark").write_bytes(b"%020d" % 1000)


@pytest.mark.parametrize("harm", [_spoiled, _put_back])
def test_an_old_journal_that_cannot_be_trusted_is_left_as_it_was(
    harm: Callable[[Path], None], folder: Path
) -> None:
    harm(folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(Untrusted), open_journal(folder, ACCOUNT, NOW):
        pytest.fail("it was believed")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("version", "error"),
    [(VERSION + 1, CannotRun), (0, Untrusted), (-1, Untrusted)],
    ids=["newer", "none", "negative"],
)
def test_a_version_that_is_not_known_is_left_alone(
    version: int, error: type[CannotRun], folder: Path
) -> None:
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = (folder / "journal.sqlite3").read_bytes()
    with stops(error, match=r"of (a )?version"), open_journal(folder, ACCOUNT, NOW):
        pytest.fail("it was believed")
    assert (folder / "journal.sqlite3").read_bytes() == before


def test_starting_over_brings_the_history_up_to_date(folder: Path) -> None:
    start_over(folder, ACCOUNT, NOW + 500, timeout_s=60)
    with open_journal(folder, ACCOUNT, NOW + 600) as journal:
        assert outcomes(journal, "monday") == MONDAY


def test_a_backup_of_version_1_is_as_good_as_any(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    backup = tmp_path_factory.mktemp("backup") / "journal.sqlite3"
    (folder / "journal.sqlite3").rename(backup)
    before = backup.read_bytes()
    start_over(folder, ACCOUNT, NOW + 500, backup, timeout_s=60)
    with open_journal(folder, ACCOUNT, NOW + 600) as journal:
        assert outcomes(journal, "monday") == MONDAY
    assert backup.read_bytes() == before


class Killed(BaseException):
    """As far as the file goes, the process ends here."""


class Mortal(sqlite3.Connection):
    """Dies before its n-th statement."""

    left = 1000

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if not self.left:
            raise Killed
        self.left -= 1
        return super().execute(sql, *values)


def _deaths() -> range:
    with closing(sqlite3.connect(":memory:", isolation_level=None, factory=Mortal)) as connection:
        connection.executescript(VERSION_1)
        before = connection.left
        bring_up_to_date(connection)
        return range(1, before - connection.left)


@pytest.mark.parametrize("statements", _deaths())
def test_a_kill_leaves_the_old_journal_or_the_new_one(statements: int, folder: Path) -> None:
    path = folder / "journal.sqlite3"
    before = content_of(path)
    connection = sqlite3.connect(path, isolation_level=None, factory=Mortal)
    connection.left = statements
    with pytest.raises(Killed):
        bring_up_to_date(connection)
    connection.left = 1000
    connection.close()
    assert content_of(path) == before
    with open_journal(folder, ACCOUNT, NOW) as journal:
        assert outcomes(journal, "monday") == MONDAY


def test_two_rows_of_version_1_with_one_class_stay_as_they_are(folder: Path) -> None:
    """Of attempts made from now on the journal takes no such pair; an older one is kept, and an audit tells of it."""
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as connection, connection:
        connection.execute("UPDATE attempt SET class_id = '101' WHERE class_id = '102'")
    with open_journal(folder, ACCOUNT, NOW) as journal:
        pairs = [attempt.class_id for each in journal.reports.rows("monday") for attempt in each.attempts]
        assert pairs.count("101") == 2
        assert outcomes(journal, "monday") == MONDAY
