"""A class that is confirmed as usual is read without lxml: as lxml reads it, or not at all."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch.wiziq import replies
from batch.wiziq.errors import NoAnswer
from batch.wiziq.replies import Reply, parse_reply
from tests.wiziq.test_replies import LIVE, SUCCESSES

USUAL = [
    LIVE,
    LIVE.replace("'", '"'),
    LIVE.replace("><", ">\n  <").replace(">\n  <![", "><![").replace("]>\n  <", "]><"),
    LIVE.replace("<![CDATA[", "").replace("]]>", "").replace("&", "-"),
    LIVE.replace(" call_id='1b8ad9e6fa71'", ""),
    "\r\n " + LIVE + "\n",
]
#: What can be put in between.
ODDS = [
    *(
        "&",
        "&amp;",
        "&#65;",
        "<",
        ">",
        "]]>",
        "<![CDATA[",
        "'",
        '"',
        " ",
        "\n",
        "\0",
        "\x0b",
        "é",
        "0",
        "-",
        "/",
        "]",
    ),
    *("<!-- -->", "<?x?>", "<!DOCTYPE rsp>", " a='b'", "\ufeff", "<error code='1'/>"),
    *("<class_id>2</class_id>", "<method>modify</method>"),
]


@pytest.mark.parametrize("document", USUAL)
def test_a_usual_confirmation_needs_no_lxml(document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_lxml = as_lxml_reads(document.encode())
    monkeypatch.setattr(replies, "_root", never)
    assert parse_reply(document.encode(), "create") == by_lxml


@pytest.mark.parametrize("name", SUCCESSES)
def test_each_shape_is_read_alike(name: str) -> None:
    body, _ = SUCCESSES[name]
    assert either(parse_reply, body) == as_lxml_reads(body)


@given(
    st.sampled_from(USUAL),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 2), st.sampled_from(ODDS)), max_size=3),
)
@example(LIVE, [(17, 0, "<![CDATA[")])
def test_whatever_is_put_in_or_left_out_both_read_the_same(
    document: str, changes: list[tuple[int, int, str]]
) -> None:
    pieces = re.findall(r"<!\[CDATA\[|\]\]>|</?[a-z_]+|[^<>'\"\] ]+|(?s:.)", document)
    for place, left_out, put_in in changes:
        at = place % len(pieces)
        pieces[at : at + left_out] = [put_in]
    body = "".join(pieces).encode()
    assert either(parse_reply, body) == as_lxml_reads(body)


@given(st.integers(0, len(LIVE) - 1), st.integers(0, 255))
def test_whatever_byte_is_another_one_both_read_the_same(at: int, byte: int) -> None:
    body = bytearray(LIVE.encode())
    body[at] = byte
    assert either(parse_reply, bytes(body)) == as_lxml_reads(bytes(body))


def either(read: Callable[[bytes, str], Reply], body: bytes) -> Reply | str:
    try:
        return read(body, "create")
    except NoAnswer as error:
        return f"{error.message} {error.call_id}"


def as_lxml_reads(body: bytes) -> Reply | str:
    """What comes of it where nothing is usual."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replies, "_CONFIRMS", re.compile("(?!)"))
        return either(parse_reply, body)


def never(*_: Any) -> Any:
    raise AssertionError("lxml was asked")
