"""Opens .xlsx: which sheets hold the timetable, and their lines under one header."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO, cast

from openpyxl.workbook import Workbook

from batch.core.grid.chart import Unfolded
from batch.core.message import FileNote, Message, SheetName
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import HeaderFault, find_header
from batch.core.rows.merged_header import Places, unite
from batch.core.term.term_text import is_named_term, is_term_sheet
from batch.readers.container import check_container
from batch.readers.grid import GridTable, chart_in, grid_in
from batch.readers.kind import FileKind
from batch.readers.mended_rows import with_mended
from batch.readers.openpyxl_patch import patch_openpyxl_row_order
from batch.readers.options import LoadOptions
from batch.readers.outline import Outline, outline_of
from batch.readers.repair import repaired
from batch.readers.sheet import Sheet, SheetReader, all_lines, first_lines, loaded, translate_damage
from batch.readers.sheet_choice import Candidate, Chosen, choose, is_called
from batch.readers.table import Line, Opened, Table, TermSheet, header_note

_TERM_LINES = 500  #: of the sheet that says when the term is
_TERM_WIDTH = 3


@contextmanager
def open_workbook(file: BinaryIO, name: str, options: LoadOptions, account: AccountKind) -> Iterator[Opened]:
    """The timetable in a workbook: of one sheet, or of all that fit.

    Raises:
        FileProblem: no honest workbook, or no sheet that will do.
    """
    patch_openpyxl_row_order()
    check_container(file, name, options)
    with translate_damage(name):
        file = repaired(file)
    with loaded(file, name, data_only=True) as workbook:
        grids: dict[str, GridTable] = {}
        candidates = _candidates(workbook, file, name, options, account, grids)
        term = _term_sheet(workbook, candidates, name, options)
        chosen = choose(
            [each for each in candidates if term is None or each.title != term.title], name, options
        )
        read = [*chosen.sheets.items(), *([chosen.to_do] if chosen.to_do else [])]
        header, places = unite([found.header for _, found in read])
        table = Table(
            kind=FileKind.XLSX,
            place=SheetName(name, next(iter(chosen.sheets))) if len(chosen.sheets) == 1 else name,
            header=header,
            headers={title: found.header.row for title, found in chosen.sheets.items()},
            notes=(*_notes(chosen), *_of_grids(chosen, grids)),
            term_sheet=term,
        )
        tables = [
            _laid_out(
                grids[title].lines(title)
                if title in grids
                else SheetReader(file, name, workbook, title, found, options).lines(),
                place,
            )
            for (title, found), place in zip(read, places, strict=True)
        ]
        if chosen.to_do:
            *tables, to_do = tables
            yield Opened(table, with_mended(chain.from_iterable(tables), to_do, header))
        else:
            yield Opened(table, chain.from_iterable(tables))


def _notes(chosen: Chosen) -> Iterator[Message]:
    several = len(chosen.sheets) > 1
    if several:
        yield Message(FileNote.SHEETS_TOGETHER, {"sheets": [repr(title) for title in chosen.sheets]})
    if chosen.others:
        yield Message(FileNote.SHEETS_NOT_READ, {"sheets": chosen.others})
    for title, found in chosen.sheets.items():
        yield from header_note(found, title if several else "")


def _of_grids(chosen: Chosen, grids: Mapping[str, GridTable]) -> Iterator[Message]:
    for title in chosen.sheets:
        if title in grids:
            yield grids[title].note(title if len(chosen.sheets) > 1 else "")


def _laid_out(lines: Iterator[Line], places: Places) -> Iterator[Line]:
    """One sheet's lines under the common header."""
    if places == tuple(range(len(places))):
        yield from lines
        return
    for line in lines:
        cells = tuple(None if place is None else line.cells[place] for place in places)
        orders = tuple((places.index(place), order) for place, order in line.orders)
        yield line._replace(cells=cells, orders=orders)


def _term_sheet(
    workbook: Workbook, candidates: list[Candidate], name: str, options: LoadOptions
) -> TermSheet | None:
    """The sheet that says when the term is, unless it is a timetable of that name."""
    for each in candidates:
        if isinstance(each.header, HeaderFault) and each.title != options.sheet:
            sheet = cast("Sheet", workbook[each.title])
            lines = first_lines(sheet, name, options, most=_TERM_LINES) if is_named_term(each.title) else []
            if is_term_sheet(each.title, lines):
                return TermSheet(each.title, tuple((number, cells[:_TERM_WIDTH]) for number, cells in lines))
    return None


def _candidates(
    workbook: Workbook,
    file: BinaryIO,
    name: str,
    options: LoadOptions,
    account: AccountKind,
    grids: dict[str, GridTable],
) -> list[Candidate]:
    """The sheets; those that are weekly grids are put into `grids`, too, where it was said how they are read."""
    candidates = []
    for sheet in cast("list[Sheet]", workbook.worksheets):  # charts are not among them
        sheet.reset_dimensions()
        lines = first_lines(sheet, name, options)
        header = find_header(lines, account, defaulted=options.defaulted, naming=options.naming)
        hidden = sheet.sheet_state != "visible"
        # What is wrong with the chart of a sheet stops nothing where another sheet was named.
        is_meant = not hidden if options.sheet is None else is_called(sheet.title, options.sheet)
        if isinstance(header, HeaderFault) and header.is_grid and is_meant and options.grid is not None:
            grid = _grid(sheet, file, name, options, account)
            if grid is not None:
                grids[sheet.title], header = grid, grid.found
        candidates.append(Candidate(sheet.title, hidden=hidden, blank=not lines, header=header))
    return candidates


def chart_of(sheet: Sheet, file: BinaryIO, name: str, options: LoadOptions) -> Unfolded | None:
    """The weekly grid that a sheet is, whatever stands in its cells."""
    return chart_in(all_lines(sheet, name, options), name, _outline(sheet, file, name))


def _outline(sheet: Sheet, file: BinaryIO, name: str) -> Outline | None:
    with translate_damage(name):
        return outline_of(file, sheet._worksheet_path)  # noqa: SLF001 - openpyxl tells nobody else


def _grid(
    sheet: Sheet, file: BinaryIO, name: str, options: LoadOptions, account: AccountKind
) -> GridTable | None:
    outline = _outline(sheet, file, name)
    place = SheetName(name, sheet.title)
    return grid_in(all_lines(sheet, name, options), place, options, account, outline)
