"""What the readers of workbooks and of CSV hand on: one table of a file, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from batch.core.message import FileNote, Message
from batch.core.rows.header import Found
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.problems import Issue
from batch.core.rows.row import CellValue, Header
from batch.readers.kind import FileKind


class Line(NamedTuple):
    """One line below the header. Blank ones may be left out: `number` tells."""

    sheet: str
    number: int  #: as Excel shows it
    cells: tuple[CellValue, ...]  #: those under the header's names, one each
    stray: bool = False  #: something stands right of the last header
    issues: tuple[Issue, ...] = ()
    aside: NonClassLine | None = None  #: what it is, when it is no class


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Which table of a file it is, and its header."""

    kind: FileKind
    place: str  #: how messages begin: the file, and its sheet if it has any
    header: Header
    headers: Mapping[str, int]  #: sheet -> the row its header ends in; "" for CSV
    notes: tuple[Message, ...] = ()

    @property
    def sheet(self) -> str:
        """The sheet's name, several with commas between; "" for CSV."""
        return ", ".join(self.headers)


class Opened(NamedTuple):
    """A table and its lines, to be read once."""

    table: Table
    lines: Iterator[Line]


def header_note(found: Found, sheet: str = "") -> Iterator[Message]:
    """Where the header is, if it is not where anyone would look for it."""
    if found.top > 1 or found.header.row > found.top:
        facts = {"sheet": sheet, "top": found.top, "last": found.header.row, "above": found.top - 1}
        yield Message(FileNote.HEADER_ROWS, facts)
