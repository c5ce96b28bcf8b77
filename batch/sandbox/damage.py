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

from batch.sandbox.faults import Fault
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


def _huge(body: bytes) -> bytes:
    """Made when wanted: a constant would hold 12 MB in every process that imports this."""
    return _with(b"<x>" + b"a" * 12_000_000 + b"</x>")(body)


_SPOILED: Mapping[str, Callable[[bytes], bytes]] = {
    "truncated-xml": lambda body: body[: len(body) // 2],
    "empty-body": lambda _: b"",
    "html-200": lambda _: _HTML,
    "dtd": _with(b"<x>&file;</x>", b'<!DOCTYPE rsp [<!ENTITY file SYSTEM "file:///etc/passwd">]>'),
    "entity-bomb": _with(b"<x>&j;</x>", b'<!DOCTYPE rsp [<!ENTITY a "ha">' + _BOMB + b"]>"),
    "huge-body": _huge,
    "deep-nesting": _with(b"<x>" * 3000 + b"</x>" * 3000),
    "ok-without-class-id": _without(b"class_id"),
    "ok-without-call-id": lambda body: re.sub(rb""" call_id=(["']).*?\1""", b"", body, count=1),
}

_NEW_ANSWERS: Mapping[str, tuple[str | None, str]] = {
    "fail-without-code": (None, ""),
    "unknown-code": ("1999", "A message that no table lists."),
    "1000": ("1000", "There is some error while processing your request."),
}


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
    if fault.kind in _NEW_ANSWERS:
        return xml(style.fail(*_NEW_ANSWERS[fault.kind], call_id))
    return _whole_answer(request, fault, body, now)


def _whole_answer(request: web.Request, fault: Fault, body: bytes, now: float) -> web.Response:
    match fault.kind.partition("-"):
        case "wrong", *_:
            return web.Response(body=body, content_type="application/octet-stream")
        case "http", _, status:
            return html(int(status))
        case "redirect", _, status:
            return web.Response(status=int(status), headers={"Location": _another_host(request)})
        case "429", _, variant:
            return _too_many(variant, fault.seconds, now)
    return xml(_SPOILED.get(fault.kind, bytes)(body))


def xml(body: bytes) -> web.Response:
    return web.Response(body=body, headers={"Content-Type": XML})


def html(status: int) -> web.Response:
    return web.Response(status=status, body=_HTML, content_type="text/html")


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
