"""The flow, wired: load -> validate -> plan -> submit -> record -> report. The only place that does.

Nothing is sent before the whole file was read, the journal proved sound and the
place of the results writable; whatever ends the run after that, the journal has it.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from batch.connection import account_of, service
from batch.core.changes.decide import ChangeTerms
from batch.core.changes.kinship import ChangeLimits
from batch.core.errors import CannotRun
from batch.core.message import Message, RunNote
from batch.core.outcome import Outcome
from batch.core.plan.explain_held import Hours
from batch.core.plan.free_slots import days_of, hours_of
from batch.core.quick_dataclass import dataclass
from batch.core.rows.row import Header
from batch.core.service.audit import Findings
from batch.core.service.first_send import AlikeClasses, recognised_by
from batch.core.service.listed import Seen
from batch.event_loop import meanwhile
from batch.intake import (
    STDIN,
    SUFFIXES,
    Intake,
    Source,
    as_openpyxl_reads_it,
    lines_of_csv,
    take_in,
)
from batch.journal.journals import journals_of
from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.report.ending import Ending, Maker, ending_of
from batch.report.facts import ResultRow
from batch.report.output_files import find_writable, keep_apart, results_beside
from batch.report.projection import load_of, tally_of
from batch.report.wording.phrases import Reader
from batch.sending.changed_settings import note_changed_settings
from batch.sending.earlier_versions import Beside, beside_earlier, note_earlier_versions
from batch.sending.environment import Environment, real_environment
from batch.sending.foreseen_changes import note_changes
from batch.sending.listener import Listener
from batch.sending.planning import Planning
from batch.sending.terms import Terms
from batch.settings.table import Settings

if TYPE_CHECKING:
    from batch.journal.recorder import Recorder
    from batch.sending.changes import Confirm
    from batch.sending.file_run import ChangingService
    from batch.sending.passes import BatchRun


#: A sandbox in this process commits at once: nobody has to wait a minute for it.
SANDBOX_SETTLE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one command asks for."""

    file: str | Source  #: a path, "-" for CSV on standard input, or what has another name than its path
    settings: Settings
    sandbox: bool = False
    results: Path | None = None  #: None: beside the file
    workbook: bool = True  #: False: no results workbook is written
    handle_signals: bool = True  #: False: whoever calls this looks after signals, as a library's user does
    only_if_all_valid: bool = False
    limit: int | None = None  #: so many rows are sent at most
    retry_refused: bool = False
    alike: AlikeClasses = AlikeClasses.HOLD  #: what is said of rows whose class may be in the account already
    first_time: bool = False  #: nobody sent this file to the account before, from any computer
    replaces: bool = False  #: it is the next version of its timetable, whatever it looks like beside the last
    guard: Callable[[Journal, Batch, Header], Message | None] | None = None  #: why nothing may be sent
    #: What is done about rows that changed or went away.
    changes: ChangeTerms = field(default_factory=ChangeTerms)
    confirm: "Confirm | None" = None  #: asks somebody about a plan before anything is changed
    deadline_s: float | None = None  #: seconds after which nothing more begins
    marked: Path | None = None  #: where `check` puts the marked copy
    json: Path | TextIO | None = None  #: where the machine's view goes
    options: str = ""  #: what the command was given besides the file, as it has to be given again
    of_file: str = (
        ""  #: what it was given that holds for this file and not for its results, such as its sheet
    )
    reader: Reader = Reader.TERMINAL  #: in whose words rows are
    each_row: Callable[[ResultRow], None] | None = None  #: hears of every row at the end, in file order


