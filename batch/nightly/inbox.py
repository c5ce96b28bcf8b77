"""What has arrived in an inbox, and what is left alone because it is still being written, or is no timetable.

A file counts as whole once its size and time have stood still for a while: nobody
tells a folder that a copy is finished.
"""

import os
import stat
from collections.abc import Awaitable, Callable, Collection, Iterator
from pathlib import Path

from batch.core.errors import CannotRun
from batch.core.message import NightFault
from batch.core.quick_dataclass import dataclass
from batch.intake import SUFFIXES
from batch.settings.accounts import OWN_FOLDERS

#: What Excel, browsers and copying programs call what they have not finished.
_BEGUN = (".part", ".tmp", ".crdownload")


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known to be the one that was looked at."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file of the inbox."""

    path: Path
    account: str | None  #: by whose settings, or those of which folder; None: the inbox itself
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One look at an inbox that has settled."""

    files: tuple[Arrival, ...]  #: the oldest first
    growing: tuple[Path, ...]  #: still being written
    others: tuple[Path, ...]  #: no timetable by its name, or no file of its own
    strangers: tuple[Path, ...]  #: folders with timetables in them that are no account


def stamp_of(path: Path) -> Stamp:
    """The file as it stands now.

    Raises:
        OSError: it is gone, or closed to us.
    """
    found = path.lstat()
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def stands_as(path: Path, before: Stamp | None) -> bool:
    """Whether it is the very file that it was then; None: there was none."""
    try:
        return stamp_of(path) == before
    except OSError:
        return False


async def look(
    inbox: Path,
    accounts: Collection[str],
    *,
    settled_s: float,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[object]],
) -> Arrived:
    """What has arrived. Waits `settled_s` once, when something is younger than that.

    Raises:
        CannotRun: the inbox is no folder, or closed to us.
    """
    first = {each.path: each for each in _files(inbox, accounts)}
    found, now = list(first.values()), clock()
    if any(not _is_old(each, now, settled_s) for each in found):
        await sleep(settled_s)
        found, now = list(_files(inbox, accounts)), clock()
    settled = [each for each in found if _is_old(each, now, settled_s) or first.get(each.path) == each]
    settled.sort(key=lambda each: (each.stamp.mtime_ns, each.path.name, str(each.path)))
    return Arrived(
        files=tuple(settled),
        growing=tuple(each.path for each in found if each not in settled),
        others=tuple(_others(inbox, accounts)),
        strangers=tuple(
            folder for folder in _folders(inbox) if folder.name not in accounts and _has_timetable(folder)
        ),
    )


def filed_in(inbox: Path, accounts: Collection[str], own: str) -> Iterator[tuple[Path, str | None]]:
    """The timetables that lie in one of an inbox's own folders, each with its account."""
    for folder, account in _places(inbox, accounts):
        if (folder / own).is_dir():
            for path in _entries(folder / own):
                if path.suffix.casefold() in SUFFIXES and stat.S_ISREG(path.lstat().st_mode):
                    yield path, account


def folder_of(path: Path) -> Path:
    """Where a file has arrived, also if it lies in `failed` by now."""
    folder = path.parent
    return folder.parent if folder.name in OWN_FOLDERS else folder


def inbox_of(filed: Arrival) -> Path:
    """The inbox of a file that lies in one of its own folders."""
    folder = folder_of(filed.path)
    return folder if filed.account is None else folder.parent


def _is_old(arrival: Arrival, now: float, settled_s: float) -> bool:
    # A time that lies ahead, by another machine's clock, says nothing of age.
    return now - arrival.stamp.mtime_ns / 1e9 >= settled_s


def _files(inbox: Path, accounts: Collection[str]) -> Iterator[Arrival]:
    for folder, account in _places(inbox, accounts):
        for path in _entries(folder):
            if path.suffix.casefold() not in SUFFIXES:
                continue
            try:
                if stat.S_ISREG(path.lstat().st_mode):  # a link may lead to what nobody meant to hand in
                    yield Arrival(path=path, account=account, stamp=stamp_of(path))
            except FileNotFoundError:  # it has just been renamed
                continue


def _others(inbox: Path, accounts: Collection[str]) -> Iterator[Path]:
    for folder, _ in _places(inbox, accounts):
        for path in _entries(folder):
            is_timetable = path.suffix.casefold() in SUFFIXES
            if path.is_symlink() if is_timetable else path.is_file():
                yield path


def _places(inbox: Path, accounts: Collection[str]) -> Iterator[tuple[Path, str | None]]:
    yield inbox, None
    for folder in _folders(inbox):
        if folder.name in accounts:
            yield folder, folder.name


def _folders(inbox: Path) -> list[Path]:
    return [path for path in _entries(inbox) if path.name not in OWN_FOLDERS and path.is_dir()]


def _has_timetable(folder: Path) -> bool:
    return any(path.suffix.casefold() in SUFFIXES for path in _entries(folder))


def _entries(folder: Path) -> list[Path]:
    """What stands in a folder, by name, without what programs keep there for themselves."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - Path.iterdir would hide until later that it cannot
    except OSError as error:
        raise CannotRun(NightFault.NO_INBOX, folder=folder, why=error.strerror) from error
    return [
        folder / name
        for name in names
        if not name.startswith((".", "~$")) and not name.casefold().endswith(_BEGUN)
    ]
