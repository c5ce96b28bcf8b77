"""Carries a fault out on the wire: spoiled bodies, other HTTP answers, resets.

A reset is a true RST (SO_LINGER with no time left), not a polite end: that is
what a client sees of a crashed server or a dropped NAT entry.
"""

import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate

from aiohttp import web

from batch.sandbox.classes import FIRST_CLASS_ID
from batch.sandbox.faults import Fault, code_of
from batch.sandbox.refusals import Refused
from batch.sandbox.replies import Style

XML = "text/xml; charset=utf-8"
Sleep = Callable[[float], Awaitable[None]]

_HTML = b"<!DOCTYPE html>\n<html><head><title>Service</title></head><body><h1>Please come back later</h1></body></html>"
_BOMB = b"".join(
    b'<!ENTITY %c "%s">' % (letter, (b"&%c;" % (letter - 1)) * 10) for letter in range(ord("b"), ord("k"))
)


def _without(tag: bytes) -> Callable[[bytes], bytes]:
    pattern = re.compile(rb"<%s>.*?</%s>" % (tag, tag), re.DOTALL)
    return lambda body: pattern.sub(b"", body)


def _with(padding: bytes, doctype: bytes = b"") -> Callable[[bytes], bytes]:
    """Put something right inside the root element, which is the first to be opened."""
    return lambda body: doctype + body.strip().replace(b">", b">" + padding, 1)


def _before_end(element: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(b"</rsp>", element + b"</rsp>")


def _class_id(change: Callable[[int], bytes]) -> Callable[[bytes], bytes]:
    """Another class_id in the place of the right one."""
    return lambda body: re.sub(
        rb"(?<=<class_id>)\d+(?=</class_id>)", lambda found: change(int(found[0])), body, count=1
    )


def _huge(body: bytes) -> bytes:
    """Made when wanted: a constant would hold 12 MB in every process that imports this."""
    return _with(b"<x>" + b"a" * 12_000_000 + b"</x>")(body)


def _of_another(body: bytes) -> bytes:
    """The same, said of another method."""
    found = re.search(rb"<method>(\w+)</method>", body)
    method = found[1] if found else b"create"
    return body.replace(method, b"modify" if method == b"cancel" else b"cancel")


_SPOILED: Mapping[str, Callable[[bytes], bytes]] = {
    "truncated-xml": lambda body: body[: len(body) // 2],
    "empty-body": lambda _: b"",
    "html-200": lambda _: _HTML,
    "dtd": _with(b"<x>&file;</x>", b'<!DOCTYPE rsp [<!ENTITY file SYSTEM "file:///etc/passwd">]>'),
    "entity-bomb": _with(b"<x>&j;</x>", b'<!DOCTYPE rsp [<!ENTITY a "ha">' + _BOMB + b"]>"),
    "huge-body": _huge,
    "deep-nesting": _with(b"<x>" * 3000 + b"</x>" * 3000),
    "ok-without-class-id": _without(b"class_id"),
    "ok-without-method": _without(b"method"),
    "ok-of-another": _of_another,
    "ok-not-done": lambda body: re.sub(
        rb"""(<(?:create|modify|cancel|get_data) status=["'])true""", rb"\1false", body
    ),
    "ok-with-error": _before_end(b"<error code='1032' msg='You have already scheduled a class.'/>"),
    "fail-with-class": lambda body: _before_end(b"<error code='1031' msg='It is not valid.'/>")(
        re.sub(rb"""(<rsp status=["'])ok""", rb"\1fail", body)
    ),
    "class-id-zero": _class_id(lambda _: b"0"),
    "class-id-negative": _class_id(lambda _: b"-1"),
    "class-id-word": _class_id(lambda _: b"pending"),
    "class-id-twice": _class_id(lambda number: b"%d</class_id><class_id>%d" % (number, number + 1)),
    "foreign": _class_id(lambda _: b"%d" % FIRST_CLASS_ID),
    "made-up": _class_id(lambda number: b"%d" % (number + 1_000_000)),
    "ok-without-call-id": lambda body: re.sub(rb""" call_id=(["']).*?\1""", b"", body, count=1),
}

_REFUSALS: Mapping[str, Callable[[Style, str], bytes]] = {
    "fail-without-code": lambda style, call_id: style.fail(None, "", call_id),
    "fail-of-another": lambda style, call_id: style.fail("1009", "class_id is invalid.", call_id).replace(
        b"<error", b"<method>add_attendees</method><error", 1
    ),
    "unknown-code": lambda style, call_id: style.fail("1999", "A message that no table lists.", call_id),
    "1000": lambda style, call_id: style.fail(
        "1000", "There is some error while processing your request.", call_id
    ),
}


def _refusal_of(kind: str) -> Callable[[Style, str], bytes] | None:
    """What a fault of this kind answers; None for one that refuses nothing."""
    if code := code_of(kind):
        # The number that the text of some codes names is of no account here.
        return lambda style, call_id: style.fail(code, Refused(code, limit=1).message, call_id)
    return _REFUSALS.get(kind)


async def deliver(
    request: web.Request,
    fault: Fault,
    body: bytes,
    *,
    style: Style,
    call_id: str,
    now: float,
    sleep: Sleep,
) -> web.StreamResponse:
    """Answer `request` with `body` spoiled as the fault says, or break the connection."""
    match fault.kind:
        case "slow-body":
            return await _slowly(request, body, sleep)
        case "hang":
            await sleep(fault.seconds)
            return reset(request)
        case "reset-mid-response":
            await _begin(request, body)
            return reset(request)
        case "reset":
            return reset(request)
    if refusal := _refusal_of(fault.kind):
        return xml(refusal(style, call_id))
    return _whole_answer(request, fault, body, now)


def _whole_answer(request: web.Request, fault: Fault, body: bytes, now: float) -> web.Response:
    match fault.kind.partition("-"):
        case "wrong", *_:
            return web.Response(body=body, content_type="application/octet-stream")
        case "http", _, status:
            return html(int(status), {"Retry-After": f"{fault.seconds:.0f}"} if fault.seconds else None)
        case "redirect", _, status:
            return web.Response(status=int(status), headers={"Location": _another_host(request)})
        case "429", _, variant:
            return _too_many(variant, fault.seconds, now)
    return xml(_SPOILED.get(fault.kind, bytes)(body))


def xml(body: bytes) -> web.Response:
    return web.Response(body=body, headers={"Content-Type": XML})


def html(status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=_HTML, content_type="text/html", headers=headers)


def reset(request: web.Request) -> web.Response:
    """Drop the connection with an RST. The response is for aiohttp alone; nobody gets it."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


def _too_many(variant: str, seconds: float, now: float) -> web.Response:
    retry_after = {
        "seconds": f"{seconds:.0f}",
        "date": formatdate(now + seconds, usegmt=True),
        "negative": "-5",
        "absurd": "1000000000",
    }.get(variant)
    response = html(429)
    if retry_after is not None:
        response.headers["Retry-After"] = retry_after
    return response


def _another_host(request: web.Request) -> str:
    """This sandbox under another name, so that the ledger shows it when a client follows."""
    host = "127.0.0.1" if request.url.host == "localhost" else "localhost"
    return str(request.url.with_host(host))


async def _begin(request: web.Request, body: bytes) -> web.StreamResponse:
    """Send the head, which promises all, and half of the body."""
    response = web.StreamResponse(headers={"Content-Type": XML})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    return response


async def _slowly(request: web.Request, body: bytes, sleep: Sleep) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": XML})
    response.content_length = len(body)
    await response.prepare(request)
    for byte in body:
        await response.write(bytes([byte]))
        await sleep(0.2)
    return response
