"""What a file changes: each class of its earlier versions beside its row and the account's list, and the order of it all.

Only reads the journal, and runs where its connection is used. What is decided about one
class stands in `core/changes/decide.py`, and in which order in `core/changes/order.py`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from batch.core.changes.account import Slot
from batch.core.changes.decide import (
    Hand,
    Known,
    Verdict,
    changes,
    of_gone,
    of_row,
)
from batch.core.changes.kinship import Kinship, is_too_much
from batch.core.changes.operation import Kind, Operation, OperationEnding, Place
from batch.core.changes.order import Change, Order, Step, Wanted, order
from batch.core.message import ChangeNote, Message, SyncNote
from batch.core.outcome import Outcome
from batch.core.plan.admission import LIMIT
from batch.core.rows.row import Header
from batch.core.service.audit import stands_as_sent
from batch.core.service.calibration import Calibration
from batch.core.service.listed import Seen
from batch.core.service.listed import Wanted as SentClass
from batch.journal.records import BLOCK, Batch, Entry, Gone, RowOutcome, wanted_of
from batch.journal.store import Journal
from batch.journal.versions import NewRow, StandingClass
from batch.sending.changed_settings import as_typed
from batch.sending.earlier_versions import Beside, beside_earlier
from batch.sending.terms import Terms

#: Tags of classes that are to be cancelled begin here; those of rows are their positions.
_OF_GONE = 10**9
#: What these refusals depend on changes by itself.
_PASSING = frozenset({"1012", "1032"})
#: How long a listed class lasts that does not say so.
_USUAL_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be done to one class."""

    tag: int
    class_id: str
    was: Place
    meant: Place | None  #: None: it is to be cancelled
    parameters: Mapping[str, str]  #: what is sent of the row
    whole: Mapping[str, str]  #: all that the row says
    old: Mapping[str, str]  #: all that the class was sent before
    before: Slot
    after: Slot
    zone: str  #: of the class as it stands, for parking it
    note: Message  #: what is said of it once it is done
    left: tuple[SentClass, ...]  #: what it may be listed as until then
    wanted: SentClass | None  #: and afterwards
    is_loose: bool = False  #: nobody knows for sure how it stands


@dataclass(slots=True, kw_only=True)
class ChangePlan:
    """What is to be done, and what is said of the rest."""

    works: dict[int, Work] = field(default_factory=dict)  #: by tag
    steps: tuple[Step, ...] = ()
    others: list[Slot] = field(default_factory=list)  #: what else the account holds
    limit: int | None = None
    entries: list[Entry] = field(default_factory=list)  #: what is known of rows and classes by now
    adopted: list[Work] = field(default_factory=list)  #: as their row says already
    anew: list[Work] = field(default_factory=list)  #: once it is proved that their class was cancelled
    new: int = 0  #: rows to be created
    unchanged: int = 0
    shown: dict[Verdict, list[Message]] = field(default_factory=dict)  #: for whoever is asked
    stopped: Message | None = None  #: why nothing of the file may be sent
    another: Message | None = (
        None  #: it looks like another timetable: nothing is inferred, and nothing has gone
    )

    @property
    def changed(self) -> int:
        return sum(work.meant is not None for work in self.works.values())

    @property
    def cancelled(self) -> int:
        return sum(work.meant is None for work in self.works.values())


