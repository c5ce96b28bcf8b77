"""What classes were left as by all that we did, and what the account's list says of them beside that.

What we last left there is every value that may still be in effect, or be listed still: else
our own changes would look like somebody's.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from math import inf
from types import MappingProxyType

from batch.core.changes.account import Slot
from batch.core.changes.decide import Hand
from batch.core.changes.operation import DELETED, Kind, Operation, Place
from batch.core.message import ChangeNote, Message
from batch.core.service.audit import stands_as_sent
from batch.core.service.calibration import Calibration
from batch.core.service.listed import Seen
from batch.core.service.listed import Wanted as SentClass
from batch.journal.records import wanted_of
from batch.journal.store import Journal
from batch.journal.versions import StandingClass

#: How long a listed class lasts that does not say so.
_USUAL_S = 3600


class ClassesAsLeft:
    """The classes of an account, as one list shows them."""

    def __init__(
        self,
        journal: Journal,
        *,
        now: float,
        extend_counts: bool,
        calibration: Calibration | None = None,
        cancelled: Collection[str] = (),
        otherwise: Mapping[str, Sequence[Seen]] = MappingProxyType({}),
        alone: Mapping[str, Seen] = MappingProxyType({}),
        is_steady: bool = True,
        old_since: float = inf,
        is_check: bool = False,
    ) -> None:
        """The list in hand stands beside the journal.

        Args:
            journal: of the account.
            now: UTC seconds.
            extend_counts: whether extra minutes take up room.
            calibration: what is known of the list; None: there is none, and no hand edit can be seen.
            cancelled: classes that the list shows as such.
            otherwise: what it shows of a class besides.
            alone: classes that are there when they are asked for, though it does not show them.
            is_steady: what it does not show is not there, for all that it can say.
            old_since: what was done later than that may be listed as it was before.
            is_check: nobody asked for a list, and nothing is sent.
        """
        self._journal = journal
        self._calibration = calibration
        self._cancelled = cancelled
        self._otherwise = otherwise
        self._alone = alone
        self._is_steady = is_steady
        self.unlisted: set[str] = set()  #: classes that were asked about, and that the list does not show
        self._now = now
        self._old_since = old_since
        self._extend_counts = extend_counts
        self._is_check = is_check
        self._edited: dict[str, Seen] = {}  # classes that are not as we left them, as they are shown
        self._stays: dict[
            str, Slot | None
        ] = {}  # classes that are not where the journal has them; None: nowhere

    def seen(self, class_ids: Collection[str]) -> dict[str, Seen]:
        """Those of these classes that are listed, by class_id."""
        if self._calibration is None:
            return {}
        alone = {each: self._alone[each] for each in class_ids if each in self._alone}
        return {**alone, **self._journal.listed.seen(class_ids)}

    def hand(
        self, old: StandingClass, operations: Sequence[Operation], wanted: SentClass | None, seen: Seen | None
    ) -> Hand:
        """What the list says of a class.

        Args:
            old: as the journal has it.
            operations: all that was done to it.
            wanted: what it is to become; None: it is to be cancelled.
            seen: as it is listed, if it is.
        """
        if self._calibration is None:
            return Hand.AS_LEFT if self._is_check else Hand.NOT_KNOWN
        is_shown_cancelled = seen is None and old.class_id in self._cancelled
        if is_shown_cancelled or is_called_cancelled(operations):
            self._stays[old.class_id] = None
            return Hand.CANCELLED
        if seen is None:
            return self._unlisted(old)
        left = list(self.left(old, operations))
        # Pages that shift show a class as it was and as it is.
        shown = (seen, *self._otherwise.get(old.class_id, ()), self._alone.get(old.class_id, seen))
        edited = [each for each in shown if not any(self._is_listed_as(sent, each) for sent in left)]
        if not edited:
            self._stays[old.class_id] = self.stands(old, operations, seen)
            return Hand.AS_LEFT
        self._edited[old.class_id] = edited[-1]
        starts = edited[-1].starts_as(old.wanted)
        if starts is not None:
            self._stays[old.class_id] = self.stands(old, operations).at(starts)
        if wanted is not None and all(self._is_listed_as(wanted, each) for each in edited):
            return Hand.AS_ROW
        return Hand.EDITED

    def _unlisted(self, old: StandingClass) -> Hand:
        self.unlisted.add(old.class_id)
        if not self._is_steady:
            return Hand.NOT_KNOWN
        if old.was_seen:
            self._stays[old.class_id] = None
            return Hand.MISSING
        return Hand.AS_LEFT  # one that no list ever showed is listed late, for all that is known

    def left(self, old: StandingClass, operations: Sequence[Operation]) -> Iterator[SentClass]:
        """Every value that may still be in effect, or be listed still."""
        yield old.wanted
        is_open = open_among(operations)
        for each in operations:
            is_recent = self.is_recent(each)
            if each is parking_of(operations) or is_open(each) or is_recent:
                if each.starts is not None and (each.kind is Kind.PARK or each.meant is None):
                    yield old.wanted.at(each.starts)
                elif each.meant is not None:
                    yield from self._sent_of(each.meant)
                if is_recent:
                    yield from self._sent_of(each.was)

    def is_recent(self, operation: Operation) -> bool:
        """Whether the list may still show what stood there before it was done, or may have been."""
        if operation.is_in_doubt:
            return operation.deadline > self._old_since
        return operation.is_done and (operation.ended_at or 0.0) > self._old_since

    def shown_done(
        self, old: StandingClass, operations: Sequence[Operation], seen: Seen | None
    ) -> Operation | None:
        """The change, never answered, that the list proves to be done: the class is as that says, and as nothing else."""
        if seen is None:
            return None
        shown = (seen, *self._otherwise.get(old.class_id, ()), self._alone.get(old.class_id, seen))
        is_open = open_among(operations)
        fitting = [
            each
            for each in operations
            if is_open(each)
            and each.kind is Kind.CHANGE
            and each.meant is not None
            and any(all(self._is_listed_as(sent, at) for at in shown) for sent in self._sent_of(each.meant))
        ]
        rest = [each for each in operations if each not in fitting]
        if any(map(self.is_recent, rest)):  # what else was done a moment ago need not be listed yet
            return None
        if any(self._is_listed_as(sent, seen) for sent in self.left(old, rest)):
            return None
        # What a list does not show may differ between two versions of one row.
        sent = [
            self._journal.sending.row(each.meant.batch, each.meant.position) for each in fitting if each.meant
        ]
        if any(each.parameters != sent[0].parameters for each in sent):
            return None
        return fitting[-1] if fitting else None

    def shown_undone(
        self, old: StandingClass, operations: Sequence[Operation], seen: Seen | None
    ) -> list[Operation]:
        """The changes, never answered, that the list proves not to be done: the class stands as it did before them.

        Not one that would be listed just like that.
        """
        if seen is None or any(map(self.is_recent, operations)):
            return []
        shown = (seen, *self._otherwise.get(old.class_id, ()), self._alone.get(old.class_id, seen))
        is_open = open_among(operations)
        lost = [each for each in operations if is_open(each) and each.kind is Kind.CHANGE]
        before = list(self.left(old, [each for each in operations if each not in lost]))
        if not all(any(self._is_listed_as(sent, at) for sent in before) for at in shown):
            return []
        undone = []
        for each in lost:
            meant = list(self._sent_of(each.meant)) if each.meant is not None else []
            if meant and not any(self._is_listed_as(sent, at) for sent in meant for at in shown):
                undone.append(each)
        return undone

    def _sent_of(self, place: Place) -> Iterator[SentClass]:
        try:
            yield wanted_of(self._journal.sending.row(place.batch, place.position))
        except KeyError:  # forgotten by now
            return

    def stands(self, old: StandingClass, operations: Sequence[Operation], seen: Seen | None = None) -> Slot:
        """What the class takes up by the journal; where an answer was lost, by the list, if that is late enough to tell."""
        slot = self.slot(old.presenter, old.lesson.starts, old.ends, old.room_until)
        parked = parking_of(operations)
        is_open = any(map(open_among(operations), operations))
        if seen is not None and is_open and not any(map(self.is_recent, operations)):
            starts = {each.starts for each in self.left(old, operations) if self._is_listed_as(each, seen)}
            if len(starts) == 1:
                return slot.at(starts.pop())
        return slot.at(parked.starts) if parked is not None and parked.starts is not None else slot

    def _is_listed_as(self, sent: SentClass, seen: Seen) -> bool:
        return self._calibration is not None and stands_as_sent(sent, seen, self._calibration)

    def slot(self, presenter: str, starts: int, ends: int, room_until: int) -> Slot:
        return Slot(presenter.casefold(), starts, ends, room_until if self._extend_counts else ends)

    def other_classes(self, handled: Collection[str]) -> Iterator[Slot]:
        """What takes up room or a presenter besides these classes."""
        for each in self._journal.operations.standing(self._now):
            if each.class_id in handled:
                continue
            slot = self.slot(each.presenter, each.starts, each.ends, each.room_until)
            stays = self._stays.get(each.class_id or "", slot)
            if stays is not None:
                yield stays
        if self._calibration is None:
            return
        for seen in self._journal.listed.unexplained():
            if seen.starts is not None:
                ends = seen.starts + (60 * seen.minutes if seen.minutes else _USUAL_S)
                yield Slot(seen.presenter.casefold() if seen.presenter else None, seen.starts, ends, ends)

    @property
    def moved(self) -> dict[str, int]:
        """When the classes begin that somebody has edited, as they are listed; UTC seconds."""
        stays = ((each, self._stays.get(each)) for each in self._edited)
        return {class_id: slot.starts for class_id, slot in stays if slot is not None}

    def edited(self, old: StandingClass, seen: Seen) -> dict[str, object]:
        """How a class was left, and how it is listed: facts for whoever reads of it."""
        seen = self._edited.get(old.class_id, seen)
        listed = seen.starts_as(old.wanted)
        starts = old.lesson.starts if listed is None else listed
        ends = starts + (60 * seen.minutes if seen.minutes else old.ends - old.lesson.starts)
        now = Message(ChangeNote.CLASS_AS, {"title": seen.title, "when": (starts, ends, old.zone)})
        return {"class_id": old.class_id, "left": class_as(old), "listed": now}


def class_as(old: StandingClass) -> Message:
    """A class by its title and time."""
    when = (old.lesson.starts, old.ends, old.zone)
    return Message(ChangeNote.CLASS_AS, {"title": old.title, "when": when})


def is_called_cancelled(operations: Sequence[Operation]) -> bool:
    """Whether the service has called the class cancelled, whatever a list that is late shows."""
    return any(each.code == DELETED for each in operations)


def open_among(operations: Sequence[Operation]) -> Callable[[Operation], bool]:
    """Which of a class's operations may be done, for all that is known."""
    # No class comes back from being cancelled, whatever was asked of it after that.
    if is_called_cancelled(operations):
        return lambda _: False
    settled = max(
        (inf if each.kind is Kind.CANCEL else each.number for each in operations if each.is_done), default=0
    )
    return lambda operation: operation.is_in_doubt and operation.number > settled


def is_loose(operations: Sequence[Operation]) -> bool:
    """Whether nobody knows for sure as what the class stands, or it is parked."""
    return any(map(open_among(operations), operations)) or parking_of(operations) is not None


def parking_of(operations: Sequence[Operation]) -> Operation | None:
    """The one by which the class is parked, if it is."""
    if is_called_cancelled(operations):
        return None
    last = next((each for each in reversed(operations) if each.is_done), None)
    return last if last is not None and last.kind is Kind.PARK else None
