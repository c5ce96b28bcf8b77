"""What the journal has learned of its account: each fact with where it came from, and when."""

from typing import NamedTuple

from batch.core.service.class_limits import MAX_ATTENDEES, MAX_MINUTES, ClassLimits
from batch.journal.database import Database

_LEARNED = "SELECT value, source, at FROM learned WHERE name = :name"
_UNLEARN = "DELETE FROM learned WHERE name = :name"
_STAMP = "SELECT stamp FROM account"
LEARN = (
    "INSERT INTO learned (name, value, source, at) VALUES (:name, :value, :source, :at)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value, source = excluded.source, at = excluded.at"
)


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
            self._database.run(LEARN, name=name, value=value, source=source, at=at)

    def class_limits(self) -> ClassLimits:
        """What one class may have at most, as refusals have said."""
        minutes, attendees = self.learned(MAX_MINUTES), self.learned(MAX_ATTENDEES)
        return ClassLimits(
            int(minutes.value) if minutes else None, int(attendees.value) if attendees else None
        )

    def unlearn(self, name: str) -> None:
        """Forget what proved wrong."""
        with self._database.transaction():
            self._database.run(_UNLEARN, name=name)

    def stamp(self) -> str:
        """The journal's own name, for classes that can carry it: who made a class is then no guess. "": it has none."""
        return str(self._database.value(_STAMP))
