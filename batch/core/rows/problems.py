"""What can be wrong with a row: a code to search for, and the facts of the case.

The words are in the catalogue (`report/wording/problems.py`), where each entry point
takes them from for its reader.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum, unique

from batch.core.quick_dataclass import dataclass


@unique
class Problem(Enum):
    """Code, and the other columns that its words name. A released code never changes its meaning."""

    BLANK = "R001"
    NOT_A_NUMBER = "R002"
    NOT_A_TIME = "R003"
    IN_THE_PAST = "R004"
    NO_SUCH_HOUR = "R005"
    NOT_A_ZONE = "R006"
    TOO_LONG = "R007"
    TOO_SHORT = "R008"
    TOO_MANY = "R009"
    TOO_FEW = "R010"
    NOT_AN_EMAIL = "R011"
    NOT_A_LANGUAGE = "R012"
    NOT_YES_OR_NO = "R013"
    NOT_A_URL = "R014"
    NOT_A_CONTROL = "R015"
    CONTROL_CHARACTER = "R016"
    ERROR_CELL = "R017"
    NOT_CALCULATED = "R018"
    WRONG_WIDTH = "R019"
    TOO_MUCH_TEXT = "R020"
    DATE_ONLY = "R021"
    TIME_ONLY = "R022"
    HOUR_24 = "R023", "duration"
    WITH_OFFSET = "R024", "time_zone"
    BARE_NUMBER = "R025"
    TOO_SOON = "R026"
    NEGATIVE = "R027"
    EXTENDED_TOO_LONG = "R028"
    ZERO_ID = "R029"
    NOT_TEXT = "R030"
    SPAN = "R031"
    MIXED_DATES = "R032"
    AMBIGUOUS_DATE = "R033"
    CONTRADICTS = "R034"
    ENDS_FIRST = "R035", "duration"
    NOT_A_LENGTH = "R036"
    EXAMPLE = "R037"
    NOT_A_DATE = "R038"
    NOT_AN_END = "R039"
    MERGED = "R040"
    OTHER_WEEKDAY = "R050"
    ONLY_A_WEEKDAY = "R051", "weekday", "first_date", "last_date"
    MIDNIGHT = "R052"
    CONVERTED_DATE = "R053"
    AT_NIGHT = "R054"
    SERIES = "R055"
    OTHER_OFFSET = "R056", "time_zone"
    NO_ZONE_HERE = "R057"
    DATE_ABOVE = "R058"
    NO_YEAR = "R059"
    HIDDEN_ROW = "W040"
    SEVERAL_ADDRESSES = "R060"
    NO_SIGN_OF_ADDRESSES = "R061"
    NOT_A_PRIORITY = "W060"
    CUT_OFF = "R062"
    REPEATS = "R063"
    CANCELLED_TITLE = "R064"
    MENDED_TWICE = "R065"
    NOBODY_NAMED = "R066"
    NO_TIME_OF_DAY = "R067"
    CLOCK_OF_HEADER = "R068"
    NO_HALF = "R069"
    FAR_AHEAD = "R070"
    NO_BOUNDS = "R080", "first_date", "last_date"
    NO_WEEKDAY = "R081"
    NOT_WEEKDAYS = "R082"
    NOT_A_REPEAT = "R083"
    NOT_WEEKS = "R084"
    NO_SUCH_WEEKS = "R085"
    NOT_DAYS_OFF = "R086"
    ENDS_BEFORE_IT_BEGINS = "R087"
    NO_LESSON_LEFT = "R088"
    TOO_MANY_LESSONS = "R089"
    LINES_DIFFER = "R090"
    OTHER_PARTS = "R091"
    NO_LENGTH = "R092"
    UNREAD_EVENT = "R093"
    DAYS_OUT_BY_RULE = "R094"
    NO_END = "R095"
    KEY_TWICE = "R096"
    SHARED_UID = "R097"
    OTHER_HOUR = "R098"
    FEWER_PARTS = "R099"
    ON_A_HOLIDAY = "W080"
    CUT_BY_THE_TERM = "W081"
    NOT_ITS_DAY = "W082"
    OUTSIDE_THE_TERM = "W083"
    SECOND_CLASS = "W061"
    SAYS_CANCELLED = "W062"
    MAY_REPEAT = "W063"
    MAY_BE_CANCELLED = "W064"
    HOUR_COMES_TWICE = "W001"
    READ_MONTH_FIRST = "W002"
    VERY_SHORT = "W003"
    MANY_ATTENDEES = "W004"
    SETTING_DIFFERS = "W070"
    EARLIER_VERSION = "W071"

    def __init__(self, code: str, *columns: str) -> None:
        self.code = code
        self.columns = columns  #: the person knows them by the headers of their file

    @property
    def is_warning(self) -> bool:
        """A warning is told, and the row is sent all the same."""
        return self.code.startswith("W")

    def at(
        self,
        column: str,
        value: str,
        *,
        header: str = "",
        expected_api_code: str | None = None,
        **facts: object,
    ) -> "Issue":
        """This problem, found in one cell. `facts` are what its words need."""
        return Issue(
            problem=self,
            column=column,
            header=header or column,
            value=value,
            expected_api_code=expected_api_code,
            facts=facts,
        )

    def of_row(self, **facts: object) -> "Issue":
        """This problem, of a row as a whole."""
        return Issue(problem=self, column="", header=THE_ROW, value="", facts=facts)


#: What stands for a column's header where the whole row is meant.
THE_ROW = "The row"


class ColumnName(str):
    """A fact that is a column's API name; where the file has that column, its header takes its place."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell."""

    problem: Problem
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One fault in one cell."""

    problem: Problem
    column: str  #: the API's name of the column
    header: str  #: what the file calls it
    value: str  #: what was typed
    expected_api_code: str | None = None  #: what the service would have answered with, where it has a code
    facts: Mapping[str, object] = field(
        default_factory=dict
    )  #: what the words need: the limit, the other reading
    as_written: tuple[str, str] | None = (
        None  #: the words themselves, where a journal of an earlier version has them
    )

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def is_warning(self) -> bool:
        return self.problem.is_warning
