"""Changes and cancellations whose answer was lost: what the account's list shows of them."""

import logging
from collections.abc import Collection, Iterable, Mapping

from batch.core.changes.operation import Kind
from batch.core.changes.order import Step
from batch.core.message import ChangeNote, Message, UndoNote
from batch.core.service.audit import stands_as_sent
from batch.core.service.calibration import Calibration
from batch.core.service.listed import Seen
from batch.journal.recorder import Recorder
from batch.sending.class_work import Work, left_of, wanted_at
from batch.sending.listing import AccountList
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)


async def look_up(
    lost: Collection[tuple[Work, Step]], account_list: AccountList, recorder: Recorder
) -> tuple[frozenset[int], Mapping[int, Seen]]:
    """Which of them the account's list shows to be done, and which to be otherwise by somebody's hand."""
    found, edited = set(), {}
    try:
        await account_list.take()
    except WiziqError as error:
        log.warning("operations.cannot_list", extra={"code": error.code})
        return frozenset(), {}
    calibration = await account_list.calibration()
    ids = [work.class_id for work, _ in lost]
    seen = await recorder.call(recorder.journal.listed.seen, ids)
    for work, step in lost:
        if (listed := seen.get(work.class_id)) is None:
            continue  # cancelling again is the better question
        wanted = None if step.kind is Kind.CANCEL else wanted_at(work, step)
        is_as_left = _is_as_left(work, listed, calibration)
        if wanted is not None and stands_as_sent(wanted, listed, calibration):
            if not is_as_left:
                found.add(work.tag)
        elif not is_as_left:
            edited[work.tag] = listed
    return frozenset(found), edited


async def edited_meanwhile(
    works: Iterable[Work], account_list: AccountList, recorder: Recorder
) -> Mapping[int, Seen]:
    """Those that the list in hand shows neither as they were left nor as they are to be."""
    by_class = {work.class_id: work for work in works}
    calibration = await account_list.calibration()
    seen = await recorder.call(recorder.journal.listed.seen, by_class)
    return {
        work.tag: listed
        for class_id, listed in seen.items()
        if not _is_as_left(work := by_class[class_id], listed, calibration)
        and not (work.wanted is not None and stands_as_sent(work.wanted, listed, calibration))
    }


def _is_as_left(work: Work, listed: Seen, calibration: Calibration) -> bool:
    return any(stands_as_sent(each, listed, calibration) for each in left_of(work))


def edited_since(work: Work, listed: Seen, what: ChangeNote | UndoNote) -> Message:
    """Somebody was at the class while its answer was waited for."""
    before = work.before
    begins = listed.starts_as(work.left[0]) if work.left else listed.starts
    starts = before.starts if begins is None else begins
    ends = starts + (60 * listed.minutes if listed.minutes else before.ends - before.starts)
    left = {"title": work.old.get("title", ""), "when": (before.starts, before.ends, work.zone)}
    now = {"title": listed.title, "when": (starts, ends, work.zone)}
    as_left, as_listed = (Message(ChangeNote.CLASS_AS, facts) for facts in (left, now))
    return Message(what, {"class_id": work.class_id, "left": as_left, "listed": as_listed})
