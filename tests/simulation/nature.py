"""What a simulated service is like, and what it keeps."""

from dataclasses import dataclass, field
from enum import Enum

from batch.sandbox import Bend

#: The parameter by which the ledger tells the rows of a file apart. Not for the code under test.
KEY = "row"


class Fault(Enum):
    """What can go wrong with a `create`."""

    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    REFUSED = "refused"
    LOCKED_OUT = "locked out"
    RESET = "reset"
    TIMEOUT = "timeout"
    BROKEN = "HTTP 502"
    OVERLOADED = "HTTP 503"
    STUMBLED = "1000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What this service is like, for the length of a history."""

    rule_1032: bool
    limit: int | None  #: 1012 above it; nobody told the client
    lists: bool  #: whether the account can list its classes at all
    tells_presenter: bool
    tells_zone: bool
    trouble: float  #: the share of creates that go wrong
    only: Fault | None = None  #: and always in this way
    listing_trouble: float
    late_s: float  #: a commit comes at most so long after the client stopped waiting
    lag_s: float  #: and is listed at most so long after that


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What may go wrong besides, kind by kind."""

    statuses: float = 0.0  #: the share of creates that a mere HTTP status answers
    odd_answers: float = 0.0
    repeated: float = 0.0
    foreign: float = 0.0
    swapped: float = 0.0
    bends: tuple[Bend, ...] = ()
    shifts: float = 0.0  #: the share of listings that leave a class out
    no_lock: bool = False
    elsewhere: frozenset[int] = frozenset()  #: which lives are those of another computer
    lost_before: frozenset[int] = frozenset()  #: before which lives the journal is lost
    stamps: bool = False  #: a class is found by what it carries; else that filter is passed over
    ahead: bool = False  #: intents are on disk ahead of their room, however slow the answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list that was shown as a whole."""

    by: object  #: the run that asked for it
    journal: object
    at: float
    shown: frozenset[str]
    confirmed: frozenset[str]  #: what the run's journal knew to be there


@dataclass(slots=True, kw_only=True)
class Booking:
    """One request for a class, and what came of it."""

    key: str
    title: str
    presenter: str
    starts: int
    minutes: int
    sent_at: float
    commit_at: float
    class_id: str | None = None
    call_id: str | None = None
    listed_at: float = 0.0
    refusal: str | None = None
    by: object = field(default=None, compare=False, repr=False)  #: the run that asked for it
    journal: object = field(default=None, compare=False, repr=False)
    status: str = "upcoming"
    time_zone: str = "Europe/Paris"
    stamp: str = ""  #: what it carries

    @property
    def ends(self) -> int:
        return self.starts + 60 * self.minutes
