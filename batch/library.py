"""The flow for programs: the same as the command line's, with values in place of files.

What comes back is what the results workbook shows, row by row. Settings come from
where the command takes them: variables and classbatch.toml, keys among them.
"""

import tempfile
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batch import run
from batch.core.changes.decide import ChangeTerms
from batch.core.errors import CannotRun, Stopped
from batch.core.message import SettingFault
from batch.core.quick_dataclass import dataclass
from batch.core.rows.row import RawRow
from batch.core.service.first_send import AlikeClasses
from batch.intake import Source, opened
from batch.report.ending import Ending
from batch.report.facts import ResultRow
from batch.report.for_programs import Report
from batch.report.wording.messages import both_of, hint_of, message_of
from batch.sending.listener import Listener
from batch.sending.progress import Progress, ProgressListener
from batch.settings.resolve import settings_of_process
from batch.settings.table import SETTING, Settings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A timetable in memory, as typed: nothing of it has been judged yet."""

    file: Source
    sheet: str  #: "" for CSV and for tables of a program
    header: tuple[str, ...]
    rows: tuple[RawRow, ...]
    notes: tuple[str, ...]  #: what is worth telling about the file


def read_settings(**values: object) -> Settings:
    """The settings of this process, as the command reads them.

    Args:
        values: settings by name that go before variables and classbatch.toml, such as
            `max_concurrent_classes=5`; docs/settings.md lists them. Keys are never given so.

    Raises:
        CannotRun: there is no such setting, or a value cannot be used.
    """
    with _in_words():
        for name in values:
            if name != "config" and (name not in SETTING or SETTING[name].secret):
                raise CannotRun(SettingFault.NOT_FOR_PROGRAMS, name=name)
        return settings_of_process(values)


def load(file: str | Path, *, settings: Settings | None = None) -> Timetable:
    """Read a timetable into memory: .xlsx or CSV.

    Raises:
        CannotRun: it cannot be read as a timetable.
    """
    path = Path(file)
    with _in_words():
        loaded = _timetable(Source(str(file), path), settings or read_settings())
        return replace(loaded, file=Source(str(file), path.read_bytes()))


def from_frame(frame: "pd.DataFrame", *, name: str = "table", settings: Settings | None = None) -> Timetable:
    """A pandas table as a timetable; its first row is row 2, as in a spreadsheet.

    Values keep their types: text stays text, a date is a date, and what pandas calls
    missing is an empty cell. The table's index is left aside.

    Args:
        frame: columns under any headers that a file may have.
        name: what messages call it.
        settings: the account's kind and the like; by default those of this process.

    Raises:
        CannotRun: a column that every timetable needs is missing, or a value is
            none that a cell can hold.
    """
    from batch.report.frame import cells_of  # noqa: PLC0415 - pandas takes half a second

    with _in_words():
        return _timetable(Source(name, tuple(cells_of(frame, name))), settings or read_settings())


def to_frame(source: Report | Timetable, *, of: "pd.DataFrame | None" = None) -> "pd.DataFrame":
    """A report as the table that the results workbook shows, or a timetable as typed.

    Args:
        source: a report, or a timetable in memory.
        of: the table that the report is about: its index is kept, and its columns with their types.

    Raises:
        ValueError: the report is about another table.
    """
    from batch.report.frame import results_frame, typed_frame  # noqa: PLC0415 - pandas takes half a second

    if isinstance(source, Timetable):
        return typed_frame(source.header, source.rows)
    return results_frame(source.header, source.rows, of)


def check(
    source: str | Path | Timetable,
    *,
    settings: Settings | None = None,
    sandbox: bool = False,
    retry_refused: bool = False,
    sync: bool = False,
    replaces: bool = False,
) -> Report:
    """Say which rows would be sent, and what is wrong with the others. Nothing is sent.

    Args:
        source: a file, or a timetable in memory.
        settings: by default those of this process.
        sandbox: check against a sandbox; no keys are needed.
        retry_refused: count rows that were refused before among those to send.
        sync: say what `sync` would do, changes and classes that are gone among it.
        replaces: it is the next version of its timetable, whatever it looks like.

    Raises:
        TypeError: `source` is neither a path nor a timetable.
        CannotRun: the file or the settings cannot be used.
    """
    with _job_settings(settings, sandbox=sandbox) as used:
        listener, rows = ProgressListener(), list[ResultRow]()
        job = run.Job(
            file=_file(source),
            settings=used,
            sandbox=sandbox,
            retry_refused=retry_refused,
            replaces=replaces,
            changes=ChangeTerms(sync=sync),
            each_row=rows.append,
        )
        return Report.of(run.check(job, listener), rows, listener.notes)


async def submit(
    source: str | Path | Timetable,
    *,
    settings: Settings | None = None,
    sandbox: bool = False,
    results: str | Path | None = None,
    only_if_all_valid: bool = False,
    limit: int | None = None,
    retry_refused: bool = False,
    take_over: bool = False,
    as_new: bool = False,
    first_time: bool = False,
    replaces: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Schedule every row that is valid, has room and does not exist yet.

    Cancelled (`task.cancel()`), it leaves at once; the journal knows what was sent, and the
    same call goes on from there.

    Args:
        source: a file, or a timetable in memory.
        settings: by default those of this process.
        sandbox: send to a throwaway sandbox in this process: nothing real happens.
        results: where the results workbook goes, if it is wanted.
        only_if_all_valid: send nothing while any row is invalid.
        limit: send so many rows at most.
        retry_refused: send rows again that were refused before.
        take_over: of rows that are held because a class of the account may be theirs: it is.
        as_new: of the same rows: it is another class, and they are sent.
        first_time: nobody sent this file before, from any computer; only an account that
            cannot list its classes is asked about.
        replaces: it is the next version of its timetable, even where most of it would be otherwise than the classes
            that exist; without, such a file is not sent.
        progress: is called after each row, when what became of it is on disk; what it raises ends the run.

    Raises:
        TypeError: `source` is neither a path nor a timetable.
        ValueError: both `take_over` and `as_new`.
        CannotRun: nothing was sent, or the journal could not be written any more.
        Unfinished: another run is at work on this account.
    """
    if take_over and as_new:
        raise ValueError("A class is taken over, or the row is sent as a new one: not both.")
    alike = AlikeClasses.TAKE_OVER if take_over else AlikeClasses.AS_NEW if as_new else AlikeClasses.HOLD
    job = partial(
        run.Job,
        file=_file(source),
        only_if_all_valid=only_if_all_valid,
        limit=limit,
        retry_refused=retry_refused,
        alike=alike,
        first_time=first_time,
        replaces=replaces,
    )
    return await _report_of(run.submit, job, settings, sandbox=sandbox, results=results, progress=progress)


