"""The account made to follow a timetable: what is new is scheduled, what changed is changed, what is gone is cancelled."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batch.cli.boundary import say
from batch.cli.options import READING, SENDING, TELLING, SettingsCommand, setting_options
from batch.cli.plan_lines import lines_of
from batch.cli.timetable import send, sends

if TYPE_CHECKING:
    from batch.core.message import Message
    from batch.sending.class_work import ChangePlan


@click.command(cls=SettingsCommand)
@click.argument("file", metavar="FILE")
@sends
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--keep-gone", is_flag=True, help="Cancel nothing: classes that are no longer in FILE stay.")
@click.option(
    "--whole",
    is_flag=True,
    help="FILE is all of the timetable: classes before its first and after its last lesson are gone, too.",
)
@click.option(
    "--overwrite-edits",
    is_flag=True,
    help="Change or cancel classes, too, that somebody has changed in WizIQ.",
)
@click.option(
    "--recreate",
    is_flag=True,
    help="Rows that changed, and whose class was cancelled in WizIQ: schedule them anew.",
)
@click.option(
    "--most-changed",
    "most_changed_percent",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    help="Touch no more of the classes to come than that; else nothing is sent.",
)
@click.option(
    "--most-cancelled",
    "most_cancelled_percent",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    help="Cancel no more of the classes to come than that; else nothing is sent.",
)
@setting_options("folder", *READING, *SENDING, *TELLING)
def sync(
    file: str,
    *,
    results: Path | None,
    json_to: str | None,
    sandbox: bool,
    yes: bool,
    keep_gone: bool,
    whole: bool,
    overwrite_edits: bool,
    recreate: bool,
    **options: Any,
) -> None:
    """Make the account follow a timetable that changes.

    New rows are scheduled, rows that changed change their classes, and classes that are no longer in FILE are
    cancelled. What is to be changed is shown first, and asked. FILE is an .xlsx or CSV timetable; - is CSV on
    standard input.
    """
    from batch.core.changes.decide import ChangeTerms  # noqa: PLC0415 - as in `main.py`

    changes = ChangeTerms(
        sync=True, keep_gone=keep_gone, whole=whole, overwrite_edits=overwrite_edits, recreate=recreate
    )
    send(
        file,
        results=results,
        json_to=json_to,
        sandbox=sandbox,
        options=options,
        changes=changes,
        confirm=partial(_confirm, is_agreed=yes, may_ask=file != "-"),
    )


def _confirm(plan: "ChangePlan", *, is_agreed: bool, may_ask: bool, is_quiet: bool) -> "Message | None":
    """Show what is about to be changed, and ask; why nothing is to be sent, if that is the answer."""
    from batch.core.message import Message, SyncNote  # noqa: PLC0415 - as in `main.py`

    if plan.stopped is not None or (not plan.works and plan.another is None):
        return plan.stopped
    asks = may_ask and sys.stdin.isatty()
    if plan.another is not None and not asks:
        return plan.another
    is_agreed = is_agreed and plan.another is None
    if not (is_agreed and is_quiet):
        for line in lines_of(plan):
            say(line, err=True)
    if is_agreed:
        return None
    if not asks:
        return Message(SyncNote.NOBODY_TO_ASK)
    is_yes = click.confirm("Shall the account be changed like this?", err=True)
    return None if is_yes else Message(SyncNote.CHANGE_DECLINED)
