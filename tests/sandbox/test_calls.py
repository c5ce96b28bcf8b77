"""The sandbox reads every call that the service reads, serves right signatures alone, and answers as captured."""

import re
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from batch.sandbox.replies import Cdata, Element, Style
from tests.support.sandboxes import GOOD, NOW, PAIR, ROOM, running

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
