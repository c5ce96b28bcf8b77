"""`classbatch sync` at a terminal and in scripts: what is to be changed is shown first, and asked."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import KEYS, PATIENCE_S, ROOT, Command, Ran, Service, lessons, serving, timetable

ROWS = [{**row, "attendee_limit": "10"} for row in lessons(10)]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(Command(tmp_path, KEYS)) as service:
        yield service


@pytest.fixture
def command(tmp_path: Path, service: Service) -> Command:
    """A term that was sent, in a folder of its own."""
    variables = {"CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_SETTLE_S": "0", **KEYS}
    command = Command(tmp_path, {**variables, "CLASSBATCH_STATE": str(tmp_path / "state")})
    timetable(tmp_path / "term.csv", ROWS)
    assert command("submit", "term.csv").code == 0
    changed = [{**ROWS[0], "attendee_limit": "25"}, *ROWS[1:4], *ROWS[5:]]
    timetable(tmp_path / "term.csv", changed)
    return command


def at_a_terminal(command: Command, answer: str, *words: str) -> tuple[int, str]:
    """The command, with somebody who answers its question."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "batch", *words],
        cwd=command.folder,
        env=command._environment(),
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        os.write(ours, f"{answer}\n".encode())
        said, _ = process.communicate(timeout=PATIENCE_S)
    os.close(ours)
    os.close(its)
    return process.returncode, said.decode()


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, 9), ("n", 2, 10), ("", 2, 10)])
def test_somebody_at_the_terminal_is_shown_the_plan_and_asked(
    answer: str, code: int, left: int, command: Command, service: Service
) -> None:
    ended, said = at_a_terminal(command, answer, "sync", "term.csv")
    assert ended == code, said
    assert "new: 0, unchanged: 8" in said
    assert (
        "changed: 1\n  Lesson 1, Mon 1 Sep 2031 13:00-14:00 (GMT): attendee_limit: 10 -> 25."
        in said.replace("\r\n", "\n")
    )
    assert "gone, to be cancelled: 1" in said
    assert "Lesson 5, Mon 1 Sep 2031 17:00-18:00 (GMT)" in said
    assert sum(not each["cancelled"] for each in service.ledger()["classes"]) == left


def _nobody(command: Command) -> Ran:
    return command("sync", "term.csv", "--json", "-")


def test_without_a_terminal_and_without_yes_nothing_is_sent(command: Command, service: Service) -> None:
    before = service.ledger()["classes"]
    ran = _nobody(command)
    assert (ran.code, service.ledger()["classes"]) == (2, before)
    assert "In a script, say --yes." in ran.err


def test_a_row_of_a_sync_that_was_stopped_does_not_clash_with_its_own_class(command: Command) -> None:
    rows = [{**ROWS[0], "duration": "55"}, {**ROWS[1], "start_time": "2031-09-01 14:05"}, *ROWS[2:]]
    timetable(command.folder / "term.csv", rows)
    ran = _nobody(command)
    assert ran.code == 2
    assert [row["outcome"] for row in ran.json["rows"]] == [*["not_sent"] * 2, *["already"] * 8]
    assert "Mend the row" not in ran.err


def test_a_check_that_would_only_cancel_names_the_next_step(command: Command) -> None:
    timetable(command.folder / "term.csv", [*ROWS[:4], *ROWS[5:]])
    checked = command("check", "term.csv", "--sync", "--json", "-")
    assert "Next: Sync the file to do all this: classbatch sync term.csv" in checked.err


def test_nobody_is_asked_where_nothing_is_changed(command: Command) -> None:
    timetable(
        command.folder / "term.csv", [*ROWS, *({**row, "attendee_limit": "5"} for row in lessons(11)[10:])]
    )
    ran = _nobody(command)
    assert (ran.code, ran.json["counts"]["scheduled"], ran.json["counts"]["already"]) == (0, 1, 10)


def test_what_check_shows_is_what_sync_does(command: Command) -> None:
    checked = command("check", "term.csv", "--sync", "--json", "-")
    assert "Next: Sync the file to do all this: classbatch sync term.csv" in checked.err
    looked = command("check", "term.csv", "--sync", "--look", "--json", "-")
    for each in (checked, looked):
        assert (
            "changed: 1\n  Lesson 1, Mon 1 Sep 2031 13:00-14:00 (GMT): attendee_limit: 10 -> 25." in each.err
        )
        assert re.search(r"Lesson 5, .*, class \d+: would be cancelled\.", each.err)
        assert [(row["outcome"], row["action"]) for row in each.json["rows"]] == [
            ("ready", "change"),
            *[("already", None)] * 8,
        ]
        (gone,) = each.json["removed"]
        assert (gone["title"], gone["outcome"], gone["action"]) == ("Lesson 5", "ready", "cancel")
    synced = command("sync", "term.csv", "--yes", "--json", "-").json
    assert synced["counts"]["changed"] == synced["counts"]["cancelled"] == 1
    assert synced["rows"][0]["message"] == checked.json["rows"][0]["message"]


def test_a_check_names_each_row_and_class_once(command: Command) -> None:
    timetable(command.folder / "copy.csv", ROWS)
    assert command("submit", "copy.csv").code == 0
    timetable(command.folder / "term.csv", [{**ROWS[0], "attendee_limit": "25"}, *ROWS[1:4], *ROWS[5:9]])
    checked = command("check", "term.csv", "--sync")
    said = f"{checked.err}{checked.out}"
    held = "stands for a row of copy.csv, too, and was left as it is"
    assert [said.count(each) for each in (held, "Lesson 5", "Lesson 10")] == [1, 1, 1], said
    assert "left alone, another timetable asks for them as they are: 3\n" in said


