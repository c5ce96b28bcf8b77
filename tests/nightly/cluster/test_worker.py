"""Files enqueued on one computer are imported by workers on others: all of them, each class once, whoever dies meanwhile."""

import os
import re
import signal
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from batch.core.errors import CannotRun, FileProblem, Unfinished
from batch.core.message import FileFault, JournalFault, NightFault, RunNote, SettingFault, What
from batch.core.tally import Exit
from batch.nightly.cluster.settling import is_over_for_page, is_settled
from batch.nightly.cluster.worker import MOST_TRIES, RETRY_S
from batch.nightly.night import Taken
from tests.support.command import (
    PATIENCE_S,
    Command,
    Service,
    lesson,
    rows_of,
    timetable,
    until,
)
from tests.support.postgres import Postgres

pytestmark = pytest.mark.usefixtures("postgres")

#: A file whose import met a stall of the machine is tried again after a minute, and perhaps once more.
BUSY_S = PATIENCE_S + 3 * RETRY_S
#: So long a day lasts where one is waited for.
DAY_S = 15


@pytest.fixture
def computer(at_slow_service: Command) -> Command:
    """With the keys and the database; whoever is silent is given up when `let_an_hour_pass` says so."""
    return at_slow_service.at(CLASSBATCH_SETTLED_S="0")


def arrived(inbox: Path, name: str, rows: range) -> None:
    inbox.mkdir(parents=True, exist_ok=True)
    file = timetable(inbox / name, [lesson(each) for each in rows])
    os.utime(file, (1_900_000_000 - 4e8,) * 2)


def filed(inbox: Path, folder: str) -> list[str]:
    """What lies in one of its own folders, without the times in front."""
    return sorted(re.sub(r"^\d{8}-\d{6}(_\d+)?-", "", path.name) for path in (inbox / folder).iterdir())


def titles(*rows: range) -> list[str]:
    return sorted(f"Lesson {each}" for part in rows for each in part)


