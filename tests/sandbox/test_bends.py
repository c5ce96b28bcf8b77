"""Bent lists show what they say, and keep everything else."""

from typing import Any

import pytest

from batch.sandbox import BENDS, bend, bends
from tests.support.sandboxes import NOW, Api, Clock, running

#: 10:00 in Paris on the 1st of September 2030.
CLASS = {
    "title": 'Éthique & <b>"AB"</b>  ﬁ',
    "presenter_email": "ann@example.com",
    "duration": "45",
    "extend_duration": "15",
}

#: bend -> the column it changes, and what stands there; None: the column is not told.
COLUMNS: dict[str, tuple[str, str | None]] = {
    "title-escaped": ("title", "Éthique &amp; &lt;b&gt;&quot;AB&quot;&lt;/b&gt;  ﬁ"),
    "title-escaped-twice": (
        "title",
        "Éthique &amp;amp; &amp;lt;b&amp;gt;&amp;quot;AB&amp;quot;&amp;lt;/b&amp;gt;  ﬁ",
    ),
    "title-numeric": ("title", '&#201;thique & <b>"AB"</b>  &#64257;'),
    "title-tags": ("title", 'Éthique & "AB"  ﬁ'),
    "title-upper": ("title", 'ÉTHIQUE & <B>"AB"</B>  FI'),
    "title-lower": ("title", 'éthique & <b>"ab"</b>  ﬁ'),
    "title-ascii": ("title", 'thique & <b>"AB"</b>  '),
    "title-question": ("title", '?thique & <b>"AB"</b>  ?'),
    "title-unaccented": ("title", 'Ethique & <b>"AB"</b>  fi'),
    "title-mojibake": ("title", 'Ã\x89thique & <b>"AB"</b>  ï¬\x81'),
    "title-nfkc": ("title", 'Éthique & <b>"AB"</b>  fi'),
    "title-nfd": ("title", 'E\u0301thique & <b>"AB"</b>  ﬁ'),
    "title-spaces": ("title", 'Éthique & <b>"AB"</b> ﬁ'),
    "title-no-break": ("title", 'Éthique\u00a0&\u00a0<b>"AB"</b>\u00a0\u00a0ﬁ'),
    "title-letters": ("title", "Éthique  bABb  ﬁ"),
    "title-before": ("title", 'Live class: Éthique & <b>"AB"</b>  ﬁ'),
    "title-behind": ("title", 'Éthique & <b>"AB"</b>  ﬁ (virtual)'),
    "title-untold": ("title", None),
    "title-cut:7": ("title", "Éthique"),
    "title-dots:10": ("title", "Éthique..."),
    "start-utc": ("start_time", "09/01/2030 08:00:00 AM"),
    "start-elsewhere": ("start_time", "09/01/2030 04:00:00 AM"),
    "start-winter": ("start_time", "09/01/2030 09:00:00 AM"),
    "start-day-first": ("start_time", "01/09/2030 10:00:00 AM"),
    "start-no-half": ("start_time", "09/01/2030 10:00:00"),
    "start-day-first-no-half": ("start_time", "01/09/2030 10:00:00"),
    "start-24-hour": ("start_time", "09/01/2030 10:00:00"),
    "start-day-first-24": ("start_time", "01/09/2030 10:00:00"),
    "start-iso": ("start_time", "2030-09-01T10:00:00"),
    "start-iso-utc": ("start_time", "2030-09-01T08:00:00Z"),
    "start-words": ("start_time", "Sunday, 01 September 2030 10:00"),
    "start-day-only": ("start_time", "09/01/2030"),
    "start-untold": ("start_time", None),
    "zone-untold": ("time_zone", None),
    "zone-gmt": ("time_zone", "GMT"),
    "zone-number": ("time_zone", "56"),
    "zone-windows": ("time_zone", "(UTC) Coordinated Universal Time"),
    "duration-extended": ("duration", "60"),
    "duration-hours": ("duration", "0.75"),
    "duration-clock": ("duration", "00:45:00"),
    "duration-seconds": ("duration", "2700"),
    "duration-words": ("duration", "45 minutes"),
    "duration-usual": ("duration", "60"),
    "duration-untold": ("duration", None),
    "presenter-told": ("presenter_id", "ann@example.com"),
    "presenter-upper": ("presenter_id", "ANN@EXAMPLE.COM"),
    "presenter-alias": ("presenter_id", "ann.teacher@mail.example.com"),
    "presenter-one": ("presenter_id", "office@school.example"),
    "presenter-untold": ("presenter_id", None),
    "status-new": ("status", "pending"),
    "status-scheduled": ("status", "scheduled"),
    "status-capital": ("status", "Upcoming"),
    "status-number": ("status", "0"),
    "status-untold": ("status", None),
}

