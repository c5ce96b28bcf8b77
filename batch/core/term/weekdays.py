"""Days of the week as people name them: Mon, Mon/Wed, mon-fri, MWF, TTh, 1-5 where the header counts days.

Letters are those of registrars: M T W R F S U and Mo Tu We Th Fr Sa Su. "Di" is Tuesday to
some and Sunday to others: it is read where the words beside it, or the header, are of one language.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache

from batch.core.rows.calendar_words import PLURAL_WEEKDAYS, WEEKDAYS, alternatives
from batch.core.rows.columns import fold
from batch.core.rows.problems import Fault, Problem
from batch.core.rows.spelling import plain
from batch.core.rows.status_words import folded_words

#: Monday is 0.
Weekdays = frozenset[int]

#: The short forms of one language, which tell of which language a doubtful one beside them is.
_SHORT = (
    ("mo", "di", "mi", "do", "fr", "sa", "so"),
    ("lu", "ma", "me", "je", "ve", "sa", "di"),
    ("lu", "ma", "mi", "ju", "vi", "sa", "do"),
)
#: And the headers that do.
_HEADERS = (
    folded_words("tag", "tage", "wochentag", "wochentage", "unterrichtstage"),
    folded_words("jour", "jours", "jour de la semaine", "jours de la semaine"),
    folded_words("día", "días", "día de la semana", "días de la semana", "dia", "dias", "dia da semana"),
)
_NUMBERED = folded_words(
    *("day number", "day no", "day nr", "day num", "weekday number", "weekday no", "day of week number"),
    *("day #", "número de día", "numéro du jour", "tagnummer", "wochentag nr", "número do dia"),
)

_HAN_DAY = re.compile(r"(?:星期|周|週|礼拜)[一二三四五六日天]")
PLURAL_DAYS = {word: frozenset({day}) for word, day in PLURAL_WEEKDAYS.items()}
_HAN = re.compile(
    r"(?P<first>(?:星期|周|週|礼拜)[一二三四五六日天])(?:[-至到](?P<last>(?:星期|周|週|礼拜)[一二三四五六日天]))?"
)
_BETWEEN = re.compile(
    r" ?و ?|[和及与與跟]|[ ,;/&+|]*(?:(?<=[ ,;/&+|])(?:and|und|y|et|e|और|和)(?=[ ,;/&+|]))?[ ,;/&+|]*"
)
_LETTER = re.compile(r"TH|Th|th|TU|Tu|tu|MO|Mo|WE|We|FR|Fr|SA|Sa|SU|Su|[MTWRFSUmtwrfsu]")
_OF_LETTER = {
    letters: day
    for day, each in enumerate(("m mo", "t tu", "w we", "r th", "f fr", "s sa", "u su"))
    for letters in each.split()
}
_LETTERS_APART = re.compile(
    r"(?:th|tu|mo|we|fr|sa|su|[mtwrfsu])(?:[ ,;/&+|]+(?:th|tu|mo|we|fr|sa|su|[mtwrfsu]))+"
)
_NUMBER = re.compile(r"([1-7])(?: ?- ?([1-7]))?")
_LONGEST = 80
_SHORT_FORM = 2  #: letters: these are other words, too
_WEEK = 7


@cache
def _words() -> re.Pattern[str]:
    """A day, or the first and the last of several. Compiled when it is asked for: it takes milliseconds."""
    day, end = rf"({alternatives({*WEEKDAYS, *PLURAL_WEEKDAYS})})", r"(?![^\W\d_])\.?"
    return re.compile(rf"{day}{end}(?: ?(?:-|to|through|thru|bis|a|ate|hasta) ?{day}{end})?")


def read_weekdays(text: str, header: str = "") -> Weekdays | Fault | None:
    """The days of the week that a text names, and nothing else; None where it says anything else.

    Args:
        text: as `cell_text.value_text` has it.
        header: what its column is called, which may say that days are numbered, or in which language they are.

    Returns:
        A fault where a word may be of two days.
    """
    return _read(text, fold(header)) if text and len(text) <= _LONGEST else None


@lru_cache(maxsize=2048)
def _read(text: str, header: str) -> Weekdays | Fault | None:
    spelt = plain(text)
    if header in _NUMBERED and (numbers := _in_parts(_NUMBER, spelt, _by_number)) is not None:
        return numbers
    named = _in_parts(_words(), spelt, lambda first, last: _by_name(first, last, spelt, header))
    if named is None:
        named = _in_parts(_HAN, spelt.replace(" ", ""), lambda first, last: _by_name(first, last, "", ""))
    return _by_letters(text.strip()) if named is None else named


@cache
def _anywhere() -> re.Pattern[str]:
    words = alternatives({word for word in {*WEEKDAYS, *PLURAL_WEEKDAYS} if len(word) > _SHORT_FORM})
    return re.compile(rf"(?<![^\W\d_])و?(?P<word>{words})(?![^\W\d_])")


def names_several(text: str) -> bool:
    """Whether days of the week stand in a text that are surely not the same one, whatever else it says."""
    spelt = plain(text[:_LONGEST])
    found = [
        PLURAL_DAYS.get(match["word"]) or WEEKDAYS.get(match["word"], frozenset())
        for match in _anywhere().finditer(spelt)
    ]
    found += [WEEKDAYS[match[0]] for match in _HAN_DAY.finditer(spelt.replace(" ", ""))]
    return any(one.isdisjoint(other) for one in found for other in found if one and other)


def _in_parts(
    pattern: re.Pattern[str], spelt: str, read: Callable[[str, str | None], Weekdays | Fault]
) -> Weekdays | Fault | None:
    """What a text is that is nothing but days and stretches of them, with commas, slashes or "and" between."""
    found: Weekdays = frozenset()
    at = 0
    while match := pattern.match(spelt, at):
        days = read(match[1], match[2])
        if isinstance(days, Fault):
            return days
        found |= days
        if match.end() == len(spelt):
            return found
        between = _BETWEEN.match(spelt, match.end())
        at = between.end() if between else match.end()
        if at == match.end() and not _HAN.match(spelt, at):
            return None
    return None


def _by_number(first: str, last: str | None) -> Weekdays:
    return _stretch(int(first) - 1, int(last or first) - 1)


def _stretch(first: int, last: int) -> Weekdays:
    """From one day to another, over the week's end where that is how it runs: Sunday to Thursday."""
    return frozenset((first + day) % _WEEK for day in range((last - first) % _WEEK + 1))


