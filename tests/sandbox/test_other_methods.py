"""The sandbox's other methods: listing, modifying, cancelling, attendees, teachers, the account."""

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from batch.sandbox.refusals import MESSAGES
from tests.support.sandboxes import Clock, running

LISTINGS: dict[str, tuple[dict[str, Any], dict[str, str], list[str] | str]] = {
    "all": ({}, {}, ["Algebra", "Biology", "Chemistry"]),
    "by id": ({}, {"class_id": "2492041"}, ["Biology"]),
    "by several ids": ({}, {"multiple_class_id": "2492042, 2492040,9,x"}, ["Algebra", "Chemistry"]),
    "by master id": ({}, {"class_master_id": "771205"}, ["Chemistry"]),
    "by an id that is not there": ({}, {"class_id": "1"}, "1013"),
    "by part of a title": ({}, {"title": "bio"}, ["Biology"]),
    "by day": ({}, {"start_time": "09/02/2030 00:00"}, ["Biology"]),
    "by zone": ({}, {"time_zone": "Europe/Paris"}, ["Algebra", "Biology", "Chemistry"]),
    "by another zone": ({}, {"time_zone": "GMT"}, "1013"),
    "by duration": ({}, {"duration": "45"}, ["Chemistry"]),
    "by course_id": ({}, {"course_id": "row-2"}, ["Biology"]),
    "by course_id, which is passed over": (
        {"finds_course_id": False},
        {"course_id": "row-2"},
        ["Algebra", "Biology", "Chemistry"],
    ),
    "by status": ({}, {"status": "Cancelled"}, ["Chemistry"]),
    "by status and title": ({}, {"status": "upcoming", "title": "a"}, ["Algebra"]),
    "by nobody's presenter_id": ({}, {"presenter_id": "7"}, "1013"),
    "first page": ({}, {"page_size": "2"}, ["Algebra", "Biology"]),
    "last page": ({}, {"page_size": "2", "page_number": "2"}, ["Chemistry"]),
    "last page of a filter": ({}, {"page_size": "1", "page_number": "2", "title": "o"}, "1013"),
    "a page past the end": ({}, {"page_number": "2"}, "1013"),
    "by start, latest first": (
        {},
        {"sort_by": "start_time", "sort_direction": "desc"},
        ["Chemistry", "Biology", "Algebra"],
    ),
    "by title, from the second on": (
        {},
        {"sort_by": "Title", "sort_direction": "ascending", "page_size": "1", "page_number": "2"},
        ["Biology"],
    ),
    "by duration, sorted and filtered": (
        {},
        {"sort_by": "duration", "title": "o", "page_size": "2"},
        ["Biology"],
    ),
    "by a column that nobody can sort by": ({}, {"sort_by": "mood"}, ["Algebra", "Biology", "Chemistry"]),
    "a page too large": ({}, {"page_size": "101"}, "1025"),
    "a date that is none": ({}, {"start_time": "soon"}, "1022"),
    "only by id": ({"list_without_id": False}, {}, "1020"),
    "by id where only that is allowed": ({"list_without_id": False}, {"class_id": "2492040"}, ["Algebra"]),
    "not yet listed": ({"listing_lag_s": 3}, {}, "1013"),
    "not yet listed by id": ({"listing_lag_s": 3}, {"class_id": "2492040"}, "1013"),
    "a page goes missing": ({"missing_page": 1}, {}, "1013"),
}


@pytest.mark.parametrize(("settings", "filters", "expected"), LISTINGS.values(), ids=LISTINGS)
async def test_get_data_lists(
    settings: dict[str, Any], filters: dict[str, str], expected: list[str] | str
) -> None:
    async with running(**settings) as api:
        await api(title="Algebra", course_id="row-1")
        await api(title="Biology", course_id="row-2", start_time="09/02/2030 10:00")
        await api(title="Chemistry", start_time="09/03/2030 10:00", duration="45")
        await api("cancel", class_id="2492042")
        answer = await api("get_data", **filters)
        assert (answer.all("title") or answer.code) == expected


