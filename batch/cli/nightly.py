"""`classbatch nightly`: for cron. One line on standard output for its mailer, the talk on standard error."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batch.cli.boundary import report_errors, say, say_where, settings_for, target, terminal_for
from batch.cli.options import READING, SENDING, TELLING, SettingsCommand, options_given, setting_options
from batch.core.errors import CannotRun
from batch.core.message import JournalFault, NightFault
from batch.event_loop import run_async
from batch.logs import writes_json
from batch.report.wording.phrases import counted
from batch.settings.setting import Group
from batch.settings.table import names_in

if TYPE_CHECKING:
    from batch.nightly.night import Order, Taken
    from batch.sending.listener import Listener
    from batch.settings.table import Settings


#: What does not belong to the command that imports one of its files again.
_OF_THE_INBOX = frozenset({"results", "json_to", "accept", "enqueue", *TELLING})
#: What does not belong to the command that goes on with a file of the night.
_OF_THE_NIGHT = frozenset(
    {
        *_OF_THE_INBOX,
        "alike",
        *names_in(Group.NIGHTLY),
        "sheet",
        "all_sheets",
    }
)


@click.command(cls=SettingsCommand)
@click.argument("source", required=False, metavar="[INBOX_OR_FILE]")
@click.option(
    "--results",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="RESULTS.xlsx",
    help="Where the results of a single file go.",
)
@click.option("--json", "json_to", metavar="PATH", help="Write the machine's view of a single file here.")
@click.option(
    "--sandbox", is_flag=True, help="Send to a throwaway sandbox in this process: nothing real happens."
)
@click.option(
    "--accept",
    metavar="FILE",
    help="Send a file that was stopped: somebody has looked at it, and it is right.",
)
@click.option(
    "--take-over",
    "alike",
    flag_value="take-over",
    hidden=True,
    help="With --accept: rows held because a class in the account may be theirs: it is.",
)
@click.option(
    "--as-new", "alike", flag_value="as-new", hidden=True, help="With --accept: the same rows: they are sent."
)
@click.option(
    "--enqueue",
    is_flag=True,
    help="Hand it over to `classbatch worker`s, and file what they have imported.",
)
@setting_options(*READING, *SENDING, *names_in(Group.NIGHTLY), *TELLING)
def nightly(
    source: str | None,
    *,
    results: Path | None,
    json_to: str | None,
    sandbox: bool,
    accept: str | None,
    alike: str | None,
    enqueue: bool,
    **flags: object,
) -> None:
    """Import what has arrived since last night.

    Takes every timetable of a folder, the oldest first, and moves it to done/ or failed/ in it with its results;
    a folder in it that is called like an account, [accounts.NAME] in classbatch.toml, is that account's, and one
    with [folders.NAME] is read as that says. Takes a single FILE or, with -, CSV on standard input, too, and leaves it where it is.
    """
    profile = flags["profile"]
    with (
        report_errors(json_to),
        settings_for(flags, throwaway=sandbox) as settings,
        terminal_for(settings, "-") as terminal,
    ):
        say_where(settings, sandbox=sandbox)
        from batch.core.service.first_send import AlikeClasses  # noqa: PLC0415 - see the module's docstring
        from batch.nightly.night import Order  # noqa: PLC0415 - see the module's docstring
        from batch.nightly.run import run_nightly  # noqa: PLC0415 - see the module's docstring
        from batch.nightly.wording import in_words  # noqa: PLC0415 - see the module's docstring
        from batch.settings.resolve import accounts_of_process  # noqa: PLC0415 - see the module's docstring

        def tell(taken: "Taken") -> None:
            if taken.trouble is not None and not writes_json():  # there, its own event says why
                say(f"classbatch: {in_words(taken.trouble, taken.name)}", err=True)
            if taken.ending is not None and not (settings.quiet and taken.is_well):
                terminal.show(taken.ending)

        place = accept or source or str(settings.inbox or "")
        _check_accept(source, accept, alike)
        _check(
            place,
            is_named=bool(accept or source),
            has_profile=bool(profile),
            of_one_file=bool(results or json_to),
        )
        names = () if profile else accounts_of_process(flags)
        order = Order(
            source=place,
            settings=settings,
            accounts={} if profile else _accounts(names, flags, settings.state),
            sandbox=sandbox,
            results=results,
            json=target(json_to),
            profiles=names,
            options=options_given(without=_OF_THE_NIGHT),
            again=options_given(without=_OF_THE_INBOX),
            is_accepted=accept is not None,
            alike=AlikeClasses(alike or "hold"),
        )
        if enqueue:
            _enqueue(order, terminal, None if profile is None else str(profile))
            return
        line = partial(say, err=json_to == "-")
        sys.exit(run_async(run_nightly(order, terminal, on_taken=tell, line=line)))


def _accounts(
    names: Sequence[str], flags: Mapping[str, object], state: Path
) -> "dict[str, Callable[[], Settings]]":
    """How each folder of the inbox that has settings of its own is read: of an account, or of [folders.NAME]."""
    from batch.settings.resolve import (  # noqa: PLC0415 - see the module's docstring
        folders_of_process,
        settings_of_process,
    )

    own = [("profile", name) for name in names] + [("folder", name) for name in folders_of_process(flags)]
    return {
        name: partial(settings_of_process, {**flags, kind: name}, default_state=state) for kind, name in own
    }


def _enqueue(order: "Order", listener: "Listener", profile: str | None) -> None:
    if order.settings.journal is None:
        raise CannotRun(JournalFault.NO_QUEUE)
    try:
        from batch.nightly.cluster.enqueueing import Inbox  # noqa: PLC0415 - of the extra
    except ImportError as error:
        raise CannotRun(JournalFault.NO_PSYCOPG) from error
    from batch.sending.environment import real_environment  # noqa: PLC0415 - see the module's docstring

    url = order.settings.journal.get_secret_value()
    inbox = Inbox(order, url, listener, real_environment(), profile=profile)
    done = run_async(inbox.enqueue())
    filed = [
        f"{counted(number, 'file', 'files')} {what}"
        for number, what in ((done.done, "imported by workers"), (done.failed, "not imported"))
        if number
    ]
    say(f"{'; '.join([counted(done.handed_over, 'file', 'files') + ' handed over to the workers', *filed])}.")
    sys.exit(done.exit_code)


def _check_accept(source: str | None, accept: str | None, alike: str | None) -> None:
    if accept is not None and source is not None:
        raise click.UsageError("--accept names its own file; leave the other one out.")
    if accept is not None and Path(accept).is_dir():
        raise click.UsageError("--accept goes with one file; a whole folder is not accepted unseen.")
    if alike is not None and accept is None:
        raise click.UsageError("--take-over and --as-new go with --accept FILE.")


def _check(place: str, *, is_named: bool, has_profile: bool, of_one_file: bool) -> None:
    """What goes with what."""
    if not place:
        raise CannotRun(NightFault.WHERE)
    if has_profile and not is_named:
        raise click.UsageError(
            "--profile goes with a folder or file: what lies in the inbox is not all its own."
        )
    if of_one_file and Path(place).is_dir():
        raise click.UsageError("--results and --json go with a single file; those of a folder stand in it.")
