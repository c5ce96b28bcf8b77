"""Asks the WizIQ API, one signed POST per attempt, and sorts what can go wrong.

The promise: an error tells whether a class may exist (NoAnswer) or cannot
(every other). Nothing is retried and no redirect is followed here. Keys and
signatures stay out of every error, repr and log.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import lru_cache, partial

import aiohttp
from yarl import URL

from batch.base_url import DEFAULT_BASE_URL, check_base_url
from batch.core.message import Message, ServiceFault
from batch.core.quick_dataclass import dataclass
from batch.core.service.protocol import SANDBOX_HEADER, Credentials, sign
from batch.wiziq.errors import ApiError, ListingFailed, LockedOut, NoAnswer
from batch.wiziq.replies import (
    MOST_BYTES,
    Created,
    ListedClass,
    Reply,
    changed,
    created,
    failure_of,
    listed,
    parse_reply,
    teachers,
)
from batch.wiziq.transport import (
    Attempt,
    Connections,
    failure_of_exception,
    failure_of_status,
    open_session,
    parse_date,
)

__all__ = ["DEFAULT_BASE_URL", "Credentials", "WiziqClient", "check_base_url", "open_session"]

#: More classes per page are refused with 1025.
PAGE_SIZE = 100
#: A hundred thousand classes in pages of that size, and room for smaller ones: past this, the paging itself is broken.
MOST_PAGES = 2500

#: A list has ended where so many pages after each other show nothing new.
_PAGES_OF_THE_END = 2

#: Methods that leave the account as it is, whatever becomes of the answer.
_READS = frozenset({"get_data", "get_account_info", "get_teacher_details"})
#: The fields that go along with every request.
_PROVES = frozenset({"access_key", "timestamp", "method", "signature"})
# presenter_email is not among the columns known to exist, and an unknown one may be refused.
_COLUMNS = "class_id,title,start_time,time_zone,duration,presenter_id,presenter_url,status"


class WiziqClient:
    """The methods of the API that scheduling needs."""

    def __init__(
        self,
        connections: Connections,
        *,
        base_url: str,
        credentials: Credentials,
        timeout_s: float = 60,
        now: Callable[[], float] = time.time,
        unused_proxies: Sequence[str] = (),
        pages_at_once: int = 1,
    ) -> None:
        """Asks at `base_url` through connections that stay the caller's to close.

        Args:
            connections: from `open_session`.
            base_url: as `check_base_url` takes it.
            credentials: sign every attempt, with a fresh timestamp.
            timeout_s: from the wait for a connection to the last byte of the answer;
                creates of 51 s were seen.
            now: seconds since the Unix epoch.
            unused_proxies: variables that name a proxy for other programs, to be named where no connection
                comes about.
            pages_at_once: so many pages of a list are asked for together, at most.

        Raises:
            ValueError: `base_url` is none.
        """
        self._connections = connections
        self._base = URL(check_base_url(base_url))
        self._place = f"{self._base.host}:{self._base.port}"
        # The same within a second, and there are hundreds of requests in one.
        self._proof = lru_cache(maxsize=4)(partial(_proof, credentials))
        self._address = lru_cache(maxsize=8)(lambda method: self._base.with_query(method=method))
        self._timeout_s = timeout_s
        self._now = now
        self._unused_proxies = unused_proxies
        self._pages_at_once = pages_at_once
        self._made = 0  # classes
        #: By what was asked for: how long the list was, and how many classes had been made by then. So many pages the
        #: next one has about, and that is all that it is used for.
        self._lengths: dict[tuple[tuple[str, str], ...], tuple[int, int]] = {}
        #: The service's clock less ours by its last answer, to the second.
        self.clock_offset_s: float | None = None
        self.is_sandbox = False  #: whether what answered last said that it is a sandbox

    async def create(self, parameters: Mapping[str, str]) -> Created:
        """Schedule one class: POST <base>?method=create, answered in XML.

        Args:
            parameters: API name to text, as ClassRow has them.

        Returns:
            The class_id, and the call_id where the service gave one.

        Raises:
            Refused: any code not named below; `code` and `text` are the service's.
            PresenterBusy: code 1032.
            SlotFull: code 1012; `limit` is the number in its text, if it had one.
            Unavailable: no connection, or no TLS.
            Throttled: HTTP 429 before the request's body had left.
            NoAnswer: a timeout or broken connection after sending, any HTTP status without
                a whole <rsp>, code 500, 502, 503 or 1000, or an answer that does not tell.
            LockedOut: codes that no other row would escape; a certificate that does not hold.
        """
        made = created(await self._call("create", parameters))
        self._made += 1
        return made

    async def get_data(
        self, filters: Mapping[str, str], *, page: int, page_size: int = PAGE_SIZE
    ) -> list[ListedClass]:
        """One page of the account's classes; empty past the end.

        Args:
            filters: `title`, `start_time`, `presenter_id`, `class_id` and the like. How the
                service compares them is unknown: filter loosely, compare here.
            page: from 1.
            page_size: at most 100.

        Raises:
            ListingFailed: whatever went wrong stands in its `__cause__`.
        """
        paging = {"page_number": str(page), "page_size": str(page_size), "columns": _COLUMNS}
        try:
            return listed(await self._call("get_data", {**filters, **paging}), page)
        except (ApiError, LockedOut) as error:
            # A lock-out tells here only that this account cannot list.
            no_list = Message(ServiceFault.NO_LIST_NOW, {"why": error.message})
            raise ListingFailed(no_list, code=error.code, call_id=error.call_id) from error

    async def list_classes(
        self, filters: Mapping[str, str], *, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[ListedClass]:
        """Every class that the filters let through, each once, page by page.

        A page may hold fewer classes than were asked for, and there may be more after it: the end is
        where two pages after each other show nothing new. Whether what is not listed is not there, a list
        alone cannot tell: see `batch.sending.listing`.

        Raises:
            ListingFailed: a page failed or is left out, or the list does not end; what came
                before is true, but not all.
        """
        seen: set[str] = set()
        was_empty = is_stale = is_over = False
        # A list is known to end when two pages behind its last are empty: with those, a short one comes in one round.
        asked, made_before = tuple(sorted(filters.items())), self._made
        length, made = self._lengths.get(asked, (0, made_before))
        likely = (length + made_before - made) // page_size + 1
        page, at_once = 1, min(self._pages_at_once, likely + _PAGES_OF_THE_END)
        while page <= MOST_PAGES and not is_over:
            pages = await self._pages(filters, range(page, page + at_once), page_size)
            for number, classes in enumerate(pages, page):
                fresh = [one for one in classes if one.class_id not in seen]
                if was_empty and fresh:
                    raise ListingFailed(Message(ServiceFault.PAGE_LEFT_OUT, {"page": number - 1}))
                for one in fresh:
                    if one.class_id not in seen:
                        seen.add(one.class_id)
                        yield one
                # Past the end, or a page that failed to be found? The next one tells.
                is_over = not fresh and is_stale
                was_empty, is_stale = not classes, not fresh
            page += at_once
            is_near_its_end = len(pages[-1]) < page_size
            at_once = min(self._pages_at_once, _PAGES_OF_THE_END if is_near_its_end else self._pages_at_once)
        if not is_over:
            raise ListingFailed(Message(ServiceFault.ENDLESS_LIST, {"pages": MOST_PAGES}))
        self._lengths[asked] = len(seen), made_before

    async def _pages(
        self, filters: Mapping[str, str], pages: Iterable[int], page_size: int
    ) -> list[list[ListedClass]]:
        """These pages, asked for together; the first of them that failed is raised."""
        asked = [
            asyncio.ensure_future(self.get_data(filters, page=page, page_size=page_size)) for page in pages
        ]
        try:
            return [await each for each in asked]
        finally:
            for each in asked:
                each.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def account_info(self) -> Reply:
        """What the service says of the account; proves the credentials, changes nothing.

        Raises:
            ApiError, LockedOut: as for `create`.
        """
        return _confirmed(await self._call("get_account_info", {}))

    async def teachers(self) -> Mapping[str, str]:
        """The e-mail address of each teacher of the account, by the number that a list may give as presenter_id.

        Raises:
            ApiError, LockedOut: as for `create`.
        """
        return teachers(await self._call("get_teacher_details", {}))

    async def modify(self, class_id: str, changes: Mapping[str, str]) -> str | None:
        """Change a class that has not begun; it keeps its class_id and its links.

        Args:
            class_id: which class.
            changes: the parameters of `create` that change, and no others. An empty value counts as
                one that was not sent: to take something back, send the service's default in words.

        Returns:
            The call_id, where the service gave one.

        Raises:
            ApiError, LockedOut: as for `create`, said of the change: after NoAnswer it may have been
                made, after anything else it was not. 1009 and 1015 to 1018 are Refused.
        """
        return changed(await self._call("modify", {**changes, "class_id": class_id}), class_id)

    async def cancel(self, class_id: str) -> str | None:
        """Cancel a class that has not begun; one that is cancelled already (1033) is as good.

        Returns:
            The call_id, where the service gave one.

        Raises:
            ApiError, LockedOut: as for `create`, said of the cancellation: after NoAnswer it may have
                been made, after anything else it was not. 1009 and 1034 to 1036 are Refused.
        """
        reply = await self._call("cancel", {"class_id": class_id})
        if reply.code == "1033":
            return reply.call_id
        return changed(reply, class_id)

    async def _call(self, method: str, parameters: Mapping[str, str]) -> Reply:
        not_after = asyncio.get_running_loop().time() + self._timeout_s
        attempt = Attempt(changes=method not in _READS, not_after=not_after)
        proof = self._proof(method, int(self._now()))
        broken: aiohttp.ClientError | OSError | None = None
        body = bytearray()
        try:
            # One deadline from the wait for a connection to the last byte of the body, however it trickles.
            async with asyncio.timeout(self._timeout_s):
                await self._post(method, _form(parameters, proof), attempt, body)
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            broken = error
            self._connections.broke(attempt)
        now_s = self._note_clock(attempt.headers.get("Date", ""))
        # Not before the connection is done with: what is left of the request may leave until then.
        by_status = failure_of_status(attempt, host=self._place, now_s=now_s) if attempt.status else None
        if broken is not None:
            raise by_status or failure_of_exception(
                broken,
                attempt,
                place=self._place,
                timeout_s=self._timeout_s,
                unused_proxies=self._unused_proxies,
            ) from broken
        try:
            reply = parse_reply(proof.without_secrets(bytes(body)), method)
        except NoAnswer as unreadable:
            if by_status is None:
                raise
            raise by_status from unreadable
        if reply.ok and by_status is not None:
            raise by_status  # a status and an answer that contradict each other
        return reply

    async def _post(self, method: str, form: bytes, attempt: Attempt, body: bytearray) -> None:
        async with self._connections.post(self._address(method), data=form, attempt=attempt) as response:
            attempt.status, attempt.headers = response.status, response.headers
            self.is_sandbox = SANDBOX_HEADER in response.headers
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MOST_BYTES:  # too much for an answer; parse_reply says so
                    return

    def _note_clock(self, date: str) -> float:
        """The service's clock, where it told it; else ours."""
        ours = self._now()
        theirs = parse_date(date)
        if theirs is None:
            return ours
        self.clock_offset_s = theirs - ours
        return theirs


