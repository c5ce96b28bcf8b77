"""`classbatch invite`: who may use the upload page besides whoever has started it."""

import sys
import time
from typing import TYPE_CHECKING

import click

from batch.cli.boundary import report_errors, say, settings_for
from batch.cli.options import TELLING, SettingsCommand, setting_options
from batch.core.errors import CannotRun
from batch.core.message import ServerFault
from batch.report.wording.invitations import address_made, as_listed, local_only
from batch.web.state.address import kept_address
from batch.web.state.invitations import LONGEST_NAME, Invitations, name_of

if TYPE_CHECKING:
    from batch.settings.table import Settings

_LONGEST_DAYS = 3650


@click.command(cls=SettingsCommand)
@click.option("--name", "name", metavar="NAME", help="Whom to invite; their earlier address ends.")
@click.option(
    "--days",
    type=click.IntRange(1, _LONGEST_DAYS),
    default=90,
    show_default=True,
    metavar="N",
    help="So long it holds.",
)
@click.option("--revoke", metavar="NAME", help="Let this person in no more, from now on.")
@setting_options("state", "bind", "port", "public_url", *TELLING)
def invite(*, name: str | None, days: int, revoke: str | None, **flags: object) -> None:
    """Let somebody sign in to the upload page, by an address of their own, while `serve` runs or before.

    The address is printed once, and kept only as a digest. Without --name and --revoke: who was invited, and until when.
    """
    if name is not None and revoke is not None:
        raise click.UsageError("Either --name or --revoke.")
    with report_errors(), settings_for(flags) as settings:
        invitations, now = Invitations(settings.state), time.time()
        if name is not None:
            invited = _name(name, "--name")
            home = _home(settings)
            secret = invitations.invite(invited, days, now)
            click.echo(f"{home}/enter?invitation={secret}")
            say(address_made(invited, now + days * 86_400), err=True)
            if warning := local_only(home):
                say(warning, err=True)
        elif revoke is not None:
            _revoke(invitations, _name(revoke, "--revoke"))
        else:
            for line in as_listed([(each.name, each.until) for each in invitations.all()], now):
                say(line)


def _home(settings: "Settings") -> str:
    """How the page is reached, by the server that runs or has run; else by the settings.

    Raises:
        CannotRun: people sign in elsewhere, or nobody has said how the page is reached.
    """
    from batch.web.server.security import Addresses  # noqa: PLC0415 - see main.py

    if settings.user_header is not None:
        raise CannotRun(ServerFault.SIGNED_IN_ELSEWHERE)
    return kept_address(settings.state) or Addresses.of(settings, settings.port).shown


def _revoke(invitations: Invitations, name: str) -> None:
    if not invitations.revoke(name):
        say(f"Nobody was invited as {name}. See who was: classbatch invite", err=True)
        sys.exit(1)
    say(f"{name} is let in no more; browsers that were signed in are signed out.", err=True)


def _name(typed: str, flag: str) -> str:
    name = name_of(typed)
    if not name:
        raise click.BadParameter(f"A name has 1 to {LONGEST_NAME} letters.", param_hint=flag)
    return name
