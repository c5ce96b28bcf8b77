"""Who is let in, decided from plain values: names, origins, tokens, sessions, proxies."""

from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.settings.resolve import load_settings
from batch.settings.table import Settings
from batch.web.server.security import Addresses, ProxyUser, Sessions, Tokens, csrf_token, same, secret_in
from batch.web.state.uploads import name_shown
from tests.support.words import stops


def settings(**flags: str) -> Settings:
    return load_settings(flags, environ={"HOME": "/nowhere"}, cwd=Path("/nowhere"))


PLACES: dict[str, tuple[dict[str, str], str, set[str]]] = {
    "by default": ({}, "http://127.0.0.1:8780", {"127.0.0.1:8780", "localhost:8780", "[::1]:8780"}),
    "another loopback address": (
        {"bind": "::1"},
        "http://[::1]:8780",
        {"127.0.0.1:8780", "localhost:8780", "[::1]:8780"},
    ),
    "an address of the school": (
        {"bind": "192.168.1.20"},
        "http://192.168.1.20:8780",
        {"127.0.0.1:8780", "localhost:8780", "[::1]:8780", "192.168.1.20:8780"},
    ),
    "everywhere, under a name": (
        {"bind": "0.0.0.0", "public_url": "https://timetable.school.example"},  # noqa: S104 - the case
        "https://timetable.school.example",
        {"127.0.0.1:8780", "localhost:8780", "[::1]:8780", "timetable.school.example"},
    ),
    "a name with a port": (
        {"public_url": "http://Timetable.School.example:81/"},
        "http://timetable.school.example:81",
        {"127.0.0.1:8780", "localhost:8780", "[::1]:8780", "timetable.school.example:81"},
    ),
}


@pytest.mark.parametrize(("flags", "shown", "hosts"), PLACES.values(), ids=PLACES)
def test_the_page_has_these_names_and_no_others(flags: dict[str, str], shown: str, hosts: set[str]) -> None:
    addresses = Addresses.of(settings(**flags), 8780)
    assert addresses.shown == shown
    assert addresses.hosts == hosts
    assert addresses.refuses({"Host": "evil.example"}, changes=False)
    assert not addresses.refuses({"Host": shown.partition("://")[2]}, changes=False)
    assert not addresses.refuses({"Host": shown.partition("://")[2], "Origin": shown}, changes=True)


def test_a_token_lets_in_once_and_an_empty_one_never() -> None:
    told: list[str] = []
    tokens = Tokens(told.append)
    assert not tokens.use("")  # nothing is told yet
    tokens.renew()
    assert tokens.use(told[0])
    assert not tokens.use(told[0])
    assert tokens.use(told[1])
    assert len(told) == 3
    assert told[0] not in repr(tokens)


def test_a_session_outlives_the_server_and_ends_after_a_week(tmp_path: Path) -> None:
    now = [1_000_000.0]
    session = Sessions(tmp_path / "sessions.json", lambda: now[0]).begin()
    later = Sessions(tmp_path / "sessions.json", lambda: now[0])
    assert later.find(session)
    assert not later.find("")
    assert not later.find(session[:-1])
    now[0] += 7 * 86_400
    assert not later.find(session)


def test_a_form_s_token_is_this_server_s_this_session_s_and_this_user_s(tmp_path: Path) -> None:
    secret = secret_in(tmp_path / "forms")
    assert secret_in(tmp_path / "forms") == secret, "a form outlives the server"
    assert (tmp_path / "forms").stat().st_mode & 0o077 == 0
    token = csrf_token(secret, "one", None)
    assert same(csrf_token(secret, "one", None), token)
    others = [csrf_token("guessed", "one", None), csrf_token(secret, "two", None)]
    for other in (*others, csrf_token(secret, "one", "anna"), "", "x", "\udcff", "\ud800"):
        assert not same(other, token)
    assert not same("", "")


def test_a_cookie_of_any_bytes_is_unknown_and_no_fault(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "sessions.json", lambda: 5.0)
    sessions.begin()
    assert not sessions.find("\udcff\ud800")


USERS: dict[str, tuple[dict[str, str], int, str | None, str | None]] = {
    "said on this computer": ({"X-User": "anna"}, 1, "127.0.0.1", "anna"),
    "said by the proxy": ({"X-User": "anna"}, 1, "10.0.0.5", "anna"),
    "said by the proxy, as IPv6 has it": ({"X-User": "anna"}, 1, "::ffff:10.0.0.5", "anna"),
    "said by anybody": ({"X-User": "anna"}, 1, "10.0.0.6", None),
    "said by nobody knows whom": ({"X-User": "anna"}, 1, None, None),
    "not said": ({}, 0, "127.0.0.1", None),
    "said empty": ({"X-User": "  "}, 1, "127.0.0.1", None),
    "said twice": ({"X-User": "anna"}, 2, "127.0.0.1", None),
    "a line break in it": ({"X-User": "an\nna"}, 1, "127.0.0.1", None),
    "5,000 characters": ({"X-User": "a" * 5000}, 1, "127.0.0.1", None),
}


@pytest.mark.parametrize(("headers", "values", "peer", "user"), USERS.values(), ids=USERS)
def test_a_proxy_is_believed_from_where_it_is(
    headers: dict[str, str], values: int, peer: str | None, user: str | None
) -> None:
    proxy = ProxyUser.of(settings(user_header="X-User", trusted_proxy="10.0.0.5"))
    assert proxy
    assert proxy.user(headers, values, peer) == user


def test_a_proxy_that_is_no_address_is_told() -> None:
    with stops(CannotRun, match="no address"):
        ProxyUser.of(settings(user_header="X-User", trusted_proxy="proxy.school.example"))


NAMES = {
    "plain": ("term.xlsx", "term.xlsx"),
    "a path": ("../../etc/passwd", "passwd"),
    "a path of Windows": ("C:\\fakepath\\term.xlsx", "term.xlsx"),
    "too long, its ending is kept": ("a" * 300 + ".xlsx", "a" * 92 + "....xlsx"),
    "too long without an ending": ("a" * 300, "a" * 97 + "..."),
    "nothing": ("", "timetable"),
    "a folder": ("terms/", "timetable"),
    "several lines": ("a\nb.csv", "a b.csv"),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
def test_a_file_s_name_as_it_is_shown(name: str, shown: str) -> None:
    assert name_shown(name) == shown
