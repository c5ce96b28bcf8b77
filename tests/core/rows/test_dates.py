"""Dates and times of day in a cell: what is read, what is not, and that the order of day and month is never guessed."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.rows.cells import Fault, Value, reader
from batch.core.rows.clock_times import END_OF_DAY, Span
from batch.core.rows.columns import BY_NAME
from batch.core.rows.date_order import UNTOLD, Before, DateOrder, Dates, Readings
from batch.core.rows.dates import DATE_FORMS, ORDERED_FORMS, START_FORMS, TIME_FORMS, as_written
from batch.core.rows.problems import Problem
from batch.core.rows.row import CellValue, shown

P = Problem
TWO = datetime(2031, 9, 1, 14, 0)  # noqa: DTZ001 - a wall clock
DAY = date(2031, 9, 1)
DAY_FIRST = Dates(stated=DateOrder.DAY_FIRST)
MONTH_FIRST = Dates(stated=DateOrder.MONTH_FIRST)
PROVED_BEFORE = Dates(before=Before(DateOrder.DAY_FIRST))


def after(*texts: str, dates: Dates = UNTOLD) -> Dates:
    """What is known when a file's dates have been seen."""
    for text in texts:
        day = as_written(text).day
        if isinstance(day, Readings):
            dates = dates.after(day, text)
    return dates


MIXED = after("06/14/2031", "13/06/2031")


def read(cell: CellValue, dates: Dates = UNTOLD, column: str = "start_time") -> Value | Fault | None:
    return reader(BY_NAME[column], frozenset(), dates)(cell)


