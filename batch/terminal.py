"""What a person sees while a run goes on and when it has ended.

Results go to standard output, talk to standard error; progress is a moving bar on
a terminal and nothing elsewhere, so that a cron job's mail is not full of it.
"""

import sys
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from batch.core.outcome import Outcome
from batch.journal.records import RowOutcome
from batch.report.summary import summary

if TYPE_CHECKING:
    from batch.run import Ending


class Terminal:
    """Listens to a run and shows it."""

    def __init__(self, *, quiet: bool, results_on: Console | None = None) -> None:
        """`results_on`: where the summary goes; standard output unless that carries JSON."""
        self._quiet = quiet
        self._talk = Console(stderr=True, highlight=False, soft_wrap=True)
        self._out = results_on or Console(highlight=False, soft_wrap=True)
        self._counts: Counter[Outcome] = Counter()
        self._progress = Progress(
            TextColumn("Scheduling"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            console=self._talk,
            disable=quiet or not self._talk.is_terminal,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, rows: int) -> None:
        if rows:
            self._task = self._progress.add_task("", total=rows, counts="")
            self._progress.start()

    def ended(self, outcome: RowOutcome) -> None:
        if outcome.outcome is None or self._task is None:
            return
        self._counts[outcome.outcome] += 1
        if not self._progress.disable:
            counts = ", ".join(f"{rows} {each.value}" for each, rows in self._counts.items())
            self._progress.update(self._task, advance=1, counts=counts)

    def says(self, sentence: str) -> None:
        if not self._quiet:
            self._talk.print(sentence, markup=False)

    def show(self, ending: "Ending") -> None:
        """The end of a run: what is wrong with which rows, the counts, what to do next."""
        self._progress.stop()
        problems = ending.problems.text()
        if problems:
            self._out.print(problems)
        if not self._quiet:
            self._out.print(summary(facts=ending.facts, tally=ending.tally, written=ending.sentences))


def on_stderr() -> Console:
    """Where the summary goes when standard output carries JSON."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)
