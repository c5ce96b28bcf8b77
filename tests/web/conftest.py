"""The page in this process, before a sandbox service in this process, and a browser that was let in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.page import Browser, NearService, Served, serving_here, serving_page


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NearService]:
    with serving_here() as service:
        service.seen_by(monkeypatch, tmp_path)
        yield service


@pytest.fixture
async def served(tmp_path: Path, environment: NearService) -> AsyncIterator[Served]:
    async with serving_page(tmp_path, base_url=environment.url) as page:
        yield page


@pytest.fixture
async def browser(served: Served) -> AsyncIterator[Browser]:
    async with served.browser() as browser:
        yield browser
