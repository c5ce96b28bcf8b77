"""For any date, in any written order, in any cell that can be read two ways: a class is scheduled only on a day that its file proves.

The file is made cell by cell, each date by a writer with a habit of their own, and judged
by an oracle that knows nothing of how the reader works: it lays every order over the whole
file, and asks which of them no cell and no header rules out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import product
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.core.rows.columns import AccountKind
from batch.core.rows.date_order import DateOrder, Dates, Readings
from batch.core.rows.file_evidence import FileEvidence, Known, known_from
from batch.core.rows.problems import Fault
from batch.core.rows.reading import Terms
from batch.core.rows.row import CheckedRow, Header, RawRow
from batch.core.rows.rules import row_check
from tests.support.effort import EXAMPLES

ZONES = frozenset(available_timezones())
NAMES = ("title", "date", "start_time", "presenter_email", "time_zone")
TERMS = Terms(now=datetime(2026, 9, 21, tzinfo=UTC), account=AccountKind.TEACHER, zones=ZONES)
DMY, MDY, YMD = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST
PLACES = {DMY: "dmy", MDY: "mdy", YMD: "ymd"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A date, by the habit of whoever wrote it."""

    day: date
    order: DateOrder | None  #: None: a real date of the spreadsheet
    sign: str = "/"
    short: bool = False
    padded: bool = True
    weekday: bool = False

    @property
    def typed(self) -> str | date:
        if self.order is None:
            return self.day
        year = f"{self.day:%y}" if self.short else f"{self.day.year}"
        parts = {"d": f"{self.day.day}", "m": f"{self.day.month}", "y": year}
        if self.padded or (self.short and self.order is YMD):
            parts = {name: part.rjust(2, "0") for name, part in parts.items()}
        text = self.sign.join(parts[name] for name in PLACES[self.order])
        return f"{self.day:%a} {text}" if self.weekday else text


@dataclass(frozen=True, slots=True)
class File:
    cells: tuple[Cell, ...]
    header: str = "date"
    said: DateOrder | None = None


def days(text: str) -> dict[DateOrder, date]:
    """The oracle's own reading of a date: in every order in which it is one."""
    numbers = text.rsplit(" ", maxsplit=1)[-1].replace("-", "/").split("/")
    if len(numbers[0]) == 4:
        year, month, day = map(int, numbers)
        return dict.fromkeys(PLACES, date(year, month, day))
    found = {}
    for order, places in PLACES.items():
        part = dict(zip(places, numbers, strict=True))
        if order is YMD and len(numbers[2]) == 4:
            continue
        try:
            year = int(part["y"]) + (2000 if len(part["y"]) <= 2 else 0)
            found[order] = date(year, int(part["m"]), int(part["d"]))
        except ValueError:
            continue
    # Nobody schedules for a year that is over: 01/01/27 is not of 2001.
    ahead = {order: day for order, day in found.items() if order is not YMD or day.year >= TERMS.now.year}
    return ahead or found


def is_long(text: str) -> bool:
    """Whether the year has four digits and stands last: such a date says nothing of the order of short ones."""
    return len(text.rsplit(" ", maxsplit=1)[-1].replace("-", "/").split("/")[-1]) == 4


def worlds(file: File) -> set[DateOrder]:
    """The orders in which the whole file could be written."""
    if file.said:
        return {file.said}
    left = set(PLACES)
    if "DD/MM" in file.header:
        left = {DMY, YMD}
    if "MM/DD" in file.header:
        left = {MDY, YMD}
    for text in (cell.typed for cell in file.cells):
        if isinstance(text, str):
            left &= days(text).keys() | ({YMD} if is_long(text) else set())
    return left


def proved(file: File, cell: Cell) -> set[date]:
    """The days that a cell can be in a file that is written in one order."""
    text = cell.typed
    if isinstance(text, date):
        return {text}
    found, orders = days(text), worlds(file)
    if is_long(text) and orders == {YMD}:
        orders = {DMY, MDY}
    return {found[order] for order in orders if order in found} or set(found.values())


