"""The catalogue of what can be wrong with a row, in words for the person who typed it.

Each problem has a code to search for, what it says about the cell and how to
mend it. `{...}` in either is filled with the facts of the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique


@unique
class Problem(Enum):
    """Code, what it says, how to mend it. A released code never changes its meaning."""

    BLANK = "R001", "is empty", "Fill in the cell."
    NOT_A_NUMBER = "R002", "is not a whole number", "Write digits only, such as {example}."
    NOT_A_TIME = "R003", "is not a date and time", "Write it as {example}."
    IN_THE_PAST = "R004", "has already passed", "Give a start that lies ahead."
    NO_SUCH_HOUR = (
        "R005",
        "does not exist in {zone}: the clock is put forward over it that night",
        "Choose a time before or after the change.",
    )
    NOT_A_ZONE = "R006", "is not a time zone that is known here", "Write an area and city, such as {example}."
    TOO_LONG = (
        "R007",
        "is longer than the {limit} minutes the account allows",
        "Shorten the class or split it in two rows.",
    )
    TOO_SHORT = "R008", "is less than 1 minute", "Write how many minutes the class lasts."
    TOO_MANY = (
        "R009",
        "is more than the {limit} attendees the account allows",
        "Lower it; if your licence allows more, raise max_attendees in the settings.",
    )
    TOO_FEW = "R010", "is less than 1", "Write 1 or more, or leave the cell empty."
    NOT_AN_EMAIL = (
        "R011",
        "is not an e-mail address",
        "Write the presenter's address, such as {example}; for names, see [values] in classbatch.toml.",
    )
    NOT_A_LANGUAGE = "R012", "is not a language code", "Write a language and country, such as {example}."
    NOT_YES_OR_NO = "R013", "is neither yes nor no", "Write yes or no."
    NOT_A_URL = "R014", "is not a web address", "Write it in full, such as {example}."
    NOT_A_CONTROL = (
        "R015",
        "names a control that is not offered",
        "Write {choices}, or several with commas between them.",
    )
    CONTROL_CHARACTER = (
        "R016",
        "holds a character that cannot be shown ({character})",
        "Delete the cell and type it again.",
    )
    ERROR_CELL = "R017", "is an error of the spreadsheet", "Mend the formula, or type the value."
    NOT_CALCULATED = (
        "R018",
        "is a formula without a stored value",
        "Open the file in Excel or LibreOffice, save it, and send it again.",
    )
    WRONG_WIDTH = (
        "R019",
        "has {found} fields where the header has {expected}",
        "Look for a comma or a quotation mark too many in this line.",
    )
    TOO_MUCH_TEXT = "R020", "is longer than {limit} characters", "Shorten it."
    DATE_ONLY = (
        "R021",
        "is a date without a time of day",
        "Write both in this cell, such as {example}; or give the times a column called start_time.",
    )
    TIME_ONLY = (
        "R022",
        "is a time of day without a date",
        "Write both in this cell, such as {example}; or give the dates a column called date.",
    )
    HOUR_24 = "R023", "ends in 24:00", "Midnight is 00:00 of the next day: write it as {example}."
    WITH_OFFSET = (
        "R024",
        "carries an offset from UTC",
        "Write the time on the local clock without it, such as {example}, and the place under time_zone.",
    )
    BARE_NUMBER = (
        "R025",
        "is a plain number, which no date or time is",
        "Give the cell a date or time format, or write it as {example}{likely}.",
    )
    TOO_SOON = "R026", "begins less than {margin} minutes from now", "Give a later start."
    NEGATIVE = (
        "R027",
        "is less than 0",
        "Write how many minutes the class may run on, or leave the cell empty.",
    )
    EXTENDED_TOO_LONG = "R028", "is longer than {limit} minutes", "Lower it, or leave the cell empty."
    ZERO_ID = "R029", "counts as empty for the service", "Give the presenter another id."
    NOT_TEXT = (
        "R030",
        "is {found} instead of text",
        "Give the cell the format Text, and type it again.",
    )
    SPAN = (
        "R031",
        "leaves open in which half of the day it begins or ends",
        "Write AM or PM after both times, or neither: 9:00 AM-9:55 AM, 09:00-09:55.",
    )
    MIXED_DATES = (
        "R032",
        "could be read day first or month first, and this file has dates of both kinds: {one}, {other}",
        "Write every date as {example}, or say which comes first with --dates dmy or --dates mdy.",
    )
    AMBIGUOUS_DATE = (
        "R033",
        "could be {one} or {other}, and no date of this file shows which",
        "Say which comes first with --dates dmy or --dates mdy, or write it as {example}.",
    )
    CONTRADICTS = (
        "R034",
        "does not agree with {other}",
        "Mend the one that is wrong, or empty this cell.",
    )
    ENDS_FIRST = (
        "R035",
        "ends no later than it begins, at {begins}",
        "Mend the end; for a class past midnight write the minutes under duration instead.",
    )
    NOT_A_LENGTH = (
        "R036",
        "is not a number of minutes",
        "Write minutes, such as {example}, or hours and minutes, such as 1h 15m{likely}.",
    )
    EXAMPLE = (
        "R037",
        "is still the title of the template's example",
        "Write the title of your class, or delete the row.",
    )
    NOT_A_DATE = "R038", "is not a date", "Write it as {example}."
    NOT_AN_END = "R039", "is not a time of day", "Write it as {example}."
    MERGED = (
        "R040",
        "is part of the merged cell {where}, which has one value, in its first corner",
        "Take the merging away and fill in every row.",
    )
    HIDDEN_ROW = (
        "W040",
        "is hidden in the spreadsheet",
        "Nothing, if its class is to be scheduled; else delete the row.",
    )
    HOUR_COMES_TWICE = (
        "W001",
        "comes twice in {zone}: the clock is put back over it that night",
        "Nothing, if the service's choice of the two is fine; else choose another time.",
    )
    READ_MONTH_FIRST = (
        "W002",
        "is read as {one}, month first; no date of this file shows that it is not {other}",
        "Nothing, if that is right; else run again with --dates dmy, or write it as {example}.",
    )
    VERY_SHORT = (
        "W003",
        "is taken for minutes",
        "Nothing, if that is right; if hours are meant, write {example}.",
    )

    def __init__(self, code: str, says: str, fix: str) -> None:
        self.code, self.says, self.fix = code, says, fix

    @property
    def is_warning(self) -> bool:
        """A warning is told, and the row is sent all the same."""
        return self.code.startswith("W")

    def at(
        self, column: str, value: str, *, header: str = "", foretells: str | None = None, **facts: object
    ) -> "Issue":
        """This problem, found in one cell. `facts` fill the braces of `says` and `fix`."""
        return Issue(
            column=column,
            header=header or column,
            value=value,
            code=self.code,
            says=self.says.format(**facts),
            fix=self.fix.format(**facts),
            foretells=foretells,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell; `facts` fill the braces of the problem's sentences."""

    problem: Problem
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One fault in one cell."""

    column: str  #: the API's name of the column
    header: str  #: what the file calls it
    value: str  #: what was typed
    code: str
    says: str
    fix: str
    foretells: str | None  #: the code the service would have answered with, where it has one

    @property
    def is_warning(self) -> bool:
        return self.code.startswith("W")

    def __str__(self) -> str:
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.header}{shown} {self.says}. {self.fix} [{self.code}]"
