"""Who may ask, and from where: hosts, origins, the one-time token, the session behind the cookie, CSRF tokens.

A page in another tab of the same browser can send requests here. None of them gets
far: its Origin is foreign, our cookie stays at home (SameSite=Strict), and it does
not know the token that our forms carry.
"""

import hashlib
import hmac
import ipaddress
import json
import os
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, field
from pathlib import Path

from yarl import URL

from batch.atomic_file import write_whole
from batch.core.errors import CannotRun
from batch.core.message import ServerFault
from batch.core.quick_dataclass import dataclass
from batch.report.wording.phrases import tr
from batch.settings.table import Settings
from batch.web.state.invitations import Invitation
from batch.web.state.uploads import read_json

#: How long a browser is let in by the cookie that its token gave it.
SESSION_S = 7 * 86_400
_MOST_SESSIONS = 100
_MOST_OF_ONE = 10  #: browsers that one person is signed in with
_LONGEST_USER = 200

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that, browsers send "Origin: null" with our own forms. Nothing goes to other sites.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Under which names this page may be asked for; any other is an attack by name (DNS rebinding)."""

    hosts: frozenset[str]
    origins: frozenset[str]
    shown: str  #: how a person's browser gets here

    @classmethod
    def of(cls, settings: Settings, port: int) -> "Addresses":
        """The loopback's names, the address bound to, and what --public-url says.

        Raises:
            CannotRun: it listens everywhere, and nobody has said under which name.
        """
        names = {"localhost", "127.0.0.1", "[::1]"}
        shown, bound = _literal(settings.bind), _ip(settings.bind)
        if bound is None or not bound.is_unspecified:
            names.add(shown)
        elif settings.public_url is None:
            raise CannotRun(ServerFault.EVERY_ADDRESS, bind=settings.bind)
        urls = [URL.build(scheme="http", host=name.strip("[]"), port=port) for name in names]
        here = URL.build(scheme="http", host=shown.strip("[]"), port=port)
        if settings.public_url is not None:
            here = URL(settings.public_url)
            urls.append(here)
        return cls(
            hosts=frozenset(_authority(url) for url in urls),
            origins=frozenset(f"{url.scheme}://{_authority(url)}" for url in urls),
            shown=f"{here.scheme}://{_authority(here)}",
        )

    @property
    def is_https(self) -> bool:
        return self.shown.startswith("https:")

    def refuses(self, headers: Mapping[str, str], *, changes: bool) -> str:
        """Why a request is not answered; "" where it may be.

        Args:
            headers: of the request.
            changes: it is to change something: it must come from a page of ours.
        """
        if headers.get("Host", "").lower() not in self.hosts:
            return tr("It was asked for under a name that is not this page's.")
        if not changes:
            return ""
        origin = headers.get("Origin", "null")
        if origin == "null":  # hidden; then the browser itself must say where the form stood
            return (
                ""
                if headers.get("Sec-Fetch-Site") == "same-origin"
                else tr("It was not sent from a page of classbatch.")
            )
        return "" if origin.lower() in self.origins else tr("It was sent from a page of another site.")


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _authority(url: URL) -> str:
    host = _literal((url.host or "").lower())
    return host if url.is_default_port() else f"{host}:{url.port}"


@dataclass
class Tokens:
    """The one-time token: used up by the first browser; the next one is told then."""

    announce: Callable[[str], None]  #: hears of each new token
    _token: str = field(default="", repr=False)

    def renew(self) -> None:
        self._token = secrets.token_urlsafe(32)
        self.announce(self._token)

    def use(self, token: str) -> bool:
        """Whether this is the token; it is none any more, then."""
        if not same(token, self._token):
            return False
        self.renew()
        return True


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that was let in."""

    since: float
    until: float
    invitation: str = ""  #: the id of the invitation that let it in; "": the one-time token did


