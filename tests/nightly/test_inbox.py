"""What is taken from an inbox, what is left alone, and that nothing is written over when it is put away."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.nightly.filing import Destination
from batch.nightly.inbox import Arrived, look
from tests.support.words import stops

NOW = 1_900_000_000.0


def put(path: Path, content: str = "title\n", *, age_s: float = 3600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (NOW - age_s, NOW - age_s))
    return path


class Clock:
    """Time passes only in `sleep`; meanwhile something may happen."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.now = NOW
        self.slept: list[float] = []
        self._meanwhile = meanwhile

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self._meanwhile()


def seen(inbox: Path, clock: Clock | None = None, *accounts: str, settled_s: float = 10) -> Arrived:
    clock = clock or Clock()
    return asyncio.run(look(inbox, accounts, settled_s=settled_s, clock=lambda: clock.now, sleep=clock.sleep))


def names(arrived: Arrived) -> list[str]:
    return [each.path.name for each in arrived.files]


LEFT_ALONE = (
    *("~$term.xlsx", ".term.csv", ".~lock.term.csv#", "term.csv.part", "term.xlsx.tmp"),
    *("term.csv.crdownload", "term.pdf", "term.xls", "term"),
)


@pytest.mark.parametrize("name", ["term.xlsx", "TERM.XLSM", "term.csv", "term.tsv", "term.txt", "a b ü.csv"])
def test_timetables_are_taken(name: str, tmp_path: Path) -> None:
    put(tmp_path / name)
    assert names(seen(tmp_path)) == [name]


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_other_files_are_left_alone(name: str, tmp_path: Path) -> None:
    put(tmp_path / name)
    arrived = seen(tmp_path)
    assert (arrived.files, arrived.growing) == ((), ())
    told = {"term.pdf", "term.xls", "term"}  # nobody hides these, so their owner waits for them
    assert [path.name for path in arrived.others] == ([name] if name in told else [])


def test_the_oldest_comes_first_and_then_the_name(tmp_path: Path) -> None:
    put(tmp_path / "b.csv", age_s=100)
    put(tmp_path / "a.csv", age_s=100)
    put(tmp_path / "c.csv", age_s=200)
    put(tmp_path / "north" / "d.csv", age_s=150)
    assert names(seen(tmp_path, None, "north")) == ["c.csv", "d.csv", "a.csv", "b.csv"]


def test_what_is_old_enough_is_not_waited_for(tmp_path: Path) -> None:
    clock = Clock()
    put(tmp_path / "a.csv", age_s=10)
    assert (names(seen(tmp_path, clock)), clock.slept) == (["a.csv"], [])


def test_what_is_young_is_looked_at_twice(tmp_path: Path) -> None:
    clock = Clock()
    put(tmp_path / "a.csv", age_s=1)
    put(tmp_path / "b.csv", age_s=-3600)  # by another machine's clock
    assert sorted(names(seen(tmp_path, clock))) == ["a.csv", "b.csv"]
    assert clock.slept == [10]


CHANGES: dict[str, Callable[[Path], object]] = {
    "it grows": lambda path: put(path, "title\nmore\n", age_s=-5),
    "it is written again": lambda path: put(path, age_s=-5),
    "another file takes its place": lambda path: put(path.with_suffix(".new"), age_s=-5).rename(path),
    "it was only just begun": lambda path: put(path, "", age_s=-5),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_meanwhile_waits_for_the_next_night(
    change: Callable[[Path], object], tmp_path: Path
) -> None:
    path = put(tmp_path / "a.csv", age_s=1)
    arrived = seen(tmp_path, Clock(lambda: change(path)))
    assert (arrived.files, arrived.growing) == ((), (path,))


def test_what_goes_meanwhile_is_not_missed(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", age_s=1)
    arrived = seen(tmp_path, Clock(path.unlink))
    assert (arrived.files, arrived.growing) == ((), ())


def test_folders_are_accounts_or_told(tmp_path: Path) -> None:
    put(tmp_path / "north" / "a.csv")
    put(tmp_path / "nroth" / "b.csv")
    put(tmp_path / "letters" / "c.pdf")
    for own in ("done", "failed", "unfinished"):
        put(tmp_path / own / "d.csv")
    arrived = seen(tmp_path, None, "north")
    assert [(each.path.name, each.account) for each in arrived.files] == [("a.csv", "north")]
    assert arrived.strangers == (tmp_path / "nroth",)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """It may lead to what nobody meant to hand in, such as a file of keys."""
    secret = put(tmp_path / "elsewhere" / "secret.csv")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.csv").symlink_to(secret)
    arrived = seen(tmp_path / "inbox")
    assert (arrived.files, arrived.others) == ((), (tmp_path / "inbox" / "a.csv",))


def test_an_inbox_that_is_not_there_is_told(tmp_path: Path) -> None:
    with stops(CannotRun, match="cannot be read"):
        seen(tmp_path / "gone")


def shelved(path: Path, to: str = "done") -> list[str]:
    """Put a file away as a night does; the names that it and its results got."""
    shelf = Destination(path, NOW)
    shelf.results.write_text("results")
    shelf.json.write_text("{}")
    moved = shelf.move("done" if to == "done" else "failed", shelf.results)
    assert moved.results
    assert moved.json
    return [each.relative_to(path.parent).as_posix() for each in (moved.file, moved.results, moved.json)]


def test_a_file_and_its_results_stand_together(tmp_path: Path) -> None:
    assert shelved(put(tmp_path / "term.csv")) == [
        "done/20300317-174640-term.csv",
        "done/20300317-174640-term-results.xlsx",
        "done/20300317-174640-term.json",
    ]
    assert shelved(put(tmp_path / "x.xlsx"), "failed")[0] == "failed/20300317-174640-x.xlsx"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    found = [
        shelved(put(tmp_path / name, name), to)
        for name in ("a.csv", "a.xlsx", "a.csv")
        for to in ("done", "failed")
    ]
    every = [name for moved in found for name in moved]
    assert len(set(every)) == len(every) == sum(1 for path in tmp_path.rglob("*") if path.is_file())


def test_a_long_name_fits(tmp_path: Path) -> None:
    moved = shelved(put(tmp_path / f"{'ü' * 120}.csv"))
    assert all(len(name.encode()) < 255 for name in moved)


def test_a_name_that_is_no_text_is_put_away_too(tmp_path: Path) -> None:
    name = os.fsdecode(b"t\xff.csv")
    try:
        path = put(tmp_path / name)
    except OSError:
        pytest.skip("this file system takes no such name")
    assert names(seen(tmp_path)) == [name]
    assert shelved(path)[0].endswith("-t.csv")


def test_what_cannot_be_moved_stays(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv")
    shelf = Destination(path, NOW)
    shelf.json.write_text("{}")
    (tmp_path / "done").rmdir()
    (tmp_path / "done").write_text("a file in the way")
    with stops(CannotRun, match="could not be moved"):
        shelf.move("done", None)
    assert path.exists()
    with stops(CannotRun, match="cannot be made"):
        Destination(path, NOW)
