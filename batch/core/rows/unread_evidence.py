"""Columns that are not read, and whose cells look like those of a column that the file lacks.

Lengths with their unit where nothing tells a length; addresses where the presenter's column holds none.
"""

from collections.abc import Callable, Iterator
from dataclasses import field

from batch.core.message import FileNote, Message
from batch.core.quick_dataclass import dataclass
from batch.core.rows.addresses import is_address
from batch.core.rows.columns import AccountKind
from batch.core.rows.lengths import read_length
from batch.core.rows.problems import Fault
from batch.core.rows.row import CellValue, Header, RawRow

_ROWS_LOOKED_AT = 50
_LONGEST_LENGTH = 20


@dataclass(slots=True)
class UnreadEvidence:
    """Looks at the first rows of a file."""

    header: Header
    account: AccountKind
    _rows: int = 0
    _others: dict[int, list[CellValue]] = field(
        default_factory=dict
    )  #: position -> its cells, blank ones left out
    _presenters: list[CellValue] = field(default_factory=list)

    def see(self, row: RawRow) -> None:
        if self._rows == _ROWS_LOOKED_AT or self.header.of_results:
            return
        self._rows += 1
        read = set(self.header.columns.values())
        presenter = self.header.columns.get("presenter_email")
        for position, cell in enumerate(row.cells):
            if cell is None or cell == "":
                continue
            if position == presenter:
                self._presenters.append(cell)
            elif position not in read:
                self._others.setdefault(position, []).append(cell)

    def notes(self) -> Iterator[Message]:
        """One for each column that is lacking where exactly one other could be it."""
        columns = self.header.columns
        if not {"duration", "end_time", "end_date"} & columns.keys():
            yield from self._could_be("duration", _is_length)
        if "presenter_email" in columns and not any(map(_is_address, self._presenters)):
            yield from self._could_be("presenter_email", _is_address)

    def _could_be(self, column: str, fits: Callable[[CellValue], bool]) -> Iterator[Message]:
        found = [at for at, cells in self._others.items() if all(map(fits, cells))]
        if len(found) == 1 and self.header.names[found[0]].strip():
            yield Message(
                FileNote.NOT_READ, {"header": self.header.names[found[0]].strip(), "column": column}
            )


def _is_length(cell: CellValue) -> bool:
    """With its unit: a plain number may be anything."""
    if not isinstance(cell, str) or len(cell) > _LONGEST_LENGTH or cell.strip().isdecimal() or ":" in cell:
        return False
    return any(map(str.isalpha, cell)) and not isinstance(read_length(cell.strip()), Fault)


def _is_address(cell: CellValue) -> bool:
    return isinstance(cell, str) and is_address(cell.strip())