async def test_a_listing_catches_up_after_its_lag() -> None:
    clock = Clock()
    async with running(clock, listing_lag_s=3) as api:
        await api()
        clock.time += 3
        assert (await api("get_data")).all("title") == ["English"]


LATER_LISTED: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "a change": ("modify", {"title": "Latin"}, ["Latin", "upcoming"]),
    "a move": ("modify", {"start_time": "09/02/2030 10:00"}, ["English", "upcoming"]),
    "a cancellation": ("cancel", {}, ["English", "cancelled"]),
}


@pytest.mark.parametrize("by_id", [{}, {"class_id": "2492040"}], ids=["all", "by id"])
@pytest.mark.parametrize(("method", "changes", "later"), LATER_LISTED.values(), ids=LATER_LISTED)
async def test_a_list_that_lags_shows_each_class_as_it_was(
    method: str, changes: dict[str, str], later: list[str], by_id: dict[str, str]
) -> None:
    clock = Clock()
    asked = {**by_id, "columns": "class_id,title,start_time,status"}
    async with running(clock, listing_lag_s=60) as api:
        await api()
        clock.time += 90
        before = (await api("get_data", **asked)).body.partition(b"<method>")[2]
        await api(method, class_id="2492040", **changes)
        clock.time += 59
        assert (await api("get_data", **asked)).body.partition(b"<method>")[2] == before
        clock.time += 1
        listed = await api("get_data", **by_id)
        assert listed.all("title") + listed.all("status") == later


async def test_a_list_that_lags_shows_every_state_in_its_turn() -> None:
    clock = Clock()
    async with running(clock, listing_lag_s=60) as api:
        await api(title="0")
        await api(title="another", start_time="09/02/2030 10:00")
        shown = []
        for second in range(180):
            if second % 25 == 0 and second < 100:
                await api("modify", class_id="2492040", title=str(second))
            clock.time += 1
            shown.append((await api("get_data")).all("title")[:1])
        assert [each for place, each in enumerate(shown) if each != shown[place - 1]] == [
            [],
            ["0"],
            ["25"],
            ["50"],
            ["75"],
        ]


async def test_listings_can_fail_for_a_while() -> None:
    async with running(failing_listings=2) as api:
        await api()
        statuses = [(await api("get_data")).status for _ in range(3)]
        assert statuses == [503, 503, 200]


async def test_columns_are_those_asked_for() -> None:
    wanted = (
        "class_id, title,start_time,duration,presenter_email,status,time_to_start,status_ping_url,nonsense"
    )
    row = {
        "start_time": "12/13/2030 13:30",
        "time_zone": "Asia/Kolkata",
        "status_ping_url": "https://x.example/?a=1",
    }
    async with running() as api:
        await api(**row)
        answer = await api("get_data", columns=wanted)
        assert {each.tag: each.text for each in answer.rsp.iter("record").__next__()} == {
            "class_id": "2492040",
            "title": "English",
            "start_time": "12/13/2030 01:30:00 PM",
            "duration": "60",
            "status": "upcoming",
            "time_to_start": "498240",
            "status_ping_url": "https://x.example/?a=1",
        }
        switched = replace(api.sandbox.settings, lists_presenter_email=True, lists_status_ping_url=False)
        api.sandbox.settings = switched
        answer = await api("get_data", columns=wanted)
        assert answer.all("presenter_email") == ["ann@example.com"]
        assert not answer.all("status_ping_url")


#: settings, minutes after the start of an hour's class -> status, time_to_start; modify, cancel, add_attendees
LIFE: dict[str, tuple[dict[str, Any], int, tuple[str, list[str], str, str, str]]] = {
    "ahead": ({}, -30, ("upcoming", ["30"], "ok", "ok", "1008")),
    "under way": ({}, 10, ("upcoming", ["-1"], "1015", "1034", "1021")),
    "over": ({}, 60, ("completed", [], "1016", "1035", "1007")),
    "over and never held": ({"classes_are_held": False}, 60, ("expired", [], "1017", "1036", "1007")),
}


