"""Where tests, and the processes that they start, put what nobody keeps: in memory, where there is room."""

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it is private
_LEAST_FREE = 4 << 30


def use_memory() -> None:
    """Have scratch files made in memory, unless somebody said where they go.

    Journals are forced to disk with every commit, which no test can tell from memory: a process that is killed
    loses nothing in either. It halves the time of tests that send. Compiled modules stay there, too, from one
    run to the next.
    """
    if "TMPDIR" in os.environ or not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _LEAST_FREE:
        return
    if os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        return  # as containers have it: programs that tests write could not be run
    folder = _MEMORY / f"classbatch-tests-{os.getuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)  # a database is another user, who has to get to its own in it
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        return  # somebody else made it, or could
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    sys.dont_write_bytecode = False  # nothing is written beside the sources
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