@pytest.mark.thorough
def test_what_was_enqueued_on_one_computer_is_imported_on_another(
    computer: Command, slow_service: Service, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    arrived(inbox, "one.csv", range(1, 9))
    arrived(inbox, "two.csv", range(11, 19))
    here = computer.at(
        CLASSBATCH_STATE=str(tmp_path / "here"), CLASSBATCH_ACCESS_KEY="", CLASSBATCH_SECRET_KEY=""
    )
    enqueued = here("nightly", "--enqueue", inbox)
    assert (enqueued.code, "2 files handed over" in enqueued.out) == (0, True), enqueued.err
    assert filed(inbox, "unfinished") == ["one.csv", "two.csv"]
    assert slow_service.titles() == []
    there = computer.at(CLASSBATCH_STATE=str(tmp_path / "there"))
    worked = there("worker", "--until-empty")
    assert worked.code == 0, worked.err
    assert (tmp_path / "there" / "commits_seen").exists(), "it would notice a database that was put back"
    assert slow_service.titles() == titles(range(1, 9), range(11, 19))
    assert computer("status").out.count(".csv") == 2
    assert computer("results", "--out", tmp_path / "results.xlsx").code == 0
    arrived(inbox, "one.csv", range(1, 9))
    again = here("nightly", "--enqueue", inbox)
    assert again.out == "1 file handed over to the workers; 2 files imported by workers.\n", again.err
    assert filed(inbox, "unfinished") == ["one.csv"]
    assert filed(inbox, "done") == [
        *("one-results.xlsx", "one.csv", "one.json", "two-results.xlsx", "two.csv", "two.json")
    ]
    (results,) = (inbox / "done").glob("*-one-results.xlsx")
    assert [row["outcome"] for row in rows_of(results)] == ["scheduled"] * 8
    assert there("worker", "--until-empty").code == 0
    assert slow_service.calls("create") == 16, "what was scheduled is there already"


@pytest.mark.thorough
def test_a_file_that_failed_comes_back_with_the_reason_and_can_be_accepted(
    computer: Command, slow_service: Service, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    arrived(inbox, "one.csv", range(1, 9))
    assert computer("submit", inbox / "one.csv").code == 0
    arrived(inbox, "one.csv", range(1, 4))
    (inbox / "none.csv").write_bytes(b"")
    assert computer("nightly", "--enqueue", inbox).code == 0
    assert computer("worker", "--until-empty").code == 0
    back = computer("nightly", "--enqueue", inbox)
    assert (back.code, "2 files not imported" in back.out) == (2, True)
    assert "guard_" in back.err
    assert "is empty" in back.err
    assert filed(inbox, "failed") == ["none.csv", "one-results.xlsx", "one.csv", "one.json"]
    (failed,) = (inbox / "failed").glob("*-one.csv")
    assert f"classbatch nightly --enqueue --accept {failed}" in back.err
    assert computer("nightly", "--enqueue", "--accept", failed).code == 0
    assert computer("worker", "--until-empty").code == 0
    assert "1 file imported by workers" in computer("nightly", "--enqueue", inbox).out
    assert "one.csv" in filed(inbox, "done")
    assert slow_service.calls("create") == 8


def at_one_time(path: Path, *numbers: int) -> Path:
    """Lessons that all begin with the first of them."""
    first = lesson(numbers[0])
    return timetable(path, [lesson(each, start_time=first["start_time"]) for each in numbers])


@pytest.mark.thorough
def test_rows_that_wait_for_room_are_tried_again_a_day_later(
    computer: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    full, roomy = (computer.at(CLASSBATCH_MAX_CONCURRENT_CLASSES=each) for each in "12")
    assert full("nightly", "--enqueue", at_one_time(tmp_path / "one.csv", 1, 2)).code == 0
    for worker in (full, roomy):  # for which it is not time yet
        assert worker("worker", "--until-empty").code == 0
        assert (slow_service.titles(), kept(postgres)) == (titles(range(1, 2)), 1)
    for worker, last in ((full, 1), (roomy, 2)):
        a_day_passes(postgres)
        assert worker("worker", "--until-empty").code == 0
        assert (slow_service.titles(), kept(postgres)) == (titles(range(1, last + 1)), 2 - last)


@pytest.mark.thorough
def test_rows_of_a_file_that_another_version_followed_are_not_tried_again(
    computer: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    full, roomy = (computer.at(CLASSBATCH_MAX_CONCURRENT_CLASSES=each) for each in "12")
    file = at_one_time(tmp_path / "one.csv", 1, 2)
    assert full("nightly", "--enqueue", file).code == 0
    assert full("worker", "--until-empty").code == 0
    assert roomy("submit", at_one_time(file, 1, 3)).code == 0
    a_day_passes(postgres)
    assert roomy("worker", "--until-empty").code == 0
    assert slow_service.titles() == ["Lesson 1", "Lesson 3"]
    assert kept(postgres) == 0


def a_day_passes(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("UPDATE classbatch_data.deposit SET ended_at = ended_at - 90000")


def kept(postgres: Postgres) -> int:
    """How many files are to be tried again."""
    with postgres.connect() as connection:
        found = connection.execute("SELECT count(*) FROM classbatch_data.deposit WHERE content IS NOT NULL")
        ((number,),) = found.fetchall()
    return int(number)


def test_the_very_same_file_waits_but_once(computer: Command, postgres: Postgres, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for _ in range(2):
        arrived(inbox, "one.csv", range(1, 3))
        last = computer("nightly", "--enqueue", inbox)
    assert "waits for the workers already" in last.err
    with postgres.connect() as connection:
        assert connection.execute("SELECT count(*) FROM classbatch_data.deposit").fetchall() == [(1,)]


HOW = {"killed": signal.SIGKILL, "stopped for good": signal.SIGSTOP, "asked to stop": signal.SIGTERM}


def until_all_are_there(service: Service, postgres: Postgres, classes: int) -> None:
    """A row that a busy machine left in doubt is looked up again a day later; here days pass quickly."""
    for _ in range(BUSY_S // DAY_S):
        with suppress(AssertionError):
            until(lambda: len(service.titles()) == classes, patience_s=DAY_S)
            return
        a_day_passes(postgres)
    assert len(service.titles()) == classes


@pytest.mark.thorough
@pytest.mark.parametrize("number", HOW.values(), ids=HOW)
def test_what_a_worker_leaves_behind_another_finishes_and_each_class_is_made_once(
    number: signal.Signals, computer: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    arrived(inbox, "one.csv", range(1, 41))
    assert computer("nightly", "--enqueue", inbox).code == 0
    with ExitStack() as stack:
        first = stack.enter_context(computer.running("worker"))
        until(lambda: slow_service.calls("create") > 5, patience_s=BUSY_S)
        first.send_signal(number)
        if number is not signal.SIGTERM:
            postgres.let_an_hour_pass()
        second = stack.enter_context(computer.at(CLASSBATCH_STATE=str(tmp_path / "other")).running("worker"))
        until_all_are_there(slow_service, postgres, 40)
        if number is signal.SIGSTOP:
            first.send_signal(signal.SIGCONT)
        elif number is signal.SIGTERM:
            assert first.wait() == 0
        until(
            lambda: "finished" in computer("status").out or "done" in computer("status").out,
            patience_s=BUSY_S,
        )
        second.send_signal(signal.SIGTERM)
        assert second.wait() == 0
    assert slow_service.titles() == titles(range(1, 41))


def test_an_account_without_keys_on_this_worker_waits_for_another(
    computer: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    arrived(inbox, "one.csv", range(1, 3))
    assert computer("nightly", "--enqueue", inbox).code == 0
    keyless = computer.at(CLASSBATCH_ACCESS_KEY="", CLASSBATCH_SECRET_KEY="")
    with keyless.running("worker") as running:
        until(lambda: _attempts(postgres) == 1, patience_s=BUSY_S)
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 0
    assert slow_service.titles() == []
    with postgres.connect() as connection:
        connection.execute("SET search_path = classbatch_queue")
        connection.execute("UPDATE classbatch_queue.procrastinate_jobs SET scheduled_at = now()")
    assert computer("worker", "--until-empty").code == 0
    assert slow_service.titles() == titles(range(1, 3))


def _attempts(postgres: Postgres) -> int:
    with postgres.connect() as connection:
        found = connection.execute(
            "SELECT coalesce(max(attempts), 0) FROM classbatch_queue.procrastinate_jobs WHERE status = 'todo'"
        ).fetchall()
    return int(found[0][0])


def cannot_run(what: What, **facts: str) -> Taken:
    return Taken(name="a", exit_code=Exit.CANNOT_RUN, trouble=CannotRun(what, **facts))


SETTLED = {
    "imported": (Taken(name="a", exit_code=Exit.DONE), True),
    "with rows that need a person": (Taken(name="a", exit_code=Exit.NEEDS_A_PERSON), True),
    "the service is down": (Taken(name="a", exit_code=Exit.UNFINISHED), False),
    "another run holds the account": (
        Taken(name="a", exit_code=Exit.UNFINISHED, trouble=Unfinished(JournalFault.LOCKED)),
        False,
    ),
    "a file that cannot be read": (
        Taken(name="a", exit_code=Exit.CANNOT_RUN, trouble=FileProblem(FileFault.EMPTY)),
        True,
    ),
    "an account without keys": (
        Taken(name="a", exit_code=Exit.CANNOT_RUN, trouble=CannotRun(SettingFault.NO_KEYS)),
        False,
    ),
    "a bug of ours": (
        Taken(name="a", exit_code=Exit.CANNOT_RUN, trouble=CannotRun(NightFault.BUG, error="KeyError")),
        True,
    ),
}


@pytest.mark.parametrize(("taken", "expected"), SETTLED.values(), ids=SETTLED)
def test_a_file_waits_only_for_what_may_yet_be_had(taken: Taken, expected: bool) -> None:
    assert is_settled(taken) == expected


#: Of what a page has asked for: (whether it is over, and whether it is once somebody has pressed "Stop").
OVER_FOR_PAGE = {
    "it was sent": (SETTLED["imported"][0], True, True),
    "the service is down": (SETTLED["the service is down"][0], False, True),
    "another run holds the account": (SETTLED["another run holds the account"][0], False, True),
    "a file that cannot be read": (SETTLED["a file that cannot be read"][0], True, True),
    "a worker without the keys": (SETTLED["an account without keys"][0], False, False),
    "a worker with the keys of another account": (cannot_run(JournalFault.OTHER_ACCOUNT), False, False),
    "a worker that is too old": (cannot_run(JournalFault.NEWER), False, False),
    "it asks whether the file was sent before": (cannot_run(RunNote.NO_LIST, why=""), True, True),
    "a bug of ours": (SETTLED["a bug of ours"][0], True, True),
}


@pytest.mark.parametrize(("taken", "over", "once_stopped"), OVER_FOR_PAGE.values(), ids=OVER_FOR_PAGE)
def test_what_a_page_has_asked_for_waits_for_what_another_worker_may_have(
    taken: Taken, over: bool, once_stopped: bool
) -> None:
    assert is_over_for_page(taken, is_stopped=False) == over
    assert is_over_for_page(taken, is_stopped=True) == once_stopped


@pytest.mark.thorough
def test_a_worker_that_others_gave_up_goes_on_when_it_wakes_up(
    computer: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    with computer.running("worker") as running:
        until(lambda: workers(postgres) == 1)
        with postgres.connect() as connection:  # as another does that begins meanwhile
            connection.execute("DELETE FROM classbatch_queue.procrastinate_workers")
        arrived(inbox, "one.csv", range(1, 3))
        assert computer("nightly", "--enqueue", inbox).code == 0
        until(lambda: slow_service.titles() == titles(range(1, 3)))
        until(lambda: workers(postgres) == 1)
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 0


def workers(postgres: Postgres) -> int:
    with postgres.connect() as connection:
        if connection.execute("SELECT to_regclass('classbatch_queue.procrastinate_workers')").fetchall() == [
            (None,)
        ]:
            return 0
        ((number,),) = connection.execute(
            "SELECT count(*) FROM classbatch_queue.procrastinate_workers"
        ).fetchall()
    return int(number)


GIVEN_UP = {
    "no worker has the keys": (f"status = 'todo', attempts = {MOST_TRIES - 1}", "keys"),
    "its job has crashed": ("status = 'failed'", "its job ended"),
    "somebody has cancelled it": ("status = 'cancelled'", "its job ended"),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("job", "why"), GIVEN_UP.values(), ids=GIVEN_UP)
def test_a_file_that_is_given_up_comes_back_and_waits_no_more(
    job: str, why: str, computer: Command, postgres: Postgres, tmp_path: Path
) -> None:
    inbox, metrics = tmp_path / "inbox", tmp_path / "classbatch.prom"
    keyless = computer.at(
        CLASSBATCH_ACCESS_KEY="", CLASSBATCH_SECRET_KEY="", CLASSBATCH_METRICS_FILE=str(metrics)
    )
    arrived(inbox, "one.csv", range(1, 3))
    assert keyless("nightly", "--enqueue", inbox).code == 0
    with postgres.connect() as connection:
        connection.execute("SET search_path = classbatch_queue")
        connection.execute(f"UPDATE procrastinate_jobs SET {job}")  # noqa: S608 - of the table above
    for _ in range(2):  # the second one looks at what the first has left
        assert keyless("worker", "--until-empty").code == 0
    assert told_to_prometheus(metrics)["classbatch_queue_files"] == 0
    back = keyless("nightly", "--enqueue", inbox)
    assert (back.code, "1 file not imported" in back.out) == (2, True)
    assert why in back.err
    assert filed(inbox, "failed") == ["one.csv"]


def told_to_prometheus(metrics: Path) -> dict[str, float]:
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(metrics.read_text("utf-8"))
        for sample in family.samples
    }


def test_what_waits_is_told_to_prometheus(computer: Command, tmp_path: Path) -> None:
    inbox, metrics = tmp_path / "inbox", tmp_path / "classbatch.prom"
    arrived(inbox, "one.csv", range(1, 3))
    assert computer("nightly", "--enqueue", inbox).code == 0
    for waiting in (1, 0):  # before the worker begins, and before the next one does
        assert computer("worker", "--until-empty", CLASSBATCH_METRICS_FILE=str(metrics)).code == 0
        told = told_to_prometheus(metrics)
        assert told["classbatch_queue_files"] == waiting
        assert (told["classbatch_queue_oldest_seconds"] > 0) == bool(waiting)
        assert told["classbatch_lease_silent_seconds"] == 0


@pytest.mark.thorough
def test_what_a_killed_worker_had_in_hand_still_counts_as_waiting_and_its_account_as_unheard_of(
    computer: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    inbox, metrics = tmp_path / "inbox", tmp_path / "classbatch.prom"
    arrived(inbox, "one.csv", range(1, 21))
    assert computer("nightly", "--enqueue", inbox).code == 0
    with computer.running("worker") as running:
        until(lambda: slow_service.calls("create") > 2, patience_s=BUSY_S)
        running.send_signal(signal.SIGKILL)
        running.wait()
    postgres.let_an_hour_pass()
    # What the next one writes before it gives anything back, and after all is done.
    another = computer.at(CLASSBATCH_STATE=str(tmp_path / "other"), CLASSBATCH_METRICS_FILE=str(metrics))
    with another.running("worker", "--until-empty") as running:
        until(metrics.exists)
        told = told_to_prometheus(metrics)
        assert running.wait() == 0
    assert told["classbatch_queue_files"] == 1
    assert told["classbatch_queue_oldest_seconds"] > 0
    assert told["classbatch_lease_silent_seconds"] >= 3600
    assert another("worker", "--until-empty").code == 0
    told = told_to_prometheus(metrics)
    assert (told["classbatch_queue_files"], told["classbatch_lease_silent_seconds"]) == (0, 0)
    assert slow_service.titles() == titles(range(1, 21))


def test_a_worker_without_a_database_says_so(classbatch: Command) -> None:
    ran = classbatch("worker", "--until-empty")
    assert (ran.code, "which database" in ran.err) == (2, True)


@pytest.mark.thorough
def test_a_worker_looks_after_others_however_many_imports_it_has_in_hand(
    computer: Command, postgres: Postgres, tmp_path: Path
) -> None:
    many = min(32, (os.cpu_count() or 1) + 4) + 1  # more than Python has threads for all else
    with socket.create_server(("127.0.0.1", 0), backlog=many) as silent:  # it answers nobody
        lines = []
        for number in range(many):
            key = computer.folder / f"school{number}.key"
            key.write_text("secret")
            key.chmod(0o600)
            lines += [
                f"[accounts.school{number}]",
                f'access_key = "key{number}"',
                f'secret_key_file = "{key}"',
            ]
            arrived(tmp_path / "inbox" / f"school{number}", "one.csv", range(1, 3))
        (computer.folder / "classbatch.toml").write_text("\n".join(lines))
        (computer.folder / "classbatch.toml").chmod(0o600)
        metrics = tmp_path / "classbatch.prom"
        here = computer.at(
            CLASSBATCH_ACCESS_KEY="",
            CLASSBATCH_SECRET_KEY="",
            CLASSBATCH_BASE_URL=f"http://127.0.0.1:{silent.getsockname()[1]}/",
            CLASSBATCH_TIMEOUT_S="300",
            CLASSBATCH_TAKEOVER_S="6",
            CLASSBATCH_METRICS_FILE=str(metrics),
        )
        enqueued = here("nightly", "--enqueue", tmp_path / "inbox")
        assert f"{many} files handed over" in enqueued.out, enqueued
        with here.running("worker", "--concurrency", str(many)) as running:
            until(lambda: leases(postgres) == many, patience_s=BUSY_S)
            before = metrics.stat().st_mtime_ns
            until(lambda: metrics.stat().st_mtime_ns > before, patience_s=BUSY_S)
            running.send_signal(signal.SIGKILL)


def leases(postgres: Postgres) -> int:
    with postgres.connect() as connection:
        ((number,),) = connection.execute("SELECT count(*) FROM classbatch_data.lease").fetchall()
    return int(number)
