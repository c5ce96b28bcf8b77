"""A row that repeats becomes one class for each of its days; one that does not stays one class."""

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from batch.core.rows.columns import BY_NAME, AccountKind
from batch.core.rows.file_evidence import Known
from batch.core.rows.header import Found, find_header
from batch.core.rows.problems import Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, RawRow
from batch.core.term.rows import Checked, TermRows
from batch.core.term.term import DaysOff, Term

P = Problem
TERMS = Terms(
    now=datetime(2031, 8, 1, tzinfo=UTC),
    account=AccountKind.TEACHER,
    zones=frozenset(zoneinfo.available_timezones()),
)
TERM = Term(
    starts=date(2031, 9, 1),
    ends=date(2031, 12, 19),
    holidays=(DaysOff(date(2031, 10, 27), date(2031, 10, 31), "Half-term"),),
    week_a=date(2031, 9, 1),
)
NO_TERM = Term()
ROW: Mapping[str, CellValue] = {
    "title": "Maths",
    "start_time": "09:00",
    "presenter_email": "ana@school.example",
    "time_zone": "Europe/London",
    "duration": 50,
}


def checked(term: Term = TERM, terms: Terms = TERMS, /, **cells: CellValue) -> Checked:
    """A row of one good class, but for some of its cells; None takes a column away."""
    row = {name: cell for name, cell in {**ROW, **cells}.items() if cell is not None}
    found = find_header([(1, tuple(row))], AccountKind.TEACHER)
    assert isinstance(found, Found)
    return TermRows(found.header, terms, term, most=400)(RawRow("", 2, tuple(row.values())))


def local(found: Checked) -> list[str]:
    """The starts of its classes, by the clock of their zone."""
    starts = []
    for row in found.rows:
        assert row.parsed is not None, row.issues
        month, day, rest = row.parsed.parameters["start_time"].split("/")
        starts.append(f"{rest[:4]}-{month}-{day} {rest[5:10]}")
    return starts


def problems(found: Checked) -> list[Problem]:
    (row,) = found.rows
    assert row.parsed is None
    return [issue.problem for issue in row.issues]


