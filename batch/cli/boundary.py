"""What every command does around its work: settings, faults in words, a terminal, an exit code.

Imports what is slow only when it is needed, as `main.py` does.
"""

import logging
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from batch.core.errors import CannotRun, Stopped, Unfinished
from batch.core.tally import Exit
from batch.logs import log_to_stderr, writes_json

if TYPE_CHECKING:
    from batch.cli.terminal import Terminal
    from batch.report.ending import Ending
    from batch.settings.table import Settings

T = TypeVar("T")

log = logging.getLogger(__name__)


@contextmanager
def report_errors(json_to: str | None = None) -> Iterator[None]:
    """What a person can mend is a sentence and an exit code; anything else is a bug and shows its traceback."""
    try:
        yield
    except CannotRun as error:
        _report(error, Exit.CANNOT_RUN)
        if json_to is not None:
            from batch.report.json_report import write_json_error  # noqa: PLC0415 - see the module's docstring

            with suppress(CannotRun):  # its own place may be what cannot be written
                write_json_error(_stream_or_path(json_to), error)
        sys.exit(Exit.CANNOT_RUN)
    except Unfinished as error:
        _report(error, Exit.UNFINISHED)
        if json_to == "-":  # no file: it may be that of the run which holds the lock
            from batch.report.json_report import write_json_error  # noqa: PLC0415 - see the module's docstring

            write_json_error(sys.stdout, error)
        sys.exit(Exit.UNFINISHED)
    except KeyboardInterrupt:
        _say_stopped(
            "stopped. Run the same command again to finish.", "", reason="interrupted", code=Exit.LEFT_AT_ONCE
        )
        sys.exit(Exit.LEFT_AT_ONCE)


@contextmanager
def settings_for(flags: dict[str, object], *, throwaway: bool = False) -> "Iterator[Settings]":
    """The settings of this run; a throwaway sandbox gets a throwaway journal, unless a place for it was named."""
    from batch.settings.resolve import (  # noqa: PLC0415 - see the module's docstring
        asks_for_json_log,
        settings_of_process,
    )
    from batch.settings.table import LogFormat  # noqa: PLC0415 - see the module's docstring

    if asks_for_json_log(flags):
        log_to_stderr(as_json=True)  # what is wrong with the settings is for programs, too
    with tempfile.TemporaryDirectory(prefix="classbatch-") as folder:
        settings = settings_of_process(flags, default_state=Path(folder) if throwaway else None)
        log_to_stderr(as_json=settings.log is LogFormat.JSON)
        yield settings


@contextmanager
def terminal_for(settings: "Settings", json_to: str | None) -> "Iterator[Terminal]":
    from batch.cli.terminal import Terminal, on_stderr  # noqa: PLC0415 - see the module's docstring

    results_on = on_stderr if json_to == "-" else None
    with Terminal(quiet=settings.quiet, as_events=writes_json(), results_on=results_on) as terminal:
        yield terminal


@contextmanager
def service_command(
    flags: dict[str, object],
    json_to: str | None = None,
    *,
    sandbox: bool,
    first: "Callable[[], None] | None" = None,
) -> "Iterator[tuple[Settings, Terminal]]":
    """Around a command that asks the service: its settings and its terminal, which has said whom it asks.

    `first` is looked at before that: a slip in a file's name is told before keys that are missing.
    """
    with (
        report_errors(json_to),
        settings_for(flags, throwaway=sandbox) as settings,
        terminal_for(settings, json_to) as terminal,
    ):
        if first is not None:
            first()
        say_where(settings, sandbox=sandbox)
        yield settings, terminal


def say_where(settings: "Settings", *, sandbox: bool) -> None:
    """Which settings file was read and whom the classes are sent to, where either is not as it is for most people.

    With `quiet`, only where they would go to somebody else's computer than WizIQ's.
    """
    from batch.core.text import one_line  # noqa: PLC0415 - see the module's docstring
    from batch.settings.table import SETTING  # noqa: PLC0415 - the same

    if settings.ignored_proxies and not sandbox and not settings.quiet:
        from batch.core.message import Message, ServiceFault  # noqa: PLC0415 - the same
        from batch.report.wording.messages import both_of  # noqa: PLC0415 - the same

        say(
            both_of(Message(ServiceFault.PROXIES_NOT_USED, {"unused": list(settings.ignored_proxies)})),
            err=True,
        )
    is_usual = sandbox or settings.base_url == SETTING["base_url"].default
    if settings.quiet and (is_usual or settings.is_on_this_machine):
        return
    if is_usual and settings.read_from is None:
        return
    service = "a sandbox of this computer" if sandbox else settings.base_url
    say(one_line(f"Settings: {settings.read_from or 'no file'}. Service: {service}"), err=True)


def say(text: str, *, err: bool = False) -> None:
    """One line or more, as nobody's file name or cell can garble it."""
    from batch.core.text import visible  # noqa: PLC0415 - see the module's docstring

    if err and writes_json():
        log.info("talk", extra={"says": text})
    else:
        click.echo(visible(text), err=err)


def ask(question: str) -> bool:
    """Ask somebody at the terminal; Ctrl-C is a no.

    While a run is under way its event loop has the signals: this takes them back until there is an answer.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        click.echo(err=True)
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def target(json_to: str | None) -> Path | TextIO | None:
    return None if json_to is None else _stream_or_path(json_to)


def _report(error: Stopped, code: Exit) -> None:
    from batch.report.wording.messages import hint_of, message_of  # noqa: PLC0415 - see the module's docstring

    _say_stopped(message_of(error), hint_of(error), reason=error.messages[0].what.value, code=code)


def _say_stopped(message: str, hint: str, *, reason: str, code: Exit) -> None:
    """Why a command ended early."""
    if not writes_json():
        say("\n            ".join(filter(None, (f"classbatch: {message}", hint))), err=True)
        return
    level = logging.ERROR if code is Exit.CANNOT_RUN else logging.WARNING
    facts = {"reason": reason, "exit_code": int(code), "says": message, "fix": hint}
    log.log(level, "stopped", extra=facts)


def _stream_or_path(json_to: str) -> Path | TextIO:
    return sys.stdout if json_to == "-" else Path(json_to)


def leave(terminal: "Terminal", ending: "Ending") -> None:
    terminal.show(ending)
    sys.exit(ending.exit_code)
