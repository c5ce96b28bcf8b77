"""What the readers of workbooks and of CSV hand on: one table of a file, line by line."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from batch.core.header import Found
from batch.core.problems import Issue
from batch.core.row import CellValue
from batch.load.kind import FileKind


class Line(NamedTuple):
    """One line below the header. Blank ones may be left out: `number` tells."""

    number: int  #: as Excel shows it
    cells: tuple[CellValue, ...]  #: those under the header's names, one each
    stray: bool = False  #: something stands right of the last header
    issues: tuple[Issue, ...] = ()


class Table(NamedTuple):
    """Which table of a file it is, its header, and how to get at its lines."""

    kind: FileKind
    place: str  #: how messages begin: the file, and its sheet if it has any
    sheet: str  #: "" for CSV
    found: Found
    lines: Callable[[], Iterator[Line]]
    notes: tuple[str, ...] = ()
