"""What every command does around its work: settings, faults in words, a terminal, an exit code.

Imports what is slow only when it is needed, as `main.py` does.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from batch.core.tally import Exit
from batch.errors import CannotRun, Stopped, Unfinished

if TYPE_CHECKING:
    from batch.cli.terminal import Terminal
    from batch.report.ending import Ending
    from batch.settings.table import Settings

T = TypeVar("T")


@contextmanager
def report_errors(json_to: str | None = None) -> Iterator[None]:
    """What a person can mend is a sentence and an exit code; anything else is a bug and shows its traceback."""
    try:
        yield
    except CannotRun as error:
        _report(error)
        if json_to is not None:
            from batch.report.json_report import write_json_error  # noqa: PLC0415 - see the module's docstring

            with suppress(CannotRun):  # its own place may be what cannot be written
                write_json_error(_stream_or_path(json_to), error)
        sys.exit(Exit.CANNOT_RUN)
    except Unfinished as error:
        _report(error)
        if json_to == "-":  # no file: it may be that of the run which holds the lock
            from batch.report.json_report import write_json_error  # noqa: PLC0415 - see the module's docstring

            write_json_error(sys.stdout, error)
        sys.exit(Exit.UNFINISHED)
    except KeyboardInterrupt:
        click.echo("classbatch: stopped. Run the same command again to finish.", err=True)
        sys.exit(Exit.LEFT_AT_ONCE)


@contextmanager
def settings_for(flags: dict[str, object], *, throwaway: bool = False) -> "Iterator[Settings]":
    """The settings of this run; a throwaway sandbox gets a throwaway journal, unless a place for it was named."""
    from batch.logs import log_to_stderr  # noqa: PLC0415 - see the module's docstring
    from batch.settings.resolve import settings_of_process  # noqa: PLC0415 - see the module's docstring

    with tempfile.TemporaryDirectory(prefix="classbatch-") as folder:
        settings = settings_of_process(flags, default_state=Path(folder) if throwaway else None)
        log_to_stderr(settings.log)
        yield settings


@contextmanager
def terminal_for(settings: "Settings", json_to: str | None) -> "Iterator[Terminal]":
    from batch.cli.terminal import Terminal, on_stderr  # noqa: PLC0415 - see the module's docstring

    with Terminal(quiet=settings.quiet, results_on=on_stderr if json_to == "-" else None) as terminal:
        yield terminal


def say_where(settings: "Settings", talk: Callable[[str], None], *, sandbox: bool) -> None:
    """Which settings file was read and whom the classes are sent to, where either is not as it is for most people."""
    from batch.settings.table import SETTING  # noqa: PLC0415 - see the module's docstring

    if settings.ignored_proxies and not sandbox:
        names = " and ".join(settings.ignored_proxies)
        talk(f"Not used: {names}. Where WizIQ is reached through a web proxy, set proxy to its address.")
    if settings.read_from is None and (sandbox or settings.base_url == SETTING["base_url"].default):
        return
    service = "a sandbox in this process" if sandbox else settings.base_url
    talk(f"Settings: {settings.read_from or 'no file'}. Service: {service}")


def say(text: str, *, err: bool = False) -> None:
    """One line or more, as nobody's file name or cell can garble it."""
    from batch.core.text import visible  # noqa: PLC0415 - see the module's docstring

    click.echo(visible(text), err=err)


def target(json_to: str | None) -> Path | TextIO | None:
    return None if json_to is None else _stream_or_path(json_to)


def _report(error: Stopped) -> None:
    from batch.report.wording.messages import hint_of, message_of  # noqa: PLC0415 - see the module's docstring

    say(f"classbatch: {message_of(error)}\n            {hint_of(error)}", err=True)


def _stream_or_path(json_to: str) -> Path | TextIO:
    return sys.stdout if json_to == "-" else Path(json_to)


def leave(terminal: "Terminal", ending: "Ending") -> None:
    terminal.show(ending)
    sys.exit(ending.exit_code)
