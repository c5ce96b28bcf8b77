"""The README tells what is: its tables are the ones the program is made from, and its lines are run by CI."""

import re
import shlex
from pathlib import Path

import pytest
from click import Command, Group

from batch.cli.main import main
from batch.core.outcome import ENDINGS
from batch.core.rows.columns import columns_table
from batch.core.tally import Exit

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")

TABLES = {"columns": columns_table}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_the_one_the_program_is_made_from(name: str) -> None:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert found, f"README.md has no place for the table of {name}"
    assert found[1].strip() == TABLES[name]().strip(), f"put the output of {TABLES[name].__name__}() there"


def test_every_command_is_named() -> None:
    for name in main.commands:
        assert f"| `{name}" in README


def test_every_outcome_and_exit_code_is_told() -> None:
    for outcome in ENDINGS:
        assert f"| `{outcome}` |" in README
    for code in Exit:
        assert f"| {code.value} |" in README


def options_of(words: list[str]) -> tuple[Command, list[str]]:
    command: Command = main
    while words and isinstance(command, Group) and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
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
