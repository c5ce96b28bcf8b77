"""What `check` says of a file, `submit` does: also where classes of other files and earlier versions are in the way."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.command import KEYS, Command, lesson, serving, timetable

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
        ["held 1032 W071", "already", "already"],
    ),
    "another hour in the next version": (
        "first.csv",
        [changed(FIRST[0], start_time="2031-09-01 21:00"), *FIRST[1:]],
        ["ready W071", "already", "already"],
    ),
}


def ended(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Of each row the outcome, as `check` names it, the code where it is held, and what is said of earlier versions."""
    found = []
    for row in rows:
        outcome = "ready" if row["outcome"] == "scheduled" else row["outcome"]
        codes = [each["code"] for each in row["problems"] if each["code"] == "W071"]  # type: ignore[attr-defined]  # JSON
        found.append(" ".join(map(str, filter(None, [outcome, row["error_code"], *codes]))))
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