@pytest.mark.parametrize(("settings", "minutes", "expected"), LIFE.values(), ids=LIFE)
async def test_the_clock_decides_what_a_class_is(
    settings: dict[str, Any], minutes: int, expected: tuple[str, list[str], str, str, str]
) -> None:
    clock = Clock()
    async with running(clock, **settings) as api:
        await api()
        clock.time = api.sandbox.classes[0].booking.start + minutes * 60
        listed = await api("get_data")
        calls = [await api(method, class_id="2492040") for method in ("modify", "cancel", "add_attendees")]
        codes = [each.code for each in calls]
        assert (*listed.all("status"), listed.all("time_to_start"), *codes) == expected


async def test_a_cancelled_class_cannot_be_modified() -> None:
    async with running() as api:
        await api()
        await api("cancel", class_id="2492040")
        assert (await api("modify", class_id="2492040", title="Latin")).code == "1018"


async def test_modify_checks_like_create_and_is_not_in_its_own_way() -> None:
    async with running(max_concurrent_classes=1) as api:
        [first] = (await api()).all("class_id")
        await api(start_time="09/01/2030 12:00")
        for changes, code in (
            ({}, "1020"),
            ({"class_id": "1"}, "1009"),
            ({"class_id": "x"}, "1009"),
            ({"class_id": first, "start_time": "09/01/2030 12:30"}, "1032"),
            (
                {"class_id": first, "start_time": "09/01/2030 12:30", "presenter_email": "b@example.com"},
                "1012",
            ),
            ({"class_id": first, "duration": "301"}, "1010"),
            ({"class_id": first, "start_time": "09/01/2030 10:30", "title": "Latin"}, "ok"),
        ):
            assert (await api("modify", **changes)).code == code
        moved = api.sandbox.classes[0]
        assert (moved.title, moved.start.isoformat()) == ("Latin", "2030-09-01T08:30:00+00:00")
        assert (await api(start_time="09/01/2030 09:30")).code == "ok"
        assert api.sandbox.peak_concurrent == 1


IN_ITS_OWN_WAY = {
    "half an hour later": ({"start_time": "09/01/2030 10:30:00"}, "1032"),
    "longer": ({"duration": "90"}, "1032"),
    "in another zone": ({"time_zone": "Europe/London", "start_time": "09/01/2030 09:30:00"}, "1032"),
    "an hour later": ({"start_time": "09/01/2030 11:00:00"}, "ok"),
    "another presenter": ({"presenter_email": "bob@example.com"}, "ok"),
    "another title": ({"title": "Latin"}, "ok"),
    "more places": ({"attendee_limit": "30"}, "ok"),
}


@pytest.mark.parametrize(("changes", "code"), IN_ITS_OWN_WAY.values(), ids=IN_ITS_OWN_WAY)
async def test_a_class_may_be_in_its_own_way(changes: dict[str, str], code: str) -> None:
    for counts in (False, True):
        async with running(own_interval_counts=counts) as api:
            await api()
            assert (await api("modify", class_id="2492040", **changes)).code == (code if counts else "ok")
            # What was refused has left the class and its place as they were.
            if code == "1032" and counts:
                assert api.sandbox.classes[0].start.isoformat() == "2030-09-01T08:00:00+00:00"
                assert (await api(title="Latin")).code == "1032"
                assert (await api(title="Latin", start_time="09/01/2030 11:00")).code == "ok"


ATTENDEE = "<attendee><attendee_id><![CDATA[1]]></attendee_id><screen_name>Mike</screen_name></attendee>"
ATTENDEES = {
    "good": (f"<attendee_list>{ATTENDEE}</attendee_list>", "ok"),
    "none": ("<attendee_list/>", "1021"),
    "not XML": ("Mike", "1021"),
    "nameless": (f"<attendee_list>{ATTENDEE.replace('Mike', '')}</attendee_list>", "1023"),
    "without id": (f"<attendee_list>{ATTENDEE.replace('[1]', '[]')}</attendee_list>", "1024"),
}


