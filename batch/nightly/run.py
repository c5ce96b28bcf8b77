"""A night from beginning to end: import, then tell: one line for the mailer, notification, metrics."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from batch.core.errors import CannotRun, Unfinished
from batch.core.message import Message, NightNote
from batch.core.tally import Exit
from batch.core.text import visible
from batch.intake import shown_name
from batch.journal.nights import LastNight, PastNight, folder_of, keep_night, last_night, write_last_night
from batch.nightly.importing import Nightly, fault_of_ours
from batch.nightly.metrics import write_metrics
from batch.nightly.night import Night, Order, Taken
from batch.nightly.notification import Notice
from batch.nightly.wording import body, summary_line, title, why_failed
from batch.sending.environment import Environment, real_environment
from batch.sending.listener import Listener

log = logging.getLogger(__name__)

_DAY_S = 86_400


async def run_nightly(
    order: Order,
    listener: Listener,
    *,
    on_taken: Callable[[Taken], None],
    line: Callable[[str], None],
    world: Environment | None = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Exit:
    """Import what has arrived, and tell of it.

    Args:
        order: what to take, and by which settings.
        listener: watches each run.
        on_taken: hears of each file as soon as it is dealt with.
        line: takes the summary line; with `quiet`, only when somebody should read it.
        world: time and chance.
        sleep: waits for files to settle.

    Returns:
        The exit code of the night.

    Raises:
        CannotRun: the notification that was asked for cannot be sent from here; nothing was begun.
    """
    world = world or real_environment()
    settings = order.settings
    began = world.clock()
    nightly = Nightly(order, listener, on_taken=on_taken, world=world, sleep=sleep)
    night, code = nightly.night, Exit.LEFT_AT_ONCE  # unless it comes to an end
    try:
        notice = Notice(settings.notify.get_secret_value() if settings.notify else "")
        trouble = await _trouble_of(nightly)
        if trouble is not None:
            code = Exit.UNFINISHED if isinstance(trouble, Unfinished) else Exit.CANNOT_RUN
            night.taken.append(Taken(name=shown_name(order.source), exit_code=code, trouble=trouble))
            on_taken(night.taken[-1])
        code = night.exit_code
    except CannotRun:  # nobody could be told of it otherwise
        code = Exit.CANNOT_RUN
        raise
    finally:
        _write_metrics(night, settings.metrics_file, listener, code=code, began=began, ended=world.clock())
    log.info(
        "nightly",
        extra={
            "files": len(night.files),
            "waiting": len(night.waiting),
            "exit_code": int(code),
            "counts": dict(night.tally.counts()),
        },
    )
    may_be_empty = _may_be_empty(order, night, code, world.clock())
    _keep(order, night, code, began=began, ended=world.clock())
    is_usual = code is Exit.DONE and (bool(night.files) or may_be_empty)
    if not (settings.quiet and is_usual):
        line(summary_line(night))
    if (not is_usual or settings.notify_success) and not await asyncio.to_thread(
        partial(notice.send, title(night), body(night), exit_code=code)
    ):
        listener.says(Message(NightNote.NOT_DELIVERED))
    return code


def _may_be_empty(order: Order, night: Night, code: Exit, now: float) -> bool:
    """Whether it is not long yet that nothing has arrived; and this night is kept for the next one and for `status`."""
    inbox = order.inbox
    if inbox is None or any(isinstance(each.trouble, Unfinished) for each in night.taken):
        return False  # another import may be at work on it
    folder = folder_of(order.settings.state, inbox)
    before = last_night(folder)
    arrived_at = now if night.files or before is None else before.arrived_at
    failed = tuple(visible(each.name) for each in night.failed)
    kept = LastNight(
        inbox=str(inbox), ended_at=now, exit_code=int(code), arrived_at=arrived_at, failed=failed
    )
    if before is not None and not night.taken and code is Exit.DONE:
        kept = _with_failure_of(before, kept)
    try:
        write_last_night(folder, kept)
    except OSError as error:
        log.error("nightly.not_kept", extra={"detail": error.strerror})  # noqa: TRY400 - no bug of ours
    return now - arrived_at < order.settings.quiet_days * _DAY_S


def _with_failure_of(before: LastNight, empty: LastNight) -> LastNight:
    """A night without files mends nothing: what failed before it is still told."""
    if before.failed_at:
        at, code = before.failed_at, before.failed_with
    elif before.exit_code in {Exit.DONE, Exit.NEEDS_A_PERSON}:
        return empty
    else:
        at, code = before.ended_at, before.exit_code
    return replace(empty, failed=before.failed, failed_at=at, failed_with=code)


def _keep(order: Order, night: Night, code: Exit, *, began: float, ended: float) -> None:
    """Let the page show it; a file without an inbox is one more run, and no night."""
    if order.inbox is None or not night.taken:
        return
    batches = (each.ending.facts.batch for each in night.taken if each.ending is not None)
    past = PastNight(
        inbox=str(order.inbox),
        began_at=began,
        ended_at=ended,
        exit_code=int(code),
        batches=tuple(batch for batch in batches if batch),
        failed=why_failed(night),
    )
    try:
        keep_night(folder_of(order.settings.state, order.inbox), past)
    except OSError as error:
        log.error("nightly.not_kept", extra={"detail": error.strerror})  # noqa: TRY400 - no bug of ours


async def _trouble_of(nightly: Nightly) -> CannotRun | Unfinished | None:
    """What stopped the night, a fault of ours among it: whoever waits for it is told all the same."""
    try:
        await nightly.import_all()
    except (CannotRun, Unfinished) as trouble:
        return trouble
    except Exception as error:
        log.exception("nightly.bug", extra={"file": "-"})
        return fault_of_ours(error)
    return None


def _write_metrics(
    night: Night, file: Path | None, listener: Listener, *, code: Exit, began: float, ended: float
) -> None:
    if file is None or write_metrics(file, night, exit_code=code, began=began, ended=ended):
        return
    listener.says(Message(NightNote.NO_METRICS, {"file": file}))
