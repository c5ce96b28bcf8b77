"""One cell -> its value, or the problem with it.

Nothing is guessed at: a cell that could mean two things, or that Python would
read more generously than a person (6_0, 05/06/2030), is a problem.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache, partial
from urllib.parse import urlsplit

from batch.core.rows.addresses import presenters_address
from batch.core.rows.cell_text import EDGES, NOTHING, UNMISTAKABLE, is_nothing, value_text, wording
from batch.core.rows.clock_times import END_OF_DAY, Clock, Span
from batch.core.rows.columns import Column, Kind, fold
from batch.core.rows.date_order import UNTOLD, Dates
from batch.core.rows.dates import Meant, bare_number, read_moment
from batch.core.rows.lengths import minutes_of, number_of_minutes, read_length
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.row import CellValue, Unreadable, shown
from batch.core.rows.spelling import plain

__all__ = ["EDGES", "Fault", "Filled", "Value", "encode", "read_start", "reader"]

#: What a cell can mean: text, number, yes or no, a wall-clock time or part of one, a list.
Value = str | int | bool | Meant | tuple[str, ...]

#: A cell with something in it that can be read.
Filled = str | int | float | bool | datetime | date | time | timedelta


#: Control characters and Unicode's pictures of them, which stand for them in a results workbook; line separators,
#: and what neither UTF-8 nor XML can carry.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u2400-\u241f\u2421\ud800-\udfff\ufffe\uffff]")
_CONTROL_NAMES = {"\n": "a line break", "\r": "a line break", "\t": "a tab"}

# "60.0" is how a data frame with gaps exports 60; "60.000" is 60,000 in much of Europe.
_WHOLE = re.compile(r"(-?[0-9]{1,18})(?:[.,]0)?")

_MIDNIGHT = datetime(2000, 1, 1)  # noqa: DTZ001 - a wall clock

#: As `fold` has them; what spreadsheets write for their own yes and no among them, and tick marks.
_YES = (
    *("true", "yes", "y", "1", "t", "on", "enabled", "si", "s", "verdadero", "oui", "vrai", "ja", "j"),
    *("wahr", "sim", "verdadeiro", "نعم", "صواب", "صحيح", "हां", "हाँ", "सही", "是", "是的", "对", "真"),
    *("\u2713", "\u2714", "\u2611", "\u2705"),
)
_NO = (
    *("false", "no", "n", "0", "f", "off", "disabled", "falso", "non", "faux", "nein", "falsch", "nao"),
    *("لا", "خطأ", "नहीं", "गलत", "否", "不", "不是", "假", "\u2717", "\u2718", "\u2610", "\u274c"),
)
_YES_NO = {**{fold(word): True for word in _YES}, **{fold(word): False for word in _NO}}

#: What a class is worth in words; 1 is also what a row without a word is worth.
_WORTH = {
    fold(word): worth
    for worth, words in (
        (1, ("low", "lowest", "minor", "baja", "bajo", "basse", "faible", "niedrig")),
        (1, ("gering", "baixa", "baixo")),
        (1, ("منخفضة", "منخفض", "कम", "निम्न", "低")),
        (2, ("normal", "medium", "standard", "media", "medio", "moyenne", "mittel", "normale", "média")),
        (2, ("متوسطة", "متوسط", "عادي", "عادية", "सामान्य", "मध्यम", "中", "普通")),
        (3, ("high", "important", "alta", "alto", "haute", "élevée", "hoch", "wichtig")),
        (3, ("عالية", "عالي", "उच्च", "高")),
        (
            4,
            ("highest", "urgent", "critical", "urgente", "dringend", "sehr hoch", "عاجل", "अत्यावश्यक", "紧急"),
        ),
    )
    for word in words
}

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?-([A-Za-z]{2})")

_IN_BRACKETS = re.compile(r"\([^)]*\)")

#: Names that the zone database holds, and that say nothing about a place.
_NO_PLACE = frozenset({"localtime", "posixrules", "Factory"})


def reader(
    column: Column,
    zones: frozenset[str],
    dates: Dates = UNTOLD,
    *,
    of_hours: bool = False,
    converted: str | None = None,
) -> Callable[[CellValue], Value | Fault | None]:
    """What reads the cells under `column`: value, fault, or None for an empty cell.

    Args:
        zones: the names that a time zone may have.
        dates: what is known of the order of the file's dates.
        of_hours: a number under the column's header counts hours.
        converted: by what it shows that another program may have taken the month for the day in the file's real dates.
    """
    read: Callable[[Filled], Value | Fault]
    if column.kind is Kind.ZONE:
        read = partial(read_zone, zones=zones)
    elif column.kind is Kind.CONTROLS:
        read = partial(read_controls, choices=column.choices)
    elif column.kind in _DATED_READERS:
        read = partial(_DATED_READERS[column.kind], dates=dates, converted=converted)
    elif column.kind is Kind.MINUTES:
        read = partial(read_minutes, of_hours=of_hours)
    else:
        read = _READERS[column.kind]

    bare = wording if column.kind is Kind.TEXT else value_text
    nothing = _words_for_nothing(column)

    def read_cell(cell: CellValue) -> Value | Fault | None:
        if isinstance(cell, str):
            text = bare(cell)
            return read(text) if text and not is_nothing(text, nothing) else None
        if cell is None:
            return None
        return Fault(cell.problem, {"where": cell.where}) if isinstance(cell, Unreadable) else read(cell)

    return read_cell


def _words_for_nothing(column: Column) -> frozenset[str]:
    if column.name == "title":
        return frozenset()  # a class may be called "None", or N/A
    # Somebody's id may be NA, and a class without any controls is not one with those of the service.
    return UNMISTAKABLE if column.kind in {Kind.TEXT, Kind.CONTROLS} else NOTHING


@lru_cache(maxsize=4096, typed=True)  # most columns have few values; True is no 1
def encode(value: Value) -> str:
    """A value as `create` is sent it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Span | time | timedelta):
        raise TypeError("part of a start is not sent")
    if isinstance(value, datetime):
        # Not strftime: three times slower, and %Y drops leading zeros on some platforms.
        return f"{value.month:02}/{value.day:02}/{value.year:04} {value.hour:02}:{value.minute:02}:{value.second:02}"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def read_text(cell: Filled) -> str | Fault:
    """Text as typed; a number as the spreadsheet shows it, so that id 7.0 is "7"."""
    if isinstance(cell, str):
        control = _CONTROL.search(cell)
        if control is None:
            return cell
        character = control.group()
        named = _CONTROL_NAMES.get(character, f"U+{ord(character):04X}")
        return Fault(Problem.CONTROL_CHARACTER, {"character": named})
    # From 1e15 on, the spreadsheet has already lost digits of an id.
    if isinstance(cell, int | float) and abs(cell) < 1e15:
        return shown(cell)
    found = "number with lost digits" if isinstance(cell, int | float) else "date or time"
    return Fault(Problem.NOT_TEXT, {"found": found})


