"""The page's server dies and comes back: nothing is lost, nothing is sent twice, and the browser need not know."""

import asyncio
import re
import signal
from pathlib import Path

import pytest

from batch.core.errors import CannotRun
from batch.report.wording.messages import hint_of
from tests.support.command import KEYS, Command, Running, Service, lessons
from tests.support.page import browsing, csv_of, journal_counts, served_by, serving_here, serving_page
from tests.support.words import stops


def at(classbatch: Command, service: Service, folder: Path) -> Command:
    return classbatch.at(
        **KEYS,
        CLASSBATCH_BASE_URL=service.url,
        CLASSBATCH_STATE=str(folder / "state"),
        CLASSBATCH_SETTLE_S="0",
        CLASSBATCH_IN_FLIGHT="1",
    )


@pytest.mark.thorough
async def test_killed_while_it_reads_and_while_it_sends_and_started_again_the_page_goes_on(
    classbatch: Command, tmp_path: Path
) -> None:
    with serving_here(latency_s=0.12) as service:
        command = at(classbatch, service, tmp_path)
        with served_by(command) as (process, url, token):
            async with browsing(url, token) as browser:
                # The same browser all along, with the cookie it had: it is let in still.
                port = int(url.rpartition(":")[2])
                path = (await browser.upload(csv_of(lessons(10)), "term.csv")).url.path
                await killed(process)
                with served_by(command, port) as (second, _, _):
                    checked = await browser.settled(path)
                    assert checked.counts["ready"] == 10
                    await browser.confirm(checked)
                    await browser.until(path, lambda seen: seen.counts.get("scheduled", 0) >= 2)
                    await killed(second)
                with served_by(command, port):
                    cut_short = await browser.settled(path)
                    assert cut_short.title == "What became of the rows"
                    assert cut_short.counts["not_sent"] > 0
                    assert cut_short.counts["scheduled"] == len(service.titles())
                    await browser.press(cut_short, "/finish")
                    finished = await browser.settled(path)
                    assert finished.counts["scheduled"] == cut_short.counts["not_sent"]
                    assert service.calls() == len(service.titles()) == 10


async def killed(process: Running) -> None:
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.wait)


@pytest.mark.thorough
async def test_asked_to_end_it_lets_a_run_come_to_a_clean_stop_and_tells_no_secret(
    classbatch: Command, tmp_path: Path
) -> None:
    with serving_here(latency_s=0.12) as service:
        command = at(classbatch, service, tmp_path).at(CLASSBATCH_LOG="json")
        with served_by(command) as (process, url, token):
            async with browsing(url, token) as browser:
                checked = await browser.checked(csv_of(lessons(12)))
                await browser.confirm(checked)
                await browser.until(checked.url.path, lambda seen: seen.counts.get("scheduled", 0) >= 2)
                process.send_signal(signal.SIGTERM)
                told = await asyncio.to_thread(process.said.read)
                assert await asyncio.to_thread(process.wait) == 0
        done = len(service.titles())
        assert 2 <= done < 12
        for secret in (*KEYS.values(), token):
            assert secret not in told
        assert journal_counts(tmp_path / "state") == {"scheduled": done, "None": 12 - done}, (
            "the rest is open"
        )


def test_it_says_its_settings_file_and_whom_it_sends_to(classbatch: Command) -> None:
    (classbatch.folder / "classbatch.toml").write_text('base_url = "https://other.invalid/"')
    with classbatch.running("serve", "--port", "0") as process:
        assert process.said.readline() == (
            f"Settings: {classbatch.folder / 'classbatch.toml'}. Service: https://other.invalid/\n"
        )


async def test_where_another_program_listens_it_says_so(tmp_path: Path) -> None:
    with serving_here() as service:
        port = re.search(r":(\d+)/", service.url)
        assert port
        with stops(CannotRun, match=f"port {port[1]}") as refused:
            async with serving_page(tmp_path, port=int(port[1])):
                pass
        assert "already" in hint_of(refused.value)


def test_it_listens_everywhere_only_under_a_name(classbatch: Command, tmp_path: Path) -> None:
    ran = classbatch("serve", "--bind", "0.0.0.0", "--port", "0", "--state", tmp_path)  # noqa: S104 - what is refused
    assert ran.code == 2
    assert "--public-url" in ran.err


def test_an_address_that_is_none_and_missing_keys_are_told_to_whoever_starts_it(
    classbatch: Command, tmp_path: Path
) -> None:
    ran = classbatch("serve", "--bind", "no.such.invalid", "--port", "0", "--state", tmp_path)
    assert ran.code == 2
    assert "nothing can be scheduled. There is no access key" in ran.err
    assert "cannot listen on no.such.invalid" in ran.err
    assert "Unknown error" not in ran.err
    with_keys = classbatch.at(**KEYS)("serve", "--bind", "no.such.invalid", "--state", tmp_path)
    assert "nothing can be scheduled" not in with_keys.err
