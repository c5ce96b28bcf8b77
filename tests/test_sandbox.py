"""The sandbox answers as wiziq-api.md says the service does, and breaks on demand."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from batch.sandbox import (
    KINDS,
    Call,
    Fault,
    KeyPair,
    Sandbox,
    SandboxSettings,
    banner,
    fault,
    plan_of,
    running_sandbox,
    serve,
)
from batch.sandbox.account import Account
from batch.sandbox.occupancy import Occupancy
from batch.sandbox.refusals import Refused
from batch.sandbox.replies import Cdata, Element, Style
from batch.wiziq.signature import sign

NOW = 1_893_484_800  # 2030-01-01 08:00 UTC
GOOD = {
    "title": "English",
    "start_time": "09/01/2030 10:00:00",
    "presenter_email": "ann@example.com",
    "duration": "60",
    "time_zone": "Europe/Paris",
}
ROOM = {"presenter_email": "", "presenter_id": "7", "presenter_name": "Ann"}


@dataclass
class Answer:
    """What came back, read without the client's own parser."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def rsp(self) -> etree._Element:
        return etree.fromstring(self.body.strip())

    @property
    def code(self) -> str:
        error = self.rsp.find("error")
        return "ok" if error is None else error.get("code", "")

    def all(self, tag: str) -> list[str]:
        return [each.text or "" for each in self.rsp.iter(tag)]


