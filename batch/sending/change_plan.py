"""What a file changes: each class of its earlier versions beside its row and the account's list, and the order of it all.

Only reads the journal, and runs where its connection is used. What is decided about one
class stands in `core/changes/decide.py`, and in which order in `core/changes/order.py`.
"""

from collections.abc import Sequence
from dataclasses import replace

from batch.core.changes.decide import (
    Hand,
    Known,
    Verdict,
    changes,
    of_gone,
    of_row,
    with_unnamed,
)
from batch.core.changes.kinship import Kinship, is_too_much
from batch.core.changes.operation import Operation, OperationEnding, Place
from batch.core.message import ChangeNote, Message, RowNote, SyncNote
from batch.core.outcome import Outcome
from batch.core.rows.lost_columns import LostColumn, lost_column
from batch.core.rows.row import Header
from batch.core.service.listed import Seen
from batch.journal.records import Batch, Gone, GoneOutcome, RowOutcome
from batch.journal.store import Journal
from batch.journal.versions import NewRow, StandingClass
from batch.sending.as_left import ClassesAsLeft, class_as, is_loose, open_among, parking_of
from batch.sending.change_notes import changed_message, loose, overwriting, refused, why_held
from batch.sending.class_work import ChangePlan, Work, in_order
from batch.sending.earlier_versions import Beside, beside_earlier
from batch.sending.terms import Terms

#: Tags of classes that are to be cancelled begin here; those of rows are their positions.
_OF_GONE = 10**9
#: What these refusals depend on changes by itself.
_PASSING = frozenset({"1012", "1032"})


