"""A row of the file: RawRow as typed, ClassRow as meant."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, time, timedelta

from batch.core.quick_dataclass import dataclass
from batch.core.rows.date_order import DateOrder
from batch.core.rows.problems import Issue, Problem


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell without a value: an Excel error, a formula that nobody calculated, part of a merged cell."""

    shown: str  #: what the spreadsheet shows, such as '#REF!' or '=A2&B2'
    problem: Problem
    where: str = ""  #: the merged range, such as 'C2:C4'


#: One cell as the reader found it. Text is kept as typed; None is an empty cell.
CellValue = str | int | float | bool | datetime | date | time | timedelta | Unreadable | None

#: One line of a table: the number that a spreadsheet shows, and its cells.
Numbered = tuple[int, Sequence[CellValue]]


def shown(cell: CellValue) -> str:  # noqa: PLR0911 - one line for each kind of cell
    """A cell as text: how results, messages and the journal show it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Unreadable):
        return cell.shown
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes" if cell.second == 0 else "seconds")
    if isinstance(cell, time):
        return cell.isoformat("minutes" if cell.second == 0 else "seconds")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"  # Excel shows 15 digits, and 7.0 as 7
    return str(cell)


#: What the rows of a weekly grid begin with, in results that are handed in again, too: where in the
#: file the lesson stands, such as C5, and what the label beside it says.
GRID_FIRST = ("cell", "period")


@dataclass(frozen=True, slots=True)
class Header:
    """The header line of a timetable, and which of its columns mean something to us."""

    row: int  #: the number Excel shows for the header line; 1 for most files
    names: tuple[str, ...]  #: every input column as typed, in the file's order
    columns: Mapping[str, int]  #: API name (see columns.py) -> position in `names`
    of_results: bool = False  #: of a results workbook, or of the part of one that needs a person
    date_above: tuple[int, str] | None = None  #: a line above it that names a day: its row, its text

    @property
    def of_grid(self) -> bool:
        """Whether its rows are the cells of a weekly grid."""
        return is_of_grid(self.names)

    def name_of(self, column: str) -> str:
        """What the person calls a column: the header of their file, else the API's name."""
        return self.own_name(column) or column

    def own_name(self, column: str) -> str:
        """The header of their file; "" where it has none."""
        position = self.columns.get(column)
        return "" if position is None else self.names[position].strip()


def is_of_grid(names: Sequence[str]) -> bool:
    """Whether these headers are those of a weekly grid's cells."""
    return tuple(name.strip() for name in names[: len(GRID_FIRST)]) == GRID_FIRST


def address_in(names: Sequence[str], cells: Sequence[CellValue]) -> str:
    """Where in a grid the lesson of a row stands; "" for a row of any other file, which its number tells."""
    return address_of(cells) if is_of_grid(names) else ""


def address_of(cells: Sequence[CellValue]) -> str:
    """The same of a row that is known to be a grid's."""
    return shown(cells[0]).strip() if cells else ""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One line of the timetable as typed. `cells` stand under `Header.names`, one each."""

    sheet: str  #: "" for CSV
    number: int  #: the row number that Excel shows; CSV: the record number, header counted
    cells: tuple[CellValue, ...]
    issues: tuple[Issue, ...] = ()  #: what the reader already found wrong (a row of another width)
    #: positions of real dates that the spreadsheet shows in an order of day and month not met above, each with that
    orders: tuple[tuple[int, DateOrder], ...] = ()
    #: Of a results workbook: the sheet and number that the row had in the file that was read first.
    first_read: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """One class as meant: what `create` is sent, and what planning needs to know."""

    parameters: Mapping[str, str]  #: API name -> text as sent; only what is not empty
    title: str
    presenter: str  #: e-mail or presenter_id, case-folded: who cannot be in two classes at once
    start: datetime  #: UTC
    minutes: int  #: duration
    extend_minutes: int = 0  #: extend_duration
    priority: int = 1  #: what the class is worth when not all can be sent; never sent itself
    lesson_id: str = (
        ""  #: by what the lesson is known in the next version, with the day of a row that repeats
    )
    warnings: tuple[Issue, ...] = ()

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row after validation: its class, or everything that is wrong with it."""

    raw: RawRow
    parsed: ClassRow | None
    issues: tuple[Issue, ...] = field(default=())
    past_class: ClassRow | None = None  #: the class where nothing is wrong but that its start has passed
