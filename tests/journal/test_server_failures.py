"""The server of the journals stops, loses its connections, or has no room left, in the middle of a run; or the run stands still.

Nothing is sent without its intent, what is told is the same as of a file, and the same command goes on.
"""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import (
    PATIENCE_S,
    Command,
    Service,
    lessons,
    timetable,
    until,
)
from tests.support.postgres import Postgres

pytestmark = pytest.mark.thorough

ROWS = 100
#: As much as a segment of the server's log has.
MEBIBYTE = 2**20
#: Records of somebody else's, until their table is larger than that.
_FILL_UP = """
INSERT INTO classbatch_data.attempt (owner, fingerprint, number, batch, position, sent_at, deadline, kind)
SELECT 'another', repeat('0', 64) || each, 1, 'b', each, 0, 0, 'sent' FROM generate_series(1, 7000) AS each
"""


def stop(postgres: Postgres) -> None:
    postgres.stop()
    postgres.start()


def cut_connections(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'classbatch'"
        )


def fill_disk_of_tables(postgres: Postgres) -> None:
    postgres.limit_files(MEBIBYTE)


def fill_disk_of_log(postgres: Postgres) -> None:
    postgres.limit_files(8192)


BREAKS = {
    "stops": stop,
    "loses its connections": cut_connections,
    "has no room for its tables": fill_disk_of_tables,
    "has no room for its log, and crashes": fill_disk_of_log,
}


def fill_up(postgres: Postgres) -> None:
    """The tables of runs are there; the next page of the attempts' lies beyond what `fill_disk_of_tables` allows."""
    with postgres.connect() as connection:
        connection.execute("SET session_replication_role = replica")  # without triggers
        connection.execute(_FILL_UP)
        ((size,),) = connection.execute("SELECT pg_relation_size('classbatch_data.attempt')").fetchall()
        assert size > MEBIBYTE


def creates_and_intents(service: Service, postgres: Postgres) -> tuple[int, int]:
    until(lambda: can_be_asked(postgres))
    with postgres.connect() as connection:
        ((intents,),) = connection.execute(
            "SELECT count(*) FROM classbatch_data.attempt WHERE owner <> 'another'"
        ).fetchall()
    return service.calls("create"), intents


def can_be_asked(postgres: Postgres) -> bool:
    import psycopg  # noqa: PLC0415 - of the extra

    try:
        postgres.connect().close()
    except psycopg.OperationalError:  # it recovers
        return False
    return True


@pytest.mark.parametrize("break_it", BREAKS.values(), ids=BREAKS)
def test_a_server_that_fails_in_the_middle_ends_the_run_and_nothing_is_sent_without_its_intent(
    break_it: Callable[[Postgres], None],
    at_slow_service: Command,
    slow_service: Service,
    postgres: Postgres,
    tmp_path: Path,
) -> None:
    assert at_slow_service("status").code == 0  # which makes the tables
    fill_up(postgres)
    file = timetable(tmp_path / "term.csv", lessons(ROWS))
    with at_slow_service.running("submit", file, "--in-flight", "4") as running:
        until(lambda: slow_service.calls("create") > 10)
        break_it(postgres)
        code, said = running.wait(), running.said.read()
    assert code == 2
    assert "The journal in postgresql://" in said
    assert "run the same command again" in said
    creates, intents = creates_and_intents(slow_service, postgres)
    assert 10 < creates <= intents < ROWS
    # On a busy machine a row may stay in doubt.
    until(lambda: at_slow_service("submit", file).code == 0, patience_s=3 * PATIENCE_S)
    assert slow_service.titles() == sorted(each["title"] for each in lessons(ROWS))


def test_a_stopped_process_that_wakes_up_after_another_took_over_creates_nothing(
    at_slow_service: Command, slow_service: Service, postgres: Postgres, tmp_path: Path
) -> None:
    file = timetable(tmp_path / "term.csv", lessons(40))
    with at_slow_service.running("submit", file, "--in-flight", "4") as stopped:
        until(lambda: slow_service.calls("create") > 10)
        stopped.send_signal(signal.SIGSTOP)
        assert at_slow_service("submit", file).code == 75, "it has only just stopped"
        postgres.let_an_hour_pass()
        # On a busy machine a row may stay in doubt.
        until(lambda: at_slow_service("submit", file).code == 0, patience_s=3 * PATIENCE_S)
        assert slow_service.titles() == sorted(each["title"] for each in lessons(40))
        made = slow_service.calls("create")
        stopped.send_signal(signal.SIGCONT)
        assert stopped.wait() in {2, 75}
    assert slow_service.calls("create") == made
    assert len(slow_service.titles()) == len(set(slow_service.titles()))
