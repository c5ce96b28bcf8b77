"""A row while it is checked: its cells as values, before any rule has judged them.

A cell with a problem has no value for the rules after it, so no cell is complained
about twice and no row is sent with a doubt.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Self
from zoneinfo import ZoneInfo

from batch.core.rows.cells import EDGES, UNTOLD, Fault, Value, reader
from batch.core.rows.columns import BY_NAME, AccountKind, Column, columns_for
from batch.core.rows.dates import Dates, Span
from batch.core.rows.problems import ColumnName, Issue, Problem
from batch.core.rows.row import CellValue, Header, RawRow, shown
from batch.core.rows.start_and_length import when
from batch.core.rows.value_maps import ValueMaps, stands_for
from batch.core.rows.zone_suggestions import zone_meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is the same for every row of a batch."""

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


Read = Callable[[CellValue], Value | Fault | None]


@dataclass(frozen=True, slots=True)
class Columns:
    """The account's columns in this file."""

    present: tuple[
        tuple[str, int, Read, Mapping[str, str] | None], ...
    ]  #: with its position and its value map
    defaults: Mapping[str, Value | Fault | None]  #: of every column: what an empty cell of it means
    fill: tuple[str, ...]  #: the columns whose empty cells are filled before the row's parts are put together

    @classmethod
    def of(cls, header: Header, terms: Terms) -> Self:
        readers = {column: reader(column, terms.zones, terms.dates) for column in columns_for(terms.account)}
        return cls(
            tuple(
                (column.name, header.columns[column.name], read, terms.values.get(column.name))
                for column, read in readers.items()
                if column.name in header.columns
            ),
            {column.name: read(_default(column, terms)) for column, read in readers.items()},
            tuple(column.name for column in readers if column.name not in _TOLD_TOGETHER),
        )


def _default(column: Column, terms: Terms) -> str:
    # What the service requires is not made up from our table; the settings may speak for the school.
    required = terms.account in column.required_by
    return terms.defaults.get(column.name) or ("" if required else column.default)


def read_cells(reading: Reading, columns: Columns) -> list[Issue]:
    """Fill `values` from the cells, from each other, and from the defaults; return what could not be read."""
    issues: list[Issue] = []
    values, cells = reading.values, reading.raw.cells
    for name, position, read, table in columns.present:
        cell = cells[position]
        if cell is None:
            continue
        value = read(stands_for(cell, table) if table else cell)
        if isinstance(value, Fault):
            issues.append(_told(reading, name, value))
        elif value is not None:
            values[name] = value
    faulty = {issue.column for issue in issues}
    for name in columns.fill:
        if name not in values and name not in faulty:
            issues += _from_default(reading, name, columns.defaults[name])
    length_is_told = bool({"duration", "end_time"} & {*values, *faulty})
    issues += _when(reading, faulty)
    if not length_is_told and not reading.spans:
        issues += _from_default(reading, "duration", columns.defaults["duration"])
    for part in _PARTS:
        values.pop(part, None)
    reading.offsets = _offsets(reading)
    return issues


_PARTS = frozenset(column.name for column in BY_NAME.values() if column.part_of)
_TOLD_TOGETHER = _PARTS | {BY_NAME[part].part_of for part in _PARTS}


def _from_default(reading: Reading, name: str, value: Value | Fault | None) -> Iterator[Issue]:
    if isinstance(value, Fault):
        yield _told(reading, name, value)
    elif value is not None:
        reading.values[name] = value
    elif reading.terms.account in BY_NAME[name].required_by:
        yield reading.issue(Problem.BLANK, name, BY_NAME[name].code_missing)


def _when(reading: Reading, faulty: set[str]) -> list[Issue]:
    """Put start_time together, and duration where an end tells it."""
    values, zone = reading.values, reading.text("time_zone")
    if isinstance(values.get("start_time"), datetime) and "date" not in values and "end_time" not in values:
        return []  # most rows

    def offset(moment: datetime) -> timedelta:
        return (clock_in(zone).utcoffset(moment) if zone else None) or timedelta(0)

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
def clock_in(name: str) -> ZoneInfo:
    # A constant table that the standard library happens to keep in files. Remembered
    # here because ZoneInfo holds on to eight zones only, and reading one takes 46 us.
    return ZoneInfo(name)


def _offsets(reading: Reading) -> tuple[timedelta, timedelta] | None:
    start, zone = reading.start(), reading.text("time_zone")
    if start is None or zone is None:
        return None
    clock = clock_in(zone)
    before = clock.utcoffset(start)
    after = clock.utcoffset(start.replace(fold=1))
    return before or timedelta(0), after or timedelta(0)
