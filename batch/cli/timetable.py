"""What is done with a timetable: a blank one, checked, scheduled, and what became of its rows written again.

What a command needs is imported when it runs, as `main.py` says.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batch.cli.boundary import leave, report_errors, say, service_command, settings_for, target, terminal_for
from batch.cli.options import (
    READING,
    SENDING,
    TELLING,
    Callback,
    SettingsCommand,
    options_given,
    setting_options,
)
from batch.cli.plan_lines import lines_of
from batch.event_loop import run_async

if TYPE_CHECKING:
    from collections.abc import Callable as Asks

    from batch.core.message import Message
    from batch.sending.class_work import ChangePlan

_REPLACES = click.option(
    "--replaces",
    is_flag=True,
    hidden=True,
    help="The file is the next version of its timetable, whatever it looks like beside the one before.",
)
#: Options of one run that are no settings.
_OF_A_RUN = ("only_if_all_valid", "limit", "retry_refused", "alike", "first_time", "replaces")
#: What does not belong to the next command.
_OF_THIS_CHECK = frozenset({"marked", "json_to", "look", "as_sync", *TELLING})
_READING_IT = frozenset({"sheet", "all_sheets", "encoding", "delimiter"})  #: of the file, not of its results
_OF_THIS_FILE = frozenset(
    {
        *_OF_THIS_CHECK,
        "results",
        *_READING_IT,
        "limit",
        "retry_refused",
        "alike",
    }
    | {"first_time", "replaces"}
)
_OUT = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=SettingsCommand)
@click.argument("out", type=_OUT, metavar="OUT.xlsx")
@setting_options("account")
def template(out: Path, **flags: object) -> None:
    """Write a blank timetable to fill in."""
    with report_errors(), settings_for(flags) as settings:
        from batch.report.wording.typed import shell_word  # noqa: PLC0415 - see the module's docstring
        from batch.report.workbook.template import write_template  # noqa: PLC0415 - the same
        from batch.time_zones import own_zone  # noqa: PLC0415 - the same

        write_template(out, settings.account, settings.defaults.get("time_zone") or own_zone())
    say(
        f"A blank timetable is in {out}. Write a row for each class, then: classbatch check {shell_word(str(out))}"
    )


def _that_is_check(_context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        raise click.UsageError(
            "That is classbatch check FILE: it says what would be sent, and sends nothing."
        )


@click.command(cls=SettingsCommand)
@click.argument("file", metavar="FILE")
@click.option(
    "--marked", type=_OUT, metavar="COPY.xlsx", help="Write your file again, with the problems marked."
)
@click.option(
    "--json", "json_to", metavar="PATH", help="Write the machine's view here; - is standard output."
)
@click.option(
    "--look", is_flag=True, help="List the account's classes first, as submit does; nothing is sent."
)
@click.option("--sandbox", is_flag=True, help="Check against a sandbox: no keys are needed.")
@click.option(
    "--retry-refused", is_flag=True, help="Count rows that were refused before among those to send."
)
@_REPLACES
@click.option("--sync", "as_sync", is_flag=True, help="Say what `sync` would change and cancel.")
@click.option("--whole", is_flag=True, hidden=True, help="With --sync: as for `sync`.")
@setting_options("folder", *READING, *TELLING)
def check(
    file: str,
    *,
    as_sync: bool,
    whole: bool,
    marked: Path | None,
    json_to: str | None,
    look: bool,
    sandbox: bool,
    retry_refused: bool,
    replaces: bool,
    **flags: object,
) -> None:
    """Say which rows would be sent, and what is wrong with the others. Nothing is sent.

    FILE is an .xlsx or CSV timetable; - is CSV on standard input.
    """
    with service_command(flags, json_to, sandbox=sandbox) as (settings, terminal):
        terminal.reading(file)
        from batch import run  # noqa: PLC0415 - see the module's docstring
        from batch.core.changes.decide import ChangeTerms  # noqa: PLC0415 - the same

        job = run.Job(
            file=file,
            settings=settings,
            sandbox=sandbox,
            retry_refused=retry_refused,
            replaces=replaces,
            changes=ChangeTerms(sync=as_sync, whole=whole),
            confirm=_show if as_sync else None,
            marked=marked,
            json=target(json_to),
            options=options_given(without=_OF_THIS_CHECK),
        )
        leave(terminal, run_async(run.look(job, terminal)) if look else run.check(job, terminal))


def _show(plan: "ChangePlan") -> None:
    """What `sync` would do, from and to, as it would ask about it."""
    for each in lines_of(plan, of_check=True):
        say(each, err=True)


def sends(command: Callback) -> Callback:
    """The options of commands that send a timetable."""
    options = [
        click.option(
            "--results", type=_OUT, metavar="RESULTS.xlsx", help="Where the results go. Default: beside FILE."
        ),
        click.option(
            "--json", "json_to", metavar="PATH", help="Write the machine's view here; - is standard output."
        ),
        click.option(
            "--sandbox",
            is_flag=True,
            help="Send to a throwaway sandbox in this process: nothing real happens.",
        ),
        click.option("--only-if-all-valid", is_flag=True, help="Send nothing while any row is invalid."),
        click.option("--limit", type=click.IntRange(1), metavar="ROWS", help="Send at most so many rows."),
        click.option("--retry-refused", is_flag=True, help="Send rows again that were refused before."),
        click.option(
            "--take-over",
            "alike",
            flag_value="take-over",
            help="For held rows: the class in the account is theirs; send nothing.",
        ),
        click.option(
            "--as-new", "alike", flag_value="as-new", help="For held rows: it is another class; send them."
        ),
        click.option(
            "--dry-run", is_flag=True, hidden=True, is_eager=True, expose_value=False, callback=_that_is_check
        ),
        click.option(
            "--first-time",
            is_flag=True,
            hidden=True,
            help="Nobody sent this file before; for accounts without a list.",
        ),
        _REPLACES,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command(cls=SettingsCommand)
@click.argument("file", metavar="FILE")
@sends
@setting_options("folder", *READING, *SENDING, *TELLING)
def submit(file: str, *, results: Path | None, json_to: str | None, sandbox: bool, **options: Any) -> None:
    """Schedule every class of a timetable, and write what became of each row to a results workbook.

    FILE is an .xlsx or CSV timetable; - is CSV on standard input. Submitting a file again schedules nothing twice.
    """
    send(file, results=results, json_to=json_to, sandbox=sandbox, options=options)


def send(
    file: str,
    *,
    results: Path | None,
    json_to: str | None,
    sandbox: bool,
    options: dict[str, Any],
    confirm: "Asks[..., Message | None] | None" = None,
    **wishes: Any,
) -> None:
    """Send a timetable by the options of `sends` and those of settings.

    Args:
        file: as it was named.
        results: where the workbook goes.
        json_to: where the machine's view goes.
        sandbox: whether to one in this process.
        options: all others.
        confirm: asks somebody about a plan, and is told whether the talk is to be of problems alone (`is_quiet`).
        wishes: what else is asked of the run.
    """
    from batch import run  # noqa: PLC0415 - see the module's docstring
    from batch.intake import check_file  # noqa: PLC0415 - the same

    of_a_run = {name: options.pop(name) for name in _OF_A_RUN}
    with service_command(options, json_to, sandbox=sandbox, first=partial(check_file, file)) as (
        settings,
        terminal,
    ):
        terminal.reading(file)
        from batch.core.service.first_send import AlikeClasses  # noqa: PLC0415 - as above

        job = run.Job(
            file=file,
            settings=settings,
            sandbox=sandbox,
            results=results,
            alike=AlikeClasses(of_a_run.pop("alike") or "hold"),
            json=target(json_to),
            options=options_given(without=_OF_THIS_FILE),
            of_file=options_given(only=_READING_IT),
            confirm=partial(confirm, is_quiet=settings.quiet) if confirm else None,
            **of_a_run,
            **wishes,
        )
        leave(terminal, run_async(run.submit(job, terminal)))


@click.command(cls=SettingsCommand)
@click.argument("batch", required=False)
@click.option("--out", type=_OUT, metavar="RESULTS.xlsx", help="Where the results workbook goes.")
@click.option(
    "--presenter-links", is_flag=True, help="Make the presenters' log-in links clickable. Share it with care."
)
@click.option(
    "--ics", type=_OUT, metavar="CLASSES.ics", help="Where a calendar of the scheduled classes goes."
)
@click.option("--presenter", metavar="WHO", help="Only this presenter's classes in the calendar.")
@setting_options("state", *TELLING)
def results(
    batch: str | None,
    *,
    out: Path | None,
    presenter_links: bool,
    ics: Path | None,
    presenter: str | None,
    **flags: object,
) -> None:
    """Write the results workbook of a BATCH again, or a calendar of its classes. Without BATCH: the newest."""
    if out is None and ics is None:
        raise click.UsageError("Say what to write: --out RESULTS.xlsx, --ics CLASSES.ics, or both.")
    with report_errors(), settings_for(flags) as settings, terminal_for(settings, None) as terminal:
        from batch.journal.journals import journals_of  # noqa: PLC0415 - see the module's docstring
        from batch.report.from_journal import make_again  # noqa: PLC0415 - see the module's docstring

        ending = make_again(
            journals_of(settings),
            batch,
            out,
            presenter_links=presenter_links,
            ics=ics,
            presenter=presenter,
            options=options_given(without={"out", "presenter_links", "ics", "presenter", *TELLING}),
        )
        leave(terminal, ending)
