"""The first lines of a file that has no header we know: what the mapping page asks about.

Runs in a child process that has nothing else to lose. What the readers of
`batch/readers` refuse is refused here, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batch.core.rows.column_names import Naming, name_columns, near_misses
from batch.core.rows.columns import BY_NAME, AccountKind, columns_for, fold
from batch.core.rows.header import (
    Found,
    HeaderFault,
    find_header,
    known_columns,
    letter,
    shown,
)
from batch.core.rows.header_evidence import by_their_cells
from batch.core.rows.row import CellValue, Numbered
from batch.core.rows.row import shown as cell_shown
from batch.core.text import one_line
from batch.readers.preview import SheetHead
from batch.report.text import shortened
from batch.report.wording.language import translated
from batch.report.wording.phrases import tr
from batch.web.state.orders import FileOverrides

_SAMPLES = 3
_LONGEST_SAMPLE = 60
#: The choice of all sheets together; no sheet can be called so.
ALL_SHEETS = "*"


def question(
    heads: Sequence[SheetHead],
    account: AccountKind,
    naming: Naming,
    defaulted: frozenset[str],
    overrides: FileOverrides,
) -> dict[str, Any] | None:
    """What to ask about a file that could not be read as a timetable; None where asking does not help.

    Args:
        heads: what stands in it.
        account: whose columns are wanted.
        naming: what is known about headers.
        defaulted: columns that need not be there.
        said: what was said about the file before.
    """
    if not heads:
        return None
    faults = {
        head.title: find_header(head.lines, account, defaulted=defaulted, naming=naming) for head in heads
    }
    sheets = [head.title for head in heads] if len(heads) > 1 else []
    likely = [head for head in heads if _fits(faults[head.title])]
    if overrides.all_sheets:
        meant = [head for head in likely if isinstance(faults[head.title], HeaderFault)]
    elif overrides.sheet:
        meant = [head for head in heads if head.title == overrides.sheet]
        if not meant:  # of an earlier version of the file: the results workbook, say, has other sheets
            return asked([head.title for head in heads], heads[0].title, "", [])
    else:
        meant = likely or list(heads)
        if len(meant) > 1:
            return asked(sheets, meant[0].title, "", [])
    if not meant or not isinstance(faults[meant[0].title], HeaderFault):
        return None
    names, samples = _columns(meant[0], account, naming)
    if sum(bool(name.strip()) for name in names) < 2:
        return None
    columns = list(choices_of(names, samples, account, naming, _doubles(names)))
    return asked(sheets, ALL_SHEETS if overrides.all_sheets else meant[0].title, meant[0].title, columns)


def _fits(found: Found | HeaderFault) -> bool:
    return isinstance(found, Found) or found.almost


def asked(
    sheets: Sequence[str], sheet_chosen: str, sheet: str, columns: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "sheets": list(sheets),
        "sheet_chosen": sheet_chosen,
        "sheet": sheet,
        "columns": [dict(column) for column in columns],
    }


def choices_of(
    names: Sequence[str],
    samples: Sequence[Sequence[str]],
    account: AccountKind,
    naming: Naming,
    doubles: frozenset[str] = frozenset(),
) -> Iterator[dict[str, Any]]:
    """For each column with a header: what it is taken for, and what it may be."""
    named = by_their_cells(
        name_columns(names, account, naming), lambda place: samples[place] if place < len(samples) else ()
    )
    found = {position: name for name, position in named.columns.items()}
    claimed = {position: name for name, positions in named.doubles.items() for position in positions}
    missing = [column.name for column in columns_for(account) if column.name not in named.columns]
    near = {position: name for name, position in near_misses(missing, names, account)}
    for position, name in enumerate(names):
        if not name.strip():
            continue
        why = ""
        if fold(name) in doubles:
            why = tr("This header stands in the file more than once: give each column its own name there.")
        elif position in claimed:
            why = tr(
                "Several columns could be the column {column}: choose which one is.",
                column=translated(BY_NAME[claimed[position]].called),
            )
        elif position in near:
            why = tr("Its header looks like it.")
        yield {
            "header": shortened(one_line(name), _LONGEST_SAMPLE),
            "name": name,
            "position": position + 1,
            "letter": letter(position),
            "samples": list(samples[position]) if position < len(samples) else [],
            "chosen": found.get(position, ""),
            "suggested": near.get(position, claimed.get(position, "")),
            "why": why,
        }


def needed(account: AccountKind, defaulted: frozenset[str]) -> list[str]:
    """The columns that a timetable cannot do without."""
    return [
        translated(column.called)
        for column in columns_for(account)
        if account in column.required_by and column.name not in defaulted
    ]


class Samples:
    """Three cells of each column, from rows that come one at a time."""

    def __init__(self) -> None:
        self._columns: list[list[str]] = []

    def add(self, cells: Sequence[str]) -> None:
        while len(self._columns) < len(cells):
            self._columns.append([])
        for column, cell in zip(self._columns, cells, strict=False):
            if len(column) < _SAMPLES and cell.strip() and (text := _sample(cell)) not in column:
                column.append(text)

    def all(self) -> list[list[str]]:
        return self._columns


def _columns(head: SheetHead, account: AccountKind, naming: Naming) -> tuple[list[str], list[list[str]]]:
    """The line that is most like a header, and what stands below it."""

    def likeness(line: Numbered) -> tuple[int, int]:
        return known_columns(line[1], account, naming), sum(_is_word(cell) for cell in line[1])

    header = max(head.lines, key=likeness)
    samples = Samples()
    for number, cells in head.lines:
        if number > header[0]:
            samples.add([cell_shown(cell) for cell in cells])
    return [shown(cell) for cell in header[1]], samples.all()


def _is_word(cell: CellValue) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell)) and "@" not in cell


def _doubles(names: Sequence[str]) -> frozenset[str]:
    folded = [fold(name) for name in names]
    return frozenset(name for name in folded if name and folded.count(name) > 1)


def _sample(cell: str) -> str:
    return shortened(one_line(cell), _LONGEST_SAMPLE)


def labels(account: AccountKind) -> list[tuple[str, str]]:
    """What a column may be: (the API's name, what people call it and what it is for)."""
    return [
        (column.name, f"{translated(column.called)}: {translated(column.help)}")
        for column in columns_for(account)
    ]