def read_whole(cell: Filled) -> int | Fault:
    """A whole number, in the digits of any script. `int()` would take 6_0 and True."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | str):
        return Fault(Problem.NOT_A_NUMBER)
    match = _WHOLE.fullmatch(plain(str(cell)))
    return int(match[1]) if match else Fault(Problem.NOT_A_NUMBER)


def read_yes_no(cell: Filled) -> bool | Fault:
    value = _YES_NO.get(fold(shown(cell)))
    return Fault(Problem.NOT_YES_OR_NO) if value is None else value


def read_minutes(cell: Filled, *, of_hours: bool = False) -> int | Fault:
    """Minutes; a number counts hours where the header says so."""
    if isinstance(cell, str):
        return read_length(cell, of_hours=of_hours)
    if isinstance(cell, time | timedelta):
        return minutes_of(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return read_length("")
    return number_of_minutes(float(cell), of_hours=of_hours)


def read_start(cell: Filled, dates: Dates = UNTOLD, *, converted: str | None = None) -> Meant | Fault:  # noqa: PLR0911 - one line for each kind of cell
    """A moment by the clock, to the second, or the part of one that the cell holds; with its offset where it has one."""
    if isinstance(cell, str):
        return read_moment(cell, dates)
    if isinstance(cell, datetime):
        return _native_moment(cell, converted=converted)
    if isinstance(cell, bool):
        return Fault(Problem.NOT_A_TIME)
    if isinstance(cell, int | float):
        return bare_number(cell)
    if isinstance(cell, timedelta):
        within_a_day = timedelta(0) <= cell < timedelta(days=1)
        return (_MIDNIGHT + cell).time() if within_a_day else Fault(Problem.NOT_A_TIME)
    if isinstance(cell, date) and converted and (other := other_day(cell)):
        return Fault(Problem.CONVERTED_DATE, {"day": str(cell), "other": str(other), "sign": converted})
    return cell


def _native_moment(cell: datetime, *, converted: str | None) -> datetime | Fault:
    # A spreadsheet keeps 14:00 as a fraction of a day, often as 13:59:59.999995.
    late = timedelta(seconds=cell.microsecond >= 500_000)
    if not 1 < cell.year < 9999:
        return Fault(Problem.NOT_A_TIME)
    if converted and (other := other_day(cell)):
        return Fault(
            Problem.CONVERTED_DATE, {"day": f"{cell:%Y-%m-%d}", "other": str(other), "sign": converted}
        )
    offset = cell.utcoffset()
    zone = None if offset is None else timezone(offset)
    return cell.replace(microsecond=0, fold=0, tzinfo=zone) + late


def other_day(day: date) -> date | None:
    """The day that a program would have made this one of, taking its month for its day."""
    return date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None


def read_date(cell: Filled, dates: Dates, *, converted: str | None = None) -> date | Fault:
    """A day; or a day with its time of day, which is for the row to judge."""
    meant = read_start(cell, dates, converted=converted)
    if isinstance(meant, date):  # a datetime is one too
        return meant
    if isinstance(meant, Fault) and meant.problem is not Problem.NOT_A_TIME:
        return meant
    return Fault(Problem.NOT_A_DATE, meant.facts if isinstance(meant, Fault) else {})


def read_end(cell: Filled, dates: Dates, *, converted: str | None = None) -> Clock | datetime | date | Fault:
    """A time of day, a whole moment, or a day alone, which is for the row to judge."""
    meant = read_start(cell, dates, converted=converted)
    if isinstance(meant, time | timedelta | date):  # a datetime is a date, too
        return meant
    if isinstance(meant, Fault) and meant.problem is Problem.MIDNIGHT and not meant.facts:
        return END_OF_DAY
    if isinstance(meant, Fault) and meant.problem is not Problem.NOT_A_TIME:
        return meant
    return Fault(Problem.NOT_AN_END, meant.facts if isinstance(meant, Fault) else {})


def read_email(cell: Filled) -> str | Fault:
    return presenters_address(shown(cell))


def read_priority(cell: Filled) -> int | Fault:
    """A whole number, or a word for one. What is neither costs no class: it is told, and counts as 1."""
    whole = read_whole(cell)
    if not isinstance(whole, Fault):
        return whole
    return _WORTH.get(fold(shown(cell)), Fault(Problem.NOT_A_PRIORITY))


def read_zone(cell: Filled, zones: frozenset[str]) -> str | Fault:
    """A name out of `zones` in its own capitals, which the service may insist on."""
    return _zone_named(shown(cell), zones)


@lru_cache(maxsize=1024)
def _zone_named(text: str, zones: frozenset[str]) -> str | Fault:
    if text in zones and text not in _NO_PLACE:
        return text
    names, cities = _folded(zones)
    folded = text.casefold()
    if name := names.get(folded):
        return name
    # "(UTC+01:00) Amsterdam, Berlin, Bern", as Windows lists it, is a zone of its first city.
    first_city, *_ = _IN_BRACKETS.sub("", folded).split(",")
    first_city = first_city.strip().replace(" ", "_")
    near = names.get(first_city) or cities.get(first_city)
    return Fault(Problem.NOT_A_ZONE, {"example": near} if near else {})


@lru_cache(maxsize=4)
def _folded(zones: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Case-folded name -> name and case-folded city -> name, without those that mean two zones."""
    names: dict[str, str] = {}
    cities: dict[str, str] = {}
    for table, keys in ((names, str.casefold), (cities, lambda name: name.rpartition("/")[2].casefold())):
        seen: set[str] = set()
        for name in zones - _NO_PLACE:
            if table is cities and name.startswith("Etc/"):
                continue  # Etc/GMT+2 is two hours behind: what nobody means by GMT+2
            key = keys(name)
            if key in seen:
                table.pop(key, None)
            else:
                table[key] = name
            seen.add(key)
    return names, cities


