"""Nothing is written over what the writer did not know of: a lost lock, a stale plan, a class that is another row's."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.outcome import Outcome
from batch.core.service.attempt import AttemptEnding
from batch.journal.database import Superseded
from batch.journal.recorder import Recorder
from batch.journal.records import Entry, RowOutcome
from batch.journal.sending import Overtaken
from batch.journal.store import Journal
from tests.simulation.scripted import at_once
from tests.support.journals import batch_named, ended, load, opened, row, sent

E = AttemptEnding


pytestmark = pytest.mark.usefixtures("each_store")


@pytest.fixture
def journal(tmp_path: Path, each_store: str) -> Iterator[Journal]:  # noqa: ARG001 - chosen before it is opened
    with opened(tmp_path) as journal:
        yield journal


def endings(journal: Journal, batch: str = "b") -> list[list[AttemptEnding | None]]:
    return [[attempt.ending for attempt in each.attempts] for each in journal.reports.rows(batch)]


#: The attempts in the journal, the number of the intent, and whether it is written.
INTENTS = {
    "the first": ([], 1, True),
    "after one that was refused": ([E.REFUSED], 2, True),
    "after one that was proved absent": ([E.ABSENT], 2, True),
    "after one that never left": ([E.NOT_SENT], 2, True),
    "after one in doubt that the plan knew": ([E.NO_ANSWER], 2, True),
    "where another first one is open": ([None], 1, False),
    "where another first one was lost": ([E.NO_ANSWER], 1, False),
    "where another first one was refused": ([E.REFUSED], 1, False),
    "where the one that the plan took for absent has a class": ([E.CREATED], 2, False),
    "where a look-up has found the class": ([E.FOUND], 2, False),
    "where one more was made since": ([E.ABSENT, None], 2, False),
}


@pytest.mark.parametrize(("there", "number", "is_written"), INTENTS.values(), ids=INTENTS)
def test_an_intent_is_written_only_beside_the_attempts_that_the_plan_knew(
    there: list[AttemptEnding | None], number: int, is_written: bool, journal: Journal
) -> None:
    (algebra,) = load(journal, "b", [row("Algebra")])
    for before, ending in enumerate(there, 1):
        journal.sending.apply([sent(algebra, before)])
        journal.sending.apply([ended(algebra, ending, before)] if ending else [])
    if is_written:
        journal.sending.apply([sent(algebra, number)])
    else:
        with pytest.raises(Overtaken):
            journal.sending.apply([sent(algebra, number)])
    assert endings(journal) == [there + [None] * is_written]


def test_of_entries_that_are_committed_together_only_those_that_were_overtaken_are_left_out(
    journal: Journal,
) -> None:
    a, b, c = load(journal, "b", [row(f"Class {each}", hour=each) for each in range(3)])
    journal.sending.apply([sent(b, position=1)])
    groups: list[list[Entry]] = [
        [sent(a)],
        [RowOutcome("b", 1, Outcome.HELD), sent(b, position=1)],
        [sent(c, position=2), RowOutcome("b", 2, Outcome.HELD)],
    ]
    assert journal.sending.apply_each(groups) == {1}
    assert endings(journal) == [[None], [None], [None]]
    assert [each.outcome for each in journal.reports.rows("b")] == [None, None, Outcome.HELD]


def test_of_two_intents_for_one_class_in_one_commit_the_first_is_written(journal: Journal) -> None:
    (a,) = load(journal, "b", [row("Algebra")])
    assert journal.sending.apply_each([[sent(a)], [sent(a)], [sent(a, 2)]]) == {1}
    assert endings(journal) == [[None, None]]


#: What a server's answer, or a person's cell, may have in it.
TEXTS = ("", "'; --", '"\\', "$many$", "%s %(code)s :code $1 {}", "Ärger 数学 🎓", "a\tb\nc\r\u2028", "\x01")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("at", [0.1 + 0.2, 1_900_000_000.123456])
def test_what_is_written_comes_back_to_the_last_letter_and_digit(
    text: str, at: float, journal: Journal
) -> None:
    (a,) = load(journal, "b", [row("Algebra")])
    journal.sending.apply([sent(a, at=at)])
    journal.sending.apply([replace(ended(a, E.REFUSED, code=text), message=text, call_id=None)])
    (attempt,) = next(journal.reports.rows("b")).attempts
    assert attempt.sent_at == at
    assert (attempt.code, attempt.message, attempt.call_id, attempt.class_id) == (text, text, None, None)


def test_who_was_overtaken_hears_of_it_and_nobody_else_does(journal: Journal) -> None:
    marks = load(journal, "b", [row(f"Class {each}", hour=each) for each in range(4)])
    journal.sending.apply([sent(marks[2], position=2)])

    async def write(recorder: Recorder, position: int) -> str:
        try:
            await recorder.write(sent(marks[position], position=position))
        except Overtaken:
            return "overtaken"
        return "written"

    async def run() -> list[str]:
        async with Recorder(journal, at_once) as recorder:
            return await asyncio.gather(*(write(recorder, position) for position in range(4)))

    assert asyncio.run(run()) == ["written", "written", "overtaken", "written"]


def test_two_rows_never_end_with_one_class(journal: Journal) -> None:
    a, b = load(journal, "b", [row("Algebra"), row("Biology", hour=1)])
    journal.sending.apply([sent(a), sent(b, position=1)])
    journal.sending.apply([ended(a, E.CREATED, class_id="101")])
    with pytest.raises(Overtaken):
        journal.sending.apply([ended(b, E.CREATED, class_id="101"), RowOutcome("b", 1, Outcome.SCHEDULED)])
    assert [each.outcome for each in journal.reports.rows("b")] == [None, None]
    assert endings(journal) == [[E.CREATED], [None]]
    journal.sending.apply([ended(b, E.CREATED, class_id="102")])


def test_attempts_for_one_row_may_turn_out_to_be_one_class(journal: Journal) -> None:
    (a,) = load(journal, "b", [row("Algebra")])
    journal.sending.apply([sent(a)])
    journal.sending.apply([ended(a, E.NO_ANSWER)])
    journal.sending.apply([sent(a, 2)])
    journal.sending.apply([ended(a, E.FOUND, class_id="101"), ended(a, E.FOUND, 2, class_id="101")])
    assert endings(journal) == [[E.FOUND, E.FOUND]]


#: What a run writes.
WRITES: dict[str, Callable[[Journal, str], object]] = {
    "a file": lambda journal, _: load(journal, "c", [row("Chemistry")]),
    "an intent": lambda journal, mark: journal.sending.apply([sent(mark)]),
    "entries of many": lambda journal, mark: journal.sending.apply_each([[sent(mark)]]),
    "an outcome": lambda journal, _: journal.sending.apply([RowOutcome("b", 0, Outcome.HELD)]),
    "how it ended": lambda journal, _: journal.batches.finish(replace(batch_named("b"), exit_code=0)),
    "what it has learned": lambda journal, _: journal.account.learn("limit", "5", "a refusal", 0.0),
    "that it forgets": lambda journal, _: journal.maintenance.forget(2e9),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_run_whose_journal_was_taken_over_writes_nothing_any_more(
    write: Callable[[Journal, str], object], tmp_path: Path
) -> None:
    with opened(tmp_path) as older:
        (algebra,) = load(older, "b", [row("Algebra")])
        with opened(tmp_path) as younger:
            before = list(younger.reports.rows("b"))
            with pytest.raises(Superseded):
                write(older, algebra)
            assert list(younger.reports.rows("b")) == before
            write(younger, algebra)


class Run:
    """One run of several on one journal, as the sender does it; a step is what it does between two looks at the clock."""

    def __init__(self, journal: Journal, batch: str, made: list[str]) -> None:
        self.journal, self.batch, self.made = journal, batch, made
        self.over = False
        self.marks = load(journal, batch, [row(f"Class {each}", hour=each) for each in range(3)])
        self.known = [each.attempts for each in journal.reports.rows(batch)]
        self.open: list[int] = []

    def step(self, position: int, *, ends: bool) -> None:
        if self.over:
            return
        mark, number = self.marks[position], len(self.known[position]) + 1
        try:
            if ends and position in self.open:
                self.open.remove(position)
                self.journal.sending.apply([ended(mark, E.CREATED, number, class_id=f"{len(self.made)}")])
            elif not ends and position not in self.open and not self.known[position]:
                self.journal.sending.apply([sent(mark, number, batch=self.batch, position=position)])
                self.made.append(mark)  # only what is on disk is sent
                self.open.append(position)
        except Superseded:
            self.over = True
        except Overtaken:
            self.known[position] = self.journal.sending.row(self.batch, position).attempts


_STEPS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans()), max_size=40)


@pytest.mark.thorough
@given(steps=_STEPS, starts=st.lists(st.integers(1, 39), max_size=2))
def test_without_any_lock_no_class_is_sent_by_two_runs(
    steps: list[tuple[int, int, bool]], starts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Runs begin while others are at work; what one has sent, or may have, another sends only after a look-up."""
    folder, made = tmp_path_factory.mktemp("journal"), list[str]()
    with ExitStack() as stack:
        runs = [Run(stack.enter_context(opened(folder)), "0", made)]
        for at, (which, position, ends) in enumerate(steps):
            if at in starts:
                runs.append(Run(stack.enter_context(opened(folder)), f"{at}", made))
            runs[which % len(runs)].step(position, ends=ends)
    assert len(made) == len(set(made))
