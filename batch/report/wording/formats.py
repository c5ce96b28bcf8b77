"""A file that is no workbook and no CSV, in words: what it is, and how a timetable is made of it."""

from collections.abc import Mapping

from batch.core.message import FileFormat
from batch.report.wording.phrases import Words

SAVE_AS_XLSX = "Open it in Excel or LibreOffice, save it as .xlsx and give the saved file."
_COPY_ITS_TABLE = "Copy its table to a new Excel workbook, one class a row, save that as .xlsx and give it."
_ASK_OR_COPY = (
    "Ask whoever made it for the timetable as .xlsx or .csv, or write it into a workbook, one class a row."
)
_UNPACK_IT = "Unpack it, and give the timetable that is in it."


def format_words(form: FileFormat, facts: Mapping[str, object]) -> Words:
    match form:
        case FileFormat.OLD_EXCEL:
            return Words("{name} is an old Excel workbook (.xls), which is not read here.", SAVE_AS_XLSX)
        case FileFormat.BINARY_EXCEL:
            return Words("{name} is a binary Excel workbook (.xlsb), which is not read here.", SAVE_AS_XLSX)
        case FileFormat.EXCEL_XML:
            return Words("{name} is an old Excel file (XML of 2003), which is not read here.", SAVE_AS_XLSX)
        case FileFormat.OPEN_DOCUMENT:
            return Words("{name} is an OpenDocument file (.ods), which is not read here.", SAVE_AS_XLSX)
        case FileFormat.NUMBERS:
            return Words(
                "{name} is a Numbers document, which is not read here.",
                "Open it in Numbers, choose File > Export To > Excel, and give the .xlsx file that this makes.",
            )
        case FileFormat.GOOGLE_LINK:
            return Words(
                "{name} is a link to a Google sheet, and holds no timetable itself.",
                "Open the sheet in your browser, choose File > Download > Microsoft Excel (.xlsx), and give that file.",
            )
        case FileFormat.LINK:
            return Words(
                "{name} is a link, and holds no timetable itself.",
                "Open what it leads to, save that as .xlsx or .csv, and give the saved file.",
            )
        case FileFormat.CALENDAR:
            return Words(
                "{name} is a calendar (.ics), not a spreadsheet.",
                "Export the calendar as CSV, as Outlook can, and add a column for the presenters' addresses; or write its "
                "classes into the file that `classbatch template` makes.",
                page_hint="Export the calendar as CSV, as Outlook can, and add a column for the presenters' addresses; or write "
                'its classes into the "Blank timetable" above.',
            )
        case FileFormat.ZIP:
            holds = " with {inside:list and} in it" if facts.get("inside") else ""
            return Words(f"{{name}} is a zip archive{holds}, not a workbook.", _UNPACK_IT)
        case FileFormat.GZIP:
            return Words("{name} is a gzip archive, not a workbook.", _UNPACK_IT)
        case FileFormat.RAR:
            return Words("{name} is a RAR archive, not a workbook.", _UNPACK_IT)
        case FileFormat.SEVEN_ZIP:
            return Words("{name} is a 7-Zip archive, not a workbook.", _UNPACK_IT)
        case FileFormat.WORD:
            return Words("{name} is a Word document, not a workbook.", _COPY_ITS_TABLE)
        case FileFormat.POWERPOINT:
            return Words("{name} is a PowerPoint presentation, not a workbook.", _COPY_ITS_TABLE)
        case FileFormat.OUTLOOK:
            return Words(
                "{name} is an Outlook message, not a workbook.", "Give the file that is attached to it."
            )
        case FileFormat.PDF:
            return Words("{name} is a PDF, not a spreadsheet.", _ASK_OR_COPY)
        case FileFormat.RICH_TEXT:
            return Words("{name} is a Rich Text document, not a spreadsheet.", _COPY_ITS_TABLE)
        case FileFormat.PICTURE:
            return Words("{name} is a picture, not a spreadsheet.", _ASK_OR_COPY)
        case FileFormat.MARKUP:
            return Words("{name} is a web page or XML, not a workbook, whatever its name says.", SAVE_AS_XLSX)
        case FileFormat.JSON:
            return Words(
                "{name} is JSON, not a spreadsheet.",
                "Export the timetable as CSV or .xlsx from the program it came from.",
            )
