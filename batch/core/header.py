"""Finds the header line of a table and maps its cells to the API's columns.

An API name wins over the other words people use; two headers for one column
are a fault, never a choice. Other account kinds' columns are carried through.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from batch.core.columns import BY_NAME, RESULTS_FIRST, RESULTS_LAST, AccountKind, columns_for, fold
from batch.core.row import CellValue, Header, Unreadable

#: How many non-blank lines may be searched: banners and term titles stand above many headers.
LINES_SEARCHED = 10

#: One line of a table: the number Excel shows, and its cells.
Line = tuple[int, Sequence[CellValue]]


@dataclass(frozen=True, slots=True)
class Found:
    """The header, and which cells of a line stand under it: `cells[first:stop]`."""

    header: Header
    first: int  #: past a results workbook's own columns; else 0
    stop: int
    end: int  #: right of here no header stands

    @property
    def mapped(self) -> tuple[int, ...]:
        """The positions in a line that mean something to us."""
        return tuple(self.first + position for position in self.header.columns.values())


@dataclass(frozen=True, slots=True)
class HeaderFault:
    """Why no line will do as header: all of it, for one message."""

    says: str
    fix: str
    almost: bool  #: looks like a timetable all the same: one column missing, or one named twice


def is_blank(cells: Sequence[CellValue]) -> bool:
    """Whether nothing stands in these cells; spaces are nothing."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def find_header(
    lines: Sequence[Line], account: AccountKind, *, defaulted: frozenset[str] = frozenset()
) -> Found | HeaderFault:
    """The header among the first non-blank lines of a table: the one with most known words.

    Args:
        lines: those lines, at most LINES_SEARCHED; where several know as much, the first wins.
        account: only its columns are mapped, and its required ones have to be there.
        defaulted: required columns that may be absent, because the settings fill them.
    """
    if not lines:
        return HeaderFault("is empty", "Fill it in, or give the file that holds the timetable.", almost=False)
    words = _words(account)
    # The first of equals: a header repeated further down is not the header.
    number, cells = max(lines, key=lambda line: known_columns(line[1], account))
    columns, doubles = _mapping(cells, words)
    missing = [
        column.name
        for column in columns_for(account)
        if account in column.required_by and column.name not in {*columns, *doubles, *defaulted}
    ]
    if not columns and not doubles:
        return _no_header([cells for _, cells in lines], missing, words)
    if missing or doubles:
        return _fault(number, missing, doubles, cells, words)
    first, stop, end = _input_columns(cells)
    header = Header(
        row=number,
        names=tuple(shown(cell) for cell in cells[first:stop]),
        columns={name: position - first for name, position in columns.items()},
    )
    return Found(header, first, stop, end)


def known_columns(cells: Sequence[CellValue], account: AccountKind) -> int:
    """How many of the account's columns these cells name."""
    columns, doubles = _mapping(cells, _words(account))
    return len(columns) + len(doubles)


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


def _words(account: AccountKind) -> Mapping[str, str]:
    return {
        fold(word): column.name for column in columns_for(account) for word in (*column.words, column.name)
    }


def _mapping(
    cells: Sequence[CellValue], words: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """API name -> position, and API name -> positions where several claim to be it."""
    claims: dict[str, list[int]] = {}
    first, stop, _ = _input_columns(cells)
    for position in range(first, stop):
        cell = cells[position]
        if isinstance(cell, str) and (name := words.get(fold(cell))):
            claims.setdefault(name, []).append(position)
    columns, doubles = {}, {}
    for name, positions in claims.items():
        exact = [position for position in positions if fold(shown(cells[position])) == fold(name)]
        chosen = exact or positions
        if len(chosen) == 1:
            columns[name] = chosen[0]
        else:
            doubles[name] = chosen
    return columns, doubles


def _input_columns(cells: Sequence[CellValue]) -> tuple[int, int, int]:
    """Where the input's columns begin and stop, without a results workbook's own; where all of them end."""
    end = len(cells)
    while end and is_blank(cells[end - 1 : end]):
        end -= 1
    if tuple(shown(cell).strip() for cell in cells[: len(RESULTS_FIRST)]) != RESULTS_FIRST:
        return 0, end, end
    stop = end
    while stop > len(RESULTS_FIRST) and shown(cells[stop - 1]).strip() in ("", *RESULTS_LAST):
        stop -= 1
    return len(RESULTS_FIRST), stop, end


def _no_header(
    lines: Sequence[Sequence[CellValue]], missing: Sequence[str], words: Mapping[str, str]
) -> HeaderFault:
    where = "its only row" if len(lines) == 1 else f"its first {len(lines)} rows (blank ones not counted)"
    wordiest = max(lines, key=lambda cells: sum(isinstance(cell, str) for cell in cells))
    return HeaderFault(
        f"has no header in {where}: no column is named {_listed(missing, 'or')}",
        " ".join((*_near_misses(missing, wordiest, words), _add(missing))),
        almost=False,
    )


def _fault(
    number: int,
    missing: Sequence[str],
    doubles: Mapping[str, Sequence[int]],
    cells: Sequence[CellValue],
    words: Mapping[str, str],
) -> HeaderFault:
    says, fix = [], []
    if missing:
        says.append(f"has no column for {_listed(missing, 'or')} (the header is row {number})")
        fix += [*_near_misses(missing, cells, words), _add(missing)]
    for name, positions in doubles.items():
        named = [
            f"{shown(cells[position]).strip()!r} in {letter(position)}{number}" for position in positions
        ]
        says.append(f"has {len(positions)} columns for {name}: {_listed(named, 'and')}")
        fix.append(f"Name the right one {name}.")
    return HeaderFault("; it ".join(says), " ".join(fix), almost=len(missing) <= 1)


def _add(missing: Sequence[str]) -> str:
    what = "Every timetable needs a column" if len(missing) == 1 else "Every timetable needs the columns"
    return f"{what} {_listed(missing, 'and')}; `classbatch template` writes a blank one that has all."


def _near_misses(
    missing: Sequence[str], cells: Sequence[CellValue], words: Mapping[str, str]
) -> Iterator[str]:
    """For each missing column the header that was probably meant, where one comes close."""
    free = {
        fold(cell): f"{cell.strip()!r} ({letter(position)})"
        for position, cell in enumerate(cells)
        if isinstance(cell, str) and cell.strip() and fold(cell) not in words
    }
    for name in missing:
        known = [fold(word) for word in (name, *BY_NAME[name].words)]
        close = max(((_likeness(typed, word), typed) for typed in free for word in known), default=(0.0, ""))
        if close[0] >= _CLOSE:
            yield f"Is {free[close[1]]} the {name}? Then name it so."


#: From here on difflib's ratio means a slip of the pen: 'strat time' has 0.9, 'end time' 0.78.
_CLOSE = 0.8


def _likeness(typed: str, word: str) -> float:
    return difflib.SequenceMatcher(a=typed, b=word).ratio()


def _listed(names: Sequence[str], last: str) -> str:
    *first, end = names
    return f"{', '.join(first)} {last} {end}" if first else end
