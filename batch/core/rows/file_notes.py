"""What is worth telling of a whole file: how its dates were read, what was taken for granted, which starts are odd.

Each thing is told once, with the rows that it holds for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from batch.core.message import Message, TimetableNote
from batch.core.quick_dataclass import dataclass
from batch.core.rows.clock_times import Span
from batch.core.rows.columns import BY_NAME
from batch.core.rows.date_order import Dates
from batch.core.rows.dates import as_written
from batch.core.rows.file_evidence import FileEvidence
from batch.core.rows.header_clock import clock_of
from batch.core.rows.problems import Problem
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, CheckedRow, Header
from batch.core.rows.row_numbers import RowNumbers

#: What an empty cell of these is taken for is told: two attendees, an hour, no recording.
_TAKEN = {
    "attendee_limit": TimetableNote.NO_ATTENDEE_LIMIT,
    "duration": TimetableNote.NO_LENGTH,
    "create_recording": TimetableNote.NO_RECORDING,
}
_LENGTHS = ("duration", "end_time", "end_date")
_MOST_NAMES = 1_000  #: that are told apart
_SHOWN_NAMES = 5
_HOUR = int(BY_NAME["duration"].default)


@dataclass(slots=True)
class RowsBySheet:
    """Rows for which something holds, in few numbers, however many they are."""

    _sheets: dict[str, RowNumbers] = field(default_factory=dict)

    def add(self, sheet: str, number: int) -> None:
        """Take in a row; `sheet` is "" for the file's only one."""
        self._sheets.setdefault(sheet, RowNumbers()).add(number)

    def __bool__(self) -> bool:
        return bool(self._sheets)

    @property
    def facts(self) -> Sequence[object]:
        """Those of the only sheet's rows; of several for each its name and its rows."""
        if self._sheets.keys() == {""}:
            return self._sheets[""].facts
        return [(sheet, *rows.facts) for sheet, rows in self._sheets.items()]


@dataclass(slots=True)
class RowsSeen:
    """Collects, row by row, what is told at the end."""

    header: Header
    terms: Terms
    opening: tuple[str, str] | None  #: the hours between which classes are expected, as HH:MM
    opening_is_usual: bool  #: nobody has set others
    sheet: str  #: the file's only sheet: its rows need no other name
    _without: dict[str, RowsBySheet] = field(
        default_factory=dict
    )  #: column of the file -> rows without a value
    _outside: RowsBySheet = field(default_factory=RowsBySheet)
    _first_outside: str = ""  #: when the first of these begins, as HH:MM
    _absent: list[str] = field(default_factory=list)  #: columns that the file does not have
    rows: int = 0
    _classes: bool = False
    _names: dict[str, None] = field(default_factory=dict)  #: that stand where addresses should
    _named: int = 0  #: rows in which one does
    _lengths: tuple[int, ...] = ()  #: the places of what tells a length

    def __post_init__(self) -> None:
        columns = self.header.columns
        self._lengths = tuple(columns[name] for name in _LENGTHS if name in columns)
        for column in _TAKEN:
            if column in self.terms.defaults:
                continue
            if column in columns or column == "duration":
                self._without[column] = RowsBySheet()
            else:
                self._absent.append(column)

    def see(self, row: CheckedRow) -> None:
        """Take in a row."""
        self.rows += 1
        parsed = row.parsed
        if parsed is None:
            self._see_name(row)
            return
        self._classes = True
        parameters = parsed.parameters
        for column, rows in self._without.items():
            if column not in parameters or (
                column == "duration" and parsed.minutes == _HOUR and self._has_no_length(row)
            ):
                rows.add(self._sheet(row), row.raw.number)
        if self.opening:
            begins = parameters["start_time"][11:16]
            if not self.opening[0] <= begins < self.opening[1]:
                self._first_outside = self._first_outside or begins
                self._outside.add(self._sheet(row), row.raw.number)

    def _see_name(self, row: CheckedRow) -> None:
        for issue in row.issues:
            if issue.problem is Problem.NOT_AN_EMAIL and "@" not in issue.value:
                self._named += 1
                if len(self._names) < _MOST_NAMES:
                    self._names.setdefault(issue.value.strip())

    def _sheet(self, row: CheckedRow) -> str:
        return "" if row.raw.sheet == self.sheet else row.raw.sheet

    def _has_no_length(self, row: CheckedRow) -> bool:
        columns, cells = self.header.columns, row.raw.cells
        if any(not _is_blank(cells[place]) for place in self._lengths):
            return False
        start = cells[columns["start_time"]] if "start_time" in columns else None
        clock = as_written(start).clock if isinstance(start, str) else None
        return not (clock and isinstance(clock.meant, Span))

    def _of_grid(self) -> Mapping[str, bool]:
        """That it is a weekly grid, which has no columns to be added."""
        return {"grid": True} if self.header.of_grid else {}

    def notes(self, evidence: FileEvidence) -> Iterator[Message]:
        yield from order_notes(evidence)
        if self._named > 1 and 2 * self._named >= self.rows:
            names = list(self._names)
            facts: dict[str, object] = {"names": names[:_SHOWN_NAMES], "more": len(names[_SHOWN_NAMES:])}
            facts |= self._of_grid()
            yield Message(
                TimetableNote.NAMES_FOR_ADDRESSES, {"column": self.header.name_of("presenter_email"), **facts}
            )
        yield from _zone_notes(self.header, self.terms, names_zones=evidence.known.names_zones)
        for column, note in _TAKEN.items():
            named = {"column": self.header.name_of(column), **self._of_grid()}
            rows = self._without.get(column)
            is_absent = column in self._absent or (rows and column == "duration" and not self._lengths)
            if self._classes and is_absent:
                yield Message(note, named)
            elif rows:
                yield Message(note, {**named, "rows": rows.facts})
        if self.opening and self._outside:
            opens, closes = self.opening
            facts = {"rows": self._outside.facts, "begins": self._first_outside}
            hours = {"opens": opens, "closes": closes, "usual": self.opening_is_usual}
            yield Message(TimetableNote.OUTSIDE_HOURS, {**facts, **hours})


