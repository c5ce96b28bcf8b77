"""pandas tables in and out, for users of the library.

Built from typed values with `dtype=object`: pandas guesses at nothing, so that
00123 stays text and an empty cell stays empty.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from numbers import Real
from typing import Any

import pandas as pd

from batch.core.errors import CannotRun
from batch.core.message import FileFault
from batch.core.rows.own_sheets import RESULTS_FIRST, RESULTS_LAST
from batch.core.rows.row import CellValue, RawRow, Unreadable
from batch.report.facts import ResultRow
from batch.report.local_time import start_local
from batch.report.text import CELL_LIMIT


def results_frame(
    header: Sequence[str], rows: Iterable[ResultRow], of: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The Results sheet as a table: its columns, in its order; `start_utc` is a moment.

    Args:
        header: of the input.
        rows: what became of each class.
        of: the table that was handed in: its index is kept, and its columns are as they are there.

    Raises:
        ValueError: `of` is another table.
    """
    rows = list(rows)
    lines = [
        (
            row.number,
            row.outcome.value,
            row.call_id,
            row.class_id,
            row.error_code,
            "\n".join(row.sentences()) or None,
            *row.cells,
            row.sheet or None,
            start_local(row.starts, row.zone) if row.starts and row.zone else None,
            row.starts,
            row.attempts,
            row.presenter_url,
            row.fingerprint,
        )
        for row in rows
    ]
    table = pd.DataFrame(lines, columns=[*RESULTS_FIRST, *header, *RESULTS_LAST], dtype=object)
    return table if of is None else _as_it_was(table, header, [row.number for row in rows], of)


def _as_it_was(
    table: pd.DataFrame, header: Sequence[str], numbers: Sequence[int], of: pd.DataFrame
) -> pd.DataFrame:
    """The results with index and types of the table that was handed in: the first row of that is number 2."""
    names = [_name(name) for name in of.columns]
    starts = range(len(names) - len(header) + 1)
    first = next((at for at in starts if names[at : at + len(header)] == list(header)), None)
    if first is None or max(numbers, default=2) - 2 >= max(len(of), 1):
        raise ValueError("of: this is not the table that the report is about")
    taken = of.iloc[[number - 2 for number in numbers], first : first + len(header)]
    before, behind = len(RESULTS_FIRST), len(RESULTS_FIRST) + len(header)
    table.index = taken.index
    return pd.concat([table.iloc[:, :before], taken, table.iloc[:, behind:]], axis=1)


def _name(column: Any) -> str:
    return "" if pd.api.types.is_scalar(column) and pd.isna(column) else str(column)


def typed_frame(header: Sequence[str], rows: Iterable[RawRow]) -> pd.DataFrame:
    """A timetable as typed, indexed by the row numbers that Excel shows."""
    rows = list(rows)
    cells = [[_plain(cell) for cell in row.cells] for row in rows]
    index = pd.Index([row.number for row in rows], name="row")
    return pd.DataFrame(cells, index=index, columns=list(header), dtype=object)


def cells_of(frame: pd.DataFrame, name: str) -> Iterator[tuple[CellValue, ...]]:
    """The table's lines as a spreadsheet would have them: its header, then its rows.

    Raises:
        CannotRun: a value is none that a cell can hold.
    """
    header = tuple(map(_name, frame.columns))
    yield header
    for number, values in enumerate(frame.itertuples(index=False, name=None), start=2):
        cells: list[CellValue] = []
        for column, value in zip(header, values, strict=True):
            try:
                cells.append(_typed(value))
            except ValueError as error:
                raise CannotRun(
                    FileFault.NO_CELL, name=name, row=number, column=column, why=str(error)
                ) from error
        yield tuple(cells)


def _typed(value: object) -> CellValue:
    """A value of a table as a cell of a spreadsheet would have it."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - not a number equals nothing
        return None
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        value = value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value.to_pytimedelta()
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()  # no cell holds an offset; the row's check says what to do about it
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str | bool | int | date | time | timedelta):
        return _storable(value) if isinstance(value, str) else value
    item: Callable[[], Any] | None = getattr(value, "item", None)  # numpy's own numbers
    if item is not None:
        return _typed(item())
    if isinstance(value, Real):
        return _number(float(value))
    raise ValueError(f"a {type(value).__name__} is nothing that a cell can hold")


def _number(value: float) -> int | float:
    """A whole one without a point, as every spreadsheet shows it."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number that a cell can hold")
    return int(value) if value.is_integer() else value


def _storable(text: str) -> str:
    if len(text.encode("utf-16-le", "surrogatepass")) > 2 * CELL_LIMIT:
        raise ValueError(f"text of {len(text):,} characters is longer than a cell can be")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("text holds half a character (a lone surrogate)") from None
    return text


def _plain(cell: CellValue) -> object:
    return cell.shown if isinstance(cell, Unreadable) else cell
