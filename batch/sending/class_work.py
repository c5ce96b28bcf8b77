"""What is to be done to a class, and the plan of it all."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime

from batch.core.changes.account import Slot, finding_room
from batch.core.changes.decide import Verdict
from batch.core.changes.operation import Kind, Place
from batch.core.changes.order import Change, Order, Step, Wanted, order
from batch.core.message import Message
from batch.core.quick_dataclass import dataclass
from batch.core.service.listed import Wanted as SentClass
from batch.journal.records import Entry
from batch.time_zones import zone_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be done to one class."""

    tag: int
    position: int | None = (
        None  #: of the row of this batch that it is told of; None: of a class that has gone
    )
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

    @property
    def kind(self) -> Kind:
        return Kind.CHANGE if self.meant is not None else Kind.CANCEL


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
    new: int = 0  #: rows to be created, as far as presenters and room can be told by now
    held: int = 0  #: new rows besides, whose presenter is busy, or that there is no room for
    unchanged: int = 0
    shown: dict[Verdict, list[Message]] = field(default_factory=dict)  #: for whoever is asked
    stopped: Message | None = None  #: why nothing of the file may be sent
    #: When classes begin that somebody has edited, as they are listed; UTC seconds, by class_id.
    moved: Mapping[str, int] = field(default_factory=dict)
    another: Message | None = (
        None  #: it looks like another timetable: nothing is inferred, and nothing has gone
    )

    @property
    def changed(self) -> int:
        return sum(work.meant is not None for work in self.works.values())

    @property
    def cancelled(self) -> int:
        return sum(work.meant is None for work in self.works.values())

    def count_new(self, creates: Mapping[int, Slot]) -> None:
        """How many new rows find their presenter free, and room, in the order of the file."""
        changed = (work.after for work in self.works.values() if work.meant is not None)
        slots = [creates[tag] for tag in sorted(creates)]
        self.new = finding_room([*self.others, *changed], slots, limit=self.limit)
        self.held = len(slots) - self.new


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


def time_of(parameters: Mapping[str, str]) -> Mapping[str, str]:
    names = ("start_time", "time_zone", "duration")
    return {name: parameters[name] for name in names if name in parameters}


def time_at(starts: int, parameters: Mapping[str, str], zone: str) -> Mapping[str, str]:
    """The time to send for a class that is to begin then, on its own clock."""
    clock = zone_named(zone) or UTC
    local = datetime.fromtimestamp(starts, clock)
    return {**time_of(parameters), "start_time": f"{local:%m/%d/%Y %H:%M:%S}", "time_zone": zone}


def left_of(work: Work) -> Iterator[SentClass]:
    """What the class may be listed as before it is done: as it was left, or parked."""
    yield from work.left
    for there in work.left[:1]:
        yield there.at(work.before.starts)


def wanted_at(work: Work, step: Step) -> SentClass | None:
    """What the class is listed as once the step is done."""
    if step.kind is not Kind.PARK:
        return work.wanted
    if not work.left:
        return None
    return work.left[0].at(step.slot.starts)
