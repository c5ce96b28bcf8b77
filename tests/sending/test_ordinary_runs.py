"""Ordinary life stays ordinary: what schools do every day, where an account lists its classes, holds nobody and asks nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batch.core.errors import CannotRun
from batch.core.message import RunNote
from batch.core.service.first_send import AlikeClasses
from batch.sandbox import bends, fault
from batch.sandbox.server import Sandbox
from tests.support.command import lesson, lessons, timetable
from tests.support.sending import Sent, sandbox, send

pytestmark = pytest.mark.thorough

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class School:
    """One account, and the folder of one computer."""

    folder: Path
    service: Sandbox

    async def submit(self, rows: Rows, name: str = "term", **more: Any) -> Sent:
        return await send(timetable(self.folder / f"{name}.csv", rows), self.service.url, **more)

    def lose_the_answer_to(self, *attempts: int) -> None:
        """Of the calls to come that schedule a class: it is made, and the answer is cut off."""
        calls = iter(range(1, 1000))
        self.service.settings = replace(
            self.service.settings,
            faults=lambda call: (
                fault("reset-after-create") if call.method == "create" and next(calls) in attempts else None
            ),
        )

    def settings_say(self, first_time: datetime) -> None:
        (self.folder / "classbatch.toml").write_text(f"first_time = {first_time:%Y-%m-%d}\n", "utf-8")

    async def is_asked(self, rows: Rows) -> bool:
        """Whether somebody has to say that it is the first time."""
        with pytest.raises(CannotRun) as stopped:
            await self.submit(rows)
        return stopped.value.messages[0].what is RunNote.NO_LIST and not self.service.classes


def _scheduled(sent: Sent, rows: int) -> None:
    assert (sent.outcomes, sent.json["exit_code"]) == (["scheduled"] * rows, 0)


async def first_run(school: School) -> None:
    _scheduled(await school.submit(lessons(10)), 10)


async def same_file_again(school: School) -> None:
    first = await school.submit(lessons(10))
    again = await school.submit(lessons(10))
    assert (again.outcomes, again.json["exit_code"]) == (["already"] * 10, 0)
    assert [row["class_id"] for row in again.rows] == [row["class_id"] for row in first.rows]
    assert school.service.call_counts["create ok"] == 10


async def another_file_of_the_same_teachers(school: School) -> None:
    _scheduled(await school.submit(lessons(5)), 5)
    later = [lesson(number + 30, presenter_email=f"teacher{number}@school.example") for number in range(1, 6)]
    _scheduled(await school.submit(later, "afternoon"), 5)


async def weekly_lessons_of_one_title_and_teacher(school: School) -> None:
    weekly = [
        lesson(week * 168, title="Algebra I", presenter_email="ana@school.example") for week in range(1, 9)
    ]
    _scheduled(await school.submit(weekly[:4], "first half"), 4)
    _scheduled(await school.submit(weekly[4:], "second half"), 4)
    elsewhere = [
        lesson(week * 168, title="Algebra I", presenter_email="ana@school.example") for week in range(9, 13)
    ]
    _scheduled(await school.submit(elsewhere, "third", state="elsewhere"), 4)


async def another_computer_sends_another_timetable(school: School) -> None:
    _scheduled(await school.submit(lessons(6)), 6)
    _scheduled(
        await school.submit([lesson(number) for number in range(7, 13)], "juniors", state="elsewhere"), 6
    )


async def another_computer_asks_once(school: School) -> None:
    first = await school.submit(lessons(8))
    await asyncio.sleep(school.service.settings.listing_lag_s)
    asked = await school.submit(lessons(10), state="elsewhere")
    assert asked.outcomes == ["already"] * 8 + ["held"] * 2
    assert [row["class_id"] for row in asked.rows[:8]] == [row["class_id"] for row in first.rows]
    said = await school.submit(lessons(10), state="elsewhere", alike=AlikeClasses.AS_NEW)
    assert (said.outcomes, said.json["exit_code"]) == (["already"] * 8 + ["scheduled"] * 2, 0)
    later = await school.submit(lessons(12), state="elsewhere")
    assert (later.outcomes, later.json["exit_code"]) == (["already"] * 10 + ["scheduled"] * 2, 0)
    assert len(school.service.classes) == 12


async def a_class_by_hand_at_the_same_hour(school: School) -> None:
    by_hand = lesson(2, title="Parents' evening", presenter_email="head@school.example")
    school.service.account.create(_parameters(by_hand), call_id="by hand", admitted=True)
    _scheduled(await school.submit(lessons(5)), 5)


async def one_cancelled_and_one_retitled_by_hand(school: School) -> None:
    first = await school.submit(lessons(6))
    school.service.account.cancel(first.rows[0]["class_id"])
    school.service.account.modify(first.rows[1]["class_id"], {"title": "Lesson 2 (room 7)"})
    school.lose_the_answer_to(2)
    more = await school.submit(lessons(9), timeout_s=3)  # it is looked up once that has passed
    assert more.outcomes == ["already"] * 6 + ["scheduled"] * 3
    assert len(school.service.classes) == 9


ORDINARY: Mapping[str, Callable[[School], Awaitable[None]]] = {
    "a first run asks nothing": first_run,
    "the same file again sends nothing": same_file_again,
    "another file of the same teachers": another_file_of_the_same_teachers,
    "weekly lessons with one title and teacher hold nobody": weekly_lessons_of_one_title_and_teacher,
    "another computer sends another timetable": another_computer_sends_another_timetable,
    "another computer that sends a longer version is asked once": another_computer_asks_once,
    "a class made by hand at the same hour holds nobody": a_class_by_hand_at_the_same_hour,
    "one cancelled and one retitled by hand cost no witness": one_cancelled_and_one_retitled_by_hand,
}
ACCOUNTS: Mapping[str, dict[str, Any]] = {
    "presenters are listed": {"bends": bends(["presenter-told"])},
    "presenters are listed by their numbers": {"lists_teacher_id": True},
    "presenters are not listed": {},
    "classes are listed a second late": {"listing_lag_s": 1.0},
}


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS)
@pytest.mark.parametrize("run", ORDINARY.values(), ids=ORDINARY)
async def test_an_ordinary_run(
    run: Callable[[School], Awaitable[None]], account: dict[str, Any], tmp_path: Path
) -> None:
    async with sandbox(**account) as service:
        await run(School(tmp_path, service))


#: The day that the settings name, counted from today, and whether somebody is asked all the same.
FIRST_TIMES = {
    "today": (0, False),
    "yesterday": (-1, False),
    "left standing": (-2, True),
    "to come": (2, True),
}


@pytest.mark.parametrize(("days", "is_asked"), FIRST_TIMES.values(), ids=FIRST_TIMES)
async def test_the_setting_of_a_first_time_holds_for_that_day_and_the_next(
    days: int, is_asked: bool, tmp_path: Path
) -> None:
    async with sandbox(list_without_id=False) as service:
        school = School(tmp_path, service)
        school.settings_say(datetime.now(UTC) + timedelta(days=days))
        if is_asked:
            assert await school.is_asked(lessons(3))
        else:
            _scheduled(await school.submit(lessons(3)), 3)


async def test_an_account_that_cannot_list_works_after_one_first_time(tmp_path: Path) -> None:
    async with sandbox(list_without_id=False) as service:
        school = School(tmp_path, service)
        assert await school.is_asked(lessons(3))
        _scheduled(await school.submit(lessons(3), first_time=True), 3)
        again = await school.submit(lessons(5))
        assert again.outcomes == ["already"] * 3 + ["scheduled"] * 2


def _parameters(row: dict[str, str]) -> dict[str, str]:
    """The row as `create` is sent it."""
    start = datetime.strptime(row["start_time"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return {**row, "start_time": f"{start:%m/%d/%Y %H:%M:%S}"}
