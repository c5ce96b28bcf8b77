"""What the rows of a file show together, and what was taken for granted where it says nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from batch.core.message import TimetableNote
from batch.report.wording import series
from batch.report.wording.phrases import KEEPER, Words, dated, listed, more_in_words, rows_in_words, tr

_SHOWN_DAYS = 6
_SHOWN_ROWS = 10
_SHOWN_SHEETS = 7
_SATURDAY = 5
_FIRST = {"dmy": "day", "mdy": "month", "ymd": "year"}


def words_of(what: TimetableNote, facts: Mapping[str, object]) -> Words:
    match what:
        case TimetableNote.WHICH_ORDER:
            return Words(
                "Dates can be read two ways, and nothing in the file proves which is meant. Day first: {days}; month "
                "first: {otherwise}.",
                "Say which comes first with --dates dmy or --dates mdy; for every file, with dates in classbatch.toml.",
                page_hint='Say under "How the file is read" which comes first.',
                more={
                    "days": days_in_words(facts.get("day_first")),
                    "otherwise": days_in_words(facts.get("month_first")),
                },
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
        case TimetableNote.NAMES_FOR_ADDRESSES:
            more = " and {more:,} more" if facts.get("more") else ""
            line = '[values.presenter_email] a line such as "Dr. Rao" = "rao@school.example".'
            if facts.get("grid"):
                return Words(
                    f"The cells hold names, and no e-mail addresses: {{names:quoted}}{more}.",
                    f"Write once in classbatch.toml which address each name stands for, under {line}",
                    page_hint="Write which address each name stands for, where the page asks for it.",
                )
            address = "Add a column with each teacher's e-mail address"
            return Words(
                f"{{column}} holds names, and no e-mail addresses: {{names:quoted}}{more}.",
                f"{address}; or write once in classbatch.toml which address each name stands for, under {line}",
                page_hint=f"{address}; or write which address each name stands for, where the page asks for it.",
            )
        case TimetableNote.ZONE_OF_HEADER:
            return Words("Starts are read by the clock of {zone}, as the header {header!r} says.")
        case TimetableNote.NO_ZONE:
            clock = "If that is not your clock,"
            return Words(
                "There is no column for time_zone: every start is read as {zone}, unless it has an offset of its own.",
                f"{clock} set time_zone under [defaults] in classbatch.toml.",
                page="No column says the time zone: every start is read as {zone}, unless it has an offset of its own.",
                page_hint=f'{clock} name your time zone under "How the file is read".',
            )
        case TimetableNote.NO_ATTENDEE_LIMIT:
            lets = "and the service lets 2 people attend a class without a limit."
            if "rows" in facts:
                return Words(
                    f"{{column}} is empty in {{named}}, {lets}",
                    "Write there how many may attend.",
                    page=f"{{column:called}} is empty in {{named}}, {lets}",
                    more=_named(facts),
                )
            if facts.get("grid"):
                return Words(
                    f"The grid does not say how many may attend, {lets}",
                    "If more may, write attendee_limit under [defaults] in classbatch.toml.",
                    page_hint=f"If more may, the limit can be set for all files. {KEEPER}",
                )
            return Words(
                f"There is no column for {{column}}, {lets}",
                "Add one that says how many may attend.",
                page=f"There is no column {{column:called}}, {lets}",
            )
        case TimetableNote.NO_LENGTH:
            if "rows" in facts:
                return Words(
                    "{column} is empty in {named}: each class there lasts 60 minutes.",
                    page="{column:called} is empty in {named}: each class there lasts 60 minutes.",
                    more=_named(facts),
                )
            return Words(
                "There is no column for {column}: each class lasts 60 minutes.",
                page="There is no column {column:called}: each class lasts 60 minutes.",
            )
        case TimetableNote.NO_RECORDING:
            if "rows" in facts:
                return Words(
                    "{column} is empty in {named}: no class there is recorded.",
                    page="{column:called} is empty in {named}: no class there is recorded.",
                    more=_named(facts),
                )
            if facts.get("grid"):
                return Words("The grid does not say that classes are recorded: none is.")
            return Words(
                "There is no column for {column}: no class is recorded.",
                page="There is no column {column:called}: no class is recorded.",
            )
        case TimetableNote.OUTSIDE_HOURS:
            is_usual = facts.get("usual")
            whose = "the usual hours" if is_usual else "your opening hours"
            change = "; opening_hours in classbatch.toml says which are yours" if is_usual else ""
            return Words(
                f"{{named:start}} begins at {{begins}}, outside {whose} ({{opens}}-{{closes}})."
                if _number_of(facts.get("rows")) == 1
                else f"{{named:start}} begin outside {whose} ({{opens}}-{{closes}}), the first at {{begins}}.",
                f"Leave it if that is right{change}.",
                page_hint="Leave it if that is right.",
                more=_named(facts),
            )
        case (
            TimetableNote.SERIES
            | TimetableNote.SERIES_IN_ALL
            | TimetableNote.NOT_OF_A_SERIES
            | TimetableNote.TERM_OF_SHEET
        ):
            return series.note_words(what, facts)


def _first(facts: Mapping[str, object]) -> str:
    return _FIRST.get(str(facts.get("order")), "day")


def _named(facts: Mapping[str, object]) -> Mapping[str, object]:
    return {"named": rows_by_sheet(facts["rows"])} if "rows" in facts else {}


def _number_of(rows: object) -> int:
    return sum(1 if isinstance(each, str) else each[1] for each in _each(rows))


def _each(rows: object) -> Sequence[Any]:
    """The rows of each sheet, with its name; or the name of each row, as an earlier version kept them."""
    found = rows if isinstance(rows, Sequence) else ()
    return [("", *found)] if found and isinstance(found[0], int) else found


def rows_by_sheet(rows: object) -> str:
    """Rows by their numbers, those of several sheets by sheet.

    >>> rows_by_sheet((3, [(6, 7), (9, 9)], 0)), rows_by_sheet(["6", "7 (Monday)"])
    ('rows 6, 7 and 9', 'rows 6 and 7 (Monday)')
    >>> rows_by_sheet([("Monday", 1, [(6, 6)], 0), ("Friday", 40, [(2, 41)], 0)])
    'row 6 of Monday and rows 2-41 of Friday'
    """
    found = _each(rows)
    if all(isinstance(each, str) for each in found):
        more = [more_in_words(len(found) - _SHOWN_ROWS)] if len(found) > _SHOWN_ROWS else []
        return tr(
            "{number:form row|rows} {rows:list and}", number=len(found), rows=[*found[:_SHOWN_ROWS], *more]
        )
    named = [
        tr("{rows:rows} of {sheet}", rows=numbers, sheet=sheet) if sheet else rows_in_words(*numbers)
        for sheet, *numbers in found[:_SHOWN_SHEETS]
    ]
    more = [tr("{more} more sheets", more=len(found) - _SHOWN_SHEETS)] if len(found) > _SHOWN_SHEETS else []
    return listed([*named, *more])


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
        of = dated(month[0], "%b" if month[0].year == _year_of(months[place + 1 :]) else "%b %Y")
        days = ", ".join(dated(day, "%a %e") for day in month)
        parts.append(tr("{days} {month}", days=days, month=of))
    if len(found) > len(shown):
        parts.append(more_in_words(len(found) - len(shown)))
    if weekend := sum(day.weekday() >= _SATURDAY for day in found):
        parts.append(tr("{weekend:,} on a weekend", weekend=weekend))
    return ", ".join(parts)


def _year_of(months: Sequence[Sequence[date]]) -> int | None:
    return months[0][0].year if months else None
