"""The blank timetable that people fill in, made from the table of columns.

Its two example rows are known again and left out until somebody writes over them
(core/rows/examples.py); whatever else stands under the header is scheduled.
"""

import itertools
from datetime import datetime
from importlib import resources
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import Outline, PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from batch.core.rows.columns import ESSENTIALS, SERIES, AccountKind, Column, Kind, columns_for
from batch.core.rows.dates import DATE_FORMS, ORDERED_FORMS, START_FORMS, TIME_FORMS
from batch.core.rows.examples import EXAMPLES
from batch.core.rows.lengths import LENGTH_FORMS
from batch.core.rows.own_sheets import HOW_TO_SHEET
from batch.report.output_files import find_writable, written_whole
from batch.report.workbook.styles import height_of, lines_of

SHEET = "Timetable"
LISTS_SHEET = "Lists"
TERM_SHEET = "Term"

#: Goes up when the columns or the examples change; stands on the How-to sheet and in the properties.
VERSION = 3

#: The drop-downs reach down to here; rows below it are read all the same.
_LAST_ROW = 5000

_REQUIRED = PatternFill("solid", fgColor="1F3A5F")
_OPTIONAL = PatternFill("solid", fgColor="7A8797")
_FONT = "Calibri"  # unnamed, LibreOffice takes one with serifs
_WHITE = Font(name=_FONT, bold=True, color="FFFFFF")
_BOLD = Font(name=_FONT, bold=True)
_TITLE = Font(name=_FONT, bold=True, size=14)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LEFT = Alignment(horizontal="left")  # a number at the right edge leans on the next column's text

_WIDTHS = {
    Kind.TEXT: 32,
    Kind.EMAIL: 30,
    Kind.START: 18,
    Kind.ZONE: 22,
    Kind.CONTROLS: 20,
    Kind.URL: 30,
}
_TERM_DAYS = (
    ("Starts", "", "", "The first day of the term."),
    ("Ends", "", "", "Its last day."),
    ("Week A", "", "", "A day of an A week, where there are A and B weeks."),
)
_HELP_WIDTH = 60  #: of the column that says what another is
_HOLIDAYS = ("Holiday", "From", "To")
_TERM_LINES = 60  #: so far down its cells are dates
# Text cells keep 00123 and 7/8 as typed; a date is shown as the example is.
_FORMATS = {Kind.START: "yyyy-mm-dd hh:mm", Kind.MINUTES: "0", Kind.COUNT: "0"}
_TEXT = "@"


def write_template(path: Path, account: AccountKind, zone: str = "") -> None:
    """Write the blank timetable for accounts of this kind.

    Args:
        path: where it goes.
        account: whose columns it has.
        zone: the time zone that is offered first; "" for none before the others.

    Raises:
        CannotRun: it cannot be written there, or somebody's file is there.
    """
    find_writable(path, ending=".xlsx")
    book = Workbook()
    book.properties.title = "classbatch timetable"
    book.properties.version = str(VERSION)
    groups = _grouped(account)
    columns = tuple(column for group in groups for column in group)
    # Made in this order, so that the timetable is the sheet that opens.
    timetable = book.worksheets[0]
    timetable.title = SHEET
    _write_how_to(book.create_sheet(HOW_TO_SHEET), columns, account)
    _write_term(book.create_sheet(TERM_SHEET))
    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    _write_timetable(timetable, lists, columns, account, zone)
    _fold_away(timetable, groups)
    with written_whole(path, private=False) as whole:
        book.save(whole.part)


def _grouped(account: AccountKind) -> list[list[Column]]:
    """What most timetables have; what a series needs; what is next to nobody's first wish.

    The groups are parted by a column that stays in sight: a spreadsheet would fold neighbours away as one.
    """
    columns = {column.name: column for column in columns_for(account)}
    sent = [column for column in columns.values() if column.is_sent and not column.part_of]
    essential = [columns[name] for name in ESSENTIALS if name in columns]
    (recording,) = (column for column in sent if column.kind is Kind.YES_NO)
    rest = [column for column in sent if column not in (*essential, recording)]
    return [essential, [columns[name] for name in SERIES], [recording], rest]


