"""Files that wait in the database for whoever imports them.

A file's content goes when it was imported, as the journal has its rows; unless some of them are to be tried again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from hashlib import sha256
from typing import Any

import psycopg

from batch.core.changes.timetable_name import timetable_of
from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.core.quick_dataclass import dataclass
from batch.core.tally import Exit
from batch.core.text import well_formed
from batch.journal.postgresql.journals import PostgresJournals
from batch.journal.postgresql.page_runs import MAKE as MAKE_PAGE_RUNS
from batch.journal.postgresql.page_runs import PageRuns
from batch.journal.postgresql.schema import ALONE, has_table

_PUT = """
INSERT INTO classbatch_data.deposit (profile, folder, name, accepted, sha256, content, arrived_at)
VALUES (%(profile)s, %(folder)s, %(name)s, %(accepted)s, %(sha256)s, %(content)s, %(now)s) RETURNING id
"""
_GET = """
SELECT profile, folder, name, content, accepted, ended_at IS NOT NULL,
  EXISTS (SELECT 1 FROM classbatch_data.page_run WHERE deposit = id) FROM classbatch_data.deposit
WHERE id = %(id)s AND (ended_at IS NULL OR content IS NOT NULL AND ended_at <= %(before)s)
"""
_END = """
UPDATE classbatch_data.deposit SET ended_at = %(now)s, exit_code = %(exit_code)s, batch = %(batch)s, said = %(said)s,
  content = CASE WHEN %(keeps)s THEN content END
WHERE id = %(id)s
"""
_DUE = """
SELECT id, profile, folder FROM classbatch_data.deposit WHERE content IS NOT NULL AND ended_at <= %(before)s ORDER BY id
"""
#: What was imported into the account since, with the import itself in front.
_SINCE = """
SELECT later.file, later.timetable, later.sha256, later.undoes IS NOT NULL
FROM classbatch_data.deposit JOIN classbatch_data.batch AS mine ON mine.id = deposit.batch
JOIN classbatch_data.batch AS later ON later.owner = mine.owner AND later.started_at >= mine.started_at
WHERE deposit.id = %(id)s ORDER BY later.id <> mine.id
"""
_LATEST = """
SELECT ended_at, exit_code, batch, said FROM classbatch_data.deposit
WHERE sha256 = %(sha256)s AND profile IS NOT DISTINCT FROM %(profile)s AND folder IS NOT DISTINCT FROM %(folder)s
  AND NOT EXISTS (SELECT 1 FROM classbatch_data.page_run WHERE deposit = id)
ORDER BY id DESC LIMIT 1
"""
_WAITING = "SELECT count(*), min(arrived_at) FROM classbatch_data.deposit WHERE ended_at IS NULL"

_IN_HAND = """
SELECT EXISTS (SELECT 1 FROM {schema}.procrastinate_jobs AS job
JOIN {schema}.procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND job.args -> 'deposit' = to_jsonb(%(number)s::bigint)
AND worker.last_heartbeat > clock_timestamp() - make_interval(secs => %(silent_s)s))
"""
_SILENCE = (
    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - heartbeat_at)), 0) FROM classbatch_data.lease"
)


Connection = psycopg.Connection[Any]

#: A file that ended so was not imported.
FAILED = frozenset({Exit.CANNOT_RUN, Exit.UNFINISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A file, and by which settings it is read; where the keys are is the workers' business."""

    name: str
    content: bytes = field(repr=False)
    profile: str | None = None  #: the account of [accounts.NAME]
    folder: str | None = None  #: of [folders.NAME]
    was_imported: bool = False  #: before, and some of its rows are tried again
    accepted: str | None = (
        None  #: somebody has looked at it: what is said of rows whose class may be there already
    )
    is_of_page: bool = False  #: an upload page asks for it, see `page_runs`

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Import:
    """How a file was imported."""

    exit_code: int
    batch: str | None
    said: str  #: of one that failed, for people


