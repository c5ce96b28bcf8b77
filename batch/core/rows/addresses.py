"""The address of a presenter, as people and mail programs write it in a cell.

One address is read out of what a mail program puts around it. Where a person wrote more
beside it ("cover: Okafor"), the address is offered and the cell is a question.
"""

import re
from collections.abc import Iterator

from batch.core.rows.problems import Fault, Problem

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The look-ahead holds the part before the @ to its 64 characters (RFC 5321, 4.5.3.1.1).
_LAST_LABEL = r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LAST_LABEL}")
_LONGEST = 254  # RFC 5321 with erratum 1690
_LONGEST_CELL = 1_000  #: more is no cell of addresses, and is not searched for one

_WITH_AT = re.compile(r"[^\s<>()\[\]{};,|\"]+@[^\s<>()\[\]{};,|\"]+")
_LINK = re.compile(r"mailto:", re.IGNORECASE)
#: "Ana Diaz <", as mail programs write a name before an address.
_NAME = re.compile(r"[^@<>]{0,200}<")
#: What may stand around an address and says nothing.
_NOISE = re.compile(r"[\s;,.:<>()\[\]|\"'\u2018\u2019\u201c\u201d/]*")

#: What a keyboard or a word processor makes of a sign that addresses do have.
TWINS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        "\uff20": "@",
        "\ufe6b": "@",
        "\uff0e": ".",
        "\u3002": ".",
    }
)


def is_address(text: str) -> bool:
    """By its syntax, ASCII on both sides of the @. Only the service knows its teachers."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def presenters_address(text: str) -> str | Fault:
    """The one address in a cell, or what is wrong with it."""
    if is_address(text):
        return text
    if len(text) > _LONGEST_CELL:
        return Fault(Problem.NOT_AN_EMAIL)
    plain = _LINK.sub(" ", text)  # a space: what stood on its two sides is not one address
    found = list(_addresses(plain))
    different = {address.casefold(): address for address in found}
    if len(different) > 1:
        return Fault(Problem.SEVERAL_ADDRESSES, {"addresses": tuple(different.values())})
    if different:
        (address,) = different.values()
        for each in found:
            plain = plain.replace(each, "", 1)
        is_all = _NOISE.fullmatch(_NAME.sub("", plain, count=1) if _NAME.match(plain) else plain)
        return address if is_all else Fault(Problem.NOT_AN_EMAIL, {"example": address})
    return _unlike_an_address(text)


def _addresses(text: str) -> Iterator[str]:
    for match in _WITH_AT.finditer(text):
        # A slash may stand in an address, and between two of them.
        parts = match.group().split("/") if match.group().count("@") > 1 else [match.group()]
        for part in parts:
            bare = part.strip(".:'\u2018\u2019\u201c\u201d")
            if is_address(bare):
                yield bare


def _unlike_an_address(text: str) -> Fault:
    meant = text.translate(TWINS)
    if meant != text and is_address(meant):
        sign = next(letter for letter in text if letter.translate(TWINS) != letter)
        return Fault(Problem.NO_SIGN_OF_ADDRESSES, {"sign": sign, "example": meant})
    strange = next((letter for letter in text if not letter.isascii()), None)
    if strange is not None and text.count("@") == 1 and not re.search(r"\s", text):
        return Fault(Problem.NO_SIGN_OF_ADDRESSES, {"sign": strange})
    return Fault(Problem.NOT_AN_EMAIL, {"likely": likely} if (likely := _slip_mended(text)) else {})


def _slip_mended(text: str) -> str | None:
    """The address that was meant, where one slip of the keys is all that is wrong.

    >>> _slip_mended("ana@school,example"), _slip_mended("ana @school.example"), _slip_mended("Ana Diaz")
    ('ana@school.example', 'ana@school.example', None)
    """
    for slip, meant in _SLIPS:
        mended = slip.sub(meant, text)
        if mended != text and is_address(mended):
            return mended
    return None


#: A comma for a dot, a space too many, an @ twice or written out, a dot at the end or twice.
_SLIPS = (
    (re.compile(r"\s*,\s*"), "."),
    (re.compile(r"\s+"), ""),
    (re.compile(r"@{2,}"), "@"),
    (re.compile(r"\s*[\[(]at[\])]\s*"), "@"),
    (re.compile(r"\.{2,}"), "."),
    (re.compile(r"\.+$"), ""),
)
