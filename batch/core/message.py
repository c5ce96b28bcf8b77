"""What is wrong, or worth knowing, as a code with its facts. It becomes words at the entry point (`report/wording`).

Each family of codes lists what one part of the program has to say. How to mend it
follows from the code and from who reads it, so it stands in the catalogue alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto, unique
from typing import Any


@unique
class Plain(StrEnum):
    """What came as a sentence already."""

    AS_WRITTEN = auto()  #: by an earlier version, in its journal


@unique
class FileFormat(StrEnum):
    """What a file is that is no timetable."""

    OLD_EXCEL = auto()  #: .xls
    BINARY_EXCEL = auto()  #: .xlsb
    EXCEL_XML = auto()  #: of 2003
    OPEN_DOCUMENT = auto()
    NUMBERS = auto()
    GOOGLE_LINK = auto()  #: what stands on the disk for a document in the cloud
    LINK = auto()  #: to a page or a file
    CALENDAR = auto()  #: .ics
    ZIP = auto()
    GZIP = auto()
    RAR = auto()
    SEVEN_ZIP = auto()
    WORD = auto()
    POWERPOINT = auto()
    OUTLOOK = auto()  #: a message
    PDF = auto()
    RICH_TEXT = auto()
    PICTURE = auto()
    MARKUP = auto()  #: a web page, or any other XML
    JSON = auto()


@unique
class FileFault(StrEnum):
    """Why a file cannot be read as a timetable."""

    EMPTY = auto()
    NOT_FOUND = auto()
    A_DIRECTORY = auto()
    NO_PERMISSION = auto()
    CANNOT_OPEN = auto()
    TOO_LARGE = auto()
    TOO_LARGE_WORKBOOK = auto()
    TOO_MANY_ROWS = auto()
    LOCK_FILE = auto()  #: of a spreadsheet program
    OTHER_FORMAT = auto()
    PROTECTED = auto()
    RIGHTS_MANAGED = auto()  #: by a label that encrypts it
    PROTECTED_OR_OLD = auto()
    DAMAGED = auto()
    NOT_OF_A_PROGRAM = auto()
    UNPACKS_TOO_LARGE = auto()
    ENTITIES = auto()
    ROW_PAST_THE_LAST = auto()
    TOO_SLOW = auto()
    OUT_OF_MEMORY = auto()
    TOO_MUCH_MEMORY = auto()
    READER_FAILED = auto()
    NO_SUCH_ENCODING = auto()
    OTHER_ENCODING = auto()
    UNDECODABLE = auto()
    BROKEN_RECORD = auto()
    NUL = auto()
    LONG_LINE = auto()
    NOTHING_IN_IT = auto()
    SEVERAL_SHEETS = auto()
    NO_TIMETABLE = auto()
    NO_SUCH_SHEET = auto()
    NOTHING_ON_IT = auto()
    ONLY_EXAMPLES = auto()  #: of the template, in `rows`
    NO_HEADER = auto()
    NO_COLUMN = auto()
    COLUMN_TWICE = auto()
    DAMAGED_CALENDAR = auto()
    TOO_MANY_EVENTS = auto()
    NO_MARKED_COPY = auto()  #: of a calendar
    TERM_SHEET = auto()  #: a line of the sheet that says when the term is
    NO_HOLIDAYS = auto()  #: in the file that should list them
    TOO_MANY_CLASSES = auto()  #: of the rows that repeat
    A_GRID = auto()  #: days across, periods down
    SECOND_HEADER = auto()
    NOT_RECALLED = auto()
    NOT_REMEMBERED = auto()
    NO_CELL = auto()  #: could hold a value of a program's table


@unique
class OutputFault(StrEnum):
    """Why a file cannot be written."""

    NOT_WRITTEN = auto()  #: at the end of a run: its rows are in the journal
    CANNOT_WRITE = auto()  #: as is seen before anything is sent
    IS_INPUT = auto()
    SAME_FILE = auto()  #: as another output
    A_FOLDER = auto()
    NO_FOLDER = auto()
    NOT_A_FILE = auto()
    OTHER_ENDING = auto()  #: of its name than such a file has
    ANOTHERS = auto()  #: somebody else's file is there, or somebody changed ours
    NO_SPOOL = auto()
    NO_EVENT = auto()  #: for a calendar


@unique
class NightFault(StrEnum):
    """Why a night, or a file of it, cannot be worked on."""

    WHERE = auto()  #: do the timetables arrive?
    NO_INBOX = auto()
    NO_FOLDER = auto()
    CLOSED_FOLDER = auto()
    NOT_MOVED = auto()
    CHANGED = auto()  #: while it was read
    STRANGER = auto()  #: a folder that is named like no account
    NO_APPRISE = auto()
    BAD_ADDRESS = auto()
    BUG = auto()  #: in classbatch


@unique
class ServerFault(StrEnum):
    """Why the page, or a sandbox, cannot be started."""

    CLOSED_STATE = auto()
    CANNOT_LISTEN = auto()
    EVERY_ADDRESS = auto()
    NO_PROXY = auto()
    NO_SANDBOX = auto()


@unique
class SettingFault(StrEnum):
    """What is wrong with a setting, or with a whole file of them. `where` says where it stands."""

    NOT_FOR_PROGRAMS = auto()
    UNKNOWN = auto()
    NOT_TAKEN = auto()  #: a value that it does not take; `value` is None for a secret
    EXPLAINED = auto()  #: the same, with a sentence `why`
    NO_JSON = auto()
    NOT_A_TABLE = auto()
    NO_VALUE_MAP = auto()  #: a table of a column's values
    NO_SUCH_COLUMN = auto()
    NO_COLUMN_FOR_HEADER = auto()
    OF_EACH_CLASS = auto()  #: no default can be
    NOT_OF_TERM = auto()  #: a line of [term]
    NOT_TEXT = auto()
    NO_SUCH_CELL = auto()  #: the text could not stand in that column
    NO_ACCOUNT = auto()
    NO_KEYS_OF_ACCOUNT = auto()
    BAD_ACCOUNT_NAME = auto()
    SAME_FOR_ALL = auto()  #: accounts
    NO_KEYS = auto()
    TWO_SECRET_KEYS = auto()
    SENT_ASTRAY = auto()
    CLOSED_SECRET = auto()
    OPEN_SECRET = auto()
    ODD_SECRET = auto()
    NO_FILE = auto()
    CLOSED_FILE = auto()
    OPEN_FILE = auto()
    PLANTED_FILE = auto()
    NOT_UTF8 = auto()
    NOT_TOML = auto()
    NO_CERTIFICATES = auto()  #: in the file of ca_file
    NO_HOME = auto()


@unique
class JournalFault(StrEnum):
    """Why the journal cannot be used, or not now."""

    LOCKED = auto()  #: another run is at work
    SUPERSEDED = auto()  #: another run has begun all the same, and goes on
    UPLOADS_LOCKED = auto()
    CANNOT_LOCK = auto()
    GONE = auto()
    NOT_A_FILE = auto()
    NOT_OURS = auto()
    NO_VERSION = auto()
    DAMAGED = auto()
    NEWEST_LOST = auto()
    BAD_WATERMARK = auto()
    GONE_AFTER_USE = auto()
    NEWER = auto()
    OF_ANOTHER_ACCOUNT = auto()
    CANNOT_OPEN = auto()
    CANNOT_WRITE = auto()
    NO_BATCH = auto()
    ELSEWHERE = auto()  #: the `batch` is another account's
    IS_AN_UNDO = auto()  #: a `batch` that took back what `undone` did
    NO_SUCH_ROWS = auto()  #: `rows` of a `batch`: it made and changed no class for them
    NOTHING_DONE = auto()  #: a `batch` made and changed no class; `cancelled` so many
    DISK_FULL = auto()
    BAD_ALIAS = auto()


@unique
class FileNote(StrEnum):
    """What is worth knowing of how a file was read. A `sheet` is named where there are several.

    They stand in journals: a released value is never renamed.
    """

    HEADER_ROWS = auto()
    NO_SHEETS_IN_CSV = auto()
    SHEETS_TOGETHER = auto()
    SHEETS_NOT_READ = auto()
    NO_ROWS = auto()
    LINES_LEFT_OUT = auto()
    MENDED_ROWS = auto()  #: read as they stand on the results workbook's sheet `to_do`
    BLANK_ROWS = auto()
    STRAY_CELLS = auto()
    EXAMPLES_LEFT_OUT = auto()
    AS_REMEMBERED = auto()
    REMEMBERED = auto()
    NO_SUCH_HEADER = auto()
    READ_AS = auto()
    NOT_READ = auto()
    PAST_EVENTS = auto()  #: of a calendar: left out


@unique
class RunNote(StrEnum):
    """What is worth knowing while a run goes on, and at its end."""

    PAUSED = auto()
    PAUSE_ASKED_FOR = auto()
    STOPPING = auto()
    TIME_IS_OVER = auto()
    CLOCKS_APART = auto()
    FOREIGN_NOT_COUNTED = auto()
    LIMIT_LEARNED = auto()
    COUNTS_CALLS = auto()
    JOURNAL_STARTED_OVER = auto()
    ANSWERS_LOOKED_UP = auto()
    STOPPED_LOCK_LOST = auto()
    STOPPED_ANSWERS_LOST = auto()
    STOPPED_NEVER_ANSWERED = auto()
    STOPPED_UNAVAILABLE = auto()
    LOCKED_OUT = auto()
    DOUBLED = auto()
    MISTAKEN = auto()
    GONE = auto()
    EDITED = auto()
    RECOGNISED = (
        auto()
    )  #: how many `rows`, and the `first` and `last` class: id, title, start; how many rows are `held`
    NO_LIST = auto()  #: and so nobody knows whether the file was sent before
    NOT_LISTED = auto()  #: the class that was sent first: its `class_id` and `title`
    SHIFTED = auto()  #: `number` of `total` classes would be otherwise by `shift_s`; nothing was sent
    ANOTHER_TIMETABLE = auto()  #: than the `file` of the same name, of `at`
    LOOKED = auto()  #: how many `classes` the account lists
    LIST_LATER = auto()
    TURNED_AWAY = auto()
    RENEWED_KEY = auto()
    RESULTS = auto()
    RESULTS_ELSEWHERE = auto()
    MARKED_COPY = auto()
    CALENDAR = auto()
    TOOK_BACK = auto()  #: what a `batch` did: `file`
    MADE_AGAIN = auto()  #: while `file` has its rows
    UNDO_GOES_ON = auto()  #: one of `batch` that was cut short


@unique
class SyncNote(StrEnum):
    """Why nothing of a file is sent that would change classes, and what is left over."""

    TOO_MUCH_CHANGED = auto()  #: `changed` and `cancelled` of so many `classes`, and what is `most` of each
    CHANGE_DECLINED = auto()
    NOBODY_TO_ASK = auto()
    ANOTHER_VERSION = (
        auto()
    )  #: of so many `lessons` of the file before under its name, `found` are in this one
    STILL_PARKED = auto()  #: `classes` that were moved aside for a moment, and not moved on


@unique
class NightNote(StrEnum):
    """What is worth knowing of a night."""

    SETTLING = auto()
    MORE_STRANGERS = auto()
    STILL_WRITTEN = auto()
    LEFT_ALONE = auto()
    INBOX_NOT_LOCKED = auto()
    NOT_CLAIMED = auto()
    FILE_WAITS = auto()
    ACCEPT_AGAIN = auto()
    SAME_CONTENT = auto()
    VANISHED = auto()
    ANOTHER_TIMETABLE = auto()
    GUARD = auto()  #: with the `reasons` why nothing of the file was sent
    INVALID_SHARE = auto()
    VANISHED_SHARE = auto()
    SMALLER = auto()
    SHIFTED = auto()
    TO_GO_ON = auto()
    ASKED_TO_STOP = auto()
    TIME_WAS_OVER = auto()
    NOT_DELIVERED = auto()
    NO_METRICS = auto()


@unique
class DoctorNote(StrEnum):
    """What was found where it was looked whether classes can be scheduled."""

    KEYS_ACCEPTED = auto()
    KEYS_READ = auto()
    KEYS_TURNED_AWAY = auto()
    NO_SERVICE = auto()
    TIME_NOT_GIVEN = auto()
    LISTS = auto()
    DOES_NOT_LIST = auto()
    LIST_LATE = auto()  #: the longest lag seen, in seconds: `lag_s`
    LIST_BENT = auto()  #: `columns` differ from what was sent by a rule that is known
    LIST_SILENT = auto()  #: `columns` differ by no rule
    LIMITS = auto()  #: `most` from the settings, or `learned`; what it counts, and what its refusals suggest
    ZONES = auto()
    NO_JOURNAL_YET = auto()
    SOUND_JOURNAL = auto()
    DAMAGED_JOURNAL = auto()
    SHARED_CLASS = auto()  #: by rows, from before that was ruled out


@unique
class RowNote(StrEnum):
    """Why a row ended as it did. They stand in journals: a released value is never renamed."""

    EARLIER_RUN = auto()
    NOT_YET = auto()
    CLASH = auto()
    NO_ROOM = auto()
    HELD = auto()  #: with a `reason` and a `proposal`
    PRESENTER_BUSY = auto()
    ONCE_MORE = auto()  #: an equal row stands above it
    FULL = auto()
    OUTSTANDING = auto()
    FULL_OF_OTHERS = auto()
    LIMIT_UNKNOWN = auto()
    FREE_AGAIN = auto()
    FREE_AT = auto()
    NOTHING_FREE = auto()
    TRIED_AGAIN = auto()
    LOOK_AT_THAT_TIME = auto()
    MOST_ROWS = auto()
    OTHERS_INVALID = auto()
    ANSWERED = auto()  #: with the service's `code` and `text`
    CLASHING_CLASS = auto()
    EARLIER_IN_THE_WAY = auto()  #: the class of the row's own earlier version
    UNANSWERED = auto()
    IN_DOUBT_SINCE = auto()
    FOUND_LATER = auto()
    TRUSTED_1032 = auto()
    MET_1032 = auto()
    CANNOT_TELL = auto()
    CANNOT_LIST = auto()
    UNPROVED = auto()
    UNWITNESSED = auto()  #: nothing is known to be in the account by which its list could be judged
    IN_ACCOUNT = auto()  #: by another journal: a `class_id`
    ALIKE = auto()  #: a `class_id`, a `title`, and `why` as `first_send.Alike` has it
    #: Other rows of the file are in the account, sent from elsewhere, and this one is not listed; so many rows are `alike`.
    ALIKE_UNLISTED = auto()
    ASK = auto()
    GIVEN_UP = auto()
    PRESUMED = auto()
    PRESUMED_ALIKE = auto()
    PRESUMED_ASK = auto()


@unique
class ChangeNote(StrEnum):
    """What became of a class whose row changed or went away. They stand in journals: a released value is never renamed."""

    CHANGED = auto()  #: the `changes`, one by one
    CHANGED_START = auto()  #: one of them: times `before` and `after`
    CHANGED_VALUE = auto()  #: one of them: a `name`, `before` and `after`
    BACK_IN_PLACE = (
        auto()
    )  #: one of them: the class was parked, or an answer was lost; now it is as the row says
    CHANGED_BY_HAND = auto()  #: to what the row says: a `class_id`
    CANCELLED = auto()
    EARLIER_CLASS = (
        auto()
    )  #: the row seems to be a lesson that stands as `class_id`: `by`, and when, who or what
    EARLIER_CLASSES = auto()  #: several, and nobody can say which
    ASKED_FOR_ELSEWHERE = auto()  #: by another `file`: class_id
    EDITED_BY_HAND = auto()  #: `class_id`: `left` and `listed`, each a CLASS_AS
    CLASS_AS = auto()  #: a `title` and `when`
    CANCELLED_BY_HAND = auto()
    EDITS_NOT_KNOWN = auto()
    WAS_THERE_BEFORE = auto()  #: this journal knew of the class
    NO_ORDER = auto()  #: `why` no change of its class would be accepted
    TURNED_DOWN = auto()  #: by the service, for room or presenter: its `code` and `text`
    CHANGE_REFUSED = auto()  #: `code` and `text`
    UNANSWERED_CHANGE = auto()
    IS_PARKED = auto()  #: at `when`: `class_id`
    NOT_CHANGED_YET = auto()


@unique
class UndoNote(StrEnum):
    """What an undo did to a class, or why it was left. They stand in journals: a released value is never renamed."""

    TAKEN_BACK = auto()  #: the class is cancelled
    BACK_BY_HAND = auto()  #: `class_id` was changed back in WizIQ
    NOTHING_LEFT = auto()  #: `class_id` is as it was before, or cancelled
    NOT_TAKEN_BACK_YET = auto()
    LATER_CHANGE = auto()  #: another batch changed, cancelled or parked `class_id`
    EDITED_SINCE = auto()  #: `class_id`: `left` and `listed`, each a CLASS_AS
    GONE_BY_HAND = auto()
    EDITS_UNKNOWN = auto()
    IN_DOUBT = auto()
    BEGUN_OR_OVER = auto()
    TIME_HAS_PASSED = auto()  #: that `class_id` had before
    PLACE_TAKEN = auto()  #: another class stands for the row that `class_id` stood for before
    ROW_FORGOTTEN = auto()  #: that `class_id` stood for before
    NUMBER_UNKNOWN = auto()
    OF_ANOTHER_JOURNAL = auto()
    ASKED_FOR_BY = auto()  #: another `file`
    NO_WAY_BACK = auto()  #: `why` no change back would be accepted
    NOT_BROUGHT_BACK = auto()  #: the batch cancelled `class_id`


@unique
class ServiceFault(StrEnum):
    """How asking the service failed. They stand in journals, too, beside the notes on rows: released, and apart from those."""

    ITS_WORDS = auto()  #: as it gave them
    REDIRECTED = auto()
    TURNED_AWAY = auto()
    TOO_MANY_REQUESTS = auto()
    ERROR_PAGE = auto()
    TOO_LATE = auto()
    BROKE_OFF = auto()
    BAD_CERTIFICATE = auto()
    NOT_HTTPS = auto()
    NO_CONNECTION = auto()
    PROXIES_NOT_USED = auto()  #: `unused`: variables that name one for other programs
    HELD_UP = auto()  #: this computer was
    UNREADABLE = auto()
    NO_LIST_NOW = auto()
    PAGE_LEFT_OUT = auto()
    ENDLESS_LIST = auto()
    UNSTEADY_LIST = auto()
    ANOTHER_ROWS_CLASS = auto()
    OLDER_CLASS = auto()  #: that was listed before it was asked for


@unique
class NoWay(StrEnum):
    """Why there was no connection."""

    TOO_LONG = auto()
    NO_NAME = auto()
    NO_TLS = auto()
    REFUSED = auto()
    BROKEN = auto()


@unique
class Unread(StrEnum):
    """Why an answer of the service cannot be taken for one."""

    NO_RSP = auto()
    OF_ANOTHER_REQUEST = auto()
    OK_OF_NOTHING = auto()
    OK_NOT_DONE = auto()
    SEVERAL_CLASSES = auto()
    FAIL_WITHOUT_WHY = auto()
    FAIL_WITH_A_CLASS = auto()
    FAIL_AND_DONE = auto()
    NO_CLASS_ID = auto()
    NO_RECORD_LIST = auto()
    LISTED_WITHOUT_ID = auto()
    TOO_LARGE = auto()
    EMPTY = auto()
    DOCUMENT_TYPE = auto()
    NO_XML = auto()


@unique
class TimetableNote(StrEnum):
    """What the rows of a file show together, and what was taken for granted. They stand in journals, too."""

    WHICH_ORDER = auto()  #: the day first, or the month?
    ORDERS_MIXED = auto()
    ORDER_PROVED = auto()
    ORDER_PROVED_BEFORE = auto()
    ORDER_SAID_BEFORE = auto()
    CLOCK_AS_BEFORE = auto()
    NAMES_FOR_ADDRESSES = auto()  #: the first `names`, and how many `more`, under `column`
    ZONE_OF_HEADER = auto()
    NO_ZONE = auto()
    NO_ATTENDEE_LIMIT = auto()
    NO_LENGTH = auto()
    NO_RECORDING = auto()
    OUTSIDE_HOURS = auto()
    SERIES = auto()  #: the days that one row of a lesson that repeats stands for
    SERIES_IN_ALL = auto()
    NOT_OF_A_SERIES = auto()  #: a column that says something of series is empty talk beside a date
    TERM_OF_SHEET = auto()


Fault = FileFault | OutputFault | SettingFault | JournalFault | NightFault | ServerFault | ServiceFault
What = (
    Plain
    | Fault
    | FileNote
    | TimetableNote
    | RunNote
    | SyncNote
    | RowNote
    | ChangeNote
    | UndoNote
    | NightNote
    | DoctorNote
)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell a person. A fact may be a message, too."""

    what: What
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """For a developer; a person is given the words of the catalogue."""
        if self.what is Plain.AS_WRITTEN:
            return f"{self.facts['text']}"
        return " ".join([self.what.name, *(f"{name}={fact!s}" for name, fact in self.facts.items())])

    @property
    def is_warning(self) -> bool:
        """Whether somebody has to look at it; told even to those who want to hear of nothing else."""
        return self.what in _WARNINGS


