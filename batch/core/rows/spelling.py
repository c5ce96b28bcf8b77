"""A cell's text as it is read: whatever program, keyboard or script it was typed with.

Digits of every script are ASCII ones, all white space is one space, dashes are
hyphens, marks without width are gone, and words have neither capitals nor accents.
"""

import unicodedata
from functools import lru_cache

#: Dashes and minus signs that stand for a hyphen, and signs of other scripts for : , ~
_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\u30fc", "-"),
    **dict.fromkeys("\u301c\u223c", "~"),
    **dict.fromkeys("\u060c\u3001", ","),
    **dict.fromkeys("\u2236\u02d0\ua789", ":"),
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
    "\u0640": "",  # draws an Arabic word out
}
#: Accents of Latin letters, vowel signs and hamza of Arabic, nukta of Hindi: left out as often as written.
_MARKS = frozenset(map(chr, (*range(0x300, 0x370), *range(0x64B, 0x656), 0x670, 0x93C)))


def plain(text: str) -> str:
    r"""The text as the readers of dates, times and lengths compare it.

    >>> plain("  \u0662\u0660\u0663\u0661\u2013\u0660\u0669 Ao\u00fbt\u202fPM ")
    '2031-09 aout pm'
    """
    if text.isascii():
        return " ".join(text.split()).lower()
    return _plain(text)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    kept = (_letter(letter) for letter in unicodedata.normalize("NFKD", text.translate(_DASHES)).casefold())
    return " ".join("".join(kept).split())


#: Before NFKD: it makes letters and spaces of some.
_DASHES = str.maketrans(_SIGNS)


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in _MARKS or unicodedata.category(letter) == "Cf":
        return ""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return _SIGNS.get(letter, letter)
