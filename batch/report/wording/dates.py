"""When a class is, in words: what is wrong with a date, a time of day, a zone, an end or a length."""

from collections.abc import Mapping
from typing import Literal

from batch.core.rows.file_evidence import Converted
from batch.core.rows.problems import Problem
from batch.report.wording.language import tr_later
from batch.report.wording.phrases import Words, listed, tr

DateProblem = Literal[
    Problem.NOT_A_TIME,
    Problem.NO_SUCH_HOUR,
    Problem.NOT_A_ZONE,
    Problem.NO_TIME_OF_DAY,
    Problem.OTHER_WEEKDAY,
    Problem.NO_YEAR,
    Problem.ONLY_A_WEEKDAY,
    Problem.MIDNIGHT,
    Problem.CONVERTED_DATE,
    Problem.AT_NIGHT,
    Problem.NO_HALF,
    Problem.OTHER_OFFSET,
    Problem.NO_ZONE_HERE,
    Problem.CLOCK_OF_HEADER,
    Problem.DATE_ABOVE,
    Problem.DATE_ONLY,
    Problem.TIME_ONLY,
    Problem.HOUR_24,
    Problem.WITH_OFFSET,
    Problem.BARE_NUMBER,
    Problem.SPAN,
    Problem.MIXED_DATES,
    Problem.AMBIGUOUS_DATE,
    Problem.CONTRADICTS,
    Problem.ENDS_FIRST,
    Problem.NOT_A_LENGTH,
    Problem.NOT_A_DATE,
    Problem.NOT_AN_END,
    Problem.HOUR_COMES_TWICE,
    Problem.READ_MONTH_FIRST,
]

_FLAGS = "--dates dmy for the day, --dates mdy for the month"
_READ_AS = {
    "dmy": tr_later("{day:day} (day first)"),
    "mdy": tr_later("{day:day} (month first)"),
    "ymd": tr_later("{day:day} (year first)"),
}
_IN_ORDER = {"dmy": " with the day first", "mdy": " with the month first", "ymd": " with the year first"}


