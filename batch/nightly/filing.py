"""Where a file of the inbox goes with its results: `done`, `failed`, or nowhere yet.

Results are written into `unfinished` first, then moved, and the file last: cut short
anywhere between, the file still lies in the inbox, and the next night does it again.
Nothing is overwritten and nothing deleted.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from batch.atomic_file import sync_folder
from batch.core.changes.timetable_name import as_it_arrived
from batch.core.errors import CannotRun
from batch.core.message import NightFault
from batch.core.quick_dataclass import dataclass
from batch.settings.accounts import OWN_FOLDERS

#: A name may have 255 bytes in most file systems; ours adds a time, a number and `-results.xlsx`.
_LONGEST_STEM = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a file and its results stand in the end."""

    file: Path
    results: Path | None
    json: Path | None


class Destination:
    """A place for one file, under names that nothing has yet."""

    def __init__(
        self, file: Path, now: float, folder: Path | None = None, lies_at: Path | None = None
    ) -> None:
        """Find the names; make the folders where they are missing.

        Args:
            file: what is imported.
            now: UTC seconds.
            folder: where it has arrived; None: where it lies.
            lies_at: where it lies under another name meanwhile.

        Raises:
            CannotRun: a folder cannot be made or written.
        """
        self._file = file
        self._lies_at = lies_at or file
        self._folder = folder or file.parent
        for name in OWN_FOLDERS:
            _make(self._folder / name)
        stem = (
            as_it_arrived(file.stem).encode(errors="surrogateescape")[:_LONGEST_STEM].decode(errors="ignore")
        )
        began = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}"
        number = 1
        while True:
            self._stem = f"{began}-{stem}" if number == 1 else f"{began}_{number}-{stem}"
            if not any((self._folder / own / name).exists() for own in OWN_FOLDERS for name in self._names):
                break
            number += 1
        _, results, json = self._names
        self.results = self._folder / "unfinished" / results
        self.json = self._folder / "unfinished" / json

    @property
    def _names(self) -> tuple[str, str, str]:
        return f"{self._stem}{self._file.suffix}", f"{self._stem}-results.xlsx", f"{self._stem}.json"

    def move(self, to: Literal["done", "failed", "unfinished"], results: Path | None) -> Moved:
        """Put the results, then the file, where they are to stay.

        Args:
            to: which folder.
            results: where the workbook was written; None: there is none.

        Raises:
            CannotRun: something stands in the way; the file is left in the inbox.
        """
        folder = self._folder / to
        name, results_name, json_name = self._names
        moved = Moved(
            file=folder / name,
            results=folder / results_name if results else None,
            json=folder / json_name if self.json.exists() else None,
        )
        try:
            for written, place in ((results, moved.results), (self.json, moved.json)):
                if written and place:
                    _share_with(written, folder)
                    written.rename(place)
            self._lies_at.rename(moved.file)
            sync_folder(folder)
            sync_folder(self._file.parent)
        except OSError as error:
            raise CannotRun(
                NightFault.NOT_MOVED, file=self._file, folder=folder, why=error.strerror
            ) from error
        return moved


def _share_with(written: Path, folder: Path) -> None:
    """Whoever may open the folder may open what is filed in it: its group, and its bits."""
    status = folder.stat()
    bits = status.st_mode & 0o666
    try:
        os.chown(written, -1, status.st_gid)
    except OSError:  # a group that we are not in: nobody of ours either
        bits &= 0o606
    with suppress(OSError):  # a file system without bits
        written.chmod(bits)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise CannotRun(NightFault.NO_FOLDER, folder=folder, why=error.strerror) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotRun(NightFault.CLOSED_FOLDER, folder=folder)