@pytest.mark.parametrize(("attendee_list", "code"), ATTENDEES.values(), ids=ATTENDEES)
async def test_add_attendees(attendee_list: str, code: str) -> None:
    async with running() as api:
        await api()
        answer = await api("add_attendees", class_id="2492040", attendee_list=attendee_list)
        assert answer.code == code
        assert answer.all("attendee_id") == (["1"] if code == "ok" else [])


async def test_an_attendee_has_a_language_and_a_link_that_the_list_shows_too() -> None:
    anna = ATTENDEE.replace("[1]", "[a&b]").replace(
        "</screen_name>", "</screen_name><language_culture_name>de-de</language_culture_name>"
    )
    async with running() as api:
        await api()
        await api(start_time="09/02/2030 10:00")
        added = await api(
            "add_attendees",
            class_id="2492040",
            attendee_list=f"<attendee_list>{anna}{ATTENDEE}</attendee_list>",
        )
        assert added.all("language") == added.all("language_culture_name") == ["de-de", "en-us"]
        urls = added.all("attendee_url")
        assert len(set(urls)) == 2
        mine = await api("get_data", attendee_id="a&b", columns="class_id,attendee_url")
        assert (mine.all("class_id"), mine.all("attendee_url")) == (["2492040"], urls[:1])
        everybody = await api("get_data", columns="class_id,attendee_list,attendee_url")
        assert everybody.all("attendee_url") == urls
        assert everybody.all("attendee_id") == ["a&b", "1"]
        assert (await api("get_data", attendee_id="nobody")).code == "1013"


async def test_a_class_that_was_held_has_a_recording_and_a_report() -> None:
    clock = Clock()
    columns = "recording_status,attendance_report_status"
    async with running(clock) as api:
        await api()
        before = await api("get_data", columns=columns)
        assert before.all("recording_status") == before.all("attendance_report_status") == ["not available"]
        clock.time = api.sandbox.classes[0].booking.end
        after = await api("get_data", columns=columns)
        assert after.all("recording_status") == after.all("attendance_report_status") == ["available"]


async def test_the_zones_and_languages_that_create_takes_can_be_read_without_keys() -> None:
    async with running() as api:
        async with api.session.get(api.sandbox.url + "tz.xml") as response:
            zones = etree.fromstring(await response.read())
        async with api.session.get(api.sandbox.url + "vc-language.xml") as response:
            languages = etree.fromstring(await response.read())
        named = [each.text or "" for each in zones.iter("time_zone")]
        assert {"Asia/Kolkata", "America/New_York", "GMT"} <= {*named}
        assert (await api(time_zone=named[0])).code == "ok"
        assert languages.tag == "virtual_classroom"
        cultures = [each.text or "" for each in languages.findall("languages/language/language_culture_name")]
        assert len(cultures) == len(languages.findall("languages/language/display_name")) == 18
        for number, culture in enumerate(cultures):
            start = f"09/01/2030 {number + 4}:00"
            assert (
                await api(
                    start_time=start, language_culture_name=culture, presenter_email=f"t{number}@example.com"
                )
            ).code == "ok"


async def test_who_presents_may_be_listed_by_the_number_that_teachers_have() -> None:
    async with running(lists_teacher_id=True) as api:
        await api()
        await api(presenter_email="Bob@example.com")
        [of_ann, of_bob] = (await api("get_data")).all("presenter_id")
        assert (await api("get_teacher_details", teacher_id=of_ann)).all("email") == ["ann@example.com"]
        assert (await api("get_teacher_details", email="bob@example.com")).all("teacher_id") == [of_bob]