class Deposits:
    """Of one database."""

    def __init__(self, journals: PostgresJournals) -> None:
        self._journals = journals

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Say what breaks off beside the journals in the same words: Procrastinate keeps the database's error as the cause of its own."""
        try:
            yield
        except Exception as error:
            why = error if isinstance(error, psycopg.OperationalError) else error.__cause__
            if not isinstance(why, psycopg.OperationalError):
                raise
            path, text = self._journals.where(""), str(why).partition("\n")[0]
            raise CannotRun(JournalFault.DATABASE_FAILED, path=path, why=text) from error

    @staticmethod
    def was_struck_off(error: Exception) -> bool:
        """Whether the queue gives a worker nothing as others have struck it off: it had not been heard of."""
        return isinstance(error.__cause__, psycopg.errors.ForeignKeyViolation)

    def make_queue(self, schema: str, script: str) -> None:
        """Make the queue's tables in a schema, by this script, and our own beside them, where there are none."""
        with self._journals.connected() as connection, connection.transaction():
            connection.execute(ALONE)
            if not has_table(connection, schema, "procrastinate_jobs"):
                making = f"CREATE SCHEMA IF NOT EXISTS {schema}; SET LOCAL search_path = {schema}; {script}"
                connection.execute(making.encode())
            connection.execute(MAKE_PAGE_RUNS.encode())

    def put(self, deposit: Deposit, now: float, defer: Callable[[Connection, int], None]) -> None:
        """Keep a file, and have it imported: both, or neither.

        `defer` puts the number of the deposit into the queue, over the connection that it is given.
        """
        values = {
            "profile": deposit.profile,
            "folder": deposit.folder,
            "name": well_formed(deposit.name),  # as a batch of it is called
            "accepted": deposit.accepted,
            "sha256": deposit.sha256,
            "content": deposit.content,
            "now": now,
        }
        with self._journals.connected() as connection, connection.transaction():
            ((number,),) = connection.execute(_PUT.encode(), values).fetchall()
            defer(connection, number)

    def get(self, number: int, before: float) -> Deposit | None:
        """One that waits, or is to be tried again, as it was imported before that time; None: neither."""
        found = self._first(_GET, {"id": number, "before": before})
        if not found:
            return None
        profile, folder, name, content, accepted, was_imported, is_of_page = found
        return Deposit(
            name=name,
            content=bytes(content),
            profile=profile,
            folder=folder,
            was_imported=was_imported,
            accepted=accepted,
            is_of_page=is_of_page,
        )

    def end(
        self,
        number: int,
        *,
        exit_code: int,
        batch: str | None,
        now: float,
        keeps: bool,
        said: str,
        for_page: str | None = None,
    ) -> None:
        """Note what became of it.

        Args:
            keeps: it is to be tried again.
            for_page: how it ended, for the page that asks for it.
        """
        values = {
            "id": number,
            "exit_code": exit_code,
            "batch": batch,
            "now": now,
            "keeps": keeps,
            "said": said,
        }
        with self._journals.connected() as connection, connection.transaction():
            connection.execute(_END.encode(), values)
            if for_page is not None:
                PageRuns.end(connection, number, for_page)

    def forget_content(self, number: int) -> None:
        """It is not to be tried again."""
        self._run("UPDATE classbatch_data.deposit SET content = NULL WHERE id = %(id)s", {"id": number})

    def due(self, before: float) -> list[tuple[int, str | None, str | None]]:
        """What is to be tried again, as it was imported before that time: number, profile and folder."""
        with self._journals.connected() as connection:
            return [*connection.execute(_DUE.encode(), {"before": before})]

    def is_overtaken(self, number: int) -> bool:
        """Whether the account went on since it was imported: by another version of the timetable, or as something was taken back."""
        with self._journals.connected() as connection:
            found = connection.execute(_SINCE.encode(), {"id": number}).fetchall()
        if not found:  # its batch was forgotten
            return True
        (file, named, sha256, _), *later = found
        timetable = timetable_of(file, named)
        return any(
            is_undo or (its_sha256 != sha256 and timetable_of(its_file, its_name) == timetable)
            for its_file, its_name, its_sha256, is_undo in later
        )

    def latest_import(self, *, sha256: str, profile: str | None, folder: str | None) -> Import | None:
        """How the newest file of this content was imported; None: it waits, or was never handed over."""
        found = self._first(_LATEST, {"sha256": sha256, "profile": profile, "folder": folder})
        if not found or found[0] is None:
            return None
        return Import(*found[1:])

    def waiting(self) -> tuple[int, float | None]:
        """How many wait or are at work, and since when the oldest has (UTC seconds)."""
        count, oldest = self._first(_WAITING, {})
        return int(count), oldest

    def is_in_hand(self, number: int, schema: str, silent_s: float) -> bool:
        """Whether a worker of the queue in this schema has it, and was heard of within so many seconds."""
        values = {"number": number, "silent_s": silent_s}
        return bool(self._first(_IN_HAND.format(schema=schema), values)[0])

    def longest_silence_s(self) -> float:
        """How long the quietest of the runs that hold an account was not heard of."""
        return float(self._first(_SILENCE, {})[0])

    def _first(self, statement: str, values: dict[str, Any]) -> Any:
        with self._journals.connected() as connection:
            return connection.execute(statement.encode(), values).fetchone()

    def _run(self, statement: str, values: dict[str, Any]) -> None:
        with self._journals.connected() as connection:
            connection.execute(statement.encode(), values)
