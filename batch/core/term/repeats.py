"""How a lesson repeats, as people, calendars and programs say it: weekly, every 2 weeks, every Monday until 12 Dec, an RRULE.

Languages: English, Spanish, French, German, Portuguese, Arabic, Hindi, Chinese.
"""

import re
from collections.abc import Mapping
from enum import Enum, auto, unique
from functools import lru_cache

from batch.core.quick_dataclass import dataclass
from batch.core.rows.calendar_words import EVERY
from batch.core.rows.columns import fold
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.spelling import plain
from batch.core.rows.status_words import is_yes
from batch.core.rows.unread_columns import NEVER
from batch.core.term.weekdays import Weekdays, read_weekdays


@unique
class Every(Enum):
    """What a lesson repeats by."""

    WEEK = auto()
    SCHOOL_DAY = auto()  #: "daily": the days of the school's week
    RULE = auto()  #: an RRULE, as calendars write it
    UNSAID = auto()  #: "yes": that it repeats, and not how


@dataclass(frozen=True, slots=True)
class Repeat:
    """What a cell says of a repeat."""

    every: Every
    weeks: int = 1  #: every so many
    days: Weekdays = frozenset()  #: where it names them
    until: str = ""  #: as written, the year often left out
    rule: str = ""  #: without its name: FREQ=WEEKLY;BYDAY=MO


_LONGEST = 200
#: Between two of the same lesson, at most.
_MOST_WEEKS = 26


def _words(*words: str) -> frozenset[str]:
    return frozenset(fold(plain(word)) for word in words)


_WEEKLY = _words(
    *("weekly", "every week", "each week", "once a week", "every 1 week", "1 week"),
    *("semanal", "semanalmente", "cada semana", "todas las semanas", "toda semana", "todas as semanas"),
    *("hebdomadaire", "chaque semaine", "toutes les semaines", "wöchentlich", "jede woche"),
    *("أسبوعي", "أسبوعيا", "كل أسبوع", "साप्ताहिक", "हर सप्ताह", "प्रति सप्ताह", "每周", "每週", "每星期"),
)
_FORTNIGHTLY = _words(
    *("biweekly", "bi-weekly", "fortnightly", "every fortnight", "every other week", "every second week"),
    *("every two weeks", "alternate weeks", "quincenal", "cada dos semanas", "toutes les deux semaines"),
    *(
        "une semaine sur deux",
        "zweiwöchentlich",
        "14-tägig",
        "14-täglich",
        "alle zwei wochen",
        "jede zweite woche",
    ),
    *("quinzenal", "a cada duas semanas", "كل أسبوعين", "हर दो सप्ताह", "隔周", "隔週", "每两周", "每兩週"),
)
_DAILY = _words(
    *("daily", "every day", "each day", "weekdays", "every weekday", "diario", "diariamente", "cada día"),
    *("todos los días", "quotidien", "quotidienne", "chaque jour", "tous les jours", "täglich", "jeden tag"),
    *(
        "werktags",
        "diário",
        "todos os dias",
        "يومي",
        "يوميا",
        "كل يوم",
        "दैनिक",
        "हर दिन",
        "रोज",
        "每天",
        "每日",
    ),
)
_OTHER_TIMES = _words(
    *("monthly", "every month", "yearly", "annually", "mensual", "anual", "mensuel", "bimensuel", "annuel"),
    *("monatlich", "jährlich", "mensal", "شهري", "मासिक", "每月", "每年"),
)
_KNOWN: Mapping[str, Repeat | Fault] = {
    **dict.fromkeys(_WEEKLY, Repeat(Every.WEEK)),
    **dict.fromkeys(_FORTNIGHTLY, Repeat(Every.WEEK, 2)),
    **dict.fromkeys(_DAILY, Repeat(Every.SCHOOL_DAY)),
    **dict.fromkeys(_OTHER_TIMES, Fault(Problem.NOT_A_REPEAT)),
}
_EVERY_WEEKS = re.compile(
    r"(?:every|alle|cada|a cada|toutes les|每|كل|हर)? ?([0-9]{1,2})[ .-]*"
    r"(?:weeks?|wochen|semanas|semaines|weekly|wochentlich|周|週|أسابيع|सप्ताह)"
)
_WITH_DAYS = re.compile(
    rf"(?:{EVERY})[ ,:(]*(?P<other>other |second |2nd )?(?:on )?(?:the )?(?P<days>.+?)\)?"
)
_EVERY = re.compile(rf"(?:{EVERY})(?![^\W\d_])")
_UNTIL = re.compile(
    r"(?P<what>.*?) ?,? ?(?:until|till|through|bis(?: zum)?|hasta(?: el)?|jusqu'au|ate|حتى|至|到) ?(?P<day>.+)"
)
_UNTIL_ALONE = re.compile(r"(?:until|till|bis(?: zum)?|hasta(?: el)?|jusqu'au|ate) (?P<day>.+)")
_RULE = re.compile(r"(?:RRULE:)?((?:[A-Z]+=[-+0-9A-Z,]+;)*FREQ=[A-Z]+(?:;[A-Z]+=[-+0-9A-Z,]+)*);?")


def is_never(text: str) -> bool:
    """Whether a text says that a lesson does not repeat."""
    return len(text) <= _LONGEST and fold(text) in NEVER


@lru_cache(maxsize=2048)
def read_repeat(text: str) -> Repeat | Fault:
    """What a text says of a repeat; MAY_REPEAT is the fault of one that does not even say that there is one.

    >>> read_repeat("every 2 weeks").weeks, read_repeat("every Monday until 12 Dec").until
    (2, '12 dec')
    """
    if len(text) > _LONGEST:
        return Fault(Problem.NOT_A_REPEAT)
    if "FREQ=" in (shouted := "".join(text.upper().split())):
        rule = _RULE.fullmatch(shouted)
        return Repeat(Every.RULE, rule=rule[1]) if rule else Fault(Problem.NOT_A_REPEAT)
    spelt = plain(text)
    until = _UNTIL_ALONE.fullmatch(spelt) or _UNTIL.fullmatch(spelt)
    if until is None:
        return _read(spelt, text)
    what = until.groupdict().get("what") or ""
    found = _read(what, what) if what else Repeat(Every.UNSAID)
    return found if isinstance(found, Fault) else Repeat(found.every, found.weeks, found.days, until["day"])


def _read(spelt: str, text: str) -> Repeat | Fault:
    if spelt.isdecimal():
        return Fault(Problem.NOT_A_REPEAT)
    if (known := _KNOWN.get(fold(spelt))) is not None:
        return known
    if match := _EVERY_WEEKS.fullmatch(spelt):
        weeks = int(match[1])
        return Repeat(Every.WEEK, weeks) if 0 < weeks <= _MOST_WEEKS else Fault(Problem.NOT_A_REPEAT)
    if is_yes(text):
        return Repeat(Every.UNSAID)
    return _with_days(spelt, text)


def _with_days(spelt: str, text: str) -> Repeat | Fault:
    """Every Monday and Wednesday; every other Friday; Mondays; Mon/Wed."""
    days = read_weekdays(text)
    weeks = 1
    if days is None and (match := _WITH_DAYS.fullmatch(spelt)):
        days = read_weekdays(match["days"])
        weeks = 2 if match["other"] else 1
    if days is None:
        return Fault(Problem.NOT_A_REPEAT if _EVERY.match(spelt) else Problem.MAY_REPEAT)
    return days if isinstance(days, Fault) else Repeat(Every.WEEK, weeks, days)
