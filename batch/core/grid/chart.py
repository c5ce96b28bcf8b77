"""A weekly grid, unfolded: days across, times or periods down, each cell a lesson of its own.

A merged cell lasts as long as it is tall, and takes place on each day that it is wide. A chart that
is turned on its side, with the days down, is read as one that stands upright.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from batch.core.grid.labels import Label, read_label
from batch.core.rows.cell_text import NOTHING, is_nothing
from batch.core.rows.dates import names_a_day
from batch.core.rows.days_across import days_across, is_dated, plainly
from batch.core.rows.header import letter
from batch.core.rows.row import CellValue, Numbered, Unreadable, shown


class Area(NamedTuple):
    """A merged range: rows as Excel numbers them, columns as positions in a line."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What stands in one cell, on one day."""

    row: int  #: as Excel numbers it
    address: str  #: such as C5
    day: CellValue  #: as its head has it
    label: Label  #: of the first of its periods
    end: CellValue  #: of the last, as written; None where that is not said
    cell: CellValue


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A grid, cell by cell, in the order of its rows."""

    lessons: tuple[Lesson, ...] = ()
    days: int = 0  #: so many side by side
    periods: int = 0
    is_dated: bool = False  #: its days are dates
    above: tuple[int, str] | None = None  #: a line above it that names a day: its row, its text
    beside: tuple[str, ...] = ()  #: what goes across all days and belongs to none, such as a break


@dataclass(frozen=True, slots=True)
class _Chart:
    """A grid that stands upright: (period, day) -> what is there. One that was turned has rows for days."""

    cells: Mapping[tuple[int, int], CellValue]
    merged: Mapping[tuple[int, int], Area]
    turned: bool

    def line(self, period: int) -> list[CellValue]:
        width = max((day for at, day in self.cells if at == period), default=-1) + 1
        return [self.cells.get((period, day)) for day in range(width)]


def unfold(
    lines: Sequence[Numbered],
    merges: Sequence[Area] = (),
    *,
    periods: Mapping[str, str] | None = None,
    until_next: bool = False,
) -> Unfolded | None:
    """The lessons of a grid; None where the lines are none.

    Args:
        lines: all of the sheet that have anything in them.
        merges: its merged ranges.
        periods: folded name of a period -> its hours.
        until_next: whether a lesson whose end nobody has said lasts until the next one begins.
    """
    upright = _chart(lines, merges, turned=False)
    found = _Unfolding(upright, periods or {}, until_next=until_next).all()
    if found is None:
        turned = _Unfolding(_chart(lines, merges, turned=True), periods or {}, until_next=until_next).all()
        found = turned
    return found


def _chart(lines: Sequence[Numbered], merges: Sequence[Area], *, turned: bool) -> _Chart:
    cells = {
        (place, row) if turned else (row, place): cell
        for row, line in lines
        for place, cell in enumerate(line)
        if not _is_blank(cell)
    }
    merged: dict[tuple[int, int], Area] = {}
    rows, width = {row for row, _ in lines}, max((len(line) for _, line in lines), default=0)
    for top, left, bottom, right in merges:
        area = Area(left, top, right, bottom) if turned else Area(top, left, bottom, right)
        # A range may reach to the end of the sheet: what is beside the cells is not looked at.
        for row in range(top, min(bottom, max(rows, default=0)) + 1):
            for place in range(left, min(right, width - 1) + 1):
                merged[(place, row) if turned else (row, place)] = area
    return _Chart(cells, merged, turned)


@dataclass(slots=True)
class _Unfolding:
    chart: _Chart
    periods: Mapping[str, str]
    until_next: bool
    _labels: dict[int, Label] = field(default_factory=dict)
    _days: dict[int, CellValue] = field(default_factory=dict)
    _head: int = 0  #: the line that the days stand in
    _first: int = 0  #: the row of the first of all days
    _beside: dict[str, None] = field(default_factory=dict)

    def all(self) -> Unfolded | None:
        lessons: list[Lesson] = []
        numbers = sorted({period for period, _ in self.chart.cells})
        numbers = sorted({*numbers, *(period for period, _ in self.chart.merged)} if numbers else [])
        days: dict[str, None] = {}
        dated = False
        for number in numbers:
            if found := days_across(self.chart.line(number)):
                self._days, self._head = plainly(found), number
                self._first = self._first or (min(self._days) if self.chart.turned else number)
                dated = dated or any(map(is_dated, found.values()))
                days |= dict.fromkeys(map(shown, found.values()))
            elif self._days:
                lessons += self._in_line(number, numbers)
        if not days:
            return None
        lessons.sort(key=lambda lesson: lesson.row)
        held = {lesson.label for lesson in lessons}
        return Unfolded(tuple(lessons), len(days), len(held), dated, self._above(), tuple(self._beside))

    def _above(self) -> tuple[int, str] | None:
        """The nearest cell above all days, or before them, that names a day, such as "Week commencing 15 September"."""
        found = None
        for (number, place), cell in sorted(self.chart.cells.items(), key=lambda each: each[0]):
            row = place if self.chart.turned else number
            if row < self._first and names_a_day(shown(cell)):
                found = row, shown(cell).strip()
        return found

    def _in_line(self, number: int, numbers: Sequence[int]) -> Iterator[Lesson]:
        for place, day in self._days.items():
            area = self.chart.merged.get((number, place))
            cell, last = self.chart.cells.get((number, place)), number
            if area is not None:
                if number != max(area.top, self._head + 1):
                    continue  # it has begun above
                cell, last = self.chart.cells.get((area.top, area.left)), area.bottom
                if area.left < min(self._days):
                    if not _is_blank(cell):
                        self._beside.setdefault(shown(cell).strip())
                    continue
            if not _is_blank(cell):
                yield self._lesson(number, place, day, cell, last, numbers)

    def _lesson(
        self, number: int, place: int, day: CellValue, cell: CellValue, last: int, numbers: Sequence[int]
    ) -> Lesson:
        row, column = (place, number) if self.chart.turned else (number, place)
        label = self._label(number)
        end = self._label(last).end
        if end is None and self.until_next:
            later = (self._label(each) for each in numbers if each > last)
            end = next((each.start for each in later if each.start is not None), None)
        return Lesson(row=row, address=f"{letter(column)}{row}", day=day, label=label, end=end, cell=cell)

    def _label(self, number: int) -> Label:
        """What stands beside a line of lessons, a merged label beside each line that it spans."""
        if number not in self._labels:
            cells = []
            for place in range(min(self._days)):
                area = self.chart.merged.get((number, place))
                at = (area.top, area.left) if area and area.top > self._head else (number, place)
                if (area is None or area.left == place) and not _is_blank(cell := self.chart.cells.get(at)):
                    cells.append(cell)
            self._labels[number] = read_label(cells, self.periods)
        return self._labels[number]


def _is_blank(cell: CellValue) -> bool:
    if cell is None:
        return True
    text = shown(cell).strip()
    return not isinstance(cell, Unreadable) and (not text or is_nothing(text, NOTHING))
