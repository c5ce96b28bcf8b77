"""What files of timetables are really like, each with a file that is so. see test_quirks.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support.workbooks import HEADER, ROW, SHEET_1, one_sheet, saved, with_part, workbook

CSV_HEADER = "title,start_time,presenter_email,duration"
CSV_ROW = "Algebra,2031-09-01 10:00,ana@school.example,60"
CSV = f"{CSV_HEADER}\n{CSV_ROW}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """Something that files have, what is done about it, and a file that has it."""

    has: str
    does: str
    file: str
    made: Callable[[], bytes]
    rows: Mapping[int, Sequence[str]] = field(default_factory=lambda: {2: ()})  #: row number -> codes
    sent: Mapping[str, str] = field(default_factory=dict)  #: of the first row that is well
    note: str = ""  #: part of what is told about the file
    refused: str = ""  #: part of the one sentence
    settings: Mapping[str, Any] = field(default_factory=dict)


def text(content: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: content.encode(encoding)


def sheet(*rows: tuple[Any, ...]) -> Callable[[], bytes]:
    return lambda: one_sheet(*rows)


def one_cell(column: str, cell: Any) -> Callable[[], bytes]:
    """A good class with one cell of its own."""
    cells = dict(zip(HEADER, ROW, strict=True)) | {column: cell}
    return lambda: one_sheet(tuple(cells), tuple(cells.values()))


def hidden_row() -> bytes:
    made = workbook(("Autumn", [HEADER, ROW, ROW]))
    made["Autumn"].row_dimensions[3].hidden = True
    return saved(made)


def sheets(*titles: str, hidden: str = "") -> Callable[[], bytes]:
    def make() -> bytes:
        made = workbook(*[(title, [HEADER, ROW]) for title in titles], ("Rooms", [("M1",)]))
        if hidden:
            made[hidden].sheet_state = "hidden"
        return saved(made)

    return make


def since_1904() -> bytes:
    made = workbook(("Autumn", [HEADER, ROW]))
    made.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - as openpyxl has it
    return saved(made)


def escaped() -> bytes:
    return with_part(
        one_sheet(HEADER, ROW), SHEET_1, lambda xml: xml.replace(b"Algebra", b"Algebra_x0020_I_x000D_")
    )


GOOD = sheet(HEADER, ROW)
