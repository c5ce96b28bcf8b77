"""What the cells below a header say of it, where it will not do: what is missing, and what the file is instead."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from batch.core.rows.addresses import presenters_address
from batch.core.rows.calendar_words import WEEKDAYS
from batch.core.rows.cells import read_start
from batch.core.rows.column_names import near_misses
from batch.core.rows.columns import BY_NAME, AccountKind, Kind
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.row import CellValue, Numbered, Unreadable
from batch.core.rows.spelling import plain

_FORM = re.compile(r"[0-9]{1,2}[A-Za-z]")  #: 9A is a class, whatever hour it may be besides
_LEAST_DAYS = 3  #: days side by side that make a grid
_LONGEST = 40  #: of a cell that is quoted
_MOST_QUOTED = 3
_LONGEST_DAY = 60  #: characters that a day is written in


def is_grid(lines: Sequence[Numbered]) -> tuple[int, list[str]] | None:
    """The line of a chart with its days across, and those days; None for a table with one class a row.

    A chart turned on its side, with the days down and times or periods across, is one, too.
    """
    for number, cells in lines:
        days = [cell for cell in cells if _weekday(cell) is not None or isinstance(cell, date)]
        names = [_weekday(cell) for cell in days]
        if len(days) >= _LEAST_DAYS and len(
            {name or day for name, day in zip(names, days, strict=True)}
        ) == len(days):
            return number, [_shown(day) for day in days]
    first, *below = lines
    down = [cells[0] for _, cells in below if cells and _weekday(cells[0]) is not None]
    across = [cell for cell in first[1][1:] if _is_hour(cell)]
    if len({_weekday(day) for day in down}) >= _LEAST_DAYS and len(across) >= _LEAST_DAYS:
        return first[0], [_shown(day) for day in down]
    return None


def near_headers(
    missing: Sequence[str], header: Numbered, lines: Sequence[Numbered], account: AccountKind
) -> Iterator[tuple[int, str]]:
    """For each missing column the position of the header that may be meant: a slip of the pen, or its cells say so."""
    number, cells = header
    names = [cell if isinstance(cell, str) else "" for cell in cells]
    found = set[str]()
    is_alone = all(row <= number for row, _ in lines)
    for name, position in near_misses(missing, names, account):
        if is_alone or _could_be(name, list(_column(position, number, lines))):
            found.add(name)
            yield position, name
    if "presenter_email" in set(missing) - found:
        holders = [position for position in range(len(cells)) if _holds_addresses(position, number, lines)]
        if len(holders) == 1 and names[holders[0]].strip():
            yield holders[0], "presenter_email"


def no_dates(header_row: int, lines: Sequence[Numbered]) -> list[str]:
    """What stands below a header in whose columns there is no date and no time of day; [] where there is one."""
    below = [cells for number, cells in lines if number > header_row]
    if any(_is_moment(cell) for cells in below for cell in cells):
        return []
    return quoted(below[0]) if below else []


def _column(position: int, header_row: int, lines: Sequence[Numbered]) -> Iterator[CellValue]:
    for number, cells in lines:
        if number > header_row and position < len(cells) and _shown(cells[position]).strip():
            yield cells[position]


def _holds_addresses(position: int, header_row: int, lines: Sequence[Numbered]) -> bool:
    cells = list(_column(position, header_row, lines))
    return bool(cells) and all(
        isinstance(cell, str) and isinstance(presenters_address(cell.strip()), str) for cell in cells
    )


def _could_be(name: str, cells: Sequence[CellValue]) -> bool:
    """Whether what stands below a header that is spelt nearly so contradicts it."""
    kind = BY_NAME[name].kind
    if kind in {Kind.START, Kind.DATE, Kind.END}:
        return any(map(_is_moment, cells))
    if kind is Kind.EMAIL:
        return not cells or any(isinstance(cell, str) and "@" in cell for cell in cells)
    return True


def _is_moment(cell: CellValue) -> bool:
    """Whether a cell holds a date, a time of day or both, however doubtful."""
    if isinstance(cell, datetime | date | time):
        return True
    if not isinstance(cell, str) or len(cell) > _LONGEST_DAY or _FORM.fullmatch(cell.strip()):
        return False
    found = read_start(cell.strip())
    unread = {Problem.NOT_A_TIME, Problem.BARE_NUMBER, Problem.ONLY_A_WEEKDAY, Problem.NO_YEAR}
    return not isinstance(found, Fault) or found.problem not in unread


def _is_hour(cell: CellValue) -> bool:
    text = _shown(cell).strip()
    return bool(text) and len(text) <= _LONGEST_DAY and (_is_moment(cell) or any(map(str.isdigit, text)))


def _weekday(cell: CellValue) -> frozenset[int] | None:
    """The day of the week that a cell names, and nothing else."""
    if not isinstance(cell, str) or len(cell) > _LONGEST_DAY:
        return None
    return WEEKDAYS.get(plain(cell).rstrip("."))


def _shown(cell: CellValue) -> str:
    if isinstance(cell, Unreadable):
        return cell.shown
    return "" if cell is None else str(cell)


def quoted(cells: Sequence[CellValue]) -> list[str]:
    """The first cells of a line with anything in them, short enough for a sentence."""
    texts = [text for cell in cells if (text := _shown(cell).strip())]
    return [repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...") for text in texts[:_MOST_QUOTED]]