def _by_name(first: str, last: str | None, spelt: str, header: str) -> Weekdays | Fault:
    ends = [_day_of(word, spelt, header) for word in (first, last) if word]
    unclear = next((days for days in ends if isinstance(days, Fault)), None)
    if unclear:
        return unclear
    numbers = [day for days in ends if not isinstance(days, Fault) for day in days]
    return _stretch(numbers[0], numbers[-1])


def _day_of(word: str, spelt: str, header: str) -> Weekdays | Fault:
    if (plural := PLURAL_WEEKDAYS.get(word)) is not None:
        return frozenset({plural})
    days = WEEKDAYS[word]
    if len(days) == 1:
        return days
    beside = {each for each in re.split(r"[^a-z]+", spelt) if each}
    fitting = [
        language
        for language, headers in zip(_SHORT, _HEADERS, strict=True)
        if word in language and beside <= {*language} and (header in headers or len(beside) > 1)
    ]
    if len(fitting) == 1:
        return frozenset({fitting[0].index(word)})
    return Fault(Problem.NOT_WEEKDAYS, {"several": sorted(days)})


def _by_letters(text: str) -> Weekdays | None:
    """MWF, TTh, M/W/F; in small letters only where they are in the order of the week, as no other word is."""
    if text.casefold() in {"m-f", "mo-fr"}:
        return _stretch(0, 4)
    apart = _LETTERS_APART.fullmatch(text.casefold())
    joined = re.sub(r"[ ,;/&+|]+", "", text) if apart else text
    days, at = [], 0
    while match := _LETTER.match(joined, at):
        days.append(_OF_LETTER[match[0].casefold()])
        at = match.end()
    if at != len(joined) or not days or len(set(days)) != len(days):
        return None
    is_word = joined != joined.upper() and not _MIXED.fullmatch(joined)
    in_order = days == sorted(days) and len(days) > 1
    return frozenset(days) if apart or in_order or not is_word else None


#: As registrars write them: a capital begins each day.
_MIXED = re.compile(r"(?:Th|Tu|Mo|We|Fr|Sa|Su|[MTWRFSU])+")
