"""A school's holidays from a file of their own: a calendar with days that last all day, or CSV with `date` or `from`, `to` and `name`."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from icalendar import Calendar

from batch.core.errors import FileProblem
from batch.core.message import FileFault
from batch.core.rows.columns import fold
from batch.core.rows.date_order import Dates
from batch.core.rows.dates import read_moment
from batch.core.term.days_off import LONGEST
from batch.core.term.term import DaysOff
from batch.readers.options import MIB

_MOST_BYTES = 2 * MIB
_FIRST = (
    "date",
    "from",
    "first",
    "start",
    "start date",
    "von",
    "datum",
    "desde",
    "fecha",
    "du",
    "de",
    "data",
)
_LAST = ("to", "until", "last", "end", "end date", "bis", "hasta", "au", "ate")
_NAME = ("name", "holiday", "title", "summary", "description", "ferien", "nombre", "nom", "nome")
_ONE_DAY = timedelta(days=1)


def read_holidays(path: Path, dates: Dates) -> tuple[DaysOff, ...]:
    """The days off that a file lists.

    Raises:
        FileProblem: it cannot be read, or it lists something else.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise FileProblem(FileFault.CANNOT_OPEN, name=str(path), why=error.strerror) from error
    if len(content) > _MOST_BYTES:
        raise FileProblem(FileFault.TOO_LARGE, name=str(path), mib=_MOST_BYTES // MIB)
    try:
        text = content.decode("utf-8-sig")
        found = tuple(
            _of_calendar(text) if "BEGIN:VCALENDAR" in text[:1000].upper() else _of_table(text, dates)
        )
    except (ValueError, KeyError, csv.Error) as error:
        raise FileProblem(FileFault.NO_HOLIDAYS, name=str(path), why=str(error)[:100]) from error
    if not found:
        raise FileProblem(FileFault.NO_HOLIDAYS, name=str(path), why="nothing in it is a day off")
    return found


def _of_calendar(text: str) -> Iterator[DaysOff]:
    for event in Calendar.from_ical(text).walk("VEVENT"):
        begins = event.decoded("DTSTART")
        if isinstance(begins, datetime) or not isinstance(begins, date):
            continue  # something at an hour is no holiday
        if "RRULE" in event:
            raise ValueError(f"{event.get('SUMMARY', '')} repeats: give each year's days")
        # The end of an event that lasts all day is the day after its last one.
        ends = event.decoded("DTEND") - _ONE_DAY if "DTEND" in event else begins
        if "DURATION" in event:
            ends = begins + event.decoded("DURATION") - _ONE_DAY
        yield _days_off(begins, max(begins, ends), str(event.get("SUMMARY", "")))


def _of_table(text: str, dates: Dates) -> Iterator[DaysOff]:
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    header, *rows = csv.reader(lines, delimiter=delimiter, strict=True)
    names = [fold(name) for name in header]
    first, last, name = (
        next((names.index(each) for each in words if each in names), None) for words in (_FIRST, _LAST, _NAME)
    )
    if first is None:
        raise ValueError("no column is called date or from")
    for number, cells in enumerate(rows, start=2):
        begins = _day(cells, first, number, dates)
        if begins is None:
            continue
        ends = (_day(cells, last, number, dates) if last is not None else None) or begins
        yield _days_off(begins, ends, cells[name].strip() if name is not None and name < len(cells) else "")


def _day(cells: list[str], place: int, number: int, dates: Dates) -> date | None:
    text = cells[place].strip() if place < len(cells) else ""
    if not text:
        return None
    found = read_moment(text, dates)
    if isinstance(found, datetime):
        return found.date()
    if isinstance(found, date):
        return found
    raise ValueError(f"{text!r} in line {number} is no date that can be read one way only")


def _days_off(first: date, last: date, name: str) -> DaysOff:
    if not first <= last <= first + LONGEST:
        raise ValueError(f"{name or first} ends before it begins, or lasts more than a year")
    return DaysOff(first, last, name)
