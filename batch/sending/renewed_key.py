"""An access key that no journal here knows: is it the renewed key of an account that one knows?

Asked before anything is planned, of a key that nothing was ever sent under, where
another journal stands beside: under a name of its own it would not know a single class.
"""

import logging
from typing import Protocol

from batch.core.errors import CannotRun
from batch.journal.journals import Journals, recognise
from batch.sending.listed_classes import UPCOMING, ListsClasses, classes_seen
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)


class Service(ListsClasses, Protocol):
    """What is needed of the service here; see `batch.wiziq.client`."""

    is_sandbox: bool  #: whether what answered last said that it is one


def is_new(journals: Journals, account: str) -> bool:
    """Whether nothing was ever sent under this key, and something was under another one."""
    return not _has_history(journals, account, unreadable=True) and any(
        _has_history(journals, other, unreadable=False) for other in journals.accounts() if other != account
    )


async def first_account_of(
    api: Service, journals: Journals, account: str, now: float, *, sent_to: str
) -> str | None:
    """The account that the service lists under this key, where another journal knows it; made one with it.

    Args:
        journals: all of them.
        account: named by the new key.
        now: UTC seconds.
        sent_to: base URL of the service.

    Raises:
        Unfinished: another run is at work under the new key.
    """
    try:
        listed = [seen async for seen in classes_seen(api, UPCOMING)]
    except WiziqError as error:
        log.warning("account.cannot_list", extra={"code": error.code})
        return None  # what follows from that is decided by whoever is about to send
    known = recognise(journals, account, listed, sent_to=sent_to, sandbox=api.is_sandbox)
    if known is None:
        return None
    with journals.locked(account, now):
        return known if journals.make_alias(account, known, now) else None


def _has_history(journals: Journals, account: str, *, unreadable: bool) -> bool:
    if not journals.has(account):
        return False
    try:
        with journals.reading(account) as journal:
            return journal.sending.has_history()
    except CannotRun:
        return unreadable  # whoever opens it to send says what is wrong with it
