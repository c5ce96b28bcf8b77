"""A sheet of rows in the results workbook: `Results`, and `To do` in the same columns.

Written from the top down: 100,000 rows need no more memory than one.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.rows.column_names import column_named
from batch.core.rows.columns import AccountKind
from batch.core.rows.mended_rows import digest_of
from batch.core.rows.own_sheets import RESULTS_FIRST
from batch.report.facts import ResultRow
from batch.report.local_time import start_local, start_utc
from batch.report.text import cell_text
from batch.report.wording.outcomes import SANDBOX
from batch.report.workbook.row_stream import RowStream, TextStyle
from batch.report.workbook.styles import (
    AT_FAULT,
    FILLS,
    LINK_LOOK,
    SANDBOX_RED,
    Look,
    Styles,
    for_paper,
    height_of,
    lines_of,
    number_look,
    text_look,
)

# In Excel's unit, characters. Columns not named here get what their text needs.
_WIDTHS = {
    "row": 7,
    "outcome": 12,
    "call_id": 16,
    "class_id": 12,
    "error_code": 11,
    "message": 60,
    "start_local": 44,
    "start_utc": 17,
    "attempts": 11,
    "presenter_url": 30,
    "fingerprint": 20,
}
#: For programs: hidden from people, who can show them again.
_TECHNICAL = frozenset({"attempts", "fingerprint"})
_NARROWEST, _WIDEST = 9, 42
_LEGIBLE = 230  #: so wide may a page of paper be
_MESSAGE = RESULTS_FIRST.index("message")
_NUMBERS = frozenset({"duration", "extend_duration", "attendee_limit"})
#: Excel follows so many links on one sheet and no more.
_MOST_LINKS = 65_530


def _is_number(header: str) -> bool:
    """Whether a column of the input holds minutes or places, which people reckon with."""
    return any(column_named(header, kind) in _NUMBERS for kind in AccountKind)


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row as both sheets show it."""

    number: int
    outcome: Outcome
    ids: tuple[str, str, str]  #: call_id, class_id, error_code
    message: str
    cells: tuple[str, ...]
    at_fault: tuple[int, ...] = ()  #: positions in `cells` that have to be mended
    sheet: str = ""  #: of the file that was read

    @classmethod
    def of(cls, row: ResultRow, header: Sequence[str]) -> "RowLine":
        wrong = {issue.header for issue in row.faults} if row.problems else ()
        places = [place for place, name in enumerate(header) if name.strip() in wrong] if wrong else ()
        return cls(
            row.number,
            row.outcome,
            (row.call_id or "", row.class_id or "", row.error_code or ""),
            "\n".join(row.sentences()),
            row.cells,
            tuple(places),
            row.sheet,
        )


