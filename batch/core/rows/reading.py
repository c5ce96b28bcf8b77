"""A row while it is checked: its cells as values, before any rule has judged them.

A cell with a problem has no value for the rules after it, so no cell is complained
about twice and no row is sent with a doubt.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cell_text import value_text
from batch.core.rows.cells import EDGES, Fault, Value, reader
from batch.core.rows.clock_times import Span
from batch.core.rows.columns import BY_NAME, OF_SERIES, AccountKind, Column, columns_for
from batch.core.rows.dates import as_written
from batch.core.rows.fault_facts import facts_of
from batch.core.rows.file_evidence import NOTHING_KNOWN, STARTS, Known
from batch.core.rows.header_clock import HeaderClock, clock_of
from batch.core.rows.header_hints import counts_hours
from batch.core.rows.problems import ColumnName, Issue, Problem
from batch.core.rows.row import CellValue, Header, RawRow, shown
from batch.core.rows.start_and_length import when
from batch.core.rows.unread_columns import Unread, unread_columns
from batch.core.rows.value_maps import ValueMaps, stands_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is the same for every row of a batch."""

    now: datetime  #: UTC, read once
    account: AccountKind
    zones: frozenset[str]  #: zone names that may be sent; each must be known to `zoneinfo`
    max_minutes: int = 300  #: MaxClassMinutes, 300 on every account seen (section 8)
    #: MaxUserPerClass, where somebody said it; 10 on trial accounts, 50 or more on paid ones (section 8)
    max_attendees: int | None = None
    max_title: int = 255  #: the service documents none and took 100; a guard of our own (section 8)
    past_margin: timedelta = timedelta(0)  #: a start lies more than this after `now`; 1004 (section 4.2)
    #: API name -> text for an absent or empty cell, from the settings
    defaults: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    known: Known = NOTHING_KNOWN  #: what the rows of the file show together
    values: ValueMaps = field(default_factory=lambda: MappingProxyType({}))
    #: folded name of another maker's zone, such as "eastern standard time" -> the zone's name; asked for when
    #: there is something to suggest
    zone_names: Callable[[], Mapping[str, str]] = dict


@dataclass(slots=True)
class Reading:
    """A row while it is checked: `values` holds what could be read and was not complained about."""

    raw: RawRow
    header: Header
    terms: Terms
    values: dict[str, Value]
    moment: "Moment | None" = None  #: when start_time is by its zone's clock
    spans: bool = False  #: start_time holds its end too
    zone_is_named: bool = False  #: by the row, the header or the settings
    offset: timedelta | None = None  #: from UTC, where the start was written with one
    clock: time | None = None  #: the time of day of a start whose day is not known

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

    def issue(self, problem: Problem, column: str, expected_api_code: str | None, **facts: object) -> Issue:
        position = self.header.columns.get(column)
        facts |= {other: ColumnName(other) for other in problem.columns}
        value = "" if position is None else shown(self.raw.cells[position])
        return problem.at(
            column,
            value if value.strip(EDGES) else self.terms.defaults.get(column, ""),
            header=self.header.name_of(column),
            expected_api_code=expected_api_code,
            **{
                name: self.header.name_of(fact) if isinstance(fact, ColumnName) else fact
                for name, fact in facts.items()
            },
        )


class Moment(NamedTuple):
    """When a start is by a zone's clock, which at a change of clocks shows some hours twice, and others not at all."""

    before: timedelta  #: the clock's offset from UTC, as it stands before the change
    after: timedelta
    utc: datetime  #: by the first of them

    @property
    def is_one(self) -> bool:
        """Whether the clock shows that hour once."""
        return self.before == self.after


#: So many cells of a column, and so many starts, are remembered with what they mean.
_MOST_SEEN = 2048

Read = Callable[[CellValue], Value | Fault | None]


#: What a cell was read as: most columns have few different texts, numbers and moments.
Seen = dict[str | int | datetime, Value | Fault | None]


