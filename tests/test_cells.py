"""One cell: what is read, what is a problem, and that nothing is guessed at."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.cells import EDGES, START_FORMS, Fault, Value, encode, reader
from batch.core.columns import BY_NAME, COLUMNS, Column
from batch.core.problems import Problem
from batch.core.row import CellValue, Unreadable

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
    "a native datetime": ("start_time", TWO, TWO),
    "a native datetime just short of the second": ("start_time", TWO - timedelta(microseconds=5), TWO),
    "a native datetime just past the second": ("start_time", TWO + timedelta(microseconds=499_999), TWO),
    "a start at midnight": ("start_time", "2031-09-01 00:00", TWO.replace(hour=0)),
    "twelve at night": ("start_time", "9/1/2031 12:00 AM", TWO.replace(hour=0)),
    "twelve at noon": ("start_time", "9/1/2031 12:00 p.m.", TWO.replace(hour=12)),
    "a narrow space before PM": ("start_time", "9/1/2031, 2:00\u202fPM", TWO),
    "whole seconds as databases write them": ("start_time", "2031-09-01 14:00:00.000", TWO),
    "a leap day": ("start_time", "02/29/2032 14:00", datetime(2032, 2, 29, 14)),  # noqa: DTZ001 - a wall clock
    "month first, as the service reads it": ("start_time", "05/06/2031 14:00", TWO.replace(month=5, day=6)),
    "minutes": ("duration", "60", 60),
    "minutes as a number": ("duration", 60, 60),
    "minutes as a whole float": ("duration", 60.0, 60),
    "minutes out of a data frame": ("duration", "60.0", 60),
    "a negative number is a number": ("duration", "-5", -5),
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
    "a line break in a title": ("title", "Algebra\nI", P.CONTROL_CHARACTER),
    "a NUL in a title": ("title", "Algebra\x00I", P.CONTROL_CHARACTER),
    "half a character": ("title", "Algebra \ud83d", P.CONTROL_CHARACTER),
    "a date as title": ("title", datetime(2031, 3, 4), P.NOT_TEXT),  # noqa: DTZ001 - as spreadsheets have them
    "a time as title": ("title", time(9, 30), P.NOT_TEXT),
    "an id that has lost its digits": ("presenter_id", 1.23456789012346e16, P.NOT_TEXT),
    "not a number as title": ("title", float("nan"), P.NOT_TEXT),
    "day first": ("start_time", "13/06/2031 14:00", P.NOT_A_TIME),
    "day first with dots": ("start_time", "05.06.2031 14:00", P.NOT_A_TIME),
    "a day that is not in the month": ("start_time", "02/30/2031 14:00", P.NOT_A_TIME),
    "a month that is not in the year": ("start_time", "2031-13-01 14:00", P.NOT_A_TIME),
    "a year of two digits": ("start_time", "9/1/31 14:00", P.NOT_A_TIME),
    "14 PM": ("start_time", "09/01/2031 14:00 PM", P.NOT_A_TIME),
    "0 AM": ("start_time", "09/01/2031 0:00 AM", P.NOT_A_TIME),
    "24:00 AM": ("start_time", "09/01/2031 24:00 AM", P.NOT_A_TIME),
    "25 o'clock": ("start_time", "2031-09-01 25:00", P.NOT_A_TIME),
    "a quarter past 24": ("start_time", "2031-09-01 24:15", P.NOT_A_TIME),
    "61 minutes": ("start_time", "2031-09-01 14:61", P.NOT_A_TIME),
    "hours without minutes": ("start_time", "2031-09-01 14", P.NOT_A_TIME),
    "a span": ("start_time", "2031-09-01 09:00-10:00", P.SPAN),
    "a span with a dash": ("start_time", "09/01/2031 9:00 AM \u2013 9:55 AM", P.SPAN),
    "a span without a date": ("start_time", "09:00-09:55", P.TIME_ONLY),
    "half a second": ("start_time", "2031-09-01 14:00:00.5", P.NOT_A_TIME),
    "fullwidth digits": ("start_time", "\uff12\uff10\uff13\uff11-09-01 14:00", P.NOT_A_TIME),
    "a week date": ("start_time", "2031-W36-1 14:00", P.NOT_A_TIME),
    "TBA": ("start_time", "TBA", P.NOT_A_TIME),
    "the last year there is": ("start_time", "12/31/9999 23:59", P.NOT_A_TIME),
    "the last moment there is": ("start_time", datetime.max, P.NOT_A_TIME),  # noqa: DTZ901 - as above
    "yes as a start": ("start_time", True, P.NOT_A_TIME),
    "midnight as 24:00": ("start_time", "2031-09-01 24:00", P.HOUR_24),
    "UTC's Z": ("start_time", "2031-09-01T14:00:00Z", P.WITH_OFFSET),
    "an offset": ("start_time", "2031-09-01 14:00 +0200", P.WITH_OFFSET),
    "an offset with a colon": ("start_time", "2031-09-01T14:00:00-05:00", P.WITH_OFFSET),
    "a zone behind the time": ("start_time", "09/01/2031 14:00 GMT", P.WITH_OFFSET),
    "a native datetime with a zone": ("start_time", datetime(2031, 9, 1, tzinfo=UTC), P.WITH_OFFSET),
    "a serial number": ("start_time", 48092.583333, P.BARE_NUMBER),
    "a serial number as text": ("start_time", "48092.583333", P.BARE_NUMBER),
    "military time": ("start_time", 1600, P.BARE_NUMBER),
    "11.3 for 11:30": ("start_time", "11.3", P.BARE_NUMBER),
    "a native date": ("start_time", date(2031, 9, 1), P.DATE_ONLY),
    "a date": ("start_time", "2031-09-01", P.DATE_ONLY),
    "a date day first": ("start_time", "24.02.2031", P.DATE_ONLY),
    "a native time": ("start_time", time(14, 0), P.TIME_ONLY),
    "a native stretch of time": ("start_time", timedelta(hours=14), P.TIME_ONLY),
    "a time": ("start_time", "3:30 PM", P.TIME_ONLY),
    "an underscore in a number": ("duration", "6_0", P.NOT_A_NUMBER),
    "fullwidth digits in a number": ("duration", "\uff16\uff10", P.NOT_A_NUMBER),
    "a fraction": ("duration", 60.5, P.NOT_A_NUMBER),
    "60.000, which may be 60,000": ("duration", "60.000", P.NOT_A_NUMBER),
    "1,000": ("attendee_limit", "1,000", P.NOT_A_NUMBER),
    "infinity": ("duration", float("inf"), P.NOT_A_NUMBER),
    "not a number": ("duration", float("nan"), P.NOT_A_NUMBER),
    "the word inf": ("duration", "inf", P.NOT_A_NUMBER),
    "True as a number": ("duration", True, P.NOT_A_NUMBER),
    "hours": ("duration", "1h 15m", P.NOT_A_NUMBER),
    "a stretch of time as minutes": ("duration", time(1, 0), P.NOT_A_NUMBER),
    "1e2": ("duration", "1e2", P.NOT_A_NUMBER),
    "a dash for nothing": ("duration", "-", P.NOT_A_NUMBER),
    "maybe": ("create_recording", "maybe", P.NOT_YES_OR_NO),
    "2": ("create_recording", 2, P.NOT_YES_OR_NO),
    "a Windows zone": ("time_zone", "Central Standard Time", P.NOT_A_ZONE),
    "a zone as Windows lists it": ("time_zone", "(GMT-4:00) Eastern Time (US and Canada)", P.NOT_A_ZONE),
    "the number of a zone": ("time_zone", 23, P.NOT_A_ZONE),
    "the zone of this machine": ("time_zone", "localtime", P.NOT_A_ZONE),
    "a path as zone": ("time_zone", "../etc/passwd", P.NOT_A_ZONE),
    "no @": ("presenter_email", "ana.diaz", P.NOT_AN_EMAIL),
    "two addresses": ("presenter_email", "a@b.example, c@d.example", P.NOT_AN_EMAIL),
    "a name before the address": ("presenter_email", "Ana <a@b.example>", P.NOT_AN_EMAIL),
    "a host without a dot": ("presenter_email", "ana@school", P.NOT_AN_EMAIL),
    "a dot too many": ("presenter_email", "ana..diaz@school.example", P.NOT_AN_EMAIL),
    "a dot at the end": ("presenter_email", "ana@school.example.", P.NOT_AN_EMAIL),
    "a hyphen at the end of a label": ("presenter_email", "ana@school-.example", P.NOT_AN_EMAIL),
    "a number for a host": ("presenter_email", "ana@127.0.0.1", P.NOT_AN_EMAIL),
    "a Cyrillic letter": ("presenter_email", "\u0430na@school.example", P.NOT_AN_EMAIL),
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
    "the day-first date, month first": ("start_time", "13/06/2031 14:00", "2031-06-13 14:00"),
    "with dots, where only one reading is left": ("start_time", "24.02.2031 9:30:15", "2031-02-24 09:30:15"),
    "the day that a midnight begins": ("start_time", "12/31/2031 24:00", "2032-01-01 00:00"),
    "the zone of a city": ("time_zone", "New York", "America/New_York"),
    "the zone written with a space": ("time_zone", "america/new york", "America/New_York"),
}


@pytest.mark.parametrize(("column", "cell", "example"), SUGGESTS.values(), ids=SUGGESTS)
def test_suggests(column: str, cell: str, example: str) -> None:
    fault = read(column, cell)
    assert isinstance(fault, Fault)
    assert fault.facts["example"] == example


@pytest.mark.parametrize("cell", ["05.06.2031 14:00", "31/02/2031 14:00", "Springfield", "13/13/2031 14:00"])
def test_makes_no_suggestion_that_could_be_wrong(cell: str) -> None:
    column = "time_zone" if cell.isalpha() else "start_time"
    fault = read(column, cell)
    assert isinstance(fault, Fault)
    assert "example" not in fault.facts


@pytest.mark.parametrize(("form", "example"), START_FORMS)
def test_every_listed_form_of_a_start_is_read(form: str, example: str) -> None:
    assert not example or read("start_time", example) == TWO, form


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
        assert "{" not in issue.says + issue.fix
    elif value is not None:
        assert read(column.name, encode(value)) == value
        encode(value).encode()  # no half characters


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31)))  # noqa: DTZ001 - wall clocks
def test_a_start_is_read_alike_in_every_form(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    half = "AM" if moment.hour < 12 else "PM"
    date_first = f"{moment.month}/{moment.day}/{moment.year:04}"
    forms: list[CellValue] = [
        moment,
        moment.isoformat(" "),
        moment.isoformat(),
        f"{date_first} {moment:%H:%M:%S}",
        f"{date_first}, {moment.hour % 12 or 12}:{moment:%M:%S} {half}",
        moment.isoformat(" ").replace("-", "/"),
    ]
    assert {read("start_time", form) for form in forms} == {moment}
