"""What an undo takes back of a batch: each class only while it stands as that batch left it.

A class that the batch created is cancelled, one that it changed is changed back to the
row that it stood for before. Whatever somebody else did to it since, another batch or a
person in WizIQ, is left alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum, unique

from batch.core.changes.decide import Hand
from batch.core.changes.operation import Kind, Operation, Place
from batch.core.quick_dataclass import dataclass


@unique
class Leaves(Enum):
    """Why a class is left as it is."""

    DONE_BEFORE = "done before"  #: it is as it was before the batch, or cancelled
    CHANGED_SINCE = "changed since"  #: another batch changed it, cancelled it, or parked it
    EDITED = "edited"  #: somebody changed it in WizIQ
    CANCELLED_BY_HAND = "cancelled by hand"  #: it cannot be changed back
    NOT_LISTED = "not told"  #: the account cannot list, so that nobody knows whether it was edited
    IN_DOUBT = "in doubt"  #: an answer was lost, and nobody knows yet as what it stands
    BEGUN = "begun"  #: it has begun, or is over
    PASSED = "passed"  #: the time that it had before has passed
    TAKEN = "taken"  #: another class stands for the row that it stood for before
    FORGOTTEN = "forgotten"  #: the journal no longer has the row that it stood for before
    NO_NUMBER = "no number"  #: the service never told which class it is
    JOINT = "joint"  #: the newest version of another timetable asks for it, too
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
    is_joint: bool = False  #: whether the newest version of another timetable asks for it, too


@dataclass(frozen=True, slots=True)
class Cancel:
    """The class is to be cancelled."""


@dataclass(frozen=True, slots=True)
class ChangeBack:
    """The class is to stand for a row again."""

    to: Place


@dataclass(frozen=True, slots=True)
class Adopt:
    """Somebody changed it back in WizIQ: it stands for that row again, and nothing is sent."""

    to: Place


Decision = Cancel | ChangeBack | Adopt | Leaves


def decide(
    rows: Iterable[TouchedRow],
    batch: str,
    undos: Collection[str],
    *,
    hand: Callable[[TouchedRow, Place | None], Hand],
    begins: Mapping[Place, int],
    holders: Mapping[str, str],
    now: int,
    overwrite_edits: bool = False,
) -> dict[int, Decision]:
    """What becomes of each row that a batch touched, by its position.

    Args:
        rows: those that are to be taken back.
        batch: the one whose work is undone.
        undos: those that undo it: this one, which may have begun to before it was cut short, and earlier ones.
        hand: what the account's list tells of the class of a row, which is to stand for another row
            again; None: it is to be cancelled.
        begins: when the rows begin that classes stood for before (UTC seconds), as far as they are known.
        holders: of each fingerprint that a class may get back, the class that stands for it now.
        now: UTC seconds.
        overwrite_edits: classes that somebody edited in WizIQ are taken back, too.
    """
    decisions: dict[int, Decision] = {}
    leave: dict[str, int] = {}  # the classes that go from where they are, by their rows
    for row in rows:
        wish = by_the_journal(row, batch, undos)
        decision: Decision = wish
        if not isinstance(wish, Leaves):
            known = hand(row, wish.to if isinstance(wish, ChangeBack) else None)
            decision = _as_it_stands(row, wish, known, begins, now, overwrite_edits=overwrite_edits)
        decisions[row.position] = decision
        if row.class_id is not None and not isinstance(decision, Leaves):
            leave[row.class_id] = row.position
    # A place is free where its class leaves it in the same undo; one that stays keeps others where they are.
    while stuck := [
        class_id
        for class_id, position in leave.items()
        if isinstance(back := decisions[position], ChangeBack | Adopt)
        and (holder := holders.get(back.to.fingerprint, class_id)) != class_id
        and holder not in leave
    ]:
        for class_id in stuck:
            decisions[leave.pop(class_id)] = Leaves.TAKEN
    return decisions


def _as_it_stands(
    row: TouchedRow,
    decision: Cancel | ChangeBack,
    hand: Hand,
    begins: Mapping[Place, int],
    now: int,
    *,
    overwrite_edits: bool,
) -> Decision:
    if row.starts <= now or row.is_joint:
        return Leaves.JOINT if row.starts > now else Leaves.BEGUN
    if hand is Hand.CANCELLED:
        return Leaves.DONE_BEFORE if isinstance(decision, Cancel) else Leaves.CANCELLED_BY_HAND
    if hand is Hand.AS_ROW and isinstance(decision, ChangeBack):
        return Adopt(decision.to)
    # Whether one that no list shows is cancelled the service itself says.
    asks_the_service = hand is Hand.MISSING and isinstance(decision, Cancel)
    if hand in _UNSURE and not overwrite_edits and not asks_the_service:
        return _UNSURE[hand]
    if isinstance(decision, ChangeBack) and begins.get(decision.to, 0) <= now:
        return Leaves.PASSED if decision.to in begins else Leaves.FORGOTTEN
    return decision


_UNSURE = {
    Hand.EDITED: Leaves.EDITED,
    Hand.AS_ROW: Leaves.EDITED,
    Hand.NOT_KNOWN: Leaves.NOT_LISTED,
    Hand.MISSING: Leaves.NOT_LISTED,
}


def by_the_journal(row: TouchedRow, batch: str, undos: Collection[str]) -> Cancel | ChangeBack | Leaves:
    """What is to be done by all that we did ourselves."""
    done = [each for each in row.operations if each.is_done]
    last = done[-1].number if done else 0
    # What was done since makes an earlier one, that nobody answered, of no account.
    open_ones = [each for each in row.operations if each.is_in_doubt and each.number > last]
    if row.is_in_doubt or any(each.batch not in {batch, *undos} for each in open_ones):
        return Leaves.IN_DOUBT
    if row.class_id is None:
        return Leaves.NO_NUMBER
    # An undo that was cut short may have moved it aside: it goes on from there.
    while done and done[-1].kind is Kind.PARK and done[-1].batch in undos:
        done.pop()
    # It may have been changed: to be taken back as if it were. One that is still there was not cancelled.
    done += [each for each in open_ones if each.batch == batch and each.kind is not Kind.CANCEL]
    ours = [each for each in done if each.batch == batch]
    if any(each.kind is Kind.CANCEL for each in ours):
        return Leaves.CANCELLED
    if row.created_by is None:
        return Leaves.TAKEN_OVER
    is_new = row.created_by == batch
    if not (is_new or ours) or (is_new and row.place is None):
        return Leaves.DONE_BEFORE
    return _unless_changed_since(row, done, ours, None if is_new else ours[0].was)


def _unless_changed_since(
    row: TouchedRow, done: Sequence[Operation], ours: Sequence[Operation], before: Place | None
) -> Cancel | ChangeBack | Leaves:
    is_loose = bool(done) and (done[-1].kind is Kind.PARK or done[-1].is_in_doubt)
    if row.place is not None and row.place == before and not is_loose:
        return Leaves.DONE_BEFORE
    is_ours = bool(ours) and done[-1] is ours[-1]
    if row.place is None or not (is_ours or (row.place == _left_at(row, done, ours) and not is_loose)):
        return Leaves.CHANGED_SINCE
    return Cancel() if before is None else ChangeBack(before)


def _left_at(row: TouchedRow, done: Sequence[Operation], ours: Sequence[Operation]) -> Place | None:
    """The row that a class stood for when the batch had done with it."""
    if not ours:  # created, and not row again by the batch itself
        return done[0].was if done else row.place
    last = ours[-1]
    return last.was if last.kind is Kind.PARK else last.meant
