"""When a class begins and how long it lasts, from one cell or from several that have to agree."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.columns import AccountKind
from batch.core.rows.file_evidence import Known
from batch.core.rows.problems import Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, CheckedRow, Header, RawRow
from batch.core.rows.rules import check_row

P = Problem
ZONES = frozenset(available_timezones())
GOOD: dict[str, CellValue] = {
    "title": "Algebra",
    "presenter_email": "ana@school.example",
    "presenter_id": "T-1",
    "presenter_name": "Ana",
    "time_zone": "Europe/London",
}


def checked(cells: Mapping[str, CellValue], account: AccountKind = AccountKind.TEACHER) -> CheckedRow:
    row = {**GOOD, **cells}
    header = Header(1, tuple(row), {name: place for place, name in enumerate(row)})
    terms = Terms(
        now=datetime(2026, 11, 22, tzinfo=UTC), account=account, zones=ZONES, known=Known(counts_to_24=True)
    )
    return check_row(RawRow("", 2, tuple(row.values())), header, terms)


# What the columns hold, and the start and minutes of the class: 14:00 on 1 September 2031, by London's clock.
TOLD: dict[str, tuple[dict[str, CellValue], int]] = {
    "in one cell": ({"start_time": "2031-09-01 14:00"}, 60),
    "a date and a time": ({"date": "2031-09-01", "start_time": "14:00"}, 60),
    "a native date and a native time": ({"date": date(2031, 9, 1), "start_time": time(14)}, 60),
    "a date exported with its midnight": ({"date": "2031-09-01 00:00:00", "start_time": "2 PM"}, 60),
    "all of it under date": ({"date": "2031-09-01 14:00"}, 60),
    "all of it under date, the other cell empty": ({"date": "2031-09-01 14:00", "start_time": None}, 60),
    "the day twice": ({"date": "2031-09-01", "start_time": "2031-09-01 14:00"}, 60),
    "an end": ({"date": "2031-09-01", "start_time": "14:00", "end_time": "14:55"}, 55),
    "an end with its day": ({"start_time": "2031-09-01 14:00", "end_time": "2031-09-01 15:30"}, 90),
    "an end past midnight with its day": (
        {"start_time": "2031-09-01 14:00", "end_time": "2031-09-01 17:00", "duration": None},
        180,
    ),
    "a span": ({"date": "2031-09-01", "start_time": "14:00-14:55"}, 55),
    "a span in a whole start": ({"start_time": "2031-09-01 14:00-14:55"}, 55),
    "an end and a duration that agree": (
        {"start_time": "2031-09-01 14:00", "end_time": "15:15", "duration": "1h 15m"},
        75,
    ),
    "a duration beside an empty end": (
        {"start_time": "2031-09-01 14:00", "end_time": "", "duration": 45},
        45,
    ),
}


@pytest.mark.parametrize("account", AccountKind)
@pytest.mark.parametrize(("cells", "minutes"), TOLD.values(), ids=TOLD)
def test_a_class_is_when_its_cells_say(
    cells: dict[str, CellValue], minutes: int, account: AccountKind
) -> None:
    if account is AccountKind.ROOM and minutes == 60:
        cells = {**cells, "duration": 60}  # which rooms require
    row = checked(cells, account)
    assert row.issues == ()
    assert row.parsed is not None
    assert row.parsed.start == datetime(2031, 9, 1, 13, 0, tzinfo=UTC)
    assert row.parsed.minutes == minutes
    assert row.parsed.parameters["start_time"] == "09/01/2031 14:00:00"
    assert not {"date", "end_time"} & row.parsed.parameters.keys()


FAULTS: dict[str, tuple[dict[str, CellValue], list[tuple[str, P]]]] = {
    "a time without a day": ({"start_time": "14:00"}, [("start_time", P.TIME_ONLY)]),
    "a time whose day is empty": ({"date": None, "start_time": "14:00"}, [("date", P.BLANK)]),
    "a day without a time": ({"date": "2031-09-01"}, [("date", P.DATE_ONLY)]),
    "a day that has passed": ({"date": "2019-09-01", "start_time": "14:00"}, [("date", P.IN_THE_PAST)]),
    "a day whose time is empty": ({"date": "2031-09-01", "start_time": ""}, [("start_time", P.BLANK)]),
    "neither": ({"date": "", "start_time": ""}, [("start_time", P.BLANK), ("date", P.BLANK)]),
    "two days": (
        {"date": "2031-09-02", "start_time": "2031-09-01 14:00"},
        [("date", P.CONTRADICTS)],
    ),
    "two times": (
        {"date": "2031-09-01 09:00", "start_time": "14:00"},
        [("start_time", P.CONTRADICTS)],
    ),
    "an end before the start": (
        {"start_time": "2031-09-01 14:00", "end_time": "13:00"},
        [("end_time", P.ENDS_FIRST)],
    ),
    "an end at the start": (
        {"start_time": "2031-09-01 14:00", "end_time": "14:00"},
        [("end_time", P.ENDS_FIRST)],
    ),
    "a span that ends first": ({"start_time": "2031-09-01 14:00-13:00"}, [("start_time", P.ENDS_FIRST)]),
    "half a minute": (
        {"start_time": "2031-09-01 14:00", "end_time": "14:30:30"},
        [("end_time", P.NOT_AN_END)],
    ),
    "an end and a duration that do not agree": (
        {"start_time": "2031-09-01 14:00", "end_time": "15:00", "duration": 45},
        [("duration", P.CONTRADICTS)],
    ),
    "a span and an end that do not agree": (
        {"start_time": "2031-09-01 14:00-15:00", "end_time": "15:30"},
        [("end_time", P.CONTRADICTS)],
    ),
    "a day that is none says nothing about the rest": (
        {"date": "Monday", "start_time": "14:00", "end_time": "13:00"},
        [("date", P.ONLY_A_WEEKDAY)],
    ),
    "an end that is none": (
        {"start_time": "2031-09-01 14:00", "end_time": "late"},
        [("end_time", P.NOT_AN_END)],
    ),
    "every cell has its own problem": (
        {"date": "Monday", "start_time": "soon", "end_time": "late", "duration": "long"},
        [
            ("start_time", P.NOT_A_TIME),
            ("date", P.ONLY_A_WEEKDAY),
            ("duration", P.NOT_A_LENGTH),
            ("end_time", P.NOT_AN_END),
        ],
    ),
}


@pytest.mark.parametrize(("cells", "told"), FAULTS.values(), ids=FAULTS)
def test_what_does_not_tell_when_is_told(cells: dict[str, CellValue], told: list[tuple[str, P]]) -> None:
    row = checked(cells)
    assert [(issue.column, issue.code) for issue in row.issues] == [
        (column, problem.code) for column, problem in told
    ]
    assert row.parsed is None


@pytest.mark.parametrize("end", ["13:00", "late", "14:30:30"])
def test_a_bad_end_is_told_once_where_a_length_is_required(end: str) -> None:
    (issue,) = checked({"start_time": "2031-09-01 14:00", "end_time": end}, AccountKind.ROOM).issues
    assert issue.column == "end_time"


# London puts its clock back at 02:00 on 26 October 2031, and forward at 01:00 on 28 March 2032.
CLOCK_CHANGES: dict[str, tuple[str, str, int]] = {
    "an hour longer than the wall says": ("2031-10-26 00:30", "02:30", 180),
    "an hour shorter": ("2032-03-28 00:30", "02:30", 60),
    "not at all before the change": ("2031-10-26 00:00", "00:45", 45),
}


@pytest.mark.parametrize(("start", "end", "minutes"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES)
def test_a_class_over_a_change_of_clocks_is_as_long_as_it_is(start: str, end: str, minutes: int) -> None:
    meant = checked({"start_time": start, "end_time": end}).parsed
    assert meant is not None
    assert meant.minutes == minutes


@given(st.times().map(lambda each: each.replace(microsecond=0)), st.times(), st.integers(1, 300))
def test_start_and_end_in_parts_are_the_class_in_one_cell(begins: time, ends: time, minutes: int) -> None:
    day = date(2031, 9, 1)
    in_one = checked({"start_time": datetime.combine(day, begins), "duration": minutes})
    in_two = checked({"date": day, "start_time": begins, "duration": minutes})
    assert in_one.parsed == in_two.parsed
    ended = checked({"date": day, "start_time": begins, "end_time": ends.replace(microsecond=0)})
    if ended.parsed:
        assert ended.parsed.start == (in_one.parsed.start if in_one.parsed else None)
        assert 1 <= ended.parsed.minutes <= 300
