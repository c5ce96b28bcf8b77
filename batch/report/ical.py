"""The classes of a batch as iCalendar, each as it stands now: one event each, for presenters' own calendars.

A class that stands is an event whatever its row ended as: one that was not changed, or not
cancelled, takes place as it was. An event keeps its UID, so that a calendar that takes the file in
again moves its events instead of doubling them. Times are UTC: every calendar shows them by the
clock of whoever looks. Log-in links are left out, since calendars are shared.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from icalendar import Calendar, Event

from batch.core.errors import CannotRun
from batch.core.message import OutputFault
from batch.core.outcome import DONE, Outcome
from batch.core.quick_dataclass import dataclass
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
    """Write an event for each class; an existing file is replaced, whole or not at all.

    One that was cancelled stays an event, and is called that: a calendar that follows takes it out.

    Args:
        path: Where to.
        rows: Of the batch, and then the classes that it no longer asks for; those without a class are passed over.
        facts: Of the batch.
        presenter: Only this one's classes, by e-mail address or presenter_id; None for all.
        changed: How many times each class was changed, by class_id: calendars take the event with the highest number.

    Returns:
        How many events there are.

    Raises:
        CannotRun: there is no class, or none of this presenter.
        NotWritten: the disk is full, or the file cannot be written.
    """
    wanted = presenter.strip().casefold() if presenter is not None else None
    calendar = Calendar()
    calendar.add("prodid", "-//classbatch//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", one_line(f"Classes of {facts.file}"))
    seen: set[str] = set()
    for row in rows:
        shown = _shown(row)
        # A class may stand for a row, and be told of as gone with another one, too.
        if shown is None or shown.uid in seen or wanted not in {None, shown.presenter}:
            continue
        seen.add(shown.uid)
        calendar.add_component(_event(shown, row, facts, changed.get(shown.class_id or "", 0)))
    events = len(calendar.subcomponents)
    if not events:
        raise CannotRun(OutputFault.NO_EVENT, batch=facts.batch, presenter=presenter)
    with written_whole(path) as whole:
        whole.part.write_bytes(calendar.to_ical())
    return events


@dataclass(frozen=True, slots=True)
class _Shown:
    """A class as its event shows it."""

    uid: str
    class_id: str | None
    is_there: bool
    title: str
    presenter: str | None
    starts: datetime
    minutes: int


def _shown(row: ResultRow | GoneClass) -> _Shown | None:
    """The class of a row as it stands now; None where there is none."""
    now = row.now
    if now is not None:
        is_there = now.is_there and row.outcome is not Outcome.CANCELLED
        return _Shown(now.class_id, now.class_id, is_there, now.title, now.presenter, now.starts, now.minutes)
    if row.starts is None or row.minutes is None or (isinstance(row, ResultRow) and row.outcome not in DONE):
        return None
    # A class whose answer was lost for good may have no class_id; its fingerprint is as steady.
    uid = row.class_id or (row.fingerprint if isinstance(row, ResultRow) else None)
    is_there = row.outcome is not Outcome.CANCELLED
    return _Shown(str(uid), row.class_id, is_there, row.title or "", row.presenter, row.starts, row.minutes)


def _event(shown: _Shown, row: ResultRow | GoneClass, facts: BatchFacts, changed: int) -> Event:
    event = Event()
    event.add("uid", f"{shown.uid}@classbatch")
    event.add("sequence", changed)
    if not shown.is_there:
        event.add("status", "CANCELLED")
    event.add("dtstamp", facts.finished or facts.started or shown.starts)
    event.add("dtstart", shown.starts)
    event.add("dtend", shown.starts + timedelta(minutes=shown.minutes))
    title = one_line(shown.title)
    event.add("summary", f"{SANDBOX} {title}" if facts.sandbox else title)
    about = [f"Presenter: {shown.presenter}", f"WizIQ class {shown.class_id}" if shown.class_id else ""]
    about.append(f"Row {row.number} of {facts.file}" if isinstance(row, ResultRow) else "")
    event.add("description", "\n".join(one_line(line) for line in about if line))
    event.add("location", "WizIQ virtual classroom")
    return event
