"""The account's list against the journal, both ways: what does neither explain?

Prevention has a hole that only the service could close (a request delivered
twice by the network); detection has none. Classes that other people made are
told, never complained about. A row in doubt explains a class, too, but only one:
whoever is told of the row looks at its presenter's classes anyway.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from batch.core.message import Message, RunNote
from batch.core.quick_dataclass import dataclass
from batch.core.service.calibration import Calibration, may_be_anothers, tells_presenter
from batch.core.service.listed import Agreement, Seen, Wanted
from batch.core.service.matching import ByMoment, is_its_class

_AS_SENT = frozenset({Agreement.SAME, Agreement.SILENT})


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A class that a row stands for, and what was sent."""

    class_id: str
    number: int | str  #: of the row; once it is known that the file has none for it: its title
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison of list and journal brought up."""

    missing: tuple[KnownClass, ...] = ()  #: listed before, and no longer: cancelled there, most likely
    doubled: tuple[tuple[Seen, KnownClass], ...] = ()  #: looks like one of our classes a second time
    #: a row's number is that of a class which is listed as another one, and this is the row's by all it shows
    mistaken: tuple[tuple[Seen, KnownClass], ...] = ()
    edited: tuple[KnownClass, ...] = ()  #: stands otherwise in the account than it was sent
    foreign: int = 0  #: made by somebody else

    def numbered(self, numbers: Mapping[str, int]) -> "Findings":
        """The same, with rows by their numbers in one file; by fingerprint, those that it has."""

        def in_file(known: KnownClass) -> KnownClass:
            return replace(known, number=numbers.get(known.wanted.fingerprint, known.wanted.title))

        return replace(
            self,
            missing=tuple(map(in_file, self.missing)),
            doubled=tuple((seen, in_file(known)) for seen, known in self.doubled),
            mistaken=tuple((seen, in_file(known)) for seen, known in self.mistaken),
            edited=tuple(map(in_file, self.edited)),
        )

    @property
    def is_alarm(self) -> bool:
        """Whether something is there that was promised not to be."""
        return bool(self.doubled or self.mistaken)

    def messages(self) -> list[Message]:
        """What a person should know of it; nothing where all is explained."""
        found = []
        if self.doubled:
            pairs = [(seen.class_id, known.class_id, known.number) for seen, known in self.doubled]
            are_named = all(tells_presenter(known.wanted, seen) for seen, known in self.doubled)
            found.append(Message(RunNote.DOUBLED, {"pairs": pairs, "are_presenters_named": are_named}))
        if self.mistaken:
            rows = [(known.number, known.class_id, seen.class_id) for seen, known in self.mistaken]
            found.append(Message(RunNote.MISTAKEN, {"rows": rows}))
        if self.missing:
            classes = [(known.class_id, known.number) for known in self.missing]
            found.append(Message(RunNote.GONE, {"classes": classes}))
        if self.edited:
            classes = [(known.class_id, known.number) for known in self.edited]
            found.append(Message(RunNote.EDITED, {"classes": classes}))
        return found


def compare(
    known: Sequence[KnownClass],
    unexplained: Sequence[Seen],
    in_doubt: Sequence[Wanted],
    unlike: Sequence[tuple[KnownClass, Seen]],
    calibration: Calibration,
    listed: AbstractSet[str] = frozenset(),
) -> Findings:
    """What is listed and no row stands for, and what is listed otherwise than it was sent.

    Args:
        known: classes of the journal that begin in the time that is looked at.
        unexplained: listed classes of that time that no row stands for.
        in_doubt: what is sent for rows whose class may be one of these: sent without an answer, or held for it.
        unlike: of the known ones, those that are not listed in the very words that were sent.
        calibration: what is known of the list.
        listed: every class of the list. Of several rows that look alike the one whose number is not listed is the
            likelier to have got another class's number.
    """
    by_moment = ByMoment(unexplained, calibration)
    explained = _of_rows_in_doubt(in_doubt, by_moment, calibration)
    changed = not_as_sent(unlike, calibration)
    mistaken = _mistaken(changed, unexplained, explained, calibration)
    explained |= {seen.class_id for seen, _ in mistaken}
    doubled: dict[str, tuple[Seen, KnownClass]] = {}
    for ours in sorted(known, key=lambda each: each.class_id in listed):
        for seen in by_moment.at(ours.wanted):
            if seen.class_id not in explained and is_its_class(ours.wanted, seen, calibration):
                doubled.setdefault(seen.class_id, (seen, ours))
    strangers = {seen.class_id for seen in unexplained} - explained - doubled.keys()
    mistaken_ids = {ours.class_id for _, ours in mistaken}
    edited = tuple(ours for ours, _ in changed if ours.class_id not in mistaken_ids)
    return Findings((), tuple(doubled.values()), mistaken, edited, len(strangers))


def _of_rows_in_doubt(in_doubt: Sequence[Wanted], by_moment: ByMoment, calibration: Calibration) -> set[str]:
    """For each row in doubt one class: that which is its own by all that is listed, else one that it may be."""
    explained: set[str] = set()
    left: list[Wanted] = []
    for wanted in in_doubt:
        own = (seen for seen in by_moment.at(wanted) if is_its_class(wanted, seen, calibration))
        if seen := next((seen for seen in own if seen.class_id not in explained), None):
            explained.add(seen.class_id)
        else:
            left.append(wanted)
    for wanted in left:
        possible = (seen for seen in by_moment.near(wanted) if _may_be_its_own(wanted, seen, calibration))
        if seen := next((seen for seen in possible if seen.class_id not in explained), None):
            explained.add(seen.class_id)
    return explained


def _mistaken(
    changed: Sequence[tuple[KnownClass, Seen]],
    unexplained: Sequence[Seen],
    explained: AbstractSet[str],
    calibration: Calibration,
) -> tuple[tuple[Seen, KnownClass], ...]:
    """Rows whose number belongs to another class, as when two answers changed places: each with the one that is its.

    One that an equal row in doubt explains, too, only where what stands under the row's number is another class altogether.
    """
    by_moment = ByMoment([*unexplained, *(seen for _, seen in changed)], calibration)
    found: dict[str, tuple[Seen, KnownClass]] = {}
    for ours, listed in changed:
        is_anothers = may_be_anothers(ours.wanted, listed, calibration)
        for seen in by_moment.at(ours.wanted):
            if seen.class_id in explained and not is_anothers:
                continue
            if seen.class_id not in found and is_its_class(ours.wanted, seen, calibration):
                found[seen.class_id] = seen, ours
                break
    return tuple(_exchanged(found, {ours.class_id for ours, _ in changed}))


def _exchanged(
    found: Mapping[str, tuple[Seen, KnownClass]], changed: AbstractSet[str]
) -> Iterable[tuple[Seen, KnownClass]]:
    """Those that can be exchanges: a row whose class is another's number is one only where that row has its own, too.

    Else all of them are only written otherwise, as when few classes are known and a list is on another clock.
    """
    while True:
        own = {ours.class_id for _, ours in found.values()}
        left = {each: pair for each, pair in found.items() if each not in changed or each in own}
        if len(left) == len(found):
            return found.values()
        found = left


def not_as_sent(
    pairs: Iterable[tuple[KnownClass, Seen]], calibration: Calibration
) -> list[tuple[KnownClass, Seen]]:
    """Classes that are listed otherwise than they were sent, this list's way of writing left aside."""
    return [(ours, seen) for ours, seen in pairs if not stands_as_sent(ours.wanted, seen, calibration)]


def _may_be_its_own(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    """Whether title and presenter are those of the class, and its start and length may be, however they are listed."""
    named = (calibration.of_title(wanted, seen), calibration.of_presenter(wanted, seen))
    times = (calibration.of_start(wanted, seen), calibration.of_length(wanted, seen))
    return all(each.is_open for each in (*named, *times)) and Agreement.UNPROVED not in named


def stands_as_sent(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    """Whether nothing that the list shows of a class says that somebody edited it."""
    columns = (calibration.of_title, calibration.of_start, calibration.of_length, calibration.of_presenter)
    return all(column(wanted, seen) in _AS_SENT for column in columns)
