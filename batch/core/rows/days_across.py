"""Days that stand side by side in a line: the head of a weekly grid."""

from collections.abc import Mapping, Sequence
from datetime import date

from batch.core.rows.calendar_words import WEEKDAYS
from batch.core.rows.dates import names_a_day
from batch.core.rows.row import CellValue
from batch.core.rows.spelling import plain

#: So many side by side make a grid.
LEAST_DAYS = 3
_LONGEST_DAY = 60  #: characters that a day is written in
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: The short forms of one language, which tell of which language a doubtful one beside them is.
_SHORT = (
    ("mo", "di", "mi", "do", "fr", "sa", "so"),
    ("lu", "ma", "me", "je", "ve", "sa", "di"),
    ("lu", "ma", "mi", "ju", "vi", "sa", "do"),
    ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    ("lun", "mar", "mie", "jue", "vie", "sab", "dom"),
)


def weekday(cell: CellValue) -> frozenset[int] | None:
    """The day of the week that a cell names, and nothing else; several where languages differ."""
    if not isinstance(cell, str) or len(cell) > _LONGEST_DAY:
        return None
    return WEEKDAYS.get(plain(cell).rstrip("."))


def is_dated(cell: CellValue) -> bool:
    """Whether a cell is a date, or a day of the week with its date behind it."""
    if isinstance(cell, date):
        return True
    if not isinstance(cell, str) or len(cell) > _LONGEST_DAY:
        return False
    word, _, rest = plain(cell).partition(" ")
    return word.rstrip(".,") in WEEKDAYS and bool(rest) and names_a_day(rest)


def named_days(cells: Sequence[CellValue]) -> dict[int, CellValue]:
    """The positions of a line's cells that name a day, and nothing else."""
    return {place: cell for place, cell in enumerate(cells) if weekday(cell) is not None or is_dated(cell)}


def are_distinct(days: Mapping[int, CellValue]) -> bool:
    return len({weekday(day) or day for day in days.values()}) == len(days)


def days_across(cells: Sequence[CellValue]) -> Mapping[int, CellValue]:
    """The positions of a line's days, where it has at least three and none of them twice; else none."""
    days = named_days(cells)
    return days if len(days) >= LEAST_DAYS and are_distinct(days) else {}


def plainly(days: Mapping[int, CellValue]) -> dict[int, CellValue]:
    """The same, each short form that is of two days in two languages as the day that those beside it make it."""
    words = {place: plain(day).rstrip(".") for place, day in days.items() if isinstance(day, str)}
    doubtful = {place for place, word in words.items() if len(WEEKDAYS.get(word, ())) > 1}
    if not doubtful:
        return dict(days)
    fitting = [language for language in _SHORT if {*words.values()} <= {*language}]
    readings = {tuple(language.index(words[place]) for place in sorted(doubtful)) for language in fitting}
    if len(readings) != 1:
        return dict(days)
    named = dict(zip(sorted(doubtful), readings.pop(), strict=True))
    return {place: _NAMES[named[place]] if place in named else day for place, day in days.items()}
