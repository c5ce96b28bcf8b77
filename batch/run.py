"""The flow, wired: load -> validate -> plan -> submit -> record -> report. The only place that does.

Nothing is sent before the whole file was read, the journal proved sound and the
place of the results writable; whatever ends the run after that, the journal has it.
"""

import asyncio
import random
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, TypeVar

from yarl import URL

from batch.audit import Auditor
from batch.core.audit import Findings
from batch.core.outcome import Outcome
from batch.core.tally import Exit, Tally
from batch.intake import STDIN, take_in
from batch.journal.files import account_id, find_batch, locked, open_journal, scratch_journal
from batch.journal.recorder import Recorder
from batch.journal.records import Batch
from batch.journal.store import Journal
from batch.passes import Listener, Passes, Terms, plan
from batch.reconcile import OnUnknown, Reconciler
from batch.report.facts import BatchFacts
from batch.report.machine import write_json
from batch.report.projection import result_rows, tally_of
from batch.report.replace import find_writable
from batch.report.results import write_results
from batch.report.summary import ProblemList
from batch.sandbox import SandboxSettings, running_sandbox
from batch.settings import Settings
from batch.wiziq.base_url import is_loopback
from batch.wiziq.client import Credentials, WiziqClient, open_session
from batch.wiziq.errors import LockedOut

T = TypeVar("T")

#: A sandbox commits at once what it answers, so nobody has to wait a minute for it.
SANDBOX_SETTLE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one command asks for."""

    file: str  #: a path, or "-" for CSV on standard input
    settings: Settings
    sandbox: bool = False
    results: Path | None = None  #: None: beside the file
    only_if_all_valid: bool = False
    limit: int | None = None  #: so many rows are sent at most
    retry_refused: bool = False
    json: Path | TextIO | None = None  #: where the machine's view goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended."""

    facts: BatchFacts
    tally: Tally
    exit_code: Exit
    sentences: tuple[str, ...] = ()  #: where the results are, and what else to tell
    problems: ProblemList  #: what is wrong with which rows


@dataclass(frozen=True, slots=True)
class World:
    """What a run takes from outside: time, chance, waiting."""

    clock: Callable[[], float]  #: UTC seconds, and never set back
    chance: Callable[[], float] = random.random


def real_world() -> World:
    """The machine's clock, as it stood at the start: setting it back or forth moves no deadline."""
    began, then = time.time(), time.monotonic()
    return World(clock=lambda: began + (time.monotonic() - then))


async def submit(job: Job, listener: Listener, world: World | None = None) -> Ending:
    """Schedule every row of a file that is valid, has room and does not exist yet.

    Raises:
        CannotRun: nothing was sent, or the journal could not be written any more.
        Unfinished: another run is at work on this account.
    """
    world = world or real_world()
    results = job.results or default_results(job.file)
    account = account_of(job)
    folder = job.settings.state / account
    with locked(folder, world.clock()), open_journal(folder, account, world.clock()) as journal:
        for path in (results, job.json):
            if isinstance(path, Path):
                find_writable(path)
        batch = _take_in(job, journal, account, listener, world)
        async with _recorder(journal) as recorder, service(job, folder) as api:
            passes = _passes(job, batch, recorder, api, listener, world)
            with _drained_by_signals(passes, listener):
                locked_out = await passes.run()
                findings = None if locked_out else await passes.audit()
            sandbox = batch.sandbox or api.is_sandbox
        batch = replace(batch, finished_at=world.clock(), sandbox=sandbox)
        return _report(job, journal, batch, results, locked_out, findings)


def check(job: Job, listener: Listener, world: World | None = None) -> Ending:
    """The same, stopped after the plan. It leaves no trace, and asks the service nothing.

    Raises:
        CannotRun: the file or the settings cannot be used.
    """
    world = world or real_world()
    with (
        tempfile.TemporaryDirectory(prefix="classbatch-") as folder,
        scratch_journal(Path(folder)) as journal,
    ):
        account = ""
        if job.sandbox or job.settings.access_key is not None:
            account = account_of(job)
            journal.copy_history(job.settings.state / account / "journal.sqlite3")
        batch = _take_in(job, journal, account, listener, world)
        plan(journal, batch.id, _terms(job))
        return _ending(job, journal, batch, waiting=Outcome.READY)


def results(state: Path, batch: str | None, out: Path) -> Ending:
    """Make the results workbook of a batch again, from the journal alone.

    Args:
        state: the directory of the journals.
        batch: None: the newest.

    Raises:
        CannotRun: there is no such batch, or `out` cannot be written.
    """
    find_writable(out)
    with find_batch(state, batch) as (journal, found):
        facts = _facts(found)
        tally = tally_of(journal, found.id)
        rows = result_rows(journal, found.id)
        written = write_results(out, header_names=found.header, rows=rows, facts=facts, tally=tally)
        return Ending(
            facts=facts,
            tally=tally,
            exit_code=Exit.DONE,
            sentences=(written.note or f"Results: {written.path}",),
            problems=ProblemList(),
        )


def default_results(file: str) -> Path:
    """Where the results go unless the person says otherwise: beside the file."""
    path = Path("timetable.csv" if file == STDIN else file)
    return path.with_name(f"{path.stem}-results.xlsx")


def account_of(job: Job) -> str:
    """The account's name in the journal. A sandbox's classes are never taken for real ones."""
    if job.sandbox:
        return account_id("", "sandbox")
    access_key = job.settings.credentials().access_key
    on_this_machine = is_loopback(URL(job.settings.base_url).host or "")
    return account_id(access_key, "loopback" if on_this_machine else "wiziq")


