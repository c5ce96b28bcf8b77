"""Getting in by an invitation: who was invited, with which browsers, for how long; and who is not let in."""

import html
import re
import time
from pathlib import Path

import pytest
from yarl import URL

from batch.cli.serve import is_for_who_starts_it
from batch.settings.resolve import has_screen, load_settings
from batch.web.server.security import Sessions
from batch.web.state.invitations import Invitations, name_of
from tests.support.command import Command, lesson
from tests.support.page import Browser, Seen, Served, browsing, csv_of, serving_page

DAY_S = 86_400


@pytest.fixture
def keeper(classbatch: Command, tmp_path: Path) -> Command:
    """Whoever looks after the page, at the terminal."""
    return classbatch.at(CLASSBATCH_STATE=str(tmp_path / "state"))


def secret_of(address: str) -> str:
    return URL(address.strip()).query["invitation"]


async def signs_in(browser: Browser, secret: str) -> Seen:
    asked = await browser.get(f"/enter?invitation={secret}")
    assert asked.status == 200, asked.text
    return await browser.post(
        asked.action("/enter"), {"csrf": asked.hidden("csrf"), "invitation": asked.hidden("invitation")}
    )


async def test_somebody_is_invited_while_the_page_runs_and_signs_in_from_any_browser_of_theirs(
    served: Served, keeper: Command, tmp_path: Path
) -> None:
    made = keeper("invite", "--name", "  Ana   Díaz ", "--days", "30")
    assert made.code == 0, made.err
    assert made.out.startswith(f"{served.url}/enter?invitation="), "under the address of the page that runs"
    assert "signs Ana Díaz in until" in made.err
    secret = secret_of(made.out)
    kept = [path for path in (tmp_path / "state" / "uploads").rglob("*") if path.is_file()]
    assert not [path for path in kept if secret in path.read_text("utf-8", "replace")]
    for _ in range(2):
        async with browsing(served.url) as browser:
            start = await signs_in(browser, secret)
            assert start.title == "Schedule a timetable"
            assert "Signed in as <bdi>Ana Díaz</bdi>" in start.text
    assert keeper("invite").out.startswith("Ana Díaz: until ")


async def test_an_address_that_is_only_looked_at_lets_nobody_in(served: Served, keeper: Command) -> None:
    secret = secret_of(keeper("invite", "--name", "Ana").out)
    async with browsing(served.url) as browser:
        looked = await browser.get(f"/enter?invitation={secret}")
        assert "Set-Cookie" not in looked.headers
        assert (await browser.get("/")).status == 403
        form = {"invitation": secret}
        for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert (await browser.post("/enter", form, headers=origin)).status == 403
        assert (await browser.get("/")).status == 403


WRONG = {
    "nothing": "",
    "another one": "x" * 43,
    "a path": "../../sessions",
    "no ASCII": "é" * 43,
    "very long": "x" * 5_000,
}


async def test_what_is_no_invitation_lets_nobody_in_and_says_whom_to_ask(
    tmp_path: Path, keeper: Command
) -> None:
    async with serving_page(tmp_path, sandbox=True, contact="the IT desk, extension 220") as served:
        keeper("invite", "--name", "Ana")
        digest = Invitations(tmp_path / "state").all()[0].id
        for case, secret in {**WRONG, "the digest that is kept": digest}.items():
            async with browsing(served.url) as browser:
                for answer in (
                    await browser.get(f"{URL('/enter').with_query(invitation=secret)}"),
                    await browser.post("/enter", {"invitation": secret}),
                ):
                    assert answer.status == 403, case
                    assert "Ask the IT desk, extension 220" in html.unescape(answer.text), case
                    assert "Set-Cookie" not in answer.headers, case


async def test_a_revoked_invitation_signs_everybody_of_it_out_at_once(
    served: Served, keeper: Command
) -> None:
    secrets = [secret_of(keeper("invite", "--name", name).out) for name in ("Ana", "Ben")]
    async with browsing(served.url) as ana, browsing(served.url) as ben:
        await signs_in(ana, secrets[0])
        await signs_in(ben, secrets[1])
        assert keeper("invite", "--revoke", "ana").code == 0
        assert (await ana.get("/")).status == 403
        assert (await ana.get(f"/enter?invitation={secrets[0]}")).status == 403
        assert (await ben.get("/")).status == 200, "another person's"
    assert keeper("invite", "--revoke", "Ana").code == 1, "there is nobody of that name any more"


async def test_who_is_invited_again_has_a_new_address_and_the_old_one_ends(
    served: Served, keeper: Command
) -> None:
    first, second = (secret_of(keeper("invite", "--name", "Ana").out) for _ in range(2))
    async with browsing(served.url) as browser:
        assert (await browser.get(f"/enter?invitation={first}")).status == 403
        assert (await signs_in(browser, second)).status == 200
    assert len(keeper("invite").out.splitlines()) == 1


async def test_who_signs_out_is_let_in_no_more_until_they_sign_in_again(
    served: Served, keeper: Command
) -> None:
    secret = secret_of(keeper("invite", "--name", "Ana").out)
    async with browsing(served.url) as browser:
        start = await signs_in(browser, secret)
        assert (await browser.post("/leave", {"csrf": "0" * 64})).status == 403
        assert (await browser.press(start, "/leave")).status == 403
        assert (await browser.get("/")).title == "Sign in"
        assert (await signs_in(browser, secret)).status == 200


