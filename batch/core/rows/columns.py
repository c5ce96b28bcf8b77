"""THE table of columns: every parameter of `create`, once.

Header mapping, validation, the blank template and docs/prepare.md's table are made
from it. Source of names, defaults and limits: the create page, both account kinds.
"""

import re
import unicodedata
from enum import Enum, StrEnum, unique

from batch.core.quick_dataclass import dataclass
from batch.core.rows.header_synonyms import WORDS


@unique
class AccountKind(StrEnum):
    """Which presenter columns an account takes; WizIQ fixes it per account."""

    TEACHER = "teacher"  #: presenter_email, a teacher who is already in the account
    ROOM = "room"  #: presenter_id and presenter_name, of the school's own choosing


@unique
class Kind(Enum):
    """How a cell of the column is read; `cells.py` has one reader for each."""

    TEXT = "text"
    EMAIL = "e-mail"
    START = "date and time"
    MINUTES = "minutes"
    COUNT = "number"
    PRIORITY = "number or word"
    YES_NO = "yes or no"
    ZONE = "time zone"
    LANGUAGE = "language"
    CONTROLS = "list"
    DATE = "date"
    END = "time of day"
    URL = "web address"
    WEEKDAYS = "days of the week"
    REPEAT = "words or an RRULE"
    WEEKS = "weeks of the term"
    DAYS_OFF = "dates"
    TIMES = "a number of lessons"


#: What `core/term` reads, where a row is one of a series: elsewhere such a cell may be about anything.
OF_SERIES = frozenset({Kind.WEEKDAYS, Kind.REPEAT, Kind.WEEKS, Kind.DAYS_OFF, Kind.TIMES})


#: The languages the service offered; the exact list only it knows.
LANGUAGES = (
    *("ar-SA", "cs-CZ", "de-DE", "el-GR", "en-GB", "en-US", "es-ES", "fa-IR", "fr-FR", "he-IL", "it-IT"),
    *("ms-MY", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "ru-RU", "th-TH", "tr-TR", "zh-CN"),
)

