"""What a child does for the page, one function for each task; the flow itself is `batch/run.py`, as on the command line."""

import resource
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from batch import run
from batch.connection import account_of
from batch.core.errors import CannotRun, FileProblem, Unfinished
from batch.core.message import FileFault, Message, SyncNote, TimetableNote
from batch.core.rows.column_names import Naming
from batch.core.rows.row import is_of_grid
from batch.core.tally import Exit
from batch.core.text import one_line
from batch.event_loop import run_async
from batch.intake import naming_of
from batch.journal.journals import journals_of
from batch.journal.records import Batch
from batch.maintenance import UndoJob, undo
from batch.readers.kind import FileKind, kind_of
from batch.readers.options import MIB, LoadOptions
from batch.readers.preview import grids_of, heads_of
from batch.readers.remembered_grids import recall_grids
from batch.report.ending import Ending
from batch.report.facts import ResultRow
from batch.report.from_journal import make_again
from batch.report.wording.messages import both_of, named
from batch.report.wording.phrases import Reader, tr
from batch.report.wording.timetable import days_in_words
from batch.report.wording.undo import MOST_NAMED, in_words
from batch.sending.class_work import ChangePlan
from batch.sending.listener import Listener
from batch.sending.undo_plan import UndoPlan
from batch.sending.undoing import UndoTerms
from batch.settings.table import Settings
from batch.time_zones import own_zone
from batch.web.state.layout import (
    CHECK_FILE,
    OWNER_FILE,
    UNDO_FILE,
    UNDO_PLAN_FILE,
    batch_folder,
)
from batch.web.state.orders import Task, WorkerRequest
from batch.web.views.changes import to_be_touched
from batch.web.views.findings import Findings, load_picture, summary_says, write_findings
from batch.web.views.grid_question import grid_question
from batch.web.views.mapping_question import asked, choices_of, needed, question
from batch.web.views.wording import page_words
from batch.web.worker.run_control import Teller
from batch.web.worker.submitting import (
    Tell,
    changes_of,
    ended_event,
    leave_result,
    leave_result_of,
    problem_event,
    sentences_of,
    source_of,
    submit,
    told_of,
)