async def test_each_person_has_their_own_files(served: Served, keeper: Command) -> None:
    secrets = [secret_of(keeper("invite", "--name", name).out) for name in ("Ana", "Ben")]
    async with browsing(served.url) as ana, browsing(served.url) as ben:
        await signs_in(ana, secrets[0])
        await signs_in(ben, secrets[1])
        path = (await ana.checked(csv_of([lesson(1)]))).url.path
        for action in ("", "/mapping", "/confirm", "/marked.xlsx", "/events"):
            assert (await ben.get(f"{path}{action}")).status == 404, action


async def test_where_a_proxy_says_who_it_is_nobody_is_invited(tmp_path: Path, keeper: Command) -> None:
    refused = keeper("invite", "--name", "Ana", CLASSBATCH_USER_HEADER="X-User")
    assert (refused.code, refused.out) == (2, "")
    assert "reverse proxy" in refused.err
    secret = Invitations(tmp_path / "state").invite("Ana", 30, time.time())
    async with (
        serving_page(tmp_path, sandbox=True, user_header="X-User") as served,
        browsing(served.url) as browser,
    ):
        for answer in (
            await browser.get(f"/enter?invitation={secret}"),
            await browser.post("/enter", {"invitation": secret}),
        ):
            assert answer.status == 403


def test_an_invitation_holds_until_its_last_day(tmp_path: Path) -> None:
    invitations = Invitations(tmp_path)
    secret = invitations.invite("Ana", 30, 0)
    found = invitations.of(secret, 30 * DAY_S - 1)
    assert found
    assert found.name == "Ana"
    assert invitations.of(secret, 30 * DAY_S) is None
    assert invitations.find(found.id, 30 * DAY_S) is None
    folder = tmp_path / "uploads" / "invitations"
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}


DAMAGED = {
    "empty": b"",
    "cut": b'{"id": ',
    "a list": b"[]",
    "of another": b'{"id": "%s"}',
    "other keys": b"{}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_invitation_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    invitations = Invitations(tmp_path)
    secret = invitations.invite("Ana", 30, 0)
    (file,) = (tmp_path / "uploads" / "invitations").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole.replace(file.stem.encode(), b"0" * 64) if b"%s" in content else content)
    assert invitations.of(secret, 1) is None
    assert invitations.all() == []


def test_nobody_s_browsers_push_out_another_s(tmp_path: Path) -> None:
    now = [0.0]
    sessions, invitations = Sessions(tmp_path / "sessions.json", lambda: now[0]), Invitations(tmp_path)
    ana, ben = (invitations.of(invitations.invite(name, 90, 0), 0) for name in ("Ana", "Ben"))
    kept = [sessions.begin(ben), sessions.begin()]
    first = sessions.begin(ana)
    for _ in range(20):
        now[0] += 1
        last = sessions.begin(ana)
    assert sessions.find(last)
    assert not sessions.find(first), "the oldest of her own"
    assert all(sessions.find(each) for each in kept)
    now[0] += 8 * DAY_S
    assert sessions.find(kept[0]), "as long as the invitation"
    assert not sessions.find(kept[1]), "a week"


def test_the_sessions_of_an_earlier_version_still_hold(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "sessions.json", lambda: 1_000.0)
    session = sessions.begin()
    text = (tmp_path / "sessions.json").read_text()
    (tmp_path / "sessions.json").write_text(re.sub(r"\{\"since.*?\}", "900.0", text))
    found = sessions.find(session)
    assert found
    assert (found.since, found.invitation) == (900.0, "")


NAMES = {
    "a name": ("Ana Díaz", "Ana Díaz"),
    "spaces": ("  Ana \t Díaz\n", "Ana Díaz"),
    "nothing": ("  ", ""),
    "too long": ("a" * 61, ""),
    "text that turns": ("Ana\u202e", ""),
}


@pytest.mark.parametrize(("typed", "name"), NAMES.values(), ids=NAMES)
def test_a_person_s_name(typed: str, name: str) -> None:
    assert name_of(typed) == name


SCREENS = {
    "a desktop of Linux": ({"DISPLAY": ":0"}, "linux", True),
    "a newer one": ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
    "no screen": ({}, "linux", False),
    "a Mac": ({}, "darwin", True),
    "from afar": ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "darwin", False),
    "from afar, with a screen": (
        {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22", "DISPLAY": ":0"},
        "linux",
        False,
    ),
}
PAGES = {
    "by default": ({}, True),
    "for other computers": ({"bind": "192.168.1.20"}, False),
    "behind a proxy": ({"public_url": "https://t.school.example"}, False),
    "signed in elsewhere": ({"user_header": "X-User"}, False),
}


@pytest.mark.parametrize(("environ", "platform", "there"), SCREENS.values(), ids=SCREENS)
def test_whether_somebody_sits_before_a_desktop(
    environ: dict[str, str], platform: str, *, there: bool
) -> None:
    assert has_screen(environ, platform) == there


@pytest.mark.parametrize(("flags", "opens"), PAGES.values(), ids=PAGES)
def test_the_page_opens_by_itself_for_who_starts_it_alone(flags: dict[str, str], *, opens: bool) -> None:
    settings = load_settings(flags, environ={"HOME": "/nowhere"}, cwd=Path("/nowhere"))
    assert is_for_who_starts_it(settings) == opens


async def test_start_says_that_keys_are_missing_and_whom_to_turn_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tests.support.page.KEYS", {})
    async with serving_page(tmp_path, contact="Ms Okoro, room 12") as served, served.browser() as browser:
        start = html.unescape((await browser.get("/")).text)
        assert "Timetables can be checked here, and not scheduled yet." in start
        assert "Turn to Ms Okoro, room 12." in start
