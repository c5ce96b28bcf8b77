"""A new user's first morning: a file with everything that is usually wrong with one, mended on the page alone."""

from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.acceptance.test_browser import counts_on, enters, schedules, sends
from tests.support.browser import page_served
from tests.support.command import Command, Service

pytestmark = pytest.mark.thorough

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: In the order of the file: columns and dates that can be meant otherwise, no zone, names instead of addresses; no title,
#: no such day, an hour in words, no hour, half an address, two addresses, a class that takes place after all, a length in
#: words and one too long, places in words, a teacher who gives another class then, a year long ago. Rugby is cancelled.
AUTUMN = """Lesson name|Day|Begins|Taught by|Minutes|Places|Room
Algebra|08/09/2031|09:00|Ana Diaz|60|25|R1
|08/09/2031|10:00|Ana Diaz|60|25|R1
Biology|31/09/2031|09:00|Ben Okafor|60|25|R2
Chess|09/09/2031|9.00 oclock|cleo@school.example|60|25|R3
Drama|10/09/2031||dan@school.example|60|25|R4
English|10/09/2031|11:00|emma.larsen@school|60|25|R5
French|11/09/2031|11:00|fay@school.example; gus@school.example|60|25|R6
CANCELLED: Geography|11/09/2031|12:00|gus@school.example|60|25|R7
History|12/09/2031|09:00|hal@school.example|an hour|25|R8
Italian|12/09/2031|10:00|ida@school.example|900|25|R9
Judo|12/09/2031|11:00|jo@school.example|60|lots|R1
Music|08/09/2031|09:30|Ana Diaz|60|25|R2
Needlework|05/09/2019|13:00|ned@school.example|60|25|R3
Opera|12/09/2031|13:00|olga@school.example|60|25|R4
Physics|12/09/2031|14:00|pia@school.example|60|25|R5
CANCELLED: Rugby|12/09/2031|15:00|rob@school.example|60|25|R6
"""


def autumn(path: Path) -> Path:
    """As an office has it: a title above the header, and a total below."""
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    sheet.append(["Riverside School: autumn term"])
    sheet.append([])
    for line in AUTUMN.splitlines():
        sheet.append(line.split("|"))
    sheet.append(["Total", "", "", "", "", "400"])
    book.save(path)
    return path


#: What each row is mended to, in the order in which the page brings it to light: row, column -> text.
MENDED = {
    ("5", "Lesson name"): "Art",
    ("6", "Day"): "30/09/2031",
    ("7", "Begins"): "09:00",
    ("8", "Begins"): "14:00",
    ("9", "Taught by"): "emma.larsen@school.example",
    ("10", "Taught by"): "fay@school.example",
    ("11", "Lesson name"): "Geography",
    ("12", "Minutes"): "60",
    ("13", "Minutes"): "90",
    ("14", "Places"): "30",
    ("16", "Day"): "08/09/2031",
}


def checks_again(page: "Page", button: str) -> None:
    """Press a button of the check, and wait for the next one."""
    before = page.locator("#answers").get_attribute("action")
    page.get_by_role("button", name=button).first.click()
    page.locator(f"main:has(h1):not(:has([data-wait], [action='{before}']))").wait_for()


def answers(page: "Page") -> None:
    """The questions about the file as a whole: one answer each, all of them taken by one button."""
    asked = page.locator(".question h2").all_inner_texts()
    assert asked == [
        "Which comes first in these dates: the day, or the month?",
        "By which clock are these times?",
        "Which e-mail addresses do these teachers have?",
    ]
    page.get_by_label("Time zone, such as Europe/London").fill("Europe/London")
    page.get_by_label("Ana Diaz (3 rows)").fill("ana.diaz@school.example")
    page.get_by_label("Ben Okafor (1 row)").fill("ben.okafor@school.example")
    checks_again(page, "The day: Mon 8")


def mends(page: "Page") -> None:
    """Every cell that the page says is wrong, where it says so."""
    left = dict(MENDED)
    while left:
        known = len(left)
        for (row, column), text in list(left.items()):
            field = page.get_by_role("textbox", name=f"{column} of row {row}", exact=True)
            if field.count():
                field.fill(text)
                del left[row, column]
        assert len(left) < known, f"no way to mend {left}"
        leave_out = page.get_by_role("checkbox", name="no class: leave row 19 out")
        if leave_out.count():
            leave_out.check()
        checks_again(page, "Check again with what I mended")
    checks_again(page, "Use ")  # for Music: when Ana is free


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_sixteen_mistakes_are_mended_on_the_page_alone_and_all_fifteen_classes_scheduled(
    scripts: bool, browser: "Browser", office: Command, slow_service: Service
) -> None:
    with page_served(office) as served, browser.new_context(java_script_enabled=scripts) as person:
        person.set_default_timeout(60_000)
        page = enters(person, served)
        sends(page, autumn(office.folder / "autumn.xlsx"), "Check this file")
        page.get_by_role("heading", name="What is in which column?").wait_for()
        page.get_by_label("Lesson name").select_option("title")
        page.get_by_label("Taught by").select_option("presenter_email")
        page.get_by_role("button", name="Check the file").click()
        page.locator("#answers").wait_for(state="attached")
        answers(page)
        mends(page)
        assert counts_on(page) == {"ready": 15}
        assert page.get_by_text("Left out: row 19.").count()
        assert not page.locator("#rows").count(), "nothing is left to be known of a row"
        schedules(page)
        page.get_by_role("link", name="Download the results workbook").wait_for()
        assert counts_on(page) == {"scheduled": 15}
    assert len(slow_service.titles()) == 15
    assert {"Art", "Geography", "Music", "Needlework"} <= set(slow_service.titles())
