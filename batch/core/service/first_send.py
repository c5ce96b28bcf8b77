"""Is a row that this journal never sent in the account already? The account has the last word.

Another computer, a renewed access key, a copy of the journal that was put back: this
journal is not the only one that may have sent the file. What is certain is taken
over; what only looks like it is held for a person; all other rows are sent.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from enum import Enum, StrEnum, unique

from batch.core.message import Message, RunNote
from batch.core.quick_dataclass import dataclass
from batch.core.service import starts, titles
from batch.core.service.bent_list import BentList, is_most, sample_of
from batch.core.service.calibration import Calibration
from batch.core.service.listed import Agreement, Seen, Wanted
from batch.core.service.matching import ByMoment, by_the_classes_sought

_SAME, _LIKE, _MAYBE, _SILENT = Agreement.SAME, Agreement.LIKE, Agreement.MAYBE, Agreement.SILENT

#: And that a part of it was, where so many are, or so large a part.
_SOME_ROWS, _SOME_PART = 3, 0.25
#: What a class that is still to come may be called. "" where the list has no such column.
UPCOMING_WORDS = frozenset({"upcoming"})


@unique
class Alike(Enum):
    """Why a listed class keeps a row from being sent."""

    NO_PRESENTER = "no presenter"  #: all else is the same, and the list does not say whose it is
    DIFFERS = "differs"  #: it begins at the same time, with the same title or presenter
    STATUS = "status"  #: it is the row's own, if it is still to come: the list does not say in a known word
    INDISTINCT = "indistinct"  #: it is that of one of several rows, and the list does not tell of which
    BENT = "bent"  #: all rows differ from what is listed by one and the same rule
    TITLES = "titles"  #: only the title differs, and could be the row's own: nothing shows how this list writes titles
    MOVED = "moved"  #: the file was sent before, and this lesson seems to stand at another time
    UNLISTED = "unlisted"  #: other rows of the file are in the account, by a list of which nobody knows what it leaves out


@unique
class AlikeClasses(StrEnum):
    """What a person says of rows that are held because a class of the account may be theirs."""

    HOLD = "hold"
    TAKE_OVER = "take-over"  #: it is theirs
    AS_NEW = "as-new"  #: it is another class


@dataclass(frozen=True, slots=True)
class Already:
    """The class is the row's own."""

    class_id: str


@dataclass(frozen=True, slots=True)
class Held:
    """The class may be the row's own: a person has to say so."""

    class_id: str  #: "" where none is listed
    why: Alike


Answer = Already | Held


@dataclass(frozen=True, slots=True)
class Compared:
    """What the list says of the rows to be sent; rows that are not among the answers are new."""

    answers: Mapping[str, Answer]  #: by fingerprint
    recognised: tuple[
        Seen, ...
    ] = ()  #: the file was sent before from elsewhere, for all that can be known: these
    contested: AbstractSet[str] = frozenset()  #: classes that may be those of rows in doubt
    #: Rows, by fingerprint, whose class may be listed by a rule that nothing shows yet: others show it first.
    unsure: AbstractSet[str] = frozenset()
    #: Rows that are not to be sent before a list shows how it writes titles: each with a class that may be its own.
    waits: Mapping[str, Held] = field(default_factory=dict)


def compare(
    wanted: Sequence[Wanted],
    unexplained: Iterable[Seen],
    calibration: Calibration,
    *,
    taken_over: int | None = None,
    in_doubt: Sequence[Wanted] = (),
    lessons: AbstractSet[str] = frozenset(),
) -> Compared:
    """Compare the rows that were never sent with the classes that no row of this journal stands for.

    Args:
        wanted: the rows to be sent, in file order.
        unexplained: classes still to come, for all that the list says.
        calibration: what is known of the list; a journal that knows nothing lets the file speak.
        taken_over: how many other rows of the file are in the account, sent from elsewhere; None: this list has
            shown what this journal sent, so that what it does not show is not there.
        in_doubt: rows that were sent and never answered: a class may be theirs, if the list is bent.
        lessons: rows, by fingerprint, of which the journal knows the class: it stands as an earlier file had it.
    """
    comparison = _Comparison(wanted, list(unexplained), calibration, in_doubt)
    if comparison.listed:
        # Before anything is paired: by the usual way a class may be that of a lesson two hours earlier.
        comparison.hold_bent()
        comparison.pair_by_presenter()
        comparison.pair_without_presenter()
        comparison.hold_alike()
        comparison.hold_open()
        comparison.hold_moved()
    waits: Mapping[str, Held] = {}
    if taken_over is not None:
        comparison.hold_unlisted(taken_over, lessons)
        waits = dict(comparison.under_another_title())
    return Compared(
        comparison.answers,
        tuple(comparison.recognised),
        comparison.contested,
        frozenset(comparison.unsure),
        waits,
    )


