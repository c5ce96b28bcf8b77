"""Why a file cannot be read as a timetable."""

from collections.abc import Mapping, Sequence
from typing import cast

from batch.core.message import FileFault, FileFormat
from batch.report.wording import grids
from batch.report.wording.formats import SAVE_AS_XLSX, format_words
from batch.report.wording.phrases import Words, tr

_GIVE_THE_FILE = "Give the file that holds the timetable."
_SAVE_AS_CSV = "Save it again as CSV UTF-8 from the program it came from."
_CELLS_ALONE = "Copy the timetable's cells alone to a new workbook, save it, and give that."
_OR_XLSX = "Save it as an .xlsx workbook."


def fault_words(what: FileFault, facts: Mapping[str, object]) -> Words:  # noqa: PLR0915 - a catalogue, one entry after the other
    match what:
        case FileFault.EMPTY:
            return Words("{name} is empty.", _GIVE_THE_FILE)
        case FileFault.NOT_FOUND:
            return Words("{name} does not exist.", "Check the name and the folder.")
        case FileFault.A_DIRECTORY:
            return Words("{name} is a folder.", "Give one file in it.")
        case FileFault.NO_PERMISSION:
            return Words("{name} cannot be read: permission denied.", "Ask its owner to let you read it.")
        case FileFault.CANNOT_OPEN:
            return Words("{name} cannot be opened: {why}.", "Copy it to this machine and try again.")
        case FileFault.TOO_LARGE:
            return Words("{name} is larger than {mib} MiB.", "Split it into several files.")
        case FileFault.TOO_LARGE_WORKBOOK:
            return Words(
                "{name} is larger than {mib} MiB.",
                "Take out pictures and sheets that are not needed, or split it.",
            )
        case FileFault.TOO_MANY_ROWS:
            return Words("{name} has more than {rows:,} rows.", "Split it into several files.")
        case FileFault.DAMAGED_CALENDAR:
            return Words(
                "{name} is a calendar (.ics) that cannot be read: part of it is missing or spoilt.",
                "Export it again.",
            )
        case FileFault.TOO_MANY_EVENTS:
            return Words("{name} has more than {events:,} events.", "Export a shorter stretch of time.")
        case FileFault.NO_MARKED_COPY:
            return Words(
                "{name} has no header line, and no copy of it can be marked.", "Leave --marked out."
            ).for_keeper()
        case FileFault.TERM_SHEET:
            return Words(
                "{name}, sheet {sheet!r}, row {row}: {text!r} is no date, or no stretch of dates, that can be read.",
                "Write dates as 2031-09-01; a holiday has its name, its first and its last day side by side.",
            )
        case FileFault.NO_HOLIDAYS:
            return Words(
                "{name} cannot be read as a list of holidays: {why}.",
                "It may be a calendar (.ics) of days that last all day, or CSV with the columns from, to and name.",
            )
        case FileFault.TOO_MANY_CLASSES:
            return Words(
                "{name}: the rows that repeat stand for more than {classes:,} classes.",
                "Look at their last days; or split the file, or raise max_classes in the settings.",
            )
        case FileFault.LOCK_FILE:
            return Words(
                "{name} is the lock file that a spreadsheet program keeps beside an open workbook.",
                "Give the workbook itself: the same name without what comes before it.",
            )
        case FileFault.OTHER_FORMAT:
            return format_words(cast("FileFormat", facts["format"]), facts)
        case FileFault.PROTECTED:
            return Words("{name} is password-protected.", "Take the password away and save it as .xlsx.")
        case FileFault.RIGHTS_MANAGED:
            return Words(
                "{name} is protected by a label (rights management), which encrypts it: there is no password to take away.",
                "Open it in Excel with an account that may, copy the timetable's cells to a new workbook with a label that does "
                "not encrypt, and save that as .xlsx; if you may not, ask whoever set the label.",
            )
        case FileFault.PROTECTED_OR_OLD:
            return Words(
                "{name} is password-protected, or an old Excel workbook (.xls).",
                "Open it in Excel, take the password away and save it as Excel Workbook (.xlsx).",
            )
        case FileFault.DAMAGED:
            return Words("{name} is damaged or cut short: it cannot be read as a workbook.", SAVE_AS_XLSX)
        case FileFault.NOT_OF_A_PROGRAM:
            return Words("{name} is no workbook that a spreadsheet program wrote.", SAVE_AS_XLSX)
        case FileFault.UNPACKS_TOO_LARGE:
            return Words("{name} unpacks to {mib:,} MiB, more than a timetable needs.", _CELLS_ALONE)
        case FileFault.ENTITIES:
            return Words(
                "{name} declares XML entities, which no spreadsheet program does; it is not opened.",
                SAVE_AS_XLSX,
            )
        case FileFault.ROW_PAST_THE_LAST:
            return Words("{name} has a row past {last:,}, the last one of any spreadsheet.", _CELLS_ALONE)
        case FileFault.TOO_SLOW:
            return Words("{name} takes longer than {seconds} seconds to read.", _CELLS_ALONE)
        case FileFault.OUT_OF_MEMORY:
            return Words("{name} takes more memory to read than this machine has left.", _CELLS_ALONE)
        case FileFault.TOO_MUCH_MEMORY:
            return Words("{name} takes more than {mib} MiB of memory to read.", _CELLS_ALONE)
        case FileFault.READER_FAILED:
            return Words("{name} cannot be read: the reader of workbooks failed on it.", _CELLS_ALONE)
        case FileFault.NO_SUCH_ENCODING:
            return Words(
                "{encoding!r} is not a text encoding that is known here.",
                "Try --encoding cp1252 or --encoding utf-8.",
                page_hint=_OR_XLSX,
            )
        case FileFault.OTHER_ENCODING:
            begins = "{name} says in its first bytes that it is {marked}, and "
            return Words(
                begins + "--encoding says {encoding}.",
                "Leave --encoding out.",
                page=begins + "this page was started for {encoding}.",
                page_hint=_OR_XLSX,
            )
        case FileFault.UNDECODABLE:
            return Words(
                "{name} is not {encoding} at byte {at:,} (line {line:,}).",
                "Save it as CSV UTF-8, or say what it is, such as --encoding {offer} "
                + ("(an old Mac)." if facts["offer"] == "mac_roman" else "(Western Europe, Windows)."),
                page_hint="Save it as CSV UTF-8, or as an .xlsx workbook.",
            )
        case FileFault.BROKEN_RECORD:
            return Words(
                "{name}: the record that begins in line {line} cannot be read ({why}).",
                "Look there for a quotation mark that is not closed, or one inside a field that is not doubled.",
            )
        case FileFault.NUL:
            return Words("{name}: line {line} holds a NUL character, which no text has.", _SAVE_AS_CSV)
        case FileFault.LONG_LINE:
            return Words("{name}: line {line} has more than {characters:,} characters.", _SAVE_AS_CSV)
        case FileFault.NOTHING_IN_IT:
            return Words("{name} has nothing in it.", _GIVE_THE_FILE)
        case FileFault.SEVERAL_SHEETS:
            return Words(
                "{name} has several sheets that look like a timetable: {sheets:list and}.",
                "Say which one with --sheet NAME, or take them together with --all-sheets.",
                page_hint="Say which one it is, or take them together.",
            )
        case FileFault.NO_TIMETABLE:
            return Words(
                "{name} has no visible sheet with the header of a timetable; its sheets are {sheets:list and}.",
                "Say which one it is with --sheet NAME; `classbatch template` shows the header to write.",
                page_hint='Name its columns so; the "Blank timetable" above shows the header to write.',
            )
        case FileFault.ONLY_EXAMPLES:
            return Words(
                "{name} holds nothing but the template's examples.",
                "Write a row for each of your classes in their place, and save it.",
            )
        case FileFault.NO_SUCH_SHEET:
            return Words(
                "{name} has no sheet {sheet!r}; its sheets are {sheets:list and}.",
                "Give --sheet one of these names.",
                page_hint="Choose one of these.",
            )
        case FileFault.NOTHING_ON_IT:
            return Words("{name} is empty.", "Fill it in, or give the file that holds the timetable.")
        case FileFault.NO_CLASSES:
            return Words(
                "{name} is the {file} of a OneRoster export, and has no classes.",
                "Give its {classes}; docs/prepare.md says what has to be said besides, such as who teaches each class.",
                page_hint="Give its {classes}: the page asks what it does not say, such as who teaches each class.",
            )
        case FileFault.NO_HEADER:
            where = (
                "its only row" if facts["lines"] == 1 else "its first {lines} rows (blank ones not counted)"
            )
            return _missing(
                f"{{name}} has no header in {where}: no column is named {{missing:list or}}.{{also}}",
                f"{{name}} has no header in {where}: no column is named {{missing:called or}}.{{also}}",
                facts,
            )
        case FileFault.NO_COLUMN:
            return _missing(
                "{name} has no column for {missing:list or} (the header is row {header_row}).{also}",
                "{name} has no column for {missing:called or} (the header is row {header_row}).{also}",
                facts,
            )
        case FileFault.COLUMN_TWICE:
            return Words(
                "{name} has {times} columns for {column}: {places:list and}.",
                "All may stay. Name the right one {column}, or say which it is, such as --map {said:typed}",
                page_hint='All may stay. Name the right one {column}, or say under "How the file is read" which it is.',
                more={"said": f"{facts['first']}={facts['column']}", "places": _places(facts["headers"])},
            )
        case FileFault.A_GRID | FileFault.GRID_LACKS | FileFault.GRID_UNREAD:
            return grids.fault_words(what, facts)
        case FileFault.SECOND_HEADER:
            return Words(
                "{name} is a header again, with other columns than the one in row {header_row}.",
                "Put each table on a sheet or in a file of its own, or bring their columns into one order.",
            )
        case FileFault.NOT_RECALLED:
            return Words(
                "What was remembered about headers, {file}, cannot be read.",
                "Delete the file, and say it once more with --map and --remember.",
                page_hint='Delete the file, and say it once more under "How the file is read".',
            )
        case FileFault.NOT_REMEMBERED:
            return Words(
                "What was said about headers cannot be kept in {file}: {why}.",
                "Mend that, or leave out --remember.",
                page_hint='Mend that, or take the tick away from "Remember this".',
            )
        case FileFault.NO_CELL:
            return Words(
                "{name}, row {row}, {column}: {why}.", "Give text, a number, yes or no, or a date and time."
            )


