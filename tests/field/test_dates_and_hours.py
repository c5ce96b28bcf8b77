"""Timetables as people have them: when their classes are, and what is asked where that could be two things."""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.intake import take_in
from batch.journal.files import scratch_journal
from batch.journal.store import Journal
from batch.report.wording.messages import both_of
from batch.settings.resolve import load_settings
from tests.support.command import Command, rows_of

NOW = 1_790_000_000.0  # 2026-09-21
ANA = "ana.diaz@riverside.example"
#: 2031-09-15, 09:00 and 50.
ARABIC_DAY = "\u0662\u0660\u0663\u0661-\u0660\u0669-\u0661\u0665"
ARABIC_NINE, ARABIC_FIFTY = "\u0660\u0669:\u0660\u0660", "\u0665\u0660"
HEADER = "Class,Date,Time,Minutes,Teacher e-mail,Time zone"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "journal").mkdir()
    with scratch_journal(tmp_path / "journal") as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a file: each row's start by its own clock and its minutes, or the codes of its problems."""

    rows: Mapping[int, str]
    told: str


def read(journal: Journal, file: Path, **given_settings: object) -> Read:
    found = load_settings(
        {"state": file.parent / "state", **given_settings}, environ={"HOME": "/nowhere"}, cwd=file.parent
    )
    intake = take_in(str(file), found, journal, account="ours", batch="b", sandbox=False, now=NOW)
    rows = {}
    for row in journal.reports.rows("b"):
        sent = row.parameters
        start = datetime.strptime(sent["start_time"], "%m/%d/%Y %H:%M:%S") if sent else None  # noqa: DTZ007 - a clock's
        rows[row.number] = (
            f"{start:%Y-%m-%d %H:%M} {sent['time_zone']} {sent['duration']}"
            if sent and start
            else " ".join(issue.code for issue in row.issues)
        )
    return Read(rows, "\n".join(map(both_of, intake.batch.notes)))


def csv(folder: Path, *lines: str, name: str = "t.csv") -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


def dated(*days: str, zone: str = "Europe/London") -> list[str]:
    return [HEADER, *(f"Lesson {row},{day},09:00,50,{ANA},{zone}" for row, day in enumerate(days))]


def timed(*times: str, zone: str = "America/Chicago") -> list[str]:
    return [
        HEADER,
        *(f"Period {row},2031-09-{15 + row},{each},45,{ANA},{zone}" for row, each in enumerate(times)),
    ]


@dataclass(frozen=True, slots=True)
class Situation:
    lines: Sequence[str]
    rows: Sequence[str]  #: of row 2 and those below it
    told: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)


QUESTION = (
    "Day first: Mon 6, Tue 7, Wed 8, Thu 9 Oct 2031; "
    "month first: Tue 10 Jun, Thu 10 Jul, Sun 10 Aug, Wed 10 Sep 2031, 1 on a weekend."
)
IN_OCTOBER = ("06/10/2031", "07/10/2031", "08/10/2031", "09/10/2031")
LONDON = "Europe/London"

