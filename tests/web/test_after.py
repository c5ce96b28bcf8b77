"""The week after a run: into the class as its teacher, teacher by teacher, calendars, one row taken back, the next version."""

import html
import re

from tests.support.page import Browser, NearService, Seen

TERM = b"""title,start_time,time_zone,presenter_email,duration
Algebra,2031-09-01 09:00,Europe/London,ana@school.example,60
Biology,2031-09-01 11:00,Europe/London,ben@school.example,60
Chess,2031-09-02 09:00,Europe/London,ana@school.example,45
"""


def hrefs(seen: Seen, what: str) -> list[str]:
    found = [html.unescape(each) for each in re.findall(r'href="([^"]*)"', seen.text)]
    return [each for each in found if what in each]


async def test_a_lesson_leads_into_its_class_as_the_teacher_and_no_page_has_the_key(browser: Browser) -> None:
    result = await browser.sent(await browser.checked(TERM))
    ways = hrefs(result, "/teach?")
    assert len(ways) == 3
    answer = await browser.get(ways[0], allow_redirects=False)
    assert answer.status == 303
    link = answer.headers["Location"]
    assert link.startswith("http")
    assert answer.headers["Referrer-Policy"] == "same-origin", "the other site learns not where from"
    for path in (result.url.path, "/", "/batches"):
        assert link not in (await browser.get(path)).text
    for wrong in ("", "?class=", "?class=0", "?class=%22", "?class=../x"):
        assert (await browser.get(f"{result.url.path}/teach{wrong}", allow_redirects=False)).status == 404, (
            wrong
        )


async def test_each_teacher_has_weeks_and_a_calendar_of_their_own(browser: Browser) -> None:
    result = await browser.sent(await browser.checked(TERM))
    assert 'ana@school.example</bdi> <span class="hint">2 classes' in result.text
    hers = await browser.get(f"{result.url.path}?teacher=1")
    week = hers.text.partition('class="week"')[2].partition("</table>")[0]
    assert ("Algebra" in week, "Chess" in week, "Biology" in week) == (True, True, False)
    assert "Only the lessons of <bdi>ana@school.example</bdi>" in hers.text
    for query, titles in {"": {"Algebra", "Biology", "Chess"}, "?teacher=2": {"Biology"}}.items():
        answer = await browser.get(f"{result.url.path}/calendar.ics{query}")
        assert answer.headers["Content-Type"].startswith("text/calendar")
        text = answer.text.replace("\r\n ", "")
        assert {each.rpartition(". ")[2] for each in re.findall(r"SUMMARY:(.*)\r", text)} == titles
    assert "DTSTART:20310901T100000Z" in text
    assert (await browser.get(f"{result.url.path}/calendar.ics?teacher=9")).status == 404


async def test_one_row_is_taken_back_from_the_week(browser: Browser, environment: NearService) -> None:
    result = await browser.sent(await browser.checked(TERM))
    (undo,) = (each for each in hrefs(result, "/undo?row=") if each.endswith("row=3"))
    plan = await browser.get(undo)
    assert "Biology" in plan.text
    assert "Algebra" not in plan.text
    done = await browser.press(plan, "/undo", nonce=plan.hidden("nonce"))
    done = await browser.until(str(done.url.path_qs), lambda seen: seen.title != "Taking back")
    assert done.counts == {"cancelled": 1}
    standing = {each["title"] for each in environment.ledger()["classes"] if not each["cancelled"]}
    assert standing == {"Algebra", "Chess"}
    # What was said of the batch before is no longer so, and no longer said.
    ways = hrefs(result, "/teach?")
    again = await browser.get(result.url.path)
    assert again.counts == {"scheduled": 2, "cancelled": 1}
    assert "1 class was cancelled since; the others are scheduled." in again.text
    assert "Taken back since: class 2492041 was cancelled" in html.unescape(again.text)
    assert "ben@school.example</bdi> <span" not in again.text, "no class of theirs stands"
    assert [each for each in hrefs(again, "/teach?") if "2492041" in each] == []
    assert sorted(each[-5:] for each in hrefs(again, "/undo?row=")) == ["row=2", "row=4"]
    gone = [await browser.get(each, allow_redirects=False) for each in ways]
    assert sorted(each.status for each in gone) == [303, 303, 404]
    calendar = (await browser.get(f"{result.url.path}/calendar.ics")).text
    assert calendar.count("STATUS:CANCELLED") == 1


async def test_a_class_that_a_later_version_moved_is_shown_where_it_is(browser: Browser) -> None:
    result = await browser.sent(await browser.checked(TERM))
    batch = result.text.partition("batch <code>")[2].partition("<")[0]
    moved = TERM.replace(b"2031-09-02 09:00", b"2031-09-03 10:00")
    checked = await browser.checked(moved, to=result.action("/file"))
    await browser.press(checked, "/mend", changes="change")
    await browser.sent(await browser.settled(checked.url.path))
    again = await browser.get(f"/batches/{batch}")
    assert again.counts == {"scheduled": 3}
    assert "Changed since: class 2492042 is now Chess, Wed 3 Sep 2031 10:00-10:45" in html.unescape(
        again.text
    )
    assert len(hrefs(again, "/teach?")) == 3, "its link leads into the class all the same"
    calendar = (await browser.get(f"/batches/{batch}/calendar.ics")).text
    assert "DTSTART:20310903T090000Z" in calendar
    assert "DTSTART:20310902T080000Z" not in calendar


async def test_a_later_version_is_sent_in_where_all_is_done(
    browser: Browser, environment: NearService
) -> None:
    result = await browser.sent(await browser.checked(TERM))
    assert "Has the timetable changed?" in result.text
    moved = TERM.replace(b"2031-09-02 09:00", b"2031-09-02 10:00")
    checked = await browser.checked(moved, to=result.action("/file"))
    await browser.press(checked, "/mend", changes="change")
    sent = await browser.sent(await browser.settled(checked.url.path))
    assert sent.counts == {"already": 2, "changed": 1}
    assert environment.calls("create ok") == 3
