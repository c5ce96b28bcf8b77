"""What earlier runs did to classes, or somebody else did: settled and noted before a plan is made, and no request for it."""

import logging
from collections.abc import Callable, Collection
from math import inf
from typing import TypeVar

from batch.core.changes.operation import Kind, Operation, OperationEnding
from batch.core.message import Message, RunNote
from batch.core.plan.admission import LIMIT, POLICY, LimitPolicy
from batch.journal.recorder import Recorder
from batch.journal.records import Batch, OperationEnded, OperationIntent
from batch.journal.store import Journal
from batch.sending.as_left import ClassesAsLeft
from batch.sending.class_work import Work
from batch.sending.gate import Gate
from batch.sending.listener import Listener
from batch.sending.listing import AccountList
from batch.sending.terms import Terms
from batch.wiziq.errors import WiziqError

log = logging.getLogger(__name__)

Plan = TypeVar("Plan")


async def wait_for_operations(
    recorder: Recorder,
    account_list: AccountList,
    terms: Terms,
    gate: Gate,
    clock: Callable[[], float],
    listener: Listener,
) -> None:
    """What earlier runs sent and nobody answered: wait until nothing of it can come late.

    A list that is taken after that shows what became of it; where lists are known to be late by more than the
    settle time, it need not.
    """
    lost = await recorder.call(recorder.journal.operations.in_doubt)
    if not lost:
        return
    lag_s = min(await account_list.lag_s(), terms.settle_s)
    settled_at = max(each.deadline for each in lost) + terms.settle_s + lag_s
    longest_s = terms.timeout_s + terms.settle_s + lag_s  # the clock may have been put back since
    wait_s = max(0.0, min(settled_at - clock(), longest_s))
    listener.says(Message(RunNote.ANSWERS_LOOKED_UP, {"number": len(lost), "seconds": wait_s}))
    await gate.pause(wait_s)


async def settle_operations(
    recorder: Recorder,
    account_list: AccountList,
    terms: Terms,
    clock: Callable[[], float],
    batch: Batch,
    *,
    is_undo: bool = False,
) -> bool:
    """What earlier runs sent and nobody answered, as far as the list in hand, or the class, shows what came of it.

    A class stands for the row that it has become before anything is compared: else it would seem to have gone, or
    another would be taken for that row. One that is shown as it was is in no other row's way any more; an undo sets it to
    that all the same. Any other that is in doubt is set wholly to its row.

    Returns:
        Whether there was any.
    """
    lost = await recorder.call(recorder.journal.operations.in_doubt)
    for each in lost:
        if each.kind is Kind.CANCEL and await is_cancelled(account_list, each.class_id):
            await recorder.write(found(each, clock()))
    ids = {each.class_id for each in lost if each.kind is Kind.CHANGE}
    if ids:
        known = await _classes_as_left(recorder, account_list, terms, clock(), is_listed=True, is_check=False)
        done, undone = await recorder.call(_shown, recorder.journal, batch, known, ids)
        for each in done:
            await recorder.write(found(each, clock()))
        for each in undone:
            if not is_undo and each.deadline + terms.settle_s <= account_list.began_at:
                await recorder.write(_ended(each, OperationEnding.ABSENT, clock()))
    return bool(lost)


def _shown(
    journal: Journal, batch: Batch, known: ClassesAsLeft, class_ids: Collection[str]
) -> tuple[list[Operation], list[Operation]]:
    """Of the changes of these classes that were never answered: those that are shown to be done, and not to be."""
    standing, seen = journal.batches.versions(batch).standing(class_ids), known.seen(class_ids)
    operations = journal.operations.of_classes(class_ids)
    done: list[Operation] = []
    undone: list[Operation] = []
    for class_id, old in standing.items():
        of_class = operations.get(class_id, [])
        if (shown := known.shown_done(old, of_class, seen.get(class_id))) is not None:
            done.append(shown)
        else:
            undone += known.shown_undone(old, of_class, seen.get(class_id))
    return done, undone


