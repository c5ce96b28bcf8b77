"""The account's list against the journal, both ways: what does neither explain?

Prevention has a hole that only the service could close (a request delivered
twice by the network); detection has none. Classes that other people made are
told, never complained about. A row in doubt explains a class, too, but only one:
whoever is told of the row looks at its presenter's classes anyway.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from batch.core.message import Message, RunNote
from batch.core.service.lookup import Seen, folded, may_be_presenter


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A class that the journal holds for a row, or that may be there for one."""

    class_id: str | None  #: None: the row is in doubt
    title: str
    presenter: str
    starts: int  #: UTC seconds
    minutes: int
    number: int  #: of the row that was sent


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison of list and journal brought up."""

    missing: tuple[KnownClass, ...] = ()  #: in the journal, not in the account: cancelled there, most likely
    doubled: tuple[tuple[Seen, KnownClass], ...] = ()  #: looks like one of our classes a second time
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
        return told


def compare(
    missing: Sequence[KnownClass],
    unexplained: Iterable[tuple[Seen, Sequence[KnownClass]]],
    in_doubt: Iterable[KnownClass] = (),
) -> Findings:
    """Judge what the list and the journal do not share.

    Args:
        missing: classes of the journal that are not listed.
        unexplained: listed classes without a row, each with our classes that begin at the same moment.
        in_doubt: rows whose class may be one of these.
    """
    doubled = []
    foreign = 0
    open_doubts = list(in_doubt)
    for seen, ours in unexplained:
        explained_by = next((row for row in open_doubts if _is_its_class(seen, row)), None)
        if explained_by is not None:
            open_doubts.remove(explained_by)
            continue
        like = next((held for held in ours if _looks_like(seen, held)), None)
        if like is None:
            foreign += 1
        else:
            doubled.append((seen, like))
    return Findings(tuple(missing), tuple(doubled), foreign)


def _looks_like(seen: Seen, held: KnownClass) -> bool:
    if seen.minutes not in {None, held.minutes}:
        return False
    if not may_be_presenter(seen.presenter, held.presenter):
        return False
    return folded(seen.title) == folded(held.title)


def _is_its_class(seen: Seen, row: KnownClass) -> bool:
    return seen.starts == row.starts and _looks_like(seen, row)
