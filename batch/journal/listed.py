"""A list of the account's own classes beside the journal's, kept until the journal is closed."""

import json
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet

from batch.core.service.attempt import AttemptEnding
from batch.core.service.audit import KnownClass
from batch.core.service.listed import Seen, Wanted
from batch.journal.account import LEARN
from batch.journal.database import Database, Record
from batch.journal.records import wanted_class
from batch.time_zones import zone_named

_COLUMNS = (
    "class_id TEXT PRIMARY KEY, title TEXT, presenter TEXT, starts INTEGER, minutes INTEGER, local_starts INTEGER,"
    " start_text TEXT, zone TEXT, length_text TEXT, status TEXT, others TEXT"
)
_NOTE = (
    "INSERT INTO temp.listed VALUES (:class_id, :title, :presenter, :starts, :minutes, :local_starts,"
    " :start_text, :zone, :length_text, :status, :others) ON CONFLICT DO NOTHING"
)
_CLASS_IDS = "SELECT class_id FROM temp.listed"
_THESE = "SELECT * FROM temp.listed WHERE class_id IN (SELECT value FROM json_each(:class_ids))"
_IS_UNEXPLAINED = (
    "NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.class_id = shown.class_id)"
    # One that we cancelled is nobody else's, however late the list is.
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.former_class_id = shown.class_id)"
    " AND shown.class_id NOT IN (SELECT value FROM json_each(:others))"
)
_UNEXPLAINED = f"SELECT * FROM temp.listed AS shown WHERE {_IS_UNEXPLAINED} ORDER BY class_id"
#: What no row stands for is kept when the next list is taken: that one may leave it out.
_KEEP_EARLIER = (
    f"INSERT INTO temp.listed_earlier SELECT * FROM temp.listed AS shown WHERE {_IS_UNEXPLAINED}"
    " ON CONFLICT DO NOTHING"
)
_EVER_UNEXPLAINED = (
    f"SELECT * FROM temp.listed AS shown WHERE {_IS_UNEXPLAINED} UNION ALL"
    f" SELECT * FROM temp.listed_earlier AS shown WHERE {_IS_UNEXPLAINED}"
    " AND shown.class_id NOT IN (SELECT class_id FROM temp.listed) ORDER BY class_id"
)
#: Under this name the journal keeps the classes of which somebody has said that no row of ours stands for them.
_OTHERS = "other_classes"
_LEARNED_OTHERS = "SELECT value FROM learned WHERE name = :name"
# CROSS JOIN and the + of a GROUP BY keep SQLite from another order than the one that is written: it knows of no
# counts, and would go through all the past.

