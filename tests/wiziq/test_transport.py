"""What goes wrong before the request has left: nothing was created, and nothing was given away."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from batch.connection import service
from batch.core.errors import CannotRun
from batch.report.wording.messages import both_of, hint_of, message_of
from batch.settings.resolve import load_settings
from batch.wiziq.client import Credentials, WiziqClient, check_base_url, open_session
from batch.wiziq.errors import LockedOut, Unavailable, WiziqError
from batch.wiziq.transport import parse_date, retry_after_s, trusting

KEYS = Credentials("q+/Zk3x1Lw8=", "7v+/u8P0+sdf/x9Kz2Yb+Q==")
DEADLINE_S = 0.5

# Made for these tests; they guard nothing. All are signed with KEY and trusted only where a test says so.
KEY = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIEvMxZaMkQ5m8iwyrO34nqZIIxaHDYkjiOL7Ohmybr6ioAoGCCqGSM49
AwEHoUQDQgAE0I3n6Xn1j86RoSSb+6SZwIEx0XDAcn/bOoKOKlOTmm76ikEse/B6
yipfNlcZRI/+RzmRDBXGjDgfAUVyupnyow==
-----END EC PRIVATE KEY-----
"""
#: For 127.0.0.1 and localhost, until 2099.
GOOD = """\
-----BEGIN CERTIFICATE-----
MIIBbTCCAROgAwIBAgIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARnb29kMCAX
DTAwMDEwMTAwMDAwMFoYDzIwOTkxMjMxMDAwMDAwWjAPMQ0wCwYDVQQDDARnb29k
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0I3n6Xn1j86RoSSb+6SZwIEx0XDA
cn/bOoKOKlOTmm76ikEse/B6yipfNlcZRI/+RzmRDBXGjDgfAUVyupnyo6NeMFww
DwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAoQwHQYDVR0OBBYEFAwrBgqu
Ir2Ff85rLAqK8u1Thr0HMBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAKBggq
hkjOPQQDAgNIADBFAiAbhyxSsZuqXsAySyNBV6p0HrYJRbs7pZQUNDRpu78+CwIh
AOWF0gBbVHbbsKHdcP3SaFkAllkMNiFhcffZR1L1/7rW
-----END CERTIFICATE-----
"""
#: The same, until 2001.
EXPIRED = """\
-----BEGIN CERTIFICATE-----
MIIBcjCCARegAwIBAgIBAjAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdleHBpcmVk
MB4XDTAwMDEwMTAwMDAwMFoXDTAxMDEwMTAwMDAwMFowEjEQMA4GA1UEAwwHZXhw
aXJlZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNCN5+l59Y/OkaEkm/ukmcCB
MdFwwHJ/2zqCjipTk5pu+opBLHvwesoqXzZXGUSP/kc5kQwVxow4HwFFcrqZ8qOj
XjBcMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKEMB0GA1UdDgQWBBQM
KwYKriK9hX/OaywKivLtU4a9BzAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3Qw
CgYIKoZIzj0EAwIDSQAwRgIhAL5xnHItUbLUCNGZ1YCsNdFZe+gXaY7N3IjZYObj
XrHpAiEA87q3Yc6yV34xKF0d5cwVH+/b01jvJfNjiJzn4WWVjCk=
-----END CERTIFICATE-----
"""
#: For elsewhere.example, until 2099.
OTHER = """\
-----BEGIN CERTIFICATE-----
MIIBcjCCARegAwIBAgIBAzAKBggqhkjOPQQDAjAQMQ4wDAYDVQQDDAVvdGhlcjAg
Fw0wMDAxMDEwMDAwMDBaGA8yMDk5MTIzMTAwMDAwMFowEDEOMAwGA1UEAwwFb3Ro
ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATQjefpefWPzpGhJJv7pJnAgTHR
cMByf9s6go4qU5OabvqKQSx78HrKKl82VxlEj/5HOZEMFcaMOB8BRXK6mfKjo2Aw
XjAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQUDCsG
Cq4ivYV/zmssCory7VOGvQcwHAYDVR0RBBUwE4IRZWxzZXdoZXJlLmV4YW1wbGUw
CgYIKoZIzj0EAwIDSQAwRgIhAMZI6lFTtXOy6NK+6I15xu9GMdCjGeiSvLfHBhQD
4aiyAiEAm9GoYksCiXteD5GZmACpj3n8T/45yuN0bKGzmNVgSW8=
-----END CERTIFICATE-----
"""


async def failure_at(
    url: str, *, ca_file: Path | None = None, timeout_s: float = 10, resolver: AbstractResolver | None = None
) -> WiziqError:
    tls = trusting(ca_file) if ca_file else None
    async with open_session(connections=1, tls=tls, resolver=resolver) as session:
        api = WiziqClient(session, base_url=url, credentials=KEYS, timeout_s=timeout_s)
        with pytest.raises(WiziqError) as caught:
            await api.create({"title": "A"})
    return caught.value


