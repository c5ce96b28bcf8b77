"""The upload page in a real browser, against a real `classbatch serve` and a real sandbox.

Each test is somebody's morning: with a mouse, without JavaScript, with a
keyboard alone, and with a power cut in the middle.
"""

import re
import signal
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from batch.core.outcome import Outcome
from tests.support.browser import Served, free_port, page_served, shut_out, tab_to
from tests.support.command import KEYS, SAMPLES, Command, Service, lessons, rows_of, timetable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

MESSY = SAMPLES / "messy-term.xlsx"


def mended(folder: Path) -> Path:
    """The messy sample with every row mended but one."""
    book = openpyxl.load_workbook(MESSY)
    sheet = book.worksheets[0]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    good = [cell.value for cell in sheet[2]]
    for number in range(4, sheet.max_row + 1):
        day, hour = divmod(number, 8)
        cells = [f"Mended {number}", f"2031-10-{day + 1:02} {9 + hour:02}:00", *good[2:]]
        for column, value in enumerate(cells, start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.number_format = value, "General"
    path = folder / "mended-term.xlsx"
    book.save(path)
    return path


# --- what a person does --------------------------------------------------------


def enters(person: "BrowserContext", served: Served) -> "Page":
    page = person.new_page()
    page.goto(served.entrance)
    page.get_by_label("Timetable").wait_for()
    return page


def sends(page: "Page", file: Path, button: str) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name=button).click()


def schedules(page: "Page") -> None:
    """From the check to the run."""
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name=re.compile(r"^(Schedule|Change|Cancel) \d+ class")).click()


def counts_on(page: "Page") -> dict[str, int]:
    """The cards of a page: outcome -> number, without those that are 0."""
    cards = page.locator(".counts li").all()
    numbers = {
        str(card.get_attribute("data-outcome")): int(card.locator(".number").inner_text()) for card in cards
    }
    return {outcome: number for outcome, number in numbers.items() if number}


def workbook_from(page: "Page", folder: Path) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the results workbook").click()
    path = folder / "downloaded.xlsx"
    coming.value.save_as(path)
    return path


def outcomes_of(results: Path) -> Mapping[str, int]:
    return Counter(str(row["outcome"]) for row in rows_of(results))


def newest_batch(command: Command) -> Mapping[str, int]:
    """What the journal says, by way of the command line."""
    out = command.folder / "from-journal.xlsx"
    ran = command("results", "--out", out)
    assert ran.code == 0, ran.err
    return outcomes_of(out)


# --- the tests -----------------------------------------------------------------


@pytest.mark.thorough
def test_from_a_messy_file_to_a_workbook(
    person: "BrowserContext", office: Command, slow_service: Service
) -> None:
    barred: list[str] = []
    with page_served(office) as served:
        page = enters(person, served)
        problems: list[str] = []
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        barred += shut_out(page)

        sends(page, MESSY, "Check this file")
        page.get_by_role("heading", name="What is wrong, by what mends it").wait_for()
        barred += shut_out(page)
        checked = counts_on(page)
        assert checked[Outcome.INVALID] > 30
        assert page.get_by_text("Write it as 2031-09-01 14:00.").count()
        assert page.locator("table.rows tbody tr").count() > 30
        assert slow_service.calls() == 0

        sends(page, mended(office.folder), "Check the new version")
        page.get_by_text("mended-term.xlsx").first.wait_for()
        page.get_by_role("link", name="Go on to schedule").wait_for()
        ready = counts_on(page)[Outcome.READY]
        assert counts_on(page) == {"ready": ready, "invalid": 1}
        page.get_by_role("link", name=f"Go on to schedule {ready} classes").click()
        barred += shut_out(page)
        page.get_by_role("button", name=f"Schedule {ready} classes").dblclick()

        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Go on").wait_for()
        barred += shut_out(page)
        done = page.locator("progress").evaluate("bar => bar.value")
        assert done < ready
        page.get_by_role("button", name="Go on").click()
        page.wait_for_function("done => document.querySelector('progress').value > done", arg=done)
        assert not page.get_by_text("lost touch").count()
        page.get_by_role("link", name="Download the results workbook").wait_for()
        barred += shut_out(page)

        ended = {"scheduled": ready, "invalid": 1}
        assert counts_on(page) == ended
        assert outcomes_of(workbook_from(page, office.folder)) == ended
        assert newest_batch(office) == ended
        assert len(slow_service.titles()) == len(set(slow_service.titles())) == ready
        assert page.locator("#todo").count()

        page.get_by_role("link", name="Start").click()
        assert page.get_by_role("rowheader", name="mended-term.xlsx").count() == 1
        barred += shut_out(page)
    assert not barred
    assert not problems


