"""Makes the sample timetables beside it, for any term: autumn, messy, clashing and weekly.

    python samples/make_samples.py [FIRST_MONDAY] [--out FOLDER]

The same Monday always gives the same files. The committed ones are for a term
far ahead, so that their classes have not passed for years to come.
"""

import argparse
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # annotated, but ships no py.typed

FIRST_MONDAY = date(2031, 9, 1)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and what it last came to; "" was never calculated."""

    text: str
    value: str = ""


Cell = str | int | datetime | Formula


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sample."""

    cells: Mapping[str, Cell]
    csv_cells: Mapping[str, str] = field(default_factory=dict)  #: where CSV cannot hold the same
    csv_fields: tuple[str, ...] = ()  #: the whole line of the CSV, where it is broken on purpose
    merged: str = ""  #: the column whose cell is merged with the one above, in the workbook
    hidden: bool = False  #: in the workbook


# --- autumn-term: a school's own words, eight weeks, nothing wrong ---------------

AUTUMN_HEADER = (
    "Class",
    "Start",
    "Time zone",
    "Teacher e-mail",
    "Minutes",
    "Extra minutes",
    "Attendees",
    "Language",
    "Record",
    "Teacher controls",
    "Student controls",
    "Return URL",
    "Year group",
    "Room",
)

LONDON, MADRID, NEW_YORK, KOLKATA = "Europe/London", "Europe/Madrid", "America/New_York", "Asia/Kolkata"
BOTH, VOICE, PEN = "audio, video", "audio", "audio, writing"
AFTER = "https://riverside.example/after-class"

# Weekday, hour, then the cells of AUTUMN_HEADER without the start.
AUTUMN_WEEK: tuple[tuple[int, str, tuple[str | int, ...]], ...] = (
    (0, "09:00", ("Algebra I", LONDON, "ana.diaz", 60, "", 28, "en-GB", "yes", BOTH, PEN, AFTER, "9", "M1")),
    (0, "09:00", ("English Literature", LONDON, "ben.okafor", 60, "", 26, "en-GB", "no", BOTH, PEN, "", "10", "E2")),
    (0, "09:30", ("Chemistry", LONDON, "emma.larsen", 45, 15, 24, "en-GB", "yes", BOTH, VOICE, "", "11", "Lab 1")),
    (0, "14:00", ("Français : débutants", LONDON, "chloe.martin", 50, "", 20, "fr-FR", "yes", BOTH, PEN, "", "7", "L3")),
    (1, "09:00", ("Geometry", LONDON, "ana.diaz", 60, "", 28, "en-GB", "yes", BOTH, PEN, AFTER, "9", "M1")),
    (1, "09:00", ("Physics", LONDON, "david.nowak", 60, 15, 24, "en-GB", "yes", BOTH, VOICE, "", "11", "Lab 2")),
    (1, "11:00", ("History: the Silk Road", LONDON, "farid.haddad", 45, "", 30, "en-GB", "no", BOTH, PEN, "", "8", "H1")),
    (
        1,
        "16:00",
        ("Calculus with Boston", NEW_YORK, "david.nowak", 90, "", 40, "en-US", "yes", BOTH, PEN, AFTER, "13", "online"),
    ),
    (2, "09:00", ("Algebra II", LONDON, "ana.diaz", 60, "", 27, "en-GB", "yes", BOTH, PEN, AFTER, "10", "M1")),
    (2, "13:00", ("Español: conversación", MADRID, "lucia.romero", 45, "", 12, "es-ES", "no", BOTH, VOICE, "", "10", "L1")),
    (2, "17:30", ("Robotics club with Pune", KOLKATA, "farid.haddad", 60, 30, 35, "en-GB", "yes", BOTH, PEN, "", "9-11", "online")),
    (3, "09:00", ("Biology", LONDON, "emma.larsen", 60, "", 25, "en-GB", "yes", BOTH, VOICE, "", "9", "Lab 1")),
    (3, "10:30", ("Computer Science", LONDON, "david.nowak", 90, "", 30, "en-GB", "yes", BOTH, PEN, "", "12", "IT")),
    (4, "08:45", ("Friday assembly", LONDON, "grace.owen", 20, "", 50, "en-GB", "yes", BOTH, VOICE, "", "all", "Hall")),
    (4, "09:15", ("Algebra I: questions", LONDON, "ana.diaz", 30, "", 28, "en-GB", "no", VOICE, PEN, "", "9", "M1")),
)  # fmt: skip

# Seven weeks, a week of half-term holiday, one week more.
AUTUMN_WEEKS = (0, 1, 2, 3, 4, 5, 6, 8)


