"""The queue of files in the database, and how it is looked after by Procrastinate.

One job is one file of one account. No two jobs of an account run at once, wherever (`lock`), and a
file that already waits is not put there again (`queueing_lock`): beyond that the journal knows
what was scheduled, so a job may run twice.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from batch.journal.postgresql.deposits import Deposit, Deposits

if TYPE_CHECKING:
    from procrastinate.jobs import Job

#: Procrastinate's tables stand in a schema of their own.
SCHEMA = "classbatch_queue"
TASK = "import_file"


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


async def enqueue(app: App, deposits: Deposits, deposit: Deposit, now: float) -> bool:
    """Hand a file over to the workers; False: the very same is waiting already."""
    account = f"account {deposit.profile or deposit.folder or ''}"
    number = deposits.put(deposit, now)
    configured = app.configure_task(
        TASK, queue=SCHEMA, lock=account, queueing_lock=f"{account} {deposit.sha256}"
    )
    try:
        await configured.defer_async(deposit=number)
    except AlreadyEnqueued:
        deposits.drop(number)
        return False
    return True


async def give_back_stalled(app: App, silent_s: float) -> list["Job"]:
    """Let others take what workers had in hand that were not heard of for so long."""
    stalled: list[Any] = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return stalled