READ: dict[str, tuple[CellValue, Value]] = {
    "a native datetime": (TWO, TWO),
    "a native datetime just short of the second": (TWO - timedelta(microseconds=5), TWO),
    "a native datetime just past the second": (TWO + timedelta(microseconds=499_999), TWO),
    "midnight": ("2031-09-01 00:00", TWO.replace(hour=0)),
    "twelve at night": ("2031-09-01 12:00 AM", TWO.replace(hour=0)),
    "twelve at noon": ("2031-09-01 12:00 p.m.", TWO.replace(hour=12)),
    "a narrow space before PM": ("9/13/2031, 2:00\u202fPM", TWO.replace(day=13)),
    "noon": ("2031-09-01 noon", TWO.replace(hour=12)),
    "12 noon": ("2031-09-01 12 noon", TWO.replace(hour=12)),
    "24:00 is the next day's 00:00": ("2031-09-01 24:00", datetime(2031, 9, 2)),  # noqa: DTZ001 - a wall clock
    "AM by a letter": ("2031-09-01 9:00a", TWO.replace(hour=9)),
    "PM behind an hour past 12": ("2031-09-01 14:00 PM", TWO),
    "military time behind a date": ("2031-09-01 1400", TWO),
    "a dot for a colon behind a date": ("2031-09-01 14.00", TWO),
    "at": ("2031-09-01 at 14:00", TWO),
    "a hyphen between date and time": ("2031-09-01 - 14:00", TWO),
    "two spaces": ("2031-09-01  14:00", TWO),
    "a line break": ("2031-09-01\n14:00", TWO),
    "a space without width": ("2031-09-01\u200b 14:00", TWO),
    "the time first": ("14:00 2031-09-01", TWO),
    "the time first, and a weekday": ("2:00 PM, Monday 1 September 2031", TWO),
    "a year of two digits behind a month by its name": ("1-Sep-31 14:00", TWO),
    "UTC's Z": ("2031-09-01T14:00:00Z", TWO.replace(tzinfo=UTC)),
    "Z behind thousandths": ("2031-09-01T14:00:00.000Z", TWO.replace(tzinfo=UTC)),
    "an offset": ("2031-09-01 14:00 +0200", TWO.replace(tzinfo=timezone(timedelta(hours=2)))),
    "an offset with a colon": (
        "2031-09-01T14:00:00-05:00",
        TWO.replace(tzinfo=timezone(timedelta(hours=-5))),
    ),
    "an offset behind the minutes": (
        "2031-09-01T14:00-05:00",
        TWO.replace(tzinfo=timezone(timedelta(hours=-5))),
    ),
    "UTC by its name": ("2031-09-01 14:00 UTC", TWO.replace(tzinfo=UTC)),
    "a calendar's own writing": ("20310901T140000Z", TWO.replace(tzinfo=UTC)),
    "a native datetime with a zone": (TWO.replace(tzinfo=UTC), TWO.replace(tzinfo=UTC)),
    "fullwidth digits": ("\uff12\uff10\uff13\uff11-09-01 14:00", TWO),
    "Arabic digits": ("\u0662\u0660\u0663\u0661-\u0660\u0669-\u0660\u0661 \u0661\u0664:\u0660\u0660", TWO),
    "Devanagari digits": ("२\u0966३१-\u0966९-\u0966१ १४:\u0966\u0966", TWO),
    "Arabic": ("الاثنين 1 سبتمبر 2031 2:00 م", TWO),
    "Arabic months of the Levant": ("1 أيلول 2031 14:00", TWO),
    "Hindi": ("सोमवार, 1 सितंबर 2031, दोपहर 2:00 बजे", TWO),
    "Chinese": ("2031年9月1日 星期一 下午2:00", TWO),
    "Chinese, spelt out": ("2031年9月1日\uff08周一\uff0914点00分", TWO),
    "German": ("Mo, 1. September 2031, 14.00 Uhr", TWO),
    "German months": ("1. Dezember 2031 14 Uhr", TWO.replace(month=12)),
    "French": ("lundi 1er septembre 2031 à 14h00", TWO),
    "French months": ("1 août 2031 14 h 00", TWO.replace(month=8)),
    "Spanish": ("lunes, 1 de septiembre de 2031 a las 2:00 p. m.", TWO),
    "Portuguese": ("segunda-feira, 1 de setembro de 2031 às 14h", TWO),
    "a weekday before the date": ("Mon 2031-09-01 14:00", TWO),
    "a weekday behind the date": ("2031-09-01 (Monday) 14:00", TWO),
    "a weekday in two languages that are two days": ("di 02.09.2031", date(2031, 9, 2)),
    "French Tuesday, which is March, too": ("mar 2 sep 2031", date(2031, 9, 2)),
    "March, which is Tuesday, too": ("mar 2, 2031", date(2031, 3, 2)),
    "whole seconds as databases write them": ("2031-09-01 14:00:00.000", TWO),
    "a T between": ("2031-09-01T14:00", TWO),
    "a leap day": ("02/29/2032 14:00", datetime(2032, 2, 29, 14)),  # noqa: DTZ001 - a wall clock
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
    "a span with a dash": ("Sep 1, 2031 2:00 PM \u2013 2:55 PM", Span(TWO, time(14, 55))),
    "a span with AM or PM behind its end, as browsers write it": (
        "9/17/2031, 9:00\u202f\u2009\u2013\u20099:50\u202fAM",
        Span(datetime(2031, 9, 17, 9), time(9, 50)),  # noqa: DTZ001 - a wall clock
    ),
    "a span with one PM": ("9:00-9:55 PM", Span(time(21), time(21, 55))),
    "a span over noon with one PM": ("11:30 - 12:20 PM", Span(time(11, 30), time(12, 20))),
    "a span of hours with one PM": ("9-5 PM", Span(time(9), time(17))),
    "a span with its AM in front": ("11:30 AM - 12:20", Span(time(11, 30), time(12, 20))),
    "a span to the end of the day": ("22:00-24:00", Span(time(22), END_OF_DAY)),
    "a span until midnight": ("10 PM to midnight", Span(time(22), END_OF_DAY)),
    "a span of one hour alone and one with minutes": ("9\u20149:50", Span(time(9), time(9, 50))),
    "a Spanish span": ("9:00 a 10:00", Span(time(9), time(10))),
    "a Chinese span": ("9:00至10:00", Span(time(9), time(10))),
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
    "0 PM": ("2031-09-01 0:00 PM", P.NOT_A_TIME),
    "13 in the morning": ("2031-09-01 13:00 AM", P.NOT_A_TIME),
    "24:00 AM": ("2031-09-01 24:00 AM", P.NOT_A_TIME),
    "1 at night, which is of which day?": ("1 de la noche", P.NOT_A_TIME),
    "a length": ("2 hours", P.NOT_A_TIME),
    "midnight of which end of the day?": ("2031-09-01 midnight", P.MIDNIGHT),
    "12 midnight": ("2031-09-01 12 midnight", P.MIDNIGHT),
    "another weekday": ("Tuesday, September 1, 2031", P.OTHER_WEEKDAY),
    "another weekday in German": ("Di, 01.09.2031", P.OTHER_WEEKDAY),
    "a weekday alone": ("Monday", P.ONLY_A_WEEKDAY),
    "a weekday and a time": ("Monday 9:00", P.ONLY_A_WEEKDAY),
    "every Monday": ("every Monday 15:30 until 12 Dec", P.ONLY_A_WEEKDAY),
    "Mondays": ("Mondays 16:30", P.ONLY_A_WEEKDAY),
    "every day in French": ("tous les lundis 15h30", P.ONLY_A_WEEKDAY),
    "a date without a year": ("1 Sep", P.NO_YEAR),
    "a date and time without a year": ("Sep 1 14:00", P.NO_YEAR),
    "an hour behind a day that has no year, though it could be a short one": ("Mon 1 Sept 10.30", P.NO_YEAR),
    "such an hour with its half of the day": ("1 Sept 10 am", P.NO_YEAR),
    "such an hour in French": ("lundi 1 septembre 10h30", P.NO_YEAR),
    "a date without a year in German": ("Mo, 1. September 9 Uhr", P.NO_YEAR),
    "a date without a year in Spanish": ("lunes 1 de septiembre 09:00", P.NO_YEAR),
    "a date without a year in Arabic": ("الاثنين 1 سبتمبر", P.NO_YEAR),
    "an offset that no zone has": ("2031-09-01 14:00:00+19:00", P.WITH_OFFSET),
    "a zone by its letters": ("2031-09-01 14:00 EST", P.WITH_OFFSET),
    "25 o'clock": ("2031-09-01 25:00", P.NOT_A_TIME),
    "a quarter past 24": ("2031-09-01 24:15", P.NOT_A_TIME),
    "61 minutes": ("2031-09-01 14:61", P.NOT_A_TIME),
    "hours without minutes": ("2031-09-01 14", P.NOT_A_TIME),
    "half a second": ("2031-09-01 14:00:00.5", P.NOT_A_TIME),
    "a week date": ("2031-W36-1 14:00", P.NOT_A_TIME),
    "TBA": ("TBA", P.NOT_A_TIME),
    "the last year there is": ("12/31/9999 23:59", P.NOT_A_TIME),
    "the last moment there is": (datetime.max, P.NOT_A_TIME),  # noqa: DTZ901 - as spreadsheets have them
    "a stretch of more than a day": (timedelta(hours=25), P.NOT_A_TIME),
    "yes": (True, P.NOT_A_TIME),
    "three times of day": ("09:00-10:00-11:00", P.NOT_A_TIME),
    "a span of twelve hours with one PM": ("9:00-9:00 PM", P.SPAN),
    "a span of hours alone": ("9-10", P.NOT_A_TIME),
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
    "slashes that could be two days": ("05/06/2031", UNTOLD, P.AMBIGUOUS_DATE),
    "hyphens that could be two days": ("05-06-2031", UNTOLD, P.AMBIGUOUS_DATE),
    "a weekday is no proof": ("Thu 05/06/2031", UNTOLD, P.AMBIGUOUS_DATE),
    "day first where that was said": ("05/06/2031", DAY_FIRST, date(2031, 6, 5)),
    "month first where that was said": ("05/06/2031", MONTH_FIRST, date(2031, 5, 6)),
    "hyphens where the month comes first": ("05-06-2031", MONTH_FIRST, date(2031, 5, 6)),
    "a year of two digits where that was said": ("05/06/31", DAY_FIRST, date(2031, 6, 5)),
    "a weekday that agrees once the order is said": ("Thu 05/06/2031", DAY_FIRST, date(2031, 6, 5)),
    "a weekday that does not": ("Thu 05/06/2031", MONTH_FIRST, P.OTHER_WEEKDAY),
    "a day over 12 is one day": ("13/06/2031", UNTOLD, date(2031, 6, 13)),
    "a day over 12 in the second place, too": ("06/13/2031", UNTOLD, date(2031, 6, 13)),
    "a year of two digits, a day over 12": (
        "09/15/31",
        after(dates=Dates(this_year=2026)),
        date(2031, 9, 15),
    ),
    "two digits first that can only be a year": ("31-09-15", UNTOLD, date(2031, 9, 15)),
    "two digits first that may be a year": ("27/10/31", Dates(this_year=2026), P.AMBIGUOUS_DATE),
    "a year that has passed is not meant first": ("15/10/31", Dates(this_year=2026), date(2031, 10, 15)),
    "dots are day first": ("05.06.2031", UNTOLD, date(2031, 6, 5)),
    "dots where another date with dots is month first": (
        "05.06.2031",
        after("06.13.2031"),
        date(2031, 5, 6),
    ),
    "dots where dates with slashes are month first": ("05.06.2031", after("06/13/2031"), P.AMBIGUOUS_DATE),
    "dots prove nothing of slashes": ("05/06/2031", after("13.06.2031"), P.AMBIGUOUS_DATE),
    "a date that is one day either way": ("05/05/2031", UNTOLD, date(2031, 5, 5)),
    "and in a file of both kinds": ("05/05/2031", MIXED, date(2031, 5, 5)),
    "the year first needs no order": ("2031-05-06", MIXED, date(2031, 5, 6)),
    "a file of both kinds is believed in neither": ("05/06/2031", MIXED, P.MIXED_DATES),
    "not even where a date can only be one": ("13/06/2031", MIXED, P.MIXED_DATES),
    "proved by another date": ("05/06/2031", after("13/06/2031"), date(2031, 6, 5)),
    "proved the other way": ("05/06/2031", after("06/13/2031"), date(2031, 5, 6)),
    "proved by a header": ("05/06/2031", UNTOLD.headed(DateOrder.DAY_FIRST, "header"), date(2031, 6, 5)),
    "proved by an earlier file": ("05/06/2031", PROVED_BEFORE, date(2031, 6, 5)),
    "the file's own proof goes before that of an earlier one": (
        "05/06/2031",
        after("06/13/2031", dates=PROVED_BEFORE),
        date(2031, 5, 6),
    ),
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
    "one is enough": (["13/06/2031", "14/06/2031"], DateOrder.DAY_FIRST, 1),
    "both": (["13/06/2031", "06/14/2031", "06/15/2031"], None, 2),
    "dates that are none show nothing": (["13/31/2031", "31/02/2031", "32/01/2031"], None, 0),
    "the year first shows nothing": (["2031-06-13", "13 Jun 2031"], None, 0),
}