def test_where_too_much_would_change_each_class_names_what_helps_and_the_terminal_once(
    command: Command,
) -> None:
    timetable(command.folder / "term.csv", [{**ROWS[0], "attendee_limit": "25"}, *ROWS[1:3], *ROWS[8:]])
    ran = command("sync", "term.csv", "--yes", "--json", "-")
    waiting = [each for each in (*ran.json["rows"], *ran.json["removed"]) if each["outcome"] == "not_sent"]
    said = [each["message"] for each in waiting]
    helps = "--most-changed 100 --most-cancelled 100"
    assert (ran.code, len(said)) == (2, 6)
    assert all("more would change at once than the limits allow" in each for each in said)
    assert all(helps in each and "Sync the same file again" not in each for each in said)
    assert (ran.err.count(helps), len(re.findall(r", class \d+: not cancelled\.", ran.err))) == (1, 5)
    assert "Next:" not in ran.err, "the same command would be stopped again"
    assert command("sync", "term.csv", "--yes", *helps.split()).code == 0


def test_where_nobody_can_be_asked_each_class_names_what_helps(command: Command) -> None:
    ran = _nobody(command)
    (gone,) = ran.json["removed"]
    for message in (gone["message"], ran.json["rows"][0]["message"]):
        assert message.endswith("nobody could be asked. In a script, say --yes.")


def test_what_lies_outside_the_file_is_cancelled_by_the_command_that_is_named(
    command: Command, service: Service
) -> None:
    timetable(command.folder / "term.csv", [*ROWS[1:4], *ROWS[5:9]])
    for words in (("--keep-gone", "--whole"), ("--keep-gone",)):
        ran = command("sync", "term.csv", "--yes", *words)
        assert ran.out.count("If it is gone, sync the file with --whole.") == 2
        assert ran.out.count("`classbatch sync` without --keep-gone cancels it.") == 1
    command("sync", "term.csv", "--yes")
    cancelled = [each["title"] for each in service.ledger()["classes"] if each["cancelled"]]
    assert cancelled == ["Lesson 5"]
    command("sync", "term.csv", "--yes", "--whole")
    assert sum(each["cancelled"] for each in service.ledger()["classes"]) == 3


@pytest.mark.parametrize("quiet", [False, True])
def test_in_a_script_what_is_changed_is_named_all_the_same(quiet: bool, command: Command) -> None:
    ran = command("sync", "term.csv", "--yes", *(["--quiet"] if quiet else []))
    plan = (
        "new: 0, unchanged: 8\n"
        "changed: 1\n"
        "  Lesson 1, Mon 1 Sep 2031 13:00-14:00 (GMT): attendee_limit: 10 -> 25.\n"
        "gone, to be cancelled: 1\n"
        "  Lesson 5, "
    )
    assert (ran.code, plan in ran.err) == (0, not quiet), ran.err
    undone = command("undo", "--yes", *(["--quiet"] if quiet else []))
    assert ("1 class that it changed will be changed back:" in undone.err) is not quiet, undone.err


def test_nothing_is_counted_where_there_is_no_version_before_to_compare_with(command: Command) -> None:
    others = [
        {**row, "title": f"Other {number}", "presenter_email": "new@school.example"}
        for number, row in enumerate(ROWS)
    ]
    timetable(command.folder / "other.csv", others)
    checked = command("check", "other.csv", "--sync")
    assert checked.code == 0, checked.err
    assert "unchanged:" not in f"{checked.err}{checked.out}"


def test_a_row_in_the_way_of_another_is_named_though_the_same_run_changes_it(command: Command) -> None:
    """What was in its way was said not to be there any more."""
    late = {**ROWS[0], "title": "Late", "start_time": ROWS[0]["start_time"].replace(":00", ":10")}
    timetable(command.folder / "term.csv", [{**ROWS[0], "attendee_limit": "25"}, late, *ROWS[1:]])
    ran = command("sync", "term.csv", "--yes", "--json", "-")
    (held,) = [row for row in ran.json["rows"] if row["outcome"] == "held"]
    assert "has row 2 (Lesson 1)" in held["message"], held["message"]


def test_keep_gone_cancels_nothing(command: Command, service: Service) -> None:
    ran = command("sync", "term.csv", "--yes", "--keep-gone", "--json", "-")
    assert (ran.code, ran.json["counts"]["changed"], ran.json["counts"]["cancelled"]) == (0, 1, 0)
    assert [each["outcome"] for each in ran.json["removed"]] == [None]
    assert not any(each["cancelled"] for each in service.ledger()["classes"])


def test_help_names_what_people_say() -> None:
    ran = Command(ROOT)("sync", "--help")
    assert ran.code == 0
    for flag in (
        "--yes",
        "--keep-gone",
        "--overwrite-edits",
        "--recreate",
        "--most-changed",
        "--most-cancelled",
    ):
        assert flag in ran.out


def test_new_is_what_would_be_sent(tmp_path: Path) -> None:
    """A presenter who is busy, by a class that is there or by one that is new, too, leaves a row held."""
    command, file = Command(tmp_path), tmp_path / "new.csv"
    there, *added = lessons(3)
    timetable(file, [there])
    assert command("submit", "new.csv", "--sandbox", "--state", "state").code == 0
    timetable(file, [there, there, *added, {**added[0], "title": "Other"}])
    checked = command("check", "new.csv", "--sync", "--sandbox", "--state", "state")
    assert "new: 2, unchanged: 1, new and held: 2\n" in checked.err, checked.err
    assert "2 ready" in checked.out
