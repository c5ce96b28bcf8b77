"""How one account's list shows what was sent, learned from classes that are known to stand in it.

Each column is judged for itself. What the known classes leave open stays open: a rule that
none of them disproves may be the one by which the next class is shown.
"""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field, replace
from typing import Any, Generic, TypeVar

from batch.core.quick_dataclass import dataclass
from batch.core.service import lengths, starts, titles
from batch.core.service.listed import DAY_S, WIDEST_OFFSET_S, ZONE_STEP_S, Agreement, Seen, Wanted, readings
from batch.core.service.starts import StartRule

R = TypeVar("R", bound=Hashable)
#: A class that was sent, and how the list shows it.
Pair = tuple[Wanted, Seen]
#: A rule of `titles`, and the length at which titles are cut.
TitleRule = tuple[str, int | None]

#: Under this name the journal keeps it.
CALIBRATION = "listing"

#: So many known classes must differ by one rule before it is the list's own; fewer were edited by hand.
LEAST = 3
#: What so many have shown as it was sent, fewer do not unsay: somebody has edited them, each in the same way.
_MANY = 2 * LEAST
#: Nowhere are clocks put on and back within a shorter time: in Morocco they are put back for the month of Ramadan.
SEASON_S = 28 * DAY_S
#: So many are looked at: a list has one way of writing.
_MOST_PAIRS = 300


