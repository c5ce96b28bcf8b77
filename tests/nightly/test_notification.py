"""Who is told what of a night, and that no secret is among it: notifications, metrics, log lines, summary."""

import json
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web

from batch.core.errors import CannotRun
from batch.core.tally import Exit
from batch.nightly.metrics import write_metrics
from batch.nightly.night import Night
from batch.nightly.notification import Notice
from batch.report.wording.messages import hint_of, message_of
from batch.sandbox import fault
from tests.support.command import KEYS, Command, lesson, lessons, serving, timetable, until
from tests.support.nights import Nights, nights, rows
from tests.support.words import stops

#: apprise imports a module that Python 3.13 no longer has, and does without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TOKEN = "canary-token-0003"


@dataclass(slots=True)
class Post:
    """A service for notifications, on loopback."""

    url: str = ""
    status: int = 200
    got: list[dict[str, str]] = field(default_factory=list)

    @property
    def notify(self) -> str:
        return f"{self.url}/{TOKEN}"


@asynccontextmanager
async def post_office() -> AsyncIterator[Post]:
    post = Post()

    async def take(request: web.Request) -> web.Response:
        post.got.append(json.loads(await request.read()))
        return web.Response(status=post.status)

    application = web.Application()
    application.router.add_post("/{token}", take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        post.url = f"json://127.0.0.1:{runner.addresses[0][1]}"
        yield post
    finally:
        await runner.cleanup()


@asynccontextmanager
async def told_school(folder: Path) -> AsyncIterator[tuple[Nights, Post]]:
    async with nights(folder) as school, post_office() as post:
        school.flags["metrics_file"] = folder / "classbatch.prom"
        (folder / "classbatch.toml").write_text(f'notify = "{post.notify}"\n')
        (folder / "classbatch.toml").chmod(0o600)
        yield school, post


def titles(post: Post) -> list[str]:
    return [each["title"].removeprefix("classbatch nightly: ") for each in post.got]


@pytest.mark.thorough
async def test_people_are_told_of_what_needs_them_and_of_success_if_they_wish(tmp_path: Path) -> None:
    async with told_school(tmp_path) as (school, post):
        school.arrive("a.csv", rows(1, 2))
        await school.night()
        assert post.got == []
        await school.night()
        school.arrive("b.csv", [*rows(1, 2), {**rows(3, 3)[0], "duration": "long"}])
        await school.night()
        school.arrive("c.csv", b"\x00garbage")
        await school.night()
        school.arrive("d.csv", rows(1, 5))
        await school.night(base_url="http://127.0.0.1:9/", attempts=1)
        await school.night(notify_success=True)
        assert titles(post) == [
            "nothing arrived",
            "some rows need a person",
            "something could not be imported",
            "not finished; the next night goes on",
            "all is well",
        ]


async def test_the_notification_says_what_the_summary_says(tmp_path: Path) -> None:
    async with told_school(tmp_path) as (school, post):
        school.arrive("term.csv", [*rows(1, 2), {**rows(3, 3)[0], "duration": "long"}])
        told = await school.night()
        (message,) = (each["message"] for each in post.got)
        assert message.startswith(told.lines[0])
        assert "1 invalid: to be mended; nothing was sent" in message
        assert "term-results.xlsx" in message
        assert "@" not in message  # whose lesson it is stands in the workbook


@pytest.mark.parametrize("broken", ["it answers 500", "nobody is there"])
async def test_a_notification_that_cannot_be_delivered_changes_no_exit_code(
    broken: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with told_school(tmp_path) as (school, post):
        if broken == "it answers 500":
            post.status = 500
        else:
            (tmp_path / "classbatch.toml").write_text(f'notify = "json://127.0.0.1:9/{TOKEN}"\n')
        with caplog.at_level(logging.DEBUG):
            told = await school.night()
        assert told.exit_code is Exit.DONE
        assert told.said == ["The notification could not be delivered."]
        assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == [
            "nightly.notify_failed"
        ]
        ours = "".join(str(vars(each)) for each in caplog.records if each.name.startswith("batch"))
        assert TOKEN not in ours
        assert TOKEN not in "".join(capfd.readouterr())


WRONG = {
    "no address at all": ("nonsense", "address 1 of 1"),
    "the second of two": (f"json://127.0.0.1/ nobody://{TOKEN}", "address 2 of 2"),
}


@pytest.mark.parametrize(("addresses", "says"), WRONG.values(), ids=WRONG)
def test_an_address_that_apprise_does_not_know_is_told_first(addresses: str, says: str) -> None:
    with stops(CannotRun, match=says) as caught:
        Notice(addresses)
    assert TOKEN not in f"{message_of(caught.value)} {hint_of(caught.value)}"


async def test_a_missing_extra_is_told_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    async with told_school(tmp_path) as (school, _):
        file = school.arrive("term.csv", rows(1, 2))
        with stops(CannotRun, match="apprise, which delivers notifications, is not installed") as caught:
            await school.night()
        assert "pip install '.[notify]'" in hint_of(caught.value)
        assert file.exists()
        assert school.sandbox is not None
        assert not school.sandbox.classes


# Metrics


def metrics(path: Path) -> dict[str, float]:
    lines = (line for line in path.read_text().splitlines() if not line.startswith("#"))
    return {
        name.removeprefix("classbatch_nightly_"): float(value)
        for name, value in (each.rsplit(" ", 1) for each in lines)
    }


async def test_the_metrics_tell_of_the_night_and_remember_the_last_success(tmp_path: Path) -> None:
    async with told_school(tmp_path) as (school, _):
        path = tmp_path / "classbatch.prom"
        school.arrive("term.csv", rows(1, 2))
        await school.night()
        first = metrics(path)
        assert (first['rows{outcome="scheduled"}'], first['rows{outcome="held"}']) == (2, 0)
        assert (first["files"], first["files_waiting"], first["exit_code"]) == (1, 0, 0)
        assert first["last_run_timestamp_seconds"] == first["last_success_timestamp_seconds"]
        school.nth += 1
        school.arrive("term.csv", b"\x00garbage")
        await school.night()
        second = metrics(path)
        assert second["exit_code"] == 2
        assert second["last_success_timestamp_seconds"] == first["last_success_timestamp_seconds"]
        assert second["last_run_timestamp_seconds"] > first["last_run_timestamp_seconds"] + 80_000


def test_metrics_begin_anew_where_the_old_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "classbatch.prom"
    for old in (None, b"\xff\xfe", b'a{b="c', b"classbatch_nightly_last_success_timestamp_seconds soon\n"):
        if old is not None:
            path.write_bytes(old)
        assert write_metrics(path, Night(), exit_code=Exit.CANNOT_RUN, began=1.0, ended=3.5)
        assert "last_success_timestamp_seconds" not in metrics(path)
        assert metrics(path)["duration_seconds"] == 2.5


async def test_the_metrics_tell_of_a_night_that_a_wrong_address_kept_from_beginning(tmp_path: Path) -> None:
    async with told_school(tmp_path) as (school, _):
        school.arrive("a.csv", rows(1, 2))
        (tmp_path / "classbatch.toml").write_text('notify = "nonsense"\n')
        with stops(CannotRun, match="address 1 of 1"):
            await school.night()
        assert metrics(tmp_path / "classbatch.prom")["exit_code"] == Exit.CANNOT_RUN


@pytest.mark.thorough
def test_the_metrics_tell_of_a_night_that_was_left_at_once(classbatch: Command, tmp_path: Path) -> None:
    with serving(classbatch, "--latency-s", "3") as service:
        inbox, file = tmp_path / "in", tmp_path / "classbatch.prom"
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_METRICS_FILE=str(file))
        inbox.mkdir()
        timetable(inbox / "a.csv", lessons(20))
        with command.running("nightly", inbox, "--settled-s", "0") as process:
            until(lambda: service.calls() >= 1)
            process.send_signal(signal.SIGTERM)
            assert any("Stopping" in line for line in process.said)
            process.send_signal(signal.SIGTERM)
            assert process.wait() == Exit.LEFT_AT_ONCE
        assert metrics(file)["exit_code"] == Exit.LEFT_AT_ONCE


async def test_metrics_that_cannot_be_written_change_no_exit_code(tmp_path: Path) -> None:
    async with told_school(tmp_path) as (school, _):
        school.arrive("term.csv", rows(1, 2))
        told = await school.night(metrics_file=tmp_path / "gone" / "x.prom")
        assert told.exit_code is Exit.DONE
        assert told.said[-1] == f"The metrics could not be written to {tmp_path / 'gone' / 'x.prom'}."


# Secrets


async def test_no_secret_is_told_anybody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Keys, tokens and log-in links, whatever goes wrong; the results alone hold the links, as the mission asks."""
    async with told_school(tmp_path) as (school, post):
        assert school.sandbox is not None
        with caplog.at_level(logging.INFO, logger="batch"):
            school.arrive("a.csv", rows(1, 3))
            said = [await school.night(notify_success=True)]
            school.arrive("b.csv", rows(1, 5))
            school.sandbox.settings = replace(
                school.sandbox.settings,
                faults=lambda call: fault("http-403") if call.method == "create" else None,
            )
            said.append(await school.night())
        told = [
            *(f"{each.lines} {each.said} {each.sentences()}" for each in said),
            *(json.dumps(each) for each in post.got),
            *(str(vars(each)) for each in caplog.records),
            (tmp_path / "classbatch.prom").read_text(),
        ]
        assert len(post.got) == 2
        for secret in (*KEYS.values(), TOKEN, "SessionCode="):
            assert not [each for each in told if secret in each], secret


def test_the_command_keeps_its_secrets_in_json_logs_and_quiet_output(classbatch: Command) -> None:
    inbox = classbatch.folder / "in"
    inbox.mkdir()
    timetable(inbox / "a.csv", [lesson(1), lesson(2, duration="long")])
    with serving(classbatch) as service:
        ran = classbatch.at(
            **KEYS,
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_NOTIFY=f"json://127.0.0.1:9/{TOKEN}",
            CLASSBATCH_SETTLED_S="0",
        )("nightly", inbox, "--quiet", "--log", "json")
    assert ran.code == 1
    assert ran.out.count("\n") == 1
    logged = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    assert {"nightly.file", "nightly", "nightly.notify_failed"} <= {each["event"] for each in logged}
    for secret in (*KEYS.values(), TOKEN, "SessionCode="):
        assert secret not in ran.out + ran.err
