"""The rules of a row: RawRow -> ClassRow, or everything that is wrong with it.

One function per rule. A cell with a problem has no value for the rules after it,
so no cell is complained about twice and no row is sent with a doubt.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from unicodedata import normalize
from zoneinfo import ZoneInfo

from batch.core.cells import EDGES, UNTOLD, Fault, Value, encode, reader
from batch.core.columns import BY_NAME, AccountKind, Column, columns_for
from batch.core.dates import Dates, Span, could_be_another_day
from batch.core.examples import EXAMPLE_TITLES
from batch.core.problems import Issue, Problem
from batch.core.row import CellValue, CheckedRow, ClassRow, Header, RawRow, shown
from batch.core.values import ValueMaps, folded, stands_for
from batch.core.when import when
from batch.core.zones import zone_meant

_TABLE_ORDER = {name: place for place, name in enumerate(BY_NAME)}

#: Larger ones count as much: what is worth more than a million others is worth no more in a plan.
MOST_PRIORITY = 1_000_000

# No zone's clock is further behind UTC (Etc/GMT+12).
_LAST_PLACE_ON_EARTH = timedelta(hours=-12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is the same for every row of a batch. Sources: wiziq-api.md."""

    now: datetime  #: UTC, read once
    account: AccountKind
    zones: frozenset[str]  #: zone names that may be sent; each must be known to `zoneinfo`
    max_minutes: int = 300  #: MaxClassMinutes, 300 on every account seen (section 8)
    max_attendees: int = 50  #: MaxUserPerClass; 10 on trial accounts, 50 or more on paid ones (section 8)
    max_title: int = 255  #: the service documents none and took 100; a guard of our own (section 8)
    past_margin: timedelta = timedelta(0)  #: a start lies more than this after `now`; 1004 (section 4.2)
    #: API name -> text for an absent or empty cell, from the settings
    defaults: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    dates: Dates = UNTOLD  #: how the file writes its dates
    values: ValueMaps = field(default_factory=lambda: MappingProxyType({}))
    #: folded name of another maker's zone, such as "eastern standard time" -> the zone's name
    zone_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(slots=True)
class Reading:
    """A row while it is checked: `values` holds what could be read and was not complained about."""

    raw: RawRow
    header: Header
    terms: Terms
    values: dict[str, Value]
    #: UTC offset of start_time on its zone's clock, as it stands before and after a change of clocks
    offsets: tuple[timedelta, timedelta] | None = None
    spans: bool = False  #: start_time holds its end too

    def whole(self, column: str) -> int | None:
        value = self.values.get(column)
        return value if isinstance(value, int) else None

    def text(self, column: str) -> str | None:
        value = self.values.get(column)
        return value if isinstance(value, str) else None

    def start(self) -> datetime | None:
        """start_time by the clock of time_zone."""
        value = self.values.get("start_time")
        return value if isinstance(value, datetime) else None

    def cell(self, column: str) -> CellValue:
        """What stands in the row's cell, or what the settings say it stands for."""
        position = self.header.columns.get(column)
        cell = None if position is None else self.raw.cells[position]
        table = self.terms.values.get(column)
        return stands_for(cell, table) if table else cell

    def issue(self, problem: Problem, column: str, foretells: str | None, **facts: object) -> Issue:
        position = self.header.columns.get(column)
        value = "" if position is None else shown(self.raw.cells[position])
        return problem.at(
            column,
            value if value.strip(EDGES) else self.terms.defaults.get(column, ""),
            header=self.header.name_of(column),
            foretells=foretells,
            **facts,
        )


def check_row(raw: RawRow, header: Header, terms: Terms) -> CheckedRow:
    """The class that a row means, or all that is wrong with it, in the order of the column table."""
    if any(not issue.is_warning for issue in raw.issues):
        return CheckedRow(raw, None, raw.issues)  # its cells may stand under the wrong headers
    reading = Reading(raw, header, terms, {})
    issues = [*raw.issues, *_read(reading)]
    reading.offsets = _offsets(reading)
    for rule in RULES:
        issue = rule(reading)
        if issue is None:
            continue
        issues.append(issue)
        if not issue.is_warning:
            reading.values.pop(issue.column, None)
    if any(not issue.is_warning for issue in issues):
        issues.sort(key=lambda issue: _TABLE_ORDER.get(issue.column, -1))
        return CheckedRow(raw, None, tuple(issues))
    return CheckedRow(raw, _class_row(reading, tuple(issues)))