@dataclass(frozen=True, slots=True)
class _Proof:
    """That a request comes from whoever has the keys. Its repr shows nothing."""

    form: bytes = field(repr=False)  #: encoded, behind the parameters
    secrets: tuple[bytes, ...] = field(repr=False)

    def without_secrets(self, body: bytes) -> bytes:
        """An answer may quote what it was sent, and its message goes into journal and workbook."""
        for secret in self.secrets:
            body = body.replace(secret, b"[hidden]")
        return body


def _proof(keys: Credentials, method: str, timestamp: int) -> _Proof:
    signature = sign(keys.secret_key, keys.access_key, timestamp, method)
    fields = {
        "access_key": keys.access_key,
        "timestamp": str(timestamp),
        "method": method,
        "signature": signature,
    }
    secrets = (keys.access_key, keys.secret_key, signature)
    return _Proof(_encoded(fields), tuple(secret.encode() for secret in secrets))


def _form(parameters: Mapping[str, str], proof: _Proof) -> bytes:
    # A row cannot replace what signs it.
    rest = {name: text for name, text in parameters.items() if name not in _PROVES}
    return _encoded(rest) + b"&" + proof.form if rest else proof.form


def _encoded(fields: Mapping[str, str]) -> bytes:
    # A twelfth of the cost of data=dict; a `+` of the signature goes out as %2B.
    return URL.build(query=fields).raw_query_string.encode("ascii")


def _confirmed(reply: Reply) -> Reply:
    if not reply.ok:
        raise failure_of(reply)
    return reply
