"""The upload page as a server: its routes, its start and its end."""

import asyncio
import logging
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import aiohttp_jinja2
import jinja2
from aiohttp import web

from batch.core.errors import CannotRun
from batch.core.message import JournalFault, ServerFault
from batch.core.quick_dataclass import dataclass
from batch.core.text import visible
from batch.journal.lock import Locked, locked
from batch.settings.table import Settings
from batch.web.server import (
    batch_handlers,
    entrance,
    grid_handlers,
    guard,
    handlers,
    past_handlers,
    run_handlers,
    undo_handlers,
)
from batch.web.server.connections import watched
from batch.web.server.receive import Patience
from batch.web.server.security import (
    Addresses,
    ProxyUser,
    Sessions,
    Tokens,
    secret_in,
)
from batch.web.server.site import (
    SITE,
    Site,
)
from batch.web.state.address import keep_address
from batch.web.state.invitations import Invitations
from batch.web.state.orders import RUNS
from batch.web.state.past_batches import Archive
from batch.web.views.markup import IN_TEMPLATES
from batch.web.worker.processes import Children
from batch.web.workflow import UploadWorkflow

_FOLDER = Path(__file__).parents[1]
_TIDY_EVERY_S = 6 * 3600
_LARGEST_FORM = 256 * 1024
#: How long the end of the server waits for runs to drain: the longest request, and a look-up after it.
DRAINS_S = 150.0

#: How long a browser that is still sending may take to notice that it was refused.
_LINGERS_S = 2.0


def routes() -> list[web.RouteDef]:
    upload, batch = "/uploads/{id}", "/batches/{batch}"
    return [
        web.get("/enter", entrance.show, allow_head=False),
        web.post("/enter", entrance.enter),
        web.post("/leave", entrance.leave),
        web.get("/", past_handlers.start),
        web.get("/batches", past_handlers.everything),
        web.get("/template.xlsx", batch_handlers.template),
        web.post("/uploads", handlers.new_upload),
        web.get(upload, handlers.show),
        web.post(f"{upload}/file", handlers.new_version),
        web.get(f"{upload}/mapping", handlers.show_mapping),
        web.post(f"{upload}/mapping", handlers.mapping),
        web.post(f"{upload}/grid", grid_handlers.grid),
        web.post(f"{upload}/check", handlers.check_again),
        web.post(f"{upload}/mend", handlers.mend),
        web.post(f"{upload}/unmend", handlers.unmend),
        web.get(f"{upload}/row", handlers.show_row),
        web.get(f"{upload}/marked.xlsx", handlers.marked),
        web.get(f"{upload}/confirm", handlers.show_confirm),
        web.post(f"{upload}/confirm", handlers.confirm),
        web.get(f"{upload}/events", run_handlers.events, allow_head=False),
        web.post(f"{upload}/{{wanted:pause|resume|stop}}", run_handlers.steer),
        web.post(f"{upload}/again", handlers.again),
        web.get(f"{upload}/results.xlsx", batch_handlers.upload_results),
        web.post(f"{upload}/remove", past_handlers.remove_upload),
        web.get(batch, batch_handlers.show),
        web.post(f"{batch}/remove", past_handlers.remove_batch),
        web.get(f"{batch}/results.xlsx", batch_handlers.results),
        web.get(f"{batch}/calendar.ics", batch_handlers.calendar),
        web.get(f"{batch}/teach", batch_handlers.teach),
        web.post(f"{batch}/finish", batch_handlers.finish),
        web.get(f"{batch}/undo", undo_handlers.show),
        web.post(f"{batch}/undo", undo_handlers.undo),
        web.get(f"{batch}/undo/events", undo_handlers.events, allow_head=False),
        web.post(f"{batch}/undo/{{wanted:pause|resume|stop}}", undo_handlers.steer),
    ]


def application(site: Site) -> web.Application:
    app = web.Application(middlewares=[guard.guard], client_max_size=_LARGEST_FORM)
    app[SITE] = site
    app[run_handlers.CLOSING] = asyncio.Event()
    app[run_handlers.FOLLOWING] = Counter()
    app[handlers.RECEIVING] = asyncio.Semaphore(handlers.MOST_RECEIVED)
    app.add_routes(routes())
    app.router.add_static("/static", _FOLDER / "static")
    app.on_response_prepare.append(guard.add_headers)
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        finalize=lambda value: (
            visible(value) if type(value) is str else value
        ),  # markup of ours is a kind of str
        undefined=jinja2.StrictUndefined,
    )
    environment.globals.update(IN_TEMPLATES)
    return app


@dataclass(frozen=True, slots=True)
class RunningPage:
    """A page that can be asked for."""

    url: str  #: how a browser gets there
    site: Site


