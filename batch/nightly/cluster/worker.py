"""A worker: takes files from the database, one at a time for each account, and imports them as a night would.

Each import has a thread and an event loop of its own, none of those that the worker's other work is done in:
whatever an import does must not keep the worker from saying that it lives, or from looking after others. A worker
that dies leaves its files to the others.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from batch.core.errors import CannotRun, Unfinished
from batch.core.message import JournalFault, Message, NightFault, NightNote
from batch.core.service.first_send import AlikeClasses
from batch.core.tally import Exit
from batch.event_loop import run_async
from batch.intake import Source
from batch.journal.postgresql.deposits import Deposit, Deposits
from batch.journal.postgresql.journals import PostgresJournals
from batch.journal.postgresql.page_runs import PageRuns
from batch.nightly.cluster.job_queue import (
    SCHEMA,
    TASK,
    app_at,
    enqueue_again,
    failed,
    give_back_stalled,
    opened,
)
from batch.nightly.cluster.settling import (
    ANOTHERS,
    faults_of,
    is_over_for_page,
    is_settled,
    is_to_try_again,
    why_failed,
)
from batch.nightly.importing import Nightly, guarded
from batch.nightly.metrics import write_queue_metrics
from batch.nightly.night import Order, Taken
from batch.report.ending import Ending
from batch.sending.environment import Environment
from batch.sending.listener import Listener
from batch.settings.table import Settings

log = logging.getLogger(__name__)

#: So long an account is left alone whose keys are not here, or whose service is down.
RETRY_S = 60
#: After so long a file is imported again whose rows wait for room.
AGAIN_S = 24 * 3600.0
MOST_TRIES = 50
_LOOK_AGAIN_S = 0.5

SettingsOf = Callable[[str | None, str | None], Settings]


class PageRun(Protocol):
    """What an upload page asks for; see `batch/web/worker/handed_over.py`."""

    @property
    def is_asked_to_stop(self) -> bool:
        """By whoever looks at the page."""

    async def carry_out(self, settings: Settings, world: Environment) -> Ending:
        """Send it."""

    def stop(self, why: Message) -> None:
        """Nothing more begins; what is under way comes to its next safe place."""

    def let_go(self, ended: Ending | CannotRun | Unfinished) -> None:
        """It waits, for this worker or another one; the page hears why."""

    def ending_of(self, ended: Ending | CannotRun | Unfinished) -> str:
        """What the page hears of a run that is over."""


#: Makes one of the database's runs, the deposit's number, what is asked for, and the file.
PageRunOf = Callable[[PageRuns, int, str, bytes], PageRun]


class Unsettled(Exception):  # noqa: N818 - no error: the file is tried again
    """A file was not imported to its end."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s  #: before it is tried again


