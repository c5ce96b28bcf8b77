"""Doctor, status and purge: what an administrator asks before and after a run."""

import sqlite3
from pathlib import Path

import pytest

from tests.support.command import KEYS, Command, lesson, serving, timetable

SERVICES = {
    "all is well": ([], 0, ["✓ credentials", "✓ clock", "✓ listing"]),
    "a clock that is a little off is told": (["--clock-offset-s", "90"], 1, ["! clock"]),
    "a clock that is far off stops everything": (["--clock-offset-s", "-4000"], 2, ["✗ clock"]),
    "an account that does not list is told": (["--no-listing"], 1, ["! listing", "stays unknown"]),
}


@pytest.mark.parametrize(("switches", "code", "lines"), SERVICES.values(), ids=SERVICES)
def test_doctor(switches: list[str], code: int, lines: list[str], classbatch: Command) -> None:
    with serving(classbatch, *switches) as service:
        ran = classbatch.at(**KEYS)("doctor", CLASSBATCH_BASE_URL=service.url)
        assert service.calls("create") == 0
    assert ran.code == code, ran
    for line in lines:
        assert line in ran.out


def test_doctor_tells_a_wrong_key(classbatch: Command) -> None:
    wrong = "bm90IHRoZSBrZXk="
    with serving(classbatch) as service:
        ran = classbatch(
            "doctor",
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_ACCESS_KEY="q+/Zk3x1Lw8=",
            CLASSBATCH_SECRET_KEY=wrong,
        )
    assert ran.code == 2, ran
    assert "✗ credentials" in ran.out
    assert wrong not in ran.out + ran.err


def test_doctor_tells_that_there_are_no_keys(classbatch: Command) -> None:
    ran = classbatch("doctor", CLASSBATCH_ACCESS_KEY="", CLASSBATCH_SECRET_KEY="")
    assert ran.code == 2, ran
    assert "CLASSBATCH_ACCESS_KEY" in ran.out


#: Nobody listens there.
NO_DATABASE = "postgresql://classbatch@127.0.0.1:1/classbatch"


def test_a_database_that_cannot_be_reached_is_no_fault_of_the_keys(classbatch: Command) -> None:
    with serving(classbatch) as service:
        ran = classbatch.at(**KEYS)("doctor", CLASSBATCH_BASE_URL=service.url, CLASSBATCH_JOURNAL=NO_DATABASE)
    assert ran.code == 2, ran
    assert "✓ credentials" in ran.out
    assert "✗ journal" in ran.out
    assert "✗ credentials" not in ran.out


def test_a_sandbox_is_examined_and_the_database_of_the_journals_all_the_same(classbatch: Command) -> None:
    ran = classbatch("doctor", "--sandbox", CLASSBATCH_JOURNAL=NO_DATABASE)
    assert ran.code == 2, ran
    assert "✗ database" in ran.out
    assert "✓ journal" in ran.out


def test_doctor_tells_of_a_damaged_journal_and_of_rows_in_doubt(classbatch: Command, tmp_path: Path) -> None:
    term = timetable(tmp_path / "term.csv", [lesson(number) for number in range(3)])
    with serving(classbatch, "--no-listing", "--fault", "reset-after-create@first 1") as service:
        here = classbatch.at(
            **KEYS,
            CLASSBATCH_STATE="state",
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_TIMEOUT_S="2",
            CLASSBATCH_SETTLE_S="0.1",
        )
        assert here("submit", term, "--first-time").code == 3
        assert "1 class was sent and never answered" in here("doctor").out
        (journal,) = (tmp_path / "state").glob("*/journal.sqlite3")
        journal.write_bytes(b"\0" * 8192)
        ran = here("doctor")
    assert ran.code == 2, ran
    assert "✗ journal" in ran.out


