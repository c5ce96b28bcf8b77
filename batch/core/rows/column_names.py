"""Which header of a file is which column: by what the person said, else by the words people use.

What was said wins, then the API's own name, then the surest group of words.
Two headers of the same standing for one column are a fault, never a choice.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from itertools import starmap

from batch.core.message import FileNote, Message
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import BY_NAME, SERIES_COLUMNS, AccountKind, columns_for, fold
from batch.core.rows.header_phrases import (
    LONGEST_HEADER,
    names_an_address,
    names_presenters_address,
    plain_forms,
)
from batch.core.rows.known_formats import Format, columns_in
from batch.core.rows.row import Header

#: From here on difflib's ratio means a slip of the pen: 'strat time' has 0.9, 'end time' 0.78.
_CLOSE = 0.8
_CLOSE_WORD = 2 / 3  #: of one word; 'name' and 'number' have 0.6
_MAPPED = -1
#: A header that means a known word, and is not spelled so, stands this much behind it.
_REWORDED = 0.5
_UNKNOWN = ("", 0.0)


@dataclass(frozen=True, slots=True)
class Naming:
    """What the person said about headers: header as typed -> API name, "" to leave a column aside."""

    columns: Mapping[str, str] = field(default_factory=dict)
    #: fingerprint of a header -> what was said about it in an earlier run
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    form: Format | None = None  #: the program whose export it is; what was said of a header goes before that

    def of(self, names: Sequence[str]) -> Mapping[str, str]:
        """What was said about the headers of one file: folded header -> API name."""
        past = self.remembered.get(header_fingerprint(names), {}) if self.remembered else {}
        known = {**columns_in(self.form, names), **past, **self.columns}
        return {fold(header): name for header, name in known.items()}


NO_NAMING = Naming()


@dataclass(frozen=True, slots=True)
class Named:
    """API name -> position of its header, and API name -> positions where several claim to be it."""

    columns: Mapping[str, int]
    doubles: Mapping[str, Sequence[int]]
    mapped: frozenset[str] = frozenset()  #: of these, those that somebody said


def header_fingerprint(names: Sequence[str]) -> str:
    """The same for every file with these headers in this order, however they are capitalised."""
    return hashlib.sha256(json.dumps([fold(name) for name in names]).encode("ascii")).hexdigest()


def name_columns(names: Sequence[str], account: AccountKind, naming: Naming = NO_NAMING) -> Named:
    """Find the account's columns among the headers of a table, "" for a cell that is none."""
    mapped = naming.of(names)
    claims: dict[str, dict[float, list[int]]] = {}
    for position, header in enumerate(names):
        name, standing = (
            (mapped[fold(header)], _MAPPED) if mapped and fold(header) in mapped else _known(header, account)
        )
        if name:
            claims.setdefault(name, {}).setdefault(standing, []).append(position)
    _bounds_of_series(claims, names)
    columns, doubles = {}, {}
    for name, by_standing in claims.items():
        best = by_standing[min(by_standing)]
        if len(best) == 1:
            columns[name] = best[0]
        elif name not in SERIES_COLUMNS or min(by_standing) == _MAPPED:
            doubles[name] = best  # of two "Week" neither is read: what is not read is looked at all the same
    return Named(columns, doubles, frozenset(name for name, each in claims.items() if _MAPPED in each))


#: Words for the hours of a class; where these have columns of their own, for the first and last day of a series.
_BOUNDS = {
    "start_time": ("first_date", frozenset({"from", "von"})),
    "end_time": ("last_date", frozenset({"to", "until", "till", "bis", "hasta"})),
}
#: What a file of lessons that repeat has.
_REPEATING = frozenset({"weekday", "repeat"})


def _bounds_of_series(claims: dict[str, dict[float, list[int]]], names: Sequence[str]) -> None:
    """In a file of lessons that repeat, "Time" and "From" side by side are an hour and a day."""
    if claims.keys().isdisjoint(_REPEATING):
        return
    for hour, (day, words) in _BOUNDS.items():
        claimed = claims.get(hour, {})
        loose = [
            (standing, at) for standing, each in claimed.items() for at in each if fold(names[at]) in words
        ]
        others = sum(map(len, claimed.values())) - len(loose)
        if day in claims or not others or len(loose) != 1 or loose[0][0] == _MAPPED:
            continue
        ((standing, position),) = loose
        claimed[standing].remove(position)
        if not claimed[standing]:
            del claimed[standing]
        claims[day] = {standing: [position]}


def known_words(account: AccountKind) -> Mapping[str, str]:
    """Folded header -> the column it may be."""
    return {word: name for word, (name, _) in _standing(account).items()}