BOTH = frozenset(AccountKind)
TEACHER = frozenset({AccountKind.TEACHER})
ROOM = frozenset({AccountKind.ROOM})
NEITHER: frozenset[AccountKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One parameter of `create`, and how people write it."""

    name: str  #: the API's name
    called: str  #: by people, and in the header of the blank template; one of `headers`
    headers: tuple[
        tuple[str, ...], ...
    ]  #: other names people give it, the surest first; see header_synonyms.py
    kind: Kind
    help: str  #: one line, for the template and docs/prepare.md
    example: str
    part_of: str = ""  #: a column of our own, not sent: another way to write part of this one
    is_sent: bool = True  #: False: a column of our own, which the plan alone looks at
    used_by: frozenset[AccountKind] = BOTH
    required_by: frozenset[AccountKind] = NEITHER
    default: str = ""  #: what is sent for an empty cell where it is not required; "" sends nothing
    service_default: str = ""  #: what the service takes when nothing is sent, as far as is known
    choices: tuple[str, ...] = ()  #: what the template offers; no other control is taken
    code_missing: str | None = None  #: what the service answers when it is absent
    code_wrong: str | None = None  #: what it answers when the value is not of the kind

    @property
    def words(self) -> tuple[str, ...]:
        """Every header people use for it besides its name; compared folded."""
        return tuple(word for group in self.headers for word in group)


COLUMNS: tuple[Column, ...] = (
    Column(
        name="title",
        called="Class title",
        headers=WORDS["title"],
        kind=Kind.TEXT,
        help="What attendees see as the name of the class.",
        example="Algebra I",
        required_by=BOTH,
        code_missing="1014",
    ),
    Column(
        name="start_time",
        called="Start",
        headers=WORDS["start_time"],
        kind=Kind.START,
        help="Date and time, by the clock of the time zone.",
        example="2031-09-01 14:00",
        required_by=BOTH,
        code_missing="1019",
        code_wrong="1022",
    ),
    Column(
        name="date",
        called="Class date",
        headers=WORDS["date"],
        kind=Kind.DATE,
        help="The day of the class, where its start has the time of day alone.",
        example="2031-09-01",
        part_of="start_time",
        code_missing="1019",
        code_wrong="1022",
    ),
    Column(
        name="time_zone",
        called="Time zone",
        headers=WORDS["time_zone"],
        kind=Kind.ZONE,
        help="Area/City of the clock that the start is read on.",
        example="Europe/London",
        required_by=ROOM,
        default="GMT",
        service_default="GMT",
        code_missing="1006",
        code_wrong="1003",
    ),
    Column(
        name="presenter_email",
        called="Teacher e-mail",
        headers=WORDS["presenter_email"],
        kind=Kind.EMAIL,
        help="Address of a teacher who is already in the account.",
        example="ana.diaz@school.example",
        used_by=TEACHER,
        required_by=TEACHER,
        code_missing="1030",
        code_wrong="1031",
    ),
    Column(
        name="presenter_id",
        called="Teacher ID",
        headers=WORDS["presenter_id"],
        kind=Kind.TEXT,
        help="The school's own id of the presenter (room-based accounts).",
        example="T-17",
        used_by=ROOM,
        required_by=ROOM,
        code_missing="1001",
    ),
    Column(
        name="presenter_name",
        called="Teacher name",
        headers=WORDS["presenter_name"],
        kind=Kind.TEXT,
        help="The presenter's name as attendees see it (room-based accounts).",
        example="Ana Diaz",
        used_by=ROOM,
        required_by=ROOM,
        code_missing="1002",
    ),
    Column(
        name="duration",
        called="Minutes",
        headers=WORDS["duration"],
        kind=Kind.MINUTES,
        help="How long the class lasts.",
        example="60",
        required_by=ROOM,
        default="60",
        service_default="60",
        code_wrong="1010",
    ),
    Column(
        name="weekday",
        called="Weekday",
        headers=WORDS["weekday"],
        kind=Kind.WEEKDAYS,
        help="The days of the week of a lesson that repeats.",
        example="Mon, Wed",
        is_sent=False,
    ),
    Column(
        name="repeat",
        called="Repeats",
        headers=WORDS["repeat"],
        kind=Kind.REPEAT,
        help="How a lesson repeats: weekly, every 2 weeks, daily (the school's days), or an RRULE.",
        example="weekly",
        is_sent=False,
    ),
    Column(
        name="first_date",
        called="First lesson",
        headers=WORDS["first_date"],
        kind=Kind.DATE,
        help="From which day on a lesson repeats; else from the first day of the term.",
        example="2031-09-01",
        is_sent=False,
    ),
    Column(
        name="last_date",
        called="Last lesson",
        headers=WORDS["last_date"],
        kind=Kind.DATE,
        help="Until which day a lesson repeats, that day included; else until the last day of the term.",
        example="2031-12-19",
        is_sent=False,
    ),
    Column(
        name="times",
        called="Number of lessons",
        headers=WORDS["times"],
        kind=Kind.TIMES,
        help="How many lessons of a series take place.",
        example="12",
        is_sent=False,
    ),
    Column(
        name="weeks",
        called="Weeks of term",
        headers=WORDS["weeks"],
        kind=Kind.WEEKS,
        help="In which weeks of the term: A, B, odd, even, or their numbers.",
        example="1-6, 8",
        is_sent=False,
    ),
    Column(
        name="except",
        called="Not on",
        headers=WORDS["except"],
        kind=Kind.DAYS_OFF,
        help="Days on which a lesson of the series does not take place.",
        example="2031-10-13",
        is_sent=False,
    ),
    Column(
        name="end_time",
        called="End",
        headers=WORDS["end_time"],
        kind=Kind.END,
        help="When the class ends, in place of its minutes.",
        example="15:00",
        part_of="duration",
        code_wrong="1010",
    ),
    Column(
        name="end_date",
        called="End date",
        headers=WORDS["end_date"],
        kind=Kind.DATE,
        help="The day on which the class ends, where it ends after midnight.",
        example="2031-09-02",
        part_of="duration",
        code_wrong="1010",
    ),
    Column(
        name="extend_duration",
        called="Extra minutes",
        headers=WORDS["extend_duration"],
        kind=Kind.MINUTES,
        help="How many minutes the class may run on after its end.",
        example="15",
        code_wrong="1090",
    ),
    Column(
        name="attendee_limit",
        called="Attendee limit",
        headers=WORDS["attendee_limit"],
        kind=Kind.COUNT,
        help="How many may attend.",
        example="25",
        service_default="2",
        code_wrong="1011",
    ),
    Column(
        name="language_culture_name",
        called="Language",
        headers=WORDS["language_culture_name"],
        kind=Kind.LANGUAGE,
        help="Language of the classroom's buttons and menus.",
        example="en-US",
        choices=LANGUAGES,
        code_wrong="1043",
    ),
    Column(
        name="create_recording",
        called="Recording",
        headers=WORDS["create_recording"],
        kind=Kind.YES_NO,
        help="Whether the class is recorded.",
        example="yes",
        service_default="no",
        choices=("yes", "no"),
    ),
    Column(
        name="presenter_default_controls",
        called="Teacher controls",
        headers=WORDS["presenter_default_controls"],
        kind=Kind.CONTROLS,
        help="What the presenter starts with.",
        example="audio, video",
        service_default="the service decides",
        choices=("audio", "video"),
    ),
    Column(
        name="attendee_default_controls",
        called="Student controls",
        headers=WORDS["attendee_default_controls"],
        kind=Kind.CONTROLS,
        help="What attendees start with.",
        example="audio",
        service_default="the service decides",
        choices=("audio", "writing"),
    ),
    Column(
        name="return_url",
        called="Return URL",
        headers=WORDS["return_url"],
        kind=Kind.URL,
        help="Where people land when they leave the class.",
        example="https://school.example/after",
    ),
    Column(
        name="status_ping_url",
        called="Status URL",
        headers=WORDS["status_ping_url"],
        kind=Kind.URL,
        help="Where the service reports that the class is over.",
        example="https://school.example/ping",
    ),
    Column(
        name="priority",
        called="Priority",
        headers=WORDS["priority"],
        kind=Kind.PRIORITY,
        help="What the class is worth where not all can be scheduled: a number, the larger first, or low, normal, high.",
        example="2",
        is_sent=False,
        service_default="1",
    ),
    Column(
        name="lesson_id",
        called="Lesson ID",
        headers=WORDS["lesson_id"],
        kind=Kind.TEXT,
        help="What your timetable program calls the lesson; by it a lesson is known again when it moves. Never sent.",
        example="MA-7a-1",
        is_sent=False,
    ),
)

BY_NAME = {column.name: column for column in COLUMNS}
#: The columns of lessons that repeat.
SERIES = ("weekday", "repeat", "first_date", "last_date", "times", "weeks", "except")
#: What most timetables have; the blank template shows these, and folds the others away.
ESSENTIALS = (
    *("title", "start_time", "duration", "presenter_email", "presenter_id", "presenter_name"),
    *("time_zone", "attendee_limit"),
)
#: They make no header by themselves: a cell "DIA" or "week" may stand anywhere.
SERIES_COLUMNS = frozenset(column.name for column in COLUMNS if column.kind in OF_SERIES)

_ACCENTS = re.compile("[\u0300-\u036f]")
_SEPARATORS = re.compile(r"[\s_\-./:()\[\]*]+")


def fold(words: str) -> str:
    """Header words as they are compared: no case, no accents, separators one space.

    >>> fold("  Durée_(min) * ")
    'duree min'
    """
    # Not every combining mark: Hindi writes its vowels with them.
    apart = _ACCENTS.sub("", unicodedata.normalize("NFKD", words).casefold())
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", apart)).strip()


def columns_for(kind: AccountKind) -> tuple[Column, ...]:
    """The columns an account of this kind takes, in the table's order."""
    return tuple(column for column in COLUMNS if kind in column.used_by)
