"""create_recurring makes the classes of a series, all or none; view_schedule lists them."""

from typing import Any

import pytest

from tests.support.sandboxes import GOOD, Clock, running

#: The 2nd of September 2030 is a Monday.
MONDAY = {"start_time": "09/02/2030 10:00", "class_repeat_type": "1", "class_occurrence": "3"}

#: What is asked for, and the days in September (from 31 on in October) that come of it; or the code.
SERIES: dict[str, tuple[dict[str, str], list[int] | str]] = {
    "every day": ({}, [2, 3, 4]),
    "once": ({"class_occurrence": "1"}, [2]),
    "Monday to Saturday": ({"class_repeat_type": "2", "class_occurrence": "7"}, [2, 3, 4, 5, 6, 7, 9]),
    "Monday to Friday": ({"class_repeat_type": "3", "class_occurrence": "6"}, [2, 3, 4, 5, 6, 9]),
    "Mondays and Wednesdays": ({"class_repeat_type": "4", "days_of_week": "monday, Wednesday"}, [2, 4, 9]),
    "every second week": (
        {"class_repeat_type": "4", "days_of_week": "monday,tuesday", "specific_week": "2"},
        [2, 3, 16],
    ),
    "a day that comes later in the week": ({"class_repeat_type": "4", "days_of_week": "friday"}, [6, 13, 20]),
    "the 2nd of each month": (
        {"class_repeat_type": "5", "rdo_by_date": "true", "monthly_date": "2nd", "class_occurrence": "2"},
        [2, 32],
    ),
    "the 31st leaves months out": (
        {"class_repeat_type": "5", "rdo_by_date": "true", "monthly_date": "31st", "class_occurrence": "1"},
        [61],
    ),
    "the second Monday": (
        {
            "class_repeat_type": "5",
            "rdo_by_day": "true",
            "monthly_day": "second",
            "monthly_week_day": "monday",
            "class_occurrence": "2",
        },
        [9, 44],
    ),
    "until a day, which counts": ({"class_occurrence": "", "class_end_date": "09/04/2030"}, [2, 3, 4]),
    "across the end of summer time": (
        {"start_time": "10/26/2030 10:00", "class_occurrence": "2"},
        [56, 57],
    ),
    "no such way to repeat": ({"class_repeat_type": "6"}, "1081"),
    "no way to repeat": ({"class_repeat_type": ""}, "1081"),
    "no end": ({"class_occurrence": ""}, "1082"),
    "none at all": ({"class_occurrence": "0"}, "1082"),
    "more than a term": ({"class_occurrence": "101"}, "1082"),
    "an end in words": ({"class_occurrence": "", "class_end_date": "Christmas"}, "1082"),
    "an end before the start": ({"class_occurrence": "", "class_end_date": "09/01/2030"}, "1082"),
    "no days of the week": ({"class_repeat_type": "4"}, "1083"),
    "a day that is none": ({"class_repeat_type": "4", "days_of_week": "someday"}, "1083"),
    "a week that is none": (
        {"class_repeat_type": "4", "days_of_week": "monday", "specific_week": "x"},
        "1083",
    ),
    "a date that is none": (
        {"class_repeat_type": "5", "rdo_by_date": "true", "monthly_date": "32nd"},
        "1084",
    ),
    "a day of the month that is none": (
        {"class_repeat_type": "5", "rdo_by_day": "true", "monthly_day": "next", "monthly_week_day": "monday"},
        "1085",
    ),
    "no day of the month": ({"class_repeat_type": "5"}, "1085"),
    "no start": ({"start_time": ""}, "1019"),
    "create's own rules": ({"duration": "301"}, "1010"),
}


@pytest.mark.parametrize(("changes", "expected"), SERIES.values(), ids=SERIES)
async def test_a_series_is_made_as_asked_for(changes: dict[str, str], expected: list[int] | str) -> None:
    async with running() as api:
        answer = await api("create_recurring", **{**GOOD, **MONDAY, **changes})
        made = api.sandbox.classes
        if isinstance(expected, str):
            assert (answer.code, made) == (expected, [])
            return
        assert answer.code == "ok"
        begins = [each.start_time for each in made]
        assert [_day(text) for text in begins] == expected
        assert {text[11:] for text in begins} == {"10:00:00 AM"}  # local time, all year
        assert answer.all("class_master_id") == [str(made[0].class_master_id)]
        assert {each.class_master_id for each in made} == {made[0].class_master_id}


def _day(start_time: str) -> int:
    """The day, counted from the last of August on."""
    month, day = int(start_time[:2]), int(start_time[3:5])
    return day + {9: 0, 10: 30}[month]


@pytest.mark.parametrize(
    ("account", "code"), [({}, "1032"), ({"conflict": "off", "max_concurrent_classes": 1}, "1012")]
)
async def test_a_series_with_one_class_that_cannot_be_is_not_made_at_all(
    account: dict[str, Any], code: str
) -> None:
    async with running(**account) as api:
        await api(start_time="09/03/2030 10:30")
        assert (await api("create_recurring", **{**GOOD, **MONDAY})).code == code
        assert len(api.sandbox.classes) == 1


async def test_the_classes_of_a_series_are_listed_page_by_page() -> None:
    clock = Clock()
    async with running(clock, give_class_master_id=True) as api:
        [before] = (await api()).all("class_master_id")
        made = await api("create_recurring", **{**GOOD, **MONDAY})
        [master] = made.all("class_master_id")
        clock.time = api.sandbox.classes[1].booking.end
        await api("cancel", class_id="2492043")
        pages = [
            await api("view_schedule", class_master_id=master, page_size="2", page_number=str(page))
            for page in (1, 2, 3)
        ]
        assert [page.all("class_id") for page in pages] == [["2492041", "2492042"], ["2492043"], []]
        assert [page.all("class_status") for page in pages] == [["completed", "upcoming"], ["cancelled"], []]
        assert pages[0].all("attendance_report_status") == ["available", "not available"]
        assert pages[0].all("class_title") == ["English", "English"]
        assert pages[0].all("start_time") == ["09/02/2030 10:00:00 AM", "09/03/2030 10:00:00 AM"]
        assert len(pages[0].all("presenter_url")) == 2
        assert pages[2].code == "1013"
        assert (await api("view_schedule", class_master_id="1")).code == "1088"
        assert (await api("view_schedule")).code == "1088"
        assert (await api("get_data", class_master_id=master)).all("is_recurring") == ["True"] * 3
        assert (await api("get_data", class_master_id=before)).all("is_recurring") == ["False"]
