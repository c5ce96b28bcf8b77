"""What only the person can tell of a whole file: one question each, answered on the page."""

import html

import pytest

from batch.web.views.questions import addresses_in
from tests.support.page import Browser, Seen

HEADER = "title,start_time,time_zone,presenter_email,duration"


def asked(seen: Seen) -> list[str]:
    """The headings of what is asked."""
    return [part.split("</h2>")[0].split(">")[-1] for part in seen.text.split('class="question"')[1:]]


ORDER = "Which comes first in these dates: the day, or the month?"
NIGHT = "Do these lessons begin at night?"
CLOCK = "By which clock are these times?"
WHO = "Which e-mail addresses do these teachers have?"


async def test_a_wrong_month_is_one_question(browser: Browser) -> None:
    rows = [f"Lesson {day},{day:02}/09/2031 09:00,Europe/London,ana@school.example,60" for day in (8, 9, 10)]
    seen = await browser.checked("\n".join((HEADER, *rows)).encode())
    assert asked(seen) == [ORDER]
    assert "The day: Mon 8, Wed 10 Sep 2031" in seen.text, "9/9 is one day in either order"
    await browser.press(seen, "/mend", dates="dmy")
    seen = await browser.settled(seen.url.path)
    assert (asked(seen), seen.counts) == ([], {"ready": 3})
    assert "Week of Monday 8 September 2031: 3 lessons" in seen.text


async def test_hours_at_night_are_one_question(browser: Browser) -> None:
    seen = await browser.checked(
        f"{HEADER}\nAlgebra,2031-09-01 1:15,Europe/London,ana@school.example,60".encode()
    )
    assert asked(seen) == [NIGHT]
    await browser.press(seen, "/mend", clock="24")
    assert (await browser.settled(seen.url.path)).counts == {"ready": 1}


async def test_a_file_without_a_time_zone_is_asked_for_its_clock(browser: Browser) -> None:
    content = b"title,start_time,presenter_email,duration\nAlgebra,2031-09-01 09:00,ana@school.example,60"
    seen = await browser.checked(content)
    assert asked(seen) == [CLOCK]
    await browser.press(seen, "/mend", time_zone="Europe/Madrid")
    seen = await browser.settled(seen.url.path)
    assert asked(seen) == []
    assert "By the clock of Europe/Madrid." in seen.text


async def test_names_get_their_addresses_once_and_for_later_files(browser: Browser) -> None:
    rows = [
        *(
            "Algebra,2031-09-01 09:00,Europe/London,Dr. Ana Diaz,60",
            "Biology,2031-09-01 11:00,Europe/London,Dr. Ana Diaz,60",
        ),
        "Chess,2031-09-01 13:00,Europe/London,Ben Okafor,60",
    ]
    content = "\n".join((HEADER, *rows)).encode()
    seen = await browser.checked(content)
    assert (asked(seen), seen.counts) == ([WHO], {"invalid": 3})
    assert "Dr. Ana Diaz (2 rows)" in seen.text
    await browser.press(
        seen, "/mend", **{"name.Dr. Ana Diaz": "ana@school.example", "name.Ben Okafor": "ben"}
    )
    half = await browser.settled(seen.url.path)
    assert "&#39;ben&#39; is not an e-mail address" in half.text, "and what is right is kept"
    assert (asked(half), half.counts) == ([WHO], {"ready": 2, "invalid": 1})
    await browser.press(
        half, "/mend", **{"name.Ben Okafor": "ben@school.example", "name.Nobody": "nobody@school.example"}
    )
    assert (await browser.settled(seen.url.path)).counts == {"ready": 3}
    later = await browser.checked(content.replace(b"2031-09-01", b"2031-10-01"))
    assert (asked(later), later.counts) == ([], {"ready": 3})
    assert "Ben Okafor is ben@school.example" in later.text
    without = await browser.checked(f"{HEADER}\nDrama,2031-11-03 09:00,Europe/London,Ben  OKAFOR,60".encode())
    assert "As you said: Ben Okafor is ben@school.example." in without.text, "of the teachers it has"


FORMS = {
    "nothing": ({}, ({}, ())),
    "one of two": ({"name.Ben": " ben@school.example "}, ({"Ben": "ben@school.example"}, ())),
    "no address": ({"name.Ana": "ana"}, ({}, ("ana",))),
    "of nobody who was asked about": (
        {"name.7": "x@school.example", "name.Cleo": "y@school.example"},
        ({}, ()),
    ),
}


@pytest.mark.parametrize(("form", "told"), FORMS.values(), ids=FORMS)
def test_what_is_taken_from_the_form(
    form: dict[str, str], told: tuple[dict[str, str], tuple[str, ...]]
) -> None:
    assert addresses_in(form, {"names": [["Ana", 2], ["Ben", 1]]}) == told


async def test_what_a_question_asks_is_not_asked_again_with_each_row(browser: Browser) -> None:
    rows = [
        "Algebra,08/09/2031 09:00,Europe/London,Ana Diaz,60",
        "Biology,09/10/2031 09:00,Europe/London,ben@school.example,60",
        "Chess,10/09/2031 09:00,Europe/London,cleo,an hour",
        "Drama,2031-09-10 09:00,Europe/London,dan@school,60",
    ]
    seen = await browser.checked("\n".join((HEADER, *rows)).encode())
    assert (asked(seen), seen.counts) == ([ORDER, WHO], {"invalid": 4})
    (waiting,) = [
        line for line in seen.text.splitlines() if "2 rows need nothing but the answers above:" in line
    ]
    assert [place in waiting for place in ("row 2", "row 3", "row 4", "row 5")] == [True, True, False, False]
    href = html.unescape(waiting.partition('href="')[2].partition('"')[0])
    assert (await browser.get(href)).title == "Row 2", "to be mended all the same"
    listed = seen.text.partition('id="rows"')[2].partition("</table>")[0]
    assert [place in listed for place in ("row 2", "row 3", "row 4", "row 5")] == [False, False, True, True]
    assert "an hour" in listed
    assert not [said for said in ("10/09/2031", "cleo", "R033") if said in listed]
    assert "dan@school" in listed, "no name: nobody asks about it above"


async def test_of_results_nothing_is_asked_and_every_row_is_listed(browser: Browser) -> None:
    rows = [
        "Algebra,2031-09-08 09:00,Europe/London,ana@school.example,60",
        "Biology,2031-09-09 09:00,Europe/London,Ben Okafor,60",
    ]
    result = await browser.sent(await browser.checked("\n".join((HEADER, *rows)).encode()))
    assert result.counts == {"scheduled": 1, "invalid": 1}
    listed = result.text.partition('id="rows"')[2].partition("</table>")[0]
    assert "Ben Okafor&#39; is not an e-mail address" in listed
