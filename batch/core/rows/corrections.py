"""What a person has mended of a file since it came, cell by cell: the file itself stays as it is."""

from collections.abc import Mapping
from dataclasses import field, replace

from batch.core.quick_dataclass import dataclass
from batch.core.rows.row import RawRow


@dataclass(frozen=True, slots=True)
class Correction:
    """Of one row."""

    cells: Mapping[int, str] = field(
        default_factory=dict
    )  #: position -> what is to stand there; "" empties it
    left_out: bool = False  #: the row is no class


#: By the title of the sheet ("" for CSV) and the number of the row; a lesson of a weekly grid by the address of its cell.
Corrections = Mapping[tuple[str, int | str], Correction]


def corrected(row: RawRow, corrections: Corrections, address: str = "") -> RawRow | None:
    """The row as it is meant; None where it is left out. `address`: where a lesson of a grid stands in it."""
    correction = corrections.get((row.sheet, address or row.number))
    if correction is None:
        return row
    if correction.left_out:
        return None
    mended = correction.cells
    cells = tuple(
        (mended[position] or None) if position in mended else cell for position, cell in enumerate(row.cells)
    )
    orders = tuple(each for each in row.orders if each[0] not in mended)
    return replace(row, cells=cells, orders=orders)
