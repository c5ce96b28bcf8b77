"""Finds the header line of a table and maps its cells to the API's columns.

An API name wins over the other words people use; two headers for one column
are a fault, never a choice. Other account kinds' columns are carried through.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise, zip_longest
from typing import NamedTuple

from batch.core.message import FileFault, Message
from batch.core.quick_dataclass import dataclass
from batch.core.rows.column_names import NO_NAMING, Named, Naming, known_words, name_columns
from batch.core.rows.columns import SERIES_COLUMNS, AccountKind, columns_for, fold
from batch.core.rows.dates import names_a_day
from batch.core.rows.header_evidence import by_their_cells, is_grid, near_headers, no_dates, quoted
from batch.core.rows.known_formats import other_file_in
from batch.core.rows.own_sheets import EARLIER_PROBLEMS, PROBLEMS, RESULTS_FIRST, RESULTS_LAST, TO_DO_LAST
from batch.core.rows.row import CellValue, Header, Numbered, Unreadable

#: How many non-blank lines may be searched: banners and term titles stand above many headers.
LINES_SEARCHED = 10
#: Fewer known words in a line that is not the first are data.
_LEAST_KNOWN = 2


@dataclass(frozen=True, slots=True)
class Found:
    """The header, and which cells of a line stand under it: `cells[first:stop]`."""

    header: Header
    top: int  #: the header's first line; `header.row` is its last
    first: int  #: past a results workbook's own columns; else 0
    stop: int
    end: int  #: right of here no header stands
    rest: Mapping[str, int] = field(default_factory=dict)  #: a results workbook's own columns right of `stop`

    @property
    def mapped(self) -> tuple[int, ...]:
        """The positions in a line that mean something to us."""
        return tuple(self.first + position for position in self.header.columns.values())


@dataclass(frozen=True, slots=True)
class HeaderFault:
    """Why no line will do as header: all of it."""

    faults: tuple[tuple[FileFault, Mapping[str, object]], ...]
    almost: bool  #: looks like a timetable all the same: one column missing, or one named twice

    @property
    def is_grid(self) -> bool:
        """Whether it looks like a weekly grid."""
        return any(what is FileFault.A_GRID for what, _ in self.faults)

    def messages(self, name: str) -> Iterator[Message]:
        """For whoever reads the file, or the sheet of one, of that name."""
        return (Message(what, {"name": name, **facts}) for what, facts in self.faults)


def is_blank(cells: Sequence[CellValue]) -> bool:
    """Whether nothing stands in these cells; spaces are nothing."""
    for cell in cells:  # noqa: SIM110 - no generator: it is asked of every row, and the first cell mostly answers
        if cell is not None and not (isinstance(cell, str) and not cell.strip()):
            return False
    return True


def find_header(
    lines: Sequence[Numbered],
    account: AccountKind,
    *,
    defaulted: frozenset[str] = frozenset(),
    naming: Naming = NO_NAMING,
) -> Found | HeaderFault:
    """The header among the first non-blank lines of a table: the one with most known words.

    Args:
        lines: those lines, at most LINES_SEARCHED; where several know as much, the first wins.
        account: only its columns are mapped, and its required ones have to be there.
        defaulted: required columns that may be absent, because the settings fill them.
        naming: what the person said about headers.
    """
    if not lines:
        return HeaderFault(((FileFault.NOTHING_ON_IT, {}),), almost=False)
    found = _find(lines, account, defaulted=defaulted, naming=naming)
    if isinstance(found, HeaderFault) and (other := other_file_in([shown(cell) for cell in lines[0][1]])):
        return HeaderFault(((FileFault.NO_CLASSES, {"file": other, "classes": "classes.csv"}),), almost=False)
    if isinstance(found, HeaderFault) and (grid := is_grid(lines)):
        row, days, cells = grid
        return HeaderFault(((FileFault.A_GRID, {"row": row, "days": days, "cells": cells}),), almost=False)
    return found


def _find(
    lines: Sequence[Numbered], account: AccountKind, *, defaulted: frozenset[str], naming: Naming
) -> Found | HeaderFault:
    # The first of equals: a header repeated further down is not the header.
    best = max(lines, key=lambda line: known_columns(line[1], account, naming))
    wanted = _Wanted(account, defaulted, naming)
    found = _header_in(best, lines, wanted)
    words = known_words(account)
    if isinstance(found, Found):
        below = next((line for line in lines if line[0] == best[0] + 1), None)
        if below is None or not _goes_on(below[1], best[1], words):
            return found
        joined = _header_in((below[0], _joined(best[1], below[1], words)), lines, wanted)
        as_good = isinstance(joined, Found) and len(joined.mapped) >= len(found.mapped)
        return replace(joined, top=best[0]) if isinstance(joined, Found) and as_good else found
    for upper, lower in pairwise(lines):
        if lower[0] == upper[0] + 1 and not _is_data(lower[1]):
            joined = _header_in((lower[0], _joined(upper[1], lower[1], words)), lines, wanted)
            if isinstance(joined, Found):
                return replace(joined, top=upper[0])
    if best is not lines[0] and known_columns(best[1], account, naming) < _LEAST_KNOWN:
        return _no_header(lines, wanted.missing(Named({}, {})), account)
    return found


class _Wanted(NamedTuple):
    """What a header is searched for."""

    account: AccountKind
    defaulted: frozenset[str]
    naming: Naming

    def missing(self, named: Named) -> list[str]:
        """The columns that have to be there and are not, neither whole nor in parts."""
        there = {*named.columns, *named.doubles, *self.defaulted}
        columns = columns_for(self.account)
        there |= {column.part_of for column in columns if column.name in there}
        return [
            column.name
            for column in columns
            if self.account in column.required_by and column.name not in there
        ]


def _header_in(line: Numbered, lines: Sequence[Numbered], wanted: _Wanted) -> Found | HeaderFault:
    """The header that one line is, or why it will not do."""
    number, cells = line
    below = [there for row, there in lines if row > number]
    named = by_their_cells(
        _mapping(cells, wanted.account, wanted.naming),
        lambda place: (there[place] for there in below if place < len(there)),
    )
    missing = wanted.missing(named)
    if not named.columns.keys() - SERIES_COLUMNS and not named.doubles:
        return _no_header(lines, missing, wanted.account)
    if missing or named.doubles:
        return _fault(line, lines, missing, named.doubles, wanted.account)
    first, stop, end = _input_columns(cells)
    header = Header(
        row=number,
        names=tuple(shown(cell) for cell in cells[first:stop]),
        columns={name: position - first for name, position in named.columns.items()},
        of_results=first > 0,
        date_above=_date_above(number, lines),
    )
    rest = {shown(cells[place]).strip(): place for place in range(stop, end)} if first else {}
    return Found(header, number, first, stop, end, rest)


def _date_above(number: int, lines: Sequence[Numbered]) -> tuple[int, str] | None:
    """The nearest line above a header that names a day: of all the rows, or of none."""
    found = None
    for row, cells in lines:
        for cell in cells:
            if row < number and not is_blank((cell,)) and names_a_day(shown(cell)):
                found = row, shown(cell).strip()
    return found


def _joined(
    upper: Sequence[CellValue], lower: Sequence[CellValue], words: Mapping[str, str]
) -> list[CellValue]:
    """Two lines as one header: both words where that is known, else the one that is, else both."""
    return [_joined_cell(shown(above), shown(below), words) for above, below in zip_longest(upper, lower)]


def _joined_cell(above: str, below: str, words: Mapping[str, str]) -> str | None:
    both = f"{above.strip()} {below.strip()}".strip()
    if not both or fold(both) in words:
        return both or None
    known = [text for text in (above, below) if fold(text) in words]
    return known[0] if len(known) == 1 else both


def _goes_on(lower: Sequence[CellValue], upper: Sequence[CellValue], words: Mapping[str, str]) -> bool:
    """Whether a line is the second half of a header that would do without it: units, or more words."""
    texts = [
        (shown(above), shown(below)) for above, below in zip_longest(upper, lower) if not is_blank((below,))
    ]
    if all(_IN_BRACKETS.match(below) for _, below in texts):
        return True
    return len(texts) > 1 and all(
        fold(below) in words or fold(f"{above} {below}") in words for above, below in texts
    )


def _is_data(cells: Sequence[CellValue]) -> bool:
    """Whether a line is no half of a header: words alone make one."""
    return any(
        not is_blank((cell,)) and (not isinstance(cell, str) or _NO_HEADER_WORD.search(cell))
        for cell in cells
    )


_IN_BRACKETS = re.compile(r"\s*[(\[].*[)\]]\s*\Z", re.DOTALL)
_NO_HEADER_WORD = re.compile(r"[0-9@]")


def known_columns(cells: Sequence[CellValue], account: AccountKind, naming: Naming = NO_NAMING) -> int:
    """How many of the account's columns these cells name."""
    named = _mapping(cells, account, naming)
    return len(named.columns.keys() - SERIES_COLUMNS) + len(named.doubles)


