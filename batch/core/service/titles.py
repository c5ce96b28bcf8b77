"""How a list may show a title, and whether two titles are the same.

A title that is the other one, written by a rule that services are known to follow, is
the same. Folding goes further, for what must not be called different.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from unicodedata import normalize

#: Shorter ones begin many titles.
SHORTEST_PREFIX = 40
_SHORTEST_MAYBE = 16
_SHORTEST_PART = 4
#: So many letters and digits may stand for one letter: &amp;#x1F600;
_LONGEST_SPELLING = 12
#: No title that the service takes is longer; a list is not trusted to keep to that.
_LONGEST = 2000

_MOST_ESCAPES = 4

_TAG = re.compile("<[^<>]*>")

_LETTERS: Mapping[str, Callable[[str], str]] = {
    "": str,
    "nfkc": lambda text: normalize("NFKC", text),
    "unaccented": lambda text: normalize("NFKD", text).encode("ascii", "ignore").decode(),
    "ascii": lambda text: text.encode("ascii", "ignore").decode(),
    "question": lambda text: text.encode("ascii", "replace").decode(),
    "letters": lambda text: "".join(each for each in text if each.isalnum() or each.isspace()),
    "tags": lambda text: _TAG.sub("", text),
    "mojibake": lambda text: text.encode().decode("latin-1"),
}
_CASES: Mapping[str, Callable[[str], str]] = {"": str, "upper": str.upper, "lower": str.lower}
_ESCAPES: Mapping[str, Callable[[str], str]] = {
    "": str,
    "html": html.escape,
    "html-twice": lambda text: html.escape(html.escape(text)),
    "html-quotes-kept": lambda text: html.escape(text, quote=False),
    "numeric": lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
}
_RULES = {
    "+".join(filter(None, (letters, case, escape))): (escape, case, letters)
    for escape, case, letters in product(_ESCAPES, _CASES, _LETTERS)
}


@lru_cache(16384)
def plain(title: str) -> str:
    """A title as titles are compared: the service may change its white space."""
    return " ".join(normalize("NFC", title[:_LONGEST]).split())


@lru_cache(16384)
def written(title: str) -> Mapping[str, str]:
    """By the name of each rule: the title as a list would show it. The first is the title as it is."""
    # Step by step, as most steps leave most titles alone: of 120 rules a plain title has three forms.
    title = title[:_LONGEST]
    spelt = {letters: change(title) for letters, change in _LETTERS.items()}
    cased = {(case, text): change(text) for text in {*spelt.values()} for case, change in _CASES.items()}
    shown = {
        (escape, text): plain(change(text))
        for text in {*cased.values()}
        for escape, change in _ESCAPES.items()
    }
    return {
        rule: shown[escape, cased[case, spelt[letters]]] for rule, (escape, case, letters) in _RULES.items()
    }


@lru_cache(16384)
def _forms(title: str) -> tuple[str, ...]:
    """What the rules make of a title, each once: of a plain one, three."""
    return tuple(dict.fromkeys(written(title).values()))


@lru_cache(8192)
def rules_between(sent: str, listed: str) -> Mapping[str, int | None]:
    """Every rule by which `listed` is `sent`, and at how many characters it was cut; None: not at all."""
    whole = plain(listed)
    shown, dots = without_dots(whole)
    is_long = len(shown) >= _SHORTEST_MAYBE
    cuts: dict[str, int | None] = {}
    for text in _forms(sent):
        if whole == text:
            cuts[text] = None
        elif is_long and text.startswith(shown):
            cuts[text] = len(shown) + dots
    return {rule: cuts[text] for rule, text in written(sent).items() if text in cuts} if cuts else {}


def is_written(sent: str, listed: str) -> bool:
    """Whether `listed` is `sent` by some rule: unlike a fold, that tells C++ from C#."""
    return any(cut is None or cut >= SHORTEST_PREFIX for cut in rules_between(sent, listed).values())


def without_dots(title: str) -> tuple[str, int]:
    """A title without the dots that say it was cut, and how many characters they were."""
    cut = title.removesuffix("...").removesuffix("\u2026").rstrip()
    return cut, len(title) - len(cut)


@lru_cache(16384)
def folds(title: str) -> frozenset[str]:
    """What is left of a title however it is written: letters and digits only; nothing of '???'."""
    return frozenset(filter(None, _folds(title[:_LONGEST])))


def _folds(title: str) -> Iterator[str]:
    for text in (title, _TAG.sub("", title), _repaired(title)):
        whole = _unescaped(text)
        for escaped in (whole, html.escape(whole), html.escape(html.escape(whole))):
            for form in (
                normalize("NFKC", escaped),
                normalize("NFKD", escaped).encode("ascii", "ignore").decode(),
                escaped.encode("ascii", "ignore").decode(),
            ):
                yield "".join(each for each in form.casefold() if each.isalnum())


def _unescaped(text: str) -> str:
    for _ in range(_MOST_ESCAPES):
        text = html.unescape(text)
    return text


def _repaired(title: str) -> str:
    """UTF-8 that was read as Latin-1, read as what it is."""
    try:
        return title.encode("latin-1").decode()
    except UnicodeError:
        return title


@lru_cache(8192)
def is_like(one: str, other: str) -> bool:
    """Whether two titles are the same but for how they are written, or one is the other cut short."""
    ours, theirs = folds(one), folds(other)
    return bool(ours & theirs) or _begins(ours, theirs, SHORTEST_PREFIX)


@lru_cache(8192)
def may_be_same(one: str, other: str) -> bool:
    """Whether one title may be the other, cut short, with words around it, or with letters written in some way of their own."""
    ours, theirs = folds(one), folds(other)
    if _begins(ours, theirs, _SHORTEST_MAYBE) or is_spelt(one, other):
        return True
    return any(len(part) >= _SHORTEST_PART and part in whole for part in ours for whole in theirs)


def is_spelt(sent: str, listed: str) -> bool:
    """Whether a title is the other but for what stands there for letters that not every service can write.

    By one rule after another they become anything: of "è" as "&#232;", with letters and digits alone, "232" is left.
    """
    parts = _parts(sent)
    if len(parts) == 1 or sum(map(len, parts)) < _SHORTEST_MAYBE:
        return False
    shown = _plain_signs(listed)
    if not (shown.startswith(parts[0]) and shown.endswith(parts[-1])):
        return False
    at = len(parts[0])
    for part in parts[1:-1]:
        found = shown.find(part, at, at + _LONGEST_SPELLING + len(part))
        if found < 0:
            return False
        at = found + len(part)
    return 0 <= len(shown) - len(parts[-1]) - at <= _LONGEST_SPELLING


@lru_cache(16384)
def _parts(title: str) -> Sequence[str]:
    """Its plain letters and digits, parted where there is another letter."""
    text = normalize("NFC", title[:_LONGEST])
    return "".join(each.lower() if each.isascii() else "\0" for each in text if each.isalnum()).split("\0")


@lru_cache(16384)
def _plain_signs(title: str) -> str:
    return "".join(each for each in title[:_LONGEST].lower() if each.isascii() and each.isalnum())


def _begins(ours: frozenset[str], theirs: frozenset[str], shortest: int) -> bool:
    return any(
        min(len(mine), len(yours)) >= shortest and (mine.startswith(yours) or yours.startswith(mine))
        for mine in ours
        for yours in theirs
    )