def read(file: File) -> list[CheckedRow]:
    header = Header(
        1,
        tuple(file.header if name == "date" else name for name in NAMES),
        {name: place for place, name in enumerate(NAMES)},
    )
    known = known_from(header, Known(Dates(stated=file.said, this_year=2026)), ZONES)
    raw = [
        RawRow("", row, ("Maths", cell.typed, time(9), "ana@school.example", "Europe/London"))
        for row, cell in enumerate(file.cells, start=2)
    ]
    while True:
        evidence = FileEvidence(header, known, {})
        rows = []
        for each in raw:
            evidence.see(each)
            rows.append(row_check(header, replace(TERMS, known=evidence.known))(each))
        evidence.end()
        if not evidence.stale:
            return rows
        known = evidence.known


def wrongs(file: File) -> Iterator[str]:
    """Every class that is scheduled on a day that nothing proves."""
    for cell, row in zip(file.cells, read(file), strict=True):
        if row.parsed is not None:
            day = datetime.strptime(row.parsed.parameters["start_time"][:10], "%m/%d/%Y").date()  # noqa: DTZ007 - a day
            if proved(file, cell) != {day}:
                yield f"{cell.typed!r} is scheduled on {day}, and may be {proved(file, cell)}"


DAYS = st.dates(min_value=date(2027, 1, 1), max_value=date(2036, 6, 30))
#: Cells that can be read two ways, more often than chance would have them.
DOUBTFUL = st.builds(date, st.integers(2027, 2035), st.integers(1, 12), st.integers(1, 12))
CELLS = st.builds(
    Cell,
    day=st.one_of(DAYS, DOUBTFUL),
    order=st.sampled_from([*PLACES, DMY, MDY, None]),
    sign=st.sampled_from("/-"),
    short=st.booleans(),
    padded=st.booleans(),
    weekday=st.booleans(),
)
FILES = st.builds(
    File,
    cells=st.lists(CELLS, min_size=1, max_size=6).map(tuple),
    header=st.sampled_from(["date", "date", "date", "Date (DD/MM/YYYY)", "Date (MM/DD/YYYY)"]),
    said=st.sampled_from([None, None, None, DMY, MDY]),
)


@settings(max_examples=5 * EXAMPLES)
@given(FILES)
def test_a_class_is_scheduled_only_on_a_day_that_its_file_proves(file: File) -> None:
    assert not list(wrongs(file))


@settings(max_examples=5 * EXAMPLES)
@given(
    cells=st.lists(
        st.builds(Cell, day=DAYS, order=st.none(), sign=st.sampled_from("/-"), padded=st.booleans()),
        min_size=1,
        max_size=6,
    ),
    order=st.sampled_from([DMY, MDY]),
    header=st.sampled_from(["date", "Date (DD/MM/YYYY)", "Date (MM/DD/YYYY)"]),
)
def test_what_its_file_proves_is_read(cells: Sequence[Cell], order: DateOrder, header: str) -> None:
    """The other side: where all is written in one order and something shows it, nothing is asked."""
    file = File(tuple(replace(cell, order=order) for cell in cells), header)
    if len(worlds(file) - {YMD}) != 1:
        return
    rows = read(file)
    assert all(row.parsed for row in rows), [row.issues for row in rows]


GUESSERS: dict[str, Callable[[Dates, Readings], object]] = {
    "the day first, for it mostly is": lambda _, readings: readings.days.get(DMY),
    "the month first, as the service has it": lambda _, readings: readings.days.get(MDY),
    "each cell for itself, as date parsers do": lambda _, readings: next(iter(readings.days.values())),
    "the order of most cells": lambda dates, readings: readings.days.get(dates.shown.order or DMY),
}


@pytest.mark.parametrize("guess", GUESSERS.values(), ids=GUESSERS)
def test_one_who_guesses_is_found_out(
    guess: Callable[[Dates, Readings], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the property fails for every way of guessing that programs have."""

    def resolve(dates: Dates, readings: Readings) -> object:
        found = real(dates, readings)
        return (guess(dates, readings) or found) if isinstance(found, Fault) else found

    real = Dates.resolve
    monkeypatch.setattr(Dates, "resolve", resolve)
    files = (
        File(tuple(Cell(date(2031, month, day), order, sign) for day in (6, 7)))
        for month, day, order, sign in product((9, 10), (6,), (DMY, MDY), "/-")
    )
    assert any(list(wrongs(file)) for file in files)
