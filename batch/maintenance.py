"""What is asked between runs: can we schedule from here, what was done, take it back, forget what is over."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from batch.connection import account_of, service
from batch.core.errors import CannotRun
from batch.core.message import JournalFault, Message, RunNote
from batch.core.quick_dataclass import dataclass
from batch.core.tally import Tally
from batch.doctor import Finding, Health, ask_the_service, look_at_database, look_here
from batch.journal.journals import FileJournals, Journals, find_batch, journals_of
from batch.journal.records import SANDBOX_IN_PROCESS, Batch
from batch.journal.store import Journal
from batch.report.projection import tally_of
from batch.sending.environment import Environment, real_environment
from batch.settings.table import Settings

if TYPE_CHECKING:  # an undo alone needs them
    from batch.report.ending import Ending
    from batch.run import Job
    from batch.sending.listener import Listener
    from batch.sending.undo_plan import UndoPlan
    from batch.sending.undoing import UndoTerms


async def examine(settings: Settings, *, sandbox: bool) -> list[Finding]:
    """What the doctor finds; asks the service, and changes nothing."""
    try:
        if not sandbox:
            settings.credentials()
    except CannotRun as error:
        return [Finding("credentials", Health.BROKEN, error.messages[0])]
    with tempfile.TemporaryDirectory(prefix="classbatch-") as scratch:
        async with service(settings, Path(scratch), sandbox=sandbox) as client:
            findings = await ask_the_service(client, settings.on_unknown)
    return [*findings, *_look_here(settings, sandbox=sandbox)]


def _look_here(settings: Settings, *, sandbox: bool) -> Iterator[Finding]:
    """What can be seen on this computer, and in the database of the journals, which a sandbox does without."""
    if sandbox and settings.journal is not None:
        yield look_at_database(settings)
    try:
        account = account_of(settings, sandbox=sandbox)
        yield from look_here(settings, journals_of(settings, sandbox=sandbox), account)
    except CannotRun as error:
        yield Finding("journal", Health.BROKEN, error.messages[0])


def start_over(settings: Settings, backup: Path | None, now: float, *, sandbox: bool) -> Path | str:
    """Put a new journal in place of one that cannot be trusted; return where the old one stands.

    Raises:
        CannotRun: there are no keys, or `backup` is no journal of this account.
        Unfinished: a run is at work on the account.
    """
    account = account_of(settings, sandbox=sandbox)
    journals = journals_of(settings, sandbox=sandbox)
    return journals.start_over(account, now, backup, timeout_s=settings.timeout_s)


def move_journal(settings: Settings, now: float, *, to_database: bool) -> tuple[Path | str, dict[str, int]]:
    """Move the account's journal from its file into the database of the settings, or back.

    Returns:
        Where it is now, and how many records of each kind it has.

    Raises:
        CannotRun: there is no such journal or database, or both have one.
        Unfinished: a run is at work on the account.
    """
    from batch.journal.moving import move  # noqa: PLC0415 - the other commands do without it

    if settings.journal is None:
        raise CannotRun(JournalFault.NO_DATABASE)
    account = account_of(settings, sandbox=False)
    in_files, in_database = FileJournals(settings.state), journals_of(settings)
    source, target = (in_files, in_database) if to_database else (in_database, in_files)
    moved = move(source, target, account, now)
    return target.where(account), moved


def overview(journals: Journals, most: int) -> list[tuple[Batch, Tally]]:
    """The newest batches of all accounts, each with its counts as they stand now."""
    found = []
    for account in journals.accounts_with(None, most):
        with journals.reading(account) as journal:
            found += [(batch, tally_of(journal, batch.id)) for batch in journal.batches.all()[:most]]
    return sorted(found, key=lambda each: each[0].started_at, reverse=True)[:most]


def forget(journals: Journals, before: datetime, now: float) -> tuple[int, int]:
    """Delete what the journals hold of people and classes that were over by then, and of files handed over to workers.

    Args:
        journals: all of them.
        now: UTC seconds; what lies ahead is never forgotten.

    Returns:
        How many rows, and how many files.

    Raises:
        Unfinished: a run is at work on an account.
    """
    forgotten, until = 0, min(before.timestamp(), now)
    for account in journals.accounts():
        with journals.locked(account, now), journals.open(account, now) as journal:
            forgotten += journal.maintenance.forget(until)
    return forgotten, journals.forget_deposits(until)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoJob:
    """What one undo asks for."""

    job: "Job"  #: settings, places and the like; its file is that of the batch
    terms: "UndoTerms"
    batch: str | None = None  #: what is taken back; None: the last that did something, and is no undo
    of_another: str = ""  #: what the same command for another batch has to be given


async def undo(asked: UndoJob, listener: "Listener", world: Environment | None = None) -> "Ending":
    """Take back what a batch did: cancel the classes that it made, and change back those that it changed.

    Raises:
        CannotRun: nothing was sent: there is no such batch, nothing to take back, or somebody said no.
        Unfinished: another run is at work on this account.
    """
    # The other commands of this module do without these.
    from batch import run  # noqa: PLC0415 - see above
    from batch.intake import header_of_batch  # noqa: PLC0415 - see above
    from batch.journal.recorder import recording  # noqa: PLC0415 - see above
    from batch.sending.control import drained  # noqa: PLC0415 - see above
    from batch.sending.undoing import UndoRun  # noqa: PLC0415 - see above

    world = world or real_environment()
    job, now = asked.job, world.clock()
    if not job.sandbox:  # first: the service's keys would be asked for
        _check_not_of_sandbox(asked)
    account = await run.account_for(job, listener, now)
    folder = job.settings.state / account
    _check_account(asked, account)
    journals = journals_of(job.settings, sandbox=job.sandbox)
    with journals.locked(account, now) as lock, journals.open(account, now, lock) as journal:
        undone = _undone(journal, asked.batch, journals.where(""))
        if asked.batch is None:
            facts = {"batch": undone.id, "file": undone.file, "at": undone.started_at}
            listener.says(Message(RunNote.TAKES_BACK, facts))
        job = replace(job, file=undone.file)
        results = (job.results or _beside(undone)) if job.workbook else None
        run.check_outputs(job, results)
        begun = journal.undo.under_way(undone.id)
        if begun is not None:
            listener.says(Message(RunNote.UNDO_GOES_ON, {"batch": undone.id}))
        batch = begun or _batch(undone, job, world)
        terms = _with_those_begun(journal, batch, asked.terms)
        async with recording(journal) as recorder, service(job.settings, folder, sandbox=job.sandbox) as api:
            taking_back = UndoRun(
                undone,
                batch,
                run.terms_of(job, world.clock()),
                terms,
                api=api,
                recorder=recorder,
                listener=listener,
                clock=world.clock,
                chance=world.chance,
                name_of=header_of_batch(undone, job.settings).own_name,
            )
            plan = await taking_back.prepare()
            _check_plan(plan, undone, terms)
            if begun is None and plan.is_empty:
                raise CannotRun(_taken_back_already(journal, undone, asked, now))
            # Not under `drained`: a signal is for whoever is asked.
            if terms.confirm is not None and (stopped := terms.confirm(undone, plan)):
                raise CannotRun(stopped)
            await taking_back.begin(plan)
            listener.taken_in(batch)
            listener.control(taking_back)
            with drained(taking_back, listener, by_signals=job.handle_signals):
                stopped = await taking_back.carry_out(plan)
            sandbox = batch.sandbox or api.is_sandbox
        batch = replace(batch, finished_at=world.clock(), sandbox=sandbox)
        notes = [Message(RunNote.TOOK_BACK, {"batch": undone.id, "file": undone.file})]
        if plan.works:
            facts = {"file": undone.file, "made": plan.cancelled, "changed": plan.changed}
            notes.append(Message(RunNote.MADE_AGAIN, facts))
        return run.report(job, journal, batch, results, stopped=stopped, notes=notes)


def _check_not_of_sandbox(asked: UndoJob) -> None:
    """See that what is to be taken back was not sent to a sandbox in a process like this.

    Raises:
        CannotRun: it was; or no batch was named, there are no keys, and only the sandbox has any.
    """
    settings = asked.job.settings
    account, journals = account_of(settings, sandbox=True), journals_of(settings, sandbox=True)
    if not journals.has(account):
        return
    with journals.reading(account) as journal:
        if asked.batch is not None:
            found = journal.batches.find(asked.batch)
        elif settings.access_key is not None or journals.accounts() != [account]:
            return
        else:
            found = _undone(journal, None, journals.where(""))
    if found is not None:
        raise _of_sandbox(found, asked)


def _of_sandbox(batch: Batch, asked: UndoJob) -> CannotRun:
    return CannotRun(JournalFault.OF_A_SANDBOX, batch=batch.id, file=batch.file, options=asked.job.options)


def _check_account(asked: UndoJob, account: str) -> None:
    """See that the batch is this account's.

    Raises:
        CannotRun: there is none, or it is another's.
    """
    journals = journals_of(asked.job.settings, sandbox=asked.job.sandbox)
    if journals.has(account):
        with journals.reading(account) as journal:
            if asked.batch is None or journal.batches.find(asked.batch) is not None:
                return
    with find_batch(journals, asked.batch) as (_, found):
        if found.sent_to == SANDBOX_IN_PROCESS:
            raise _of_sandbox(found, asked)
        raise CannotRun(JournalFault.ELSEWHERE, batch=found.id)


def _undone(journal: Journal, wanted: str | None, where: Path | str) -> Batch:
    """The batch that is to be taken back.

    Raises:
        CannotRun: it took one back itself, or there is none.
    """
    known = [each for each in journal.batches.all() if (each.id == wanted if wanted else each.undoes is None)]
    found = known[0] if known else None
    if wanted is None:  # one that was stopped before it did anything is not what was meant
        found = next((each for each in known if journal.undo.did_something(each.id)), found)
    if found is None:
        raise CannotRun(JournalFault.NO_BATCH, state=where, batch=wanted)
    if found.undoes is not None:
        raise CannotRun(JournalFault.IS_AN_UNDO, batch=found.id, undone=found.undoes)
    return found


def _batch(undone: Batch, job: "Job", world: Environment) -> Batch:
    """The undo's own batch, with the facts of the file whose batch it takes back."""
    now = world.clock()
    return replace(
        undone,
        id=world.batch_id(now),
        sha256="",
        sent_to=SANDBOX_IN_PROCESS if job.sandbox else job.settings.base_url,
        sandbox=job.sandbox,
        started_at=now,
        finished_at=None,
        exit_code=None,
        notes=(),
        undoes=undone.id,
    )


