"""Which lines of a sheet were left out, what they are, and their row numbers."""

from collections.abc import Iterator

from batch.core.message import FileNote, Message
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.own_sheets import TO_DO_SHEET
from batch.core.rows.row_numbers import RowNumbers

_LONGEST = 60  #: of a heading that is quoted


class LeftOut:
    """What was left out of one sheet."""

    def __init__(self, sheet: str, header_row: int) -> None:
        """`sheet`: "" where there is but one."""
        self._sheet = sheet
        self._last = header_row
        self._blank = 0
        self._asides: dict[NonClassLine, tuple[RowNumbers, str]] = {}
        self.rows = 0  #: that were not left out
        self.strays = RowNumbers()
        self.mended = RowNumbers()  #: on the sheet `To do`

    def reached(self, number: int) -> None:
        """A line that is not blank; those between it and the last one are."""
        self._blank += number - self._last - 1  # blank lines after the last one are nobody's business
        self._last = number

    def add(self, aside: NonClassLine, number: int, words: str) -> None:
        rows, _ = self._asides.setdefault(aside, (RowNumbers(), words))
        rows.add(number)

    def notes(self) -> Iterator[Message]:
        """One for each kind of line that was left out."""
        sheet = {"sheet": self._sheet}
        if not self.rows:
            yield Message(FileNote.NO_ROWS, sheet)
        for aside, (rows, words) in self._asides.items():
            shown = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
            facts = {"rows": rows.facts, "line": aside, "first": shown}
            yield Message(FileNote.LINES_LEFT_OUT, {**sheet, **facts})
        if self.mended.count:
            facts = {"rows": self.mended.facts, "to_do": TO_DO_SHEET}
            yield Message(FileNote.MENDED_ROWS, {**sheet, **facts})
        if self._blank:
            yield Message(FileNote.BLANK_ROWS, {**sheet, "number": self._blank})
        if self.strays.count:
            yield Message(FileNote.STRAY_CELLS, {**sheet, "rows": self.strays.facts})
