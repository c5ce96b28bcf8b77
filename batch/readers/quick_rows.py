"""The rows of a sheet by python-calamine-plus, where the extra `fast` brought it: in a tenth of openpyxl's time.

openpyxl is what is gone by. It has opened the workbook before, and it reads on from the first row that is in
doubt here: what this gives is what openpyxl gives, cell by cell, or nothing.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO, NamedTuple

from openpyxl.cell.read_only import EMPTY_CELL

from batch.readers.options import MIB

_MIDNIGHT = time()
#: After so many rows without anything openpyxl reads on: it makes nothing of them.
_MOST_BLANK = 1_000
#: A row or a cell and where it is; and what is read in more than one way, but written by no program.
#: All begin with the same letter: what does not is passed over quickly.
_PLACE = re.compile(rb'<(?:(?:row|c)\b(?:[^>]*?\sr="([A-Z]*)([0-9]+)")?|v>[\s-]|(?<=\s<)/v>|/is>\s*<v)')
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_LONGEST_ROW = 4 * MIB
_MOST_DIGITS = 1e15  #: of a whole number that both read alike


class QuickCell(NamedTuple):
    """What is used of openpyxl's cells."""

    value: object
    data_type: str
    number_format: str


class InDoubtError(Exception):
    """openpyxl may take what comes next for something else."""


def quick_rows(
    file: BinaryIO, part: str, title: str, first: int, width: int
) -> Iterator[tuple[int, list[Any]]]:
    """The rows with anything in them, with their numbers.

    Args:
        file: the workbook.
        part: where it has the sheet.
        title: of the sheet.
        first: the number of the first row, from 1.
        width: so many cells has each.

    Raises:
        Exception: of the library, or what is in doubt; nothing is known of the rows after the last.
    """
    import python_calamine_plus  # noqa: PLC0415 - of an extra

    if not is_in_order(file, part):
        raise InDoubtError
    file.seek(0)
    with python_calamine_plus.load_workbook(file) as workbook:
        stream: Any = workbook.stream_sheet_by_name(title, rich=True, min_row=first - 1, max_col=width - 1)
        formats = [style["number_format"] for style in stream.styles or ()]
        blank = 0
        for row in stream:
            cells = _cells(row, width, formats)
            if any(cell is not EMPTY_CELL for cell in cells):
                yield row[0].row + 1, cells
                blank = 0
            elif (blank := blank + 1) > _MOST_BLANK:
                raise InDoubtError


def _cells(row: Sequence[Any], width: int, formats: Sequence[str]) -> list[Any]:
    cells: list[Any] = [EMPTY_CELL] * width
    for position, cell in enumerate(row):
        value, kind = cell.value, cell.data_type
        if value == "" and kind == "n":
            if cell.formula is None:
                continue
            value = None  # nobody calculated it
        elif kind == "d":
            value = _moment(value)
        elif value.__class__ is float:
            if not -_MOST_DIGITS < value < _MOST_DIGITS:
                raise InDoubtError
        elif value.__class__ is str and _may_be_escaped(value):
            raise InDoubtError
        cells[position] = QuickCell(value, kind, formats[cell.style_id])
    return cells


def is_in_order(file: BinaryIO, part: str) -> bool:
    """Whether a sheet says of each row and cell where it is, one after the other, as every program writes them."""
    row, rest = b"0", b""  # compared as it is written: numbers are made of it for each row, not for each cell
    with zipfile.ZipFile(file) as container, container.open(part) as stream:
        while True:
            block = stream.read(MIB)
            xml = rest + block
            end = xml.rfind(b"<row") if block else len(xml)
            if end <= 0 and block and len(xml) > _LONGEST_ROW:
                return False  # or the element has another name
            for column, number in _PLACE.findall(xml, 0, max(end, 0)):
                if column and number == row:
                    continue
                if column or not number or int(number) <= int(row):
                    return False
                row = number
            if not block:
                return int(row) > 0
            rest = xml[max(end, 0) :]


def _may_be_escaped(text: str) -> bool:
    """Whether it was written with Excel's escapes, such as `_x0007_`: where several meet, each reads them its own way."""
    # openpyxl takes x005F_ for one wherever it stands.
    return "_x" in text or "x005F_" in text or (not text.isprintable() and _CONTROL.search(text) is not None)


def _moment(value: Any) -> Any:
    """As openpyxl gives it.

    Raises:
        InDoubtError: before 1900, or after 9999.
    """
    if isinstance(value, int | float) or value == _MIDNIGHT:
        raise InDoubtError
    is_day = value.__class__ is date
    return datetime(value.year, value.month, value.day) if is_day else value  # noqa: DTZ001 - a spreadsheet knows no zones
