"""What the service's XML says, in every shape it was seen in, and what is no answer at all."""
# ruff: noqa: DTZ001 -- the service lists wall clocks; their zone comes in a field of its own

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch.wiziq.errors import (
    ApiError,
    LockedOut,
    NoAnswer,
    PresenterBusy,
    Refused,
    SlotFull,
)
from batch.wiziq.replies import (
    MOST_BYTES,
    Created,
    Reply,
    created,
    listed,
    parse_listed_start,
    parse_reply,
    teachers,
)

LIVE = (
    "<rsp status='ok' call_id='1b8ad9e6fa71'><method>create</method><create status='true'><class_details>"
    "<class_id>2492040</class_id><recording_url><![CDATA[http://r.example/a?b=c%3d&d]]></recording_url>"
    "<presenter_list><presenter><presenter_email><![CDATA[t@example.com]]></presenter_email>"
    "<presenter_url><![CDATA[http://p.example/in?code=abc%3d&x]]></presenter_url></presenter></presenter_list>"
    "</class_details></create></rsp>"
)
A_CLASS = Created(
    class_id="2492040",
    call_id="1b8ad9e6fa71",
    presenter_url="http://p.example/in?code=abc%3d&x",
    recording_url="http://r.example/a?b=c%3d&d",
)

SUCCESSES = {
    "as live: one line, single quotes": (LIVE.encode(), A_CLASS),
    "as documented: double quotes": (LIVE.replace("'", '"').encode(), A_CLASS),
    "blank lines before it": (b"\r\n\n  " + LIVE.encode(), A_CLASS),
    "a byte order mark": (b"\xef\xbb\xbf" + LIVE.encode(), A_CLASS),
    "blanks, then a byte order mark": (b" \n\xef\xbb\xbf\n" + LIVE.encode() + b"\n", A_CLASS),
    "a declaration": (b"<?xml version='1.0' encoding='utf-8'?>\n" + LIVE.encode(), A_CLASS),
    "a declaration after blanks": (b"\n <?xml version='1.0'?>" + LIVE.encode(), A_CLASS),
    "UTF-16": (LIVE.encode("utf-16"), A_CLASS),
    "labelled UTF-16 by .NET, and UTF-8": (
        b'<?xml version="1.0" encoding="utf-16"?>' + LIVE.encode(),
        A_CLASS,
    ),
    "spaces inside tags": (LIVE.replace("status='true'>", "status='true' >").encode(), A_CLASS),
    "spaces around values": (LIVE.replace("2492040", "\n 2492040 ").encode(), A_CLASS),
    "CDATA around numbers": (LIVE.replace("2492040", "<![CDATA[2492040]]>").encode(), A_CLASS),
    "a comment": (LIVE.replace("2492040", "249<!-- 2017+ -->2040").encode(), A_CLASS),
    "elements nobody knows": (
        LIVE.replace("<class_id>", "<class_master_id>771203</class_master_id><class_id>").encode(),
        A_CLASS,
    ),
    "non-ASCII text, undeclared": (
        LIVE.replace("t@example.com", "日本é").encode(),
        A_CLASS,
    ),
    "no call_id, no links": (
        b"<rsp status='ok'><method>create</method><create status='true'><class_id>7</class_id></create></rsp>",
        Created(class_id="7", call_id=None),
    ),
}

