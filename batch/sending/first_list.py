"""The list that a run begins with: taken until it comes whole, and again where nothing shows yet what it can be gone by."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from batch.core.errors import CannotRun, Unfinished
from batch.core.message import Message, RunNote, ServiceFault
from batch.core.service.backoff import MOST_ATTEMPTS, wait_s
from batch.core.service.listed import Seen
from batch.sending.first_row import FirstRow
from batch.sending.gate import Gate
from batch.sending.list_evidence import ListEvidence
from batch.sending.listed_classes import UPCOMING
from batch.sending.listing import AccountList
from batch.wiziq.errors import LockedOut, Refused, WiziqError

log = logging.getLogger(__name__)


class TellsAccount(Protocol):
    """What is needed of the service here; see `batch.wiziq.client`."""

    async def account_info(self) -> object: ...


class FirstList:
    """Takes it."""

    def __init__(
        self,
        *,
        api: TellsAccount,
        account_list: AccountList,
        evidence: ListEvidence,
        first_row: FirstRow,
        is_first_time: bool,
        unexplained: Callable[[], Awaitable[Sequence[Seen]]],
        chance: Callable[[], float],
    ) -> None:
        """`unexplained` tells which of the listed classes nobody knows."""
        self._api = api
        self._list = account_list
        self._evidence = evidence
        self._first_row = first_row
        self._is_first_time = is_first_time
        self._unexplained = unexplained
        self._chance = chance

    async def take(self, gate: Gate) -> Message | None:
        """Take the list; returns why this account cannot list its classes, if that is so.

        Raises:
            CannotRun, Unfinished: it could not be had, and nobody knows whether it can be.
        """
        for failures in range(1, MOST_ATTEMPTS + 1):
            try:
                if not await self._take_steady():
                    return Message(ServiceFault.UNSTEADY_LIST)
            except WiziqError as error:
                log.warning("plan.cannot_list", extra={"code": error.code, "attempt": failures})
                cause = error.__cause__
                if isinstance(cause, Refused | LockedOut):
                    await self._check_means_no_list(cause)
                    return error.message
                if failures == MOST_ATTEMPTS or gate.closed_because is not None:
                    raise Unfinished(RunNote.LIST_LATER, why=error.message) from error
                await gate.pause(wait_s(failures, self._chance()))
            else:
                return None
        return None

    async def _take_steady(self) -> bool:
        """Take the list, again where classes are in it that nobody knows; returns whether it can be gone by.

        Only a journal that has sent nothing has to: of another one the list has shown classes before.
        """
        filters = UPCOMING
        await self._list.take()
        if not await self._list.shows_any() or await self._evidence.leaves_out():
            filters = {}  # by another word for their state they may be there
            await self._list.take(filters)
        if not await self._unexplained() or await self._list.is_steady(filters):
            return True
        return not await self._first_row.has_to_go_alone(is_first_time=self._is_first_time)

    async def _check_means_no_list(self, cause: Refused | LockedOut) -> None:
        """See that the refusal is the account's word on listing, and no wrong address or key.

        Raises:
            CannotRun: it is not.
        """
        code = cause.code or ""
        if code.isdecimal() and code not in {"401", "403"}:
            return
        if code.isdecimal():
            try:
                await self._api.account_info()
            except WiziqError:
                pass
            else:
                return
        raise CannotRun(RunNote.TURNED_AWAY, why=cause.message) from cause
