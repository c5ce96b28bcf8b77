"""What a header says of the cells below it: the order of its dates, the unit of its numbers; for clocks see `header_clock`.

"Date (DD/MM/YYYY)" and "Duration (hours)" say so of every cell, and in
the letters of each language: JJ/MM/AAAA, TT.MM.JJJJ.
"""

import re

from batch.core.rows.date_order import DateOrder
from batch.core.rows.spelling import plain

_DAY, _MONTH, _YEAR = r"(?:dd?|tt?|jj?)", r"mm?", r"(?:yyyy|yy|aaaa|aa|jjjj|jj)"
_SIGN = r" ?[-/. ] ?"
_BEFORE, _BEHIND = r"(?<![^\W_])", r"(?![^\W_])"
_NO_YEAR = r"(?<![yaj][-/. ])"
_ORDERS = (
    (
        DateOrder.DAY_FIRST,
        re.compile(rf"{_BEFORE}{_NO_YEAR}{_DAY}{_SIGN}{_MONTH}(?:{_SIGN}{_YEAR})?{_BEHIND}"),
    ),
    (
        DateOrder.MONTH_FIRST,
        re.compile(rf"{_BEFORE}{_NO_YEAR}{_MONTH}{_SIGN}{_DAY}(?:{_SIGN}{_YEAR})?{_BEHIND}"),
    ),
)
_WORDS = (
    (DateOrder.DAY_FIRST, re.compile(r"day first|day/month|tag/monat|jour/mois|dia/mes")),
    (DateOrder.MONTH_FIRST, re.compile(r"month first|month/day")),
)
_HOURS = re.compile(
    rf"{_BEFORE}(?:hours?|hrs?|h|stunden?|std|heures?|horas?|ساعات|ساعة|घंटे|小时|小時){_BEHIND}"
)
_MINUTES = re.compile(rf"{_BEFORE}(?:min(?:ute|utes|uten|utos|s)?|hh?[:.]mm|h[:.]m)|دقيقة|मिनट|分")
_TWELVE = re.compile(rf"{_BEFORE}(?:am/pm|12 ?-?(?:h|hour|hours|hr)){_BEHIND}")
_TWENTY_FOUR = re.compile(rf"{_BEFORE}24 ?-?(?:h|hour|hours|hr|std|heures|horas){_BEHIND}")


def order_named(header: str) -> DateOrder | None:
    """The order of day and month that a header names.

    >>> order_named("Date (DD/MM/YYYY)"), order_named("Datum TT.MM.JJJJ"), order_named("Date")
    (<DateOrder.DAY_FIRST: 'dmy'>, <DateOrder.DAY_FIRST: 'dmy'>, None)
    """
    spelt = plain(header)
    found = {order for order, pattern in (*_ORDERS, *_WORDS) if pattern.search(spelt)}
    return found.pop() if len(found) == 1 else None


def order_of_format(number_format: str) -> DateOrder | None:
    r"""The order in which a spreadsheet shows a real date, where its format says so and the reader's computer does not.

    >>> order_of_format(r"dd\/mm\/yyyy;@"), order_of_format("[$-409]m/d/yyyy h:mm AM/PM")
    (<DateOrder.DAY_FIRST: 'dmy'>, <DateOrder.MONTH_FIRST: 'mdy'>)
    >>> order_of_format("mm-dd-yy"), order_of_format("d mmm yyyy"), order_of_format("yyyy-mm-dd")
    (None, None, None)
    """
    bare = _NO_LETTERS.sub("", number_format)
    return None if bare in _AS_THE_COMPUTER_SHOWS_THEM else order_named(bare)


#: In a format: what quotes letters, and the language it is of.
_NO_LETTERS = re.compile(r"[\\\"]|\[\$-[^\]]*\]|;@$")
#: Excel's own short dates, which each computer shows in its own order.
_AS_THE_COMPUTER_SHOWS_THEM = frozenset({"mm-dd-yy", "m/d/yy h:mm"})


def counts_hours(header: str) -> bool:
    """Whether the numbers below a header are hours.

    >>> counts_hours("Duration (hours)"), counts_hours("Duration (hh:mm)"), counts_hours("Duration")
    (True, False, False)
    """
    spelt = plain(header)
    return _HOURS.search(spelt) is not None and _MINUTES.search(spelt) is None


def counts_to_24(header: str) -> bool:
    """Whether a header says that its clock counts to 24."""
    spelt = plain(header)
    return _TWENTY_FOUR.search(spelt) is not None and _TWELVE.search(spelt) is None
