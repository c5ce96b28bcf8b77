"""Taking a past batch back: its plan is looked at first, then confirmed, then done; each step by a child."""

from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from batch.report.wording.phrases import tr
from batch.web.server.batch_handlers import run_of
from batch.web.server.run_handlers import Now, asked, followed
from batch.web.server.site import SITE, Site, number_in, page, see, visitor_of
from batch.web.state.layout import UNDO_FILE, UNDO_PLAN_FILE, batch_folder
from batch.web.state.orders import Task, WorkerRequest
from batch.web.state.past_batches import PastRun
from batch.web.state.uploads import new_nonce, read_json
from batch.web.views import running
from batch.web.views.undo import can_be_undone, view_of


async def show(request: web.Request) -> web.Response:
    """GET /batches/{batch}/undo: what would be taken back; with ?run=NONCE, how far that is."""
    site, run = request.app[SITE], await run_of(request)
    nonce = request.query.get("run", "")
    folder = batch_folder(site.settings.state, run.batch.id)
    if nonce:
        child = site.desk.children.of(_key(run))
        if child is not None:
            event = running.taking_back_event(run, child.last, nonce)
            return page(request, tr("Taking back"), running.taking_back(run, event, nonce))
        ended = read_json(folder / UNDO_FILE) or {}
        if ended.get("nonce") == nonce and ended.get("batch"):
            return see(f"/batches/{ended['batch']}")
    if not can_be_undone(run, site.desk.account):
        return see(f"/batches/{run.batch.id}")
    rows = _rows_in(request)
    order = _order(site, run, Task.UNDO_PLAN, folder, request, rows=rows)
    await site.desk.made(f"undo plan {run.batch.id}", order)
    plan = read_json(folder / UNDO_PLAN_FILE) or {}
    view = view_of(run, plan, new_nonce(), rows)
    return page(request, tr("Take this back?"), view)


async def undo(request: web.Request) -> web.Response:
    """POST /batches/{batch}/undo: take it back; the same form a second time does nothing more."""
    site, run = request.app[SITE], await run_of(request)
    nonce = str((await request.post()).get("nonce", ""))
    folder = batch_folder(site.settings.state, run.batch.id)
    is_new = nonce and (read_json(folder / UNDO_FILE) or {}).get("nonce") != nonce
    if is_new and can_be_undone(run, site.desk.account) and site.desk.children.of(_key(run)) is None:
        order = _order(site, run, Task.UNDO, folder, request, nonce=nonce, rows=_rows_in(request))
        site.desk.children.start(_key(run), order, waits=False)
    return see(f"/batches/{run.batch.id}/undo?{urlencode({'run': nonce})}")


async def events(request: web.Request) -> web.StreamResponse:
    """GET /batches/{batch}/undo/events?run=NONCE: how far it is, as server-sent events."""
    site, run = request.app[SITE], await run_of(request)

    def now() -> Now:
        child = site.desk.children.of(_key(run))
        if child is None:
            return None, None
        return running.taking_back_event(run, child.last, request.query.get("run", "")), child

    return await followed(request, now)


async def steer(request: web.Request) -> web.Response:
    """POST /batches/{batch}/undo/pause, resume or stop, each with ?run=NONCE."""
    site, run = request.app[SITE], await run_of(request)
    child = site.desk.children.of(_key(run))
    if child is not None:
        await asked(child, request.match_info["wanted"])
    return see(f"/batches/{run.batch.id}/undo?{urlencode({'run': request.query.get('run', '')})}")


def _rows_in(request: web.Request) -> tuple[int, ...]:
    """The one row that is meant; none for all."""
    return (number_in(request, "row"),) if "row" in request.query else ()


def _key(run: PastRun) -> str:
    return f"run undo {run.batch.id}"


def _order(
    site: Site,
    run: PastRun,
    task: Task,
    folder: Path,
    request: web.Request,
    *,
    nonce: str = "",
    rows: tuple[int, ...] = (),
) -> WorkerRequest:
    return site.desk.order(
        task, None, folder, batch=run.batch.id, nonce=nonce, owner=visitor_of(request).user, rows=rows
    )
