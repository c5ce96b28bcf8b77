"""The page hands what is confirmed over to a worker on another computer, and shows it as if it were its own."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import openpyxl
import pytest

from batch.readers.remembered_columns import remember
from tests.support.command import Command, Running, Service, lessons, until
from tests.support.page import Browser, browsing, csv_of, served_by
from tests.support.postgres import Postgres

pytestmark = pytest.mark.usefixtures("postgres")


@pytest.fixture
def page(at_slow_service: Command, tmp_path: Path) -> Command:
    """The computer of the page."""
    return at_slow_service.at(
        CLASSBATCH_ENQUEUE="true", CLASSBATCH_STATE=str(tmp_path / "page"), CLASSBATCH_IN_FLIGHT="1"
    )


@pytest.fixture
def other(page: Command, tmp_path: Path) -> Command:
    """Another computer, with a folder and settings of its own."""
    return page.at(CLASSBATCH_STATE=str(tmp_path / "worker"), CLASSBATCH_DEFAULTS__TIME_ZONE="Asia/Tokyo")


@contextmanager
def working(command: Command) -> Iterator[Running]:
    with command.running("worker") as running:
        yield running
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 0


@asynccontextmanager
async def browsing_at(command: Command) -> AsyncIterator[Browser]:
    with served_by(command) as (_, url, token):
        async with browsing(url, token) as browser:
            yield browser


def jobs(postgres: Postgres) -> list[str]:
    with postgres.connect() as connection:
        found = connection.execute("SELECT status::text FROM classbatch_queue.procrastinate_jobs ORDER BY id")
        return [status for (status,) in found.fetchall()]


#: What the first column is was said of an earlier file.
MENDED = b"""Was,Starts,Teacher,Minutes
Algebra,08/09/2031 09:00,ana@school.example,60
Biology,10/09/2031 9h-10h,ben@school.example,60
Chess,09/09/2031 11:00,cleo@school,60
"""


@pytest.mark.thorough
async def test_a_worker_elsewhere_sends_what_was_answered_and_mended_here(
    page: Command, other: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    remember(tmp_path / "page", ["Was", "Starts", "Teacher", "Minutes"], {"Was": "title"})
    async with browsing_at(page) as browser:
        checked = await browser.checked(MENDED)
        await browser.press(checked, "/mend", dates="dmy", time_zone="Europe/Madrid")
        checked = await browser.settled(checked.url.path)
        await browser.press(
            checked, "/mend", **{"cell.3.1.": "10/09/2031 09:00", "cell.4.2.": "c@school.example"}
        )
        checked = await browser.settled(checked.url.path)
        assert checked.counts == {"ready": 3}
        asked = await browser.get(f"{checked.url.path}/confirm")
        form = {"csrf": asked.hidden("csrf"), "nonce": asked.hidden("nonce")}
        await asyncio.gather(*(browser.post(asked.url.path, form) for _ in range(2)))
        waiting = await browser.until(
            checked.url.path, lambda seen: "No worker has taken it yet" in seen.text
        )
        assert waiting.title == "Scheduling the classes"
        assert jobs(postgres) == ["todo"], "a double click is one job"
        with working(other):
            result = await browser.settled(checked.url.path)
        assert result.counts == {"scheduled": 3}
        assert {each["title"]: each["start"] for each in slow_service.ledger()["classes"]} == {
            "Algebra": "2031-09-08T07:00:00+00:00",
            "Biology": "2031-09-10T07:00:00+00:00",
            "Chess": "2031-09-09T09:00:00+00:00",
        }
        assert [*(tmp_path / "page").glob("*/dates.json")], "how it writes dates is known here, too"
        workbook = await browser.get(f"{result.url.path}/results.xlsx")
        (tmp_path / "results.xlsx").write_bytes(workbook.body)
        assert openpyxl.load_workbook(tmp_path / "results.xlsx")["Results"].max_row == 4
        assert jobs(postgres) == []
        again = await browser.get(checked.url.path)
        assert again.counts == {"scheduled": 3}


@pytest.mark.thorough
async def test_what_goes_on_elsewhere_is_followed_again_by_the_next_server(
    page: Command, other: Command, slow_service: Service
) -> None:
    with ExitStack() as servers:
        process, url, token = servers.enter_context(served_by(page))
        async with browsing(url, token) as browser:
            checked = await browser.checked(csv_of(lessons(60)))
            await browser.confirm(checked)
            with working(other):
                sending = await browser.until(
                    checked.url.path, lambda seen: seen.counts.get("scheduled", 0) >= 2
                )
                await browser.press(sending, "/pause")
                for number in (signal.SIGTERM, signal.SIGKILL):
                    paused = await browser.until(checked.url.path, lambda seen: "Paused" in seen.text)
                    assert paused.counts["scheduled"] >= 2
                    process.send_signal(number)
                    assert await asyncio.to_thread(process.wait) in {0, -number}
                    process, *_ = servers.enter_context(served_by(page, int(url.rpartition(":")[2])))
                paused = await browser.until(checked.url.path, lambda seen: "Paused" in seen.text)
                await browser.press(paused, "/resume")
                result = await browser.settled(checked.url.path)
    assert result.counts == {"scheduled": 60}
    assert slow_service.calls("create") == 60


@pytest.mark.thorough
async def test_it_is_stopped_before_a_worker_takes_it_and_while_one_sends_it(
    page: Command, other: Command, slow_service: Service, postgres: Postgres
) -> None:
    async with browsing_at(page) as browser:
        checked = await browser.checked(csv_of(lessons(40)))
        running = await browser.confirm(checked)
        await browser.press(running, "/pause")
        paused = await browser.until(checked.url.path, lambda seen: "Paused" in seen.text)
        await browser.press(paused, "/resume")
        waiting = await browser.until(checked.url.path, lambda seen: "No worker" in seen.text)
        await browser.press(waiting, "/stop")
        back = await browser.settled(checked.url.path)
        assert (back.title, back.counts) == ("What would be scheduled", {"ready": 40})
        assert "stopped before a worker took it" in back.text
        with working(other):
            until(lambda: not jobs(postgres))
            assert slow_service.titles() == []
            await browser.confirm(back)
            sending = await browser.until(back.url.path, lambda seen: seen.counts.get("scheduled", 0) >= 2)
            await browser.press(sending, "/pause")
            paused = await browser.until(back.url.path, lambda seen: "Paused" in seen.text)
            await browser.press(paused, "/stop")
            stopped = await browser.settled(back.url.path)
            assert stopped.title == "What became of the rows"
            done = stopped.counts["scheduled"]
            assert 2 <= done < 40
            assert stopped.counts["not_sent"] == 40 - done
            await browser.press(stopped, "/finish")
            finished = await browser.settled(back.url.path)
        assert finished.counts == {"scheduled": 40 - done, "already": done}
    assert slow_service.calls("create") == 40


@pytest.mark.thorough
async def test_it_waits_for_a_worker_with_the_account_s_keys_and_outlives_one_that_is_killed(
    page: Command, other: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    async with browsing_at(page) as browser:
        checked = await browser.checked(csv_of(lessons(40)))
        await browser.confirm(checked)
        with working(other.at(CLASSBATCH_ACCESS_KEY="another+key=")):
            await browser.until(checked.url.path, lambda seen: "another account" in seen.text)
        with postgres.connect() as connection:
            connection.execute("SET search_path = classbatch_queue")
            connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
        with other.running("worker") as first:
            await browser.until(checked.url.path, lambda seen: seen.counts.get("scheduled", 0) >= 2)
            first.send_signal(signal.SIGKILL)
            await asyncio.to_thread(first.wait)
        postgres.let_an_hour_pass()
        with working(other.at(CLASSBATCH_STATE=str(tmp_path / "third"))):
            result = await browser.settled(checked.url.path)
        assert sum(result.counts.values()) == 40
        assert set(result.counts) <= {"scheduled", "already"}
    assert slow_service.titles() == sorted(each["title"] for each in lessons(40))


@pytest.mark.thorough
async def test_what_went_on_while_the_server_was_down_is_shown_to_nobody_else(
    page: Command, other: Command, postgres: Postgres, tmp_path: Path
) -> None:
    page = page.at(CLASSBATCH_USER_HEADER="X-User")
    with ExitStack() as servers:
        process, url, _ = servers.enter_context(served_by(page))
        async with browsing(url) as ana, browsing(url) as ben:
            ana._session.headers["X-User"], ben._session.headers["X-User"] = "ana", "ben"
            checked = await ana.checked(csv_of(lessons(2)), "anas-term.csv")
            await ana.confirm(checked)
            await ana.until(checked.url.path, lambda seen: "No worker" in seen.text)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait) == 0
            with working(other):
                until(lambda: not jobs(postgres))
            servers.enter_context(served_by(page, int(url.rpartition(":")[2])))
            batches = tmp_path / "page" / "uploads" / "batches"
            await ben.until("/", lambda _: bool([*batches.glob("*/owner.json")]))
            assert "anas-term" not in (await ben.get("/")).text
            assert "anas-term" in (await ana.get("/")).text


@pytest.mark.thorough
async def test_what_never_came_to_be_handed_over_is_looked_at_and_confirmed_once_more(
    page: Command, postgres: Postgres
) -> None:
    with ExitStack() as servers:
        process, url, token = servers.enter_context(served_by(page))
        async with browsing(url, token) as browser:
            checked = await browser.checked(csv_of(lessons(2)))
            await browser.confirm(checked)
            await browser.until(checked.url.path, lambda seen: "No worker" in seen.text)
            process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(process.wait)
            postgres.empty()  # as if it had died before
            servers.enter_context(served_by(page, int(url.rpartition(":")[2])))
            back = await browser.settled(checked.url.path)
    assert (back.title, back.counts) == ("What would be scheduled", {"ready": 2})
    assert "did not begin" in back.text


@pytest.mark.thorough
async def test_it_is_stopped_when_its_worker_was_killed_and_there_is_no_other_and_finished_by_the_next(
    page: Command, other: Command, slow_service: Service, postgres: Postgres
) -> None:
    async with browsing_at(page) as browser:
        checked = await browser.checked(csv_of(lessons(40)))
        await browser.confirm(checked)
        with other.running("worker") as worker:
            await browser.until(checked.url.path, lambda seen: seen.counts.get("scheduled", 0) >= 2)
            worker.send_signal(signal.SIGKILL)
            await asyncio.to_thread(worker.wait)
        postgres.let_an_hour_pass()
        left = await browser.until(checked.url.path, lambda seen: "is not heard of any more" in seen.text)
        assert left.counts["scheduled"] >= 2
        await browser.press(left, "/stop")
        stopped = await browser.settled(checked.url.path)
        assert stopped.title == "What became of the rows"
        assert "It was stopped while no worker was sending it." in stopped.text
        assert "Nothing was sent" not in stopped.text
        await browser.press(stopped, "/finish")
        with working(other):
            finished = await browser.settled(checked.url.path)
        assert sum(finished.counts.values()) == 40
        assert set(finished.counts) <= {"scheduled", "already"}
    assert slow_service.titles() == sorted(each["title"] for each in lessons(40))


def test_without_a_database_it_says_so_at_once(classbatch: Command) -> None:
    ran = classbatch("serve", "--enqueue", "--port", "0")
    assert (ran.code, "which database" in ran.err) == (2, True)
