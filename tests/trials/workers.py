"""Two workers share the files of many accounts, and are killed and stopped again and again, each in the middle of its work."""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from batch.sandbox import SandboxSettings
from batch.sandbox.server import Sandbox, running_sandbox
from tests.support.command import NO_CERTIFICATES
from tests.support.postgres import Postgres
from tests.support.warm import Forked, warm
from tests.trials.timetable import Lesson, key_of, told_apart, write

ROOT = Path(__file__).parents[2]
WORKERS = 2
LATENCY_S = 1.0
TAKEOVER_S = 6.0
TIMEOUT_S = 5.0
#: A file is given back by the first look when it is due; the heartbeat beside that look may be counted, and the one before.
_MOST_LOOKS = 2
#: Longer than a file waits that another run has in hand.
_LONG_WAIT_S = 2 * TAKEOVER_S
#: The service's own rule against doubles (1032) would hide them.
_ACCOUNT = SandboxSettings(conflict="off", latency_s=LATENCY_S)
#: For the machine's sake: what is waited for comes, or the trial is broken.
_PATIENCE_S = 600.0

_LEFT = "SELECT count(*) FROM classbatch_data.deposit WHERE ended_at IS NULL"
_HELD = "SELECT account FROM classbatch_data.lease WHERE pid = %s"
_ATTEMPTS = "SELECT owner, batch FROM classbatch_data.attempt ORDER BY owner, sent_at, number"
_SENT = "SELECT count(*) FROM classbatch_data.attempt"
_NEXT = "SELECT min(started_at) FROM classbatch_data.batch WHERE owner = %(account)s AND started_at > %(at)s"
#: What becomes of each file in the queue, by the server's clock: also of those that are gone from it by the end.
_WATCH = """
CREATE TABLE heard (at DOUBLE PRECISION, worker BIGINT);
CREATE TABLE watched (
  at DOUBLE PRECISION, lock TEXT, status TEXT, wait_s DOUBLE PRECISION, worker BIGINT, silent_s DOUBLE PRECISION
);
CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO public.heard VALUES (extract(epoch FROM clock_timestamp()), NEW.id);
  RETURN NEW;
END $$;
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO public.watched SELECT extract(epoch FROM clock_timestamp()), NEW.lock, NEW.status,
    extract(epoch FROM NEW.scheduled_at - clock_timestamp()), OLD.worker_id,
    (SELECT extract(epoch FROM clock_timestamp() - last_heartbeat) FROM classbatch_queue.procrastinate_workers
     WHERE id = OLD.worker_id);
  RETURN NEW;
END $$;
CREATE TRIGGER hear AFTER UPDATE OF last_heartbeat ON classbatch_queue.procrastinate_workers FOR EACH ROW EXECUTE FUNCTION hear();
CREATE TRIGGER watch AFTER UPDATE OF status ON classbatch_queue.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION watch();
"""
_STEPS = """
SELECT DISTINCT watched.at, watched.status, watched.wait_s, watched.worker, watched.silent_s FROM watched
JOIN classbatch_data.deposit ON watched.lock = 'account ' || deposit.profile
JOIN classbatch_data.batch ON batch.id = deposit.batch AND batch.owner = %(account)s
WHERE watched.at BETWEEN %(at)s AND %(until)s ORDER BY watched.at
"""
#: How often the others had looked, as they do when they say that they live, before a file was given back that one was due to be.
_LOOKS = """
SELECT coalesce(max(looks), 0) FROM (
  SELECT count(*) AS looks FROM heard WHERE worker <> %(worker)s AND at > %(since)s AND at < %(until)s GROUP BY worker
) AS counted
"""


@dataclass(slots=True)
class Blow:
    """What befell a worker, and whose work it had in hand."""

    kind: str
    at: float
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recovery:
    """How an account went on after a blow."""

    after_s: float  #: the next run began
    struck_again: bool  #: another blow fell before it had
    waited: int  #: times that the file was put off for longer: the account could not be listed
    unheard_s: float | None  #: since the worker was last heard of when its file was given back
    looks: int = 0  #: of the one of the others that had looked most often since it was due to be