class RowsSheet:
    """Rows under the results' own columns and the input's, and under those of `last`: `RESULTS_LAST` or `TO_DO_LAST`."""

    def __init__(
        self,
        folder: Path,
        header: Sequence[str],
        *,
        last: Sequence[str] = (),
        sandbox: bool,
        links: bool = False,
        hides_last: bool = False,
    ) -> None:
        self._sandbox = sandbox
        self._links = links
        self._hides_last = hides_last
        self._header = (*RESULTS_FIRST, *map(cell_text, header), *last)
        self._first = len(RESULTS_FIRST)
        self._last = len(self._header) - len(last)
        self._lines = 0
        self._numbers: Mapping[Look, int] = {}
        self._of_rows: dict[tuple[str | None, bool], tuple[int, TextStyle, TextStyle, TextStyle]] = {}
        places = enumerate(self._header[self._first : self._last], self._first)
        self.stream = RowStream(
            folder, self._header, numeric={place for place, name in places if _is_number(name)}
        )

    def begin(self, numbers: Mapping[Look, int]) -> None:
        """Rows may come: `numbers` are those of their formats in the file."""
        self._numbers = numbers

    def write_header(self, sheet: Any, styles: Styles) -> None:
        sheet.set_row(0, 20)
        for position, name in enumerate(self._header):
            style = styles.own_header if self._is_own(position) else styles.input_header
            sheet.write_string(0, position, name, style)

    def write(self, line: RowLine, row: ResultRow | None = None, *, begins_group: bool = False) -> None:
        """Write the next row; `row` fills what stands under RESULTS_LAST, without it that of TO_DO_LAST is filled."""
        self._lines += 1
        stream = self.stream
        number, own, message, plain = self._of_row(FILLS[line.outcome], begins_group)
        stream.number(0, line.number, number)
        stream.texts(1, (line.outcome.value, *line.ids), own)
        stream.texts(_MESSAGE, (line.message,), message)
        if not line.at_fault:
            stream.texts(self._first, line.cells, plain, blanks=begins_group)
        else:
            marked = self._style(AT_FAULT, begins_group=begins_group)
            for place, shown in enumerate(line.cells):
                style = marked if place in line.at_fault else plain
                stream.texts(self._first + place, (shown,), style, blanks=style is marked or begins_group)
        if row is not None:
            self._write_rest(row, plain)
        elif self._last < len(self._header):
            stream.texts(
                self._last, (line.sheet, digest_of(tuple(map(cell_text, line.cells)))), plain, blanks=False
            )
        # A cell with line breaks is shown in lines whether it wraps or not: it would hang over the row below.
        broken = max(cell.count("\n") for cell in line.cells) + 1 if "\n" in "".join(line.cells) else 1
        message_lines = lines_of(line.message, _WIDTHS["message"]) if line.message else 1
        stream.end_row(height_of(max(message_lines, broken)))

    def _write_rest(self, row: ResultRow, plain: TextStyle) -> None:
        stream, last = self.stream, self._last
        local = start_local(row.starts, row.zone) if row.starts and row.zone else ""
        stream.texts(
            last, (row.sheet, local, start_utc(row.starts) if row.starts else ""), plain, blanks=False
        )
        stream.number(last + 3, row.attempts, self._numbers[number_look()])
        url = cell_text(row.presenter_url or "")
        if self._links and self._lines <= _MOST_LINKS and url.startswith(("https://", "http://")):
            stream.link(last + 4, url, self._numbers[LINK_LOOK])
            url = ""
        stream.texts(last + 4, (url, row.fingerprint or ""), plain, blanks=False)

    def finish(self, sheet: Any) -> None:
        """Lay out the sheet that the rows will stand in."""
        on_paper = 0
        for position, name in enumerate(self._header):
            fixed = _WIDTHS.get(name) if self._is_own(position) else None
            width = fixed or min(max(self.stream.longest[position] + 1, _NARROWEST), _WIDEST)
            is_hidden = position >= self._last and (self._hides_last or name in _TECHNICAL)
            sheet.set_column(position, position, width, None, {"hidden": True} if is_hidden else None)
            on_paper += width if position < self._last else 0
        sheet.freeze_panes(1, 2)  # the header, and which row it is and how it ended
        sheet.autofilter(0, 0, self._lines, len(self._header) - 1)
        # Ids are text on purpose: no green triangle on every cell.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self._lines + 1}"})
        for_paper(sheet, pages_wide=-(-on_paper // _LEGIBLE))
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, 1)
        sheet.print_area(0, 0, self._lines, self._last - 1)  # no log-in links on paper
        if self._sandbox:
            sheet.set_tab_color(SANDBOX_RED)
            sheet.set_header(f"&C&B{SANDBOX}")

    def close(self) -> None:
        self.stream.close()

    def _is_own(self, position: int) -> bool:
        return not self._first <= position < self._last

    def _of_row(self, fill: str | None, begins_group: bool) -> tuple[int, TextStyle, TextStyle, TextStyle]:
        """The styles of a row's number, of what became of it, of the message and of the file's own cells."""
        found = self._of_rows.get((fill, begins_group))
        if found is None:
            found = self._of_rows[fill, begins_group] = (
                self._numbers[number_look(fill, begins_group=begins_group)],
                self._style(fill, begins_group=begins_group),
                self._style(fill, wrap=True, begins_group=begins_group),
                self._style(None, begins_group=begins_group),
            )
        return found

    def _style(self, fill: str | None, *, wrap: bool = False, begins_group: bool = False) -> TextStyle:
        plain, quoted = (
            self._numbers[text_look(fill, wrap=wrap, quoted=each, begins_group=begins_group)]
            for each in (False, True)
        )
        return plain, quoted
