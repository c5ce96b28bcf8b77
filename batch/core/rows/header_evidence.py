"""What the cells below a header say of it, where it will not do: what is missing, and what the file is instead."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from batch.core.rows.addresses import presenters_address
from batch.core.rows.cells import read_start
from batch.core.rows.column_names import Named, near_misses
from batch.core.rows.columns import BY_NAME, SERIES, AccountKind, Kind
from batch.core.rows.days_across import LEAST_DAYS, days_across, weekday
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.row import CellValue, Numbered, Unreadable

_FORM = re.compile(r"[0-9]{1,2}[A-Za-z]")  #: 9A is a class, whatever hour it may be besides
_LONGEST = 40  #: of a cell that is quoted
_MOST_QUOTED = 3
_MOST_CELLS = 60  #: of a chart
_LONGEST_DAY = 60  #: characters that a day is written in


def is_grid(lines: Sequence[Numbered]) -> tuple[int, list[str], list[str]] | None:
    """The line of a chart with its days across, those days, and its first cells; None for a table with one class a row.

    A chart turned on its side, with the days down and times or periods across, is one, too.
    """
    for number, cells in lines:
        if days := days_across(cells):
            below = [cells for row, cells in lines if row > number]
            return number, [_shown(day) for day in days.values()], _first_of(below, days)
    for at, (number, cells) in enumerate(lines):
        beside = [line for _, line in lines[at + 1 :] if line and weekday(line[0]) is not None]
        is_head = len(list(filter(_is_hour, cells[1:]))) >= LEAST_DAYS and weekday(cells[0]) is None
        if is_head and len({weekday(line[0]) for line in beside}) >= LEAST_DAYS:
            places = range(1, max(map(len, beside)))
            return number, [_shown(line[0]) for line in beside], _first_of(beside, places)
    return None


def _first_of(lines: Sequence[Sequence[CellValue]], places: Iterable[int]) -> list[str]:
    """What stands in the first cells of a chart."""
    texts = (
        _shown(cells[place]).strip() for cells in lines for place in sorted(places) if place < len(cells)
    )
    return [text for text in texts if text][:_MOST_CELLS]


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


def by_their_cells(named: Named, cells_below: Callable[[int], Iterable[CellValue]]) -> Named:
    """The columns by their headers and what stands below: "Day" may be the days of the week, and may be dates.

    Args:
        named: by the headers alone; of what somebody said there is nothing to doubt.
        cells_below: the first cells below a header, by its position.
    """
    day = named.columns.get("weekday")
    if (
        day is None
        or "weekday" in named.mapped
        or not _NO_SERIES.isdisjoint((*named.columns, *named.doubles))
    ):
        return named
    cells = [cell for cell in cells_below(day) if _shown(cell).strip()][:_MOST_QUOTED]
    if any(weekday(cell) is not None for cell in cells) or not any(map(_is_date, cells)):
        return named
    return replace(named, columns={_DATE_FOR.get(name, name): place for name, place in named.columns.items()})


#: What else a file has whose days are those of the week; or dates of its own.
_NO_SERIES = {*SERIES, "date"} - {"weekday"}
_DATE_FOR = {"weekday": "date"}


def _is_date(cell: CellValue) -> bool:
    return _is_moment(cell) and not isinstance(read_start(cell) if isinstance(cell, str) else cell, time)


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


def _shown(cell: CellValue) -> str:
    if isinstance(cell, Unreadable):
        return cell.shown
    return "" if cell is None else str(cell)


def quoted(cells: Sequence[CellValue]) -> list[str]:
    """The first cells of a line with anything in them, short enough for a sentence."""
    texts = [text for cell in cells if (text := _shown(cell).strip())]
    return [repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...") for text in texts[:_MOST_QUOTED]]
