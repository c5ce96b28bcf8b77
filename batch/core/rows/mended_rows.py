"""Rows of a results workbook that is handed in again: one that was mended on its sheet `To do` is read as it stands there.

Both sheets show the row as it was read. Which of the two was mended since tells the
digest that `To do` keeps of it; where both were, and differently, it is asked.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from batch.core.quick_dataclass import dataclass
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import CellValue, shown


class OwnCells(NamedTuple):
    """What stands under a results workbook's own columns, for one row."""

    row: int | None  #: its number in the file that was read first
    outcome: str
    sheet: str  #: of that file
    as_read: str  #: on `To do`: the digest of the row as it was read; "" elsewhere
    cell: str = ""  #: of a weekly grid: where the lesson stands in it

    @property
    def place(self) -> tuple[str, int, str]:
        """What tells it from the other rows of that file."""
        return self.sheet, self.row or 0, self.cell


class SheetRow(NamedTuple):
    """A row of `Results` or of `To do`, its cells under one and the same header."""

    own: OwnCells
    cells: tuple[CellValue, ...]


def digest_of(cells: Sequence[CellValue]) -> str:
    """What tells whether a row was changed; spaces that programs add or take do not.

    >>> digest_of(["Maths ", None]) == digest_of(["Maths"]) != digest_of(["Art"])
    True
    """
    texts = [" ".join(shown(cell).split()) for cell in cells]
    while texts and not texts[-1]:
        del texts[-1]  # a column that somebody added right of the others
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is read of a row that may stand on both sheets."""

    cells: tuple[CellValue, ...]
    mended: bool = False  #: they stand on `To do` so
    taken_out: bool = False  #: deleted on one of the sheets: it is left out
    issues: tuple[Issue, ...] = ()


@dataclass(slots=True)
class _ToDoRow:
    as_read: str
    cells: tuple[CellValue, ...] | None  #: None: as they were read
    others: tuple[CellValue, ...] | None = None  #: of another of its lines, mended otherwise


@dataclass(slots=True)
class MendedRows:
    """The rows of `To do`, of which only those are kept whole that were mended there.

    A lesson that repeats has a line for each of its classes, and is one row all the same.
    """

    headers: Sequence[str]  #: what the person calls the columns
    columns: Mapping[str, int]  #: API name -> position
    outcomes: frozenset[str]  #: of the rows that `To do` began with
    _rows: dict[tuple[str, int, str], _ToDoRow] = field(default_factory=dict)
    _keeps_digests: bool = False

    def add(self, line: SheetRow) -> None:
        """Take in a line of `To do`."""
        if line.own.row is None:
            return
        as_read = line.own.as_read
        self._keeps_digests = self._keeps_digests or bool(as_read)
        is_as_read = bool(as_read) and digest_of(line.cells) == as_read
        new = _ToDoRow(as_read, None if is_as_read else line.cells)
        row = self._rows.setdefault(line.own.place, new)
        if row.cells is None:
            row.cells = new.cells
        elif new.cells is not None and digest_of(new.cells) != digest_of(row.cells):
            row.others = new.cells

    def choose(self, lines: Sequence[SheetRow]) -> list[Chosen]:
        """What is read of the lines of one row of `Results`."""
        own = lines[0].own
        there = None if own.row is None else self._rows.pop(own.place, None)
        if there is None:
            was_there = self._keeps_digests and own.row is not None
            taken_out = was_there and all(line.own.outcome in self.outcomes for line in lines)
            return [Chosen(line.cells, taken_out=taken_out) for line in lines]
        return [self._of_line(line.cells, there) for line in lines]

    def _of_line(self, cells: tuple[CellValue, ...], there: _ToDoRow) -> Chosen:
        if there.cells is None:
            return Chosen(cells)
        if there.others is not None:
            return Chosen(there.cells, issues=tuple(self._otherwise(there.cells, there.others)))
        here, as_there = digest_of(cells), digest_of(there.cells)
        if here == as_there:
            return Chosen(cells)
        if here == there.as_read:
            return Chosen(there.cells, mended=True)
        return Chosen(cells, issues=tuple(self._otherwise(cells, there.cells)))

    def rest(self) -> Iterator[tuple[int, Chosen]]:
        """Rows of `To do` that `Results` no longer has, each with its number."""
        for (_, number, _), row in self._rows.items():
            if row.cells is not None:
                yield number, Chosen(row.cells, mended=True)

    def _otherwise(self, here: Sequence[CellValue], there: Sequence[CellValue]) -> Iterator[Issue]:
        """Each cell that stands otherwise in two places."""
        names = {place: name for name, place in self.columns.items()}
        for place, (one, other) in enumerate(zip(here, there, strict=True)):
            if digest_of([one]) != digest_of([other]):
                header = self.headers[place].strip()
                yield Problem.MENDED_TWICE.at(
                    names.get(place, ""), shown(one), header=header, there=shown(other)
                )