def shown(cell: CellValue) -> str:
    """A cell's text, as a header or a message shows it."""
    if cell is None:
        return ""
    return cell.shown if isinstance(cell, Unreadable) else str(cell)


def letter(position: int) -> str:
    """What Excel calls the column at a position.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    more, last = divmod(position, 26)
    return (letter(more - 1) if more else "") + chr(ord("A") + last)


def _mapping(cells: Sequence[CellValue], account: AccountKind, naming: Naming) -> Named:
    """Which cells of a line name which columns, a results workbook's own aside."""
    first, stop, _ = _input_columns(cells)
    headers = [shown(cell) for cell in cells[first:stop]]
    named = name_columns(headers, account, naming)
    return Named(
        {name: first + position for name, position in named.columns.items()},
        {name: [first + position for position in each] for name, each in named.doubles.items()},
        named.mapped,
    )


def _input_columns(cells: Sequence[CellValue]) -> tuple[int, int, int]:
    """Where the input's columns begin and stop, without those of a results workbook or a marked copy; where all of them end."""
    end = len(cells)
    while end and is_blank(cells[end - 1 : end]):
        end -= 1
    is_results = tuple(shown(cell).strip() for cell in cells[: len(RESULTS_FIRST)]) == RESULTS_FIRST
    first = len(RESULTS_FIRST) if is_results else 0
    ours = {"", PROBLEMS, *((EARLIER_PROBLEMS, *RESULTS_LAST, *TO_DO_LAST) if is_results else ())}
    stop = end
    while stop > first and shown(cells[stop - 1]).strip() in ours:
        stop -= 1
    return first, stop, end