SITUATIONS: dict[str, Situation] = {
    "a week in October, day first or month first": Situation(dated(*IN_OCTOBER), ["R033"] * 4, QUESTION),
    "the same with hyphens": Situation(
        dated(*(day.replace("/", "-") for day in IN_OCTOBER)), ["R033"] * 4, QUESTION
    ),
    "the same with years of two digits": Situation(
        dated(*(day.replace("2031", "31") for day in IN_OCTOBER)), ["R033"] * 4, QUESTION
    ),
    "the same in a zone and with weekdays, which prove nothing": Situation(
        dated("Mon 06/10/2031", "Tue 07/10/2031", zone="America/Chicago"),
        ["R033"] * 2,
        "Day first: Mon 6, Tue 7 Oct 2031",
    ),
    "the same with dots, where the day comes first": Situation(
        dated(*(day.replace("/", ".") for day in IN_OCTOBER)),
        [f"2031-10-{day:02} 09:00 {LONDON} 50" for day in (6, 7, 8, 9)],
    ),
    "the same, said day first": Situation(
        dated(*IN_OCTOBER),
        [f"2031-10-{day:02} 09:00 {LONDON} 50" for day in (6, 7, 8, 9)],
        settings={"dates": "dmy"},
    ),
    "the same, said month first": Situation(
        dated(*IN_OCTOBER),
        [f"2031-{month:02}-10 09:00 {LONDON} 50" for month in (6, 7, 8, 9)],
        settings={"dates": "mdy"},
    ),
    "the same under a header that says so": Situation(
        [HEADER.replace("Date", "Date (DD/MM/YYYY)"), *dated(*IN_OCTOBER)[1:]],
        [f"2031-10-{day:02} 09:00 {LONDON} 50" for day in (6, 7, 8, 9)],
        "as the header 'Date (DD/MM/YYYY)' shows",
    ),
    "a header in German that says so": Situation(
        ["Fach;Datum (TT/MM/JJJJ);Uhrzeit;Dauer;Lehrer E-Mail", f"Mathe;06/10/2031;9 Uhr;45;{ANA}"],
        ["2031-10-06 09:00 GMT 45"],
    ),
    "a header that a date contradicts": Situation(
        [HEADER.replace("Date", "Date (DD/MM/YYYY)"), *dated("06/10/2031", "10/15/2031")[1:]],
        ["R032", "R032"],
    ),
    "a date over 12 proves the order, even in the last row": Situation(
        dated("06/10/2031", "13/10/2031"),
        [f"2031-10-06 09:00 {LONDON} 50", f"2031-10-13 09:00 {LONDON} 50"],
        "Dates are read day first, as '13/10/2031' in row 3 shows.",
    ),
    "a date over 12 proves the order of years with two digits": Situation(
        dated("10/06/31", "10/13/31", "17-Sep-31", "18.09.31"),
        [
            f"2031-10-06 09:00 {LONDON} 50",
            f"2031-10-13 09:00 {LONDON} 50",
            f"2031-09-17 09:00 {LONDON} 50",
            f"2031-09-18 09:00 {LONDON} 50",
        ],
    ),
    "dates that prove both orders": Situation(
        dated("09/15/31", "15/09/31", "17-Sep-31", "18.09.31"),
        ["R032", "R032", f"2031-09-17 09:00 {LONDON} 50", f"2031-09-18 09:00 {LONDON} 50"],
        "Dates are written day first and month first: '09/15/31' in row 2 and '15/09/31' in row 3. None is read.",
    ),
    "a weekday beside each date": Situation(
        dated(
            '"Monday, September 15, 2031"',
            "Tue 16 Sep 2031",
            "Fri 9/19/2031",
            '"Tuesday, September 22, 2031"',
        ),
        [f"2031-09-{day} 09:00 {LONDON} 50" for day in (15, 16, 19)] + ["R050"],
    ),
    "a weekday that proves no order": Situation(
        dated("viernes 10/09/27", "lunes 10/09/27"),
        ["R033", "R050"],
    ),
    "a bell schedule that counts to 12": Situation(
        timed("8:15", "11:25", "12:20", "1:15", "2:10"),
        [
            *("2031-09-15 08:15 America/Chicago 45", "2031-09-16 11:25 America/Chicago 45"),
            *("2031-09-17 12:20 America/Chicago 45", "R054", "R054"),
        ],
    ),
    "an hour that is asked about beside a date that is": Situation(
        [HEADER, f"A,06/10/2031,1:15,50,{ANA},{LONDON}", f"B,07/10/2031,9:15,50,{ANA},{LONDON}"],
        ["R054 R033", "R033"],
    ),
    "the same in one cell": Situation(
        ["Class,Start,Teacher e-mail", f"A,06/10/2031 1:15,{ANA}", f"B,07/10/2031 9:15,{ANA}"],
        ["R033 R054", "R033"],
    ),
    "the same where the file has an afternoon": Situation(
        ["Class,Start,Teacher e-mail", f"A,06/10/2031 1:15,{ANA}", f"B,07/10/2031 13:15,{ANA}"],
        ["R033", "R033"],
    ),
    "the same where the hour says AM": Situation(
        ["Class,Start,Teacher e-mail", f"A,06/10/2031 1:15 AM,{ANA}"], ["R033"]
    ),
    "a start at night beside one in the afternoon, told": Situation(
        timed("1:15", "14:10"),
        ["2031-09-15 01:15 America/Chicago 45", "2031-09-16 14:10 America/Chicago 45"],
        "Row 2 begins at 01:15, outside the usual hours (08:00-20:00).",
    ),
    "hours without AM or PM beside others that have it": Situation(
        timed("4:00", "9:30 am", "2:00 pm", "16:00", "12:30", "noon", "8:00-8:45", "9:00-9:45 AM", "0:30"),
        [
            *("R069", "2031-09-16 09:30 America/Chicago 45", "2031-09-17 14:00 America/Chicago 45"),
            *("2031-09-18 16:00 America/Chicago 45", "2031-09-19 12:30 America/Chicago 45"),
            *("2031-09-20 12:00 America/Chicago 45", "R069"),
            *("2031-09-22 09:00 America/Chicago 45", "2031-09-23 00:30 America/Chicago 45"),
        ],
    ),
    "hours of two digits beside others with AM or PM": Situation(
        timed("09:00", "04:00", "9:30 am", "11:00"),
        [
            *("2031-09-15 09:00 America/Chicago 45", "R069", "2031-09-17 09:30 America/Chicago 45"),
            "2031-09-18 11:00 America/Chicago 45",
        ],
    ),
    "hours without AM or PM, said to count to 24": Situation(
        timed("4:00", "9:30 am"),
        ["2031-09-15 04:00 America/Chicago 45", "2031-09-16 09:30 America/Chicago 45"],
        settings={"clock": "24"},
    ),
    "hours without AM or PM under a header that says that they count to 24": Situation(
        ["Class,Start (24 h),Teacher e-mail", f"A,2031-09-15 4:00,{ANA}", f"B,2031-09-15 9:00 AM,{ANA}"],
        ["2031-09-15 04:00 GMT 60", "2031-09-15 09:00 GMT 60"],
        settings={"columns": {"Start (24 h)": "start_time"}},
    ),
    "an hour in ISO 8601 beside one with AM": Situation(
        [
            "Class,Start,Teacher e-mail",
            *(
                f"{start},{start},{ANA}"
                for start in ("2031-09-15T04:00", "2031-09-16 04:00", "2031-09-17 4:00")
            ),
            f"B,2031-09-15 9:00 AM,{ANA}",
        ],
        ["2031-09-15 04:00 GMT 60", "2031-09-16 04:00 GMT 60", "R069", "2031-09-15 09:00 GMT 60"],
    ),
    "a start at night, said to count to 24": Situation(
        timed("1:15"), ["2031-09-15 01:15 America/Chicago 45"], settings={"clock": "24"}
    ),
    "starts at night with an offset": Situation(
        ["Class,Start,Teacher e-mail", f"A,2031-09-15T01:15:00Z,{ANA}"], ["2031-09-15 01:15 GMT 60"]
    ),
    "starts at night under a header of UTC": Situation(
        ["Class,Start (UTC),Teacher e-mail", f"A,2031-09-15 01:15,{ANA}"],
        ["2031-09-15 01:15 UTC 60"],
        "Starts are read by the clock of UTC, as the header 'Start (UTC)' says.",
    ),
    "a header of UTC and rows of another zone": Situation(
        [
            "Class,Start (UTC),Teacher e-mail,Time zone",
            f"Summer,2031-09-15 13:15,{ANA},Europe/London",
            f"Winter,2031-11-17 13:15,{ANA},Europe/London",
        ],
        ["R056", "2031-11-17 13:15 Europe/London 60"],
    ),
    "a header that names its clock by letters": Situation(
        ["Class,Start ET,Teacher e-mail", f"A,2031-09-15 09:00,{ANA}"],
        ["R068"],
        settings={"columns": {"Start ET": "start_time"}},
    ),
    "a header that names its clock by an offset": Situation(
        ["Class,Start (UTC+2),Teacher e-mail", f"A,2031-09-15 09:00,{ANA}"],
        ["R068"],
        settings={"columns": {"Start (UTC+2)": "start_time"}},
    ),
    "a header that names its clock by a city": Situation(
        ["Class,Start (Paris time),Teacher e-mail", f"A,2031-09-15 09:00,{ANA}"],
        ["R068"],
        settings={"columns": {"Start (Paris time)": "start_time"}},
    ),
    "a header that names its clock by letters, and rows that name their zone": Situation(
        ["Class,Start (EST),Teacher e-mail,Time zone", f"A,2031-09-15 09:00,{ANA},America/New_York"],
        ["2031-09-15 09:00 America/New_York 60"],
        settings={"columns": {"Start (EST)": "start_time"}},
    ),
    "offsets that agree with their zone, and one that does not": Situation(
        [
            "title,start_time,time_zone,presenter_email,duration",
            f"Z,2031-09-15T13:00:00Z,UTC,{ANA},50",
            f"Offset,2031-09-17T14:00:00.000+0100,Europe/London,{ANA},50",
            f"Another,2031-11-17T14:00:00+01:00,Europe/London,{ANA},50",
        ],
        ["2031-09-15 13:00 UTC 50", "2031-09-17 14:00 Europe/London 50", "R056"],
    ),
    "an offset without a zone is that moment": Situation(
        ["Class,Start,Teacher e-mail", f"A,2031-09-15T14:00:00+01:00,{ANA}"], ["2031-09-15 13:00 GMT 60"]
    ),
    "an empty zone where another row names one": Situation(
        [
            "Class,Start,Teacher e-mail,Time zone",
            f"A,2031-09-15 09:00,{ANA},",
            f"B,2031-09-16 09:00,{ANA},{LONDON}",
        ],
        ["R057", f"2031-09-16 09:00 {LONDON} 60"],
    ),
    "an empty zone where no row names one": Situation(
        ["Class,Start,Teacher e-mail,Time zone", f"A,2031-09-15 09:00,{ANA},"], ["2031-09-15 09:00 GMT 60"]
    ),
    "a calendar's export, classes past midnight": Situation(
        [
            "Subject,Start Date,Start Time,End Date,End Time,Teacher Email",
            f"French,09/15/2031,9:00 AM,09/15/2031,9:50 AM,{ANA}",
            f"Clinic,09/16/2031,11:15 PM,09/17/2031,12:45 AM,{ANA}",
            f"Astronomy,11/03/2031,9:00 PM,11/04/2031,12:00 AM,{ANA}",
        ],
        ["2031-09-15 09:00 GMT 50", "2031-09-16 23:15 GMT 90", "2031-11-03 21:00 GMT 180"],
    ),
    "from the first to the last day of term": Situation(
        [
            "Course,Start Date,End Date,Start Time,End Time,Instructor Email",
            f"Calculus,09/15/2031,12/12/2031,9:00 AM,9:50 AM,{ANA}",
        ],
        ["R055"],
    ),
    "until a day": Situation(
        ["Class,Start,Minutes,Teacher e-mail,Until", f"Algebra,2031-09-15 14:00,50,{ANA},2031-12-12"],
        ["R055"],
    ),
    "every Monday": Situation(
        [
            "Class,Start,Minutes,Teacher e-mail",
            f"Guitar,every Monday 15:30 until 12 Dec,45,{ANA}",
            f"Choir,Mondays 16:30,45,{ANA}",
        ],
        ["R051", "R051"],
    ),
    "an end at midnight": Situation(
        [
            "Class,Start,End,Teacher e-mail",
            f"A,2031-09-15 22:00,24:00,{ANA}",
            f"B,2031-09-16 22:00,00:00,{ANA}",
            f"C,2031-09-17 22:00,midnight,{ANA}",
        ],
        [f"2031-09-{day} 22:00 GMT 120" for day in (15, 16, 17)],
    ),
    "hours in words": Situation(
        [
            "Class,Start,Minutes,Teacher e-mail",
            *(
                f"A,{start},30,{ANA}"
                for start in (
                    *("2031-09-15 12:00 AM", "2031-09-15 12pm", "2031-09-17 12 noon", "2031-09-17 noon"),
                    *(
                        "2031-09-18 24:00",
                        "2031-09-19 0900",
                        "2031-09-19 9.30",
                        "2031-09-20 9:00a",
                        "2031-09-22 9",
                    ),
                )
            ),
        ],
        [
            *("2031-09-15 00:00 GMT 30", "2031-09-15 12:00 GMT 30", "2031-09-17 12:00 GMT 30"),
            *("2031-09-17 12:00 GMT 30", "2031-09-19 00:00 GMT 30", "2031-09-19 09:00 GMT 30"),
            *("R069", "2031-09-20 09:00 GMT 30", "R003"),
        ],
        "Rows 2 and 6 begin outside the usual hours (08:00-20:00), the first at 00:00.",
    ),
    "a length in hours, as its header says": Situation(
        [
            "Class,Start,Duration (hours),Teacher e-mail",
            *(
                f"A,2031-09-15 {9 + 3 * row:02}:00,{length},{ANA}"
                for row, length in enumerate(("2", "1.5", '"1,5"', "50 min"))
            ),
        ],
        [
            *("2031-09-15 09:00 GMT 120", "2031-09-15 12:00 GMT 90"),
            *("2031-09-15 15:00 GMT 90", "2031-09-15 18:00 GMT 50"),
        ],
    ),
    "an Arabic timetable": Situation(
        [
            "اسم المادة,التاريخ,الوقت,المدة,بريد المعلم,المنطقة الزمنية",
            f"الرياضيات,{ARABIC_DAY},{ARABIC_NINE},{ARABIC_FIFTY},{ANA},Asia/Riyadh",
            f"التاريخ,2031-09-16,1:30 م,50,{ANA},Asia/Riyadh",
        ],
        ["2031-09-15 09:00 Asia/Riyadh 50", "2031-09-16 13:30 Asia/Riyadh 50"],
    ),
    "a German timetable": Situation(
        [
            "Fach;Datum;Uhrzeit;Dauer;Lehrer E-Mail;Zeitzone",
            f"Mathe;15.09.2031;14.30 Uhr;45;{ANA};Europe/Berlin",
            f"Kunst;Mo, 15.09.2031;15:30;45 Min.;{ANA};Europe/Berlin",
            f"Sport;16. Dezember 2031;09:00;90 Minuten;{ANA};Europe/Berlin",
        ],
        [
            "2031-09-15 14:30 Europe/Berlin 45",
            "2031-09-15 15:30 Europe/Berlin 45",
            "2031-12-16 09:00 Europe/Berlin 90",
        ],
    ),
    "the day as a heading above its classes": Situation(
        ["Class,Time,Teacher e-mail", "Monday 15 September 2031,,", f"Maths,09:00,{ANA}"], ["R058"]
    ),
    "the day in the first row of each day": Situation(
        ["Date,Time,Class,Teacher e-mail", f"2031-09-15,09:00,Maths,{ANA}", f",10:00,Art,{ANA}"],
        ["2031-09-15 09:00 GMT 60", "R058"],
    ),
    "what is empty is told with its rows": Situation(
        [
            "Class,Start,Minutes,Teacher e-mail,Attendees,Record",
            f"A,2031-09-15 09:00,,{ANA},25,yes",
            f"B,2031-09-16 09:00,50,{ANA},,",
        ],
        ["2031-09-15 09:00 GMT 60", "2031-09-16 09:00 GMT 50"],
        "Attendees is empty in row 3, and the service lets 2 people attend a class without a limit. "
        "Write there how many may attend.\n"
        "Minutes is empty in row 2: each class there lasts 60 minutes.\n"
        "Record is empty in row 3: no class there is recorded.",
    ),
    "more attendees than most licences allow, where nobody said how many": Situation(
        ["Class,Start,Teacher e-mail,Attendees", f"A,2031-09-15 09:00,{ANA},80"], ["2031-09-15 09:00 GMT 60"]
    ),
    "more attendees than the settings say": Situation(
        ["Class,Start,Teacher e-mail,Attendees", f"A,2031-09-15 09:00,{ANA},80"],
        ["R009"],
        settings={"max_attendees": 60},
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_a_file_means_one_thing_or_is_asked_about(
    situation: Situation, journal: Journal, tmp_path: Path
) -> None:
    found = read(journal, csv(tmp_path, *situation.lines), **situation.settings)
    assert list(found.rows.values()) == list(situation.rows)
    assert situation.told in found.told


def test_a_clock_that_a_header_only_hints_at_is_settled_by_the_settings_as_its_message_says(
    journal: Journal, tmp_path: Path
) -> None:
    (tmp_path / "classbatch.toml").write_text(
        '[defaults]\ntime_zone = "America/New_York"\n', encoding="utf-8"
    )
    file = csv(tmp_path, "Class,Start (EST),Teacher e-mail", f"A,2031-09-15 09:00,{ANA}")
    found = read(journal, file, columns={"Start (EST)": "start_time"})
    assert found.rows == {2: "2031-09-15 09:00 America/New_York 60"}


def test_the_question_names_what_was_seen_above(journal: Journal, tmp_path: Path) -> None:
    """A week's Monday stands above the table, once for all its rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ["Riverside School"],
        ["Week commencing 15 September 2031"],
        ["Day", "Time", "Class", "Teacher e-mail"],
        ["Monday", time(9), "Maths", ANA],
    ):
        sheet.append(line)
    book.save(tmp_path / "week.xlsx")
    assert read(journal, tmp_path / "week.xlsx").rows == {4: "R058"}
    (issue,) = next(iter(journal.reports.rows("b"))).issues
    assert issue.facts == {"row": 2, "above": "Week commencing 15 September 2031"}


def workbook(folder: Path, *cells: object, header: str = "Date") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Class", header, "Time", "Teacher e-mail"])
    for line, cell in enumerate(cells, start=2):
        sheet.append(["Maths", cell.day if isinstance(cell, Shown) else cell, time(9), ANA])
        if isinstance(cell, Shown):
            sheet.cell(line, 2).number_format = cell.number_format
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


@dataclass(frozen=True, slots=True)
class Shown:
    """A real date, and how the spreadsheet shows it."""

    number_format: str
    day: date


def shown(number_format: str, day: int, month: int) -> Shown:
    return Shown(number_format, date(2031, month, day))


NATIVE: dict[str, tuple[Sequence[object], Sequence[str]]] = {
    "real dates need no order": ([date(2031, 10, 6), date(2031, 10, 7)], ["2031-10-06", "2031-10-07"]),
    "a month-first program took 6 October for 10 June and left 13 October as text": (
        [date(2031, 6, 10), date(2031, 7, 10), "13/10/2031"],
        ["R053", "R053", "2031-10-13"],
    ),
    "a day-first program took October 6th for 10 June": (
        [date(2031, 6, 10), "10/13/2031"],
        ["R053", "2031-10-13"],
    ),
    "a real date over 12 shows that they are right": (
        [date(2031, 10, 6), date(2031, 10, 20), "13/10/2031"],
        ["2031-10-06", "2031-10-20", "2031-10-13"],
    ),
    "text that any program would have taken, too, is no sign": (
        [date(2031, 10, 6), "07/10/2031", "13/10/2031"],
        ["2031-10-06", "2031-10-07", "2031-10-13"],
    ),
    "a date that is the same either way": ([date(2031, 10, 10), "13/10/2031"], ["2031-10-10", "2031-10-13"]),
    "real dates in a form of no order do not prove that of text": (
        [date(2031, 10, 20), "07/10/2031"],
        ["2031-10-20", "R033"],
    ),
    "real dates shown day first prove the order of text": (
        [shown("dd/mm/yyyy", 20, 10), "07/10/2031"],
        ["2031-10-20", "2031-10-07"],
    ),
    "real dates shown month first, below the text": (
        ["07/10/2031", shown("[$-409]m/d/yyyy;@", 20, 10)],
        ["2031-07-10", "2031-10-20"],
    ),
    "real dates with dots prove it for slashes": (
        [shown("dd\\.mm\\.yyyy", 20, 10), "07/10/2031"],
        ["2031-10-20", "2031-10-07"],
    ),
    "Excel's own short date, which each computer shows in its own order, proves nothing": (
        [shown("mm-dd-yy", 20, 10), "07/10/2031"],
        ["2031-10-20", "R033"],
    ),
    "real dates shown in both orders prove none": (
        [shown("dd/mm/yyyy", 20, 10), shown("mm/dd/yyyy", 21, 10), "07/10/2031"],
        ["2031-10-20", "2031-10-21", "R033"],
    ),
    "text that proves another order than real dates are shown in, up to 12 every one": (
        [shown("mm/dd/yyyy", 10, 6), "07/10/2031", "13/10/2031"],
        ["R053", "2031-10-07", "2031-10-13"],
    ),
    "the same with a real date over 12, which shows that they are right": (
        [shown("mm/dd/yyyy", 10, 6), shown("mm/dd/yyyy", 20, 6), "13/10/2031"],
        ["2031-06-10", "2031-06-20", "2031-10-13"],
    ),
}


@pytest.mark.parametrize(("cells", "days"), NATIVE.values(), ids=NATIVE)
def test_real_dates_beside_dates_of_text(
    cells: Sequence[object], days: Sequence[str], journal: Journal, tmp_path: Path
) -> None:
    found = read(journal, workbook(tmp_path, *cells))
    assert [row.split()[0] for row in found.rows.values()] == list(days)


def test_how_real_dates_are_shown_is_named_as_the_proof(journal: Journal, tmp_path: Path) -> None:
    found = read(journal, workbook(tmp_path, "07/10/2031", shown("dd/mm/yyyy", 20, 10)))
    assert "Dates are read day first, as the format of 2031-10-20 in row 3 shows." in found.told


def test_a_header_that_contradicts_how_real_dates_are_shown_is_asked(
    journal: Journal, tmp_path: Path
) -> None:
    """A British export that an American spreadsheet has opened: whatever it could take, it took month first."""
    file = workbook(tmp_path, shown("m/d/yyyy", 10, 6), shown("m/d/yyyy", 10, 7), header="Date (DD/MM/YYYY)")
    assert list(read(journal, file).rows.values()) == ["R053", "R053"]


def test_a_start_of_the_spreadsheet_at_night_is_asked_about_too(journal: Journal, tmp_path: Path) -> None:
    """Whoever types 1:15 into a spreadsheet gets a quarter past one at night."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Class", "Start", "Teacher e-mail"])
    for hour in (9, 1):
        sheet.append(["Maths", datetime(2031, 9, 15, hour, 15), ANA])  # noqa: DTZ001 - a cell has no zone
    book.save(tmp_path / "t.xlsx")
    assert read(journal, tmp_path / "t.xlsx").rows == {2: "2031-09-15 09:15 GMT 60", 3: "R054"}


