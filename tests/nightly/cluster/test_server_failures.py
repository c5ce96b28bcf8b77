"""The database stops, cuts its connections or has no room while a worker is at work: nothing is sent unrecorded, and the file is finished."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journal.test_server_failures import (
    can_be_asked,
    creates_and_intents,
    cut_connections,
    fill_disk_of_tables,
    fill_up,
    stop,
)
from tests.nightly.cluster.test_worker import BUSY_S, arrived, titles, until_all_are_there
from tests.support.command import Command, Service, until
from tests.support.postgres import Postgres

pytestmark = pytest.mark.thorough


#: A server that has no room for its log crashes: it is one that stops.
BREAKS = {
    "stops": stop,
    "loses its connections": cut_connections,
    "has no room for its tables": fill_disk_of_tables,
}


@pytest.mark.parametrize("break_it", BREAKS.values(), ids=BREAKS)
def test_a_file_that_a_worker_had_in_hand_when_its_database_failed_is_finished_with_each_class_once(
    break_it: Callable[[Postgres], None],
    at_slow_service: Command,
    slow_service: Service,
    postgres: Postgres,
    tmp_path: Path,
) -> None:
    computer = at_slow_service.at(CLASSBATCH_SETTLED_S="0", CLASSBATCH_TAKEOVER_S="6")
    arrived(tmp_path / "inbox", "one.csv", range(1, 41))
    assert computer("nightly", "--enqueue", tmp_path / "inbox").code == 0
    fill_up(postgres)
    with ExitStack() as stack:
        stack.enter_context(computer.running("worker"))
        until(lambda: slow_service.calls("create") > 5, patience_s=BUSY_S)
        break_it(postgres)
        until(lambda: can_be_asked(postgres))
        # The worker goes on by itself, or ends and is begun anew; another has to find the file in either case.
        stack.enter_context(computer.at(CLASSBATCH_STATE=str(tmp_path / "other")).running("worker"))
        until_all_are_there(slow_service, postgres, 40)
    assert slow_service.titles() == titles(range(1, 41))
    creates, intents = creates_and_intents(slow_service, postgres)
    assert creates <= intents, "nothing is sent without its intent"
