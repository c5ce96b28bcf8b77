"""What a person answers by a button of the page that shows what became of the rows: forms alone, no JavaScript."""

import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from batch import maintenance
from batch.sandbox import bends
from batch.settings.resolve import load_settings
from tests.support.command import KEYS, lesson, lessons
from tests.support.page import csv_of, serving_here, serving_page


@pytest.mark.parametrize(
    ("button", "ended", "classes"), [("take-over", "already", 3), ("as-new", "scheduled", 6)]
)
async def test_a_person_says_whether_held_rows_are_the_classes_that_stand_in_the_account(
    button: str, ended: str, classes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(conflict="off") as service:
        service.seen_by(monkeypatch, tmp_path)
        content = csv_of(lessons(3))
        for computer in ("one", "another"):
            folder = tmp_path / computer
            folder.mkdir()
            async with serving_page(folder, base_url=service.url) as page, page.browser() as browser:
                sent = await browser.sent(await browser.checked(content))
                if computer == "one":
                    assert sent.counts == {"scheduled": 3}
                    assert "Are these the same classes?" not in sent.text
                    continue
                assert sent.counts == {"held": 3}
                assert "--" not in re.sub(r"<[^>]*>", "", sent.text.partition("<main")[2])
                assert "Mend the 3 rows" not in sent.text
                said = await browser.press(sent, f"answer={button}")
                after = await browser.settled(said.url.path)
        assert after.counts[ended] == 3
        assert len(service.titles()) == classes


async def test_an_account_without_a_list_is_asked_about_once_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(list_without_id=False) as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            asked = await browser.sent(await browser.checked(csv_of(lessons(3))))
            assert "This is the first time" in asked.text
            assert service.calls() == 0
            said = await browser.press(asked, "answer=first-time")
            after = await browser.settled(said.url.path)
            assert after.counts == {"scheduled": 3}
            more = csv_of([lesson(number) for number in (5, 6)])
            assert (await browser.sent(await browser.checked(more))).counts == {"scheduled": 2}
            odd = re.sub("answer=.*", "answer=never", asked.action("answer=first-time"))
            assert (await browser.post(odd, {"csrf": await browser.csrf()})).status == 404


@pytest.mark.thorough
async def test_a_list_that_does_not_show_the_first_class_is_asked_about_once_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(conflict="off", bends=bends(["empty"])) as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            asked = await browser.sent(await browser.checked(csv_of(lessons(3))))
            assert asked.counts == {"scheduled": 1, "not_sent": 2}
            assert "This is the first time" in asked.text
            assert "Finish it" not in asked.text.partition("Row by row")[0]
            said = await browser.press(asked, "answer=first-time")
            after = await browser.settled(said.url.path)
            assert after.counts == {"already": 1, "scheduled": 2}
            assert "This is the first time" not in after.text


async def test_a_person_says_that_the_classes_a_file_was_recognised_by_are_another_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(conflict="off") as service:
        service.seen_by(monkeypatch, tmp_path)
        content = csv_of(lessons(5))
        for computer in ("one", "another"):
            folder = tmp_path / computer
            folder.mkdir()
            async with serving_page(folder, base_url=service.url) as page, page.browser() as browser:
                sent = await browser.sent(await browser.checked(content))
                if computer == "one":
                    assert "another group's" not in sent.text
                    continue
                assert sent.counts == {"already": 5}
                said = await browser.press(sent, "answer=as-new")
                after = await browser.settled(said.url.path)
        assert after.counts == {"scheduled": 5}
        assert "They are other classes" not in after.text
        assert len(service.titles()) == 10


async def test_rows_that_the_list_does_not_show_are_sent_where_a_person_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(conflict="off") as service:
        service.seen_by(monkeypatch, tmp_path)
        for computer, rows in (("one", 7), ("another", 9)):
            folder = tmp_path / computer
            folder.mkdir()
            async with serving_page(folder, base_url=service.url) as page, page.browser() as browser:
                sent = await browser.sent(await browser.checked(csv_of(lessons(rows))))
                if computer == "one":
                    continue
                assert sent.counts == {"already": 7, "held": 2}
                assert "They are other classes" not in sent.text
                assert "Mend the 2 rows" not in sent.text
                said = await browser.press(sent, "answer=as-new")
                after = await browser.settled(said.url.path)
        assert after.counts == {"already": 7, "scheduled": 2}
        assert len(service.titles()) == 9


async def test_rows_in_doubt_since_the_journal_was_started_over_are_sent_where_a_person_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here() as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            await browser.sent(await browser.checked(csv_of(lessons(3))))
        flags = {"base_url": service.url, "state": "state", "timeout_s": 0.01}
        settings = load_settings(flags, environ={"HOME": str(tmp_path), **KEYS}, cwd=tmp_path)
        for path in settings.state.glob("*/journal.sqlite3*"):
            path.unlink()
        maintenance.start_over(settings, None, time.time(), sandbox=False)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            more = csv_of([lesson(number) for number in range(1, 6)])
            sent = await browser.sent(await browser.checked(more))
            assert sent.counts == {"already": 3, "unknown": 2}
            assert "--" not in re.sub(r"<[^>]*>", "", sent.text.partition("<main")[2])
            said = await browser.press(sent, "answer=as-new")
            after = await browser.settled(said.url.path)
            assert after.counts == {"already": 3, "scheduled": 2}
            assert "Send them as new classes" not in after.text
        assert len(service.titles()) == 5


async def test_a_shift_of_everything_is_asked_about_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(conflict="off") as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            before = lessons(6)
            sent = await browser.sent(await browser.checked(csv_of(before)))
            assert sent.counts == {"scheduled": 6}
            later = [{**each, "start_time": moved(each["start_time"])} for each in before]
            checked = await browser.checked(csv_of(later))
            assert "would be an hour later in this file" in checked.text
            asked = await browser.sent(checked)
            assert asked.counts == {"not_sent": 6}
            assert "It replaces the classes that exist" in asked.text
            assert "it waits for an answer" in asked.text
            assert "/finish" not in asked.text
            assert service.calls("create") == 6
            said = await browser.press(asked, "answer=replaces")
            after = await browser.settled(said.url.path)
            assert after.counts == {"held": 6}  # no lesson that has moved is made a second time


def moved(start: str) -> str:
    return (datetime.fromisoformat(start) + timedelta(hours=1)).isoformat(" ", "minutes")
