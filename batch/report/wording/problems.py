"""What each problem of a row says of the cell, and how it is mended.

A message goes on after the column and its cell ("Start 'soon' is not a date and time"), so it begins small and has
no full stop; a hint is a sentence. The column's own header stands for a name in braces.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from batch.core.rows.problems import Issue, Problem
from batch.report.wording.phrases import Reader, Words, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class WordedIssue:
    """One fault in one cell, in words for its reader."""

    column: str  #: the API's name of the column
    header: str  #: what the file calls it
    value: str  #: what was typed
    code: str
    message: str  #: what is wrong with it
    hint: str  #: how it is mended
    expected_api_code: str | None  #: what the service would have answered with, where it has a code

    @property
    def is_warning(self) -> bool:
        return self.code.startswith("W")

    def __str__(self) -> str:
        return f"{self.without_hint(code=False)} {self.hint} [{self.code}]"

    def without_hint(self, *, code: bool = True) -> str:
        """The same where how it is mended was said before."""
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.header}{shown} {self.message}." + (f" [{self.code}]" if code else "")


def worded(issues: Iterable[Issue], reader: Reader = Reader.TERMINAL) -> tuple[WordedIssue, ...]:
    return tuple(_worded(issue, reader) for issue in issues)


def _worded(issue: Issue, reader: Reader) -> WordedIssue:
    facts = {**dict(zip(issue.problem.columns, issue.problem.columns, strict=True)), **issue.facts}
    words = words_of(issue.problem, facts)
    message, hint = issue.as_written or (
        filled(words.message_for(reader), facts),
        filled(words.hint_for(reader), facts),
    )
    return WordedIssue(
        column=issue.column,
        header=issue.header,
        value=issue.value,
        code=issue.code,
        message=message,
        hint=hint,
        expected_api_code=issue.expected_api_code,
    )


def words_of(problem: Problem, facts: Mapping[str, object]) -> Words:
    """The catalogue; mypy sees that no problem is left out."""
    match problem:
        case Problem.BLANK:
            return Words("is empty", "Fill in the cell.")
        case Problem.NOT_A_NUMBER:
            return Words("is not a whole number", "Write digits only, such as {example}.")
        case Problem.NOT_A_TIME:
            return Words("is not a date and time", "Write it as {example}.")
        case Problem.IN_THE_PAST:
            return Words("has already passed", "Give a start that lies ahead.")
        case Problem.NO_SUCH_HOUR:
            return Words(
                "does not exist in {zone}: the clock is put forward over it that night",
                "Choose a time before or after the change.",
            )
        case Problem.NOT_A_ZONE:
            return Words(
                "is not a time zone that is known here", "Write an area and city, such as {example}."
            )
        case Problem.TOO_LONG:
            return Words(
                "is longer than the {limit} minutes the account allows",
                "Shorten the class or split it in two rows.",
            )
        case Problem.TOO_SHORT:
            return Words("is less than 1 minute", "Write how many minutes the class lasts.")
        case Problem.TOO_MANY:
            return Words(
                "is more than the {limit} attendees the account allows",
                "Lower it; if your licence allows more, raise max_attendees in the settings.",
                page_hint="Lower it; if your licence allows more, ask whoever looks after classbatch to raise max_attendees.",
            )
        case Problem.TOO_FEW:
            return Words("is less than 1", "Write 1 or more, or leave the cell empty.")
        case Problem.NOT_AN_EMAIL:
            return Words(
                "is not an e-mail address",
                "Write the presenter's address, such as {example}; for names, see [values] in classbatch.toml.",
                page_hint="Write the presenter's address, such as {example}; for names in its place, ask whoever looks after classbatch.",
            )
        case Problem.NOT_A_LANGUAGE:
            return Words("is not a language code", "Write a language and country, such as {example}.")
        case Problem.NOT_YES_OR_NO:
            return Words("is neither yes nor no", "Write yes or no.")
        case Problem.NOT_A_URL:
            return Words("is not a web address", "Write it in full, such as {example}.")
        case Problem.NOT_A_CONTROL:
            return Words(
                "names a control that is not offered",
                "Write {choices:list or}, or several with commas between them.",
            )
        case Problem.CONTROL_CHARACTER:
            return Words(
                "holds a character that cannot be shown ({character})", "Delete the cell and type it again."
            )
        case Problem.ERROR_CELL:
            return Words("is an error of the spreadsheet", "Mend the formula, or type the value.")
        case Problem.NOT_CALCULATED:
            return Words(
                "is a formula without a stored value",
                "Open the file in Excel or LibreOffice, save it, and send it again.",
            )
        case Problem.WRONG_WIDTH:
            return Words(
                "has {found} fields where the header has {expected}",
                "Look for a comma or a quotation mark too many in this line.",
            )
        case Problem.TOO_MUCH_TEXT:
            return Words("is longer than {limit} characters", "Shorten it.")
        case Problem.DATE_ONLY:
            return Words(
                "is a date without a time of day",
                "Write both in this cell, such as {example}; or give the times a column called start_time.",
            )
        case Problem.TIME_ONLY:
            return Words(
                "is a time of day without a date",
                "Write both in this cell, such as {example}; or give the dates a column called date.",
            )
        case Problem.HOUR_24:
            return Words(
                "ends in 24:00",
                "Midnight is 00:00 of the next day: write it as "
                + ("23:59, or as minutes under {duration}." if facts.get("of_an_end") else "{example}."),
            )
        case Problem.WITH_OFFSET:
            return Words(
                "carries an offset from UTC",
                "Write the time on the local clock without it, such as {example}, and the place under {time_zone}.",
            )
        case Problem.BARE_NUMBER:
            return Words(
                "is a plain number, which no date or time is",
                f"Give the cell a date or time format, or write it as {{example}}{_perhaps(facts)}.",
            )
        case Problem.TOO_SOON:
            return Words("begins less than {margin} minutes from now", "Give a later start.")
        case Problem.NEGATIVE:
            return Words(
                "is less than 0", "Write how many minutes the class may run on, or leave the cell empty."
            )
        case Problem.EXTENDED_TOO_LONG:
            return Words("is longer than {limit} minutes", "Lower it, or leave the cell empty.")
        case Problem.ZERO_ID:
            return Words("counts as empty for the service", "Give the presenter another id.")
        case Problem.NOT_TEXT:
            return Words("is a {found} instead of text", "Give the cell the format Text, and type it again.")
        case Problem.SPAN:
            return Words(
                "leaves open in which half of the day it begins or ends",
                "Write AM or PM after both times, or neither: 9:00 AM-9:55 AM, 09:00-09:55.",
            )
        case Problem.MIXED_DATES:
            return Words(
                "could be read day first or month first, and this file has dates of both kinds: {one}, {other}",
                "Write every date as {example}, or say which comes first with --dates dmy or --dates mdy.",
                page_hint='Write every date as {example}, or say under "How the file is read" which comes first.',
            )
        case Problem.AMBIGUOUS_DATE:
            return Words(
                "could be {one} or {other}, and no date of this file shows which",
                "Say which comes first with --dates dmy or --dates mdy, or write it as {example}.",
                page_hint='Say under "How the file is read" which comes first, or write it as {example}.',
            )
        case Problem.CONTRADICTS:
            return Words(
                f"does not agree with {_other(facts)}", "Mend the one that is wrong, or empty this cell."
            )
        case Problem.ENDS_FIRST:
            return Words(
                "ends no later than it begins, at {begins}",
                "Mend the end; for a class past midnight write the minutes under {duration} instead.",
            )
        case Problem.NOT_A_LENGTH:
            return Words(
                "is not a number of minutes",
                f"Write minutes, such as {{example}}, or hours and minutes, such as 1h 15m{_perhaps(facts)}.",
            )
        case Problem.EXAMPLE:
            return Words(
                "is still the title of the template's example",
                "Write the title of your class, or delete the row.",
            )
        case Problem.NOT_A_DATE:
            return Words("is not a date", "Write it as {example}.")
        case Problem.NOT_AN_END:
            return Words("is not a time of day", "Write it as {example}.")
        case Problem.MERGED:
            return Words(
                "is part of the merged cell {where}, which has one value, in its first corner",
                "Take the merging away and fill in every row.",
            )
        case Problem.HIDDEN_ROW:
            return Words(
                "is hidden in the spreadsheet",
                "Nothing, if its class is to be scheduled; else delete the row.",
            )
        case Problem.CUT_OFF:
            return Words(
                "has {found} fields where the header has {expected}, and the file ends in the middle of its line",
                "Export or copy the file again, since its end may be missing; if the row is whole, add a line break behind it.",
            )
        case Problem.SEVERAL_ADDRESSES:
            return Words(
                "holds {addresses:list and}, and a class has one presenter",
                "Leave one address in the cell; if each of them gives a class, write a row for each.",
            )
        case Problem.NO_SIGN_OF_ADDRESSES:
            return Words(
                f"holds {_SIGNS.get(str(facts.get('sign')), '{sign}')}, which no e-mail address does",
                "Write it as {example}.",
            )
        case Problem.NOT_A_PRIORITY:
            return Words(
                "is no priority, so the class counts as 1",
                "Nothing, if you do not use priorities; else write a number, or low, normal or high.",
            )
        case Problem.HOUR_COMES_TWICE:
            return Words(
                "comes twice in {zone}: the clock is put back over it that night",
                "Nothing, if the service's choice of the two is fine; else choose another time.",
            )
        case Problem.READ_MONTH_FIRST:
            return Words(
                "is read as {one}, month first; no date of this file shows that it is not {other}",
                "Nothing, if that is right; else run again with --dates dmy, or write it as {example}.",
                page_hint='Nothing, if that is right; else say under "How the file is read" that the day comes first, or write it as {example}.',
            )
        case Problem.VERY_SHORT:
            return Words(
                "is taken for minutes", "Nothing, if that is right; if hours are meant, write {example}."
            )


#: Signs that look like others, by name.
_SIGNS = {
    **dict.fromkeys("\u2018\u2019", "a curly apostrophe ({sign})"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "a dash that is no hyphen ({sign})"),
}


def _perhaps(facts: Mapping[str, object]) -> str:
    return " (perhaps {likely} is meant)" if facts.get("likely") else ""


def _other(facts: Mapping[str, object]) -> str:
    """What the cell contradicts."""
    if "minutes" in facts:
        return "start and end, which are {minutes} minutes apart"
    return {"end": "the end under {other}", "time": "the time of day under {other}"}.get(
        str(facts.get("part")), "{other}"
    )