MIDNIGHTS: dict[str, tuple[Sequence[str], Mapping[str, object], Sequence[str]]] = {
    "a date alone is asked about": (["09:00", "00:00", "14:00"], {}, ["09:00", "R067", "14:00"]),
    "in a file without an afternoon, too": (["09:00", "00:00"], {}, ["09:00", "R067"]),
    "where all are dates": (["00:00", "00:00"], {}, ["R067", "R067"]),
    "midnight is meant where classes are given at night": (
        ["00:00", "03:00", "14:00"],
        {},
        ["00:00", "03:00", "14:00"],
    ),
    "midnight is meant where that was said": (["09:00", "00:00"], {"clock": "24"}, ["09:00", "00:00"]),
}


@pytest.mark.parametrize(("hours", "said", "read_as"), MIDNIGHTS.values(), ids=MIDNIGHTS)
def test_midnight_in_a_spreadsheet_may_be_a_date_without_its_time(
    hours: Sequence[str], said: Mapping[str, object], read_as: Sequence[str], journal: Journal, tmp_path: Path
) -> None:
    """In a column that shows dates and times, a date that was typed alone is kept as midnight."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Class", "Start", "Teacher e-mail"])
    for day, hour in enumerate(hours, start=15):
        sheet.append(["Maths", datetime.fromisoformat(f"2031-09-{day} {hour}"), ANA])
        sheet.cell(sheet.max_row, 2).number_format = "yyyy-mm-dd hh:mm"
    book.save(tmp_path / "t.xlsx")
    rows = read(journal, tmp_path / "t.xlsx", **said).rows.values()
    assert [row if row.startswith("R") else row.split()[1] for row in rows] == list(read_as)


# --- what earlier files of the same kind proved -------------------------------


def submitted(classbatch: Command, file: Path, *flags: str) -> list[str]:
    """Each row's start in UTC, or the code of its problem."""
    results = classbatch.folder / "results.xlsx"
    results.unlink(missing_ok=True)
    classbatch("submit", file, "--sandbox", "--state", "state", "--results", results, *flags)
    return [
        str(row["start_utc"] or re.findall(r"\[([RW][0-9]+)\]", row["message"])[0])
        for row in rows_of(results)
    ]


