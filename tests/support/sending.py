"""A whole run in this process, over real sockets, against a sandbox that a test holds in its hands."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp
from aiohttp import web

from batch.cli.terminal import Terminal
from batch.core.changes.decide import ChangeTerms
from batch.core.service.first_send import AlikeClasses
from batch.maintenance import UndoJob, undo
from batch.run import Job, submit
from batch.sandbox import KeyPair, SandboxSettings
from batch.sandbox.server import Sandbox, running_sandbox
from batch.sending.changes import Confirm
from batch.sending.environment import Environment
from batch.sending.undoing import UndoTerms
from batch.settings.resolve import load_settings
from batch.settings.table import Settings
from tests.support.command import KEYS, Table, rows_of

PAIR = KeyPair(KEYS["CLASSBATCH_ACCESS_KEY"], KEYS["CLASSBATCH_SECRET_KEY"])


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a file: the machine's view, and the results workbook where one was asked for."""

    json: Any
    results: Path | None

    @property
    def table(self) -> Table:
        """The rows of the workbook."""
        assert self.results is not None
        return rows_of(self.results)

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.json["rows"]
        return rows

    @property
    def outcomes(self) -> list[str]:
        return [row["outcome"] for row in self.rows]


async def send(
    file: Path,
    url: str,
    *,
    alike: AlikeClasses = AlikeClasses.HOLD,
    first_time: bool = False,
    changes: ChangeTerms | None = None,
    replaces: bool = False,
    confirm: Confirm | None = None,
    world: Environment | None = None,
    only_if_all_valid: bool = False,
    limit: int | None = None,
    workbook: bool = False,
    **settings: Any,
) -> Sent:
    """Submit a file with these settings, as `classbatch submit` would; journals stand beside it.

    Args:
        file: the timetable.
        url: where the service is.
        alike: what is said of rows whose class may be in the account already.
        first_time: nobody sent it before.
        changes: what is done about rows that changed or went away, as `classbatch sync` would.
        replaces: it is the next version of its timetable, whatever it looks like.
        confirm: asks somebody.
        world: time and chance.
        workbook: whether one is written, too; it takes as long as all the rest.
        settings: by name.
    """
    told = io.StringIO()
    results = file.with_name(f"{file.stem}-results.xlsx") if workbook else None
    with Terminal(quiet=True) as terminal:
        job = Job(
            file=str(file),
            settings=_settings(file.parent, url, settings),
            results=results,
            workbook=workbook,
            json=told,
            alike=alike,
            first_time=first_time,
            changes=changes or ChangeTerms(),
            replaces=replaces,
            confirm=confirm,
            only_if_all_valid=only_if_all_valid,
            limit=limit,
        )
        await submit(job, terminal, world)
    return Sent(json.loads(told.getvalue()), results)


async def sync(
    file: Path,
    url: str,
    *,
    replaces: bool = False,
    confirm: Confirm | None = None,
    world: Environment | None = None,
    settings: Mapping[str, object] = MappingProxyType({}),
    **terms: bool,
) -> Sent:
    """Make the account follow a file, however much that changes, as `classbatch sync --yes` would."""
    lenient: dict[str, Any] = {"most_changed_percent": 100, "most_cancelled_percent": 100, **settings}
    wanted = ChangeTerms(sync=True, **terms)
    return await send(file, url, changes=wanted, replaces=replaces, confirm=confirm, world=world, **lenient)


async def take_back(
    folder: Path,
    url: str,
    *,
    batch: str | None = None,
    terms: UndoTerms | None = None,
    workbook: bool = False,
    **settings: object,
) -> Sent:
    """Undo a batch, as `classbatch undo --yes` would; the newest where none is named."""
    told, results = io.StringIO(), folder / "undo-results.xlsx" if workbook else None
    found = _settings(folder, url, settings)
    job = Job(file="", settings=found, results=results, workbook=workbook, json=told)
    with Terminal(quiet=True) as terminal:
        await undo(UndoJob(job=job, batch=batch, terms=terms or UndoTerms()), terminal)
    return Sent(json.loads(told.getvalue()), results)


def _settings(folder: Path, url: str, settings: Mapping[str, object]) -> Settings:
    flags = {"base_url": url, "state": "state", "settle_s": 0, "attempts": 2, "timeout_s": 5, **settings}
    return load_settings(flags, environ={"HOME": str(folder), **KEYS}, cwd=folder)


@asynccontextmanager
async def sandbox(**settings: Any) -> AsyncIterator[Sandbox]:
    """A sandbox in this process that takes the keys in `KEYS`."""
    async with running_sandbox(SandboxSettings(credentials=PAIR, **settings)) as running:
        yield running


@asynccontextmanager
async def spoiling(url: str, changes: Mapping[str, str]) -> AsyncIterator[str]:
    """A proxy that changes parameters of `create` on their way; "" takes one out. Yields its address.

    So a service can be asked what our own validation would never let through: the
    signature does not cover the class.
    """

    async def pass_on(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if request.query.get("method") == "create":
            form.update(changes)
        async with session.post(url, params=request.query, data=form) as answer:
            return web.Response(body=await answer.read(), content_type="text/xml")

    application = web.Application()
    application.router.add_post("/", pass_on)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    async with aiohttp.ClientSession() as session:
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()