class Sessions:
    """The browsers that were let in. Kept over a restart, as hashes: the file opens nothing to who reads it."""

    def __init__(self, file: Path, clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock

    def begin(self, invitation: Invitation | None = None) -> str:
        """Let a browser in: for a week by the token, by an invitation for as long as that holds."""
        session, now = new_session(), self._clock()
        begun = (
            Session(now, now + SESSION_S)
            if invitation is None
            else Session(now, invitation.until, invitation.id)
        )
        newest, theirs = dict[str, Session](), Counter[str]()
        for name, kept in sorted(self._read().items(), key=lambda each: -each[1].since):
            theirs[kept.invitation] += 1
            most = _MOST_OF_ONE if kept.invitation else _MOST_SESSIONS
            if kept.until > now and theirs[kept.invitation] < most:
                newest[name] = kept
        self._write({**newest, _hash(session): begun})
        return session

    def find(self, session: str) -> Session | None:
        """The session behind a cookie; None: nobody was let in by it, or that is over."""
        found = self._read().get(_hash(session)) if session else None
        return found if found is not None and self._clock() < found.until else None

    def end(self, session: str) -> None:
        """Let this browser in no more."""
        kept = self._read()
        if kept.pop(_hash(session), None) is not None:
            self._write(kept)

    def _write(self, sessions: Mapping[str, Session]) -> None:
        write_whole(self._file, json.dumps({name: asdict(kept) for name, kept in sessions.items()}))

    def _read(self) -> dict[str, Session]:
        kept = read_json(self._file) or {}
        found = ((name, _session_of(each)) for name, each in kept.items())
        return {name: session for name, session in found if session is not None}


def _session_of(kept: object) -> Session | None:
    """What was kept; an earlier version kept the beginning alone."""
    if isinstance(kept, float):
        return Session(kept, kept + SESSION_S)
    try:
        return Session(**kept) if isinstance(kept, dict) else None
    except TypeError:
        return None


def new_session() -> str:
    return secrets.token_urlsafe(32)


def csrf_token(secret: str, session: str, user: str | None) -> str:
    """What our forms carry: nobody can make it, not even who has given somebody else a cookie of his own."""
    return hmac.new(secret.encode(), _plain(f"{session}\n{user or ''}"), hashlib.sha256).hexdigest()


def secret_in(file: Path) -> str:
    """The secret behind the forms' tokens, made at the first start; a form outlives the server's end."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    return file.read_text("ascii") or new_session()  # empty: the disk was full then


def same(one: str, other: str) -> bool:
    """Compared in the same time whatever they are; an empty one is never the same."""
    return bool(other) and hmac.compare_digest(_plain(one), _plain(other))


def _hash(session: str) -> str:
    return hashlib.sha256(_plain(session)).hexdigest()


def _plain(text: str) -> bytes:
    """Whatever bytes a header or an address may have held: never a fault, and never taken for another text."""
    return text.encode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class ProxyUser:
    """Who it is, as a reverse proxy says. Only believed from where the proxy is."""

    header: str
    proxies: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> "ProxyUser | None":
        """None: everybody shares the token.

        Raises:
            CannotRun: a proxy's address is no address.
        """
        if settings.user_header is None:
            return None
        proxies = [each.strip() for each in (settings.trusted_proxy or "").split(",") if each.strip()]
        for proxy in proxies:
            if _ip(proxy) is None:
                raise CannotRun(ServerFault.NO_PROXY, proxy=proxy)
        return cls(settings.user_header, frozenset(str(_ip(proxy)) for proxy in proxies))

    def user(self, headers: Mapping[str, str], values: int, peer: str | None) -> str | None:
        """The user, or None where nobody trustworthy says who it is.

        Args:
            headers: of the request.
            values: how many headers of that name there are: one, or somebody has added his own.
            peer: who is at the other end of the connection.
        """
        address = _ip((peer or "").partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if address is None or not (address.is_loopback or str(address) in self.proxies):
            return None
        user = headers.get(self.header, "").strip()
        return user if values == 1 and user and len(user) <= _LONGEST_USER and user.isprintable() else None