WEEK_38 = ("15/09/2031", "16/09/2031")
WEEK_41 = ("06/10/2031", "07/10/2031")
DAY_FIRST = ["2031-10-06 08:00", "2031-10-07 08:00"]


def inbox(classbatch: Command, name: str = "inbox") -> Path:
    folder = classbatch.folder / name
    folder.mkdir(exist_ok=True)
    return folder


def test_a_feed_is_read_as_its_earlier_file_proved(classbatch: Command) -> None:
    folder = inbox(classbatch)
    week_41 = csv(folder, *dated(*WEEK_41), name="week41.csv")
    assert submitted(classbatch, week_41) == ["R033", "R033"]
    assert submitted(classbatch, csv(folder, *dated(*WEEK_38), name="week38.csv"))[0] == "2031-09-15 08:00"
    ran = classbatch("check", week_41, "--sandbox", "--state", "state")
    assert "Dates are read day first, as an earlier file like this one did" in ran.err
    assert "week38.csv" in ran.err
    assert submitted(classbatch, week_41) == DAY_FIRST


def test_what_a_check_read_is_no_proof_for_a_run(classbatch: Command) -> None:
    folder = inbox(classbatch)
    file = csv(folder, *dated(*WEEK_38), name="week38.csv")
    assert classbatch("check", file, "--sandbox", "--state", "state").code == 0
    assert not (classbatch.folder / "state").exists()
    assert submitted(classbatch, csv(folder, *dated(*WEEK_41), name="week41.csv")) == ["R033", "R033"]


