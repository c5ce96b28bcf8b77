"""The lessons as they lie in the week, and how many are at once."""

from batch.core.quick_dataclass import dataclass
from batch.web.state.notice import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCell:
    """How many classes run at once, at most, within this hour of this day."""

    number: int
    level: int  #: 0 to 4, for the shade
    over: bool  #: more than the licence lets run at once
    says: str  #: "Mon 7 Sep, 09:00: 6 at once, 1 more than the licence lets run"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPicture:
    """The calendar's load: rows are days, columns are hours. A real <table>, with words for every cell."""

    says: str  #: the picture in a sentence or two
    limit_says: str
    hours: tuple[str, ...]
    days: tuple[tuple[str, tuple[LoadCell, ...]], ...]  #: (day, one cell for each hour)
    more_says: str = ""  #: where the picture shows only some of the days


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A row as it was understood."""

    time: str  #: "09:00-10:00", by the clock of its zone
    title: str
    who: str  #: the presenter, as short as it tells them
    presenter: str
    place: str  #: "row 14"
    outcome: str
    tone: Tone
    says: tuple[str, ...]  #: what is wrong, or worth knowing
    class_id: str = ""
    href: str = ""  #: GET: the whole row, to be mended; "" where it cannot be
    teach_href: str = ""  #: GET: leads into the class as its teacher; "" where no link is kept
    undo_href: str = ""  #: GET: what would be taken back of this row


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCell:
    """The lessons that begin within one hour of one day."""

    day: str
    lessons: tuple[Lesson, ...]
    more: int  #: so many have no room
    more_href: str  #: the day alone, which has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDay:
    name: str
    short: str
    date: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """One week of the timetable, days across and hours down; a real <table>."""

    says: str
    number: int  #: of the weeks in which anything takes place; 1 is the first
    weeks: int
    clock: str  #: by which the times are
    untimed: str  #: how many rows are not shown here; "" where all are
    days: tuple[WeekDay, ...]
    hours: tuple[tuple[str, tuple[WeekCell, ...]], ...]  #: (hour, one cell for each day)
    previous_href: str
    next_href: str
    whole_href: str  #: where only one day is shown: the whole week