@dataclass(slots=True)
class Shared:
    """What came of it."""

    rows: int = 0
    lost: int = 0
    duplicated: int = 0
    overlaps: int = 0  #: accounts in which two processes sent by turns
    unannounced: int = 0  #: calls of `create` without an intent in the journal
    blows: list[Blow] = field(default_factory=list)
    recovered: list[Recovery] = field(default_factory=list)
    seconds: float = 0.0
    files: int = 0
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = {kind: sum(each.kind == kind for each in self.blows) for kind in ("killed", "stopped")}
        return (
            f"{self.files} files, {self.rows} rows; {kinds['killed']} killed, {kinds['stopped']} stopped, with "
            f"{sum(len(each.accounts) for each in self.blows)} accounts in hand: {self.lost} lost, {self.duplicated} "
            f"duplicated, {self.overlaps} accounts with two at work, {self.unannounced} sent without an intent; "
            f"{self._recoveries()}; {self.seconds:.0f} s in all"
        )

    def _recoveries(self) -> str:
        kinds = {
            "after a single blow": [
                each for each in self.recovered if not each.struck_again and not each.waited
            ],
            "where another blow fell before it": [each for each in self.recovered if each.struck_again],
            "where the account could not be listed": [
                each for each in self.recovered if each.waited and not each.struck_again
            ],
        }
        unheard = [each.unheard_s for each in self.recovered if each.unheard_s is not None]
        return "the next run began " + "; ".join(
            [
                *(
                    f"{kind} {len(found)} times, within {median(each.after_s for each in found):.1f} s (median), "
                    f"{max(each.after_s for each in found):.1f} s (most)"
                    for kind, found in kinds.items()
                    if found
                ),
                f"files were given back {len(unheard)} times, {max(unheard, default=0):.1f} s after the last heartbeat at most",
            ]
        )


