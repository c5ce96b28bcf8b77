"""Reads CSV: its encoding, its delimiter, and its records as Excel would number them.

Strict throughout: what is not surely read right is refused with its line. Rows
have the number of the record that Excel would show, header counted, which leaves
out a `sep=` line and counts a field of several lines once.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from batch.core.errors import FileProblem
from batch.core.message import FileFault, FileNote, Message
from batch.core.rows.column_names import Naming
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import LINES_SEARCHED, Found, HeaderFault, find_header, is_blank, known_columns
from batch.core.rows.non_class_lines import NonClassLine, NonClassLines
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import CellValue, Numbered
from batch.readers.encoding import encoding_of, undecodable
from batch.readers.kind import FileKind
from batch.readers.options import LoadOptions
from batch.readers.table import Line, Opened, Table, header_note, other_header, own_cells

if TYPE_CHECKING:
    from _csv import Reader

_DELIMITERS = ",;\t|"
_SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_SAMPLE_CHARACTERS = 256 * 1024
_FIELD_CHARACTERS = 1_000_000
_LINE_CHARACTERS = 4_000_000  #: a line is in memory whole, and as many fields as it has commas

Record = tuple[int, list[str]]


class _Dialect(NamedTuple):
    delimiter: str
    skips_space: bool  #: a space after the delimiter is not part of the field

    def records(self, lines: Iterable[str]) -> "Reader":
        # Process-wide, there is no other way to set it; everything here wants the same.
        csv.field_size_limit(_FIELD_CHARACTERS)
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=self.skips_space, strict=True)


def open_records(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Opened:
    """The one table of a CSV file.

    Raises:
        FileProblem: not text, or without the header of a timetable.
    """
    source, dialect, records = _looked_at(file, name, options, account)
    lines = [(number, fields[: options.most_columns]) for number, fields in records]
    if options.header:
        records = [(0, [*options.header])]
        lines = [*records]
    found = find_header(lines, account, defaulted=options.defaulted, naming=options.naming)
    if isinstance(found, HeaderFault):
        from batch.readers.grid import grid_in  # noqa: PLC0415 - few files are one

        every = (record for record in source.records(dialect) if not is_blank(record[1]))
        if found.is_grid and (grid := grid_in(every, name, options, account)):
            return Opened(grid.table(FileKind.CSV, name), grid.lines())
        raise FileProblem.of(found.messages(name))
    width = max(len(fields) for number, fields in records if found.top <= number <= found.header.row)
    notes = [*header_note(found)]
    if options.sheet is not None or options.all_sheets:
        notes.insert(0, Message(FileNote.NO_SHEETS_IN_CSV))
    table = Table(
        kind=FileKind.CSV, place=name, header=found.header, headers={"": found.header.row}, notes=tuple(notes)
    )
    return Opened(table, _lines(source, dialect, found, width, name))


def first_records(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> list[Numbered]:
    """The first records that are not blank, read as `open_records` would.

    Raises:
        FileProblem: not text.
    """
    _, _, records = _looked_at(file, name, options, account)
    return [(number, fields[: options.most_columns]) for number, fields in records]


def every_record(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator[Numbered]:
    """Every record that is not blank.

    Raises:
        FileProblem: not text, here or on the way.
    """
    source, dialect, _ = _looked_at(file, name, options, account)
    return (record for record in source.records(dialect) if not is_blank(record[1]))


def _looked_at(
    file: BinaryIO, name: str, options: LoadOptions, account: AccountKind
) -> "tuple[_Source, _Dialect, list[Record]]":
    source = _Source(file, name, encoding_of(file, name, options.encoding))
    sample = source.sample()
    dialect = _dialect(sample, options.delimiter or source.separator, account, options.naming)
    return source, dialect, list(_first_records(dialect, sample))


def _lines(source: "_Source", dialect: _Dialect, found: Found, width: int, name: str) -> Iterator[Line]:
    asides = NonClassLines(found.header)
    for (number, fields), is_last in _with_last(source.records(dialect)):
        if number <= found.header.row or not fields:
            continue
        cells: list[CellValue] = [field or None for field in fields[: found.stop]]
        cells += [None] * (found.stop - len(cells))
        cells = cells[found.first :]
        aside = None
        issues: tuple[Issue, ...] = ()
        sticks_out = not is_blank(fields[width:])
        if not sticks_out and not is_blank(cells):
            aside = asides.kind(cells)
            if aside is NonClassLine.OTHER_HEADER:
                raise other_header(f"{name}: row {number:,}", found.header.row)
        if aside is None and sticks_out:
            issues = (Problem.WRONG_WIDTH.of_row(found=len(fields), expected=width),)
        elif is_last and len(fields) < found.stop and source.ends_in_a_line and not is_blank(fields):
            # Programs leave empty fields away at the end of a line; a copy that broke off ends like that, too.
            issues = (Problem.CUT_OFF.of_row(found=len(fields), expected=width),)
        stray = not is_blank(fields[found.end : width])
        own = own_cells(found, fields) if found.first else None
        yield Line("", number, tuple(cells), stray, issues, aside, own)


def _with_last(records: Iterator[Record]) -> Iterator[tuple[Record, bool]]:
    """Each record, and whether no other follows."""
    previous: Record | None = None
    for record in records:
        if previous is not None:
            yield previous, False
        previous = record
    if previous is not None:
        yield previous, True


def _dialect(sample: str, delimiter: str | None, account: AccountKind, naming: Naming) -> _Dialect:
    """The way of reading that finds most of the header's names; commas where nothing tells."""
    best, most = _Dialect(delimiter or ",", skips_space=False), (-1, -1)
    for candidate in delimiter or _DELIMITERS:
        dialect = _Dialect(candidate, skips_space=False)
        records = [fields for _, fields in _first_records(dialect, sample)]
        header = max(records, key=lambda fields: known_columns(fields, account, naming), default=[])
        if any(field.startswith(" ") for field in header[1:]):
            dialect = _Dialect(candidate, skips_space=True)
            records = [fields for _, fields in _first_records(dialect, sample)]
        known = max((known_columns(fields, account, naming) for fields in records), default=0)
        widest = max(map(len, records), default=0)
        if (known, widest) > most:
            best, most = dialect, (known, widest)
    return best


