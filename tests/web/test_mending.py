"""Cells mended on the check page: offered, kept, sent, and taken back, by plain forms."""

import html
import re
from pathlib import Path

import openpyxl
import pytest

from batch.web.state.orders import MendedRow
from batch.web.views.mending import mended_by, mended_in_words
from batch.web.views.model import MendField, RowProblem
from tests.support.page import Browser, NearService, Seen

HEADER = "Class,Starts,Teacher,Minutes"
FAULTY = f"""{HEADER}
Algebra,2031-09-01 09:00,ana@school.example,60
Biology,31/31/2031 09:00,ben@school.example,60
Chess,2031-09-01 11:00,cleo@school,an hour
Total: 3 lessons,2031-09-01,office@school.example,60
""".encode()


def fields(seen: Seen) -> dict[str, str]:
    """Every cell that can be mended, by its name."""
    found = re.findall(
        r'<input(?: form="answers")? type="text" name="(cell[^"]*)" value="([^"]*)"', seen.text
    )
    return {html.unescape(name): html.unescape(value) for name, value in found}


async def mended(browser: Browser, seen: Seen, **more: str) -> Seen:
    """The form sent as a browser sends it: every field, changed or not."""
    sent = await browser.press(seen, "/mend", **{**fields(seen), **more})
    assert sent.status == 200, sent.text
    return await browser.settled(sent.url.path)


async def opened(browser: Browser, seen: Seen, number: int) -> Seen:
    """A row, by a link of the page that shows it."""
    hrefs = {html.unescape(href) for href in re.findall(r'href="([^"]*/row[?][^"]*)"', seen.text)}
    (href,) = (each for each in hrefs if f"&row={number}&" in each)
    return await browser.get(href)


async def test_what_is_wrong_is_mended_on_the_page_and_sent(
    browser: Browser, environment: NearService
) -> None:
    seen = await browser.checked(FAULTY)
    assert seen.counts == {"ready": 1, "invalid": 3}
    assert fields(seen) == {
        "cell.3.1.": "31/31/2031 09:00",
        "cell.4.2.": "cleo@school",
        "cell.4.3.": "an hour",
        "cell.5.1.": "2031-09-01",
    }
    seen = await mended(browser, seen, **{"cell.3.1.": "2031-09-01 10:00", "cell.4.3.": "60", "out.5.": "on"})
    assert seen.counts == {"ready": 2, "invalid": 1}
    assert "Mended on this page: rows 3 and 4. Left out: row 5." in seen.text
    assert fields(seen) == {"cell.4.2.": "cleo@school"}, "what is well by now is asked no more"
    seen = await mended(browser, seen, **{"cell.4.2.": "cleo@school.example"})
    assert seen.counts == {"ready": 3}
    result = await browser.sent(seen)
    assert result.counts == {"scheduled": 3}
    assert sorted(environment.titles()) == ["Algebra", "Biology", "Chess"]


async def test_it_can_be_taken_back_and_another_version_of_the_file_begins_anew(browser: Browser) -> None:
    seen = await browser.checked(FAULTY)
    changed = await mended(browser, seen, **{"cell.3.1.": "2031-09-01 10:00"})
    assert changed.counts == {"ready": 2, "invalid": 2}
    await browser.press(changed, "/unmend")
    assert (await browser.settled(seen.url.path)).counts == {"ready": 1, "invalid": 3}
    await mended(browser, await browser.settled(seen.url.path), **{"cell.3.1.": "2031-09-01 10:00"})
    again = await browser.checked(FAULTY, to=f"{seen.url.path}/file")
    assert again.counts == {"ready": 1, "invalid": 3}, "rows of another file have other numbers"


async def test_a_form_of_another_check_is_refused(browser: Browser) -> None:
    first = await browser.checked(FAULTY)
    second = await browser.checked(FAULTY.replace(b"Biology", b"Drama"), to=f"{first.url.path}/file")
    refused = await browser.press(first, "/mend", **{**fields(first), "cell.3.1.": "2031-09-01 10:00"})
    assert refused.status == 409
    assert (await browser.settled(second.url.path)).counts == {"ready": 1, "invalid": 3}
    taken = await mended(browser, second, **{"cell.3.1.": "2031-09-01 10:00"})
    assert taken.counts == {"ready": 2, "invalid": 2}


