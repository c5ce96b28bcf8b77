"""The command line: reads what was asked, shows what became of it, decides nothing about classes.

Quick to start: what a command needs is imported when it runs (pandas, openpyxl,
aiohttp and lxml take most of a second, and --help needs none of them).
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from batch import __version__
from batch.core.columns import AccountKind
from batch.core.tally import Exit
from batch.flags import setting_options
from batch.problem import CannotRun, Unfinished

if TYPE_CHECKING:
    from batch.report.ending import Ending
    from batch.sandbox import SandboxSettings
    from batch.settings import Settings
    from batch.terminal import Terminal

T = TypeVar("T")

_OUT = click.Path(path_type=Path, dir_okay=False)
_READING = (
    *("sheet", "all_sheets", "columns", "remember", "dates"),
    *("max_rows", "max_columns", "read_cpu_s", "read_memory_mib"),
    *("encoding", "delimiter", "account", "max_minutes", "max_attendees", "past_margin_minutes"),
    *("state", "base_url", "max_concurrent_classes", "fit", "limit_policy", "extend_counts"),
    *("opening_days", "opening_hours"),
)
_SENDING = (
    "foreign",
    "in_flight",
    "attempts",
    "timeout_s",
    "settle_s",
    "on_unknown",
    "audit",
    "ca_file",
    "secret_key_file",
)
_TELLING = ("quiet", "log")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="classbatch")
def main() -> None:
    """Schedule a term timetable in a WizIQ virtual classroom account, one class per row.

    Begin with `classbatch template timetable.xlsx`, fill it in, then `classbatch check timetable.xlsx` and
    `classbatch submit timetable.xlsx`. With --sandbox nothing real is scheduled.
    """


@main.command()
@click.argument("out", type=_OUT, metavar="OUT.xlsx")
@setting_options("account")
def template(out: Path, **flags: object) -> None:
    """Write a blank timetable to fill in."""
    with _faults_told(), _settings(flags) as settings:
        from batch.report.template import write_template  # noqa: PLC0415 - see the module's docstring

        write_template(out, settings.account)
    click.echo(f"A blank timetable is in {out}. Write a row for each class, then: classbatch check {out}")


@main.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--marked", type=_OUT, metavar="COPY.xlsx", help="Write your file again, with the problems marked."
)
@click.option(
    "--json", "json_to", metavar="PATH", help="Write the machine's view here; - is standard output."
)
@click.option("--sandbox", is_flag=True, help="Check against a sandbox: no keys are needed.")
@click.option(
    "--retry-refused", is_flag=True, help="Count rows that were refused before among those to send."
)
@setting_options(*_READING, *_TELLING)
def check(
    file: str,
    *,
    marked: Path | None,
    json_to: str | None,
    sandbox: bool,
    retry_refused: bool,
    **flags: object,
) -> None:
    """Say which rows would be sent, and what is wrong with the others. Nothing is sent.

    FILE is an .xlsx or CSV timetable; - is CSV on standard input.
    """
    with (
        _faults_told(json_to),
        _settings(flags, throwaway=sandbox) as settings,
        _terminal(settings, json_to) as terminal,
    ):
        from batch import run  # noqa: PLC0415 - see the module's docstring

        job = run.Job(
            file=file,
            settings=settings,
            sandbox=sandbox,
            retry_refused=retry_refused,
            marked=marked,
            json=_target(json_to),
        )
        _leave(terminal, run.check(job, terminal))


@main.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--results", type=_OUT, metavar="RESULTS.xlsx", help="Where the results go. Default: beside FILE."
)
@click.option(
    "--json", "json_to", metavar="PATH", help="Write the machine's view here; - is standard output."
)
@click.option(
    "--sandbox", is_flag=True, help="Send to a throwaway sandbox in this process: nothing real happens."
)
@click.option("--only-if-all-valid", is_flag=True, help="Send nothing while any row is invalid.")
@click.option("--limit", type=click.IntRange(1), metavar="ROWS", help="Send at most so many rows.")
@click.option("--retry-refused", is_flag=True, help="Send rows again that were refused before.")
@setting_options(*_READING, *_SENDING, *_TELLING)
def submit(
    file: str,
    *,
    results: Path | None,
    json_to: str | None,
    sandbox: bool,
    only_if_all_valid: bool,
    limit: int | None,
    retry_refused: bool,
    **flags: object,
) -> None:
    """Schedule every class of a timetable, and write what became of each row to a results workbook.

    FILE is an .xlsx or CSV timetable; - is CSV on standard input. Submitting a file again schedules nothing twice.
    """
    with (
        _faults_told(json_to),
        _settings(flags, throwaway=sandbox) as settings,
        _terminal(settings, json_to) as terminal,
    ):
        from batch import run  # noqa: PLC0415 - see the module's docstring

        job = run.Job(
            file=file,
            settings=settings,
            sandbox=sandbox,
            results=results,
            only_if_all_valid=only_if_all_valid,
            limit=limit,
            retry_refused=retry_refused,
            json=_target(json_to),
        )
        _leave(terminal, _run(run.submit(job, terminal)))


@main.command()
@click.argument("batch", required=False)
@click.option("--out", type=_OUT, metavar="RESULTS.xlsx", help="Where the results workbook goes.")
@click.option(
    "--presenter-links", is_flag=True, help="Make the presenters' log-in links clickable. Share it with care."
)
@click.option(
    "--ics", type=_OUT, metavar="CLASSES.ics", help="Where a calendar of the scheduled classes goes."
)
@click.option("--presenter", metavar="WHO", help="Only this presenter's classes in the calendar.")
@setting_options("state", *_TELLING)
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
    with _faults_told(), _settings(flags) as settings, _terminal(settings, None) as terminal:
        from batch import run  # noqa: PLC0415 - see the module's docstring

        ending = run.results(
            settings.state, batch, out, presenter_links=presenter_links, ics=ics, presenter=presenter
        )
        _leave(terminal, ending)


@main.command()
@click.option(
    "--most", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="So many batches."
)
@setting_options("state", *_TELLING)
def status(*, most: int, **flags: object) -> None:
    """List past batches, the newest first, and what is still open in them."""
    with _faults_told(), _settings(flags) as settings, _terminal(settings, None) as terminal:
        from batch import upkeep  # noqa: PLC0415 - see the module's docstring

        terminal.list_batches(upkeep.overview(settings.state, most))


@main.command()
@click.option(
    "--sandbox", "in_sandbox", is_flag=True, help="Examine a throwaway sandbox instead of the service."
)
@click.option("--start-over", is_flag=True, help="Put a new journal in place of one that cannot be trusted.")
@click.option(
    "--backup",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="JOURNAL",
    help="With --start-over: an earlier copy of journal.sqlite3, to take the history from.",
)
@setting_options("base_url", "account", "state", "max_concurrent_classes", *_SENDING, *_TELLING)
def doctor(*, in_sandbox: bool, start_over: bool, backup: Path | None, **flags: object) -> None:
    """See whether classes can be scheduled from here: keys, clock, listing, limits, zones, journal.

    With --start-over, put a new journal in the place of one that cannot be trusted; nothing is deleted.
    """
    if backup is not None and not start_over:
        raise click.UsageError("--backup goes with --start-over.")
    with (
        _faults_told(),
        _settings(flags, throwaway=in_sandbox) as settings,
        _terminal(settings, None) as terminal,
    ):
        from batch import upkeep  # noqa: PLC0415 - see the module's docstring
        from batch.doctor import exit_code_of  # noqa: PLC0415 - see the module's docstring

        if start_over:
            aside = upkeep.start_over(settings, backup, time.time(), sandbox=in_sandbox)
            terminal.says(
                f"The old journal stands in {aside}. Each class is looked up before it is first sent."
            )
            return
        findings = _run(upkeep.examine(settings, sandbox=in_sandbox))
        terminal.list_findings(findings)
        sys.exit(exit_code_of(findings))


@main.command()
@click.option(
    "--before", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="As 2026-07-31."
)
@setting_options("state", *_TELLING)
def purge(*, before: datetime, **flags: object) -> None:
    """Forget names, titles and links of classes that were over before DATE. No class is scheduled twice for it."""
    with _faults_told(), _settings(flags) as settings:
        from batch import upkeep  # noqa: PLC0415 - see the module's docstring

        forgotten = upkeep.forget(settings.state, before.replace(tzinfo=UTC), time.time())
        click.echo(f"{forgotten} rows were forgotten; the journals still know that their classes exist.")


@main.command()
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
    with _faults_told():
        from batch.sandbox import KINDS, banner, serve  # noqa: PLC0415 - see the module's docstring

        if "help" in switches["fault"]:
            for name, kind in KINDS.items():
                click.echo(f"{name:<22} {kind.says}")
            return
        port = switches.pop("port")
        try:
            played = _played(switches)
            _run(serve(played, port=port, announce=lambda sandbox: click.echo(banner(sandbox))))
        except (ValueError, OSError) as error:
            raise CannotRun(str(error), "See: classbatch sandbox --help") from error


def _played(switches: dict[str, Any]) -> "SandboxSettings":
    """The account that the switches of `classbatch sandbox` describe."""
    from batch.sandbox import KeyPair, SandboxSettings, plan_of  # noqa: PLC0415 - see the module's docstring
    from batch.settings import settings_of_process  # noqa: PLC0415 - see the module's docstring

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


@contextmanager
def _faults_told(json_to: str | None = None) -> Iterator[None]:
    """What a person can mend is a sentence and an exit code; anything else is a bug and shows its traceback."""
    try:
        yield
    except CannotRun as error:
        click.echo(f"classbatch: {error.says}\n            {error.fix}", err=True)
        if json_to is not None:
            from batch.report.machine import write_json_error  # noqa: PLC0415 - see the module's docstring

            with suppress(CannotRun):  # its own place may be what cannot be written
                write_json_error(_stream_or_path(json_to), error)
        sys.exit(Exit.CANNOT_RUN)
    except Unfinished as error:
        click.echo(f"classbatch: {error.says}\n            {error.fix}", err=True)
        sys.exit(Exit.UNFINISHED)
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo("classbatch: stopped. Run the same command again to finish.", err=True)
        sys.exit(Exit.LEFT_AT_ONCE)


@contextmanager
def _settings(flags: dict[str, object], *, throwaway: bool = False) -> "Iterator[Settings]":
    """The settings of this run; a throwaway sandbox gets a throwaway journal, unless a place for it was named."""
    from batch.logs import log_to_stderr  # noqa: PLC0415 - see the module's docstring
    from batch.settings import settings_of_process  # noqa: PLC0415 - see the module's docstring

    with tempfile.TemporaryDirectory(prefix="classbatch-") as folder:
        settings = settings_of_process(flags, default_state=Path(folder) if throwaway else None)
        log_to_stderr(settings.log)
        yield settings


@contextmanager
def _terminal(settings: "Settings", json_to: str | None) -> "Iterator[Terminal]":
    from batch.terminal import Terminal, on_stderr  # noqa: PLC0415 - see the module's docstring

    with Terminal(quiet=settings.quiet, results_on=on_stderr() if json_to == "-" else None) as terminal:
        yield terminal


def _target(json_to: str | None) -> Path | TextIO | None:
    return None if json_to is None else _stream_or_path(json_to)


def _stream_or_path(json_to: str) -> Path | TextIO:
    return sys.stdout if json_to == "-" else Path(json_to)


def _run(command: Coroutine[Any, Any, T]) -> T:
    try:
        import uvloop  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return asyncio.run(command)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(command)


def _leave(terminal: "Terminal", ending: "Ending") -> None:
    terminal.show(ending)
    sys.exit(ending.exit_code)
