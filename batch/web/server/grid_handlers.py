"""The page that asks what stands in the cells of a weekly grid."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from aiohttp import web

from batch.core.rows.columns import AccountKind
from batch.readers.remembered_grids import remember_grid
from batch.report.wording.language import tr_later
from batch.report.wording.phrases import tr
from batch.web.server.site import SITE, page, same_check, see, upload_of
from batch.web.state.uploads import Stage, Upload
from batch.web.views.grid_form import read_grid_form
from batch.web.views.grid_question import grid_view

TITLE = tr_later("What stands in the cells of this grid?")


def asks(
    request: web.Request, upload: Upload, found: Mapping[str, Any], *, status: int = 200
) -> web.Response:
    """The page with the form."""
    says = str(found["grid"]["says"])
    return page(
        request, tr(TITLE), grid_view(upload, found["grid"], request.app[SITE].settings, says), status=status
    )


async def grid(request: web.Request) -> web.Response:
    """POST /uploads/{id}/grid?check=NONCE: what stands in its cells, as the person says; then the file is checked."""
    site = request.app[SITE]
    upload = site.desk.stand(upload_of(request))
    found = site.desk.uploads.checked(upload) if upload.stage in {Stage.CHECKED, Stage.ENDED} else None
    if not found or "grid" not in found:
        return see(f"/uploads/{upload.id}")
    same_check(request, upload, found)
    fields = {name: str(value) for name, value in (await request.post()).items()}
    form = read_grid_form(upload.said, found["grid"], fields, AccountKind(site.settings.account))
    if form.wrong is not None:  # nothing is kept; what was typed stays on the page
        return asks(request, replace(upload, said=form.said, notice=form.wrong), found, status=422)
    said = form.said.grid
    if said["remember"]:
        periods, likenesses = form.said.when.get("periods", {}), list(found["grid"].get("alike", ()))
        keep = partial(remember_grid, cell=said["cell"], without=said["without"], periods=periods)
        await asyncio.to_thread(keep, site.settings.state, likenesses)
    site.desk.check_again(upload, form.said)
    return see(f"/uploads/{upload.id}")