NO_PROOF: dict[str, tuple[str, Sequence[str], tuple[str, ...]]] = {
    "another folder": ("elsewhere", dated(*WEEK_38), ()),
    "another header": ("inbox", [f"{HEADER},Room", *(f"{line},R1" for line in dated(*WEEK_38)[1:])], ()),
    "a file that could not be read in one order": ("inbox", dated("15/09/2031", "09/16/2031"), ()),
}


@pytest.mark.parametrize(("folder", "lines", "flags"), NO_PROOF.values(), ids=NO_PROOF)
def test_no_proof_is(folder: str, lines: Sequence[str], flags: tuple[str, ...], classbatch: Command) -> None:
    submitted(classbatch, csv(inbox(classbatch, folder), *lines, name="earlier.csv"), *flags)
    week_41 = csv(inbox(classbatch), *dated(*WEEK_41), name="week41.csv")
    assert submitted(classbatch, week_41) == ["R033", "R033"]


def test_what_was_said_of_the_order_holds_for_the_feed(classbatch: Command) -> None:
    folder = inbox(classbatch)
    submitted(classbatch, csv(folder, *dated("04/10/2031"), name="week40.csv"), "--dates", "dmy")
    week_41 = csv(folder, *dated(*WEEK_41), name="week41.csv")
    ran = classbatch("check", week_41, "--sandbox", "--state", "state")
    assert "Dates are read day first, as you said of an earlier file like this one: week40.csv." in ran.err
    assert submitted(classbatch, week_41) == DAY_FIRST
    elsewhere = csv(inbox(classbatch, "elsewhere"), *dated(*WEEK_41), name="week41.csv")
    assert submitted(classbatch, elsewhere) == ["R033", "R033"]


