"""Dates and times of day in a cell: what is read, what is not, and that the order of day and month is never guessed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.cells import Fault, Value, reader
from batch.core.rows.columns import BY_NAME
from batch.core.rows.dates import (
    DATE_FORMS,
    DAY_FIRST_FORMS,
    START_FORMS,
    TIME_FORMS,
    DateOrder,
    Dates,
    Span,
    could_be_another_day,
)
from batch.core.rows.problems import Problem
from batch.core.rows.row import CellValue, shown

P = Problem
TWO = datetime(2031, 9, 1, 14, 0)  # noqa: DTZ001 - a wall clock
DAY = date(2031, 9, 1)
UNTOLD = Dates()
DAY_FIRST = Dates(DateOrder.DAY_FIRST, said=True)
MONTH_FIRST = Dates(DateOrder.MONTH_FIRST, said=True)
MIXED = Dates(DateOrder.DAY_FIRST, shown_by=("'06/14/2031' in row 3", "'13/06/2031' in row 9"))


def read(cell: CellValue, dates: Dates = UNTOLD, column: str = "start_time") -> Value | Fault | None:
    return reader(BY_NAME[column], frozenset(), dates)(cell)


READ: dict[str, tuple[CellValue, Value]] = {
    "a native datetime": (TWO, TWO),
    "a native datetime just short of the second": (TWO - timedelta(microseconds=5), TWO),
    "a native datetime just past the second": (TWO + timedelta(microseconds=499_999), TWO),
    "midnight": ("2031-09-01 00:00", TWO.replace(hour=0)),
    "twelve at night": ("9/1/2031 12:00 AM", TWO.replace(hour=0)),
    "twelve at noon": ("9/1/2031 12:00 p.m.", TWO.replace(hour=12)),
    "a narrow space before PM": ("9/1/2031, 2:00\u202fPM", TWO),
    "whole seconds as databases write them": ("2031-09-01 14:00:00.000", TWO),
    "a T between": ("2031-09-01T14:00", TWO),
    "a leap day": ("02/29/2032 14:00", datetime(2032, 2, 29, 14)),  # noqa: DTZ001 - a wall clock
    "month first, as the service reads it": ("05/06/2031 14:00", TWO.replace(month=5, day=6)),
    "a month by its name": ("1 September 2031, 14:00", TWO),
    "a month as Excel exports it": ("01-Sep-2031 14:00", TWO),
    "an American date in words": ("Sept. 1st, 2031 2 PM", TWO),
    "hours as French has them": ("2031-09-01 14h", TWO),
    "a native date": (DAY, DAY),
    "a date": ("2031-09-01", DAY),
    "a native time": (time(14, 0), time(14, 0)),
    "a native stretch of time within a day": (timedelta(hours=14), time(14, 0)),
    "a time": ("3:30 PM", time(15, 30)),
    "a time of hours alone": ("9am", time(9)),
    "a span": ("2031-09-01 14:00-14:55", Span(TWO, time(14, 55))),
    "a span with a dash": ("09/01/2031 2:00 PM \u2013 2:55 PM", Span(TWO, time(14, 55))),
    "a span in words": ("9 am to 10 am", Span(time(9), time(10))),
    "a span without a day": ("09:00-09:55", Span(time(9), time(9, 55))),
}


@pytest.mark.parametrize(("cell", "value"), READ.values(), ids=READ)
def test_reads(cell: CellValue, value: Value) -> None:
    found = read(cell)
    assert found == value
    assert type(found) is type(value)


COMPLAINS: dict[str, tuple[CellValue, P]] = {
    "a day that is not in the month": ("02/30/2031 14:00", P.NOT_A_TIME),
    "a month that is not in the year": ("2031-13-01 14:00", P.NOT_A_TIME),
    "a month of no language here": ("1 Settembre 2031 14:00", P.NOT_A_TIME),
    "a year of two digits": ("9/1/31 14:00", P.NOT_A_TIME),
    "14 PM": ("09/01/2031 14:00 PM", P.NOT_A_TIME),
    "0 AM": ("09/01/2031 0:00 AM", P.NOT_A_TIME),
    "24:00 AM": ("09/01/2031 24:00 AM", P.NOT_A_TIME),
    "25 o'clock": ("2031-09-01 25:00", P.NOT_A_TIME),
    "a quarter past 24": ("2031-09-01 24:15", P.NOT_A_TIME),
    "61 minutes": ("2031-09-01 14:61", P.NOT_A_TIME),
    "hours without minutes": ("2031-09-01 14", P.NOT_A_TIME),
    "half a second": ("2031-09-01 14:00:00.5", P.NOT_A_TIME),
    "fullwidth digits": ("\uff12\uff10\uff13\uff11-09-01 14:00", P.NOT_A_TIME),
    "a week date": ("2031-W36-1 14:00", P.NOT_A_TIME),
    "TBA": ("TBA", P.NOT_A_TIME),
    "the last year there is": ("12/31/9999 23:59", P.NOT_A_TIME),
    "the last moment there is": (datetime.max, P.NOT_A_TIME),  # noqa: DTZ901 - as spreadsheets have them
    "a stretch of more than a day": (timedelta(hours=25), P.NOT_A_TIME),
    "yes": (True, P.NOT_A_TIME),
    "three times of day": ("09:00-10:00-11:00", P.NOT_A_TIME),
    "a span with one PM": ("9:00-9:55 PM", P.SPAN),
    "midnight as 24:00": ("2031-09-01 24:00", P.HOUR_24),
    "UTC's Z": ("2031-09-01T14:00:00Z", P.WITH_OFFSET),
    "an offset": ("2031-09-01 14:00 +0200", P.WITH_OFFSET),
    "an offset with a colon": ("2031-09-01T14:00:00-05:00", P.WITH_OFFSET),
    "a zone behind the time": ("09/01/2031 14:00 GMT", P.WITH_OFFSET),
    "a native datetime with a zone": (datetime(2031, 9, 1, tzinfo=UTC), P.WITH_OFFSET),
    "a serial number": (48092.583333, P.BARE_NUMBER),
    "military time": (1600, P.BARE_NUMBER),
    "11.3 for 11:30": ("11.3", P.BARE_NUMBER),
    "not a number": (float("nan"), P.BARE_NUMBER),
    "infinity": (float("inf"), P.BARE_NUMBER),
}


@pytest.mark.parametrize(("cell", "problem"), COMPLAINS.values(), ids=COMPLAINS)
def test_complains(cell: CellValue, problem: Problem) -> None:
    fault = read(cell)
    assert isinstance(fault, Fault)
    assert fault.problem is problem


ORDERS: dict[str, tuple[str, Dates, Value | P]] = {
    "slashes are month first, the service's own form": ("05/06/2031", UNTOLD, date(2031, 5, 6)),
    "day first where that was said": ("05/06/2031", DAY_FIRST, date(2031, 6, 5)),
    "dots where the day comes first": ("05.06.2031", DAY_FIRST, date(2031, 6, 5)),
    "hyphens where the month comes first": ("05-06-2031", MONTH_FIRST, date(2031, 5, 6)),
    "dots that could be two days": ("05.06.2031", UNTOLD, P.AMBIGUOUS_DATE),
    "slashes in a part of a file": ("05/06/2031", Dates(partial=True), P.AMBIGUOUS_DATE),
    "hyphens that could be two days": ("05-06-2031", UNTOLD, P.AMBIGUOUS_DATE),
    "dots that are one day either way": ("05.05.2031", UNTOLD, date(2031, 5, 5)),
    "the year first needs no order": ("2031-05-06", MIXED, date(2031, 5, 6)),
    "a file of both kinds is believed in neither": ("05/06/2031", MIXED, P.MIXED_DATES),
    "not even where a date can only be one": ("13/06/2031", MIXED, P.MIXED_DATES),
    "a date against what was said": ("06/13/2031", DAY_FIRST, P.NOT_A_TIME),
    "a date against what was said, the other way": ("13/06/2031", MONTH_FIRST, P.NOT_A_TIME),
    "no day either way": ("31/02/2031", DAY_FIRST, P.NOT_A_TIME),
}


@pytest.mark.parametrize(("text", "dates", "meant"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_day_and_month(text: str, dates: Dates, meant: Value | P) -> None:
    found = read(text, dates)
    assert (found.problem if isinstance(found, Fault) else found) == meant
    clocked = read(f"{text} 14:00", dates)
    expected = datetime.combine(meant, time(14)) if isinstance(meant, date) else meant
    assert (clocked.problem if isinstance(clocked, Fault) else clocked) == expected


SHOWN: dict[str, tuple[list[str], DateOrder | None, int]] = {
    "nothing": ([], None, 0),
    "dates that could be either": (["05/06/2031", "12/12/2031 09:00"], None, 0),
    "a day over 12 in the first place": (["05/06/2031", "13/06/2031 10:00"], DateOrder.DAY_FIRST, 1),
    "a day over 12 in the second place": (["06/13/2031"], DateOrder.MONTH_FIRST, 1),
    "one is enough": (["13.06.2031", "14.06.2031"], DateOrder.DAY_FIRST, 1),
    "both": (["13/06/2031", "06/14/2031", "06/15/2031"], DateOrder.MONTH_FIRST, 2),
    "dates that are none show nothing": (["13/31/2031", "31/02/2031", "32/01/2031"], None, 0),
    "the year first shows nothing": (["2031-06-13", "13 Jun 2031"], None, 0),
}


@pytest.mark.parametrize(("texts", "order", "proofs"), SHOWN.values(), ids=SHOWN)
def test_a_file_shows_the_order_by_a_day_over_12(
    texts: list[str], order: DateOrder | None, proofs: int
) -> None:
    dates = Dates()
    for row, text in enumerate(texts, start=2):
        dates = dates.after(text, f"row {row}")
    assert (dates.order, len(dates.shown_by), dates.mixed) == (order, proofs, proofs > 1)


def test_what_was_said_is_not_unlearnt() -> None:
    assert MONTH_FIRST.after("13/06/2031", "row 2") is MONTH_FIRST


LIKELY: dict[str, tuple[CellValue, str]] = {
    "military time": (1600, "16:00"),
    "a dot for a colon": (11.3, "11:30"),
    "a dot for a colon, as text": ("9.05", "09:05"),
    "an hour": (9, "09:00"),
    "a fraction of a day": (0.395833333, "09:30"),
    "a day's serial number": (48092, "2031-09-01"),
    "a moment's serial number": (48092.583333, "2031-09-01 14:00"),
    "nothing that suggests itself": (123456, ""),
    "minutes that no clock has": (1675, ""),
}


@pytest.mark.parametrize(("cell", "likely"), LIKELY.values(), ids=LIKELY)
def test_a_bare_number_is_offered_back_as_what_it_probably_was(cell: CellValue, likely: str) -> None:
    fault = read(cell)
    assert isinstance(fault, Fault)
    assert fault.facts["likely"] == likely


SUGGESTS: dict[str, tuple[str, str, str]] = {
    "the day-first date, year first": ("start_time", "13/06/2031 14:00", "2031-06-13 14:00"),
    "with dots, where only one reading is left": (
        "start_time",
        "24.02.2031 9:30:15",
        "2031-02-24 09:30:15",
    ),
    "a date alone": ("date", "24.02.2031", "2031-02-24"),
    "the day that a midnight begins": ("start_time", "12/31/2031 24:00", "2032-01-01 00:00"),
}


@pytest.mark.parametrize(("column", "cell", "example"), SUGGESTS.values(), ids=SUGGESTS)
def test_suggests(column: str, cell: str, example: str) -> None:
    fault = read(cell, column=column)
    assert isinstance(fault, Fault)
    assert fault.facts["example"] == example


OTHERS: dict[str, tuple[str, CellValue, Value | P]] = {
    "a day": ("date", "2031-09-01", DAY),
    "a native day": ("date", DAY, DAY),
    "a day with its midnight, as exports have it": ("date", "2031-09-01 00:00:00", TWO.replace(hour=0)),
    "a weekday is no day": ("date", "Monday", P.NOT_A_DATE),
    "a time is no day": ("date", "09:00", P.NOT_A_DATE),
    "a serial number is no day": ("date", 48092, P.BARE_NUMBER),
    "an end": ("end_time", "15:00", time(15)),
    "a native end": ("end_time", time(15), time(15)),
    "an end with its day": ("end_time", "2031-09-01 14:00", TWO),
    "a day is no end": ("end_time", "2031-09-01", P.NOT_AN_END),
    "a span is no end": ("end_time", "14:00-15:00", P.NOT_AN_END),
    "an end at 24:00": ("end_time", "24:00", P.HOUR_24),
}


@pytest.mark.parametrize(("column", "cell", "meant"), OTHERS.values(), ids=OTHERS)
def test_days_and_ends_have_columns_of_their_own(column: str, cell: CellValue, meant: Value | P) -> None:
    found = read(cell, column=column)
    assert (found.problem if isinstance(found, Fault) else found) == meant


@pytest.mark.parametrize(("form", "example"), START_FORMS)
def test_every_listed_form_of_a_start_is_read(form: str, example: str) -> None:
    assert not example or read(example) == TWO, form


@pytest.mark.parametrize(
    ("form", "example", "dates"),
    [*((*each, UNTOLD) for each in DATE_FORMS), *((*each, DAY_FIRST) for each in DAY_FIRST_FORMS)],
)
def test_every_listed_form_of_a_date_is_read(form: str, example: str, dates: Dates) -> None:
    assert read(example, dates, "date") == DAY, form


@pytest.mark.parametrize(("form", "example"), TIME_FORMS)
def test_every_listed_form_of_a_time_is_read(form: str, example: str) -> None:
    assert read(example, column="end_time") == time(14), form


wall_clocks = st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31)).map(  # noqa: DTZ001 - wall clocks
    lambda moment: moment.replace(microsecond=0)
)


@given(wall_clocks)
def test_a_start_is_read_alike_in_every_form(moment: datetime) -> None:
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
    assert {read(form) for form in forms} == {moment}


@given(wall_clocks)
def test_a_native_cell_reads_the_same_from_the_results_workbook(moment: datetime) -> None:
    for cell, column in ((moment, "start_time"), (moment.date(), "date"), (moment.time(), "end_time")):
        assert read(shown(cell), column=column) == read(cell, column=column)


@given(wall_clocks, st.sampled_from("/.-"), st.sampled_from([UNTOLD, DAY_FIRST, MONTH_FIRST, MIXED]))
def test_no_date_is_read_in_an_order_that_nothing_speaks_for(
    moment: datetime, separator: str, dates: Dates
) -> None:
    text = separator.join((f"{moment.day}", f"{moment.month}", f"{moment.year:04}"))
    found = read(text, dates, "date")
    if isinstance(found, date) and found != moment.date():
        assert could_be_another_day(text)
        assert dates.order is DateOrder.MONTH_FIRST or (dates.order is None and separator == "/")
