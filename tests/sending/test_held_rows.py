"""A row that is held for a class of the account stays held until somebody says whose that is, or it proves to be gone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from batch.core.outcome import Outcome
from batch.core.rows.row import CheckedRow
from batch.core.service.first_send import AlikeClasses
from batch.journal.store import Journal
from batch.report.projection import result_rows
from batch.wiziq.errors import Unavailable
from batch.wiziq.replies import Created, ListedClass
from tests.simulation.clock import play_out
from tests.simulation.scripted import (
    Answer,
    Run,
    Scripted,
    batch_of,
    listed,
    memory_journal,
    submit,
    timetable,
)

ROWS = timetable(5)
#: What it may be the class of, by a list that names no presenters.
STRANGER = replace(listed("50", "Class 2"), presenter_email=None)
HELD = [Outcome.ALREADY, Outcome.HELD, *[Outcome.ALREADY] * 3]


@dataclass
class Account(Scripted):
    """Lists what was made, and the stranger unless it leaves that out."""

    hides: bool = False
    is_away: bool = False
    numbers: str | None = None  #: the number in its answers, whatever it has made
    made: list[ListedClass] = field(default_factory=list)

    def __post_init__(self) -> None:
        Scripted.__post_init__(self)
        self.answer, self.lists = self._make, self._shown

    def _make(self, title: str, before: int) -> Answer:
        if self.is_away:
            return Unavailable("No connection.", code="unreachable")
        self.made.append(replace(listed(str(before + 1), title), presenter_email=None))
        return Created(class_id=self.numbers or str(before + 1), call_id="call")

    def _shown(self) -> Sequence[ListedClass]:
        return self.made if self.hides else [*self.made, STRANGER]


@pytest.fixture
def journal() -> Iterator[Journal]:
    with memory_journal() as opened:
        yield opened


def run(
    journal: Journal,
    account: Account,
    batch: str,
    alike: AlikeClasses = AlikeClasses.HOLD,
    rows: Sequence[CheckedRow] = ROWS,
) -> Run:
    return play_out(submit(journal, account, rows, batch=batch, foreign=True, alike=alike))


def killed(journal: Journal, batch: str) -> None:
    """A run that took the file in, and decided nothing."""
    journal.batches.load("school", batch_of(batch), ROWS)


def test_a_killed_run_does_not_let_go_of_what_rows_were_held_for(journal: Journal) -> None:
    account = Account()
    assert run(journal, account, "1").outcomes[1] is Outcome.HELD
    killed(journal, "2")
    account.hides = True
    assert run(journal, account, "3").outcomes == HELD
    assert [title for _, title in account.calls].count("Class 2") == 0


def test_a_run_that_ended_before_its_turn_does_not_either(journal: Journal) -> None:
    account = Account()
    run(journal, account, "1")
    account.is_away = account.hides = True
    for batch in ("2", "3"):
        assert run(journal, account, batch).outcomes == HELD


def test_what_somebody_has_said_of_a_class_holds_over_a_run_that_could_not_send(journal: Journal) -> None:
    account = Account()
    run(journal, account, "1")
    account.is_away = True
    assert run(journal, account, "2", alike=AlikeClasses.AS_NEW).outcomes[1] is Outcome.NOT_SENT
    killed(journal, "3")
    account.is_away = False
    assert run(journal, account, "4").outcomes[1] is Outcome.SCHEDULED


def test_a_row_that_was_sent_since_is_held_for_nothing(journal: Journal) -> None:
    account = Account()
    run(journal, account, "1")
    run(journal, account, "2", alike=AlikeClasses.AS_NEW)
    assert run(journal, account, "3").outcomes == [Outcome.ALREADY] * 5


@pytest.mark.parametrize("alike", [AlikeClasses.HOLD, AlikeClasses.AS_NEW])
def test_the_class_that_a_row_was_held_for_is_no_new_rows_though_no_list_shows_it_any_more(
    journal: Journal, alike: AlikeClasses
) -> None:
    account = Account()
    run(journal, account, "1")
    account.hides, account.numbers = True, STRANGER.class_id
    run(journal, account, "2", alike, timetable(6))
    rows = list(result_rows(journal, "2"))
    assert [row.class_id for row in rows if row.class_id == STRANGER.class_id] == []
    assert rows[5].outcome is Outcome.SCHEDULED  # its own class was found
