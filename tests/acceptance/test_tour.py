"""A walk by keyboard alone through the pages that are seen less often; each shuts nobody out and fits every width."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.acceptance.test_browser import fits
from tests.support.browser import chromium, page_served, shut_out, tab_to
from tests.support.command import KEYS, Command, lesson, lessons, timetable
from tests.support.page import serving_here
from tests.web.test_grid import GRID, class_chart

pytestmark = pytest.mark.thorough

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Is told the name of each page as it is reached.
Look: TypeAlias = Callable[[str], None]


def presses(page: "Page", wanted: str) -> None:
    """Go to a button or a link by the Tab key, and press it."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def chooses(page: "Page", name: str, value: str) -> None:
    """Set a choice by the arrow keys."""
    tab_to(page, name)
    page.keyboard.press("Home")
    for _ in range(20):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} cannot be {value!r}")


def types(page: "Page", name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def ticks(page: "Page", name: str) -> None:
    tab_to(page, name)
    if not page.evaluate("document.activeElement.checked"):
        page.keyboard.press("Space")


def brings(page: "Page", file: Path) -> None:
    """A file chosen; the dialog that asks for it is the browser's own."""
    page.goto("/")
    page.locator("input[type=file]").set_input_files(file)
    presses(page, "Check this file")


def signs_in(page: "Page", invited: str, look: Look) -> None:
    page.goto("/")
    look("not let in")
    page.goto(invited)
    look("sign in")
    presses(page, "Sign in as Ana")
    page.get_by_text("Signed in as Ana").wait_for()


def answers_a_grid(page: "Page", file: Path, look: Look) -> None:
    brings(page, file)
    page.get_by_role("heading", name=GRID).wait_for()
    look("grid")
    chooses(page, "Part 1 of a cell", "title")
    chooses(page, "Part 2 of a cell", "who")
    chooses(page, "Part 3 of a cell", "")
    ticks(page, "Lunch")
    types(page, "First day", "09012031")
    types(page, "Last day", "09262031")
    types(page, "Time zone, such as", "Europe/London")
    presses(page, "Check the file")
    page.get_by_role("heading", name="Which e-mail addresses do these teachers have?").wait_for()
    look("names")
    for place, name in enumerate(("A. Diaz", "B. Okafor", "E. Larsen", "C. Martin")):
        types(page, name, f"t{place}@school.example")
    presses(page, "These are their addresses")
    page.get_by_role("link", name="Go on to schedule").wait_for()


def sends_and_takes_back(page: "Page", look: Look) -> None:
    presses(page, "Go on to schedule")
    page.get_by_role("button", name="Schedule").wait_for()
    look("confirm")
    presses(page, "Schedule ")
    page.get_by_role("link", name="Download the results workbook").wait_for()
    look("result")
    presses(page, "Take this back")
    page.get_by_role("heading", name="will be cancelled").wait_for()
    look("undo")
    presses(page, "Take this back")
    page.get_by_role("link", name="Download the results workbook").wait_for()
    assert page.locator('.counts [data-outcome="cancelled"]').count()


def says_what_a_column_is(page: "Page", file: Path, look: Look) -> None:
    brings(page, file)
    page.get_by_role("heading", name="What is in which column?").wait_for()
    look("mapping")
    chooses(page, "Column A What is learned", "title")
    presses(page, "Check the file")
    page.get_by_role("link", name="Go on to schedule 2 classes").wait_for()


def comes_too_late(page: "Page", look: Look) -> None:
    page.goto(f"{page.url}/row?check=before&row=2")
    look("checked again since")
    presses(page, "Go on with the file as it is now")
    page.get_by_role("link", name="Go on to schedule 2 classes").wait_for()


def removes_a_wrong_try(page: "Page", look: Look) -> None:
    presses(page, "Past batches")
    page.get_by_role("heading", name="Nightly imports").wait_for()
    assert page.get_by_text("broken.xlsx").count()
    look("past batches")
    presses(page, "Remove unknown.csv")
    page.get_by_text("unknown.csv").wait_for(state="detached")


def signs_out(page: "Page") -> None:
    presses(page, "Sign out")
    page.get_by_text("Signed in as Ana").wait_for(state="detached")


def tour(page: "Page", office: Command, look: Look) -> None:
    """All of it."""
    signs_in(page, office("invite", "--name", "Ana").out.strip(), look)
    class_chart(office.folder / "8b.xlsx")
    answers_a_grid(page, office.folder / "8b.xlsx", look)
    sends_and_takes_back(page, look)
    unknown = [
        {"What is learned": row["title"], **{k: v for k, v in row.items() if k != "title"}}
        for row in lessons(2)
    ]
    says_what_a_column_is(page, timetable(office.folder / "unknown.csv", unknown), look)
    comes_too_late(page, look)
    removes_a_wrong_try(page, look)
    signs_out(page)


def night_before(office: Command) -> None:
    """A night that imported one file, and could not import another."""
    inbox = office.folder / "inbox"
    inbox.mkdir()
    timetable(inbox / "from-a-night.csv", [lesson(3)])
    (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert office("nightly", "inbox", CLASSBATCH_SETTLED_S="0").code == 2


def in_spanish(page: "Page") -> list[str]:
    """The same page for somebody whose browser asks for Spanish, whose words are longer."""
    page.set_extra_http_headers({"Accept-Language": "es"})
    page.reload()
    found = shut_out(page) + fits(page)
    if page.locator("html").get_attribute("lang") != "es":
        found.append(f"{page.url} is not in Spanish")
    page.set_extra_http_headers({})
    page.reload()
    return found


def test_every_page_is_used_by_keyboard_alone_and_shuts_nobody_out(classbatch: Command) -> None:
    barred: list[str] = []
    with serving_here() as service, chromium() as browser:
        office = classbatch.at(
            **KEYS,
            CLASSBATCH_BASE_URL=service.url,
            CLASSBATCH_SETTLE_S="0",
            CLASSBATCH_STATE=str(classbatch.folder / "state"),
        )
        night_before(office)
        with page_served(office) as served, browser.new_context(base_url=served.home) as person:
            person.set_default_timeout(20_000)
            page = person.new_page()

            def look(name: str) -> None:
                barred.extend(f"{name}: {each}" for each in shut_out(page) + fits(page))
                if name in {"sign in", "grid", "confirm", "result"}:
                    barred.extend(f"{name}: {each}" for each in in_spanish(page))
                page.set_viewport_size({"width": 1280, "height": 900})

            tour(page, office, look)
    assert not barred
