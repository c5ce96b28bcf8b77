"""Quirks of files as a whole: what kind of file, which sheet, where the table is."""

from collections.abc import Mapping, Sequence

from tests.support.quirk import CSV, CSV_HEADER, CSV_ROW, GOOD, Quirk, hidden_row, sheet, sheets, text
from tests.support.workbooks import HEADER, ROW, SHEET_1, merged, one_sheet, strict, with_cells, with_part

#: Section of the page -> its quirks.
QUIRKS_OF_FILES: Mapping[str, Sequence[Quirk]] = {
    "What kind of file it is": (
        Quirk(
            has="a workbook or a text, whatever its name says",
            does="looked at by its first bytes",
            file="term.xlsx",
            made=text(CSV),
        ),
        Quirk(
            has="an old workbook (.xls), a binary one (.xlsb), OpenDocument (.ods)",
            does="refused by name: save it as .xlsx",
            file="term.xls",
            made=lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            refused="old Excel workbook (.xls)",
        ),
        Quirk(
            has="a password",
            does="refused: take the password away",
            file="term.xlsx",
            made=lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            refused="password-protected",
        ),
        Quirk(
            has="a web page named .xlsx, as some exports are",
            does="refused: open it in Excel and save it as .xlsx",
            file="term.xlsx",
            made=text("<html><table></table></html>"),
            refused="web page",
        ),
        Quirk(
            has="Excel's lock file (~$term.xlsx) in place of the workbook",
            does="refused: give the workbook itself",
            file="~$term.xlsx",
            made=lambda: b"\x05Ana Diaz",
            refused="lock file",
        ),
        Quirk(
            has="a workbook that is damaged or cut short",
            does="refused in one sentence",
            file="term.xlsx",
            made=lambda: GOOD()[:-150],
            refused="damaged",
        ),
        Quirk(
            has="a Strict Open XML workbook",
            does="read like any other",
            file="term.xlsx",
            made=lambda: strict(GOOD()),
        ),
        Quirk(has="nothing in it", does="refused", file="term.csv", made=text(""), refused="is empty"),
        Quirk(
            has="entities, or a part that unpacks to a hundred times its size",
            does="refused unopened; whatever else a workbook does to its reader ends a process of its own",
            file="term.xlsx",
            made=lambda: with_part(GOOD(), SHEET_1, lambda xml: b"<!DOCTYPE a []>" + xml),
            refused="entities",
        ),
        Quirk(
            has="a false size written into the sheet",
            does="not believed: every row is read",
            file="term.xlsx",
            made=lambda: with_part(GOOD(), SHEET_1, lambda xml: xml.replace(b'ref="A1:D2"', b'ref="A1"')),
        ),
    ),
    "Sheets": (
        Quirk(
            has="one sheet with a timetable among others",
            does="read; the others are told",
            file="term.xlsx",
            made=sheets("Autumn"),
            note="Sheets not read: 'Rooms'.",
        ),
        Quirk(
            has="several timetables, such as one for each weekday",
            does="listed; `--sheet Mon` takes one of them, `--all-sheets` all",
            file="term.xlsx",
            made=sheets("Mon", "Tue"),
            refused="several sheets that look like a timetable: 'Mon' and 'Tue'",
        ),
        Quirk(
            has="a timetable on a hidden sheet",
            does="not read, and told; `--sheet` reads it",
            file="term.xlsx",
            made=sheets("Autumn", "Old", hidden="Old"),
            note="'Old' (hidden)",
        ),
        Quirk(
            has="hidden rows, by hand or by a filter",
            does="read; each carries a warning",
            file="term.xlsx",
            made=hidden_row,
            rows={2: (), 3: ("W040",)},
        ),
        Quirk(
            has="cells merged over several classes",
            does="the first row has the value, the others a problem; nothing is filled down",
            file="term.xlsx",
            made=lambda: merged("C2:C3", rows=[HEADER, ROW, ROW]),
            rows={2: (), 3: ("R040",)},
        ),
        Quirk(
            has="formatting down to the last row of the sheet",
            does="blank rows cost nothing",
            file="term.xlsx",
            made=lambda: with_part(
                GOOD(),
                SHEET_1,
                lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576" ht="15"/></sheetData>'),
            ),
        ),
        Quirk(
            has="a cell far out, in the last column or row",
            does="left aside",
            file="term.xlsx",
            made=lambda: with_cells(
                one_sheet(HEADER, ROW, ROW), b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            ),
        ),
    ),
    "Finding the table": (
        Quirk(
            has="a banner or comments above the header",
            does="the header is found by its words in the first ten rows that are not blank",
            file="term.xlsx",
            made=sheet(("Autumn term",), (), HEADER, ROW),
            rows={4: ()},
            note="The header is row 3; 2 lines stand above it, not read.",
        ),
        Quirk(
            has="a header of two lines",
            does="read as one",
            file="term.xlsx",
            made=sheet(
                ("Class", "Start", "Teacher", "Duration"), ("name", "time", "e-mail", "(minutes)"), ROW
            ),
            rows={3: ()},
            note="The header is rows 1 and 2.",
        ),
        Quirk(
            has="the header repeated further down, as printed pages have it",
            does="left out, and told",
            file="term.xlsx",
            made=sheet(HEADER, ROW, HEADER, ROW),
            rows={2: (), 4: ()},
            note="Row 3 is the header again: left out.",
        ),
        Quirk(
            has="a second table below, with its columns in another order",
            does="refused: a sheet of its own for each",
            file="term.csv",
            made=text(f"{CSV}start_time,title,presenter_email,duration\n"),
            refused="row 3 is a header again, with other columns",
        ),
        Quirk(
            has="headings between classes (Week 2, MONDAY)",
            does="left out, and told by row: a line with a single cell that is no start and no address",
            file="term.csv",
            made=text(f"{CSV_HEADER}\nWeek 1\n{CSV_ROW}\nWeek 2,,,\n{CSV_ROW}\n"),
            rows={3: (), 5: ()},
            note="Rows 2 and 4 are headings or notes (the first: 'Week 1'), no classes: left out.",
        ),
        Quirk(
            has="a total at the bottom",
            does="left out, and told: a line that begins with the word, without start and presenter",
            file="term.xlsx",
            made=sheet(HEADER, ROW, ("Total", None, None, 60)),
            note="Row 3 is a total ('Total'), no class: left out.",
        ),
        Quirk(
            has="blank lines between classes",
            does="skipped, counted, never the end; rows keep the number that the spreadsheet shows",
            file="term.xlsx",
            made=sheet(HEADER, ROW, (), (None, " "), ROW),
            rows={2: (), 5: ()},
            note="2 blank rows skipped.",
        ),
        Quirk(
            has="a required column missing, or two for the same thing",
            does="refused: all of it in one sentence, with what was probably meant",
            file="term.csv",
            made=text("title,strat time,presenter_email\nAlgebra,x,y\n"),
            refused="has no column for start_time",
        ),
        Quirk(
            has="columns of one's own",
            does="carried through to the results",
            file="term.xlsx",
            made=sheet((*HEADER, "Room"), (*ROW, "M1")),
        ),
        Quirk(
            has="something right of the last header",
            does="not read, and told",
            file="term.xlsx",
            made=sheet(HEADER, (*ROW, None, "cancelled?")),
            note="Row 2: what stands right of the last header is not read.",
        ),
        Quirk(
            has="spaces, line breaks, capitals and stars in headers",
            does="read without them",
            file="term.csv",
            made=text(CSV.replace("start_time", '" Start\nTIME *"')),
        ),
    ),
}
