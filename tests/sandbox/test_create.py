"""The sandbox answers `create` as the service does: its checks in their order, clashes, the licence's limit."""

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from batch.sandbox import SandboxSettings
from batch.sandbox.server import running_sandbox
from tests.support.sandboxes import GOOD, NOW, ROOM, Api, Clock, running, until

CREATE: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "a good row": ({}, {}, "ok"),
    "without seconds": ({}, {"start_time": "09/01/2030 10:00"}, "ok"),
    "ISO": ({}, {"start_time": "2030-09-01 10:00:00"}, "ok"),
    "no zero padding": ({}, {"start_time": "9/1/2030 8:05:00"}, "ok"),
    "12-hour": ({}, {"start_time": "09/01/2030 01:30:00 PM"}, "ok"),
    "24-hour and PM": ({}, {"start_time": "09/01/2030 14:30 PM"}, "ok"),
    "words are no date": ({}, {"start_time": "next Monday"}, "1022"),
    "a day without a time": ({}, {"start_time": "09/01/2030"}, "1022"),
    "digits of another script": ({}, {"start_time": "\N{ARABIC-INDIC DIGIT ZERO}9/01/2030 10:00"}, "1022"),
    "month 13": ({}, {"start_time": "13/06/2030 10:00"}, "1005"),
    "30 February": ({}, {"start_time": "2030-02-30 10:00"}, "1005"),
    "13 AM": ({}, {"start_time": "09/01/2030 13:00 AM"}, "1005"),
    "the first day of all dates": ({}, {"start_time": "0001-01-01 00:00"}, "1005"),
    "no zone is GMT": ({}, {"time_zone": ""}, "ok"),
    "no zone on a room-based account": ({"account": "room"}, {**ROOM, "time_zone": ""}, "1006"),
    "an unknown zone": ({}, {"time_zone": "Europe/Pariss"}, "1003"),
    "a numeric zone": ({}, {"time_zone": "23"}, "1003"),
    "no title": ({}, {"title": ""}, "1014"),
    "no start": ({}, {"start_time": ""}, "1019"),
    "no presenter": ({}, {"presenter_email": ""}, "1030"),
    "a malformed presenter": ({}, {"presenter_email": "ann@example"}, "1031"),
    "not a teacher": ({"teachers": frozenset({"Bob@example.com"})}, {}, "1031"),
    "a teacher in other letters": ({"teachers": frozenset({"Ann@Example.com"})}, {}, "ok"),
    "both kinds of presenter": ({}, {"presenter_id": "7", "presenter_name": "Ann"}, "ok"),
    "the wrong kind is missing": ({}, ROOM, "1030"),
    "the wrong kind for the package": ({"wrong_presenter": "package"}, ROOM, "1047"),
    "the wrong kind for a room": ({"wrong_presenter": "package", "account": "room"}, {}, "1046"),
    "a room without presenter_id": ({"account": "room"}, {}, "1001"),
    "presenter_id 0": ({"account": "room"}, {**ROOM, "presenter_id": "0"}, "1001"),
    "a room without presenter_name": ({"account": "room"}, {**ROOM, "presenter_name": ""}, "1002"),
    "a room-based row": ({"account": "room"}, ROOM, "ok"),
    "300 minutes": ({}, {"duration": "300"}, "ok"),
    "301 minutes": ({}, {"duration": "301"}, "1010"),
    "no minutes": ({}, {"duration": "0"}, "1010"),
    "no duration is 60": ({}, {"duration": ""}, "ok"),
    "50 attendees": ({}, {"attendee_limit": "50"}, "ok"),
    "51 attendees": ({}, {"attendee_limit": "51"}, "1011"),
    "a language": ({}, {"language_culture_name": "en-US"}, "ok"),
    "an unknown language": ({}, {"language_culture_name": "xx-XX"}, "1043"),
    "extend_duration 0": ({}, {"extend_duration": "0"}, "ok"),
    "extend_duration in words": ({}, {"extend_duration": "ten"}, "1090"),
    "extend_duration empty is absent": ({}, {"extend_duration": ""}, "ok"),
    "begins now": ({}, {"start_time": "01/01/2030 09:00"}, "ok"),
    "began eight minutes ago": ({}, {"start_time": "01/01/2030 08:52"}, "ok"),
    "began nine minutes ago": ({}, {"start_time": "01/01/2030 08:51"}, "1004"),
    "began a minute ago, without grace": (
        {"past_grace_minutes": 0},
        {"start_time": "01/01/2030 08:59"},
        "1004",
    ),
    "the service's clock is ahead": (
        {"clock_offset_s": 61, "past_grace_minutes": 0},
        {"start_time": "01/01/2030 09:01"},
        "1004",
    ),
    "no licence at all": ({"max_concurrent_classes": 0}, {}, "1012"),
    "unknown parameters are ignored": ({}, {"app_version": "1", "control_category_id": "2"}, "ok"),
    # Two faults: which is told first (6.4).
    "zone before presenter": ({}, {"time_zone": "1", "presenter_email": ""}, "1003"),
    "title before zone": ({}, {"title": "", "time_zone": "1"}, "1014"),
    "presenter before duration": ({}, {"presenter_email": "", "duration": "301"}, "1030"),
    "presenter before past": ({}, {"presenter_email": "", "start_time": "01/01/2020 10:00"}, "1030"),
    "duration before past": ({}, {"duration": "301", "start_time": "01/01/2020 10:00"}, "1010"),
    "past before limit": ({"max_concurrent_classes": 0}, {"start_time": "01/01/2020 10:00"}, "1004"),
}