class ChangePlanner:
    """Makes the plan of one batch."""

    def __init__(
        self,
        journal: Journal,
        batch: Batch,
        header: Header,
        terms: Terms,
        *,
        calibration: Calibration | None,
        cancelled: frozenset[str],
        now: float,
        recent_s: float,
        limit: int | None,
        is_check: bool = False,
    ) -> None:
        """The list in hand stands beside the journal.

        Args:
            journal: of the account.
            batch: the file that was taken in.
            header: its own.
            terms: what is wanted.
            calibration: what is known of the list; None: there is none, and no hand edit can be seen. A check asks for none.
            cancelled: classes that the list shows as such.
            now: UTC seconds.
            recent_s: what was done so short a time ago may be listed as it was before.
            limit: how many classes may run at once.
            is_check: nothing is sent, and what would be is called ready.
        """
        self._journal = journal
        self._batch = batch
        self._header = header
        self._terms = terms
        self._calibration = calibration
        self._cancelled = cancelled
        self._now = now
        self._recent_s = recent_s
        self._is_check = is_check
        self._plan = ChangePlan(limit=limit)
        self._stays: dict[
            str, Slot | None
        ] = {}  # classes that are not where the journal's row says; None: nowhere

    def make(self) -> ChangePlan:
        """Decide on every class of the earlier versions."""
        beside = beside_earlier(self._journal, self._batch, self._header, replaces=self._terms.replaces)
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
        self._put_in_order(beside)
        return plan

    def _decide(self, beside: Beside) -> None:
        ids = [each.class_id for each in beside.old.values()]
        seen = {} if self._calibration is None else self._journal.listed.seen(ids)
        operations = self._journal.operations.of_classes(ids)
        matching = beside.comparison.matching
        for each in matching.matches:
            old, row = beside.old[each.old], beside.new[each.new]
            if row.is_waiting:
                inferred = each.by.value if each.by.is_inferred else ""
                self._row(old, row, operations.get(old.class_id, []), seen.get(old.class_id), inferred)
        for tag in matching.unsure:
            if beside.new[tag].is_waiting and not (self._terms.changes.as_new or self._terms.changes.sync):
                self._hold(beside.new[tag], Verdict.HELD_MOVED, Message(ChangeNote.EARLIER_CLASSES))
        for tag in matching.gone:
            old = beside.old[tag]
            if not old.is_joint:
                self._gone(old, operations.get(old.class_id, []), seen.get(old.class_id))

    # -- a row ---------------------------------------------------------------------

    def _row(
        self, old: StandingClass, row: NewRow, operations: Sequence[Operation], seen: Seen | None, by: str
    ) -> None:
        terms = self._terms.changes
        work = self._work(old, row, operations)
        known = self._known(old, work, seen, operations)
        verdict = of_row(old.parameters, row.parameters, known, terms, is_inferred=bool(by))
        facts = {"class_id": old.class_id}
        match verdict:
            case Verdict.NOTHING:
                self._plan.unchanged += 1
            case Verdict.CHANGE:
                self._plan.works[work.tag] = work
                self._show(verdict, row.title, work.note)
                outcome = Outcome.READY if self._is_check else Outcome.NOT_SENT
                note = work.note if self._is_check else Message(ChangeNote.NOT_CHANGED_YET)
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
                self._tell(row, *self._loose(old, operations))
            case _:
                self._hold(row, verdict, self._why_held(verdict, old, seen, by))

    def _why_held(self, verdict: Verdict, old: StandingClass, seen: Seen | None, by: str = "") -> Message:
        facts: dict[str, object] = {"class_id": old.class_id}
        match verdict:
            case Verdict.HELD_MOVED:
                when = (old.lesson.starts, old.ends, old.zone)
                was = {"when": when, "presenter": old.presenter, "title": old.title, "by": by}
                return Message(ChangeNote.EARLIER_CLASS, {**facts, **was})
            case Verdict.HELD_JOINT:
                return Message(ChangeNote.ASKED_FOR_ELSEWHERE, {**facts, "file": old.joint_with})
            case Verdict.HELD_EDITED if seen is not None:
                return self._edited(old, seen)
            case Verdict.HELD_CANCELLED:
                return Message(ChangeNote.CANCELLED_BY_HAND, facts)
            case Verdict.HELD_TAKEN_OVER:
                return Message(ChangeNote.WAS_THERE_BEFORE, facts)
            case _:
                return Message(ChangeNote.EDITS_NOT_KNOWN, facts)

    def _work(self, old: StandingClass, row: NewRow, operations: Sequence[Operation]) -> Work:
        place = Place(batch=self._batch.id, position=row.lesson.tag, fingerprint=row.lesson.fingerprint)
        is_loose = any(map(_is_in_doubt(operations), operations)) or _parking(operations) is not None
        is_recent = any(_since(each, self._now - self._recent_s) for each in operations)
        overwrites = self._terms.changes.overwrite_edits
        sent = (
            dict(row.parameters)
            if is_loose or is_recent or overwrites
            else changes(old.parameters, row.parameters)
        )
        return Work(
            tag=row.lesson.tag,
            class_id=old.class_id,
            was=old.row,
            meant=place,
            parameters=sent,
            whole=row.parameters,
            old=old.parameters,
            before=self._stands(old, operations),
            after=self._slot(row.presenter, row.lesson.starts, row.ends, row.room_until),
            zone=old.zone,
            note=self._changed(old, row),
            left=tuple(self._left(old, operations)),
            wanted=row.wanted,
            is_loose=is_loose,
        )

    def _changed(self, old: StandingClass, row: NewRow) -> Message:
        """What is changed of the class, each with its value before and after."""
        parts = []
        if (old.lesson.starts, old.zone) != (row.lesson.starts, row.zone):
            times: dict[str, object] = {
                "before": (old.lesson.starts, None, old.zone),
                "after": (row.lesson.starts, None, row.zone),
            }
            parts.append(Message(ChangeNote.CHANGED_START, times))
        for name, value in changes(old.parameters, row.parameters).items():
            was = old.parameters.get(name, "")
            if name not in {"start_time", "time_zone"} and was != value:
                facts = {
                    "name": self._header.name_of(name),
                    "before": as_typed(name, was),
                    "after": as_typed(name, value),
                }
                parts.append(Message(ChangeNote.CHANGED_VALUE, facts))
        return Message(ChangeNote.CHANGED, {"changes": parts or [Message(ChangeNote.BACK_IN_PLACE)]})

    # -- a class without a row -------------------------------------------------------

    def _gone(self, old: StandingClass, operations: Sequence[Operation], seen: Seen | None) -> None:
        tag = _OF_GONE + old.lesson.tag
        stands = self._stands(old, operations)
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
            left=tuple(self._left(old, operations)),
            wanted=None,
        )
        verdict = of_gone(self._known(old, work, seen, operations), self._terms.changes)
        outcome: Outcome | None = None
        code: str | None = None
        note: Message | None = None
        match verdict:
            case Verdict.CANCEL:
                self._plan.works[tag] = work
                outcome = Outcome.READY if self._is_check else Outcome.NOT_SENT
                self._show(verdict, old.title, self._as_left(old))
            case Verdict.REFUSED:
                outcome, code, note = Outcome.REFUSED, operations[-1].code, refused(operations[-1])
            case Verdict.UNANSWERED:
                outcome, code, note = self._loose(old, operations)
            case verdict if verdict.is_held:
                outcome, note = Outcome.HELD, self._why_held(verdict, old, seen)
                self._show(verdict, old.title, note)
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

    def _known(
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
            hand=self._hand(old, work, seen),
            is_joint=old.is_joint,
            is_taken_over=self._journal.operations.was_taken_over(old.class_id),
            is_parked=_parking(operations) is not None,
            is_in_doubt=any(map(_is_in_doubt(operations), operations)),
            was_refused=was_refused,
        )

    def _hand(self, old: StandingClass, work: Work, seen: Seen | None) -> Hand:
        calibration = self._calibration
        if calibration is None:
            return Hand.AS_LEFT if self._is_check else Hand.NOT_KNOWN
        if seen is None:
            # One that no list ever showed is listed late, for all that is known.
            if not old.was_seen and old.class_id not in self._cancelled:
                return Hand.AS_LEFT
            self._stays[old.class_id] = None
            return Hand.CANCELLED
        if any(stands_as_sent(each, seen, calibration) for each in work.left):
            return Hand.AS_LEFT
        if seen.starts is not None:
            slot = work.before.at(seen.starts)
            self._stays[old.class_id] = slot
        if work.wanted is not None and stands_as_sent(work.wanted, seen, calibration):
            return Hand.AS_ROW
        return Hand.EDITED

    def _left(self, old: StandingClass, operations: Sequence[Operation]) -> Iterator[SentClass]:
        """Every value that may still be in effect, or be listed still."""
        yield old.wanted
        since = self._now - self._recent_s
        is_in_doubt = _is_in_doubt(operations)
        for each in operations:
            is_recent = _since(each, since)
            if each is _parking(operations) or is_in_doubt(each) or is_recent:
                if each.starts is not None and (each.kind is Kind.PARK or each.meant is None):
                    by = each.starts - old.lesson.starts
                    yield replace(old.wanted, starts=each.starts, local_starts=old.wanted.local_starts + by)
                elif each.meant is not None:
                    yield from self._sent_of(each.meant)
                if is_recent:
                    yield from self._sent_of(each.was)

    def _sent_of(self, place: Place) -> Iterator[SentClass]:
        try:
            yield wanted_of(self._journal.sending.row(place.batch, place.position))
        except KeyError:  # forgotten by now
            return

    def _loose(
        self, old: StandingClass, operations: Sequence[Operation]
    ) -> tuple[Outcome, str | None, Message]:
        """What is said of a row whose class is parked or in doubt, where nobody asked for a change."""
        parked = _parking(operations)
        if parked is None:
            return Outcome.UNKNOWN, None, Message(ChangeNote.UNANSWERED_CHANGE, {"class_id": old.class_id})
        starts = parked.starts or old.lesson.starts
        when = (starts, starts + old.ends - old.lesson.starts, old.zone)
        return Outcome.HELD, None, Message(ChangeNote.IS_PARKED, {"class_id": old.class_id, "when": when})

    def _stands(self, old: StandingClass, operations: Sequence[Operation]) -> Slot:
        slot = self._slot(old.presenter, old.lesson.starts, old.ends, old.room_until)
        parked = _parking(operations)
        return slot.at(parked.starts) if parked is not None and parked.starts is not None else slot

    def _slot(self, presenter: str, starts: int, ends: int, room_until: int) -> Slot:
        return Slot(presenter.casefold(), starts, ends, room_until if self._terms.extend_counts else ends)

    # -- what is said ----------------------------------------------------------------

    def _as_left(self, old: StandingClass) -> Message:
        when = (old.lesson.starts, old.ends, old.zone)
        return Message(ChangeNote.CLASS_AS, {"title": old.title, "when": when})

    def _edited(self, old: StandingClass, seen: Seen) -> Message:
        starts = seen.starts if seen.starts is not None else old.lesson.starts
        ends = starts + (60 * seen.minutes if seen.minutes else old.ends - old.lesson.starts)
        listed = Message(ChangeNote.CLASS_AS, {"title": seen.title, "when": (starts, ends, old.zone)})
        facts = {"class_id": old.class_id, "left": self._as_left(old), "listed": listed}
        return Message(ChangeNote.EDITED_BY_HAND, facts)

    def _hold(self, row: NewRow, verdict: Verdict, note: Message) -> None:
        self._show(verdict, row.title, note)
        self._tell(row, Outcome.HELD, None, note)

    def _tell(self, row: NewRow, outcome: Outcome, code: str | None, note: Message) -> None:
        self._plan.entries.append(RowOutcome(self._batch.id, row.lesson.tag, outcome, code, note))

    def _show(self, verdict: Verdict, title: str, note: Message) -> None:
        self._plan.shown.setdefault(verdict, []).append(
            note if note.what is ChangeNote.CLASS_AS else Message(note.what, {**note.facts, "of": title})
        )

    # -- the order -------------------------------------------------------------------

    def _put_in_order(self, beside: Beside) -> None:
        """In which order it is done; what cannot be is held."""
        plan = self._plan
        settled = {entry.position for entry in plan.entries if isinstance(entry, RowOutcome)}
        creates = {
            row.lesson.tag: self._slot(row.presenter, row.lesson.starts, row.ends, row.room_until)
            for row in beside.new.values()
            if row.is_waiting and not row.has_class and row.lesson.tag not in settled
        }
        plan.new = len(creates)
        if not plan.works:
            return
        plan.others = [*self._other_classes()]
        found = in_order(plan.works.values(), plan.others, creates, limit=plan.limit, now=self._now)
        plan.steps = found.steps
        for tag, why in found.held.items():
            if tag in plan.works:
                work = plan.works.pop(tag)
                plan.others.append(work.before)
                row = beside.new[tag]
                self._hold(row, Verdict.HELD_MOVED, Message(ChangeNote.NO_ORDER, {"why": why.value}))
        self._guard(len(beside.old))

    def _other_classes(self) -> Iterator[Slot]:
        handled = {work.class_id for work in self._plan.works.values()}
        for each in self._journal.operations.standing(self._now):
            if each.class_id in handled:
                continue
            slot = self._slot(each.presenter, each.starts, each.ends, each.room_until)
            stays = self._stays.get(each.class_id or "", slot)
            if stays is not None:
                yield stays
        if self._calibration is not None:
            for seen in self._journal.listed.unexplained():
                if seen.starts is not None:
                    ends = seen.starts + (60 * seen.minutes if seen.minutes else _USUAL_S)
                    yield Slot(seen.presenter.casefold() if seen.presenter else None, seen.starts, ends, ends)

    def _guard(self, classes: int) -> None:
        works = [work for work in self._plan.works.values() if not work.is_loose]
        cancelled = sum(work.meant is None for work in works)
        changed, most = len(works) - cancelled, self._terms.most
        if is_too_much(most, classes=classes, changed=changed, cancelled=cancelled):
            facts = {
                "classes": classes,
                "changed": changed,
                "cancelled": cancelled,
                "most_changed": most.most_changed_percent,
                "most_cancelled": most.most_cancelled_percent,
            }
            self._plan.stopped = Message(SyncNote.TOO_MUCH_CHANGED, facts)


