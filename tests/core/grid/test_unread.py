"""Nothing of a weekly grid is lost: each filled cell is a lesson of its own day, or it is named."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.grid.chart import unfold
from batch.core.grid.upright import Area
from batch.core.rows.days_across import days_across
from batch.core.rows.row import Numbered

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
DATES = tuple(f"{day} {nth} Sep 2031" for nth, day in enumerate(DAYS, 1))
_WIDTH = 9


@dataclass(frozen=True)
class Sheet:
    """Charts below each other, each day one or two columns wide, with whatever stands beside them."""

    lines: list[Numbered]
    merges: list[Area]

    def day_of(self, row: int, place: int) -> object:
        """The day above a cell, in the nearest line that names any: what somebody sees who looks up."""
        for number, line in reversed(self.lines):
            if number < row and any(str(cell)[:3] in DAYS for cell in line):
                wide = {
                    at: line[area.left]
                    for area in self.merges
                    if area.top == number
                    for at in range(area.left, area.right + 1)
                }
                return wide.get(place, line[place])
        return None


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    lines: list[Numbered] = []
    merges: list[Area] = []
    row = lesson = 0
    for nth in range(draw(st.integers(1, 3))):
        row += 1
        days = draw(st.permutations(draw(st.sampled_from((DAYS, DATES)))))
        days = days[: draw(st.integers(1 if nth else 3, 4))]
        head: list[str | None] = [draw(st.sampled_from(("Time", "Time", "8B", None)))]
        for day in days:
            gap = [None] * draw(st.sampled_from((0, 0, 0, 1)))
            head += [*gap, day] if len(head) > 1 else [day]
            if draw(st.booleans()) and len(head) < _WIDTH:
                merges.append(Area(row, len(head) - 1, row, len(head)))
                head.append(None)
        if draw(st.integers(0, 3)) == 0:
            more = (*days, "Time", "Notes") if len(days) > 1 else days  # one day and a word may be lessons
            head.append(draw(st.sampled_from(more)))
        lines.append((row, tuple([*head, *[None] * (_WIDTH * 2)][: _WIDTH * 2])))
        for period in range(draw(st.integers(1, 3))):
            row += 1
            cells: list[str | None] = [draw(st.sampled_from((f"{9 + period:02}:00", None)))]
            for _ in range(_WIDTH * 2 - 1):
                filled = draw(st.integers(0, 3)) == 0
                lesson += filled
                cells.append(f"Lesson {lesson}" if filled else None)
            lines.append((row, tuple(cells)))
    return Sheet(lines, merges)


@given(sheets())
def test_each_cell_is_a_lesson_of_the_day_above_it_or_is_named(sheet: Sheet) -> None:
    found = unfold(sheet.lines, sheet.merges)
    if found is None or not any(days_across(line) for _, line in sheet.lines):
        return  # no head has three days, none of them twice: it is no grid, and is refused as a table
    first = next(row for row, line in sheet.lines if sum(str(cell)[:3] in DAYS for cell in line) >= 3)
    read = {str(lesson.cell): lesson for lesson in found.lessons}
    named = {text for _, text in found.unread}
    for row, line in sheet.lines:
        for place, cell in enumerate(line):
            if row > first and str(cell).startswith("Lesson"):
                assert (cell in read) is not (cell in named), cell
                if cell in read:
                    assert str(read[str(cell)].day)[:3] == str(sheet.day_of(row, place))[:3]


HEAD = ("Time", "Mon", "Tue", "Wed")
P1, P2 = "09:00-10:00", "10:00-11:00"
GROUPS = (1, ("Time", "Mon", None, "Tue", None, "Wed", None))
WIDE = [Area(1, 1, 1, 2), Area(1, 3, 1, 4), Area(1, 5, 1, 6)]
FOUND: dict[str, tuple[list[Numbered], list[Area], list[str]]] = {
    "a merged day has all columns below it": (
        [GROUPS, (2, (P1, "A", "B", None, "C", "D", "E"))],
        WIDE,
        ["B2 Mon 09:00", "C2 Mon 09:00", "E2 Tue 09:00", "F2 Wed 09:00", "G2 Wed 09:00"],
    ),
    "a second head of groups is no lesson": (
        [GROUPS, (2, (None, "7a", "7b", "7a", "7b", "7a", "7b")), (3, (P1, "A", None, None, "C"))],
        [*WIDE, Area(1, 0, 2, 0)],
        ["B3 Mon 09:00", "E3 Tue 09:00"],
    ),
    "lessons without hours below the head are lessons": (
        [GROUPS, (2, (None, "A", "B", "C", "D", "E", "F"))],
        WIDE,
        [
            f"{letter}2 {day} None"
            for letter, day in zip("BCDEFG", ("Mon", "Mon", "Tue", "Tue", "Wed", "Wed"), strict=True)
        ],
    ),
    "lessons without hours below a head of one day are lessons": (
        [(1, HEAD), (2, (P1, "A")), (3, ("Time", "Thu", None)), (4, (None, "B", "C"))],
        [Area(3, 1, 3, 2)],
        ["B2 Mon 09:00", "B4 Thu None", "C4 Thu None"],
    ),
    "a lesson of both groups of a day is one": (
        [GROUPS, (2, (P1, "A", None, "B"))],
        [*WIDE, Area(2, 1, 2, 2)],
        ["B2 Mon 09:00", "D2 Tue 09:00"],
    ),
    "a head that is two lines tall": (
        [(1, HEAD), (3, (P1, "A"))],
        [Area(1, place, 2, place) for place in range(4)],
        ["B3 Mon 09:00"],
    ),
    "a second chart of two days is read under its own": (
        [(1, HEAD), (2, (P1, "A")), (3, ("Time", "Thu", "Fri")), (4, (P1, "B", "C"))],
        [],
        ["B2 Mon 09:00", "B4 Thu 09:00", "C4 Fri 09:00"],
    ),
    "a second chart of one dated day is, too": (
        [(1, ("", *DATES[:3])), (2, (P1, "A")), (3, ("", DATES[3])), (4, (P1, "B"))],
        [],
        ["B2 Mon 1 Sep 2031 09:00", "B4 Thu 4 Sep 2031 09:00"],
    ),
    "a lesson that is called as a day is, at its hours": (
        [(1, HEAD), (2, (P1, "Ma")), (3, (P2, "A"))],
        [],
        ["B2 Mon 09:00", "B3 Mon 10:00"],
    ),
    "two charts side by side, each by its own hours": (
        [(1, (*HEAD, "Time", "Thu", "Fri")), (2, (P1, "A", None, None, "14:00-15:00", "B", "C"))],
        [],
        ["B2 Mon 09:00", "F2 Thu 14:00", "G2 Fri 14:00"],
    ),
    "each day by hours of its own": (
        [
            (1, (None, "Mon", None, "Tue", None, "Wed")),
            (2, (P1, "A", "11:00-12:00", "B", "13:00-14:00", "C")),
        ],
        [],
        ["B2 Mon 09:00", "D2 Tue 11:00", "F2 Wed 13:00"],
    ),
    "hours that are repeated on the right": (
        [(1, (*HEAD, "Time")), (2, (P1, "A", None, "B", P1))],
        [],
        ["B2 Mon 09:00", "D2 Wed 09:00"],
    ),
}


@pytest.mark.parametrize(("lines", "merges", "expected"), FOUND.values(), ids=FOUND)
def test_a_lesson_has_the_day_above_it_and_the_hours_on_its_left(
    lines: Sequence[Numbered], merges: Sequence[Area], expected: list[str]
) -> None:
    found = unfold(lines, merges)
    assert found is not None
    assert not found.unread
    assert [f"{each.address} {each.day} {each.label.start}" for each in found.lessons] == expected


NAMED: dict[str, tuple[list[Numbered], list[str]]] = {
    "right of the last day": ([(1, HEAD), (2, (P1, "A", None, None, "B"))], ["E2"]),
    "groups below a day that is not merged": ([GROUPS, (2, (P1, "A", "B", None, "C", "D"))], ["C2", "E2"]),
    "below a day that is misspelled": ([(1, (*HEAD, "Thrusday")), (2, (P1, "A", None, None, "B"))], ["E2"]),
    "a column of rooms": ([(1, ("Time", "Mon", "Room", "Tue", "Wed")), (2, (P1, "A", "12"))], ["C2"]),
    "numbers without a head": ([(1, ("Time", "Mon", None, "Tue", "Wed")), (2, (P1, "A", "12"))], ["C2"]),
    "a lesson with hours of its own, in no day's column": (
        [(1, ("Time", "Mon", None, "Tue", "Wed")), (2, (P1, "A", "Chess 14:00-15:00"))],
        ["C2"],
    ),
    "other hours on the right": ([(1, (*HEAD, "Time")), (2, (P1, "A", None, None, P2))], ["E2"]),
    "a head that names a day twice": (
        [(1, HEAD), (2, (P1, "A")), (3, ("Time", "Thu", "Thu")), (4, (P1, "B", "C"))],
        ["B3", "C3", "B4", "C4"],
    ),
    "a first head that names a day twice": (
        [(1, (*HEAD, "Mon")), (2, (P1, "A")), (3, HEAD), (4, (P1, "B"))],
        ["B1", "C1", "D1", "E1", "B2"],
    ),
    "a first head of two days": (
        [(1, ("Time", "Thu", "Fri")), (2, (P1, "A")), (3, HEAD), (4, (P1, "B"))],
        ["B1", "C1", "B2"],
    ),
    "days that may be lessons": (
        [(1, HEAD), (2, (P1, "A")), (3, ("8B", "Thu", "Fri")), (4, (P1, "B"))],
        ["B3", "C3", "B4"],
    ),
    "days that may be lessons, and a word": (
        [(1, HEAD), (2, (P1, "A")), (3, ("8B", "Thu", "Fri", "Notes")), (4, (P1, "B"))],
        ["B3", "C3", "B4"],
    ),
    "days that have hours on their left": (
        [(1, HEAD), (2, (P1, "Ma", "Me", "Di"))],
        ["B2", "C2", "D2"],
    ),
    "what a second chart has right of its days": (
        [(1, HEAD), (2, (P1, "A")), (3, ("Time", "Thu", "Fri")), (4, (P1, None, None, "B"))],
        ["D4"],
    ),
}


@pytest.mark.parametrize(("lines", "named"), NAMED.values(), ids=NAMED)
def test_a_cell_that_belongs_to_no_day_is_named(lines: Sequence[Numbered], named: list[str]) -> None:
    found = unfold(lines)
    assert found is not None
    assert [address for address, _ in found.unread] == named
    assert not {each.address for each in found.lessons} & set(named)


def test_a_chart_on_its_side_names_its_cells_by_their_own_addresses() -> None:
    found = unfold([(1, ("", P1)), (2, ("Mon", "A")), (3, ("Tue",)), (4, ("Wed", "B")), (5, (None, "C"))])
    assert found is not None
    assert [each.address for each in found.lessons] == ["B2", "B4"]
    assert found.unread == (("B5", "C"),)


ENDS: dict[str, tuple[list[Numbered], list[str]]] = {
    "not until an hour of the next chart": (
        [
            (1, HEAD),
            (2, ("09:00", "A")),
            (3, ("10:00", "B")),
            (4, ("", "Thu", "Fri", "Sat")),
            (5, ("13:00", "C")),
        ],
        ["B2 10:00", "B3 None", "B5 None"],
    ),
    "not until an hour in a line of text": (
        [(1, HEAD), (2, ("09:00", "A")), (3, ("Printed 11:45",))],
        ["B2 None"],
    ),
    "until an hour that stands alone": ([(1, HEAD), (2, ("09:00", "A")), (3, ("10:00",))], ["B2 10:00"]),
    "until the hour of a line with lessons": (
        [(1, HEAD), (2, ("09:00", "A")), (3, ("Second 10:00", "B"))],
        ["B2 10:00", "B3 None"],
    ),
    "not across a break of which no hour is known": (
        [(1, HEAD), (2, ("09:00", "A")), (3, ("Break",)), (4, ("10:00", "B"))],
        ["B2 None", "B4 None"],
    ),
}


@pytest.mark.parametrize(("lines", "expected"), ENDS.values(), ids=ENDS)
def test_a_lesson_lasts_until_the_next_line_of_its_own_chart(
    lines: Sequence[Numbered], expected: list[str]
) -> None:
    found = unfold(lines, until_next=True)
    assert found is not None
    assert [f"{each.address} {each.end}" for each in found.lessons] == expected
