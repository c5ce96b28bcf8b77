"""What is no whole answer to `get_data` proves nothing about any class: not in a look-up, not before a sync, not of its classes."""

import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batch.core.errors import CannotRun, Unfinished
from batch.sandbox import fault
from batch.sandbox.server import Sandbox
from batch.sending.environment import Environment, real_environment
from tests.support.command import lesson, lessons, timetable
from tests.support.sending import sandbox, send, sync, take_back

pytestmark = pytest.mark.thorough

#: Answers that are none, or another request's, or contradict themselves; and what means that the account cannot list.
ODD = (
    *(
        "reset-mid-response",
        "slow-body",
        "truncated-xml",
        "empty-body",
        "html-200",
        "dtd",
        "huge-body",
        "deep-nesting",
    ),
    *(
        "ok-without-method",
        "ok-of-another",
        "ok-not-done",
        "ok-with-error",
        "fail-without-code",
        "fail-of-another",
    ),
    *(
        "1000",
        "unknown-code",
        "fail-1020",
        "fail-1013",
        "http-302",
        "http-404",
        "http-410",
        "http-502",
    ),
)


def _impatient() -> Environment:
    """One that waits a short while before it asks again."""
    return Environment(clock=real_environment().clock, chance=lambda: random.random() / 20)


def _spoil(service: Sandbox, kind: str, *lost: int) -> None:
    """From the first of these creates on the list is answered so; the answers to them are lost."""
    spoilt, reset, begun = fault(kind), fault("reset-after-create"), not lost

    def plan(call: Any) -> Any:
        nonlocal begun
        begun = begun or (call.method == "create" and call.sequence >= lost[0])
        if call.method == "create" and call.sequence in lost:
            return reset
        return spoilt if begun and call.method == "get_data" else None

    service.settings = replace(service.settings, faults=plan)


def _answer_well(service: Sandbox) -> None:
    service.settings = replace(service.settings, faults=lambda _: None)


@pytest.mark.parametrize("kind", ODD)
async def test_lost_answers_stay_in_doubt_by_such_a_list_and_are_settled_by_the_next(
    kind: str, tmp_path: Path
) -> None:
    file = timetable(tmp_path / "term.csv", lessons(8))
    async with sandbox(conflict="off") as service:
        _spoil(service, kind, 4, 6)
        first = await send(file, service.url, timeout_s=1, in_flight=1, world=_impatient())
        assert {*first.outcomes} <= {"scheduled", "unknown", "not_sent"}
        assert first.outcomes.count("unknown") >= 1, first.outcomes
        assert first.json["exit_code"] in {3, 75}
        _answer_well(service)
        again = await send(file, service.url, timeout_s=1, world=_impatient())
        assert {*again.outcomes} <= {"scheduled", "already"}, again.rows
        assert len(service.classes) == 8


@pytest.mark.parametrize("kind", ODD)
async def test_by_such_a_list_no_class_is_changed_cancelled_or_made_anew(kind: str, tmp_path: Path) -> None:
    rows = lessons(6)
    file = timetable(tmp_path / "term.csv", rows)
    async with sandbox(conflict="off") as service:
        first = await send(file, service.url)
        kept = [row["class_id"] for row in first.rows if row is not first.rows[3]]
        before = dict(service.call_counts)
        timetable(file, [lesson(1, title="Chess"), *rows[1:3], *rows[4:]])
        _spoil(service, kind)
        with suppress(CannotRun, Unfinished):
            spoilt = await sync(file, service.url, settings={"timeout_s": 1}, world=_impatient())
            assert spoilt.json["exit_code"] != 0
        done = {name: count for name, count in service.call_counts.items() if not name.startswith("get_")}
        assert done == {name: count for name, count in before.items() if not name.startswith("get_")}
        _answer_well(service)
        synced = await sync(file, service.url, world=_impatient())
        assert synced.json["exit_code"] == 0, synced.rows
        assert [row["class_id"] for row in synced.rows] == kept
        assert synced.json["counts"]["cancelled"] == 1
        assert len(service.classes) == 6


@pytest.mark.parametrize("kind", ["fail-1013", "ok-of-another", "html-200", "http-502"])
async def test_by_such_a_list_nothing_is_taken_back(kind: str, tmp_path: Path) -> None:
    file = timetable(tmp_path / "term.csv", lessons(3))
    async with sandbox(conflict="off") as service:
        first = await send(file, service.url)
        assert (await send(file, service.url)).outcomes == ["already"] * 3  # they have been listed
        _spoil(service, kind)
        with suppress(CannotRun, Unfinished):
            left = await take_back(tmp_path, service.url, batch=first.json["batch"], timeout_s=1)
            assert left.json["exit_code"] != 0
        assert service.call_counts["cancel ok"] == 0
        _answer_well(service)
        undone = await take_back(tmp_path, service.url, batch=first.json["batch"])
        assert (undone.json["exit_code"], service.call_counts["cancel ok"]) == (0, 3)
