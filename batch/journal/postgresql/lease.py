"""One run at a time in an account, whichever computer it is on: a lease that is kept alive while the run lives.

A run that was killed has lost its connection, and its lease with it, at once. One that only
stands still (stopped, or cut off) has it until its last heartbeat is too old; the next
run then ends its connection, and by the epoch in the journal it can commit nothing any more.
All times are the server's: clocks of several computers are never compared.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from batch.journal.lock import Holder, Locked

log = logging.getLogger(__name__)

#: So many heartbeats come before a run that is silent counts as dead.
_HEARTBEATS = 6

_LIVES = (
    "EXISTS (SELECT 1 FROM pg_stat_activity AS held WHERE held.pid = lease.backend"
    " AND coalesce(held.backend_start, lease.backend_start) = lease.backend_start)"
)
_IS_HELD = f"(lease.heartbeat_at > clock_timestamp() - make_interval(secs => %(stale_s)s) AND {_LIVES})"
_HOLDER = f"""
SELECT host, pid, started_at, {_IS_HELD} AS is_held, CASE WHEN {_LIVES} THEN backend END AS backend
FROM classbatch_data.lease WHERE account = %(account)s
"""
_TAKE = f"""
INSERT INTO classbatch_data.lease (account, host, pid, started_at, backend, backend_start, heartbeat_at)
SELECT %(account)s, %(host)s, %(pid)s, %(now)s, pid, backend_start, clock_timestamp()
FROM pg_stat_activity WHERE pid = pg_backend_pid()
ON CONFLICT (account) DO UPDATE SET host = excluded.host, pid = excluded.pid, started_at = excluded.started_at,
  backend = excluded.backend, backend_start = excluded.backend_start, heartbeat_at = excluded.heartbeat_at
WHERE NOT {_IS_HELD}
"""
_OURS = "account = %(account)s AND backend = pg_backend_pid()"
_BEAT = f"UPDATE classbatch_data.lease SET heartbeat_at = clock_timestamp() WHERE {_OURS}"
_GIVE_BACK = f"DELETE FROM classbatch_data.lease WHERE {_OURS}"
#: Of a run that was given up: one that stands still in the middle of a commit keeps its successor from the account's record.
_END_COMMITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = %(name)s AND usename = current_user AND state LIKE 'idle in transaction%%'
"""


def _since_boot() -> float:
    """Seconds that go on while the machine sleeps, where it can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def session_name(account: str) -> str:
    """By what the server knows the sessions that write an account's records."""
    return f"classbatch {account}"


class Lease:
    """A lease that is held; its connection says every few seconds that the run lives."""

    def __init__(self, connection: "psycopg.Connection[Any]", account: str, takeover_s: float) -> None:
        self._connection = connection
        self._takeover_s = takeover_s
        self._account = account
        self._beat_at = _since_boot()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, name="lease", daemon=True)
        self._thread.start()

    def holds(self) -> bool:
        """Whether the last heartbeat that the server took is young enough: nobody else can have it by then."""
        return _since_boot() - self._beat_at < self._takeover_s / 2

    def _keep_alive(self) -> None:
        while not self._over.wait(self._takeover_s / _HEARTBEATS):
            before = _since_boot()
            try:
                if not self._connection.execute(_BEAT.encode(), {"account": self._account}).rowcount:
                    log.warning("lease.lost", extra={"account": self._account})
                    self._beat_at = float("-inf")
                    return
            except psycopg.Error as error:
                log.warning("lease.no_answer", extra={"why": str(error)})
                self._beat_at = float("-inf")  # without its connection it is anybody's
                return
            self._beat_at = before

    def give_back(self) -> None:
        self._over.set()
        self._thread.join()
        with suppress(psycopg.Error):  # without its connection a lease is nobody's
            self._connection.execute(_GIVE_BACK.encode(), {"account": self._account})


@contextmanager
def leased(
    connect: Callable[[], "psycopg.Connection[Any]"], account: str, now: float, takeover_s: float
) -> Iterator[Lease]:
    """Hold an account for the length of a run.

    Args:
        connect: makes a connection that belongs to the lease alone.
        account: the account.
        now: UTC seconds, for the note that others read.
        takeover_s: after so much silence a run counts as dead.

    Raises:
        Locked: another run holds it.
    """
    with connect() as connection:
        values = {"account": account, "host": socket.gethostname(), "pid": os.getpid(), "now": now}
        found = _held(connection, account, takeover_s)
        if not connection.execute(_TAKE.encode(), {**values, "stale_s": takeover_s}).rowcount:
            raise Locked("this account", holder_of(connection, account, takeover_s))
        if found is not None and found["backend"] is not None:  # it stands still, and may wake up
            connection.execute(b"SELECT pg_terminate_backend(%s)", (found["backend"],))
            connection.execute(_END_COMMITS.encode(), {"name": session_name(account)})
        lease = Lease(connection, account, takeover_s)
        try:
            yield lease
        finally:
            lease.give_back()


def holder_of(connection: "psycopg.Connection[Any]", account: str, takeover_s: float) -> Holder | None:
    """The run that has the account's lease; None where none has."""
    found = _held(connection, account, takeover_s)
    return Holder(found["pid"], found["started_at"], found["host"]) if found and found["is_held"] else None


def _held(connection: "psycopg.Connection[Any]", account: str, takeover_s: float) -> dict[str, Any] | None:
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    return cursor.execute(_HOLDER.encode(), {"account": account, "stale_s": takeover_s}).fetchone()