@pytest.mark.thorough
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_the_wrong_file_is_taken_back(
    browser: "Browser", office: Command, slow_service: Service, scripts: bool
) -> None:
    wrong = timetable(office.folder / "wrong.csv", lessons(6))
    with (
        page_served(office) as served,
        browser.new_context(java_script_enabled=scripts) as person,
    ):
        person.set_default_timeout(20_000)
        page = enters(person, served)
        sends(page, wrong, "Check this file")
        schedules(page)
        page.get_by_role("link", name="Take this back").click()
        page.get_by_role("heading", name="6 classes that it made will be cancelled").wait_for()
        button = page.get_by_role("button", name="Take this back")
        button.dblclick()
        page.get_by_role("link", name="Download the results workbook").wait_for()
        assert counts_on(page) == {"cancelled": 6}
        assert slow_service.calls("cancel ok") == 6
        assert not page.get_by_role("link", name="Take this back").count()
        page.get_by_role("link", name="Start").click()
        assert page.get_by_role("rowheader", name="wrong.csv, taken back").count() == 1


@pytest.mark.thorough
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_new_version_changes_and_cancels_what_the_person_says(
    browser: "Browser", office: Command, slow_service: Service, scripts: bool
) -> None:
    rows = lessons(10)
    with (
        page_served(office) as served,
        browser.new_context(java_script_enabled=scripts) as person,
    ):
        person.set_default_timeout(20_000)
        page = enters(person, served)
        sends(page, timetable(office.folder / "term.csv", rows), "Check this file")
        schedules(page)
        page.get_by_role("link", name="Download the results workbook").wait_for()
        rows[0]["start_time"] = "2031-09-01 15:30"
        rows.pop(4)
        page.get_by_role("link", name="Start").click()
        sends(page, timetable(office.folder / "term.csv", rows), "Check this file")
        page.get_by_role(
            "button", name="Change the 1 class of these rows, and cancel the 1 class that is gone"
        ).click()
        page.get_by_role("heading", name="1 class will be changed and 1 class will be cancelled.").wait_for()
        schedules(page)
        page.get_by_role("link", name="Download the results workbook").wait_for()
        assert counts_on(page) == {"already": 8, "changed": 1, "cancelled": 1}
        assert (slow_service.calls("modify ok"), slow_service.calls("cancel ok")) == (1, 1)


@pytest.mark.thorough
def test_the_same_without_javascript(browser: "Browser", office: Command, slow_service: Service) -> None:
    with page_served(office) as served, browser.new_context(java_script_enabled=False) as person:
        person.set_default_timeout(20_000)
        page = enters(person, served)
        sends(
            page,
            timetable(office.folder / "spoilt.csv", [*lessons(2), {**lessons(3)[2], "title": ""}]),
            "Check",
        )
        page.get_by_role("heading", name="What is wrong, row by row").wait_for()
        assert counts_on(page) == {"ready": 2, "invalid": 1}
        sends(page, timetable(office.folder / "mended.csv", lessons(4)), "Check the new version")
        page.get_by_role("link", name="Go on to schedule 4 classes").wait_for()
        schedules(page)
        page.get_by_role("link", name="Download the results workbook").wait_for()
        assert counts_on(page) == {"scheduled": 4}
        assert outcomes_of(workbook_from(page, office.folder)) == {"scheduled": 4}
    assert len(slow_service.titles()) == 4


#: What a secretary types. Row 9 is no class.
TYPED = """Class,Starts,Teacher,Minutes,Places,Zone
Algebra I,2031-09-01 09:00,ana@school.example,60,25,Europe/London
,2031-09-01 10:00,ana@school.example,60,25,Europe/London
Biology,31/09/2031 09:00,ben@school.example,60,25,Europe/London
Chess,2031-09-02 9.00 oclock,cleo@school.example,60,25,Europe/London
Drama,2031-09-03,dan@school.example,60,25,Europe/London
English,2031-09-03 11:00,Miss Emma Larsen,60,25,Europe/London
French,2031-09-04 11:00,"fay@school.example; gus@school.example",60,25,Europe/London
CANCELLED: Geography,2031-09-04 12:00,gus@school.example,60,25,Europe/London
History,2031-09-05 09:00,hal@school,60,25,Europe/London
Italian,2031-09-05 10:00,ida@school.example,an hour,25,Europe/London
Judo,2031-09-05 11:00,jo@school.example,900,25,Europe/London
Karate,2031-09-05 12:00,kit@school.example,60,lots,Europe/London
Latin,2031-09-05 13:00,lee@school.example,60,25,Londn
Music,2031-09-01 09:30,ana@school.example,60,25,Europe/London
Needlework with a title of all that is in it and of all who may come,2019-09-05 13:00,ned@school.example,60,25,Europe/London
"""


@pytest.mark.thorough
def test_a_server_killed_in_the_middle_and_started_again(
    person: "BrowserContext", office: Command, slow_service: Service
) -> None:
    file, port = timetable(office.folder / "term.csv", lessons(30)), free_port()
    with page_served(office, port=port) as served:
        page = enters(person, served)
        sends(page, file, "Check this file")
        schedules(page)
        page.wait_for_function("() => document.querySelector('progress').value > 3")
        served.process.send_signal(signal.SIGKILL)
        page.get_by_text("lost touch").wait_for()
    with page_served(office, port=port):
        # The page finds its way back by itself.
        page.get_by_role("button", name="Finish it").click()
        page.get_by_role("heading", name="Row by row").wait_for()
        assert sum(counts_on(page).values()) == 30
        assert set(counts_on(page)) <= {"scheduled", "already"}
    assert slow_service.titles() == sorted(f"Lesson {number}" for number in range(1, 31))


