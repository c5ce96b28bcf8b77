"""The pages of past batches, wherever they were begun."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from yarl import URL

from batch.report.wording.phrases import tr
from batch.web.server.handlers import file_answer
from batch.web.server.site import (
    SITE,
    Site,
    no_such,
    number_in,
    page,
    see,
    teacher_in,
    upload_of,
    visitor_of,
    week_of,
)
from batch.web.state.layout import WORKBOOK_FILE, batch_folder
from batch.web.state.notice import Notice
from batch.web.state.orders import Task
from batch.web.state.past_batches import PastRun
from batch.web.state.uploads import Received, Stage, Upload, name_shown
from batch.web.views import build
from batch.web.views.row_pages import read_page
from batch.web.views.teachers import teachers_of
from batch.web.views.undo import can_be_undone
from batch.web.views.week import LessonLinks, link_of


def owned(site: Site, run: PastRun, request: web.Request) -> Upload | None:
    """The upload that the batch was begun from, where it is still kept."""
    upload = site.desk.uploads.get(run.upload) if run.upload else None
    return upload if upload is not None and upload.owner == visitor_of(request).user else None


async def show(request: web.Request) -> web.Response:
    """GET /batches/{batch}: what became of the rows."""
    site, run = request.app[SITE], await run_of(request)
    upload = owned(site, run, request)
    if upload is not None:
        upload = site.desk.stand(upload)
        if upload.stage is Stage.RUNNING and run.batch.id not in upload.batches:
            return see(f"/uploads/{upload.id}")
    folder = batch_folder(site.settings.state, run.batch.id)
    found = await _as_it_is(site, run)
    rows = read_page(
        folder,
        found["rows"],
        number_in(request, "page"),
        lambda number: f"?page={number}",
    )
    newest = upload is not None and upload.stage is Stage.ENDED and upload.batch == run.batch.id
    week = week_of(request, folder, found, links=_links_of(run, site.desk.account))
    of_teachers = teachers_of(run.batch.id, found, teacher_in(request, found)[1])
    view = build.result(run, found, rows, week, upload if newest else None, site.desk.account, of_teachers)
    return page(request, tr("What became of the rows"), view)


async def _as_it_is(site: Site, run: PastRun) -> Mapping[str, Any]:
    """What a child found of a batch; made anew where that, or what became of its classes, is another since."""
    found = site.archive.result(run)
    if run.lock_holder:
        found = found or site.archive.kept(run)
    if not found:
        order = site.desk.order(
            Task.SHOW, None, batch_folder(site.settings.state, run.batch.id), batch=run.batch.id
        )
        await site.desk.made(f"show {run.batch.id}", order)
        found = site.archive.kept(run)
    return found


def _links_of(run: PastRun, account: str) -> LessonLinks:
    here = f"/batches/{run.batch.id}"
    undo = (lambda row: f"{here}/undo?row={row}") if can_be_undone(run, account) else None
    return LessonLinks(lambda class_id: f"{here}/teach?{urlencode({'class': class_id})}", undo)


async def teach(request: web.Request) -> web.Response:
    """GET /batches/{batch}/teach?class=ID: into the class, as its teacher; the address with the key is on no page."""
    site, run = request.app[SITE], await run_of(request)
    folder = batch_folder(site.settings.state, run.batch.id)
    await _as_it_is(site, run)
    link = await asyncio.to_thread(link_of, folder, request.query.get("class", ""))
    if URL(link).scheme not in {"http", "https"}:
        raise no_such()
    return web.Response(status=303, headers={"Location": link})


async def calendar(request: web.Request) -> web.StreamResponse:
    """GET /batches/{batch}/calendar.ics?teacher=N: the classes of one teacher, or of all, for a calendar."""
    site, run = request.app[SITE], await run_of(request)
    place, who = teacher_in(request, await _as_it_is(site, run))
    if "teacher" in request.query and not who:
        raise no_such()
    folder = batch_folder(site.settings.state, run.batch.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    out = folder / f"calendar-{place}.ics"
    order = site.desk.order(Task.CALENDAR, None, out, batch=run.batch.id, presenter=who)
    await site.desk.made(f"calendar {run.batch.id} {place}", order)
    stem = name_shown(run.batch.file).rpartition(".")[0] or run.batch.file
    return file_answer(
        out, f"{stem}{'-' if who else ''}{who.partition('@')[0]}.ics", "text/calendar; charset=utf-8"
    )


async def results(request: web.Request) -> web.StreamResponse:
    """GET /batches/{batch}/results.xlsx: its results workbook."""
    run = await run_of(request)
    path = await _workbook(request.app[SITE], run)
    name = name_shown(run.batch.file)
    return file_answer(path, f"{name.rpartition('.')[0] or name}-results.xlsx")


async def upload_results(request: web.Request) -> web.Response:
    """GET /uploads/{id}/results.xlsx: of its newest batch."""
    batch = request.app[SITE].desk.stand(upload_of(request)).batch
    if not batch:
        raise no_such()
    return see(f"/batches/{batch}/results.xlsx")


async def _workbook(site: Site, run: PastRun) -> Path:
    """Made anew where the batch has moved on since it was."""
    folder = batch_folder(site.settings.state, run.batch.id)
    path = folder / WORKBOOK_FILE
    if site.archive.result(run) is None or not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        order = site.desk.order(Task.WORKBOOK, None, path, batch=run.batch.id)
        await site.desk.made(f"workbook {run.batch.id}", order)
    return path


async def finish(request: web.Request) -> web.Response:
    """POST /batches/{batch}/finish: send the rows that are still open.

    From its own upload where that is still kept, at once: it was confirmed. Else from
    its results workbook, which is checked first, and confirmed.
    """
    site, run = request.app[SITE], await run_of(request)
    if run.account != site.desk.account:  # a sandbox's rows, say, while we are at the real service
        return see(f"/batches/{run.batch.id}")
    if run.batch.undoes is not None:  # its rows are to be taken back, not sent
        return see(f"/batches/{run.batch.undoes}/undo")
    own = owned(site, run, request)
    if own is not None:
        own = site.desk.stand(own)
        if own.stage is Stage.RUNNING or own.batch == run.batch.id:
            site.desk.again(own, run.batch.id)
            return see(f"/uploads/{own.id}")
    if not run.has_open_rows:
        return see(f"/batches/{run.batch.id}")
    workbook = await _workbook(site, run)
    uploads = site.desk.uploads
    upload = uploads.new(owner=visitor_of(request).user, at=site.desk.clock())
    incoming = uploads.incoming(upload)
    await asyncio.to_thread(shutil.copyfile, workbook, incoming)
    name = name_shown(run.batch.file)
    received = Received(name=f"{name.rpartition('.')[0] or name}-rest.xlsx", sha256="", size=0)
    if own is not None:  # a results workbook has sheets of its own
        upload = replace(upload, said=replace(own.said, sheet="", all_sheets=False, remember=False))
    taken = site.desk.take(upload, received, incoming)
    notice = Notice(
        says=tr("These are the rows of {file}, from its results.", file=name),
        fix=tr("Confirm to send those that are still open; the others are left alone."),
    )
    uploads.save(replace(taken, notice=notice))
    return see(f"/uploads/{upload.id}")


async def template(request: web.Request) -> web.StreamResponse:
    """GET /template.xlsx: a blank timetable."""
    site = request.app[SITE]
    path = site.desk.uploads.folder / f"template-{site.settings.account}.xlsx"
    await site.desk.made("template", site.desk.order(Task.TEMPLATE, None, path))
    return file_answer(path, "timetable.xlsx")


async def run_of(request: web.Request) -> PastRun:
    """The batch that the address names.

    Raises:
        Refusal: there is none, or it is another user's, which nobody is told.
    """
    run = await request.app[SITE].archive.find(request.match_info["batch"], visitor_of(request).user)
    if run is None:
        raise no_such()
    return run