@lru_cache(maxsize=8)
def _readers(
    account: AccountKind, zones: frozenset[str], dates: Dates
) -> tuple[tuple[Column, Callable[[CellValue], Value | Fault | None]], ...]:
    """The account's columns, each with what reads it."""
    return tuple((column, reader(column, zones, dates)) for column in columns_for(account))


def _read(reading: Reading) -> list[Issue]:
    """Fill `values` from the cells, from each other, and from the defaults."""
    issues: list[Issue] = []
    values, terms = reading.values, reading.terms
    readers = _readers(terms.account, terms.zones, terms.dates)
    for column, read in readers:
        if column.name not in reading.header.columns:
            continue
        value = read(reading.cell(column.name))
        if isinstance(value, Fault):
            issues.append(_told(reading, column.name, value))
        elif value is not None:
            values[column.name] = value
    faulty = {issue.column for issue in issues}
    for column, read in readers:
        if column.name not in values and column.name not in faulty and column.name not in _TOLD_TOGETHER:
            issues += _from_default(reading, column, read)
    length_is_told = bool({"duration", "end_time"} & {*values, *faulty})
    issues += _when(reading, faulty)
    if not length_is_told and not reading.spans:
        duration = BY_NAME["duration"]
        issues += _from_default(reading, duration, reader(duration, terms.zones))
    for part in _PARTS:
        values.pop(part, None)
    return issues


_PARTS = frozenset(column.name for column in BY_NAME.values() if column.part_of)
_TOLD_TOGETHER = _PARTS | {BY_NAME[part].part_of for part in _PARTS}


def _from_default(
    reading: Reading, column: Column, read: Callable[[CellValue], Value | Fault | None]
) -> Iterator[Issue]:
    # What the service requires is not made up from our table; the settings may speak for the school.
    required = reading.terms.account in column.required_by
    value = read(reading.terms.defaults.get(column.name) or ("" if required else column.default))
    if isinstance(value, Fault):
        yield _told(reading, column.name, value)
    elif value is not None:
        reading.values[column.name] = value
    elif required:
        yield reading.issue(Problem.BLANK, column.name, column.code_missing)


def _when(reading: Reading, faulty: set[str]) -> list[Issue]:
    """Put start_time together, and duration where an end tells it."""
    values, zone = reading.values, reading.text("time_zone")
    if isinstance(values.get("start_time"), datetime) and "date" not in values and "end_time" not in values:
        return []  # most rows

    def offset(moment: datetime) -> timedelta:
        return (_zone(zone).utcoffset(moment) if zone else None) or timedelta(0)

    reading.spans = isinstance(values.get("start_time"), Span)
    told = when(values, reading.header.columns, faulty, offset)
    values.pop("start_time", None)
    if told.start is not None:
        values["start_time"] = told.start
    if told.minutes is not None:
        values["duration"] = told.minutes
    for column, _ in told.faults:
        values.pop(column, None)
    return [_told(reading, column, fault) for column, fault in told.faults]


def _told(reading: Reading, name: str, fault: Fault) -> Issue:
    column, problem = BY_NAME[name], fault.problem
    # To the service, a formula that nobody calculated is an empty cell.
    missing = problem in {Problem.NOT_CALCULATED, Problem.MERGED, Problem.BLANK}
    facts = {"example": column.example, **fault.facts}
    if problem is Problem.NOT_A_ZONE and "example" not in fault.facts:
        facts["example"] = zone_meant(shown(reading.cell(name)), reading.terms.zone_names) or column.example
    return reading.issue(problem, name, column.code_missing if missing else column.code_wrong, **facts)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    # A constant table that the standard library happens to keep in files. Remembered
    # here because ZoneInfo holds on to eight zones only, and reading one takes 46 us.
    return ZoneInfo(name)


def _offsets(reading: Reading) -> tuple[timedelta, timedelta] | None:
    start, zone = reading.start(), reading.text("time_zone")
    if start is None or zone is None:
        return None
    clock = _zone(zone)
    before = clock.utcoffset(start)
    after = clock.utcoffset(start.replace(fold=1))
    return before or timedelta(0), after or timedelta(0)


