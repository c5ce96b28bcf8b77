"""Columns that are not read, and cells in them that change what their row means.

A row is one class. Where a column of somebody's own says that it repeats, falls on several
days, has a second date or is cancelled, scheduling the one class without a word would be wrong.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import cache

from batch.core.quick_dataclass import dataclass
from batch.core.rows.calendar_words import EVERY, PLURAL_WEEKDAYS, WEEKDAYS, alternatives
from batch.core.rows.cancelled_marks import Mark, cancelled_mark
from batch.core.rows.cell_text import NOTHING, is_nothing, value_text
from batch.core.rows.column_names import column_named
from batch.core.rows.columns import BY_NAME, AccountKind, fold
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.row import CellValue, Header, shown
from batch.core.rows.spelling import plain
from batch.core.rows.status_words import (
    folded_words,
    is_cancelled_header,
    is_status_header,
    is_yes,
)

#: A cell's text -> what is wrong with leaving it unread, the days of the week it names, or None.
Look = Callable[[str], Fault | frozenset[int] | None]

_LONGEST = 80  #: a longer cell is a remark
_MOST_SEEN = 2048

#: Where a file has two such columns, one of them is not read.
_REPEAT_HEADERS = frozenset(map(fold, BY_NAME["repeat"].words))
_DAY_HEADERS = frozenset(map(fold, BY_NAME["weekday"].words))
_UNTIL_HEADERS = frozenset(map(fold, BY_NAME["last_date"].words))
#: What says that a lesson does not repeat.
NEVER = folded_words(
    *(
        "never",
        "no",
        "once",
        "one time",
        "single",
        "does not repeat",
        "not repeating",
        "none",
        "false",
        "0",
        "1",
    ),
    *("nunca", "una vez", "no se repite", "jamais", "non", "une fois", "nie", "nein", "einmalig", "einmal"),
    *(
        "não",
        "uma vez",
        "não se repete",
        "لا",
        "مرة واحدة",
        "कभी नहीं",
        "एक बार",
        "नहीं",
        "不重复",
        "一次",
        "否",
    ),
)
_ONE_WORD = folded_words(
    *(
        "weekly",
        "daily",
        "biweekly",
        "bi-weekly",
        "fortnightly",
        "monthly",
        "weekdays",
        "every week",
        "every day",
    ),
    *("semanal", "semanalmente", "diario", "diariamente", "quincenal", "mensual", "cada semana"),
    *("hebdomadaire", "quotidien", "quotidienne", "bimensuel", "mensuel", "chaque semaine"),
    *("wöchentlich", "täglich", "zweiwöchentlich", "14-tägig", "14-täglich", "monatlich", "werktags"),
    *(
        "diário",
        "quinzenal",
        "mensal",
        "أسبوعي",
        "أسبوعيا",
        "يومي",
        "يوميا",
        "شهري",
        "साप्ताहिक",
        "दैनिक",
        "मासिक",
    ),
    *("每周", "每週", "每天", "每日", "每月", "隔周"),
)
_UNITS = "weeks?|days?|months?|other|second|until|semanas?|dias?|semaines?|jours?|wochen?|tage?|zwei|अ?सप्ताह|दिन|周|週|天|日|أسبوع|يوم"
_BETWEEN_DAYS = re.compile(r"\s*(?:[,;/&+|]|\b(?:and|und|y|et|e|or|o|ou)\b|و|और|和|、)\s*|\s+")
_RANGE = re.compile(r"\s*(?:-|to|bis|a|ate)\s*")
#: As registrars write days: MWF, TTh, TR, MTWRF. One letter alone may be of two days.
_LETTERS = re.compile(r"(?:M|Tu|Th|TH|TU|T|W|R|F|Sa|Su|SA|SU|S|U){2,7}")
_SECOND = re.compile(
    r"(?P<of>.+?) ?(?:[2-9]|ii|iii|b)|(?:2nd|3rd|second|third|zweiter?s?|segund[oa]|deuxieme|2e|第二次?) (?P<word>.+)"
)
_SESSIONS = folded_words(
    *("session", "class", "lesson", "meeting", "slot", "day", "sesión", "clase", "séance", "cours", "stunde"),
    *("termin", "sessão", "aula", "上课时间"),
)


@dataclass(frozen=True, slots=True)
class Unread:
    """A column that means nothing to us, and what its cells were seen to say."""

    position: int
    header: str
    look: Look
    seen: dict[str, Fault | frozenset[int] | None] = field(default_factory=dict)

    def judge(self, cell: CellValue) -> Fault | frozenset[int] | None:
        """What a cell says that changes what its row means."""
        typed = shown(cell)
        text = value_text(typed) if len(typed) <= _LONGEST else ""
        found = self.look(text) if text and not is_nothing(text, NOTHING) else None
        if isinstance(cell, str) and len(self.seen) < _MOST_SEEN:
            self.seen[cell] = found
        return found


@cache
def _repeated() -> re.Pattern[str]:
    """What says that a lesson comes again. Compiled when it is asked for: it takes milliseconds."""
    day, end = alternatives({*WEEKDAYS, *PLURAL_WEEKDAYS}), r"(?![^\W\d_])"
    return re.compile(
        rf"(?:{EVERY}) ?(?:on |the |de |la |le |los |las |les |os |as )?(?:(?:{day}){end}|{_UNITS}|[0-9])"
        rf"|(?:{alternatives(PLURAL_WEEKDAYS)}){end}|(?:rrule:)?freq="
    )


def unread_columns(header: Header, account: AccountKind) -> Iterator[Unread]:
    """The columns that are not read."""
    known = set(header.columns.values())
    for position, name in enumerate(header.names):
        if position not in known and not header.of_results:
            look = _look_of(name, account)
            if look is not None:
                yield Unread(position, name.strip() or "a column without a header", look)


def _look_of(name: str, account: AccountKind) -> Look | None:
    folded = fold(name) if len(name) <= _LONGEST else ""
    if is_status_header(name) or is_cancelled_header(name):
        return _may_be_cancelled  # where it is sure, the row is left out as a line that is no class
    if folded in _REPEAT_HEADERS:
        return _marks_a_series
    if folded in _UNTIL_HEADERS:
        return _any(Problem.REPEATS)
    if folded in _DAY_HEADERS:
        return _names_days
    return _any(Problem.SECOND_CLASS) if _is_second(folded, account) else _is_a_remark


def _is_second(folded: str, account: AccountKind) -> bool:
    """Whether a header is that of a start or date with a number behind it, or of a second session."""
    match = _SECOND.fullmatch(folded)
    if match is None:
        return False
    word = match["of"] or match["word"]
    return word in _SESSIONS or column_named(word, account) in {"start_time", "date"}


def _any(problem: Problem) -> Look:
    return lambda _: Fault(problem)


def _marks_a_series(text: str) -> Fault | None:
    if fold(text) in NEVER:
        return None
    sure = fold(text) in _ONE_WORD or is_yes(text) or text.isdecimal() or _repeated().match(plain(text))
    several = _days(text)
    return Fault(Problem.REPEATS if sure or several else Problem.MAY_REPEAT)


def _names_days(text: str) -> Fault | frozenset[int] | None:
    if fold(text) in _ONE_WORD or _repeated().match(plain(text)):
        return Fault(Problem.REPEATS)
    days = _days(text)
    if days is None:
        return None
    return Fault(Problem.REPEATS) if isinstance(days, int) else days


def _may_be_cancelled(text: str) -> Fault | None:
    return None if cancelled_mark(text) is None else Fault(Problem.SAYS_CANCELLED, {"is_heeded": True})


def _is_a_remark(text: str) -> Fault | None:
    if cancelled_mark(text) is Mark.SURE:
        return Fault(Problem.SAYS_CANCELLED)
    if fold(text) in _ONE_WORD or _repeated().match(plain(text)):
        return Fault(Problem.MAY_REPEAT)
    return None


def _days(text: str) -> int | frozenset[int] | None:
    """How many days of the week a text names, where it is several, or the one; None where it says anything else."""
    if _LETTERS.fullmatch(text):
        return len(text)
    spelt = plain(text)
    if one := WEEKDAYS.get(spelt.rstrip(".")):
        return one
    words = [word.rstrip(".") for word in _BETWEEN_DAYS.split(spelt) if word]
    if len(words) > 1 and all(word in WEEKDAYS for word in words):
        return len(words)
    ends = _RANGE.split(spelt)
    two = 2
    return two if len(ends) == two and all(word.rstrip(".") in WEEKDAYS for word in ends) else None
