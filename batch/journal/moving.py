"""An account's journal moves: from a file into a database, or back.

A kill at any moment leaves at least one whole journal, and the same command goes on. The old one
is sealed last: nothing is sent by it any more.
"""

from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.journal.copying import counts, is_same
from batch.journal.journals import Journals


def move(source: Journals, target: Journals, account: str, now: float) -> dict[str, int]:
    """Move one account's journal; return how many records of each table were moved.

    Raises:
        CannotRun: there is none, it cannot be trusted, or the target has another one that is in use.
        Unfinished: a run is at work on the account.
    """
    if not source.has(account):
        raise CannotRun(JournalFault.NOTHING_TO_MOVE, path=source.where(account))
    with source.locked(account, now) as lock, target.locked(account, now):
        with source.open(account, now, lock):
            pass  # it is trusted, and no older run can commit any more
        with source.whole(account) as records:
            if target.is_in_use(account):
                with target.whole(account) as others:
                    if not is_same(records, others):
                        raise CannotRun(JournalFault.IN_USE, path=target.where(account))
            target.take(account, records)
            with target.whole(account) as taken:
                if not is_same(records, taken):
                    raise CannotRun(JournalFault.NOT_MOVED, path=target.where(account))
                moved = counts(taken)
        source.seal(account, str(target.where(account)))
    return moved
