"""One table is behind flags, settings, template and docs."""

import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import pytest
from click.testing import CliRunner

from batch.cli.main import main
from batch.cli.options import SettingsCommand, setting_options
from batch.core.rows.columns import BY_NAME
from batch.settings.setting import Group, Secret, flag_of
from batch.settings.table import DEFAULTABLE, SETTING, SETTINGS, TABLES, Settings, names_in
from docs.make_docs import settings_table, settings_toml

TEMPLATE = Path(__file__).parents[2] / "templates" / "classbatch.toml"


def test_the_facts_of_a_setting_agree() -> None:
    types = get_type_hints(Settings)
    for each in SETTINGS:
        takes_none = type(None) in get_args(types[each.name])
        kind = next(iter(get_args(types[each.name])), types[each.name])
        assert takes_none == (each.default is None) or each.name == "state", each.name
        assert each.default is None or type(each.default) is kind, each.name
        assert each.default is None or each.read(each.default) == each.default, each.name
        assert each.default is not None or each.default_text, each.name
        assert len(each.brief) <= 48, each.name
        assert each.secret == (kind is Secret), each.name
    assert len(SETTINGS) == len(fields(Settings)) - len(TABLES) - len(
        {"read_from", "remembered_in", "ignored_proxies"}
    )
    assert list(dict.fromkeys(each.group for each in SETTINGS)) == list(Group)


@pytest.mark.parametrize("flag", [{"brief": "For one run."}, {"rare": True}])
def test_a_secret_can_have_no_flag(flag: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="secret"):
        replace(SETTING["access_key"], **flag)


def test_the_template_file_is_made_from_the_table() -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == settings_toml(), "run: python docs/make_docs.py"


def test_the_docs_have_every_setting_and_flag() -> None:
    tables = settings_table()
    for each in SETTINGS:
        assert f"\n| `{each.name}` |" in tables
        assert each.flag is None or f"`{each.flag}" in tables
    for table in tables.split("\n\n"):  # as many cells in each row, whatever stands in them
        assert len({line.replace("\\|", "").count("|") for line in table.strip().splitlines()}) == 1


@click.command(cls=SettingsCommand)
@setting_options(*names_in(*Group))
def command(**flags: object) -> None:
    for name, value in flags.items():
        if value is not None:
            click.echo(f"{name}={value}")


def test_a_flag_that_is_not_given_is_none() -> None:
    assert CliRunner().invoke(command).output == ""


@pytest.mark.parametrize("argument", ["--help", "--help-all"])
def test_help_shows_what_people_use_and_help_all_the_rest(argument: str) -> None:
    shown = CliRunner().invoke(command, [argument], terminal_width=200).output
    expected = [each for each in SETTINGS if each.brief or (each.rare and argument == "--help-all")]
    flags = {name for name in SETTING if f"{flag_of(name)} " in shown}
    assert flags == {each.name for each in expected}
    assert "--config PATH" in shown
    headings = [line.removesuffix(":") for line in shown.splitlines() if line and not line.startswith(" ")]
    assert headings[2:] == list(dict.fromkeys(each.group.value for each in expected))


@pytest.mark.parametrize("name", ["submit", "check", "nightly", "serve", "doctor"])
def test_help_is_short(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"], terminal_width=80).output
    _, _, options = shown.partition("Options:\n")
    assert len([line for line in options.splitlines() if line.startswith("  ")]) < 25
    assert "--help-all" in options


@pytest.mark.parametrize("name", ["access_key", "secret_key", "max_rows"])
def test_what_has_no_flag_cannot_be_made_an_option(name: str) -> None:
    with pytest.raises(ValueError, match="has no flag"):
        setting_options(name)


@pytest.mark.parametrize("name", [each.name for each in SETTINGS if each.flag is None])
@pytest.mark.parametrize("written", ["{}", "{}=1", "{} 1"])
def test_who_takes_a_setting_for_a_flag_is_told_where_it_stands(name: str, written: str) -> None:
    result = CliRunner().invoke(command, written.format(flag_of(name)).split())
    assert result.exit_code == 2
    assert f"{flag_of(name)} is not an option" in result.output
    assert f"the variable {SETTING[name].variable}, or write {name} = " in result.output


def test_negated_too() -> None:
    said = CliRunner().invoke(command, ["--no-extend-counts"]).output
    assert "--no-extend-counts is not an option" in said
    assert "write extend_counts = " in said


def test_a_flag_that_never_was_is_told_by_click() -> None:
    assert "No such option" in CliRunner().invoke(command, ["--sheets"]).output


FLAGS = {
    "which header is which column": (
        ["--map", "Teacher=presenter_email", "--map", "a = b =title", "--map", "Room="],
        "columns={'Teacher': 'presenter_email', 'a = b': 'title', 'Room': ''}\n",
    ),
    "a yes or no can be said either way": (["--quiet", "--no-audit"], "quiet=True\naudit=False\n"),
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
    "no choice": (["--fit", "best"], "'best' is not one of 'first', 'most'"),
    "http to elsewhere": (["--base-url", "http://class.example/"], "Write https:// instead"),
}


@pytest.mark.parametrize(("arguments", "says"), BAD_FLAGS.values(), ids=BAD_FLAGS)
def test_a_bad_flag_is_told_by_click(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, says in " ".join(result.output.split())) == (2, True)


def test_no_message_and_no_page_names_a_flag_that_is_none() -> None:
    root = Path(__file__).parents[2]
    # `--first-time` says for one run, without a day, what the setting says for two days.
    gone = {flag_of(each.name) for each in SETTINGS if each.flag is None} - {"--first-time"}
    pages = [*(root / "batch").rglob("*.py"), *(root / "docs").glob("*.md"), root / "README.md"]
    for page in pages:
        text = page.read_text("utf-8").replace("classbatch sandbox --limit-policy", "")  # it has its own
        named = {flag for flag in gone if re.search(rf"(?<!-){flag}(?![\w-])", text)}
        assert not named or page.match("cli/sandbox.py"), page


def test_the_changelog_names_every_flag_that_went_away() -> None:
    gone = {each.name for each in SETTINGS if each.flag is None and not each.secret} - {"first_time"}
    changelog = (Path(__file__).parents[2] / "docs" / "changelog.md").read_text("utf-8")
    assert gone == {name for name in gone if f"`{name}`" in changelog}


def test_settings_are_quick_to_import() -> None:
    code = "import sys, batch.settings.resolve; sys.exit(bool({'yarl', 'aiohttp', 'pandas'} & sys.modules.keys()))"
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
        "lesson_id",
        *("weekday", "repeat", "first_date", "last_date", "times", "weeks", "except"),
    }
