"""Runs `classbatch submit`: as a process of its own, or in this one, where many go at a time."""

import asyncio
import json
import os
import random
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from batch import run
from batch.core.errors import CannotRun, Unfinished
from batch.core.message import Message
from batch.report.ending import Ending
from batch.report.styled import plain
from batch.report.wording.messages import both_of, hint_of, message_of
from batch.sandbox import FaultPlan
from batch.sandbox.server import running_sandbox
from batch.sending.environment import Environment, real_environment
from batch.sending.listener import Listener
from batch.settings.resolve import load_settings
from tests.support.command import NO_CERTIFICATES
from tests.support.postgres import Postgres
from tests.support.warm import COMMAND, Forked, warm
from tests.trials.case import KEYS, Case, Scene
from tests.trials.timetable import write

ROOT = Path(__file__).parents[2]

#: A whole trial is over by then, or something hangs: on a machine that has hundreds of them and other work to do, too.
LONGEST_S = 900.0

#: Where trials keep their journals; None: in files.
_postgres: ContextVar[Postgres | None] = ContextVar("postgres", default=None)
_numbers = count()
#: Short enough that a trial takes seconds; long enough that no answer is lost to this machine being slow.
QUICK = {"CLASSBATCH_TIMEOUT_S": "3", "CLASSBATCH_SETTLE_S": "0.4"}


Begin = Callable[[run.Job, Listener, Environment], Awaitable[Ending]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run left behind."""

    exit_code: int
    answer: Mapping[str, Any] = field(default_factory=dict)  #: --json
    results: Path
    said: bytes = b""  #: on both streams, logs included
    stopped: object = None  #: why a run in this process sent nothing

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = self.answer.get("rows", [])
        return rows


@asynccontextmanager
async def scene_of(case: Case, seed: str, rows: int) -> AsyncIterator[Scene]:
    """A sandbox and a folder for one trial."""
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        async with running_sandbox(case.account) as sandbox, asyncio.timeout(LONGEST_S):
            scene = Scene(sandbox, Path(folder), case.lessons(case.rows or rows), random.Random(seed))
            async with _database(scene.folder) as url:
                scene.environment |= {"CLASSBATCH_JOURNAL": url} if url else {}
                yield scene


@asynccontextmanager
async def _database(folder: Path) -> AsyncIterator[str | None]:
    """One of its own for each trial, where the trials are of journals in PostgreSQL; else None."""
    server = _postgres.get()
    if server is None:
        yield None
        return
    database = server.another(f"trial_{next(_numbers)}")

    def made() -> str:
        from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

        url = database.__enter__().url
        with PostgresJournals(folder, url).connected(for_writing=True):  # which makes the tables
            return url

    # In a thread: ten that are made one after the other would keep the sandboxes of this process from answering for seconds.
    url = await asyncio.to_thread(made)
    try:
        yield url
    finally:
        await asyncio.to_thread(database.__exit__, None, None, None)


@contextmanager
def journals_in(server: Postgres) -> Iterator[None]:
    """Meanwhile trials keep their journals there."""
    token = _postgres.set(server)
    try:
        yield
    finally:
        _postgres.reset(token)


@asynccontextmanager
async def straight(scene: Scene) -> AsyncIterator[str]:
    """Nothing between client and service."""
    yield scene.sandbox.url


def play(scene: Scene, faults: FaultPlan) -> None:
    """From now on, these faults."""
    scene.sandbox.settings = replace(scene.sandbox.settings, faults=faults)


def environment_of(scene: Scene, base_url: str, **more: str) -> dict[str, str]:
    """The settings of a run, and nothing of whoever runs the trials."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(scene.folder),
        "TMPDIR": tempfile.gettempdir(),
        **NO_CERTIFICATES,
        "CLASSBATCH_BASE_URL": base_url,
        "CLASSBATCH_ACCESS_KEY": KEYS.access_key,
        "CLASSBATCH_SECRET_KEY": KEYS.secret_key,
        "CLASSBATCH_STATE": str(scene.state),
        **_first_time(scene),
        **QUICK,
        **scene.environment,
        **more,
    }


