"""The sandbox on loopback: HTTP in, the account's answer out, every call in the ledger.

API answers are HTTP 200 whatever they say, as the live ones are. `/ledger` is
ours alone, for tests and audits; WizIQ has no such thing.
"""

import asyncio
import hmac
import ipaddress
import random
import secrets
import shlex
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext, suppress
from email.utils import formatdate

from aiohttp import web

from batch.core.service.protocol import SANDBOX_HEADER, sign
from batch.sandbox.account import Account
from batch.sandbox.call_log import CallLog, CallRecord
from batch.sandbox.classes import Ledger, ScheduledClass
from batch.sandbox.damage import Sleep, deliver, html, reset, xml
from batch.sandbox.exchange import Exchange
from batch.sandbox.faults import Fault
from batch.sandbox.methods import Request, answer
from batch.sandbox.refusals import MESSAGES, Refused
from batch.sandbox.replies import Style
from batch.sandbox.settings import KeyPair, SandboxSettings, made_up_pair
from batch.sandbox.static_lists import languages, time_zones

_PATHS = ("/", "/apimanager.ashx", "/apimanager.ashx/")


class Sandbox:
    """A running sandbox: where it is, which classes it has, what it was asked."""

    def __init__(
        self,
        settings: SandboxSettings,
        *,
        clock: Callable[[], float],
        sleep: Sleep,
        ledger: Ledger | None,
    ) -> None:
        self.url = ""  #: the base URL; known once it listens
        self.credentials: KeyPair = settings.credentials or made_up_pair(secrets.token_bytes)
        self.account = Account(settings, now=self.now, ledger=ledger)
        self._log = CallLog()
        self._clock = clock
        self._sleep = sleep
        self._random = random.Random(settings.seed)  # noqa: S311 - latencies and ids, no secrets
        self._admitted = 0
        self._late: set[asyncio.Task[None]] = set()
        self._exchange = Exchange(sleep)
        self._by_hand = {"hand-edit": self.account.edit_by_hand, "hand-cancel": self.account.cancel_by_hand}

    @property
    def settings(self) -> SandboxSettings:
        return self.account.settings

    @settings.setter
    def settings(self, settings: SandboxSettings) -> None:
        """Change the account while it runs. The pair, `conflict`, `extend_counts`, `seed` and `ledger` stay."""
        self.account.settings = settings

    @property
    def classes(self) -> list[ScheduledClass]:
        """Every class that was ever made, cancelled ones too, by rising class_id."""
        return self.account.classes

    @property
    def calls(self) -> deque[CallRecord]:
        """The latest 10,000 requests, oldest first."""
        return self._log.calls

    @property
    def call_counts(self) -> Counter[str]:
        """Every answered request, as "create ok", "create 1012", "get_data 1013"; without a code if not carried out."""
        return self._log.counts

    @property
    def peak_concurrent(self) -> int:
        """The most classes that ever overlapped at one moment."""
        return self.account.peak_concurrent

    @property
    def inflight_peak(self) -> int:
        """The most requests that were ever open at once."""
        return self._log.inflight_peak

    @property
    def row_inflight_peak(self) -> int:
        """The most creates with one title, start_time and presenter that were ever open at once."""
        return self._log.row_inflight_peak

    def now(self) -> float:
        """The service's clock, which need not be ours."""
        return self._clock() + self.settings.clock_offset_s

    def as_json(self) -> dict[str, object]:
        """The ledger, for tests in other processes."""
        return {
            "note": "The sandbox's own ledger; not part of WizIQ.",
            "classes": [each.as_json() for each in self.classes],
            "calls": dict(self.call_counts),
            "peak_concurrent": self.peak_concurrent,
            "inflight_peak": self.inflight_peak,
            "row_inflight_peak": self.row_inflight_peak,
        }

    def application(self) -> web.Application:
        application = web.Application()
        for path in _PATHS:
            application.router.add_post(path, self._handle)
        for path, listed in (("/tz.xml", time_zones), ("/vc-language.xml", languages)):
            application.router.add_get(path, _static(listed))
        application.router.add_get("/ledger", self._show_ledger)
        application.on_response_prepare.append(self._stamp)
        return application

    async def close(self) -> None:
        """Give up the classes that were still to appear."""
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _show_ledger(self, _: web.Request) -> web.Response:
        return web.json_response(self.as_json())

    async def _stamp(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(self.now(), usegmt=True)
        response.headers[SANDBOX_HEADER] = "nothing real is scheduled"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            parameters = await _parameters(request)
        except (ValueError, LookupError):  # a broken multipart body, or a charset that does not exist
            return xml(self._style.fail("400", MESSAGES["400"], None))
        method = request.query.get("method") or parameters.get("method", "")
        with self._log.under_way(method, parameters, self._title(parameters)) as record:
            if not self._is_signed(method, parameters):
                record.code = "403"
                return xml(self._style.fail("403", MESSAGES["403"], None))
            return await self._serve(request, method, parameters, record)

    def _is_signed(self, method: str, parameters: Mapping[str, str]) -> bool:
        sent = parameters.get("timestamp", "")
        if not (sent.isascii() and sent.isdecimal() and len(sent) <= 12 and str(int(sent)) == sent):
            return False
        window = self.settings.timestamp_window_s
        if window is not None and abs(self.now() - int(sent)) > window:
            return False
        pair = self.credentials
        expected = sign(pair.secret_key, pair.access_key, int(sent), method)
        return _same(parameters.get("access_key", ""), pair.access_key) and _same(
            parameters.get("signature", ""), expected
        )

    async def _serve(
        self, request: web.Request, method: str, parameters: Mapping[str, str], record: CallRecord
    ) -> web.StreamResponse:
        call = self._log.numbered(method, parameters, record.title)
        fault = self.settings.faults(call)
        record.fault = fault.name if fault else ""
        with self._admission() if method == "create" else nullcontext(enter_result=True) as admitted:
            if latency := self._latency():
                await self._sleep(latency)
            if method == "get_data" and call.sequence <= self.settings.failing_listings:
                return html(503)
            asked = Request(parameters=parameters, call_id=self._call_id(), admitted=admitted)
            if fault is None:
                body = self._carry_out(method, asked, record)
                if method == "create":
                    self._exchange.latest = body
                return xml(body)
            if fault.kind == "late-commit":
                self._carry_out_later(method, asked, fault.seconds)
                return reset(request)
            if by_hand := self._by_hand.get(fault.kind):
                by_hand(parameters.get("class_id", ""))
            body = self._carried_out(method, asked, record, fault)
            if fault.kind in {"repeated", "swapped"}:
                return xml(await self._exchange.answer(fault.kind, body))
            return await deliver(
                request,
                fault,
                body,
                style=self._style,
                call_id=asked.call_id,
                now=self.now(),
                sleep=self._sleep,
            )

    def _carry_out(self, method: str, asked: Request, record: CallRecord) -> bytes:
        try:
            content = answer(self.account, method, asked)
        except Refused as refused:
            record.code = refused.code
            return self._style.fail(refused.code, refused.message, asked.call_id)
        record.code = "ok"
        return self._style.ok(method, content, asked.call_id)

    def _carried_out(self, method: str, asked: Request, record: CallRecord, fault: Fault) -> bytes:
        """The reply that the fault is going to spoil."""
        if not fault.carried_out:
            if fault.kind in {"foreign", "made-up"} and self._exchange.latest:
                return self._exchange.latest  # about to name another class
            return self._style.fail("1000", MESSAGES["1000"], asked.call_id)
        body = self._carry_out(method, asked, record)
        if fault.kind == "duplicate" and method == "create" and record.code == "ok":
            made = self.classes[-1]
            self.account.add(made.booking, made.parameters, made.call_id)
        return body

    def _carry_out_later(self, method: str, asked: Request, seconds: float) -> None:
        async def carry_out() -> None:
            await self._sleep(seconds)
            with suppress(Refused):  # nobody is left to be told
                answer(self.account, method, asked)

        task = asyncio.create_task(carry_out())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _title(self, parameters: Mapping[str, str]) -> str:
        """What a request is about."""
        known = self.account.find(parameters.get("class_id", ""))
        return parameters.get("title") or (known.title if known is not None else "")

    @contextmanager
    def _admission(self) -> Iterator[bool]:
        """Whether the `inflight` policy has room for one more create; it counts until it is answered."""
        limit = self.settings.max_concurrent_classes
        admitted = limit is None or self._admitted < limit
        self._admitted += admitted
        try:
            yield admitted
        finally:
            self._admitted -= admitted

    def _latency(self) -> float:
        latency = self.settings.latency_s
        return self._random.uniform(*latency) if isinstance(latency, tuple) else latency

    def _call_id(self) -> str:
        return f"{self._random.getrandbits(48):012x}"

    @property
    def _style(self) -> Style:
        return Style(self.settings.xml_style, self.settings.give_call_id)


def _static(content: Callable[[], bytes]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_: web.Request) -> web.Response:
        return xml(content())

    return handle


def _same(given: str, expected: str) -> bool:
    """In constant time: how much of a guess was right must not show."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


async def _parameters(request: web.Request) -> dict[str, str]:
    """The body's fields, urlencoded or multipart.

    An empty field counts as absent; a repeated one is joined with commas, as
    ASP.NET does; a file is no parameter.
    """
    joined: dict[str, str] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, str):
            joined[name] = f"{joined[name]},{value}" if name in joined else value
    return {name: value for name, value in joined.items() if value}


@asynccontextmanager
async def running_sandbox(
    settings: SandboxSettings,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Callable[[], float] = time.time,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Sandbox]:
    """A sandbox for as long as the block lasts.

    Args:
        settings: the account it plays.
        host: a loopback address, and no other: a pretended service must not be mistaken for one.
        port: 0 takes a free one.
        clock: seconds since the epoch.
        sleep: waits for latencies and slow faults.

    Raises:
        ValueError: `host` is not a loopback address.
        OSError: the port is taken.
    """
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"The sandbox listens on this machine only; {host} is not a loopback address.")
    with closing(Ledger(settings.ledger)) if settings.ledger else nullcontext() as ledger:
        sandbox = Sandbox(settings, clock=clock, sleep=sleep, ledger=ledger)
        runner = web.AppRunner(
            sandbox.application(), handler_cancellation=True, access_log=None, shutdown_timeout=0.2
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            listening = runner.addresses[0][1]
            sandbox.url = f"http://{f'[{host}]' if ':' in host else host}:{listening}/"
            yield sandbox
        finally:
            await runner.cleanup()
            await sandbox.close()


async def serve(
    settings: SandboxSettings, *, host: str = "127.0.0.1", port: int = 0, announce: Callable[[Sandbox], None]
) -> None:
    """Run a sandbox until cancelled; `announce` is called once it listens."""
    async with running_sandbox(settings, host=host, port=port) as sandbox:
        announce(sandbox)
        await asyncio.Event().wait()


def banner(sandbox: Sandbox) -> str:
    """What a person who started a sandbox has to know."""
    lines = [
        "This is a sandbox. It answers like WizIQ, but nothing real is scheduled: no class, no e-mail, no room.",
        f"Base URL: {sandbox.url}",
        f"What it was asked: {sandbox.url}ledger",
    ]
    if sandbox.settings.credentials is None:
        pair = sandbox.credentials
        variables = {
            "CLASSBATCH_BASE_URL": sandbox.url,
            "CLASSBATCH_ACCESS_KEY": pair.access_key,
            "CLASSBATCH_SECRET_KEY": pair.secret_key,
        }
        lines += ["", "The access key and secret are made up. To use them in another terminal:", ""]
        lines += [f"    export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join(lines) + "\n"