def autumn(first_monday: date) -> Iterator[Line]:
    for week in AUTUMN_WEEKS:
        for weekday, hour, (title, zone, teacher, *rest) in AUTUMN_WEEK:
            start = _start(first_monday, 7 * week + weekday, hour)
            cells = (title, start, zone, f"{teacher}@riverside.example", *rest)
            yield Line(dict(zip(AUTUMN_HEADER, cells, strict=True)))


# --- messy-term: each problem once, between good rows ------------------------

API_HEADER = (
    "title",
    "start_time",
    "time_zone",
    "presenter_email",
    "duration",
    "extend_duration",
    "attendee_limit",
    "language_culture_name",
    "create_recording",
    "attendee_default_controls",
    "return_url",
    "shows",
)
MESSY_HEADER = (*API_HEADER[:5], "end_time", *API_HEADER[5:])


def messy(first_monday: date) -> Iterator[Line]:
    """Each row is a class of its own hour; `shows` names the problem it has."""
    spoilt = [*_spoilt(first_monday), *_spoilt_in_workbooks(first_monday)]
    for number, (shows, cells, csv_cells) in enumerate(spoilt):
        row = {**_good(first_monday, number), "end_time": "", **cells, "shows": shows}
        merged, hidden = "presenter_email" if shows == "R040" else "", shows == "W040"
        yield Line(row, csv_cells, merged=merged, hidden=hidden)
    good = _good(first_monday, len(spoilt)) | {"title": "Reading, writing, arithmetic", "end_time": ""}
    # In the CSV somebody forgot the quotation marks: two fields too many.
    fields = (*str(good["title"]).split(","), *(_text(good[name]) for name in MESSY_HEADER[1:-1]), "R019")
    yield Line(good, csv_fields=fields)


