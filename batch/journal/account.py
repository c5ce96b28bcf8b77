"""What the journal has learned of its account: each fact with where it came from, and when."""

from typing import NamedTuple

from batch.journal.database import Database

_LEARNED = "SELECT value, source, at FROM learned WHERE name = :name"
_LEARN = "INSERT OR REPLACE INTO learned (name, value, source, at) VALUES (:name, :value, :source, :at)"


class Learned(NamedTuple):
    """A fact about the account."""

    value: str
    source: str
    at: float  #: UTC seconds


class AccountStore:
    """One account's facts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def learned(self, name: str) -> Learned | None:
        """What is known of the account under this name."""
        record = self._database.first(_LEARNED, name=name)
        return Learned(*record) if record else None

    def learn(self, name: str, value: str, source: str, at: float) -> None:
        with self._database.transaction():
            self._database.run(_LEARN, name=name, value=value, source=source, at=at)