def _fold_away(sheet: Worksheet, groups: list[list[Column]]) -> None:
    """Every other group is folded, with a sign above the column before it that unfolds it."""
    sheet.sheet_properties.outlinePr = Outline(summaryRight=False)
    position = 1
    for number, group in enumerate(groups):
        for _ in group:
            if number % 2:
                look = sheet.column_dimensions[get_column_letter(position)]
                look.outlineLevel, look.hidden = 1, True
            position += 1
        if number % 2 == 0 and number + 1 < len(groups):
            sheet.column_dimensions[get_column_letter(position - 1)].collapsed = True


def zones(first: str = "") -> list[str]:
    """Every country's zones and GMT, `first` before them; not the aliases, which the service may not know."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return list(dict.fromkeys([*filter(None, [first]), "GMT", *sorted(fields[2] for fields in lines)]))


def _write_timetable(
    sheet: Worksheet, lists: Worksheet, columns: tuple[Column, ...], account: AccountKind, zone: str
) -> None:
    for position, column in enumerate(columns, start=1):
        letter = get_column_letter(position)
        head = sheet.cell(row=1, column=position, value=column.called)
        head.font = _WHITE
        head.fill = _REQUIRED if account in column.required_by else _OPTIONAL
        note = f"{_need(column, account)}. {column.help}\nExample: {column.example}"
        head.comment = Comment(note, "classbatch", width=280, height=90)
        width = max(_WIDTHS.get(column.kind, 12), len(column.called) + 2)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].number_format = _FORMATS.get(column.kind, _TEXT)
        sheet.column_dimensions[letter].alignment = _LEFT
        offered = _offered(column, zone)
        rule = _drop_down(lists, letter, column, offered) if offered else _limits(column)
        if rule:
            sheet.add_data_validation(_explained(rule, letter, column))
    _write_examples(sheet, columns)
    sheet.row_dimensions[1].height = 20
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.print_options.gridLines = True
    _for_paper(sheet)


def _write_term(sheet: Worksheet) -> None:
    """When the term is, for lessons that repeat: to be filled in, and nothing is taken for granted where it is not."""
    for cells in (*_TERM_DAYS, (), _HOLIDAYS):
        sheet.append(cells)
    for line in range(1, len(_TERM_DAYS) + 1):
        sheet.cell(line, 1).font = _BOLD
    for head in sheet[len(_TERM_DAYS) + 2][: len(_HOLIDAYS)]:
        head.font, head.fill = _WHITE, _REQUIRED
    for letter in "BC":
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd"
        for line in range(1, _TERM_LINES):
            sheet[f"{letter}{line}"].number_format = "yyyy-mm-dd"
    for letter in "ABC":
        sheet.column_dimensions[letter].width = 22
    _for_paper(sheet)


def _need(column: Column, account: AccountKind) -> str:
    return "Required" if account in column.required_by else "May be left empty"


def _offered(column: Column, zone: str) -> list[str]:
    """What the column's drop-down lists; empty for a column that has none."""
    if column.kind is Kind.ZONE:
        return zones(zone)
    if column.kind is Kind.CONTROLS:
        counts = range(1, len(column.choices) + 1)
        return [", ".join(some) for count in counts for some in itertools.combinations(column.choices, count)]
    return list(column.choices)


def _drop_down(lists: Worksheet, letter: str, column: Column, offered: list[str]) -> DataValidation:
    # A list within the rule itself may hold 255 characters and no commas: hence the sheet.
    lists[f"{letter}1"] = column.called
    for line, choice in enumerate(offered, start=2):
        lists[f"{letter}{line}"] = choice
    return DataValidation(type="list", formula1=f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(offered) + 1}")


def _limits(column: Column) -> DataValidation | None:
    if column.kind is Kind.START:
        # 1 January 2000, in days as Excel counts them.
        return DataValidation(type="date", operator="greaterThan", formula1="36526")
    if column.kind in {Kind.MINUTES, Kind.COUNT}:
        return DataValidation(type="whole", operator="greaterThanOrEqual", formula1="1")
    return None


