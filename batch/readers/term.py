"""The term that a file is read by: what the workbook's own sheet says, else what the settings do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batch.core.errors import FileProblem
from batch.core.message import FileFault, Message, TimetableNote
from batch.core.quick_dataclass import dataclass
from batch.core.rows.date_order import Dates
from batch.core.rows.row import shown
from batch.core.term.cells import date_in
from batch.core.term.term import Term
from batch.core.term.term_text import read_settings, read_sheet
from batch.readers.timetable import TimetableFile


@dataclass(frozen=True, slots=True)
class TermOfFile:
    """The term that a file is read by."""

    term: Term
    notes: tuple[Message, ...] = ()


def term_of(written: Mapping[str, object], timetable: TimetableFile, name: str, dates: Dates) -> TermOfFile:
    """The term; `said` are the lines of [term], `name` is what messages call the file.

    Raises:
        FileProblem: a line of the sheet, or the file of the holidays, cannot be read.
    """
    fields, _ = read_settings(written)
    if isinstance(holidays := written.get("holidays"), str):
        # Brings icalendar, which is slow to import and seldom wanted.
        from batch.readers.holidays import read_holidays  # noqa: PLC0415 - see above

        fields["holidays"] = read_holidays(Path(holidays), dates)
    sheet = timetable.term_sheet
    if sheet is None:
        return TermOfFile(Term(**fields))
    found, faults = read_sheet(sheet.lines, lambda text: date_in(text, dates))
    if faults:
        raise FileProblem.of(
            Message(
                FileFault.TERM_SHEET, {"name": name, "sheet": sheet.title, "row": each.row, "text": each.text}
            )
            for each in faults
        )
    if not found:  # the template's, still blank
        return TermOfFile(Term(**fields))
    # The lines, too: the results take the sheet along, for they may be handed in again.
    lines = [[shown(cell) for cell in cells] for _, cells in sheet.lines]
    facts = {"sheet": sheet.title, "lines": lines, "overrules": _differs(found, fields)}
    return TermOfFile(Term(**{**fields, **found}), (Message(TimetableNote.TERM_OF_SHEET, facts),))


def _differs(found: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    return any(key in written and written[key] != value for key, value in found.items())
