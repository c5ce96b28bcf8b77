"""One connection to a journal, and what every transaction does besides its own work.

Used by one thread at a time. Statements have names and named parameters (`:name`); records
are read by the names of their columns. Each statement is written once, for every
database: what one of them calls otherwise is put into its words there.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from batch.core.errors import Unfinished
from batch.core.message import JournalFault

Values = Mapping[str, object]

_RAISE_EPOCH = "UPDATE account SET epoch = epoch + 1 RETURNING epoch"
_COUNT_COMMIT = "UPDATE account SET commits = commits + 1 WHERE epoch = :epoch RETURNING commits"


class Record(Protocol):
    """A line of a table: a value by the name or the place of its column, or all of them in order."""

    def __getitem__(self, column: str | int, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


class Superseded(Unfinished):
    """A younger run has taken the journal over: nothing of this one may be written any more."""

    def __init__(self) -> None:
        super().__init__(JournalFault.SUPERSEDED)


class TriggerRefused(Exception):  # noqa: N818 - no error: whoever writes has to look again
    """A trigger of the schema lets nothing of this be written."""


class Database(ABC):
    """What the parts of the journal ask and tell.

    Raises:
        Exception: of the database's own kind, from every method; nothing of its transaction is then on disk.
    """

    _BEGIN = "BEGIN"

    def __init__(self, committed: Callable[[int], None]) -> None:
        """`committed` hears after each commit how many there have been (the watermark)."""
        self._committed = committed
        self._epoch = 0
        #: How many commits there had been after the last of this connection; None: it has made none.
        self.commits: int | None = None

    @abstractmethod
    def each(self, statement: str, **values: object) -> Iterator[Record]:
        """The records one by one; nothing may be written meanwhile."""

    @abstractmethod
    def run(self, statement: str, **values: object) -> int:
        """Do it; return how many records it touched. Inside `transaction`, except for what is not on disk."""

    @abstractmethod
    def run_many(self, statement: str, values: Iterable[Values]) -> int:
        """The same for each of the values.

        Raises:
            TriggerRefused: of one of them.
        """

    @abstractmethod
    def make_temporary(self, table: str, columns: str) -> None:
        """An empty table that is gone when the journal is closed, in place of one of that name."""

    @abstractmethod
    def overwrite_deleted(self) -> None:
        """From now on nothing that is deleted can be read off the disk, as far as the database has that in its hand."""

    @abstractmethod
    def compact(self) -> None:
        """Give back the room of what was deleted."""

    @abstractmethod
    def damage(self) -> str | None:
        """What a quick look finds broken."""

    @property
    @abstractmethod
    def _in_transaction(self) -> bool: ...

    def all(self, statement: str, **values: object) -> list[Record]:
        return list(self.each(statement, **values))

    def first(self, statement: str, **values: object) -> Record | None:
        return next(self.each(statement, **values), None)

    def value(self, statement: str, **values: object) -> Any:
        """The one value that the statement asks for."""
        return next(self.each(statement, **values))[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done inside is on disk after it, or none of it.

        Raises:
            Superseded: a younger run has raised the epoch.
        """
        with self.all_or_nothing():
            yield
            commits = self._counted()
        self.commits = commits
        self._committed(commits)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """A transaction that counts as none: for a journal that nobody sends by yet."""
        self.run(self._BEGIN)
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._in_transaction:  # a full disk may have rolled it back already
                self.run("ROLLBACK")
            raise

    def _counted(self) -> int:
        counted = self.first(_COUNT_COMMIT, epoch=self._epoch)
        if counted is None:
            raise Superseded
        return int(counted[0])

    def raise_epoch(self) -> None:
        """Begin a run: from now on no older one can commit, whatever became of its lock."""
        before = self._epoch
        try:
            with self.transaction():
                self._epoch = self.value(_RAISE_EPOCH)
        except BaseException:
            self._epoch = before
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Part of a transaction that can be taken back alone."""
        self.run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK TO SAVEPOINT part")
            raise
        finally:
            self.run("RELEASE SAVEPOINT part")

    @abstractmethod
    def close(self) -> None: ...