async def is_cancelled(account_list: AccountList, class_id: str) -> bool:
    """Whether the account shows a class as cancelled when it is asked for it; False where it does not say."""
    try:
        return await account_list.is_cancelled(class_id)
    except WiziqError as error:
        log.warning("operations.cannot_list", extra={"code": error.code})
        return False


async def adopt(recorder: Recorder, batch: str, work: Work, now: float) -> None:
    """Note an operation that somebody else has done: nothing is sent."""
    operation = Operation(
        class_id=work.class_id,
        number=await recorder.call(recorder.journal.operations.next_number, work.class_id),
        kind=Kind.CHANGE if work.meant is not None else Kind.CANCEL,
        batch=batch,
        was=work.was,
        meant=work.meant,
        parameters={},
        starts=work.after.starts if work.meant is not None else None,
        sent_at=now,
        deadline=now,
    )
    intent = OperationIntent(operation=operation, room_until=work.after.room_until)
    await recorder.write(intent, found(operation, now))


def found(operation: Operation, now: float) -> OperationEnded:
    """That an operation is done, as a look-up showed."""
    return _ended(operation, OperationEnding.FOUND, now)


def _ended(operation: Operation, ending: OperationEnding, now: float) -> OperationEnded:
    return OperationEnded(
        class_id=operation.class_id,
        number=operation.number,
        ending=ending,
        ended_at=now,
        code=operation.code,
        message=operation.message,
    )


async def planned(
    make: Callable[[ClassesAsLeft], Plan],
    recorder: Recorder,
    account_list: AccountList,
    terms: Terms,
    now: float,
    *,
    is_listed: bool,
    touches: bool,
    is_check: bool = False,
) -> Plan:
    """A plan beside the account's classes, by the list in hand where there is one.

    Where a class matters that the list does not show, it is looked for, and the plan is made anew: pages that
    shift leave classes out, and one that somebody has edited may be among them.

    Args:
        make: makes the plan, where the journal's connection is used.
        recorder: of the journal.
        account_list: the list.
        terms: what is wanted.
        now: UTC seconds.
        is_listed: it stands beside the journal.
        touches: the plan may change or cancel classes.
        is_check: nobody asked for a list, and nothing is sent.
    """
    known = await _classes_as_left(recorder, account_list, terms, now, is_listed=is_listed, is_check=is_check)
    plan = await recorder.call(make, known)
    if not (is_listed and touches and known.unlisted):
        return plan
    is_steady = await account_list.look_for(known.unlisted)
    known = await _classes_as_left(
        recorder, account_list, terms, now, is_listed=True, is_check=is_check, is_steady=is_steady
    )
    return await recorder.call(make, known)


async def _classes_as_left(
    recorder: Recorder,
    account_list: AccountList,
    terms: Terms,
    now: float,
    *,
    is_listed: bool,
    is_check: bool,
    is_steady: bool = True,
) -> ClassesAsLeft:
    return ClassesAsLeft(
        recorder.journal,
        now=now,
        extend_counts=terms.extend_counts,
        calibration=await account_list.calibration() if is_listed else None,
        cancelled=account_list.cancelled,
        otherwise=account_list.otherwise,
        alone=account_list.alone,
        is_steady=is_steady,
        old_since=await account_list.shows_all_until() if is_listed else inf,
        is_check=is_check,
    )


async def limit_known(recorder: Recorder, terms: Terms) -> int | None:
    """How many classes may run at once, as far as is known; None, too, where an account counts calls."""
    account = recorder.journal.account
    limit, policy = await recorder.call(lambda: (account.learned(LIMIT), account.learned(POLICY)))
    if (policy.value if policy else terms.limit_policy) == LimitPolicy.INFLIGHT:
        return None
    return terms.max_concurrent_classes or (int(limit.value) if limit else None)
