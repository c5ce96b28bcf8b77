"""The server's side of its child processes: starts them, hears their events, passes on what the page asks."""

import asyncio
import json
import logging
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import field

from batch.core.quick_dataclass import dataclass
from batch.web.state.orders import Event, WorkerRequest
from batch.web.worker.crashes import ended_badly, too_long
from batch.web.worker.main import worker_command

log = logging.getLogger(__name__)

_LONGEST_LINE = 1 << 20
#: No check takes so long; a file that makes it is given up.
CHECK_TAKES_S = 300.0


@dataclass(eq=False)
class Child:
    """One child process, from its start until everything about its end was done."""

    order: WorkerRequest
    command: Callable[[], Sequence[str]]  #: by which it is started
    last: Event = field(default_factory=dict)  #: the last `state` event of a run
    batch: str = ""  #: the batch that a run began
    ending: Event | None = None  #: `ended` or `problem`
    _asked: list[str] = field(default_factory=list)  #: before there was a process to ask
    _killed: bool = False
    _process: Process | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[Event] | None = None

    async def next_change(self, timeout_s: float) -> bool:
        """Wait until something has changed; False when nothing did for so long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def ask(self, wanted: str) -> None:
        """Pass on pause, resume or stop; to a child that is over, nothing."""
        if self.ending is not None:
            return
        if self._process is None:
            self._asked.append(wanted)
        elif self._process.stdin is not None:
            with suppress(OSError, RuntimeError):
                self._process.stdin.write(json.dumps(wanted).encode() + b"\n")

    def leave(self) -> None:
        """Nobody is there any more: a run drains."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        self._killed = True
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # and what it has started to read a workbook

    async def ended(self) -> Event:
        """How it ended; a waiter that is cancelled does not end it."""
        if self._task is None:
            raise RuntimeError("the child was never started")
        return await asyncio.shield(self._task)

    async def run(self) -> Event:
        """Start the process and hear it to its end."""
        if self._killed:  # while it waited for room
            badly = ended_badly()
            self._take(badly)
            return badly
        process = await asyncio.create_subprocess_exec(
            *self.command(), stdin=PIPE, stdout=PIPE, limit=_LONGEST_LINE, start_new_session=True
        )
        self._process = process
        try:
            await self._hear(process)
            self.leave()
        except BaseException:
            self.kill()
            raise
        finally:
            await process.wait()
        if self.ending is None:
            if not self._killed:
                log.error(
                    "page.child_ended", extra={"task": self.order.task.value, "code": process.returncode}
                )
            self._take(ended_badly())
        return self.ending or ended_badly()

    async def _hear(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("it was started with pipes")
        process.stdin.write(self.order.line())
        for wanted in self._asked:
            self.ask(wanted)
        async for line in process.stdout:
            with suppress(ValueError):
                self._take(json.loads(line))

    def _take(self, event: Event) -> None:
        if event["event"] == "state":
            self.last = event
        elif event["event"] == "batch":
            self.batch = event["batch"]
        else:
            self.ending = event
        self._changed.set()
        self._changed = asyncio.Event()


After = Callable[[Child, Event], Awaitable[None]]


class Children:
    """All children of this server; ended with it."""

    def __init__(
        self,
        *,
        most: int = 2,
        takes_s: float = CHECK_TAKES_S,
        command: Callable[[], Sequence[str]] = worker_command,
    ) -> None:
        """`most`: so many checks and downloads are worked at once; runs do not wait for them."""
        self._command = command
        self._room = asyncio.Semaphore(most)
        self._takes_s = takes_s
        self._of: dict[str, Child] = {}

    def of(self, key: str) -> Child | None:
        return self._of.get(key)

    def start(
        self, key: str, order: WorkerRequest, after: After | None = None, *, waits: bool = True
    ) -> Child:
        """Start a child for `key`, which has none; `after` is done before anybody hears that it has ended.

        Args:
            waits: until there is room for it, and no longer than a check may take.
        """
        if key in self._of:
            raise RuntimeError(f"{key} has a child")
        child = Child(order, self._command)
        self._of[key] = child
        child._task = asyncio.create_task(self._tended(key, child, after, waits=waits))  # noqa: SLF001 - its own maker
        return child

    async def _tended(self, key: str, child: Child, after: After | None, *, waits: bool) -> Event:
        try:
            if not waits:
                ending = await child.run()
            else:
                async with self._room:
                    ending = await self._in_time(child)
            if after is not None:
                try:
                    await after(child, ending)
                except OSError as error:  # a full disk, say; the next look at the upload begins it anew
                    facts = {"task": child.order.task.value, "code": error.errno}
                    log.error("page.child_ended", extra=facts)  # noqa: TRY400 - the traceback says no more
            return ending
        finally:
            del self._of[key]

    async def _in_time(self, child: Child) -> Event:
        try:
            async with asyncio.timeout(self._takes_s):
                return await child.run()
        except TimeoutError:
            return too_long()

    def running(self) -> list[Child]:
        return list(self._of.values())

    async def end(self, *, runs: Callable[[Child], bool], patience_s: float) -> None:
        """Let runs drain, as long as patience lasts; end everything else at once."""
        children = self.running()
        for child in children:
            if runs(child):
                child.leave()
            else:
                child.kill()
        tasks = [child._task for child in children if child._task is not None]  # noqa: SLF001 - its own maker
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
