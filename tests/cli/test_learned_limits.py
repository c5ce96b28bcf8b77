"""A limit that nobody told warns; once the service has refused a class for it, rows are refused before they are sent."""

import pytest

from tests.support.command import KEYS, Command, lesson, serving, timetable

#: The sandbox's switch, the column, what is within, what is over, the service's code, ours, what doctor shows.
LIMITS = {
    "attendees": ("--max-attendees", "attendee_limit", "40", "60", "1011", "R009", "50 attendees"),
    "minutes": ("--max-minutes", "duration", "45", "60", "1010", "R007", "50 minutes"),
}


@pytest.mark.parametrize(
    ("switch", "column", "fine", "over", "code", "problem", "shown"), LIMITS.values(), ids=LIMITS
)
def test_a_limit_is_learned_from_a_refusal(
    classbatch: Command,
    switch: str,
    column: str,
    fine: str,
    over: str,
    code: str,
    problem: str,
    shown: str,
) -> None:
    first = [lesson(number, **{"attendee_limit": "10", column: fine}) for number in (1, 2)]
    first.append(lesson(3, **{"attendee_limit": "10", column: over}))
    timetable(classbatch.folder / "first.csv", first)
    second = [lesson(number, **{"attendee_limit": "10", column: over}) for number in (4, 5)]
    timetable(
        classbatch.folder / "second.csv", [*second, lesson(6, **{"attendee_limit": "10", column: fine})]
    )
    with serving(classbatch, switch, "50") as service:
        here = classbatch.at(
            **KEYS, CLASSBATCH_STATE="state", CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0"
        )
        asked = here("submit", "first.csv", "--json", "-").json["rows"]
        assert [row["outcome"] for row in asked] == ["scheduled", "scheduled", "refused"]
        assert asked[2]["error_code"] == code
        assert shown in here("doctor").out
        checked = here("check", "second.csv", "--json", "-").json["rows"]
        sent = here("submit", "second.csv", "--json", "-").json["rows"]
        again = here("submit", "first.csv", "--json", "-", "--retry-refused").json["rows"]
        calls = service.calls("create")
        told = here.at(**{f"CLASSBATCH_MAX_{'ATTENDEES' if column != 'duration' else 'MINUTES'}": "90"})
        allowed = told("check", "second.csv", "--json", "-").json["rows"]
    assert [row["outcome"] for row in checked] == ["invalid", "invalid", "ready"]
    assert [row["outcome"] for row in sent] == ["invalid", "invalid", "scheduled"]
    assert [each["code"] for each in sent[0]["problems"]] == [problem]
    assert "50" in sent[0]["problems"][0]["says"]
    assert sent[0]["problems"][0]["foretells"] == code
    assert again[2]["outcome"] == "invalid"
    assert calls == 4
    assert [row["outcome"] for row in allowed[:2]] == ["ready", "ready"]
