"""What the upload page is sent by those who mean it harm: refused or harmless, in words, with nothing left behind."""

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from batch.web.server.connections import MOST_PER_PEER
from batch.web.server.receive import Patience
from tests.support.command import KEYS, lesson
from tests.support.page import Browser, Served, browsing, csv_of, serving_here, serving_page

MIB = 1 << 20


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    patience = Patience(stalls_s=0.5, whole_s=20, head_s=1, kept_s=1)
    async with serving_page(tmp_path, sandbox=True, patience=patience, upload_mib=1) as page:
        yield page


@pytest.fixture
async def browser(served: Served) -> AsyncIterator[Browser]:
    async with served.browser() as browser:
        yield browser


def uploads_in(folder: Path) -> list[Path]:
    kept = folder / "state" / "uploads"
    return [path for path in kept.rglob("*") if path.is_file() and path.parent != kept]


#: Headers of a POST -> its status, where everything else is right.
ORIGINS = {
    "our own page": ({"Origin": "{here}"}, 200),
    "our own page by another of its names": ({"Origin": "http://localhost:{port}"}, 200),
    "the browser hides the origin and says it was ours": (
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        200,
    ),
    "no origin, and the browser says it was ours": ({"Sec-Fetch-Site": "same-origin"}, 200),
    "no origin": ({}, 403),
    "no origin, from another site": ({"Sec-Fetch-Site": "cross-site"}, 403),
    "no origin, from another port": ({"Sec-Fetch-Site": "same-site"}, 403),
    "another site": ({"Origin": "https://evil.example"}, 403),
    "another site that begins like ours": ({"Origin": "{here}.evil.example"}, 403),
    "another port": ({"Origin": "http://127.0.0.1:1"}, 403),
    "https where we are http": ({"Origin": "https://127.0.0.1:{port}"}, 403),
    "a hidden origin": ({"Origin": "null"}, 403),
    "another host": ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    "another host with our port": (
        {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"},
        403,
    ),
}


async def test_a_form_is_taken_from_our_own_pages_only(browser: Browser) -> None:
    port = browser.url.rpartition(":")[2]
    checked = await browser.checked(csv_of([lesson(1)]))
    form = {"csrf": checked.hidden("csrf")}
    for name, (told, status) in ORIGINS.items():
        headers = {key: value.format(here=browser.url, port=port) for key, value in told.items()}
        answer = await browser.post(f"{checked.url.path}/check", form, headers=headers)
        assert answer.status == status, name


async def test_a_page_is_shown_under_its_own_names_only(browser: Browser, served: Served) -> None:
    port = served.url.rpartition(":")[2]
    for host, status in {
        f"127.0.0.1:{port}": 200,
        f"localhost:{port}": 200,
        f"LOCALHOST:{port}": 200,
        f"[::1]:{port}": 200,
        "127.0.0.1": 403,
        f"127.0.0.1.evil.example:{port}": 403,
        f"evil.example:{port}": 403,
        "": 403,
    }.items():
        for path in ("/", "/static/app.css", "/enter?token=x"):
            answer = await browser.get(path, headers={"Host": host}, allow_redirects=False)
            expected = {200, 303} if status == 200 else {403}
            assert answer.status in expected, (host, path)


async def test_no_file_is_taken_without_the_token_of_our_pages(browser: Browser, tmp_path: Path) -> None:
    tokens = {"none": "", "wrong": "0" * 64, "not ASCII": "\u00e9"}
    for name, token in tokens.items():
        sent = await browser.upload(csv_of([lesson(1)]), "term.csv", csrf=token)
        assert sent.status == 403, name
        assert not uploads_in(tmp_path), name


async def test_the_token_of_another_browser_s_pages_is_no_token(browser: Browser, served: Served) -> None:
    async with served.browser() as other:
        sent = await browser.upload(csv_of([lesson(1)]), "term.csv", csrf=await other.csrf())
        assert sent.status == 403


async def test_the_address_lets_one_browser_in_and_only_with_its_cookie(served: Served) -> None:
    first = served.tokens[-1]
    async with browsing(served.url, first) as browser, browsing(served.url) as stranger:
        assert len(served.tokens) == 2
        assert (await browser.get("/")).status == 200
        for path in (f"/enter?token={first}", "/enter", "/enter?token=", "/", "/template.xlsx", "/nowhere"):
            answer = await stranger.get(path)
            assert answer.status == 403, path
            assert "csrf" not in answer.text
        assert (await stranger.post("/uploads", {"csrf": ""})).status == 403
        head = await stranger.get("/static/app.css")
        assert head.status == 200


async def test_the_cookie_is_closed_to_scripts_and_other_sites(served: Served) -> None:
    async with browsing(served.url) as browser:
        answer = await browser.get(f"/enter?token={served.tokens[-1]}", allow_redirects=False)
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        session = cookie.partition("=")[2].partition(";")[0]
        assert session not in (served.site.desk.uploads.folder / "sessions.json").read_text()


async def test_every_answer_forbids_what_a_page_of_ours_never_needs(browser: Browser) -> None:
    checked = await browser.checked(csv_of([lesson(1)]))
    for path in ("/", checked.url.path, f"{checked.url.path}/confirm", "/nowhere", "/static/app.js"):
        answer = await browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"] or path.startswith("/static")
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|<style|\sstyle=", answer.text), path


NAMES = {
    "a path upwards": ("../../../../etc/passwd", "passwd"),
    "a path of Windows": (r"C:\Users\..\..\autoexec.bat", "autoexec.bat"),
    "an absolute path": ("/etc/shadow", "shadow"),
    "a NUL": ("te\x00rm.csv", "te␀rm.csv"),
    "markup": ("<script>alert(1)</script>.csv", "script&gt;.csv"),
    "5,000 characters": ("a" * 5000 + ".csv", "aaa....csv"),
    "a line break": ("term\r\nX-Evil: 1.csv", "X-Evil: 1.csv"),
    "nothing but dots": ("..", ".."),
    "text that turns": ("term\u202excod.exe", "\ufffd"),
    "quotes": ("te\"rm'.csv", "te&#34;rm&#39;.csv"),
}


async def test_the_name_of_a_file_is_shown_and_never_used(browser: Browser, tmp_path: Path) -> None:
    token, content = await browser.csrf(), csv_of([lesson(1)])
    path = (await browser.upload(content, "term.csv")).url.path
    for case, (name, shown) in NAMES.items():
        boundary = "edge"
        quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\r\n", "%0D%0A")
        body = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
            ).encode()
            + content
            + f"\r\n--{boundary}--\r\n".encode()
        )
        headers = {"Origin": browser.url, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = await browser.post(f"{path}/file", body, headers=headers)
        if answer.status == 400:  # what no browser sends need not be understood
            continue
        assert answer.status == 200, case
        assert shown in answer.text, case
        assert "<script>alert" not in answer.text, case
        assert len(answer.text) < 40_000, case
    await browser.settled(path)
    own = re.compile(
        r"[\w-]{22}/(upload\.json|file-\d+\.xlsx|check-\d+/(check\.json|(rows|weeks|cells)\.jsonl))"
    )
    kept = tmp_path / "state" / "uploads"
    assert all(own.fullmatch(str(path.relative_to(kept))) for path in uploads_in(tmp_path))


async def stream(blocks: int, token: str, *, pause_s: float = 0) -> AsyncIterator[bytes]:
    yield f'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'.encode()
    yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="term.csv"\r\n\r\n'
    for _ in range(blocks):
        await asyncio.sleep(pause_s)
        yield b"x" * (256 * 1024)


FORM = {"Content-Type": "multipart/form-data; boundary=edge"}


async def test_a_stream_that_never_ends_is_refused_at_the_first_byte_too_many(
    browser: Browser, tmp_path: Path
) -> None:
    token = await browser.csrf()
    try:
        answer = await browser.post("/uploads", stream(8000, token), headers={"Origin": browser.url, **FORM})
        assert answer.status == 413
        assert "larger than 1 MiB" in answer.text
    except aiohttp.ClientError:
        pass  # the answer came while we were still sending, and the connection was closed
    assert not uploads_in(tmp_path)


async def test_a_file_that_says_it_is_too_large_is_not_even_begun(browser: Browser, tmp_path: Path) -> None:
    headers = {"Origin": browser.url, "Content-Length": str(2 << 30), **FORM}
    reader, writer = await asyncio.open_connection("127.0.0.1", int(browser.url.rpartition(":")[2]))
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser._session.cookie_jar)
    lines = [
        f"{name}: {value}" for name, value in {"Host": browser.url[7:], "Cookie": cookies, **headers}.items()
    ]
    writer.write(("POST /uploads HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode())
    answer = await asyncio.wait_for(reader.read(15), 10)
    assert answer.startswith(b"HTTP/1.1 413")
    writer.close()
    assert not uploads_in(tmp_path)


async def test_an_upload_that_drips_is_given_up(browser: Browser, tmp_path: Path) -> None:
    token = await browser.csrf()
    try:
        answer = await browser.post(
            "/uploads", stream(3, token, pause_s=3), headers={"Origin": browser.url, **FORM}
        )
        assert answer.status == 408
    except aiohttp.ClientError:
        pass  # as above
    await asyncio.sleep(0.1)
    assert not uploads_in(tmp_path)


BROKEN = {
    "no form at all": (b"{}", {"Content-Type": "application/json"}, 415),
    "a form without an edge": (b"x", {"Content-Type": "multipart/form-data"}, 400),
    "cut off": (b'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}', FORM, 400),
    "the file before the token": (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx\r\n--edge--\r\n',
        FORM,
        400,
    ),
    "no file": (
        b'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n--edge--\r\n',
        FORM,
        400,
    ),
    "a form within the form": (
        b"--edge\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nx\r\n--in--\r\n--edge--\r\n",
        FORM,
        400,
    ),
    "too many parts": (
        b'--edge\r\nContent-Disposition: form-data; name="more"\r\n\r\nx\r\n' * 50 + b"--edge--\r\n",
        FORM,
        400,
    ),
}


async def test_a_broken_form_is_told_in_words_and_leaves_nothing(browser: Browser, tmp_path: Path) -> None:
    token = (await browser.csrf()).encode()
    for name, (body, headers, status) in BROKEN.items():
        answer = await browser.post(
            "/uploads", body.replace(b"{token}", token), headers={"Origin": browser.url, **headers}
        )
        assert answer.status == status, (name, answer.text)
        assert "That did not work" in answer.text, name
    assert not uploads_in(tmp_path)


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("[Content_Types].xml", "<Types/>")
        container.writestr("xl/workbook.xml", "<workbook/>")
        container.writestr("xl/worksheets/sheet1.xml", b" " * (300 * MIB))
    return packed.getvalue()


async def test_a_bomb_is_a_file_that_cannot_be_used(browser: Browser) -> None:
    content = zip_bomb()
    assert len(content) < MIB
    seen = await browser.checked(content, "term.xlsx")
    assert seen.title == "The file cannot be used yet"


EVIL = "<script>alert('x')</script>{{ 7*7 }}"


async def test_script_in_a_title_or_in_the_service_s_words_is_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(teachers=frozenset({"nobody@school.example"})) as service:
        service.seen_by(monkeypatch, tmp_path)
        rows = [lesson(1, title=EVIL), lesson(2, title=EVIL, duration=EVIL), lesson(3, presenter_email=EVIL)]
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            checked = await browser.checked(csv_of(rows), f"{EVIL}.csv")
            result = await browser.sent(checked)
            assert result.counts["refused"] == 1
            start = await browser.get("/")
            for seen in (checked, result, start, await browser.get(f"{checked.url.path}/mapping")):
                assert "<script>alert" not in seen.text
                assert "49" not in re.findall(r"\b49\b", seen.text)
            assert "&lt;script&gt;alert" in checked.text
            everything = "".join(seen.text for seen in (checked, result, start))
            for secret in (*KEYS.values(), str(tmp_path), page.tokens[0], page.tokens[-1]):
                assert secret not in everything


async def test_another_user_s_uploads_and_batches_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    async with (
        serving_page(tmp_path, sandbox=True, user_header="X-User") as page,
        browsing(page.url) as anna,
        browsing(page.url) as ben,
        browsing(page.url) as nobody,
    ):
        anna._session.headers["X-User"] = "anna"
        ben._session.headers["X-User"] = "ben"
        checked = await anna.checked(csv_of([lesson(1)]), "secret-plans.csv")
        assert "anna" in checked.text
        result = await anna.sent(checked)
        own = (
            checked.url.path,
            result.url.path,
            f"{result.url.path}/results.xlsx",
            f"{checked.url.path}/events",
        )
        for path in own:
            assert (await ben.get(path)).status == 404, path
            assert (await nobody.get(path)).status == 403, path
        csrf = {"csrf": await ben.csrf(), "nonce": ""}
        for path in (
            f"{checked.url.path}/confirm",
            f"{checked.url.path}/again",
            f"{result.url.path}/finish",
        ):
            assert (await ben.post(path, csrf)).status == 404, path
        assert (await ben.upload(csv_of([lesson(2)]), "x.csv", to=f"{checked.url.path}/file")).status == 404
        assert "secret-plans" not in (await ben.get("/")).text
        assert "secret-plans" in (await anna.get("/")).text
        twice = await anna.get("/", headers=[("X-User", "anna"), ("X-User", "ben")])
        assert twice.status == 403


async def test_addresses_that_nobody_has_are_not_found(browser: Browser) -> None:
    for path in (
        "/uploads/..%2f..%2fetc",
        "/uploads/batches",
        f"/uploads/{'A' * 22}",
        "/uploads/%00",
        "/batches/..%2fsessions.json",
        "/batches/20310101-000000-abcd",
        "/batches/%2e%2e/results.xlsx",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/uploads/sessions.json",
    ):
        answer = await browser.get(path)
        assert answer.status in {403, 404}, path
        assert b"import" not in answer.body


@pytest.mark.parametrize("name", ["x" * 3_000, "x" * 150, "a/" * 1_000], ids=["3000", "150", "deep"])
async def test_a_static_file_that_no_file_can_be_is_not_found(browser: Browser, name: str) -> None:
    assert (await browser.get(f"/static/{name}")).status == 404


BEGUN = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "a head that never ends": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
async def test_a_connection_that_asks_for_nothing_is_dropped(
    served: Served, browser: Browser, begun: bytes
) -> None:
    reader, writer = await asyncio.open_connection(*address_of(served))
    writer.write(begun)
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()
    assert (await browser.get("/")).status == 200, "others are answered"


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
async def test_a_connection_that_was_answered_once_is_dropped_as_well(served: Served, begun: bytes) -> None:
    host, port = address_of(served)
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET /static/app.css HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.write(begun)
    async with asyncio.timeout(30):
        await reader.read()  # the rest of the answer, and the end
    writer.close()


async def test_one_place_cannot_hold_all_connections(served: Served) -> None:
    held = [await asyncio.open_connection(*address_of(served)) for _ in range(MOST_PER_PEER)]
    reader, writer = await asyncio.open_connection(*address_of(served))
    async with asyncio.timeout(30):
        assert await reader.read() == b"", "one more than it may have is dropped at once"
    held[0][1].close()
    for _, each in (*held, (reader, writer)):
        each.close()
    async with asyncio.timeout(30):
        while True:  # until the places are free again
            async with served.browser() as browser:
                if (await browser.get("/")).status == 200:
                    return


def address_of(served: Served) -> tuple[str, int]:
    url = URL(served.url)
    assert url.host
    assert url.port
    return url.host, url.port
