"""What the person wants of a run, and knows of the account: of the plan alone, and of the sending with it."""

from dataclasses import field
from datetime import time

from batch.core.changes.decide import ChangeTerms
from batch.core.changes.kinship import ChangeLimits
from batch.core.plan.admission import LimitPolicy
from batch.core.plan.explain_held import Hours
from batch.core.plan.plan import Fit
from batch.core.quick_dataclass import dataclass
from batch.core.service.first_send import AlikeClasses
from batch.core.service.on_unknown import OnUnknown

SCHOOL_HOURS = Hours(days=frozenset(range(5)), opens=time(8), closes=time(20))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """What the person wants of the plan, and knows of the account."""

    max_concurrent_classes: int | None = None  #: None: what was learned, if anything was
    limit_policy: LimitPolicy | None = None  #: None: what was learned, else OVERLAP
    extend_counts: bool = True  #: whether the time a class may run on takes up room
    fit: Fit = Fit.FIRST
    foreign: bool = True  #: whether to list the account's classes first
    hours: Hours = SCHOOL_HOURS  #: when free times are proposed
    most_rows: int | None = None  #: so many rows are sent at most
    only_if_all_valid: bool = False
    retry_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(PlanTerms):
    """What the person wants of the sending."""

    in_flight: int
    attempts: int
    timeout_s: float
    on_unknown: OnUnknown = OnUnknown.AUTO
    settle_s: float = 60.0  #: a lost request is looked up so long after its deadline
    late_s: float | None = None  #: a request of an earlier run may be answered so late; None: `timeout_s`
    audit: bool = True
    alike: AlikeClasses = AlikeClasses.HOLD
    is_first_time: bool = False  #: nobody sent this file to the account before, somebody says
    changes: ChangeTerms = field(
        default_factory=ChangeTerms
    )  #: what is done about rows that changed or went away
    replaces: bool = False  #: it is the next version of its timetable, whatever it looks like
    most: ChangeLimits = field(default_factory=ChangeLimits)  #: more than that is looked at first
