"""The client against a real socket that answers from a script and remembers what it got."""

import asyncio
import gzip
import logging
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.message import ServiceFault
from batch.core.service.protocol import sign
from batch.report.wording.messages import message_of
from batch.wiziq import client
from batch.wiziq.client import Credentials, WiziqClient, open_session
from batch.wiziq.errors import (
    ApiError,
    ListingFailed,
    LockedOut,
    NoAnswer,
    NoList,
    PresenterBusy,
    Refused,
    SlotFull,
    Throttled,
    Unavailable,
)
from batch.wiziq.transport import Attempt, failure_of_status

ACCESS, SECRET = "q+/Zk3x1Lw8=", "7v+/u8P0+sdf/x9Kz2Yb+Q=="
KEYS = Credentials(ACCESS, SECRET)
NOW = 1_700_000_000.0
#: Long enough for a loaded computer to send the request, short enough to wait for.
DEADLINE_S = 0.5
CREATED = (
    b"<rsp status='ok' call_id='1b8ad9e6fa71'><method>create</method>"
    b"<create status='true'><class_id>2492040</class_id></create></rsp>"
)
A_ROW = {"title": "Géométrie & co + 100%41 日", "start_time": "09/01/2026 14:00:00", "duration": "60"}

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@dataclass
class Request:
    """What arrived: the request line, the headers, the form."""

    line: str
    headers: dict[str, str]
    body: str

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True, strict_parsing=True))


