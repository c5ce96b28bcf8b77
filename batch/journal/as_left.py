"""Does a large journal stand as a run of ours left it? Then the next run need not read all of it again.

    <state>/<account>/as_left    size, time of the last change and inode of the journal, size of its WAL; when it was read whole

Whether a journal is sound is found out by reading all of it: some six seconds for a
million classes. One that was read whole, that we closed, and that nobody has touched since is
as sound as it was. Once a day it is read whole all the same, for what a disk does by itself.
"""

import time
from contextlib import suppress
from pathlib import Path

from batch.journal.trust import wal_of

#: Smaller ones are read whole each time: it takes a moment.
LEAST_BYTES = 16 * 2**20
_LONGEST_S = 86_400.0
#: A file that is changed twice within so long may carry the same time: file systems count in ticks.
_TICK_S = 0.02


def read_whole_at(path: Path, now: float) -> float | None:
    """When it was read whole and found sound; None: it is to be read again."""
    with suppress(OSError, ValueError):
        *stands, at = (path.parent / "as_left").read_text("ascii").split()
        if stands == _stands(path) and 0 <= now - float(at) < _LONGEST_S:
            return float(at)
    return None


def note(path: Path, at: float) -> None:
    """It was closed just now, and last read whole then. What cannot be noted is read again."""
    with suppress(OSError):
        stands = _stands(path)
        if path.stat().st_size < LEAST_BYTES or stands[-1] != "0":
            return  # somebody reads it: what was committed is still beside it
        time.sleep(_TICK_S)  # whatever touches it from now on leaves another time
        new = path.parent / "as_left.new"
        new.touch(mode=0o600)
        new.write_text(" ".join((*_stands(path), repr(at))), "ascii")
        new.replace(path.parent / "as_left")


def _stands(path: Path) -> list[str]:
    found, wal = path.stat(), wal_of(path)
    left_behind = wal.stat().st_size if wal.exists() else 0  # a reader makes an empty one
    return [str(each) for each in (found.st_size, found.st_mtime_ns, found.st_ino, left_behind)]
