"""What a sync would do, as it is shown before somebody is asked, and by a check."""

from typing import TYPE_CHECKING

from batch.core.changes.decide import Verdict

if TYPE_CHECKING:
    from batch.sending.class_work import ChangePlan

#: So many classes of a kind are named before somebody is asked.
_MOST_NAMED = 10
#: What a list of such rows and classes is called.
_HEADINGS = {
    Verdict.CHANGE: "changed",
    Verdict.CANCEL: "gone, to be cancelled",
    Verdict.HELD_MOVED: "left alone, moved",
    Verdict.HELD_JOINT: "left alone, another timetable asks for them as they are",
    Verdict.HELD_EDITED: "left alone, edited by hand",
    Verdict.HELD_CANCELLED: "left alone, cancelled by hand",
    Verdict.HELD_NOT_KNOWN: "left alone, not known whether edited",
    Verdict.HELD_ASKED_FOR: "left alone, a row of the file asks for them as they are",
    Verdict.HELD_LOST: "left alone, their column has gone from the file",
    Verdict.HELD_TAKEN_OVER: "left alone, there before this journal knew of them",
    Verdict.BEYOND: "left alone, before the first or after the last lesson of the file",
}


def lines_of(plan: "ChangePlan", *, of_check: bool = False) -> list[str]:
    """What a plan comes to: how many of each kind, and the first of them.

    Args:
        plan: as it was made.
        of_check: the rows that are held, and the classes that the file has not, are named below it all the same.
    """
    from batch.report.wording.messages import both_of, named  # noqa: PLC0415 - as in `main.py`

    lines = [both_of(plan.another)] if plan.another is not None else []
    if plan.new or plan.held or plan.unchanged or plan.shown:  # else nothing was compared
        held = f", new and held: {plan.held}" if plan.held else ""
        lines.append(f"new: {plan.new}, unchanged: {plan.unchanged}{held}")
    for verdict, notes in plan.shown.items():
        lines.append(f"{_HEADINGS[verdict]}: {len(notes)}")
        if of_check and verdict is not Verdict.CHANGE:
            continue
        lines += [f"  {named(note)}" for note in notes[:_MOST_NAMED]]
        if len(notes) > _MOST_NAMED:
            lines.append(f"  and {len(notes) - _MOST_NAMED} more")
    return lines