def read_language(cell: Filled) -> str | Fault:
    """`ll-CC` or `ll-Scrp-CC` in the usual capitals. Which ones are offered, only the service knows."""
    match = _LANGUAGE.fullmatch(shown(cell))
    if match is None:
        return Fault(Problem.NOT_A_LANGUAGE)
    language, script, country = match.groups()
    parts = (language.lower(), script.capitalize() if script else "", country.upper())
    return "-".join(filter(None, parts))


def read_controls(cell: Filled, choices: tuple[str, ...]) -> tuple[str, ...] | Fault:
    """A comma-separated list out of `choices`, each once. The service would drop a misspelt one silently."""
    wanted = tuple(dict.fromkeys(part.strip(EDGES).casefold() for part in shown(cell).split(",")))
    if set(wanted) <= set(choices):
        return wanted
    return Fault(Problem.NOT_A_CONTROL, {"choices": choices})


def read_url(cell: Filled) -> str | Fault:
    """An absolute http(s) address with a host."""
    text = shown(cell)
    # Before urlsplit, which drops tabs and line breaks without a word.
    if _CONTROL.search(text) or any(character.isspace() for character in text):
        return Fault(Problem.NOT_A_URL)
    try:
        parts = urlsplit(text)
        port = parts.port  # raises on a port that is not a number up to 65535
    except ValueError:
        return Fault(Problem.NOT_A_URL)
    host = parts.hostname or ""
    good = parts.scheme in {"http", "https"} and any(map(str.isalnum, host)) and port != 0
    return text if good else Fault(Problem.NOT_A_URL)


_READERS: Mapping[Kind, Callable[[Filled], Value | Fault]] = {
    Kind.TEXT: read_text,
    Kind.EMAIL: read_email,
    Kind.COUNT: read_whole,
    Kind.PRIORITY: read_priority,
    Kind.YES_NO: read_yes_no,
    Kind.LANGUAGE: read_language,
    Kind.URL: read_url,
    Kind.TIMES: read_whole,
    **dict.fromkeys((Kind.WEEKDAYS, Kind.REPEAT, Kind.WEEKS, Kind.DAYS_OFF), read_text),
}

_DATED_READERS: Mapping[Kind, Callable[..., Meant | Fault]] = {
    Kind.START: read_start,
    Kind.DATE: read_date,
    Kind.END: read_end,
}