def _no_header(lines: Sequence[Numbered], missing: Sequence[str], account: AccountKind) -> HeaderFault:
    wordiest = max(lines, key=lambda line: sum(isinstance(cell, str) for cell in line[1]))
    top, first = lines[0]
    data = quoted(first) if _is_data(first) else []
    facts = {"lines": len(lines), "missing": missing, "near": _near(missing, wordiest, lines, account)}
    return HeaderFault(
        (
            (
                FileFault.NO_HEADER,
                {**facts, "row": top, "data": data, "no_dates": no_dates(top - bool(data), lines)},
            ),
        ),
        almost=False,
    )


def _fault(
    line: Numbered,
    lines: Sequence[Numbered],
    missing: Sequence[str],
    doubles: Mapping[str, Sequence[int]],
    account: AccountKind,
) -> HeaderFault:
    number, cells = line
    faults: list[tuple[FileFault, Mapping[str, object]]] = []
    if missing:
        near = _near(missing, line, lines, account)
        facts = {"missing": missing, "header_row": number, "near": near, "no_dates": no_dates(number, lines)}
        faults.append((FileFault.NO_COLUMN, facts))
    for name, positions in doubles.items():
        names = [shown(cells[position]).strip() for position in positions]
        headers = [
            (header, f"{letter(position)}{number}") for header, position in zip(names, positions, strict=True)
        ]
        facts = {"column": name, "times": len(names), "headers": headers, "first": names[0]}
        faults.append((FileFault.COLUMN_TWICE, facts))
    return HeaderFault(tuple(faults), almost=len(missing) <= 1)


def _near(
    missing: Sequence[str], header: Numbered, lines: Sequence[Numbered], account: AccountKind
) -> list[tuple[str, str, str]]:
    """For each missing column the header that was probably meant, where there is one, and its place."""
    _, cells = header
    return [
        (shown(cells[position]).strip(), letter(position), name)
        for position, name in near_headers(missing, header, lines, account)
    ]
