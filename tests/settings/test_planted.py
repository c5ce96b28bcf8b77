"""A settings file says where keys go: one that lies here counts only where nobody else can have put it here."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.report.wording.messages import both_of
from batch.settings import private
from batch.settings.resolve import load_settings
from batch.settings.table import Settings
from tests.settings.test_accounts import acl
from tests.support.command import KEYS, Command, lessons, timetable
from tests.support.words import stops

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file modes say nothing here")

US = os.geteuid() if os.name == "posix" else 0
NOBODY_IN = 0xFFFFFFFF
EVIL = 'base_url = "https://evil.example/"'


def load(cwd: Path, flags: Mapping[str, object] | None = None, /, **variables: str) -> Settings:
    return load_settings(flags or {}, environ={"HOME": str(cwd / "home"), **variables}, cwd=cwd)


def here(tmp_path: Path, text: str = "in_flight = 2", *, mode: int = 0o600, folder_mode: int = 0o700) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "classbatch.toml").write_text(text)
    (folder / "classbatch.toml").chmod(mode)
    folder.chmod(folder_mode)
    return folder


FINE = {
    "mine alone": (0o600, 0o700),
    "others may read it": (0o644, 0o755),
}
OPEN = {
    "anybody may write it": (0o666, 0o700, "other users may change it", "chmod go-w"),
    "anybody may put another in its place": (0o600, 0o777, "other users may change its folder", "chmod go-w"),
    "so even where a folder is sticky": (0o600, 0o1777, "other users may change its folder", "--config"),
}


@pytest.mark.parametrize(("mode", "folder_mode"), FINE.values(), ids=FINE)
def test_a_file_that_is_ours_counts(mode: int, folder_mode: int, tmp_path: Path) -> None:
    folder = here(tmp_path, mode=mode, folder_mode=folder_mode)
    settings = load(folder)
    assert (settings.in_flight, settings.read_from) == (2, folder / "classbatch.toml")


@pytest.mark.parametrize(("mode", "folder_mode", "why", "mend"), OPEN.values(), ids=OPEN)
def test_one_that_others_may_change_stops_everything_and_is_never_passed_over(
    mode: int, folder_mode: int, why: str, mend: str, tmp_path: Path
) -> None:
    folder = here(tmp_path, mode=mode, folder_mode=folder_mode)
    with pytest.raises(CannotRun) as caught:
        load(folder)
    said = both_of(caught.value)
    assert str(folder / "classbatch.toml") in said
    assert why in said
    assert mend in said
    assert load(folder, {"config": "classbatch.toml"}).in_flight == 2, "named, it counts"


@pytest.mark.skipif(US != 0, reason="only root can give a file away")
@pytest.mark.parametrize("planted", ["file", "folder"])
def test_one_of_another_user_does_not_count(planted: str, tmp_path: Path) -> None:
    folder = here(tmp_path)
    os.chown(folder / "classbatch.toml" if planted == "file" else folder, 54_321, -1)
    with pytest.raises(CannotRun) as caught:
        load(folder)
    assert "belongs to another user" in both_of(caught.value)


@pytest.mark.parametrize("ours", [True, False])
def test_the_group_may_write_it_only_where_we_are_alone_in_it(
    ours: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private, "_is_our_own_group", lambda _: ours)
    folder = here(tmp_path, mode=0o664, folder_mode=0o775)
    if ours:
        assert load(folder).in_flight == 2
    else:
        with stops(CannotRun, match="other users may change it"):
            load(folder)


LISTS = {
    "us": ((0x02, 6, US), True),
    "another user": ((0x02, 6, US + 1), False),
    "another user, to read": ((0x02, 4, US + 1), True),
    "a group": ((0x08, 6, 4242), False),
}


@pytest.mark.parametrize(("named", "fine"), LISTS.values(), ids=LISTS)
def test_an_access_control_list_is_read(named: tuple[int, int, int], fine: bool, tmp_path: Path) -> None:
    file = here(tmp_path) / "classbatch.toml"
    entries = (
        (0x01, 6, NOBODY_IN),
        *([named] if named[0] == 0x02 else []),
        (0x04, 0, NOBODY_IN),
        *([named] if named[0] == 0x08 else []),
        (0x10, 6, NOBODY_IN),
        (0x20, 0, NOBODY_IN),
    )
    try:
        os.setxattr(file, "system.posix_acl_access", acl(*entries))
    except (AttributeError, OSError):
        pytest.skip("no access control lists here")
    assert file.stat().st_mode & 0o020
    with file.open("rb") as opened:
        assert (private.whose(opened) is private.Whose.OURS) == fine


def test_a_file_at_home_or_named_counts_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home/.config/classbatch"
    home.mkdir(parents=True)
    (home / "classbatch.toml").write_text("in_flight = 3")
    (home / "classbatch.toml").chmod(0o666)
    assert load(tmp_path).in_flight == 3


ASTRAY: dict[str, tuple[str, dict[str, object], dict[str, str], bool]] = {
    "keys by variable, the service by the file here": (EVIL, {}, KEYS, False),
    "one key by variable": (
        f'{EVIL}\nsecret_key = "s"',
        {},
        {"CLASSBATCH_ACCESS_KEY": KEYS["CLASSBATCH_ACCESS_KEY"]},
        False,
    ),
    "the file of a key by flag": (
        f'{EVIL}\naccess_key = "a"',
        {"secret_key_file": "/keys/secret"},
        {},
        False,
    ),
    "both by the file here": (f'{EVIL}\naccess_key = "a"\nsecret_key = "s"', {}, {}, True),
    "no keys at all": (EVIL, {}, {}, True),
    "the file was named": (EVIL, {"config": "classbatch.toml"}, KEYS, True),
    "the service by variable, too": (
        EVIL,
        {},
        {**KEYS, "CLASSBATCH_BASE_URL": "https://ours.example/"},
        True,
    ),
    "the service itself": ('base_url = "https://class.api.wiziq.com"', {}, KEYS, True),
    "an account's own keys and service": (
        f'[accounts.x]\n{EVIL}\naccess_key = "a"\nsecret_key = "s"',
        {"profile": "x"},
        KEYS,
        True,
    ),
}


@pytest.mark.parametrize(("text", "flags", "variables", "fine"), ASTRAY.values(), ids=ASTRAY)
def test_keys_never_go_where_a_less_trusted_place_says(
    text: str, flags: dict[str, object], variables: dict[str, str], fine: bool, tmp_path: Path
) -> None:
    folder = here(tmp_path, text)
    if fine:
        load(folder, flags, **variables)
        return
    with pytest.raises(CannotRun) as caught:
        load(folder, flags, **variables)
    said = both_of(caught.value)
    assert "The setting base_url" in said
    assert "would send your keys to https://evil.example/" in said
    assert "CLASSBATCH_BASE_URL" in said
    assert KEYS["CLASSBATCH_SECRET_KEY"] not in said


def test_file_and_service_are_said_once_on_a_run_that_is_not_the_default(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(2))
    assert "Settings:" not in classbatch("check", "t.csv").err
    (classbatch.folder / "classbatch.toml").write_text("in_flight = 2")
    file = classbatch.folder / "classbatch.toml"
    ran = classbatch("check", "t.csv", "--base-url", "https://other.example/")
    assert ran.err.count(f"Settings: {file}. Service: https://other.example/") == 1
    file.unlink()
    assert "Settings: no file. Service: https://other.example/" in (
        classbatch("check", "t.csv", CLASSBATCH_BASE_URL="https://other.example/").err
    )
    assert "Settings:" not in classbatch("check", "t.csv", "--sandbox", "--quiet").err


#: A service that is not WizIQ's is named even to who asked for quiet: the keys go there.
ASKED = {
    "doctor": (["doctor"], "https://other.invalid/"),
    "doctor, quietly": (["doctor", "--quiet"], "https://other.invalid/"),
    "check, quietly": (["check", "t.csv", "--quiet"], "https://other.invalid/"),
    "doctor of the sandbox": (["doctor", "--sandbox"], "a sandbox of this computer"),
}


@pytest.mark.parametrize(("words", "service"), ASKED.values(), ids=ASKED)
def test_every_command_that_asks_a_service_says_which(
    words: list[str], service: str, classbatch: Command
) -> None:
    timetable(classbatch.folder / "t.csv", lessons(2))
    (classbatch.folder / "classbatch.toml").write_text('base_url = "https://other.invalid/"\nattempts = 1')
    assert (
        f"Settings: {classbatch.folder / 'classbatch.toml'}. Service: {service}\n" in classbatch(*words).err
    )


def test_quiet_leaves_out_a_service_that_is_wiziqs_or_on_this_computer(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(2))
    (classbatch.folder / "classbatch.toml").write_text("in_flight = 2")
    assert "Settings:" not in classbatch("check", "t.csv", "--quiet").err
    assert "Settings:" not in classbatch("check", "t.csv", "--quiet", "--base-url", "http://localhost:9/").err
