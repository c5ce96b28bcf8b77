"""A run that goes on: how it is, from moment to moment, and how it is paused or stopped."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeAlias

from aiohttp import web

from batch.report.wording.phrases import tr
from batch.web.server.receive import Refusal
from batch.web.server.site import SITE, Site, see, upload_of, visitor_of
from batch.web.state.uploads import Stage, Upload
from batch.web.views import running
from batch.web.views.model import RunEvent
from batch.web.worker.processes import Child

_HEARTBEAT_S = 15.0
_LOOKS_AGAIN_S = 1.0

#: Pages of one browser that follow a run: it opens six connections at most, and the others are wanted.
_MOST_FOLLOWED = 4
_MOST_FOLLOWED_BY_ALL = 100

FOLLOWING = web.AppKey("following", Counter[str])
CLOSING = web.AppKey("closing", asyncio.Event)


async def steer(request: web.Request) -> web.Response:
    """POST /uploads/{id}/pause, resume or stop."""
    upload = upload_of(request)
    child = request.app[SITE].desk.run_of(upload)
    if child is not None:
        await asked(child, request.match_info["wanted"])
    return see(f"/uploads/{upload.id}")


async def asked(child: Child, wanted: str) -> None:
    """Pause, resume or stop a run, and wait until the next page shows it."""
    child.ask(wanted)
    await child.next_change(_LOOKS_AGAIN_S)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /uploads/{id}/events: how the run is, as server-sent events."""
    site, upload = request.app[SITE], upload_of(request)

    def now() -> Now:
        stands = site.desk.stand(site.desk.uploads.get(upload.id) or upload)
        is_running = stands.stage is Stage.RUNNING
        return event_of(site, stands) if is_running else None, site.desk.run_of(stands)

    return await followed(request, now)


#: How a run is, None once it has ended; and the child that does it, where it is ours.
Now: TypeAlias = tuple[RunEvent | None, Child | None]


async def followed(request: web.Request, now: Callable[[], Now]) -> web.StreamResponse:
    """How a run is, from moment to moment, to a page that follows it.

    Raises:
        Refusal: too many do.
    """
    following, who = request.app[FOLLOWING], visitor_of(request).csrf
    if following[who] >= _MOST_FOLLOWED or following.total() >= _MOST_FOLLOWED_BY_ALL:
        raise Refusal(
            503, tr("Too many pages follow runs at this moment."), tr("Close some, and load this one again.")
        )
    following[who] += 1
    try:
        return await _follow(request, now)
    finally:
        following[who] -= 1
        if not following[who]:
            del following[who]


async def _follow(request: web.Request, now: Callable[[], Now]) -> web.StreamResponse:
    closing = request.app[CLOSING]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    await response.write(b"retry: 1000\n\n")  # a server that was started again is found soon
    event: dict[str, Any] = {}
    news: dict[str, Any] = {}
    while not closing.is_set():
        stands, child = now()
        event = asdict(stands) if stands is not None else {**event, "ended": True}
        line = f"data: {json.dumps(event)}\n\n" if event != news else ": still here\n\n"
        await response.write(line.encode())
        news = event
        if event["ended"]:
            break
        await _news(request, child, closing)
    return response


async def _news(request: web.Request, child: Child | None, closing: asyncio.Event) -> None:
    """Until there is something new to tell, or nobody to tell it to."""
    news = (
        asyncio.sleep(_LOOKS_AGAIN_S)
        if child is None or child.ending is not None
        else child.next_change(_HEARTBEAT_S)
    )
    waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(closing.wait()), asyncio.ensure_future(news)]
    try:
        is_sent = False
        while not is_sent and request.transport is not None:
            done, _ = await asyncio.wait(waits, timeout=_LOOKS_AGAIN_S, return_when=asyncio.FIRST_COMPLETED)
            is_sent = bool(done)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def event_of(site: Site, upload: Upload) -> RunEvent:
    """How the run of an upload is at this moment."""
    child = site.desk.run_of(upload)
    return running.run_event(upload, child.last if child is not None else None)
