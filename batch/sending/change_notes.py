"""What is said of a class beside its row: what is changed of it, and why it is left as it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from batch.core.changes.decide import Verdict, changes
from batch.core.changes.operation import Kind, Operation
from batch.core.message import ChangeNote, Message
from batch.core.outcome import Outcome
from batch.core.service.listed import Seen
from batch.journal.versions import StandingClass
from batch.sending.as_left import ClassesAsLeft, parking_of
from batch.sending.changed_settings import as_typed

_WHY_HELD = {
    Verdict.HELD_CANCELLED: ChangeNote.CANCELLED_BY_HAND,
    Verdict.HELD_ASKED_FOR: ChangeNote.STILL_ASKED_FOR,
    Verdict.HELD_TAKEN_OVER: ChangeNote.WAS_THERE_BEFORE,
}


def changed_message(
    old: StandingClass,
    parameters: Mapping[str, str],
    starts: int,
    zone: str,
    name_of: Callable[[str], str],
) -> Message:
    """What is changed of a class, each with its value before and after.

    Args:
        old: as it stands.
        parameters: what it is to be.
        starts: when it is to begin, UTC seconds.
        zone: on whose clock that is told.
        name_of: what the header of the file calls a column; "" where there is none.
    """
    parts = []
    if (old.lesson.starts, old.zone) != (starts, zone):
        times: dict[str, object] = {
            "before": (old.lesson.starts, None, old.zone),
            "after": (starts, None, zone),
        }
        parts.append(Message(ChangeNote.CHANGED_START, times))
    for name, value in changes(old.parameters, parameters).items():
        was = old.parameters.get(name, "")
        if name not in {"start_time", "time_zone"} and was != value:
            values = {"before": as_typed(name, was), "after": as_typed(name, value)}
            named = {"name": name_of(name), "column": name}
            parts.append(Message(ChangeNote.CHANGED_VALUE, {**named, **values}))
    facts = {"class_id": old.class_id, "changes": parts or [Message(ChangeNote.BACK_IN_PLACE)]}
    return Message(ChangeNote.CHANGED, facts)


def overwriting(note: Message, listed: object) -> Message:
    """The same where an edit is overwritten: it is told first, as nothing brings it back."""
    parts = [
        Message(ChangeNote.OVERWRITTEN, {"listed": listed}),
        *cast("list[Message]", note.facts["changes"]),
    ]
    return Message(note.what, {**note.facts, "changes": parts})


def refused(operation: Operation) -> Message:
    """What the service said to an operation."""
    facts = {"class_id": operation.class_id, "code": operation.code, "text": operation.message or ""}
    facts["kind"] = Kind.CANCEL if operation.meant is None else Kind.CHANGE
    return Message(ChangeNote.CHANGE_REFUSED, facts)


def why_held(
    verdict: Verdict,
    old: StandingClass,
    known: ClassesAsLeft,
    seen: Seen | None,
    by: str = "",
    *,
    is_gone: bool = False,
) -> Message:
    """Why a class is left as it is.

    Args:
        verdict: one that holds it.
        old: as it stands.
        known: the account's classes.
        seen: it among them.
        by: by what a row was taken for it; "" where that is no question.
        is_gone: the file has no row for it any more.
    """
    facts: dict[str, object] = {"class_id": old.class_id, **({"is_gone": True} if is_gone else {})}
    match verdict:
        case Verdict.HELD_MOVED:
            when = (old.lesson.starts, old.ends, old.zone)
            was = {"when": when, "presenter": old.presenter, "title": old.title, "by": by}
            return Message(ChangeNote.EARLIER_CLASS, {**facts, **was})
        case Verdict.HELD_JOINT:
            return Message(ChangeNote.ASKED_FOR_ELSEWHERE, {**facts, "file": old.joint_with})
        case Verdict.HELD_EDITED if seen is not None:
            return Message(ChangeNote.EDITED_BY_HAND, {**facts, **known.edited(old, seen)})
        case _:
            return Message(_WHY_HELD.get(verdict, ChangeNote.EDITS_NOT_KNOWN), facts)


def loose(old: StandingClass, operations: Sequence[Operation]) -> tuple[Outcome, str | None, Message]:
    """What is said of a row whose class is parked or in doubt, where nobody asked for a change."""
    parked = parking_of(operations)
    if parked is None:
        return Outcome.UNKNOWN, None, Message(ChangeNote.UNANSWERED_CHANGE, {"class_id": old.class_id})
    starts = parked.starts or old.lesson.starts
    when = (starts, starts + old.ends - old.lesson.starts, old.zone)
    return Outcome.HELD, None, Message(ChangeNote.IS_PARKED, {"class_id": old.class_id, "when": when})
