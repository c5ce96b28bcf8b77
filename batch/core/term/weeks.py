"""Weeks of a term as people name them: A, B, odd, even, 1-6, 8, 10-12."""

import re
from datetime import date
from enum import Enum, auto, unique
from functools import lru_cache

from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import fold
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.spelling import plain
from batch.core.term.term import Term


@unique
class Kind(Enum):
    """Which weeks are meant by a word."""

    A = auto()
    B = auto()
    ODD = auto()
    EVEN = auto()


@dataclass(frozen=True, slots=True)
class Weeks:
    """Some weeks of the term."""

    kind: Kind | None = None
    numbers: frozenset[int] = frozenset()  #: where they are named by number

    def lacks(self, term: Term) -> str | None:
        """What of the term has to be known and is not: `week_a` or `starts`."""
        if self.kind in {Kind.A, Kind.B}:
            return "week_a" if term.week_a is None else None
        return "starts" if term.starts is None else None

    def hold(self, day: date, term: Term) -> bool:
        """Whether a day lies in one of them."""
        if self.kind in {Kind.A, Kind.B}:
            return term.is_week_a(day) is (self.kind is Kind.A)
        number = term.number_of_week(day)
        if number is None:
            return False
        return number in self.numbers if self.kind is None else number % 2 == (self.kind is Kind.ODD)


def _words(*words: str) -> frozenset[str]:
    return frozenset(fold(plain(word)) for word in words)


_ALL = _words(
    *(
        "all",
        "every",
        "each",
        "both",
        "every week",
        "weekly",
        "a+b",
        "a/b",
        "a,b",
        "ab",
        "a & b",
        "a and b",
        "*",
    ),
    *("todas", "todos", "ambas", "toutes", "les deux", "alle", "jede", "beide", "كل", "सभी", "全部", "每周"),
)
_KINDS = {
    word: kind
    for kind, words in (
        (
            Kind.A,
            _words("a", "week a", "a week", "a-week", "weeks a", "woche a", "semana a", "semaine a", "A周"),
        ),
        (
            Kind.B,
            _words("b", "week b", "b week", "b-week", "weeks b", "woche b", "semana b", "semaine b", "B周"),
        ),
        (
            Kind.ODD,
            _words(
                "odd",
                "odd weeks",
                "impar",
                "impares",
                "impair",
                "impaire",
                "ungerade",
                "فردي",
                "विषम",
                "单",
                "单周",
            ),
        ),
        (
            Kind.EVEN,
            _words(
                "even", "even weeks", "par", "pares", "pair", "paire", "gerade", "زوجي", "सम", "双", "双周"
            ),
        ),
    )
    for word in words
}
_PART = re.compile(r"(?:w(?:ee)?ks? ?|kw ?)?([0-9]{1,2})(?: ?(?:-|to|bis) ?([0-9]{1,2}))?")
_BETWEEN = re.compile(r" ?(?:[,;/&+]|and|und|y|et|e) ?| ")


@lru_cache(maxsize=1024)
def read_weeks(text: str) -> Weeks | Fault | None:
    """The weeks that a text names; None where it names all.

    >>> sorted(read_weeks("1-3, 8").numbers)
    [1, 2, 3, 8]
    """
    spelt = plain(text)
    if fold(spelt) in _ALL or spelt in {"a+b", "a/b", "a,b", "a&b"}:
        return None
    if (kind := _KINDS.get(fold(spelt))) is not None:
        return Weeks(kind)
    numbers: set[int] = set()
    at = 0
    while match := _PART.match(spelt, at):
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last:
            break
        numbers |= {*range(first, last + 1)}
        if match.end() == len(spelt):
            return Weeks(numbers=frozenset(numbers))
        between = _BETWEEN.match(spelt, match.end())
        if between is None:
            break
        at = between.end()
    return Fault(Problem.NOT_WEEKS)