@dataclass
class Server:
    """Answers the requests in turn from `script`; the last answer stands for all that follow."""

    script: list[Answer]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    by_page: bool = False  #: each page has its own answer, in whatever order they are asked for

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            named = {name.lower(): value for name, value in (header.split(": ", 1) for header in headers)}
            body = (await reader.readexactly(int(named["content-length"]))).decode("ascii")
            self.requests.append(request := Request(line, named, body))
            if self.by_page:
                page = int(request.form["page_number"])
                await asyncio.sleep(0.003 * (-page % 4))  # the later ones come first
                await self.script[min(page, len(self.script)) - 1](reader, writer)
            else:
                await (self.script.pop(0) if len(self.script) > 1 else self.script[0])(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left, as some cases have it
        finally:
            writer.close()


@asynccontextmanager
async def serving(*script: Answer, by_page: bool = False) -> AsyncIterator[Server]:
    server = Server(list(script), by_page=by_page)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
    try:
        yield server
    finally:
        listener.close()
        await listener.wait_closed()


@asynccontextmanager
async def asking(
    url: str, timeout_s: float = 10, now: Callable[[], float] = lambda: NOW, pages_at_once: int = 1
) -> AsyncIterator[WiziqClient]:
    async with open_session(connections=4) as session:
        yield WiziqClient(
            session,
            base_url=url,
            credentials=KEYS,
            timeout_s=timeout_s,
            now=now,
            pages_at_once=pages_at_once,
        )


def raw(data: bytes) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return answer


def http(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join([*lines, "", ""]).encode() + body)


def fail(code: str, msg: str = "No.") -> Answer:
    return http(f"<rsp status='fail' call_id='88cb'><error code='{code}' msg='{msg}'/></rsp>".encode())


def listing(*classes: int) -> Answer:
    """Classes that are counted from 0, as the service numbers them: from 1."""
    records = "".join(f"<record><class_id>{number + 1}</class_id></record>" for number in classes)
    inside = f"<get_data status='true'><record_list>{records}</record_list></get_data>"
    return http(f"<rsp status='ok'><method>get_data</method>{inside}</rsp>".encode())


async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Says nothing until the client leaves."""
    await reader.read()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One byte of a right answer every now and then, never the last."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


PAGE = b"<html><body>Bad Gateway</body></html>"

BROKEN = {
    "closed at once": raw(b""),
    "closed after 10 bytes": raw(b"HTTP/1.1 2"),
    "reset after the request": reset,
    "no HTTP": raw(b"* OK IMAP4 ready\r\n\r\n"),
    "body cut short": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + CREATED),
    "chunk cut short": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + CREATED),
    "gzip that is none": http(CREATED, Content_Encoding="gzip"),
}

UNREADABLE = {
    "an HTML page with 200": http(PAGE, Content_Type="text/xml"),
    "empty": http(b""),
    "204": http(b"", "204 No Content"),
    "truncated XML of the right length": http(CREATED[:-9]),
    "a DTD": http(b"<!DOCTYPE rsp>" + CREATED),
    "12 MB": http(CREATED + b" " * 12_000_000),
    "12 MB without a length": raw(b"HTTP/1.1 200 OK\r\n\r\n" + CREATED + b" " * 12_000_000),
    "12 MB out of 12 KB": http(gzip.compress(CREATED + b" " * 12_000_000), Content_Encoding="gzip"),
}

#: What the service does with a create: what is raised, its code, its extra facts.
ANSWERS: dict[str, tuple[Answer, type[ApiError | LockedOut], str, dict[str, object]]] = {
    **{name: (answer, NoAnswer, "disconnected", {"is_overload": False}) for name, answer in BROKEN.items()},
    "no answer": (never, NoAnswer, "timeout", {"is_overload": True}),
    "a body that trickles": (trickle, NoAnswer, "timeout", {"is_overload": True}),
    **{name: (answer, NoAnswer, "unreadable", {"is_overload": False}) for name, answer in UNREADABLE.items()},
    "ok without class_id": (
        http(b"<rsp status='ok' call_id='ab'><method>create</method><create status='true'/></rsp>"),
        NoAnswer,
        "unreadable",
        {"call_id": "ab"},
    ),
    "fail without code": (
        http(b"<rsp status='fail' call_id='ab'/>"),
        NoAnswer,
        "unreadable",
        {"call_id": "ab"},
    ),
    **{
        f"code {code}": (fail(code), NoAnswer, code, {"is_overload": code == "503", "call_id": "88cb"})
        for code in ("500", "502", "503", "1000")
    },
    **{
        f"code {code}": (fail(code), LockedOut, code, {"call_id": "88cb"})
        for code in ("400", "401", "403", "404", "1046", "1047", "1062")
    },
    "1012": (
        fail("1012", "Only 5 simultaneous classes are allowed."),
        SlotFull,
        "1012",
        {"limit": 5, "call_id": "88cb"},
    ),
    "1032": (fail("1032"), PresenterBusy, "1032", {"call_id": "88cb"}),
    "1031": (fail("1031"), Refused, "1031", {"text": "No."}),
    "a code nobody listed": (fail("1999"), Refused, "1999", {}),
}


#: Every status that is none of success, and some that nobody registered.
STATUSES = (
    *range(300, 309),
    *range(400, 432),
    444,
    451,
    495,
    499,
    *range(500, 512),
    520,
    522,
    524,
    530,
    598,
    599,
)
LOCK_OUTS = {*range(300, 400), 401, 403, 404}

#: What came under a status of failure, and proves nothing.
BODIES = {
    "nothing": b"",
    "an error page": b"<html><body>Bad Gateway</body></html>",
    "the class, confirmed": CREATED,
    "half a refusal": b"<rsp status='fail'><error code='1004' ms",
}

#: Retry-After under 429 or 503, and how long to wait.
ASKED = {
    "nothing asked for": ({}, None),
    "seconds": ({"Retry-After": "7"}, 7),
    "a date, by the clock of the service": (
        {"Retry-After": formatdate(NOW + 90), "Date": formatdate(NOW + 60)},
        30,
    ),
}


def leaks(text: str) -> list[str]:
    """The secrets that a text gives away, raw or encoded."""
    signature = sign(SECRET, ACCESS, int(NOW), "create")
    secrets = [ACCESS, SECRET, signature, "q%2B/Zk3x1Lw8", "q%2B%2FZk3x1Lw8", signature[:12]]
    return [secret for secret in secrets if secret in text]


def told(error: BaseException | None) -> str:
    """Everything that an error and its causes say."""
    return "" if error is None else f"{error!r} {error} {told(error.__cause__)} {told(error.__context__)}"


async def test_a_create_goes_out_as_one_signed_form() -> None:
    answer = http(CREATED, Content_Type="application/octet-stream")
    async with serving(answer) as server, asking(server.url + "apimanager.ashx") as api:
        made = await api.create(A_ROW)
    (request,) = server.requests
    assert (made.class_id, made.call_id) == ("2492040", "1b8ad9e6fa71")
    assert request.line == "POST /apimanager.ashx?method=create HTTP/1.1"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"
    signed = {"access_key": ACCESS, "timestamp": "1700000000", "method": "create"}
    assert request.form == A_ROW | signed | {"signature": "FXNT//2qdXgXF/9xk70k64Cgi00="}


async def test_every_attempt_has_a_timestamp_and_a_signature_of_its_own() -> None:
    clock = iter(range(1_700_000_000, 1_800_000_000))
    async with serving(http(CREATED)) as server, asking(server.url, now=lambda: next(clock)) as api:
        await api.create(A_ROW)
        await api.create(A_ROW)
    first, second = (request.form for request in server.requests)
    assert first["timestamp"] < second["timestamp"]
    for form in (first, second):
        assert form["signature"] == sign(SECRET, ACCESS, int(form["timestamp"]), "create")


async def test_a_row_cannot_replace_what_signs_it() -> None:
    async with serving(http(CREATED)) as server, asking(server.url) as api:
        await api.create({"method": "cancel", "signature": "x", "title": "A"})
    assert server.requests[0].body.count("method=") == 1
    assert server.requests[0].form["method"] == "create"
    assert server.requests[0].form["signature"] == "FXNT//2qdXgXF/9xk70k64Cgi00="


@given(st.dictionaries(st.text("abc_", min_size=1), st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_text_survives_the_form(parameters: dict[str, str]) -> None:
    # No request is made, so no session is needed.
    api = WiziqClient(None, base_url="http://localhost/", credentials=KEYS, now=lambda: NOW)  # type: ignore[arg-type]  # see above
    form = dict(
        parse_qsl(
            client._form(parameters, api._proof("create", int(NOW))).decode("ascii"), keep_blank_values=True
        )
    )
    assert {name: form[name] for name in parameters} == parameters
    assert form["signature"] == "FXNT//2qdXgXF/9xk70k64Cgi00="


@pytest.mark.parametrize(("answer", "kind", "code", "facts"), ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_is_sorted_by_what_it_leaves_behind(
    answer: Answer,
    kind: type[ApiError | LockedOut],
    code: str,
    facts: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    timeout_s = DEADLINE_S if code == "timeout" else 10
    async with serving(answer) as server, asking(server.url, timeout_s) as api:
        with pytest.raises(kind) as caught:
            await api.create(A_ROW)
    error = caught.value
    assert (type(error), error.code) == (kind, code)
    assert {name: getattr(error, name) for name in facts} == facts
    assert len(server.requests) == 1  # nothing is retried here
    assert leaks(told(error) + caplog.text) == []


def done(method: str, within: str = "", status: str = "200 OK") -> Answer:
    inside = f"<method>{method}</method><{method} status='true'>{within}</{method}>"
    return http(f"<rsp status='ok' call_id='5e1f'>{inside}</rsp>".encode(), status)


A_CHANGE = {"title": "Géométrie", "attendee_limit": "30"}
#: method -> how it is asked
CHANGES: dict[str, Callable[[WiziqClient], Coroutine[None, None, object]]] = {
    "create": lambda api: api.create(A_ROW),
    "modify": lambda api: api.modify("7", A_CHANGE),
    "cancel": lambda api: api.cancel("7"),
}
#: Those that act on a class that exists.
ON_A_CLASS = ("modify", "cancel")
#: What comes back and confirms nothing, though some of it says ok; METHOD is the one that was asked.
NO_CONFIRMATIONS = {
    "ok of a create": CREATED,
    "ok of another": b"<rsp status='ok'><method>edit</method><edit status='true'/></rsp>",
    "ok, and of what is not told": b"<rsp status='ok'><METHOD status='true'/></rsp>",
    "ok, and nothing done": b"<rsp status='ok'><method>METHOD</method></rsp>",
    "ok, and not done": b"<rsp status='ok'><method>METHOD</method><METHOD status='false'/></rsp>",
    "ok, and done is not told": b"<rsp status='ok'><method>METHOD</method><METHOD/></rsp>",
    "ok twice": b"<rsp status='ok'><method>METHOD</method>" + b"<METHOD status='true'/>" * 2 + b"</rsp>",
    "ok, and a refusal": b"<rsp status='ok'><method>METHOD</method><METHOD status='true'/><error code='1009'/></rsp>",
    "ok of another class": b"<rsp status='ok'><method>METHOD</method><METHOD status='true'><class_id>8</class_id></METHOD></rsp>",
    "fail, and done": b"<rsp status='fail'><METHOD status='true'/><error code='1009' msg='No.'/></rsp>",
    "fail of another": b"<rsp status='fail'><method>get_data</method><error code='1009' msg='No.'/></rsp>",
    "fail for two reasons": b"<rsp status='fail'><error code='1009'/><error code='1033'/></rsp>",
    "fail without a code": b"<rsp status='fail'><error msg='No.'/></rsp>",
    "cut off": b"<rsp status='ok'><method>METHOD</method><METHOD status='true'/></rs",
}

#: The codes of section 5 and the ones that matter to everybody: what each leaves of a change to a class.
CODES_OF_CHANGES: dict[str, type[ApiError | LockedOut]] = {
    **dict.fromkeys(("1004", "1009", "1010", "1020", "1031", "1034", "1035", "1036", "1999"), Refused),
    **dict.fromkeys(("1015", "1016", "1017", "1018"), Refused),
    **dict.fromkeys(("500", "502", "503", "1000"), NoAnswer),
    **dict.fromkeys(("400", "401", "403", "404", "1046", "1047", "1062"), LockedOut),
    "1012": SlotFull,
    "1032": PresenterBusy,
}
READS: dict[str, Callable[[WiziqClient], Coroutine[None, None, object]]] = {
    "get_data": lambda api: api.get_data({}, page=1),
    "get_account_info": lambda api: api.account_info(),
    "get_teacher_details": lambda api: api.teachers(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("method", CHANGES)
async def test_no_status_proves_that_nothing_was_done(method: str, body: bytes) -> None:
    answers = [http(b"" if status == 304 else body, f"{status} X") for status in STATUSES]  # 304 has no body
    async with serving(*answers) as server, asking(server.url) as api:
        for number, status in enumerate(STATUSES, start=1):
            with pytest.raises(NoAnswer) as caught:
                await CHANGES[method](api)
            error = caught.value
            assert (error.code, error.locks_out) == (f"HTTP {status}", status in LOCK_OUTS)
            assert error.is_overload is (status in {429, 503, 504})
            assert len(server.requests) == number
            assert leaks(told(error)) == []


@pytest.mark.parametrize("status", ["302 X", "404 X", "429 X", "502 X"])
@pytest.mark.parametrize("method", CHANGES)
async def test_a_status_whose_page_breaks_off_or_never_ends_counts_all_the_same(
    method: str, status: str
) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Length: 500\r\n\r\n".encode()

    async def never_ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await never(reader, writer)

    for answer in (raw(head + b"<html>"), never_ends):
        async with serving(answer) as server, asking(server.url, DEADLINE_S) as api:
            with pytest.raises(NoAnswer) as caught:
                await CHANGES[method](api)
        assert (caught.value.code, caught.value.locks_out) == (
            f"HTTP {status[:3]}",
            status.startswith(("3", "404")),
        )


@pytest.mark.parametrize("status", ["302 X", "400 X", "403 X", "404 X", "429 X", "500 X", "503 X"])
@pytest.mark.parametrize(
    ("code", "kind"), [("1031", Refused), ("1032", PresenterBusy), ("401", LockedOut), ("1000", NoAnswer)]
)
async def test_a_whole_refusal_counts_under_any_status(status: str, code: str, kind: type[Exception]) -> None:
    body = f"<rsp status='fail'><error code='{code}' msg='No.'/></rsp>".encode()
    async with serving(http(body, status)) as server, asking(server.url) as api:
        with pytest.raises(kind) as caught:
            await api.create(A_ROW)
    assert (type(caught.value), caught.value.code) == (kind, code)  # type: ignore[attr-defined]  # all four have one


async def test_any_status_of_success_goes_with_a_whole_answer() -> None:
    for status in ("200 OK", "201 Created", "202 Accepted"):
        async with serving(http(CREATED, status)) as server, asking(server.url) as api:
            assert (await api.create(A_ROW)).class_id == "2492040"


@pytest.mark.parametrize("method", READS)
async def test_reading_leaves_nothing_behind_and_says_what_may_help(method: str) -> None:
    async with (
        serving(*(http(b"", f"{status} X") for status in STATUSES)) as server,
        asking(server.url) as api,
    ):
        for status in STATUSES:
            expected = LockedOut if status in LOCK_OUTS else Throttled if status == 429 else NoAnswer
            with pytest.raises((ApiError, LockedOut)) as caught:
                await READS[method](api)
            error = caught.value.__cause__ if isinstance(caught.value, ListingFailed) else caught.value
            assert type(error) is expected, status


@pytest.mark.parametrize(("headers", "wait_s"), ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("status", ["429 X", "503 X"])
async def test_how_long_the_service_wants_to_be_left_alone(
    status: str, headers: dict[str, str], wait_s: float | None
) -> None:
    async with serving(http(b"", status, **headers)) as server, asking(server.url) as api:
        with pytest.raises(NoAnswer) as caught:
            await api.create(A_ROW)
    assert caught.value.retry_after_s == wait_s


async def test_turned_away_before_the_body_had_left_nothing_was_done() -> None:
    attempt = Attempt(head_left=True, body_left=False)
    for status, kind in ((429, Throttled), (302, LockedOut), (403, LockedOut), (404, LockedOut)):
        attempt.status = status
        assert type(failure_of_status(attempt, host="wiziq.example", now_s=NOW)) is kind


@pytest.mark.thorough
async def test_a_process_that_stood_still_past_its_deadline_sends_nothing_when_it_wakes_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At whichever step it was stopped: what had left by then may have made a class, and nothing leaves afterwards."""
    attempts: list[Attempt] = []

    def noted(**facts: Any) -> Attempt:
        attempts.append(Attempt(**facts))
        return attempts[-1]

    monkeypatch.setattr(client, "Attempt", noted)
    async with serving(http(b"")) as server, asking(server.url, timeout_s=0.1) as api:
        left_before = set[bool]()
        for steps in range(1, 40):
            asked = asyncio.create_task(api.create(A_ROW))
            for _ in range(steps):
                await asyncio.sleep(0)
            left_before.add(had_left := attempts[-1].head_left)
            time.sleep(0.12)  # noqa: ASYNC251 - all of the process stands still
            with pytest.raises((Unavailable, NoAnswer)) as caught:
                await asked
            assert attempts[-1].head_left == had_left, f"it left after step {steps}"
            assert isinstance(caught.value, NoAnswer) == had_left
    assert left_before == {True, False}


NO_LISTS = {
    "a code of refusal": (fail("1020"), NoList.NOT_OFFERED),
    "the account has no such option": (fail("1062"), NoList.NOT_OFFERED),
    "no such method": (fail("404"), NoList.NOT_OFFERED),
    "wrong keys": (fail("403"), NoList.LOCKED_OUT),
    "unknown keys": (fail("401"), NoList.LOCKED_OUT),
    "another address": (http(b"", "302 X"), NoList.LOCKED_OUT),
    "HTTP 404": (http(b"", "404 X"), NoList.LOCKED_OUT),
    "HTTP 410": (http(b"", "410 X"), NoList.NOT_NOW),
    "HTTP 502": (http(b"", "502 X"), NoList.NOT_NOW),
    "HTTP 429": (http(b"", "429 X"), NoList.NOT_NOW),
    "code 503": (fail("503"), NoList.NOT_NOW),
    "half an answer": (http(CREATED[:-9]), NoList.NOT_NOW),
    "no connection": (reset, NoList.NOT_NOW),
}


@pytest.mark.parametrize(("answer", "reason"), NO_LISTS.values(), ids=NO_LISTS)
async def test_why_there_is_no_list_decides_what_it_means(answer: Answer, reason: NoList) -> None:
    async with serving(answer) as server, asking(server.url) as api:
        with pytest.raises(ListingFailed) as caught:
            await api.get_data({}, page=1)
    assert caught.value.reason is reason


@pytest.mark.parametrize("status", ["301 X", "302 X", "303 X", "307 X", "308 X"])
async def test_a_redirect_is_not_followed(status: str) -> None:
    async with serving(http(CREATED)) as elsewhere:
        location = elsewhere.url + "there?x=1"
        async with serving(http(b"", status, Location=location)) as server, asking(server.url) as api:
            with pytest.raises(NoAnswer) as caught:
                await api.create(A_ROW)
    assert caught.value.code == f"HTTP {status[:3]}"
    assert caught.value.message.what is ServiceFault.REDIRECTED
    assert elsewhere.url.rstrip("/") in message_of(caught.value.message)
    assert "x=1" not in message_of(caught.value.message)
    assert (len(server.requests), elsewhere.requests) == (1, [])


async def test_a_cancellation_passes_through() -> None:
    arrived = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await never(reader, writer)

    async with serving(hold) as server, asking(server.url) as api:
        task = asyncio.create_task(api.create(A_ROW))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


CLOCKS = {
    "ahead of ours": (formatdate(NOW + 90, usegmt=True), 90),
    "behind ours": (formatdate(NOW - 600, usegmt=True), -600),
    "not told": (None, None),
    "nonsense": ("half past nine", None),
}


@pytest.mark.parametrize(("date", "offset_s"), CLOCKS.values(), ids=CLOCKS)
async def test_the_clock_of_the_service_is_compared(date: str | None, offset_s: float | None) -> None:
    headers = {} if date is None else {"Date": date}
    async with serving(http(CREATED, **headers)) as server, asking(server.url) as api:
        await api.create(A_ROW)
    assert api.clock_offset_s == offset_s


HUNDRED = listing(*range(100))
NONE = fail("1013")
#: The service's answers, the last one for ever; the last of the classes that are found (they count from 0), pages asked for.
PAGINGS = {
    "nothing there": ([NONE], -1, "1 2"),
    "one short page": ([listing(0, 1), NONE], 1, "1 2 3"),
    "101 classes": ([HUNDRED, listing(100), NONE], 100, "1 2 3 4"),
    "pages shorter than was asked for": ([listing(0, 1), listing(2, 3), listing(4), NONE], 4, "1 2 3 4 5"),
    "100 classes, then 1013": ([HUNDRED, NONE], 99, "1 2 3"),
    "100 classes, then an empty list": ([HUNDRED, listing()], 99, "1 2 3"),
    "a class that moved to the next page is listed once": ([HUNDRED, listing(99, 100), NONE], 100, "1 2 3 4"),
    "past the end the last page again": ([HUNDRED, listing(100)], 100, "1 2 3 4"),
    "the same page for ever": ([HUNDRED], 99, "1 2 3"),
}


@pytest.mark.parametrize(("script", "last", "pages"), PAGINGS.values(), ids=PAGINGS)
async def test_a_listing_is_paged_to_its_end(script: list[Answer], last: int, pages: str) -> None:
    async with serving(*script) as server, asking(server.url) as api:
        found = [int(one.class_id) - 1 async for one in api.list_classes({"title": "A+B"})]
    assert found == list(range(last + 1))
    assert [request.form["page_number"] for request in server.requests] == pages.split()
    sizes = [request.form["page_size"] for request in server.requests]
    assert {*sizes} == {"100"}
    assert {request.form["title"] for request in server.requests} == {"A+B"}
    assert all("class_id" in request.form["columns"].split(",") for request in server.requests)


FULL = [listing(*range(100 * page, 100 * page + 100)) for page in range(9)]
#: Each page's answer, the last one for ever; how many pages are asked for at most.
PAGES = {name: (script, len(pages.split()) + 2) for name, (script, _, pages) in PAGINGS.items()} | {
    "nine hundred classes": ([*FULL, NONE], 13),
    "a page left out among those of one block": ([*FULL[:3], NONE, *FULL[4:], NONE], 7),
    "a page left out at the end of a block": ([*FULL[:2], NONE, *FULL[3:], NONE], 5),
    "two pages left out, and more behind them": ([*FULL[:2], NONE, NONE, *FULL[4:], NONE], 5),
    "a page that fails": ([*FULL[:2], http(PAGE, "502 X"), *FULL[3:], NONE], 5),
}


@pytest.mark.parametrize("script", [[NONE], [listing(1), NONE]], ids=["empty", "of one page"])
async def test_a_short_list_is_had_in_one_round(script: list[Answer]) -> None:
    all_three = asyncio.Barrier(3)

    def held_back(answer: Answer) -> Answer:
        async def once_all_have_asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await all_three.wait()
            await answer(reader, writer)

        return once_all_have_asked

    async with serving(*map(held_back, script), by_page=True) as server:
        async with asking(server.url, pages_at_once=4) as api:
            await listed_by(api)
        assert len(server.requests) == 3


async def test_a_list_is_had_in_one_round_once_its_length_is_known() -> None:
    all_four = asyncio.Barrier(4)
    rounds = 0

    def held_back(answer: Answer) -> Answer:
        async def once_all_have_asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if rounds == 1:
                await all_four.wait()
            await answer(reader, writer)

        return once_all_have_asked

    two_pages = [FULL[0], listing(*range(100, 150)), NONE]
    async with serving(*map(held_back, two_pages), by_page=True) as server:
        async with asking(server.url, pages_at_once=4) as api:
            first = await listed_by(api)
            rounds = 1
            assert await listed_by(api) == first
        assert len(server.requests) == 5 + 4


async def listed_by(api: WiziqClient) -> list[str] | str:
    try:
        return [one.class_id async for one in api.list_classes({})]
    except ListingFailed as failed:
        return str(failed)


@pytest.mark.parametrize(("script", "most"), PAGES.values(), ids=PAGES)
async def test_pages_asked_for_together_list_what_they_list_one_by_one(
    script: list[Answer], most: int
) -> None:
    async with serving(*script, by_page=True) as server:
        async with asking(server.url, pages_at_once=4) as api:
            together = await listed_by(api)
        assert len(server.requests) <= most
        async with asking(server.url) as api:
            one_by_one = await listed_by(api)
    # What stands behind two empty pages is only seen where it was asked for already: then no list is believed.
    assert together == one_by_one or str(together).startswith("PAGE_LEFT_OUT")


UNLISTABLE = {
    "a page that fails": ([listing(*range(100)), http(PAGE, "502 X")], NoAnswer),
    "a page that is left out": ([HUNDRED, fail("1013"), listing(200)], None),
    "a first page that is left out": ([fail("1013"), listing(100)], None),
    "an account that may not list": ([fail("403")], LockedOut),
    "a method that is not offered": ([fail("1062")], LockedOut),
    "a refusal": ([fail("1025")], Refused),
    "too many requests": ([http(b"", "429 X")], Throttled),
    "half a list": (
        [http(b"<rsp status='ok'><method>get_data</method><get_data status='true'/></rsp>")],
        NoAnswer,
    ),
}


@pytest.mark.parametrize(("script", "cause"), UNLISTABLE.values(), ids=UNLISTABLE)
async def test_a_listing_without_an_end_is_an_error(
    script: list[Answer], cause: type[Exception] | None
) -> None:
    async with serving(*script) as server, asking(server.url) as api:
        with pytest.raises(ListingFailed) as caught:
            _ = [one async for one in api.list_classes({})]
    assert len(server.requests) <= 6
    assert type(caught.value.__cause__) is (cause or type(None))


async def test_account_info_proves_the_credentials() -> None:
    body = (
        b"<rsp status='ok'><method>get_account_info</method>"
        b"<get_account_info status='true'><plan>School</plan></get_account_info></rsp>"
    )
    async with serving(http(body), fail("403")) as server, asking(server.url) as api:
        assert (await api.account_info()).fields["plan"] == "School"
        with pytest.raises(LockedOut):
            await api.account_info()
    assert set(server.requests[0].form) == {"access_key", "timestamp", "method", "signature"}


async def test_a_change_names_its_class_and_what_changes_and_nothing_else() -> None:
    async with serving(done("modify")) as server, asking(server.url) as api:
        assert await api.modify("2492040", A_CHANGE) == "5e1f"
    (request,) = server.requests
    assert request.line == "POST /?method=modify HTTP/1.1"
    signed = {"access_key": ACCESS, "timestamp": "1700000000", "method": "modify"}
    signature = {"signature": sign(SECRET, ACCESS, int(NOW), "modify")}
    assert request.form == A_CHANGE | {"class_id": "2492040"} | signed | signature


async def test_a_change_cannot_name_another_class_than_its_own() -> None:
    async with serving(done("modify")) as server, asking(server.url) as api:
        await api.modify("7", {"class_id": "8", "method": "cancel", "title": "A"})
    assert (server.requests[0].form["class_id"], server.requests[0].form["method"]) == ("7", "modify")


async def test_cancelling_twice_is_as_good_as_once() -> None:
    async with serving(done("cancel"), fail("1033"), fail("1035")) as server, asking(server.url) as api:
        assert await api.cancel("7") == "5e1f"
        assert await api.cancel("7") == "88cb"
        with pytest.raises(Refused) as caught:
            await api.cancel("7")
    assert caught.value.code == "1035"
    assert [request.form["class_id"] for request in server.requests] == ["7", "7", "7"]


@pytest.mark.parametrize("within", ["", "<class_id>7</class_id>"])
@pytest.mark.parametrize("method", ON_A_CLASS)
async def test_a_change_is_confirmed_by_a_whole_answer_to_it(method: str, within: str) -> None:
    async with serving(done(method, within, "201 Created")) as server, asking(server.url) as api:
        assert await CHANGES[method](api) == "5e1f"


@pytest.mark.parametrize("body", NO_CONFIRMATIONS.values(), ids=NO_CONFIRMATIONS)
@pytest.mark.parametrize("method", ON_A_CLASS)
async def test_what_is_no_whole_answer_to_a_change_leaves_it_in_doubt(method: str, body: bytes) -> None:
    async with serving(http(body.replace(b"METHOD", method.encode()))) as server, asking(server.url) as api:
        with pytest.raises(NoAnswer) as caught:
            await CHANGES[method](api)
    assert caught.value.code == "unreadable"
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", (BROKEN | {"no answer": never}).values(), ids=[*BROKEN, "no answer"])
@pytest.mark.parametrize("method", ON_A_CLASS)
async def test_a_connection_that_breaks_leaves_a_change_in_doubt(method: str, answer: Answer) -> None:
    timeout_s = DEADLINE_S if answer is never else 10
    async with serving(answer) as server, asking(server.url, timeout_s) as api:
        with pytest.raises(NoAnswer) as caught:
            await CHANGES[method](api)
    assert caught.value.code == ("timeout" if answer is never else "disconnected")
    assert len(server.requests) == 1  # nothing is retried here


@pytest.mark.parametrize(("code", "kind"), CODES_OF_CHANGES.items(), ids=CODES_OF_CHANGES)
@pytest.mark.parametrize("method", ON_A_CLASS)
async def test_a_code_means_of_a_change_what_the_catalogue_says(
    method: str, code: str, kind: type[ApiError | LockedOut]
) -> None:
    async with serving(fail(code)) as server, asking(server.url) as api:
        with pytest.raises(kind) as caught:
            await CHANGES[method](api)
    assert (type(caught.value), caught.value.code, caught.value.call_id) == (kind, code, "88cb")


async def test_only_a_cancel_is_done_where_the_class_was_cancelled_before() -> None:
    async with serving(fail("1033")) as server, asking(server.url) as api:
        await api.cancel("7")
        with pytest.raises(Refused):
            await api.modify("7", A_CHANGE)


async def test_nothing_shows_the_keys() -> None:
    async with asking("http://127.0.0.1:9/") as api:
        assert leaks(f"{KEYS!r} {KEYS} {api!r} {vars(api)!r}") == []
