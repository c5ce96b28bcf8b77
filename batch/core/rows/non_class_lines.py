"""Lines between the classes of a timetable that are none: headings, totals, the header once more.

They are left out and told. A line that may be a class which somebody left unfinished
is never one of them: whatever has a start, or a presenter, is a class.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, unique

from batch.core.rows.cells import read_start
from batch.core.rows.columns import BY_NAME, COLUMNS, Kind, fold
from batch.core.rows.header import is_blank, shown
from batch.core.rows.row import CellValue, Header, Unreadable


@unique
class NonClassLine(Enum):
    """What a line is that is no class: of one, and of several."""

    HEADING = "is a heading", "are headings"
    TOTAL = "is a total", "are totals"
    HEADER = "is the header again", "are the header again"
    OTHER_HEADER = "is a header with other columns", "are headers with other columns"

    def __init__(self, says: str, say: str) -> None:
        self.says, self.say = says, say


_TOTALS = (
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub total",
    "sum",
    "gesamt",
    "insgesamt",
    "summe",
    "suma",
    "soma",
    "somme",
    "totaux",
    "totale",
    "totales",
    "totais",
    "المجموع",
    "الإجمالي",
    "कुल",
    "योग",
    "合计",
    "总计",
    "小计",
)
_TOTAL = re.compile(rf"(?:{'|'.join(map(re.escape, _TOTALS))})(?![^\W_])")
_DIGIT = re.compile(r"\d")
_WHEN = frozenset({Kind.START, Kind.DATE})
_WHO = frozenset({"presenter_email", "presenter_id", "presenter_name"})
_ALL_WORDS = frozenset(fold(word) for column in COLUMNS for word in (*column.words, column.name))
#: So many header words in one line are a header; a class may be called "Course" and be of kind "lesson".
_LEAST_WORDS = 3


class NonClassLines:
    """Tells lines that are no class below one header."""

    def __init__(self, header: Header) -> None:
        columns = {position: BY_NAME[name] for name, position in header.columns.items()}
        self._when = [position for position, column in columns.items() if column.kind in _WHEN]
        self._who = [position for position, column in columns.items() if column.name in _WHO]
        self._words = {
            position: frozenset(map(fold, (header.names[position], column.name, *column.words)))
            for position, column in columns.items()
        }

    def kind(self, cells: Sequence[CellValue]) -> NonClassLine | None:
        """What a line is, or None for a class, whole or not.

        Args:
            cells: those under the header's names, one each; not all blank.
        """
        when = [cells[position] for position in self._when]
        if any(isinstance(cell, datetime) for cell in when):
            return None
        timed = any(_may_be_read(cell) and _DIGIT.search(shown(cell)) for cell in when)
        if timed and self._has_presenter(cells):  # most rows; the rest costs more
            return None
        filled = {position: cell for position, cell in enumerate(cells) if not is_blank((cell,))}
        if len(filled) == 1:
            return _alone(*filled.values())
        if timed:
            return None
        return NonClassLine.TOTAL if self._is_total(filled) else self._header(cells, [*filled.values()])

    def _is_total(self, filled: Mapping[int, CellValue]) -> bool:
        """Whether the first cell says so, in whichever column, and nothing else says when or who."""
        label, *others = filled
        first = filled[label]
        if not isinstance(first, str) or not _TOTAL.match(fold(first)):
            return False
        when = any(_may_be_read(filled[position]) for position in others if position in self._when)
        who = any(isinstance(filled[position], str) for position in others if position in self._who)
        return not when and not who

    def _has_presenter(self, cells: Sequence[CellValue]) -> bool:
        return any(_may_be_read(cells[position]) for position in self._who)

    def _header(self, cells: Sequence[CellValue], filled: Sequence[CellValue]) -> NonClassLine | None:
        words = {fold(cell) for cell in filled if isinstance(cell, str)}  # one word thrice is no header
        if len(words & _ALL_WORDS) < _LEAST_WORDS:
            # Under a header of words that the person mapped herself, or of few columns.
            again = [fold(shown(cells[position])) in known for position, known in self._words.items()]
            return NonClassLine.HEADER if len(again) > 1 and all(again) else None
        in_place = all(
            is_blank((cells[position],)) or fold(shown(cells[position])) in known
            for position, known in self._words.items()
        )
        return NonClassLine.HEADER if in_place else NonClassLine.OTHER_HEADER


def _alone(cell: CellValue) -> NonClassLine | None:
    """What a line with one cell is: no class has so little, unless somebody only began to type it."""
    if isinstance(cell, str):
        begun = "@" in cell or isinstance(read_start(cell.strip()), datetime)
        return None if begun else NonClassLine.HEADING
    if isinstance(cell, Unreadable):
        return None
    return NonClassLine.TOTAL if isinstance(cell, int | float | timedelta) else NonClassLine.HEADING


def _may_be_read(cell: CellValue) -> bool:
    return not isinstance(cell, Unreadable) and not is_blank((cell,))
