"""Accounts with settings of their own: whose keys are taken, what goes before what, and what may not stand there."""

import os
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.core.rows.date_order import DateOrder
from batch.report.wording.messages import hint_of, message_of
from batch.settings.accounts import accounts_in
from batch.settings.files import keys_in
from batch.settings.resolve import load_settings
from batch.settings.table import Settings
from tests.support.words import stops

SECRET = "canary-secret-0002"
TWO = f"""
base_url = "https://all.example/"
access_key = "of-nobody"
in_flight = 2
[defaults]
time_zone = "Europe/London"
duration = 45

[accounts.north]
access_key = "of-north"
secret_key_file = "keys/north"
max_concurrent_classes = 5
guard_invalid_percent = 80
[accounts.north.defaults]
duration = 60

[accounts.south]
access_key = "of-south"
secret_key = "{SECRET}"
base_url = "https://south.example/"
"""


def load(cwd: Path, flags: Mapping[str, object] | None = None, /, **variables: str) -> Settings:
    return load_settings(flags or {}, environ={"HOME": str(cwd), **variables}, cwd=cwd)


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "classbatch.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def complaint(cwd: Path, flags: Mapping[str, object] | None = None, /, **variables: str) -> str:
    with pytest.raises(CannotRun) as caught:
        load(cwd, flags, **variables)
    said = f"{message_of(caught.value)} {hint_of(caught.value)}"
    assert SECRET not in said
    return said


def key(settings: Settings) -> str | None:
    return settings.access_key.get_secret_value() if settings.access_key else None


def test_an_account_has_its_own_settings_and_the_rest_of_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, TWO)
    north = load(tmp_path, {"profile": "north"})
    assert key(north) == "of-north"
    assert north.secret_key_file == tmp_path / "keys/north"
    assert (north.max_concurrent_classes, north.in_flight, north.guard_invalid_percent) == (5, 2, 80)
    assert north.defaults == {"time_zone": "Europe/London", "duration": "60"}
    assert load(tmp_path, {"profile": "south"}).base_url == "https://south.example/"
    assert tuple(accounts_in(keys_in(file))) == ("north", "south")


def test_a_folder_has_its_own_reading_and_nothing_else(tmp_path: Path) -> None:
    """What is said for this run goes before it, and it before variables and the rest of the file."""
    text = f"{TWO}\n[folders.year-7]\ntimetable = 'Year 7'\ndates = 'dmy'\n[folders.year-7.defaults]\nduration = 50\n"
    write(tmp_path, f"dates = 'mdy'\n{text}")
    settings = load(tmp_path, {"folder": "year-7"}, CLASSBATCH_DATES="ymd")
    assert (settings.timetable, settings.dates) == ("Year 7", DateOrder.DAY_FIRST)
    assert settings.defaults == {"time_zone": "Europe/London", "duration": "50"}
    assert key(settings) == "of-nobody"
    assert load(tmp_path, {"folder": "year-7", "timetable": "Other"}).timetable == "Other"
    assert load(tmp_path).timetable is None


def test_without_a_profile_nothing_of_an_account_is_taken(tmp_path: Path) -> None:
    write(tmp_path, TWO)
    settings = load(tmp_path)
    assert (key(settings), settings.secret_key_file, settings.max_concurrent_classes) == (
        "of-nobody",
        None,
        None,
    )


def test_an_account_goes_before_variables_and_flags_before_an_account(tmp_path: Path) -> None:
    write(tmp_path, TWO)
    by_variable = load(tmp_path, {"profile": "north"}, CLASSBATCH_MAX_CONCURRENT_CLASSES="9")
    assert by_variable.max_concurrent_classes == 5
    by_flag = load(tmp_path, {"profile": "north", "max_concurrent_classes": 7})
    assert by_flag.max_concurrent_classes == 7


ELSEWHERE: dict[str, tuple[dict[str, object], dict[str, str]]] = {
    "a variable": (
        {},
        {"CLASSBATCH_ACCESS_KEY": "of-another", "CLASSBATCH_SECRET_KEY": "another-secret"},
    ),
    "a variable's file": ({}, {"CLASSBATCH_SECRET_KEY_FILE": "/keys/another"}),
    "a flag": ({"secret_key_file": Path("/keys/another")}, {}),
}


