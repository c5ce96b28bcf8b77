"""Why something cannot be done at all: a file read or written, a setting taken, a journal opened, a page served."""

from enum import StrEnum, auto, unique


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
    NO_CLASSES = auto()  #: it is the `file` of a known export that has none: the `classes` are in another
    COLUMN_TWICE = auto()  #: `headers`, each with its cell; `first` is the words of one
    DAMAGED_CALENDAR = auto()
    TOO_MANY_EVENTS = auto()
    NO_MARKED_COPY = auto()  #: of a calendar
    TERM_SHEET = auto()  #: a line of the sheet that says when the term is
    NO_HOLIDAYS = auto()  #: in the file that should list them
    TOO_MANY_CLASSES = auto()  #: of the rows that repeat
    A_GRID = auto()  #: days across, periods down
    GRID_LACKS = auto()  #: columns, in a grid that is read
    GRID_UNREAD = auto()  #: cells of a grid that belong to no day
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
    NOT_OF_GRID = auto()  #: a line of [grid]
    NOT_TEXT = auto()
    NO_SUCH_CELL = auto()  #: the text could not stand in that column
    NO_ACCOUNT = auto()
    NO_KEYS_OF_ACCOUNT = auto()
    BAD_ACCOUNT_NAME = auto()
    NO_SETTINGS_OF_FOLDER = auto()  #: there is no [folders.NAME]
    SAME_FOR_ALL = auto()  #: accounts
    NOT_OF_A_FOLDER = auto()
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
    OF_A_SANDBOX = (
        auto()
    )  #: a `batch`, a run of `file`, was sent to a sandbox, and is asked for without `--sandbox`
    IS_AN_UNDO = auto()  #: a `batch` that took back what `undone` did
    NO_SUCH_ROWS = auto()  #: `rows` of a `batch`: it made and changed no class for them
    #: Of a `batch`, a run of `file`, or of those of its `rows`; the batch before it that can be taken back is `earlier`,
    #: a run of `earlier_file`; "" where there is none.
    TAKEN_BACK_ALREADY = auto()
    NOTHING_DONE = auto()  #: a `batch` made and changed no class; `cancelled` so many
    DISK_FULL = auto()
    BAD_ALIAS = auto()
    MOVED = auto()  #: it is in another place now: `to`
    STILL_A_FILE = auto()  #: journals are in a database, and the account's stands in a file
    NOTHING_TO_MOVE = auto()
    IN_USE = auto()  #: where it is to be moved, the account has another journal
    NOT_MOVED = auto()  #: what was moved is not what it was
    NO_DATABASE = auto()  #: no setting says which: a move
    OTHER_ACCOUNT = auto()  #: the same: a worker's keys are another account's
    NO_QUEUE = auto()  #: the same: work for several computers
    NO_PSYCOPG = auto()  #: the extra `cluster` is not installed
    NOT_REACHED = auto()  #: a database at `path` does not answer, or lets nobody in: `why`
    DATABASE_FAILED = auto()  #: a database at `path` broke off: `why`
    NO_FILE_BACKUP = auto()  #: a database takes no file for its history


@unique
class NightFault(StrEnum):
    """Why a night, or a file of it, cannot be worked on."""

    WHERE = auto()  #: do the timetables arrive?
    NO_INBOX = auto()
    NOTHING_THERE = auto()  #: neither a folder nor a file called `place`
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
    SIGNED_IN_ELSEWHERE = auto()  #: by a reverse proxy
    NO_SANDBOX = auto()
