"""Log lines: fixed events and fields for programs, silence for people, secrets for nobody."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from batch.logs import log_to_stderr
from tests.support.command import KEYS, ROOT, Command, Ran, Service, lessons, serving, timetable


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    ours = logging.getLogger("batch")
    before = ours.handlers, ours.propagate, ours.level
    yield logging.getLogger("batch.of.this.test")
    ours.handlers, ours.propagate = before[:2]
    ours.setLevel(before[2])


def test_json_has_a_line_for_each_event(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(as_json=True)
    log.info("row.attempt", extra={"row": 14, "ending": "created", "code": None})
    log.debug("too.fine")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert datetime.fromisoformat(event.pop("time")).tzinfo is not None
    assert event == {"level": "info", "event": "row.attempt", "row": 14, "ending": "created", "code": None}


def test_json_keeps_a_traceback_on_one_line(log: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(as_json=True)
    try:
        int("two\nlines")
    except ValueError:
        log.exception("bug")
    (line,) = capsys.readouterr().err.splitlines()
    assert "\nValueError: " in json.loads(line)["traceback"]


def test_text_tells_only_what_is_out_of_the_ordinary(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr(as_json=False)
    log.warning("row.retry")
    log.error("journal.slow")
    assert capsys.readouterr().err == "ERROR journal.slow\n"


def test_nothing_in_a_text_line_steers_the_terminal(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr(as_json=False)
    try:
        raise ValueError("exe\u202etxt.xlsx \x1b]0;owned\x07")  # noqa: TRY301 - as a fault of ours quotes a name
    except ValueError:
        log.exception("nightly.bug")
    said = capsys.readouterr().err
    assert "exe<U+202E>txt.xlsx" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


def test_the_lines_of_other_libraries_stay_their_own(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr(as_json=True)
    logging.getLogger("aiohttp").info("not ours")
    log.info("ours")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_run_that_logs_json_writes_nothing_else_on_standard_error(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(3))
    with serving(classbatch, "--fault", "429-absent@first 1") as service:
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url)
        # An answer may be lost: its class is looked up after the time for an answer, and once more.
        command = command.at(CLASSBATCH_SETTLE_S="0", CLASSBATCH_TIMEOUT_S="2")
        ran = command("submit", "t.csv", "--log", "json", "--quiet")
    assert ran.code == 0
    events = _events(ran)
    attempts = [event for event in events if event["event"] == "row.attempt"]
    assert attempts
    assert all({"time", "level", "row", "attempt", "ending", "code"} <= event.keys() for event in attempts)


#: What is asked for, with variables set -> the events by name, level and reason that are logged among others.
SAID = {
    "a file that is not there": (["check", "none.csv", "--sandbox"], {}, ("stopped", "error", "not_found")),
    "a file that is none": (["submit", "none.pdf", "--sandbox"], {}, ("stopped", "error", "not_found")),
    "keys are missing": (["submit", "t.csv"], {}, ("stopped", "error", "no_keys")),
    "a setting that is none": (
        ["check", "t.csv"],
        {"CLASSBATCH_IN_FLIGHT": "many"},
        ("stopped", "error", "not_taken"),
    ),
    "a file that is not classbatch.toml": (
        ["check", "t.csv", "--config", "none.toml"],
        {},
        ("stopped", "error", "no_file"),
    ),
    "no column of zones": (["check", "t.csv", "--sandbox"], {}, ("note", "warning", "no_zone")),
    "no column of zones, and quiet": (
        ["check", "t.csv", "--sandbox", "--quiet"],
        {},
        ("note", "warning", "no_zone"),
    ),
    "the summary would stand there": (
        ["submit", "t.csv", "--sandbox", "--json", "-"],
        {},
        ("run", "info", None),
    ),
    "what is worth knowing": (["check", "t.csv", "--sandbox"], {}, ("note", "info", "no_recording")),
    "a night's file that is empty": (
        ["nightly", "inbox", "--sandbox", "--settled-s", "0"],
        {},
        ("nightly.file", "error", "empty"),
    ),
    "a night's single file": (["nightly", "t.csv", "--sandbox"], {}, ("nightly.file", "info", None)),
}


def test_what_people_are_told_in_sentences_is_no_log_line_besides(classbatch: Command) -> None:
    (classbatch.folder / "inbox").mkdir()
    (classbatch.folder / "inbox" / "empty.csv").touch()
    ran = classbatch("nightly", "inbox", "--sandbox", "--settled-s", "0")
    assert "is empty" in ran.err
    assert "nightly.file" not in ran.err


@pytest.mark.parametrize(("words", "variables", "event"), SAID.values(), ids=SAID)
def test_whatever_is_said_is_an_event_with_its_level_and_reason(
    classbatch: Command, words: list[str], variables: dict[str, str], event: tuple[str, str, str | None]
) -> None:
    timetable(classbatch.folder / "t.csv", [_without_zone(each) for each in lessons(2)])
    (classbatch.folder / "inbox").mkdir()
    (classbatch.folder / "inbox" / "empty.csv").touch()
    ran = classbatch.at(**variables, CLASSBATCH_LOG="json")(*words)
    found = {(each["event"], each["level"], each.get("reason")) for each in _events(ran)}
    assert event in found


def test_an_event_counts_rows_and_quotes_no_cell(classbatch: Command) -> None:
    rows = [{**_without_zone(each), "attendee_limit": ""} for each in lessons(3)]
    timetable(classbatch.folder / "t.csv", rows)
    ran = classbatch("check", "t.csv", "--sandbox", "--log", "json")
    notes = {each["reason"]: each["facts"] for each in _events(ran) if each["event"] == "note"}
    assert notes["no_attendee_limit"] == {"rows": [[2, 4]]}, "the first and the last of each stretch"
    assert "Lesson" not in ran.err


def test_a_fault_of_ours_is_one_event_with_its_traceback() -> None:
    code = (
        "from batch.cli import main; from batch.logs import log_to_stderr; "
        "log_to_stderr(as_json=True); main.main = lambda: 1 / 0; main.run()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    (line,) = ran.stderr.splitlines()
    told = json.loads(line)
    assert (ran.returncode, told["event"], told["level"]) == (1, "bug", "error")
    assert "ZeroDivisionError" in told["traceback"]


def _without_zone(lesson: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in lesson.items() if name != "time_zone"}


def _events(ran: Ran) -> list[dict[str, Any]]:
    """Every line of standard error."""
    return [json.loads(line) for line in ran.err.splitlines()]


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
    assert "Nothing was sent. Check both keys" in said
    for secret in (*KEYS.values(), "Zm9yZ2Vk", "signature", "Lesson 1", "teacher1@", "SessionCode"):
        assert secret not in said, secret
    assert service.calls("create") == 3
