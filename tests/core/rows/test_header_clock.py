"""The clock that a header names: taken where it is a zone's own name, asked about where it is not, and never Greenwich's."""

import pytest

from batch.core.rows.header_clock import HeaderClock, clock_of
from batch.core.rows.row import Header
from batch.time_zones import pinned_zones

NAMED = {"Start (UTC)": "UTC", "GMT start": "UTC", "Start (America/New_York)": "America/New_York"}
#: What may be meant, and is asked.
HINTED = {
    "Start (EST)": "America/New_York",
    "Start ET": "America/New_York",
    "Start (Eastern)": "America/New_York",
    "Start [Pacific time]": "America/Los_Angeles",
    "Beginn (MEZ)": "Europe/Berlin",
    "Start (BST)": "Europe/London",
    "Start, UK time": "Europe/London",
    "Start (Paris time)": "Europe/Paris",
    "Paris time": "Europe/Paris",
    "Start (New York)": "America/New_York",
    "Start\n(Kolkata time)": "Asia/Kolkata",
    "Start (UTC+2)": "Etc/GMT-2",
    "Start (GMT -5)": "Etc/GMT+5",
}
#: What names no clock, however much it looks like one.
NONE = (
    "Start",
    "Start time",
    "START TIME",
    "Lesson start time",
    "Start (local time)",
    "Start (school time)",
    "Start (am/pm)",
    "Start (24h)",
    "Start (west)",
    "Start (cat)",
    "Start (Easter)",
    "Start (Center)",
    "Start (DD/MM/YYYY)",
    "Start (if known)",
    "Start - first half",
)


def said(name: str) -> HeaderClock | None:
    return clock_of(Header(names=(name,), columns={"start_time": 0}, row=1), pinned_zones())


@pytest.mark.parametrize(("name", "zone"), NAMED.items())
def test_a_zone_is_taken(name: str, zone: str) -> None:
    assert said(name) == HeaderClock(name, zone, is_named=True)


@pytest.mark.parametrize(("name", "zone"), HINTED.items())
def test_any_other_clock_is_asked_about(name: str, zone: str) -> None:
    assert said(name) == HeaderClock(name, zone, is_named=False)


@pytest.mark.parametrize("name", NONE)
def test_words_that_name_no_clock_are_asked_about_by_nobody(name: str) -> None:
    assert said(name) is None
