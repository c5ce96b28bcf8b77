"""The pages of an upload, from its file to its results; each handler does what `routes` says."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from batch.core.rows.columns import AccountKind
from batch.report.wording.phrases import tr
from batch.web.server import grid_handlers
from batch.web.server.receive import Refusal, receive
from batch.web.server.run_handlers import event_of
from batch.web.server.site import (
    SITE,
    Site,
    check_csrf,
    no_such,
    number_in,
    page,
    same_check,
    see,
    upload_of,
    visitor_of,
    week_of,
)
from batch.web.state.orders import Answer, Task
from batch.web.state.uploads import Stage, Upload
from batch.web.views import build, running
from batch.web.views.answers import answers_in
from batch.web.views.changes import sends
from batch.web.views.mapping_form import read_form
from batch.web.views.model import CheckingView, RowProblem
from batch.web.views.row_pages import RowHref, read_page
from batch.web.views.row_store import read_row, view_of
from batch.web.views.wording import HOW_READ

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Files that are taken in at the same time.
MOST_RECEIVED = 4

RECEIVING = web.AppKey("receiving", asyncio.Semaphore)


async def new_upload(request: web.Request) -> web.Response:
    """POST /uploads: a file arrives."""
    site = request.app[SITE]
    upload = site.desk.uploads.new(
        owner=visitor_of(request).user, at=site.desk.clock(), account=site.desk.account
    )
    try:
        await _take(request, upload)
    except BaseException:
        site.desk.uploads.drop(upload)
        raise
    if site.desk.uploads.is_crowded():
        now, days = site.desk.clock(), site.settings.upload_days
        await asyncio.to_thread(site.desk.uploads.tidy, now, days)
    return see(f"/uploads/{upload.id}")


async def new_version(request: web.Request) -> web.Response:
    """POST /uploads/{id}/file: a mended file arrives, in the place of the one before."""
    upload = request.app[SITE].desk.stand(upload_of(request))
    if upload.stage is Stage.RUNNING:
        raise Refusal(
            409,
            tr("This file is being sent at the moment."),
            tr("Wait until it has ended, or stop it first."),
        )
    await _take(request, upload)
    return see(f"/uploads/{upload.id}")


async def _take(request: web.Request, upload: Upload) -> None:
    site, receiving = request.app[SITE], request.app[RECEIVING]
    if receiving.locked():
        raise Refusal(
            503, tr("Too many files are being uploaded at this moment."), tr("Try again in a minute.")
        )
    incoming = site.desk.uploads.incoming(upload)
    async with receiving:
        received = await receive(
            request,
            incoming,
            most_mib=site.settings.upload_mib,
            patience=site.patience,
            check_csrf=lambda token: check_csrf(request, token),
        )
    now = site.desk.uploads.get(upload.id) or upload
    if now.stage is Stage.RUNNING:  # it was confirmed in another tab while this was coming
        incoming.unlink(missing_ok=True)
        return
    site.desk.take(now, received, incoming)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /uploads/{id}: whichever stage it is at."""
    site = request.app[SITE]
    upload = site.desk.stand(upload_of(request))
    if upload.stage is Stage.ENDED:
        return see(f"/batches/{upload.batch}")
    if upload.stage is Stage.RUNNING:
        event = event_of(site, upload)
        return page(request, tr("Scheduling the classes"), running.run(upload, event))
    found = site.desk.uploads.checked(upload)
    if upload.stage is Stage.CHECKING or found is None:
        says = tr("The file is being read and checked. Nothing is sent.")
        return page(request, tr("Reading the file"), CheckingView(file=upload.name, says=says))
    if "problem" not in found:
        folder = site.desk.uploads.check_folder(upload)
        row_href = row_href_of(upload)
        rows = read_page(folder, found["rows"], number_in(request, "page"), lambda n: f"?page={n}", row_href)
        week = week_of(request, folder, found, row_href)
        return page(
            request,
            tr("What would be scheduled"),
            build.check(upload, found, rows, week, site.settings, row_href),
        )
    return _asked(request, upload, found)


