"""Text from files and from the service, made safe to show.

Nothing is dropped: a character that cannot be shown is replaced by one that
can, because one bad title must not cost anybody the whole results workbook.
"""

import re

#: Excel's limit for one cell, in UTF-16 units.
CELL_LIMIT = 32_767
CUT = " [cut here: too long for a cell]"

_LINE_END = re.compile(r"\r\n|\r(?!\n)")
# Control characters except tab and line feed, lone surrogates, and what XML forbids.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Marks that turn what follows them round: "exe.xlsx" can be made to look like "xslx.exe", and the rest of a line go with it.
_TURNS_ROUND = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _stand_in(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x20:
        return chr(0x2400 + number)  # Unicode's pictures of the control characters
    return "\u2421" if number == 0x7F else "\ufffd"


def visible(text: str) -> str:
    r"""The text for a terminal, a log or a page, with every character that cannot be seen replaced by one that can.

    >>> visible("a\x0bb\x1b[31m \u202etxt.xlsx")
    'a␋b␛[31m <U+202E>txt.xlsx'
    """
    return _TURNS_ROUND.sub(lambda mark: f"<U+{ord(mark[0]):04X}>", _showable(text))


def _showable(text: str) -> str:
    if _UNSHOWABLE.search(text) is None:
        return text
    return _UNSHOWABLE.sub(_stand_in, _LINE_END.sub("\n", text))


def cell_text(text: str) -> str:
    """For a cell, which shows marks of direction as they are meant; cut visibly where it is longer than a cell can be."""
    text = _showable(text)
    # A character is at most two units: most texts need no closer look.
    if len(text) <= CELL_LIMIT // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= CELL_LIMIT * 2:
        return text
    kept = units[: (CELL_LIMIT - len(CUT)) * 2]
    return kept.decode("utf-16-le", "ignore") + CUT


def one_line(text: str) -> str:
    """Visible, on one line: for a terminal, where a cell's line break would break a list."""
    return " ".join(visible(text).split())