@pytest.mark.parametrize(("texts", "order", "proofs"), SHOWN.values(), ids=SHOWN)
def test_a_file_shows_the_order_by_a_day_over_12(
    texts: list[str], order: DateOrder | None, proofs: int
) -> None:
    dates = after(*texts)
    assert (dates.order, len(dates.shown.proofs), dates.shown.mixed) == (order, proofs, proofs > 1)


def test_what_was_said_is_not_unlearnt() -> None:
    assert after("13/06/2031", dates=MONTH_FIRST) is MONTH_FIRST


def test_a_question_names_each_day_that_a_date_can_be_and_offers_none() -> None:
    fault = read("06/10/2031 09:00")
    assert isinstance(fault, Fault)
    assert fault.facts == {"readings": {"dmy": "2031-10-06", "mdy": "2031-06-10"}}


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


SUGGESTS: dict[str, tuple[str, str, Dates, str]] = {
    "the only date there is, where another order was said": (
        "start_time",
        "13/06/2031 14:00",
        MONTH_FIRST,
        "2031-06-13 14:00",
    ),
    "with its seconds": ("start_time", "24.02.2031 9:30:15", MONTH_FIRST, "2031-02-24 09:30:15"),
    "a date alone": ("date", "24.02.2031", MONTH_FIRST, "2031-02-24"),
    "an hour without minutes": ("start_time", "2031-09-22 9", UNTOLD, "2031-09-22 09:00"),
}