async def submit(job: Job, listener: Listener, world: Environment | None = None) -> Ending:
    """Schedule every row of a file that is valid, has room and does not exist yet.

    Raises:
        CannotRun: nothing was sent, or the journal could not be written any more.
        Unfinished: another run is at work on this account.
    """
    # A check does without these, and without asyncio and all that they bring.
    from batch.journal.recorder import recording  # noqa: PLC0415 - see above
    from batch.report.workbook.makers import prepare_results  # noqa: PLC0415 - see above
    from batch.sending.control import drained  # noqa: PLC0415 - see above

    world = world or real_environment()
    results = (job.results or default_results(job.file)) if job.workbook else None
    now = world.clock()
    account = await account_for(job, listener, now)
    folder = job.settings.state / account
    journals = journals_of(job.settings, sandbox=job.sandbox)
    with journals.locked(account, now) as lock, journals.open(account, now, lock) as journal:
        check_outputs(job, results)
        intake = _take_in(job, journal, account, listener, world, keeps=True)
        batch = intake.batch
        listener.taken_in(batch)
        stopped = job.guard(journal, batch, intake.header) if job.guard else None
        beside = _beside(job, journal, intake)
        if stopped is None and not job.guard and beside.shifted:
            raise CannotRun(beside.shifted)
        if stopped is not None:
            _planned(job, journal, batch.id, world)
            _note_differences(job, journal, intake, beside)
            batch = replace(batch, finished_at=world.clock())
            return report(job, journal, batch, results, stopped=stopped)
        async with recording(journal) as recorder, service(job.settings, folder, sandbox=job.sandbox) as api:
            passes = _batch_run(job, intake, terms_of(job, world.clock()), api, recorder, listener, world)
            listener.control(passes)
            if results is not None:
                meanwhile(partial(prepare_results, with_input=bool(batch.header)))
            with drained(passes, listener, by_signals=job.handle_signals, after_s=job.deadline_s):
                stopped = await passes.run()
                findings = await passes.look_back(stopped=stopped is not None)
            recognised = passes.recognised
            sandbox = batch.sandbox or api.is_sandbox
        batch = replace(batch, finished_at=world.clock(), sandbox=sandbox)
        _note_differences(job, journal, intake, beside)
        return report(
            job,
            journal,
            batch,
            results,
            stopped=stopped,
            findings=findings,
            recognised=recognised,
            beside=None if job.guard else beside,
        )


def check(job: Job, listener: Listener, world: Environment | None = None) -> Ending:
    """The same, stopped after the plan. It leaves no trace, and asks the service nothing.

    Raises:
        CannotRun: the file or the settings cannot be used.
    """
    world = world or real_environment()
    account = _account_of_check(job)
    with (
        tempfile.TemporaryDirectory(prefix="classbatch-") as folder,
        journals_of(job.settings, sandbox=job.sandbox).scratch(Path(folder), account) as journal,
    ):
        intake = _take_in(job, journal, account, listener, world, keeps=False)
        stopped = note_changes(
            journal, intake.batch, intake.header, terms_of(job, world.clock()), world.clock(), job.confirm
        )
        _planned(job, journal, intake.batch.id, world)
        return _check_report(job, journal, intake, stopped)


async def look(job: Job, listener: Listener, world: Environment | None = None) -> Ending:
    """A check by the account's own list, as `submit` takes it first. It leaves no trace.

    Raises:
        CannotRun: the file or the settings cannot be used, or the account cannot be gone by.
        Unfinished: its list cannot be had now.
    """
    from batch.journal.recorder import recording  # noqa: PLC0415 - as in `submit`

    world = world or real_environment()
    account = _account_of_check(job) or account_of(job.settings, sandbox=job.sandbox)
    with (
        tempfile.TemporaryDirectory(prefix="classbatch-") as folder,
        journals_of(job.settings, sandbox=job.sandbox).scratch_for_look(Path(folder), account) as journal,
    ):
        intake = _take_in(job, journal, account, listener, world, keeps=False)
        terms = replace(terms_of(job, world.clock()), foreign=True)
        own = job.settings.state / account
        async with (
            recording(journal) as recorder,
            service(job.settings, own if own.exists() else Path(folder), sandbox=job.sandbox) as api,
        ):
            stopped = await _batch_run(job, intake, terms, api, recorder, listener, world).look()
        return _check_report(job, journal, intake, stopped)


def _account_of_check(job: Job) -> str:
    """Whose journal a check goes by; "" where nobody said."""
    check_outputs(job, job.marked, or_beside=False)
    # What a sync would change is by what was sent before, and whose journal tells that has to be said.
    is_known = job.sandbox or job.changes.sync or job.settings.access_key is not None
    return account_of(job.settings, sandbox=job.sandbox) if is_known else ""


