"""The page speaks the language that the browser asks for, unless the setting says otherwise."""

from pathlib import Path

from tests.support.command import lesson
from tests.support.page import Browser, NearService, csv_of, serving_page

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"}


def speaks(browser: Browser, headers: dict[str, str]) -> None:
    browser._session.headers.clear()
    browser._session.headers.update(headers)


async def test_who_asks_in_spanish_is_answered_in_spanish_by_page_and_check(browser: Browser) -> None:
    speaks(browser, SPANISH)
    start = await browser.get("/")
    assert '<html lang="es">' in start.text
    assert start.title == "Programar un horario"
    sent = await browser.upload(csv_of([lesson(1), {**lesson(2), "title": ""}]), "term.csv")
    checked = await browser.until(sent.url.path, lambda seen: "data-wait" not in seen.text)
    assert checked.counts == {
        "ready": 1,
        "invalid": 1,
    }  # values of the machine are the same in every language
    assert "Complete la celda." in checked.text
    assert "2 filas: 1 lista, 1 no válida." in checked.text
    refused = await browser.get("/nothing-here")
    assert (refused.status, refused.title) == (404, "Eso no funcionó")
    speaks(browser, {})
    assert '<html lang="en">' in (await browser.get(sent.url.path)).text


async def test_the_setting_goes_before_what_a_browser_asks_for(
    tmp_path: Path, environment: NearService
) -> None:
    async with (
        serving_page(tmp_path, base_url=environment.url, language="es") as served,
        served.browser() as browser,
    ):
        assert '<html lang="es">' in (await browser.get("/", headers={"Accept-Language": "en"})).text
