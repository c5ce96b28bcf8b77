"""Group commit: entries are on disk when `write` returns, many writers to one commit.

There is no waiting window: a commit takes what gathered while the last one was on
its way to disk. A window would stall every worker.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import ParamSpec, Protocol, Self, TypeVar

from batch.journal.records import Entry
from batch.journal.sending import Overtaken
from batch.journal.store import Journal

T = TypeVar("T")
P = ParamSpec("P")


class Runner(Protocol):
    """Runs a blocking function somewhere and gives its result: in a thread, or at once."""

    async def __call__(self, function: Callable[[], T], /) -> T: ...


class Recorder:
    """Writes entries to the journal for many tasks at once.

    Whatever a commit raises is raised to everyone who waits for it, and to
    everyone who comes later: without a journal nothing may be sent.
    """

    def __init__(self, journal: Journal, run: Runner) -> None:
        self.journal = journal  #: asked only by way of `call`
        self._run = run
        #: What waits for the next commit, and who waits for it; True is told to whom was overtaken.
        self._gathered: list[tuple[tuple[Entry, ...], asyncio.Future[bool]]] = []
        self._wake = asyncio.Event()
        self._failure: BaseException | None = None
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._commit_groups())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit what is still gathered, and stop."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait([self._task])
            if not self._task.cancelled() and self._task.exception() and error is None:
                self._task.result()

    async def write(self, *entries: Entry) -> None:
        """Return when all the entries are on disk, in one transaction.

        Once an answer is in hand, no cancellation may come between it and the commit:
        the commit goes on; only the waiting is given up.

        Raises:
            Overtaken: the journal knows more of the class by now; nothing of this call was written.
        """
        if self._failure is not None:
            raise self._failure
        is_overtaken = asyncio.get_running_loop().create_future()
        self._gathered.append((entries, is_overtaken))
        self._wake.set()
        if await is_overtaken:
            raise Overtaken

    async def call(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask or tell the journal something where its connection is used: `call(recorder.journal.listed.begin)`."""
        return await self._run(partial(method, *args, **kwargs))

    async def _commit_groups(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            gathered, self._gathered = self._gathered, []
            if not gathered:
                if self._stopping:
                    return
                continue
            groups = [entries for entries, _ in gathered]
            try:
                overtaken = await self._run(partial(self.journal.sending.apply_each, groups))
            except BaseException as error:
                self._failure = error
                # Those too whose entries came while this commit was on its way.
                for _, waited_for in (*gathered, *self._gathered):
                    if not waited_for.done():  # else nobody waits any more
                        waited_for.set_exception(error)
                        waited_for.exception()  # nobody may be left to ask
                raise
            for place, (_, waited_for) in enumerate(gathered):
                if not waited_for.done():
                    waited_for.set_result(place in overtaken)
            # Who has waited for this commit goes on first: what they write now goes with the next one, not after it.
            await asyncio.sleep(0)
            if self._stopping:
                self._wake.set()


@asynccontextmanager
async def recording(journal: Journal) -> AsyncIterator[Recorder]:
    """The journal, written by a thread of its own: a commit must not hold up the answers."""
    with ThreadPoolExecutor(1, "journal") as thread:
        loop = asyncio.get_running_loop()

        async def run(function: Callable[[], T], /) -> T:
            return await loop.run_in_executor(thread, function)

        async with Recorder(journal, run) as recorder:
            yield recorder
