"""All classes that count, kept together: which presenter is busy when, how many classes run at once, and who.

A class of the file is known by its position there, any other by its place in a
list of names: 100,000 classes stand here as numbers.
"""

from collections.abc import Iterator
from dataclasses import field

from batch.core.message import Message
from batch.core.plan.admission import Counting
from batch.core.plan.capacity import Booking, IntervalsByDay, OccupancyCalendar, PresenterBookings
from batch.core.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherClass:
    """A class of the account that no row of the file stands for. Times are UTC seconds."""

    name: Message  #: such as "class 2492040 (Chess club), made elsewhere"
    presenter: str | None  #: case-folded; None where nobody tells, or where the class may be gone
    starts: int
    ends: int
    room_until: int


@dataclass(slots=True)
class PlacedClasses:
    """Who is busy when."""

    counting: Counting
    with_names: bool = False  #: whether to remember who is in a window; a proposal need not
    bookings: PresenterBookings = field(default_factory=PresenterBookings)
    calendar: OccupancyCalendar = field(default_factory=OccupancyCalendar)
    _roll: IntervalsByDay = field(default_factory=IntervalsByDay)
    _others: list[Message] = field(default_factory=list)

    def book(self, tag: int, presenter: str | None, starts: int, ends: int, room_until: int) -> None:
        if presenter is not None:
            self.bookings.add(presenter, starts, ends, tag)
        span = self.counting.span(starts, ends, room_until)
        self.calendar.add(*span)
        if self.with_names:
            self._roll.add(*span, tag)

    def book_other(self, other: OtherClass) -> None:
        self._others.append(other.name)
        self.book(-len(self._others), other.presenter, other.starts, other.ends, other.room_until)

    def during(self, start: int, end: int) -> Iterator[Booking]:
        """Every class that takes up room in the window, by its start."""
        return self._roll.during(start, end)

    def name_of_other(self, tag: int) -> Message:
        """The name of a class that is not the file's; those have tags below 0."""
        return self._others[-tag - 1]
