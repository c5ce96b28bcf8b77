"""What is handed out: the versions that are declared, and a source distribution that can test itself."""

import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from openpyxl.cell.text import Text
from openpyxl.worksheet import _read_only, _reader

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DEPENDENCIES = {re.split(r"[<>=;]", line)[0]: line for line in PROJECT["dependencies"]}
#: Whose private parts are used, and what for: their next version may have them otherwise.
PRIVATE = {
    "openpyxl": "readers/openpyxl_patch.py takes the place of the reader's Text; readers/sheet.py asks for _worksheet_path",
}


@pytest.mark.parametrize("name", DEPENDENCIES)
def test_every_dependency_declares_from_which_version_on_it_will_do(name: str) -> None:
    """`.ci/run` installs these very versions and runs the core of the suite on them."""
    assert re.search(r">=\d+(\.\d+)+", DEPENDENCIES[name])


@pytest.mark.parametrize("name", PRIVATE)
def test_where_private_parts_are_used_the_next_version_is_shut_out(name: str) -> None:
    assert re.search(r",<\d+(\.\d+)*", DEPENDENCIES[name]), PRIVATE[name]


def test_what_several_computers_need_is_installed_for_nobody_else() -> None:
    cluster = {re.split(r"[\[<>=;]", line)[0] for line in PROJECT["optional-dependencies"]["cluster"]}
    assert cluster == {"procrastinate", "psycopg"}
    assert not cluster & {re.split(r"\[", name)[0] for name in DEPENDENCIES}


def test_the_private_parts_of_openpyxl_are_there() -> None:
    assert hasattr(_reader, "Text")
    assert issubclass(vars(_read_only)["WorkSheetParser"], _reader.WorkSheetParser)
    assert callable(Text.from_tree)
    book = openpyxl.load_workbook(ROOT / "templates" / "timetable.xlsx", read_only=True)
    sheet = cast("Any", book.worksheets[0])
    assert str(sheet._worksheet_path).endswith(".xml")
    book.close()


def test_the_source_distribution_has_all_that_its_tests_read(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="builds the sdist; comes with the dev extra")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(build, check=True, cwd=ROOT, capture_output=True, timeout=120)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        held = {name.partition("/")[2] for name in packed.getnames()}
    ours = ("batch", "benchmarks", "docs", "samples", "templates", "tests", ".ci")
    files = {path.relative_to(ROOT).as_posix() for folder in ours for path in (ROOT / folder).rglob("*.*")}
    lacking = {name for name in files if "__pycache__" not in name} - held
    assert not {name for name in lacking if (ROOT / name).is_file()}
    assert {".ci/run", ".gitignore", "README.md", "pyproject.toml"} <= held
