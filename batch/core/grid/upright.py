"""A sheet as a weekly grid sees it: the days in a line, what they hold in the lines after it.

A chart that is turned on its side, with the days down, has its rows for columns here.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cell_text import NOTHING, is_nothing
from batch.core.rows.header import letter
from batch.core.rows.row import CellValue, Numbered, Unreadable, shown

#: A line of the chart, and the position in it.
Place = tuple[int, int]


class Area(NamedTuple):
    """A merged range: rows as Excel numbers them, columns as positions in a line."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Upright:
    """A chart that stands upright: what is at each of its places."""

    cells: Mapping[Place, CellValue]  #: those with anything in them
    merged: Mapping[Place, Area]
    turned: bool

    @classmethod
    def of(cls, lines: Sequence[Numbered], merges: Sequence[Area], *, turned: bool) -> "Upright":
        cells = {
            (place, row) if turned else (row, place): cell
            for row, line in lines
            for place, cell in enumerate(line)
            if not is_blank(cell)
        }
        merged: dict[Place, Area] = {}
        rows, width = {row for row, _ in lines}, max((len(line) for _, line in lines), default=0)
        for top, left, bottom, right in merges:
            area = Area(left, top, right, bottom) if turned else Area(top, left, bottom, right)
            # A range may reach to the end of the sheet: what is beside the cells is not looked at.
            for row in range(top, min(bottom, max(rows, default=0)) + 1):
                for place in range(left, min(right, width - 1) + 1):
                    merged[(place, row) if turned else (row, place)] = area
        return cls(cells, merged, turned)

    def line(self, number: int) -> list[CellValue]:
        width = max((place for at, place in self.cells if at == number), default=-1) + 1
        return [self.cells.get((number, place)) for place in range(width)]

    def is_covered(self, at: Place) -> bool:
        """Whether a merged cell lies over it: nobody sees what it holds."""
        area = self.merged.get(at)
        return area is not None and (area.top, area.left) != at

    def row_of(self, at: Place) -> int:
        return at[1] if self.turned else at[0]

    def address(self, at: Place) -> str:
        row, column = reversed(at) if self.turned else at
        return f"{letter(column)}{row}"


def is_blank(cell: CellValue) -> bool:
    if cell is None:
        return True
    text = shown(cell).strip()
    return not isinstance(cell, Unreadable) and (not text or is_nothing(text, NOTHING))
