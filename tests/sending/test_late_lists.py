"""A list that shows a class minutes after it was made: nothing is made twice, and nothing that was just made is called gone."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from batch.core.outcome import Outcome
from batch.journal.store import Journal
from batch.wiziq.errors import NoAnswer
from batch.wiziq.replies import Created, ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import Answer, Run, Scripted, listed, memory_journal, submit, timetable

LOST = {"Class 4", "Class 7"}
_THERE = {Outcome.SCHEDULED, Outcome.ALREADY}


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


@dataclass
class Late(Scripted):
    """Every class is made; the first answers to two of them are lost."""

    lag_s: float = 0
    made: list[tuple[float, ListedClass]] = field(default_factory=list)

    def __post_init__(self) -> None:
        Scripted.__post_init__(self)
        self.answer, self.lists = self._make, self._shown

    def _make(self, title: str, before: int) -> Answer:
        class_id = str(before + 1)
        self.made.append((asyncio.get_running_loop().time(), listed(class_id, title)))
        is_lost = title in LOST and [each for _, each in self.calls].count(title) == 1
        return NoAnswer("Reset.", code="reset") if is_lost else Created(class_id=class_id, call_id="call")

    def _shown(self) -> Sequence[ListedClass]:
        now = asyncio.get_running_loop().time()
        return [each for at, each in self.made if at + self.lag_s <= now]


@pytest.mark.parametrize("lag_s", [30, 90, 180, 600, 900])
@pytest.mark.parametrize("rows", [8, 10])
def test_a_late_list_doubles_nothing_and_calls_nothing_gone(
    lag_s: float, rows: int, journal: Journal
) -> None:
    api = Late(lag_s=lag_s)

    async def two_runs() -> list[Run]:
        runs = [await submit(journal, api, timetable(rows), foreign=True, audit=True)]
        await asyncio.sleep(lag_s)
        return [*runs, await submit(journal, api, timetable(rows), batch="c", foreign=True, audit=True)]

    first, again = play_out(two_runs())
    assert sorted(title for _, title in api.calls) == sorted(f"Class {n + 1}" for n in range(rows))
    assert {*first.outcomes} <= {*_THERE, Outcome.UNKNOWN}
    assert {*again.outcomes} <= _THERE, again.messages
    for run in (first, again):
        assert run.findings is None or not run.findings.missing, run.findings
