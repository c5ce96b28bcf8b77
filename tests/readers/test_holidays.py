"""Holidays from a file of their own, named in the settings; the sheet of a workbook goes before them."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from batch.core.errors import CannotRun
from batch.core.message import FileFault
from batch.core.rows.date_order import UNTOLD
from batch.core.term.term import DaysOff
from batch.readers.holidays import read_holidays
from tests.support.command import Command, lesson, timetable

EXPECTED = (
    DaysOff(date(2031, 10, 27), date(2031, 10, 31), "Half-term"),
    DaysOff(date(2031, 11, 11), date(2031, 11, 11), "Staff day"),
)
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//School//EN
BEGIN:VEVENT
UID:1
SUMMARY:Half-term
DTSTART;VALUE=DATE:20311027
DTEND;VALUE=DATE:20311101
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Staff day
DTSTART;VALUE=DATE:20311111
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Parents' evening
DTSTART:20311112T180000Z
END:VEVENT
END:VCALENDAR
"""
FILES = {
    "a calendar": CALENDAR.replace("\n", "\r\n"),
    "from, to and name": "Name,From,To\nHalf-term,2031-10-27,2031-10-31\nStaff day,11 Nov 2031,\n",
    "semicolons and German words": "Von;Bis;Ferien\n27.10.2031;31.10.2031;Half-term\n11.11.2031;;Staff day\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_of_holidays(text: str, tmp_path: Path) -> None:
    (tmp_path / "holidays").write_text(text, "utf-8", newline="")
    assert read_holidays(tmp_path / "holidays", UNTOLD) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Name,Day\nHalf-term,2031-10-27\n",
        "from,to\nsoon,later\n",
        "from,to\n05/06/2031,\n",
        "from,to\n2031-10-31,2031-10-27\n",
    ],
)
def test_what_is_no_list_of_holidays_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "holidays").write_text(text, "utf-8")
    with pytest.raises(CannotRun) as caught:
        read_holidays(tmp_path / "holidays", UNTOLD)
    assert caught.value.messages[0].what is FileFault.NO_HOLIDAYS


def test_the_file_lies_beside_the_settings_and_the_sheet_goes_before_them(tmp_path: Path) -> None:
    (tmp_path / "school").mkdir()
    (tmp_path / "school" / "holidays.csv").write_text(FILES["from, to and name"], "utf-8")
    (tmp_path / "school" / "classbatch.toml").write_text(
        '[term]\nstarts = 2031-10-20\nends = 2031-11-14\nholidays = "holidays.csv"\n', "utf-8"
    )
    row = {**lesson(1), "start_time": "10:00", "weekday": "Tue"}
    timetable(tmp_path / "t.csv", [row])
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    ran = command("check", "t.csv", "--config", "school/classbatch.toml")
    assert (
        "Row 2, Lesson 1: 2 lessons, Tuesdays 10:00, 21 Oct to 4 Nov 2031, not on 28 Oct (Half-term), 11 Nov (Staff day)."
        in ran.err
    )
    # A holiday that takes the last lesson explains why there is one less than the row says.
    timetable(tmp_path / "weeks.csv", [{**row, "weeks": "1-2"}])
    ran = command("check", "weeks.csv", "--config", "school/classbatch.toml")
    assert "1 lesson, Tuesdays 10:00, 21 Oct 2031, not on 28 Oct (Half-term)." in ran.err
    book = openpyxl.Workbook()
    sheet, term = book.worksheets[0], book.create_sheet("Term")
    for cells in (list(row), list(row.values())):
        sheet.append(cells)
    term.append(["Ends", date(2031, 10, 24)])
    book.save(tmp_path / "t.xlsx")
    ran = command("check", "t.xlsx", "--config", "school/classbatch.toml")
    assert "The term is read from the sheet 'Term', which goes before the settings." in ran.err
    assert "Row 2, Lesson 1: 1 lesson, Tuesdays 10:00, 21 Oct 2031." in ran.err
    term.append(["Starts", "soon"])
    book.save(tmp_path / "t.xlsx")
    ran = command("check", "t.xlsx")
    assert ran.code == 2
    assert "sheet 'Term', row 2: 'soon' is no date" in ran.err


def test_a_term_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "classbatch.toml").write_text('[term]\nstarts = "soon"\nbegins = 2031-09-01\n', "utf-8")
    timetable(tmp_path / "t.csv", [lesson(1)])
    ran = Command(tmp_path)("check", "t.csv")
    assert ran.code == 2
    assert "term.starts" in ran.err
    assert "a day such as 2031-09-01" in ran.err
    assert "term.begins" in ran.err
