"""What cannot be written or shown ends no run and changes no exit code; what is shown cannot garble the terminal."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.text import visible
from tests.support.command import ROOT, Command, lessons, timetable

FULL = Path("/dev/full")
ENCODINGS = ["ascii", "cp1252"]
CLOSED = {
    "standard output": ">&-",
    "standard error": "2>&-",
    "both": ">&- 2>&-",
    "all three": "<&- >&- 2>&-",
}


def shell(folder: Path, line: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """A line of sh in which `classbatch` is the command, run as cron or a person would."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), **variables}
    script = f'classbatch() {{ "{sys.executable}" -m batch "$@"; }}\n{line}'
    return subprocess.run(
        ["/bin/sh", "-c", script], cwd=folder, env=environment, capture_output=True, timeout=60, check=False
    )


@pytest.fixture
def term(tmp_path: Path) -> Path:
    timetable(tmp_path / "t.csv", [{**row, "title": f"Ökologie ☃ {row['title']}"} for row in lessons(2)])
    return tmp_path


@pytest.mark.thorough
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_terminal_of_another_encoding_gets_every_line(term: Path, encoding: str) -> None:
    (term / "t.csv").write_bytes((term / "t.csv").read_bytes().replace(b"Class", b"Class\xe2\x98\x83"))
    (term / "t.csv").rename(term / "Stundenplan ☃.csv")
    ran = shell(
        term,
        "classbatch submit 'Stundenplan ☃.csv' --sandbox --max-concurrent-classes 1",
        PYTHONIOENCODING=encoding,
    )
    assert ran.returncode in {0, 1}, ran.stderr
    assert b"Traceback" not in ran.stderr
    assert b"\\u2603" in ran.stdout + ran.stderr


@pytest.mark.thorough
def test_a_sign_that_the_terminal_cannot_show_is_a_word(tmp_path: Path) -> None:
    ran = shell(tmp_path, "classbatch doctor --sandbox", PYTHONIOENCODING="ascii")
    assert b"fine credentials: The service accepts the keys." in ran.stdout, ran


@pytest.mark.thorough
@pytest.mark.parametrize("closed", CLOSED.values(), ids=CLOSED)
def test_a_closed_descriptor_changes_nothing(term: Path, closed: str) -> None:
    ran = shell(term, f"classbatch submit t.csv --sandbox --results r.xlsx --json r.json {closed}")
    assert ran.returncode == 0
    assert b"Traceback" not in ran.stdout + ran.stderr
    assert json.loads((term / "r.json").read_bytes())["counts"]["scheduled"] == 2
    assert (term / "r.xlsx").exists()


@pytest.mark.thorough
@pytest.mark.skipif(not FULL.exists(), reason="no such device here")
@pytest.mark.parametrize("full", [">/dev/full", "2>/dev/full", ">/dev/full 2>&1"])
def test_a_full_disk_behind_an_output_changes_nothing(term: Path, full: str) -> None:
    ran = shell(term, f"classbatch submit t.csv --sandbox --results r.xlsx {full}")
    assert ran.returncode == 0
    assert b"Traceback" not in ran.stdout + ran.stderr
    assert (term / "r.xlsx").exists()
    if full == ">/dev/full":
        assert b"not all could be written to standard output" in ran.stderr


@pytest.mark.thorough
def test_a_reader_that_stops_reading_is_no_fault(term: Path) -> None:
    ran = shell(term, "{ classbatch check t.csv --sandbox --json -; echo $? >&2; } | head -c 1")
    assert ran.stderr.splitlines()[-1] == b"0"
    assert b"Traceback" not in ran.stderr
    assert b"standard output" not in ran.stderr


# Nothing of a file reaches the terminal as a command to it.

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
EVIL = "\x1b[2J\x1b]0;pwned\x07\u202egpj"


@pytest.mark.thorough
def test_names_titles_and_headers_cannot_command_the_terminal(classbatch: Command) -> None:
    rows = [{**row, "title": f"{row['title']} {EVIL}", "duration": f"x{EVIL}"} for row in lessons(2)]
    file = timetable(classbatch.folder / f"t{EVIL.replace('/', '')}.csv", rows)
    for arguments in (
        ("check", file.name, "--sandbox"),
        ("submit", file.name, "--sandbox", "--results", f"r{EVIL}.xlsx"),
        ("nightly", file.name, "--sandbox"),
        ("check", f"gone{EVIL}.csv"),
        ("template", f"out{EVIL}.xlsx"),
        ("check", file.name, "--config", f"gone{EVIL}.toml"),
        ("results", f"gone{EVIL}", "--out", "x.xlsx"),
    ):
        ran = classbatch(*arguments)
        assert "Traceback" not in ran.err, arguments
        assert not _COMMANDS.search((ran.out + ran.err).replace("\n", "")), (arguments, ran)


@pytest.mark.thorough
@given(st.text())
def test_what_is_visible_commands_nothing_and_stays_so(text: str) -> None:
    shown = visible(text)
    assert not _COMMANDS.search(shown.replace("\n", ""))
    assert visible(shown) == shown
    shown.encode()
