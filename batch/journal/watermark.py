"""How many commits the journal has seen, written beside it after each of them.

Not flushed to disk: after a power cut it may be behind the journal, never ahead.
After anything else the two are equal, or the journal has lost something.
"""

import os
from pathlib import Path

#: What it is compared with.
COMMITS = "SELECT commits FROM account"


class Watermark:
    """The number in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def read(self) -> int:
        """The number; 0 where none was ever written.

        Raises:
            ValueError: something else stands there.
        """
        try:
            written = self._path.read_bytes()
        except FileNotFoundError:
            return 0
        return int(written.strip(b"\0") or b"0")  # zeros: a power cut came before the number

    def reset(self, commits: int) -> None:
        """Put this number in the place of whatever stands there."""
        new = self._path.with_suffix(".new")
        new.write_bytes(b"%020d" % commits)
        new.replace(self._path)

    def open(self, commits: int) -> None:
        """Make ready to write; the first time here, so that a disk that fills up later has its block."""
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        self.write(commits)

    def close(self) -> None:
        os.close(self._descriptor)

    def write(self, commits: int) -> None:
        os.pwrite(self._descriptor, b"%020d" % commits, 0)
