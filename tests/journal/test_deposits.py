"""Files that wait in the database for whoever imports them."""

import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batch.core.tally import Exit
from batch.journal.journals import Journals
from tests.support.journals import ACCOUNT, NOW, load, row
from tests.support.postgres import Postgres

if TYPE_CHECKING:
    from batch.journal.postgresql.deposits import Deposits
    from batch.journal.postgresql.page_runs import PageRuns

#: How it ended, `batch` and whether rows of it are tried again; None: it waits.
ENDINGS: dict[str, tuple[dict[str, Any] | None, bool]] = {
    "it waits": (None, False),
    "it was imported": ({"batch": "b", "now": NOW}, True),
    "it could not be imported": ({"batch": None, "now": NOW, "exit_code": Exit.CANNOT_RUN}, True),
    "it was imported later": ({"batch": "b", "now": NOW + 2}, False),
    "rows of it are tried again": ({"batch": "b", "now": NOW, "keeps": True}, False),
    "rows of it would be tried again, of a batch that is forgotten": (
        {"batch": "forgotten", "now": NOW, "keeps": True},
        True,
    ),
}


@pytest.fixture
def deposits(postgres: Postgres, journals: Journals) -> "Deposits":
    from batch.journal.postgresql.deposits import Deposits  # noqa: PLC0415 - of the extra
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra

    assert isinstance(journals, PostgresJournals)
    assert postgres.url
    return Deposits(journals)


@pytest.mark.parametrize(("ending", "goes"), ENDINGS.values(), ids=ENDINGS)
def test_what_is_known_of_a_file_goes_with_the_purge_once_nobody_needs_it(
    ending: dict[str, Any] | None, goes: bool, deposits: "Deposits", journals: Journals
) -> None:
    from batch.journal.postgresql.deposits import Deposit  # noqa: PLC0415 - of the extra

    with journals.open(ACCOUNT, NOW) as journal:
        load(journal, "b", [row("Algebra")])
    numbers: list[int] = []
    deposits.put(Deposit(name="one.csv", content=b"x"), NOW - 9, lambda _, number: numbers.append(number))
    if ending is not None:
        deposits.end(numbers[0], **{"exit_code": Exit.DONE, "keeps": False, "said": "", **ending})
    assert journals.forget_deposits(NOW + 1) == int(goes)
    assert journals.forget_deposits(NOW + 1) == 0


@pytest.fixture
def page_runs(deposits: "Deposits", journals: Journals) -> "PageRuns":
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra
    from batch.journal.postgresql.page_runs import PageRuns  # noqa: PLC0415 - of the extra

    assert isinstance(journals, PostgresJournals)
    deposits.make_queue("classbatch_queue", "CREATE TABLE IF NOT EXISTS procrastinate_jobs (id BIGINT)")
    return PageRuns(journals)


def asked(deposits: "Deposits", page_runs: "PageRuns", nonce: str = "nonce") -> int:
    """A file that a page asks for."""
    from batch.journal.postgresql.deposits import Deposit  # noqa: PLC0415 - of the extra

    numbers: list[int] = []

    def defer(connection: object, number: int) -> None:
        page_runs.put(connection, number, nonce, "request")
        numbers.append(number)

    deposits.put(Deposit(name="one.csv", content=b"x"), NOW, defer)
    return numbers[0]


def called_off(page_runs: "PageRuns", *, even_taken: bool = False) -> bool:
    over = Exit.UNFINISHED
    return page_runs.call_off("nonce", even_taken=even_taken, ending="called off", exit_code=over, now=NOW)


def test_a_file_whose_name_is_no_utf_8_is_handed_over_like_any_other(
    deposits: "Deposits", page_runs: "PageRuns"
) -> None:
    from batch.journal.postgresql.deposits import Deposit  # noqa: PLC0415 - of the extra

    assert page_runs, "its tables are there"
    numbers: list[int] = []
    name = os.fsdecode(b"t\xff\xe4.csv")
    deposits.put(Deposit(name=name, content=b"x"), NOW, lambda _, number: numbers.append(number))
    found = deposits.get(numbers[0], NOW)
    assert found is not None
    assert found.name == "t\ufffd\ufffd.csv"


