"""Whether a title, or a cell of one's own, is marked as that of a class that does not take place.

A mark is set off from what it marks: "CANCELLED Geography", "Geography (abgesagt)". The same word
inside a sentence may be what the class is about: "Cancelled orders in SQL".

Languages: English, Spanish, French, German, Portuguese, Arabic, Hindi, Chinese.
"""

import re
from enum import Enum, auto, unique
from functools import cache, lru_cache

from batch.core.rows.calendar_words import alternatives
from batch.core.rows.columns import fold
from batch.core.rows.status_words import CANCELLED, POSTPONED, folded_words


@unique
class Mark(Enum):
    """How sure it is that the class does not take place."""

    SURE = auto()  #: nothing else can be meant
    PERHAPS = auto()  #: it begins or ends with such a word, as a title about such things does, too


#: Words that begin or end a title of a class that takes place, too.
_WORDS = POSTPONED | folded_words(
    *("cancelled", "canceled", "cxl", "cxld", "called off"),
    *("cancelado", "cancelada", "cancelados", "canceladas", "anulado", "anulada", "suspendido", "suspendida"),
    *("annulé", "annulée", "annulés", "annulées", "supprimé", "supprimée"),
    *("abgesagt", "storniert", "ausgefallen", "entfallen", "gestrichen"),
    *("suspenso", "suspensa", "desmarcado", "desmarcada"),
    *("ملغى", "ملغي", "ملغاة", "ألغيت", "रद्द", "निरस्त", "取消", "停课", "停課"),
)
#: What is said of a class, and of nothing that a class is about.
_SENTENCES = folded_words(
    *("is cancelled", "is canceled", "has been cancelled", "has been canceled", "was cancelled"),
    *("does not take place", "will not take place", "not taking place", "do not schedule"),
    *("está cancelada", "está cancelado", "se cancela", "se suspende", "no se realizará", "no hay clase"),
    *("est annulé", "est annulée", "n'a pas lieu", "n'aura pas lieu", "pas de cours"),
    *("entfällt", "fällt aus", "ist abgesagt", "wurde abgesagt", "findet nicht statt", "kein unterricht"),
    *("foi cancelada", "foi cancelado", "não haverá aula", "não há aula", "sem aula"),
    *("تم الإلغاء", "تم إلغاؤها", "रद्द किया गया", "रद्द है", "रद्द कर दी गई", "已取消", "不上课"),
)
#: What sets one part of a text off from the next; a comma does not, for it parts the words of a list.
_SET_OFF = re.compile(
    r"[:;|\uff1a*!~#_\n]+|\s[-\u2013\u2014]+\s?|\s?[-\u2013\u2014]+\s|[\u2013\u2014]+"
    r"|[\[({\uff08\u3010\uff3b\])}\uff09\u3011\uff3d]"
)
#: Chinese puts no space between words, and this one says that it has happened.
_HAS_BEEN = ("已取消", "已停课", "已停課")
_NEGATIONS = folded_words(
    "not", "no", "never", "nicht", "non", "pas", "não", "नहीं", "غير", "ليس", "未", "没有"
)
#: How the longest words of these begin: a title without any is not looked at twice.
_BEGINNINGS = frozenset(max(mark.split(), key=len)[:3] for mark in _WORDS | _SENTENCES | CANCELLED)
_LETTERS = re.compile(r"[^\s!-@\[-`{-~\uff08\u3010\uff3b]{3}")
_NO_SPACES = re.compile("取消|停课|停課|不上课|已删除|延期")


@lru_cache(maxsize=1024)
def cancelled_mark(text: str) -> Mark | None:
    """What a text says of whether its class takes place.

    >>> cancelled_mark("CANCELLED Geography"), cancelled_mark("Geography (cancelled)")
    (<Mark.SURE: 1>, <Mark.SURE: 1>)
    >>> cancelled_mark("Cancelled orders in SQL"), cancelled_mark("How to handle cancelled orders")
    (<Mark.PERHAPS: 2>, None)
    """
    if _BEGINNINGS.isdisjoint(_LETTERS.findall(text.lower())) and not _NO_SPACES.search(text):
        return None
    return _mark_in(text)


def _mark_in(text: str) -> Mark | None:
    ends = [part for part in map(fold, _SET_OFF.split(text)) if part]
    if not ends:
        return None
    first, last = ends[0], ends[-1]
    if not {first, last}.isdisjoint(CANCELLED | _SENTENCES | _WORDS):
        return Mark.SURE
    if text.startswith(_HAS_BEEN) or text.endswith(_HAS_BEEN) or _is_shouted(text):
        return Mark.SURE
    if _at_an_end(_SENTENCES).match(fold(text)):
        return Mark.SURE
    ends = [end for end in (first, last) if end.split()[0] not in _NEGATIONS]
    return Mark.PERHAPS if any(map(_at_an_end(_WORDS).match, ends)) else None


@cache
def _at_an_end(marks: frozenset[str]) -> re.Pattern[str]:
    """Compiled when a text looks like one: few files have any."""
    words = alternatives(marks)
    return re.compile(rf"(?:{words})(?![^\W_])|.*(?<![^\W_])(?:{words})$", re.DOTALL)


def _is_shouted(text: str) -> bool:
    """Whether the word at an end is in capitals, and what it marks is not."""
    words = text.split()
    rest_is_not = any(map(str.islower, text))
    return rest_is_not and any(word.isupper() and fold(word) in _WORDS for word in (words[0], words[-1]))