NO_ANSWERS = {
    "empty": b"",
    "blank": b" \r\n\t",
    "only a byte order mark": b"\xef\xbb\xbf",
    "an HTML page": b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><br></body></html>",
    "well-formed HTML": b"<html><body>rsp status=ok</body></html>",
    "plain text": b"OK",
    "JSON": b'{"status": "ok", "class_id": 7}',
    "cut off": LIVE.encode()[:-40],
    "cut off after the class_id": LIVE.encode()[: LIVE.index("<recording")],
    "two replies": LIVE.encode() * 2,
    "another root": b"<response status='ok'><class_id>7</class_id></response>",
    "a root of another namespace": b"<rsp xmlns='urn:x' status='ok'><class_id>7</class_id></rsp>",
    "no status": b"<rsp><class_id>7</class_id></rsp>",
    "another status": b"<rsp status='maybe'><class_id>7</class_id></rsp>",
    "a DTD": b"<!DOCTYPE rsp>" + LIVE.encode(),
    "a DTD in UTF-16": ("<!DOCTYPE rsp>" + LIVE).encode("utf-16"),
    "a file from this computer": (
        b"<!DOCTYPE rsp [<!ENTITY f SYSTEM 'file:///etc/hostname'>]><rsp status='ok'><class_id>&f;</class_id></rsp>"
    ),
    "an entity bomb": (
        b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><rsp status='ok'>&b;</rsp>"
    ),
    "an entity bomb in UTF-16": (
        "<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><rsp status='ok'><class_id>&b;</class_id></rsp>"
    ).encode("utf-16"),
    "an entity nobody declared": b"<rsp status='ok'><class_id>&nbsp;7</class_id></rsp>",
    "300 deep": b"<rsp status='ok'>" + b"<a>" * 300 + b"</a>" * 300 + b"</rsp>",
    "12 MB": b"<rsp status='ok'><class_id>7</class_id><a>" + b"x" * 12_000_000 + b"</a></rsp>",
    "one byte too many": LIVE.encode() + b" " * (MOST_BYTES - len(LIVE) + 1),
    "bytes that are no UTF-8": b"<rsp status='ok'><class_id>7</class_id><t>\xe9</t></rsp>",
    "an encoding nobody knows": b"<?xml version='1.0' encoding='klingon'?>" + LIVE.encode(),
    "ok without class_id": b"<rsp status='ok' call_id='abc'><method>create</method><create status='true'></create></rsp>",
    "ok with an empty class_id": LIVE.replace("2492040", " ").encode(),
    "ok without a method": LIVE.replace("<method>create</method>", "").encode(),
    "ok of another method": LIVE.replace("create", "cancel").encode(),
    "ok, and another method told": LIVE.replace("<method>create", "<method>cancel").encode(),
    "ok, and another method done": LIVE.replace("<create", "<modify")
    .replace("</create", "</modify")
    .encode(),
    "ok of two methods": LIVE.replace("<method>", "<method>cancel</method><method>").encode(),
    "ok twice": LIVE.replace("</rsp>", "<create status='true'/></rsp>").encode(),
    "ok, and not done": LIVE.replace("create status='true'", "create status='false'").encode(),
    "ok, and done is not told": LIVE.replace("create status='true'", "create").encode(),
    "ok, and a refusal": LIVE.replace("</rsp>", "<error code='1032' msg='You have.'/></rsp>").encode(),
    **{
        f"class_id {class_id!r}": LIVE.replace("2492040", class_id).encode()
        for class_id in (
            "0",
            "-7",
            "+7",
            "007",
            "7.0",
            "7e3",
            "0x7",
            "seven",
            "7 8",
            "7,8",
            "\u0667",
            "9" * 19,
            "null",
        )
    },
    "two class_ids": LIVE.replace(
        "</class_details>", "<class_id>2492041</class_id></class_details>"
    ).encode(),
    "a class_id outside what was done": LIVE.replace("<class_id>2492040</class_id>", "")
    .replace("</rsp>", "<class_id>2492040</class_id></rsp>")
    .encode(),
    "fail of another method": b"<rsp status='fail'><method>cancel</method><error code='1009' msg='No.'/></rsp>",
    "fail for two reasons": b"<rsp status='fail'><error code='1009' msg='A'/><error code='1032' msg='B'/></rsp>",
    "fail, and a class": LIVE.replace("status='ok'", "status='fail'")
    .replace("</rsp>", "<error code='1032' msg='You have.'/></rsp>")
    .encode(),
    "fail without an error": b"<rsp status='fail' call_id='abc'></rsp>",
    "fail without a code": b"<rsp status='fail'><error msg='Sorry'/></rsp>",
    "fail with an empty code": b"<rsp status='fail'><error code=' ' msg='Sorry'/></rsp>",
}

