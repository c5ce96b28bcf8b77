"""Which of the account's classes is the one whose answer was lost?

Found and absent are claims that something is done about, so both must be certain:
where two classes could be the same one, or a listed class cannot be placed in
time, nothing is claimed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from unicodedata import normalize

#: No two clocks on earth differ by more; a listed start without its zone may be so far off.
_WIDEST_OFFSET_S = 26 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A class that may exist: what was sent."""

    fingerprint: str
    title: str
    presenter: str  #: case-folded, as in `ClassRow`
    starts: int  #: UTC seconds
    local_starts: int  #: the wall clock that was sent, as if it were UTC
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A class that the account lists. None is what the service does not tell."""

    class_id: str
    title: str
    presenter: str | None
    starts: int | None  #: UTC seconds
    local_starts: int | None  #: the wall clock that was listed, as if it were UTC
    minutes: int | None


class Unplaced(Enum):
    """What a look-up says when it found no one class."""

    ABSENT = "absent"  #: no class of the account can be it
    CANNOT_TELL = "cannot tell"  #: several might be, or one of them might


#: The class_id of the class that was found, or why there is none.
Verdict = str | Unplaced


def look_up(sought: Sequence[Sought], seen: Iterable[Seen], known: frozenset[str]) -> Mapping[str, Verdict]:
    """What one complete listing says of each class in doubt, by fingerprint.

    Args:
        sought: distinct classes.
        seen: every class of the account in the time in question, cancelled ones left out.
        known: class_ids that belong to other rows, or were there before anything was sent.
    """
    # By title alone, a term of one subject would be compared each with each.
    placed: dict[tuple[str, int], list[Seen]] = {}
    unplaced: dict[str, list[Seen]] = {}
    for listed in seen:
        if listed.class_id in known:
            continue
        title = folded(listed.title)
        if listed.starts is not None:
            placed.setdefault((title, listed.starts), []).append(listed)
        else:
            unplaced.setdefault(title, []).append(listed)
    certain: dict[str, list[str]] = {}
    possible: dict[str, list[str]] = {}
    for wanted in sought:
        title = folded(wanted.title)
        near = (*placed.get((title, wanted.starts), ()), *unplaced.get(title, ()))
        alike = [listed for listed in near if _may_be(wanted, listed)]
        certain[wanted.fingerprint] = [listed.class_id for listed in alike if _same_start(wanted, listed)]
        possible[wanted.fingerprint] = [
            listed.class_id for listed in alike if _unplaced_nearby(wanted, listed)
        ]
    claims = Counter(class_id for class_ids in certain.values() for class_id in class_ids)
    return {
        # A class at the very time of another one that is sought is that one, and no riddle here.
        fingerprint: _verdict(class_ids, claims, maybe=not claims.keys() >= set(possible[fingerprint]))
        for fingerprint, class_ids in certain.items()
    }


def _verdict(class_ids: Sequence[str], claims: Mapping[str, int], *, maybe: bool) -> Verdict:
    if len(class_ids) == 1 and claims[class_ids[0]] == 1:
        return class_ids[0]
    return Unplaced.CANNOT_TELL if class_ids or maybe else Unplaced.ABSENT


def _may_be(wanted: Sought, listed: Seen) -> bool:
    if listed.minutes is not None and listed.minutes != wanted.minutes:
        return False
    return may_be_presenter(listed.presenter, wanted.presenter)


def may_be_presenter(listed: str | None, ours: str) -> bool:
    """Whether the list speaks of our presenter, or does not say whose the class is."""
    if listed is None or ("@" in listed) is not ("@" in ours):
        return True  # not told, or told by a number where we know the e-mail: it says nothing
    return listed.casefold() == ours


def _same_start(wanted: Sought, listed: Seen) -> bool:
    if listed.starts is not None:
        return listed.starts == wanted.starts
    # Without its zone: told on the clock it was sent by, as the live service does.
    return listed.local_starts == wanted.local_starts


def _unplaced_nearby(wanted: Sought, listed: Seen) -> bool:
    """Whether a class without a zone could be the one after all, on another clock."""
    if listed.starts is not None:
        return False
    return listed.local_starts is None or abs(listed.local_starts - wanted.starts) <= _WIDEST_OFFSET_S


def folded(title: str) -> str:
    """A title as titles are compared: the service may change its white space."""
    return " ".join(normalize("NFC", title).split())