#: What was sent, of the row that an attempt was made for.
_SENT = (
    "row.fingerprint, row.number, row.title AS sent_title, row.presenter AS sent_presenter, row.starts AS sent_starts,"
    " row.ends, row.room_until, row.parameters"
)
#: Classes that the service confirmed, or a look-up found, and that are listed.
_PAIRS = (
    f"SELECT listed.*, {_SENT}, attempt.ended_at FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " JOIN temp.listed AS listed ON listed.class_id = attempt.class_id"
    " WHERE attempt.room_until > :now AND row.starts > :now AND row.parameters IS NOT NULL"
)
#: Something was done to the class since it was made, or may have been: the first list shows no more how it stands.
_WAS_CHANGED = (
    "EXISTS (SELECT 1 FROM operation WHERE operation.class_id = listed.class_id"
    " AND (ending IS NULL OR ending IN ('done', 'found', 'no_answer')))"
)
#: Nothing was, and it is shown otherwise than the first list had it: somebody has edited it.
_IS_EDITED = (
    f"(NOT {_WAS_CHANGED} AND EXISTS (SELECT 1 FROM sighting WHERE sighting.class_id = listed.class_id"
    " AND sighting.listed <> '{}' AND (json_extract(sighting.listed, '$.title') IS NOT listed.title"
    "  OR json_extract(sighting.listed, '$.presenter') <> listed.presenter"
    # Where no zone is told, nobody knows the moment; and a length may be written in a way of its own.
    "  OR json_extract(sighting.listed, '$.start_text') <> listed.start_text"
    "  OR json_extract(sighting.listed, '$.length_text') <> listed.length_text"
    "  OR CAST(json_extract(sighting.listed, '$.starts') AS BIGINT) IS NOT listed.starts"
    "  OR CAST(json_extract(sighting.listed, '$.minutes') AS BIGINT) IS NOT listed.minutes)))"
)
#: It is not written as the live service writes what was sent.
_IS_UNLIKE = (
    "(listed.title <> {0}title OR listed.starts IS NOT {0}starts OR listed.minutes IS NOT ({1}ends - {0}starts) / 60"
    # A number says nothing of a presenter who was sent by e-mail address, and the other way round.
    " OR (lower(listed.presenter) <> {0}presenter AND (listed.presenter LIKE '%@%') = ({0}presenter LIKE '%@%')))"
)
#: Of the newest those that show how the list is written: not what somebody has edited, nor what may be, however many.
_NEWEST_PAIRS = {
    # The ending is no parameter: SQLite compares it with what its partial indexes are for, each time it is another.
    ending: (
        f"SELECT * FROM ({_PAIRS} AND attempt.ending = '{ending}' ORDER BY attempt.ended_at DESC LIMIT :most) AS listed"
        f" WHERE NOT {_IS_EDITED} AND NOT ({_IS_UNLIKE.format('sent_', '')} AND {_WAS_CHANGED})"
        " ORDER BY listed.ended_at DESC"
    )
    for ending in (AttemptEnding.CREATED, AttemptEnding.FOUND)
}
#: The others need no closer look. One that a look-up found may always have been listed so.
_UNLIKE = (
    f"{_PAIRS} AND (attempt.ending = 'created' OR (attempt.ending = 'found' AND {_IS_EDITED}))"
    f" AND row.starts BETWEEN :first AND :last AND {_IS_UNLIKE.format('row.', 'row.')}"
)
_STANDING = (
    f"SELECT attempt.class_id, {_SENT} FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.room_until > :first AND attempt.class_id IS NOT NULL AND row.starts BETWEEN :first AND :last AND row.parameters IS NOT NULL"
)
_SPAN = "SELECT min(starts) AS first, max(starts) AS last FROM row WHERE batch = :batch AND starts > :after"

#: Of classes to come: all of them.
_ALWAYS = (0, 2**62)

_GONE = (
    "SELECT attempt.class_id FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.room_until > :listed_at AND attempt.class_id IS NOT NULL AND row.starts > :listed_at AND attempt.ended_at < :listed_at - :settle_s"
    " AND attempt.class_id NOT IN (SELECT class_id FROM temp.listed)"
)


#: Whether a row of ours stands for a class, or stood for it before it was changed or cancelled.
_IS_OURS = (
    "SELECT EXISTS (SELECT 1 FROM attempt WHERE class_id = :class_id)"
    " OR EXISTS (SELECT 1 FROM attempt WHERE former_class_id = :class_id)"
)


