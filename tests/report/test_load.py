"""How busy a timetable is: the same numbers in the terminal's bars and on the Load sheet."""

from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed

from batch.core.plan.load import Lesson, Load, busiest
from batch.core.rows.own_sheets import LOAD_SHEET
from batch.report.load_bars import load_bars
from batch.report.styled import plain
from batch.report.workbook.load_sheet import load_sheet
from tests.support.command import SAMPLES, Command

MONDAY = date(2031, 9, 1)


def lesson(starts: str, minutes: int = 60, *, extend: int = 0, zone: str = "UTC", day: int = 1) -> Lesson:
    start = int(datetime.fromisoformat(f"2031-09-{day:02} {starts}").replace(tzinfo=UTC).timestamp())
    end = start + 60 * minutes
    return Lesson(start, end, end + 60 * extend, zone)


CASES: dict[str, tuple[list[Lesson], dict[int, int]]] = {
    "one class": ([lesson("09:00")], {9: 1}),
    "two at once": ([lesson("09:00"), lesson("09:30", 30)], {9: 2}),
    "one after the other": ([lesson("09:00", 30), lesson("09:30", 30)], {9: 1}),
    "over the hour": ([lesson("09:30")], {9: 1, 10: 1}),
    "busy at the end of the hour only": ([lesson("09:00"), lesson("09:45")], {9: 2, 10: 1}),
    "the time it may run on": ([lesson("09:00", extend=30)], {9: 1, 10: 1}),
    "on a clock of half hours": ([lesson("09:00", zone="Asia/Kolkata")], {14: 1, 15: 1}),
    "by the clock of most rows": (
        [lesson("09:00", zone="Europe/Madrid"), lesson("09:00"), lesson("09:00")],
        {9: 3},
    ),
}


@pytest.mark.parametrize(("lessons", "peaks"), CASES.values(), ids=CASES)
def test_the_peak_of_each_hour(lessons: list[Lesson], peaks: dict[int, int]) -> None:
    (day,) = busiest(lessons, limit=None).days
    assert (day.date, day.peaks) == (MONDAY, peaks)


def test_over_midnight_each_day_has_its_hours() -> None:
    days = busiest([lesson("23:30")], limit=None).days
    assert [(day.date.day, day.peaks) for day in days] == [(1, {23: 1}), (2, {0: 1})]


def test_other_classes_count_on_the_days_of_the_file_only() -> None:
    first, far = lesson("09:00"), lesson("09:00", day=20)
    load = busiest([first], [first[:2], far[:2]], limit=1)
    assert [(day.date.day, day.peak) for day in load.days] == [(1, 2)]
    assert [(day.date.day, hour) for day, hour in load.over_full] == [(1, 9)]


def test_what_may_run_on_counts_as_the_setting_says() -> None:
    assert busiest([lesson("09:00", extend=30)], limit=None, extend_counts=False).days[0].peaks == {9: 1}


def crowded(limit: int | None = 2) -> Load:
    days = [lesson("09:00", day=day) for day in range(1, 13)]
    return busiest([*days, *[lesson("10:00", day=3)] * 4], limit=limit)


def test_the_terminal_shows_the_busiest_days_and_what_asks_for_too_much() -> None:
    lines = plain(load_bars(crowded())).splitlines()
    assert lines[0] == "Classes at once, by the clock of UTC (2 allowed):"
    assert lines[1:4] == [
        "  Mon  1 Sep 2031    1 #",
        "  Tue  2 Sep 2031    1 #",
        "  Wed  3 Sep 2031    4 #### from 10:00",
    ]
    assert lines[-2:] == [
        "  and 2 more days, none busier.",
        "Over-full hours: Wed 3 Sep 2031 10:00 (4 of 2).",
    ]


def test_nothing_is_shown_of_nothing() -> None:
    assert load_bars(busiest([], limit=1)) == []


@pytest.mark.parametrize("limit", [None, 2])
def test_the_sheet_has_the_same_numbers(tmp_path: Path, limit: int | None) -> None:
    load = crowded(limit)
    with xlsxwriter.Workbook(str(tmp_path / "load.xlsx"), {"constant_memory": True}) as book:
        load_sheet(load)(book)
    sheet = openpyxl.load_workbook(tmp_path / "load.xlsx")[LOAD_SHEET]
    _, _, header, *days = sheet.iter_rows(values_only=True)
    assert header == ("day", "peak", "limit", "09:00", "10:00")
    shown = [
        (
            day.date(),
            peak,
            allowed,
            {hour: cell for hour, cell in zip(load.hours, cells, strict=True) if cell},
        )
        for day, peak, allowed, *cells in days
        if isinstance(day, datetime)
    ]
    assert shown == [(day.date, day.peak, limit, day.peaks) for day in load.days]


def test_a_file_without_classes_has_no_load_sheet(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "load.xlsx")) as book:
        load_sheet(busiest([], limit=1))(book)
    assert LOAD_SHEET not in openpyxl.load_workbook(tmp_path / "load.xlsx").sheetnames


def test_the_clashing_sample_tells_who_collides_which_hour_is_over_full_and_what_would_fit(
    classbatch: Command,
) -> None:
    ran = classbatch("check", SAMPLES / "clashing-term.xlsx", "--sandbox", "--max-concurrent-classes", "5")
    lines = ran.out.splitlines()
    told = [line.strip() for line in lines if line.strip().startswith("row ")]
    assert told[0] == (
        "row 3 ana.diaz@riverside.example has row 2 (Algebra I) on Mon 1 Sep 2031 09:00-10:00 (Europe/London). "
        "Nearest free time: 08:00-09:00 that day."
        " Move one of the two classes, or give this one another presenter. [held 1032]"
    )
    assert "5 of 5 taken, by row 8 (Open day: group 1), row 9" in told[2]
    assert "Over-full hours: Wed 3 Sep 2031 09:00 (7 of 5)." in lines
    assert len(lines) <= 24  # one screen


def test_a_row_that_stands_twice_asks_for_one_class(tmp_path: Path) -> None:
    """A class that its presenter cannot give besides is wanted all the same."""
    rows = ["Maths,2031-09-01 09:00,ana", "Maths,2031-09-01 09:00,ana", "Art,2031-09-01 09:30,ana"]
    lines = ["title,start_time,presenter_email", *(f"{row}@school.example" for row in rows)]
    (tmp_path / "term.csv").write_text("\n".join(lines))
    assert "Mon  1 Sep 2031    2 ##\n" in Command(tmp_path)("check", "term.csv", "--sandbox").out
