"""Reads one sheet of an .xlsx: its lines as Excel numbers them, its cells as typed.

openpyxl in read-only mode, by cells and not by values: only cells tell an error
from text. `reset_dimensions`, or it believes the sheet's own word on how large it
is and loses rows (11 of 967 workbooks).
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO, Protocol, cast

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.styles.numbers import is_datetime
from openpyxl.workbook import Workbook

from batch.core.errors import FileProblem
from batch.core.message import FileFault, SheetName
from batch.core.rows.date_order import DateOrder
from batch.core.rows.file_evidence import DATED
from batch.core.rows.header import LINES_SEARCHED, Found, is_blank
from batch.core.rows.header_hints import order_of_format
from batch.core.rows.non_class_lines import NonClassLine, NonClassLines
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import CellValue, Unreadable
from batch.readers.cell import plain
from batch.readers.container import damaged, holds_formulas
from batch.readers.options import LoadOptions
from batch.readers.outline import Outline, outline_of
from batch.readers.quick_rows import quick_rows
from batch.readers.table import Line, other_header, own_cells

#: openpyxl's cells: ReadOnlyCell, or EMPTY_CELL where the file has none. Never compared
#: by `==`, which raises between the two.
Cells = Sequence[Any]


class Sheet(Protocol):
    """What is used of openpyxl's ReadOnlyWorksheet, whose stub cannot be called."""

    title: str
    sheet_state: str
    _worksheet_path: str

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, min_row: int = 1, max_col: int) -> Iterator[Cells]: ...


_LAST_ROW = 1_048_576  # of any spreadsheet; a row number past it is made up, and costs hours to reach
_BLOCK_ROWS = 256
_ROWS_SEARCHED = 1_000  #: for the header's lines, blank rows among them
_MARGIN = 10  #: columns looked at right of the last header, to say that something stands there
_MIDNIGHT = time()


def first_lines(
    sheet: Sheet, name: str, options: LoadOptions, *, most: int = LINES_SEARCHED
) -> list[tuple[int, tuple[CellValue, ...]]]:
    """The first lines with anything in them."""
    lines: list[tuple[int, tuple[CellValue, ...]]] = []
    rows = islice(sheet.iter_rows(max_col=options.most_columns), _ROWS_SEARCHED)
    for number, row in enumerate(guarded(rows, name, block_rows=2 * LINES_SEARCHED), start=1):
        cells = tuple(map(_value, row))
        if not is_blank(cells):
            lines.append((number, cells))
        if len(lines) == most:
            break
    return lines


def all_lines(sheet: Sheet, name: str, options: LoadOptions) -> Iterator[tuple[int, tuple[CellValue, ...]]]:
    """Every line with anything in it."""
    previous: Cells = ()
    for number, row in enumerate(guarded(sheet.iter_rows(max_col=options.most_columns), name), start=1):
        if number > _LAST_ROW:
            raise _past_the_last_row(name)
        if row is not previous and not is_blank(cells := tuple(map(_value, row))):
            yield number, cells
        previous = row


def _value(cell: Any) -> CellValue:
    if cell is EMPTY_CELL:
        return None
    value = plain(cell.value, cell.data_type)
    if isinstance(value, datetime) and value.time() == _MIDNIGHT and _shows_no_time(cell.number_format):
        return value.date()
    return value


@lru_cache(maxsize=256)
def _shows_no_time(number_format: str) -> bool:
    return is_datetime(number_format) == "date"


_order_shown = lru_cache(maxsize=256)(order_of_format)