def perform(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    """Do what is asked; what a person can mend is told, not raised."""
    try:
        _TASKS[order.task](order, settings, tell)
    except (CannotRun, Unfinished) as error:
        tell(problem_event(error))


def _hand_over(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    from batch.web.worker.handed_over import hand_over  # noqa: PLC0415 - of the extra `cluster`

    hand_over(order, settings, tell)


def _follow(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    from batch.web.worker.handed_over import follow  # noqa: PLC0415 - of the extra `cluster`

    follow(order, settings, tell)


class _Readings(Listener):
    """Keeps what the file's dates are day first and month first, where it is asked."""

    def __init__(self) -> None:
        self.days: dict[str, str] = {}

    def says(self, note: Message) -> None:
        if note.what is TimetableNote.WHICH_ORDER:
            self.days = {
                "dmy": days_in_words(note.facts["day_first"]),
                "mdy": days_in_words(note.facts["month_first"]),
            }


def _check(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    readings, findings = _Readings(), Findings(of_check=True, addresses=order.said.addresses)
    plans: list[ChangePlan] = []
    job = run.Job(
        file=source_of(order, Path(order.file)),
        settings=settings,
        sandbox=order.sandbox,
        reader=Reader.PAGE,
        each_row=findings.add,
        changes=changes_of(order),
        confirm=plans.append,
    )
    out = Path(order.out)
    try:
        ending = run.check(job, readings)
    except FileProblem as problem:
        write_findings(out, CHECK_FILE, {"nonce": order.nonce, **_problem(order, settings, problem)})
    except CannotRun as error:
        write_findings(out, CHECK_FILE, {"nonce": order.nonce, "problem": page_words(error)})
    else:
        found = _found(order, settings, ending, findings, asks_order=bool(readings.days))
        found["mapping"]["readings"] = readings.days
        found["touched"] = [group for plan in plans for group in _groups(to_be_touched(plan.shown))]
        write_findings(out, CHECK_FILE, {"nonce": order.nonce, **found})
    tell({"event": "ended", "exit": 0, "batch": "", "sentences": []})


def _found(
    order: WorkerRequest, settings: Settings, ending: Ending, findings: Findings, *, asks_order: bool
) -> dict[str, Any]:
    naming = naming_of(settings)
    found = findings.write(Path(order.out), ending, settings.account, naming, asks_order=asks_order)
    columns = choices_of(ending.header, findings.samples.all(), settings.account, naming)
    sheet = ending.facts.sheet
    says = tr("What stands in the cells of this grid.")
    is_grid = order.said.grid or is_of_grid(ending.header)
    grid = _grid(order, settings, says) if is_grid else {}
    return {
        **found,
        **grid,
        "can_mark": _can_mark(order),
        "notes": [*sentences_of(ending.notes), *found["notes"]],
        "says": summary_says(found["counts"], ending.tally),
        "load": load_picture(
            ending.load, tr("How many the licence lets run at once: {limit}.", limit=ending.facts.limit)
        ),
        "why_not": _why_not(order, settings) or _why_unchanged(ending.notes),
        "mapping": {
            **asked([], sheet, sheet, list(columns)),
            "says": tr("Each column of the file and what it is taken for."),
            "needed": needed(settings.account, frozenset(settings.defaults)),
        },
    }


def _can_mark(order: WorkerRequest) -> bool:
    """Whether there is a copy of the file to be marked: of a calendar there is none."""
    with Path(order.file).open("rb") as file:
        return kind_of(file, order.name) in {FileKind.XLSX, FileKind.CSV}


def _why_unchanged(notes: Iterable[Message]) -> str:
    """Why nothing of the file may be sent that would change so much; "" where it may."""
    stops = {SyncNote.TOO_MUCH_CHANGED, SyncNote.ANOTHER_VERSION}
    return next((both_of(note, Reader.PAGE) for note in notes if note.what in stops), "")


def _why_not(order: WorkerRequest, settings: Settings) -> str:
    """Why nothing can be sent from here, whatever the file; "" where it can."""
    try:
        account_of(settings, sandbox=order.sandbox)
    except CannotRun as error:
        return both_of(error, Reader.PAGE)
    return ""


def _problem(order: WorkerRequest, settings: Settings, problem: FileProblem) -> dict[str, Any]:
    """Why the file cannot be read, and what to ask about it where the person can tell."""
    event: dict[str, Any] = {"problem": page_words(problem)}
    defaulted = frozenset(settings.defaults)
    with (
        suppress(Exception),
        _little_memory_and_time(settings),
    ):  # it can only be asked what could be looked at
        naming = naming_of(settings)
        options = _options(settings, naming)
        asks_grid = {each.what for each in problem.messages} & _OF_A_GRID
        if (asks_grid or order.said.grid) and (grid := _grid(order, settings, page_words(problem)["says"])):
            return {**event, **grid}
        heads = heads_of(Path(order.file), options, settings.account)
        mapping = question(heads, settings.account, naming, defaulted, order.said)
        if mapping is not None:
            event["mapping"] = {
                **mapping,
                "says": page_words(problem)["says"],
                "needed": needed(settings.account, defaulted),
            }
    return event


#: What is asked about on a page of its own.
_OF_A_GRID = {FileFault.A_GRID, FileFault.GRID_LACKS}


def _options(settings: Settings, naming: Naming) -> LoadOptions:
    return LoadOptions(
        encoding=settings.encoding,
        delimiter=settings.delimiter,
        most_columns=settings.max_columns,
        naming=naming,
    )


def _grid(order: WorkerRequest, settings: Settings, says: str) -> dict[str, Any]:
    """What is asked about the file's weekly grids; nothing where it has none."""
    grids = grids_of(Path(order.file), _options(settings, naming_of(settings)), settings.account)
    if not grids:
        return {}
    known = recall_grids(settings.state, {})
    return {"grid": {**grid_question(grids, settings.account, known), "says": says}}


@contextmanager
def _little_memory_and_time(settings: Settings) -> Iterator[None]:
    """From here on this process is as bounded as the one that reads workbooks; it has nothing else to do."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    limits = (
        (resource.RLIMIT_AS, 4 * settings.read_memory_mib * MIB),
        (resource.RLIMIT_CPU, int(used) + settings.read_cpu_s),
    )
    for limit, most in limits:
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))
    yield


def _undo_plan(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    """What would be taken back: looked at as an undo does, and declined."""

    def note(_: Batch, plan: UndoPlan) -> Message:
        found = in_words(plan.off, plan.back, plan.left, len(plan.lost))
        write_findings(Path(order.out), UNDO_PLAN_FILE, {"groups": _groups(found), "sends": plan.sends})
        return Message(SyncNote.CHANGE_DECLINED)

    try:
        run_async(undo(_undo_job(order, settings, note), Listener()))
    except CannotRun as error:
        if error.messages[0].what is not SyncNote.CHANGE_DECLINED:
            write_findings(Path(order.out), UNDO_PLAN_FILE, {"problem": page_words(error)})
    tell({"event": "ended", "exit": int(Exit.DONE), "batch": order.batch, "sentences": []})


def _groups(found: Iterable[tuple[str, Sequence[Message]]]) -> list[dict[str, Any]]:
    """Headings with what is said of the first classes of each, for the page."""
    return [
        {
            "says": heading,
            "first": [one_line(named(each, Reader.PAGE)) for each in notes[:MOST_NAMED]],
            "number": len(notes),
        }
        for heading, notes in found
    ]


def _undo(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    def taken_in(batch: Batch) -> None:
        """It is in the journal; from here on the page finds it there, whoever dies."""
        write_findings(
            batch_folder(settings.state, batch.id), OWNER_FILE, {"upload": "", "owner": order.owner}
        )
        write_findings(Path(order.out), UNDO_FILE, {"nonce": order.nonce, "batch": batch.id})
        tell({"event": "batch", "batch": batch.id})

    findings, teller = Findings(of_check=False), Teller(tell, taken_in)
    job = _undo_job(order, settings, None, findings.add)
    ending = run_async(teller.told_all_along(undo(job, teller)))
    leave_result(settings, ending, findings, told_of(ending.notes))
    tell(ended_event(ending))


def _undo_job(
    order: WorkerRequest,
    settings: Settings,
    confirm: Callable[[Batch, UndoPlan], Message | None] | None,
    each_row: Callable[[ResultRow], None] | None = None,
) -> UndoJob:
    job = run.Job(
        file="",
        settings=settings,
        sandbox=order.sandbox,
        workbook=False,
        reader=Reader.PAGE,
        each_row=each_row,
    )
    return UndoJob(job=job, batch=order.batch, terms=UndoTerms(numbers=order.rows or None, confirm=confirm))


def _show(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    ending = leave_result_of(order, settings, order.batch, told_of(()))
    tell({"event": "ended", "exit": int(ending.exit_code), "batch": order.batch, "sentences": []})


def _workbook(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    make_again(journals_of(settings, sandbox=order.sandbox), order.batch, Path(order.out))
    tell({"event": "ended", "exit": int(Exit.DONE), "batch": order.batch, "sentences": []})


def _calendar(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    journals = journals_of(settings, sandbox=order.sandbox)
    make_again(journals, order.batch, None, ics=Path(order.out), presenter=order.presenter or None)
    tell({"event": "ended", "exit": int(Exit.DONE), "batch": order.batch, "sentences": []})


def _marked(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    job = run.Job(file=order.file, settings=settings, sandbox=order.sandbox, marked=Path(order.out))
    run.check(job, Listener())
    tell({"event": "ended", "exit": int(Exit.DONE), "batch": "", "sentences": []})


def _template(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    from batch.report.workbook.template import write_template  # noqa: PLC0415 - openpyxl is slow to import

    zone = settings.defaults.get("time_zone") or own_zone()
    write_template(Path(order.out), settings.account, zone)
    tell({"event": "ended", "exit": int(Exit.DONE), "batch": "", "sentences": []})


_TASKS: dict[Task, Callable[[WorkerRequest, Settings, Tell], None]] = {
    Task.CHECK: _check,
    Task.SUBMIT: submit,
    Task.HAND_OVER: _hand_over,
    Task.FOLLOW: _follow,
    Task.MARKED: _marked,
    Task.SHOW: _show,
    Task.UNDO_PLAN: _undo_plan,
    Task.UNDO: _undo,
    Task.WORKBOOK: _workbook,
    Task.CALENDAR: _calendar,
    Task.TEMPLATE: _template,
}