#: bend -> what pages of 2 of the five classes 1 to 5 show, from page 1 on.
PAGES: dict[str, list[list[int]]] = {
    "empty": [[]],
    "cap:3": [[1, 2], [3], []],
    "cap-newest:3": [[3, 4], [5], []],
    "gaps:2": [[1, 3], [5], []],
    "ahead:200": [[]],
    "ahead:300": [[1, 2], [3, 4], [5], []],
    "older:5": [[]],
    "newest-first": [[5, 4], [3, 2], [1], []],
    "page-size:1": [[1], [2], [3], [4], [5], []],
    "page-size:3": [[1, 2], [3, 4], [5], []],
    "page-holes:1": [[1], [3], [5], []],
    "page-shift:1": [[1, 2], [4, 5], []],
    "page-overlap:1": [[1, 2], [2, 3], [3, 4], [4, 5], [5], []],
    "page-first": [[1, 2], [1, 2], [1, 2]],
    "page-last-again": [[1, 2], [3, 4], [5], [5], [5]],
}

_BASE = 2_492_039


async def _listed(api: Api, **parameters: str) -> list[int]:
    answer = await api("get_data", columns="class_id", **parameters)
    return [int(class_id) - _BASE for class_id in answer.all("class_id")]


@pytest.mark.parametrize("spelt", COLUMNS)
async def test_a_column_is_bent_and_every_other_is_as_it_was(spelt: str) -> None:
    column, expected = COLUMNS[spelt]
    async with running() as straight, running(bends=bends([spelt])) as bent:
        records = []
        for api in (straight, bent):
            assert (await api(**CLASS)).code == "ok"
            (record,) = (await api("get_data")).rsp.iter("record")
            records.append({each.tag: each.text or "" for each in record})
        before, after = records
        assert after.pop(column, None) == expected
        before.pop(column, None)
        assert after == before


@pytest.mark.parametrize("spelt", PAGES)
async def test_the_classes_and_the_pages_are_bent(spelt: str) -> None:
    async with running(bends=bends([spelt]), conflict="off") as api:
        for number in range(5):
            assert (await api(title=f"Class {number}")).code == "ok"
        for page, expected in enumerate(PAGES[spelt], 1):
            assert await _listed(api, page_number=str(page), page_size="2") == expected


async def test_a_shuffled_list_has_every_class_and_another_order_each_time() -> None:
    clock = Clock()
    async with running(clock, bends=bends(["shuffled"]), conflict="off") as api:
        for number in range(20):
            await api(title=f"Class {number}")
        orders = []
        for _ in range(2):
            clock.time += 1
            orders.append(await _listed(api))
        assert sorted(orders[0]) == sorted(orders[1]) == list(range(1, 21))
        assert orders[0] != orders[1]


@pytest.mark.parametrize(
    ("spelt", "filters", "shown"),
    [
        ("ids-not-found", {"class_id": str(_BASE + 1)}, []),
        ("ids-not-found", {}, [1, 2]),
        ("filters-ignored", {"title": "no such title"}, [1, 2]),
        ("filters-empty", {"status": "upcoming"}, []),
        ("filters-empty", {}, [1, 2]),
        ("status-new:60", {"status": "upcoming"}, []),
        ("status-new:60", {"status": "pending"}, [1, 2]),
        ("status-scheduled", {"status": "upcoming"}, []),
        ("title-upper", {"title": "class 1"}, [2]),
    ],
)
async def test_filters_are_bent_too(spelt: str, filters: dict[str, str], shown: list[int]) -> None:
    async with running(bends=bends([spelt]), conflict="off") as api:
        for number in range(2):
            await api(title=f"Class {number}")
        assert await _listed(api, **filters) == shown


async def test_a_new_class_is_told_as_upcoming_in_the_end() -> None:
    clock = Clock()
    async with running(clock, bends=bends(["status-new:60", "older:30"])) as api:
        await api()
        seen = []
        for _ in range(3):
            seen.append((await api("get_data")).all("status"))
            clock.time = max(clock.time, NOW) + 31
        assert seen == [[], ["pending"], ["upcoming"]]


async def test_bends_may_be_combined() -> None:
    async with running(bends=bends(["title-upper", "title-cut:4", "page-size:1"]), conflict="off") as api:
        for number in range(2):
            await api(title=f"Class {number}")
        assert (await api("get_data", page_size="100")).all("title") == ["CLAS"]


def test_every_bend_is_tried_here() -> None:
    tried = {spelt.partition(":")[0] for spelt in (*COLUMNS, *PAGES)}
    elsewhere = {"shuffled", "ids-not-found", "filters-ignored", "filters-empty"}
    assert tried | elsewhere == set(BENDS)


@pytest.mark.parametrize("text", ["capp", "cap:x", "cap:0", "cap:", "cap:-1", "empty:3", "cap:9999999", ""])
def test_a_bend_that_does_not_exist_is_named_with_those_that_do(text: str) -> None:
    with pytest.raises(ValueError, match=r"Choose one of: title-escaped, |takes (a number from 1|no number)"):
        bend(text)


def test_a_bend_without_a_number_has_its_usual_one() -> None:
    settings: Any = bends(["cap", "cap:7"])
    assert [each.number for each in settings] == [50, 7]
