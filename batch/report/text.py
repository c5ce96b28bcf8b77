"""Text from files and from the service in a cell of a workbook.

Nothing is dropped: a character that cannot be shown is replaced by one that
can, because one bad title must not cost anybody the whole results workbook.
"""

import re

from batch.core.text import showable

#: Excel's limit for one cell, in UTF-16 units.
CELL_LIMIT = 32_767
CUT = " [cut here: too long for a cell]"

# No workbook can hold them; where a file has them they are layout, and are so again when the workbook is handed in.
_BREAKS = re.compile("[\x0b\x0c\x85]")
_FORMULA_STARTS = frozenset("=+-@\t\r")


def cell_text(text: str) -> str:
    """Showable, and cut visibly where it is longer than a cell can be."""
    text = showable(_BREAKS.sub("\n", text))
    # A character is at most two units: most texts need no closer look.
    if len(text) <= CELL_LIMIT // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= CELL_LIMIT * 2:
        return text
    kept = units[: (CELL_LIMIT - len(CUT)) * 2]
    return kept.decode("utf-16-le", "ignore") + CUT


def looks_like_formula(text: str) -> bool:
    """Whether Excel would take it for a formula the moment somebody edits it."""
    return text[:1] in _FORMULA_STARTS


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with dots for the rest."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