def _good(first_monday: date, number: int) -> dict[str, Cell]:
    start = _start(first_monday, number // 6, f"{9 + number % 6:02}:00")
    cells: tuple[Cell, ...] = (
        f"Lesson {number + 1}",
        start,
        LONDON,
        "ana.diaz@riverside.example",
        45,
        "",
        25,
        "en-GB",
        "yes",
        PEN,
        AFTER,
        "",
    )
    return dict(zip(API_HEADER, cells, strict=True))


Spoilt = tuple[str, dict[str, Cell], dict[str, str]]


def _spoilt(first_monday: date) -> Iterator[Spoilt]:  # noqa: PLR0915 - a list, one line for each
    """The codes of batch/core/rows/problems.py, and cells that have those problems."""
    day = f"{first_monday:%Y-%m-%d}"
    year = first_monday.year
    put_forward = _last_sunday(year + 1, 3)
    put_back = _last_sunday(year, 10)
    yield "", {}, {}
    yield "R001", {"title": ""}, {}
    yield "R002", {"attendee_limit": "many"}, {}
    yield "R003", {"start_time": f"13/31/{year} 09:00"}, {}
    yield "R004", {"start_time": "2019-09-02 09:00"}, {}
    yield "R005", {"start_time": f"{put_forward} 01:30"}, {}
    yield "R006", {"time_zone": "GMT Standard Time"}, {}
    yield "R007", {"duration": 480}, {}
    yield "R008", {"duration": 0}, {}
    yield "R010", {"attendee_limit": 0}, {}
    yield "R011", {"presenter_email": "ana.diaz@"}, {}
    yield "R012", {"language_culture_name": "English"}, {}
    yield "R013", {"create_recording": "maybe"}, {}
    yield "R014", {"return_url": "riverside.example/after-class"}, {}
    yield "R015", {"attendee_default_controls": "audio, whiteboard"}, {}
    yield "R016", {"title": "Drama\x07club"}, {}
    yield "R020", {"title": "A very long title. " * 20}, {}
    yield "R021", {"start_time": day}, {}
    yield "R022", {"start_time": "14:00"}, {}
    yield "R024", {"start_time": f"{day} 14:00 EST"}, {}
    yield "R025", {"start_time": 1530}, {}
    yield "R027", {"extend_duration": -5}, {}
    yield "R028", {"extend_duration": 600}, {}
    yield "R031", {"start_time": f"{day} 9:00-9:00 PM"}, {}
    yield "R033", {"start_time": f"05/06/{year + 1} 09:00"}, {}
    yield "R034", {"start_time": f"{day} 18:00", "end_time": "19:00"}, {}
    yield "R035", {"start_time": f"{day} 18:00", "end_time": "17:00", "duration": ""}, {}
    yield "R036", {"duration": "an hour"}, {}
    yield "R037", {"title": "EXAMPLE Biology (not sent)"}, {}
    yield "R039", {"end_time": "later"}, {}
    yield "R050", {"start_time": f"Tuesday {day} 09:00"}, {}
    yield "R051", {"start_time": "Mondays 16:30"}, {}
    yield "R052", {"start_time": f"{day} midnight"}, {}
    yield "R055", {"end_time": f"{first_monday + timedelta(weeks=12):%Y-%m-%d}", "duration": ""}, {}
    yield "R056", {"start_time": f"{day}T14:00+09:00"}, {}
    yield "R057", {"time_zone": ""}, {}
    yield "R059", {"start_time": f"{first_monday:%a} {first_monday.day} {first_monday:%b} 14:00"}, {}
    yield "R060", {"presenter_email": "ana.diaz@riverside.example, ben.okafor@riverside.example"}, {}
    yield "R061", {"presenter_email": "d\u2019arcy@riverside.example"}, {}
    yield "R064", {"title": "Canceled: Drama club"}, {}
    yield "R070", {"start_time": f"{year + 543}-09-02 09:00"}, {}
    yield "W001", {"start_time": f"{put_back} 01:30"}, {}
    yield "W003", {"duration": 1}, {}
    yield "W064", {"title": "Cancelled orders in SQL"}, {}
    yield "", {"start_time": f"{day} 18:00-18:45", "duration": ""}, {}
    yield "", {"duration": "1h 15m"}, {}
    yield "R001 R003 R010", {"title": "", "start_time": "soon", "attendee_limit": 0}, {}
    yield "", {"title": "=SUM(A1:A2) and other titles that look like formulas"}, {}
    yield "", {"title": "Ελληνικά, 日本語, العربية 👩‍🏫"}, {}


def _spoilt_in_workbooks(first_monday: date) -> Iterator[Spoilt]:
    """What no CSV can hold; last, what stands there instead."""
    noon = _start(first_monday, 0, "12:00")
    calculated_never = Formula(f'=DATEVALUE("{first_monday}")')
    yield "R017", {"duration": Formula("=#REF!", "#REF!")}, {"duration": "#REF!", "shows": "R036"}
    yield "R018", {"start_time": calculated_never}, {"start_time": "", "shows": "R001"}
    yield "R030", {"title": noon}, {"title": "Lesson 12:00", "shows": ""}
    yield "R040", {"presenter_email": ""}, {"shows": "R001"}
    yield "W040", {}, {"shows": ""}


def _last_sunday(year: int, month: int) -> date:
    """The night in which London changes its clocks."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


# --- clashing-term: every row is well, but not all at once ---------------------


def clashing(first_monday: date) -> Iterator[Line]:
    """`shows` names what a row gets in the way of; rows are numbered as Excel does."""
    busy_hour = (
        "ana.diaz",
        "ben.okafor",
        "chloe.martin",
        "david.nowak",
        "emma.larsen",
        "farid.haddad",
        "grace.owen",
    )
    rows: list[tuple[int, str, str, str, str, int, str]] = [
        (0, "09:00", LONDON, "ana.diaz", "Algebra I", 60, "same presenter as row 3"),
        (0, "09:30", LONDON, "ana.diaz", "Geometry", 60, "same presenter as row 2"),
        (0, "10:30", LONDON, "ana.diaz", "Algebra II", 60, "back to back with row 3: fine"),
        (1, "09:00", LONDON, "ben.okafor", "English Literature", 60, "same presenter as row 6"),
        (1, "10:00", MADRID, "Ben.Okafor", "Drama", 45, "same presenter as row 5, by another clock"),
        (1, "10:00", LONDON, "ben.okafor", "Poetry", 60, "back to back with row 5: fine"),
        *(
            (2, "09:00", LONDON, teacher, f"Open day: group {group}", 60, "one of 7 at the same hour")
            for group, teacher in enumerate(busy_hour, start=1)
        ),
        (2, "10:00", LONDON, "ana.diaz", "Open day: farewell", 30, "after the busy hour: fine"),
        (3, "09:00", LONDON, "emma.larsen", "Biology", 60, "nothing in the way"),
    ]
    for day, hour, zone, teacher, title, minutes, shows in rows:
        changed: dict[str, Cell] = {
            "title": title,
            "start_time": _start(first_monday, day, hour),
            "time_zone": zone,
            "presenter_email": f"{teacher}@riverside.example",
            "duration": minutes,
            "shows": shows,
        }
        yield Line(_good(first_monday, 0) | changed)


# --- weekly-term: a term from one week, with A and B weeks and holidays ----------

WEEKLY_HEADER = (
    *("Class", "Days", "Weeks", "Time", "Minutes", "Teacher e-mail", "Time zone", "Attendees", "Record"),
    *("Repeat", "First lesson", "Last lesson", "Not on"),
)
# For each teacher: what is taught on which days, in which weeks, and further cells of the row.
WEEKLY: Mapping[str, tuple[tuple[str, str, str, str, Mapping[str, int | str]], ...]] = {
    "ana.diaz": (
        *(("Maths Y7", "Mon", "", "09:00", {}), ("Maths Y8", "Tue", "", "09:00", {})),
        *(("Maths Y9", "Wed", "", "09:00", {}), ("Further maths", "Thu", "A", "14:00", {})),
        ("Maths clinic", "Fri", "", "15:30", {"Repeat": "every 2 weeks"}),
    ),
    "ben.okafor": (
        *(("English Y7", "Mon", "", "10:00", {}), ("English Y8", "Tue", "", "10:00", {})),
        *(("Latin", "Wed", "A", "11:00", {}), ("Greek", "Wed", "B", "11:00", {})),
        ("Debating", "Thu", "1-6, 10-14", "16:00", {}),
    ),
    "chloe.martin": (
        *(("French Y7", "Mon", "", "11:00", {}), ("French Y8", "Wed", "", "10:00", {})),
        *(("French Y9", "Thu", "", "09:00", {}), ("French club", "Fri", "odd", "13:00", {})),
        ("Théâtre", "Tue", "even", "16:00", {}),
    ),
    "david.nowak": (
        *(("Physics Y9", "MW", "", "13:00", {}), ("Physics Y10", "TTh", "", "11:00", {})),
        ("Physics lab", "Fri", "B", "09:00", {"Minutes": 100}),
        ("Astronomy", "Thu", "", "19:00", {"Last lesson": 90, "Minutes": 90}),
        ("Exam practice", "Fri", "", "14:00", {"First lesson": 63}),
    ),
    "emma.larsen": (
        *(("Chemistry Y9", "Mon", "", "14:00", {}), ("Chemistry Y10", "Tue", "", "13:00", {})),
        *(
            ("Chemistry Y11", "Wed", "", "14:00", {}),
            ("Chemistry lab", "Thu", "A", "10:00", {"Minutes": 100}),
        ),
        ("Safety course", "Fri", "", "10:00", {"Last lesson": 32}),
    ),
    "farid.haddad": (
        *(("History Y7", "Tue", "", "14:00", {}), ("History Y8", "Wed", "", "15:00", {})),
        ("History Y9", "Thu", "", "13:00", {"Not on": 17}),
        *(("Arabic A", "Fri", "A", "11:00", {}), ("Arabic B", "Fri", "B", "11:00", {})),
    ),
    "grace.lin": (
        *(
            ("Art Y7", "Mon", "", "15:00", {}),
            ("Art Y8", "Tue", "", "15:00", {}),
            ("Art Y9", "Wed", "", "16:00", {}),
        ),
        *(("Choir", "Mon, Wed", "B", "12:30", {"Minutes": 30}), ("Orchestra", "Fri", "", "12:00", {})),
    ),
    "hugo.silva": (
        *(("Geography Y7", "Thu", "", "15:00", {}), ("Geography Y8", "Fri", "", "09:00", {})),
        *(
            ("Portuguese", "Tue", "", "09:00", {}),
            ("Assembly", "mon-fri", "", "08:30", {"Minutes": 15, "Last lesson": 4}),
        ),
        ("Field trip talk", "Wed", "A", "17:00", {}),
    ),
}
_OFF = (("Half-term", 56, 60), ("Staff day", 71, 71))  #: days from the first Monday on
_LAST_DAY = 109


def weekly(first_monday: date) -> Iterator[Line]:
    for teacher, lessons in WEEKLY.items():
        for title, days, weeks, hour, more in lessons:
            dates = {
                name: str(first_monday + timedelta(days=number))
                for name, number in more.items()
                if name in {"First lesson", "Last lesson", "Not on"} and isinstance(number, int)
            }
            yield Line(
                {
                    **dict.fromkeys(WEEKLY_HEADER, ""),
                    "Class": title,
                    "Days": days,
                    "Weeks": weeks,
                    "Time": hour,
                    "Minutes": 50,
                    "Teacher e-mail": f"{teacher}@riverside.example",
                    "Time zone": LONDON,
                    "Attendees": 28,
                    "Record": "no",
                    **more,
                    **dates,
                }
            )


def weekly_term(first_monday: date) -> list[tuple[str, ...]]:
    """The sheet that says when the term is."""
    day = {number: str(first_monday + timedelta(days=number)) for number in range(_LAST_DAY + 1)}
    return [
        ("Starts", day[0]),
        ("Ends", day[_LAST_DAY]),
        ("Week A", day[0]),
        (),
        ("Holiday", "From", "To"),
        *((name, day[first], day[last]) for name, first, last in _OFF),
    ]


def weekly_settings(first_monday: date) -> str:
    """The same as settings, for the CSV."""
    day = {number: first_monday + timedelta(days=number) for number in range(_LAST_DAY + 1)}
    holidays = ", ".join(f'"{day[first]}..{day[last]} {name}"' for name, first, last in _OFF)
    return (
        "# When the term of weekly-term.csv is; the workbook says it on its sheet Term.\n[term]\n"
        f"starts = {day[0]}\nends = {day[_LAST_DAY]}\nholidays = [{holidays}]\nweek_a = {day[0]}\n"
    )


def _start(first_monday: date, days: int, hour: str) -> datetime:
    # The clock on the wall; which wall, the row's time zone says.
    return datetime.combine(first_monday + timedelta(days=days), time.fromisoformat(hour))


# --- writing -----------------------------------------------------------------

SAMPLES: Mapping[str, tuple[Sequence[str], Callable[[date], Iterator[Line]]]] = {
    "autumn-term": (AUTUMN_HEADER, autumn),
    "messy-term": (MESSY_HEADER, messy),
    "clashing-term": (API_HEADER, clashing),
    "weekly-term": (WEEKLY_HEADER, weekly),
}


def write_csv(path: Path, header: Sequence[str], lines: Sequence[Line]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for line in lines:
            cells = {**{name: _text(cell) for name, cell in line.cells.items()}, **line.csv_cells}
            writer.writerow(line.csv_fields or [cells[name] for name in header])


@dataclass(frozen=True, slots=True)
class Looks:
    """XlsxWriter's formats: to the left, so that no number leans on the next column's text."""

    number: Any
    moment: Any


def write_workbook(
    path: Path,
    header: Sequence[str],
    lines: Sequence[Line],
    created: date,
    term: Sequence[Sequence[str]] = (),
) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        # Given, because a file that carries today's date is another file every day.
        book.set_properties({"created": datetime.combine(created, time())})
        head = book.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3A5F", "valign": "vcenter"}
        )
        looks = Looks(
            number=book.add_format({"align": "left"}),
            moment=book.add_format({"align": "left", "num_format": "yyyy-mm-dd hh:mm"}),
        )
        sheet = book.add_worksheet("Timetable")
        sheet.set_row(0, 20)
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, head)
            longest = max(len(_text(line.cells[name])) for line in lines)
            sheet.set_column(column, column, min(max(longest, len(name)) + 3, 40))
            for row, line in enumerate(lines, start=1):
                _write_cell(sheet, row, column, line.cells[name], looks)
        for row, line in enumerate(lines, start=1):
            if line.merged:
                column = header.index(line.merged)
                value = _text(lines[row - 2].cells[line.merged])
                sheet.merge_range(row - 1, column, row, column, value)
            if line.hidden:
                sheet.set_row(row, None, None, {"hidden": True})
        sheet.autofilter(0, 0, len(lines), len(header) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        if term:
            beside = book.add_worksheet("Term")
            beside.set_column(0, 2, 14)
            for row, cells in enumerate(term):
                for column, text in enumerate(cells):
                    beside.write_string(row, column, text)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, looks: Looks) -> None:
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, looks.moment, cell.value)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, looks.moment)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, looks.number)
    elif cell:
        sheet.write_string(row, column, cell)


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return cell.value if isinstance(cell, Formula) else str(cell)


def make_samples(folder: Path, first_monday: date) -> None:
    """Write every sample, as .xlsx and as .csv."""
    for name, (header, lines_of) in SAMPLES.items():
        lines = list(lines_of(first_monday))
        write_csv(folder / f"{name}.csv", header, lines)
        term = weekly_term(first_monday) if lines_of is weekly else ()
        write_workbook(folder / f"{name}.xlsx", header, lines, first_monday, term)
    (folder / "weekly-term.toml").write_text(weekly_settings(first_monday), encoding="utf-8")


def _monday(text: str) -> date:
    day = date.fromisoformat(text)
    if day.weekday() != 0:
        raise argparse.ArgumentTypeError(f"{text} is a {day:%A}. Give a Monday, such as {FIRST_MONDAY}.")
    return day


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the sample timetables for a term.")
    parser.add_argument("first_monday", nargs="?", type=_monday, default=FIRST_MONDAY, metavar="FIRST_MONDAY")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder to write to")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    make_samples(arguments.out, arguments.first_monday)


if __name__ == "__main__":
    main()
