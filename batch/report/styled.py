"""Lines of text with the style of each piece, which a terminal shows and a mail leaves out.

The words are never read as markup: a title such as "[red]" is shown as typed. What
shows them (rich) is slow to import, and `--quiet` needs none of it.
"""

from collections.abc import Iterable
from typing import TypeAlias

#: Each piece with the name of its style, "" where it has none.
Line: TypeAlias = tuple[tuple[str, str], ...]


def line(text: str, style: str = "") -> Line:
    return ((text, style),)


def plain(lines: Iterable[Line]) -> str:
    """Without styles."""
    return "\n".join("".join(text for text, _ in pieces) for pieces in lines)
