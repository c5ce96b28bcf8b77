"""The journals of all accounts in one database.

What a computer keeps of its own is small:

    <state>/<account>/watermark    how many commits this computer has seen of the journal
    <state>/commits_seen           the same of every account, where a worker runs

A database that was put back from a copy has fewer commits, and nothing is sent by it. A
pooler that changes connections between transactions loses the session's account: none
may stand between.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.journal import files
from batch.journal.copying import copy_records
from batch.journal.database import Database
from batch.journal.lock import HeldLock, Holder
from batch.journal.store import Journal
from batch.journal.trust import translate_disk_errors, untrusted
from batch.journal.watermark import COMMITS, Watermark

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
except ImportError as error:
    raise CannotRun(JournalFault.NO_PSYCOPG) from error

from batch.journal.postgresql.beside import Beside
from batch.journal.postgresql.commits_seen import commits_seen, forget_commits, note_commits
from batch.journal.postgresql.database import PostgresDatabase
from batch.journal.postgresql.lease import holder_of, leased, session_name
from batch.journal.postgresql.schema import prepare, version_of

_Connection = psycopg.Connection[Any]

#: A server that is gone is noticed in so many seconds, not in the system's two hours.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
#: A commit is on disk when it is answered, whatever the server's default is.
_SESSION = (
    b"SET search_path = classbatch, pg_temp; SET synchronous_commit = on; SET client_min_messages = warning;"
    b" SET timezone = 'UTC'"
)
_WITH_BATCH = "SELECT owner FROM classbatch_data.batch WHERE id = %(batch)s"
_NEWEST = (
    "SELECT DISTINCT owner FROM"
    " (SELECT owner FROM classbatch_data.batch ORDER BY started_at DESC LIMIT %(most)s) AS newest ORDER BY owner"
)
_MOVED = "SELECT moved_to FROM classbatch_data.moved WHERE account = %(account)s"
#: Whoever stands still in the middle of a transaction keeps nobody else out of the account for ever.
_HELD_UP = "SELECT set_config('idle_in_transaction_session_timeout', %s, false)"
_NAMED = "SELECT set_config('application_name', %s, false)"
_NEW_ACCOUNT = (
    "INSERT INTO classbatch_data.account (owner, id, created_at, stamp) VALUES (%(account)s, %(account)s, %(now)s, %(stamp)s)"
    " ON CONFLICT DO NOTHING"
)
#: More than any computer can have seen of a journal: for all of them it was started over.
_BEYOND = 10**9
_START_OVER = "UPDATE account SET started_over_at = %(until)s, commits = greatest(commits, %(seen)s) + %(beyond)s RETURNING commits"
_COMMITS = "SELECT owner, commits FROM classbatch_data.account"
#: One with rows that are tried again stays, as long as its batch does.
_FORGET_DEPOSITS = (
    "DELETE FROM classbatch_data.deposit WHERE ended_at < %(before)s AND (content IS NULL"
    " OR NOT EXISTS (SELECT 1 FROM classbatch_data.batch WHERE batch.id = deposit.batch))"
)
_FIRST_NAME = "SELECT of_account FROM classbatch_data.alias WHERE account = %(account)s"


class PostgresJournals:
    """All accounts of a database."""

    def __init__(self, state: Path, url: str, *, takeover_s: float = 30.0) -> None:
        """`takeover_s`: after so much silence a run counts as dead."""
        self._takeover_s = takeover_s
        self._state = state
        self._url = url
        try:
            parts = conninfo_to_dict(url)
        except psycopg.ProgrammingError:  # it says the part that cannot be read, which may be a password
            raise CannotRun(
                JournalFault.NOT_REACHED, path="of the setting `journal`", why="its address cannot be read"
            ) from None
        self._where = f"postgresql://{parts.get('host', '')}/{parts.get('dbname', '')}"

    def where(self, account: str) -> str:
        return f"{self._where} (account {account})" if account else self._where

    def accounts(self) -> list[str]:
        with self.connected() as connection:
            found = connection.execute("SELECT owner FROM classbatch_data.account ORDER BY owner")
            return [owner for (owner,) in found]

    def accounts_with(self, batch: str | None, most: int) -> list[str]:
        with self.connected() as connection:
            found = connection.execute(_WITH_BATCH if batch else _NEWEST, {"batch": batch, "most": most})
            return [owner for (owner,) in found]

    def has(self, account: str) -> bool:
        with self.connected() as connection:
            found = connection.execute("SELECT 1 FROM classbatch_data.account WHERE owner = %s", (account,))
            return found.fetchone() is not None

    def first_name_of(self, account: str) -> str:
        with self.connected() as connection:
            found = connection.execute(_FIRST_NAME, {"account": account}).fetchone()
        return str(found[0]) if found else account

    def make_alias(self, account: str, of: str, now: float) -> bool:  # noqa: ARG002 - of the interface
        if self.has(account):
            with self.reading(account) as journal:
                if journal.sending.has_history():
                    return False
        of = self.first_name_of(of)
        with self.connected() as connection, connection.transaction():
            for statement in (
                b"INSERT INTO classbatch_data.alias VALUES (%(account)s, %(of)s)",
                b"UPDATE classbatch_data.alias SET of_account = %(of)s WHERE of_account = %(account)s",
                b"DELETE FROM classbatch_data.account WHERE owner = %(account)s",
            ):
                connection.execute(statement, {"account": account, "of": of})
        (self._state / account / "watermark").unlink(missing_ok=True)
        return True

    @contextmanager
    def locked(self, account: str, now: float) -> Iterator[HeldLock]:
        with self._translated():
            connect = partial(self._connect, for_writing=True)
            with leased(connect, account, now, self._takeover_s) as lease:
                yield lease

    def holder(self, account: str) -> Holder | None:
        with self.connected() as connection:
            return holder_of(connection, account, self._takeover_s)

    @contextmanager
    def open(self, account: str, now: float, lock: HeldLock | None = None) -> Iterator[Journal]:
        folder = self._state / account
        with translate_disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        watermark = Watermark(folder / "watermark")
        with self.connected(account, for_writing=True) as connection:
            self._check_commits(connection, account, watermark, now)
            with translate_disk_errors(folder):
                watermark.open(watermark.read())
            try:
                journal = Journal(
                    PostgresDatabase(connection, watermark.write), lock.holds if lock else lambda: True
                )
                journal.begin_run()
                yield journal
            finally:
                watermark.close()

    def _check_commits(self, connection: _Connection, account: str, watermark: Watermark, now: float) -> None:
        """See that the database has every commit that this computer has seen; an account that is new is made.

        Raises:
            Untrusted: it was put back from a copy.
        """
        path = self._state / account / "watermark"
        if moved := connection.execute(_MOVED, {"account": account}).fetchone():
            raise CannotRun(JournalFault.MOVED, path=self.where(account), to=moved[0])
        seen = self._seen(account, watermark, path)
        found = connection.execute(COMMITS).fetchone()
        in_file = self._state / account / "journal.sqlite3"
        if in_file.exists():  # one that was moved here has another name
            raise CannotRun(JournalFault.STILL_A_FILE, path=in_file)
        if found is None and not seen:
            values = {"account": account, "now": now, "stamp": secrets.token_hex(8)}
            connection.execute(_NEW_ACCOUNT, values)
        elif found is None or found[0] < seen:
            lost = seen - (found[0] if found else 0)
            raise untrusted(
                path, JournalFault.NEWEST_LOST, where=self.where(account), lost=lost, commits=seen
            )

    def _seen(self, account: str, watermark: Watermark, path: Path) -> int:
        """How many commits this computer knows of, by its own work or by what its workers saw of others'."""
        try:
            with translate_disk_errors(self._state):
                return max(watermark.read(), commits_seen(self._state).get(account, 0))
        except ValueError:
            raise untrusted(path, JournalFault.BAD_WATERMARK) from None

    def look_at_commits(self) -> list[str]:
        """Note how far every account is; return those that are not as far as they were: the database was put back from a copy."""
        with self.connected() as connection:
            commits = {owner: int(count) for owner, count in connection.execute(_COMMITS)}
        with translate_disk_errors(self._state):
            self._state.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                return note_commits(self._state, commits)
            except ValueError:
                raise untrusted(self._state / "commits_seen", JournalFault.BAD_WATERMARK) from None

    @contextmanager
    def reading(self, account: str) -> Iterator[Journal]:
        with self.connected(account) as connection:
            connection.execute("SET default_transaction_read_only = on")
            yield Journal(PostgresDatabase(connection, committed=lambda _: None))

    @contextmanager
    def scratch(self, folder: Path, account: str) -> Iterator[Journal]:
        if not account or not self.has(account):
            with files.scratch_journal(folder) as journal:
                yield journal
            return
        with files.scratch_database(folder, "past"):
            pass
        with self.whole(account) as records, files.scratch_database(folder) as scratch:
            scratch.attach(folder / "past.sqlite3", "past", for_writing=True)
            beside = Beside(records, scratch, into="past")
            beside.begin()
            journal = Journal(scratch)
            journal.batches.stand_beside(beside.choose)
            yield journal

    @contextmanager
    def scratch_for_look(self, folder: Path, account: str) -> Iterator[Journal]:
        with ExitStack() as opened:
            scratch = opened.enter_context(files.scratch_database(folder))
            journal = Journal(scratch)
            if account and self.has(account):
                beside = Beside(opened.enter_context(self.whole(account)), scratch, into="main")
                beside.begin()
                journal.batches.fetch_by(beside.choose)
                journal.listed.fetch_by(beside.choose_listed)
            journal.begin_run()
            yield journal

    def start_over(self, account: str, now: float, backup: Path | None, *, timeout_s: float) -> str:
        """Look every class up before it is first sent, from now on; the records stay as they are.

        Raises:
            CannotRun: a backup was named: that of a database is put back by its own tools.
        """
        if backup is not None:
            raise CannotRun(JournalFault.NO_FILE_BACKUP)
        watermark, seen = Watermark(self._state / account / "watermark"), 0
        with self.locked(account, now), self.connected(account, for_writing=True) as connection:
            values = {"account": account, "now": now, "stamp": secrets.token_hex(8)}
            connection.execute(_NEW_ACCOUNT, values)
            with suppress(ValueError):
                seen = watermark.read()
            try:
                seen = max(seen, commits_seen(self._state).get(account, 0))
            except ValueError:
                forget_commits(self._state)
            values = {"until": now + timeout_s, "seen": seen, "beyond": _BEYOND}
            found = connection.execute(_START_OVER, values).fetchone()
            with translate_disk_errors(self._state):
                (self._state / account).mkdir(parents=True, exist_ok=True, mode=0o700)
                watermark.reset(found[0] if found else 0)
        return self.where(account)

    def revision(self, account: str) -> bytes:
        with self.connected(account) as connection:
            found = connection.execute(COMMITS).fetchone()
        return b"%d" % found[0] if found else b""

    def forget_deposits(self, before: float) -> int:
        with self.connected() as connection:
            return connection.execute(_FORGET_DEPOSITS, {"before": before}).rowcount

    def is_in_use(self, account: str) -> bool:
        with self.connected() as connection:
            moved = connection.execute(_MOVED, {"account": account}).fetchone()
        return moved is None and self.has(account)

    @contextmanager
    def whole(self, account: str) -> Iterator[Database]:
        with self.connected(account) as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            yield PostgresDatabase(connection, lambda _: None)

    def take(self, account: str, records: Database) -> None:
        with self.connected(account, for_writing=True) as connection:
            copy_records(records, PostgresDatabase(connection, lambda _: None))
            connection.execute("DELETE FROM classbatch_data.moved WHERE account = %s", (account,))

    def seal(self, account: str, moved_to: str) -> None:
        with self.connected(for_writing=True) as connection:
            connection.execute(
                "INSERT INTO classbatch_data.moved VALUES (%s, %s)"
                " ON CONFLICT (account) DO UPDATE SET moved_to = excluded.moved_to",
                (account, moved_to),
            )

    @contextmanager
    def connected(self, account: str = "", *, for_writing: bool = False) -> Iterator[_Connection]:
        """A connection whose session sees the records of an account.

        Raises:
            CannotRun: the database cannot be reached, is of a newer version, or breaks off.
        """
        with self._translated(), self._connect(account, for_writing=for_writing) as connection:
            yield connection

    def _connect(self, account: str = "", *, for_writing: bool = False) -> _Connection:
        try:
            connection: _Connection = psycopg.connect(self._url, autocommit=True, **_PATIENCE)
        except psycopg.OperationalError as error:
            raise CannotRun(JournalFault.NOT_REACHED, path=self._where, why=_first_line(error)) from error
        try:
            connection.execute(_SESSION)
            if for_writing:
                connection.execute(_HELD_UP, (f"{self._takeover_s:.0f}s",))
            if for_writing and account:
                connection.execute(_NAMED, (session_name(account),))
            if for_writing or version_of(connection, self._where) is None:
                prepare(connection, self._where)
            connection.execute("SELECT set_config('classbatch.account', %s, false)", (account,))
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the database cannot do into a message; what is on disk by then stays."""
        try:
            yield
        except psycopg.Error as error:
            raise _translation(self._where, error) from error
        except BaseExceptionGroup as group:
            # Every row under way hears of the commit that failed; it is told once.
            faults, others = group.split(psycopg.Error)
            if faults is None or others is not None:
                raise
            raise _translation(self._where, _first(faults)) from group


def _translation(where: str, error: psycopg.Error) -> Exception:
    if isinstance(
        error, psycopg.errors.InsufficientPrivilege
    ):  # whoever looks after the server can mend that
        return CannotRun(JournalFault.NOT_REACHED, path=where, why=_first_line(error))
    if isinstance(error, psycopg.IntegrityError | psycopg.ProgrammingError):
        return error  # a broken constraint, or a statement that is none, is our bug
    return CannotRun(JournalFault.DATABASE_FAILED, path=where, why=_first_line(error))


def _first(group: BaseExceptionGroup[psycopg.Error]) -> psycopg.Error:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _first_line(error: psycopg.Error) -> str:
    """What it says; the rest are hints for whoever looks after the server."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
