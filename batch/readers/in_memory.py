"""A table that a program hands over, such as a pandas DataFrame: cells with their types, and no file to parse."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import islice

from batch.core.errors import FileProblem
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import LINES_SEARCHED, Found, HeaderFault, find_header, is_blank
from batch.core.rows.non_class_lines import NonClassLine, NonClassLines
from batch.core.rows.row import CellValue, Numbered
from batch.readers.cell import whole_seconds
from batch.readers.kind import FileKind
from batch.readers.options import LoadOptions
from batch.readers.table import Line, Opened, Table, header_note, other_header


@dataclass(frozen=True, slots=True)
class MemoryTable:
    """Lines of cells, all as wide as the first one: the header."""

    lines: tuple[tuple[CellValue, ...], ...]

    def digest(self) -> str:
        """The same for the same cells."""
        digest = hashlib.sha256()
        for cells in self.lines:
            digest.update(repr(cells).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def open_in_memory(table: MemoryTable, name: str, options: LoadOptions, account: AccountKind) -> Opened:
    """The table as any other: its header found, its lines numbered as a spreadsheet would.

    Raises:
        FileProblem: without the header of a timetable.
    """
    numbered = [(number, cells[: options.most_columns]) for number, cells in enumerate(table.lines, start=1)]
    first = list(islice((line for line in numbered if not is_blank(line[1])), LINES_SEARCHED))
    found = find_header(first, account, defaulted=options.defaulted, naming=options.naming)
    if isinstance(found, HeaderFault):
        from batch.readers.grid import grid_in  # noqa: PLC0415 - few files are one

        filled = (line for line in numbered if not is_blank(line[1]))
        if found.is_grid and (grid := grid_in(filled, name, options, account)):
            return Opened(grid.table(FileKind.MEMORY, name), grid.lines())
        raise FileProblem.of(found.messages(name))
    header = Table(
        kind=FileKind.MEMORY,
        place=name,
        header=found.header,
        headers={"": found.header.row},
        notes=tuple(header_note(found)),
    )
    return Opened(header, _lines(numbered[found.header.row :], found, name))


def _lines(numbered: Sequence[Numbered], found: Found, name: str) -> Iterator[Line]:
    asides = NonClassLines(found.header)
    for number, cells in numbered:
        under = tuple(map(_as_typed, cells[found.first : found.stop]))
        aside = None if is_blank(under) else asides.kind(under)
        if aside is NonClassLine.OTHER_HEADER:
            raise other_header(f"{name}, row {number:,}", found.header.row)
        yield Line("", number, under, not is_blank(cells[found.end :]), (), aside)


def _as_typed(cell: CellValue) -> CellValue:
    return whole_seconds(cell) if isinstance(cell, datetime | time | timedelta) else cell