def test_what_was_said_last_holds(classbatch: Command) -> None:
    folder = inbox(classbatch)
    submitted(classbatch, csv(folder, *dated("04/10/2031"), name="a.csv"), "--dates", "mdy")
    submitted(classbatch, csv(folder, *dated("05/10/2031"), name="b.csv"), "--dates", "dmy")
    assert submitted(classbatch, csv(folder, *dated(*WEEK_41), name="c.csv")) == DAY_FIRST


def test_what_was_said_and_what_a_file_proved_must_agree(classbatch: Command) -> None:
    folder = inbox(classbatch)
    submitted(classbatch, csv(folder, *dated("04/10/2031"), name="a.csv"), "--dates", "mdy")
    submitted(classbatch, csv(folder, *dated(*WEEK_38), name="week38.csv"))
    assert submitted(classbatch, csv(folder, *dated(*WEEK_41), name="c.csv")) == ["R033", "R033"]


def test_two_files_that_prove_different_orders_prove_none(classbatch: Command) -> None:
    folder = inbox(classbatch)
    submitted(classbatch, csv(folder, *dated(*WEEK_38), name="a.csv"))
    submitted(classbatch, csv(folder, *dated("09/17/2031"), name="b.csv"))
    assert submitted(classbatch, csv(folder, *dated(*WEEK_41), name="c.csv")) == ["R033", "R033"]


