"""What the account's list answers of rows that were never sent, as it goes into the journal."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from batch.core.message import Message, RowNote
from batch.core.outcome import Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.service.first_send import Alike, AlikeClasses, Already, Answer, Compared, Held
from batch.core.service.listed import Wanted
from batch.journal.records import Entry, RowOutcome, TakenBy, TakenOver


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A row of which no class was ever made, for all that the journal knows."""

    position: int
    tries: int  #: attempts that came to nothing
    wanted: Wanted  #: what is sent for it


def entries_of(
    batch: str, rows: Iterable[ComparedRow], compared: Compared, *, alike: AlikeClasses, now: float
) -> Iterator[Entry]:
    """What becomes of the rows that the list has an answer to."""
    named = 0  # rows that a person is asked about by a class, before the others
    if alike is not AlikeClasses.TAKE_OVER:
        named = sum(isinstance(each, Held) and bool(each.class_id) for each in compared.answers.values())
    recognised = {seen.class_id for seen in compared.recognised}
    taken: set[str] = set()
    for row in rows:
        answer = compared.answers.get(row.wanted.fingerprint)
        if answer is None or (not isinstance(answer, Already) and alike is AlikeClasses.AS_NEW):
            continue
        is_own = isinstance(answer, Already) or alike is AlikeClasses.TAKE_OVER
        if is_own and answer.class_id and answer.class_id not in taken:
            taken.add(answer.class_id)
            yield TakenOver(
                fingerprint=row.wanted.fingerprint,
                number=row.tries + 1,
                batch=batch,
                position=row.position,
                at=now,
                class_id=answer.class_id,
                taken_by=_taken_by(answer, recognised),
            )
            note = Message(RowNote.IN_ACCOUNT, {"class_id": answer.class_id})
            yield RowOutcome(batch, row.position, Outcome.ALREADY, None, note)
        else:
            yield held_row(batch, row.position, answer, named)


def held_row(batch: str, position: int, answer: Answer, named: int = 0) -> RowOutcome:
    """A row of which a person has to say whose the class is; `named`: so many are asked about by a class before it."""
    if not answer.class_id:
        return RowOutcome(
            batch, position, Outcome.HELD, None, Message(RowNote.ALIKE_UNLISTED, {"alike": named})
        )
    why = Alike.INDISTINCT if isinstance(answer, Already) else answer.why
    note = Message(RowNote.ALIKE, {"class_id": answer.class_id, "why": why.value})
    return RowOutcome(batch, position, Outcome.HELD, None, note)


def _taken_by(answer: Answer, recognised: AbstractSet[str]) -> TakenBy:
    if not isinstance(answer, Already):
        return TakenBy.PERSON
    return TakenBy.RECOGNISED if answer.class_id in recognised else TakenBy.PRESENTER
