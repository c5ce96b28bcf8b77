"""`classbatch sandbox`: a WizIQ of one's own."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batch.cli.boundary import report_errors
from batch.cli.options import HELP_ALL, help_all
from batch.core.errors import CannotRun
from batch.core.message import ServerFault
from batch.core.rows.columns import AccountKind
from batch.event_loop import run_async

if TYPE_CHECKING:
    from batch.sandbox import SandboxSettings

_OUT = click.Path(path_type=Path, dir_okay=False)


class _Option(click.Option):
    """An option under a heading."""

    def __init__(self, *names: Any, heading: str, **options: Any) -> None:
        super().__init__(*names, **options)
        self.heading = heading


class _Command(click.Command):
    """Shows its options under their headings; with --help-all also every list and every fault there is."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        for heading, under in groupby(options, lambda each: getattr(each, "heading", "Options")):
            with formatter.section(heading):
                formatter.write_dl([record for each in under if (record := each.get_help_record(ctx))])
        if ctx.meta.get(HELP_ALL):
            for title, kinds in _kinds().items():
                with formatter.section(title):
                    formatter.write_dl(list(kinds.items()))


def _kinds() -> Mapping[str, Mapping[str, str]]:
    """The lists and the faults by their groups: how each is spelt, and what it does."""
    from batch.sandbox import BENDS, KINDS  # noqa: PLC0415 - only this command needs it

    groups: dict[str, dict[str, str]] = {}
    for name, bend in BENDS.items():
        spelt = f"{name}:N" if bend.number else name
        usual = f" (N: {bend.number})" if bend.number else ""
        groups.setdefault(f"--list: {bend.group}", {})[spelt] = f"{bend.means}{usual}"
    for name, kind in KINDS.items():
        groups.setdefault(f"--fault: {kind.group}", {})[name] = kind.means
    return groups


def _under(heading: str) -> Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]]:
    return partial(click.option, cls=_Option, heading=heading)


_place, _account = _under("The sandbox"), _under("The account")
_answers, _list = _under("Answers"), _under("The list of classes (get_data)")


@click.command(cls=_Command)
@help_all("Show the kinds of faults and of lists, too.")
@_place("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@_place("--ledger", type=_OUT, metavar="FILE", help="Remember its classes here.")
@_place("--latency-s", type=click.FloatRange(0), default=0.0, show_default=True, help="How long it thinks.")
@_place("--clock-offset-s", type=float, default=0.0, help="How far its clock is ahead of this computer's.")
@_account(
    "--account", type=click.Choice([kind.value for kind in AccountKind]), default="teacher", show_default=True
)
@_account(
    "--teachers", type=click.File(), metavar="FILE", help="Who is a teacher, one e-mail a line. Default: all."
)
@_account("--max-concurrent-classes", type=click.IntRange(1), metavar="N", help="The licence's limit (1012).")
@_account(
    "--limit-policy",
    type=click.Choice(["overlap", "outstanding", "inflight"]),
    default="overlap",
    show_default=True,
    help="What the limit counts: classes that run at once, those not over yet, or open calls.",
)
@_account(
    "--extend-counts/--no-extend-counts", default=True, help="Whether extend_duration counts for the limit."
)
@_account(
    "--conflict",
    type=click.Choice(["presenter", "account", "off"]),
    default="presenter",
    show_default=True,
    help="Whose classes may not overlap (1032).",
)
@_account(
    "--own-interval-counts/--own-interval-is-free",
    default=False,
    help="Whether a class that is moved is in its own way (1032).",
)
@_account("--max-minutes", type=click.IntRange(1), default=300, show_default=True)
@_account("--max-attendees", type=click.IntRange(1), default=50, show_default=True)
@_account(
    "--past-grace-minutes",
    type=click.FloatRange(0),
    default=8.0,
    show_default=True,
    help="How late a start may be sent (1004).",
)
@_answers("--xml", "xml_style", type=click.Choice(["live", "doc"]), default="live", show_default=True)
@_answers("--call-id/--no-call-id", default=True, help="Whether answers carry a call_id.")
@_answers("--master-id/--no-master-id", default=False, help="Whether they carry a class_master_id.")
@_answers(
    "--fault",
    multiple=True,
    metavar="KIND[:SECONDS][@WHEN]",
    help="What goes wrong with create; kinds: --help-all. -before or -after behind a kind: whether it is done all "
    "the same. WHEN: [modify|cancel] [every N|first N|title TEXT]. May be given several times.",
)
@_list("--listing/--no-listing", default=True, help="Whether get_data lists without an id.")
@_list(
    "--listing-lag-s",
    type=click.FloatRange(0),
    default=0.0,
    help="How old a class or a change is when it is listed.",
)
@_list("--teacher-id/--no-teacher-id", default=False, help="Whether presenter_id is the teacher's number.")
@_list(
    "--list",
    "bent",
    multiple=True,
    metavar="KIND[:N]",
    help="How the list differs from what was sent; kinds: --help-all. May be given several times.",
)
def sandbox(**switches: Any) -> None:
    """Run a WizIQ of one's own on this computer: the same rules, nothing real scheduled."""
    with report_errors():
        from batch.sandbox.server import banner, serve  # noqa: PLC0415 - see the module's docstring

        if "help" in (*switches["fault"], *switches["bent"]):
            for title, kinds in _kinds().items():
                click.echo(f"\n{title}")
                for name, means in kinds.items():
                    click.echo(f"  {name:<24} {means}")
            return
        port = switches.pop("port")
        try:
            played = _played(switches)
            with suppress(KeyboardInterrupt):  # this is how it is ended
                run_async(serve(played, port=port, announce=lambda sandbox: click.echo(banner(sandbox))))
        except (ValueError, OSError) as error:
            raise CannotRun(ServerFault.NO_SANDBOX, why=str(error)) from error


def _played(switches: dict[str, Any]) -> "SandboxSettings":
    """The account that the switches of `classbatch sandbox` describe."""
    from batch.sandbox import (  # noqa: PLC0415 - see the module's docstring
        KeyPair,
        SandboxSettings,
        bends,
        plan_of,
    )
    from batch.settings.resolve import settings_of_process  # noqa: PLC0415 - see the module's docstring

    settings = settings_of_process({})
    pair = None
    if settings.access_key is not None:
        credentials = settings.credentials()
        pair = KeyPair(credentials.access_key, credentials.secret_key)
    teachers, faults = switches.pop("teachers"), switches.pop("fault")
    return SandboxSettings(
        credentials=pair,
        teachers=frozenset(line.strip().casefold() for line in teachers if line.strip())
        if teachers
        else None,
        faults=plan_of(faults),
        bends=bends(switches.pop("bent")),
        give_call_id=switches.pop("call_id"),
        give_class_master_id=switches.pop("master_id"),
        list_without_id=switches.pop("listing"),
        lists_teacher_id=switches.pop("teacher_id"),
        **switches,
    )