_WARNINGS: frozenset[What] = frozenset(
    (
        *(TimetableNote.WHICH_ORDER, TimetableNote.ORDERS_MIXED),
        *(TimetableNote.NO_ZONE, TimetableNote.OUTSIDE_HOURS),
        *(NightNote.LEFT_ALONE, NightNote.NOT_CLAIMED, NightNote.MORE_STRANGERS),
        *(NightNote.VANISHED, NightNote.ANOTHER_TIMETABLE, NightNote.GUARD, NightNote.TO_GO_ON),
        *(NightNote.FILE_WAITS, NightNote.ACCEPT_AGAIN, NightNote.NOT_DELIVERED, NightNote.NO_METRICS),
        *(RunNote.LOCKED_OUT, RunNote.DOUBLED, RunNote.MISTAKEN, RunNote.GONE, RunNote.EDITED),
        *(RunNote.RECOGNISED, RunNote.SHIFTED, RunNote.ANOTHER_TIMETABLE, SyncNote.ANOTHER_VERSION),
        *(SyncNote.TOO_MUCH_CHANGED, SyncNote.NOBODY_TO_ASK, SyncNote.STILL_PARKED),
    )
)


def stored(message: Message | None) -> str | None:
    """How the journal keeps a note on a row or a file: its code and facts."""
    return None if message is None else json.dumps(_plain(message), ensure_ascii=False)


