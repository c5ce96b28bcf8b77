"""Files for people: written whole or not at all, and nobody's work is overwritten.

A file is replaced only where it is one of ours, unchanged since. A workbook carries a seal for that, in
the comment of its zip archive, which no program keeps that saves it again.
"""

import hashlib
import json
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto, unique
from itertools import combinations, count
from pathlib import Path
from typing import BinaryIO

from batch.atomic_file import put_in_place
from batch.core.errors import CannotRun
from batch.core.message import OutputFault

#: Written and removed by `find_writable`: enough to see that the disk is full.
_PROBE = bytes(1 << 20)
#: What a killed run left beside the target goes once it is so old that nobody can be writing it.
_LEFT_BEHIND_S = 24 * 3600


_SEAL = b"classbatch "
_SEALED = len(_SEAL) + 64  #: with the digest's hexadecimal digits
#: In the properties of each workbook of ours, where other programs leave it: a seal that is gone was there.
MARK = "Written by classbatch"
_NAME_OF_RESULTS = re.compile(r"(?P<of>.+)-results(?:-(?P<nth>[0-9]{1,3}))?")
_OF_RESULTS = re.compile(r">row<.{0,200}>outcome<.{0,200}>call_id<.{0,200}>class_id<", re.DOTALL)
#: No row of a file makes a longer line of JSON; a file of somebody's is not read into memory whole.
_LONGEST_LINE = 16 << 20


@unique
class Standing(Enum):
    """What is at a place where something is to be written."""

    FREE = auto()
    OURS = auto()  #: we wrote it, and nobody changed it since
    OLDER = auto()  #: a results workbook of a version that put no seal on it
    ANOTHERS = auto()


class NotWritten(CannotRun):
    """The file could not be written. What it was to show is safe in the journal."""


class _SomebodysError(OSError):
    """Somebody's file stands there."""


class WholeFile:
    """A file on its way: write to `part`; after the `with` block it stands at `path`."""

    def __init__(self, path: Path, *, follow: bool = True) -> None:
        """`follow`: a link, for which somebody named it; renaming onto it would put a file in its place."""
        self.path = path.resolve() if follow else path.parent.resolve() / path.name
        # One name per process and target; the end of the name, so that term.xlsx
        # and term.json differ however long the names are.
        self.part = self.path.with_name(f".{self.path.name[-60:]}.{os.getpid()}.part")
        self.moved = False  #: whether the target could not be replaced and the file got another name
        self.kept = False  #: whether that is because the target is somebody's


@contextmanager
def written_whole(
    path: Path, *, otherwise: Path | None = None, follow: bool = True, private: bool = True
) -> Iterator[WholeFile]:
    """Write `part` in the block; leaving it puts the file at `path`.

    Args:
        path: The target. A file of ours is replaced, unless it was changed since.
        otherwise: Where the file goes when the target cannot be replaced,
            because it is somebody's, another program holds it or a folder has its name.
        follow: whether a link is followed; else it is somebody's.
        private: nobody else may read it, unless the file that it replaces says otherwise.

    Raises:
        NotWritten: the disk is full, the folder is gone, or no name would do.
    """
    whole = WholeFile(path, follow=follow)
    try:
        whole.part.unlink(missing_ok=True)  # left by a killed process that had our number
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        os.close(os.open(whole.part, flags, 0o600 if private else 0o666))
        yield whole
        _seal(whole.part)
        try:
            _replace(whole)
        except OSError as error:
            if otherwise is None:
                raise
            whole.path, whole.moved = _free_name(otherwise.resolve()), True
            whole.kept = isinstance(error, _SomebodysError)
            put_in_place(whole.part, whole.path)
    except _SomebodysError as error:
        raise NotWritten(OutputFault.ANOTHERS, path=path) from error
    except OSError as error:
        raise NotWritten(OutputFault.NOT_WRITTEN, path=path, why=error.strerror or error) from error
    finally:
        with suppress(OSError):  # nothing more can be done about a part that cannot be removed
            whole.part.unlink(missing_ok=True)