#: Rows, and the classes that each of them could be.
_Group = tuple[list[Wanted], list[Seen]]


class _Comparison:
    def __init__(
        self,
        wanted: Sequence[Wanted],
        listed: list[Seen],
        calibration: Calibration,
        in_doubt: Sequence[Wanted],
    ) -> None:
        self.wanted = wanted
        self.listed = listed
        self.calibration = calibration
        self.by_moment = ByMoment(listed, calibration)
        self._titled_at: dict[str, Sequence[tuple[Seen, Agreement]]] = {}  # by fingerprint
        self.answers: dict[str, Answer] = {}
        self.recognised: list[Seen] = []
        self.taken: set[str] = set()  #: classes that stand for a row by now
        self.unsure: set[str] = set()  #: see `Compared`
        self.in_doubt = in_doubt
        self.contested = self._contested(in_doubt)

    def open_rows(self) -> list[Wanted]:
        return [wanted for wanted in self.wanted if wanted.fingerprint not in self.answers]

    def open_at(self, wanted: Wanted) -> list[Seen]:
        """Classes that begin when it does, and stand for no row yet."""
        return [seen for seen in self.by_moment.at(wanted) if seen.class_id not in self.taken]

    def hold(self, wanted: Wanted, seen: Seen, why: Alike) -> None:
        self.answers[wanted.fingerprint] = Held(seen.class_id, why)

    def _contested(self, in_doubt: Sequence[Wanted]) -> AbstractSet[str]:
        """Classes that may be another row's than the one whose they are as lists are usually written.

        Where the rows to be sent show that this one is written like that, only rows in doubt have to be thought of.
        """
        sought = [*sample_of(self.wanted), *in_doubt]
        known = by_the_classes_sought(sought, (), self.by_moment, self.calibration)
        open_to: dict[str, set[object]] = defaultdict(set)
        for lost in in_doubt:
            for seen in self._open_to(lost, known):
                open_to[seen.class_id] |= {lost.fingerprint, ""}
        if known.start.possible is None and known.start.rule is None:
            for wanted in self.wanted:
                for seen in self._open_to(wanted, known, or_cut=True):
                    open_to[seen.class_id].add(_all_of(wanted))
                    self.unsure.add(wanted.fingerprint)
        return {class_id for class_id, rows in open_to.items() if len(rows) > 1}

    def _open_to(self, wanted: Wanted, calibration: Calibration, *, or_cut: bool = False) -> Iterator[Seen]:
        """Classes that are a row's, if only the start is written in a way that nothing has disproved."""
        for seen in self.by_moment.near_with_its_title(wanted, or_cut=or_cut):
            if (
                calibration.of_start(wanted, seen).is_open
                and any(map(starts.is_of_a_zone, starts.rules_between(wanted, seen)))
                and calibration.of_presenter(wanted, seen) in {_SAME, _SILENT}
                and calibration.of_length(wanted, seen).is_open
            ):
                yield seen

    def _like_those_in_doubt(self) -> Iterator[str]:
        """Classes that are no more those of rows to be sent than of a row in doubt, by a title like its own."""
        for lost in self.in_doubt:
            for seen in self.open_at(lost):
                if (
                    self.calibration.of_presenter(lost, seen) in {_SAME, _SILENT}
                    and self.calibration.of_length(lost, seen) in {_SAME, _SILENT}
                    and self.calibration.of_title(lost, seen) in {_SAME, _LIKE}
                ):
                    yield seen.class_id

    def pair_by_presenter(self) -> None:
        """Same start, length, title and presenter: it is the row's own. Exact titles pair before others."""
        for title in (_SAME, _LIKE):
            if title is _LIKE:
                self.contested |= set(self._like_those_in_doubt())
            for rows, classes in self._groups(title, presenter=_SAME)[title]:
                self._pair(rows, classes)

    def pair_without_presenter(self) -> None:
        """The same, but for a presenter that is not told: only where the file was sent before as a whole."""
        by_title = self._groups(_SAME, _LIKE, presenter=_SILENT)
        groups = by_title[_SAME]
        paired = {row.fingerprint for rows, _ in groups for row in rows}
        groups += [
            (rest, classes)
            for rows, classes in by_title[_LIKE]
            if (rest := [row for row in rows if row.fingerprint not in paired])
        ]
        listed_like_that = sum(min(len(rows), len(classes)) for rows, classes in groups)
        is_sent_before = is_most(listed_like_that, len(self.open_rows())) and not any(
            _differs_elsewhere(row, seen) for rows, classes in groups for row in rows for seen in classes
        )
        for rows, classes in groups:
            if is_sent_before and len(rows) == len(classes):
                before = len(self.taken)
                self._pair(rows, classes)
                self.recognised += classes if len(self.taken) > before else []
                continue
            for row, seen in zip(rows, _repeated(classes, len(rows)), strict=False):
                self.hold(row, seen, Alike.NO_PRESENTER)
                self.taken.add(seen.class_id)

    def hold_alike(self) -> None:
        """Same start, and the title or the presenter the same, the rest differing."""
        for wanted in self.open_rows():
            titled = {seen.class_id for seen, _ in self._titled(wanted)}
            for seen in self.open_at(wanted):
                if seen.class_id in titled or self.calibration.of_presenter(wanted, seen) is _SAME:
                    self.hold(wanted, seen, Alike.DIFFERS)
                    break

    def hold_open(self) -> None:
        """Where the list is known to be bent: what may begin then, and be called so, by the rule or another like it."""
        calibration = self.calibration
        if not (calibration.start.is_bent or calibration.title.is_bent):
            return
        for wanted in self.open_rows():
            for seen in self.by_moment.near(wanted):
                if seen.class_id in self.taken or not calibration.of_start(wanted, seen).is_open:
                    continue
                title = calibration.of_title(wanted, seen)
                if title in {_SAME, _LIKE} or (calibration.title.is_bent and title in {_MAYBE, _SILENT}):
                    self.hold(wanted, seen, Alike.BENT)
                    break

    def hold_bent(self) -> None:
        """Where most of the file is listed by one rule. Which of several classes it is makes no difference."""
        bent = BentList(self.by_moment, self.calibration)
        rule = bent.rule_of(self.wanted)
        for wanted in self.open_rows() if rule else ():
            seen = next((each for each in bent.near(wanted) if rule & {*bent.ways(wanted, each)}), None)
            if seen is not None:
                self.hold(wanted, seen, Alike.BENT)

    def hold_moved(self) -> None:
        """A file that was sent from elsewhere: its other rows may stand at another time of their week."""
        if not self.recognised:
            return
        by_title: dict[tuple[str, int], list[Seen]] = defaultdict(list)
        for seen in self.listed:
            if seen.class_id not in self.taken and seen.starts is not None:
                by_title[titles.plain(seen.title), _week(seen.starts)].append(seen)
        for wanted in self.open_rows():
            left = by_title.get((titles.plain(wanted.title), _week(wanted.starts)))
            if left:
                self.hold(wanted, left.pop(0), Alike.MOVED)

    def hold_unlisted(self, taken_over: int, lessons: AbstractSet[str]) -> None:
        """A file of which a part is in the account: its other rows may be so, too, and the list leave them out.

        Or they are new, or were cancelled there; of a list that never showed what this journal sent, nobody knows.
        """
        own = sum(_is_by_all_it_shows(answer) for answer in self.answers.values())
        there, rows = own + taken_over, len(self.wanted) + taken_over
        if there >= _SOME_ROWS or (there and there >= _SOME_PART * rows):
            for wanted in self.open_rows():
                if wanted.fingerprint not in lessons:
                    self.answers[wanted.fingerprint] = Held("", Alike.UNLISTED)

    def under_another_title(self) -> Iterator[tuple[str, Held]]:
        """Rows that a class may be, if this list writes something around titles, cuts them or leaves them out."""
        calibration = self.calibration
        if calibration.title.possible is not None or calibration.title.is_bent:
            return
        for wanted in self.open_rows():
            for seen in self.open_at(wanted):
                if (
                    calibration.of_presenter(wanted, seen).is_open
                    and calibration.of_length(wanted, seen) in {_SAME, _SILENT, _MAYBE}
                    and calibration.of_title(wanted, seen) in {_MAYBE, _SILENT}
                ):
                    yield wanted.fingerprint, Held(seen.class_id, Alike.TITLES)
                    break

    def _groups(self, *agreements: Agreement, presenter: Agreement) -> Mapping[Agreement, list[_Group]]:
        """Rows that could be each other by what is listed, with the classes that are theirs; by how titles agree."""
        by_classes: dict[Agreement, dict[tuple[str, ...], _Group]] = {each: {} for each in agreements}
        for wanted in self.open_rows():
            for title, classes in self._theirs(wanted, agreements, presenter).items():
                key = tuple(sorted(seen.class_id for seen in classes))
                by_classes[title].setdefault(key, ([], classes))[0].append(wanted)
        return {title: list(groups.values()) for title, groups in by_classes.items()}

    def _theirs(
        self, wanted: Wanted, agreements: Sequence[Agreement], presenter: Agreement
    ) -> Mapping[Agreement, list[Seen]]:
        """The classes that a row could be, by how their titles agree."""
        calibration = self.calibration
        classes: dict[Agreement, list[Seen]] = {}
        for seen, title in self._titled(wanted):
            if (
                title in agreements
                and seen.class_id not in self.taken
                and calibration.of_presenter(wanted, seen) is presenter
                and calibration.of_length(wanted, seen) in {_SAME, _SILENT}
                and (title is _SAME or titles.is_written(wanted.title, seen.title))
            ):
                classes.setdefault(title, []).append(seen)
        return classes

    def _titled(self, wanted: Wanted) -> Sequence[tuple[Seen, Agreement]]:
        """The classes that begin when a row does, and are called so; to compare titles takes longest of all."""
        found = self._titled_at.get(wanted.fingerprint)
        if found is None:
            at = ((seen, self.calibration.of_title(wanted, seen)) for seen in self.by_moment.at(wanted))
            found = [(seen, title) for seen, title in at if title in {_SAME, _LIKE}]
            self._titled_at[wanted.fingerprint] = found
        return found

    def _pair(self, rows: list[Wanted], classes: list[Seen]) -> None:
        """Each class for one row. Rows that differ, and cannot be told apart by what is listed, get none."""
        classes = [seen for seen in classes if seen.class_id not in self.taken]
        if len({_all_of(row) for row in rows}) > 1 or any(
            seen.class_id in self.contested for seen in classes
        ):
            for row, seen in zip(rows, _repeated(classes, len(rows)), strict=False):
                self.hold(row, seen, Alike.INDISTINCT)
            self.taken |= {seen.class_id for seen in classes}
            return
        for row, seen in zip(rows, classes, strict=False):
            self.taken.add(seen.class_id)
            if seen.status.casefold() in UPCOMING_WORDS:
                self.answers[row.fingerprint] = Already(seen.class_id)
            else:
                self.hold(row, seen, Alike.STATUS)


