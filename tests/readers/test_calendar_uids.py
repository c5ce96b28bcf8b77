"""Several parts of a calendar under one UID, and the days of a rule that are taken out or moved: nothing is lost in silence."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from batch.core.message import FileNote
from batch.core.rows.problems import Problem
from tests.readers.test_calendar import ANA, WEEKLY, calendar, event, starts
from tests.readers.test_calendar_clocks import read
from tests.support.command import Command

LATER = ("DTSTART;TZID=Europe/London:20311015T110000", "DURATION:PT1H", ANA)
TWICE = "RRULE:FREQ=WEEKLY;COUNT=2"
MOVED = ("DTSTART;TZID=Europe/London:20311021T110000", "DURATION:PT1H", ANA)
OF_20TH = "RECURRENCE-ID;TZID=Europe/London:20311020T090000"

#: Parts of one UID, and the starts of its classes; with `older`, so many parts no longer hold.
PARTS: dict[str, tuple[Sequence[Sequence[str]], list[str], int]] = {
    "two events": ([WEEKLY, LATER], ["1 10-13 09:00", "2 10-15 11:00"], 0),
    "two events that repeat": (
        [(*WEEKLY, TWICE), (*LATER, TWICE)],
        ["1 10-13 09:00", "1 10-20 09:00", "2 10-15 11:00", "2 10-22 11:00"],
        0,
    ),
    "one twice in a newer state": ([WEEKLY, (*LATER, "SEQUENCE:1")], ["2 10-15 11:00"], 1),
    "the newer one first": ([(*LATER, "SEQUENCE:2"), (*WEEKLY, "SEQUENCE:1")], ["1 10-15 11:00"], 1),
    "the newer one cancelled": ([WEEKLY, (*WEEKLY, "SEQUENCE:1", "STATUS:CANCELLED")], [], 1),
    "two events of a newer state": (
        [WEEKLY, (*WEEKLY, "SEQUENCE:1"), (*LATER, "SEQUENCE:1")],
        ["2 10-13 09:00", "3 10-15 11:00"],
        1,
    ),
    "changes alone, one of them cancelled": (
        [
            (OF_20TH, *MOVED),
            ("RECURRENCE-ID;TZID=Europe/London:20311027T090000", *LATER),
            ("RECURRENCE-ID;TZID=Europe/London:20311103T090000", *LATER, "STATUS:CANCELLED"),
        ],
        ["1 10-21 11:00", "2 10-15 11:00"],
        0,
    ),
    "a day moved before the first one": (
        [
            (*WEEKLY, TWICE),
            (
                "RECURRENCE-ID;TZID=Europe/London:20311013T090000",
                "DTSTART;TZID=Europe/London:20311010T080000",
                "DURATION:PT1H",
                ANA,
            ),
        ],
        ["1 10-10 08:00", "1 10-20 09:00"],
        0,
    ),
    "a day moved, by its date alone": (
        [(*WEEKLY, TWICE), ("RECURRENCE-ID;VALUE=DATE:20311020", *MOVED)],
        ["1 10-13 09:00", "1 10-21 11:00"],
        0,
    ),
    "a day moved, by its moment in Greenwich": (
        [(*WEEKLY, TWICE), ("RECURRENCE-ID:20311020T080000Z", *MOVED)],
        ["1 10-13 09:00", "1 10-21 11:00"],
        0,
    ),
    "a day moved twice, the second time in a newer state": (
        [(*WEEKLY, TWICE), (OF_20TH, *LATER), (OF_20TH, *MOVED, "SEQUENCE:1")],
        ["1 10-13 09:00", "1 10-21 11:00"],
        0,
    ),
    "a day taken out by its date alone": (
        [(*WEEKLY, TWICE, "EXDATE;VALUE=DATE:20311020")],
        ["1 10-13 09:00"],
        0,
    ),
    "a day taken out by its moment in Greenwich": (
        [(*WEEKLY, TWICE, "EXDATE:20311020T080000Z")],
        ["1 10-13 09:00"],
        0,
    ),
    "a day taken out without a zone": ([(*WEEKLY, TWICE, "EXDATE:20311020T090000")], ["1 10-13 09:00"], 0),
    "a day taken out that was moved": (
        [(*WEEKLY, TWICE, "EXDATE;TZID=Europe/London:20311020T090000"), (OF_20TH, *MOVED)],
        ["1 10-13 09:00"],
        0,
    ),
    "a day taken out on which there is no lesson anyway": (
        [(*WEEKLY, TWICE, "EXDATE;TZID=Europe/London:20311021T100000")],
        ["1 10-13 09:00", "1 10-20 09:00"],
        0,
    ),
    "a further hour of a day taken out": (
        [
            (
                *WEEKLY,
                TWICE,
                "RDATE;TZID=Europe/London:20311020T140000",
                "EXDATE;TZID=Europe/London:20311020T140000",
            )
        ],
        ["1 10-13 09:00", "1 10-20 09:00"],
        0,
    ),
}


@pytest.mark.parametrize(("parts", "expected", "older"), PARTS.values(), ids=PARTS)
def test_what_stands_under_one_uid_takes_place_as_the_standard_says(
    parts: Sequence[Sequence[str]], expected: list[str], older: int
) -> None:
    rows, notes = read(*(event(*lines) for lines in parts))
    assert not [row.issues for row in rows if row.issues]
    assert starts(rows) == [f"{each} Europe/London" for each in expected]
    replaced = notes.get(FileNote.OLDER_EVENTS)
    assert replaced == ({"events": older, "first": "Maths"} if older else None)


#: Parts of one UID of which nobody can tell what holds, with the problem of each row.
DOUBTFUL: dict[str, tuple[Sequence[Sequence[str]], list[list[Problem]]]] = {
    "two events and a change of one of them": (
        [(*WEEKLY, TWICE), (*LATER, TWICE), (OF_20TH, *MOVED)],
        [[Problem.SHARED_UID], [Problem.SHARED_UID]],
    ),
    "a day moved in two ways": (
        [(*WEEKLY, TWICE), (OF_20TH, *LATER), (OF_20TH, *MOVED)],
        [[Problem.SHARED_UID]],
    ),
    "a day taken out at an hour later": (
        [(*WEEKLY, TWICE, "EXDATE;TZID=Europe/London:20311020T100000")],
        [[Problem.OTHER_HOUR]],
    ),
    "a day taken out at another hour of Greenwich": (
        [(*WEEKLY, TWICE, "EXDATE:20311020T090000Z")],
        [[Problem.OTHER_HOUR]],
    ),
    "a day moved from another hour": (
        [(*WEEKLY, TWICE), ("RECURRENCE-ID;TZID=Europe/London:20311020T100000", *MOVED)],
        [[Problem.OTHER_HOUR]],
    ),
}


@pytest.mark.parametrize(("parts", "problems"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_where_nobody_can_tell_what_holds_the_event_is_asked_about(
    parts: Sequence[Sequence[str]], problems: list[list[Problem]]
) -> None:
    rows, _ = read(*(event(*lines) for lines in parts))
    assert [[issue.problem for issue in row.issues] for row in rows] == problems


def test_an_event_and_its_cancellation_in_one_state_are_both_named() -> None:
    rows, notes = read(event(*WEEKLY), event(*WEEKLY, "STATUS:CANCELLED"))
    assert [[issue.problem for issue in row.issues] for row in rows] == [[Problem.SHARED_UID]]
    assert rows[0].issues[0].facts["others"] == ["26"]
    assert FileNote.LINES_LEFT_OUT in notes


KEYS: dict[str, tuple[Sequence[Sequence[str]], list[str]]] = {
    "an event by its UID": ([WEEKLY], ["1@school"]),
    "each day of one that repeats by its day": (
        [(*WEEKLY, TWICE)],
        ["1@school 2031-10-13", "1@school 2031-10-20"],
    ),
    "a day that was moved by the one it was moved from": (
        [(*WEEKLY, TWICE), (OF_20TH, *MOVED)],
        ["1@school 2031-10-13", "1@school 2031-10-20"],
    ),
    "a further hour of a day by its hour": (
        [(*WEEKLY, TWICE, "RDATE;TZID=Europe/London:20311020T140000")],
        ["1@school 2031-10-13", "1@school 2031-10-20", "1@school 2031-10-20 14:00"],
    ),
}


@pytest.mark.parametrize(("parts", "keys"), KEYS.values(), ids=KEYS)
def test_a_class_is_known_again_by_its_uid_and_the_day_of_its_rule(
    parts: Sequence[Sequence[str]], keys: list[str]
) -> None:
    rows, _ = read(*(event(*lines) for lines in parts))
    assert [row.cells[4] for row in rows] == keys


def test_a_calendar_with_an_event_that_repeats_has_keys_also_when_its_results_are_handed_in(
    tmp_path: Path,
) -> None:
    content = calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"))
    (tmp_path / "term.ics").write_bytes(content)
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    first = command("submit", "term.ics", "--sandbox", "--json", "-")
    again = command("check", "term-results.xlsx", "--sandbox", "--json", "-")
    for ran in (first, again):
        assert "is read as lesson_id" in ran.err
        assert "come again" not in ran.err
        assert len(ran.json["rows"]) == 3
