"""One cell of a workbook -> its value as typed, mended where Excel's file format bent it."""

import re
from datetime import date, datetime, time, timedelta

from batch.core.rows.problems import Problem
from batch.core.rows.row import CellValue, Unreadable

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_HALF_A_SECOND = timedelta(milliseconds=500)


def plain(value: object, data_type: str) -> CellValue:
    """A cell's value as openpyxl read it, and its data type -> the value as typed."""
    if isinstance(value, str):
        if data_type == "e":
            return Unreadable(value, Problem.ERROR_CELL)
        return text(value) if "_x" in value or "\r" in value else value
    if isinstance(value, datetime | time | timedelta):
        return whole_seconds(value)
    if value is None or isinstance(value, bool | int | float | date):
        return value
    raise TypeError(f"openpyxl gave a {type(value).__name__}")


def text(value: str) -> str:
    """Text without Excel's `_xHHHH_` escapes and without carriage returns.

    A typed `_x0041_` comes as `_x005F_x0041_` and is `_x0041_` again here, unless it
    is a shared string: openpyxl takes the first escape away and nobody can tell then.
    """
    decoded = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value).replace("\r", "")
    # Two escapes may be the halves of one character; a half alone cannot be kept in UTF-8.
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def whole_seconds(value: datetime | time | timedelta) -> datetime | time | timedelta:
    """Excel keeps times as fractions of a day: 14:00 may come as 13:59:59.999."""
    if isinstance(value, timedelta):
        return timedelta(seconds=round(value.total_seconds()))
    if not value.microsecond:
        return value
    if isinstance(value, time):
        rounded = datetime.combine(date(2000, 1, 1), value) + _HALF_A_SECOND
        # The last half second of a day has no next second in a time.
        return rounded.time().replace(microsecond=0) if rounded.day == 1 else value.replace(microsecond=0)
    try:
        return (value + _HALF_A_SECOND).replace(microsecond=0)
    except OverflowError:  # the last second of the year 9999
        return value.replace(microsecond=0)
