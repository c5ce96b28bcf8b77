"""What the account's lists have shown of the classes that rows stand for: kept in the journal, however often it is closed.

Read beside the list in hand (`listed.py`).
"""

import json
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from batch.core.quick_dataclass import dataclass
from batch.core.service.attempt import AttemptKind
from batch.journal.database import Database

_EVER = 2**62
#: Of the attempts that came to one class, only the last speaks.
_IS_NEWEST_OF_CLASS = (
    "NOT EXISTS (SELECT 1 FROM attempt AS later WHERE later.class_id = attempt.class_id"
    " AND (later.ended_at, later.fingerprint, later.number) > (attempt.ended_at, attempt.fingerprint, attempt.number))"
)
#: What the list shows of the classes that rows stand for; the first list's facts stay.
_SEEN = (
    "INSERT INTO sighting (class_id, starts, first_at, last_at, listed)"
    " SELECT listed.class_id, row.starts, :begun_at, :begun_at, json_object('title', listed.title,"
    "  'presenter', listed.presenter, 'starts', listed.starts, 'minutes', listed.minutes,"
    "  'start_text', listed.start_text, 'length_text', listed.length_text)"
    " FROM temp.listed AS listed CROSS JOIN attempt ON attempt.class_id = listed.class_id"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    f" WHERE row.starts IS NOT NULL AND {_IS_NEWEST_OF_CLASS}"
    " ON CONFLICT (class_id) DO UPDATE SET last_at = excluded.last_at, missed_at = NULL, gone_at = NULL"
)
_MISSED = (
    "UPDATE sighting SET missed_at = :begun_at WHERE starts > :begun_at AND missed_at IS NULL AND last_at < :begun_at"
    " AND class_id NOT IN (SELECT class_id FROM temp.listed)"
)
_FIRST_SEEN = (
    "SELECT attempt.sent_at, attempt.ended_at FROM sighting"
    " CROSS JOIN attempt ON attempt.class_id = sighting.class_id"
    " WHERE sighting.starts > :begun_at AND sighting.first_at = :begun_at AND attempt.ending = 'created'"
    " AND sighting.class_id NOT IN (SELECT value FROM json_each(:anothers))"
    " ORDER BY +sighting.class_id"
)
#: When the newest of the confirmed classes that are listed was sent.
_NEWEST_LISTED = (
    "SELECT max(attempt.sent_at) FROM temp.listed AS listed CROSS JOIN attempt ON attempt.class_id = listed.class_id"
    " WHERE attempt.ending = 'created' AND attempt.sent_at <= :now"
    " AND listed.class_id NOT IN (SELECT value FROM json_each(:anothers))"
)
_FOUND_GONE = (
    "INSERT INTO sighting (class_id, starts, first_at, last_at, gone_at, listed)"
    " SELECT attempt.class_id, row.starts, :at, :at, :at, '{}' FROM attempt"
    " JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.class_id = :class_id AND row.starts IS NOT NULL LIMIT 1"
    " ON CONFLICT (class_id) DO UPDATE SET gone_at = excluded.gone_at"
)
_FOUND_THERE = "UPDATE sighting SET gone_at = NULL WHERE class_id = :class_id"
_WAS_SHOWN = "SELECT EXISTS (SELECT 1 FROM sighting WHERE class_id = :class_id)"
#: Classes that the journal knows to be there and that lie ahead, each once.
_LIES_AHEAD = (
    "attempt.room_until > :now AND attempt.class_id IS NOT NULL AND row.starts > :now"
    f" AND {_IS_NEWEST_OF_CLASS}"
)
_WITNESSES = (
    "SELECT attempt.class_id, attempt.kind, attempt.ending, row.starts, attempt.sent_at, attempt.ended_at AS confirmed_at,"
    " sighting.first_at, sighting.last_at, sighting.missed_at"
    " FROM attempt CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " LEFT JOIN sighting ON sighting.class_id = attempt.class_id"
    f" WHERE {_LIES_AHEAD} AND sighting.gone_at IS NULL ORDER BY confirmed_at, attempt.class_id"
)
#: Two answers that are mostly empty: to make a Witness of each class for them costs as much as to list it.
_MISSED_WITNESSES = (
    "SELECT attempt.class_id FROM attempt CROSS JOIN sighting ON sighting.class_id = attempt.class_id"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    f" WHERE sighting.missed_at < :missed_before AND sighting.gone_at IS NULL AND {_LIES_AHEAD}"
)
_UNSEEN_WITNESSES = (
    "SELECT attempt.class_id FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.ended_at <= :confirmed_by"
    " AND NOT EXISTS (SELECT 1 FROM temp.listed AS listed WHERE listed.class_id = attempt.class_id)"
    " AND NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.class_id = attempt.class_id)"
    f" AND {_LIES_AHEAD} ORDER BY attempt.ended_at, attempt.class_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A class that the journal knows to be there: a complete list of upcoming classes shows it, or lags behind."""

    class_id: str
    kind: AttemptKind  #: SENT: by this journal; TAKEN_OVER: the list was the first to tell of it
    is_confirmed: bool  #: the service said so to this journal; else a list did
    starts: int
    sent_at: float  #: when it was asked for
    confirmed_at: float  #: when its answer came, or a look-up found it
    first_seen_at: float | None  #: when the first list that showed it was begun; None: never yet seen
    last_seen_at: float | None
    missed_at: float | None  #: when the first list after that was begun that did not show it


class Sightings:
    """When lists showed a class first and last, and when they ceased to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, begun_at: float, anothers: AbstractSet[str] = frozenset()) -> list[tuple[float, float]]:
        """Remember what a list shows of the classes that rows stand for, and what it leaves out.

        Only for a list that is complete, and that would show every class to come.

        Args:
            begun_at: UTC seconds, when it was asked for.
            anothers: listed classes that show nothing of how late the list is.

        Returns:
            Of each other confirmed class that no list had shown before, when it was sent and when confirmed:
            how long this account's list lags behind.
        """
        with self._database.transaction():
            self._database.run(_SEEN, begun_at=begun_at)
            self._database.run(_MISSED, begun_at=begun_at)
        found = self._database.each(_FIRST_SEEN, begun_at=begun_at, anothers=json.dumps(sorted(anothers)))
        return [(sent_at, confirmed_at) for sent_at, confirmed_at in found]

    def newest_sent_at(self, now: float, anothers: AbstractSet[str] = frozenset()) -> float | None:
        """When the newest of the confirmed classes that are listed, but for `anothers`, was sent; None: there is none."""
        at: float | None = self._database.value(
            _NEWEST_LISTED, now=now, anothers=json.dumps(sorted(anothers))
        )
        return at

    def was_shown(self, class_id: str) -> bool:
        """Whether any complete list has ever shown the class, or it was found gone since."""
        return bool(self._database.value(_WAS_SHOWN, class_id=class_id))

    def note_gone(self, class_ids: Iterable[str], at: float) -> None:
        """They were found cancelled, or gone for good: no list has to show them any more."""
        with self._database.transaction():
            self._database.run_many(_FOUND_GONE, ({"class_id": each, "at": at} for each in class_ids))

    def note_there(self, class_ids: Iterable[str]) -> None:
        """They were taken for gone, and a list shows them."""
        with self._database.transaction():
            self._database.run_many(_FOUND_THERE, ({"class_id": each} for each in class_ids))

    def witnesses(self, now: float) -> list[Witness]:
        """The classes to come that the journal knows to be there, in the order in which they were confirmed."""
        return [
            Witness(
                class_id=record["class_id"],
                kind=AttemptKind(record["kind"]),
                is_confirmed=record["ending"] == "created",
                starts=record["starts"],
                sent_at=record["sent_at"],
                confirmed_at=record["confirmed_at"],
                first_seen_at=record["first_at"],
                last_seen_at=record["last_at"],
                missed_at=record["missed_at"],
            )
            for record in self._database.each(_WITNESSES, now=now)
        ]

    def missed_witnesses(self, now: float, missed_before: float = _EVER) -> frozenset[str]:
        """Of `witnesses` those that a list has shown, and none since one that was begun before then."""
        found = self._database.each(_MISSED_WITNESSES, now=now, missed_before=missed_before)
        return frozenset(class_id for (class_id,) in found)

    def unseen_witnesses(self, now: float, confirmed_by: float) -> list[str]:
        """Of `witnesses`, in their order, those that no list has ever shown, this one included."""
        found = self._database.each(_UNSEEN_WITNESSES, now=now, confirmed_by=confirmed_by)
        return [class_id for (class_id,) in found]