def _check_report(job: Job, journal: Journal, intake: Intake, stopped: Message | None) -> Ending:
    found = _beside(job, journal, intake)
    _note_differences(job, journal, intake, found)
    limit = job.settings.max_concurrent_classes
    ending = ending_of(
        journal,
        intake.batch,
        json=job.json,
        options=job.options,
        of_file=job.of_file,
        command="sync" if job.changes.sync else "submit",
        each_row=job.each_row,
        reader=job.reader,
        limit=limit,
        workbook=_marking(job, intake, job.marked) if job.marked else None,
        is_check=True,
        notes=[note for note in (stopped, None if stopped else found.is_another) if note],
        stopped=stopped is not None,
    )
    load = load_of(journal, intake.batch.id, limit=limit, extend_counts=job.settings.extend_counts)
    return replace(ending, load=load)


def _marking(job: Job, intake: Intake, out: Path) -> Maker:
    from batch.report.workbook.makers import marked_copy  # noqa: PLC0415 - most checks write no workbook

    original = Path(job.file) if isinstance(job.file, str) else None
    if original is None or not original.is_file():  # of a pipe nothing is left
        return marked_copy(intake.header, intake.batch, out, None)
    if intake.is_workbook:
        return marked_copy(intake.header, intake.batch, out, as_openpyxl_reads_it(original))
    is_chart = intake.header.of_grid and not intake.header.row
    chart = lines_of_csv(original, job.settings) if is_chart else ()
    return marked_copy(intake.header, intake.batch, out, None, chart)


def default_results(file: str | Source) -> Path:
    """Where the results go unless the person says otherwise: beside the file."""
    named = isinstance(file, str) and file != STDIN
    return results_beside(Path(str(file) if named else "timetable.csv"), SUFFIXES)


def check_outputs(job: Job, workbook: Path | None, *, or_beside: bool = True) -> None:
    """What is to be written can be, and overwrites nothing of anybody's."""
    machine = job.json if isinstance(job.json, Path) else None
    read = Path(job.file) if isinstance(job.file, str) and job.file != STDIN else None
    keep_apart((read, job.settings.read_from), (workbook, machine))
    if workbook is not None:
        find_writable(workbook, or_beside=or_beside, ending=".xlsx")
    if machine is not None:
        find_writable(machine)


async def account_for(job: Job, listener: Listener, now: float) -> str:
    """Whose journal it is; a key that was renewed is another key of the same account."""
    from batch.sending.renewed_key import first_account_of, is_new  # noqa: PLC0415 - as in `submit`

    account = account_of(job.settings, sandbox=job.sandbox)
    journals = journals_of(job.settings, sandbox=job.sandbox)
    if job.sandbox or not is_new(journals, account):
        return account
    async with service(job.settings, job.settings.state / account, sandbox=False) as api:
        first = await first_account_of(api, journals, account, now, sent_to=job.settings.base_url)
    if first is None:
        return account
    listener.says(Message(RunNote.RENEWED_KEY))
    return first


def _take_in(
    job: Job, journal: Journal, account: str, listener: Listener, world: Environment, *, keeps: bool
) -> Intake:
    now = world.clock()
    intake = take_in(
        job.file,
        job.settings,
        journal,
        account=account,
        batch=world.batch_id(now),
        sandbox=job.sandbox,
        now=now,
        kept_in=job.settings.remembered / account if account else None,
        keeps=keeps,
    )
    for note in intake.batch.notes:
        listener.says(note)
    return intake


def _planned(job: Job, journal: Journal, batch: str, world: Environment) -> None:
    """What would become of each row, without asking the service."""
    # An account that is not listed before sending lets the service decide, and so does its check.
    planning = Planning(batch, terms_of(job, world.clock()), world.clock, believes=job.settings.foreign)
    planning.plan(journal)
    planning.finish(journal)


def _note_differences(job: Job, journal: Journal, intake: Intake, beside: Beside) -> None:
    """Rows whose class is in the account as an earlier version of the timetable had it."""
    note_changed_settings(journal, intake.batch.id, intake.header)
    if not job.changes.sync:
        note_earlier_versions(journal, intake.batch, intake.header, beside)


