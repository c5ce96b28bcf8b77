"""The queue of files in the database, and how it is looked after by Procrastinate.

One job is one file of one account. No two jobs of an account run at once, wherever (`lock`), and a
file that already waits is not put there again (`queueing_lock`): beyond that the journal knows
what was scheduled, so a job may run twice.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from batch.core.quick_dataclass import dataclass
from batch.journal.postgresql.deposits import Connection, Deposit, Deposits
from batch.journal.postgresql.page_runs import PageRuns

if TYPE_CHECKING:
    from procrastinate.jobs import Job

#: Procrastinate's tables stand in a schema of their own.
SCHEMA = "classbatch_queue"
TASK = "import_file"
#: Somebody waits for it before a page: what was enqueued for the night comes after it.
_FIRST = 1
#: Puts jobs into the queue over the connection of whoever asks, and has none of its own.
_OVER_ANY = App(connector=SyncPsycopgConnector())


def app_at(url: str, connections: int = 4) -> App:
    """Procrastinate over the database; see `opened`."""
    options = {"options": f"-c search_path={SCHEMA}"}
    return App(connector=PsycopgConnector(conninfo=url, kwargs=options, min_size=1, max_size=connections))


@asynccontextmanager
async def opened(app: App, deposits: Deposits) -> AsyncIterator[None]:
    """The queue, open for use.

    Raises:
        CannotRun: the database cannot be reached, is of a newer version, or breaks off.
    """
    # Asked first: a pool that cannot connect goes on trying, and says nothing that helps.
    await asyncio.to_thread(make_queue, deposits)
    with deposits.translated():
        async with app.open_async():
            yield


def make_queue(deposits: Deposits) -> None:
    """See that the queue has its tables."""
    deposits.make_queue(SCHEMA, SchemaManager.get_schema())


@dataclass(frozen=True, slots=True)
class AskedByPage:
    """By whom a file is asked for, where that is an upload page."""

    nonce: str  #: of the confirmation: one job for each, however often it is enqueued
    request: str  #: what is asked for, for the worker


def enqueue(deposits: Deposits, deposit: Deposit, now: float, asked: AskedByPage | None = None) -> bool:
    """Hand a file over to the workers; False: the very same is waiting already."""
    account = _lock_of(deposit.profile, deposit.folder)
    waits = f"{account} {deposit.sha256} {asked.nonce if asked else deposit.accepted or ''}"

    def defer(connection: Connection, number: int) -> None:
        connection.execute(f"SET LOCAL search_path = {SCHEMA}".encode())
        task = _OVER_ANY.configure_task(
            TASK,
            queue=SCHEMA,
            lock=account,
            queueing_lock=waits,
            priority=_FIRST if asked else 0,
            connection=connection,
        )
        task.defer(deposit=number)
        if asked is not None:
            PageRuns.put(connection, number, asked.nonce, asked.request)

    try:
        deposits.put(deposit, now, defer)
    except AlreadyEnqueued:
        return False
    return True


async def enqueue_again(app: App, deposits: Deposits, before: float) -> None:
    """Hand the files with rows that may have room by now over once more, where they were imported before that time."""
    for number, profile, folder in await asyncio.to_thread(deposits.due, before):
        account = _lock_of(profile, folder)
        task = app.configure_task(TASK, queue=SCHEMA, lock=account, queueing_lock=f"again {number}")
        with suppress(AlreadyEnqueued):
            await task.defer_async(deposit=number)


def _lock_of(profile: str | None, folder: str | None) -> str:
    return f"account {profile or folder or ''}"


def is_in_hand(deposits: Deposits, number: int, silent_s: float) -> bool:
    """Whether a worker has the file in hand that was heard of within so many seconds."""
    return deposits.is_in_hand(number, SCHEMA, silent_s)


async def failed(app: App) -> list[int]:
    """The files whose job ended with a crash, or by somebody's hand; the jobs are forgotten a day later."""
    jobs = [
        job
        for status in (Status.FAILED, Status.ABORTED, Status.CANCELLED)
        for job in await app.job_manager.list_jobs_async(queue=SCHEMA, status=status.value)
    ]
    await app.job_manager.delete_old_jobs(
        nb_hours=24, queue=SCHEMA, include_failed=True, include_cancelled=True, include_aborted=True
    )
    return [int(str(job.task_kwargs["deposit"])) for job in jobs]


async def give_back_stalled(app: App, silent_s: float) -> list["Job"]:
    """Let others take what workers had in hand that were not heard of for so long."""
    stalled: list[Any] = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return stalled
