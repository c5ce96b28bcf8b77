"""Which listed class is which of ours? One comparison for all who ask: a first send, a lost answer, the audit.

Found and absent are claims that something is done about. Found is said only of a
class that is one row's and no other's; absent only where no class that is left over
could be the row's, however this account's list may be bent.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from enum import Enum
from itertools import chain

from batch.core.service.calibration import Calibration, Column, Pair
from batch.core.service.listed import WIDEST_OFFSET_S, Agreement, Seen, Wanted, readings
from batch.core.service.starts import StartRule, is_of_a_zone, moments, rules_between, usual
from batch.core.service.titles import SHORTEST_PREFIX, folds

_SAME, _SILENT = Agreement.SAME, Agreement.SILENT
_OTHER = frozenset({Agreement.UNPROVED, Agreement.DIFFERENT})


class Unplaced(Enum):
    """What a look-up says when it found no one class."""

    ABSENT = "absent"  #: no class of the list can be it
    CANNOT_TELL = "cannot tell"  #: several might be, or one of them might
    OTHER_TITLES = "other titles"  #: only such as have another title, if titles are listed as they were sent
    NO_WITNESS = "no witness"  #: none of the list, of which nobody knows what it shows
    UNPROVED = "unproved"  #: none of the list, which does not show everything, or not yet


#: The class_id of the class that was found, or why there is none.
Verdict = str | Unplaced


class ByMoment:
    """Listed classes by when they may begin: 100,000 of them are not compared each with each."""

    def __init__(self, seen: Iterable[Seen], calibration: Calibration) -> None:
        self._at: dict[tuple[str, int], list[Seen]] = defaultdict(list)
        self._near: list[tuple[int, int]] = []
        self._all = list(seen)
        self._any_time: list[Seen] = []
        # Made when they are first asked for.
        self._titled: dict[str, list[tuple[int, int]]] | None = None
        self._titled_any_time: dict[str, list[Seen]] = defaultdict(list)
        for number, each in enumerate(self._all):
            for moment in set(moments(calibration.start.rule, each)):
                self._at[moment].append(each)
            locals_ = {reading.local for reading in readings(each.start_text)}
            self._near += [(local, number) for local in locals_]
            if not locals_ or calibration.start.is_silent:
                self._any_time.append(each)
        self._near.sort()

    def at(self, wanted: Wanted) -> Iterator[Seen]:
        """Those that begin when it does, by the rule of this list."""
        found: dict[str, Seen] = {}
        for moment in (("utc", wanted.starts), ("local", wanted.local_starts)):
            found.update((each.class_id, each) for each in self._at.get(moment, ()))
        yield from found.values()

    def near(self, wanted: Wanted) -> Iterator[Seen]:
        """Those that may begin when it does, by whatever rule."""
        yield from self._within(self._near, wanted)
        yield from self._any_time

    def near_with_its_title(self, wanted: Wanted, *, or_cut: bool = False) -> Iterator[Seen]:
        """Of these the ones whose title folds to the same; `or_cut`: or to a beginning of it, as lists cut titles."""
        if self._titled is None:
            self._titled = defaultdict(list)
            for local, number in self._near:
                for beginning in _beginnings(self._all[number].title):
                    self._titled[beginning].append((local, number))
            for seen in self._any_time:
                for beginning in _beginnings(seen.title):
                    self._titled_any_time[beginning].append(seen)
        for beginning in _beginnings(wanted.title):
            for seen in chain(
                self._within(self._titled.get(beginning, []), wanted),
                self._titled_any_time.get(beginning, []),
            ):
                if _has_its_title(wanted, seen, or_cut=or_cut):
                    yield seen

    def _within(self, places: list[tuple[int, int]], wanted: Wanted) -> Iterator[Seen]:
        first = bisect_left(places, (wanted.starts - WIDEST_OFFSET_S, -1))
        last = bisect_right(places, (wanted.starts + WIDEST_OFFSET_S, len(self._all)))
        numbers = {number for _, number in places[first:last]}
        yield from (self._all[number] for number in sorted(numbers))


def _beginnings(title: str) -> set[str]:
    return {fold[:SHORTEST_PREFIX] for fold in folds(title)}


def _has_its_title(wanted: Wanted, seen: Seen, *, or_cut: bool) -> bool:
    ours, theirs = folds(wanted.title), folds(seen.title)
    is_cut = or_cut and any(
        own.startswith(fold) for fold in theirs if len(fold) >= SHORTEST_PREFIX for own in ours
    )
    return is_cut or not ours.isdisjoint(theirs)


def is_its_class(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    """Whether every column that says something says that it is this very class."""
    return (
        calibration.of_start(wanted, seen) is _SAME
        and calibration.of_title(wanted, seen) is _SAME
        and calibration.of_length(wanted, seen) in {_SAME, _SILENT}
        and calibration.of_presenter(wanted, seen) in {_SAME, _SILENT}
    )


def classes_of(in_doubt: Iterable[Wanted], classes: Iterable[Seen], calibration: Calibration) -> set[str]:
    """Which of these classes can all be those of rows in doubt: a row has one, so that one class too many is another's."""
    by_moment = ByMoment(classes, calibration)
    alike: list[
        tuple[set[str], int]
    ] = []  # classes that the same rows could have, and how many rows these are
    for wanted in in_doubt:
        own, rows = (
            {seen.class_id for seen in by_moment.at(wanted) if is_its_class(wanted, seen, calibration)},
            1,
        )
        for those, count in [each for each in alike if own & each[0]]:
            alike.remove((those, count))
            own, rows = own | those, rows + count
        alike.append((own, rows))
    return {class_id for own, rows in alike if len(own) <= rows for class_id in own}


