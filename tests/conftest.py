"""What tests of several parts share: the command in a process, and a service to send to."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.command import KEYS, NO_CERTIFICATES, ROOT, Command, Service, serving
from tests.support.effort import EXAMPLES
from tests.support.postgres import Postgres, running
from tests.support.scratch import use_memory
from tests.support.warm import fork_readers, readers

# Without a deadline: the machine may be busy.
# The same examples each time, so that a quick run tells of a change and of nothing else; a long one looks for others.
settings.register_profile(
    "classbatch",
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CLASSBATCH_EXAMPLES" not in os.environ,
)
settings.load_profile("classbatch")

# To read the computer's certificates takes 20 ms for every client that is opened, and no test asks a service that has one.
os.environ.update(NO_CERTIFICATES)

use_memory()

# A workbook is parsed in a process of its own, whose imports take five times as long as most workbooks.
fork_readers(lambda: readers(ROOT).address)


def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: half the time of the tests is spent waiting, for processes, sockets and clocks."""
    return 2 * (os.cpu_count() or 1)


#: Of the thorough tests these take longest and mostly wait: each worker begins with its share of them, so that none is left at the end.
_LONGEST = ("tests/trials/", "tests/nightly/test_thirty", "tests/sending/test_undo.py")


@pytest.hookimpl(trylast=True)  # when those that are not meant are gone
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers begin with equal shares of the list, one behind the other, and take from each other's ends later."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    longest = [item for item in items if item.nodeid.startswith(_LONGEST)]
    others = [item for item in items if not item.nodeid.startswith(_LONGEST)]
    share = -(-len(others) // workers)
    items[:] = [
        item
        for worker in range(workers)
        for item in (*longest[worker::workers], *others[worker * share : (worker + 1) * share])
    ]


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector of garbage need not look through it again and again."""
    gc.freeze()
    _, *later = gc.get_threshold()
    gc.set_threshold(20_000, *later)  # as a run sets it: what a request makes is freed with it


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for all tests of a process."""
    with running() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: Postgres) -> Postgres:
    """It, with nothing in it."""
    postgres_server.empty()
    return postgres_server


@pytest.fixture
def classbatch(tmp_path: Path) -> Command:
    """The command in an empty folder that is its home, too."""
    return Command(tmp_path)


@pytest.fixture
def service(classbatch: Command) -> Iterator[Service]:
    """`classbatch sandbox` in a process of its own; it takes the keys in `KEYS`."""
    with serving(classbatch) as running:
        yield running


@pytest.fixture
def slow_service(classbatch: Command) -> Iterator[Service]:
    """One that takes its time, so that something can happen meanwhile."""
    with serving(classbatch, "--latency-s", "0.05") as running:
        yield running


@pytest.fixture
def at_slow_service(classbatch: Command, slow_service: Service, postgres: Postgres) -> Command:
    """The command with the keys, the address of `slow_service`, and its journal in a database."""
    return classbatch.at(
        **KEYS,
        CLASSBATCH_BASE_URL=slow_service.url,
        CLASSBATCH_JOURNAL=postgres.url,
        CLASSBATCH_SETTLE_S="1",
        CLASSBATCH_TIMEOUT_S="3",
    )


@pytest.fixture
def at_service(classbatch: Command, service: Service) -> Command:
    """The command with the keys and the address of `service`, and no waiting for lost answers."""
    return classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0")
