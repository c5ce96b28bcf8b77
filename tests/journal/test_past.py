"""What a run costs depends on its own rows, not on how many the journal remembers."""

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from batch import run
from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding
from batch.journal import as_left
from batch.journal.files import open_journal, scratch_journal
from batch.journal.migration import create
from batch.journal.trust import Untrusted
from batch.sending.listener import Listener
from batch.settings.resolve import load_settings
from benchmarks.past import make_past
from tests.support.command import lessons, timetable
from tests.support.journals import ACCOUNT, NOW, ended, load, opened, row, sent

# Statements


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement on every connection that is opened from now on."""
    heard: list[str] = []
    connect = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(heard.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return heard


#: Reads no more than the first record, or what is in doubt, which is settled by each run.
_BOUNDED = ("USING INDEX attempt_in_doubt", "USING COVERING INDEX attempt_in_doubt")
#: Of the check of a whole journal, which is made once a day; and what asks for any one record.
_WHOLE = ("CAST(row.fingerprint AS BLOB)", "SELECT EXISTS (SELECT 1 FROM attempt WHERE kind <> 'presumed')")


def scans(statements: list[str]) -> list[tuple[str, str]]:
    """The statements that go through all rows, attempts or sightings of a journal, and where."""
    found = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection, ACCOUNT, NOW)
        connection.execute("ATTACH ':memory:' AS past")
        for (sql,) in connection.execute(
            "SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND type <> 'trigger' ORDER BY type DESC"
        ).fetchall():
            connection.execute(re.sub(r"^CREATE (TABLE|INDEX) ", r"CREATE \1 past.", sql))
        for statement in dict.fromkeys(statements):
            if statement.startswith(("CREATE TEMP", "DROP TABLE IF EXISTS temp")):
                connection.execute(statement)
            elif statement.startswith(
                ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "\nINSERT", "\nUPDATE")
            ):
                plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
                found += [(statement, detail) for *_, detail in plan if is_scan(statement, detail)]
    return found


def is_scan(statement: str, detail: str) -> bool:
    # A virtual table is the elements of a JSON text.
    tables = r"SCAN (past\.)?(row|attempt|sighting|sent|other|joint|wanted)\b(?! VIRTUAL TABLE)"
    is_of_all = re.match(tables, detail) is not None
    return is_of_all and not detail.endswith(_BOUNDED) and not any(part in statement for part in _WHOLE)


def test_a_scan_is_seen() -> None:
    assert scans(["SELECT * FROM attempt WHERE batch = 'b'"])
    assert not scans(["SELECT * FROM attempt WHERE fingerprint = 'f'"])


def test_neither_a_check_nor_a_run_goes_through_all_that_was_ever_scheduled(
    tmp_path: Path, statements: list[str]
) -> None:
    settings = load_settings({"max_concurrent_classes": 2}, environ={"HOME": str(tmp_path)}, cwd=tmp_path)
    rows = [*lessons(3), *lessons(3), lessons(1)[0] | {"start_time": "soon"}]
    file = str(timetable(tmp_path / "term.csv", rows))
    job = run.Job(file=file, settings=settings, sandbox=True)
    for _ in range(2):
        assert run.check(job, Listener()).tally.rows == 7
        asyncio.run(run.submit(job, Listener()))
    assert any(each.startswith("INSERT INTO attempt") for each in statements)
    assert scans(list(statements)) == []


# What a check knows

KNOWN = {
    "over": (row("Over", hour=-31_000), False),
    "over, and in the file": (row("Algebra", hour=-30_000), True),
    "ahead": (row("Ahead", hour=1), True),
}


def test_a_check_takes_from_the_journal_what_is_not_over_and_what_the_file_asks_for(tmp_path: Path) -> None:
    account = tmp_path / "account"
    with opened(account) as journal:
        for position, each in enumerate(load(journal, "b", [known for known, _ in KNOWN.values()])):
            journal.sending.apply([sent(each, position=position)])
            journal.sending.apply([ended(each, AttemptEnding.CREATED, class_id=f"c{position}")])
    with scratch_journal(tmp_path, account / "journal.sqlite3") as journal:
        load(journal, "today", [row("Algebra", hour=-30_000), row("Geometry", hour=3)])
        assert [each.title for each in journal.reports.rows("b")] == [
            known.parsed.title for known, is_known in KNOWN.values() if is_known and known.parsed
        ]
        first, second = journal.reports.rows("today")
        assert (len(first.attempts), len(second.attempts)) == (1, 0)


# Read whole once a day


def _byte_changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _put_back(path: Path) -> None:
    shutil.copy2(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)


def _wal(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"x")


def _time_set(path: Path) -> None:
    os.utime(path, (NOW, NOW))


def _note_spoiled(path: Path) -> None:
    (path.parent / "as_left").write_bytes(b"\xff 1")


TOUCHED: dict[str, Callable[[Path], None]] = {
    "a byte was changed": _byte_changed,
    "a copy was put in its place": _put_back,
    "a WAL lies beside it": _wal,
    "its time was set": _time_set,
    "the note cannot be read": _note_spoiled,
}


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal that a run has left, and that counts as large."""
    monkeypatch.setattr(as_left, "LEAST_BYTES", 0)
    with open_journal(tmp_path, ACCOUNT, NOW) as journal:
        load(journal, "b", [row("Algebra")])
    return tmp_path / "journal.sqlite3"


