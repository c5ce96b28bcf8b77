"""What read-only openpyxl does not tell of a sheet: merged cells and hidden rows."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO, NamedTuple

from lxml import etree
from openpyxl.utils.cell import range_boundaries

from batch.readers.container import mentions

_LAST_ROW = 1_048_576
_MOST_SIDE_BY_SIDE = 16_384  #: as many as there are columns
_WORTH_A_LOOK = re.compile(rb"mergeCell|hidden")


class Merge(NamedTuple):
    """A merged range: rows as Excel numbers them, columns as positions in a line."""

    top: int
    left: int
    bottom: int
    right: int
    ref: str  #: such as "C2:C4"

    def covers(self, row: int, position: int) -> bool:
        """Whether a cell is within it and not its first, which alone has a value."""
        return (
            self.top <= row <= self.bottom
            and self.left <= position <= self.right
            and (row, position) != (self.top, self.left)
        )


class Outline:
    """Merged ranges and hidden rows of one sheet, asked about row by row, downwards."""

    def __init__(self) -> None:
        self._merges: list[Merge] = []
        self._near: list[Merge] = []
        self._next = 0
        self._hidden = bytearray(_LAST_ROW + 1)

    def hide(self, row: int) -> None:
        if 0 < row <= _LAST_ROW:
            self._hidden[row] = True

    def merge(self, ranges: list[Merge]) -> None:
        self._merges = sorted(ranges)

    @property
    def merges(self) -> list[Merge]:
        """All merged ranges, from the top down."""
        return list(self._merges)

    def hides(self, row: int) -> bool:
        return bool(self._hidden[row])

    def covering(self, row: int) -> list[Merge]:
        """The ranges that a row has a part in."""
        while self._next < len(self._merges) and self._merges[self._next].top <= row:
            self._near.append(self._merges[self._next])
            self._next += 1
        self._near = [merge for merge in self._near if merge.bottom >= row]
        if len(self._near) > _MOST_SIDE_BY_SIDE:
            raise ValueError("merged ranges overlap, which no spreadsheet program lets them")
        return self._near


def outline_of(file: BinaryIO, part: str) -> Outline | None:
    """The outline of the sheet in a part of the container; None where there is nothing to it."""
    with zipfile.ZipFile(file) as container:
        if not mentions(container, part, _WORTH_A_LOOK):
            return None
        outline, merges = Outline(), []
        with container.open(part) as stream:
            number = 0
            for element in _elements(stream):
                if etree.QName(element).localname == "row":
                    number = int(element.get("r") or number + 1)
                    if element.get("hidden") in {"1", "true"}:
                        outline.hide(number)
                else:
                    merges.append(_merge(element.get("ref") or ""))
        outline.merge(merges)
        return outline


def _merge(ref: str) -> Merge:
    left, top, right, bottom = range_boundaries(ref)
    if left is None or top is None or right is None or bottom is None:
        raise ValueError(f"{ref!r} is no merged range")
    return Merge(top, left - 1, bottom, right - 1, ref)


def _elements(stream: IO[bytes]) -> Iterator[etree._Element]:
    elements = etree.iterparse(
        stream,
        tag=("{*}row", "{*}mergeCell"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    for _, element in elements:
        yield element
        # What was seen would stay in memory otherwise: this one, and those before it.
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
