"""The terminal, wide and narrow: what moves while a run goes on, and how long sentences are laid out."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from batch.cli.progress import PLAIN_EVERY_S, ProgressLine
from batch.cli.terminal import Terminal
from batch.core.message import Message, RunNote
from batch.core.outcome import Outcome
from batch.core.tally import Exit, Tally
from batch.journal.records import RowOutcome
from batch.report.ending import Ending
from batch.report.facts import BatchFacts, ResultRow
from batch.report.summary import ProblemList
from batch.report.wording.messages import message_of
from batch.report.wording.outcomes import in_words
from batch.sending.listener import Pace

FACTS = BatchFacts(batch="b", file="term.xlsx", sheet="Autumn", account="a", sent_to="https://x.example")


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def told(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.file.getvalue())


def console(width: int = 80, *, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=terminal, highlight=False, soft_wrap=True)


def test_a_short_run_leaves_no_line_where_nobody_watches(clock: Clock) -> None:
    out = console()
    line = ProgressLine(lambda: out, clock=clock, shown=True)
    line.begin(100)
    for _ in range(100):
        line.ended(Outcome.SCHEDULED)
        clock.now += PLAIN_EVERY_S / 101
    assert told(out) == ""


def test_a_long_run_says_now_and_then_how_far_it_is(clock: Clock) -> None:
    out = console(20)
    line = ProgressLine(lambda: out, clock=clock, shown=True)
    line.begin(1000)
    for number in range(400):
        line.ended(Outcome.REFUSED if number == 0 else Outcome.SCHEDULED)
        clock.now += 0.125
    assert told(out).splitlines() == ["241 of 1000 rows: 240 scheduled, 1 refused; 8.0 a second, 94 s left"]


def test_quiet_is_quiet(clock: Clock) -> None:
    out = console()
    line = ProgressLine(lambda: out, clock=clock, shown=False)
    line.begin(10)
    clock.now += 1000
    line.ended(Outcome.SCHEDULED)
    assert told(out) == ""


PACES = {
    "nobody asked yet": (None, ""),
    "at full pace": (Pace(4, 8), "8 at once"),
    "held up": (Pace(0, 8, Message(RunNote.PAUSE_ASKED_FOR)), "The service asked for a pause."),
}


@pytest.mark.parametrize(("pace", "says"), PACES.values(), ids=PACES)
def test_the_line_says_at_which_pace_or_why_it_waits(clock: Clock, pace: Pace | None, says: str) -> None:
    line = ProgressLine(console, clock=clock, shown=True)
    if pace is not None:
        line.watch(lambda: pace)
    assert line.pace() == says


@pytest.mark.parametrize(("width", "parts"), [(40, 2), (80, 5), (140, 6)])
def test_the_moving_line_fits_the_terminal(clock: Clock, width: int, parts: int) -> None:
    out = console(width, terminal=True)
    line = ProgressLine(lambda: out, clock=clock, shown=True)
    line.watch(lambda: Pace(4, 8))
    line.begin(50)
    assert line._line is not None
    assert len(line._line.columns) == parts
    for _ in range(25):
        clock.now += 1
        line.ended(Outcome.SCHEDULED)
    line._line.refresh()
    line.stop()
    assert "25/50" in told(out)
    assert all(len(shown.strip()) <= width for shown in re.split(r"[\r\n]+", told(out)))


TIMES = {0.2: "0 s", 99.0: "99 s", 200.0: "3 min", 7000.0: "1 h 57 min"}


@pytest.mark.parametrize(("seconds", "words"), TIMES.items())
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def ending() -> Ending:
    problems = ProblemList()
    row = ResultRow(
        number=3,
        sheet="",
        outcome=Outcome.HELD,
        error_code="1032",
        message="ana.diaz@riverside.example has row 2 (Algebra I). Nearest free time: 08:00-09:00 that day.",
    )
    problems.add(row)
    return Ending(
        facts=FACTS,
        header=("Class",),
        tally=Tally([Outcome.SCHEDULED] * 9 + [Outcome.HELD]),
        exit_code=Exit.NEEDS_A_PERSON,
        problems=problems,
    )


def test_on_a_narrow_terminal_each_line_begins_clearly() -> None:
    out = console(40, terminal=True)
    Terminal(quiet=False, results_on=lambda: out).show(ending())
    lines = told(out).splitlines()
    assert all(len(line) <= 40 for line in lines)
    assert "  row 3 ana.diaz@riverside.example" in lines
    assert [line for line in lines if line.startswith("  row")] == ["  row 3 ana.diaz@riverside.example"]
    assert lines[lines.index("  row 3 ana.diaz@riverside.example") + 1].startswith("      ")


def test_elsewhere_a_sentence_is_one_line() -> None:
    out = console(40)
    Terminal(quiet=False, results_on=lambda: out).show(ending())
    lines = told(out).splitlines()
    assert (
        "  row 3 ana.diaz@riverside.example has row 2 (Algebra I). Nearest free time: 08:00-09:00 that day."
        " Move one of the two classes, or give this one another presenter. [held 1032]" in lines
    )
    assert "   9 scheduled" in lines


#: Why a run stopped, and whether the same command once more is the next step.
STOPPED: dict[str, tuple[Message, bool]] = {
    "the service was away": (Message(RunNote.STOPPED_ANSWERS_LOST), True),
    "the list does not show the first class": (
        Message(RunNote.NOT_LISTED, {"title": "Algebra I", "class_id": "7"}),
        False,
    ),
}


@pytest.mark.parametrize(("note", "is_next"), STOPPED.values(), ids=STOPPED)
def test_where_the_same_command_would_be_stopped_again_it_is_no_next_step(
    note: Message, is_next: bool
) -> None:
    out = console(500)
    tally = Tally([Outcome.SCHEDULED] + [Outcome.NOT_SENT] * 9)
    stopped = replace(ending(), tally=tally, exit_code=Exit.CANNOT_RUN, notes=(note,))
    Terminal(quiet=False, results_on=lambda: out).show(stopped)
    assert any("Submit the same file again" in line for line in told(out).splitlines()) is is_next
    assert message_of(note).split(":")[0] in told(out)


def test_a_listener_counts_what_ended_and_not_what_waits_again() -> None:
    terminal = Terminal(quiet=True)
    terminal.begin(2)
    terminal.ended(RowOutcome("b", 0, None))
    terminal.ended(RowOutcome("b", 0, Outcome.SCHEDULED))
    assert terminal._progress.done == 1