NEW_TEACHER = {"name": "Ann", "email": "Ann@example.com", "password": "longenough"}
TEACHERS = {
    "good": ({}, "ok"),
    "no address": ({"email": ""}, "1057"),
    "an address that is none": ({"email": "ann"}, "1067"),
    "no name": ({"name": ""}, "1058"),
    "a long name": ({"name": "A" * 51}, "1058"),
    "a short password": ({"password": "short"}, "1059"),
    "a long password": ({"password": "x" * 16}, "1059"),
    "a password with a space": ({"password": "two words"}, "1059"),
    "a mobile number": ({"mobile_number": "+44 9999999999"}, "ok"),
    "a mobile number without a country": ({"mobile_number": "9999999999"}, "1060"),
    "a work phone in words": ({"phone_number": "ask the office"}, "1061"),
    "a picture": ({"image": "ann.JPG"}, "ok"),
    "a picture that is none": ({"image": "ann.pdf"}, "1065"),
    "an address that is taken": ({"email": "BOB@example.com"}, "1064"),
    "may schedule": ({"can_schedule_class": "1", "is_active": "True"}, "ok"),
    "may perhaps schedule": ({"can_schedule_class": "perhaps"}, "1068"),
    "perhaps active": ({"is_active": "2"}, "1069"),
}


@pytest.mark.parametrize(("changes", "code"), TEACHERS.values(), ids=TEACHERS)
async def test_a_teacher_is_taken_on_or_refused_in_the_vendors_words(
    changes: dict[str, str], code: str
) -> None:
    async with running(teachers=frozenset({"bob@example.com"})) as api:
        answer = await api("add_teacher", **{**NEW_TEACHER, **changes})
        assert answer.code == code
        if code != "ok":
            [error] = answer.rsp.iter("error")
            assert error.get("msg") == MESSAGES[code]


async def test_no_more_teachers_than_the_licence_has() -> None:
    async with running(teachers=frozenset({"bob@example.com"}), max_teachers=1) as api:
        assert (await api("add_teacher", **NEW_TEACHER)).code == "1063"


async def test_a_teacher_is_changed_and_keeps_the_number() -> None:
    async with running(teachers=frozenset({"bob@example.com"})) as api:
        [ann] = (await api("add_teacher", **NEW_TEACHER)).all("teacher_id")
        for changes, code in (
            ({}, "1066"),
            ({"teacher_id": "9"}, "1066"),
            ({"teacher_id": ann, "name": "A" * 51}, "1058"),
            ({"teacher_id": ann, "email": "bob@example.com"}, "1064"),
            ({"teacher_id": ann, "email": "anna@example.com"}, "ok"),
        ):
            assert (await api("edit_teacher", **changes)).code == code
        changed = await api("get_teacher_details", teacher_id=ann)
        assert (changed.all("email"), changed.all("name")) == (["anna@example.com"], ["Ann"])
        assert (await api(presenter_email="anna@example.com")).code == "ok"
        assert (await api(presenter_email="ann@example.com")).code == "1031"


async def test_teachers_can_be_taken_on_and_looked_up() -> None:
    async with running(teachers=frozenset({"bob@example.com"})) as api:
        assert (await api()).code == "1031"
        new = {"name": "Ann", "email": "Ann@example.com", "password": "longenough"}
        for name, value, code in (
            ("email", "", "1057"),
            ("email", "ann", "1067"),
            ("name", "", "1058"),
            ("password", "short", "1059"),
            ("email", "bob@example.com", "1064"),
            ("name", "Ann", "ok"),
        ):
            assert (await api("add_teacher", **{**new, name: value})).code == code
        assert (await api()).code == "ok"
        assert (await api("get_teacher_details")).all("email") == ["bob@example.com", "ann@example.com"]
        assert (await api("get_teacher_details", email="ann@example.com")).all("password") == ["longenough"]
        assert (await api("get_teacher_details", teacher_id="9")).code == "1013"


async def test_get_account_info_proves_the_credentials() -> None:
    async with running() as api:
        assert (await api("get_account_info")).code == "ok"
