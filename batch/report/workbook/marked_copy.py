"""The marked copy: the person's own file again, each faulty cell coloured, its problems beside the row.

A workbook keeps its formatting, its other sheets and its formulas; a CSV becomes a
workbook. The copy can be mended and handed in in place of the original.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from pathlib import Path
from typing import BinaryIO

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from batch.core.message import Message, RunNote
from batch.core.outcome import NEEDS_A_PERSON
from batch.core.rows.own_sheets import PROBLEMS, RESULTS_FIRST
from batch.core.rows.row import Header, Numbered, shown
from batch.report.ending import Written
from batch.report.facts import ResultRow
from batch.report.folding import folded
from batch.report.output_files import written_whole
from batch.report.text import cell_text
from batch.report.workbook.marked_grid import MarkedGrid

_FAULTY = PatternFill("solid", start_color="FFF2B8B5")
_WARNED = PatternFill("solid", start_color="FFFFF3CC")
_WIDTH = 70
_LINE_POINTS = 15.0  #: a line of the usual font
_MOST_POINTS = 409.0  #: no row of a spreadsheet is higher


def write_marked(
    content: BinaryIO | None,
    out: Path,
    *,
    header: Header,
    sheet: str,
    rows: Iterable[ResultRow],
    chart: Sequence[Numbered] = (),
) -> Written:
    """Write the marked copy.

    Args:
        content: the workbook that was read; None: it was CSV, and is made anew.
        header: its header line.
        sheet: the worksheet that was read; of several sheets each row tells its own.
        rows: every row of the file, with its problems.
        chart: the lines of a weekly grid that was CSV.

    Raises:
        NotWritten: the copy cannot be written.
    """
    marked = 0
    with written_whole(out) as whole:
        book = openpyxl.load_workbook(content, rich_text=True) if content else _blank(header, chart)
        pages: dict[str, _Page | MarkedGrid] = {}
        is_chart = header.of_grid and not header.row
        for row in folded(rows):
            name = row.sheet or sheet or book.sheetnames[0]
            if name not in pages:
                sheet_there = book[name]
                pages[name] = (
                    MarkedGrid(sheet_there, _FAULTY, _WARNED) if is_chart else _Page(sheet_there, header)
                )
            page = pages[name]
            if content is None and isinstance(page, _Page):
                page.copy(row)
            marked += page.mark(row)
        book.save(whole.part)
    return Written(Message(RunNote.MARKED_COPY, {"rows": marked, "path": out}))


class _Page:
    """One worksheet of the copy."""

    def __init__(self, sheet: Worksheet, header: Header) -> None:
        self._sheet = sheet
        self._heads = {
            str(cell.value).strip(): column
            for column, cell in enumerate(sheet[header.row], start=1)
            if cell.value is not None
        }
        when = (header.name_of(name) for name in ("start_time", "date") if name in header.columns)
        self._when = [self._heads[name] for name in when if name in self._heads]
        self._problems = self._heads.get(PROBLEMS) or max(self._heads.values(), default=0) + 1
        self._lines = _lines_of_results(sheet, header) if header.of_results else {}
        self._mark_header(header.row)
        self._freeze(header.row)

    def copy(self, row: ResultRow) -> None:
        """The row's cells as they were typed in the CSV."""
        for column, text in enumerate(row.cells, start=1):
            _write(self._sheet.cell(self._line(row), column), text)

    def mark(self, row: ResultRow) -> bool:
        """Colour what is wrong in a row and say it beside it; an earlier copy's words go."""
        line = self._line(row)
        beside = self._sheet.cell(line, self._problems)
        if isinstance(beside, MergedCell):
            return False  # a banner lies over it: no class stands here
        sentences = row.sentences() if row.problems or row.outcome in NEEDS_A_PERSON else []
        _write(beside, "\n".join(sentences))
        if not sentences:
            return False
        beside.alignment = Alignment(wrap_text=True, vertical="top")
        self._make_room(line, sentences)
        for issue in row.problems:
            column = self._heads.get(issue.header.strip(), self._problems)
            self._colour(line, column, _WARNED if issue.is_warning else _FAULTY)
        if not row.faults and row.outcome in NEEDS_A_PERSON:
            for column in (*self._when, self._problems):  # nothing is wrong with it, and it was not sent
                self._colour(line, column, _WARNED)
        return True

    def _line(self, row: ResultRow) -> int:
        return self._lines.get((row.number, row.cell), row.number)

    def _colour(self, number: int, column: int, fill: PatternFill) -> None:
        self._sheet.cell(number, column).fill = fill

    def _make_room(self, number: int, sentences: Sequence[str]) -> None:
        """A row as high as its sentences need: no program makes room for them in a file that it did not write."""
        lines = sum(-(-len(line) // _WIDTH) for sentence in sentences for line in sentence.split("\n"))
        row = self._sheet.row_dimensions[number]
        row.height = min(max(lines * _LINE_POINTS, row.height or _LINE_POINTS), _MOST_POINTS)

    def _freeze(self, header_row: int) -> None:
        """The header and the first column stay in sight: what is wrong stands far to the right of the title."""
        panes = self._sheet.freeze_panes
        rows, columns = coordinate_to_tuple(panes) if panes else (header_row + 1, 1)
        if self._problems > 1:
            self._sheet.freeze_panes = self._sheet.cell(rows, max(columns, 2)).coordinate

    def _mark_header(self, number: int) -> None:
        head = self._sheet.cell(number, self._problems)
        if isinstance(head, MergedCell):
            return
        _write(head, PROBLEMS)
        neighbour = self._sheet.cell(number, max(1, self._problems - 1))
        if neighbour.has_style:
            head.font, head.fill = copy(neighbour.font), copy(neighbour.fill)  # type: ignore[assignment]  # proxies of these
        else:
            head.font = Font(bold=True)
        self._sheet.column_dimensions[get_column_letter(self._problems)].width = _WIDTH


def _lines_of_results(sheet: Worksheet, header: Header) -> dict[tuple[int, str], int]:
    """Where the rows of a results workbook stand, by the numbers under its own column `row`; a grid's by their cells, too."""
    lines: dict[tuple[int, str], int] = {}
    for line in range(header.row + 1, sheet.max_row + 1):
        number = sheet.cell(line, 1).value
        address = sheet.cell(line, len(RESULTS_FIRST) + 1).value if header.of_grid else ""
        if isinstance(number, int):
            lines.setdefault((number, str(address or "")), line)
    return lines


def _blank(header: Header, chart: Sequence[Numbered]) -> Workbook:
    """What was CSV as a workbook: its header, or all of a weekly grid."""
    book = Workbook()
    (sheet,) = book.worksheets
    for number, cells in chart:
        for column, text in enumerate(cells, start=1):
            _write(sheet.cell(number, column), shown(text))
    if chart:
        return book
    for column, name in enumerate(header.names, start=1):
        cell = sheet.cell(header.row, column)
        _write(cell, name)
        cell.font = Font(bold=True)
    return book


def _write(cell: Cell | MergedCell, text: str) -> None:
    """Text stays text: a title that begins with `=` is no formula."""
    if isinstance(cell, MergedCell):
        return
    shown = cell_text(text)
    cell.value = shown or None
    if shown:
        cell.data_type = "s"