@pytest.mark.parametrize(("settings", "spoilt", "code"), CREATE.values(), ids=CREATE)
async def test_create_answers(settings: dict[str, Any], spoilt: dict[str, str], code: str) -> None:
    async with running(**settings) as api:
        answer = await api(**spoilt)
        assert (answer.status, answer.code) == (200, code)
        assert len(api.sandbox.classes) == (code == "ok")
        assert dict(api.sandbox.call_counts) == {f"create {code}": 1}


FIRST = "09/01/2030 10:00"
TWO: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "same presenter, same time": ({}, {}, "1032"),
    "same presenter in other letters": ({}, {"presenter_email": "ANN@example.com"}, "1032"),
    "same presenter, overlapping from another zone": (
        {},
        {"start_time": "09/01/2030 04:59", "time_zone": "America/New_York"},
        "1032",
    ),
    "same presenter, back to back": ({}, {"start_time": "09/01/2030 11:00"}, "ok"),
    "same presenter, ending when the other begins": ({}, {"start_time": "09/01/2030 09:00"}, "ok"),
    "other presenter, same time": ({}, {"presenter_email": "bob@example.com"}, "ok"),
    "one conflict for the whole account": (
        {"conflict": "account"},
        {"presenter_email": "bob@example.com"},
        "1032",
    ),
    "no conflicts": ({"conflict": "off"}, {}, "ok"),
    "conflict before past": ({}, {"start_time": "09/01/2030 10:30"}, "1032"),
    "conflict before limit": ({"max_concurrent_classes": 1}, {}, "1032"),
    "over the limit": ({"max_concurrent_classes": 1}, {"presenter_email": "bob@example.com"}, "1012"),
    "back to back is not over the limit": (
        {"max_concurrent_classes": 1},
        {"presenter_email": "bob@example.com", "start_time": "09/01/2030 11:30"},
        "ok",
    ),
    "the first one's extension counts": (
        {"max_concurrent_classes": 1},
        {"presenter_email": "bob@example.com", "start_time": "09/01/2030 11:29"},
        "1012",
    ),
    "the first one's extension does not count": (
        {"max_concurrent_classes": 1, "extend_counts": False},
        {"presenter_email": "bob@example.com", "start_time": "09/01/2030 11:00"},
        "ok",
    ),
    "outstanding: any class that is not over counts": (
        {"max_concurrent_classes": 1, "limit_policy": "outstanding"},
        {"start_time": "12/01/2030 10:00"},
        "1012",
    ),
    "inflight: one after the other is fine": (
        {"max_concurrent_classes": 1, "limit_policy": "inflight"},
        {"presenter_email": "bob@example.com"},
        "ok",
    ),
}