def problem_words(problem: DateProblem, facts: Mapping[str, object]) -> Words:
    match problem:
        case Problem.NOT_A_TIME if facts.get("of_an_hour"):
            return Words("is not a time of day", "Write it as {example}.")
        case Problem.NOT_A_TIME:
            return Words(f"is not a date and time{_in_order(facts)}", "Write it as {example}.")
        case Problem.NO_SUCH_HOUR:
            return Words(
                "does not exist in {zone}: the clock is put forward over it that night",
                "Choose a time before or after the change.",
            )
        case Problem.NOT_A_ZONE:
            return Words(
                "is not a time zone that is known here", "Write an area and city, such as {example}."
            )
        case Problem.NO_TIME_OF_DAY:
            midnight = "if midnight is meant"
            return Words(
                "is midnight, which is how a spreadsheet keeps a date without a time of day",
                f"Write the time of day, too, such as {{example}}; {midnight}: --clock 24.",
                page_hint=f"Write the time of day, too, such as {{example}}; {midnight}, say under "
                '"How the file is read" that times are on the 24-hour clock.',
            )
        case Problem.OTHER_WEEKDAY if "readings" in facts:
            return Words(
                "names another day of the week than that of its date, which can be {readings}",
                "Mend the date or the day of the week.",
                more={"readings": _readings(facts)},
            )
        case Problem.OTHER_WEEKDAY:
            return Words(
                "names another day of the week than that of its date, {day:day}",
                "Mend the date or the day of the week.",
            )
        case Problem.NO_YEAR:
            return Words("is a date without its year", "Write it with the year, such as {example}.")
        case Problem.ONLY_A_WEEKDAY if facts.get("repeats"):
            return Words(
                "says that the lesson repeats, where a start is one date and time",
                "Write the days of the week under {weekday}, the first and the last day under {first_date} and "
                "{last_date}, and the time of day alone here; "
                "or give each date a row of its own.",
            )
        case Problem.ONLY_A_WEEKDAY:
            return Words(
                "is a day of the week without a date",
                "Write its date, such as {example}; or, for a lesson that repeats, the day of the week under "
                "{weekday} and the time of day alone here.",
            )
        case Problem.MIDNIGHT:
            return Words(
                "can be the midnight with which the day begins, or the one with which it ends",
                "Write 00:00 with the date of the day that begins then.",
            )
        case Problem.CONVERTED_DATE:
            since = (
                "it shows the real dates of this column in another order than the one in which the file is written"
                if facts.get("sign") == Converted.SHOWN_OTHERWISE
                else "every real date of this column has a day up to 12 and every one that stayed text a day over it"
            )
            return Words(
                f"may have been {{other:day}}: a spreadsheet seems to have taken the month for the day, since {since}",
                "Compare it with the source of the file, and write the date that is meant with its month as a word.",
            )
        case Problem.AT_NIGHT:
            return Words(
                "is {night} at night, and nothing in its column says AM or PM or is later than 12:59",
                "Write {afternoon} or {twelve} if the afternoon is meant; if the night is: --clock 24.",
                page_hint="Write {afternoon} or {twelve} if the afternoon is meant; if the night is, say under "
                '"How the file is read" that times are on the 24-hour clock.',
            )
        case Problem.NO_HALF:
            return Words(
                "says neither AM nor PM, which other starts of the file do",
                "Write {am} or {pm}; if each start without them counts to 24: --clock 24.",
                page_hint="Write {am} or {pm}; if each start without them counts to 24, say under "
                '"How the file is read" that times are on the 24-hour clock.',
            )
        case Problem.OTHER_OFFSET:
            return Words(
                "has the offset {offset}, and {zone} has {own} on that day",
                "Mend the offset, or the zone under {time_zone}.",
            )
        case Problem.NO_ZONE_HERE:
            return Words(
                "is empty, where other rows name a time zone",
                "Fill in the zone of this class, too; or set time_zone under [defaults] in classbatch.toml.",
                page_hint="Fill in the zone of this class, too.",
            )
        case Problem.CLOCK_OF_HEADER:
            return Words(
                "is missing: the header {named!r} names a clock, and not by the name of a time zone",
                "Add a column time_zone, with {example} in each row if that is meant; "
                "or set time_zone under [defaults] in classbatch.toml.",
                page_hint="Add a column time_zone, with {example} in each row if that is meant.",
            )
        case Problem.DATE_ABOVE:
            return Words(
                "has no date: {above!r} in row {row} was seen, and is not taken for the rows below it",
                "Write the date in every row.",
            )
        case Problem.DATE_ONLY:
            return Words(
                "is a date without a time of day",
                "Write both in this cell, such as {example}; or have two columns: date for the day, start_time for the time of day.",
            )
        case Problem.TIME_ONLY:
            return Words(
                "is a time of day without a date",
                "Write both in this cell, such as {example}; or give the dates a column called date.",
            )
        case Problem.HOUR_24:
            return Words(
                "ends in 24:00",
                "Midnight is 00:00 of the next day: write it as "
                + ("23:59, or as minutes under {duration}." if facts.get("of_an_end") else "{example}."),
            )
        case Problem.WITH_OFFSET:
            return Words(
                "names a time zone, or an offset that none has",
                "Write the time on the local clock without it, such as {example}, and the place under {time_zone}.",
            )
        case Problem.BARE_NUMBER if "period" in facts:
            write = f"Write the time of day{_perhaps(facts)}"
            return Words(
                "is a plain number, which no date or time is",
                f"{write}; if it counts the lessons of a day, say once in classbatch.toml when that one is, under "
                '[values.start_time] a line such as "{period}" = "10:15-11:00".',
                page_hint=f"{write}; if it counts the lessons of a day, ask whoever looks after classbatch to say when "
                "each is, under [values.start_time] in classbatch.toml.",
            )
        case Problem.BARE_NUMBER:
            return Words(
                "is a plain number, which no date or time is",
                f"Give the cell a date or time format, or write it as {{example}}{_perhaps(facts)}.",
            )
        case Problem.SPAN:
            return Words(
                "leaves open in which half of the day it begins or ends",
                "Write AM or PM after both times, or neither: 9:00 AM-9:55 AM, 09:00-09:55.",
            )
        case Problem.MIXED_DATES:
            return Words(
                "can be {readings}, and the file has dates in both orders: {first}, {last}",
                f"Write the month of every date as a word, such as 6 Oct 2031, or say which comes first: {_FLAGS}.",
                page_hint="Write the month of every date as a word, such as 6 Oct 2031, or say under "
                '"How the file is read" which comes first.',
                more={"readings": _readings(facts)},
            )
        case Problem.AMBIGUOUS_DATE if len(orders := _orders(facts)) == 1:
            return Words(
                "can only be {readings} by its day of the week, and no date of the file proves that order",
                "Say so: --dates {order}; or write the month as a word.",
                page_hint="Say which comes first where the page asks for it; or write the month as a word.",
                more={"readings": _readings(facts), "order": orders[0]},
            )
        case Problem.AMBIGUOUS_DATE:
            return Words(
                "can be {readings}, and nothing in the file proves which",
                f"Say which comes first: {_FLAGS}; or write the month as a word.",
                page_hint="Say which comes first where the page asks for it; or write the month as a word.",
                more={"readings": _readings(facts)},
            )
        case Problem.CONTRADICTS:
            return Words(
                f"does not agree with {_other(facts)}", "Mend the one that is wrong, or empty this cell."
            )
        case Problem.ENDS_FIRST:
            return Words(
                "ends no later than it begins, at {begins}",
                f"Mend the end{' ({later}?)' if facts.get('later') else ''}; for a class past midnight write the "
                "minutes under {duration} instead.",
            )
        case Problem.NOT_A_LENGTH:
            return Words(
                "is not a number of minutes",
                f"Write minutes, such as {{example}}, or hours and minutes, such as 1h 15m{_perhaps(facts)}.",
            )
        case Problem.NOT_A_DATE:
            return Words(f"is not a date{_in_order(facts)}", "Write it as {example}.")
        case Problem.NOT_AN_END:
            return Words("is not a time of day", "Write it as {example}.")
        case Problem.HOUR_COMES_TWICE:
            return Words(
                "comes twice in {zone}: the clock is put back over it that night",
                "Leave it if the service's choice of the two is fine; else choose another time.",
            )
        case Problem.READ_MONTH_FIRST:
            return Words(
                "is read as {one}, month first; no date of this file shows that it is not {other}",
                "Leave it if that is right; else run again with --dates dmy, or write it as {example}.",
                page_hint='Leave it if that is right; else say under "How the file is read" that the day comes first, or write it as {example}.',
            )


def _readings(facts: Mapping[str, object]) -> str:
    """The days that a date can be, each with its order: which one is meant shows in the day of the week."""
    readings = facts.get("readings")
    if not isinstance(readings, Mapping):
        return tr("more than one day")
    return listed([tr(_READ_AS[order], day=day) for order, day in readings.items()], "or")


def _orders(facts: Mapping[str, object]) -> list[str]:
    readings = facts.get("readings")
    return [*map(str, readings)] if isinstance(readings, Mapping) else []


def _in_order(facts: Mapping[str, object]) -> str:
    """A date in another order than the one that was said to hold."""
    return _IN_ORDER[str(facts["order"])] if "order" in facts else ""


def _perhaps(facts: Mapping[str, object]) -> str:
    return " (perhaps {likely} is meant)" if facts.get("likely") else ""


def _other(facts: Mapping[str, object]) -> str:
    """What the cell contradicts."""
    if "minutes" in facts:
        return "start and end, which are {minutes} minutes apart"
    return {"end": "the end under {other}", "time": "the time of day under {other}"}.get(
        str(facts.get("part")), "{other}"
    )
