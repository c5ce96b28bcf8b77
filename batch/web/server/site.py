"""What all handlers share: who is asking, how a view becomes a page, how a form is trusted."""

import asyncio
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp_jinja2
from aiohttp import web

from batch.core.quick_dataclass import dataclass
from batch.report.wording.language import spoken, translated
from batch.report.wording.phrases import tr
from batch.settings.table import Settings
from batch.version import __version__
from batch.web.server.receive import Patience, Refusal
from batch.web.server.security import Addresses, ProxyUser, Sessions, Tokens, csrf_token, same
from batch.web.state.invitations import Invitations
from batch.web.state.past_batches import Archive
from batch.web.state.uploads import Upload
from batch.web.views.model import (
    CheckingView,
    CheckView,
    ConfirmView,
    EnterView,
    ErrorView,
    FileProblemView,
    GridView,
    MappingView,
    Page,
    PastView,
    ResultView,
    RowView,
    RunView,
    StartView,
    UndoView,
    View,
    WeekView,
)
from batch.web.views.row_pages import RowHref
from batch.web.views.week import LessonLinks, read_week
from batch.web.views.wording import SANDBOX
from batch.web.workflow import UploadWorkflow

_TEMPLATES: Mapping[type[View], str] = {
    StartView: "start.html",
    PastView: "past.html",
    CheckingView: "checking.html",
    FileProblemView: "file_problem.html",
    MappingView: "mapping.html",
    GridView: "grid.html",
    CheckView: "check.html",
    ConfirmView: "confirm.html",
    RunView: "run.html",
    UndoView: "undo.html",
    ResultView: "result.html",
    RowView: "row.html",
    EnterView: "enter.html",
    ErrorView: "error.html",
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking."""

    session: str  #: the cookie; "" where nobody was let in
    user: str | None  #: whom a proxy names, or who was invited; None: whoever has the token
    csrf: str = ""  #: what the forms carry that are shown to this visitor
    is_new: bool = False  #: the cookie is given with this answer


NOBODY = Visitor("", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One server's page."""

    settings: Settings
    sandbox: bool
    desk: UploadWorkflow
    archive: Archive
    addresses: Addresses
    tokens: Tokens
    sessions: Sessions
    invitations: Invitations
    form_secret: str = field(repr=False)
    proxy: ProxyUser | None
    patience: Patience

    @property
    def cookie(self) -> str:
        """Cookies know no ports: two pages on one computer must not take each other's."""
        name = f"classbatch-{self.addresses.shown.rpartition(':')[2].strip('/')}"
        # With this beginning a browser lets no neighbour under the same domain set it.
        return f"__Host-{name}" if self.addresses.is_https else name

    def visitor(self, session: str, user: str | None, *, is_new: bool = False) -> Visitor:
        return Visitor(session, user, csrf_token(self.form_secret, session, user), is_new)


SITE = web.AppKey("site", Site)
VISITOR = web.RequestKey("visitor", Visitor)


def visitor_of(request: web.Request) -> Visitor:
    return request[VISITOR] if VISITOR in request else NOBODY  # noqa: SIM401 - `get` would lose the type


def page(request: web.Request, title: str, view: View, *, status: int = 200) -> web.Response:
    """The view as a page."""
    site, visitor = request.app[SITE], visitor_of(request)
    common = Page(
        title=title,
        csrf=visitor.csrf,
        user=visitor.user,
        leave_href="/leave" if visitor.user is not None and site.proxy is None else "",
        sandbox=site.sandbox,
        sandbox_says=translated(SANDBOX) if site.sandbox else "",
        language=spoken().value,
        version=__version__,
        upload_mib=site.settings.upload_mib,
    )
    context = {"page": common, "view": view}
    return aiohttp_jinja2.render_template(_TEMPLATES[type(view)], request, context, status=status)


def refused(request: web.Request, refusal: Refusal) -> web.Response:
    home = bool(visitor_of(request).session)
    view = ErrorView(
        status=refusal.status,
        says=refusal.says,
        fix=refusal.fix,
        home=home,
        on_href=refusal.on_href,
        on_says=refusal.on_says,
    )
    return page(request, tr("That did not work"), view, status=refusal.status)


def check_csrf(request: web.Request, token: str) -> None:
    """Whether a form is one of ours.

    Raises:
        Refusal: its token is not the one that this visitor's forms carry.
    """
    if not same(token, visitor_of(request).csrf):
        raise Refusal(403, tr("The form is out of date."), _once_more())


async def form_of(request: web.Request) -> Mapping[str, object]:
    """The fields of a small form.

    Raises:
        Refusal: it is no form, or does not come.
    """
    if request.content_type != "application/x-www-form-urlencoded" and request.can_read_body:
        raise Refusal(415, tr("That was no form of this page."), _once_more())
    try:
        async with asyncio.timeout(request.app[SITE].patience.stalls_s):
            return await request.post()
    except TimeoutError:
        raise Refusal(408, tr("The form came too slowly."), _once_more()) from None
    except (ValueError, AssertionError, RuntimeError, aiohttp.ClientError, aiohttp.http.HttpProcessingError):
        raise Refusal(400, tr("The form cannot be read."), _once_more()) from None


def _once_more() -> str:
    return tr("Load the page again, and send it once more.")


def upload_of(request: web.Request) -> Upload:
    """The upload that the address names.

    Raises:
        Refusal: there is none, or it is another user's, which nobody is told.
    """
    upload = request.app[SITE].desk.uploads.get(request.match_info["id"])
    if upload is None or upload.owner != visitor_of(request).user:
        raise no_such()
    return upload


def same_check(request: web.Request, upload: Upload, found: Mapping[str, Any]) -> None:
    """Go on where the form is of the newest check.

    Raises:
        Refusal: it was checked again since.
    """
    if not found or request.query.get("check") != upload.nonce:
        raise Refusal(
            409,
            tr("The file was checked again since this page was loaded, perhaps in another window."),
            tr(
                "What you sent was not taken, so that it does not hit other rows. Answer it again on the page as it is now."
            ),
            f"/uploads/{upload.id}",
            tr("Go on with the file as it is now"),
        )


def no_such() -> Refusal:
    return Refusal(
        404, tr("There is no such page."), tr("It may have been tidied away; begin on the start page.")
    )


def see(path: str) -> web.Response:
    """Go on there: what was asked is done, and a reload does it no second time."""
    return web.Response(status=303, headers={"Location": path})


def number_in(request: web.Request, name: str) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def week_of(
    request: web.Request,
    folder: Path,
    found: Mapping[str, Any],
    row_href: RowHref | None = None,
    links: LessonLinks | None = None,
) -> WeekView | None:
    """The week that the address asks for, of what a child left in `folder`."""

    def href(monday: date, day: date | None) -> str:
        return f"?week={monday}{f'&day={day}' if day else ''}{f'&teacher={place}' if only else ''}"

    place, only = teacher_in(request, found)
    return read_week(
        folder,
        found.get("weeks"),
        _day_in(request, "week"),
        _day_in(request, "day"),
        href,
        row_href,
        links,
        only,
    )


def teacher_in(request: web.Request, found: Mapping[str, Any]) -> tuple[int, str]:
    """(place in the list, whose lessons alone are asked for); (0, "") for everybody's."""
    teachers = found.get("teachers", ())
    place = number_in(request, "teacher") if "teacher" in request.query else 0
    return (place, teachers[place - 1][0]) if 0 < place <= len(teachers) else (0, "")


def _day_in(request: web.Request, name: str) -> date | None:
    try:
        return date.fromisoformat(request.query.get(name, ""))
    except ValueError:
        return None
