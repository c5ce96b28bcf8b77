"""What is told of a row, a class or a file again and again: it stands in journals, so a released value is never renamed.

No value is in two families, for the journal keeps the value alone.
"""

from enum import StrEnum, auto, unique


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
    NO_KEY = auto()  #: the column `lesson_id` tells no lessons apart: it counts the rows, or repeats itself
    READ_AS = auto()
    NOT_READ = auto()
    PAST_EVENTS = auto()  #: of a calendar: left out
    OLDER_EVENTS = auto()  #: of a calendar: a newer state of them is there
    ZONE_OF_CALENDAR = auto()  #: was taken for events that name none
    READ_AS_GRID = auto()
    EXPORT_OF = auto()  #: a program, known by its headers


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
    ROW_CALLED = auto()  #: names a row: its `number` and `title`
    CLASS_CALLED = (
        auto()
    )  #: names a class: its `class_id`, or "", `title`, and whether it is `foreign`, or another file's
    AND_MORE = auto()  #: ends a list of names: a `number`
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
    NOT_THERE = auto()  #: a `class_id` that is no longer in the account
    STANDS_OTHERWISE = auto()  #: a `class_id` that somebody has changed in WizIQ
    ALIKE = auto()  #: a `class_id`, a `title`, and `why` as `first_send.Alike` has it
    #: Other rows of the file are in the account, sent from elsewhere, and this one is not listed; so many rows are `alike`.
    ALIKE_UNLISTED = auto()
    STANDS_THERE = (
        auto()
    )  #: another row's class, a `class_id`, that somebody changed in WizIQ to what this row says
    ASK = auto()
    GIVEN_UP = auto()
    PRESUMED = auto()
    PRESUMED_ALIKE = auto()
    PRESUMED_ASK = auto()
    CHANGED_SINCE = auto()  #: `class_id`, now a `title` and `when`, `by` a batch; `is_undo`
    CANCELLED_SINCE = auto()  #: `class_id`, `by` a batch; `is_undo`


@unique
class ChangeNote(StrEnum):
    """What became of a class whose row changed or went away. They stand in journals: a released value is never renamed."""

    CHANGED = auto()  #: the `changes` of `class_id`, one by one
    CHANGED_START = auto()  #: one of them: times `before` and `after`
    CHANGED_VALUE = auto()  #: one of them: a `column`, its `name` in the file or "", `before` and `after`
    BACK_IN_PLACE = (
        auto()
    )  #: one of them: the class was parked, or an answer was lost; now it is as the row says
    OVERWRITTEN = auto()  #: one of them: somebody's edit in WizIQ, which `listed` has, a CLASS_AS
    CHANGED_BY_HAND = auto()  #: to what the row says: a `class_id`
    CANCELLED = auto()
    BEYOND = auto()  #: before the first lesson of the file, or after the last: `is_after`
    KEPT_FOR = auto()  #: another `file`, which asks for `class_id`, too
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
    COLUMN_LOST = auto()  #: `class_id`; a `LostColumn`
    NO_ORDER = auto()  #: `why` no change of `class_id` would be accepted
    TURNED_DOWN = auto()  #: by the service, for room or presenter: its `code` and `text`
    #: `code` and `text`, and what was asked for: a `kind` of operation; `is_unsure`: an earlier one may be done
    CHANGE_REFUSED = auto()
    UNANSWERED_CHANGE = auto()  #: and the same `kind`
    IS_PARKED = auto()  #: at `when`: `class_id`
    NOT_CHANGED_YET = auto()  #: `class_id`; `stopped_by` a SyncNote, where nothing of the file was sent
    NOT_CANCELLED_YET = auto()  #: `stopped_by`, as above
    STILL_ASKED_FOR = auto()  #: by a row of the file: `class_id`
    PLACE_IS_TAKEN = auto()  #: `other` is, or is becoming, what `class_id` was to be
    NOT_AS_PLANNED = auto()  #: somebody else was at `class_id` since the plan was made


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