@pytest.mark.parametrize(("column", "cell", "dates", "example"), SUGGESTS.values(), ids=SUGGESTS)
def test_suggests(column: str, cell: str, dates: Dates, example: str) -> None:
    fault = read(cell, dates, column)
    assert isinstance(fault, Fault)
    assert fault.facts["example"] == example


OTHERS: dict[str, tuple[str, CellValue, Value | P]] = {
    "a day": ("date", "2031-09-01", DAY),
    "a native day": ("date", DAY, DAY),
    "a day with its midnight, as exports have it": ("date", "2031-09-01 00:00:00", TWO.replace(hour=0)),
    "a weekday is no day": ("date", "Monday", P.ONLY_A_WEEKDAY),
    "a time is no day": ("date", "09:00", P.NOT_A_DATE),
    "a serial number is no day": ("date", 48092, P.BARE_NUMBER),
    "an end": ("end_time", "15:00", time(15)),
    "a native end": ("end_time", time(15), time(15)),
    "an end with its day": ("end_time", "2031-09-01 14:00", TWO),
    "a day under the end is for the row to judge": ("end_time", "2031-09-01", DAY),
    "an end at midnight": ("end_time", "midnight", END_OF_DAY),
    "the day of an end": ("end_date", "2031-09-01", DAY),
    "a span is no end": ("end_time", "14:00-15:00", P.NOT_AN_END),
    "an end at 24:00": ("end_time", "24:00", END_OF_DAY),
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
    [
        *((*each, UNTOLD) for each in DATE_FORMS),
        *((form, example, Dates(stated=order)) for form, example, order in ORDERED_FORMS),
    ],
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
    assert {read(form, MONTH_FIRST) for form in forms} == {moment}


@given(wall_clocks)
def test_a_native_cell_reads_the_same_from_the_results_workbook(moment: datetime) -> None:
    for cell, column in ((moment, "start_time"), (moment.date(), "date"), (moment.time(), "end_time")):
        assert read(shown(cell), column=column) == read(cell, column=column)


ORDER_OF = {"dmy": (2, 1, 0), "mdy": (1, 2, 0), "ymd": (0, 1, 2)}
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2060, 12, 31))