#: code, msg as sent: what is raised, what it says, its extra facts
FAILURES: dict[str, tuple[str, str, type[ApiError | LockedOut], str, dict[str, object]]] = {
    "a fault in the row": (
        "1031",
        "presenter_email is not valid.",
        Refused,
        "presenter_email is not valid.",
        {},
    ),
    "two spaces stay": ("1010", "a  b", Refused, "a  b", {}),
    "an empty msg": ("1014", "", Refused, "title parameter is missing.", {}),
    "a code nobody listed": ("1999", "New!", Refused, "New!", {}),
    "neither listed nor explained": ("1999", "", Refused, "The service gave code 1999 and no reason.", {}),
    "non-ASCII and markup": ("1999", "caf&#233; &lt;b&gt; &amp; 日", Refused, "café <b> & 日", {}),
    "1032": ("1032", "You have.", PresenterBusy, "You have.", {}),
    "1012 and its number": (
        "1012",
        "Only 5 simultaneous classes are allowed.",
        SlotFull,
        "Only 5 simultaneous classes are allowed.",
        {"limit": 5},
    ),
    "1012 without a number": ("1012", "Full.", SlotFull, "Full.", {"limit": None}),
    "1000": ("1000", "Some error.", NoAnswer, "Some error.", {"is_overload": False}),
    "500": ("500", "Broken.", NoAnswer, "Broken.", {"is_overload": False}),
    "502": ("502", "Down.", NoAnswer, "Down.", {"is_overload": False}),
    "503": ("503", "Busy.", NoAnswer, "Busy.", {"is_overload": True}),
    **{
        code: (code, "No.", LockedOut, "No.", {})
        for code in ("400", "401", "403", "404", "1046", "1047", "1062")
    },
}

STARTS = {
    "as get_data gives it": ("12/13/2030 01:30:00 PM", datetime(2030, 12, 13, 13, 30)),
    "as attendance gives it": ("6/22/2011 1:40:59 AM", datetime(2011, 6, 22, 1, 40, 59)),
    "noon": ("1/2/2030 12:00:00 PM", datetime(2030, 1, 2, 12)),
    "midnight": ("1/2/2030 12:00:00 AM", datetime(2030, 1, 2)),
    "24 hours": ("12/13/2030 13:30:00", datetime(2030, 12, 13, 13, 30)),
    "24 hours and PM all the same": ("12/13/2030 13:30:00 PM", datetime(2030, 12, 13, 13, 30)),
    "no seconds": ("12/13/2030 13:30", datetime(2030, 12, 13, 13, 30)),
    "no seconds, lower case, no space": ("12/13/2030 1:30pm", datetime(2030, 12, 13, 13, 30)),
    "ISO": ("2030-12-13 13:30:00", datetime(2030, 12, 13, 13, 30)),
    "ISO with T": ("2030-12-13T13:30:00.000", datetime(2030, 12, 13, 13, 30)),
    "a narrow no-break space": ("12/13/2030 1:30:00\u202fPM", datetime(2030, 12, 13, 13, 30)),
    "blanks around": (" 12/13/2030  01:30:00 PM\n", datetime(2030, 12, 13, 13, 30)),
    "day first is not guessed at": ("13/12/2030 01:30:00 PM", None),
    "13 AM": ("12/13/2030 13:30:00 AM", None),
    "a day that is none": ("02/30/2030 01:30:00 PM", None),
    "no time": ("12/13/2030", None),
    "empty": ("", None),
    "words": ("tomorrow", None),
}


def record(**fields: str) -> str:
    texts = {"class_id": "1", "title": "English", "start_time": "09/01/2030 02:00:00 PM"} | fields
    return "<record>" + "".join(f"<{n}><![CDATA[{t}]]></{n}>" for n, t in texts.items()) + "</record>"


def listing(*records: str) -> Reply:
    inside = f"<get_data status='true'><record_list>{''.join(records)}</record_list></get_data>"
    body = f"<rsp status='ok' call_id='ab'><method>get_data</method>{inside}</rsp>"
    return parse_reply(body.encode(), "get_data")


@pytest.mark.parametrize(("body", "expected"), SUCCESSES.values(), ids=SUCCESSES)
def test_a_confirmed_class_is_read_in_every_shape(body: bytes, expected: Created) -> None:
    assert created(parse_reply(body, "create")) == expected


