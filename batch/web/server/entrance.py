"""How a browser is let in, by the one-time token or by an invitation, and how it leaves again."""

from aiohttp import web

from batch.report.wording.language import tr_later
from batch.report.wording.phrases import tr
from batch.web.server.security import SESSION_S, new_session
from batch.web.server.site import SITE, Site, Visitor, form_of, page, see, visitor_of
from batch.web.state.invitations import Invitation
from batch.web.views import signing_in
from batch.web.views.model import EnterView

_TITLE = tr_later("Sign in")


def identified(request: web.Request, site: Site) -> Visitor | None:
    """Who is asking; None: nobody who was let in."""
    cookie = request.cookies.get(site.cookie, "")
    if site.proxy is not None:
        header = site.proxy.header
        user = site.proxy.user(request.headers, len(request.headers.getall(header, [])), request.remote)
        if user is None:
            return None
        return site.visitor(cookie, user) if cookie else site.visitor(new_session(), user, is_new=True)
    session = site.sessions.find(cookie)
    if session is None:
        return None
    if not session.invitation:
        return site.visitor(cookie, None)
    invitation = site.invitations.find(session.invitation, site.desk.clock())  # it may have been revoked
    return site.visitor(cookie, invitation.name) if invitation is not None else None


def shut_out(request: web.Request, view: EnterView | None = None) -> web.Response:
    """The page for who was not let in: how they come in, and whom to ask."""
    site = request.app[SITE]
    shown = view or signing_in.unknown(
        site.settings.contact, behind=site.addresses.shown if site.proxy else ""
    )
    return page(request, tr(_TITLE), shown, status=403)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /enter?token=...: the one-time token becomes a cookie; GET /enter?invitation=...: a button that does it.

    A button, so that no program that only looks at an address (in a mail, say) signs in by it, and no page
    elsewhere signs somebody in as another person.
    """
    site = request.app[SITE]
    if identified(request, site) is not None:
        return see("/")
    secret = request.query.get("invitation", "")
    if secret:
        invitation = _invitation(site, secret)
        if invitation is None:
            return shut_out(request, signing_in.invitation_over(site.settings.contact))
        return page(request, tr(_TITLE), signing_in.invited(invitation.name, secret))
    if site.proxy is not None or not site.tokens.use(request.query.get("token", "")):
        return shut_out(request, signing_in.token_used(site.settings.contact))
    return _let_in(site, None)


async def enter(request: web.Request) -> web.StreamResponse:
    """POST /enter: somebody who was invited signs in."""
    site = request.app[SITE]
    if identified(request, site) is not None:
        return see("/")
    invitation = _invitation(site, str((await form_of(request)).get("invitation", "")))
    if invitation is None:
        return shut_out(request, signing_in.invitation_over(site.settings.contact))
    return _let_in(site, invitation)


async def leave(request: web.Request) -> web.Response:
    """POST /leave: this browser is let in no more."""
    site = request.app[SITE]
    site.sessions.end(visitor_of(request).session)
    response = see("/")
    response.del_cookie(
        site.cookie, path="/", httponly=True, samesite="Strict", secure=site.addresses.is_https
    )
    return response


def _invitation(site: Site, secret: str) -> Invitation | None:
    return site.invitations.of(secret, site.desk.clock()) if site.proxy is None else None


def _let_in(site: Site, invitation: Invitation | None) -> web.Response:
    response = see("/")
    lasts_s = SESSION_S if invitation is None else int(invitation.until - site.desk.clock())
    give_cookie(response, site, site.sessions.begin(invitation), lasts_s)
    return response


def give_cookie(response: web.StreamResponse, site: Site, session: str, lasts_s: int = SESSION_S) -> None:
    response.set_cookie(
        site.cookie,
        session,
        max_age=lasts_s,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=site.addresses.is_https,
    )
