"""A WizIQ account: its classes, its teachers, and what it refuses. Knows nothing of HTTP or XML.

Nothing here waits, so a create is one step: no other call can come between
its checks and its class.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from sys import intern

from batch.core.quick_dataclass import dataclass
from batch.sandbox.checks import CREATE_PARAMETERS, Booking, booking, is_email
from batch.sandbox.classes import FIRST_CLASS_ID, Ledger, ScheduledClass, Status
from batch.sandbox.dates import local
from batch.sandbox.lagging import EarlierStates
from batch.sandbox.occupancy import Occupancy
from batch.sandbox.recurring import starts
from batch.sandbox.refusals import Refused
from batch.sandbox.settings import SandboxSettings
from batch.sandbox.teachers import Teachers

#: What says when and for whom a class is.
_BOOKED = frozenset({"start_time", "time_zone", "duration", "presenter_email", "presenter_id"})


@dataclass(frozen=True, slots=True)
class Attendee:
    attendee_id: str
    screen_name: str
    language: str
    url: str


class Account:
    """The state of one account. `settings` may be replaced while it runs, as a licence may."""

    def __init__(
        self, settings: SandboxSettings, *, now: Callable[[], float], ledger: Ledger | None = None
    ) -> None:
        self.settings = settings
        self.classes: list[ScheduledClass] = []  #: by rising class_id, without gaps
        self.teachers = Teachers(settings.teachers or (), most=settings.max_teachers)
        self._attendees: defaultdict[int, dict[str, Attendee]] = defaultdict(dict)
        self.peak_concurrent = 0  #: the most classes that ever overlapped at one moment
        # What has been counted one way must be taken off the same way: these two stay as they began.
        self._conflict = settings.conflict
        self._extend_counts = settings.extend_counts
        self._now = now
        self._ledger = ledger
        self._earlier = EarlierStates()
        self._account_wide = Occupancy()
        self._by_presenter: defaultdict[str, Occupancy] = defaultdict(Occupancy)
        self._ends: list[int] = []  #: of classes not cancelled, sorted
        for kept in ledger.read() if ledger else ():
            self._store(kept)

    def now(self) -> float:
        return self._now()

    def create(
        self, parameters: Mapping[str, str], *, call_id: str = "", admitted: bool = True
    ) -> ScheduledClass:
        """Schedule a class.

        Args:
            parameters: create's own, by name.
            call_id: of the reply.
            admitted: False where the `inflight` policy found no room for the call.

        Raises:
            Refused: the first fault in the order in which the service was seen to look.
        """
        asked = self._booking(parameters)
        self._check_room(asked, admitted=admitted)
        return self.add(asked, parameters, call_id)

    def create_recurring(
        self, parameters: Mapping[str, str], *, call_id: str = ""
    ) -> Sequence[ScheduledClass]:
        """Schedule a series: all of its classes, or none.

        Raises:
            Refused: 1081 to 1085, and create's for any of its classes.
        """
        each_with = [
            {**parameters, "start_time": f"{start:%m/%d/%Y %H:%M:%S}"} for start in starts(parameters)
        ]
        asked = [self._booking(each) for each in each_with]
        for booked in asked:
            self._check_room(booked, admitted=True)
        first = ScheduledClass.master_id_of(FIRST_CLASS_ID + len(self.classes))
        return [
            self.add(booked, each, call_id, series=first)
            for booked, each in zip(asked, each_with, strict=True)
        ]

    def add(
        self, booked: Booking, parameters: Mapping[str, str], call_id: str, *, series: int | None = None
    ) -> ScheduledClass:
        """Make the class, whatever it overlaps."""
        scheduled = ScheduledClass(
            class_id=FIRST_CLASS_ID + len(self.classes),
            call_id=call_id,
            created_at=self._now(),
            booking=booked,
            parameters=_kept(parameters),
            series=series,
        )
        self._store(scheduled)
        self._note(scheduled)
        return scheduled

    def modify(self, class_id: str, changes: Mapping[str, str]) -> ScheduledClass:
        """Change a class that has not begun.

        Raises:
            Refused: 1020, 1009, 1015 to 1018, and create's.
        """
        old = self._changeable(
            class_id,
            in_progress="1015",
            over={Status.COMPLETED: "1016", Status.EXPIRED: "1017", Status.CANCELLED: "1018"},
        )
        parameters = {**old.parameters, **changes}
        asked = self._booking(parameters)
        if self.settings.own_interval_counts and changes.keys() & _BOOKED:
            self._check_presenter(asked)
        self._release(old.booking)  # a class is not in its own way
        try:
            self._check_room(asked, admitted=True)
        finally:
            self._occupy(old.booking)
        new = replace(old, booking=asked, parameters=_kept(parameters))
        self._replace(old, new)
        return new

    def cancel(self, class_id: str) -> None:
        """Cancel a class that has not begun; its presenter and its place are free again.

        Raises:
            Refused: 1020, 1009, 1033 to 1036.
        """
        old = self._changeable(
            class_id,
            in_progress="1034",
            over={Status.COMPLETED: "1035", Status.EXPIRED: "1036", Status.CANCELLED: "1033"},
        )
        self._replace(old, replace(old, cancelled=True))

    def edit_by_hand(self, class_id: str) -> None:
        """What somebody does in WizIQ itself: the class is called otherwise, and begins 15 minutes later.

        A class that cannot be changed stays as it is.
        """
        if (found := self.find(class_id)) is None:
            return
        later = local(found.booking.start + 15 * 60, found.booking.time_zone)
        changes = {"title": f"{found.title} (edited)", "start_time": f"{later:%m/%d/%Y %H:%M:%S}"}
        with suppress(Refused):
            self.modify(class_id, changes)

    def cancel_by_hand(self, class_id: str) -> None:
        """The same, for a class that somebody cancels; one that cannot be cancelled stays as it is."""
        with suppress(Refused):
            self.cancel(class_id)

    def find(self, class_id: str) -> ScheduledClass | None:
        """The class with that id, cancelled or not."""
        if not (class_id.isascii() and class_id.isdecimal() and len(class_id) < 20):
            return None
        position = int(class_id) - FIRST_CLASS_ID
        return self.classes[position] if 0 <= position < len(self.classes) else None

    def wanted(self, class_id: str) -> ScheduledClass:
        """The class with that id.

        Raises:
            Refused: 1020 without an id, 1009 for one that is not there.
        """
        if not class_id:
            raise Refused("1020")
        found = self.find(class_id)
        if found is None:
            raise Refused("1009")
        return found

    def status(self, scheduled: ScheduledClass) -> Status:
        if scheduled.cancelled:
            return Status.CANCELLED
        if self._now() < scheduled.booking.end:
            return Status.UPCOMING
        return Status.COMPLETED if self.settings.classes_are_held else Status.EXPIRED

    def listed(self) -> Sequence[ScheduledClass]:
        """The classes that get_data knows of yet, as it knows them."""
        lag = self.settings.listing_lag_s
        return self._earlier.as_of(self._now() - lag, self.classes) if lag else self.classes

    def add_attendees(self, class_id: int, added: Sequence[Attendee]) -> None:
        """Let people into a class; who comes twice is one."""
        self._attendees[class_id].update((each.attendee_id, each) for each in added)

    def attendees(self, class_id: int) -> Mapping[str, Attendee]:
        """Who may come to a class, by attendee_id."""
        return self._attendees.get(class_id, {})

    def _booking(self, parameters: Mapping[str, str]) -> Booking:
        anyone = self.settings.teachers is None
        return booking(parameters, self.settings, is_teacher=lambda email: anyone or email in self.teachers)

    def _check_room(self, asked: Booking, *, admitted: bool) -> None:
        """Refuse with 1032, 1004 or 1012, in this order."""
        self._check_presenter(asked)
        if asked.start < self._now() - self.settings.past_grace_minutes * 60:
            raise Refused("1004")
        limit = self.settings.max_concurrent_classes
        if limit is None:
            return
        match self.settings.limit_policy:
            case "overlap":
                full = self._account_wide.peak(asked.start, self._end(asked)) >= limit
            case "outstanding":
                full = len(self._ends) - bisect_right(self._ends, self._now()) >= limit
            case "inflight":
                full = not admitted
        if full:
            raise Refused("1012", limit=limit)

    def _check_presenter(self, asked: Booking) -> None:
        if self._conflict != "off" and self._by_presenter[self._whose(asked)].peak(asked.start, asked.end):
            raise Refused("1032")

    def _changeable(self, class_id: str, *, in_progress: str, over: Mapping[Status, str]) -> ScheduledClass:
        found = self.wanted(class_id)
        if refusal := over.get(self.status(found)):
            raise Refused(refusal)
        if found.booking.start <= self._now():
            raise Refused(in_progress)
        return found

    def _whose(self, booked: Booking) -> str:
        return booked.presenter if self._conflict != "account" else ""

    def _end(self, booked: Booking) -> int:
        """When the class stops counting for 1012."""
        return booked.end + (booked.extend_minutes * 60 if self._extend_counts else 0)

    def _store(self, scheduled: ScheduledClass) -> None:
        """Put a class, or its newer state, in its place."""
        presenter = scheduled.booking.presenter
        if is_email(presenter) and presenter not in self.teachers:  # where anybody may be a teacher
            self.teachers.enrol(presenter, {"name": presenter.partition("@")[0]})
        position = scheduled.class_id - FIRST_CLASS_ID
        if position == len(self.classes):
            self.classes.append(scheduled)
        else:
            old, self.classes[position] = self.classes[position], scheduled
            if not old.cancelled:
                self._release(old.booking)
        if not scheduled.cancelled:
            self._occupy(scheduled.booking)

    def _replace(self, old: ScheduledClass, new: ScheduledClass) -> None:
        """Put the newer state in the place of the old one, which a lagging list goes on showing for a while."""
        lag = self.settings.listing_lag_s
        if lag:
            now = self._now()
            self._earlier.keep(old, until=now, since=now - lag)
        self._store(new)
        self._note(new)

    def _note(self, scheduled: ScheduledClass) -> None:
        if self._ledger is not None:
            self._ledger.append(scheduled)

    def _occupy(self, booked: Booking) -> None:
        self._by_presenter[self._whose(booked)].add(booked.start, booked.end)
        peak = self._account_wide.add(booked.start, self._end(booked))
        self.peak_concurrent = max(self.peak_concurrent, peak)
        insort(self._ends, self._end(booked))

    def _release(self, booked: Booking) -> None:
        self._by_presenter[self._whose(booked)].remove(booked.start, booked.end)
        self._account_wide.remove(booked.start, self._end(booked))
        del self._ends[bisect_right(self._ends, self._end(booked)) - 1]


def _kept(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Create's own parameters; the same text of 100,000 classes is kept once."""
    return {name: intern(value) for name in CREATE_PARAMETERS if (value := parameters.get(name))}
