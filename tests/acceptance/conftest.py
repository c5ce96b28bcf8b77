"""A browser, and an office whose service thinks about each class."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import chromium
from tests.support.command import KEYS, Command, Service
from tests.support.page import serving_here

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as found:
        yield found


@pytest.fixture
def person(browser: "Browser") -> Iterator["BrowserContext"]:
    """A browser that nobody has used yet."""
    with browser.new_context(accept_downloads=True) as context:
        context.set_default_timeout(20_000)
        yield context


@pytest.fixture
def slow_service() -> Iterator[Service]:
    """A service that thinks about each class, so that a run can be watched."""
    with serving_here(latency_s=0.1) as running:
        yield running


@pytest.fixture
def office(classbatch: Command, slow_service: Service) -> Command:
    """The command as the page is started: two classes at a time."""
    variables = {
        "CLASSBATCH_BASE_URL": slow_service.url,
        "CLASSBATCH_SETTLE_S": "0",
        "CLASSBATCH_IN_FLIGHT": "2",
    }
    return classbatch.at(**KEYS, **variables)
