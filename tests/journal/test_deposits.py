"""Files that wait in the database for whoever imports them."""

from typing import TYPE_CHECKING, Any

import pytest

from batch.core.tally import Exit
from batch.journal.journals import Journals
from tests.support.journals import ACCOUNT, NOW, load, row
from tests.support.postgres import Postgres

if TYPE_CHECKING:
    from batch.journal.postgresql.deposits import Deposits

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
