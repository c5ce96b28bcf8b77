"""`classbatch serve`: the upload page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batch.cli.boundary import report_errors, say, say_where, settings_for
from batch.cli.options import READING, SENDING, TELLING, SettingsCommand, setting_options
from batch.core.errors import CannotRun
from batch.event_loop import drained_by_signals, run_async
from batch.settings.setting import Group
from batch.settings.table import names_in

if TYPE_CHECKING:
    from batch.settings.table import Settings

_PAGE = names_in(Group.PAGE)
_OF_ONE_FILE = {"sheet", "all_sheets", "columns", "remember"}


@click.command(cls=SettingsCommand)
@click.option(
    "--sandbox", is_flag=True, help="Send to a throwaway sandbox on this computer: nothing real happens."
)
@setting_options(*_PAGE, *(name for name in READING if name not in _OF_ONE_FILE), *SENDING, *TELLING)
def serve(*, sandbox: bool, **flags: object) -> None:
    """Show the upload page in a browser: upload a timetable, read what is wrong with it, schedule it.

    Prints an address that lets one browser in. Ctrl-C ends it; a run that is under way comes to a clean stop.
    """
    with report_errors(), settings_for(flags, throwaway=sandbox) as settings:
        say_where(settings, sandbox=sandbox)
        if not sandbox:
            _tell_of_missing_keys(settings)
        run_async(_serve(settings, _for_children(flags, settings), sandbox=sandbox))


def _tell_of_missing_keys(settings: "Settings") -> None:
    """To whoever starts it: who uploads a file can do nothing about them."""
    try:
        settings.credentials()
    except CannotRun as error:
        from batch.report.wording.messages import both_of  # noqa: PLC0415 - not needed where all is well

        say(f"Files can be checked, but nothing can be scheduled. {both_of(error)}", err=True)


def _for_children(flags: dict[str, object], settings: "Settings") -> dict[str, Any]:
    """The flags as given, as JSON can have them. Paths are absolute, and the state may be a throwaway one."""
    given = {name: value for name, value in flags.items() if value is not None and name not in _PAGE}
    given = {
        name: str(value.absolute()) if isinstance(value, Path) else value for name, value in given.items()
    }
    return {**given, "state": str(settings.state)}


async def _serve(settings: "Settings", flags: dict[str, Any], *, sandbox: bool) -> None:
    import asyncio  # noqa: PLC0415 - --help can do without

    from batch.web.server.app import running_page  # noqa: PLC0415 - brings a web server, as above

    ended = asyncio.Event()

    def end() -> None:
        ended.set()
        say("Ending: what is under way is finished first. Once more to leave at once.", err=True)

    told = _Told()
    with drained_by_signals(end):
        async with running_page(settings, flags, sandbox=sandbox, announce=told.token) as running:
            told.begin(running.url)
            await ended.wait()


class _Told:
    """Prints the addresses that let browsers in, the first one with what it is."""

    def __init__(self) -> None:
        self._url = ""
        self._first = ""

    def token(self, token: str) -> None:
        if not self._url:
            self._first = token
            return
        click.echo(f"For another browser: {self._url}/enter?token={token}")

    def begin(self, url: str) -> None:
        self._url = url
        where = f"{url}/enter?token={self._first}" if self._first else url
        click.echo(f"The upload page: {where}")
        if self._first:
            click.echo("This address lets one browser in, once; then the next address is printed here.")
