r"""What stands in the cells of a weekly grid, part by part: `{title}\n{presenter_email}\n{}`.

Braces name the column that a part is read for, or two of them with a plus between; empty ones
leave a part aside. What stands between two parts is written as it stands between them in a cell.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Self

from batch.core.quick_dataclass import dataclass

#: What every lesson of a grid has from its place in it, and not from its cell.
BY_PLACE = frozenset({"start_time", "date", "end_time", "end_date", "weekday"})
#: Between two parts, the surest first.
SEPARATORS = ("\n", " / ", " | ", "; ", " - ", ", ", "/", "|")

_PART = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Parts:
    """A cell, taken apart."""

    values: Mapping[str, str]  #: by the names of columns
    aside: str = ""  #: what is left aside
    found: int = 0  #: so many parts it has


@dataclass(frozen=True, slots=True)
class CellTemplate:
    """How the cells of a grid are written."""

    parts: tuple[tuple[str, ...], ...]  #: the columns of each; () for one that is left aside
    between: tuple[str, ...]

    @classmethod
    def read(cls, text: str, columns: Collection[str]) -> Self | None:
        """The template that a text is, where it names columns of `columns`, none of them twice; else None."""
        parts: list[tuple[str, ...]] = []
        between: list[str] = []
        at = 0
        for match in _PART.finditer(text):
            literal = text[at : match.start()]
            if parts:
                between.append(literal)
            elif literal:
                return None
            parts.append(tuple(name.strip() for name in match[1].split("+")) if match[1].strip() else ())
            at = match.end()
        names = [name for part in parts for name in part]
        known = len(set(names)) == len(names) and set(names) <= {*columns} - BY_PLACE
        return (
            cls(tuple(parts), tuple(between))
            if names and known and all(between) and at == len(text)
            else None
        )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for part in self.parts for name in part)

    def split(self, text: str) -> Parts:
        """Take a cell apart: `found` is another number than that of the parts where it is not as the others are."""
        pieces: list[str] = []
        rest = in_lines(text)
        for separator in self.between:
            piece, met, after = rest.partition(separator)
            if not met:
                break
            pieces.append(piece.strip())
            rest = after
        pieces.append(rest.strip())
        values = {name: piece for part, piece in zip(self.parts, pieces, strict=False) for name in part}
        aside = [piece for part, piece in zip(self.parts, pieces, strict=False) if not part and piece]
        more = (
            len(split_by(rest, self.between[-1])) - 1
            if len(pieces) == len(self.parts) and self.between
            else 0
        )
        lines = max(rest.count("\n"), more)
        return Parts(values, "; ".join(aside), len(pieces) + lines)


def in_lines(text: str) -> str:
    """A cell's text with plain line breaks, and no blank line or space around one."""
    return "\n".join(line for each in text.splitlines() if (line := each.strip()))


def split_by(text: str, separator: str) -> list[str]:
    return [piece.strip() for piece in in_lines(text).split(separator)]


def usual_parts(cells: Sequence[str]) -> tuple[str, int]:
    """What parts these cells, and how many parts most have of those that it parts: there may be many breaks."""
    separator = likely_separator(cells) or likely_separator(list(dict.fromkeys(cells)))
    parted = [split_by(cell, separator) for cell in cells if separator and separator in in_lines(cell)]
    numbers = Counter(map(len, parted))
    return separator, numbers.most_common(1)[0][0] if numbers else 1


def likely_separator(cells: Sequence[str]) -> str:
    """What parts most of these cells; "" where they have but one part."""
    for separator in SEPARATORS:
        if 2 * sum(separator in in_lines(cell) for cell in cells) > len(cells):
            return separator
    return ""
