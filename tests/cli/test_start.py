"""How quickly the command is there: help needs none of the heavy libraries."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from batch.cli.main import main
from tests.support.command import ROOT
from tests.support.commands import COMMANDS

HEAVY = {
    *("aiohttp", "asyncio", "lxml", "numpy", "openpyxl", "pandas", "rich", "ssl", "tenacity", "xlsxwriter"),
    *("importlib.metadata", "yarl"),
    *("procrastinate", "psycopg", "psycopg_pool"),
}
#: For rows that repeat, zones by the names of Windows, a settings file.
SELDOM = {"dateutil", "tomllib", "tzlocal"}
LOADED = """
import json, sys
from batch.cli.main import main
try:
    main(sys.argv[1:], prog_name="classbatch")
except SystemExit as left:
    assert not left.code, left.code
sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


def loaded_by(*words: str) -> set[str]:
    """Every module that the command has imported when it ends."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout
    return set(json.loads(ended.stderr))


ASKED = [("--help",), ("--version",), *((name, "--help") for name in COMMANDS)]


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert not loaded_by(*words) & HEAVY


def test_the_list_of_commands_imports_no_command() -> None:
    assert not {name for name in loaded_by("--help") if name.startswith(("batch.settings", "batch.core"))}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_a_command_in_the_list_is_how_its_help_begins(name: str) -> None:
    shown = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    (line,) = re.findall(rf"^  {name} +(.+)\.$", shown, re.MULTILINE)
    assert (COMMANDS[name].help or "").startswith(line)


def test_a_check_does_without_what_only_sending_and_writing_need() -> None:
    assert not loaded_by("check", "samples/autumn-term.csv") & (HEAVY - {"rich"})
    assert not loaded_by("check", "samples/autumn-term.csv", "--quiet", "--json", "-") & (HEAVY | SELDOM)


def test_every_command_is_named_with_a_line_of_help() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "batch", "--help"],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for command in COMMANDS:
        (line,) = [line for line in shown.splitlines() if line.strip().startswith(f"{command} ")]
        assert len(line.split()) > 3, line


def test_the_machine_runs_the_tests_by_the_line_that_people_are_told() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in readme if ".[test]" in line]
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


MEANT = {
    "a slip in a command": (["chek", "term.xlsx"], "No such command 'chek'. Did you mean check?"),
    "what is near to nothing": (["schedule-it-all"], "No such command 'schedule-it-all'."),
    "a dry run": (
        ["submit", "term.xlsx", "--dry-run"],
        "That is classbatch check FILE: it says what would be sent, and sends nothing.",
    ),
}


@pytest.mark.parametrize(("words", "says"), MEANT.values(), ids=MEANT)
def test_who_means_something_else_is_told_what_it_is_called(words: list[str], says: str) -> None:
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 2
    assert ran.output.rstrip().endswith(says)
