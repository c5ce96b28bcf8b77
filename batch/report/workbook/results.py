"""The results workbook: every row of the file again, and what became of it.

Everything from the file or the service is written as text, cleaned first: no
title can become a formula or a link, and none can keep the workbook from being
written. Rows are streamed to disk, so 100,000 of them need no more memory than one.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed
from xlsxwriter.exceptions import XlsxFileError  # type: ignore[import-untyped]

from batch.core.message import Message, RunNote
from batch.core.rows.own_sheets import RESULTS_LAST, SUMMARY_SHEET, TO_DO_LAST, TO_DO_SHEET
from batch.core.tally import Tally
from batch.report.ending import Written
from batch.report.facts import BatchFacts, ResultRow
from batch.report.folding import Folder
from batch.report.output_files import MARK, written_whole
from batch.report.workbook.breakdown import Breakdown
from batch.report.workbook.row_stream import assemble, format_numbers
from batch.report.workbook.rows_sheet import RowLine, RowsSheet
from batch.report.workbook.styles import Look, Styles, put_text
from batch.report.workbook.summary_sheet import SummarySheet
from batch.report.workbook.todo_sheet import ToDo

RESULTS_SHEET = "Results"
TERM_SHEET = "Term"


def _write_term(sheet: Any, lines: Sequence[Sequence[str]], styles: Styles) -> None:
    """The sheet of the file that says when the term is: the results may be handed in in its place."""
    sheet.set_column(0, 2, 16)
    for place, cells in enumerate(lines):
        for column, text in enumerate(cells):
            if text:
                put_text(sheet, place, column, text, styles.text(""))


@cache
def numbers_of_rows(*, with_input: bool) -> list[int]:
    """The numbers in the file of the formats that rows may have, behind those of the header."""

    def begin(book: Any) -> None:
        styles = Styles(book, sandbox=False)  # a colour changes no number
        sheet = book.add_worksheet(RESULTS_SHEET)
        headers = (styles.own_header, styles.input_header)
        for position, each in enumerate(headers if with_input else headers[:1]):
            sheet.write_string(0, position, "", each)
        _write_formats(sheet, styles)

    return format_numbers(begin)


def _write_formats(sheet: Any, styles: Styles) -> None:
    """A cell of each format that rows may have, in line 2."""
    for position, each in enumerate(styles.of_rows().values()):
        sheet.write_blank(1, position, None, each)
    sheet.write_number(2, 0, 0)  # only when a line is over do its formats get their numbers


def write_results(
    path: Path,
    *,
    header_names: Sequence[str],
    rows: Iterable[ResultRow],
    facts: BatchFacts,
    tally: Tally,
    presenter_links: bool = False,
    follow: bool = True,
    more_sheets: Sequence[Callable[[Any], None]] = (),
) -> Written:
    """Write the results workbook; an existing file is replaced, whole or not at all.

    Args:
        path: Where to. When that file is locked, `NAME-<batch>.xlsx` beside it is taken.
        header_names: The header of every input column, as typed.
        rows: In the file's order; taken one at a time.
        facts: For the Summary sheet.
        tally: The counts of these very rows; looked at when all were taken.
        follow: A link at `path` is followed; else it is left alone.
        presenter_links: The presenters' log-in addresses can be clicked; else they are text.
        more_sheets: Each adds a sheet of its own to the workbook, behind the others.

    Raises:
        NotWritten: the disk is full, or neither name can be written.
    """
    otherwise = path.with_name(f"{path.stem}-{facts.batch or 'results'}{path.suffix}")
    with (
        written_whole(path, otherwise=otherwise, follow=follow) as whole,
        # XlsxWriter's scratch files stand beside the target: one disk to have room
        # on, and the folder takes them along when writing fails.
        tempfile.TemporaryDirectory(prefix=".classbatch-", dir=whole.part.parent) as scratch,
        closing(ToDo(Path(scratch), header_names, of_undo=bool(facts.undoes))) as todo,
        closing(
            RowsSheet(
                Path(scratch),
                header_names,
                last=RESULTS_LAST,
                sandbox=facts.sandbox,
                links=presenter_links,
            )
        ) as results,
        closing(
            RowsSheet(Path(scratch), header_names, last=TO_DO_LAST, sandbox=facts.sandbox, hides_last=True)
        ) as to_mend,
    ):
        bare = Path(scratch) / "bare.xlsx"
        try:
            found = numbers_of_rows(with_input=bool(header_names))
            with xlsxwriter.Workbook(str(bare), {"constant_memory": True, "tmpdir": scratch}) as book:
                book.set_properties({"comments": MARK})
                styles = Styles(book, sandbox=facts.sandbox)
                numbers = dict(zip(styles.of_rows(), found, strict=True))
                breakdown = _write_rows(rows, header_names, book, styles, numbers, results, todo)
                todo.write(book.add_worksheet(TO_DO_SHEET), styles, numbers, to_mend)
                shown_first = book.add_worksheet(SUMMARY_SHEET)
                shown_first.activate()  # programs read the first sheet, people the one that opens
                SummarySheet(book, shown_first, styles).write(facts, tally, breakdown, results=path.name)
                if facts.term_sheet:
                    _write_term(book.add_worksheet(TERM_SHEET), facts.term_sheet, styles)
                for add in more_sheets:
                    add(book)
            assemble(bare, whole.part, [results.stream, to_mend.stream], found)
        except XlsxFileError as error:
            raise OSError(str(error)) from error
    if not whole.moved:
        return Written(Message(RunNote.RESULTS, {"path": path}), path)
    moved_to = path.with_name(whole.path.name)
    return Written(
        Message(RunNote.RESULTS_ELSEWHERE, {"wanted": path, "path": moved_to, "kept": whole.kept}), moved_to
    )


def _write_rows(
    rows: Iterable[ResultRow],
    header_names: Sequence[str],
    book: Any,
    styles: Styles,
    numbers: Mapping[Look, int],
    results: RowsSheet,
    todo: ToDo,
) -> Breakdown:
    """Each row on the sheet of results, those with something to do on the other one, and what they come to."""
    sheet = book.add_worksheet(RESULTS_SHEET)
    results.write_header(sheet, styles)
    _write_formats(sheet, styles)
    results.begin(numbers)
    breakdown, folder = Breakdown(), Folder()
    for row in rows:
        results.write(RowLine.of(row, header_names), row)
        for whole_row in folder.add(row):
            todo.add(whole_row)
        breakdown.add(row)
    for whole_row in folder.end():
        todo.add(whole_row)
    results.finish(sheet)
    return breakdown
