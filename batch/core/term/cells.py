"""What the cells of one row say of its days: whether it is one class or a series of them."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta

from batch.core.quick_dataclass import dataclass
from batch.core.rows.cell_text import NOTHING, is_nothing, value_text
from batch.core.rows.cells import Value, reader
from batch.core.rows.clock_times import Span
from batch.core.rows.columns import BY_NAME, SERIES
from batch.core.rows.date_order import Dates
from batch.core.rows.dates import at, read_moment
from batch.core.rows.problems import ColumnName, Fault, Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, Header, RawRow, Unreadable, shown
from batch.core.rows.value_maps import stands_for
from batch.core.term.repeats import Every, Repeat, is_never, read_repeat
from batch.core.term.weekdays import Weekdays, names_several, read_weekdays
from batch.core.term.weeks import Weeks, read_weeks

#: Those whose cells are dates or times.
_DATED = ("start_time", "date", "end_time", "end_date", "first_date", "last_date")

_DAY = timedelta(days=1)


@dataclass(slots=True)
class SeriesCells:
    """What a row says."""

    days: Weekdays | None = None
    repeat: Repeat | None = None
    full: date | None = None  #: the day of its own date
    first: date | None = None
    last: date | None = None
    times: int | None = None
    weeks: Weeks | None = None
    left_out: str = ""  #: the text of its `except`
    is_series: bool = False
    values: Mapping[str, Value | Fault | None] = field(default_factory=dict)  #: of the dated columns
    faults: list[tuple[str, Fault]] = field(default_factory=list)


class CellReader:
    """Reads the rows of one file."""

    def __init__(self, header: Header, terms: Terms) -> None:
        self._header = header
        self._terms = terms
        known = terms.known
        self._readers = {
            name: reader(BY_NAME[name], terms.zones, known.dates, converted=known.converted)
            for name in _DATED
            if name in header.columns
        }
        self._times = reader(BY_NAME["times"], terms.zones)
        self._own = [header.columns[name] for name in SERIES if name in header.columns]

    def speaks(self, raw: RawRow) -> bool:
        """Whether a cell of a column that speaks of series alone has anything in it."""
        return bool(self._own) and any(raw.cells[position] not in (None, "") for position in self._own)

    def read(self, raw: RawRow) -> SeriesCells:
        """All that the row says."""
        values = {name: read(self._cell(raw, name)) for name, read in self._readers.items()}
        cells = SeriesCells(values=values, full=_own_day(values))
        self._read_days(raw, cells)
        self._read_repeat(raw, cells)
        self._read_ends(cells)
        _agree(cells)
        cells.is_series = _is_series(cells)
        if cells.is_series:
            self._read_rest(raw, cells)
        return cells

    def date_in(self, text: str) -> date | Fault:
        """One date, by what is known of the file's."""
        return date_in(text, self._terms.known.dates)

    def text(self, raw: RawRow, name: str) -> str:
        """What stands in a cell, "" where that is nothing."""
        cell = self._cell(raw, name)
        text = "" if cell is None or isinstance(cell, Unreadable) else value_text(shown(cell))
        return "" if is_nothing(text, NOTHING) else text

    def _cell(self, raw: RawRow, name: str) -> CellValue:
        position = self._header.columns.get(name)
        cell = None if position is None else raw.cells[position]
        table = self._terms.values.get(name)
        return stands_for(cell, table) if table else cell

    def _read_days(self, raw: RawRow, cells: SeriesCells) -> None:
        text = self.text(raw, "weekday")
        cell = self._cell(raw, "weekday")
        found: Weekdays | Fault | None = None
        if isinstance(cell, Unreadable):
            found = Fault(cell.problem, {"where": cell.where})
        elif text:
            found = read_weekdays(text, self._header.name_of("weekday"))
        if text and found is None:
            repeat = read_repeat(text)  # "every Monday", "daily" under the header of the days
            if isinstance(repeat, Repeat) and (repeat.days or repeat.every is Every.SCHOOL_DAY):
                cells.repeat, found = repeat, repeat.days
            elif cells.full is None or names_several(text):
                found = Fault(Problem.NOT_WEEKDAYS)
        if isinstance(found, Fault):
            # Beside a date of the row's own the column may be about anything: "Day 3".
            if cells.full is None or self._repeats(raw) or names_several(text):
                cells.faults.append(("weekday", found))
        elif found and not (len(text) == 1 and cells.full):
            cells.days = found

    def _repeats(self, raw: RawRow) -> bool:
        text = self.text(raw, "repeat")
        return bool(text) and not is_never(text)

    def _read_repeat(self, raw: RawRow, cells: SeriesCells) -> None:
        if not self._repeats(raw):
            return
        found = read_repeat(self.text(raw, "repeat"))
        if isinstance(found, Repeat):
            cells.repeat = found
        elif found.problem is Problem.MAY_REPEAT and (cells.full is None or cells.days):
            cells.faults.append(("repeat", Fault(Problem.NOT_A_REPEAT)))
        else:
            cells.faults.append(("repeat", found))

    def _read_ends(self, cells: SeriesCells) -> None:
        values = cells.values
        first, last = _day_of(values.get("first_date")), _day_of(values.get("last_date"))
        begins = values.get("start_time")
        if first is None and isinstance(begins, date) and not isinstance(begins, datetime):
            first = begins  # "from", with dates below it
        if last is None:
            last = _later_end(values, cells)
        cells.first, cells.last = first, last

    def _read_rest(self, raw: RawRow, cells: SeriesCells) -> None:
        times = self._times(self._cell(raw, "times"))
        if isinstance(times, Fault) or (isinstance(times, int) and times < 1):
            found = times if isinstance(times, Fault) else Fault(Problem.TOO_FEW)
            cells.faults.append(("times", found))
        elif isinstance(times, int):
            cells.times = times
        text = self.text(raw, "weeks")
        cell = self._cell(raw, "weeks")
        # A spreadsheet makes a date of 10-12.
        is_date = isinstance(cell, date)
        weeks = (
            Fault(Problem.NOT_WEEKS, {"day": str(cell)}) if is_date else read_weeks(text) if text else None
        )
        if isinstance(weeks, Fault):
            cells.faults.append(("weeks", weeks))
        else:
            cells.weeks = weeks
        cells.left_out = self.text(raw, "except")


