"""The rules of a row: RawRow -> ClassRow, or everything that is wrong with it. One function per rule."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import partial
from unicodedata import normalize

from batch.core.rows.cancelled_marks import Mark, cancelled_mark
from batch.core.rows.cell_text import value_text
from batch.core.rows.cells import Value, encode
from batch.core.rows.clock_times import FIRST_HOUR_OF_DAY
from batch.core.rows.columns import BY_NAME
from batch.core.rows.dates import as_written
from batch.core.rows.examples import EXAMPLE_TITLES
from batch.core.rows.file_evidence import STARTS
from batch.core.rows.lesson_keys import LESSON_ID, key_of
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.reading import Columns, Reading, Terms, plain_clock, read_cells
from batch.core.rows.row import CheckedRow, ClassRow, Header, RawRow
from batch.core.rows.value_maps import folded

Rule = Callable[[Reading], Issue | None]

_SENT = tuple(column.name for column in BY_NAME.values() if column.is_sent)
_TABLE_ORDER = {name: place for place, name in enumerate(BY_NAME)}

#: Larger ones count as much: what is worth more than a million others is worth no more in a plan.
MOST_PRIORITY = 1_000_000

_TOO_LATE = frozenset({Problem.IN_THE_PAST.code, Problem.TOO_SOON.code})

#: No timetable is made for a class so far ahead: its year is a slip, or of another calendar.
_FARTHEST = timedelta(days=3653)
#: So many years the Buddhist calendar, which Thai spreadsheets write, is ahead of the Gregorian one.
_BUDDHIST_YEARS = 543
# No zone's clock is further behind UTC (Etc/GMT+12).
_LAST_PLACE_ON_EARTH = timedelta(hours=-12)


def check_row(raw: RawRow, header: Header, terms: Terms) -> CheckedRow:
    """The class that a row means, or all that is wrong with it, in the order of the column table."""
    return row_check(header, terms)(raw)


def row_check(header: Header, terms: Terms) -> Callable[[RawRow], CheckedRow]:
    """What checks the rows of a file: all that its header and the terms decide is decided once."""
    judged: dict[str, set[Value]] = {column: set() for column in RULES}
    return partial(_check, header, terms, Columns.of(header, terms), judged)


def _check(
    header: Header, terms: Terms, columns: Columns, judged: Mapping[str, set[Value]], raw: RawRow
) -> CheckedRow:
    if any(not issue.is_warning for issue in raw.issues):
        return CheckedRow(raw, None, raw.issues)  # its cells may stand under the wrong headers
    reading = Reading(raw, header, terms, {})
    issues = [*raw.issues, *read_cells(reading, columns)]
    start = reading.start()
    for column, rules in RULES.items():
        if column == "start_time":
            if not starts_plainly(reading):
                issues += _complaints(reading, rules)
            continue
        value = reading.values.get(column)
        # They look at nothing else: what none of them had anything against, none has in another row.
        if value is None or value in judged[column]:
            continue
        found = _complaints(reading, rules)
        issues += found
        if not found and len(judged[column]) < _MOST_JUDGED:
            judged[column].add(value)
    if any(not issue.is_warning for issue in issues):
        issues.sort(key=lambda issue: _TABLE_ORDER.get(issue.column, -1))
        passed = None
        if start is not None and all(issue.is_warning or issue.code in _TOO_LATE for issue in issues):
            reading.values["start_time"] = start
            passed = _class_row(reading, ())
        return CheckedRow(raw, None, tuple(issues), passed)
    return CheckedRow(raw, _class_row(reading, tuple(issues)))


def _complaints(reading: Reading, rules: Iterable[Rule]) -> list[Issue]:
    found = []
    for rule in rules:
        issue = rule(reading)
        if issue is None:
            continue
        found.append(issue)
        if not issue.is_warning:
            reading.values.pop(issue.column, None)
    return found


def _class_row(reading: Reading, warnings: tuple[Issue, ...]) -> ClassRow:
    values = reading.values
    if values.get("extend_duration") == 0:  # 0 asks for nothing; sent, it might be answered with 1090
        del values["extend_duration"]
    start, title, minutes = reading.start(), reading.text("title"), reading.whole("duration")
    presenter = reading.text("presenter_email") or reading.text("presenter_id")
    moment = reading.moment.utc if reading.moment else None
    if start is not None and reading.offset is not None:
        moment = (start - reading.offset).replace(tzinfo=UTC)
    if moment is None or title is None or minutes is None or presenter is None:
        raise AssertionError("a row without issues has all that a class needs")
    return ClassRow(
        parameters={
            name: value if isinstance(value := values[name], str) else encode(value)
            for name in _SENT
            if name in values
        },
        title=title,
        presenter=normalize("NFC", presenter).casefold(),
        start=moment,
        minutes=minutes,
        extend_minutes=reading.whole("extend_duration") or 0,
        priority=min(reading.whole("priority") or 1, MOST_PRIORITY),
        lesson_id="" if reading.terms.known.no_key else key_of(reading.cell(LESSON_ID)),
        warnings=warnings,
    )


def key_is_no_other_rows(reading: Reading) -> Issue | None:
    if key_of(reading.cell(LESSON_ID)) not in reading.terms.known.keys_twice:
        return None
    return reading.issue(Problem.KEY_TWICE, LESSON_ID, None)


def title_fits(reading: Reading) -> Issue | None:
    title, limit = reading.text("title"), reading.terms.max_title
    if title is None or len(title) <= limit:
        return None
    return reading.issue(Problem.TOO_MUCH_TEXT, "title", None, limit=limit)


def presenter_id_is_not_zero(reading: Reading) -> Issue | None:
    """The service takes the id "0" for a missing one (section 4.1)."""
    if reading.text("presenter_id") != "0":
        return None
    return reading.issue(Problem.ZERO_ID, "presenter_id", "1001")


def lasts_a_minute(reading: Reading) -> Issue | None:
    minutes = reading.whole("duration")
    if minutes is None or minutes >= 1:
        return None
    return reading.issue(Problem.TOO_SHORT, "duration", "1010")


def lasts_no_longer_than_allowed(reading: Reading) -> Issue | None:
    minutes, limit = reading.whole("duration"), reading.terms.max_minutes
    if minutes is None or minutes <= limit:
        return None
    return reading.issue(Problem.TOO_LONG, "duration", "1010", limit=limit, **_as_an_end(reading, minutes))


def _as_an_end(reading: Reading, minutes: int) -> Mapping[str, object]:
    """What a length of so many hours and minutes would be as the time at which the class ends."""
    start, cell = reading.start(), reading.cell("duration")
    is_clock = isinstance(cell, time) or (isinstance(cell, str) and ":" in cell)
    if start is None or not is_clock:
        return {}
    lasts = minutes - 60 * start.hour - start.minute
    if not 0 < lasts <= reading.terms.max_minutes:
        return {}
    ends = f"{minutes // 60:02}:{minutes % 60:02}"
    return {"begins": f"{start:%H:%M}", "ends": ends, "minutes": lasts}


def extends_by_no_less_than_nothing(reading: Reading) -> Issue | None:
    minutes = reading.whole("extend_duration")
    if minutes is None or minutes >= 0:
        return None
    return reading.issue(Problem.NEGATIVE, "extend_duration", "1090")


def extends_no_longer_than_a_class(reading: Reading) -> Issue | None:
    """No maximum is documented; more than the longest class is a slip that would block the calendar."""
    minutes, limit = reading.whole("extend_duration"), reading.terms.max_minutes
    if minutes is None or minutes <= limit:
        return None
    return reading.issue(Problem.EXTENDED_TOO_LONG, "extend_duration", "1090", limit=limit)


def someone_may_attend(reading: Reading) -> Issue | None:
    attendees = reading.whole("attendee_limit")
    if attendees is None or attendees >= 1:
        return None
    return reading.issue(Problem.TOO_FEW, "attendee_limit", "1011")


def priority_is_worth_something(reading: Reading) -> Issue | None:
    priority = reading.whole("priority")
    if priority is None or priority >= 1:
        return None
    return reading.issue(Problem.TOO_FEW, "priority", None)


def no_more_attend_than_allowed(reading: Reading) -> Issue | None:
    """A limit that nobody said is the one of most licences, and only worth a warning."""
    attendees, limit = reading.whole("attendee_limit"), reading.terms.max_attendees
    if attendees is None or attendees <= (limit or USUAL_ATTENDEES):
        return None
    if limit is None:
        return reading.issue(Problem.MANY_ATTENDEES, "attendee_limit", None, limit=USUAL_ATTENDEES)
    return reading.issue(Problem.TOO_MANY, "attendee_limit", "1011", limit=limit)


def starts_plainly(reading: Reading) -> bool:
    """Whether no rule of the start has anything against it: so it is of nearly every row, and they cost more to ask."""
    start, moment = reading.start(), reading.moment
    if start is None or moment is None or not moment.is_one or start.hour < FIRST_HOUR_OF_DAY:
        return False
    if reading.terms.known.says_halves and start.hour < _FIRST_OF_TWO_DIGITS:
        return False
    return reading.terms.past_margin < moment.utc - reading.terms.now <= _FARTHEST


def start_is_on_the_clock(reading: Reading) -> Issue | None:
    """Where the clock jumps forward, the offset before the change is the smaller one."""
    if reading.moment is None or reading.moment.before >= reading.moment.after:
        return None
    return reading.issue(Problem.NO_SUCH_HOUR, "start_time", "1005", zone=reading.text("time_zone"))


def start_lies_ahead(reading: Reading) -> Issue | None:
    """Where the zone cannot be told, a start that has passed everywhere has passed."""
    start = reading.start()
    if start is None:
        return None
    offset = reading.moment.before if reading.moment else _LAST_PLACE_ON_EARTH
    ahead = (start - offset).replace(tzinfo=UTC) - reading.terms.now
    if ahead > reading.terms.past_margin:
        return None
    if ahead <= timedelta(0):
        today = (reading.terms.now.replace(tzinfo=None) + offset).date()
        column = _column_of_day(reading) if start.date() < today else "start_time"
        return reading.issue(Problem.IN_THE_PAST, column, "1004")
    margin = reading.terms.past_margin / timedelta(minutes=1)
    return reading.issue(Problem.TOO_SOON, "start_time", "1004", margin=f"{margin:g}")


def start_is_of_these_years(reading: Reading) -> Issue | None:
    """A class of 2207 would be scheduled, and nobody would miss it before 2027."""
    start, now = reading.start(), reading.terms.now.replace(tzinfo=None)
    if start is None or start - now <= _FARTHEST:
        return None
    first = now.year + ((start.month, start.day) < (now.month, now.day))  # in which that day comes next
    buddhist = start.year - _BUDDHIST_YEARS
    year = buddhist if 0 <= buddhist - first <= _FARTHEST.days // 366 else first
    years = start.year - now.year
    return reading.issue(Problem.FAR_AHEAD, _column_of_day(reading), None, years=years, example=year)


def _column_of_day(reading: Reading) -> str:
    return "date" if "date" in reading.header.columns else "start_time"


def start_comes_once(reading: Reading) -> Issue | None:
    """A warning only: the service picks one of the two; planning takes the first, which is fold 0."""
    if reading.start() is None or reading.moment is None or reading.moment.before <= reading.moment.after:
        return None
    return reading.issue(Problem.HOUR_COMES_TWICE, "start_time", None, zone=reading.text("time_zone"))


def start_has_a_time_of_day(reading: Reading) -> Issue | None:
    """A date alone in a column of dates and times is shown, and kept, as midnight."""
    start, cell = reading.start(), reading.cell("start_time")
    if start is None or not reading.terms.known.has_dates_alone:
        return None
    if not isinstance(cell, datetime) or cell.tzinfo is not None or cell.time() != time():
        return None
    return reading.issue(Problem.NO_TIME_OF_DAY, "start_time", None, example=f"{start:%Y-%m-%d} 09:00")


def start_is_by_day_or_meant_at_night(reading: Reading) -> Issue | None:
    """1:15 in a column without AM or PM, where no hour is past 12, is as often a quarter past one in the afternoon."""
    start = reading.start()
    clock = start.time() if start else reading.clock  # of a day that is still asked about, too
    if clock is None or clock.hour >= FIRST_HOUR_OF_DAY or reading.terms.known.counts_to_24:
        return None
    if reading.offset is not None:
        return None
    column = "start_time" if "start_time" in reading.header.columns else "date"
    afternoon = clock.replace(hour=clock.hour + 12)
    return reading.issue(
        Problem.AT_NIGHT,
        column,
        None,
        night=f"{clock:%H:%M}",
        afternoon=f"{afternoon:%H:%M}",
        twelve=f"{afternoon.hour % 12 or 12}:{afternoon:%M} PM",
    )


def start_says_its_half_of_the_day(reading: Reading) -> Issue | None:
    """4:00 beside 9:30 am and 2:00 pm is as often four in the afternoon."""
    if not reading.terms.known.says_halves:
        return None
    for column in STARTS:
        cell = reading.cell(column)
        clock = as_written(value_text(cell)).clock if isinstance(cell, str) else None
        if clock and clock.lacks_half and (begins := plain_clock(clock.meant)):
            twelve = f"{begins.hour % 12 or 12}:{begins:%M}"
            return reading.issue(Problem.NO_HALF, column, None, am=f"{twelve} AM", pm=f"{twelve} PM")
    return None


def lasts_minutes_not_hours(reading: Reading) -> Issue | None:
    """A warning only: the service takes a class of one minute, but hardly anybody means it."""
    minutes = reading.whole("duration")
    if minutes is None or not 1 <= minutes <= _AS_MANY_HOURS:
        return None
    return reading.issue(Problem.VERY_SHORT, "duration", None, example=f"{minutes}h")


def title_is_no_example(reading: Reading) -> Issue | None:
    title = reading.text("title")
    if title is None or folded(title) not in EXAMPLE_TITLES:
        return None
    return reading.issue(Problem.EXAMPLE, "title", None)


def title_is_of_a_class_that_takes_place(reading: Reading) -> Issue | None:
    """A warning only where the title may as well be about what was cancelled."""
    title = reading.text("title")
    mark = None if title is None else cancelled_mark(title)
    if mark is None:
        return None
    is_sure = mark is Mark.SURE
    return reading.issue(Problem.CANCELLED_TITLE if is_sure else Problem.MAY_BE_CANCELLED, "title", None)


_FIRST_OF_TWO_DIGITS = 10

#: So many may attend by most paid licences (a free one lets 10).
USUAL_ATTENDEES = 50

#: So many may be the hours of a class that somebody wrote under duration.
_AS_MANY_HOURS = 4

#: By the column that they are about, and that all of them but those of the start look at alone. Order matters within
#: a column only: the first to complain silences the rest.
RULES: Mapping[str, tuple[Rule, ...]] = {
    "title": (title_fits, title_is_no_example, title_is_of_a_class_that_takes_place),
    "start_time": (
        start_is_on_the_clock,
        start_lies_ahead,
        start_is_of_these_years,
        start_comes_once,
        start_has_a_time_of_day,
        start_is_by_day_or_meant_at_night,
        start_says_its_half_of_the_day,
    ),
    "presenter_id": (presenter_id_is_not_zero,),
    "duration": (lasts_a_minute, lasts_minutes_not_hours, lasts_no_longer_than_allowed),
    "extend_duration": (extends_by_no_less_than_nothing, extends_no_longer_than_a_class),
    "attendee_limit": (someone_may_attend, no_more_attend_than_allowed),
    "priority": (priority_is_worth_something,),
    LESSON_ID: (key_is_no_other_rows,),
}

#: So many values of a column are remembered as good.
_MOST_JUDGED = 2048