async def test_a_row_of_several_classes_is_mended_as_a_row(browser: Browser) -> None:
    header = "title,weekday,start_time,first_date,last_date,presenter_email,duration,time_zone"
    rows = (
        "Maths,Mon,09:00,2031-09-01,2031-09-22,ana@school.example,60,Europe/London",
        "Clash,,2031-09-08 09:30,,,ana@school.example,60,Europe/London",
        "Maths,Mon,09:30,2031-09-01,2031-09-22,ana@school.example,60,Europe/London",
    )
    seen = await browser.checked("\n".join((header, *rows)).encode())
    assert seen.counts["held"] > 1
    assert not [name for name in fields(seen) if name.startswith("cell.4.")], "one field, and four classes"
    row = await opened(browser, seen, 4)
    assert row.title == "Row 4"
    assert "This row stands for 4 classes" in row.text
    seen = await mended(browser, row, **{"cell.4.2.": "11:00"})
    assert seen.counts == {"ready": 8, "held": 1}


async def test_a_row_that_is_ready_is_opened_from_the_week_and_mended(
    browser: Browser, environment: NearService
) -> None:
    seen = await browser.checked(FAULTY)
    row = await opened(browser, seen, 2)
    assert list(fields(row).values()) == ["Algebra", "2031-09-01 09:00", "ana@school.example", "60"]
    assert "Monday 1 September 2031, 09:00, 60 minutes" in row.text
    seen = await mended(browser, row, **{"cell.2.0.": "Algebra II"})
    assert "Mended on this page: row 2." in seen.text
    await browser.sent(seen)
    assert environment.titles() == ["Algebra II"]


CLASH = f"""{HEADER}
Algebra,2031-09-01 09:00,ana@school.example,60
Biology,2031-09-01 09:30,ana@school.example,45
""".encode()
PARTED = b"""Class,Date,Begins,Ends,Teacher
Algebra,2031-09-01,09:00,10:00,ana@school.example
Biology,2031-09-01,09:30,10:15,ana@school.example
"""


@pytest.mark.parametrize("content", [CLASH, PARTED], ids=["one column", "a column for each part"])
async def test_a_class_that_clashes_is_moved_to_when_it_is_free_by_one_button(
    browser: Browser, content: bytes
) -> None:
    seen = await browser.checked(content)
    assert seen.counts == {"ready": 1, "held": 1}
    (use,) = re.findall(r'name="(use[^"]*)"[^>]*>Use ([^<]*)<', seen.text)
    assert use == ("use.3.", "10:00-10:45")
    seen = await mended(browser, seen, **{use[0]: "on"})
    assert seen.counts == {"ready": 2}
    assert "10:00-10:45" in seen.text


async def test_what_was_typed_is_kept_when_a_question_is_answered(browser: Browser) -> None:
    content = b"""title,start_time,presenter_email,duration
Algebra,08/09/2031 09:00,ana@school.example,60
Biology,09/09/2031 09:00,Ben Okafor,an hour
"""
    seen = await browser.checked(content)
    assert seen.text.count('class="question"') >= 2
    typed = {"cell.3.3.": "45", "name.Ben Okafor": "ben@school.example", "time_zone": "Europe/London"}
    seen = await mended(browser, seen, dates="dmy", **typed)
    assert seen.counts == {"ready": 2}, "the order by its button, all else by what was typed beside it"
    assert "Mended on this page: row 3." in seen.text


async def test_what_cannot_be_taken_costs_nothing_else(browser: Browser) -> None:
    seen = await browser.checked(FAULTY)
    after = await mended(browser, seen, **{"time_zone": "Lundun", "cell.4.3.": "60"})
    assert "is not a time zone" in after.text
    assert "Mended on this page: row 4." in after.text


async def test_enter_in_a_field_checks_again_and_answers_nothing(browser: Browser) -> None:
    seen = await browser.checked(b"title,start_time,presenter_email\nAlgebra,08/09/2031 09:00,ana@x.example")
    (first, *_) = re.findall(r"<button[^>]*>", seen.text.partition('id="answers"')[2])
    assert 'class="unseen"' in first
    assert "name=" not in first


