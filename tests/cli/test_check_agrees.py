"""What `check` says of a file, `submit` does: also where classes of other files and earlier versions are in the way."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.command import KEYS, Command, Ran, Service, lesson, lessons, serving, timetable

Row = Mapping[str, str]
FIRST = [lesson(1), lesson(2), lesson(3)]


def changed(row: Row, **cells: str) -> Row:
    return {**row, **cells}


#: The second file's name and rows, and what becomes of them.
SITUATIONS: dict[str, tuple[str, Sequence[Row], list[str]]] = {
    "a presenter who is busy in another file": (
        "other.csv",
        [changed(FIRST[0], title="Chess"), lesson(5)],
        ["held 1032", "ready"],
    ),
    "the hour after it is free": (
        "other.csv",
        [changed(FIRST[0], title="Chess", start_time="2031-09-01 22:00")],
        ["ready"],
    ),
    "the same file again": ("first.csv", FIRST, ["already"] * 3),
    "another title in the next version": (
        "first.csv",
        [changed(FIRST[0], title="Renamed"), *FIRST[1:]],
        ["held moved", "already", "already"],
    ),
    "another hour in the next version": (
        "first.csv",
        [changed(FIRST[0], start_time="2031-09-01 21:00"), *FIRST[1:]],
        ["held moved", "already", "already"],
    ),
}


def ended(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Of each row the outcome, as `check` names it, the code where it is held, and what is said of earlier versions."""
    found = []
    for row in rows:
        outcome = "ready" if row["outcome"] == "scheduled" else row["outcome"]
        moved = "moved" if row["reason"] == "moved" else None
        found.append(" ".join(map(str, filter(None, [outcome, row["error_code"], moved]))))
    return found


@pytest.mark.parametrize(("name", "rows", "expected"), SITUATIONS.values(), ids=SITUATIONS)
def test_check_says_what_submit_does(
    name: str, rows: Sequence[Row], expected: list[str], tmp_path: Path
) -> None:
    with serving(Command(tmp_path)) as service:
        command = Command(tmp_path, {**KEYS, "CLASSBATCH_BASE_URL": service.url})
        first = timetable(tmp_path / "first.csv", FIRST)
        assert command("submit", first, "--state", "state").code == 0
        second = timetable(tmp_path / name, rows)
        checked = command("check", second, "--json", "-", "--state", "state").json
        submitted = command("submit", second, "--json", "-", "--state", "state").json
        assert (ended(checked["rows"]), ended(submitted["rows"])) == (expected, expected)
        assert [row["message"] for row in checked["rows"] if row["outcome"] == "held"] == [
            row["message"] for row in submitted["rows"] if row["outcome"] == "held"
        ]


# --- by the account's own list ------------------------------------------------------


def test_a_look_at_the_account_says_what_submit_then_does(at_service: Command, service: Service) -> None:
    """The classes were scheduled from another computer, whose journal nobody has here."""
    file = timetable(at_service.folder / "term.csv", lessons(8))
    elsewhere = timetable(at_service.folder / "elsewhere.csv", lessons(6))
    assert at_service("submit", elsewhere, "--state", "other-computer").code == 0
    assert outcomes(at_service("check", file, "--json", "-")) == ["ready"] * 8
    looked = at_service("check", file, "--look", "--json", "-")
    assert "it lists 6 classes still to come" in looked.err
    assert service.calls("create") == 6
    assert not any(at_service.folder.rglob("state/*/journal.sqlite3"))
    ran = at_service("submit", file, "--json", "-")
    assert outcomes(looked) == [outcome.replace("scheduled", "ready") for outcome in outcomes(ran)]
    assert outcomes(looked)[0] != "ready"


def test_a_look_counts_what_others_hold_at_that_time(at_service: Command) -> None:
    there = lesson(1, title="The principal's hour")
    at_service("submit", timetable(at_service.folder / "elsewhere.csv", [there]), "--state", "other-computer")
    wanted = [lesson(1, title="Maths", presenter_email=there["presenter_email"]), lesson(2)]
    file = timetable(at_service.folder / "term.csv", wanted)
    assert outcomes(at_service("check", file, "--json", "-")) == ["ready", "ready"]
    limit = ("--max-concurrent-classes", "1")
    looked = at_service("check", file, "--look", *limit, "--json", "-")
    assert outcomes(looked) == ["held", "ready"]
    assert outcomes(at_service("submit", file, *limit, "--json", "-")) == ["held", "scheduled"]


def test_a_look_knows_the_classes_of_our_own_other_files(at_service: Command, service: Service) -> None:
    """They stand in the journal, and are nobody's unknown classes."""
    at_service("submit", timetable(at_service.folder / "year-7.csv", lessons(3)))
    file = timetable(at_service.folder / "year-8.csv", [lesson(number) for number in (4, 5)])
    before = service.calls("create")
    looked = at_service("check", file, "--look", "--json", "-")
    assert outcomes(looked) == ["ready", "ready"]
    assert service.calls("create") == before


@pytest.mark.thorough
def test_a_look_at_an_account_that_cannot_be_reached_says_so(at_service: Command) -> None:
    file = timetable(at_service.folder / "term.csv", lessons(1))
    ran = at_service("check", file, "--look", CLASSBATCH_BASE_URL="http://127.0.0.1:9")
    assert ran.code == 75
    assert "Nothing is sent before the account's classes were listed" in ran.err


def outcomes(ran: Ran) -> list[str]:
    return [row["outcome"] for row in ran.json["rows"]]
