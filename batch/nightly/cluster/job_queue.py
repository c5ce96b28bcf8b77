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

from batch.journal.postgresql.deposits import Connection, Deposit, Deposits

if TYPE_CHECKING:
    from procrastinate.jobs import Job

#: Procrastinate's tables stand in a schema of their own.
SCHEMA = "classbatch_queue"
TASK = "import_file"
#: Puts jobs into the queue over the connection of whoever asks, and has none of its own.
_OVER_ANY = App(connector=SyncPsycopgConnector())


def app_at(url: str, connections: int = 4) -> App:
    """Procrastinate over the database; see `opened`."""
    options = {"options": f"-c search_path={SCHEMA}"}
    return App(connector=PsycopgConnector(conninfo=url, kwargs=options, min_size=1, max_size=connections))


@asynccontextmanager
async def opened(app: App, deposits: Deposits) -> AsyncIterator[None]:
    """The queue, open for use, its tables made where there are none.

    Raises:
        CannotRun: the database cannot be reached, is of a newer version, or breaks off.
    """
    # Asked first: a pool that cannot connect goes on trying, and says nothing that helps.
    is_new = await asyncio.to_thread(deposits.make_queue, SCHEMA)
    with deposits.translated():
        async with app.open_async():
            if is_new:
                await app.schema_manager.apply_schema_async()
            yield


async def enqueue(deposits: Deposits, deposit: Deposit, now: float) -> bool:
    """Hand a file over to the workers; False: the very same is waiting already."""
    account = _lock_of(deposit.profile, deposit.folder)
    waits = f"{account} {deposit.sha256} {deposit.accepted or ''}"

    def defer(connection: Connection, number: int) -> None:
        connection.execute(f"SET LOCAL search_path = {SCHEMA}".encode())
        task = _OVER_ANY.configure_task(
            TASK, queue=SCHEMA, lock=account, queueing_lock=waits, connection=connection
        )
        task.defer(deposit=number)

    try:
        await asyncio.to_thread(deposits.put, deposit, now, defer)
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
