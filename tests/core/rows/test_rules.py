"""The rules of a row: every problem in one pass, none twice, and what must still be allowed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.columns import AccountKind, columns_for
from batch.core.rows.file_evidence import Known
from batch.core.rows.problems import Problem
from batch.core.rows.reading import Columns, Reading, read_cells
from batch.core.rows.row import CellValue, CheckedRow, Unreadable
from batch.core.rows.rules import RULES, check_row, row_check, starts_plainly
from tests.support.rows import HEADER, NAMES, ROOM, TERMS, checked, raw_row
from tests.support.words import issue_hint, issue_message, issue_words

P = Problem


def told(row: CheckedRow) -> list[tuple[str, str, str | None]]:
    warnings = row.parsed.warnings if row.parsed else ()
    return [(issue.column, issue.code, issue.expected_api_code) for issue in (*row.issues, *warnings)]


Cells = Mapping[str, Any]
Told = list[tuple[str, Problem, str | None]]

ONE_FAULT: dict[str, tuple[Cells, Told]] = {
    "a good row": ({}, []),
    "no title": ({"title": None}, [("title", P.BLANK, "1014")]),
    "a title of white space": ({"title": " \u00a0"}, [("title", P.BLANK, "1014")]),
    "a title too long": ({"title": "x" * 256}, [("title", P.TOO_MUCH_TEXT, None)]),
    "a line break in the title is a space": ({"title": "a\nb"}, []),
    "a control character in the title": ({"title": "a\x07b"}, [("title", P.CONTROL_CHARACTER, None)]),
    "no start": ({"start_time": ""}, [("start_time", P.BLANK, "1019")]),
    "a start that is none": ({"start_time": "31/02/2031"}, [("start_time", P.NOT_A_TIME, "1022")]),
    "a day without a time": ({"start_time": "2031-09-02"}, [("start_time", P.DATE_ONLY, "1022")]),
    "a start that could be another day": (
        {"start_time": "05/06/2032 14:00"},
        [("start_time", P.AMBIGUOUS_DATE, "1022")],
    ),
    "the title of the template's example": (
        {"title": "example algebra i  (not sent)"},
        [("title", P.EXAMPLE, None)],
    ),
    "as many minutes as other classes have hours": ({"duration": 2}, [("duration", P.VERY_SHORT, None)]),
    "begins now": ({"start_time": "2031-09-01 10:00"}, [("start_time", P.IN_THE_PAST, "1004")]),
    "began five minutes ago": ({"start_time": "2031-09-01 09:55"}, [("start_time", P.IN_THE_PAST, "1004")]),
    "has passed there, though not by UTC's clock": (
        {"start_time": "2031-09-01 09:30"},
        [("start_time", P.IN_THE_PAST, "1004")],
    ),
    "a year too far ahead": ({"start_time": "2207-09-01 14:00"}, [("start_time", P.FAR_AHEAD, None)]),
    "ten years ahead": ({"start_time": "2041-08-31 14:00"}, []),
    "an hour that does not exist": (
        {"start_time": "2032-03-28 02:30"},
        [("start_time", P.NO_SUCH_HOUR, "1005")],
    ),
    "an hour that comes twice": (
        {"start_time": "2031-10-26 02:30"},
        [("start_time", P.HOUR_COMES_TWICE, None)],
    ),
    "an unknown zone": ({"time_zone": "Paris time"}, [("time_zone", P.NOT_A_ZONE, "1003")]),
    "no presenter": ({"presenter_email": None}, [("presenter_email", P.BLANK, "1030")]),
    "a presenter by name": ({"presenter_email": "Ana"}, [("presenter_email", P.NOT_AN_EMAIL, "1031")]),
    "duration in words": ({"duration": "an hour"}, [("duration", P.NOT_A_LENGTH, "1010")]),
    "duration 0": ({"duration": 0}, [("duration", P.TOO_SHORT, "1010")]),
    "duration below 0": ({"duration": "-45"}, [("duration", P.TOO_SHORT, "1010")]),
    "duration over the account's": ({"duration": "301"}, [("duration", P.TOO_LONG, "1010")]),
    "extension below 0": ({"extend_duration": -1}, [("extend_duration", P.NEGATIVE, "1090")]),
    "extension over a class": ({"extend_duration": 301}, [("extend_duration", P.EXTENDED_TOO_LONG, "1090")]),
    "extension in words": ({"extend_duration": "ten"}, [("extend_duration", P.NOT_A_LENGTH, "1090")]),
    "nobody may attend": ({"attendee_limit": 0}, [("attendee_limit", P.TOO_FEW, "1011")]),
    "more attend than most accounts let": (
        {"attendee_limit": 51},
        [("attendee_limit", P.MANY_ATTENDEES, None)],
    ),
    "an unknown language": (
        {"language_culture_name": "English"},
        [("language_culture_name", P.NOT_A_LANGUAGE, "1043")],
    ),
    "recording: maybe": ({"create_recording": "maybe"}, [("create_recording", P.NOT_YES_OR_NO, None)]),
    "a control that is not offered": (
        {"attendee_default_controls": "video"},
        [("attendee_default_controls", P.NOT_A_CONTROL, None)],
    ),
    "an address without http": ({"return_url": "school.example"}, [("return_url", P.NOT_A_URL, None)]),
    "an error of the spreadsheet": (
        {"start_time": Unreadable("#REF!", P.ERROR_CELL)},
        [("start_time", P.ERROR_CELL, "1022")],
    ),
    "a formula nobody calculated": (
        {"title": Unreadable("=A1", P.NOT_CALCULATED)},
        [("title", P.NOT_CALCULATED, "1014")],
    ),
    "every fault at once, in the table's order, none twice": (
        {
            "attendee_limit": "many",
            "duration": 0,
            "presenter_email": "Ana",
            "start_time": "2031-09-01 09:00",
            "time_zone": "Paris time",
            "title": None,
        },
        [
            ("title", P.BLANK, "1014"),
            ("time_zone", P.NOT_A_ZONE, "1003"),
            ("presenter_email", P.NOT_AN_EMAIL, "1031"),
            ("duration", P.TOO_SHORT, "1010"),
            ("attendee_limit", P.NOT_A_NUMBER, "1011"),
        ],
    ),
    "a start that has passed everywhere needs no zone for that": (
        {"start_time": "2030-09-01 09:00", "time_zone": "Paris time"},
        [("start_time", P.IN_THE_PAST, "1004"), ("time_zone", P.NOT_A_ZONE, "1003")],
    ),
    "a warning stands beside a problem": (
        {"start_time": "2031-10-26 02:30", "duration": 0},
        [("start_time", P.HOUR_COMES_TWICE, None), ("duration", P.TOO_SHORT, "1010")],
    ),
}


@pytest.mark.parametrize(("cells", "problems"), ONE_FAULT.values(), ids=ONE_FAULT)
def test_a_row_tells_all_that_is_wrong(cells: Cells, problems: Told) -> None:
    row = checked(**cells)
    assert told(row) == [(column, problem.code, foretells) for column, problem, foretells in problems]
    assert (row.parsed is None) == any(not problem.is_warning for _, problem, _ in problems)


ROOM_FAULTS: dict[str, tuple[Cells, Told]] = {
    "a good row": ({}, []),
    "an e-mail that is none is not looked at": ({"presenter_email": "Ana"}, []),
    "no id": ({"presenter_id": ""}, [("presenter_id", P.BLANK, "1001")]),
    "the id 0": ({"presenter_id": 0}, [("presenter_id", P.ZERO_ID, "1001")]),
    "no name": ({"presenter_name": None}, [("presenter_name", P.BLANK, "1002")]),
    "no zone": ({"time_zone": None}, [("time_zone", P.BLANK, "1006")]),
    "no duration": ({"duration": None}, [("duration", P.BLANK, None)]),
}


@pytest.mark.parametrize(("cells", "problems"), ROOM_FAULTS.values(), ids=ROOM_FAULTS)
def test_a_room_based_account_has_its_own_presenter(cells: Cells, problems: Told) -> None:
    row = checked(replace(TERMS, account=ROOM), **cells)
    assert told(row) == [(column, problem.code, foretells) for column, problem, foretells in problems]


ALLOWED: dict[str, Cells] = {
    "begins in a minute": {"start_time": "2031-09-01 10:01"},
    "begins where it is still earlier": {"start_time": "2031-09-01 04:01", "time_zone": "America/New_York"},
    "the hour after the clock was put forward": {"start_time": "2032-03-28 03:00"},
    "the last moment before it": {"start_time": "2032-03-28 01:59:59"},
    "five minutes": {"duration": 5},
    "an hour and a half": {"duration": "1h 30m"},
    "as long as the account allows": {"duration": 300},
    "a date that can only be day first": {"start_time": "13/06/2032 14:00"},
    "as many as the account allows": {"attendee_limit": 50},
    "a title of 255": {"title": "x" * 255},
    "a title of one letter": {"title": "A"},
    "the id 0 on an account that takes e-mails": {"presenter_id": "0"},
    "controls of both sides": {
        "presenter_default_controls": "audio,video",
        "attendee_default_controls": "audio,writing",
    },
}


@pytest.mark.parametrize("cells", ALLOWED.values(), ids=ALLOWED)
def test_is_allowed(cells: Cells) -> None:
    assert told(checked(**cells)) == []


def test_a_default_that_is_wrong_is_shown() -> None:
    (issue,) = checked(replace(TERMS, defaults={"time_zone": "Kolkata time"}), time_zone=" ").issues
    assert issue.value == "Kolkata time"


def test_a_start_must_lie_further_ahead_than_the_margin() -> None:
    terms = replace(TERMS, past_margin=timedelta(minutes=10))
    (issue,) = checked(terms, start_time="2031-09-01 10:10").issues
    assert (issue.code, issue.expected_api_code) == (P.TOO_SOON.code, "1004")
    assert issue_message(issue) == "begins less than 10 minutes from now"
    assert told(checked(terms, start_time="2031-09-01 10:10:01")) == []
    (issue,) = checked(terms, start_time="2031-09-01 10:00").issues
    assert issue.code == P.IN_THE_PAST.code


#: A start, and what is said of it at ten o'clock in Paris on 1 September 2031.
FAR = {
    "2207-09-01 14:00": ("start_time", "is 176 years ahead", "Correct the year; 2031 if that is meant."),
    "2207-05-01 14:00": ("start_time", "is 176 years ahead", "Correct the year; 2032 if that is meant."),
    "2574-09-02 14:00": ("start_time", "is 543 years ahead", "Correct the year; 2031 if that is meant."),
    "2576-02-29 14:00": ("start_time", "is 545 years ahead", "Correct the year; 2033 if that is meant."),
}


@pytest.mark.parametrize(("start", "says"), FAR.items(), ids=FAR)
def test_a_year_that_is_a_slip_or_of_another_calendar_is_told_with_the_one_that_may_be_meant(
    start: str, says: tuple[str, str, str]
) -> None:
    (issue,) = checked(start_time=start).issues
    assert (issue.column, issue_message(issue), issue_hint(issue)) == says


@given(
    moment=st.datetimes(datetime(2031, 8, 30), datetime(2031, 11, 3)),  # noqa: DTZ001 - a wall clock
    zone=st.sampled_from(["Europe/Paris", "Asia/Kolkata", "America/New_York", "Etc/GMT+12", "GMT"]),
    minutes=st.integers(0, 3 * 24 * 60),
    counts_to_24=st.booleans(),
)
def test_of_a_start_that_is_plainly_well_no_rule_complains(
    moment: datetime, zone: str, minutes: int, *, counts_to_24: bool
) -> None:
    known = Known(counts_to_24=counts_to_24)
    terms = replace(TERMS, past_margin=timedelta(minutes=minutes), known=known)
    reading = Reading(raw_row(start_time=moment, time_zone=zone), HEADER, terms, {})
    assert read_cells(reading, Columns.of(HEADER, terms)) == []
    if starts_plainly(reading):
        assert [rule(reading) for rule in RULES["start_time"]] == [None] * len(RULES["start_time"])


def test_limits_are_the_account_s() -> None:
    terms = replace(TERMS, max_minutes=120, max_attendees=10)
    duration, extension, attendees = checked(
        terms, duration=121, extend_duration=121, attendee_limit=11
    ).issues
    assert issue_message(duration) == "is longer than the 120 minutes the account allows"
    assert issue_message(extension) == "is longer than 120 minutes"
    assert issue_message(attendees) == "is more than the 10 attendees the account allows"


def test_a_row_of_another_width_tells_only_that() -> None:
    width = P.WRONG_WIDTH.at("", "", header="row", found=9, expected=8)
    raw = replace(raw_row(title=None, duration="?"), issues=(width,))
    assert check_row(raw, HEADER, TERMS) == CheckedRow(raw, None, (width,))


def test_a_warning_of_the_reader_goes_with_the_class() -> None:
    warning = P.HOUR_COMES_TWICE.at("start_time", "?", zone="Europe/Paris")
    meant = check_row(replace(raw_row(), issues=(warning,)), HEADER, TERMS).parsed
    assert meant is not None
    assert meant.warnings == (warning,)


def test_an_issue_speaks_of_the_person_s_own_column() -> None:
    header = replace(HEADER, names=("Lesson", " Begins ", *NAMES[2:]))
    (issue,) = check_row(raw_row(start_time="2032-06-13 9"), header, TERMS).issues
    assert (
        issue_words(issue)
        == "Begins '2032-06-13 9' is not a date and time. Write it as 2032-06-13 09:00. [R003]"
    )


SENTENCES: dict[str, tuple[Cells, str]] = {
    "a gap names the zone": (
        {"start_time": "2032-03-28 02:30"},
        (
            "start_time '2032-03-28 02:30' does not exist in Europe/Paris: the clock is put forward over it that night. "
            "Choose a time before or after the change. [R005]"
        ),
    ),
    "controls name the choices": (
        {"presenter_default_controls": "chalk"},
        (
            "presenter_default_controls 'chalk' names a control that is not offered. "
            "Write audio or video, or several with commas between them. [R015]"
        ),
    ),
    "a city gets its zone": (
        {"time_zone": "New York"},
        (
            "time_zone 'New York' is not a time zone that is known here. "
            "Write an area and city, such as America/New_York. [R006]"
        ),
    ),
    "a start that may be the number of a period": (
        {"start_time": "3"},
        (
            "start_time '3' is a plain number, which no date or time is. Write the time of day (perhaps 03:00 is meant); "
            "if it counts the lessons of a day, say once in classbatch.toml when that one is, under [values.start_time] "
            'a line such as "3" = "10:15-11:00". [R025]'
        ),
    ),
    "a length that may be an end": (
        {"start_time": "2031-09-01 14:00", "duration": time(14, 45)},
        (
            "duration '14:45' is longer than the 300 minutes the account allows, and may be the time at which the class "
            "ends. Write 45 for a class from 14:00 to 14:45; ends go under a header of their own, such as End. [R007]"
        ),
    ),
    "a date without its year is offered with the next that lies ahead": (
        {"start_time": "Mon 1 Sep 14:00"},
        (
            "start_time 'Mon 1 Sep 14:00' is a date without its year. "
            "Write it with the year, such as 2036-09-01 14:00. [R059]"
        ),
    ),
    "an empty cell is not quoted": ({"title": "  "}, "title is empty. Fill in the cell. [R001]"),
    "a native time is shown as the spreadsheet shows it": (
        {"start_time": time(9, 30)},
        (
            "start_time '09:30' is a time of day without a date. "
            "Write both in this cell, such as 2031-09-01 14:00; or give the dates a column called date. [R022]"
        ),
    ),
}


@pytest.mark.parametrize(("cells", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_says(cells: Cells, sentence: str) -> None:
    assert [issue_words(issue) for issue in checked(**cells).issues] == [sentence]


ANY_CELL: st.SearchStrategy[CellValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([value for cells, _ in ONE_FAULT.values() for value in cells.values()]),
    st.datetimes(),
    st.times(),
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, ANY_CELL)),
    st.sampled_from(AccountKind),
)
def test_a_row_is_a_class_or_has_problems_and_no_cell_has_two(cells: Cells, account: AccountKind) -> None:
    row = checked(replace(TERMS, account=account), **cells)
    problems = [issue for issue in row.issues if not issue.is_warning]
    assert (row.parsed is None) == bool(problems)
    assert len({issue.column for issue in problems}) == len(problems)
    assert not any("{" in issue_hint(issue) for issue in row.issues)
    assert {issue.column for issue in row.issues} <= {column.name for column in columns_for(account)}


#: Cells that are equal, or nearly so, and mean different things.
LOOK_ALIKE: tuple[Cells, ...] = (
    *({"create_recording": cell} for cell in (True, 1, 1.0, "1", "yes")),
    *({"duration": cell} for cell in (True, 1, 1.0, "1", "1:00")),
    *(
        {"start_time": datetime(2031, 10, 26, hour, 30, fold=fold, tzinfo=zone), "time_zone": name}
        for hour in (1, 2)
        for fold in (0, 1)
        for zone in (None, UTC, ZoneInfo("Europe/Paris"), ZoneInfo("Africa/Tunis"))
        for name in ("Europe/Paris", "GMT", None)
    ),
)


@given(st.lists(st.sampled_from(LOOK_ALIKE), min_size=2, max_size=8))
def test_a_row_means_the_same_behind_any_others(rows: list[Cells]) -> None:
    check = row_check(HEADER, TERMS)
    assert [check(raw_row(**cells)) for cells in rows] == [checked(**cells) for cells in rows]