async def test_every_form_of_a_check_that_is_no_more_is_refused_and_leads_on(browser: Browser) -> None:
    seen = await browser.checked(FAULTY)
    how = await browser.get(f"{seen.url.path}/mapping")
    row = await opened(browser, seen, 2)
    await mended(browser, seen, **{"cell.3.1.": "2031-09-01 10:00"})
    stale = [
        await browser.press(seen, "/mend", **{"cell.4.3.": "60"}),
        await browser.press(row, "/mend", **{"cell.2.0.": "Hacked"}),
        await browser.press(how, "/mapping", dates="dmy"),
        await browser.get(f"{row.url.path}?{row.url.query_string}"),
    ]
    for answer in stale:
        assert answer.status == 409
        assert f'href="{seen.url.path}"' in answer.text, "the way on"
    assert (await browser.settled(seen.url.path)).counts == {"ready": 2, "invalid": 2}


async def test_a_row_that_is_not_there_is_no_page(browser: Browser) -> None:
    seen = await browser.checked(FAULTY)
    check = seen.action("/mend").rpartition("check=")[2]
    for wrong in ("row=999", "row=-1&sheet=x", "row=2&sheet=../../etc", "row=2&sheet=%22%0a"):
        assert (await browser.get(f"{seen.url.path}/row?check={check}&{wrong}")).status == 404, wrong


async def test_only_what_was_offered_is_taken(browser: Browser) -> None:
    seen = await browser.checked(FAULTY)
    forged = {
        "cell.2.0.": "Hacked",
        "cell.999.0.": "x",
        "cell.3.99.": "x",
        "out.2.": "on",
        "cell.x.y.z": "?",
        "cell": "",
    }
    after = await mended(browser, seen, **forged)
    assert after.counts == {"ready": 1, "invalid": 3}
    assert "Mended on this page" not in after.text


async def test_a_class_that_has_no_room_is_moved_on_its_sheet(browser: Browser, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title in ("Mon. A", "Tue"):
        sheet = book.create_sheet(title)
        sheet.append(["title", "start_time", "presenter_email", "duration"])
        sheet.append(
            [f"First on {title}", f"2031-09-0{len(book.sheetnames)} 09:00", "ana@school.example", 60]
        )
    book["Mon. A"].append(["Clash", "2031-09-02 09:30", "ana@school.example", 60])
    book.remove(book["Sheet"])
    book.save(tmp_path / "term.xlsx")
    asked = await browser.checked(tmp_path / "term.xlsx", "term.xlsx")
    await browser.press(asked, "/mapping", sheet="*")
    seen = await browser.settled(asked.url.path)
    assert seen.counts == {"ready": 2, "held": 1}
    assert fields(seen) == {"cell.3.1.Mon. A": "2031-09-02 09:30", "cell.3.2.Mon. A": "ana@school.example"}
    seen = await mended(browser, seen, **{"cell.3.1.Mon. A": "2031-09-02 11:00"})
    assert seen.counts == {"ready": 3}


FIELD = MendField(name="cell.5.1.Autumn", header="Starts", value="soon\r\nor later")
ROW = RowProblem(
    place="row 5", outcome="invalid", tone="bad", title="", says=(), fields=(FIELD,), leave_out="out.5.Autumn"
)
TAKEN = {
    "nothing at all": ({}, ()),
    "the cell as it was": ({FIELD.name: FIELD.value}, ()),
    "the cell as a browser sends it": ({FIELD.name: "soonor later"}, ()),
    "another text": ({FIELD.name: "9:00"}, (MendedRow(sheet="Autumn", number=5, cells={"1": "9:00"}),)),
    "an empty one": ({FIELD.name: ""}, (MendedRow(sheet="Autumn", number=5, cells={"1": ""}),)),
    "left out": ({"out.5.Autumn": "on"}, (MendedRow(sheet="Autumn", number=5, left_out=True),)),
    "a field that was not offered": ({"cell.5.2.Autumn": "x"}, ()),
}


@pytest.mark.parametrize(("form", "taken"), TAKEN.values(), ids=TAKEN)
def test_what_is_taken_from_the_form(form: dict[str, str], taken: tuple[MendedRow, ...]) -> None:
    assert mended_by((), (ROW,), form) == taken


def test_what_was_mended_before_stays() -> None:
    before = (MendedRow(sheet="Autumn", number=5, cells={"0": "Algebra"}), MendedRow(sheet="", number=2))
    assert mended_by(before, (ROW,), {FIELD.name: "9:00"})[0].cells == {"0": "Algebra", "1": "9:00"}


def test_many_rows_are_not_all_named() -> None:
    rows = [MendedRow(sheet="", number=number, cells={"0": "x"}) for number in range(2, 14)]
    assert mended_in_words(rows).startswith(
        "Mended on this page: rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 others."
    )
    assert mended_in_words(()) == ""
