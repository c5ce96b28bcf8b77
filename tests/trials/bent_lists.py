"""Accounts whose list is bent: every way in which it may differ from what was sent, one by one and together.

What holds for all of them: nothing is scheduled twice because of such a list, and nothing
is called lost. `by_rule` says which of them a journal with enough classes can see through:
one column differs, for all classes by the same rule, so that a lost answer can be settled all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from batch.sandbox import BENDS, SandboxSettings, bends
from tests.trials.case import ACCOUNT


@dataclass(frozen=True, slots=True)
class BentList:
    """An account's list, and what can be known by it."""

    spelt: tuple[str, ...]  #: as `classbatch sandbox --list` takes them
    by_rule: bool = False
    #: It shows nothing of what was sent: nobody can tell the account from one to which nothing was sent.
    is_as_of_a_new_account: bool = False
    #: It shows nothing yet of what another computer sent a moment ago, and the row that goes first may be one of that.
    is_late: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> SandboxSettings:
        return replace(ACCOUNT, bends=bends(self.spelt), **self.settings)


#: One column, the same rule for every class: escape, cut, case, letters, zone, day order, unit.
_RULES = (
    "title-escaped",
    "title-escaped-twice",
    "title-numeric",
    "title-upper",
    "title-lower",
    "title-ascii",
    "title-question",
    "title-unaccented",
    "title-nfkc",
    "title-nfd",
    "title-spaces",
    "title-no-break",
    "title-letters",
    "title-cut:100",
    "title-cut:70",
    "title-cut:40",
    "title-dots:70",
    "start-utc",
    "start-elsewhere",
    "start-day-first",
    "start-no-half",
    "start-24-hour",
    "start-iso",
    "zone-untold",
    "duration-extended",
    "duration-hours",
    "duration-clock",
    "duration-seconds",
    "duration-untold",
    "presenter-told",
    "presenter-upper",
    "page-size:50",
    "page-size:3",
    "newest-first",
    "filters-ignored",
    "status-capital",
    "ids-not-found",
    "page-last-again",
)

#: What no rule explains, or hides classes: the rows may stay in doubt, and nothing is sent twice.
_NO_RULE = tuple(name for name in BENDS if name not in {spelt.partition(":")[0] for spelt in _RULES})

#: Of these the list shows nothing of what was sent, or nothing yet.
_NOTHING = frozenset({"empty", "ahead", "older"})

#: Bent in two ways, or in a way that is no switch of the list's own.
_TOGETHER: Mapping[str, BentList] = {
    "the first 3 of all": BentList(("cap:3",)),
    "pages of 3 that shift": BentList(("page-size:3", "page-shift:1")),
    "pages of 3 with holes": BentList(("page-holes:3",)),
    "pages of 3, the end again": BentList(("page-size:3", "page-last-again"), by_rule=True),
    "escaped, and the zone not told": BentList(("title-escaped", "zone-untold")),
    "in capitals, the presenter under another address": BentList(("title-upper", "presenter-alias")),
    "in UTC, and the presenter told": BentList(("start-utc", "presenter-told"), by_rule=True),
    "escaped, and the presenter told": BentList(("title-escaped", "presenter-told"), by_rule=True),
    "in capitals, and the length in hours": BentList(("title-upper", "duration-hours")),
    "neither start nor length told": BentList(("start-untold", "duration-untold")),
    "a second late": BentList((), by_rule=True, is_late=True, settings={"listing_lag_s": 1.0}),
    "later than anybody waits": BentList((), is_as_of_a_new_account=True, settings={"listing_lag_s": 600.0}),
    "only page missing": BentList((), is_as_of_a_new_account=True, settings={"missing_page": 1}),
}

BENT_LISTS: Mapping[str, BentList] = {
    **{spelt: BentList((spelt,), by_rule=True) for spelt in _RULES},
    **{name: BentList((name,), is_as_of_a_new_account=name in _NOTHING) for name in _NO_RULE},
    **_TOGETHER,
}
