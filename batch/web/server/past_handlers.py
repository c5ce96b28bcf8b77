"""The start page, and the list of all that was done and tried before."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from batch.connection import account_of
from batch.core.errors import CannotRun
from batch.core.tally import Tally
from batch.journal.nights import PastNight, past_nights
from batch.report.wording.phrases import tr
from batch.web.server.batch_handlers import owned, run_of
from batch.web.server.receive import Refusal
from batch.web.server.site import SITE, Site, number_in, page, see, upload_of, visitor_of
from batch.web.state.notice import Notice
from batch.web.state.past_batches import PastRun
from batch.web.state.uploads import Stage
from batch.web.views import past
from batch.web.views.build import live_tally
from batch.web.views.model import PastBatch, WaitingFile
from batch.web.views.signing_in import keys_missing
from batch.web.views.wording import page_words
from batch.web.worker.processes import Children

_ON_START, _MOST_WAITING_ON_START = 8, 5
_A_PAGE, _MOST_WAITING, _MOST_NIGHTS = 25, 50, 30


async def start(request: web.Request) -> web.Response:
    """GET /: what it takes, and what was done before."""
    site = request.app[SITE]
    notice, listed, limit = _keys_missing(site), list[PastBatch](), ""
    try:
        listed = await _batches(request, _ON_START)
        limit = await site.archive.limit(site.desk.account)
    except CannotRun as error:
        notice = Notice(**page_words(error), tone="bad")
    waiting = await asyncio.to_thread(_waiting, site, visitor_of(request).user, _MOST_WAITING_ON_START)
    return page(
        request, tr("Schedule a timetable"), past.start(site.settings, listed, limit, waiting, notice)
    )


async def everything(request: web.Request) -> web.Response:
    """GET /batches?page=N: every run, night and failed file."""
    site, user, number = request.app[SITE], visitor_of(request).user, max(1, number_in(request, "page"))
    nights = await asyncio.to_thread(past_nights, site.settings.state)
    listed = await _batches(request, _A_PAGE + 1, after=(number - 1) * _A_PAGE, nights=nights)
    first = number == 1
    waiting = await asyncio.to_thread(_waiting, site, user, _MOST_WAITING) if first else []
    names = {batch.id: batch.file for batch in listed}
    shown = [past.night_view(night, names) for night in nights[:_MOST_NIGHTS]] if first else []
    view = past.past(waiting, listed[:_A_PAGE], shown, number, more=len(listed) > _A_PAGE)
    return page(request, tr("Past batches"), view)


async def remove_upload(request: web.Request) -> web.Response:
    """POST /uploads/{id}/remove: a file that was brought and is not wanted; what was sent of it stays in the journal."""
    site, upload = request.app[SITE], upload_of(request)
    upload = site.desk.stand(upload)
    if upload.stage is Stage.RUNNING:
        raise Refusal(
            409,
            tr("This file is being sent at the moment."),
            tr("Wait until it has ended, or stop it first."),
        )
    site.desk.drop(upload)
    return see("/batches")


async def remove_batch(request: web.Request) -> web.Response:
    """POST /batches/{batch}/remove: a wrong try is listed no more."""
    site, run = request.app[SITE], await run_of(request)
    if run.lock_holder or run.batch.id in _live(site.desk.children) or not past.can_be_removed(run):
        raise Refusal(
            409,
            tr("This batch has classes, or may have some, so it stays in the list."),
            tr("To cancel its classes, open it and take it back."),
            f"/batches/{run.batch.id}",
            tr("Open the batch"),
        )
    site.archive.remove(run)
    return see("/batches")


async def _batches(
    request: web.Request, most: int, *, after: int = 0, nights: list[PastNight] | None = None
) -> list[PastBatch]:
    site, live = request.app[SITE], _live(request.app[SITE].desk.children)
    if nights is None:
        nights = await asyncio.to_thread(past_nights, site.settings.state)
    by_night = {batch for night in nights for batch in night.batches}
    runs = await site.archive.recent(most, visitor_of(request).user, live, after=after)

    def line(run: PastRun) -> PastBatch:
        name = run.batch.id
        upload = owned(site, run, request)
        return past.past_batch(run, upload, site.desk.account, ours=name in live, by_night=name in by_night)

    return [line(run) for run in runs]


def _waiting(site: Site, user: str | None, most: int) -> list[WaitingFile]:
    uploads = site.desk.uploads
    return [past.waiting_file(each, uploads.checked(each) or {}) for each in uploads.waiting(user, most)]


def _keys_missing(site: Site) -> Notice | None:
    """That nothing can be scheduled from here, before anybody has brought a file; None where it can."""
    try:
        account_of(site.settings, sandbox=site.sandbox)
    except CannotRun as error:
        return keys_missing(error, site.settings.contact)
    return None


def _live(children: Children) -> Mapping[str, Tally]:
    """The batches that we send at this moment, with their counts."""
    return {child.batch: live_tally(child.last) for child in children.running() if child.batch}
