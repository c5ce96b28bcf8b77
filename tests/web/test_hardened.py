"""The upload page against who has its code in hand: cookies that are planted, packed bombs, bytes that are no text."""

import asyncio
import hashlib
import hmac
import json
import logging
import os
import re
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from batch.web.server.handlers import file_answer
from batch.web.server.security import csrf_token
from batch.web.state.uploads import MOST_FILES, Stage, Upload, name_shown
from tests.support.command import PATIENCE_S, lesson
from tests.support.page import Browser, Served, browsing, csv_of, serving_page

PARTS = "multipart/form-data; boundary=edge"
SMALL = "application/x-www-form-urlencoded"


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    async with serving_page(tmp_path, sandbox=True) as page:
        yield page


@pytest.fixture
async def browser(served: Served) -> AsyncIterator[Browser]:
    async with served.browser() as browser:
        yield browser


async def test_a_cookie_that_somebody_else_has_set_is_no_way_to_a_form_s_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a proxy anybody under the same domain may set a cookie; it must not tell him the token."""
    monkeypatch.setenv("HOME", str(tmp_path))
    async with serving_page(tmp_path, sandbox=True, user_header="X-User") as page, browsing(page.url) as anna:
        anna._session.headers["X-User"] = "anna"
        anna._session.headers["Cookie"] = f"{page.site.cookie}=planted"
        known = {hmac.new(b"planted", text, hashlib.sha256).hexdigest() for text in (b"csrf\nanna", b"anna")}
        token = await anna.csrf()
        assert token not in known
        assert (await anna.post("/uploads", {"csrf": csrf_token("", "planted", "anna")})).status != 200


async def test_over_https_no_neighbour_under_the_same_domain_can_set_the_cookie(tmp_path: Path) -> None:
    async with serving_page(tmp_path, sandbox=True, public_url="https://timetable.school.example") as page:
        assert page.site.cookie == "__Host-classbatch-timetable.school.example"


STRANGE = {
    "bytes that are no text in the cookie": {"Cookie": b"classbatch=\xff\xfe"},
    "bytes that are no text as the session": {"Cookie": b"{cookie}=\xff\xfe"},
    "bytes that are no text as the origin": {"Origin": b"http://\xff"},
    "bytes that are no text as the host": {"Host": b"\xff"},
}


async def raw(browser: Browser, lines: list[bytes], body: bytes = b"") -> bytes:
    """The first line of the answer to a request as no browser would send it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(browser.url.rpartition(":")[2]))
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    answer = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    return answer


async def test_bytes_that_are_no_text_are_refused_and_no_fault_of_ours(
    browser: Browser, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("batch").propagate = True
    host = browser.url[7:].encode()
    for name, strange in STRANGE.items():
        headers = {"Host": host, "Origin": browser.url.encode(), **strange}
        cookie = served.site.cookie.encode()
        lines = [f"{key}: ".encode() + value.replace(b"{cookie}", cookie) for key, value in headers.items()]
        for first in (b"GET / HTTP/1.1", b"POST /uploads HTTP/1.1"):
            answer = await raw(browser, [first, *lines, b"Content-Length: 0"])
            assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400")), (name, answer)
    for line in (b"GET / HTTP/1.1\r\nno header", b"GET /enter?token=x HTTP/9.9", b"\x16\x03\x01"):
        assert (await raw(browser, [line])).startswith(b"HTTP/1.0 400"), line
    for path in ("/enter?token=%ff", "/enter?token=%ed%a0%80", "/?page=%ff", "/batches/%ff", "/uploads/%ff"):
        assert (await browser.get(path)).status in {200, 404}, path
    assert not caplog.records


async def test_what_is_packed_is_not_unpacked(browser: Browser, tmp_path: Path) -> None:
    """A hundred kilobytes that would become a hundred megabytes."""
    bomb = zlib.compress(b"--edge\r\n" + b"x" * (100 << 20))
    for path, kind in (("/uploads", PARTS), ("/uploads/x/check", SMALL)):
        headers = {"Origin": browser.url, "Content-Type": kind, "Content-Encoding": "deflate"}
        answer = await browser.post(path, bomb, headers=headers)
        assert answer.status in {400, 403}, answer.text
    form = aiohttp.FormData({"csrf": await browser.csrf()}, default_to_multipart=True)
    assert (await browser.post("/uploads/x/check", form)).status == 415, "a small form has no parts to unpack"
    assert not [path for path in (tmp_path / "state" / "uploads").iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    "name", ['a"; filename="evil.exe', "a\\", "a\r\nX: y", "\u202etxt.csv", "\u00fc\u4e2d.csv"]
)
def test_answers_are_not_parted_by_the_name_of_a_file(name: str) -> None:
    told = file_answer("x", name_shown(name)).headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[\w .-]+\"; filename\*=UTF-8''[\w.%~-]+", told, re.ASCII), (
        told
    )


async def test_two_files_for_one_upload_at_the_same_time_are_both_taken(browser: Browser) -> None:
    checked = await browser.checked(csv_of([lesson(1)]))
    path = f"{checked.url.path}/file"
    sent = await asyncio.gather(*(browser.upload(csv_of([lesson(1), lesson(2)]), to=path) for _ in range(2)))
    assert {each.status for each in sent} <= {200, 503}
    assert (await browser.settled(checked.url.path)).counts["ready"] == 2


async def test_pages_that_follow_a_run_leave_room_for_others(browser: Browser, served: Served) -> None:
    checked = await browser.checked(csv_of([lesson(1)]))
    upload = served.site.desk.uploads.get(checked.url.name)
    assert upload
    # As after a server that died: it is said to be sent, and one that is not ours sends it.
    served.site.desk.uploads.save(
        replace(upload, stage=Stage.RUNNING, confirmed="x", confirmed_at=time.time())
    )
    folder = served.site.settings.state / served.site.desk.account
    folder.mkdir()
    (folder / "lock").write_text(json.dumps({"pid": os.getpid(), "started": time.time()}), encoding="utf-8")
    path = f"{browser.url}{checked.url.path}/events"
    following = [await browser._session.get(path) for _ in range(4)]
    assert [answer.status for answer in following] == [200] * 4
    late = await browser.get(f"{checked.url.path}/events")
    assert late.status == 503
    assert (await browser.get("/")).status == 200
    for answer in following:
        answer.close()
    patience = time.monotonic() + PATIENCE_S
    while (again := await browser._session.get(path)).status == 503:  # it is noticed that they have gone
        assert time.monotonic() < patience
        await asyncio.sleep(0.1)
    assert again.status == 200
    again.close()


async def test_one_more_file_than_are_kept_costs_the_oldest(browser: Browser, served: Served) -> None:
    uploads = served.site.desk.uploads
    for number in range(MOST_FILES):
        folder = uploads.folder / f"{number:0>22}"
        folder.mkdir()
        record = Upload(
            id=folder.name, name="x", owner=None, at=1_000.0 + time.time() * (number > 0), nonce=""
        )
        (folder / "upload.json").write_text(replace(record, stage=Stage.CHECKED).json(), encoding="utf-8")
        uploads.file(record).write_text("title", encoding="utf-8")
    await browser.upload(csv_of([lesson(1)]), "term.csv")
    assert not (uploads.folder / f"{0:0>22}").exists()
    assert not uploads.is_crowded()
