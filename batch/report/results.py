"""The results workbook: every row of the file again, and what became of it.

Everything from the file or the service is written as text, cleaned first: no
title can become a formula or a link, and none can keep the workbook from being
written. Rows are streamed to disk, so 100,000 of them need no more memory than one.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed
from xlsxwriter.exceptions import XlsxFileError  # type: ignore[import-untyped]

from batch.core.columns import RESULTS_FIRST, RESULTS_LAST
from batch.core.outcome import Outcome
from batch.core.tally import Tally
from batch.report.facts import BatchFacts, ResultRow
from batch.report.replace import written_whole
from batch.report.text import cell_text
from batch.report.words import SANDBOX, counts_in_words, next_steps

RESULTS_SHEET = "Results"
SUMMARY_SHEET = "Summary"

#: Calm fills, told apart by colour-blind readers too; the word stands beside each.
FILLS: Mapping[Outcome, str] = {
    Outcome.SCHEDULED: "#E3F1E3",
    Outcome.ALREADY: "#E8F0F8",
    Outcome.INVALID: "#FBE3D6",
    Outcome.HELD: "#FFF3CC",
    Outcome.REFUSED: "#F8D9D9",
    Outcome.UNKNOWN: "#E9DFF2",
    Outcome.NOT_SENT: "#EDEDED",
    Outcome.READY: "#E3F1E3",
}
_HEADER = "#1F3A5F"
_INPUT_HEADER = "#5B6B7F"
_SANDBOX = "#B3261E"

# In Excel's unit, characters. Columns not named here get what their text needs.
_WIDTHS = {
    "row": 7,
    "outcome": 12,
    "call_id": 16,
    "class_id": 12,
    "error_code": 11,
    "message": 60,
    "presenter_url": 30,
    "fingerprint": 20,
}
_NARROWEST, _WIDEST = 9, 42
_PER_LINE = 60  # characters of a message on one line, words kept whole
_LINE_HEIGHT, _TALLEST = 15, 405  # points; Excel allows 409

# Excel would read a text that starts so as a formula the moment somebody edits it.
_FORMULA_STARTS = frozenset("=+-@\t\r")


@dataclass(frozen=True, slots=True)
class Written:
    """Where the results workbook stands, and what to tell about that."""

    path: Path
    note: str | None = None  #: a sentence, when it is not where it was asked to be


def write_results(
    path: Path, *, header_names: Sequence[str], rows: Iterable[ResultRow], facts: BatchFacts, tally: Tally
) -> Written:
    """Write the results workbook; an existing file is replaced, whole or not at all.

    Args:
        path: Where to. When that file is locked, `NAME-<batch>.xlsx` beside it is taken.
        header_names: The header of every input column, as typed.
        rows: In the file's order; taken one at a time.
        facts: For the Summary sheet.
        tally: The counts of these very rows.

    Raises:
        NotWritten: the disk is full, or neither name can be written.
    """
    otherwise = path.with_name(f"{path.stem}-{facts.batch or 'results'}{path.suffix}")
    with (
        written_whole(path, otherwise=otherwise) as whole,
        # XlsxWriter's scratch files stand beside the target: one disk to have room
        # on, and the folder takes them along when writing fails.
        tempfile.TemporaryDirectory(prefix=".classbatch-", dir=whole.part.parent) as scratch,
    ):
        try:
            with xlsxwriter.Workbook(str(whole.part), {"constant_memory": True, "tmpdir": scratch}) as book:
                styles = _Styles(book, sandbox=facts.sandbox)
                results = _ResultsSheet(
                    book.add_worksheet(RESULTS_SHEET), styles, header_names, sandbox=facts.sandbox
                )
                results.write_header()
                for row in rows:
                    results.write(row)
                results.finish()
                _write_summary(book.add_worksheet(SUMMARY_SHEET), styles, facts, tally)
        except XlsxFileError as error:
            raise OSError(str(error)) from error
    if not whole.moved:
        return Written(path)
    moved_to = path.with_name(whole.path.name)
    return Written(moved_to, f"{path} could not be replaced; the results are in {moved_to} instead.")


class _Styles:
    """The workbook's formats, each made once."""

    def __init__(self, book: Any, *, sandbox: bool) -> None:
        self._book = book
        self._made: dict[tuple[str | None, str, bool, bool, bool], Any] = {}
        head = {
            "bold": True,
            "font_color": "#FFFFFF",
            "border": 1,
            "border_color": "#FFFFFF",
            "valign": "vcenter",
        }
        self.own_header = book.add_format(head | {"bg_color": _SANDBOX if sandbox else _HEADER})
        self.input_header = book.add_format(head | {"bg_color": _INPUT_HEADER})
        self.loud = book.add_format(head | {"bg_color": _SANDBOX, "font_size": 14})

    def number(self, fill: str | None = None, *, bold: bool = False) -> Any:
        return self._cell(fill, align="center", wrap=False, bold=bold, quoted=False)

    def text(self, text: str, fill: str | None = None, *, wrap: bool = False, bold: bool = False) -> Any:
        return self._cell(fill, align="left", wrap=wrap, bold=bold, quoted=text[:1] in _FORMULA_STARTS)

    def _cell(self, fill: str | None, *, align: str, wrap: bool, bold: bool, quoted: bool) -> Any:
        key = (fill, align, wrap, bold, quoted)
        if key not in self._made:
            look = {"valign": "top", "align": align, "text_wrap": wrap, "bold": bold, "quote_prefix": quoted}
            if fill is not None:
                # A fill hides the grid lines; a border gives them back.
                look |= {"bg_color": fill, "border": 1, "border_color": "#D9D9D9"}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


