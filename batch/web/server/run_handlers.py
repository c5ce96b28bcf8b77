"""A run that goes on: how it is, from moment to moment, and how it is paused or stopped."""

import asyncio
import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from aiohttp import web

from batch.web.server.receive import Refusal
from batch.web.server.site import SITE, Site, see, upload_of, visitor_of
from batch.web.state.uploads import Stage, Upload
from batch.web.views import build
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
        child.ask(request.match_info["wanted"])
        await child.next_change(_LOOKS_AGAIN_S)  # so that the next page shows it
    return see(f"/uploads/{upload.id}")


async def events(request: web.Request) -> web.StreamResponse:
    """GET /uploads/{id}/events: how the run is, as server-sent events."""
    upload, following, who = upload_of(request), request.app[FOLLOWING], visitor_of(request).csrf
    if following[who] >= _MOST_FOLLOWED or following.total() >= _MOST_FOLLOWED_BY_ALL:
        raise Refusal(
            503, "Too many pages follow runs at this moment.", "Close some, and load this one again."
        )
    following[who] += 1
    try:
        return await _follow(request, upload)
    finally:
        following[who] -= 1
        if not following[who]:
            del following[who]


async def _follow(request: web.Request, upload: Upload) -> web.StreamResponse:
    site, closing = request.app[SITE], request.app[CLOSING]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    await response.write(b"retry: 1000\n\n")  # a server that was started again is found soon
    event = asdict(event_of(site, upload))
    told: dict[str, Any] = {}
    while not closing.is_set():
        upload = site.desk.stand(site.desk.uploads.get(upload.id) or upload)
        running = upload.stage is Stage.RUNNING
        event = asdict(event_of(site, upload)) if running else {**event, "ended": True}
        line = f"data: {json.dumps(event)}\n\n" if event != told else ": still here\n\n"
        await response.write(line.encode())
        told = event
        if event["ended"]:
            break
        await _news(request, site.desk.run_of(upload), closing)
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
        told = False
        while not told and request.transport is not None:
            done, _ = await asyncio.wait(waits, timeout=_LOOKS_AGAIN_S, return_when=asyncio.FIRST_COMPLETED)
            told = bool(done)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def event_of(site: Site, upload: Upload) -> RunEvent:
    """How the run of an upload is at this moment."""
    child = site.desk.run_of(upload)
    return build.run_event(upload, child.last if child is not None else None)
