"""What would be taken back of a past batch, as the page asks about it."""

from collections.abc import Mapping
from typing import Any

from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.report.wording.language import tr_later
from batch.web.state.notice import Notice, Tone
from batch.web.state.past_batches import PastRun
from batch.web.views.changes import groups_of
from batch.web.views.model import UndoView
from batch.web.views.wording import when_shown


def can_be_undone(past: PastRun, account: str) -> bool:
    """Whether there is something in a batch that may be taken back from this page."""
    did = past.tally[Outcome.SCHEDULED] + past.tally[Outcome.CHANGED] + past.tally[Outcome.UNKNOWN]
    is_ours = past.batch.undoes is None and past.account == account and not past.lock_holder
    return bool(did) and is_ours and not past.is_taken_back


def view_of(past: PastRun, plan: Mapping[str, Any], nonce: str, rows: tuple[int, ...] = ()) -> UndoView:
    """What would be taken back of a batch, or of some rows of it, by what a child has found."""
    here = f"/batches/{past.batch.id}"
    problem = plan.get("problem")
    return UndoView(
        file=past.batch.file,
        batch=past.batch.id,
        when=when_shown(past.batch.started_at),
        groups=groups_of(plan.get("groups", ())),
        sends=bool(plan.get("sends")),
        nonce=nonce,
        action=f"{here}/undo{f'?row={rows[0]}' if rows else ''}",
        back_href=here,
        notice=Notice(**problem, tone="bad") if problem else None,
    )


#: How an undo ended, where that is said otherwise than of a run.
TAKEN_BACK: Mapping[Exit, tuple[str, Tone]] = {
    Exit.DONE: (tr_later("The rows below are taken back."), "good"),
    Exit.UNKNOWN: (
        tr_later("Some were asked for and never answered. Take back the rest: each is looked up first."),
        "wait",
    ),
    Exit.UNFINISHED: (
        tr_later("Not finished: some are as they were. Take back the rest when you like."),
        "wait",
    ),
}
