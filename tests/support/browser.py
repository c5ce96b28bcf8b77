"""A real browser for the tests: Debian's Chromium, led by Playwright; and axe-core, which says what shuts people out.

Without Chromium the tests that need it are skipped, and say so. Where
CLASSBATCH_BROWSER is "required", as in .ci/run, that is a failure instead.
"""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.support.command import Command, Running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
#: Impacts of axe-core's that shut somebody out.
_SHUT_OUT = {"serious", "critical"}


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Chromium without a window; the test is skipped where there is none."""
    required = os.environ.get("CLASSBATCH_BROWSER") == "required"
    if not CHROMIUM.exists():
        why = f"no browser: {CHROMIUM} is not there (apt-get install --no-install-recommends chromium)"
        pytest.fail(why) if required else pytest.skip(why)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import, and not wanted above

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


def shut_out(page: "Page") -> list[str]:
    """What axe-core finds serious or critical on a page, in light and in dark."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # noqa: PLC0415 - as above; ships no py.typed

    found = []
    colours: list[tuple[Literal["light", "dark"], dict[str, list[str]]]]
    colours = [("light", {}), ("dark", {"runOnly": ["color-contrast"]})]
    for scheme, rules in colours:
        page.emulate_media(color_scheme=scheme)
        for each in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]:
            if each["impact"] in _SHUT_OUT:
                where = [node["html"] for node in each["nodes"]]
                found.append(f"{page.url} ({scheme}): {each['id']}: {each['help']}: {where}")
    page.emulate_media(color_scheme="light")
    return found


#: What a person hears of the element that has the focus.
_FOCUSED = """() => {
    const at = document.activeElement;
    const named = at.ariaLabel || [...(at.labels ?? [])].map(each => each.textContent).join(" ") || at.textContent;
    return named.replace(/\\s+/g, " ").trim();
}"""

#: A date's parts show the focus themselves.
_FOCUS_IS_SEEN = "document.activeElement.matches(':focus-visible, [type=date]')"


def tab_to(page: "Page", wanted: str) -> None:
    """Go by the Tab key alone to the element of that name, or to an input of that type; on all the way one sees where one is."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(_FOCUSED)
        seen = page.evaluate(_FOCUS_IS_SEEN)
        assert seen, f"the focus cannot be seen on {here}"
        if here.startswith(wanted) or page.evaluate("document.activeElement.type") == wanted:
            return
    pytest.fail(f"no way to {wanted} by the Tab key")


@dataclass(frozen=True, slots=True)
class Served:
    """`classbatch serve` in a process of its own."""

    process: Running
    entrance: str  #: the address with the one-time token
    home: str  #: the same without it


@contextmanager
def page_served(command: Command, *flags: str, port: int = 0) -> Iterator[Served]:
    """The upload page, for as long as the block lasts."""
    port = port or free_port()
    with command.running("serve", "--port", str(port), *flags) as process:
        told = ""
        while not (found := re.search(r"(http://\S+?/)enter\?token=\S+", told)):
            line = process.said.readline()
            assert line, f"the page did not begin: {told}"
            told += line
        yield Served(process, found[0], found[1])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        number: int = listener.getsockname()[1]
        return number
