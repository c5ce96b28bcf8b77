"""A calendar: each event on the days that its rule says, by the clock of its zone."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events  # type: ignore[import-untyped]  # ships no py.typed
from icalendar import Calendar

from batch.core.errors import CannotRun
from batch.core.rows.calendar_presenter import CalendarPresenter
from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.core.rows.row import RawRow, Unreadable
from batch.readers import LoadOptions, open_timetable
from tests.support.command import KEYS, Command, serving

NOW = datetime(2031, 9, 1, tzinfo=UTC)
LONDON = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19700329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "1@school", title: str = "Maths") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT", ""))


ANA = "ATTENDEE;CN=Ana Diaz:mailto:ana@school.example"
WEEKLY = ("DTSTART;TZID=Europe/London:20311013T090000", "DTEND;TZID=Europe/London:20311013T095000", ANA)


def calendar(*events: str) -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//School//EN\n{LONDON}{''.join(events)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def rows_of(content: bytes, **options: object) -> list[RawRow]:
    given = LoadOptions(now=NOW, **options)  # type: ignore[arg-type]  # as its fields are
    with open_timetable(
        io.BytesIO(content), options=given, account=AccountKind.TEACHER, name="t.ics"
    ) as timetable:
        return list(timetable)


def starts(rows: Iterable[RawRow]) -> list[str]:
    return [f"{row.number} {row.cells[1]:%m-%d %H:%M} {row.cells[2]}" for row in rows]


def test_an_event_is_a_row_with_its_zone_its_length_and_who_gives_it() -> None:
    (row,) = rows_of(calendar(event(*WEEKLY)))
    assert row.number == 1
    assert row.cells == (
        "Maths",
        datetime(2031, 10, 13, 9),  # noqa: DTZ001 - a wall clock
        "Europe/London",
        50,
        "1@school",
        "ana@school.example",
    )


RULES: dict[str, tuple[Sequence[str], list[str]]] = {
    "weekly, over a change of clocks, at the same hour": (
        ["RRULE:FREQ=WEEKLY;COUNT=3"],
        ["10-13 09:00", "10-20 09:00", "10-27 09:00"],
    ),
    "without a day": (
        ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/London:20311020T090000"],
        ["10-13 09:00", "10-27 09:00"],
    ),
    "with a further day": (
        ["RRULE:FREQ=WEEKLY;COUNT=2", "RDATE;TZID=Europe/London:20311023T140000"],
        ["10-13 09:00", "10-20 09:00", "10-23 14:00"],
    ),
    "on two days, until a day": (
        ["RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20311022T235959Z"],
        ["10-13 09:00", "10-15 09:00", "10-20 09:00", "10-22 09:00"],
    ),
    "until a day that is a date alone, that day included": (
        ["RRULE:FREQ=WEEKLY;UNTIL=20311027"],
        ["10-13 09:00", "10-20 09:00", "10-27 09:00"],
    ),
    "the same the day before": (["RRULE:FREQ=WEEKLY;UNTIL=20311026"], ["10-13 09:00", "10-20 09:00"]),
}


@pytest.mark.parametrize(("lines", "expected"), RULES.values(), ids=RULES)
def test_an_event_that_repeats_is_a_row_for_each_of_its_days(
    lines: Sequence[str], expected: list[str]
) -> None:
    found = rows_of(calendar(event(*WEEKLY, *lines)))
    assert starts(found) == [f"1 {each} Europe/London" for each in expected]


def test_a_day_that_was_moved_belongs_to_its_event_and_one_that_was_cancelled_is_left_out() -> None:
    moved = event(
        "RECURRENCE-ID;TZID=Europe/London:20311020T090000",
        "DTSTART;TZID=Europe/London:20311021T110000",
        "DTEND;TZID=Europe/London:20311021T115000",
        ANA,
    )
    cancelled = event(
        "RECURRENCE-ID;TZID=Europe/London:20311027T090000",
        "DTSTART;TZID=Europe/London:20311027T090000",
        "STATUS:CANCELLED",
        ANA,
    )
    found = rows_of(calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=4"), moved, cancelled))
    assert starts(found) == [
        f"1 {each} Europe/London" for each in ("10-13 09:00", "10-21 11:00", "11-03 09:00")
    ]


def test_two_zones_a_cancelled_event_and_one_all_day_keep_their_places() -> None:
    found = rows_of(
        calendar(
            event(*WEEKLY),
            event("DTSTART:20311014T140000Z", "DURATION:PT90M", ANA, uid="2", title="Art"),
            event(*WEEKLY, "STATUS:CANCELLED", uid="3"),
            event("DTSTART;VALUE=DATE:20311027", uid="4", title="Half-term"),
            event("DTSTART;TZID=America/New_York:20311015T090000", "DURATION:PT1H", ANA, uid="5"),
            event("DTSTART:20311016T090000", "DURATION:PT1H", ANA, uid="6"),
        )
    )
    assert starts(found) == [
        "1 10-13 09:00 Europe/London",
        "2 10-14 14:00 UTC",
        "5 10-15 09:00 America/New_York",
        "6 10-16 09:00 None",
    ]
    assert [row.cells[3] for row in found] == [50, 90, 60, 60]


UNREAD = {
    "a slip in it": ("DTSTART;TZID=Europe/London:2031120xT090000",),
    "none": (),
    "two": ("DTSTART:20311201T090000Z", "DTSTART:20311202T090000Z"),
}


@pytest.mark.parametrize("lines", UNREAD.values(), ids=UNREAD)
def test_an_event_of_which_nobody_can_tell_the_start_is_a_row_that_is_asked_about(
    lines: Sequence[str],
) -> None:
    (row,) = rows_of(calendar(event(*lines, "DURATION:PT45M", ANA)))
    assert row.cells[0] == "Maths"
    assert not isinstance(row.cells[1], datetime)


def test_what_is_over_is_left_out_and_counted() -> None:
    old = event("DTSTART:20300101T090000Z", "DTEND:20300101T100000Z", ANA, uid="0")
    running = event(
        "DTSTART:20310825T090000Z", "DTEND:20310825T100000Z", ANA, "RRULE:FREQ=WEEKLY;COUNT=3", uid="2"
    )
    given = LoadOptions(now=NOW)
    content = io.BytesIO(calendar(old, running))
    with open_timetable(content, options=given, account=AccountKind.TEACHER, name="t.ics") as timetable:
        assert starts(timetable) == ["2 09-01 09:00 UTC", "2 09-08 09:00 UTC"]
        assert [note.facts for note in timetable.notes if "events" in note.facts] == [{"events": 1}]


def test_an_event_without_an_end_repeats_until_the_term_is_over_or_is_a_problem() -> None:
    content = calendar(event(*WEEKLY, "RRULE:FREQ=WEEKLY"))
    assert len(rows_of(content, term_ends=date(2031, 12, 19))) == 10
    (row,) = rows_of(content)
    assert [issue.problem for issue in row.issues] == [Problem.NO_BOUNDS]


BAD = {
    "by the second": ("RRULE:FREQ=SECONDLY;COUNT=999999999", Problem.NOT_A_REPEAT),
    "by hours of the day": ("RRULE:FREQ=DAILY;BYHOUR=1,2,3;COUNT=999999", Problem.NOT_A_REPEAT),
    "daily for ever": ("RRULE:FREQ=DAILY;COUNT=999999999", Problem.TOO_MANY_LESSONS),
    "to the end of time": ("RRULE:FREQ=DAILY;UNTIL=99991231T000000Z", Problem.TOO_MANY_LESSONS),
}


@pytest.mark.parametrize(("rule", "problem"), BAD.values(), ids=BAD)
def test_a_rule_that_nobody_means_is_a_problem_of_its_event(rule: str, problem: Problem) -> None:
    found = rows_of(calendar(event(*WEEKLY, rule), event(*WEEKLY, uid="2")))
    assert [[issue.problem for issue in row.issues] for row in found] == [[problem], []]


#: A line of an event, its property, and what is wrong.
UNREADABLE: dict[str, tuple[str, str, Problem]] = {
    "a rule with a slip in it": ("RRULE:FREQ=SOMETIMES", "RRULE", Problem.UNREAD_EVENT),
    "a rule without its sign": ("RRULE FREQ=WEEKLY", "RRULE", Problem.UNREAD_EVENT),
    "a length in words": ("DURATION:50 minutes", "DURATION", Problem.UNREAD_EVENT),
    "a day taken out that is none": ("EXDATE:20311301T090000", "EXDATE", Problem.UNREAD_EVENT),
    "a further day that is none": ("RDATE:soon", "RDATE", Problem.UNREAD_EVENT),
    "days taken out by a rule": ("EXRULE:FREQ=WEEKLY;COUNT=2", "EXRULE", Problem.DAYS_OUT_BY_RULE),
    "a list of days as long as a book": (
        f"RDATE:{','.join(['20311101T090000'] * 2000)}",
        "RDATE",
        Problem.UNREAD_EVENT,
    ),
}


@pytest.mark.parametrize(("line", "header", "problem"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_of_an_event_is_its_own_trouble_and_no_other_s(
    line: str, header: str, problem: Problem
) -> None:
    lines = WEEKLY if not line.startswith("DURATION") else (WEEKLY[0], ANA)
    own = event(*lines, line, "RRULE:FREQ=WEEKLY;COUNT=9" if "RRULE" not in line else "")
    content = calendar(event(*WEEKLY, uid="2"), own, event(*WEEKLY, uid="3"))
    found = rows_of(content)
    assert [row.number for row in found] == [1, 2, 3]
    (issue,) = found[1].issues
    assert (issue.problem, issue.header, issue.facts["event"]) == (problem, header, "Maths")
    assert issue.facts["line"] == content.decode().split("\r\n").index(line) + 1
    assert not found[0].issues
    assert not found[2].issues


ENDS: dict[str, tuple[Sequence[str], object]] = {
    "an end with a slip in it": (["DTEND:2031"], "2031"),
    "an end that is a date alone": (["DTEND;VALUE=DATE:20311014"], "20311014"),
    "no end at all": ([], "no end"),
}


@pytest.mark.parametrize(("lines", "shown"), ENDS.values(), ids=ENDS)
def test_how_long_an_event_lasts_is_never_made_up(lines: Sequence[str], shown: str) -> None:
    (row,) = rows_of(calendar(event("DTSTART:20311013T090000Z", ANA, *lines)))
    named = [issue.problem for issue in row.issues]
    assert row.cells[3] == Unreadable(shown, Problem.NO_END) or named == [Problem.UNREAD_EVENT]


def test_an_event_without_an_end_lasts_as_long_as_the_settings_say() -> None:
    content = calendar(event("DTSTART:20311013T090000Z", ANA))
    (row,) = rows_of(content, defaulted=frozenset({"duration"}))
    assert row.cells[3] is None


@pytest.mark.parametrize(
    "rule",
    [
        *(
            "FREQ=YEARLY;COUNT=5",
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=30",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH;COUNT=60",
        ),
        *(
            "FREQ=DAILY;INTERVAL=11;UNTIL=20360101T000000Z",
            "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20350101T090000Z",
        ),
    ],
)
def test_year_by_year_the_days_are_those_of_the_library_at_once(rule: str) -> None:
    content = calendar(event(*WEEKLY, f"RRULE:{rule}", "EXDATE;TZID=Europe/London:20321013T090000"))
    whole = recurring_ical_events.of(Calendar.from_ical(content.decode()))
    expected = [part["DTSTART"].dt for part in whole.between(datetime(2031, 9, 1), datetime(2041, 9, 1))]  # noqa: DTZ001
    found = [row.cells[1] for row in rows_of(content)]
    assert found == [moment.replace(tzinfo=None) for moment in sorted(expected)]


def test_a_calendar_of_all_sorts_has_the_days_that_the_library_finds() -> None:
    """RRULE, EXDATE, RDATE, two zones, a day that was moved, one that was cancelled and an event that was."""
    kinds = (
        event(
            *WEEKLY,
            "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=9",
            "EXDATE;TZID=Europe/London:20311022T090000",
            "RDATE;TZID=Europe/London:20311023T140000",
        ),
        event(
            "RECURRENCE-ID;TZID=Europe/London:20311027T090000",
            "DTSTART;TZID=Europe/London:20311028T100000",
            "DURATION:PT50M",
            ANA,
        ),
        event(
            "DTSTART;TZID=America/New_York:20311028T090000",
            "DURATION:PT1H",
            ANA,
            "RRULE:FREQ=DAILY;COUNT=7",
            uid="2",
        ),
        event("RECURRENCE-ID:20311030T130000Z", "DTSTART:20311030T130000Z", "STATUS:CANCELLED", uid="2"),
        event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=4", "STATUS:CANCELLED", uid="3"),
    )
    content = calendar(*kinds)
    whole = recurring_ical_events.of(Calendar.from_ical(content.decode()))
    between = whole.between(datetime(2031, 9, 1, tzinfo=UTC), datetime(2032, 9, 1, tzinfo=UTC))
    expected = sorted(
        part["DTSTART"].dt.astimezone(UTC) for part in between if str(part.get("STATUS", "")) != "CANCELLED"
    )
    found = [
        row.cells[1].replace(tzinfo=ZoneInfo(str(row.cells[2]))).astimezone(UTC)
        for row in rows_of(content)
        if isinstance(row.cells[1], datetime)
    ]
    assert sorted(found) == expected
    assert len(expected) == 15


def test_a_rule_of_days_that_there_are_not_comes_to_an_end() -> None:
    """It names none but the one that it begins with, as its standard has it."""
    found = rows_of(calendar(event(*WEEKLY, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9")))
    assert len(found) <= 1


PRESENTERS: dict[str, tuple[Sequence[str], CalendarPresenter, object]] = {
    "the one who was invited": (
        [ANA, "ORGANIZER:mailto:office@school.example"],
        CalendarPresenter.ATTENDEE,
        "ana@school.example",
    ),
    "nobody was: the organizer": (
        ["ORGANIZER:MAILTO:office@school.example"],
        CalendarPresenter.ATTENDEE,
        "office@school.example",
    ),
    "the organizer, as the settings say": (
        [ANA, "ORGANIZER:mailto:office@school.example"],
        CalendarPresenter.ORGANIZER,
        "office@school.example",
    ),
    "several are for the person to choose from": (
        [ANA, "ATTENDEE:mailto:ben@school.example"],
        CalendarPresenter.ATTENDEE,
        "ana@school.example, ben@school.example",
    ),
    "a room gives no class": (
        [ANA, "ATTENDEE;CUTYPE=ROOM:mailto:r4@school.example"],
        CalendarPresenter.ATTENDEE,
        "ana@school.example",
    ),
    "nobody at all, which is said": (
        [],
        CalendarPresenter.ATTENDEE,
        Unreadable("", Problem.NOBODY_NAMED),
    ),
    "no organizer, where that is who gives it": (
        [ANA],
        CalendarPresenter.ORGANIZER,
        Unreadable("", Problem.NOBODY_NAMED),
    ),
}


@pytest.mark.parametrize(("lines", "who", "expected"), PRESENTERS.values(), ids=PRESENTERS)
def test_who_gives_the_class(lines: Sequence[str], who: CalendarPresenter, expected: object) -> None:
    content = calendar(event("DTSTART:20311014T140000Z", "DURATION:PT1H", *lines))
    (row,) = rows_of(content, calendar_presenter=who)
    assert row.cells[5] == expected


def test_where_the_settings_say_who_gives_all_an_event_need_name_nobody() -> None:
    content = calendar(event("DTSTART:20311014T140000Z", "DURATION:PT1H"))
    (row,) = rows_of(content, defaulted=frozenset({"presenter_email"}))
    assert row.cells[5] is None


@pytest.mark.parametrize(
    "content", [b"BEGIN:VCALENDAR\r\n", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"]
)
def test_half_a_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(CannotRun):
        rows_of(content)


def test_a_calendar_is_checked_sent_and_not_sent_twice(tmp_path: Path) -> None:
    (tmp_path / "term.ics").write_bytes(
        calendar(
            event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"),
            event("DTSTART:20311014T140000Z", "DURATION:PT1H", ANA, uid="2"),
        )
    )
    with serving(Command(tmp_path)) as service:
        command = Command(tmp_path, {**KEYS, "CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_STATE": "state"})
        assert command("check", "term.ics").code == 0
        assert command("check", "term.ics", "--marked", "marked.xlsx").code == 2
        report = command("submit", "term.ics", "--json", "-").json
        assert [(row["row"], row["start_utc"]) for row in report["rows"]] == [
            (1, "2031-10-13T08:00:00Z"),
            (1, "2031-10-20T08:00:00Z"),
            (1, "2031-10-27T09:00:00Z"),
            (2, "2031-10-14T14:00:00Z"),
        ]
        assert report["counts"]["scheduled"] == 4
        assert command("submit", "term.ics", "--json", "-").json["counts"]["already"] == 4
        assert command("submit", "term-results.xlsx", "--json", "-").json["counts"]["already"] == 4
        assert service.calls() == 4


def test_an_event_that_cannot_be_followed_is_no_single_class_when_its_results_are_handed_in(
    tmp_path: Path,
) -> None:
    (tmp_path / "term.ics").write_bytes(
        calendar(
            event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3", "EXRULE:FREQ=WEEKLY;COUNT=1"),
            event(*WEEKLY, "RRULE:FREQ=DAILY;UNTIL=99991231T000000Z", uid="2"),
            event(WEEKLY[0], ANA, uid="3"),
        )
    )
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    first = command("submit", "term.ics", "--sandbox", "--json", "-").json
    again = command("submit", "term-results.xlsx", "--sandbox", "--json", "-").json
    for report in (first, again):
        assert {row["outcome"] for row in report["rows"]} == {"invalid"}
