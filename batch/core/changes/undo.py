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
    NO_NUMBER = "no number"  #: the service never told which class it is
    TAKEN_OVER = "taken over"  #: another journal made it
    CANCELLED = "cancelled"  #: the batch cancelled it: no class comes back under its number


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedRow:
    """A row of a batch whose class it made or changed, and what became of that class since."""

    position: int
    number: int  #: as Excel shows it
    class_id: str | None  #: None: it was never told
    is_in_doubt: bool = False  #: whether nobody knows if the class was made at all
    created_by: str | None  #: the batch that made the class; None: another journal, or nobody knows
    operations: Sequence[Operation]  #: over all batches, in order
    place: Place | None  #: the row that the class stands for now; None: it is cancelled
    starts: int  #: where it stands or is parked, UTC seconds


@dataclass(frozen=True, slots=True)
class Cancel:
    """The class is to be cancelled."""


@dataclass(frozen=True, slots=True)
class ChangeBack:
    """The class is to stand for a row again."""

    to: Place


Decision = Cancel | ChangeBack | Leaves


def decide(
    rows: Iterable[TouchedRow],
    batch: str,
    *,
    seen: Mapping[str, Seen],
    begins: Mapping[Place, int],
    holders: Mapping[str, str],
    now: int,
    overwrite_edits: bool = False,
) -> dict[int, Decision]:
    """What becomes of each row that a batch touched, by its position.

    Args:
        rows: those that are to be taken back.
        batch: the one whose work is undone.
        seen: what the account's list tells of each class.
        begins: when the rows begin that classes stood for before (UTC seconds), as far as they are known.
        holders: of each fingerprint that a class may get back, the class that stands for it now.
        now: UTC seconds.
        overwrite_edits: classes that somebody edited in WizIQ are taken back, too.
    """
    decisions: dict[int, Decision] = {}
    leave: dict[str, int] = {}  # the classes that go from where they are, by their rows
    for row in rows:
        decision = _decide(row, batch, seen, begins, now, overwrite_edits=overwrite_edits)
        decisions[row.position] = decision
        if row.class_id is not None and not isinstance(decision, Leaves):
            leave[row.class_id] = row.position
    # A place is free where its class leaves it in the same undo; one that stays keeps others where they are.
    while stuck := [
        class_id
        for class_id, position in leave.items()
        if isinstance(decision := decisions[position], ChangeBack)
        and (holder := holders.get(decision.to.fingerprint, class_id)) != class_id
        and holder not in leave
    ]:
        for class_id in stuck:
            decisions[leave.pop(class_id)] = Leaves.TAKEN
    return decisions


def _decide(
    row: TouchedRow,
    batch: str,
    seen: Mapping[str, Seen],
    begins: Mapping[Place, int],
    now: int,
    *,
    overwrite_edits: bool,
) -> Decision:
    decision = _by_the_journal(row, batch)
    if isinstance(decision, Leaves):
        return decision
    shown = seen[row.class_id or ""]
    if row.starts <= now:
        return Leaves.BEGUN
    if shown is Seen.GONE:
        return Leaves.DONE_BEFORE if isinstance(decision, Cancel) else Leaves.CANCELLED_BY_HAND
    if shown in _UNSURE and not overwrite_edits:
        return _UNSURE[shown]
    if isinstance(decision, ChangeBack) and begins.get(decision.to, 0) <= now:
        return Leaves.PASSED if decision.to in begins else Leaves.FORGOTTEN
    return decision


_UNSURE = {Seen.EDITED: Leaves.EDITED, Seen.NOT_TOLD: Leaves.NOT_TOLD}


def _by_the_journal(row: TouchedRow, batch: str) -> Decision:
    """What is to be done by all that we did ourselves."""
    done = [each for each in row.operations if each.is_done]
    ours = [each for each in done if each.batch == batch]
    is_new = row.created_by == batch
    last = done[-1].number if done else 0
    # What was done since makes an earlier one, that nobody answered, of no account.
    if row.is_in_doubt or any(each.is_in_doubt and each.number > last for each in row.operations):
        return Leaves.IN_DOUBT
    if row.class_id is None:
        return Leaves.NO_NUMBER
    if any(each.kind is Kind.CANCEL for each in ours):
        return Leaves.CANCELLED
    if row.created_by is None:
        return Leaves.TAKEN_OVER
    if not (is_new or ours) or (is_new and row.place is None):
        return Leaves.DONE_BEFORE
    return _unless_changed_since(row, done, ours, None if is_new else ours[0].was)


def _unless_changed_since(
    row: TouchedRow, done: Sequence[Operation], ours: Sequence[Operation], before: Place | None
) -> Decision:
    is_parked = bool(done) and done[-1].kind is Kind.PARK
    if row.place is not None and row.place == before and not is_parked:
        return Leaves.DONE_BEFORE
    if row.place is None or row.place != _left_at(row, done, ours):
        return Leaves.CHANGED_SINCE
    if is_parked and (not ours or done[-1] is not ours[-1]):
        return Leaves.CHANGED_SINCE
    return Cancel() if before is None else ChangeBack(before)


def _left_at(row: TouchedRow, done: Sequence[Operation], ours: Sequence[Operation]) -> Place | None:
    """The row that a class stood for when the batch had done with it."""
    if not ours:  # created, and not row again by the batch itself
        return done[0].was if done else row.place
    last = ours[-1]
    return last.was if last.kind is Kind.PARK else last.meant
