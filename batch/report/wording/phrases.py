"""What the catalogue is written in: templates, filled with facts for one kind of reader."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime
from enum import Enum, unique
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from batch.core.language import Language
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import BY_NAME
from batch.core.text import one_line
from batch.report.wording.language import plural_of, spoken, tr_later, translated
from batch.report.wording.typed import shell_word

#: What only they can do, as it is said to somebody on the page.
KEEPER = tr_later("That is for whoever looks after classbatch on this computer.")

_LONGEST_TITLE = 60


@unique
class Reader(Enum):
    """Who reads it, and so where a thing is mended: by a command and its flags, or on the upload page."""

    TERMINAL = "terminal"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong and what to do; on the page in other words where it is done in another place there."""

    message: str
    hint: str = ""
    page: str | None = None  #: the message there
    page_hint: str | None = None
    more: Mapping[str, object] = field(default_factory=dict)  #: facts that follow from the message's own
    is_for_keeper: bool = False  #: whoever is on the page cannot mend it, unless it is said how

    def for_keeper(self) -> "Words":
        return replace(self, is_for_keeper=True)

    def message_for(self, reader: Reader) -> str:
        on_page = self.page is not None and reader is Reader.PAGE
        return translated(self.page if self.page is not None and on_page else self.message)

    def hint_for(self, reader: Reader) -> str:
        if reader is not Reader.PAGE:
            return translated(self.hint)
        if self.page_hint is not None:
            return translated(self.page_hint)
        return (
            f"{translated(self.hint)} {translated(KEEPER)}"
            if self.is_for_keeper and self.hint
            else translated(self.hint)
        )


def tr(template: str, **facts: object) -> str:
    """A text of the code in the language that is spoken, with its facts.

    >>> tr("{rows:count row} of {file}", rows=2, file="t.csv")
    '2 rows of t.csv'
    """
    return filled(translated(template), facts)


#: What parts the thousands of a number, where that is no comma: in Spanish one may be that of decimals.
_THOUSANDS = {Language.SPANISH: "\N{NO-BREAK SPACE}"}


def number_in_words(number: float) -> str:
    """With its thousands parted.

    >>> number_in_words(200_000)
    '200,000'
    """
    return f"{number:,}".replace(",", _THOUSANDS.get(spoken(), ","))


def counted(number: int, *forms: str) -> str:
    """A number with its noun: the forms of the language that is spoken, or the one from which English makes the other.

    >>> counted(1, "row"), counted(1200, "class", "classes")
    ('1 row', '1,200 classes')
    """
    return f"{number_in_words(number)} {form_of(number, *forms)}"


def form_of(number: int, *forms: str) -> str:
    """The form of a word that goes with a number.

    >>> form_of(1, "is", "are"), form_of(0, "row")
    ('is', 'rows')
    """
    all_forms = forms if len(forms) > 1 else (forms[0], f"{forms[0]}s")
    return all_forms[min(plural_of(number), len(all_forms) - 1)]


_LAST = {"and": tr_later("and"), "or": tr_later("or"), "and no": tr_later("and no")}