def in_order(day: date, order: str, sign: str, *, short: bool) -> str:
    parts = (f"{day.year % 100:02}" if short else f"{day.year}", f"{day.month:02}", f"{day.day:02}")
    return sign.join(parts[place] for place in ORDER_OF[order])


@given(
    st.lists(days, min_size=1, max_size=6),
    st.sampled_from(sorted(ORDER_OF)),
    st.sampled_from("/-"),
    st.booleans(),
)
def test_a_file_that_is_written_in_one_order_is_read_in_it_or_asked_about(
    meant: list[date], order: str, sign: str, short: bool
) -> None:
    """Whatever the order: no date becomes another day."""
    texts = [in_order(day, order, sign, short=short) for day in meant]
    known = after(*texts, dates=Dates(this_year=2026))
    for text, day in zip(texts, meant, strict=True):
        found = read(text, known, "date")
        assert isinstance(found, Fault) or found == day


@given(
    st.lists(days, min_size=1, max_size=6),
    st.sampled_from(("dmy", "mdy")),
    st.sampled_from("/-"),
)
def test_a_file_that_proves_its_order_is_read_whole(meant: list[date], order: str, sign: str) -> None:
    proof = date(2031, 6, 13)
    texts = [in_order(day, order, sign, short=False) for day in (*meant, proof)]
    known = after(*texts)
    assert [read(text, known, "date") for text in texts] == [*meant, proof]


def test_a_weekday_rules_readings_out_before_they_are_offered() -> None:
    fault = read("viernes 10/09/27 09:30", Dates(this_year=2026))
    assert isinstance(fault, Fault)
    assert (fault.problem, fault.facts["readings"]) == (P.AMBIGUOUS_DATE, {"dmy": "2027-09-10"})
    fault = read("lunes 10/09/27 09:30", Dates(this_year=2026))
    assert isinstance(fault, Fault)
    assert fault.problem is P.OTHER_WEEKDAY
