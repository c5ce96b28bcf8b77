"""What a held row is told: who is in the way, and when else it would fit."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

import pytest

from batch.core.message import Message, RowNote
from batch.core.plan.admission import Counting, LimitPolicy
from batch.core.plan.agenda import OtherClass
from batch.core.plan.explain_held import Explainer, HeldRow, Hours
from batch.core.plan.free_slots import days_of, hours_of
from batch.report.wording.messages import both_of

MONDAY = int(datetime(2031, 9, 1, tzinfo=UTC).timestamp())
SCHOOL = Hours(days=frozenset(range(5)), opens=time(8), closes=time(18))
OVERLAP, OUTSTANDING, INFLIGHT = LimitPolicy.OVERLAP, LimitPolicy.OUTSTANDING, LimitPolicy.INFLIGHT


def at(clock: str, day: int = 0) -> int:
    hour, minute = map(int, clock.split(":"))
    return MONDAY + 86_400 * day + 3600 * hour + 60 * minute


def held(
    code: str, *, presenter: str = "ana", starts: str = "09:00", ends: str = "10:00", zone: str = "GMT"
) -> HeldRow:
    return HeldRow(
        position=99,
        code=code,
        presenter=presenter,
        starts=at(starts),
        ends=at(ends),
        room_until=at(ends),
        zone=zone,
    )


def row_called(number: int, title: str) -> Message:
    return Message(RowNote.ROW_CALLED, {"number": number, "title": title})


def explainer(
    standing: Sequence[tuple[str, str, str]],
    *,
    limit: int | None = 1,
    policy: LimitPolicy = OVERLAP,
    others: Sequence[OtherClass] = (),
    hours: Hours = SCHOOL,
) -> Explainer:
    made = Explainer(
        Counting(policy=policy, now=MONDAY),
        limit=limit,
        hours=hours,
        earliest=MONDAY,
        name_of=lambda position: row_called(position + 2, f"Lesson {position + 2}"),
    )
    for position, (presenter, starts, ends) in enumerate(standing):
        made.book(position, presenter, at(starts), at(ends), at(ends))
    for other in others:
        made.book_other(other)
    return made


BEN = ("ben", "09:00", "10:00")
CASES = {
    "a clash": (
        explainer([("ana", "09:30", "10:30")], limit=None),
        held("1032"),
        "ana has row 2 (Lesson 2) on Mon 1 Sep 2031 09:30-10:30 (GMT). Nearest free time: 08:30-09:30 that day.",
    ),
    "a full hour, the part of it that is full": (
        explainer([BEN, ("cleo", "09:30", "09:45")], limit=2),
        held("1012"),
        (
            "Mon 1 Sep 2031 09:30-09:45 (GMT): 2 of 2 taken, by row 2 (Lesson 2) and row 3 (Lesson 3). "
            "Nearest free time: 08:30-09:30 that day."
        ),
    ),
    "free for the account, yet not for the presenter": (
        explainer([BEN, ("ana", "10:00", "11:00")]),
        held("1012"),
        "Mon 1 Sep 2031 09:00-10:00 (GMT): 1 of 1 taken, by row 2 (Lesson 2). Nearest free time: 08:00-09:00 that day.",
    ),
    "a class made elsewhere": (
        explainer(
            [],
            others=[
                OtherClass(
                    name=Message(RowNote.CLASS_CALLED, {"class_id": "7", "title": "Chess", "foreign": True}),
                    presenter=None,
                    starts=at("09:00"),
                    ends=at("10:00"),
                    room_until=at("10:00"),
                )
            ],
        ),
        held("1012"),
        (
            "Mon 1 Sep 2031 09:00-10:00 (GMT): 1 of 1 taken, by class 7 (Chess), made elsewhere. "
            "Nearest free time: 10:00-11:00 that day."
        ),
    ),
    "many in the way are not all named": (
        explainer([(f"t{n}", "09:00", "10:00") for n in range(9)], limit=9),
        held("1012"),
        (
            "Mon 1 Sep 2031 09:00-10:00 (GMT): 9 of 9 taken, by row 2 (Lesson 2), row 3 (Lesson 3), row 4 (Lesson 4), "
            "row 5 (Lesson 5), row 6 (Lesson 6), row 7 (Lesson 7) and 3 more. Nearest free time: 10:00-11:00 that day."
        ),
    ),
    "by the row's own clock": (
        explainer([("ana", "09:00", "10:00")], limit=None),
        held("1032", zone="Asia/Kolkata"),
        "ana has row 2 (Lesson 2) on Mon 1 Sep 2031 14:30-15:30 (Asia/Kolkata). Nearest free time: 15:30-16:30 that day.",
    ),
    "the next day, when this one is over": (
        explainer([("ana", "08:00", "18:00")], limit=None),
        held("1032", starts="17:00", ends="18:00"),
        (
            "ana has row 2 (Lesson 2) on Mon 1 Sep 2031 08:00-18:00 (GMT). "
            "Nearest free time: Tue 2 Sep 2031 08:00-09:00 (GMT)."
        ),
    ),
    "no day is open": (
        explainer([BEN], hours=Hours(days=frozenset(), opens=time(8), closes=time(18))),
        held("1012"),
        (
            "Mon 1 Sep 2031 09:00-10:00 (GMT): 1 of 1 taken, by row 2 (Lesson 2). "
            "No time within two weeks is free for presenter and account."
        ),
    ),
    "full by classes that are not known": (
        explainer([BEN], limit=2),
        held("1012"),
        (
            "Mon 1 Sep 2031 09:00-10:00 (GMT): the service says that all 2 are taken (1012), and 1 is known here. "
            "The others were made elsewhere: look in WizIQ. Nearest free time: 10:00-11:00 that day."
        ),
    ),
    "full, and nobody knows how many are allowed": (
        explainer([BEN], limit=None),
        held("1012"),
        (
            "The service says that it lets no more classes be scheduled at once (1012). "
            "Look in WizIQ at what runs at that time."
        ),
    ),
    "what was in the way is gone": (
        explainer([]),
        held("1032"),
        "What was in its way is not there any more. Submit the file again: the row is tried again.",
    ),
    "classes that are not over yet": (
        explainer([BEN], policy=OUTSTANDING),
        held("1012", starts="15:00", ends="16:00"),
        (
            "Classes that are not over yet: 1 of 1 taken, by row 2 (Lesson 2). There is room again at "
            "Mon 1 Sep 2031 10:00 (GMT). The row is tried again when the file is submitted then."
        ),
    ),
}


@pytest.mark.parametrize(("knows", "row", "says"), CASES.values(), ids=CASES)
def test_a_held_row_is_told(knows: Explainer, row: HeldRow, says: str) -> None:
    assert both_of(knows.explain(row)) == says


def test_who_follows_every_proposal_has_no_clash() -> None:
    knows = explainer([BEN])
    told = [both_of(knows.explain(held("1012", presenter=presenter))) for presenter in ("ana", "dora", "ana")]
    assert [each.rpartition(": ")[2] for each in told] == [
        "10:00-11:00 that day.",
        "08:00-09:00 that day.",
        "11:00-12:00 that day.",
    ]


DAYS = {
    "mon-fri": {0, 1, 2, 3, 4},
    "sun-thu": {6, 0, 1, 2, 3},
    "Mon, wed": {0, 2},
    "sat": {5},
}


@pytest.mark.parametrize(("text", "days"), DAYS.items(), ids=DAYS)
def test_days_as_the_settings_have_them(text: str, days: set[int]) -> None:
    assert days_of(text) == days


@pytest.mark.parametrize("text", ["", "mo", "mon-", "monday", "mon tue"])
def test_no_days(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        days_of(text)


def test_hours_as_the_settings_have_them() -> None:
    assert hours_of("08:00 - 20:30") == (time(8), time(20, 30))


@pytest.mark.parametrize("text", ["", "8-20", "08:00", "24:00-08:00", "08:00-20:60"])
def test_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match="no range of hours"):
        hours_of(text)


COPIES = {
    "an equal row": (held("1032"), {0: "Maths", 99: " maths"}, True),
    "another title": (held("1032"), {0: "Maths", 99: "Art"}, False),
    "another length": (held("1032", ends="10:30"), {0: "Maths", 99: "Maths"}, False),
    "another start": (held("1032", starts="08:30"), {0: "Maths", 99: "Maths"}, False),
}


@pytest.mark.parametrize(("row", "titles", "is_copy"), COPIES.values(), ids=COPIES)
def test_a_row_that_was_pasted_twice_is_to_be_deleted_not_moved(
    row: HeldRow, titles: dict[int, str], is_copy: bool
) -> None:
    made = Explainer(
        Counting(policy=OVERLAP, now=MONDAY),
        limit=None,
        hours=SCHOOL,
        earliest=MONDAY,
        name_of=lambda position: row_called(position + 2, titles[position]),
        title_of=titles.__getitem__,
    )
    made.book(0, "ana", at("09:00"), at("10:00"), at("10:00"))
    message = both_of(made.explain(row))
    assert ("row 2 (Maths) once more" in message and "Delete one of the two" in message) is is_copy
    assert ("Nearest free time" in message) is not is_copy
