"""`import batch`: the command's flow for programs, typed, with nothing lost between a table and its results."""

import asyncio
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import batch
from batch.core.rows.own_sheets import RESULTS_FIRST, RESULTS_LAST
from tests.support.command import KEYS, ROOT, SAMPLES, Service, lessons, timetable

GOOD = {
    "title": "Algebra I",
    "start_time": "2031-09-01 14:00",
    "time_zone": "Europe/London",
    "presenter_email": "ana.diaz@school.example",
    "duration": "45",
}


@pytest.fixture(autouse=True)
def nobodys_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CLASSBATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), dtype=object)


def test_importing_it_is_quick_and_the_functions_are_functions() -> None:
    script = (
        "import sys, batch\n"
        "assert not {'pandas', 'openpyxl', 'aiohttp', 'batch.run'} & set(sys.modules)\n"
        "import batch.run\n"  # brings the modules batch.readers and batch.sending.submitter
        "assert callable(batch.load) and callable(batch.submit) and 'check' in dir(batch)\n"
        "from batch import submit, CannotRun\n"
        "assert callable(submit)\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, timeout=60)


def test_what_is_not_exported_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'sumbit'"):
        _ = batch.sumbit  # type: ignore[attr-defined]  # that is the point
    assert sorted(batch.__all__) == batch.__all__
    for name in batch.__all__:
        assert getattr(batch, name)


def test_a_file_is_loaded_as_typed() -> None:
    loaded = batch.load(SAMPLES / "autumn-term.xlsx")
    assert (loaded.sheet, len(loaded.rows), loaded.rows[0].number) == ("Timetable", 120, 2)
    table = batch.to_frame(loaded)
    assert list(table.columns) == list(loaded.header)
    assert table.index[0] == 2
    assert isinstance(table["Start"].iloc[0], datetime)
    assert {str(kind) for kind in table.dtypes} == {"object"}


def test_what_cannot_be_loaded_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(batch.CannotRun) as caught:
        batch.load(tmp_path / "nowhere.xlsx")
    assert "does not exist" in caught.value.message
    assert caught.value.hint


async def test_a_file_is_checked_and_submitted(tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", lessons(3))
    checked = batch.check(file, sandbox=True)
    assert (checked.counts["ready"], checked.exit_code, checked.facts.batch) == (3, 0, None)
    report = await batch.submit(file, sandbox=True, results=tmp_path / "r.xlsx")
    assert [row.outcome for row in report.rows] == [batch.Outcome.SCHEDULED] * 3
    assert all(row.call_id and row.class_id for row in report.rows)
    assert report.header == ("title", "start_time", "time_zone", "presenter_email", "duration")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["Results"].max_row == 4


def test_no_workbook_is_left_unless_it_was_asked_for(tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", lessons(1))
    report = asyncio.run(batch.submit(file, sandbox=True))
    assert report.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
    assert all(note.startswith("There is no column for ") for note in report.notes)


async def test_with_settings_of_ones_own_the_journal_stays(tmp_path: Path) -> None:
    settings = batch.read_settings(state=tmp_path / "state")
    table = batch.from_frame(frame(GOOD), settings=settings)
    first = await batch.submit(table, sandbox=True, settings=settings)
    again = await batch.submit(table, sandbox=True, settings=settings)
    assert [row.outcome for row in (*first.rows, *again.rows)] == ["scheduled", "already"]
    assert again.rows_that_are(batch.Outcome.ALREADY)[0].class_id == first.rows[0].class_id


async def test_the_account_follows_a_timetable_that_changes(tmp_path: Path) -> None:
    settings = batch.read_settings(state=tmp_path / "state")
    rows = lessons(6)
    file = timetable(tmp_path / "t.csv", rows)
    sent = await batch.submit(file, settings=settings, sandbox=True)
    gone = rows.pop(3)["title"]
    rows[0]["start_time"] = "2031-09-04 10:00"
    timetable(file, rows)
    checked = batch.check(file, settings=settings, sandbox=True, sync=True)
    assert [each.outcome for each in checked.removed] == [batch.Outcome.READY]
    synced = await batch.sync(file, settings=settings, sandbox=True)
    assert synced.exit_code == 0
    assert synced.rows_that_are(batch.Outcome.CHANGED)[0].class_id == sent.rows[0].class_id
    assert [(each.title, each.outcome) for each in synced.removed] == [(gone, batch.Outcome.CANCELLED)]


async def test_what_somebody_would_be_asked_about_is_not_sent(tmp_path: Path) -> None:
    settings = batch.read_settings(state=tmp_path / "state", most_cancelled_percent=20)
    file = timetable(tmp_path / "t.csv", lessons(10))
    await batch.submit(file, settings=settings, sandbox=True)
    thin = [row for number, row in enumerate(lessons(10)) if number in {0, 1, 2, 8, 9}]
    stopped = await batch.sync(timetable(file, thin), settings=settings, sandbox=True)
    assert stopped.exit_code == 2
    assert not stopped.rows_that_are(batch.Outcome.CHANGED, batch.Outcome.SCHEDULED)
    assert any("5" in note and "10" in note for note in stopped.notes), stopped.notes
    few = await batch.sync(timetable(file, lessons(10)[4:8]), settings=settings, sandbox=True, replaces=True)
    assert few.exit_code == 0  # what lies outside the file's own stretch has not gone


async def test_what_a_batch_did_is_taken_back(tmp_path: Path) -> None:
    settings = batch.read_settings(state=tmp_path / "state")
    table = timetable(tmp_path / "t.csv", lessons(3))
    sent = await batch.submit(table, settings=settings, sandbox=True)
    seen: list[batch.Progress] = []
    undone = await batch.undo(
        sent.facts.batch, rows=[2, 4], settings=settings, sandbox=True, progress=seen.append
    )
    assert [(row.number, row.outcome) for row in undone.rows] == [
        (2, batch.Outcome.CANCELLED),
        (4, batch.Outcome.CANCELLED),
    ]
    assert [row.class_id for row in undone.rows] == [sent.rows[0].class_id, sent.rows[2].class_id]
    assert undone.exit_code == 0
    assert len(seen) == 2
    with pytest.raises(batch.CannotRun) as caught:
        await batch.undo(undone.facts.batch, settings=settings, sandbox=True)
    assert "took back" in caught.value.message


def test_it_may_be_called_from_any_thread(tmp_path: Path) -> None:
    file = timetable(tmp_path / "t.csv", lessons(1))

    async def apart() -> Any:
        return await asyncio.to_thread(lambda: asyncio.run(batch.submit(file, sandbox=True)))

    assert asyncio.run(apart()).exit_code == 0


TYPED = {
    "text stays text": ("00123", "00123"),
    "text that looks like a formula": ("=1+1", "=1+1"),
    "text that looks like an escape": ("_x0041_", "_x0041_"),
    "other scripts": ("日本語 👩‍🏫", "日本語 👩‍🏫"),
    "a number": (60, 60),
    "a number of numpy's": (np.int64(60), 60),
    "a whole number with a point": (60.0, 60),
    "a number of more digits than a spreadsheet keeps": (12345678901234567890, 12345678901234567890),
    "a length of time": (pd.Timedelta(minutes=45), timedelta(minutes=45)),
    "a moment in fractions of a second": (pd.Timestamp("2031-09-01 13:59:59.9999"), datetime(2031, 9, 1, 14)),  # noqa: DTZ001 - a wall clock
    "yes or no": (True, True),
    "a date and time": (pd.Timestamp("2031-09-01 14:00"), datetime(2031, 9, 1, 14)),  # noqa: DTZ001 - a wall clock
    "a date": (date(2031, 9, 1), date(2031, 9, 1)),
    "a time of day": (time(14, 30), time(14, 30)),
    "a moment, whose offset no cell holds": (
        datetime(2031, 9, 1, 14, tzinfo=UTC),
        "2031-09-01T14:00:00+00:00",
    ),
    "nothing": (None, None),
    "not a number": (float("nan"), None),
    "not a time": (pd.NaT, None),
    "missing": (pd.NA, None),
}


@pytest.mark.parametrize(("value", "cell"), TYPED.values(), ids=TYPED)
def test_a_value_of_a_table_is_a_cell_of_its_kind(value: object, cell: object) -> None:
    loaded = batch.from_frame(frame({**GOOD, "note": value}))
    assert loaded.rows[0].cells[-1] == cell
    assert type(loaded.rows[0].cells[-1]) is type(cell)


@pytest.mark.parametrize(
    "value",
    [["a"], "a" * 40_000, "a\ud800", object(), float("inf")],
    ids=["list", "long", "half", "object", "endless"],
)
def test_a_value_that_no_cell_can_hold_is_a_sentence(value: object) -> None:
    with pytest.raises(batch.CannotRun, match="timetable of ours, row 3, note: "):
        batch.from_frame(frame({**GOOD, "note": ""}, {**GOOD, "note": value}), name="timetable of ours")


def test_a_table_is_read_like_a_sheet_of_the_same_cells(tmp_path: Path) -> None:
    """Blank lines, totals and a banner above the header: the same rows under the same numbers."""
    lines: list[list[Any]] = [
        ["Autumn term", None, None, None],
        ["title", "start_time", "presenter_email", "duration"],
        ["Algebra I", datetime(2031, 9, 1, 14), "ana.diaz@school.example", 45.0],  # noqa: DTZ001 - a wall clock
        [None, "", " ", None],
        ["Algebra II", "2031-09-02 14:00", "ana.diaz@school.example", 45],
        ["Total", None, None, 90],
    ]
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    book.save(tmp_path / "t.xlsx")
    sheet = batch.check(tmp_path / "t.xlsx", sandbox=True)
    table = batch.check(
        batch.from_frame(pd.DataFrame(lines[1:], columns=pd.Index(lines[0]), dtype=object)), sandbox=True
    )
    assert table.rows[0].number == 3
    assert [replace(row, sheet="") for row in sheet.rows] == list(table.rows)
    assert [note for note in sheet.notes if "header" in note] == [
        note for note in table.notes if "header" in note
    ]


def test_a_table_without_a_column_that_is_needed_is_a_sentence() -> None:
    with pytest.raises(batch.CannotRun) as caught:
        batch.from_frame(frame({"title": "Algebra I"}))
    assert "start_time" in caught.value.message


def test_a_report_is_the_table_of_the_results_sheet_and_can_be_handed_in_again() -> None:
    report = batch.check(batch.from_frame(frame(GOOD, {**GOOD, "start_time": "soon"})), sandbox=True)
    table = batch.to_frame(report)
    assert list(table.columns) == [*RESULTS_FIRST, *GOOD, *RESULTS_LAST]
    assert table.loc[1, "error_code"] == "1022"
    assert "is not a date and time" in str(table.loc[1, "message"])
    table.loc[1, "start_time"] = pd.Timestamp("2031-09-02 14:00")
    assert batch.check(batch.from_frame(table), sandbox=True).counts["ready"] == 2


async def test_how_far_a_run_is_is_heard_row_by_row(tmp_path: Path) -> None:
    heard: list[batch.Progress] = []
    await batch.submit(timetable(tmp_path / "t.csv", lessons(5)), sandbox=True, progress=heard.append)
    assert [each.done for each in heard] == [1, 2, 3, 4, 5]
    assert {each.outcome for each in heard} == {batch.Outcome.SCHEDULED}
    assert heard[-1].total == 5


def cancels_its_task(task: asyncio.Task[batch.Report]) -> None:
    task.cancel()


def raises_cancelled(_: asyncio.Task[batch.Report]) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("stop", [cancels_its_task, raises_cancelled])
async def test_a_cancelled_run_goes_on_where_it_was(
    tmp_path: Path,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    stop: Callable[[asyncio.Task[batch.Report]], None],
) -> None:
    for name, value in {
        **KEYS,
        "CLASSBATCH_BASE_URL": service.url,
        "CLASSBATCH_SETTLE_S": "0",
        "CLASSBATCH_TIMEOUT_S": "2",
    }.items():
        monkeypatch.setenv(name, value)
    file, settings = timetable(tmp_path / "t.csv", lessons(20)), batch.read_settings(state=tmp_path / "state")

    def cancels(progress: batch.Progress) -> None:
        heard.append(progress.done)
        if progress.done == 3:
            stop(task)

    heard: list[int] = []
    task = asyncio.create_task(batch.submit(file, settings=settings, progress=cancels))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(heard) < 20, "it ended there"
    again = await batch.submit(file, settings=settings)
    assert again.counts["scheduled"] + again.counts["already"] == 20
    assert again.counts["already"] >= 3


def test_a_report_is_one_line_in_a_log_and_a_short_table_in_a_notebook() -> None:
    hostile = {**GOOD, "title": "<script>alert(1)</script>", "start_time": "soon"}
    report = batch.check(batch.from_frame(frame(GOOD, *[hostile] * 12), name="a<b"), sandbox=True)
    assert repr(report) == "<Report of a<b: 12 invalid, 1 ready>"
    shown = report._repr_html_()
    assert "<p><b>a&lt;b</b>: 12 invalid, 1 ready</p>" in shown
    assert shown.count("<tr>") == 11, "a heading and ten rows"
    assert "and 2 more rows" in shown
    assert "<script>" not in shown
    assert "<table>" not in batch.check(batch.from_frame(frame(GOOD)), sandbox=True)._repr_html_()


NO_SOURCES = {"a number": 5, "bytes": b"term.csv", "nothing": None, "a table": pd.DataFrame([GOOD])}


@pytest.mark.parametrize("source", NO_SOURCES.values(), ids=NO_SOURCES)
async def test_what_is_no_timetable_is_named(source: Any) -> None:
    expected = f"not a {type(source).__name__}"
    with pytest.raises(TypeError, match=expected):
        batch.check(source, sandbox=True)
    with pytest.raises(TypeError, match=expected) as caught:
        await batch.submit(source, sandbox=True)
    assert ("batch.from_frame" in str(caught.value).partition(expected)[2]) == isinstance(
        source, pd.DataFrame
    )


def test_a_setting_that_is_none_is_a_sentence() -> None:
    for wrong in ({"in_fligth": 3}, {"secret_key": "x"}, {"in_flight": 99}):
        with pytest.raises(batch.CannotRun):
            batch.read_settings(**wrong)


PROGRAM = '''
"""A small program of a library user's, as strict as mypy can be."""

import asyncio
from pathlib import Path

import batch


async def send(file: Path) -> list[str]:
    settings: batch.Settings = batch.read_settings(max_concurrent_classes=5, state="state")
    table: batch.Timetable = batch.load(file, settings=settings)
    checked: batch.Report = batch.check(table, settings=settings, sandbox=True)
    wrong: tuple[batch.ResultRow, ...] = checked.rows_that_are(batch.Outcome.INVALID, batch.Outcome.HELD)
    try:
        report = await batch.submit(batch.from_frame(batch.to_frame(table)), settings=settings, sandbox=True)
    except (batch.CannotRun, batch.Unfinished) as error:
        return [error.message, error.hint]
    reveal_type(report.counts["scheduled"])
    return [row.call_id or "" for row in report.rows if row not in wrong]


if __name__ == "__main__":
    print(len(asyncio.run(send(Path("t.csv")))), "sent")
'''


@pytest.mark.thorough
def test_a_strict_program_passes_from_an_installed_wheel(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="builds the wheel; comes with the dev extra")
    pytest.importorskip("mypy", reason="comes with the dev extra")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, check=True, cwd=ROOT, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    # The dependencies of the environment that runs this test, behind the wheel.
    (site / "dependencies.pth").write_text(f"{Path(pd.__file__).parent.parent}\n")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    timetable(tmp_path / "t.csv", lessons(2))
    python = str(home / "bin" / "python")
    check = [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "--cache-dir", "cache"]
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    checked = subprocess.run(
        [*check, "program.py"],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert 'Revealed type is "int"' in checked.stdout.replace("builtins.", "")
    runs = PROGRAM.replace("    reveal_type", "    # reveal_type")
    where = "import batch; assert 'site-packages' in batch.__file__\n"
    ran = subprocess.run(
        [python, "-c", where + runs],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "2 sent\n"), ran.stderr


def test_a_report_on_a_table_keeps_its_index_and_the_types_of_its_columns() -> None:
    frame = pd.DataFrame(
        {
            "title": ["Algebra", "", "Chess"],
            "start_time": pd.to_datetime(["2031-09-01 09:00", "2031-09-01 10:00", "2031-09-01 11:00"]),
            "time_zone": pd.Categorical(["Europe/London"] * 3),
            "presenter_email": [f"t{number}@school.example" for number in range(3)],
            "duration": [60, 45, 45],
            "fee": [1.5, 2.5, 3.5],
        },
        index=pd.Index(["a", "b", "b"], name="lesson"),
    )
    report = batch.check(batch.from_frame(frame), sandbox=True)
    table = batch.to_frame(report, of=frame)
    assert list(table.index) == ["a", "b", "b"]
    assert dict(table[list(frame.columns)].dtypes) == dict(frame.dtypes)
    assert list(table["outcome"]) == ["ready", "invalid", "ready"]
    assert list(table.columns) == list(batch.to_frame(report).columns)
    pd.testing.assert_frame_equal(table[list(frame.columns)], frame)
    for another in (frame.drop(columns="fee"), frame.iloc[:1]):
        with pytest.raises(ValueError, match="not the table"):
            batch.to_frame(report, of=another)
