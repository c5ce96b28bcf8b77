"""What a check foresees of changes: noted on each row, and on each class without one. The service is not asked."""

from collections.abc import Callable

from batch.core.message import Message
from batch.core.plan.admission import LIMIT
from batch.core.rows.row import Header
from batch.journal.records import BLOCK, Batch
from batch.journal.store import Journal
from batch.sending.as_left import ClassesAsLeft
from batch.sending.change_plan import ChangePlanner
from batch.sending.class_work import ChangePlan
from batch.sending.terms import Terms


def note_changes(
    journal: Journal,
    batch: Batch,
    header: Header,
    terms: Terms,
    now: float,
    show: Callable[[ChangePlan], object] | None = None,
) -> Message | None:
    """Note on each row, and on each class without one, what would be done; returns why nothing may be. A check's.

    The service is not asked: whether somebody edited a class shows when the file is sent.
    """
    limit = journal.account.learned(LIMIT)
    plan = ChangePlanner(
        journal,
        batch,
        header,
        terms,
        known=ClassesAsLeft(journal, now=now, extend_counts=terms.extend_counts, is_check=True),
        now=now,
        limit=terms.max_concurrent_classes or (int(limit.value) if limit else None),
        is_check=True,
    ).make()
    for first in range(0, len(plan.entries), BLOCK):
        journal.sending.apply(plan.entries[first : first + BLOCK])
    if show is not None and terms.changes.sync:
        show(plan)
    return plan.stopped or plan.another
