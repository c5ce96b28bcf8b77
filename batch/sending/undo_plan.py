"""What an undo does to each class that a batch made or changed, in which order, and what it leaves alone.

Only reads the journal, and runs where its connection is used. What is decided about one
class stands in `core/changes/undo.py`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace

from batch.core.changes.account import Slot
from batch.core.changes.decide import Hand, changes
from batch.core.changes.operation import Place
from batch.core.changes.undo import (
    Adopt,
    Cancel,
    ChangeBack,
    Decision,
    Leaves,
    TouchedRow,
    by_the_journal,
    decide,
)
from batch.core.message import Message, UndoNote
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.service.listed import Seen
from batch.journal.records import Batch, Gone, JournalRow, RowOutcome, wanted_of
from batch.journal.store import Journal
from batch.journal.versions import StandingClass
from batch.sending.as_left import ClassesAsLeft, class_as, open_among, parking_of
from batch.sending.change_notes import changed_message
from batch.sending.class_work import ChangePlan, Work, in_order

#: What the account's list shows; more than that a person cannot be seen to have changed back.
_LISTED = frozenset({"title", "start_time", "time_zone", "duration"})
_NOTES: Mapping[Leaves, UndoNote] = {
    Leaves.CHANGED_SINCE: UndoNote.LATER_CHANGE,
    Leaves.CANCELLED_BY_HAND: UndoNote.GONE_BY_HAND,
    Leaves.NOT_LISTED: UndoNote.EDITS_UNKNOWN,
    Leaves.BEGUN: UndoNote.BEGUN_OR_OVER,
    Leaves.PASSED: UndoNote.TIME_HAS_PASSED,
    Leaves.TAKEN: UndoNote.PLACE_TAKEN,
    Leaves.FORGOTTEN: UndoNote.ROW_FORGOTTEN,
    Leaves.NO_NUMBER: UndoNote.NUMBER_UNKNOWN,
    Leaves.TAKEN_OVER: UndoNote.OF_ANOTHER_JOURNAL,
    Leaves.CANCELLED: UndoNote.NOT_BROUGHT_BACK,
}


@dataclass(slots=True, kw_only=True)
class UndoPlan(ChangePlan):
    """What is to be done, and what is left as it is."""

    rows: dict[int, str | None] = field(
        default_factory=dict
    )  #: all that are looked at, by position, with their class
    numbers: frozenset[int] = frozenset()  #: of these rows, as Excel shows them
    back: list[Message] = field(default_factory=list)  #: what is changed back, for whoever is asked
    off: list[Message] = field(default_factory=list)  #: what is cancelled
    left: list[Message] = field(default_factory=list)  #: what is left as it is
    lost: list[Gone] = field(default_factory=list)  #: what the batch cancelled: it does not come back

    @property
    def targets(self) -> dict[int, Place]:
        """The rows that classes are to stand for again, by the position of the row that is undone."""
        works = (*self.works.values(), *self.adopted)
        return {work.tag: work.meant for work in works if work.meant is not None}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left of what is looked at: each class is cancelled, or as it was before."""
        return not (self.works or self.adopted or self.left)

    @property
    def sends(self) -> bool:
        """Whether anything is done in the account."""
        return bool(self.works)


