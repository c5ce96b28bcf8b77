"""Reads weekly grids: a sheet with its days side by side, each cell a row of its own."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from batch.core.errors import FileProblem
from batch.core.grid.chart import Unfolded, unfold
from batch.core.grid.grid_text import GridTerms
from batch.core.grid.likeness import likeness
from batch.core.grid.rows import grid_header, left_out_of, missing_in, needed_of_cells, rows_of
from batch.core.grid.upright import Area
from batch.core.message import FileFault, FileNote, Message
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import Found
from batch.core.rows.problems import Problem
from batch.core.rows.row import Numbered
from batch.readers.kind import FileKind
from batch.readers.options import LoadOptions
from batch.readers.table import Line, Table

if TYPE_CHECKING:  # it brings openpyxl, which the process that reads a CSV can do without
    from batch.readers.outline import Outline

_MOST_LINES = 5_000  #: a chart on a wall has some fifty


@dataclass(frozen=True, slots=True)
class GridTable:
    """A grid, and how its cells are read."""

    grid: Unfolded
    terms: GridTerms
    found: Found
    needed: frozenset[str]  #: the columns that each of its cells has to have
    is_recalled: bool  #: how it is read was said of an earlier one
    outline: "Outline | None" = None

    def lines(self, sheet: str = "") -> Iterator[Line]:
        """A line for each cell."""
        for row in rows_of(self.grid, self.terms, self.needed):
            hidden = self.outline is not None and self.outline.hides(row.number)
            yield Line(sheet, row.number, row.cells, issues=(Problem.HIDDEN_ROW.of_row(),) if hidden else ())

    def table(self, kind: FileKind, name: str) -> Table:
        """The one table of a file that has no sheets."""
        return Table(kind=kind, place=name, header=self.found.header, headers={"": 0}, notes=(self.note(),))

    def note(self, sheet: str = "") -> Message:
        """How it is read."""
        facts = {
            "sheet": sheet,
            "days": self.grid.days,
            "periods": self.grid.periods,
            "lessons": sum(1 for _ in rows_of(self.grid, self.terms)),
            "left_out": left_out_of(self.grid, self.terms),
            "beside": list(self.grid.beside),
            "recalled": self.is_recalled,
        }
        return Message(FileNote.READ_AS_GRID, facts)


def grid_in(
    lines: Iterable[Numbered],
    name: str,
    options: LoadOptions,
    account: AccountKind,
    outline: "Outline | None" = None,
) -> GridTable | None:
    """The grid that these lines are; None where they are none, or nobody has said how one is read.

    Args:
        lines: those of the sheet that have anything in them.
        name: what messages call it.
        outline: of a workbook's sheet: its merged cells and hidden rows.

    Raises:
        FileProblem: it has more lines than any grid, or its cells lack what a class needs, or some belong to no day.
    """
    if options.grid is None and not options.grids:
        return None
    lines, terms = list(islice(lines, _MOST_LINES + 1)), options.grid
    if terms is None:
        alike = chart_in(lines, name, outline)
        terms = options.grids.get(likeness(alike)) if alike is not None else None
    grid = None if terms is None else chart_in(lines, name, outline, terms)
    if terms is None or grid is None:
        return None
    header = grid_header(grid, terms, account)
    if missing := missing_in(header, account, options.defaulted):
        raise FileProblem(FileFault.GRID_LACKS, name=name, missing=missing)
    if grid.unread:
        raise FileProblem(FileFault.GRID_UNREAD, name=name, cells=list(grid.unread))
    found = Found(header, 0, 0, len(header.names), len(header.names))
    needed = needed_of_cells(terms, account, options.defaulted)
    return GridTable(grid, terms, found, needed, options.grid is None, outline)


def chart_in(
    lines: Iterable[Numbered], name: str, outline: "Outline | None" = None, terms: GridTerms | None = None
) -> Unfolded | None:
    """The grid itself, whatever stands in its cells.

    Raises:
        FileProblem: it has more lines than any grid.
    """
    read: Sequence[Numbered] = list(islice(lines, _MOST_LINES + 1))
    if len(read) > _MOST_LINES:
        raise FileProblem(FileFault.TOO_MANY_ROWS, name=name, rows=_MOST_LINES)
    merges = (
        [Area(each.top, each.left, each.bottom, each.right) for each in outline.merges] if outline else ()
    )
    if terms is None:
        return unfold(read, merges)
    return unfold(read, merges, periods=terms.periods, until_next=terms.until_next)