@pytest.mark.parametrize(("settings", "second", "code"), TWO.values(), ids=TWO)
async def test_a_second_create_answers(settings: dict[str, Any], second: dict[str, str], code: str) -> None:
    async with running(**settings) as api:
        assert (await api(extend_duration="30")).code == "ok"
        answer = await api(**second)
        assert answer.code == code
        if code == "1012":
            assert b"Only 1 simultaneous classes are allowed." in answer.body


async def test_a_cancelled_class_frees_presenter_and_place() -> None:
    async with running(max_concurrent_classes=1) as api:
        [class_id] = (await api()).all("class_id")
        assert (await api("cancel", class_id=class_id)).body.endswith(
            b"<method>cancel</method><cancel status='true'></cancel></rsp>"
        )
        assert (await api("cancel", class_id=class_id)).code == "1033"
        assert (await api()).code == "ok"
        assert api.sandbox.peak_concurrent == 1


async def test_outstanding_classes_free_their_place_when_they_are_over() -> None:
    clock = Clock()
    async with running(clock, max_concurrent_classes=1, limit_policy="outstanding") as api:
        assert (await api(start_time="01/01/2030 10:00")).code == "ok"
        clock.time += 2 * 3600
        assert (await api()).code == "ok"


async def test_inflight_counts_calls_under_way() -> None:
    gate = asyncio.Event()

    async def wait(_: float) -> None:
        await gate.wait()

    settings = SandboxSettings(max_concurrent_classes=2, limit_policy="inflight", latency_s=1)
    async with (
        running_sandbox(settings, clock=Clock(), sleep=wait) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        api = Api(sandbox, session)
        calls = [
            asyncio.create_task(api(presenter_email=f"{name}@example.com", timestamp=str(NOW)))
            for name in "abc"
        ]
        await until(lambda: sandbox.inflight_peak == 3)
        gate.set()
        codes = sorted([(await call).code for call in calls])
        assert codes == ["1012", "ok", "ok"]
        assert sandbox.inflight_peak == 3
        assert sandbox.row_inflight_peak == 1


async def test_the_licence_can_change_while_it_runs_and_others_can_schedule() -> None:
    async with running(max_concurrent_classes=5) as api:
        api.sandbox.account.create({**GOOD, "presenter_email": "other@example.com"})
        api.sandbox.settings = replace(api.sandbox.settings, max_concurrent_classes=1)
        assert (await api()).code == "1012"


STARTS: dict[str, tuple[dict[str, str], str]] = {
    "summer in Paris": ({}, "2030-09-01T08:00:00+00:00"),
    "winter in Paris": ({"start_time": "12/01/2030 10:00"}, "2030-12-01T09:00:00+00:00"),
    "GMT has no summer": ({"time_zone": ""}, "2030-09-01T10:00:00+00:00"),
    "month first": ({"start_time": "05/06/2030 10:00", "time_zone": "UTC"}, "2030-05-06T10:00:00+00:00"),
    "midnight as 12 AM": (
        {"start_time": "05/06/2030 12:15 AM", "time_zone": "UTC"},
        "2030-05-06T00:15:00+00:00",
    ),
    "noon as 12 PM": ({"start_time": "05/06/2030 12:15 PM", "time_zone": "UTC"}, "2030-05-06T12:15:00+00:00"),
}


@pytest.mark.parametrize(("spoilt", "start"), STARTS.values(), ids=STARTS)
async def test_a_start_is_wall_clock_in_its_zone(spoilt: dict[str, str], start: str) -> None:
    async with running() as api:
        assert (await api(**spoilt)).code == "ok"
        assert api.sandbox.classes[0].start.isoformat() == start