def _places(headers: object) -> list[str]:
    """Each header with the cell that it stands in."""
    found = cast("Sequence[tuple[str, str]]", headers)
    return [tr("'{header}' in {cell}", header=header, cell=cell) for header, cell in found]


def _missing(message: str, page: str, facts: Mapping[str, object]) -> Words:
    """Without a column: which header was probably meant, and where a whole one is to be had."""
    near, missing = cast("list[object]", facts["near"]), cast("list[object]", facts["missing"])
    is_it = "Is {each[0]!r} ({each[1]}) the {each[2]}?"
    on_terminal = [
        tr(is_it + ' Then rename it, or add --map "{each[0]}={each[2]}".', each=each) for each in near
    ]
    on_page = [tr(is_it + " Then rename it.", each=each) for each in near]
    also, meant = [], []
    if facts.get("data"):
        also.append(
            tr("Row {row} is data, no header: {data:list and}.", row=facts["row"], data=facts["data"])
        )
    if no_dates := facts["no_dates"]:
        also.append(
            tr("No column holds dates or times of day: below it stand {cells:list and}.", cells=no_dates)
        )
        meant.append(tr("Weekdays, days and periods as numbers are none: write each class's date and time."))
    needs = "a column" if len(missing) == 1 else "the columns"
    needed = tr(
        f"Every timetable needs {needs} {{missing:list and}}; `classbatch template` writes a blank one that has all.",
        missing=missing,
    )
    needed_there = tr(
        f'Every timetable needs {needs} {{missing:called and}}; the "Blank timetable" above has all.',
        missing=missing,
    )
    return Words(
        message,
        "{needed}",
        page=page,
        page_hint="{needed_there}",
        more={
            "also": "".join(f" {each}" for each in also),
            "needed": " ".join([*on_terminal, *meant, needed]),
            "needed_there": " ".join([*on_page, *meant, needed_there]),
        },
    )
