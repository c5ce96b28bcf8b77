"""Reads .xlsx: which sheet, and its lines as Excel numbers them.

openpyxl in read-only mode, by cells and not by values: only cells tell an error
from text. `reset_dimensions`, or it believes the sheet's own word on how large it
is and loses rows (11 of 967 workbooks).
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.workbook import Workbook

from batch.core.columns import AccountKind
from batch.core.header import LINES_SEARCHED, Found, HeaderFault, find_header, is_blank
from batch.core.problems import Problem
from batch.core.row import CellValue, Unreadable
from batch.load.cell import plain
from batch.load.container import check_container, damaged, holds_formulas
from batch.load.kind import FileKind
from batch.load.options import LoadOptions
from batch.load.problem import FileProblem
from batch.load.table import Line, Table

#: openpyxl's cells: ReadOnlyCell, or EMPTY_CELL where the file has none. Never compared
#: by `==`, which raises between the two.
Cells = Sequence[Any]


class Sheet(Protocol):
    """What is used of openpyxl's ReadOnlyWorksheet, whose stub cannot be called."""

    title: str
    sheet_state: str

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, min_row: int = 1, max_col: int) -> Iterator[Cells]: ...


_LAST_ROW = 1_048_576  # of any spreadsheet; a row number past it is made up, and costs hours to reach
_BLOCK_ROWS = 256
_ROWS_SEARCHED = 1_000  #: for the header's lines, blank rows among them
_MARGIN = 10  #: columns looked at right of the last header, to say that something stands there