def near_misses(
    missing: Sequence[str], names: Sequence[str], account: AccountKind
) -> Iterator[tuple[str, int]]:
    """For each missing column the position of the header that was probably meant, where one comes close."""
    free = {
        fold(name): position
        for position, name in enumerate(names)
        if len(name) <= LONGEST_HEADER and fold(name) and _known(name, account) == _UNKNOWN
    }
    for name in missing:
        if (
            bare := next(
                (at for at, each in _without_offset(names) if column_named(each, account) == name), None
            )
        ) is not None:
            yield name, bare
            continue
        known = [fold(word) for word in (name, *BY_NAME[name].words)]
        close = max(((_likeness(typed, word), typed) for typed in free for word in known), default=(0.0, ""))
        if close[0] >= _CLOSE:
            yield name, free[close[1]]


def _without_offset(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Headers that end in an offset, such as "Start (UTC+1)", without it: whose clock that is cannot be told from it."""
    for position, name in enumerate(names):
        if len(name) <= LONGEST_HEADER and (match := _OFFSET.search(name)) and match.start():
            yield position, name[: match.start()]


def column_named(header: str, account: AccountKind) -> str:
    """The column that a header names by itself, "" where it names none."""
    return _known(header, account)[0]


def _known(header: str, account: AccountKind) -> tuple[str, float]:
    """The column that a header names, and how sure that is; `_UNKNOWN` where it names none."""
    return _known_phrase(header, account) if len(header) <= LONGEST_HEADER else _UNKNOWN


_OFFSET = re.compile(r"[\s(\[,]*(?:utc|gmt)\s?[+\-\u2212]\s?\d{1,2}(?::?\d{2})?[\s)\]]*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _known_phrase(header: str, account: AccountKind) -> tuple[str, float]:
    words = _standing(account)
    if found := words.get(fold(header)):
        return found
    for form in plain_forms(header):
        if form in words:
            name, standing = words[form]
            return name, standing + _REWORDED
    if account is AccountKind.TEACHER:
        if names_presenters_address(header):
            return "presenter_email", 1 + _REWORDED
        if names_an_address(header):
            return "presenter_email", 2 + _REWORDED
    return _UNKNOWN


@lru_cache(maxsize=4)
def _standing(account: AccountKind) -> Mapping[str, tuple[str, float]]:
    """Folded header -> the column it may be, and how sure that is: 0 is the API's own name."""
    return {
        fold(word): (column.name, standing)
        for column in columns_for(account)
        for standing, words in reversed(list(enumerate(((column.name,), *column.headers))))
        for word in words
    }


def _likeness(typed: str, word: str) -> float:
    # Of texts of such different lengths no comparison could make a slip of the pen, and it takes
    # time that grows with the product of the two.
    if not 2 / 3 <= len(typed) / len(word) <= 3 / 2:
        return 0.0
    words = list(zip(typed.split(), word.split(), strict=False))
    if typed.count(" ") == word.count(" ") and min(starmap(_ratio, words), default=1.0) < _CLOSE_WORD:
        return 0.0  # "lesson name" is no "lesson number"
    return _ratio(typed, word)


def _ratio(typed: str, word: str) -> float:
    return difflib.SequenceMatcher(a=typed, b=word).ratio()


def naming_notes(header: Header, account: AccountKind, naming: Naming) -> Iterator[Message]:
    """What is worth knowing of how the headers were read."""
    names = {fold(name): name.strip() for name in header.names if fold(name)}
    past = naming.remembered.get(header_fingerprint(header.names), {})
    if past:
        yield Message(FileNote.AS_REMEMBERED, {"columns": list(past.items())})
    for mapped in naming.columns:
        if fold(mapped) not in names:
            likely = [name for name in names if len(name) <= LONGEST_HEADER]
            close = difflib.get_close_matches(fold(mapped)[:LONGEST_HEADER], likely, n=1)
            meant = names[close[0]] if close else None
            yield Message(FileNote.NO_SUCH_HEADER, {"header": mapped, "meant": meant})
    mapped_now = naming.of(header.names)
    repeats = not header.columns.keys().isdisjoint(_REPEATING)
    for name in header.columns:
        own = header.name_of(name)
        if name in SERIES_COLUMNS or (repeats and name in _BOUNDS and fold(own) in _BOUNDS[name][1]):
            continue  # what it was read as, the days that it stands for tell
        if fold(own) not in mapped_now and _known(own, account)[1] >= 2:
            yield Message(FileNote.READ_AS, {"header": own, "column": name})
    unmapped = [column.name for column in columns_for(account) if column.name not in header.columns]
    for name, position in near_misses(unmapped, header.names, account):
        typed = header.names[position].strip()
        if fold(typed) not in mapped_now:
            yield Message(FileNote.NOT_READ, {"header": typed, "column": name})
