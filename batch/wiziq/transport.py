"""HTTP to the service: the session, and what a failure below XML leaves behind.

The trap: a timeout while connecting and one while waiting for the answer are
the same exception. Only whether the request's head left tells them apart, and
with that whether a class may exist.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import field
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from math import inf
from pathlib import Path
from types import SimpleNamespace

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from batch.core.message import Message, NoWay, ServiceFault
from batch.core.quick_dataclass import dataclass
from batch.version import __version__
from batch.wiziq.errors import ApiError, LockedOut, NoAnswer, Throttled, Unavailable

#: No wish of the service to wait longer is passed on: a batch has long given up by then.
LONGEST_WAIT = timedelta(days=1)

#: Servers keep an idle connection for 5 s and more; one that was idle for longer than this is not used again.
LONGEST_IDLE_S = 1.9

_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    "Accept": "text/xml, application/xml",
    "User-Agent": f"classbatch/{__version__}",
}
# What OpenSSL calls the answer of a port that does not speak TLS.
_NOT_TLS = {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}


@dataclass(slots=True)
class Attempt:
    """One request, as far as it got. Goes along as `trace_request_ctx`."""

    changes: bool = True  #: whether what is asked for changes anything in the account
    not_after: float = inf  #: by the event loop's clock: a head that has not left by then never does
    head_left: bool = False
    body_left: bool = False
    reused: bool = False  #: whether its connection had served another request before
    status: int = 0  #: of the answer, once there is one
    headers: Mapping[str, str] = field(default_factory=dict)  #: of the answer

    @property
    def may_have_acted(self) -> bool:
        return self.changes and self.body_left


class Connections:
    """The connections of a run: kept for the next request, until one that was kept breaks under it.

    A server may close an idle connection at the very moment it is used again, and
    every such race is an unanswered create. So none is used again that was idle for
    long, and after the first such break each request of the run opens its own.
    """

    def __init__(self, kept: aiohttp.ClientSession, single: aiohttp.ClientSession) -> None:
        self._session, self._single = kept, single

    def post(
        self, url: URL, *, data: bytes, attempt: Attempt
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """One request; `attempt` notes how far it gets."""
        # aiohttp would POST a 307 again, signature and all, wherever it points.
        return self._session.post(url, data=data, allow_redirects=False, trace_request_ctx=attempt)

    def broke(self, attempt: Attempt) -> None:
        """A request got no whole answer: where its connection was a kept one, none is kept any more."""
        if attempt.reused:
            self._session = self._single  # what is under way on the others goes on to its end


def trusting(ca_file: Path) -> ssl.SSLContext:
    """What trusts certificates of a file (PEM) besides the computer's own.

    Raises:
        OSError: the file cannot be read as certificates.
    """
    tls = ssl.create_default_context()
    tls.load_verify_locations(ca_file)
    return tls


@asynccontextmanager
async def open_session(
    *,
    connections: int,
    tls: ssl.SSLContext | None = None,
    proxy: str | None = None,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[Connections]:
    """The connections that a WiziqClient asks through, closed at the end of the block.

    Args:
        connections: how many may be open at once.
        tls: which certificates are trusted; None: the computer's own.
        proxy: the address of a web proxy that all goes through.
        resolver: looks host names up; None: as the computer does.
    """
    # True is aiohttp's own, made of the same defaults: a second takes as long as 100 rows.
    trusted: ssl.SSLContext | bool = True if tls is None else tls
    kept = aiohttp.TCPConnector(
        limit=connections, keepalive_timeout=LONGEST_IDLE_S, ssl=trusted, resolver=resolver
    )
    single = aiohttp.TCPConnector(limit=connections, force_close=True, ssl=trusted, resolver=resolver)
    async with _session(kept, proxy) as keeping, _session(single, proxy) as closing:
        yield Connections(keeping, closing)


def _session(connector: aiohttp.TCPConnector, proxy: str | None) -> aiohttp.ClientSession:
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(_note_reuse)
    tracing.on_request_headers_sent.append(_note_head_left)
    tracing.on_request_chunk_sent.append(_note_body_left)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),  # WiziqClient holds one deadline over everything
        headers=_HEADERS,
        trace_configs=[tracing],
        trust_env=False,
        proxy=proxy,
    )


def failure_of_status(attempt: Attempt, *, host: str, now_s: float) -> ApiError | LockedOut | None:
    """What an HTTP status without a whole `<rsp>` leaves behind; None: it is a status of success.

    A status says what a server, a proxy or an error page made of the request, never what
    the service did with it: unless its body stayed here, a class may have been made.

    Args:
        attempt: with its answer's status and headers: Location of a 3xx, Retry-After of a 429 or 503.
        host: who answered, for the message.
        now_s: the service's clock where it told it, else ours; for a Retry-After that is a date.
    """
    status = attempt.status
    code = f"HTTP {status}"
    if 200 <= status < 300:
        return None
    facts = {"host": host, "status": code}
    if 300 <= status < 400:
        # Followed, a 307 would carry the signed request to whoever it names.
        redirected = Message(ServiceFault.REDIRECTED, {**facts, "place": _place(attempt.headers)})
        return _lock_out(attempt, redirected, code)
    if status in {401, 403, 404}:
        return _lock_out(attempt, Message(ServiceFault.TURNED_AWAY, facts), code)
    asked_s = retry_after_s(attempt.headers, now_s) if status in {429, 503} else None
    may_have_acted = attempt.may_have_acted
    too_many = Message(ServiceFault.TOO_MANY_REQUESTS, {**facts, "may_have_acted": may_have_acted})
    if status == 429 and not may_have_acted:
        return Throttled(too_many, code=code, retry_after_s=asked_s)
    return NoAnswer(
        too_many if status == 429 else Message(ServiceFault.ERROR_PAGE, facts),
        code=code,
        is_overload=status in {429, 503, 504},
        retry_after_s=asked_s,
    )


def _lock_out(attempt: Attempt, message: Message, code: str) -> ApiError | LockedOut:
    if not attempt.may_have_acted:
        return LockedOut(message, code=code)
    return NoAnswer(message, code=code, locks_out=True)


def failure_of_exception(
    error: aiohttp.ClientError | OSError,
    attempt: Attempt,
    *,
    place: str,
    timeout_s: float,
    unused_proxies: Sequence[str] = (),
) -> ApiError | LockedOut:
    """What an exception on the way leaves behind.

    Args:
        error: what was raised.
        attempt: how far the request got.
        place: host and port, for the message.
        timeout_s: how long it might take.
        unused_proxies: variables that name a proxy for others, where one may have been needed.
    """
    if attempt.head_left:
        if isinstance(error, TimeoutError):
            late = Message(ServiceFault.TOO_LATE, {"place": place, "timeout_s": timeout_s})
            return NoAnswer(late, code="timeout", is_overload=True)
        return NoAnswer(Message(ServiceFault.BROKE_OFF, {"place": place}), code="disconnected")
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = cause.verify_message.rstrip(".")
        bad = Message(ServiceFault.BAD_CERTIFICATE, {"place": place, "why": why})
        return LockedOut(bad, code="certificate")
    if isinstance(cause, ssl.SSLError) and cause.reason in _NOT_TLS:
        return LockedOut(Message(ServiceFault.NOT_HTTPS, {"place": place}), code="not https")
    facts = {"place": place, "reason": _reason(error), "unused": list(unused_proxies)}
    return Unavailable(Message(ServiceFault.NO_CONNECTION, facts), code="unreachable")


@lru_cache(maxsize=8)  # the answers of a second all give the same
def parse_date(text: str) -> float | None:
    """An HTTP date in seconds since the Unix epoch; None where it is none."""
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """Retry-After, seconds or a date; None where it asks for nothing that makes sense."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        wait_s = float(text)
    else:
        date = parse_date(text)
        if date is None:
            return None
        wait_s = max(date - now_s, 0.0)
    return min(wait_s, LONGEST_WAIT.total_seconds())


async def _note_reuse(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceConnectionReuseconnParams,
) -> None:
    context.trace_request_ctx.reused = True


async def _note_head_left(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    # Called just before the write: a head that left is never taken for one that did not. A process that was stopped
    # and wakes up hears of its connections before its timers.
    if asyncio.get_running_loop().time() >= context.trace_request_ctx.not_after:
        raise TimeoutError
    context.trace_request_ctx.head_left = True


async def _note_body_left(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestChunkSentParams,
) -> None:
    context.trace_request_ctx.body_left = True  # just before the write, too


def _reason(error: Exception) -> NoWay:
    if isinstance(error, TimeoutError):
        return NoWay.TOO_LONG
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return NoWay.NO_NAME
    if isinstance(error, aiohttp.ClientSSLError):
        return NoWay.NO_TLS
    if isinstance(error.__cause__, ConnectionRefusedError):
        return NoWay.REFUSED
    return NoWay.BROKEN


def _place(headers: Mapping[str, str]) -> str:
    """Where a redirect points to, without a query that might echo what was sent."""
    try:
        return str(URL(headers.get("Location", "")).origin())
    except ValueError:  # relative, or no URL at all
        return ""
