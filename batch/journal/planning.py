"""The journal's classes as planning sees them: only reads, row by row, never a whole file at once."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from batch.core.message import Message, RowNote
from batch.core.plan.admission import Refusal
from batch.core.plan.agenda import OtherClass
from batch.core.plan.explain_held import HeldRow
from batch.core.plan.load import Lesson
from batch.core.plan.plan import Candidate
from batch.core.service.api_codes import limit_in
from batch.journal.columns import candidate_of, issue_of
from batch.journal.database import Database
from batch.journal.operations import IN_DOUBT, IS_NEWEST_STANDING
from batch.journal.records import BLOCK, SentOtherwise
from batch.journal.rows import Rows

#: So many refusals are evidence enough.
_REFUSALS = 20
_NEVER = 2**62
#: How long a listed class lasts that does not say so: what the service takes for an empty cell.
_USUAL_MINUTES = 60

_UNANSWERED = f"SELECT class_id, meant_fingerprint FROM operation WHERE {IN_DOUBT}"
_HAS_NEW = (
    "SELECT EXISTS (SELECT 1 FROM row WHERE batch = :batch AND outcome IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint AND class_id IS NOT NULL))"
)
_HAS_INVALID = "SELECT EXISTS (SELECT 1 FROM row WHERE batch = :batch AND outcome = 'invalid')"
_SENT = (
    "SELECT (SELECT count(DISTINCT class_id) FROM operation WHERE batch = :batch AND sent_at < deadline)"
    " + count(DISTINCT row.position) FROM row CROSS JOIN attempt ON attempt.fingerprint = row.fingerprint"
    "  AND attempt.batch = row.batch AND attempt.position = row.position"
    " WHERE row.batch = :batch AND attempt.kind = 'sent'"
)
_NAME = "SELECT number, title FROM row WHERE batch = :batch AND position = :position"

_STANDING = (
    "SELECT position, presenter, starts, ends, room_until FROM row WHERE batch = :batch AND fingerprint IS NOT NULL"
    " AND (outcome IS NULL OR outcome IN ('scheduled', 'already', 'changed', 'ready', 'unknown', 'not_sent'))"
    " AND fingerprint NOT IN (SELECT fingerprint FROM attempt WHERE class_id IN"
    "  (SELECT value FROM json_each(:gone))) ORDER BY position"
)
_HELD = (
    "SELECT position, code, presenter, starts, ends, room_until, json_extract(parameters, '$.time_zone') AS zone"
    " FROM row WHERE batch = :batch AND position > :after AND outcome = 'held' AND code IS NOT NULL"
    f" ORDER BY position LIMIT {BLOCK}"
)
_LESSONS = (
    "SELECT starts, ends, room_until, json_extract(parameters, '$.time_zone') AS zone FROM row WHERE batch = :batch"
    " AND fingerprint IS NOT NULL AND coalesce(outcome, '') <> 'refused'"
    f" AND coalesce(json_extract(message, '$.note'), '') <> '{RowNote.ONCE_MORE}' ORDER BY position"
)

_SPAN = "SELECT min(starts), max(room_until) FROM row WHERE batch = :batch AND fingerprint IS NOT NULL"

#: Rows whose class an earlier batch scheduled with other parameters.
_SENT_OTHERWISE = (
    "SELECT row.position, row.issues, row.cells, row.parameters, sent.parameters AS sent_parameters"
    " FROM row JOIN attempt ON attempt.fingerprint = row.fingerprint AND attempt.kind IN ('sent', 'changed')"
    " AND attempt.ending IN ('created', 'found')"
    " JOIN row AS sent ON sent.batch = attempt.batch AND sent.position = attempt.position"
    " WHERE row.batch = :batch AND row.position > :after AND row.outcome = 'already'"
    f" AND sent.batch <> row.batch AND sent.parameters <> row.parameters ORDER BY row.position LIMIT {BLOCK}"
)

#: The classes that other batches sent, and that are in the account, or may be; those of a time alone.
_SENT_ELSEWHERE = (
    "SELECT row.title, attempt.class_id, row.presenter, row.starts, row.ends, row.room_until, {is_listed} AS is_listed"
    " FROM attempt CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.room_until > :since AND row.starts < :until AND (attempt.ending IS NULL OR attempt.ending IN ('created', 'found', 'no_answer'))"
    " AND attempt.fingerprint NOT IN"
    " (SELECT fingerprint FROM row WHERE batch = :batch AND fingerprint IS NOT NULL)"
    f" AND {IS_NEWEST_STANDING}"
)
_IS_LISTED = "attempt.class_id IN (SELECT class_id FROM temp.listed)"
_IS_BELIEVED = (
    "attempt.class_id IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM sighting WHERE sighting.class_id = attempt.class_id AND gone_at IS NOT NULL)"
)
_FOREIGN = (
    "SELECT title, class_id, presenter, starts, minutes FROM temp.listed WHERE starts IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.class_id = listed.class_id)"
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.former_class_id = listed.class_id)"
)

#: Classes that were confirmed before a refused request was sent.
_CONFIRMED_BEFORE = (
    "SELECT count(*) FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.class_id IS NOT NULL AND attempt.ended_at <= refused.sent_at"
)
_REFUSED_FOR_ROOM = (
    "SELECT refused.message,"
    f" ({_CONFIRMED_BEFORE} AND row.starts < wanted.room_until AND row.room_until > wanted.starts) AS overlapping,"
    f" ({_CONFIRMED_BEFORE} AND row.room_until > refused.sent_at) AS outstanding"
    " FROM attempt AS refused JOIN row AS wanted"
    "  ON wanted.batch = refused.batch AND wanted.position = refused.position"
    " WHERE refused.code = '1012' ORDER BY refused.sent_at DESC LIMIT :most"
)


class PlanningStore:
    """One account's classes. `listed` asks for what a list of the account, noted in the journal, says of them."""

    def __init__(self, database: Database, rows: Rows) -> None:
        self._database = database
        self._rows = rows

    def candidates(
        self, batch: str, *, tried: bool = False, gone: frozenset[str] = frozenset()
    ) -> Iterator[Candidate]:
        """The valid rows of a batch in file order.

        Args:
            tried: those that were ever sent, whatever became of them; else those that nothing became of yet.
            gone: class_ids as `ListedClasses.gone` gives them.
        """
        condition = "fingerprint IN (SELECT fingerprint FROM attempt)" if tried else "outcome IS NULL"
        unanswered: dict[str, str] = {}
        for record in self._database.each(_UNANSWERED):
            of_it = (record["class_id"], record["meant_fingerprint"])
            unanswered.update((each, record["class_id"]) for each in of_it if each)
        for record, tries in self._rows.facts(batch, condition):
            yield candidate_of(record, [attempt for attempt, _ in tries], gone, unanswered)

    def has_new(self, batch: str) -> bool:
        """Whether a row waits whose class is not known to exist."""
        return bool(self._database.value(_HAS_NEW, batch=batch))

    def has_invalid(self, batch: str) -> bool:
        return bool(self._database.value(_HAS_INVALID, batch=batch))

    def sent(self, batch: str) -> int:
        """How many rows of a batch were sent in it, changes and cancels of classes among them."""
        return int(self._database.value(_SENT, batch=batch))

    def standing(
        self, batch: str, gone: frozenset[str] = frozenset()
    ) -> Iterator[tuple[int, str, int, int, int]]:
        """The rows whose class exists, may exist or is to be sent: position, presenter, starts, ends, room_until."""
        for record in self._database.each(_STANDING, batch=batch, gone=json.dumps(sorted(gone))):
            position, presenter, starts, ends, room_until = record
            yield position, presenter, starts, ends, room_until

    def sent_otherwise(self, batch: str) -> Iterator[SentOtherwise]:
        """The rows whose class exists, and was scheduled with other parameters, in file order."""
        after = -1
        while records := self._database.all(_SENT_OTHERWISE, batch=batch, after=after):
            for record in records:
                yield SentOtherwise(
                    position=record["position"],
                    issues=tuple(map(issue_of, json.loads(record["issues"]))),
                    cells=tuple(json.loads(record["cells"])),
                    sent=json.loads(record["sent_parameters"]),
                    now=json.loads(record["parameters"]),
                )
            after = records[-1]["position"]

    def held(self, batch: str) -> Iterator[HeldRow]:
        """The rows that there is no room for, or whose presenter is busy, in file order."""
        after = -1
        # In blocks: they are written while they are read.
        while records := self._database.all(_HELD, batch=batch, after=after):
            for record in records:
                yield HeldRow(
                    position=record["position"],
                    code=record["code"],
                    presenter=record["presenter"],
                    starts=record["starts"],
                    ends=record["ends"],
                    room_until=record["room_until"],
                    zone=record["zone"] or "GMT",
                )
            after = records[-1]["position"]

    def span(self, batch: str) -> tuple[int, int] | None:
        """From when until when the classes of a batch take up room; None: it asks for none."""
        first, last = self._database.all(_SPAN, batch=batch)[0]
        return None if first is None else (first, last)

    def lessons(self, batch: str) -> Iterator[Lesson]:
        """The classes that a batch asks for, those aside that the service refused, nobody may send, or stand there twice."""
        for starts, ends, room_until, zone in self._database.each(_LESSONS, batch=batch):
            yield Lesson(starts, ends, room_until, zone or "GMT")

    def name(self, batch: str, position: int) -> Message:
        """A row of the file as people find it again."""
        number, title = self._database.all(_NAME, batch=batch, position=position)[0]
        return Message(RowNote.ROW_CALLED, {"number": number, "title": title})

    def number(self, batch: str, position: int) -> int:
        """The row's number as the spreadsheet shows it."""
        number, _ = self._database.all(_NAME, batch=batch, position=position)[0]
        return int(number)

    def title(self, batch: str, position: int) -> str:
        _, title = self._database.all(_NAME, batch=batch, position=position)[0]
        return str(title)

    def elsewhere(
        self,
        batch: str,
        since: float,
        until: float = _NEVER,
        *,
        listed: bool = False,
        believed: bool = False,
        gone: frozenset[str] = frozenset(),
        moved: Mapping[str, int] = MappingProxyType({}),
    ) -> Iterator[OtherClass]:
        """The account's other classes of a time (UTC seconds): those other batches sent, then those other people made.

        A presenter is told only where the list shows that the class is there: the
        service, not a journal that knows of no cancelling, has the say on a clash. Where
        nobody asks the service, `believed` takes the journal's word: what it knows to be
        there would be listed, too. `moved`: when those begin that somebody has edited, by class_id.
        """
        is_there = _IS_LISTED if listed else _IS_BELIEVED if believed else "0"
        statement = _SENT_ELSEWHERE.format(is_listed=is_there)
        for record in self._database.each(statement, batch=batch, since=since, until=until):
            if record["class_id"] not in gone:
                by = moved.get(record["class_id"], record["starts"]) - record["starts"]
                yield OtherClass(
                    name=_name(record["title"], record["class_id"], foreign=False),
                    presenter=record["presenter"] if record["is_listed"] else None,
                    starts=record["starts"] + by,
                    ends=record["ends"] + by,
                    room_until=record["room_until"] + by,
                )
        if listed:
            yield from self._foreign()

    def _foreign(self) -> Iterator[OtherClass]:
        for title, class_id, presenter, starts, minutes in self._database.each(_FOREIGN):
            ends = starts + 60 * (minutes or _USUAL_MINUTES)
            yield OtherClass(
                name=_name(title, class_id, foreign=True),
                presenter=presenter.casefold() if presenter else None,
                starts=starts,
                ends=ends,
                room_until=ends,
            )

    def refusals(self) -> list[Refusal]:
        """The newest refusals for want of room, each with what was known then."""
        return [
            Refusal(limit_in(message or ""), overlapping, outstanding)
            for message, overlapping, outstanding in self._database.each(_REFUSED_FOR_ROOM, most=_REFUSALS)
        ]


def _name(title: str, class_id: str | None, *, foreign: bool) -> Message:
    return Message(RowNote.CLASS_CALLED, {"class_id": class_id or "", "title": title, "foreign": foreign})
