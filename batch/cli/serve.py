"""`classbatch serve`: the upload page."""

import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batch.cli.boundary import report_errors, say, say_where, settings_for
from batch.cli.options import READING, SENDING, TELLING, SettingsCommand, setting_options
from batch.core.errors import CannotRun
from batch.core.message import JournalFault
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
@click.option(
    "--open/--no-open",
    "opens",
    default=None,
    help="Open the page in this computer's browser; by default where it is started at a terminal, for this computer alone.",
)
@setting_options(*_PAGE, *(name for name in READING if name not in _OF_ONE_FILE), *SENDING, *TELLING)
def serve(*, sandbox: bool, opens: bool | None, **flags: object) -> None:
    """Show the upload page in a browser: upload a timetable, read what is wrong with it, schedule it.

    Prints an address that lets one browser in. Ctrl-C ends it; a run that is under way comes to a clean stop.
    """
    with report_errors(), settings_for(flags, throwaway=sandbox) as settings:
        say_where(settings, sandbox=sandbox)
        if not sandbox:
            _tell_of_missing_keys(settings)
            _check_queue(settings)
        opened = webbrowser.open if _opens(settings, opens) else None
        run_async(_serve(settings, _for_children(flags, settings), sandbox=sandbox, opened=opened))


def _opens(settings: "Settings", asked: bool | None) -> bool:
    """Whether the page is opened in a browser, where nobody has asked for it or against it."""
    from batch.settings.resolve import has_screen  # noqa: PLC0415 - see main.py

    if asked is not None:
        return asked
    return sys.stdout.isatty() and sys.stdin.isatty() and is_for_who_starts_it(settings) and has_screen()


def is_for_who_starts_it(settings: "Settings") -> bool:
    """Whether the page is for a browser of this computer alone, which its token lets in."""
    is_local = settings.bind in {"127.0.0.1", "localhost", "::1"} and settings.public_url is None
    return is_local and settings.user_header is None


def _tell_of_missing_keys(settings: "Settings") -> None:
    """To whoever starts it: who uploads a file can do nothing about them."""
    try:
        settings.credentials()
    except CannotRun as error:
        from batch.report.wording.messages import both_of  # noqa: PLC0415 - not needed where all is well

        say(f"Files can be checked, but nothing can be scheduled. {both_of(error)}", err=True)


def _check_queue(settings: "Settings") -> None:
    """See that what is confirmed can be handed over, where it is to be."""
    if not settings.enqueue:
        return
    if settings.journal is None:
        raise CannotRun(JournalFault.NO_QUEUE)
    try:
        from batch.nightly.cluster import job_queue  # noqa: F401, PLC0415 - of the extra
    except ImportError as error:
        raise CannotRun(JournalFault.NO_PSYCOPG) from error


def _for_children(flags: dict[str, object], settings: "Settings") -> dict[str, Any]:
    """The flags as given, as JSON can have them. Paths are absolute, and the state may be a throwaway one."""
    given = {name: value for name, value in flags.items() if value is not None and name not in _PAGE}
    given = {
        name: str(value.absolute()) if isinstance(value, Path) else value for name, value in given.items()
    }
    return {**given, "state": str(settings.state)}


async def _serve(
    settings: "Settings", flags: dict[str, Any], *, sandbox: bool, opened: Callable[[str], object] | None
) -> None:
    """`opened` opens an address in a browser; None: nobody asked for it."""
    import asyncio  # noqa: PLC0415 - --help can do without

    from batch.web.server.app import running_page  # noqa: PLC0415 - brings a web server, as above

    ended = asyncio.Event()

    def end() -> None:
        ended.set()
        say("Ending: what is under way is finished first. Once more to leave at once.", err=True)

    addresses = _Entrance()
    with drained_by_signals(end):
        async with running_page(settings, flags, sandbox=sandbox, announce=addresses.token) as running:
            entrance = addresses.begin(running.url)
            if opened is not None:
                await asyncio.to_thread(opened, entrance)
            await ended.wait()


class _Entrance:
    """Prints the addresses that let browsers in, the first one with what it is."""

    def __init__(self) -> None:
        self._url = ""
        self._first = ""

    def token(self, token: str) -> None:
        if not self._url:
            self._first = token
            return
        click.echo(f"For another browser: {self._url}/enter?token={token}")

    def begin(self, url: str) -> str:
        """Print the first address, and return it."""
        self._url = url
        where = f"{url}/enter?token={self._first}" if self._first else url
        click.echo(f"The upload page: {where}")
        if self._first:
            click.echo("This address lets one browser in, once; then the next address is printed here.")
            click.echo(
                "To let other people in, each by an address of their own: classbatch invite --name NAME"
            )
        return where