def _first_records(dialect: _Dialect, sample: str) -> Iterator[Record]:
    """The first records that are not blank, as far as they can be read this way."""
    found = 0
    try:
        for number, fields in enumerate(dialect.records(io.StringIO(sample, newline="")), start=1):
            if not is_blank(fields):
                found += 1
                yield number, fields
            if found == LINES_SEARCHED:
                return
    except csv.Error:
        return  # the wrong delimiter, or a sample cut inside quotes; reading it all will tell


class _Source:
    """The text of a CSV file, line by line, as often as asked for."""

    def __init__(self, file: BinaryIO, name: str, encoding: str) -> None:
        self._file = file
        self._name = name
        self._encoding = encoding
        self.separator: str | None = None  #: what a `sep=` line names, once the sample was taken
        self.ends_in_a_line = False  #: without a line end behind it; known once all was read

    def sample(self) -> str:
        """The first lines of the text, without a `sep=` line."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding=self._encoding, newline="")
        try:
            first = text.readline(_LINE_CHARACTERS).lstrip("\ufeff")
            separator = _SEP_LINE.fullmatch(first)
            rest = text.read(_SAMPLE_CHARACTERS)
        except UnicodeDecodeError as error:
            raise undecodable(self._file, self._name, self._encoding) from error
        finally:
            text.detach()
        if separator:
            self.separator = separator[1]
            return rest
        return first + rest

    def records(self, dialect: _Dialect) -> Iterator[Record]:
        """Every record with its number."""
        reader = dialect.records(self._text_lines())
        unseen = 0 if self.separator is None else 1
        begins = unseen + 1
        try:
            for number, fields in enumerate(reader, start=1):
                yield number, fields
                begins = unseen + reader.line_num + 1
        except csv.Error as error:
            raise FileProblem(
                FileFault.BROKEN_RECORD, name=self._name, line=begins, why=str(error)
            ) from error

    def _text_lines(self) -> Iterator[str]:
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding=self._encoding, newline="")
        try:
            for number, line in enumerate(iter(lambda: text.readline(_LINE_CHARACTERS), ""), start=1):
                if number == 1:
                    line = line.lstrip("\ufeff")  # noqa: PLW2901 - a mark, or two, is not part of it
                    if _SEP_LINE.fullmatch(line):
                        continue
                yield self._checked(line, number)
        except UnicodeDecodeError as error:
            raise undecodable(self._file, self._name, self._encoding) from error
        finally:
            if not self._file.closed:  # iteration was given up, and the file with it
                text.detach()

    def _checked(self, line: str, number: int) -> str:
        if "\0" in line:
            raise FileProblem(FileFault.NUL, name=self._name, line=number)
        if len(line) == _LINE_CHARACTERS:
            raise FileProblem(FileFault.LONG_LINE, name=self._name, line=number, characters=_LINE_CHARACTERS)
        # Programs of old end a text with Ctrl-Z; only a last line has no line break after it.
        text = line.removesuffix("\x1a")
        self.ends_in_a_line = bool(text) and not text.endswith(("\n", "\r"))
        return text
