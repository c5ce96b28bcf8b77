"""The sheet `To do`: the rows that need a person, by what mends them.

In the input's own columns: it is mended there, and the workbook handed in again;
a hidden column tells which rows were. Rows wait on disk until all are known, because the largest
group comes first and a sheet is written from the top down.
"""

import json
import tempfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.report.facts import ResultRow
from batch.report.groups import group_key
from batch.report.workbook.rows_sheet import RowLine, RowsSheet
from batch.report.workbook.styles import Look, Styles, put_text

NOTHING_TO_DO = "Nothing to do: no row of this file needs a person."
OF_AN_UNDO = (
    "Nothing is mended here: the rows were taken back. Those that were left say why on the first sheet."
)


class ToDo:
    """Collects rows; `lines` gives them back, the largest group first, each in file order."""

    def __init__(self, folder: Path, header: Sequence[str], *, of_undo: bool = False) -> None:
        """`of_undo`: its rows are not to be mended and sent, and none is kept."""
        self._header = header
        self._of_undo = of_undo
        # In the folder of the workbook's other scratch files, which is removed as a whole.
        self._spool = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - see above
        self._groups: dict[str, array[int]] = {}

    def add(self, row: ResultRow) -> None:
        """Keep a row of the file, all its lessons together, that needs a person; any other is passed over."""
        if row.outcome not in NEEDS_A_PERSON or self._of_undo:
            return
        line = RowLine.of(row, self._header)
        self._groups.setdefault(group_key(row), array("Q")).append(self._spool.tell())
        facts = (line.number, line.outcome, line.ids, line.message, line.cells, line.at_fault, line.sheet)
        # JSON escapes what is not ASCII, half a surrogate pair too: each row is one line.
        self._spool.write(json.dumps(facts).encode("ascii") + b"\n")

    def lines(self) -> Iterator[tuple[RowLine, bool]]:
        """Every row, and whether a group begins with it."""
        for places in sorted(self._groups.values(), key=len, reverse=True):
            for nth, place in enumerate(places):
                self._spool.seek(place)
                yield _line(json.loads(self._spool.readline())), nth == 0

    def write(self, sheet: Any, styles: Styles, numbers: Mapping[Look, int], rows: RowsSheet) -> None:
        if not self._groups:
            put_text(sheet, 0, 0, OF_AN_UNDO if self._of_undo else NOTHING_TO_DO, styles.title)
            return
        rows.begin(numbers)
        rows.write_header(sheet, styles)
        for line, begins_group in self.lines():
            rows.write(line, begins_group=begins_group)
        rows.finish(sheet)

    def close(self) -> None:
        self._spool.close()


def _line(facts: list[Any]) -> RowLine:
    number, outcome, ids, message, cells, at_fault, sheet = facts
    return RowLine(number, Outcome(outcome), tuple(ids), message, tuple(cells), tuple(at_fault), sheet)