def test_status_lists_the_newest_first_with_its_counts(classbatch: Command, tmp_path: Path) -> None:
    assert "No batch yet." in classbatch("status", CLASSBATCH_STATE="state").out
    for name in ("autumn", "spring"):
        timetable(tmp_path / f"{name}.csv", [lesson(number, title=name) for number in range(3)])
        classbatch("submit", f"{name}.csv", "--sandbox", CLASSBATCH_STATE="state")
    _, spring, autumn = classbatch("status", CLASSBATCH_STATE="state").out.splitlines()
    assert (
        "Results: s.xlsx"
        in classbatch("results", spring.split()[0], "--out", "s.xlsx", CLASSBATCH_STATE="state").out
    )
    # One presenter cannot teach both: what the journal knows of autumn keeps spring from being sent.
    assert "spring.csv" in spring
    assert "3 held" in spring
    assert spring.endswith("needs you")
    assert "autumn.csv" in autumn
    assert "3 scheduled" in autumn
    assert autumn.rstrip().endswith("done")


def test_purge_forgets_people_and_schedules_nothing_twice(classbatch: Command, tmp_path: Path) -> None:
    term = timetable(tmp_path / "term.csv", [lesson(number, title="Secret garden") for number in range(3)])
    with serving(classbatch) as service:
        here = classbatch.at(**KEYS, CLASSBATCH_STATE="state", CLASSBATCH_BASE_URL=service.url)
        assert here("submit", term).code == 0
        assert "No row was forgotten" in here("purge", "--before", "2040-01-01").out, "the classes lie ahead"
        (path,) = (tmp_path / "state").glob("*/journal.sqlite3")
        with sqlite3.connect(path) as journal:  # as if the term were over
            journal.execute("UPDATE row SET starts = 0, ends = 3600")
            journal.execute("UPDATE sighting SET starts = 0")
            journal.execute("UPDATE batch SET started_at = 0")
        journal.close()
        assert "3 rows were forgotten" in here("purge", "--before", "2026-01-01").out
        for word in (b"Secret garden", b"teacher1@school.example", b"SessionCode"):
            for file in path.parent.iterdir():
                assert word not in file.read_bytes(), file.name
        again = here("submit", term, "--json", "-")
        assert again.json["counts"]["already"] == 3
        assert service.calls("create") == 3


def test_purge_keeps_what_is_in_doubt(classbatch: Command, tmp_path: Path) -> None:
    term = timetable(tmp_path / "term.csv", [lesson(0)])
    with serving(classbatch, "--no-listing", "--fault", "reset-after-create") as service:
        here = classbatch.at(
            **KEYS,
            CLASSBATCH_STATE="state",
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_TIMEOUT_S="2",
            CLASSBATCH_SETTLE_S="0.1",
        )
        assert here("submit", term, "--first-time").code == 3
        (path,) = (tmp_path / "state").glob("*/journal.sqlite3")
        with sqlite3.connect(path) as journal:
            journal.execute("UPDATE row SET starts = 0, ends = 3600")
            journal.execute("UPDATE batch SET started_at = 0")
        journal.close()
        assert "No row was forgotten" in here("purge", "--before", "2026-01-01").out


LISTS = {
    "an ordinary list": ([], 0, ["The account lists its classes"], ["missing", "compared", "allowed for"]),
    "a list that is late": (
        ["--listing-lag-s", "2"],
        0,
        ["missing from the list: "],
        ["compared", "allowed for"],
    ),
    "a rule is allowed for": (
        ["--list", "title-upper"],
        1,
        ["writes title otherwise", "allowed for"],
        ["compared"],
    ),
    "no rule explains it": (
        ["--list", "presenter-alias"],
        1,
        ["by no rule", "not compared"],
        ["allowed for"],
    ),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("switches", "code", "told", "untold"), LISTS.values(), ids=LISTS)
def test_doctor_says_what_the_list_of_this_account_cannot_be_trusted_for(
    switches: list[str], code: int, told: list[str], untold: list[str], classbatch: Command, tmp_path: Path
) -> None:
    term = timetable(tmp_path / "term.csv", [lesson(number) for number in range(1, 7)])
    with serving(classbatch, *switches) as service:
        here = classbatch.at(**KEYS, CLASSBATCH_STATE="state", CLASSBATCH_BASE_URL=service.url)
        assert here("submit", term).code == 0
        assert here("submit", term).code == 0, "the list is learned"
        ran = here("doctor")
    assert ran.code == code, ran
    for words in told:
        assert words in ran.out
    for words in untold:
        assert words not in ran.out
