"""A list that writes all classes of an account by one rule of its own: which rule that is, the rows of a file show."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from batch.core.service import starts
from batch.core.service.calibration import Calibration
from batch.core.service.listed import HOUR_S, Agreement, Seen, Wanted
from batch.core.service.matching import ByMoment
from batch.core.service.starts import StartRule

_SAME, _LIKE, _MAYBE, _SILENT = Agreement.SAME, Agreement.LIKE, Agreement.MAYBE, Agreement.SILENT

#: A file is recognised as sent before where at least so many of its rows, and so large a part of them, are listed.
LEAST_ROWS, LEAST_PART = 4, 0.75
#: So many rows show how a list is written: it has one way.
_SAMPLE = 300
_GOLDEN = (5**0.5 - 1) / 2


#: By which one rule a class that is listed would be a row's own.
Way = tuple[object, ...]
_AS_USUAL: Way = ("as usual",)


class BentList:
    """What is listed, as it may be written by a rule that is not known yet."""

    def __init__(self, by_moment: ByMoment, calibration: Calibration) -> None:
        self._by_moment = by_moment
        self._calibration = calibration

    def rule_of(self, wanted: Sequence[Wanted]) -> AbstractSet[Way]:
        """By which one rule most of the rows are listed: so this account's list is written. A sample shows it."""
        sample = sample_of(wanted)
        #: Rows that the same classes could be: of these no more are listed than there are classes.
        alike: dict[Way, Counter[frozenset[str]]] = defaultdict(Counter)
        for each in sample:
            ways: dict[Way, set[str]] = defaultdict(set)
            for seen in self.near(each):
                for way in self.ways(each, seen):
                    ways[way].add(seen.class_id)
            for way, class_ids in ways.items():
                alike[way][frozenset(class_ids)] += 1
        listed = {
            way: sum(min(rows, len(class_ids)) for class_ids, rows in groups.items())
            for way, groups in alike.items()
        }
        as_usual = listed.pop(_AS_USUAL, 0)
        rules = {frozenset([way]): count for way, count in listed.items()}
        rules |= {both: count for both, count in _across_clock_changes(listed) if count > 2 * as_usual}
        rule = max(rules, key=lambda each: (rules[each], -len(each)), default=frozenset())
        is_bent = rules.get(rule, 0) > as_usual and is_most(rules[rule], len(sample))
        return rule if is_bent else frozenset()

    def near(self, wanted: Wanted) -> Iterator[Seen]:
        yield from self._by_moment.at(wanted)
        yield from self._by_moment.near_with_its_title(wanted)

    def ways(self, wanted: Wanted, seen: Seen) -> Iterator[Way]:
        """By which one rule the class would be the row's own; nothing where it takes more than one."""
        calibration = self._calibration
        if calibration.of_presenter(wanted, seen) not in {_SAME, _SILENT}:
            return
        if calibration.of_length(wanted, seen) not in {_SAME, _SILENT}:
            return
        start, title = calibration.of_start(wanted, seen), calibration.of_title(wanted, seen)
        is_titled = title in {_SAME, _LIKE}
        if start is _SAME and is_titled:
            yield _AS_USUAL
        if start is _SAME and (is_titled or title in {_MAYBE, _SILENT}):
            yield ("title",)
        if start is _SILENT and is_titled:
            yield ("start",)
        if start in {_SAME, _MAYBE} and is_titled:
            rules = starts.rules_between(wanted, seen)
            yield from (("start", rule) for rule in rules if starts.is_of_a_zone(rule))


def sample_of(rows: Sequence[Wanted]) -> Sequence[Wanted]:
    """So many of them, spread so evenly that no period of a timetable falls in with them."""
    if len(rows) <= _SAMPLE:
        return rows
    places = {int(number * _GOLDEN % 1 * len(rows)) for number in range(_SAMPLE)}
    return [rows[place] for place in sorted(places)]


def _across_clock_changes(listed: Mapping[Way, int]) -> Iterator[tuple[frozenset[Way], int]]:
    """Two ways that are the clock of one place, in summer and in winter, and the rows of both."""
    for way, count in listed.items():
        rule = way[-1]
        if isinstance(rule, StartRule) and rule.zone == "offset":
            other: Way = (*way[:-1], rule._replace(offset_s=rule.offset_s + HOUR_S))
            if other in listed:
                yield frozenset([way, other]), count + listed[other]


def is_most(count: int, rows: int) -> bool:
    return count >= LEAST_ROWS and count >= LEAST_PART * rows
