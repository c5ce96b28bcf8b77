"""A file that was sent before, from another computer: the account has the last word, and nothing is sent twice."""

from pathlib import Path
from typing import Any

import pytest

from batch.core.errors import CannotRun
from batch.core.message import RunNote
from batch.core.service.first_send import AlikeClasses
from batch.sandbox import bends
from tests.support.command import lesson, lessons, timetable
from tests.support.sending import sandbox, send, sync

ACCOUNTS: dict[str, dict[str, Any]] = {
    "no presenter is listed": {},
    "presenters are listed": {"lists_presenter_email": True},
    "overlaps are not refused": {"conflict": "off"},
}


@pytest.mark.parametrize("account", ACCOUNTS.values(), ids=ACCOUNTS)
async def test_a_second_state_folder_finds_every_row_there(account: dict[str, Any], tmp_path: Path) -> None:
    async with sandbox(**account) as service:
        file = timetable(tmp_path / "term.csv", lessons(10))
        first = await send(file, service.url)
        assert first.outcomes == ["scheduled"] * 10
        again = await send(file, service.url, state="elsewhere")
        assert again.outcomes == ["already"] * 10
        assert [row["class_id"] for row in again.rows] == [row["class_id"] for row in first.rows]
        assert len(service.classes) == 10
        later = await send(file, service.url, state="elsewhere")
        assert (later.outcomes, later.json["exit_code"]) == (["already"] * 10, 0)


@pytest.mark.parametrize(
    "account",
    [{"bends": bends(["presenter-told"])}, {"lists_teacher_id": True}],
    ids=["addresses", "numbers"],
)
async def test_three_rows_are_there_already_where_the_account_says_whose_they_are(
    account: dict[str, Any], tmp_path: Path
) -> None:
    async with sandbox(conflict="off", **account) as service:
        file = timetable(tmp_path / "term.csv", lessons(3))
        first = await send(file, service.url)
        again = await send(file, service.url, state="elsewhere")
        assert (again.outcomes, again.json["exit_code"]) == (["already"] * 3, 0)
        assert [row["class_id"] for row in again.rows] == [row["class_id"] for row in first.rows]
        others = [lesson(number, presenter_email="another@school.example") for number in range(1, 4)]
        held = await send(timetable(tmp_path / "others.csv", others), service.url, state="third")
        assert held.outcomes == ["held"] * 3, "the same titles at the same times, and another teacher's"


async def test_it_is_said_once_where_no_presenter_is_listed(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(10))
        await send(file, service.url)
        again = await send(file, service.url, state="elsewhere")
        assert again.json["exit_code"] == 1


async def test_a_file_too_short_to_be_recognised_is_held_until_somebody_says_whose_the_classes_are(
    tmp_path: Path,
) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", lessons(3))
        first = await send(file, service.url)
        held = await send(file, service.url, state="elsewhere")
        assert held.outcomes == ["held"] * 3
        assert [(row["reason"], row["error_code"]) for row in held.rows] == [("alike", None)] * 3
        assert all(
            row["class_id"] in said["message"] for row, said in zip(first.rows, held.rows, strict=True)
        )
        assert held.json["exit_code"] == 1
        taken = await send(file, service.url, state="elsewhere", alike=AlikeClasses.TAKE_OVER)
        assert taken.outcomes == ["already"] * 3
        assert len(service.classes) == 3
        assert [row["class_id"] for row in taken.rows] == [row["class_id"] for row in first.rows]


async def test_rows_that_are_said_to_be_new_are_sent(tmp_path: Path) -> None:
    async with sandbox(conflict="off") as service:
        file = timetable(tmp_path / "term.csv", lessons(3))
        await send(file, service.url)
        new = await send(file, service.url, state="elsewhere", alike=AlikeClasses.AS_NEW)
        assert new.outcomes == ["scheduled"] * 3
        assert len(service.classes) == 6


async def test_an_account_that_cannot_list_is_asked_about_once(tmp_path: Path) -> None:
    async with sandbox(list_without_id=False) as service:
        file = timetable(tmp_path / "term.csv", lessons(4))
        with pytest.raises(CannotRun) as stopped:
            await send(file, service.url)
        assert stopped.value.messages[0].what is RunNote.NO_LIST
        assert not service.classes
        first = await send(file, service.url, first_time=True)
        assert first.outcomes == ["scheduled"] * 4
        more = timetable(tmp_path / "more.csv", [lesson(number) for number in range(5, 9)])
        assert (await send(more, service.url)).outcomes == ["scheduled"] * 4


async def test_lessons_that_changed_are_changed_by_a_computer_that_has_sent_nothing_yet(
    tmp_path: Path,
) -> None:
    """It knows their classes: none of them is a row that the list may leave out."""
    elsewhere = {"state": "elsewhere"}
    async with sandbox(bends=bends(["presenter-told"])) as service:
        rows = lessons(10)
        file = timetable(tmp_path / "term.csv", rows)
        first = await send(file, service.url)
        await send(file, service.url, state="elsewhere")
        rows[0]["start_time"] = "2031-09-02 10:00"
        rows[1]["title"] = "Chess"
        timetable(file, [*rows, lesson(11)])
        synced = await sync(file, service.url, settings=elsewhere)
        # Of a row that is new nobody knows whether this list would show its class.
        assert synced.outcomes == ["changed"] * 2 + ["already"] * 8 + ["held"]
        assert [row["class_id"] for row in synced.rows[:10]] == [row["class_id"] for row in first.rows]
        # The first computer finds both as they are to be, makes the third, and the second has nothing left to do.
        assert (await sync(file, service.url)).outcomes == ["already"] * 10 + ["scheduled"]
        assert (await sync(file, service.url, settings=elsewhere)).outcomes == ["already"] * 11
        assert len(service.classes) == 11


