"""A timetable file, opened: its header, and its rows one after the other.

Rows stream: 100,000 of them are never in memory at once. A FileProblem may
come as late as the last row, so nothing may be sent before iteration is over.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from batch.core.errors import FileProblem
from batch.core.message import FileFault, Message
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import is_blank
from batch.core.rows.known_formats import Format
from batch.core.rows.row import Header, RawRow, shown
from batch.readers.column_parts import with_parts
from batch.readers.delimited import open_records
from batch.readers.in_memory import MemoryTable, open_in_memory
from batch.readers.kind import FileKind, kind_of
from batch.readers.options import MIB, LoadOptions
from batch.readers.skipped_lines import LeftOut
from batch.readers.table import Line, Opened, TermSheet


class TimetableFile:
    """One table of a file. Iterating gives its rows as typed; blank ones, and lines that are none, are left out.

    It is iterated once: the file is read while that goes on.
    """

    def __init__(self, opened: Opened, *, most_rows: int, form: Format | None = None) -> None:
        self._table, self._lines = with_parts(opened, form)
        self._most_rows = most_rows
        self._left_out = {
            sheet: LeftOut(sheet if len(self._table.headers) > 1 else "", header_row)
            for sheet, header_row in self._table.headers.items()
        }
        self._ended = False
        self._numbers = _FirstNumbers()
        self.heading: tuple[int, str] | None = None  #: the last line that was a heading: its row, its words
        self.kind: str = self._table.kind.value
        self.name: str = self._table.place.rstrip(",")  #: the file, with its sheet if it has any
        self.sheet: str = self._table.sheet
        self.header: Header = self._table.header
        self.place: str = self._table.place  #: how messages about it begin

    @property
    def term_sheet(self) -> TermSheet | None:
        """The sheet that says when the term is, where the workbook has one."""
        return self._table.term_sheet

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is worth telling about the file; complete once every row was read."""
        if not self._ended:
            return self._table.notes
        left_out = self._left_out.values()
        return (*self._table.notes, *(note for each in left_out for note in each.notes()))

    def __iter__(self) -> Iterator[RawRow]:
        rows = 0
        are_lines = self._table.kind is not FileKind.CALENDAR and not self.header.of_grid
        for line in self._lines:
            left_out = self._left_out[line.sheet]
            if line.stray:
                left_out.strays.add(line.number)
            if is_blank(line.cells) and not line.issues:
                continue
            rows += 1
            if rows > self._most_rows:
                raise FileProblem(FileFault.TOO_MANY_ROWS, name=self._table.place, rows=self._most_rows)
            if are_lines:  # of a calendar or a grid, no line of the file is a row
                left_out.reached(line.number)
            number = self._numbers.of(line) if line.own else line.number
            if line.aside is None:
                left_out.rows += 1
                if line.mended:
                    left_out.mended.add(line.own.row if line.own and line.own.row else number)
                first = (line.own.sheet, line.own.row) if line.own and line.own.row else None
                yield RawRow(line.sheet, number, line.cells, line.issues, line.orders, first)
            else:
                left_out.add(line.aside, number, _first_words(line))
                self.heading = (line.number, _first_words(line))
        self._ended = True


class _FirstNumbers:
    """The numbers that rows of a results workbook had in the file that was read first, as long as they tell rows apart."""

    def __init__(self) -> None:
        self._given: set[tuple[int, str]] = set()

    def of(self, line: Line) -> int:
        number = line.own.row if line.own else None
        of = (number or 0, line.own.cell if line.own else "")
        if number is None or of in self._given:
            return line.number
        self._given.add(of)
        return number


def _first_words(line: Line) -> str:
    return next(text for cell in line.cells if (text := shown(cell).strip()))


@contextmanager
def open_timetable(
    source: Path | BinaryIO | MemoryTable,
    *,
    options: LoadOptions,
    account: AccountKind,
    name: str | None = None,
    isolated: bool = True,
) -> Iterator[TimetableFile]:
    """Open a timetable, find its table and header.

    Args:
        source: a path, a binary stream, which may be a pipe and stays the caller's to close, or a table.
        options: what was said about the file.
        account: whose columns the header is read for.
        name: what messages call the file; by default the path, or "standard input".
        isolated: workbooks are parsed in a process of their own, which a hostile one may take down.

    Raises:
        FileProblem: here or while iterating; nothing of the file may be used then.
    """
    shown_name = name or (str(source) if isinstance(source, Path) else "standard input")
    if isinstance(source, MemoryTable):
        yield TimetableFile(
            open_in_memory(source, shown_name, options, account),
            most_rows=options.most_rows,
            form=options.naming.form,
        )
        return
    opening: AbstractContextManager[Opened]
    with _seekable(source, shown_name, options) as file:
        kind = kind_of(file, shown_name)
        if kind is FileKind.CSV:
            yield TimetableFile(
                open_records(file, shown_name, options, account),
                most_rows=options.most_rows,
                form=options.naming.form,
            )
            return
        if isolated:
            from batch.readers.subprocess_parent import open_apart  # noqa: PLC0415 - not for CSV

            opening = open_apart(file, shown_name, options, account)
        else:
            # openpyxl takes 0.2 s, and every command imports this package.
            from batch.readers.subprocess_child import opener  # noqa: PLC0415 - see above

            opening = opener(kind)(file, shown_name, options, account)
        with opening as opened:
            yield TimetableFile(opened, most_rows=options.most_rows, form=options.naming.form)


def check_is_there(file: Path) -> None:
    """See that there is such a file, before anything else is asked about it. It is not opened: it may be a pipe.

    Raises:
        FileProblem: there is not.
    """
    try:
        is_folder = stat.S_ISDIR(file.stat().st_mode)
    except OSError as error:
        raise _cannot_open(error, str(file)) from error
    if is_folder:
        raise FileProblem(FileFault.A_DIRECTORY, name=str(file))


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
        raise FileProblem(FileFault.TOO_LARGE, name=name, mib=options.most_unpacked_bytes // MIB)


def _cannot_open(error: OSError, name: str) -> FileProblem:
    if isinstance(error, FileNotFoundError):
        return FileProblem(FileFault.NOT_FOUND, name=name)
    if isinstance(error, IsADirectoryError):
        return FileProblem(FileFault.A_DIRECTORY, name=name)
    if isinstance(error, PermissionError):
        return FileProblem(FileFault.NO_PERMISSION, name=name)
    return FileProblem(FileFault.CANNOT_OPEN, name=name, why=error.strerror)
