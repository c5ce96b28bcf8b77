"""One cell: what is read, what is a problem, and that nothing is guessed at."""

import sys
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.cells import EDGES, Fault, Value, encode, reader
from batch.core.rows.columns import BY_NAME, COLUMNS, Column
from batch.core.rows.date_order import DateOrder, Dates
from batch.core.rows.lengths import LENGTH_FORMS
from batch.core.rows.problems import Problem
from batch.core.rows.row import CellValue, Unreadable
from tests.support.words import issue_hint, issue_message

P = Problem
ZONES = frozenset(available_timezones())
TWO = datetime(2031, 9, 1, 14, 0)  # noqa: DTZ001 - a wall clock
A64 = "a" * 64
FAMILY = "\U0001f468\u200d\U0001f467"  # two people joined by U+200D


def read(column: str, cell: CellValue) -> Value | Fault | None:
    return reader(BY_NAME[column], ZONES)(cell)


READ: dict[str, tuple[str, CellValue, Value | None]] = {
    "text is kept as typed": ("title", "Algebra  I", "Algebra  I"),
    "leading zeros are kept": ("title", "00123", "00123"),
    "a title of NULL is a title": ("title", "NULL", "NULL"),
    "a title of n/a is a title": ("title", "n/a", "n/a"),
    "a title that is a formula's text": ("title", "=1+1", "=1+1"),
    "a number as title": ("title", 101, "101"),
    "a whole float as id": ("presenter_id", 7.0, "7"),
    "a float as the spreadsheet shows it": ("title", 0.1 + 0.2, "0.3"),
    "yes as a title": ("title", True, "TRUE"),
    "edges are stripped, marks without width too": (
        "title",
        "\ufeff\u200b \tAlgebra\u00a0\u200f\n",
        "Algebra",
    ),
    "joined emoji stay joined": ("title", FAMILY, FAMILY),
    "a right-to-left mark inside stays": ("title", "א\u200fב", "א\u200fב"),
    "None is empty": ("title", None, None),
    "white space is empty": ("title", " \u3000\u200b", None),
    "an empty number is empty": ("duration", "", None),
    "minutes": ("duration", "60", 60),
    "minutes as a number": ("duration", 60, 60),
    "minutes as a whole float": ("duration", 60.0, 60),
    "minutes out of a data frame": ("duration", "60.0", 60),
    "an hour and a quarter": ("duration", "1h 15m", 75),
    "minutes with their unit": ("duration", "90 min", 90),
    "hours alone": ("duration", "2 hrs", 120),
    "a native time as a length": ("duration", time(1, 15), 75),
    "a native stretch of time": ("duration", timedelta(minutes=90), 90),
    "a length as the results show a native one": ("duration", "01:15", 75),
    "a negative number is a number": ("duration", "-5", -5),
    "fullwidth digits": ("duration", "\uff16\uff10", 60),
    "Arabic digits": ("attendee_limit", "\u0662\u0665", 25),
    "a whole number with a comma": ("attendee_limit", "25,0", 25),
    "hours, minutes and seconds of a database": ("duration", "0:50:00", 50),
    "a fraction of an hour with its unit": ("duration", "1.5 hours", 90),
    "a fraction of an hour with a comma": ("duration", "1,5 Std.", 90),
    "an hour and a half as a sign": ("duration", "1\u00bd h", 90),
    "an hour and minutes without their unit": ("duration", "1 hr 30", 90),
    "minutes in German": ("duration", "90 Minuten", 90),
    "minutes in Hindi": ("duration", "1 घंटा 30 मिनट", 90),
    "minutes in Arabic": ("duration", "\u0665\u0660 دقيقة", 50),
    "minutes in Chinese": ("duration", "1小时30分", 90),
    "a double lesson": ("duration", "2 x 45", 90),
    "an ISO length": ("duration", "PT1H15M", 75),
    "leading zeros of a number": ("attendee_limit", "025", 25),
    "yes": ("create_recording", "Yes", True),
    "N": ("create_recording", "N", False),
    "TRUE": ("create_recording", "TRUE", True),
    "the text false is no": ("create_recording", "false", False),
    "a native yes": ("create_recording", True, True),
    "a native 1.0": ("create_recording", 1.0, True),
    "a native 0": ("create_recording", 0, False),
    "a zone": ("time_zone", "Europe/London", "Europe/London"),
    "a zone in other capitals": ("time_zone", "europe/LONDON", "Europe/London"),
    "a zone of three parts": (
        "time_zone",
        "America/Argentina/Buenos_Aires",
        "America/Argentina/Buenos_Aires",
    ),
    "GMT": ("time_zone", "gmt", "GMT"),
    "an address": ("presenter_email", " ana.diaz@school.example ", "ana.diaz@school.example"),
    "an address keeps its capitals": ("presenter_email", "Ana@School.Example", "Ana@School.Example"),
    "an address with a tag": (
        "presenter_email",
        "ana+maths@a-b.school.example",
        "ana+maths@a-b.school.example",
    ),
    "an address with an apostrophe": ("presenter_email", "o'neill@school.example", "o'neill@school.example"),
    "an address of an internationalised domain": (
        "presenter_email",
        "a@xn--bcher-kva.example",
        "a@xn--bcher-kva.example",
    ),
    "64 characters before the @": ("presenter_email", f"{A64}@school.example", f"{A64}@school.example"),
    "a language": ("language_culture_name", "EN-us", "en-US"),
    "a language with its script": ("language_culture_name", "sr-latn-rs", "sr-Latn-RS"),
    "controls": ("presenter_default_controls", "audio, video", ("audio", "video")),
    "controls in other capitals": ("attendee_default_controls", "Writing,AUDIO", ("writing", "audio")),
    "a control twice": ("presenter_default_controls", "audio,audio", ("audio",)),
    "a web address": (
        "return_url",
        "https://school.example/after?a=1&b=2#c",
        "https://school.example/after?a=1&b=2#c",
    ),
    "a web address with a port": (
        "status_ping_url",
        "http://localhost:8080/ping",
        "http://localhost:8080/ping",
    ),
    "a web address by number": ("return_url", "http://[::1]/", "http://[::1]/"),
    "a web address in other letters": ("return_url", "https://школа.example/", "https://школа.example/"),
}