@pytest.mark.parametrize(("flags", "variables"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_keys_come_from_nowhere_else(
    flags: dict[str, object], variables: dict[str, str], tmp_path: Path
) -> None:
    """Or the classes of one school would end up in the account of another."""
    write(tmp_path, TWO)
    south = load(tmp_path, {"profile": "south", **flags}, **variables)
    assert key(south) == "of-south"
    assert south.secret_key is not None
    assert south.secret_key.get_secret_value() == SECRET
    assert south.secret_key_file is None


WRONG = {
    "no account of that name": (TWO, "west", "no settings for an account called west", "north and south"),
    "no accounts at all": ("in_flight = 2", "west", "called west", "none yet"),
    "no keys of its own": (
        "access_key = 'a'\nsecret_key = 'b'\n[accounts.x]\nsheet = 'A'",
        "x",
        "has no access_key and no secret_key_file of its own",
        "under [accounts.x]",
    ),
    "half of its keys": (
        "secret_key = 'b'\n[accounts.x]\naccess_key = 'a'",
        "x",
        "has no secret_key_file of its own",
        "",
    ),
    "both kinds of secret": (
        "[accounts.x]\naccess_key = 'a'\nsecret_key = 'b'\nsecret_key_file = 'c'",
        "x",
        "under [accounts.x]",
        "Leave one",
    ),
    "a setting that is not known": (
        "[accounts.x]\naccess_kee = 'a'",
        None,
        "The setting access_kee under [accounts.x]",
        "Did you mean access_key?",
    ),
    "a setting of the night": (
        "[accounts.x]\ninbox = 'a'",
        None,
        "inbox cannot stand under [accounts.x]",
        "top of the file",
    ),
    "a folder that the inbox keeps for itself": ("[accounts.done]\n", None, "cannot be called so", "done"),
    "a name that is a path": ("[accounts.'../x']\n", None, "cannot be called so", "letters, digits"),
    "a folder with keys": (
        "[folders.x]\naccess_key = 'a'",
        None,
        "access_key cannot stand under [folders.x]",
        "an account of its own",
    ),
    "a folder that is an account": (
        "[accounts.x]\n[folders.x]\ntimetable = 'X'",
        None,
        "[folders.x]",
        "done, failed, unfinished or x",
    ),
    "a folder's setting that is not known": (
        "[folders.x]\ntimetabel = 'X'",
        None,
        "The setting timetabel under [folders.x]",
        "Did you mean timetable?",
    ),
    "no table of folders": ("folders = 3", None, "The setting folders", "[folders.NAME]"),
    "no table": ("accounts = 3", None, "The setting accounts", "[accounts.NAME]"),
    "no table of one account": ("[accounts]\nx = 3", None, "[accounts.x]", "[accounts.x]"),
    "a value out of range": (
        "[accounts.x]\naccess_key = 'a'\nsecret_key = 'b'\nin_flight = 99",
        "x",
        "The setting in_flight under [accounts.x]",
        "Default: 32",
    ),
    "a column that is none": (
        "[accounts.x.columns]\nWho = 'teacher'",
        None,
        "under [accounts.x]",
        "presenter_email",
    ),
}


@pytest.mark.parametrize(("text", "profile", "says", "fix"), WRONG.values(), ids=WRONG)
def test_what_is_refused_in_words(
    text: str, profile: str | None, says: str, fix: str, tmp_path: Path
) -> None:
    write(tmp_path, text)
    said = complaint(tmp_path, {"profile": profile})
    assert (says in said, fix in said) == (True, True), said


def test_a_secret_of_an_account_stands_only_in_a_private_file(tmp_path: Path) -> None:
    write(tmp_path, TWO, mode=0o644)
    assert "chmod 600" in complaint(tmp_path)
    write(
        tmp_path,
        TWO.replace(f'secret_key = "{SECRET}"', 'secret_key_file = "k"').replace("access_key", "#"),
        0o644,
    )
    assert load(tmp_path).in_flight == 2


def acl(*entries: tuple[int, int, int]) -> bytes:
    """An access control list as Linux keeps it beside a file: tag, permissions, user or group."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY_IN = 0xFFFFFFFF
US = os.geteuid() if os.name == "posix" else 0
LISTS = {
    "as systemd hands out a credential": ((0x02, 4, US), (0x04, 0, NOBODY_IN), True),
    "another user": ((0x02, 4, US + 1), (0x04, 0, NOBODY_IN), False),
    "the file's own group": ((0x02, 4, US), (0x04, 4, NOBODY_IN), False),
}


@pytest.mark.parametrize(("named", "group", "fine"), LISTS.values(), ids=LISTS)
def test_a_secret_may_be_handed_over_by_an_access_control_list(
    named: tuple[int, int, int], group: tuple[int, int, int], fine: bool, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o400)
    entries = ((0x01, 4, NOBODY_IN), named, group, (0x10, 4, NOBODY_IN), (0x20, 0, NOBODY_IN))
    try:
        os.setxattr(file, "system.posix_acl_access", acl(*entries))
    except (AttributeError, OSError):
        pytest.skip("no access control lists here")
    assert file.stat().st_mode & 0o777 == 0o440
    settings = load(tmp_path, {"secret_key_file": file}, CLASSBATCH_ACCESS_KEY="a")
    if fine:
        assert settings.credentials().secret_key == SECRET
    else:
        with stops(CannotRun, match="Other users of this machine"):
            settings.credentials()
