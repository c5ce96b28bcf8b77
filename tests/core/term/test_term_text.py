"""The term as people write it down, and what cannot be read of it."""

from datetime import date, datetime

import pytest

from batch.core.rows.date_order import UNTOLD
from batch.core.rows.row import Numbered
from batch.core.term.cells import date_in
from batch.core.term.term import DaysOff
from batch.core.term.term_text import TermFault, is_term_sheet, read_settings, read_sheet

HALF_TERM = DaysOff(date(2031, 10, 27), date(2031, 10, 31), "Half-term")

SAID: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "days of TOML": ({"starts": date(2031, 9, 1)}, {"starts": date(2031, 9, 1)}),
    "days of a variable": ({"ends": "2031-12-19"}, {"ends": date(2031, 12, 19)}),
    "holidays": (
        {"holidays": ["2031-10-27..2031-10-31 Half-term", "2031-11-11", date(2031, 12, 1)]},
        {
            "holidays": (
                HALF_TERM,
                DaysOff(date(2031, 11, 11), date(2031, 11, 11)),
                DaysOff(date(2031, 12, 1), date(2031, 12, 1)),
            )
        },
    ),
    "a week of its own": ({"day_order": ["sun-thu"]}, {"day_order": (0, 1, 2, 3, 6)}),
    "days with commas": ({"day_order": "mon,wed"}, {"day_order": (0, 2)}),
    "no": ({"count_holidays": False}, {"count_holidays": False}),
    "no, as a variable": ({"count_holidays": "false"}, {"count_holidays": False}),
    "a file is for others to read": ({"holidays": "holidays.ics"}, {}),
}


@pytest.mark.parametrize(("said", "expected"), SAID.values(), ids=SAID)
def test_what_the_settings_say(said: dict[str, object], expected: dict[str, object]) -> None:
    assert read_settings(said) == (expected, [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("starts", "1 September"),
        ("starts", 2031),
        ("holidays", ["half-term"]),
        ("holidays", ["2031-10-31..2031-10-27"]),
        ("holidays", 5),
        ("day_order", ["someday"]),
        ("day_order", []),
        ("count_holidays", "perhaps"),
        ("begins", "2031-09-01"),
    ],
)
def test_what_they_cannot_say(key: str, value: object) -> None:
    found, faults = read_settings({key: value})
    assert not found
    assert [fault.key for fault in faults] == [key]


SHEET: list[Numbered] = [
    (1, ("Starts", date(2031, 9, 1))),
    (2, ("Ends", "19 Dec 2031")),
    (3, ("Week A", datetime(2031, 9, 1))),  # noqa: DTZ001 - a cell of a spreadsheet
    (5, ("Holiday", "From", "To")),
    (6, ("Half-term", date(2031, 10, 27), date(2031, 10, 31))),
    (7, ("Staff day", "2031-11-11", None)),
]


def test_a_sheet_says_the_same() -> None:
    assert is_term_sheet(" TERM ", SHEET)
    found, faults = read_sheet(SHEET, lambda text: date_in(text, UNTOLD))
    assert faults == []
    assert found == {
        "starts": date(2031, 9, 1),
        "ends": date(2031, 12, 19),
        "week_a": date(2031, 9, 1),
        "holidays": (HALF_TERM, DaysOff(date(2031, 11, 11), date(2031, 11, 11), "Staff day")),
    }


def test_a_blank_sheet_says_nothing_and_every_line_that_cannot_be_read_is_named() -> None:
    blank: list[Numbered] = [(1, ("Starts", None)), (2, ("Ends", "")), (5, ("Holiday", "From", "To"))]
    assert read_sheet(blank, lambda text: date_in(text, UNTOLD)) == ({}, [])
    spoilt: list[Numbered] = [
        (1, ("Starts", "soon")),
        (5, ("Holiday", "From", "To")),
        (6, ("Easter", "2032-04-01", "2032-03-01")),
    ]
    found, faults = read_sheet(spoilt, lambda text: date_in(text, UNTOLD))
    assert found == {}
    assert faults == [
        TermFault("starts", "soon", 1),
        TermFault("holidays", "Easter 2032-04-01 2032-03-01", 6),
    ]


def test_another_sheet_is_none() -> None:
    assert not is_term_sheet("Timetable", SHEET)
    assert not is_term_sheet("Term", [(1, ("Class", "Start"))])
