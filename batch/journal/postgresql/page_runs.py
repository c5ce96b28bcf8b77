"""Runs that an upload page asks for and a worker does: what is wanted of them, how they are, how they ended.

The page is found by the nonce of its confirmation, the worker by the number of the deposit.
What they say to each other is theirs (`batch/web/worker/handed_over.py`): here it is text.
"""

from typing import Any

from batch.core.quick_dataclass import dataclass
from batch.journal.postgresql.journals import PostgresJournals

MAKE = """
CREATE TABLE IF NOT EXISTS classbatch_data.page_run (
  deposit BIGINT NOT NULL PRIMARY KEY REFERENCES classbatch_data.deposit (id) ON DELETE CASCADE,
  nonce TEXT NOT NULL UNIQUE, request TEXT NOT NULL, is_taken BOOLEAN NOT NULL DEFAULT FALSE,
  wanted TEXT NOT NULL DEFAULT '', news TEXT, batches TEXT[] NOT NULL DEFAULT '{}', ending TEXT
)
"""
_PUT = "INSERT INTO classbatch_data.page_run (deposit, nonce, request) VALUES (%(number)s, %(nonce)s, %(request)s)"
_FIND = """
SELECT deposit, is_taken, wanted, news, batches, ending, ended_at IS NOT NULL FROM classbatch_data.page_run
JOIN classbatch_data.deposit ON deposit.id = page_run.deposit WHERE nonce = %(nonce)s
"""
#: Once it is over for the page, no worker takes it; once a worker has it, the worker ends it.
_TAKE = (
    "UPDATE classbatch_data.page_run SET is_taken = TRUE, news = NULL"
    " WHERE deposit = %(number)s AND ending IS NULL RETURNING request"
)
_CALL_OFF = (
    "UPDATE classbatch_data.page_run SET ending = %(ending)s, wanted = %(wanted)s WHERE nonce = %(nonce)s"
    " AND (NOT is_taken OR %(even_taken)s) AND ending IS NULL RETURNING deposit"
)
_CALLED_OFF = (
    "UPDATE classbatch_data.deposit SET ended_at = %(now)s, exit_code = %(exit_code)s, content = NULL, said = ''"
    " WHERE id = %(number)s"
)
#: What is wanted for good stays, should something else be asked before the worker has heard of it.
_WANT = "UPDATE classbatch_data.page_run SET wanted = %(wanted)s WHERE nonce = %(nonce)s AND wanted <> %(for_good)s"
_EXCHANGE = "UPDATE classbatch_data.page_run SET news = %(news)s WHERE deposit = %(number)s RETURNING wanted"
_LET_GO = "UPDATE classbatch_data.page_run SET is_taken = FALSE, news = %(news)s WHERE deposit = %(number)s"
_BEGUN = "UPDATE classbatch_data.page_run SET batches = batches || %(batch)s::text WHERE deposit = %(number)s"
_END = "UPDATE classbatch_data.page_run SET ending = %(ending)s WHERE deposit = %(number)s"


#: What a page may want of a run, and cannot take back.
STOP = "stop"


@dataclass(frozen=True, slots=True)
class Stands:
    """How a run is."""

    number: int  #: of the deposit
    is_taken: bool  #: by a worker
    wanted: str  #: what the page asked for last
    news: str | None  #: what the worker said last
    batches: tuple[str, ...]  #: that it began, the newest last
    ending: str | None
    is_over: bool  #: without an ending: it crashed


class PageRuns:
    """Of one database."""

    def __init__(self, journals: PostgresJournals) -> None:
        self._journals = journals

    # The page's side.

    @staticmethod
    def put(connection: Any, number: int, nonce: str, request: str) -> None:
        """Say of a deposit that a page asks for it; in the transaction that puts it there."""
        connection.execute(_PUT, {"number": number, "nonce": nonce, "request": request})

    def find(self, nonce: str) -> Stands | None:
        with self._journals.connected() as connection:
            found = connection.execute(_FIND, {"nonce": nonce}).fetchone()
        if found is None:
            return None
        number, is_taken, wanted, news, batches, ending, is_over = found
        return Stands(number, is_taken, wanted, news, tuple(batches), ending, is_over)

    def want(self, nonce: str, wanted: str) -> None:
        """Ask something of a run: whoever does it hears it at its next look."""
        self._run(_WANT, nonce=nonce, wanted=wanted, for_good=STOP)

    def call_off(self, nonce: str, *, even_taken: bool, ending: str, exit_code: int, now: float) -> bool:
        """End a run that no worker has taken; False: one has.

        Args:
            even_taken: the worker that has taken it is not heard of any more; should it come back, it stops.
        """
        values = {"nonce": nonce, "ending": ending, "exit_code": exit_code, "now": now}
        values |= {"even_taken": even_taken, "wanted": STOP}
        with self._journals.connected() as connection, connection.transaction():
            found = connection.execute(_CALL_OFF, values).fetchone()
            if found is not None:
                connection.execute(_CALLED_OFF, {**values, "number": found[0]})
        return found is not None

    # The worker's side.

    def take(self, number: int) -> str | None:
        """What is asked for; None: nothing any more."""
        found = self._changed(_TAKE, number=number)
        return None if found is None else str(found[0])

    def exchange(self, number: int, news: str) -> str:
        """Say how it is; return what is wanted, "" as long as nothing is."""
        found = self._changed(_EXCHANGE, number=number, news=news)
        return "" if found is None else str(found[0])

    def begun(self, number: int, batch: str) -> None:
        self._run(_BEGUN, number=number, batch=batch)

    def let_go(self, number: int, news: str) -> None:
        """It waits for the next worker that takes it, or for this one; `news` says why."""
        self._run(_LET_GO, number=number, news=news)

    @staticmethod
    def end(connection: Any, number: int, ending: str) -> None:
        """It is over, and how; in the transaction that ends the deposit."""
        connection.execute(_END, {"number": number, "ending": ending})

    def _changed(self, statement: str, **values: object) -> Any:
        with self._journals.connected() as connection:
            return connection.execute(statement.encode(), values).fetchone()

    def _run(self, statement: str, **values: object) -> None:
        with self._journals.connected() as connection:
            connection.execute(statement.encode(), values)
