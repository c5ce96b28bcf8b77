"""A fault of the matrix, and what must come of it."""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from batch.core.outcome import Outcome
from batch.core.tally import Exit
from batch.sandbox import FaultPlan, KeyPair, SandboxSettings, no_faults
from batch.sandbox.server import Sandbox
from tests.trials.timetable import Lesson, apart

#: Looked for in everything a run leaves behind. Of the real shape, and in no other test.
KEYS = KeyPair("CanaryAccess/9+x", "CanarySecretKey/7+yQw==")

#: Without the service's own rule against doubles (1032): a second create makes a second class.
#: What is listed has to tell which class is which.
ACCOUNT = SandboxSettings(credentials=KEYS, conflict="off", finds_course_id=False)

THERE = frozenset({Outcome.SCHEDULED, Outcome.ALREADY})


@dataclass(slots=True)
class Scene:
    """Where one trial takes place."""

    sandbox: Sandbox
    folder: Path
    lessons: Sequence[Lesson]
    chance: random.Random
    environment: dict[str, str] = field(default_factory=dict)  #: what a door adds to the settings
    foreign: set[str] = field(default_factory=set)  #: class_ids of classes that are not ours
    processes: list[int] = field(default_factory=list)  #: pids of the runs, newest last
    given_away: bytes = b""  #: plain text that arrived where nothing should have been said
    method: str = "create"  #: whose calls meet the fault

    @property
    def state(self) -> Path:
        """Where the journals are."""
        return Path(self.environment.get("CLASSBATCH_STATE", self.folder / "state"))


Door = Callable[[Scene], AbstractAsyncContextManager[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How a run may end."""

    outcomes: frozenset[Outcome] = THERE
    exits: frozenset[Exit] = frozenset({Exit.DONE})
    code: str | None = None  #: of every row that is not there
    call_ids: bool = True  #: whether the answers have any
    creates: Callable[[int], int] = lambda rows: 4 * rows  #: the most calls of create, by rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One fault."""

    number: int  #: of the row in docs/how-tested.md
    name: str
    account: SandboxSettings = ACCOUNT
    faults: Callable[[Scene], FaultPlan] = lambda _: no_faults
    prepare: Callable[[Scene], None] = lambda _: None
    door: Door | None = None  #: what stands between client and sandbox; None: nothing
    lessons: Callable[[int], list[Lesson]] = apart
    rows: int | None = None  #: where the fault needs so many
    environment: Mapping[str, str] = field(default_factory=dict)
    environment_first: Mapping[str, str] = field(default_factory=dict)  #: of the first run alone
    first: Expected = field(default_factory=Expected)
    #: The same command again, once the fault is over.
    again: Expected = field(default_factory=Expected)
    doubled_by_service: bool = False  #: the network, not we, makes the second class
    failing_names: int = 0  #: so many look-ups of `localhost` fail in the client's process
    long_runs_only: bool = False  #: one like it is tried each time
    response: bool = False  #: the request arrives and its answer is spoiled: the naive loop's share

    @property
    def always_apart(self) -> bool:
        """Whether it needs a process of its own."""
        return self.failing_names > 0