def _first_time(scene: Scene) -> dict[str, str]:
    """What the person says of an account that cannot list its classes; of another they are not asked."""
    cannot_list = not scene.sandbox.settings.list_without_id
    return {"CLASSBATCH_FIRST_TIME": f"{datetime.now(UTC):%Y-%m-%d}"} if cannot_list else {}


def timetable_of(scene: Scene) -> Path:
    path = scene.folder / "term.csv"
    if not path.exists():
        write(path, list(scene.lessons))
    return path


async def run_here(
    scene: Scene,
    environment: Mapping[str, str],
    name: str,
    *,
    begin: Begin = run.submit,
    **asked: Any,
) -> Ran:
    """In this process; waits between attempts are a tenth as long.

    Args:
        scene: where.
        environment: the settings.
        name: of what it leaves behind.
        begin: what is run.
        asked: of the job, by name.
    """
    results, answer = scene.folder / f"{name}.xlsx", scene.folder / f"{name}.json"
    settings = load_settings({}, environ=environment, cwd=scene.folder)
    job = run.Job(file=str(timetable_of(scene)), settings=settings, results=results, json=answer, **asked)
    world = Environment(clock=real_environment().clock, chance=lambda: scene.chance.random() / 10)
    quiet = _Quiet()
    try:
        ending = await begin(job, quiet, world)
    except CannotRun as error:
        said = f"{message_of(error)} {hint_of(error)}".encode()
        return Ran(exit_code=2, results=results, said=said, stopped=error.messages[0].what)
    except Unfinished as error:
        return Ran(exit_code=75, results=results, said=f"{message_of(error)} {hint_of(error)}".encode())
    problems = plain(ending.problems.lines())
    said = "\n".join((*quiet.said, *map(both_of, ending.notes), problems)).encode()
    return Ran(exit_code=ending.exit_code, answer=json.loads(answer.read_bytes()), results=results, said=said)


async def run_apart(
    scene: Scene,
    environment: Mapping[str, str],
    name: str,
    *,
    edges: Mapping[str, Any] | None = None,
    signals: Sequence[tuple[float, signal.Signals]] = (),
    flags: Sequence[str] = (),
    file: Path | None = None,
    words: Sequence[str | Path] | None = None,
) -> Ran:
    """As a process of its own.

    Args:
        scene: where.
        environment: the settings.
        name: of what it leaves behind.
        edges: what misbehaves inside it; see `edges.py`.
        signals: after so many seconds each; they count from its start.
    """
    results, answer = scene.folder / f"{name}.xlsx", scene.folder / f"{name}.json"
    words = [
        *(words or ("submit", file or timetable_of(scene))),
        "--results",
        results,
        "--json",
        answer,
        "--log",
        "json",
        *flags,
    ]
    exit_code, said = await command_apart(scene, words, environment, edges=edges, signals=signals)
    return Ran(
        exit_code=exit_code,
        answer=json.loads(answer.read_bytes()) if answer.exists() else {},
        results=results,
        said=said,
    )


async def command_apart(
    scene: Scene,
    words: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    edges: Mapping[str, Any] | None = None,
    signals: Sequence[tuple[float, signal.Signals]] = (),
) -> tuple[int, bytes]:
    """Any command as a process of its own: its exit code, and what it printed on both streams."""
    more = {"TRIALS_EDGES": json.dumps(edges)} if edges else {}
    with tempfile.TemporaryFile() as said:
        process = warm(ROOT).begin(
            [*map(str, words)],
            {**environment, **more},
            ROOT,
            out=said.fileno(),
            err=said.fileno(),
            entry="tests.trials.edges:run" if edges else COMMAND,
        )
        scene.processes.append(process.pid)
        sender = asyncio.create_task(_send(process, signals))
        try:
            exit_code = await asyncio.to_thread(process.wait, LONGEST_S)
        finally:
            sender.cancel()
            process.kill()
        said.seek(0)
        return exit_code, said.read()


async def _send(process: Forked, signals: Sequence[tuple[float, signal.Signals]]) -> None:
    began = time.monotonic()
    for after_s, each in signals:
        await asyncio.sleep(began + after_s - time.monotonic())
        process.send_signal(each)


class _Quiet(Listener):
    """Watches a run and remembers what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def says(self, note: Message) -> None:
        self.said.append(both_of(note))