_DIFFERING = frozenset({Agreement.DIFFERENT, Agreement.UNPROVED, Agreement.MAYBE})


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """What is known of one column."""

    rule: R | None = None  #: the list's own; None: the usual one
    possible: frozenset[R] | None = None  #: the rules that nothing disproves; None: any
    is_silent: bool = False  #: it differs from what was sent, and no rule says how
    counts: bool = False  #: a difference shows that it is another class
    is_plain: bool = False  #: many classes have shown that it is written as it is sent

    @property
    def is_bent(self) -> bool:
        return self.rule is not None or self.is_silent


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is known of the list."""

    title: Column[TitleRule] = field(default_factory=Column)
    start: Column[StartRule] = field(default_factory=Column)
    length: Column[str] = field(default_factory=Column)
    presenter: Column[str] = field(default_factory=Column)
    #: When the known classes begin that are listed by a start rule that is possible, in order (UTC seconds).
    known_starts: tuple[int, ...] = ()

    def bent(self) -> Iterator[tuple[str, str]]:
        """The columns that differ from what was sent, each with its rule; "": no rule explains it."""
        for name in ("title", "start", "length", "presenter"):
            column: Column[Any] = getattr(self, name)
            if column.is_bent:
                yield name, _named(column.rule)

    def kept(self) -> list[tuple[str, str]]:
        """What of it a journal keeps: the columns that are bent, as above, and those that many show to be plain."""
        plain = [(name, "plain") for name, column in self._columns().items() if column.is_plain]
        return [*self.bent(), *plain]

    def of_title(self, wanted: Wanted, seen: Seen) -> Agreement:
        column = self.title
        if column.is_silent or not titles.plain(seen.title):
            return Agreement.SILENT
        rules = titles.rules_between(wanted.title, seen.title)
        expected, cut = column.rule or ("", None)
        if expected in rules and rules[expected] in {None, cut}:
            return Agreement.SAME
        if None in rules.values() or titles.is_like(wanted.title, seen.title):
            return Agreement.LIKE
        if not titles.folds(seen.title) or not titles.folds(wanted.title):
            return Agreement.SILENT
        if rules or titles.may_be_same(wanted.title, seen.title):
            return Agreement.MAYBE
        return Agreement.DIFFERENT if column.counts else Agreement.UNPROVED

    def may_write(self, title: str, listed: str) -> bool:
        """Whether a title may be listed so, by any way of writing: not with other words around it, once titles are known."""
        return (
            not self.title.counts
            or bool(titles.rules_between(title, listed))
            or titles.is_spelt(title, listed)
        )

    def of_start(self, wanted: Wanted, seen: Seen) -> Agreement:
        column = self.start
        if column.is_silent or not readings(seen.start_text):
            return Agreement.SILENT
        between = starts.rules_between(wanted, seen)
        usual = {column.rule} if column.rule else set(starts.usual(seen))
        if between & usual:
            return Agreement.SAME
        if not column.possible:
            return Agreement.MAYBE if between or not _is_far(wanted, seen) else Agreement.DIFFERENT
        is_same_season = self._is_same_season(wanted.starts)
        is_open = any(
            starts.may_be_start(rule, wanted, seen, is_same_season=is_same_season) for rule in column.possible
        )
        return Agreement.MAYBE if is_open else Agreement.DIFFERENT

    def _is_same_season(self, at: int) -> bool:
        """Whether known classes begin before and after, so near that no clock is put on and back between them."""
        after = bisect_left(self.known_starts, at)
        around = self.known_starts[max(0, after - 1) : after + 1]
        return at in around or (len(around) == 2 and around[0] <= at <= around[1] <= around[0] + SEASON_S)

    def of_length(self, wanted: Wanted, seen: Seen) -> Agreement:
        column = self.length
        if column.is_silent or not seen.length_text.strip():
            return Agreement.SILENT
        between = lengths.rules_between(wanted, seen.length_text)
        if (column.rule or lengths.USUAL) in between:
            return Agreement.SAME
        if between:
            return Agreement.MAYBE
        return Agreement.DIFFERENT if column.counts else Agreement.UNPROVED

    def of_presenter(self, wanted: Wanted, seen: Seen) -> Agreement:
        if self.presenter.is_silent or not tells_presenter(wanted, seen):
            return Agreement.SILENT
        if (seen.presenter or "").casefold() == wanted.presenter:
            return Agreement.SAME
        return Agreement.DIFFERENT if self.presenter.counts else Agreement.UNPROVED

    def as_json(self) -> str:
        """As journals keep it."""
        return json.dumps(
            {
                name: {
                    "rule": _named(column.rule) if column.rule is not None else None,
                    "possible": sorted(map(_named, column.possible or ())),
                    "silent": column.is_silent,
                    "plain": column.is_plain,
                }
                for name, column in self._columns().items()
                if column.is_bent or column.is_plain
            }
        )

    def _columns(self) -> Mapping[str, Column[Any]]:
        return {name: getattr(self, name) for name in ("title", "start", "length", "presenter")}


def from_json(text: str) -> Calibration:
    """A calibration that a journal kept; what this version does not understand is left out."""
    try:
        kept = json.loads(text)
        return Calibration(
            title=_column(kept.get("title"), _title_rule),
            start=_column(kept.get("start"), StartRule.named),
            length=_column(kept.get("length"), str),
            presenter=_column(kept.get("presenter"), str),
        )
    except (ValueError, TypeError, AttributeError, KeyError):
        return Calibration()


def calibrate(pairs: Sequence[Pair], before: Calibration | None = None, *, least: int = LEAST) -> Calibration:
    """What classes that are known show of the list.

    Args:
        pairs: classes that were sent and confirmed, each as it is listed.
        before: what was known when there were more of them.
        least: so many of them must differ by one rule before it is the list's own.
    """
    pairs = pairs[-_MOST_PAIRS:]
    cuts = _cuts(pairs)
    with_presenter = [pair for pair in pairs if tells_presenter(*pair)]
    lasting = [pair for pair in pairs if pair[1].length_text.strip()]
    start = _start_column(pairs, least)
    fresh = Calibration(
        title=_judged([_title_rules(*pair, cuts) for pair in pairs], {("", None)}, least=least),
        start=start,
        length=_judged(
            [set(lengths.rules_between(w, s.length_text)) for w, s in lasting], {lengths.USUAL}, least=least
        ),
        presenter=_judged(
            [{""} if (s.presenter or "").casefold() == w.presenter else set() for w, s in with_presenter],
            {""},
            least=least,
        ),
        known_starts=tuple(
            sorted(w.starts for w, s in pairs if starts.rules_between(w, s) & (start.possible or frozenset()))
        ),
    )
    if least < LEAST and len(pairs) < LEAST:
        fresh = _without_what_may_be_anothers(fresh, pairs)
    if before is None:
        return fresh
    return replace(
        fresh,
        title=_kept(fresh.title, before.title, len(pairs), least),
        start=_kept(fresh.start, before.start, len(pairs), least),
        length=_kept(fresh.length, before.length, len(lasting), least),
        presenter=_kept(fresh.presenter, before.presenter, len(with_presenter), least),
    )


def _without_what_may_be_anothers(found: Calibration, pairs: Sequence[Pair]) -> Calibration:
    """The same where a few classes speak for the list: one that differs in two columns may be another class altogether.

    Its number came in a wrong answer. Then no rule of it is the list's, and the columns that differ say nothing.
    """
    for wanted, seen in pairs:
        usual = (
            ("title", "" in titles.rules_between(wanted.title, seen.title)),
            ("start", bool(starts.rules_between(wanted, seen) & set(starts.usual(seen)))),
            ("length", not seen.length_text.strip() or lengths.USUAL in lengths.rules_between(wanted, seen.length_text)),
            ("presenter", not tells_presenter(wanted, seen) or (seen.presenter or "").casefold() == wanted.presenter),
        )  # fmt: skip
        differing = [name for name, is_usual in usual if not is_usual]
        if len(differing) > 1:
            silent: dict[str, Any] = dict.fromkeys(differing, Column(is_silent=True))
            found = replace(found, **silent)
    return found


def may_be_anothers(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    """Whether what is listed under a row's number may be another class altogether: it differs in two columns.

    People change one thing at a time, and a list has its own way of writing, which is known by then.
    """
    columns = (calibration.of_title, calibration.of_start, calibration.of_length, calibration.of_presenter)
    return sum(column(wanted, seen) in _DIFFERING for column in columns) > 1


def _kept(fresh: Column[R], before: Column[R], known: int, least: int) -> Column[R]:
    """Few classes do not unsay what many have shown; nor do they let a difference count."""
    if before.is_plain and known < _MANY:
        return before if fresh.is_bent else replace(fresh, is_plain=True)
    if known >= least or not before.is_bent:
        return fresh
    return replace(before, counts=fresh.counts)


def _judged(explained: Sequence[AbstractSet[R]], *usual: AbstractSet[R], least: int) -> Column[R]:
    """Judge a column by the rules that explain each known class.

    Args:
        explained: for each class, every rule by which it is shown as it is.
        usual: the rules that are expected, for each class, or once for all.
        least: so many must differ before the column is bent.
    """
    known = len(explained)
    if not known:
        return Column()
    spared = max(1 if known >= LEAST else 0, known // 4)  # edited by hand, for all that is known
    counted = Counter(rule for rules in explained for rule in rules)
    expected = usual if len(usual) == known else usual * known
    as_usual = sum(bool(rules & usually) for rules, usually in zip(explained, expected, strict=True))
    possible = frozenset(rule for rule, count in counted.items() if count >= known - spared)
    count = max(counted.values(), default=0)
    # Of those that explain as many, the plainest, and always the same one: a set has its rules in any order.
    best = min(
        (rule for rule, times in counted.items() if times == count),
        key=lambda rule: (len(str(rule)), str(rule)),
        default=None,
    )
    if best is not None and count >= known - spared and count - as_usual >= least:
        return Column(best, possible, counts=True)
    if as_usual >= known - spared:
        return Column(possible=possible, counts=True, is_plain=as_usual >= _MANY)
    if known >= least and 2 * as_usual < known:
        return Column(is_silent=True)
    return Column()


def _cuts(pairs: Sequence[Pair]) -> set[int]:
    """The lengths at which titles may be cut."""
    return {
        cut
        for wanted, seen in pairs
        if titles.plain(seen.title) != titles.plain(wanted.title)
        for cut in titles.rules_between(wanted.title, seen.title).values()
        if cut is not None
    }


def _title_rules(wanted: Wanted, seen: Seen, cuts: set[int]) -> set[TitleRule]:
    rules: set[TitleRule] = set(titles.rules_between(wanted.title, seen.title).items())
    length = len(titles.plain(seen.title))
    return rules | {(rule, cut) for rule, none in rules if none is None for cut in cuts if length <= cut}


def _start_column(pairs: Sequence[Pair], least: int) -> Column[StartRule]:
    column = _judged(
        [starts.rules_between(*pair) for pair in pairs],
        *(set(starts.usual(seen)) for _, seen in pairs),
        least=least,
    )
    zone_tells = column.rule is None and len({seen.zone for _, seen in pairs}) > 1
    if not zone_tells or column.possible is None:
        return column
    # Zones that differ as those that were sent do are no word that stands beside every start.
    return replace(
        column, possible=frozenset(rule for rule in column.possible if rule.zone != starts.MISNAMED)
    )


def tells_presenter(wanted: Wanted, seen: Seen) -> bool:
    """Whether the list names a presenter as we know them: a number says nothing where we know the address."""
    return seen.presenter is not None and ("@" in seen.presenter) is ("@" in wanted.presenter)


def _is_far(wanted: Wanted, seen: Seen) -> bool:
    """Whether no clock on earth and no order of day and month makes the two one moment."""
    return all(
        abs(each.local - wanted.starts) > WIDEST_OFFSET_S or (each.local - wanted.starts) % ZONE_STEP_S
        for each in readings(seen.start_text)
    )


def _named(rule: object) -> str:
    if isinstance(rule, StartRule):
        return rule.name
    if isinstance(rule, tuple):
        name, cut = rule
        return f"{name}:{cut or ''}"
    return "" if rule is None else str(rule)


def _title_rule(name: str) -> TitleRule:
    rule, _, cut = name.partition(":")
    return rule, int(cut) if cut else None


def _column(kept: Mapping[str, Any] | None, rule_named: Callable[[str], R]) -> Column[R]:
    if kept is None:
        return Column()
    return Column(
        rule=None if kept["rule"] is None else rule_named(kept["rule"]),
        possible=frozenset(map(rule_named, kept["possible"])) or None,
        is_silent=bool(kept["silent"]),
        is_plain=bool(kept.get("plain")),
    )
