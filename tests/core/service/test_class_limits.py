"""What a refusal teaches about the account's limits of one class, and what it must not teach."""

from collections.abc import Mapping

import pytest

from batch.core.service.class_limits import limit_taught

ATTENDEES = "attendee_limit parameter cannot exceed {} attendees."
MINUTES = "duration parameter cannot exceed  {} minutes."

#: The code, its text, what was sent, what follows.
CASES: Mapping[str, tuple[str, str, dict[str, str], tuple[str, int] | None]] = {
    "attendees": ("1011", ATTENDEES.format(50), {"attendee_limit": "60"}, ("max_attendees", 50)),
    "minutes": ("1010", MINUTES.format(120), {"duration": "121"}, ("max_minutes", 120)),
    "a large number": (
        "1011",
        ATTENDEES.format("1,000"),
        {"attendee_limit": "1001"},
        ("max_attendees", 1000),
    ),
    "the row asked for no more than that": ("1010", MINUTES.format(300), {"duration": "0"}, None),
    "the very number": ("1011", ATTENDEES.format(50), {"attendee_limit": "50"}, None),
    "nothing was asked for": ("1011", ATTENDEES.format(50), {}, None),
    "a text without a number": ("1011", "Too many.", {"attendee_limit": "60"}, None),
    "a placeholder": ("1011", ATTENDEES.format("#MaxUserPerClass#"), {"attendee_limit": "60"}, None),
    "two numbers": ("1011", "50 of 60 attendees.", {"attendee_limit": "70"}, None),
    "none at all may attend": ("1011", ATTENDEES.format(0), {"attendee_limit": "60"}, None),
    "another code": ("1012", "Only 5 simultaneous classes are allowed.", {"attendee_limit": "60"}, None),
    "no code": ("", ATTENDEES.format(50), {"attendee_limit": "60"}, None),
}


@pytest.mark.parametrize(("code", "text", "sent", "taught"), CASES.values(), ids=CASES)
def test_what_a_refusal_teaches(
    code: str, text: str, sent: dict[str, str], taught: tuple[str, int] | None
) -> None:
    assert limit_taught(code, text, sent) == taught
