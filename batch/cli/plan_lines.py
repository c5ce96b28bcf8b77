"""What a sync would do, as it is shown before somebody is asked, and by a check."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batch.sending.class_work import ChangePlan

#: So many classes of a kind are named before somebody is asked.
_MOST_NAMED = 10


def lines_of(plan: "ChangePlan") -> list[str]:
    """What a plan comes to: how many of each kind, and the first of them."""
    from batch.report.wording.messages import both_of, message_of  # noqa: PLC0415 - as in `main.py`

    lines = [both_of(plan.another)] if plan.another is not None else []
    lines.append(f"new: {plan.new}, unchanged: {plan.unchanged}")
    for verdict, notes in plan.shown.items():
        lines.append(f"{verdict.heading}: {len(notes)}")
        for note in notes[:_MOST_NAMED]:
            of = note.facts.get("of")
            lines.append(f"  {of}: {message_of(note)}" if of else f"  {message_of(note)}")
        if len(notes) > _MOST_NAMED:
            lines.append(f"  and {len(notes) - _MOST_NAMED} more")
    return lines
