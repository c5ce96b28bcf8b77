"""A weekly grid on the page: it is asked what stands in its cells, and no line of settings is needed."""

import html
import re
from pathlib import Path

import openpyxl

from tests.support.page import Browser, Seen
from tests.web.test_questions import WHO, asked

GRID = "What stands in the cells of this grid?"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TERM = {"starts": "2031-09-01", "ends": "2031-09-26", "time_zone": "Europe/London"}


def class_chart(path: Path) -> bytes:
    """The chart of a class: subject, teacher and room in three lines, a double lesson, lunch."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("8B")
    sheet["A1"] = "Timetable of class 8B, autumn 2031"
    sheet.merge_cells("A1:F1")
    sheet.append(["Period", *DAYS])
    sheet.append(["1\n08:30-09:20", *(f"{title}\n{who}\nR1" for title, who in LESSONS)])
    sheet.append(["2\n09:25-10:15", None, *(f"{title}\n{who}\nR1" for title, who in LESSONS[1:])])
    sheet.append(["3\n10:20-11:00", *["Lunch"] * 5])
    sheet.merge_cells("B3:B4")
    book.save(path)
    return path.read_bytes()


LESSONS = [
    ("Maths", "A. Diaz"),
    ("Biology", "B. Okafor"),
    ("Physics", "E. Larsen"),
    ("French", "C. Martin"),
    ("Art", "A. Diaz"),
]


def names_in(seen: Seen) -> dict[str, str]:
    """An address for each name that is asked about."""
    found = map(html.unescape, re.findall(r'name="(name\.[^"]*)"', seen.text))
    return {name: f"t{place}@school.example" for place, name in enumerate(found)}


async def answered(browser: Browser, seen: Seen, **said: str) -> Seen:
    await browser.press(seen, "/grid", **said)
    return await browser.settled(seen.url.path)


async def test_the_chart_of_a_class_needs_two_answers(browser: Browser, tmp_path: Path) -> None:
    seen = await browser.checked(class_chart(tmp_path / "8b.xlsx"), "8b.xlsx")
    assert seen.title == GRID
    assert "Lunch" in seen.text
    assert "A. Diaz" in seen.text
    seen = await answered(
        browser, seen, **{"part-1": "title", "part-2": "who", "part-3": "", "out-0": "on"}, **TERM
    )
    assert asked(seen) == [WHO]
    assert seen.counts == {"invalid": 9}
    assert "9 rows need nothing but the answers above:" in seen.text
    assert "cell C3" in seen.text
    marked = await browser.get(f"{seen.url.path}/marked.xlsx")
    assert marked.body.startswith(b"PK")
    await browser.press(seen, "/mend", **names_in(seen))
    seen = await browser.settled(seen.url.path)
    assert (asked(seen), seen.counts) == ([], {"ready": 36})
    assert "08:30-10:15" in seen.text, "the double lesson"
    again = await browser.get(f"{seen.url.path}/mapping")
    assert again.title == GRID
    assert re.search(r'value="who" selected', again.text)
    assert 'value="2031-09-26"' in again.text


async def test_a_chart_of_subjects_alone_needs_two_answers(browser: Browser) -> None:
    """Each subject has its teacher."""
    chart = "Time,Monday,Tuesday,Wednesday,Thursday,Friday\n08:30-09:20,Maths,Biology,Physics,French,Art\n09:25-10:15,English,Maths,Maths,History,Sport\n"
    seen = await browser.checked(chart.encode())
    assert seen.title == GRID
    seen = await answered(browser, seen, **{"part-1": "both"}, **TERM)
    assert asked(seen) == [WHO]
    marked = await browser.get(f"{seen.url.path}/marked.xlsx")
    assert marked.body.startswith(b"PK"), "a chart as CSV becomes a workbook"
    await browser.press(seen, "/mend", **names_in(seen))
    assert (await browser.settled(seen.url.path)).counts == {"ready": 40}


async def test_a_teachers_own_chart_with_periods_by_number_needs_one_answer(browser: Browser) -> None:
    chart = "Period;Mo;Di;Mi;Do;Fr\n1;8B;;8A;;\n2;;9A;;;8B\n"
    seen = await browser.checked(chart.encode())
    assert "Period 1" in seen.text
    seen = await answered(
        browser,
        seen,
        **{
            "part-1": "title",
            "who": "ana@school.example",
            "period-0": "08:00-08:45",
            "period-1": "08:50-09:35",
        },
        **TERM,
    )
    assert (asked(seen), seen.counts) == ([], {"ready": 16})
    assert "08:50-09:35" in seen.text


async def test_a_grid_with_its_days_down_and_starts_alone(browser: Browser) -> None:
    chart = "Day,08:30,09:25,10:35\nMonday,Maths / A. Diaz,,\nTuesday,,Art / A. Diaz,\nWednesday,,,Art / A. Diaz\n"
    seen = await browser.checked(chart.encode())
    seen = await answered(browser, seen, **{"part-1": "title", "part-2": "who", "minutes": "45"}, **TERM)
    await browser.press(seen, "/mend", **names_in(seen))
    seen = await browser.settled(seen.url.path)
    assert seen.counts == {"ready": 12}
    assert "09:25-10:10" in seen.text


async def test_an_answer_that_is_none_is_asked_again_and_nothing_typed_is_lost(browser: Browser) -> None:
    seen = await browser.checked(b"Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths,Art,Art\n")
    for said, wrong in (
        ({"part-1": ""}, "Which part of a cell is the title?"),
        ({"part-1": "title"}, "Who gives these lessons?"),
        ({"part-1": "both", "starts": "soon"}, "cannot be read"),
        ({"part-1": "both", "starts": "2031-12-19", "ends": "2031-09-01"}, "The term ends before it begins."),
    ):
        answer = await browser.press(seen, "/grid", **{**TERM, **said})
        assert (answer.status, answer.title) == (422, GRID)
        assert wrong in html.unescape(answer.text), said
        assert "Europe/London" in answer.text


async def test_nothing_of_a_grid_is_sent_before_its_term_is_known(browser: Browser) -> None:
    seen = await browser.checked(b"Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths,,\n")
    seen = await answered(
        browser, seen, **{"part-1": "title", "who": "ana@school.example", "time_zone": "GMT"}
    )
    assert seen.counts == {"invalid": 1}


async def test_the_form_of_another_check_is_refused_and_nothing_of_it_is_kept(browser: Browser) -> None:
    """Its parts, periods and cells are numbered: they are others of another version."""
    chart = b"Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths,Art,Art\n"
    first = await browser.checked(chart)
    second = await browser.checked(chart.replace(b"Maths", b"French"), to=f"{first.url.path}/file")
    refused = await browser.press(first, "/grid", **{"part-1": "both"}, **TERM)
    assert refused.status == 409
    now = await browser.settled(second.url.path)
    assert now.title == GRID
    assert 'value="2031-09-26"' not in now.text
    seen = await answered(browser, now, **{"part-1": "both"}, **TERM)
    assert asked(seen) == [WHO]


async def test_hours_that_say_nothing_are_refused_at_their_field_and_plain_ones_are_taken(
    browser: Browser,
) -> None:
    chart = "Period;Mo;Di;Mi;Do;Fr\n1;8B;;8A;;\n2;;9A;;;8B\n"
    said = {"part-1": "title", "who": "ana@school.example", "period-0": "9.25 to 10.15", **TERM}
    for hours in ("soon", "925-1015", "10:15-9:25", "9.25", "08:00-09:00-10:00"):
        seen = await browser.checked(chart.encode())
        answer = await browser.press(seen, "/grid", **{**said, "period-1": hours})
        assert (answer.status, answer.title) == (422, GRID), hours
        sentence = f"'{hours}' does not say when '2' is. Write its start and its end, such as 08:30-09:20."
        assert html.unescape(answer.text).count(sentence) == 2, "above all, and at the field"
        assert 'aria-describedby="period-1-wrong"' in answer.text
        assert 'value="9.25 to 10.15"' in answer.text
        assert "period-0-wrong" not in answer.text
    seen = await answered(browser, seen, **{**said, "period-1": "10.20-11.05"})
    assert (asked(seen), seen.counts) == ([], {"ready": 16})
    assert "09:25-10:15" in seen.text


async def test_a_word_that_is_no_class_is_one_problem_with_its_cells(browser: Browser) -> None:
    chart = (
        "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths / A. Diaz,Art / A. Diaz,Art / A. Diaz\n"
        "09:20-09:40,Break,Break,Break\n09:40-10:30,Art / A. Diaz,Maths / A. Diaz,Assembly\n"
    )
    seen = await browser.checked(chart.encode())
    seen = await answered(browser, seen, **{"part-1": "title", "part-2": "who", **TERM})
    text = html.unescape(seen.text)
    assert "has fewer parts than the 2 that were named" in text
    assert "cells B3, C3, D3 and D4" in text
    assert "If it is no class, tick it under" in text


async def test_a_cell_is_mended_and_another_left_out_where_they_are_named(browser: Browser) -> None:
    """Several lessons stand in one row of the sheet: each is known by its cell."""
    chart = (
        "Time,Monday,Tuesday,Wednesday\n08:30-09:20,Maths / ana@school.example,Art / ana@school.example,Assembly\n"
        "09:40-10:30,Break,Maths / ana@school.example,Art / ana@school.exam ple\n"
    )
    seen = await browser.checked(chart.encode())
    seen = await answered(browser, seen, **{"part-1": "title", "part-2": "who", **TERM})
    fields = {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'name="(cell\.[^"]*)"[^>]*value="([^"]*)"', seen.text)
    }
    assert list(fields.values()) == ["Assembly", "Break", "ana@school.exam ple"]
    where = {value: name for name, value in fields.items()}
    assert [name.split(".")[1] for name in fields] == ["D2", "B3", "D3"]
    out = where["Break"].replace("cell.", "out.").split(".")
    said = {
        **fields,
        where["Assembly"]: "head@school.example",
        where["ana@school.exam ple"]: "ana@school.example",
        ".".join((*out[:2], *out[3:])): "on",
    }
    await browser.press(seen, "/mend", **said)
    seen = await browser.settled(seen.url.path)
    assert seen.counts == {"ready": 20}
    text = html.unescape(seen.text)
    assert "Mended on this page: cells D2 and D3." in text
    assert "Left out: cell B3." in text
    result = await browser.sent(seen)
    assert result.counts == {"scheduled": 20}
    assert "head@school.example" in result.text


async def test_what_was_said_of_a_grid_is_remembered_for_the_next_that_is_written_so(
    browser: Browser,
) -> None:
    """The chart of another class: other lessons in the same days, periods and parts of a cell."""
    chart = "Period,Monday,Tuesday,Wednesday\n1,Maths / {who},Art / {who},\n2,Break,Break,Break\n"
    said = {
        "part-1": "title",
        "part-2": "who",
        "out-0": "on",
        "period-0": "08:30-09:20",
        "period-1": "09:20-09:40",
        **TERM,
    }
    first = await browser.checked(chart.format(who="ana@school.example").encode(), "8a.csv")
    first = await answered(browser, first, **said)
    assert first.counts == {"ready": 8}
    assert (await browser.checked(chart.format(who="ben@school.example").encode(), "8b.csv")).title == GRID
    again = await browser.get(f"{first.url.path}/mapping")
    await answered(browser, again, **said, remember="on")
    seen = await browser.checked(chart.format(who="cleo@school.example").encode(), "8c.csv")
    assert seen.title != GRID
    assert "How was said of an earlier grid that is written like this one." in seen.text
    assert "Break" in seen.text
    assert asked(seen) == [
        "By which clock are these times?",
        "From when until when do these lessons repeat?",
    ]
    form = await browser.get(f"{seen.url.path}/mapping")
    assert form.title == GRID, "it can be said otherwise"
    assert re.search(r'value="who" selected', form.text)
    assert re.search(r'name="out-0" value="on" checked', form.text)
    assert 'value="08:30-09:20"' in form.text
    for other in (
        "Period,Monday,Tuesday,Thursday\n1,Maths / a@school.example,,\n2,Art / a@school.example,,\n",
        "Period,Monday,Tuesday,Wednesday\n1,Maths; a@school.example,,\n2,Art; a@school.example,,\n",
        "Period,Monday,Tuesday,Wednesday\n1,Maths / a@school.example,,\n3,Art / a@school.example,,\n",
    ):
        assert (await browser.checked(other.encode(), "9.csv")).title == GRID, other
