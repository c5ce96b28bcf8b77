"""A list of the account's own classes beside the journal's: kept until the journal is closed."""

import sqlite3
from collections.abc import Iterable

from batch.core.service.audit import KnownClass
from batch.core.service.lookup import Seen
from batch.journal.database import Database

_BEGIN = (
    "CREATE TEMP TABLE listed (class_id TEXT PRIMARY KEY, title TEXT, presenter TEXT, starts INTEGER,"
    " minutes INTEGER) WITHOUT ROWID"
)
_NOTE = "INSERT OR IGNORE INTO temp.listed VALUES (:class_id, :title, :presenter, :starts, :minutes)"

_SPAN = "SELECT min(starts) AS first, max(starts) AS last FROM row WHERE batch = :batch AND starts > :after"

#: A class that a row stands for, as `KnownClass` has it: one line for each, however often its row was submitted.
_KNOWN = (
    "SELECT attempt.class_id, row.title, row.presenter, row.starts, (row.ends - row.starts) / 60 AS minutes, row.number"
    " FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " AND attempt.class_id IS NOT NULL"
)
_MISSING = (
    f"{_KNOWN} WHERE row.starts BETWEEN :first AND :last"
    " AND attempt.class_id NOT IN (SELECT class_id FROM temp.listed) ORDER BY row.starts"
)
_KNOWN_AT = f"{_KNOWN} WHERE row.starts = :starts"
_STRANGERS = (
    "SELECT class_id, title, presenter, starts, minutes FROM temp.listed WHERE starts BETWEEN :first AND :last"
    " AND class_id NOT IN (SELECT class_id FROM attempt WHERE class_id IS NOT NULL) ORDER BY starts, class_id"
)
_GONE = (
    "SELECT attempt.class_id FROM attempt"
    " JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.class_id IS NOT NULL AND row.starts > :listed_at AND attempt.ended_at < :listed_at - :settle_s"
    " AND attempt.class_id NOT IN (SELECT class_id FROM temp.listed)"
)


class ListedClasses:
    """What the account lists, against what a row stands for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self) -> None:
        """Make room for a new list."""
        self._database.run("DROP TABLE IF EXISTS temp.listed")
        self._database.run(_BEGIN)

    def note(self, classes: Iterable[Seen]) -> None:
        """Classes of the list, as they come; the same one again changes nothing."""
        self._database.run_many(
            _NOTE,
            (
                {
                    "class_id": each.class_id,
                    "title": each.title,
                    "presenter": each.presenter,
                    "starts": each.starts,
                    "minutes": each.minutes,
                }
                for each in classes
            ),
        )

    def span(self, batch: str, after: float) -> tuple[int, int] | None:
        """From when until when the classes of a batch begin that lie ahead; None: there are none."""
        record = self._database.first(_SPAN, batch=batch, after=after)
        return None if record is None or record["first"] is None else (record["first"], record["last"])

    def missing(self, span: tuple[int, int]) -> list[KnownClass]:
        """Classes that a row stands for, begin in the span, and are not listed."""
        first, last = span
        return [_known(record) for record in self._database.each(_MISSING, first=first, last=last)]

    def unexplained(self, span: tuple[int, int]) -> list[tuple[Seen, list[KnownClass]]]:
        """Listed classes that begin in the span and that no row stands for, each with our classes of that moment."""
        first, last = span
        strangers = [_seen(record) for record in self._database.each(_STRANGERS, first=first, last=last)]
        return [
            (seen, [_known(record) for record in self._database.each(_KNOWN_AT, starts=seen.starts)])
            for seen in strangers
        ]

    def gone(self, listed_at: float, settle_s: float) -> frozenset[str]:
        """Classes yet to come that the list leaves out, though it is long enough since they were made."""
        found = self._database.each(_GONE, listed_at=listed_at, settle_s=settle_s)
        return frozenset(class_id for (class_id,) in found)


def _known(record: sqlite3.Row) -> KnownClass:
    return KnownClass(
        class_id=record["class_id"],
        title=record["title"],
        presenter=record["presenter"],
        starts=record["starts"],
        minutes=record["minutes"],
        number=record["number"],
    )


def _seen(record: sqlite3.Row) -> Seen:
    return Seen(
        class_id=record["class_id"],
        title=record["title"],
        presenter=record["presenter"],
        starts=record["starts"],
        local_starts=None,
        minutes=record["minutes"],
    )