SERIES: dict[str, tuple[Mapping[str, CellValue], int, str, str]] = {
    # cells, lessons, first, last
    "a weekday alone is all such days of the term": (
        {"weekday": "Mon"},
        15,
        "2031-09-01 09:00",
        "2031-12-15 09:00",
    ),
    "several days": ({"weekday": "TTh"}, 30, "2031-09-02 09:00", "2031-12-18 09:00"),
    "in A weeks": ({"weekday": "Mon", "weeks": "A"}, 7, "2031-09-01 09:00", "2031-12-08 09:00"),
    "in B weeks": ({"weekday": "Mon", "weeks": "B"}, 8, "2031-09-08 09:00", "2031-12-15 09:00"),
    "in some weeks": ({"weekday": "Fri", "weeks": "1-3, 9"}, 3, "2031-09-05 09:00", "2031-09-19 09:00"),
    "every 2 weeks": (
        {"weekday": "Mon", "repeat": "every 2 weeks"},
        7,
        "2031-09-01 09:00",
        "2031-12-08 09:00",
    ),
    "daily is every school day": (
        {"repeat": "daily", "last_date": "2031-09-12"},
        10,
        "2031-09-01 09:00",
        "2031-09-12 09:00",
    ),
    "from one day to another, both included": (
        {"weekday": "Wed", "first_date": "2031-09-10", "last_date": "2031-09-24"},
        3,
        "2031-09-10 09:00",
        "2031-09-24 09:00",
    ),
    "a number of lessons, holidays not counted": (
        {"weekday": "Mon", "first_date": "2031-10-20", "times": 3},
        3,
        "2031-10-20 09:00",
        "2031-11-10 09:00",
    ),
    "without some days": (
        {"weekday": "Mon", "except": "8 Sep, 2031-09-15", "last_date": "2031-09-22"},
        2,
        "2031-09-01 09:00",
        "2031-09-22 09:00",
    ),
    "a whole start that repeats": (
        {"start_time": "2031-09-10 14:00", "repeat": "weekly", "last_date": "2031-09-24"},
        3,
        "2031-09-10 14:00",
        "2031-09-24 14:00",
    ),
    "a registrar's days, with the dates of the term beside each course": (
        {"weekday": "MWF", "Start Date": date(2031, 9, 8), "End Date": date(2031, 9, 19), "Until": None},
        6,
        "2031-09-08 09:00",
        "2031-09-19 09:00",
    ),
    "a date as its end": (
        {"start_time": "2031-09-15 14:00", "repeat": "Weekly", "Until": "2031-10-06", "duration": None},
        4,
        "2031-09-15 14:00",
        "2031-10-06 14:00",
    ),
    "until a day of the year": (
        {"start_time": "2031-09-15 14:00", "repeat": "every Monday until 6 Oct"},
        4,
        "2031-09-15 14:00",
        "2031-10-06 14:00",
    ),
    "a rule of a calendar": (
        {"start_time": "2031-09-15 14:00", "repeat": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4"},
        4,
        "2031-09-15 14:00",
        "2031-09-24 14:00",
    ),
    "a span of time": (
        {"weekday": "Mon", "start_time": "09:00-09:50", "duration": None, "times": 2},
        2,
        "2031-09-01 09:00",
        "2031-09-08 09:00",
    ),
    "an end of its own": (
        {"weekday": "Mon", "end_time": "09:50", "duration": None, "times": 2},
        2,
        "2031-09-01 09:00",
        "2031-09-08 09:00",
    ),
    "an hour and days, from and until": (
        {
            "weekday": "Mon",
            "start_time": None,
            "Time": "09:00",
            "From": "2031-09-08",
            "Until": "2031-09-22",
            "End time": "09:50",
        },
        3,
        "2031-09-08 09:00",
        "2031-09-22 09:00",
    ),
    "hours, from and until": (
        {"weekday": "Mon", "start_time": None, "From": "09:00", "Until": "09:50", "times": 2},
        2,
        "2031-09-01 09:00",
        "2031-09-08 09:00",
    ),
    "a day of a language": ({"Wochentag": "Di", "times": 1}, 1, "2031-09-02 09:00", "2031-09-02 09:00"),
    "a time of the spreadsheet": (
        {"weekday": "Mon", "start_time": time(9), "times": 1},
        1,
        "2031-09-01 09:00",
        "2031-09-01 09:00",
    ),
    "all weeks": ({"weekday": "Mon", "weeks": "ALL", "times": 1}, 1, "2031-09-01 09:00", "2031-09-01 09:00"),
}


@pytest.mark.parametrize(("cells", "lessons", "first", "last"), SERIES.values(), ids=SERIES)
def test_a_row_that_repeats(cells: Mapping[str, CellValue], lessons: int, first: str, last: str) -> None:
    starts = local(checked(**cells))
    assert (len(starts), starts[0], starts[-1]) == (lessons, first, last)


SINGLE: dict[str, Mapping[str, CellValue]] = {
    "a date and a time": {"start_time": "2031-09-15 14:00"},
    "a date with the weekday that falls on it": {"start_time": "2031-09-15 14:00", "weekday": "Monday"},
    "a date beside a column about something else": {"start_time": "2031-09-15 14:00", "Day": "Day 3"},
    "a letter beside a date": {"start_time": "2031-09-15 14:00", "Day": "F"},
    "a date that does not repeat": {"start_time": "2031-09-15 14:00", "repeat": "never"},
    "an end after midnight": {
        "start_time": "2031-09-15 23:15",
        "weekday": "Mon",
        "end_time": "00:45",
        "end_date": "2031-09-16",
        "duration": None,
    },
    "a date in a week of the term": {"start_time": "2031-09-15 14:00", "weeks": "B"},
    "a date and a number of sessions": {"start_time": "2031-09-15 14:00", "Sessions": 12},
}


@pytest.mark.parametrize("cells", SINGLE.values(), ids=SINGLE)
def test_a_row_of_one_day_is_one_class(cells: Mapping[str, CellValue]) -> None:
    for term in (TERM, NO_TERM):
        (row,) = checked(term, **cells).rows
        assert row.parsed is not None, row.issues
        assert row.parsed.start.date() == date(2031, 9, 15)


def test_what_speaks_of_series_beside_a_date_is_named() -> None:
    assert checked(start_time="2031-09-15 14:00", weeks="B").ignored == ("weeks",)
    assert checked(start_time="2031-09-15 14:00", weekday="Mon").ignored == ()


FAULTS: dict[str, tuple[Term, Mapping[str, CellValue], list[Problem]]] = {
    "a weekday and no term": (NO_TERM, {"weekday": "Mon"}, [P.NO_BOUNDS]),
    "several days at one date": (
        NO_TERM,
        {"start_time": "2031-09-15 14:00", "weekday": "MWF"},
        [P.NO_BOUNDS],
    ),
    "a repeat without an end": (
        NO_TERM,
        {"start_time": "2031-09-15 14:00", "repeat": "weekly"},
        [P.NO_BOUNDS],
    ),
    "that it repeats, and not on which days": (TERM, {"repeat": "weekly"}, [P.NO_WEEKDAY]),
    "that it repeats, and not how": (
        TERM,
        {"start_time": "2031-09-15 14:00", "repeat": "monthly"},
        [P.NOT_A_REPEAT],
    ),
    "a later end date alone": (
        TERM,
        {"start_time": "2031-09-15 14:00", "last_date": "2031-12-12"},
        [P.NO_WEEKDAY],
    ),
    "a later end date beside a time zone": (
        TERM,
        {"start_time": "2031-09-15 14:00", "end_date": "2031-12-12"},
        [P.SERIES],
    ),
    "no such day": (TERM, {"weekday": "Someday"}, [P.NOT_WEEKDAYS]),
    "another weekday than the date's": (
        TERM,
        {"start_time": "2031-09-15 14:00", "weekday": "Tuesday"},
        [P.OTHER_WEEKDAY],
    ),
    "no weeks": (TERM, {"weekday": "Mon", "weeks": "sometimes"}, [P.NOT_WEEKS]),
    "weeks that the spreadsheet made a date of": (
        TERM,
        {"weekday": "Mon", "weeks": date(2031, 12, 10)},
        [P.NOT_WEEKS],
    ),
    "A weeks that nobody has named": (
        Term(starts=TERM.starts, ends=TERM.ends),
        {"weekday": "Mon", "weeks": "A"},
        [P.NO_SUCH_WEEKS],
    ),
    "no days off": (TERM, {"weekday": "Mon", "except": "now and then"}, [P.NOT_DAYS_OFF]),
    "an end before the beginning": (
        TERM,
        {"weekday": "Mon", "first_date": "2031-10-01", "last_date": "2031-09-01"},
        [P.ENDS_BEFORE_IT_BEGINS],
    ),
    "nothing but holidays": (
        TERM,
        {"weekday": "Mon", "first_date": "2031-10-27", "last_date": "2031-10-31"},
        [P.NO_LESSON_LEFT],
    ),
    "too many": (TERM, {"repeat": "daily", "last_date": "2035-12-01"}, [P.TOO_MANY_LESSONS]),
    "no number of lessons": (TERM, {"weekday": "Mon", "times": "a few"}, [P.NOT_A_NUMBER]),
    "a date that cannot be read is all that is said of it": (
        NO_TERM,
        {"weekday": "Mon", "first_date": "soon", "last_date": "2031-12-12"},
        [P.NOT_A_DATE],
    ),
    "all that is wrong, in one pass": (
        TERM,
        {"weekday": "Someday", "weeks": "X", "title": "", "duration": "long"},
        [P.NOT_WEEKDAYS, P.NOT_WEEKS, P.BLANK, P.NOT_A_LENGTH],
    ),
    "a last day that is no date is not passed over": (
        TERM,
        {"weekday": "Mon", "end_time": "09:50", "Until": "Christmas"},
        [P.NOT_A_DATE],
    ),
    "no time of day": (TERM, {"weekday": "Mon", "start_time": ""}, [P.BLANK]),
    "two ways to name the days, that differ": (
        TERM,
        {"weekday": "Mon", "repeat": "every Tuesday"},
        [P.CONTRADICTS],
    ),
}


@pytest.mark.parametrize(("term", "cells", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_row_that_repeats_and_does_not_say_all(
    term: Term, cells: Mapping[str, CellValue], expected: Sequence[Problem]
) -> None:
    assert problems(checked(term, **cells)) == expected


DAYS = (
    "MWF",
    "TTh",
    "Mon/Wed",
    "mon-fri",
    "lunes y miércoles",
    "lundi et mercredi",
    "Mo, Mi",
    "周一、周三",
    "सोमवार और बुधवार",
)
REPEATS = (
    "weekly",
    "every Monday",
    "wöchentlich",
    "cada lunes",
    "tous les lundis",
    "todas as segundas",
    "أسبوعي",
    "हर सोमवार",
    "每周",
)
words = st.sampled_from(
    [("weekday", header, cell) for header in BY_NAME["weekday"].words for cell in DAYS]
    + [("repeat", header, cell) for header in BY_NAME["repeat"].words for cell in REPEATS]
)


@given(words, st.sampled_from([TERM, NO_TERM]), st.booleans())
def test_a_row_that_names_days_or_a_repeat_is_never_one_class(
    word: tuple[str, str, str], term: Term, dated: bool
) -> None:
    """In the words, and under the headers, of all eight languages; with a date and without one."""
    _, header, cell = word
    found = checked(term, **{header: cell, "start_time": "2031-09-15 14:00" if dated else "14:00"})
    sent = [row for row in found.rows if row.parsed is not None]
    assert len(sent) != 1
    assert sent or found.rows[0].issues


@given(
    st.sampled_from(BY_NAME["weekday"].words),
    st.sampled_from(["Monday", "Mon", "lunes", "lundi", "Montag", "周一", "सोमवार"]),
)
def test_a_date_with_its_own_weekday_is_one(header: str, cell: str) -> None:
    assert len(local(checked(NO_TERM, **{header: cell, "start_time": "2031-09-15 14:00"}))) == 1


@given(
    st.sampled_from(
        ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo"]
    ),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times().map(lambda each: each.replace(minute=each.minute // 5 * 5, second=0, microsecond=0)),
    st.dates(date(2031, 1, 1), date(2031, 12, 31)),
)
def test_each_lesson_stands_at_its_hour_by_the_clock_of_its_zone(
    zone: str, days: frozenset[int], clock: time, first: date
) -> None:
    """Through changes of clocks; an hour that a day does not have is a problem of that day alone."""
    names = ", ".join(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day] for day in sorted(days))
    found = checked(
        NO_TERM,
        TERMS_OF_THE_PAST,
        weekday=names,
        start_time=f"{clock:%H:%M}",
        first_date=str(first),
        last_date=str(first + timedelta(days=120)),
        time_zone=zone,
    )
    walked = [day for day in (first + timedelta(days=n) for n in range(121)) if day.weekday() in days]
    assume(walked)
    assert len(found.rows) == len(walked)
    for row, day in zip(found.rows, walked, strict=True):
        moment = datetime.combine(day, clock, ZoneInfo(zone))
        is_there = moment.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment.replace(
            tzinfo=None
        )
        if is_there:
            assert row.parsed is not None
            assert row.parsed.start == moment.astimezone(UTC), (
                "an hour that comes twice equals none of another zone"
            )
        else:
            assert [issue.problem for issue in row.issues] == [P.NO_SUCH_HOUR]


TERMS_OF_THE_PAST = replace(TERMS, now=datetime(2030, 1, 1, tzinfo=UTC), known=Known(counts_to_24=True))


def test_days_that_have_passed_are_left_out_and_counted() -> None:
    now = datetime(2031, 10, 1, tzinfo=UTC)
    found = checked(TERM, Terms(now=now, account=AccountKind.TEACHER, zones=TERMS.zones), weekday="Mon")
    assert found.series is not None
    assert (len(found.rows), len(found.series.days), found.series.ahead) == (10, 15, 10)
    assert local(found)[0] == "2031-10-06 09:00"


def test_a_series_that_is_over_has_passed_and_may_be_known_by_its_last_class() -> None:
    now = datetime(2032, 1, 1, tzinfo=UTC)
    (row,) = checked(TERM, Terms(now=now, account=AccountKind.TEACHER, zones=TERMS.zones), weekday="Mon").rows
    assert [issue.problem for issue in row.issues] == [P.IN_THE_PAST]
    assert row.past_class is not None
    assert row.past_class.start == datetime(2031, 12, 15, 9, tzinfo=UTC)


def test_a_warning_of_the_row_is_told_once() -> None:
    found = checked(weekday="Mon", duration=2)
    told = [[issue.problem for issue in row.parsed.warnings] for row in found.rows if row.parsed]
    assert told == [[P.VERY_SHORT], *[[] for _ in range(14)]]


def test_a_class_on_a_holiday_is_sent_and_that_is_said() -> None:
    (row,) = checked(start_time="2031-10-28 14:00").rows
    assert row.parsed is not None
    (issue,) = row.parsed.warnings
    assert (issue.problem, issue.facts) == (P.ON_A_HOLIDAY, {"day": "2031-10-28", "name": "Half-term"})


def test_more_lessons_than_the_term_has_room_for_are_cut_and_that_is_said() -> None:
    found = checked(weekday="Mon", times=20)
    assert found.rows[0].parsed is not None
    assert [issue.problem for issue in found.rows[0].parsed.warnings] == [P.CUT_BY_THE_TERM]
    assert len(found.rows) == 15


ODD: dict[str, tuple[Mapping[str, CellValue], list[Problem]]] = {
    # what is said, and what is told of it; the lessons are sent all the same
    "a day left out that is one of its days": ({"except": "2031-09-08"}, []),
    "a day left out that is a holiday, too": ({"except": "2031-10-27"}, []),
    "a day left out that is another weekday": ({"except": "2031-09-09"}, [P.NOT_ITS_DAY]),
    "one of two": ({"except": "2031-09-08, 2031-09-09"}, [P.NOT_ITS_DAY]),
    "a stretch with one of its days in it": ({"except": "2031-09-06..2031-09-12"}, []),
    "a stretch without": ({"except": "2031-09-09..2031-09-12"}, [P.NOT_ITS_DAY]),
    "a day left out in another week": ({"weeks": "A", "except": "2031-09-08"}, [P.NOT_ITS_DAY]),
    "a day left out after the last": ({"last_date": "2031-09-22", "except": "2031-09-29"}, [P.NOT_ITS_DAY]),
    "until the end of the term": ({"last_date": "2031-12-19"}, []),
    "until a day after it, with no lesson behind it": ({"last_date": "2031-12-20"}, []),
    "until a day after the term": ({"last_date": "2032-01-19"}, [P.OUTSIDE_THE_TERM]),
    "until a day after the term, in words": ({"repeat": "weekly until 19 Jan 2032"}, [P.OUTSIDE_THE_TERM]),
    "until a day after the term, as a rule": ({"repeat": "FREQ=WEEKLY;UNTIL=20320119"}, [P.CUT_BY_THE_TERM]),
    "until the end of the term, as a rule": ({"repeat": "FREQ=WEEKLY;UNTIL=20311220"}, []),
    "from a day before the term": ({"first_date": "2031-08-18"}, [P.OUTSIDE_THE_TERM]),
    "so many lessons that they go on after it": (
        {"first_date": "2031-12-08", "last_date": "2032-03-01", "times": 3},
        [P.OUTSIDE_THE_TERM],
    ),
}


@pytest.mark.parametrize(("cells", "told"), ODD.values(), ids=ODD)
def test_what_may_be_a_slip_in_its_days_is_told(cells: Mapping[str, CellValue], told: list[Problem]) -> None:
    found = checked(weekday="Mon", **cells)
    warnings = [issue for row in found.rows for issue in (row.parsed.warnings if row.parsed else row.issues)]
    assert [issue.problem for issue in warnings] == told
    assert all(row.parsed for row in found.rows)


def test_where_nobody_has_said_when_the_term_is_nothing_lies_outside_it() -> None:
    found = checked(NO_TERM, weekday="Mon", first_date="2031-12-08", last_date="2032-03-01")
    assert not any(row.parsed.warnings for row in found.rows if row.parsed)


def test_a_weekday_alone_is_bounded_by_the_term_and_nothing_else() -> None:
    assert checked(weekday="Mon").by_term
    assert not checked(weekday="Mon", repeat="weekly").by_term
    assert not checked(weekday="Mon", last_date="2031-10-06").by_term


CELLS: dict[str, list[CellValue]] = {
    "weekday": [None, "", "Mon", "MWF", "Di", "daily", "every Monday", "Day 3", "mon-fri", 3],
    "repeat": [
        None,
        "",
        "weekly",
        "never",
        "yes",
        "every 2 weeks until 6 Oct",
        "monthly",
        "FREQ=DAILY;COUNT=3",
        "FREQ=X",
        "??",
    ],
    "first_date": [None, "", "2031-09-08", "soon", "05/06/2031", date(2031, 10, 1), datetime(2031, 10, 1, 9)],  # noqa: DTZ001 - a wall clock
    "last_date": [None, "", "2031-09-29", "2030-01-01", "soon", date(2031, 12, 1), "2099-01-01"],
    "date": [None, "", "2031-09-15", "Monday", date(2031, 9, 16), "soon"],
    "end_date": [None, "", "2031-09-16", "2031-12-01", "soon"],
    "start_time": [
        "",
        "09:00",
        "9",
        "09:00-09:50",
        "2031-09-15 14:00",
        "Mondays 16:30",
        "02:30",
        time(9),
        date(2031, 9, 15),
        "24:00",
    ],
    "end_time": [None, "", "10:00", "2031-12-01", "soon", "00:30"],
    "times": [None, "", 3, "0", "a few", -1, 5000],
    "weeks": [None, "", "A", "odd", "1-3", "C", date(2031, 12, 10), 2],
    "except": [None, "", "2031-09-15", "8 Sep, 15 Sep", "now", date(2031, 9, 8)],
    "duration": [None, "", 50, "long", 2],
}


@given(
    st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}),
    st.sampled_from([TERM, NO_TERM]),
)
def test_whatever_stands_in_its_cells_a_row_is_classes_or_says_what_is_wrong(
    cells: dict[str, CellValue], term: Term
) -> None:
    found = checked(term, **cells)
    assert found.rows
    for row in found.rows:
        assert row.parsed is not None or row.issues
        assert row.parsed is None or not row.issues
    if found.series is not None and len(found.rows) > 1:
        days = [row.parsed.start for row in found.rows if row.parsed]
        assert days == sorted(set(days)), "one class a day, in order"


ROWS = (
    {"weekday": "Mon"},
    {"weekday": "TTh", "weeks": "A"},
    {"weekday": "Fri", "weeks": "B", "except": "2031-09-12"},
    {"start_time": "2031-09-15 14:00"},
    {"repeat": "every 2 weeks", "start_time": "2031-09-17 14:00"},
    {"weekday": "Someday"},
)


@given(st.permutations(range(len(ROWS))))
def test_the_order_of_rows_changes_nothing_of_their_classes(order: list[int]) -> None:
    names = [*ROW, "weekday", "weeks", "repeat", "except"]
    found = find_header([(1, names)], AccountKind.TEACHER)
    assert isinstance(found, Found)

    def classes(numbers: Sequence[int]) -> dict[int, list[object]]:
        check = TermRows(found.header, TERMS, TERM, most=400)
        lines = {number: tuple({**ROW, **ROWS[number]}.get(name) for name in names) for number in numbers}
        return {
            number: [each.parsed or each.issues for each in check(RawRow("", 2, lines[number])).rows]
            for number in numbers
        }

    assert classes(order) == classes(range(len(ROWS)))
