"""Lessons that change places in a circle, and an answer that is lost on the way: all of it is done by the same run."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from batch.sandbox import Call, Fault, fault
from batch.sandbox.server import Sandbox
from tests.sending.test_sync import Term, outcomes_of, refusals
from tests.support.command import lessons
from tests.support.sending import sandbox, take_back

#: Of each lesson, by its place in the file, whose time it gets; who stays stands where it was.
CIRCLES = {
    "two change places": (1, 0, 2, 3, 4, 5),
    "two pairs do": (1, 0, 3, 2, 4, 5),
    "three in a ring": (1, 2, 0, 3, 4, 5),
    "a ring and a pair": (1, 2, 0, 4, 3, 5),
}
_LOST = ("reset-before", "reset-after")
_PATIENT = {"timeout_s": 0.3, "max_concurrent_classes": 6}


class Loses:
    """Loses the answer to one request of all that change a class; counted from now on."""

    def __init__(self, number: int, how: str) -> None:
        self._number, self._how = number, how
        self._seen = 0

    def __call__(self, call: Call) -> Fault | None:
        if call.method != "modify":
            return None
        self._seen += 1
        return fault(self._how) if self._seen == self._number else None


async def in_circles(folder: Path, service: Sandbox) -> Term:
    """A term of one teacher, submitted."""
    rows = [{**row, "presenter_email": "ana@school.example"} for row in lessons(6)]
    term = Term(folder, service, rows)
    await term.submitted()
    return term


def turn(term: Term, circle: Sequence[int]) -> int:
    """Give each lesson the time of another; returns how many change."""
    times = [row["start_time"] for row in term.rows]
    for at, other in enumerate(circle):
        term.change(at, start_time=times[other])
    return sum(at != other for at, other in enumerate(circle))


def loses(service: Sandbox, number: int, how: str) -> None:
    service.settings = replace(service.settings, faults=Loses(number, how))


@pytest.mark.parametrize("how", _LOST)
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("circle", CIRCLES)
async def test_a_lost_answer_holds_no_circle_up(circle: str, number: int, how: str, tmp_path: Path) -> None:
    async with sandbox() as service:
        term = await in_circles(tmp_path, service)
        before = term.ids()
        changed = turn(term, CIRCLES[circle])
        loses(service, number, how)
        sent = await term.synced(replaces=True, settings=_PATIENT)
        assert outcomes_of(sent) == {"changed": changed, "already": 6 - changed}
        assert (term.account(), term.ids(), refusals(service)) == (term.asked(), before, [])


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("circle", CIRCLES)
async def test_nor_one_that_is_taken_back(circle: str, number: int, tmp_path: Path) -> None:
    async with sandbox() as service:
        term = await in_circles(tmp_path, service)
        before = (term.account(), term.ids())
        changed = turn(term, CIRCLES[circle])
        await term.synced(replaces=True, settings=_PATIENT)
        loses(service, number, "reset-before")
        undone = await take_back(tmp_path, service.url, timeout_s=0.3, max_concurrent_classes=6)
        assert undone.outcomes == ["changed"] * changed
        assert ((term.account(), term.ids()), refusals(service)) == (before, [])


async def test_one_that_is_parked_is_not_sent_back_to_where_another_stands_by_now(tmp_path: Path) -> None:
    async with sandbox() as service:
        term = await in_circles(tmp_path, service)
        turn(term, CIRCLES["two change places"])
        seen = 0

        def refuses_to_move_it_on(call: Call) -> Fault | None:
            nonlocal seen
            seen += call.method == "modify"
            return fault("unknown-code") if call.method == "modify" and seen == 3 else None

        service.settings = replace(service.settings, faults=refuses_to_move_it_on)
        sent = await term.synced(replaces=True)
        assert outcomes_of(sent) == {"changed": 1, "refused": 1, "already": 4}
        assert (seen, refusals(service)) == (3, [])


async def test_one_that_somebody_moves_while_it_is_parked_is_not_sent_back(tmp_path: Path) -> None:
    async with sandbox() as service:
        term = await in_circles(tmp_path, service)
        turn(term, CIRCLES["two change places"])
        requests: list[str] = []

        def edits_it_as_it_moves_on(call: Call) -> Fault | None:
            if call.method != "modify":
                return None
            requests.append(call.title)
            if len(requests) != 3:
                return None
            service.account.edit_by_hand(str(term.ids()[call.title]))
            return fault("reset-before")

        service.settings = replace(service.settings, faults=edits_it_as_it_moves_on)
        sent = await term.synced(replaces=True, settings=_PATIENT)
        assert (outcomes_of(sent), len(requests)) == ({"changed": 1, "held": 1, "already": 4}, 3)
