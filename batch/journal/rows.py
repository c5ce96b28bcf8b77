"""Rows with the attempts for their classes, read in blocks: what every part of the journal reads."""

import json
from collections.abc import Iterator, Sequence

from batch.core.message import recalled
from batch.core.outcome import Outcome
from batch.core.service.attempt import Attempt, AttemptEnding, AttemptKind
from batch.journal.columns import issue_of
from batch.journal.database import Database, Record
from batch.journal.records import BLOCK, JournalRow, RowToSend

#: The rows of a block: those of a batch behind a position that a condition holds for.
_CHOSEN = (
    f"FROM row WHERE batch = :batch AND position > :after AND {{condition}} ORDER BY position LIMIT {BLOCK}"
)

_ROWS = (
    "SELECT batch, position, sheet, number, cells, issues, parameters, title, presenter, starts, ends, room_until,"
    " fingerprint, outcome, code, message, class_id {chosen}"
)
_ONE_ROW = _ROWS.format(chosen="FROM row WHERE batch = :batch AND position = :position")
_TO_SEND = "SELECT batch, position, number, parameters, presenter, starts, ends, room_until, fingerprint, message {chosen}"
_FACTS = "SELECT position, presenter, starts, ends, room_until, priority, fingerprint {chosen}"

_ATTEMPTS = (
    # A process that was held up may have waited for an answer beyond its deadline.
    "SELECT fingerprint, number, ending, sent_at, CASE WHEN ended_at > deadline THEN ended_at ELSE deadline END AS deadline, code, message,"
    " class_id, call_id, presenter_url, kind, former_class_id, batch FROM attempt WHERE fingerprint IN ({fingerprints}) ORDER BY fingerprint, number"
)
_ATTEMPTS_OF_ONE = _ATTEMPTS.format(fingerprints=":fingerprint")

#: Three texts of each row are read: this is what `json.loads` comes to, without its way there.
_read = json.JSONDecoder().raw_decode

#: The attempts for one class, each with its presenter_url.
Tries = Sequence[tuple[Attempt, str | None]]


class Rows:
    """The rows of one journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def one(self, batch: str, position: int) -> JournalRow:
        record = self._database.first(_ONE_ROW, batch=batch, position=position)
        if record is None:
            raise KeyError((batch, position))
        found = self._database.each(_ATTEMPTS_OF_ONE, fingerprint=record["fingerprint"])
        return _row_of(record, _by_fingerprint(found).get(record["fingerprint"], ()))

    def block(self, batch: str, condition: str, after: int) -> list[JournalRow]:
        """The next rows behind position `after` that a condition (SQL) holds for, in file order."""
        chosen = _CHOSEN.format(condition=condition)
        records = self._database.all(_ROWS.format(chosen=chosen), batch=batch, after=after)
        attempts = self._attempts(chosen, batch, after)
        return [_row_of(record, attempts.get(record["fingerprint"], ())) for record in records]

    def to_send(self, batch: str, condition: str, after: int) -> list[RowToSend]:
        """The same without what only a person reads."""
        chosen = _CHOSEN.format(condition=condition)
        records = self._database.all(_TO_SEND.format(chosen=chosen), batch=batch, after=after)
        attempts = self._attempts(chosen, batch, after)
        return [_row_to_send(record, attempts.get(record["fingerprint"], ())) for record in records]

    def blocks(self, batch: str, condition: str) -> Iterator[JournalRow]:
        """All of them, however many: nothing is held up between two blocks."""
        after = -1
        while block := self.block(batch, condition, after):
            yield from block
            after = block[-1].position

    def facts(self, batch: str, condition: str) -> Iterator[tuple[Record, Tries]]:
        """The same without what only a person reads: what planning looks at, with the attempts."""
        chosen, after = _CHOSEN.format(condition=condition), -1
        while records := self._database.all(_FACTS.format(chosen=chosen), batch=batch, after=after):
            attempts = self._attempts(chosen, batch, after)
            for record in records:
                yield record, attempts.get(record["fingerprint"], ())
            after = records[-1]["position"]

    def _attempts(self, chosen: str, batch: str, after: int) -> dict[str, Tries]:
        statement = _ATTEMPTS.format(fingerprints=f"SELECT fingerprint {chosen}")
        return _by_fingerprint(self._database.each(statement, batch=batch, after=after))


def _row_of(record: Record, attempts: Tries) -> JournalRow:
    # Taken apart in the order of _ROWS: by name, each of 18 columns is looked for among the others.
    batch, position, sheet, number, cells, issues, parameters, *facts = record
    title, presenter, starts, ends, room_until, fingerprint, outcome, code, message, class_id = facts
    return JournalRow(
        batch=batch,
        position=position,
        sheet=sheet,
        number=number,
        cells=tuple(_read(cells)[0]),
        issues=tuple(map(issue_of, _read(issues)[0])) if issues != "[]" else (),
        parameters=_read(parameters)[0] if parameters else None,
        title=title,
        presenter=presenter,
        starts=starts,
        ends=ends,
        room_until=room_until,
        fingerprint=fingerprint,
        outcome=Outcome(outcome) if outcome else None,
        code=code,
        message=recalled(message),
        attempts=tuple(attempt for attempt, _ in attempts),
        presenter_url=next((url for attempt, url in attempts if attempt.has_class), None),
        class_id=class_id,
    )


def _row_to_send(record: Record, attempts: Tries) -> RowToSend:
    batch, position, number, parameters, presenter, starts, ends, room_until, fingerprint, message = record
    return RowToSend(
        batch=batch,
        position=position,
        number=number,
        parameters=_read(parameters)[0] if parameters else None,
        presenter=presenter,
        starts=starts,
        ends=ends,
        room_until=room_until,
        fingerprint=fingerprint,
        message=recalled(message),
        attempts=tuple(attempt for attempt, _ in attempts),
    )


def _by_fingerprint(records: Iterator[Record]) -> dict[str, Tries]:
    attempts: dict[str, list[tuple[Attempt, str | None]]] = {}
    for (
        fingerprint,
        number,
        ending,
        sent_at,
        deadline,
        code,
        message,
        class_id,
        call_id,
        presenter_url,
        kind,
        former_class_id,
        batch,
    ) in records:
        attempt = Attempt(
            number=number,
            ending=AttemptEnding(ending) if ending else None,
            sent_at=sent_at,
            deadline=deadline,
            code=code,
            message=message,
            class_id=class_id,
            call_id=call_id,
            kind=AttemptKind(kind),
            former_class_id=former_class_id,
            batch=batch,
        )
        attempts.setdefault(fingerprint, []).append((attempt, presenter_url))
    return dict(attempts)
