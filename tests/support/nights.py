"""A school's inbox night after night: the import in this process, a clock of its own, a sandbox over real sockets."""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from batch.core.message import Message
from batch.core.service.first_send import AlikeClasses
from batch.core.tally import Exit
from batch.nightly.night import Order, Taken
from batch.nightly.run import run_nightly
from batch.report.wording.messages import both_of
from batch.sandbox import SandboxSettings
from batch.sandbox.server import Sandbox, running_sandbox
from batch.sending.environment import Environment
from batch.sending.listener import Listener
from batch.settings.accounts import OWN_FOLDERS
from batch.settings.resolve import load_settings
from batch.settings.table import Settings
from tests.support.command import KEYS, lesson, timetable
from tests.support.sending import PAIR

DAY_S = 24 * 3600.0
#: The night on which the simulated clock and this machine's agree, so that a process may run in it.
REAL_NIGHT = 7

Row = Mapping[str, str]
#: What makes a class: title, start by the sandbox's clock, presenter.
Key = tuple[str, int, str]


@dataclass(slots=True)
class Told:
    """What one night said."""

    exit_code: Exit
    lines: list[str]
    taken: list[Taken]
    said: list[str]

    def sentences(self) -> str:
        return "\n".join(both_of(note) for each in self.taken if each.ending for note in each.ending.notes)


@dataclass(slots=True)
class Nights:
    """The inbox, and the clock that the nights go by."""

    folder: Path
    nth: int = 1
    skipped_s: float = 0.0
    sandbox: Sandbox | None = None
    flags: dict[str, object] = field(default_factory=dict)
    asked: set[Key] = field(default_factory=set)  #: every class that a file asked for which may be sent
    _began: float = field(default_factory=time.time)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def now(self) -> float:
        return time.time() + (self.nth - REAL_NIGHT) * DAY_S + self.skipped_s

    def settings(self, **flags: object) -> Settings:
        assert self.sandbox is not None
        usual: dict[str, object] = {
            "base_url": self.sandbox.url,
            "state": str(self.folder / "state"),
            "settle_s": 0,
            "timeout_s": 2,
            "attempts": 2,
            "settled_s": 5,
        }
        given = {**usual, **self.flags, **flags}
        return load_settings(given, environ={"HOME": str(self.folder), **KEYS}, cwd=self.folder)

    def arrive(self, name: str, content: Sequence[Row] | bytes, *, age_s: float = 3600) -> Path:
        """Put a file into the inbox."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            timetable(path, content)
        self.age(path, age_s)
        return path

    def age(self, path: Path, seconds: float) -> None:
        then = self.now() - seconds
        os.utime(path, (then, then))

    async def night(
        self,
        *,
        source: str | None = None,
        sleep: Callable[[float], Any] | None = None,
        told: Callable[[Taken], None] | None = None,
        **flags: object,
    ) -> Told:
        """Let a night pass."""
        settings = self.settings(**flags)
        order = Order(source=source or str(self.inbox), settings=settings)
        return await self.carry_out(order, sleep=sleep, told=told)

    async def accept(self, file: Path, *, alike: AlikeClasses = AlikeClasses.HOLD, **flags: object) -> Told:
        """Somebody has looked at a file, and it is right."""
        settings = self.settings(inbox=self.inbox, **flags)
        order = Order(source=str(file), settings=settings, is_accepted=True, alike=alike)
        return await self.carry_out(order)

    async def carry_out(
        self,
        order: Order,
        *,
        sleep: Callable[[float], Any] | None = None,
        told: Callable[[Taken], None] | None = None,
    ) -> Told:
        self.inbox.mkdir(exist_ok=True)
        heard = Told(Exit.DONE, [], [], [])

        async def settle(seconds: float) -> None:
            self.skipped_s += seconds
            await asyncio.sleep(0)

        def hear(taken: Taken) -> None:
            heard.taken.append(taken)
            if told is not None:
                told(taken)

        heard.exit_code = await run_nightly(
            order,
            _Hears(heard.said),
            on_taken=hear,
            line=heard.lines.append,
            world=Environment(clock=self.now),
            sleep=sleep or settle,
        )
        return heard

    def ask(self, rows: Sequence[Row]) -> None:
        self.asked |= {key_of_row(row) for row in rows}

    def faults(self) -> list[str]:
        """Where the service and the inbox differ from what the files asked for."""
        assert self.sandbox is not None
        made = Counter(
            (each.title, each.booking.start, each.booking.presenter)
            for each in self.sandbox.classes
            if not each.cancelled
        )
        return [
            *(f"{key} exists {times} times" for key, times in made.items() if times > 1),
            *(f"{key} was never asked for" for key in made.keys() - self.asked),
            *(f"{key} is missing" for key in self.asked - made.keys()),
            *(f"{path} still lies in the inbox" for path in self.inbox.glob("[!.]*") if path.is_file()),
            *self._without_results(),
        ]

    def _without_results(self) -> list[str]:
        found = []
        for file in self.shelved():
            results = file.with_name(f"{file.stem}-results.xlsx")
            answer = file.with_suffix(".json")
            if not answer.exists():
                found.append(f"{file} has no JSON")
            elif "error" not in json.loads(answer.read_text()) and not results.exists():
                found.append(f"{file} has no results")
        return found

    def shelved(self, *folders: str) -> list[Path]:
        """The files that were imported, their results aside."""
        return sorted(
            path
            for own in folders or OWN_FOLDERS
            for path in (self.inbox / own).glob("*")
            if path.suffix != ".json" and not path.name.endswith("-results.xlsx")
        )


class _Hears(Listener):
    def __init__(self, said: list[str]) -> None:
        self._said = said

    def says(self, note: Message) -> None:
        self._said.append(both_of(note))


@asynccontextmanager
async def nights(folder: Path, **settings: Any) -> AsyncIterator[Nights]:
    """An empty inbox, and a sandbox that lives by the same clock."""
    school = Nights(folder)
    school.inbox.mkdir()
    played = SandboxSettings(credentials=PAIR, **settings)
    async with running_sandbox(played) as sandbox:
        sandbox.account._now = school.now  # its answers carry this machine's time, as requests do
        school.sandbox = sandbox
        yield school


def key_of_row(row: Row) -> Key:
    start = datetime.strptime(row["start_time"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return row["title"], int(start.timestamp()), row["presenter_email"]


def rows(first: int, last: int) -> list[dict[str, str]]:
    """Rows that are well, from one number to another."""
    return [lesson(number) for number in range(first, last + 1)]
