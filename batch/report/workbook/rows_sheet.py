"""A sheet of rows in the results workbook: `Results`, and `To do` in the same columns.

Written from the top down, since `constant_memory` allows no way back: 100,000
rows need no more memory than one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from batch.core.outcome import Outcome
from batch.core.rows.columns import RESULTS_FIRST
from batch.report.facts import ResultRow
from batch.report.local_time import start_local, start_utc
from batch.report.text import cell_text
from batch.report.wording.outcomes import SANDBOX
from batch.report.workbook.styles import (
    AT_FAULT,
    FILLS,
    SANDBOX_RED,
    Styles,
    for_paper,
    lines_of,
    put_text,
    set_height,
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
_NARROWEST, _WIDEST = 9, 42
_LEGIBLE = 230  #: so wide may a page of paper be
_MESSAGE = RESULTS_FIRST.index("message")
#: XlsxWriter remembers each line's height to the end (0.3 kB): in larger files, rows further down are as high as Excel makes them.
_MOST_HEIGHTS = 20_000
#: Excel follows so many links on one sheet and no more.
_MOST_LINKS = 65_530


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row as both sheets show it."""

    number: int
    outcome: Outcome
    ids: tuple[str, str, str]  #: call_id, class_id, error_code
    message: str
    cells: tuple[str, ...]
    at_fault: tuple[int, ...] = ()  #: positions in `cells` that have to be mended

    @classmethod
    def of(cls, row: ResultRow, header: Sequence[str], *, sandbox: bool) -> "RowLine":
        # Each row of a sandbox says so itself: that outlives sorting, filtering and copying.
        said = [SANDBOX, *row.sentences()] if sandbox else row.sentences()
        wrong = {issue.header for issue in row.faults}
        places = [place for place, name in enumerate(header) if wrong and name.strip() in wrong]
        return cls(
            row.number,
            row.outcome,
            (row.call_id or "", row.class_id or "", row.error_code or ""),
            "\n".join(said),
            row.cells,
            tuple(places),
        )


class RowsSheet:
    """Rows under the results' own columns and the input's, and under `RESULTS_LAST` where they are written too."""

    def __init__(
        self,
        sheet: Any,
        styles: Styles,
        header: Sequence[str],
        *,
        last: Sequence[str] = (),
        sandbox: bool,
        links: bool = False,
    ) -> None:
        self._sheet = sheet
        self._styles = styles
        self._sandbox = sandbox
        self._links = links
        self._header = (*RESULTS_FIRST, *map(cell_text, header), *last)
        self._first = len(RESULTS_FIRST)
        self._last = len(self._header) - len(last)
        self._longest = [len(name) + 2 for name in self._header]  # 2: the filter's arrow
        self._lines = 0
        self._heights = 0
        sheet.set_row(0, 20)
        for position, name in enumerate(self._header):
            style = styles.own_header if self._is_own(position) else styles.input_header
            sheet.write_string(0, position, name, style)

    def write(self, line: RowLine, *, begins_group: bool = False) -> None:
        """Write the row's next line."""
        self._lines += 1
        fill = FILLS[line.outcome]
        height = lines_of(line.message, _WIDTHS["message"])
        if height > 1 and self._heights < _MOST_HEIGHTS:
            self._heights += 1
            set_height(self._sheet, self._lines, height)
        style = self._styles.number(fill, begins_group=begins_group)
        self._sheet.write_number(self._lines, 0, line.number, style)
        for position, text in enumerate((line.outcome.value, *line.ids), start=1):
            self._text(position, text, fill, begins_group=begins_group)
        self._text(_MESSAGE, line.message, fill, wrap=True, begins_group=begins_group)
        for place, shown in enumerate(line.cells):
            marked = AT_FAULT if place in line.at_fault else None
            self._text(self._first + place, shown, marked, begins_group=begins_group)

    def write_rest(self, row: ResultRow) -> None:
        """Write what stands under RESULTS_LAST on the line written last."""
        local = start_local(row.starts, row.zone) if row.starts and row.zone else ""
        self._text(self._last, row.sheet)
        self._text(self._last + 1, local)
        self._text(self._last + 2, start_utc(row.starts) if row.starts else "")
        self._sheet.write_number(self._lines, self._last + 3, row.attempts, self._styles.number())
        url = cell_text(row.presenter_url or "")
        if self._links and self._lines <= _MOST_LINKS and url.startswith(("https://", "http://")):
            self._sheet.write_url(self._lines, self._last + 4, url, self._styles.text(url, link=True))
        else:
            self._text(self._last + 4, url)
        self._text(self._last + 5, row.fingerprint or "")

    def finish(self) -> None:
        sheet = self._sheet
        on_paper = 0
        for position, name in enumerate(self._header):
            fixed = _WIDTHS.get(name) if self._is_own(position) else None
            width = fixed or min(max(self._longest[position], _NARROWEST), _WIDEST)
            sheet.set_column(position, position, width)
            on_paper += width if position < self._last else 0
        sheet.freeze_panes(1, 2)  # the header, and which row it is and how it ended
        sheet.autofilter(0, 0, self._lines, len(self._header) - 1)
        # Ids and minutes are text on purpose: no green triangle on every cell.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self._lines + 1}"})
        for_paper(sheet, pages_wide=-(-on_paper // _LEGIBLE))
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, 1)
        sheet.print_area(0, 0, self._lines, self._last - 1)  # no log-in links on paper
        if self._sandbox:
            sheet.set_tab_color(SANDBOX_RED)
            sheet.set_header(f"&C&B{SANDBOX}")

    def _is_own(self, position: int) -> bool:
        return not self._first <= position < self._last

    def _text(
        self,
        position: int,
        text: str,
        fill: str | None = None,
        *,
        wrap: bool = False,
        begins_group: bool = False,
    ) -> None:
        if not text and fill is None and not begins_group:
            return
        self._longest[position] = max(self._longest[position], len(text) + 1)
        style = self._styles.text(text, fill, wrap=wrap, begins_group=begins_group)
        put_text(self._sheet, self._lines, position, text, style)
