"""The same file again: nothing is scheduled twice, whatever ended the run before."""

import random
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batch.journal.accounts import account_id
from batch.journal.lock import locked
from tests.support.command import (
    KEYS,
    SAMPLES,
    Command,
    Ran,
    Service,
    lessons,
    rows_of,
    serving,
    timetable,
    until,
)


@pytest.fixture
def term(at_service: Command) -> Path:
    """A copy of the autumn term, as the school has it."""
    return Path(shutil.copy(SAMPLES / "autumn-term.xlsx", at_service.folder / "term.xlsx"))


def outcomes(ran: Ran) -> dict[str, int]:
    return {name: rows for name, rows in ran.json["counts"].items() if rows}


def ids(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["call_id"], row["class_id"]) for row in rows]


def test_the_same_file_again_schedules_nothing(at_service: Command, service: Service, term: Path) -> None:
    first = at_service("submit", term, "--json", "-")
    again = at_service("submit", term, "--json", "-")
    assert (first.code, outcomes(first)) == (0, {"scheduled": 120})
    assert (again.code, outcomes(again)) == (0, {"already": 120})
    assert ids(again.json["rows"]) == ids(first.json["rows"])
    assert all(call_id for call_id, _ in ids(again.json["rows"]))
    assert ids(rows_of(at_service.folder / "term-results.xlsx")) == ids(first.json["rows"])
    assert service.calls("create") == 120


def test_a_lesson_that_moved_is_held_and_said_to_be_another_one_is_scheduled(
    at_service: Command, service: Service, term: Path
) -> None:
    at_service("submit", term)
    book = openpyxl.load_workbook(term)
    cell = book.worksheets[0]["B9"]
    assert str(cell.value).startswith("2031-09-02 16:00")
    cell.value = cell.value.replace(hour=18)
    book.save(term)
    again = at_service("submit", term, "--json", "-")
    assert outcomes(again) == {"held": 1, "already": 119}
    assert [row["row"] for row in again.json["rows"] if row["reason"] == "moved"] == [9]
    assert service.calls("create") == 120
    another = at_service("submit", term, "--as-new", "--json", "-")
    assert outcomes(another) == {"scheduled": 1, "already": 119}
    assert service.calls("create") == 121


def test_the_results_workbook_submitted_is_the_same_file(
    at_service: Command, service: Service, term: Path
) -> None:
    at_service("submit", term)
    again = at_service("submit", "term-results.xlsx", "--json", "-")
    assert outcomes(again) == {"already": 120}
    assert service.calls("create") == 120


def test_the_csv_of_the_same_term_is_the_same_term(at_service: Command, service: Service, term: Path) -> None:
    at_service("submit", term)
    again = at_service("submit", SAMPLES / "autumn-term.csv", "--results", "r.xlsx", "--json", "-")
    assert outcomes(again) == {"already": 120}
    assert service.calls("create") == 120


def test_rows_that_were_moved_are_the_same_rows(at_service: Command, service: Service) -> None:
    rows = lessons(30)
    first = at_service("submit", timetable(at_service.folder / "t.csv", rows), "--json", "-")
    by_title = dict(zip((row["title"] for row in rows), ids(first.json["rows"]), strict=True))
    random.Random(1).shuffle(rows)
    again = at_service("submit", timetable(at_service.folder / "moved.csv", rows), "--json", "-")
    assert outcomes(again) == {"already": 30}
    assert ids(again.json["rows"]) == [by_title[row["title"]] for row in rows]
    assert service.calls("create") == 30


def test_another_account_is_another_matter(at_service: Command, service: Service) -> None:
    """The journal of one account says nothing about the classes of another."""
    file = timetable(at_service.folder / "t.csv", lessons(2))
    assert at_service("submit", file).code == 0
    with serving(at_service) as elsewhere:
        other = at_service.at(CLASSBATCH_BASE_URL=elsewhere.url, CLASSBATCH_STATE="other")
        assert other("submit", file).code == 0
        assert elsewhere.calls("create") == service.calls("create") == 2


def test_a_throwaway_sandbox_is_never_taken_for_the_service(at_service: Command, service: Service) -> None:
    file = timetable(at_service.folder / "t.csv", lessons(2))
    for words in ([], ["--state", "state"]):
        assert at_service("submit", file, "--sandbox", *words).code == 0
    assert service.calls("create") == 0
    assert outcomes(at_service("submit", file, "--state", "state", "--json", "-")) == {"scheduled": 2}


@pytest.mark.thorough
@pytest.mark.parametrize("policy", ["auto", "ask"])
def test_killed_in_the_middle_and_run_again(classbatch: Command, policy: str) -> None:
    rows = lessons(80)
    file = timetable(classbatch.folder / "t.csv", rows)
    with serving(classbatch, "--latency-s", "0.05") as service:
        command = classbatch.at(
            **KEYS,
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_IN_FLIGHT="8",
            CLASSBATCH_TIMEOUT_S="2",
            CLASSBATCH_SETTLE_S="0",
            CLASSBATCH_ON_UNKNOWN=policy,
        )
        with command.running("submit", file) as process:
            until(lambda: len(service.titles()) >= 20)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert not (classbatch.folder / "t-results.xlsx").exists()
        again = command("submit", file, "--json", "-")
        titles = service.titles()
        told = {row["title"]: each for row, each in zip(rows, again.json["rows"], strict=True)}
    assert len(titles) == len(set(titles)), "a class was scheduled twice"
    done = {title for title, row in told.items() if row["outcome"] in {"scheduled", "already"}}
    lost = {title for title, row in told.items() if row["outcome"] == "unknown"}
    assert done | lost == told.keys()
    assert done <= set(titles)
    assert all(told[title]["class_id"] for title in done)
    assert len(lost) <= 8, "only what was under way can have been lost"
    if policy == "auto":
        assert (lost, again.code) == (set(), 0)
    else:
        assert again.code == (3 if lost else 0)


def test_a_program_hears_on_standard_output_that_another_run_is_at_work(at_service: Command) -> None:
    file = timetable(at_service.folder / "term.csv", lessons(2))
    account = account_id(KEYS["CLASSBATCH_ACCESS_KEY"], "loopback")
    with locked(at_service.folder / "state" / account, time.time()):
        ended = at_service("submit", file, "--state", "state", "--json", "-")
        to_a_file = at_service("submit", file, "--state", "state", "--json", "answer.json")
    assert (ended.code, ended.json["exit_code"], ended.json["rows"]) == (75, 75, [])
    assert "Another run is at work" in ended.json["error"]["says"]
    # The file may be that of the run which holds the lock.
    assert (to_a_file.code, (at_service.folder / "answer.json").exists()) == (75, False)
