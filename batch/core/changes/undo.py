"""What an undo takes back of a batch: each class only while it stands as that batch left it.

A class that the batch created is cancelled, one that it changed is changed back to the
row that it stood for before. Whatever somebody else did to it since, another batch or a
person in WizIQ, is left alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, unique

from batch.core.changes.operation import Kind, Operation, Place


@unique
class Seen(Enum):
    """What the account's list tells of a class, beside what we last left there."""

    AS_LEFT = "as left"
    NOT_YET = "not yet"  #: never listed so far: it is ours, and the list is late
    EDITED = "edited"  #: somebody changed it in WizIQ
    GONE = "gone"  #: somebody cancelled it in WizIQ
    NOT_TOLD = "not told"  #: this account cannot list: nobody knows


@unique
class Leaves(Enum):
    """Why a class is left as it is."""

    DONE_BEFORE = "done before"  #: it is as it was before the batch, or cancelled
    CHANGED_SINCE = "changed since"  #: another batch changed it, cancelled it, or parked it
    EDITED = "edited"  #: somebody changed it in WizIQ
    CANCELLED_BY_HAND = "cancelled by hand"  #: it cannot be changed back
    NOT_TOLD = "not told"  #: the account cannot list, so that nobody knows whether it was edited
    IN_DOUBT = "in doubt"  #: an answer was lost, and nobody knows yet as what it stands
    BEGUN = "begun"  #: it has begun, or is over
    PASSED = "passed"  #: the time that it had before has passed
    TAKEN = "taken"  #: another class stands for the row that it stood for before
    FORGOTTEN = "forgotten"  #: the journal no longer has the row that it stood for before
    TAKEN_OVER = "taken over"  #: another journal made it
    CANCELLED = "cancelled"  #: the batch cancelled it: no class comes back under its number


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedClass:
    """A class that a batch created, changed or cancelled, with all that is known of it."""

    class_id: str
    created_by: str | None  #: the batch that created it; None where another journal did
    operations: Sequence[Operation]  #: all of them, over all batches, in order
    place: Place | None  #: the row that it stands for; None: it is cancelled
    starts: int  #: where it stands, or is parked, UTC seconds
    seen: Seen


@dataclass(frozen=True, slots=True)
class Cancel:
    """The class is to be cancelled."""


@dataclass(frozen=True, slots=True)
class ChangeBack:
    """The class is to stand for a row again."""

    to: Place


Decision = Cancel | ChangeBack | Leaves


def decide(
    classes: Iterable[TouchedClass],
    batch: str,
    *,
    begins: Mapping[Place, int],
    stands_for: Mapping[str, str],
    now: int,
    overwrite_edits: bool = False,
) -> dict[str, Decision]:
    """What becomes of each class that a batch touched, by its class_id.

    Args:
        classes: those that are to be taken back.
        batch: the one whose work is undone.
        begins: when the rows begin that classes stood for before (UTC seconds), as far as they are known.
        stands_for: of each fingerprint that a class may get back, the class that stands for it now.
        now: UTC seconds.
        overwrite_edits: classes that somebody edited in WizIQ are taken back, too.
    """
    decisions = {
        each.class_id: _decide(each, batch, begins, now, overwrite_edits=overwrite_edits) for each in classes
    }
    # A place is free where its class leaves it in the same undo; one that stays keeps others where they are.
    while stuck := [
        class_id
        for class_id, decision in decisions.items()
        if isinstance(decision, ChangeBack)
        and (holder := stands_for.get(decision.to.fingerprint)) not in {None, class_id}
        and not isinstance(decisions.get(holder or ""), Cancel | ChangeBack)
    ]:
        decisions.update(dict.fromkeys(stuck, Leaves.TAKEN))
    return decisions


def _decide(
    touched: TouchedClass, batch: str, begins: Mapping[Place, int], now: int, *, overwrite_edits: bool
) -> Decision:
    decision = _by_the_journal(touched, batch)
    if isinstance(decision, Leaves):
        return decision
    if touched.starts <= now:
        return Leaves.BEGUN
    if touched.seen is Seen.GONE:
        return Leaves.DONE_BEFORE if isinstance(decision, Cancel) else Leaves.CANCELLED_BY_HAND
    if touched.seen in _UNSURE and not overwrite_edits:
        return _UNSURE[touched.seen]
    if isinstance(decision, ChangeBack) and begins.get(decision.to, 0) <= now:
        return Leaves.PASSED if decision.to in begins else Leaves.FORGOTTEN
    return decision


_UNSURE = {Seen.EDITED: Leaves.EDITED, Seen.NOT_TOLD: Leaves.NOT_TOLD}


def _by_the_journal(touched: TouchedClass, batch: str) -> Decision:
    """What is to be done by all that we did ourselves."""
    done = [each for each in touched.operations if each.is_done]
    ours = [each for each in done if each.batch == batch]
    is_new = touched.created_by == batch
    if any(each.is_in_doubt for each in touched.operations):
        return Leaves.IN_DOUBT
    if any(each.kind is Kind.CANCEL for each in ours):
        return Leaves.CANCELLED
    if touched.created_by is None:
        return Leaves.TAKEN_OVER
    if not (is_new or ours) or (is_new and touched.place is None):
        return Leaves.DONE_BEFORE
    return _unless_changed_since(touched, done, ours, None if is_new else ours[0].was)


def _unless_changed_since(
    touched: TouchedClass, done: Sequence[Operation], ours: Sequence[Operation], before: Place | None
) -> Decision:
    is_parked = bool(done) and done[-1].kind is Kind.PARK
    if touched.place is not None and touched.place == before and not is_parked:
        return Leaves.DONE_BEFORE
    if touched.place is None or touched.place != _left_at(touched, done, ours):
        return Leaves.CHANGED_SINCE
    if is_parked and (not ours or done[-1] is not ours[-1]):
        return Leaves.CHANGED_SINCE
    return Cancel() if before is None else ChangeBack(before)


def _left_at(touched: TouchedClass, done: Sequence[Operation], ours: Sequence[Operation]) -> Place | None:
    """The row that a class stood for when the batch had done with it."""
    if not ours:  # created, and not touched again by the batch itself
        return done[0].was if done else touched.place
    last = ours[-1]
    return last.was if last.kind is Kind.PARK else last.meant
