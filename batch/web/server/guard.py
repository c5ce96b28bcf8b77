"""The guard in front of every route: lets in who may ask, and answers in words what went wrong."""

import errno
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from batch.core.errors import CannotRun
from batch.core.language import Language, LanguageChoice, preferred
from batch.report.wording.language import speaking
from batch.report.wording.phrases import tr
from batch.web.server import run_handlers
from batch.web.server.entrance import give_cookie, identified, shut_out
from batch.web.server.receive import Refusal, cannot_be_kept
from batch.web.server.security import HEADERS
from batch.web.server.site import (
    NOBODY,
    SITE,
    VISITOR,
    check_csrf,
    form_of,
    refused,
    visitor_of,
)
from batch.web.views.wording import page_words
from batch.web.workflow import NotMade

log = logging.getLogger(__name__)

#: What the system says where nothing more can be written.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

#: Forms with a file: their token is looked at while they arrive.
_STREAMED = {"/uploads", "/uploads/{id}/file"}
_LONGEST_STATIC = 200  #: of a path under /static


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets in who may ask, from where it may be asked; tells in words what went wrong."""
    with speaking(_language_for(request)):
        return await _answered(request, handler)


def _language_for(request: web.Request) -> Language:
    chosen = request.app[SITE].settings.language
    if chosen is LanguageChoice.AUTO:
        return preferred(request.headers.get("Accept-Language", ""))
    return Language(chosen.value)


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[VISITOR] = NOBODY
    try:
        response = await _shut_out(request) or await handler(request)
    except Refusal as refusal:
        return _hung_up(refused(request, refusal), refusal.status)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return refused(request, _refusal_of(error))
    except (CannotRun, NotMade) as error:
        words = error.words if isinstance(error, NotMade) else page_words(error)
        return refused(request, Refusal(500, **words))
    except ConnectionError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            return _hung_up(refused(request, cannot_be_kept(error)), 507)
        log.exception("page.bug", extra={"route": _route(request)})
        return refused(request, Refusal(500, tr("That went wrong by a fault of ours."), tr("Try it again.")))
    visitor = visitor_of(request)
    if visitor.is_new and not response.prepared:
        give_cookie(response, request.app[SITE], visitor.session)
    return response


async def _shut_out(request: web.Request) -> web.Response | None:
    """What to answer who may not ask; None for who may.

    Raises:
        Refusal: it comes from elsewhere, or from a form that is not ours.
    """
    site = request.app[SITE]
    changes = request.method not in {"GET", "HEAD"}
    if why := site.addresses.refuses(request.headers, changes=changes):
        raise Refusal(403, why, tr("Open {address} in your browser.", address=site.addresses.shown))
    if request.path.startswith("/static/"):
        if len(request.path) > _LONGEST_STATIC:  # a name that no file can have
            raise web.HTTPNotFound
        return None
    if request.path == "/enter":
        return None
    visitor = identified(request, site)
    if visitor is None:
        return shut_out(request)
    request[VISITOR] = visitor
    if changes and request.app[run_handlers.CLOSING].is_set():
        raise Refusal(503, tr("The page is being ended."), tr("Try again when it was started anew."))
    resource = request.match_info.route.resource
    if changes and (resource is None or resource.canonical not in _STREAMED):
        check_csrf(request, str((await form_of(request)).get("csrf", "")))
    return None


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    is_static = request.path.startswith("/static/") and response.status == 200
    response.headers["Cache-Control"] = "max-age=3600" if is_static else "no-store"
    response.headers["Server"] = "classbatch"


def _hung_up(response: web.Response, status: int) -> web.Response:
    """After a refused upload nothing more of it is read."""
    if status in {400, 403, 408, 413, 415, 503, 507}:
        response.force_close()
    return response


def _refusal_of(error: web.HTTPException) -> Refusal:
    begin = tr("Begin on the start page.")
    says = {
        404: (tr("There is no such page."), begin),
        405: (tr("That cannot be done here."), begin),
        413: (tr("The form is too large."), tr("Load the page again, and send it once more.")),
    }
    return Refusal(error.status, *says.get(error.status, (tr("That cannot be done."), begin)))


def _route(request: web.Request) -> str:
    """What is asked for without what would tell whose it is."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""