def date_in(text: str, dates: Dates) -> date | Fault:
    """The day that a text names, and nothing else."""
    found = read_moment(value_text(text), dates)
    if isinstance(found, datetime):
        return found.date()
    if isinstance(found, date):
        return found
    example = {"example": BY_NAME["last_date"].example}  # of a date, whatever else its column holds
    return (
        replace(found, facts={**example, **found.facts})
        if isinstance(found, Fault)
        else Fault(Problem.NOT_A_DATE, example)
    )


def _own_day(values: Mapping[str, Value | Fault | None]) -> date | None:
    begins, day = values.get("start_time"), values.get("date")
    if isinstance(begins, Span):
        begins = begins.begins
    return begins.date() if isinstance(begins, datetime) else _day_of(day)


def _day_of(value: Value | Fault | None) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _later_end(values: Mapping[str, Value | Fault | None], cells: SeriesCells) -> date | None:
    """The last day of a series, where an end lies a day or more behind the start: else it is the class's own."""
    end, day = values.get("end_time"), _day_of(values.get("end_date"))
    if day is None and isinstance(end, date) and not isinstance(end, datetime):
        day = end  # "until", with dates below it
    if day is None or cells.full is None:
        return day
    begins, clock = values.get("start_time"), time()
    if isinstance(begins, Span):
        begins = begins.begins
    if isinstance(begins, datetime):
        clock = begins.time()
    elif isinstance(begins, time):
        clock = begins
    start = datetime.combine(cells.full, clock.replace(tzinfo=None))
    if isinstance(end, time | timedelta):
        moment = at(day, end)
        return day if isinstance(moment, datetime) and moment.replace(tzinfo=None) - start >= _DAY else None
    return day if day > cells.full + _DAY or (day > cells.full and (cells.repeat or cells.days)) else None


def _agree(cells: SeriesCells) -> None:
    """The two ways to name the days have to name the same ones."""
    if cells.days and cells.repeat and cells.repeat.days and cells.repeat.days != cells.days:
        cells.faults.append(("weekday", Fault(Problem.CONTRADICTS, {"other": ColumnName("repeat")})))


def _is_series(cells: SeriesCells) -> bool:
    if cells.repeat is not None or (cells.days is not None and len(cells.days) > 1):
        return True
    if cells.full is None:
        return bool(cells.days or cells.faults or cells.first or cells.last)
    return (
        cells.last is not None
        and cells.last > cells.full
        and (cells.days is not None or _has_own_last(cells))
    )


def _has_own_last(cells: SeriesCells) -> bool:
    return _day_of(cells.values.get("last_date")) is not None
