"""Tells people of a night by apprise: e-mail, chat, push. Whatever comes of it, the night's exit code stays as it is.

The addresses hold passwords and tokens: they are never said or logged, by us or by the
libraries underneath.
"""

import logging
from typing import Any

from batch.core.errors import CannotRun
from batch.core.message import NightFault
from batch.core.tally import Exit

log = logging.getLogger(__name__)

_LIBRARIES = ("apprise", "urllib3", "requests")
_LONGEST_S = 60.0
#: As apprise calls them; many services show them by a colour.
_TYPES = {Exit.DONE: "success", Exit.NEEDS_A_PERSON: "warning", Exit.UNFINISHED: "warning"}


class Notice:
    """Whom to tell."""

    def __init__(self, addresses: str) -> None:
        """`addresses`: of apprise, with a space between them; "" tells nobody.

        Raises:
            CannotRun: apprise is not installed, or does not know an address.
        """
        self._apprise: Any = None
        if not addresses.split():
            return
        try:
            import apprise  # noqa: PLC0415 - an extra, and slow to import
        except ImportError as error:
            raise CannotRun(NightFault.NO_APPRISE) from error
        for name in _LIBRARIES:  # their warnings quote addresses
            library = logging.getLogger(name)
            library.handlers, library.propagate = [logging.NullHandler()], False
        self._apprise = apprise.Apprise()
        known = [self._apprise.add(address) for address in addresses.split()]
        if not all(known):
            raise CannotRun(NightFault.BAD_ADDRESS, nth=known.index(False) + 1, number=len(known))

    def send(self, title: str, body: str, *, exit_code: Exit) -> bool:
        """Tell everybody; whether all could be told. Takes its time: not for an event loop."""
        if self._apprise is None:
            return True
        try:
            delivered = bool(
                self._apprise.notify(
                    title=title,
                    body=body,
                    notify_type=_TYPES.get(exit_code, "failure"),
                    body_format="text",
                    timeout=_LONGEST_S,
                )
            )
        except Exception as error:  # noqa: BLE001 - a hundred plugins, and none of them may spoil the night
            delivered, kind = False, type(error).__name__  # its text may quote an address
        else:
            kind = ""
        if not delivered:
            log.error("nightly.notify_failed", extra={"kind": kind})
        return delivered
