"""May a list say that a class is absent? Only where classes that are known to be there stand in it.

A list may be empty, capped, filtered or late. Witnesses are the classes that the service
confirmed to this journal and that are still to come: one that is not listed shows that
the list does not show everything, and one that was confirmed after the lost request shows
that the list has come so far.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from batch.core.service.listed import DAY_S

#: Under this name the journal keeps how late the account's list is, in seconds.
LAG = "listing_lag_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownThere:
    """A class that is known to be there."""

    class_id: str
    starts: int  #: UTC seconds
    confirmed_at: float  #: UTC seconds
    is_confirmed: (
        bool  #: by the service, to this journal; else a list has shown it once, which says nothing for lists
    )
    was_seen: bool  #: a complete list has shown it before


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


Testimony = Proved | NoWitness | Missing | TooEarly


def hear(
    known: Sequence[KnownThere],
    listed: AbstractSet[str],
    *,
    began_at: float,
    lost_at: float,
    starts: int,
    settle_s: float,
    lag_s: float | None,
) -> Testimony:
    """What the witnesses say of a list.

    Args:
        known: classes that are known to be there: still to come, and not known to be cancelled.
        listed: the class_ids of the list.
        began_at: when the list was asked for.
        lost_at: when the last of the requests that are asked about was sent.
        starts: when the last of the classes that are asked about begins: some lists show the next weeks only.
        settle_s: so long ago a class must have been confirmed to be missed.
        lag_s: how long after its confirmation a class was listed at the latest; None: never measured.
    """
    present = [each for each in known if each.class_id in listed and each.is_confirmed]
    missing = tuple(
        each for each in known if each.class_id not in listed and each.confirmed_at <= began_at - settle_s
    )
    if missing:
        return Missing(missing)
    if not any(each.starts >= starts - DAY_S for each in present):
        return NoWitness()
    newest = max(each.confirmed_at for each in present)
    if newest >= lost_at:
        return Proved()
    lags = began_at - newest if lag_s is None else lag_s
    until = lost_at + lags + settle_s
    return Proved() if lag_s is not None and began_at >= until else TooEarly(until)


def lag_after(
    lag_s: float | None, began_at: float, first_seen: Sequence[float], late: Sequence[float]
) -> float | None:
    """How late the account's list is, for all that is known now.

    Args:
        lag_s: what was known before.
        began_at: when a list was asked for.
        first_seen: when those classes were confirmed that this list was the first to show.
        late: of these, those that an earlier list could have shown and did not.
    """
    if late:
        return max(lag_s or 0.0, began_at - min(late))
    if lag_s is None and first_seen:
        return max(0.0, began_at - max(first_seen))
    return lag_s
