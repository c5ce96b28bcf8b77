"""A weekly grid, unfolded: days across, times or periods down, each cell a lesson of its own.

A merged cell lasts as long as it is tall, and takes place on each day that it is wide; a merged day
has all columns that it is wide. Whatever stands right of the first day is read, or known as a head,
a label or a break; what is neither is kept as `unread`, and never passed over.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from batch.core.grid.heads import Head, heads_in, is_second_head, label_columns, not_of
from batch.core.grid.labels import Label, is_hours, read_label
from batch.core.grid.upright import Area, Place, Upright, is_blank
from batch.core.quick_dataclass import dataclass
from batch.core.rows.dates import names_a_day
from batch.core.rows.days_across import is_dated, named_days
from batch.core.rows.row import CellValue, Numbered, shown


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
    heads: tuple[str, ...] = ()  #: the days side by side, as written
    periods: int = 0
    is_dated: bool = False  #: its days are dates
    above: tuple[int, str] | None = None  #: a line above it that names a day: its row, its text
    beside: tuple[str, ...] = ()  #: what goes across all days and belongs to none, such as a break
    unread: tuple[tuple[str, str], ...] = ()  #: the address and text of each cell that is known as nothing

    @property
    def days(self) -> int:
        """So many side by side."""
        return len(self.heads)


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
    for turned in (False, True):
        chart = Upright.of(lines, merges, turned=turned)
        if (found := _unfolded(chart, periods or {}, until_next=until_next)) is not None:
            return found
    return None


def _unfolded(chart: Upright, periods: Mapping[str, str], *, until_next: bool) -> Unfolded | None:
    numbers = sorted({number for number, _ in (*chart.cells, *chart.merged)}) if chart.cells else []
    heads, unclear = heads_in(chart, numbers, periods)
    if not heads:
        return None
    lessons: list[Lesson] = []
    beside: dict[str, None] = {}
    unread = [(number, place) for number in unclear for place in named_days(chart.line(number))]
    if unclear and unclear[0] < heads[0].number:
        left = min(named_days(chart.line(unclear[0])))
        lost = (at for at in chart.cells if unclear[0] < at[0] < heads[0].number and at[1] >= left)
        unread += [at for at in lost if at not in unread]
    stops = sorted({*(head.number for head in heads), *unclear, numbers[-1] + 1})
    for head in heads:
        stop = next(each for each in stops if each > head.number)
        below = tuple(number for number in numbers if head.number < number < stop)
        section = _Section(chart, head, below, periods, until_next, label_columns(chart, head, below))
        lessons += section.lessons()
        beside |= section.beside
        unread += section.unread()
        unread += not_of(chart, head, heads[0], section.label_places) if head is not heads[0] else []
        after = next((each.number for each in heads if each.number > head.number), numbers[-1] + 1)
        # Below a line of which it is not known whether it is a head, nobody knows whose days they are.
        lost = (at for at in chart.cells if stop < at[0] < after and at[1] >= head.first)
        unread += [at for at in lost if at not in unread]
    lessons.sort(key=lambda lesson: lesson.row)
    return Unfolded(
        lessons=tuple(lessons),
        heads=tuple(dict.fromkeys(shown(day) for head in heads for day in head.days.values())),
        periods=len({lesson.label for lesson in lessons}),
        is_dated=any(is_dated(day) for head in heads for day in head.days.values()),
        above=_above(chart, heads[0]),
        beside=tuple(beside),
        unread=tuple((chart.address(at), shown(chart.cells[at]).strip()) for at in sorted(unread)),
    )


def _above(chart: Upright, head: Head) -> tuple[int, str] | None:
    """The nearest cell above all days, or before them, that names a day, such as "Week commencing 15 September"."""
    found = None
    first = head.first if chart.turned else head.number
    for at, cell in sorted(chart.cells.items(), key=lambda each: each[0]):
        if chart.row_of(at) < first and names_a_day(shown(cell)):
            found = chart.row_of(at), shown(cell).strip()
    return found


@dataclass(slots=True)
class _Section:
    """What stands below one head, down to the next."""

    chart: Upright
    head: Head
    numbers: Sequence[int]  #: its lines
    periods: Mapping[str, str]
    until_next: bool
    label_places: frozenset[int]
    beside: dict[str, None] = field(default_factory=dict)
    _known: set[Place] = field(default_factory=set)
    _labels: dict[tuple[int, tuple[int, ...]], Label] = field(default_factory=dict)

    def lessons(self) -> list[Lesson]:
        found: list[Lesson] = []
        for number in self.numbers:
            if number == self.numbers[0] and is_second_head(self.chart, self.head, number):
                self._known |= {(number, place) for place in self.head.under}
            else:
                found += self._in_line(number)
        return found

    def unread(self) -> list[Place]:
        """What is right of the first day, and no lesson, label or break."""
        numbers = set(self.numbers)
        return [
            at
            for at in self.chart.cells
            if at[0] in numbers and at[1] >= self.head.first and at not in self._known
            if not self.chart.is_covered(at) and not self._is_label(at)
        ]

    def _is_label(self, at: Place) -> bool:
        """Whether it is the label of a day right of it, or repeats one on the left."""
        number, place = at
        if place not in self.label_places:
            return False
        left = {shown(self.chart.cells.get((number, each))).strip() for each in range(self.head.first)}
        return place < self.head.last or shown(self.chart.cells[at]).strip() in left

    def _in_line(self, number: int) -> Iterator[Lesson]:
        for place in sorted(self.head.under):
            area = self.chart.merged.get((number, place))
            at, last = (number, place), number
            if area is not None:
                if number != area.top or self._has_begun(area, place):
                    continue
                at, last = (area.top, area.left), area.bottom
            cell = self.chart.cells.get(at)
            if is_blank(cell):
                continue
            self._known.add(at)
            if area is not None and area.left < self.head.first:
                self.beside.setdefault(shown(cell).strip())
            else:
                yield self._lesson(number, place, cell, last)

    def _has_begun(self, area: Area, place: int) -> bool:
        """Whether a merged cell has been read for that day in an earlier of its columns."""
        under = self.head.under
        return any(under.get(each) == under[place] for each in range(area.left, place))

    def _lesson(self, number: int, place: int, cell: CellValue, last: int) -> Lesson:
        beside = self._beside(place)
        end = self._label(last, beside).end
        if end is None and self.until_next:
            end = self._next_start(last, beside)
        at = (number, place)
        return Lesson(
            row=self.chart.row_of(at),
            address=self.chart.address(at),
            day=self.head.read_as[self.head.under[place]],
            label=self._label(number, beside),
            end=end,
            cell=cell,
        )

    def _next_start(self, last: int, beside: tuple[int, ...]) -> CellValue:
        """When the next line begins; None where that is not surely one of the chart, such as "Printed 11:45"."""
        for number in self.numbers:
            if number > last and (start := self._label(number, beside).start) is not None:
                return start if self._is_of_chart(number, beside) else None
        return None

    def _is_of_chart(self, number: int, beside: tuple[int, ...]) -> bool:
        """Whether a line has lessons, or hours that stand alone."""
        pieces = [
            piece
            for place in beside
            if not is_blank(cell := self.chart.cells.get((number, place)))
            for piece in (cell.splitlines() if isinstance(cell, str) else [cell])
        ]
        has_lessons = any((number, place) in self.chart.cells for place in self.head.under)
        return has_lessons or any(is_hours(piece, self.periods) for piece in pieces)

    def _beside(self, place: int) -> tuple[int, ...]:
        """The label columns that a day has: the nearest on its left, side by side."""
        last = max((each for each in self.label_places if each < place), default=-1)
        first = last
        while first - 1 in self.label_places:
            first -= 1
        return tuple(range(first, last + 1)) if last >= 0 else ()

    def _label(self, number: int, beside: tuple[int, ...]) -> Label:
        """What stands beside a line of lessons, a merged label beside each line that it spans."""
        key = number, beside
        if key not in self._labels:
            cells = []
            for place in beside:
                area = self.chart.merged.get((number, place))
                at = (area.top, area.left) if area and area.top > self.head.number else (number, place)
                if (area is None or area.left == place) and not is_blank(cell := self.chart.cells.get(at)):
                    cells.append(cell)
            self._labels[key] = read_label(cells, self.periods)
        return self._labels[key]
