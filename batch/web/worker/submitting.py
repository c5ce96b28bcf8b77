"""A run of the page: what is sent of an upload, and how it is told to the page; wherever it is done."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from batch import run
from batch.core.changes.decide import ChangeTerms
from batch.core.errors import CannotRun, Unfinished
from batch.core.message import Message, RunNote
from batch.core.rows.corrections import Correction
from batch.core.service.first_send import AlikeClasses
from batch.core.text import one_line
from batch.event_loop import run_async
from batch.intake import Source, naming_of
from batch.journal.journals import find_batch, journals_of
from batch.report.ending import Ending, ending_of
from batch.report.facts import ResultRow
from batch.report.wording.messages import both_of
from batch.report.wording.phrases import Reader
from batch.settings.table import Settings
from batch.web.state.layout import OWNER_FILE, RESULT_FILE, WORKBOOK_FILE, batch_folder
from batch.web.state.orders import Answer, Event, WorkerRequest
from batch.web.views.findings import Findings, write_findings
from batch.web.views.wording import page_words
from batch.web.worker.run_control import Teller

Tell = Callable[[Event], None]

#: What stops a run until somebody says what is so.
_ASKED = {RunNote.NO_LIST: "first_time", RunNote.SHIFTED: "replaces"}
_ALIKE = {Answer.TAKE_OVER: AlikeClasses.TAKE_OVER, Answer.AS_NEW: AlikeClasses.AS_NEW}


def submit(order: WorkerRequest, settings: Settings, tell: Tell) -> None:
    """Send an upload from here."""
    findings = Findings(of_check=False)
    teller = Teller(tell, lambda batch: note_begun(order, settings, tell, batch.id))
    job = job_of(order, settings, source_of(order, Path(order.file)), findings.add)
    ending = run_async(teller.told_all_along(run.submit(job, teller)))
    leave_result(settings, ending, findings, told_of(ending.notes))
    tell(ended_event(ending))


def note_begun(order: WorkerRequest, settings: Settings, tell: Tell, batch: str) -> None:
    """The batch is in the journal; from here on the page finds it there, whoever dies."""
    owner = {"upload": order.upload, "owner": order.owner}
    write_findings(batch_folder(settings.state, batch), OWNER_FILE, owner)
    write_findings(Path(order.out), "run.json", {"nonce": order.nonce, "batch": batch})
    tell({"event": "batch", "batch": batch})


def job_of(
    order: WorkerRequest,
    settings: Settings,
    source: Source,
    each_row: Callable[[ResultRow], None] | None = None,
    *,
    handle_signals: bool = True,
) -> run.Job:
    """What was confirmed on the page."""
    return run.Job(
        file=source,
        settings=settings,
        sandbox=order.sandbox,
        workbook=False,
        handle_signals=handle_signals,
        retry_refused=order.answer is Answer.RETRY,
        alike=_ALIKE.get(order.answer, AlikeClasses.HOLD),
        first_time=order.answer is Answer.FIRST_TIME,
        replaces=order.answer is Answer.REPLACES,
        reader=Reader.PAGE,
        each_row=each_row,
        changes=changes_of(order),
        confirm=lambda plan: plan.another,  # whatever else it comes to was confirmed on the page
    )


def changes_of(order: WorkerRequest) -> ChangeTerms:
    """What the person wants done about classes that exist."""
    chosen = order.said.changes
    overwrites = order.answer is Answer.OVERWRITE
    keeps = chosen not in {"all", "whole"}
    return ChangeTerms(
        sync=bool(chosen), keep_gone=keeps, whole=chosen == "whole", overwrite_edits=overwrites
    )


def source_of(order: WorkerRequest, content: Path | bytes) -> Source:
    """The upload under the name that people know, with what was mended; nothing tells where it stands."""
    corrections = {
        (row.sheet, row.cell or row.number): Correction(
            {int(position): text for position, text in row.cells.items()}, left_out=row.left_out
        )
        for row in order.mended
    }
    return Source(order.name, content, corrections=corrections)


def ended_event(ending: Ending) -> Event:
    """How a run ended that has begun."""
    asks = any(note.what is RunNote.NOT_LISTED for note in ending.notes)
    event = {"event": "ended", "exit": int(ending.exit_code), "batch": ending.facts.batch}
    return {**event, **told_of(ending.notes), "asks_first_time": asks}


def problem_event(error: CannotRun | Unfinished) -> Event:
    """Why it did not, and what somebody is asked for before it may."""
    event = {"event": "problem", **page_words(error), "unfinished": isinstance(error, Unfinished)}
    if isinstance(error, Unfinished):
        return event
    asks = {
        f"asks_{name}": any(each.what is what for each in error.messages) for what, name in _ASKED.items()
    }
    return {**event, **asks}


def told_of(notes: Iterable[Message]) -> dict[str, Any]:
    """What is said of a run at its end, for the page that shows what became of the rows."""
    recognised = (note.facts for note in notes if note.what is RunNote.RECOGNISED)
    # How many rows were just taken for classes of which the list does not say whose they are; 0 where rows are held.
    rows = next((int(str(facts["rows"])) for facts in recognised if not facts["held"]), 0)
    return {"sentences": sentences_of(notes), "recognised": rows}


def leave_result(settings: Settings, ending: Ending, findings: Findings, told: Mapping[str, Any]) -> None:
    """What became of the rows, for the page; `told` is what `told_of` has made."""
    folder = batch_folder(settings.state, ending.facts.batch or "")
    naming = naming_of(settings)
    found = findings.write(folder, ending, settings.account, naming)
    facts = ending.facts
    started = facts.started.timestamp() if facts.started else 0.0
    (folder / WORKBOOK_FILE).unlink(missing_ok=True)
    write_findings(
        folder, RESULT_FILE, {**found, "started": started, **told, "operations": ending.operations}
    )


def leave_result_of(order: WorkerRequest, settings: Settings, batch: str, told: Mapping[str, Any]) -> Ending:
    """The same of a batch in the journal, whoever sent it."""
    findings = Findings(of_check=False)
    with find_batch(journals_of(settings, sandbox=order.sandbox), batch) as (journal, found):
        ending = ending_of(
            journal, found, reader=Reader.PAGE, each_row=findings.add, limit=settings.max_concurrent_classes
        )
    leave_result(settings, ending, findings, told)
    return ending


def sentences_of(notes: Iterable[Message]) -> list[str]:
    return [one_line(both_of(note, Reader.PAGE)) for note in notes]
