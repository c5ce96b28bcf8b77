"""What the page keeps on disk: records, rows by the page, who is at work; and when it is deleted."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.outcome import Outcome
from batch.core.rows.column_names import NO_NAMING
from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.journal.lock_holder import lock_holder
from batch.readers.options import LoadOptions
from batch.readers.preview import SheetHead, heads_of
from batch.report.facts import ResultRow
from batch.report.wording.problems import worded
from batch.web.state.orders import FileOverrides, Task, WorkerRequest
from batch.web.state.uploads import MOST_FILES, Stage, Upload, Uploads, forget_uploads
from batch.web.views.mapping_question import question
from batch.web.views.row_pages import PER_PAGE, Spool, read_page
from tests.support.command import Command

DAY_S = 86_400.0


def upload(uploads: Uploads, at: float, **changes: object) -> Upload:
    new = replace(uploads.new(owner=None, at=at), name="term.csv", version=1, stage=Stage.CHECKED)
    new = replace(new, **changes)  # type: ignore[arg-type]  # the fields named are the test's
    uploads.file(new).write_text("title\n", encoding="utf-8")
    return uploads.save(new)


def test_a_record_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    said = FileOverrides(columns={"Wer": "presenter_email"}, remember=True, sheet="Montag")
    saved = upload(uploads, 5.0, said=said, batches=("20310901-080000-abcd",), sentences=("Done.",))
    assert uploads.get(saved.id) == saved
    order = WorkerRequest(task=Task.CHECK, flags={"sheet": "x"}, sandbox=True, out="/o", said=said)
    assert WorkerRequest.of(order.line()) == order
    assert order.all_flags()["sheet"] == "Montag"


DAMAGE = {
    "empty": "",
    "half": '{"id": "',
    "of another version": '{"id": "x", "colour": "red"}',
    "a list": "[]",
}


@pytest.mark.parametrize("record", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_record_is_an_upload_that_is_gone(tmp_path: Path, record: str) -> None:
    uploads = Uploads(tmp_path)
    saved = upload(uploads, 5.0)
    (uploads.folder_of(saved) / "upload.json").write_text(record, encoding="utf-8")
    assert uploads.get(saved.id) is None


@pytest.mark.parametrize("name", ["", "..", "batches", "../x", "A" * 21, "A" * 23, "A" * 21 + "/"])
def test_what_is_no_id_is_never_a_path(tmp_path: Path, name: str) -> None:
    assert Uploads(tmp_path).get(name) is None


def test_old_files_and_too_many_are_deleted_and_those_being_sent_are_not(tmp_path: Path) -> None:
    uploads, now = Uploads(tmp_path), 100 * DAY_S
    old = upload(uploads, now - 31 * DAY_S)
    running = upload(uploads, 0.0, stage=Stage.RUNNING, confirmed_at=now - DAY_S)
    cut_short = upload(uploads, 0.0, stage=Stage.RUNNING, confirmed_at=now - 31 * DAY_S)
    many = [upload(uploads, now - number) for number in range(MOST_FILES + 2)]
    uploads.tidy(now, days=30)
    left = {each.id for each in uploads.all()}
    assert not left & {old.id, cut_short.id}
    assert left == {running.id, *(each.id for each in many[:MOST_FILES])}


def shown_of_a_batch(state: Path) -> Path:
    folder = state / "uploads" / "batches" / "20310901-080000-abcd"
    folder.mkdir(parents=True)
    for name in ("result.json", "rows.jsonl", "results.xlsx", "owner.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    return folder


def test_what_is_to_be_forgotten_is_deleted_with_its_record(tmp_path: Path) -> None:
    uploads, now = Uploads(tmp_path), 100 * DAY_S
    old, new = upload(uploads, now - 2 * DAY_S), upload(uploads, now)
    running = upload(uploads, now - 2 * DAY_S, stage=Stage.RUNNING, confirmed_at=now - 2 * DAY_S)
    damaged = upload(uploads, now - 2 * DAY_S)
    (uploads.folder_of(damaged) / "upload.json").write_text("{", encoding="utf-8")
    os.utime(uploads.folder_of(damaged), (now - 2 * DAY_S,) * 2)
    (uploads.folder / "sessions.json").write_text("{}", encoding="utf-8")
    batch = shown_of_a_batch(tmp_path)
    assert forget_uploads(tmp_path, now - DAY_S, now) == 2
    assert not uploads.folder_of(old).exists()
    assert not uploads.folder_of(damaged).exists()
    assert {each.id for each in uploads.all()} == {new.id, running.id}
    assert (uploads.folder / "sessions.json").exists()
    assert [path.name for path in batch.iterdir()] == ["owner.json"], "whose it is stays known"


def test_purge_deletes_what_was_uploaded_before(classbatch: Command, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert forget_uploads(state, 5.0, 5.0) == 0
    assert not state.exists()
    upload(Uploads(state), 0.0)
    ran = classbatch("purge", "--before", "2026-07-31", "--state", state)
    assert (ran.code, ran.err) == (0, "")
    assert "1 file uploaded before was deleted." in ran.out
    assert not list(Uploads(state).all())


def test_who_closed_the_page_finds_what_was_not_sent_and_nothing_of_others(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    ours = [upload(uploads, float(at), owner="anna") for at in range(7)]
    for stage, owner in ((Stage.ENDED, "anna"), (Stage.RUNNING, "anna"), (Stage.CHECKED, "ben")):
        upload(uploads, 99.0, stage=stage, owner=owner)
    upload(uploads, 99.0)  # of the token
    assert uploads.waiting("anna", 5) == ours[:1:-1]


def test_a_file_that_comes_at_the_same_time_is_left_alone(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    kept = upload(uploads, 5.0)
    coming = uploads.incoming(kept)
    coming.write_text("title", encoding="utf-8")
    uploads.keep_version(kept)
    assert coming.exists()


def test_only_the_newest_version_of_a_file_is_kept(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    first = upload(uploads, 5.0)
    second = first.with_file(name="mended.csv", sha256="", size=1, at=6.0)
    uploads.file(second).write_text("title\n", encoding="utf-8")
    uploads.keep_version(uploads.save(second))
    kept = {path.name for path in uploads.folder_of(second).iterdir()}
    assert kept == {"upload.json", uploads.file(second).name}
    assert second.nonce != first.nonce


def nowhere(_column: str, _header: str) -> None:
    """No column is there to be mended."""


def result(number: int, outcome: Outcome) -> ResultRow:
    problems = worded([Problem.BLANK.at("title", "")]) if outcome is Outcome.INVALID else ()
    return ResultRow(number=number, sheet="", outcome=outcome, cells=(f"Cell {number}",), problems=problems)


def test_rows_that_need_a_person_come_first_and_every_row_is_on_one_page(tmp_path: Path) -> None:
    spool, rows = Spool(only_with_something_to_say=False), 3 * PER_PAGE - 1
    for number in range(rows):
        spool.add(result(number, Outcome.INVALID if number % 50 == 49 else Outcome.SCHEDULED))
    index = spool.write(tmp_path, lambda cells: cells[0], nowhere)
    pages = [read_page(tmp_path, index, number, lambda n: f"?page={n}") for number in (1, 2, 3)]
    shown = [row for page in pages for row in page.rows]
    assert [row.outcome for row in shown[:5]] == ["invalid"] * 5
    assert sorted(int(row.place.removeprefix("row ")) for row in shown) == list(range(rows))
    assert shown[0].title == "Cell 49"
    assert (pages[0].previous_href, pages[0].next_href) == ("", "?page=2")
    assert (pages[2].previous_href, pages[2].next_href) == ("?page=2", "")
    for number in (-1, 0, 4, 10**9):  # asked for by hand
        assert read_page(tmp_path, index, number, str).rows


def test_a_check_lists_only_rows_with_something_to_say(tmp_path: Path) -> None:
    spool = Spool(only_with_something_to_say=True)
    for number, outcome in enumerate((Outcome.READY, Outcome.INVALID, Outcome.READY)):
        spool.add(result(number, outcome))
    index = spool.write(tmp_path, lambda cells: cells[0], nowhere)
    assert [row.outcome for row in read_page(tmp_path, index, 1, str).rows] == ["invalid"]


def test_what_mends_a_whole_column_is_told_once_and_not_with_each_of_its_rows(tmp_path: Path) -> None:
    spool = Spool(only_with_something_to_say=True)
    spool.add(result(1, Outcome.INVALID))
    fix = "Fill in the cell."
    for told, says in (({}, f"title is empty. {fix} [R001]"), ({"R001": fix}, "title is empty. [R001]")):
        if told:
            spool = Spool(only_with_something_to_say=True)
            spool.add(result(1, Outcome.INVALID))
        index = spool.write(tmp_path, lambda cells: cells[0], nowhere, {}, told)
        assert read_page(tmp_path, index, 1, str).rows[0].says == (says,)


def note(folder: Path, **told: object) -> Path:
    (folder / "lock").write_text(json.dumps(told), encoding="utf-8")
    return folder


def test_who_is_at_work_is_read_off_the_note_in_the_lock(tmp_path: Path) -> None:
    assert lock_holder(tmp_path) is None
    assert lock_holder(note(tmp_path, pid=os.getpid(), started=time.time()))
    inherited = note(tmp_path, pid=os.getpid(), started=1_000_000.0)
    assert lock_holder(inherited) is None, "this process began after that note was written"
    with subprocess.Popen([sys.executable, "-c", ""]) as over:
        over.wait()
    assert lock_holder(note(tmp_path, pid=over.pid, started=time.time())) is None
    (tmp_path / "lock").write_text("", encoding="utf-8")  # it has only just begun, or was cut short
    assert lock_holder(tmp_path) is None


QUESTIONS = {
    "headers nobody knows": (b"Otsikko;Alkaa;Kuka\nA;B;C\n", 3),
    "two columns for one": (b"title,title,start_time,presenter_email,duration\na,b,c,d,e\n", 5),
    "one header misspelt": (b"titel,strat time,presenter_email,duration\na,b,c,d\n", 4),
    "nothing like a table": (b"hello\n", 0),
    "nothing at all": (b"\n", 0),
    "a timetable": (b"title,start_time,presenter_email,duration,time_zone\na,b,c,d,e\n", 0),
}


@pytest.mark.parametrize(("content", "columns"), QUESTIONS.values(), ids=QUESTIONS)
def test_columns_are_asked_about_only_where_that_helps(tmp_path: Path, content: bytes, columns: int) -> None:
    file = tmp_path / "term.csv"
    file.write_bytes(content)
    heads = heads_of(file, LoadOptions(), AccountKind.TEACHER)
    asked = question(heads, AccountKind.TEACHER, NO_NAMING, frozenset(), FileOverrides())
    assert len(asked["columns"] if asked else []) == columns


def test_a_sheet_that_the_mended_file_does_not_have_is_asked_about_again() -> None:
    heads = [SheetHead("Results", [(1, ["title", "start_time"])])]
    asked = question(heads, AccountKind.TEACHER, NO_NAMING, frozenset(), FileOverrides(sheet="Montag"))
    assert asked
    assert asked["sheets"] == ["Results"]
