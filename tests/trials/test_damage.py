"""A journal that cannot be trusted sends nothing, says how to recover, and is left as it was found."""

import asyncio
import shutil
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from batch.core.outcome import Outcome
from batch.core.service.first_send import AlikeClasses
from batch.core.tally import Exit
from batch.journal.files import start_over
from batch.sandbox import no_faults
from tests.trials.case import ACCOUNT, Case, Scene
from tests.trials.running import environment_of, play, run_apart, run_here, scene_of
from tests.trials.test_environment import at_create, finishes, kill
from tests.trials.timetable import write

pytestmark = pytest.mark.thorough

_ARRIVES_S = 0.5
CASE = Case(number=44, name="damage", account=replace(ACCOUNT, latency_s=0.01))


def _flip(folder: Path) -> None:
    journal = folder / "journal.sqlite3"
    content = bytearray(journal.read_bytes())
    page = slice(4096 * 4, 4096 * 5)
    content[page] = bytes(255 - byte for byte in content[page])
    journal.write_bytes(content)


def _truncate_wal(folder: Path) -> None:
    wal = folder / "journal.sqlite3-wal"
    content = wal.read_bytes()
    assert content, "the kill left no WAL"
    wal.write_bytes(content[: len(content) // 2])


def _empty_wal(folder: Path) -> None:
    (folder / "journal.sqlite3-wal").write_bytes(b"")


def _no_wal(folder: Path) -> None:
    (folder / "journal.sqlite3-wal").unlink()


def _empty(folder: Path) -> None:
    for path in folder.glob("journal.sqlite3*"):
        path.write_bytes(b"")


def _cut(folder: Path) -> None:
    journal = folder / "journal.sqlite3"
    journal.write_bytes(journal.read_bytes()[: 4096 * 3])


def _gone(folder: Path) -> None:
    for path in folder.glob("journal.sqlite3*"):
        path.unlink()


def _something_else(folder: Path) -> None:
    _gone(folder)
    (folder / "journal.sqlite3").write_text("Dear diary")


def _newer(folder: Path) -> None:
    connection = sqlite3.connect(folder / "journal.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _anothers(folder: Path) -> None:
    connection = sqlite3.connect(folder / "journal.sqlite3")
    with connection:
        connection.execute("UPDATE account SET id = 'another'")
    connection.close()


def _garbled_watermark(folder: Path) -> None:
    (folder / "watermark").write_bytes(b"\xff\xfe not a number")


async def _killed_midway(scene: Scene) -> None:
    """What a run leaves that never came to clean up: the newest commits stand in the WAL alone."""
    play(scene, at_create(25, lambda: kill(scene, signal.SIGKILL)))
    ran = await run_apart(scene, environment_of(scene, scene.sandbox.url), "term")
    assert ran.exit_code == -signal.SIGKILL


async def _finished(scene: Scene) -> None:
    """What a run leaves that came to its end: no WAL."""
    ran = await run_here(scene, environment_of(scene, scene.sandbox.url), "term")
    assert ran.exit_code == Exit.DONE


Before = Callable[[Scene], Awaitable[None]]

#: What went before, what is done to the folder, and what is said of it.
DAMAGE: dict[str, tuple[Before, Callable[[Path], None], str]] = {
    "a flipped page": (_finished, _flip, "is damaged"),
    "cut short": (_finished, _cut, "is damaged"),
    "a truncated WAL": (_killed_midway, _truncate_wal, "has lost its newest entries"),
    "an empty WAL": (_killed_midway, _empty_wal, "has lost its newest entries"),
    "no WAL": (_killed_midway, _no_wal, "has lost its newest entries"),
    "zero length": (_killed_midway, _empty, "is empty or not a journal"),
    "deleted": (_finished, _gone, "is gone"),
    "something else": (_finished, _something_else, "is damaged"),
    "a newer version": (_finished, _newer, "is of version 99"),
    "another account's": (_finished, _anothers, "belongs to another account"),
    "a garbled watermark": (_finished, _garbled_watermark, "watermark"),
}


@pytest.mark.parametrize(("before", "damage", "says"), DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_journal_sends_nothing_says_how_to_recover_and_is_left_alone(
    before: Before, damage: Callable[[Path], None], says: str
) -> None:
    async with scene_of(CASE, says, 40) as scene:
        await before(scene)
        folder = next((scene.folder / "state").iterdir())
        damage(folder)
        kept = folder.with_name("kept")
        shutil.copytree(folder, kept)
        await asyncio.sleep(_ARRIVES_S)  # what the killed run had under way
        calls = scene.sandbox.call_counts.total()
        play(scene, no_faults)
        ran = await run_apart(scene, environment_of(scene, scene.sandbox.url), "term")
        assert ran.exit_code == Exit.CANNOT_RUN, ran.said.decode()
        assert scene.sandbox.call_counts.total() == calls
        said = ran.said.decode()
        assert says in said
        assert "Nothing was sent" in said
        assert "Traceback" not in said
        assert _content(folder) == _content(kept)


def _content(folder: Path) -> dict[str, bytes]:
    """What the files say; the lock, an empty WAL and SQLite's index of it are nobody's loss."""
    return {
        path.name: content
        for path in folder.iterdir()
        if path.name != "lock" and not path.name.endswith("-shm")
        if (content := path.read_bytes()) or not path.name.endswith("-wal")
    }


#: What went before, what was done to the folder, and whether yesterday's journal is at hand.
LOSSES: dict[str, tuple[Before, Callable[[Path], None], bool]] = {
    "all of it": (_finished, _something_else, False),
    "the newest entries": (_killed_midway, _empty_wal, False),
    "all of it, with a backup": (_finished, _gone, True),
}


@pytest.mark.parametrize(("before", "loss", "has_backup"), LOSSES.values(), ids=LOSSES)
async def test_a_journal_that_was_started_over_schedules_nothing_twice(
    before: Before, loss: Callable[[Path], None], has_backup: bool
) -> None:
    async with scene_of(CASE, "start over", 40) as scene:
        # Titles that repeat every few hours can be listed in several ways, and nobody but the person could tell.
        scene.lessons = [
            replace(each, title=f"{each.title} {number}") for number, each in enumerate(scene.lessons)
        ]
        backup = None
        if has_backup:
            lessons, scene.lessons = scene.lessons, scene.lessons[:10]
            await _finished(scene)
            folder = next((scene.folder / "state").iterdir())
            backup = scene.folder / "yesterday.sqlite3"
            shutil.copy(folder / "journal.sqlite3", backup)
            scene.lessons = lessons
            write(scene.folder / "term.csv", list(scene.lessons))
        await before(scene)
        folder = next((scene.folder / "state").iterdir())
        loss(folder)
        start_over(folder, folder.name, time.time(), backup, timeout_s=3)
        if not has_backup:  # what is not listed is in doubt, until somebody has looked
            ran = await run_here(scene, environment_of(scene, scene.sandbox.url), "term")
            assert {row["outcome"] for row in ran.rows} <= {Outcome.ALREADY, Outcome.UNKNOWN}
        await finishes(scene, AlikeClasses.HOLD if has_backup else AlikeClasses.AS_NEW)
        await finishes(scene)  # and once more: the look-up has settled it


async def test_starting_over_sends_nothing_for_an_account_that_does_not_list() -> None:
    case = replace(CASE, account=replace(CASE.account, list_without_id=False))
    async with scene_of(case, "start over", 10) as scene:
        await _finished(scene)
        calls = scene.sandbox.call_counts["create ok"]
        folder = next((scene.folder / "state").iterdir())
        _gone(folder)
        start_over(folder, folder.name, time.time(), timeout_s=3)
        ran = await run_here(scene, environment_of(scene, scene.sandbox.url), "term")
        assert {row["outcome"] for row in ran.rows} == {Outcome.UNKNOWN}
        assert ran.exit_code in {Exit.UNKNOWN, Exit.UNFINISHED}
        assert scene.sandbox.call_counts["create ok"] == calls