def _plain(message: Message) -> dict[str, object]:
    return {"note": message.what, **{name: _plain_fact(fact) for name, fact in message.facts.items()}}


def _plain_fact(fact: object) -> object:
    if isinstance(fact, list):
        return [_plain_fact(each) for each in fact]
    return _plain(fact) if isinstance(fact, Message) else fact


def recalled(text: str | None) -> Message | None:
    """A note as the journal has it; earlier versions kept the sentence itself."""
    if text is None or not text.startswith('{"note": "'):
        return None if text is None else as_written(text)
    return _message(json.loads(text))


#: What the journal keeps: no value is in two families.
_STORED: Mapping[str, What] = {
    each.value: each
    for family in (RowNote, ChangeNote, UndoNote, ServiceFault, FileNote, TimetableNote)
    for each in family
}


def _message(plain: Mapping[str, Any]) -> Message:
    return Message(
        _STORED[plain["note"]], {name: _fact(fact) for name, fact in plain.items() if name != "note"}
    )


def _fact(plain: Any) -> object:
    if isinstance(plain, list):
        return [_fact(each) for each in plain]
    return _message(plain) if isinstance(plain, dict) else plain


def answered(code: str | None, text: str) -> Message:
    """What the service answered about a row."""
    return Message(RowNote.ANSWERED, {"code": code, "text": text})


def as_written(text: str) -> Message:
    return Message(Plain.AS_WRITTEN, {"text": text})
