"""Exports of other programs on the page: the program is an answer like any other."""

from tests.support.page import Browser
from tests.web.test_questions import WHO, asked

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