@dataclass
class Api:
    sandbox: Sandbox
    session: aiohttp.ClientSession

    async def __call__(self, method: str = "create", path: str = "", **spoilt: str) -> Answer:
        """Call a method; `create` with a good row, of which `spoilt` replaces something."""
        parameters = {**(GOOD if method == "create" else {}), **spoilt}
        return await self.post({**parameters, **self.signed(method)}, path=f"{path}?method={method}")

    def signed(self, method: str, timestamp: int = NOW) -> dict[str, str]:
        pair = self.sandbox.credentials
        signature = sign(pair.secret_key, pair.access_key, timestamp, method)
        return {"access_key": pair.access_key, "timestamp": str(timestamp), "signature": signature}

    async def post(self, data: Any, path: str = "") -> Answer:
        url = self.sandbox.url + path
        async with self.session.post(url, data=data, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.time: float = NOW
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    """Let the other tasks run until it is so."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the sandbox has no events for what tests wait for
            await asyncio.sleep(0)


@asynccontextmanager
async def running(clock: Clock | None = None, **settings: Any) -> AsyncIterator[Api]:
    clock = clock or Clock()
    chosen = SandboxSettings(**{"seed": 1, **settings})
    async with running_sandbox(chosen, clock=clock, sleep=clock.sleep) as sandbox:
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Api(sandbox, session)


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
    "began a minute ago": ({}, {"start_time": "01/01/2030 08:59"}, "1004"),
    "began a minute ago, with grace": ({"past_grace_minutes": 8}, {"start_time": "01/01/2030 08:52"}, "ok"),
    "began too long ago for the grace": (
        {"past_grace_minutes": 8},
        {"start_time": "01/01/2030 08:51"},
        "1004",
    ),
    "the service's clock is ahead": ({"clock_offset_s": 61}, {"start_time": "01/01/2030 09:01"}, "1004"),
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


PAIR = KeyPair("q+/Zk3x1Lw8=", "7v+/u8P0+sdf/x9Kz2Yb+Q==")
RIGHT = {
    "access_key": PAIR.access_key,
    "timestamp": "1700000000",
    "signature": "FXNT//2qdXgXF/9xk70k64Cgi00=",
}
REFUSED = b"<rsp status='fail'><error code='403' msg='Forbidden: The request is refused by the API.'/></rsp>"
SIGNATURES: dict[str, tuple[dict[str, str], bool]] = {
    "right, however old": (RIGHT, True),
    "wrong signature": ({**RIGHT, "signature": "zC6FpPShe6e/irWVUJRwTT8PsY0="}, False),
    "wrong key": ({**RIGHT, "access_key": "QUJDREVGR0g="}, False),
    "of another method": ({**RIGHT, "signature": "ZMyrKOyG7O/7NbblsUABllAOJow="}, False),
    "a timestamp written another way": ({**RIGHT, "timestamp": "01700000000"}, False),
    "no timestamp": ({**RIGHT, "timestamp": ""}, False),
    "nothing": ({}, False),
    "a plus that became a space": ({**RIGHT, "access_key": "q /Zk3x1Lw8="}, False),
    "not ASCII": ({**RIGHT, "signature": "é"}, False),
}


@pytest.mark.parametrize(("auth", "accepted"), SIGNATURES.values(), ids=SIGNATURES)
async def test_only_a_right_signature_is_served(auth: dict[str, str], accepted: bool) -> None:
    async with running(credentials=PAIR) as api:
        answer = await api.post({**GOOD, **auth}, path="?method=create")
        assert answer.status == 200
        assert (answer.code == "ok") is accepted
        assert accepted or answer.body == REFUSED


async def test_an_old_timestamp_is_refused_only_where_a_window_is_set() -> None:
    async with running(timestamp_window_s=300) as api:
        for age, code in ((300, "ok"), (-300, "ok"), (301, "403"), (-301, "403")):
            answer = await api.post(api.signed("get_account_info", NOW - age), "?method=get_account_info")
            assert answer.code == code


@pytest.mark.parametrize("path", ["", "apimanager.ashx", "apimanager.ashx/"])
@pytest.mark.parametrize("multipart", [False, True])
@pytest.mark.parametrize("in_query", [False, True])
async def test_every_way_to_send_a_call_is_read(path: str, multipart: bool, in_query: bool) -> None:
    async with running() as api:
        fields = {**GOOD, "title": "Año & <Œuvre> + 100%", **api.signed("create")}
        if in_query:
            path += "?method=create"
        else:
            fields["method"] = "create"
        form = aiohttp.FormData(default_to_multipart=multipart)
        form.add_fields(*fields.items())
        assert (await api.post(form, path)).code == "ok"
        assert api.sandbox.classes[0].title == "Año & <Œuvre> + 100%"


async def test_the_query_names_the_method_before_the_body_does() -> None:
    async with running() as api:
        fields = {"method": "cancel", **api.signed("get_data")}
        assert (await api.post(fields, "?method=get_data")).code == "1013"


async def test_a_repeated_field_is_joined_with_commas() -> None:
    async with running() as api:
        await api()
        fields = [*api.signed("get_data").items(), ("columns", "title"), ("columns", "duration")]
        form = aiohttp.FormData(fields)
        assert (
            b"<record><title><![CDATA[English]]></title><duration>60</duration></record>"
            in (await api.post(form, "?method=get_data")).body
        )


async def test_an_unknown_method_and_a_body_in_no_charset_are_refused_in_xml() -> None:
    async with running() as api:
        assert (await api("perform_magic")).code == "404"
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=martian"}
        async with api.session.post(api.sandbox.url, data=b"a=%FF", headers=headers) as response:
            assert (response.status, b"code='400'" in await response.read()) == (200, True)


LIVE = (
    "<rsp status='ok' call_id='CALL'><method>create</method><create status='true'><class_details>"
    "<class_id>2492040</class_id><recording_url><![CDATA[LINK]]></recording_url><presenter_list><presenter>"
    "<presenter_email><![CDATA[ann@example.com]]></presenter_email><presenter_url><![CDATA[LINK]]></presenter_url>"
    "</presenter></presenter_list></class_details></create></rsp>"
)
DOC = """
<rsp status="ok" call_id="CALL">
  <method>create</method>
  <create status="true">
    <class_details>
      <class_id>2492040</class_id>
      <class_master_id>771203</class_master_id>
      <recording_url><![CDATA[LINK]]></recording_url>
      <presenter_list>
        <presenter>
          <presenter_id><![CDATA[7]]></presenter_id>
          <presenter_url><![CDATA[LINK]]></presenter_url>
        </presenter>
      </presenter_list>
    </class_details>
  </create>
</rsp>
"""
STYLES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "live": ({}, {}, LIVE),
    "documented, room-based, 2017": (
        {"xml_style": "doc", "account": "room", "give_class_master_id": True},
        ROOM,
        DOC,
    ),
    "without call_id": ({"give_call_id": False}, {}, LIVE.replace(" call_id='CALL'", "")),
}


@pytest.mark.parametrize(("settings", "spoilt", "expected"), STYLES.values(), ids=STYLES)
async def test_a_reply_looks_as_captured(
    settings: dict[str, Any], spoilt: dict[str, str], expected: str
) -> None:
    async with running(**settings) as api:
        text = (await api(**spoilt)).body.decode()
        text = re.sub(r"http://sandbox\.invalid/[^\]]+", "LINK", text)
        assert re.sub(r"(call_id=.)[0-9a-f]{12}\b", r"\1CALL", text) == expected


async def test_class_ids_rise_and_call_ids_differ_and_stand_in_the_ledger() -> None:
    async with running() as api:
        answers = [await api(presenter_email=f"{name}@example.com") for name in "abc"]
        assert [int(each.all("class_id")[0]) for each in answers] == [2492040, 2492041, 2492042]
        call_ids = [each.rsp.get("call_id") for each in answers]
        assert len(set(call_ids)) == 3
        assert [each.call_id for each in api.sandbox.classes] == call_ids


@given(text=st.text(), style=st.sampled_from(["live", "doc"]))
def test_any_text_survives_the_xml(text: str, style: Any) -> None:
    body = Style(style, give_call_id=True).ok("m", [Element("a", Cdata(text)), Element("b", text)], "1")
    shown = "".join(c for c in text if c >= " " or c in "\t\n\r")
    shown = re.sub("[\ud800-\udfff\ufffe\uffff]", "", shown)
    root = etree.fromstring(body.strip())
    expected = shown.replace("\r\n", "\n").replace("\r", "\n")  # as XML reads line ends
    assert [root.findtext("m/a"), root.findtext("m/b")] == [expected, expected]


@given(text=st.text())
def test_any_message_survives_as_an_attribute(text: str) -> None:
    for style in ("live", "doc"):
        body = Style(style, give_call_id=True).fail("1", text, "2")
        assert list(etree.fromstring(body.strip()).attrib) == ["status", "call_id"]


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
    "by status": ({}, {"status": "Cancelled"}, ["Chemistry"]),
    "by status and title": ({}, {"status": "upcoming", "title": "a"}, ["Algebra"]),
    "by nobody's presenter_id": ({}, {"presenter_id": "7"}, "1013"),
    "first page": ({}, {"page_size": "2"}, ["Algebra", "Biology"]),
    "last page": ({}, {"page_size": "2", "page_number": "2"}, ["Chemistry"]),
    "last page of a filter": ({}, {"page_size": "1", "page_number": "2", "title": "o"}, "1013"),
    "a page past the end": ({}, {"page_number": "2"}, "1013"),
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


#: kind -> how the answer looks from outside
BROKEN = {
    "reset": "disconnected",
    "reset-mid-response": "payload cut",
    "hang": "disconnected",
    "late-commit": "disconnected",
    "truncated-xml": "no XML",
    "empty-body": "no XML",
    "html-200": "no rsp",
    "slow-body": "ok",
    "duplicate": "ok",
    "wrong-content-type": "ok",
    "dtd": "DOCTYPE",
    "entity-bomb": "DOCTYPE",
    "huge-body": "huge",
    "deep-nesting": "no XML",
    "ok-without-class-id": "ok",
    "ok-without-call-id": "ok",
    "fail-without-code": "",
    "unknown-code": "1999",
    "1000": "1000",
    **{kind: f"HTTP {kind[-3:]}" for kind in KINDS if kind.startswith(("http-", "redirect-"))},
    **{kind: "HTTP 429" for kind in KINDS if kind.startswith("429-")},
}


async def seen(api: Api) -> str:
    try:
        answer = await api()
    except aiohttp.ClientPayloadError:
        return "payload cut"
    except aiohttp.ClientError:
        return "disconnected"
    return look_of(answer) if answer.status == 200 else f"HTTP {answer.status}"


def look_of(answer: Answer) -> str:
    if len(answer.body) > 12_000_000:
        return "huge"
    if answer.body.startswith(b"<!DOCTYPE rsp"):
        return "DOCTYPE"
    try:
        return answer.code if answer.rsp.tag == "rsp" else "no rsp"
    except etree.XMLSyntaxError:
        return "no rsp" if b"<html>" in answer.body else "no XML"


@pytest.mark.parametrize("when", ["", "-before-create", "-after-create"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_fault_breaks_the_answer_and_nothing_else(kind: str, when: str) -> None:
    made = fault(kind + when)
    async with running(faults=lambda call: made if call.method == "create" else None) as api:
        look = await seen(api)
        # Where the answer would have been ok, but nothing was done.
        assert look == BROKEN[kind] or (look == "1000" and BROKEN[kind] == "ok" and not made.carried_out)
        classes = len(api.sandbox.classes)
        if kind == "late-commit":
            assert classes in {0, 1}
        elif kind == "duplicate":
            assert classes == 2 * made.carried_out
        else:
            assert classes == made.carried_out
        assert api.sandbox.calls[0].fault == made.name
        assert (await api("get_account_info")).code == "ok"  # the sandbox itself is well


MISSING = {"ok-without-class-id": b"class_id", "ok-without-call-id": b"call_id"}


@pytest.mark.parametrize(("kind", "missing"), MISSING.items(), ids=MISSING)
@pytest.mark.parametrize("style", ["live", "doc"])
async def test_an_ok_can_lack_an_id(kind: str, missing: bytes, style: str) -> None:
    async with running(faults=plan_of([kind]), xml_style=style) as api:
        answer = await api()
        assert answer.code == "ok"
        assert missing not in answer.body
        assert b"presenter_url" in answer.body


async def test_a_slow_body_comes_byte_by_byte() -> None:
    clock = Clock()
    async with running(clock, faults=plan_of(["slow-body"])) as api:
        answer = await api()
        assert clock.slept == [0.2] * len(answer.body)


async def test_a_late_commit_appears_only_later() -> None:
    later = asyncio.Event()
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        await later.wait()

    settings = SandboxSettings(faults=plan_of(["late-commit:30@first 1"]))
    async with (
        running_sandbox(settings, clock=Clock(), sleep=wait) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        api = Api(sandbox, session)
        assert await seen(api) == "disconnected"
        assert (await api("get_data")).code == "1013"
        later.set()
        await until(lambda: sandbox.classes)
        assert (await api("get_data")).all("title") == ["English"]
        assert waits == [30]


async def test_a_hang_ends_with_its_client() -> None:
    async def forever(_: float) -> None:
        await asyncio.Event().wait()

    settings = SandboxSettings(faults=plan_of(["hang-after-create"]))
    async with (
        running_sandbox(settings, clock=Clock(), sleep=forever) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        call = asyncio.create_task(Api(sandbox, session)())
        await until(lambda: sandbox.classes)
        call.cancel()
        await until(lambda: sandbox.call_counts)  # counted once the server has let go of it
        assert dict(sandbox.call_counts) == {"create ok": 1}


async def test_a_client_that_leaves_early_makes_no_class() -> None:
    entered = asyncio.Event()

    async def forever(_: float) -> None:
        entered.set()
        await asyncio.Event().wait()

    async with (
        running_sandbox(SandboxSettings(latency_s=1), clock=Clock(), sleep=forever) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        call = asyncio.create_task(Api(sandbox, session)())
        await entered.wait()
        call.cancel()
        await until(lambda: sandbox.call_counts)
        assert dict(sandbox.call_counts) == {"create": 1}
        assert not sandbox.classes


RETRY_AFTER = {
    "429-seconds": "7",
    "429-date": "Tue, 01 Jan 2030 08:00:07 GMT",
    "429-absent": None,
    "429-negative": "-5",
    "429-absurd": "1000000000",
}


@pytest.mark.parametrize(("kind", "expected"), RETRY_AFTER.items(), ids=RETRY_AFTER)
async def test_retry_after_comes_in_every_form(kind: str, expected: str | None) -> None:
    async with running(faults=lambda _: fault(kind, 7)) as api:
        answer = await api()
        assert answer.headers.get("Retry-After") == expected
        assert answer.headers["Date"] == "Tue, 01 Jan 2030 08:00:00 GMT"


async def test_a_redirect_that_is_followed_shows_in_the_ledger() -> None:
    async with running(faults=lambda call: fault("redirect-307") if call.sequence == 1 else None) as api:
        data = {**GOOD, **api.signed("create")}
        async with api.session.post(api.sandbox.url + "?method=create", data=data) as response:
            assert response.url.host == "localhost"
        assert [call.method for call in api.sandbox.calls] == ["create", "create"]


async def test_the_date_header_follows_the_services_clock() -> None:
    async with running(clock_offset_s=-600) as api:
        assert (await api("get_account_info")).headers["Date"] == "Tue, 01 Jan 2030 07:50:00 GMT"


def call(sequence: int = 1, title: str = "English", method: str = "create", attempt: int = 1) -> Call:
    return Call(method=method, title=title, attempt=attempt, sequence=sequence)


PLANS: dict[str, tuple[list[str], Call, Fault | None]] = {
    "always": (["reset"], call(), fault("reset")),
    "the seventh": (["reset-after-create@every 7"], call(14), fault("reset", None)),
    "not the sixth": (["reset-after-create@every 7"], call(6), None),
    "the first two": (["http-502@first 2"], call(2), fault("http-502")),
    "not the third": (["http-502@first 2"], call(3), None),
    "a title": (["1000@title Engl"], call(), fault("1000")),
    "another title": (["1000@title Latin"], call(), None),
    "only create": (["reset"], call(method="get_data"), None),
    "seconds": (["late-commit:5@first 1"], call(), fault("late-commit", 5)),
    "the first that applies": (
        ["reset@title Latin", "1000-after-create"],
        call(),
        fault("1000-after-create"),
    ),
    "none": ([], call(), None),
}


@pytest.mark.parametrize(("texts", "asked", "expected"), PLANS.values(), ids=PLANS)
def test_faults_as_the_command_line_spells_them(
    texts: list[str], asked: Call, expected: Fault | None
) -> None:
    assert plan_of(texts)(asked) == expected


@pytest.mark.parametrize(
    "text", ["flood", "reset@often", "reset@every 0", "reset@title", "hang:long", "reset-create"]
)
def test_a_fault_that_does_not_exist_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        plan_of([text])


async def test_attempts_at_a_row_are_numbered() -> None:
    asked: list[Call] = []

    def plan(call: Call) -> Fault | None:
        asked.append(call)
        return fault("1000") if call.attempt == 1 else None

    async with running(faults=plan) as api:
        assert [(await api(title=title)).code for title in ("A", "B", "A")] == ["1000", "1000", "ok"]
        assert [(each.attempt, each.sequence) for each in asked] == [(1, 1), (1, 2), (2, 3)]


async def test_latency_lies_between_its_bounds_and_repeats_with_its_seed() -> None:
    slept = []
    for _ in range(2):
        clock = Clock()
        async with running(clock, latency_s=(0.5, 2.0)) as api:
            for _ in range(3):
                await api("get_account_info")
        slept.append(clock.slept)
    assert slept[0] == slept[1]
    assert all(0.5 <= seconds <= 2 for seconds in slept[0])


async def test_a_ledger_file_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    settings: dict[str, Any] = {"ledger": path, "max_concurrent_classes": 1, "seed": None}
    async with running(**settings) as api:
        await api()
        await api(start_time="09/01/2030 12:00")
        await api("cancel", class_id="2492041")
        await api("modify", class_id="2492040", title="Ünïcode ☃")
        before = list(api.sandbox.classes)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"class_id": 24920')  # killed while writing
    async with running(**settings) as api:
        assert api.sandbox.classes == before
        assert (await api()).code == "1032"
        assert (await api(start_time="09/01/2030 12:00")).all("class_id") == ["2492042"]
        assert api.sandbox.peak_concurrent == 1
    async with running(**settings) as api:
        assert len(api.sandbox.classes) == 3


async def test_a_file_that_is_no_ledger_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "term.csv"
    path.write_text("title,start_time\nEnglish", encoding="utf-8")
    with pytest.raises(ValueError, match=r"term\.csv, line 1, was not written by a sandbox"):
        async with running(ledger=path):
            pass
    assert path.read_text(encoding="utf-8") == "title,start_time\nEnglish"


async def test_a_sandbox_closes_under_a_hanging_call_and_drops_late_commits() -> None:
    async def forever(_: float) -> None:
        await asyncio.Event().wait()

    plan = plan_of(["late-commit@first 1", "hang"])
    async with aiohttp.ClientSession() as session:
        async with running_sandbox(SandboxSettings(faults=plan), clock=Clock(), sleep=forever) as sandbox:
            assert await seen(Api(sandbox, session)) == "disconnected"
            call = asyncio.create_task(seen(Api(sandbox, session)))
            await until(lambda: sandbox.classes)
        assert await call == "disconnected"
        assert len(sandbox.classes) == 1


async def test_the_ledger_is_shown_to_other_processes() -> None:
    async with running() as api:
        await api(course_id="row-2")
        await api()
        async with api.session.get(api.sandbox.url + "ledger") as response:
            shown = await response.json()
        [made] = shown.pop("classes")
        assert shown == {
            "note": "The sandbox's own ledger; not part of WizIQ.",
            "calls": {"create ok": 1, "create 1032": 1},
            "peak_concurrent": 1,
            "inflight_peak": 1,
            "row_inflight_peak": 1,
        }
        assert made["call_id"] == api.sandbox.classes[0].call_id
        facts = ("title", "presenter", "start", "duration", "created_at", "cancelled")
        assert [made[fact] for fact in facts] == [
            "English",
            "ann@example.com",
            "2030-09-01T08:00:00+00:00",
            60,
            NOW,
            False,
        ]
        assert api.sandbox.credentials.secret_key not in json.dumps(shown)


async def test_a_sandbox_stays_on_this_machine() -> None:
    with pytest.raises(ValueError, match="not a loopback address"):
        async with running_sandbox(SandboxSettings(), host="0.0.0.0"):  # noqa: S104 - refused
            pass


async def test_the_banner_says_that_nothing_is_real_and_how_to_use_it() -> None:
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(SandboxSettings(), announce=lambda sandbox: started.set_result(banner(sandbox)))
    )
    text = await started
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "nothing real is scheduled" in text
    assert re.search(r"export CLASSBATCH_BASE_URL=http://127\.0\.0\.1:\d+/$", text, re.MULTILINE)
    assert re.search(r"export CLASSBATCH_ACCESS_KEY='?[\w+/]{11}='?$", text, re.MULTILINE)
    assert re.search(r"export CLASSBATCH_SECRET_KEY='?[\w+/]{22}=='?$", text, re.MULTILINE)


async def test_a_pair_that_was_given_is_not_shown() -> None:
    async with running(credentials=PAIR) as api:
        assert PAIR.secret_key not in banner(api.sandbox)
        assert PAIR.secret_key not in repr(api.sandbox.settings)


INTERVALS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=20)


@given(
    there=INTERVALS, gone=st.sets(st.integers(0, 19)), start=st.integers(-5, 45), minutes=st.integers(1, 20)
)
def test_occupancy_counts_as_counting_each_moment_does(
    there: list[tuple[int, int]], gone: set[int], start: int, minutes: int
) -> None:
    occupancy = Occupancy()
    for begin, length in there:
        occupancy.add(begin, begin + length)
    for position in gone & set(range(len(there))):
        occupancy.remove(there[position][0], sum(there[position]))
    left = [interval for position, interval in enumerate(there) if position not in gone]
    moments = [sum(a <= t < a + n for a, n in left) for t in range(start, start + minutes)]
    assert occupancy.peak(start, start + minutes) == max(moments)


ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 40), st.integers(1, 20), st.booleans()), max_size=25
)


@given(rows=ROWS, limit=st.integers(1, 3))
def test_no_presenter_twice_and_never_above_the_limit_and_no_refusal_without_cause(
    rows: list[tuple[str, int, int, bool]], limit: int
) -> None:
    account = Account(SandboxSettings(max_concurrent_classes=limit), now=lambda: NOW)
    taken: list[tuple[str, int, int]] = []
    for presenter, minute, length, cancel in rows:
        row = {
            "title": "English",
            "presenter_email": f"{presenter}@example.com",
            "start_time": f"2030-09-01 10:{minute:02}",
            "duration": str(length),
        }
        end = minute + length
        now = [[who for who, begin, until in taken if begin <= t < until] for t in range(minute, end)]
        expected = "ok"
        if any(presenter in those for those in now):
            expected = "1032"
        elif any(len(those) >= limit for those in now):
            expected = "1012"
        if expected != "ok":
            with pytest.raises(Refused, match=expected):
                account.create(row)
            continue
        made = account.create(row)
        if cancel:
            account.cancel(str(made.class_id))
        else:
            taken.append((presenter, minute, end))
    assert account.peak_concurrent <= limit
