"""One request for a class, and how it ended.

What became of a class follows from its attempts alone, so that no second record
of it can disagree.
"""

from collections.abc import Iterable
from enum import StrEnum, unique

from batch.core.quick_dataclass import dataclass


@unique
class AttemptEnding(StrEnum):
    """How an attempt ended. Stored in journals: a released value is never renamed."""

    CREATED = "created"  #: the service answered with a class_id
    FOUND = "found"  #: no answer, but a look-up found the class
    REFUSED = "refused"  #: the service said no; nothing was created
    NOT_SENT = "not_sent"  #: it never left, or was turned away unread (429)
    NO_ANSWER = "no_answer"  #: sent, never answered: the class may exist
    ABSENT = "absent"  #: no answer, and a look-up proved that there is no class
    CHANGED = "changed"  #: there was a class, and it stands for another row since
    CANCELLED = "cancelled"  #: there was a class, and it was cancelled since


@unique
class AttemptKind(StrEnum):
    """Whether a request was made at all. Stored in journals: a released value is never renamed."""

    SENT = "sent"  #: by this journal
    PRESUMED = "presumed"  #: a journal that was lost may have sent it, for all that is known
    TAKEN_OVER = "taken_over"  #: the account listed the class before this journal ever sent it
    CHANGED = "changed"  #: the class stood for another row, and was changed to this one


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as the journal has it. `ending` None: cut short by a crash."""

    number: int
    ending: AttemptEnding | None
    sent_at: float  #: UTC, seconds since the epoch
    deadline: float  #: after it nobody waited for an answer any more
    code: str | None = None
    message: str | None = None
    class_id: str | None = None
    call_id: str | None = None
    kind: AttemptKind = AttemptKind.SENT
    former_class_id: str | None = None  #: of a class that stands for another row since, or was cancelled
    batch: str = ""  #: in which it was made

    @property
    def is_in_doubt(self) -> bool:
        return self.ending is None or self.ending is AttemptEnding.NO_ANSWER

    @property
    def is_presumed(self) -> bool:
        """Whether the class may have been sent by a journal that was lost, for all that is known."""
        return self.kind is AttemptKind.PRESUMED

    @property
    def may_clash(self) -> bool:
        """Whether a later 1032 may speak of this attempt's class: proved absent, it may have come late all the same."""
        return self.is_in_doubt or (self.ending is AttemptEnding.ABSENT and not self.is_presumed)

    @property
    def has_class(self) -> bool:
        return self.ending in {AttemptEnding.CREATED, AttemptEnding.FOUND}


def is_only_presumed(attempts: Iterable[Attempt]) -> bool:
    """Whether a class is in doubt for nothing but a journal that was lost."""
    return all(attempt.is_presumed for attempt in attempts if attempt.is_in_doubt)


@unique
class ClassState(StrEnum):
    """What the attempts for one class say of it, all together."""

    NEW = "new"  #: nothing was created, and nobody said no for good
    THERE = "there"
    IN_DOUBT = "in_doubt"  #: some attempt may have created it
    REFUSED = "refused"


#: Refusals that say nothing about tomorrow: the slot may be free by then.
PASSING_REFUSALS = frozenset({"1012"})


def class_state(attempts: Iterable[Attempt]) -> ClassState:
    """What became of a class, from its attempts in their order.

    A refusal settles only its own attempt: with an earlier one in doubt the
    class may exist, whatever was answered later.
    """
    result = ClassState.NEW
    for attempt in attempts:
        if attempt.has_class:
            return ClassState.THERE
        if attempt.is_in_doubt:
            result = ClassState.IN_DOUBT
        elif attempt.former_class_id is not None and result is ClassState.REFUSED:
            result = ClassState.NEW  # it was accepted after it was refused
        elif attempt.ending is AttemptEnding.REFUSED and result is not ClassState.IN_DOUBT:
            result = ClassState.NEW if attempt.code in PASSING_REFUSALS else ClassState.REFUSED
    return result