def listed(names: list[str], last: str = "and") -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"], "or")
    'a, b or c'
    """
    *first, end = names or [tr("none")]
    return f"{', '.join(first)} {translated(_LAST.get(last, last))} {end}" if first else end


_ROW, _ROWS = tr_later("row {number}"), tr_later("rows {numbers:list and}")
_ROW_FIRST, _ROWS_FIRST = tr_later("Row {number}"), tr_later("Rows {numbers:list and}")


def rows_in_words(
    count: int, stretches: Sequence[tuple[int, int]], beyond: int, *, first: bool = False
) -> str:
    """Rows by number, such as "row 3", "rows 3, 5 and 9", "rows 6-45"; of very many the first.

    >>> rows_in_words(4, [(2, 2), (6, 8)], 0)
    'rows 2 and 6-8'
    """
    if count == 1:
        return tr(_ROW_FIRST if first else _ROW, number=stretches[0][0])
    names: list[str] = []
    for begin, end in stretches:
        names += [f"{begin}-{end}"] if end - begin > 1 else map(str, range(begin, end + 1))
    if beyond:
        names.append(more_in_words(beyond))
    return tr(_ROWS_FIRST if first else _ROWS, numbers=names)


def more_in_words(number: int) -> str:
    """The end of a list that is cut."""
    return tr("{number:,} more", number=number)


def period_in_words(start: float, end: float | None, zone: str, than: float | None = None) -> str:
    """A time as people say it, by the clock of its zone: with its day, unless that is the day of `than`.

    >>> period_in_words(1946026800, 1946030400, "Europe/London")
    'Mon 1 Sep 2031 10:00-11:00 (Europe/London)'
    """
    clock = ZoneInfo(zone)
    begins = datetime.fromtimestamp(start, clock)
    hours = f"{begins:%H:%M}" if end is None else f"{begins:%H:%M}-{datetime.fromtimestamp(end, clock):%H:%M}"
    if than is not None and datetime.fromtimestamp(than, clock).date() == begins.date():
        return tr("{hours} that day", hours=hours)
    return f"{dated(begins, SHORT_DAY)} {hours} ({zone})"


def shift_in_words(seconds: object) -> str:
    """By how much most classes would move.

    >>> shift_in_words(3600), shift_in_words(-5400), shift_in_words(0)
    ('an hour later', '1 h 30 min earlier', 'with another title or presenter')
    """
    if not isinstance(seconds, int):
        return tr("at other times")
    if seconds == 0:
        return tr("with another title or presenter")
    hours, minutes = divmod(abs(seconds) // 60, 60)
    how_much = " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n)
    if how_much == "1 h":
        how_much = tr("an hour")
    return (
        tr("{how_much} later", how_much=how_much)
        if seconds > 0
        else tr("{how_much} earlier", how_much=how_much)
    )


def day_in_words(day: object) -> str:
    """A date with its day of the week, which shows at once whether it is the one that was meant.

    >>> day_in_words("2031-10-06")
    'Monday 6 October 2031'
    """
    return dated(day if isinstance(day, date) else date.fromisoformat(str(day)), LONG_DAY)


#: How days are written, by the signs of strftime; %e is the day of the month without a zero.
LONG_DAY = tr_later("%A %e %B %Y")
LONG_MOMENT = tr_later("%A %e %B %Y, %H:%M")
SHORT_DAY = tr_later("%a %e %b %Y")
DAY_OF_YEAR = tr_later("%a %e %b")
DAY_AND_MONTH = tr_later("%e %b")

_NAMES = {
    "%A": tr_later("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "%a": tr_later("Mon Tue Wed Thu Fri Sat Sun"),
    "%B": tr_later("January February March April May June July August September October November December"),
    "%b": tr_later("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
}


def dated(day: date, pattern: str) -> str:
    """A day, or a moment, with the names that the language has for it.

    >>> dated(date(2031, 9, 1), SHORT_DAY), dated(datetime(2031, 9, 1, 8, 5), "%A %e %B %Y, %H:%M")
    ('Mon 1 Sep 2031', 'Monday 1 September 2031, 08:05')
    """
    places = {"%A": day.weekday(), "%a": day.weekday(), "%B": day.month - 1, "%b": day.month - 1}

    def named(sign: re.Match[str]) -> str:
        if sign[0] == "%e":
            return str(day.day)
        return translated(_NAMES[sign[0]]).split()[places[sign[0]]]

    return day.strftime(re.sub("%[AaBbe]", named, translated(pattern)))


def weekday_in_words(weekday: int) -> str:
    """The name of a day of the week; 0 is Monday."""
    return translated(_NAMES["%A"]).split()[weekday]


def called(column: str) -> str:
    """What people call a column.

    >>> called("attendee_limit"), called("Room")
    ("'Attendee limit'", 'Room')
    """
    known = BY_NAME.get(column)
    return repr(translated(known.called)) if known else column


class Filler(Formatter):
    """Knows more ways to write a fact, such as `{rows:count row}`, `{names:list or}` and `{when:period}`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        way, _, rest = format_spec.partition(" ")
        if way == ",":
            return number_in_words(value)
        if way == "count":
            return counted(value, *rest.split("|"))
        if way == "form":  # of a word that goes with the number: `{rows:form is|are}`
            return form_of(value, *rest.split("|"))
        if way in {"rows", "Rows"}:
            return rows_in_words(*value, first=way == "Rows")
        if way == "start":  # of a sentence
            return f"{value[:1].upper()}{value[1:]}"
        if way == "utc":
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M} UTC"
        if way == "moment" and isinstance(value, datetime):
            return dated(value, tr_later("%a %e %b %Y %H:%M"))
        if way == "moment":  # as somebody else wrote it
            return str(value)
        if way == "quoted":
            return ", ".join(map(repr, value))
        if way == "title":
            title = one_line(value)
            return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 3]}..."
        if way == "typed":  # a file behind a command
            return shell_word(str(value))
        if way == "besides":  # what else the command has to be given
            return f" {value}" if value else ""
        if way == "date":
            return dated(datetime.fromtimestamp(value, UTC), tr_later("%d %b %Y"))
        if way == "period":
            return period_in_words(*value)
        if way == "cells":  # each text with how often it stands there
            return ", ".join(f"{text!r} ({times})" if times > 1 else repr(text) for text, times in value)
        if way == "called":  # a column, or several, in people's words
            return (
                called(value)
                if isinstance(value, str)
                else listed([called(str(each)) for each in value], rest)
            )
        if way == "list":
            return listed([str(each) for each in value], rest)
        if way == "sentences":
            return " ".join(map(str, value))
        if way == "day":
            return day_in_words(value)
        if way == "shift":  # seconds by which most classes would move
            return shift_in_words(value)
        return str(super().format_field(value, format_spec))


_FILLER = Filler()


def filled(template: str, facts: Mapping[str, object]) -> str:
    """A template with its facts.

    >>> filled("{name} has {rows:count row}.", {"name": "t.csv", "rows": 2})
    't.csv has 2 rows.'
    """
    return _FILLER.vformat(template, (), facts)
