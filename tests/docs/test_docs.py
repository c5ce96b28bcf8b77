"""docs/: every command line and every example in it runs; every table is the program's own."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from batch.core.grid.grid_text import read_grid
from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.logs import EVENTS
from docs.make_docs import TABLES, fresh
from tests.support.command import KEYS, PATIENCE_S, ROOT, SAMPLES, Command, lesson, serving, timetable
from tests.support.commands import COMMANDS
from tests.support.warm import warm

DOCS = ROOT / "docs"
#: Their command lines are run here; those of the other pages in tests of their own parts.
PAGES = (
    "architecture.md",
    "changelog.md",
    "compatibility.md",
    "developers.md",
    "exit-codes.md",
    "glossary.md",
    "how-tested.md",
    "library.md",
    "mend.md",
    "messages.md",
    "prepare.md",
    "security.md",
    "send.md",
    "settings.md",
    "term.md",
)
TEXTS = {name: (DOCS / name).read_text("utf-8") for name in PAGES}
#: A row that needs a person, or rows left for the next run, are no failure of a page.
FINE = {Exit.DONE, Exit.NEEDS_A_PERSON, Exit.UNFINISHED}


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXTS[page], re.DOTALL)


def lines(page: str) -> list[str]:
    """The command lines of a page. Keys are not set by a test: it has its own."""
    every = (line for block in blocks(page, "sh") for line in block.splitlines())
    return [line for line in every if line and not line.startswith("export ")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the files that the pages speak of, a service, and `classbatch` on the path."""
    shutil.copy(SAMPLES / "messy-term.xlsx", tmp_path / "term.xlsx")
    shutil.copy(SAMPLES / "clashing-term.csv", tmp_path / "export.csv")
    for ending in ("xlsx", "csv", "toml"):
        shutil.copy(SAMPLES / f"weekly-term.{ending}", tmp_path)
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("results", "templates", "bin"):
        (tmp_path / folder).mkdir()
    ours = lesson(1)
    ours = {"Lesson": ours.pop("title"), "Begins": ours.pop("start_time"), "Who": ours.pop("presenter_email")}
    timetable(tmp_path / "ours.csv", [ours])
    (tmp_path / "bin" / "classbatch").symlink_to(warm(ROOT).program())
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    command = Command(tmp_path)
    with serving(command) as service:
        here = command.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0")
        assert here("submit", "term.xlsx").code == Exit.NEEDS_A_PERSON  # the run whose rows are mended
        environment = {
            **here.variables,
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
        }
        yield tmp_path, environment


@pytest.mark.parametrize("page", [page for page in PAGES if lines(page)])
def test_every_command_line_of_a_page_runs(page: str, desk: tuple[Path, dict[str, str]]) -> None:
    folder, environment = desk
    for line in lines(page):
        ran = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert ran.returncode in FINE, f"{line}\n{ran.stdout}\n{ran.stderr}"
        assert "Traceback" not in ran.stderr, f"{line}\n{ran.stderr}"


@pytest.mark.thorough
def test_the_examples_of_the_library_run_one_after_the_other(desk: tuple[Path, dict[str, str]]) -> None:
    folder, environment = desk
    examples = blocks("library.md", "python")
    assert len(examples) >= 3
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(examples)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "R003" in ran.stdout
    assert (folder / "results.xlsx").exists()


def test_the_example_of_lessons_that_repeat_is_what_check_says(tmp_path: Path) -> None:
    (csv,), (toml, grid), (says,) = (blocks("term.md", language) for language in ("csv", "toml", "text"))
    assert read_grid(tomllib.loads(grid)["grid"])[1] == []
    (tmp_path / "term.csv").write_text(csv, "utf-8")
    (tmp_path / "classbatch.toml").write_text(toml, "utf-8")
    ran = Command(tmp_path)("check", "term.csv", "--state", "state")
    assert ran.code == 0, ran.out
    assert [line for line in ran.err.splitlines() if line.startswith("Row ")] == says.splitlines()


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_a_page_are_the_programs_own(page: str) -> None:
    assert TEXTS[page] == fresh(TEXTS[page]), "run: python docs/make_docs.py"


def test_every_table_stands_on_a_page() -> None:
    for name in TABLES:
        assert any(f"<!-- {name} -->" in text for text in TEXTS.values()), name


def test_every_exit_code_and_outcome_is_told() -> None:
    for code in Exit:
        assert f"| {code.value} |" in TEXTS["exit-codes.md"]
    for outcome in Outcome:
        assert f"| `{outcome}` |" in TEXTS["mend.md"]


def test_every_log_event_is_in_the_catalogue_and_none_is_made_up() -> None:
    sources = "\n".join(file.read_text("utf-8") for file in (ROOT / "batch").rglob("*.py"))
    logged = re.findall(r"\blog\.(?:(?:info|warning|error|exception)\(\s*|log\([^\"]*?)\"([^\"]+)\"", sources)
    assert set(logged) == {event.name for event in EVENTS}
    for event in EVENTS:
        for field in event.fields:
            assert f'"{field}":' in sources


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXTS[page]):
        assert (DOCS / target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_every_flag_of_a_page_exists(page: str) -> None:
    options = (option for command in COMMANDS.values() for option in command.params)
    known = {flag for option in options for flag in (*option.opts, *option.secondary_opts)}
    ours = re.sub(r"`python -m tests\..*?`", "", TEXTS[page])  # the trials' own
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", ours)) <= {*known, "--help"}
