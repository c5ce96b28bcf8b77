"""What the words of a cell's fault need besides: what to write instead, in the form of that column and as near to what was meant."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from batch.core.rows.cells import Fault
from batch.core.rows.columns import BY_NAME
from batch.core.rows.dates import next_such_day
from batch.core.rows.problems import Problem
from batch.core.rows.zone_suggestions import zone_meant

_PERIOD = re.compile(r"[0-9]{1,2}")  #: a start that may be the number of a lesson in the day
_NUMBERS = re.compile(r"[0-9]{1,6}(?![0-9])")
_OF_A_CLOCK = frozenset({Problem.NOT_A_TIME, Problem.BARE_NUMBER})
_HOUR = "14:00"


def facts_of(
    name: str,
    fault: Fault,
    cell: str,
    *,
    has_date: bool,
    today: date,
    zone_names: Callable[[], Mapping[str, str]],
) -> Mapping[str, object]:
    """The facts of a fault, with an example.

    Args:
        name: API name of the column.
        fault: what is wrong with its cell.
        cell: as it is shown.
        has_date: the day has a column of its own.
        today: for a date without a year.
        zone_names: as `Terms` has them; asked for where there is something to suggest.
    """
    column, problem = BY_NAME[name], fault.problem
    facts = {"example": column.example, **fault.facts}
    if name == "start_time" and has_date and problem in _OF_A_CLOCK:
        facts |= {"example": _HOUR, "of_an_hour": True}
    if problem is Problem.DATE_ONLY and "day" in fault.facts:
        facts["example"] = f"{fault.facts['day']:%Y-%m-%d} {_HOUR}"
    if problem is Problem.BARE_NUMBER and name == "start_time" and _PERIOD.fullmatch(cell.strip()):
        facts["period"] = cell.strip()
    if problem is Problem.NO_YEAR:
        facts["example"] = _with_a_year(fault, today) or column.example
    if problem is Problem.NOT_A_NUMBER and len(numbers := _NUMBERS.findall(cell)) == 1:
        facts["example"] = str(int(numbers[0]))
    if problem is Problem.NOT_A_ZONE and "example" not in fault.facts:
        facts["example"] = zone_meant(cell, zone_names()) or column.example
    return facts


def _with_a_year(fault: Fault, today: date) -> str:
    """What to write in place of a date without a year: the next such day, with its hour."""
    named = [fault.facts.get(name) for name in ("month", "day_of_month", "weekdays")]
    month, day, weekdays = named
    if not isinstance(month, int) or not isinstance(day, int) or not isinstance(weekdays, list):
        return ""
    found = next_such_day(month, day, weekdays, today)
    return " ".join(filter(None, (str(found or ""), str(fault.facts.get("clock", "")))))