@pytest.mark.parametrize("later", [0.0, 3600.0, 86_399.0])
def test_a_journal_that_nobody_touched_is_not_read_whole_again_on_that_day(large: Path, later: float) -> None:
    assert as_left.read_whole_at(large, NOW + later) == NOW


@pytest.mark.parametrize("later", [-1.0, 86_400.0])
def test_it_is_on_another_day(large: Path, later: float) -> None:
    assert as_left.read_whole_at(large, NOW + later) is None


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED)
def test_it_is_when_anything_was_touched(large: Path, touch: Callable[[Path], None]) -> None:
    touch(large)
    assert as_left.read_whole_at(large, NOW + 1) is None


def test_runs_in_between_do_not_put_it_off(large: Path) -> None:
    for hour in (8, 16, 23):
        with open_journal(large.parent, ACCOUNT, NOW + hour * 3600) as journal:
            load(journal, f"b{hour}", [row("Algebra")])
    assert as_left.read_whole_at(large, NOW + 86_399) == NOW
    assert as_left.read_whole_at(large, NOW + 86_400) is None


def test_what_somebody_changed_in_it_is_found_at_once(large: Path) -> None:
    with open_journal(large.parent, ACCOUNT, NOW) as journal:
        (known,) = [each.fingerprint for each in journal.reports.rows("b")]
        journal.sending.apply([sent(known or "")])
    with closing(sqlite3.connect(large)) as connection:
        connection.execute("UPDATE attempt SET fingerprint = 'f'")
        connection.commit()
    with pytest.raises(Untrusted), open_journal(large.parent, ACCOUNT, NOW):
        pytest.fail("it was believed")


def test_a_run_that_was_killed_leaves_a_journal_that_is_read_whole(large: Path) -> None:
    def cut_short() -> None:
        with open_journal(large.parent, ACCOUNT, NOW + 1) as journal:
            load(journal, "c", [row("Geometry")])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_short()
    assert as_left.read_whole_at(large, NOW + 2) is None


def test_a_small_one_is_read_each_time(tmp_path: Path) -> None:
    with open_journal(tmp_path, ACCOUNT, NOW):
        pass
    assert as_left.read_whole_at(tmp_path / "journal.sqlite3", NOW) is None


# The past of the benchmarks


def test_the_past_that_the_benchmarks_make_is_one_that_a_run_takes(tmp_path: Path) -> None:
    make_past(tmp_path / "journal.sqlite3", ACCOUNT, 30, now=NOW)
    with open_journal(tmp_path, ACCOUNT, NOW) as journal:
        (batch,) = journal.batches.all()
        assert {each.outcome for each in journal.reports.rows(batch.id)} == {Outcome.SCHEDULED}
        assert len(journal.sightings.witnesses(0)) == 30
