"""The labels beside a grid's lessons: a period's name, its hours, or both."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cells import read_start
from batch.core.rows.clock_times import Span
from batch.core.rows.row import CellValue, shown
from batch.core.rows.value_maps import folded

_CLOCK = re.compile(
    r"(?<![\w:.])[0-9]{1,2} ?(?:[:.hH][0-9]{2}(?:[:.][0-9]{2})?|(?=[ap]\.?m))(?: ?[ap]\.?m\b\.?)?(?![0-9])",
    re.IGNORECASE,
)
_DOT = re.compile(r"(?<=[0-9])\.(?=[0-5][0-9]\b)")
_HALF = re.compile(r"[ap]\.?m", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_TWO = 2
_NOON = 12


@dataclass(frozen=True, slots=True)
class Label:
    """What the label of a lesson says; hours as written, for whoever reads hours."""

    name: str = ""
    start: CellValue = None
    end: CellValue = None


def read_label(cells: Sequence[CellValue], periods: Mapping[str, str]) -> Label:
    """What stands in the cells beside a lesson.

    Args:
        cells: those with anything in them.
        periods: folded name of a period -> its hours, such as "08:30-09:20".
    """
    pieces: list[CellValue] = []
    for cell in cells:
        lines = (
            [line for each in cell.splitlines() if (line := each.strip())]
            if isinstance(cell, str)
            else [cell]
        )
        pieces += lines
    hours: list[CellValue] = []
    names: list[str] = []
    for piece in pieces:
        found = _hours_in(piece)
        hours += found
        if not found:
            names.append(shown(piece).strip())
    whole = " ".join(shown(piece).strip() for piece in pieces)
    if not hours:
        meaning = next((periods[name] for each in (*names, whole) if (name := folded(each)) in periods), None)
        hours = _hours_in(meaning) if meaning is not None else []
        if meaning is not None and not hours:
            return Label(whole, meaning)
    if not 1 <= len(hours) <= _TWO:
        # Not known, or more than a start and an end: whoever reads hours says so.
        return Label(whole, whole or None)
    return Label(" ".join(names) or whole, hours[0], hours[1] if len(hours) == _TWO else None)


def is_hours(cell: CellValue, periods: Mapping[str, str]) -> bool:
    """Whether a cell holds hours and no word beside them, or the name of a period whose hours are known."""
    if isinstance(cell, time | datetime):
        return True
    text = shown(cell)
    without = _CLOCK.sub("", text)
    return folded(text) in periods or (without != text and not _LETTER.search(without))


def says_when(text: str) -> bool:
    """Whether a text says when a period is: its start, or its start and a later end.

    >>> [says_when(text) for text in ("08:30-09:20", "9.25 to 10.15", "08:30", "10:15-9:25", "soon")]
    [True, True, True, False, False]
    """
    read = [read_start(each) for each in _hours_in(text) if isinstance(each, str)]
    hours = [each for each in read if isinstance(each, time)]
    return len(hours) == len(read) and (len(hours) == 1 or (len(hours) == _TWO and hours[0] < hours[1]))


def _hours_in(piece: CellValue) -> list[CellValue]:
    if isinstance(piece, time | datetime):
        return [piece]
    found = [match[0].strip() for match in _CLOCK.finditer(piece)] if isinstance(piece, str) else []
    if len(found) != _TWO:
        return [*found]
    # 9.25 alone may be a number; 9.25-10.15 and 9.25 to 10.15 are hours.
    return [*_with_shared_half(*(_DOT.sub(":", each) for each in found))]


def _with_shared_half(start: str, end: str) -> tuple[str, str]:
    """1:15-2:05 PM: both are in the afternoon, and each stands alone from here on."""
    if not _HALF.search(end) or _HALF.search(start):
        return start, end
    span = read_start(f"{start}-{end}")
    if not isinstance(span, Span) or not isinstance(span.begins, time):
        return start, end
    return f"{start} {'PM' if span.begins.hour >= _NOON else 'AM'}", end
