"""`classbatch undo`: take back what a batch did."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batch.cli.boundary import ask, leave, say, service_command, target
from batch.cli.options import SENDING, TELLING, SettingsCommand, options_given, setting_options
from batch.event_loop import run_async

if TYPE_CHECKING:
    from batch.core.message import Message
    from batch.journal.records import Batch
    from batch.sending.undo_plan import UndoPlan

_OUT = click.Path(path_type=Path, dir_okay=False)
#: What does not belong to the command that goes on with this undo.
_OF_THIS_UNDO = frozenset({"batch", "yes", "results", "json_to", *TELLING})


class _RowNumbers(click.ParamType[frozenset[int]]):
    """Numbers of rows as Excel shows them: 2,7 or 2-9,12."""

    name = "rows"

    def convert(
        self, value: str | frozenset[int], param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[int]:
        if not isinstance(value, str):
            return value
        numbers: set[int] = set()
        for part in value.split(","):
            first, dash, last = (each.strip() for each in part.partition("-"))
            if not first.isdecimal() or (dash and not last.isdecimal()):
                self.fail(f"{value!r} names no rows. Write their numbers as in 2,7 or 2-9,12.", param, ctx)
            numbers.update(range(int(first), int(last or first) + 1))
        return frozenset(numbers)


@click.command(cls=SettingsCommand)
@click.argument("batch", required=False)
@click.option(
    "--rows", type=_RowNumbers(), metavar="2,7", help="Only these rows, by the numbers that Excel shows."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--overwrite-edits", is_flag=True, help="Take classes back that somebody changed in WizIQ since, too."
)
@click.option(
    "--results", type=_OUT, metavar="RESULTS.xlsx", help="Where the results go. Default: beside the file."
)
@click.option(
    "--json", "json_to", metavar="PATH", help="Write the machine's view here; - is standard output."
)
@click.option("--sandbox", is_flag=True, help="Take back what was sent to a sandbox in this process.")
@setting_options("base_url", "account", "state", *SENDING, *TELLING)
def undo(
    batch: str | None,
    *,
    rows: frozenset[int] | None,
    yes: bool,
    overwrite_edits: bool,
    results: Path | None,
    json_to: str | None,
    sandbox: bool,
    **flags: object,
) -> None:
    """Take back what a BATCH did: cancel the classes that it made, and change back those that it changed.

    Without BATCH: the last that made, changed or cancelled a class. Only what nobody has touched since is taken back; the plan is shown first.
    """
    with service_command(flags, json_to, sandbox=sandbox) as (settings, terminal):
        from batch import maintenance, run  # noqa: PLC0415 - see the module's docstring of `main.py`
        from batch.sending.undoing import UndoTerms  # noqa: PLC0415 - the same

        asked = maintenance.UndoJob(
            job=run.Job(
                file="",
                settings=settings,
                sandbox=sandbox,
                results=results,
                json=target(json_to),
                options=options_given(without=_OF_THIS_UNDO),
            ),
            batch=batch,
            of_another=options_given(without={*_OF_THIS_UNDO, "rows", "overwrite_edits"}),
            terms=UndoTerms(
                numbers=rows,
                overwrite_edits=overwrite_edits,
                confirm=partial(_confirm, is_agreed=yes, is_quiet=settings.quiet),
            ),
        )
        leave(terminal, run_async(maintenance.undo(asked, terminal)))


def _confirm(undone: "Batch", plan: "UndoPlan", *, is_agreed: bool, is_quiet: bool) -> "Message | None":
    """Show the plan, and ask; returns why nothing is to be sent."""
    from batch.core.message import Message, SyncNote  # noqa: PLC0415 - as above

    if not (is_agreed and is_quiet):
        for line in _lines(undone, plan):
            say(line, err=True)
    if is_agreed or not plan.sends:
        return None
    if not sys.stdin.isatty():
        return Message(SyncNote.NOBODY_TO_ASK)
    return None if ask("Take this back?") else Message(SyncNote.CHANGE_DECLINED)


def _lines(undone: "Batch", plan: "UndoPlan") -> list[str]:
    """What the plan comes to: how many of each kind, and the first of them."""
    from batch.report.wording.messages import named  # noqa: PLC0415 - as above
    from batch.report.wording.undo import MOST_NAMED, in_words  # noqa: PLC0415 - as above

    lines = [f"Undo of batch {undone.id}, {undone.file}:"]
    for heading, notes in in_words(plan.off, plan.back, plan.left, len(plan.lost)):
        lines.append(heading)
        lines += [f"  {named(note)}" for note in notes[:MOST_NAMED]]
        if len(notes) > MOST_NAMED:
            lines.append(f"  and {len(notes) - MOST_NAMED} more")
    return lines
