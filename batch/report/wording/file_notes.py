"""What is worth knowing of how a file was read."""

from collections.abc import Mapping
from typing import cast

from batch.core.message import FileNote
from batch.core.rows.non_class_lines import NonClassLine
from batch.core.rows.own_sheets import TO_DO_SHEET
from batch.report.wording import grids
from batch.report.wording.phrases import Words, filled, tr

_LINES: Mapping[NonClassLine, tuple[str, str]] = {
    NonClassLine.HEADING: ("is a heading or a note", "are headings or notes"),
    NonClassLine.TOTAL: ("is a total", "are totals"),
    NonClassLine.NOTE: ("is a note", "are notes"),
    NonClassLine.PREFILLED: ("has no title, start or presenter", "have no title, start or presenter"),
    NonClassLine.CANCELLED: ("is cancelled, as the file says", "are cancelled, as the file says"),
    NonClassLine.ALL_DAY: ("is an all-day event", "are all-day events"),
    NonClassLine.HEADER: ("is the header again", "are the header again"),
    NonClassLine.TAKEN_OUT: (
        f"was deleted on the sheet {TO_DO_SHEET!r}",
        f"were deleted on the sheet {TO_DO_SHEET!r}",
    ),
    NonClassLine.OTHER_HEADER: ("is a header with other columns", "are headers with other columns"),
}


def note_words(what: FileNote, facts: Mapping[str, object]) -> Words:
    match what:
        case FileNote.HEADER_ROWS:
            where = "row {last}" if facts["top"] == facts["last"] else "rows {top} and {last}"
            stand = "1 line stands" if facts["above"] == 1 else "{above} lines stand"
            above = f"; {stand} above it, not read" if facts["above"] else ""
            return Words(f"{{place}}The header is {where}{above}.", more=_placed(facts))
        case FileNote.NO_SHEETS_IN_CSV:
            return Words(
                "CSV has no sheets: --sheet and --all-sheets are ignored.",
                page="CSV has no sheets: the choice of a sheet is ignored.",
            )
        case FileNote.SHEETS_TOGETHER:
            return Words("Sheets read together: {sheets:list and}.")
        case FileNote.SHEETS_NOT_READ:
            return Words("Sheets not read: {sheets:list and}.")
        case FileNote.NO_ROWS:
            if facts.get("sheet"):
                return Words("{place}there is no row below the header.", more=_placed(facts))
            return Words("There is no row below the header.")
        case FileNote.LINES_LEFT_OUT:
            return _left_out(facts)
        case FileNote.MENDED_ROWS:
            be = "is" if cast("tuple[int, object, int]", facts["rows"])[0] == 1 else "are"
            return Words(
                f"{{place}}{{named}} {be} read as mended on the sheet {{to_do!r}}.", more=_placed(facts)
            )
        case FileNote.BLANK_ROWS:
            return Words("{place}{number:count blank row} skipped.", more=_placed(facts))
        case FileNote.STRAY_CELLS:
            return Words(
                "{place}{named}: what stands right of the last header is not read.", more=_placed(facts)
            )
        case FileNote.EXAMPLES_LEFT_OUT:
            if len(cast("list[int]", facts["rows"])) == 1:
                return Words("Row {rows:list and} is the template's example: left out.")
            return Words("Rows {rows:list and} are the template's examples: left out.")
        case FileNote.AS_REMEMBERED:
            return Words(
                "As remembered for this header: {shown}.",
                page="As remembered for this header: {shown_there}.",
                more=_columns(facts),
            )
        case FileNote.REMEMBERED:
            if facts["columns"]:
                return Words(
                    "Remembered for files with this header: {shown}.",
                    page="Remembered for files with this header: {shown_there}.",
                    more=_columns(facts),
                )
            return Words("Remembered for files with this header: each column is what its header says.")
        case FileNote.NO_KEY:
            counts = facts["why"] == "counts"
            does = "merely counts the rows" if counts else "has values that come again"
            insist = ' If it tells them apart, say --map "{header}=lesson_id".' if counts else ""
            return Words(f"Column {{header!r}} {does}: lessons are not known again by it.{insist}")
        case FileNote.NO_SUCH_HEADER:
            meant = "Did you mean {meant!r}?" if facts["meant"] else ""
            no_column = "No column is called {header!r},"
            return Words(
                f"{no_column} which --map or [columns] speaks of.",
                meant,
                page=f"{no_column} although it was said what it is.",
            )
        case FileNote.READ_AS:
            return Words(
                "{header!r} is read as {column}.",
                'If it is not: --map "HEADER={column}".',
                page="{header!r} is read as {column:called}.",
                page_hint='If it is not, say so under "How the file is read".',
            )
        case FileNote.PAST_EVENTS:
            return Words("{events:count event} of the calendar {events:form lies|lie} in the past: left out.")
        case FileNote.OLDER_EVENTS | FileNote.ZONE_OF_CALENDAR:
            return grids.calendar_note_words(what, facts)
        case FileNote.EXPORT_OF:
            return Words(
                "By its headers the file is an export of another program, and is read as that: --format {format}.",
                page="By its headers the file is an export of another program, and is read as that: {format}.",
            )
        case FileNote.READ_AS_GRID:
            return grids.note_words(facts, _placed(facts))
        case FileNote.NOT_READ:
            return Words(
                "{header!r} is not read.",
                'If it is the {column}: --map "{header}={column}".',
                page_hint='If it is the {column}, say so under "How the file is read".',
            )


def _placed(facts: Mapping[str, object]) -> dict[str, object]:
    """Where it is: the sheet, where there are several, and the rows."""
    sheet, rows = facts.get("sheet"), facts.get("rows")
    return {
        "place": tr("Sheet {sheet!r}: ", sheet=sheet) if sheet else "",
        "named": filled("{rows:rows}" if sheet else "{rows:Rows}", {"rows": rows}) if rows else "",
    }


def _left_out(facts: Mapping[str, object]) -> Words:
    """What the lines are, and the words of the first of them."""
    line, several = NonClassLine(str(facts["line"])), cast("list[int]", facts["rows"])[0] > 1
    more = {**_placed(facts), "what": tr(_LINES[line][several])}
    if line in {NonClassLine.HEADER, NonClassLine.PREFILLED}:
        return Words("{place}{named} {what}: left out.", more=more)
    first = "the first: {first!r}" if several else "{first!r}"
    if line in {NonClassLine.CANCELLED, NonClassLine.TAKEN_OUT}:
        return Words(f"{{place}}{{named}} {{what}} ({first}): left out.", more=more)
    if several:
        return Words("{place}{named} {what} (the first: {first!r}), no classes: left out.", more=more)
    return Words("{place}{named} {what} ({first!r}), no class: left out.", more=more)


def _columns(facts: Mapping[str, object]) -> Mapping[str, object]:
    """What each column is, and the same on the page, in people's words."""
    columns = cast("list[tuple[str, str]]", facts["columns"])
    shown, shown_there = [], []
    for header, column in columns:
        if column:
            shown.append(tr("{header!r} is {column}", header=header, column=column))
            shown_there.append(tr("{header!r} is {column:called}", header=header, column=column))
        else:
            shown.append(tr("{header!r} is ignored", header=header))
            shown_there.append(tr("{header!r} is left out", header=header))
    return {"shown": ", ".join(shown), "shown_there": ", ".join(shown_there)}
