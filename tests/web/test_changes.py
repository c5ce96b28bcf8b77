"""A new version on the page: what becomes of the classes that exist is asked at the check, and done after the confirmation."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

import pytest

from tests.support.command import lessons
from tests.support.page import Browser, NearService, Seen, csv_of, serving_here, serving_page

#: What is pressed, what the check then says, what becomes of the rows, and when lessons 1 and 5 are afterwards.
ANSWERS: dict[str, tuple[str | None, str, dict[str, int], str, bool]] = {
    "nothing": (None, "", {"already": 8, "held": 1}, "13:00", True),
    "change": ("change", "1 class will be changed.", {"already": 8, "changed": 1}, "15:30", True),
    "change and cancel": (
        "all",
        "1 class will be changed and 1 class will be cancelled.",
        {"already": 8, "changed": 1, "cancelled": 1},
        "15:30",
        False,
    ),
}


def account(service: NearService) -> dict[str, str]:
    """The classes that stand, and when."""
    classes = service.ledger()["classes"]
    return {each["title"]: each["start"][11:16] for each in classes if not each["cancelled"]}


@asynccontextmanager
async def sent_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, str]], fault: str = ""
) -> AsyncIterator[tuple[NearService, Browser]]:
    """A page on which the rows were sent, to a service in this process."""
    with serving_here(fault=fault) as service:
        service.seen_by(monkeypatch, folder)
        async with serving_page(folder, base_url=service.url) as page, page.browser() as browser:
            sent = await browser.sent(await browser.checked(csv_of(rows)))
            assert sent.counts == {"scheduled": len(rows)}
            yield service, browser


async def answered(browser: Browser, checked: Seen, wanted: str) -> Seen:
    """Press one of the question's buttons, and wait for the new check."""
    await browser.press(checked, "/mend", changes=wanted)
    return await browser.settled(checked.url.path)


