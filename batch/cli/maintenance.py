"""Between the runs: what was done, whether classes can be scheduled from here, forgetting what is over."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from batch.cli.boundary import report_errors, service_command, settings_for, terminal_for
from batch.cli.options import SENDING, TELLING, SettingsCommand, setting_options
from batch.event_loop import run_async
from batch.report.wording.phrases import counted


@click.command(cls=SettingsCommand)
@click.option(
    "--most", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="So many batches."
)
@setting_options("state", *TELLING)
def status(*, most: int, **flags: object) -> None:
    """List past batches, the newest first, and what is still open in them."""
    with report_errors(), settings_for(flags) as settings, terminal_for(settings, None) as terminal:
        from batch import maintenance  # noqa: PLC0415 - see the module's docstring
        from batch.journal.journals import journals_of  # noqa: PLC0415 - as above
        from batch.journal.nights import last_nights  # noqa: PLC0415 - as above

        terminal.list_batches(maintenance.overview(journals_of(settings), most))
        terminal.list_nights(list(last_nights(settings.state)))


@click.command(cls=SettingsCommand)
@click.option(
    "--sandbox", "in_sandbox", is_flag=True, help="Examine a throwaway sandbox instead of the service."
)
@click.option("--start-over", is_flag=True, help="Put a new journal in place of one that cannot be trusted.")
@click.option(
    "--backup",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="JOURNAL",
    help="With --start-over: an earlier copy of journal.sqlite3, to take the history from.",
)
@click.option(
    "--move-journal",
    type=click.Choice(["database", "files"]),
    help="Move the account's journal into the database that `journal` names, or back into a file.",
)
@setting_options("base_url", "account", "state", "max_concurrent_classes", *SENDING, *TELLING)
def doctor(
    *, in_sandbox: bool, start_over: bool, backup: Path | None, move_journal: str | None, **flags: object
) -> None:
    """See whether classes can be scheduled from here: keys, clock, listing, limits, zones, journal.

    With --start-over, put a new journal in the place of one that cannot be trusted; nothing is deleted.
    """
    if backup is not None and not start_over:
        raise click.UsageError("--backup goes with --start-over.")
    if move_journal is not None and (in_sandbox or start_over):
        raise click.UsageError("--move-journal goes with neither --sandbox nor --start-over.")
    with service_command(flags, sandbox=in_sandbox) as (settings, terminal):
        from batch import maintenance  # noqa: PLC0415 - see the module's docstring
        from batch.doctor import exit_code_of  # noqa: PLC0415 - see the module's docstring

        if start_over:
            aside = maintenance.start_over(settings, backup, time.time(), sandbox=in_sandbox)
            stands = f"The old journal stands in {aside}. " if isinstance(aside, Path) else ""
            terminal.talk(f"{stands}Each class is looked up before it is first sent.")
            return
        if move_journal is not None:
            where, moved = maintenance.move_journal(
                settings, time.time(), to_database=move_journal == "database"
            )
            of_them = f"{counted(moved['batch'], 'batch', 'batches')}, {counted(moved['row'], 'row', 'rows')}"
            terminal.talk(f"The journal is now {where}: {of_them}. Nothing is sent by the old one any more.")
            return
        findings = run_async(maintenance.examine(settings, sandbox=in_sandbox))
        terminal.list_findings(findings)
        sys.exit(exit_code_of(findings))


@click.command(cls=SettingsCommand)
@click.option(
    "--before", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="As 2026-07-31."
)
@setting_options("state", *TELLING)
def purge(*, before: datetime, **flags: object) -> None:
    """Forget names, titles and links of classes that were over before DATE, and delete files uploaded before it.

    No class is scheduled twice for it.
    """
    with report_errors(), settings_for(flags) as settings:
        from batch import maintenance  # noqa: PLC0415 - see the module's docstring
        from batch.journal.journals import journals_of  # noqa: PLC0415 - as above
        from batch.web.state.uploads import forget_uploads  # noqa: PLC0415 - as above

        until, now = before.replace(tzinfo=UTC), time.time()
        forgotten, handed_over = maintenance.forget(journals_of(settings), until, now)
        deleted = forget_uploads(settings.state, until.timestamp(), now)
        were = counted(forgotten, "row was", "rows were")
        click.echo(
            f"{were} forgotten; the journals still know that their classes exist."
            if forgotten
            else f"No row was forgotten: no class whose end is known was over before {until:%Y-%m-%d}."
        )
        if handed_over:
            were = counted(handed_over, "file", "files")
            click.echo(f"{were} that workers had imported by then: forgotten.")
        if deleted:
            were = counted(deleted, "file uploaded before was", "files uploaded before were")
            click.echo(f"{were} deleted.")
