"""Log lines: fixed events and fields for programs, silence for people, secrets for nobody."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from batch.logs import LogFormat, log_to_stderr
from tests.support.command import KEYS, Command, Service, lessons, serving, timetable


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    ours = logging.getLogger("batch")
    before = ours.handlers, ours.propagate, ours.level
    yield logging.getLogger("batch.of.this.test")
    ours.handlers, ours.propagate = before[:2]
    ours.setLevel(before[2])


def test_json_has_a_line_for_each_event(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(LogFormat.JSON)
    log.info("row.attempt", extra={"row": 14, "ending": "created", "code": None})
    log.debug("too.fine")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert datetime.fromisoformat(event.pop("time")).tzinfo is not None
    assert event == {"level": "info", "event": "row.attempt", "row": 14, "ending": "created", "code": None}


def test_json_keeps_a_traceback_on_one_line(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(LogFormat.JSON)
    try:
        int("two\nlines")
    except ValueError:
        log.exception("bug")
    (line,) = capsys.readouterr().err.splitlines()
    assert "\nValueError: " in json.loads(line)["traceback"]


def test_text_tells_only_what_is_out_of_the_ordinary(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr(LogFormat.TEXT)
    log.warning("row.retry")
    log.error("journal.slow")
    assert capsys.readouterr().err == "ERROR journal.slow\n"


def test_the_lines_of_other_libraries_stay_their_own(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr(LogFormat.JSON)
    logging.getLogger("aiohttp").info("not ours")
    log.info("ours")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_run_that_logs_json_writes_nothing_else_on_standard_error(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(3))
    with serving(classbatch, "--fault", "429-absent@first 1") as service:
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url)
        ran = command("submit", "t.csv", "--log", "json", "--quiet")
    assert ran.code == 0
    events = [json.loads(line) for line in ran.err.splitlines()]
    attempts = [event for event in events if event["event"] == "row.attempt"]
    assert attempts
    assert all({"time", "level", "row", "attempt", "ending", "code"} <= event.keys() for event in attempts)


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_key_signature_or_cell_is_in_what_a_run_says(
    at_service: Command, service: Service, form: str
) -> None:
    timetable(at_service.folder / "t.csv", lessons(3))
    right = at_service("submit", "t.csv", "--log", form)
    forged = at_service.at(CLASSBATCH_STATE="x", CLASSBATCH_SECRET_KEY="Zm9yZ2Vk")
    wrong = forged("submit", "t.csv", "--log", form)
    said = right.out + right.err + wrong.out + wrong.err
    assert wrong.code == 2
    assert "lets nobody in" in said
    for secret in (*KEYS.values(), "Zm9yZ2Vk", "signature", "Lesson 1", "teacher1@", "SessionCode"):
        assert secret not in said, secret
    assert service.calls("create") >= 4