class ChangePlanner:
    """Makes the plan of one batch."""

    def __init__(
        self,
        journal: Journal,
        batch: Batch,
        header: Header,
        terms: Terms,
        *,
        known: ClassesAsLeft,
        now: float,
        limit: int | None,
        is_check: bool = False,
    ) -> None:
        """The list in hand stands beside the journal.

        Args:
            journal: of the account.
            batch: the file that was taken in.
            header: its own.
            terms: what is wanted.
            known: the account's classes.
            now: UTC seconds.
            limit: how many classes may run at once.
            is_check: nothing is sent, and what would be is called ready.
        """
        self._journal = journal
        self._batch = batch
        self._header = header
        self._terms = terms
        self._known = known
        self._now = now
        self._is_check = is_check
        self._plan = ChangePlan(limit=limit)

    def make(self) -> ChangePlan:
        """Decide on every class of the earlier versions."""
        terms = self._terms
        whole = terms.changes.sync and terms.changes.whole
        beside = beside_earlier(
            self._journal, self._batch, self._header, replaces=terms.replaces, whole=whole
        )
        plan = self._plan
        if not beside.old:
            return plan
        compared = beside.comparison.compared
        if compared.kinship is Kinship.SHIFTED:
            plan.stopped = beside.shifted
            return plan
        if compared.kinship is Kinship.ANOTHER and self._terms.changes.sync:
            facts = {"file": self._batch.file, "lessons": compared.lessons, "found": compared.found}
            plan.another = Message(SyncNote.ANOTHER_VERSION, facts)
        self._decide(beside)
        plan.moved = self._known.moved
        self._leave_out()
        self._put_in_order(beside)
        return plan

    def _decide(self, beside: Beside) -> None:
        ids = [each.class_id for each in beside.old.values()]
        seen = self._known.seen(ids)
        operations = self._journal.operations.of_classes(ids)
        matching = beside.comparison.matching
        for each in matching.matches:
            old, row = beside.old[each.old], beside.new[each.new]
            if row.is_waiting:
                inferred = each.by.value if beside.is_another_row(each) else ""
                self._row(old, row, operations.get(old.class_id, []), seen.get(old.class_id), inferred)
            elif row.is_held and is_loose(done := operations.get(old.class_id, [])):
                self._tell_gone(old, *loose(old, done))  # the row tells of what it waits for, not of this one
        for tag in matching.unsure:
            if beside.new[tag].is_waiting and not (self._terms.changes.as_new or self._terms.changes.sync):
                self._hold(beside.new[tag], Verdict.HELD_MOVED, Message(ChangeNote.EARLIER_CLASSES))
        asked_for = {row.lesson.fingerprint for row in beside.new.values()}
        last = max((row.lesson.starts for row in beside.new.values()), default=0)
        gone, beyond = frozenset(matching.gone), frozenset(beside.comparison.beyond)
        for tag in dict.fromkeys((*matching.gone, *beside.comparison.beyond)):
            old = beside.old[tag]
            if old.is_joint:
                self._kept(old)
            elif tag in beyond and (tag not in gone or self._terms.changes.keep_gone):
                self._beyond(old, is_after=old.lesson.starts > last)
            else:
                is_asked_for = old.lesson.fingerprint in asked_for
                done = operations.get(old.class_id, [])
                may_be_beyond = any(
                    beside.comparison.may_be_beyond(each.starts) for each in filter(open_among(done), done)
                )
                self._gone(old, done, seen.get(old.class_id), is_asked_for, may_be_beyond)

    # -- a row ---------------------------------------------------------------------

    def _row(
        self, old: StandingClass, row: NewRow, operations: Sequence[Operation], seen: Seen | None, by: str
    ) -> None:
        terms = self._terms.changes
        row = replace(row, parameters=with_unnamed(old.parameters, row.parameters, self._header.columns))
        work = self._work(old, row, operations, seen)
        known = self._facts(old, work, seen, operations)
        verdict = of_row(old.parameters, row.parameters, known, terms, is_inferred=bool(by))
        if verdict.changes and (lost := self._lost(old, row)) is not None:
            facts = {"class_id": old.class_id, **lost._asdict()}
            self._hold(row, Verdict.HELD_LOST, Message(ChangeNote.COLUMN_LOST, facts))
            return
        if verdict is Verdict.CHANGE and known.hand is Hand.EDITED and seen is not None:
            work = replace(work, note=overwriting(work.note, self._known.edited(old, seen)["listed"]))
        facts = {"class_id": old.class_id}
        match verdict:
            case Verdict.NOTHING:
                self._plan.unchanged += 1
            case Verdict.CHANGE:
                self._plan.works[work.tag] = work
                self._show(verdict, class_as(old), work.note)
                outcome = Outcome.READY if self._is_check else Outcome.NOT_SENT
                note = work.note if self._is_check else Message(ChangeNote.NOT_CHANGED_YET, facts)
                self._plan.entries.append(RowOutcome(self._batch.id, row.lesson.tag, outcome, None, note))
            case Verdict.ADOPT:
                self._plan.adopted.append(work)
                note = Message(ChangeNote.CHANGED_BY_HAND, facts)
                self._plan.entries.append(
                    RowOutcome(self._batch.id, row.lesson.tag, Outcome.ALREADY, None, note)
                )
            case Verdict.ANEW:
                self._plan.anew.append(work)
            case Verdict.REFUSED:
                last = operations[-1]
                self._tell(row, Outcome.REFUSED, last.code, refused(last))
            case Verdict.UNANSWERED:
                self._tell(row, *loose(old, operations))
            case _:
                self._hold(row, verdict, why_held(verdict, old, self._known, seen, by))

    def _lost(self, old: StandingClass, row: NewRow) -> LostColumn | None:
        """A column that this file has not, and that the class got its value from."""
        sent = None if self._terms.replaces else self._journal.batches.find(old.row.batch)
        if sent is None:
            return None
        return lost_column(old.parameters, row.parameters, sent.header, self._header.columns)

    def _work(
        self, old: StandingClass, row: NewRow, operations: Sequence[Operation], seen: Seen | None
    ) -> Work:
        place = Place(batch=self._batch.id, position=row.lesson.tag, fingerprint=row.lesson.fingerprint)
        may_differ = is_loose(operations)
        is_recent = any(map(self._known.is_recent, operations))
        is_whole = may_differ or is_recent or self._terms.changes.overwrite_edits
        return Work(
            tag=row.lesson.tag,
            position=row.lesson.tag,
            class_id=old.class_id,
            was=old.row,
            meant=place,
            parameters=dict(row.parameters) if is_whole else changes(old.parameters, row.parameters),
            whole=row.parameters,
            old=old.parameters,
            before=self._known.stands(old, operations, seen),
            after=self._known.slot(row.presenter, row.lesson.starts, row.ends, row.room_until),
            zone=old.zone,
            note=changed_message(old, row.parameters, row.lesson.starts, row.zone, self._header.own_name),
            left=tuple(self._known.left(old, operations)),
            wanted=row.wanted,
            is_loose=may_differ,
        )

    # -- a class without a row -------------------------------------------------------

    def _gone(
        self,
        old: StandingClass,
        operations: Sequence[Operation],
        seen: Seen | None,
        is_asked_for: bool,
        may_be_beyond: bool,
    ) -> None:
        tag = _OF_GONE + old.lesson.tag
        stands = self._known.stands(old, operations, seen)
        work = Work(
            tag=tag,
            class_id=old.class_id,
            was=old.row,
            meant=None,
            parameters={},
            whole={},
            old=old.parameters,
            before=stands,
            after=stands,
            zone=old.zone,
            note=Message(ChangeNote.CANCELLED),
            left=tuple(self._known.left(old, operations)),
            wanted=None,
        )
        known = replace(
            self._facts(old, work, seen, operations), is_asked_for=is_asked_for, may_be_beyond=may_be_beyond
        )
        verdict = of_gone(known, self._terms.changes)
        outcome: Outcome | None = None
        code: str | None = None
        note: Message | None = None
        match verdict:
            case Verdict.CANCEL:
                self._plan.works[tag] = work
                outcome = Outcome.READY if self._is_check else Outcome.NOT_SENT
                note = None if self._is_check else Message(ChangeNote.NOT_CANCELLED_YET)
                self._show(verdict, class_as(old))
            case Verdict.REFUSED:
                outcome, code, note = Outcome.REFUSED, operations[-1].code, refused(operations[-1])
            case Verdict.UNANSWERED:
                outcome, code, note = loose(old, operations)
            case Verdict.ADOPT:
                self._plan.adopted.append(work)
            case verdict if verdict.is_held:
                outcome, note = Outcome.HELD, why_held(verdict, old, self._known, seen, is_gone=True)
                self._show(verdict, class_as(old), note)
        self._tell_gone(old, outcome, code, note)

    def _kept(self, old: StandingClass) -> None:
        """A class that another timetable asks for, too: it has not gone, and is named."""
        note = Message(ChangeNote.KEPT_FOR, {"class_id": old.class_id, "file": old.joint_with})
        self._show(Verdict.HELD_JOINT, class_as(old), note)
        self._tell_gone(old, None, None, note)

    def _beyond(self, old: StandingClass, *, is_after: bool) -> None:
        """A class that the version before asked for, of a time that the file says nothing about."""
        self._show(Verdict.BEYOND, class_as(old))
        self._tell_gone(old, None, None, Message(ChangeNote.BEYOND, {"is_after": is_after}))

    def _tell_gone(
        self, old: StandingClass, outcome: Outcome | None, code: str | None, note: Message | None
    ) -> None:
        self._plan.entries.append(
            Gone(
                batch=self._batch.id,
                class_id=old.class_id,
                title=old.title,
                presenter=old.presenter,
                starts=old.lesson.starts,
                ends=old.ends,
                zone=old.zone,
                row_then=old.number,
                outcome=outcome,
                code=code,
                message=note,
            )
        )

    # -- what is known of a class ------------------------------------------------------

    def _facts(
        self, old: StandingClass, work: Work, seen: Seen | None, operations: Sequence[Operation]
    ) -> Known:
        last = operations[-1] if operations else None
        was_refused = (
            last is not None
            and last.ending is OperationEnding.REFUSED
            and last.code not in _PASSING
            and (last.meant and last.meant.fingerprint) == (work.meant and work.meant.fingerprint)
            and dict(last.parameters) == dict(work.parameters)
        )
        return Known(
            hand=self._known.hand(old, operations, work.wanted, seen),
            is_joint=old.is_joint,
            is_taken_over=self._journal.operations.was_taken_over(old.class_id),
            is_parked=parking_of(operations) is not None,
            is_in_doubt=any(map(open_among(operations), operations)),
            was_refused=was_refused,
        )

    # -- what is said ----------------------------------------------------------------

    def _hold(self, row: NewRow, verdict: Verdict, note: Message) -> None:
        when = (row.lesson.starts, row.ends, row.zone)
        self._show(verdict, Message(ChangeNote.CLASS_AS, {"title": row.title, "when": when}), note)
        self._tell(row, Outcome.HELD, None, note)

    def _tell(self, row: NewRow, outcome: Outcome, code: str | None, note: Message) -> None:
        self._plan.entries.append(RowOutcome(self._batch.id, row.lesson.tag, outcome, code, note))

    def _show(self, verdict: Verdict, of: Message, note: Message | None = None) -> None:
        self._plan.shown.setdefault(verdict, []).append(
            of if note is None else Message(note.what, {**note.facts, "of": of})
        )

    # -- the order -------------------------------------------------------------------

    def _leave_out(self) -> None:
        """What is not to be sent in this run: all of it while a row is invalid, or more than so many."""
        terms, works = self._terms, self._plan.works
        most, what, facts = terms.most_rows, RowNote.MOST_ROWS, {"most": terms.most_rows}
        if terms.only_if_all_valid and self._journal.planning.has_invalid(self._batch.id):
            most, what, facts = 0, RowNote.OTHERS_INVALID, {}
        for tag in sorted(works)[most:] if most is not None else ():
            work = works.pop(tag)
            note = Message(what, {**facts, "class_id": work.class_id})
            if work.meant is not None:
                self._plan.entries.append(RowOutcome(self._batch.id, tag, Outcome.NOT_SENT, None, note))
            else:
                self._plan.entries.append(
                    GoneOutcome(self._batch.id, work.class_id, Outcome.NOT_SENT, None, note)
                )

    def _put_in_order(self, beside: Beside) -> None:
        """In which order it is done; what cannot be is held."""
        plan = self._plan
        settled = {entry.position for entry in plan.entries if isinstance(entry, RowOutcome)}
        creates = {
            row.lesson.tag: self._known.slot(row.presenter, row.lesson.starts, row.ends, row.room_until)
            for row in beside.new.values()
            if row.is_waiting and not row.has_class and row.lesson.tag not in settled
        }
        if creates or plan.works:
            plan.others = list(self._known.other_classes({work.class_id for work in plan.works.values()}))
        if not plan.works:
            plan.count_new(creates)
            return
        found = in_order(plan.works.values(), plan.others, creates, limit=plan.limit, now=self._now)
        plan.steps = found.steps
        for tag, why in found.held.items():
            if tag in plan.works:
                work = plan.works.pop(tag)
                plan.others.append(work.before)
                row = beside.new[tag]
                facts = {"class_id": work.class_id, "why": why.value}
                self._hold(row, Verdict.HELD_MOVED, Message(ChangeNote.NO_ORDER, facts))
        plan.count_new(creates)
        self._guard(len(beside.old))

    def _guard(self, classes: int) -> None:
        works = [work for work in self._plan.works.values() if not work.is_loose]
        cancelled = sum(work.meant is None for work in works)
        changed, most = len(works) - cancelled, self._terms.most
        if is_too_much(most, classes=classes, changed=changed, cancelled=cancelled):
            facts = {
                "classes": classes,
                "touched": len(works),
                "changed": changed,
                "cancelled": cancelled,
                "most_changed": most.most_changed_percent,
                "most_cancelled": most.most_cancelled_percent,
            }
            self._plan.stopped = Message(SyncNote.TOO_MUCH_CHANGED, facts)
