"""How far a run is: a moving line on a terminal, now and then a plain one elsewhere.

A log or a cron job's mail is not filled by it: runs shorter than half a minute
leave no line there at all.
"""

from collections import Counter
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from batch.core.outcome import Outcome
from batch.report.wording.messages import message_of
from batch.report.wording.outcomes import in_words
from batch.sending.listener import Pace

#: Seconds between two plain lines.
PLAIN_EVERY_S = 30.0
#: Columns that the whole moving line needs, and below which it is numbers only.
_WIDE, _NARROW = 110, 76


class ProgressLine:
    """Told of each row that ended; shows counts by outcome, rate, time left, and why a run waits."""

    def __init__(self, console: Console, *, clock: Callable[[], float], shown: bool) -> None:
        self._console = console
        self._clock = clock
        self._shown = shown
        self._counts: Counter[Outcome] = Counter()
        self._rows = 0
        self._began = self._told = clock()
        self._pace: Callable[[], Pace] | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def begin(self, rows: int) -> None:
        self._rows = rows
        self._began = self._told = self._clock()
        if not self._shown or not self._console.is_terminal:
            return
        self._bar = Progress(*self._columns(), console=self._console, transient=True)
        self._task = self._bar.add_task("", total=rows)
        self._bar.start()

    def watch(self, pace: Callable[[], Pace]) -> None:
        """Show at which pace the run goes."""
        self._pace = pace

    def ended(self, outcome: Outcome) -> None:
        self._counts[outcome] += 1
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1)
        elif self._shown and self._clock() - self._told >= PLAIN_EVERY_S:
            self._told = self._clock()
            line = f"{self.done} of {self._rows} rows: {self.counts()}; {self.speed()}"
            self._console.print(line, markup=False, soft_wrap=True)

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def done(self) -> int:
        return self._counts.total()

    def counts(self) -> str:
        """Such as '118 scheduled, 2 refused'."""
        return ", ".join(f"{self._counts[each]} {each.value}" for each in Outcome if self._counts[each])

    def speed(self) -> str:
        """Such as '12.5 a second, 3 min left'."""
        took = self._clock() - self._began
        if not self.done or took <= 0:
            return "no answer yet"
        rate = self.done / took
        # A class whose answer was lost ends twice: once unknown, once looked up.
        return f"{rate:.1f} a second, {in_words(max(0, self._rows - self.done) / rate)} left"

    def pace(self) -> str:
        """Such as '4 at once', or why nothing begins."""
        if self._pace is None:
            return ""
        pace = self._pace()
        return message_of(pace.waits_for) if pace.waits_for else f"{pace.at_once} at once"

    def _columns(self) -> list[ProgressColumn]:
        width = self._console.width
        done = MofNCompleteColumn()
        if width < _NARROW:
            return [done, _Said(self.speed)]
        line: list[ProgressColumn] = [
            TextColumn("Scheduling"),
            BarColumn(bar_width=20),
            done,
            _Said(self.speed),
        ]
        return [*line, _Said(self.counts), _Said(self.pace)] if width >= _WIDE else [*line, _Said(self.pace)]


class _Said(ProgressColumn):
    """A column that says what a function says at the moment."""

    def __init__(self, says: Callable[[], str]) -> None:
        super().__init__(table_column=Column(no_wrap=True))
        self._says = says

    def render(self, task: Task) -> Text:  # noqa: ARG002 - one task only
        return Text(self._says())
