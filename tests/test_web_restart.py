"""The page's server dies and comes back: nothing is lost, nothing is sent twice, and the browser need not know."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.command import KEYS, Command, Service, lessons, serving
from tests.page import browsing, csv_of


@contextmanager
def started(command: Command, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """`classbatch serve`, its address and its token."""
    with command.running("serve", "--port", str(port)) as process:
        line = process.stdout.readline() if process.stdout else ""
        found = re.fullmatch(r"The upload page: (http://\S+)/enter\?token=(\S+)\n", line)
        assert found, line
        yield process, found[1], found[2]


def at(classbatch: Command, service: Service, folder: Path) -> Command:
    return classbatch.at(
        **KEYS,
        CLASSBATCH_BASE_URL=service.url,
        CLASSBATCH_STATE=str(folder / "state"),
        CLASSBATCH_SETTLE_S="0",
        CLASSBATCH_IN_FLIGHT="1",
    )


async def test_killed_in_the_middle_of_a_run_and_started_again_the_page_goes_on(
    classbatch: Command, tmp_path: Path
) -> None:
    with serving(classbatch, "--latency-s", "0.15") as service:
        command = at(classbatch, service, tmp_path)
        with started(command) as (process, url, token):
            async with browsing(url, token) as browser:
                checked = await browser.checked(csv_of(lessons(12)))
                await browser.confirm(checked)
                path = checked.url.path
                await browser.until(path, lambda seen: seen.counts.get("scheduled", 0) >= 2)
                process.kill()
                await asyncio.to_thread(process.wait)
                with started(command, int(url.rpartition(":")[2])) as (_, _, _):
                    # The same browser, with the cookie it had: it is let in still.
                    cut_short = await browser.settled(path)
                    assert cut_short.title == "What became of the rows"
                    assert cut_short.counts["not_sent"] > 0
                    assert cut_short.counts["scheduled"] == len(service.titles())
                    await browser.press(cut_short, "/finish")
                    finished = await browser.settled(path)
                    assert finished.counts["scheduled"] == cut_short.counts["not_sent"]
                    assert service.calls() == len(service.titles()) == 12


async def test_killed_while_it_reads_a_file_it_reads_it_again(classbatch: Command, tmp_path: Path) -> None:
    with serving(classbatch) as service:
        command = at(classbatch, service, tmp_path)
        with started(command) as (process, url, token):
            async with browsing(url, token) as browser:
                sent = await browser.upload(csv_of(lessons(5)), "term.csv")
                process.kill()
                await asyncio.to_thread(process.wait)
                with started(command, int(url.rpartition(":")[2])) as (_, _, _):
                    checked = await browser.settled(sent.url.path)
                    assert checked.counts["ready"] == 5


async def test_asked_to_end_it_lets_a_run_come_to_a_clean_stop_and_tells_no_secret(
    classbatch: Command, tmp_path: Path
) -> None:
    with serving(classbatch, "--latency-s", "0.15") as service:
        command = at(classbatch, service, tmp_path).at(CLASSBATCH_LOG="json")
        with started(command) as (process, url, token):
            async with browsing(url, token) as browser:
                checked = await browser.checked(csv_of(lessons(12)))
                await browser.confirm(checked)
                await browser.until(checked.url.path, lambda seen: seen.counts.get("scheduled", 0) >= 2)
                os.kill(process.pid, signal.SIGTERM)
                told = await asyncio.to_thread(process.stdout.read) if process.stdout else ""
                assert await asyncio.to_thread(process.wait) == 0
        done = len(service.titles())
        assert 2 <= done < 12
        for secret in (*KEYS.values(), token):
            assert secret not in told
        ran = await asyncio.to_thread(command, "results", "--out", "results.xlsx")
        assert f"{done} scheduled" in ran.out
        assert f"{12 - done} not sent" in ran.out


def test_where_another_program_listens_it_says_so(classbatch: Command, tmp_path: Path) -> None:
    with serving(classbatch) as service:
        port = re.search(r":(\d+)/", service.url)
        assert port
        ran = classbatch("serve", "--port", port[1], "--state", tmp_path)
        assert ran.code == 2
        assert "already" in ran.err


def test_it_listens_everywhere_only_under_a_name(classbatch: Command, tmp_path: Path) -> None:
    ran = classbatch("serve", "--bind", "0.0.0.0", "--port", "0", "--state", tmp_path)  # noqa: S104 - what is refused
    assert ran.code == 2
    assert "--public-url" in ran.err