@pytest.mark.parametrize(("column", "cell", "value"), READ.values(), ids=READ)
def test_reads(column: str, cell: CellValue, value: Value | None) -> None:
    found = read(column, cell)
    assert found == value
    assert type(found) is type(value)


COMPLAINS: dict[str, tuple[str, CellValue, P]] = {
    "a NUL in a title": ("title", "Algebra\x00I", P.CONTROL_CHARACTER),
    "the picture of a NUL, as a results workbook shows one": ("title", "Algebra\u2400I", P.CONTROL_CHARACTER),
    "half a character": ("title", "Algebra \ud83d", P.CONTROL_CHARACTER),
    "a date as title": ("title", datetime(2031, 3, 4), P.NOT_TEXT),  # noqa: DTZ001 - as spreadsheets have them
    "a time as title": ("title", time(9, 30), P.NOT_TEXT),
    "an id that has lost its digits": ("presenter_id", 1.23456789012346e16, P.NOT_TEXT),
    "not a number as title": ("title", float("nan"), P.NOT_TEXT),
    "an underscore in a number": ("duration", "6_0", P.NOT_A_LENGTH),
    "a fraction": ("duration", 60.5, P.NOT_A_LENGTH),
    "60.000, which may be 60,000": ("duration", "60.000", P.NOT_A_LENGTH),
    "1,000": ("attendee_limit", "1,000", P.NOT_A_NUMBER),
    "infinity": ("duration", float("inf"), P.NOT_A_LENGTH),
    "not a number": ("duration", float("nan"), P.NOT_A_LENGTH),
    "the word inf": ("duration", "inf", P.NOT_A_LENGTH),
    "True as a number": ("duration", True, P.NOT_A_LENGTH),
    "hours and a half": ("duration", "1.5", P.NOT_A_LENGTH),
    "1:75": ("duration", "1:75", P.NOT_A_LENGTH),
    "75 minutes in a second's words": ("duration", "75 s", P.NOT_A_LENGTH),
    "seconds left over": ("duration", time(1, 0, 30), P.NOT_A_LENGTH),
    "a number of attendees in words": ("attendee_limit", "many", P.NOT_A_NUMBER),
    "half an attendee": ("attendee_limit", 2.5, P.NOT_A_NUMBER),
    "1e2": ("duration", "1e2", P.NOT_A_LENGTH),
    "no controls at all, or the service's own": ("presenter_default_controls", "none", P.NOT_A_CONTROL),
    "a mark that may mean yes or no": ("create_recording", "x", P.NOT_YES_OR_NO),
    "maybe": ("create_recording", "maybe", P.NOT_YES_OR_NO),
    "2": ("create_recording", 2, P.NOT_YES_OR_NO),
    "a Windows zone": ("time_zone", "Central Standard Time", P.NOT_A_ZONE),
    "a zone as Windows lists it": ("time_zone", "(GMT-4:00) Eastern Time (US and Canada)", P.NOT_A_ZONE),
    "the number of a zone": ("time_zone", 23, P.NOT_A_ZONE),
    "the zone of this machine": ("time_zone", "localtime", P.NOT_A_ZONE),
    "a path as zone": ("time_zone", "../etc/passwd", P.NOT_A_ZONE),
    "no @": ("presenter_email", "ana.diaz", P.NOT_AN_EMAIL),
    "two addresses": ("presenter_email", "a@b.example, c@d.example", P.SEVERAL_ADDRESSES),
    "a host without a dot": ("presenter_email", "ana@school", P.NOT_AN_EMAIL),
    "a dot too many": ("presenter_email", "ana..diaz@school.example", P.NOT_AN_EMAIL),
    "a hyphen at the end of a label": ("presenter_email", "ana@school-.example", P.NOT_AN_EMAIL),
    "a number for a host": ("presenter_email", "ana@127.0.0.1", P.NOT_AN_EMAIL),
    "a Cyrillic letter": ("presenter_email", "\u0430na@school.example", P.NO_SIGN_OF_ADDRESSES),
    "65 characters before the @": ("presenter_email", f"a{A64}@school.example", P.NOT_AN_EMAIL),
    "255 characters": ("presenter_email", f"a@{'b.' * 123}example", P.NOT_AN_EMAIL),
    "a space inside": ("presenter_email", "ana diaz@school.example", P.NOT_AN_EMAIL),
    "the name of a language": ("language_culture_name", "English", P.NOT_A_LANGUAGE),
    "a language without a country": ("language_culture_name", "en", P.NOT_A_LANGUAGE),
    "a language with an underscore": ("language_culture_name", "en_US", P.NOT_A_LANGUAGE),
    "a control of the other side": ("presenter_default_controls", "audio, writing", P.NOT_A_CONTROL),
    "controls with a semicolon": ("presenter_default_controls", "audio; video", P.NOT_A_CONTROL),
    "a comma too many": ("presenter_default_controls", "audio,", P.NOT_A_CONTROL),
    "no scheme": ("return_url", "school.example/after", P.NOT_A_URL),
    "a scheme that runs": ("return_url", "javascript:alert(1)", P.NOT_A_URL),
    "ftp": ("return_url", "ftp://school.example/", P.NOT_A_URL),
    "no host": ("return_url", "https:///after", P.NOT_A_URL),
    "a host of dots": ("return_url", "https://.../", P.NOT_A_URL),
    "a broken host": ("return_url", "http://[::1/", P.NOT_A_URL),
    "a port too high": ("return_url", "http://school.example:99999/", P.NOT_A_URL),
    "a space in an address": ("return_url", "https://school.example/a b", P.NOT_A_URL),
    "a line break in an address": ("return_url", "https://school.example/\nx", P.NOT_A_URL),
    "an error of the spreadsheet": ("title", Unreadable("#REF!", P.ERROR_CELL), P.ERROR_CELL),
    "a formula nobody calculated": ("duration", Unreadable("=A2", P.NOT_CALCULATED), P.NOT_CALCULATED),
}


