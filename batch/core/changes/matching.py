"""Which lesson of the version before is which row of the new file.

In steps, the surest first; what one step has matched takes no part in the next.
An inferred match is made only where nothing else would do as well: the account
follows the file, and a class that became another lesson's by guesswork is worse
than one that is cancelled and made anew.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from enum import Enum, unique
from itertools import pairwise, product

from batch.core.changes.lesson import MOST_DAYS_MOVED, Lesson, Spoilt, Versions
from batch.core.quick_dataclass import dataclass

_Pair = tuple[Lesson, Lesson]  #: old, new
#: No two lessons that may be one start further apart, on whatever clocks.
_FURTHEST_S = (MOST_DAYS_MOVED + 2) * 86_400


@unique
class By(Enum):
    """What tells that two are one lesson."""

    FINGERPRINT = "fingerprint"  #: unchanged, or changed in what lies outside the fingerprint
    KEY = "key"
    TITLE_AND_PRESENTER = "title and presenter"  #: it moved, or its length changed
    START_AND_TITLE = "start and title"  #: another presenter
    START_AND_PRESENTER = "start and presenter"  #: another title

    @property
    def is_inferred(self) -> bool:
        return self not in {By.KEY, By.FINGERPRINT}


@dataclass(frozen=True, slots=True)
class Match:
    old: int  #: tags
    new: int
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What became of every lesson; each tag stands in one place."""

    matches: tuple[Match, ...] = ()
    new: tuple[int, ...] = ()
    unsure: tuple[int, ...] = ()  #: new rows that may be a lesson that moved, where nobody can say which
    gone: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()  #: old lessons that a row may stand for which is invalid today, or in doubt
    outside: tuple[int, ...] = ()  #: old lessons that the new file says nothing about


def match(
    old: Iterable[Lesson],
    new: Iterable[Lesson],
    versions: Versions,
    spoilt: Iterable[Spoilt] = (),
    in_doubt: Iterable[Lesson] = (),
) -> Matching:
    """Match lessons of one timetable, all of which are still to come.

    Args:
        old: the classes that exist, each as the lesson that it stands for.
        new: the rows of the new file that are valid.
        versions: which stretches both speak of.
        spoilt: the rows of the new file that are not.
        in_doubt: valid rows besides `new` that may have a class of their own by now: none that exists becomes theirs,
            and none that may have to is gone before that is known.
    """
    work = _Work(sorted(old, key=_order), sorted(new, key=_order))
    # A row that is what a class stands for finds that class, whatever either is called.
    work.unchanged()
    work.same_key(versions)
    work.moved(versions)
    work.one_to_one(By.START_AND_TITLE, lambda lesson: (lesson.starts, lesson.title), versions)
    work.one_to_one(By.START_AND_PRESENTER, lambda lesson: (lesson.starts, lesson.presenter), versions)
    kept = _kept_out(work.old, spoilt) | _kept_for(work.old, in_doubt)
    spared = {lesson.tag: None for lesson in work.old if lesson.tag in kept}
    left = [lesson for lesson in work.old if lesson.tag not in spared]
    unsure = work.unsure & {lesson.tag for lesson in work.new}
    return Matching(
        matches=tuple(work.matches),
        new=tuple(lesson.tag for lesson in work.new if lesson.tag not in unsure),
        unsure=tuple(sorted(unsure)),
        gone=tuple(lesson.tag for lesson in left if versions.now.holds(lesson)),
        kept=tuple(spared),
        outside=tuple(lesson.tag for lesson in left if not versions.now.holds(lesson)),
    )


def _kept_out(old: Sequence[Lesson], spoilt: Iterable[Spoilt]) -> set[int]:
    """The lessons that an invalid row may stand for: whatever of the row cannot be read, none of them has gone.

    By its key, else by title and presenter, else by either; a row of which nothing can be recognised may be any of them.
    A row that repeats stands for the lessons of every day, and which days those are may be what cannot be read.
    """
    by: dict[tuple[str, str], list[int]] = defaultdict(list)
    for lesson in old:
        for key in {lesson.key, lesson.key_without_day}:
            by["key", key].append(lesson.tag)
        by["title", lesson.title].append(lesson.tag)
        by["presenter", lesson.presenter].append(lesson.tag)
    kept: set[int] = set()
    for row in spoilt:
        keyed = by.get(("key", row.key), []) if row.key else []
        titled = set(by.get(("title", row.title), []) if row.title else [])
        taught = set(by.get(("presenter", row.presenter), []) if row.presenter else [])
        likely = set(keyed) or (titled if not row.presenter else titled & taught) or titled | taught
        if not likely:
            return {lesson.tag for lesson in old}
        kept |= likely
    return kept