def _beside(job: Job, journal: Journal, intake: Intake) -> Beside:
    return beside_earlier(journal, intake.batch, intake.header, replaces=job.replaces)


def terms_of(job: Job, now: float) -> Terms:
    settings = job.settings
    today = datetime.fromtimestamp(now, UTC).date()
    since_first = (today - settings.first_time).days if settings.first_time else None
    opens, closes = hours_of(settings.opening_hours)
    return Terms(
        max_concurrent_classes=settings.max_concurrent_classes,
        limit_policy=settings.limit_policy,
        extend_counts=settings.extend_counts,
        fit=settings.fit,
        foreign=settings.foreign,
        hours=Hours(days=days_of(settings.opening_days), opens=opens, closes=closes),
        most_rows=job.limit,
        only_if_all_valid=job.only_if_all_valid,
        retry_refused=job.retry_refused,
        in_flight=settings.in_flight,
        attempts=settings.attempts,
        timeout_s=settings.timeout_s,
        on_unknown=settings.on_unknown,
        # A sandbox in this process ended with the process that asked it: nothing can come late.
        settle_s=min(settings.settle_s, SANDBOX_SETTLE_S) if job.sandbox else settings.settle_s,
        late_s=0.0 if job.sandbox else None,
        audit=settings.audit,
        alike=job.alike,
        changes=replace(
            job.changes, as_new=job.alike is AlikeClasses.AS_NEW, retry_refused=job.retry_refused
        ),
        replaces=job.replaces,
        most=ChangeLimits(
            most_changed_percent=settings.most_changed_percent,
            most_cancelled_percent=settings.most_cancelled_percent,
        ),
        is_first_time=job.first_time or job.sandbox or since_first in {0, 1},
    )


def _batch_run(
    job: Job,
    intake: Intake,
    terms: Terms,
    api: "ChangingService",
    recorder: "Recorder",
    listener: Listener,
    world: Environment,
) -> "BatchRun":
    from batch.sending.file_run import run_of_file  # noqa: PLC0415 - as in `submit`

    return run_of_file(
        intake.batch,
        intake.header,
        terms,
        api=api,
        recorder=recorder,
        listener=listener,
        world=world,
        confirm=job.confirm,
    )


def report(
    job: Job,
    journal: Journal,
    batch: Batch,
    results: Path | None,
    *,
    stopped: Message | None,
    findings: Findings | None = None,
    recognised: Sequence[Seen] = (),
    beside: Beside | None = None,
    notes: Sequence[Message] = (),
) -> Ending:
    """Read off the journal how a run ended.

    Args:
        job: what was asked for.
        journal: of the account.
        batch: what was run.
        results: where the results workbook goes, if it is wanted.
        stopped: why nothing, or nothing more, could be sent: as the guard or the service says.
        findings: what the comparison with the account brought up.
        recognised: classes by which the file was recognised as sent before, from elsewhere.
        beside: the file beside the version before it, where nobody else tells of that.
        notes: what else is to be told.
    """
    from batch.report.workbook.makers import results_workbook  # noqa: PLC0415 - a check does without

    limit = job.settings.max_concurrent_classes
    all_notes = [*([stopped] if stopped else []), *notes, *(findings.messages() if findings else [])]
    if recognised:
        all_notes.append(recognised_by(recognised, held=tally_of(journal, batch.id)[Outcome.HELD]))
    if beside is not None and beside.is_another:
        all_notes.append(beside.is_another)
    ending = ending_of(
        journal,
        batch,
        json=job.json,
        options=job.options,
        of_file=job.of_file,
        command="sync" if job.changes.sync else "submit",
        each_row=job.each_row,
        reader=job.reader,
        limit=limit,
        workbook=results_workbook(journal, batch, results, follow=job.results is not None, limit=limit)
        if results
        else None,
        where_else=f"Row by row they stand in {results.name}." if results else "",
        notes=all_notes,
        stopped=stopped is not None,
        doubled=bool(findings and findings.is_alarm),
        needs_a_look=bool(recognised) or bool(journal.operations.parked()),
    )
    journal.batches.finish(replace(batch, exit_code=ending.exit_code))
    return ending