def _explained(rule: DataValidation, letter: str, column: Column) -> DataValidation:
    """A rule with what Excel says when the cell is chosen, and when something else is typed."""
    rule.allow_blank = True
    rule.showInputMessage = rule.showErrorMessage = True
    rule.errorStyle = "warning"  # what is right is decided when the file is checked, with better words
    rule.errorTitle = rule.promptTitle = column.called
    rule.error = f"This is not what is expected here. Example: {column.example}"
    rule.prompt = f"{column.help} Example: {column.example}"
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
    return rule


def _write_examples(sheet: Worksheet, columns: tuple[Column, ...]) -> None:
    for row, example in enumerate(EXAMPLES, start=2):
        for position, column in enumerate(columns, start=1):
            text = example.get(column.name, "")
            cell = sheet.cell(row=row, column=position)
            cell.alignment = _LEFT
            cell.number_format = _FORMATS.get(column.kind, _TEXT)
            if text:
                cell.value = _typed(column, text)
    # By a rule, so that what is written over an example no longer looks like one.
    last = get_column_letter(len(columns))
    title = get_column_letter(1 + next(n for n, column in enumerate(columns) if column.name == "title"))
    look = DifferentialStyle(font=Font(italic=True, color="7A8797"))
    rule = Rule(type="expression", formula=[f'LEFT(${title}2,8)="EXAMPLE "'], dxf=look)
    sheet.conditional_formatting.add(f"A2:{last}{len(EXAMPLES) + 1}", rule)


def _typed(column: Column, text: str) -> str | int | datetime:
    """An example as a person would type it into this column."""
    if column.kind is Kind.START:
        return datetime.fromisoformat(text)
    return int(text) if column.kind in {Kind.MINUTES, Kind.COUNT} else text


def _write_how_to(sheet: Worksheet, columns: tuple[Column, ...], account: AccountKind) -> None:
    lines = (
        "How to fill in the timetable",
        f"One class per row on the sheet {SHEET}, from row 2 down. Dark headers must be filled in.",
        "The two example rows are not sent. Write your own classes over them, or delete them.",
        "Columns of your own are welcome: they are not sent, and come back in the results.",
        "More columns are folded away: the [+] above the header shows them, for lessons that repeat and for settings.",
        f"A lesson that repeats is one row: a Weekday, and its time of day as Start; {TERM_SHEET} says when the term is.",
        "Instead of Start you may have two columns, Class date and Start; instead of Minutes, End.",
        "Check the file before you submit it: classbatch check timetable.xlsx",
    )
    for line in lines:
        sheet.append([line])
    sheet["A1"].font = _TITLE
    sheet.append([])
    sheet.append(["Column", "Needed", "What it is", "Example", "When left empty"])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = _WHITE, _REQUIRED
    for column in columns:
        empty = column.default or column.service_default
        needed = "required" if account in column.required_by else "optional"
        sheet.append([column.called, needed, column.help, column.example, empty])
        for cell in sheet[sheet.max_row]:
            cell.alignment, cell.number_format = _WRAPPED, _TEXT
        sheet.cell(row=sheet.max_row, column=1).font = _BOLD
        sheet.row_dimensions[sheet.max_row].height = height_of(lines_of(column.help, _HELP_WIDTH))
    _write_forms(sheet)
    sheet.append([])
    sheet.append([f"Template version {VERSION}."])
    for letter, width in zip("ABCDE", (30, 11, _HELP_WIDTH, 30, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    _for_paper(sheet)


def _write_forms(sheet: Worksheet) -> None:
    """The ways in which dates and times may be typed."""
    ordered = "A date, where the file shows, or you say, which comes first, the day or the month,"
    for title, forms in (
        ("A start", START_FORMS),
        ("A date", DATE_FORMS),
        (ordered, [(form, example) for form, example, _ in ORDERED_FORMS]),
        ("A time of day", TIME_FORMS),
        ("A length", LENGTH_FORMS),
    ):
        sheet.append([])
        sheet.append([f"{title} may be written as"])
        sheet.cell(row=sheet.max_row, column=1).font = _BOLD
        for form, example in forms:
            sheet.append([form, "", "", example])
            for cell in sheet[sheet.max_row]:
                cell.number_format = _TEXT


def _for_paper(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.6, bottom=0.5)
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