@dataclass(slots=True)
class Site:
    """Services, inboxes and workers."""

    postgres: Postgres
    folder: Path
    chance: random.Random
    services: dict[str, Sandbox] = field(default_factory=dict)
    expected: dict[str, list[Lesson]] = field(default_factory=dict)
    workers: list[Forked] = field(default_factory=list)
    killed: list[Forked] = field(default_factory=list)
    rounds: int = 0

    def ask(self, statement: str, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
        with self.postgres.connect() as connection:
            found: list[tuple[Any, ...]] = connection.execute(statement, values or named).fetchall()
        return found

    def number(self, statement: str) -> int:
        return int(self.ask(statement)[0][0])

    def begin(self, *words: str) -> Forked:
        said = (self.folder / "said").open("ab")
        with said:
            environment = {
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "PYTHONPATH": str(ROOT),
                **NO_CERTIFICATES,
                "CLASSBATCH_JOURNAL": self.postgres.url,
                "CLASSBATCH_STATE": str(self.folder / f"state-{self.chance.random()}"),
                "CLASSBATCH_SETTLED_S": "0",
                "CLASSBATCH_SETTLE_S": "1",
                "CLASSBATCH_TIMEOUT_S": f"{TIMEOUT_S:.0f}",
                "CLASSBATCH_TAKEOVER_S": f"{TAKEOVER_S:.0f}",
                "CLASSBATCH_IN_FLIGHT": "1",
                "CLASSBATCH_LOG": "json",
            }
            return warm(ROOT).begin([*words], environment, self.folder, out=said.fileno(), err=said.fileno())

    def new_worker(self) -> Forked:
        return self.begin("worker", "--concurrency", f"{min(64, len(self.services))}")


async def shared(
    postgres: Postgres, *, accounts: int, files: int, rows: int, kills: int, zombies: int, seed: int = 0
) -> Shared:
    """Hand the files over, strike until all blows are dealt, let the rest be done, and look at what is there.

    Args:
        postgres: an empty database.
        accounts: each with a service of its own.
        files: of each account.
        rows: of each file.
        kills: workers killed, each replaced at once.
        zombies: workers stopped for longer than a silent one is waited for, and woken up.
        seed: of who is struck, and when.
    """
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workers-")))
        site = Site(postgres, folder, random.Random(seed))
        for number in range(accounts):
            service = await stack.enter_async_context(running_sandbox(replace(_ACCOUNT, seed=number)))
            site.services[f"school{number}"] = service
        _settings(site)
        stack.callback(_end_all, site)
        await _hand_over(site, files, rows)
        with postgres.connect() as connection:
            connection.execute(_WATCH)
        site.workers += [site.new_worker() for _ in range(WORKERS)]
        result = Shared()
        blows = ["killed"] * kills + ["stopped"] * zombies
        site.chance.shuffle(blows)
        for kind in blows:
            victim = await _at_work(site, files, rows)
            result.blows.append(await _strike(site, kind, victim))
        await _until(lambda: _all_live(site) and site.number(_LEFT) == 0)
        for worker in site.workers:
            worker.send_signal(signal.SIGTERM)
        codes = [await asyncio.to_thread(worker.wait, _PATIENCE_S) for worker in site.workers]
        result.broken += [f"a worker that was asked to stop ended with {code}" for code in codes if code]
        _judge(site, result)
    result.seconds = time.monotonic() - began
    return result


def _settings(site: Site) -> None:
    lines = []
    for name, service in site.services.items():
        key = site.folder / f"{name}.key"
        key.write_text(service.credentials.secret_key)
        key.chmod(0o600)
        lines += [
            f"[accounts.{name}]",
            f'access_key = "{service.credentials.access_key}"',
            f'secret_key_file = "{key}"',
            f'base_url = "{service.url}"',
        ]
    (site.folder / "classbatch.toml").write_text("\n".join(lines))
    (site.folder / "classbatch.toml").chmod(0o600)


async def _hand_over(site: Site, files: int, rows: int) -> None:
    """So many more files for each account, no two classes of which are alike."""
    for name in site.services:
        known = site.expected.setdefault(name, [])
        lessons = told_apart(len(known) + files * rows)[len(known) :]
        for number in range(files):
            inbox = site.folder / "inbox" / name
            inbox.mkdir(parents=True, exist_ok=True)
            path = inbox / f"round{site.rounds}-{number}.csv"
            write(path, lessons[number * rows : (number + 1) * rows])
            os.utime(path, (time.time() - 3600,) * 2)
        known += lessons
    site.rounds += 1
    code = await asyncio.to_thread(site.begin("nightly", "--enqueue", "inbox").wait, _PATIENCE_S)
    # As what was imported meanwhile has ended: a row that a kill left in doubt is 3.
    assert code in {0, 1, 3}, (site.folder / "said").read_text()


async def _at_work(site: Site, files: int, rows: int) -> Forked:
    """A worker in the middle of something; there is always something to be in the middle of."""
    sent = site.number(_SENT)
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            if site.number(_LEFT) < WORKERS:
                await _hand_over(site, files, rows)
            assert _all_live(site)
            busy = [each for each in site.workers if site.ask(_HELD, each.pid)]
            if busy and site.number(_SENT) > sent:
                return site.chance.choice(busy)
            await asyncio.sleep(0.1)


async def _strike(site: Site, kind: str, victim: Forked) -> Blow:
    """Let it befall that one."""
    await asyncio.sleep(site.chance.uniform(0, LATENCY_S))
    blow = Blow(kind, time.time(), frozenset(account for (account,) in site.ask(_HELD, victim.pid)))
    if kind == "killed":
        victim.kill()
        site.killed.append(victim)
        site.workers[site.workers.index(victim)] = site.new_worker()
        return blow
    victim.send_signal(signal.SIGSTOP)
    await asyncio.sleep(TAKEOVER_S * site.chance.uniform(1.2, 2.0))
    victim.send_signal(signal.SIGCONT)
    return blow


def _all_live(site: Site) -> bool:
    for worker in site.workers:
        try:
            os.kill(worker.pid, 0)
        except ProcessLookupError:
            raise AssertionError((site.folder / "said").read_text()[-5000:]) from None
    return True


async def _until(it_is_so: Any) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not await asyncio.to_thread(it_is_so):  # noqa: ASYNC110 - it becomes so in other processes
            await asyncio.sleep(0.1)


def _end_all(site: Site) -> None:
    for each in (*site.workers, *site.killed):
        each.kill()
        each.wait(_PATIENCE_S)


def _judge(site: Site, result: Shared) -> None:
    result.files = site.number("SELECT count(*) FROM classbatch_data.deposit")
    for name, service in site.services.items():
        lessons = {each.key for each in site.expected[name]}
        there = [key_of(each) for each in service.classes]
        result.rows += len(lessons)
        result.lost += len(lessons - {*there})
        result.duplicated += len(there) - len({*there})
    creates = sum(
        calls
        for service in site.services.values()
        for name, calls in service.call_counts.items()
        if name.startswith("create")
    )
    result.unannounced = max(0, creates - site.number(_SENT))
    result.overlaps = sum(
        _takes_turns([batch for _, batch in attempts])
        for _, attempts in groupby(site.ask(_ATTEMPTS), lambda each: each[0])
    )
    result.recovered = [*_recoveries(site, result.blows)]
    slow = max((each.looks for each in result.recovered), default=0)
    if slow > _MOST_LOOKS:
        result.broken.append(f"a dead worker's file was given back only after others had looked {slow} times")
    bad = ("lost", "duplicated", "overlaps", "unannounced")
    result.broken += [f"{getattr(result, name)} {name}" for name in bad if getattr(result, name)]


def _takes_turns(batches: Sequence[str]) -> bool:
    """Whether a run sent something after another had begun to."""
    turns = [batch for batch, _ in groupby(batches)]
    return len(turns) > len({*turns})


def _recoveries(site: Site, blows: Sequence[Blow]) -> Iterator[Recovery]:
    for number, blow in enumerate(blows):
        for account in blow.accounts:
            ((at,),) = site.ask(_NEXT, account=account, at=blow.at)
            if at is None:
                continue
            steps = site.ask(_STEPS, account=account, at=blow.at, until=at)
            back = [
                (when, worker, silent_s)
                for when, status, _, worker, silent_s in steps
                if status == "todo" and (silent_s or 0) >= TAKEOVER_S
            ]
            recovery = Recovery(
                after_s=at - blow.at,
                struck_again=any(later.at < at for later in blows[number + 1 :]),
                waited=sum(
                    status == "todo" and (wait_s or 0) > _LONG_WAIT_S for _, status, wait_s, *_ in steps
                ),
                unheard_s=back[0][2] if back else None,
            )
            for when, worker, silent_s in back[:1]:
                due = when - silent_s + TAKEOVER_S
                ((looks,),) = site.ask(_LOOKS, worker=worker, since=due, until=when)
                recovery = replace(recovery, looks=looks)
            yield recovery
