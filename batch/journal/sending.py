"""What the sender needs of the journal: its intents and endings on disk, the rows whose turn comes, those in doubt.

Writing is a compare-and-set. An intent is written only while no attempt of its class
is there that the plan did not know; an ending with a class_id only while no other row
stands for that class (the schema's trigger).
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from batch.core.message import Message, RowNote
from batch.core.service.attempt import ClassState, class_state
from batch.journal.columns import values_of
from batch.journal.database import Database, TriggerRefused, Values
from batch.journal.operations import END, INTEND, IS_UNDER_WAY, NOTE_GONE
from batch.journal.records import (
    Ended,
    Entry,
    Gone,
    GoneOutcome,
    Intent,
    JournalRow,
    LetGo,
    OperationEnded,
    OperationIntent,
    RowIssues,
    RowOutcome,
    RowToSend,
    TakenBy,
    TakenOver,
)
from batch.journal.rows import Rows

#: No attempt of the class is there that whoever gave the number did not know of, and no class is about to become it.
_NOT_OVERTAKEN = (
    "NOT EXISTS (SELECT 1 FROM attempt WHERE fingerprint = :fingerprint"
    " AND (number >= :number OR ending IN ('created', 'found')))"
    f" AND NOT EXISTS (SELECT 1 FROM operation WHERE meant_fingerprint = :fingerprint AND {IS_UNDER_WAY})"
)
_ROOM_UNTIL = "(SELECT room_until FROM row WHERE batch = :batch AND position = :position)"
_WRITE: dict[type[Entry], str] = {
    Intent: (
        "INSERT INTO attempt (fingerprint, number, batch, position, sent_at, deadline, room_until)"
        f" SELECT :fingerprint, :number, :batch, :position, :sent_at, :deadline, {_ROOM_UNTIL}"
        f" WHERE {_NOT_OVERTAKEN}"
    ),
    TakenOver: (
        "INSERT INTO attempt (fingerprint, number, batch, position, sent_at, deadline, ending, ended_at, class_id, kind,"
        " message, room_until) SELECT :fingerprint, :number, :batch, :position, :at, :at, 'found', :at, :class_id,"
        f" 'taken_over', :taken_by, {_ROOM_UNTIL} WHERE {_NOT_OVERTAKEN}"
    ),
    LetGo: "DELETE FROM attempt WHERE fingerprint = :fingerprint AND kind = 'taken_over'",
    Ended: (
        "UPDATE attempt SET ending = :ending, ended_at = :ended_at, code = :code, message = :message,"
        " class_id = :class_id, call_id = :call_id, presenter_url = :presenter_url"
        " WHERE fingerprint = :fingerprint AND number = :number"
    ),
    OperationIntent: INTEND,
    OperationEnded: END,
    Gone: NOTE_GONE,
    GoneOutcome: (
        "UPDATE gone SET outcome = :outcome, code = :code, message = :message"
        " WHERE batch = :batch AND class_id = :class_id"
    ),
    RowIssues: "UPDATE row SET issues = :issues WHERE batch = :batch AND position = :position",
    RowOutcome: (
        "UPDATE row SET outcome = :outcome, code = :code, message = :message"
        " WHERE batch = :batch AND position = :position"
    ),
}

_CONDITIONAL = {Intent, TakenOver, OperationIntent, OperationEnded}

#: Other classes of a presenter that overlap a row.
_BESIDE = (
    "FROM row AS other JOIN attempt ON attempt.fingerprint = other.fingerprint"
    " WHERE other.presenter = :presenter AND other.starts < :ends AND other.ends > :starts"
    " AND other.fingerprint <> :fingerprint"
)
_CLASHING_CLASS = f"SELECT attempt.class_id, other.title {_BESIDE} AND attempt.class_id IS NOT NULL LIMIT 1"
_ANOTHER_IN_THE_WAY = (
    f"SELECT EXISTS (SELECT 1 {_BESIDE}"
    " AND (attempt.ending IS NULL OR attempt.ending IN ('created', 'found', 'no_answer')))"
)

#: A row for every class with an attempt in doubt: the one in `batch`, else the one that was sent.
_IN_DOUBT = (
    "SELECT coalesce(ours.batch, attempt.batch) AS batch, coalesce(ours.position, attempt.position) AS position"
    " FROM attempt LEFT JOIN row AS ours ON ours.fingerprint = attempt.fingerprint AND ours.batch = :batch"
    " WHERE (attempt.ending IS NULL OR attempt.ending = 'no_answer')"
    " AND NOT EXISTS (SELECT 1 FROM attempt AS earlier WHERE earlier.fingerprint = attempt.fingerprint"
    "  AND earlier.number < attempt.number AND (earlier.ending IS NULL OR earlier.ending = 'no_answer'))"
    " ORDER BY attempt.sent_at"
)
#: Classes to come that the service says are there (1032), under a number that it did not give.
_WITHOUT_NUMBER = (
    "SELECT attempt.batch, attempt.position FROM attempt"
    " CROSS JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " WHERE attempt.room_until > :now AND attempt.ending = 'found' AND attempt.class_id IS NULL"
    " AND attempt.former_class_id IS NULL AND row.parameters IS NOT NULL"
)
#: Attempts that an earlier list proved absent, of the classes that rows of a batch wait to be sent for again.
_WAS_ABSENT = (
    "ending = 'absent' AND room_until > :now AND EXISTS (SELECT 1 FROM row"
    "  WHERE row.fingerprint = attempt.fingerprint AND row.batch = :batch AND row.outcome IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM attempt AS other WHERE other.fingerprint = attempt.fingerprint"
    "  AND other.ending IN ('created', 'found'))"
    # One that was refused since is not sent again unless somebody says so.
    " AND (:retry_refused = 1 OR NOT EXISTS (SELECT 1 FROM attempt AS other WHERE other.fingerprint = attempt.fingerprint"
    "  AND other.ending = 'refused' AND coalesce(other.code, '') <> '1012'))"
)
_HAS_HISTORY = "SELECT EXISTS (SELECT 1 FROM attempt WHERE kind <> 'presumed')"
#: Rows of a batch whose class the account had before this journal ever sent it.
_TAKEN_OVER = (
    "SELECT count(*) FROM row JOIN attempt ON attempt.fingerprint = row.fingerprint"
    " WHERE row.batch = :batch AND attempt.kind = 'taken_over'"
)
#: Rows of a batch for which the batch before recognised a class, of which the list does not say whose it is.
_RECOGNISED_BEFORE = (
    "SELECT row.fingerprint, attempt.class_id FROM row JOIN attempt ON attempt.fingerprint = row.fingerprint"
    " WHERE row.batch = :batch AND row.outcome IS NULL AND attempt.kind = 'taken_over' AND attempt.message = :taken_by"
    # Of a file with further rows it is they that something was asked about.
    " AND NOT EXISTS (SELECT 1 FROM row AS further WHERE further.batch = :batch AND further.fingerprint IS NOT NULL"
    "  AND further.fingerprint NOT IN (SELECT fingerprint FROM attempt WHERE class_id IS NOT NULL))"
    " AND attempt.batch = (SELECT other.batch FROM row AS other JOIN batch ON batch.id = other.batch"
    "  WHERE other.fingerprint = row.fingerprint AND other.batch <> :batch"
    "  ORDER BY batch.started_at DESC, batch.id DESC LIMIT 1)"
)
#: As far as this journal knows no class was ever made: refused, turned away or proved absent, it may have been since,
#: from elsewhere; and a clash (1032) may be with the row's own class.
_NEVER_SENT = (
    # One that the plan holds may have its turn once the row that was in its way is held for another class.
    "(outcome IS NULL OR (outcome = 'held' AND code IS NOT NULL)) AND fingerprint NOT IN"
    " (SELECT fingerprint FROM attempt WHERE ending IS NULL OR ending IN ('created', 'found', 'no_answer'))"
)
#: The class that a row to be sent was held for by the newest run before that decided it; nobody's by now.
#: One that was killed first, or that held the row for something else, has not looked for that class.
_HELD_BEFORE = (
    "SELECT row.fingerprint, json_extract(before.message, '$.class_id') AS class_id,"
    " json_extract(before.message, '$.why') AS why FROM row JOIN row AS before ON before.fingerprint = row.fingerprint"
    " AND before.batch = (SELECT other.batch FROM row AS other JOIN batch ON batch.id = other.batch"
    "  WHERE other.fingerprint = row.fingerprint AND other.batch <> :batch AND other.outcome <> 'not_sent'"
    f"  AND (other.outcome <> 'held' OR json_extract(other.message, '$.note') = '{RowNote.ALIKE}')"
    "  ORDER BY batch.started_at DESC, batch.id DESC LIMIT 1)"
    " WHERE row.batch = :batch AND row.outcome IS NULL AND before.outcome = 'held' AND json_extract(before.message, '$.class_id') > ''"
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.class_id = json_extract(before.message, '$.class_id'))"
)
#: The row that a class was sent for, or the newest that still stands in the journal.
_OF_CLASS = (
    "SELECT row.batch, row.position FROM attempt JOIN row ON row.fingerprint = attempt.fingerprint"
    " WHERE attempt.class_id = :class_id"
    " ORDER BY row.batch = attempt.batch AND row.position = attempt.position DESC, row.batch DESC LIMIT 1"
)
_CONFIRMED = (
    "SELECT DISTINCT attempt.class_id, row.title, row.starts FROM attempt"
    " JOIN row ON row.batch = attempt.batch AND row.position = attempt.position"
    " JOIN batch ON batch.id = row.batch"
    " WHERE attempt.class_id IN (SELECT value FROM json_each(:class_ids)) "
    # That a sandbox answers is noted when a batch ends; one that was cut short counts for its own address alone.
    " AND (CASE WHEN batch.finished_at IS NULL THEN batch.sent_to = :sent_to ELSE batch.sandbox = :sandbox END)"
)


class Overtaken(Exception):  # noqa: N818 - no error: whoever writes has to look again
    """The journal knows of an attempt that the plan did not know, or another row stands for the class."""


class SendingStore:
    """Intents, endings, outcomes; and what is looked up before and after."""

    def __init__(self, database: Database, rows: Rows) -> None:
        self._database = database
        self._rows = rows

    def apply(self, entries: Sequence[Entry]) -> None:
        """Write all the entries, or none of them.

        An ending is written for an intent that an earlier call has put on disk,
        so the order within one call does not matter.

        Raises:
            Overtaken: the journal knows more of a class than whoever wrote this did.
        """
        with self._database.transaction():
            self._write(entries)

    def apply_each(self, groups: Sequence[Sequence[Entry]]) -> frozenset[int]:
        """Write each group of entries whole or not at all, in one transaction.

        Returns:
            Which groups were overtaken, and not written.
        """
        try:
            self.apply([entry for group in groups for entry in group])
        except Overtaken:
            with self._database.transaction():
                return frozenset(at for at, group in enumerate(groups) if not self._is_written(group))
        return frozenset()

    def _is_written(self, group: Sequence[Entry]) -> bool:
        try:
            with self._database.savepoint():
                self._write(group)
        except Overtaken:
            return False
        return True

    def _write(self, entries: Sequence[Entry]) -> None:
        by_kind: dict[type[Entry], list[Values]] = {}
        for entry in entries:
            by_kind.setdefault(type(entry), []).append(values_of(entry))
        for kind, values in by_kind.items():
            try:
                written = self._database.run_many(_WRITE[kind], values)
            except TriggerRefused as error:
                raise Overtaken from error
            if kind in _CONDITIONAL and written < len(values):
                raise Overtaken

    def row(self, batch: str, position: int) -> JournalRow:
        """A row as it stands now."""
        return self._rows.one(batch, position)

    def undecided(self, batch: str, after: int) -> list[RowToSend]:
        """The next block of rows that wait for their turn, from behind position `after`."""
        return self._rows.to_send(batch, "outcome IS NULL", after)

    def turned_down(self, batch: str) -> Iterator[JournalRow]:
        """The rows of a batch that were sent, and that there is no room for, or whose presenter is busy."""
        sent = (
            "EXISTS (SELECT 1 FROM attempt WHERE attempt.fingerprint = row.fingerprint"
            " AND attempt.batch = row.batch AND attempt.position = row.position)"
        )
        ended = "outcome IN ('refused', 'held') AND code IN ('1012', '1032')"
        yield from self._rows.blocks(batch, f"{ended} AND {sent}")

    def never_sent(self, batch: str) -> Iterator[JournalRow]:
        """The rows of a batch that wait for their turn, or for room, and whose class was never sent, nor taken for sent.

        Or it was sent and nothing came of it: it may have been made from elsewhere since.
        """
        return self._rows.blocks(batch, _NEVER_SENT)

    def held_for_a_class(self, batch: str) -> Iterator[JournalRow]:
        """The rows of a batch that are held because a class of the account may be theirs."""
        held = f"outcome = 'held' AND json_extract(message, '$.note') = '{RowNote.ALIKE}'"
        return self._rows.blocks(batch, held)

    def taken_over(self, batch: str) -> int:
        """How many rows of a batch stand for a class that this journal did not send."""
        return int(self._database.value(_TAKEN_OVER, batch=batch))

    def recognised_before(self, batch: str) -> dict[str, str]:
        """By fingerprint: classes that the batch before took over for rows of this one, and not by their presenters.

        Nothing where the file has rows without a class.
        """
        found = self._database.each(_RECOGNISED_BEFORE, batch=batch, taken_by=TakenBy.RECOGNISED)
        return {record["fingerprint"]: record["class_id"] for record in found}

    def held_before(self, batch: str) -> dict[str, tuple[str, str]]:
        """By fingerprint: the class that a row was held for the last time, which no row stands for yet, and why."""
        found = self._database.each(_HELD_BEFORE, batch=batch)
        return {fingerprint: (class_id, why) for fingerprint, class_id, why in found}

    def has_history(self) -> bool:
        """Whether this journal has ever sent a class, or taken one over."""
        return bool(self._database.value(_HAS_HISTORY))

    def confirmed(
        self, class_ids: Iterable[str], *, sent_to: str, sandbox: bool
    ) -> list[tuple[str, str, int]]:
        """Which of these classes this journal has confirmed: class_id, title and start (UTC seconds).

        Args:
            class_ids: the ones that are asked for.
            sent_to: base URL of who lists them.
            sandbox: whether that is a sandbox: none of its classes are the service's, and the other way round.
        """
        wanted = json.dumps(list(class_ids))
        found = self._database.each(_CONFIRMED, class_ids=wanted, sent_to=sent_to, sandbox=sandbox)
        return [(class_id, title, starts) for class_id, title, starts in found]

    def row_of_class(self, class_id: str) -> JournalRow | None:
        """The row that a class stands for, as it was sent; None where it is forgotten, or none of ours."""
        found = self._database.first(_OF_CLASS, class_id=class_id)
        return self._rows.one(found["batch"], found["position"]) if found else None

    def in_doubt(self, batch: str | None) -> list[JournalRow]:
        """A row for every class whose attempts do not say whether it exists: the one in `batch`, else the sent one."""
        found = self._database.all(_IN_DOUBT, batch=batch)
        rows = [self._rows.one(each["batch"], each["position"]) for each in found]
        return [row for row in rows if class_state(row.attempts) is ClassState.IN_DOUBT]

    def without_number(self, now: float) -> list[JournalRow]:
        """A row for every class to come that is there, for all that is known, under a number that nobody knows."""
        found = self._database.all(_WITHOUT_NUMBER, now=now)
        rows = {row.fingerprint: row for row in (self._rows.one(*each) for each in found)}
        return [row for row in rows.values() if not any(each.class_id for each in row.attempts)]

    def doubt_absent(self, batch: str, now: float, *, retry_refused: bool = False) -> None:
        """Take back that classes which rows of a batch wait to be sent for again are absent; `now` in UTC seconds.

        A list that was shown since to leave classes out has proved nothing.
        """
        facts = {"batch": batch, "now": now, "retry_refused": retry_refused}
        was_absent = f"SELECT EXISTS (SELECT 1 FROM attempt WHERE {_WAS_ABSENT})"
        if self._database.value(was_absent, **facts):
            with self._database.transaction():
                # Whatever it was waited for was over when the list was taken.
                doubt = f"UPDATE attempt SET ending = 'no_answer', ended_at = deadline WHERE {_WAS_ABSENT}"
                self._database.run(doubt, **facts)

    def clashing_class(self, row: RowToSend) -> Message | None:
        """A class of the row's presenter that overlaps it, where the journal knows one."""
        found = self._database.first(_CLASHING_CLASS, **_place_of(row))
        if found is None:
            return None
        facts = {"presenter": row.presenter, "class_id": found["class_id"], "title": found["title"]}
        return Message(RowNote.CLASHING_CLASS, facts)

    def another_in_the_way(self, row: RowToSend) -> bool:
        """Whether another class of the row's presenter overlaps it, or may: one in doubt does, and one without an id."""
        return bool(self._database.value(_ANOTHER_IN_THE_WAY, **_place_of(row)))


def _place_of(row: RowToSend) -> Values:
    return {
        "presenter": row.presenter,
        "starts": row.starts,
        "ends": row.ends,
        "fingerprint": row.fingerprint,
    }