class _ResultsSheet:
    """The sheet of rows, written from the top down: `constant_memory` allows no way back."""

    def __init__(self, sheet: Any, styles: _Styles, header_names: Sequence[str], *, sandbox: bool) -> None:
        self._sheet = sheet
        self._styles = styles
        self._sandbox = sandbox
        self._header = (*RESULTS_FIRST, *map(cell_text, header_names), *RESULTS_LAST)
        self._first = len(RESULTS_FIRST)
        self._last = len(self._header) - len(RESULTS_LAST)
        self._longest = [len(name) + 2 for name in self._header]  # 2: the filter's arrow
        self._lines = 0

    def write_header(self) -> None:
        self._sheet.set_row(0, 20)
        for position, name in enumerate(self._header):
            style = self._styles.own_header if self._is_own(position) else self._styles.input_header
            self._sheet.write_string(0, position, name, style)

    def write(self, row: ResultRow) -> None:
        self._lines += 1
        fill = FILLS[row.outcome]
        # Each row of a sandbox says so itself: that outlives sorting, filtering and copying.
        message = "\n".join([SANDBOX, *row.sentences()] if self._sandbox else row.sentences())
        lines = sum(1 + len(line) // _PER_LINE for line in message.split("\n"))
        if lines > 1:  # LibreOffice does not fit the height to wrapped text on its own
            self._sheet.set_row(self._lines, min(lines * _LINE_HEIGHT, _TALLEST))
        self._number(0, row.number, fill)
        # The first cell wrote out the line before; XlsxWriter would keep its height for good.
        self._sheet.row_info.pop(self._lines - 1, None)
        self._sheet.row_sizes.clear()
        ids = (row.outcome.value, row.call_id, row.class_id, row.error_code)
        for position, text in enumerate(ids, start=1):
            self._text(position, text or "", fill)
        self._text(self._first - 1, message, fill, wrap=True)
        for position, shown in enumerate(row.cells, start=self._first):
            self._text(position, shown)
        self._text(self._last, row.start_utc or "")
        self._number(self._last + 1, row.attempts)
        self._text(self._last + 2, row.presenter_url or "")
        self._text(self._last + 3, row.fingerprint or "")

    def finish(self) -> None:
        sheet = self._sheet
        for position, name in enumerate(self._header):
            fixed = _WIDTHS.get(name) if self._is_own(position) else None
            sheet.set_column(
                position, position, fixed or min(max(self._longest[position], _NARROWEST), _WIDEST)
            )
        sheet.freeze_panes(1, 2)  # the header, and which row it is and how it ended
        sheet.autofilter(0, 0, self._lines, len(self._header) - 1)
        # Ids and minutes are text on purpose: no green triangle on every cell.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{self._lines + 1}"})
        _for_paper(sheet)
        sheet.repeat_rows(0)
        sheet.print_area(0, 0, self._lines, self._last - 1)  # no log-in links on paper
        if self._sandbox:
            sheet.set_tab_color(_SANDBOX)
            sheet.set_header(f"&C&B{SANDBOX}")

    def _is_own(self, position: int) -> bool:
        return not self._first <= position < self._last

    def _number(self, position: int, number: int, fill: str | None = None) -> None:
        self._sheet.write_number(self._lines, position, number, self._styles.number(fill))

    def _text(self, position: int, text: str, fill: str | None = None, *, wrap: bool = False) -> None:
        text = cell_text(text)
        style = self._styles.text(text, fill, wrap=wrap)
        if text:
            self._longest[position] = max(self._longest[position], len(text) + 1)
            self._sheet.write_string(self._lines, position, text, style)
        elif fill is not None:
            self._sheet.write_blank(self._lines, position, None, style)


def _for_paper(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def _write_summary(sheet: Any, styles: _Styles, facts: BatchFacts, tally: Tally) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    line = 0
    if facts.sandbox:
        sheet.set_tab_color(_SANDBOX)
        sheet.set_row(0, 26)
        sheet.merge_range(0, 0, 0, 1, SANDBOX, styles.loud)
        line = 2
    for outcome, rows, means in counts_in_words(tally):
        sheet.write_number(line, 0, rows, styles.number(FILLS[outcome], bold=True))
        sheet.write_string(line, 1, means, styles.text(means, FILLS[outcome]))
        line += 1
    sheet.write_number(line, 0, tally.rows, styles.number(bold=True))
    sheet.write_string(line, 1, "rows in all", styles.text(""))
    line += 2
    steps = [("" if number else "What to do", step) for number, step in enumerate(next_steps(tally))]
    for label, said in [*steps, *([("", "")] if steps else []), *_facts_in_words(facts)]:
        text = cell_text(said)
        sheet.write_string(line, 0, label, styles.text(label, bold=True))
        sheet.write_string(line, 1, text, styles.text(text, wrap=True))
        line += 1
    _for_paper(sheet)


def _facts_in_words(facts: BatchFacts) -> list[tuple[str, str]]:
    said = [
        ("File", facts.file),
        ("Sheet", facts.sheet),
        ("Batch", facts.batch or ""),
        ("Started", _clock(facts.started)),
        ("Finished", _clock(facts.finished)),
        ("Account", facts.account),
        ("Sent to", facts.sent_to),
        ("start_utc", "On the sheet Results: when the class starts, by the clock of UTC."),
        ("presenter_url", "Logs the presenter in without a password: give it to nobody else."),
    ]
    return [(label, text) for label, text in said if text]


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
