"""What the readers of workbooks and of CSV hand on: one table of a file, line by line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from batch.core.errors import FileProblem
from batch.core.message import FileFault, FileNote, Message
from batch.core.quick_dataclass import dataclass
from batch.core.rows.date_order import DateOrder
from batch.core.rows.header import Found
from batch.core.rows.mended_rows import OwnCells
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.own_sheets import RESULTS_FIRST
from batch.core.rows.problems import Issue
from batch.core.rows.row import CellValue, Header, Numbered, address_in, shown
from batch.readers.kind import FileKind


class Line(NamedTuple):
    """One line below the header. Blank ones may be left out: `number` tells."""

    sheet: str
    number: int  #: as Excel shows it
    cells: tuple[CellValue, ...]  #: those under the header's names, one each
    stray: bool = False  #: something stands right of the last header
    issues: tuple[Issue, ...] = ()
    aside: NonClassLine | None = None  #: what it is, when it is no class
    own: OwnCells | None = None  #: what a results workbook says of it
    orders: tuple[tuple[int, DateOrder], ...] = ()  #: as `RawRow` has them
    mended: bool = False  #: its cells stand so on the sheet `To do`


class TermSheet(NamedTuple):
    """A sheet that says when the term is: its name, and those of its lines with anything in them."""

    title: str
    lines: tuple[Numbered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Which table of a file it is, and its header."""

    kind: FileKind
    place: str  #: how messages begin: the file, and its sheet if it has any
    header: Header
    headers: Mapping[str, int]  #: sheet -> the row its header ends in; "" for CSV
    notes: tuple[Message, ...] = ()
    term_sheet: TermSheet | None = None

    @property
    def sheet(self) -> str:
        """The sheet's name, several with commas between; "" for CSV."""
        return ", ".join(self.headers)


class Opened(NamedTuple):
    """A table and its lines, to be read once."""

    table: Table
    lines: Iterator[Line]


_ROW_NUMBER = re.compile("[1-9][0-9]{0,6}")


def own_cells(found: Found, cells: Sequence[CellValue]) -> OwnCells:
    """What stands under a results workbook's own columns in one of its lines."""

    def text(position: int | None) -> str:
        return "" if position is None or position >= len(cells) else shown(cells[position]).strip()

    number = text(RESULTS_FIRST.index("row"))
    return OwnCells(
        int(number) if _ROW_NUMBER.fullmatch(number) else None,
        text(RESULTS_FIRST.index("outcome")),
        text(found.rest.get("sheet")),
        text(found.rest.get("as_read")),
        address_in(found.header.names, cells[found.first : found.stop]),
    )


def header_note(found: Found, sheet: str = "") -> Iterator[Message]:
    """Where the header is, if it is not where anyone would look for it."""
    if found.top > 1 or found.header.row > found.top:
        facts = {"sheet": sheet, "top": found.top, "last": found.header.row, "above": found.top - 1}
        yield Message(FileNote.HEADER_ROWS, facts)


def other_header(where: str, header_row: int) -> FileProblem:
    """A second table below the first one: its cells would be taken for what they are not."""
    return FileProblem(FileFault.SECOND_HEADER, name=where, header_row=header_row)
