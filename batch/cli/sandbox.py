"""`classbatch sandbox`: a WizIQ of one's own."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batch.cli.boundary import faults_told
from batch.core.rows.columns import AccountKind
from batch.errors import CannotRun
from batch.event_loop import run_async

if TYPE_CHECKING:
    from batch.sandbox import SandboxSettings

_OUT = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one."
)
@click.option(
    "--account", type=click.Choice([kind.value for kind in AccountKind]), default="teacher", show_default=True
)
@click.option(
    "--max-concurrent-classes", type=click.IntRange(1), metavar="N", help="The licence's limit (1012)."
)
@click.option(
    "--limit-policy",
    type=click.Choice(["overlap", "outstanding", "inflight"]),
    default="overlap",
    show_default=True,
    help="What the limit counts: classes that run at once, those not over yet, or open calls.",
)
@click.option(
    "--extend-counts/--no-extend-counts", default=True, help="Whether extend_duration counts for the limit."
)
@click.option("--max-minutes", type=click.IntRange(1), default=300, show_default=True)
@click.option("--max-attendees", type=click.IntRange(1), default=50, show_default=True)
@click.option(
    "--latency-s", type=click.FloatRange(0), default=0.0, show_default=True, help="How long it thinks."
)
@click.option(
    "--teachers", type=click.File(), metavar="FILE", help="Who is a teacher, one e-mail a line. Default: all."
)
@click.option("--xml", "xml_style", type=click.Choice(["live", "doc"]), default="live", show_default=True)
@click.option("--call-id/--no-call-id", default=True, help="Whether answers carry a call_id.")
@click.option("--listing/--no-listing", default=True, help="Whether get_data lists without an id.")
@click.option(
    "--listing-lag-s", type=click.FloatRange(0), default=0.0, help="How old a class is when it is listed."
)
@click.option(
    "--clock-offset-s", type=float, default=0.0, help="How far its clock is ahead of this computer's."
)
@click.option("--ledger", type=_OUT, metavar="FILE", help="Remember its classes here.")
@click.option("--fault", multiple=True, metavar="KIND[@WHEN]", help="Misbehave; --fault help lists how.")
def sandbox(**switches: Any) -> None:
    """Run a WizIQ of one's own on this computer: the same rules, nothing real scheduled."""
    with faults_told():
        from batch.sandbox import KINDS, banner, serve  # noqa: PLC0415 - see the module's docstring

        if "help" in switches["fault"]:
            for name, kind in KINDS.items():
                click.echo(f"{name:<22} {kind.says}")
            return
        port = switches.pop("port")
        try:
            played = _played(switches)
            with suppress(KeyboardInterrupt):  # this is how it is ended
                run_async(serve(played, port=port, announce=lambda sandbox: click.echo(banner(sandbox))))
        except (ValueError, OSError) as error:
            raise CannotRun(str(error), "See: classbatch sandbox --help") from error


def _played(switches: dict[str, Any]) -> "SandboxSettings":
    """The account that the switches of `classbatch sandbox` describe."""
    from batch.sandbox import KeyPair, SandboxSettings, plan_of  # noqa: PLC0415 - see the module's docstring
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
        give_call_id=switches.pop("call_id"),
        list_without_id=switches.pop("listing"),
        **switches,
    )