@asynccontextmanager
async def listening(certificate: str | None, folder: Path) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A port and the plain text that arrived there; without a certificate it speaks no TLS."""
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.read(100_000))
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    tls = None
    if certificate is not None:
        pem = folder / "server.pem"
        pem.write_text(KEY + certificate)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], got
    finally:
        server.close()
        await server.wait_closed()


def free_port() -> int:
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_a_refused_connection_leaves_nothing() -> None:
    error = await failure_at(f"http://127.0.0.1:{free_port()}/")
    assert (type(error), error.code) == (Unavailable, "unreachable")
    assert "it was refused. Nothing was sent." in both_of(error.message)


async def test_a_refused_connection_on_every_address_of_a_name_leaves_nothing() -> None:
    error = await failure_at(f"http://localhost:{free_port()}/")
    assert (type(error), error.code) == (Unavailable, "unreachable")


async def test_a_name_that_is_not_found_leaves_nothing() -> None:
    class NotFound(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known", host, port, family)

        async def close(self) -> None:
            pass

    error = await failure_at("https://wiziq.invalid/", resolver=NotFound())
    assert (type(error), error.code) == (Unavailable, "unreachable")
    assert "wiziq.invalid:443: its name could not be looked up" in both_of(error.message)


async def test_a_connection_that_is_never_taken_leaves_nothing() -> None:
    with closing(socket.socket()) as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]  # more than its queue takes
        try:
            for sock in waiting:
                sock.setblocking(False)  # noqa: FBT003 -- the socket's own signature
                sock.connect_ex(full.getsockname())
            error = await failure_at(f"http://127.0.0.1:{full.getsockname()[1]}/", timeout_s=DEADLINE_S)
        finally:
            for sock in waiting:
                sock.close()
    assert (type(error), error.code) == (Unavailable, "unreachable")
    assert "it took too long" in both_of(error.message)


async def test_a_handshake_that_hangs_leaves_nothing() -> None:
    with closing(socket.socket()) as silent:  # connections are made, and nobody ever reads
        silent.bind(("127.0.0.1", 0))
        silent.listen(4)
        error = await failure_at(f"https://127.0.0.1:{silent.getsockname()[1]}/", timeout_s=DEADLINE_S)
    assert (type(error), error.code) == (Unavailable, "unreachable")


async def test_the_wait_for_a_free_connection_leaves_nothing() -> None:
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(4)
        silent.setblocking(False)  # noqa: FBT003 -- the socket's own signature
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        async with open_session(connections=1) as session:
            slow = WiziqClient(session, base_url=url, credentials=KEYS)
            quick = WiziqClient(session, base_url=url, credentials=KEYS, timeout_s=DEADLINE_S)
            first = asyncio.create_task(slow.create({}))
            taken, _ = await asyncio.get_running_loop().sock_accept(silent)
            with closing(taken), pytest.raises(Unavailable):
                await quick.create({})
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first


#: certificate of the server (None: no TLS), trusted?, code, what is said
CERTIFICATES = {
    "expired": (EXPIRED, True, "certificate", "certificate has expired"),
    "for another host": (OTHER, True, "certificate", "not valid for '127.0.0.1'"),
    "signed by itself": (GOOD, False, "certificate", "self-signed certificate"),
    "a port that speaks no TLS": (None, False, "not https", "does not speak https"),
}


@pytest.mark.parametrize(("certificate", "trusted", "code", "says"), CERTIFICATES.values(), ids=CERTIFICATES)
async def test_a_certificate_that_does_not_hold_stops_the_batch(
    certificate: str | None, trusted: bool, code: str, says: str, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(certificate or "")
    async with listening(certificate, tmp_path) as (port, got):
        error = await failure_at(f"https://127.0.0.1:{port}/", ca_file=ca_file if trusted else None)
    assert (type(error), error.code) == (LockedOut, code)
    assert says in both_of(error.message)
    assert not [data for data in got if b"signature" in data]


async def test_a_ca_file_is_trusted_besides_the_rest(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(GOOD)
    async with listening(GOOD, tmp_path) as (port, got):
        error = await failure_at(f"https://127.0.0.1:{port}/", ca_file=ca_file)
    assert (error.code, got[0][:4]) == ("HTTP 400", b"POST")


@pytest.mark.parametrize("text", [None, "", "not a certificate"], ids=["missing", "empty", "text"])
async def test_a_ca_file_that_is_none_is_said_in_a_sentence(text: str | None, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(text or "")
    given = {"HOME": str(tmp_path), "CLASSBATCH_ACCESS_KEY": "a", "CLASSBATCH_SECRET_KEY": "s"}
    settings = load_settings({}, environ={**given, "CLASSBATCH_CA_FILE": str(ca_file)}, cwd=tmp_path)
    if text is None:
        ca_file.unlink()
    with pytest.raises(CannotRun) as refused:
        async with service(settings, tmp_path, sandbox=False):
            pass
    assert f"{ca_file}, named by the setting ca_file, cannot be read" in message_of(refused.value)
    assert "BEGIN CERTIFICATE" in hint_of(refused.value)


TAKEN = {
    "https": ("https://class.api.wiziq.com/", "https://class.api.wiziq.com/"),
    "no path": ("https://class.api.wiziq.com", "https://class.api.wiziq.com/"),
    "capitals and blanks": (" HTTPS://Class.API.wiziq.com/ ", "https://class.api.wiziq.com/"),
    "a path stays": ("https://h.example/apimanager.ashx", "https://h.example/apimanager.ashx"),
    "a path with a slash stays": ("https://h.example/apimanager.ashx/", "https://h.example/apimanager.ashx/"),
    "a port": ("https://h.example:8443/", "https://h.example:8443/"),
    "http on 127.0.0.1": ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
    "http on all of 127": ("http://127.9.9.9/", "http://127.9.9.9/"),
    "http on ::1": ("http://[::1]:8080/", "http://[::1]:8080/"),
    "http on localhost": ("http://LocalHost/", "http://localhost/"),
}

NOT_TAKEN = {
    "http": ("http://class.api.wiziq.com/", "unprotected"),
    "http on a host that looks like this computer": ("http://127.0.0.1.evil.example/", "unprotected"),
    "http on a host that sounds like this computer": ("http://localhost.evil.example/", "unprotected"),
    "http in the school's network": ("http://192.168.0.7/", "unprotected"),
    "http on every address": ("http://0.0.0.0:8080/", "unprotected"),
    "a password": ("https://user:hunter2@h.example/", "user name or a password"),
    "a password with a broken port": ("https://user:hunter2@h.example:x/", "user name or a password"),
    "this computer as a user": ("http://127.0.0.1@evil.example/", "user name or a password"),
    "a query": ("https://h.example/?method=create", "goes on after its path"),
    "an empty query": ("https://h.example/?", "goes on after its path"),
    "a fragment": ("https://h.example/#top", "goes on after its path"),
    "no scheme": ("class.api.wiziq.com", "not a web address"),
    "another scheme": ("ftp://h.example/", "not a web address"),
    "no host": ("https:///x", "not a web address"),
    "a blank in the host": ("https://h .example/", "not a web address"),
    "a host that no look-up takes": (f"https://{'a' * 64}.example/", "not a web address"),
    "two dots": ("https://h..example/", "not a web address"),
    "a port that is none": ("https://h.example:https/", "not a web address"),
    "a backslash": ("http://127.0.0.1\\.evil.example/", "not a web address"),
    "half an address": ("http://[::1/", "not a web address"),
    "empty": ("", "not a web address"),
    "endless": ("x" * 10_000, "not a web address"),
}


@pytest.mark.parametrize(("url", "used"), TAKEN.values(), ids=TAKEN)
def test_a_base_url_is_taken(url: str, used: str) -> None:
    assert check_base_url(url) == used
    assert check_base_url(used) == used


@pytest.mark.parametrize(("url", "says"), NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_a_base_url_is_not_taken(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        check_base_url(url)
    assert "hunter2" not in str(caught.value)
    assert len(str(caught.value)) < 300


@given(st.text() | st.text(":/@.#?[]\\ htps1a%").map("http:".__add__))
def test_whatever_is_typed_nothing_leaves_this_computer_over_http(url: str) -> None:
    try:
        used = check_base_url(url)
    except ValueError:
        return
    assert used.startswith(("https://", "http://127.", "http://[::1]", "http://localhost"))


NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT

RETRY_AFTER = {
    "absent": ({}, None),
    "seconds": ({"Retry-After": "7"}, 7),
    "none": ({"Retry-After": "0"}, 0),
    "negative": ({"Retry-After": "-5"}, None),
    "a fraction": ({"Retry-After": "1.5"}, None),
    "words": ({"Retry-After": "soon"}, None),
    "absurd": ({"Retry-After": "1000000000"}, 86_400),
    "endless": ({"Retry-After": "9" * 4000}, 86_400),
    "a date": ({"Retry-After": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30),
    "a date without a zone": ({"Retry-After": "Tue, 14 Nov 2023 22:13:50 -0000"}, 30),
    "a date gone by": ({"Retry-After": "Tue, 14 Nov 2023 22:00:00 GMT"}, 0),
    "a date far away": ({"Retry-After": "Tue, 14 Nov 2123 22:00:00 GMT"}, 86_400),
}


@pytest.mark.parametrize(("headers", "wait_s"), RETRY_AFTER.values(), ids=RETRY_AFTER)
def test_how_long_to_wait_is_believed_within_reason(headers: dict[str, str], wait_s: float | None) -> None:
    assert retry_after_s(headers, NOW) == wait_s


@given(st.text() | st.text("MonTue, 0123456789:GMT+-Jan"))
def test_any_text_can_stand_where_a_date_is_expected(text: str) -> None:
    assert isinstance(parse_date(text), float | None)