@contextmanager
def open_workbook(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator[Table]:
    """The one sheet of a workbook that holds the timetable.

    Raises:
        FileProblem: no honest workbook, or no single sheet that will do.
    """
    check_container(file, name, options)
    with _loaded(file, name, data_only=True) as workbook:
        chosen, others = _choose(_candidates(workbook, name, options, account), name, options)
        place = f"{name}, sheet {chosen.sheet.title!r},"
        if isinstance(chosen.header, HeaderFault):
            raise FileProblem(f"{place} {chosen.header.says}", chosen.header.fix)
        reader = _SheetReader(file, name, chosen.sheet, chosen.header, options)
        yield Table(
            FileKind.XLSX,
            place,
            chosen.sheet.title,
            chosen.header,
            reader.lines,
            (f"Sheets not read: {', '.join(others)}.",) if others else (),
        )


class _Candidate(NamedTuple):
    sheet: Sheet
    header: Found | HeaderFault
    blank: bool

    @property
    def hidden(self) -> bool:
        return self.sheet.sheet_state != "visible"

    @property
    def fits(self) -> bool:
        """A sheet with one column misnamed is a candidate too: one of five weekdays must not go missing."""
        return isinstance(self.header, Found) or self.header.almost

    def __str__(self) -> str:
        return repr(self.sheet.title) + (" (hidden)" if self.hidden else "")


def _candidates(
    workbook: Workbook, name: str, options: LoadOptions, account: AccountKind
) -> list[_Candidate]:
    candidates = []
    for sheet in cast("list[Sheet]", workbook.worksheets):  # charts are not among them
        sheet.reset_dimensions()
        lines = _first_lines(sheet, name, options)
        header = find_header(lines, account, defaulted=options.defaulted)
        candidates.append(_Candidate(sheet, header, blank=not lines))
    return candidates


def _choose(candidates: list[_Candidate], name: str, options: LoadOptions) -> tuple[_Candidate, list[str]]:
    """The sheet to read, and what to tell about the others."""
    listed = ", ".join(map(str, candidates))
    if options.sheet is not None:
        return _named(candidates, name, options.sheet), []
    visible = [candidate for candidate in candidates if not candidate.hidden]
    # A single sheet with anything in it is meant, whatever is wrong with it.
    fitting = [candidate for candidate in visible if candidate.fits] or [
        candidate for candidate in visible if not candidate.blank
    ]
    if len(fitting) == 1:
        return fitting[0], [str(other) for other in visible if other is not fitting[0] and not other.blank]
    if not fitting and not any(not candidate.blank for candidate in candidates):
        raise FileProblem(f"{name} has nothing in it", "Give the file that holds the timetable.")
    if any(candidate.fits for candidate in fitting):
        several = ", ".join(map(str, fitting))
        raise FileProblem(
            f"{name} has several sheets that look like a timetable: {several}",
            "Say which one with --sheet NAME; the others are read in runs of their own.",
        )
    raise FileProblem(
        f"{name} has no visible sheet with the header of a timetable; its sheets are {listed}",
        "Say which one it is with --sheet NAME; `classbatch template` shows the header to write.",
    )


def _named(candidates: list[_Candidate], name: str, wanted: str) -> _Candidate:
    for same in (str, lambda title: title.strip().casefold()):
        found = [candidate for candidate in candidates if same(candidate.sheet.title) == same(wanted)]
        if len(found) == 1:
            return found[0]
    listed = ", ".join(map(str, candidates)) or "none"
    raise FileProblem(
        f"{name} has no sheet {wanted!r}; its sheets are {listed}", "Give --sheet one of these names."
    )


def _first_lines(sheet: Sheet, name: str, options: LoadOptions) -> list[tuple[int, tuple[CellValue, ...]]]:
    lines: list[tuple[int, tuple[CellValue, ...]]] = []
    rows = islice(sheet.iter_rows(max_col=options.most_columns), _ROWS_SEARCHED)
    for number, row in enumerate(_guarded(rows, name, block_rows=2 * LINES_SEARCHED), start=1):
        cells = tuple(plain(cell.value, cell.data_type) for cell in row)
        if not is_blank(cells):
            lines.append((number, cells))
        if len(lines) == LINES_SEARCHED:
            break
    return lines


class _SheetReader:
    """The lines below one sheet's header."""

    def __init__(self, file: BinaryIO, name: str, sheet: Sheet, found: Found, options: LoadOptions) -> None:
        self._file = file
        self._name = name
        self._sheet = sheet
        self._found = found
        self._width = min(found.end + _MARGIN, options.most_columns)

    def lines(self) -> Iterator[Line]:
        first, stop, end = self._found.first, self._found.stop, self._found.end
        below = self._found.header.row + 1
        formulas = _Formulas(self._file, self._name, self._sheet.title, below, stop)
        rows = _guarded(self._sheet.iter_rows(min_row=below, max_col=self._width), self._name)
        previous: Cells = ()
        for number, row in enumerate(rows, start=below):
            if number > _LAST_ROW:
                raise _past_the_last_row(self._name)
            if row is previous:
                continue  # openpyxl fills a gap with one and the same row; gaps of a million rows occur
            previous = row
            cells = [None if cell is EMPTY_CELL else plain(cell.value, cell.data_type) for cell in row[:stop]]
            for position in self._found.mapped:
                # A formula that gives "" has another type: that cell is blank, and meant to be.
                if (
                    cells[position] is None
                    and row[position] is not EMPTY_CELL
                    and row[position].data_type == "n"
                ):
                    cells[position] = formulas.at(number, position)
            stray = any(cell is not EMPTY_CELL and cell.value is not None for cell in row[end:])
            yield Line(number, tuple(cells[first:]), stray)


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
        with _loaded(self._file, self._name, data_only=False) as workbook:
            sheet = cast("Sheet", workbook[self._title])
            sheet.reset_dimensions()
            yield from _guarded(sheet.iter_rows(min_row=below, max_col=stop), self._name)


@contextmanager
def _loaded(file: BinaryIO, name: str, *, data_only: bool) -> Iterator[Workbook]:
    with _damage_told(name):
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
    try:
        yield workbook
    finally:
        workbook.close()


def _guarded(rows: Iterator[Cells], name: str, *, block_rows: int = _BLOCK_ROWS) -> Iterator[Cells]:
    """The rows, read in blocks: the guard costs as much as a row."""
    while True:
        with _damage_told(name):
            block = list(islice(rows, block_rows))
        if not block:
            return
        yield from block


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # About styles and extensions, which are not read here. Process-wide, so only for a block of rows.
            warnings.simplefilter("ignore")
            yield
    except Exception as error:  # nothing but openpyxl runs in here, and damage makes it raise ten kinds
        raise damaged(name, error) from error


def _past_the_last_row(name: str) -> FileProblem:
    return FileProblem(
        f"{name} has a row past {_LAST_ROW:,}, the last one of any spreadsheet",
        "Copy the timetable's cells to a new workbook and save that.",
    )
