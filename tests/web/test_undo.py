"""A past batch is taken back: looked at, confirmed, done, with links and forms alone."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.command import lessons
from tests.support.page import Browser, NearService, Seen, csv_of, serving_here, serving_page


async def taken_back(browser: Browser, plan: Seen) -> Seen:
    """Press the button of the plan's page; what became of it."""
    where = await browser.press(plan, "/undo", nonce=plan.hidden("nonce"))
    return await browser.until(f"{where.url.path_qs}", lambda seen: seen.title != "Taking back")


def standing(service: NearService) -> list[str]:
    return [each["title"] for each in service.ledger()["classes"] if not each["cancelled"]]


async def test_a_past_batch_is_taken_back_after_a_look_at_what_that_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here() as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            sent = await browser.sent(await browser.checked(csv_of(lessons(12))))
            assert 'href="/batches/' in sent.text
            batch = sent.text.partition("batch <code>")[2].partition("<")[0]
            plan = await browser.get(f"/batches/{batch}/undo")
            assert plan.title == "Take this back?"
            assert "12 classes that it made will be cancelled" in plan.text
            assert "and 2 more" in plan.text
            # A look takes nothing back, and is no batch.
            assert len(standing(service)) == 12
            assert (await browser.get("/")).text.count("<bdi>term.csv") == 1
            # Pressed twice, it is one undo.
            first, second = await asyncio.gather(taken_back(browser, plan), taken_back(browser, plan))
            assert first.counts == second.counts == {"cancelled": 12}
            assert first.url.path == second.url.path != f"/batches/{batch}"
            assert standing(service) == []
            # What took it back is neither sent, nor mended, nor taken back itself.
            assert "Finish it" not in first.text
            assert "Take this back" not in first.text
            assert "Send the mended rows" not in first.text
            assert (await browser.get("/")).text.count("<bdi>term.csv, taken back") == 1
            again = await browser.get(f"{first.url.path}/undo")
            assert again.url.path == first.url.path


@pytest.fixture
async def slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Browser, NearService]]:
    """A browser whose page sends one request after the other, to a service that thinks about each."""
    with serving_here(latency_s=0.1) as service:
        service.seen_by(monkeypatch, tmp_path, CLASSBATCH_IN_FLIGHT="1")
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            yield browser, service


@pytest.mark.thorough
async def test_an_undo_is_followed_stopped_and_gone_on_with(slowly: tuple[Browser, NearService]) -> None:
    browser, service = slowly
    sent = await browser.sent(await browser.checked(csv_of(lessons(12))))
    plan = await browser.get(f"{sent.url.path}/undo")
    begun = await browser.press(plan, "/undo", nonce=plan.hidden("nonce"))
    assert begun.title == "Taking back"
    where = begun.url.path_qs
    under_way = await browser.until(where, lambda seen: seen.counts.get("cancelled", 0) > 0)
    assert "Taking back</strong>" in under_way.text
    assert re.search(r"[1-9]\d* of 12 rows", under_way.text)
    paused = await browser.press(under_way, "/undo/pause")
    assert "Paused" in paused.text
    stopped = await browser.press(paused, "/undo/stop")
    ended = await browser.until(stopped.url.path_qs, lambda seen: seen.title != "Taking back")
    assert 0 < ended.counts["cancelled"] < 12
    assert ended.counts["not_sent"] == 12 - ended.counts["cancelled"] == len(standing(service))
    assert "some are as they were" in ended.text
    assert "the same file again" not in ended.text, "that would schedule them"
    again = await browser.press(ended, "/finish")
    assert again.title == "Take this back?"
    rest = await taken_back(browser, again)
    assert rest.counts == {"cancelled": 12}
    assert standing(service) == []


async def test_a_second_look_offers_no_button_where_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here() as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            sent = await browser.sent(await browser.checked(csv_of(lessons(3))))
            batch = sent.text.partition("batch <code>")[2].partition("<")[0]
            result = await taken_back(browser, await browser.get(f"/batches/{batch}/undo"))
            assert result.counts["cancelled"] == 3
            again = await browser.get(f"/batches/{batch}")
            assert "Nothing of it stands any more" in again.text
            assert f"/batches/{batch}/undo" not in again.text
            assert (await browser.get(f"/batches/{batch}/undo")).url.path == f"/batches/{batch}"


async def test_changes_that_were_taken_back_are_not_offered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here() as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            await browser.sent(await browser.checked(csv_of(lessons(4))))
            rows = lessons(4)
            rows[0]["start_time"] = "2031-09-01 15:30"
            checked = await browser.checked(csv_of(rows))
            await browser.press(checked, "/mend", changes="change")
            sent = await browser.sent(await browser.settled(checked.url.path))
            batch = sent.text.partition("batch <code>")[2].partition("<")[0]
            where = f"/batches/{batch}"
            assert f"{where}/undo" in (await browser.get(where)).text
            await taken_back(browser, await browser.get(f"{where}/undo"))
            assert f"{where}/undo" not in (await browser.get(where)).text
            assert (await browser.get(f"{where}/undo")).url.path == where


async def test_a_batch_that_is_not_there_or_of_a_form_that_is_not_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here() as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            assert (await browser.get("/batches/20310101-000000-0000/undo")).status == 404
            sent = await browser.sent(await browser.checked(csv_of(lessons(1))))
            batch = sent.text.partition("batch <code>")[2].partition("<")[0]
            assert (await browser.post(f"/batches/{batch}/undo", {"csrf": "x", "nonce": "y"})).status == 403
            assert len(standing(service)) == 1
