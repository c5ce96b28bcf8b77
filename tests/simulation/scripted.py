"""One batch sent in made-up time to a service that answers as a test says."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from batch.core.message import Message
from batch.core.outcome import Outcome
from batch.core.rows.row import CheckedRow, ClassRow, RawRow
from batch.core.service.audit import Findings
from batch.core.service.first_send import AlikeClasses
from batch.core.service.on_unknown import OnUnknown
from batch.core.service.stamps import PARAMETER
from batch.core.tally import Exit
from batch.journal.migration import create
from batch.journal.recorder import Recorder
from batch.journal.records import Batch, RowOutcome
from batch.journal.sqlite import SqliteDatabase
from batch.journal.store import Journal
from batch.report.projection import result_rows, tally_of
from batch.report.wording.messages import both_of
from batch.sending.listener import Listener
from batch.sending.passes import BatchRun
from batch.sending.terms import Terms
from batch.wiziq.errors import WiziqError
from batch.wiziq.replies import Created, ListedClass

T = TypeVar("T")

FIRST = datetime(2031, 9, 8, 8, tzinfo=UTC)
BEGINS = (FIRST - timedelta(days=7)).timestamp()
TIMEOUT_S = SETTLE_S = 60.0

Answer = Created | WiziqError


@contextmanager
def memory_journal() -> Iterator[Journal]:
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        create(database, "school", 0)
        yield Journal(SqliteDatabase(database, committed=lambda _: None))
    finally:
        database.close()


def timetable(rows: int) -> list[CheckedRow]:
    """Class 1, Class 2, ... one after another, of one presenter."""
    return [_row(number, FIRST + timedelta(hours=number)) for number in range(1, rows + 1)]


def _row(number: int, start: datetime) -> CheckedRow:
    title = f"Class {number}"
    parameters = {
        "title": title,
        "start_time": f"{start:%m/%d/%Y %H:%M:%S}",
        "presenter_email": "ann@s.example",
    }
    meant = ClassRow(parameters=parameters, title=title, presenter="ann@s.example", start=start, minutes=60)
    return CheckedRow(RawRow("", number + 1, (title,)), meant)


def listed(class_id: str, title: str) -> ListedClass:
    """A class of `timetable` as the account lists it."""
    start = FIRST + timedelta(hours=int(title.removeprefix("Class ")))
    return ListedClass(
        class_id=class_id,
        title=title,
        start_text=f"{start:%m/%d/%Y %I:%M:%S %p}",
        local_start=start.replace(tzinfo=None),
        time_zone="GMT",
        start=start,
        minutes=60,
        presenter_id=None,
        presenter_email="ann@s.example",
        status="upcoming",
        duration_text="60",
    )


@dataclass(slots=True)
class Scripted:
    """A service that answers each `create` as the script says, a second later.

    `answer` is given the title and how many calls there were before; where it
    gives None, the class is created.
    """

    answer: Callable[[str, int], Answer | None] = lambda _title, _before: None
    takes_s: float = 1.0
    lists: Callable[[], Sequence[ListedClass]] = list
    by_id: Callable[[], Sequence[ListedClass]] | None = (
        None  #: what is found by a class_id; None: what is listed
    )
    #: What is found by a class's stamp, of those that were sent by title; None: that filter is passed over.
    by_stamp: Callable[[str], Sequence[ListedClass]] | None = None
    stamps: dict[str, str] = field(default_factory=dict)  #: what was carried, by title
    calls: list[tuple[float, str]] = field(default_factory=list)
    listings: list[float] = field(default_factory=list)
    clock_offset_s: float | None = None
    first_id: int = 1
    _ids: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self._ids = count(self.first_id)

    async def create(self, parameters: Mapping[str, str]) -> Created:
        title = parameters["title"]
        before = len(self.calls)
        self.stamps[title] = parameters[PARAMETER]
        self.calls.append((asyncio.get_running_loop().time(), title))
        answer = self.answer(title, before)
        await asyncio.sleep(self.takes_s)
        if isinstance(answer, WiziqError):
            raise answer
        return answer or Created(class_id=str(next(self._ids)), call_id="call")

    async def list_classes(
        self,
        filters: Mapping[str, str],
        *,
        page_size: int = 100,  # noqa: ARG002 - one page holds all
    ) -> AsyncIterator[ListedClass]:
        self.listings.append(asyncio.get_running_loop().time())
        if self.by_stamp is not None and PARAMETER in filters:
            found = self.by_stamp(filters[PARAMETER])
        else:
            asks = self.by_id if self.by_id is not None and "class_id" in filters else self.lists
            found = asks()
        for each in found:
            yield each

    async def teachers(self) -> Mapping[str, str]:
        return {}

    async def account_info(self) -> object:
        return None


@dataclass(slots=True)
class Told(Listener):
    """A listener that remembers."""

    sentences: list[str] = field(default_factory=list)
    outcomes: list[RowOutcome] = field(default_factory=list)

    def ended(self, outcome: RowOutcome) -> None:
        self.outcomes.append(outcome)

    def says(self, note: Message) -> None:
        self.sentences.append(both_of(note))


async def at_once(function: Callable[[], T], /) -> T:
    """The journal's thread, played by nobody."""
    return function()


@dataclass(slots=True)
class Run:
    """A run over one batch, and what came of it."""

    journal: Journal
    batch: str
    told: Told
    passes: BatchRun
    stopped: Message | None = None
    findings: Findings | None = None  #: of the audit, where it was asked for

    @property
    def outcomes(self) -> list[Outcome]:
        return [row.outcome for row in result_rows(self.journal, self.batch)]

    @property
    def messages(self) -> list[str | None]:
        return [row.message for row in result_rows(self.journal, self.batch)]

    @property
    def exit_code(self) -> Exit:
        return tally_of(self.journal, self.batch).exit_code(stopped=self.stopped is not None)


async def submit(
    journal: Journal,
    api: Scripted,
    rows: Sequence[CheckedRow],
    *,
    batch: str = "b",
    policy: OnUnknown = OnUnknown.AUTO,
    in_flight: int = 4,
    run: Callable[[Callable[[], object]], object] = at_once,
    meanwhile: Callable[[BatchRun], None] = lambda _: None,
    **terms: bool | AlikeClasses,
) -> Run:
    """Take a file in and send it, as `run.py` does.

    Args:
        meanwhile: is given the passes just before they begin, to set up what is to befall them.
        terms: further Terms.
    """
    loop = asyncio.get_running_loop()

    def clock() -> float:
        return BEGINS + loop.time()

    journal.batches.load("school", batch_of(batch, clock()), rows)
    told = Told()
    async with Recorder(journal, run) as recorder:  # type: ignore[arg-type] # a runner is generic, a test's is not
        passes = BatchRun(
            batch,
            Terms(
                in_flight=in_flight,
                attempts=5,
                timeout_s=TIMEOUT_S,
                settle_s=SETTLE_S,
                on_unknown=policy,
                **{"foreign": False, "is_first_time": True, **terms},  # type: ignore[arg-type] # as the test has it
            ),
            api=api,
            recorder=recorder,
            listener=told,
            clock=clock,
            chance=lambda: 0.5,
        )
        meanwhile(passes)
        result = Run(journal, batch, told, passes)
        result.stopped = await passes.run()
        if terms.get("audit"):
            result.findings = await passes.look_back()
    return result


def batch_of(batch: str, now: float = BEGINS) -> Batch:
    return Batch(
        id=batch,
        file="term.csv",
        sha256="",
        sheet="",
        header=("title",),
        account="teacher",
        sent_to="a scripted service",
        sandbox=True,
        started_at=now,
    )