class UndoPlanner:
    """Makes the plan of one undo."""

    def __init__(
        self,
        journal: Journal,
        undone: Batch,
        undo: Batch,
        *,
        known: ClassesAsLeft,
        numbers: Collection[int] | None,
        overwrite_edits: bool,
        limit: int | None,
        now: float,
        name_of: Callable[[str], str],
    ) -> None:
        """The list in hand stands beside the journal.

        Args:
            journal: of the account.
            undone: what is to be taken back.
            undo: the batch that takes it back; it may have begun to.
            known: the account's classes.
            numbers: of the rows that are meant; None: all.
            overwrite_edits: classes that somebody edited in WizIQ are taken back, too.
            limit: how many classes may run at once.
            now: UTC seconds.
            name_of: as for `changed_message`.
        """
        self._journal = journal
        self._undone = undone
        self._undo = undo
        self._known = known
        self._numbers = numbers
        self._overwrites = overwrite_edits
        self._now = now
        self._name_of = name_of
        self._plan = UndoPlan(limit=limit)
        self._standing: dict[str, StandingClass] = {}
        self._seen: dict[str, Seen] = {}
        self._targets: dict[Place, JournalRow] = {}

    def make(self) -> UndoPlan:
        """Decide on every class that the batch touched."""
        plan = self._plan
        rows = list(self._rows())
        plan.rows = {row.position: row.class_id for row in rows}
        plan.numbers = frozenset(row.number for row in rows)
        if self._numbers is None:
            plan.lost = [
                each
                for each in self._journal.operations.gone(self._undone.id)
                if each.outcome is Outcome.CANCELLED
            ]
            plan.entries += map(self._lost, plan.lost)
        ids = [row.class_id for row in rows if row.class_id]
        self._standing = self._journal.batches.versions(self._undone).standing(ids)
        self._seen = self._known.seen(ids)
        rows = [self._with_facts(row) for row in rows]
        decisions = self._decide(rows)
        settled = self._settled()
        for row in rows:
            if row.position not in settled:
                self._note(row, decisions[row.position])
        self._put_in_order({row.position: row for row in rows})
        return plan

    def _lost(self, gone: Gone) -> Gone:
        """A class that the batch cancelled, told once more."""
        note = Message(UndoNote.NOT_BROUGHT_BACK, {"class_id": gone.class_id})
        return replace(gone, batch=self._undo.id, outcome=None, code=None, message=note)

    def _rows(self) -> Iterator[TouchedRow]:
        found = self._journal.undo.touched(self._undone.id)
        return (row for row in found if self._numbers is None or row.number in self._numbers)

    def _with_facts(self, row: TouchedRow) -> TouchedRow:
        standing = self._standing.get(row.class_id or "")
        return replace(row, is_joint=standing is not None and standing.is_joint)

    def _settled(self) -> frozenset[int]:
        """The rows that this undo has done with before it was cut short."""
        rows = self._journal.reports.rows(self._undo.id)
        return frozenset(
            row.position
            for row in rows
            if row.outcome in {Outcome.CANCELLED, Outcome.CHANGED, Outcome.REFUSED}
        )

    def _decide(self, rows: Sequence[TouchedRow]) -> dict[int, Decision]:
        undos = self._journal.undo.undos(self._undone.id) | {self._undo.id}
        wishes = [by_the_journal(row, self._undone.id, undos) for row in rows]
        places = {wish.to for wish in wishes if isinstance(wish, ChangeBack)}
        for place in places:
            try:
                found = self._journal.sending.row(place.batch, place.position)
            except KeyError:
                continue  # forgotten by now
            if found.fingerprint == place.fingerprint:
                self._targets[place] = found
        return decide(
            rows,
            self._undone.id,
            undos,
            hand=self._hand,
            begins={place: row.starts or 0 for place, row in self._targets.items()},
            holders=self._journal.undo.holders([place.fingerprint for place in places]),
            now=int(self._now),
            overwrite_edits=self._overwrites,
        )

    def _hand(self, row: TouchedRow, to: Place | None) -> Hand:
        class_id = row.class_id or ""
        target = self._targets.get(to) if to is not None else None
        wanted = wanted_of(target) if target is not None else None
        return self._known.hand(self._standing[class_id], row.operations, wanted, self._seen.get(class_id))

    # -- one row -----------------------------------------------------------------------

    def _note(self, row: TouchedRow, decision: Decision) -> None:
        match decision:
            case Cancel():
                work = self._work(row, None)
                self._plan.works[work.tag] = work
                self._plan.off.append(class_as(self._standing[work.class_id]))
                self._later(row)
            case ChangeBack(to):
                work = self._work(row, to)
                self._plan.works[work.tag] = work
                self._show_back(work)
                self._later(row)
            case Adopt(to):
                work = self._work(row, to)
                if work.is_loose or work.parameters.keys() - _LISTED:
                    self._note(row, ChangeBack(to))
                    return
                self._plan.adopted.append(work)
                self._tell(row, Outcome.ALREADY, Message(UndoNote.BACK_BY_HAND, {"class_id": row.class_id}))
            case Leaves.DONE_BEFORE:
                is_new = row.created_by == self._undone.id
                outcome = Outcome.CANCELLED if is_new else Outcome.ALREADY
                self._tell(row, outcome, Message(UndoNote.NOTHING_LEFT, {"class_id": row.class_id}))
            case Leaves.IN_DOUBT:
                self._leave(row, Message(UndoNote.IN_DOUBT, {"class_id": row.class_id}), Outcome.UNKNOWN)
            case Leaves.EDITED:
                class_id = row.class_id or ""
                facts = self._known.edited(self._standing[class_id], self._seen[class_id])
                self._leave(row, Message(UndoNote.EDITED_SINCE, facts))
            case Leaves.JOINT:
                file = self._standing[row.class_id or ""].joint_with
                self._leave(row, Message(UndoNote.ASKED_FOR_BY, {"class_id": row.class_id, "file": file}))
            case Leaves():
                self._leave(row, Message(_NOTES[decision], {"class_id": row.class_id}))

    def _work(self, row: TouchedRow, to: Place | None) -> Work:
        class_id = row.class_id or ""
        old, operations = self._standing[class_id], row.operations
        target = self._targets[to] if to is not None else None
        stands = self._known.stands(old, operations, self._seen.get(class_id))
        is_loose = any(map(open_among(operations), operations)) or parking_of(operations) is not None
        is_recent = any(map(self._known.is_recent, operations))
        whole = dict(target.parameters or {}) if target is not None else {}
        is_whole = is_loose or is_recent or self._overwrites
        return Work(
            tag=row.position,
            position=row.position,
            class_id=class_id,
            was=old.row,
            meant=to,
            parameters=whole if is_whole else changes(old.parameters, whole) if target is not None else {},
            whole=whole,
            old=old.parameters,
            before=stands,
            after=self._slot_of(target) if target is not None else stands,
            zone=old.zone,
            note=self._changed(old, target) if target is not None else Message(UndoNote.TAKEN_BACK),
            left=tuple(self._known.left(old, operations)),
            wanted=wanted_of(target) if target is not None else None,
            is_loose=is_loose,
        )

    def _slot_of(self, row: JournalRow) -> Slot:
        starts = row.starts or 0
        ends = row.ends or starts
        return self._known.slot(row.presenter or "", starts, ends, row.room_until or ends)

    def _changed(self, old: StandingClass, target: JournalRow) -> Message:
        """What is changed back, each with its value before and after."""
        zone = (target.parameters or {}).get("time_zone", "GMT")
        return changed_message(old, target.parameters or {}, target.starts or 0, zone, self._name_of)

    def _show_back(self, work: Work) -> None:
        of = class_as(self._standing[work.class_id])
        self._plan.back.append(Message(work.note.what, {**work.note.facts, "of": of}))

    def _later(self, row: TouchedRow) -> None:
        self._tell(row, Outcome.NOT_SENT, Message(UndoNote.NOT_TAKEN_BACK_YET))

    def _leave(self, row: TouchedRow, note: Message, outcome: Outcome = Outcome.HELD) -> None:
        standing = self._standing.get(row.class_id or "")
        of = {"of": class_as(standing)} if standing else {}
        self._plan.left.append(Message(note.what, {**note.facts, **of, "row": row.number}))
        self._tell(row, outcome, note)

    def _tell(self, row: TouchedRow, outcome: Outcome, note: Message) -> None:
        self._plan.entries.append(RowOutcome(self._undo.id, row.position, outcome, None, note))

    # -- the order -----------------------------------------------------------------------

    def _put_in_order(self, rows: Mapping[int, TouchedRow]) -> None:
        plan = self._plan
        if not plan.works:
            return
        handled = {work.class_id for work in plan.works.values()}
        plan.others = list(self._known.other_classes(handled))
        found = in_order(plan.works.values(), plan.others, {}, limit=plan.limit, now=self._now)
        plan.steps = found.steps
        for tag, why in found.held.items():
            work = plan.works.pop(tag)
            plan.others.append(work.before)
            self._leave(
                rows[tag], Message(UndoNote.NO_WAY_BACK, {"class_id": work.class_id, "why": why.value})
            )