def _kept_for(old: Sequence[Lesson], in_doubt: Iterable[Lesson]) -> set[int]:
    """The lessons that a row in doubt may be the next version of."""
    wanted = {key for lesson in in_doubt for key in _likenesses(lesson)}
    return {lesson.tag for lesson in old if not wanted.isdisjoint(_likenesses(lesson))}


def _likenesses(lesson: Lesson) -> set[Hashable]:
    """By what another version of it is found; lessons that have none of these in common are two."""
    keyed = {(By.KEY, lesson.key)} if lesson.key else set()
    return {
        *keyed,
        (By.TITLE_AND_PRESENTER, lesson.title, lesson.presenter),
        (By.START_AND_TITLE, lesson.starts, lesson.title),
        (By.START_AND_PRESENTER, lesson.starts, lesson.presenter),
    }


@dataclass(slots=True)
class _Work:
    """What is not matched yet, in order of time."""

    old: list[Lesson]
    new: list[Lesson]
    matches: list[Match] = field(default_factory=list)
    unsure: set[int] = field(default_factory=set)

    def unchanged(self) -> None:
        """Match what is the same in all that makes a class the same class.

        A key that has come to another lesson this way tells nothing of those that are left.
        """
        groups = self._groups(lambda lesson: lesson.fingerprint)
        pairs = [pair for olds, news in groups for pair in zip(olds, news, strict=False)]
        self._take(pairs, By.FINGERPRINT)
        spent = {each.key for pair in pairs if pair[0].key != pair[1].key for each in pair if each.key}
        self.old, self.new = _without(spent, self.old), _without(spent, self.new)

    def same_key(self, versions: Versions) -> None:
        """Match where exactly one old and one new lesson have a key."""
        groups = self._groups(lambda lesson: lesson.key or None)
        alone = [(olds[0], news[0]) for olds, news in groups if len(olds) == len(news) == 1]
        self._take([pair for pair in alone if versions.may_share_key(*pair)], By.KEY)

    def one_to_one(self, by: By, same: Callable[[Lesson], Hashable], versions: Versions) -> None:
        """Infer a match where exactly one old and one new lesson are the same in this."""
        pairs = []
        for olds, news in self._groups(same):
            if len(olds) == len(news) == 1:
                if olds[0].may_be(news[0]) and versions.may_have_moved(olds[0], news[0]):
                    pairs.append((olds[0], news[0]))
            else:
                self.unsure |= {new.tag for new in news if any(old.may_be(new) for old in olds)}
        self._take(pairs, by)

    def moved(self, versions: Versions) -> None:
        """Match lessons of one title and presenter by time: within a week first, then up to 14 days apart."""
        pairs: list[_Pair] = []
        for olds, news in self._groups(lambda lesson: (lesson.title, lesson.presenter)):
            series = _Series(olds, news, versions)
            pairs += series.pairs()
            self.unsure |= series.unsure
        self._take(pairs, By.TITLE_AND_PRESENTER)

    def _groups(
        self, same: Callable[[Lesson], Hashable | None]
    ) -> Iterator[tuple[list[Lesson], list[Lesson]]]:
        """Those that are the same, where there are some on both sides."""
        olds, news = _grouped(self.old, same), _grouped(self.new, same)
        for what, found in olds.items():
            if what in news:
                yield found, news[what]

    def _take(self, pairs: Iterable[tuple[Lesson, Lesson]], by: By) -> None:
        taken = [(old.tag, new.tag) for old, new in pairs]
        self.matches += [Match(old, new, by) for old, new in taken]
        olds, news = {old for old, _ in taken}, {new for _, new in taken}
        self.old = [lesson for lesson in self.old if lesson.tag not in olds]
        self.new = [lesson for lesson in self.new if lesson.tag not in news]


