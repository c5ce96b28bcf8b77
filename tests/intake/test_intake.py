"""A file becomes the rows of a batch in the journal, or nothing of it does."""

import hashlib
import io
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from batch.core.errors import CannotRun
from batch.core.outcome import Outcome
from batch.intake import Intake, take_in
from batch.journal.files import scratch_journal
from batch.journal.store import Journal
from batch.report.wording.messages import hint_of, message_of
from batch.settings.resolve import load_settings
from tests.support.command import SAMPLES, Command, lesson, lessons, timetable

NOW = 1_790_000_000.0  # 2026-09-21


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "journal").mkdir()
    with scratch_journal(tmp_path / "journal") as opened:
        yield opened


def taken(journal: Journal, file: Path | str, batch: str = "b1", **settings: object) -> Intake:
    given = load_settings({"state": "state", **settings}, environ={"HOME": "/nowhere"}, cwd=SAMPLES)
    return take_in(str(file), given, journal, account="ours", batch=batch, sandbox=False, now=NOW)


def test_every_row_is_in_the_journal_with_its_number_and_cells_as_typed(
    journal: Journal, tmp_path: Path
) -> None:
    rows = [lesson(1), lesson(2, duration="long"), lesson(3)]
    intake = taken(journal, timetable(tmp_path / "t.csv", rows))
    assert intake.batch.header == tuple(rows[0])
    kept = list(journal.reports.rows("b1"))
    assert [row.number for row in kept] == [2, 3, 4]
    assert [row.cells for row in kept] == [tuple(row.values()) for row in rows]
    assert [row.outcome for row in kept] == [None, Outcome.INVALID, None]
    assert [bool(row.parameters) for row in kept] == [True, False, True]


def test_the_batch_says_which_file_it_was(journal: Journal) -> None:
    file = SAMPLES / "autumn-term.xlsx"
    batch = taken(journal, file).batch
    assert (batch.file, batch.sheet, batch.sent_to) == (
        str(file),
        "Timetable",
        "https://class.api.wiziq.com/",
    )
    assert batch.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert journal.batches.find("b1") == batch


def test_standard_input_is_read_whole_and_once(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = timetable(tmp_path / "t.csv", lessons(1000)).read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    batch = taken(journal, "-").batch
    assert batch.sha256 == hashlib.sha256(content).hexdigest()
    assert batch.file == "standard input"
    assert len(list(journal.reports.rows("b1"))) == 1000


BROKEN = {
    "a byte that is no text": b"\xff",
    "a quotation mark that is never closed": b'"Lesson,2031-09-01 10:00,GMT,a@b.example,60\n' * 5,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_nothing_is_taken_in_of_a_file_that_breaks_half_way(
    journal: Journal, tmp_path: Path, broken: bytes
) -> None:
    file = timetable(tmp_path / "t.csv", lessons(2000))
    file.write_bytes(file.read_bytes() + broken)
    with pytest.raises(CannotRun) as told:
        taken(journal, file)
    assert str(file) in message_of(told.value)
    assert hint_of(told.value)
    assert journal.batches.all() == []
    assert list(journal.reports.rows("b1")) == []
    file.write_bytes(timetable(tmp_path / "mended.csv", lessons(2)).read_bytes())
    taken(journal, file)  # and the journal is as good as new
    assert len(list(journal.reports.rows("b1"))) == 2


def test_a_row_has_the_same_fingerprint_whatever_its_place_or_file(journal: Journal, tmp_path: Path) -> None:
    rows = lessons(20)
    taken(journal, timetable(tmp_path / "one.csv", rows), "one")
    taken(journal, timetable(tmp_path / "other.csv", rows[::-1]), "other")
    one = {row.title: row.fingerprint for row in journal.reports.rows("one")}
    assert one == {row.title: row.fingerprint for row in journal.reports.rows("other")}
    assert len(set(one.values())) == 20


def test_equal_rows_of_a_file_stay_apart_and_are_the_same_tomorrow(journal: Journal, tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", [lesson(1), lesson(1), lesson(2), lesson(1)])
    for batch in ("today", "tomorrow"):
        taken(journal, file, batch)
    today = [row.fingerprint for row in journal.reports.rows("today")]
    assert len(set(today)) == 4
    assert today == [row.fingerprint for row in journal.reports.rows("tomorrow")]


def test_a_default_from_the_settings_stands_in_for_an_empty_cell(journal: Journal, tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", [lesson(1, time_zone=""), lesson(2, time_zone="Asia/Kolkata")])
    settings = tmp_path / "classbatch.toml"
    settings.write_text('[defaults]\ntime_zone = "Europe/Madrid"\n')
    taken(journal, file, config=settings)
    zones = [(row.parameters or {})["time_zone"] for row in journal.reports.rows("b1")]
    assert zones == ["Europe/Madrid", "Asia/Kolkata"]


def test_a_limit_of_the_account_is_checked_while_reading(journal: Journal, tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", [lesson(1), lesson(2, duration="46")])
    taken(journal, file, max_minutes=45)
    assert [[issue.code for issue in row.issues] for row in journal.reports.rows("b1")] == [
        ["R007"],
        ["R007"],
    ]


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.xlsx"])
@pytest.mark.parametrize("words", [["check"], ["submit", "--results", "r.xlsx"]])
def test_a_named_pipe_is_read_once_and_to_its_end(classbatch: Command, name: str, words: list[str]) -> None:
    content = (SAMPLES / f"autumn-term.{name.partition('.')[2]}").read_bytes()
    os.mkfifo(classbatch.folder / name)
    writer = threading.Thread(target=(classbatch.folder / name).write_bytes, args=[content], daemon=True)
    writer.start()
    piped = classbatch(words[0], name, "--sandbox", "--json", "-", *words[1:])
    assert piped.json["rows"], piped.err
    writer.join(10)
