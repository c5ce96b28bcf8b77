"""A good row under every column, from which tests spoil one thing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import available_timezones

from batch.core.rows.columns import COLUMNS, AccountKind
from batch.core.rows.file_evidence import Known
from batch.core.rows.reading import Terms
from batch.core.rows.row import CellValue, CheckedRow, Header, RawRow
from batch.core.rows.rules import check_row

TEACHER, ROOM = AccountKind.TEACHER, AccountKind.ROOM
NAMES = tuple(column.name for column in COLUMNS if not column.part_of)
HEADER = Header(1, NAMES, {name: place for place, name in enumerate(NAMES)})
TERMS = Terms(
    now=datetime(2031, 9, 1, 8, 0, tzinfo=UTC),
    account=TEACHER,
    zones=frozenset(available_timezones()),
    known=Known(counts_to_24=True),
)

# TERMS.now is 10:00 on a clock in Paris.
GOOD: Mapping[str, CellValue] = {
    "title": "Algebra I",
    "start_time": "2031-09-01 14:00",
    "time_zone": "Europe/Paris",
    "presenter_email": "Ana.Diaz@school.example",
    "presenter_id": "T-17",
    "presenter_name": "Ana Diaz",
    "duration": "45",
}


def raw_row(**cells: CellValue) -> RawRow:
    row = {**GOOD, **cells}
    return RawRow("", 2, tuple(row.get(name) for name in NAMES))


def checked(terms: Terms = TERMS, **cells: CellValue) -> CheckedRow:
    return check_row(raw_row(**cells), HEADER, terms)