class ListedClasses:
    """What the account lists, against what a row stands for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fetch: Callable[[list[str]], None] = lambda _: None
        self._notes = 0  # how often what is listed has changed
        # What pairs were asked for last, and they.
        self._pairs: tuple[object, list[tuple[Wanted, Seen]]] = (None, [])

    def fetch_by(self, fetch: Callable[[list[str]], None]) -> None:
        """From now on `fetch` gets what is known of classes that are listed, and stands elsewhere."""
        self._fetch = fetch

    def begin(self, *, is_first: bool = True) -> None:
        """Make room for a new list.

        Args:
            is_first: what earlier ones have shown does not count; they are those of another run.
        """
        if is_first:
            self._database.make_temporary("listed_earlier", _COLUMNS)
        else:
            self._database.run(_KEEP_EARLIER, others=json.dumps(self.others()))
        self._database.make_temporary("listed", _COLUMNS)
        self._notes += 1

    def note(self, classes: Iterable[Seen]) -> int:
        """Classes of the list, as they come; returns how many of them are new."""
        classes = list(classes)
        self._fetch([each.class_id for each in classes])
        self._notes += 1
        return self._database.run_many(
            _NOTE,
            (
                {
                    "class_id": each.class_id,
                    "title": each.title,
                    "presenter": each.presenter,
                    "starts": each.starts,
                    "minutes": each.minutes,
                    "local_starts": each.local_starts,
                    "start_text": each.start_text,
                    "zone": str(each.zone or ""),
                    "length_text": each.length_text,
                    "status": each.status,
                    "others": json.dumps(dict(each.others)) if each.others else "{}",
                }
                for each in classes
            ),
        )

    def class_ids(self) -> frozenset[str]:
        """Every class of the list."""
        return frozenset(class_id for (class_id,) in self._database.each(_CLASS_IDS))

    def seen(self, class_ids: Iterable[str]) -> dict[str, Seen]:
        """Those of these classes that are listed, by class_id."""
        found = self._database.each(_THESE, class_ids=json.dumps(list(class_ids)))
        return {record["class_id"]: _seen(record) for record in found}

    def unexplained(self, *, ever: bool = False) -> list[Seen]:
        """Listed classes that no row stands for, and of which nobody has said that they are others.

        Args:
            ever: those that an earlier list has shown, and this one leaves out, too.
        """
        statement, others = _EVER_UNEXPLAINED if ever else _UNEXPLAINED, json.dumps(self.others())
        return [_seen(record) for record in self._database.each(statement, others=others)]

    def others(self) -> list[str]:
        """Classes of which somebody has said that no row of ours stands for them."""
        learned = self._database.first(_LEARNED_OTHERS, name=_OTHERS)
        return list(json.loads(learned["value"])) if learned else []

    def note_others(self, class_ids: Iterable[str], at: float) -> None:
        """Somebody has said that these are other classes than those of our rows; kept as long as they are listed."""
        with self._database.transaction():
            kept = sorted({*class_ids, *self.others()} & self.class_ids())
            self._database.run(
                LEARN, name=_OTHERS, value=json.dumps(kept), source="somebody has said so", at=at
            )

    def pairs(
        self, now: float, most: int, *, ending: AttemptEnding = AttemptEnding.CREATED
    ) -> list[tuple[Wanted, Seen]]:
        """Classes to come that the service confirmed, each as it is listed; the newest of them, oldest first.

        Args:
            now: UTC seconds.
            most: so many.
            ending: FOUND: those that a look-up found.
        """
        # One run asks several times of each list, and nothing else writes here while it does.
        asked = (self._database.commits, self._notes, now, most, ending)
        if self._pairs[0] != asked:
            records = self._database.all(_NEWEST_PAIRS[ending], now=now, most=most)
            self._pairs = asked, [(_wanted(record), _seen(record)) for record in reversed(records)]
        return list(self._pairs[1])

    def unlike(self, now: float, span: tuple[int, int] = _ALWAYS) -> Iterator[tuple[KnownClass, Seen]]:
        """Confirmed classes of a span that are not listed in the very words that were sent."""
        first, last = span
        for record in self._database.each(_UNLIKE, now=now, first=first, last=last):
            yield KnownClass(record["class_id"], record["number"], _wanted(record)), _seen(record)

    def standing(self, span: tuple[int, int]) -> list[KnownClass]:
        """Every class of a span that a row stands for."""
        first, last = span
        return [
            KnownClass(record["class_id"], record["number"], _wanted(record))
            for record in self._database.each(_STANDING, first=first, last=last)
        ]

    def those(self, span: tuple[int, int], class_ids: AbstractSet[str]) -> list[KnownClass]:
        """Of the classes of a span that rows stand for, these."""
        return [known for known in self.standing(span) if known.class_id in class_ids] if class_ids else []

    def is_ours(self, class_id: str) -> bool:
        """Whether a row stands for the class, or did."""
        return bool(self._database.value(_IS_OURS, class_id=class_id))

    def span(self, batch: str, after: float) -> tuple[int, int] | None:
        """From when until when the classes of a batch begin that lie ahead; None: there are none."""
        record = self._database.first(_SPAN, batch=batch, after=after)
        return None if record is None or record["first"] is None else (record["first"], record["last"])

    def gone(self, listed_at: float, settle_s: float) -> frozenset[str]:
        """Classes yet to come that the list leaves out, though it is long enough since they were made."""
        found = self._database.each(_GONE, listed_at=listed_at, settle_s=settle_s)
        return frozenset(class_id for (class_id,) in found)


def _wanted(record: Record) -> Wanted:
    return wanted_class(
        fingerprint=record["fingerprint"],
        title=record["sent_title"],
        presenter=record["sent_presenter"],
        starts=record["sent_starts"],
        ends=record["ends"],
        room_until=record["room_until"],
        parameters=json.loads(record["parameters"]),
    )


def _seen(record: Record) -> Seen:
    return Seen(
        class_id=record["class_id"],
        title=record["title"],
        presenter=record["presenter"],
        starts=record["starts"],
        local_starts=record["local_starts"],
        minutes=record["minutes"],
        start_text=record["start_text"],
        zone=zone_named(record["zone"]),
        length_text=record["length_text"],
        status=record["status"],
        others=json.loads(record["others"]),
    )