@dataclass(frozen=True, slots=True)
class Columns:
    """The account's columns in this file."""

    #: each with its position, its value map, and what was seen in it
    present: tuple[tuple[str, int, Read, Mapping[str, str] | None, Seen], ...]
    parts: tuple[str, ...]  #: those of them that hold a part of a start or a length
    defaults: Mapping[str, Value | Fault | None]  #: of every column: what an empty cell of it means
    unread: tuple[Unread, ...]  #: those that are not read
    fill: tuple[str, ...]  #: whose empty cells mean something, before the row's parts are put together
    zone_of_header: str | None  #: the zone that the header of the starts names
    moments: dict[tuple[datetime, str], Moment]  #: those of the starts that were seen: a term has few of them

    @classmethod
    def of(cls, header: Header, terms: Terms) -> Self:
        of_hours = "duration" in header.columns and counts_hours(header.name_of("duration"))
        readers = {
            column: reader(
                column,
                terms.zones,
                terms.known.dates,
                of_hours=of_hours and column.name == "duration",
                converted=terms.known.converted,
            )
            for column in columns_for(terms.account)
        }
        clock = clock_of(header, terms.zones)
        defaults = {
            column.name: _default(column, read, terms, clock, of_grid=header.of_grid)
            for column, read in readers.items()
        }
        return cls(
            present=tuple(
                (column.name, header.columns[column.name], read, terms.values.get(column.name), {})
                for column, read in readers.items()
                if column.name in header.columns and column.kind not in OF_SERIES
            ),
            parts=tuple(name for name in _PARTS if name in header.columns),
            defaults=defaults,
            unread=tuple(unread_columns(header, terms.account)),
            fill=tuple(
                column.name
                for column in readers
                if column.name not in _READ_TOGETHER
                and (defaults[column.name] is not None or terms.account in column.required_by)
            ),
            zone_of_header=clock.zone if clock is not None and clock.is_named else None,
            moments={},
        )


def _default(
    column: Column, read: Read, terms: Terms, clock: HeaderClock | None, *, of_grid: bool
) -> Value | Fault | None:
    """What an empty cell means: what the header or the settings say, else what our table does."""
    default = terms.defaults.get(column.name)
    if column.name == "time_zone" and clock is not None and clock.is_named:
        default = clock.zone
    if default:
        return read(default)
    if terms.account in column.required_by:
        return None  # what the service requires is not made up
    if column.name == "duration" and of_grid:
        return Fault(Problem.NO_LENGTH)  # an hour beside a grid says when a lesson begins, and no more
    if column.name == "time_zone" and terms.known.names_zones:
        return Fault(Problem.NO_ZONE_HERE)  # the other rows' clock, or Greenwich's?
    if column.name == "time_zone" and clock is not None:  # and Greenwich's it is not
        return Fault(Problem.CLOCK_OF_HEADER, {"named": clock.header, "example": clock.zone})
    return read(column.default)


def read_cells(reading: Reading, columns: Columns) -> list[Issue]:
    """Fill `values` from the cells, from each other, and from the defaults; return what could not be read."""
    issues = _read_present(reading, columns)
    values = reading.values
    faulty = {issue.column for issue in issues}
    reading.zone_is_named = bool(
        "time_zone" in values or columns.zone_of_header or "time_zone" in reading.terms.defaults
    )
    for name in columns.fill:
        if name not in values and name not in faulty:
            issues += _from_default(reading, name, columns.defaults[name])
    has_length = any(name in values or name in faulty for name in ("duration", "end_time"))
    issues += _when(reading, columns.zone_of_header, faulty)
    if not has_length and not reading.spans:
        issues += _from_default(reading, "duration", columns.defaults["duration"])
    for part in columns.parts:
        values.pop(part, None)
    reading.moment = _moment(reading, columns.moments)
    if columns.unread:
        issues += _unread_cells(reading, columns.unread)
    return issues


def _read_present(reading: Reading, columns: Columns) -> list[Issue]:
    """Fill `values` from the cells alone. In one function without calls: this is done for every cell of a file."""
    issues: list[Issue] = []
    values, cells = reading.values, reading.raw.cells
    for name, position, read, table, seen in columns.present:
        cell = cells[position]
        if cell is None:
            continue
        # Not a bool, nor 1.0, which are equal to 1; nor a moment of another clock, which may be equal to one of this.
        if (
            isinstance(cell, str)
            or cell.__class__ is int
            or (cell.__class__ is datetime and cell.tzinfo is None)
        ):
            if cell in seen:
                value = seen[cell]
            else:
                value = read(stands_for(cell, table) if table else cell)
                if len(seen) < _MOST_SEEN:
                    seen[cell] = value
        else:
            value = read(stands_for(cell, table) if table else cell)
        if isinstance(value, Fault):
            issues.append(_issue(reading, name, value))
            _take_clock_beside(reading, name, cell)
        elif value is not None:
            values[name] = value
    return issues


def _unread_cells(reading: Reading, columns: tuple[Unread, ...]) -> list[Issue]:
    """What the columns that are not read say that changes what the row means."""
    issues: list[Issue] = []
    for column in columns:
        cell = reading.raw.cells[column.position]
        if cell is None or (isinstance(cell, str) and cell in column.seen and column.seen[cell] is None):
            continue  # nearly every one
        found = column.judge(cell)
        if isinstance(found, Fault):
            issues.append(
                found.problem.at("", shown(cell), header=column.header, expected_api_code=None, **found.facts)
            )
        elif found and (start := reading.start()) and start.weekday() not in found:
            day = str(start.date())
            issues.append(Problem.OTHER_WEEKDAY.at("", shown(cell), header=column.header, day=day))
    return issues


_PARTS = frozenset(column.name for column in BY_NAME.values() if column.part_of)
_READ_TOGETHER = _PARTS | {BY_NAME[part].part_of for part in _PARTS}


