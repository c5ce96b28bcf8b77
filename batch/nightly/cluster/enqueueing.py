"""`nightly --enqueue`: what has settled in an inbox goes into the database, and what workers have imported is filed.

A file that was handed over lies in `unfinished` until it was imported, then in `done` or `failed`
with its results, as after a night of this computer. Which of those that lie there were
imported is found by their content: nothing is remembered here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import field
from hashlib import file_digest
from pathlib import Path
from typing import TypedDict

from batch.core.errors import CannotRun
from batch.core.message import FileFault, Message, NightFault, NightNote
from batch.core.quick_dataclass import dataclass
from batch.core.tally import Exit
from batch.journal.postgresql.deposits import FAILED, Deposit, Deposits, Import
from batch.journal.postgresql.journals import PostgresJournals
from batch.nightly.cluster.job_queue import app_at, enqueue, opened
from batch.nightly.filing import Destination
from batch.nightly.inbox import Arrival, filed_in, folder_of, inbox_of, look, stands_as
from batch.nightly.inbox_lock import inbox_locked
from batch.nightly.night import Order, worst
from batch.report.from_journal import make_again
from batch.sending.environment import Environment
from batch.sending.listener import Listener


@dataclass(slots=True)
class Enqueued:
    """What was done."""

    handed_over: int = 0
    done: int = 0  #: files that were filed with their results
    failed: int = 0
    codes: set[Exit] = field(default_factory=set)  #: how those ended

    @property
    def exit_code(self) -> Exit:
        """As that of a night that has imported them itself."""
        return worst(self.codes)


class Inbox:
    """Hands over what is in an inbox, and files what comes back."""

    def __init__(
        self,
        order: Order,
        url: str,
        listener: Listener,
        world: Environment,
        *,
        profile: str | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Make it ready.

        Args:
            order: which inbox or file, and by which settings; its accounts are told by the names of folders alone.
            url: of the database.
            listener: hears what is said of files.
            world: the clock.
            profile: whose a single file is.
            sleep: waits for files to settle.
        """
        settings = order.settings
        self._order = order
        self._listener = listener
        self._world = world
        self._profile = profile
        self._sleep = sleep
        self._journals = PostgresJournals(settings.state, url, takeover_s=settings.takeover_s)
        self._deposits = Deposits(self._journals)
        self._app = app_at(url)
        self._done = Enqueued()

    async def enqueue(self) -> Enqueued:
        """File what was imported, then hand over what has settled, or the file that was named.

        Raises:
            CannotRun: there is no such folder or file, or the database cannot be reached.
            Unfinished: another import is at work on the inbox.
        """
        order, filed = self._order, self._order.failed
        async with opened(self._app, self._deposits):
            if filed is not None:
                with self._alone(inbox_of(filed)):
                    await self._hand_over(filed)
            elif order.inbox is None:
                await self._hand_over_single()
            else:
                with self._alone(order.inbox):
                    for path, account in filed_in(order.inbox, order.accounts, "unfinished"):
                        self._file(path, account)
                    arrived = await look(
                        order.inbox,
                        order.accounts,
                        settled_s=order.settings.settled_s,
                        clock=self._world.clock,
                        sleep=self._sleep,
                    )
                    for arrival in arrived.files:
                        await self._hand_over(arrival)
        return self._done

    def _alone(self, inbox: Path) -> AbstractContextManager[str]:
        return inbox_locked(inbox, self._order.settings.state, self._world.clock(), self._listener.says)

    async def _hand_over(self, arrival: Arrival) -> None:
        path = arrival.path
        try:
            shelf, content = Destination(path, self._world.clock(), folder_of(path)), path.read_bytes()
        except OSError as error:
            self._leave(arrival, error)
            return
        is_new = await self._enqueued(path.name, content, arrival.account)
        if not stands_as(path, arrival.stamp):
            self._leave(arrival)
            return
        moved = shelf.move("unfinished", None)
        note = NightNote.HANDED_OVER if is_new else NightNote.WAITS_ALREADY
        self._listener.says(Message(note, {"path": path, "file": moved.file}))

    def _leave(self, arrival: Arrival, error: OSError | None = None) -> None:
        """This file alone stays where it lies: it is closed to us, or another one by now, which the next night takes."""
        path = arrival.path
        if error is None or isinstance(error, FileNotFoundError):
            self._done.codes.add(Exit.UNFINISHED)
            self._listener.says(Message(NightFault.CHANGED, {"path": path}))
        else:
            self._done.codes.add(Exit.CANNOT_RUN)
            self._listener.says(Message(FileFault.CANNOT_OPEN, {"name": path, "why": error.strerror}))

    async def _hand_over_single(self) -> None:
        """A file that somebody named: it stays where it is."""
        path = Path(str(self._order.source))
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise CannotRun(NightFault.NO_INBOX, folder=path, why=error.strerror) from error
        is_new = await self._enqueued(path.name, content, self._profile)
        note = NightNote.HANDED_OVER if is_new else NightNote.WAITS_ALREADY
        self._listener.says(Message(note, {"path": path, "file": path}))

    async def _enqueued(self, name: str, content: bytes, account: str | None) -> bool:
        order = self._order
        deposit = Deposit(
            name=name,
            content=content,
            accepted=order.alike.value if order.is_accepted else None,
            **self._whose(account),
        )
        self._done.handed_over += 1
        return await asyncio.to_thread(enqueue, self._deposits, deposit, self._world.clock())

    def _whose(self, account: str | None) -> "_Whose":
        is_profile = account in self._order.profiles or account == self._profile
        return {"profile": account if is_profile else None, "folder": None if is_profile else account}

    def _file(self, path: Path, account: str | None) -> None:
        """A file that was handed over goes where it belongs, if it was imported."""
        with path.open("rb") as file:
            content = file_digest(file, "sha256").hexdigest()
        found = self._deposits.latest_import(sha256=content, **self._whose(account))
        if found is None:
            return
        has_failed = found.exit_code in FAILED
        self._done.codes.add(Exit.CANNOT_RUN if has_failed else Exit(found.exit_code))
        shelf = Destination(path, self._world.clock(), folder_of(path), path)
        results = self._results(found, shelf) if found.batch is not None else None
        moved = shelf.move("failed" if has_failed else "done", results)
        facts = {"path": path, "file": moved.file, "said": found.said, "options": self._order.again}
        if not has_failed:
            self._done.done += 1
            self._listener.says(Message(NightNote.WAS_IMPORTED, facts))
            return
        self._done.failed += 1
        self._listener.says(Message(NightNote.WAS_NOT_IMPORTED, facts))

    def _results(self, found: Import, shelf: Destination) -> Path | None:
        """What the journal knows of its rows; None: its batch was forgotten since."""
        try:
            ending = make_again(
                self._journals,
                found.batch,
                shelf.results,
                json=shelf.json,
                stopped=found.exit_code == Exit.CANNOT_RUN,
            )
        except CannotRun as trouble:
            self._listener.says(trouble.messages[0])
            return None
        return ending.results


class _Whose(TypedDict):
    """An account, as a deposit names it."""

    profile: str | None
    folder: str | None
