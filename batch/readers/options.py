"""What the person may say about a file, and the bounds no file may pass."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime

from batch.core.grid.grid_text import GridTerms
from batch.core.quick_dataclass import dataclass
from batch.core.rows.calendar_presenter import CalendarPresenter
from batch.core.rows.column_names import NO_NAMING, Naming

MIB = 1024 * 1024


#: More bytes no file may have, nor a workbook's parts unpacked.
LARGEST = 200 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """How to read a file. Of 974 honest workbooks every one keeps well below these bounds."""

    sheet: str | None = None  #: overrules `all_sheets`
    all_sheets: bool = False  #: every visible sheet that fits, as one timetable
    encoding: str | None = None
    delimiter: str | None = None
    defaulted: frozenset[str] = frozenset()  #: required columns the settings fill where the file has none
    naming: Naming = NO_NAMING  #: which header is which column

    grid: GridTerms | None = None  #: how weekly grids are read, where that was said
    grids: Mapping[str, GridTerms] = field(
        default_factory=dict
    )  #: where it was said of others, by their likeness
    header: tuple[str, ...] = ()  #: of a CSV file that has none

    quick: bool = False  #: sheets are read by python-calamine-plus; it may take its process down

    # Of a calendar:
    zone: str = "UTC"  #: of what names none
    now: datetime | None = None  #: UTC; what has begun is left out
    term_ends: date | None = None  #: an event that repeats without an end does so until then
    calendar_presenter: CalendarPresenter = CalendarPresenter.ATTENDEE
    most_lessons: int = 400  #: of one event

    most_rows: int = 200_000  #: not counting blank ones
    most_columns: int = 200
    most_container_bytes: int = 25 * MIB  #: an .xlsx as it lies on disk
    most_unpacked_bytes: int = LARGEST  #: its parts, unpacked; also a CSV file
    most_parts: int = 5_000
    most_ratio: int = 200  #: packing of any part larger than 5 MiB
    most_cpu_s: int = 30  #: of reading a workbook; 100,000 rows take 6
    most_memory_bytes: int = 256 * MIB  #: address space of the process that reads it; 100,000 rows take 75
