"""What a code of the service leaves behind, and what a school reads about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.service.api_codes import BY_CODE, CODES, Aftermath, ApiCode, aftermath_of, limit_in

#: Every code that the create page lists.
ON_THE_CREATE_PAGE = {
    *("1003", "1004", "1005", "1010", "1011", "1012", "1014"),
    *("1019", "1022", "1030", "1031", "1032", "1043", "1090"),
}

AFTERMATHS = {
    "500, 502, 503 and 1000 may have made a class": (
        {"500", "502", "503", "1000"},
        Aftermath.MAYBE_A_CLASS,
    ),
    "400 to 404, 1046, 1047 and 1062 stop everyone": (
        {"400", "401", "403", "404", "1046", "1047", "1062"},
        Aftermath.EVERYONES_TROUBLE,
    ),
    "1012 is a full slot": ({"1012"}, Aftermath.SLOT_FULL),
    "1032 is a busy presenter": ({"1032"}, Aftermath.PRESENTER_BUSY),
    "a fault in the row leaves nothing": (
        ON_THE_CREATE_PAGE - {"1012", "1032"} | {"1001", "1002", "1006", "1048"},
        Aftermath.NOTHING,
    ),
    "a code that nobody listed leaves nothing": ({"1999", "", "ERR0001", "01012", " 403"}, Aftermath.NOTHING),
}

LIMITS = {
    "the documented text": ("Only 5 simultaneous classes are allowed.", 5),
    "spaces do not matter": ("Only  12\n simultaneous classes are allowed.", 12),
    "words around it": ("Sorry! Only 3 simultaneous classes are allowed. Upgrade.", 3),
    "the largest that is believed": ("Only 10000 simultaneous classes are allowed.", 10_000),
    "no number": ("Only #MaxConcurrentClass# simultaneous classes are allowed.", None),
    "none at all is not believed": ("Only 0 simultaneous classes are allowed.", None),
    "too many is not believed": ("Only 10001 simultaneous classes are allowed.", None),
    "a negative number": ("Only -1 simultaneous classes are allowed.", None),
    "endless digits": ("Only " + "9" * 10_000 + " simultaneous classes are allowed.", None),
    "another sentence": ("Only 5 attendees are allowed.", None),
    "empty": ("", None),
}


@pytest.mark.parametrize(("codes", "aftermath"), AFTERMATHS.values(), ids=AFTERMATHS)
def test_a_code_decides_what_may_be_done_next(codes: set[str], aftermath: Aftermath) -> None:
    assert {code: aftermath_of(code) for code in codes} == dict.fromkeys(codes, aftermath)


@pytest.mark.parametrize(("text", "limit"), LIMITS.values(), ids=LIMITS)
def test_the_limit_is_read_from_the_text_of_a_1012(text: str, limit: int | None) -> None:
    assert limit_in(text) == limit


@given(st.text())
def test_whatever_the_service_writes_the_limit_is_sane_or_absent(text: str) -> None:
    limit = limit_in(text)
    assert limit is None or 0 < limit <= 10_000


def test_every_code_of_the_create_page_is_listed_once() -> None:
    assert set(BY_CODE) >= ON_THE_CREATE_PAGE
    assert len(BY_CODE) == len(CODES)


@pytest.mark.parametrize("entry", CODES, ids=lambda entry: entry.code)
def test_a_code_is_explained_in_whole_sentences_without_jargon(entry: ApiCode) -> None:
    for sentence in (entry.meaning, entry.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert not {"API", "parameter", "HTTP", "XML"} & set(sentence.replace(".", " ").split())
