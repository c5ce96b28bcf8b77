"""One table is behind flags, model, template and README."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pydantic_core import PydanticUndefined

from batch.cli.options import setting_options
from batch.core.rows.columns import BY_NAME
from batch.settings.document import settings_table, settings_toml
from batch.settings.resolve import Settings
from batch.settings.table import DEFAULTABLE, SETTING, SETTINGS

TEMPLATE = Path(__file__).parents[2] / "templates" / "classbatch.toml"
FLAGGED = ["columns", *(setting.name for setting in SETTINGS if not setting.secret)]


def test_the_table_and_the_model_have_the_same_settings_and_defaults() -> None:
    fields = dict(Settings.model_fields)
    assert all(fields.pop(table).default == {} for table in ("defaults", "columns", "values"))
    assert fields.pop("state").default is PydanticUndefined  # the home directory decides
    table = {setting.name: setting.default for setting in SETTINGS if setting.name != "state"}
    assert {name: field.default for name, field in fields.items()} == table


def test_the_template_file_is_made_from_the_table() -> None:
    """If not: python -c "from batch.settings.document import *; print(settings_toml(), end='')" > templates/classbatch.toml."""
    assert TEMPLATE.read_text(encoding="utf-8") == settings_toml()


def test_the_readme_table_has_every_flag_and_variable() -> None:
    table = settings_table()
    for setting in SETTINGS:
        assert f"`{setting.variable}`" in table
        assert setting.flag is None or f"`{setting.flag}" in table
    # As many cells in each row, whatever stands in them.
    assert {line.replace("\\|", "").count("|") for line in table.splitlines()} == {6}


@click.command()
@setting_options(*FLAGGED)
def command(**flags: object) -> None:
    for name, value in flags.items():
        if value is not None:
            click.echo(f"{name}={value}")


def test_a_flag_that_is_not_given_is_none() -> None:
    assert CliRunner().invoke(command).output == ""


def test_every_setting_but_the_secrets_has_a_flag() -> None:
    shown = CliRunner().invoke(command, ["--help"], terminal_width=200).output
    flags = {name for name in SETTING if f"--{name.replace('_', '-')} " in shown}
    assert flags == SETTING.keys() - {"access_key", "secret_key", "notify"}
    assert "--config PATH" in shown


@pytest.mark.parametrize("name", ["access_key", "secret_key"])
def test_a_secret_cannot_be_made_a_flag(name: str) -> None:
    with pytest.raises(ValueError, match="can have no flag"):
        setting_options(name)


FLAGS = {
    "which header is which column": (
        ["--map", "Teacher=presenter_email", "--map", "a = b =title", "--map", "Room="],
        "columns={'Teacher': 'presenter_email', 'a = b': 'title', 'Room': ''}\n",
    ),
    "a yes or no can be said either way": (["--no-audit", "--quiet"], "audit=False\nquiet=True\n"),
    "a choice in any case": (["--account", "Room"], "account=room\n"),
    "tab by its name": (["--delimiter", "tab"], "delimiter=\t\n"),
}


@pytest.mark.parametrize(("arguments", "output"), FLAGS.values(), ids=FLAGS)
def test_flags(arguments: list[str], output: str) -> None:
    assert CliRunner().invoke(command, arguments).output == output


BAD_FLAGS = {
    "a header without a column": (["--map", "Teacher"], "'Teacher' is not HEADER=COLUMN"),
    "a column without a header": (["--map", "=title"], "'=title' is not HEADER=COLUMN"),
    "out of range": (["--in-flight", "33"], "33 is not in the range 1<=x<=32"),
    "two characters": (["--delimiter", ",,"], "',,' is not one character"),
    "no encoding": (["--encoding", "hex"], "'hex' is not a text encoding"),
}


@pytest.mark.parametrize(("arguments", "says"), BAD_FLAGS.values(), ids=BAD_FLAGS)
def test_a_bad_flag_is_told_by_click(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, says in result.output) == (2, True)


def test_help_needs_no_pydantic() -> None:
    code = "import sys, batch.settings.table; sys.exit(bool({'pydantic', 'aiohttp', 'pandas'} & sys.modules.keys()))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_no_default_stands_in_for_what_tells_classes_apart() -> None:
    assert set(BY_NAME) - set(DEFAULTABLE) == {
        "title",
        "start_time",
        "date",
        "end_time",
        "presenter_email",
        "presenter_id",
        "presenter_name",
    }
