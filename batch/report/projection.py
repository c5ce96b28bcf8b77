"""The journal's rows as reports show them. A report is a projection: it can be made again at any time."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Self, cast

from batch.core.changes.operation import Kind
from batch.core.message import ChangeNote, Message, RowNote, UndoNote
from batch.core.outcome import DONE, HeldReason, Outcome
from batch.core.plan.admission import LIMIT, POLICY, LimitPolicy
from batch.core.plan.load import Load, busiest
from batch.core.quick_dataclass import dataclass
from batch.core.rows.row import address_of, is_of_grid
from batch.core.service.attempt import AttemptKind, ClassState, class_state
from batch.core.tally import Tally
from batch.journal.records import ClassNow, JournalRow, RowOutcome, class_of_note, reported
from batch.journal.store import Journal
from batch.report.facts import GoneClass, ResultRow, Standing
from batch.report.wording.messages import both_of, hint_of, message_of
from batch.report.wording.phrases import Reader
from batch.report.wording.problems import worded

_DAY_S = 86_400  #: the days of a file are those of its own clock
_WITHOUT_NOTE = {
    Outcome.ALREADY: Message(RowNote.EARLIER_RUN),
    Outcome.NOT_SENT: Message(RowNote.NOT_YET),
}


def result_rows(
    journal: Journal,
    batch: str,
    *,
    waiting: Outcome = Outcome.NOT_SENT,
    reader: Reader = Reader.TERMINAL,
) -> Iterator[ResultRow]:
    """Every row of the batch in file order, put in words for `reader`.

    Args:
        waiting: what a row is called that nothing became of; READY for a check.
    """
    return _results(journal, batch, journal.reports.rows(batch), waiting, reader)


def result_rows_to_look_at(
    journal: Journal,
    batch: str,
    tally: Tally,
    *,
    waiting: Outcome = Outcome.NOT_SENT,
    reader: Reader = Reader.TERMINAL,
) -> Iterator[ResultRow]:
    """Of `result_rows` those that somebody may have to look at; the database counts the others into the tally."""
    if journal.reports.has_series(batch):  # a class that is well is part of what is said of its row
        return result_rows(journal, batch, waiting=waiting, reader=reader)
    for outcome, rows in journal.reports.well_outcomes(batch):
        tally.add(outcome or waiting, rows)
    return _results(journal, batch, journal.reports.not_well(batch), waiting, reader)


def _results(
    journal: Journal, batch: str, rows: Iterator[JournalRow], waiting: Outcome, reader: Reader
) -> Iterator[ResultRow]:
    read = journal.batches.find(batch)
    of_grid = read is not None and is_of_grid(read.header)

    def in_file(row: JournalRow) -> tuple[str, int, str]:
        return row.sheet, row.number, address_of(row.cells) if of_grid else ""

    for (sheet, _, cell), each in groupby(rows, key=in_file):
        lessons = list(each)
        for row in lessons:
            yield _result(
                journal,
                row,
                waiting,
                reader,
                among_sheets=read is not None and sheet != read.sheet,
                lessons=len(lessons) if len(lessons) > 1 else 0,
                cell=cell,
            )


def tally_of(journal: Journal, batch: str, *, waiting: Outcome = Outcome.NOT_SENT) -> Tally:
    """The counts of `result_rows`, without reading every row."""
    tally = Tally(of_check=waiting is Outcome.READY)
    for outcome, rows in journal.reports.settled_outcomes(batch):
        tally.add(outcome or waiting, rows)
    for row in journal.reports.unsettled(batch):
        tally.add(_as_it_is(journal, row, waiting)[0].outcome or waiting)
    for gone in journal.operations.gone(batch):
        tally.add_gone(gone.outcome)
    return tally


def gone_classes(journal: Journal, batch: str, *, reader: Reader = Reader.TERMINAL) -> Iterator[GoneClass]:
    """The classes of earlier versions that the file of a batch no longer asks for."""
    for gone in journal.operations.gone(batch):
        cancels = gone.outcome in {Outcome.CANCELLED, Outcome.READY, Outcome.REFUSED, Outcome.UNKNOWN}
        now, note = None, gone.message
        if gone.outcome is not Outcome.CANCELLED and (found := journal.reports.class_now(gone.class_id)):
            was = _Was(gone.title, gone.presenter, gone.starts, gone.ends, gone.zone)
            now = _standing(found, was)
            if note is None or note.what not in UndoNote:  # which says what became of it itself
                note = _since(found, was) or note
        yield GoneClass(
            class_id=gone.class_id,
            title=gone.title,
            presenter=gone.presenter,
            starts=datetime.fromtimestamp(gone.starts, UTC),
            minutes=(gone.ends - gone.starts) // 60,
            zone=gone.zone,
            row_then=gone.row_then,
            outcome=gone.outcome,
            action=Kind.CANCEL if cancels or gone.outcome is Outcome.NOT_SENT else None,
            error_code=gone.code,
            reason=_reason(gone.code, gone.message) if gone.outcome is Outcome.HELD else None,
            message=both_of(note, reader) if note else None,
            now=now,
            beyond=gone.message is not None and gone.message.what is ChangeNote.BEYOND,
            kept_for=_kept_for(gone.message),
        )


def _kept_for(note: Message | None) -> str:
    return str(note.facts["file"]) if note is not None and note.what is ChangeNote.KEPT_FOR else ""


_HELD: Mapping[str | None, HeldReason] = {"1012": HeldReason.FULL, "1032": HeldReason.CLASH}
_HELD_FOR: Mapping[object, HeldReason] = {
    RowNote.ALIKE_UNLISTED: HeldReason.UNLISTED,
    RowNote.STANDS_THERE: HeldReason.EDITED,
    **dict.fromkeys(
        (
            *(ChangeNote.EARLIER_CLASS, ChangeNote.EARLIER_CLASSES),
            *(ChangeNote.ASKED_FOR_ELSEWHERE, ChangeNote.STILL_ASKED_FOR, ChangeNote.COLUMN_LOST),
        ),
        HeldReason.MOVED,
    ),
    **dict.fromkeys(
        (
            *(ChangeNote.EDITED_BY_HAND, ChangeNote.CANCELLED_BY_HAND, ChangeNote.EDITS_NOT_KNOWN),
            ChangeNote.WAS_THERE_BEFORE,
        ),
        HeldReason.EDITED,
    ),
    **dict.fromkeys(
        (UndoNote.EDITED_SINCE, UndoNote.GONE_BY_HAND, UndoNote.EDITS_UNKNOWN), HeldReason.EDITED
    ),
    **dict.fromkeys((UndoNote.PLACE_TAKEN, UndoNote.NO_WAY_BACK), HeldReason.ORDER),
    **dict.fromkeys(
        (
            *(
                UndoNote.LATER_CHANGE,
                UndoNote.BEGUN_OR_OVER,
                UndoNote.TIME_HAS_PASSED,
                UndoNote.ROW_FORGOTTEN,
            ),
            *(UndoNote.NUMBER_UNKNOWN, UndoNote.OF_ANOTHER_JOURNAL, UndoNote.ASKED_FOR_BY),
        ),
        HeldReason.LEFT,
    ),
    **dict.fromkeys(
        (
            *(ChangeNote.NO_ORDER, ChangeNote.TURNED_DOWN, ChangeNote.IS_PARKED),
            *(ChangeNote.PLACE_IS_TAKEN, ChangeNote.NOT_AS_PLANNED),
        ),
        HeldReason.ORDER,
    ),
}


def _reason(code: str | None, note: Message | None) -> HeldReason:
    return _HELD.get(code) or _HELD_FOR.get(note.what if note else None, HeldReason.ALIKE)


_CHANGES = frozenset({ChangeNote.CHANGED, ChangeNote.CHANGE_REFUSED, ChangeNote.UNANSWERED_CHANGE})


_CREATES = frozenset({Outcome.SCHEDULED, Outcome.READY, Outcome.REFUSED, Outcome.UNKNOWN})


def _action(outcome: Outcome, note: Message | None) -> Kind | None:
    """What was sent for a row, or would be; None where nothing was."""
    if outcome is Outcome.CANCELLED:
        return Kind.CANCEL
    if note is not None and note.what in UndoNote:
        return None  # an undo creates nothing, and this row it has left alone
    if note is not None and note.what in _CHANGES:
        return Kind(str(note.facts.get("kind", Kind.CHANGE)))
    if outcome is Outcome.CHANGED:
        return Kind.CHANGE
    return Kind.CREATE if outcome in _CREATES else None


def _cause(note: Message | None) -> Message | None:
    """The note itself, or of a row that is held the reason, without what is proposed."""
    reason = note.facts.get("reason") if note and note.what is RowNote.HELD else None
    return reason if isinstance(reason, Message) else note


def _free_at(note: Message | None) -> datetime | None:
    """When the class of a row that is held would fit, as it is proposed."""
    proposal = note.facts.get("proposal") if note and note.what is RowNote.HELD else None
    if not isinstance(proposal, Message) or proposal.what is not RowNote.FREE_AT:
        return None
    start, *_ = cast("tuple[float, ...]", proposal.facts["when"])
    return datetime.fromtimestamp(start, UTC)


@dataclass(frozen=True, slots=True)
class _Was:
    """A class as a batch has it."""

    title: str
    presenter: str
    starts: int  #: UTC seconds
    ends: int
    zone: str

    @classmethod
    def of(cls, row: JournalRow) -> Self:
        starts = row.starts or 0
        zone = (row.parameters or {}).get("time_zone", "GMT")
        return cls(row.title or "", row.presenter or "", starts, row.ends or starts, zone)

    def is_as(self, now: ClassNow) -> bool:
        return (self.title, self.presenter, self.starts, self.ends) == (
            now.title,
            now.presenter,
            now.starts,
            now.ends,
        )


def _standing(now: ClassNow, was: _Was) -> Standing:
    shown = now if now.is_there else was  # of one that was cancelled: what it was
    return Standing(
        class_id=now.class_id,
        is_there=now.is_there,
        title=shown.title,
        presenter=shown.presenter,
        starts=datetime.fromtimestamp(shown.starts, UTC),
        minutes=(shown.ends - shown.starts) // 60,
        zone=shown.zone,
    )


def _since(now: ClassNow, was: _Was) -> Message | None:
    """What became of a class since a batch was done with it; None: nothing that can be seen."""
    by = {"class_id": now.class_id, "by": now.changed_by, "is_undo": now.is_undo}
    if not now.is_there:
        return Message(RowNote.CANCELLED_SINCE, by)
    if was.is_as(now):
        return None
    when = (now.starts, now.ends, now.zone)
    return Message(RowNote.CHANGED_SINCE, {**by, "title": now.title, "when": when})


_STOOD = frozenset({Outcome.SCHEDULED, Outcome.ALREADY, Outcome.CHANGED})


def _loose(journal: Journal, row: JournalRow) -> RowOutcome | None:
    """Of a run that ended before it had decided: the class may be something else, by what an earlier run did to it."""
    class_id = next((each.class_id for each in row.attempts if each.has_class), None)
    sent = journal.operations.of_class(class_id) if class_id else []
    last = next((each for each in reversed(sent) if each.is_done), None)
    if any(each.is_in_doubt and (last is None or each.number > last.number) for each in sent):
        note = Message(ChangeNote.UNANSWERED_CHANGE, {"class_id": class_id})
        return RowOutcome(row.batch, row.position, Outcome.UNKNOWN, None, note)
    if last is None or last.kind is not Kind.PARK or last.starts is None:
        return None
    was = _Was.of(row)
    when = (last.starts, last.starts + was.ends - was.starts, was.zone)
    note = Message(ChangeNote.IS_PARKED, {"class_id": class_id, "when": when})
    return RowOutcome(row.batch, row.position, Outcome.HELD, None, note)


def _as_it_is(journal: Journal, row: JournalRow, waiting: Outcome) -> tuple[RowOutcome, ClassNow | None]:
    """What to say of a row now, and what became of its class since, or of the one that it was not changed to."""
    ending = reported(row, waiting)
    if row.outcome is None and ending.outcome in _STOOD and (loose := _loose(journal, row)):
        return loose, None
    if ending.outcome not in _STOOD:
        class_id = row.class_id or (ending.message and class_of_note(ending.message))
        return ending, journal.reports.class_now(class_id) if class_id else None
    if row.fingerprint is None:  # of an undo: it was changed back
        class_id = row.class_id
    else:
        if class_state(row.attempts) in {ClassState.THERE, ClassState.IN_DOUBT}:
            return ending, None
        class_id = next(
            (each.former_class_id for each in reversed(row.attempts) if each.former_class_id), None
        )
    now = journal.reports.class_now(class_id) if class_id else None
    note = _since(now, _Was.of(row)) if now else None
    if now is None or note is None:
        return ending, None
    outcome = ending.outcome if now.is_there else Outcome.CANCELLED
    return replace(ending, outcome=outcome, message=note), now


def _result(
    journal: Journal,
    row: JournalRow,
    waiting: Outcome,
    reader: Reader,
    *,
    among_sheets: bool,
    lessons: int,
    cell: str,
) -> ResultRow:
    ending, now = _as_it_is(journal, row, waiting)
    outcome = ending.outcome or waiting
    note = ending.message or _WITHOUT_NOTE.get(outcome)
    made = next((attempt for attempt in row.attempts if attempt.has_class), None)
    if made is None and outcome in DONE:  # it was changed or cancelled since: which it was is still told
        made = next((attempt for attempt in reversed(row.attempts) if attempt.former_class_id), None)
    last = made or next((attempt for attempt in reversed(row.attempts) if attempt.call_id), None)
    starts, ends = row.starts, row.ends
    cause = _cause(note)
    return ResultRow(
        number=row.number,
        sheet=row.sheet,
        cell=cell,
        lessons=lessons,
        among_sheets=among_sheets,
        outcome=outcome,
        call_id=last.call_id if last else None,
        class_id=(made.class_id or made.former_class_id) if made else row.class_id,
        error_code=ending.code,
        action=_action(outcome, note),
        reason=_reason(ending.code, note) if outcome is Outcome.HELD else None,
        message=both_of(note, reader) if note else None,
        cause=message_of(cause, reader) if cause else "",
        own_hint=hint_of(cause, reader) if cause else "",
        kind=cause.what.value if cause else "",
        attempts=sum(attempt.kind is AttemptKind.SENT for attempt in row.attempts),
        title=row.title,
        presenter=row.presenter,
        starts=datetime.fromtimestamp(starts, UTC) if starts is not None else None,
        minutes=(ends - starts) // 60 if starts is not None and ends is not None else None,
        zone=(row.parameters or {}).get("time_zone"),
        free_at=_free_at(note) if outcome is Outcome.HELD else None,
        now=_standing(now, _Was.of(row)) if now else None,
        presenter_url=row.presenter_url or (now.presenter_url if now and outcome in DONE else None),
        fingerprint=row.fingerprint,
        cells=row.cells,
        problems=worded(row.issues, reader),
    )


def load_of(journal: Journal, batch: str, *, limit: int | None, extend_counts: bool = True) -> Load:
    """How many classes a file asks for at once, by hour and day, with those of the account's other files.

    Args:
        limit: as the settings have it; None: what was learned.
    """
    learned, policy = journal.account.learned(LIMIT), journal.account.learned(POLICY)
    if limit is None and learned and not (policy and policy[0] == LimitPolicy.INFLIGHT):
        limit = int(learned[0])
    first, last = journal.planning.span(batch) or (0, 0)
    own = journal.reports.to_be_changed(batch)  # wanted where their rows are, or nowhere
    others = journal.planning.elsewhere(batch, first - _DAY_S, last + _DAY_S, gone=own)
    return busiest(
        journal.planning.lessons(batch),
        ((other.starts, other.room_until) for other in others),
        limit=limit,
        extend_counts=extend_counts,
    )