async def sync(
    source: str | Path | Timetable,
    *,
    settings: Settings | None = None,
    sandbox: bool = False,
    results: str | Path | None = None,
    keep_gone: bool = False,
    whole: bool = False,
    overwrite_edits: bool = False,
    recreate: bool = False,
    only_if_all_valid: bool = False,
    limit: int | None = None,
    retry_refused: bool = False,
    first_time: bool = False,
    replaces: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Make the account follow a timetable: new rows are scheduled, changed ones change their classes, what is gone is cancelled.

    Nobody is asked. What a person would be asked about sends nothing, and says why in `report.notes` (exit code 2): a
    file that looks like another timetable, or more changes than the settings `most_changed_percent` and
    `most_cancelled_percent` allow. `check(..., sync=True)` shows what would be done.

    Args:
        source: a file, or a timetable in memory.
        settings: by default those of this process.
        sandbox: send to a sandbox in this process: nothing real happens.
        results: where the results workbook goes, if it is wanted.
        keep_gone: cancel nothing.
        whole: it is all of the timetable: classes before its first and after its last lesson are gone, too.
        overwrite_edits: change or cancel classes, too, that somebody has changed in WizIQ.
        recreate: rows that changed, and whose class was cancelled in WizIQ, are scheduled anew.
        only_if_all_valid: send nothing while any row is invalid.
        limit: send so many rows at most.
        retry_refused: send again what was refused before.
        first_time: as for `submit`.
        replaces: it is the next version of its timetable, whatever it looks like.
        progress: is called after each row, when what became of it is on disk; what it raises ends the run.

    Returns:
        What became of the rows (`changed` besides the outcomes of `submit`), and in `removed` of the classes without one.

    Raises:
        TypeError: `source` is neither a path nor a timetable.
        CannotRun: nothing was sent, or the journal could not be written any more.
        Unfinished: another run is at work on this account.
    """
    job = partial(
        run.Job,
        file=_file(source),
        only_if_all_valid=only_if_all_valid,
        limit=limit,
        retry_refused=retry_refused,
        first_time=first_time,
        replaces=replaces,
        changes=ChangeTerms(
            sync=True, keep_gone=keep_gone, whole=whole, overwrite_edits=overwrite_edits, recreate=recreate
        ),
        confirm=lambda plan: plan.stopped or plan.another,
    )
    return await _report_of(run.submit, job, settings, sandbox=sandbox, results=results, progress=progress)


async def undo(
    of: str | None = None,
    *,
    rows: Collection[int] | None = None,
    settings: Settings | None = None,
    sandbox: bool = False,
    results: str | Path | None = None,
    overwrite_edits: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Take back what a batch did: cancel the classes that it made, and change back those that it changed.

    Only what nobody has touched since is taken back. Cut short, the same call goes on.

    Args:
        of: the batch, as `report.facts.batch` names it; by default the last that did something, and took none back.
        rows: only these, by the numbers that Excel shows.
        settings: by default those of this process.
        sandbox: take back what was sent to a sandbox in this process; its settings have to be the same.
        results: where the results workbook goes, if it is wanted.
        overwrite_edits: take classes back that somebody changed in WizIQ since, too.
        progress: is called after each row, when what became of it is on disk; what it raises ends the run.

    Returns:
        What became of the rows that the batch made or changed classes for: `cancelled`, `changed` (back),
        `held` where it was left as it is, `refused`, `unknown`.

    Raises:
        CannotRun: there is no such batch, or nothing to take back.
        Unfinished: another run is at work on this account.
    """
    from batch.maintenance import UndoJob  # noqa: PLC0415 - seldom wanted
    from batch.maintenance import undo as take_back  # noqa: PLC0415 - as above
    from batch.sending.undoing import UndoTerms  # noqa: PLC0415 - as above

    terms = UndoTerms(numbers=rows, overwrite_edits=overwrite_edits)

    async def taken_back(job: run.Job, listener: Listener) -> Ending:
        return await take_back(UndoJob(job=job, batch=of, terms=terms), listener)

    job = partial(run.Job, file="")
    return await _report_of(taken_back, job, settings, sandbox=sandbox, results=results, progress=progress)


async def _report_of(
    carry_out: Callable[[run.Job, Listener], Coroutine[Any, Any, Ending]],
    job: Callable[..., run.Job],
    settings: Settings | None,
    *,
    sandbox: bool,
    results: str | Path | None,
    progress: Callable[[Progress], None] | None,
) -> Report:
    """Have a job carried out whose settings and whose results are a program's."""
    with _job_settings(settings, sandbox=sandbox) as used:
        listener, rows = ProgressListener(progress), list[ResultRow]()
        asked = job(
            settings=used,
            sandbox=sandbox,
            results=None if results is None else Path(results),
            workbook=results is not None,
            handle_signals=False,
            each_row=rows.append,
        )
        return Report.of(await carry_out(asked, listener), rows, listener.notes)


def _file(source: object) -> str | Source:
    if isinstance(source, Timetable):
        return source.file
    if isinstance(source, str | Path):
        return str(source)
    hint = "; make a table a timetable with batch.from_frame" if hasattr(source, "columns") else ""
    raise TypeError(
        f"source is a path, or what batch.load and batch.from_frame give, not a {type(source).__name__}{hint}"
    )


def _timetable(file: Source, settings: Settings) -> Timetable:
    with opened(file, settings) as timetable:
        rows = tuple(timetable)  # the notes are complete once every row was read
        return Timetable(
            file=file,
            sheet=timetable.sheet,
            header=timetable.header.names,
            rows=rows,
            notes=tuple(map(both_of, timetable.notes)),
        )


@contextmanager
def _in_words() -> Iterator[None]:
    """What stops a call has its words: a program's user shows them, or its log does."""
    try:
        yield
    except Stopped as error:
        error.message, error.hint = message_of(error), hint_of(error)
        raise


@contextmanager
def _job_settings(settings: Settings | None, *, sandbox: bool) -> Iterator[Settings]:
    """The settings of a run; a throwaway sandbox gets a throwaway journal, unless settings were given."""
    with _in_words(), tempfile.TemporaryDirectory(prefix="classbatch-") as folder:
        yield settings or settings_of_process({}, default_state=Path(folder) if sandbox else None)