@pytest.mark.parametrize(("column", "cell", "problem"), COMPLAINS.values(), ids=COMPLAINS)
def test_complains(column: str, cell: CellValue, problem: Problem) -> None:
    fault = read(column, cell)
    assert isinstance(fault, Fault)
    assert fault.problem is problem


SUGGESTS: dict[str, tuple[str, str, str]] = {
    "the first city of a list, as Windows names zones": (
        "time_zone",
        "(UTC+05:30) Kolkata, Chennai, Mumbai",
        "Asia/Kolkata",
    ),
    "the zone of a city": ("time_zone", "New York", "America/New_York"),
    "the zone written with a space": ("time_zone", "america/new york", "America/New_York"),
}


@pytest.mark.parametrize(("column", "cell", "example"), SUGGESTS.values(), ids=SUGGESTS)
def test_suggests(column: str, cell: str, example: str) -> None:
    fault = read(column, cell)
    assert isinstance(fault, Fault)
    assert fault.facts["example"] == example


def test_makes_no_suggestion_that_could_be_wrong() -> None:
    fault = read("time_zone", "Springfield")
    assert isinstance(fault, Fault)
    assert "example" not in fault.facts


@pytest.mark.parametrize(("form", "example"), LENGTH_FORMS)
def test_every_listed_form_of_a_length_is_read(form: str, example: str) -> None:
    assert read("duration", example) == 75, form


