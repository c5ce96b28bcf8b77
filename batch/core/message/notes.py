"""What is worth knowing while a run goes on and at its end. None of it is stored."""

from enum import StrEnum, auto, unique


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
    LISTED_AGAIN = auto()  #: in so many `seconds`, for a `number` of classes that are not listed
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
    LIST_IS_LATE = auto()  #: so many `seconds` are waited for what others may have sent
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
    TAKES_BACK = auto()  #: what a `batch` did, as no other was named: its `file` and `at`
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
    VANISHED = auto()  #: how many classes are no longer in the file; each is a note of its own
    VANISHED_CLASS = auto()  #: one of them, and the `row` that seems to replace it
    MORE_VANISHED = auto()
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
    HANDED_OVER = auto()  #: a file waits for the workers; it lies in `file` now
    WAITS_ALREADY = auto()  #: the very same waits already
    WAS_IMPORTED = auto()  #: by a worker; the file lies with its results in the folder of `file` now
    WAS_NOT_IMPORTED = auto()  #: a worker `said` why


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
    DATABASE = auto()  #: of the journals, while a sandbox is examined
    NO_JOURNAL_YET = auto()
    SOUND_JOURNAL = auto()
    DAMAGED_JOURNAL = auto()
    SHARED_CLASS = auto()  #: by rows, from before that was ruled out
