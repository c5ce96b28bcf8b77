"""A run can be held back before it sends, paused, resumed and ended in time; the rest is left for the next."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from batch import run
from batch.core.message import Message, RunNote, as_written
from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.journal.records import RowOutcome
from batch.report.wording.messages import both_of
from batch.run import Job
from batch.sending.control import Control
from batch.sending.listener import Listener
from batch.settings.resolve import load_settings
from tests.support.command import KEYS, PATIENCE_S, Service, lessons, rows_of, timetable


@dataclass
class Steersman(Listener):
    """A listener that does something when so many rows have ended."""

    at: int = 0
    does: Callable[[Control], None] = lambda _: None
    said: list[str] = field(default_factory=list)
    ended_rows: list[RowOutcome] = field(default_factory=list)
    run: Control | None = None
    acted: asyncio.Event = field(default_factory=asyncio.Event)

    def control(self, run: Control) -> None:
        self.run = run

    def ended(self, outcome: RowOutcome) -> None:
        self.ended_rows.append(outcome)
        if len(self.ended_rows) == self.at and self.run is not None:
            self.does(self.run)
            self.acted.set()

    def says(self, note: Message) -> None:
        self.said.append(both_of(note))


def job(folder: Path, service: Service, rows: int, **changes: object) -> Job:
    file = timetable(folder / "term.csv", lessons(rows))
    variables = {**KEYS, "CLASSBATCH_BASE_URL": service.url, "CLASSBATCH_SETTLE_S": "0", "HOME": str(folder)}
    settings = load_settings({"in_flight": 1}, environ=variables, cwd=folder)
    return Job(file=str(file), settings=settings, handle_signals=False, **changes)  # type: ignore[arg-type]  # the fields named are the test's


async def test_the_guard_holds_everything_back_and_every_row_is_still_reported(
    tmp_path: Path, service: Service
) -> None:
    guarded = job(
        tmp_path,
        service,
        4,
        guard=lambda _, batch, _header: as_written(f"{batch.file} is not to be believed."),
    )
    ending = await run.submit(guarded, Steersman())
    assert ending.exit_code == Exit.CANNOT_RUN
    assert "not to be believed" in both_of(ending.notes[0])
    assert Counter(row["outcome"] for row in rows_of(tmp_path / "term-results.xlsx")) == {"not_sent": 4}
    assert service.calls("") == 0
    again = await run.submit(
        job(tmp_path, service, 4, guard=lambda _journal, _batch, _header: None), Listener()
    )
    assert again.exit_code == Exit.DONE
    assert len(service.titles()) == 4


async def test_a_paused_run_sends_nothing_until_it_goes_on(tmp_path: Path, service: Service) -> None:
    steersman = Steersman(at=2, does=lambda run: run.pause())
    submitting = asyncio.ensure_future(run.submit(job(tmp_path, service, 6), steersman))
    async with asyncio.timeout(PATIENCE_S):
        await steersman.acted.wait()
    assert steersman.run is not None
    assert steersman.run.pace().waits_for == Message(RunNote.PAUSED)
    for _ in range(3):  # whatever could begin has had its chance
        assert len(await asyncio.to_thread(service.titles)) == 2
    steersman.run.resume()
    ending = await submitting
    assert ending.tally.counts()[Outcome.SCHEDULED.value] == 6


async def test_a_paused_run_can_be_ended(tmp_path: Path, service: Service) -> None:
    def pause_and_end(run: Control) -> None:
        run.pause()
        run.drain()

    ending = await run.submit(job(tmp_path, service, 6), Steersman(at=2, does=pause_and_end))
    assert ending.exit_code == Exit.UNFINISHED
    assert ending.tally.counts()["not_sent"] == 4
    assert len(service.titles()) == 2


async def test_when_its_time_is_over_nothing_more_begins_and_the_next_run_finishes(
    tmp_path: Path, service: Service
) -> None:
    steersman = Steersman(
        at=1, does=lambda run: run.pause()
    )  # so that the time is over midway, on any machine
    ending = await run.submit(job(tmp_path, service, 5, deadline_s=0.2), steersman)
    assert ending.exit_code == Exit.UNFINISHED
    assert any("time for this run is over" in each for each in steersman.said)
    assert len(service.titles()) == ending.tally.counts()["scheduled"] < 5
    assert (await run.submit(job(tmp_path, service, 5), Steersman())).exit_code == Exit.DONE
    assert len(service.titles()) == 5
