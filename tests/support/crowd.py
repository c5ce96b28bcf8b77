"""A timetable that asks for too much, sent to a sandbox whose licence allows less: what came of it."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.plan.capacity import Interval, OccupancyCalendar
from batch.core.rows.row import CheckedRow, ClassRow, RawRow
from batch.journal.files import scratch_journal
from batch.journal.recorder import Recorder
from batch.journal.records import Batch, JournalRow
from batch.journal.store import Journal
from batch.report.wording.messages import both_of
from batch.sandbox import SandboxSettings
from batch.sandbox.server import Sandbox, running_sandbox
from batch.sending.gate import Gate
from batch.sending.listener import Listener
from batch.sending.passes import BatchRun
from batch.sending.terms import Terms
from batch.wiziq.client import Credentials, WiziqClient, open_session
from batch.wiziq.errors import SlotFull

T = TypeVar("T")

MONDAY = int(datetime(2031, 9, 1, tzinfo=UTC).timestamp())
PEOPLE = 400
#: Most tests have no time to wait as long as a run does between two attempts.
PATIENCE = 0.1


@dataclass(frozen=True, slots=True)
class Crowd:
    """How a run ended."""

    outcomes: Counter[Outcome]
    creates: int
    full: int  #: creates that were refused with 1012
    peak: int  #: the most classes at once that the service ever had
    calls_at_once: int
    seconds: float
    rows: list[JournalRow]
    said: list[str]

    def messages(self, outcome: Outcome) -> list[str]:
        return [both_of(row.message) if row.message else "" for row in self.rows if row.outcome is outcome]


class Silent(Listener):
    """Listens, and keeps what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def says(self, note: Message) -> None:
        self.said.append(both_of(note))


def term(rows: int, peak: int, *, days: int = 12, seed: int = 1) -> list[Interval]:
    """Classes of 30 to 120 minutes on so many days, with `peak` at once at the most."""
    chance = random.Random(seed)
    calendar = OccupancyCalendar()
    classes: list[Interval] = []
    while len(classes) < rows:
        day = chance.randrange(days)
        start = MONDAY + 86_400 * day + 300 * chance.randrange(8 * 12, 18 * 12)
        end = start + 60 * chance.choice((30, 45, 60, 90, 120))
        if calendar.fits(start, end, peak):
            calendar.add(start, end)
            classes.append((start, end))
    return classes


def row(number: int, interval: Interval, **changes: Any) -> CheckedRow:
    """A class of a presenter that no other row near has."""
    start = datetime.fromtimestamp(interval[0], UTC)
    meant = ClassRow(
        **{
            "parameters": {},
            "title": f"Lesson {number}",
            "presenter": f"teacher{number}@school.example",
            "start": start,
            "minutes": (interval[1] - interval[0]) // 60,
            **changes,
        }
    )
    parameters = {
        "title": meant.title,
        "start_time": f"{start:%m/%d/%Y %H:%M:%S}",
        "time_zone": "GMT",
        "presenter_email": meant.presenter,
        "duration": str(meant.minutes),
        **({"extend_duration": str(meant.extend_minutes)} if meant.extend_minutes else {}),
    }
    return CheckedRow(RawRow("", number, ()), replace(meant, parameters=parameters))


def rows_of(intervals: Sequence[Interval]) -> list[CheckedRow]:
    return [row(number, interval) for number, interval in enumerate(intervals, start=2)]


class School:
    """One account: a sandbox and a journal, for as many batches as are submitted."""

    def __init__(self, sandbox: Sandbox, client: WiziqClient, journal: Journal) -> None:
        self.sandbox = sandbox
        self.journal = journal
        self.now = time.time()
        self._client = client
        self._batches = count(1)

    async def elsewhere(self, intervals: Sequence[Interval]) -> None:
        """Other people make classes."""
        for number, interval in enumerate(intervals):
            checked = row(10_000 + number, interval, title=f"Foreign {number}")
            assert checked.parsed is not None
            await self._client.create(checked.parsed.parameters)

    async def cancel(self, class_id: int) -> None:
        """Somebody cancels a class in the account, long after it was made."""
        await self._client.cancel(str(class_id))
        self.now += 3600

    async def submit(self, rows: Sequence[CheckedRow], *, workers: int = 32, **terms: Any) -> Crowd:
        batch = f"batch {next(self._batches)}"
        creates, full = self._calls("create"), self._calls("create 1012")
        self.journal.batches.load("school", _batch(batch), rows)
        listener = Silent()
        began = time.perf_counter()
        async with Recorder(self.journal, _at_once) as recorder:
            passes = BatchRun(
                batch,
                Terms(
                    **{
                        "in_flight": workers,
                        "attempts": 5,
                        "timeout_s": 30,
                        "settle_s": 0,
                        "is_first_time": True,
                        **terms,
                    }
                ),
                api=self._client,
                recorder=recorder,
                listener=listener,
                clock=lambda: self.now,
                chance=lambda: PATIENCE,
                gate=Gate,
            )
            assert await passes.run() is None
        ended = list(self.journal.reports.rows(batch))
        return Crowd(
            outcomes=Counter(each.outcome or Outcome.NOT_SENT for each in ended),
            creates=self._calls("create") - creates,
            full=self._calls("create 1012") - full,
            peak=self.sandbox.peak_concurrent,
            calls_at_once=self.sandbox.inflight_peak,
            seconds=time.perf_counter() - began,
            rows=ended,
            said=listener.said,
        )

    async def naively(self, rows: Sequence[CheckedRow], *, tries: int) -> tuple[int, int, int]:
        """What a loop does that only tries again: creates, those refused with 1012, classes made."""
        waiting = iter(rows)
        made = 0

        async def work() -> None:
            nonlocal made
            for each in waiting:
                for _ in range(tries):
                    with suppress(SlotFull):
                        await self._client.create(each.parsed.parameters if each.parsed else {})
                        made += 1
                        break

        async with asyncio.TaskGroup() as group:
            for _ in range(32):
                group.create_task(work())
        return self._calls("create"), self._calls("create 1012"), made

    def _calls(self, kind: str) -> int:
        return sum(calls for name, calls in self.sandbox.call_counts.items() if name.startswith(kind))


@asynccontextmanager
async def school(**settings: Any) -> AsyncIterator[School]:
    """A sandbox of these settings and an empty journal, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder, scratch_journal(Path(folder)) as journal:
        async with (
            running_sandbox(SandboxSettings(**settings)) as sandbox,
            open_session(connections=32) as session,
        ):
            pair = Credentials(sandbox.credentials.access_key, sandbox.credentials.secret_key)
            client = WiziqClient(session, base_url=sandbox.url, credentials=pair, timeout_s=30)
            yield School(sandbox, client, journal)


async def _at_once(function: Callable[[], T], /) -> T:
    return function()


def _batch(name: str) -> Batch:
    return Batch(
        id=name,
        file="crowd.csv",
        sha256="",
        sheet="",
        header=(),
        account="teacher",
        sent_to="",
        sandbox=True,
        started_at=time.time(),
    )