def may_be_its_class(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    """Whether it could be this class after all: begins then, and agrees in title or presenter."""
    if not calibration.of_start(wanted, seen).is_open:
        return False
    return calibration.of_title(wanted, seen).is_open or calibration.of_presenter(wanted, seen) is _SAME


def look_up(
    sought: Sequence[Wanted],
    unexplained: Iterable[Seen],
    calibration: Calibration,
    found: Sequence[Pair] = (),
    elsewhere: Sequence[Pair] = (),
) -> Mapping[str, Verdict]:
    """What one list says of each class in doubt, by fingerprint.

    Args:
        sought: distinct classes.
        unexplained: every listed class that no row stands for and nobody cancelled.
        calibration: what is known of the list.
        found: classes that earlier look-ups found, each as it is listed.
        elsewhere: listed classes that rows stand for, and that are listed otherwise than they were sent: were two
            answers exchanged, each may be a class that is sought, and what looks like one of those rows' may be its own.
    """
    changed = ByMoment((seen for _, seen in elsewhere), calibration)
    by_moment = ByMoment(unexplained, calibration)
    calibration = by_the_classes_sought(sought, found, by_moment, calibration)
    certain = {
        wanted.fingerprint: [
            seen.class_id for seen in by_moment.at(wanted) if is_its_class(wanted, seen, calibration)
        ]
        for wanted in sought
    }
    claims = Counter(class_id for class_ids in certain.values() for class_id in class_ids)
    claims.update(
        seen.class_id
        for wanted, _ in elsewhere
        for seen in by_moment.at(wanted)
        if is_its_class(wanted, seen, calibration)
    )
    verdicts: dict[str, Verdict] = {
        fingerprint: class_ids[0]
        for fingerprint, class_ids in certain.items()
        if len(class_ids) == 1 and claims[class_ids[0]] == 1
    }
    contested: set[str] = set()
    for wanted in sought:
        if wanted.fingerprint in verdicts:
            continue
        open_to_it = [
            seen
            for seen in by_moment.near(wanted)
            if may_be_its_class(wanted, seen, calibration)
            and (seen.class_id not in claims or not _is_surely_anothers(wanted, seen, calibration))
        ]
        contested.update(seen.class_id for seen in open_to_it)
        open_to_it += [each for each in changed.near(wanted) if may_be_its_class(wanted, each, calibration)]
        if certain[wanted.fingerprint] or any(_is_likely(wanted, each, calibration) for each in open_to_it):
            verdicts[wanted.fingerprint] = Unplaced.CANNOT_TELL
        else:
            verdicts[wanted.fingerprint] = Unplaced.OTHER_TITLES if open_to_it else Unplaced.ABSENT
    return {
        fingerprint: Unplaced.CANNOT_TELL if verdict in contested else verdict
        for fingerprint, verdict in verdicts.items()
    }


def with_carried(verdicts: Mapping[str, Verdict], carried: Mapping[str, str]) -> Mapping[str, Verdict]:
    """The same, now that some classes are known for certain; who was told one of them by what is listed has another."""
    known = frozenset(carried.values())
    others = {
        each: Unplaced.CANNOT_TELL if verdict in known else verdict for each, verdict in verdicts.items()
    }
    return {**others, **carried}


def _is_likely(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    """Whether a class that may be its own agrees with it in something besides the start, or tells too little."""
    title, presenter = calibration.of_title(wanted, seen), calibration.of_presenter(wanted, seen)
    return title not in _OTHER or presenter is _SAME


def _is_surely_anothers(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    """Whether a class that is another's by all it shows is not this one's by some way of writing, too."""
    title, presenter = calibration.of_title(wanted, seen), calibration.of_presenter(wanted, seen)
    has_another_length = calibration.of_length(wanted, seen) is Agreement.DIFFERENT
    has_more_words = title is Agreement.MAYBE and not calibration.may_write(wanted.title, seen.title)
    return title in {Agreement.LIKE, *_OTHER} or has_more_words or presenter in _OTHER or has_another_length


def by_the_classes_sought(
    sought: Iterable[Wanted], found: Iterable[Pair], by_moment: ByMoment, calibration: Calibration
) -> Calibration:
    """Where nothing is known of how starts are written, the classes that are sought show it, or were found before.

    The usual way, if it explains more of what is listed than any other does: two ways that
    explain as much may each be the right one, as in a timetable with one title every hour.
    A class that could be either of two equal rows' explains one of them.
    """
    if calibration.start.possible is not None or calibration.start.is_bent:
        return calibration
    # Classes, each with the row that it would be.
    explained: dict[StartRule, set[tuple[str, str]]] = defaultdict(set)
    usually: set[tuple[str, str]] = set()
    expected: set[StartRule] = set()
    near = ((wanted, seen) for wanted in sought for seen in by_moment.near_with_its_title(wanted))
    for wanted, seen in chain(found, near):
        if calibration.of_title(wanted, seen) is not _SAME:
            continue
        rules = rules_between(wanted, seen)
        if rules & set(usual(seen)):
            usually.add((seen.class_id, wanted.fingerprint))
            expected |= set(usual(seen))
        for rule in filter(is_of_a_zone, rules):
            explained[rule].add((seen.class_id, wanted.fingerprint))
    others = (
        classes for rule, classes in explained.items() if rule not in expected and not classes <= usually
    )
    most, as_usual = max(map(_explained_by, others), default=0), _explained_by(usually)
    if usually and most > as_usual:  # nothing is certain: what begins as usual may be another's
        return replace(calibration, start=Column(is_silent=True))
    if as_usual > most:
        # As long as all that is listed may be written without AM and PM, the next one may be of the afternoon.
        half_days = {rule for rule, classes in explained.items() if rule.clock == "12" and usually <= classes}
        return replace(calibration, start=Column(possible=frozenset(expected | half_days)))
    return calibration


def _explained_by(pairs: AbstractSet[tuple[str, str]]) -> int:
    """Of how many classes, each with a row of its own, pairs of a class and a row can speak at most."""
    return min(len({class_id for class_id, _ in pairs}), len({row for _, row in pairs}))
