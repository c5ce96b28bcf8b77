"""A file written whole or not at all: beside its target, to disk, then renamed into place.

Whoever opens the target sees the old file or the new one, never half of one,
whatever happens in between.
"""

import os
import secrets
from pathlib import Path


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
