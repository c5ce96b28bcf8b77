"""Signals, two at once, the same file again, full and closed disks: the command as a process of its own."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from batch.core.outcome import Outcome
from batch.core.service.first_send import AlikeClasses
from batch.core.tally import Exit
from batch.sandbox import Call, Fault, FaultPlan, fault, no_faults
from tests.trials.case import ACCOUNT, THERE, Case, Expected, Scene
from tests.trials.invariants import cells, judge, ledger
from tests.trials.running import Ran, environment_of, play, run_apart, run_here, scene_of
from tests.trials.timetable import Lesson, write

pytestmark = pytest.mark.thorough

CASE = Case(number=35, name="environment", account=replace(ACCOUNT, latency_s=0.01))
ENDS = frozenset({Exit.DONE, Exit.UNFINISHED})
STOPPED = Expected(outcomes=THERE | {Outcome.NOT_SENT}, exits=frozenset({Exit.UNFINISHED}))


def at_create(number: int, act: Callable[[], None], then: Fault | None = None) -> FaultPlan:
    """Do something when that create arrives; it and all later ones meet `then`."""
    creates = 0

    def plan(call: Call) -> Fault | None:
        nonlocal creates
        creates += call.method == "create"
        if call.method != "create" or creates < number:
            return None
        if creates == number:
            act()
        return then

    return plan


def kill(scene: Scene, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(scene.processes[-1], number)


async def submitted(scene: Scene, name: str = "term", **how: object) -> Ran:
    return await run_apart(scene, environment_of(scene, scene.sandbox.url), name, **how)  # type: ignore[arg-type]  # passed on


async def finishes(scene: Scene, alike: AlikeClasses = AlikeClasses.HOLD) -> None:
    """The same command again ends with everything there, once."""
    play(scene, no_faults)
    ran = await run_here(scene, environment_of(scene, scene.sandbox.url), "term", alike=alike)
    assert judge(CASE, scene, ran, Expected()).broken == []
    assert len(ledger(scene)) == len(scene.lessons)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_a_first_signal_finishes_what_is_under_way_and_exits_75(number: signal.Signals) -> None:
    async with scene_of(CASE, number.name, 40) as scene:
        play(scene, at_create(7, lambda: kill(scene, number)))
        ran = await submitted(scene)
        assert judge(CASE, scene, ran, STOPPED).broken == []
        assert 7 <= len(ledger(scene)) < 40
        await finishes(scene)


async def test_a_second_signal_leaves_at_once_with_130() -> None:
    async with scene_of(CASE, "twice", 40) as scene:

        def twice() -> None:
            kill(scene, signal.SIGINT)
            asyncio.get_running_loop().call_later(0.3, kill, scene, signal.SIGINT)

        play(scene, at_create(6, twice, fault("hang-after-create", 60)))
        scene.environment["CLASSBATCH_TIMEOUT_S"] = "5"
        ran = await submitted(scene)
        assert ran.exit_code == 130
        assert b"Run the same command again to finish" in ran.said
        await finishes(scene)


async def test_a_second_run_exits_75_names_the_first_and_touches_no_file() -> None:
    async with scene_of(CASE, "two", 10) as scene:
        reached, released = asyncio.Event(), asyncio.Event()

        async def held(_: float) -> None:
            reached.set()
            await released.wait()

        scene.sandbox._sleep = held  # the service thinks for as long as the second run lasts
        scene.environment["CLASSBATCH_TIMEOUT_S"] = "20"
        first = asyncio.create_task(submitted(scene))
        await reached.wait()
        before, pid = _files(scene.folder), scene.processes[0]
        second = await submitted(scene, "second")
        after = _files(scene.folder)
        released.set()
        assert second.exit_code == 75
        assert f"pid {pid}".encode() in second.said
        assert b"started 20" in second.said
        assert after == before
        assert judge(CASE, scene, await first, Expected()).broken == []


async def test_a_run_that_was_stopped_keeps_its_place_and_goes_on_where_it_was() -> None:
    """SIGSTOP until every answer is overdue: a lock does not run out, as a lease would."""
    async with scene_of(CASE, "stopped", 10) as scene:
        scene.environment["CLASSBATCH_TIMEOUT_S"] = "0.9"
        stopped = asyncio.Event()

        def stop() -> None:
            kill(scene, signal.SIGSTOP)
            stopped.set()

        play(scene, at_create(4, stop))
        first = asyncio.create_task(submitted(scene))
        await stopped.wait()
        pid = scene.processes[0]
        second = await submitted(scene, "second")  # takes longer than any answer is waited for
        os.kill(pid, signal.SIGCONT)
        assert second.exit_code == 75
        assert f"pid {pid}".encode() in second.said
        assert judge(CASE, scene, await first, replace(STOPPED, exits=ENDS)).broken == []
        await finishes(scene)


def _files(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file, and when it was last written; but the journal, which the first run is writing."""
    return {
        str(path): (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(("journal.sqlite3", "watermark"))
        for stat in [path.stat()]
    }


EDITS: dict[str, tuple[Callable[[list[Lesson]], list[Lesson]], int]] = {
    "the same file": (lambda lessons: lessons, 0),
    "rows in another order": (lambda lessons: lessons[::-1], 0),
    "rows left out": (lambda lessons: lessons[2:7], 0),
    "a row in between": (
        lambda lessons: [
            *lessons[:4],
            replace(lessons[0], title="New", teacher="new@school.example"),
            *lessons[4:],
        ],
        1,
    ),
    "two rows changed": (
        lambda lessons: [
            *lessons[:8],
            *(replace(each, start=each.start + timedelta(days=30)) for each in lessons[8:]),
        ],
        2,
    ),
    "the same row a second time": (
        lambda lessons: [*lessons, replace(lessons[0], teacher="new@school.example")],
        1,
    ),
}


@pytest.mark.parametrize(("edit", "new"), EDITS.values(), ids=EDITS)
async def test_a_file_again_sends_only_what_is_new(
    edit: Callable[[list[Lesson]], list[Lesson]], new: int
) -> None:
    async with scene_of(CASE, "edit", 10) as scene:
        environment = environment_of(scene, scene.sandbox.url)
        await run_here(scene, environment, "term")
        before = scene.sandbox.call_counts["create ok"]
        scene.lessons = edit(list(scene.lessons))
        write(scene.folder / "term.csv", list(scene.lessons))
        ran = await run_here(scene, environment, "term")
        assert ran.exit_code in {Exit.DONE, Exit.NEEDS_A_PERSON}
        assert scene.sandbox.call_counts["create ok"] - before == new
        assert [row["outcome"] for row in ran.rows].count(Outcome.ALREADY) == len(scene.lessons) - new


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Makes small disks, where that is allowed."""
    mounted: list[Path] = []

    def make(size: str, *options: str) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        mount = shutil.which("mount")
        if mount is None:
            pytest.skip("there is no mount")
        command = [mount, "-t", "tmpfs", "-o", ",".join((f"size={size}", *options)), "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("a small disk can be mounted by root only")
        mounted.append(place)
        return place

    yield make
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)  # noqa: S607 - where mount is, umount is


def fill(disk: Path) -> None:
    """Not a byte more fits on it."""
    with (disk / "filling").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def nothing_was_sent(scene: Scene, ran: Ran) -> None:
    assert ran.exit_code == Exit.CANNOT_RUN
    assert scene.sandbox.call_counts.total() == 0
    assert not scene.sandbox.classes
    assert ran.said.decode().count('"event": "stopped"') == 1


async def test_a_full_disk_for_the_journal_is_found_before_anything_is_sent(
    disk: Callable[..., Path],
) -> None:
    async with scene_of(CASE, "journal", 10) as scene:
        scene.environment["CLASSBATCH_STATE"] = str(disk("256k"))
        ran = await submitted(scene)
        nothing_was_sent(scene, ran)
        assert b"free" in ran.said


async def test_a_journal_whose_disk_fills_up_sends_nothing_without_an_intent(
    disk: Callable[..., Path],
) -> None:
    async with scene_of(CASE, "filling", 60) as scene:
        state = disk("20m")
        scene.environment["CLASSBATCH_STATE"] = str(state)
        play(scene, at_create(11, lambda: fill(state)))
        ran = await submitted(scene)
        assert ran.exit_code == Exit.CANNOT_RUN, ran.said.decode()
        assert b"cannot be written" in ran.said
        assert 10 <= len(ledger(scene)) < 60
        (state / "filling").unlink()
        await finishes(scene)


async def test_a_journal_that_may_not_grow_sends_nothing_without_an_intent() -> None:
    async with scene_of(CASE, "fsize", 200) as scene:
        ran = await submitted(scene, edges={"most_bytes": 1_200_000})
        assert ran.exit_code == Exit.CANNOT_RUN, ran.said.decode()
        assert len(ledger(scene)) < 200
        await finishes(scene)


async def test_a_read_only_folder_for_the_results_is_found_before_anything_is_sent(
    disk: Callable[..., Path],
) -> None:
    async with scene_of(CASE, "read-only", 10) as scene:
        nothing_was_sent(scene, await submitted(scene, flags=("--results", str(disk("1m", "ro") / "r.xlsx"))))


async def test_a_full_folder_for_the_results_is_found_before_anything_is_sent(
    disk: Callable[..., Path],
) -> None:
    async with scene_of(CASE, "full", 10) as scene:
        place = disk("1m")
        fill(place)
        nothing_was_sent(scene, await submitted(scene, flags=("--results", str(place / "r.xlsx"))))
        assert not (place / "r.xlsx").exists()


async def test_results_whose_disk_fills_up_leave_the_old_ones_and_can_be_made_again(
    disk: Callable[..., Path],
) -> None:
    async with scene_of(CASE, "results", 10) as scene:
        place = disk("2m")
        results = place / "r.xlsx"
        results.write_bytes(b"the old results")
        play(scene, at_create(5, lambda: fill(place)))
        ran = await submitted(scene, flags=("--results", str(results)))
        assert ran.exit_code == Exit.DONE, "every class was scheduled; only the workbook is missing"
        assert b"The journal keeps every row" in ran.said
        assert results.read_bytes() == b"the old results"
        assert {path.name for path in place.iterdir()} == {"r.xlsx", "filling"}
        assert len(ledger(scene)) == 10
        await finishes(scene)


async def test_a_folder_in_the_place_of_the_results_is_told_before_anything_is_sent() -> None:
    async with scene_of(CASE, "folder", 10) as scene:
        (scene.folder / "r.xlsx").mkdir()
        ran = await submitted(scene, flags=("--results", str(scene.folder / "r.xlsx")))
        assert ran.exit_code == Exit.CANNOT_RUN
        assert scene.sandbox.call_counts.total() == 0


async def test_results_that_became_locked_get_another_name() -> None:
    async with scene_of(CASE, "locked", 10) as scene:
        results = scene.folder / "term.xlsx"
        play(scene, at_create(5, results.mkdir))
        ran = await submitted(scene)
        assert ran.exit_code == Exit.DONE, ran.said.decode()
        (moved,) = (path for path in scene.folder.glob("term-*.xlsx"))
        assert moved.name.encode() in ran.said
        assert len(cells(moved)) == 11


async def test_a_link_in_the_place_of_the_results_stays_a_link() -> None:
    async with scene_of(CASE, "link", 10) as scene:
        (scene.folder / "elsewhere").mkdir()
        link = scene.folder / "term.xlsx"
        link.symlink_to(scene.folder / "elsewhere" / "real.xlsx")
        ran = await submitted(scene)
        assert ran.exit_code == Exit.DONE
        assert link.is_symlink()
        assert len(cells(scene.folder / "elsewhere" / "real.xlsx")) == 11
