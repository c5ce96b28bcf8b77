"""The upload page at its limits: a full disk, its own end, a second server for the same files."""

import asyncio
import resource
import sys
from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.report.wording.messages import hint_of
from batch.web.state.orders import Task, WorkerRequest
from batch.web.worker.processes import Children
from tests.support.command import KEYS, Command, lessons
from tests.support.page import browsing, csv_of, served_by, serving_here, serving_page
from tests.support.words import stops


@pytest.mark.thorough
async def test_where_the_disk_is_full_it_says_so_and_keeps_nothing(
    classbatch: Command, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    with served_by(classbatch.at(**KEYS, CLASSBATCH_STATE=str(state))) as (process, url, token):
        async with browsing(url, token) as browser:
            csrf = await browser.csrf()
            before = sorted((state / "uploads").iterdir())
            limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            # From here on the system says what it says on a disk that is full.
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (100_000, limits[1]))
            refused = await browser.upload(b"x" * 300_000, "term.csv", csrf=csrf)
            assert refused.status == 507
            assert "cannot be kept" in refused.text
            assert sorted((state / "uploads").iterdir()) == before
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (10, limits[1]))
            refused = await browser.upload(b"title", "term.csv", csrf=csrf)  # its record does not fit
            assert refused.status == 507
            assert sorted((state / "uploads").iterdir()) == before
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
            checked = await browser.checked(csv_of(lessons(1)))
            assert checked.counts["ready"] == 1


@pytest.mark.thorough
async def test_while_it_ends_it_shows_pages_and_begins_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(latency_s=0.3) as service:
        service.seen_by(monkeypatch, tmp_path, CLASSBATCH_IN_FLIGHT="1")
        page = serving_page(tmp_path, base_url=service.url)
        served = await page.__aenter__()
        async with served.browser() as browser:
            running = await browser.confirm(await browser.checked(csv_of(lessons(4))))
            await browser.until(running.url.path, lambda seen: seen.counts.get("scheduled", 0) >= 1)
            csrf = await browser.csrf()
            ending = asyncio.create_task(page.__aexit__(None, None, None))
            await asyncio.sleep(0)  # it has been told
            shown = await browser.get(running.url.path)
            assert shown.title == "Scheduling the classes"
            for path in ("/uploads", f"{running.url.path}/stop", "/batches/20310101-000000-abcd/finish"):
                refused = await browser.post(path, {"csrf": csrf})
                assert refused.status == 503, path
                assert "being ended" in refused.text
            await ending
        assert 1 <= len(service.titles()) < 4


async def test_two_servers_never_have_the_same_uploads(tmp_path: Path) -> None:
    async with serving_page(tmp_path, sandbox=True):
        with stops(CannotRun, match="Another `classbatch serve` has the uploads") as refused:
            async with serving_page(tmp_path, sandbox=True):
                pass
        assert "stop it first" in hint_of(refused.value)
    async with serving_page(tmp_path, sandbox=True) as page, page.browser() as browser:
        assert (await browser.get("/")).status == 200


HEARS = """
import json, sys
sys.stdin.readline()
print(json.dumps({"event": "ended", "heard": [json.loads(sys.stdin.readline()) for _ in range(2)]}), flush=True)
"""


async def test_what_is_asked_of_a_run_before_its_process_is_there_is_heard_by_it() -> None:
    children = Children(command=lambda: [sys.executable, "-I", "-c", HEARS])
    child = children.start("run", WorkerRequest(task=Task.SUBMIT, flags={}, sandbox=False, out=""))
    child.ask("pause")
    child.ask("stop")
    assert (await child.ended())["heard"] == ["pause", "stop"]
