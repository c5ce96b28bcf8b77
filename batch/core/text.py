"""Names and cells from outside, as they can be kept and shown: nothing is dropped, what cannot be shown gets a stand-in."""

import re

_LINE_END = re.compile(r"\r\n|\r(?!\n)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Control characters except tab and line feed, lone surrogates, and what XML forbids.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Marks that turn what follows them round: "exe.xlsx" can be made to look like "xslx.exe", and the rest of a line go with it.
_TURNS_ROUND = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def well_formed(text: str) -> str:
    """The text as any encoding of Unicode can have it: a file name that is no UTF-8 comes with half characters.

    >>> well_formed("t\udcff.csv") == "t\ufffd.csv"
    True
    """
    return _LONE_SURROGATE.sub("\ufffd", text)


def visible(text: str) -> str:
    r"""The text for a terminal, a log or a page, with every character that cannot be seen replaced by one that can.

    >>> visible("a\x0bb\x1b[31m \u202etxt.xlsx")
    'a␋b␛[31m <U+202E>txt.xlsx'
    """
    return _TURNS_ROUND.sub(lambda mark: f"<U+{ord(mark[0]):04X}>", showable(text))


def showable(text: str) -> str:
    """The same for a cell, where marks of direction are as they are meant."""
    if _UNSHOWABLE.search(text) is None:
        return text
    return _UNSHOWABLE.sub(_stand_in, _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """Visible, on one line: for a terminal, where a cell's line break would break a list."""
    return " ".join(visible(text).split())


def _stand_in(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x20:
        return chr(0x2400 + number)  # Unicode's pictures of the control characters
    return "\u2421" if number == 0x7F else "\ufffd"
