"""Classes before the first or after the last lesson of a file: named, and cancelled only where somebody said so."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from batch.core.changes.decide import ChangeTerms
from tests.support.command import lesson, lessons, timetable
from tests.support.sending import Sent, sandbox, send, sync

TERM = lessons(10)
AFTER, BEFORE = "after the last lesson", "before the first lesson"

#: What the next version has; what is named of the classes that it has not: title, where it lies, outcome with `whole`.
VERSIONS: dict[str, tuple[Sequence[dict[str, str]], list[tuple[str, str]]]] = {
    "without its last lesson": (TERM[:-1], [("Lesson 10", AFTER)]),
    "without its first lesson": (TERM[1:], [("Lesson 1", BEFORE)]),
    "without either": (TERM[1:-1], [("Lesson 1", BEFORE), ("Lesson 10", AFTER)]),
    "without one in the middle": (TERM[:4] + TERM[5:], [("Lesson 5", "")]),
    "with all": (TERM, []),
    "with more after the last": ([*TERM, lesson(11)], []),
}


def beyond(sent: Sent) -> list[tuple[str, str]]:
    """The classes that the file has not, each with where it lies as far as the message says."""
    found = []
    for each in sent.json["removed"]:
        where = next((words for words in (AFTER, BEFORE) if words in (each["message"] or "")), "")
        assert each["beyond"] is bool(where)
        found.append((each["title"], where))
    return found


@pytest.mark.parametrize(("rows", "named"), VERSIONS.values(), ids=VERSIONS)
async def test_they_are_named_and_left_alone_and_cancelled_where_the_file_is_all(
    rows: Sequence[dict[str, str]], named: list[tuple[str, str]], tmp_path: Path
) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", TERM)
        await send(file, service.url)
        timetable(file, rows)
        synced = await sync(file, service.url)
        assert beyond(synced) == named
        assert synced.json["exit_code"] == 0
        inside = {title for title, where in named if not where}
        assert {each.title for each in service.classes if each.cancelled} == inside
        # It is said of every version that lacks them, as long as they stand.
        outside = [(title, where) for title, where in named if where]
        assert beyond(await sync(file, service.url)) == outside
        # Said later, it holds for all that any version had.
        whole = await sync(file, service.url, whole=True)
        assert {each["outcome"] for each in whole.json["removed"]} <= {"cancelled"}
        standing = {each.title for each in service.classes if not each.cancelled}
        assert standing == {row["title"] for row in rows}


async def test_a_submit_names_them_too(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", TERM)
        await send(file, service.url)
        assert beyond(await send(timetable(file, TERM[:-1]), service.url)) == [("Lesson 10", AFTER)]
        # `whole` is said of a sync: by itself it cancels nothing.
        whole = ChangeTerms(whole=True)
        await send(timetable(file, TERM[:-2]), service.url, changes=whole)
        assert not any(each.cancelled for each in service.classes)


async def test_an_export_that_rolls_on_names_nothing(tmp_path: Path) -> None:
    def days(first: int) -> list[dict[str, str]]:
        return [
            lesson(day, start_time=f"2031-09-{day:02} 09:00", title=f"Day {day}")
            for day in range(first, first + 7)
        ]

    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", days(1))
        await send(file, service.url)
        for first in (2, 3):
            assert beyond(await sync(timetable(file, days(first)), service.url)) == []


async def test_of_another_timetable_nothing_is_gone_whatever_is_said_of_it(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", TERM)
        await send(file, service.url)
        others = [
            lesson(number, title=f"Other {number}", presenter_email=f"o{number}@school.example")
            for number in range(1, 10)
        ]
        stopped = await sync(
            timetable(file, others), service.url, whole=True, confirm=lambda plan: plan.another
        )
        assert stopped.json["exit_code"] == 2
        assert not any(each.cancelled for each in service.classes)


async def test_too_many_are_not_cancelled_at_once(tmp_path: Path) -> None:
    async with sandbox() as service:
        file = timetable(tmp_path / "term.csv", TERM)
        await send(file, service.url)
        timetable(file, TERM[:5])
        careful = {"most_changed_percent": 30, "most_cancelled_percent": 20}
        stopped = await sync(file, service.url, whole=True, settings=careful)
        assert stopped.json["exit_code"] == 2
        assert not any(each.cancelled for each in service.classes)


@pytest.mark.parametrize("number", [5, 10], ids=["in the middle", "the last"])
async def test_a_class_that_another_timetable_made_is_gone_in_each_later_sync_too(
    number: int, tmp_path: Path
) -> None:
    """Two year groups have a lesson together, and both give it up."""
    async with sandbox() as service:
        maker = timetable(tmp_path / "year-7.csv", TERM)
        await send(maker, service.url)
        own = [lesson(at, title=f"Own {at}", presenter_email=f"own{at}@school.example") for at in (1, 9)]
        other = timetable(tmp_path / "year-8.csv", [own[0], TERM[number - 1], own[1]])
        await send(other, service.url)
        await send(timetable(maker, TERM[: number - 1] + TERM[number:]), service.url)
        timetable(other, own)
        for _ in range(2):  # what is said of it first must be true of what is done later
            told = await send(other, service.url)
            assert [each["title"] for each in told.json["removed"]] == [f"Lesson {number}"]
        synced = await sync(other, service.url, whole=True)
        assert [each["outcome"] for each in synced.json["removed"]] == ["cancelled"]
        assert [each.title for each in service.classes if each.cancelled] == [f"Lesson {number}"]


async def test_a_class_that_another_timetable_asks_for_again_is_not_gone(tmp_path: Path) -> None:
    async with sandbox() as service:
        maker = timetable(tmp_path / "year-7.csv", TERM)
        await send(maker, service.url)
        other = timetable(tmp_path / "year-8.csv", TERM[3:7])
        await send(other, service.url)
        await send(timetable(maker, TERM[:4] + TERM[5:]), service.url)
        await send(timetable(other, [TERM[3], *TERM[5:7]]), service.url)
        await send(timetable(maker, TERM), service.url)
        (kept,) = (await sync(other, service.url, whole=True)).json["removed"]
        assert (kept["outcome"], kept["kept_for"]) == (None, str(maker))
        assert not any(each.cancelled for each in service.classes)


KEPT = {"in the middle": 5, "the last": 10, "the first": 1}


@pytest.mark.parametrize("number", KEPT.values(), ids=KEPT)
@pytest.mark.parametrize("whole", [False, True])
async def test_a_class_that_another_file_asks_for_too_is_named_with_it_and_stays_until_both_gave_it_up(
    number: int, whole: bool, tmp_path: Path
) -> None:
    async with sandbox() as service:
        mine, copy = tmp_path / "a.csv", tmp_path / "copy-of-mine.csv"
        await send(timetable(mine, TERM), service.url)
        await send(timetable(copy, TERM), service.url)
        left = TERM[: number - 1] + TERM[number:]
        timetable(mine, left)
        for _ in range(2):  # in every version that lacks it
            synced = await sync(mine, service.url, whole=whole)
            (kept,) = synced.json["removed"]
            assert (kept["title"], kept["kept_for"]) == (f"Lesson {number}", str(copy))
            assert f"stands for a row of {copy}, too" in kept["message"]
            assert (kept["outcome"], kept["beyond"], synced.json["exit_code"]) == (None, False, 0)
        assert not any(each.cancelled for each in service.classes)
        synced = await sync(timetable(copy, left), service.url, whole=True)
        assert [each["outcome"] for each in synced.json["removed"]] == ["cancelled"]
