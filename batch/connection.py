"""Whom the classes are sent to: the account at the service, or a sandbox in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batch.base_url import is_loopback
from batch.core.errors import CannotRun
from batch.core.message import SettingFault
from batch.core.plan.admission import LimitPolicy
from batch.core.rows.rules import USUAL_ATTENDEES
from batch.core.service.protocol import Credentials
from batch.journal.accounts import account_id
from batch.journal.journals import journals_of
from batch.settings.table import Settings

if TYPE_CHECKING:
    from batch.wiziq.client import WiziqClient


#: Of a list of classes: a hundred thousand of them are a thousand pages.
_PAGES_AT_ONCE = 6


def account_of(settings: Settings, *, sandbox: bool) -> str:
    """The account's name in the journal, also under a renewed key. A sandbox's classes are never taken for real ones."""
    if sandbox:
        return account_id("", "sandbox")
    access_key = settings.credentials().access_key
    kind = "loopback" if settings.is_on_this_machine else "wiziq"
    return journals_of(settings).first_name_of(account_id(access_key, kind))


@asynccontextmanager
async def service(settings: Settings, folder: Path, *, sandbox: bool) -> AsyncIterator["WiziqClient"]:
    """The service, or a sandbox in this process that remembers its classes in `folder`."""
    if not sandbox:
        async with _client(settings, settings.base_url, settings.credentials()) as client:
            yield client
        return
    # The sandbox brings a web server, and a real run needs none.
    from batch.sandbox import SandboxSettings  # noqa: PLC0415 - see above
    from batch.sandbox.server import running_sandbox  # noqa: PLC0415 - see above

    played = SandboxSettings(
        account=settings.account.value,
        max_concurrent_classes=settings.max_concurrent_classes,
        limit_policy=(settings.limit_policy or LimitPolicy.OVERLAP).value,
        extend_counts=settings.extend_counts,
        max_minutes=settings.max_minutes,
        max_attendees=settings.max_attendees or USUAL_ATTENDEES,
        ledger=folder / "sandbox.jsonl",
    )
    async with running_sandbox(played) as running:
        pair = Credentials(running.credentials.access_key, running.credentials.secret_key)
        async with _client(settings, running.url, pair) as client:
            yield client


@asynccontextmanager
async def _client(
    settings: Settings, base_url: str, credentials: Credentials
) -> AsyncIterator["WiziqClient"]:
    # It brings aiohttp, which a check can do without.
    from batch.wiziq.client import WiziqClient, open_session  # noqa: PLC0415 - see above
    from batch.wiziq.transport import trusting  # noqa: PLC0415 - see above

    try:
        tls = trusting(settings.ca_file) if settings.ca_file else None
    except OSError as error:  # SSLError is one
        why = error.strerror or str(error)
        raise CannotRun(SettingFault.NO_CERTIFICATES, file=settings.ca_file, why=why) from error
    is_near = is_loopback(urlsplit(base_url).hostname or "")  # a proxy's own computer is another one
    proxy = settings.proxy.get_secret_value() if settings.proxy and not is_near else None
    async with open_session(connections=settings.in_flight, tls=tls, proxy=proxy) as session:
        yield WiziqClient(
            session,
            base_url=base_url,
            credentials=credentials,
            timeout_s=settings.timeout_s,
            unused_proxies=() if is_near else settings.ignored_proxies,
            pages_at_once=min(_PAGES_AT_ONCE, settings.in_flight),
        )
