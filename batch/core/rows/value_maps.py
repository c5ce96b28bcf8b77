"""What cells stand for that no reader could know: names, period numbers, a school's own spellings.

Written once in the settings, per column, and not in every row: "Dr. Rao" is an address,
"P3" is 10:15-11:00. What is not said stays as typed.
"""

from collections.abc import Mapping
from unicodedata import normalize

from batch.core.rows.row import CellValue, Unreadable, shown

#: API name of a column -> folded cell -> the text it stands for.
ValueMaps = Mapping[str, Mapping[str, str]]


def folded(text: str) -> str:
    """A cell as it is compared: no capitals, no white space at its ends or twice inside.

    >>> folded(" Dr.  RAO")
    'dr. rao'
    """
    plain = text if text.isascii() else normalize("NFKC", text)
    return " ".join(plain.casefold().split())


def value_maps(tables: Mapping[str, Mapping[str, str]]) -> ValueMaps:
    """The maps as the settings have them, ready to be looked up in."""
    return {column: {folded(cell): text for cell, text in table.items()} for column, table in tables.items()}


def stands_for(cell: CellValue, table: Mapping[str, str]) -> CellValue:
    """What a cell means by a column's map."""
    if cell is None or isinstance(cell, Unreadable):
        return cell
    return table.get(folded(shown(cell)), cell)