def test_a_run_of_a_page_is_called_off_or_taken_and_never_both(
    deposits: "Deposits", page_runs: "PageRuns"
) -> None:
    number = asked(deposits, page_runs)
    found = deposits.get(number, NOW)
    assert found is not None
    assert found.is_of_page
    assert page_runs.take(number) == "request"
    assert not called_off(page_runs), "a worker has it"
    page_runs.let_go(number, "waits")
    assert called_off(page_runs)
    assert page_runs.take(number) is None
    assert deposits.get(number, NOW) is None, "it waits no more"
    assert deposits.waiting() == (0, None)
    assert not called_off(page_runs), "once is enough"


def test_a_run_whose_worker_is_gone_is_called_off_and_stops_should_that_one_come_back(
    deposits: "Deposits", page_runs: "PageRuns"
) -> None:
    number = asked(deposits, page_runs)
    assert page_runs.take(number)
    assert called_off(page_runs, even_taken=True)
    assert page_runs.exchange(number, "news") == "stop"
    assert page_runs.take(number) is None


#: What a page asks of a run, one after the other, and what the worker hears at its next look.
WANTED = {
    "nothing": ([], ""),
    "pause and resume": (["pause", "resume"], "resume"),
    "stop, whatever is asked by a page that was loaded before": (["pause", "stop", "resume"], "stop"),
}


@pytest.mark.parametrize(("wants", "heard"), WANTED.values(), ids=WANTED)
def test_a_worker_hears_what_was_asked_last_and_a_stop_for_good(
    wants: list[str], heard: str, deposits: "Deposits", page_runs: "PageRuns"
) -> None:
    number = asked(deposits, page_runs)
    for wanted in wants:
        page_runs.want("nonce", wanted)
    assert page_runs.exchange(number, "news") == heard


def test_page_and_worker_hear_of_each_other(deposits: "Deposits", page_runs: "PageRuns") -> None:
    number = asked(deposits, page_runs)
    page_runs.want("nonce", "pause")
    assert page_runs.take(number)
    assert page_runs.exchange(number, "news") == "pause"
    for batch in ("one", "two"):
        page_runs.begun(number, batch)
    stands = page_runs.find("nonce")
    assert stands is not None
    assert (stands.is_taken, stands.wanted, stands.news) == (True, "pause", "news")
    assert (stands.batches, stands.ending, stands.is_over) == (("one", "two"), None, False)
    deposits.end(number, exit_code=0, batch="two", now=NOW, keeps=False, said="", for_page="ended")
    stands = page_runs.find("nonce")
    assert stands is not None
    assert (stands.ending, stands.is_over) == ("ended", True)
    assert deposits.latest_import(sha256=sha256(b"x").hexdigest(), profile=None, folder=None) is None, (
        "what a page asked for is no file of an inbox"
    )


def test_what_was_said_of_a_file_on_a_page_goes_with_the_purge(
    deposits: "Deposits", page_runs: "PageRuns", journals: Journals
) -> None:
    number = asked(deposits, page_runs)
    deposits.end(number, exit_code=0, batch=None, now=NOW, keeps=False, said="", for_page="ended")
    assert journals.forget_deposits(NOW + 1) == 1
    assert page_runs.find("nonce") is None


def test_two_computers_may_use_a_new_database_at_once(another: Postgres, tmp_path: Path) -> None:
    from batch.journal.postgresql.deposits import Deposits  # noqa: PLC0415 - of the extra
    from batch.journal.postgresql.journals import PostgresJournals  # noqa: PLC0415 - of the extra
    from batch.nightly.cluster.job_queue import make_queue  # noqa: PLC0415 - of the extra

    both = [Deposits(PostgresJournals(tmp_path / each, another.url)) for each in ("one", "two")]
    with ThreadPoolExecutor() as at_once:
        assert [*at_once.map(make_queue, both)] == [None, None]