def _from_default(reading: Reading, name: str, value: Value | Fault | None) -> Iterator[Issue]:
    if isinstance(value, Fault):
        yield _issue(reading, name, value)
    elif value is not None:
        reading.values[name] = value
    elif reading.terms.account in BY_NAME[name].required_by:
        yield reading.issue(Problem.BLANK, name, BY_NAME[name].code_missing)


def _when(reading: Reading, zone_of_header: str | None, faulty: set[str]) -> list[Issue]:
    """Put start_time together, and duration where an end tells it."""
    values, zone = reading.values, reading.text("time_zone")
    whole = values.get("start_time")
    if (
        isinstance(whole, datetime)
        and whole.tzinfo is None
        and zone_of_header is None
        and _PARTS.isdisjoint(values)
    ):
        return []  # most rows

    def offset(moment: datetime) -> timedelta:
        return (clock_in(zone).utcoffset(moment) if zone else None) or timedelta(0)

    reading.spans = isinstance(values.get("start_time"), Span)
    found = when(values, reading.header.columns, faulty, offset)
    faults = list(found.faults)
    column = "start_time" if "start_time" in values or "date" not in values else "date"
    alone = values.pop("start_time", None)
    if found.start is None:
        reading.clock = plain_clock(alone) or reading.clock
    if found.start is not None:
        start = _by_the_clock_of_its_zone(reading, found.start, zone_of_header)
        if isinstance(start, Fault):
            faults.append((column, start))
        else:
            values["start_time"] = start
    if found.minutes is not None:
        values["duration"] = found.minutes
    for faulted, _ in faults:
        values.pop(faulted, None)
    return [_issue(reading, faulted, fault) for faulted, fault in faults]


def _take_clock_beside(reading: Reading, name: str, cell: CellValue) -> None:
    """The time of day beside a date that could not be read."""
    clock = as_written(value_text(cell)).clock if name in STARTS and isinstance(cell, str) else None
    if clock and not clock.halved:
        reading.clock = plain_clock(clock.meant) or reading.clock


def plain_clock(value: object) -> time | None:
    """A time of day by the clock of its zone."""
    begins = value.begins if isinstance(value, Span) else value
    return begins if isinstance(begins, time) and begins.tzinfo is None else None


def _by_the_clock_of_its_zone(
    reading: Reading, start: datetime, zone_of_header: str | None
) -> datetime | Fault:
    """A start without its offset, which has to be that of its zone; where none is named it gives the moment."""
    zone = reading.text("time_zone")
    if start.tzinfo is None and zone_of_header and zone != zone_of_header:
        start = start.replace(tzinfo=clock_in(zone_of_header))
    given = start.utcoffset()
    local = start.replace(tzinfo=None)
    if given is None or zone is None:
        return local
    if not reading.zone_is_named:
        reading.offset = timedelta(0)
        return start.astimezone(clock_in(zone)).replace(tzinfo=None, fold=0)
    reading.offset = given
    own = {clock_in(zone).utcoffset(local.replace(fold=fold)) for fold in (0, 1)}
    if given in own:
        return local
    return Fault(
        Problem.OTHER_OFFSET,
        {"offset": _shown_offset(given), "zone": zone, "own": _shown_offset(own.pop() or timedelta(0))},
    )


def _shown_offset(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _issue(reading: Reading, name: str, fault: Fault) -> Issue:
    column, problem = BY_NAME[name], fault.problem
    # To the service, a formula that nobody calculated is an empty cell.
    missing = problem in {Problem.NOT_CALCULATED, Problem.MERGED, Problem.BLANK, Problem.NOBODY_NAMED}
    facts = facts_of(
        name,
        fault,
        shown(reading.cell(name)),
        has_date="date" in reading.header.columns,
        today=reading.terms.now.date(),
        zone_names=reading.terms.zone_names,
    )
    return reading.issue(problem, name, column.code_missing if missing else column.code_wrong, **facts)


@lru_cache(maxsize=1024)
def clock_in(name: str) -> ZoneInfo:
    # A constant table that the standard library happens to keep in files. Remembered
    # here because ZoneInfo holds on to eight zones only, and reading one takes 46 us.
    return ZoneInfo(name)


def _moment(reading: Reading, seen: dict[tuple[datetime, str], Moment]) -> Moment | None:
    start, zone = reading.start(), reading.text("time_zone")
    if start is None or zone is None:
        return None
    moment = seen.get((start, zone))
    if moment is None:
        clock = clock_in(zone)
        before = clock.utcoffset(start) or timedelta(0)
        after = clock.utcoffset(start.replace(fold=1)) or timedelta(0)
        moment = Moment(before, after, (start - before).replace(tzinfo=UTC))
        if len(seen) < _MOST_SEEN:
            seen[start, zone] = moment
    return moment
