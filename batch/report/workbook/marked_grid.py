"""A weekly grid with its problems marked: each faulty cell coloured, what is wrong with it in a note of its own."""

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from batch.core.outcome import NEEDS_A_PERSON
from batch.report.facts import ResultRow
from batch.report.text import cell_text
from batch.version import __version__

_AUTHOR = f"classbatch {__version__}"
_WIDTH, _HEIGHT = 420, 160  #: of a note, in points


class MarkedGrid:
    """One worksheet of the copy."""

    def __init__(self, sheet: Worksheet, faulty: PatternFill, warned: PatternFill) -> None:
        self._sheet = sheet
        self._faulty, self._warned = faulty, warned
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell, Cell) and cell.comment is not None and _is_ours(cell.comment):
                    cell.comment = None  # an earlier copy's words

    def mark(self, row: ResultRow) -> bool:
        """Colour the cell of a lesson that has something to say; several days may share one."""
        sentences = row.sentences() if row.problems or row.outcome in NEEDS_A_PERSON else []
        if not sentences:
            return False
        cell = self._cell(row.cell)
        before = [cell.comment.text] if cell.comment is not None else []
        text = "\n".join(dict.fromkeys([*"\n".join(before).splitlines(), *map(cell_text, sentences)]))
        cell.comment = Comment(text, _AUTHOR, height=_HEIGHT, width=_WIDTH)
        is_bad = bool(row.faults) or row.outcome in NEEDS_A_PERSON
        cell.fill = self._faulty if is_bad else self._warned
        return True

    def _cell(self, address: str) -> Cell:
        found = self._sheet[address]
        if isinstance(found, MergedCell):
            area = next(each for each in self._sheet.merged_cells.ranges if address in each)
            found = self._sheet.cell(area.min_row, area.min_col)
        if not isinstance(found, Cell):
            raise TypeError(f"{address} is no cell")
        return found


def _is_ours(comment: Comment) -> bool:
    return str(comment.author).startswith("classbatch ")
