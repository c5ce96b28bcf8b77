"""What cells stand for by the settings: said once for a column, in force for every row of it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, CheckedRow, Header, RawRow, Unreadable
from batch.core.rows.rules import check_row
from batch.core.rows.value_maps import folded, stands_for, value_maps
from batch.core.rows.zone_suggestions import zone_meant
from batch.time_zones import pinned_zones, zone_names
from tests.support.words import issue_hint

ZONE_NAMES = zone_names()
SAID = {
    "presenter_email": {"Dr. Rao": "rao@school.example"},
    "start_time": {"P3": "10:15-11:00", "4": "11:15-12:00"},
    "time_zone": {"(GMT-4:00) Eastern Time (US and Canada)": "America/New_York", "home": "Europe/Madrid"},
    "duration": {"double": "90"},
}
GOOD: Mapping[str, CellValue] = {
    "title": "Algebra",
    "date": "2031-09-01",
    "start_time": "P3",
    "time_zone": "home",
    "presenter_email": "Dr. Rao",
    "duration": None,
}


def checked(cells: Mapping[str, CellValue], said: Mapping[str, Mapping[str, str]] = SAID) -> CheckedRow:
    row = {**GOOD, **cells}
    header = Header(1, tuple(row), {name: place for place, name in enumerate(row)})
    terms = Terms(
        now=datetime(2026, 11, 22, tzinfo=UTC),
        account=AccountKind.TEACHER,
        zones=pinned_zones(),
        values=value_maps(said),
        zone_names=lambda: ZONE_NAMES,
    )
    return check_row(RawRow("", 2, tuple(row.values())), header, terms)


MEANT: dict[str, tuple[dict[str, CellValue], dict[str, str]]] = {
    "a name is an address": ({}, {"presenter_email": "rao@school.example"}),
    "in any capitals and spacing": (
        {"presenter_email": " DR.  RAO "},
        {"presenter_email": "rao@school.example"},
    ),
    "an address is itself": ({"presenter_email": "b@c.example"}, {"presenter_email": "b@c.example"}),
    "a period is a start and an end": ({}, {"start_time": "09/01/2031 10:15:00", "duration": "45"}),
    "a period that is a number": ({"start_time": 4}, {"start_time": "09/01/2031 11:15:00"}),
    "a number as a float": ({"start_time": 4.0}, {"start_time": "09/01/2031 11:15:00"}),
    "a zone of Windows": (
        {"time_zone": "(GMT-4:00) Eastern Time (US and Canada)"},
        {"time_zone": "America/New_York"},
    ),
    "a length by its name": ({"start_time": "10:00", "duration": "Double"}, {"duration": "90"}),
}


@pytest.mark.parametrize(("cells", "parameters"), MEANT.values(), ids=MEANT)
def test_a_cell_means_what_was_said(cells: dict[str, CellValue], parameters: dict[str, str]) -> None:
    row = checked(cells)
    assert row.issues == ()
    assert row.parsed is not None
    assert {name: row.parsed.parameters[name] for name in parameters} == parameters


def test_a_name_nobody_spoke_of_is_told_as_typed() -> None:
    (issue,) = checked({"presenter_email": "Dr. Who"}).issues
    assert (issue.code, issue.value) == (Problem.NOT_AN_EMAIL.code, "Dr. Who")
    assert "[values]" in issue_hint(issue)


def test_a_map_speaks_of_its_own_column_only() -> None:
    row = checked({"title": "Dr. Rao"})
    assert row.parsed is not None
    assert row.parsed.title == "Dr. Rao"


def test_a_cell_without_a_value_stands_for_nothing() -> None:
    broken = Unreadable("#REF!", Problem.ERROR_CELL)
    assert stands_for(broken, {"#ref!": "x"}) is broken
    assert stands_for(None, {"": "x"}) is None


@given(st.text(max_size=12))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


SUGGESTED: dict[str, tuple[str, str | None]] = {
    "Windows's name": ("Central Standard Time", "America/Chicago"),
    "Windows's name in summer": ("Eastern Daylight Time", "America/New_York"),
    "as Outlook lists it": ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
    "as a calendar lists it": ("(GMT-4:00) Eastern Time (US and Canada)", "America/New_York"),
    "letters": ("EST", "America/New_York"),
    "an old name": ("Japan", "Asia/Tokyo"),
    "an old city's": ("India Standard Time", "Asia/Kolkata"),
    "an offset": ("GMT+2", None),
    "nothing": ("school time", None),
}


@pytest.mark.parametrize(("text", "zone"), SUGGESTED.values(), ids=SUGGESTED)
def test_a_zone_s_other_names_are_suggested_never_taken(text: str, zone: str | None) -> None:
    assert zone_meant(text, ZONE_NAMES) == zone
    (issue,) = checked({"time_zone": text}, {**SAID, "time_zone": {}}).issues
    assert issue.code == Problem.NOT_A_ZONE.code
    assert (zone or "Europe/London") in issue_hint(issue)


def test_every_suggestion_can_be_sent() -> None:
    assert set(ZONE_NAMES.values()) - {"Etc/GMT+12"} <= pinned_zones() | {"Etc/UTC", "Etc/GMT"}


def test_letters_that_stand_for_an_offset_are_no_zones() -> None:
    zones = pinned_zones()
    assert {"GMT", "UTC", "Europe/London"} <= zones
    assert not {"EST", "MST", "HST", "CET", "EST5EDT", "localtime", "Factory", "Japan"} & zones