@pytest.mark.parametrize("damaged", ["{", "[]", '{"a": 1}', '{"a": {"proved": {"day": 1}}}'])
def test_what_is_kept_of_dates_and_damaged_proves_nothing(damaged: str, classbatch: Command) -> None:
    folder = inbox(classbatch)
    submitted(classbatch, csv(folder, *dated(*WEEK_38), name="week38.csv"))
    (kept,) = (classbatch.folder / "state").rglob("dates.json")
    kept.write_text(damaged)
    assert submitted(classbatch, csv(folder, *dated(*WEEK_41), name="week41.csv")) == ["R033", "R033"]


def test_that_the_clock_counts_to_24_is_said_once_for_a_feed(classbatch: Command) -> None:
    folder = inbox(classbatch)
    night = csv(folder, *timed("1:15"), name="monday.csv")
    assert submitted(classbatch, night) == ["R054"]
    assert submitted(classbatch, night, "--clock", "24") == ["2031-09-15 06:15"]
    assert submitted(classbatch, csv(folder, *timed("2:15"), name="tuesday.csv")) == ["2031-09-15 07:15"]
    elsewhere = csv(inbox(classbatch, "elsewhere"), *timed("3:15"), name="tuesday.csv")
    assert submitted(classbatch, elsewhere) == ["R054"]


@pytest.mark.parametrize("flags", [(), ("--dates", "dmy")], ids=["proved", "said"])
def test_results_handed_in_again_keep_the_order_they_were_read_with(
    flags: tuple[str, ...], classbatch: Command
) -> None:
    lines = dated("06/10/2031", *(() if flags else ("13/10/2031",)))
    wrong = lines[1].replace(ANA, "Ana")
    submitted(
        classbatch, csv(inbox(classbatch), lines[0], wrong, *lines[2:]), *flags, "--results", "results.xlsx"
    )
    book = openpyxl.load_workbook(classbatch.folder / "results.xlsx")
    for cell in (cell for row in book["To do"].iter_rows() for cell in row):
        if cell.value == "Ana":
            cell.value = ANA
    book.save(classbatch.folder / "mended.xlsx")
    mended = classbatch.folder / "mended.xlsx"
    assert submitted(classbatch, mended, "--sheet", "To do") == ["2031-10-06 08:00"]


def test_a_warning_is_told_even_quietly(classbatch: Command) -> None:
    lines = ["Class,Start,Teacher e-mail", f"Night,2031-09-15 22:00,{ANA}", f"Which,06/10/2031 09:00,{ANA}"]
    ran = classbatch("check", csv(classbatch.folder, *lines), "--sandbox", "--quiet")
    for told in (
        "every start is read as GMT",
        "Row 2 begins at 22:00, outside",
        "Say which comes first",
    ):
        assert told in ran.err
    assert "There is no column for create_recording" not in ran.err


# --- whatever the dates are ---------------------------------------------------

