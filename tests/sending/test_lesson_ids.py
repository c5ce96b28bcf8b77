"""A lesson that has an id is known by it, whatever else of it changes; one of a series by the id and its day."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from batch.sandbox.server import Sandbox
from tests.sending.test_sync import Term, outcomes_of
from tests.support.command import lessons, timetable
from tests.support.sending import sandbox, send, sync


@pytest.fixture
async def service() -> AsyncIterator[Sandbox]:
    async with sandbox() as running:
        yield running


def with_ids(header: str = "lesson_id", ids: str = "ABCDEF") -> list[dict[str, str]]:
    return [{header: f"{each}-1", **row} for each, row in zip(ids, lessons(6), strict=True)]


async def test_a_lesson_that_changed_in_everything_keeps_its_class(tmp_path: Path, service: Sandbox) -> None:
    term = Term(tmp_path, service, with_ids())
    await term.submitted()
    (before,) = [each.class_id for each in term.there() if each.title == term.rows[1]["title"]]
    term.change(1, title="Chess", start_time="2031-09-04 15:00", presenter_email="new@school.example")
    told = await term.submitted()
    assert (told.rows[1]["outcome"], told.rows[1]["reason"]) == ("held", "moved")
    assert "the same lesson_id" in told.rows[1]["message"]
    sent = await term.synced()
    assert outcomes_of(sent) == {"changed": 1, "already": 5}
    assert term.account() == term.asked()
    assert term.ids()["Chess"] == before


async def test_lessons_that_got_their_ids_later_are_known_by_them_from_then_on(
    tmp_path: Path, service: Sandbox
) -> None:
    term = Term(tmp_path, service, lessons(6))
    await term.submitted()
    before = term.ids()
    term.rows = [{"attendee_limit": "10", **row} for row in with_ids()]
    term.change(0, start_time="2031-09-02 10:00")  # known by title and teacher, once
    await term.synced()
    term.change(0, title="Chess", start_time="2031-09-04 10:00")
    sent = await term.synced()
    assert outcomes_of(sent) == {"changed": 1, "already": 5}
    assert term.ids()["Chess"] == before["Lesson 1"]


async def test_other_ids_are_other_lessons_whatever_they_have_in_common(
    tmp_path: Path, service: Sandbox
) -> None:
    term = Term(tmp_path, service, with_ids())
    await term.submitted()
    term.change(2, lesson_id="Z-9", start_time="2031-09-01 18:30")
    sent = await term.synced()
    assert outcomes_of(sent) == {"scheduled": 1, "already": 5, "cancelled": 1}


@pytest.mark.parametrize("header", ["lesson_id", "Lesson ID"])
async def test_an_id_that_two_rows_have_is_a_fault_of_both(
    header: str, tmp_path: Path, service: Sandbox
) -> None:
    sent = await send(timetable(tmp_path / "term.csv", with_ids(header, "ABCBEF")), service.url)
    assert [row["outcome"] for row in sent.rows] == [
        "scheduled",
        "invalid",
        "scheduled",
        "invalid",
        "scheduled",
        "scheduled",
    ]
    (problem,) = sent.rows[1]["problems"]
    assert (problem["code"], problem["value"]) == ("R096", "B-1")


@pytest.mark.parametrize(
    ("header", "ids", "why"),
    [("Event ID", list("AABBCC"), "come again"), ("lesson_id", list("123456"), "counts the rows")],
)
async def test_what_tells_no_lessons_apart_is_no_key_and_that_is_told(
    header: str, ids: list[str], why: str, tmp_path: Path, service: Sandbox
) -> None:
    rows = [{header: each, **row} for each, row in zip(ids, lessons(6), strict=True)]
    sent = await send(timetable(tmp_path / "term.csv", rows), service.url)
    assert sent.outcomes == ["scheduled"] * 6
    assert any(header in note and why in note for note in sent.json["notices"]), sent.json["notices"]
    # A row is put in at the top: each has another number, and none has moved.
    rows = [{header: ids[0], **lessons(7)[6]}, *rows]
    rows = [{**row, header: str(number)} if ids[0] == "1" else row for number, row in enumerate(rows, 1)]
    again = await sync(timetable(tmp_path / "term.csv", rows), service.url)
    assert outcomes_of(again) == {"scheduled": 1, "already": 6}


WEEKLY = {
    "lesson_id": "MA-7a",
    "title": "Maths",
    "start_time": "09:00",
    "weekday": "Mon",
    "repeat": "weekly",
    "first_date": "2031-09-01",
    "last_date": "2031-09-29",
    "time_zone": "GMT",
    "presenter_email": "ana@school.example",
    "duration": "60",
    "attendee_limit": "10",
    "create_recording": "no",
}


async def test_each_class_of_a_series_is_known_by_the_id_and_its_day(
    tmp_path: Path, service: Sandbox
) -> None:
    await send(timetable(tmp_path / "term.csv", [WEEKLY]), service.url)
    before = {f"{each.start:%d}": each.class_id for each in service.classes}
    assert sorted(before) == ["01", "08", "15", "22", "29"]
    # Another hour, teacher and title at once: each is changed on its own day.
    most = {"most_changed_percent": 100, "most_cancelled_percent": 100}
    changed = timetable(
        tmp_path / "term.csv",
        [{**WEEKLY, "title": "Geometry", "start_time": "11:00", "presenter_email": "bob@school.example"}],
    )
    sent = await sync(changed, service.url, replaces=True, settings=most)
    assert outcomes_of(sent) == {"changed": 5}
    there = {f"{each.start:%d}": each for each in service.classes if not each.cancelled}
    assert {day: each.class_id for day, each in there.items()} == before
    assert {(each.title, each.start.hour, each.booking.presenter) for each in there.values()} == {
        ("Geometry", 11, "bob@school.example")
    }
