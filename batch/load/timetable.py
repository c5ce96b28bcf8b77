"""A timetable file, opened: its header, and its rows one after the other.

Rows stream: 100,000 of them are never in memory at once. A FileProblem may
come as late as the last row, so nothing may be sent before iteration is over.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from batch.core.columns import AccountKind
from batch.core.header import is_blank
from batch.core.row import Header, RawRow
from batch.load.delimited import find_records
from batch.load.kind import HEAD_BYTES, FileKind, kind_of
from batch.load.options import MIB, LoadOptions
from batch.load.problem import FileProblem
from batch.load.table import Table


class Timetable:
    """One table of a file. Iterating gives its rows as typed, blank ones left out."""

    def __init__(self, table: Table, *, most_rows: int) -> None:
        self._table = table
        self._most_rows = most_rows
        self._closing_notes: tuple[str, ...] = ()
        self.kind: str = table.kind.value
        self.sheet: str = table.sheet
        self.header: Header = table.found.header

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth telling about the file; complete once every row was read."""
        above = self.header.row - 1
        lines = "line stands" if above == 1 else "lines stand"
        opening = (
            (f"The header is row {self.header.row}; {above} {lines} above it, not read.",) if above else ()
        )
        return (*self._table.notes, *opening, *self._closing_notes)

    def __iter__(self) -> Iterator[RawRow]:
        rows = skipped = stray = first_stray = 0
        last = self.header.row
        for number, cells, is_stray, issues in self._table.lines():
            if is_stray:
                stray += 1
                first_stray = first_stray or number
            if is_blank(cells) and not issues:
                continue
            rows += 1
            if rows > self._most_rows:
                raise FileProblem(
                    f"{self._table.place} has more than {self._most_rows:,} rows",
                    "Split it into several files.",
                )
            skipped += number - last - 1  # blank rows after the last one are nobody's business
            last = number
            yield RawRow(self.sheet, number, cells, issues)
        self._closing_notes = _closing_notes(rows, skipped, stray, first_stray)


def _closing_notes(rows: int, skipped: int, stray: int, first_stray: int) -> tuple[str, ...]:
    notes = []
    if not rows:
        notes.append("There is no row below the header.")
    if skipped:
        notes.append("1 blank row skipped." if skipped == 1 else f"{skipped} blank rows skipped.")
    if stray:
        rest = f" and {stray - 1} more" if stray > 1 else ""
        notes.append(f"Row {first_stray}{rest}: what stands right of the last header is not read.")
    return tuple(notes)


@contextmanager
def open_timetable(
    source: Path | BinaryIO, *, options: LoadOptions, account: AccountKind, name: str | None = None
) -> Iterator[Timetable]:
    """Open a timetable, find its table and header.

    Args:
        source: a path, or a binary stream, which may be a pipe and stays the caller's to close.
        options: what was said about the file.
        account: whose columns the header is read for.
        name: what messages call the file; by default the path, or "standard input".

    Raises:
        FileProblem: here or while iterating; nothing of the file may be used then.
    """
    shown = name or (str(source) if isinstance(source, Path) else "standard input")
    with _seekable(source, shown, options) as file:
        if kind_of(file.read(HEAD_BYTES), shown) is FileKind.CSV:
            yield Timetable(find_records(file, shown, options, account), most_rows=options.most_rows)
            return
        # Imported late: openpyxl takes 0.2 s, and every command imports this package.
        from batch.load.workbook import open_workbook  # noqa: PLC0415 - see above

        with open_workbook(file, shown, options, account) as table:
            yield Timetable(table, most_rows=options.most_rows)


@contextmanager
def _seekable(source: Path | BinaryIO, name: str, options: LoadOptions) -> Iterator[BinaryIO]:
    """The source as a file at its beginning, no larger than any file may be."""
    if isinstance(source, Path):
        try:
            file = source.open("rb")
        except OSError as error:
            raise _cannot_open(error, name) from error
        with file, _seekable(file, name, options) as seekable:
            yield seekable
        return
    if source.seekable():
        size = source.seek(0, os.SEEK_END)
        _check_size(size, name, options)
        source.seek(0)
        yield source
        return
    with tempfile.TemporaryFile() as spool:
        size = 0
        while block := source.read(MIB):
            size += len(block)
            _check_size(size, name, options)
            spool.write(block)
        spool.seek(0)
        yield spool


def _check_size(size: int, name: str, options: LoadOptions) -> None:
    if size > options.most_unpacked_bytes:
        raise FileProblem(
            f"{name} is larger than {options.most_unpacked_bytes // MIB} MiB", "Split it into several files."
        )


def _cannot_open(error: OSError, name: str) -> FileProblem:
    if isinstance(error, FileNotFoundError):
        return FileProblem(f"{name} does not exist", "Check the name and the directory.")
    if isinstance(error, IsADirectoryError):
        return FileProblem(f"{name} is a directory", "Give one file in it.")
    if isinstance(error, PermissionError):
        return FileProblem(f"{name} cannot be read: permission denied", "Ask its owner to let you read it.")
    return FileProblem(f"{name} cannot be opened: {error.strerror}", "Copy it to this machine and try again.")
