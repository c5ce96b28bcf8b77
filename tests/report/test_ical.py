"""The calendar: an event for each scheduled class, the same one whenever it is made again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from batch.core.errors import CannotRun
from batch.core.outcome import Outcome
from batch.report.facts import BatchFacts, GoneClass, ResultRow
from batch.report.ical import write_calendar
from tests.support.command import Command, lessons, timetable
from tests.support.words import stops

FACTS = BatchFacts(
    batch="b-17",
    file="term.xlsx",
    sheet="",
    account="teacher account",
    sent_to="https://x.example",
    finished=datetime(2031, 8, 1, 7, 31, tzinfo=UTC),
)


def row(number: int, outcome: Outcome = Outcome.SCHEDULED, **facts: Any) -> ResultRow:
    meant: dict[str, Any] = {
        "title": "Algebra I",
        "presenter": "ana@school.example",
        "starts": datetime(2031, 9, 1, 8, tzinfo=UTC),
        "minutes": 45,
        "zone": "Europe/London",
        "class_id": str(2_492_040 + number),
        "presenter_url": "https://x.example/launch?key=1",
    }
    return ResultRow(number=number, sheet="", outcome=outcome, **{**meant, **facts})


def events(path: Path) -> list[Any]:
    return Calendar.from_ical(path.read_bytes()).walk("VEVENT")


def test_a_scheduled_class_is_an_event_in_utc(tmp_path: Path) -> None:
    path = tmp_path / "classes.ics"
    assert write_calendar(path, rows=[row(2)], facts=FACTS) == 1
    (event,) = events(path)
    assert event["uid"] == "2492042@classbatch"
    assert event["summary"] == "Algebra I"
    assert event.decoded("dtstart") == datetime(2031, 9, 1, 8, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2031, 9, 1, 8, 45, tzinfo=UTC)
    assert "ana@school.example" in event["description"]


def test_only_classes_that_exist_are_events(tmp_path: Path) -> None:
    path = tmp_path / "classes.ics"
    rows = [row(number, outcome) for number, outcome in enumerate(Outcome, start=2)]
    assert write_calendar(path, rows=rows, facts=FACTS) == 4
    told = {str(event["uid"]).partition("@")[0]: event.get("status") for event in events(path)}
    is_there = {Outcome.SCHEDULED: None, Outcome.ALREADY: None, Outcome.CHANGED: None}
    statuses = {**is_there, Outcome.CANCELLED: "CANCELLED"}
    assert told == {each.class_id: statuses[each.outcome] for each in rows if each.outcome in statuses}


def test_a_calendar_follows_what_was_changed_and_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "classes.ics"
    gone = GoneClass(
        class_id="7",
        title="Drama",
        presenter="ana@school.example",
        starts=datetime(2031, 9, 2, 8, tzinfo=UTC),
        minutes=60,
        zone="GMT",
        row_then=9,
        outcome=Outcome.CANCELLED,
    )
    rows: list[ResultRow | GoneClass] = [row(2, Outcome.CHANGED), row(3), gone]
    write_calendar(path, rows=rows, facts=FACTS, changed={"2492042": 2, "7": 1})
    told = {str(event["uid"]): (event["sequence"], event.get("status")) for event in events(path)}
    assert told == {
        "2492042@classbatch": (2, None),
        "2492043@classbatch": (0, None),
        "7@classbatch": (1, "CANCELLED"),
    }


def test_made_again_it_is_the_same_to_the_letter(tmp_path: Path) -> None:
    first, second = tmp_path / "1.ics", tmp_path / "2.ics"
    for path in (first, second):
        write_calendar(path, rows=[row(2), row(3)], facts=FACTS)
    assert first.read_bytes() == second.read_bytes()


def test_a_presenter_gets_her_own_classes(tmp_path: Path) -> None:
    path = tmp_path / "ana.ics"
    rows = [row(2), row(3, presenter="ben@school.example")]
    assert write_calendar(path, rows=rows, facts=FACTS, presenter=" Ana@School.example ") == 1
    with stops(CannotRun, match="no scheduled class of cleo"):
        write_calendar(tmp_path / "cleo.ics", rows=rows, facts=FACTS, presenter="cleo")
    assert not (tmp_path / "cleo.ics").exists()


HOSTILE = {
    "a line that would begin a component": "x\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "characters with a meaning of their own": "a;b,c\\n\\d:e",
    "other scripts": "العربية 日本語 👩‍🏫" * 20,
    "control characters": "a\x00\x0bb\x1b[31m",
    "half a character": "a\ud800b",
}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_no_title_can_break_the_calendar(title: str, tmp_path: Path) -> None:
    path = tmp_path / "classes.ics"
    write_calendar(path, rows=[row(2, title=title), row(3)], facts=FACTS)
    assert [each.name for each in Calendar.from_ical(path.read_bytes()).walk()] == [
        "VCALENDAR",
        "VEVENT",
        "VEVENT",
    ]
    assert len(events(path)) == 2


def test_log_in_links_are_left_out_and_a_sandbox_says_so(tmp_path: Path) -> None:
    path = tmp_path / "classes.ics"
    sandbox = BatchFacts(batch="b", file="f", sheet="", account="a", sent_to="s", sandbox=True)
    write_calendar(path, rows=[row(2)], facts=sandbox)
    assert b"launch" not in path.read_bytes()
    assert events(path)[0]["summary"].startswith("SANDBOX")


def test_the_command_writes_it_from_the_journal(at_service: Command) -> None:
    timetable(at_service.folder / "t.csv", lessons(3))
    assert at_service("submit", "t.csv").code == 0
    ran = at_service("results", "--ics", "one.ics", "--presenter", "teacher2@school.example")
    assert ran.code == 0, ran.err
    assert "Calendar of 1 class: one.ics" in ran.out
    (event,) = events(at_service.folder / "one.ics")
    assert event["summary"].endswith("Lesson 2")
    ran = at_service("results", "--ics", "none.ics", "--presenter", "nobody")
    assert (ran.code, "no scheduled class of nobody" in ran.err) == (2, True)
    assert at_service("results").code == 2
