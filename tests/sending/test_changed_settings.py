"""A class that exists keeps its settings; a row that says otherwise is told so, row by row, and never a plain `already`."""

import json
from pathlib import Path

import pytest

from batch.core.changes.difference import Difference, differences
from tests.support.command import Command, lessons, timetable

SENT = {"title": "Algebra", "start_time": "09/01/2031 09:00:00", "time_zone": "GMT", "attendee_limit": "24"}
CASES = {
    "nothing": (SENT, []),
    "more places": ({**SENT, "attendee_limit": "25"}, [Difference("attendee_limit", "24", "25")]),
    "a setting that was not there": (
        {**SENT, "create_recording": "true"},
        [Difference("create_recording", "", "true")],
    ),
    "a setting that is there no more": (
        {key: value for key, value in SENT.items() if key != "attendee_limit"},
        [Difference("attendee_limit", "24", "")],
    ),
    "the same start on another clock is no difference": (
        {**SENT, "start_time": "09/01/2031 10:00:00", "time_zone": "Europe/London"},
        [],
    ),
}


@pytest.mark.parametrize(("now", "found"), CASES.values(), ids=CASES)
def test_what_lies_outside_the_fingerprint_and_differs(now: dict[str, str], found: list[Difference]) -> None:
    assert list(differences(SENT, now)) == found


@pytest.mark.parametrize("words", [("check",), ("submit", "--quiet")], ids=["check", "submit, quiet"])
def test_each_changed_setting_is_told_with_both_values(
    classbatch: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    rows = [{**row, "Attendees": "24", "Record": "no", "Room": "B1"} for row in lessons(4)]
    sandbox = ("--sandbox", "--state", "state")
    classbatch("submit", timetable(tmp_path / "term.csv", rows), *sandbox)
    rows[0]["Attendees"] = "25"
    rows[1]["Record"] = "yes"
    rows[2]["Attendees"] = ""
    rows[3]["Room"] = "B2"
    ran = classbatch(*words, timetable(tmp_path / "term.csv", rows), *sandbox, "--json", "-")
    assert ran.code == 0
    told = {
        row["row"]: [(each["column"], each["code"], each["says"]) for each in row["problems"]]
        for row in ran.json["rows"]
    }
    when = "when the class was scheduled; it is"
    assert told == {
        2: [("attendee_limit", "W070", f"was 24 {when} 25 here")],
        3: [("create_recording", "W070", f"was no {when} yes here")],
        4: [("attendee_limit", "W070", f"was 24 {when} empty here")],
        5: [],
    }
    assert {row["outcome"] for row in ran.json["rows"]} == {"already"}
    assert "row 2 Attendees '25' was 24 when the class was scheduled; it is 25 here." in ran.err


def test_the_same_settings_in_other_spellings_are_not_a_word_worth(
    classbatch: Command, tmp_path: Path
) -> None:
    rows = [{**row, "Attendees": "24", "Record": "no"} for row in lessons(2)]
    sandbox = ("--sandbox", "--state", "state")
    classbatch("submit", timetable(tmp_path / "term.csv", rows), *sandbox)
    rows = [
        {**row, "Attendees": " 24 ", "Record": "No", "title": row["title"].replace(" ", "  ")} for row in rows
    ]
    ran = classbatch("submit", timetable(tmp_path / "term.csv", rows), *sandbox, "--json", "r.json")
    assert [row["problems"] for row in json.loads((tmp_path / "r.json").read_text())["rows"]] == [[], []]
    assert ran.code == 0
