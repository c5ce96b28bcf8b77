"""May a list say that a class is absent? Only where classes that are known to be there stand in it.

A list may be empty, capped, filtered or late. Witnesses are the classes that the service
confirmed to this journal and that are still to come: one that is not listed shows that
the list does not show everything, and the newest that is listed shows how late the list
is at most. What was committed at the last moment must have had the time to be listed.

Nobody can know of a list that happens to show every witness and not the class that is
sought: one that ends with the newest few, with so many days ahead, or that has gaps.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from batch.core.quick_dataclass import dataclass
from batch.core.service.listed import DAY_S

#: Under these names the journal keeps how late the account's list was, and is at most, in seconds.
LAG, LAG_AT_MOST = "listing_lag_s", "listing_lag_at_most_s"

#: One class is listed later than another, but not by much: an account's list is late in one way.
VARIES = 1.25
#: Of the settle time: so much later what was committed at its very end is listed, in any account.
LISTED_WITHIN = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownThere:
    """A class that is known to be there."""

    class_id: str
    starts: int  #: UTC seconds
    sent_at: float  #: UTC seconds: it cannot have been there earlier
    confirmed_at: float  #: UTC seconds: it was there by then
    is_confirmed: (
        bool  #: by the service, to this journal; else a list has shown it once, which says nothing for lists
    )
    was_seen: bool  #: a list has shown it before


@dataclass(frozen=True, slots=True)
class Proved:
    """What the list does not show is not there."""


@dataclass(frozen=True, slots=True)
class NoWitness:
    """Nothing is known to be there: the list may be of any kind."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Classes that are known to be there, and that are not listed."""

    classes: tuple[KnownThere, ...]


@dataclass(frozen=True, slots=True)
class TooEarly:
    """The list may not have come so far yet."""

    until: float  #: UTC seconds: a list that is begun then has
    lag_s: float | None  #: how late a class may be, for all that this list shows; None: nobody knows


Testimony = Proved | NoWitness | Missing | TooEarly


@dataclass(frozen=True, slots=True)
class Lag:
    """How long after its commit a class is listed, for all that is known."""

    late_s: float = 0.0  #: so late one was, at the most: an earlier list could have shown it
    at_most_s: float | None = None  #: within so long one was listed, at the least; None: never measured

    def within(self, bound_s: float | None) -> "Lag":
        """The same, where one more class was listed within `bound_s`."""
        bounds = [each for each in (self.at_most_s, bound_s) if each is not None]
        return Lag(self.late_s, min(bounds, default=None))

    @property
    def longest_s(self) -> float | None:
        """So late a class may be; None: nobody knows."""
        return self.late_s or None if self.at_most_s is None else max(self.late_s, self.at_most_s)

    def must_be_listed_s(self, settle_s: float) -> float:
        """So long after it was confirmed a class is missed."""
        return max(settle_s, VARIES * self.late_s)


def hear(
    known: Sequence[KnownThere],
    listed: AbstractSet[str],
    *,
    began_at: float,
    settled_at: float,
    starts: int,
    settle_s: float,
    lag: Lag,
) -> Testimony:
    """What the witnesses say of a list.

    Args:
        known: classes that are known to be there: still to come, and not known to be cancelled.
        listed: the class_ids of the list.
        began_at: when the list was asked for.
        settled_at: until when the last of the requests that are asked about may have been committed.
        starts: when the last of the classes that are asked about begins: some lists show the next weeks only.
        settle_s: so long ago a class must have been confirmed to be missed.
        lag: what lists have shown before.
    """
    must_be_listed_s = lag.must_be_listed_s(settle_s)
    missing = tuple(
        each
        for each in known
        if each.class_id not in listed
        # One that a list has shown is late in no other: this one leaves it out.
        and (each.was_seen or each.confirmed_at <= began_at - must_be_listed_s)
    )
    if missing:
        return Missing(missing)
    present = _present(known, listed)
    if starts > shows_until(known, listed):
        # One that was confirmed only just is a witness once it is listed.
        soon = shows_more_at(
            known, listed, began_at=began_at, starts=starts, must_be_listed_s=must_be_listed_s
        )
        return NoWitness() if soon is None else TooEarly(soon, lag.at_most_s)
    ages = [began_at - each.sent_at for each in present if each.sent_at <= began_at]
    lag_s = lag.within(min(ages, default=None)).longest_s
    if lag_s is None:
        return NoWitness()  # the clock was put back: nobody knows when anything was
    # One that should be listed by now, if this list is no later than that: it is later, or leaves classes out.
    late = [
        each.confirmed_at
        for each in _unlisted(known, listed)
        if (
            each.confirmed_at <= began_at - max(LISTED_WITHIN * settle_s, VARIES * lag_s)
            or each.confirmed_at > began_at  # by a clock that was put back since
        )
    ]
    if late:
        return TooEarly(max(late) + must_be_listed_s, lag_s)
    until = settled_at + max(LISTED_WITHIN * settle_s, VARIES * lag_s)
    return Proved() if began_at >= until else TooEarly(until, lag_s)


def shows_until(known: Iterable[KnownThere], listed: AbstractSet[str]) -> int:
    """Until when a class may begin that the list would show: it may end with so many days ahead."""
    return max((each.starts + DAY_S for each in _present(known, listed)), default=-1)


def shows_more_at(
    known: Iterable[KnownThere],
    listed: AbstractSet[str],
    *,
    began_at: float,
    must_be_listed_s: float,
    starts: int = 0,
) -> float | None:
    """When a class is listed by that was confirmed only just; None: there is none that may still be late.

    Args:
        known: as for `hear`.
        listed: the class_ids of the list.
        began_at: when the list was asked for.
        must_be_listed_s: so long after it was confirmed a class is missed.
        starts: only one that would speak for classes that begin then.
    """
    young = [each.confirmed_at for each in _unlisted(known, listed) if starts <= each.starts + DAY_S]
    until = min(young, default=began_at) + must_be_listed_s
    return until if young and until > began_at else None


def _present(known: Iterable[KnownThere], listed: AbstractSet[str]) -> list[KnownThere]:
    """Those by which a list is judged: the service has confirmed them, and they are listed."""
    return [each for each in known if each.class_id in listed and each.is_confirmed]


def _unlisted(known: Iterable[KnownThere], listed: AbstractSet[str]) -> list[KnownThere]:
    """Those that the service has confirmed, and that are not listed."""
    return [each for each in known if each.class_id not in listed and each.is_confirmed]


def lag_after(
    lag: Lag, first_seen: Iterable[tuple[float, float]], *, began_at: float, listed_before_at: float
) -> Lag:
    """How late the account's list is, now that one more was taken.

    Args:
        lag: what was known before.
        first_seen: of each class that this list was the first to show, when it was sent and when confirmed.
        began_at: when the list was asked for.
        listed_before_at: when the one before was, that did not show them.
    """
    for sent_at, confirmed_at in first_seen:
        age_s = began_at - sent_at
        if age_s < 0:
            continue  # the clock was put back since: nobody knows how long ago that was
        late_s = age_s if confirmed_at < listed_before_at else 0.0
        lag = Lag(max(lag.late_s, late_s), lag.at_most_s).within(age_s)
    return lag
