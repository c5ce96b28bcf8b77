"""Whether a run that is not ours is at work on an account: by the note in its lock, never by trying the lock.

To try it would be to hold it for a moment, and a cron job that comes just then
would be turned away.
"""

import os
from pathlib import Path

from batch.journal.lock import Holder, holder_of

#: Between a process's start and its note in the lock; clocks of two kinds are compared.
_SLACK_S = 5.0


def lock_holder(folder: Path) -> Holder | None:
    """The run that holds the account of this folder, as far as can be told; None where none does."""
    holder = holder_of(folder)
    return holder if holder and _lives(holder) else None


def _lives(holder: Holder) -> bool:
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    began = _began(holder.pid)
    # A process that began after the note was written has only inherited the number.
    return began is None or began <= holder.started + _SLACK_S


def _began(pid: int) -> float | None:
    """When a process began, in UTC seconds; infinitely late when it is only waiting to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        boot = next(
            int(line.split()[1])
            for line in Path("/proc/stat").read_text("utf-8").splitlines()
            if line.startswith("btime ")
        )
    except (OSError, StopIteration, ValueError, IndexError):
        return None  # no Linux: the number has to do
    if stat[0] in {"Z", "X"}:
        return float("inf")
    return boot + int(stat[19]) / os.sysconf("SC_CLK_TCK")
