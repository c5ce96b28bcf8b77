"""Quirks of text files and of cells."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from tests.support.quirk import (
    CSV,
    CSV_HEADER,
    CSV_ROW,
    GOOD,
    Quirk,
    escaped,
    one_cell,
    sheet,
    since_1904,
    text,
)
from tests.support.workbooks import SHEET_1, with_part

#: Section of the page -> its quirks.
QUIRKS_OF_TEXT: Mapping[str, Sequence[Quirk]] = {
    "Text files": (
        Quirk(
            has="semicolons, tabs or bars in place of commas",
            does="whatever finds most of the header; `--delimiter` overrules",
            file="term.csv",
            made=text(CSV.replace(",", ";")),
        ),
        Quirk(
            has="a first line `sep=;`",
            does="heeded; it is no row",
            file="term.csv",
            made=text("sep=;\r\n" + CSV.replace(",", ";")),
        ),
        Quirk(
            has="a mark at its beginning, or UTF-16, as Excel saves Unicode text",
            does="read",
            file="term.txt",
            made=text(CSV.replace(",", "\t"), "utf-16"),
        ),
        Quirk(
            has="any other encoding",
            does="refused with the byte and the line; `--encoding cp1252` says what it is. Never a guess",
            file="term.csv",
            made=text(CSV.replace("Algebra", "Algèbre"), "cp1252"),
            refused="is not UTF-8 at byte 45 (line 2)",
        ),
        Quirk(
            has="that encoding, and `--encoding cp1252`",
            does="read as said",
            file="term.csv",
            made=text(CSV.replace("Algebra", "Algèbre"), "cp1252"),
            sent={"title": "Algèbre"},
            settings={"encoding": "cp1252"},
        ),
        Quirk(
            has="line ends of Windows, Unix or an old Mac",
            does="read",
            file="term.csv",
            made=text(CSV.replace("\n", "\r")),
        ),
        Quirk(
            has="an unquoted comma, or a field too few",
            does="that row's problem; no cell is shifted",
            file="term.csv",
            made=text(f"{CSV_HEADER}\nSets, {CSV_ROW}\n{CSV_ROW}\n"),
            rows={2: ("R019",), 3: ()},
        ),
        Quirk(
            has="empty fields at the end of lines",
            does="nothing",
            file="term.csv",
            made=text(f"{CSV_HEADER}\n{CSV_ROW},,,\n"),
        ),
        Quirk(
            has="a quotation mark that is not closed",
            does="refused with the line it begins in",
            file="term.csv",
            made=text(f'{CSV}"Algebra,,,\n'),
            refused="the record that begins in line 3",
        ),
        Quirk(
            has="a line break inside a quoted field",
            does="one record, numbered as the spreadsheet would show it",
            file="term.csv",
            made=text(f'{CSV_HEADER},Notes\n{CSV_ROW},"two\nlines"\n{CSV_ROW},\n'),
            rows={2: (), 3: ()},
        ),
        Quirk(
            has="Ctrl-Z at its end, as programs of old write it",
            does="dropped",
            file="term.csv",
            made=text(CSV + "\x1a"),
        ),
        Quirk(
            has="NUL characters, or a field of more than a million characters",
            does="refused with the line",
            file="term.csv",
            made=text(CSV + "Alg\0ebra,,,\n"),
            refused="line 3 holds a NUL",
        ),
    ),
    "Cells": (
        Quirk(
            has="times such as 3:30 PM, lengths such as 1h 15m",
            does="read",
            file="term.csv",
            made=text(CSV.replace("10:00", "3:30 PM").replace(",60", ",1h 15m")),
            sent={"start_time": "09/01/2031 15:30:00", "duration": "75"},
        ),
        Quirk(
            has="a start and an end in one cell (09:00-09:55)",
            does="read as start and duration",
            file="term.csv",
            made=text(CSV.replace("10:00", "09:00-09:55").replace(",duration", "").replace(",60", "")),
            sent={"start_time": "09/01/2031 09:00:00", "duration": "55"},
        ),
        Quirk(
            has="dates day first (24.02.2031), shown by a day over 12",
            does="read day first, all of them, and told",
            file="term.csv",
            made=text(
                f"{CSV}Sets,03/04/2031 10:00,ana@school.example,60\nSets,24/02/2031 10:00,a@b.example,60\n"
            ),
            rows={2: (), 3: (), 4: ()},
            note="Dates are read day first",
        ),
        Quirk(
            has="days and months in either order",
            does="refused to be read: a problem in each",
            file="term.csv",
            made=text(
                f"{CSV_HEADER}\nSets,03/24/2031 10:00,a@b.example,60\nSets,24/02/2031 10:00,a@b.example,60\n"
            ),
            rows={2: ("R032",), 3: ("R032",)},
            note="day first and month first",
        ),
        Quirk(
            has="a Windows name for a zone, or (GMT-4:00)",
            does="a problem that offers the name to write, which `[values.time_zone]` may say once for all",
            file="term.csv",
            made=text(CSV.replace("duration", "time_zone").replace(",60", ",Eastern Standard Time")),
            rows={2: ("R006",)},
        ),
        Quirk(
            has="names of presenters in place of addresses",
            does="a problem, unless `[values.presenter_email]` says the address once",
            file="term.csv",
            made=text(CSV.replace("ana@school.example", "Dr. Rao")),
            rows={2: ("R011",)},
        ),
        Quirk(
            has="headers in Spanish, French, German, Portuguese, Arabic, Hindi or Chinese",
            does="known by their common words; `--map` says any other",
            file="term.csv",
            made=text("Kurs,Beginn,E-Mail,Dauer\n" + CSV_ROW + "\n"),
        ),
        Quirk(
            has="a title NA, None or null, a code 00123",
            does="kept as typed",
            file="term.csv",
            made=text(CSV.replace("Algebra", "NA")),
            sent={"title": "NA"},
        ),
        Quirk(
            has="an error of the spreadsheet (#REF!)",
            does="a problem of its row, never blank",
            file="term.xlsx",
            made=lambda: with_part(
                GOOD(),
                SHEET_1,
                lambda xml: xml.replace(b'<c r="D2" t="n"><v>60', b'<c r="D2" t="e"><v>#REF!'),
            ),
            rows={2: ("R017",)},
        ),
        Quirk(
            has="a formula that no program has calculated yet",
            does="a problem: open the file in a spreadsheet program and save it",
            file="term.xlsx",
            made=one_cell("duration", "=30*2"),
            rows={2: ("R018",)},
        ),
        Quirk(
            has="dates counted from 1904, as an old Mac does",
            does="read as the dates that are shown",
            file="term.xlsx",
            made=since_1904,
            sent={"start_time": "09/01/2031 10:00:00"},
        ),
        Quirk(
            has="escapes of Excel's (_x000D_), spaces around a text",
            does="read as the text that is shown",
            file="term.xlsx",
            made=escaped,
            sent={"title": "Algebra I"},
        ),
        Quirk(
            has="a start that shows a date alone",
            does="a problem, never midnight",
            file="term.xlsx",
            made=one_cell("start_time", date(2031, 9, 1)),
            rows={2: ("R021",)},
        ),
        Quirk(
            has="a start shown at midnight, where no other is at night",
            does="a problem: it may be a date without its time; `--clock 24` where midnight is meant",
            file="term.xlsx",
            made=one_cell("start_time", datetime(2031, 9, 1)),  # noqa: DTZ001 - a cell has no zone
            rows={2: ("R067",)},
        ),
        Quirk(
            has="a title marked as cancelled (CANCELLED Biology, Art (abgesagt))",
            does="a problem; where it may be about cancelled things (Cancelled orders in SQL), a warning",
            file="term.csv",
            made=text(CSV.replace("Algebra", "Algebra (abgesagt)")),
            rows={2: ("R064",)},
        ),
        Quirk(
            has="a start that is a plain number (11.3, 1600, 46266.4)",
            does="a problem: give the cell a date-and-time format",
            file="term.xlsx",
            made=one_cell("start_time", 46266.4),
            rows={2: ("R025",)},
        ),
        Quirk(
            has="date and time in columns of their own",
            does="read together",
            file="term.xlsx",
            made=sheet(
                ("title", "Date", "Time", "presenter_email"),
                ("Algebra", date(2031, 9, 1), time(10), "ana@school.example"),
            ),
            sent={"start_time": "09/01/2031 10:00:00"},
        ),
        Quirk(
            has="an hour of the night in which clocks are put forward",
            does="a problem, never shifted; an hour that comes twice is a warning",
            file="term.csv",
            made=text(
                CSV.replace("duration", "time_zone")
                .replace(",60", ",Europe/London")
                .replace("2031-09-01 10", "2032-03-28 01")
            ),
            rows={2: ("R005",)},
        ),
    ),
}
