"""What the rows of a file show together, and what was taken for granted where it says nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from batch.core.message import TimetableNote
from batch.report.wording.phrases import Words, listed

_SHOWN_DAYS = 6
_SHOWN_ROWS = 10
_SATURDAY = 5
_FIRST = {"dmy": "day", "mdy": "month", "ymd": "year"}


def words_of(what: TimetableNote, facts: Mapping[str, object]) -> Words:
    match what:
        case TimetableNote.WHICH_ORDER:
            return Words(
                f"Dates can be read two ways, and nothing in the file proves which is meant. Day first: "
                f"{days_in_words(facts.get('day_first'))}; month first: {days_in_words(facts.get('month_first'))}.",
                "Say which comes first with --dates dmy or --dates mdy; for every file, with dates in classbatch.toml.",
                page_hint='Say under "How the file is read" which comes first.',
            )
        case TimetableNote.ORDERS_MIXED:
            return Words("Dates are written day first and month first: {first} and {last}. None is read.")
        case TimetableNote.ORDER_PROVED:
            return Words(f"Dates are read {_first(facts)} first, as {{proof}} shows.")
        case TimetableNote.ORDER_PROVED_BEFORE:
            return Words(
                f"Dates are read {_first(facts)} first, as an earlier file like this one did: {{proof}}."
            )
        case TimetableNote.ORDER_SAID_BEFORE:
            return Words(
                f"Dates are read {_first(facts)} first, as you said of an earlier file like this one: {{file}}.",
                "If that does not hold here, say which comes first with --dates.",
                page_hint='If that does not hold here, say under "How the file is read" which comes first.',
            )
        case TimetableNote.CLOCK_AS_BEFORE:
            return Words("Times are read on the 24-hour clock, as was said of an earlier file like this one.")
        case TimetableNote.ZONE_OF_HEADER:
            return Words("Starts are read by the clock of {zone}, as the header {header!r} says.")
        case TimetableNote.NO_ZONE:
            clock = "If that is not your clock,"
            return Words(
                "There is no column for time_zone: every start is read as {zone}, unless it has an offset of its own.",
                f"{clock} set time_zone under [defaults] in classbatch.toml.",
                page_hint=f'{clock} name your time zone under "How the file is read".',
            )
        case TimetableNote.NO_ATTENDEE_LIMIT:
            return Words(
                f"{_empty(facts)}, and the service lets 2 people attend a class without a limit.",
                "Say there how many may attend."
                if "rows" in facts
                else "Add one that says how many may attend.",
            )
        case TimetableNote.NO_LENGTH:
            return Words(f"{_empty(facts)}: each class there lasts 60 minutes.")
        case TimetableNote.NO_RECORDING:
            return Words(f"{_empty(facts)}: no class there is recorded.")
        case TimetableNote.OUTSIDE_HOURS:
            rows = facts.get("rows")
            alone = " at {begins}," if isinstance(rows, Sequence) and len(rows) == 1 else ""
            first = "" if alone else ", the first at {begins}"
            return Words(
                f"{_rows(facts)}{alone} outside your opening hours ({{opens}}-{{closes}}){first}.",
                "Nothing, if that is right.",
            )


def _first(facts: Mapping[str, object]) -> str:
    return _FIRST.get(str(facts.get("order")), "day")


def _empty(facts: Mapping[str, object]) -> str:
    rows = facts.get("rows")
    if not isinstance(rows, Sequence):
        return "There is no column for {column}"
    return f"{{column}} is empty in {rows_in_words(rows)}"


def _rows(facts: Mapping[str, object]) -> str:
    rows = facts.get("rows")
    named = rows_in_words(rows if isinstance(rows, Sequence) else ())
    return f"{named[:1].upper()}{named[1:]} {'begin' if named.startswith('rows') else 'begins'}"


def rows_in_words(rows: Sequence[object]) -> str:
    """Rows by their numbers, the first of many.

    >>> rows_in_words([6]), rows_in_words([6, 7, 9])
    ('row 6', 'rows 6, 7 and 9')
    """
    if len(rows) == 1:
        return f"row {rows[0]}"
    shown = [str(row) for row in rows[:_SHOWN_ROWS]]
    more = len(rows) - len(shown)
    return f"rows {listed([*shown, f'{more:,} more'] if more else shown)}"


def days_in_words(days: object) -> str:
    """Days in the order of a file, so that the wrong ones show.

    >>> days_in_words(["2031-09-08", "2031-09-09"])
    'Mon 8, Tue 9 Sep 2031'
    >>> days_in_words(["2031-08-09", "2031-09-09"])
    'Sat 9 Aug, Tue 9 Sep 2031, 1 on a weekend'
    """
    found = [date.fromisoformat(str(day)) for day in days] if isinstance(days, Sequence) else []
    shown, parts = found[:_SHOWN_DAYS], []
    months = [list(each) for _, each in groupby(shown, key=lambda day: (day.year, day.month))]
    for place, month in enumerate(months):
        year = f" {month[0].year}" if month[0].year != _year_of(months[place + 1 :]) else ""
        parts.append(f"{', '.join(f'{day:%a} {day.day}' for day in month)} {month[0]:%b}{year}")
    if len(found) > len(shown):
        parts.append(f"{len(found) - len(shown):,} more")
    if weekend := sum(day.weekday() >= _SATURDAY for day in found):
        parts.append(f"{weekend:,} on a weekend")
    return ", ".join(parts)


def _year_of(months: Sequence[Sequence[date]]) -> int | None:
    return months[0][0].year if months else None