def test_a_fraction_of_an_hour_is_not_taken_for_minutes_but_offered_back() -> None:
    fault = read("duration", 1.5)
    assert isinstance(fault, Fault)
    assert fault.facts == {"likely": "1h 30m"}


def test_a_zone_name_that_could_be_two_is_not_chosen_between() -> None:
    zones = frozenset({"Area/City", "Area/CITY", "Other/Town"})
    read_zone = reader(BY_NAME["time_zone"], zones)
    assert read_zone("Area/CITY") == "Area/CITY"
    assert read_zone("area/city") == Fault(P.NOT_A_ZONE)
    assert read_zone("other/town") == "Other/Town"


def test_every_white_space_is_an_edge() -> None:
    assert {c for c in map(chr, range(sys.maxunicode + 1)) if c.isspace()} <= set(EDGES)
    assert "\u200d" not in EDGES


ENCODED: dict[str, tuple[Value, str]] = {
    "a start goes out month first, seconds and all": (TWO.replace(month=5, day=6), "05/06/2031 14:00:00"),
    "yes is a word": (True, "true"),
    "no is a word": (False, "false"),
    "1 is a number": (1, "1"),
    "a list has commas": (("audio", "writing"), "audio,writing"),
    "text is text": ("Algebra & more", "Algebra & more"),
}


@pytest.mark.parametrize(("value", "text"), ENCODED.values(), ids=ENCODED)
def test_encodes(value: Value, text: str) -> None:
    assert encode(value) == text


ANY_CELL: st.SearchStrategy[CellValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text("0123456789/-:. TAPMZ+,apm@ex%_", max_size=25),
    st.sampled_from([cell for _, cell, _ in (*READ.values(), *COMPLAINS.values())]),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.builds(Unreadable, st.text(), st.sampled_from([P.ERROR_CELL, P.NOT_CALCULATED])),
)


@given(st.sampled_from(COLUMNS), ANY_CELL)
def test_no_cell_raises_and_what_is_sent_reads_the_same(column: Column, cell: CellValue) -> None:
    value = read(column.name, cell)
    if isinstance(value, Fault):
        facts: dict[str, Any] = {"example": column.example, **value.facts}
        issue = value.problem.at(column.name, "", **facts)
        assert "{" not in issue_message(issue) + issue_hint(issue)
    elif isinstance(value, datetime):
        sent = reader(column, ZONES, Dates(stated=DateOrder.MONTH_FIRST))(encode(value))
        assert sent == value.replace(tzinfo=None)
    elif isinstance(value, str | bool | int | tuple):  # no part of a start, which is not sent
        assert read(column.name, encode(value)) == value
        encode(value).encode()  # no half characters