@pytest.mark.parametrize("body", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_not_one_whole_answer_leaves_maybe_a_class(body: bytes) -> None:
    with pytest.raises(NoAnswer) as caught:
        created(parse_reply(body, "create"))
    assert caught.value.code == "unreadable"


WHOLE_REFUSALS = {
    "without a method, as live": b"<rsp status='fail'><error code='1031' msg='No.'/></rsp>",
    "with the method asked": b"<rsp status='fail'><method>create</method><error code='1031' msg='No.'/></rsp>",
    "inside the method": (
        b"<rsp status='fail'><method>create</method><create status='false'><error code='1031' msg='No.'/></create></rsp>"
    ),
    "the same twice": b"<rsp status='fail'><error code='1031' msg='No.'/><error code='1031' msg='No.'/></rsp>",
}


@pytest.mark.parametrize("body", WHOLE_REFUSALS.values(), ids=WHOLE_REFUSALS)
def test_a_whole_refusal_is_believed(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        created(parse_reply(body, "create"))
    assert caught.value.code == "1031"


@pytest.mark.parametrize(("code", "msg", "kind", "says", "facts"), FAILURES.values(), ids=FAILURES)
def test_a_code_raises_what_it_leaves_behind(
    code: str, msg: str, kind: type[ApiError | LockedOut], says: str, facts: dict[str, object]
) -> None:
    body = f"<rsp status='fail' call_id='88cb'><error code='{code}' msg='{msg}'/></rsp>"
    reply = parse_reply(body.encode(), "create")
    with pytest.raises(kind) as caught:
        created(reply)
    error = caught.value
    assert (type(error), error.code, error.call_id, error.text) == (kind, code, "88cb", says)
    assert {name: getattr(error, name) for name in facts} == facts


def test_the_refusal_of_a_wrong_key_has_no_call_id() -> None:
    body = b"<rsp status='fail'><error code='403' msg='Forbidden: The request is refused by the API.'/></rsp>"
    with pytest.raises(LockedOut) as caught:
        created(parse_reply(body, "create"))
    assert (caught.value.code, caught.value.call_id) == ("403", None)


def test_log_in_links_and_replies_stay_out_of_repr() -> None:
    reply = parse_reply(LIVE.encode(), "create")
    link = listed(listing(record(presenter_url="http://p.example/in")))[0]
    assert not [shown for shown in map(repr, (reply, created(reply), link)) if ".example" in shown]


def test_a_listed_class_tells_all_that_came() -> None:
    (one,) = listed(
        listing(
            record(
                title="Géométrie & co 日",
                time_zone="America/New_York",
                duration="45",
                status="upcoming",
                presenter_id="T-17",
                presenter_email="ana@school.example",
                presenter_url="https://p.example/in?rk=1&x=2",
            )
        )
    )
    assert (one.class_id, one.title, one.start_text) == ("1", "Géométrie & co 日", "09/01/2030 02:00:00 PM")
    assert (one.local_start, one.time_zone) == (datetime(2030, 9, 1, 14), "America/New_York")
    assert one.start == datetime(2030, 9, 1, 18, tzinfo=UTC)
    assert (one.minutes, one.status) == (45, "upcoming")
    assert (one.presenter_id, one.presenter_email) == ("T-17", "ana@school.example")
    assert one.presenter_url == "https://p.example/in?rk=1&x=2"


def test_a_listed_class_leaves_open_what_did_not_come() -> None:
    (one,) = listed(listing(record(title="")))
    assert (one.title, one.status, one.local_start) == ("", "", datetime(2030, 9, 1, 14))
    assert (one.start, one.time_zone, one.minutes) == (None, None, None)
    assert (one.presenter_id, one.presenter_email, one.presenter_url) == (None, None, None)


STRANGE = {
    "a zone that is a number": {"time_zone": "23"},
    "a zone that is a folder": {"time_zone": "America"},
    "a zone that is a path": {"time_zone": "../../../etc/passwd"},
    "an endless zone": {"time_zone": "x" * 5000},
    "before the calendar begins": {"time_zone": "Asia/Tokyo", "start_time": "01/01/0001 01:00:00 AM"},
    "a start that is none": {"time_zone": "GMT", "start_time": "soon"},
    "a duration in words": {"duration": "one hour"},
    "a duration of endless digits": {"duration": "9" * 5000},
}


@pytest.mark.parametrize("fields", STRANGE.values(), ids=STRANGE)
def test_what_cannot_be_understood_of_a_listed_class_is_left_open(fields: dict[str, str]) -> None:
    (one,) = listed(listing(record(**fields)))
    assert (one.start, one.minutes) == (None, None)


def test_code_1013_is_an_empty_list() -> None:
    body = b"<rsp status='fail'><error code='1013' msg='No record found.'/></rsp>"
    assert listed(parse_reply(body, "get_data")) == []
    assert listed(listing()) == []


HALF_LISTS = {
    "no list at all": b"<rsp status='ok'><method>get_data</method><get_data status='true'/></rsp>",
    "a list of another method": (
        b"<rsp status='ok'><method>view_schedule</method><view_schedule status='true'><record_list/></view_schedule></rsp>"
    ),
    "a list that was not made": (
        b"<rsp status='ok'><method>get_data</method><get_data status='false'><record_list/></get_data></rsp>"
    ),
    "a class without its class_id": (
        b"<rsp status='ok'><method>get_data</method><get_data status='true'><record_list>"
        b"<record><title>A</title></record></record_list></get_data></rsp>"
    ),
    **{
        f"a class with the class_id {class_id!r}": (
            "<rsp status='ok'><method>get_data</method><get_data status='true'><record_list>"
            f"<record><class_id>{class_id}</class_id></record></record_list></get_data></rsp>"
        ).encode()
        for class_id in ("0", "-7", "007", "7 8", "seven", "null", "9" * 19)
    },
    "no class, and one": (
        b"<rsp status='fail'><error code='1013' msg='No record found.'/><get_data status='false'><record_list>"
        b"<record><class_id>7</class_id></record></record_list></get_data></rsp>"
    ),
    "no class, and that of another request": (
        b"<rsp status='fail'><method>cancel</method><error code='1013' msg='No record found.'/></rsp>"
    ),
    "no class, for two reasons": b"<rsp status='fail'><error code='1013'/><error code='1025'/></rsp>",
    "a list, and a refusal": (
        b"<rsp status='ok'><method>get_data</method><get_data status='true'><record_list/></get_data>"
        b"<error code='1013' msg='No record found.'/></rsp>"
    ),
}


@pytest.mark.parametrize("body", HALF_LISTS.values(), ids=HALF_LISTS)
def test_half_a_list_proves_nothing_absent(body: bytes) -> None:
    with pytest.raises(NoAnswer):
        listed(parse_reply(body, "get_data"))


@pytest.mark.parametrize(("text", "expected"), STARTS.values(), ids=STARTS)
def test_a_listed_start_is_read_month_first(text: str, expected: datetime | None) -> None:
    assert parse_listed_start(text) == expected


@given(st.datetimes(min_value=datetime(1000, 1, 1)).map(lambda start: start.replace(microsecond=0)))
def test_every_start_is_read_as_it_was_written(start: datetime) -> None:
    assert parse_listed_start(start.strftime("%m/%d/%Y %I:%M:%S %p")) == start


@given(st.binary() | st.text().map(str.encode) | st.text(alphabet="<>/rsp'= &;ok!?[]").map(str.encode))
@example(b"<?xml version='1.0' encoding='utf-16'?>")
@example(b"\xff\xfe<")
def test_whatever_arrives_a_class_is_never_made_up(body: bytes) -> None:
    with pytest.raises(NoAnswer):
        created(parse_reply(body, "create"))


@given(st.integers(min_value=0, max_value=len(LIVE) - 1))
def test_a_reply_cut_anywhere_is_no_answer(length: int) -> None:
    with pytest.raises(NoAnswer):
        parse_reply(LIVE.encode()[:length], "create")


def test_teachers_by_their_numbers_and_no_number_that_two_have() -> None:
    details = "".join(
        f"<teacher_details><teacher_id>{number}</teacher_id><email><![CDATA[{email}]]></email>"
        "<password><![CDATA[s3cret!]]></password></teacher_details>"
        for number, email in ((1, "ann@s.example"), (2, "bob@s.example"), (2, "eve@s.example"), (3, ""))
    )
    answer = (
        "<rsp status='ok'><method>get_teacher_details</method><get_teacher_details status='true'>"
        f"<teacher_details_list>{details}</teacher_details_list></get_teacher_details></rsp>"
    )
    reply = parse_reply(answer.encode(), "get_teacher_details")
    assert teachers(reply) == {"1": "ann@s.example"}
    assert "s3cret!" not in repr(reply)
    none = parse_reply(b"<rsp status='fail'><error code='1013' msg='none'/></rsp>", "get_teacher_details")
    assert teachers(none) == {}
