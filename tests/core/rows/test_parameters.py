"""What a valid row becomes: the parameters of `create`, and the class that planning sees."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.columns import AccountKind, columns_for
from batch.core.rows.date_order import DateOrder, Dates
from batch.core.rows.file_evidence import Known
from batch.core.rows.problems import Problem
from batch.core.rows.row import Header, RawRow
from batch.core.rows.rules import check_row
from tests.support.rows import GOOD, NAMES, ROOM, TEACHER, TERMS, checked, raw_row

Cells = Mapping[str, Any]

SENT: dict[str, tuple[AccountKind, Cells, Mapping[str, str]]] = {
    "what is empty is not sent, but zone and duration always are": (
        TEACHER,
        {"time_zone": None, "duration": None},
        {
            "title": "Algebra I",
            "start_time": "09/01/2031 14:00:00",
            "time_zone": "GMT",
            "presenter_email": "Ana.Diaz@school.example",
            "duration": "60",
        },
    ),
    "a room-based account gets id and name": (
        ROOM,
        {},
        {
            "title": "Algebra I",
            "start_time": "09/01/2031 14:00:00",
            "time_zone": "Europe/Paris",
            "presenter_id": "T-17",
            "presenter_name": "Ana Diaz",
            "duration": "45",
        },
    ),
    "every column in the service's own writing": (
        TEACHER,
        {
            "title": " Algebra & more ",
            "start_time": "Sep 1, 2031 2:00 PM",
            "time_zone": "europe/paris",
            "extend_duration": 15.0,
            "attendee_limit": "25",
            "language_culture_name": "EN-us",
            "create_recording": "Yes",
            "presenter_default_controls": "Audio, video",
            "attendee_default_controls": "writing",
            "return_url": "https://school.example/after?a=1",
            "status_ping_url": "https://school.example/ping",
        },
        {
            "title": "Algebra & more",
            "start_time": "09/01/2031 14:00:00",
            "time_zone": "Europe/Paris",
            "presenter_email": "Ana.Diaz@school.example",
            "duration": "45",
            "extend_duration": "15",
            "attendee_limit": "25",
            "language_culture_name": "en-US",
            "create_recording": "true",
            "presenter_default_controls": "audio,video",
            "attendee_default_controls": "writing",
            "return_url": "https://school.example/after?a=1",
            "status_ping_url": "https://school.example/ping",
        },
    ),
}


@pytest.mark.parametrize(("account", "cells", "parameters"), SENT.values(), ids=SENT)
def test_sends(account: AccountKind, cells: Cells, parameters: Mapping[str, str]) -> None:
    meant = checked(replace(TERMS, account=account), **cells).parsed
    assert meant is not None
    assert meant.parameters == parameters
    assert list(meant.parameters) == [
        column.name for column in columns_for(account) if column.name in parameters
    ]


def test_a_class_is_what_planning_needs_to_know() -> None:
    meant = checked(extend_duration=15).parsed
    assert meant is not None
    assert (meant.title, meant.presenter) == ("Algebra I", "ana.diaz@school.example")
    assert meant.start == datetime(2031, 9, 1, 12, 0, tzinfo=UTC)
    assert (meant.minutes, meant.extend_minutes) == (45, 15)


def test_an_extension_of_nothing_is_not_sent() -> None:
    meant = checked(extend_duration="0").parsed
    assert meant is not None
    assert "extend_duration" not in meant.parameters
    assert meant.extend_minutes == 0


def test_a_refused_recording_is_sent_as_false() -> None:
    meant = checked(create_recording="no").parsed
    assert meant is not None
    assert meant.parameters["create_recording"] == "false"


def test_an_hour_that_comes_twice_is_the_first_one() -> None:
    meant = checked(start_time="2031-10-26 02:30").parsed
    assert meant is not None
    assert meant.start == datetime(2031, 10, 26, 0, 30, tzinfo=UTC)
    assert meant.parameters["start_time"] == "10/26/2031 02:30:00"


def test_presenters_that_look_the_same_are_the_same() -> None:
    terms = replace(TERMS, account=ROOM)
    composed, apart = (
        checked(terms, presenter_id="JOS\u00c9").parsed,
        checked(terms, presenter_id="jose\u0301").parsed,
    )
    assert composed is not None
    assert apart is not None
    assert composed.presenter == apart.presenter


@pytest.mark.parametrize(("title", "sent"), [("'Algebra", "Algebra"), ("'", None), ("O'Neill", "O'Neill")])
def test_a_spreadsheet_s_mark_of_a_text_is_no_part_of_a_title(title: str, sent: str | None) -> None:
    row = checked(title=title)
    assert (row.parsed and row.parsed.title) == sent
    assert row.parsed is not None or Problem.BLANK.code in {issue.code for issue in row.issues}


def test_the_settings_fill_in_what_the_file_leaves_out() -> None:
    defaults = {"time_zone": "Asia/Kolkata", "create_recording": "yes", "attendee_limit": "30"}
    header = Header(1, NAMES[:4], {name: place for place, name in enumerate(NAMES[:4])})
    raw = RawRow("", 2, (*raw_row().cells[:2], "", GOOD["presenter_email"]))
    meant = check_row(raw, header, replace(TERMS, defaults=defaults)).parsed
    assert meant is not None
    assert meant.parameters == {
        "title": "Algebra I",
        "start_time": "09/01/2031 14:00:00",
        "time_zone": "Asia/Kolkata",
        "presenter_email": "Ana.Diaz@school.example",
        "duration": "60",
        "attendee_limit": "30",
        "create_recording": "true",
    }


def test_the_settings_fill_in_what_a_room_based_account_requires() -> None:
    meant = checked(replace(TERMS, account=ROOM, defaults={"time_zone": "Asia/Kolkata"}), time_zone="").parsed
    assert meant is not None
    assert meant.parameters["time_zone"] == "Asia/Kolkata"


STARTS = st.datetimes(min_value=datetime(2031, 9, 3), max_value=datetime(2041, 8, 1))  # noqa: DTZ001 - wall clocks
GOOD_CELLS = st.fixed_dictionaries(
    {
        # An apostrophe that comes first is a spreadsheet's own mark of a text; a dash or a slash alone stands for nothing.
        "title": st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=255).filter(
            lambda title: not title.startswith("'") and any(letter.isalnum() for letter in title)
        ),
        "start_time": STARTS,
        "time_zone": st.sampled_from(sorted(TERMS.zones - {"localtime", "Factory"})),
        "duration": st.integers(1, 300),
    },
    optional={
        "extend_duration": st.integers(0, 300),
        "attendee_limit": st.integers(1, 50),
        "create_recording": st.booleans(),
    },
)


@given(GOOD_CELLS)
def test_a_valid_row_s_parameters_read_back_as_the_same_class(cells: Cells) -> None:
    row = checked(**cells)
    if row.parsed is None:
        faults = {issue.code for issue in row.issues if issue.code.startswith("R")}
        assert faults in ({Problem.NO_SUCH_HOUR.code}, {Problem.CANCELLED_TITLE.code}), (
            "an hour left out, or a title that says so"
        )
        return
    parameters: Mapping[str, Any] = row.parsed.parameters
    month_first = Known(Dates(stated=DateOrder.MONTH_FIRST), counts_to_24=True)  # the service's own order
    again = checked(replace(TERMS, known=month_first), **parameters).parsed
    assert again is not None
    assert replace(again, warnings=()) == replace(row.parsed, warnings=())


@given(
    STARTS,
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "GMT"]),
)
def test_the_start_in_utc_is_the_wall_clock_of_its_zone(start: datetime, zone: str) -> None:
    row = checked(start_time=start, time_zone=zone)
    if row.parsed is not None:
        on_the_clock = row.parsed.start.astimezone(ZoneInfo(zone))
        assert f"{on_the_clock:%m/%d/%Y %H:%M:%S}" == row.parsed.parameters["start_time"]