def _asked(request: web.Request, upload: Upload, found: Mapping[str, Any]) -> web.Response:
    """Why the file cannot be read, and what is asked about it where the person can tell."""
    if "grid" in found:
        return grid_handlers.asks(request, upload, found)
    if "mapping" in found:
        view = build.mapping(upload, found["mapping"], request.app[SITE].settings)
        title = tr("What is in which column?") if view.columns else tr("Which sheet is it?")
        return page(request, title, view)
    return page(request, tr("The file cannot be used yet"), build.file_problem(upload, found))


async def show_mapping(request: web.Request) -> web.Response:
    """GET /uploads/{id}/mapping: how a file is read that could be read, or was sent already."""
    site = request.app[SITE]
    upload, found = _readable(site, upload_of(request))
    if "grid" in found:
        return grid_handlers.asks(request, upload, found)
    if "mapping" not in found:
        return see(f"/uploads/{upload.id}")
    return page(request, tr(HOW_READ), build.mapping(upload, found["mapping"], site.settings))


async def mapping(request: web.Request) -> web.Response:
    """POST /uploads/{id}/mapping: how the file is read, as the person says; then it is checked."""
    site = request.app[SITE]
    upload, found = _readable(site, upload_of(request))
    if "mapping" not in found:
        return see(f"/uploads/{upload.id}")
    same_check(request, upload, found)
    fields = {name: str(value) for name, value in (await request.post()).items()}
    zone, account = site.settings.defaults.get("time_zone", ""), AccountKind(site.settings.account)
    form = read_form(upload.said, found["mapping"], fields, account, zone)
    if form.wrong is not None:  # nothing is kept; what was chosen stays on the page
        asked_again = replace(upload, said=form.said, notice=form.wrong)
        view = build.mapping(asked_again, found["mapping"], site.settings)
        return page(request, tr(HOW_READ), view, status=422)
    site.desk.check_again(upload, form.said)
    return see(f"/uploads/{upload.id}")


def _of_the_check_shown(request: web.Request) -> tuple[Upload, Mapping[str, Any]]:
    """The upload, where the form is of its newest check: rows of another version have the same numbers.

    Raises:
        Refusal: it was checked again since.
    """
    upload, found = _checked(request.app[SITE], upload_of(request))
    same_check(request, upload, found)
    return upload, found


async def mend(request: web.Request) -> web.Response:
    """POST /uploads/{id}/mend?check=NONCE&page=N, or &row=N&sheet=S: answers and mended cells; then it is checked again."""
    site = request.app[SITE]
    upload, found = _of_the_check_shown(request)
    if "rows" not in found:
        return see(f"/uploads/{upload.id}")
    form = {name: str(value) for name, value in (await request.post()).items()}
    folder = site.desk.uploads.check_folder(upload)
    if "row" in request.query:
        opened = await asyncio.to_thread(_row_asked_for, request, site, upload, found)
        rows: tuple[RowProblem, ...] = (opened[0],) if opened else ()
    else:
        rows = read_page(folder, found["rows"], number_in(request, "page"), str).rows
    answers = answers_in(form, upload, found, rows, site.settings)
    if answers.addresses:
        site.desk.uploads.keep_addresses(site.desk.account, answers.said.addresses)
    if answers.wrong or (answers.said, answers.mended) != (upload.said, upload.mended):
        site.desk.check_again(upload, answers.said, answers.mended, answers.wrong)
    return see(f"/uploads/{upload.id}")


async def show_row(request: web.Request) -> web.Response:
    """GET /uploads/{id}/row?check=NONCE&row=N&sheet=S: a row with all its cells, each of which can be mended."""
    site = request.app[SITE]
    upload, found = _of_the_check_shown(request)
    opened = await asyncio.to_thread(_row_asked_for, request, site, upload, found)
    if opened is None:
        raise no_such()
    row, kept = opened
    where = urlencode({"check": upload.nonce, **_row_in(request)})
    here = f"/uploads/{upload.id}"
    view = view_of(upload.name, row, kept, f"{here}/mend?{where}", here)
    return page(request, f"{row.place[:1].upper()}{row.place[1:]}", view)


def _row_asked_for(
    request: web.Request, site: Site, upload: Upload, found: Mapping[str, Any]
) -> tuple[RowProblem, Mapping[str, Any]] | None:
    asked, folder = _row_in(request), site.desk.uploads.check_folder(upload)
    return read_row(
        folder, found.get("header", ()), found.get("columns", {}), asked["sheet"], int(asked["row"])
    )


