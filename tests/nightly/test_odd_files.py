"""What nobody foresaw in an inbox: it is that file's alone, and whoever waits for the night hears of it."""

import os
from pathlib import Path

import pytest

from batch import run
from batch.core.tally import Exit
from batch.nightly import importing
from batch.report.wording.messages import both_of
from tests.support.command import Command, lessons, timetable
from tests.support.nights import nights, rows

NOT_UTF8 = os.fsdecode(b"t\xff\xe4.csv")


async def test_a_name_that_is_no_utf_8_is_a_name(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        for name, (first, last) in {"a.csv": (1, 2), NOT_UTF8: (3, 4), "z.csv": (5, 6)}.items():
            school.arrive(name, rows(first, last))
        metrics = tmp_path / "n.prom"
        told = await school.night(metrics_file=str(metrics))
        assert told.exit_code is Exit.DONE
        assert len(school.sandbox.classes if school.sandbox else ()) == 6
        assert sum(path.suffix == ".csv" for path in (school.inbox / "done").iterdir()) == 3
        assert metrics.exists()


@pytest.mark.parametrize("command", ["check", "submit", "nightly"])
def test_a_name_that_is_no_utf_8_is_one_for_every_command(classbatch: Command, command: str) -> None:
    file = timetable(classbatch.folder / NOT_UTF8, lessons(2))
    ran = classbatch(command, file.name, "--sandbox", "--json", "-")
    assert ran.code == 0, ran.err
    assert "Traceback" not in ran.err
    assert ran.json["file"] == "t\ufffd\ufffd.csv"


def a_fault_in(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a bug of ours would show: an exception that nobody words, for one file."""
    honest = run.submit

    async def faulty(job: run.Job, *others: object) -> object:
        if str(job.file).endswith(name):
            raise KeyError("a cell that nobody should read in a mail")
        return await honest(job, *others)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(run, "submit", faulty)


async def test_a_fault_of_ours_is_that_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with nights(tmp_path) as school:
        for name, (first, last) in {"a.csv": (1, 2), "b.csv": (3, 4), "c.csv": (5, 6)}.items():
            school.arrive(name, rows(first, last))
        a_fault_in("b.csv", monkeypatch)
        metrics = tmp_path / "n.prom"
        told = await school.night(metrics_file=str(metrics))
        assert told.exit_code is Exit.CANNOT_RUN
        assert [each.moved.file.parent.name for each in told.taken if each.moved] == [
            "done",
            "failed",
            "done",
        ]
        (failed,) = (each for each in told.taken if each.trouble)
        assert failed.trouble is not None
        said = both_of(failed.trouble)
        assert "fault of classbatch (KeyError)" in said
        assert "a cell that nobody" not in said
        assert list((school.inbox / "failed").glob("*.json"))
        assert len(school.sandbox.classes if school.sandbox else ()) == 4
        assert "exit_code 2.0" in metrics.read_text()


async def test_a_fault_of_ours_before_any_file_is_told_and_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with nights(tmp_path) as school:
        school.arrive("a.csv", rows(1, 2))

        async def faulty(*_: object, **__: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(importing, "look", faulty)
        metrics = tmp_path / "n.prom"
        told = await school.night(metrics_file=str(metrics))
        assert told.exit_code is Exit.CANNOT_RUN
        assert "exit 2" in told.lines[0]
        assert metrics.exists()


async def test_of_thousands_of_strangers_ten_are_named(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.inbox.mkdir(exist_ok=True)
        for number in range(2_010):
            (school.inbox / f"photo{number:05}.jpg").touch()
        for number in range(25):
            school.arrive(f"school{number:02}/t.csv", b"x")
        told = await school.night()
        said = "\n".join(told.said)
        assert said.count("photo") == 10
        assert "and 2,000 more" in said
        assert "accounts of 15 more folders" in said
        assert len(told.taken) == 10
        assert len(said) < 5_000