@asynccontextmanager
async def running_page(
    settings: Settings,
    flags: dict[str, Any],
    *,
    sandbox: bool,
    announce: Callable[[str], None],
    clock: Callable[[], float] = time.time,
    patience: Patience | None = None,
    children: Children | None = None,
) -> AsyncIterator[RunningPage]:
    """Serve the page for as long as the block lasts; runs drain at its end.

    Args:
        settings: of the server; its children read them anew, from where we have them.
        flags: what `serve` was told on the command line.
        sandbox: nothing real is scheduled.
        announce: hears of each address that lets a browser in.
        clock: UTC seconds.
        patience: with slow uploads.
        children: how checks and runs are started; None: as processes of this interpreter.

    Raises:
        CannotRun: it cannot listen there.
    """
    with _listening(settings) as listening, _alone(settings, clock()):
        port = listening.getsockname()[1]
        site = _site(
            settings,
            flags,
            port,
            sandbox=sandbox,
            announce=announce,
            clock=clock,
            patience=patience or Patience(),
            children=children or Children(),
        )
        async with _served(site, listening):
            keep_address(settings.state, site.addresses.shown)
            if site.proxy is None:
                site.tokens.renew()
            else:
                announce("")
            yield RunningPage(site.addresses.shown, site)


@asynccontextmanager
async def _served(site: Site, listening: socket.socket) -> AsyncIterator[None]:
    app = application(site)
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=5.0,
        keepalive_timeout=site.patience.kept_s,  # also where the next head has begun; an hour otherwise
        lingering_time=_LINGERS_S,
        auto_decompress=False,  # no browser packs what it sends: a bomb is no form
        # Of a request that is none, aiohttp would log what stands in it: tokens, cookies, whatever a stranger sends.
        logger=logging.Logger("requests", logging.CRITICAL),  # noqa: LOG001 - of no family: nobody hears it
    )
    await runner.setup()
    site.desk.follow_all()
    tidying = asyncio.create_task(_tidy(site))
    answers = cast("Callable[[], asyncio.Protocol]", runner.server)  # None until it was set up
    loop = asyncio.get_running_loop()
    server = await loop.create_server(watched(answers, head_s=site.patience.head_s), sock=listening)
    try:
        yield
    finally:
        app[run_handlers.CLOSING].set()
        tidying.cancel()
        await asyncio.gather(tidying, return_exceptions=True)
        await site.desk.children.end(runs=lambda child: child.order.task in RUNS, patience_s=DRAINS_S)
        server.close()
        await runner.cleanup()


@contextmanager
def _alone(settings: Settings, now: float) -> Iterator[None]:
    """One server for a folder of uploads: two would take the same confirmation for theirs.

    Raises:
        CannotRun: there is another one.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(settings.state / "uploads", now))
        except Locked as error:
            raise CannotRun(JournalFault.UPLOADS_LOCKED, state=settings.state, **error.facts) from error
        yield


def _site(
    settings: Settings,
    flags: dict[str, Any],
    port: int,
    *,
    sandbox: bool,
    announce: Callable[[str], None],
    clock: Callable[[], float],
    patience: Patience,
    children: Children,
) -> Site:
    addresses = Addresses.of(settings, port)
    try:
        desk = UploadWorkflow(settings, flags, sandbox=sandbox, children=children, clock=clock)
    except OSError as error:
        raise CannotRun(ServerFault.CLOSED_STATE, folder=settings.state, why=error.strerror) from error
    return Site(
        settings=settings,
        sandbox=sandbox,
        desk=desk,
        archive=Archive(settings.state, desk.journals),
        addresses=addresses,
        tokens=Tokens(announce),
        sessions=Sessions(desk.uploads.folder / "sessions.json", clock),
        invitations=Invitations(settings.state),
        form_secret=secret_in(desk.uploads.folder / "forms"),
        proxy=ProxyUser.of(settings),
        patience=patience,
    )


def _listening(settings: Settings) -> socket.socket:
    try:
        address = socket.getaddrinfo(
            settings.bind.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[4][:2], family=address[0], reuse_port=False)
    except (OSError, UnicodeError) as error:
        # A name that is none has a number of its own, which os.strerror does not know.
        why = str(error)
        if isinstance(error, OSError) and error.errno:
            why = os.strerror(error.errno) if error.errno > 0 else f"{error.strerror}"
        raise CannotRun(ServerFault.CANNOT_LISTEN, bind=settings.bind, port=settings.port, why=why) from error


async def _tidy(site: Site) -> None:
    while True:
        with suppress(OSError):
            await asyncio.to_thread(site.desk.uploads.tidy, site.desk.clock(), site.settings.upload_days)
        await asyncio.sleep(_TIDY_EVERY_S)
