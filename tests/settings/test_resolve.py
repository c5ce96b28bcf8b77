"""Where a setting comes from, what is refused, and that one table is behind all of it."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch.core.errors import CannotRun
from batch.core.rows.columns import BY_NAME
from batch.report.wording.messages import hint_of, message_of
from batch.settings.resolve import load_settings
from batch.settings.table import SETTING, TABLES, Settings
from docs.make_docs import settings_toml
from tests.support.words import stops

ACCESS, SECRET = "canary-access-0001", "canary-secret-0002"
TEMPLATE = Path(__file__).parents[2] / "templates" / "classbatch.toml"
GOOD = {
    "base_url": "https://classapi.example/",
    "access_key": ACCESS,
    "secret_key": SECRET,
    "secret_key_file": "/keys/secret",
    "state": "/var/lib/classbatch",
    "account": "room",
    "max_concurrent_classes": "5",
    "in_flight": "8",
    "attempts": "3",
    "timeout_s": "2.5",
    "settle_s": "0",
    "on_unknown": "ask",
    "audit": "false",
    "max_minutes": "120",
    "max_attendees": "10",
    "past_margin_minutes": "30",
    "sheet": "2026",
    "encoding": "cp1252",
    "delimiter": ";",
    "dates": "dmy",
    "remember": "true",
    "quiet": "true",
    "log": "json",
    "ca_file": str(TEMPLATE),
}
OTHER = {
    **dict.fromkeys(GOOD, "1"),
    "base_url": "https://other.example/",
    "secret_key_file": "/keys/other",
    "state": "/var/lib/other",
    "account": "teacher",
    "on_unknown": "auto",
    "encoding": "utf-8",
    "delimiter": "tab",
    "dates": "mdy",
    "remember": "false",
    "quiet": "false",
    "log": "text",
    "ca_file": __file__,
}
EACH = pytest.mark.parametrize("name", GOOD)


def load(cwd: Path, flags: Mapping[str, object] | None = None, /, **variables: str) -> Settings:
    environ = {"HOME": str(cwd / "home"), **variables}
    return load_settings(flags or {}, environ=environ, cwd=cwd)


def complaint(cwd: Path, flags: Mapping[str, object] | None = None, /, **variables: str) -> str:
    with pytest.raises(CannotRun) as caught:
        load(cwd, flags, **variables)
    assert caught.value.__context__ is None or SECRET not in repr(caught.value.__context__)
    return f"{message_of(caught.value)} {hint_of(caught.value)}"


def write_config(folder: Path, text: str, mode: int = 0o600) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "classbatch.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def write_secret(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_the_template_changes_nothing_until_a_line_is_taken_in(tmp_path: Path) -> None:
    write_config(tmp_path, settings_toml())
    assert load(tmp_path) == load(tmp_path / "elsewhere", HOME=str(tmp_path / "home"))


def test_every_line_of_the_template_can_be_taken_in(tmp_path: Path) -> None:
    lines = [
        line.removeprefix("# ") for line in settings_toml().splitlines() if " = " in line or "# [" in line
    ]
    keys = tomllib.loads(
        "\n".join(line for line in lines if not line.startswith(("secret_key =", "ca_file =")))
    )
    assert keys.keys() == {*SETTING, *TABLES} - {"secret_key", "ca_file"}
    write_config(
        tmp_path, "\n".join(line for line in lines if not line.startswith(("secret_key =", "ca_file =")))
    )
    loaded, untouched = load(tmp_path), load(tmp_path / "elsewhere", HOME=str(tmp_path / "home"))
    same = {name for name, setting in SETTING.items() if setting.default is not None} | {"state"}
    assert {name: getattr(loaded, name) for name in same} == {name: getattr(untouched, name) for name in same}
    assert loaded.defaults == {name: BY_NAME[name].example for name in keys["defaults"]}


# Precedence


@EACH
def test_every_setting_can_come_by_variable(name: str, tmp_path: Path) -> None:
    expected = SETTING[name].read(GOOD[name])
    assert getattr(load(tmp_path, **{SETTING[name].variable: GOOD[name]}), name) == expected


@EACH
def test_every_setting_means_the_same_by_file_as_by_variable(name: str, tmp_path: Path) -> None:
    by_variable = load(tmp_path, **{SETTING[name].variable: GOOD[name]})
    write_config(tmp_path, f"{name} = '{GOOD[name]}'")
    assert load(tmp_path) == by_variable
    if SETTING[name].kind.metavar in {"N", "SECONDS", ""}:
        write_config(tmp_path, f"{name} = {GOOD[name]}")
        assert load(tmp_path) == by_variable


@EACH
def test_a_flag_goes_before_a_variable_and_a_variable_before_the_file(name: str, tmp_path: Path) -> None:
    good, other = SETTING[name].read(GOOD[name]), SETTING[name].read(OTHER[name])
    assert good != other
    write_config(tmp_path, f"{name} = '{GOOD[name]}'")
    variable = {SETTING[name].variable: OTHER[name]}
    assert getattr(load(tmp_path, **variable), name) == other
    if SETTING[name].flag:
        assert getattr(load(tmp_path, {name: good}, **variable), name) == good


def test_a_secret_among_the_flags_is_not_taken(tmp_path: Path) -> None:
    assert load(tmp_path, {"secret_key": SECRET}).secret_key is None


def test_an_empty_value_counts_as_none(tmp_path: Path) -> None:
    write_config(tmp_path, 'sheet = "Autumn"\nencoding = ""\n[defaults]\nduration = ""')
    settings = load(tmp_path, {"sheet": None}, CLASSBATCH_SHEET="")
    assert (settings.sheet, settings.encoding, settings.defaults) == ("Autumn", None, {})


def test_what_else_the_command_was_given_is_left_aside(tmp_path: Path) -> None:
    assert load(tmp_path, {"results": "r.xlsx", "in_flight": 2}).in_flight == 2


def test_defaults_of_variables_and_file_go_together(tmp_path: Path) -> None:
    write_config(tmp_path, "[defaults]\nduration = 45\ntime_zone = 'Europe/Paris'\ncreate_recording = true")
    settings = load(tmp_path, CLASSBATCH_DEFAULTS__DURATION="90", CLASSBATCH_DEFAULTS__ATTENDEE_LIMIT="25")
    assert settings.defaults == {
        "duration": "90",
        "attendee_limit": "25",
        "time_zone": "Europe/Paris",
        "create_recording": "yes",
    }


# Which file, which directory


def test_the_file_here_goes_before_the_one_at_home(tmp_path: Path) -> None:
    write_config(tmp_path / "home/.config/classbatch", "in_flight = 2")
    assert load(tmp_path).in_flight == 2
    write_config(tmp_path / "xdg/classbatch", "in_flight = 3")
    assert load(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "xdg")).in_flight == 3
    write_config(tmp_path, "in_flight = 4")
    assert load(tmp_path).in_flight == 4
    write_config(tmp_path / "named", "in_flight = 5")
    assert load(tmp_path, {"config": Path("named/classbatch.toml")}).in_flight == 5


STATES: dict[str, tuple[dict[str, str], str]] = {
    "at home": ({}, "home/.local/state/classbatch"),
    "where XDG says": ({"XDG_STATE_HOME": "{}/xdg"}, "xdg/classbatch"),
    "not where a relative XDG says": ({"XDG_STATE_HOME": "xdg"}, "home/.local/state/classbatch"),
    "relative to here": ({"CLASSBATCH_STATE": "s"}, "s"),
    "under the home that a variable's ~ means": ({"CLASSBATCH_STATE": "~/s"}, "home/s"),
}


@pytest.mark.parametrize(("variables", "state"), STATES.values(), ids=STATES)
def test_the_state_directory(variables: dict[str, str], state: str, tmp_path: Path) -> None:
    settings = load(tmp_path, **{name: value.format(tmp_path) for name, value in variables.items()})
    assert settings.state == tmp_path / state


def test_a_path_in_the_file_starts_from_the_directory_of_the_file(tmp_path: Path) -> None:
    write_config(tmp_path / "etc", 'state = "s"\nsecret_key_file = "~/k"')
    settings = load(tmp_path, {"config": "etc/classbatch.toml"})
    assert (settings.state, settings.secret_key_file) == (tmp_path / "etc/s", tmp_path / "home/k")


# What is refused, in words

BAD_VARIABLES: dict[str, tuple[dict[str, str], list[str]]] = {
    "a number out of range": (
        {"CLASSBATCH_IN_FLIGHT": "40"},
        [
            "The variable CLASSBATCH_IN_FLIGHT is '40', but it takes a whole number from 1 to 32.",
            "Default: 32",
        ],
    ),
    "no number": ({"CLASSBATCH_TIMEOUT_S": "nan"}, ["'nan'", "a number of seconds above 0, up to 600"]),
    "no choice": ({"CLASSBATCH_ACCOUNT": "school"}, ["'school'", "teacher or room"]),
    "http to elsewhere": (
        {"CLASSBATCH_BASE_URL": "http://classapi.example/"},
        ["The variable CLASSBATCH_BASE_URL:", "https://"],
    ),
    "no such file": ({"CLASSBATCH_CA_FILE": "gone.pem"}, ["gone.pem", "a file that exists"]),
    "every fault at once": (
        {"CLASSBATCH_LOG": "xml", "CLASSBATCH_ATTEMPTS": "0"},
        ["CLASSBATCH_LOG is 'xml'", "CLASSBATCH_ATTEMPTS is '0'"],
    ),
    "a default that no cell could be": (
        {"CLASSBATCH_DEFAULTS__DURATION": "an hour"},
        ["The variable CLASSBATCH_DEFAULTS__DURATION, 'an hour', is not a number of minutes."],
    ),
    "a default of an unknown column": (
        {"CLASSBATCH_DEFAULTS__TIMEZONE": "Europe/Paris"},
        ["CLASSBATCH_DEFAULTS__TIMEZONE is not a column", "Did you mean time_zone?"],
    ),
    "defaults that cannot be read": ({"CLASSBATCH_DEFAULTS": "{"}, ["CLASSBATCH_DEFAULTS cannot be read"]),
    "defaults that are no table": ({"CLASSBATCH_DEFAULTS": "5"}, ["CLASSBATCH_DEFAULTS is not a table"]),
    "a secret key told twice": (
        {"CLASSBATCH_SECRET_KEY": SECRET, "CLASSBATCH_SECRET_KEY_FILE": "/k"},
        ["The variable CLASSBATCH_SECRET_KEY is set, and the variable CLASSBATCH_SECRET_KEY_FILE too."],
    ),
}


@pytest.mark.parametrize(("variables", "parts"), BAD_VARIABLES.values(), ids=BAD_VARIABLES)
def test_a_bad_variable_is_named(variables: dict[str, str], parts: list[str], tmp_path: Path) -> None:
    said = complaint(tmp_path, **variables)
    assert [part for part in parts if part not in said] == []
    assert SECRET not in said


BAD_FILES = {
    "a misspelt key": (
        "in_flihgt = 8",
        ["The setting in_flihgt in {}", "is not known.", "Did you mean in_flight?"],
    ),
    "a key unlike any": ("zzz = 1", ["zzz", "docs/settings.md"]),
    "a column outside [defaults]": ("time_zone = 'UTC'", ["write time_zone under [defaults]"]),
    "a misspelt column": (
        "[defaults]\nlimit_of_attendees = 3",
        ["defaults.limit_of_attendees in {}", "attendee_limit"],
    ),
    "a default title": ("[defaults]\ntitle = 'Algebra'", ["each class has its own", "Take title out"]),
    "a fraction of a request": ("in_flight = 8.5", ["in_flight in {} is '8.5'"]),
    "yes for a number": ("in_flight = true", ["'True'", "a whole number from 1 to 32"]),
    "a list for a text": ("sheet = ['a']", ["sheet in {}", "text"]),
    "a list in [defaults]": ("[defaults]\nduration = [60]", ["defaults.duration in {} is not text", '"60"']),
    "not TOML": ("in_flight: 8", ["{} is not valid TOML", "line 1"]),
    "an unknown zone": ("[defaults]\ntime_zone = 'Paris'", ["'Paris', is not a time zone", "Europe/Paris"]),
    "a list for a secret": (f"secret_key = ['{SECRET}']", ["secret_key in {}", "text"]),
}


@pytest.mark.parametrize(("text", "parts"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_named_with_its_key(text: str, parts: list[str], tmp_path: Path) -> None:
    file = write_config(tmp_path, text)
    said = complaint(tmp_path)
    assert [part for part in parts if part.format(file) not in said] == []
    assert SECRET not in said


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    assert f"There is no settings file {tmp_path / 'c.toml'}." in complaint(tmp_path, {"config": "c.toml"})


def test_a_directory_is_no_settings_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory." in complaint(tmp_path, {"config": tmp_path})


def test_a_file_that_notepad_saved_is_read(tmp_path: Path) -> None:
    (tmp_path / "classbatch.toml").write_bytes(b"\xef\xbb\xbfsheet = 'Herbst'\r\n")
    assert load(tmp_path).sheet == "Herbst"
    (tmp_path / "classbatch.toml").write_bytes("sheet = 'Frühling'".encode("cp1252"))
    assert "is not UTF-8 text" in complaint(tmp_path)


# Secrets


def test_secrets_do_not_show(tmp_path: Path) -> None:
    settings = load(tmp_path, CLASSBATCH_ACCESS_KEY=ACCESS, CLASSBATCH_SECRET_KEY=SECRET)
    shown = f"{settings!r} {settings} {asdict(settings)} {settings.credentials()!r}"
    assert (ACCESS in shown, SECRET in shown) == (False, False)


MISSING = {
    "both": ({}, "no access key and no secret key", ["CLASSBATCH_ACCESS_KEY", "CLASSBATCH_SECRET_KEY_FILE"]),
    "the access key": ({"CLASSBATCH_SECRET_KEY": SECRET}, "no access key to", ["CLASSBATCH_ACCESS_KEY"]),
    "the secret key": ({"CLASSBATCH_ACCESS_KEY": ACCESS}, "no secret key to", ["CLASSBATCH_SECRET_KEY or"]),
    "blank": ({"CLASSBATCH_ACCESS_KEY": ACCESS, "CLASSBATCH_SECRET_KEY": " "}, "no secret key to", []),
}


@pytest.mark.parametrize(("variables", "says", "names"), MISSING.values(), ids=MISSING)
def test_missing_credentials_are_told_when_they_are_needed(
    variables: dict[str, str], says: str, names: list[str], tmp_path: Path
) -> None:
    settings = load(tmp_path, **variables)
    with pytest.raises(CannotRun) as caught:
        settings.credentials()
    assert says in message_of(caught.value)
    assert [name for name in names if name not in hint_of(caught.value)] == []
    assert SECRET not in f"{message_of(caught.value)} {hint_of(caught.value)}"


def test_keys_are_taken_without_the_line_break_that_came_with_them(tmp_path: Path) -> None:
    file = write_secret(tmp_path, f"{SECRET}\r\n".encode())
    credentials = load(
        tmp_path, CLASSBATCH_ACCESS_KEY=f"{ACCESS}\n", CLASSBATCH_SECRET_KEY_FILE=str(file)
    ).credentials()
    assert (credentials.access_key, credentials.secret_key) == (ACCESS, SECRET)


SECRET_FILES = {
    "readable by its group": (SECRET.encode(), 0o640, "Other users of this machine may open"),
    "readable by everyone": (SECRET.encode(), 0o604, "Other users of this machine may open"),
    "empty": (b"\n", 0o600, "something else than one key"),
    "more than a key": (f"secret={SECRET}\nmore".encode(), 0o600, "something else than one key"),
    "no text": (b"\xff\xfe\x00", 0o600, "something else than one key"),
}


@pytest.mark.skipif(os.name != "posix", reason="file modes say nothing here")
@pytest.mark.parametrize(("content", "mode", "says"), SECRET_FILES.values(), ids=SECRET_FILES)
def test_a_secret_file_must_be_private_and_hold_one_key(
    content: bytes, mode: int, says: str, tmp_path: Path
) -> None:
    file = write_secret(tmp_path, content, mode)
    settings = load(tmp_path, {"secret_key_file": file}, CLASSBATCH_ACCESS_KEY=ACCESS)
    with pytest.raises(CannotRun) as caught:
        settings.credentials()
    assert says in message_of(caught.value)
    assert str(file) in message_of(caught.value)
    assert SECRET not in f"{message_of(caught.value)} {hint_of(caught.value)}"


def test_a_secret_file_must_be_there(tmp_path: Path) -> None:
    settings = load(tmp_path, {"secret_key_file": "gone"}, CLASSBATCH_ACCESS_KEY=ACCESS)
    with stops(CannotRun, match="cannot be read: No such file"):
        settings.credentials()


@pytest.mark.skipif(os.name != "posix", reason="file modes say nothing here")
def test_secrets_stand_only_in_a_private_settings_file(tmp_path: Path) -> None:
    write_config(tmp_path, f"secret_key = '{SECRET}'\naccess_key = '{ACCESS}'")
    assert load(tmp_path).credentials().secret_key == SECRET
    file = write_config(tmp_path, f"secret_key = '{SECRET}'", mode=0o644)
    said = complaint(tmp_path)
    assert f"{file} holds secret_key, and other users" in said
    assert f"chmod 600 {file}" in said
    write_config(tmp_path, "in_flight = 2", mode=0o644)
    assert load(tmp_path).in_flight == 2


def test_a_secret_key_by_variable_goes_before_a_secret_file_by_settings_file(tmp_path: Path) -> None:
    write_config(tmp_path, f"secret_key_file = 'gone'\naccess_key = '{ACCESS}'")
    settings = load(tmp_path, CLASSBATCH_SECRET_KEY=SECRET)
    assert (settings.secret_key_file, settings.credentials().secret_key) == (None, SECRET)


# What must never happen


@example("base_url", f"https://user:{SECRET}@host/")
@example("ca_file", "\0")
@example("state", "~")
@given(st.sampled_from(sorted(GOOD)), st.text(max_size=20))
def test_no_text_ends_otherwise_than_in_settings_or_a_sentence(name: str, value: str) -> None:
    environ = {"HOME": "/nonexistent", SETTING[name].variable: value}
    try:
        settings = load_settings({}, environ=environ, cwd=Path("/nonexistent"))
    except CannotRun as error:
        says, fix = message_of(error), hint_of(error)
        named = SETTING[name].variable in says
    else:
        says, fix, named = repr(settings), "not needed", True
    assert (named, bool(fix), SECRET in says) == (True, True, False)
