"""A list of the account's own classes beside the journal's, kept until the journal is closed; what lists have shown stays."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from batch.core.service.attempt import AttemptKind
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


#: What the list shows of the classes that rows stand for; the first list's facts stay.
_SEEN = (
    "INSERT INTO sighting (class_id, starts, first_at, last_at, listed)"
    " SELECT listed.class_id, row.starts, :begun_at, :begun_at, json_object('title', listed.title,"
    "  'presenter', listed.presenter, 'starts', listed.starts, 'minutes', listed.minutes)"
    " FROM temp.listed AS listed JOIN attempt ON attempt.class_id = listed.class_id"
    " JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE row.starts IS NOT NULL GROUP BY listed.class_id"
    " ON CONFLICT (class_id) DO UPDATE SET last_at = excluded.last_at, missed_at = NULL, gone_at = NULL"
)
_MISSED = (
    "UPDATE sighting SET missed_at = :begun_at WHERE starts > :begun_at AND missed_at IS NULL AND last_at < :begun_at"
    " AND class_id NOT IN (SELECT class_id FROM temp.listed)"
)
_FIRST_SEEN = (
    "SELECT sighting.class_id, max(attempt.ended_at) AS confirmed_at FROM sighting"
    " JOIN attempt ON attempt.class_id = sighting.class_id"
    " WHERE sighting.starts > :begun_at AND sighting.first_at = :begun_at AND attempt.kind = 'sent'"
    " GROUP BY sighting.class_id"
)
_FOUND_GONE = (
    "INSERT INTO sighting (class_id, starts, first_at, last_at, gone_at, listed)"
    " SELECT attempt.class_id, row.starts, :at, :at, :at, '{}' FROM attempt"
    " JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.class_id = :class_id AND row.starts IS NOT NULL LIMIT 1"
    " ON CONFLICT (class_id) DO UPDATE SET gone_at = excluded.gone_at"
)
#: Classes that the journal knows to be there and that lie ahead, each once.
_WITNESSES = (
    "SELECT attempt.class_id, attempt.kind, row.starts, max(attempt.ended_at) AS confirmed_at,"
    " sighting.first_at, sighting.last_at, sighting.missed_at"
    " FROM row JOIN attempt ON attempt.fingerprint = row.fingerprint"
    "  AND attempt.batch = row.batch AND attempt.position = row.position AND attempt.class_id IS NOT NULL"
    " LEFT JOIN sighting ON sighting.class_id = attempt.class_id"
    " WHERE row.starts > :now AND row.fingerprint IS NOT NULL AND sighting.gone_at IS NULL"
    " GROUP BY attempt.class_id ORDER BY confirmed_at, attempt.class_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A class that the journal knows to be there: a complete list of upcoming classes shows it, or lags behind."""

    class_id: str
    kind: AttemptKind  #: SENT: by this journal; TAKEN_OVER: the list was the first to tell of it
    starts: int
    confirmed_at: float  #: when its answer came, or a look-up found it
    first_seen_at: float | None  #: when the first list that showed it was begun; None: never yet seen
    last_seen_at: float | None
    missed_at: float | None  #: when the first list after that was begun that did not show it


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

    def keep(self, begun_at: float) -> list[tuple[str, float]]:
        """Remember what a list shows of the classes that rows stand for, and what it leaves out.

        Only for a list that is complete, and that would show every class to come.

        Args:
            begun_at: UTC seconds, when it was asked for.

        Returns:
            The classes that no list had shown before, each with when it was confirmed: how long this
            account's list lags behind.
        """
        with self._database.transaction():
            self._database.run(_SEEN, begun_at=begun_at)
            self._database.run(_MISSED, begun_at=begun_at)
        found = self._database.each(_FIRST_SEEN, begun_at=begun_at)
        return [(class_id, confirmed_at) for class_id, confirmed_at in found]

    def note_gone(self, class_ids: Iterable[str], at: float) -> None:
        """They were found cancelled, or gone for good: no list has to show them any more."""
        with self._database.transaction():
            self._database.run_many(_FOUND_GONE, ({"class_id": each, "at": at} for each in class_ids))

    def witnesses(self, now: float) -> list[Witness]:
        """The classes to come that the journal knows to be there, in the order in which they were confirmed."""
        return [
            Witness(
                class_id=record["class_id"],
                kind=AttemptKind(record["kind"]),
                starts=record["starts"],
                confirmed_at=record["confirmed_at"],
                first_seen_at=record["first_at"],
                last_seen_at=record["last_at"],
                missed_at=record["missed_at"],
            )
            for record in self._database.each(_WITNESSES, now=now)
        ]

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
