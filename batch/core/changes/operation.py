"""What is done to a class that exists, and how it ended.

What a class stands as follows from its attempts and its operations alone. Unlike
`create`, an operation may be repeated: `modify` sets values, and a class that is
cancelled twice is cancelled.
"""

from collections.abc import Mapping
from enum import StrEnum, unique

from batch.core.quick_dataclass import dataclass

#: "Cannot modify a deleted class": so the service calls a class cancelled, and none comes back after that.
DELETED = "1018"


@unique
class Kind(StrEnum):
    """What is done to a class. Stored in journals: a released value is never renamed."""

    CHANGE = "change"
    PARK = "park"  #: moved to where it does not belong, for a moment
    CANCEL = "cancel"
    CREATE = "create"  #: a step of an order; no operation, but an attempt


@unique
class OperationEnding(StrEnum):
    """How an operation ended. Stored in journals: a released value is never renamed."""

    DONE = "done"  #: the service confirmed it
    FOUND = "found"  #: no answer, but a look-up showed that it is done
    REFUSED = "refused"  #: the service said no; the class is as it was
    NOT_SENT = "not_sent"  #: it never left, or was turned away unread
    NO_ANSWER = "no_answer"  #: sent, never answered: it may be done
    ABSENT = "absent"  #: no answer, and a look-up proved that it is not done


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row, by where the journal has it, and its fingerprint."""

    batch: str
    position: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One request for a class as the journal has it. `ending` None: cut short by a crash."""

    class_id: str
    number: int  #: 1, 2, ... over all batches
    kind: Kind
    batch: str  #: that asked for it
    was: Place  #: the row that the class stood for
    meant: Place | None  #: the row that it is to stand for; None: it is to be cancelled
    parameters: Mapping[str, str]  #: what is sent besides the class_id
    starts: int | None  #: where the class begins afterwards, UTC seconds: a parked one not where its row says
    sent_at: float
    deadline: float  #: after it nobody waited for an answer any more
    ending: OperationEnding | None = None
    ended_at: float | None = None
    code: str | None = None
    message: str | None = None

    @property
    def is_in_doubt(self) -> bool:
        return self.ending in {None, OperationEnding.NO_ANSWER}

    @property
    def is_done(self) -> bool:
        return self.ending in {OperationEnding.DONE, OperationEnding.FOUND}
