"""The scheduled classes as iCalendar: one event each, for presenters' own calendars.

An event keeps its UID, so that a calendar that takes the file in again moves its
events instead of doubling them. Times are UTC: every calendar shows them by the
clock of whoever looks. Log-in links are left out, since calendars are shared.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from icalendar import Calendar, Event

from batch.core.errors import CannotRun
from batch.core.message import OutputFault
from batch.core.outcome import DONE, Outcome
from batch.core.text import one_line
from batch.report.facts import BatchFacts, GoneClass, ResultRow
from batch.report.output_files import written_whole
from batch.report.wording.outcomes import SANDBOX


def write_calendar(
    path: Path,
    *,
    rows: Iterable[ResultRow | GoneClass],
    facts: BatchFacts,
    presenter: str | None = None,
    changed: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """Write an event for each scheduled class; an existing file is replaced, whole or not at all.

    One that was cancelled stays an event, and is called that: a calendar that follows takes it out.

    Args:
        path: Where to.
        rows: Of the batch, and the classes that it no longer asks for; those without a class are passed over.
        facts: Of the batch.
        presenter: Only this one's classes, by e-mail address or presenter_id; None for all.
        changed: How many times each class was changed, by class_id: calendars take the event with the highest number.

    Returns:
        How many events there are.

    Raises:
        CannotRun: there is no class, or none of this presenter.
        NotWritten: the disk is full, or the file cannot be written.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//classbatch//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", one_line(f"Classes of {facts.file}"))
    for row in rows:
        event = _event(row, facts, changed.get(row.class_id or "", 0))
        if event is not None and (presenter is None or row.presenter == presenter.strip().casefold()):
            calendar.add_component(event)
    events = len(calendar.subcomponents)
    if not events:
        raise CannotRun(OutputFault.NO_EVENT, batch=facts.batch, presenter=presenter)
    with written_whole(path) as whole:
        whole.part.write_bytes(calendar.to_ical())
    return events


def _event(row: ResultRow | GoneClass, facts: BatchFacts, changed: int) -> Event | None:
    if row.outcome not in DONE or row.starts is None or row.minutes is None:
        return None
    event = Event()
    # A class whose answer was lost for good may have no class_id; its fingerprint is as steady.
    uid = row.class_id or (row.fingerprint if isinstance(row, ResultRow) else None)
    event.add("uid", f"{uid}@classbatch")
    event.add("sequence", changed)
    if row.outcome is Outcome.CANCELLED:
        event.add("status", "CANCELLED")
    event.add("dtstamp", facts.finished or facts.started or row.starts)
    event.add("dtstart", row.starts)
    event.add("dtend", row.starts + timedelta(minutes=row.minutes))
    title = one_line(row.title or "")
    event.add("summary", f"{SANDBOX} {title}" if facts.sandbox else title)
    about = [f"Presenter: {row.presenter}", f"WizIQ class {row.class_id}" if row.class_id else ""]
    about.append(f"Row {row.number} of {facts.file}" if isinstance(row, ResultRow) else "")
    event.add("description", "\n".join(one_line(line) for line in about if line))
    event.add("location", "WizIQ virtual classroom")
    return event
