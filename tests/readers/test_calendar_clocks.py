"""Whose clock an event of a calendar is by: its own zone, the calendar's, the settings'; never one that is made up."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from batch.core.message import FileNote
from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.core.rows.row import CellValue, RawRow, Unreadable
from batch.readers import LoadOptions, open_timetable
from tests.readers.test_calendar import ANA, LONDON, event
from tests.support.command import Command

NOW = datetime(2031, 9, 1, 12, tzinfo=UTC)


def read(*events: str, zone_of_file: str = "", **options: object) -> tuple[list[RawRow], dict[str, object]]:
    """The rows, and the facts of each note."""
    zone = f"X-WR-TIMEZONE:{zone_of_file}\n" if zone_of_file else ""
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{zone}{LONDON}{''.join(events)}END:VCALENDAR\n"
    given = LoadOptions(now=NOW, **options)  # type: ignore[arg-type]  # as its fields are
    with open_timetable(
        io.BytesIO(text.replace("\n", "\r\n").encode()),
        options=given,
        account=AccountKind.TEACHER,
        name="t.ics",
    ) as timetable:
        rows = list(timetable)
        return rows, {note.what: note.facts for note in timetable.notes}


NO_END = Unreadable("20311013T100000", Problem.NO_END)
#: What an event says of its hours; the calendar's zone; the cells of zone and length.
CLOCKS: dict[str, tuple[Sequence[str], str, CellValue, CellValue]] = {
    "a zone that is none is kept, to be asked about": (
        ["DTSTART;TZID=America/New York:20311013T090000", "DTEND;TZID=America/New York:20311013T100000"],
        "",
        "America/New York",
        60,
    ),
    "a zone by its people's name": (
        ["DTSTART;TZID=Eastern Time:20311013T090000", "DURATION:PT1H"],
        "",
        "Eastern Time",
        60,
    ),
    "an offset for a zone": (
        ["DTSTART;TZID=GMT-0500:20311013T090000", "DURATION:PT1H"],
        "",
        "GMT-0500",
        60,
    ),
    "a zone that is none goes before the calendar's": (
        ["DTSTART;TZID=Eastern Time:20311013T090000", "DURATION:PT1H"],
        "Europe/Madrid",
        "Eastern Time",
        60,
    ),
    "a zone that Windows has": (
        ["DTSTART;TZID=Eastern Standard Time:20311013T090000", "DURATION:PT1H"],
        "",
        "America/New_York",
        60,
    ),
    "no zone": (["DTSTART:20311013T090000", "DTEND:20311013T100000"], "", None, 60),
    "the calendar's zone": (
        ["DTSTART:20311013T090000", "DTEND:20311013T100000"],
        "America/New_York",
        "America/New_York",
        60,
    ),
    "a calendar's zone that is none": (
        ["DTSTART:20311013T090000", "DURATION:PT1H"],
        "New York",
        "New York",
        60,
    ),
    "a moment is one, whatever the calendar's zone": (
        ["DTSTART:20311013T090000Z", "DTEND:20311013T100000Z"],
        "America/New_York",
        "UTC",
        60,
    ),
    "an end in another zone": (
        ["DTSTART;TZID=Europe/London:20311013T090000", "DTEND:20311013T090000Z"],
        "",
        "Europe/London",
        60,
    ),
    "an end without the start's zone is no end": (
        ["DTSTART;TZID=Europe/London:20311013T090000", "DTEND:20311013T100000"],
        "",
        "Europe/London",
        NO_END,
    ),
    "an end in a zone that is none is no end": (
        ["DTSTART;TZID=Europe/London:20311013T090000", "DTEND;TZID=Eastern Time:20311013T100000"],
        "",
        "Europe/London",
        NO_END,
    ),
    "an end with a zone for a start without one is no end": (
        ["DTSTART:20311013T090000", "DTEND;TZID=Europe/London:20311013T100000"],
        "",
        None,
        NO_END,
    ),
    "over a change of the calendar's clock, an hour longer": (
        ["DTSTART:20311025T230000", "DTEND:20311026T030000"],
        "Europe/London",
        "Europe/London",
        300,
    ),
}


@pytest.mark.parametrize("repeats", [False, True], ids=["once", "weekly"])
@pytest.mark.parametrize(("lines", "of_file", "zone", "length"), CLOCKS.values(), ids=CLOCKS)
def test_an_event_is_by_the_clock_that_it_names_or_the_calendar_does(
    lines: Sequence[str], of_file: str, zone: CellValue, length: CellValue, *, repeats: bool
) -> None:
    rule = ["RRULE:FREQ=WEEKLY;COUNT=2"] if repeats else []
    rows, notes = read(event(*lines, *rule, ANA), zone_of_file=of_file)
    assert len(rows) == (2 if repeats else 1)
    assert (rows[0].cells[2], rows[0].cells[3]) == (zone, length)
    assert {row.cells[2] for row in rows} == {zone}
    assert notes.get(FileNote.ZONE_OF_CALENDAR) == (
        {"events": 1, "zone": of_file} if of_file and zone == of_file else None
    )


#: A start, by which clock it is read, and whether it is over at noon of Greenwich on the 1st of September.
OVER: dict[str, tuple[str, str, str, bool]] = {
    "in the morning of Los Angeles": ("DTSTART:20310901T100000", "America/Los_Angeles", "", False),
    "in the night of Los Angeles": ("DTSTART:20310901T040000", "America/Los_Angeles", "", True),
    "in the evening of Tokyo": ("DTSTART:20310901T200000", "Asia/Tokyo", "", True),
    "at night in Tokyo": ("DTSTART:20310901T220000", "Asia/Tokyo", "", False),
    "by no zone at all, in the morning": ("DTSTART:20310901T100000", "UTC", "", True),
    "by the calendar's, whatever the settings say": (
        "DTSTART:20310901T100000",
        "Asia/Tokyo",
        "America/Los_Angeles",
        False,
    ),
    "by a zone that is none, it may be ahead": (
        "DTSTART;TZID=Eastern Time:20310901T100000",
        "Asia/Tokyo",
        "",
        False,
    ),
    "by a zone that is none, over wherever it is": (
        "DTSTART;TZID=Eastern Time:20310831T235900",
        "Asia/Tokyo",
        "",
        True,
    ),
}


@pytest.mark.parametrize("repeats", [False, True], ids=["once", "weekly"])
@pytest.mark.parametrize(("start", "zone", "of_file", "is_over"), OVER.values(), ids=OVER)
def test_what_is_over_is_so_by_the_clock_of_the_event(
    start: str, zone: str, of_file: str, *, is_over: bool, repeats: bool
) -> None:
    rule = ["RRULE:FREQ=WEEKLY;COUNT=2"] if repeats else []
    rows, _ = read(event(start, "DURATION:PT1H", ANA, *rule), zone_of_file=of_file, zone=zone)
    assert len(rows) == (not is_over) + repeats


def test_without_any_zone_that_is_told_and_the_settings_one_says_what_is_over(tmp_path: Path) -> None:
    soon = (datetime.now(ZoneInfo("America/Los_Angeles")) + timedelta(hours=5)).strftime("%Y%m%dT%H%M00")
    lines = "".join(
        event(f"DTSTART:{start}", "DURATION:PT1H", ANA, uid=start) for start in (soon, "20310903T090000")
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{lines}END:VCALENDAR\n"
    (tmp_path / "term.ics").write_text(text.replace("\n", "\r\n"))
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    by_none = command("check", "term.ics")
    assert "1 event of the calendar lies in the past" in by_none.err + by_none.out
    assert "every start is read as GMT" in by_none.err + by_none.out
    (tmp_path / "classbatch.toml").write_text('[defaults]\ntime_zone = "America/Los_Angeles"\n')
    by_settings = command("check", "term.ics", "--json", "-")
    assert len(by_settings.json["rows"]) == 2
    assert "GMT" not in by_settings.err
