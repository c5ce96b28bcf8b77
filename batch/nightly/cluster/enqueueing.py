"""`nightly --enqueue`: what has settled in an inbox goes into the database, and is no longer this computer's business."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from batch.core.errors import CannotRun
from batch.core.message import Message, NightFault, NightNote
from batch.journal.postgresql.deposits import Deposit, Deposits
from batch.journal.postgresql.journals import PostgresJournals
from batch.nightly.cluster.job_queue import app_at, enqueue, opened
from batch.nightly.filing import Destination
from batch.nightly.inbox import look
from batch.nightly.inbox_lock import inbox_locked
from batch.nightly.night import Order
from batch.sending.environment import Environment
from batch.sending.listener import Listener


async def enqueue_inbox(
    order: Order,
    url: str,
    listener: Listener,
    world: Environment,
    *,
    profiles: Collection[str],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> int:
    """Hand every settled file of an inbox over to the workers, and file it under `done`; return how many.

    Args:
        order: which inbox, and by which settings; its accounts are told by the names of folders alone.
        url: of the database.
        listener: hears what is said of files.
        world: the clock.
        profiles: those of its accounts that have keys of their own; the others are folders with settings.
        sleep: waits for files to settle.

    Raises:
        CannotRun: it is no folder, or the database cannot be reached.
        Unfinished: another import is at work on the inbox.
    """
    inbox, settings = order.inbox, order.settings
    if inbox is None:
        raise CannotRun(NightFault.NO_INBOX, folder=order.source, why="it is no folder")
    deposits = Deposits(PostgresJournals(settings.state, url, takeover_s=settings.takeover_s))
    app = app_at(url)
    handed_over = 0
    async with opened(app, deposits):
        with inbox_locked(inbox, settings.state, world.clock(), listener.says):
            arrived = await look(
                inbox, order.accounts, settled_s=settings.settled_s, clock=world.clock, sleep=sleep
            )
            for arrival in arrived.files:
                is_profile = arrival.account in profiles
                deposit = Deposit(
                    name=arrival.path.name,
                    content=arrival.path.read_bytes(),
                    profile=arrival.account if is_profile else None,
                    folder=None if is_profile else arrival.account,
                )
                shelf = Destination(arrival.path, world.clock())
                is_new = await enqueue(app, deposits, deposit, world.clock())
                moved = shelf.move("done", None)
                handed_over += 1
                note = NightNote.HANDED_OVER if is_new else NightNote.WAITS_ALREADY
                listener.says(Message(note, {"path": arrival.path, "file": moved.file}))
    return handed_over
