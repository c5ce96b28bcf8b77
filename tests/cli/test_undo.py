"""`classbatch undo`: shown and asked first, and taken back to the end however often it is killed."""

import asyncio
import json
import os
import shlex
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from batch.sandbox.server import Sandbox
from tests.support.command import KEYS, PATIENCE_S, Command, Ran, lesson, lessons, rows_of, timetable, until
from tests.support.sending import sandbox


@asynccontextmanager
async def at_sandbox(folder: Path, **settings: object) -> AsyncIterator[tuple[Command, Sandbox]]:
    """The command beside a sandbox that the test holds in its hands."""
    async with sandbox(**settings) as service:
        quick = {"CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_SETTLE_S": "0", "CLASSBATCH_TIMEOUT_S": "5"}
        yield Command(folder, {**KEYS, **quick}), service


async def ran(command: Command, *arguments: str) -> Ran:
    return await asyncio.to_thread(command, *arguments)


def answered(command: Command, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Its exit code and what it said, on a terminal on which somebody types an answer; none is Ctrl-C."""
    theirs, ours = os.openpty()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        forked = command._begin(arguments, stdin=ours, out=out.fileno(), err=err.fileno())
        os.close(ours)

        def said() -> str:
            return os.pread(err.fileno(), 1 << 16, 0).decode()

        until(lambda: "Take this back?" in said())
        if answer:
            os.write(theirs, answer)
        else:
            forked.send_signal(signal.SIGINT)
        code = forked.wait(PATIENCE_S)
        os.close(theirs)
        return code, said()


def standing(service: Sandbox) -> list[str]:
    return [each.title for each in service.classes if not each.cancelled]


async def test_without_a_terminal_the_plan_is_shown_and_nothing_is_sent(tmp_path: Path) -> None:
    async with at_sandbox(tmp_path) as (command, service):
        timetable(tmp_path / "term.csv", lessons(12))
        assert (await ran(command, "submit", "term.csv")).code == 0
        asked = await ran(command, "undo")
        assert asked.code == 2
        assert "12 classes that it made will be cancelled" in asked.err
        assert "and 2 more" in asked.err
        assert "say --yes" in asked.err
        assert len(standing(service)) == 12
        done = await ran(command, "undo", "--yes", "--json", "-")
        assert done.code == 0, done.err
        assert done.json["counts"]["cancelled"] == 12
        assert standing(service) == []
        results = rows_of(tmp_path / "term-undo-results.xlsx")
        assert [row["outcome"] for row in results] == ["cancelled"] * 12


@pytest.mark.parametrize(("answer", "code", "left"), [(b"y\n", 0, 0), (b"n\n", 2, 2), (b"", 2, 2)])
async def test_on_a_terminal_somebody_is_asked(answer: bytes, code: int, left: int, tmp_path: Path) -> None:
    async with at_sandbox(tmp_path) as (command, service):
        timetable(tmp_path / "term.csv", lessons(2))
        assert (await ran(command, "submit", "term.csv")).code == 0
        ended, said = await asyncio.to_thread(answered, command, answer, "undo")
        assert (ended, len(standing(service))) == (code, left), said


ROWS = {
    "2,4": ["Lesson 2", "Lesson 4"],
    "2-4": ["Lesson 4"],
    " 3 , 5 ": ["Lesson 1", "Lesson 3"],
}


@pytest.mark.parametrize(("rows", "left"), ROWS.items(), ids=ROWS)
async def test_rows_are_named_as_excel_shows_them(rows: str, left: list[str], tmp_path: Path) -> None:
    async with at_sandbox(tmp_path) as (command, service):
        timetable(tmp_path / "term.csv", lessons(4))
        await ran(command, "submit", "term.csv")
        done = await ran(command, "undo", "--rows", rows, "--yes")
        assert (done.code, standing(service)) == (0, left), done.err


WRONG = {
    "no batch": (("undo",), "no batch"),
    "no such batch": (("undo", "20310101-000000-0000"), "20310101-000000-0000"),
    "no numbers": (("undo", "--rows", "two"), "names no rows"),
}


@pytest.mark.parametrize(("arguments", "why"), WRONG.values(), ids=WRONG)
async def test_what_cannot_be_undone_is_told(arguments: tuple[str, ...], why: str, tmp_path: Path) -> None:
    async with at_sandbox(tmp_path) as (command, service):
        done = await ran(command, *arguments, "--yes")
        assert (done.code, why in done.err.casefold()) == (2, True), done.err
        assert not service.call_counts


@pytest.mark.thorough
async def test_an_undo_of_500_rows_that_is_killed_three_times_comes_to_its_end(tmp_path: Path) -> None:
    """What it made is cancelled, what was edited since is left and named, and nothing else is touched."""
    async with at_sandbox(tmp_path, latency_s=0.01, conflict="off") as (command, service):
        others = [
            lesson(number, title=f"Other {number}", presenter_email=f"other{number}@school.example")
            for number in range(1, 6)
        ]
        timetable(tmp_path / "others.csv", others)
        timetable(tmp_path / "term.csv", lessons(500))
        assert (await ran(command, "submit", "others.csv")).code == 0
        assert (await ran(command, "submit", "term.csv")).code == 0
        edited = [2492045, 2492245, 2492544]
        for class_id in edited:
            service.account.edit_by_hand(str(class_id))
        for kills in (1, 2, 3):
            await killed_after(command, service, 110 * kills)
        ended = await ran(command, "undo", "--yes", "--json", "-")
        assert ended.code == 1, ended.err
        held = {row["class_id"]: row["reason"] for row in ended.json["rows"] if row["outcome"] == "held"}
        assert held == {str(class_id): "edited" for class_id in edited}
        assert ended.json["counts"]["cancelled"] == 497
        assert {each.class_id for each in service.classes if not each.cancelled} == {
            *edited,
            *range(2492040, 2492045),
        }
        # It was one batch all along.
        status = await ran(command, "status")
        assert len([line for line in status.out.splitlines() if "term.csv" in line]) == 2, status.out
        assert status.out.count("(took back ") == 1


async def killed_after(command: Command, service: Sandbox, cancels: int) -> None:
    """An undo that is killed in the middle of its work, when so many classes were cancelled."""
    with command.running("undo", "--yes") as running:
        while sum(each.cancelled for each in service.classes) < cancels:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        await asyncio.to_thread(running.wait)
    done = sum(each.cancelled for each in service.classes)
    assert cancels <= done < 497, json.dumps(done)


def test_the_undo_that_is_named_where_all_is_taken_back_works_as_it_is_printed(tmp_path: Path) -> None:
    command, kept = Command(tmp_path), ("--sandbox", "--state", "kept here")
    for name, number in (("a.csv", 1), ("b.csv", 2)):
        timetable(tmp_path / name, [lesson(number)])
        last = command("submit", name, "--json", "-", *kept).json["batch"]
    assert command("undo", "--yes", *kept).code == 0
    again = command("undo", last, "--rows", "2", "--yes", *kept)
    assert again.code == 2
    [step] = [line for line in again.err.splitlines() if "classbatch undo" in line]
    words = shlex.split(step.partition("classbatch ")[2])
    assert "--rows" not in words
    done = command(*words, "--yes", "--json", "-")
    assert done.json["counts"]["cancelled"] == 1, done.err


def test_what_an_undo_leaves_is_named_by_its_title(tmp_path: Path) -> None:
    command, kept = Command(tmp_path), ("--sandbox", "--state", "kept")
    for name in ("a.csv", "b.csv"):
        assert command("submit", timetable(tmp_path / name, [lesson(1)]), *kept).code == 0
    left = command("undo", *kept)
    assert f"{lesson(1)['title']}, Mon 1 Sep 2031 13:00-14:00 (GMT): Left as it is: class" in left.err
    assert "another file" in left.out


@pytest.mark.parametrize("keys", [{}, KEYS], ids=["without keys", "with keys"])
@pytest.mark.parametrize("named", [False, True])
def test_a_batch_of_a_sandbox_is_taken_back_by_the_command_that_is_printed(
    keys: dict[str, str], tmp_path: Path, *, named: bool
) -> None:
    """Without --sandbox it asked for the keys of an account that knows nothing of it."""
    command = Command(tmp_path, keys)
    timetable(tmp_path / "term.csv", lessons(3))
    assert command("submit", "term.csv", "--sandbox", "--state", "state").code == 0
    listed = command("status", "--state", "state").out
    assert "term.csv (sandbox)" in listed
    batch = [listed.splitlines()[1].split()[0]] if named else []
    asked = command("undo", *batch, "--state", "state", "--rows", "2")
    assert (asked.code, "was sent to a sandbox" in asked.err) == (2, True), asked.err
    printed = shlex.split(asked.err.split("there: ")[1].splitlines()[0])[1:]
    done = command(*printed, "--yes")
    assert (done.code, "1 cancelled" in done.out) == (0, True), done.err
