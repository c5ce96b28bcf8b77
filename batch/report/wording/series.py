"""Lessons that repeat, in words: what is wrong with a row of them, and which days it stands for."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Literal, assert_never

from batch.core.message import TimetableNote
from batch.core.rows.problems import Problem
from batch.report.wording.language import tr_later
from batch.report.wording.phrases import DAY_AND_MONTH, Words, dated, listed, tr, weekday_in_words

_SHOWN_OFF = 6
_SHOWN_DAYS = 8

#: Where other lessons of the row are well: a mended row stands for all its days.
FOR_THESE_DAYS = tr_later(
    "To change these days alone, leave them out under a header except, and give each a row of its own with its date."
)

SeriesProblem = Literal[
    Problem.NO_BOUNDS,
    Problem.NO_WEEKDAY,
    Problem.NOT_WEEKDAYS,
    Problem.NOT_A_REPEAT,
    Problem.NOT_WEEKS,
    Problem.NO_SUCH_WEEKS,
    Problem.NOT_DAYS_OFF,
    Problem.ENDS_BEFORE_IT_BEGINS,
    Problem.NO_LESSON_LEFT,
    Problem.TOO_MANY_LESSONS,
    Problem.LINES_DIFFER,
    Problem.ON_A_HOLIDAY,
    Problem.CUT_BY_THE_TERM,
    Problem.NOT_ITS_DAY,
    Problem.OUTSIDE_THE_TERM,
]
SeriesNote = Literal[
    TimetableNote.SERIES,
    TimetableNote.SERIES_IN_ALL,
    TimetableNote.NOT_OF_A_SERIES,
    TimetableNote.TERM_OF_SHEET,
]

_TERM = "say when the term begins and ends, on a sheet Term of the workbook or under [term] in the settings"


def problem_words(problem: SeriesProblem, facts: Mapping[str, object]) -> Words:
    match problem:
        case Problem.NO_BOUNDS:
            return _no_bounds(facts)
        case Problem.NO_WEEKDAY:
            return Words(
                "says that the lesson repeats, and nothing says on which days of the week",
                "Write them under a header weekday, such as Mon, Wed.",
            )
        case Problem.NOT_WEEKDAYS:
            return _not_weekdays(facts)
        case Problem.NOT_A_REPEAT:
            return Words(
                "says that the lesson repeats, and not how",
                "Write weekly, every 2 weeks or daily, with the days under a header weekday; or an RRULE of days, weeks, "
                "months or years.",
            )
        case Problem.NOT_WEEKS:
            is_date = "day" in facts
            return Words(
                "was made a date of, {day}, by the spreadsheet" if is_date else "names no weeks of the term",
                "Write A, B, odd, even, or numbers such as 1-6, 8; put an apostrophe in front of numbers with a hyphen.",
            )
        case Problem.NO_SUCH_WEEKS:
            if facts.get("lacks") == "week_a":
                return Words(
                    "names A or B weeks, and nothing says which is which",
                    "Name the Monday of an A week: beside Week A on a sheet Term of the workbook, or as week_a under "
                    "[term] in the settings.",
                )
            return Words(
                "counts the weeks of a term that nobody has said the beginning of",
                "Say when the term begins: on a sheet Term of the workbook, or as starts under [term] in the settings.",
            )
        case Problem.NOT_DAYS_OFF:
            return Words(
                "holds {part!r}, which is no date or stretch of dates",
                "Write dates with commas between, such as 2031-10-13, and stretches such as 2031-10-27..2031-10-31.",
            )
        case Problem.ENDS_BEFORE_IT_BEGINS:
            return Words("is {last}, before the first day of the series, {first}", "Mend one of the two.")
        case Problem.NO_LESSON_LEFT:
            return Words(
                "stands for no lesson at all: no such day is left between its first and its last day",
                "Look at its days, its weeks, the holidays, and the dates from when until when.",
            )
        case Problem.TOO_MANY_LESSONS:
            return Words(
                "stands for more than {most} lessons",
                "Write an earlier last day; or raise max_lessons in the settings, if all of them are meant.",
            )
        case Problem.LINES_DIFFER:
            return Words(
                "belongs to a lesson that repeats, row {row} of the first file, and its lines here differ",
                "Mend all of them alike, or mend the lesson's one line on the sheet To do; for one day alone, leave it out "
                "under except, and write it in a row of its own with its date.",
            )
        case Problem.ON_A_HOLIDAY:
            named = ", {name}" if facts.get("name") else ""
            return Words(
                f"is a holiday: {{day:day}}{named}", "Leave it if the class takes place all the same."
            )
        case Problem.CUT_BY_THE_TERM:
            return Words(
                "asks for more lessons than lie before the last day: {lessons} take place",
                "Leave it if that is right; else write a later last day.",
            )
        case Problem.NOT_ITS_DAY:
            is_one_day = facts.get("last", facts.get("first")) == facts.get("first")
            stretch = "{first:day}" if is_one_day else "{first:day} to {last:day}"
            return Words(
                f"leaves out {stretch}, when this lesson would not take place anyway",
                "Leave it if that is right; else mend the date.",
            )
        case Problem.OUTSIDE_THE_TERM:
            return Words(
                "goes beyond the term: {lessons} of {of} lessons lie outside it, the first on {day:day}",
                "Leave it if they take place all the same; else mend its first or its last day.",
            )
        case _:
            assert_never(problem)


def _no_bounds(facts: Mapping[str, object]) -> Words:
    lacks = facts.get("lacks")
    if lacks == "last":
        return Words(
            "says that the lesson repeats, and nothing says until when",
            f"Write its last day under {{last_date}}, or how many lessons there are under times; or {_TERM}.",
        )
    if lacks == "first":
        return Words(
            "says that the lesson repeats, and nothing says from when on",
            f"Write its first day under {{first_date}}; or {_TERM}.",
        )
    return Words(
        "is no date, and nothing says from when until when the lesson repeats",
        f"Write its first and last day under {{first_date}} and {{last_date}}; or {_TERM}. "
        "For one class, write its date.",
    )


def _not_weekdays(facts: Mapping[str, object]) -> Words:
    several = facts.get("several")
    if isinstance(several, Sequence):
        names = listed([weekday_in_words(day) for day in several], "or")
        return Words("can be {names}", "Write the whole name of the day.", more={"names": names})
    return Words("names no day of the week", "Write days such as Mon, Wed or mon-fri.")


def note_words(what: SeriesNote, facts: Mapping[str, object]) -> Words:
    match what:
        case TimetableNote.SERIES:
            return Words("{days}", more={"days": _series(facts)})
        case TimetableNote.SERIES_IN_ALL:
            return Words("{rows:count row} {rows:form repeats|repeat}: {classes:count class|classes}.")
        case TimetableNote.NOT_OF_A_SERIES:
            return Words("{column} is not read in {rows:rows}: nothing there says that the lesson repeats.")
        case TimetableNote.TERM_OF_SHEET:
            otherwise = ", which goes before the settings" if facts.get("overrules") else ""
            return Words(f"The term is read from the sheet {{sheet!r}}{otherwise}.")
        case _:
            assert_never(what)


def _series(facts: Mapping[str, object]) -> str:
    """Maths Y7: 14 lessons, Mondays 09:00, 8 Sep to 15 Dec 2031, not on 27 Oct (Half-term)."""
    first, last = (date.fromisoformat(str(facts[name])) for name in ("first_day", "last_day"))
    title, lessons = facts["title"], facts["lessons"]
    parts = [
        tr(
            "Cell {cell}, {title:title}: {lessons:count lesson}",
            cell=facts["cell"],
            title=title,
            lessons=lessons,
        )
        if "cell" in facts
        else tr(
            "Row {row}, {title:title}: {lessons:count lesson}", row=facts["row"], title=title, lessons=lessons
        )
    ]
    if facts["ahead"] != lessons:
        parts.append(tr("{ahead} of them still to come", ahead=facts["ahead"]))
    parts += [f"{weekdays_in_words(facts['weekdays'])} {facts['clock']}", _stretch(first, last)]
    if off := off_in_words(facts["off"]):
        parts.append(tr("not on {off}", off=off))
    return f"{', '.join(parts)}."


def weekdays_in_words(days: object) -> str:
    """Days of the week as a school says them.

    >>> weekdays_in_words([0, 2]), weekdays_in_words([0, 1, 2, 3, 4])
    ('Mondays and Wednesdays', 'Monday to Friday')
    """
    numbers = sorted(int(day) for day in days) if isinstance(days, Sequence) else []
    if len(numbers) > 2 and numbers == [*range(numbers[0], numbers[-1] + 1)]:
        first, last = weekday_in_words(numbers[0]), weekday_in_words(numbers[-1])
        return tr("{first} to {last}", first=first, last=last)
    each = tr("Mondays Tuesdays Wednesdays Thursdays Fridays Saturdays Sundays").split()
    return listed([each[day] for day in numbers])


def off_in_words(off: object) -> str:
    """Days off with their names, those of one name together.

    >>> off_in_words([["2031-10-27", "Half-term"], ["2031-11-11", ""]])
    '27 Oct (Half-term), 11 Nov'
    """
    found = (
        [(date.fromisoformat(str(day)), str(name)) for day, name in off] if isinstance(off, Sequence) else []
    )
    parts = []
    for name, each in groupby(found[:_SHOWN_OFF], key=lambda day: day[1]):
        days = _by_month([day for day, _ in each])
        parts.append(f"{days} ({name})" if name else days)
    if len(found) > _SHOWN_OFF:
        parts.append(tr("{more:,} more days", more=len(found) - _SHOWN_OFF))
    return ", ".join(parts)


def _by_month(days: Sequence[date]) -> str:
    months = groupby(days, key=lambda day: (day.year, day.month))
    return ", ".join(
        tr("{days:list and} {month}", days=[day.day for day in each], month=dated(each[0], "%b"))
        for each in (list(month) for _, month in months)
    )


def some_lessons(days: Sequence[date], number: int, of: int) -> str:
    """How many lessons of a series, and when.

    >>> some_lessons([date(2031, 10, 13), date(2031, 10, 20), date(2031, 11, 3)], 3, 14)
    '3 of 14 lessons (13 and 20 Oct, 3 Nov)'
    """
    if number == of:
        return tr("All {of} lessons", of=of)
    shown = _by_month(days[:_SHOWN_DAYS])
    if len(days) > _SHOWN_DAYS:
        shown = tr("{shown} and {more} more", shown=shown, more=len(days) - _SHOWN_DAYS)
    return tr("{number} of {of} lessons", number=number, of=of) + (f" ({shown})" if days else "")


def _stretch(first: date, last: date) -> str:
    ends = dated(last, "%e %b %Y")
    if first == last:
        return ends
    begins = dated(first, DAY_AND_MONTH if first.year == last.year else "%e %b %Y")
    return tr("{first} to {last}", first=begins, last=ends)