async def test_a_class_that_the_computer_which_made_it_has_cancelled_is_no_matter_for_another(
    tmp_path: Path,
) -> None:
    async with sandbox() as service:
        rows = lessons(10)
        file = timetable(tmp_path / "term.csv", rows)
        await send(file, service.url)
        await send(file, service.url, state="elsewhere")
        timetable(file, [*rows[:4], *rows[5:]])
        assert (await sync(file, service.url)).json["counts"]["cancelled"] == 1
        for removed in (1, 0):
            synced = await sync(file, service.url, settings={"state": "elsewhere"})
            assert (synced.json["exit_code"], synced.outcomes) == (0, ["already"] * 9)
            assert [each["outcome"] for each in synced.json["removed"]] == [None] * removed
        assert [name for name in service.call_counts if name.startswith("cancel")] == ["cancel ok"]


async def test_weekly_lessons_hold_nobody_and_a_first_run_asks_nothing(tmp_path: Path) -> None:
    async with sandbox(lists_presenter_email=True) as service:
        weekly = [
            lesson(week * 7 * 24 + 1, title="Algebra I", presenter_email="ana@school.example")
            for week in range(8)
        ]
        first = await send(timetable(tmp_path / "term.csv", weekly[:4]), service.url)
        assert first.outcomes == ["scheduled"] * 4
        second = await send(timetable(tmp_path / "more.csv", weekly[4:]), service.url, state="elsewhere")
        assert second.outcomes == ["scheduled"] * 4


#: Nothing of these lists is by itself a reason to doubt them.
UNTRUE_LISTS: dict[str, tuple[str, ...]] = {
    "always empty": ("empty",),
    "empty where a filter is given, and without one": ("filters-empty", "empty"),
    "the next three days only": ("ahead:3",),
}


@pytest.mark.thorough
@pytest.mark.parametrize("bent", UNTRUE_LISTS.values(), ids=UNTRUE_LISTS)
async def test_a_list_that_never_showed_a_class_of_ours_lets_one_row_through(
    bent: tuple[str, ...], tmp_path: Path
) -> None:
    file = timetable(tmp_path / "term.csv", lessons(10))
    async with sandbox(conflict="off", bends=bends(bent)) as service:
        first = await send(file, service.url)
        assert first.outcomes == ["scheduled"] + ["not_sent"] * 9
        assert first.json["exit_code"] == 2
        again = await send(file, service.url)  # it is the first row no longer, and has not been listed since
        assert (again.outcomes, again.json["exit_code"]) == (["already"] + ["not_sent"] * 9, 2)
        assert len(service.classes) == 1
        rest = await send(file, service.url, first_time=True)
        assert rest.outcomes == ["already"] + ["scheduled"] * 9
        more = timetable(tmp_path / "more.csv", [lesson(number) for number in range(11, 14)])
        assert (await send(more, service.url)).outcomes == ["scheduled"] * 3


#: Lists that differ from what was sent so that no row of a short file is recognised.
BENT_LISTS: dict[str, tuple[str, ...]] = {
    "starts in UTC": ("start-utc",),
    "starts without AM and PM": ("start-no-half",),
    "titles not told": ("title-untold",),
}


@pytest.mark.parametrize("rows", [3, 10])
@pytest.mark.parametrize("bent", BENT_LISTS.values(), ids=BENT_LISTS)
async def test_the_row_that_goes_alone_shows_how_the_list_is_written(
    bent: tuple[str, ...], rows: int, tmp_path: Path
) -> None:
    file = timetable(
        tmp_path / "term.csv",
        [lesson(5 * number, time_zone="Europe/Paris") for number in range(1, rows + 1)],
    )
    async with sandbox(conflict="off", bends=bends(bent)) as service:
        assert (await send(file, service.url)).outcomes == ["scheduled"] * rows
        again = await send(file, service.url, state="elsewhere")
        later = await send(file, service.url, state="elsewhere")
        assert {"scheduled", "already"} >= {*again.outcomes, *later.outcomes} - {"held", "not_sent"}
        assert len(service.classes) <= rows + 1  # the one that went alone
        assert again.json["exit_code"] != 0


async def test_pages_that_shift_are_no_list_by_which_a_journal_without_history_sends(tmp_path: Path) -> None:
    file = timetable(tmp_path / "term.csv", lessons(10))
    async with sandbox(conflict="off", bends=bends(["page-size:3", "page-shift:1"])) as service:
        assert (await send(file, service.url)).outcomes == ["scheduled"] * 10
        with pytest.raises(CannotRun) as stopped:
            await send(file, service.url, state="elsewhere")
        assert stopped.value.messages[0].what is RunNote.NO_LIST
        assert len(service.classes) == 10


async def test_a_first_run_on_a_listing_account_costs_at_most_two_listings_more(tmp_path: Path) -> None:
    async with sandbox() as service:
        for name, before in (("term.csv", 0), ("more.csv", 4)):
            rows = [lesson(number) for number in range(before + 1, before + 5)]
            asked = service.call_counts["get_data"]
            sent = await send(timetable(tmp_path / name, rows), service.url)
            assert sent.outcomes == ["scheduled"] * 4
            # Each ends with two pages that show nothing new; before the batch and for the audit there was one each.
            assert service.call_counts["get_data"] - asked <= 3 * (2 + 2)


async def test_a_list_that_is_a_little_late_is_waited_for(tmp_path: Path) -> None:
    async with sandbox(listing_lag_s=0.5) as service:
        sent = await send(timetable(tmp_path / "term.csv", lessons(4)), service.url)
        assert sent.outcomes == ["scheduled"] * 4