DAYS = st.dates(min_value=date(2027, 1, 1), max_value=date(2036, 6, 30))
PATTERNS = {"dmy": "{d:02}{s}{m:02}{s}{y}", "mdy": "{m:02}{s}{d:02}{s}{y}", "ymd": "{y}{s}{m:02}{s}{d:02}"}


@given(
    days=st.lists(DAYS, min_size=1, max_size=5),
    order=st.sampled_from(sorted(PATTERNS)),
    sign=st.sampled_from("/-"),
    short=st.booleans(),
    weekday=st.booleans(),
)
def test_a_class_is_scheduled_only_on_the_day_that_its_file_proves(
    days: list[date], order: str, sign: str, *, short: bool, weekday: bool
) -> None:
    """For any date, in any written order, in any cell that can be read two ways."""
    texts = [
        (f"{day:%a} " if weekday else "")
        + PATTERNS[order].format(d=day.day, m=day.month, y=f"{day:%y}" if short else day.year, s=sign)
        for day in days
    ]
    with tempfile.TemporaryDirectory() as folder, scratch_journal(Path(folder)) as journal:
        found = list(read(journal, csv(Path(folder), *dated(*texts))).rows.values())
    for row, day in zip(found, days, strict=True):
        assert row.startswith(("R032", "R033", "R050", f"{day} 09:00")), (texts, found)
    proved = (order == "ymd" and not short) or any(day.day > 12 for day in days)
    if proved and not short:
        assert [row.split()[0] for row in found] == list(map(str, days))
    if not proved and not short and any(day.day != day.month for day in days):
        assert "R033" in found


#: How spreadsheets of many countries show a date, a time of day and both; what stands in the cell is the same.
FORMATS = (
    *(
        "yyyy-mm-dd",
        "d.m",
        "dd/mm/yyyy",
        "m/d/yy",
        "dddd, mmmm d, yyyy",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    ),
    *(
        'yyyy"年"m"月"d"日"',
        "[$-41E]d/m/yyyy",
        '[$-411]ggge"年"m"月"d"日"',
        "[$-407]TT. MMMM JJJJ",
        "[$-40C]jj/mm/aaaa",
    ),
    *("mmm-yy", "[$-409]d-mmm-yyyy;@", "yyyy\\-mm\\-dd", "[$-2000401]dd/mm/yyyy"),
)
CLOCKS = (
    "hh:mm",
    "[$-409]h:mm AM/PM;@",
    "[$-F400]h:mm:ss\\ AM/PM",
    '上午/下午h"时"mm"分"',
    "hh\\:mm",
    'h"h"mm',
)


@pytest.mark.parametrize("number_format", FORMATS)
def test_a_real_date_is_that_day_however_it_is_shown(
    number_format: str, journal: Journal, tmp_path: Path
) -> None:
    file = workbook(tmp_path, Shown(number_format, date(2031, 9, 15)), Shown(number_format, date(2031, 9, 6)))
    assert [row.split()[0] for row in read(journal, file).rows.values()] == ["2031-09-15", "2031-09-06"]


@pytest.mark.parametrize("number_format", CLOCKS)
def test_a_real_time_of_day_is_that_hour_however_it_is_shown(
    number_format: str, journal: Journal, tmp_path: Path
) -> None:
    file = workbook(tmp_path, date(2031, 9, 15))
    book = openpyxl.load_workbook(file)
    book.worksheets[0]["C2"].number_format = number_format
    book.save(file)
    assert read(journal, file).rows == {2: "2031-09-15 09:00 GMT 60"}


#: Lengths as people and programs write them, with the minutes that are meant; None: asked about.
LENGTHS: dict[str, int | None] = {
    "50": 50,
    "50 min": 50,
    "50m": 50,
    "50'": 50,
    "0:50": 50,
    "00:50:00": 50,
    "PT50M": 50,
    "50 minutes": 50,
    "1h 15m": 75,
    "1 hr 30 mins": 90,
    "1.5 hours": 90,
    "1,5 h": 90,
    "1½ h": 90,
    "90 Minuten": 90,
    "2 x 45": 90,
    "1 hora": 60,
    "90 minutos": 90,
    "1 heure 30": 90,
    "1 Std. 30": 90,
    "٩٠": 90,
    "九十": None,
    "a lesson": None,
    "1,5": None,
    "1.5": None,
    "50-55": None,
    "-50": None,
}


@pytest.mark.parametrize(("text", "minutes"), LENGTHS.items(), ids=LENGTHS)
def test_a_length_is_what_is_meant_or_asked_about(
    text: str, minutes: int | None, journal: Journal, tmp_path: Path
) -> None:
    file = csv(tmp_path, "Class,Start,Duration,Teacher e-mail", f'A,2031-09-15 09:00,"{text}",{ANA}')
    (row,) = read(journal, file).rows.values()
    if minutes is None:
        assert row.startswith("R0")
    else:
        assert row in {f"2031-09-15 09:00 GMT {minutes}", "R036"}
        assert row != "R036" or text not in SURELY_READ, row


#: In words that hundreds of files have; the others may be asked about, and never read as something else.
SURELY_READ = frozenset(
    {"50", "50 min", "50m", "0:50", "1h 15m", "1.5 hours", "90 Minuten", "2 x 45", "٩٠", "90 minutos"}
)
