"""What of openpyxl is done otherwise here.

Texts that a workbook keeps in the cell itself, as many exports do, are read in a tenth
of the time: openpyxl builds an object with a check on each attribute for every such
cell, two fifths of all it does with a file of them. And rows and cells that do not
stand in order are no longer passed over without a word.
"""

from typing import Any, Self

from openpyxl.cell.text import Text
from openpyxl.worksheet import _read_only, _reader


class InlineText:
    """What is used of openpyxl's `Text`: its content. Anything but one plain text is left to openpyxl."""

    def __init__(self, content: str) -> None:
        self.content = content

    @classmethod
    def from_tree(cls, element: Any) -> Self | Any:
        if len(element) == 1 and element[0].tag.endswith("}t"):
            return cls(element[0].text or "")
        return Text.from_tree(element)


def patch_openpyxl_inline_text() -> None:
    """Have openpyxl read such texts by `InlineText`: for all of this process."""
    _reader.Text = InlineText  # type: ignore[attr-defined] # it is asked for from_tree and content, no more


class OrderedParser(_reader.WorkSheetParser):
    """Read-only openpyxl leaves out a row behind a later one or of the same number, and of two cells in one place the first."""

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        above = self.row_counter
        number, cells = super().parse_row(row)
        if number <= above:
            raise ValueError(f"row {number} stands behind row {above}")
        if len({cell["column"] for cell in cells}) < len(cells):
            raise ValueError(f"row {number} has two cells in one place")
        return number, cells


def patch_openpyxl_row_order() -> None:
    """Have openpyxl refuse such a sheet: for all of this process."""
    _read_only.WorkSheetParser = OrderedParser  # type: ignore[attr-defined] # the name it makes its parser by