class _Series:
    """The lessons of one title and presenter that are not matched yet.

    A pair may not be made across another candidate, so only neighbours in time can be
    one: at most as many pairs as lessons, however long the series.
    """

    def __init__(self, olds: Sequence[Lesson], news: Sequence[Lesson], versions: Versions) -> None:
        self.unsure: set[int] = set()
        self._olds = {lesson.tag: lesson for lesson in olds}  # in order of time, as everywhere here
        self._news = {lesson.tag: lesson for lesson in news}
        self._versions = versions

    def pairs(self) -> Iterator[_Pair]:
        found = [pair for pair in _neighbours(self._olds.values(), self._news.values()) if self._may_be(pair)]
        by_week: dict[int, list[_Pair]] = defaultdict(list)
        for old, new in found:
            if old.week == new.week:
                by_week[old.week].append((old, new))
        for week, pairs in sorted(by_week.items()):
            yield from self._nearest(pairs, week)
        yield from self._nearest(found, None)
        # What a candidate lies between is not inferred; whether it moved, nobody can say.
        olds = list(self._olds.values())
        starts = [old.starts for old in olds]
        for new in self._news.values():
            low, high = new.starts - _FURTHEST_S, new.starts + _FURTHEST_S
            near = olds[bisect_left(starts, low) : bisect_right(starts, high)]
            if any(self._may_be((old, new)) for old in near):
                self.unsure.add(new.tag)

    def _may_be(self, pair: _Pair) -> bool:
        return pair[0].may_be(pair[1]) and self._versions.may_have_moved(*pair)

    def _nearest(self, pairs: Iterable[_Pair], week: int | None) -> Iterator[_Pair]:
        """Take the nearest first; where several are equally near, all of the week in order of time, or none."""
        by_distance: dict[int, list[_Pair]] = defaultdict(list)
        for old, new in pairs:
            by_distance[abs(old.starts - new.starts)].append((old, new))
        for _, equally_near in sorted(by_distance.items()):
            left = [
                (old, new) for old, new in equally_near if old.tag in self._olds and new.tag in self._news
            ]
            often, often_new = Counter(old.tag for old, _ in left), Counter(new.tag for _, new in left)
            alone = [(old, new) for old, new in left if often[old.tag] == often_new[new.tag] == 1]
            tied = [(old, new) for old, new in left if not often[old.tag] == often_new[new.tag] == 1]
            yield from self._taken(alone)
            if not tied:
                continue
            olds = [lesson for lesson in self._olds.values() if lesson.week == week]
            news = [lesson for lesson in self._news.values() if lesson.week == week]
            in_order = list(zip(olds, news, strict=False))
            if len(olds) == len(news) and all(map(self._may_be, in_order)):
                yield from self._taken(in_order)
                return
            self._doubt(tied)

    def _taken(self, pairs: Iterable[_Pair]) -> Iterator[_Pair]:
        for old, new in pairs:
            del self._olds[old.tag], self._news[new.tag]
            yield old, new

    def _doubt(self, tied: Iterable[_Pair]) -> None:
        """Leave the equally near ones alone: nobody can say which became which."""
        for old, new in tied:
            self.unsure.add(new.tag)
            self._olds.pop(old.tag, None)
            self._news.pop(new.tag, None)


def _neighbours(olds: Iterable[Lesson], news: Iterable[Lesson]) -> Iterator[_Pair]:
    """Each old and new lesson with no other candidate between them in time."""
    at: dict[int, tuple[list[Lesson], list[Lesson]]] = defaultdict(lambda: ([], []))
    for side, lessons in enumerate((olds, news)):
        for lesson in lessons:
            at[lesson.starts][side].append(lesson)
    times = sorted(at)
    for here in times:
        yield from product(*at[here])
    for here, there in pairwise(times):
        yield from product(at[here][0], at[there][1])
        yield from product(at[there][0], at[here][1])


def _order(lesson: Lesson) -> tuple[int, str, str, str, str]:
    """By time, then by what a lesson is; never by its place in the file."""
    return lesson.starts, lesson.title, lesson.presenter, lesson.key, lesson.fingerprint


def _without(keys: Container[str], lessons: Iterable[Lesson]) -> list[Lesson]:
    return [replace(lesson, key="") if lesson.key in keys else lesson for lesson in lessons]


def _grouped(
    lessons: Iterable[Lesson], same: Callable[[Lesson], Hashable | None]
) -> dict[Hashable, list[Lesson]]:
    groups: dict[Hashable, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        what = same(lesson)
        if what is not None:
            groups[what].append(lesson)
    return groups