def note_changes(journal: Journal, batch: Batch, header: Header, terms: Terms, now: float) -> Message | None:
    """Note on each row, and on each class without one, what would be done; returns why nothing may be. A check's.

    The service is not asked: whether somebody edited a class shows when the file is sent.
    """
    limit = journal.account.learned(LIMIT)
    plan = ChangePlanner(
        journal,
        batch,
        header,
        terms,
        calibration=None,
        cancelled=frozenset(),
        now=now,
        recent_s=0.0,
        limit=terms.max_concurrent_classes or (int(limit.value) if limit else None),
        is_check=True,
    ).make()
    for first in range(0, len(plan.entries), BLOCK):
        journal.sending.apply(plan.entries[first : first + BLOCK])
    return plan.stopped or plan.another


def in_order(
    works: Collection[Work],
    others: Iterable[Slot],
    creates: Mapping[int, Slot],
    *,
    limit: int | None,
    now: float,
) -> Order:
    """In which order so much is done, beside what the account holds besides."""
    wanted = Wanted(
        changes=[Change(work.tag, work.before, work.after) for work in works if work.meant is not None],
        creates=creates,
        cancels={work.tag: work.before for work in works if work.meant is None},
    )
    return order(wanted, others, limit=limit, now=int(now))


def _is_in_doubt(operations: Sequence[Operation]) -> Callable[[Operation], bool]:
    """Which of a class's operations may be done, for all that is known."""
    settled = max((each.number for each in operations if each.is_done), default=0)
    return lambda operation: operation.is_in_doubt and operation.number > settled


def _parking(operations: Sequence[Operation]) -> Operation | None:
    """The one by which the class is parked, if it is."""
    last = next((each for each in reversed(operations) if each.is_done), None)
    return last if last is not None and last.kind is Kind.PARK else None


def _since(operation: Operation, since: float) -> bool:
    return operation.is_done and (operation.ended_at or 0.0) > since


def refused(operation: Operation) -> Message:
    """What the service said to an operation."""
    facts = {"class_id": operation.class_id, "code": operation.code, "text": operation.message or ""}
    return Message(ChangeNote.CHANGE_REFUSED, facts)