def _row_in(request: web.Request) -> dict[str, str]:
    return {"row": str(number_in(request, "row")), "sheet": request.query.get("sheet", "")}


def row_href_of(upload: Upload) -> RowHref:
    """The addresses of the rows of a file that was checked."""

    def href(sheet: str, number: int) -> str:
        return f"/uploads/{upload.id}/row?{urlencode({'check': upload.nonce, 'row': number, 'sheet': sheet})}"

    return href


async def unmend(request: web.Request) -> web.Response:
    """POST /uploads/{id}/unmend: the file as it came."""
    site = request.app[SITE]
    upload, found = _of_the_check_shown(request)
    if found and upload.mended:
        site.desk.check_again(upload, mended=())
    return see(f"/uploads/{upload.id}")


async def check_again(request: web.Request) -> web.Response:
    """POST /uploads/{id}/check: the same file once more."""
    site = request.app[SITE]
    upload, _ = _checked(site, upload_of(request))
    site.desk.check_again(upload)
    return see(f"/uploads/{upload.id}")


async def show_confirm(request: web.Request) -> web.Response:
    """GET /uploads/{id}/confirm: the page with the button."""
    site = request.app[SITE]
    upload, found = _checked(site, upload_of(request))
    if not sends(found) or found.get("why_not"):
        return see(f"/uploads/{upload.id}")
    week = week_of(request, site.desk.uploads.check_folder(upload), found, row_href_of(upload))
    view = build.confirm(upload, found, week, site.settings, sandbox=site.sandbox)
    return page(request, tr("{what}?", what=view.button), view)


async def confirm(request: web.Request) -> web.Response:
    """POST /uploads/{id}/confirm: send it; a second time for the same check does nothing."""
    form = await request.post()
    site = request.app[SITE]
    upload = site.desk.stand(upload_of(request))
    site.desk.confirm(upload, str(form.get("nonce", "")))
    return see(f"/uploads/{upload.id}")


async def again(request: web.Request) -> web.Response:
    """POST /uploads/{id}/again?after=BATCH&answer=...: send once more, by what the person answers."""
    desk = request.app[SITE].desk
    upload = desk.stand(upload_of(request))
    try:
        answer = Answer(request.query.get("answer", ""))
    except ValueError:
        raise no_such() from None
    desk.again(upload, request.query.get("after", ""), answer)
    return see(f"/uploads/{upload.id}")


async def marked(request: web.Request) -> web.StreamResponse:
    """GET /uploads/{id}/marked.xlsx: the person's own file again, the problems marked; made when it is asked for."""
    site = request.app[SITE]
    upload, found = _checked(site, upload_of(request))
    if "problem" in found or not found:
        return see(f"/uploads/{upload.id}")
    # Of this very check: said otherwise, other cells are wrong.
    out = site.desk.uploads.check_folder(upload) / f"marked-{upload.nonce}.xlsx"
    if not out.exists():
        await site.desk.made(f"marked {upload.id} {upload.nonce}", site.desk.order(Task.MARKED, upload, out))
    return file_answer(out, _stem(upload.name) + "-marked.xlsx")


def _checked(site: Site, upload: Upload) -> tuple[Upload, Mapping[str, Any]]:
    upload = site.desk.stand(upload)
    found = site.desk.uploads.checked(upload) if upload.stage is Stage.CHECKED else None
    return upload, found or {}


def _readable(site: Site, upload: Upload) -> tuple[Upload, Mapping[str, Any]]:
    """The same, also of a file that was sent already: what was said of it can be changed, for its other rows."""
    upload = site.desk.stand(upload)
    stands = upload.stage in {Stage.CHECKED, Stage.ENDED}
    return upload, (site.desk.uploads.checked(upload) if stands else None) or {}


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def file_answer(path: object, name: str, kind: str = _WORKBOOK) -> web.FileResponse:
    """A download under a name that a person knows; only its plain letters where that is safer."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return web.FileResponse(
        str(path),
        headers={
            "Content-Disposition": disposition,
            "Content-Type": kind,
        },
    )
