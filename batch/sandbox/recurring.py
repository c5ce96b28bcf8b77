"""create_recurring: one set of parameters, the starts of many classes."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from batch.sandbox.dates import wall_clock
from batch.sandbox.refusals import Refused

#: Nobody knows how many the live service makes at once, or how far ahead.
_MOST_CLASSES = 100
_MOST_DAYS = 5 * 366

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_WORKING_DAYS = {"1": 7, "2": 6, "3": 5}  #: class_repeat_type -> so many days of the week, from Monday on

_IsDay = Callable[[date], bool]


def starts(given: Mapping[str, str]) -> list[datetime]:
    """When the classes of a series begin, on the wall clock of its zone, earliest first.

    Raises:
        Refused: 1081 to 1085, and 1019, 1022 or 1005 for its start_time.
    """
    if "start_time" not in given:
        raise Refused("1019")
    first = wall_clock(given["start_time"])
    is_day = _days(given, first.date())
    days = (first.date() + timedelta(days=each) for each in range(_MOST_DAYS))
    fitting = _ended(given, filter(is_day, days))
    made = [first.replace(year=day.year, month=day.month, day=day.day) for day in fitting]
    if not made:
        raise Refused("1082")
    return made


def _ended(given: Mapping[str, str], days: Iterator[date]) -> Iterator[date]:
    """The days up to the series' end, told as a number of classes or as a last day."""
    occurrence, end = given.get("class_occurrence"), given.get("class_end_date")
    if occurrence is not None:
        if not re.fullmatch("[0-9]{1,3}", occurrence) or not 1 <= int(occurrence) <= _MOST_CLASSES:
            raise Refused("1082")
        return islice(days, int(occurrence))
    if end is None:
        raise Refused("1082")
    try:
        last = wall_clock(f"{end} 00:00").date()
    except Refused:
        raise Refused("1082") from None
    return islice(takewhile(lambda day: day <= last, days), _MOST_CLASSES)


def _days(given: Mapping[str, str], first: date) -> _IsDay:
    match given.get("class_repeat_type"):
        case "1" | "2" | "3" as kind:
            return lambda day: day.weekday() < _WORKING_DAYS[kind]
        case "4":
            return _weekly(given, first)
        case "5":
            return _monthly(given)
    raise Refused("1081")


def _weekly(given: Mapping[str, str], first: date) -> _IsDay:
    names = [name.strip().lower() for name in given.get("days_of_week", "").split(",")]
    every = given.get("specific_week", "1")
    if not set(names) <= set(_WEEKDAYS) or not re.fullmatch("[1-9][0-9]?", every):
        raise Refused("1083")
    wanted = {_WEEKDAYS.index(name) for name in names}
    monday = first - timedelta(days=first.weekday())
    return lambda day: day.weekday() in wanted and (day - monday).days // 7 % int(every) == 0


def _monthly(given: Mapping[str, str]) -> _IsDay:
    if given.get("rdo_by_date", "").lower() == "true":
        found = re.fullmatch("([0-9]{1,2})(st|nd|rd|th)?", given.get("monthly_date", "").lower())
        if found is None or not 1 <= (number := int(found[1])) <= 31:
            raise Refused("1084")
        return lambda day: day.day == number
    nth, weekday = (
        _ORDINALS.get(given.get("monthly_day", "").lower()),
        given.get("monthly_week_day", "").lower(),
    )
    if given.get("rdo_by_day", "").lower() != "true" or nth is None or weekday not in _WEEKDAYS:
        raise Refused("1085")
    return lambda day: day.weekday() == _WEEKDAYS.index(weekday) and (day.day - 1) // 7 + 1 == nth
