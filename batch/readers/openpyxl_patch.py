"""Texts that a workbook keeps in the cell itself, as many exports do, read in a tenth of the time.

openpyxl builds an object with a check on each attribute for every such cell: two
fifths of all it does with a file of them.
"""

from typing import Any, Self

from openpyxl.cell.text import Text
from openpyxl.worksheet import _reader


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
