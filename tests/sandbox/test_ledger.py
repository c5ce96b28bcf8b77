"""The sandbox's ledger, what it tells about itself, and what holds whatever is asked of it."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.sandbox import SandboxSettings, plan_of
from batch.sandbox.account import Account
from batch.sandbox.occupancy import Occupancy
from batch.sandbox.refusals import Refused
from batch.sandbox.server import banner, running_sandbox, serve
from tests.support.sandboxes import NOW, PAIR, Api, Clock, running, seen, until


async def test_a_ledger_file_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    settings: dict[str, Any] = {"ledger": path, "max_concurrent_classes": 1, "seed": None}
    async with running(**settings) as api:
        await api()
        await api(start_time="09/01/2030 12:00")
        await api("cancel", class_id="2492041")
        await api("modify", class_id="2492040", title="Ünïcode ☃")
        before = list(api.sandbox.classes)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"class_id": 24920')  # killed while writing
    async with running(**settings) as api:
        assert api.sandbox.classes == before
        assert (await api()).code == "1032"
        assert (await api(start_time="09/01/2030 12:00")).all("class_id") == ["2492042"]
        assert api.sandbox.peak_concurrent == 1
    async with running(**settings) as api:
        assert len(api.sandbox.classes) == 3


async def test_a_file_that_is_no_ledger_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "term.csv"
    path.write_text("title,start_time\nEnglish", encoding="utf-8")
    with pytest.raises(ValueError, match=r"term\.csv, line 1, was not written by a sandbox"):
        async with running(ledger=path):
            pass
    assert path.read_text(encoding="utf-8") == "title,start_time\nEnglish"


async def test_a_sandbox_closes_under_a_hanging_call_and_drops_late_commits() -> None:
    async def forever(_: float) -> None:
        await asyncio.Event().wait()

    plan = plan_of(["late-commit@first 1", "hang"])
    async with aiohttp.ClientSession() as session:
        async with running_sandbox(SandboxSettings(faults=plan), clock=Clock(), sleep=forever) as sandbox:
            assert await seen(Api(sandbox, session)) == "disconnected"
            call = asyncio.create_task(seen(Api(sandbox, session)))
            await until(lambda: sandbox.classes)
        assert await call == "disconnected"
        assert len(sandbox.classes) == 1


async def test_the_ledger_is_shown_to_other_processes() -> None:
    async with running() as api:
        await api(course_id="row-2")
        await api()
        async with api.session.get(api.sandbox.url + "ledger") as response:
            shown = await response.json()
        [made] = shown.pop("classes")
        assert shown == {
            "note": "The sandbox's own ledger; not part of WizIQ.",
            "calls": {"create ok": 1, "create 1032": 1},
            "peak_concurrent": 1,
            "inflight_peak": 1,
            "row_inflight_peak": 1,
        }
        assert made["call_id"] == api.sandbox.classes[0].call_id
        facts = ("title", "presenter", "start", "duration", "created_at", "cancelled")
        assert [made[fact] for fact in facts] == [
            "English",
            "ann@example.com",
            "2030-09-01T08:00:00+00:00",
            60,
            NOW,
            False,
        ]
        assert api.sandbox.credentials.secret_key not in json.dumps(shown)


async def test_a_sandbox_stays_on_this_machine() -> None:
    with pytest.raises(ValueError, match="not a loopback address"):
        async with running_sandbox(SandboxSettings(), host="0.0.0.0"):  # noqa: S104 - refused
            pass


async def test_the_banner_says_that_nothing_is_real_and_how_to_use_it() -> None:
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(SandboxSettings(), announce=lambda sandbox: started.set_result(banner(sandbox)))
    )
    text = await started
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "nothing real is scheduled" in text
    assert re.search(r"export CLASSBATCH_BASE_URL=http://127\.0\.0\.1:\d+/$", text, re.MULTILINE)
    assert re.search(r"export CLASSBATCH_ACCESS_KEY='?[\w+/]{11}='?$", text, re.MULTILINE)
    assert re.search(r"export CLASSBATCH_SECRET_KEY='?[\w+/]{22}=='?$", text, re.MULTILINE)


async def test_a_pair_that_was_given_is_not_shown() -> None:
    async with running(credentials=PAIR) as api:
        assert PAIR.secret_key not in banner(api.sandbox)
        assert PAIR.secret_key not in repr(api.sandbox.settings)


INTERVALS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=20)


@given(
    there=INTERVALS, gone=st.sets(st.integers(0, 19)), start=st.integers(-5, 45), minutes=st.integers(1, 20)
)
def test_occupancy_counts_as_counting_each_moment_does(
    there: list[tuple[int, int]], gone: set[int], start: int, minutes: int
) -> None:
    occupancy = Occupancy()
    for begin, length in there:
        occupancy.add(begin, begin + length)
    for position in gone & set(range(len(there))):
        occupancy.remove(there[position][0], sum(there[position]))
    left = [interval for position, interval in enumerate(there) if position not in gone]
    moments = [sum(a <= t < a + n for a, n in left) for t in range(start, start + minutes)]
    assert occupancy.peak(start, start + minutes) == max(moments)


ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 40), st.integers(1, 20), st.booleans()), max_size=25
)


@given(rows=ROWS, limit=st.integers(1, 3))
def test_no_presenter_twice_and_never_above_the_limit_and_no_refusal_without_cause(
    rows: list[tuple[str, int, int, bool]], limit: int
) -> None:
    account = Account(SandboxSettings(max_concurrent_classes=limit), now=lambda: NOW)
    taken: list[tuple[str, int, int]] = []
    for presenter, minute, length, cancel in rows:
        row = {
            "title": "English",
            "presenter_email": f"{presenter}@example.com",
            "start_time": f"2030-09-01 10:{minute:02}",
            "duration": str(length),
        }
        end = minute + length
        now = [[who for who, begin, until in taken if begin <= t < until] for t in range(minute, end)]
        expected = "ok"
        if any(presenter in those for those in now):
            expected = "1032"
        elif any(len(those) >= limit for those in now):
            expected = "1012"
        if expected != "ok":
            with pytest.raises(Refused, match=expected):
                account.create(row)
            continue
        made = account.create(row)
        if cancel:
            account.cancel(str(made.class_id))
        else:
            taken.append((presenter, minute, end))
    assert account.peak_concurrent <= limit
