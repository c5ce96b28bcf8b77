"""One run at a time: a lock on a folder that dies with its holder.

    <folder>/lock    who holds it, for people and for the page; the lock itself is the kernel's

Whoever deletes the file locks nobody out any more: the next run makes a new one and
locks that. So a run compares the file that it holds with the one that stands there,
when it begins and again and again (`Lock.holds`).
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TextIO

from batch.core.errors import CannotRun, Unfinished
from batch.core.message import JournalFault
from batch.core.quick_dataclass import dataclass
from batch.journal.trust import translate_disk_errors

#: The file may be deleted between opening and locking it; whoever does that all the time is no accident.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Holder:
    """Who wrote the note in a lock."""

    pid: int
    started: float  #: UTC seconds
    host: str = ""  #: where several computers may hold it: which one

    def __str__(self) -> str:
        on = f" on {self.host}" if self.host else ""
        return (
            f"started {datetime.fromtimestamp(self.started, UTC):%Y-%m-%d %H:%M:%S} UTC, pid {self.pid}{on}"
        )


class Locked(Unfinished):
    """Another run holds the lock."""

    def __init__(self, name: str, holder: Holder | None) -> None:
        super().__init__(JournalFault.LOCKED, name=name, holder=holder)
        self.holder = holder  #: None: it has only just begun


class HeldLock(Protocol):
    """A lock on an account that is held."""

    def holds(self) -> bool:
        """Whether it still locks others out."""


class Lock:
    """A lock that is held."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path = path
        self._file = file

    def holds(self) -> bool:
        """Whether it still locks others out: the file of that name is the one that is held."""
        try:
            there = self._path.stat()
        except OSError:
            return False
        return os.path.samestat(os.fstat(self._file.fileno()), there)


@contextmanager
def locked(
    folder: Path, now: float, name: str = "this account", *, file: str = "lock", mode: int = 0o600
) -> Iterator[Lock]:
    """Hold a folder for the length of a run; the kernel lets go when we die.

    Args:
        folder: is made where there is none.
        now: UTC seconds, for the note that others read.
        name: what the folder stands for, in words.
        file: the name of the lock's file.
        mode: who may lock it.

    Raises:
        Locked: another run holds it.
        CannotRun: the folder cannot be made or written, or its disk cannot lock.
    """
    path = folder / file
    with translate_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _held(path, name, mode) as held:
        held.truncate(0)
        json.dump({"pid": os.getpid(), "started": now}, held)
        held.flush()
        yield Lock(path, held)


def holder_of(folder: Path) -> Holder | None:
    """Who wrote the note in a folder's lock, whether alive or not; None where nobody did."""
    try:
        return _read((folder / "lock").read_text("utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def _held(path: Path, name: str, mode: int) -> Iterator[TextIO]:
    """The file of that name, locked."""
    for _ in range(_TRIES):
        with translate_disk_errors(path.parent):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, mode)
        with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
            _lock(file, path, name)
            if Lock(path, file).holds():
                yield file
                return
    raise Locked(name, None)


def _lock(file: TextIO, path: Path, name: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked(name, _read(file.read())) from None
    except OSError as error:
        raise CannotRun(JournalFault.CANNOT_LOCK, path=path, why=error.strerror) from error


def _read(note: str) -> Holder | None:
    try:
        written = json.loads(note)
        return Holder(int(written["pid"]), float(written["started"]))
    except (ValueError, KeyError, TypeError):
        return None
