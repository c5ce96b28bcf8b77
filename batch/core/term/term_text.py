"""The term as people write it down: in the settings, or on a sheet `Term` of the workbook."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cell_text import value_text
from batch.core.rows.columns import fold
from batch.core.rows.problems import Fault
from batch.core.rows.row import CellValue, Numbered, shown
from batch.core.rows.status_words import folded_words
from batch.core.term.days_off import LONGEST, ReadDate
from batch.core.term.term import DaysOff
from batch.core.term.weekdays import read_weekdays

#: What a line of [term] takes, for whoever wrote something else.
KEYS: Mapping[str, str] = {
    "starts": "a day such as 2031-09-01",
    "ends": "a day such as 2031-12-19",
    "holidays": 'a list of days and stretches, such as ["2031-10-27..2031-10-31 Half-term"], or the path of a .csv or .ics',
    "week_a": "a day of an A week, such as 2031-09-01",
    "day_order": 'the days of the school\'s week, such as ["mon", "tue", "wed", "thu", "fri"]',
    "count_holidays": "true or false",
}
#: The name of the sheet, in whatever capitals.
SHEET = "term"

_HOLIDAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\s*(?:\.\.|to)\s*([0-9]{4}-[0-9]{2}-[0-9]{2}))?(?:[\s,:]+(.*))?"
)

_STARTS = folded_words(
    *(
        "starts",
        "start",
        "term starts",
        "first day",
        "first day of term",
        "begins",
        "beginn",
        "anfang",
        "erster tag",
    ),
    *("inicio", "primer día", "début", "premier jour", "início", "primeiro dia", "البداية", "प्रारंभ", "开始"),
)
_ENDS = folded_words(
    *("ends", "end", "term ends", "last day", "last day of term", "ende", "letzter tag", "fin", "último día"),
    *("dernier jour", "fim", "último dia", "النهاية", "समाप्ति", "结束"),
)
_WEEK_A = folded_words("week a", "a week", "week a begins", "woche a", "semana a", "semaine a", "A周")
_HOLIDAYS = folded_words(
    *("holiday", "holidays", "days off", "ferien", "feiertage", "frei", "vacaciones", "festivos", "vacances"),
    *("congés", "férias", "feriados", "العطل", "छुट्टियाँ", "假期", "节假日"),
)


@dataclass(frozen=True, slots=True)
class TermFault:
    """What cannot be read."""

    key: str  #: of [term], or what the line of the sheet is about
    text: str  #: what is written there
    row: int = 0  #: of the sheet


def read_settings(keys: Mapping[str, object]) -> tuple[dict[str, Any], list[TermFault]]:
    """The fields of `Term` that a table of the settings says, and what of it cannot be read; a path is for others to read."""
    found: dict[str, Any] = {}
    faults: list[TermFault] = []
    for key, value in keys.items():
        if key == "holidays" and isinstance(value, str):
            continue
        read = _setting(key, value)
        if read is None:
            faults.append(TermFault(key, str(value)))
        else:
            found[key] = read
    return found, faults


def _setting(key: str, value: object) -> object | None:
    match key:
        case "starts" | "ends" | "week_a":
            return _day(value)
        case "holidays" if isinstance(value, list):
            holidays = [_holiday(each) for each in value]
            return None if None in holidays else tuple(holidays)
        case "day_order":
            return _days(value.split(",") if isinstance(value, str) else value)
        case "count_holidays":
            known = {"true": True, "yes": True, "false": False, "no": False}
            return value if isinstance(value, bool) else known.get(str(value).casefold())
        case _:
            return None


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _holiday(value: object) -> DaysOff | None:
    if (day := _day(value)) is not None:
        return DaysOff(day, day)
    match = _HOLIDAY.fullmatch(value.strip()) if isinstance(value, str) else None
    first = _day(match[1]) if match else None
    last = _day(match[2] or match[1]) if match else None
    if match is None or first is None or last is None or not first <= last <= first + LONGEST:
        return None
    return DaysOff(first, last, (match[3] or "").strip())


def _days(value: object) -> tuple[int, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    found: list[int] = []
    for each in value:
        days = read_weekdays(each.strip()) if isinstance(each, str) else None
        if days is None or isinstance(days, Fault):
            return None
        found += sorted(days - {*found})
    return tuple(found)


def is_named_term(title: str) -> bool:
    return title.strip().casefold() == SHEET


def is_term_sheet(title: str, lines: Sequence[Numbered]) -> bool:
    """Whether a sheet says when the term is: by its name, and the words down its side."""
    words = _STARTS | _ENDS | _WEEK_A | _HOLIDAYS
    return is_named_term(title) and any(fold(shown(_at(cells, 0))) in words for _, cells in lines)


def read_sheet(lines: Sequence[Numbered], read: ReadDate) -> tuple[dict[str, Any], list[TermFault]]:
    """The fields of `Term` that a sheet says: words with their days, and a table of holidays below them.

    Args:
        lines: those with anything in them; a blank cell beside a word says nothing.
        read: reads a date that is text.
    """
    found: dict[str, Any] = {}
    faults: list[TermFault] = []
    holidays: list[DaysOff] = []
    in_table = False
    for number, cells in lines:
        word = fold(shown(_at(cells, 0)))
        if not in_table and word in _HOLIDAYS:
            in_table = True
        elif in_table:
            holidays += _holiday_line(number, cells, read, faults)
        else:
            key = next((key for key, words in _DAYS.items() if word in words), None)
            cell = _at(cells, 1)
            if key is None or not shown(cell).strip():
                continue
            day = _cell_day(cell, read)
            if day is None:
                faults.append(TermFault(key, shown(cell), number))
            else:
                found[key] = day
    if holidays:
        found["holidays"] = tuple(holidays)
    return found, faults


_DAYS = {"starts": _STARTS, "ends": _ENDS, "week_a": _WEEK_A}


def _holiday_line(
    number: int, cells: Sequence[CellValue], read: ReadDate, faults: list[TermFault]
) -> Iterator[DaysOff]:
    name, first, last = (_at(cells, position) for position in range(3))
    if not shown(first).strip() and not shown(last).strip():
        return
    begins = _cell_day(first, read)
    ends = _cell_day(last, read) if shown(last).strip() else begins
    if begins is None or ends is None or not begins <= ends <= begins + LONGEST:
        faults.append(TermFault("holidays", " ".join(filter(None, map(shown, (name, first, last)))), number))
        return
    yield DaysOff(begins, ends, shown(name).strip())


def _cell_day(cell: CellValue, read: ReadDate) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = read(value_text(cell)) if isinstance(cell, str) else None
    return found if isinstance(found, date) else None


def _at(cells: Sequence[CellValue], position: int) -> CellValue:
    return cells[position] if position < len(cells) else None