def _is_by_all_it_shows(answer: Answer) -> bool:
    """Whether nothing that is listed speaks against the row's own class."""
    return isinstance(answer, Already) or answer.why not in {Alike.DIFFERS, Alike.MOVED}


def _all_of(row: Wanted) -> tuple[object, ...]:
    """All that makes two rows different classes."""
    return row.title, row.presenter, row.starts, row.minutes, tuple(sorted(row.others.items()))


def _differs_elsewhere(row: Wanted, seen: Seen) -> bool:
    """Whether something else that both tell is not the same."""
    return any(
        name in seen.others and seen.others[name].casefold() != value.casefold()
        for name, value in row.others.items()
    )


def _repeated(classes: list[Seen], count: int) -> list[Seen]:
    """The last of them once more for every row beyond them: each row is told one."""
    return classes + classes[-1:] * max(0, count - len(classes))


def _week(starts_at: int) -> int:
    """Which week, from Monday to Sunday."""
    return (starts_at // 86_400 + 3) // 7


def tally_of(answers: Iterable[Answer]) -> Counter[str]:
    """How many rows of each kind, for the log."""
    return Counter("already" if isinstance(each, Already) else each.why.value for each in answers)


def recognised_by(classes: Sequence[Seen], held: int) -> Message:
    """What a person is told of a file that was sent before: the first and the last class, by which they see whose they are."""
    first, last = ((each.class_id, each.title, each.begins) for each in (classes[0], classes[-1]))
    return Message(RunNote.RECOGNISED, {"held": held, "rows": len(classes), "first": first, "last": last})
