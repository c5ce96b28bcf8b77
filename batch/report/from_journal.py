"""A report made again, from the journal alone: of any batch, at any time."""

from dataclasses import replace
from pathlib import Path

from batch.core.message import Message, RunNote
from batch.core.tally import Exit
from batch.journal.journals import Journals, find_batch
from batch.report.ending import Ending, ending_of
from batch.report.facts import GoneClass, ResultRow
from batch.report.output_files import find_writable, keep_apart
from batch.report.projection import gone_classes, result_rows
from batch.report.summary import ProblemList
from batch.report.workbook.makers import results_workbook


def make_again(
    journals: Journals,
    batch: str | None,
    out: Path | None,
    *,
    presenter_links: bool = False,
    ics: Path | None = None,
    presenter: str | None = None,
    options: str = "",
    json: Path | None = None,
    stopped: bool = False,
) -> Ending:
    """Make the results workbook of a batch again, or a calendar of its classes, from the journal alone.

    Args:
        journals: all of them.
        batch: None: the newest.
        out: where the workbook goes, if it is wanted.
        presenter_links: the presenters' log-in addresses in it can be clicked.
        ics: where the calendar goes, if it is wanted.
        presenter: only this one's classes stand in the calendar.
        options: what the command was given that the next one has to be given, too.
        json: where the machine's view goes, if it is wanted.
        stopped: nothing of it was sent, as the guard had it.

    Raises:
        CannotRun: there is no such batch, or what is wanted cannot be written.
    """
    keep_apart((), (out, ics))
    if out is not None:
        find_writable(out, or_beside=True, ending=".xlsx")
    if ics is not None:
        find_writable(ics)
    with find_batch(journals, batch) as (journal, found):
        workbook = results_workbook(journal, found, out, presenter_links=presenter_links) if out else None
        ending = ending_of(journal, found, workbook=workbook, options=options, json=json, stopped=stopped)
        if ending.unwritten is not None:
            raise ending.unwritten
        ending = replace(ending, exit_code=Exit.DONE, problems=ProblemList())
        if ics is not None:
            from batch.report.ical import write_calendar  # noqa: PLC0415 - slow to import, seldom wanted

            rows: list[ResultRow | GoneClass] = [
                *result_rows(journal, found.id),
                *gone_classes(journal, found.id),
            ]
            changed = journal.operations.times_done()
            events = write_calendar(ics, rows=rows, facts=ending.facts, presenter=presenter, changed=changed)
            note = Message(RunNote.CALENDAR, {"classes": events, "path": ics})
            ending = replace(ending, notes=(*ending.notes, note))
        return ending
