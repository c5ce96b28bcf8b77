"""The lessons week by week, and what a person sees before the button is pressed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.outcome import Outcome
from batch.report.facts import ResultRow
from batch.web.views.model import Lesson, WeekView
from batch.web.views.overview import Overview
from batch.web.views.week import WeekSpool, read_week

LONDON = "Europe/London"


def row(number: int, begins: str, title: str = "Algebra I", zone: str = LONDON) -> ResultRow:
    starts = datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return ResultRow(
        number=number,
        sheet="",
        outcome=Outcome.READY,
        title=title,
        presenter="ana.diaz@school.example",
        starts=starts,
        minutes=45,
        zone=zone,
    )


UNTIMED = ResultRow(number=99, sheet="", outcome=Outcome.INVALID)


def href(monday: date, day: date | None) -> str:
    return f"{monday} {day}" if day else str(monday)


def weeks_of(folder: Path, rows: Sequence[ResultRow]) -> dict[str, Any]:
    spool = WeekSpool()
    for each in rows:
        spool.add(each)
    return spool.write(folder)


def week_of(
    folder: Path, rows: Sequence[ResultRow], asked: date | None = None, day: date | None = None
) -> WeekView:
    view = read_week(folder, weeks_of(folder, rows), asked, day, href)
    assert view is not None
    return view


def lessons(view: WeekView) -> Iterator[tuple[str, str, Lesson]]:
    """(day, hour, lesson), as laid out."""
    for hour, cells in view.hours:
        for day, cell in zip(view.days, cells, strict=True):
            for lesson in cell.lessons:
                yield day.name, hour, lesson


def test_a_lesson_stands_under_its_day_and_hour_by_the_clock_of_its_zone(tmp_path: Path) -> None:
    rows = [
        row(2, "2031-09-02T09:30"),
        row(3, "2031-09-04T13:00", zone="America/New_York"),  # 18:00 in London
        row(4, "2031-09-02T09:00"),
    ]
    view = week_of(tmp_path, rows)
    assert [(day, hour, each.place, each.time) for day, hour, each in lessons(view)] == [
        ("Tuesday", "09:00", "row 4", "09:00-09:45"),
        ("Tuesday", "09:00", "row 2", "09:30-10:15"),
        ("Thursday", "13:00", "row 3", "13:00-13:45 America/New_York"),
    ]
    assert view.says == "Week of Monday 1 September 2031: 3 lessons"
    assert view.clock == "By the clock of Europe/London, where a lesson names no other."


def test_a_lesson_on_a_sunday_is_seen_and_a_quiet_weekend_takes_no_room(tmp_path: Path) -> None:
    assert [day.short for day in week_of(tmp_path, [row(2, "2031-09-02T09:00")]).days] == [
        *("Mon", "Tue", "Wed", "Thu", "Fri")
    ]
    assert [day.short for day in week_of(tmp_path, [row(2, "2031-09-07T09:00")]).days][-1] == "Sun"


def test_rows_without_a_time_are_counted(tmp_path: Path) -> None:
    view = week_of(tmp_path, [row(2, "2031-09-02T09:00"), UNTIMED])
    assert view.untimed == "1 row not shown here: to be mended first."
    assert read_week(tmp_path, weeks_of(tmp_path, [UNTIMED]), None, None, href) is None


def test_of_a_batch_whose_weeks_nobody_kept_none_is_shown(tmp_path: Path) -> None:
    assert read_week(tmp_path, None, None, None, href) is None


THREE_WEEKS = [row(2, "2031-09-22T09:00"), row(3, "2031-09-01T09:00"), row(4, "2031-09-08T09:00")]
ASKED = {
    "nothing: the first": (None, "2031-09-01", "", "2031-09-08"),
    "one of them": (date(2031, 9, 8), "2031-09-08", "2031-09-01", "2031-09-22"),
    "a Sunday of it": (date(2031, 9, 14), "2031-09-08", "2031-09-01", "2031-09-22"),
    "a week in which nothing is: the nearest": (date(2031, 9, 19), "2031-09-22", "2031-09-08", ""),
    "long before": (date(1, 1, 1), "2031-09-01", "", "2031-09-08"),
    "long after": (date(9999, 12, 31), "2031-09-22", "2031-09-08", ""),
}


@pytest.mark.parametrize(("asked", "shown", "before", "after"), ASKED.values(), ids=ASKED)
def test_weeks_are_turned_and_empty_ones_passed_over(
    tmp_path: Path, asked: date | None, shown: str, before: str, after: str
) -> None:
    view = week_of(tmp_path, THREE_WEEKS, asked)
    assert view.days[0].href == f"{shown} {shown}"
    assert (view.previous_href, view.next_href) == (before, after)
    assert view.weeks == 3


def test_a_full_hour_shows_a_few_and_its_day_shows_them_all(tmp_path: Path) -> None:
    rows = [row(number, "2031-09-03T09:00") for number in range(2, 22)]
    wednesday = date(2031, 9, 3)
    view = week_of(tmp_path, rows)
    ((_, cells),) = view.hours
    assert (len(cells[2].lessons), cells[2].more) == (6, 14)
    assert cells[2].more_href == f"2031-09-01 {wednesday}"
    alone = week_of(tmp_path, rows, day=wednesday)
    assert [day.name for day in alone.days] == ["Wednesday"]
    assert len(list(lessons(alone))) == 20
    assert alone.whole_href == "2031-09-01"


@given(st.lists(st.integers(0, 60 * 24 * 60), max_size=40))
def test_every_lesson_stands_once_in_one_week(
    tmp_path_factory: pytest.TempPathFactory, at: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("weeks")
    begin = datetime(2031, 9, 1)  # noqa: DTZ001 - a wall clock
    rows = [
        row(number, (begin + timedelta(minutes=each)).isoformat(), zone="Asia/Kolkata")
        for number, each in enumerate(at)
    ]
    index = weeks_of(folder, rows)
    seen: Counter[str] = Counter()
    for monday in map(date.fromisoformat, index["weeks"]):
        assert monday.weekday() == 0
        for day in (monday + timedelta(days=each) for each in range(7)):
            view = read_week(folder, index, None, day, href)
            assert view is not None
            seen.update(each.place for _, _, each in lessons(view))
    assert seen == Counter(each.place for each in rows)


def test_what_will_be_is_said_in_a_few_lines() -> None:
    overview = Overview()
    for each in (
        row(2, "2031-09-06T10:00", "Chess club"),
        row(3, "2031-09-01T09:00"),
        replace(row(4, "2031-09-02T09:00", zone="Europe/Madrid"), presenter="lucia@school.example"),
    ):
        overview.add(each)
    assert overview.in_words() == [
        ("First class", "Monday 1 September 2031, 09:00: Algebra I, 45 minutes"),
        ("Last class", "Saturday 6 September 2031, 10:00: Chess club, 45 minutes"),
        ("Clocks", "Europe/London (2) and Europe/Madrid (1)"),
        ("On a Saturday or Sunday", "1 class"),
        ("Teachers", "ana.diaz@school.example (2) and lucia@school.example (1)"),
    ]


def test_of_many_teachers_those_with_most_classes_are_named() -> None:
    overview = Overview()
    for number in range(30):
        overview.add(replace(row(number, "2031-09-01T09:00"), presenter=f"t{number % 11}@school.example"))
    assert overview.in_words()[-1][1].endswith("t7@school.example (3) and 3 more")


def test_of_nothing_nothing_is_said() -> None:
    assert Overview().in_words() == []