class _Again(BaseRetryStrategy):
    """A file that waits for its account, or the service; who gives it up says so (`Worker._is_given_up`)."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002 - of the interface
        if not isinstance(exception, Unsettled):
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=exception.wait_s))


class Worker:
    """One process, with so many imports at once."""

    def __init__(
        self,
        settings: Settings,
        url: str,
        settings_of: SettingsOf,
        page_run: PageRunOf,
        world: Environment,
        *,
        concurrency: int,
        until_empty: bool = False,
    ) -> None:
        """Make it ready.

        Args:
            settings: the worker's own: state folder, and after how long a silent worker counts as dead.
            url: of the database.
            settings_of: those of an account, by the name of its profile or folder, with its keys.
            page_run: makes what sends for an upload page.
            world: time and chance.
            concurrency: so many accounts at once.
            until_empty: end when nothing waits any more.
        """
        self._settings_of = settings_of
        self._page_run = page_run
        self._world = world
        self._concurrency = concurrency
        self._until_empty = until_empty
        self._silent_s = settings.takeover_s
        self._metrics = settings.metrics_file
        self._journals = PostgresJournals(settings.state, url, takeover_s=settings.takeover_s)
        self._deposits = Deposits(self._journals)
        self._app = app_at(url, connections=concurrency + 3)
        self._page_runs = PageRuns(self._journals)
        self._threads = ThreadPoolExecutor(concurrency, "import")
        self._imports: dict[Nightly | PageRun, asyncio.AbstractEventLoop] = {}
        self.is_stopping = False
        self.trouble: CannotRun | None = None  #: why it takes nothing any more
        self._task: asyncio.Task[None] | None = None
        self._has_looked = asyncio.Event()  #: after those that died, and after what is to be tried again
        self._put_back: list[str] = []  #: accounts whose journal is not as far as it was

    async def run(self) -> None:
        """Work until a signal comes; what is under way is drained, and left to others.

        Raises:
            CannotRun: the database cannot be reached, or is of a newer version.
        """
        self._app.task(name=TASK, queue=SCHEMA, retry=_Again(), pass_context=True)(self._import_file)
        async with opened(self._app, self._deposits):
            keeper = asyncio.create_task(self._look_after_others(self._app))
            self._task = asyncio.create_task(self._work(self._app))
            self._loop = loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
            try:
                await asyncio.wait((self._task, keeper), return_when=asyncio.FIRST_COMPLETED)
                if keeper.done():  # by a bug: nobody would look after the others any more
                    self.stop()
                with suppress(asyncio.CancelledError):
                    await self._task
                if keeper.done():
                    await keeper
                with suppress(CannotRun):
                    await self._look_at_commits()
            finally:
                keeper.cancel()
                for number in (signal.SIGTERM, signal.SIGINT):
                    loop.remove_signal_handler(number)
        if self.trouble is not None:
            raise self.trouble

    async def _work(self, app: App) -> None:
        await self._has_looked.wait()
        await self._take(app)
        # What waits for its account, or its time, is not taken in one go.
        while self._until_empty and await app.job_manager.list_jobs_async(queue=SCHEMA, status="todo"):
            await asyncio.sleep(_LOOK_AGAIN_S)
            await self._take(app)

    async def _take(self, app: App) -> None:
        while True:
            try:
                await self._take_registered(app)
            except ConnectorException as error:
                if not self._deposits.was_struck_off(error):
                    raise
                log.warning("cluster.struck_off")  # what was in hand has ended; it registers anew
            else:
                return

    async def _take_registered(self, app: App) -> None:
        await app.run_worker_async(
            queues=[SCHEMA],
            concurrency=self._concurrency,
            wait=not self._until_empty,
            install_signal_handlers=False,
            delete_jobs=DeleteJobCondition.SUCCESSFUL.value,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=self._silent_s / 3,
            stalled_worker_timeout=self._silent_s,
        )

    def stop(self) -> None:
        """Take nothing more; what is under way comes to its next safe place."""
        self.is_stopping = True
        for doing, loop in list(self._imports.items()):
            with suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(doing.stop, Message(NightNote.ASKED_TO_STOP))
        if self._task is not None:
            self._task.cancel()

    async def _look_after_others(self, app: App) -> None:
        while True:
            try:
                await self._look_at_commits()
                if self._metrics is not None:
                    await asyncio.to_thread(self._write_metrics, self._metrics)
                await enqueue_again(app, self._deposits, self._world.clock() - AGAIN_S)
                for deposit in await failed(app):
                    await asyncio.to_thread(self._give_up, deposit)
                for job in await give_back_stalled(app, self._silent_s):
                    log.warning("cluster.given_back", extra={"job": job.id})
            except (CannotRun, ConnectorException) as error:  # whoever takes jobs meets it, too, and ends
                log.warning("cluster.no_look", extra={"error": type(error).__name__})
            self._has_looked.set()
            await asyncio.sleep(self._silent_s / 3)

    async def _look_at_commits(self) -> None:
        """Remember how far each account's journal is, and say which are not as far as they were: nothing is sent by them."""
        put_back = await asyncio.to_thread(self._journals.look_at_commits)
        if put_back and put_back != self._put_back:
            log.error("cluster.put_back", extra={"accounts": put_back})
        self._put_back = put_back

    def _write_metrics(self, path: Path) -> None:
        waiting, oldest = self._deposits.waiting()
        oldest_s = 0.0 if oldest is None else max(0.0, self._world.clock() - oldest)
        write_queue_metrics(
            path, waiting=waiting, oldest_s=oldest_s, silent_s=self._deposits.longest_silence_s()
        )

    async def _import_file(self, context: JobContext, deposit: int) -> None:
        try:
            await self._import_deposit(context, deposit)
        except CannotRun as trouble:  # of the database: the file is still there
            log.warning("cluster.broke_off", extra={"deposit": deposit})
            self._stop_if_too_old(trouble)
            raise Unsettled(RETRY_S) from trouble

    async def _import_deposit(self, context: JobContext, deposit: int) -> None:
        now = self._world.clock()
        found = await asyncio.to_thread(self._deposits.get, deposit, now - AGAIN_S)
        if found is None or context.should_abort():
            return
        if found.was_imported and await asyncio.to_thread(self._deposits.is_overtaken, deposit):
            await asyncio.to_thread(self._deposits.forget_content, deposit)
            return
        # Shielded: the worker is cancelled to make it stop, and the import comes to its safe place first.
        doing = self._send_for_page if found.is_of_page else self._import
        is_given_up = partial(self._is_given_up, job=context.job)
        importing = partial(copy_context().run, doing, deposit, found, is_given_up)
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, importing))

    def _end(self, deposit: int, taken: Taken, *, keeps: bool = False, for_page: str | None = None) -> None:
        self._deposits.end(
            deposit,
            exit_code=int(taken.exit_code),
            batch=taken.ending.facts.batch if taken.ending else None,
            now=self._world.clock(),
            keeps=keeps,
            said=why_failed(taken),
            for_page=for_page,
        )

    def _import(self, number: int, deposit: Deposit, is_given_up: Callable[[Taken], bool]) -> None:
        """Import a file as a night would.

        Raises:
            Unsettled: it is tried again.
        """
        taken = self._imported(deposit)
        self._note(deposit, taken)
        if not is_settled(taken) and not is_given_up(taken):
            raise Unsettled(self._wait_s(taken))
        self._end(number, taken, keeps=is_to_try_again(taken))

    def _imported(self, deposit: Deposit) -> Taken:
        try:
            settings = self._settings_of(deposit.profile, deposit.folder)
        except CannotRun as trouble:  # another worker may have the account's keys
            return Taken(name=deposit.name, exit_code=Exit.CANNOT_RUN, trouble=trouble)
        # What was looked at once is no longer let through unseen when it is tried again.
        accepted = None if deposit.was_imported else deposit.accepted
        order = Order(
            source=Source(deposit.name, deposit.content),
            settings=settings,
            workbook=False,
            is_accepted=accepted is not None,
            alike=AlikeClasses(accepted or AlikeClasses.HOLD),
        )
        nightly = Nightly(order, Listener(), on_taken=lambda _: None, world=self._world)
        return self._in_own_loop(nightly, nightly.import_single)

    def _send_for_page(self, number: int, deposit: Deposit, is_given_up: Callable[[Taken], bool]) -> None:
        """Send what was confirmed on a page, and tell it.

        Raises:
            Unsettled: it is tried again.
        """
        request = self._page_runs.take(number)
        if request is None:  # it was called off just now
            return
        page = self._page_run(self._page_runs, number, request, deposit.content)

        async def send() -> Taken:
            settings = self._settings_of(deposit.profile, deposit.folder)
            ending = await page.carry_out(settings, self._world)
            return Taken(name=deposit.name, exit_code=ending.exit_code, ending=ending)

        taken = self._in_own_loop(page, partial(guarded, deposit.name, send))
        self._note(deposit, taken)
        ended = taken.ending or taken.trouble
        if ended is None:
            raise RuntimeError("it has ended somehow")
        if not is_over_for_page(taken, is_stopped=page.is_asked_to_stop) and not is_given_up(taken):
            page.let_go(ended)
            raise Unsettled(self._wait_s(taken))
        self._end(number, taken, for_page=page.ending_of(ended))

    def _note(self, deposit: Deposit, taken: Taken) -> None:
        log.info("cluster.file", extra={"file": deposit.name, "exit_code": int(taken.exit_code)})
        self._stop_if_too_old(taken.trouble)

    def _in_own_loop(self, doing: Nightly | PageRun, do: Callable[[], Awaitable[Taken]]) -> Taken:
        """Do it in a loop of its own; it is stopped with the worker."""

        async def take() -> Taken:
            self._imports[doing] = asyncio.get_running_loop()
            if self.is_stopping:
                doing.stop(Message(NightNote.ASKED_TO_STOP))
            try:
                return await do()
            finally:
                del self._imports[doing]

        return run_async(take())

    def _is_given_up(self, taken: Taken, job: Job) -> bool:
        """Whether it was tried so often that somebody has to look at it. A run that holds the account is waited for."""
        is_waited_for = self.is_stopping or faults_of(taken) & ANOTHERS
        return not is_waited_for and job.attempts + 1 >= MOST_TRIES

    def _give_up(self, deposit: int) -> None:
        """A file whose job crashed: whoever handed it over gets it back, and it waits no more."""
        found = self._deposits.get(deposit, before=0.0)
        if found is None:
            return
        log.error("cluster.failed", extra={"file": found.name})
        trouble = CannotRun(NightFault.BUG, error="its job ended")
        self._end(deposit, Taken(name=found.name, exit_code=Exit.CANNOT_RUN, trouble=trouble))

    def _wait_s(self, taken: Taken) -> float:
        if self.is_stopping:
            return 0.0
        # Another run has the account, or will have it: one that is given up by then. A job that was handed to somebody else
        # meanwhile must not be kept from a third for longer than that, should the second one die, too.
        return self._silent_s if faults_of(taken) & ANOTHERS else RETRY_S

    def _stop_if_too_old(self, trouble: CannotRun | Unfinished | None) -> None:
        if isinstance(trouble, CannotRun) and any(
            each.what is JournalFault.NEWER for each in trouble.messages
        ):
            self.trouble, self.is_stopping = trouble, True
            self._loop.call_soon_threadsafe(self.stop)
