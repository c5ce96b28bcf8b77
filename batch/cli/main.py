"""The command line: reads what was asked, shows what became of it, decides nothing about classes.

Quick to start: a command is imported when it is asked for, and what it needs when it
runs (pandas, openpyxl, aiohttp and lxml take most of a second, and --help needs none of them).
"""

import difflib
import sys
from importlib import import_module
from typing import NamedTuple

import click

from batch.cli.streams import end_streams, steady_streams
from batch.event_loop import leave_garbage_to_the_end, search_garbage_seldom
from batch.version import __version__


class _Home(NamedTuple):
    """Where a command is, and its line in the list of commands."""

    module: str
    line: str


_COMMANDS = {
    "template": _Home("batch.cli.timetable", "Write a blank timetable to fill in."),
    "check": _Home("batch.cli.timetable", "Say which rows would be sent, and what is wrong with the others."),
    "submit": _Home("batch.cli.timetable", "Schedule every class of a timetable."),
    "sync": _Home("batch.cli.sync", "Make the account follow a timetable that changes."),
    "undo": _Home("batch.cli.undo", "Take back what a BATCH did."),
    "results": _Home("batch.cli.timetable", "Write the results workbook of a BATCH again."),
    "status": _Home("batch.cli.maintenance", "List past batches, the newest first."),
    "doctor": _Home("batch.cli.maintenance", "See whether classes can be scheduled from here."),
    "purge": _Home("batch.cli.maintenance", "Forget names, titles and links of classes that were over."),
    "sandbox": _Home("batch.cli.sandbox", "Run a WizIQ of one's own on this computer."),
    "serve": _Home("batch.cli.serve", "Show the upload page in a browser."),
    "invite": _Home("batch.cli.invite", "Let somebody sign in to the upload page."),
    "nightly": _Home("batch.cli.nightly", "Import what has arrived since last night."),
    "worker": _Home("batch.cli.worker", "Import what other computers have enqueued."),
}


class _Commands(click.Group):
    """Commands that are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        home = _COMMANDS.get(cmd_name)
        return getattr(import_module(home.module), cmd_name) if home else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        with formatter.section("Commands"):
            formatter.write_dl([(name, home.line) for name, home in _COMMANDS.items()])


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="classbatch")
def main() -> None:
    """Schedule a term timetable in a WizIQ virtual classroom account, one class per row.

    Begin with `classbatch template timetable.xlsx`, fill it in, then `classbatch check timetable.xlsx` and
    `classbatch submit timetable.xlsx`. With --sandbox nothing real is scheduled.
    """


def run() -> None:
    """The command, as a process of its own."""
    search_garbage_seldom()
    steady_streams()
    try:
        main()
    except Exception:
        from batch.logs import log, writes_json  # noqa: PLC0415 - see the module's docstring

        if not writes_json():
            raise
        log.exception("bug")
        sys.exit(1)
    finally:
        end_streams()
        leave_garbage_to_the_end()
