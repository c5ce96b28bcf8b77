"""pandas tables in and out, for users of the library.

Built from typed values with `dtype=object`: pandas guesses at nothing, so that
00123 stays text and an empty cell stays empty.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed

from batch.core.rows.columns import RESULTS_FIRST, RESULTS_LAST
from batch.core.rows.row import CellValue, RawRow, Unreadable
from batch.errors import CannotRun
from batch.report.facts import ResultRow
from batch.report.local_time import start_local
from batch.report.text import CELL_LIMIT

_SHEET = "Timetable"
_FORMATS = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}


def results_frame(header: Sequence[str], rows: Iterable[ResultRow]) -> pd.DataFrame:
    """The Results sheet as a table: its columns, in its order; `start_utc` is a moment."""
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
    return pd.DataFrame(lines, columns=[*RESULTS_FIRST, *header, *RESULTS_LAST], dtype=object)


def typed_frame(header: Sequence[str], rows: Iterable[RawRow]) -> pd.DataFrame:
    """A timetable as typed, indexed by the row numbers that Excel shows."""
    rows = list(rows)
    cells = [[_plain(cell) for cell in row.cells] for row in rows]
    index = pd.Index([row.number for row in rows], name="row")
    return pd.DataFrame(cells, index=index, columns=list(header), dtype=object)


def workbook_of(frame: pd.DataFrame, name: str) -> bytes:
    """The table as an .xlsx file, each value with its type: what the loader reads.

    Raises:
        CannotRun: a value is none that a cell can hold.
    """
    with tempfile.TemporaryDirectory(prefix="classbatch-") as folder:
        path = Path(folder) / "table.xlsx"
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            sheet = book.add_worksheet(_SHEET)
            formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
            for position, column in enumerate(frame.columns):
                sheet.write_string(0, position, str(column))
            for line, values in enumerate(frame.itertuples(index=False, name=None), start=1):
                for position, value in enumerate(values):
                    try:
                        _write(sheet, line, position, value, formats)
                    except ValueError as error:
                        raise CannotRun(
                            f"{name}, row {line + 1}, {frame.columns[position]}: {error}",
                            "Give text, a number, yes or no, or a date and time.",
                        ) from error
        return path.read_bytes()


def _write(sheet: Any, line: int, position: int, value: object, formats: Mapping[type, Any]) -> None:
    value = _typed(value)
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(line, position, _storable(value))
    elif isinstance(value, bool):
        sheet.write_boolean(line, position, value)
    elif isinstance(value, datetime | date | time | timedelta):
        kind = next(kind for kind in formats if isinstance(value, kind))
        sheet.write_datetime(line, position, value, formats[kind])
    else:
        sheet.write_number(line, position, value)


def _typed(value: object) -> CellValue:
    """A value of a table as a cell of a spreadsheet would have it."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - not a number equals nothing
        return None
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value.to_pytimedelta()
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()  # no cell holds an offset; the row's check says what to do about it
    if isinstance(value, str | bool | int | float | date | time | timedelta):
        return value
    item: Callable[[], Any] | None = getattr(value, "item", None)  # numpy's own numbers
    if item is not None:
        return _typed(item())
    if isinstance(value, Real):
        return float(value)
    raise ValueError(f"a {type(value).__name__} is nothing that a cell can hold")


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
