"""THE table of columns: every parameter of `create`, once.

Header mapping, validation, the blank template and the README's table are made
from it. Source of names, defaults and limits: the create page, both account kinds.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, StrEnum, unique


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
    YES_NO = "yes or no"
    ZONE = "time zone"
    LANGUAGE = "language"
    CONTROLS = "list"
    URL = "web address"


BOTH = frozenset(AccountKind)
TEACHER = frozenset({AccountKind.TEACHER})
ROOM = frozenset({AccountKind.ROOM})
NEITHER: frozenset[AccountKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One parameter of `create`, and how people write it."""

    name: str  #: the API's name, and the header the blank template writes
    words: tuple[str, ...]  #: other headers people use for it; compared folded
    kind: Kind
    help: str  #: one line, for the template and the README
    example: str
    used_by: frozenset[AccountKind] = BOTH
    required_by: frozenset[AccountKind] = NEITHER
    default: str = ""  #: what is sent for an empty cell where it is not required; "" sends nothing
    service_default: str = ""  #: what the service takes when nothing is sent; for the README
    choices: tuple[str, ...] = ()  #: the closed list, where there is one
    code_missing: str | None = None  #: what the service answers when it is absent
    code_wrong: str | None = None  #: what it answers when the value is not of the kind
    code_over: str | None = None  #: what it answers when the value passes the account's limit


COLUMNS: tuple[Column, ...] = (
    Column(
        name="title",
        words=(
            "class title",
            "class name",
            "class",
            "lesson",
            "lesson title",
            "subject",
            "course",
            "topic",
            "name",
        ),
        kind=Kind.TEXT,
        help="What attendees see as the name of the class.",
        example="Algebra I",
        required_by=BOTH,
        code_missing="1014",
    ),
    Column(
        name="start_time",
        words=(
            "start",
            "starts",
            "starts at",
            "start time",
            "start date",
            "start datetime",
            "start date time",
            "start date and time",
            "date and time",
            "date time",
            "datetime",
            "date/time",
            "when",
            "begins",
            "begin",
        ),
        kind=Kind.START,
        help="Date and time by the clock of time_zone.",
        example="2031-09-01 14:00",
        required_by=BOTH,
        code_missing="1019",
        code_wrong="1022",
    ),
    Column(
        name="time_zone",
        words=("time zone", "timezone", "zone", "tz"),
        kind=Kind.ZONE,
        help="Area/City of the clock that start_time is read on.",
        example="Europe/London",
        required_by=ROOM,
        default="GMT",
        service_default="GMT",
        code_missing="1006",
        code_wrong="1003",
    ),
    Column(
        name="presenter_email",
        words=(
            "presenter email",
            "presenter e-mail",
            "presenter",
            "teacher",
            "teacher email",
            "teacher e-mail",
            "email",
            "e-mail",
            "email address",
            "instructor",
            "instructor email",
            "tutor",
            "tutor email",
        ),
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
        words=("presenter id", "teacher id", "instructor id", "tutor id", "staff id"),
        kind=Kind.TEXT,
        help="The school's own id of the presenter (room-based accounts).",
        example="T-17",
        used_by=ROOM,
        required_by=ROOM,
        code_missing="1001",
    ),
    Column(
        name="presenter_name",
        words=(
            "presenter name",
            "presenter",
            "teacher name",
            "teacher",
            "instructor name",
            "instructor",
            "tutor name",
            "tutor",
        ),
        kind=Kind.TEXT,
        help="The presenter's name as attendees see it (room-based accounts).",
        example="Ana Diaz",
        used_by=ROOM,
        required_by=ROOM,
        code_missing="1002",
    ),
    Column(
        name="duration",
        words=(
            "duration minutes",
            "duration (min)",
            "duration (minutes)",
            "minutes",
            "length",
            "length (min)",
            "mins",
        ),
        kind=Kind.MINUTES,
        help="How long the class lasts.",
        example="60",
        required_by=ROOM,
        default="60",
        service_default="60",
        code_wrong="1010",
        code_over="1010",
    ),
    Column(
        name="extend_duration",
        words=("extend duration", "extension", "extend by", "extra minutes", "extend (min)"),
        kind=Kind.MINUTES,
        help="How many minutes the class may run on after its end.",
        example="15",
        code_wrong="1090",
    ),
    Column(
        name="attendee_limit",
        words=("attendee limit", "attendees", "max attendees", "students", "class size", "seats", "capacity"),
        kind=Kind.COUNT,
        help="How many may attend.",
        example="25",
        service_default="2",
        code_wrong="1011",
        code_over="1011",
    ),
    Column(
        name="language_culture_name",
        words=("language culture name", "language", "lang", "language code", "culture"),
        kind=Kind.LANGUAGE,
        help="Language of the classroom's buttons and menus.",
        example="en-US",
        code_wrong="1043",
    ),
    Column(
        name="create_recording",
        words=("create recording", "recording", "record", "recorded", "record class"),
        kind=Kind.YES_NO,
        help="Whether the class is recorded.",
        example="yes",
        service_default="no",
        choices=("yes", "no"),
    ),
    Column(
        name="presenter_default_controls",
        words=("presenter default controls", "presenter controls", "teacher controls"),
        kind=Kind.CONTROLS,
        help="What the presenter starts with.",
        example="audio, video",
        service_default="audio, video",
        choices=("audio", "video"),
    ),
    Column(
        name="attendee_default_controls",
        words=("attendee default controls", "attendee controls", "student controls"),
        kind=Kind.CONTROLS,
        help="What attendees start with.",
        example="audio",
        service_default="audio, writing",
        choices=("audio", "writing"),
    ),
    Column(
        name="return_url",
        words=("return url", "return address", "exit url"),
        kind=Kind.URL,
        help="Where people land when they leave the class.",
        example="https://school.example/after",
    ),
    Column(
        name="status_ping_url",
        words=("status ping url", "status url", "ping url"),
        kind=Kind.URL,
        help="Where the service reports that the class is over.",
        example="https://school.example/ping",
    ),
)

BY_NAME = {column.name: column for column in COLUMNS}

#: The results workbook's own columns, before and after the input's. A file whose
#: header starts with all of the first is a results workbook, and these are left aside.
RESULTS_FIRST = ("row", "outcome", "call_id", "class_id", "error_code", "message")
RESULTS_LAST = ("start_utc", "attempts", "presenter_url", "fingerprint")

_SEPARATORS = re.compile(r"[\s_\-./:()\[\]*]+")


def fold(words: str) -> str:
    """Header words as they are compared: no case, accents kept, separators one space.

    >>> fold("  Presenter_E-Mail * ")
    'presenter e mail'
    """
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", words).casefold()).strip()


def columns_for(kind: AccountKind) -> tuple[Column, ...]:
    """The columns an account of this kind takes, in the table's order."""
    return tuple(column for column in COLUMNS if kind in column.used_by)