def _with_those_begun(journal: Journal, batch: Batch, terms: "UndoTerms") -> "UndoTerms":
    """What was asked for, and what was asked for before it was cut short."""
    begun = {row.number for row in journal.reports.rows(batch.id)}
    if not begun or terms.numbers is None:
        return terms
    return replace(terms, numbers=begun | set(terms.numbers))


def _check_plan(plan: "UndoPlan", undone: Batch, terms: "UndoTerms") -> None:
    """See that there is something to be taken back.

    Raises:
        CannotRun: there is not.
    """
    if missing := sorted(set(terms.numbers or ()) - plan.numbers):
        raise CannotRun(JournalFault.NO_SUCH_ROWS, batch=undone.id, rows=missing)
    if not plan.rows:
        raise CannotRun(JournalFault.NOTHING_DONE, batch=undone.id, cancelled=len(plan.lost))


def _taken_back_already(journal: Journal, undone: Batch, asked: UndoJob, now: float) -> Message:
    """That nothing is left to take back, with the batch before it that has something."""
    older = (
        each for each in journal.batches.all() if each.undoes is None and each.started_at < undone.started_at
    )
    ahead = (each for each in older if any(row.starts > now for row in journal.undo.left_of(each.id)))
    earlier = next(ahead, None)
    facts = {
        "batch": undone.id,
        "file": undone.file,
        "rows": sorted(asked.terms.numbers or ()),
        "options": asked.of_another,
        "earlier": earlier.id if earlier else "",
        "earlier_file": earlier.file if earlier else "",
    }
    return Message(JournalFault.TAKEN_BACK_ALREADY, facts)


def _beside(undone: Batch) -> Path:
    """Where the results go unless the person says otherwise: beside the file, if its folder is still there."""
    path = Path(undone.file)
    folder = path.parent if path.parent.is_dir() else Path()
    return folder / f"{path.stem or 'timetable'}-undo-results.xlsx"