def _is_blank(cell: CellValue) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _zone_notes(header: Header, terms: Terms, *, names_zones: bool) -> Iterator[Message]:
    """Hardly any school's file names zones, in a column or at all, and nobody means Greenwich by that."""
    if "time_zone" in header.columns and names_zones:
        return
    clock = clock_of(header, terms.zones)
    if clock is not None and clock.is_named:
        yield Message(TimetableNote.ZONE_OF_HEADER, {"zone": clock.zone, "header": clock.header})
    elif clock is None and "time_zone" not in terms.defaults:
        yield Message(TimetableNote.NO_ZONE, {"zone": BY_NAME["time_zone"].default})


def order_notes(evidence: FileEvidence) -> Iterator[Message]:
    """How dates that can be read two ways were read, and why; or the question, once for the file."""
    dates = evidence.known.dates
    asked = [(one, other) for one, other in evidence.two_ways if dates.order is None]
    if dates.shown.mixed:
        first, last = dates.shown.proofs[0], dates.shown.proofs[-1]
        yield Message(TimetableNote.ORDERS_MIXED, {"first": first, "last": last})
    elif asked:
        day_first, month_first = zip(*asked, strict=True)
        facts = {
            "day_first": [str(day) for day in day_first],
            "month_first": [str(day) for day in month_first],
        }
        yield Message(TimetableNote.WHICH_ORDER, facts)
    elif evidence.two_ways and dates.stated is None:
        yield _proved(dates)
    if evidence.known.counts_to_24_as_before:
        yield Message(TimetableNote.CLOCK_AS_BEFORE)


def _proved(dates: Dates) -> Message:
    for evidence in (dates.shown, dates.cells):
        if evidence.order is not None:  # the last date that ruled out another order left this one
            return Message(
                TimetableNote.ORDER_PROVED, {"order": str(evidence.order), "proof": evidence.proofs[-1]}
            )
    order = str(dates.before.order)
    if dates.before.stated_in:
        return Message(TimetableNote.ORDER_SAID_BEFORE, {"order": order, "file": dates.before.stated_in})
    return Message(TimetableNote.ORDER_PROVED_BEFORE, {"order": order, "proof": dates.before.proof})
