"""The marked copy: the person's own file again, each faulty cell coloured, its problems beside the row.

A workbook keeps its formatting, its other sheets and its formulas; a CSV becomes a
workbook. The copy can be mended and handed in in place of the original.
"""

from collections.abc import Iterable
from copy import copy
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from batch.atomic_file import written_whole
from batch.core.outcome import NEEDS_A_PERSON
from batch.core.rows.row import Header
from batch.errors import CannotRun
from batch.report.facts import ResultRow
from batch.report.text import cell_text

#: The heading of the column that is added; an earlier copy's own is written over.
PROBLEMS = "Problems"
_FAULTY = PatternFill("solid", start_color="FFF2B8B5")
_WARNED = PatternFill("solid", start_color="FFFFF3CC")
_WIDTH = 70


def write_marked(
    source: Path | None, out: Path, *, header: Header, sheet: str, rows: Iterable[ResultRow]
) -> int:
    """Write the marked copy; return how many rows are marked.

    Args:
        source: the workbook that was read; None: it was CSV, and is made anew.
        header: its header line.
        sheet: the worksheet that was read; of several sheets each row tells its own.
        rows: every row of the file, with its problems.

    Raises:
        CannotRun: the copy cannot be written, or would be the source itself.
    """
    if source is not None and out.resolve() == source.resolve():
        raise CannotRun(f"{out} is the timetable itself.", "Give the marked copy another name.")
    marked = 0
    with written_whole(out) as whole:
        book = openpyxl.load_workbook(source, rich_text=True) if source else _blank(header)
        pages: dict[str, _Page] = {}
        for row in rows:
            name = row.sheet or sheet or book.sheetnames[0]
            if name not in pages:
                pages[name] = _Page(book[name], header)
            if source is None:
                pages[name].copy(row)
            marked += pages[name].mark(row)
        book.save(whole.part)
    return marked


class _Page:
    """One worksheet of the copy."""

    def __init__(self, sheet: Worksheet, header: Header) -> None:
        self._sheet = sheet
        heads = {
            str(cell.value).strip(): column
            for column, cell in enumerate(sheet[header.row], start=1)
            if cell.value is not None
        }
        self._heads = heads
        self._problems = heads.get(PROBLEMS) or max(heads.values(), default=0) + 1
        self._mark_header(header.row)

    def copy(self, row: ResultRow) -> None:
        """The row's cells as they were typed in the CSV."""
        for column, text in enumerate(row.cells, start=1):
            _write(self._sheet.cell(row.number, column), text)

    def mark(self, row: ResultRow) -> bool:
        """Colour what is wrong in a row and say it beside it; an earlier copy's words go."""
        beside = self._sheet.cell(row.number, self._problems)
        if isinstance(beside, MergedCell):
            return False  # a banner lies over it: no class stands here
        said = row.sentences() if row.problems or row.outcome in NEEDS_A_PERSON else []
        _write(beside, "\n".join(said))
        if not said:
            return False
        beside.alignment = Alignment(wrap_text=True, vertical="top")
        for issue in row.problems:
            column = self._heads.get(issue.header.strip(), self._problems)
            cell = self._sheet.cell(row.number, column)
            cell.fill = _WARNED if issue.is_warning else _FAULTY
        return True

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


def _blank(header: Header) -> Workbook:
    book = Workbook()
    (sheet,) = book.worksheets
    for column, name in enumerate(header.names, start=1):
        cell = sheet.cell(header.row, column)
        _write(cell, name)
        cell.font = Font(bold=True)
    sheet.freeze_panes = f"A{header.row + 1}"
    return book


def _write(cell: Cell | MergedCell, text: str) -> None:
    """Text stays text: a title that begins with `=` is no formula."""
    if isinstance(cell, MergedCell):
        return
    shown = cell_text(text)
    cell.value = shown or None
    if shown:
        cell.data_type = "s"