@asynccontextmanager
async def service(job: Job, folder: Path) -> AsyncIterator[WiziqClient]:
    """The service, or a sandbox in this process that remembers its classes in `folder`."""
    settings = job.settings
    if not job.sandbox:
        async with _client(settings, settings.base_url, settings.credentials()) as client:
            yield client
        return
    played = SandboxSettings(
        account=settings.account.value,
        max_concurrent_classes=settings.max_concurrent_classes,
        max_minutes=settings.max_minutes,
        max_attendees=settings.max_attendees,
        ledger=folder / "sandbox.jsonl",
    )
    async with running_sandbox(played) as sandbox:
        pair = Credentials(sandbox.credentials.access_key, sandbox.credentials.secret_key)
        async with _client(settings, sandbox.url, pair) as client:
            yield client


@asynccontextmanager
async def _client(settings: Settings, base_url: str, credentials: Credentials) -> AsyncIterator[WiziqClient]:
    async with open_session(connections=settings.in_flight, ca_file=settings.ca_file) as session:
        yield WiziqClient(session, base_url=base_url, credentials=credentials, timeout_s=settings.timeout_s)


@asynccontextmanager
async def _recorder(journal: Journal) -> AsyncIterator[Recorder]:
    """The journal, written by a thread of its own: a commit must not hold up the answers."""
    with ThreadPoolExecutor(1, "journal") as thread:
        loop = asyncio.get_running_loop()

        async def run(function: Callable[[], T], /) -> T:
            return await loop.run_in_executor(thread, function)

        async with Recorder(journal, run) as recorder:
            yield recorder


def _take_in(job: Job, journal: Journal, account: str, listener: Listener, world: World) -> Batch:
    now = world.clock()
    batch = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{int(world.chance() * 0x10000):04x}"
    intake = take_in(
        job.file, job.settings, journal, account=account, batch=batch, sandbox=job.sandbox, now=now
    )
    for note in intake.notes:
        listener.says(note)
    return intake.batch


def _passes(
    job: Job, batch: Batch, recorder: Recorder, api: WiziqClient, listener: Listener, world: World
) -> Passes:
    settings = job.settings
    settle_s = min(settings.settle_s, SANDBOX_SETTLE_S) if job.sandbox else settings.settle_s
    return Passes(
        batch.id,
        _terms(job),
        api=api,
        recorder=recorder,
        reconciler=Reconciler(
            api=api,
            recorder=recorder,
            policy=OnUnknown(settings.on_unknown),
            settle_s=settle_s,
            timeout_s=settings.timeout_s,
            clock=world.clock,
            chance=world.chance,
        ),
        auditor=Auditor(api=api, recorder=recorder, settle_s=settle_s, clock=world.clock)
        if settings.audit
        else None,
        listener=listener,
        clock=world.clock,
        chance=world.chance,
    )


def _terms(job: Job) -> Terms:
    settings = job.settings
    return Terms(
        max_concurrent_classes=settings.max_concurrent_classes,
        most_rows=job.limit,
        only_if_all_valid=job.only_if_all_valid,
        retry_refused=job.retry_refused,
        in_flight=settings.in_flight,
        attempts=settings.attempts,
        timeout_s=settings.timeout_s,
    )


@contextmanager
def _drained_by_signals(passes: Passes, listener: Listener) -> Iterator[None]:
    """A first SIGTERM or SIGINT lets nothing more begin; a second one leaves at once."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    signals = (signal.SIGINT, signal.SIGTERM)

    def leave() -> None:
        if task is not None:
            task.cancel("a second signal")

    def drain() -> None:
        listener.says("Stopping: what is under way is finished first. Once more to leave at once.")
        passes.drain("the run was asked to stop")
        for each in signals:
            loop.add_signal_handler(each, leave)

    for each in signals:
        loop.add_signal_handler(each, drain)
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)


def _report(
    job: Job,
    journal: Journal,
    batch: Batch,
    results: Path,
    locked_out: LockedOut | None,
    findings: Findings | None,
) -> Ending:
    doubled = bool(findings and findings.doubled)
    ending = _ending(job, journal, batch, locked_out=locked_out is not None, doubled=doubled)
    journal.finish(replace(batch, exit_code=ending.exit_code))
    written = write_results(
        results,
        header_names=batch.header,
        rows=result_rows(journal, batch.id),
        facts=ending.facts,
        tally=ending.tally,
    )
    sentences = [f"The service lets nobody in: {locked_out.says}"] if locked_out else []
    sentences += findings.sentences() if findings else []
    return replace(ending, sentences=(*sentences, written.note or f"Results: {written.path}"))


def _ending(
    job: Job,
    journal: Journal,
    batch: Batch,
    *,
    waiting: Outcome = Outcome.NOT_SENT,
    locked_out: bool = False,
    doubled: bool = False,
) -> Ending:
    facts = _facts(batch)
    if waiting is Outcome.READY:
        facts = replace(facts, batch=None)  # a check leaves none
    tally = tally_of(journal, batch.id, waiting=waiting)
    exit_code = tally.exit_code(locked_out=locked_out, doubled=doubled)
    problems = ProblemList()
    for row in result_rows(journal, batch.id, waiting=waiting):
        problems.add(row)
    if job.json is not None:
        rows = result_rows(journal, batch.id, waiting=waiting)
        write_json(job.json, facts=facts, tally=tally, exit_code=exit_code, rows=rows)
    return Ending(facts=facts, tally=tally, exit_code=exit_code, problems=problems)


def _facts(batch: Batch) -> BatchFacts:
    finished = batch.finished_at
    return BatchFacts(
        batch=batch.id,
        file=batch.file,
        sheet=batch.sheet,
        account=f"{batch.account} account",
        sent_to=batch.sent_to,
        sandbox=batch.sandbox,
        started=datetime.fromtimestamp(batch.started_at, UTC),
        finished=datetime.fromtimestamp(finished, UTC) if finished else None,
    )