def _class_row(reading: Reading, warnings: tuple[Issue, ...]) -> ClassRow:
    values = reading.values
    if values.get("extend_duration") == 0:  # 0 asks for nothing; sent, it might be answered with 1090
        del values["extend_duration"]
    start, title, minutes = reading.start(), reading.text("title"), reading.whole("duration")
    presenter = reading.text("presenter_email") or reading.text("presenter_id")
    if start is None or title is None or minutes is None or presenter is None or reading.offsets is None:
        raise AssertionError("a row without issues has all that a class needs")
    return ClassRow(
        parameters={
            column.name: encode(values[column.name])
            for column in BY_NAME.values()
            if column.name in values and column.is_sent
        },
        title=title,
        presenter=normalize("NFC", presenter).casefold(),
        start=(start - reading.offsets[0]).replace(tzinfo=UTC),
        minutes=minutes,
        extend_minutes=reading.whole("extend_duration") or 0,
        priority=min(reading.whole("priority") or 1, MOST_PRIORITY),
        warnings=warnings,
    )


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
    return reading.issue(Problem.TOO_LONG, "duration", "1010", limit=limit)


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
    attendees, limit = reading.whole("attendee_limit"), reading.terms.max_attendees
    if attendees is None or attendees <= limit:
        return None
    return reading.issue(Problem.TOO_MANY, "attendee_limit", "1011", limit=limit)


def start_is_on_the_clock(reading: Reading) -> Issue | None:
    """Where the clock jumps forward, the offset before the change is the smaller one."""
    if reading.offsets is None or reading.offsets[0] >= reading.offsets[1]:
        return None
    return reading.issue(Problem.NO_SUCH_HOUR, "start_time", "1005", zone=reading.text("time_zone"))


def start_lies_ahead(reading: Reading) -> Issue | None:
    """Where the zone cannot be told, a start that has passed everywhere has passed."""
    start = reading.start()
    if start is None:
        return None
    offset = reading.offsets[0] if reading.offsets else _LAST_PLACE_ON_EARTH
    ahead = (start - offset).replace(tzinfo=UTC) - reading.terms.now
    if ahead > reading.terms.past_margin:
        return None
    if ahead <= timedelta(0):
        return reading.issue(Problem.IN_THE_PAST, "start_time", "1004")
    margin = reading.terms.past_margin / timedelta(minutes=1)
    return reading.issue(Problem.TOO_SOON, "start_time", "1004", margin=f"{margin:g}")


def start_comes_once(reading: Reading) -> Issue | None:
    """A warning only: the service picks one of the two; planning takes the first, which is fold 0."""
    if reading.start() is None or reading.offsets is None or reading.offsets[0] <= reading.offsets[1]:
        return None
    return reading.issue(Problem.HOUR_COMES_TWICE, "start_time", None, zone=reading.text("time_zone"))


def start_is_no_other_day(reading: Reading) -> Issue | None:
    """A warning only: month first is the service's own form, and the only one read without proof."""
    if reading.start() is None or reading.terms.dates.order is not None:
        return None
    for column in ("date", "start_time"):
        cell = reading.cell(column)
        days = could_be_another_day(cell.strip(EDGES)) if isinstance(cell, str) else None
        if days:
            one, other = days
            example = shown(reading.start()) if column == "start_time" else str(one)
            return reading.issue(
                Problem.READ_MONTH_FIRST, column, None, one=one, other=other, example=example
            )
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


#: So many may be the hours of a class that somebody wrote under duration.
_AS_MANY_HOURS = 4

#: Order matters within a column only: the first to complain silences the rest.
RULES: tuple[Callable[[Reading], Issue | None], ...] = (
    title_fits,
    title_is_no_example,
    start_is_on_the_clock,
    start_lies_ahead,
    start_comes_once,
    start_is_no_other_day,
    presenter_id_is_not_zero,
    lasts_a_minute,
    lasts_minutes_not_hours,
    lasts_no_longer_than_allowed,
    extends_by_no_less_than_nothing,
    extends_no_longer_than_a_class,
    someone_may_attend,
    no_more_attend_than_allowed,
    priority_is_worth_something,
)