def _replace(whole: WholeFile) -> None:
    """Give the file its name, and the bits of the one that it replaces."""
    found = standing(whole.path)
    if found is Standing.ANOTHERS:
        raise _SomebodysError
    if found is Standing.OURS:
        was = whole.path.stat()
        with suppress(OSError):  # of a group that we are not in
            os.chown(whole.part, -1, was.st_gid)
        whole.part.chmod(stat.S_IMODE(was.st_mode) & 0o777)
    elif found is Standing.OLDER:
        whole.path.rename(_free_name(whole.path.with_stem(f"{whole.path.stem}-before")))
    put_in_place(whole.part, whole.path)


def _free_name(path: Path) -> Path:
    """The name, or the first of NAME-2, NAME-3, ... at which nothing of somebody's is."""
    names = (path if nth == 1 else path.with_stem(f"{path.stem}-{nth}") for nth in count(1))
    return next(name for name in names if standing(name) in {Standing.FREE, Standing.OURS})


def standing(path: Path) -> Standing:
    """What is at `path`. A link is not followed: it is somebody's.

    Raises:
        OSError: it cannot be read.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return Standing.FREE
    if not stat.S_ISREG(found.st_mode):
        return Standing.ANOTHERS
    if not found.st_size:
        return Standing.OURS  # as mktemp makes them
    with path.open("rb") as opened:
        head = opened.read(1 << 16)
        if head.startswith(b"PK"):
            return _standing_of_workbook(opened)
        if head.startswith(b"{"):
            return Standing.OURS if _is_our_json(opened) else Standing.ANOTHERS
    is_calendar = head.startswith(b"BEGIN:VCALENDAR") and b"PRODID:-//classbatch//EN" in head[:1000]
    return Standing.OURS if is_calendar else Standing.ANOTHERS


_BEHIND = frozenset({"rows", "removed", "notices"})


def _is_our_json(opened: BinaryIO) -> bool:
    """Whether it is as `report/json_report.py` writes it: the batch on a line, then each row on its own."""
    opened.seek(0)
    lines = iter(lambda: opened.readline(_LONGEST_LINE), b"")
    try:
        first = next(lines)
        is_all = first.endswith(b"}\n")
        head = json.loads(first if is_all else first + b"]}")
        if not {"counts", "exit_code", "rows"} <= head.keys() or not {"batch", "error"} & head.keys():
            return False
        for line in () if is_all else lines:
            if line.startswith(b"]"):  # earlier versions had nothing behind the rows
                is_all = line.endswith(b"}\n") and json.loads(b'{"rows": [' + line).keys() <= _BEHIND
                break
            if not {"row", "outcome"} <= json.loads(line.removesuffix(b"\n").removesuffix(b",")).keys():
                return False
        return is_all and not opened.read(1)
    except (ValueError, AttributeError, StopIteration, RecursionError):  # no JSON, no object, or no end
        return False


def _standing_of_workbook(opened: BinaryIO) -> Standing:
    opened.seek(-min(_SEALED, os.fstat(opened.fileno()).st_size), os.SEEK_END)
    sealed = opened.read()
    if sealed.startswith(_SEAL):
        is_whole = sealed == _SEAL + _digest(opened, without=_SEALED)
        return Standing.OURS if is_whole else Standing.ANOTHERS
    try:
        with zipfile.ZipFile(opened) as book:
            properties = book.read("docProps/core.xml")[: 1 << 16].decode(errors="replace")
            with book.open("xl/worksheets/sheet1.xml") as sheet:
                first = sheet.read(1 << 14).decode(errors="replace")
    except (KeyError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return Standing.ANOTHERS
    is_older = MARK not in properties and _OF_RESULTS.search(first) is not None
    return Standing.OLDER if is_older else Standing.ANOTHERS


def _seal(part: Path) -> None:
    """Have a workbook say what it is made of: a comment of its zip archive, which readers pass over."""
    with part.open("r+b") as opened:
        if opened.read(2) != b"PK":
            return
        digest = _digest(opened, without=0)
        opened.seek(-2, os.SEEK_END)  # the comment's length, the last that is in an archive without one
        opened.write(_SEALED.to_bytes(2, "little") + _SEAL + digest)


def _digest(opened: BinaryIO, *, without: int) -> bytes:
    """Of an archive as it was before it was sealed; `without`: how many bytes its comment has."""
    opened.seek(0)
    left, digest = os.fstat(opened.fileno()).st_size - without - 2, hashlib.sha256()
    while left > 0 and (block := opened.read(min(left, 1 << 20))):
        digest.update(block)
        left -= len(block)
    digest.update(bytes(2))
    return digest.hexdigest().encode()


def keep_apart(inputs: Iterable[Path | None], outputs: Iterable[Path | None]) -> None:
    """Make sure that no output is an input, or another output, by whatever names.

    Raises:
        CannotRun: two of them are one file.
    """
    read, written = [each for each in inputs if each], [each for each in outputs if each]
    for source in read:
        for out in written:
            if _are_one(source, out):
                raise CannotRun(OutputFault.IS_INPUT, path=out, source=source)
    for one, other in combinations(written, 2):
        if _are_one(one, other):
            raise CannotRun(OutputFault.SAME_FILE, one=one, other=other)


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there yet
        return one.resolve() == other.resolve()


def results_beside(path: Path, kinds: Collection[str]) -> Path:
    """Where the results of a file go unless the person says otherwise.

    The ending is in their name only where another timetable of that name lies beside it.

    Args:
        path: of the file.
        kinds: what the names of timetables end with.
    """
    kind = path.suffix.casefold()
    others = (path.with_suffix(each) for each in kinds if each != kind) if path.name else ()
    ending = f"-{kind.removeprefix('.')}" if kind and any(each.exists() for each in others) else ""
    # Not with_name: "." has no name, and it is the reader that says what is wrong with a folder.
    if before := _NAME_OF_RESULTS.fullmatch(path.stem):  # of results that were mended: the next ones
        return path.parent / f"{before['of']}-results-{int(before['nth'] or 1) + 1}.xlsx"
    return path.parent / f"{path.stem or 'timetable'}{ending}-results.xlsx"


def find_writable(path: Path, *, or_beside: bool = False, ending: str = "") -> None:
    """Make sure, before anything is sent, that `path` can be written later.

    Args:
        path: where to.
        or_beside: another name will do where this one is somebody's.
        ending: what its name must end in, or another program than the right one opens it.

    Raises:
        CannotRun: the folder is missing, closed to us or out of space, or
            something in the target's place cannot be replaced.
    """
    probe = WholeFile(path).part
    try:
        if path.is_dir():
            raise CannotRun(OutputFault.A_FOLDER, path=path)
        if not probe.parent.is_dir():
            raise CannotRun(OutputFault.NO_FOLDER, folder=probe.parent)
        if path.exists() and not path.is_file():
            raise CannotRun(OutputFault.NOT_A_FILE, path=path)
        if ending and path.suffix.casefold() != ending:
            raise CannotRun(
                OutputFault.OTHER_ENDING, path=path, ending=ending, right=path.with_suffix(ending)
            )
        if not or_beside and standing(path.resolve()) is Standing.ANOTHERS:
            raise CannotRun(OutputFault.ANOTHERS, path=path)
        if path.exists():
            path.open("r+b").close()  # a read-only file, or one that Excel holds
        with probe.open("wb") as file:
            file.write(_PROBE)
            file.flush()
            os.fsync(file.fileno())
        _remove_left_behind(probe)
    except OSError as error:
        raise CannotRun(OutputFault.CANNOT_WRITE, path=path, why=error.strerror or error) from error
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