@pytest.mark.parametrize(("wanted", "says", "ended", "starts", "is_kept"), ANSWERS.values(), ids=ANSWERS)
async def test_what_becomes_of_classes_that_exist_is_what_the_person_said(
    wanted: str | None,
    says: str,
    ended: dict[str, int],
    starts: str,
    is_kept: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = lessons(10)
    async with sent_once(tmp_path, monkeypatch, rows) as (service, browser):
        rows[0]["start_time"] = "2031-09-01 15:30"
        rows.pop(4)
        checked = await browser.checked(csv_of(rows))
        assert "What becomes of the classes that exist?" in checked.text
        assert "1 row seems to be a lesson that was scheduled otherwise before" in checked.text
        assert "1 class that was scheduled before is no longer in the file" in checked.text
        assert account(service)["Lesson 1"] == "13:00"
        if wanted is not None:
            checked = await answered(browser, checked, wanted)
            assert says in checked.text
            assert "Leave the classes as they are" in checked.text
        if wanted is None:
            # Nothing of it can be sent: the rows that are left are there already.
            assert "Go on to schedule" not in checked.text
            assert checked.counts["held"] == 1
        else:
            confirm = await browser.get(f"{checked.url.path}/confirm")
            assert "1 row changes a class that exists" in re.sub(r"\s+", " ", confirm.text)
            sent = await browser.sent(checked)
            assert sent.counts == ended
        assert account(service)["Lesson 1"] == starts
        assert ("Lesson 5" in account(service)) is is_kept
        assert service.calls("create ok") == 10


async def test_a_class_that_another_file_has_too_is_named_with_it_and_not_offered_to_be_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = lessons(4)
    named = "No longer in this file, and left as it is, because copy-of-mine.csv has it, too: Lesson 2."
    async with sent_once(tmp_path, monkeypatch, rows) as (service, browser):
        await browser.sent(await browser.checked(csv_of([*rows, lessons(5)[4]]), "copy-of-mine.csv"))
        checked = await browser.checked(csv_of([rows[0], *rows[2:], lessons(6)[5]]))
        assert named in checked.text
        assert "no longer in the file" not in checked.text
        assert named in (await browser.get(f"{checked.url.path}/confirm")).text
        assert named in (await browser.sent(checked)).text
        assert "Lesson 2" in account(service)


async def test_a_last_lesson_that_was_taken_out_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = lessons(10)
    async with sent_once(tmp_path, monkeypatch, rows) as (service, browser):
        checked = await browser.checked(csv_of(rows[:-1]))
        assert (
            "1 class lies before the first or after the last lesson of the file, and is left alone"
            in checked.text
        )
        assert "Cancel all 1 class" not in checked.text
        checked = await answered(browser, checked, "whole")
        assert "1 class will be cancelled." in checked.text
        assert (await browser.sent(checked)).counts == {"already": 9, "cancelled": 1}
        assert "Lesson 10" not in account(service)


async def test_a_file_that_only_lacks_a_lesson_can_cancel_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = lessons(10)
    async with sent_once(tmp_path, monkeypatch, rows) as (service, browser):
        rows.pop(4)
        checked = await answered(browser, await browser.checked(csv_of(rows)), "all")
        assert (await browser.get(f"{checked.url.path}/confirm")).title == "Cancel 1 class?"
        sent = await browser.sent(checked)
        assert sent.counts["cancelled"] == 1
        assert "Lesson 5" not in account(service)


async def test_a_mind_is_changed_and_nonsense_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = lessons(10)
    async with sent_once(tmp_path, monkeypatch, rows) as (service, browser):
        rows[0]["start_time"] = "2031-09-01 15:30"
        checked = await answered(browser, await browser.checked(csv_of(rows)), "change")
        assert "1 class will be changed." in checked.text
        checked = await answered(browser, checked, "everything")
        assert "1 class will be changed." in checked.text
        checked = await answered(browser, checked, "")
        assert checked.counts["held"] == 1
        assert "What becomes of the classes that exist?" in checked.text
        assert account(service)["Lesson 1"] == "13:00"


async def test_what_somebody_changed_in_wiziq_is_left_until_the_person_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**row, "attendee_limit": "10"} for row in lessons(10)]
    async with sent_once(tmp_path, monkeypatch, rows, fault="hand-edit@modify first 1") as (service, browser):
        rows[0]["attendee_limit"] = "20"
        # Somebody edits the class at the very moment in which it is changed.
        await browser.sent(await answered(browser, await browser.checked(csv_of(rows)), "change"))
        assert "Lesson 1 (edited)" in account(service)
        rows[0]["attendee_limit"] = "25"
        held = await browser.sent(await answered(browser, await browser.checked(csv_of(rows)), "change"))
        assert held.counts == {"already": 9, "held": 1}
        assert "1 class was changed in WizIQ since, and left as it is." in held.text
        said = await browser.press(held, "answer=overwrite")
        after = await browser.settled(said.url.path)
        assert after.counts == {"already": 9, "changed": 1}
        assert "Somebody changed these" not in after.text
        assert account(service)["Lesson 1"] == "13:00"


#: What stands on the check and on the confirmation, and not before it was said that classes may be touched.
NAMED = (
    "1 class to be changed",
    "Lesson 1, Mon 1 Sep 2031 13:00-14:00 (GMT): Start: Mon 1 Sep 2031 13:00 (GMT) -> Mon 1 Sep 2031 15:30 (GMT).",
    "1 class to be cancelled",
    "Lesson 5, Mon 1 Sep 2031 17:00-18:00 (GMT)",
)


async def test_each_class_that_is_to_be_changed_or_cancelled_is_named_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = lessons(10)
    async with sent_once(tmp_path, monkeypatch, rows) as (_, browser):
        rows[0]["start_time"] = "2031-09-01 15:30"
        rows.pop(4)
        checked = await browser.checked(csv_of(rows))
        assert [each for each in NAMED if each in checked.text] == []
        checked = await answered(browser, checked, "all")
        confirming = await browser.get(f"{checked.url.path}/confirm")
        for seen in (checked, confirming):
            assert [each for each in NAMED if each in unescape(seen.text)] == [*NAMED]
