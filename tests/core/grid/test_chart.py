"""A weekly grid, unfolded, against somebody who walks over it cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.grid.chart import Lesson, unfold
from batch.core.grid.upright import Area
from batch.core.rows.row import CellValue, Numbered

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_FIRST = 3  #: the row of the first period: a banner and the days stand above
_BANNER = "Timetable of 8B"


@dataclass(frozen=True)
class Wall:
    """A chart as it hangs on a wall: a number for each field, alike where fields are one; 0 for a free one."""

    fields: tuple[tuple[int, ...], ...]  #: periods down, days across

    def area(self, number: int) -> tuple[int, int, int, int]:
        places = [
            (p, d) for p, line in enumerate(self.fields) for d, each in enumerate(line) if each == number
        ]
        return (
            min(p for p, _ in places),
            min(d for _, d in places),
            max(p for p, _ in places),
            max(d for _, d in places),
        )

    def walked(self) -> set[tuple[str, str, str, str, str]]:
        """Address, day, start, end and title of every lesson: what a child would copy off the wall."""
        found = set()
        for day in range(len(DAYS)):
            period = 0
            while period < len(self.fields):
                number = self.fields[period][day]
                last = period
                while last + 1 < len(self.fields) and self.fields[last + 1][day] == number:
                    last += 1
                if number:
                    address = f"{'ABCDEFG'[day + 1]}{_FIRST + period}"
                    found.add((address, DAYS[day], start_of(period), end_of(last), f"Lesson {number}"))
                period = last + 1 if number else period + 1
        return found

    def lines(self) -> tuple[list[Numbered], list[Area]]:
        """As a spreadsheet has it: what is merged stands in its first field alone."""
        head: list[Numbered] = [(1, (_BANNER,)), (2, ("Period", *DAYS))]
        merges = [Area(1, 0, 1, len(DAYS))]
        met: set[int] = set()
        for period, line in enumerate(self.fields):
            cells: list[CellValue] = [f"{period + 1}\n{start_of(period)}-{end_of(period)}"]
            for number in line:
                cells.append(f"Lesson {number}" if number and number not in met else None)
                if number and number not in met:
                    met.add(number)
                    top, left, bottom, right = self.area(number)
                    if (top, left) != (bottom, right):
                        merges.append(Area(_FIRST + top, left + 1, _FIRST + bottom, right + 1))
            head.append((_FIRST + period, tuple(cells)))
        return head, merges


def start_of(period: int) -> str:
    return f"{8 + period:02}:00"


def end_of(period: int) -> str:
    return f"{8 + period:02}:50"


@st.composite
def walls(draw: st.DrawFn) -> Wall:
    """Rectangles laid one after the other wherever there is room; the rest is free."""
    periods = draw(st.integers(1, 8))
    fields = [[0] * len(DAYS) for _ in range(periods)]
    for number in range(1, draw(st.integers(1, 20)) + 1):
        top, left = draw(st.integers(0, periods - 1)), draw(st.integers(0, len(DAYS) - 1))
        bottom = draw(st.integers(top, min(top + 2, periods - 1)))
        right = draw(st.integers(left, min(left + 1, len(DAYS) - 1)))
        places = [(p, d) for p in range(top, bottom + 1) for d in range(left, right + 1)]
        if all(fields[p][d] == 0 for p, d in places):
            for p, d in places:
                fields[p][d] = number
    return Wall(tuple(map(tuple, fields)))


def told(lessons: Sequence[Lesson]) -> list[tuple[str, str, str, str, str]]:
    return [
        (each.address, str(each.day), str(each.label.start), str(each.end), str(each.cell))
        for each in lessons
    ]


@given(walls())
def test_each_lesson_is_where_somebody_finds_it_who_walks_over_the_chart(wall: Wall) -> None:
    lines, merges = wall.lines()
    found = unfold(lines, merges)
    assert found is not None
    assert len(told(found.lessons)) == len(set(told(found.lessons)))
    assert set(told(found.lessons)) == wall.walked()


@given(walls())
def test_a_chart_turned_on_its_side_holds_the_same_lessons(wall: Wall) -> None:
    lines, merges = wall.lines()
    width = len(DAYS) + 1
    cells = {(row, place): cell for row, line in lines if row > 1 for place, cell in enumerate(line)}
    rows = len(lines)
    turned: list[Numbered] = [
        (place + 1, tuple(cells.get((row, place)) for row in range(2, rows + 1))) for place in range(width)
    ]
    areas = [Area(left + 1, top - 2, right + 1, bottom - 2) for top, left, bottom, right in merges[1:]]
    found = unfold(turned, areas)
    assert found is not None
    there = {(each.row, *line[1:]) for each, line in zip(found.lessons, told(found.lessons), strict=True)}
    expected = {("ABCDEFG".index(address[0]) + 1, *rest) for address, *rest in wall.walked()}
    assert there == expected
    assert all(each.address.endswith(str(each.row)) for each in found.lessons)


P1, P2 = "08:30-09:20", "09:25-10:15"
HOURS: dict[str, tuple[Sequence[Numbered], Mapping[str, object], list[str]]] = {
    "a start and an end in two columns": (
        [(1, ("From", "To", *DAYS)), (2, (time(8, 30), time(9, 20), "Maths"))],
        {},
        ["C2 08:30:00-09:20:00"],
    ),
    "a period by its number, its hours said once": (
        [(1, ("", *DAYS)), (2, ("1", "Maths")), (3, (2, None, "Art"))],
        {"periods": {"1": P1, "2": P2}},
        ["B2 08:30-09:20", "C3 09:25-10:15"],
    ),
    "a period by its number, and nobody has said its hours": (
        [(1, ("", *DAYS)), (2, ("Period 1", "Maths"))],
        {},
        ["B2 Period 1-None"],
    ),
    "only starts": ([(1, ("", *DAYS)), (2, ("08:30", "Maths")), (3, ("09:25",))], {}, ["B2 08:30-None"]),
    "only starts, each until the next": (
        [(1, ("", *DAYS)), (2, ("08:30", "Maths")), (3, ("09:25", "Art"))],
        {"until_next": True},
        ["B2 08:30-09:25", "B3 09:25-None"],
    ),
    "the half of the day behind the end": (
        [(1, ("", *DAYS)), (2, ("1:15-2:05 PM", "Maths")), (3, ("11:30 - 12:20 pm", "Art"))],
        {},
        ["B2 1:15 PM-2:05 PM", "B3 11:30 AM-12:20 pm"],
    ),
    "no label at all": ([(1, ("", *DAYS)), (2, ("", "Maths"))], {}, ["B2 None-None"]),
    "what says nothing is no lesson": (
        [(1, ("", *DAYS)), (2, (P1, "-", "n/a", " ", "Art"))],
        {},
        ["E2 08:30-09:20"],
    ),
    "two charts, one below the other": (
        [(1, ("8A", *DAYS)), (2, (P1, "Maths")), (4, ("8B", *DAYS[:3])), (5, (P2, "Art"))],
        {},
        ["B2 08:30-09:20", "B5 09:25-10:15"],
    ),
}


@pytest.mark.parametrize(("lines", "said", "expected"), HOURS.values(), ids=HOURS)
def test_hours_are_those_beside_the_lesson_and_never_made_up(
    lines: Sequence[Numbered], said: Mapping[str, object], expected: list[str]
) -> None:
    found = unfold(lines, **said)  # type: ignore[arg-type]  # as its parameters are
    assert found is not None
    assert [f"{each.address} {each.label.start}-{each.end}" for each in found.lessons] == expected


def test_what_goes_across_the_whole_chart_is_no_lesson_and_is_told() -> None:
    lines: list[Numbered] = [(1, ("", *DAYS)), (2, (P1, "Maths")), (3, ("Break",)), (4, (P2, "Assembly"))]
    found = unfold(lines, [Area(3, 0, 3, 5), Area(4, 1, 4, 5)])
    assert found is not None
    assert [each.address for each in found.lessons] == ["B2", "B4", "C4", "D4", "E4", "F4"]
    assert found.beside == ("Break",)


SHORT = {
    "German": (("Mo", "Di", "Mi", "Do", "Fr"), list(DAYS)),
    "French": (("Lu", "Ma", "Me", "Je", "Ve"), ["Lu", "Ma", "Me", "Je", "Ve"]),
    "dates": ((date(2031, 9, 15), date(2031, 9, 16), date(2031, 9, 17)), None),
    "dated weekdays": (("Mon 15/09/2031", "Tue 16/09/2031", "Wed 17/09/2031"), None),
}


@pytest.mark.parametrize("days", [each[0] for each in SHORT.values()], ids=SHORT)
def test_days_are_those_of_the_language_that_all_of_them_are_of(days: tuple[CellValue, ...]) -> None:
    found = unfold([(1, ("", *days)), (2, (P1, *(["Maths"] * len(days))))])
    assert found is not None
    assert len(found.lessons) == len(days)
    if days[0] == "Mo":
        assert [each.day for each in found.lessons] == ["Mo", "Tuesday", "Mi", "Thursday", "Fr"]
    assert found.is_dated is not (str(days[0]) in {"Mo", "Lu"})


def test_a_table_with_one_class_a_row_is_no_grid() -> None:
    assert unfold([(1, ("title", "weekday", "start")), (2, ("Maths", "Mon", "09:00"))]) is None


@pytest.mark.parametrize(
    "lines",
    [
        [(1, ("Week commencing 15 September 2031",)), (2, ("", *DAYS)), (3, (P1, "Maths"))],
        [
            (1, ("Week commencing 15 September 2031",)),
            (2, ("", P1, P2)),
            *((3 + nth, (day, "Art")) for nth, day in enumerate(DAYS)),
        ],
    ],
    ids=["days across", "days down"],
)
def test_a_week_that_is_named_above_is_told(lines: Sequence[Numbered]) -> None:
    found = unfold(lines)
    assert found is not None
    assert found.above == (1, "Week commencing 15 September 2031")
