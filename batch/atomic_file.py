"""A file written whole or not at all: beside its target, to disk, then renamed into place.

Whoever opens the target sees the old file or the new one, never half of one,
whatever happens in between.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from batch.errors import CannotRun

#: Written and removed by `find_writable`: enough to see that the disk is full.
_PROBE = bytes(1 << 20)
#: What a killed run left beside the target goes once it is so old that nobody can be writing it.
_LEFT_BEHIND_S = 24 * 3600


class NotWritten(CannotRun):
    """The file could not be written. What it was to show is safe in the journal."""


class WholeFile:
    """A file on its way: write to `part`; after the `with` block it stands at `path`."""

    def __init__(self, path: Path) -> None:
        # A link is followed here: renaming onto it would put a file in its place.
        self.path = path.resolve()
        # One name per process and target; the end of the name, so that term.xlsx
        # and term.json differ however long the names are.
        self.part = self.path.with_name(f".{self.path.name[-60:]}.{os.getpid()}.part")
        self.moved = False  #: whether the target was locked and the file got another name


@contextmanager
def written_whole(path: Path, *, otherwise: Path | None = None) -> Iterator[WholeFile]:
    """Write `part` in the block; leaving it puts the file at `path`.

    Args:
        path: The target. An existing file is replaced.
        otherwise: Where the file goes when the target cannot be replaced,
            because another program holds it or a folder has its name.

    Raises:
        NotWritten: the disk is full, the folder is gone, or no name would do.
    """
    whole = WholeFile(path)
    try:
        whole.part.unlink(missing_ok=True)  # left by a killed process that had our number
        yield whole
        try:
            put_in_place(whole.part, whole.path)
        except OSError:
            if otherwise is None:
                raise
            whole.path, whole.moved = otherwise.resolve(), True
            put_in_place(whole.part, whole.path)
    except OSError as error:
        raise NotWritten(
            f"{path} could not be written: {error.strerror or error}.",
            "Close it where it is open, free some space or choose another name. The journal keeps every row.",
        ) from error
    finally:
        with suppress(OSError):  # nothing more can be done about a part that cannot be removed
            whole.part.unlink(missing_ok=True)


def put_in_place(part: Path, path: Path) -> None:
    """Give a finished file its name; from that moment on it is there whole, also after a power cut."""
    _sync(part)
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk: what was renamed into it stays so."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def find_writable(path: Path) -> None:
    """Make sure, before anything is sent, that `path` can be written later.

    Raises:
        CannotRun: the folder is missing, closed to us or out of space, or
            something in the target's place cannot be replaced.
    """
    probe = WholeFile(path).part
    try:
        if path.is_dir():
            raise CannotRun(f"{path} is a folder.", "Name a file in it.")
        if not probe.parent.is_dir():
            raise CannotRun(
                f"The folder {probe.parent} does not exist.", "Create it, or choose another place."
            )
        if path.exists():
            path.open("r+b").close()  # a read-only file, or one that Excel holds
        with probe.open("wb") as file:
            file.write(_PROBE)
            file.flush()
            os.fsync(file.fileno())
        _remove_left_behind(probe)
    except OSError as error:
        raise CannotRun(
            f"{path} cannot be written: {error.strerror or error}.",
            "Close it where it is open, free some space, or choose another place.",
        ) from error
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def _remove_left_behind(probe: Path) -> None:
    """Remove parts and XlsxWriter's scratch folders of runs that were killed; they hold what the results hold."""
    before = probe.stat().st_mtime - _LEFT_BEHIND_S
    target = probe.name.removesuffix(f"{os.getpid()}.part")
    for path in probe.parent.iterdir():
        is_part = path.name.startswith(target) and path.suffix == ".part"
        is_scratch = path.name.startswith(".classbatch-") and path.is_dir()
        if not (is_part or is_scratch) or path.lstat().st_mtime > before:
            continue
        with suppress(OSError):  # in nobody's way
            shutil.rmtree(path) if is_scratch else path.unlink()


def write_whole(path: Path, text: str) -> None:
    """Write a small file of our own, which nobody else may read.

    Raises:
        OSError: it cannot be written; what stood there still does.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}")  # two writers at once: each has its own
    try:
        with os.fdopen(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
        put_in_place(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
