"""Exports of other programs on the page: the program is an answer like any other."""

import pytest

from tests.support.page import Browser
from tests.web.test_questions import CLOCK, WHO, asked

UNTIS = b'12,"8B","DIA","MA","R12",1,3,,\n14,"9A","OKA","BI","LAB1",2,1,,\n'


async def test_a_file_without_a_header_is_read_once_its_program_is_named(browser: Browser) -> None:
    seen = await browser.checked(UNTIS, "GPU001.TXT")
    assert seen.title == "What is in which column?"
    assert "Untis: GPU001.TXT" in seen.text
    await browser.press(seen, "/mapping", format="untis-gpu001")
    seen = await browser.settled(seen.url.path)
    assert seen.counts == {"invalid": 2}
    assert WHO in asked(seen)
    assert "it is an export of Untis" in seen.text
    again = await browser.get(f"{seen.url.path}/mapping")
    assert 'value="untis-gpu001" selected' in again.text


async def test_a_program_that_there_is_not_is_left_aside(browser: Browser) -> None:
    seen = await browser.checked(UNTIS, "GPU001.TXT")
    await browser.press(seen, "/mapping", format="sorcery")
    assert (await browser.settled(seen.url.path)).title == "What is in which column?"


PERIODS, DAYS = "When are these periods?", "From when until when do these lessons repeat?"
EXPORTS = {
    "aSc": "TeacherName,Day,Period,Class,Subject,WeekType\nAna Diaz,Monday,3,8B,Mathematics,ALL\nBen Okafor,Tuesday,1,9A,Biology,ALL\n",
    "PowerSchool": "Course_Name,Section_Number,Expression,Term,Teacher,Teacher_Email,Room\n"
    "Algebra 1,1,3(A-E),S1,Ana,ana@school.example,204\nBiology,2,1(T),S1,Ben,ben@school.example,118\n",
}


@pytest.mark.parametrize("program", EXPORTS)
async def test_an_export_needs_one_answer_and_no_line_of_settings(browser: Browser, program: str) -> None:
    """Its periods, its teachers, its term and its clock are asked side by side."""
    seen = await browser.checked(EXPORTS[program].encode(), "export.csv")
    assert {PERIODS, DAYS, CLOCK} <= set(asked(seen))
    answers = {
        "periods.3": "09:50-10:35",
        "periods.1": "08:00-08:45",
        "starts": "2031-09-01",
        "ends": "2031-09-26",
        "days.A-E": "mon-fri",
    }
    who = {"name.Ana Diaz": "ana@school.example", "name.Ben Okafor": "ben@school.example"}
    await browser.press(seen, "/mend", **answers, **who, time_zone="Europe/Berlin")
    seen = await browser.settled(seen.url.path)
    assert (asked(seen), seen.counts) == ([], {"ready": 8 if program == "aSc" else 24})
    assert "09:50-10:35" in seen.text


async def test_hours_and_days_that_are_none_are_asked_again(browser: Browser) -> None:
    seen = await browser.checked(EXPORTS["aSc"].encode(), "export.csv")
    await browser.press(
        seen, "/mend", **{"periods.3": "soon", "periods.1": "08:00-08:45", "starts": "2031-09-01"}
    )
    seen = await browser.settled(seen.url.path)
    assert "&#39;soon&#39; does not say when &#39;3&#39; is" in seen.text
    assert 'value="2031-09-01"' in seen.text
    await browser.press(seen, "/mend", starts="2031-12-19", ends="2031-09-01")
    seen = await browser.settled(seen.url.path)
    assert "The term ends before it begins." in seen.text


@pytest.mark.parametrize("start", ["soon", "9 o'clock sharp", "99:99"])
async def test_a_slip_in_an_hour_is_no_period(browser: Browser, start: str) -> None:
    content = f"title,weekday,start_time,time_zone,presenter_email\nArt,Mon,{start},GMT,ana@school.example\n"
    assert PERIODS not in asked(await browser.checked(content.encode()))


async def test_on_which_days_classes_of_a_kind_meet_is_asked(browser: Browser) -> None:
    roster = (
        "sourcedId,status,title,courseSourcedId,classType,termSourcedIds,periods\n"
        "c1,active,Algebra 1,k1,scheduled,t1,1\nc2,active,Biology,k2,scheduled,t1,3\n"
    )
    seen = await browser.checked(roster.encode(), "classes.csv")
    answers = {
        "periods.1": "08:00-08:45",
        "periods.3": "09:50-10:35",
        "starts": "2031-09-01",
        "ends": "2031-09-12",
    }
    who = {"name.c1": "ana@school.example", "name.c2": "ben@school.example"}
    await browser.press(
        seen, "/mend", **answers, **who, **{"meets.scheduled": "Tue, Thu"}, time_zone="Europe/Berlin"
    )
    seen = await browser.settled(seen.url.path)
    assert (asked(seen), seen.counts) == ([], {"ready": 8})