@pytest.mark.thorough
def test_by_keyboard_alone(person: "BrowserContext", office: Command, slow_service: Service) -> None:
    file = timetable(office.folder / "term.csv", lessons(3))

    with page_served(office) as served:
        page = enters(person, served)
        # Playwright begins to catch choosers some time after it is first asked to: in time only if asked now.
        page.on("filechooser", lambda _: None)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        tab_to(page, "file")
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Space")
        chooser.value.set_files(file)
        tab_to(page, "Check this file")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Go on to schedule").wait_for()
        tab_to(page, "Go on to schedule 3 classes")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Schedule 3 classes").wait_for()
        tab_to(page, "Schedule 3 classes")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Download the results workbook").wait_for()
        tab_to(page, "Download the results workbook")
        assert counts_on(page) == {"scheduled": 3}
    assert len(slow_service.titles()) == 3


@pytest.mark.thorough
def test_the_other_pages_shut_nobody_out_and_fit_a_telephone(
    person: "BrowserContext", classbatch: Command
) -> None:
    unknown = [
        {"What is learned": row["title"], **{k: v for k, v in row.items() if k != "title"}}
        for row in lessons(2)
    ]
    locked = classbatch.folder / "term.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    with page_served(classbatch.at(**KEYS), "--sandbox") as served:
        page = enters(person, served)
        page.set_viewport_size({"width": 360, "height": 740})
        barred = shut_out(page)
        assert page.get_by_text("SANDBOX").first.is_visible()
        # Dropped, as by hand.
        page.evaluate(
            """text => {
                const files = new DataTransfer();
                files.items.add(new File([text], "dropped.csv", {type: "text/csv"}));
                document.querySelector(".drop").dispatchEvent(
                    new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
            }""",
            timetable(classbatch.folder / "unknown.csv", unknown).read_text("utf-8"),
        )
        page.get_by_role("button", name="Check this file").click()
        page.get_by_label("What is learned").wait_for()
        page.get_by_text("dropped.csv").first.wait_for()
        barred += shut_out(page)
        page.get_by_label("What is learned").select_option("title")
        page.get_by_role("button", name="Check the file").click()
        page.get_by_role("link", name="Go on to schedule 2 classes").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360

        page.get_by_role("link", name="Start").click()
        sends(page, locked, "Check this file")
        page.get_by_role("heading", name="Choose another file").wait_for()
        barred += shut_out(page)
        page.goto(f"{served.home}uploads/none")
        barred += shut_out(page)
        page.goto(served.entrance)
        barred += shut_out(page)
    assert not barred


WIDTHS = (360, 768, 1280, 1920)


def fits(page: "Page") -> list[str]:
    """Where a page is wider than the window."""
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(f"{page.url} at {width}")
    return wide


@pytest.mark.thorough
def test_what_is_mended_opened_and_listed_shuts_nobody_out_and_fits(
    person: "BrowserContext", office: Command
) -> None:
    (office.folder / "autumn.csv").write_text(TYPED, encoding="utf-8")
    here = office.at(CLASSBATCH_STATE=str(office.folder / "state"))
    with page_served(here) as served:
        page = enters(person, served)
        sends(page, office.folder / "autumn.csv", "Check")
        page.get_by_role("heading", name="What is wrong, row by row").wait_for()
        barred, wide = shut_out(page), fits(page)
        page.set_viewport_size({"width": 360, "height": 800})
        rows = page.locator("#rows tbody tr")
        assert rows.count() == 13, "one row more needs nothing but an answer"
        height = page.locator("#rows tbody").evaluate("body => body.getBoundingClientRect().height")
        assert height / rows.count() * 15 <= 2 * 800, "15 rows on two screens of a telephone"
        page.get_by_role("link", name="row 5", exact=True).click()
        page.get_by_role("heading", name="Row 5").wait_for()
        barred, wide = barred + shut_out(page), wide + fits(page)
        page.get_by_role("textbox", name="Starts").fill("2031-09-02 09:00")
        page.get_by_role("button", name="Check again with what I mended").click()
        page.get_by_text("Mended on this page: row 5.").wait_for()
        page.get_by_role("link", name="Past batches").click()
        page.get_by_role("heading", name="Brought, and not scheduled").wait_for()
        barred, wide = barred + shut_out(page), wide + fits(page)
        invited = here("invite", "--name", "Ana").out.strip()
        person.clear_cookies()
        page.goto(invited)
        barred, wide = barred + shut_out(page), wide + fits(page)
        page.get_by_role("button", name="Sign in as Ana").click()
        page.get_by_text("Signed in as Ana").wait_for()
        barred, wide = barred + shut_out(page), wide + fits(page)
    assert not barred
    assert not wide
