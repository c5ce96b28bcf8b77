"""A lesson that has an id is known by it, whatever else of it changes; one of a series by the id and its day."""

from collections.abc import AsyncIterator, Mapping, Sequence
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


#: The ids of six lessons in one version and in the next, in which nothing else changed.
OTHER_IDS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "in small letters": (
        ["A-1", "B-1", "C-1", "D-1", "E-1", "F-1"],
        ["A-1", "B-1", "c-1", "D-1", "E-1", "F-1"],
    ),
    "without the zeros that Excel drops": (
        ["0098", "0099", "1100", "1101", "1102", "1105"],
        ["98", "99", "1100", "1101", "1102", "1105"],
    ),
    "all of them": (["12", "15", "19", "33", "34", "50"], ["012", "015", "019", "033", "034", "050"]),
    "two swapped": (["A", "B", "C", "D", "E", "F"], ["A", "B", "D", "C", "E", "F"]),
    "each gets the next one's": (["A", "B", "C", "D", "E", "F"], ["B", "C", "D", "E", "F", "A"]),
    "one less": (["A", "B", "C", "D", "E", "F"], ["A", "B", "", "D", "E", "F"]),
    "none any more": (["A", "B", "C", "D", "E", "F"], [""] * 6),
    "a dash became an id": (["A", "B", "C", "D", "E", "-"], ["A", "B", "C", "D", "E", "F"]),
    "TBD twice became ids": (["A", "B", "C", "D", "TBD", "TBD"], ["A", "B", "C", "D", "E", "F"]),
}


@pytest.mark.parametrize(("first", "then"), OTHER_IDS.values(), ids=OTHER_IDS)
async def test_a_lesson_of_which_only_the_id_changed_keeps_its_class(
    first: Sequence[str], then: Sequence[str], tmp_path: Path, service: Sandbox
) -> None:
    rows = [{"lesson_id": each, **row} for each, row in zip(first, lessons(6), strict=True)]
    term = Term(tmp_path, service, rows)
    await term.submitted()
    before = term.ids()
    for at, each in enumerate(then):
        term.change(at, lesson_id=each)
    for _ in range(2):
        sent = await term.synced()
        assert outcomes_of(sent) == {"already": 6}
        assert sent.json["exit_code"] == 0
    assert term.ids() == before


async def test_a_lesson_is_known_by_the_id_that_the_newest_version_gave_it(
    tmp_path: Path, service: Sandbox
) -> None:
    term = Term(tmp_path, service, with_ids())
    await term.submitted()
    before = term.ids()
    term.change(2, lesson_id="Z-9")
    term.change(3, lesson_id="C-1")
    await term.synced()
    term.change(2, title="Chess", start_time="2031-09-04 10:00")
    sent = await term.synced()
    assert outcomes_of(sent) == {"changed": 1, "already": 5}
    assert term.ids()["Chess"] == before["Lesson 3"]


SINGLE = {**WEEKLY, "repeat": "", "weekday": "", "first_date": "", "last_date": ""}
ART = {**SINGLE, "lesson_id": "AR-1", "title": "Art", "start_time": "2031-09-30 09:00"}


def single(lesson_id: str, day: int, hour: int = 9) -> Mapping[str, str]:
    return {**SINGLE, "lesson_id": lesson_id, "start_time": f"2031-09-{day:02} {hour:02}:00"}


#: A lesson that begins or ends to repeat: the rows before, the rows now, and what becomes of them.
REPEATING = {
    "a single lesson becomes a series": ([single("MA-7a", 1)], [WEEKLY], {"already": 2, "scheduled": 4}),
    "and an hour later": (
        [single("MA-7a", 1)],
        [{**WEEKLY, "start_time": "10:00"}],
        {"already": 1, "changed": 1, "scheduled": 4},
    ),
    "a series is written out": (
        [{**WEEKLY, "last_date": "2031-09-15"}],
        [single("MA-7a-1", 1), single("MA-7a-2", 8), single("MA-7a-3", 15)],
        {"already": 4},
    ),
    "a series goes to another day": (
        [{**WEEKLY, "last_date": "2031-09-15"}],
        [{**WEEKLY, "weekday": "Tue", "last_date": "2031-09-16"}],
        {"already": 1, "changed": 3},
    ),
}


@pytest.mark.parametrize(("first", "then", "became"), REPEATING.values(), ids=REPEATING)
async def test_no_class_is_lost_where_a_lesson_begins_or_ends_to_repeat(
    first: Sequence[dict[str, str]],
    then: Sequence[dict[str, str]],
    became: dict[str, int],
    tmp_path: Path,
    service: Sandbox,
) -> None:
    file = tmp_path / "term.csv"
    await send(timetable(file, [*first, ART]), service.url)
    before = {each.class_id for each in service.classes}
    most = {"most_changed_percent": 100, "most_cancelled_percent": 100}
    sent = await sync(timetable(file, [*then, ART]), service.url, replaces=True, settings=most)
    assert outcomes_of(sent) == became
    assert before <= {each.class_id for each in service.classes if not each.cancelled}


@pytest.mark.parametrize("repeats", [True, False])
async def test_a_row_that_is_spoilt_today_keeps_what_its_id_stands_for(
    repeats: bool, tmp_path: Path, service: Sandbox
) -> None:
    file, bob = tmp_path / "term.csv", {"presenter_email": "bob@school.example"}
    maths = WEEKLY if repeats else {**single("MA-7a", 10)}
    physics = {**WEEKLY, **bob, "lesson_id": "PH-7a", "title": "Physics", "start_time": "13:00"}
    music = {**WEEKLY, **bob, "lesson_id": "MU-7a", "title": "Music", "start_time": "15:00"}
    await send(timetable(file, [maths, physics, music]), service.url)
    spoilt = {**maths, **bob, "title": "Geometry", "duration": "abc"}
    most = {"most_changed_percent": 100, "most_cancelled_percent": 100}
    sent = await sync(timetable(file, [spoilt, physics]), service.url, settings=most)
    assert outcomes_of(sent) == {"already": 5, "invalid": 1, "cancelled": 5}
    assert {each["title"] for each in sent.json["removed"]} == {"Music"}


@pytest.mark.parametrize("days", [7, -7])
async def test_ids_that_are_places_in_the_week_move_no_class_into_another_week(
    days: int, tmp_path: Path, service: Sandbox
) -> None:
    def week(of: int) -> list[dict[str, str]]:
        return [dict(single(f"{name}-P1", of + at)) for at, name in enumerate(["Mon", "Wed", "Fri"])]

    file = tmp_path / "week.csv"
    await send(timetable(file, week(8)), service.url)
    sent = await sync(timetable(file, week(8 + days)), service.url)
    assert outcomes_of(sent) == {"scheduled": 3}
    assert sum(not each.cancelled for each in service.classes) == 6
