"""What a page weighs: no more for ten thousand rows than for one thousand, whatever stands in them."""

from datetime import datetime, timedelta

import pytest

from tests.support.page import Browser

HEADER = "Class,Starts,Time zone,Teacher,Minutes\n"
MOST = 500_000  #: bytes of a page
_BEGINS = datetime(2031, 9, 1, 8)  # noqa: DTZ001 - a wall clock


def term(rows: int, *, faulty: int = 0) -> bytes:
    """A thousand lessons a week; every `faulty`-th row has an hour that is none, or a slip in its length."""
    lines = []
    for number in range(rows):
        begins = _BEGINS + timedelta(days=number % 5 + 7 * (number // 1_000), hours=number // 5 % 10)
        start = f"{begins:%Y-%m-%d %H:%M}"
        if faulty and number % faulty == 0:
            start = f"soon {number}" if number % 2 else start.replace(":00", ":99")
        teacher = f"teacher{number // 500}-{number % 7}@school.example"
        lines.append(f"Lesson {number} of the whole term,{start},Europe/London,{teacher},45\n")
    return (HEADER + "".join(lines)).encode()


@pytest.mark.thorough
async def test_a_page_of_a_thousand_lessons_is_small_and_ten_thousand_rows_make_it_no_larger(
    browser: Browser,
) -> None:
    sizes = {}
    for rows in (1_000, 10_000):
        seen = await browser.checked(term(rows, faulty=3))
        assert sum(seen.counts.values()) == rows
        assert "Week of Monday 1 September 2031" in seen.text
        later = await browser.get(f"{seen.url.path}?week=2031-11-03&page=3")
        asked = await browser.get(f"{seen.url.path}/confirm?week=2031-09-03")
        assert asked.title.startswith("Schedule ")
        assert "Week of Monday 1 September 2031" in asked.text
        sizes[rows] = max(len(seen.body), len(later.body), len(asked.body))
    assert sizes[1_000] < MOST
    assert sizes[10_000] < MOST
    assert sizes[10_000] < sizes[1_000] + 30_000, f"the picture of the load has up to 25 days: {sizes}"