class SheetReader:
    """The lines below one sheet's header."""

    def __init__(
        self, file: BinaryIO, name: str, workbook: Workbook, title: str, found: Found, options: LoadOptions
    ) -> None:
        self._file = file
        self._name = name
        self._sheet = cast("Sheet", workbook[title])
        self._found = found
        self._quick = options.quick
        self._mapped = found.mapped
        self._width = min(found.end + _MARGIN, options.most_columns)
        columns = found.header.columns
        self._dated = [found.first + columns[name] for name in DATED if name in columns]
        self._orders: set[tuple[int, DateOrder]] = set()
        self._formulas = _Formulas(file, name, title, found.header.row + 1, found.stop)

    def lines(self) -> Iterator[Line]:
        first, stop, end = self._found.first, self._found.stop, self._found.end
        below = self._found.header.row + 1
        title = self._sheet.title
        asides = NonClassLines(self._found.header)
        outline = self._outline()
        for number, row in self._rows(below):
            cells = self._cells(number, row)
            aside: NonClassLine | None = None
            issues: tuple[Issue, ...] = ()
            if not is_blank(cells[first:]):
                aside = asides.kind(cells[first:])
                if aside is NonClassLine.OTHER_HEADER:
                    raise other_header(SheetName(self._name, title, number), self._found.header.row)
                if aside is None and outline:
                    self._mark_merged(number, cells, outline)
                    issues = _hidden(number, outline)
            right = [cell for cell in row[end:] if cell is not EMPTY_CELL]
            stray = any(cell.value is not None for cell in right) if right else False
            own = own_cells(self._found, list(map(_value, row))) if first else None
            orders = tuple(self._new_orders(row, cells)) if aside is None else ()
            yield Line(title, number, tuple(cells[first:stop]), stray, issues, aside, own, orders)

    def _rows(self, below: int) -> Iterator[tuple[int, Cells]]:
        """Every row that stands in the file, with its number."""
        if self._quick:
            try:
                for number, cells in self._quick_rows(below):
                    yield number, cells
                    below = number + 1
            except GeneratorExit:
                raise
            except BaseException:  # noqa: BLE001, S110 - a panic is no Exception; openpyxl reads on, and says what is wrong
                pass
            else:
                return
        rows = guarded(self._sheet.iter_rows(min_row=below, max_col=self._width), self._name)
        previous: Cells = ()
        for number, row in enumerate(rows, start=below):
            if number > _LAST_ROW:
                raise _past_the_last_row(self._name)
            if row is not previous:
                yield number, row
            previous = row  # openpyxl fills a gap with one and the same row; gaps of a million rows occur

    def _quick_rows(self, below: int) -> Iterator[tuple[int, Cells]]:
        part = self._sheet._worksheet_path  # noqa: SLF001 - openpyxl tells nobody else
        return quick_rows(self._file, part, self._sheet.title, below, self._width)

    def _cells(self, number: int, row: Cells) -> list[CellValue]:
        cells = list(map(_value, row[: self._found.stop]))
        for position in self._mapped:
            # A formula that gives "" has another type: that cell is blank, and meant to be.
            if cells[position] is None and row[position] is not EMPTY_CELL and row[position].data_type == "n":
                cells[position] = self._formulas.at(number, position)
        return cells

    def _new_orders(self, row: Cells, cells: Sequence[CellValue]) -> Iterator[tuple[int, DateOrder]]:
        """In which order real dates are shown, where none above was shown so."""
        for position in self._dated:
            if isinstance(cells[position], date):
                order = _order_shown(row[position].number_format)
                if order and (position, order) not in self._orders:
                    self._orders.add((position, order))
                    yield position - self._found.first, order

    def _outline(self) -> Outline | None:
        with translate_damage(self._name):
            return outline_of(self._file, self._sheet._worksheet_path)  # noqa: SLF001 - openpyxl tells nobody else

    def _mark_merged(self, number: int, cells: list[CellValue], outline: Outline) -> None:
        """A cell that others were merged over is empty in the file, and may be meant to be as they are."""
        with translate_damage(self._name):
            near = outline.covering(number)
        for merge in near:
            for position in self._mapped:
                if cells[position] is None and merge.covers(number, position):
                    cells[position] = Unreadable("", Problem.MERGED, where=merge.ref)


def _hidden(number: int, outline: Outline) -> tuple[Issue, ...]:
    return (Problem.HIDDEN_ROW.of_row(),) if outline.hides(number) else ()


class _Formulas:
    """The formulas behind cells without a value.

    They need the sheet to be read again, so it is read only once such a cell comes
    up in a workbook that has formulas at all, and along with it from then on.
    """

    def __init__(self, file: BinaryIO, name: str, title: str, below: int, stop: int) -> None:
        self._file = file
        self._name = name
        self._title = title
        self._rows = enumerate(self._read(below, stop), start=below)
        self._number = 0
        self._row: Cells = ()

    def at(self, number: int, position: int) -> Unreadable | None:
        """The formula in a cell, or None; rows are asked for in order."""
        while self._number < number:
            self._number, self._row = next(self._rows, (_LAST_ROW + 1, ()))
        cell = self._row[position] if position < len(self._row) else EMPTY_CELL
        if self._number != number or cell.data_type != "f":
            return None
        formula = getattr(cell.value, "text", cell.value)  # of an array: an object
        return Unreadable(str(formula), Problem.NOT_CALCULATED)

    def _read(self, below: int, stop: int) -> Iterator[Cells]:
        if not holds_formulas(self._file):
            return
        with loaded(self._file, self._name, data_only=False) as workbook:
            sheet = cast("Sheet", workbook[self._title])
            sheet.reset_dimensions()
            yield from guarded(sheet.iter_rows(min_row=below, max_col=stop), self._name)


@contextmanager
def loaded(file: BinaryIO, name: str, *, data_only: bool) -> Iterator[Workbook]:
    with translate_damage(name):
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
    try:
        yield workbook
    finally:
        workbook.close()


def guarded(rows: Iterator[Cells], name: str, *, block_rows: int = _BLOCK_ROWS) -> Iterator[Cells]:
    """The rows, read in blocks: the guard costs as much as a row."""
    while True:
        with translate_damage(name):
            block = list(islice(rows, block_rows))
        if not block:
            return
        yield from block


@contextmanager
def translate_damage(name: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # About styles and extensions, which are not read here. Process-wide, so only for a block of rows.
            warnings.simplefilter("ignore")
            yield
    except MemoryError:
        raise
    except Exception as error:  # nothing but openpyxl runs in here, and damage makes it raise ten kinds
        if "out of memory" in str(error):  # how the XML parser says it
            raise MemoryError from error
        raise damaged(name) from error


def _past_the_last_row(name: str) -> FileProblem:
    return FileProblem(FileFault.ROW_PAST_THE_LAST, name=name, last=_LAST_ROW)
