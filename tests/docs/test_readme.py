"""The README is a short way in: its flags exist, its links lead somewhere, and CI runs its line."""

import re
import shlex
from pathlib import Path

from click import Command

from batch.cli.main import main
from tests.support.commands import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_it_is_short() -> None:
    """What it is, how to try it, where to read on; tables of facts stand on one page of docs/ each."""
    assert len(README.splitlines()) <= 90


def test_every_command_is_named() -> None:
    for name in COMMANDS:
        assert f"| `{name}" in README


def test_every_page_and_picture_it_leads_to_is_there_and_every_page_is_led_to() -> None:
    targets = {target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", README)}
    assert all((ROOT / target).exists() for target in targets)
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert pages <= targets


def options_of(words: list[str]) -> tuple[Command, list[str]]:
    command: Command = main
    if words and words[0] in COMMANDS:
        command, words = COMMANDS[words[0]], words[1:]
    return command, [word for word in words if word.startswith("--")]


def test_every_flag_in_the_readme_exists() -> None:
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL):
        for line in block.splitlines():
            for part in line.split("&&"):
                words = shlex.split(part, comments=True)
                if words and words[0].endswith("classbatch"):
                    command, flags = options_of(words[1:])
                    known = {
                        flag for option in command.params for flag in (*option.opts, *option.secondary_opts)
                    }
                    assert set(flags) <= known, line


def test_ci_runs_the_readmes_line_for_the_tests() -> None:
    line = next(line for line in README.splitlines() if "pytest" in line)
    assert "'.[test]'" in line
    assert line.split("&&")[-1].strip().removeprefix(".venv/bin/") in (ROOT / ".ci" / "run").read_text(
        "utf-8"
    )
