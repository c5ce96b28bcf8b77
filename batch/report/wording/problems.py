"""What each problem of a row says of the cell, and how it is mended.

A message goes on after the column and its cell ("Start 'soon' is not a date and time"), so it begins small and has
no full stop; a hint is a sentence. The column's own header stands for a name in braces.
"""

from collections.abc import Iterable, Mapping

from batch.core.quick_dataclass import dataclass
from batch.core.rows.own_sheets import TO_DO_SHEET
from batch.core.rows.problems import THE_ROW, Issue, Problem
from batch.report.wording import dates, grids, series
from batch.report.wording.phrases import Reader, Words, filled, tr


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
    facts = {**facts, **words.more}
    message, hint = issue.as_written or (
        filled(words.message_for(reader), facts),
        filled(words.hint_for(reader), facts),
    )
    return WordedIssue(
        column=issue.column,
        header=tr(THE_ROW) if issue.header == THE_ROW else issue.header,
        value=issue.value,
        code=issue.code,
        message=message,
        hint=hint,
        expected_api_code=issue.expected_api_code,
    )


def words_of(problem: Problem, facts: Mapping[str, object]) -> Words:  # noqa: PLR0915 - a catalogue, one entry after the other
    """The catalogue; mypy sees that no problem is left out."""
    match problem:
        case Problem.BLANK:
            return Words("is empty", "Fill in the cell.")
        case Problem.NOT_A_NUMBER:
            return Words("is not a whole number", "Write digits only, such as {example}.")
        case Problem.IN_THE_PAST:
            return Words("has already passed", "Give a start that lies ahead.")
        case Problem.FAR_AHEAD:
            return Words("is {years} years ahead", "Correct the year; {example} if that is meant.")
        case Problem.TOO_LONG if "ends" in facts:
            return Words(
                "is longer than the {limit} minutes the account allows, and may be the time at which the class ends",
                "Write {minutes} for a class from {begins} to {ends}; ends go under a header of their own, such as End.",
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
            if facts.get("likely"):
                return Words("is not an e-mail address", "Mend it; perhaps {likely} is meant.")
            return Words(
                "is not an e-mail address",
                "Write the presenter's address, such as {example}; for names, see [values] in classbatch.toml.",
                page_hint="Write the presenter's address, such as {example}; for a name, where the page asks for it.",
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
        case Problem.SERIES:
            return Words(
                "lies {days:count day} after the start, so that this row means more than one class",
                "Say on which days of the week it repeats, under a header weekday or repeat; where it is one class, "
                "write its end or its length in place of this.",
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
        case Problem.NOT_TEXT if facts.get("found") in _FOUND:
            return Words(_FOUND[str(facts["found"])], "Give the cell the format Text, and type it again.")
        case Problem.NOT_TEXT:
            return Words("is a {found} instead of text", "Give the cell the format Text, and type it again.")
        case Problem.EXAMPLE:
            return Words(
                "is still the title of the template's example",
                "Write the title of your class, or delete the row.",
            )
        case Problem.MERGED:
            return Words(
                "is part of the merged cell {where}, which has one value, in its first corner",
                "Take the merging away and fill in every row.",
            )
        case Problem.HIDDEN_ROW:
            return Words(
                "is hidden in the spreadsheet",
                "Leave it if its class is to be scheduled; else delete the row.",
            )
        case Problem.CUT_OFF:
            return Words(
                "has {found} fields where the header has {expected}, and the file ends in the middle of its line",
                "Export or copy the file again, since its end may be missing; if the row is whole, add a line break behind it.",
            )
        case Problem.REPEATS:
            return Words(
                "says that this row is more than one class, and is not read: another column of the file says so, too",
                "Say it in one of the two columns, and empty the other.",
            )
        case Problem.CANCELLED_TITLE:
            return Words(
                "is marked as the title of a class that does not take place",
                "Delete the row; or, if the class takes place, take that word out of its title.",
            )
        case Problem.MAY_BE_CANCELLED:
            return Words(
                "holds a word for a class that does not take place, and the class is scheduled all the same",
                "Leave it if the class takes place; else delete the row.",
            )
        case Problem.NOBODY_NAMED:
            return Words(
                "is empty: the event names nobody who gives the class",
                "Invite the teacher to the event in the calendar, and export it again; where one person gives all, set "
                "presenter_email under [defaults] in classbatch.toml.",
                page_hint="Write the teacher's address here; or invite the teacher to the event in the calendar, and export it again.",
            )
        case Problem.MENDED_TWICE:
            there = "is empty" if facts.get("there") == "" else "is {there!r}"
            return Words(
                f'{there} on the sheet "{TO_DO_SHEET}", and more than one place was changed',
                "Write what is meant wherever the row stands, or mend it in one place alone.",
            )
        case Problem.SECOND_CLASS:
            return Words(
                "is not read: one row is one class, the one at its first date and time",
                "Leave it if this is no class; else give it a row of its own.",
            )
        case Problem.SAYS_CANCELLED if facts.get("is_heeded"):
            return Words(
                "may say that the class does not take place, and it is scheduled all the same",
                "Leave it if the class takes place; else delete the row, or write no more than cancelled here.",
            )
        case Problem.SAYS_CANCELLED:
            return Words(
                "is not read, and the class is scheduled all the same",
                "Leave it if the class takes place; else delete the row, or call this column Status, which is heeded.",
            )
        case Problem.MAY_REPEAT:
            return Words(
                "is not read: one row is one class, and none of another date is scheduled for it",
                "Leave it if that is right; else give each date a row of its own.",
            )
        case Problem.SEVERAL_ADDRESSES:
            return Words(
                "holds {addresses:list and}, and a class has one presenter",
                "Leave one address in the cell; if each of them gives a class, write a row for each.",
            )
        case Problem.NO_SIGN_OF_ADDRESSES:
            return Words(
                f"holds {_sign(facts.get('sign'))}, which no e-mail address does",
                "Write it as {example}.",
            )
        case Problem.NOT_A_PRIORITY:
            return Words(
                "is no priority, so the class counts as 1",
                "Leave it if you do not use priorities; else write a number, or low, normal or high.",
            )
        case Problem.MANY_ATTENDEES:
            return Words(
                "is more than the {limit} attendees that most licences allow",
                "Leave it if your licence allows so many (max_attendees in the settings says so for good); else lower it.",
                page_hint="Leave it if your licence allows so many; else lower it.",
            )
        case Problem.VERY_SHORT:
            return Words(
                "is taken for minutes", "Leave it if that is right; if hours are meant, write {example}."
            )
        case (
            Problem.NOT_A_TIME
            | Problem.NO_SUCH_HOUR
            | Problem.NOT_A_ZONE
            | Problem.NO_TIME_OF_DAY
            | Problem.OTHER_WEEKDAY
            | Problem.NO_YEAR
            | Problem.ONLY_A_WEEKDAY
            | Problem.MIDNIGHT
            | Problem.CONVERTED_DATE
            | Problem.AT_NIGHT
            | Problem.NO_HALF
            | Problem.OTHER_OFFSET
            | Problem.NO_ZONE_HERE
            | Problem.CLOCK_OF_HEADER
            | Problem.DATE_ABOVE
            | Problem.DATE_ONLY
            | Problem.TIME_ONLY
            | Problem.HOUR_24
            | Problem.WITH_OFFSET
            | Problem.BARE_NUMBER
            | Problem.SPAN
            | Problem.MIXED_DATES
            | Problem.AMBIGUOUS_DATE
            | Problem.CONTRADICTS
            | Problem.ENDS_FIRST
            | Problem.NOT_A_LENGTH
            | Problem.NOT_A_DATE
            | Problem.NOT_AN_END
            | Problem.HOUR_COMES_TWICE
            | Problem.READ_MONTH_FIRST
        ):
            return dates.problem_words(problem, facts)
        case (
            Problem.NO_BOUNDS
            | Problem.NO_WEEKDAY
            | Problem.NOT_WEEKDAYS
            | Problem.NOT_A_REPEAT
            | Problem.NOT_WEEKS
            | Problem.NO_SUCH_WEEKS
            | Problem.NOT_DAYS_OFF
            | Problem.ENDS_BEFORE_IT_BEGINS
            | Problem.NO_LESSON_LEFT
            | Problem.TOO_MANY_LESSONS
            | Problem.LINES_DIFFER
            | Problem.ON_A_HOLIDAY
            | Problem.CUT_BY_THE_TERM
            | Problem.NOT_ITS_DAY
            | Problem.OUTSIDE_THE_TERM
        ):
            return series.problem_words(problem, facts)
        case (
            Problem.OTHER_PARTS
            | Problem.FEWER_PARTS
            | Problem.NO_LENGTH
            | Problem.UNREAD_EVENT
            | Problem.DAYS_OUT_BY_RULE
            | Problem.NO_END
            | Problem.SHARED_UID
            | Problem.OTHER_HOUR
        ):
            return grids.problem_words(problem)
        case Problem.KEY_TWICE:
            return Words(
                "stands in another row, too",
                "Give each lesson an id of its own, or leave the cell empty.",
            )
        case Problem.SETTING_DIFFERS:
            return _setting_differs(facts)
        case Problem.EARLIER_VERSION:
            return _earlier_version(facts)


#: What stands where a text should, by the fact that says so.
_FOUND = {
    "number with lost digits": "is a number with lost digits instead of text",
    "date or time": "is a date or time instead of text",
}


def _sign(sign: object) -> str:
    """A sign that looks like another, by name."""
    if sign in {"\u2018", "\u2019"}:
        return "a curly apostrophe ({sign})"
    if sign in {"\u2010", "\u2011", "\u2012", "\u2013", "\u2212"}:
        return "a dash that is no hyphen ({sign})"
    return "{sign}"


def _setting_differs(facts: Mapping[str, object]) -> Words:
    if facts.get("stays") == "unnamed":
        return Words(
            "was {sent} when the class was scheduled; the file has no such column now",
            "The class keeps it. Name that column as it was; or change the class in WizIQ.",
        )
    if facts.get("stays"):
        return Words(
            "was {sent} when the class was scheduled; it is empty here",
            "The class keeps it: change it in WizIQ, or write {sent} here again.",
        )
    again = "write {sent} here again" if facts.get("sent") else "empty the cell again"
    return Words(
        "was {was} when the class was scheduled; it is {is_now} here",
        f"The class keeps what it was scheduled with: `classbatch sync` changes it; or change it in WizIQ, or {again}.",
        page_hint=f"The class keeps what it was scheduled with: change it in WizIQ, or {again}.",
        more={"was": facts.get("sent") or tr("empty"), "is_now": facts.get("now") or tr("empty")},
    )


def _earlier_version(facts: Mapping[str, object]) -> Words:
    was = {
        "title and presenter": "{when:period}",
        "start and title": "{presenter}",
        "start and presenter": "{title:title}",
    }.get(str(facts.get("by")), "{when:period}")
    return Words(
        f"was {was} when the class was scheduled as class {{class_id}}; that class still exists as it was",
        "If this row takes its place, `classbatch sync` changes that class; or cancel class {class_id} in WizIQ.",
        page_hint="If this row takes its place, cancel class {class_id} in WizIQ.",
    )
