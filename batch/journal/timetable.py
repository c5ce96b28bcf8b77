"""The journal's classes as planning sees them: only reads, row by row, never a whole file at once."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence

from batch.core.plan.admission import Refusal
from batch.core.plan.agenda import OtherClass
from batch.core.plan.explain_held import HeldRow
from batch.core.plan.load import Lesson
from batch.core.plan.plan import Candidate
from batch.core.service.api_codes import limit_in
from batch.core.service.attempt import PRESUMED, Attempt
from batch.journal.records import BLOCK, candidate_of

#: An attempt of a class that is in the account, or may be.
_COUNTS = "(attempt.ending IS NULL OR attempt.ending IN ('created', 'found', 'no_answer'))"
#: So many refusals are evidence enough.
_REFUSALS = 20
#: How long a listed class lasts that does not say so: what the service takes for an empty cell.
_USUAL_MINUTES = 60

#: The attempts for the rows that a piece of SQL chooses, each with its presenter_url, by fingerprint.
AttemptsOf = Callable[[str, tuple[object, ...]], Mapping[str, Sequence[tuple[Attempt, str | None]]]]


class ClassHistory:
    """One account's classes. `listed` asks for what a list of the account, noted in the journal, says of them."""

    def __init__(self, connection: sqlite3.Connection, attempts_of: AttemptsOf) -> None:
        self._connection = connection
        self._attempts_of = attempts_of

    def candidates(
        self, batch: str, *, tried: bool = False, gone: frozenset[str] = frozenset()
    ) -> Iterator[Candidate]:
        """The valid rows of a batch in file order.

        Args:
            tried: those that were ever sent, whatever became of them; else those that nothing became of yet.
            gone: class_ids as `gone` gives them.
        """
        condition = "fingerprint IN (SELECT fingerprint FROM attempt)" if tried else "outcome IS NULL"
        after = -1
        while True:
            chosen = (
                f"FROM row WHERE batch = ? AND position > ? AND {condition} ORDER BY position LIMIT {BLOCK}"
            )
            records = self._connection.execute(
                f"SELECT position, presenter, starts, ends, room_until, priority, fingerprint {chosen}",
                (batch, after),
            ).fetchall()
            if not records:
                return
            attempts = self._attempts_of(chosen, (batch, after))
            for *facts, fingerprint in records:
                tries = [attempt for attempt, _ in attempts.get(fingerprint, ())]
                yield candidate_of(facts, tries, gone)
            after = records[-1][0]

    def has_new(self, batch: str) -> bool:
        """Whether a row waits whose class is not known to exist."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM row WHERE batch = ? AND outcome IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint AND class_id IS NOT NULL))"
        )
        return bool(self._connection.execute(query, (batch,)).fetchone()[0])

    def sent(self, batch: str) -> int:
        """How many rows of a batch were sent in it."""
        query = "SELECT count(DISTINCT position) FROM attempt WHERE batch = ? AND code IS NOT ?"
        return int(self._connection.execute(query, (batch, PRESUMED)).fetchone()[0])

    def standing(
        self, batch: str, gone: frozenset[str] = frozenset()
    ) -> Iterator[tuple[int, str, int, int, int]]:
        """The rows whose class exists, may exist or is to be sent: position, presenter, starts, ends, room_until."""
        yield from self._connection.execute(
            "SELECT position, presenter, starts, ends, room_until FROM row WHERE batch = ? AND fingerprint IS NOT NULL"
            " AND (outcome IS NULL OR outcome IN ('scheduled', 'already', 'unknown', 'not_sent'))"
            " AND fingerprint NOT IN (SELECT fingerprint FROM attempt WHERE class_id IN"
            "  (SELECT value FROM json_each(?))) ORDER BY position",
            (batch, json.dumps(sorted(gone))),
        )

    def held(self, batch: str) -> Iterator[HeldRow]:
        """The rows that are held, in file order."""
        after = -1
        # In blocks: they are written while they are read.
        while records := self._connection.execute(
            "SELECT position, code, presenter, starts, ends, room_until, json_extract(parameters, '$.time_zone')"
            f" FROM row WHERE batch = ? AND position > ? AND outcome = 'held' ORDER BY position LIMIT {BLOCK}",
            (batch, after),
        ).fetchall():
            for position, code, presenter, starts, ends, room_until, zone in records:
                yield HeldRow(
                    position=position,
                    code=code,
                    presenter=presenter,
                    starts=starts,
                    ends=ends,
                    room_until=room_until,
                    zone=zone or "GMT",
                )
            after = records[-1][0]

    def lessons(self, batch: str) -> Iterator[Lesson]:
        """The classes that a batch asks for, those aside that the service refused or nobody may send."""
        for starts, ends, room_until, zone in self._connection.execute(
            "SELECT starts, ends, room_until, json_extract(parameters, '$.time_zone') FROM row WHERE batch = ?"
            " AND fingerprint IS NOT NULL AND coalesce(outcome, '') <> 'refused' ORDER BY position",
            (batch,),
        ):
            yield Lesson(starts, ends, room_until, zone or "GMT")

    def name(self, batch: str, position: int) -> str:
        """A row of the file as people find it again."""
        number, title = self._connection.execute(
            "SELECT number, title FROM row WHERE batch = ? AND position = ?", (batch, position)
        ).fetchone()
        return f"row {number} ({title})"

    def elsewhere(
        self, batch: str, *, listed: bool = False, gone: frozenset[str] = frozenset()
    ) -> Iterator[OtherClass]:
        """The account's other classes: those that other batches sent, then those that other people made.

        A presenter is told only where the list shows that the class is there: the
        service, not a journal that knows of no cancelling, has the say on a clash.
        """
        present = "attempt.class_id IN (SELECT class_id FROM temp.listed)" if listed else "0"
        for title, class_id, presenter, starts, ends, room_until, is_listed in self._connection.execute(
            f"SELECT row.title, attempt.class_id, row.presenter, row.starts, row.ends, row.room_until, {present}"
            " FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
            f" WHERE {_COUNTS} AND attempt.fingerprint NOT IN"
            " (SELECT fingerprint FROM row WHERE batch = ?1 AND fingerprint IS NOT NULL)"
            " GROUP BY attempt.fingerprint",
            (batch,),
        ):
            if class_id not in gone:
                name = _name(title, class_id, "sent with another file")
                yield OtherClass(
                    name=name,
                    presenter=presenter if is_listed else None,
                    starts=starts,
                    ends=ends,
                    room_until=room_until,
                )
        if listed:
            yield from self._foreign()

    def _foreign(self) -> Iterator[OtherClass]:
        for title, class_id, presenter, starts, minutes in self._connection.execute(
            "SELECT title, class_id, presenter, starts, minutes FROM temp.listed WHERE starts IS NOT NULL"
            " AND class_id NOT IN (SELECT class_id FROM attempt WHERE class_id IS NOT NULL)"
        ):
            ends = starts + 60 * (minutes or _USUAL_MINUTES)
            yield OtherClass(
                name=_name(title, class_id, "made elsewhere"),
                presenter=presenter.casefold() if presenter else None,
                starts=starts,
                ends=ends,
                room_until=ends,
            )

    def refusals(self) -> list[Refusal]:
        """The newest refusals for want of room, each with what was known then."""
        records = self._connection.execute(
            "SELECT refused.message,"
            " (SELECT count(*) FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
            "  WHERE attempt.class_id IS NOT NULL AND attempt.ended_at <= refused.sent_at"
            "  AND row.starts < wanted.room_until AND row.room_until > wanted.starts),"
            " (SELECT count(*) FROM attempt JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
            "  WHERE attempt.class_id IS NOT NULL AND attempt.ended_at <= refused.sent_at"
            "  AND row.room_until > refused.sent_at)"
            " FROM attempt AS refused JOIN row AS wanted"
            "  ON wanted.batch = refused.batch AND wanted.position = refused.position"
            " WHERE refused.code = '1012' ORDER BY refused.sent_at DESC LIMIT ?",
            (_REFUSALS,),
        )
        return [Refusal(limit_in(message or ""), *counts) for message, *counts in records]

    def gone(self, listed_at: float, settle_s: float) -> frozenset[str]:
        """Classes yet to come that the list leaves out, though it is long enough since they were made."""
        return frozenset(
            class_id
            for (class_id,) in self._connection.execute(
                "SELECT attempt.class_id FROM attempt"
                " JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
                " WHERE attempt.class_id IS NOT NULL AND row.starts > ?1 AND attempt.ended_at < ?1 - ?2"
                " AND attempt.class_id NOT IN (SELECT class_id FROM temp.listed)",
                (listed_at, settle_s),
            )
        )


def _name(title: str, class_id: str | None, whose: str) -> str:
    number = f" {class_id}" if class_id else ""
    return f"class{number} ({title}), {whose}"
