"""The account's list against the journal, both ways: what does neither explain?

Prevention has a hole that only the service could close (a request delivered
twice by the network); detection has none. Classes that other people made are
told, never complained about. A row in doubt explains a class, too, but only one:
whoever is told of the row looks at its presenter's classes anyway.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batch.core.message import Message, RunNote
from batch.core.service.calibration import Calibration
from batch.core.service.listed import Agreement, Seen, Wanted
from batch.core.service.matching import ByMoment, is_its_class

_AS_SENT = frozenset({Agreement.SAME, Agreement.SILENT})


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A class that a row stands for, and what was sent."""

    class_id: str
    number: int  #: of the row
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison of list and journal brought up."""

    missing: tuple[KnownClass, ...] = ()  #: listed before, and no longer: cancelled there, most likely
    doubled: tuple[tuple[Seen, KnownClass], ...] = ()  #: looks like one of our classes a second time
    edited: tuple[KnownClass, ...] = ()  #: stands otherwise in the account than it was sent
    foreign: int = 0  #: made by somebody else

    def messages(self) -> list[Message]:
        """What a person should know of it; nothing where all is explained."""
        told = []
        if self.doubled:
            pairs = [(seen.class_id, known.class_id, known.number) for seen, known in self.doubled]
            told.append(Message(RunNote.DOUBLED, {"pairs": pairs}))
        if self.missing:
            classes = [(known.class_id, known.number) for known in self.missing]
            told.append(Message(RunNote.GONE, {"classes": classes}))
        if self.edited:
            classes = [(known.class_id, known.number) for known in self.edited]
            told.append(Message(RunNote.EDITED, {"classes": classes}))
        return told


def compare(
    known: Sequence[KnownClass],
    unexplained: Sequence[Seen],
    in_doubt: Sequence[Wanted],
    calibration: Calibration,
) -> tuple[tuple[tuple[Seen, KnownClass], ...], int]:
    """Which listed classes that no row stands for look like one that a row does, and how many are foreign.

    Args:
        known: classes of the journal that begin in the time that is looked at.
        unexplained: listed classes of that time.
        in_doubt: what was sent for rows whose class may be one of these.
        calibration: what is known of the list.
    """
    by_moment = ByMoment(unexplained, calibration)
    explained: set[str] = set()
    for wanted in in_doubt:
        own = (seen for seen in by_moment.at(wanted) if is_its_class(wanted, seen, calibration))
        if seen := next((seen for seen in own if seen.class_id not in explained), None):
            explained.add(seen.class_id)
    doubled: dict[str, tuple[Seen, KnownClass]] = {}
    for ours in known:
        for seen in by_moment.at(ours.wanted):
            if seen.class_id not in explained and is_its_class(ours.wanted, seen, calibration):
                doubled.setdefault(seen.class_id, (seen, ours))
    return tuple(doubled.values()), len(unexplained) - len(explained) - len(doubled)


def edited(pairs: Iterable[tuple[KnownClass, Seen]], calibration: Calibration) -> tuple[KnownClass, ...]:
    """Classes that are listed otherwise than they were sent, this list's way of writing left aside."""
    return tuple(ours for ours, seen in pairs if not _stands_as_sent(ours.wanted, seen, calibration))


def _stands_as_sent(wanted: Wanted, seen: Seen, calibration: Calibration) -> bool:
    columns = (calibration.of_title, calibration.of_start, calibration.of_length)
    return all(column(wanted, seen) in _AS_SENT for column in columns)
