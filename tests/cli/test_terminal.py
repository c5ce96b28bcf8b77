"""What a person sees: progress on a terminal, no escape codes anywhere else."""

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.command import ROOT, Command, lesson, lessons, timetable

ESCAPE = "\x1b["


def on_a_terminal(folder: Path, *words: str, **variables: str) -> str:
    """Everything the command shows on a terminal of 200 columns."""
    ours, its = pty.openpty()
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    environment = {**clean, "TERM": "xterm-256color", "COLUMNS": "200", **variables}
    process = subprocess.Popen(
        [sys.executable, "-m", "batch", *words],
        cwd=folder,
        env=environment,
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    shown = b""
    with suppress(OSError):  # Linux says so when the other side has gone
        while block := os.read(ours, 65536):
            shown += block
    os.close(ours)
    process.wait(timeout=60)
    return shown.decode()


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


def test_progress_moves_on_a_terminal_and_the_summary_stays(tmp_path: Path) -> None:
    timetable(tmp_path / "t.csv", lessons(40))
    shown = on_a_terminal(tmp_path, "submit", "t.csv", "--sandbox")
    assert "Scheduling" in shown
    assert re.search(r"\d+/40", plain(shown))
    assert ESCAPE in shown
    assert "t.csv: 40 rows" in plain(shown)
    assert plain(shown).index("Reading t.csv") < plain(shown).index("40 rows"), "said at once"


def test_no_colour_is_no_colour(tmp_path: Path) -> None:
    timetable(tmp_path / "t.csv", [lesson(1, title="")])
    shown = on_a_terminal(tmp_path, "check", "t.csv", NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown)


def test_quiet_shows_no_progress(tmp_path: Path) -> None:
    timetable(tmp_path / "t.csv", lessons(6))  # the last at 18:00: none begins outside the opening hours
    assert on_a_terminal(tmp_path, "submit", "t.csv", "--sandbox", "--quiet") == ""


def test_a_file_or_a_pipe_gets_plain_lines(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", [*lessons(3), lesson(4, title="")])
    ran = classbatch("submit", "t.csv", "--sandbox")
    assert ESCAPE not in ran.out + ran.err
    assert all(line.startswith("There is no column for ") for line in ran.err.splitlines())


@pytest.mark.parametrize("title", ["[red]Art[/red]", "[/]", "\\[bold]", ":smile:", "[link=x]y"])
def test_a_title_is_shown_as_typed(classbatch: Command, title: str) -> None:
    timetable(classbatch.folder / "t.csv", [lesson(1, title=title, duration=title)])
    ran = classbatch("check", "t.csv")
    assert ran.code == 1
    assert f"duration {title!r} is not" in ran.out
